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

// A ComplaintKind is what an act does to a complaint.
type ComplaintKind string

// The kinds of acts upon a complaint (投诉). The first is the party's, so are
// Supplement and Retract; the others are the supervising department's.
const (
	Lodge      ComplaintKind = "lodge"      // 提起
	Return     ComplaintKind = "return"     // 通知补正: what lacks
	Supplement ComplaintKind = "supplement" // 补正
	Decline    ComplaintKind = "decline"    // 不予受理, with the reason
	Accept     ComplaintKind = "accept"     // 受理
	Suspend    ComplaintKind = "suspend"    // 责令暂停
	Resume     ComplaintKind = "resume"     // 恢复
	Decide     ComplaintKind = "decide"     // 处理决定, published without the complainant
	Retract    ComplaintKind = "retract"    // 撤回
)

// ComplaintKinds lists all kinds.
func ComplaintKinds() []ComplaintKind {
	return []ComplaintKind{Lodge, Return, Supplement, Decline, Accept, Suspend, Resume, Decide, Retract}
}

// OfParty reports whether the act is the complainant's own.
func (k ComplaintKind) OfParty() bool { return k == Lodge || k == Supplement || k == Retract }

// Against is what a complaint is directed against.
type Against string

// What a complaint may be against, as 招标投标法实施条例 第二十二、四十四、五十四条 tell it apart.
const (
	AgainstDocuments  Against = "documents"  // 招标文件、资格预审文件
	AgainstOpening    Against = "opening"    // 开标
	AgainstCandidates Against = "candidates" // 评标结果、中标候选人
	AgainstOther      Against = "other"
)

// Againsts lists them.
func Againsts() []Against {
	return []Against{AgainstDocuments, AgainstOpening, AgainstCandidates, AgainstOther}
}

// An Outcome is what a decision finds.
type Outcome string

// The outcomes of a decision.
const (
	Upheld   Outcome = "upheld"   // 属实
	Partly   Outcome = "partly"   // 部分属实
	Rejected Outcome = "rejected" // 不成立
)

// A ComplaintAct is what one person did about one complaint.
type ComplaintAct struct {
	ID        string        `json:"id"`
	Kind      ComplaintKind `json:"act"`
	Complaint string        `json:"complaint"` // id of the act that lodged it
	Docket    string        `json:"docket"`
	Lot       string        `json:"lot,omitempty"`      // of lodge; "": the whole docket
	Against   Against       `json:"against,omitempty"`  // of lodge
	Known     string        `json:"known,omitempty"`    // of lodge: the day on which they knew, or should have known
	Objected  string        `json:"objected,omitempty"` // of lodge: the day on which they objected first; "": they did not
	Org       string        `json:"org,omitempty"`      // of lodge: the complainant's unified credit code
	OrgName   string        `json:"org_name,omitempty"`
	Outcome   Outcome       `json:"outcome,omitempty"` // of decide
	Text      string        `json:"text"`              // claim, reason or decision
	Person    string        `json:"person"`
	Name      string        `json:"name,omitempty"`
	Office    string        `json:"office,omitempty"`
	ForName   string        `json:"for_name,omitempty"`
	At        time.Time     `json:"at"`
	Position  int64         `json:"-"` // of its record; told to nobody, as of readings (decision 0009)
}

// MaxClaim is the greatest length of a claim or a decision, in characters.
const MaxClaim = 8000

// Check says what an act lacks by itself, or nil; whether it may be done is the
// complaint's to say (Complaint.May).
func (a *ComplaintAct) Check() error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	bad := func(s string, most int) bool {
		return utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsRune(s, 0)
	}
	notDay := func(s string) bool { _, err := trade.ParseDay(s); return err != nil }
	switch {
	case !slices.Contains(ComplaintKinds(), a.Kind):
		return fail("未知的操作", "unknown kind of act")
	case a.ID == "" || a.Complaint == "" || a.Docket == "" || a.Person == "":
		return fail("须由具名人员对指明的投诉操作", "a named person must act, upon a complaint of a docket")
	case a.Kind == Lodge && a.Complaint != a.ID, a.Kind != Lodge && a.Complaint == a.ID:
		return fail("投诉编号不符", "the complaint's id is not that of the act that lodged it")
	case a.Kind == Lodge && !slices.Contains(Againsts(), a.Against):
		return fail("请选择投诉事项", "say what it is against")
	case a.Kind == Lodge && notDay(a.Known):
		return fail("请填写知道或者应当知道之日，如 2026-12-01", "give the day on which you knew, such as 2026-12-01")
	case a.Kind == Lodge && a.Objected != "" && notDay(a.Objected):
		return fail("提出异议（质疑）之日应如 2026-12-01", "the day of the objection is written as 2026-12-01")
	case a.Kind == Lodge && (a.Org == "" || a.OrgName == ""):
		return fail("投诉人须为登记的单位", "the complainant must be a registered body")
	case a.Kind == Decide && !slices.Contains([]Outcome{Upheld, Partly, Rejected}, a.Outcome):
		return fail("请选择处理结果：属实、部分属实或不成立", "say what was found: upheld, partly or rejected")
	case a.Kind != Decide && a.Outcome != "":
		return fail("仅处理决定有结果", "only a decision has an outcome")
	case a.Kind != Accept && a.Kind != Resume && strings.TrimSpace(a.Text) == "":
		return fail("请填写内容或理由", "give the text or the reason")
	case bad(a.Text, MaxClaim):
		return fail(fmt.Sprintf("内容不得超过 %d 字", MaxClaim), fmt.Sprintf("at most %d characters", MaxClaim))
	case bad(a.Person, MaxName), bad(a.Name, MaxName), bad(a.Office, MaxName), bad(a.ForName, MaxName), bad(a.Org, MaxName), bad(a.OrgName, MaxName), bad(a.Lot, 200):
		return fail(fmt.Sprintf("姓名、单位名称不得超过 %d 字", MaxName), fmt.Sprintf("a name has at most %d characters", MaxName))
	}
	return nil
}

// Fields of the record of an act upon a complaint that others have not.
const (
	fieldComplaint = "COMPLAINT"
	fieldLot       = "LOT"
	fieldAgainst   = "AGAINST"
	fieldKnown     = "KNOWN"
	fieldObjected  = "OBJECTED"
	fieldOrg       = "ORG_CODE"
	fieldOrgName   = "ORG_NAME"
	fieldOutcome   = "OUTCOME"
)

// Record writes an act upon a complaint as a record of the log.
func (a *ComplaintAct) Record() standard.Record {
	r := standard.Record{
		Origin: docket.SystemOrigin, Dataset: docket.DatasetComplaint, Op: standard.Insert, Key: a.ID, Revision: "1", Occurred: a.At.UTC().Format(time.RFC3339),
		Fields: map[string]string{fieldAct: string(a.Kind), fieldComplaint: a.Complaint, fieldDocket: a.Docket, fieldPerson: a.Person},
	}
	for name, value := range map[string]string{
		fieldLot: a.Lot, fieldAgainst: string(a.Against), fieldKnown: a.Known, fieldObjected: a.Objected, fieldOrg: a.Org, fieldOrgName: a.OrgName,
		fieldOutcome: string(a.Outcome), fieldText: a.Text, fieldName: a.Name, fieldOffice: a.Office, fieldForName: a.ForName,
	} {
		if value != "" {
			r.Fields[name] = value
		}
	}
	return r
}

// ReadComplaint reads the act of a record; false when it is none.
func ReadComplaint(r *standard.Record, received time.Time, position int64) (ComplaintAct, bool) {
	if r.Dataset != docket.DatasetComplaint || r.Origin != docket.SystemOrigin || r.Op == standard.Delete {
		return ComplaintAct{}, false
	}
	f := r.Fields
	a := ComplaintAct{
		ID: r.Key, Kind: ComplaintKind(f[fieldAct]), Complaint: f[fieldComplaint], Docket: f[fieldDocket], Lot: f[fieldLot], Against: Against(f[fieldAgainst]),
		Known: f[fieldKnown], Objected: f[fieldObjected], Org: f[fieldOrg], OrgName: f[fieldOrgName], Outcome: Outcome(f[fieldOutcome]), Text: f[fieldText],
		Person: f[fieldPerson], Name: f[fieldName], Office: f[fieldOffice], ForName: f[fieldForName], At: received, Position: position,
	}
	return a, a.Check() == nil
}

// A ComplaintState is where a complaint stands.
type ComplaintState string

// The states of a complaint.
const (
	Lodged    ComplaintState = "lodged"    // waits for the answer whether it is accepted
	Returned  ComplaintState = "returned"  // waits for what lacked
	Declined  ComplaintState = "declined"  // 不予受理
	Accepted  ComplaintState = "accepted"  // under examination
	Decided   ComplaintState = "decided"   //
	Retracted ComplaintState = "retracted" // by the complainant
)

// Open reports whether somebody has still to act.
func (s ComplaintState) Open() bool { return s == Lodged || s == Returned || s == Accepted }

// A Complaint is one complaint, as the acts upon it make it.
type Complaint struct {
	ComplaintAct // the one that lodged it
	State        ComplaintState
	Begun        time.Time // when the days for the answer began: lodged or supplemented
	AcceptedAt   time.Time
	Ended        time.Time // decided, declined or retracted
	Finding      Outcome
	Decision     string // its text, and the reason of what was declined
	By           string // the office that decided or declined
	Suspended    bool   // the trade is ordered to pause
	Acts         []ComplaintAct
}

// next is what may follow in a state.
var next = map[ComplaintState][]ComplaintKind{
	Lodged:   {Return, Decline, Accept, Retract},
	Returned: {Supplement, Decline, Retract},
	Accepted: {Suspend, Resume, Decide, Retract},
}

// May says why an act of a kind by a person cannot be done now, or nil.
func (c *Complaint) May(kind ComplaintKind, person string) error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	switch {
	case !slices.Contains(next[c.State], kind):
		return fail("投诉的当前状态不允许此操作", "the complaint stands where this cannot be done")
	case kind.OfParty() && person != c.Person:
		return fail("仅投诉人本人可以补正或者撤回", "only who lodged it supplements or retracts it")
	case !kind.OfParty() && person == c.Person:
		return fail("投诉人不得处理自己的投诉", "nobody handles their own complaint")
	case kind == Suspend && c.Suspended:
		return fail("已责令暂停", "a pause is ordered already")
	case kind == Resume && !c.Suspended:
		return fail("未责令暂停", "no pause is ordered")
	}
	return nil
}

func (c *Complaint) take(a *ComplaintAct) {
	switch a.Kind {
	case Lodge:
	case Return:
		c.State = Returned
	case Supplement:
		c.State, c.Begun = Lodged, a.At
	case Accept:
		c.State, c.AcceptedAt = Accepted, a.At
	case Suspend:
		c.Suspended = true
	case Resume:
		c.Suspended = false
	case Decline:
		c.State, c.Ended, c.Decision, c.By = Declined, a.At, a.Text, a.Office
	case Decide:
		c.State, c.Ended, c.Finding, c.Decision, c.By, c.Suspended = Decided, a.At, a.Outcome, a.Text, a.Office, false
	case Retract:
		c.State, c.Ended, c.Suspended = Retracted, a.At, false
	}
	c.Acts = append(c.Acts, *a)
}

// FoldComplaints makes the complaints of acts, in the order in which they were
// lodged. An act that could not be done when it came changes nothing: two
// persons who decide at once make one decision, the log's first.
func FoldComplaints(acts []ComplaintAct) []*Complaint {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b ComplaintAct) int { return cmp.Compare(a.Position, b.Position) })
	acts = slices.CompactFunc(acts, func(a, b ComplaintAct) bool { return a.Position == b.Position })
	var out []*Complaint
	by := map[string]*Complaint{}
	for i := range acts {
		a := &acts[i]
		c := by[a.Complaint]
		switch {
		case a.Kind == Lodge && c == nil:
			c = &Complaint{ComplaintAct: *a, State: Lodged, Begun: a.At}
			by[a.Complaint] = c
			out = append(out, c)
		case c == nil || a.Kind == Lodge || a.Docket != c.Docket || c.May(a.Kind, a.Person) != nil:
			continue
		}
		c.take(a)
	}
	return out
}

// A Duty is what somebody has to do about a complaint, and by when.
type Duty struct {
	What        string // "admit" or "decide"
	Last        trade.Day
	Provisional bool // the calendar's year is not known yet
	Term        Days
}

// Due is what the department has to do next; nil when it has nothing to do.
func (c *Complaint) Due(class string) *Duty {
	d := &Duty{What: "admit"}
	from := trade.DayOf(c.Begun)
	w := WayOf(class, trade.DayOf(c.At))
	switch {
	case w == nil:
		return nil
	case c.State == Lodged:
		d.Term = w.Admit
	case c.State == Accepted:
		d.What, d.Term, from = "decide", w.Decide, trade.DayOf(c.AcceptedAt)
	default:
		return nil
	}
	d.Last, d.Provisional = d.Term.Ends(from, trade.China())
	return d
}

// What an admissibility check says.
const (
	Met     = "met"
	NotMet  = "not-met"
	Unknown = "unknown"
)

// A Ground is one condition of admissibility, and whether it is met. It helps
// the department; the department decides.
type Ground struct {
	ID         string // "days", "objection" or "party"
	Result     string
	ZH, EN     string
	Article    string
	Unverified bool // the days are to be checked before anybody relies on them
}

// Grounds are the conditions of admissibility. took says whether the
// complainant's body took part in the trade, as far as the reader's own view of
// the docket tells: Met, NotMet or Unknown.
func (c *Complaint) Grounds(class, took string) []Ground {
	w := WayOf(class, trade.DayOf(c.At))
	if w == nil {
		return nil
	}
	known, err := trade.ParseDay(c.Known)
	days := Ground{ID: "days", Article: w.File.Article, Unverified: w.File.Unverified(), Result: Unknown}
	if err == nil {
		last, _ := w.File.Ends(known, trade.China())
		lodged := trade.DayOf(c.At)
		switch {
		case lodged <= last:
			days.Result = Met
		case c.Objected == "":
			days.Result = NotMet
		default: // the answer's day is not known here
			days.ZH, days.EN = "异议（质疑）答复期间不计入，须核对；", "the days of the objection's answer do not count and are to be checked; "
		}
		days.ZH += fmt.Sprintf("自 %s 起 %d %s，至 %s；提起于 %s", known, w.File.Days, map[bool]string{true: "个工作日", false: "日"}[w.File.Working], last, lodged)
		days.EN += fmt.Sprintf("%d %s from %s end on %s; lodged on %s", w.File.Days, map[bool]string{true: "working days", false: "days"}[w.File.Working], known, last, lodged)
	}
	out := []Ground{days}
	if c.mustObject(w) {
		o := Ground{ID: "objection", Article: w.Objection.Article, Result: Met, ZH: "已于 " + c.Objected + " 提出异议（质疑）", EN: "objected on " + c.Objected}
		if c.Objected == "" {
			o.Result, o.ZH, o.EN = NotMet, "该事项应当先提出异议（质疑），投诉人称未提出", "this must be objected to first, and the complainant says that they did not"
		}
		out = append(out, o)
	}
	p := Ground{ID: "party", Result: took, Article: "招标投标法实施条例 第六十条", ZH: "投诉人是否参加该交易，须由承办人核对", EN: "whether the complainant took part is for the handler to check"}
	switch took {
	case Met:
		p.ZH, p.EN = "投诉人参加了该交易", "the complainant took part"
	case NotMet:
		p.ZH, p.EN = "已公开的投标人中没有该投诉人；其他利害关系人须说明关系", "not among the bidders that are known; another interested person has to say how"
	}
	return append(out, p)
}

func (c *Complaint) mustObject(w *Way) bool {
	return slices.Contains(w.Objection.Against, string(c.Against))
}
