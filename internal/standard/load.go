package standard

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/trade"
)

//go:embed catalogue/*.yaml lists/*.yaml
var files embed.FS

// yamlDataset is a file of catalogue/.
type yamlDataset struct {
	Number, ZH, EN, Table string
	Class                 trade.Class
	Stage                 trade.Stage
	Step                  trade.Step
	Key, Parents          []string
	Tender, Lot           string
	Time                  string
	Versions              []struct{ Name, From, Source string }
	Bulk                  bool
	Seal                  Seal
	Slip                  string
	Severity              map[string]Severity
	Order, Ratios         []string
	Require               []struct{ Field, When, Rule string }
	Fields                []yamlField
}

type yamlField struct {
	Name, ZH, EN, Format                          string
	Required, Unique, Unchangeable, Multi, Person bool
	List, Check, Unit, Example, Slip              string
	Seal                                          Seal
	Disclosure                                    Disclosure
	Severity                                      map[string]Severity
}

type yamlList struct {
	Name, Code, ZH, EN, Pattern, Source string
	Closed                              bool
	Values                              []struct{ Code, ZH, EN string }
}

// Load reads a catalogue: a group of data sets a file in catalogue/, one YAML
// document each, and a code list a file in lists/. It is strict: an unknown key, a reference that leads nowhere or a
// word that is not one of ours is an error, which names the file.
func Load(fsys fs.FS) (*Catalogue, error) {
	c := &Catalogue{byNo: map[string]*Dataset{}, lists: map[string]*List{}}
	err := each(fsys, "lists", func(name string, body []byte) error {
		var y yamlList
		if err := strict(body, &y); err != nil {
			return err
		}
		l, err := y.list()
		if err != nil {
			return err
		}
		if l.Name+".yaml" != name || c.lists[l.Name] != nil {
			return fmt.Errorf("name %q: want the file's name, once", l.Name)
		}
		c.lists[l.Name] = l
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = each(fsys, "catalogue", func(name string, body []byte) error {
		dec := yaml.NewDecoder(bytes.NewReader(body))
		dec.KnownFields(true)
		for {
			var y yamlDataset
			switch err := dec.Decode(&y); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			d, err := y.dataset(c.lists)
			if err != nil {
				return fmt.Errorf("%s: %w", y.Number, err)
			}
			if c.byNo[d.No] != nil {
				return fmt.Errorf("number %q stands twice", d.No)
			}
			d.Group = strings.TrimSuffix(name, ".yaml")
			c.byNo[d.No] = d
			c.sets = append(c.sets, d)
		}
	})
	if err != nil {
		return nil, err
	}
	sort.Slice(c.sets, func(i, j int) bool { return before(c.sets[i].No, c.sets[j].No) })
	c.compile()
	return c, c.coherent()
}

// before orders data set numbers: by value, words after numbers.
func before(a, b string) bool {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	switch {
	case errX == nil && errY == nil:
		return x < y
	case errX == nil || errY == nil:
		return errX == nil
	}
	return a < b
}

func each(fsys fs.FS, dir string, do func(name string, body []byte) error) error {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return fmt.Errorf("standard: %w", err)
	}
	for _, n := range names {
		body, err := fs.ReadFile(fsys, n)
		if err != nil {
			return fmt.Errorf("standard: %w", err)
		}
		if err := do(path.Base(n), body); err != nil {
			return fmt.Errorf("standard: %s: %w", n, err)
		}
	}
	return nil
}

func strict(body []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	return dec.Decode(into)
}

func (y *yamlList) list() (*List, error) {
	l := &List{Name: y.Name, Code: y.Code, ZH: y.ZH, EN: y.EN, Closed: y.Closed, Pattern: y.Pattern, Source: y.Source, known: map[string]bool{}}
	for _, v := range y.Values {
		if v.Code == "" || v.ZH == "" || v.EN == "" || l.known[v.Code] {
			return nil, fmt.Errorf("value %q: want a code that stands once, with zh and en", v.Code)
		}
		l.known[v.Code] = true
		l.Values = append(l.Values, Value(v))
	}
	if y.Pattern != "" {
		re, err := regexp.Compile("^(?:" + y.Pattern + ")$")
		if err != nil {
			return nil, fmt.Errorf("pattern: %w", err)
		}
		l.match = re.MatchString
	}
	if y.ZH == "" || y.EN == "" || y.Source == "" || (y.Closed && len(y.Values) == 0) {
		return nil, errors.New("a list needs zh, en and source, a closed one values")
	}
	return l, nil
}

func (y *yamlDataset) dataset(lists map[string]*List) (*Dataset, error) {
	d := &Dataset{
		No: y.Number, NameZH: y.ZH, NameEN: y.EN, Table: y.Table, Class: y.Class, Stage: y.Stage, Step: y.Step,
		Tender: y.Tender, Lot: y.Lot, Key: y.Key, Parents: y.Parents, Time: y.Time, Bulk: y.Bulk, Seal: y.Seal, Slip: y.Slip,
		severity: y.Severity, byName: map[string]int{},
	}
	if err := checkSeverities(y.Severity); err != nil {
		return nil, err
	}
	for _, v := range y.Versions {
		d.Versions = append(d.Versions, Version(v))
	}
	for i, yf := range y.Fields {
		f, err := yf.field(lists)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", yf.Name, err)
		}
		if _, twice := d.byName[f.Name]; twice {
			return nil, fmt.Errorf("field %q stands twice", f.Name)
		}
		if f.Seal == Open {
			f.Seal = d.Seal
		}
		d.byName[f.Name] = i
		d.Fields = append(d.Fields, f)
	}
	for _, s := range y.Order {
		p := strings.Fields(s)
		if len(p) != 3 || (p[1] != "<=" && p[1] != "<") {
			return nil, fmt.Errorf("order %q: want A <= B or A < B", s)
		}
		d.Order = append(d.Order, Order{A: p[0], B: p[2], Strict: p[1] == "<"})
	}
	for _, s := range y.Ratios {
		p := strings.Fields(s)
		if len(p) != 5 || p[1] != "<=" || p[3] != "*" {
			return nil, fmt.Errorf("ratio %q: want A <= number * B", s)
		}
		n, err := strconv.ParseFloat(p[2], 64)
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("ratio %q: want a number above zero", s)
		}
		d.Ratios = append(d.Ratios, Ratio{A: p[0], B: p[4], Factor: n})
	}
	for _, q := range y.Require {
		r := Requirement{Field: q.Field, Rule: q.Rule}
		if f, ok := strings.CutSuffix(q.When, " given"); ok {
			r.When = f
		} else if f, is, ok := strings.Cut(q.When, " = "); ok {
			r.When, r.Is = f, strings.Split(is, ",")
		} else {
			return nil, fmt.Errorf("require %s when %q: want FIELD = values or FIELD given", q.Field, q.When)
		}
		d.Require = append(d.Require, r)
	}
	return d, nil
}

func (y *yamlField) field(lists map[string]*List) (Field, error) {
	f := Field{
		Name: y.Name, ZH: y.ZH, EN: y.EN, Required: y.Required, Unique: y.Unique, Unchangeable: y.Unchangeable, Multi: y.Multi,
		List: y.List, Check: y.Check, Unit: y.Unit, Seal: y.Seal, Person: y.Person, Disclosure: y.Disclosure, Example: y.Example, Slip: y.Slip,
		severity: y.Severity,
	}
	var err error
	if f.Format, err = ParseFormat(y.Format); err != nil {
		return f, err
	}
	if err = checkSeverities(y.Severity); err != nil {
		return f, err
	}
	if y.List != "" {
		if f.list = lists[y.List]; f.list == nil {
			return f, fmt.Errorf("list %q is not in lists/", y.List)
		}
	}
	switch y.Check {
	case "", CodeOrg, CodeRegion, CodeProject, CodeTender, CodeSection, CodeDeal, CodeInvest, CodeID:
	default:
		return f, fmt.Errorf("check %q is not one of the kinds of code", y.Check)
	}
	switch y.Seal {
	case Open, Bid, Committee, Personal:
	default:
		return f, fmt.Errorf("seal %q: want bid, committee or personal", y.Seal)
	}
	switch y.Disclosure {
	case Public, Government, Closed:
	default:
		return f, fmt.Errorf("disclosure %q: want public, government or closed", y.Disclosure)
	}
	if y.Name == "" || y.ZH == "" || y.EN == "" {
		return f, errors.New("name, zh and en are all needed")
	}
	return f, nil
}

// checkSeverities refuses overrides that would refuse a record or let one in:
// what is refused is the same for every data set (design section 4, point 14).
func checkSeverities(m map[string]Severity) error {
	for id, s := range m {
		r := ruleByID[id]
		if r == nil || r.Severity == Refuse || (s != Defect && s != Note) {
			return fmt.Errorf("severity %s: %s: want a rule that is no refusal, and defect or note", id, s)
		}
	}
	return nil
}

// coherent checks what joins data sets with each other and fields inside one.
func (c *Catalogue) coherent() error {
	for _, d := range c.sets {
		bad := func(format string, a ...any) error {
			return fmt.Errorf("standard: catalogue/%s.yaml: %s: %s", d.Group, d.No, fmt.Sprintf(format, a...))
		}
		if d.No == "" || d.NameZH == "" || d.NameEN == "" || len(d.Versions) == 0 || len(d.Fields) == 0 || len(d.Key) == 0 {
			return bad("number, zh, en, versions, key and fields are all needed")
		}
		stageless := d.Class.Register() && d.Stage == "" && d.Step == ""
		if d.Class != ClassSystem && (d.Class.ZH() == string(d.Class) || d.Table == "" || !stageless && (d.Stage.ZH() == string(d.Stage) || d.Step.Stage() != d.Stage)) {
			return bad("class %q, stage %q, step %q, table %q: want known words, and the step's own stage", d.Class, d.Stage, d.Step, d.Table)
		}
		if d.Seal != Open && d.Seal != Bid && d.Seal != Committee {
			return bad("seal %q: a whole data set is sealed by bid or committee", d.Seal)
		}
		names := append([]string{}, d.Key...)
		for _, n := range []string{d.Tender, d.Lot} {
			if n != "" {
				names = append(names, n)
			}
		}
		if d.Time != "" {
			names = append(names, d.Time)
		}
		for _, o := range d.Order {
			names = append(names, o.A, o.B)
		}
		for _, r := range d.Ratios {
			names = append(names, r.A, r.B)
		}
		for _, q := range d.Require {
			names = append(names, q.Field, q.When)
			if ruleByID[q.Rule] == nil {
				return bad("require %s: rule %q is not in the table", q.Field, q.Rule)
			}
		}
		for i := range d.Fields {
			f := &d.Fields[i]
			if f.Unit != "" && f.Unit != "yuan" {
				names = append(names, f.Unit)
			}
			if f.Seal == Personal && f.Disclosure == Public {
				return bad("field %s is personal and public at once", f.Name)
			}
			if f.Person && f.Seal != Personal {
				return bad("field %s identifies a person and is not sealed", f.Name)
			}
		}
		for _, n := range names {
			if d.Field(n) == nil {
				return bad("field %q is named but not there", n)
			}
		}
		for _, p := range d.Parents {
			if c.byNo[p] == nil || p == d.No {
				return bad("parent %q is not in the catalogue", p)
			}
		}
	}
	return nil
}
