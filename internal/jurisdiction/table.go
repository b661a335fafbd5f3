package jurisdiction

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/trade"
)

// A Sector is a kind of office (行业主管部门), such as housing or finance.
type Sector string

// A Level is the rank of a region in the line of supervision.
type Level string

// The levels. A zone has offices only where the table gives it some.
const (
	Province Level = "province"
	City     Level = "city"
	County   Level = "county"
	Zone     Level = "zone"
)

var levels = []Level{Province, City, County, Zone}

// A Role says how a sector stands to a trade.
type Role string

// The roles. A class, kind and day has exactly one that supervises.
const (
	Supervises Role = "supervises" // 监督
	Alongside  Role = "alongside"  // 另有职责
)

// Wording is a text in both languages.
type Wording struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

// A Span is the days for which a line holds, both included; nil: from the
// beginning, until further notice.
type Span struct {
	Since *trade.Day `yaml:"since"`
	Until *trade.Day `yaml:"until"`
}

func (s Span) holds(d trade.Day) bool {
	return (s.Since == nil || *s.Since <= d) && (s.Until == nil || d <= *s.Until)
}

// An Administration is a line about regions whose supervision does not follow
// their code.
type Administration struct {
	Wording  `yaml:",inline"`
	Span     `yaml:",inline"`
	Regions  []string `yaml:"regions"`
	Under    string   `yaml:"under"`
	Offices  string   `yaml:"offices"` // "own", "" or "none"
	Level    Level    `yaml:"level"`
	Source   string   `yaml:"source"`
	Verified bool     `yaml:"verified"`
}

// A Naming is the name of a sector's offices at some levels; {region} stands
// for the region's name.
type Naming struct {
	Wording  `yaml:",inline"`
	Span     `yaml:",inline"`
	Levels   []Level `yaml:"levels"`
	Source   string  `yaml:"source"`
	Verified bool    `yaml:"verified"`
}

// A Named is one office whose exact name is known.
type Named struct {
	Wording  `yaml:",inline"`
	Span     `yaml:",inline"`
	Region   string `yaml:"region"`
	Sector   Sector `yaml:"sector"`
	Code     string `yaml:"code"` // unified social credit code
	Source   string `yaml:"source"`
	Verified bool   `yaml:"verified"`
}

// A SectorLine is a sector with its names.
type SectorLine struct {
	Wording `yaml:",inline"`
	ID      Sector   `yaml:"id"`
	Names   []Naming `yaml:"names"`
}

// A Competence gives a class of trade, or some kinds of it, to a sector.
type Competence struct {
	Span     `yaml:",inline"`
	Class    trade.Class `yaml:"class"`
	Kinds    []string    `yaml:"kinds"`
	Sector   Sector      `yaml:"sector"`
	Role     Role        `yaml:"role"`
	Duty     Wording     `yaml:"duty"`
	Source   string      `yaml:"source"`
	Verified bool        `yaml:"verified"`
}

// A Table is read once and never changed.
type Table struct {
	edition string
	begins  trade.Day
	regions *trade.RegionTable
	special map[string][]Administration
	sectors map[Sector]SectorLine
	order   []Sector
	named   []Named
	lines   []Competence
}

//go:embed offices.yaml
var officesYAML []byte

// Default returns the table that the program carries.
var Default = sync.OnceValue(func() *Table {
	t, err := Read(bytes.NewReader(officesYAML), trade.Regions())
	if err != nil {
		panic(err) // the embedded file is part of the program and tested
	}
	return t
})

// Source returns the YAML of the default table, to begin an own one from.
func Source() []byte { return slices.Clone(officesYAML) }

// Read reads and checks a table in YAML over a table of regions. It refuses one
// with a gap or an overlap: each region and day has one line of supervision,
// each class, kind and day one sector that supervises, each sector and level
// one name on each day on which it has something to do.
func Read(r io.Reader, regions *trade.RegionTable) (*Table, error) {
	var file struct {
		Edition        string           `yaml:"edition"`
		Begins         *trade.Day       `yaml:"begins"`
		Administration []Administration `yaml:"administration"`
		Sectors        []SectorLine     `yaml:"sectors"`
		Named          []Named          `yaml:"named"`
		Competence     []Competence     `yaml:"competence"`
	}
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("jurisdiction: 管辖表无法读取 the table cannot be read: %w", err)
	}
	if file.Edition == "" || file.Begins == nil {
		return nil, errors.New("jurisdiction: 管辖表缺少 edition 或 begins: give the table an edition (its date) and the first day that it knows")
	}
	t := &Table{
		edition: file.Edition, begins: *file.Begins, regions: regions,
		special: map[string][]Administration{}, sectors: map[Sector]SectorLine{}, named: file.Named, lines: file.Competence,
	}
	for _, s := range file.Sectors {
		if _, twice := t.sectors[s.ID]; twice || s.ID == "" {
			return nil, fmt.Errorf("jurisdiction: sector %q: an id of its own is needed", s.ID)
		}
		t.sectors[s.ID] = s
		t.order = append(t.order, s.ID)
	}
	for _, a := range file.Administration {
		for _, code := range a.Regions {
			t.special[code] = append(t.special[code], a)
		}
	}
	return t, t.check()
}

// Edition names the table: its date.
func (t *Table) Edition() string { return t.edition }

// Sectors returns the ids of all sectors, in the order of the file.
func (t *Table) Sectors() []Sector { return slices.Clone(t.order) }

// Classes returns the classes of trade that a sector supervises on a day, whole
// or some kinds of them, in the order of the table's lines.
func (t *Table) Classes(s Sector, d trade.Day) []trade.Class {
	var out []trade.Class
	for i := range t.lines {
		if l := &t.lines[i]; l.Sector == s && l.holds(d) && !slices.Contains(out, l.Class) {
			out = append(out, l.Class)
		}
	}
	return out
}

// check finds gaps, overlaps and names that lead nowhere.
func (t *Table) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("jurisdiction: "+format, args...)) }
	for code, lines := range t.special {
		var spans []Span
		for _, a := range lines {
			spans = append(spans, a.Span)
			if a.Source == "" || a.ZH == "" || a.EN == "" {
				bad("administration of %s: 缺少说明或依据: say in zh and en what it is, and the source", code)
			}
			if a.Offices != "" && a.Offices != "own" && a.Offices != "none" {
				bad("administration of %s: offices is %q: write own or none", code, a.Offices)
			}
			if a.Level != "" && !slices.Contains(levels, a.Level) {
				bad("administration of %s: level is %q: write province, city, county or zone", code, a.Level)
			}
			for _, c := range []string{code, a.Under} {
				if _, _, found := t.regions.At(c, t.begins); c != "" && !found {
					bad("administration of %s: 区划表中没有 %s: the table of divisions has no such code", code, c)
				}
			}
			if a.Under != "" && t.regions.Within(a.Under, code, t.begins) {
				bad("administration of %s: it cannot answer to %s, which lies in it", code, a.Under)
			}
		}
		if what := overlap(spans); what != "" {
			bad("administration of %s: 时段重叠 two lines hold on %s: end the older one the day before", code, what)
		}
	}
	for i, n := range t.named {
		if t.sectors[n.Sector].ID == "" || n.ZH == "" || n.EN == "" || n.Source == "" {
			bad("named office %d (%s, %s): give region, sector, zh, en and source", i+1, n.Region, n.Sector)
		}
		for _, m := range t.named[:i] {
			if m.Region == n.Region && m.Sector == n.Sector {
				if what := overlap([]Span{m.Span, n.Span}); what != "" {
					bad("named offices of %s, %s: 时段重叠 two hold on %s", n.Region, n.Sector, what)
				}
			}
		}
	}
	t.checkCompetence(bad)
	for _, c := range t.lines {
		for _, level := range levels {
			t.checkNames(c, level, bad)
		}
	}
	return errors.Join(errs...)
}

func (t *Table) checkCompetence(bad func(string, ...any)) {
	type key struct {
		class trade.Class
		kind  string
	}
	main := map[key][]Span{}
	beside := map[string][]Span{}
	for i, c := range t.lines {
		if !slices.Contains(trade.Classes(), c.Class) || t.sectors[c.Sector].ID == "" || c.Duty.ZH == "" || c.Duty.EN == "" || c.Source == "" {
			bad("competence, line %d (%s, %s): give a class of trade, a sector of this table, the duty in zh and en, and the source", i+1, c.Class, c.Sector)
			continue
		}
		kinds := c.Kinds
		if len(kinds) == 0 {
			kinds = []string{""}
		}
		for _, kind := range kinds {
			switch c.Role {
			case "", Supervises:
				main[key{c.Class, kind}] = append(main[key{c.Class, kind}], c.Span)
			case Alongside:
				k := strings.Join([]string{string(c.Class), kind, string(c.Sector)}, " ")
				if beside[k] = append(beside[k], c.Span); overlap(beside[k]) != "" {
					bad("competence of %s: 时段重叠 two lines hold at one time", k)
				}
			default:
				bad("competence, line %d: role is %q: write supervises or alongside", i+1, c.Role)
			}
		}
	}
	for _, class := range trade.Classes() {
		if main[key{class, ""}] == nil {
			bad("competence of %s: 缺少监督部门: a line without kinds must say who supervises", class)
		}
	}
	for k, spans := range main {
		if what := overlap(spans); what != "" {
			bad("competence of %s %s: 时段重叠 two sectors supervise on %s", k.class, k.kind, what)
		}
		if what := gap(spans, t.begins, nil); what != "" {
			bad("competence of %s %s: 时段缺漏 nobody supervises on %s", k.class, k.kind, what)
		}
	}
}

// checkNames says whether a sector has a name at a level on each day on which
// a line of competence needs one.
func (t *Table) checkNames(c Competence, level Level, bad func(string, ...any)) {
	from := t.begins
	if c.Since != nil {
		from = max(from, *c.Since)
	}
	var spans []Span
	for _, n := range t.sectors[c.Sector].Names {
		if n.ZH == "" || n.EN == "" || n.Source == "" {
			bad("sector %s: a name needs zh, en and source", c.Sector)
		}
		if slices.Contains(n.Levels, level) {
			spans = append(spans, n.Span)
		}
	}
	if what := overlap(spans); what != "" {
		bad("sector %s, %s: 时段重叠 two names hold on %s", c.Sector, level, what)
	}
	if what := gap(spans, from, c.Until); what != "" {
		bad("sector %s, %s: 时段缺漏 it has no name on %s, when it is competent for %s", c.Sector, level, what, c.Class)
	}
}

// overlap names a day on which two spans hold, "" when there is none.
func overlap(spans []Span) string {
	for i, a := range spans {
		for _, b := range spans[:i] {
			// Two intervals meet exactly where the later begin lies in both.
			for _, s := range []*trade.Day{a.Since, b.Since} {
				if s != nil && a.holds(*s) && b.holds(*s) {
					return s.String()
				}
			}
			if a.Since == nil && b.Since == nil {
				return "the first day"
			}
		}
	}
	return ""
}

// gap names the first day from one day to another (nil: for ever) on which no
// span holds, "" when there is none.
func gap(spans []Span, from trade.Day, to *trade.Day) string {
	for d := from; to == nil || d <= *to; {
		i := slices.IndexFunc(spans, func(s Span) bool { return s.holds(d) })
		if i < 0 {
			return d.String()
		}
		if spans[i].Until == nil {
			return ""
		}
		d = *spans[i].Until + 1
	}
	return ""
}
