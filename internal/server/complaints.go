package server

import (
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

// Complaints keeps complaints and what is done about them; refold.Complaints is one.
type Complaints interface {
	// Do appends an act to the log and gives the complaint that follows. Errors that
	// wrap supervise.ErrAct say why it cannot be.
	Do(ctx context.Context, act supervise.ComplaintAct) (*supervise.Complaint, error)
	// Of reads the complaints about a docket, All those about all.
	Of(ctx context.Context, docket string) ([]*supervise.Complaint, error)
	All(ctx context.Context) ([]*supervise.Complaint, error)
}

var (
	problemNotParty   = kind{"A092", 403, "仅交易当事人可以提起投诉", "Only a party to trades lodges a complaint", "以当事人岗位登录；没有账号的，可书面向行政监督部门投诉", "Sign in with a party's post; who has none complains to the supervising department in writing", "never"}
	problemNotHandler = kind{"A093", 403, "仅有管辖权的行政监督部门处理投诉", "Only the supervising department in whose jurisdiction the trade lies handles a complaint", "切换到有管辖权的岗位", "Switch to a post that has the jurisdiction", "never"}
	problemComplaint  = kind{"A094", 422, "投诉操作未被接受", "The act upon the complaint was not taken", "按提示修改后重试", "Mend it as it says and try again", "after mending"}
)

// noteComplaint is the class/seal under which it is noted who reads who complained.
const noteComplaint = disclose.NotedComplaint

// ComplaintDuty is what the supervising department has to do next, and by when.
type ComplaintDuty struct {
	What        string `json:"what" enum:"admit,decide" doc:"admit: say whether it is accepted; decide: decide it"`
	Last        string `json:"last" format:"date" doc:"The last day"`
	Late        bool   `json:"late,omitzero" doc:"It is over"`
	Article     string `json:"article"`
	Unverified  bool   `json:"unverified,omitzero" doc:"The days were not read in the law's own text"`
	Provisional bool   `json:"provisional,omitzero" doc:"Days counted beyond the calendar's last known year"`
}

// ComplaintGround is one condition of admissibility.
type ComplaintGround struct {
	ID         string         `json:"id" enum:"days,objection,party"`
	Result     string         `json:"result" enum:"met,not-met,unknown"`
	Words      disclose.Words `json:"words"`
	Article    string         `json:"article"`
	Unverified bool           `json:"unverified,omitzero"`
}

// ComplaintInner is what only the complainant, those who handle it and auditors see.
type ComplaintInner struct {
	Claim    string                   `json:"claim"`
	Known    string                   `json:"known" format:"date" doc:"The day on which the complainant knew, as they say"`
	Objected string                   `json:"objected,omitempty" format:"date" doc:"The day on which they objected first, as they say"`
	Org      string                   `json:"org" doc:"Unified credit code of the complainant"`
	OrgName  string                   `json:"org_name"`
	Name     string                   `json:"name,omitempty" doc:"Who lodged it for them"`
	Grounds  []ComplaintGround        `json:"grounds,omitempty" doc:"Conditions of admissibility; a help, the department decides"`
	History  []supervise.ComplaintAct `json:"history" doc:"What was done, in order"`
}

// ComplaintItem is one complaint as its reader may see it.
type ComplaintItem struct {
	ID        string          `json:"id"`
	Docket    string          `json:"docket"`
	Title     string          `json:"title,omitempty" doc:"Of the docket"`
	Lot       string          `json:"lot,omitempty" doc:"Absent: the whole docket"`
	Against   string          `json:"against" enum:"documents,opening,candidates,other"`
	State     string          `json:"state" enum:"lodged,returned,declined,accepted,decided,retracted"`
	Lodged    time.Time       `json:"lodged"`
	Ended     *time.Time      `json:"ended,omitempty"`
	Suspended bool            `json:"suspended,omitzero" doc:"The trade is ordered to pause"`
	Outcome   string          `json:"outcome,omitempty" enum:"upheld,partly,rejected"`
	Decision  string          `json:"decision,omitempty" doc:"As published, without the complainant"`
	By        string          `json:"by,omitempty" doc:"Who decided"`
	Mine      bool            `json:"mine,omitzero" doc:"You lodged it"`
	Due       *ComplaintDuty  `json:"due,omitempty"`
	May       []string        `json:"may,omitempty" doc:"Acts that you may do now"`
	Inner     *ComplaintInner `json:"inner,omitempty"`
}

// ComplaintList is a list of complaints.
type ComplaintList struct {
	Items []ComplaintItem `json:"items"`
	Total int             `json:"total" doc:"That you may see; items are at most 500 of them, the latest"`
}

// ComplaintStanding is what of the complaints about a docket its reader may see:
// for everybody the decisions, and whether a pause is ordered.
type ComplaintStanding struct {
	Suspended bool            `json:"suspended" doc:"The supervising department has ordered a pause while a complaint is examined"`
	Items     []ComplaintItem `json:"items" doc:"The decided ones; for the complainant, those who handle them and auditors all"`
	MayLodge  bool            `json:"may_lodge,omitzero" doc:"You may lodge one"`
}

type complaintsInput struct {
	State string `query:"state" enum:"open,ended,all" default:"open" doc:"open: somebody has still to act"`
}

type lodgeInput struct {
	ID   string `path:"id" maxLength:"200" doc:"Id of the docket"`
	Body struct {
		Lot      string `json:"lot,omitempty" maxLength:"200" doc:"Code of the lot; absent: the whole docket"`
		Against  string `json:"against" enum:"documents,opening,candidates,other"`
		Known    string `json:"known" format:"date" doc:"The day on which you knew, or should have known"`
		Objected string `json:"objected,omitempty" format:"date" doc:"The day on which you objected first"`
		Text     string `json:"text" minLength:"1" maxLength:"8000" doc:"What you complain of, with its facts and what you ask for"`
	}
}

type complaintActInput struct {
	ID   string `path:"complaint" maxLength:"64" doc:"Id of the complaint"`
	Body struct {
		Act     string `json:"act" enum:"return,supplement,decline,accept,suspend,resume,decide,retract"`
		Outcome string `json:"outcome,omitempty" enum:"upheld,partly,rejected" doc:"Of decide"`
		Text    string `json:"text,omitempty" maxLength:"8000" doc:"The reason; of decide the decision as it is published: without the complainant"`
	}
}

func (s *Server) routesComplaints() {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Description: description, Tags: []string{"complaints"},
			Errors: append(errs, 401, 422, 500, 503), Security: []map[string][]string{{}, {"token": {}}},
		}
	}
	huma.Register(s.api, op("list-complaints", http.MethodGet, "/complaints", "Complaints 投诉", "Those that you lodged, or that lie in your jurisdiction; auditors see all; empty for all others. The latest first."), s.listComplaints)
	huma.Register(s.api, op("docket-complaints", http.MethodGet, "/dockets/{id}/complaints", "Complaints about a docket 案卷的投诉", "For everybody the decisions and whether a pause is ordered; who complained is seen by them, by those who handle it and by auditors alone (招标投标法实施条例 第六十二条; reading it is noted).", 404), s.docketComplaints)
	huma.Register(s.api, op("lodge-complaint", http.MethodPost, "/dockets/{id}/complaints", "Lodge a complaint 提起投诉", "For a party to trades, in person.", 403, 404), s.lodgeComplaint)
	huma.Register(s.api, op("act-on-complaint", http.MethodPost, "/complaints/{complaint}/acts", "Act upon a complaint 处理投诉", "The complainant supplements or retracts it; the supervising department in whose jurisdiction the trade lies returns, declines, accepts, orders a pause, decides. Each act is a record of the log.", 403, 404), s.actOnComplaint)
}

// A seen complaint is one with how its reader stands to it.
type seenComplaint struct {
	*supervise.Complaint
	d                    *docket.Docket
	mine, handle, inside bool // lodged by the reader; may be handled by them; its inner part is theirs to see
}

// complaintFor says how the reader stands to a complaint.
func (s *Server) complaintFor(ctx context.Context, c *supervise.Complaint, d *docket.Docket) seenComplaint {
	r, me := readerOf(ctx), identity.Who(ctx)
	seen := seenComplaint{Complaint: c, d: d, mine: me.Person != "" && me.Person == c.Person && me.Post.Role == identity.Bidder}
	seat := r.Seat(d, s.cfg.Clock())
	seen.handle = seat == disclose.NumberSupervisor && me.Person != "" && me.Person != c.Person
	seen.inside = seen.mine || seat == disclose.NumberSupervisor || seat == disclose.NumberAuditor
	return seen
}

// complaintItem makes what the reader may see of a complaint; nothing of who
// complained is in it unless that was noted.
func (s *Server) complaintItem(ctx context.Context, c seenComplaint) (ComplaintItem, error) {
	it := ComplaintItem{
		ID: c.ID, Docket: c.Docket, Title: s.titleFor(ctx, c.d), Lot: c.Lot, Against: string(c.Against), State: string(c.State), Lodged: c.At, Suspended: c.Suspended,
		Outcome: string(c.Finding), Mine: c.mine,
	}
	if !c.Ended.IsZero() {
		it.Ended = &c.Ended
	}
	if c.State == supervise.Decided || c.inside {
		it.Decision, it.By = c.Decision, c.By
	}
	if !c.inside {
		return it, nil
	}
	if !c.mine {
		if err := s.note(ctx, c.Docket, noteComplaint); err != nil {
			return it, err
		}
	}
	now := s.cfg.Clock()
	if due := c.Due(c.d.Class); due != nil {
		it.Due = &ComplaintDuty{What: due.What, Last: due.Last.String(), Late: trade.DayOf(now) > due.Last, Article: due.Term.Article, Unverified: due.Term.Unverified(), Provisional: due.Provisional}
	}
	who := identity.Who(ctx).Person
	for _, kind := range supervise.ComplaintKinds() {
		if kind != supervise.Lodge && (kind.OfParty() && c.mine || !kind.OfParty() && c.handle) && c.May(kind, who) == nil {
			it.May = append(it.May, string(kind))
		}
	}
	it.Inner = &ComplaintInner{Claim: c.Text, Known: c.Known, Objected: c.Objected, Org: c.Org, OrgName: c.OrgName, Name: c.Name, History: slices.Clone(c.Acts)}
	if !c.handle && c.mine { // the department answers, not its clerk
		for i := range it.Inner.History {
			if a := &it.Inner.History[i]; a.Person != who {
				a.Person, a.Name, a.ForName = "", "", ""
			}
		}
	}
	if c.handle && c.State.Open() {
		for _, g := range c.Grounds(c.d.Class, s.tookPart(ctx, c)) {
			it.Inner.Grounds = append(it.Inner.Grounds, ComplaintGround{ID: g.ID, Result: g.Result, Words: disclose.Words{ZH: g.ZH, EN: g.EN}, Article: g.Article, Unverified: g.Unverified})
		}
	}
	return it, nil
}

// titleFor is a docket's title as the reader's own view has it.
func (s *Server) titleFor(ctx context.Context, d *docket.Docket) string {
	if v := disclose.View(d, readerOf(ctx), s.cfg.Clock()); v != nil {
		return v.Title
	}
	return ""
}

// tookPart says whether the complainant is among the bidders that the reader
// sees: before the opening nobody knows.
func (s *Server) tookPart(ctx context.Context, c seenComplaint) string {
	v := disclose.View(c.d, readerOf(ctx), s.cfg.Clock())
	if v == nil {
		return supervise.Unknown
	}
	result := supervise.Unknown
	for i := range v.Entries {
		e := &v.Entries[i]
		for j := range e.Fields {
			f := &e.Fields[j]
			if e.Deleted || f.State != "" || (f.Name != "BIDDER_ORG_CODE" && f.Name != "BIDDER_CODE") {
				continue
			}
			if f.Value == c.Org {
				return supervise.Met
			}
			result = supervise.NotMet
		}
	}
	return result
}

func (s *Server) listComplaints(ctx context.Context, in *complaintsInput) (*out[ComplaintList], error) {
	list := ComplaintList{Items: []ComplaintItem{}}
	who := identity.Who(ctx)
	audience := readerOf(ctx).Audience
	if s.cfg.Complaints == nil || audience != disclose.Supervisor && audience != disclose.Auditor && who.Post.Role != identity.Bidder {
		return &out[ComplaintList]{list}, nil
	}
	all, err := s.cfg.Complaints.All(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for _, c := range slices.Backward(all) {
		if in.State == "open" && !c.State.Open() || in.State == "ended" && c.State.Open() {
			continue
		}
		d, err := s.docket(ctx, c.Docket)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		if d == nil {
			continue
		}
		seen := s.complaintFor(ctx, c, d)
		if !seen.inside {
			continue
		}
		if list.Total++; len(list.Items) == 500 {
			continue
		}
		it, err := s.complaintItem(ctx, seen)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		list.Items = append(list.Items, it)
	}
	return &out[ComplaintList]{list}, nil
}

func (s *Server) docketComplaints(ctx context.Context, in *docketInput) (*out[ComplaintStanding], error) {
	d, err := s.docket(ctx, in.ID)
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case d == nil || disclose.View(d, readerOf(ctx), s.cfg.Clock()) == nil:
		return nil, notFound(ctx)
	}
	body := ComplaintStanding{Items: []ComplaintItem{}}
	if s.cfg.Complaints == nil {
		return &out[ComplaintStanding]{body}, nil
	}
	body.MayLodge = identity.Who(ctx).Post.Role == identity.Bidder
	of, err := s.cfg.Complaints.Of(ctx, d.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for _, c := range of {
		body.Suspended = body.Suspended || c.Suspended
		seen := s.complaintFor(ctx, c, d)
		if !seen.inside && c.State != supervise.Decided {
			continue
		}
		it, err := s.complaintItem(ctx, seen)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		body.Items = append(body.Items, it)
	}
	return &out[ComplaintStanding]{body}, nil
}

func (s *Server) lodgeComplaint(ctx context.Context, in *lodgeInput) (*out[*ComplaintItem], error) {
	who := identity.Who(ctx)
	if who.Person == "" || who.Post.Role != identity.Bidder {
		return nil, problemNotParty.problem(requestID(ctx), "")
	}
	d, err := s.docket(ctx, in.ID)
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case d == nil || disclose.View(d, readerOf(ctx), s.cfg.Clock()) == nil:
		return nil, notFound(ctx)
	case s.cfg.Complaints == nil:
		return nil, problemUnavailable.problem(requestID(ctx), "")
	}
	b := &in.Body
	if b.Lot != "" && !slices.ContainsFunc(d.Lots, func(l docket.Lot) bool { return l.Code == b.Lot }) {
		return nil, s.complaintProblem(ctx, "body.lot", "案卷中没有该标段 / the docket has no such lot")
	}
	if day, err := trade.ParseDay(b.Known); err == nil && day > trade.DayOf(s.cfg.Clock()) {
		return nil, s.complaintProblem(ctx, "body.known", "知道之日不能晚于今天 / the day on which you knew cannot be later than today")
	}
	act := s.complaintAct(ctx, supervise.Lodge, d.ID, b.Text)
	act.Lot, act.Against, act.Known, act.Objected, act.Org, act.OrgName = b.Lot, supervise.Against(b.Against), b.Known, b.Objected, who.Post.Org, who.Post.Title
	return s.doComplaint(ctx, act, d)
}

func (s *Server) complaintAct(ctx context.Context, kind supervise.ComplaintKind, docket, text string) supervise.ComplaintAct {
	me := s.actor(ctx)
	act := supervise.ComplaintAct{Kind: kind, Docket: docket, Text: strings.TrimSpace(text), Person: me.Person, Name: me.Name, Office: me.Office}
	if me.For != nil {
		act.ForName = me.For.Name
	}
	return act
}

func (s *Server) complaintProblem(ctx context.Context, field, message string) error {
	p := problemComplaint.problem(requestID(ctx), "")
	p.Errors = []ProblemField{{Field: field, Message: message}}
	return p
}

func (s *Server) doComplaint(ctx context.Context, act supervise.ComplaintAct, d *docket.Docket) (*out[*ComplaintItem], error) {
	after, err := s.cfg.Complaints.Do(ctx, act)
	if errors.Is(err, supervise.ErrAct) {
		return nil, s.complaintProblem(ctx, "body", strings.TrimPrefix(err.Error(), supervise.ErrAct.Error()+": "))
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	it, err := s.complaintItem(ctx, s.complaintFor(ctx, after, d))
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[*ComplaintItem]{&it}, nil
}

func (s *Server) actOnComplaint(ctx context.Context, in *complaintActInput) (*out[*ComplaintItem], error) {
	if s.cfg.Complaints == nil {
		return nil, problemUnavailable.problem(requestID(ctx), "")
	}
	all, err := s.cfg.Complaints.All(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	i := slices.IndexFunc(all, func(c *supervise.Complaint) bool { return c.ID == in.ID })
	if i < 0 {
		return nil, notFound(ctx)
	}
	d, err := s.docket(ctx, all[i].Docket)
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case d == nil:
		return nil, notFound(ctx)
	}
	c := s.complaintFor(ctx, all[i], d)
	kind := supervise.ComplaintKind(in.Body.Act)
	switch {
	case !c.inside: // that there is one is not theirs to know
		return nil, notFound(ctx)
	case kind.OfParty() && !c.mine, !kind.OfParty() && !c.handle:
		return nil, problemNotHandler.problem(requestID(ctx), "")
	case !kind.OfParty() && s.cfg.Accounts != nil: // what binds others asks anew who it is
		if err := s.cfg.Accounts.NeedProof(identity.Who(ctx)); err != nil {
			return nil, s.accountFault(ctx, err)
		}
	}
	if kind == supervise.Decide && c.names(in.Body.Text) {
		return nil, s.complaintProblem(ctx, "body.text", "决定公布时不得出现投诉人：请删去其名称、代码或姓名 / the decision is published without the complainant: take out their name and code")
	}
	act := s.complaintAct(ctx, kind, d.ID, in.Body.Text)
	act.Complaint, act.Outcome = c.ID, supervise.Outcome(in.Body.Outcome)
	return s.doComplaint(ctx, act, d)
}

// names reports whether a text names the complainant.
func (c *seenComplaint) names(text string) bool {
	return slices.ContainsFunc([]string{c.Org, c.OrgName, c.Name}, func(n string) bool { return n != "" && strings.Contains(text, n) })
}
