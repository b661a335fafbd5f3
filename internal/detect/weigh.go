package detect

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// A Cause is what lies behind the findings of several indicators: one thing
// that happened shows in all of them, and counts once.
type Cause struct {
	ID string `json:"id"`
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// causes are those that several indicators share. What stands in none has a
// cause of its own.
var causes = []struct {
	Cause
	indicators []string
}{
	{Cause{"deadline", "截止与开标时间", "deadline and opening"}, []string{"A04", "K04", "K09"}},
	{Cause{"turnout", "投标人数量", "number of bidders"}, []string{"A05", "I06", "G08"}},
	{Cause{"threshold", "招标限额", "threshold of tendering"}, []string{"B03", "B04", "B08"}},
	{Cause{"machine", "同一电脑或软件", "one machine or programme"}, []string{"D01", "D02", "D03", "D12"}},
	{Cause{"address", "同一网络地址或同时递交", "one address, or handed in together"}, []string{"D04", "D05", "D06", "D10"}},
	{Cause{"people", "同一人员", "the same people"}, []string{"D07", "D09"}},
	{Cause{"texts", "投标文件雷同", "bid files alike"}, []string{"E01", "E02", "E03", "E04"}},
	{Cause{"prices", "报价规律", "pattern of prices"}, []string{"F01", "F03", "F05"}},
	{Cause{"control-price", "最高限价", "highest price"}, []string{"F04", "I10"}},
	{Cause{"expert-points", "专家评分", "points of the experts"}, []string{"H01", "H02"}},
	{Cause{"winner-points", "中标人得分", "points of the winner"}, []string{"C03", "H07"}},
	{Cause{"rejections", "否决投标", "rejection of bids"}, []string{"I02", "I08", "I09", "I11"}},
	{Cause{"contract-growth", "合同增加", "growth of the contract"}, []string{"J02", "J03", "J06"}},
	{Cause{"payments", "资金拨付", "payments"}, []string{"J04", "J08"}},
}

// CauseOf returns the cause of an indicator: one it shares, or its own.
func CauseOf(indicator string) Cause {
	for _, c := range causes {
		if slices.Contains(c.indicators, indicator) {
			return c.Cause
		}
	}
	for _, r := range rules() {
		if info := r.Info(); info.ID == indicator {
			return Cause{info.ID, info.ZH, info.EN}
		}
	}
	return Cause{indicator, indicator, indicator}
}

// Weights are how much findings of each strength count, or of one indicator
// where it has a weight of its own, as settings have it on a day.
type Weights struct {
	Name  string           // the lines of settings as id@date, the most general first
	Of    map[string]int64 // by strength, or by id of an indicator
	Least int64            // yuan that a docket counts at least, also when it shows no amount
}

// Weights returns the weights that hold for a docket on a day.
func (s *Settings) Weights(d *docket.Docket, day trade.Day) Weights {
	chain := []string{"ocds", ""}
	if !timeline.Foreign(d) {
		chain = append(trade.Regions().Chain(d.Region, day), "")
	}
	w := Weights{Of: map[string]int64{}}
	var names []string
	for _, l := range s.matching("", chain, d.Class, day) {
		if len(l.Weights) == 0 && l.StakeLeast == nil {
			continue
		}
		maps.Copy(w.Of, l.Weights)
		if l.StakeLeast != nil {
			w.Least = *l.StakeLeast
		}
		names = append(names, l.ID+"@"+l.Date.String())
	}
	w.Name = strings.Join(names, "+")
	return w
}

// of is the weight of a finding of an indicator.
func (w *Weights) of(indicator string) int64 {
	if n, ok := w.Of[indicator]; ok {
		return n
	}
	return w.Of[abouts[indicator].Strength]
}

// Why a finding does not count.
const (
	NotSame      = "same"      // another finding of the same cause about the same records weighs as much or more
	NotDismissed = "dismissed" // by a person, on the evidence that it has
	NotJudged    = "failed"    // it could not be judged
)

// A Part is what one finding adds to a score.
type Part struct {
	Key       string `json:"key"`
	Indicator string `json:"indicator"`
	Lot       string `json:"lot,omitempty"`
	Grade     string `json:"grade"`
	Strength  string `json:"strength,omitempty" doc:"breach, strong, clue or quality"`
	Cause     Cause  `json:"cause"`
	Weight    int64  `json:"weight" doc:"What it weighs, counted or not"`
	Counted   bool   `json:"counted"`
	Why       string `json:"why,omitempty" enum:"same,dismissed,failed" doc:"Why it does not count"`
	For       string `json:"for,omitempty" doc:"Key of the finding that counts in its place"`
}

// A Score is what the findings of a docket, or those about a subject, come to.
type Score struct {
	Points   int64  `json:"points" doc:"The sum of what counts"`
	Grade    string `json:"grade,omitempty" doc:"fact (事实级) when a finding of that grade counts, else clue (线索级); absent: nothing counts"`
	Settings string `json:"settings" doc:"Lines of settings that give the weights"`
	Parts    []Part `json:"parts" doc:"The heaviest first"`
}

// Counted is what a finding adds.
func (s *Score) Counted(key string) int64 {
	for i := range s.Parts {
		if p := &s.Parts[i]; p.Key == key && p.Counted {
			return p.Weight
		}
	}
	return 0
}

// Weigh adds up findings: of those with one cause that rest on a record in
// common the heaviest counts, the others do not; nor do those that were
// dismissed on their evidence or could not be judged. The same findings in any
// order give the same score.
func Weigh(fs []Finding, w Weights, dismissed func(*Finding) bool) Score {
	s := Score{Settings: w.Name, Parts: []Part{}}
	type weighed struct {
		part Part
		f    *Finding
	}
	var all []weighed
	for i := range fs {
		f := &fs[i]
		if f.State != Fired && f.State != Failed {
			continue
		}
		p := Part{Key: f.Key, Indicator: f.Indicator, Lot: f.Lot, Grade: f.Grade, Strength: abouts[f.Indicator].Strength, Cause: CauseOf(f.Indicator), Weight: w.of(f.Indicator)}
		switch {
		case f.State == Failed:
			p.Why, p.Weight = NotJudged, 0
		case dismissed != nil && dismissed(f):
			p.Why = NotDismissed
		}
		all = append(all, weighed{p, f})
	}
	slices.SortFunc(all, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(b.part.Weight, a.part.Weight), cmp.Compare(b.part.Grade, a.part.Grade), cmp.Compare(a.part.Indicator, b.part.Indicator), cmp.Compare(a.part.Lot, b.part.Lot), cmp.Compare(a.part.Key, b.part.Key))
	})
	for i := range all {
		p := &all[i].part
		if p.Why != "" {
			continue
		}
		n := slices.IndexFunc(all[:i], func(o weighed) bool { return o.part.Counted && o.part.Cause.ID == p.Cause.ID && oneFact(o.f, all[i].f) })
		if n >= 0 {
			p.Why, p.For = NotSame, all[n].part.Key
			continue
		}
		p.Counted = true
		s.Points += p.Weight
		if s.Grade == "" || p.Grade == Fact {
			s.Grade = p.Grade
		}
	}
	for i := range all {
		s.Parts = append(s.Parts, all[i].part)
	}
	return s
}

// oneFact reports whether two findings of one cause are about the same thing:
// they rest on a record in common, or neither names any and they are about the
// same lot of the same docket.
func oneFact(a, b *Finding) bool {
	if len(a.Evidence) == 0 && len(b.Evidence) == 0 {
		return a.Docket == b.Docket && a.Lot == b.Lot
	}
	for _, x := range a.Evidence {
		for _, y := range b.Evidence {
			if x.Dataset == y.Dataset && x.Origin == y.Origin && x.Key == y.Key {
				return true
			}
		}
	}
	return false
}

// Doubtful reports whether the docket's amounts are in doubt: a finding that
// one of them is probably in the wrong unit (K07) stands.
func (s *Score) Doubtful() bool {
	return slices.ContainsFunc(s.Parts, func(p Part) bool { return p.Indicator == "K07" && (p.Counted || p.Why == NotSame) })
}

// Rank puts warnings in order: the points of a score times the money at stake,
// in fen. Stake nil, or in doubt, counts as the least that the settings give: a
// slip of 元 and 万元 would else be the first to be looked at.
func (w *Weights) Rank(s *Score, stake *int64) (rank, counted int64) {
	const most = 100_000_000_000_00 // a hundred billion yuan in fen: what is more is a slip
	counted = w.Least * 100
	if stake != nil && !s.Doubtful() {
		counted = max(counted, *stake)
	}
	counted = min(counted, most)
	return min(s.Points, 100_000) * counted, counted
}
