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

// Reasons of Insufficient that are no event and no field.
const (
	ReasonForm    = "form"    // neither code nor title says of which form the trade is
	ReasonHistory = "history" // the row came through a history window, so that its arrival says nothing
	ReasonSealed  = "sealed"  // the end stands in a field that is still sealed
)

// A Step is one legal period of one lot, judged at a moment.
type Step struct {
	Period      string      `json:"period"` // id
	Article     string      `json:"article"`
	ZH          string      `json:"zh"`
	EN          string      `json:"en"`
	Lot         string      `json:"lot,omitempty"`
	State       State       `json:"state"`
	Source      string      `json:"source,omitempty"`     // of the number of days, where the period names one
	Unverified  bool        `json:"unverified,omitempty"` // the number of days was not compared with the text of the article
	Reason      string      `json:"reason,omitempty"`     // for Insufficient: the event that lacks, a data set with its field, or one of the Reasons
	From        *Occurrence `json:"from,omitempty"`
	To          *Occurrence `json:"to,omitempty"`
	Due         time.Time   `json:"due,omitzero"`   // for Max the first instant that is too late, for Min the first that is enough
	Value       int         `json:"value"`          // between From and To, in the period's unit
	Limit       int         `json:"limit"`          // the period's days, working days or hours
	Again       time.Time   `json:"again,omitzero"` // when State changes though nothing arrives
	Provisional bool        `json:"provisional,omitempty"`
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

// Holds reports whether the period is one of the docket's class and place at
// all. Whether the law orders the tender (Must) and whether the period was in
// effect on a day (In) are asked apart, for they are answered differently.
func (p *Period) Holds(d *docket.Docket, at time.Time) bool {
	return !Foreign(d) && p.OfClass(d.Class) && (p.Region == "" || trade.Regions().Within(d.Region, p.Region, trade.DayOf(at)))
}

func newStep(p Period, lot string) Step {
	return Step{Period: p.ID, Article: p.Article, ZH: p.ZH, EN: p.EN, Lot: lot, Limit: p.Days, Source: p.Source, Unverified: p.Unverified}
}

// Judge judges one period of a lot between the two events given; to is nil
// when what ends the period has not come.
func Judge(p Period, lot string, from, to *Occurrence, at time.Time, cal *trade.Calendar) Step {
	s := newStep(p, lot)
	s.From, s.To = from, to
	s.Due, s.Provisional = Deadline(p, from.At, cal)
	if s.To == nil {
		switch {
		case p.Observed != "":
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

// choose returns the "to" that belongs to a "from": tied by a field or the row
// where the period says so, of these the first or last there is.
func choose(d *docket.Docket, p Period, from *Occurrence, tos []Occurrence) *Occurrence {
	var best *Occurrence
	for i := range tos {
		if !tied(d, p.By, from.Ref, tos[i].Ref) {
			continue
		}
		if best == nil || p.Pick == "last" && (tos[i].Live || !best.Live) {
			best = &tos[i]
		}
	}
	return best
}

func tied(d *docket.Docket, by string, a, b docket.Ref) bool {
	switch by {
	case "":
		return true
	case ByRow:
		return a.Dataset == b.Dataset && a.Origin == b.Origin && a.Key == b.Key
	}
	from, to := Row(d, a), Row(d, b)
	return from != nil && to != nil && from.Fields[by] != "" && from.Fields[by] == to.Fields[by]
}
