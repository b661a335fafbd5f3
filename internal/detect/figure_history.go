package detect

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/network"
	"mingjing/internal/timeline"
)

// historic are the indicators of one lot whose marks are compared over all of
// them. An address may be another's a year later, and a person may change employers.
var historic = []string{"D01", "D02", "D03", "D08"}

// carried is one bid with a mark.
type carried struct {
	docket, lot string
	body        network.Body
	kind        string
}

// apart leaves out the lots in which several bidders carry the mark: what they
// share there is told by the indicator of the lot.
func apart(all []carried) []carried {
	first, several := map[[2]string]network.Body{}, map[[2]string]bool{}
	for _, c := range all {
		at := [2]string{c.docket, c.lot}
		if had, ok := first[at]; ok && !sameBody(had, c.body) {
			several[at] = true
		}
		first[at] = c.body
	}
	return slices.DeleteFunc(slices.Clone(all), func(c carried) bool { return several[[2]string{c.docket, c.lot}] })
}

// marks makes the figures of marks that bids of different bidders carry in
// different dockets: one machine, tool, lock or payer over sections and years.
// No mark stands in a figure.
func (m *maker) marks() {
	by := map[string][]carried{}
	for _, r := range rules() {
		same, ok := r.(sameHand)
		if !ok || !slices.Contains(historic, same.info.ID) {
			continue
		}
		for _, id := range sortedKeys(m.dockets) {
			d := m.dockets[id]
			for _, lot := range timeline.Lots(d) {
				set, ok := m.settings.For(same.info.ID, d, m.day)
				if !ok || set.Applies == "no" || !opened(d, lot) {
					continue
				}
				var rows []*docket.Entry
				for _, dataset := range same.datasets {
					rows = append(rows, timeline.Rows(d, dataset, lot)...)
				}
				if len(rows) == 0 {
					continue
				}
				c := same.collect(d, lot, rows, set)
				for _, s := range c.sheets {
					who := network.Body{Name: nameIn(s.row)}
					if s.bidder != normalName(who.Name) {
						who.Code = s.bidder
					}
					for _, mark := range s.marks {
						key := hash("mingjing/mark/1", same.info.ID, mark)[:24]
						by[key] = append(by[key], carried{d.ID, lot, who, same.info.ID})
					}
				}
			}
		}
	}
	days := map[[2]string]string{}
	for i := range m.facts {
		if f := &m.facts[i]; f.Day != 0 {
			days[[2]string{f.Docket, f.Lot}] = f.Day.String()
		}
	}
	set, _ := m.settings.For("D11", construction, m.day)
	most := 2
	if set.Setting != nil {
		most = int(set.Limits["bidders"])
	}
	type pair struct {
		kinds []string
		lots  []network.Lot
		who   []network.Body
	}
	pairs := map[string]*pair{}
	for _, mark := range sortedKeys(by) {
		all := apart(by[mark])
		var who []network.Body
		dockets := map[string]bool{}
		for _, c := range all {
			if !slices.ContainsFunc(who, func(b network.Body) bool { return sameBody(b, c.body) }) {
				who = append(who, c.body)
			}
			dockets[c.docket] = true
		}
		if len(who) < 2 || len(who) > most || len(dockets) < 2 {
			continue
		}
		sort.Slice(who, func(i, j int) bool { return bodiesText(who[i:i+1]) < bodiesText(who[j:j+1]) })
		p := pairs[bodiesText(who)]
		if p == nil {
			p = &pair{who: who}
			pairs[bodiesText(who)] = p
		}
		for _, c := range all {
			if !slices.Contains(p.kinds, c.kind) {
				p.kinds = append(p.kinds, c.kind)
			}
			lot := network.Lot{Docket: c.docket, Lot: c.lot, Day: days[[2]string{c.docket, c.lot}]}
			if !slices.Contains(p.lots, lot) {
				p.lots = append(p.lots, lot)
			}
		}
	}
	for _, k := range sortedKeys(pairs) {
		p := pairs[k]
		sort.Strings(p.kinds)
		f := Figure{
			Indicator: "D11", Kind: "mark", Bodies: p.who, Only: true, Value: fmt.Sprintf("%d bidders", len(p.who)), Threshold: "marks of different bidders differ, over all dockets",
			ZH: fmt.Sprintf("的投标文件特征（%s）与另外 %d 家投标人在其他标段的相同", strings.Join(p.kinds, "、"), len(p.who)-1),
			EN: fmt.Sprintf(" sent a bid whose marks (%s) are those of %d other bidder(s) in other lots", strings.Join(p.kinds, ", "), len(p.who)-1),
		}
		m.behind(&f, network.Bidder, "", p.lots)
		m.out = append(m.out, f)
	}
}

// newD11: bids of different bidders carry one mark in different tenders, over sections and years.
func newD11() circle {
	p := ofBids(Info{ID: "D11", ZH: "不同投标人在不同项目中的投标文件特征相同", EN: "marks of different bidders equal over tenders and years", Article: "招标投标法实施条例 第四十条第（一）、（二）、（六）项", Datasets: []string{"507", "519", "9010", "9011"}}, "bidders")
	p.behind = []string{"519", "9010", "9011"}
	return circle{
		plain: p, around: biddersOf,
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			who := f.here(biddersOf(fact))
			return concern{who: who, role: network.Bidder, zh: "%s", en: "%s"}, len(who) > 0
		},
	}
}
