package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// maxScan bounds how many dockets one request looks at; a page that ends there
// is short and has a cursor.
const maxScan = 2000

// docket loads a stored docket, nil when there is none.
func (s *Server) docket(ctx context.Context, id string) (*docket.Docket, error) {
	row, err := s.cfg.Store.Docket(ctx, id)
	if err != nil || row == nil {
		return nil, err
	}
	return readDocket(row)
}

func readDocket(row *store.DocketRow) (*docket.Docket, error) {
	d := new(docket.Docket)
	if err := json.Unmarshal(row.Body, d); err != nil {
		return nil, fmt.Errorf("stored docket %q cannot be read", row.ID) // the cause may quote what it says
	}
	return d, nil
}

// A listing is what is asked of the list of dockets.
type listing struct {
	region, class string
	after         string
	limit         int
}

// dockets returns the views of a page of dockets that the reader may know of,
// in the order of ids, and the place from which to go on, "" when nothing that
// the reader may know of follows. What is asked is compared with the view,
// never with the docket.
func (s *Server) dockets(ctx context.Context, r disclose.Reader, l listing) (views []*disclose.Docket, next string, err error) {
	src := s.source(l)
	at := s.cfg.Clock()
	for scanned := 0; ; {
		rows, more, err := src.page(ctx, min(l.limit+1, 200))
		if err != nil {
			return nil, "", err
		}
		for _, row := range rows {
			d, err := readDocket(row)
			if err != nil {
				return nil, "", err
			}
			if v := disclose.View(d, r, at); v != nil && s.keeps(l, v) {
				if len(views) == l.limit { // one more than asked: only now is it known that more follow
					return views, views[l.limit-1].ID, nil
				}
				views = append(views, v)
			}
			if scanned++; scanned >= maxScan {
				return views, row.ID, nil
			}
		}
		if !more {
			return views, "", nil
		}
	}
}

// keeps compares what is asked with what the reader sees.
func (s *Server) keeps(l listing, v *disclose.Docket) bool {
	return (l.class == "" || v.Class == l.class) && s.lies(v.Region, l.region)
}

// lies reports whether a docket's region lies in the one asked for, by the
// divisions of today: old records carry the codes of districts since merged. It
// narrows what the reader sees anyway and gives nobody a right.
func (s *Server) lies(region, asked string) bool {
	return asked == "" || s.cfg.Jurisdiction.Contains(asked, region, trade.DayOf(s.cfg.Clock()))
}

// codes gives the codes that the dockets of a region may carry, for the store;
// none where codes that no table knows could lie in it too.
func (s *Server) codes(region string) []string {
	code := trade.RegionCode(region)
	if code == "" || strings.HasSuffix(code, "00") {
		return nil
	}
	return s.cfg.Jurisdiction.Below(code, trade.DayOf(s.cfg.Clock()))
}

func (s *Server) source(l listing) *allRows {
	f := store.DocketFilter{After: l.after, Regions: s.codes(l.region)}
	if l.class != "" {
		f.Classes = []string{l.class}
	}
	return &allRows{s: s, filter: f}
}

// allRows gives stored dockets page by page in the order of ids.
type allRows struct {
	s      *Server
	filter store.DocketFilter
}

func (a *allRows) page(ctx context.Context, n int) ([]*store.DocketRow, bool, error) {
	a.filter.Limit = n + 1
	rows, err := a.s.cfg.Store.Dockets(ctx, a.filter)
	if err != nil {
		return nil, false, err
	}
	more := len(rows) > n
	rows = rows[:min(len(rows), n)]
	if len(rows) > 0 {
		a.filter.After = rows[len(rows)-1].ID
	}
	return rows, more, nil
}
