package detect

import (
	"fmt"

	"mingjing/internal/docket"
	"mingjing/internal/screen"
)

// f03: the prices of a lot lie much closer together than those of its peers.
// What is close differs by a factor of sixteen between markets, so that there is
// no cut-off: the value is compared with lots of the same class, city and kind of
// award method. Where an average of the bids decides, prices gather at the expected
// average and those who agree bid far out; there F06 asks.
type f03 struct{}

func (f03) Info() Info {
	return Info{
		ID: "F03", Version: 1, ZH: "投标报价离散程度异常偏低", EN: "bid prices unusually close together",
		Grade: Clue, Article: "招标投标法实施条例 第四十条第（四）项", Datasets: []string{"504", "507", "9016", "9017", "517"},
	}
}

// spreadBids is from how many prices a spread is compared: three or four lie
// close together by chance too often.
const spreadBids = 5

func (f03) measures(d *docket.Docket, lot string) map[string]float64 {
	p := lotPricesOf(d, lot)
	if len(p.bids) < spreadBids || p.method == AveragePrice {
		return nil
	}
	s := screen.Of(p.bids)
	return map[string]float64{"CV/" + p.method: s.CV, "SPD/" + p.method: s.SPD, "RD/" + p.method: s.RD, "KS/" + p.method: s.KSUniform}
}

func (r f03) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r f03) lot(d *docket.Docket, lot string, env Env) Finding {
	l, set, p, f, done := begin(r.Info(), d, lot, env)
	if done {
		return f
	}
	if p.method == AveragePrice {
		l.seeField(p.says, "EVALUATING_METHOD")
		return l.notApplicable("评标基准价取自报价平均值，报价集中属正常", "the benchmark is a mean of the bids, and prices gather there")
	}
	if len(p.bids) < spreadBids {
		return l.notApplicable(fmt.Sprintf("有效报价少于 %d 个", spreadBids), fmt.Sprintf("fewer than %d prices that count", spreadBids))
	}
	p.see(l)
	s := screen.Of(p.bids)
	at, ok := env.Peers.standing("F03/CV/"+p.method, d, s.CV)
	if !ok || set.PerThousand == nil {
		return l.lacks("同类统计 peers: F03/CV/" + p.method)
	}
	l.f.Edition = env.Peers.ID
	low, _ := at.bounds(*set.PerThousand)
	l.threshold("CV < " + part(low))
	zh, en := at.words(env.Peers.ID)
	value := "CV " + part(s.CV)
	more := ""
	for _, x := range []struct {
		name string
		v    float64
	}{{"SPD", s.SPD}, {"RD", s.RD}, {"KS", s.KSUniform}} {
		if w, ok := env.Peers.standing("F03/"+x.name+"/"+p.method, d, x.v); ok {
			more += fmt.Sprintf("; %s %s (%s–%s %%)", x.name, short(x.v), short(100*w.below), short(100*w.above))
		}
	}
	if !(s.CV < low) {
		return l.answer(Clear, value, fmt.Sprintf("%d 个报价的变异系数 %s，%s%s。", len(p.bids), part(s.CV), zh, more), fmt.Sprintf("The coefficient of variation of %d prices is %s. %s%s.", len(p.bids), part(s.CV), en, more))
	}
	l.f.Subjects = p.bidders()
	return l.answer(Fired, value, fmt.Sprintf("%d 个报价的变异系数仅 %s，明显低于同类，%s%s；属疑似线索，建议核查。", len(p.bids), part(s.CV), zh, more),
		fmt.Sprintf("The coefficient of variation of %d prices is only %s, far below their peers. %s%s: a clue, checking is suggested.", len(p.bids), part(s.CV), en, more))
}
