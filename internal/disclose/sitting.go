package disclose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/trade"
)

// The kinds of sittings.
const (
	SitOpening    = "opening"    // 开标
	SitEvaluation = "evaluation" // 评标、评审
)

// A Sitting is an opening or an evaluation of some lots, as far as a view tells
// of it: what is planned, what has begun, what is over. It follows from the
// view's own fields and moments, so that it tells of nothing else.
type Sitting struct {
	Kind    string    `json:"kind"`
	Lots    []string  `json:"lots,omitempty"` // none: the whole tender
	Planned time.Time `json:"planned,omitzero"`
	Begun   time.Time `json:"begun,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Place   string    `json:"place,omitempty"`
	Failed  bool      `json:"failed,omitempty"` // a report says that the tender of the lots failed, was ended or withdrawn
}

// States of a sitting at a time.
const (
	SitPlanned  = "planned"  // its time lies ahead
	SitAwaited  = "awaited"  // its time has come, or what it follows is over, and it has not begun as far as is seen
	SitBegun    = "begun"    // it goes on
	SitOverdue  = "overdue"  // nothing is seen of it long after its time
	SitFinished = "finished" //
	SitFailed   = "failed"   //
)

// How long after its time a sitting of which nothing is seen is overdue. No law
// sets these numbers: they are the platform's, and say so where they are shown.
const (
	OpeningLate    = time.Hour
	EvaluationLate = 1 // working days after the day on which it was due to begin
)

// since is when a sitting was due to begin, or began.
func (s *Sitting) since() time.Time {
	if s.Planned.IsZero() {
		return s.Begun
	}
	return s.Planned
}

// Late is when the sitting is overdue; zero: never.
func (s *Sitting) Late() time.Time {
	from := s.since()
	switch {
	case from.IsZero() || s.Failed || !s.Ended.IsZero():
		return time.Time{}
	case s.Kind == SitOpening:
		return from.Add(OpeningLate)
	}
	last, _ := trade.China().AddWorkingDays(trade.DayOf(from), EvaluationLate)
	return last.End()
}

// State says how a sitting stands at a time.
func (s *Sitting) State(at time.Time) string {
	late := s.Late()
	switch {
	case s.Failed:
		return SitFailed
	case !s.Ended.IsZero() && !s.Ended.After(at):
		return SitFinished
	case !late.IsZero() && !late.After(at):
		return SitOverdue
	case !s.Begun.IsZero() && !s.Begun.After(at):
		return SitBegun
	case s.Planned.After(at):
		return SitPlanned
	}
	return SitAwaited
}

// Days are the days, in the law's zone, on whose board a sitting stands; open
// tells whether it also stands on later ones, as something that is not over.
func (s *Sitting) Days() (days []trade.Day, open bool) {
	for _, t := range []time.Time{s.Planned, s.Begun, s.Ended} {
		if !t.IsZero() && !slices.Contains(days, trade.DayOf(t)) {
			days = append(days, trade.DayOf(t))
		}
	}
	return days, s.Ended.IsZero() && !s.Failed && len(days) > 0
}

// Where the fields of sittings stand.
var (
	openingPlaces  = [][2]string{{"504", "POST_OPEN_ADDRESS"}, {"504", "BID_OPEN_PLACE"}, {"9104", "CENTRE_NAME"}}
	openingRecords = []string{"506", "556"}
	abnormalSets   = []string{"517", "1900"}
)

// about reports whether an entry speaks of a lot, or of the whole tender.
func (e *Entry) about(lot string) bool {
	return lot == "" || len(e.lots) == 0 || slices.Contains(e.lots, lot)
}

func moment(text string) time.Time {
	m, ok := trade.ParseMoment(text)
	if !ok || m.WholeDay {
		return time.Time{}
	}
	return m.Time.UTC()
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Sittings gives the openings and evaluations of a view, by time. Only works and
// purchases have them: an auction or a listing is no opening, and leaves no
// record of one that could be missed.
func (v *Docket) Sittings() []Sitting {
	if v.Class != string(trade.Construction) && v.Class != string(trade.Procurement) {
		return nil
	}
	lots := []string{}
	past := map[string]bool{} // their bids are opened
	for i := range v.Lots {
		lots = append(lots, v.Lots[i].Code)
		past[v.Lots[i].Code] = v.Lots[i].Moment != momentNames[Before]
	}
	if len(lots) == 0 {
		lots = append(lots, "")
	}
	var out []Sitting
	add := func(lot string, s *Sitting) {
		if s == nil {
			return
		}
		n := slices.IndexFunc(out, func(o Sitting) bool {
			return o.Kind == s.Kind && o.Planned.Equal(s.Planned) && o.Begun.Equal(s.Begun) && o.Ended.Equal(s.Ended) && o.Place == s.Place && o.Failed == s.Failed
		})
		if n < 0 {
			n, out = len(out), append(out, *s)
		}
		if lot != "" {
			out[n].Lots = append(out[n].Lots, lot)
		}
	}
	for _, lot := range lots {
		o := v.opening(lot, past[lot])
		add(lot, o)
		add(lot, v.evaluation(lot, o))
	}
	slices.SortStableFunc(out, func(a, b Sitting) int { return cmp.Or(a.since().Compare(b.since()), strings.Compare(b.Kind, a.Kind)) })
	return out
}

// filmed is when the recordings of a step of a lot begin and end, and where.
func (v *Docket) filmed(lot string, steps ...string) (begun, ended time.Time, place string) {
	for i := range v.Entries {
		e := &v.Entries[i]
		step := e.value("TRADE_STEP")
		if e.Dataset != "9113" || e.Deleted || !e.about(lot) || !slices.ContainsFunc(steps, func(s string) bool { return strings.Contains(step, s) }) {
			continue
		}
		begun, ended = earlier(begun, moment(e.value("BEGIN_TIME"))), later(ended, moment(e.value("END_TIME")))
		place = cmp.Or(strings.TrimSpace(e.value("PLACE")), place)
	}
	return begun, ended, place
}

func (v *Docket) opening(lot string, past bool) *Sitting {
	s := &Sitting{Kind: SitOpening}
	for _, kind := range []string{"opening", "deadline"} { // where no opening is announced, bids are opened at the deadline
		for i := range v.Announced {
			a := &v.Announced[i]
			if a.Live && a.Kind == kind && (a.Lot == "" || lot == "" || a.Lot == lot) {
				s.Planned = later(s.Planned, a.At.UTC())
			}
		}
		if !s.Planned.IsZero() {
			break
		}
	}
	var filmed string
	s.Begun, s.Ended, filmed = v.filmed(lot, "开标", "开启")
	recorded := false
	places := make([]string, len(openingPlaces)+1)
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Deleted || !e.about(lot) {
			continue
		}
		switch {
		case slices.Contains(openingRecords, e.Dataset):
			if t := moment(e.value("BID_OPENING_TIME")); !t.IsZero() {
				s.Begun, s.Ended, recorded = earlier(s.Begun, t), later(s.Ended, t), true
			}
			places[0] = cmp.Or(strings.TrimSpace(e.value("BID_OPENING_ADDRESS")), places[0])
		case slices.Contains(abnormalSets, e.Dataset):
			kind := strings.TrimLeft(strings.TrimSpace(e.value("EXCEPITON_TYPE")), "0")
			s.Failed = s.Failed || kind != "" && kind != "9"
		}
		for n, p := range openingPlaces {
			if e.Dataset == p[0] {
				places[n+1] = cmp.Or(strings.TrimSpace(e.value(p[1])), places[n+1])
			}
		}
	}
	s.Place = cmp.Or(places[0], filmed, cmp.Or(places[1:]...))
	switch {
	case recorded:
		s.Failed = false // what failed later was opened all the same
	case past && s.Ended.IsZero():
		s.Ended = later(s.Planned, s.Begun)
	}
	if s.Planned.IsZero() && s.Begun.IsZero() {
		return nil
	}
	return s
}

// evaluation is that of a lot whose opening is over, or of which something is
// seen.
func (v *Docket) evaluation(lot string, opening *Sitting) *Sitting {
	s := &Sitting{Kind: SitEvaluation}
	s.Begun, _, s.Place = v.filmed(lot, "评标", "评审")
	for i := range v.Entries {
		e := &v.Entries[i]
		switch {
		case e.Deleted || !e.about(lot):
		case e.Dataset == "509":
			s.Ended = later(s.Ended, moment(e.value("END_TIME")))
		case e.Dataset == "511" || e.Dataset == "513" || e.Dataset == "553": // what follows an evaluation has come
			s.Ended = later(s.Ended, s.Begun)
		case slices.Contains(abnormalSets, e.Dataset):
			kind := strings.TrimLeft(strings.TrimSpace(e.value("EXCEPITON_TYPE")), "0")
			s.Failed = s.Failed || kind != "" && kind != "9"
		}
	}
	if opening != nil && !opening.Failed && !opening.Ended.IsZero() {
		s.Planned = opening.Ended
	}
	if s.Begun.IsZero() && s.Ended.IsZero() && (s.Planned.IsZero() || v.Class != string(trade.Construction)) {
		return nil
	}
	s.Failed = s.Failed && s.Ended.IsZero()
	return s
}
