// Package network looks at who bids with whom and who wins from whom, over many
// opened lots: pairs and groups of bidders that meet more often than chance,
// winners that take turns or share out a territory, bodies that bid often and
// hardly ever win, and winners tied to a buyer, an agency or an expert. It is
// pure: facts in, results out, no clock and no store.
//
// Every result is a clue that suggests checking. It carries the lots on which
// it rests, its place among its peers (same class and city, wider where they are
// too few), and what often explains it innocently.
package network

import (
	"slices"

	"mingjing/internal/trade"
)

// A Body is a company, unit or person as a record names it. Two are one when
// their codes are equal; one without a code is that with the only code that is
// given with its name anywhere.
type Body struct {
	Name string `json:"name"`
	Code string `json:"code,omitempty"`
}

// A Fact is one lot whose bids are opened, as far as whoever asks may know it. A
// lot is given once; of several facts of one lot the first in order counts.
type Fact struct {
	Docket, Lot, Title string
	Day                trade.Day // of the opening; 0 when not known
	Class, Region      string    // trade class; GB/T 2260 code
	Kind               string    // of what is tendered, as the tender project's type says; "" not known
	Bids               [][]Body  // a bid each: its bidder, then the members of its consortium
	Winners            []Body
	Tenderers          []Body
	Agencies           []Body
	Experts            []string // by name: two of one name are taken for one
	Shared             []Shared
	Doubts             int // objections, questions and complaints
}

// Shared says that bids of several bodies in a lot carry the same mark.
type Shared struct {
	Kind   string // id of the indicator that found it, such as D01
	Bodies []Body
}

// A Lot is the evidence of a result: where it happened.
type Lot struct {
	Docket string `json:"docket"`
	Lot    string `json:"lot,omitempty"`
	Title  string `json:"title,omitempty"`
	Day    string `json:"day,omitempty"`    // of the opening, 2006-01-02
	Winner string `json:"winner,omitempty"` // names, joined by 、
}

// Words are a text in Chinese and English.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Settings are least counts and places among peers. A place is a quantile of the
// local group, never a number learned elsewhere.
type Settings struct {
	MinTogether   int     // dockets in which a pair met for one and the same lot
	MinPeers      int     // values that a group of peers must have to be compared with; else it is widened
	MinBids       int     // dockets in which a body must have bid for its rate to count
	MinWins       int     // lots that a habitual winner must have won
	MinTurns      int     // wins inside a group for its turns and places to count
	MinTies       int     // dockets of a buyer or agency with one winner
	MinExpertTies int     // dockets of an expert with one winner
	MinTallies    int     // dockets of a buyer for its shares to count
	MinTallied    int     // of them doubted, or with few bidders
	FewBids       int     // bids for a lot that are few
	MinDraws      int     // dockets of an agency with one expert
	MinGroup      int     // members
	MaxGroup      int     // members: a greater community is cut by its own links, and left out when it cannot be
	PairPlace     float64 // quantile of Jaccard that a pair must reach
	MaxChance     float64 // probability that chance alone gives as much
	GroupPlace    float64 // quantile of exclusivity that a group must reach
	CoverPlace    float64 // quantile of the win rate under which a body must stay
	CoverChance   float64 // probability that a body that wins as often as others wins so seldom
	WinPlace      float64 // quantile of the win rate that a habitual winner must reach
	TiePlace      float64 // quantile of the share of a buyer's, agency's or expert's lots
	WinChance     float64 // probability that a body wins so often by equal chances
	TieChance     float64 // probability of as many wins of one buyer, agency or expert
	TallyPlace    float64 // quantile of the share of a buyer's lots that are doubted, or have few bidders
	TallyChance   float64 // probability that a buyer as the others of its class and city has so many
	DrawChance    float64 // probability that a draw puts an expert so often before one agency
	FalseShare    float64 // share of the results of a kind that chance alone may have made (false discovery rate)
	Turns         float64 // least normalised entropy of the winners of a rotation, 0 to 1
	Territory     float64 // least Cramér's V of winner and county, corrected for bias, 0 to 1
}

// A Standing is the place of a value among its peers.
type Standing struct {
	Peers     string  `json:"peers"`     // class and region whose values these are; "" all
	N         int     `json:"n"`         // how many
	Place     float64 `json:"place"`     // quantile that was asked for
	Threshold float64 `json:"threshold"` // its value
	Median    float64 `json:"median"`
	Below     float64 `json:"below"` // share of peers with a smaller value
}

// Report is all that was found.
type Report struct {
	Lots     int     `json:"lots"`
	Bodies   int     `json:"bodies"`
	Pairs    []Pair  `json:"pairs"`
	Groups   []Group `json:"groups"`
	Covers   []Rate  `json:"covers"`
	Habitual []Rate  `json:"habitual"`
	Ties     []Tie   `json:"ties"`
	Shared   []Mark  `json:"shared"`
	Tallies  []Tally `json:"tallies"` // of buyers
	Draws    []Draw  `json:"draws"`   // of experts for agencies
}

// Analyze looks at facts. The order of facts, and that of what is in them, does
// not matter.
func Analyze(facts []Fact, s Settings) Report {
	x := newIndex(facts)
	pairs, strong := x.pairs(s)
	return Report{
		Lots: len(x.lots), Bodies: x.bidders(), Pairs: pairs, Groups: x.groups(strong, s),
		Covers: x.covers(s), Habitual: x.habitual(s), Ties: x.ties(s), Shared: x.marks(),
		Tallies: append(x.tallies(Doubted, func(l *lot) bool { return l.Doubts > 0 }, s), x.tallies(Few, func(l *lot) bool { return len(l.bids) <= s.FewBids }, s)...),
		Draws:   x.draws(s),
	}
}

// About keeps what names a body, by its code or name.
func (r Report) About(code string) Report {
	is := func(bodies ...Body) bool {
		return slices.ContainsFunc(bodies, func(b Body) bool { return b.Code == normalCode(code) || b.Name == code })
	}
	r.Pairs = slices.DeleteFunc(slices.Clone(r.Pairs), func(p Pair) bool { return !is(p.A, p.B) })
	r.Groups = slices.DeleteFunc(slices.Clone(r.Groups), func(g Group) bool { return !slices.ContainsFunc(g.Members, func(m Member) bool { return is(m.Body) }) })
	rate := func(x Rate) bool { return !is(x.Body) }
	r.Covers, r.Habitual = slices.DeleteFunc(slices.Clone(r.Covers), rate), slices.DeleteFunc(slices.Clone(r.Habitual), rate)
	r.Ties = slices.DeleteFunc(slices.Clone(r.Ties), func(t Tie) bool { return !is(t.Other, t.Winner) })
	r.Tallies = slices.DeleteFunc(slices.Clone(r.Tallies), func(t Tally) bool { return !is(t.Body) })
	r.Draws = slices.DeleteFunc(slices.Clone(r.Draws), func(d Draw) bool { return !is(d.Agency) && d.Expert != normalName(code) })
	r.Shared = slices.DeleteFunc(slices.Clone(r.Shared), func(m Mark) bool { return !is(m.A, m.B) })
	return r
}
