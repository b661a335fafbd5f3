// Package supervise holds what people do about findings: acts, and the state of
// a case as a fold of the acts upon it. An act is a record of the log, by a
// person in their post; nothing here reads or writes, and nothing is decided
// but by the acts.
package supervise

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// A Kind is what an act does.
type Kind string

// The kinds of acts on a finding.
const (
	Follow   Kind = "follow"   // 关注: the person marks it, for themselves
	Unfollow Kind = "unfollow" // 取消关注
	Assign   Kind = "assign"   // 分派: to a person or an office; to nobody takes it back
	Dismiss  Kind = "dismiss"  // 排除: with a reason, until the data that it rests on change
	Confirm  Kind = "confirm"  // 查实: checked and found to be so, on the evidence it has; says nothing of guilt
	Reopen   Kind = "reopen"   // 重新打开: takes back a dismissal or a confirmation
	Comment  Kind = "comment"  // 备注
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Follow, Unfollow, Assign, Dismiss, Confirm, Reopen, Comment} }

// MaxText is the greatest length of a reason or comment, in characters.
const MaxText = 2000

// MaxName is the greatest length of the name of a person or an office.
const MaxName = 100

// An Act is what one person did about one finding.
type Act struct {
	ID        string    `json:"id"`
	Kind      Kind      `json:"act"`
	Docket    string    `json:"docket"`
	Finding   string    `json:"finding"` // detect.Finding.Key
	Indicator string    `json:"indicator,omitempty"`
	Digest    string    `json:"digest"`           // of the finding's evidence when the person acted
	To        string    `json:"to,omitempty"`     // of assign: person or office
	Text      string    `json:"text,omitempty"`   // reason or comment
	Person    string    `json:"person"`           // id
	Name      string    `json:"name,omitempty"`   // as people read it
	Office    string    `json:"office,omitempty"` // of the post in which the person acted
	For       string    `json:"for,omitempty"`    // id of the person whose post is lent to who acts: they act for them
	ForName   string    `json:"for_name,omitempty"`
	At        time.Time `json:"at"`       // when the house took it
	Position  int64     `json:"position"` // of its record in the log
}

// ErrAct wraps why an act cannot be.
var ErrAct = errors.New("act refused")

// Check says what an act lacks, in words for the person, or nil.
func (a *Act) Check() error {
	long := func(s string, most int) bool {
		return utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsRune(s, 0)
	}
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	switch {
	case !slices.Contains(Kinds(), a.Kind):
		return fail("未知的处理方式", "unknown kind of act")
	case a.Docket == "" || a.Finding == "" || a.Digest == "":
		return fail("须指明线索及其依据摘要", "name the docket, the finding and its digest")
	case a.Person == "":
		return fail("须由具名人员处理", "a named person must act")
	case (a.Kind == Dismiss || a.Kind == Confirm || a.Kind == Comment) && strings.TrimSpace(a.Text) == "":
		return fail("请填写理由或内容", "give a reason, or the comment")
	case long(a.Text, MaxText):
		return fail(fmt.Sprintf("理由或内容不得超过 %d 字", MaxText), fmt.Sprintf("at most %d characters", MaxText))
	case a.Kind != Assign && a.To != "":
		return fail("仅分派可以指定承办人", "only an assignment names somebody")
	case long(a.To, MaxName), long(a.Person, MaxName), long(a.Name, MaxName), long(a.Office, MaxName), long(a.For, MaxName), long(a.ForName, MaxName):
		return fail(fmt.Sprintf("姓名、单位名称不得超过 %d 字", MaxName), fmt.Sprintf("a name has at most %d characters", MaxName))
	}
	return nil
}

// Fields of the record of an act; see the catalogue's data set.
const (
	fieldDocket    = "DOCKET"
	fieldFinding   = "FINDING"
	fieldAct       = "ACT"
	fieldIndicator = "INDICATOR"
	fieldDigest    = "DIGEST"
	fieldTo        = "ASSIGNEE"
	fieldText      = "TEXT"
	fieldPerson    = "PERSON"
	fieldName      = "NAME"
	fieldOffice    = "OFFICE"
	fieldFor       = "ON_BEHALF_OF"
	fieldForName   = "ON_BEHALF_NAME"
)

// Record writes an act as a record of the log.
func (a *Act) Record() standard.Record {
	r := standard.Record{
		Origin: docket.SystemOrigin, Dataset: docket.DatasetAct, Op: standard.Insert, Key: a.ID, Revision: "1", Occurred: a.At.UTC().Format(time.RFC3339),
		Fields: map[string]string{
			fieldDocket: a.Docket, fieldFinding: a.Finding, fieldAct: string(a.Kind), fieldIndicator: a.Indicator, fieldDigest: a.Digest,
			fieldTo: a.To, fieldText: a.Text, fieldPerson: a.Person, fieldName: a.Name, fieldOffice: a.Office,
		},
	}
	if a.For != "" {
		r.Fields[fieldFor], r.Fields[fieldForName] = a.For, a.ForName
	}
	return r
}

// Read reads the act of a record; false when it is none. received and position
// are those of the log, which says when it was.
func Read(r *standard.Record, received time.Time, position int64) (Act, bool) {
	if r.Dataset != docket.DatasetAct || r.Origin != docket.SystemOrigin || r.Op == standard.Delete {
		return Act{}, false
	}
	f := r.Fields
	a := Act{
		ID: r.Key, Kind: Kind(f[fieldAct]), Docket: f[fieldDocket], Finding: f[fieldFinding], Indicator: f[fieldIndicator], Digest: f[fieldDigest],
		To: f[fieldTo], Text: f[fieldText], Person: f[fieldPerson], Name: f[fieldName], Office: f[fieldOffice], For: f[fieldFor], ForName: f[fieldForName], At: received, Position: position,
	}
	return a, a.Check() == nil
}

// A Case is what people made of one finding.
type Case struct {
	Docket       string        `json:"docket"`
	Finding      string        `json:"finding"`
	Dismissal    *Dismissal    `json:"dismissal,omitempty"`    // the last one that was not taken back; see Holds
	Confirmation *Confirmation `json:"confirmation,omitempty"` // likewise; there is one of the two at most
	Assigned     string        `json:"assigned,omitempty"`     // person or office; "" nobody
	Followers    []string      `json:"followers"`              // persons, sorted
	Comments     int           `json:"comments"`
	Acts         int           `json:"acts"`
	Last         time.Time     `json:"last"`     // of the last act
	Position     int64         `json:"position"` // of the last act
}

// A Dismissal is one person's judgement that a finding needs no more.
type Dismissal struct {
	Digest string    `json:"digest"` // of the evidence on which it was judged
	Reason string    `json:"reason"`
	Person string    `json:"person"`
	Name   string    `json:"name,omitempty"`
	Office string    `json:"office,omitempty"`
	At     time.Time `json:"at"`
}

// A Confirmation is one person's judgement that what a finding points at was
// checked and is so.
type Confirmation Dismissal

// Confirmed reports whether the finding was confirmed on evidence of this digest.
func (c *Case) Confirmed(digest string) bool {
	return c != nil && c.Confirmation != nil && c.Confirmation.Digest == digest
}

// Holds reports whether the finding is dismissed on evidence of this digest: a
// dismissal ends by itself when what the finding rests on changes, and holds
// again should it be as it was.
func (c *Case) Holds(digest string) bool {
	return c != nil && c.Dismissal != nil && c.Dismissal.Digest == digest
}

// Fold gives the case of each finding that acts concern, by docket and finding.
// It depends on nothing but the acts, and not on their order in the list: their
// order is that of the log.
func Fold(acts []Act) []Case {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b Act) int { return cmp.Compare(a.Position, b.Position) })
	acts = slices.CompactFunc(acts, func(a, b Act) bool { return a.Position == b.Position })
	var out []Case
	at := map[[2]string]int{}
	for i := range acts {
		a := &acts[i]
		key := [2]string{a.Docket, a.Finding}
		n, ok := at[key]
		if !ok {
			n = len(out)
			at[key] = n
			out = append(out, Case{Docket: a.Docket, Finding: a.Finding, Followers: []string{}})
		}
		out[n].take(a)
	}
	slices.SortFunc(out, func(a, b Case) int { return cmp.Or(cmp.Compare(a.Docket, b.Docket), cmp.Compare(a.Finding, b.Finding)) })
	return out
}

func (c *Case) take(a *Act) {
	switch a.Kind {
	case Follow:
		if n, found := slices.BinarySearch(c.Followers, a.Person); !found {
			c.Followers = slices.Insert(c.Followers, n, a.Person)
		}
	case Unfollow:
		if n, found := slices.BinarySearch(c.Followers, a.Person); found {
			c.Followers = slices.Delete(c.Followers, n, n+1)
		}
	case Assign:
		c.Assigned = strings.TrimSpace(a.To)
	case Dismiss:
		c.Dismissal, c.Confirmation = &Dismissal{Digest: a.Digest, Reason: a.Text, Person: a.Person, Name: a.Name, Office: a.Office, At: a.At}, nil
	case Confirm:
		c.Dismissal, c.Confirmation = nil, &Confirmation{Digest: a.Digest, Reason: a.Text, Person: a.Person, Name: a.Name, Office: a.Office, At: a.At}
	case Reopen:
		c.Dismissal, c.Confirmation = nil, nil
	case Comment:
		c.Comments++
	}
	c.Acts++
	c.Last, c.Position = a.At, a.Position
}
