package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"mingjing/internal/likeness"
	"mingjing/internal/likeness/planted"
)

type benchCopiesCmd struct {
	Cases int    `default:"200" help:"Pairs of bids of each kind."`
	Size  int    `default:"24000" help:"Bytes of a bid, about."`
	Seed  uint64 `default:"2" help:"Another seed writes other bids. The limits were chosen with seed 1."`
	JSON  bool   `help:"Print JSON lines instead of the table."`
}

// A copiesReport is what was found of one kind of copies. Shares are of
// characters, both bids together, but for those of bids.
type copiesReport struct {
	Kind      string  `json:"kind"`
	Cases     int     `json:"cases"`
	Precision float64 `json:"precision"` // of the characters in passages that were reported
	Recall    float64 `json:"recall"`    // of the characters that were copied
	Blocks    int     `json:"blocks"`    // copied
	Hit       int     `json:"blocks_hit"`
	Reported  int     `json:"pairs_reported"`
	DocP      float64 `json:"pair_precision"` // against as many pairs with nothing copied
	DocR      float64 `json:"pair_recall"`
	Millis    float64 `json:"ms_a_pair"` // CPU is one goroutine's
}

// Run plants copies, looks for them and prints precision and recall by kind.
func (c *benchCopiesCmd) Run() error {
	if c.Cases < 1 || c.Size < 6000 {
		return errors.New("bench copies: give a case or more, of 6000 bytes or more")
	}
	if !c.JSON {
		fmt.Println("| Copy | Pairs | Characters: precision | recall | Blocks found | Pairs reported | Pairs: precision | recall | ms a pair |")
		fmt.Println("|---|---|---|---|---|---|---|---|---|")
	}
	honest := 0
	for _, kind := range planted.Kinds() {
		r := c.kind(kind)
		if kind == planted.None {
			honest = r.Reported
		} else {
			r.DocP, r.DocR = 1, float64(r.Reported)/float64(r.Cases)
			if r.Reported+honest > 0 {
				r.DocP = float64(r.Reported) / float64(r.Reported+honest)
			}
		}
		if c.JSON {
			if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
				return err
			}
			continue
		}
		if kind == planted.None {
			fmt.Printf("| %s | %d | – | – | – | %d | – | – | %.1f |\n", r.Kind, r.Cases, r.Reported, r.Millis)
			continue
		}
		fmt.Printf("| %s | %d | %.3f | %.3f | %d of %d | %d | %.3f | %.3f | %.1f |\n", r.Kind, r.Cases, r.Precision, r.Recall, r.Hit, r.Blocks, r.Reported, r.DocP, r.DocR, r.Millis)
	}
	return nil
}

func (c *benchCopiesCmd) kind(kind string) copiesReport {
	r := copiesReport{Kind: kind, Cases: c.Cases}
	limits := likeness.DefaultLimits
	var right, said, there int
	var took time.Duration
	for i := range c.Cases {
		p := planted.NewCase(c.Seed, uint64(i), kind, c.Size)
		began := time.Now()
		tender, standard := likeness.NewReference(likeness.NewText(p.Tender), limits), likeness.NewReference(likeness.NewText(p.Standard), limits)
		a, b := likeness.NewText(p.A), likeness.NewText(p.B)
		for _, t := range []*likeness.Text{a, b} {
			t.Without(tender, limits)
			t.Without(standard, limits)
		}
		res := likeness.Compare(a, b, limits)
		took += time.Since(began)
		if res.Suspect(limits) {
			r.Reported++
		}
		inA, inB := make([]bool, len(p.A)), make([]bool, len(p.B))
		for _, s := range res.Passages {
			markBytes(inA, s.A.From, s.A.To)
			markBytes(inB, s.B.From, s.B.To)
		}
		wantA, wantB := make([]bool, len(p.A)), make([]bool, len(p.B))
		for _, s := range p.Copied {
			markBytes(wantA, s.FromA, s.ToA)
			markBytes(wantB, s.FromB, s.ToB)
			r.Blocks++
			if 2*countMarked(inB[s.FromB:s.ToB]) >= s.ToB-s.FromB {
				r.Hit++
			}
		}
		for _, side := range [][2][]bool{{inA, wantA}, {inB, wantB}} {
			said, there = said+countMarked(side[0]), there+countMarked(side[1])
			for k := range side[0] {
				if side[0][k] && side[1][k] {
					right++
				}
			}
		}
	}
	r.Millis = took.Seconds() * 1000 / float64(c.Cases)
	if said > 0 {
		r.Precision = float64(right) / float64(said)
	}
	if there > 0 {
		r.Recall = float64(right) / float64(there)
	}
	return r
}

func markBytes(in []bool, from, to int) {
	for ; from < to; from++ {
		in[from] = true
	}
}

func countMarked(in []bool) (n int) {
	for _, x := range in {
		if x {
			n++
		}
	}
	return n
}
