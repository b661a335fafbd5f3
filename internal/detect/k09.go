package detect

import (
	"fmt"
	"sort"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// k09: the announced bid deadlines of a lot disagree, or one was changed
// without saying so. The catalogue of practice ends at K08; this one is ours,
// because until it is settled the latest time rules secrecy and the earliest
// lateness, and somebody has to know.
type k09 struct{}

func (k09) Info() Info {
	return Info{
		ID: "K09", Version: 1, ZH: "公布的投标截止时间不一致", EN: "announced deadlines disagree",
		Grade: Fact, Article: "招标投标法 第二十三条、第三十四条", Datasets: []string{"503", "504", "505"},
	}
}

func (r k09) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r k09) lot(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("K09", d, trade.DayOf(env.At))
	l := start(r.Info(), d, lot, set)
	if timeline.Foreign(d) {
		l.f.Article = ""
	}
	l.threshold("1 time")
	all := timeline.Occurrences(d, "bid.deadline", lot)
	switch {
	case !ok:
		return l.notApplicable("该地区和类别未设置", "no setting for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	case len(all) == 0:
		return l.notApplicable("尚未公布投标截止时间", "no deadline is announced yet")
	}
	standing, silent := disagreement(d, all)
	if times := distinct(standing); len(times) > 1 {
		for _, o := range standing {
			l.seeEvent(o)
		}
		value := strings.Join(times, " / ")
		return l.answer(Fired, value, "现行公告、文件公布的投标截止时间不一致："+value+"，建议核查。在更正前，保密以最晚者为准，是否迟交以最早者为准。",
			"Standing announcements give different bid deadlines: "+value+"; checking is suggested. Until it is settled the latest rules secrecy and the earliest lateness.")
	}
	if len(silent) > 0 {
		pair := append(silent, standing...)
		for _, o := range pair {
			l.seeEvent(o)
		}
		value := strings.Join(distinct(pair), " / ")
		return l.answer(Fired, value, "投标截止时间已变更而未标明延期或更正："+value+"，建议核查。",
			"The bid deadline was changed without being marked as postponed or corrected: "+value+"; checking is suggested.")
	}
	for _, o := range standing {
		l.seeEvent(o)
	}
	value := strings.Join(distinct(standing), " / ")
	return l.answer(Clear, value, fmt.Sprintf("公布的投标截止时间一致（%d 处）。", len(standing)), fmt.Sprintf("The announced bid deadlines agree (%d places).", len(standing)))
}

// disagreement returns the announcements that stand now, and those that were
// replaced without a word. A notice that says it postpones or corrects (503
// NOTICE_NATURE 2 or 3, IS_POSTPONE 1) sets aside what was announced before it.
func disagreement(d *docket.Docket, all []timeline.Occurrence) (standing, silent []timeline.Occurrence) {
	byPosition := append([]timeline.Occurrence(nil), all...)
	sort.SliceStable(byPosition, func(i, j int) bool { return byPosition[i].Ref.Position < byPosition[j].Ref.Position })
	var declared []timeline.Occurrence
	for _, o := range byPosition {
		if !o.Live {
			continue
		}
		if declares(timeline.Row(d, o.Ref)) {
			declared = append(declared, o)
			standing = nil
		}
		standing = append(standing, o)
	}
	for _, old := range byPosition {
		if old.Live || sameAsAny(old, standing) {
			continue
		}
		// Somebody must have declared a change after this was announced; the last word then is what stands.
		told := false
		for _, o := range declared {
			told = told || o.Ref.Position > old.Ref.Position
		}
		if !told && len(standing) > 0 {
			silent = append(silent, old)
		}
	}
	return standing, silent
}

func declares(e *docket.Entry) bool {
	if e == nil {
		return false
	}
	n := e.Fields["NOTICE_NATURE"]
	return e.Fields["IS_POSTPONE"] == "1" || n == "2" || n == "3"
}

func sameAsAny(o timeline.Occurrence, others []timeline.Occurrence) bool {
	for _, x := range others {
		if o.At.Same(x.At) {
			return true
		}
	}
	return false
}

// distinct returns the different times, in order; a whole day and an instant
// in it are one.
func distinct(os []timeline.Occurrence) []string {
	sorted := append([]timeline.Occurrence(nil), os...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].At.Time.Before(sorted[j].At.Time) })
	var kept []timeline.Occurrence
	for _, o := range sorted {
		if !sameAsAny(o, kept) {
			kept = append(kept, o)
		}
	}
	var out []string
	for _, o := range kept {
		out = append(out, o.At.String())
	}
	return out
}
