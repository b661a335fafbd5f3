package detect

import (
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// newA03: a clarification or change was sent fewer than fifteen days before the
// deadline and the deadline was not put off enough (招标投标法 23, 实施条例 21); for
// prequalification three days. The machine cannot tell whether it affects how
// bids are made: that is for a person to look at. Each clarification is measured
// to the deadline that its own round had in the end.
func newA03() termed {
	return termed{
		info: Info{
			ID: "A03", Version: 1, ZH: "澄清、修改距截止时间不足而未顺延", EN: "clarification too close to the deadline, which was not put off",
			Grade: Fact, Article: "招标投标法 第二十三条；招标投标法实施条例 第二十一条", Datasets: []string{"503", "504", "514"},
		},
		ends: map[string]pairing{"clarification": func(d *docket.Docket, lot string, _ timeline.Period) []span {
			rounds := roundsOf(d, lot)
			sent := timeline.Occurrences(d, "clarification.sent", lot)
			var out []span
			for i := range sent {
				n := roundOf(rounds, sent[i])
				if n < 0 || sent[i].At.Day() <= rounds[n].issued.At.Day() {
					continue // it went out with the documents: nobody's time was cut
				}
				out = append(out, span{from: &sent[i], to: rounds[n].finally(d, lot, rounds)})
			}
			return out
		}},
		excused: func(d *docket.Docket, s timeline.Step, _ effective) (zh, en string, ok bool) {
			row := timeline.Row(d, s.From.Ref)
			if row == nil || row.Fields["IS_POSTPONE"] != "1" {
				return "", "", false
			}
			if _, dated := trade.ParseMoment(row.Fields["POST_OPEN_TIME"]); dated {
				return "", "", false // what was announced instead has been measured
			}
			return "该文件标明延期，新的时间尚未公布。", " It says that the opening is put off; the new time is not announced yet.", true
		},
		notBegun: [2]string{"未发出澄清、修改", "no clarification was sent"},
	}
}
