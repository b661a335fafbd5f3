package network

import (
	"cmp"
	"math"
	"slices"
)

// A Graph is a body with those that it bids against. Its numbers are of the
// facts it was made of and nothing else.
type Graph struct {
	Nodes       []Node      `json:"nodes"` // the body first, then by hop and by how often they met
	Edges       []Edge      `json:"edges"`
	Communities []Community `json:"communities"`   // of the nodes, the greatest first
	Cut         bool        `json:"cut,omitempty"` // there are more than are shown
}

// A Node is one body of a graph.
type Node struct {
	Body
	Hop     int  `json:"hop"`     // 0 the body itself, 1 bids against it, 2 bids against one of these
	Dockets int  `json:"dockets"` // in which it bids
	Lots    int  `json:"lots"`
	Wins    int  `json:"wins"`              // of the lots
	Partial bool `json:"partial,omitempty"` // only its dockets with nearer bodies were looked at
}

// An Edge is two bodies that bid for the same lots, each for itself.
type Edge struct {
	A       int      `json:"a"` // places in the nodes, the smaller first
	B       int      `json:"b"`
	Dockets int      `json:"dockets"` // in which they met for one and the same lot
	Lots    int      `json:"lots"`
	WinsA   int      `json:"wins_a"` // of the lots
	WinsB   int      `json:"wins_b"`
	Jaccard float64  `json:"jaccard,omitempty"` // dockets of both to dockets of either; 0 where one of them is partial
	Marks   []string `json:"marks,omitempty"`   // ids of indicators: their bids carried the same mark
	Behind  []Lot    `json:"behind"`            // the newest of the lots
}

// A Community is nodes of a graph that meet each other much; its numbers are, as
// all of the graph's, of the facts it was made of. Cohesion and exclusivity are those of Group.
type Community struct {
	Members     []int   `json:"members"` // places in the nodes, in order
	Dockets     int     `json:"dockets"` // in which two or more of them bid for one lot
	Cohesion    float64 `json:"cohesion"`
	Exclusivity float64 `json:"exclusivity"`
}

// Around says how far a graph goes.
type Around struct {
	Depth  int    // hops: 1 or 2
	Most   int    // nodes at most
	Behind int    // lots listed for each edge at most
	Full   []Body // bodies all of whose dockets are in the facts
	Least  int    // dockets for a link to lead on to a second hop
}

// Rivals lists whom a body bids against, who it meets in most dockets first.
func Rivals(facts []Fact, body Body) []Body {
	x := newIndex(facts)
	at := x.find(body)
	if at < 0 {
		return nil
	}
	met := x.meetings()
	var out []Body
	for _, n := range x.next(met, map[int]int{at: 0}, 0, 1) {
		out = append(out, x.nodes[n].Body)
	}
	return out
}

// GraphOf draws the surroundings of a body; nil when no fact has a bid of it.
func GraphOf(facts []Fact, body Body, o Around) *Graph {
	x := newIndex(facts)
	at := x.find(body)
	if at < 0 || len(x.nodes[at].lots) == 0 {
		return nil
	}
	met := x.meetings()
	g := &Graph{Edges: []Edge{}}
	hops, order := map[int]int{at: 0}, []int{at}
	for hop := 1; hop <= o.Depth; hop++ {
		least := 1
		if hop > 1 {
			least = o.Least
		}
		for _, n := range x.next(met, hops, hop-1, least) {
			if len(order) == o.Most {
				g.Cut = true
				break
			}
			hops[n] = hop
			order = append(order, n)
		}
	}
	full := map[int]bool{at: true}
	for _, b := range o.Full {
		if n := x.find(b); n >= 0 {
			full[n] = true
		}
	}
	_, _, bids := x.activity()
	place := map[int]int{}
	for i, n := range order {
		place[n] = i
		g.Nodes = append(g.Nodes, Node{x.nodes[n].Body, hops[n], bids[n], len(x.nodes[n].lots), x.nodes[n].wins, !full[n]})
	}
	marks := map[[2]int][]string{}
	for _, m := range x.marks() {
		a, b := x.find(m.A), x.find(m.B)
		marks[[2]int{min(a, b), max(a, b)}] = m.Kinds
	}
	for k, n := range met {
		a, okA := place[k[0]]
		b, okB := place[k[1]]
		if !okA || !okB {
			continue
		}
		first, second := k[0], k[1]
		if a > b {
			a, b, first, second = b, a, second, first
		}
		lots := x.shared(first, second)
		e := Edge{A: a, B: b, Dockets: n, Lots: len(lots), Marks: marks[k]}
		for _, l := range lots {
			if x.won(first, l) {
				e.WinsA++
			}
			if x.won(second, l) {
				e.WinsB++
			}
		}
		if full[first] && full[second] {
			e.Jaccard = float64(n) / float64(bids[first]+bids[second]-n)
		}
		e.Behind = x.evidence(lots)
		slices.Reverse(e.Behind)
		e.Behind = e.Behind[:min(len(e.Behind), o.Behind)]
		g.Edges = append(g.Edges, e)
	}
	g.Communities = x.around(met, place, o.Least)
	slices.SortFunc(g.Edges, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return g
}

// around finds the communities of a graph: of links of so many dockets or more.
func (x *index) around(met map[[2]int]int, place map[int]int, least int) []Community {
	links, weight := map[int]map[int]int{}, map[int]int{}
	for k, n := range met {
		weight[k[0]] += n
		weight[k[1]] += n
		_, a := place[k[0]]
		_, b := place[k[1]]
		if !a || !b || n < least {
			continue
		}
		for _, d := range [][2]int{{k[0], k[1]}, {k[1], k[0]}} {
			if links[d[0]] == nil {
				links[d[0]] = map[int]int{}
			}
			links[d[0]][d[1]] = n
		}
	}
	out := []Community{}
	for _, members := range communities(links, Settings{MinGroup: 3, MaxGroup: 12}) {
		c := Community{}
		inside, pairs, all, logs := 0, 0, 0, 0.0
		dockets := map[int]bool{}
		for i, a := range members {
			c.Members = append(c.Members, place[a])
			all += weight[a]
			for _, b := range members[i+1:] {
				n := met[[2]int{a, b}]
				if n == 0 {
					continue
				}
				inside, pairs, logs = inside+n, pairs+1, logs+math.Log(float64(n))
				for _, l := range x.shared(a, b) {
					dockets[x.lots[l].docket] = true
				}
			}
		}
		slices.Sort(c.Members)
		c.Dockets = len(dockets)
		c.Cohesion = math.Exp(logs/float64(pairs)) / (float64(inside) / float64(pairs))
		c.Exclusivity = float64(inside) / float64(all-inside)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Community) int {
		return cmp.Or(len(b.Members)-len(a.Members), slices.Compare(a.Members, b.Members))
	})
	return out
}

// next are the bodies that met those of one hop and are not there yet, who met
// them in most dockets first.
func (x *index) next(met map[[2]int]int, hops map[int]int, hop, least int) []int {
	best := map[int]int{}
	for k, n := range met {
		for _, from := range [][2]int{{k[0], k[1]}, {k[1], k[0]}} {
			h, ok := hops[from[0]]
			if _, there := hops[from[1]]; ok && h == hop && !there && n >= least {
				best[from[1]] = max(best[from[1]], n)
			}
		}
	}
	out := make([]int, 0, len(best))
	for n := range best {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Or(best[b]-best[a], a-b) })
	return out
}

// find gives the number of a body by its code, else by its name; -1 when it is not there.
func (x *index) find(b Body) int {
	code, name := normalCode(b.Code), normalName(b.Name)
	if code != "" {
		return slices.IndexFunc(x.nodes, func(n node) bool { return n.Code == code })
	}
	return slices.IndexFunc(x.nodes, func(n node) bool { return name != "" && normalName(n.Name) == name })
}
