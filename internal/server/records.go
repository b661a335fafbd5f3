package server

import (
	"context"
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
		d, err := s.docketOf(ctx, code)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		if names := visible(disclose.View(d, r, at), &revealed.Record, position); len(names) > 0 {
			return s.cfg.Ledger.Disclose(ctx, rows[0], names, open)
		}
	}
	return nil, nil
}

// docketOf loads the docket that a code names by itself.
func (s *Server) docketOf(ctx context.Context, code docket.Code) (*docket.Docket, error) {
	if id := code.Docket(); id != "" {
		return s.docket(ctx, id)
	}
	return nil, nil
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
