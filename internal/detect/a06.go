package detect

import (
	"fmt"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// a06: a bid came after the deadline and was taken (招标投标法 28). Of deadlines
// that disagree the earliest that stands counts. A late bid that was rejected is
// what the law asks for, or nearly.
type a06 struct{}

func (a06) Info() Info {
	return Info{
		ID: "A06", Version: 1, ZH: "投标截止时间后递交的投标被接收", EN: "bid taken after the deadline",
		Grade: Fact, Article: "招标投标法 第二十八条；招标投标法实施条例 第三十六条", Datasets: []string{"503", "504", "505", "507", "9016", "9017"},
	}
}

func (r a06) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r a06) lot(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("A06", d, dayOfOpening(d, lot, env))
	l := start(r.Info(), d, lot, set)
	l.threshold("at the deadline")
	rows := timeline.Rows(d, "507", lot)
	switch {
	case !ok:
		return l.notApplicable("该地区和类别未设置", "no setting for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	case len(rows) == 0 && !opened(d, lot):
		if reports := ended(d, lot); len(reports) > 0 {
			l.seeField(reports[0], "EXCEPITON_TYPE")
			return l.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
		}
		return l.lacks(Sealed)
	case len(rows) == 0:
		return l.lacks("507 CHECKIN_TIME")
	}
	return r.judge(l, d, lot, rows)
}

func (r a06) judge(l *look, d *docket.Docket, lot string, rows []*docket.Entry) Finding {
	rounds := deadlines(d, lot)
	if len(rounds) == 0 {
		return l.lacks("503/504 BID_DOC_REFER_END_TIME")
	}
	p, rejected := partiesOf(d, lot), rejections(d, lot)
	asked, excused := 0, 0
	var worst time.Duration
	var names []string
	for _, e := range rows {
		came, ok := trade.ParseMoment(e.Fields["CHECKIN_TIME"])
		if !ok || e.Fields["BID_STATUS"] == "withdrawn" {
			continue
		}
		asked++
		due := rounds[0]
		for _, o := range rounds[1:] { // the round in which it came: the first whose deadline it can have met, else the last
			if came.Earliest().After(due.due.At.Latest()) && (o.issued.At.IsZero() || o.issued.At.Day() <= came.Day()) {
				due = o
			}
		}
		late := came.Earliest().Sub(due.due.At.Latest())
		if late <= 0 {
			continue
		}
		who := p.identity(e)
		if rejected[who] {
			excused++
			continue
		}
		worst = max(worst, late)
		l.seeField(e, "CHECKIN_TIME").seeEvent(due.due)
		if who != "" {
			l.f.Subjects = append(l.f.Subjects, who)
		}
		names = append(names, or(e.Fields["BIDDER_NAME"], who))
	}
	switch {
	case asked == 0:
		return l.lacks("507 CHECKIN_TIME")
	case len(names) > 0:
		return l.answer(Fired, gap(worst),
			fmt.Sprintf("有 %d 份投标文件（%s）的递交时间晚于投标截止时间，最迟的晚 %s，开标记录中未见拒收或否决，建议核查。", len(names), strings.Join(names, "、"), gap(worst)[1:]),
			fmt.Sprintf("%d bid(s) (%s) came after the deadline, the latest by %s, and no rejection is recorded; checking is suggested.", len(names), strings.Join(names, ", "), gap(worst)[1:]))
	}
	for _, o := range rounds {
		l.seeEvent(o.due)
	}
	zh, en := fmt.Sprintf("已核 %d 份投标文件，均在投标截止时间前递交。", asked), fmt.Sprintf("%d bids were looked at; all came by the deadline.", asked)
	if excused > 0 {
		zh, en = fmt.Sprintf("已核 %d 份投标文件，其中 %d 份迟交并已否决。", asked, excused), fmt.Sprintf("%d bids were looked at; %d came late and were rejected.", asked, excused)
	}
	return l.answer(Clear, "0 of "+bidders(asked), zh, en)
}

// A due is the deadline by which a bid of a round is late.
type due struct{ issued, due timeline.Occurrence }

// deadlines gives for each round the earliest deadline that stands, or the new
// time of an opening that was put off.
func deadlines(d *docket.Docket, lot string) []due {
	rounds := roundsOf(d, lot)
	if len(rounds) == 0 {
		if all := timeline.Occurrences(d, "bid.deadline", lot); len(all) > 0 {
			rounds = []round{{deadlines: all, last: true}}
		}
	}
	var out []due
	for i := range rounds {
		r := &rounds[i]
		if len(r.deadlines) == 0 {
			continue
		}
		o := r.deadlines[len(r.deadlines)-1]
		if standing, _ := disagreement(d, r.deadlines); len(standing) > 0 {
			o = standing[0]
			for _, s := range standing {
				if s.At.Latest().Before(o.At.Latest()) {
					o = s
				}
			}
		}
		if end := r.finally(d, lot, rounds); end.Ref.Field == "POST_OPEN_TIME" {
			o = *end
		}
		out = append(out, due{r.issued, o})
	}
	return out
}

// rejections are the bidders of a lot whose bids were rejected (9016, 9017 IS_VETO).
func rejections(d *docket.Docket, lot string) map[string]bool {
	return docket.Once(d, docket.Key{Kind: "rejections", Lot: lot}, func() map[string]bool { return makeRejections(d, lot) })
}

func makeRejections(d *docket.Docket, lot string) map[string]bool {
	p := partiesOf(d, lot)
	out := map[string]bool{}
	for _, e := range timeline.Rows(d, "9016", lot) {
		out[p.identity(e)] = true
	}
	for _, e := range timeline.Rows(d, "9017", lot) {
		if e.Fields["IS_VETO"] == "1" {
			out[p.identity(e)] = true
		}
	}
	delete(out, "")
	return out
}
