package province

import (
	"cmp"
	"slices"
	"time"
)

// A Fired is a finding that fired, as far as a truth list speaks of it. Lot is
// the lot's code, empty when the indicator speaks of the docket.
type Fired struct{ Docket, Indicator, Lot string }

// A Score says how an indicator did on a truth list.
type Score struct {
	Indicator string  `json:"indicator"`
	Planted   int     `json:"planted"`     // hits that are due
	Found     int     `json:"found"`       // of them
	Alike     int     `json:"look_alikes"` // planted look-alikes
	Mistaken  int     `json:"mistaken"`    // look-alikes that fired
	Other     int     `json:"other"`       // fired where nothing is planted
	Precision float64 `json:"precision"`   // Found / all that fired; 1 when nothing did
	Recall    float64 `json:"recall"`      // Found / Planted; 1 when nothing is planted

	Wrong []Wrong `json:"wrong,omitempty"`
}

// A Wrong is one miss or one false alarm.
type Wrong struct {
	Fired
	Case string `json:"case,omitempty"` // name of the planted case, empty when none is planted
	Miss bool   `json:"miss"`
}

// Judge compares what fired at a time with a truth list: a score for each
// indicator that either names, in order. Cases whose moment lies after at are
// not due, and their firing early is a false alarm.
func Judge(truth []Case, fired []Fired, at time.Time) []Score {
	scores := map[string]*Score{}
	of := func(id string) *Score {
		if scores[id] == nil {
			scores[id] = &Score{Indicator: id}
		}
		return scores[id]
	}
	did := map[Fired]bool{}
	for _, f := range fired {
		did[f] = true
	}
	known := map[Fired]bool{}
	for _, c := range truth {
		f := Fired{Docket: c.Docket, Indicator: c.Indicator, Lot: c.Lot}
		s := of(c.Indicator)
		if known[f] { // two cases of one lot are one answer
			continue
		}
		known[f] = true
		switch due := !at.Before(c.From); {
		case c.Expected == Look:
			s.Alike++
			if did[f] {
				s.Mistaken++
				s.Wrong = append(s.Wrong, Wrong{f, c.Name, false})
			}
		case due:
			s.Planted++
			if did[f] {
				s.Found++
			} else {
				s.Wrong = append(s.Wrong, Wrong{f, c.Name, true})
			}
		case did[f]:
			s.Other++
			s.Wrong = append(s.Wrong, Wrong{f, c.Name, false})
		}
	}
	for f := range did {
		if !known[f] {
			s := of(f.Indicator)
			s.Other++
			s.Wrong = append(s.Wrong, Wrong{Fired: f})
		}
	}
	out := make([]Score, 0, len(scores))
	for _, s := range scores {
		s.Precision, s.Recall = 1, 1
		if n := s.Found + s.Mistaken + s.Other; n > 0 {
			s.Precision = float64(s.Found) / float64(n)
		}
		if s.Planted > 0 {
			s.Recall = float64(s.Found) / float64(s.Planted)
		}
		slices.SortFunc(s.Wrong, func(a, b Wrong) int {
			return cmp.Or(cmp.Compare(a.Docket, b.Docket), cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Case, b.Case))
		})
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Score) int { return cmp.Compare(a.Indicator, b.Indicator) })
	return out
}
