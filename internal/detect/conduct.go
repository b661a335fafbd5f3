package detect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// The indicators of family I: how tenderer, agency and committee conducted the
// tender.

// newI01: the deadline was put off again and again, the tender failed again and
// again, or it was corrected many times.
func newI01() plain {
	return plain{
		info: Info{
			ID: "I01", Version: 1, ZH: "多次延期、流标或更正", EN: "put off, failed or corrected several times",
			Grade: Clue, Datasets: []string{"502", "503", "504", "517", "552", "1900"},
		},
		limits: []string{"extensions", "failures", "corrections"}, day: dayOfLots,
		ask: func(q *question) Finding {
			q.threshold(fmt.Sprintf("fewer than %d extensions, %d failures, %d corrections", q.limit("extensions"), q.limit("failures"), q.limit("corrections")))
			extended, failed := map[string]*docket.Entry{}, map[string]*docket.Entry{}
			field := map[string]string{}
			corrected := 0
			var corrections []*docket.Entry
			for _, e := range q.rows("503", "504", "552") {
				if e.Fields["IS_POSTPONE"] == "1" {
					for _, f := range []string{"POST_OPEN_TIME", "POST_BID_CLOSING_TIME", "BID_DOC_REFER_END_TIME"} {
						if m, ok := trade.ParseMoment(e.Fields[f]); ok {
							extended[m.String()], field[m.String()] = e, f
							break
						}
					}
				}
				if e.Dataset == "503" && e.Fields["NOTICE_NATURE"] == "2" || e.Dataset == "552" {
					corrected++
					corrections = append(corrections, e)
				}
			}
			for _, e := range ended(q.d, q.lot) {
				m, _ := trade.ParseMoment(e.Fields["APPROVAL_TIME"])
				failed[or(m.Day().String(), e.Key)] = e
			}
			failures := len(failed)
			var again *docket.Entry
			for _, e := range q.rows("502") {
				if n, ok := count(e.Fields["BID_ECTION_NUM"]); ok && n-1 > failures {
					failures, again = n-1, e
				}
			}
			notices := q.rows("503", "504", "505", "551")
			if len(notices) == 0 && failures == 0 && corrected == 0 {
				return q.lacks("503 NOTICE_NATURE, IS_POSTPONE / 504 IS_POSTPONE / 551 BULLETIN_START_TIME")
			}
			var zh, en []string
			if int64(len(extended)) >= q.limit("extensions") {
				for _, k := range sortedKeys(extended) {
					q.seeField(extended[k], field[k])
				}
				zh, en = append(zh, fmt.Sprintf("延期 %d 次", len(extended))), append(en, fmt.Sprintf("%d extensions", len(extended)))
			}
			if int64(failures) >= q.limit("failures") {
				for _, k := range sortedKeys(failed) {
					q.seeField(failed[k], "EXCEPITON_TYPE")
				}
				if again != nil {
					q.seeField(again, "BID_ECTION_NUM")
				}
				zh, en = append(zh, fmt.Sprintf("流标或终止 %d 次", failures)), append(en, fmt.Sprintf("%d failures", failures))
			}
			if int64(corrected) >= q.limit("corrections") {
				for _, e := range corrections {
					q.see(timeline.RefOf(e, ""), "correction")
				}
				zh, en = append(zh, fmt.Sprintf("更正 %d 次", corrected)), append(en, fmt.Sprintf("%d corrections", corrected))
			}
			value := fmt.Sprintf("%d / %d / %d", len(extended), failures, corrected)
			if len(zh) > 0 {
				return q.fire(value, "该标段"+strings.Join(zh, "、"), "The lot had "+strings.Join(en, ", "))
			}
			for _, e := range notices {
				q.see(timeline.RefOf(e, ""), e.Fields["IS_POSTPONE"]+e.Fields["NOTICE_NATURE"])
			}
			return q.answer(Clear, value, fmt.Sprintf("延期 %d 次、流标 %d 次、更正 %d 次。", len(extended), failures, corrected), fmt.Sprintf("%d extensions, %d failures, %d corrections.", len(extended), failures, corrected))
		},
	}
}

// A field of bidders of a lot: who bid, and whose bid was rejected.
type turnout struct {
	p        parties
	all      []string // sorted
	name     map[string]string
	row      map[string]*docket.Entry
	rejected map[string]bool
	told     bool // the committee's rejections may be read, so that none means none
}

func (q *question) turnout() turnout {
	return docket.Once(q.d, docket.Key{Kind: "turnout", Lot: q.lot}, q.makeTurnout)
}

func (q *question) makeTurnout() turnout {
	t := turnout{p: partiesOf(q.d, q.lot), name: map[string]string{}, row: map[string]*docket.Entry{}, rejected: maps.Clone(rejections(q.d, q.lot))}
	for _, e := range q.rows("507", "557") {
		who := t.p.identity(e)
		if who == "" || e.Fields["BID_STATUS"] == "withdrawn" || t.row[who] != nil {
			continue
		}
		t.row[who], t.name[who] = e, or(nameIn(e), who)
	}
	t.all = sortedKeys(t.row)
	for who := range t.rejected {
		if t.row[who] == nil {
			delete(t.rejected, who)
		}
	}
	t.told = len(q.rows("9016", "9017")) > 0
	return t
}

// cite notes the bidders and the rejections.
func (q *question) cite(t turnout) {
	for _, who := range t.all {
		q.seeField(t.row[who], codeField(t.row[who]))
	}
	for _, e := range q.rows("9016") {
		q.see(timeline.RefOf(e, "REASON"), e.Fields["REASON"])
	}
	for _, e := range q.rows("9017") {
		if e.Fields["IS_VETO"] == "1" {
			q.seeField(e, "IS_VETO")
		}
	}
}

// rejecting is an indicator about whose bids were rejected.
func rejecting(info Info, limits []string, ask func(q *question, t turnout) Finding) plain {
	return plain{info: info, limits: limits, seal: standard.Bid, behind: []string{"507", "557", "9016", "9017"}, ask: func(q *question) Finding {
		t := q.turnout()
		switch {
		case len(t.all) == 0:
			return q.lacks("507 BIDDER_ORG_CODE")
		case !t.told && !unsealed(q.d, q.lot, standard.Committee):
			return q.lacks(Sealed)
		case !t.told:
			return q.lacks("9016 REASON / 9017 IS_VETO")
		}
		return ask(q, t)
	}}
}

// newI02: so many of the bids were rejected that one asks why.
func newI02() plainMeasured {
	r := rejecting(Info{
		ID: "I02", Version: 1, ZH: "被否决投标比例异常", EN: "unusually many bids rejected",
		Grade: Clue, Article: "招标投标法实施条例 第五十一条", Datasets: []string{"507", "557", "9016", "9017"},
	}, []string{"percent", "least"}, func(q *question, t turnout) Finding {
		limit, least := float64(q.limit("percent")), int(q.limit("least"))
		median := -1.0
		if _, high, mid, ok := q.fences(); ok {
			limit, median = min(limit, max(high, limit/2)), mid
		}
		q.threshold(fmt.Sprintf("under %s %%, or fewer than %d", plainNumber(limit), least))
		n := len(t.rejected)
		part := 100 * float64(n) / float64(len(t.all))
		q.cite(t)
		value := fmt.Sprintf("%d of %d", n, len(t.all))
		zh, en := fmt.Sprintf("%d 个投标人中 %d 个被否决", len(t.all), n), fmt.Sprintf("Of %s %d were rejected", bidders(len(t.all)), n)
		if median >= 0 {
			zh, en = zh+"（本地同类中位数 "+plainNumber(median)+"%）", en+" (median of the local peers "+plainNumber(median)+" %)"
		}
		if n >= least && part >= limit {
			for _, who := range sortedKeys(t.rejected) {
				q.about(who)
			}
			return q.fire(value, zh, en)
		}
		return q.answer(Clear, value, zh+"。", en+".")
	})
	return plainMeasured{r, func(d *docket.Docket, lot string) (float64, bool) {
		t := (&question{d: d, lot: lot}).turnout()
		return 100 * float64(len(t.rejected)) / float64(max(1, len(t.all))), len(t.all) > 0 && t.told
	}}
}

// newI06: fewer bidders came than to nearly all of the local peers, and fewer
// than half of what is usual: where nearly all peers have one number, one fewer is nothing.
func newI06() plainMeasured {
	r := plain{
		info: Info{
			ID: "I06", Version: 2, ZH: "投标人数量明显少于本地同类", EN: "far fewer bidders than local peers have",
			Grade: Clue, Datasets: []string{"507", "517", "551", "557", "1900"},
		},
		limits: []string{"bidders"}, seal: standard.Bid, behind: []string{"507", "557"},
		ask: func(q *question) Finding {
			t := q.turnout()
			least := float64(q.limit("bidders"))
			low, _, median, peers := q.fences()
			if peers {
				least = max(least, min(low, median/2))
			}
			q.threshold("at least " + plainNumber(max(0, least)) + " bidders")
			switch {
			case len(t.all) == 0:
				return q.lacks("507 BIDDER_ORG_CODE / 557 BIDDER_ORG_CODE")
			case len(ended(q.d, q.lot)) > 0 && !wentOn(q.d, q.lot):
				return q.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
			}
			for _, e := range q.rows("551") {
				if q.env.Settings.Table().Form(q.d, q.lot, e) == "single-source" {
					q.seeField(e, "BULLETIN_TITLE")
					return q.notApplicable("单一来源采购", "bought from a single source")
				}
			}
			q.cite(t)
			zh, en := fmt.Sprintf("投标人 %d 个", len(t.all)), fmt.Sprintf("There are %s", bidders(len(t.all)))
			if peers {
				zh, en = zh+"（本地同类中位数 "+plainNumber(median)+"）", en+" (median of the local peers "+plainNumber(median)+")"
			}
			if float64(len(t.all)) < least {
				return q.fire(bidders(len(t.all)), zh, en)
			}
			return q.answer(Clear, bidders(len(t.all)), zh+"。", en+".")
		},
	}
	return plainMeasured{r, func(d *docket.Docket, lot string) (float64, bool) {
		t := (&question{d: d, lot: lot}).turnout()
		return float64(len(t.all)), len(t.all) > 0
	}}
}

// newI07: a complaint was found justified, in whole or in part.
func newI07() plain {
	return plain{
		info: Info{
			ID: "I07", Version: 1, ZH: "投诉属实或部分属实", EN: "a complaint found justified",
			Grade: Clue, Article: "招标投标法实施条例 第六十条", Datasets: []string{"404"},
		},
		ask: func(q *question) Finding {
			q.threshold("none justified")
			complaints := q.rows("404")
			if len(complaints) == 0 {
				return q.notApplicable("未收到投诉", "no complaint has come")
			}
			told, upheld := 0, 0
			for _, e := range complaints {
				result := e.Fields["HANDLE_RESULT"]
				if nothing(result) {
					continue
				}
				told++
				if justified(result) {
					upheld++
					q.about(normalCode(e.Fields["COMPLAINTED_BODY_CODE"])).seeField(e, "HANDLE_RESULT")
				}
			}
			value := fmt.Sprintf("%d of %d", upheld, told)
			switch {
			case told == 0:
				return q.lacks("404 HANDLE_RESULT")
			case upheld > 0:
				return q.fire(value, fmt.Sprintf("%d 件已处理的投诉中 %d 件属实或部分属实", told, upheld), fmt.Sprintf("Of %d complaints decided %d were found justified, in whole or in part", told, upheld))
			}
			for _, e := range complaints {
				q.seeField(e, "HANDLE_RESULT")
			}
			return q.answer(Clear, value, fmt.Sprintf("%d 件已处理的投诉均不成立。", told), fmt.Sprintf("None of %d complaints decided was found justified.", told))
		},
	}
}

// justified reads a decision: a code of the list (1 属实, 2 部分属实) or words.
func justified(result string) bool {
	switch strings.TrimSpace(result) {
	case "1", "2":
		return true
	case "3":
		return false
	}
	for _, w := range []string{"部分属实", "部分成立"} {
		if strings.Contains(result, w) {
			return true
		}
	}
	for _, w := range []string{"不属实", "不成立", "不予支持", "驳回", "无事实", "缺乏事实", "未成立", "不予受理", "撤回"} {
		if strings.Contains(result, w) {
			return false
		}
	}
	return strings.Contains(result, "属实") || strings.Contains(result, "成立") || strings.Contains(result, "责令改正")
}

// newI08: all bids but the winner's were rejected.
func newI08() plain {
	return rejecting(Info{
		ID: "I08", Version: 1, ZH: "除中标人外全部被否决", EN: "all bids but the winner's rejected",
		Grade: Clue, Article: "招标投标法实施条例 第五十一条", Datasets: []string{"507", "513", "553", "557", "9016", "9017", "9018"},
	}, []string{"rejected"}, func(q *question, t turnout) Finding {
		q.threshold(fmt.Sprintf("another bid stands, or fewer than %d rejected", q.limit("rejected")))
		winners := q.winners()
		if len(winners) == 0 {
			return q.notApplicable("尚未公布中标结果", "no result yet")
		}
		var standing []string
		for _, who := range t.all {
			if !t.rejected[who] {
				standing = append(standing, who)
			}
		}
		q.cite(t)
		value := fmt.Sprintf("%d of %d stand", len(standing), len(t.all))
		if len(standing) == 1 && int64(len(t.rejected)) >= q.limit("rejected") && t.p.of(t.row[standing[0]], winners) {
			q.about(standing[0])
			return q.fire(value, fmt.Sprintf("除中标人%s外，其余 %d 个投标人均被否决", t.name[standing[0]], len(t.rejected)), fmt.Sprintf("All bids but that of the winner, %s, were rejected: %d", t.name[standing[0]], len(t.rejected)))
		}
		return q.answer(Clear, value, fmt.Sprintf("%d 个投标人中 %d 个未被否决。", len(t.all), len(standing)), fmt.Sprintf("%d of %s were not rejected.", len(standing), bidders(len(t.all))))
	})
}

// newI09: the lowest bid was rejected, and one that asks for more won.
func newI09() plain {
	return rejecting(Info{
		ID: "I09", Version: 1, ZH: "最低报价被否决", EN: "the lowest bid rejected",
		Grade: Clue, Article: "招标投标法实施条例 第五十一条", Datasets: []string{"507", "9016", "9017", "557"},
	}, nil, func(q *question, t turnout) Finding {
		q.threshold("the lowest bid stands")
		prices, _ := pricesOf(q.d, q.lot, q.rows("507", "557"))
		if len(prices) < 2 {
			return q.lacks("507 BID_PRICE, PRICE_UNIT")
		}
		lowest := prices[0]
		for _, p := range prices {
			q.seeField(p.row, "BID_PRICE")
		}
		q.cite(t)
		stands := slices.ContainsFunc(prices, func(p price) bool { return !t.rejected[p.who] })
		if t.rejected[lowest.who] && stands && prices[1].money > lowest.money {
			q.about(lowest.who)
			return q.fire(lowest.money.String()+" yuan", fmt.Sprintf("报价最低的投标人（%s 元）被否决，次低报价为 %s 元", lowest.money, prices[1].money), fmt.Sprintf("The lowest bid (%s yuan) was rejected; the next asks for %s", lowest.money, prices[1].money))
		}
		return q.answer(Clear, lowest.money.String()+" yuan", "最低报价未被否决。", "The lowest bid was not rejected.")
	})
}

// newI11: a bid was rejected and no reason is recorded.
func newI11() plain {
	return rejecting(Info{
		ID: "I11", Version: 1, ZH: "否决投标未记载理由", EN: "bids rejected without a reason",
		Grade: Clue, Article: "招标投标法实施条例 第五十一条", Datasets: []string{"507", "557", "9016", "9017"},
	}, nil, func(q *question, t turnout) Finding {
		q.threshold("a reason for each")
		if len(t.rejected) == 0 {
			return q.notApplicable("没有被否决的投标", "no bid was rejected")
		}
		given := map[string]bool{}
		rows := map[string][]cited{}
		for _, e := range q.rows("9016", "9017") {
			who, f := t.p.identity(e), "REASON"
			if e.Dataset == "9017" {
				f = "VETO_REASON_DETAIL"
				if e.Fields["IS_VETO"] != "1" {
					continue
				}
			}
			given[who] = given[who] || !nothing(e.Fields[f])
			rows[who] = append(rows[who], cited{timeline.RefOf(e, f), e.Fields[f]})
		}
		silent := 0
		for _, who := range sortedKeys(t.rejected) {
			if given[who] {
				continue
			}
			silent++
			q.about(who)
			for _, c := range rows[who] {
				q.see(c.ref, c.value)
			}
		}
		value := fmt.Sprintf("%d of %d", silent, len(t.rejected))
		if silent > 0 {
			return q.fire(value, fmt.Sprintf("%d 个被否决的投标中 %d 个未记载理由", len(t.rejected), silent), fmt.Sprintf("Of %d rejected bids %d have no reason on record", len(t.rejected), silent))
		}
		for _, who := range sortedKeys(t.rejected) {
			for _, c := range rows[who] {
				q.see(c.ref, c.value)
			}
		}
		return q.answer(Clear, value, fmt.Sprintf("%d 个被否决的投标均记载了理由。", len(t.rejected)), fmt.Sprintf("All %d rejected bids have a reason on record.", len(t.rejected)))
	})
}
