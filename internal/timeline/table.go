package timeline

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// A Change is an office's own number of days for a period, in a region and
// between two days: a local rule, or a value that somebody has compared with
// the article.
type Change struct {
	ID     string // told with what was judged by it
	Period string // id of the period
	Days   int    // in the period's unit
	Region string // GB/T 2260 code; empty: everywhere
	Since  *trade.Day
	Until  *trade.Day
	Source string // where the office has it from
}

// A Table is the periods by which dockets are judged: those of periods.yaml,
// with an office's changes over them. It is never changed after it was made.
type Table struct {
	periods []Period
	changes []Change
	codes   []FormCode
}

// Law returns the table of periods.yaml without changes.
var Law = sync.OnceValue(func() *Table { return &Table{periods: load()} })

// With returns a table with more changes; of two that are equally special the
// later one holds. It refuses a change without id or source, of an unknown
// period or to less than 0 days.
func (t *Table) With(changes ...Change) (*Table, error) {
	for _, c := range changes {
		switch _, ok := ByID(c.Period); {
		case c.ID == "" || c.Source == "":
			return nil, fmt.Errorf("timeline: change %q of period %q: want an id and a source", c.ID, c.Period)
		case !ok:
			return nil, fmt.Errorf("timeline: change %q, period: want one of periods.yaml, not %q", c.ID, c.Period)
		case c.Days < 0:
			return nil, fmt.Errorf("timeline: change %q, days: want 0 or more, not %d", c.ID, c.Days)
		}
	}
	return &Table{periods: t.periods, changes: append(slices.Clone(t.changes), changes...), codes: t.codes}, nil
}

// Period returns a period as it holds for a docket and a day, with the ids of
// the changes in it; false when there is none of that id.
func (t *Table) Period(id string, d *docket.Docket, day trade.Day) (Period, []string, bool) {
	for _, p := range t.periods {
		if p.ID == id {
			p, ids := t.changed(p, d, day)
			return p, ids, true
		}
	}
	return Period{}, nil, false
}

// changed puts the most special change over a period. The office answers for
// its own number, which is verified thereby.
func (t *Table) changed(p Period, d *docket.Docket, day trade.Day) (Period, []string) {
	best, rank := -1, 0
	var chain []string
	for i, c := range t.changes {
		if c.Period != p.ID || (c.Since != nil && day < *c.Since) || (c.Until != nil && day > *c.Until) {
			continue
		}
		if chain == nil {
			chain = append(trade.Regions().Chain(d.Region, day), "")
		}
		if r := slices.Index(chain, c.Region); r >= 0 && (best < 0 || r <= rank) {
			best, rank = i, r
		}
	}
	if best < 0 {
		return p, nil
	}
	c := t.changes[best]
	p.Days, p.Source, p.Unverified = c.Days, c.Source, false
	return p, []string{c.ID}
}

// Steps judges the table's periods of a docket's class at the moment at, or only
// those named, by lot in sorted order and within a lot in the order of
// periods.yaml. A period of which neither end is known has not begun and gives
// no step. Dockets of other countries give none.
func (t *Table) Steps(d *docket.Docket, at time.Time, cal *trade.Calendar, only ...string) []Step {
	if Foreign(d) {
		return nil
	}
	ordered := MustTender(d)
	var steps []Step
	for _, lot := range Lots(d) {
		for _, p := range t.periods {
			if len(only) > 0 && !slices.Contains(only, p.ID) || p.Must && !ordered || !p.Holds(d, at) {
				continue
			}
			steps = append(steps, t.judge(d, lot, p, at, cal)...)
		}
	}
	return steps
}

func (t *Table) judge(d *docket.Docket, lot string, p Period, at time.Time, cal *trade.Calendar) []Step {
	froms, tos := occurrences(d, p.From, lot, cal), occurrences(d, p.To, lot, cal)
	if len(froms) == 0 {
		if len(tos) == 0 || p.Each || p.By != "" || len(p.Form) > 0 && !slices.Contains(p.Form, t.Form(d, lot, Row(d, tos[0].Ref))) {
			return nil
		}
		p, _ = t.changed(p, d, tos[0].At.Day())
		s := newStep(p, lot)
		s.State, s.Reason, s.To = Insufficient, p.From, &tos[0]
		return []Step{s}
	}
	if !p.Each {
		froms = froms[:1]
	}
	var steps []Step
	for i := range froms {
		from := &froms[i]
		if !p.In(from.At.Day()) {
			continue
		}
		form := ""
		if len(p.Form) > 0 {
			if form = t.Form(d, lot, Row(d, from.Ref)); form != "" && !slices.Contains(p.Form, form) {
				continue
			}
		}
		to := choose(d, p, from, tos)
		if p.Before && to != nil && from.At.Earliest().After(to.At.Latest()) {
			continue
		}
		own, _ := t.changed(p, d, from.At.Day())
		s := Judge(own, lot, from, to, at, cal)
		if to == nil {
			s.lacking(d, p, from)
		}
		if len(p.Form) > 0 && form == "" && (s.State == Short || s.State == Late) {
			s.State, s.Reason, s.Again = Insufficient, ReasonForm, time.Time{}
		}
		steps = append(steps, s)
	}
	return steps
}

// lacking answers that a period cannot be judged when its end has not come and
// that proves nothing: the row is there without its time, or its arrival is
// what ends the period and it came through a history window.
func (s *Step) lacking(d *docket.Docket, p Period, from *Occurrence) {
	insufficient := func(reason string) { s.State, s.Reason, s.Again = Insufficient, reason, time.Time{} }
	for _, src := range eventsByID()[p.To].Sources {
		switch {
		case src.Announced != "":
			continue
		case src.Arrival && p.By == ByRow && src.Dataset == from.Ref.Dataset:
			insufficient(ReasonHistory)
			return
		case p.By != "" || p.Sense != Max:
			continue
		}
		for _, e := range Rows(d, src.Dataset, s.Lot) {
			if !src.holds(e) {
				continue
			}
			insufficient(src.Dataset + " " + src.Field)
			if _, sealed := e.Sealed[src.Field]; sealed && strings.TrimSpace(e.Fields[src.Field]) == "" {
				s.Reason = ReasonSealed
			}
			return
		}
	}
}
