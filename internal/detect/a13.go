package detect

import (
	"fmt"
	"strconv"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// a13: no written contract within thirty days of the award notice (招标投标法
// 46), the days counted by 民法典 201 and 203. It fires by the clock alone: that
// nothing came is what it sees.
type a13 struct{}

func (a13) Info() Info {
	return Info{
		ID: "A13", Version: 1, ZH: "中标通知书发出后未按期订立合同", EN: "no contract in time after the award notice",
		Grade: Fact, Article: "招标投标法 第四十六条", Datasets: []string{"9018", "513", "512", "517"},
	}
}

func (r a13) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		fs = append(fs, r.lot(d, lot, env))
	}
	return fs
}

func (r a13) lot(d *docket.Docket, lot string, env Env) Finding {
	notice, winner, awarded := awardNotice(d, lot)
	day := trade.DayOf(env.At)
	if awarded {
		day = notice.At.Day()
	}
	set, ok := env.Settings.For("A13", d, day)
	l := start(r.Info(), d, lot, set)
	period, limited := set.period()
	switch {
	case !ok || !limited:
		return l.notApplicable("该地区和类别未设期限", "no term is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	}
	l.threshold(strconv.Itoa(period.Days) + " d")
	if !awarded {
		if rows := append(timeline.Rows(d, "9018", lot), timeline.Rows(d, "513", lot)...); len(rows) > 0 {
			return l.lacks("9018 WIN_NOTICE_SEND_TIME / 513 NOTICE_SEND_TIME")
		}
		return l.notApplicable("尚无中标通知书", "no award notice yet")
	}
	l.seeEvent(notice)
	if winner.code != "" || winner.name != "" {
		l.f.Subjects = append(l.f.Subjects, winner.String())
	}
	end, provisional := timeline.Deadline(period, notice.At, env.Calendar)
	l.f.Provisional = provisional
	signed, dated, rows := contractOf(d, lot, winner)
	if rows > 0 && !dated {
		return l.lacks("512 CONTRACT_SIGN_TIME")
	}
	return r.judge(l, notice, signed, dated, end, period, env)
}

func (r a13) judge(l *look, notice, signed timeline.Occurrence, dated bool, end time.Time, period timeline.Period, env Env) Finding {
	last := trade.DayOf(end) - 1
	head := fmt.Sprintf("中标通知书于 %s 发出，应于 %s 前（含当日）订立合同，", notice.At, last)
	headEN := fmt.Sprintf("The award notice was sent on %s; a contract was due by %s (that day included); ", notice.At, last)
	if dated && !signed.At.Earliest().After(env.At) { // a contract dated ahead is not signed yet
		days := timeline.Measure(period, notice.At, signed.At, env.Calendar)
		value := strconv.Itoa(days) + " d"
		l.seeEvent(signed)
		if signed.At.Earliest().Before(end) {
			return l.answer(Clear, value, head+fmt.Sprintf("合同于 %s 签订（第 %d 日）。", signed.At, days),
				headEN+fmt.Sprintf("it was signed on %s (day %d).", signed.At, days))
		}
		return l.answer(Fired, value, head+fmt.Sprintf("合同于 %s 签订（第 %d 日），建议核查。", signed.At, days),
			headEN+fmt.Sprintf("it was signed on %s (day %d); checking is suggested.", signed.At, days))
	}
	if env.At.Before(end) {
		l.again(end)
		if dated && signed.At.Earliest().Before(end) {
			l.again(signed.At.Earliest())
		}
		return l.answer(Clear, "none yet", head+"期限未到，尚未收到合同。", headEN+"the term is running and no contract has come.")
	}
	if dated {
		l.again(signed.At.Earliest())
	}
	return l.answer(Fired, "none in "+strconv.Itoa(period.Days)+" d", head+"至今未收到合同，建议核查。",
		headEN+"none has come to this day; checking is suggested.")
}

// A body is a bidder or winner by code and name; either may be empty.
type body struct{ code, name string }

func (b body) String() string {
	if b.code != "" {
		return b.code
	}
	return b.name
}

// is reports whether two bodies are the same as far as can be told.
func (b body) is(o body) bool {
	if b.code != "" && o.code != "" {
		return b.code == o.code
	}
	return b.name != "" && b.name == o.name
}

// awardNotice returns the notice from which the term runs: the first one sent
// to the winner who was told last. Sending a notice again to the same winner
// does not begin the term anew; a new winner does.
func awardNotice(d *docket.Docket, lot string) (timeline.Occurrence, body, bool) {
	notices := timeline.Occurrences(d, "award.notified", lot)
	if len(notices) == 0 {
		return timeline.Occurrence{}, body{}, false
	}
	winner := winnerOf(d, notices[len(notices)-1])
	for _, n := range notices {
		if w := winnerOf(d, n); w.is(winner) || (w == body{} && winner == body{}) {
			return n, winner, true
		}
	}
	return notices[len(notices)-1], winner, true
}

func winnerOf(d *docket.Docket, o timeline.Occurrence) body {
	row := timeline.Row(d, o.Ref)
	if row == nil {
		return body{}
	}
	return body{normalCode(row.Fields["WIN_BIDDER_CODE"]), normalName(row.Fields["WIN_BIDDER_NAME"])}
}

// contractOf returns the earliest dated contract of the lot with the winner; a
// contract with somebody else counts only when there is none with the winner
// (whether the right one was signed is another question). rows counts all
// contracts of the lot.
func contractOf(d *docket.Docket, lot string, winner body) (signed timeline.Occurrence, dated bool, rows int) {
	rows = len(timeline.Rows(d, "512", lot))
	all := timeline.Occurrences(d, "contract.signed", lot)
	for _, o := range all {
		if row := timeline.Row(d, o.Ref); row != nil && winner.is(body{normalCode(row.Fields["BIDDER_CODE"]), normalName(row.Fields["BIDDER_NAME"])}) {
			return o, true, rows
		}
	}
	if len(all) > 0 {
		return all[0], true, rows
	}
	return timeline.Occurrence{}, false, rows
}
