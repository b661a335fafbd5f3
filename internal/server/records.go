package server

import (
	"context"
	"slices"
	"strings"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// disclosed gives the fields of the record at a position that the reader sees,
// with their salts; nil when the reader sees no such record. A sealed record
// is read only as far as its own docket's releases allow.
func (s *Server) disclosed(ctx context.Context, r disclose.Reader, position int64) (*ledger.Disclosed, error) {
	rows, err := s.cfg.Store.RowsAt(ctx, []int64{position})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	at := s.cfg.Clock()
	vaults := map[string]*docket.Docket{}
	var fault error
	open := func(v standard.Vault, seal standard.Seal) bool {
		d, known := vaults[v.Tender]
		if !known {
			if d, err = s.docket(ctx, v.Tender); err != nil {
				fault = err
			}
			vaults[v.Tender] = d
		}
		return d != nil && disclose.Released(d, v, seal, at)
	}
	revealed, err := s.cfg.Ledger.Reveal(rows[0], open)
	if err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, fault
	}
	for _, code := range docket.Codes(&revealed.Record) {
		dockets, err := s.docketsOf(ctx, code)
		if err != nil {
			return nil, err
		}
		for _, d := range dockets {
			if names := visible(disclose.View(d, r, at), &revealed.Record, position); len(names) > 0 {
				return s.cfg.Ledger.Disclose(ctx, rows[0], names, open)
			}
		}
	}
	return nil, nil
}

// docketsOf loads the dockets that a code leads to: the one that it names by
// itself, or those that the open records with the same project or section name.
func (s *Server) docketsOf(ctx context.Context, code docket.Code) ([]*docket.Docket, error) {
	ids := []string{code.Docket()}
	if ids[0] == "" {
		var err error
		if ids, err = s.resolve(ctx, code); err != nil {
			return nil, err
		}
	}
	var out []*docket.Docket
	for _, id := range ids {
		d, err := s.docket(ctx, id)
		if err != nil {
			return nil, err
		}
		if d != nil {
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *Server) resolve(ctx context.Context, code docket.Code) ([]string, error) {
	at, err := s.cfg.Store.PositionsByCode(ctx, []string{string(code)})
	if err != nil {
		return nil, err
	}
	rows, err := s.cfg.Store.RowsAt(ctx, at[string(code)])
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, row := range rows {
		revealed, err := s.cfg.Ledger.Reveal(row, nil)
		if err != nil {
			return nil, err
		}
		for _, c := range docket.Codes(&revealed.Record) {
			if id := c.Docket(); id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// visible names the committed fields of a record that a view shows whole. A
// masked value is not what was committed, so it cannot be proved.
func visible(v *disclose.Docket, rec *standard.Record, position int64) []string {
	if v == nil {
		return nil
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Position == nil || *e.Position != position || e.Dataset != rec.Dataset || e.Origin != rec.Origin {
			continue
		}
		names := []string{ledger.FieldOrigin, ledger.FieldDataset}
		if e.Key == rec.Key {
			names = append(names, ledger.FieldKey)
		}
		if e.Received != nil {
			names = append(names, ledger.FieldRevision, ledger.FieldOp, ledger.FieldOccurred, ledger.FieldReceived, ledger.FieldStandard)
		}
		for _, f := range e.Fields {
			if f.State == "" && !strings.HasPrefix(f.Name, "@") {
				names = append(names, f.Name)
			}
		}
		return names
	}
	return nil
}
