package jurisdiction

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mingjing/internal/trade"
)

// The errors of Office and Competent.
var (
	ErrRegion = errors.New("jurisdiction: 区划表中没有该地区 the region is not in the table of divisions: give a GB/T 2260 code of the province")
	ErrClass  = errors.New("jurisdiction: 没有该交易类别 not a class of trade: construction, procurement, land, mining, property, environment, medicine or other")
	ErrSector = errors.New("jurisdiction: 没有该行业 not a sector of the table")
)

// An Office is a supervising department of one region on one day.
type Office struct {
	Sector   Sector  `json:"sector"`
	Region   string  `json:"region"` // GB/T 2260 code of the region whose office it is
	Level    Level   `json:"level"`
	Name     Wording `json:"name"`
	Code     string  `json:"code,omitempty"` // unified social credit code, where known
	Source   string  `json:"source"`
	Verified bool    `json:"verified"`
}

// A Charge is an office with what it has to do, and the offices above it,
// nearest first.
type Charge struct {
	Office
	Role  Role     `json:"role"`
	Kind  string   `json:"kind,omitempty"` // the kind of trade for which it is, where kinds divide
	Duty  Wording  `json:"duty"`
	Basis string   `json:"basis"`
	Above []Office `json:"above,omitempty"`
}

// A Competent says who is competent.
type Competent struct {
	Asked   string    `json:"asked"`  // the code asked for
	Region  string    `json:"region"` // the region that it stands for on the day
	Name    string    `json:"name"`
	Day     string    `json:"day"` // 2006-01-02
	Edition string    `json:"edition"`
	Offices []Charge  `json:"offices"` // who supervises first, then who has a duty beside it
	Notes   []Wording `json:"notes,omitempty"`
}

// line is the special line of a region on a day, nil when there is none.
func (t *Table) line(code string, d trade.Day) *Administration {
	lines := t.special[code]
	for i := range lines {
		if lines[i].holds(d) {
			return &lines[i]
		}
	}
	return nil
}

// above is the next region in the line of supervision, "" above the province.
func (t *Table) above(code string, d trade.Day) string {
	r, valid, found := t.regions.At(code, d)
	former := found && !valid && r.Successor != "" && r.To != 0 && d > r.To
	if a := t.line(code, d); a != nil && a.Under != "" && !former {
		return a.Under
	}
	return t.regions.Above(code, d)
}

// Chain returns the regions through which a code is supervised on the day d,
// nearest first: itself, after its last day the one that took its place, and
// those that these answer to. It differs from the chain of the divisions where
// a county answers to the province. The code is as people write it
// (trade.RegionCode); what is none has an empty chain.
func (t *Table) Chain(code string, d trade.Day) []string {
	var chain []string
	for c := trade.RegionCode(code); c != "" && len(chain) < 8; c = t.above(c, d) { // the bound guards against a loop in the data
		chain = append(chain, c)
	}
	return chain
}

// Supervises reports whether the offices of a region supervise on the day d
// what happened in another. A former region supervises what carries its code
// and nothing of the region that took its place: a merger never widens what
// was granted before it.
func (t *Table) Supervises(region, code string, d trade.Day) bool {
	region = trade.RegionCode(region)
	return region != "" && slices.Contains(t.Chain(code, d), region)
}

// Contains reports whether a code lies in a region on the day d by the table of
// divisions, whoever supervises it: for lists and counts, not for rights.
func (t *Table) Contains(region, code string, d trade.Day) bool {
	return t.regions.Contains(region, code, d)
}

// Below returns the codes that a region contains on the day d, former ones
// included; see trade.RegionTable.Below.
func (t *Table) Below(region string, d trade.Day) []string { return t.regions.Below(region, d) }

// offices returns the regions of a chain that have offices of their own on the day.
func (t *Table) offices(code string, d trade.Day) []string {
	return slices.DeleteFunc(t.Chain(code, d), func(c string) bool {
		if _, valid, found := t.regions.At(c, d); !found || !valid {
			return true
		}
		a := t.line(c, d)
		return a != nil && a.Offices == "none"
	})
}

func (t *Table) level(code string, d trade.Day) Level {
	if a := t.line(code, d); a != nil && a.Level != "" {
		return a.Level
	}
	switch len(t.regions.Chain(code, d)) {
	case 1:
		return Province
	case 2:
		return City
	}
	return County
}

// office names the sector's office of a region that has one.
func (t *Table) office(code string, s Sector, d trade.Day) Office {
	o := Office{Sector: s, Region: code, Level: t.level(code, d)}
	for _, n := range t.named {
		if n.Region == code && n.Sector == s && n.holds(d) {
			o.Name, o.Code, o.Source, o.Verified = n.Wording, n.Code, n.Source, n.Verified
			return o
		}
	}
	r, _, _ := t.regions.At(code, d)
	for _, n := range t.sectors[s].Names {
		if slices.Contains(n.Levels, o.Level) && n.holds(d) {
			o.Name = Wording{strings.ReplaceAll(n.ZH, "{region}", r.Name), strings.ReplaceAll(n.EN, "{region}", r.Name)}
			o.Source, o.Verified = n.Source, n.Verified
		}
	}
	return o
}

// Office returns the sector's office that is competent for a region on the day
// d, and the offices above it, nearest first. A former code is answered by the
// region that has its place on that day. Days before the table begins are
// answered as its first. Errors: ErrRegion, ErrSector.
func (t *Table) Office(region string, s Sector, d trade.Day) (o Office, above []Office, err error) {
	if t.sectors[s].ID == "" {
		return Office{}, nil, fmt.Errorf("%w: %q", ErrSector, s)
	}
	d = max(d, t.begins)
	chain := t.offices(region, d)
	if len(chain) == 0 {
		return Office{}, nil, fmt.Errorf("%w (%q)", ErrRegion, region)
	}
	for _, c := range chain {
		// A sector that began later has no name before; then nobody is named.
		if o := t.office(c, s, d); o.Name.ZH != "" {
			above = append(above, o)
		}
	}
	if len(above) == 0 {
		return Office{}, nil, fmt.Errorf("%w: %s had no offices on %s", ErrSector, s, d)
	}
	return above[0], above[1:], nil
}

// Competent says who supervises trades of a class in a region on the day d, and
// who has a duty beside. kinds are deal classes of the standard or numbers of
// data sets; those that the table does not divide by count as none. Errors:
// ErrRegion, ErrClass.
func (t *Table) Competent(region string, class trade.Class, kinds []string, d trade.Day) (*Competent, error) {
	if !slices.Contains(trade.Classes(), class) {
		return nil, fmt.Errorf("%w (%q)", ErrClass, class)
	}
	code := trade.RegionCode(region)
	day := max(d, t.begins)
	present, found := t.regions.Present(code, day)
	if !found {
		return nil, fmt.Errorf("%w (%q)", ErrRegion, region)
	}
	a := &Competent{Asked: region, Region: present, Name: t.regions.Name(present), Day: d.String(), Edition: t.edition, Offices: []Charge{}}
	for _, line := range t.chosen(class, kinds, day) {
		o, above, err := t.Office(code, line.Sector, day)
		if err != nil {
			return nil, err
		}
		a.Offices = append(a.Offices, Charge{Office: o, Role: line.Role, Kind: line.kind, Duty: line.Duty, Basis: line.Source, Above: above})
		a.Offices[len(a.Offices)-1].Verified = o.Verified && line.Verified
	}
	a.Notes = t.notes(code, present, d)
	return a, nil
}

// chosen is a line of competence with the kind by which it was found.
type chosen struct {
	Competence
	kind string
}

// chosen gives the lines that hold for a class, kinds and day: who supervises
// first, each sector and role once.
func (t *Table) chosen(class trade.Class, kinds []string, d trade.Day) []chosen {
	if len(kinds) == 0 {
		kinds = []string{""}
	}
	var main, general, beside []chosen
	for _, kind := range kinds {
		if best := t.best(class, kind, d); best.kind == "" {
			general = append(general, best)
		} else {
			main = append(main, best)
		}
	}
	if len(main) == 0 {
		main = general // an unknown kind beside a known one says nothing
	}
	for _, c := range t.lines {
		if c.Class == class && c.Role == Alongside && c.holds(d) && (len(c.Kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return match(c.Kinds, k) != "" })) {
			beside = append(beside, chosen{Competence: c})
		}
	}
	var out []chosen
	for _, c := range append(main, beside...) {
		if !slices.ContainsFunc(out, func(o chosen) bool { return o.Sector == c.Sector }) {
			out = append(out, c)
		}
	}
	return out
}

// best is the supervising line with the longest beginning of the kind.
func (t *Table) best(class trade.Class, kind string, d trade.Day) chosen {
	var best chosen
	for _, c := range t.lines {
		if c.Class != class || c.Role == Alongside || !c.holds(d) {
			continue
		}
		found := match(c.Kinds, kind)
		if found == "" && len(c.Kinds) > 0 {
			continue
		}
		if best.Sector == "" || len(found) > len(best.kind) {
			best = chosen{c, found}
			best.Role = Supervises
		}
	}
	return best
}

// match is the longest of the beginnings that a kind has, "" when it has none.
func match(kinds []string, kind string) string {
	found := ""
	for _, k := range kinds {
		if strings.HasPrefix(kind, k) && len(k) > len(found) {
			found = k
		}
	}
	return found
}

func (t *Table) notes(code, present string, d trade.Day) []Wording {
	var notes []Wording
	if d < t.begins {
		notes = append(notes, Wording{"管辖表自 " + t.begins.String() + " 起；更早的日期按该日回答", "the table begins on " + t.begins.String() + "; earlier days are answered as that day"})
		d = t.begins
	}
	if code != present {
		notes = append(notes, Wording{
			fmt.Sprintf("%s%s 在 %s 不是有效区划代码，由 %s%s 承接", t.regions.Name(code), code, d, t.regions.Name(present), present),
			fmt.Sprintf("%s %s is no code in use on %s; %s %s stands in its place", t.regions.Name(code), code, d, t.regions.Name(present), present),
		})
	}
	if a := t.line(present, d); a != nil {
		notes = append(notes, a.Wording)
	}
	if former := t.regions.Predecessors(present); len(former) > 0 {
		var names []string
		for _, c := range former {
			names = append(names, t.regions.Name(c)+c)
		}
		notes = append(notes, Wording{"承接原 " + strings.Join(names, "、"), "took the place of " + strings.Join(names, ", ")})
	}
	return notes
}
