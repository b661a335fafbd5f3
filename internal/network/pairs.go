package network

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Pair is two bodies that bid for the same lots more often than chance and
// more than nearly all pairs of their group.
type Pair struct {
	A        Body     `json:"a"`
	B        Body     `json:"b"`
	Dockets  int      `json:"dockets"`  // in which both bid for one and the same lot, each for itself
	Lots     []Lot    `json:"lots"`     // for which they did
	BidsA    int      `json:"bids_a"`   // dockets in which A bid at all
	BidsB    int      `json:"bids_b"`   // and B
	Jaccard  float64  `json:"jaccard"`  // dockets of both to dockets of either
	Expected float64  `json:"expected"` // dockets of both if each had chosen among those of its groups by lot
	Chance   float64  `json:"chance"`   // probability of as many or more then (hypergeometric)
	WinsA    int      `json:"wins_a"`   // of the lots
	WinsB    int      `json:"wins_b"`
	Standing Standing `json:"standing"` // of Jaccard
	Text     Words    `json:"text"`
	Innocent []Words  `json:"innocent"`

	looked float64 // chance that such a pair meets so often that it is looked at
}

// together is a pair as numbers.
type together struct {
	a, b, n, home int
	jaccard       float64
}

// meetings counts in how many dockets which bodies met, the smaller number first.
func (x *index) meetings() map[[2]int]int {
	n := map[[2]int]int{}
	last := map[[2]int]int{}
	for i := range x.lots {
		l := &x.lots[i]
		for at, a := range l.all {
			for _, b := range l.all[at+1:] {
				k := [2]int{a, b}
				if last[k] == l.docket+1 || !l.apart(a, b) {
					continue
				}
				last[k] = l.docket + 1
				n[k]++
			}
		}
	}
	return n
}

// activity counts the dockets of each body by field, and of each field.
func (x *index) activity() (of []map[int]int, all []int, bids []int) {
	of, all, bids = make([]map[int]int, len(x.nodes)), make([]int, x.fields), make([]int, len(x.nodes))
	seen := map[[2]int]int{} // field, docket
	for i := range x.lots {
		l := &x.lots[i]
		if len(l.all) > 0 && seen[[2]int{l.field, l.docket}] == 0 {
			seen[[2]int{l.field, l.docket}] = 1
			all[l.field]++
		}
	}
	for n := range x.nodes {
		last := [2]int{-1, -1}
		for _, i := range x.nodes[n].lots {
			at := [2]int{x.lots[i].docket, x.lots[i].field}
			if at[0] != last[0] {
				bids[n]++
			}
			if at != last {
				if of[n] == nil {
					of[n] = map[int]int{}
				}
				of[n][at[1]]++
			}
			last = at
		}
	}
	return of, all, bids
}

// pairs finds those that stand out, and the links that chance does not explain,
// of which groups are made.
func (x *index) pairs(s Settings) (out []Pair, strong []together) {
	met := x.meetings()
	of, all, bids := x.activity()
	keys := make([][2]int, 0, len(met))
	for k := range met {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	var p peers
	often := 0 // pairs that met often enough
	jaccard := func(k [2]int) float64 { return float64(met[k]) / float64(bids[k[0]]+bids[k[1]]-met[k]) }
	for _, k := range keys {
		if bids[k[0]] >= s.MinTogether && bids[k[1]] >= s.MinTogether {
			p.add(x.strata[x.home(k)], jaccard(k))
		}
	}
	for _, k := range keys {
		n := met[k]
		if n < s.MinTogether {
			continue
		}
		often++
		var terms []float64
		dist := []float64{1}
		shared := make([]int, 0, len(of[k[0]]))
		for g := range of[k[0]] {
			if of[k[1]][g] > 0 {
				shared = append(shared, g)
			}
		}
		slices.Sort(shared)
		for _, g := range shared {
			a, b := of[k[0]][g], of[k[1]][g]
			terms = append(terms, float64(a)*float64(b)/float64(all[g]))
			dist = sumOf(dist, overlap(all[g], a, b))
		}
		expected := total(terms)
		chance := atLeast(dist, n)
		if chance > s.MaxChance {
			continue
		}
		j, home := jaccard(k), x.strata[x.home(k)]
		strong = append(strong, together{k[0], k[1], n, x.home(k), j})
		st, ok := p.stand(home, j, s.PairPlace, s.MinPeers)
		if !ok || !st.high(j) {
			continue
		}
		lots := x.shared(k[0], k[1])
		pair := Pair{
			A: x.nodes[k[0]].Body, B: x.nodes[k[1]].Body, Dockets: n, Lots: x.evidence(lots), BidsA: bids[k[0]], BidsB: bids[k[1]],
			Jaccard: j, Expected: expected, Chance: chance, Standing: st, Innocent: innocentPair, looked: atLeast(dist, s.MinTogether),
		}
		for _, l := range lots {
			if x.won(k[0], l) {
				pair.WinsA++
			}
			if x.won(k[1], l) {
				pair.WinsB++
			}
		}
		pair.Text = Words{
			fmt.Sprintf("%s与%s在 %d 个项目中同场投标，占任一方参与项目的 %s；按各自投标次数，偶然相遇约 %.1f 个。高于%s中 %s 的投标人组合（%d 组，中位数 %s）。属线索，建议核查。",
				pair.A.Name, pair.B.Name, n, percent(j), expected, st.nameZH(), percent(st.Below), st.N, percent(st.Median)),
			fmt.Sprintf("%s and %s bid against each other in %d tenders, %s of those in which either bid; by their numbers of bids chance would give about %.1f. More than %s of the pairs of %s (%d pairs, median %s). A clue, checking is suggested.",
				pair.A.Name, pair.B.Name, n, percent(j), expected, percent(st.Below), st.nameEN(), st.N, percent(st.Median)),
		}
		out = append(out, pair)
	}
	// Only pairs that met so often are looked at: it is their chance among such.
	given := func(p *Pair) float64 { return p.Chance / p.looked }
	slices.SortStableFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(given(&a), given(&b)), cmp.Compare(b.Dockets, a.Dockets))
	})
	return out[:discoveries(len(out), often, s.FalseShare, func(i int) float64 { return given(&out[i]) })], strong
}

// home is the group in which a pair met most often.
func (x *index) home(k [2]int) int {
	counts := map[int]int{}
	for _, l := range x.shared(k[0], k[1]) {
		counts[x.lots[l].group]++
	}
	return most(counts)
}

// shared are the lots for which two bid, each for itself.
func (x *index) shared(a, b int) []int {
	var out []int
	la, lb := x.nodes[a].lots, x.nodes[b].lots
	for i, j := 0, 0; i < len(la) && j < len(lb); {
		switch {
		case la[i] < lb[j]:
			i++
		case la[i] > lb[j]:
			j++
		default:
			if x.lots[la[i]].apart(a, b) {
				out = append(out, la[i])
			}
			i++
			j++
		}
	}
	return out
}

// A Mark is two bodies whose bids carried the same mark, with the lots where.
type Mark struct {
	A     Body     `json:"a"`
	B     Body     `json:"b"`
	Kinds []string `json:"kinds"` // ids of the indicators that found it
	Lots  []Lot    `json:"lots"`
}

// marks joins what was shared by pair.
func (x *index) marks() []Mark {
	type pair struct {
		kinds []string
		lots  []int
	}
	found := map[[2]int]*pair{}
	for i := range x.lots {
		for _, m := range x.lots[i].shared {
			who := m.who
			for at, a := range who {
				for _, b := range who[at+1:] {
					p := found[[2]int{a, b}]
					if p == nil {
						p = &pair{}
						found[[2]int{a, b}] = p
					}
					p.kinds, p.lots = append(p.kinds, m.kind), append(p.lots, i)
				}
			}
		}
	}
	out := []Mark{}
	for k, p := range found {
		slices.Sort(p.kinds)
		out = append(out, Mark{x.nodes[k[0]].Body, x.nodes[k[1]].Body, slices.Compact(p.kinds), x.evidence(sorted(p.lots))})
	}
	slices.SortFunc(out, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(len(b.Lots), len(a.Lots)), a.A.compare(b.A), a.B.compare(b.B))
	})
	return out
}

func (b Body) compare(o Body) int {
	return cmp.Or(strings.Compare(b.Code, o.Code), strings.Compare(b.Name, o.Name))
}
