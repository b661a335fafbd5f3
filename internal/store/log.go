package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"mingjing/internal/ledger"
)

const (
	sqlReadHead = `SELECT size, root, batches FROM head WHERE one = 1`
	sqlReadTile = `SELECT hashes FROM tile WHERE level = $1 AND idx = $2`
)

func scanHead(s scanner) (ledger.Head, error) {
	var (
		h    ledger.Head
		root []byte
	)
	if err := s.Scan(&h.Size, &root, &h.Batches); err != nil {
		return ledger.Head{}, err
	}
	if len(root) != len(h.Root) {
		return ledger.Head{}, fmt.Errorf("the stored root has %d bytes, needed are %d", len(root), len(h.Root))
	}
	copy(h.Root[:], root)
	return h, nil
}

func scanTile(level int, index int64, s scanner) (*ledger.Tile, error) {
	t := &ledger.Tile{Level: level, Index: index}
	err := s.Scan(&t.Hashes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Head implements ledger.Store.
func (db *DB) Head(ctx context.Context) (ledger.Head, error) {
	h, err := scanHead(db.read.QueryRowContext(ctx, sqlReadHead))
	if err != nil {
		return ledger.Head{}, fmt.Errorf("store: head: %w", err)
	}
	return h, nil
}

// rowsAtOnce is how many rows Rows reads before it hands them out: while fn
// runs no connection and no read lock is held.
const rowsAtOnce = 256

// Rows implements ledger.Store. It is the feed: because positions become
// visible in order, a reader that goes on from the last position it saw
// misses none.
func (db *DB) Rows(ctx context.Context, from, to int64, fn func(*ledger.Row) error) error {
	for from < to {
		rows, err := db.rows(ctx, `SELECT `+rowList+` FROM record WHERE position >= $1 AND position < $2 ORDER BY position LIMIT $3`, from, to, rowsAtOnce)
		if err != nil {
			return fmt.Errorf("store: rows from %d: %w", from, err)
		}
		for _, r := range rows {
			if err := fn(r); err != nil {
				return err
			}
		}
		if len(rows) < rowsAtOnce {
			return nil
		}
		from = rows[len(rows)-1].Position + 1
	}
	return nil
}

// RowsAt implements ledger.Store. The answer is in the order of positions.
func (db *DB) RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error) {
	var out []*ledger.Row
	for part := range slices.Chunk(positions, 10*rowsAtOnce) {
		rows, err := db.rows(ctx, `SELECT `+rowList+` FROM record WHERE position `+db.in("$1", kindInt)+` ORDER BY position`, db.list(part))
		if err != nil {
			return nil, fmt.Errorf("store: rows: %w", err)
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b *ledger.Row) int { return int(a.Position - b.Position) })
	return out, nil
}

func (db *DB) rows(ctx context.Context, query string, args ...any) ([]*ledger.Row, error) {
	return collect(ctx, db.read, scanRow, query, args...)
}

// Batch implements ledger.Store.
func (db *DB) Batch(ctx context.Context, id int64) (*ledger.BatchRow, error) {
	b := &ledger.BatchRow{ID: id}
	var received int64
	err := db.read.QueryRowContext(ctx, `SELECT received, author_kind, author_id, author_key, evidence FROM batch WHERE id = $1`, id).
		Scan(&received, &b.Author.Kind, &b.Author.ID, &b.Author.Key, &b.Evidence)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: batch %d: %w", id, err)
	}
	b.Received = instant(received)
	return b, nil
}

// Tile implements ledger.Store.
func (db *DB) Tile(ctx context.Context, level int, index int64) (*ledger.Tile, error) {
	t, err := scanTile(level, index, db.read.QueryRowContext(ctx, sqlReadTile, level, index))
	if err != nil {
		return nil, fmt.Errorf("store: tile %d/%d: %w", level, index, err)
	}
	return t, nil
}

// Rewrite implements ledger.Store. On SQLite the erased bytes are overwritten
// and the write-ahead log that held them is emptied. PostgreSQL keeps an old
// row's bytes in its pages until they are used again and in its write-ahead
// log and archives until these are recycled: there an erasure is as good as
// the destruction of the key that the erased part was sealed under.
func (db *DB) Rewrite(ctx context.Context, r *ledger.Row) error {
	if err := checkRow(r); err != nil {
		return fmt.Errorf("store: rewrite: %w", err)
	}
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE record SET fields = $1, sealed = $2, seed = $3, commitments = $4, salts = $5, problems = $6 WHERE position = $7`,
			text(r.Fields), blob(r.Sealed), blob(r.Seed), blob(r.Commitments), text(r.Salts), text(r.Problems), r.Position))
	})
	if err != nil {
		return fmt.Errorf("store: rewrite position %d: %w", r.Position, err)
	}
	if err := db.truncateWAL(ctx); err != nil {
		return fmt.Errorf("store: rewrite position %d is done, but old bytes may still stand in the -wal file: %w", r.Position, err)
	}
	return nil
}

// RewriteBatch implements ledger.BatchRewriter, with the limits of Rewrite.
func (db *DB) RewriteBatch(ctx context.Context, b *ledger.BatchRow) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `UPDATE batch SET evidence = $1 WHERE id = $2`, notNil(b.Evidence), b.ID))
	})
	if err != nil {
		return fmt.Errorf("store: rewrite batch %d: %w", b.ID, err)
	}
	if err := db.truncateWAL(ctx); err != nil {
		return fmt.Errorf("store: rewrite batch %d is done, but old bytes may still stand in the -wal file: %w", b.ID, err)
	}
	return nil
}

// truncateWAL empties SQLite's write-ahead log, waiting for readers.
func (db *DB) truncateWAL(ctx context.Context) error {
	if db.pool != nil {
		return nil
	}
	if err := db.take(ctx); err != nil {
		return err
	}
	defer db.give()
	var busy, frames, moved int64
	if err := db.synced.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("a reader held it for longer than 10 s; checkpoint it later with PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return nil
}

// PositionsByCode returns, for each code that any record names, the positions
// of these records, ascending.
func (db *DB) PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error) {
	type at struct {
		code     string
		position int64
	}
	short, long := make([]string, len(codes)), map[string]string{}
	for i, code := range codes {
		if short[i] = shortCode(code); short[i] != code {
			long[short[i]] = code
		}
	}
	found, err := collect(ctx, db.read, func(s scanner) (at, error) {
		var a at
		return a, s.Scan(&a.code, &a.position)
	}, `SELECT code, position FROM code WHERE code `+db.in("$1", kindText)+` ORDER BY code, position`, db.list(short))
	if err != nil {
		return nil, fmt.Errorf("store: positions by code: %w", err)
	}
	out := make(map[string][]int64)
	for _, a := range found {
		if code, ok := long[a.code]; ok {
			a.code = code
		}
		out[a.code] = append(out[a.code], a.position)
	}
	return out, nil
}

// PositionsByIdentity returns the positions of all versions of the rows with
// these identities, ascending.
func (db *DB) PositionsByIdentity(ctx context.Context, identities [][]byte) ([]int64, error) {
	out, err := collect(ctx, db.read, scanOne[int64],
		`SELECT position FROM record WHERE identity `+db.in("$1", kindBlob)+` ORDER BY position`, db.list(identities))
	if err != nil {
		return nil, fmt.Errorf("store: positions by identity: %w", err)
	}
	return out, nil
}
