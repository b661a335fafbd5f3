package likeness

import (
	"math"
	"slices"
	"strings"
)

// A BillItem is one line of a priced bill of quantities.
type BillItem struct {
	Code     string  `json:"code"`
	Name     string  `json:"name,omitempty"`
	Unit     string  `json:"unit,omitempty"`
	Quantity float64 `json:"quantity"`
	Price    float64 `json:"price"`  // of one unit
	Amount   float64 `json:"amount"` // as written; 0: not written
	Place    string  `json:"place"`  // sheet and row, or the like
}

// A Bill is the lines of one bidder.
type Bill []BillItem

// BillLimits say when two bills are worth a look. Shares are of the items that
// can be compared, 0 to 1.
type BillLimits struct {
	Least     int     `json:"least" yaml:"least"`         // fewer items that can be compared say nothing
	Trivial   float64 `json:"trivial" yaml:"trivial"`     // a price up to this is nominal
	Look      float64 `json:"look" yaml:"look"`           // identical unit prices: deserves a look
	Strong    float64 `json:"strong" yaml:"strong"`       // identical unit prices: strong clue
	Ratio     float64 `json:"ratio" yaml:"ratio"`         // one constant ratio: deserves a look
	Errors    int     `json:"errors" yaml:"errors"`       // the same errors of arithmetic: strong clue
	Tolerance float64 `json:"tolerance" yaml:"tolerance"` // of an amount against quantity × price, for rounding
}

// ItemPair is one item of two bills.
type ItemPair struct {
	A int `json:"a"` // index in the bill
	B int `json:"b"`
}

// A BillPair is the comparison of two bidders of a lot.
type BillPair struct {
	A          int        `json:"a"` // index of the bidder
	B          int        `json:"b"`
	Compared   int        `json:"compared"`
	Identical  []ItemPair `json:"identical,omitempty"`
	Close      int        `json:"within_2_percent"`
	Ratio      float64    `json:"ratio,omitempty"` // the ratio, not 1, that most items share: B's price by A's
	RatioItems int        `json:"ratio_items"`
	Errors     []ItemPair `json:"errors,omitempty"` // amounts that are wrong in both, by the same
}

// IdenticalShare is the part of the compared items with the same unit price.
func (p *BillPair) IdenticalShare() float64 { return ratio(len(p.Identical), p.Compared) }

// CloseShare is the part within two per cent.
func (p *BillPair) CloseShare() float64 { return ratio(p.Close, p.Compared) }

// RatioShare is the part that has one constant ratio.
func (p *BillPair) RatioShare() float64 { return ratio(p.RatioItems, p.Compared) }

// Grades of a pair of bills.
const (
	NoData = "insufficient" // too few items can be compared
	Normal = "normal"
	Look   = "look"
	Strong = "strong"
)

// Grade says what the limits make of a pair, and why: the names of the limits
// that are reached.
func (p *BillPair) Grade(l BillLimits) (grade string, why []string) {
	if len(p.Errors) >= l.Errors {
		why = append(why, "errors")
	}
	if p.Compared >= l.Least {
		if s := p.IdenticalShare(); s >= l.Strong {
			why = append(why, "strong")
		} else if s >= l.Look {
			why = append(why, "look")
		}
		if p.RatioShare() >= l.Ratio {
			why = append(why, "ratio")
		}
	}
	switch {
	case slices.Contains(why, "errors") || slices.Contains(why, "strong"):
		return Strong, why
	case len(why) > 0:
		return Look, why
	case p.Compared < l.Least:
		return NoData, nil
	}
	return Normal, nil
}

// cents is a price in ten-thousandths: two that are written alike are equal.
func cents(price float64) int64 { return int64(math.Round(price * 1e4)) }

// wrong returns by how much an item's amount misses quantity × price, in cents;
// 0 when it is right within rounding, or not written.
func (i *BillItem) wrong(l BillLimits) int64 {
	if i.Amount == 0 || i.Quantity == 0 || i.Price == 0 {
		return 0
	}
	d := i.Amount - i.Quantity*i.Price
	if math.Abs(d) <= l.Tolerance+1e-9*math.Abs(i.Amount) {
		return 0
	}
	return int64(math.Round(d * 100))
}

// CompareBills compares all bidders of a lot with each other. Items are the same
// by code and unit, the n-th of a bill being the n-th of the other; without code
// by name. Items that tell nothing are left out: nominal prices, and those for
// which all bidders, three or more, ask the same, for it was given to them.
func CompareBills(bills []Bill, l BillLimits) []BillPair {
	items := make([]map[string]int, len(bills)) // by key: index in the bill
	for i, b := range bills {
		items[i] = keyed(b)
	}
	given := map[string]bool{}
	for key, at := range first(items) {
		all := len(bills) >= 3
		for i := range bills {
			k, ok := items[i][key]
			all = all && ok && cents(bills[i][k].Price) == cents(bills[0][at].Price)
		}
		given[key] = all
	}
	var out []BillPair
	for a := range bills {
		for b := a + 1; b < len(bills); b++ {
			out = append(out, comparePair(bills, items, given, a, b, l))
		}
	}
	return out
}

func first(items []map[string]int) map[string]int {
	if len(items) == 0 {
		return nil
	}
	return items[0]
}

// keyed finds a bill's items by what makes them the same in another.
func keyed(b Bill) map[string]int {
	out, seen := make(map[string]int, len(b)), map[string]int{}
	for i := range b {
		key := plainWord(b[i].Code)
		if key == "" {
			if key = plainWord(b[i].Name); key == "" {
				continue
			}
			key = "\x00" + key
		}
		key += "\x00" + plainWord(b[i].Unit)
		n := seen[key]
		seen[key]++
		out[key+"\x00"+string(rune('0'+n))] = i
	}
	return out
}

// plainWord is a word without blanks and punctuation, in lower case and half width.
func plainWord(s string) string {
	return strings.Map(func(r rune) rune {
		if f := fold(r); f != 0 {
			return f
		}
		return -1
	}, s)
}

func comparePair(bills []Bill, items []map[string]int, given map[string]bool, a, b int, l BillLimits) BillPair {
	p := BillPair{A: a, B: b}
	var all []ItemPair
	var ratios []span
	for key, i := range items[a] {
		j, ok := items[b][key]
		if !ok {
			continue
		}
		x, y := &bills[a][i], &bills[b][j]
		if w := x.wrong(l); w != 0 && w == y.wrong(l) && cents(x.Quantity) == cents(y.Quantity) {
			p.Errors = append(p.Errors, ItemPair{i, j})
		}
		if given[key] || x.Price <= l.Trivial || y.Price <= l.Trivial {
			continue
		}
		p.Compared++
		all = append(all, ItemPair{i, j})
	}
	slices.SortFunc(all, func(p, q ItemPair) int { return p.A - q.A })
	slices.SortFunc(p.Errors, func(p, q ItemPair) int { return p.A - q.A })
	for _, i := range all {
		x, y := bills[a][i.A].Price, bills[b][i.B].Price
		if cents(x) == cents(y) {
			p.Identical = append(p.Identical, i)
		} else if r := (span{(y - half) / (x + half), (y + half) / (x - half)}); r.from > 1 || r.to < 1 {
			ratios = append(ratios, r)
		}
		if math.Abs(x-y) <= 0.02*max(x, y) {
			p.Close++
		}
	}
	p.Ratio, p.RatioItems = deepest(ratios)
	return p
}

// half is half of the unit to which prices are rounded: a price within it may
// have come from the same multiplication.
const half = 0.005

// A span is the ratios that two rounded prices may stand for.
type span struct{ from, to float64 }

// deepest returns the point that lies in most spans, the lowest of such, and in
// how many.
func deepest(spans []span) (at float64, n int) {
	from, to := make([]float64, len(spans)), make([]float64, len(spans))
	for i, s := range spans {
		from[i], to[i] = s.from, s.to
	}
	slices.Sort(from)
	slices.Sort(to)
	ended := 0
	for i, f := range from { // a span begins: how many are open
		for to[ended] < f {
			ended++
		}
		if open := i + 1 - ended; open > n {
			at, n = (f+to[ended])/2, open
		}
	}
	return at, n
}
