package server

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/ledger"
)

// DocketHead is one docket in a list, as far as this reader may know of it.
type DocketHead struct {
	ID      string    `json:"id" doc:"Tender project code, or ocid"`
	Class   string    `json:"class" doc:"Trade class"`
	Title   string    `json:"title,omitempty"`
	Region  string    `json:"region,omitempty" doc:"GB/T 2260"`
	Origins []string  `json:"origins" doc:"Platform codes of the records that this reader sees"`
	Records int       `json:"records" doc:"Number of records that this reader sees"`
	Lots    []LotHead `json:"lots"`
}

// LotHead is one section of a docket in a list.
type LotHead struct {
	Code   string `json:"code"`
	Name   string `json:"name,omitempty"`
	Moment string `json:"moment" enum:"before,opened,publicity,result,signed"`
}

// PageInput is what all lists take. It is exported because huma passes over
// embedded structs that are not.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most so many items; a page may be shorter though more follow"`
	Cursor string `query:"cursor" maxLength:"1000" doc:"next of the page before"`
}

type docketsInput struct {
	PageInput
	Region string `query:"region" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6})$" patternDescription:"two, four or six digits" doc:"GB/T 2260 code: 410000 and 41 mean the province, 410300 and 4103 the city with its counties; records under the codes of districts since merged are found under the present one"`
	Class  string `query:"class" maxLength:"40" doc:"Trade class, such as construction"`
	Q      string `query:"q" maxLength:"200" doc:"Words that must all occur in what this reader may see"`
}

// DocketList is a page of dockets.
type DocketList struct {
	Items []DocketHead `json:"items"`
	Next  string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
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
	Q string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Words that must all occur: Chinese as it stands, letters and digits by whole words"`
}

// SearchResult is a page of hits.
type SearchResult struct {
	Items []DocketHead `json:"items"`
	Total *int64       `json:"total,omitempty" doc:"Hits on all pages that this reader may see; absent where it would have to be guessed"`
	Next  string       `json:"next,omitempty"`
}

type disclosedInput struct {
	Position int64 `path:"position" minimum:"0" doc:"Place of the record in the log"`
}

type out[T any] struct{ Body T }

func (s *Server) routesAPI() {
	op := func(id, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: "/api/v1" + path, Summary: summary, Description: description, Tags: []string{"dockets"},
			Errors: append(errs, 401, 422, 500, 503), Security: []map[string][]string{{}, {"token": {}}},
		}
	}
	huma.Register(s.api, op("list-dockets", "/dockets", "Dockets 案卷列表", "In the order of their ids; only those that this reader may know of."), s.listDockets)
	huma.Register(s.api, op("get-docket", "/dockets/{id}", "A docket 案卷",
		"As this reader may see it now. A field without value has a state: sealed (opens names the moment that opens it) or hidden, with the article it rests on.", 404), s.getDocket)
	huma.Register(s.api, op("get-stages", "/dockets/{id}/stages", "Stage board 进度",
		"What has come, what is missing and what is late, lot by lot, as this reader may know it. Legal periods are for supervisors in their jurisdiction and auditors.", 404), s.getStages)
	huma.Register(s.api, op("list-findings", "/findings", "Findings 线索",
		"Clues that deserve a look, never verdicts. For supervisors in their jurisdiction and auditors; empty for all others."), s.listFindings)
	huma.Register(s.api, op("search", "/search", "Search 检索", "Finds dockets by what this reader may see of them."), s.search)
	huma.Register(s.api, op("read-feed", "/feed", "Feed 数据流",
		"What came to be seen of the records, what changed and what is gone, in the order in which it came to be seen by this reader: a sealed record comes when it opens. Each row once, where it changed last. "+
			"Who reads to the end and goes on with next has at any time what who begins anew gets."), s.readFeed)
	huma.Register(s.api, op("get-disclosed", "/records/{position}/disclosed", "Fields of a record with their salts 可核验字段",
		"What `mingjing verify --disclosed` reads: the fields that this reader sees of the record, their salts, and the commitments of the rest. Only the current version of a row, once all lots of its docket are opened.", 404), s.getDisclosed)
}

func (s *Server) listDockets(ctx context.Context, in *docketsInput) (*out[DocketList], error) {
	r := readerOf(ctx)
	place, err := s.cursors.open("dockets", in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	views, next, err := s.dockets(ctx, r, listing{region: in.Region, class: in.Class, q: in.Q, after: place, limit: in.Limit})
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body := DocketList{Items: heads(views)}
	if next != "" {
		body.Next = s.cursors.seal("dockets", next)
	}
	return &out[DocketList]{body}, nil
}

func (s *Server) getDocket(ctx context.Context, in *docketInput) (*out[*disclose.Docket], error) {
	d, err := s.docket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d != nil {
		if v := disclose.View(d, readerOf(ctx), s.cfg.Clock()); v != nil {
			return &out[*disclose.Docket]{v}, nil
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
	place, err := s.cursors.open("search", in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	views, next, err := s.dockets(ctx, r, listing{q: in.Q, search: true, after: place, limit: in.Limit})
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body := SearchResult{Items: heads(views)}
	if next != "" {
		body.Next = s.cursors.seal("search", next)
	}
	if body.Total, err = s.total(ctx, r, in.Q); err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[SearchResult]{body}, nil
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

func heads(views []*disclose.Docket) []DocketHead {
	items := []DocketHead{}
	for _, v := range views {
		h := DocketHead{ID: v.ID, Class: v.Class, Title: v.Title, Region: v.Region, Origins: v.Origins, Records: v.Records, Lots: []LotHead{}}
		for _, l := range v.Lots {
			h.Lots = append(h.Lots, LotHead{Code: l.Code, Name: l.Name, Moment: l.Moment})
		}
		items = append(items, h)
	}
	return items
}

func notFound(ctx context.Context) error { return problemNotFound.problem(requestID(ctx), "") }

func badParameter(ctx context.Context, field, message string) error {
	p := problemParameter.problem(requestID(ctx), "")
	p.Errors = []ProblemField{{Field: "query." + field, Message: message}}
	return p
}

// fault logs what went wrong inside and answers that something did.
func (s *Server) fault(ctx context.Context, err error) error {
	s.cfg.Log.ErrorContext(ctx, "api", "request_id", requestID(ctx), "error", err)
	if ctx.Err() != nil {
		return problemUnavailable.problem(requestID(ctx), "")
	}
	return problemInternal.problem(requestID(ctx), "")
}
