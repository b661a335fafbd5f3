package detect

import (
	"fmt"
	"time"

	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// newA18: an alert of the supervision (402) was not handled within its working
// days. Of the other steps of handling that practice counts (filing, acceptance
// of a point) the data sets carry the end alone, so that nothing can be counted.
func newA18() plain {
	return plain{
		info: Info{
			ID: "A18", Version: 1, ZH: "监管报警超期未处理", EN: "alert of the supervision not handled in time",
			Grade: Fact, Datasets: []string{"402"},
		},
		limits: []string{"working_days"},
		ask:    unhandled,
	}
}

func unhandled(q *question) Finding {
	days := int(q.limit("working_days"))
	q.threshold(daysOf(days, "working d"))
	alerts := q.rows("402")
	if len(alerts) == 0 {
		return q.notApplicable("无监管报警", "no alert of the supervision")
	}
	open, known, late := 0, 0, 0
	var next time.Time
	oldest := ""
	for _, e := range alerts {
		raised, ok := trade.ParseMoment(e.Fields["ALERT_DATE"])
		if e.Fields["HANDLED"] == "1" {
			known++
			continue
		}
		if !ok || e.Fields["HANDLED"] == "" {
			continue
		}
		known++
		open++
		last, provisional := q.env.Calendar.AddWorkingDays(raised.Day(), days)
		q.f.Provisional = q.f.Provisional || provisional
		if q.env.At.Before(last.End()) {
			if next.IsZero() || last.End().Before(next) {
				next = last.End()
			}
			continue
		}
		late++
		q.seeField(e, "ALERT_DATE").seeField(e, "HANDLED")
		q.about(normalCode(e.Fields["BODY_CODE"]))
		if oldest == "" || raised.String() < oldest {
			oldest = raised.String()
		}
	}
	q.again(next)
	switch {
	case late > 0:
		return q.fire(fmt.Sprintf("%d open", late), fmt.Sprintf("%d 件监管报警（最早 %s）超过 %d 个工作日仍标为未处理", late, oldest, days),
			fmt.Sprintf("%d alert(s), the first of %s, are still marked as not handled after %d working days", late, oldest, days))
	case known == 0:
		return q.lacks("402 ALERT_DATE, HANDLED")
	}
	for _, e := range alerts {
		q.see(timeline.RefOf(e, "HANDLED"), e.Fields["HANDLED"])
	}
	return q.answer(Clear, fmt.Sprintf("%d open", open), fmt.Sprintf("%d 件监管报警，%d 件待处理，均在 %d 个工作日内。", len(alerts), open, days), fmt.Sprintf("%d alert(s), %d open, none longer than %d working days.", len(alerts), open, days))
}
