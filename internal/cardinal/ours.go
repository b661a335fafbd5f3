package cardinal

import (
	"bytes"
	"slices"
	"strings"
)

// What our own answer does otherwise than Cardinal's; docs/analyze-ocds.md
// tells each with an example.

// lateAsTime says whether a bid's date lies after the end, both as points in
// time. Where one of them is a day only, days are compared: a bid on the last
// day isn't late. What is no date is never late.
func lateAsTime(date, end text) bool {
	a, ok := parseMoment(date)
	b, and := parseMoment(end)
	if ok && and {
		return a.after(b)
	}
	n, ok := calendarDays(end, date)
	return ok && n > 0
}

// calendarDays gives the days from one date to another as they are written, of
// which at least one is a day without a time.
func calendarDays(from, to text) (int64, bool) {
	a, dayA, ok := parseDay(from)
	b, dayB, and := parseDay(to)
	if !ok || !and || !dayA && !dayB {
		return 0, false
	}
	return b - a, true
}

// parseDay gives the day of a date or of a date with time, as it is written,
// and whether it is a day only.
func parseDay(t text) (day int64, only, ok bool) {
	if len(t) > 10 {
		if _, ok := parseMoment(t); !ok {
			return 0, false, false
		}
	} else if len(t) < 10 {
		return 0, false, false
	}
	m, ok := parseMoment(append(slices.Clone([]byte(t[:10])), "T00:00:00Z"...))
	return m.day, len(t) == 10, ok
}

// soleBidder says whether exactly one tenderer, or one group of them, has
// submitted bids.
func (t *tally) soleBidder() bool {
	t.these = t.these[:0]
	first := true
	for i := range t.bids {
		if t.states[i] == noBid || t.bids[i].tenderers.ids.len() == 0 {
			continue
		}
		if first {
			t.these = t.setOf(t.these, t.bids[i].tenderers)
			first = false
			continue
		}
		t.those = t.setOf(t.those[:0], t.bids[i].tenderers)
		if !slices.Equal(t.these, t.those) {
			return false
		}
	}
	return !first
}

// r036eachCurrency asks of the bids in each currency whether the lowest was
// disqualified.
func (t *tally) r036eachCurrency(bids []int) {
	var seen []text
	for _, i := range bids {
		if t.states[i] == noBid || !t.hasPrice(&t.bids[i]) {
			continue
		}
		c := t.bids[i].currency
		if slices.ContainsFunc(seen, func(s text) bool { return bytes.Equal(s, c) }) {
			continue
		}
		seen = append(seen, c)
		lowest, any, dropped, valid := 0.0, false, false, false
		for _, k := range bids {
			b := &t.bids[k]
			if t.states[k] == noBid || !t.hasPrice(b) || !bytes.Equal(b.currency, c) {
				continue
			}
			if !any || b.amount < lowest {
				lowest, any, dropped = b.amount, true, t.states[k] == disqualifiedBid
			}
			valid = valid || t.states[k] == validBid
		}
		if valid && dropped {
			t.now.flags.put(R036)
			return
		}
	}
}

// eachLot compares only bids that are for the same lots, and an award answers
// the bids for its lots.
func (t *tally) eachLot() {
	type competition struct{ bids, awards []int }
	by := map[string]*competition{}
	at := func(s span) *competition {
		key := t.lotKey(s)
		if by[key] == nil {
			by[key] = &competition{}
		}
		return by[key]
	}
	for i := range t.bids {
		c := at(t.bids[i].lots)
		c.bids = append(c.bids, i)
	}
	for i := range t.awards {
		c := at(t.awards[i].lots)
		c.awards = append(c.awards, i)
	}
	keys := make([]string, 0, len(by))
	for k := range by {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		t.compete(by[k].bids, by[k].awards, k)
	}
}

// lotKey names a set of lots.
func (t *tally) lotKey(s span) string {
	if s.len() == 0 {
		return ""
	}
	lots := make([]string, 0, s.len())
	for _, l := range t.lots[s.from:s.to] {
		lots = append(lots, string(l))
	}
	slices.Sort(lots)
	return strings.Join(slices.Compact(lots), "\x00")
}

func (t *tally) sameLots(a, b span) bool {
	return a.len() == 0 && b.len() == 0 || t.lotKey(a) == t.lotKey(b)
}
