package detect

import (
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newA09: candidates were publicised for fewer than three days (实施条例 54). Each
// publicity is measured by its own row; one that another continues without a
// gap is measured to the latter's end.
func newA09() termed {
	return termed{
		info: Info{
			ID: "A09", Version: 1, ZH: "中标候选人公示期不足", EN: "publicity of candidates too short",
			Grade: Fact, Article: "招标投标法实施条例 第五十四条", Datasets: []string{"501", "511"},
		},
		ends:     map[string]pairing{"publicity": publicities},
		missing:  func(d *docket.Docket, lot string) string { return undated(d, lot, "publicity.started") },
		notBegun: [2]string{"尚未公示中标候选人", "no publicity of candidates yet"},
	}
}

func publicities(d *docket.Docket, lot string, _ timeline.Period) []span {
	starts, ends := timeline.Occurrences(d, "publicity.started", lot), timeline.Occurrences(d, "publicity.ended", lot)
	var out []span
	for i := range starts {
		s := span{from: &starts[i]}
		for j := range ends {
			if a, b := starts[i].Ref, ends[j].Ref; a.Origin == b.Origin && a.Key == b.Key {
				s.to = &ends[j]
			}
		}
		if n := len(out); n > 0 && out[n-1].to != nil && s.to != nil && !s.from.At.Earliest().After(out[n-1].to.At.Latest()) {
			if s.to.At.Latest().After(out[n-1].to.At.Latest()) {
				out[n-1].to = s.to
			}
			continue
		}
		out = append(out, s)
	}
	return out
}
