package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrReadBack says that what the store gives back does not prove what would be
// signed. No signature is made.
var ErrReadBack = errors.New("read-back before signing failed: no checkpoint was signed")

// A batchCache remembers the commitments of the batches read last. The rows of
// one batch stand close together.
type batchCache struct {
	store Store
	known map[int64]batchFact
}

type batchFact struct {
	commitment Hash
	erased     int64 // position of the erasure record that removed the body, or -1
	row        *BatchRow
	err        error // the kept batch does not read
}

// of returns the commitment to @batch for a row, the zero Hash for rows without batch.
func (c *batchCache) of(ctx context.Context, id int64) (batchFact, error) {
	if id == 0 {
		return batchFact{erased: -1}, nil
	}
	if f, ok := c.known[id]; ok {
		return f, nil
	}
	if c.known == nil || len(c.known) > 256 {
		c.known = map[int64]batchFact{}
	}
	row, err := c.store.Batch(ctx, id)
	if err != nil {
		return batchFact{}, err
	}
	f := batchFact{erased: -1, row: row}
	if row == nil || row.ID != id {
		f.err = fmt.Errorf("batch %d is not stored", id)
	} else {
		f.commitment, f.erased, f.err = BatchCommitment(row)
	}
	c.known[id] = f
	return f, nil
}

// readBack recomputes, from the rows as the store gives them now, the tree that
// grew from e to head; it compares each new tile with the stored one and the
// root with the head row, and returns the edge of the new tree. received is the
// received time of the last row before, and of the last row after.
func readBack(ctx context.Context, store Store, e *edge, head Head, received time.Time) (*edge, time.Time, error) {
	e = e.clone()
	batches := batchCache{store: store}
	leaves := make([]Hash, 0, 4*tileWidth)
	flush := func() error {
		for _, t := range e.append(leaves) {
			have, err := tileData(ctx, store, tlog.Tile{L: t.Level, N: t.Index, W: len(t.Hashes) / tlog.HashSize})
			if err != nil {
				return err
			}
			if !bytes.Equal(have, t.Hashes) {
				return fmt.Errorf("%w: tile %d/%d does not match the records", ErrTiles, t.Level, t.Index)
			}
		}
		leaves = leaves[:0]
		return nil
	}
	next := e.size
	err := store.Rows(ctx, e.size, head.Size, func(row *Row) error {
		if row.Position != next {
			return fmt.Errorf("record %d follows record %d", row.Position, next-1)
		}
		next++
		if row.Received.Before(received) {
			return fmt.Errorf("record %d was received %s, before the record that stands before it (%s)", row.Position, ReceivedText(row.Received), ReceivedText(received))
		}
		received = row.Received
		f, err := batches.of(ctx, row.Batch)
		if err != nil {
			return err
		}
		if f.err != nil {
			return fmt.Errorf("record %d: %w", row.Position, f.err)
		}
		if err := CheckRow(row, f.commitment); err != nil {
			return err
		}
		if leaves = append(leaves, row.Leaf); len(leaves) == cap(leaves) {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil && e.size != head.Size {
		err = fmt.Errorf("the store gives %d records, its head says %d", e.size, head.Size)
	}
	if err == nil && e.root() != head.Root {
		root := e.root()
		err = fmt.Errorf("the records give root %x, the head row says %x", root[:8], head.Root[:8])
	}
	if ctx.Err() != nil { // stopped, which says nothing about the store
		return nil, received, fmt.Errorf("read-back before signing: %w", ctx.Err())
	}
	if err != nil {
		return nil, received, fmt.Errorf("%w: %w; run verify, and restore what it names from a backup", ErrReadBack, err)
	}
	return e, received, nil
}

// consistent proves from the stored tiles that the tree of was is the beginning
// of the tree of c.
func consistent(ctx context.Context, store Store, was, c Checkpoint) error {
	proof, err := consistencyProof(ctx, store, was.Size, c)
	if err != nil {
		return err
	}
	return checkConsistency(was, c, proof)
}

// consistencyProof proves, from tiles checked against c, that the tree of size
// old is the beginning of c's. It is empty when old is 0 or c's own size.
func consistencyProof(ctx context.Context, store Store, old int64, c Checkpoint) ([]tlog.Hash, error) {
	if old < 0 || old > c.Size {
		return nil, fmt.Errorf("no consistency proof from size %d to %d", old, c.Size)
	}
	if old == 0 || old == c.Size {
		return nil, nil
	}
	return tlog.ProveTree(c.Size, old, authentic(ctx, store, c.tree()))
}

// errInconsistent says that two checkpoints are of two different histories.
var errInconsistent = errors.New("the two checkpoints are of different histories")

// checkConsistency verifies a consistency proof from was to c.
func checkConsistency(was, c Checkpoint, proof []tlog.Hash) error {
	switch {
	case was.Size > c.Size:
		return fmt.Errorf("%w: size went back from %d to %d", errInconsistent, was.Size, c.Size)
	case was.Size == c.Size && was.Root != c.Root:
		return fmt.Errorf("%w: two roots for size %d", errInconsistent, c.Size)
	case was.Size == 0 || was.Size == c.Size:
		if len(proof) > 0 {
			return fmt.Errorf("%w: the proof from size %d to %d must be empty", errInconsistent, was.Size, c.Size)
		}
		return nil
	}
	if err := tlog.CheckTree(proof, c.Size, tlog.Hash(c.Root), was.Size, tlog.Hash(was.Root)); err != nil {
		return fmt.Errorf("%w: %v", errInconsistent, err)
	}
	return nil
}
