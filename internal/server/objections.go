package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/identity"
	"mingjing/internal/supervise"
	"mingjing/internal/trade"
)

// Objections keeps what tenderers report about objections; *refold.Objections is one.
type Objections interface {
	// Do appends an act to the log and gives the objection that follows. Errors that
	// wrap supervise.ErrAct say why it cannot be.
	Do(ctx context.Context, act supervise.ObjectionAct) (*supervise.Objection, error)
	// Of reads those about a docket, All those about all.
	Of(ctx context.Context, docket string) ([]*supervise.Objection, error)
	All(ctx context.Context) ([]*supervise.Objection, error)
}

var (
	problemNotTenderer = kind{"A095", 403, "仅该案卷的招标人、采购人报送异议处理情况，仅有管辖权的监督部门催报", "Only the docket's own tenderer reports an objection, and only the supervising department in whose jurisdiction it lies asks for it", "以该招标人的岗位登录；交易系统未报送招标人代码的，先请其补报", "Sign in with a post of that tenderer; where the trading system sent no code of it, have that sent first", "never"}
	problemObjection   = kind{"A096", 422, "异议报告未被接受", "The report of the objection was not taken", "按提示修改后重试", "Mend it as it says and try again", "after mending"}
)

// ObjectionItem is an objection as the tenderer reported it.
type ObjectionItem struct {
	ID        string                   `json:"id"`
	Docket    string                   `json:"docket"`
	Title     string                   `json:"title,omitempty" doc:"Of the docket"`
	Lot       string                   `json:"lot,omitempty" doc:"Absent: the whole docket"`
	Source    string                   `json:"source,omitempty" doc:"Key of the trading system's own row about it"`
	Tenderer  string                   `json:"tenderer" doc:"Unified credit code"`
	Name      string                   `json:"tenderer_name,omitempty"`
	State     string                   `json:"state" enum:"awaited,received,replied,dropped"`
	Against   string                   `json:"against,omitempty" enum:"documents,opening,candidates,other"`
	Came      string                   `json:"came,omitempty" format:"date"`
	Answered  string                   `json:"answered,omitempty" format:"date"`
	Paused    string                   `json:"paused,omitempty" format:"date"`
	Resumed   string                   `json:"resumed,omitempty" format:"date"`
	Objector  string                   `json:"objector,omitempty" doc:"Who objected, as the tenderer reported; kept sealed, and reading it is noted"`
	Text      string                   `json:"text,omitempty" doc:"What was objected"`
	Outcome   string                   `json:"outcome,omitempty" enum:"upheld,partly,rejected"`
	Reply     string                   `json:"reply,omitempty" doc:"What was answered"`
	Reminder  string                   `json:"reminder,omitempty" doc:"What the department last asked for"`
	Reminded  *time.Time               `json:"reminded,omitempty"`
	Remark    string                   `json:"remark,omitempty" doc:"Of the department"`
	Due       *ObjectionDuty           `json:"due,omitempty" doc:"What the tenderer has to do next"`
	Checks    []ObjectionCheck         `json:"checks" doc:"The days and the pause that the law asks for, against what was reported; a help, the department decides"`
	Meanwhile []ObjectionEvent         `json:"meanwhile,omitempty" doc:"What the trade did between the objection and its answer, as you see it"`
	May       []string                 `json:"may,omitempty" doc:"Acts that you may do now"`
	History   []supervise.ObjectionAct `json:"history" doc:"What was done, in order; without who objected"`
}

// ObjectionCheck compares what was reported with what the law asks for.
type ObjectionCheck struct {
	ID         string         `json:"id" enum:"reply,pause,report"`
	Result     string         `json:"result" enum:"met,not-met,unknown,running" doc:"running: the days are not over"`
	Words      disclose.Words `json:"words"`
	Article    string         `json:"article"`
	Unverified bool           `json:"unverified,omitzero" doc:"No text gives the days: a setting"`
}

// ObjectionDuty is what the tenderer has to do next, and by when.
type ObjectionDuty struct {
	What        string `json:"what" enum:"report,reply" doc:"report: tell the department of it; reply: answer it"`
	Last        string `json:"last" format:"date" doc:"The last day"`
	Late        bool   `json:"late,omitzero" doc:"It is over"`
	Article     string `json:"article"`
	Unverified  bool   `json:"unverified,omitzero" doc:"No text gives the days: a setting"`
	Provisional bool   `json:"provisional,omitzero" doc:"Days counted beyond the calendar's last known year"`
}

// ObjectionEvent is something that happened while an objection waited for its answer.
type ObjectionEvent struct {
	At  time.Time `json:"at"`
	ZH  string    `json:"zh"`
	EN  string    `json:"en"`
	Lot string    `json:"lot,omitempty"`
}

// ObjectionSource is an objection as a trading system sent it.
type ObjectionSource struct {
	Key      string `json:"key" doc:"Of its row"`
	Lot      string `json:"lot,omitempty"`
	Against  string `json:"against" enum:"documents,opening,candidates,other"`
	Came     string `json:"came" format:"date"`
	Answered string `json:"answered,omitempty" format:"date" doc:"Absent: no answer was sent"`
	Reported bool   `json:"reported" doc:"The tenderer has reported it, or was asked to"`
}

// ObjectionList is a list of objections.
type ObjectionList struct {
	Items []ObjectionItem `json:"items"`
	Total int             `json:"total" doc:"That you may see; items are at most 500 of them, the latest"`
}

// ObjectionStanding is what of a docket's objections its reader may see.
type ObjectionStanding struct {
	Items     []ObjectionItem   `json:"items"`
	Sources   []ObjectionSource `json:"sources" doc:"As trading systems sent them; for who supervises or audits"`
	MayReport bool              `json:"may_report,omitzero" doc:"You act for its tenderer"`
	MayRemind bool              `json:"may_remind,omitzero" doc:"You supervise it, and its tenderer is known by code"`
}

type objectionsInput struct {
	State string `query:"state" enum:"open,ended,all" default:"open" doc:"open: the tenderer has still to report or to answer"`
}

// ObjectionBody is an act about an objection.
type ObjectionBody struct {
	Act      string `json:"act" enum:"receive,reply,take-back,remind,remark"`
	Lot      string `json:"lot,omitempty" maxLength:"200" doc:"Of receive and remind: code of the lot; absent: the whole docket"`
	Source   string `json:"source,omitempty" maxLength:"200" doc:"Of receive and remind: key of the trading system's own row"`
	Against  string `json:"against,omitempty" enum:"documents,opening,candidates,other" doc:"Of receive"`
	Day      string `json:"day,omitempty" format:"date" doc:"Of receive and reply: on which it came or was answered"`
	Paused   string `json:"paused,omitempty" format:"date" doc:"From which the trade paused"`
	Resumed  string `json:"resumed,omitempty" format:"date" doc:"Of reply: on which it went on"`
	Objector string `json:"objector,omitempty" maxLength:"100" doc:"Of receive: who objected; kept sealed"`
	Outcome  string `json:"outcome,omitempty" enum:"upheld,partly,rejected" doc:"Of reply"`
	Text     string `json:"text" minLength:"1" maxLength:"8000" doc:"What was objected, answered, asked or remarked"`
}

type reportInput struct {
	ID   string `path:"id" maxLength:"200" doc:"Id of the docket"`
	Body ObjectionBody
}

type objectionActInput struct {
	ID   string `path:"objection" maxLength:"64" doc:"Id of the objection"`
	Body ObjectionBody
}

func (s *Server) routesObjections() {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Description: description, Tags: []string{"objections"},
			Errors: append(errs, 401, 422, 500, 503), Security: []map[string][]string{{}, {"token": {}}},
		}
	}
	huma.Register(s.api, op("list-objections", http.MethodGet, "/objections", "Objections 异议处理报告", "What tenderers reported about objections: for a tenderer their own, for supervisors those in their jurisdiction, for auditors all; empty for all others. The latest first."), s.listObjections)
	huma.Register(s.api, op("docket-objections", http.MethodGet, "/dockets/{id}/objections", "Objections to a docket 案卷的异议", "As its tenderer reported them and as trading systems sent them, against the days and the pause that the law asks for. For its tenderer, who supervises it and auditors; empty for all others.", 404), s.docketObjections)
	huma.Register(s.api, op("report-objection", http.MethodPost, "/dockets/{id}/objections", "Report an objection, or ask for the report 报送异议、催报", "The tenderer reports that an objection came (receive); the supervising department asks for a report (remind). 豫公管办〔2017〕27号 三（二）3.", 403, 404), s.reportObjection)
	huma.Register(s.api, op("act-on-objection", http.MethodPost, "/objections/{objection}/acts", "Go on with an objection 续报异议", "The tenderer reports the answer or takes the report back; the department asks or remarks. Each act is a record of the log.", 403, 404), s.actOnObjection)
}

// tenderers are the codes and names of a docket's tenderers, as its trading
// systems sent them, with the first row that names each.
func tenderers(d *docket.Docket) (codes, names []string) {
	fields := map[string][2]string{"501": {"TENDERER_CODE", "TENDERER_NAME"}, "503": {"TENDERER_CODE", "TENDERER_NAME"}, "550": {"PURCHASER_CODE", "PURCHASER_NAME"}, "551": {"PURCHASER_CODE", "PURCHASER_NAME"}}
	for i := range d.Live {
		e := &d.Live[i]
		f, ok := fields[e.Dataset]
		if !ok {
			continue
		}
		for _, code := range trade.SplitCodes(e.Fields[f[0]]) {
			if trade.CheckOrgCode(code) == nil && !slices.Contains(codes, code) {
				codes, names = append(codes, code), append(names, e.Fields[f[1]])
			}
		}
	}
	return codes, names
}

// objectionSide says how the reader stands to a docket's objections.
type objectionSide struct {
	d            *docket.Docket
	view         *disclose.Docket
	codes, names []string // of its tenderers
	org          string   // the reader's own code when they act for one of them
	handle       bool     // supervises it, in person
	audited      bool     // supervises or audits: sees all that was reported, and what trading systems sent
}

func (s *Server) objectionSide(ctx context.Context, d *docket.Docket) *objectionSide {
	r, who := readerOf(ctx), identity.Who(ctx)
	side := &objectionSide{d: d, view: disclose.View(d, r, s.cfg.Clock())}
	side.codes, side.names = tenderers(d)
	if who.In(identity.Tenderer) && slices.Contains(side.codes, who.Post.Org) {
		side.org = who.Post.Org
	}
	seat := r.Seat(d, s.cfg.Clock())
	side.audited = seat == disclose.NumberSupervisor || seat == disclose.NumberAuditor
	side.handle = seat == disclose.NumberSupervisor && who.Person != ""
	return side
}

// sees reports whether an objection is the reader's to see.
func (o *objectionSide) sees(one *supervise.Objection) bool {
	return o.audited || o.org != "" && o.org == one.Org
}

func (s *Server) objectionItem(ctx context.Context, side *objectionSide, o *supervise.Objection) (ObjectionItem, error) {
	if side.org == "" {
		if err := s.note(ctx, o.Docket, disclose.NotedObjector); err != nil {
			return ObjectionItem{}, err
		}
	}
	now := s.cfg.Clock()
	it := ObjectionItem{
		ID: o.ID, Docket: o.Docket, Lot: o.Lot, Source: o.Source, Tenderer: o.Org, Name: o.OrgName, State: string(o.State), Against: string(o.Against), Came: o.Came, Answered: o.Answered,
		Paused: o.Paused, Resumed: o.Resumed, Objector: o.Objector, Text: o.Text, Outcome: string(o.Outcome), Reply: o.Reply, Reminder: o.Reminder, Remark: o.Remark,
		Checks: []ObjectionCheck{}, History: slices.Clone(o.Acts), Meanwhile: side.meanwhile(o, now),
	}
	for i := range it.History {
		it.History[i].Objector = ""
	}
	if side.view != nil {
		it.Title = side.view.Title
	}
	if !o.RemindedAt.IsZero() {
		it.Reminded = &o.RemindedAt
	}
	if due := o.Due(side.d.Class); due != nil {
		it.Due = objectionDuty(due, now)
	}
	for _, g := range o.Checks(side.d.Class, now) {
		it.Checks = append(it.Checks, ObjectionCheck{ID: g.ID, Result: g.Result, Words: disclose.Words{ZH: g.ZH, EN: g.EN}, Article: g.Article, Unverified: g.Unverified})
	}
	for _, kind := range supervise.ObjectionKinds() {
		if (kind.OfTenderer() && side.org != "" || !kind.OfTenderer() && side.handle) && o.May(kind, side.org) == nil {
			it.May = append(it.May, string(kind))
		}
	}
	return it, nil
}

func objectionDuty(due *supervise.Duty, now time.Time) *ObjectionDuty {
	return &ObjectionDuty{What: due.What, Last: due.Last.String(), Late: trade.DayOf(now) > due.Last, Article: due.Term.Article, Unverified: due.Term.Unverified(), Provisional: due.Provisional}
}

// meanwhile lists what the trade did between an objection and its answer: what
// ought to have waited where the law asks for a pause.
func (o *objectionSide) meanwhile(one *supervise.Objection, now time.Time) (out []ObjectionEvent) {
	came, err := trade.ParseDay(one.Came)
	if err != nil || o.view == nil {
		return nil
	}
	until := trade.DayOf(now)
	if day, err := trade.ParseDay(one.Answered); err == nil {
		until = day
	}
	for i := range o.view.Events {
		e := &o.view.Events[i]
		// What tells of the objection itself, and of complaints, is no step of the trade.
		if slices.Contains([]string{"9019", "9020", "521", "9003", "404"}, e.Dataset) || one.Lot != "" && e.Lot != "" && e.Lot != one.Lot {
			continue
		}
		if day := trade.DayOf(e.At); day > came && day < until && len(out) < 20 {
			out = append(out, ObjectionEvent{At: e.At, ZH: e.ZH, EN: e.EN, Lot: e.Lot})
		}
	}
	return out
}

// objectionRows says how the standard's data sets tell of objections and questions.
var objectionRows = []struct{ dataset, id, at, kind, reply, replied string }{
	{"9019", "OBJECTIONG_GUID", "SUBMIT_TIME", "TYPE", "9020", "RESPONSE_SUBMIT_TIME"},
	{"521", "ANN_CODE", "TM", "", "9003", "TM"},
}

// sources lists the objections that trading systems sent, as the reader's view has them.
func (o *objectionSide) sources(told []*supervise.Objection) (list []ObjectionSource, refs []docket.Ref) {
	list = []ObjectionSource{}
	if !o.audited || o.view == nil {
		return list, nil
	}
	value := func(e *disclose.Entry, name string) string {
		if f := e.Field(name); f != nil && f.State == "" {
			return f.Value
		}
		return ""
	}
	for _, set := range objectionRows {
		for i := range o.view.Entries {
			e := &o.view.Entries[i]
			at, ok := trade.ParseMoment(value(e, set.at))
			if e.Dataset != set.dataset || e.Deleted || !ok {
				continue
			}
			one := ObjectionSource{Key: value(e, set.id), Against: string(supervise.AgainstOther), Came: at.Day().String()}
			if lots := e.Lots(); len(lots) == 1 {
				one.Lot = lots[0]
			}
			if set.kind != "" {
				one.Against = cmp.Or(map[string]string{"1": "documents", "2": "opening", "3": "candidates"}[value(e, set.kind)], one.Against)
			}
			refs = append(refs, docket.Ref{Dataset: e.Dataset, Key: e.Key, Origin: e.Origin})
			for j := range o.view.Entries {
				r := &o.view.Entries[j]
				if r.Dataset != set.reply || r.Deleted || value(r, set.id) != one.Key {
					continue
				}
				if back, ok := trade.ParseMoment(value(r, set.replied)); ok && (one.Answered == "" || back.Day().String() < one.Answered) {
					one.Answered = back.Day().String()
				}
				refs = append(refs, docket.Ref{Dataset: r.Dataset, Key: r.Key, Origin: r.Origin})
			}
			one.Reported = slices.ContainsFunc(told, func(t *supervise.Objection) bool {
				return t.Source == one.Key && t.State != supervise.ObjectionDropped
			})
			list = append(list, one)
		}
	}
	return list, refs
}

func (s *Server) listObjections(ctx context.Context, in *objectionsInput) (*out[ObjectionList], error) {
	list := ObjectionList{Items: []ObjectionItem{}}
	who, audience := identity.Who(ctx), readerOf(ctx).Audience
	if s.cfg.Objections == nil || audience != disclose.Supervisor && audience != disclose.Auditor && !who.In(identity.Tenderer) {
		return &out[ObjectionList]{list}, nil
	}
	all, err := s.cfg.Objections.All(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	sides := map[string]*objectionSide{}
	for _, o := range slices.Backward(all) {
		open := o.State == supervise.ObjectionAwaited || o.State == supervise.ObjectionReceived
		if in.State == "open" && !open || in.State == "ended" && open || who.In(identity.Tenderer) && o.Org != who.Post.Org {
			continue
		}
		side := sides[o.Docket]
		if side == nil {
			d, err := s.docket(ctx, o.Docket)
			if err != nil {
				return nil, s.fault(ctx, err)
			}
			if d == nil {
				continue
			}
			side = s.objectionSide(ctx, d)
			sides[o.Docket] = side
		}
		if !side.sees(o) {
			continue
		}
		if list.Total++; len(list.Items) == 500 {
			continue
		}
		it, err := s.objectionItem(ctx, side, o)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		list.Items = append(list.Items, it)
	}
	return &out[ObjectionList]{list}, nil
}

func (s *Server) docketObjections(ctx context.Context, in *docketInput) (*out[ObjectionStanding], error) {
	d, err := s.docket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil {
		return nil, notFound(ctx)
	}
	side := s.objectionSide(ctx, d)
	if side.view == nil {
		return nil, notFound(ctx)
	}
	body := ObjectionStanding{Items: []ObjectionItem{}, Sources: []ObjectionSource{}}
	if s.cfg.Objections == nil || side.org == "" && !side.audited {
		return &out[ObjectionStanding]{body}, nil
	}
	of, err := s.cfg.Objections.Of(ctx, d.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body.MayReport, body.MayRemind = side.org != "", side.handle && len(side.codes) > 0
	var refs []docket.Ref
	if body.Sources, refs = side.sources(of); len(refs) > 0 {
		if err := s.noteRows(ctx, side.view, refs); err != nil {
			return nil, s.fault(ctx, err)
		}
	}
	for _, o := range of {
		if !side.sees(o) {
			continue
		}
		it, err := s.objectionItem(ctx, side, o)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		body.Items = append(body.Items, it)
	}
	return &out[ObjectionStanding]{body}, nil
}

func (s *Server) reportObjection(ctx context.Context, in *reportInput) (*out[*ObjectionItem], error) {
	d, err := s.docket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil {
		return nil, notFound(ctx)
	}
	side := s.objectionSide(ctx, d)
	b := &in.Body
	kind := supervise.ObjectionKind(b.Act)
	switch {
	case side.view == nil:
		return nil, notFound(ctx)
	case s.cfg.Objections == nil:
		return nil, problemUnavailable.problem(requestID(ctx), "")
	case kind == supervise.Received && side.org == "", kind == supervise.Reminded && (!side.handle || len(side.codes) == 0):
		return nil, problemNotTenderer.problem(requestID(ctx), "")
	case kind != supervise.Received && kind != supervise.Reminded:
		return nil, s.objectionProblem(ctx, "body.act", "须先报告收到异议或催报 / report first that it came, or ask for the report")
	}
	act := supervise.ObjectionAct{Org: side.org, OrgName: identity.Who(ctx).Post.Title, Source: strings.TrimSpace(b.Source)}
	if kind == supervise.Reminded {
		act.Org, act.OrgName = side.codes[0], side.names[0]
	}
	if act.Source != "" {
		of, err := s.cfg.Objections.Of(ctx, d.ID)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		if slices.ContainsFunc(of, func(o *supervise.Objection) bool {
			return o.Source == act.Source && o.State != supervise.ObjectionDropped
		}) {
			return nil, s.objectionProblem(ctx, "body.source", "该异议已报告或已催报 / it is reported already, or asked for")
		}
	}
	return s.doObjection(ctx, side, act, b)
}

func (s *Server) actOnObjection(ctx context.Context, in *objectionActInput) (*out[*ObjectionItem], error) {
	if s.cfg.Objections == nil {
		return nil, problemUnavailable.problem(requestID(ctx), "")
	}
	all, err := s.cfg.Objections.All(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	i := slices.IndexFunc(all, func(o *supervise.Objection) bool { return o.ID == in.ID })
	if i < 0 {
		return nil, notFound(ctx)
	}
	d, err := s.docket(ctx, all[i].Docket)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil {
		return nil, notFound(ctx)
	}
	side := s.objectionSide(ctx, d)
	kind := supervise.ObjectionKind(in.Body.Act)
	switch {
	case !side.sees(all[i]): // that there is one is not theirs to know
		return nil, notFound(ctx)
	case kind.OfTenderer() && side.org == "", !kind.OfTenderer() && !side.handle:
		return nil, problemNotTenderer.problem(requestID(ctx), "")
	}
	return s.doObjection(ctx, side, supervise.ObjectionAct{Objection: all[i].ID, Org: all[i].Org, OrgName: all[i].OrgName}, &in.Body)
}

func (s *Server) objectionProblem(ctx context.Context, field, message string) error {
	p := problemObjection.problem(requestID(ctx), "")
	p.Errors = []ProblemField{{Field: field, Message: message}}
	return p
}

func (s *Server) doObjection(ctx context.Context, side *objectionSide, act supervise.ObjectionAct, b *ObjectionBody) (*out[*ObjectionItem], error) {
	if b.Lot != "" && !slices.ContainsFunc(side.d.Lots, func(l docket.Lot) bool { return l.Code == b.Lot }) {
		return nil, s.objectionProblem(ctx, "body.lot", "案卷中没有该标段 / the docket has no such lot")
	}
	for _, day := range []struct{ field, value string }{{"body.day", b.Day}, {"body.paused", b.Paused}, {"body.resumed", b.Resumed}} {
		if at, err := trade.ParseDay(day.value); err == nil && at > trade.DayOf(s.cfg.Clock()) {
			return nil, s.objectionProblem(ctx, day.field, "不能晚于今天 / it cannot be later than today")
		}
	}
	me := s.actor(ctx)
	act.Kind, act.Docket, act.Lot, act.Against, act.Day, act.Paused, act.Resumed = supervise.ObjectionKind(b.Act), side.d.ID, b.Lot, supervise.Against(b.Against), b.Day, b.Paused, b.Resumed
	act.Objector, act.Outcome, act.Text = strings.TrimSpace(b.Objector), supervise.Outcome(b.Outcome), strings.TrimSpace(b.Text)
	act.Person, act.Name, act.Office = me.Person, me.Name, me.Office
	if me.For != nil {
		act.ForName = me.For.Name
	}
	after, err := s.cfg.Objections.Do(ctx, act)
	if errors.Is(err, supervise.ErrAct) {
		return nil, s.objectionProblem(ctx, "body", strings.TrimPrefix(err.Error(), supervise.ErrAct.Error()+": "))
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	it, err := s.objectionItem(ctx, side, after)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[*ObjectionItem]{&it}, nil
}
