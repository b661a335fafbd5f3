package standard

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"mingjing/internal/trade"
)

// ExampleOrigin is the platform code that the examples carry: well formed and
// nobody's.
var ExampleOrigin = exampleOrg("1241000000000001A")

// A Broken names one rule that a bad example breaks, and where.
type Broken struct {
	Rule  string
	Field string // "" for the record as a whole
}

// Example returns a record of the data set that breaks no rule: all fields that
// are required or that the catalogue gives an example for. It is the caller's to
// change. All examples tell of the same invented tender, so that they can be
// sent together. The zero Record comes back for a data set that is not there.
func Example(dataset string) Record {
	r := examples().good[dataset]
	r.Fields = maps.Clone(r.Fields)
	return r
}

// BadExample returns a record of the data set that is accepted with defects,
// and exactly the rules that it breaks, by field name.
func BadExample(dataset string) (Record, []Broken) {
	b := examples().bad[dataset]
	r := b.record
	r.Fields = maps.Clone(r.Fields)
	return r, slices.Clone(b.broken)
}

type badExample struct {
	record Record
	broken []Broken
}

var examples = sync.OnceValue(func() (all struct {
	good map[string]Record
	bad  map[string]badExample
},
) {
	all.good, all.bad = map[string]Record{}, map[string]badExample{}
	for _, d := range Default().sets {
		all.good[d.No] = d.example()
		all.bad[d.No] = d.badExample()
	}
	return all
})

// The invented tender.
const (
	exampleProject  = "E4101050001000001"
	exampleTender   = exampleProject + "001"
	exampleSection  = exampleTender + "001"
	exampleInvest   = "1803-410105-47-01-000001"
	exampleRegion   = "410105"
	exampleRevision = "20180501180000"
)

func (d *Dataset) example() Record {
	r := Record{Origin: ExampleOrigin, Dataset: d.No, Op: Insert, Revision: exampleRevision, Fields: map[string]string{}}
	for i := range d.Fields {
		if f := &d.Fields[i]; f.Required || f.Example != "" {
			r.Fields[f.Name] = d.sample(f)
		}
	}
	for again := true; again; { // what these fields make necessary, until nothing is missing
		again = false
		need := func(name string) {
			if r.Fields[name] == "" {
				r.Fields[name], again = d.sample(d.Field(name)), true
			}
		}
		for _, q := range d.Require {
			if v := r.Fields[q.When]; v != "" && (len(q.Is) == 0 || slices.Contains(q.Is, v)) {
				need(q.Field)
			}
		}
		for i := range d.Fields {
			if f := &d.Fields[i]; f.Unit != "" && f.Unit != "yuan" && r.Fields[f.Name] != "" {
				need(f.Unit)
			}
		}
	}
	if m, ok := trade.ParseMoment(r.Fields[d.Time]); ok && d.Time != "" {
		r.Occurred = m.Time.Format(time.RFC3339)
	}
	key := make([]string, 0, len(d.Key))
	for _, name := range d.Key {
		key = append(key, r.Fields[name])
	}
	r.Key = cut(d.No + "-" + strings.Join(key, "-"))
	if d.Seal != Open || slices.ContainsFunc(d.Key, func(n string) bool { return d.Field(n).Seal != Open }) {
		r.Key = d.No + "-000001" // a key is shown in answers: it names nobody
	}
	return r
}

// sample is a valid value of the field.
func (d *Dataset) sample(f *Field) string {
	switch {
	case f.Example != "":
		return f.Example
	case f.Name == "PLATFORM_CODE":
		return ExampleOrigin
	case f.Name == "DATA_TIMESTAMP":
		return exampleRevision
	}
	switch f.Check {
	case CodeOrg:
		return sampleOrg(f.Name)
	case CodeRegion:
		return exampleRegion
	case CodeProject:
		return exampleProject
	case CodeTender:
		return exampleTender
	case CodeSection:
		return exampleSection
	case CodeInvest:
		return exampleInvest
	case CodeDeal:
		return exampleDeal()
	case CodeID:
		return exampleID("41010519900101001")
	}
	if f.list != nil {
		if len(f.list.Values) > 0 {
			return f.list.Values[0].Code
		}
		for _, try := range []string{"1", "01", "A01"} {
			if f.list.Allows(try) && (f.Format.Fixed == 0 || f.Format.Fixed == len(try)) {
				return try
			}
		}
	}
	switch f.Format.Kind {
	case Number:
		return "1"
	case Date:
		return "20180301090000"[:f.Format.Date]
	}
	if n := f.Format.Fixed; n > 0 {
		return strings.Repeat("0", n-1) + "1"
	}
	s := []rune(f.ZH + "示例")
	if n := f.Format.Max; n > 0 && len(s) > n {
		s = s[:n]
	}
	return string(s)
}

// sampleOrg gives the parties of the invented tender their codes.
func sampleOrg(field string) string {
	switch {
	case strings.HasPrefix(field, "PUB_SERVICE"):
		return exampleOrg("1241000000000002B")
	case strings.Contains(field, "AGENCY"):
		return exampleOrg("91410105MA0000AG1")
	case strings.Contains(field, "DEPT"):
		return exampleOrg("1141010500000003C")
	case field == "TENDERER_CODE" || field == "TENDER_CODE" || strings.HasPrefix(field, "RESPONSE"):
		return exampleOrg("1241010500000004D")
	}
	return exampleOrg("91410105MA0000B01")
}

// exampleOrg completes 17 characters by the check character of GB 32100-2015.
func exampleOrg(base string) string {
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if trade.CheckOrgCode(base+string(c)) == nil {
			return base + string(c)
		}
	}
	return base + "0"
}

// exampleID completes 17 digits by the check character of GB 11643.
func exampleID(base string) string {
	for _, c := range "0123456789X" {
		if validID(base + string(c)) {
			return base + string(c)
		}
	}
	return base + "0"
}

// exampleDeal is a unified deal code whose check character holds too.
func exampleDeal() string {
	base := "A01-" + exampleOrg("1241010500000004D") + "-20180301-000001-"
	for _, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*" {
		if trade.DealCheckHolds(base + string(c)) {
			return base + string(c)
		}
	}
	return base + "0"
}

// badExample spoils the good one in a few typical ways, as far as the data set
// has a field for each.
func (d *Dataset) badExample() badExample {
	r := d.example()
	var broken []Broken
	used := map[string]bool{d.Time: true, "DATA_TIMESTAMP": true}
	for _, q := range d.Require {
		used[q.When], used[q.Field] = true, true
	}
	for _, f := range d.Fields {
		if f.Unit != "" {
			used[f.Unit] = true
		}
	}
	spoil := func(rule, value string, fits func(f *Field) bool) {
		for i := range d.Fields {
			f := &d.Fields[i]
			if used[f.Name] || f.Check != "" || r.Fields[f.Name] == "" || !fits(f) {
				continue
			}
			used[f.Name] = true
			r.Fields[f.Name] = value
			broken = append(broken, Broken{Rule: rule, Field: f.Name})
			return
		}
	}
	spoil("S026", "20180230250000", func(f *Field) bool { return f.Format.Kind == Date && f.Format.Date == 14 })
	spoil("S027", "?", func(f *Field) bool { return f.list != nil && f.Format.Fixed == 1 })
	spoil("S023", "约10", func(f *Field) bool { return f.Format.Kind == Number && f.list == nil })
	spoil("S020", "", func(f *Field) bool {
		return f.Required && f.Format.Kind == Text && f.list == nil && f.Name != "TRADE_PLAT" && f.Name != or(d.Tender, "TENDER_PROJECT_CODE")
	})
	if len(broken) == 0 && d.Field("PUB_SERVICE_PLAT_CODE") != nil { // a set that has nothing else to spoil
		r.Fields["PUB_SERVICE_PLAT_CODE"] = ""
		broken = append(broken, Broken{"S020", "PUB_SERVICE_PLAT_CODE"})
	}
	if f := d.Field("IS_POSTPONE"); f != nil && d.Field("POST_OPEN_TIME") != nil {
		r.Fields[f.Name] = "1"
		broken = append(broken, Broken{"S044", "POST_OPEN_TIME"}, Broken{"S044", "POST_OPEN_ADDRESS"})
	}
	if f := d.Field("BID_SECTION_CODE"); d.Field("TENDER_PROJECT_CODE") != nil && f != nil && f.Check == CodeSection {
		r.Fields["BID_SECTION_CODE"] = "E4101050001000002001001"
		broken = append(broken, Broken{"S038", "BID_SECTION_CODE"})
	}
	r.Fields["NO_SUCH_FIELD"] = "1"
	broken = append(broken, Broken{"S016", "NO_SUCH_FIELD"})
	return badExample{record: r, broken: broken}
}
