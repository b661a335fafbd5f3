package detect

import (
	"sort"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// A round is one issue of the documents of a lot with what belongs to it. A
// tender that failed and was announced anew (503 NOTICE_NATURE 3) has more than
// one; what is true of the second says nothing of the first.
type round struct {
	issued    timeline.Occurrence
	deadlines []timeline.Occurrence // ever announced for it, by time
	last      bool                  // no later round
}

// roundsOf finds the rounds of a lot, by time.
func roundsOf(d *docket.Docket, lot string) []round {
	rounds := issues(d, lot, "documents.issued")
	for _, o := range timeline.Occurrences(d, "bid.deadline", lot) {
		if i := roundOf(rounds, o); i >= 0 {
			rounds[i].deadlines = append(rounds[i].deadlines, o)
		}
	}
	for i := range rounds {
		ds := rounds[i].deadlines
		sort.SliceStable(ds, func(a, b int) bool { return ds[a].At.Latest().Before(ds[b].At.Latest()) })
	}
	return rounds
}

// issues finds the rounds that an event begins: its first occurrence, and each
// notice that says it is issued anew.
func issues(d *docket.Docket, lot, event string) []round {
	var rounds []round
	seen := false
	for _, o := range timeline.Occurrences(d, event, lot) {
		row := timeline.Row(d, o.Ref)
		again := row != nil && row.Dataset == "503" && row.Fields["NOTICE_NATURE"] == "3"
		if again || !seen {
			seen = seen || !again
			rounds = append(rounds, round{issued: o})
		}
	}
	for i := range rounds {
		rounds[i].last = i == len(rounds)-1
	}
	return rounds
}

// roundOf finds the issue that an event belongs to: the one its own row
// announces, else the last issue before it, else the first. Rounds are by time.
func roundOf(rounds []round, o timeline.Occurrence) int {
	best := -1
	for i, r := range rounds {
		if i == 0 || r.issued.At.Day() <= o.At.Day() {
			best = i
		}
		a, b := r.issued.Ref, o.Ref
		if a.Dataset == b.Dataset && a.Origin == b.Origin && a.Key == b.Key {
			return i
		}
	}
	return best
}

// of returns those occurrences of an event that belong to the round.
func (r *round) of(rounds []round, all []timeline.Occurrence) []timeline.Occurrence {
	var out []timeline.Occurrence
	for _, o := range all {
		if i := roundOf(rounds, o); i >= 0 && rounds[i].issued.Ref == r.issued.Ref {
			out = append(out, o)
		}
	}
	return out
}

// finally returns the deadline of the round that holds in the end: the latest
// of those that stand, and later still when an opening was put off to a new
// time (504 POST_OPEN_TIME), for a bid may come until its opening. nil when none
// was announced.
func (r *round) finally(d *docket.Docket, lot string, rounds []round) *timeline.Occurrence {
	var end *timeline.Occurrence
	for i := range r.deadlines {
		if o := &r.deadlines[i]; end == nil || o.Live || !end.Live {
			end = o
		}
	}
	if end == nil {
		return nil
	}
	for _, a := range d.Announced {
		if a.Field != "POST_OPEN_TIME" || !a.Live || (a.Lot != "" && lot != "" && a.Lot != lot) || !a.At.After(end.At.Latest()) {
			continue
		}
		row := timeline.Row(d, docket.Ref{Dataset: a.Dataset, Origin: a.Origin, Key: a.Key})
		o := timeline.Occurrence{
			At: trade.Moment{Time: a.At.In(trade.Zone)}, Live: true,
			Ref: docket.Ref{Dataset: a.Dataset, Key: a.Key, Field: a.Field, Origin: a.Origin, Position: a.Position},
		}
		if a.WholeDay {
			o.At = trade.Moment{Time: o.At.Day().Start(), WholeDay: true}
		}
		if i := roundOf(rounds, o); row != nil && declares(row) && i >= 0 && rounds[i].issued.Ref == r.issued.Ref {
			end = &o
		}
	}
	return end
}

// sortByTime puts occurrences in the order of their times, then of the log.
func sortByTime(os []timeline.Occurrence) {
	sort.SliceStable(os, func(i, j int) bool {
		if !os[i].At.Time.Equal(os[j].At.Time) {
			return os[i].At.Time.Before(os[j].At.Time)
		}
		return os[i].Ref.Position < os[j].Ref.Position
	})
}
