package network

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// The kinds of a Tally.
const (
	Doubted = "doubted" // objected to or complained of
	Few     = "few"     // few bidders came
)

// A Tally is a buyer whose lots are of a kind much more often than those of
// others of its class and city.
type Tally struct {
	Body
	Kind     string   `json:"kind"`
	Lots     []Lot    `json:"lots"` // that are of the kind
	N        int      `json:"n"`    // lots of the kind
	Dockets  int      `json:"dockets"`
	Of       int      `json:"of"` // lots of the buyer
	Share    float64  `json:"share"`
	Expected float64  `json:"expected"` // if its lots were as those of the others
	Chance   float64  `json:"chance"`   // of as many then
	Standing Standing `json:"standing"`
}

// tallies counts the lots of each buyer that are of a kind.
func (x *index) tallies(kind string, is func(*lot) bool, s Settings) []Tally {
	of := map[int][]int{}                                              // lots of each buyer
	all, are := make([]int, len(x.strata)), make([]int, len(x.strata)) // by class and city
	for i := range x.lots {
		l := &x.lots[i]
		if len(l.bids) == 0 {
			continue
		}
		all[l.group]++
		if is(l) {
			are[l.group]++
		}
		for _, b := range l.tenderers {
			of[b] = append(of[b], i)
		}
	}
	buyers := slices.Sorted(maps.Keys(of))
	type found struct {
		Tally
		home  string
		given float64
	}
	var p peers
	var candidates []found
	for _, b := range buyers {
		lots := of[b]
		if x.docketsOf(lots) < s.MinTallies {
			continue
		}
		homes, own, ownAre := map[int]int{}, map[int]int{}, map[int]int{}
		var those []int
		for _, l := range lots {
			g := x.lots[l].group
			homes[g]++
			own[g]++
			if is(&x.lots[l]) {
				ownAre[g]++
				those = append(those, l)
			}
		}
		home := x.strata[most(homes)]
		t := Tally{Body: x.nodes[b].Body, Kind: kind, N: len(those), Dockets: x.docketsOf(those), Of: len(lots), Share: float64(len(those)) / float64(len(lots))}
		p.add(home, t.Share)
		if t.Dockets < s.MinTallied {
			continue
		}
		chances := make([]float64, len(lots))
		for i, l := range lots { // the others', with one more lot of either kind: never quite none
			g := x.lots[l].group
			chances[i] = (float64(are[g]-ownAre[g]) + 0.5) / (float64(all[g]-own[g]) + 1)
		}
		dist := successes(chances)
		t.Expected, t.Chance = total(chances), atLeast(dist, t.N)
		t.Lots = x.evidence(those)
		candidates = append(candidates, found{t, home, t.Chance / atLeast(dist, s.MinTallied)})
	}
	slices.SortStableFunc(candidates, func(a, b found) int { return cmp.Compare(a.given, b.given) })
	kept := discoveries(len(candidates), len(candidates), s.FalseShare, func(i int) float64 { return candidates[i].given })
	out := []Tally{}
	for _, f := range candidates[:kept] {
		var ok bool
		if f.Standing, ok = p.stand(f.home, f.Share, s.TallyPlace, s.MinPeers); ok && !f.Standing.high(f.Share) || f.Chance > s.TallyChance {
			continue // where there are too few buyers for a place, the chance alone decides: it is made of the others' lots
		}
		out = append(out, f.Tally)
	}
	return out
}

// Text says what was counted, without the buyer's name and what is of the kind.
func (t *Tally) Text() Words {
	w := Words{
		fmt.Sprintf("%d 个标段中有 %d 个（%s）；按当地同类其他招标人约 %.1f 个，如此之多的概率 %s", t.Of, t.N, percent(t.Share), t.Expected, probability(t.Chance)),
		fmt.Sprintf("%d of %d lots (%s); as with the others of its class and city it would be about %.1f, and so many have a probability of %s", t.N, t.Of, percent(t.Share), t.Expected, probability(t.Chance)),
	}
	if t.Standing.N > 0 {
		w.ZH += fmt.Sprintf("；占比高于%s中 %s 的招标人（中位数 %s）", t.Standing.nameZH(), percent(t.Standing.Below), percent(t.Standing.Median))
		w.EN += fmt.Sprintf("; the share is above that of %s of the buyers of %s (median %s)", percent(t.Standing.Below), t.Standing.nameEN(), percent(t.Standing.Median))
	}
	return w
}

// A Draw is an expert that sits in the committees of one agency more often than
// a draw by lot explains.
type Draw struct {
	Agency   Body    `json:"agency"`
	Expert   string  `json:"expert"`
	N        int     `json:"n"`    // dockets of the agency in which the expert sits
	Of       int     `json:"of"`   // dockets of the agency with a committee that is known
	Sits     int     `json:"sits"` // dockets in which the expert sits at all
	Lots     []Lot   `json:"lots"` // where they met
	Expected float64 `json:"expected"`
	Chance   float64 `json:"chance"`
}

// draws compares where experts sit with what a draw among the committees of the
// same class, city and kind gives.
func (x *index) draws(s Settings) []Draw {
	type key struct{ agency, expert int }
	all := make([]int, x.fields)
	agency, expert := map[int]map[int]int{}, map[int]map[int]int{}
	met, lots := map[key]int{}, map[key][]int{}
	seen := map[[3]int]bool{}
	once := func(kind, a, docket int) bool {
		k := [3]int{kind, a, docket}
		had := seen[k]
		seen[k] = true
		return !had
	}
	count := func(m map[int]map[int]int, a, field int) {
		if m[a] == nil {
			m[a] = map[int]int{}
		}
		m[a][field]++
	}
	pairs := map[key]int{} // docket in which they were last seen together, plus one
	for i := range x.lots {
		l := &x.lots[i]
		if len(l.experts) == 0 || len(l.agencies) == 0 {
			continue
		}
		if once(0, 0, l.docket) {
			all[l.field]++
		}
		for _, a := range l.agencies {
			if once(1, a, l.docket) {
				count(agency, a, l.field)
			}
			for _, e := range l.experts {
				k := key{a, e}
				lots[k] = append(lots[k], i)
				if pairs[k] != l.docket+1 {
					pairs[k] = l.docket + 1
					met[k]++
				}
			}
		}
		for _, e := range l.experts {
			if once(2, e, l.docket) {
				count(expert, e, l.field)
			}
		}
	}
	sum := func(m map[int]int) (n int) {
		for _, k := range m {
			n += k
		}
		return n
	}
	keys := make([]key, 0, len(met))
	for k, n := range met {
		if n >= s.MinDraws {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(a.agency-b.agency, a.expert-b.expert) })
	type found struct {
		Draw
		given float64
	}
	var out []found
	for _, k := range keys {
		dist, terms := []float64{1}, []float64(nil)
		var shared []int
		for f := range expert[k.expert] {
			if agency[k.agency][f] > 0 {
				shared = append(shared, f)
			}
		}
		slices.Sort(shared)
		for _, f := range shared {
			a, b := agency[k.agency][f], expert[k.expert][f]
			terms = append(terms, float64(a)*float64(b)/float64(all[f]))
			dist = sumOf(dist, overlap(all[f], a, b))
		}
		d := Draw{Agency: x.nodes[k.agency].Body, Expert: x.experts[k.expert], N: met[k], Of: sum(agency[k.agency]), Sits: sum(expert[k.expert]), Expected: total(terms), Chance: atLeast(dist, met[k])}
		d.Lots = x.evidence(lots[k])
		out = append(out, found{d, d.Chance / atLeast(dist, s.MinDraws)})
	}
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Compare(a.given, b.given) })
	kept := discoveries(len(out), len(out), s.FalseShare, func(i int) float64 { return out[i].given })
	draws := []Draw{}
	for _, f := range out[:kept] {
		if f.Chance <= s.DrawChance {
			draws = append(draws, f.Draw)
		}
	}
	return draws
}
