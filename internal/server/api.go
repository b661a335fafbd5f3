package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
)

// PageInput is what all lists take. It is exported because huma passes over
// embedded structs that are not.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most so many items; a page may be shorter though more follow"`
	Cursor string `query:"cursor" maxLength:"1000" doc:"next of the page before"`
}

type docketInput struct {
	ID string `path:"id" maxLength:"200" doc:"Tender project code, or ocid"`
}

type findingsInput struct {
	PageInput
	Docket    string `query:"docket" maxLength:"200"`
	Indicator string `query:"indicator" maxLength:"20" doc:"Such as A02"`
	Region    string `query:"region" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6})$" patternDescription:"two, four or six digits"`
}

// FindingList is a page of findings, newest change first.
type FindingList struct {
	Items []FindingItem `json:"items"`
	Next  string        `json:"next,omitempty"`
}

// FindingItem is one finding with the docket's place.
type FindingItem struct {
	detect.Finding
	Region string    `json:"region,omitempty"`
	At     time.Time `json:"at" doc:"When it was found"`
}

type searchInput struct {
	PageInput
	Q      string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Words that must all occur: Chinese as it stands, from one character on; letters and digits by whole words, from three on by their beginnings; what stands between quotation marks as it stands. Full and half width, upper and lower case are the same"`
	Kind   string `query:"kind" enum:"docket,body" default:"docket" doc:"What to find"`
	Class  string `query:"class" maxLength:"40" doc:"Trade class, such as construction; dockets only, as the next four"`
	Region string `query:"region" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6})$" patternDescription:"two, four or six digits" doc:"GB/T 2260 code with all that lies below it: 410000 and 41, 410300 and 4103"`
	Moment string `query:"moment" enum:"before,opened,publicity,result,signed" doc:"A lot of the docket stands there"`
	From   string `query:"from" format:"date" doc:"The last thing that happened in the docket, as far as the public may know, was on this day or later (+08:00)"`
	To     string `query:"to" format:"date" doc:"… or earlier"`
}

// SearchResult is a page of hits: whole codes and names first, then titles,
// then titles, codes and bodies together, then other text; of each the newest
// first.
type SearchResult struct {
	Items  []SearchItem `json:"items" doc:"Dockets; empty when bodies are asked for"`
	Bodies []BodyItem   `json:"bodies" doc:"With dockets the first five; with kind=body a page"`
	Total  int          `json:"total" doc:"Hits on all pages that this reader may see, of the kind asked for; at most 1000"`
	More   bool         `json:"more,omitempty" doc:"There are more than 1000"`
	Next   string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

type suggestInput struct {
	Q string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"What was typed so far"`
}

// Suggestions are titles, bodies, codes and divisions that hold what was typed, or
// sound so.
type Suggestions struct {
	Items []Suggestion `json:"items"`
}

type disclosedInput struct {
	Position int64 `path:"position" minimum:"0" doc:"Place of the record in the log"`
}

type out[T any] struct{ Body T }

// reading is an operation of the API that anybody may ask, each answered with
// what they may see. errs are the statuses it answers besides those that all have.
func reading(id, path, summary, description string, errs ...int) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: "/api/v1" + path, Summary: summary, Description: description, Tags: []string{"dockets"},
		Errors: append(errs, 401, 422, 500, 503), Security: []map[string][]string{{}, {"token": {}}},
	}
}

func (s *Server) routesAPI() {
	huma.Register(s.api, reading("list-dockets", "/dockets", "Dockets 案卷列表", "Those that this reader may know of, narrowed and put in order by what this reader may see of them and by nothing else. "+
		"Without sort by id; with q and without sort as /search has them, the best first."), s.listDockets)
	huma.Register(s.api, reading("get-docket", "/dockets/{id}", "A docket 案卷",
		"As this reader may see it now. A field without value has a state: sealed (opens names the moment that opens it) or hidden, with the article it rests on.", 404), s.getDocket)
	huma.Register(s.api, reading("get-stages", "/dockets/{id}/stages", "Stage board 进度",
		"What has come, what is missing and what is late, lot by lot, as this reader may know it. Legal periods are for supervisors in their jurisdiction and auditors.", 404), s.getStages)
	huma.Register(s.api, reading("list-findings", "/findings", "Findings 线索",
		"Clues that deserve a look, never verdicts. For supervisors in their jurisdiction and auditors; empty for all others."), s.listFindings)
	huma.Register(s.api, reading("search", "/search", "Search 检索", "Finds dockets and bodies by what this reader may see of them, and counts nothing else."), s.search)
	huma.Register(s.api, reading("suggest", "/search/suggest", "Suggestions 检索建议", "Titles, bodies and codes that this reader may see and that hold what was typed; divisions by name or code; letters also find titles, bodies and divisions by their sounds, whole (daolu) or by first letters (dl)."), s.suggestions)
	huma.Register(s.api, reading("read-feed", "/feed", "Feed 数据流",
		"What came to be seen of the records, what changed and what is gone, in the order in which it came to be seen by this reader: a sealed record comes when it opens. Each row once, where it changed last. "+
			"Who reads to the end and goes on with next has at any time what who begins anew gets."), s.readFeed)
	huma.Register(s.api, reading("get-disclosed", "/records/{position}/disclosed", "Fields of a record with their salts 可核验字段",
		"What `mingjing verify --disclosed` reads: the fields that this reader sees of the record, their salts, and the commitments of the rest. Only the current version of a row, once all lots of its docket are opened.", 404), s.getDisclosed)
}

func (s *Server) getDocket(ctx context.Context, in *docketInput) (*out[*disclose.Docket], error) {
	v, err := s.viewOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[*disclose.Docket]{v}, nil
}

// viewOf gives what the reader sees of a docket, after it was noted. Its errors are answers, that
// nothing is found among them.
func (s *Server) viewOf(ctx context.Context, id string) (*disclose.Docket, error) {
	d, err := s.docket(ctx, id)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d != nil {
		if v := disclose.View(d, readerOf(ctx), s.cfg.Clock()); v != nil {
			if err := s.noteView(ctx, v); err != nil {
				return nil, s.fault(ctx, err)
			}
			return v, nil
		}
	}
	return nil, notFound(ctx)
}

func (s *Server) getStages(ctx context.Context, in *docketInput) (*out[*disclose.Board], error) {
	d, err := s.docket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d != nil {
		if b := disclose.StageBoard(d, readerOf(ctx), s.cfg.Clock(), s.cfg.Periods); b != nil {
			return &out[*disclose.Board]{b}, nil
		}
	}
	return nil, notFound(ctx)
}

func (s *Server) search(ctx context.Context, in *searchInput) (*out[SearchResult], error) {
	r := readerOf(ctx)
	list := "search " + in.Kind
	place, err := s.cursors.open(list, in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	q := question{text: in.Q, class: in.Class, region: in.Region, moment: in.Moment, after: place, limit: in.Limit}
	for _, d := range []struct {
		name, value string
		to          *time.Time
	}{{"from", in.From, &q.from}, {"to", in.To, &q.to}} {
		if *d.to, err = day(d.value); err != nil {
			return nil, badParameter(ctx, d.name, "write a date as 2006-01-02")
		}
	}
	body, next, err := s.answer(ctx, r, q, in.Kind)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if next != "" {
		body.Next = s.cursors.seal(list, next)
	}
	return &out[SearchResult]{*body}, nil
}

// answer searches for dockets, with the first bodies beside the first page, or
// for bodies.
func (s *Server) answer(ctx context.Context, r disclose.Reader, q question, kind string) (*SearchResult, string, error) {
	body := &SearchResult{Items: []SearchItem{}, Bodies: []BodyItem{}}
	var (
		next string
		err  error
	)
	count := s.cfg.Store.SearchCount
	if kind == "body" {
		count = s.cfg.Store.CountParties
		body.Bodies, next, err = s.bodies(ctx, r, q)
	} else {
		var hits []found
		if hits, next, err = s.find(ctx, r, s.query(r, q)); err == nil && q.after == "" {
			first := q
			first.limit = 5
			body.Bodies, _, err = s.bodies(ctx, r, first)
		}
		var noted map[string][]string
		body.Items, noted = searchItems(hits, q.text)
		for id, classes := range noted {
			if err == nil {
				err = s.note(ctx, id, classes...)
			}
		}
	}
	if err != nil {
		return nil, "", err
	}
	n, err := count(ctx, s.query(r, q), countCap)
	if err != nil {
		return nil, "", err
	}
	body.Total, body.More = min(n, countCap), n > countCap
	return body, next, nil
}

func (s *Server) suggestions(ctx context.Context, in *suggestInput) (*out[Suggestions], error) {
	items, err := s.suggest(ctx, readerOf(ctx), in.Q)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[Suggestions]{Suggestions{items}}, nil
}

func (s *Server) getDisclosed(ctx context.Context, in *disclosedInput) (*out[*ledger.Disclosed], error) {
	d, err := s.disclosed(ctx, readerOf(ctx), in.Position)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil {
		return nil, notFound(ctx)
	}
	return &out[*ledger.Disclosed]{d}, nil
}

func notFound(ctx context.Context) error { return problemNotFound.problem(requestID(ctx), "") }

func badParameter(ctx context.Context, field, message string) error {
	p := problemParameter.problem(requestID(ctx), "")
	p.Errors = []ProblemField{{Field: "query." + field, Message: message}}
	return p
}

// fault logs what went wrong inside and answers that something did.
func (s *Server) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return s.cut(ctx)
	}
	s.cfg.Log.ErrorContext(ctx, "api", "request_id", requestID(ctx), "error", err)
	if errors.Is(err, errNotNoted) {
		return problemNotNoted.problem(requestID(ctx), "")
	}
	return problemInternal.problem(requestID(ctx), "")
}

// cut answers a request whose context has ended: its session has, or the client
// went away.
func (s *Server) cut(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		if _, ended := identity.WhyEnded(err); ended {
			return s.accountFault(ctx, err)
		}
	}
	return problemUnavailable.problem(requestID(ctx), "")
}
