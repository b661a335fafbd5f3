package detect

import (
	"fmt"
	"slices"

	"mingjing/internal/docket"
	"mingjing/internal/screen"
)

// f06: where a mean of the bids is the benchmark, bids that are not there to win
// move it. Of bidders whose files point to one hand (D01, D03, D04, D08) the
// benchmark is made anew from the bids of the others; if it then favours another
// bid than one of theirs, the group's prices decided the result.
type f06 struct{}

func (f06) Info() Info {
	return Info{
		ID: "F06", Version: 1, ZH: "关联投标人报价左右评标基准价", EN: "linked bids decide the benchmark price",
		Grade: Clue, Article: "招标投标法实施条例 第四十条", Datasets: []string{"504", "507", "519", "9010", "9011", "523", "9016", "9017", "517"},
	}
}

func (r f06) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	linked := map[string][]Finding{} // by lot; asked once a docket, and only where a mean decides
	asked := false
	return eachLot(d, env, func(d *docket.Docket, lot string, env Env) Finding {
		l, set, p, f, done := begin(r.Info(), d, lot, env)
		if done {
			return f
		}
		if p.method != AveragePrice {
			if p.says == nil {
				return l.lacks("504 EVALUATING_METHOD")
			}
			l.seeField(p.says, "EVALUATING_METHOD")
			return l.notApplicable("评标办法不以报价平均值为基准价", "the award method has no mean of the bids as its benchmark")
		}
		if !asked {
			asked = true
			for _, hand := range []sameHand{newD01(), newD03(), newD04(), newD08()} {
				for _, g := range hand.Look(d, env) {
					if g.State == Fired {
						linked[g.Lot] = append(linked[g.Lot], g)
					}
				}
			}
		}
		return r.judge(l, set, p, linked[lot])
	})
}

func (f06) judge(l *look, set effective, p lotPrices, linked []Finding) Finding {
	p.see(l)
	l.threshold("another bid is favoured without the group")
	m := screen.Benchmark{}
	if b := set.Benchmark; b != nil {
		m = screen.Benchmark{DropHigh: b.DropHigh, DropLow: b.DropLow, Least: b.Least, Factor: float64(b.PerThousand) / 1000}
	}
	bidders := p.bidders()
	few := false
	for _, g := range linked {
		var group []int
		for i, who := range bidders {
			if slices.Contains(g.Subjects, who) {
				group = append(group, i)
			}
		}
		if len(group) < 2 {
			continue
		}
		keep := m.Best(p.bids, m.Price(p.bids), places(len(p.bids)))
		s, ok := m.WithoutGroup(p.bids, group, keep)
		if !ok {
			few = true
			continue
		}
		if !slices.Contains(group, s.Winner) || s.Changed == s.Winner {
			continue
		}
		for _, i := range group {
			l.f.Subjects = append(l.f.Subjects, bidders[i])
		}
		for _, ref := range g.Evidence {
			l.see(ref, g.Digest)
		}
		was, would := wholeYuan(s.With), wholeYuan(s.Without)
		return l.answer(Fired, "benchmark "+was+" → "+would,
			fmt.Sprintf("%d 个投标人存在关联线索（%s）；剔除其报价后评标基准价由 %s 元变为 %s 元，最接近者不再是其中一方，属疑似线索，建议核查。", len(group), g.Indicator, was, would),
			fmt.Sprintf("%d bidders are linked (%s); without their prices the benchmark moves from %s to %s yuan and no longer favours one of them: a clue, checking is suggested.", len(group), g.Indicator, was, would))
	}
	if few {
		return l.notApplicable("关联投标人以外的报价不足两个", "fewer than two prices stand outside the linked bidders")
	}
	if len(linked) == 0 {
		return l.answer(Clear, "no linked bidders", "未见关联投标人，无须重算评标基准价。", "No bidders are linked, and there is no benchmark to make anew.")
	}
	return l.answer(Clear, "same bid favoured", "剔除关联投标人报价后，最接近评标基准价者不变。", "Without the linked bidders the benchmark favours the same bid, or favoured none of theirs.")
}

func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// wholeYuan writes yuan without decimals.
func wholeYuan(v float64) string { return fmt.Sprintf("%.0f", v) }
