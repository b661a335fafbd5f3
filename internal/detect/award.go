package detect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// newG07: the lot was not won by the candidate put first, or was awarded to a
// second one after the first, or a report says that the winner gave it up. Once
// is no matter; how often it happens to a body is another indicator's question.
func newG07() plain {
	return plain{
		info: Info{
			ID: "G07", Version: 1, ZH: "第一候选人未中标或中标人放弃中标", EN: "the first candidate did not win, or the winner gave up",
			Grade: Clue, Article: "招标投标法实施条例 第五十五条", Datasets: []string{"510", "513", "517", "9018", "1900"},
		},
		ask: givenUp,
	}
}

// givingUp are words of a report that a winner gave up.
var givingUp = []string{"放弃中标", "弃标", "放弃成交", "拒签合同", "拒不签订", "不与招标人订立合同"}

func givenUp(q *question) Finding {
	q.threshold("won by the first candidate")
	for _, e := range q.rows("517", "1900") {
		for _, f := range []string{"EXCEPITON_INFOR", "EXCEPITON_NAME"} {
			for _, w := range givingUp {
				if asks(e.Fields[f], w) {
					q.seeField(e, f)
					return q.fire(w, "招标异常报告记载“"+w+"”", "The report of an irregularity says that the winner gave up (“"+w+"”)")
				}
			}
		}
	}
	winners := q.winners()
	if len(winners) == 0 {
		return q.notApplicable("尚未公布中标结果", "no result yet")
	}
	var awards []*docket.Entry
	for _, e := range q.rows("513", "9018") {
		if e.Fields["WIN_BIDDER_NAME"]+e.Fields["WIN_BIDDER_CODE"] != "" {
			awards = append(awards, e)
		}
	}
	if len(winners) > 1 && slices.ContainsFunc(awards, func(e *docket.Entry) bool {
		return e.Fields["NOTICE_NATURE"] == "2" || e.Fields["NOTICE_NATURE"] == "3"
	}) {
		for _, e := range awards {
			q.seeField(e, or(map[bool]string{true: "WIN_BIDDER_CODE"}[e.Fields["WIN_BIDDER_CODE"] != ""], "WIN_BIDDER_NAME"))
		}
		for _, w := range winners {
			q.about(w.String())
		}
		return q.fire(fmt.Sprintf("%d winners", len(winners)), fmt.Sprintf("中标结果先后公布了 %d 个不同的中标人", len(winners)), fmt.Sprintf("The result named %d different winners one after another", len(winners)))
	}
	candidates := q.rows("510")
	if len(candidates) == 0 {
		return q.lacks("510 WIN_CANDIDATE_ORDER")
	}
	var first *docket.Entry
	won, known := false, false
	for _, e := range candidates {
		n, ok := count(e.Fields["WIN_CANDIDATE_ORDER"])
		b := body{normalCode(e.Fields["WIN_CANDIDATE_CODE"]), normalName(e.Fields["WIN_CANDIDATE_NAME"])}
		if !ok || b == (body{}) {
			continue
		}
		is := slices.ContainsFunc(winners, b.is)
		known = known || is
		if n == 1 {
			first = e
			won = won || is
		}
	}
	switch {
	case first == nil:
		return q.lacks("510 WIN_CANDIDATE_ORDER, WIN_CANDIDATE_CODE")
	case !won && !known:
		return q.lacks("510 WIN_CANDIDATE_CODE / 513 WIN_BIDDER_CODE (the winner is none of the candidates known)")
	}
	q.seeField(first, "WIN_CANDIDATE_ORDER")
	for _, e := range awards {
		q.seeField(e, "WIN_BIDDER_NAME")
	}
	if won {
		return q.answer(Clear, "the first", "中标人为排名第一的中标候选人。", "The candidate put first won.")
	}
	q.about(normalCode(first.Fields["WIN_CANDIDATE_CODE"]))
	return q.fire("not the first", fmt.Sprintf("排名第一的中标候选人%s未中标", first.Fields["WIN_CANDIDATE_NAME"]), fmt.Sprintf("The candidate put first (%s) did not win", first.Fields["WIN_CANDIDATE_NAME"]))
}

// newG08: of those who fetched the documents so many never bid that one asks
// why. A few always stay away.
func newG08() plain {
	return plain{
		info: Info{
			ID: "G08", Version: 1, ZH: "获取招标文件后多数未投标", EN: "most who fetched the documents did not bid",
			Grade: Clue, Datasets: []string{"507", "557", "9006", "9105"},
		},
		limits: []string{"percent", "least"}, seal: standard.Bid, behind: []string{"9006", "9105", "507", "557"},
		ask: func(q *question) Finding {
			least, limit := int(q.limit("least")), int(q.limit("percent"))
			q.threshold(fmt.Sprintf("less than %d %%, or fewer than %d", limit, least))
			p := partiesOf(q.d, q.lot)
			fetched, bid := map[string]*docket.Entry{}, map[string]bool{}
			for _, e := range q.rows("9006", "9105") {
				if who := p.identity(e); who != "" && fetched[who] == nil {
					fetched[who] = e
				}
			}
			for _, e := range q.rows("507", "557") {
				who := p.identity(e)
				bid[who] = true
				for m := range p.members[who] {
					bid[m] = true
				}
			}
			switch {
			case len(fetched) == 0:
				return q.lacks("9006 COMPANY_CODE / 9105 COMPANY_CODE")
			case len(bid) == 0 && len(ended(q.d, q.lot)) > 0:
				return q.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
			case len(bid) == 0:
				return q.lacks("507 BIDDER_ORG_CODE")
			}
			var away []string
			for _, who := range sortedKeys(fetched) {
				if !bid[who] {
					away = append(away, who)
				}
			}
			value := fmt.Sprintf("%d of %d", len(away), len(fetched))
			if len(away) >= least && 100*len(away) >= limit*len(fetched) {
				for _, who := range away {
					q.about(who).seeField(fetched[who], codeField(fetched[who]))
				}
				return q.fire(value, fmt.Sprintf("获取招标文件的 %d 家单位中有 %d 家未投标", len(fetched), len(away)), fmt.Sprintf("Of %d who fetched the documents %d did not bid", len(fetched), len(away)))
			}
			for _, who := range sortedKeys(fetched) {
				q.seeField(fetched[who], codeField(fetched[who]))
			}
			return q.answer(Clear, value, fmt.Sprintf("获取招标文件的 %d 家单位中 %d 家未投标。", len(fetched), len(away)), fmt.Sprintf("Of %d who fetched the documents %d did not bid.", len(fetched), len(away)))
		},
	}
}

// newG09: a bidder is said to be on the list of those who do not keep their
// word, or the registers have it on the blacklist, or under a restriction, on
// the day of the opening (302, 303, 300).
func newG09() plain {
	return plain{
		info: Info{
			ID: "G09", Version: 1, ZH: "投标时为失信或被列入黑名单的单位", EN: "bidder on the blacklist when it bid",
			Grade: Fact, Datasets: []string{"300", "302", "303", "507", "557"},
		},
		seal: standard.Bid, behind: []string{"507", "557"}, ask: blacklisted,
	}
}

func blacklisted(q *question) Finding {
	q.threshold("none")
	p, out := partiesOf(q.d, q.lot), rejections(q.d, q.lot)
	day := dayOfOpening(q.d, q.lot, q.env)
	known := 0
	seen, rejected := map[string]bool{}, 0
	var names, namesEN []string
	for _, e := range q.rows("507", "557") {
		who := p.identity(e)
		if who == "" || seen[who] || e.Fields["BID_STATUS"] == "withdrawn" {
			continue
		}
		seen[who] = true
		said := strings.TrimSpace(e.Fields["IS_LOST"])
		if said != "" || q.env.Bodies != nil {
			known++
		}
		why, whyEN := "", ""
		if said == "1" {
			why, whyEN = "开标记录标为失信", "so marked in the opening record"
		} else if ref, value, zh, en := q.listed(who, day); zh != "" {
			why, whyEN = zh, en
			q.see(ref, value)
		}
		switch {
		case why == "":
			continue
		case out[who]:
			rejected++
			continue
		}
		q.about(who).seeField(e, "IS_LOST")
		names, namesEN = append(names, or(nameIn(e), who)+"（"+why+"）"), append(namesEN, or(nameIn(e), who)+" ("+whyEN+")")
	}
	switch {
	case len(names) > 0:
		return q.fire(bidders(len(names)), "投标人"+strings.Join(names, "、")+"投标时处于失信或限制状态，未见否决", "When they bid, "+strings.Join(namesEN, ", ")+" stood on a list, and no rejection is recorded")
	case known == 0:
		return q.lacks("507 IS_LOST / 557 IS_LOST")
	}
	for _, e := range q.rows("507", "557") {
		q.seeField(e, "IS_LOST")
	}
	zh, en := fmt.Sprintf("已核 %d 个投标人，未见失信记录。", known), fmt.Sprintf("%s were looked at; none is on a list.", bidders(known))
	if rejected > 0 {
		zh, en = fmt.Sprintf("已核 %d 个投标人，%d 个有失信记录并已否决。", known, rejected), fmt.Sprintf("%s were looked at; %d on a list were rejected.", bidders(known), rejected)
	}
	return q.answer(Clear, "0 of "+bidders(known), zh, en)
}

// listed looks a body up in the registers: on the blacklist before the day and
// not taken off by then, or under a restriction on the day.
func (q *question) listed(code string, day trade.Day) (ref docket.Ref, value, zh, en string) {
	if q.env.Bodies == nil {
		return docket.Ref{}, "", "", ""
	}
	b := q.env.Bodies(code)
	if b == nil {
		return docket.Ref{}, "", "", ""
	}
	rows := func(dataset string) []*docket.Entry { return timeline.Rows(&b.File, dataset, "") }
	for _, e := range rows("302") {
		since, ok := trade.ParseMoment(e.Fields["RECORD_DATE"])
		if !ok || since.Day() > day {
			continue
		}
		off := false
		for _, r := range rows("303") {
			when, ok := trade.ParseMoment(r.Fields["APPLICATION_DATE"])
			off = off || r.Fields["BLACKLIST_CODE"] == e.Fields["BLACKLIST_CODE"] && (!ok || when.Day() <= day)
		}
		if !off && e.Fields["REVOCATION_STATUS"] != "1" {
			return timeline.RefOf(e, "RECORD_DATE"), e.Fields["RECORD_DATE"], "黑名单 " + since.Day().String() + " 列入", "on the blacklist since " + since.Day().String()
		}
	}
	for _, e := range rows("300") {
		from, okFrom := trade.ParseMoment(e.Fields["CONFINED_START"])
		to, okTo := trade.ParseMoment(e.Fields["CONFINED_END"])
		if okFrom && okTo && from.Day() <= day && day <= to.Day() {
			return timeline.RefOf(e, "CONFINED_START"), e.Fields["CONFINED_START"] + "\x00" + e.Fields["CONFINED_END"], "限制期至 " + to.Day().String(), "under a restriction until " + to.Day().String()
		}
	}
	return docket.Ref{}, "", "", ""
}

// newI10: the award is not below the highest price that the documents allow, or
// not below the estimate where they allow any.
func newI10() plain {
	return plain{
		info: Info{
			ID: "I10", Version: 1, ZH: "中标价达到或超过最高限价", EN: "award at or above the highest price",
			Grade: Clue, Article: "招标投标法实施条例 第五十一条", Datasets: []string{"502", "504", "513", "550", "553", "9018"},
		},
		limits: []string{"per_thousand"},
		ask: func(q *question) Finding {
			limit := q.limit("per_thousand")
			q.threshold("under " + percent(10*limit) + " %")
			won, ok, several := q.awarded()
			most, mostOf, mostEN := q.highest()
			switch {
			case len(q.rows("513", "9018", "553")) == 0:
				return q.notApplicable("尚未公布中标结果", "no result yet")
			case !ok:
				return q.lacks("513 BID_AMOUNT, PRICE_UNIT / 553 WIN_BID_PRICE, PRICE_UNIT")
			case several:
				return q.notApplicable("分项授予，不止一个中标金额", "awarded in parts: there is more than one amount")
			case most.row == nil:
				return q.lacks("504 CONTROL_PRICE, CONTROL_PRICE_UNIT / 502 CONTRACT_RECKON_PRICE / 550 PROGRAM_BUDGET")
			case unitDoubt(won.money, most.money):
				return q.lacks("513 PRICE_UNIT / 504 CONTROL_PRICE_UNIT (the unit of one is in doubt)")
			}
			q.seeField(won.row, won.field).seeField(most.row, most.field)
			value := percent(share(won.money, most.money)) + " %"
			if float64(won.money)*1000 >= float64(most.money)*float64(limit) {
				return q.fire(value, fmt.Sprintf("中标金额 %s 元，为%s %s 元的 %s", won.money, mostOf, most.money, value), fmt.Sprintf("The award of %s yuan is %s of %s, %s yuan", won.money, value, mostEN, most.money))
			}
			return q.answer(Clear, value, fmt.Sprintf("中标金额为%s的 %s。", mostOf, value), fmt.Sprintf("The award is %s of %s.", value, mostEN))
		},
	}
}

// highest is the highest price of the lot: as the documents set it, else the
// estimate or the budget.
func (q *question) highest() (p paper, zh, en string) {
	for _, s := range []struct{ dataset, field, unit, zh, en string }{
		{"504", "CONTROL_PRICE", "CONTROL_PRICE_UNIT", "最高限价", "the highest price"}, {"502", "CONTRACT_RECKON_PRICE", "PRICE_UNIT", "合同估算价", "the estimate"}, {"550", "PROGRAM_BUDGET", "UNIT_BUDGET", "项目预算", "the budget"},
	} {
		all := q.amounts(s.dataset, s.field, s.unit)
		if len(all) > 0 {
			return all[len(all)-1], s.zh, s.en
		}
	}
	return paper{}, "", ""
}

// newI05: the time from the deadline to the result is far longer or shorter
// than that of the local peers, or than the setting allows where there are too
// few of these. Working days, so that holidays make nobody slow.
func newI05() plainMeasured {
	r := plain{
		info: Info{
			ID: "I05", Version: 1, ZH: "定标时间异常长或短", EN: "decision unusually long or short",
			Grade: Clue, Datasets: []string{"503", "504", "506", "513", "551", "556", "553"},
		},
		limits: []string{"short_working_days", "long_working_days", "times"},
	}
	m := func(d *docket.Docket, lot string) (float64, bool) {
		q := &question{start(r.info, d, lot, unset), d, lot, Env{Calendar: trade.China()}}
		from, to := q.decision()
		if from == nil || to == nil {
			return 0, false
		}
		n, _ := q.env.Calendar.WorkingDays(from.At.Day(), to.At.Day())
		return float64(n), n >= 0
	}
	r.ask = func(q *question) Finding {
		from, to := q.decision()
		switch {
		case to == nil && len(q.rows("513", "553")) > 0:
			return q.lacks("513 NOTICE_SEND_TIME / 553 WIN_BID_BULLETIN_START_TIME")
		case to == nil:
			return q.notApplicable("尚未公布中标结果", "no result yet")
		case from == nil:
			return q.lacks("506 BID_OPENING_TIME / 503 BID_DOC_REFER_END_TIME")
		}
		n, _ := q.env.Calendar.WorkingDays(from.At.Day(), to.At.Day())
		short, long := float64(q.limit("short_working_days")), float64(q.limit("long_working_days"))
		times := float64(q.limit("times"))
		median := 0.0
		if low, high, mid, ok := q.fences(); ok {
			median = mid
			short, long = max(short, min(low, mid/times)), min(long, max(high, mid*times))
		}
		q.threshold(fmt.Sprintf("%s–%s working d", plainNumber(short), plainNumber(long)))
		q.seeEvent(*from).seeEvent(*to)
		value := fmt.Sprintf("%d working d", n)
		zh, en := fmt.Sprintf("开标至中标结果 %d 个工作日", n), fmt.Sprintf("%d working days from the opening to the result", n)
		if median > 0 {
			zh, en = zh+"（本地同类中位数 "+plainNumber(median)+"）", en+" (median of the local peers "+plainNumber(median)+")"
		}
		switch {
		case float64(n) > long:
			return q.fire(value, zh+"，明显偏长", en+", far longer than usual")
		case float64(n) < short:
			return q.fire(value, zh+"，明显偏短", en+", far shorter than usual")
		}
		return q.answer(Clear, value, zh+"。", en+".")
	}
	return plainMeasured{r, m}
}

// decision finds the opening, else the deadline, before the first result, and
// that result.
func (q *question) decision() (from, to *timeline.Occurrence) {
	results := timeline.Occurrences(q.d, "result.published", q.lot)
	if len(results) == 0 {
		return nil, nil
	}
	to = &results[0]
	for _, event := range []string{"opening", "bid.deadline"} {
		all := timeline.Occurrences(q.d, event, q.lot)
		if event == "opening" {
			for _, e := range q.rows("556") {
				if m, ok := trade.ParseMoment(e.Fields["BID_OPENING_TIME"]); ok {
					all = append(all, timeline.Occurrence{At: m, Ref: timeline.RefOf(e, "BID_OPENING_TIME"), Live: true})
				}
			}
			sortByTime(all)
		}
		for i := range all {
			if !all[i].At.Earliest().After(to.At.Latest()) {
				from = &all[i]
			}
		}
		if from != nil {
			return from, to
		}
	}
	return nil, to
}

// plainMeasured is a plain indicator whose measured value peers can be compared by.
type plainMeasured struct {
	plain
	value func(d *docket.Docket, lot string) (float64, bool)
}

func (r plainMeasured) measure(d *docket.Docket, lot string) (float64, bool) {
	if timeline.Foreign(d) {
		return 0, false
	}
	return r.value(d, lot)
}

// fences are the bounds of what is usual among the local peers: three spreads
// between the quartiles beyond the quartiles (Tukey's far-out values), with the
// median. It notes the edition on the finding.
func (q *question) fences() (low, high, median float64, ok bool) {
	if q.env.Peers == nil {
		return 0, 0, 0, false
	}
	q.f.Edition = q.env.Peers.ID
	g, found := q.env.Peers.group(q.info.ID, q.d, q.lot)
	if !found {
		return 0, 0, 0, false
	}
	at := map[float64]float64{}
	for _, x := range g.Quantiles {
		at[x.P] = x.V
	}
	spread := at[0.75] - at[0.25]
	return at[0.25] - 3*spread, at[0.75] + 3*spread, at[0.5], true
}

func plainNumber(f float64) string {
	return strconv.FormatFloat(float64(int64(f*100+0.5))/100, 'f', -1, 64)
}
