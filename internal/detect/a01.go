package detect

import (
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newA01: tender or prequalification documents were on issue for fewer than
// five days (实施条例 16). Each round is measured for itself, to the last end that
// was announced for it: an issue that was prolonged is as long as it was.
func newA01() termed {
	on := func(event, end string) pairing {
		return func(d *docket.Docket, lot string, _ timeline.Period) []span {
			rounds, ends := issues(d, lot, event), timeline.Occurrences(d, end, lot)
			var out []span
			for i := range rounds {
				s := span{from: &rounds[i].issued}
				if mine := rounds[i].of(rounds, ends); len(mine) > 0 {
					s.to = &mine[len(mine)-1]
				}
				out = append(out, s)
			}
			return out
		}
	}
	return termed{
		info: Info{
			ID: "A01", Version: 1, ZH: "招标文件、资格预审文件发售期不足", EN: "documents on issue for too few days",
			Grade: Fact, Article: "招标投标法实施条例 第十六条", Datasets: []string{"501", "503", "505"},
		},
		ends: map[string]pairing{
			"document-issue":         on("documents.issued", "documents.issue-ended"),
			"prequalification-issue": on("prequalification.issued", "prequalification.issue-ended"),
		},
		missing: func(d *docket.Docket, lot string) string {
			if invited(d) && !opened(d, lot) {
				return Sealed
			}
			if rows := timeline.Rows(d, "503", lot); len(rows) > 0 {
				return "503 DOC_GET_START_TIME"
			}
			return ""
		},
		notBegun: [2]string{"尚未发出招标文件", "no documents are issued yet"},
	}
}
