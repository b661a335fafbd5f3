package detect

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// k07: an amount is probably given in the wrong unit: above 3 billion yuan, or
// about ten thousand times another amount of the same lot (元 for 万元, 万元 for 元).
// A clue: there are real giants.
type k07 struct{}

func (k07) Info() Info {
	return Info{ID: "K07", Version: 1, ZH: "疑似金额单位（元/万元）错误", EN: "amount probably in the wrong unit", Grade: Clue, Datasets: []string{"502", "504", "507", "510", "512", "513", "9018"}}
}

// priced lists the amounts of a lot that are of one size, with their unit.
var priced = []struct{ dataset, field, unit, zh, en string }{
	{"502", "CONTRACT_RECKON_PRICE", "PRICE_UNIT", "合同估算价", "estimate"},
	{"504", "CONTROL_PRICE", "CONTROL_PRICE_UNIT", "控制价", "control price"},
	{"507", "BID_PRICE", "PRICE_UNIT", "投标报价", "bid"},
	{"510", "BID_PRICE", "PRICE_UINT", "候选人报价", "candidate's price"},
	{"512", "CONTRACT_PRICE", "PRICE_UNIT", "合同金额", "contract price"},
	{"513", "BID_AMOUNT", "PRICE_UNIT", "中标金额", "award"},
	{"9018", "BID_AMOUNT", "PRICE_UNIT", "中标价", "price in the award notice"},
}

func (r k07) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

// A sum is one amount of a lot.
type sum struct {
	row            *docket.Entry
	field, zh, en  string
	money          trade.Money
	larger, lesser int // how many others it is about ten thousand times as large or as small as
}

func (r k07) lot(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("K07", d, trade.DayOf(env.At))
	l := start(r.Info(), d, lot, set)
	switch {
	case !ok || set.Amounts == nil && set.Applies != "no":
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	}
	a := *set.Amounts
	l.threshold(fmt.Sprintf("%d yuan; %d–%d ×", a.Most, a.From, a.To))
	sums := sumsOf(d, lot)
	if len(sums) == 0 {
		return l.lacks("502 CONTRACT_RECKON_PRICE / 504 CONTROL_PRICE / 507 BID_PRICE / 513 BID_AMOUNT / 512 CONTRACT_PRICE with unit")
	}
	var giants, odd []sum
	ratio := trade.Money(0)
	for i := range sums {
		for j := range sums {
			if b, s := sums[i].money, sums[j].money; b/trade.Money(a.From) >= s && (b-1)/trade.Money(a.To) < s {
				sums[i].larger++
				sums[j].lesser++
				ratio = max(ratio, b/s)
			}
		}
		if sums[i].money/trade.Yuan > trade.Money(a.Most) || sums[i].money/trade.Yuan == trade.Money(a.Most) && sums[i].money%trade.Yuan > 0 {
			giants = append(giants, sums[i])
		}
	}
	big, small := 0, 0
	for _, s := range sums {
		if s.larger > 0 {
			big++
		}
		if s.lesser > 0 {
			small++
		}
	}
	for _, s := range sums { // the few are in doubt; of as many against as many nobody knows
		if s.larger > 0 && big <= small || s.lesser > 0 && small <= big {
			odd = append(odd, s)
		}
	}
	switch {
	case len(odd) > 0:
		for _, s := range sums {
			if s.larger+s.lesser > 0 {
				l.seeField(s.row, s.field)
			}
		}
		zh, en := listed(odd)
		return l.answer(Fired, strconv.FormatInt(int64(ratio), 10)+" ×",
			fmt.Sprintf("%s与同一标段的其他金额相差约一万倍（%d 倍），疑似元与万元单位错误，建议核查。", zh, ratio),
			fmt.Sprintf("%s and other amounts of the lot differ by about ten thousand (%d times): suspected slip of 元 and 万元; checking is suggested.", en, ratio))
	case len(giants) > 0:
		for _, s := range giants {
			l.seeField(s.row, s.field)
		}
		zh, en := listed(giants)
		most := giants[0].money
		for _, s := range giants {
			most = max(most, s.money)
		}
		return l.answer(Fired, most.String()+" yuan", fmt.Sprintf("%s超过 %d 亿元，疑似金额单位错误（确为大额项目的除外），建议核查。", zh, a.Most/100_000_000),
			fmt.Sprintf("%s above %d yuan: suspected slip of unit, unless it is really so large; checking is suggested.", en, a.Most))
	}
	for _, s := range sums {
		l.seeField(s.row, s.field)
	}
	if len(sums) < 2 {
		return l.lacks("a second amount of the lot to compare with")
	}
	return l.answer(Clear, fmt.Sprintf("%d amounts", len(sums)), fmt.Sprintf("已比对 %d 个金额，大小相当。", len(sums)), fmt.Sprintf("%d amounts were compared; they are of one size.", len(sums)))
}

// sumsOf reads the amounts of a lot, in the order of priced, then the docket's.
// Rates, unit prices and other currencies are no amounts of the lot.
func sumsOf(d *docket.Docket, lot string) []sum {
	var out []sum
	for _, p := range priced {
		for _, e := range timeline.Rows(d, p.dataset, lot) {
			form := e.Fields["PRICE_FORM_CODE"]
			m, ok := trade.ParseMoney(e.Fields[p.field], e.Fields[p.unit])
			if !ok || m <= 0 || form != "" && form != "1" && p.dataset != "504" || foreignMoney(e) {
				continue
			}
			out = append(out, sum{row: e, field: p.field, zh: p.zh, en: p.en, money: m})
		}
	}
	return out
}

func foreignMoney(e *docket.Entry) bool {
	for _, f := range []string{"PRICE_CURRENCY", "BID_CURRENCY", "CURRENCY_CODE", "CONTROL_PRICE_CURRENCY"} {
		if c := e.Fields[f]; c != "" && c != "156" && c != "CNY" {
			return true
		}
	}
	return false
}

// listed names sums once each kind, in both languages.
func listed(sums []sum) (zh, en string) {
	var zhs, ens []string
	for _, s := range sums {
		if w := s.row.Dataset + " " + s.zh; !slices.Contains(zhs, w) {
			zhs, ens = append(zhs, w), append(ens, s.row.Dataset+" "+s.en)
		}
	}
	sort.Strings(zhs)
	sort.Strings(ens)
	return strings.Join(zhs, "、"), strings.Join(ens, ", ")
}
