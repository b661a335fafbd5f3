package timeline

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// A Pattern is a regular expression in data.
type Pattern struct{ *regexp.Regexp }

// UnmarshalText compiles the expression.
func (p *Pattern) UnmarshalText(b []byte) (err error) {
	p.Regexp, err = regexp.Compile(string(b))
	return err
}

// MarshalText writes the expression.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Patterns are expressions by field.
type Patterns map[string]Pattern

func (ps Patterns) all(e *docket.Entry) bool {
	for field, p := range ps {
		if !p.MatchString(e.Fields[field]) {
			return false
		}
	}
	return true
}

func (ps Patterns) any(e *docket.Entry) bool {
	for field, p := range ps {
		if p.MatchString(e.Fields[field]) {
			return true
		}
	}
	return false
}

// A FormRule is a line of forms.yaml: rows of a data set that are like it say
// that the trade is of the form.
type FormRule struct {
	Form    string              `yaml:"form" json:"form"`
	Dataset []string            `yaml:"dataset" json:"dataset"`
	When    map[string][]string `yaml:"when" json:"when,omitempty"`
	Like    Patterns            `yaml:"like" json:"like,omitempty"`
	Unlike  Patterns            `yaml:"unlike" json:"unlike,omitempty"`
	Amount  string              `yaml:"amount" json:"amount,omitempty"` // field with an amount, whose unit stands in PRICE_UNIT
	Above   int64               `yaml:"above" json:"above,omitempty"`   // yuan, that amount not included
	UpTo    int64               `yaml:"up_to" json:"up_to,omitempty"`   // yuan, that amount included; 0: without end
}

// A FormCode is an office's own knowledge of a code list: what a code in a
// field of a data set means. It goes before forms.yaml.
type FormCode struct {
	Dataset string `yaml:"dataset" json:"dataset"`
	Field   string `yaml:"field" json:"field"`
	Code    string `yaml:"code" json:"code"`
	Form    string `yaml:"form" json:"form"`
}

type formsFile struct {
	Forms []struct {
		ID string `yaml:"id"`
		ZH string `yaml:"zh"`
		EN string `yaml:"en"`
	} `yaml:"forms"`
	Rules []FormRule `yaml:"rules"`
}

//go:embed forms.yaml
var formsYAML []byte

var forms = sync.OnceValue(func() formsFile {
	f, err := readForms(formsYAML)
	if err != nil {
		panic(err) // the embedded file is part of the program and tested
	}
	return f
})

func readForms(b []byte) (formsFile, error) {
	var f formsFile
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return f, fmt.Errorf("timeline: forms: %w", err)
	}
	known := map[string]bool{}
	for _, n := range f.Forms {
		if n.ID == "" || n.ZH == "" || n.EN == "" || known[n.ID] {
			return f, fmt.Errorf("timeline: form %q: want id, zh and en, once", n.ID)
		}
		known[n.ID] = true
	}
	for i, r := range f.Rules {
		if !known[r.Form] || len(r.Dataset) == 0 {
			return f, fmt.Errorf("timeline: forms, rule %d (%q): want a form of the list and a data set", i+1, r.Form)
		}
	}
	return f, nil
}

func formNames() []string {
	var out []string
	for _, f := range forms().Forms {
		out = append(out, f.ID)
	}
	return out
}

// WithCodes returns a table that knows more codes of forms of trade. It refuses
// a form that forms.yaml does not have.
func (t *Table) WithCodes(codes ...FormCode) (*Table, error) {
	for _, c := range codes {
		if c.Dataset == "" || c.Field == "" || c.Code == "" || !slices.Contains(formNames(), c.Form) {
			return nil, fmt.Errorf("timeline: form code %q of %s %s: want data set, field, code and one of the forms %s", c.Code, c.Dataset, c.Field, strings.Join(formNames(), ", "))
		}
	}
	return &Table{periods: t.periods, changes: t.changes, codes: append(slices.Clone(t.codes), codes...)}, nil
}

// Form returns the form of trade of which a row says that the lot is; when the
// row says nothing (or is nil), what all other rows about the lot agree on; ""
// when none does or they differ.
func (t *Table) Form(d *docket.Docket, lot string, row *docket.Entry) string {
	if row != nil {
		if f := t.formOf(row); f != "" {
			return f
		}
	}
	found := ""
	for i := range d.Live {
		e := &d.Live[i]
		if e.Deleted || !About(e, lot) {
			continue
		}
		switch f := t.formOf(e); {
		case f == "" || f == found:
		case found == "":
			found = f
		default:
			return ""
		}
	}
	return found
}

func (t *Table) formOf(e *docket.Entry) string {
	for _, c := range t.codes {
		if c.Dataset == e.Dataset && c.Code == strings.TrimSpace(e.Fields[c.Field]) {
			return c.Form
		}
	}
	for _, r := range forms().Rules {
		if slices.Contains(r.Dataset, e.Dataset) && r.says(e) {
			return r.Form
		}
	}
	return ""
}

func (r FormRule) says(e *docket.Entry) bool {
	if !(Source{When: r.When, Like: r.Like, Unlike: r.Unlike}).holds(e) {
		return false
	}
	if r.Amount == "" {
		return true
	}
	m, ok := trade.ParseMoney(e.Fields[r.Amount], e.Fields["PRICE_UNIT"])
	return ok && m > trade.Money(r.Above)*trade.Yuan && (r.UpTo == 0 || m <= trade.Money(r.UpTo)*trade.Yuan)
}
