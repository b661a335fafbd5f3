package server

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
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
