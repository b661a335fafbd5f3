package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// The indicators of family C: what the documents ask for may keep others away.

// restrictive are the fields in which bidders are told what they must be.
var restrictive = map[string][]string{
	"502": {"BID_QUALIFICATION"}, "503": {"NOTICE_CONTENT", "OTHER_CONTENT"}, "504": {"BID_QUALIFICATION", "CLARIFY_CONTENT"}, "505": {"BID_QUALIFICATION"}, "514": {"APPLICANT_QUALIFICATIONS"},
	"9001": {"QUALIFICATION_NAME", "QUALIFICATION_LEVEL", "QUALIFICATION_DETAIL", "QUALIFICATION_OTHER"}, "9002": {"QUALIFICATION_DETAIL", "BUSINESS_DETAIL", "TECHNICAL_DETAIL", "OTHER_DETAIL"},
	"551": {"BULLETIN_CONTENT"}, "550": {"PURCHASER_CONTENT"},
}

// A clause is a kind of clauses that a setting lists words for.
type clause struct{ kind, zh, en string }

var clauses = []clause{
	{"level", "资质等级", "level of qualification"}, {"area", "地域", "area"}, {"brand", "品牌", "brand"}, {"ownership", "所有制、规模", "ownership or size"}, {"performance", "特定业绩", "references of one place or trade"},
}

// newC01: the documents ask for the highest grade though the works are not
// large, or for bidders of an area, a brand, an owner, or references from one
// place (实施条例 32, 采购条例 20). Words of the setting are looked for; one that the
// text forbids or negates does not count.
func newC01() plain {
	return plain{
		info: Info{
			ID: "C01", Version: 1, ZH: "疑似限制性资格条款", EN: "clauses that may shut bidders out",
			Grade: Clue, Article: "招标投标法实施条例 第三十二条；政府采购法实施条例 第二十条", Datasets: []string{"502", "503", "504", "505", "514", "550", "551", "9001", "9002"},
		},
		limits: []string{"large_yuan"}, day: dayOfLots, ask: restricting,
	}
}

func restricting(q *question) Finding {
	q.threshold("none of the words of the setting")
	largest := trade.Money(0)
	for _, p := range append(q.amounts("502", "CONTRACT_RECKON_PRICE", "PRICE_UNIT"), q.amounts("550", "PROGRAM_BUDGET", "UNIT_BUDGET")...) {
		largest = max(largest, p.money)
	}
	texts := 0
	var kinds, found []string
	var kindsEN []string
	for _, dataset := range sortedKeys(restrictive) {
		for _, e := range q.rows(dataset) {
			for _, f := range restrictive[dataset] {
				text := e.Fields[f]
				if nothing(text) {
					continue
				}
				texts++
				for _, c := range clauses {
					if c.kind == "level" && largest >= q.yuanLimit("large_yuan") {
						continue // a large work may need it
					}
					for _, w := range q.set.Words[c.kind] {
						if !asks(text, w) {
							continue
						}
						q.seeField(e, f)
						if !slices.Contains(kinds, c.zh) {
							kinds, kindsEN = append(kinds, c.zh), append(kindsEN, c.en)
						}
						if !slices.Contains(found, w) {
							found = append(found, w)
						}
					}
				}
			}
		}
	}
	switch {
	case len(found) > 0:
		said := strings.Join(found, "”“")
		return q.fire(fmt.Sprintf("%d words", len(found)), fmt.Sprintf("公告或文件中出现可能限制竞争的条款（%s）：“%s”", strings.Join(kinds, "、"), said), fmt.Sprintf("Notice or documents have clauses that may shut bidders out (%s): “%s”", strings.Join(kindsEN, ", "), said))
	case texts == 0:
		return q.lacks("503 NOTICE_CONTENT / 504 BID_QUALIFICATION / 9001 QUALIFICATION_NAME / 551 BULLETIN_CONTENT")
	}
	return q.answer(Clear, "0 words", fmt.Sprintf("已查 %d 处文字，未见所列限制性用语。", texts), fmt.Sprintf("%d texts were read; none has the words of the setting.", texts))
}

// denials are what stands before a word that a text forbids rather than asks for.
var denials = []string{"不得", "不限", "不以", "禁止", "严禁", "不要求", "取消", "无需", "不需", "未要求", "不能以", "不应"}

// asks reports whether a text has a word that it does not deny: a denial in the
// same clause before the word, at most fifteen characters away, takes it back.
func asks(text, word string) bool {
	for rest := text; word != ""; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		before := []rune(rest[:i])
		before = before[max(0, len(before)-15):]
		clause := string(before)
		if j := strings.LastIndexAny(clause, "。；;！\n"); j >= 0 {
			clause = clause[j:]
		}
		if !slices.ContainsFunc(denials, func(d string) bool { return strings.Contains(clause, d) }) {
			return true
		}
		rest = rest[i+len(word):]
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// newC02: where the evaluation weighs everything together, the technical part
// has more points than the setting allows.
func newC02() plain {
	return plain{
		info: Info{
			ID: "C02", Version: 1, ZH: "综合评估中技术分权重过高", EN: "technical part weighs too much",
			Grade: Clue, Datasets: []string{"504", "9002"},
		},
		limits: []string{"points"}, day: dayOfLots,
		ask: func(q *question) Finding {
			limit := trade.Money(q.limit("points")) * trade.Yuan
			q.threshold(fmt.Sprintf("at most %d points", q.limit("points")))
			for _, e := range q.rows("504") {
				if m := e.Fields["EVALUATING_METHOD"]; strings.Contains(m, "最低") && !strings.Contains(m, "综合") {
					q.seeField(e, "EVALUATING_METHOD")
					return q.notApplicable("采用最低价评标，不计技术分", "the lowest price wins; there are no technical points")
				}
			}
			var most trade.Money
			var of *docket.Entry
			for _, e := range q.rows("9002") {
				if p, ok := weight(e.Fields["TECHNICAL_DETAIL"]); ok && (of == nil || p > most) {
					most, of = p, e
				}
			}
			if of == nil {
				return q.lacks("9002 TECHNICAL_DETAIL")
			}
			q.seeField(of, "TECHNICAL_DETAIL")
			if most > limit {
				return q.fire(most.String()+" points", fmt.Sprintf("技术分满分 %s 分，超过 %d 分", most, q.limit("points")), fmt.Sprintf("The technical part has %s points, more than %d", most, q.limit("points")))
			}
			return q.answer(Clear, most.String()+" points", fmt.Sprintf("技术分满分 %s 分。", most), fmt.Sprintf("The technical part has %s points.", most))
		},
	}
}

var (
	totalWeight = regexp.MustCompile(`(?:技术|满分|总分|权重|合计|共计|共)[^0-9%％分]{0,12}([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*(?:分|%|％)`)
	anyWeight   = regexp.MustCompile(`([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*(?:分|%|％)`)
)

// weight reads how many points of a hundred a part has: the number that is said
// to be the total, else the largest. More than a hundred is no such number.
func weight(text string) (trade.Money, bool) {
	if n, ok := number(text); ok && n > 0 && n <= 100*trade.Yuan {
		return n, true
	}
	for _, re := range []*regexp.Regexp{totalWeight, anyWeight} {
		var most trade.Money
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			if n, ok := number(m[1]); ok && n <= 100*trade.Yuan {
				most = max(most, n)
			}
		}
		if most > 0 {
			return most, true
		}
	}
	return 0, false
}

// newC03: of all bidders one alone got points beyond price, qualification,
// business and technique, and it is the one put first.
func newC03() plain {
	return plain{
		info: Info{
			ID: "C03", Version: 1, ZH: "加分项仅一家投标人满足且其排名第一", EN: "extra points for one bidder alone, who is put first",
			Grade: Clue, Datasets: []string{"9002", "9015", "9017"},
		},
		limits: []string{"bidders"}, seal: standard.Bid, behind: []string{"9017", "9015"},
		ask: func(q *question) Finding {
			least := int(q.limit("bidders"))
			q.threshold("extra points for more than one")
			p, out := partiesOf(q.d, q.lot), rejections(q.d, q.lot)
			type got struct {
				extra, total trade.Money
				row          *docket.Entry
			}
			by := map[string]*got{}
			for _, e := range append(q.rows("9017"), q.rows("9015")...) {
				who := p.identity(e)
				extra, ok := number(e.Fields["OTHER_POINTS"])
				if who == "" || out[who] || !ok || by[who] != nil && by[who].row.Dataset != e.Dataset {
					continue
				}
				total, _ := totalPoints(e)
				if by[who] == nil || extra > by[who].extra {
					by[who] = &got{extra, total, e}
				}
			}
			if len(by) == 0 {
				return q.lacks("9017 OTHER_POINTS / 9015 OTHER_POINTS")
			}
			if len(by) < least {
				return q.notApplicable(fmt.Sprintf("有其他分的投标人少于 %d 个", least), fmt.Sprintf("fewer than %d bidders have such points", least))
			}
			var alone, best string
			with := 0
			for _, who := range sortedKeys(by) {
				g := by[who]
				q.seeField(g.row, "OTHER_POINTS")
				if g.extra > 0 {
					with++
					alone = who
				}
				if best == "" || g.total > by[best].total {
					best = who
				}
			}
			value := fmt.Sprintf("%d of %s", with, bidders(len(by)))
			if with == 1 && alone == best {
				g := by[alone]
				q.about(alone)
				return q.fire(value, fmt.Sprintf("%d 个投标人中仅%s得其他（加分）分 %s 分，且其总分最高", len(by), or(nameIn(g.row), alone), g.extra), fmt.Sprintf("Of %s only %s got extra points (%s), and has the highest total", bidders(len(by)), or(nameIn(g.row), alone), g.extra))
			}
			return q.answer(Clear, value, fmt.Sprintf("%d 个投标人中 %d 个得其他（加分）分。", len(by), with), fmt.Sprintf("%d of %s got extra points.", with, bidders(len(by))))
		},
	}
}

// totalPoints adds the points of a row of scores; false when none can be read.
func totalPoints(e *docket.Entry) (trade.Money, bool) {
	var sum trade.Money
	any := false
	for _, f := range []string{"PRICE_POINTS", "QUALIFICATION_POINTS", "BUSINESS_POINTS", "TECHNICAL_POINTS", "RESPONSE_POINTS", "OTHER_POINTS"} {
		if n, ok := number(e.Fields[f]); ok && n >= 0 && n <= 1000*trade.Yuan {
			sum += n
			any = true
		}
	}
	return sum, any
}

// newC04: the documents cost more than copying and sending them (实施条例 16), or
// their price was raised in a later notice.
func newC04() plain {
	return plain{
		info: Info{
			ID: "C04", Version: 1, ZH: "招标文件售价过高或上调", EN: "documents sold too dear, or dearer later",
			Grade: Clue, Article: "招标投标法实施条例 第十六条", Datasets: []string{"503"},
		},
		limits: []string{"yuan"}, day: dayOfLots,
		ask: func(q *question) Finding {
			limit := q.yuanLimit("yuan")
			q.threshold(limit.String() + " yuan, not raised")
			var all []paper
			for _, e := range q.rows("503") {
				if m, ok := trade.ParseMoney(e.Fields["DOC_PRICE"], or(e.Fields["DOC_PRICE_UNIT"], "0")); ok && m >= 0 && (e.Fields["DOC_PRICE_CURRENCY"] == "" || e.Fields["DOC_PRICE_CURRENCY"] == "156") {
					all = append(all, paper{e, "DOC_PRICE", m})
				}
			}
			if len(all) == 0 {
				return q.lacks("503 DOC_PRICE")
			}
			slices.SortStableFunc(all, func(a, b paper) int { return int(a.row.Position - b.row.Position) })
			most, raised := all[0], false
			for i, p := range all {
				q.seeField(p.row, p.field)
				if p.money > most.money {
					most = p
				}
				raised = raised || i > 0 && p.money > all[i-1].money && all[i-1].money > 0
			}
			value := most.money.String() + " yuan"
			switch {
			case most.money > limit:
				return q.fire(value, fmt.Sprintf("招标文件售价 %s 元，高于 %s 元", most.money, limit), fmt.Sprintf("The documents cost %s yuan, more than %s", most.money, limit))
			case raised:
				return q.fire(value, fmt.Sprintf("后一公告将招标文件售价上调至 %s 元", most.money), fmt.Sprintf("A later notice raised the price of the documents to %s yuan", most.money))
			}
			return q.answer(Clear, value, fmt.Sprintf("招标文件售价 %s 元。", most.money), fmt.Sprintf("The documents cost %s yuan.", most.money))
		},
	}
}
