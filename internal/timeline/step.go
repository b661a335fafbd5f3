package timeline

import (
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// State is how a step stands at a moment.
type State string

// The states of a step.
const (
	OnTime       State = "on time"      // done, and in time
	Late         State = "late"         // done too late, or not done and the time is over
	Short        State = "too short"    // less time was given than the law demands
	Due          State = "due"          // begun, not done, time is left
	Insufficient State = "insufficient" // cannot be judged: Reason says what lacks
)

// A Step is one legal period of one lot, judged at a moment.
type Step struct {
	Period      string      `json:"period"` // id
	Article     string      `json:"article"`
	ZH          string      `json:"zh"`
	EN          string      `json:"en"`
	Lot         string      `json:"lot,omitempty"`
	State       State       `json:"state"`
	Reason      string      `json:"reason,omitempty"` // for Insufficient: the event that lacks
	From        *Occurrence `json:"from,omitempty"`
	To          *Occurrence `json:"to,omitempty"`
	Due         time.Time   `json:"due,omitzero"`   // for Max the first instant that is too late, for Min the first that is enough
	Value       int         `json:"value"`          // between From and To, in the period's unit
	Limit       int         `json:"limit"`          // the period's days, working days or hours
	Again       time.Time   `json:"again,omitzero"` // when State changes though nothing arrives
	Provisional bool        `json:"provisional,omitempty"`
}

// Steps judges every legal period of a construction docket at the moment at,
// by lot in sorted order and within a lot in the order of periods.yaml. A
// period of which neither end is known has not begun and gives no step.
// Dockets of other countries give none.
func Steps(d *docket.Docket, at time.Time) []Step {
	return StepsWith(d, at, trade.China())
}

// StepsWith is Steps with another calendar.
func StepsWith(d *docket.Docket, at time.Time, cal *trade.Calendar) []Step {
	if Foreign(d) {
		return nil
	}
	ordered := MustTender(d)
	var steps []Step
	for _, lot := range Lots(d) {
		for _, p := range load() {
			if (p.Must && !ordered) || !p.Holds(d, at) {
				continue
			}
			steps = append(steps, judge(d, lot, p, at, cal)...)
		}
	}
	return steps
}

// MustTender reports whether the law orders the tender; a docket that does not
// say otherwise (501 IS_TO_LAW = 0) is taken as ordered.
func MustTender(d *docket.Docket) bool {
	for _, e := range Rows(d, "501", "") {
		if e.Fields["IS_TO_LAW"] == "0" {
			return false
		}
	}
	return true
}

// Holds reports whether the period is one of the docket's kind and place at
// all. Whether the law orders the tender (Must) and whether the period was in
// effect on a day (In) are asked apart, for they are answered differently.
func (p *Period) Holds(d *docket.Docket, at time.Time) bool {
	return !Foreign(d) && (p.Region == "" || trade.Regions().Within(d.Region, p.Region, trade.DayOf(at)))
}

func judge(d *docket.Docket, lot string, p Period, at time.Time, cal *trade.Calendar) []Step {
	froms, tos := Occurrences(d, p.From, lot), Occurrences(d, p.To, lot)
	if len(froms) == 0 {
		if len(tos) == 0 || p.Each || p.By != "" {
			return nil
		}
		s := newStep(p, lot)
		s.State, s.Reason, s.To = Insufficient, p.From, &tos[0]
		return []Step{s}
	}
	if !p.Each {
		froms = froms[:1]
	}
	var steps []Step
	for i := range froms {
		if p.In(froms[i].At.Day()) {
			steps = append(steps, Judge(p, lot, &froms[i], choose(d, p, &froms[i], tos), at, cal))
		}
	}
	return steps
}

func newStep(p Period, lot string) Step {
	return Step{Period: p.ID, Article: p.Article, ZH: p.ZH, EN: p.EN, Lot: lot, Limit: p.Days}
}

// Judge judges one period of a lot between the two events given; to is nil
// when what ends the period has not come.
func Judge(p Period, lot string, from, to *Occurrence, at time.Time, cal *trade.Calendar) Step {
	s := newStep(p, lot)
	s.From, s.To = from, to
	s.Due, s.Provisional = Deadline(p, from.At, cal)
	if s.To == nil {
		switch {
		case p.Observed == "no":
			s.State, s.Reason = Insufficient, p.To
		case p.Sense == Max && !at.Before(s.Due):
			s.State = Late
		case p.Sense == Max:
			s.State, s.Again = Due, s.Due
		case p.Sense == Same && at.After(from.At.Latest()):
			s.State, s.Reason = Insufficient, p.To
		case p.Sense == Same:
			s.State, s.Again = Due, from.At.Latest().Add(time.Second)
		default:
			s.State = Due
		}
		return s
	}
	s.Value = Measure(p, from.At, s.To.At, cal)
	switch p.Sense {
	case Min:
		if met, _, _ := MinimumMet(p, from.At, s.To.At, cal); met {
			s.State = OnTime
		} else {
			s.State = Short
		}
	case Same:
		switch {
		case from.At.Same(s.To.At):
			s.State = OnTime
		case s.To.At.Time.Before(from.At.Time):
			s.State = Short
		default:
			s.State = Late
		}
	default:
		maximum(&s, at)
	}
	return s
}

// maximum judges a period that ends with an event which may still lie ahead:
// a contract dated next week is not signed yet.
func maximum(s *Step, at time.Time) {
	inTime := s.To.At.Earliest().Before(s.Due)
	switch {
	case !s.To.At.Earliest().After(at) && inTime:
		s.State = OnTime
	case !s.To.At.Earliest().After(at) || !at.Before(s.Due):
		s.State = Late
	case inTime:
		s.State, s.Again = Due, s.To.At.Earliest()
	default:
		s.State, s.Again = Due, s.Due
	}
}

// choose returns the "to" that belongs to a "from": tied by a field where the
// period says so, else the first or last there is.
func choose(d *docket.Docket, p Period, from *Occurrence, tos []Occurrence) *Occurrence {
	if p.By != "" {
		row := Row(d, from.Ref)
		for i := range tos {
			other := Row(d, tos[i].Ref)
			if row != nil && other != nil && row.Fields[p.By] != "" && row.Fields[p.By] == other.Fields[p.By] {
				return &tos[i]
			}
		}
		return nil
	}
	if len(tos) == 0 {
		return nil
	}
	if p.Pick == "last" {
		for i := len(tos) - 1; i >= 0; i-- {
			if tos[i].Live {
				return &tos[i]
			}
		}
		return &tos[len(tos)-1]
	}
	return &tos[0]
}
