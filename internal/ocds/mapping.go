package ocds

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"mingjing/internal/standard"
	"mingjing/internal/trade"

	"go.yaml.in/yaml/v3"
)

//go:embed mapping.yaml
var mappingYAML []byte

// What a row can tell of; see mapping.yaml.
const (
	isPlan        = "plan"
	isTender      = "tender"
	isLot         = "lot"
	isNotice      = "notice"
	isDocument    = "document"
	isChange      = "change"
	isBid         = "bid"
	isAward       = "award"
	isContract    = "contract"
	isAmendment   = "amendment"
	isPayment     = "payment"
	isPerformance = "performance"
	isAbnormal    = "abnormal"
)

// tags gives the release tag of what a row tells of, in the order in which
// they happen.
var tags = []struct{ is, tag string }{
	{isPlan, "planning"},
	{isTender, "planning"},
	{isLot, "planning"},
	{isNotice, "tender"},
	{isDocument, "tenderUpdate"},
	{isChange, "tenderAmendment"},
	{isBid, "tenderUpdate"},
	{isAbnormal, "tenderCancellation"},
	{isAward, "award"},
	{isContract, "contract"},
	{isAmendment, "contractAmendment"},
	{isPayment, "implementation"},
	{isPerformance, "implementation"},
}

// A mapped data set says which of its fields tell what.
type mapped struct {
	Is        []string      `yaml:"is"`
	At        string        `yaml:"at"`
	Title     []string      `yaml:"title"`
	Tender    []string      `yaml:"tender"`
	Lot       []string      `yaml:"lot"`
	Text      []string      `yaml:"text"`
	URL       string        `yaml:"url"`
	Start     []string      `yaml:"start"`
	End       []string      `yaml:"end"`
	Days      string        `yaml:"days"`
	Amount    []string      `yaml:"amount"`
	Currency  string        `yaml:"currency"`
	Form      string        `yaml:"form"`
	Number    []string      `yaml:"number"`
	Source    string        `yaml:"source"`
	Doc       string        `yaml:"doc"`
	Method    string        `yaml:"method"`
	Open      []string      `yaml:"open"`
	Selective []string      `yaml:"selective"`
	Limited   []string      `yaml:"limited"`
	Parties   []mappedParty `yaml:"parties"`
}

type mappedParty struct {
	Role string `yaml:"role"`
	Name string `yaml:"name"`
	Code string `yaml:"code"`
}

func (m *mapped) is(what string) bool { return slices.Contains(m.Is, what) }

// rank orders the rows of one day, and tag is what a release with the row is called.
func (m *mapped) rank() (rank int, tag string) {
	for i, t := range tags {
		if m.is(t.is) {
			rank, tag = i, t.tag
		}
	}
	return rank, tag
}

// fields names every field of the data set that the mapping reads.
func (m *mapped) fields() []string {
	out := slices.Concat(m.Title, m.Tender, m.Lot, m.Text, m.Start, m.End, m.Amount, m.Number, []string{m.At, m.URL, m.Days, m.Currency, m.Form, m.Source, m.Method})
	for _, p := range m.Parties {
		out = append(out, p.Name, p.Code)
	}
	out = slices.DeleteFunc(out, func(s string) bool { return s == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

type category struct {
	Main       string `yaml:"main"`
	Additional string `yaml:"additional"`
}

type mapping struct {
	Sets    map[string]*mapped       `yaml:"sets"`
	Classes map[trade.Class]category `yaml:"classes"`
}

var theMapping = sync.OnceValue(func() *mapping {
	m, err := readMapping(mappingYAML, standard.Default())
	if err != nil {
		panic(err) // embedded and read by the tests
	}
	return m
})

// readMapping reads a mapping and holds it against the catalogue: a field that
// no data set has would silently export nothing.
func readMapping(raw []byte, c *standard.Catalogue) (*mapping, error) {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	var m mapping
	if err := dec.Decode(&m); err != nil {
		return nil, fmt.Errorf("ocds: mapping: %w", err)
	}
	for no, set := range m.Sets {
		ds := c.Dataset(no)
		if ds == nil {
			return nil, fmt.Errorf("ocds: mapping: data set %s is not in the catalogue", no)
		}
		for _, what := range set.Is {
			if !slices.ContainsFunc(tags, func(t struct{ is, tag string }) bool { return t.is == what }) {
				return nil, fmt.Errorf("ocds: mapping: data set %s is %q: no such thing", no, what)
			}
		}
		for _, name := range set.fields() {
			if fieldOf(ds, name) == nil {
				return nil, fmt.Errorf("ocds: mapping: data set %s has no field %s", no, name)
			}
		}
	}
	return &m, nil
}

func fieldOf(ds *standard.Dataset, name string) *standard.Field {
	for i := range ds.Fields {
		if ds.Fields[i].Name == name {
			return &ds.Fields[i]
		}
	}
	return nil
}
