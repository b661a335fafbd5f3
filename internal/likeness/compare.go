package likeness

import (
	"cmp"
	"math"
	"slices"
)

// Limits say what a shared passage is. Lengths are in characters that count.
type Limits struct {
	Seed    int     `json:"seed" yaml:"seed"`       // equal characters from which a passage grows
	Often   int     `json:"often" yaml:"often"`     // a seed that stands in one text more often is a phrase
	Gap     int     `json:"gap" yaml:"gap"`         // the longest stretch inside a passage that differs
	Least   int     `json:"least" yaml:"least"`     // the least score of a passage: equal characters less Cost for each other
	Cost    float64 `json:"cost" yaml:"cost"`       // of a character that differs
	Quoted  int     `json:"quoted" yaml:"quoted"`   // equal characters with the tender's document that make a quotation of it
	Shuffle int     `json:"shuffle" yaml:"shuffle"` // how far a clause may have wandered
	Report  int     `json:"report" yaml:"report"`   // equal characters, all passages together, from which two texts are worth a look
}

// Kinds of a passage.
const (
	Verbatim  = "verbatim"  // nothing differs
	Altered   = "altered"   // the same order, something differs
	Reordered = "reordered" // the same clauses in another order
)

// A Part is a stretch of a passage that is equal in both.
type Part struct {
	A Place `json:"a"`
	B Place `json:"b"`
}

// A Passage is what two texts share, with its places in both.
type Passage struct {
	A              Place  `json:"a"`
	B              Place  `json:"b"`
	Kind           string `json:"kind"`
	Equal          int    `json:"equal"`                     // characters that are equal
	LengthA        int    `json:"length_a"`                  // characters of the passage that are the author's own
	LengthB        int    `json:"length_b"`                  //
	NumbersChanged int    `json:"numbers_changed,omitempty"` // numbers at the same place that differ
	Parts          []Part `json:"parts"`
}

// A Result is what the comparison of two texts gives.
type Result struct {
	Passages []Passage `json:"passages"` // in the order of the first text
	OwnA     int       `json:"own_a"`    // characters that are not of the tender or a standard text
	OwnB     int       `json:"own_b"`
	SharedA  int       `json:"shared_a"` // of these, in equal stretches of passages
	SharedB  int       `json:"shared_b"`
	Longest  int       `json:"longest"` // equal characters of the longest passage
}

// ShareA is the part of the first author's own text that the other has too.
func (r *Result) ShareA() float64 { return ratio(r.SharedA, r.OwnA) }

// ShareB is the part of the second author's own text that the other has too.
func (r *Result) ShareB() float64 { return ratio(r.SharedB, r.OwnB) }

// Share is the larger part: a short text that lies whole in a long one is a copy.
func (r *Result) Share() float64 { return max(r.ShareA(), r.ShareB()) }

// Suspect reports whether the two share enough to be worth a look.
func (r *Result) Suspect(l Limits) bool { return min(r.SharedA, r.SharedB) >= l.Report }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// A Reference is a text that anybody may quote: the tender's own document, a
// statute, a standard form.
type Reference struct{ index *Index }

// NewReference makes a text ready to be taken out of others.
func NewReference(t *Text, l Limits) *Reference { return &Reference{newIndex(t, l.Seed, false)} }

// Without takes what a reference says out of a text, a little altered or not:
// those characters are no longer the author's own.
func (t *Text) Without(ref *Reference, l Limits) {
	low := l
	low.Least = l.Quoted
	rs := ref.index.runs(t, l.Often)
	take := func(i, j int, what byte) {
		for ; i < j; i++ {
			t.not[i] = max(t.not[i], what)
		}
	}
	what := func(equal int) byte {
		if equal < 3*l.Quoted {
			return phrase
		}
		return quoted
	}
	for _, r := range rs {
		if r.n >= l.Quoted {
			take(r.i, r.i+r.n, what(r.n))
		}
	}
	for _, c := range chains(t, ref.index.text, rs, low, false) {
		take(c.fromA(), c.toA(), what(int(c.score)))
	}
	t.upto = nil
}

// Compare finds what two texts share. What was taken out of either counts for
// nothing: no passage begins or ends in it, and it neither adds nor costs.
func Compare(a, b *Text, l Limits) *Result {
	x := newIndex(b, l.Seed, true)
	res := &Result{OwnA: a.Own(), OwnB: b.Own()}
	inA, inB := make([]bool, a.Len()), make([]bool, b.Len())
	for _, c := range chains(a, b, x.runs(a, l.Often), l, true) {
		p := c.passage(a, b)
		res.Passages = append(res.Passages, p)
		res.Longest = max(res.Longest, p.Equal)
		for _, r := range c.runs {
			for k := range r.n {
				inA[r.i+k], inB[r.j+k] = true, true
			}
		}
	}
	for i, in := range inA {
		if in && a.not[i] == owned {
			res.SharedA++
		}
	}
	for i, in := range inB {
		if in && b.not[i] == owned {
			res.SharedB++
		}
	}
	return res
}

// weight is the number of equal characters of a run that are the authors' own in
// both texts.
func weight(a, b *Text, r run) int {
	return min(a.ownIn(r.i, r.i+r.n), b.ownIn(r.j, r.j+r.n))
}

// A chain is a passage in the making: runs in the order of a.
type chain struct {
	runs  []run
	kind  string
	score float64
}

func (c *chain) fromA() int { return c.runs[0].i }
func (c *chain) toA() int {
	end := 0
	for _, r := range c.runs {
		end = max(end, r.i+r.n)
	}
	return end
}

func (c *chain) boundsB() (from, to int) {
	from = math.MaxInt
	for _, r := range c.runs {
		from, to = min(from, r.j), max(to, r.j+r.n)
	}
	return from, to
}

func (c *chain) passage(a, b *Text) Passage {
	fromB, toB := c.boundsB()
	p := Passage{
		A: a.place(c.fromA(), c.toA()), B: b.place(fromB, toB), Kind: c.kind,
		LengthA: a.ownIn(c.fromA(), c.toA()), LengthB: b.ownIn(fromB, toB),
	}
	for _, r := range c.runs {
		p.Equal += weight(a, b, r)
		p.Parts = append(p.Parts, Part{a.place(r.i, r.i+r.n), b.place(r.j, r.j+r.n)})
		for k := range r.n {
			if a.runes[r.i+k] == number && !sameNumber(a.place(r.i+k, r.i+k+1).Of(a), b.place(r.j+k, r.j+k+1).Of(b)) {
				p.NumbersChanged++
			}
		}
	}
	if p.Kind == "" {
		p.Kind = Altered
		if len(c.runs) == 1 && p.NumbersChanged == 0 {
			p.Kind = Verbatim
		}
	}
	return p
}

// sameNumber compares the digits of two numbers; how they are grouped is no difference.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	digits := func(s string) (out []rune) {
		for _, r := range s {
			if f := fold(r); f != 0 {
				out = append(out, f)
			} else if r == '.' || r == '．' {
				out = append(out, '.')
			}
		}
		return out
	}
	return slices.Equal(digits(a), digits(b))
}

// A cluster is runs that lie together in both texts.
type cluster struct {
	runs         []run
	endA         int // the end of the last run in a
	fromB, toB   int
	lastA, lastB int // the end of the run that was added last
}

// chains puts runs together to passages.
func chains(a, b *Text, rs []run, l Limits, reordered bool) []chain {
	slices.SortFunc(rs, func(p, q run) int { return cmp.Or(p.i-q.i, p.j-q.j) })
	var open []*cluster
	var out []chain
	finish := func(c *cluster) { out = append(out, c.chains(a, b, l, reordered)...) }
	for _, r := range rs {
		var best *cluster
		nearest := math.MaxInt
		still := open[:0]
		for _, c := range open {
			if r.i-c.endA > l.Gap {
				finish(c)
				continue
			}
			still = append(still, c)
			if away := max(r.j-c.toB, c.fromB-(r.j+r.n)); away <= l.Shuffle {
				if d := abs((r.j - c.lastB) - (r.i - c.lastA)); d < nearest {
					nearest, best = d, c
				}
			}
		}
		open = still
		if best == nil {
			best = &cluster{fromB: r.j, toB: r.j + r.n}
			open = append(open, best)
		}
		best.runs = append(best.runs, r)
		best.endA, best.fromB, best.toB = max(best.endA, r.i+r.n), min(best.fromB, r.j), max(best.toB, r.j+r.n)
		best.lastA, best.lastB = r.i+r.n, r.j+r.n
	}
	for _, c := range open {
		finish(c)
	}
	return settle(out)
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

// chains cuts a cluster into passages.
func (c *cluster) chains(a, b *Text, l Limits, reordered bool) []chain {
	all := chain{runs: c.runs}
	if all.weight(a, b) < l.Least {
		return nil
	}
	// Passages in the same order, the heaviest first, until none is left.
	rest := c.runs
	var out []chain
	for range 8 {
		line := heaviest(rest)
		parts := cut(a, b, fill(a, b, line, l), l)
		out = append(out, parts...)
		if len(line) == len(rest) || len(parts) == 0 {
			break
		}
		used := make(map[int]bool, len(line)) // by end in a: a line has one run for each, and cutting keeps ends
		for _, r := range line {
			used[r.i+r.n] = true
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(r run) bool { return used[r.i+r.n] })
	}
	if !reordered {
		return out
	}
	ordered := 0
	for _, o := range out {
		ordered += o.weight(a, b)
	}
	if ch, ok := c.shuffled(a, b, l); ok && ch.weight(a, b) > ordered*5/4 {
		return []chain{ch}
	}
	return out
}

func (c *chain) weight(a, b *Text) (n int) {
	for _, r := range c.runs {
		n += weight(a, b, r)
	}
	return n
}

// heaviest returns the runs of the heaviest line in which both texts keep their
// order. Runs that overlap are cut.
func heaviest(rs []run) []run {
	type state struct{ weight, before int }
	// Runs are sorted by i. The best line that ends at a run is the best of those
	// before it that end, in b, before it does. A tree over the ends in b keeps them.
	ends := make([]int, len(rs))
	for k, r := range rs {
		ends[k] = r.j + r.n
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	tree := make([]int, len(ends)+1) // index+1 of the run with the heaviest line, by end in b
	states := make([]state, len(rs))
	best := -1
	for k, r := range rs {
		at, _ := slices.BinarySearch(ends, r.j+r.n)
		from := 0
		for p := at; p > 0; p -= p & -p { // ends strictly before this one's
			if t := tree[p]; t > 0 && (from == 0 || states[t-1].weight > states[from-1].weight) {
				from = t
			}
		}
		states[k] = state{r.n, from - 1}
		if from > 0 {
			prev := rs[from-1]
			over := max(0, prev.i+prev.n-r.i, prev.j+prev.n-r.j)
			if over >= r.n || over >= states[from-1].weight { // better begun anew
				states[k].before = -1
			} else {
				states[k].weight = states[from-1].weight + r.n - over
			}
		}
		if best < 0 || states[k].weight > states[best].weight {
			best = k
		}
		for p := at + 1; p < len(tree); p += p & -p {
			if t := tree[p]; t == 0 || states[k].weight > states[t-1].weight {
				tree[p] = k + 1
			}
		}
	}
	var line []run
	for k := best; k >= 0; k = states[k].before {
		line = append(line, rs[k])
	}
	slices.Reverse(line)
	for k := 1; k < len(line); k++ {
		p, r := line[k-1], line[k]
		if over := max(0, p.i+p.n-r.i, p.j+p.n-r.j); over > 0 {
			line[k] = run{r.i + over, r.j + over, r.n - over}
		}
	}
	return line
}

// fill looks into the gaps of a line for what is equal but shorter than a seed.
func fill(a, b *Text, line []run, l Limits) []run {
	out := make([]run, 0, len(line))
	for k, r := range line {
		if k > 0 {
			p := line[k-1]
			i, j := p.i+p.n, p.j+p.n
			if n, m := r.i-i, r.j-j; n > 1 && m > 1 && n <= l.Gap && m <= l.Gap {
				out = append(out, between(a, b, i, j, n, m)...)
			}
		}
		out = append(out, r)
	}
	return out
}

// between returns the equal stretches of at least two characters of a gap, by the
// longest common subsequence that counts such stretches only.
func between(a, b *Text, i, j, n, m int) []run {
	best := make([][]int, n+1) // equal characters in stretches, from (x, y) on
	for x := range best {
		best[x] = make([]int, m+1)
	}
	length := func(x, y int) (k int) {
		for x+k < n && y+k < m && a.runes[i+x+k] == b.runes[j+y+k] && a.not[i+x+k] != quoted && b.not[j+y+k] != quoted {
			k++
		}
		return k
	}
	for x := n - 1; x >= 0; x-- {
		for y := m - 1; y >= 0; y-- {
			best[x][y] = max(best[x+1][y], best[x][y+1])
			if k := length(x, y); k >= 2 {
				best[x][y] = max(best[x][y], k+best[x+k][y+k])
			}
		}
	}
	var out []run
	for x, y := 0, 0; x < n && y < m && best[x][y] > 0; {
		k := length(x, y)
		switch {
		case k >= 2 && best[x][y] == k+best[x+k][y+k]:
			out = append(out, run{i + x, j + y, k})
			x, y = x+k, y+k
		case best[x][y] == best[x+1][y]:
			x++
		default:
			y++
		}
	}
	return out
}

// cut takes out of a line the stretches whose score is enough, the best first:
// equal characters less what differs between them.
func cut(a, b *Text, line []run, l Limits) []chain {
	if len(line) == 0 {
		return nil
	}
	best, from, to := 0.0, 0, -1
	sum, start := 0.0, 0
	for k, r := range line {
		if k > 0 {
			p := line[k-1]
			gapA, gapB := a.ownIn(p.i+p.n, r.i), b.ownIn(p.j+p.n, r.j)
			sum -= l.Cost * float64(max(gapA, gapB))
			if sum <= 0 || r.i-p.i-p.n > l.Gap || r.j-p.j-p.n > l.Gap {
				sum, start = 0, k
			}
		}
		sum += float64(weight(a, b, r))
		if sum > best {
			best, from, to = sum, start, k
		}
	}
	if best < float64(l.Least) {
		return nil
	}
	out := cut(a, b, line[:from], l)
	out = append(out, chain{runs: line[from : to+1], score: best})
	return append(out, cut(a, b, line[to+1:], l)...)
}

// shuffled makes of a cluster one passage whose clauses stand in another order.
func (c *cluster) shuffled(a, b *Text, l Limits) (chain, bool) {
	// Long clauses only, each place used once.
	rs := slices.DeleteFunc(slices.Clone(c.runs), func(r run) bool { return r.n < l.Seed+2 })
	slices.SortStableFunc(rs, func(p, q run) int { return q.n - p.n })
	var kept []run
	var usedA, usedB stretches
	for _, r := range rs {
		if usedA.free(r.i, r.i+r.n) && usedB.free(r.j, r.j+r.n) {
			usedA.take(r.i, r.i+r.n)
			usedB.take(r.j, r.j+r.n)
			kept = append(kept, r)
		}
	}
	slices.SortFunc(kept, func(p, q run) int { return p.i - q.i })
	if len(kept) < 3 {
		return chain{}, false
	}
	ch := chain{runs: kept, kind: Reordered}
	fromB, toB := ch.boundsB()
	w := ch.weight(a, b)
	differs := max(a.ownIn(ch.fromA(), ch.toA()), b.ownIn(fromB, toB)) - w
	ch.score = float64(w) - l.Cost*float64(differs)
	return ch, ch.score >= float64(l.Least)
}

// stretches are places that are taken, sorted; none overlaps another.
type stretches [][2]int

func (s stretches) after(from int) int {
	at, _ := slices.BinarySearchFunc(s, from, func(e [2]int, from int) int { return cmp.Compare(e[1], from+1) })
	return at // the first that ends after from
}

func (s stretches) free(from, to int) bool {
	at := s.after(from)
	return at == len(s) || s[at][0] >= to
}

func (s *stretches) take(from, to int) { *s = slices.Insert(*s, s.after(from), [2]int{from, to}) }

// settle drops passages whose places another, better one has already in both
// texts, and puts the rest in the order of a.
func settle(cs []chain) []chain {
	slices.SortStableFunc(cs, func(p, q chain) int { return cmp.Compare(q.score, p.score) })
	var spans [][4]int
	out := cs[:0]
	for _, c := range cs {
		fromB, toB := c.boundsB()
		s := [4]int{c.fromA(), c.toA(), fromB, toB}
		if slices.ContainsFunc(spans, func(o [4]int) bool {
			return covered(s[0], s[1], o[0], o[1]) && covered(s[2], s[3], o[2], o[3])
		}) {
			continue
		}
		spans, out = append(spans, s), append(out, c)
	}
	slices.SortStableFunc(out, func(p, q chain) int { return cmp.Or(p.fromA()-q.fromA(), p.runs[0].j-q.runs[0].j) })
	return out
}

// covered reports whether most of a stretch lies in another.
func covered(from, to, oFrom, oTo int) bool {
	return min(to, oTo)-max(from, oFrom) > (to-from)*4/5
}
