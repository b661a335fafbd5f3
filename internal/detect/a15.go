package detect

import (
	"fmt"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// newA15: a tender was announced before the filing of its documents was approved
// (河南办法 26). The first notice of the lot is held against the first approval:
// a filing (9103), or a supervision item that passed (400) and speaks of filing.
func newA15() plain {
	return plain{
		info: Info{
			ID: "A15", Version: 1, ZH: "招标文件未经备案即发布公告", EN: "announced before the documents were filed",
			Grade: Fact, Article: "河南省实施《招标投标法》办法 第二十六条", Datasets: []string{"400", "501", "503", "9103"},
		},
		must: true,
		day: func(d *docket.Docket, lot string, env Env) trade.Day {
			if os := timeline.Occurrences(d, "notice.published", lot); len(os) > 0 {
				return os[0].At.Day()
			}
			return trade.DayOf(env.At)
		},
		ask: announcedUnfiled,
	}
}

func announcedUnfiled(q *question) Finding {
	q.threshold("filed before the notice")
	notices := timeline.Occurrences(q.d, "notice.published", q.lot)
	if len(notices) == 0 {
		return q.notApplicable("尚未发布招标公告", "no tender notice yet")
	}
	first := notices[0]
	var filed, refused *timeline.Occurrence
	keep := func(o timeline.Occurrence, into **timeline.Occurrence) {
		if *into == nil || o.At.Earliest().Before((*into).At.Earliest()) {
			*into = &o
		}
	}
	for _, e := range q.rows("9103", "400") {
		field, passed := "FILING_TIME", true
		if e.Dataset == "400" {
			field, passed = "APPROVAL_DATE", e.Fields["IS_PAST"] == "1"
			if what := e.Fields["TRADE_STEP"] + e.Fields["APPROVAL_PROJECT"]; !strings.Contains(what, "备案") && !strings.Contains(what, "招标文件") && !strings.Contains(what, "招标公告") {
				continue
			}
		}
		m, ok := trade.ParseMoment(e.Fields[field])
		switch o := (timeline.Occurrence{At: m, Ref: timeline.RefOf(e, field), Live: true}); {
		case !ok:
		case passed:
			keep(o, &filed)
		default:
			keep(o, &refused)
		}
	}
	switch {
	case filed == nil && refused == nil:
		return q.lacks("9103 FILING_TIME / 400 APPROVAL_DATE")
	case filed == nil:
		q.seeEvent(first).seeEvent(*refused)
		return q.fire("never", fmt.Sprintf("招标公告于 %s 发布，备案意见（%s）为未通过，此后未见通过的备案", first.At, refused.At), fmt.Sprintf("The tender was announced on %s; its filing was refused on %s, and no approval is seen", first.At, refused.At))
	}
	q.seeEvent(first).seeEvent(*filed)
	if early := filed.At.Earliest().Sub(first.At.Latest()); early > 0 {
		return q.fire(gap(-early), fmt.Sprintf("招标公告于 %s 发布，早于招标文件备案通过时间 %s", first.At, filed.At), fmt.Sprintf("The tender was announced on %s, before its documents were filed on %s", first.At, filed.At))
	}
	return q.answer(Clear, "filed before", fmt.Sprintf("招标文件于 %s 备案，公告于 %s 发布。", filed.At, first.At), fmt.Sprintf("The documents were filed on %s, the notice followed on %s.", filed.At, first.At))
}
