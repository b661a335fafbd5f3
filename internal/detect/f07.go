package detect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/learn/score"
	"mingjing/internal/screen"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// f07: the prices of a lot resemble those of lots of which supervisors here
// found that the clues held. It looks at the shape of the prices alone, and keeps
// silent until there are decisions enough and their test shows that the shape
// tells anything here.
type f07 struct{}

func (f07) Info() Info {
	return Info{
		ID: "F07", Version: 1, ZH: "报价与本地查实案件相似", EN: "prices like those of cases confirmed here",
		Grade: Clue, Datasets: []string{"507", "9016", "9017", "517"},
	}
}

// limits of f07: dockets with a confirmed case and dockets found innocent, the
// AUC of the test, and the probability from which a lot is pointed at.
const (
	learnedConfirmed   = "confirmed_dockets"
	learnedInnocent    = "innocent_dockets"
	learnedAUC         = "auc_per_thousand"
	learnedProbability = "probability_per_thousand"
)

func (f07) thresholds() []string {
	return []string{learnedConfirmed, learnedInnocent, learnedAUC, learnedProbability}
}

// LearnedNames are the names of what the learnt score sees of a lot: the number
// of its prices, their screens, and the shape of the sorted prices. No day, no
// name, no size of a price, no place, no code: what could give away the case is
// not there.
var LearnedNames = screen.FeatureNames

// learnedZH are their names in Chinese.
var learnedZH = map[string]string{
	"n": "报价个数", "CV": "变异系数", "SPD": "最高与最低之差比", "DIFFP": "次低与最低之差比", "RD": "最低价相对距离", "RDNOR": "标准化相对距离", "RDALT": "替代相对距离",
	"SKEW": "偏度", "KURT": "峰度", "KSUNIFORM": "与均匀分布的距离", "KS": "KS 统计量", "median/mean": "中位数与均值之比", "low tail": "最低价偏离中位数", "high tail": "最高价偏离中位数",
	"shape10": "10% 分位位置", "shape25": "25% 分位位置", "shape50": "中位数位置", "shape75": "75% 分位位置", "shape90": "90% 分位位置", "z low": "最低价标准分", "z high": "最高价标准分",
	"largest gap": "最大间距", "place of largest gap": "最大间距所在", "smallest gap": "最小间距", "IQR": "四分位距", "MAD": "绝对中位差", "second gap": "次低与第三低之差比", "last gap": "最高与次高之差比",
	"CV losers": "最低价以外的变异系数", "CV lower half": "低价一半的变异系数", "CV upper half": "高价一半的变异系数", "near median": "中位数附近的比例", "entropy of gaps": "间距的熵",
}

// LearnedNameZH gives the Chinese name of one of LearnedNames.
func LearnedNameZH(name string) string { return or(learnedZH[name], name) }

// LearnedDemands are what the settings of a day demand before the learnt score
// may speak. They are the whole country's lines, as the score is of the whole house.
func LearnedDemands(s *Settings, day trade.Day) score.Demands {
	set, _ := s.For("F07", &docket.Docket{Class: string(trade.Construction)}, day)
	d := score.Demands{Confirmed: int(set.Limits[learnedConfirmed]), Innocent: int(set.Limits[learnedInnocent]), AUC: float64(set.Limits[learnedAUC]) / 1000, Speak: float64(set.Limits[learnedProbability]) / 1000, Settings: set.Name}
	if set.Name == "" || set.Applies == "no" { // nothing is set: nothing is enough
		d.Confirmed, d.Innocent = math.MaxInt32, math.MaxInt32
	}
	return d
}

// LearnedReason is the Reason while the learnt score has not enough to go by.
const LearnedReason = "本地查实案件 confirmed cases"

func (r f07) Look(d *docket.Docket, env Env) []Finding { return eachLot(d, env, r.lot) }

func (r f07) lot(d *docket.Docket, lot string, env Env) Finding {
	l, _, p, f, done := begin(r.Info(), d, lot, env)
	if done {
		return f
	}
	for _, x := range p.prices {
		l.seeField(x.row, "BID_PRICE")
	}
	e := env.Learned
	if !e.Speaks() {
		return l.silent(e)
	}
	l.f.Edition = e.ID
	chance, parts := e.Say(screen.Features(p.bids))
	l.threshold(fmt.Sprintf("probability ≥ %s", short(e.Demands.Speak)))
	value := "probability " + strconv.FormatFloat(chance, 'f', 2, 64)
	v := e.Validation
	zh := fmt.Sprintf("按第 %s 版评分（%s，由本地查实 %d 个、排除 %d 个项目得出，验证 AUC %.2f），与查实案件相似的概率为 %.0f%%；%s", e.ID, trade.DayOf(e.At), v.Confirmed, v.Innocent, v.AUC, 100*chance, partsZH(parts))
	en := fmt.Sprintf("By edition %s of the learnt score (%s, from %d dockets confirmed and %d found innocent here, AUC %.2f in its test) these prices are like those of a confirmed case with a probability of %.0f %%. %s", e.ID, trade.DayOf(e.At), v.Confirmed, v.Innocent, v.AUC, 100*chance, partsEN(parts))
	if chance < e.Demands.Speak {
		return l.answer(Clear, value, zh+"。", en+".")
	}
	l.f.Subjects = p.bidders()
	return l.answer(Fired, value, zh+"；仅为疑似线索，建议核查。", en+": a clue only, checking is suggested.")
}

// silent answers that there is not enough to learn from, with the counts.
func (l *look) silent(e *score.Edition) Finding {
	if e == nil {
		return l.lacks(LearnedReason)
	}
	l.f.Edition = e.ID
	f := l.lacks(LearnedReason)
	if l.terse {
		return f
	}
	f.TextZH, f.TextEN = Silence(e)
	return f
}

// Silence says why an edition does not speak, in Chinese and English; nothing of
// one that does.
func Silence(e *score.Edition) (zh, en string) {
	v, d := e.Validation, e.Demands
	counts := fmt.Sprintf("查实 %d/%d 个项目，排除 %d/%d 个项目", v.Confirmed, d.Confirmed, v.Innocent, d.Innocent)
	countsEN := fmt.Sprintf("%d of %d dockets confirmed, %d of %d found innocent", v.Confirmed, d.Confirmed, v.Innocent, d.Innocent)
	switch e.Silent {
	case "":
		return "", ""
	case score.FewApart:
		return "本地案件的投标人彼此重叠，无法用未见过的企业检验，暂不评分（" + counts + fmt.Sprintf("；可检验 %d 和 %d 个）", v.TestedYes, v.TestedNo),
			"The same firms bid in too many of the decided cases to test the score on firms it has not seen: no score (" + countsEN + fmt.Sprintf("; testable: %d and %d)", v.TestedYes, v.TestedNo)
	case score.TellsNothing:
		return fmt.Sprintf("检验表明报价形态尚不能区分查实与排除的案件，暂不评分（AUC %.2f，要求不低于 %.2f 且高于偶然可及的 %.2f；%s）", v.AUC, d.AUC, v.Chance, counts),
			fmt.Sprintf("Its test does not show that prices tell confirmed from innocent cases here: no score (AUC %.2f, demanded %.2f and above %.2f that chance may reach; %s)", v.AUC, d.AUC, v.Chance, countsEN)
	}
	return "本地案件尚不足，暂不评分：" + counts, "Not enough cases here yet, no score: " + countsEN
}

// most parts of a probability that are named.
const partsNamed = 3

func partsZH(parts []score.Part) string {
	var out []string
	for _, p := range parts[:min(partsNamed, len(parts))] {
		out = append(out, fmt.Sprintf("%s %s（案件中位数 %s，%s）", LearnedNameZH(p.Name), short(p.Value), short(p.Middle), map[bool]string{true: "升高概率", false: "降低概率"}[p.Adds > 0]))
	}
	return "主要因素：" + strings.Join(out, "、")
}

func partsEN(parts []score.Part) string {
	var out []string
	for _, p := range parts[:min(partsNamed, len(parts))] {
		out = append(out, fmt.Sprintf("%s %s (median of the cases %s, %s)", p.Name, short(p.Value), short(p.Middle), map[bool]string{true: "raises it", false: "lowers it"}[p.Adds > 0]))
	}
	return "What counts most: " + strings.Join(out, ", ")
}

// A Decision is what supervisors made of one finding, on the evidence that it
// has now.
type Decision struct {
	Finding   Finding
	Confirmed bool
	Dismissed bool
}

// Decided is a docket with all its findings that fired and what was made of them.
type Decided struct {
	Docket    *docket.Docket
	Decisions []Decision
}

// Learn makes an edition of the learnt score from the dockets of which people
// decided, in any order, under the settings of a time.
func Learn(decided []Decided, s *Settings, at time.Time) (score.Edition, error) {
	var cases []score.Case
	var left score.Left
	for _, x := range decided {
		more, undecided, unpriced := casesOf(x)
		cases = append(cases, more...)
		left.Undecided += undecided
		left.Unpriced += unpriced
	}
	return score.Make(cases, left, LearnedNames, LearnedDemands(s, trade.DayOf(at)), at)
}

// LearnedFrom are the families of indicators about how bidders stand to each
// other: what was decided of their findings teaches the learnt score. A late
// notice that was confirmed says nothing of prices.
const LearnedFrom = "DEF"

// learnedBids is from how many prices a lot has a shape.
const learnedBids = 3

// casesOf gives the lots of a docket of which people decided. A lot is confirmed
// when one of its findings was, and innocent when all were dismissed; what is partly
// undecided is neither. Findings of no lot count for the lot of a docket that has
// one. Lots that are sealed or without usable prices are not learnt from.
func casesOf(x Decided) (cases []score.Case, undecided, unpriced int) {
	type state struct{ yes, no, open bool }
	own := *x.Docket
	own.Index = nil
	d := own.Indexed()
	lots := timeline.Lots(d)
	of := map[string]state{}
	for _, one := range x.Decisions {
		f := &one.Finding
		if f.State != Fired || f.Indicator == "" || !strings.Contains(LearnedFrom, f.Indicator[:1]) {
			continue
		}
		lot := f.Lot
		if lot == "" {
			if len(lots) != 1 {
				continue
			}
			lot = lots[0]
		}
		s := of[lot]
		s.yes, s.no, s.open = s.yes || one.Confirmed, s.no || one.Dismissed, s.open || !one.Confirmed && !one.Dismissed
		of[lot] = s
	}
	for _, lot := range lots {
		s := of[lot]
		switch {
		case !s.yes && !s.no:
			continue
		case !s.yes && s.open:
			undecided++
			continue
		}
		p := lotPricesOf(d, lot)
		if !opened(d, lot) || len(p.prices) < learnedBids {
			unpriced++
			continue
		}
		cases = append(cases, score.Case{Docket: d.ID, Lot: lot, Firms: p.bidders(), X: screen.Features(p.bids), Confirmed: s.yes})
	}
	return cases, undecided, unpriced
}
