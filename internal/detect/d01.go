package detect

import (
	"fmt"
	"sort"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// d01: bid files of different bidders for one lot carry the same machine code
// set, processor, network card and disk together (实施条例 40). A clue only: it
// says that one machine made or sent them, not who sat before it.
type d01 struct{}

func (d01) Info() Info {
	return Info{
		ID: "D01", Version: 1, ZH: "不同投标人机器码相同", EN: "same machine code set of different bidders",
		Grade: Clue, Article: "招标投标法实施条例 第四十条第（一）、（二）项", Datasets: []string{"519", "9010", "507", "504", "501", "503"},
	}
}

func (r d01) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		fs = append(fs, r.lot(d, lot, env)...)
	}
	return fs
}

func (r d01) lot(d *docket.Docket, lot string, env Env) []Finding {
	set, ok := env.Settings.For("D01", d, dayOfOpening(d, lot, env))
	l := start(r.Info(), d, lot, set)
	l.threshold("CPU+MAC+disk equal")
	rows := append(timeline.Rows(d, "519", lot), timeline.Rows(d, "9010", lot)...)
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
		return one(l.lacks("519/9010 " + strings.Join(machineFields[:], ", ")))
	}
	c := compareMachines(d, lot, rows, newMachineReader(set.Placeholders), set.OwnMachines)
	if groups := c.groups(); len(groups) > 0 {
		return r.fired(d, lot, set, groups)
	}
	for _, s := range c.sheets { // what was compared is what a dismissal or a doubt would rest on
		for _, f := range machineFields {
			l.seeField(s.row, f)
		}
	}
	if len(c.comparable) < 2 {
		return one(l.lacks(fmt.Sprintf("519/9010 %s of at least two bidders (%d comparable)", strings.Join(machineFields[:], ", "), len(c.comparable))))
	}
	value := fmt.Sprintf("0 of %s", bidders(len(c.comparable)))
	zh, en := fmt.Sprintf("已比对 %d 个投标人的机器码，未见相同。", len(c.comparable)), fmt.Sprintf("The machine codes of %d bidders were compared; none are equal.", len(c.comparable))
	if c.excepted > 0 {
		zh += fmt.Sprintf("另有 %d 份属例外（场内设备或招标人文件）。", c.excepted)
		en += fmt.Sprintf(" %d further sheets are excepted (the centre's own machines or the tenderer's file).", c.excepted)
	}
	return one(l.answer(Clear, value, zh, en))
}

func (r d01) fired(d *docket.Docket, lot string, set effective, groups []group) []Finding {
	var fs []Finding
	for _, g := range groups {
		l := start(r.Info(), d, lot, set)
		l.threshold("CPU+MAC+disk equal")
		l.f.Subjects = append(l.f.Subjects, g.bidders...)
		for _, s := range g.sheets {
			for _, f := range machineFields {
				l.seeField(s.row, f)
			}
		}
		n := len(g.bidders)
		names := strings.Join(g.names, "、")
		fs = append(fs, l.answer(Fired, bidders(n),
			fmt.Sprintf("%d 个不同投标人（%s）的投标文件机器码（CPU、网卡、硬盘）相同，属疑似线索，建议核查。", n, names),
			fmt.Sprintf("The bid files of %d different bidders (%s) carry the same machine codes (processor, network card, disk): a clue, checking is suggested.", n, names)))
	}
	return fs
}

func one(f Finding) []Finding { return []Finding{f} }

// A sheet is one row of machine codes of one bidder.
type sheet struct {
	row     *docket.Entry
	bidder  string
	machine machineSet
}

type comparison struct {
	parties    parties
	sheets     []sheet // complete, not excepted
	comparable map[string]bool
	excepted   int
}

// compareMachines keeps the sheets that can be compared: complete ones that
// are neither a machine of the trading centre nor one that the tenderer's own
// file carries.
func compareMachines(d *docket.Docket, lot string, rows []*docket.Entry, read machineReader, own []Machine) comparison {
	c := comparison{parties: partiesOf(d, lot), comparable: map[string]bool{}}
	var known []machineSet
	for _, m := range own {
		known = append(known, read.read(m.CPU, m.MAC, m.Disk))
	}
	tenderers := tendererBodies(d, lot)
	for _, e := range append(timeline.Rows(d, "504", lot), timeline.Rows(d, "518", lot)...) {
		if m := read.row(e); m.complete() { // the control-price file, where a system sends its codes along
			known = append(known, m)
		}
	}
	for _, e := range rows {
		if m := read.row(e); m.complete() && tenderers[c.parties.identity(e)] {
			known = append(known, m)
		}
	}
	for _, e := range rows {
		s := sheet{e, c.parties.identity(e), read.row(e)}
		if s.bidder == "" || !s.machine.complete() || tenderers[s.bidder] {
			continue
		}
		excepted := false
		for _, k := range known {
			excepted = excepted || s.machine.is(k)
		}
		if excepted {
			c.excepted++
			c.comparable[s.bidder] = true // looked at, and explained
			continue
		}
		c.comparable[s.bidder] = true
		c.sheets = append(c.sheets, s)
	}
	return c
}

// tendererBodies are the tenderer and its agency: what they hand in is not a bid.
func tendererBodies(d *docket.Docket, lot string) map[string]bool {
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

// A group is bidders tied by machines they share.
type group struct {
	bidders []string // sorted
	names   []string // as the rows name them, in the order of bidders
	sheets  []sheet  // those that share a machine with another bidder's, in the docket's order
}

// groups finds the bidders that share a machine with another one who is not of
// their consortium, tied together transitively.
func (c comparison) groups() []group {
	byMachine := map[string][]int{}
	for i, s := range c.sheets {
		for _, name := range s.machine.names() {
			byMachine[name] = append(byMachine[name], i)
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
	for _, is := range byMachine {
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
			if n := s.row.Fields["BIDDER_NAME"]; n != "" {
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
