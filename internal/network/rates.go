package network

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// A Rate is a body whose bids win much more seldom, or much more often, than
// those of its group.
type Rate struct {
	Body
	Bids     int      `json:"bids"` // lots
	Dockets  int      `json:"dockets"`
	Wins     int      `json:"wins"`
	Rate     float64  `json:"rate"`
	Expected float64  `json:"expected"`      // wins if each bid for a lot won with the same chance
	Few      float64  `json:"few,omitempty"` // of a cover bidder: probability then of as few
	Chance   float64  `json:"chance"`        // probability of as many; of a cover bidder, of as few together with so many wins of the one beside it
	Share    float64  `json:"share"`         // of a habitual winner: of the lots of its class and city
	With     *Beside  `json:"with,omitempty"`
	Lots     []Lot    `json:"lots"` // of a cover bidder those it bid for, of a habitual winner those it won
	Standing Standing `json:"standing"`
	Text     Words    `json:"text"`
	Innocent []Words  `json:"innocent"`
}

// Beside is who wins most when a cover bidder bids.
type Beside struct {
	Body
	Wins int `json:"wins"`
}

// decided are the lots of a body whose winner is known.
func (x *index) decided(n int) []int {
	return slices.DeleteFunc(slices.Clone(x.nodes[n].lots), func(l int) bool { return len(x.lots[l].winners) == 0 })
}

// even is the chance of each bid for a lot if all had the same.
func (x *index) even(l int) float64 { return 1 / float64(max(1, len(x.lots[l].bids))) }

// measured are the bodies with enough bids in decided lots, and their peers.
func (x *index) measured(s Settings) (who []int, rates, bids peers) {
	for n := range x.nodes {
		lots := x.decided(n)
		if x.docketsOf(lots) < s.MinBids {
			continue
		}
		who = append(who, n)
		home := x.strata[x.nodes[n].home]
		rates.add(home, float64(x.nodes[n].wins)/float64(len(lots)))
		bids.add(home, float64(len(lots)))
	}
	return who, rates, bids
}

func (x *index) rate(n int) (r Rate, lots []int, dist []float64) {
	lots = x.decided(n)
	chances := make([]float64, len(lots))
	for i, l := range lots {
		chances[i] = x.even(l)
	}
	r = Rate{Body: x.nodes[n].Body, Bids: len(lots), Dockets: x.docketsOf(lots), Wins: x.nodes[n].wins}
	r.Rate, r.Expected = float64(r.Wins)/float64(r.Bids), total(slices.Clone(chances))
	return r, lots, successes(chances)
}

// covers finds who bids often and hardly ever wins.
func (x *index) covers(s Settings) []Rate {
	who, rates, bids := x.measured(s)
	out := []Rate{}
	for _, n := range who {
		home := x.strata[x.nodes[n].home]
		r, lots, dist := x.rate(n)
		many, ok := bids.stand(home, float64(r.Bids), 0.5, s.MinPeers)
		if !ok {
			continue
		}
		if r.Standing, ok = rates.stand(home, r.Rate, s.CoverPlace, s.MinPeers); !ok || !r.Standing.low(r.Rate) {
			continue
		}
		r.Few = atMost(dist, r.Wins)
		var b int
		b, r.Chance = x.beside(n, lots, r.Few, s)
		if r.Chance > s.CoverChance {
			continue
		}
		with, withEN := "", ""
		if b >= 0 {
			r.With = &Beside{x.nodes[b].Body, countWon(x, b, lots)}
			with = fmt.Sprintf("其参与时中标最多的是%s（%d 个标段）。", r.With.Name, r.With.Wins)
			withEN = fmt.Sprintf(" When it bids, %s wins most (%d lots).", r.With.Name, r.With.Wins)
		}
		r.Lots, r.Innocent = x.evidence(lots), innocentCover
		r.Text = Words{
			fmt.Sprintf("%s投标 %d 个标段，中标 %d 个（%s）；若各家机会均等约为 %.1f 个，如此之少的概率 %s。中标率低于%s %s 的投标人（中位数 %s），投标次数多于 %s 的投标人。%s疑似陪标，属线索，建议核查。",
				r.Name, r.Bids, r.Wins, percent(r.Rate), r.Expected, probability(r.Few), r.Standing.nameZH(), percent(1-r.Standing.Below), percent(r.Standing.Median), percent(many.Below), with),
			fmt.Sprintf("%s bid for %d lots and won %d (%s); with equal chances it would be about %.1f, and so few have a probability of %s. Its rate is no higher than that of %s of the bidders of %s (median %s), its bids are more than those of %s.%s It may bid for others: a clue, checking is suggested.",
				r.Name, r.Bids, r.Wins, percent(r.Rate), r.Expected, probability(r.Few), percent(1-r.Standing.Below), r.Standing.nameEN(), percent(r.Standing.Median), percent(many.Below), withEN),
		}
		out = append(out, r)
	}
	return kept(out, len(who), s)
}

// beside finds who wins most when a body bids, -1 when nobody does twice, and
// tells how likely it is that the body wins so seldom (few) while that other one
// wins so often: by equal chances or as often as where the body does not bid,
// whichever is more; times how many it could have been. The two are joined by
// Fisher's method.
func (x *index) beside(n int, lots []int, few float64, s Settings) (with int, chance float64) {
	wins := map[int]int{}
	for _, l := range lots {
		for _, w := range x.lots[l].winners {
			if w != n {
				wins[w]++
			}
		}
	}
	with = most(wins)
	if with < 0 || wins[with] < 2 {
		return -1, few
	}
	t := Tie{Wins: wins[with]}
	won := slices.DeleteFunc(slices.Clone(lots), func(l int) bool { return !x.won(with, l) })
	x.surprise(&t, with, won, lots, s)
	joint := few * min(1, t.Chance*float64(len(wins)))
	if joint <= 0 {
		return with, 0
	}
	return with, min(1, joint*(1-math.Log(joint)))
}

// habitual finds who wins much more often than its group.
func (x *index) habitual(s Settings) []Rate {
	who, rates, _ := x.measured(s)
	decided := make([]int, len(x.strata))
	for i := range x.lots {
		if len(x.lots[i].winners) > 0 {
			decided[x.lots[i].group]++
		}
	}
	out := []Rate{}
	for _, n := range who {
		home := x.nodes[n].home
		r, lots, dist := x.rate(n)
		if r.Wins < s.MinWins {
			continue
		}
		var ok bool
		if r.Standing, ok = rates.stand(x.strata[home], r.Rate, s.WinPlace, s.MinPeers); !ok || !r.Standing.high(r.Rate) {
			continue
		}
		if r.Chance = atLeast(dist, r.Wins); r.Chance > s.WinChance {
			continue
		}
		lots = slices.DeleteFunc(lots, func(l int) bool { return !x.won(n, l) })
		there := 0
		for _, l := range lots {
			if x.lots[l].group == home {
				there++
			}
		}
		if there > 0 {
			r.Share = float64(there) / float64(decided[home])
		}
		r.Lots, r.Innocent = x.evidence(lots), innocentHabitual
		local := Standing{Peers: x.strata[home]}
		r.Text = Words{
			fmt.Sprintf("%s投标 %d 个标段，中标 %d 个（%s）；若各家机会均等约为 %.1f 个，如此之多的概率 %s。中标率高于%s %s 的投标人（中位数 %s），中标占%s全部标段的 %s。属线索，建议核查。",
				r.Name, r.Bids, r.Wins, percent(r.Rate), r.Expected, probability(r.Chance), r.Standing.nameZH(), percent(r.Standing.Below), percent(r.Standing.Median), local.nameZH(), percent(r.Share)),
			fmt.Sprintf("%s bid for %d lots and won %d (%s); with equal chances it would be about %.1f, and so many have a probability of %s. Its rate is above that of %s of the bidders of %s (median %s); it won %s of all lots of %s. A clue, checking is suggested.",
				r.Name, r.Bids, r.Wins, percent(r.Rate), r.Expected, probability(r.Chance), percent(r.Standing.Below), r.Standing.nameEN(), percent(r.Standing.Median), percent(r.Share), local.nameEN()),
		}
		out = append(out, r)
	}
	return kept(out, len(who), s)
}

// kept puts rates in order of their chance and keeps those that the number of
// bodies that were looked at does not explain.
func kept(rs []Rate, looked int, s Settings) []Rate {
	slices.SortStableFunc(rs, func(a, b Rate) int { return cmp.Compare(a.Chance, b.Chance) })
	return rs[:discoveries(len(rs), looked, s.FalseShare, func(i int) float64 { return rs[i].Chance })]
}

// The kinds of a Tie.
const (
	Buyer  = "buyer"
	Agency = "agency"
	Expert = "expert"
)

// A Tie is one body that wins much of what a buyer, an agency or an expert has
// to do with.
type Tie struct {
	Kind     string   `json:"kind"`  // buyer, agency or expert
	Other    Body     `json:"other"` // the buyer, agency or expert
	Winner   Body     `json:"winner"`
	Dockets  int      `json:"dockets"` // that it won there
	Wins     int      `json:"wins"`    // lots
	Bids     int      `json:"bids"`    // lots for which it bid there, as far as known
	Of       int      `json:"of"`      // lots there with a known winner
	Share    float64  `json:"share"`   // wins to these
	Expected float64  `json:"expected"`
	Chance   float64  `json:"chance"` // of as many wins, if each bid won with equal chance or as often as elsewhere, whichever is more
	Lots     []Lot    `json:"lots"`   // that it won
	Standing Standing `json:"standing"`
	Text     Words    `json:"text"`
	Innocent []Words  `json:"innocent"`
}

var tieNames = map[string][2]string{Buyer: {"招标人（采购人）", "the buyer "}, Agency: {"代理机构", "the agency "}, Expert: {"评标专家", "the expert "}}

// ties finds winners that are tied to buyers, agencies and experts.
func (x *index) ties(s Settings) []Tie {
	out := []Tie{}
	for _, k := range []struct {
		kind  string
		least int
		of    func(*lot) []int
		body  func(int) Body
	}{
		{Buyer, s.MinTies, func(l *lot) []int { return l.tenderers }, func(i int) Body { return x.nodes[i].Body }},
		{Agency, s.MinTies, func(l *lot) []int { return l.agencies }, func(i int) Body { return x.nodes[i].Body }},
		{Expert, s.MinExpertTies, func(l *lot) []int { return l.experts }, func(i int) Body { return Body{Name: x.experts[i]} }},
	} {
		lots := map[int][]int{}
		for i := range x.lots {
			if len(x.lots[i].winners) == 0 {
				continue
			}
			for _, o := range k.of(&x.lots[i]) {
				lots[o] = append(lots[o], i)
			}
		}
		others := slices.Sorted(maps.Keys(lots))
		type found struct {
			Tie
			home  string
			given float64 // its chance among those that have as many as are looked at
		}
		var all []found
		var p peers
		for _, o := range others {
			if x.docketsOf(lots[o]) < k.least {
				continue
			}
			won, homes := map[int][]int{}, map[int]int{}
			for _, l := range lots[o] {
				homes[x.lots[l].group]++
				for _, w := range x.lots[l].winners {
					won[w] = append(won[w], l)
				}
			}
			home := x.strata[most(homes)]
			winners := make([]int, 0, len(won))
			for w := range won {
				winners = append(winners, w)
			}
			slices.Sort(winners)
			for _, w := range winners {
				share := float64(len(won[w])) / float64(len(lots[o]))
				p.add(home, share)
				t := Tie{Kind: k.kind, Other: k.body(o), Winner: x.nodes[w].Body, Dockets: x.docketsOf(won[w]), Wins: len(won[w]), Of: len(lots[o]), Share: share}
				if t.Dockets < k.least {
					continue
				}
				dist := x.surprise(&t, w, won[w], lots[o], s)
				t.Lots = x.evidence(won[w])
				all = append(all, found{t, home, t.Chance / atLeast(dist, k.least)})
			}
		}
		slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.given, b.given) })
		kept := discoveries(len(all), len(all), s.FalseShare, func(i int) float64 { return all[i].given })
		for _, f := range all[:kept] {
			if f.Chance > s.TieChance {
				continue
			}
			var ok bool
			if f.Standing, ok = p.stand(f.home, f.Share, s.TiePlace, s.MinPeers); !ok || !f.Standing.high(f.Share) {
				continue
			}
			f.say()
			out = append(out, f.Tie)
		}
	}
	slices.SortStableFunc(out, func(a, b Tie) int { return cmp.Compare(a.Chance, b.Chance) })
	return out
}

// surprise tells how likely as many wins are. A lot whose bidders are not known
// proves nothing: its winner won it for sure.
func (x *index) surprise(t *Tie, w int, won, lots []int, s Settings) (dist []float64) {
	var here, elsewhere []int
	for _, l := range x.decided(w) {
		if _, in := slices.BinarySearch(lots, l); in {
			here = append(here, l)
		} else {
			elsewhere = append(elsewhere, l)
		}
	}
	usual := 0.0
	if x.docketsOf(elsewhere) >= s.MinTies {
		for _, l := range elsewhere {
			if x.won(w, l) {
				usual++
			}
		}
		usual /= float64(len(elsewhere))
	}
	var chances []float64
	for _, l := range here {
		chances = append(chances, max(x.even(l), usual))
	}
	for range len(won) - countWon(x, w, here) {
		chances = append(chances, 1)
	}
	t.Bids = len(chances)
	t.Expected = total(slices.Clone(chances))
	dist = successes(chances)
	t.Chance = atLeast(dist, t.Wins)
	return dist
}

func countWon(x *index, w int, lots []int) (n int) {
	for _, l := range lots {
		if x.won(w, l) {
			n++
		}
	}
	return n
}

func (t *Tie) say() {
	t.Innocent = innocentTie
	if t.Kind == Expert {
		t.Innocent = innocentExpert
	}
	n := tieNames[t.Kind]
	t.Text = Words{
		fmt.Sprintf("%s%s的 %d 个标段中，%s投标 %d 个、中标 %d 个（占 %s）；按均等机会或其在别处的中标率，约 %.1f 个，如此之多的概率 %s。占比高于%s中 %s 的组合（中位数 %s）。属线索，建议核查。",
			n[0], t.Other.Name, t.Of, t.Winner.Name, t.Bids, t.Wins, percent(t.Share), t.Expected, probability(t.Chance), t.Standing.nameZH(), percent(t.Standing.Below), percent(t.Standing.Median)),
		fmt.Sprintf("Of %d lots with %s%s, %s bid for %d and won %d (%s); by equal chances or by its rate elsewhere it would be about %.1f, and so many have a probability of %s. The share is above that of %s of such ties of %s (median %s). A clue, checking is suggested.",
			t.Of, n[1], t.Other.Name, t.Winner.Name, t.Bids, t.Wins, percent(t.Share), t.Expected, probability(t.Chance), percent(t.Standing.Below), t.Standing.nameEN(), percent(t.Standing.Median)),
	}
}
