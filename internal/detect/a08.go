package detect

import (
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newA08: candidates were publicised later than three days after the evaluation
// report came (实施条例 54), or not at all. A report that was followed by another
// one before any publicity has been replaced; the last one counts.
func newA08() termed {
	return termed{
		info: Info{
			ID: "A08", Version: 1, ZH: "收到评标报告后未按期公示中标候选人", EN: "candidates publicised too late after the evaluation report",
			Grade: Fact, Article: "招标投标法实施条例 第五十四条", Datasets: []string{"501", "509", "511", "517"},
		},
		ends:     map[string]pairing{"publicity-start": episodes("evaluation.reported", "publicity.started")},
		notBegun: [2]string{"尚无评标报告", "no evaluation report yet"},
	}
}

// episodes pairs each first event with the next second one. A first event that
// another one follows before any second is replaced by it. Where no second
// follows the last first event, one that came before it is taken, so that two
// records dated the wrong way round are no absence.
func episodes(first, second string) pairing {
	return func(d *docket.Docket, lot string, _ timeline.Period) []span {
		froms, tos := timeline.Occurrences(d, first, lot), timeline.Occurrences(d, second, lot)
		var out []span
		used := 0 // seconds before this one belong to an earlier first event
		for i := range froms {
			n := used
			for n < len(tos) && tos[n].At.Day() < froms[i].At.Day() {
				n++
			}
			if i+1 < len(froms) && (n == len(tos) || tos[n].At.Day() >= froms[i+1].At.Day()) {
				continue
			}
			s := span{from: &froms[i]}
			switch {
			case n < len(tos):
				s.to, used = &tos[n], n+1
			case used < len(tos):
				s.to = &tos[used]
			}
			out = append(out, s)
		}
		return out
	}
}
