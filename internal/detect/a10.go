package detect

import (
	"fmt"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// a10: the result or the award notice came before the publicity of candidates
// had ended, or while an objection to the documents or the result was not
// answered (实施条例 22, 54). Each result is looked at with the publicity that began
// before it: a lot that was evaluated again has two.
type a10 struct{}

func (a10) Info() Info {
	return Info{
		ID: "A10", Version: 1, ZH: "公示期未满或异议未答复即定标", EN: "result before publicity ended or while an objection was open",
		Grade: Fact, Article: "招标投标法实施条例 第二十二条；第五十四条", Datasets: []string{"501", "511", "513", "9018", "9019", "9020"},
	}
}

func (r a10) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r a10) lot(d *docket.Docket, lot string, env Env) Finding {
	results := resultsOf(d, lot)
	day := trade.DayOf(env.At)
	if len(results) > 0 {
		day = results[0].At.Day()
	}
	set, ok := env.Settings.For("A10", d, day)
	l := start(r.Info(), d, lot, set)
	l.threshold("after publicity, objections answered")
	switch {
	case !ok:
		return l.notApplicable("该地区和类别未设置", "no setting for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	case !timeline.MustTender(d):
		return l.notApplicable("非依法必须招标项目", "the law does not order this tender (501 IS_TO_LAW = 0)")
	case len(results) == 0 && len(timeline.Rows(d, "513", lot))+len(timeline.Rows(d, "9018", lot)) > 0:
		return l.lacks("513 NOTICE_SEND_TIME / 9018 WIN_NOTICE_SEND_TIME")
	case len(results) == 0:
		return l.notApplicable("尚未公布中标结果", "no result yet")
	}
	return r.judge(l, d, lot, results)
}

func (r a10) judge(l *look, d *docket.Docket, lot string, results []timeline.Occurrence) Finding {
	starts, ends := timeline.Occurrences(d, "publicity.started", lot), publicities(d, lot, timeline.Period{})
	var early time.Duration
	var problemZH, problemEN string
	unknown := len(ends) == 0
	for i, res := range results {
		var last *span
		for k := range ends {
			if !ends[k].from.At.Earliest().After(res.At.Latest()) {
				last = &ends[k]
			}
		}
		switch {
		case last == nil && i == 0 && len(starts) > 0 && !replaced(d, lot, res, starts[0]):
			l.seeEvent(res).seeEvent(starts[0])
			early = max(early, starts[0].At.Earliest().Sub(res.At.Latest()))
			problemZH = fmt.Sprintf("结果于 %s 公布或通知，早于中标候选人公示开始时间 %s", res.At, starts[0].At)
			problemEN = fmt.Sprintf("The result came on %s, before the publicity of candidates began on %s", res.At, starts[0].At)
		case last != nil && last.to == nil:
			unknown = true
		case last != nil && res.At.Latest().Before(last.to.At.Latest()):
			l.seeEvent(res).seeEvent(*last.to)
			if by := last.to.At.Latest().Sub(res.At.Latest()); by > early {
				early = by
				problemZH = fmt.Sprintf("结果于 %s 公布或通知，早于公示结束时间 %s", res.At, last.to.At)
				problemEN = fmt.Sprintf("The result came on %s, before the publicity ended on %s", res.At, last.to.At)
			}
		}
	}
	open := openObjections(d, lot, results)
	for _, o := range open {
		l.seeEvent(o.res).seeEvent(o.made)
		if o.answered != nil {
			l.seeEvent(*o.answered)
		}
	}
	if len(open) > 0 {
		zh, en := fmt.Sprintf("结果公布或通知时有 %d 件异议尚未答复（最早的提出于 %s）", len(open), open[0].made.At), fmt.Sprintf("%d objection(s) were not answered when the result came (the first of %s)", len(open), open[0].made.At)
		if problemZH != "" {
			zh, en = problemZH+"；"+zh, problemEN+"; "+en
		}
		problemZH, problemEN = zh, en
	}
	value := ""
	if early > 0 {
		value = gap(-early)
	}
	if len(open) > 0 {
		if value != "" {
			value += ", "
		}
		value += fmt.Sprintf("%d open", len(open))
	}
	if problemZH != "" {
		return l.answer(Fired, or(value, "0 s"), problemZH+"，建议核查。", problemEN+"; checking is suggested.")
	}
	if unknown {
		return l.lacks("511 PUBLICITY_END_TIME")
	}
	for _, res := range results {
		l.seeEvent(res)
	}
	for _, s := range ends {
		if s.to != nil {
			l.seeEvent(*s.to)
		}
	}
	return l.answer(Clear, "after", "中标结果在公示期满后公布，未见未答复的异议。", "The result came after the publicity had ended; no objection was open.")
}

// resultsOf are the results and the award notices of a lot, by time.
func resultsOf(d *docket.Docket, lot string) []timeline.Occurrence {
	out := timeline.Occurrences(d, "award.determined", lot)
	for _, o := range timeline.Occurrences(d, "award.notified", lot) {
		if o.Ref.Dataset == "9018" {
			out = append(out, o)
		}
	}
	sortByTime(out)
	return out
}

// replaced reports whether the lot was announced anew between a result and a
// publicity, so that the two are of different rounds.
func replaced(d *docket.Docket, lot string, res, pub timeline.Occurrence) bool {
	rounds := roundsOf(d, lot)
	return roundOf(rounds, res) != roundOf(rounds, pub)
}

// An unanswered objection and the result that did not wait for it.
type unanswered struct {
	made     timeline.Occurrence
	answered *timeline.Occurrence // after the result; nil: never
	res      timeline.Occurrence
}

// openObjections finds the objections to the documents or to the result that
// were made before the first result after them and not answered by then. Times
// without an hour count in favour: on the same day nothing is said to be first.
func openObjections(d *docket.Docket, lot string, results []timeline.Occurrence) []unanswered {
	replies := timeline.Occurrences(d, "objection.answered", lot)
	made := append(timeline.Occurrences(d, "objection.to-documents", lot), timeline.Occurrences(d, "objection.to-result", lot)...)
	sortByTime(made)
	var out []unanswered
	for _, o := range made {
		row := timeline.Row(d, o.Ref)
		if row == nil || row.Fields["OBJECTIONG_GUID"] == "" {
			continue // A11 says that it cannot be tied to a reply
		}
		var reply *timeline.Occurrence
		for i := range replies {
			if r := timeline.Row(d, replies[i].Ref); reply == nil && r != nil && r.Fields["OBJECTIONG_GUID"] == row.Fields["OBJECTIONG_GUID"] {
				reply = &replies[i]
			}
		}
		if reply == nil && undated(d, lot, "objection.answered") != "" {
			continue
		}
		for _, res := range results {
			if !o.At.Latest().Before(res.At.Earliest()) {
				continue
			}
			if reply == nil || reply.At.Earliest().After(res.At.Latest()) {
				out = append(out, unanswered{o, reply, res})
			}
			break
		}
	}
	return out
}
