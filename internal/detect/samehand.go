package detect

import (
	"fmt"
	"sort"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// sameHand is an indicator that asks whether what different bidders of one lot
// sent carries the same mark: a machine, a lock, an address, an account. A clue
// only: it says that one hand may have made or sent them, not whose. Members of
// one consortium, what the tenderer sends and the exceptions of the setting are
// left out.
type sameHand struct {
	info      Info
	datasets  []string // whose rows carry marks
	fields    []string // of these rows, as evidence
	threshold string
	noun      [2]string // what is compared, zh and en
	skip      [2]string // what is excepted, zh and en
	unseen    bool      // the mark itself is neither cited nor in a digest: it is a number that belongs to somebody
	sparse    bool      // not every row has every field: only those that stand there are cited
	// collect reads the marks of the rows and leaves out the exceptions.
	collect func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison
}

func (r sameHand) Info() Info { return r.info }

func (r sameHand) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		fs = append(fs, r.lot(d, lot, env)...)
	}
	return fs
}

func (r sameHand) lot(d *docket.Docket, lot string, env Env) []Finding {
	set, ok := env.Settings.For(r.info.ID, d, dayOfOpening(d, lot, env))
	l := start(r.info, d, lot, set)
	l.threshold(r.threshold)
	what := func() string { return strings.Join(r.datasets, "/") + " " + strings.Join(r.fields, ", ") }
	var rows []*docket.Entry
	for _, dataset := range r.datasets {
		rows = append(rows, timeline.Rows(d, dataset, lot)...)
	}
	switch {
	case !ok:
		return one(l.notApplicable("该地区和类别未设置", "no setting for this region and class"))
	case set.Applies == "no":
		return one(l.notApplicable(set.Reason, set.Reason))
	case len(rows) == 0 && !opened(d, lot):
		if reports := ended(d, lot); len(reports) > 0 {
			l.seeField(reports[0], "EXCEPITON_TYPE")
			return one(l.notApplicable("招标已终止或失败", "the tender was reported as failed or ended"))
		}
		return one(l.lacks(Sealed))
	case len(rows) == 0:
		return one(l.lacks(what()))
	}
	c := r.collect(d, lot, rows, set)
	if groups := c.groups(); len(groups) > 0 {
		return r.fired(d, lot, set, groups)
	}
	value := fmt.Sprintf("0 of %s", bidders(len(c.comparable)))
	if l.terse && len(c.comparable) >= 2 {
		return one(l.answer(Clear, value, "", ""))
	}
	for _, s := range c.sheets { // what was compared is what a dismissal or a doubt would rest on
		r.see(l, s, "compared")
	}
	if len(c.comparable) < 2 {
		return one(l.lacks(fmt.Sprintf("%s of at least two bidders (%d comparable)", what(), len(c.comparable))))
	}
	zh, en := fmt.Sprintf("已比对 %d 个投标人的%s，未见相同。", len(c.comparable), r.noun[0]), fmt.Sprintf("The %s of %d bidders were compared; none are equal.", r.noun[1], len(c.comparable))
	if c.excepted > 0 {
		zh += fmt.Sprintf("另有 %d 份属例外（%s）。", c.excepted, r.skip[0])
		en += fmt.Sprintf(" %d further sheets are excepted (%s).", c.excepted, r.skip[1])
	}
	return one(l.answer(Clear, value, zh, en))
}

func (r sameHand) fired(d *docket.Docket, lot string, set effective, groups []group) []Finding {
	var fs []Finding
	for _, g := range groups {
		l := start(r.info, d, lot, set)
		l.threshold(r.threshold)
		l.f.Subjects = append(l.f.Subjects, g.bidders...)
		for _, s := range g.sheets {
			r.see(l, s, strings.Join(g.bidders, "\x00"))
		}
		n := len(g.bidders)
		names := strings.Join(g.names, "、")
		fs = append(fs, l.answer(Fired, bidders(n),
			fmt.Sprintf("%d 个不同投标人（%s）的%s相同，属疑似线索，建议核查。", n, names, r.noun[0]),
			fmt.Sprintf("The %s of %d different bidders (%s) are the same: a clue, checking is suggested.", r.noun[1], n, names)))
	}
	return fs
}

// see adds a sheet as evidence: its fields, or, where the mark is somebody's
// number, whose row it is. A reference to a field that no reader may see would
// take the whole finding from them.
func (r sameHand) see(l *look, s sheet, instead string) {
	cited := false
	for _, f := range r.fields {
		if !r.unseen && (!r.sparse || s.row.Fields[f] != "") {
			l.seeField(s.row, f)
			cited = true
		}
	}
	if !cited {
		f := codeField(s.row)
		l.see(timeline.RefOf(s.row, f), s.row.Fields[f]+"\x00"+instead)
	}
}

func one(f Finding) []Finding { return []Finding{f} }

// A sheet is one row of marks of one bidder.
type sheet struct {
	row    *docket.Entry
	bidder string
	marks  []string // two sheets that share one may be of one hand
}

type comparison struct {
	parties    parties
	sheets     []sheet // with marks, not excepted
	comparable map[string]bool
	excepted   int
}

// marked is the usual way to collect: read gives a row's marks, own tells those
// that prove nothing. What the tenderer's own rows carry proves nothing either.
func marked(d *docket.Docket, lot string, rows, tenderers []*docket.Entry, read func(*docket.Entry) []string, own func(string) bool) comparison {
	c := comparison{parties: partiesOf(d, lot), comparable: map[string]bool{}}
	bodies := tendererBodies(d, lot)
	known := map[string]bool{}
	for _, e := range tenderers {
		for _, m := range read(e) {
			known[m] = true
		}
	}
	for _, e := range rows {
		if bodies[c.parties.identity(e)] {
			for _, m := range read(e) {
				known[m] = true
			}
		}
	}
	for _, e := range rows {
		s := sheet{row: e, bidder: c.parties.identity(e)}
		all := read(e)
		if s.bidder == "" || len(all) == 0 || bodies[s.bidder] {
			continue
		}
		c.comparable[s.bidder] = true // looked at, though it may be explained
		for _, m := range all {
			if !known[m] && !own(m) {
				s.marks = append(s.marks, m)
			}
		}
		if len(s.marks) < len(all) {
			c.excepted++
		}
		if len(s.marks) > 0 {
			c.sheets = append(c.sheets, s)
		}
	}
	return c
}

// tendererBodies are the tenderer and its agency: what they hand in is not a bid.
func tendererBodies(d *docket.Docket, lot string) map[string]bool {
	return docket.Once(d, docket.Key{Kind: "tenderers", Lot: lot}, func() map[string]bool { return makeTendererBodies(d, lot) })
}

func makeTendererBodies(d *docket.Docket, lot string) map[string]bool {
	out := map[string]bool{}
	for _, dataset := range []string{"501", "503"} {
		for _, e := range timeline.Rows(d, dataset, lot) {
			for _, f := range []string{"TENDERER_CODE", "TENDER_AGENCY_CODE"} {
				for _, c := range trade.SplitCodes(e.Fields[f]) {
					out[normalCode(c)] = true
				}
			}
		}
	}
	return out
}

// A group is bidders tied by marks they share.
type group struct {
	bidders []string // sorted
	names   []string // as the rows name them, in the order of bidders
	sheets  []sheet  // those that share a mark with another bidder's, in the docket's order
}

// groups finds the bidders that share a mark with another one who is not of
// their consortium, tied together transitively.
func (c comparison) groups() []group {
	byMark := map[string][]int{}
	for i, s := range c.sheets {
		for _, name := range s.marks {
			byMark[name] = append(byMark[name], i)
		}
	}
	root := map[string]string{}
	var find func(string) string
	find = func(b string) string {
		if root[b] == "" || root[b] == b {
			root[b] = b
			return b
		}
		root[b] = find(root[b])
		return root[b]
	}
	shares := map[int]bool{}
	for _, is := range byMark {
		for x, i := range is {
			for _, j := range is[:x] {
				a, b := c.sheets[i].bidder, c.sheets[j].bidder
				if a == b || c.parties.together(a, b) {
					continue
				}
				shares[i], shares[j] = true, true
				if ra, rb := find(a), find(b); ra < rb { // the smallest name leads, whatever the order
					root[rb] = ra
				} else {
					root[ra] = rb
				}
			}
		}
	}
	byRoot := map[string]*group{}
	var roots []string
	for i, s := range c.sheets {
		if !shares[i] {
			continue
		}
		r := find(s.bidder)
		g := byRoot[r]
		if g == nil {
			g = &group{}
			byRoot[r] = g
			roots = append(roots, r)
		}
		g.sheets = append(g.sheets, s)
	}
	sort.Strings(roots)
	var out []group
	for _, r := range roots {
		g := byRoot[r]
		name := map[string]string{}
		for _, s := range g.sheets {
			if name[s.bidder] == "" {
				name[s.bidder] = s.bidder
				g.bidders = append(g.bidders, s.bidder)
			}
			if n := nameIn(s.row); n != "" {
				name[s.bidder] = n
			}
		}
		sort.Strings(g.bidders)
		for _, b := range g.bidders {
			g.names = append(g.names, name[b])
		}
		out = append(out, *g)
	}
	return out
}
