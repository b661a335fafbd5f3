package network

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mingjing/internal/trade"
)

// loose settings tell of nearly everything, so that properties have something to hold.
func looseSettings() Settings {
	s := Default()
	s.MinTogether, s.MinPeers, s.MinBids, s.MinWins, s.MinTies, s.MinExpertTies = 1, 1, 1, 1, 1, 1
	s.MaxChance, s.CoverChance, s.WinChance, s.TieChance, s.FalseShare = 1, 1, 1, 1, 1e9
	s.PairPlace, s.GroupPlace, s.CoverPlace, s.WinPlace, s.TiePlace = 0.3, 0.1, 0.9, 0.1, 0.1
	s.MinTallies, s.MinTallied, s.MinDraws, s.TallyPlace, s.TallyChance, s.DrawChance = 1, 1, 1, 0.1, 1, 1
	s.Turns, s.Territory, s.MaxGroup = 0, 0, 4
	return s
}

func drawFacts(t *rapid.T) []Fact {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
	var out []Fact
	for i := range rapid.IntRange(1, 40).Draw(t, "lots") {
		f := Fact{Docket: fmt.Sprintf("D%02d", i/2), Lot: fmt.Sprint(i % 2), Day: trade.Day(20000 + r.IntN(50)), Class: []string{"construction", "procurement"}[r.IntN(2)], Region: []string{"410102", "410105", "410302", ""}[r.IntN(4)]}
		for _, n := range r.Perm(12)[:r.IntN(6)] {
			b := firm("firm", n)
			if r.IntN(4) == 0 {
				b.Code = ""
			}
			f.Bids = append(f.Bids, []Body{b})
		}
		if len(f.Bids) > 1 && r.IntN(5) == 0 {
			f.Bids[0] = append(f.Bids[0], firm("firm", 20))
		}
		if len(f.Bids) > 0 && r.IntN(4) > 0 {
			f.Winners = f.Bids[r.IntN(len(f.Bids))]
		}
		f.Tenderers, f.Agencies = []Body{firm("buyer", r.IntN(4))}, []Body{firm("agency", r.IntN(3))}
		f.Experts = []string{fmt.Sprint("专家", r.IntN(5)), fmt.Sprint("专家", r.IntN(5))}
		if len(f.Bids) > 1 && r.IntN(3) == 0 {
			f.Shared = []Shared{{"D01", []Body{f.Bids[0][0], f.Bids[1][0]}}}
		}
		out = append(out, f)
	}
	return out
}

// Neither the order of facts nor that of what stands in them matters.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		want := Analyze(facts, looseSettings())
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 3))
		mixed := slices.Clone(facts)
		for i := range mixed {
			mixed[i].Bids, mixed[i].Winners, mixed[i].Experts = slices.Clone(mixed[i].Bids), slices.Clone(mixed[i].Winners), slices.Clone(mixed[i].Experts)
			r.Shuffle(len(mixed[i].Bids), func(a, b int) { mixed[i].Bids[a], mixed[i].Bids[b] = mixed[i].Bids[b], mixed[i].Bids[a] })
			r.Shuffle(len(mixed[i].Experts), func(a, b int) { mixed[i].Experts[a], mixed[i].Experts[b] = mixed[i].Experts[b], mixed[i].Experts[a] })
			slices.Reverse(mixed[i].Winners)
		}
		r.Shuffle(len(mixed), func(a, b int) { mixed[a], mixed[b] = mixed[b], mixed[a] })
		if got := Analyze(mixed, looseSettings()); !reflect.DeepEqual(got, want) {
			for i := range reflect.TypeOf(got).NumField() {
				if a, b := reflect.ValueOf(got).Field(i).Interface(), reflect.ValueOf(want).Field(i).Interface(); !reflect.DeepEqual(a, b) {
					t.Fatalf("another order gives other %s:\n%+v\n%+v", reflect.TypeOf(got).Field(i).Name, a, b)
				}
			}
		}
	})
}

// What happens elsewhere between others changes nothing of a pair's own numbers.
func TestUnrelatedFactsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		s := looseSettings()
		s.PairPlace = 0
		var others []Fact
		for i := range rapid.IntRange(1, 20).Draw(t, "others") {
			others = append(others, Fact{Docket: fmt.Sprintf("X%02d", i), Lot: "1", Class: "land", Region: "410500", Bids: bids(firm("other", i%3), firm("other", 3), firm("other", 4)), Winners: []Body{firm("other", 3)}})
		}
		type own struct {
			dockets, bidsA, bidsB, winsA, winsB int
			jaccard, expected, chance           float64
			lots                                int
		}
		look := func(facts []Fact) map[string]own {
			out := map[string]own{}
			x := newIndex(facts)
			_, strong := x.pairs(s)
			for _, p := range strong {
				out[names(x.nodes[p.a].Body, x.nodes[p.b].Body)] = own{dockets: p.n, jaccard: p.jaccard}
			}
			for _, p := range Analyze(facts, s).Pairs {
				out[names(p.A, p.B)] = own{p.Dockets, p.BidsA, p.BidsB, p.WinsA, p.WinsB, p.Jaccard, p.Expected, p.Chance, len(p.Lots)}
			}
			return out
		}
		before, after := look(facts), look(append(slices.Clone(facts), others...))
		for who, want := range before {
			if got, ok := after[who]; !ok || want.lots > 0 && got.lots > 0 && got != want || got.dockets != want.dockets || got.jaccard != want.jaccard {
				t.Fatalf("%s: %+v, without the others %+v", who, got, want)
			}
		}
	})
}

func TestTails(t *testing.T) {
	for _, c := range []struct {
		n, a, b, k int
		want       float64
	}{{10, 4, 3, 3, 4.0 / 120}, {10, 4, 3, 0, 1}, {5, 4, 3, 2, 1}, {60, 20, 20, 20, 1 / 4191844505805495.0}} {
		if got := atLeast(overlap(c.n, c.a, c.b), c.k); math.Abs(got/c.want-1) > 1e-9 {
			t.Errorf("P(two that choose %d and %d of %d have %d in common) is %v, want %v", c.a, c.b, c.n, c.k, got, c.want)
		}
	}
	if d := sumOf([]float64{0.5, 0.5}, []float64{0.25, 0.75}); atLeast(d, 2) != 0.375 || atLeast(d, 0) != 1 {
		t.Errorf("sum %v", d)
	}
	d := successes([]float64{0.5, 0.5, 0.5, 0.5})
	if atLeast(d, 3) != 5.0/16 || atMost(d, 1) != 5.0/16 {
		t.Errorf("four coins: %v", d)
	}
}

// Two cliques joined by one link are two communities.
func TestCommunities(t *testing.T) {
	links := map[int]map[int]int{}
	link := func(a, b, w int) {
		for _, k := range [][2]int{{a, b}, {b, a}} {
			if links[k[0]] == nil {
				links[k[0]] = map[int]int{}
			}
			links[k[0]][k[1]] = w
		}
	}
	for a := range 8 {
		for b := range a {
			link(a, b, 5)
			link(a+10, b+10, 5)
		}
	}
	link(7, 10, 5)
	link(17, 30, 5) // hangs on
	got := communities(links, Default())
	if !reflect.DeepEqual(got, [][]int{{0, 1, 2, 3, 4, 5, 6, 7}, {10, 11, 12, 13, 14, 15, 16, 17}}) {
		t.Errorf("communities %v", got)
	}
}
