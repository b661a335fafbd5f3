package ledger

import (
	"context"
	"errors"
)

// Receipt returns the receipt of the record at position, with the newest
// published checkpoint and the inclusion proof in the tree of just that
// checkpoint. While no published checkpoint covers the record, Checkpoint and
// Proof are empty: ask again after the next one.
func (l *Ledger) Receipt(ctx context.Context, position int64) (Receipt, error) {
	row, err := l.rowAt(ctx, position)
	if err != nil {
		return Receipt{}, err
	}
	r := l.receipt(position, row.Leaf, row.Received)
	checkpoint, proof, err := l.Prove(ctx, position)
	if errors.Is(err, ErrNotYet) || errors.Is(err, ErrNoPublisher) {
		return r, nil
	}
	if err != nil {
		return Receipt{}, err
	}
	// The row's leaf is only what the database says: let the proof judge it.
	c, err := ParseCheckpoint(checkpoint)
	if err != nil {
		return Receipt{}, err
	}
	if err := CheckInclusion(c, position, row.Leaf, proof); err != nil {
		return Receipt{}, err
	}
	r.Checkpoint, r.Proof = string(checkpoint), proof
	return r, nil
}
