package server

import (
	"context"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
)

func (s *Server) listFindings(ctx context.Context, in *findingsInput) (*out[FindingList], error) {
	place, err := s.cursors.open("findings", in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	after, _ := strconv.ParseInt(place, 10, 64) // "" is the beginning; ours otherwise
	items, next, err := s.findings(ctx, readerOf(ctx), store.FindingFilter{Docket: in.Docket, Indicator: in.Indicator, After: after}, in.Region, in.Limit)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if err := s.noteFindings(ctx, items); err != nil {
		return nil, s.fault(ctx, err)
	}
	body := FindingList{Items: items}
	if next > 0 {
		body.Next = s.cursors.seal("findings", strconv.FormatInt(next, 10))
	}
	return &out[FindingList]{body}, nil
}

// noteFindings notes the rows that findings refer to: their keys may name bidders.
func (s *Server) noteFindings(ctx context.Context, items []FindingItem) error {
	refs := map[string][]docket.Ref{}
	for i := range items {
		refs[items[i].Docket] = append(refs[items[i].Docket], items[i].Evidence...)
	}
	for id, rows := range refs {
		d, err := s.docket(ctx, id)
		if err != nil {
			return err
		}
		if v := disclose.View(d, readerOf(ctx), s.cfg.Clock()); v != nil {
			if err := s.noteRows(ctx, v, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// findings returns a page of what the reader may see, newest change first, and
// the place of the last one looked at, 0 when there is nothing after.
func (s *Server) findings(ctx context.Context, r disclose.Reader, f store.FindingFilter, region string, limit int) (items []FindingItem, next int64, err error) {
	items = []FindingItem{}
	if r.Audience != disclose.Supervisor && r.Audience != disclose.Auditor {
		return items, 0, nil // disclose.Findings would say so of each; do not read them all for it
	}
	f.Regions = s.codes(region)
	dockets := map[string]*docket.Docket{}
	page := f
	page.Limit = 200
	for scanned := 0; scanned < maxScan; {
		rows, err := s.cfg.Store.Findings(ctx, page)
		if err != nil {
			return nil, 0, err
		}
		for i := range rows {
			scanned++
			item, err := s.finding(ctx, r, &rows[i], region, dockets)
			if err != nil {
				return nil, 0, err
			}
			if item != nil {
				if len(items) == limit { // only now is it known that more follow
					return items, f.After, nil
				}
				items = append(items, *item)
			}
			if len(items) < limit || item != nil {
				f.After = rows[i].Seq
			}
		}
		if len(rows) < page.Limit {
			return items, 0, nil
		}
		page.After = rows[len(rows)-1].Seq
	}
	return items, f.After, nil
}

// finding gives one stored finding as the reader may see it, nil if not.
func (s *Server) finding(ctx context.Context, r disclose.Reader, row *store.FindingRow, region string, dockets map[string]*docket.Docket) (*FindingItem, error) {
	d, known := dockets[row.Docket]
	if !known {
		var err error
		if d, err = s.docket(ctx, row.Docket); err != nil {
			return nil, err
		}
		dockets[row.Docket] = d
	}
	if d == nil || !s.lies(d.Region, region) {
		return nil, nil
	}
	var f detect.Finding
	if err := json.Unmarshal(row.Body, &f); err != nil {
		return nil, fmt.Errorf("stored finding of docket %q cannot be read", row.Docket)
	}
	seen := disclose.Findings([]detect.Finding{f}, d, r, s.cfg.Clock())
	if len(seen) == 0 {
		return nil, nil
	}
	return &FindingItem{Finding: seen[0], Region: d.Region, At: row.At}, nil
}
