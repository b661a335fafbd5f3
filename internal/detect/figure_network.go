package detect

import (
	"fmt"
	"slices"

	"mingjing/internal/network"
	"mingjing/internal/standard"
)

// network makes the figures of who bids with whom and wins from whom.
func (m *maker) network() {
	r := network.Analyze(m.facts, m.settings.NetworkSettings(m.day))
	m.tallied(&r)
	inGroup := func(p *network.Pair) bool {
		return slices.ContainsFunc(r.Groups, func(g network.Group) bool {
			has := func(b network.Body) bool {
				return slices.ContainsFunc(g.Members, func(o network.Member) bool { return sameBody(o.Body, b) })
			}
			return has(p.A) && has(p.B)
		})
	}
	for i := range r.Groups {
		g := &r.Groups[i]
		f := Figure{
			Indicator: "G01", Kind: "group", Value: fmt.Sprintf("%d bodies, exclusivity %s", len(g.Members), shareText(g.Exclusivity)),
			Threshold: "exclusivity under " + shareText(g.Standing.Threshold), Chance: 1 - g.Exclusivity,
			ZH: fmt.Sprintf("属于一个 %d 家的群体，在 %d 个项目中相互同场，其中 %d 个标段无他人投标；排他性 %s，凝聚度 %s，高于%s中 %s 的投标人（中位数 %s）", len(g.Members), g.Dockets, g.Closed, shareText(g.Exclusivity), shareText(g.Cohesion), g.Standing.NameZH(), shareText(g.Standing.Below), shareText(g.Standing.Median)),
			EN: fmt.Sprintf("belong to a group of %d that met in %d tenders, in %d lots without anybody else; exclusivity %s, cohesion %s, above that of %s of the bidders of %s (median %s)", len(g.Members), g.Dockets, g.Closed, shareText(g.Exclusivity), shareText(g.Cohesion), shareText(g.Standing.Below), g.Standing.NameEN(), shareText(g.Standing.Median)),
		}
		for _, b := range g.Members {
			f.Bodies = append(f.Bodies, b.Body)
		}
		if t := g.Rotation; t != nil {
			f.Kind = "rotation"
			f.ZH += fmt.Sprintf("；组内 %d 次中标由 %d 家轮流（均匀度 %.2f，换人比例 %s，随机约 %s）", t.Wins, t.Winners, t.Entropy, shareText(t.Turns), shareText(t.Expected))
			f.EN += fmt.Sprintf("; %d wins inside it fell to %d members in turn (evenness %.2f, another winner in %s, by chance %s)", t.Wins, t.Winners, t.Entropy, shareText(t.Turns), shareText(t.Expected))
		}
		if t := g.Territory; t != nil {
			f.Kind = "territory"
			f.ZH += fmt.Sprintf("；中标者与地区的关联度 %.2f（%d 个地区）", t.V, t.Places)
			f.EN += fmt.Sprintf("; who wins goes with the place, V %.2f (%d places)", t.V, t.Places)
		}
		m.behind(&f, network.Bidder, "", g.Lots)
		m.out = append(m.out, f)
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		if inGroup(p) { // one cause is told once
			continue
		}
		f := Figure{
			Indicator: "G01", Kind: "pair", Bodies: []network.Body{p.A, p.B}, Value: fmt.Sprintf("%d tenders together", p.Dockets), Chance: p.Chance,
			Threshold: "Jaccard under " + shareText(p.Standing.Threshold),
			ZH:        fmt.Sprintf("在 %d 个项目中同场投标，占任一方参与项目的 %s；按各自投标次数，偶然相遇约 %.1f 个；高于%s中 %s 的投标人组合（中位数 %s）", p.Dockets, shareText(p.Jaccard), p.Expected, p.Standing.NameZH(), shareText(p.Standing.Below), shareText(p.Standing.Median)),
			EN:        fmt.Sprintf("bid against each other in %d tenders, %s of those in which either bid; chance would give about %.1f; more than %s of the pairs of %s (median %s)", p.Dockets, shareText(p.Jaccard), p.Expected, shareText(p.Standing.Below), p.Standing.NameEN(), shareText(p.Standing.Median)),
		}
		m.behind(&f, network.Bidder, "", p.Lots)
		m.out = append(m.out, f)
	}
	for i := range r.Covers {
		x := &r.Covers[i]
		zh, en := "", "" // who the other one is stands in the network: it need not bid here
		if x.With != nil {
			zh = fmt.Sprintf("，其参与时另有一家中标 %d 个，二者合计概率 %.2g", x.With.Wins, x.Chance)
			en = fmt.Sprintf(", and one other bidder won %d of them, with it of %.2g", x.With.Wins, x.Chance)
		}
		f := Figure{
			Indicator: "G02", Kind: "cover", Bodies: []network.Body{x.Body}, Value: fmt.Sprintf("%d of %d won", x.Wins, x.Bids), Chance: x.Chance,
			Threshold: "rate above " + shareText(x.Standing.Threshold),
			ZH:        fmt.Sprintf("投标 %d 个标段，中标 %d 个（%s）；若各家机会均等约 %.1f 个，如此之少的概率 %.2g%s；中标率低于%s %s 的投标人（中位数 %s）", x.Bids, x.Wins, shareText(x.Rate), x.Expected, x.Few, zh, x.Standing.NameZH(), shareText(1-x.Standing.Below), shareText(x.Standing.Median)),
			EN:        fmt.Sprintf("bid for %d lots and won %d (%s); equal chances would give about %.1f, and so few have a probability of %.2g%s; the rate is no higher than that of %s of the bidders of %s (median %s)", x.Bids, x.Wins, shareText(x.Rate), x.Expected, x.Few, en, shareText(1-x.Standing.Below), x.Standing.NameEN(), shareText(x.Standing.Median)),
		}
		m.behind(&f, network.Bidder, "", x.Lots)
		m.out = append(m.out, f)
	}
	for i := range r.Habitual {
		x := &r.Habitual[i]
		f := Figure{
			Indicator: "G03", Kind: "habitual", Bodies: []network.Body{x.Body}, Value: fmt.Sprintf("%d of %d won", x.Wins, x.Bids), Chance: x.Chance,
			Threshold: "rate under " + shareText(x.Standing.Threshold),
			ZH:        fmt.Sprintf("投标 %d 个标段，中标 %d 个（%s）；若各家机会均等约 %.1f 个，如此之多的概率 %.2g；中标率高于%s %s 的投标人（中位数 %s）", x.Bids, x.Wins, shareText(x.Rate), x.Expected, x.Chance, x.Standing.NameZH(), shareText(x.Standing.Below), shareText(x.Standing.Median)),
			EN:        fmt.Sprintf("bid for %d lots and won %d (%s); equal chances would give about %.1f, and so many have a probability of %.2g; the rate is above that of %s of the bidders of %s (median %s)", x.Bids, x.Wins, shareText(x.Rate), x.Expected, x.Chance, shareText(x.Standing.Below), x.Standing.NameEN(), shareText(x.Standing.Median)),
		}
		m.behind(&f, network.Winner, "", x.Lots)
		m.out = append(m.out, f)
	}
	for i := range r.Ties {
		t := &r.Ties[i]
		f := Figure{
			Indicator: "G04", Kind: t.Kind, Bodies: []network.Body{t.Winner}, Value: fmt.Sprintf("%d of %d won", t.Wins, t.Of), Chance: t.Chance,
			Threshold: "share under " + shareText(t.Standing.Threshold),
			ZH:        fmt.Sprintf("（共 %d 个标段，投标 %d 个、中标 %d 个，占 %s）；按均等机会或其在别处的中标率约 %.1f 个，如此之多的概率 %.2g；占比高于%s中 %s 的组合（中位数 %s）", t.Of, t.Bids, t.Wins, shareText(t.Share), t.Expected, t.Chance, t.Standing.NameZH(), shareText(t.Standing.Below), shareText(t.Standing.Median)),
			EN:        fmt.Sprintf(" (%d lots there, bids for %d, wins %d, %s); equal chances or its rate elsewhere would give about %.1f, and so many have a probability of %.2g; the share is above that of %s of such ties of %s (median %s)", t.Of, t.Bids, t.Wins, shareText(t.Share), t.Expected, t.Chance, shareText(t.Standing.Below), t.Standing.NameEN(), shareText(t.Standing.Median)),
		}
		role := map[string]string{network.Buyer: network.Tenderer, network.Agency: network.Agency}[t.Kind]
		if t.Kind == network.Expert {
			f.Indicator, f.Expert = "H03", expertDigest(t.Other.Name)
		} else {
			f.Other = &t.Other
		}
		m.behind(&f, network.Winner, role, t.Lots)
		m.out = append(m.out, f)
	}
}

// tallied makes the figures of buyers and agencies.
func (m *maker) tallied(r *network.Report) {
	for i := range r.Tallies {
		t := &r.Tallies[i]
		text, what := t.Text(), [2]string{"的项目被异议、质疑或投诉：", " lots are objected to or complained of: "}
		if t.Kind == network.Few {
			what = [2]string{"的项目投标人很少：", " lots have few bidders: "}
		}
		f := Figure{Indicator: "I03", Kind: t.Kind, Bodies: []network.Body{t.Body}, Value: fmt.Sprintf("%d of %d lots", t.N, t.Of), Threshold: fmt.Sprintf("as the others’: %.1f", t.Expected), Chance: t.Chance, ZH: what[0] + text.ZH, EN: what[1] + text.EN}
		if t.Kind == network.Few {
			f.Indicator = "I04"
		}
		m.behind(&f, network.Tenderer, "", t.Lots)
		m.out = append(m.out, f)
	}
	for i := range r.Draws {
		d := &r.Draws[i]
		f := Figure{
			Indicator: "H06", Kind: "draw", Bodies: []network.Body{d.Agency}, Expert: expertDigest(d.Expert), Value: fmt.Sprintf("%d of %d tenders", d.N, d.Of), Chance: d.Chance,
			Threshold: "chance above " + shareText(m.settings.NetworkSettings(m.day).DrawChance),
			ZH:        fmt.Sprintf("代理的 %d 个项目中有 %d 个由同一名专家参评；按其在当地同类项目中的参评次数（%d 个）随机抽取约 %.1f 个，如此之多的概率 %.2g", d.Of, d.N, d.Sits, d.Expected, d.Chance),
			EN:        fmt.Sprintf(" is in charge of %d tenders, in %d of which one expert of this committee sits; by the tenders of the same class, city and kind in which that expert sits (%d) a draw would give about %.1f, and so many have a probability of %.2g", d.Of, d.N, d.Sits, d.Expected, d.Chance),
		}
		m.behind(&f, network.Agency, "", d.Lots)
		m.out = append(m.out, f)
	}
}

func tenderers(fact *network.Fact) []network.Body { return fact.Tenderers }

// newI03: a buyer whose tenders are objected to or complained of much more often
// than others'. It is told of those that are.
func newI03() circle {
	p := ofBids(Info{ID: "I03", ZH: "招标人被异议、质疑、投诉的项目比例异常", EN: "a buyer's tenders are objected to or complained of unusually often", Datasets: []string{"404", "501", "503", "521", "550", "551", "9019"}}, "dockets", "least", "place_percent", "chance_per_million")
	return circle{
		plain: p, around: tenderers,
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			who := f.here(fact.Tenderers)
			return concern{who: who, role: network.Tenderer, zh: "%s", en: "Of %s"}, len(who) > 0 && fact.Doubts > 0
		},
	}
}

// newI04: a buyer to most of whose tenders few bidders come. It is told of those.
func newI04() circle {
	p := ofBids(Info{ID: "I04", ZH: "招标人的项目多数投标人很少", EN: "few bidders come to most of a buyer's tenders", Datasets: []string{"501", "503", "507", "550", "551", "557"}}, "bidders")
	return circle{
		plain: p, around: tenderers,
		meets: func(q *question, fact *network.Fact, f *Figure) (concern, bool) {
			who := f.here(fact.Tenderers)
			few := q.env.Settings.NetworkSettings(dayOfOpening(q.d, q.lot, q.env)).FewBids
			return concern{who: who, role: network.Tenderer, zh: "%s", en: "Of %s"}, len(who) > 0 && len(fact.Bids) > 0 && len(fact.Bids) <= few
		},
	}
}

// newH06: an expert whom one agency's draws bring more often than chance. No
// expert is named in a finding. Who was drawn and did not come no data set says.
func newH06() circle {
	p := ofBids(Info{ID: "H06", ZH: "同一代理机构的项目反复抽到同一专家", EN: "one expert drawn again and again for one agency", Datasets: []string{"501", "503", "508", "513", "550", "551", "553"}}, "dockets", "chance_per_million")
	p.seal, p.behind = standard.Committee, []string{"508"}
	return circle{
		plain: p, around: func(fact *network.Fact) []network.Body { return fact.Agencies },
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			c := concern{who: f.here(fact.Agencies), role: network.Agency, expert: true, zh: "%s", en: "%s"}
			return c, len(c.who) > 0 && slices.ContainsFunc(fact.Experts, func(name string) bool { return expertDigest(name) == f.Expert })
		},
	}
}

func shareText(v float64) string {
	switch {
	case v > 0 && v < 0.001:
		return "<0.1%"
	case v < 0.1 && v > 0:
		return fmt.Sprintf("%.1f%%", 100*v)
	}
	return fmt.Sprintf("%.0f%%", 100*v)
}

// ofBids is what the indicators have in common that read opened bids and winners.
func ofBids(info Info, limits ...string) plain {
	info.Version, info.Grade = 1, Clue
	return plain{info: info, limits: limits, seal: standard.Bid, behind: []string{"507", "557", "513", "553", "9018", "9122"}}
}

// newG01: bidders that meet much more often than chance and their peers, in
// pairs or groups, with winners that take turns or share out the places.
func newG01() circle {
	return circle{
		plain: ofBids(Info{ID: "G01", ZH: "投标人频繁同场，成对或成群", EN: "bidders that meet again and again, in pairs or groups", Article: "招标投标法 第三十二条", Datasets: []string{"506", "507", "557"}},
			"together", "peers", "pair_place_percent", "chance_per_million", "group_place_percent", "least_members", "most_members", "turns_percent", "territory_percent", "wins"),
		around: biddersOf,
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			bids := 0
			var who []network.Body
			for _, bid := range fact.Bids {
				if in := f.here(bid); len(in) > 0 {
					bids++
					who = append(who, in...)
				}
			}
			return concern{who: who, role: network.Bidder, zh: "%s", en: "%s "}, bids >= 2
		},
	}
}

// newG02: a bidder that bids often and hardly ever wins.
func newG02() circle {
	return circle{
		plain:  ofBids(Info{ID: "G02", ZH: "投标多而极少中标（疑似陪标）", EN: "bids often and hardly ever wins", Article: "招标投标法 第三十二条", Datasets: []string{"507", "557", "513", "553"}}, "bids", "place_percent", "chance_per_million"),
		around: biddersOf,
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			who := f.here(biddersOf(fact))
			return concern{who: who, role: network.Bidder, zh: "%s", en: "%s "}, len(who) > 0 && len(f.here(fact.Winners)) == 0
		},
	}
}

func winners(fact *network.Fact) []network.Body { return fact.Winners }

// newG03: a bidder that wins much more often than its peers.
func newG03() circle {
	return circle{
		plain:  ofBids(Info{ID: "G03", ZH: "中标率异常高（疑似标王）", EN: "wins much more often than its peers", Datasets: []string{"507", "557", "513", "553"}}, "wins", "place_percent", "chance_per_million"),
		around: winners,
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			who := f.here(fact.Winners)
			return concern{who: who, role: network.Winner, zh: "%s", en: "%s "}, len(who) > 0
		},
	}
}

// newG04: a winner that wins much of what one buyer or one agency lets.
func newG04() circle {
	return circle{
		plain:  ofBids(Info{ID: "G04", ZH: "招标人或代理机构与中标人反复成对", EN: "one winner again and again with one buyer or agency", Article: "招标投标法 第三十二条", Datasets: []string{"501", "503", "507", "513", "550", "551", "553"}}, "ties", "place_percent", "chance_per_million", "false_percent"),
		around: winners,
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			c := concern{who: f.here(fact.Winners), role: network.Winner, other: network.Tenderer, zh: "%s在本招标人（采购人）处反复中标", en: "%s wins again and again from this buyer"}
			there := fact.Tenderers
			if f.Kind == network.Agency {
				there, c.other, c.zh, c.en = fact.Agencies, network.Agency, "%s在本代理机构代理的项目中反复中标", "%s wins again and again in tenders of this agency"
			}
			return c, len(c.who) > 0 && slices.ContainsFunc(there, func(b network.Body) bool { return sameBody(b, *f.Other) })
		},
	}
}

// newH03: an expert that sits again and again where one bidder wins. No expert
// is named in a finding.
func newH03() circle {
	p := ofBids(Info{ID: "H03", ZH: "同一专家与同一中标人反复相遇", EN: "the same expert and the same winner again and again", Datasets: []string{"507", "508", "513", "553"}}, "ties")
	p.seal, p.behind = standard.Committee, []string{"508"}
	return circle{
		plain: p, around: winners,
		meets: func(_ *question, fact *network.Fact, f *Figure) (concern, bool) {
			c := concern{who: f.here(fact.Winners), role: network.Winner, expert: true, zh: "本标段一名评标专家参评的项目中%s反复中标", en: "Where one expert of this committee sits, %s wins again and again"}
			return c, len(c.who) > 0 && slices.ContainsFunc(fact.Experts, func(name string) bool { return expertDigest(name) == f.Expert })
		},
	}
}
