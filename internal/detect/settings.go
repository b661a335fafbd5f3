package detect

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// A Setting is one line of thresholds and exceptions for an indicator in a
// region and a class. A line without indicator sets the days of a legal period,
// or says what codes mean, for whoever counts by it.
type Setting struct {
	ID              string              `yaml:"id" json:"id"`
	Date            trade.Day           `yaml:"date" json:"date"`
	Indicator       string              `yaml:"indicator" json:"indicator"`
	Region          string              `yaml:"region" json:"region,omitempty"`
	Class           string              `yaml:"class" json:"class,omitempty"`
	Since           *trade.Day          `yaml:"since" json:"since,omitempty"`
	Until           *trade.Day          `yaml:"until" json:"until,omitempty"`
	Source          string              `yaml:"source" json:"source"`
	Applies         string              `yaml:"applies" json:"applies,omitempty"` // "no", "yes" or "" (as the more general line says)
	Reason          string              `yaml:"reason" json:"reason,omitempty"`
	Period          string              `yaml:"period" json:"period,omitempty"`     // id of a period of package timeline
	Days            *int                `yaml:"days" json:"days,omitempty"`         // instead of the period's own
	Periods         []string            `yaml:"periods" json:"periods,omitempty"`   // ids of several periods, instead of one
	DaysOf          map[string]int      `yaml:"days_of" json:"days_of,omitempty"`   // by id of Periods: instead of the period's own
	Lengthen        string              `yaml:"lengthen" json:"lengthen,omitempty"` // "no": a last day that is a day off is not lengthened, whatever the period says; "yes" or "": as the period says
	Bidders         *int                `yaml:"bidders" json:"bidders,omitempty"`
	Hours           *int                `yaml:"hours" json:"hours,omitempty"`
	Minutes         *int                `yaml:"minutes" json:"minutes,omitempty"`
	Members         *int                `yaml:"members" json:"members,omitempty"`
	PerThousand     *int                `yaml:"per_thousand" json:"per_thousand,omitempty"`
	Representatives []string            `yaml:"representatives" json:"representatives,omitempty"` // kinds of committee members (508 EXPERT_TYPE) who are the tenderer's own people
	Required        []string            `yaml:"required" json:"required,omitempty"`               // extension data sets that all systems send, so that their absence says something
	PerMillion      *int                `yaml:"per_million" json:"per_million,omitempty"`
	Benchmark       *Benchmark          `yaml:"benchmark" json:"benchmark,omitempty"` // how a mean of the bids is made
	Series          []Series            `yaml:"series" json:"series,omitempty"`       // by number of bids, fewest first
	Chain           [][]string          `yaml:"chain" json:"chain,omitempty"`         // data sets of the stages in their order; alternatives together
	Order           []string            `yaml:"order" json:"order,omitempty"`         // ids of events of package timeline, in the order in which they happen
	Amounts         *Amounts            `yaml:"amounts" json:"amounts,omitempty"`
	Limits          map[string]int64    `yaml:"limits" json:"limits,omitempty"` // by name: thresholds, in the unit that the name ends in
	Words           map[string][]string `yaml:"words" json:"words,omitempty"`   // by kind: what is looked for in a text
	Placeholders    []string            `yaml:"placeholders" json:"placeholders,omitempty"`
	OwnMachines     []Machine           `yaml:"own_machines" json:"own_machines,omitempty"`
	OwnAddresses    []Known             `yaml:"own_addresses" json:"own_addresses,omitempty"` // addresses or ranges behind which many stand
	OwnCodes        []Known             `yaml:"own_codes" json:"own_codes,omitempty"`         // locks or accounts that many use
	XMLNames        map[string][]string `yaml:"xml_names" json:"xml_names,omitempty"`
	EventTimes      map[string]string   `yaml:"event_times" json:"event_times,omitempty"`
	// Weights say how much a finding counts in a score, by strength or by id of an indicator.
	Weights map[string]int64 `yaml:"weights" json:"weights,omitempty"`
	// StakeLeast is how many yuan a docket counts at least where warnings are put in order.
	StakeLeast *int64 `yaml:"stake_least" json:"stake_least,omitempty"`
	// EditionMoved is by how many percent of a group's spread a quantile must move for an edition to name it.
	EditionMoved *int `yaml:"edition_moved" json:"edition_moved,omitempty"`
	// FormCodes say of which form of trade a code speaks (package timeline, forms.yaml).
	FormCodes []timeline.FormCode `yaml:"form_codes" json:"form_codes,omitempty"`
}

// A Machine is a machine known by its codes; empty codes match any.
type Machine struct {
	CPU  string `yaml:"cpu" json:"cpu,omitempty"`
	MAC  string `yaml:"mac" json:"mac,omitempty"`
	Disk string `yaml:"disk" json:"disk,omitempty"`
	Note string `yaml:"note" json:"note,omitempty"`
}

// A Series says how little the steps between prices may vary to be called
// regular, from a number of bids on: the coefficient of variation in thousandths.
type Series struct {
	Bids        int `yaml:"bids" json:"bids"`
	PerThousand int `yaml:"per_thousand" json:"per_thousand"`
}

// A Benchmark says how a benchmark price is made of the bids: the mean without
// so many of the highest and lowest, from a number of bids on, times a factor in
// thousandths (0: as it is).
type Benchmark struct {
	DropHigh    int `yaml:"drop_high" json:"drop_high"`
	DropLow     int `yaml:"drop_low" json:"drop_low"`
	Least       int `yaml:"least" json:"least"`
	PerThousand int `yaml:"per_thousand" json:"per_thousand"`
}

// Amounts bounds what amounts can be: at most so many yuan, and not between From
// and To times each other.
type Amounts struct {
	Most int64 `yaml:"most" json:"most"`
	From int64 `yaml:"from" json:"from"`
	To   int64 `yaml:"to" json:"to"`
}

// A Known is a value that proves nothing when bidders share it, and why.
type Known struct {
	Value string `yaml:"value" json:"value"`
	Note  string `yaml:"note" json:"note,omitempty"`
}

// Settings is a table of lines. It is never changed after it was read.
type Settings struct {
	lines []Setting
	of    map[string][]int // lines of each indicator, in order
	table *timeline.Table
	edges []trade.Day // the days on which anything that For depends on changes, sorted
	kept  *kept       // answers of For
}

//go:embed settings.yaml
var settingsYAML []byte

// DefaultSettings returns the settings that the program carries.
var DefaultSettings = sync.OnceValue(func() *Settings {
	s, err := ReadSettings(settingsYAML)
	if err != nil {
		panic(err) // the embedded file is part of the program and tested
	}
	return s
})

// ReadSettings reads a file in the form of settings.yaml. Unknown fields, lines
// without id, date or source, unknown indicators and periods are refused.
func ReadSettings(b []byte) (*Settings, error) {
	var file struct {
		Settings []Setting `yaml:"settings"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("detect: settings: %w", err)
	}
	for _, s := range file.Settings {
		bad := func(field, want string) error {
			return fmt.Errorf("detect: setting %q, %s: want %s", s.ID, field, want)
		}
		_, period := timeline.ByID(s.Period)
		switch {
		case s.ID == "" || s.Date == 0 || s.Source == "":
			return nil, bad("id, date, source", "all three")
		case s.Indicator == "" && s.Class == "" && (s.Period != "" && s.Days != nil || len(s.FormCodes) > 0):
			// Of the law itself, not of one indicator: the table checks it.
		case s.Indicator == "" && (s.Weights != nil || s.StakeLeast != nil || s.EditionMoved != nil):
			if err := s.checkWeights(bad); err != nil {
				return nil, err
			}
			continue
		case s.Weights != nil || s.StakeLeast != nil || s.EditionMoved != nil:
			return nil, bad("weights, stake_least, edition_moved", "a line without indicator: the indicator stands in the weights")
		case len(s.FormCodes) > 0:
			return nil, bad("form_codes", "a line without indicator and class")
		case !slices.ContainsFunc(Rules(), func(r Rule) bool { return r.Info().ID == s.Indicator }):
			return nil, bad("indicator", "one that exists")
		case s.Applies != "" && s.Applies != "no" && s.Applies != "yes":
			return nil, bad("applies", `"no", "yes" or nothing`)
		case s.Period != "" && !period:
			return nil, bad("period", "one of package timeline")
		case !ofLaw(s.Periods):
			return nil, bad("periods", "ids of package timeline")
		case s.DaysOf != nil && !countable(s.DaysOf):
			return nil, bad("days_of", "periods of package timeline with 0 or more days each")
		case s.Lengthen != "" && s.Lengthen != "no" && s.Lengthen != "yes":
			return nil, bad("lengthen", `"no", "yes" or nothing`)
		case negative(s.Days) || negative(s.Bidders) || negative(s.Hours) || negative(s.Minutes) || negative(s.Members) || negative(s.PerThousand) || negative(s.PerMillion):
			return nil, bad("days, bidders, hours, minutes, members, per_thousand, per_million", "0 or more")
		case s.Benchmark != nil && min(s.Benchmark.DropHigh, s.Benchmark.DropLow, s.Benchmark.Least, s.Benchmark.PerThousand) < 0:
			return nil, bad("benchmark", "0 or more everywhere")
		}
		if err := s.checkLists(bad); err != nil {
			return nil, err
		}
		for _, m := range s.OwnMachines {
			if m.CPU == "" && m.MAC == "" && m.Disk == "" {
				return nil, bad("own_machines", "at least one code in each line, for a line without codes would match every machine")
			}
		}
		for _, k := range s.OwnAddresses {
			if _, ok := prefix(k.Value); !ok {
				return nil, bad("own_addresses", "an address or a range such as 203.0.113.0/24 in each line")
			}
		}
	}
	return newSettings(file.Settings)
}

// newSettings makes a table of lines, with the periods as those without
// indicator set them.
func newSettings(lines []Setting) (*Settings, error) {
	table := timeline.Law()
	of := map[string][]int{}
	for i, l := range lines {
		of[l.Indicator] = append(of[l.Indicator], i)
		if l.Indicator != "" {
			continue
		}
		var err error
		if l.Period != "" && l.Days != nil {
			table, err = table.With(timeline.Change{ID: l.ID + "@" + l.Date.String(), Period: l.Period, Days: *l.Days, Region: l.Region, Since: l.Since, Until: l.Until, Source: l.Source})
		}
		if err == nil {
			table, err = table.WithCodes(l.FormCodes...)
		}
		if err != nil {
			return nil, fmt.Errorf("detect: setting %q: %w", l.ID, err)
		}
	}
	return &Settings{lines: lines, of: of, table: table, edges: edgesOf(lines), kept: newKept()}, nil
}

// Table returns the legal periods as these settings have them.
func (s *Settings) Table() *timeline.Table { return s.table }

func (s *Setting) checkWeights(bad func(field, want string) error) error {
	for name, n := range s.Weights {
		known := slices.Contains([]string{Breach, Strong, Weak, Quality}, name) || slices.ContainsFunc(Rules(), func(r Rule) bool { return r.Info().ID == name })
		if !known || n < 0 || n > 1000 {
			return bad("weights, "+name, "a strength (breach, strong, clue, quality) or the id of an indicator, and 0 to 1000")
		}
	}
	if s.StakeLeast != nil && (*s.StakeLeast < 0 || *s.StakeLeast > 1_000_000_000) {
		return bad("stake_least", "0 to 1000000000 yuan")
	}
	if m := s.EditionMoved; m != nil && (*m < 0 || *m > 1000 || s.Region != "" || s.Class != "") {
		return bad("edition_moved", "0 to 1000 percent, of all regions and classes")
	}
	return nil
}

func (s *Setting) checkLists(bad func(field, want string) error) error {
	names := limitsOf(s.Indicator)
	for name, n := range s.Limits {
		if n < 0 || !slices.Contains(names, name) {
			return bad("limits, "+name, "0 or more, of "+or(strings.Join(names, ", "), "none: this indicator has no limits"))
		}
	}
	for kind := range s.Words {
		if s.Indicator != "C01" || !slices.ContainsFunc(clauses, func(c clause) bool { return c.kind == kind }) {
			return bad("words, "+kind, "a kind of clause of C01")
		}
	}
	for i, x := range s.Series {
		if x.Bids < 3 || x.PerThousand < 0 || x.PerThousand > 1000 || i > 0 && x.Bids <= s.Series[i-1].Bids {
			return bad("series", "3 bids or more in each line, the fewest first, and 0 to 1000 thousandths")
		}
	}
	for _, id := range s.Order {
		if _, ok := timeline.EventByID(id); !ok {
			return bad("order", "events of package timeline")
		}
	}
	for _, link := range s.Chain {
		if len(link) == 0 || slices.ContainsFunc(link, func(no string) bool { return standard.Default().Dataset(no) == nil }) {
			return bad("chain", "data sets of the catalogue in each link")
		}
	}
	if a := s.Amounts; a != nil && (a.Most <= 0 || a.From < 2 || a.To < a.From) {
		return bad("amounts", "most above 0, from 2 or more, to not below from")
	}
	return nil
}

// limitsOf are the names of the limits that an indicator knows.
func limitsOf(indicator string) []string {
	for _, r := range Rules() {
		if t, ok := r.(interface{ thresholds() []string }); ok && r.Info().ID == indicator {
			return t.thresholds()
		}
	}
	return nil
}

func negative(n *int) bool { return n != nil && *n < 0 }

// ofLaw reports whether all ids are of periods of package timeline.
func ofLaw(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { _, ok := timeline.ByID(id); return !ok })
}

func countable(days map[string]int) bool {
	for id, n := range days {
		if n < 0 || !ofLaw([]string{id}) {
			return false
		}
	}
	return true
}

// With returns a table that has the lines of both; where two lines are equally
// special, those of more win.
func (s *Settings) With(more *Settings) *Settings {
	if more == nil {
		return s
	}
	both, err := newSettings(append(slices.Clone(s.lines), more.lines...))
	if err != nil {
		panic(err) // each line has been read already, and none depends on another
	}
	return both
}

// Lines returns all lines, in order.
func (s *Settings) Lines() []Setting { return slices.Clone(s.lines) }

// An effective setting is what holds for one docket and day: the lines that
// match, the more special over the more general.
type effective struct {
	*Setting
	Name string // the lines as id@date, the most general first

	known *known // what was made of it once for all; nil where somebody made the setting by hand
}

// unset is the setting where no line matches.
var unset = func() effective {
	e := effective{Setting: &Setting{}}
	e.known = &known{text: e.text(), codes: newMachineReader(nil)}
	return e
}()

// What is known of a setting without looking at a docket.
type known struct {
	text  string // its JSON, for digests
	legal map[string]timeline.Period
	list  []timeline.Period // as periods gives them
	codes machineReader     // by the setting's placeholders
}

// machines reads machine codes by the setting's placeholders.
func (e *effective) machines() machineReader {
	if e.known != nil {
		return e.known.codes
	}
	return newMachineReader(e.Placeholders)
}

// text is the setting as JSON, which digests hold.
func (e *effective) text() string {
	if e.known != nil {
		return e.known.text
	}
	b, _ := json.Marshal(e) // a struct of strings and numbers: it cannot fail
	return string(b)
}

// For returns what holds for an indicator, a docket and a day; false when no
// line matches. It must not be changed.
func (s *Settings) For(indicator string, d *docket.Docket, day trade.Day) (effective, bool) {
	if len(s.of[indicator]) == 0 {
		return unset, false
	}
	at, _ := slices.BinarySearch(s.edges, day+1)
	key := asked{indicator, d.Class, d.Region, timeline.Foreign(d), at}
	if e, ok := s.kept.get(key); ok {
		return *e, e.Name != ""
	}
	e := s.effective(indicator, d, day)
	s.kept.put(key, e)
	return *e, e.Name != ""
}

// effective works out what For returns; without a name when no line matches.
func (s *Settings) effective(indicator string, d *docket.Docket, day trade.Day) *effective {
	chain := []string{"ocds"}
	if !timeline.Foreign(d) {
		chain = append(trade.Regions().Chain(d.Region, day), "")
	}
	class := d.Class
	if class == "" {
		class = string(trade.Construction) // the one class carried through the house so far
	}
	match := s.matching(indicator, chain, class, day)
	if len(match) == 0 {
		return &unset
	}
	e := &effective{Setting: &Setting{}, known: &known{legal: map[string]timeline.Period{}}}
	var names []string
	for _, l := range match {
		e.overlay(*l)
		names = append(names, l.ID+"@"+l.Date.String())
	}
	for _, id := range append([]string{e.Period}, e.Periods...) {
		p, changes, ok := s.table.Period(id, d, day)
		if ok {
			e.known.legal[id] = p
		}
		names = append(names, changes...)
	}
	e.Name = strings.Join(names, "+")
	b, _ := json.Marshal(e) // a struct of strings and numbers: it cannot fail
	e.known.text = string(b)
	e.known.list = e.listed()
	e.known.codes = newMachineReader(e.Placeholders)
	return e
}

// matching are the lines of an indicator that hold for a class on a day in one
// of the regions of a chain, the nearest first: the most general line first.
func (s *Settings) matching(indicator string, chain []string, class string, day trade.Day) []*Setting {
	type ranked struct {
		line *Setting
		rank int
	}
	var match []ranked
	for _, i := range s.of[indicator] {
		l := &s.lines[i]
		r := slices.Index(chain, l.Region)
		if r < 0 || l.Class != "" && l.Class != class || l.Since != nil && day < *l.Since || l.Until != nil && day > *l.Until {
			continue
		}
		rank := -2 * r // the nearer region is the more special
		if l.Class != "" {
			rank++
		}
		match = append(match, ranked{l, rank})
	}
	slices.SortStableFunc(match, func(a, b ranked) int { return a.rank - b.rank })
	out := make([]*Setting, len(match))
	for i := range match {
		out[i] = match[i].line
	}
	return out
}

// overlay lays a more special line over what the more general ones say: what
// the line leaves out stays, exceptions add up.
func (e *effective) overlay(l Setting) {
	old := *e.Setting
	e.Setting = &l
	if l.Applies == "" {
		e.Applies, e.Reason = old.Applies, old.Reason
	}
	e.Period = cmp.Or(l.Period, old.Period)
	e.Days = cmp.Or(l.Days, old.Days)
	e.Lengthen = cmp.Or(l.Lengthen, old.Lengthen)
	e.Periods = given(l.Periods, old.Periods)
	e.DaysOf = merged(old.DaysOf, l.DaysOf)
	e.Bidders = cmp.Or(l.Bidders, old.Bidders)
	e.Hours = cmp.Or(l.Hours, old.Hours)
	e.Minutes = cmp.Or(l.Minutes, old.Minutes)
	e.Members = cmp.Or(l.Members, old.Members)
	e.PerThousand = cmp.Or(l.PerThousand, old.PerThousand)
	if len(l.Representatives) == 0 { // an empty list takes nothing back, here and in the next
		e.Representatives = old.Representatives
	}
	if len(l.Required) == 0 {
		e.Required = old.Required
	}
	e.PerMillion = cmp.Or(l.PerMillion, old.PerMillion)
	e.Benchmark = cmp.Or(l.Benchmark, old.Benchmark)
	e.Series = given(l.Series, old.Series)
	e.Chain = given(l.Chain, old.Chain)
	e.Order = given(l.Order, old.Order)
	e.Amounts = cmp.Or(l.Amounts, old.Amounts)
	e.Limits = merged(old.Limits, l.Limits)
	e.Words = merged(old.Words, l.Words)
	e.Placeholders = given(l.Placeholders, old.Placeholders)
	e.OwnMachines = slices.Concat(old.OwnMachines, l.OwnMachines)
	e.OwnAddresses = slices.Concat(old.OwnAddresses, l.OwnAddresses)
	e.OwnCodes = slices.Concat(old.OwnCodes, l.OwnCodes)
	if l.XMLNames == nil {
		e.XMLNames = old.XMLNames
	}
	if l.EventTimes == nil {
		e.EventTimes = old.EventTimes
	}
}

// merged lays one map over another; neither is changed.
func merged[V any](old, more map[string]V) map[string]V {
	switch {
	case len(old) == 0:
		return more
	case len(more) == 0:
		return old
	}
	both := maps.Clone(old)
	maps.Copy(both, more)
	return both
}

// given returns a list that is there, even an empty one, else the other.
func given[T any](list, other []T) []T {
	if list != nil {
		return list
	}
	return other
}

// periods returns the legal periods that the setting names, with their days
// replaced where the setting has its own. Days without a period are one that no
// law gives: a minimum of calendar days.
func (e *effective) periods() []timeline.Period {
	if e.known != nil {
		return e.known.list
	}
	return e.listed()
}

func (e *effective) listed() []timeline.Period {
	ids := e.Periods
	if len(ids) == 0 && (e.Period != "" || e.Days != nil) {
		ids = []string{e.Period}
	}
	var out []timeline.Period
	for _, id := range ids {
		if p, ok := e.periodOf(id); ok {
			out = append(out, p)
		}
	}
	return out
}

// periodOf returns one of the setting's periods; false when it does not name it.
func (e *effective) periodOf(id string) (timeline.Period, bool) {
	single := len(e.Periods) == 0 && e.Period == id
	if !single && !slices.Contains(e.Periods, id) {
		return timeline.Period{ID: id}, false
	}
	var p timeline.Period
	ok := false
	if e.known != nil {
		p, ok = e.known.legal[id]
	}
	if !ok && e.Days == nil {
		return p, false
	}
	if !ok {
		p = timeline.Period{Kind: timeline.Calendar, Sense: timeline.Min}
	}
	if single && e.Days != nil {
		p.Days, p.Unverified = *e.Days, false
	}
	if n, ok := e.DaysOf[id]; ok {
		p.Days, p.Unverified = n, false
	}
	if e.Lengthen == "no" {
		p.Lengthen = false
	}
	return p, true
}
