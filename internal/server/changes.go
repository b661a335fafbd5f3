package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/detect"
	"mingjing/internal/identity"
	"mingjing/internal/supervise"
)

var problemNotOffice = kind{"A084", 403, "设置由省公管办两人共同变更", "Settings are changed by two persons of the office", "请以省公管办岗位登录；审计只读", "Sign in with a post of the office; auditors read", "never"}

// Rules are the settings that the office changes; *refold.Rules are.
type Rules interface {
	// At gives the settings by which a docket is judged at a moment.
	At(at time.Time) *detect.Settings
	// Changes lists the office's changes, as they were proposed.
	Changes(ctx context.Context) ([]supervise.Change, error)
	// Do appends an act to the log and gives the change that follows. Errors
	// that wrap supervise.ErrAct say why it was not taken.
	Do(ctx context.Context, act supervise.RuleAct) (*supervise.Change, error)
}

// settings are those that hold now.
func (s *Server) settings() *detect.Settings {
	if s.cfg.Rules != nil {
		return s.cfg.Rules.At(s.cfg.Clock())
	}
	return s.cfg.Settings
}

// SettingChanges are the office's changes of settings, the newest first.
type SettingChanges struct {
	Items  []SettingChange `json:"items"`
	MayAct bool            `json:"may_act" doc:"You may propose, confirm and refuse"`
}

// SettingChange is one change of settings, as it was proposed and decided.
type SettingChange struct {
	ID        string           `json:"id"`
	State     string           `json:"state" enum:"proposed,confirmed,refused,withdrawn"`
	Effective string           `json:"effective" doc:"Day from which it is in force (+08:00)"`
	InForce   *time.Time       `json:"in_force,omitempty" doc:"Moment from which it holds: never before it was confirmed"`
	Holds     bool             `json:"holds" doc:"Dockets are judged by it now"`
	Lines     []detect.Setting `json:"lines" doc:"What it sets; empty: this program cannot read it, and it does not hold"`
	Text      string           `json:"text" doc:"As it was written (YAML)"`
	Proposed  supervise.Deed   `json:"proposed"`
	Decided   *supervise.Deed  `json:"decided,omitempty" doc:"Who confirmed, refused or withdrew it"`
	Own       bool             `json:"own" doc:"You proposed it: another person must decide"`
}

// ChangeBody proposes a change.
type ChangeBody struct {
	Lines     string `json:"lines" minLength:"1" maxLength:"65536" doc:"Lines of settings in the form of the settings file (YAML): each with an id and date of its own, indicator, region, class, values and source"`
	Effective string `json:"effective" format:"date" doc:"Day from which it is in force, today or later (+08:00)"`
	Reason    string `json:"reason" minLength:"1" maxLength:"2000"`
}

// DecideBody decides a change.
type DecideBody struct {
	Act    string `json:"act" enum:"confirm,refuse,withdraw" doc:"confirm and refuse: by another person than who proposed it; withdraw: by that person"`
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"Of refuse: required"`
}

func (s *Server) routesChanges() {
	op := func(method, path, id, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/rules/changes" + path, Summary: summary, Description: description, Tags: []string{"rules"},
			Errors: append(errs, 401, 403, 422, 500, 503), Security: []map[string][]string{{"token": {}}},
		}
	}
	huma.Register(s.api, op(http.MethodGet, "", "list-setting-changes", "Changes of settings 设置变更",
		"What the office changed or means to change in the settings of the rules: who, when, from which day, why. For supervisors, auditors and the office."), s.listChanges)
	huma.Register(s.api, op(http.MethodPost, "", "propose-setting-change", "Propose a change 提出设置变更",
		"A record of the log. It holds once another person of the office has confirmed it, from its day on; the dockets that it concerns are then judged anew, and findings keep the settings by which they were made."), s.proposeChange)
	huma.Register(s.api, op(http.MethodPost, "/{id}", "decide-setting-change", "Decide a change 确认、退回或撤回设置变更",
		"A record of the log.", 404, 409), s.decideChange)
}

// mayChange says who changes settings: people of the office, in that post.
func mayChange(ctx context.Context) (identity.Identity, bool) {
	who := identity.Who(ctx)
	return who, who.Person != "" && who.Stage == identity.Open && who.Post.Role == identity.Office
}

func (s *Server) settingChange(c *supervise.Change, me string) SettingChange {
	now := s.cfg.Clock()
	out := SettingChange{ID: c.ID, State: c.State, Effective: c.Effective, Lines: []detect.Setting{}, Text: c.Lines, Proposed: c.Proposed, Decided: c.Decided, Own: me != "" && c.Proposed.Person == me}
	own, err := detect.ReadSettings([]byte(c.Lines))
	if err == nil {
		out.Lines = own.Lines()
	}
	if from := c.InForce(); !from.IsZero() {
		out.InForce, out.Holds = &from, err == nil && !from.After(now)
	}
	return out
}

func (s *Server) listChanges(ctx context.Context, _ *struct{}) (*out[SettingChanges], error) {
	if !mayReadRules(readerOf(ctx)) {
		return nil, problemNotRules.problem(requestID(ctx), "")
	}
	body := SettingChanges{Items: []SettingChange{}}
	who, may := mayChange(ctx)
	if s.cfg.Rules == nil {
		return &out[SettingChanges]{body}, nil
	}
	body.MayAct = may
	changes, err := s.cfg.Rules.Changes(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for i := range slices.Backward(changes) {
		body.Items = append(body.Items, s.settingChange(&changes[i], who.Person))
	}
	return &out[SettingChanges]{body}, nil
}

func (s *Server) proposeChange(ctx context.Context, in *struct{ Body ChangeBody }) (*out[SettingChange], error) {
	return s.change(ctx, supervise.RuleAct{Kind: supervise.Propose, Lines: in.Body.Lines, Effective: in.Body.Effective, Text: strings.TrimSpace(in.Body.Reason)})
}

func (s *Server) decideChange(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"64" doc:"Id of the change"`
	Body DecideBody
},
) (*out[SettingChange], error) {
	return s.change(ctx, supervise.RuleAct{Kind: supervise.RuleKind(in.Body.Act), Change: in.ID, Text: strings.TrimSpace(in.Body.Reason)})
}

func (s *Server) change(ctx context.Context, act supervise.RuleAct) (*out[SettingChange], error) {
	who, may := mayChange(ctx)
	switch {
	case !may:
		return nil, problemNotOffice.problem(requestID(ctx), "")
	case s.cfg.Rules == nil:
		return nil, problemUnavailable.problem(requestID(ctx), "")
	}
	act.Person, act.Name, act.Office = who.Person, who.Name, who.Post.Title
	c, err := s.cfg.Rules.Do(ctx, act)
	if errors.Is(err, supervise.ErrAct) {
		p := problemLines.problem(requestID(ctx), "")
		p.Errors = append(p.Errors, ProblemField{Field: "body", Message: strings.TrimPrefix(err.Error(), supervise.ErrAct.Error()+": ")})
		return nil, p
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[SettingChange]{s.settingChange(c, who.Person)}, nil
}
