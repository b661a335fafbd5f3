package disclose

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/standard"
)

// A Verdict is the table's answer for one field, reader and moment.
type Verdict string

// The verdicts, from open to shut.
const (
	Show   Verdict = "show"
	Masked Verdict = "masked" // shown with personal numbers blotted out
	Sealed Verdict = "sealed" // exists, and opens at a later moment or by order
	Hidden Verdict = "hidden" // not for this audience
)

// shown reports whether the reader gets (at least part of) the value.
func (v Verdict) shown() bool { return v == Show || v == Masked }

func (v Verdict) rank() int {
	return slices.Index([]Verdict{Hidden, Sealed, Masked, Show}, v)
}

// Words are a text in both languages.
type Words struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

// An Article is a place in the law that a row rests on.
type Article struct {
	ID    string `yaml:"-" json:"id"`
	Words `yaml:",inline"`
	Says  Words `yaml:"says" json:"says"`
}

// A Mark puts fields into a class, whatever the catalogue says. A pattern is
// DATASET.FIELD with * for any run of characters on either side of the dot.
type Mark struct {
	Class  string   `yaml:"class"`
	Why    Words    `yaml:"why"`
	Only   string   `yaml:"only"` // counts only for fields that the catalogue puts into this class
	Fields []string `yaml:"fields"`
}

// seatVerdicts is one seat's verdict from each moment on. until names the moment
// that opens what is not yet shown.
type seatVerdicts struct {
	at    [5]Verdict
	order bool // opens by a lawful order only
}

// UnmarshalYAML reads a verdict that always holds, or a map from moment to verdict.
func (t *seatVerdicts) UnmarshalYAML(n *yaml.Node) error {
	steps := map[string]Verdict{}
	if n.Kind == yaml.ScalarNode {
		steps["before"] = Verdict(n.Value)
	} else if err := n.Decode(&steps); err != nil {
		return err
	}
	if steps["before"] == "" {
		return fmt.Errorf("line %d: a timeline begins with before", n.Line)
	}
	for _, name := range slices.Sorted(maps.Keys(steps)) {
		if steps[name].rank() < 0 {
			return fmt.Errorf("line %d: %q is no verdict: show, masked, sealed or hidden", n.Line, steps[name])
		}
		if _, ok := momentOf(name); !ok && name != "order" {
			return fmt.Errorf("line %d: %q is no moment", n.Line, name)
		}
	}
	last := steps["before"]
	for _, m := range Moments() {
		if v, ok := steps[m.String()]; ok {
			if v.rank() < last.rank() {
				return fmt.Errorf("line %d: %s at %s after %s: what was shown cannot be taken back", n.Line, v, m, last)
			}
			last = v
		}
		t.at[m] = last
	}
	t.order = steps["order"] != ""
	return nil
}

// opens names the moment from which the field is shown, "order" when only an
// order opens it, "" when it is shown already or never will be.
func (t *seatVerdicts) opens(now Moment) string {
	if t.at[now].shown() {
		return ""
	}
	for _, m := range Moments()[now:] {
		if t.at[m].shown() {
			return m.String()
		}
	}
	if t.order {
		return "order"
	}
	return ""
}

// A Rule is one row of the table.
type Rule struct {
	ID            string   `yaml:"id"`
	Classes       []string `yaml:"classes"`
	Seals         []string `yaml:"seals"`
	Why           Words    `yaml:"why"`
	Articles      []string `yaml:"articles"`
	Noted         bool     `yaml:"noted"` // whoever reads what it shows is written into the log
	cited         Words
	seats         map[seat]*seatVerdicts
	Source        seatVerdicts `yaml:"source"`
	Supervisor    seatVerdicts `yaml:"supervisor"`
	Outside       seatVerdicts `yaml:"outside"`
	Auditor       seatVerdicts `yaml:"auditor"`
	Administrator seatVerdicts `yaml:"administrator"`
	Public        seatVerdicts `yaml:"public"`
}

type file struct {
	Moments   map[string]Words   `yaml:"moments"`
	Seats     map[seat]Words     `yaml:"seats"`
	Articles  map[string]Article `yaml:"articles"`
	Classes   map[string]Words   `yaml:"classes"`
	Marks     []Mark             `yaml:"marks"`
	Rules     []*Rule            `yaml:"rules"`
	Positions struct {
		Why      Words    `yaml:"why"`
		Articles []string `yaml:"articles"`
		From     string   `yaml:"from"`
	} `yaml:"positions"`
	Tombstones struct {
		Why      Words    `yaml:"why"`
		Articles []string `yaml:"articles"`
		Seats    []seat   `yaml:"seats"`
	} `yaml:"tombstones"`
	Persons struct {
		Why      Words    `yaml:"why"`
		Articles []string `yaml:"articles"`
		Fields   []string `yaml:"fields"`
	} `yaml:"persons"`
	Findings struct {
		Why            Words    `yaml:"why"`
		Articles       []string `yaml:"articles"`
		Seats          []seat   `yaml:"seats"`
		SealedEvidence string   `yaml:"sealed_evidence"`
		HiddenEvidence string   `yaml:"hidden_evidence"`
	} `yaml:"findings"`
}

// A Table is the disclosure table, checked.
type Table struct {
	file
	classOrder []string
	cells      map[string]*Rule // class/seal to its one row
}

//go:embed table.yaml
var tableYAML []byte

// Default returns the table that is part of the program.
var Default = sync.OnceValue(func() *Table {
	t, err := ReadTable(bytes.NewReader(tableYAML))
	if err != nil {
		panic(err) // embedded, and loaded by a test
	}
	return t
})

var seals = []string{"open", "bid", "committee", "personal"}

// ReadTable reads a table strictly: unknown keys, a class under a seal that is
// named twice or not at all, an unknown article, a timeline that takes back
// what it showed, or a seat left out are errors that name the row.
func ReadTable(r io.Reader) (*Table, error) {
	t := &Table{cells: map[string]*Rule{}}
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	if err := dec.Decode(&t.file); err != nil {
		return nil, fmt.Errorf("disclosure table: %w", err)
	}
	for id, a := range t.Articles {
		a.ID = id
		t.Articles[id] = a
	}
	t.classOrder = slices.Sorted(maps.Keys(t.Classes))
	for _, s := range seats {
		if t.Seats[s].ZH == "" {
			return nil, fmt.Errorf("disclosure table: seats: %q has no name: give zh and en", s)
		}
	}
	for _, m := range append(slices.Clone(momentNames), "order") {
		if t.Moments[m].ZH == "" {
			return nil, fmt.Errorf("disclosure table: moments: %q has no name: give zh and en", m)
		}
	}
	for _, m := range t.Marks {
		if err := t.checkMark(m); err != nil {
			return nil, err
		}
	}
	for _, rule := range t.Rules {
		if err := t.place(rule); err != nil {
			return nil, fmt.Errorf("disclosure table: rule %s: %w", rule.ID, err)
		}
	}
	for _, class := range t.classOrder {
		for _, s := range seals {
			if t.cells[class+"/"+s] == nil {
				return nil, fmt.Errorf("disclosure table: no rule names class %s under seal %s: add it to one", class, s)
			}
		}
	}
	return t, t.checkRest()
}

func (t *Table) checkMark(m Mark) error {
	if _, ok := t.Classes[m.Class]; !ok {
		return fmt.Errorf("disclosure table: marks: unknown class %q", m.Class)
	}
	for _, p := range m.Fields {
		if set, field, ok := strings.Cut(p, "."); !ok || set == "" || field == "" {
			return fmt.Errorf("disclosure table: marks: %q is not DATASET.FIELD", p)
		}
	}
	return nil
}

func (t *Table) place(rule *Rule) error {
	rule.seats = map[seat]*seatVerdicts{
		seatSource: &rule.Source, seatSupervisor: &rule.Supervisor, seatOutside: &rule.Outside,
		seatAuditor: &rule.Auditor, seatAdministrator: &rule.Administrator, seatPublic: &rule.Public,
	}
	for s, tl := range rule.seats {
		if tl.at[Before] == "" {
			return fmt.Errorf("no verdict for %s", s)
		}
	}
	if rule.Public != rule.Outside {
		return fmt.Errorf("outside differs from public: a supervisor out of jurisdiction sees what the public sees")
	}
	if rule.Noted && slices.ContainsFunc(rule.Public.at[:], Verdict.shown) {
		return fmt.Errorf("noted, but shown to the public: only what the public never sees is noted")
	}
	if err := t.known(rule.Articles); err != nil {
		return err
	}
	rule.cited = t.cite(rule.Articles)
	for _, class := range rule.Classes {
		if _, ok := t.Classes[class]; !ok {
			return fmt.Errorf("unknown class %q", class)
		}
		for _, s := range rule.Seals {
			if !slices.Contains(seals, s) {
				return fmt.Errorf("unknown seal %q", s)
			}
			cell := class + "/" + s
			if other := t.cells[cell]; other != nil {
				return fmt.Errorf("class %s under seal %s is named by %s already", class, s, other.ID)
			}
			t.cells[cell] = rule
		}
	}
	return nil
}

func (t *Table) known(articles []string) error {
	for _, a := range articles {
		if _, ok := t.Articles[a]; !ok {
			return fmt.Errorf("unknown article %q", a)
		}
	}
	if len(articles) == 0 {
		return fmt.Errorf("names no article: each row rests on one")
	}
	return nil
}

func (t *Table) checkRest() error {
	for name, articles := range map[string][]string{"positions": t.Positions.Articles, "tombstones": t.Tombstones.Articles, "persons": t.Persons.Articles, "findings": t.Findings.Articles} {
		if err := t.known(articles); err != nil {
			return fmt.Errorf("disclosure table: %s: %w", name, err)
		}
	}
	if t.Positions.From != Opened.String() {
		return fmt.Errorf("disclosure table: positions: from is %q: only %q is built", t.Positions.From, Opened)
	}
	for _, p := range t.Persons.Fields {
		if set, field, ok := strings.Cut(p, "."); !ok || set == "" || field == "" {
			return fmt.Errorf("disclosure table: persons: %q is not DATASET.FIELD", p)
		}
	}
	for _, how := range []string{t.Findings.SealedEvidence, t.Findings.HiddenEvidence} {
		if how != "vanish" && how != "drop" {
			return fmt.Errorf("disclosure table: findings: %q: write vanish or drop", how)
		}
	}
	return nil
}

// row gives the one rule for a class under a seal.
func (t *Table) row(class string, s standard.Seal) *Rule {
	if r := t.cells[class+"/"+sealName(s)]; r != nil {
		return r
	}
	return t.cells["personal/personal"] // an unknown seal is the strictest one
}

// classOf gives the class of a field that the catalogue puts into class given.
func (t *Table) classOf(dataset, field string, given standard.Disclosure) string {
	class := string(given)
	if _, ok := t.Classes[class]; !ok {
		class = string(standard.Closed)
	}
	for _, m := range t.Marks {
		if m.Only != "" && m.Only != class {
			continue
		}
		for _, p := range m.Fields {
			set, name, _ := strings.Cut(p, ".")
			if wild(set, dataset) && wild(name, field) {
				return m.Class
			}
		}
	}
	return class
}

// wild matches s against a pattern in which * stands for any run of characters.
func wild(pattern, s string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, head)
	if !ok {
		return false
	}
	for i := 0; i <= len(s); i++ {
		if wild(rest, s[i:]) {
			return true
		}
	}
	return false
}
