package collusion

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// market invents tenders: a ring bids within half a per cent of each other behind
// its winner, others within ten.
func market(name string, tenders int, seed uint64) *Market {
	rnd := rand.New(rand.NewPCG(seed, 1))
	m := &Market{Name: name, Firms: true}
	for i := range tenders {
		ring := rnd.IntN(3) == 0
		t := Tender{ID: fmt.Sprint(i), Winners: true}
		level := math.Exp(10 + 4*rnd.Float64())
		lowest, at := math.Inf(1), 0
		for k := range 3 + rnd.IntN(6) {
			width := 0.1
			if ring && rnd.IntN(8) > 0 {
				width = 0.02
			}
			bid := level * (1 + width*rnd.Float64())
			if bid < lowest {
				lowest, at = bid, k
			}
			t.Bids, t.Label = append(t.Bids, bid), append(t.Label, ring)
			t.Winner, t.Firms = append(t.Winner, false), append(t.Firms, fmt.Sprint("F", (i/10)*6+rnd.IntN(12)))
		}
		t.Winner[at] = true
		m.Tenders = append(m.Tenders, t)
	}
	return m
}

func TestRead(t *testing.T) {
	const file = "\ufeffCompetitors,Bid_value,Date,Tender,CV,Collusive_competitor,Winner\n" +
		"7,100.5,1,3.0,9,1,1.0\n" +
		"8,110,1,3,9,1.0,0.0\n" +
		"8,110,1,3,9,1.0,0.0\n" + // an exact duplicate stays
		"9,,1,3,9,1,0\n" + // no price
		"9,120,1,4,9,,0\n" + // no label
		"9,-5,1,4,9,0,0\n" +
		"9,130,1,4,,0,\n"
	m, err := Read("X.csv", strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	want := &Market{Name: "X.csv", Skipped: 3, Firms: true, Tenders: []Tender{
		{ID: "3", Bids: []float64{100.5, 110, 110}, Winner: []bool{true, false, false}, Label: []bool{true, true, true}, Firms: []string{"7", "8", "8"}, Winners: true},
		{ID: "4", Bids: []float64{130}, Winner: []bool{false}, Label: []bool{false}, Firms: []string{"9"}, Winners: true},
	}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	if _, err := Read("Y.csv", strings.NewReader("Tender,Price\n1,2\n")); !errors.Is(err, ErrFormat) {
		t.Errorf("another file: %v", err)
	}
	if m, err := Read("Z.csv", strings.NewReader("Tender,Bid_value,Collusive_competitor\n1,2,0\n")); err != nil || m.Firms || m.Tenders[0].Winners {
		t.Errorf("the least that a file must have: %v", err)
	}
	splits, err := ReadSplits("s", strings.NewReader("split,test_tender\n0,3\n0,4.0\n5,4\n"))
	if diff := cmp.Diff([][]string{{"3", "4"}, {"4"}}, splits); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if !m.Matches(splits) || m.Matches([][]string{{"3", "99"}}) || m.Matches(nil) {
		t.Error("splits of another file match, or those of this do not")
	}
	if _, err := ReadSplits("s", strings.NewReader("a,b\n1,2\n")); err == nil {
		t.Error("a file of other columns was read as splits")
	}
}

// disguise changes all that must not matter: the size of prices tender by tender
// (by powers of two, which keep every digit), the names of tenders and bidders.
func disguise(m *Market) *Market {
	out := &Market{Name: m.Name, Firms: m.Firms}
	for i, t := range m.Tenders {
		c := Tender{ID: fmt.Sprint("other", 7919*i%1009), Winner: t.Winner, Label: t.Label, Winners: t.Winners}
		for k, b := range t.Bids {
			c.Bids, c.Firms = append(c.Bids, math.Ldexp(b, i*37%23-11)), append(c.Firms, fmt.Sprint("body", i, k))
		}
		out.Tenders = append(out.Tenders, c)
	}
	return out
}

// TestNothingLeaks: prices of another size, other numbers of tenders and other
// bidders give the very same results. Dates are not even read.
func TestNothingLeaks(t *testing.T) {
	a := market("a.csv", 60, 1)
	b := disguise(a)
	for _, set := range []Set{Own, Position} {
		x, err := BySplits(a, set, a.OwnSplits(3))
		if err != nil {
			t.Fatal(err)
		}
		y, err := BySplits(b, set, b.OwnSplits(3))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x, y); diff != "" {
			t.Errorf("%s: %s", set, diff)
		}
		if x.Runs != 3 || x.AUC.Mean < 0.75 {
			t.Errorf("%s: a ring this plain is told by %v in %d runs", set, x.AUC, x.Runs)
		}
	}
}

// TestChanceStaysChance: labels dealt by lot cannot be told on tenders held back,
// though trees grown to the end know all those learnt from by heart.
func TestChanceStaysChance(t *testing.T) {
	m := market("a.csv", 120, 3)
	rnd := rand.New(rand.NewPCG(5, 5))
	for i := range m.Tenders {
		y := rnd.IntN(2) == 0
		for k := range m.Tenders[i].Label {
			m.Tenders[i].Label[k] = y
		}
	}
	r, err := BySplits(m, Position, m.OwnSplits(8))
	if err != nil {
		t.Fatal(err)
	}
	if r.AUC.Mean < 0.35 || r.AUC.Mean > 0.65 || r.Balanced.Mean < 0.35 || r.Balanced.Mean > 0.65 {
		t.Errorf("chance is told by AUC %v, balanced accuracy %v", r.AUC, r.Balanced)
	}
}

// TestFirmsAreApart: no bidder and no tender stands on both sides.
func TestFirmsAreApart(t *testing.T) {
	m := market("a.csv", 100, 2)
	for seed := range uint64(5) {
		train, test := m.halves(seed)
		firms, tenders := map[string]bool{}, map[string]bool{}
		for _, c := range train.Tenders {
			tenders[c.ID] = true
			for _, f := range c.Firms {
				firms[f] = true
			}
		}
		if len(train.Tenders) < 20 || len(test.Tenders) < 5 {
			t.Errorf("%d and %d tenders", len(train.Tenders), len(test.Tenders))
		}
		for _, c := range test.Tenders {
			if tenders[c.ID] {
				t.Fatalf("tender %s stands on both sides", c.ID)
			}
			for _, f := range c.Firms {
				if firms[f] {
					t.Fatalf("bidder %s stands on both sides", f)
				}
			}
			if len(c.Bids) < leastBids || len(c.Bids) != len(c.Winner) || len(c.Bids) != len(c.Label) {
				t.Fatalf("%+v", c)
			}
		}
	}
	r, ok, err := ByFirms(m, Own, 4)
	if err != nil || !ok || r.Runs == 0 || r.Note == "" {
		t.Errorf("%+v %v %v", r, ok, err)
	}
	m.Firms = false
	if _, ok, _ := ByFirms(m, Own, 4); ok {
		t.Error("a file without bidders was measured by bidders")
	}
}

// TestMarkets: a ring is told in a market that was never learnt from, whatever
// the size of its prices.
func TestMarkets(t *testing.T) {
	ms := []*Market{market("a.csv", 60, 1), market("b.csv", 80, 2), disguise(market("c.csv", 70, 3))}
	for k := range ms {
		r, err := ByMarket(ms, k, Own)
		if err != nil {
			t.Fatal(err)
		}
		if r.AUC.Mean < 0.75 || r.AUC.Error <= 0 || r.AUC.Error > 0.2 {
			t.Errorf("%s: %v", r.File, r.AUC)
		}
	}
	again, err := ByMarket([]*Market{ms[0], ms[1], market("c.csv", 70, 3)}, 2, Own)
	if err != nil {
		t.Fatal(err)
	}
	first, err := ByMarket(ms, 2, Own)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Error(diff)
	}
	if r, err := ByMarket(ms[:2], 0, Position); err != nil || r.Runs != 1 {
		t.Errorf("of two markets: %+v, %v", r, err)
	}
}
