package detect

import (
	"fmt"
	"math"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// f04: even the lowest price stays just below the control price, or the winner
// stays far below it; both measured against the discounts of the lot's peers.
type f04 struct{}

func (f04) Info() Info {
	return Info{
		ID: "F04", Version: 1, ZH: "报价集中贴近最高限价或中标价异常偏低", EN: "prices just under the control price, or an unusually low winner",
		Grade: Clue, Datasets: []string{"504", "507", "513", "9018", "9016", "9017", "517"},
	}
}

// leastDiscount stands for none, as ratios of discounts are compared.
const leastDiscount = 1e-5

// discounts are how far the lowest bid and the winner stay below the control
// price; NaN where that is not known.
func (p lotPrices) discounts(d *docket.Docket, lot string) (lowest, winner float64) {
	lowest, winner = math.NaN(), math.NaN()
	if p.limit == nil || len(p.bids) == 0 {
		return lowest, winner
	}
	lowest = max(leastDiscount, 1-p.bids[0]/p.control)
	won := winnersOf(d, lot)
	for i, x := range p.prices {
		if won[x.who] {
			winner = max(leastDiscount, 1-p.bids[i]/p.control)
		}
	}
	return lowest, winner
}

// winnersOf are the bodies that award notices name.
func winnersOf(d *docket.Docket, lot string) map[string]bool {
	p := partiesOf(d, lot)
	out := map[string]bool{}
	for _, dataset := range []string{"513", "9018"} {
		for _, e := range timeline.Rows(d, dataset, lot) {
			who := normalCode(e.Fields["WIN_BIDDER_CODE"])
			if who == "" {
				who = p.named(normalName(e.Fields["WIN_BIDDER_NAME"]))
			}
			if who != "" {
				out[who] = true
			}
		}
	}
	return out
}

func (f04) measures(d *docket.Docket, lot string) map[string]float64 {
	p := lotPricesOf(d, lot)
	if len(p.bids) < 3 {
		return nil
	}
	out := map[string]float64{}
	lowest, winner := p.discounts(d, lot)
	if !math.IsNaN(lowest) {
		out["lowest/"+p.method] = lowest
	}
	if !math.IsNaN(winner) {
		out["winner/"+p.method] = winner
	}
	return out
}

func (r f04) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r f04) lot(d *docket.Docket, lot string, env Env) Finding {
	l, set, p, f, done := begin(r.Info(), d, lot, env)
	if done {
		return f
	}
	lowest, winner := p.discounts(d, lot)
	if math.IsNaN(lowest) {
		return l.lacks("504 CONTROL_PRICE, CONTROL_PRICE_UNIT")
	}
	p.see(l)
	at, ok := env.Peers.standing("F04/lowest/"+p.method, d, lowest)
	if !ok || set.PerThousand == nil {
		return l.lacks("同类统计 peers: F04/lowest/" + p.method)
	}
	l.f.Edition = env.Peers.ID
	low, _ := at.bounds(*set.PerThousand)
	value := "lowest " + part(lowest) + " below the limit"
	l.threshold("lowest bid < " + part(low) + " below the limit")
	if lowest < low {
		l.f.Subjects = p.bidders()
		zh, en := at.words(env.Peers.ID)
		return l.answer(Fired, value, fmt.Sprintf("%d 个报价均贴近最高限价，最低报价仅下浮 %s，%s；属疑似线索，建议核查。", len(p.bids), part(lowest), zh),
			fmt.Sprintf("All %d prices lie just under the control price, the lowest by only %s. %s: a clue, checking is suggested.", len(p.bids), part(lowest), en))
	}
	if w, ok := env.Peers.standing("F04/winner/"+p.method, d, winner); ok && !math.IsNaN(winner) {
		if _, high := w.bounds(*set.PerThousand); winner > high {
			won := winnersOf(d, lot)
			for _, x := range p.prices {
				if won[x.who] {
					l.f.Subjects = append(l.f.Subjects, x.who)
				}
			}
			for _, dataset := range []string{"513", "9018"} {
				for _, e := range timeline.Rows(d, dataset, lot) {
					l.seeField(e, "WIN_BIDDER_CODE")
				}
			}
			zh, en := w.words(env.Peers.ID)
			return l.threshold("winner > "+part(high)+" below the limit").answer(Fired, "winner "+part(winner)+" below the limit",
				fmt.Sprintf("中标价较最高限价下浮 %s，明显超过同类，%s；属疑似线索，建议核查。", part(winner), zh),
				fmt.Sprintf("The winning price lies %s below the control price, far more than its peers. %s: a clue, checking is suggested.", part(winner), en))
		}
	}
	zh, en := at.words(env.Peers.ID)
	return l.answer(Clear, value, fmt.Sprintf("最低报价较最高限价下浮 %s，%s。", part(lowest), zh), fmt.Sprintf("The lowest price lies %s below the control price. %s.", part(lowest), en))
}
