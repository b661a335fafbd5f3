package cardinal

import (
	"cmp"
	"math"
	"slices"
)

// A Group is a kind of thing that is flagged.
type Group uint8

// The four groups of an answer.
const (
	ByProcess Group = iota
	ByBuyer
	ByEntity
	ByTenderer
	groups
)

var groupNames = [groups]string{"OCID", "Buyer", "ProcuringEntity", "Tenderer"}

// A row is one flagged thing with its indicators.
type row struct {
	id     string
	flags  flags
	values [3]float64 // of the indicators that have a value of their own: slot
}

// slot tells where a row keeps an indicator's value; -1 for those whose value
// is always the same, which constant tells.
func slot(g Group, i Indicator) int {
	switch {
	case g == ByProcess && i == R035, g == ByTenderer && i == R025:
		return 0
	case g == ByProcess && i == R024, i == R038:
		return 1
	case g == ByProcess && i == R058, i == R048:
		return 2
	}
	return -1
}

func constant(g Group, i Indicator) float64 {
	if g == ByTenderer && (i == R024 || i == R035 || i == R058) {
		return 0 // taken along
	}
	return 1
}

func (r *row) put(g Group, i Indicator, v float64) {
	r.flags.put(i)
	if k := slot(g, i); k >= 0 {
		r.values[k] = v
	}
}

// A metric is a number that flags were decided by.
type metric struct {
	name  string
	value float64
}

// A Result is an answer for a whole stream.
type Result struct {
	rows   [groups][]row // by id
	meta   [indicators][]metric
	maps   [mapKinds][]mapping // by ocid, then in order of the stream
	orgs   [3][]string         // names that maps' numbers mean: buyers, entities, tenderers
	mapped bool

	// Lines is how many lines were read, Releases how many of them were JSON.
	Lines, Releases int
	// Undefined is how many processes have a winner's and a second price of
	// zero, whose ratio is no number. Cardinal ends there; here they are left
	// out.
	Undefined int
}

// Flagged tells how many things of a group are flagged by an indicator.
func (r *Result) Flagged(g Group, i Indicator) int {
	n := 0
	for k := range r.rows[g] {
		if r.rows[g][k].flags.has(i) {
			n++
		}
	}
	return n
}

// merge puts the tallies of all workers together, as if one had read all lines.
func merge(s *Settings, ts []*tally) *Result {
	r := &Result{}
	all := newTally(s)
	for _, t := range ts {
		all.add(t)
	}
	all.processes(r)
	all.byRatio(r)
	all.r025of(r)
	all.r038of(r)
	all.r048of(r)
	all.tendererRows(r)
	all.arrange(r)
	return r
}

// add takes over what another worker has counted. The other is of no use
// afterwards.
func (t *tally) add(o *tally) {
	org := make([]uint32, len(o.tenderers.list))
	code := make([]uint32, len(o.codes.list))
	for k, name := range o.codes.list {
		code[k] = t.codes.of([]byte(name))
	}
	for k, name := range o.tenderers.list {
		n := t.tenderers.of([]byte(name))
		org[k] = n
		from := &o.suppliers[k]
		if int(n) == len(t.suppliers) {
			t.suppliers = append(t.suppliers, supplier{})
		}
		to := &t.suppliers[n]
		to.flags |= from.flags
		to.wins.add(from.wins.of, from.wins.all)
		to.dropped.add(from.dropped.of, from.dropped.all)
		to.processes += from.processes
		from.tidy()
		for _, c := range from.codes {
			to.addCode(code[c])
		}
		from.codes = nil
	}
	buyer := t.buyers.addParts(&t.bought, &o.buyers, o.bought)
	entity := t.entities.addParts(&t.procured, &o.entities, o.procured)
	t.found = inOrder(t.found, o.found, func(f *found) place { return f.at })
	for k := range o.ratios {
		x := &o.ratios[k]
		x.winner, x.second = org[x.winner], org[x.second]
	}
	t.ratios = inOrder(t.ratios, o.ratios, func(x *ratioOf) place { return x.at })
	for _, m := range o.mappings {
		switch m.kind {
		case mapBuyer:
			m.org = buyer[m.org]
		case mapEntity:
			m.org = entity[m.org]
		default:
			m.org = org[m.org]
		}
		t.mappings = append(t.mappings, m)
	}
	t.ours, t.maps = o.ours, o.maps
	*o = tally{}
}

// inOrder merges two lists that are in the stream's order; of one place, which
// is of one list only, the order is kept.
func inOrder[T any](a, b []T, at func(*T) place) []T {
	if len(a) == 0 {
		return b
	}
	out := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if at(&a[0]) <= at(&b[0]) {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func (n *names) addParts(parts *[]part, others *names, of []part) []uint32 {
	to := make([]uint32, len(others.list))
	for k, name := range others.list {
		m := n.of([]byte(name))
		to[k] = m
		if int(m) == len(*parts) {
			*parts = append(*parts, part{})
		}
		(*parts)[m].add(of[k].of, of[k].all)
	}
	return to
}

// processes makes the rows of processes that were flagged on their own. Lines of
// one ocid are one row; of R035's number the last stands.
func (t *tally) processes(r *Result) {
	slices.SortStableFunc(t.found, func(a, b found) int { return cmp.Compare(a.ocid, b.ocid) })
	rows := make([]row, 0, len(t.found))
	for _, f := range t.found {
		if n := len(rows); n == 0 || rows[n-1].id != f.ocid {
			rows = append(rows, row{id: f.ocid})
		}
		last := &rows[len(rows)-1]
		last.flags |= f.flags
		if f.flags.has(R035) {
			last.put(ByProcess, R035, float64(f.excluded))
		}
	}
	t.found = nil
	r.rows[ByProcess] = rows
}

// byRatio applies R024 and R058, which ask where a ratio stands among all.
func (t *tally) byRatio(r *Result) {
	if !t.set.on[R024] && !t.set.on[R058] {
		return
	}
	slices.SortStableFunc(t.ratios, func(a, b ratioOf) int {
		return cmp.Or(cmp.Compare(a.ocid, b.ocid), cmp.Compare(a.lots, b.lots))
	})
	last := t.ratios[:0] // of each process
	for _, x := range t.ratios {
		if n := len(last); n > 0 && last[n-1].ocid == x.ocid && last[n-1].lots == x.lots {
			last[n-1] = x
		} else {
			last = append(last, x)
		}
	}
	sorted := make([]float64, 0, len(last))
	for _, x := range last {
		if math.IsNaN(x.d) {
			r.Undefined++
		} else {
			sorted = append(sorted, x.d)
		}
	}
	slices.Sort(sorted)
	q1, q3 := quantile(sorted, 0.25), quantile(sorted, 0.75)

	low := math.NaN()
	if t.set.on[R024] {
		low = t.lowerFence(r, R024, t.set.r024, q1, q3)
	}
	high := math.NaN()
	if t.set.on[R058] {
		if t.set.r058.set {
			high = t.set.r058.at
		} else {
			high = upperFence(q1, q3)
			r.note(R058, "q1", q1)
			r.note(R058, "q3", q3)
		}
		r.note(R058, "upper_fence", high)
		if !(high > 0) {
			high = math.NaN()
		}
	}
	var rows []row
	for _, x := range last {
		near, far := x.d <= low, x.d >= high
		if !near && !far {
			continue
		}
		if n := len(rows); n == 0 || rows[n-1].id != x.ocid {
			rows = append(rows, row{id: x.ocid})
		}
		p := &rows[len(rows)-1]
		if near {
			// Where lots have ratios of their own, the nearest tells.
			if !p.flags.has(R024) || x.d < p.values[slot(ByProcess, R024)] {
				p.put(ByProcess, R024, x.d)
			}
			for _, org := range []uint32{x.winner, x.second} {
				t.at, t.ocid = x.at, x.ocid
				t.flagTenderer(R024, mapR024, org)
			}
		}
		if far {
			if !p.flags.has(R058) || x.d > p.values[slot(ByProcess, R058)] {
				p.put(ByProcess, R058, x.d)
			}
			t.at, t.ocid = x.at, x.ocid
			t.flagTenderer(R058, mapR058, x.winner)
		}
	}
	r.rows[ByProcess] = mergeRows(r.rows[ByProcess], rows)
}

// mergeRows puts two lists together that are sorted by id.
func mergeRows(a, b []row) []row {
	if len(b) == 0 {
		return a
	}
	out := make([]row, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := cmp.Compare(a[0].id, b[0].id); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			both := a[0]
			both.flags |= b[0].flags
			for k, v := range b[0].values {
				both.values[k] += v // of each slot at most one is set
			}
			out, a, b = append(out, both), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// lowerFence gives the fence of R024 and R025, NaN if they must be silent: if a
// quarter of the data is zero, or the fence is, everything would be flagged.
func (t *tally) lowerFence(r *Result, i Indicator, l limit, q1, q3 float64) float64 {
	fence := l.at
	if !l.set {
		fence = math.FMA(q3-q1, -1.5, q1)
		r.note(i, "q1", q1)
		r.note(i, "q3", q3)
	}
	r.note(i, "lower_fence", fence)
	if !l.set && !(q1 > 0) || !(fence > 0) {
		return math.NaN()
	}
	return fence
}

func upperFence(q1, q3 float64) float64 { return math.FMA(q3-q1, 1.5, q3) }

func (r *Result) note(i Indicator, name string, v float64) {
	r.meta[i] = append(r.meta[i], metric{name, v})
}

// quantile gives Hyndman and Fan's type 8 of sorted numbers; NaN of none.
func quantile(sorted []float64, tau float64) float64 {
	n := len(sorted)
	if n == 0 || !(tau >= 0 && tau <= 1) {
		return math.NaN()
	}
	h := (float64(n)+1.0/3.0)*tau + 1.0/3.0
	whole := math.Floor(h)
	switch {
	case whole <= 0 || tau == 0:
		return sorted[0]
	case whole >= float64(n) || tau == 1:
		return sorted[n-1]
	}
	a, b := sorted[int(whole)-1], sorted[int(whole)]
	return a + float64((h-whole)*(b-a)) // the conversion keeps the product from being fused
}

func (t *tally) r025of(r *Result) {
	if !t.set.on[R025] {
		return
	}
	var taken, ratios []float64
	for k := range t.suppliers {
		if w := t.suppliers[k].wins; w.all > 0 {
			taken = append(taken, float64(w.all))
			ratios = append(ratios, w.ratio())
		}
	}
	slices.Sort(taken)
	slices.Sort(ratios)
	often := quantile(taken, float64(t.set.r025.percentile)/100)
	low := t.lowerFence(r, R025, t.set.r025.limit, quantile(ratios, 0.25), quantile(ratios, 0.75))
	r.note(R025, "upper_fence", often)
	for k := range t.suppliers {
		s := &t.suppliers[k]
		if s.wins.all > 0 && float64(s.wins.all) >= often && s.wins.ratio() <= low {
			s.flags.put(R025)
		}
	}
}

func (t *tally) r038of(r *Result) {
	if !t.set.on[R038] {
		return
	}
	one := func(g Group, parts []part, names []string) {
		high := t.r038fence(r, g, parts, t.set.r038.processes)
		for k, p := range parts {
			if uint64(p.all) >= t.set.r038.processes && p.ratio() >= high {
				x := row{id: names[k]}
				x.put(g, R038, p.ratio())
				r.rows[g] = append(r.rows[g], x)
			}
		}
		slices.SortFunc(r.rows[g], func(a, b row) int { return cmp.Compare(a.id, b.id) })
	}
	one(ByBuyer, t.bought, t.buyers.list)
	one(ByEntity, t.procured, t.entities.list)

	parts := make([]part, 0, len(t.suppliers))
	for k := range t.suppliers {
		if d := t.suppliers[k].dropped; d.all > 0 {
			parts = append(parts, d)
		}
	}
	high := t.r038fence(r, ByTenderer, parts, t.set.r038.bids)
	for k := range t.suppliers {
		s := &t.suppliers[k]
		if s.dropped.all > 0 && uint64(s.dropped.all) >= t.set.r038.bids && s.dropped.ratio() >= high {
			s.flags.put(R038)
		}
	}
}

// r038fence gives the ratio from which on a group is flagged; NaN for never.
func (t *tally) r038fence(r *Result, g Group, parts []part, least uint64) float64 {
	var ratios []float64
	for _, p := range parts {
		if uint64(p.all) >= least {
			ratios = append(ratios, p.ratio())
		}
	}
	if len(ratios) == 0 {
		return math.NaN()
	}
	high := t.set.r038.at
	if !t.set.r038.set {
		slices.Sort(ratios)
		q1, q3 := quantile(ratios, 0.25), quantile(ratios, 0.75)
		r.note(R038, groupNames[g]+"_q1", q1)
		r.note(R038, groupNames[g]+"_q3", q3)
		high = upperFence(q1, q3)
	}
	r.note(R038, groupNames[g]+"_upper_fence", high)
	if !(high > 0) {
		return math.NaN()
	}
	return high
}

func (t *tally) r048of(r *Result) {
	if !t.set.on[R048] {
		return
	}
	var kinds []float64
	for k := range t.suppliers {
		s := &t.suppliers[k]
		s.tidy()
		if s.processes > 0 && uint64(s.processes) >= t.set.r048.processes {
			kinds = append(kinds, float64(len(s.codes)))
		}
	}
	high := t.set.r048.at
	if !t.set.r048.set {
		slices.Sort(kinds)
		q1, q3 := quantile(kinds, 0.25), quantile(kinds, 0.75)
		r.note(R048, "q1", q1)
		r.note(R048, "q3", q3)
		high = upperFence(q1, q3)
	}
	r.note(R048, "upper_fence", high)
	for k := range t.suppliers {
		s := &t.suppliers[k]
		if s.processes > 0 && uint64(s.processes) >= t.set.r048.processes && float64(len(s.codes)) >= high {
			s.flags.put(R048)
		}
	}
}

// tendererRows makes the rows of tenderers when all their flags are known.
func (t *tally) tendererRows(r *Result) {
	for k := range t.suppliers {
		s := &t.suppliers[k]
		if s.flags == 0 {
			continue
		}
		x := row{id: t.tenderers.list[k], flags: s.flags}
		if s.flags.has(R025) {
			x.put(ByTenderer, R025, s.wins.ratio())
		}
		if s.flags.has(R038) {
			x.put(ByTenderer, R038, s.dropped.ratio())
		}
		if s.flags.has(R048) {
			x.put(ByTenderer, R048, float64(len(s.codes)))
		}
		r.rows[ByTenderer] = append(r.rows[ByTenderer], x)
	}
	slices.SortFunc(r.rows[ByTenderer], func(a, b row) int { return cmp.Compare(a.id, b.id) })
}

// arrange sorts the maps.
func (t *tally) arrange(r *Result) {
	r.mapped = t.maps
	r.orgs = [3][]string{t.buyers.list, t.entities.list, t.tenderers.list}
	for _, m := range t.mappings {
		r.maps[m.kind] = append(r.maps[m.kind], m)
	}
	for kind := range r.maps {
		slices.SortStableFunc(r.maps[kind], func(a, b mapping) int {
			return cmp.Or(cmp.Compare(a.ocid, b.ocid), cmp.Compare(a.at, b.at))
		})
	}
}
