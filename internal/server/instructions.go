package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/identity"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

var (
	problemNotInstructor = kind{"A088", 403, "监督指令由有管辖权的监督部门具名人员下达", "Instructions are given by named people of the supervisors in whose jurisdiction it lies", "以监督岗位登录；审计只读", "Sign in with a supervisor's post; auditors read", "never"}
	problemInstruction   = kind{"A089", 409, "该指令现在不能这样处理", "This cannot be done about the instruction now", "原因见 errors；刷新后再看其现状", "errors says why; read how it stands", "never"}
)

// Instructions keeps what trading systems are told; *refold.Instructions are some.
type Instructions interface {
	// Do appends a supervisor's step to the log, and gives the instruction that
	// follows. Errors that wrap supervise.ErrAct say why it was not taken, those
	// that wrap supervise.ErrNoInstruction that there is none.
	Do(ctx context.Context, act supervise.InstructionAct) (*supervise.Instruction, error)
}

// InstructionList is instructions to trading systems, the newest first.
type InstructionList struct {
	Items []InstructionView `json:"items"`
	Next  string            `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// DocketInstructions are the instructions about one docket, with what may be
// given anew.
type DocketInstructions struct {
	Items   []InstructionView           `json:"items" doc:"The newest first"`
	MayGive bool                        `json:"may_give" doc:"It lies in your jurisdiction: you may give instructions"`
	Targets []InstructionTarget         `json:"targets" doc:"Trading systems that sent it, to which instructions can go; who sent most first"`
	Lots    []string                    `json:"lots"`
	Rules   []supervise.InstructionRule `json:"rules" doc:"How soon each kind is to be answered, on what it rests, and whether it needs two persons"`
}

// InstructionTarget is a trading system to which instructions can go.
type InstructionTarget struct {
	Platform string `json:"platform" doc:"Platform code"`
	Source   string `json:"source" doc:"Registered name"`
}

// InstructionView is one instruction as it stands now.
type InstructionView struct {
	supervise.Instruction
	Standing supervise.Standing   `json:"standing" doc:"What is due when, whether it is overdue, how many departments up it has climbed"`
	Title    string               `json:"title,omitempty" doc:"Of the docket"`
	Region   string               `json:"region,omitempty"`
	Class    string               `json:"class,omitempty"`
	Source   string               `json:"source,omitempty" doc:"Registered name of the trading system"`
	With     *jurisdiction.Office `json:"with,omitempty" doc:"The department to which it has climbed"`
	May      []string             `json:"may" doc:"Steps that you may take now: second, turn (turn down), recall"`
}

type instructionsInput struct {
	PageInput
	Show string `query:"show" enum:"open,second,overdue,all" default:"open" doc:"open: something is still to be done; second: proposals that wait for another person, such as you; overdue: a term is over"`
}

// GiveBody gives an instruction.
type GiveBody struct {
	Kind string `json:"kind" enum:"ask,correct,pause,resume,stop,reevaluate" doc:"stop and reevaluate go out once another person has seconded them"`
	To   string `json:"to" minLength:"1" maxLength:"200" doc:"Platform code of one of the docket's trading systems"`
	Lot  string `json:"lot,omitempty" maxLength:"200" doc:"Absent: the whole tender"`
	Text string `json:"text" minLength:"1" maxLength:"2000" doc:"What to do, and why; the trading system reads it"`
	Days int    `json:"days,omitzero" minimum:"1" maximum:"60" doc:"Working days to carry it out, in place of the rule's term"`
}

// StepBody decides an instruction.
type StepBody struct {
	Step string `json:"step" enum:"second,turn,recall" doc:"second and turn (turn down): by another person than who proposed it; recall: by who gave it"`
	Text string `json:"text,omitempty" maxLength:"2000" doc:"Of turn and recall: the reason, required"`
}

func (s *Server) routesInstructions() {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Description: description, Tags: []string{"instructions"},
			Errors: append(errs, 401, 422, 500, 503), Security: []map[string][]string{{"token": {}}},
		}
	}
	huma.Register(s.api, op("list-instructions", http.MethodGet, "/instructions", "Instructions 监督指令",
		"What trading systems were told, with what became of it. For supervisors in their jurisdiction and auditors; empty for all others."), s.listInstructions)
	huma.Register(s.api, op("list-docket-instructions", http.MethodGet, "/dockets/{id}/instructions", "Instructions about a docket 案卷的监督指令",
		"For the docket's supervisors and auditors; not found for all others.", 404), s.docketInstructions)
	huma.Register(s.api, op("give-instruction", http.MethodPost, "/dockets/{id}/instructions", "Give an instruction 下达监督指令",
		"A record of the log, before it leaves. It needs a fresh proof of who gives it. Of a kind that needs two persons it is a proposal, and goes out once another has seconded it.", 403, 404, 409), s.giveInstruction)
	huma.Register(s.api, op("decide-instruction", http.MethodPost, "/instructions/{id}", "Second, turn down or recall 附议、退回或撤回",
		"A record of the log. It needs a fresh proof of who does it.", 403, 404, 409), s.decideInstruction)
}

// seesInstructions says whether a reader sees the instructions about dockets of
// a region and class.
func seesInstructions(r disclose.Reader, region, class string, at time.Time) bool {
	return r.Audience == disclose.Auditor || r.InJurisdiction(region, class, at)
}

func (s *Server) listInstructions(ctx context.Context, in *instructionsInput) (*out[InstructionList], error) {
	const name = "instructions"
	place, err := s.cursors.open(name, in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	body := InstructionList{Items: []InstructionView{}}
	r := readerOf(ctx)
	if r.Audience != disclose.Supervisor && r.Audience != disclose.Auditor {
		return &out[InstructionList]{body}, nil
	}
	f := store.InstructionFilter{Open: in.Show != "all", Limit: 200}
	f.Before, _ = strconv.ParseInt(place, 10, 64) // "" is the beginning; ours otherwise
	names := s.platformNames(ctx)
	for looked := 0; ; {
		rows, err := s.cfg.Store.Instructions(ctx, f)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		for i := range rows {
			looked++
			f.Before = rows[i].Given
			if !seesInstructions(r, rows[i].Region, rows[i].Class, s.cfg.Clock()) {
				continue
			}
			v, err := s.instructionView(ctx, &rows[i], names)
			if err != nil {
				return nil, s.fault(ctx, err)
			}
			if !v.shown(in.Show) {
				continue
			}
			if body.Items = append(body.Items, *v); len(body.Items) == in.Limit {
				break
			}
		}
		more := len(rows) == f.Limit || len(body.Items) == in.Limit && len(rows) > 0 && f.Before != rows[len(rows)-1].Given
		if full := len(body.Items) == in.Limit || looked >= maxScan; more && full {
			body.Next = s.cursors.seal(name, strconv.FormatInt(f.Before, 10))
			break
		}
		if !more {
			break
		}
	}
	return &out[InstructionList]{body}, nil
}

// shown reports whether a list of this sort has the instruction.
func (v *InstructionView) shown(show string) bool {
	switch show {
	case "open":
		return v.Standing.State != supervise.Lapsed
	case "second":
		return v.Standing.State == supervise.Waiting
	case "overdue":
		return v.Standing.Overdue
	}
	return true
}

// platformNames are the registered names of trading systems by platform code.
func (s *Server) platformNames(ctx context.Context) map[string]string {
	names := map[string]string{}
	if s.cfg.Vendors == nil {
		return names
	}
	list, err := s.cfg.Vendors.List(ctx)
	if err != nil { // a name is only help
		s.cfg.Log.ErrorContext(ctx, "names of trading systems", "error", err)
	}
	for _, src := range list {
		for _, p := range src.Platforms {
			names[p] = src.Name
		}
	}
	return names
}

func (s *Server) instructionView(ctx context.Context, row *store.InstructionRow, names map[string]string) (*InstructionView, error) {
	v := &InstructionView{Title: row.Title, Region: row.Region, Class: row.Class, Source: names[row.Platform], May: []string{}}
	if err := json.Unmarshal(row.Body, &v.Instruction); err != nil {
		return nil, fmt.Errorf("stored instruction %q cannot be read", row.ID)
	}
	r, at := readerOf(ctx), s.cfg.Clock()
	v.Standing = v.At(at)
	if who := identity.Who(ctx); who.Person != "" && r.InJurisdiction(row.Region, row.Class, at) {
		hand := s.hand(ctx)
		for _, step := range []supervise.Step{supervise.Second, supervise.Turn, supervise.Recall} {
			if v.Instruction.May(step, hand, at) == nil {
				v.May = append(v.May, string(step))
			}
		}
	}
	if v.Standing.Climbed == 0 {
		return v, nil
	}
	d, err := s.docket(ctx, row.Docket)
	if err != nil || d == nil {
		return v, err
	}
	if seen := disclose.View(d, r, at); seen != nil && seen.Competent != nil && len(seen.Competent.Offices) > 0 {
		if above := seen.Competent.Offices[0].Above; len(above) > 0 {
			v.With = &above[min(v.Standing.Climbed, len(above))-1]
		}
	}
	return v, nil
}

// hand is who acts, as the rule of two persons knows them.
func (s *Server) hand(ctx context.Context) supervise.Hand {
	me := s.actor(ctx)
	h := supervise.Hand{Person: me.Person}
	if me.For != nil {
		h.For = me.For.Person
	}
	return h
}

// seenDocket gives a docket whose instructions the reader sees; nil: none.
func (s *Server) seenDocket(ctx context.Context, id string) (*docket.Docket, error) {
	d, err := s.docket(ctx, id)
	if err != nil || d == nil || !seesInstructions(readerOf(ctx), d.Region, d.Class, s.cfg.Clock()) {
		return nil, err
	}
	return d, nil
}

// targets are the trading systems to which instructions about a docket can go.
// One that is not registered would never ask for them.
func targets(d *docket.Docket, names map[string]string) []InstructionTarget {
	sent := map[string]int{}
	for i := range d.Live {
		sent[d.Live[i].Origin]++
	}
	out := []InstructionTarget{}
	for _, o := range slices.Sorted(maps.Keys(sent)) {
		if names[o] != "" {
			out = append(out, InstructionTarget{o, names[o]})
		}
	}
	slices.SortStableFunc(out, func(a, b InstructionTarget) int { return cmp.Compare(sent[b.Platform], sent[a.Platform]) })
	return out
}

func (s *Server) docketInstructions(ctx context.Context, in *docketInput) (*out[DocketInstructions], error) {
	d, err := s.seenDocket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil {
		return nil, notFound(ctx)
	}
	rows, err := s.cfg.Store.Instructions(ctx, store.InstructionFilter{Docket: d.ID, Limit: 1000})
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	at, names := s.cfg.Clock(), s.platformNames(ctx)
	body := DocketInstructions{Items: []InstructionView{}, Targets: targets(d, names), Lots: []string{}, Rules: []supervise.InstructionRule{}}
	body.MayGive = s.cfg.Instructions != nil && identity.Who(ctx).Person != "" && readerOf(ctx).InJurisdiction(d.Region, d.Class, at)
	for i := range rows {
		v, err := s.instructionView(ctx, &rows[i], names)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		body.Items = append(body.Items, *v)
	}
	for i := range d.Lots {
		if d.Lots[i].Code != "" {
			body.Lots = append(body.Lots, d.Lots[i].Code)
		}
	}
	for _, k := range supervise.InstructionKinds() {
		if rule, ok := supervise.InstructionRuleAt(k, at); ok {
			body.Rules = append(body.Rules, rule)
		}
	}
	return &out[DocketInstructions]{body}, nil
}

func (s *Server) giveInstruction(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"200" doc:"Tender project code, or ocid"`
	Body GiveBody
},
) (*out[*InstructionView], error) {
	d, err := s.seenDocket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil {
		return nil, notFound(ctx)
	}
	if !slices.ContainsFunc(targets(d, s.platformNames(ctx)), func(t InstructionTarget) bool { return t.Platform == in.Body.To }) {
		return nil, badField(ctx, "to", errors.New("该案卷没有这一已登记的交易系统 / the docket has no registered trading system of this platform code"))
	}
	if in.Body.Lot != "" && !slices.ContainsFunc(d.Lots, func(l docket.Lot) bool { return l.Code == in.Body.Lot }) {
		return nil, badField(ctx, "lot", errors.New("该案卷没有这一标段 / the docket has no such lot"))
	}
	act := supervise.InstructionAct{Step: supervise.Give, Kind: supervise.InstructionKind(in.Body.Kind), Docket: d.ID, To: in.Body.To, Lot: in.Body.Lot, Text: strings.TrimSpace(in.Body.Text)}
	if in.Body.Days > 0 {
		act.Until = supervise.Term(strconv.Itoa(in.Body.Days) + "wd")
	}
	return s.instruct(ctx, d.Region, d.Class, act)
}

func (s *Server) decideInstruction(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"64" doc:"Id of the instruction"`
	Body StepBody
},
) (*out[*InstructionView], error) {
	row, err := s.cfg.Store.Instruction(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if row == nil || !seesInstructions(readerOf(ctx), row.Region, row.Class, s.cfg.Clock()) {
		return nil, notFound(ctx)
	}
	return s.instruct(ctx, row.Region, row.Class, supervise.InstructionAct{Step: supervise.Step(in.Body.Step), Instruction: row.ID, Docket: row.Docket, Text: strings.TrimSpace(in.Body.Text)})
}

// instruct takes one step about an instruction of a docket of this region and
// class, for who may.
func (s *Server) instruct(ctx context.Context, region, class string, act supervise.InstructionAct) (*out[*InstructionView], error) {
	who := identity.Who(ctx)
	switch {
	case who.Person == "" || who.Stage != identity.Open || !readerOf(ctx).InJurisdiction(region, class, s.cfg.Clock()):
		return nil, problemNotInstructor.problem(requestID(ctx), "")
	case s.cfg.Instructions == nil:
		return nil, problemUnavailable.problem(requestID(ctx), "")
	}
	if err := s.needProof(ctx); err != nil {
		return nil, err
	}
	me := s.actor(ctx)
	act.Person, act.Name, act.Office = me.Person, me.Name, me.Office
	if me.For != nil {
		act.For, act.ForName = me.For.Person, me.For.Name
	}
	i, err := s.cfg.Instructions.Do(ctx, act)
	switch {
	case errors.Is(err, supervise.ErrNoInstruction):
		return nil, notFound(ctx)
	case errors.Is(err, supervise.ErrAct):
		p := problemInstruction.problem(requestID(ctx), "")
		p.Errors = []ProblemField{{Field: "body", Message: strings.TrimPrefix(err.Error(), supervise.ErrAct.Error()+": ")}}
		return nil, p
	case err != nil:
		return nil, s.fault(ctx, err)
	}
	row, err := s.cfg.Store.Instruction(ctx, i.ID)
	if err == nil && row == nil {
		err = errors.New("an instruction was taken and is not kept")
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	v, err := s.instructionView(ctx, row, s.platformNames(ctx))
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[*InstructionView]{v}, nil
}
