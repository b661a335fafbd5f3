package detect

import (
	"strconv"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newA04: bids were opened at another time than the deadline (招标投标法 34). What
// counts is the deadline that stood in the end, round by round. An opening
// before it is told always; one after it when it exceeds the minutes of the
// setting.
func newA04() termed {
	return termed{
		info: Info{
			ID: "A04", Version: 1, ZH: "开标时间与投标截止时间不一致", EN: "opened at another time than the deadline",
			Grade: Fact, Article: "招标投标法 第三十四条", Datasets: []string{"503", "504", "505", "506", "517"},
		},
		ends: map[string]pairing{"opening-at-deadline": openings},
		excused: func(_ *docket.Docket, s timeline.Step, set effective) (zh, en string, ok bool) {
			if set.Minutes == nil || s.To == nil {
				return "", "", false
			}
			late := s.To.At.Latest().Sub(s.From.At.Latest())
			m := strconv.Itoa(*set.Minutes)
			return "在允许的 " + m + " 分钟记录误差之内。", " Within the " + m + " minutes allowed for writing the record.", late >= 0 && late <= time.Duration(*set.Minutes)*time.Minute
		},
		notBegun: [2]string{"尚未公布投标截止时间", "no deadline is announced yet"},
	}
}

// openings gives for each round the deadline that stood in the end and the
// opening. An opening at a deadline that was announced then, after which the
// tender was reported as failed, was right in its time, though the deadline of
// its notice has been moved since.
func openings(d *docket.Docket, lot string, _ timeline.Period) []span {
	rounds := roundsOf(d, lot)
	if len(rounds) == 0 {
		return noRound(d, lot)
	}
	all := timeline.Occurrences(d, "opening", lot)
	var out []span
	for i := range rounds {
		r := &rounds[i]
		end := r.finally(d, lot, rounds)
		if end == nil {
			continue
		}
		var mine []timeline.Occurrence
		for _, o := range r.of(rounds, all) {
			if !o.At.Same(end.At) && sameAsAny(o, r.deadlines) && len(ended(d, lot)) > 0 {
				continue
			}
			mine = append(mine, o)
		}
		switch {
		case len(mine) > 0:
			out = append(out, span{from: end, to: &mine[0]})
		case r.last:
			out = append(out, span{from: end})
		}
	}
	return out
}

// noRound measures a lot whose issue of documents is not known: the deadline
// that stood in the end against the first opening.
func noRound(d *docket.Docket, lot string) []span {
	ends := timeline.Occurrences(d, "bid.deadline-last", lot)
	if len(ends) == 0 {
		return nil
	}
	s := span{from: &ends[0]}
	if all := timeline.Occurrences(d, "opening", lot); len(all) > 0 {
		s.to = &all[0]
	}
	return []span{s}
}
