package supervise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A RuleKind is what an act on the settings of the rules does.
type RuleKind string

// The kinds of acts on settings. A change needs two persons: one proposes it,
// another confirms or refuses it.
const (
	Propose  RuleKind = "propose"  // 提出
	Approve  RuleKind = "confirm"  // 确认: by another person
	Refuse   RuleKind = "refuse"   // 退回: by another person
	Withdraw RuleKind = "withdraw" // 撤回: by who proposed it, before it is decided
)

// MaxLines is the greatest length of the lines of one change, in bytes.
const MaxLines = 65536

// A RuleAct is what one person of the office did about the settings.
type RuleAct struct {
	ID        string
	Kind      RuleKind
	Change    string // id of the act that proposed the change
	Lines     string // of propose: lines of settings, in the form of the settings file
	Effective string // of propose: the day from which it is in force
	Text      string // reason
	Person    string
	Name      string
	Office    string
	At        time.Time // when the house took it
	Position  int64
}

// Check says what an act on settings lacks, or nil. What the lines say is
// checked by who knows them.
func (a *RuleAct) Check() error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	bad := func(s string, most int) bool {
		return utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsRune(s, 0)
	}
	_, err := trade.ParseDay(a.Effective)
	switch {
	case !slices.Contains([]RuleKind{Propose, Approve, Refuse, Withdraw}, a.Kind):
		return fail("未知的操作", "unknown kind of act")
	case a.ID == "" || a.Person == "" || a.Change == "":
		return fail("须由具名人员操作，并指明变更", "a named person must act, upon a change")
	case a.Kind == Propose && (strings.TrimSpace(a.Lines) == "" || len(a.Lines) > MaxLines || bad(a.Lines, MaxLines)):
		return fail("请填写设置", "give the lines of settings")
	case a.Kind == Propose && err != nil:
		return fail("请填写生效日期，如 2026-12-01", "give the day from which it is in force, such as 2026-12-01")
	case (a.Kind == Propose || a.Kind == Refuse) && strings.TrimSpace(a.Text) == "":
		return fail("请填写理由", "give a reason")
	case bad(a.Text, MaxText):
		return fail(fmt.Sprintf("理由不得超过 %d 字", MaxText), fmt.Sprintf("a reason has at most %d characters", MaxText))
	case bad(a.Person, MaxName), bad(a.Name, MaxName), bad(a.Office, MaxName):
		return fail(fmt.Sprintf("姓名、单位名称不得超过 %d 字", MaxName), fmt.Sprintf("a name has at most %d characters", MaxName))
	}
	return nil
}

// Record writes an act on settings as a record of the log.
func (a *RuleAct) Record() standard.Record {
	return standard.Record{
		Origin: docket.SystemOrigin, Dataset: docket.DatasetRule, Op: standard.Insert, Key: a.ID, Revision: "1", Occurred: a.At.UTC().Format(time.RFC3339),
		Fields: map[string]string{
			fieldAct: string(a.Kind), "CHANGE": a.Change, "LINES": a.Lines, "EFFECTIVE": a.Effective, fieldText: a.Text,
			fieldPerson: a.Person, fieldName: a.Name, fieldOffice: a.Office,
		},
	}
}

// ReadRule reads the act on settings of a record; false when it is none.
func ReadRule(r *standard.Record, received time.Time, position int64) (RuleAct, bool) {
	if r.Dataset != docket.DatasetRule || r.Origin != docket.SystemOrigin || r.Op == standard.Delete {
		return RuleAct{}, false
	}
	f := r.Fields
	a := RuleAct{
		ID: r.Key, Kind: RuleKind(f[fieldAct]), Change: f["CHANGE"], Lines: f["LINES"], Effective: f["EFFECTIVE"], Text: f[fieldText],
		Person: f[fieldPerson], Name: f[fieldName], Office: f[fieldOffice], At: received, Position: position,
	}
	return a, a.Check() == nil
}

// States of a change.
const (
	Proposed  = "proposed"
	Confirmed = "confirmed"
	Refused   = "refused"
	Withdrawn = "withdrawn"
)

// A Deed is who did something, when and why.
type Deed struct {
	Person   string    `json:"person"`
	Name     string    `json:"name,omitempty"`
	Office   string    `json:"office,omitempty"`
	At       time.Time `json:"at"`
	Text     string    `json:"text,omitempty" doc:"The reason"`
	Position int64     `json:"position" doc:"Of its record in the log"`
}

// A Change is a change of settings, as people proposed and decided it.
type Change struct {
	ID        string
	Lines     string
	Effective string // day
	State     string
	Proposed  Deed
	Decided   *Deed
}

// InForce is the moment from which a confirmed change holds: the beginning of
// its day, never before it was confirmed. Zero: it does not hold.
func (c *Change) InForce() time.Time {
	if c.State != Confirmed || c.Decided == nil {
		return time.Time{}
	}
	day, err := trade.ParseDay(c.Effective)
	if start := day.Start(); err == nil && start.After(c.Decided.At) {
		return start
	}
	return c.Decided.At
}

// FoldRules gives the changes that acts make, in the order in which they were
// proposed. An act that its person may not do changes nothing: nobody confirms
// or refuses their own, nobody withdraws another's, and what is decided stays.
func FoldRules(acts []RuleAct) []Change {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b RuleAct) int { return cmp.Compare(a.Position, b.Position) })
	var out []Change
	for i := range acts {
		a := &acts[i]
		n := slices.IndexFunc(out, func(c Change) bool { return c.ID == a.Change })
		if a.Kind == Propose {
			if n < 0 && a.Change == a.ID {
				out = append(out, Change{ID: a.ID, Lines: a.Lines, Effective: a.Effective, State: Proposed, Proposed: a.deed()})
			}
			continue
		}
		if n >= 0 && out[n].May(a.Kind, a.Person) == nil {
			d := a.deed()
			out[n].Decided = &d
			out[n].State = map[RuleKind]string{Approve: Confirmed, Refuse: Refused, Withdraw: Withdrawn}[a.Kind]
		}
	}
	return out
}

// May says why a person may not do something about a change, or nil.
func (c *Change) May(kind RuleKind, person string) error {
	own := c.Proposed.Person == person
	switch {
	case c.State != Proposed:
		return fmt.Errorf("%w: 该变更已有结论 / the change is decided already", ErrAct)
	case (kind == Approve || kind == Refuse) && own:
		return fmt.Errorf("%w: 须由另一人确认或退回 / another person must confirm or refuse it", ErrAct)
	case kind == Withdraw && !own:
		return fmt.Errorf("%w: 仅提出人可以撤回 / only who proposed it may withdraw it", ErrAct)
	}
	return nil
}

func (a *RuleAct) deed() Deed {
	return Deed{Person: a.Person, Name: a.Name, Office: a.Office, At: a.At, Text: a.Text, Position: a.Position}
}
