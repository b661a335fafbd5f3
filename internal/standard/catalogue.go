package standard

import (
	"fmt"
	"sort"
	"sync"

	"mingjing/internal/trade"
)

// ClassSystem is the class of the data sets that Mingjing writes itself
// (releases, erasures, registered sources, kept OCDS releases). No source may
// send one.
const ClassSystem trade.Class = "system"

// A Catalogue holds the data sets and code lists of the standard. It is never
// changed after it was loaded; all its methods may be called at the same time.
type Catalogue struct {
	byNo  map[string]*Dataset
	sets  []*Dataset // in the order of their numbers, system sets last
	lists map[string]*List

	personalNames map[string]bool // field names that are personal in some data set
	sealedNames   map[string]Seal // field names that are sealed in some data set, with the strictest seal
}

// Default returns the catalogue that is part of the program. Its files are
// tested, so it panics when one of them is wrong.
var Default = sync.OnceValue(func() *Catalogue {
	c, err := Load(files)
	if err != nil {
		panic(err)
	}
	return c
})

// Dataset returns the data set of that number, such as "507", or nil.
func (c *Catalogue) Dataset(no string) *Dataset { return c.byNo[no] }

// Datasets returns all data sets by number, those of the system last. The
// slice is the caller's, the data sets are not.
func (c *Catalogue) Datasets() []*Dataset { return append([]*Dataset(nil), c.sets...) }

// List returns the code list of that name, such as "tender-mode", or nil.
func (c *Catalogue) List(name string) *List { return c.lists[name] }

// Lists returns all code lists by name.
func (c *Catalogue) Lists() []*List {
	out := make([]*List, 0, len(c.lists))
	for _, l := range c.lists {
		out = append(out, l)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// A Dataset is one data set (数据集) of the standard.
type Dataset struct {
	No       string      // number, such as "507"; a word for a system data set
	NameZH   string      // 开标明细
	NameEN   string      // Bidders at the opening
	Table    string      // the standard's own English name, DATA_EN of the envelope: TENDER_LIST
	Class    trade.Class // trade class, or ClassSystem
	Stage    trade.Stage // part of the transaction's life; "" for system sets
	Step     trade.Step  // act inside the stage; "" for system sets
	Group    string      // file of the catalogue it stands in, such as "construction"
	Tender   string      // field with the code of its transaction; "" for TENDER_PROJECT_CODE
	Lot      string      // field with the codes of its lots; "" for BID_SECTION_CODE and BID_SECTION_CODES
	Key      []string    // fields that together name a row
	Parents  []string    // data sets whose rows this one's rows refer to
	Time     string      // field with the time of the event that the row reports; "" when there is none
	Versions []Version   // versions of the standard that have this data set
	Bulk     bool        // many rows a docket: counted and digested, not kept one by one
	Seal     Seal        // not Open when the very existence of a row is secret
	Fields   []Field
	Order    []Order       // times that must follow each other inside a record
	Ratios   []Ratio       // amounts that stay in proportion, against slips of unit
	Require  []Requirement // fields required under a condition
	Slip     string        // what was wrong in the copied table and is put right here

	severity map[string]Severity
	byName   map[string]int
	plan     plan
}

// Extension reports whether d is no data set of the nation's standard but one
// that a province or this platform adds; those are numbered from 9001.
func (d *Dataset) Extension() bool { return len(d.No) == 4 && d.No[0] == '9' }

// Field returns the field of that name, or nil.
func (d *Dataset) Field(name string) *Field {
	if i, ok := d.byName[name]; ok {
		return &d.Fields[i]
	}
	return nil
}

// A Version is one version of the standard that a data set belongs to.
type Version struct {
	Name   string // "2.0" for the nation's, "FJ" for the province's extension it was copied from
	From   string // month or day from which it is in force, yyyy-MM or yyyy-MM-dd
	Source string // document
}

// In reports whether the version of the standard with that name has d.
func (d *Dataset) In(version string) bool {
	for _, v := range d.Versions {
		if v.Name == version {
			return true
		}
	}
	return false
}

// A Field is one field (数据项) of a data set.
type Field struct {
	Name         string // PROJECT_CODE
	ZH, EN       string // 项目编号, project code
	Format       Format
	Required     bool
	Unique       bool       // no other row may carry the value
	Unchangeable bool       // no later version may change the value
	Multi        bool       // may hold several values separated by ";"
	List         string     // name of its code list; "" when it has none
	Check        string     // kind of code it holds: one of the Code constants; "" when none
	Unit         string     // for an amount: the field that holds its unit, or "yuan"; "" when it is no amount
	Seal         Seal       // effective seal while stored: its own, else its data set's
	Person       bool       // holds the number that identifies a person
	Disclosure   Disclosure // who may read it once its seal is off
	Example      string     // value used in examples; "" to derive one from the format
	Slip         string     // what was wrong in the copied table and is put right here

	severity map[string]Severity
	list     *List
}

// The kinds of code that Field.Check names.
const (
	CodeOrg     = "org"     // 统一社会信用代码
	CodeRegion  = "region"  // GB/T 2260, dated
	CodeProject = "project" // 项目编号
	CodeTender  = "tender"  // 招标项目编号
	CodeSection = "section" // 标段（包）编号
	CodeDeal    = "deal"    // 统一交易标识码
	CodeInvest  = "invest"  // 投资项目统一代码
	CodeID      = "id"      // 公民身份号码
)

// An Order says that the time in field A is before the time in field B.
type Order struct {
	A, B   string
	Strict bool // A < B; else A <= B
}

// String returns "A <= B".
func (o Order) String() string {
	if o.Strict {
		return o.A + " < " + o.B
	}
	return o.A + " <= " + o.B
}

// A Ratio says that amount A is at most Factor times amount B.
type Ratio struct {
	A, B   string
	Factor float64
}

// String returns "A <= 0.5 * B".
func (r Ratio) String() string { return fmt.Sprintf("%s <= %g * %s", r.A, r.Factor, r.B) }

// A Requirement says that Field must be given when the field When holds one of
// Is, or, when Is is empty, when it holds anything. Rule is the id it is
// reported under.
type Requirement struct {
	Field, When string
	Is          []string
	Rule        string
}

// A List is one code list (代码集). A closed list takes its values, and what
// Pattern allows besides; an open one, whose values are not all known, checks
// the shape only.
type List struct {
	Name    string
	Code    string // its number in the copied tables, or the national standard it comes from
	ZH, EN  string
	Closed  bool
	Pattern string // regular expression over the whole value
	Source  string
	Values  []Value

	known map[string]bool
	match func(string) bool // nil when there is no pattern
}

// A Value is one value of a code list.
type Value struct{ Code, ZH, EN string }

// Allows reports whether the list takes the code s.
func (l *List) Allows(s string) bool {
	return l.known[s] || (l.match != nil && l.match(s)) || (!l.Closed && l.match == nil)
}
