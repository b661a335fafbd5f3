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
// with their salts; nil when the reader sees no such record.
func (s *Server) disclosed(ctx context.Context, r disclose.Reader, position int64) (*ledger.Disclosed, error) {
	found, err := s.entryAt(ctx, r, position)
	if err != nil || found == nil {
		return nil, err
	}
	return s.cfg.Ledger.Disclose(ctx, found.row, provable(found.entry, found.record), found.open)
}

// A foundEntry is a row of a docket as its reader sees it, with the record of
// its current version and what opens the sealed parts of records as far as the
// releases of their own dockets allow.
type foundEntry struct {
	entry  *disclose.Entry
	row    *ledger.Row
	record *standard.Record
	open   func(standard.Vault, standard.Seal) bool
}

// entryAt gives what the reader sees of the row whose current version stands at
// a position, after it was noted; nil when there is no such row for them.
func (s *Server) entryAt(ctx context.Context, r disclose.Reader, position int64) (*foundEntry, error) {
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
			var err error
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
			if e := entryOf(disclose.View(d, r, at), &revealed.Record, position); e != nil {
				if err := s.note(ctx, d.ID, disclose.Noted(*e)...); err != nil {
					return nil, err
				}
				return &foundEntry{entry: e, row: rows[0], record: &revealed.Record, open: open}, nil
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

// entryOf finds the row of a record in a view.
func entryOf(v *disclose.Docket, rec *standard.Record, position int64) *disclose.Entry {
	if v == nil {
		return nil
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Position != nil && *e.Position == position && e.Dataset == rec.Dataset && e.Origin == rec.Origin {
			return e
		}
	}
	return nil
}

// provable names the committed fields of a record that a view shows whole. A
// masked value is not what was committed, so it cannot be proved.
func provable(e *disclose.Entry, rec *standard.Record) []string {
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
