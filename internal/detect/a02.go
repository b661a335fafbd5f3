package detect

import (
	"fmt"
	"sort"
	"strconv"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// a02: from the first issue of the tender documents to the bid deadline there
// are fewer days than the law demands (招标投标法 24). The earliest deadline ever
// announced counts, because a bidder who was kept away by it stayed away.
type a02 struct{}

func (a02) Info() Info {
	return Info{
		ID: "A02", Version: 1, ZH: "招标文件发出至投标截止时间不足", EN: "too few days from issue of documents to the bid deadline",
		Grade: Fact, Article: "招标投标法 第二十四条", Datasets: []string{"501", "503", "504", "505"},
	}
}

func (r a02) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		fs = append(fs, r.lot(d, lot, env))
	}
	return fs
}

func (r a02) lot(d *docket.Docket, lot string, env Env) Finding {
	rounds := issueRounds(d, lot)
	worst, measured := shortest(rounds)
	day := trade.DayOf(env.At)
	if measured {
		day = worst.issued.At.Day()
	}
	set, ok := env.Settings.For("A02", d, day)
	l := start(r.Info(), d, lot, set)
	period, limited := set.period()
	if timeline.Foreign(d) {
		l.f.Article = ""
	}
	switch {
	case !ok || !limited:
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	case period.Must && !timeline.MustTender(d):
		return l.notApplicable("非依法必须招标项目", "the law does not order this tender (501 IS_TO_LAW = 0)")
	case measured && !period.In(day):
		return l.notApplicable("该规定当时未施行", "the rule was not in effect then")
	}
	l.threshold(strconv.Itoa(period.Days) + " d")
	if !measured {
		return l.lacks(missingIssue(d, lot, rounds))
	}
	met, days, provisional := timeline.MinimumMet(period, worst.issued.At, worst.deadline.At, env.Calendar)
	l.f.Provisional = provisional
	l.seeEvent(worst.issued).seeEvent(worst.deadline)
	value := strconv.Itoa(days) + " d"
	zh := fmt.Sprintf("招标文件自 %s 起发出，最早公布的投标截止时间为 %s，间隔 %d 日", worst.issued.At, worst.deadline.At, days)
	en := fmt.Sprintf("Documents were issued from %s; the earliest announced bid deadline is %s: %d days", worst.issued.At, worst.deadline.At, days)
	peerZH, peerEN := l.compare(d, env, float64(days), "d")
	if met {
		return l.answer(Clear, value, zh+"，不少于 "+strconv.Itoa(period.Days)+" 日。"+peerZH, fmt.Sprintf("%s, not fewer than %d.%s", en, period.Days, peerEN))
	}
	return l.answer(Fired, value, fmt.Sprintf("%s，少于 %d 日，建议核查。%s", zh, period.Days, peerZH),
		fmt.Sprintf("%s, fewer than %d; checking is suggested.%s", en, period.Days, peerEN))
}

// measure gives the indicator's value for peer statistics.
func (a02) measure(d *docket.Docket, lot string) (float64, bool) {
	worst, ok := shortest(issueRounds(d, lot))
	if !ok {
		return 0, false
	}
	return float64(worst.deadline.At.Day() - worst.issued.At.Day()), true
}

func missingIssue(d *docket.Docket, lot string, rounds []issueRound) string {
	if len(rounds) > 0 {
		return "503/504 BID_DOC_REFER_END_TIME"
	}
	for _, e := range timeline.Rows(d, "501", "") {
		// An invitation, and with it the day of issue, is sealed until the opening.
		if e.Fields["TENDER_MODE"] == "2" && !opened(d, lot) {
			return Sealed
		}
	}
	return "503 DOC_GET_START_TIME"
}

// An issueRound is one issue of documents with the deadlines announced for it.
// A tender that failed and was announced anew (503 NOTICE_NATURE 3) has more
// than one.
type issueRound struct {
	issued    timeline.Occurrence
	deadlines []timeline.Occurrence
	deadline  timeline.Occurrence // the earliest
}

func issueRounds(d *docket.Docket, lot string) []issueRound {
	var rounds []issueRound
	first := -1
	for _, o := range timeline.Occurrences(d, "documents.issued", lot) {
		row := timeline.Row(d, o.Ref)
		again := row != nil && row.Dataset == "503" && row.Fields["NOTICE_NATURE"] == "3"
		if again || first < 0 {
			if !again {
				first = len(rounds)
			}
			rounds = append(rounds, issueRound{issued: o})
		}
	}
	for _, o := range timeline.Occurrences(d, "bid.deadline", lot) {
		if i := roundOf(rounds, o); i >= 0 {
			rounds[i].deadlines = append(rounds[i].deadlines, o)
		}
	}
	for i := range rounds {
		ds := rounds[i].deadlines
		sort.SliceStable(ds, func(a, b int) bool { return ds[a].At.Latest().Before(ds[b].At.Latest()) })
		if len(ds) > 0 {
			rounds[i].deadline = ds[0]
		}
	}
	return rounds
}

// roundOf finds the issue that a deadline belongs to: the one its own row
// announces, else the last issue before it, else the first. Rounds are by time.
func roundOf(rounds []issueRound, o timeline.Occurrence) int {
	best := -1
	for i, r := range rounds {
		if i == 0 || r.issued.At.Day() <= o.At.Day() {
			best = i
		}
		a, b := r.issued.Ref, o.Ref
		if a.Dataset == b.Dataset && a.Origin == b.Origin && a.Key == b.Key {
			return i
		}
	}
	return best
}

func shortest(rounds []issueRound) (issueRound, bool) {
	worst, found := issueRound{}, false
	for _, r := range rounds {
		if len(r.deadlines) == 0 {
			continue
		}
		if !found || r.deadline.At.Day()-r.issued.At.Day() < worst.deadline.At.Day()-worst.issued.At.Day() {
			worst, found = r, true
		}
	}
	return worst, found
}
