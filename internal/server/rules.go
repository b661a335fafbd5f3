package server

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
)

var (
	problemNotRules = kind{"A082", 403, "规则与触发比例供监督、审计和省公管办查看", "Rules and how often they fire are for supervisors, auditors and the office", "请以相应岗位登录", "Sign in with such a post", "never"}
	problemLines    = kind{"A083", 422, "设置无法读取或变更未被接受", "The lines of settings cannot be read, or the change was not taken", "按提示修改后重试；格式与设置文件相同", "Mend them as it says; the form is that of the settings file", "after mending"}
)

// mostShare is the share of judged dockets above which a rule that fires says
// so on its page: it then tells more of its settings than of the dockets.
const mostShare = 0.2

// ratesKept is how long counted rates serve: counting reads every docket's answers.
const ratesKept = 2 * time.Minute

// A trial looks at no more dockets than trialMost, the newest ids last, for no
// longer than trialTime, and names at most trialShown that would change.
const (
	trialMost  = 20_000
	trialTime  = 20 * time.Second
	trialShown = 50
)

// RuleList is every indicator with its settings and how often it fires.
type RuleList struct {
	Items   []RuleItem `json:"items"`
	Dockets int64      `json:"dockets" doc:"How many were counted"`
	At      time.Time  `json:"at" doc:"When"`
	Most    float64    `json:"most" doc:"A rule that fires on a greater share of what it judges says so"`
}

// RuleItem is one indicator.
type RuleItem struct {
	detect.Guidance
	Lines []detect.Setting `json:"lines" doc:"Of settings, the general ones first"`
	Rate  detect.Rate      `json:"rate"`
	Over  bool             `json:"over" doc:"It fires on more than its share"`
}

// TrialBody is what to try.
type TrialBody struct {
	Lines   string `json:"lines" minLength:"1" maxLength:"65536" doc:"Lines of settings in the form of the settings file (YAML), over those in force"`
	Dockets int    `json:"dockets,omitempty" minimum:"1" maximum:"20000" doc:"On how many; absent: 20000"`
}

// TrialAnswer is what would fire, and what would go. Nothing is changed.
type TrialAnswer struct {
	Results []detect.TrialResult `json:"results"`
	Dockets int                  `json:"dockets" doc:"How many were looked at"`
	Whole   bool                 `json:"whole" doc:"All there are; false: the number or the time was used up"`
	Come    []TrialChange        `json:"come" doc:"Would fire and do not now; at most 50"`
	Gone    []TrialChange        `json:"gone" doc:"Fire now and would not; at most 50"`
}

// TrialChange says where something would change, and nothing of what was found.
type TrialChange struct {
	Docket    string `json:"docket"`
	Lot       string `json:"lot,omitempty"`
	Indicator string `json:"indicator"`
}

// rates are counted now and then.
type rates struct {
	mu   sync.Mutex
	at   time.Time
	n    int64
	list []detect.Rate
}

func (s *Server) routesRules() {
	op := func(method, path, id, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/rules" + path, Summary: summary, Description: description, Tags: []string{"rules"},
			Errors: []int{401, 403, 422, 500, 503}, Security: []map[string][]string{{"token": {}}},
		}
	}
	huma.Register(s.api, op(http.MethodGet, "", "list-rules", "Rules 规则",
		"Every indicator: formula, article, settings, what often explains it, and how often it fires among the dockets that it could judge."), s.listRules)
	huma.Register(s.api, op(http.MethodPost, "/trial", "try-rules", "Try settings 试算",
		"Tries lines of settings on the dockets that are here: what would fire, what would go, at what rate. Nothing is changed and nothing is kept."), s.tryRules)
	huma.Register(s.api, op(http.MethodGet, "/edition", "get-edition", "Edition of peers 同类统计版本",
		"The newest edition of the peers' statistics, and what it changed against the one before: groups added and gone, quantiles that moved by more than the setting."), s.getEdition)
	s.routesChanges()
}

// EditionPage is the newest edition of the peers' statistics without its groups.
type EditionPage struct {
	ID       string                 `json:"id,omitempty" doc:"Absent: there is none yet"`
	At       *time.Time             `json:"at,omitempty" doc:"When it was made"`
	Position int64                  `json:"position" doc:"Of the log, up to which dockets were measured"`
	Groups   int                    `json:"groups"`
	Since    *detect.EditionChanges `json:"since,omitempty" doc:"What it changed; absent: there was none before"`
}

func (s *Server) getEdition(ctx context.Context, _ *struct{}) (*out[EditionPage], error) {
	if !mayReadRules(readerOf(ctx)) {
		return nil, problemNotRules.problem(requestID(ctx), "")
	}
	var body EditionPage
	if s.cfg.Edition != nil {
		if e := s.cfg.Edition(); e != nil {
			body = EditionPage{e.ID, &e.At, e.Position, len(e.Groups), e.Since}
		}
	}
	return &out[EditionPage]{body}, nil
}

// mayReadRules says for whom rules and rates are.
func mayReadRules(r disclose.Reader) bool {
	return r.Audience == disclose.Supervisor || r.Audience == disclose.Auditor || r.Audience == disclose.Administrator
}

func (s *Server) listRules(ctx context.Context, _ *struct{}) (*out[RuleList], error) {
	if !mayReadRules(readerOf(ctx)) {
		return nil, problemNotRules.problem(requestID(ctx), "")
	}
	list, n, at, err := s.countRates(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body := RuleList{Items: []RuleItem{}, Dockets: n, At: at, Most: mostShare}
	for _, r := range detect.Rules() {
		guide, _ := detect.Guide(r.Info().ID)
		item := RuleItem{Guidance: guide, Lines: []detect.Setting{}, Rate: detect.Rate{Indicator: guide.ID}}
		if guide.Innocent == nil {
			item.Innocent = [][2]string{}
		}
		for _, l := range s.settings().Lines() {
			if l.Indicator == guide.ID {
				item.Lines = append(item.Lines, l)
			}
		}
		if i := slices.IndexFunc(list, func(one detect.Rate) bool { return one.Indicator == guide.ID }); i >= 0 {
			item.Rate, item.Over = list[i], list[i].Over(mostShare)
		}
		body.Items = append(body.Items, item)
	}
	return &out[RuleList]{body}, nil
}

func (s *Server) countRates(ctx context.Context) ([]detect.Rate, int64, time.Time, error) {
	s.rates.mu.Lock()
	defer s.rates.mu.Unlock()
	now := s.cfg.Clock()
	if s.rates.list != nil && now.Sub(s.rates.at) < ratesKept {
		return s.rates.list, s.rates.n, s.rates.at, nil
	}
	var counted detect.Rates
	n := int64(0)
	err := s.cfg.Store.Vectors(ctx, func(vector string) error {
		n++
		counted.Add(vector)
		return nil
	})
	if err != nil {
		return nil, 0, now, err
	}
	s.rates.list, s.rates.n, s.rates.at = counted.List(), n, now
	return s.rates.list, n, now, nil
}

func (s *Server) tryRules(ctx context.Context, in *struct{ Body TrialBody }) (*out[TrialAnswer], error) {
	if !mayReadRules(readerOf(ctx)) {
		return nil, problemNotRules.problem(requestID(ctx), "")
	}
	env := detect.Env{At: s.cfg.Clock(), Settings: s.settings(), Likeness: s.cfg.Likeness}
	if s.cfg.Edition != nil {
		env.Peers = s.cfg.Edition()
	}
	if s.cfg.Learned != nil {
		env.Learned = s.cfg.Learned()
	}
	trial, err := detect.NewTrial(env, []byte(in.Body.Lines), trialShown)
	if err != nil {
		p := problemLines.problem(requestID(ctx), "")
		p.Errors = append(p.Errors, ProblemField{Field: "body.lines", Message: err.Error()})
		return nil, p
	}
	most := in.Body.Dockets
	if most == 0 {
		most = trialMost
	}
	ctx, cancel := context.WithTimeout(ctx, 3*trialTime)
	defer cancel()
	body := TrialAnswer{Whole: true, Come: []TrialChange{}, Gone: []TrialChange{}}
	until := time.Now().Add(trialTime)
	for after := ""; ; {
		page, err := s.cfg.Store.Dockets(ctx, store.DocketFilter{After: after, Limit: 200})
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		for _, row := range page {
			if trial.Dockets >= most || time.Now().After(until) {
				body.Whole = false
				break
			}
			d, err := docket.Decode(row.Body)
			if err != nil {
				return nil, s.fault(ctx, err)
			}
			trial.Look(d)
			after = row.ID
		}
		if len(page) < 200 || !body.Whole {
			break
		}
	}
	body.Results, body.Dockets = trial.Results(), trial.Dockets
	for _, f := range trial.Come() {
		body.Come = append(body.Come, TrialChange{f.Docket, f.Lot, f.Indicator})
	}
	for _, f := range trial.Gone() {
		body.Gone = append(body.Gone, TrialChange{f.Docket, f.Lot, f.Indicator})
	}
	return &out[TrialAnswer]{body}, nil
}
