package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/identity"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

var (
	problemNotToAct = kind{"A080", 403, "您的岗位不处理该线索", "Your post does not act on this", "由有管辖权的监督部门处理；审计只读", "The supervisors in whose jurisdiction it lies act; auditors read", "never"}
	problemStale    = kind{"A081", 409, "线索所依据的数据已变化", "What the finding rests on has changed since you read it", "刷新后重新核对", "Read it again, then judge", "never"}
)

// Actor is the person who acts, and the post they act in.
type Actor struct {
	Person string // id; "": nobody may act by this
	Name   string
	Office string
	For    *identity.Lent // whose post is lent to them; nil: they act in their own
}

// names are what the actor may be called by in an assignment.
func (a Actor) names() []string {
	var out []string
	for _, n := range []string{a.Person, a.Name, a.Office} {
		if n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// Supervision keeps what people do about findings; refold.Acts is one.
type Supervision interface {
	// Do appends an act to the log and gives the case that follows. Errors that
	// wrap supervise.ErrAct say what the act lacks.
	Do(ctx context.Context, act supervise.Act) (*supervise.Case, error)
	// Of reads the acts upon a docket's findings, in the order of the log.
	Of(ctx context.Context, docket string) ([]supervise.Act, error)
}

// warningCap is how far warnings are counted.
const warningCap = 10_000

// maxEvidence is how many records one finding shows of what it rests on.
const maxEvidence = 60

type warningsInput struct {
	PageInput
	Docket    string   `query:"docket" maxLength:"200" doc:"Of this docket only"`
	Region    string   `query:"region" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6})$" patternDescription:"two, four or six digits" doc:"With all that lies below it"`
	Class     []string `query:"class" maxItems:"30" doc:"Trade classes, separated by commas"`
	Indicator []string `query:"indicator" maxItems:"40" doc:"Such as A02, separated by commas"`
	Grade     string   `query:"grade" enum:"fact,clue" doc:"fact (事实级) or clue (线索级)"`
	State     string   `query:"state" enum:"fired,failed" doc:"failed: it could not be judged, which is the platform's matter; absent: both"`
	Status    string   `query:"status" enum:"open,dismissed,all" default:"open" doc:"dismissed: by a person, on the evidence it has now"`
	Assigned  string   `query:"assigned" maxLength:"100" doc:"me, none, or the name of a person or an office"`
	Mark      string   `query:"mark" enum:"me" doc:"Only what you follow"`
	Sort      string   `query:"sort" enum:"rank,new" default:"rank" doc:"rank: docket by docket, the greatest score times money at stake first, and within a docket the heaviest; new: the newest change first"`
	From      string   `query:"from" format:"date" doc:"Found on this day or later (+08:00)"`
	To        string   `query:"to" format:"date" doc:"… or earlier"`
}

type warningInput struct {
	Docket string `path:"docket" maxLength:"200" doc:"Id of the docket"`
	Key    string `path:"key" maxLength:"64" doc:"Key of the finding"`
}

type actInput struct {
	Docket string `path:"docket" maxLength:"200" doc:"Id of the docket"`
	Key    string `path:"key" maxLength:"64" doc:"Key of the finding"`
	Body   ActBody
}

// ActBody is what somebody does about a finding.
type ActBody struct {
	Act    string `json:"act" enum:"follow,unfollow,assign,dismiss,confirm,reopen,comment"`
	Digest string `json:"digest" minLength:"1" maxLength:"64" doc:"digest of the finding as it was read: another one is refused, for its data have changed"`
	To     string `json:"to,omitempty" maxLength:"100" doc:"Of assign: a person or an office; empty takes it back"`
	Text   string `json:"text,omitempty" maxLength:"2000" doc:"Of dismiss, confirm and comment: the reason, what was found, or the comment; required"`
}

// WarningItem is one finding in the queue, with what people made of it.
type WarningItem struct {
	Key          string                  `json:"key"`
	Docket       string                  `json:"docket"`
	Title        string                  `json:"title,omitempty" doc:"Of the docket"`
	Lot          string                  `json:"lot,omitempty"`
	Indicator    string                  `json:"indicator"`
	IndicatorZH  string                  `json:"indicator_zh"`
	IndicatorEN  string                  `json:"indicator_en"`
	State        detect.State            `json:"state"`
	Grade        string                  `json:"grade"`
	ZH           string                  `json:"zh" doc:"One sentence, as a clue"`
	EN           string                  `json:"en"`
	Value        string                  `json:"value,omitempty" doc:"What was measured"`
	Threshold    string                  `json:"threshold,omitempty"`
	Article      string                  `json:"article,omitempty"`
	Subjects     []string                `json:"subjects"`
	Class        string                  `json:"class"`
	Region       string                  `json:"region,omitempty"`
	At           time.Time               `json:"at" doc:"When it was found first"`
	Digest       string                  `json:"digest" doc:"Of its evidence: a dismissal holds until it changes"`
	Provisional  bool                    `json:"provisional,omitempty" doc:"Days counted beyond the calendar's last known year"`
	Dismissed    bool                    `json:"dismissed"`
	Dismissal    *supervise.Dismissal    `json:"dismissal,omitempty" doc:"The last one: it stands while dismissed is true; else the data have changed since"`
	Confirmed    bool                    `json:"confirmed,omitzero" doc:"By a person, on the evidence it has now"`
	Confirmation *supervise.Confirmation `json:"confirmation,omitempty" doc:"The last one: it stands while confirmed is true"`
	Assigned     string                  `json:"assigned,omitempty"`
	Followed     bool                    `json:"followed" doc:"By you"`
	Comments     int                     `json:"comments,omitzero"`
	Last         *time.Time              `json:"last,omitempty" doc:"Of the last act"`
	Weight       int64                   `json:"weight" doc:"What it adds to the score of its docket; 0: it does not count"`
	Points       int64                   `json:"points" doc:"The score of its docket"`
	Stake        int64                   `json:"stake" doc:"Money at stake in its docket in fen, as it counts in the order of the queue; 0: nothing counts"`
}

// WarningList is a page of the queue.
type WarningList struct {
	Items []WarningItem `json:"items"`
	Total int           `json:"total" doc:"On all pages, at most 10000"`
	More  bool          `json:"more,omitzero" doc:"There are more than 10000"`
	Next  string        `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// WarningCounts says how many findings of each indicator there are.
type WarningCounts struct {
	Items []WarningCount `json:"items"`
}

// WarningCount is one indicator's.
type WarningCount struct {
	Indicator string `json:"indicator"`
	ZH        string `json:"zh"`
	EN        string `json:"en"`
	Grade     string `json:"grade"`
	State     string `json:"state"`
	Open      int64  `json:"open"`
	Dismissed int64  `json:"dismissed"`
}

// WarningPage is one finding with all that a person needs to judge it.
type WarningPage struct {
	WarningItem
	Reason    string                  `json:"reason,omitempty" doc:"Of a failed one"`
	Evidence  []Exhibit               `json:"evidence" doc:"The records it rests on, as you see them"`
	Omitted   int                     `json:"omitted,omitzero" doc:"Records that are not listed, for there are too many"`
	Guide     *detect.Guidance        `json:"guide,omitempty" doc:"The rule in words, what to look at, what often explains it"`
	Score     ScoreTable              `json:"score" doc:"The score of its docket, and how it came about"`
	Settings  []SettingLine           `json:"settings" doc:"Lines of settings that were in force"`
	Edition   string                  `json:"edition,omitempty" doc:"Of the peers' statistics that it was compared by"`
	Peers     *detect.Group           `json:"peers,omitempty" doc:"The peers of the newest edition: base rate of what was measured"`
	Newest    string                  `json:"newest,omitempty" doc:"Id of that edition"`
	Change    *detect.PeersChange     `json:"peers_change,omitempty" doc:"What that edition changed of these peers against the one before; absent: there was none before"`
	Rate      *detect.Rate            `json:"rate,omitempty" doc:"Base rate: how often the indicator fires among the dockets that it could judge"`
	Over      bool                    `json:"over,omitempty" doc:"That is more than a rule's share: it says little of the one"`
	Same      *WarningCount           `json:"same,omitempty" doc:"How many findings of the indicator you see, and how many of them were dismissed"`
	Again     *time.Time              `json:"again,omitempty" doc:"When the answer may change though nothing arrives"`
	Competent *jurisdiction.Competent `json:"competent,omitempty"`
	MayAct    bool                    `json:"may_act" doc:"It lies in your jurisdiction: you may mark, assign and dismiss"`
	History   []supervise.Act         `json:"history" doc:"What people did, in order"`
}

// Exhibit is a record that a finding rests on.
type Exhibit struct {
	disclose.Entry
	Used []string `json:"used" doc:"Names of the fields that the finding rests on; empty: the record as a whole"`
}

// SettingLine is one line of settings.
type SettingLine struct {
	Name   string `json:"name" doc:"id@date"`
	Region string `json:"region,omitempty"`
	Class  string `json:"class,omitempty"`
	Source string `json:"source"`
}

func (s *Server) routesWarnings() {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Description: description, Tags: []string{"warnings"},
			Errors: append(errs, 401, 422, 500, 503), Security: []map[string][]string{{}, {"token": {}}},
		}
	}
	huma.Register(s.api, op("list-warnings", http.MethodGet, "/warnings", "Warnings 预警队列",
		"Findings with what people made of them, in the order in which to look at them: by the score of their docket times the money at stake. For supervisors in their jurisdiction and auditors; empty for all others."), s.listWarnings)
	huma.Register(s.api, op("count-warnings", http.MethodGet, "/warnings/counts", "Warnings by indicator 预警统计",
		"How many of each indicator, by the same filters but for indicator, grade and status."), s.countWarnings)
	huma.Register(s.api, op("get-warning", http.MethodGet, "/warnings/{docket}/{key}", "A warning 预警详情",
		"A finding with its evidence side by side, the rule and its article, settings, what often explains it, its peers, and what people did.", 404), s.getWarning)
	huma.Register(s.api, op("act-on-warning", http.MethodPost, "/warnings/{docket}/{key}/acts", "Act on a warning 处理预警",
		"An act is a record of the log, by the person in their post; its text is never public. A dismissal holds until the finding's data change.", 403, 404, 409), s.actOnWarning)
}

// bounds is what of the warnings a reader sees; false: none.
func (s *Server) bounds(ctx context.Context, r disclose.Reader, region string, classes []string) (f store.WarningFilter, ok bool, err error) {
	f.Classes = classes
	switch r.Audience {
	case disclose.Auditor:
		f.Seat = disclose.NumberAuditor
		if region == "" {
			return f, true, nil
		}
	case disclose.Supervisor:
		f.Seat = disclose.NumberSupervisor
		if len(r.Sectors) > 0 {
			f.Classes = r.Sectors
			if len(classes) > 0 {
				f.Classes = slices.DeleteFunc(slices.Clone(classes), func(c string) bool { return !slices.Contains(r.Sectors, c) })
			}
			if len(f.Classes) == 0 {
				return f, false, nil
			}
		}
	default:
		return f, false, nil
	}
	all, err := s.cfg.Store.FindingRegions(ctx)
	if err != nil {
		return f, false, err
	}
	f.Bound = true
	at := s.cfg.Clock()
	for _, code := range all {
		inside := r.Audience == disclose.Auditor
		if !inside {
			class := ""
			if len(r.Sectors) > 0 {
				class = r.Sectors[0] // the classes are bounded above
			}
			inside = r.InJurisdiction(code, class, at)
		}
		if inside && s.lies(code, region) {
			f.Regions = append(f.Regions, code)
		}
	}
	return f, len(f.Regions) > 0, nil
}

func (s *Server) warningFilter(ctx context.Context, in *warningsInput) (f store.WarningFilter, ok bool, err error) {
	classes := slices.DeleteFunc(slices.Clone(in.Class), func(c string) bool { return c == "" })
	if f, ok, err = s.bounds(ctx, readerOf(ctx), in.Region, classes); err != nil || !ok {
		return f, ok, err
	}
	f.Docket, f.Grade, f.State = in.Docket, in.Grade, in.State
	f.Indicators = slices.DeleteFunc(slices.Clone(in.Indicator), func(c string) bool { return c == "" })
	if in.Status != "all" {
		dismissed := in.Status == "dismissed"
		f.Dismissed = &dismissed
	}
	me := s.actor(ctx)
	switch in.Assigned {
	case "":
	case "none":
		f.Unassigned = true
	case "me":
		if f.Assigned = me.names(); len(f.Assigned) == 0 {
			return f, false, nil
		}
	default:
		f.Assigned = []string{in.Assigned}
	}
	if in.Mark != "" {
		if f.Follower = me.Person; f.Follower == "" {
			return f, false, nil
		}
	}
	for _, d := range []struct {
		name, value string
		to          *time.Time
		more        int
	}{{"from", in.From, &f.From, 0}, {"to", in.To, &f.To, 1}} {
		t, err := day(d.value)
		if err != nil {
			return f, false, badParameter(ctx, d.name, "write a date as 2006-01-02")
		}
		if !t.IsZero() {
			*d.to = t.AddDate(0, 0, d.more)
		}
	}
	return f, true, nil
}

// actor is who acts: a person in their post, or a token's reader by its name.
func (s *Server) actor(ctx context.Context) Actor {
	if who := identity.Who(ctx); who.Person != "" {
		return Actor{Person: who.Person, Name: who.Name, Office: who.Post.Title, For: who.Post.Lent}
	}
	id := readerOf(ctx).ID
	return Actor{Person: id, Name: id}
}

func (s *Server) listWarnings(ctx context.Context, in *warningsInput) (*out[WarningList], error) {
	body := WarningList{Items: []WarningItem{}}
	ranked := in.Sort != "new"
	name := map[bool]string{true: "warnings by rank", false: "warnings"}[ranked]
	place, err := s.cursors.open(name, in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	f, ok, err := s.warningFilter(ctx, in)
	if err != nil {
		return nil, s.problemOr(ctx, err)
	}
	if !ok {
		return &out[WarningList]{body}, nil
	}
	total, err := s.cfg.Store.CountWarnings(ctx, f, warningCap)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body.Total, body.More = min(total, warningCap), total > warningCap
	if f.Ranked = ranked; ranked {
		f.After = readPlace(place)
	} else {
		f.Before, _ = strconv.ParseInt(place, 10, 64) // "" is the beginning; ours otherwise
	}
	f.Limit = in.Limit + 1
	rows, err := s.cfg.Store.Warnings(ctx, f)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		last := &rows[len(rows)-1]
		if place = strconv.FormatInt(last.Seq, 10); ranked {
			place = writePlace(last.Place())
		}
		body.Next = s.cursors.seal(name, place)
	}
	if body.Items, err = s.warningItems(ctx, rows); err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[WarningList]{body}, nil
}

// problemOr passes on what is an answer, and logs what is a fault.
func (s *Server) problemOr(ctx context.Context, err error) error {
	var p huma.StatusError
	if errors.As(err, &p) {
		return err
	}
	return s.fault(ctx, err)
}

func (s *Server) countWarnings(ctx context.Context, in *warningsInput) (*out[WarningCounts], error) {
	body := WarningCounts{Items: []WarningCount{}}
	f, ok, err := s.warningFilter(ctx, in)
	if err != nil {
		return nil, s.problemOr(ctx, err)
	}
	if !ok {
		return &out[WarningCounts]{body}, nil
	}
	counts, err := s.counted(ctx, f)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for _, c := range counts {
		zh, en := indicatorName(c.Indicator)
		body.Items = append(body.Items, WarningCount{c.Indicator, zh, en, c.Grade, c.State, c.Open, c.Dismissed})
	}
	return &out[WarningCounts]{body}, nil
}

// countsFor is how long counts are told again without a look at the store.
const countsFor = 5 * time.Second

// A tallyBook keeps counts for a moment: each page of each reader asks for them.
type tallyBook struct {
	mu   sync.Mutex
	kept map[string]keptCounts
}

type keptCounts struct {
	counts []store.WarningCount
	until  time.Time
}

// counted gives the counts of a filter, at most countsFor old.
func (s *Server) counted(ctx context.Context, f store.WarningFilter) ([]store.WarningCount, error) {
	f.Indicators, f.Grade, f.Dismissed = nil, "", nil // which do not count
	key, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	b := &s.tallies
	b.mu.Lock()
	k, ok := b.kept[string(key)]
	b.mu.Unlock()
	if ok && time.Now().Before(k.until) {
		return k.counts, nil
	}
	counts, err := s.cfg.Store.WarningCounts(ctx, f)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept == nil || len(b.kept) >= 256 {
		b.kept = map[string]keptCounts{}
	}
	b.kept[string(key)] = keptCounts{counts, time.Now().Add(countsFor)}
	return counts, nil
}

// forget lets the counts be made anew.
func (b *tallyBook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = nil
}

func indicatorName(id string) (zh, en string) {
	if g, ok := detect.Guide(id); ok {
		return g.ZH, g.EN
	}
	return "案卷生成", "making of the docket"
}

// warningItems makes items of stored findings that the reader sees.
func (s *Server) warningItems(ctx context.Context, rows []store.FindingRow) ([]WarningItem, error) {
	var dockets []string
	for i := range rows {
		if !slices.Contains(dockets, rows[i].Docket) {
			dockets = append(dockets, rows[i].Docket)
		}
	}
	cases, err := s.cfg.Store.Cases(ctx, dockets)
	if err != nil {
		return nil, err
	}
	items := []WarningItem{}
	me := s.actor(ctx).Person
	for i := range rows {
		row := &rows[i]
		var f detect.Finding
		if err := json.Unmarshal(row.Body, &f); err != nil {
			return nil, fmt.Errorf("stored finding of docket %q cannot be read", row.Docket)
		}
		it := warningItem(&f, row)
		n := slices.IndexFunc(cases, func(c store.CaseRow) bool { return c.Docket == row.Docket && c.Key == row.Key })
		if n >= 0 {
			if err := it.take(&cases[n], me); err != nil {
				return nil, err
			}
		}
		items = append(items, it)
	}
	return items, nil
}

func warningItem(f *detect.Finding, row *store.FindingRow) WarningItem {
	zh, en := indicatorName(f.Indicator)
	return WarningItem{
		Key: f.Key, Docket: row.Docket, Title: row.Title, Lot: f.Lot, Indicator: f.Indicator, IndicatorZH: zh, IndicatorEN: en, State: f.State, Grade: f.Grade,
		ZH: f.TextZH, EN: f.TextEN, Value: f.Value, Threshold: f.Threshold, Article: f.Article, Subjects: f.Subjects, Class: row.Class, Region: row.Region, At: row.At,
		Digest: f.Digest, Provisional: f.Provisional, Dismissed: row.Dismissed, Assigned: row.Assigned,
		Weight: row.Weight, Points: row.Score, Stake: row.Rank / max(row.Score, 1),
	}
}

// take puts what people made of it on an item.
func (it *WarningItem) take(row *store.CaseRow, me string) error {
	var c supervise.Case
	if err := json.Unmarshal(row.Body, &c); err != nil {
		return fmt.Errorf("stored case of docket %q cannot be read", row.Docket)
	}
	it.Dismissed, it.Dismissal = c.Holds(it.Digest), c.Dismissal
	it.Confirmed, it.Confirmation = c.Confirmed(it.Digest), c.Confirmation
	it.Assigned, it.Comments, it.Last = c.Assigned, c.Comments, &c.Last
	it.Followed = me != "" && slices.Contains(c.Followers, me)
	return nil
}

// A seenFinding is one finding as its reader sees it, with its docket.
type seenFinding struct {
	row     *store.FindingRow
	finding detect.Finding
	docket  *docket.Docket
	inside  bool // it lies in the reader's jurisdiction
}

// seeFinding gives a finding as the reader may see it now, nil if not.
func (s *Server) seeFinding(ctx context.Context, r disclose.Reader, id, key string) (*seenFinding, error) {
	if r.Audience != disclose.Supervisor && r.Audience != disclose.Auditor {
		return nil, nil
	}
	row, err := s.cfg.Store.Finding(ctx, id, key)
	if err != nil || row == nil {
		return nil, err
	}
	d, err := s.docket(ctx, id)
	if err != nil || d == nil {
		return nil, err
	}
	var f detect.Finding
	if err := json.Unmarshal(row.Body, &f); err != nil {
		return nil, fmt.Errorf("stored finding of docket %q cannot be read", id)
	}
	at := s.cfg.Clock()
	seen := disclose.Findings([]detect.Finding{f}, d, r, at)
	if len(seen) == 0 {
		return nil, nil
	}
	return &seenFinding{row, seen[0], d, r.InJurisdiction(d.Region, d.Class, at)}, nil
}

func (s *Server) getWarning(ctx context.Context, in *warningInput) (*out[*WarningPage], error) {
	r := readerOf(ctx)
	f, err := s.seeFinding(ctx, r, in.Docket, in.Key)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if f == nil {
		return nil, notFound(ctx)
	}
	page, err := s.warningPage(ctx, r, f)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[*WarningPage]{page}, nil
}

func (s *Server) warningPage(ctx context.Context, r disclose.Reader, f *seenFinding) (*WarningPage, error) {
	v := disclose.View(f.docket, r, s.cfg.Clock())
	if v == nil {
		return nil, fmt.Errorf("docket %q is not seen though its finding is", f.docket.ID)
	}
	p := &WarningPage{
		WarningItem: warningItem(&f.finding, f.row), Reason: f.finding.Reason, Edition: f.finding.Edition, Competent: v.Competent,
		MayAct: f.inside && s.cfg.Supervision != nil && s.cfg.Audit == nil && s.actor(ctx).Person != "", Settings: []SettingLine{}, History: []supervise.Act{},
	}
	p.Title, p.Region, p.Class = v.Title, v.Region, v.Class
	p.Evidence, p.Omitted = exhibits(v, f.finding.Evidence)
	if err := s.noteRows(ctx, v, f.finding.Evidence); err != nil {
		return nil, err
	}
	if g, ok := detect.Guide(f.finding.Indicator); ok {
		p.Guide = &g
	}
	for _, l := range s.settings().Named(f.finding.Settings) {
		p.Settings = append(p.Settings, SettingLine{l.ID + "@" + l.Date.String(), l.Region, l.Class, l.Source})
	}
	if s.cfg.Edition != nil {
		e := s.cfg.Edition()
		if g, ok := e.Peers(f.finding.Indicator, f.docket, f.finding.Lot); ok {
			p.Peers, p.Newest, p.Change = &g, e.ID, e.PeersChange(g)
		}
	}
	if !f.finding.Again.IsZero() {
		p.Again = &f.finding.Again
	}
	if err := s.scoreDocket(ctx, r, f.docket, v, &p.Score); err != nil {
		return nil, err
	}
	if err := s.same(ctx, r, p); err != nil {
		return nil, err
	}
	list, _, _, err := s.countRates(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, func(one detect.Rate) bool { return one.Indicator == f.finding.Indicator }); i >= 0 {
		p.Rate, p.Over = &list[i], list[i].Over(mostShare)
	}
	c, err := s.cfg.Store.Case(ctx, f.row.Docket, f.row.Key)
	if err != nil {
		return nil, err
	}
	if c != nil {
		if err := p.take(c, s.actor(ctx).Person); err != nil {
			return nil, err
		}
	}
	return p, s.history(ctx, p)
}

// same counts the findings of the indicator that the reader sees.
func (s *Server) same(ctx context.Context, r disclose.Reader, p *WarningPage) error {
	b, ok, err := s.bounds(ctx, r, "", nil)
	if err != nil || !ok {
		return err
	}
	counts, err := s.counted(ctx, b)
	if err != nil {
		return err
	}
	for _, c := range counts {
		if c.Indicator == p.Indicator && c.State == string(p.State) {
			p.Same = &WarningCount{c.Indicator, p.IndicatorZH, p.IndicatorEN, c.Grade, c.State, c.Open, c.Dismissed}
		}
	}
	return nil
}

func (s *Server) history(ctx context.Context, p *WarningPage) error {
	if s.cfg.Supervision == nil {
		return nil
	}
	acts, err := s.cfg.Supervision.Of(ctx, p.Docket)
	if err != nil {
		return err
	}
	for _, a := range acts {
		if a.Finding == p.Key {
			p.History = append(p.History, a)
		}
	}
	return nil
}

// refersTo tells whether a reference is to the row of a view.
func refersTo(ref docket.Ref, e *disclose.Entry) bool {
	return e.Dataset == ref.Dataset && e.Key == ref.Key && (ref.Origin == "" || e.Origin == ref.Origin)
}

// exhibits gives the entries of a view at which references point, in the order
// of the evidence, each once with the fields that are used.
func exhibits(v *disclose.Docket, refs []docket.Ref) (out []Exhibit, omitted int) {
	out = []Exhibit{}
	at := map[int]int{} // index of the entry: place in out
	for _, ref := range refs {
		n := slices.IndexFunc(v.Entries, func(e disclose.Entry) bool { return refersTo(ref, &e) })
		if n < 0 {
			continue
		}
		place, had := at[n]
		if !had {
			if len(out) == maxEvidence {
				at[n] = -1
				omitted++
				continue
			}
			place = len(out)
			at[n] = place
			out = append(out, Exhibit{Entry: v.Entries[n], Used: []string{}})
		}
		if place >= 0 && ref.Field != "" && !slices.Contains(out[place].Used, ref.Field) {
			out[place].Used = append(out[place].Used, ref.Field)
		}
	}
	return out, omitted
}

func (s *Server) actOnWarning(ctx context.Context, in *actInput) (*out[*WarningPage], error) {
	r := readerOf(ctx)
	f, err := s.seeFinding(ctx, r, in.Docket, in.Key)
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case f == nil:
		return nil, notFound(ctx)
	}
	me := s.actor(ctx)
	if !f.inside || me.Person == "" {
		return nil, problemNotToAct.problem(requestID(ctx), "")
	}
	if s.cfg.Supervision == nil {
		return nil, problemUnavailable.problem(requestID(ctx), "")
	}
	if in.Body.Digest != f.finding.Digest {
		return nil, problemStale.problem(requestID(ctx), "")
	}
	act := supervise.Act{
		Kind: supervise.Kind(in.Body.Act), Docket: f.row.Docket, Finding: f.row.Key, Indicator: f.finding.Indicator, Digest: f.finding.Digest,
		To: strings.TrimSpace(in.Body.To), Text: strings.TrimSpace(in.Body.Text), Person: me.Person, Name: me.Name, Office: me.Office,
	}
	if me.For != nil {
		act.For, act.ForName = me.For.Person, me.For.Name
	}
	_, err = s.cfg.Supervision.Do(ctx, act)
	s.tallies.forget()
	if errors.Is(err, supervise.ErrAct) {
		p := problemParameter.problem(requestID(ctx), "")
		p.Errors = []ProblemField{{Field: "body.text", Message: strings.TrimPrefix(err.Error(), supervise.ErrAct.Error()+": ")}}
		return nil, p
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return s.getWarning(ctx, &warningInput{f.row.Docket, f.row.Key})
}
