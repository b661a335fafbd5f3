package detect

import (
	"fmt"
	"math/big"
	"slices"
	"sort"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// f01: the bid prices of a lot, in order, rise by the same step or by the same
// rate (实施条例 40(4): 投标报价呈规律性差异). A step is "the same" when the coefficient of
// variation of the steps lies below the setting. Practice measures a geometric
// series by the variation of the ratios themselves; as honest prices lie within
// a few percent of each other their ratios hardly vary (in our simulation that
// rule fires on a third to two thirds of honest lots), so that the rates of
// growth are measured instead, as the steps are. Three prices have two steps,
// which are alike by chance often enough: they must be almost equal.
type f01 struct{}

func (f01) Info() Info {
	return Info{
		ID: "F01", Version: 1, ZH: "投标报价呈等差或等比规律", EN: "bid prices in a regular series",
		Grade: Clue, Article: "招标投标法实施条例 第四十条第（四）项", Datasets: []string{"507", "9016", "9017", "517"},
	}
}

func (r f01) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r f01) lot(d *docket.Docket, lot string, env Env) Finding {
	set, ok := env.Settings.For("F01", d, dayOfOpening(d, lot, env))
	l := start(r.Info(), d, lot, set)
	rows := timeline.Rows(d, "507", lot)
	switch {
	case !ok || len(set.Series) == 0:
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	case set.Applies == "no":
		return l.notApplicable(set.Reason, set.Reason)
	case len(rows) == 0 && !opened(d, lot):
		if reports := ended(d, lot); len(reports) > 0 {
			l.seeField(reports[0], "EXCEPITON_TYPE")
			return l.notApplicable("招标已终止或失败", "the tender was reported as failed or ended")
		}
		return l.lacks(Sealed)
	}
	prices, who := pricesOf(d, lot, rows)
	least := set.Series[0].Bids
	switch {
	case who < least:
		return l.notApplicable(fmt.Sprintf("投标人少于 %d 个，不构成数列", least), fmt.Sprintf("fewer than %d bidders make no series", least))
	case len(prices) < least:
		return l.lacks("507 BID_PRICE, PRICE_UNIT")
	}
	f := r.judge(l, prices, set, false)
	if f.State != Fired {
		if rest := withoutRejected(d, lot, prices); len(rest) < len(prices) && len(rest) >= least {
			if g := r.judge(start(r.Info(), d, lot, set), rest, set, true); g.State == Fired {
				return g
			}
		}
	}
	return f
}

// maxSeries is the most prices that are looked at: the sums are exact, and their
// cost grows with the square. A lot with more bidders is no small ring.
const maxSeries = 60

func (r f01) judge(l *look, prices []price, set effective, rest bool) Finding {
	limit := set.Series[0].PerThousand
	for _, s := range set.Series {
		if len(prices) >= s.Bids {
			limit = s.PerThousand
		}
	}
	l.threshold(fmt.Sprintf("CV of steps < %s %%", percent(int64(limit)*10)))
	if len(prices) > maxSeries {
		return l.notApplicable(fmt.Sprintf("报价超过 %d 个，不按数列判断", maxSeries), fmt.Sprintf("more than %d prices are not looked at as a series", maxSeries))
	}
	for _, p := range prices {
		l.seeField(p.row, "BID_PRICE")
	}
	var steps, rates []*big.Rat
	for i := 1; i < len(prices); i++ {
		a, b := int64(prices[i-1].money), int64(prices[i].money)
		steps = append(steps, big.NewRat(b-a, 1))
		rates = append(rates, big.NewRat(b-a, a))
	}
	kindZH, kindEN := "等差（相邻差额相近）", "an arithmetic series (equal steps)"
	square := variation(steps)
	if other := variation(rates); other != nil && (square == nil || other.Cmp(square) < 0) {
		square, kindZH, kindEN = other, "等比（相邻比例相近）", "a geometric series (equal rates)"
	}
	n := len(prices)
	if square == nil {
		return l.answer(Clear, "all equal", fmt.Sprintf("%d 个报价全部相等，不构成数列。", n), fmt.Sprintf("%d prices are all equal and make no series.", n))
	}
	value := "CV " + percent(hundredths(square)) + " %"
	if square.Cmp(big.NewRat(int64(limit)*int64(limit), 1_000_000)) >= 0 {
		return l.answer(Clear, value, fmt.Sprintf("%d 个报价未见规律（变异系数 %s %%）。", n, value[3:len(value)-2]), fmt.Sprintf("%d prices show no series (%s).", n, value))
	}
	for _, p := range prices {
		l.f.Subjects = append(l.f.Subjects, p.who)
	}
	note, noteEN := "", ""
	if rest {
		note, noteEN = "（不计已被否决的投标）", ", rejected bids left out,"
	}
	return l.answer(Fired, value, fmt.Sprintf("%d 个投标报价%s由低到高疑似呈%s，变异系数 %s，属疑似线索，建议核查。", n, note, kindZH, value[3:]),
		fmt.Sprintf("%d bid prices%s look like %s, %s: a clue, checking is suggested.", n, noteEN, kindEN, value))
}

// A price is one bidder's, in yuan.
type price struct {
	row   *docket.Entry
	who   string
	money trade.Money
}

// pricesOf reads one price a bidder, lowest first; who counts all bidders. Bids
// withdrawn, rates and unit prices, other currencies and a bidder with two
// prices are left out.
func pricesOf(d *docket.Docket, lot string, rows []*docket.Entry) (prices []price, who int) {
	p := partiesOf(d, lot)
	byWho := map[string][]price{}
	var names []string
	for _, e := range rows {
		b := p.identity(e)
		if b == "" || e.Fields["BID_STATUS"] == "withdrawn" {
			continue
		}
		if _, ok := byWho[b]; !ok {
			names = append(names, b)
			byWho[b] = nil
		}
		form, currency := e.Fields["PRICE_FORM_CODE"], e.Fields["PRICE_CURRENCY"]
		m, ok := trade.ParseMoney(e.Fields["BID_PRICE"], e.Fields["PRICE_UNIT"])
		if !ok || m <= 0 || form != "" && form != "1" || currency != "" && currency != "156" && currency != "CNY" {
			continue
		}
		if !slices.ContainsFunc(byWho[b], func(q price) bool { return q.money == m }) {
			byWho[b] = append(byWho[b], price{e, b, m})
		}
	}
	for _, b := range names {
		if len(byWho[b]) == 1 {
			prices = append(prices, byWho[b][0])
		}
	}
	sort.Slice(prices, func(i, j int) bool {
		if prices[i].money != prices[j].money {
			return prices[i].money < prices[j].money
		}
		return prices[i].who < prices[j].who
	})
	return prices, len(names)
}

func withoutRejected(d *docket.Docket, lot string, prices []price) []price {
	out := rejections(d, lot)
	var rest []price
	for _, p := range prices {
		if !out[p.who] {
			rest = append(rest, p)
		}
	}
	return rest
}

// variation is the square of the coefficient of variation (sample standard
// deviation by mean), exact; nil when the mean is nought or there are not two.
func variation(x []*big.Rat) *big.Rat {
	n := int64(len(x))
	sum, squares := new(big.Rat), new(big.Rat)
	for _, v := range x {
		sum.Add(sum, v)
		squares.Add(squares, new(big.Rat).Mul(v, v))
	}
	if n < 2 || sum.Sign() == 0 {
		return nil
	}
	// n (n Σx² − (Σx)²) / ((n−1) (Σx)²)
	total := new(big.Rat).Mul(sum, sum)
	top := new(big.Rat).Mul(big.NewRat(n, 1), squares)
	top.Sub(top, total).Mul(top, big.NewRat(n, n-1))
	return top.Quo(top, total)
}

// hundredths gives the root of a square in hundredths of a percent, rounded down.
func hundredths(square *big.Rat) int64 {
	v := new(big.Int).Mul(square.Num(), big.NewInt(100_000_000))
	v.Div(v, square.Denom())
	v.Sqrt(v)
	if !v.IsInt64() {
		return 1 << 40
	}
	return v.Int64()
}
