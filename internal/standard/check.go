package standard

import (
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/trade"
)

// A CheckContext is what a check needs besides the record. What it does not
// give, the rules that need it do not run, and are not in Report.Ran.
type CheckContext struct {
	Received time.Time                  // our clock at receipt
	Version  string                     // version of the standard that the source registered, such as "2.0"; several separated by ";"
	Owned    func(platform string) bool // whether the source owns that platform code
	Source   string                     // name of the source; it changes nothing, and may be ""
	System   bool                       // the record is Mingjing's own: system data sets are allowed
}

// A Report is the outcome of a check.
type Report struct {
	Problems []Problem // in the order of the data set's fields; deterministic
	Ran      []string  // ids of the rules that ran, ascending; shared, not to be changed
}

// Refused reports whether one of the problems refuses the record.
func (r Report) Refused() bool {
	for i := range r.Problems {
		if r.Problems[i].Severity == Refuse {
			return true
		}
	}
	return false
}

// Limits of what names and orders a record.
const (
	maxKey      = 200 // characters
	maxRevision = 64
	maxName     = 100
	shown       = 64 // characters of a value that a problem shows
	futureSlack = 5 * time.Minute
)

// Check checks one record. It is total and pure: the same record and context
// give the same report, and the dry run and the door both are this function.
// A refused record is not looked at further: Ran then holds the rules of
// refusal only. No problem carries the value of a sealed field.
func (c *Catalogue) Check(r *Record, ctx CheckContext) Report {
	k := checker{c: c, r: r, ctx: &ctx, d: c.byNo[r.Dataset]}
	k.names()
	if len(k.out) > 0 {
		ran := refusals
		if ctx.Owned != nil {
			ran = refusalsOwned
		}
		return Report{Problems: k.out, Ran: ran}
	}
	have := 0
	if ctx.Owned != nil {
		have |= haveOwned
	}
	if ctx.Version != "" {
		have |= haveVersion
	}
	if !ctx.Received.IsZero() {
		have |= haveReceived
	}
	k.envelope()
	if r.Op == Delete { // a tombstone needs no fields
		return Report{Problems: k.out, Ran: k.d.plan.ran[1][have]}
	}
	k.fields()
	k.unknown()
	k.across()
	return Report{Problems: k.out, Ran: k.d.plan.ran[0][have]}
}

var refusalsOwned = func() []string {
	all := append([]string{"S006"}, refusals...)
	sort.Strings(all)
	return all
}()

type checker struct {
	c   *Catalogue
	r   *Record
	d   *Dataset // nil when not known
	ctx *CheckContext
	out []Problem

	day    trade.Day
	dayGot bool
}

// add notes a broken rule. The texts say what is wrong in this record; the
// rule's own words are used when they are "". value is shown only when field
// is not sealed: for the record's own parts (f nil) pass only what may be seen.
func (k *checker) add(id string, f *Field, value, zh, en string) {
	rule := ruleByID[id]
	p := Problem{Rule: id, Severity: rule.Severity, TextZH: zh, TextEN: en, MendZH: rule.MendZH, MendEN: rule.MendEN}
	if zh == "" {
		p.TextZH, p.TextEN = rule.ZH, rule.EN
	}
	if rule.Severity != Refuse && k.d != nil {
		if s, ok := k.d.severity[id]; ok {
			p.Severity = s
		}
	}
	if f != nil {
		p.Field = f.Name
		p.TextZH, p.TextEN = "「"+f.ZH+"」"+p.TextZH, f.EN+": "+p.TextEN
		if s, ok := f.severity[id]; ok && rule.Severity != Refuse {
			p.Severity = s
		}
		if f.Seal == Open && !holdsPerson(value) {
			p.Value = cut(value)
		}
	} else if k.d != nil && k.d.Seal == Open {
		p.Value = cut(value)
	}
	k.out = append(k.out, p)
}

// soft lowers the last problem to a note.
func (k *checker) soft() {
	p := &k.out[len(k.out)-1]
	if p.Severity == Defect {
		p.Severity = Note
	}
}

func cut(s string) string {
	if len(s) <= shown {
		return s
	}
	n := 0
	for i := range s {
		if n == shown {
			return s[:i]
		}
		n++
	}
	return s
}

// names are the rules of refusal: what cannot be named, owned or versioned.
func (k *checker) names() {
	r := k.r
	if k.d == nil {
		k.add("S002", nil, "", "", "")
	} else if k.d.Class == ClassSystem && !k.ctx.System {
		k.add("S003", nil, "", "", "")
	}
	if blank(r.Key) || tooLong(r.Key, maxKey) {
		k.add("S004", nil, "", "", "")
	}
	if blank(r.Revision) || tooLong(r.Revision, maxRevision) {
		k.add("S005", nil, "", "", "")
	}
	if k.ctx.Owned != nil && (r.Origin == "" || !k.ctx.Owned(r.Origin)) {
		k.add("S006", nil, "", "", "")
	}
	if r.Op != Insert && r.Op != Update && r.Op != Delete {
		k.add("S007", nil, "", "", "")
	}
	if !readable(r.Origin) || !readable(r.Key) || !readable(r.Revision) || !readable(r.Occurred) {
		k.add("S008", nil, "", "", "")
	}
	var unreadable, unnamed []string
	for name, v := range r.Fields {
		if name == "" || name[0] == '@' || tooLong(name, maxName) || !readable(name) {
			unnamed = append(unnamed, name)
		}
		if !readable(v) {
			unreadable = append(unreadable, name)
		}
	}
	if unreadable == nil && unnamed == nil {
		return
	}
	sort.Strings(unreadable)
	for _, name := range unreadable {
		k.add("S008", nil, "", "", "")
		k.out[len(k.out)-1].Field = printable(name)
	}
	sort.Strings(unnamed)
	for _, name := range unnamed {
		k.add("S009", nil, "", "", "")
		k.out[len(k.out)-1].Field = printable(name)
	}
}

// envelope checks what stands around the fields.
func (k *checker) envelope() {
	r := k.r
	if !allDigits(r.Revision) {
		k.add("S010", nil, r.Revision, "版本号不是数字", "the revision is not made of digits")
	} else if len(r.Revision) == 14 {
		if _, real := dateShape(r.Revision, 14); !real {
			k.add("S010", nil, r.Revision, "14 位版本号不是真实时间", "the revision of 14 digits is no real time")
		}
	}
	if r.Occurred != "" {
		t, err := time.Parse(time.RFC3339, r.Occurred)
		if err != nil {
			k.add("S013", nil, r.Occurred, "", "")
		} else {
			k.day, k.dayGot = trade.DayOf(t), true
			if !k.ctx.Received.IsZero() && t.After(k.ctx.Received.Add(futureSlack)) {
				k.add("S014", nil, r.Occurred, "", "")
			}
		}
	}
	if v := k.ctx.Version; v != "" && k.d.Class != ClassSystem && !k.d.In(v) {
		in := false
		if strings.Contains(v, ";") {
			for _, one := range strings.Split(v, ";") {
				in = in || k.d.In(strings.TrimSpace(one))
			}
		}
		if !in {
			k.add("S015", nil, "", "", "")
		}
	}
}

// unknown notes fields that the data set does not have. Their values may be
// anything and are never shown.
func (k *checker) unknown() {
	var names []string
	for name := range k.r.Fields {
		if _, ok := k.d.byName[name]; !ok && name != SourceField {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, n := range names {
		k.add("S016", nil, "", "「"+n+"」不在数据集目录中", n+" is not in the data set")
		k.out[len(k.out)-1].Field = n
	}
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func tooLong(s string, n int) bool { return len(s) > n && utf8.RuneCountInString(s) > n }

func readable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// printable makes a refused name fit for an answer.
func printable(s string) string {
	return cut(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD"))
}
