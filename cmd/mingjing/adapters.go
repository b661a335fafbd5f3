package main

import (
	"context"

	"mingjing/internal/exchange"
	"mingjing/internal/ledger"
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
		rows[i] = store.QuarantineRow{ID: e.ID, Received: e.Received, Source: e.Source, Key: e.Key, Rule: e.Rule, Bytes: body}
	}
	return q.db.PutQuarantine(ctx, rows)
}

// receipts gives receipts with their proofs and authors.
type receipts struct {
	ledger *ledger.Ledger
	db     *store.DB
}

// Receipt implements exchange.Receipts.
func (r receipts) Receipt(ctx context.Context, position int64) (ledger.Receipt, ledger.Author, error) {
	rows, err := r.db.RowsAt(ctx, []int64{position})
	if err != nil {
		return ledger.Receipt{}, ledger.Author{}, err
	}
	if len(rows) == 0 {
		return ledger.Receipt{}, ledger.Author{}, exchange.ErrNoReceipt
	}
	receipt, err := r.ledger.Receipt(ctx, position)
	if err == nil && receipt.Checkpoint == "" {
		err = ledger.ErrNotYet
	}
	return receipt, rows[0].Author, err
}
