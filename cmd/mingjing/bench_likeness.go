package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"mingjing/internal/likeness"
	"mingjing/internal/likeness/planted"
)

type benchLikenessCmd struct {
	Texts   int     `default:"100000" help:"Texts of the corpus; one in ten is a copy of another, more or less."`
	Size    int     `default:"20000" help:"Bytes of a text."`
	Least   float64 `default:"0.8" help:"The least similarity that is looked for."`
	Workers int     `default:"2" help:"Processors used."`
	Memory  int     `default:"256" help:"MiB for sets of shingles that are kept to verify."`
	Brute   int     `default:"2000" help:"Of so many texts all pairs are compared exactly, to see what was missed."`
	Seed    uint64  `default:"1" help:"Another seed writes another corpus."`
	Keep    string  `placeholder:"FILE" help:"Write the corpus there and keep it."`
}

// A likenessReport is what a run prints, as one line of JSON. Times are of
// reading the corpus from the file to the verified pairs, without writing it.
type likenessReport struct {
	Bench      string  `json:"bench"`
	Texts      int     `json:"texts"`
	Bytes      int64   `json:"bytes"`
	Workers    int     `json:"workers"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	MiB        int64   `json:"peak_mib"` // of the whole process, the writing of the corpus included
	Candidates int     `json:"candidates"`
	Verified   int     `json:"verified"`
	Pairs      int     `json:"pairs"`
	Planted    int     `json:"planted"`       // copies whose exact similarity is Least or more
	Found      int     `json:"planted_found"` // of these
	Recall     float64 `json:"recall"`
	NearLimit  int     `json:"near_limit"` // planted copies within 0.02 above Least
	NearFound  int     `json:"near_limit_found"`
	BruteTexts int     `json:"brute_texts"` // compared exactly, all with all
	BrutePairs int     `json:"brute_pairs"`
	BruteFound int     `json:"brute_found"`
	Wrong      int     `json:"wrong"` // pairs of a sample that were given and are not so alike
}

// Run writes a corpus, looks for its pairs and prints how long that took and
// what was missed.
func (c *benchLikenessCmd) Run(ctx context.Context) (err error) {
	if c.Texts < 20 || c.Size < 200 || c.Workers < 1 {
		return errors.New("bench likeness: give 20 texts or more, of 200 bytes or more, and a worker")
	}
	name := c.Keep
	if name == "" {
		dir, err := os.MkdirTemp("", "mingjing-likeness")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		name = filepath.Join(dir, "corpus.jsonl")
	}
	copies, err := c.write(name)
	if err != nil {
		return err
	}
	corpus, err := openTextLines(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, corpus.Close()) }()
	runtime.GC()
	cpu, _ := spent()
	began := time.Now()
	o := likeness.PairOptions{Least: c.Least, Workers: c.Workers, Memory: c.Memory << 20}
	found, err := likeness.NearDuplicates(ctx, corpus, o)
	if err != nil {
		return err
	}
	r := &likenessReport{Bench: "likeness", Texts: corpus.Len(), Bytes: corpus.start[corpus.Len()], Workers: c.Workers, Seconds: time.Since(began).Seconds(), Candidates: found.Candidates, Verified: found.Verified}
	after, memory := spent()
	r.CPUSeconds, r.MiB = (after - cpu).Seconds(), memory>>20
	if err := c.check(corpus, found, copies, r); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// text writes a text of the corpus; of a copy also says of which.
func (c *benchLikenessCmd) text(i int) (text []byte, of int) {
	if i%10 != 9 {
		return planted.NewAuthor(c.Seed, uint64(i), 0.6).Text(c.Size), -1
	}
	r := rand.New(rand.NewPCG(c.Seed+1, uint64(i)))
	of = r.IntN(i)
	of -= of % 10 // an original
	text, _ = c.text(of)
	return planted.Near(r, text, c.Least-0.1+r.Float64()*(1.1-c.Least)), of
}

// write writes the corpus to a file, in order, and returns the copies.
func (c *benchLikenessCmd) write(name string) (copies [][2]int, err error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	const at = 256
	lines, of := make([]bytes.Buffer, at), make([]int, at)
	for from := 0; from < c.Texts; from += at {
		var wg sync.WaitGroup
		for w := range c.Workers {
			wg.Go(func() {
				for k := w; k < at && from+k < c.Texts; k += c.Workers {
					var text []byte
					text, of[k] = c.text(from + k)
					lines[k].Reset()
					enc := json.NewEncoder(&lines[k])
					enc.SetEscapeHTML(false)
					// A bytes.Buffer takes all.
					_ = enc.Encode(struct {
						ID   string `json:"id"`
						Text string `json:"text"`
					}{strconv.Itoa(from + k), string(text)})
				}
			})
		}
		wg.Wait()
		for k := 0; k < at && from+k < c.Texts; k++ {
			if of[k] >= 0 {
				copies = append(copies, [2]int{of[k], from + k})
			}
			if _, err := lines[k].WriteTo(out); err != nil {
				return nil, err
			}
		}
	}
	return copies, out.Flush()
}

// check compares what was found with what is there.
func (c *benchLikenessCmd) check(corpus *textLines, found *likeness.Pairs, copies [][2]int, r *likenessReport) error {
	pairs := map[[2]int]float64{}
	if err := everyPair(found, 1<<40, func(a, b int, j float64) error { pairs[[2]int{a, b}] = j; return nil }); err != nil {
		return err
	}
	r.Pairs = len(pairs)
	exact := func(p [2]int) (float64, error) {
		a, err := corpus.Text(p[0], nil)
		if err != nil {
			return 0, err
		}
		b, err := corpus.Text(p[1], nil)
		return likeness.Jaccard(a, b, 5), err
	}
	for _, p := range copies {
		j, err := exact(p)
		if err != nil {
			return err
		}
		if j < c.Least {
			continue
		}
		_, ok := pairs[p]
		r.Planted++
		if ok {
			r.Found++
		}
		if j < c.Least+0.02 {
			r.NearLimit++
			if ok {
				r.NearFound++
			}
		}
	}
	if r.Planted > 0 {
		r.Recall = float64(r.Found) / float64(r.Planted)
	}
	sample := 0
	for p := range pairs { // in no order: any thousand
		if sample++; sample > 1000 {
			break
		}
		if j, err := exact(p); err != nil {
			return err
		} else if j < c.Least {
			r.Wrong++
		}
	}
	return c.brute(corpus, pairs, r)
}

// brute compares the first texts exactly, all with all, through the list of
// texts of each shingle.
func (c *benchLikenessCmd) brute(corpus *textLines, pairs map[[2]int]float64, r *likenessReport) error {
	n := min(c.Brute, corpus.Len())
	type posting struct {
		hash uint64
		text int32
	}
	var all []posting
	sizes := make([]int, n)
	for i := range n {
		text, err := corpus.Text(i, nil)
		if err != nil {
			return err
		}
		set := likeness.Shingles(text, 5)
		sizes[i] = len(set)
		for _, h := range set {
			all = append(all, posting{h, int32(i)})
		}
	}
	slices.SortFunc(all, func(a, b posting) int {
		switch {
		case a.hash < b.hash:
			return -1
		case a.hash > b.hash:
			return 1
		}
		return int(a.text - b.text)
	})
	common := make([]int32, n*n)
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].hash == all[from].hash {
			to++
		}
		for i := from; i < to; i++ {
			row := common[int(all[i].text)*n:]
			for j := i + 1; j < to; j++ {
				row[all[j].text]++
			}
		}
		from = to
	}
	r.BruteTexts = n
	for a := range n {
		for b := a + 1; b < n; b++ {
			both := int(common[a*n+b])
			if union := sizes[a] + sizes[b] - both; union > 0 && float64(both) >= c.Least*float64(union) {
				r.BrutePairs++
				if _, ok := pairs[[2]int{a, b}]; ok {
					r.BruteFound++
				} else {
					fmt.Fprintf(os.Stderr, "missed: texts %d and %d, %.4f\n", a, b, float64(both)/float64(union))
				}
			}
		}
	}
	return nil
}
