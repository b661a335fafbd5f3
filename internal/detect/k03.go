package detect

import (
	"fmt"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// newK03: what had been published was changed in the data later, without a
// notice that corrects it. When it was changed is what the sender's own stamp
// says, not when it came here.
func newK03() plain {
	return plain{
		info: Info{
			ID: "K03", Version: 1, ZH: "发布后数据被修改", EN: "changed after publication",
			Grade: Clue, Datasets: []string{"503", "511", "513", "551", "553"},
		},
		limits: []string{"hours"},
		ask: func(q *question) Finding {
			wait := time.Duration(q.limit("hours")) * time.Hour
			q.threshold(fmt.Sprintf("within %d h of publication", q.limit("hours")))
			dated := 0
			var worst time.Duration
			var zh, en string
			var seen []*docket.Entry
			for _, s := range published {
				for _, e := range q.rows(s.dataset) {
					at, ok := trade.ParseMoment(e.Fields[s.field])
					if !ok {
						continue
					}
					dated++
					seen = append(seen, e)
					changed, ok := trade.ParseMoment(or(e.Fields["DATA_TIMESTAMP"], e.Revision))
					if e.Versions < 2 || !ok || declares(e) {
						continue
					}
					if by := changed.Earliest().Sub(at.Latest()); by > wait && by > worst {
						worst = by
						q.seeField(e, s.field).see(timeline.RefOf(e, ""), e.Revision)
						zh, en = fmt.Sprintf("%s于 %s 发布，其数据于 %s 被修改", s.zh, at, changed), fmt.Sprintf("The %s was published on %s and its data were changed on %s", s.en, at, changed)
					}
				}
			}
			switch {
			case worst > 0:
				return q.fire(gap(worst), zh+"，未见更正公告", en+", without a correction")
			case len(q.rows("503", "511", "513", "551", "553")) == 0:
				return q.notApplicable("尚未发布公告", "nothing is published yet")
			case dated == 0:
				return q.lacks("503 NOTICE_SEND_TIME / 511 PUBLICITY_START_TIME / 513 NOTICE_SEND_TIME / 551 BULLETIN_START_TIME")
			}
			for _, e := range seen {
				q.see(timeline.RefOf(e, ""), "published")
			}
			return q.answer(Clear, fmt.Sprintf("%d published", dated), fmt.Sprintf("已核 %d 条已发布的数据，发布后未修改或已更正。", dated), fmt.Sprintf("%d published records were looked at; none was changed later without a correction.", dated))
		},
	}
}

// published are the records that the public reads, with the time of publication.
var published = []struct{ dataset, field, zh, en string }{
	{"503", "NOTICE_SEND_TIME", "招标公告", "tender notice"},
	{"511", "PUBLICITY_START_TIME", "中标候选人公示", "publicity of candidates"},
	{"513", "NOTICE_SEND_TIME", "中标结果公告", "result"},
	{"551", "BULLETIN_START_TIME", "采购公告", "notice of the purchase"},
	{"553", "WIN_BID_BULLETIN_START_TIME", "成交结果公告", "result of the purchase"},
}
