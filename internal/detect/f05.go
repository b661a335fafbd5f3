package detect

import (
	"fmt"
	"math"

	"mingjing/internal/docket"
	"mingjing/internal/screen"
	"mingjing/internal/trade"
)

// f05: prices are round multiples of one another (a whole number of per mille
// above the lowest), more often than chance would have it, or all of them are
// rounder than those of the lot's peers. A weak clue.
type f05 struct{}

func (f05) Info() Info {
	return Info{
		ID: "F05", Version: 1, ZH: "报价呈固定倍数或异常取整", EN: "prices in fixed multiples or unusually round",
		Grade: Clue, Article: "招标投标法实施条例 第四十条第（四）项", Datasets: []string{"504", "507", "9016", "9017", "517"},
	}
}

// roundMore is how many more noughts than the upper quartile of the peers all
// prices of a lot must end with to be unusually round: each by chance in one lot
// of ten to the power of the number of bids.
const roundMore = 2

// noughts is how many noughts of a fen all prices end with at least.
func (p lotPrices) noughts() int {
	least := math.MaxInt
	for _, x := range p.prices {
		least = min(least, screen.Trailing(int64(x.money)))
	}
	return least - screen.Trailing(int64(trade.Yuan)) + 2
}

func (f05) measures(d *docket.Docket, lot string) map[string]float64 {
	p := lotPricesOf(d, lot)
	if len(p.prices) < 3 {
		return nil
	}
	return map[string]float64{"noughts": float64(p.noughts())}
}

func (r f05) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r f05) lot(d *docket.Docket, lot string, env Env) Finding {
	l, set, p, f, done := begin(r.Info(), d, lot, env)
	if done {
		return f
	}
	if set.PerMillion == nil {
		return l.notApplicable("该地区和类别未设阈值", "no threshold is set for this region and class")
	}
	p.see(l)
	count, chance, steps := p.multiples()
	tail := poissonTail(count, chance)
	limit := float64(*set.PerMillion) / 1e6
	l.threshold(fmt.Sprintf("chance < %d in a million", *set.PerMillion))
	value := fmt.Sprintf("%d multiples", count)
	if count >= 2 && tail < limit {
		l.f.Subjects = p.bidders()
		return l.answer(Fired, value, fmt.Sprintf("%d 个报价中有 %d 个恰为最低报价的整千分比倍数（%s），偶然出现的可能性低于百万分之 %d，属疑似线索，建议核查。", len(p.prices), count, steps, *set.PerMillion),
			fmt.Sprintf("%d of %d prices are the lowest one plus a whole number of per mille (%s), which chance gives in fewer than %d of a million lots: a clue, checking is suggested.", count, len(p.prices), steps, *set.PerMillion))
	}
	noughts := float64(p.noughts())
	if at, ok := env.Peers.standing("F05/noughts", d, noughts); ok {
		l.f.Edition = env.Peers.ID
		if noughts >= at.high+roundMore {
			l.f.Subjects = p.bidders()
			zh, en := at.words(env.Peers.ID)
			return l.threshold(fmt.Sprintf("noughts ≥ %s", short(at.high+roundMore))).answer(Fired, fmt.Sprintf("%d noughts", int(noughts)),
				fmt.Sprintf("%d 个报价均至少以 %d 个零结尾（以分计），%s；属疑似线索，建议核查。", len(p.prices), int(noughts), zh),
				fmt.Sprintf("All %d prices end with %d noughts or more, in fen. %s: a clue, checking is suggested.", len(p.prices), int(noughts), en))
		}
	}
	return l.answer(Clear, value, fmt.Sprintf("%d 个报价未见固定倍数。", len(p.prices)), fmt.Sprintf("%d prices show no fixed multiples beyond chance.", len(p.prices)))
}

// multiples counts the prices that are whole per mille above the lowest, and how
// many of them chance would give: each price lies on such a multiple with the
// share that its rounding is of one per mille. chance is at least what the
// rounding of the product to a yuan gives.
func (p lotPrices) multiples() (count int, chance float64, steps string) {
	var money []int64
	unit := trade.Yuan
	for _, x := range p.prices {
		money = append(money, int64(x.money))
	}
	for _, m := range screen.Multiples(money, 1, 1000, int64(unit)) {
		if m.Low == 0 {
			count++
			if steps != "" {
				steps += ", "
			}
			steps += fmt.Sprintf("+%d ‰", m.PerMille)
		}
	}
	for _, b := range money[1:] {
		grain := math.Pow(10, float64(min(screen.Trailing(b), screen.Trailing(money[0]))))
		chance += min(1, max(grain, float64(unit))/(float64(money[0])/1000))
	}
	return count, chance, steps
}

// poissonTail is the chance of at least k of what comes mean times.
func poissonTail(k int, mean float64) float64 {
	term, below := math.Exp(-mean), 0.0
	for i := range k {
		below += term
		term *= mean / float64(i+1)
	}
	return max(0, 1-below)
}
