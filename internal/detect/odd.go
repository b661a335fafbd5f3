package detect

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// A manyMeasurer is a rule that compares more than one value with peers, or
// the same value among peers of several kinds: each under a name of its own.
type manyMeasurer interface {
	Rule
	measures(d *docket.Docket, lot string) map[string]float64
}

// valuesOf returns what a rule measures of a lot, by the name that stands in
// the edition.
func valuesOf(r Rule, d *docket.Docket, lot string) map[string]float64 {
	out := map[string]float64{}
	switch m := r.(type) {
	case measurer:
		if v, ok := m.measure(d, lot); ok {
			out[r.Info().ID] = v
		}
	case manyMeasurer:
		for name, v := range m.measures(d, lot) {
			out[r.Info().ID+"/"+name] = v
		}
	}
	return out
}

// otherMethod is the kind of a lot whose documents say nothing, or say it in other words.
const otherMethod = "other"

// methodOf returns the kind of a lot's award method and the row that says it;
// nil when none does.
func methodOf(d *docket.Docket, lot string) (string, *docket.Entry) {
	var last *docket.Entry
	for _, e := range timeline.Rows(d, "504", lot) {
		if strings.TrimSpace(e.Fields["EVALUATING_METHOD"]) != "" && (last == nil || e.Position >= last.Position) {
			last = e
		}
	}
	if last != nil {
		if kind := methodIn(last.Fields["EVALUATING_METHOD"]); kind != "" {
			return kind, last
		}
	}
	return otherMethod, last
}

// leastOdd is the least number of peers whose quantiles say what is odd.
const leastOdd = 20

// A standing is where a value stands among its peers.
type standing struct {
	group        Group
	least, mid   float64 // the 10 % quantile and the median
	high, most   float64 // the upper quartile and the 90 % quantile
	below, above float64 // the value lies between these shares
}

// standing finds the peers of a value; false without an edition, or with too few.
func (e *Edition) standing(name string, d *docket.Docket, value float64) (standing, bool) {
	if e == nil {
		return standing{}, false
	}
	g := e.Groups[GroupKey(name, d.Class, cityOf(d, e.At), "")]
	if g.Count < leastOdd {
		g = e.Groups[GroupKey(name, d.Class, "", "")]
	}
	if g.Count < leastOdd {
		return standing{}, false
	}
	s := standing{group: g, above: 1}
	for _, q := range g.Quantiles {
		switch q.P {
		case 0.1:
			s.least = q.V
		case 0.5:
			s.mid = q.V
		case 0.75:
			s.high = q.V
		case 0.9:
			s.most = q.V
		}
		if q.V < value {
			s.below = q.P
		}
		if q.V > value && s.above == 1 {
			s.above = q.P
		}
	}
	return s, true
}

// bounds are where a value becomes odd: not above the 10 % quantile of its peers
// and below the given part, in thousandths, of their median; or not below the 90 %
// quantile and above as many times the median. They move with the local market.
// A quantile alone would fire on a fixed share of honest lots, and a part of the
// median alone in a market that is wide by nature.
func (s standing) bounds(perThousand int) (low, high float64) {
	part := float64(perThousand) / 1000
	return min(s.least, s.mid*part), max(s.most, s.mid/part)
}

// words says where the value stands, in Chinese and English.
func (s standing) words(edition string) (zh, en string) {
	name, nameEN := "全部地区", "all regions"
	if s.group.Region != "" {
		name, nameEN = or(trade.Regions().Name(s.group.Region), s.group.Region), s.group.Region
	}
	where := strconv.FormatFloat(100*s.below, 'f', -1, 64) + "–" + strconv.FormatFloat(100*s.above, 'f', -1, 64)
	return fmt.Sprintf("同类（%s，%d 个标段，第 %s 版统计）中位数 %s，本标段位于 %s%% 分位之间", name, s.group.Count, edition, short(s.mid), where),
		fmt.Sprintf("Among %d peers (%s, edition %s) the median is %s; this lot stands between the %s %% quantiles", s.group.Count, nameEN, edition, short(s.mid), where)
}

// short writes a number with three digits that count.
func short(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return strconv.FormatFloat(math.Round(v*scale)/scale, 'f', -1, 64)
}

// part writes a part of one in per cent.
func part(v float64) string { return short(100*v) + " %" }

// lotPrices are what the price indicators begin with: the usable prices of an opened
// lot, lowest first, those of rejected bids left out.
type lotPrices struct {
	prices  []price
	who     int       // how many bid
	bids    []float64 // in yuan, of the same bidders
	method  string
	says    *docket.Entry // the row that gives the method; nil
	control float64       // the highest price allowed, in yuan; NaN
	limit   *docket.Entry // the row that gives it; nil
}

func lotPricesOf(d *docket.Docket, lot string) lotPrices {
	return docket.Once(d, docket.Key{Kind: "prices of a lot", Lot: lot}, func() lotPrices { return makeLotPrices(d, lot) })
}

func makeLotPrices(d *docket.Docket, lot string) lotPrices {
	all, who := pricesOf(d, lot, timeline.Rows(d, "507", lot))
	p := lotPrices{prices: withoutRejected(d, lot, all), control: math.NaN(), who: who}
	for _, x := range p.prices {
		p.bids = append(p.bids, yuan(x.money))
	}
	p.method, p.says = methodOf(d, lot)
	for _, e := range timeline.Rows(d, "504", lot) {
		if m, ok := trade.ParseMoney(e.Fields["CONTROL_PRICE"], e.Fields["CONTROL_PRICE_UNIT"]); ok && m > 0 && (p.limit == nil || e.Position >= p.limit.Position) {
			p.control, p.limit = yuan(m), e
		}
	}
	return p
}

func yuan(m trade.Money) float64 { return float64(m) / float64(trade.Yuan) }

// see adds the prices, and what they are judged by, as evidence.
func (p lotPrices) see(l *look) {
	for _, x := range p.prices {
		l.seeField(x.row, "BID_PRICE")
	}
	if p.says != nil {
		l.seeField(p.says, "EVALUATING_METHOD")
	}
	if p.limit != nil {
		l.seeField(p.limit, "CONTROL_PRICE")
	}
}

// begin answers what all price indicators ask first; done says that the
// finding is the answer.
func begin(info Info, d *docket.Docket, lot string, env Env) (l *look, set effective, p lotPrices, f Finding, done bool) {
	set, ok := env.Settings.For(info.ID, d, dayOfOpening(d, lot, env))
	l = start(info, d, lot, set)
	switch {
	case !ok || set.Bidders == nil:
		return l, set, p, l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class"), true
	case set.Applies == "no":
		return l, set, p, l.notApplicable(set.Reason, set.Reason), true
	case len(timeline.Rows(d, "507", lot)) == 0 && !opened(d, lot):
		if reports := ended(d, lot); len(reports) > 0 {
			l.seeField(reports[0], "EXCEPITON_TYPE")
			return l, set, p, l.notApplicable("招标已终止或失败", "the tender was reported as failed or ended"), true
		}
		return l, set, p, l.lacks(Sealed), true
	}
	p = lotPricesOf(d, lot)
	switch {
	case p.who < *set.Bidders:
		return l, set, p, l.notApplicable(fmt.Sprintf("投标人少于 %d 个", *set.Bidders), fmt.Sprintf("fewer than %d bidders", *set.Bidders)), true
	case len(p.prices) == 0:
		return l, set, p, l.lacks("507 BID_PRICE, PRICE_UNIT"), true
	case len(p.prices) < *set.Bidders:
		return l, set, p, l.notApplicable(fmt.Sprintf("有效报价少于 %d 个", *set.Bidders), fmt.Sprintf("fewer than %d prices that count", *set.Bidders)), true
	}
	return l, set, p, Finding{}, false
}

// bidders returns who made the prices.
func (p lotPrices) bidders() []string {
	out := make([]string, len(p.prices))
	for i, x := range p.prices {
		out[i] = x.who
	}
	return out
}
