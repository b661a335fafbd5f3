package supervise

import (
	"bytes"
	"cmp"
	_ "embed" // the ways of objection
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// An ObjectionKind is what an act does about an objection (异议、质疑).
type ObjectionKind string

// The kinds of acts about an objection. The first three are the tenderer's, who
// was objected to and has to report it (豫公管办〔2017〕27号 三（二）3).
const (
	Received  ObjectionKind = "receive"   // 收到: that it came
	Replied   ObjectionKind = "reply"     // 答复: what was answered
	TakenBack ObjectionKind = "take-back" // 撤回报告: reported in error
	Reminded  ObjectionKind = "remind"    // 催报: the supervising department asks for the report
	Remarked  ObjectionKind = "remark"    // 意见: of the supervising department
)

// ObjectionKinds lists all kinds.
func ObjectionKinds() []ObjectionKind {
	return []ObjectionKind{Received, Replied, TakenBack, Reminded, Remarked}
}

// OfTenderer reports whether the act is the tenderer's own.
func (k ObjectionKind) OfTenderer() bool { return k == Received || k == Replied || k == TakenBack }

// An ObjectionAct is what one person did about one objection.
type ObjectionAct struct {
	ID        string        `json:"id"`
	Kind      ObjectionKind `json:"act"`
	Objection string        `json:"objection"` // id of the first act about it
	Docket    string        `json:"docket"`
	Lot       string        `json:"lot,omitempty"`      // "": the whole docket
	Source    string        `json:"source,omitempty"`   // key of the trading system's own row about it
	Org       string        `json:"org"`                // unified credit code of the tenderer
	OrgName   string        `json:"org_name,omitempty"` // its name
	Against   Against       `json:"against,omitempty"`  // of receive
	Day       string        `json:"day,omitempty"`      // of receive and reply: the day on which it came or was answered
	Paused    string        `json:"paused,omitempty"`   // the day from which the trade paused; "": it did not, or it is not said
	Resumed   string        `json:"resumed,omitempty"`  // of reply: the day on which it went on
	Objector  string        `json:"objector,omitempty"` // of receive: who objected; kept sealed
	Outcome   Outcome       `json:"outcome,omitempty"`  // of reply
	Text      string        `json:"text,omitempty"`     // what was objected, answered, asked or remarked
	Person    string        `json:"person"`
	Name      string        `json:"name,omitempty"`
	Office    string        `json:"office,omitempty"`
	ForName   string        `json:"for_name,omitempty"`
	At        time.Time     `json:"at"`
	Position  int64         `json:"-"` // of its record; told to nobody, as of readings (decision 0009)
}

// Check says what an act lacks by itself, or nil; whether it may be done is the
// objection's to say (Objection.May).
func (a *ObjectionAct) Check() error {
	fail := func(zh, en string) error { return fmt.Errorf("%w: %s / %s", ErrAct, zh, en) }
	bad := func(s string, most int) bool {
		return utf8.RuneCountInString(s) > most || !utf8.ValidString(s) || strings.ContainsRune(s, 0)
	}
	notDay := func(s string) bool { _, err := trade.ParseDay(s); return err != nil }
	opens := a.Objection == a.ID
	switch {
	case !slices.Contains(ObjectionKinds(), a.Kind):
		return fail("未知的操作", "unknown kind of act")
	case a.ID == "" || a.Objection == "" || a.Docket == "" || a.Person == "" || a.Org == "":
		return fail("须由具名人员就指明的案卷和招标人操作", "a named person must act, about a docket and its tenderer")
	case opens && a.Kind != Received && a.Kind != Reminded:
		return fail("须先报告收到异议", "report first that the objection came")
	case a.Kind == Received && !slices.Contains(Againsts(), a.Against):
		return fail("请选择异议事项", "say what it is against")
	case a.Kind != Received && (a.Against != "" || a.Objector != ""):
		return fail("异议事项和异议人在报告收到时填写", "what it is against, and who objected, is said when it came")
	case (a.Kind == Received || a.Kind == Replied) && notDay(a.Day):
		return fail("请填写收到或答复之日，如 2026-12-01", "give the day on which it came or was answered, such as 2026-12-01")
	case a.Paused != "" && notDay(a.Paused), a.Resumed != "" && notDay(a.Resumed):
		return fail("暂停、恢复之日应如 2026-12-01", "the days of pause and going on are written as 2026-12-01")
	case a.Resumed != "" && a.Kind != Replied:
		return fail("恢复之日在报告答复时填写", "the day of going on is said with the reply")
	case a.Kind == Replied && !slices.Contains([]Outcome{Upheld, Partly, Rejected}, a.Outcome):
		return fail("请选择答复结果：成立、部分成立或不成立", "say what the reply was: upheld, partly or rejected")
	case a.Kind != Replied && a.Outcome != "":
		return fail("仅答复有结果", "only a reply has an outcome")
	case strings.TrimSpace(a.Text) == "":
		return fail("请填写内容或理由", "give the text or the reason")
	case bad(a.Text, MaxClaim):
		return fail(fmt.Sprintf("内容不得超过 %d 字", MaxClaim), fmt.Sprintf("at most %d characters", MaxClaim))
	case slices.ContainsFunc([]string{a.Org, a.OrgName, a.Objector, a.Person, a.Name, a.Office, a.ForName}, func(s string) bool { return bad(s, MaxName) }), bad(a.Lot, 200), bad(a.Source, 200):
		return fail(fmt.Sprintf("姓名、单位名称不得超过 %d 字", MaxName), fmt.Sprintf("a name has at most %d characters", MaxName))
	}
	return nil
}

// Fields of the record of an act about an objection that others have not.
const (
	fieldObjection = "OBJECTION"
	fieldSourceRow = "SOURCE_ROW"
	fieldDay       = "DAY"
	fieldPaused    = "PAUSED"
	fieldResumed   = "RESUMED"
	fieldObjector  = "OBJECTOR" // sealed, see the catalogue
)

// Record writes an act about an objection as a record of the log.
func (a *ObjectionAct) Record() standard.Record {
	r := standard.Record{
		Origin: docket.SystemOrigin, Dataset: docket.DatasetObjection, Op: standard.Insert, Key: a.ID, Revision: "1", Occurred: a.At.UTC().Format(time.RFC3339),
		Fields: map[string]string{fieldAct: string(a.Kind), fieldObjection: a.Objection, fieldDocket: a.Docket, fieldPerson: a.Person, fieldOrg: a.Org},
	}
	for name, value := range map[string]string{
		fieldLot: a.Lot, fieldSourceRow: a.Source, fieldOrgName: a.OrgName, fieldAgainst: string(a.Against), fieldDay: a.Day, fieldPaused: a.Paused, fieldResumed: a.Resumed,
		fieldObjector: a.Objector, fieldOutcome: string(a.Outcome), fieldText: a.Text, fieldName: a.Name, fieldOffice: a.Office, fieldForName: a.ForName,
	} {
		if value != "" {
			r.Fields[name] = value
		}
	}
	return r
}

// ReadObjection reads the act of a record; false when it is none.
func ReadObjection(r *standard.Record, received time.Time, position int64) (ObjectionAct, bool) {
	if r.Dataset != docket.DatasetObjection || r.Origin != docket.SystemOrigin || r.Op == standard.Delete {
		return ObjectionAct{}, false
	}
	f := r.Fields
	a := ObjectionAct{
		ID: r.Key, Kind: ObjectionKind(f[fieldAct]), Objection: f[fieldObjection], Docket: f[fieldDocket], Lot: f[fieldLot], Source: f[fieldSourceRow], Org: f[fieldOrg], OrgName: f[fieldOrgName],
		Against: Against(f[fieldAgainst]), Day: f[fieldDay], Paused: f[fieldPaused], Resumed: f[fieldResumed], Objector: f[fieldObjector], Outcome: Outcome(f[fieldOutcome]), Text: f[fieldText],
		Person: f[fieldPerson], Name: f[fieldName], Office: f[fieldOffice], ForName: f[fieldForName], At: received, Position: position,
	}
	return a, a.Check() == nil
}

// An ObjectionState is where the report of an objection stands.
type ObjectionState string

// The states of an objection.
const (
	ObjectionAwaited  ObjectionState = "awaited"  // the department asked for the report
	ObjectionReceived ObjectionState = "received" // the tenderer reported that it came
	ObjectionReplied  ObjectionState = "replied"
	ObjectionDropped  ObjectionState = "dropped" // reported in error
)

// An Objection is one objection as the tenderer reported it.
type Objection struct {
	ID, Docket, Lot, Source, Org, OrgName string

	State            ObjectionState
	Against          Against
	Came             string // day
	Answered         string // day; "": not yet
	Paused, Resumed  string // days
	Objector         string // protected: for the tenderer, those who supervise and auditors
	Text, Reply      string
	Outcome          Outcome
	ReportedAt       time.Time // when the reply was reported
	RemindedAt       time.Time // the last time; zero: never
	Reminder, Remark string
	Acts             []ObjectionAct
}

var nextObjection = map[ObjectionState][]ObjectionKind{
	ObjectionAwaited:  {Received, Reminded, TakenBack},
	ObjectionReceived: {Replied, TakenBack, Reminded, Remarked},
	ObjectionReplied:  {Remarked},
	ObjectionDropped:  {Reminded},
}

// May says why an act of a kind, for a tenderer's code, cannot be done now, or nil.
func (o *Objection) May(kind ObjectionKind, org string) error {
	switch {
	case !slices.Contains(nextObjection[o.State], kind):
		return fmt.Errorf("%w: 异议报告的当前状态不允许此操作 / the report stands where this cannot be done", ErrAct)
	case kind.OfTenderer() && org != o.Org:
		return fmt.Errorf("%w: 仅被异议的招标人可以报告 / only the tenderer concerned reports it", ErrAct)
	}
	return nil
}

// Follows says why an act's days do not go with what was said before, or nil.
func (o *Objection) follows(a *ObjectionAct) error {
	if a.Kind != Replied {
		return nil
	}
	came, _ := trade.ParseDay(o.Came)
	answered, _ := trade.ParseDay(a.Day)
	if answered < came {
		return fmt.Errorf("%w: 答复之日不能早于收到之日 %s / the reply cannot come before the objection, which came on %[2]s", ErrAct, o.Came)
	}
	return nil
}

// Take says why an act cannot follow, or nil.
func (o *Objection) Take(a *ObjectionAct) error {
	if err := o.May(a.Kind, a.Org); err != nil {
		return err
	}
	return o.follows(a)
}

func (o *Objection) take(a *ObjectionAct) {
	switch a.Kind {
	case Received:
		o.State, o.Against, o.Came, o.Objector, o.Text, o.Paused = ObjectionReceived, a.Against, a.Day, a.Objector, a.Text, a.Paused
		o.Lot, o.OrgName = cmp.Or(a.Lot, o.Lot), cmp.Or(a.OrgName, o.OrgName)
	case Replied:
		o.State, o.Answered, o.Outcome, o.Reply, o.Resumed, o.ReportedAt = ObjectionReplied, a.Day, a.Outcome, a.Text, a.Resumed, a.At
		o.Paused = cmp.Or(a.Paused, o.Paused)
	case TakenBack:
		o.State = ObjectionDropped
	case Reminded:
		o.RemindedAt, o.Reminder = a.At, a.Text
		if o.State == ObjectionDropped || o.State == "" {
			o.State = ObjectionAwaited
		}
	case Remarked:
		o.Remark = a.Text
	}
	o.Acts = append(o.Acts, *a)
}

// FoldObjections makes the objections of acts, in the order in which they were
// told first. An act that could not be done when it came changes nothing.
func FoldObjections(acts []ObjectionAct) []*Objection {
	acts = slices.Clone(acts)
	slices.SortFunc(acts, func(a, b ObjectionAct) int { return cmp.Compare(a.Position, b.Position) })
	acts = slices.CompactFunc(acts, func(a, b ObjectionAct) bool { return a.Position == b.Position })
	var out []*Objection
	by := map[string]*Objection{}
	for i := range acts {
		a := &acts[i]
		o := by[a.Objection]
		switch {
		case o == nil && a.Objection == a.ID:
			o = &Objection{ID: a.ID, Docket: a.Docket, Lot: a.Lot, Source: a.Source, Org: a.Org, OrgName: a.OrgName}
			by[a.ID] = o
			out = append(out, o)
		case o == nil || a.Objection == a.ID || a.Docket != o.Docket || o.Take(a) != nil:
			continue
		}
		o.take(a)
	}
	return out
}

// A Reply is within how many days a tenderer answers an objection.
type Reply struct {
	Days  `yaml:",inline"`
	Pause bool `yaml:"pause"` // the trade pauses until the answer
}

// An ObjectionWay is how objections go for some classes of trade, from a day on.
type ObjectionWay struct {
	ID      string            `yaml:"id"`
	From    string            `yaml:"from"`
	Classes []string          `yaml:"classes"` // "*": all others
	Replies map[Against]Reply `yaml:"replies"`
	Report  Days              `yaml:"report"` // from the answer, or from the department's reminder, to the tenderer's report
}

//go:embed objection.yaml
var objectionYAML []byte

var objectionWays = sync.OnceValues(func() ([]ObjectionWay, error) { return readObjectionWays(objectionYAML) })

func readObjectionWays(text []byte) ([]ObjectionWay, error) {
	var file struct {
		Ways []ObjectionWay `yaml:"ways"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("supervise: ways of objection: %w", err)
	}
	for _, w := range file.Ways {
		if _, err := trade.ParseDay(w.From); err != nil || w.ID == "" || len(w.Classes) == 0 || w.Report.Days < 1 || w.Report.Article == "" {
			return nil, fmt.Errorf("supervise: ways of objection: %q lacks a day, its classes or the term of the report", w.ID)
		}
		for a, r := range w.Replies {
			if !slices.Contains(Againsts(), a) || r.Article == "" || r.Days.Days < 0 {
				return nil, fmt.Errorf("supervise: ways of objection: %s: %q is none of %v, or lacks its article", w.ID, a, Againsts())
			}
		}
	}
	return file.Ways, nil
}

// ObjectionWayOf is the way of objection for a class of trade on a day; nil before
// any has begun.
func ObjectionWayOf(class string, day trade.Day) *ObjectionWay {
	all, err := objectionWays()
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	for _, want := range []string{cmp.Or(class, string(trade.Construction)), "*"} {
		for i := len(all) - 1; i >= 0; i-- {
			from, _ := trade.ParseDay(all[i].From)
			if slices.Contains(all[i].Classes, want) && day >= from {
				return &all[i]
			}
		}
	}
	return nil
}

// Due is what the tenderer has to do next about an objection: "report" or
// "reply"; nil when there is nothing, or no text gives a day for it.
func (o *Objection) Due(class string) *Duty {
	d := &Duty{What: "reply"}
	var from trade.Day
	switch o.State {
	case ObjectionAwaited:
		from = trade.DayOf(o.RemindedAt)
		w := ObjectionWayOf(class, from)
		if w == nil {
			return nil
		}
		d.What, d.Term = "report", w.Report
	case ObjectionReceived:
		from, _ = trade.ParseDay(o.Came)
		w := ObjectionWayOf(class, from)
		if w == nil {
			return nil
		}
		term, ok := w.Replies[o.Against]
		if !ok {
			return nil
		}
		d.Term = term.Days
	case ObjectionReplied, ObjectionDropped:
		return nil
	}
	d.Last, d.Provisional = d.Term.Ends(from, trade.China())
	return d
}

// Running is a check whose days are not over yet.
const Running = "running"

// Checks compares what the tenderer reported with the days and the pause that the
// law asks for. It helps the department, which decides.
func (o *Objection) Checks(class string, at time.Time) []Ground {
	if o.State != ObjectionReceived && o.State != ObjectionReplied {
		return nil
	}
	came, err := trade.ParseDay(o.Came)
	w := ObjectionWayOf(class, came)
	if err != nil || w == nil {
		return nil
	}
	var out []Ground
	today := trade.DayOf(at)
	answered, err := trade.ParseDay(o.Answered)
	open := err != nil
	if term, ok := w.Replies[o.Against]; ok {
		last, _ := term.Ends(came, trade.China())
		g := Ground{ID: "reply", Article: term.Article, Unverified: term.Unverified(), Result: Met}
		g.ZH, g.EN = fmt.Sprintf("%s 收到，应于 %s 前答复", came, last), fmt.Sprintf("it came on %s and is to be answered by %s", came, last)
		switch {
		case open && today <= last:
			g.Result = Running
			g.ZH, g.EN = g.ZH+"；尚未报告答复", g.EN+"; no reply is reported yet"
		case open:
			g.Result = NotMet
			g.ZH, g.EN = g.ZH+"；期限已过，尚未报告答复", g.EN+"; that is over and no reply is reported"
		default:
			if answered > last {
				g.Result = NotMet
			}
			g.ZH, g.EN = g.ZH+fmt.Sprintf("；答复于 %s", answered), g.EN+fmt.Sprintf("; answered on %s", answered)
		}
		out = append(out, g)
		if term.Pause {
			out = append(out, o.pause(term.Article, came, answered, open, today))
		}
	}
	if !open {
		last, _ := w.Report.Ends(answered, trade.China())
		told := trade.DayOf(o.ReportedAt)
		g := Ground{ID: "report", Article: w.Report.Article, Unverified: w.Report.Unverified(), Result: Met}
		if told > last {
			g.Result = NotMet
		}
		g.ZH, g.EN = fmt.Sprintf("答复后应于 %s 前向监督部门报送；报送于 %s", last, told), fmt.Sprintf("after the reply it is to be reported by %s; it was on %s", last, told)
		out = append(out, g)
	}
	return out
}

// pause judges whether the trade paused until the answer.
func (o *Objection) pause(article string, came, answered trade.Day, open bool, today trade.Day) Ground {
	g := Ground{ID: "pause", Article: article, Result: Met}
	from, err := trade.ParseDay(o.Paused)
	until, e := trade.ParseDay(o.Resumed)
	switch {
	case err != nil && open && today <= came:
		g.Result, g.ZH, g.EN = Unknown, "作出答复前应当暂停招标投标活动；尚未报告暂停", "the tender is to pause until the reply; no pause is reported yet"
	case err != nil:
		g.Result, g.ZH, g.EN = NotMet, "作出答复前应当暂停招标投标活动；未报告暂停", "the tender is to pause until the reply; no pause is reported"
	case e == nil && !open && until < answered:
		g.Result, g.ZH, g.EN = NotMet, fmt.Sprintf("%s 暂停，%s 即恢复，早于答复", from, until), fmt.Sprintf("paused from %s and went on on %s, before the reply", from, until)
	case !open && from > answered:
		g.Result, g.ZH, g.EN = NotMet, fmt.Sprintf("%s 才暂停，晚于答复", from), fmt.Sprintf("paused on %s, after the reply", from)
	default:
		g.ZH, g.EN = fmt.Sprintf("%s 起暂停", from), fmt.Sprintf("paused from %s", from)
		if e == nil {
			g.ZH, g.EN = g.ZH+fmt.Sprintf("，%s 恢复", until), g.EN+fmt.Sprintf(", went on on %s", until)
		}
	}
	return g
}
