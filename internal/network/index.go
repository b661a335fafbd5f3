package network

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"mingjing/internal/trade"
)

// normalCode brings a code to one form: capitals, no blanks or hyphens, plain
// letters and digits.
func normalCode(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// normalName brings a name to one form: no blanks, brackets of one kind.
func normalName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == '(':
			return '（'
		case r == ')':
			return '）'
		}
		return r
	}, s)
}

// lot is a fact with bodies as numbers.
type lot struct {
	*Fact
	docket                       int
	group                        int // class and city
	field                        int // class, city and kind: those who could have met
	bids                         [][]int
	all                          []int // who bid, sorted
	winners, tenderers, agencies []int // sorted
	experts                      []int
	shared                       []mark
}

// mark is what several bids of a lot have in common.
type mark struct {
	kind string
	who  []int
}

// A node is one body.
type node struct {
	Body
	key  string // by which nodes are ordered: not by when they came
	lots []int  // in which it bid, sorted
	wins int    // of these
	home int    // group in which it bids most often; -1 when it never bid
}

type index struct {
	lots    []lot
	nodes   []node
	experts []string
	strata  []string // class/city, sorted
	fields  int      // how many classes, cities and kinds there are
	dockets []string
}

// newIndex puts facts in order and gives bodies their numbers.
func newIndex(facts []Fact) *index {
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b Fact) int {
		return cmp.Or(strings.Compare(a.Docket, b.Docket), strings.Compare(a.Lot, b.Lot), cmp.Compare(a.Day, b.Day), strings.Compare(a.Title, b.Title), cmp.Compare(len(a.Bids), len(b.Bids)))
	})
	facts = slices.CompactFunc(facts, func(a, b Fact) bool { return a.Docket == b.Docket && a.Lot == b.Lot })
	x := &index{}
	number := x.number(facts)
	groups, fields, experts := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range facts {
		groups[groupOf(&facts[i])] = 0
		fields[fieldOf(&facts[i])] = 0
		for _, e := range facts[i].Experts {
			if e = normalName(e); e != "" {
				experts[e] = 0
			}
		}
	}
	x.strata, x.fields, x.experts = numbered(groups), len(numbered(fields)), numbered(experts)
	for i := range facts {
		f := &facts[i]
		if len(x.dockets) == 0 || x.dockets[len(x.dockets)-1] != f.Docket {
			x.dockets = append(x.dockets, f.Docket)
		}
		l := lot{Fact: f, docket: len(x.dockets) - 1, group: groups[groupOf(f)], field: fields[fieldOf(f)]}
		for _, bid := range f.Bids {
			one := number(bid)
			again := slices.ContainsFunc(l.bids, func(had []int) bool { return slices.Equal(had, one) }) // a second row of one bid
			if len(one) > 0 && !again {
				l.bids = append(l.bids, one)
				l.all = append(l.all, one...)
			}
		}
		l.all = sorted(l.all)
		l.winners, l.tenderers, l.agencies = number(f.Winners), number(f.Tenderers), number(f.Agencies)
		for _, e := range f.Experts {
			if e = normalName(e); e != "" {
				l.experts = append(l.experts, experts[e])
			}
		}
		l.experts = sorted(l.experts)
		for _, m := range f.Shared {
			l.shared = append(l.shared, mark{m.Kind, number(m.Bodies)})
		}
		x.lots = append(x.lots, l)
	}
	homes := make([]map[int]int, len(x.nodes))
	for i := range x.lots {
		for _, n := range x.lots[i].all {
			x.nodes[n].lots = append(x.nodes[n].lots, i)
			if _, won := slices.BinarySearch(x.lots[i].winners, n); won {
				x.nodes[n].wins++
			}
			if homes[n] == nil {
				homes[n] = map[int]int{}
			}
			homes[n][x.lots[i].group]++
		}
	}
	for n := range x.nodes {
		x.nodes[n].home = most(homes[n])
	}
	return x
}

// number gives the bodies of facts their numbers by key, and tells how to find them.
func (x *index) number(facts []Fact) func([]Body) []int {
	codes := map[string]string{} // by name; "?" when there are several
	each := func(do func(Body)) {
		for i := range facts {
			f := &facts[i]
			for _, bid := range f.Bids {
				for _, b := range bid {
					do(b)
				}
			}
			for _, list := range [][]Body{f.Winners, f.Tenderers, f.Agencies} {
				for _, b := range list {
					do(b)
				}
			}
			for _, s := range f.Shared {
				for _, b := range s.Bodies {
					do(b)
				}
			}
		}
	}
	const several = "?"
	each(func(b Body) {
		name, code := normalName(b.Name), normalCode(b.Code)
		if name == "" || code == "" {
			return
		}
		if had := codes[name]; had != "" && had != code {
			code = several
		}
		codes[name] = code
	})
	key := func(b Body) string {
		name, code := normalName(b.Name), normalCode(b.Code)
		if code == "" && codes[name] != several {
			code = codes[name]
		}
		switch {
		case code != "":
			return "code " + code
		case name != "":
			return "name " + name
		}
		return ""
	}
	names := map[string]map[string]int{}
	each(func(b Body) {
		if k := key(b); k != "" {
			if names[k] == nil {
				names[k] = map[string]int{}
			}
			names[k][strings.TrimSpace(b.Name)]++
		}
	})
	at := map[string]int{}
	for k := range names {
		at[k] = 0
	}
	for _, k := range numbered(at) {
		n := node{key: k}
		if code, ok := strings.CutPrefix(k, "code "); ok {
			n.Code = code
		}
		best := 0
		for name, times := range names[k] {
			if name != "" && (times > best || times == best && name < n.Name) {
				n.Name, best = name, times
			}
		}
		if n.Name == "" {
			n.Name = n.Code
		}
		x.nodes = append(x.nodes, n)
	}
	return func(bodies []Body) []int {
		var out []int
		for _, b := range bodies {
			if k := key(b); k != "" {
				out = append(out, at[k])
			}
		}
		return sorted(out)
	}
}

// groupOf names the class and city of a lot.
func groupOf(f *Fact) string {
	region := f.Region
	if len(region) > 4 {
		region = region[:4]
	}
	return f.Class + "/" + region
}

// fieldOf adds the kind of what is tendered: few firms build bridges, and they
// meet at every bridge.
func fieldOf(f *Fact) string { return groupOf(f) + "/" + f.Kind }

// numbered gives the keys of a map in order and numbers them by it.
func numbered(at map[string]int) []string {
	keys := make([]string, 0, len(at))
	for k := range at {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		at[k] = i
	}
	return keys
}

func sorted(s []int) []int {
	slices.Sort(s)
	return slices.Compact(s)
}

// most is the key with the greatest count, the smallest of equals; -1 of none.
func most(counts map[int]int) int {
	best := -1
	for k, n := range counts {
		if best < 0 || n > counts[best] || n == counts[best] && k < best {
			best = k
		}
	}
	return best
}

func (x *index) bidders() int {
	n := 0
	for i := range x.nodes {
		if len(x.nodes[i].lots) > 0 {
			n++
		}
	}
	return n
}

func (x *index) won(n, lot int) bool {
	_, ok := slices.BinarySearch(x.lots[lot].winners, n)
	return ok
}

// apart reports whether two bid for a lot against each other: not both in one bid.
func (l *lot) apart(a, b int) bool {
	for _, bid := range l.bids {
		if slices.Contains(bid, a) && slices.Contains(bid, b) {
			return false
		}
	}
	return true
}

// docketsOf counts the dockets of lots; lots of one docket stand together.
func (x *index) docketsOf(lots []int) int {
	n, last := 0, -1
	for _, l := range lots {
		if x.lots[l].docket != last {
			n, last = n+1, x.lots[l].docket
		}
	}
	return n
}

// evidence tells of lots, by day.
func (x *index) evidence(lots []int) []Lot {
	lots = slices.Clone(lots)
	slices.SortStableFunc(lots, func(a, b int) int { return cmp.Compare(x.lots[a].Day, x.lots[b].Day) })
	out := make([]Lot, 0, len(lots))
	for _, i := range lots {
		l := &x.lots[i]
		var names []string
		for _, w := range l.winners {
			names = append(names, x.nodes[w].Name)
		}
		out = append(out, Lot{l.Docket, l.Lot, l.Title, dayText(l.Day), strings.Join(names, "、")})
	}
	return out
}

func dayText(d trade.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
