package detect

import (
	"fmt"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newK05: two rows of a data set say the same under different keys, or from
// different systems: one thing was sent twice as two.
func newK05() plain {
	return plain{
		info: Info{
			ID: "K05", Version: 1, ZH: "疑似重复数据", EN: "the same thing sent twice as two",
			Grade: Clue, Datasets: twice,
		},
		ask: func(q *question) Finding {
			q.threshold("no two alike")
			by := map[string]*docket.Entry{}
			n, pairs := 0, 0
			sets := map[string]bool{}
			for _, dataset := range twice {
				rows := q.rows(dataset)
				if q.terse && len(rows) == 1 { // none that it could be like
					if speaking(rows[0]) {
						n++
					}
					continue
				}
				for _, e := range rows {
					text, fields := said(e)
					if fields < leastFields {
						continue
					}
					n++
					first := by[text]
					if first == nil {
						by[text] = e
						continue
					}
					pairs++
					sets[dataset] = true
					q.see(timeline.RefOf(first, ""), text).see(timeline.RefOf(e, ""), text)
				}
			}
			switch {
			case pairs > 0:
				which := strings.Join(sortedKeys(sets), ", ")
				return q.fire(fmt.Sprintf("%d alike", pairs), fmt.Sprintf("%d 条数据（%s）与另一条内容完全相同而主键或来源不同", pairs, which), fmt.Sprintf("%d row(s) of %s say the same as another of a different key or system", pairs, which))
			case n < 2:
				return q.lacks("two rows to compare")
			}
			if q.terse {
				return q.answer(Clear, fmt.Sprintf("%d rows", n), "", "")
			}
			for _, text := range sortedKeys(by) {
				q.see(timeline.RefOf(by[text], ""), "unlike")
			}
			return q.answer(Clear, fmt.Sprintf("%d rows", n), fmt.Sprintf("已比对 %d 条数据，未见重复。", n), fmt.Sprintf("%d rows were compared; no two say the same.", n))
		},
	}
}

// twice are the data sets of which one lot has few rows, none like another.
var twice = []string{"501", "502", "503", "504", "506", "509", "511", "512", "513", "550", "551", "553", "554", "9018", "9109", "9110"}

// leastFields is how many fields a row must have to be told from another.
const leastFields = 3

// speaking reports whether a row says enough to be told from another.
func speaking(e *docket.Entry) bool {
	n := 0
	for f, v := range e.Fields {
		if !slices.Contains(unsaid, f) && !nothing(v) {
			if n++; n == leastFields {
				return true
			}
		}
	}
	return false
}

// said is what a row says: its fields without blanks, those left out that say
// who sent it, when and under which number.
func said(e *docket.Entry) (text string, fields int) {
	var parts []string
	for f, v := range e.Fields {
		if slices.Contains(unsaid, f) || nothing(v) {
			continue
		}
		parts = append(parts, f+"\x00"+fold(v))
	}
	slices.Sort(parts)
	return e.Dataset + "\x00" + strings.Join(parts, "\x00"), len(parts)
}

var unsaid = []string{"DATA_TIMESTAMP", "PLATFORM_CODE", "PUB_SERVICE_PLAT_CODE", "TRADE_PLAT", "PUB_SERVICE_PLAT", "UNIFIED_DEAL_CODE", "UNIFIED_DEAL_CODES", "URL", "CREATE_TIME"}
