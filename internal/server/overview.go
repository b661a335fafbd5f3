package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

type overviewInput struct {
	Period string `query:"period" enum:"today,week,month,quarter,year,all" default:"all" doc:"The last thing that happened in a docket was today, or in the last 7, 30, 90 or 365 days, today included (+08:00)"`
	Region string `query:"region" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6})$" patternDescription:"two, four or six digits" doc:"With all that lies below it; default: the province"`
	Class  string `query:"class" maxLength:"40" doc:"Trade class, such as construction"`
}

// Overview is how things stand, counted from the dockets that this reader may
// know of as this reader sees them. Each figure names the list that it counts:
// the query of /api/v1/dockets.
type Overview struct {
	At       time.Time         `json:"at"`
	From     string            `json:"from,omitempty" doc:"First day of the period; absent: from the beginning"`
	Region   OverviewRegion    `json:"region"`
	Above    []OverviewRegion  `json:"above" doc:"What the region lies in, the nearest first"`
	Total    OverviewFigure    `json:"total"`
	Areas    []OverviewArea    `json:"areas" doc:"The cities of the province, or the counties of a city; those without a docket too"`
	Rest     *OverviewFigure   `json:"rest,omitempty" doc:"Dockets that lie in none of the areas, such as the province's own; no list holds just these"`
	Hours    []OverviewHour    `json:"hours" doc:"Dockets in which something happened today, by the hour of the last of it and by class, whatever the period"`
	Today    []OverviewClass   `json:"today" doc:"The same by class"`
	Moved    OverviewLevel     `json:"moved" doc:"The same in all"`
	Warnings *OverviewWarnings `json:"warnings,omitempty" doc:"For supervisors in their jurisdiction and auditors only"`
	Phases   []OverviewPhase   `json:"phases" doc:"Approval, trade and performance"`
	Stages   []OverviewStage   `json:"stages" doc:"By the furthest stage of which this reader sees something"`
	Classes  []OverviewClass   `json:"classes" doc:"By class, the greatest value first"`
	Systems  []OverviewSystems `json:"systems,omitempty" doc:"Trading systems by state, of those that this reader may look at"`
}

// OverviewRegion is a region by code and name.
type OverviewRegion struct {
	Code string `json:"code" doc:"GB/T 2260"`
	Name string `json:"name"`
}

// OverviewFigure is a number of dockets and their value.
type OverviewFigure struct {
	Dockets int64  `json:"dockets"`
	Priced  int64  `json:"priced" doc:"Those of which this reader sees an amount"`
	Fen     int64  `json:"fen" doc:"What these sum up to, in fen: of each docket its contracts, else its awards, else the estimate"`
	Fact    int64  `json:"fact,omitempty" doc:"Dockets with a warning of grade fact (事实级)"`
	Clue    int64  `json:"clue,omitempty" doc:"Dockets with one of grade clue (线索级)"`
	Warned  int64  `json:"warned,omitempty" doc:"Dockets with any"`
	Late    int64  `json:"late,omitempty" doc:"Dockets with a step that is late"`
	List    string `json:"list,omitempty" doc:"Query of /api/v1/dockets that lists just these"`
}

func (f *OverviewFigure) add(t *store.CardTally) {
	f.Dockets, f.Priced, f.Fen = f.Dockets+t.Cards, f.Priced+t.Priced, f.Fen+t.Fen
	f.Fact, f.Clue, f.Warned, f.Late = f.Fact+t.Facts, f.Clue+t.Clues, f.Warned+t.Warned, f.Late+t.Late
}

// OverviewArea is what lies in a region.
type OverviewArea struct {
	OverviewRegion
	OverviewFigure
}

// OverviewHour is a number of dockets in an hour of today.
type OverviewHour struct {
	Hour    int    `json:"hour" minimum:"0" maximum:"23" doc:"+08:00"`
	Class   string `json:"class"`
	Dockets int64  `json:"dockets"`
}

// OverviewClass is what is of a class.
type OverviewClass struct {
	Class string `json:"class"`
	OverviewFigure
}

// OverviewStage is what stands at a stage.
type OverviewStage struct {
	Stage string `json:"stage" enum:"approval,tender,bid,opening,evaluation,award,contract,performance"`
	OverviewFigure
}

// OverviewPhase is one of the three parts of a transaction's life.
type OverviewPhase struct {
	Phase   string         `json:"phase" enum:"approval,trade,performance"`
	Stand   OverviewFigure `json:"stand" doc:"Dockets that stand there"`
	Reached OverviewFigure `json:"reached" doc:"Dockets that stand there or further on"`
}

// OverviewWarnings are dockets with warnings, by level.
type OverviewWarnings struct {
	Fact OverviewLevel `json:"fact" doc:"Of grade fact (事实级)"`
	Clue OverviewLevel `json:"clue" doc:"Of grade clue (线索级)"`
	Any  OverviewLevel `json:"any"`
	Late OverviewLevel `json:"late" doc:"With a step that is late"`
}

// OverviewLevel is a number of dockets.
type OverviewLevel struct {
	Dockets int64  `json:"dockets"`
	List    string `json:"list" doc:"Query of /api/v1/dockets that lists just these"`
}

// OverviewSystems is a number of trading systems in a state.
type OverviewSystems struct {
	State   string `json:"state" enum:"live,quiet,silent,refusing,never"`
	Systems int    `json:"systems"`
}

var phases = []struct {
	name   string
	stages []trade.Stage
}{
	{"approval", []trade.Stage{trade.StageApproval}},
	{"trade", []trade.Stage{trade.StageTender, trade.StageBid, trade.StageOpening, trade.StageEvaluation, trade.StageAward}},
	{"performance", []trade.Stage{trade.StageContract, trade.StagePerformance}},
}

// periods are how many days each period has, today included.
var periods = map[string]int{"today": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}

// periodFrom is the first day of a period that ends at a moment, "" of all time.
func periodFrom(period string, at time.Time) string {
	days := periods[period]
	if days == 0 {
		return ""
	}
	return trade.DayOf(at).Start().AddDate(0, 0, 1-days).Format(time.DateOnly)
}

func (s *Server) routesOverview() {
	huma.Register(s.api, huma.Operation{
		OperationID: "get-overview", Method: http.MethodGet, Path: "/api/v1/overview", Summary: "Overview 总览", Tags: []string{"overview"},
		Description: "How things stand, by region, hour, warning, stage and class. Counted from the dockets that this reader may know of, as this reader sees them, and never more than two seconds old.",
		Errors:      []int{401, 422, 500, 503}, Security: []map[string][]string{{}, {"token": {}}},
	}, s.getOverview)
}

func (s *Server) getOverview(ctx context.Context, in *overviewInput) (*out[Overview], error) {
	r, at := readerOf(ctx), s.cfg.Clock()
	f := CardFilter{Class: nonEmpty(in.Class), Region: nonEmpty(in.Region), From: periodFrom(in.Period, at)}
	o, err := s.tally(ctx, r, f, at)
	if err != nil {
		return nil, err
	}
	answer := *o // the kept one is everybody's who sees the same
	if answer.Systems, err = s.systems(ctx); err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[Overview]{answer}, nil
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// tally counts, or gives what was counted a moment ago for the same list.
func (s *Server) tally(ctx context.Context, r disclose.Reader, f CardFilter, at time.Time) (*Overview, error) {
	l, err := s.list(ctx, r, f)
	if err != nil {
		return nil, err
	}
	levels := r.Audience == disclose.Supervisor || r.Audience == disclose.Auditor
	key, err := json.Marshal(struct {
		Scopes []store.CardScope
		Filter CardFilter
		Levels bool
	}{l.query.Scopes, f, levels}, json.Deterministic(true))
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	o, err := s.overviews.get(string(key), func() (*Overview, error) {
		whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second) // others wait for it too
		defer cancel()
		return s.count(whole, r, l.query, f, at, levels)
	})
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return o, nil
}

// count makes an overview of what a list holds.
func (s *Server) count(ctx context.Context, r disclose.Reader, q store.CardQuery, f CardFilter, at time.Time, levels bool) (*Overview, error) {
	tallies, err := s.cfg.Store.TallyCards(ctx, q)
	if err != nil {
		return nil, err
	}
	today := trade.DayOf(at)
	now := f
	now.From, now.To = today.String(), today.String()
	l, err := s.list(ctx, r, now)
	if err != nil {
		return nil, err
	}
	hours, err := s.cfg.Store.TallyHours(ctx, l.query)
	if err != nil {
		return nil, err
	}
	o := &Overview{At: at.UTC(), From: f.From, Total: OverviewFigure{List: listAddress(f)}, Areas: []OverviewArea{}, Above: []OverviewRegion{}, Hours: []OverviewHour{}, Stages: []OverviewStage{}, Classes: []OverviewClass{}}
	for i := range tallies {
		o.Total.add(&tallies[i])
	}
	s.areas(o, tallies, f, today)
	o.stages(tallies, f)
	o.classes(tallies, f)
	o.Today = todayOf(o, hours, now)
	o.Moved.List = listAddress(now)
	for i := range o.Today {
		o.Moved.Dockets += o.Today[i].Dockets
	}
	if levels {
		level := func(n int64, change func(f *CardFilter)) OverviewLevel {
			g := f
			change(&g)
			return OverviewLevel{n, listAddress(g)}
		}
		o.Warnings = &OverviewWarnings{
			Fact: level(o.Total.Fact, func(f *CardFilter) { f.Warning = "fact" }), Clue: level(o.Total.Clue, func(f *CardFilter) { f.Warning = "clue" }),
			Any: level(o.Total.Warned, func(f *CardFilter) { f.Warning = "any" }), Late: level(o.Total.Late, func(f *CardFilter) { f.Late = true }),
		}
	}
	return o, nil
}

// listAddress is a filter as the query of a list.
func listAddress(f CardFilter) string {
	q := url.Values{}
	for name, list := range map[string][]string{"region": f.Region, "class": f.Class, "stage": f.Stage} {
		if len(list) > 0 {
			q.Set(name, strings.Join(list, ","))
		}
	}
	for name, value := range map[string]string{"from": f.From, "to": f.To, "warning": f.Warning} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Late {
		q.Set("late", "true")
	}
	return strings.ReplaceAll(q.Encode(), "%2C", ",")
}

// home is the province.
const home = "410000"

// areas counts by the regions one step below the filter's, by the same table of
// divisions by which lists are narrowed.
func (s *Server) areas(o *Overview, tallies []store.CardTally, f CardFilter, day trade.Day) {
	code := home
	if len(f.Region) > 0 {
		code = trade.RegionCode(f.Region[0])
	}
	o.Region = named(code)
	for _, c := range s.cfg.Jurisdiction.Chain(code, day) {
		if c != code && !slices.ContainsFunc(o.Above, func(r OverviewRegion) bool { return r.Code == c }) {
			o.Above = append(o.Above, named(c))
		}
	}
	for _, c := range below(code, day) {
		g := f
		g.Region = []string{c}
		o.Areas = append(o.Areas, OverviewArea{named(c), OverviewFigure{List: listAddress(g)}})
	}
	of := map[string]int{} // region to area
	var rest OverviewFigure
	for i := range tallies {
		t := &tallies[i]
		n, known := of[t.Region]
		if !known {
			n = slices.IndexFunc(o.Areas, func(a OverviewArea) bool { return s.cfg.Jurisdiction.Contains(a.Code, t.Region, day) })
			of[t.Region] = n
		}
		if n < 0 {
			rest.add(t)
			continue
		}
		o.Areas[n].add(t)
	}
	if rest.Dockets > 0 {
		o.Rest = &rest
	}
}

func named(code string) OverviewRegion {
	return OverviewRegion{code, trade.Regions().Name(code)}
}

// below are the regions one step below a region on a day. Counties that the
// province administers itself stand beside the cities.
func below(code string, day trade.Day) []string {
	var out []string
	for _, c := range trade.Regions().Codes() {
		r, valid, _ := trade.Regions().At(c, day)
		switch {
		case !valid || r.Parent != code:
		case strings.HasSuffix(c, "9000"):
			out = append(out, below(c, day)...)
		default:
			out = append(out, c)
		}
	}
	return out
}

// stages counts by stage and by the three phases.
func (o *Overview) stages(tallies []store.CardTally, f CardFilter) {
	order := trade.Stages()
	by := map[trade.Stage]OverviewFigure{}
	for i := range tallies {
		if n := tallies[i].Stage; n >= 0 && n < len(order) {
			figure := by[order[n]]
			figure.add(&tallies[i])
			by[order[n]] = figure
		}
	}
	sum := func(stages []trade.Stage) OverviewFigure {
		var all OverviewFigure
		g := f
		for _, st := range stages {
			one := by[st]
			all.Dockets, all.Priced, all.Fen = all.Dockets+one.Dockets, all.Priced+one.Priced, all.Fen+one.Fen
			all.Fact, all.Clue, all.Warned, all.Late = all.Fact+one.Fact, all.Clue+one.Clue, all.Warned+one.Warned, all.Late+one.Late
			g.Stage = append(g.Stage, string(st))
		}
		all.List = listAddress(g)
		return all
	}
	for i, p := range phases {
		var on []trade.Stage
		for _, later := range phases[i:] {
			on = append(on, later.stages...)
		}
		o.Phases = append(o.Phases, OverviewPhase{p.name, sum(p.stages), sum(on)})
		for _, st := range p.stages {
			o.Stages = append(o.Stages, OverviewStage{string(st), sum([]trade.Stage{st})})
		}
	}
}

// classes counts by class.
func (o *Overview) classes(tallies []store.CardTally, f CardFilter) {
	for i := range tallies {
		t := &tallies[i]
		n := slices.IndexFunc(o.Classes, func(c OverviewClass) bool { return c.Class == t.Class })
		if n < 0 {
			g := f
			g.Class = []string{t.Class}
			n = len(o.Classes)
			o.Classes = append(o.Classes, OverviewClass{t.Class, OverviewFigure{List: listAddress(g)}})
		}
		o.Classes[n].add(t)
	}
	slices.SortStableFunc(o.Classes, func(a, b OverviewClass) int {
		switch {
		case a.Fen != b.Fen && a.Fen > b.Fen, a.Fen == b.Fen && a.Dockets > b.Dockets:
			return -1
		case a.Fen == b.Fen && a.Dockets == b.Dockets:
			return strings.Compare(a.Class, b.Class)
		}
		return 1
	})
}

// todayOf puts today's hours into the overview and gives them by class.
func todayOf(o *Overview, hours []store.HourTally, f CardFilter) []OverviewClass {
	out := []OverviewClass{}
	for _, h := range hours {
		o.Hours = append(o.Hours, OverviewHour{h.Hour, h.Class, h.Cards})
		n := slices.IndexFunc(out, func(c OverviewClass) bool { return c.Class == h.Class })
		if n < 0 {
			g := f
			g.Class = []string{h.Class}
			n = len(out)
			out = append(out, OverviewClass{Class: h.Class, OverviewFigure: OverviewFigure{List: listAddress(g)}})
		}
		out[n].Dockets += h.Cards
	}
	slices.SortFunc(out, func(a, b OverviewClass) int { return strings.Compare(a.Class, b.Class) })
	return out
}

// recent keeps what was made a moment ago, made once for all who ask at the
// same time.
type recent[T any] struct {
	mu   sync.Mutex
	kept map[string]*made[T]
}

type made[T any] struct {
	once  sync.Once
	at    time.Time
	value T
	err   error
}

const (
	recentFor  = 2 * time.Second
	recentMost = 500
)

func (c *recent[T]) get(key string, count func() (T, error)) (T, error) {
	c.mu.Lock()
	m := c.kept[key]
	if m == nil || time.Since(m.at) > recentFor {
		if c.kept == nil || len(c.kept) >= recentMost {
			c.kept = map[string]*made[T]{}
		}
		m = &made[T]{at: time.Now()}
		c.kept[key] = m
	}
	c.mu.Unlock()
	m.once.Do(func() { m.value, m.err = count() })
	if m.err != nil { // the next asks anew
		c.mu.Lock()
		if c.kept[key] == m {
			delete(c.kept, key)
		}
		c.mu.Unlock()
	}
	return m.value, m.err
}
