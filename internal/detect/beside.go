package detect

import (
	"fmt"
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// The indicators of family B that ask whether a trade went past the platform:
// no project off the platform, no money off the platform (the policy, part 二).

var (
	// bound are the data sets that say that somebody is bound or paid.
	bound = []string{"512", "554", "9109", "9110"}
	// traded are those of which a trade has at least one: it was announced, opened, or has a result.
	traded = []string{"503", "505", "506", "507", "509", "511", "513", "9018", "551", "552", "553"}
)

// newB02: there is a contract, a change of one or a payment, and nothing of a
// trade that it could come from.
func newB02() plain {
	return plain{
		info: Info{
			ID: "B02", Version: 1, ZH: "有合同或者拨付而未见交易", EN: "contract or payment without a trade",
			Grade: Clue, Article: "豫公管办〔2017〕27号 二", Datasets: append(slices.Clone(bound), traded...),
		},
		ask: func(q *question) Finding {
			if q.set.Hours == nil {
				return q.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
			}
			q.threshold(fmt.Sprintf("%d h", *q.set.Hours))
			owed := q.rows(bound...)
			if len(owed) == 0 {
				return q.notApplicable("尚无合同或者拨付", "there is neither contract nor payment yet")
			}
			if rows := q.rows(traded...); len(rows) > 0 {
				q.see(timeline.RefOf(rows[0], shown(rows[0])), rows[0].Dataset)
				return q.answer(Clear, fmt.Sprintf("%d", len(rows)), "合同、拨付之前有交易数据。", "There are records of the trade that it comes from.")
			}
			first := owed[0]
			for _, e := range owed {
				if (missing{row: e}).since().Before((missing{row: first}).since()) {
					first = e
				}
			}
			until := missing{row: first}.since().Add(time.Duration(*q.set.Hours) * time.Hour)
			if q.env.At.Before(until) {
				q.see(timeline.RefOf(first, shown(first)), first.Dataset).again(until)
				return q.answer(Clear, "awaited", fmt.Sprintf("尚未见交易数据，等待期（%d 小时）未满。", *q.set.Hours), fmt.Sprintf("Nothing of a trade has come; the %d hours of grace are running.", *q.set.Hours))
			}
			if since, silent := q.env.silent(first.Origin, until); silent {
				return q.hushed(silentReason(first.Origin, since), q.env.At)
			}
			for _, e := range owed {
				q.see(timeline.RefOf(e, shown(e)), e.Dataset)
			}
			return q.fire(fmt.Sprintf("%d record(s)", len(owed)), fmt.Sprintf("已有%s，而未见公告、开标或者结果等任何交易数据", name(first.Dataset)),
				fmt.Sprintf("There is a record of data set %s and nothing of a trade: no notice, no opening, no result", first.Dataset))
		},
	}
}

// newB07: the first that the platform heard of a trade came after its result
// was given out: nobody could watch it.
func newB07() plain {
	return plain{
		info: Info{
			ID: "B07", Version: 1, ZH: "中标结果之后才首次报送", EN: "first heard of after its award",
			Grade: Clue, Article: "豫公管办〔2017〕27号 二", Datasets: []string{"500-523", "550-557", "9001-9021", "513", "553", "9018"},
		},
		whole: true,
		ask: func(q *question) Finding {
			if q.set.Hours == nil {
				return q.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
			}
			q.threshold(fmt.Sprintf("%d h after the result", *q.set.Hours))
			var result *docket.Entry
			var at trade.Moment
			field := ""
			for _, e := range q.rows("513", "9018", "553") {
				f := map[string]string{"513": "NOTICE_SEND_TIME", "9018": "WIN_NOTICE_SEND_TIME", "553": "WIN_BID_BULLETIN_START_TIME"}[e.Dataset]
				if m, ok := trade.ParseMoment(e.Fields[f]); ok && (result == nil || m.Earliest().Before(at.Earliest())) {
					result, at, field = e, m, f
				}
			}
			if result == nil {
				if len(q.rows("513", "9018", "553")) > 0 {
					return q.lacks("513 NOTICE_SEND_TIME / 9018 WIN_NOTICE_SEND_TIME / 553 WIN_BID_BULLETIN_START_TIME")
				}
				return q.notApplicable("尚无中标结果", "there is no result yet")
			}
			var first *docket.Entry
			var came time.Time
			for _, dataset := range q.d.Datasets() {
				if !numbered(dataset) {
					continue
				}
				for _, e := range q.rows(dataset) {
					if e.History {
						return q.notApplicable("历史数据窗口期内上传", "history: came through a history window")
					}
					if t := (missing{row: e}).since(); first == nil || t.Before(came) {
						first, came = e, t
					}
				}
			}
			q.seeField(result, field).see(timeline.RefOf(first, "@received"), came.UTC().Format(time.RFC3339Nano))
			late := came.Sub(at.Latest())
			if late <= time.Duration(*q.set.Hours)*time.Hour {
				return q.answer(Clear, "before", "结果公布之前已有报送。", "The platform had heard of it before the result.")
			}
			hours := int64(late / time.Hour)
			return q.fire(fmt.Sprintf("%d h", hours), fmt.Sprintf("该交易首次报送于 %s，晚于结果时间 %s 已 %d 小时，交易过程未在平台上", came.In(trade.Zone).Format(time.DateTime), at, hours),
				fmt.Sprintf("The platform first heard of this trade %d h after its result of %s, so that nobody could watch it", hours, at))
		},
	}
}
