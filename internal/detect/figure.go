package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"mingjing/internal/docket"
	"mingjing/internal/network"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// A Figure is what an edition says of bodies over many lots: that they meet,
// win or are doubted more than their peers. It has become a figure because it
// stands out; a lot that it concerns has a finding that names the edition.
// Sentences name nobody: the finding names those who stand in its own lot.
type Figure struct {
	Indicator string         `json:"indicator"`
	Kind      string         `json:"kind"`
	Bodies    []network.Body `json:"bodies"`           // whom it is about
	Other     *network.Body  `json:"other,omitempty"`  // the buyer or agency that they are tied to
	Expert    string         `json:"expert,omitempty"` // a digest of the expert's name: committees are secret for a time
	Value     string         `json:"value"`
	Threshold string         `json:"threshold"`
	ZH        string         `json:"zh"` // what was counted and where it stands among its peers
	EN        string         `json:"en"`
	Lots      int            `json:"lots"`             // on which it rests
	Behind    []Behind       `json:"behind"`           // the newest of them
	Only      bool           `json:"only,omitempty"`   // it concerns these lots and no others
	Chance    float64        `json:"chance,omitempty"` // of as much without any reason
}

// A Behind is one lot of another docket on which a finding rests, with the rows
// that say so there.
type Behind struct {
	Docket string       `json:"docket"`
	Lot    string       `json:"lot,omitempty"`
	Day    string       `json:"day,omitempty"` // of the opening
	Refs   []docket.Ref `json:"refs"`
}

// Figures are those of one edition. They are not changed after they were made.
type Figures struct {
	List []Figure `json:"list"`

	once sync.Once
	by   map[string][]int // by indicator and body
}

const (
	behindKept  = 60 // lots that a figure keeps
	behindTold  = 20 // of other dockets that a finding names
	figuresMost = 40 // of one indicator that one lot is told of
)

// bodyKeys are the names by which figures of a body are found.
func bodyKeys(b network.Body) (keys []string) {
	if c := normalCode(b.Code); c != "" {
		keys = append(keys, "c"+c)
	}
	if n := normalName(b.Name); n != "" {
		keys = append(keys, "n"+n)
	}
	return keys
}

// sameBody reports whether two are one: by their codes, by names where one has none.
func sameBody(a, b network.Body) bool {
	if x, y := normalCode(a.Code), normalCode(b.Code); x != "" && y != "" {
		return x == y
	}
	n := normalName(a.Name)
	return n != "" && n == normalName(b.Name)
}

func (fs *Figures) index() {
	fs.once.Do(func() {
		fs.by = map[string][]int{}
		for i := range fs.List {
			f := &fs.List[i]
			for _, b := range f.Bodies {
				for _, k := range bodyKeys(b) {
					k = f.Indicator + k
					if at := fs.by[k]; len(at) == 0 || at[len(at)-1] != i {
						fs.by[k] = append(at, i)
					}
				}
			}
		}
	})
}

// of are the figures of an indicator about any of the bodies, in order.
func (fs *Figures) of(indicator string, bodies []network.Body) []*Figure {
	fs.index()
	var at []int
	for _, b := range bodies {
		for _, k := range bodyKeys(b) {
			at = append(at, fs.by[indicator+k]...)
		}
	}
	slices.Sort(at)
	var out []*Figure
	for _, i := range slices.Compact(at) {
		out = append(out, &fs.List[i])
	}
	return out
}

// here are the bodies of the figure among those given, as given.
func (f *Figure) here(bodies []network.Body) (out []network.Body) {
	for _, b := range bodies {
		if slices.ContainsFunc(f.Bodies, func(o network.Body) bool { return sameBody(o, b) }) {
			out = append(out, b)
		}
	}
	return out
}

func (f *Figure) rests(docket, lot string) bool {
	return slices.ContainsFunc(f.Behind, func(b Behind) bool { return b.Docket == docket && b.Lot == lot })
}

// factsOf reads who has to do with the lots of a docket.
func factsOf(d *docket.Docket) []network.Fact {
	return docket.Once(d, docket.Key{Kind: "facts"}, func() []network.Fact {
		in := network.Docket{ID: d.ID, Title: d.Title, Class: d.Class, Region: d.Region}
		for i := range d.Live {
			if e := &d.Live[i]; !e.Deleted {
				in.Rows = append(in.Rows, network.Row{Dataset: e.Dataset, Lots: e.Lots(), Value: func(f string) string { return e.Fields[f] }})
			}
		}
		return in.Facts()
	})
}

func factOf(d *docket.Docket, lot string) network.Fact {
	facts := factsOf(d)
	if i := slices.IndexFunc(facts, func(f network.Fact) bool { return f.Lot == lot }); i >= 0 {
		return facts[i]
	}
	return network.Fact{}
}

// bidders are who bids for a lot, members of consortiums included.
func biddersOf(f *network.Fact) (out []network.Body) {
	for _, bid := range f.Bids {
		out = append(out, bid...)
	}
	return out
}

// naming returns the first row of a lot that names a body in a role, and the
// field where it does.
func naming(d *docket.Docket, lot, role string, b network.Body) (*docket.Entry, string) {
	for _, n := range network.Namings(role) {
		for _, e := range timeline.Rows(d, n.Dataset, lot) {
			row := network.Row{Dataset: e.Dataset, Value: func(f string) string { return e.Fields[f] }}
			if slices.ContainsFunc(row.Names(n), func(o network.Body) bool { return sameBody(o, b) }) {
				if e.Fields[n.Code] != "" {
					return e, n.Code
				}
				return e, n.Name
			}
		}
	}
	return nil, ""
}

// expertDigest stands for an expert's name in an edition.
func expertDigest(name string) string { return hash("mingjing/expert/1", normalName(name))[:16] }

// experts are the rows of a lot's committee that name an expert by digest.
func expertRows(d *docket.Docket, lot, digest string) (out []*docket.Entry) {
	for _, e := range timeline.Rows(d, "508", lot) {
		if expertDigest(e.Fields["EXPERT_NAME"]) == digest {
			out = append(out, e)
		}
	}
	return out
}

// A concern says how a figure concerns a lot: who stands in it in which role.
type concern struct {
	who    []network.Body // subjects, named in the sentence
	role   string         // in which they stand
	other  string         // role of the figure's other body; "" none
	expert bool
	zh, en string // what is said of them here, before the figure's own words; with one %s for the names
}

// A circle is an indicator about bodies over many lots: it asks whether a lot is
// one of those that a figure of the edition concerns.
type circle struct {
	plain
	// meets tells how a figure concerns the lot; false when it does not.
	meets func(q *question, fact *network.Fact, f *Figure) (concern, bool)
	// around are the bodies of the lot by which figures are found.
	around func(fact *network.Fact) []network.Body
}

func (r circle) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	var fs []Finding
	for _, lot := range timeline.Lots(d) {
		var more []Finding
		p := r.plain
		p.limits = nil // of the edition: a lot's own line needs none
		p.ask = func(q *question) Finding {
			all := r.asked(q)
			more = all[1:]
			return all[0]
		}
		fs = append(append(fs, p.lot(d, lot, env)), more...)
	}
	return fs
}

func (r circle) asked(q *question) []Finding {
	if q.env.Peers == nil || q.env.Peers.Figures == nil {
		return one(q.lacks("an edition of the figures over all lots"))
	}
	fact := factOf(q.d, q.lot)
	var out []Finding
	for _, f := range q.env.Peers.Figures.of(r.info.ID, r.around(&fact)) {
		if f.Only && !f.rests(q.d.ID, q.lot) {
			continue
		}
		c, ok := r.meets(q, &fact, f)
		if ok && len(out) < figuresMost {
			out = append(out, r.found(q, f, c))
		}
	}
	if len(out) == 0 {
		if len(r.around(&fact)) == 0 {
			return one(q.lacks(r.lack()))
		}
		return one(q.answer(Clear, "0", "第 "+q.env.Peers.ID+" 版统计中无涉及本标段的此类情形。", "No such figure of edition "+q.env.Peers.ID+" concerns this lot."))
	}
	return out
}

func (r circle) lack() string { return strings.Join(r.info.Datasets, " / ") }

// found makes the finding of a figure that concerns the lot.
func (r circle) found(q *question, f *Figure, c concern) Finding {
	l := start(r.info, q.d, q.lot, q.set)
	l.f.Edition = q.env.Peers.ID
	l.threshold(f.Threshold)
	var names []string
	for _, b := range c.who {
		l.f.Subjects = append(l.f.Subjects, or(normalCode(b.Code), b.Name))
		names = append(names, or(b.Name, b.Code))
		if e, field := naming(q.d, q.lot, c.role, b); e != nil {
			l.seeField(e, field)
		}
	}
	if c.other != "" && f.Other != nil {
		l.f.Subjects = append(l.f.Subjects, or(normalCode(f.Other.Code), f.Other.Name))
		if e, field := naming(q.d, q.lot, c.other, *f.Other); e != nil {
			l.seeField(e, field)
		}
	}
	if c.expert {
		for _, e := range expertRows(q.d, q.lot, f.Expert) {
			l.seeField(e, "EXPERT_NAME")
		}
	}
	for _, b := range f.Behind {
		if (b.Docket != q.d.ID || b.Lot != q.lot) && len(l.f.Behind) < behindTold {
			l.f.Behind = append(l.f.Behind, b)
		}
	}
	l.f.BehindOf = f.Lots
	zh := fmt.Sprintf(c.zh, strings.Join(names, "、")) + f.ZH + fmt.Sprintf("（第 %s 版统计，%d 个标段），属疑似线索，建议核查。", q.env.Peers.ID, f.Lots)
	en := fmt.Sprintf(c.en, strings.Join(names, ", ")) + f.EN + fmt.Sprintf(" (edition %s, %d lots): a clue, checking is suggested.", q.env.Peers.ID, f.Lots)
	return l.answer(Fired, f.Value, zh, en)
}

// NetworkSettings are the least counts and places among peers by which an
// edition's figures are made, as the settings of a day have them for
// construction in all of China: one edition serves all lots.
func (s *Settings) NetworkSettings(day trade.Day) network.Settings {
	at := func(indicator, name string) int {
		set, _ := s.For(indicator, construction, day)
		if set.Setting == nil {
			return 0
		}
		return int(set.Limits[name])
	}
	share := func(indicator, name string) float64 { return float64(at(indicator, name)) / 100 }
	chance := func(indicator string) float64 { return float64(at(indicator, "chance_per_million")) / 1e6 }
	return network.Settings{
		MinTogether: at("G01", "together"), MinPeers: at("G01", "peers"), MinGroup: at("G01", "least_members"), MaxGroup: at("G01", "most_members"),
		PairPlace: share("G01", "pair_place_percent"), MaxChance: chance("G01"), GroupPlace: share("G01", "group_place_percent"),
		Turns: share("G01", "turns_percent"), Territory: share("G01", "territory_percent"), MinTurns: at("G01", "wins"),
		MinBids: at("G02", "bids"), CoverPlace: share("G02", "place_percent"), CoverChance: chance("G02"),
		MinWins: at("G03", "wins"), WinPlace: share("G03", "place_percent"), WinChance: chance("G03"),
		MinTies: at("G04", "ties"), TiePlace: share("G04", "place_percent"), TieChance: chance("G04"), FalseShare: share("G04", "false_percent"),
		MinExpertTies: at("H03", "ties"), MinDraws: at("H06", "dockets"), DrawChance: chance("H06"),
		MinTallies: at("I03", "dockets"), MinTallied: at("I03", "least"), TallyPlace: share("I03", "place_percent"), TallyChance: chance("I03"), FewBids: at("I04", "bidders"),
	}
}

// MakeFigures looks at the lots of all dockets, in any order, and adds to the
// edition what it says of bodies over many of them. What it is called changes with it.
func (e Edition) WithFigures(dockets []*docket.Docket, settings *Settings) Edition {
	if settings == nil {
		settings = DefaultSettings()
	}
	m := &maker{settings: settings, day: trade.DayOf(e.At), dockets: map[string]*docket.Docket{}}
	for _, d := range dockets {
		d = d.Indexed()
		m.dockets[d.ID] = d
		m.facts = append(m.facts, factsOf(d)...)
	}
	m.network()
	m.marks()
	slices.SortStableFunc(m.out, func(a, b Figure) int {
		return cmp.Or(strings.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Chance, b.Chance), strings.Compare(bodiesText(a.Bodies), bodiesText(b.Bodies)), strings.Compare(a.Value, b.Value))
	})
	e.Figures = &Figures{List: m.out}
	var parts []string
	for i := range m.out {
		f := &m.out[i]
		parts = append(parts, fmt.Sprintf("%s %s %s %v %s %s %s %d %v", f.Indicator, f.Kind, bodiesText(f.Bodies), f.Other, f.Expert, f.Value, f.EN, f.Lots, f.Behind))
	}
	e.ID = fmt.Sprintf("%d-%s", e.Position, hash("mingjing/edition/2", append([]string{e.ID}, parts...)...)[:12])
	return e
}

func bodiesText(bs []network.Body) string {
	var out []string
	for _, b := range bs {
		out = append(out, b.Code+" "+b.Name)
	}
	return strings.Join(out, "\x00")
}

// construction stands for all dockets where an edition's settings are asked.
var construction = &docket.Docket{Class: string(trade.Construction)}

// A maker makes the figures of an edition.
type maker struct {
	settings *Settings
	day      trade.Day
	dockets  map[string]*docket.Docket
	facts    []network.Fact
	out      []Figure
}

// behind finds the rows of lots that name the bodies of a figure: the newest lots.
func (m *maker) behind(f *Figure, role, other string, lots []network.Lot) {
	lots = slices.Clone(lots)
	slices.SortStableFunc(lots, func(a, b network.Lot) int {
		return cmp.Or(strings.Compare(b.Day, a.Day), strings.Compare(a.Docket, b.Docket), strings.Compare(a.Lot, b.Lot))
	})
	f.Lots = len(lots)
	for _, l := range lots[:min(len(lots), behindKept)] {
		d := m.dockets[l.Docket]
		b := Behind{Docket: l.Docket, Lot: l.Lot, Day: l.Day, Refs: []docket.Ref{}}
		see := func(role string, who network.Body) {
			if e, field := naming(d, l.Lot, role, who); e != nil && len(b.Refs) < 12 {
				b.Refs = append(b.Refs, timeline.RefOf(e, field))
			}
		}
		for _, who := range f.Bodies {
			see(role, who)
		}
		if f.Other != nil {
			see(other, *f.Other)
		}
		if f.Expert != "" {
			for _, e := range expertRows(d, l.Lot, f.Expert) {
				b.Refs = append(b.Refs, timeline.RefOf(e, "EXPERT_NAME"))
			}
		}
		f.Behind = append(f.Behind, b)
	}
}
