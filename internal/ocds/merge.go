package ocds

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Way overrides how one array of objects merges, for publishers whose ids
// are known to name different things.
type Way int

const (
	// ByID merges objects with one id: the standard's way.
	ByID Way = iota
	// ByPosition merges the objects at one place in the array.
	ByPosition
	// Append keeps all objects and merges none.
	Append
)

// A Merger merges releases of one contracting process. Its zero value merges
// by the OCDS 1.1 schema.
type Merger struct {
	Rules *Rules         // nil: DefaultRules
	Ways  map[string]Way // by the array's path without indexes, as "contracts.implementation.milestones"

	// Doubt, if not nil, is told of what merges but can hardly be meant: two
	// objects with one id in one array of one release, of which the last one's
	// values count.
	Doubt func(*MergeError)
}

// A Problem is a rule that a release, or the input that holds it, breaks.
type Problem string

// The rules that a release or an input can break.
const (
	NotJSON          Problem = "ocds-merge-json"
	NotObject        Problem = "ocds-merge-object"
	OcidMissing      Problem = "ocds-merge-ocid-missing"
	OcidInconsistent Problem = "ocds-merge-ocid-inconsistent"
	DateMissing      Problem = "ocds-merge-date-missing"
	DateNull         Problem = "ocds-merge-date-null"
	DateNotString    Problem = "ocds-merge-date-string"
	TypeInconsistent Problem = "ocds-merge-type-inconsistent"
	DuplicateID      Problem = "ocds-merge-duplicate-id"
	NoReleases       Problem = "ocds-merge-empty"
	NotList          Problem = "ocds-input-list"
	ReleasesLinked   Problem = "ocds-input-linked"
	TooLarge         Problem = "ocds-input-size"
)

var problemWords = map[Problem][2]string{
	NotJSON:          {"不是 JSON，请检查文件是否完整", "not JSON: see whether the file is complete"},
	NotObject:        {"发布不是 JSON 对象，请给出完整的发布，而不是链接或字符串", "the release is not a JSON object: give the release itself, not a link or a string"},
	OcidMissing:      {"缺少 ocid 或 ocid 不是字符串，请补上本采购过程的 ocid", "ocid is missing or not a string: give the release its process's ocid"},
	OcidInconsistent: {"ocid 与其他发布不同，请把不同采购过程的发布分开合并", "ocid differs from the other releases': merge each process by itself"},
	DateMissing:      {"缺少 date，无法排序，请补上发布时间", "date is missing, so releases can't be put in order: give the release its date"},
	DateNull:         {"date 为 null，无法排序，请补上发布时间", "date is null, so releases can't be put in order: give the release its date"},
	DateNotString:    {"date 不是字符串，请写成 2006-01-02T15:04:05Z 的形式", "date is not a string: write it as 2006-01-02T15:04:05Z"},
	TypeInconsistent: {"同一字段在不同发布中类型不同（对象、对象列表或值），请改正其中之一", "the field is an object, a list of objects or a value in one release and another of them in the next: correct one"},
	DuplicateID:      {"同一列表中有两个对象的 id 相同，只保留后者的值，请核对 id", "two objects of one list have one id, so only the last one's values are kept: check the ids"},
	NoReleases:       {"没有可合并的发布，请给出至少一个发布", "there is nothing to merge: give at least one release"},
	NotList:          {"releases、records 应为列表，请写成 [...]", "releases and records are lists: write [...]"},
	ReleasesLinked:   {"记录只给出发布的链接，无法合并，请给出发布本身", "the record only links to some or all of its releases, so they can't be merged: give the releases themselves"},
	TooLarge:         {"输入过大，请按采购过程拆分后分别合并", "the input is too large: split it by process"},
}

// A MergeError names the release and the rule it breaks.
type MergeError struct {
	Release int     // index in the list given, from 0; -1 when no release is meant
	Rule    Problem // the rule broken
	Path    string  // field, when one is meant
	Cause   error   // what the JSON reader said
}

func (e *MergeError) Error() string {
	var at string
	if e.Release >= 0 {
		at = fmt.Sprintf("release %d: ", e.Release)
	}
	if e.Path != "" {
		at += e.Path + ": "
	}
	words := problemWords[e.Rule]
	text := fmt.Sprintf("%s%s: %s / %s", at, e.Rule, words[0], words[1])
	if e.Cause != nil {
		text += fmt.Sprintf(" (%v)", e.Cause)
	}
	return text
}

// Unwrap gives the cause.
func (e *MergeError) Unwrap() error { return e.Cause }

// A dated is a release as the merge needs it. Its date and tag are as they
// stood, for one release alone needs none.
type dated struct {
	index int
	ocid  string
	id    any
	date  any
	tag   any
	body  *object
}

func (d *dated) fail(rule Problem, path string) *MergeError {
	return &MergeError{Release: d.index, Rule: rule, Path: path}
}

// Compiled merges releases of one process into its compiled release: the
// latest value of every field. Numbers stay as they were written. The error,
// if any, is a *MergeError.
func (m *Merger) Compiled(releases [][]byte) ([]byte, error) {
	h, last, _, err := m.weave(releases)
	if err != nil {
		return nil, err
	}
	out := newObject()
	out.set("tag", []any{"compiled"})
	date, _ := last.date.(string)
	if out.set("id", last.ocid+"-"+date); date == "" {
		out.set("id", last.ocid)
	}
	if last.date != nil {
		out.set("date", last.date)
	}
	out.set("ocid", last.ocid)
	return finish(out, h, (*history).compiled), nil
}

// Versioned merges releases of one process into its versioned release: every
// value of every field with the release that brought it. The error, if any, is
// a *MergeError.
func (m *Merger) Versioned(releases [][]byte) ([]byte, error) {
	h, last, turned, err := m.weave(releases)
	if err != nil {
		return nil, err
	}
	if turned != nil {
		return nil, turned
	}
	out := newObject()
	out.set("ocid", last.ocid)
	return finish(out, h, (*history).versioned), nil
}

func finish(out *object, h *history, part func(*history) (any, bool)) []byte {
	if h.fields != nil {
		for _, name := range h.fields.names {
			if v, ok := part(h.fields.values[name].(*history)); ok {
				out.set(name, v)
			}
		}
	}
	return encode(out)
}

// weave gives the history of all releases, the latest release, and the first
// field that was a value, then null, then an object or a list of objects:
// a compiled release can show it, a versioned release can't.
func (m *Merger) weave(releases [][]byte) (h *history, last *dated, turned *MergeError, err error) {
	in, err := order(releases)
	if err != nil {
		return nil, nil, nil, err
	}
	rules := m.Rules
	if rules == nil {
		rules = DefaultRules()
	}
	w := weaving{ways: m.Ways, doubt: m.Doubt, mixed: map[string]bool{}}
	for _, d := range in {
		w.note(d.body, "")
	}
	h = &history{}
	for _, d := range in {
		w.now = d
		if err := w.object(h, d.body, rules.root, "", false); err != nil {
			return nil, nil, nil, err
		}
	}
	return h, in[len(in)-1], w.turned, nil
}

// order reads the releases and puts them in the order of their dates; those of
// one date stay as they were given. Dates compare as moments when all are
// date-times, else as text.
func order(releases [][]byte) ([]*dated, error) {
	if len(releases) == 0 {
		return nil, &MergeError{Release: -1, Rule: NoReleases}
	}
	in := make([]*dated, len(releases))
	moments := map[*dated]time.Time{}
	for i, raw := range releases {
		d, err := head(i, raw, len(releases) == 1)
		if err != nil {
			return nil, err
		}
		if in[i] = d; d.ocid != in[0].ocid {
			return nil, d.fail(OcidInconsistent, "ocid")
		}
		date, _ := d.date.(string)
		if t, err := time.Parse(time.RFC3339, date); err == nil {
			moments[d] = t
		}
	}
	slices.SortStableFunc(in, func(a, b *dated) int {
		if len(moments) == len(in) {
			return moments[a].Compare(moments[b])
		}
		s, _ := a.date.(string)
		t, _ := b.date.(string)
		return strings.Compare(s, t)
	})
	return in, nil
}

// head takes ocid, date, id and tag out of a release; what remains merges.
func head(i int, raw []byte, alone bool) (*dated, error) {
	d := &dated{index: i}
	v, err := parse(raw)
	if err != nil {
		return nil, &MergeError{Release: i, Rule: NotJSON, Cause: err}
	}
	o, ok := v.(*object)
	if !ok {
		return nil, d.fail(NotObject, "")
	}
	if d.ocid, ok = o.values["ocid"].(string); !ok || strings.TrimSpace(d.ocid) == "" {
		return nil, d.fail(OcidMissing, "ocid")
	}
	d.id, d.date, d.tag = o.values["id"], o.values["date"], o.values["tag"]
	_, has := o.values["date"]
	switch d.date.(type) {
	case string:
	case nil:
		if !has && !alone {
			return nil, d.fail(DateMissing, "date")
		}
		if !alone {
			return nil, d.fail(DateNull, "date")
		}
	default:
		return nil, d.fail(DateNotString, "date")
	}
	d.body = newObject()
	for _, name := range o.names {
		switch name {
		case "ocid", "date", "id", "tag":
		default:
			d.body.set(name, o.values[name])
		}
	}
	return d, nil
}
