package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// The indicators of family J: whether the contract is what was awarded, and
// what became of it.

// onceContracted answers for a lot without a contract; ok is false when it did.
func (q *question) onceContracted() (Finding, bool) {
	if len(q.rows("512", "554")) == 0 {
		return q.notApplicable("尚无合同", "no contract yet"), false
	}
	return Finding{}, true
}

// newJ01: the contract's price, period or party is not the award's (招标投标法 46:
// nothing of substance may be changed).
func newJ01() plain {
	return plain{
		info: Info{
			ID: "J01", Version: 1, ZH: "合同与中标结果不一致", EN: "contract differs from the award",
			Grade: Fact, Article: "招标投标法 第四十六条；政府采购法 第四十六条", Datasets: []string{"507", "512", "513", "553", "554", "9018"},
		},
		limits: []string{"yuan"}, ask: differing,
	}
}

func differing(q *question) Finding {
	q.threshold("price, party, period as awarded")
	if f, ok := q.onceContracted(); !ok {
		return f
	}
	won, okWon, severalWon := q.awarded()
	got, okGot, severalGot := q.contracted()
	winners := q.winners()
	var zh, en []string
	value := "0"
	compared := 0
	doubt := false
	if okWon && okGot && !severalWon && !severalGot {
		if doubt = unitDoubt(won.money, got.money); !doubt {
			compared++
			q.seeField(won.row, won.field).seeField(got.row, got.field)
			d := got.money - won.money
			value = d.String() + " yuan"
			if d > q.yuanLimit("yuan") || -d > q.yuanLimit("yuan") {
				zh, en = append(zh, fmt.Sprintf("合同金额 %s 元，中标金额 %s 元，相差 %s 元", got.money, won.money, d)), append(en, fmt.Sprintf("the contract is of %s yuan and the award of %s: a difference of %s", got.money, won.money, d))
			}
		}
	}
	if n, zhP, enP := q.otherParty(winners); n > 0 {
		compared++
		if zhP != "" {
			zh, en = append(zh, zhP), append(en, enP)
		}
	}
	if n, zhP, enP := q.otherPeriod(); n > 0 {
		compared++
		if zhP != "" {
			zh, en = append(zh, zhP), append(en, enP)
		}
	}
	switch {
	case len(zh) > 0:
		return q.fire(value, strings.Join(zh, "；"), capital(strings.Join(en, "; ")))
	case doubt:
		return q.lacks("512 PRICE_UNIT / 513 PRICE_UNIT (the unit of one is in doubt)")
	case len(winners) == 0:
		return q.lacks("513 WIN_BIDDER_CODE, BID_AMOUNT / 553 WINNINGBIDDER_CODE, WIN_BID_PRICE")
	case compared == 0:
		return q.lacks("512 CONTRACT_PRICE, BIDDER_CODE / 554 CONTRACT_AMOUNT, SUPPLIER_CODE")
	}
	return q.answer(Clear, value, fmt.Sprintf("合同与中标结果的 %d 项内容一致。", compared), fmt.Sprintf("Contract and award agree in %d things compared.", compared))
}

// otherParty says when the contract is with somebody who did not win.
func (q *question) otherParty(winners []body) (compared int, zh, en string) {
	for _, e := range q.rows("512", "554") {
		code, name := "BIDDER_CODE", "BIDDER_NAME"
		if e.Dataset == "554" {
			code, name = "SUPPLIER_CODE", "SUPPLIER_NAME"
		}
		codes, names := trade.SplitCodes(e.Fields[code]), splitNames(e.Fields[name])
		matched, comparable := false, false
		for i := range max(len(codes), len(names)) {
			var b body
			if i < len(codes) {
				b.code = normalCode(codes[i])
			}
			if i < len(names) {
				b.name = normalName(names[i])
			}
			for _, w := range winners {
				comparable = comparable || b.code != "" && w.code != "" || b.name != "" && w.name != ""
				matched = matched || b.is(w) || b.name != "" && b.name == w.name
			}
		}
		if !comparable {
			continue
		}
		compared++
		if !matched {
			q.seeField(e, name)
			for _, w := range q.rows("513", "9018", "553") {
				q.seeField(w, map[bool]string{true: "WINNINGBIDDER_NAME", false: "WIN_BIDDER_NAME"}[w.Dataset == "553"])
			}
			zh, en = fmt.Sprintf("合同相对人为%s，不是中标人", or(e.Fields[name], e.Fields[code])), fmt.Sprintf("the contract is with %s, who did not win", or(e.Fields[name], e.Fields[code]))
		}
	}
	return compared, zh, en
}

// otherPeriod says when the contract gives other days than the award notice, or
// than the winner's bid where the notice is silent.
func (q *question) otherPeriod() (compared int, zh, en string) {
	contracts := q.rows("512")
	if len(contracts) != 1 {
		return 0, "", ""
	}
	got, ok := wholeDays(contracts[0].Fields["LIMITE_TIME"])
	if !ok {
		return 0, "", ""
	}
	var from *docket.Entry
	for _, e := range q.rows("9018") {
		if _, ok := wholeDays(e.Fields["TIME_LIMIT"]); ok {
			from = e
		}
	}
	if from == nil {
		p, winners := partiesOf(q.d, q.lot), q.winners()
		for _, e := range q.rows("507") {
			if _, ok := wholeDays(e.Fields["TIME_LIMIT"]); ok && p.of(e, winners) {
				from = e
			}
		}
	}
	if from == nil {
		return 0, "", ""
	}
	promised, _ := wholeDays(from.Fields["TIME_LIMIT"])
	if months(got, promised) || months(promised, got) {
		return 0, "", ""
	}
	q.seeField(contracts[0], "LIMITE_TIME").seeField(from, "TIME_LIMIT")
	if got != promised {
		return 1, fmt.Sprintf("合同工期 %d 日，中标工期 %d 日", got, promised), fmt.Sprintf("the contract gives %d days and the award %d", got, promised)
	}
	return 1, "", ""
}

// months reports whether two numbers are one period, in months and in days.
func months(m, d int) bool { return m > 0 && d >= 28*m && d <= 31*m }

func wholeDays(s string) (int, bool) {
	whole, frac, _ := strings.Cut(strings.TrimSpace(s), ".")
	n, err := strconv.Atoi(whole)
	return n, err == nil && n > 0 && n < 100_000 && strings.Trim(frac, "0") == ""
}

// changes are the changes of the contract of a lot, by time.
func (q *question) changes() []*docket.Entry {
	all := slices.Clone(q.rows("9109"))
	slices.SortStableFunc(all, func(a, b *docket.Entry) int { return strings.Compare(a.Fields["CHANGE_TIME"], b.Fields["CHANGE_TIME"]) })
	return all
}

// newJ02: supplements raise the contract by more than a tenth (政府采购法 49); in
// other trades there is no such rule, and it is a clue.
func newJ02() plain {
	r := plain{
		info: Info{
			ID: "J02", Version: 1, ZH: "合同变更增加金额超限", EN: "changes raise the contract beyond the limit",
			Grade: Clue, Article: "政府采购法 第四十九条", Datasets: []string{"512", "554", "9109"},
		},
		limits: []string{"percent"},
	}
	r.ask = func(q *question) Finding {
		if q.d.Class != string(trade.Procurement) {
			q.f.Article = "" // the article is of procurement
		}
		limit := q.limit("percent")
		q.threshold(fmt.Sprintf("at most %d %%", limit))
		changes := q.changes()
		if len(changes) == 0 {
			return q.notApplicable("没有合同变更", "the contract was not changed")
		}
		base, ok, _ := q.contracted()
		if !ok {
			for _, e := range changes {
				if m, good := trade.ParseMoney(e.Fields["AMOUNT_BEFORE"], "0"); good && m > 0 && !ok {
					base, ok = paper{e, "AMOUNT_BEFORE", m}, true
				}
			}
		}
		var top paper
		for _, e := range changes {
			if m, good := trade.ParseMoney(e.Fields["AMOUNT_AFTER"], "0"); good && m > top.money {
				top = paper{e, "AMOUNT_AFTER", m}
			}
		}
		switch {
		case !ok:
			return q.lacks("512 CONTRACT_PRICE, PRICE_UNIT / 554 CONTRACT_AMOUNT / 9109 AMOUNT_BEFORE")
		case top.row == nil:
			return q.lacks("9109 AMOUNT_AFTER")
		case unitDoubt(base.money, top.money):
			return q.lacks("512 PRICE_UNIT / 9109 AMOUNT_AFTER (the unit of one is in doubt)")
		}
		q.seeField(base.row, base.field).seeField(top.row, top.field)
		value := percent(max(0, share(top.money-base.money, base.money))) + " %"
		if float64(top.money-base.money)*100 > float64(base.money)*float64(limit) {
			return q.fire(value, fmt.Sprintf("合同金额由 %s 元变更至 %s 元，增加 %s", base.money, top.money, value), fmt.Sprintf("Changes took the contract from %s to %s yuan: %s more", base.money, top.money, value))
		}
		return q.answer(Clear, value, fmt.Sprintf("合同变更增加 %s。", value), fmt.Sprintf("Changes raised the contract by %s.", value))
	}
	return r
}

// newJ03: what was paid in the end is well above the contract with its changes.
func newJ03() plain {
	return plain{
		info: Info{
			ID: "J03", Version: 1, ZH: "结算金额明显高于合同金额", EN: "settled well above the contract",
			Grade: Clue, Datasets: []string{"512", "522", "9109"},
		},
		limits: []string{"percent"},
		ask: func(q *question) Finding {
			limit := q.limit("percent")
			q.threshold(fmt.Sprintf("at most %d %% above", limit))
			settled := q.yuan("522", "SETTLE_PRICE")
			if len(settled) == 0 {
				if len(q.rows("522")) > 0 {
					return q.lacks("522 SETTLE_PRICE")
				}
				return q.notApplicable("尚无履约结算", "not settled yet")
			}
			base, ok, _ := q.contracted()
			if !ok {
				return q.lacks("512 CONTRACT_PRICE, PRICE_UNIT")
			}
			base = q.changed(base)
			top := settled[0]
			for _, s := range settled {
				if s.money > top.money {
					top = s
				}
			}
			if unitDoubt(base.money, top.money) {
				return q.lacks("522 SETTLE_PRICE / 512 PRICE_UNIT (the unit of one is in doubt)")
			}
			q.seeField(base.row, base.field).seeField(top.row, top.field)
			d := top.money - base.money
			value := percent(max(0, share(d, base.money))) + " %"
			if float64(d)*100 > float64(base.money)*float64(limit) {
				return q.fire(value, fmt.Sprintf("结算金额 %s 元，高于合同（含变更）金额 %s 元 %s", top.money, base.money, value), fmt.Sprintf("Settled at %s yuan, %s above the contract with its changes, %s", top.money, value, base.money))
			}
			return q.answer(Clear, value, fmt.Sprintf("结算金额比合同（含变更）高 %s。", value), fmt.Sprintf("Settled %s above the contract with its changes.", value))
		},
	}
}

// changed is the amount of a contract after its last change that gives one.
func (q *question) changed(base paper) paper {
	for _, e := range q.changes() {
		if m, ok := trade.ParseMoney(e.Fields["AMOUNT_AFTER"], "0"); ok && m > 0 && !unitDoubt(m, base.money) {
			base = paper{e, "AMOUNT_AFTER", m}
		}
	}
	return base
}

// payments are the payments of a lot, each voucher once, by time.
func (q *question) payments() []paper {
	var out []paper
	seen := map[string]bool{}
	for _, p := range q.yuan("9110", "PAYMENT_AMOUNT") {
		if n := fold(p.row.Fields["PAYMENT_NUMBER"]); n != "" {
			if seen[n] {
				continue
			}
			seen[n] = true
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b paper) int {
		return strings.Compare(a.row.Fields["PAYMENT_TIME"], b.row.Fields["PAYMENT_TIME"])
	})
	return out
}

// newJ04: money was paid ahead of the work: progress payments beyond what was
// built, or an advance above the share that practice allows.
func newJ04() plain {
	return plain{
		info: Info{
			ID: "J04", Version: 1, ZH: "资金拨付超前于进度", EN: "paid ahead of progress",
			Grade: Clue, Datasets: []string{"512", "554", "9109", "9110"},
		},
		limits: []string{"advance_percent", "ahead_percent"},
		ask: func(q *question) Finding {
			advance, ahead := q.limit("advance_percent"), q.limit("ahead_percent")
			q.threshold(fmt.Sprintf("advance at most %d %%, progress payments at most %d points ahead", advance, ahead))
			if f, ok := q.onceContracted(); !ok {
				return f
			}
			paid := q.payments()
			if len(paid) == 0 {
				return q.lacks("9110 PAYMENT_AMOUNT")
			}
			base, ok, _ := q.contracted()
			if !ok {
				return q.lacks("512 CONTRACT_PRICE, PRICE_UNIT / 554 CONTRACT_AMOUNT")
			}
			base = q.changed(base)
			var advances, work trade.Money
			measured := false
			worst := int64(0)
			var value, zh, en string
			for _, p := range paid {
				if unitDoubt(p.money, base.money) && p.money > base.money {
					return q.lacks("9110 PAYMENT_AMOUNT / 512 PRICE_UNIT (the unit of one is in doubt)")
				}
				if p.row.Fields["PAYMENT_KIND"] == "1" {
					measured = true
					advances += p.money
					if over := share(advances, base.money) - 100*advance; over > 0 && over > worst {
						worst = over
						q.seeField(p.row, p.field)
						value = "advance " + percent(share(advances, base.money)) + " %"
						zh, en = fmt.Sprintf("预付款累计为合同金额的 %s%%，超过 %d%%", percent(share(advances, base.money)), advance), fmt.Sprintf("Advances make %s %% of the contract, more than %d %%", percent(share(advances, base.money)), advance)
					}
					continue
				}
				work += p.money
				done, ok := number(strings.TrimRight(strings.TrimSpace(p.row.Fields["PROGRESS_PERCENT"]), "%％"))
				if !ok || done < 0 || done > 100*trade.Yuan {
					continue
				}
				measured = true
				if over := share(work, base.money) - int64(done/10_000) - 100*ahead; over > 0 && over > worst {
					worst = over
					q.seeField(p.row, p.field).seeField(p.row, "PROGRESS_PERCENT")
					value = percent(over+100*ahead) + " points"
					zh, en = fmt.Sprintf("完成进度 %s%% 时，除预付款外累计拨付已达合同金额的 %s%%", done, percent(share(work, base.money))), fmt.Sprintf("At a progress of %s %% payments besides the advance came to %s %% of the contract", done, percent(share(work, base.money)))
				}
			}
			switch {
			case worst > 0:
				q.seeField(base.row, base.field)
				return q.fire(value, zh, en)
			case !measured:
				return q.lacks("9110 PROGRESS_PERCENT")
			}
			for _, p := range paid {
				q.seeField(p.row, p.field)
			}
			return q.answer(Clear, fmt.Sprintf("%d payments", len(paid)), fmt.Sprintf("已核 %d 笔拨付，未超前于进度。", len(paid)), fmt.Sprintf("%d payments were looked at; none is ahead of progress.", len(paid)))
		},
	}
}

// newJ05: more was subcontracted than the province allows (河南办法 50), or texts
// speak of passing the whole contract on.
func newJ05() plain {
	return plain{
		info: Info{
			ID: "J05", Version: 1, ZH: "分包超限或疑似转包", EN: "subcontracted beyond the limit, or as if passed on",
			Grade: Clue, Article: "招标投标法 第四十八条；河南省实施《招标投标法》办法 第五十条", Datasets: []string{"512", "522", "9109"},
		},
		limits: []string{"percent"}, ask: subcontracted,
	}
}

var subcontract = regexp.MustCompile(`(?:分包)[^0-9。；;%％]{0,16}([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*[%％]|([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*[%％][^0-9。；;，,%％]{0,10}分包`)

func subcontracted(q *question) Finding {
	limit := trade.Money(q.limit("percent")) * trade.Yuan
	q.threshold(fmt.Sprintf("at most %d %%", q.limit("percent")))
	if len(q.rows("512", "522", "9109")) == 0 {
		return q.notApplicable("尚无合同", "no contract yet")
	}
	texts := 0
	most := trade.Money(-1)
	for _, s := range []struct {
		dataset string
		fields  []string
	}{{"512", []string{"CONTRACT_CONTENT"}}, {"522", []string{"PERFORMANCE_CONTENT", "CONTRACT_CHANGE_CONTENT"}}, {"9109", []string{"CHANGE_CONTENT", "CHANGE_REASON"}}} {
		for _, e := range q.rows(s.dataset) {
			for _, f := range s.fields {
				text := e.Fields[f]
				if nothing(text) {
					continue
				}
				texts++
				for _, w := range []string{"转包", "再分包", "整体分包", "全部分包", "主体结构分包", "主体工程分包"} {
					if asks(text, w) {
						q.seeField(e, f)
						return q.fire(w, "合同或履约文字中出现“"+w+"”", "Contract or report speaks of passing the work on (“"+w+"”)")
					}
				}
				for _, m := range subcontract.FindAllStringSubmatch(text, -1) {
					n, ok := number(m[1] + m[2])
					ceiling := strings.Contains(m[0], "不超过") || strings.Contains(m[0], "不得超过") || strings.Contains(m[0], "以内") || strings.Contains(m[0], "不高于")
					if !ok || n > 100*trade.Yuan || ceiling && n <= limit || !asks(text, m[0]) && !ceiling {
						continue
					}
					if n > most {
						most = n
						q.seeField(e, f)
					}
				}
			}
		}
	}
	switch {
	case most > limit:
		return q.fire(most.String()+" %", fmt.Sprintf("分包比例 %s%%，超过 %d%%", most, q.limit("percent")), fmt.Sprintf("%s %% was subcontracted, more than %d %%", most, q.limit("percent")))
	case texts == 0:
		return q.lacks("512 CONTRACT_CONTENT / 522 PERFORMANCE_CONTENT")
	case most >= 0:
		return q.answer(Clear, most.String()+" %", fmt.Sprintf("分包比例 %s%%。", most), fmt.Sprintf("%s %% was subcontracted.", most))
	}
	return q.answer(Clear, "none said", fmt.Sprintf("已查 %d 处合同、履约文字，未见分包超限或转包。", texts), fmt.Sprintf("%d texts were read; none speaks of more than is allowed.", texts))
}

// newJ06: the contract was changed again and again.
func newJ06() plain {
	return plain{
		info: Info{
			ID: "J06", Version: 1, ZH: "合同多次变更", EN: "contract changed again and again",
			Grade: Clue, Datasets: []string{"512", "554", "9109"},
		},
		limits: []string{"changes"},
		ask: func(q *question) Finding {
			limit := int(q.limit("changes"))
			q.threshold(fmt.Sprintf("fewer than %d", limit))
			changes := q.changes()
			if len(changes) == 0 {
				return q.notApplicable("没有合同变更", "the contract was not changed")
			}
			numbers := map[string]bool{}
			for _, e := range changes {
				n := fold(e.Fields["CHANGE_NUMBER"])
				if n == "" {
					return q.lacks("9109 CHANGE_NUMBER")
				}
				numbers[fold(e.Fields["CONTRACT_NUMBER"])+"\x00"+n] = true
				q.seeField(e, "CHANGE_NUMBER")
			}
			value := fmt.Sprintf("%d changes", len(numbers))
			if len(numbers) >= limit {
				return q.fire(value, fmt.Sprintf("合同已变更 %d 次", len(numbers)), fmt.Sprintf("The contract was changed %d times", len(numbers)))
			}
			return q.answer(Clear, value, fmt.Sprintf("合同变更 %d 次。", len(numbers)), fmt.Sprintf("The contract was changed %d time(s).", len(numbers)))
		},
	}
}

// newJ07: performance took far longer than the contract with its changes gives.
func newJ07() plain {
	return plain{
		info: Info{
			ID: "J07", Version: 1, ZH: "实际履约期限明显超过合同", EN: "performed far later than agreed",
			Grade: Clue, Datasets: []string{"512", "522", "9109"},
		},
		limits: []string{"percent"},
		ask: func(q *question) Finding {
			limit := int(q.limit("percent"))
			q.threshold(fmt.Sprintf("at most %d %% longer", limit))
			reports := q.rows("522")
			if len(reports) == 0 {
				return q.notApplicable("尚无履约报告", "no report of performance yet")
			}
			actual, agreed := 0, 0
			var took, gave *docket.Entry
			gaveField := "LIMITE_TIME"
			for _, e := range reports {
				if n, ok := wholeDays(e.Fields["ACTUALLY_PERIOD"]); ok && n > actual {
					actual, took = n, e
				}
			}
			for _, e := range q.rows("512") {
				if n, ok := wholeDays(e.Fields["LIMITE_TIME"]); ok && n > agreed {
					agreed, gave = n, e
				}
			}
			for _, e := range q.changes() {
				if n, ok := wholeDays(e.Fields["DAYS_AFTER"]); ok {
					agreed, gave, gaveField = n, e, "DAYS_AFTER"
				}
			}
			switch {
			case took == nil:
				return q.lacks("522 ACTUALLY_PERIOD")
			case gave == nil:
				return q.lacks("512 LIMITE_TIME")
			}
			q.seeField(took, "ACTUALLY_PERIOD").seeField(gave, gaveField)
			value := daysOf(actual-agreed, "d")
			if 100*(actual-agreed) > agreed*limit {
				return q.fire(value, fmt.Sprintf("实际履约 %d 日，合同（含变更）期限 %d 日，超出 %d 日", actual, agreed, actual-agreed), fmt.Sprintf("Performance took %d days, %d more than the %d agreed", actual, actual-agreed, agreed))
			}
			return q.answer(Clear, value, fmt.Sprintf("实际履约 %d 日，合同（含变更）期限 %d 日。", actual, agreed), fmt.Sprintf("Performance took %d days; %d were agreed.", actual, agreed))
		},
	}
}

// newJ08: more was paid than the contract with its changes, or its settlement,
// comes to.
func newJ08() plain {
	return plain{
		info: Info{
			ID: "J08", Version: 1, ZH: "累计拨付超过合同金额", EN: "payments exceed the contract",
			Grade: Clue, Datasets: []string{"512", "522", "554", "9109", "9110"},
		},
		limits: []string{"percent"},
		ask: func(q *question) Finding {
			limit := q.limit("percent")
			q.threshold(fmt.Sprintf("at most %d %% of the contract", limit))
			if f, ok := q.onceContracted(); !ok {
				return f
			}
			paid := q.payments()
			if len(paid) == 0 {
				return q.lacks("9110 PAYMENT_AMOUNT")
			}
			base, ok, _ := q.contracted()
			if !ok {
				return q.lacks("512 CONTRACT_PRICE, PRICE_UNIT / 554 CONTRACT_AMOUNT")
			}
			base = q.changed(base)
			for _, s := range q.yuan("522", "SETTLE_PRICE") {
				if s.money > base.money && !unitDoubt(s.money, base.money) {
					base = s
				}
			}
			var sum trade.Money
			for _, p := range paid {
				q.seeField(p.row, p.field)
				sum += p.money
			}
			q.seeField(base.row, base.field)
			if unitDoubt(sum, base.money) && sum > base.money {
				return q.lacks("9110 PAYMENT_AMOUNT / 512 PRICE_UNIT (the unit of one is in doubt)")
			}
			value := percent(share(sum, base.money)) + " %"
			if float64(sum)*100 > float64(base.money)*float64(limit)+100 {
				return q.fire(value, fmt.Sprintf("累计拨付 %s 元，为合同（含变更、结算）金额 %s 元的 %s", sum, base.money, value), fmt.Sprintf("Payments come to %s yuan, %s of the contract with its changes and settlement, %s", sum, value, base.money))
			}
			return q.answer(Clear, value, fmt.Sprintf("累计拨付为合同金额的 %s。", value), fmt.Sprintf("Payments come to %s of the contract.", value))
		},
	}
}
