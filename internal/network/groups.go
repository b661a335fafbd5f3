package network

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"mingjing/internal/trade"
)

// A Group is bodies that meet each other much more than others. Cohesion and
// exclusivity are those of Wachs and Kertész (2019): the geometric mean of the
// weights of the links inside to their arithmetic mean, and the weight inside to
// all weight of the members' links; a link's weight is the dockets in which two met.
type Group struct {
	Members     []Member   `json:"members"`
	Dockets     int        `json:"dockets"`     // in which two or more of them bid for one lot
	Lots        []Lot      `json:"lots"`        // for which they did
	Closed      int        `json:"closed"`      // of the lots: nobody else bid
	Wins        int        `json:"wins"`        // of the lots: one of them won
	Links       int        `json:"links"`       // pairs of them that met
	Clique      bool       `json:"clique"`      // all did
	Cohesion    float64    `json:"cohesion"`    // 0 to 1
	Exclusivity float64    `json:"exclusivity"` // 0 to 1
	Standing    Standing   `json:"standing"`    // of exclusivity, among bodies of the same group with as many of their closest partners
	Rotation    *Rotation  `json:"rotation,omitempty"`
	Territory   *Territory `json:"territory,omitempty"`
	Text        Words      `json:"text"`
	Innocent    []Words    `json:"innocent"`
}

// A Member is one body of a group.
type Member struct {
	Body
	Lots int `json:"lots"` // of the group's for which it bid
	Wins int `json:"wins"` // of these
}

// A Rotation is winners inside a group that take turns.
type Rotation struct {
	Wins     int     `json:"wins"`     // by one member alone, in lots of the group
	Winners  int     `json:"winners"`  // members that won
	Entropy  float64 `json:"entropy"`  // of the winners, to the greatest that the members' number allows: 1 is equal shares
	Turns    float64 `json:"turns"`    // share of wins that another member has than the one before
	Expected float64 `json:"expected"` // that share if the same wins came in any order
	Text     Words   `json:"text"`
}

// A Territory is a group whose members win each in places of its own, though
// others of it bid there too.
type Territory struct {
	Wins   int     `json:"wins"`
	Places int     `json:"places"`
	V      float64 `json:"v"` // Cramér's V of winner and place, corrected for bias (Bergsma 2013)
	Split  []Place `json:"split"`
	Text   Words   `json:"text"`
}

// A Place is who wins most in one region.
type Place struct {
	Region string `json:"region"`
	Winner Body   `json:"winner"`
	Wins   int    `json:"wins"`
	Of     int    `json:"of"`
}

// groups finds the communities of strong links.
func (x *index) groups(strong []together, s Settings) []Group {
	links := map[int]map[int]int{}
	weight := func(a, b, n int) {
		if links[a] == nil {
			links[a] = map[int]int{}
		}
		links[a][b] = n
	}
	for _, t := range strong {
		weight(t.a, t.b, t.n)
		weight(t.b, t.a, t.n)
	}
	out := []Group{}
	if len(links) == 0 {
		return out
	}
	met := x.meetings()
	all := map[int][]int{} // weights of each body's links
	for k, n := range met {
		all[k[0]] = append(all[k[0]], n)
		all[k[1]] = append(all[k[1]], n)
	}
	closest := x.closest(all, s)
	for _, members := range communities(links, s) {
		g, ok := x.group(members, met, all, closest, s)
		if ok {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Exclusivity, a.Exclusivity), cmp.Compare(b.Dockets, a.Dockets))
	})
	return out
}

// closest gives what exclusivity the bodies of a stratum have by themselves, a
// group's members left out: as a body's meetings fall to as many of its closest
// partners as such a group would give it, a group of such bodies would be.
func (x *index) closest(all map[int][]int, s Settings) func(members []int) *peers {
	var who []int
	for n, weights := range all {
		slices.SortFunc(weights, func(a, b int) int { return b - a })
		if x.docketsOf(x.nodes[n].lots) >= s.MinTogether {
			who = append(who, n)
		}
	}
	slices.Sort(who)
	return func(members []int) *peers {
		p := &peers{}
		for _, n := range who {
			if _, in := slices.BinarySearch(members, n); in {
				continue
			}
			first, sum := 0, 0
			for i, w := range all[n] {
				sum += w
				if i < len(members)-1 {
					first += w
				}
			}
			p.add(x.strata[x.nodes[n].home], float64(first)/float64(2*sum-first)) // links inside count once, as in a group
		}
		return p
	}
}

func (x *index) group(members []int, met map[[2]int]int, all map[int][]int, closest func([]int) *peers, s Settings) (g Group, ok bool) {
	inside, links, logs := 0, 0, 0.0
	lotsOf := map[int]bool{}
	homes := map[int]int{}
	for i, a := range members {
		homes[x.nodes[a].home]++
		for _, b := range members[i+1:] {
			n := met[[2]int{a, b}]
			if n == 0 {
				continue
			}
			inside, links, logs = inside+n, links+1, logs+math.Log(float64(n))
			for _, l := range x.shared(a, b) {
				lotsOf[l] = true
			}
		}
	}
	sum := -inside // links inside are counted from both ends
	for _, a := range members {
		for _, w := range all[a] {
			sum += w
		}
	}
	lots := make([]int, 0, len(lotsOf))
	for l := range lotsOf {
		lots = append(lots, l)
	}
	slices.Sort(lots)
	g = Group{
		Dockets: x.docketsOf(lots), Lots: x.evidence(lots), Links: links, Clique: links == len(members)*(len(members)-1)/2,
		Cohesion: math.Exp(logs/float64(links)) / (float64(inside) / float64(links)), Exclusivity: float64(inside) / float64(sum), Innocent: slices.Clone(innocentGroup),
	}
	if g.Standing, ok = closest(members).stand(x.strata[most(homes)], g.Exclusivity, s.GroupPlace, s.MinPeers); !ok || !g.Standing.high(g.Exclusivity) {
		return g, false
	}
	in := func(n int) bool { _, ok := slices.BinarySearch(members, n); return ok }
	count := map[int]*Member{}
	for _, m := range members {
		count[m] = &Member{Body: x.nodes[m].Body}
	}
	var wins []win
	for _, l := range lots {
		var winners []int
		closed := true
		for _, n := range x.lots[l].all {
			if !in(n) {
				closed = false
				continue
			}
			count[n].Lots++
			if x.won(n, l) {
				count[n].Wins++
				winners = append(winners, n)
			}
		}
		if closed {
			g.Closed++
		}
		if len(winners) > 0 {
			g.Wins++
		}
		if len(winners) == 1 {
			wins = append(wins, win{winners[0], l})
		}
	}
	names := make([]string, 0, len(members))
	for _, m := range members {
		g.Members = append(g.Members, *count[m])
		names = append(names, x.nodes[m].Name)
	}
	who := strings.Join(names, "、")
	g.Text = Words{
		fmt.Sprintf("%d 家投标人（%s）在 %d 个项目中彼此同场：成员同场总次数中 %s 在成员之间（%s中同样数目最密切对手的占比，%s 的投标人低于此，中位数 %s），%d 个标段只有成员投标，成员中标 %d 个标段。属线索，建议核查。",
			len(members), who, g.Dockets, percent(g.Exclusivity), g.Standing.nameZH(), percent(g.Standing.Below), percent(g.Standing.Median), g.Closed, g.Wins),
		fmt.Sprintf("%d bidders (%s) met each other in %d tenders: %s of all their meetings are among themselves (of the bidders of %s %s have less with as many of their closest partners, median %s); for %d lots only they bid, and they won %d. A clue, checking is suggested.",
			len(members), who, g.Dockets, percent(g.Exclusivity), g.Standing.nameEN(), percent(g.Standing.Below), percent(g.Standing.Median), g.Closed, g.Wins),
	}
	if g.Rotation = x.rotation(wins, len(members), s); g.Rotation != nil {
		g.Innocent = append(g.Innocent, innocentTurns...)
	}
	if g.Territory = x.territory(wins, s); g.Territory != nil {
		g.Innocent = append(g.Innocent, innocentTerritory...)
	}
	return g, true
}

// A win is one lot that one body won.
type win struct{ who, lot int }

// rotation looks whether wins are shared out equally and by turns. Wins of one
// docket count once a winner: lots of one tender are let together.
func (x *index) rotation(wins []win, members int, s Settings) *Rotation {
	wins = slices.Clone(wins)
	slices.SortStableFunc(wins, func(a, b win) int {
		return cmp.Or(cmp.Compare(x.lots[a.lot].Day, x.lots[b.lot].Day), cmp.Compare(x.lots[a.lot].docket, x.lots[b.lot].docket), cmp.Compare(a.who, b.who))
	})
	wins = slices.CompactFunc(wins, func(a, b win) bool { return a.who == b.who && x.lots[a.lot].docket == x.lots[b.lot].docket })
	if n := len(wins); n < s.MinTurns || n < 2*members {
		return nil
	}
	n := map[int]int{}
	turns := 0
	for i, w := range wins {
		n[w.who]++
		if i > 0 && wins[i-1].who != w.who {
			turns++
		}
	}
	var logs, same []float64
	for _, k := range n {
		p := float64(k) / float64(len(wins))
		logs = append(logs, -p*math.Log(p))
		same = append(same, float64(k)*float64(k-1))
	}
	r := &Rotation{Wins: len(wins), Winners: len(n), Entropy: total(logs) / math.Log(float64(members))}
	r.Turns = float64(turns) / float64(len(wins)-1)
	r.Expected = 1 - total(same)/(float64(len(wins))*float64(len(wins)-1))
	if r.Entropy < s.Turns || r.Turns <= r.Expected {
		return nil
	}
	r.Text = Words{
		fmt.Sprintf("组内 %d 次中标由 %d 家分得，均匀度 %.2f（1 为完全均等）；相邻两次换人的比例 %s，随机次序下约 %s。疑似轮流中标，建议核查。", r.Wins, r.Winners, r.Entropy, percent(r.Turns), percent(r.Expected)),
		fmt.Sprintf("%d wins inside the group fell to %d members, evenness %.2f (1 is equal shares); another one won than the time before in %s, about %s in any order. Winners may take turns: checking is suggested.", r.Wins, r.Winners, r.Entropy, percent(r.Turns), percent(r.Expected)),
	}
	return r
}

// territory looks whether who wins depends on the place.
func (x *index) territory(wins []win, s Settings) *Territory {
	table := map[string]map[int]int{}
	rows, n := map[int]int{}, 0
	seen := map[[2]int]bool{}
	for _, w := range wins {
		l := &x.lots[w.lot]
		if l.Region == "" || seen[[2]int{l.docket, w.who}] {
			continue
		}
		seen[[2]int{l.docket, w.who}] = true
		if table[l.Region] == nil {
			table[l.Region] = map[int]int{}
		}
		table[l.Region][w.who]++
		rows[w.who]++
		n++
	}
	if n < s.MinTurns || len(table) < 2 || len(rows) < 2 || n < 2*max(len(table), len(rows)) {
		return nil
	}
	var terms []float64
	for _, in := range table {
		of := 0
		for _, k := range in {
			of += k
		}
		for who, all := range rows {
			e := float64(of) * float64(all) / float64(n)
			d := float64(in[who]) - e
			terms = append(terms, d*d/e)
		}
	}
	r, k, m := float64(len(table)), float64(len(rows)), float64(n)
	phi := max(0, total(terms)/m-(r-1)*(k-1)/(m-1))
	r, k = r-(r-1)*(r-1)/(m-1), k-(k-1)*(k-1)/(m-1)
	t := &Territory{Wins: n, Places: len(table)}
	if least := min(r-1, k-1); least > 0 {
		t.V = math.Sqrt(phi / least)
	}
	if t.V < s.Territory {
		return nil
	}
	t.V = min(1, t.V)
	var zh, en []string
	for region, in := range table {
		best := most(in)
		of := 0
		for _, k := range in {
			of += k
		}
		t.Split = append(t.Split, Place{region, x.nodes[best].Body, in[best], of})
	}
	slices.SortFunc(t.Split, func(a, b Place) int { return strings.Compare(a.Region, b.Region) })
	for _, p := range t.Split {
		zh = append(zh, fmt.Sprintf("%s：%s %d/%d", cmp.Or(trade.Regions().Name(p.Region), p.Region), p.Winner.Name, p.Wins, p.Of))
		en = append(en, fmt.Sprintf("%s: %s %d of %d", p.Region, p.Winner.Name, p.Wins, p.Of))
	}
	t.Text = Words{
		fmt.Sprintf("组内中标者与地区的关联度 %.2f（%d 次中标，%d 个地区）：%s。疑似划分地域，建议核查。", t.V, n, t.Places, strings.Join(zh, "；")),
		fmt.Sprintf("Who wins inside the group goes with the place, V %.2f (%d wins, %d places): %s. The territory may be shared out: checking is suggested.", t.V, n, t.Places, strings.Join(en, "; ")),
	}
	return t
}
