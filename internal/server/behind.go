package server

import (
	"context"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
)

// BehindPage is the lots of other dockets on which a finding about bodies rests.
type BehindPage struct {
	Of      int         `json:"of" doc:"Lots that it rests on in all, its own included"`
	Lots    []BehindLot `json:"lots" doc:"The newest of the others that you may see, at most 20"`
	Edition string      `json:"edition,omitempty" doc:"Of the figures that it was made by"`
}

// BehindLot is one of them.
type BehindLot struct {
	Docket string       `json:"docket"`
	Lot    string       `json:"lot,omitempty"`
	Title  string       `json:"title"`
	Day    string       `json:"day,omitempty" doc:"Of the opening, 2006-01-02"`
	Refs   []docket.Ref `json:"refs" doc:"The records there, as you see them"`
}

func (s *Server) routesBehind() {
	huma.Register(s.api, reading("get-warning-behind", "/warnings/{docket}/{key}/behind", "The lots behind a warning about bodies 线索所依据的其他标段",
		"A warning about bodies over many lots rests on records of other dockets. Of each you see what you may see of it; what lies out of your jurisdiction is left out.", 404), s.getBehind)
}

func (s *Server) getBehind(ctx context.Context, in *warningInput) (*out[*BehindPage], error) {
	r := readerOf(ctx)
	p, err := s.behind(ctx, r, in)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if p == nil {
		return nil, notFound(ctx)
	}
	return &out[*BehindPage]{p}, nil
}

func (s *Server) behind(ctx context.Context, r disclose.Reader, in *warningInput) (*BehindPage, error) {
	seen, err := s.seeFinding(ctx, r, in.Docket, in.Key)
	if err != nil || seen == nil {
		return nil, err
	}
	var f detect.Finding // as it is stored: the window takes the other dockets out
	if err := json.Unmarshal(seen.row.Body, &f); err != nil {
		return nil, fmt.Errorf("stored finding of docket %q cannot be read", in.Docket)
	}
	p := &BehindPage{Of: f.BehindOf, Lots: []BehindLot{}, Edition: f.Edition}
	ids := []string{}
	for _, b := range f.Behind {
		ids = append(ids, b.Docket)
	}
	if len(ids) == 0 {
		return p, nil
	}
	rows, err := s.cfg.Store.Dockets(ctx, store.DocketFilter{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	dockets := map[string]*docket.Docket{}
	for _, row := range rows {
		d, err := readDocket(row)
		if err != nil {
			return nil, err
		}
		dockets[d.ID] = d
	}
	at := s.cfg.Clock()
	for _, b := range f.Behind {
		d := dockets[b.Docket]
		if d == nil {
			continue
		}
		v := disclose.View(d, r, at)
		if refs := disclose.Behind(b.Refs, d, r, at); v != nil && len(refs) > 0 {
			if err := s.noteRows(ctx, v, refs); err != nil {
				return nil, err
			}
			p.Lots = append(p.Lots, BehindLot{b.Docket, b.Lot, v.Title, b.Day, refs})
		}
	}
	return p, nil
}
