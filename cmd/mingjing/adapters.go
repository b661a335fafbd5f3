package main

import (
	"context"

	"mingjing/internal/exchange"
	"mingjing/internal/ledger"
	"mingjing/internal/server"
	"mingjing/internal/store"
)

// quarantine keeps refused bytes encrypted by the keyring: what could not be
// understood may hold a secret.
type quarantine struct {
	db   *store.DB
	keys *ledger.Keyring
}

func (h *house) quarantine() quarantine { return quarantine{h.db, h.keys} }

// Keep implements exchange.Quarantine.
func (q quarantine) Keep(ctx context.Context, entries []exchange.Quarantined) error {
	rows := make([]store.QuarantineRow, len(entries))
	for i, e := range entries {
		body, err := q.keys.Private("quarantine", e.Body)
		if err != nil {
			return err
		}
		id := q.keys.PrivateName("quarantine", []byte(e.ID)) // e.ID is a plain digest of the bytes
		rows[i] = store.QuarantineRow{ID: id, Received: e.Received, Source: e.Source, Key: e.Key, Rule: e.Rule, Bytes: body}
	}
	return q.db.PutQuarantine(ctx, rows)
}

// timed is a ledger whose appends are counted and timed.
type timed struct{ append server.AppendFunc }

// Append implements exchange.Ledger.
func (t timed) Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error) {
	return t.append(ctx, s)
}
