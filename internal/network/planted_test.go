package network

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/trade"
)

// market makes lots of honest competition in one city: firms bid at random for
// lots of one kind, and each bid has the same chance.
func market(seed uint64, lots int) []Fact {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []Fact
	for i := range lots {
		f := Fact{Docket: fmt.Sprintf("H%04d", i), Lot: fmt.Sprintf("H%04d-1", i), Title: "某工程", Day: trade.Date(2025, 1, 1) + trade.Day(i), Class: "construction", Region: []string{"410102", "410103", "410105"}[i%3]}
		f.Tenderers = []Body{firm("buyer", i%25)}
		f.Agencies = []Body{firm("agency", i%20)}
		f.Experts = []string{fmt.Sprintf("专家%d", r.IntN(60)), fmt.Sprintf("专家%d", r.IntN(60)), fmt.Sprintf("专家%d", r.IntN(60))}
		for _, n := range r.Perm(60)[:5] {
			f.Bids = append(f.Bids, []Body{firm("firm", n)})
		}
		f.Winners = f.Bids[r.IntN(5)]
		out = append(out, f)
	}
	return out
}

func firm(kind string, n int) Body {
	return Body{fmt.Sprintf("%s%d有限公司", kind, n), strings.ToUpper(fmt.Sprintf("%s%012d", kind[:1], n))}
}

func bids(who ...Body) (out [][]Body) {
	for _, b := range who {
		out = append(out, []Body{b})
	}
	return out
}

func names(bs ...Body) string {
	var out []string
	for _, b := range bs {
		out = append(out, b.Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// Honest competition alone gives next to nothing.
func TestHonestMarketIsQuiet(t *testing.T) {
	for seed := range uint64(3) {
		r := Analyze(market(seed, 400), Default())
		if n := len(r.Pairs) + len(r.Groups); n > 0 {
			t.Errorf("seed %d: %d pairs, %d groups in a market without any", seed, len(r.Pairs), len(r.Groups))
		}
		if n := len(r.Covers) + len(r.Habitual) + len(r.Ties); n > 2 {
			t.Errorf("seed %d: %d covers, %d habitual, %d ties", seed, len(r.Covers), len(r.Habitual), len(r.Ties))
		}
	}
}

// ring plants four firms that bid together, each winning in turn.
func ring(n int, region func(i, turn int) string) []Fact {
	var out []Fact
	for i := range n {
		turn := i % 4
		members := []Body{firm("ring", 0), firm("ring", 1), firm("ring", 2), firm("ring", 3)}
		out = append(out, Fact{
			Docket: fmt.Sprintf("R%03d", i), Lot: "1", Day: trade.Date(2025, 2, 1) + trade.Day(7*i), Class: "construction", Region: region(i, turn),
			Bids: bids(append(members, firm("firm", i))...), Winners: []Body{members[turn]}, Tenderers: []Body{firm("buyer", i%25)},
		})
	}
	return out
}

func TestRingIsFound(t *testing.T) {
	r := Analyze(append(market(1, 400), ring(16, func(i, _ int) string { return []string{"410102", "410103", "410105"}[i%3] })...), Default())
	if len(r.Groups) != 1 {
		t.Fatalf("%d groups, want the planted one: %+v", len(r.Groups), r.Groups)
	}
	g := r.Groups[0]
	if len(g.Members) != 4 || !g.Clique || g.Dockets != 16 || g.Wins != 16 || len(g.Lots) != 16 {
		t.Errorf("the group is %+v", g)
	}
	if g.Rotation == nil || g.Rotation.Entropy < 0.99 || g.Rotation.Turns != 1 {
		t.Errorf("no rotation in perfect turns: %+v", g.Rotation)
	}
	if g.Territory != nil {
		t.Errorf("a territory, though wins go round the counties: %+v", g.Territory)
	}
	if len(r.Pairs) != 6 {
		t.Errorf("%d pairs, want the six of the ring", len(r.Pairs))
	}
	for _, p := range r.Pairs {
		if p.Dockets != 16 || p.WinsA != 4 || p.WinsB != 4 || p.Jaccard != 1 || len(p.Innocent) == 0 || len(p.Lots) != 16 {
			t.Errorf("pair %+v", p)
		}
	}
}

// The same ring with a county for each two: the territory is seen.
func TestTerritoryIsFound(t *testing.T) {
	r := Analyze(append(market(1, 400), ring(16, func(_, turn int) string { return []string{"410102", "410103", "410105", "410106"}[turn] })...), Default())
	if len(r.Groups) != 1 || r.Groups[0].Territory == nil {
		t.Fatalf("no territory: %+v", r.Groups)
	}
	if ter := r.Groups[0].Territory; ter.V < 0.95 || len(ter.Split) != 4 || ter.Split[0].Wins != 4 || ter.Split[0].Of != 4 {
		t.Errorf("territory %+v", ter)
	}
}

// What looks like a ring and is none.
func TestLookAlikesAreQuiet(t *testing.T) {
	two := []Body{firm("two", 0), firm("two", 1)}
	for _, c := range []struct {
		name  string
		facts func() []Fact
	}{
		{"one tender of many lots", func() []Fact {
			var out []Fact
			for i := range 20 {
				out = append(out, Fact{Docket: "L", Lot: fmt.Sprint(i), Day: trade.Date(2025, 3, 1), Class: "construction", Region: "410102", Bids: bids(append(two, firm("firm", i))...), Winners: two[:1]})
			}
			return out
		}},
		{"a consortium that bids as one", func() []Fact {
			var out []Fact
			for i := range 12 {
				out = append(out, Fact{Docket: fmt.Sprintf("C%d", i), Lot: "1", Day: trade.Date(2025, 3, 1), Class: "construction", Region: "410102", Bids: append([][]Body{two}, bids(firm("firm", i), firm("firm", i+20))...), Winners: []Body{firm("firm", i)}})
			}
			return out
		}},
		{"lots of one tender, a bidder each", func() []Fact {
			var out []Fact
			for i := range 12 {
				for k, b := range two {
					out = append(out, Fact{Docket: fmt.Sprintf("S%d", i), Lot: fmt.Sprint(k), Day: trade.Date(2025, 3, 1), Class: "construction", Region: "410102", Bids: bids(b, firm("firm", i+k), firm("firm", i+k+20)), Winners: []Body{firm("firm", i+k)}})
				}
			}
			return out
		}},
		{"met three times", func() []Fact {
			var out []Fact
			for i := range 3 {
				out = append(out, Fact{Docket: fmt.Sprintf("T%d", i), Lot: "1", Class: "construction", Region: "410102", Bids: bids(append(two, firm("firm", i))...)})
			}
			return out
		}},
	} {
		r := Analyze(append(market(1, 400), c.facts()...), Default())
		if len(r.Pairs)+len(r.Groups) > 0 {
			t.Errorf("%s: %+v %+v", c.name, r.Pairs, r.Groups)
		}
	}
}

// Two firms of a field with few others meet all the time, and so does everybody
// there: nothing stands out.
func TestNarrowMarketIsQuiet(t *testing.T) {
	var facts []Fact
	for i := range 40 {
		f := Fact{Docket: fmt.Sprintf("N%02d", i), Lot: "1", Day: trade.Date(2025, 3, 1) + trade.Day(i), Class: "procurement", Region: "410300"}
		for n := range 8 {
			f.Bids = append(f.Bids, []Body{firm("narrow", n)})
		}
		f.Winners = f.Bids[(i*5)%8]
		facts = append(facts, f)
	}
	r := Analyze(facts, Default())
	if len(r.Pairs)+len(r.Groups)+len(r.Covers)+len(r.Habitual) > 0 {
		t.Errorf("a market of eight firms that all bid for all: %+v", r)
	}
}

func TestCoverAndHabitualAreFound(t *testing.T) {
	facts := market(1, 400)
	cover, king := firm("cover", 1), firm("king", 1)
	for i := range 40 {
		facts[i].Bids = append(facts[i].Bids, []Body{cover}, []Body{king})
		if i%5 != 0 {
			facts[i].Winners = []Body{king}
		}
	}
	for i := 100; i < 140; i++ { // bids as often, and wins its share
		facts[i].Bids = append(facts[i].Bids, []Body{firm("fair", 1)})
		if i%6 == 0 {
			facts[i].Winners = []Body{firm("fair", 1)}
		}
	}
	r := Analyze(facts, Default())
	i := slices.IndexFunc(r.Covers, func(c Rate) bool { return c.Name == cover.Name })
	if i < 0 {
		t.Fatalf("the cover bidder is not found: %+v", r.Covers)
	}
	if c := r.Covers[i]; c.Bids != 40 || c.Wins != 0 || c.With == nil || c.With.Name != king.Name || c.With.Wins != 32 || len(c.Lots) != 40 {
		t.Errorf("cover %+v", c)
	}
	i = slices.IndexFunc(r.Habitual, func(c Rate) bool { return c.Name == king.Name })
	if i < 0 {
		t.Fatalf("the habitual winner is not found: %+v", r.Habitual)
	}
	if h := r.Habitual[i]; h.Wins != 32 || len(h.Lots) != 32 || h.Share != 0.08 {
		t.Errorf("habitual %+v", h)
	}
	for _, list := range [][]Rate{r.Covers, r.Habitual} {
		if slices.ContainsFunc(list, func(c Rate) bool { return c.Name == firm("fair", 1).Name }) {
			t.Error("a firm that bids often and wins its share is told")
		}
	}
}

func TestTies(t *testing.T) {
	facts := market(1, 400)
	friend, good := firm("tied", 1), firm("good", 1)
	mine := 0
	for i := range facts {
		f := &facts[i]
		if f.Tenderers[0] == firm("buyer", 3) && mine < 8 { // 16 lots: it bids for 8 and wins 7; elsewhere it loses
			mine++
			f.Bids = append(f.Bids, []Body{friend})
			if mine > 1 {
				f.Winners = []Body{friend}
			}
			f.Experts = []string{"评委甲", "评委乙"}
		} else if i >= 204 && i < 219 {
			f.Bids = append(f.Bids, []Body{friend})
		}
		if i%25 == 7 || i%25 == 8 { // wins nearly everywhere it bids, whoever the buyer is
			f.Bids = append(f.Bids, []Body{good})
			if i%11 != 0 {
				f.Winners = []Body{good}
			}
		}
	}
	r := Analyze(facts, Default())
	var got []string
	for _, tie := range r.Ties {
		got = append(got, tie.Kind+" "+tie.Other.Name+" "+tie.Winner.Name)
		if tie.Winner.Name == friend.Name && (tie.Wins != 7 || len(tie.Lots) != 7 || tie.Bids != 8) {
			t.Errorf("tie %+v", tie)
		}
		if tie.Winner.Name == good.Name {
			t.Errorf("a firm that wins everywhere is tied to one buyer: %+v", tie.Text)
		}
	}
	for _, want := range []string{"buyer " + firm("buyer", 3).Name, "expert 评委甲", "expert 评委乙"} {
		if !slices.Contains(got, want+" "+friend.Name) {
			t.Errorf("no tie %s with the planted winner in %q", want, got)
		}
	}
}

func TestSharedMarks(t *testing.T) {
	facts := ring(2, func(int, int) string { return "410102" })
	for i := range facts {
		facts[i].Shared = []Shared{{"D01", []Body{{Code: firm("ring", 0).Code}, {Name: firm("ring", 2).Name}}}, {"D04", []Body{firm("ring", 0), firm("ring", 2)}}}
	}
	r := Analyze(facts, Default())
	if len(r.Shared) != 1 || names(r.Shared[0].A, r.Shared[0].B) != names(firm("ring", 0), firm("ring", 2)) || !slices.Equal(r.Shared[0].Kinds, []string{"D01", "D04"}) || len(r.Shared[0].Lots) != 2 {
		t.Errorf("shared %+v", r.Shared)
	}
}

// What is said is a clue.
func TestWording(t *testing.T) {
	facts := append(market(1, 400), ring(16, func(_, turn int) string { return []string{"410102", "410103", "410105", "410106"}[turn] })...)
	r := Analyze(facts, Default())
	var texts []Words
	for _, p := range r.Pairs {
		texts = append(texts, p.Text)
	}
	for _, g := range r.Groups {
		texts = append(texts, g.Text, g.Rotation.Text, g.Territory.Text)
	}
	if len(texts) < 9 {
		t.Fatalf("only %d texts", len(texts))
	}
	for _, w := range texts {
		if !strings.Contains(w.ZH, "建议核查") || !strings.Contains(w.EN, "checking is suggested") {
			t.Errorf("does not suggest checking: %+v", w)
		}
		for _, verdict := range []string{"串通投标", "围标", "串标", "collusion", "collud", "cartel", "guilty"} {
			if strings.Contains(w.ZH, verdict) || strings.Contains(strings.ToLower(w.EN), verdict) {
				t.Errorf("%q in %+v", verdict, w)
			}
		}
	}
}
