package detect

import (
	"fmt"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// The indicators of family B that one docket can answer: whether something was
// cut so that it need not be tendered, or taken out of open tendering. Works,
// goods and services have thresholds of their own, by the day (必须招标的工程项目
// 规定, before 2018-06-01 the province's rules).

// newB03: of several sections some lie under the threshold while all together
// lie above it.
func newB03() plain {
	return plain{
		info: Info{
			ID: "B03", Version: 1, ZH: "疑似拆分标段", EN: "sections that look as if cut below the threshold",
			Grade: Clue, Article: "招标投标法 第四条", Datasets: []string{"502"},
		},
		limits: []string{"works_yuan", "goods_yuan", "services_yuan"}, whole: true, day: dayOfLots,
		ask: func(q *question) Finding {
			kinds := q.sections()
			q.threshold("a section under its threshold, all above it")
			if q.unpriced() || len(kinds) == 0 {
				return q.lacks("502 CONTRACT_RECKON_PRICE, PRICE_UNIT")
			}
			most := 0
			for _, k := range kinds {
				most = max(most, len(k.papers))
				under := 0
				for _, p := range k.papers {
					if p.money < k.limit {
						under++
					}
				}
				if len(k.papers) < 2 || under == 0 || k.sum < k.limit {
					continue
				}
				for _, p := range k.papers {
					q.seeField(p.row, p.field)
				}
				return q.fire(fmt.Sprintf("%d of %d under", under, len(k.papers)),
					fmt.Sprintf("%s共 %d 个标段，合计 %s 万元，达到 %s 万元的标准，其中 %d 个低于该标准", k.zh, len(k.papers), wan(k.sum), wan(k.limit), under),
					fmt.Sprintf("%d sections of %s make %s yuan together, above the threshold of %s; %d of them are under it", len(k.papers), k.en, k.sum, k.limit, under))
			}
			if most < 2 {
				return q.notApplicable("同类标段不足两个", "fewer than two sections of a kind")
			}
			for _, k := range kinds {
				for _, p := range k.papers {
					q.seeField(p.row, p.field)
				}
			}
			return q.answer(Clear, fmt.Sprintf("%d sections", most), "各标段未见低于标准而合计达到标准的情形。", "No section lies under a threshold that all together reach.")
		},
	}
}

// newB04: one section under the threshold, while the investment that was
// approved is larger than the estimate by more than what else it could be for.
func newB04() plain {
	return plain{
		info: Info{
			ID: "B04", Version: 1, ZH: "单个标段低于标准而总投资明显更大", EN: "one section under the threshold of a much larger investment",
			Grade: Clue, Article: "招标投标法 第四条", Datasets: []string{"502", "9101"},
		},
		limits: []string{"works_yuan", "goods_yuan", "services_yuan", "gap_yuan"}, whole: true, day: dayOfLots,
		ask: func(q *question) Finding {
			least := trade.Money(q.limit("gap_yuan")) * trade.Yuan
			q.threshold(fmt.Sprintf("section under its threshold, investment at least %s yuan above it", least))
			kinds := q.sections()
			switch {
			case len(q.rows("502")) > 1:
				return q.notApplicable("有多个标段", "there are several sections")
			case len(kinds) == 0:
				return q.lacks("502 CONTRACT_RECKON_PRICE, PRICE_UNIT")
			}
			section := kinds[0]
			invested := q.yuan("9101", "TOTAL_INVESTMENT")
			if section.sum >= section.limit {
				q.seeField(section.papers[0].row, section.papers[0].field)
				return q.answer(Clear, section.sum.String()+" yuan", fmt.Sprintf("标段估算价 %s 万元，不低于 %s 万元的标准。", wan(section.sum), wan(section.limit)), fmt.Sprintf("The section of %s yuan is not under the threshold of %s.", section.sum, section.limit))
			}
			if len(invested) == 0 {
				return q.lacks("9101 TOTAL_INVESTMENT")
			}
			top := invested[0]
			for _, p := range invested {
				if p.money > top.money {
					top = p
				}
			}
			if unitDoubt(top.money, section.sum) {
				return q.lacks("502 PRICE_UNIT / 9101 TOTAL_INVESTMENT (the unit of one is in doubt)")
			}
			q.seeField(section.papers[0].row, section.papers[0].field).seeField(top.row, top.field)
			rest := top.money - section.sum
			if rest >= least {
				return q.fire(rest.String()+" yuan", fmt.Sprintf("仅有一个标段，估算价 %s 万元，低于 %s 万元的标准，而批复总投资为 %s 万元，相差 %s 万元", wan(section.sum), wan(section.limit), wan(top.money), wan(rest)),
					fmt.Sprintf("There is one section of %s yuan, under the threshold of %s, while %s were approved: %s more", section.sum, section.limit, top.money, rest))
			}
			return q.answer(Clear, rest.String()+" yuan", fmt.Sprintf("总投资与估算价相差 %s 万元。", wan(rest)), fmt.Sprintf("Investment and estimate differ by %s yuan.", rest))
		},
	}
}

// newB06: tendered by invitation, or bought from a single source, without an
// approval that says so.
func newB06() plain {
	return plain{
		info: Info{
			ID: "B06", Version: 1, ZH: "邀请招标或单一来源未见批准", EN: "by invitation or from a single source, no approval seen",
			Grade: Clue, Article: "招标投标法 第十一条；政府采购法 第三十一条", Datasets: []string{"400", "501", "502", "550", "551", "9101"},
		},
		must: true, ask: unapproved,
	}
}

func unapproved(q *question) Finding {
	q.threshold("an approval of the method")
	method, methodEN, words := "", "", []string(nil)
	for _, e := range q.rows("501", "502") {
		for _, f := range []string{"TENDER_MODE", "BID_TENDER_MODE"} {
			if e.Fields[f] == "2" {
				method, methodEN, words = "邀请招标", "by invitation", []string{"邀请"}
				q.seeField(e, f)
			}
		}
	}
	for _, e := range q.rows("551") {
		if q.env.Settings.Table().Form(q.d, q.lot, e) == "single-source" {
			method, methodEN, words = "单一来源", "from a single source", []string{"单一来源", "单一供应商", "唯一供应商"}
			q.seeField(e, "BULLETIN_TITLE")
		}
	}
	modes := q.rows("501", "502", "550", "551")
	switch {
	case method == "" && len(modes) == 0:
		return q.lacks("501 TENDER_MODE / 550 PURCHASER_MODE / 551 BULLETIN_TITLE")
	case method == "":
		return q.notApplicable("不是邀请招标或单一来源采购", "neither by invitation nor from a single source")
	}
	approvals := 0
	for _, e := range q.rows("400", "9101") {
		text := e.Fields["TRADE_STEP"] + e.Fields["APPROVAL_PROJECT"] + e.Fields["CONTENT"] + e.Fields["TENDER_SCOPE"] + e.Fields["APPROVAL_NAME"]
		if e.Dataset == "9101" && nothing(e.Fields["TENDER_SCOPE"]) {
			continue
		}
		approvals++
		if e.Dataset == "400" && e.Fields["IS_PAST"] != "1" {
			continue
		}
		for _, w := range words {
			if strings.Contains(text, w) {
				if e.Dataset == "400" {
					q.seeField(e, "APPROVAL_PROJECT")
				} else {
					q.seeField(e, "TENDER_SCOPE")
				}
				return q.answer(Clear, "approved", "采用"+method+"，见批准记录。", "The trade is "+methodEN+", and there is an approval.")
			}
		}
	}
	if approvals == 0 {
		return q.lacks("400 APPROVAL_PROJECT / 9101 TENDER_SCOPE")
	}
	return q.fire("no approval", "采用"+method+"，已报送的审批、监管事项中未见批准该方式的记录", "The trade is "+methodEN+", and of the approvals that were sent none allows it")
}

// newB08: the estimate lies just under the threshold from which works must be
// tendered.
func newB08() plain {
	return plain{
		info: Info{
			ID: "B08", Version: 1, ZH: "估算价紧贴招标限额以下", EN: "estimate just under the threshold",
			Grade: Clue, Article: "招标投标法 第四条", Datasets: []string{"502"},
		},
		limits: []string{"works_yuan", "goods_yuan", "services_yuan", "near_percent"}, day: dayOfLots,
		ask: func(q *question) Finding {
			near := q.limit("near_percent")
			q.threshold(fmt.Sprintf("less than %d %% under the threshold", near))
			kinds := q.sections()
			if len(kinds) == 0 {
				return q.lacks("502 CONTRACT_RECKON_PRICE, PRICE_UNIT")
			}
			k := kinds[0]
			p := k.papers[0]
			q.seeField(p.row, p.field)
			value := percent(share(p.money, k.limit)) + " %"
			if p.money < k.limit && int64(p.money)/100 > int64(k.limit)/10_000*(100-near) {
				return q.fire(value, fmt.Sprintf("%s标段估算价 %s 万元，仅略低于 %s 万元的标准", k.zh, wan(p.money), wan(k.limit)), fmt.Sprintf("The section of %s is estimated at %s yuan, just under the threshold of %s", k.en, p.money, k.limit))
			}
			return q.answer(Clear, value, fmt.Sprintf("标段估算价为标准的 %s。", value), fmt.Sprintf("The estimate is %s of the threshold.", value))
		},
	}
}

// dayOfLots is the day on which the tender was announced, else now.
func dayOfLots(d *docket.Docket, lot string, env Env) trade.Day {
	for _, event := range []string{"notice.published", "documents.issued"} {
		if os := timeline.Occurrences(d, event, lot); len(os) > 0 {
			return os[0].At.Day()
		}
	}
	return trade.DayOf(env.At)
}

// Sections of one kind, works, goods or services, with their estimates.
type sections struct {
	zh, en string
	limit  trade.Money
	papers []paper
	sum    trade.Money
}

// sections groups the sections that have an estimate by kind, told by their
// names: services and goods are named, the rest of a tender of works is works.
func (q *question) sections() []sections {
	all := []sections{{zh: "施工", en: "works", limit: q.yuanLimit("works_yuan")}, {zh: "货物", en: "goods", limit: q.yuanLimit("goods_yuan")}, {zh: "服务", en: "services", limit: q.yuanLimit("services_yuan")}}
	for _, p := range q.amounts("502", "CONTRACT_RECKON_PRICE", "PRICE_UNIT") {
		k := &all[kindOf(p.row)]
		k.papers = append(k.papers, p)
		k.sum += p.money
	}
	var out []sections
	for _, k := range all {
		if len(k.papers) > 0 {
			out = append(out, k)
		}
	}
	return out
}

func (q *question) yuanLimit(name string) trade.Money { return trade.Money(q.limit(name)) * trade.Yuan }

// unpriced reports whether a section has no estimate that can be read.
func (q *question) unpriced() bool {
	return len(q.amounts("502", "CONTRACT_RECKON_PRICE", "PRICE_UNIT")) < len(q.rows("502"))
}

func kindOf(e *docket.Entry) int {
	text := e.Fields["BID_SECTION_NAME"] + e.Fields["BID_SECTION_CONTENT"]
	for _, w := range []string{"施工", "EPC", "总承包"} {
		if strings.Contains(text, w) {
			return 0
		}
	}
	for _, w := range []string{"监理", "勘察", "设计", "咨询", "检测", "服务"} {
		if strings.Contains(text, w) {
			return 2
		}
	}
	for _, w := range []string{"设备", "材料", "采购", "货物"} {
		if strings.Contains(text, w) {
			return 1
		}
	}
	return 0
}
