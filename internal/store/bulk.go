package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A BulkState is what a docket keeps of its bulk rows; the body is the
// caller's JSON.
type BulkState struct {
	Docket string
	Step   int64 // 0: nothing is kept yet
	Body   []byte
	Moved  []int64 // log positions that were noted for this docket and that it has not read yet, ascending
}

// A BulkRow is what one row adds to a docket; the body is the caller's JSON.
type BulkRow struct {
	Identity []byte
	Body     []byte
}

// A BulkChange is one step of a docket's bulk state, kept all or nothing.
type BulkChange struct {
	Docket string
	Step   int64 // the step that was read; the new one is one more
	Reset  bool  // all rows kept so far are dropped first
	Body   []byte
	Rows   []BulkRow          // new and changed rows
	Read   []int64            // of BulkState.Moved, what was read now
	Moved  map[string][]int64 // log positions that other dockets must read, by docket
}

// Bulk returns what is kept of a docket's bulk rows; never nil.
func (db *DB) Bulk(ctx context.Context, docket string) (*BulkState, error) {
	s := &BulkState{Docket: docket}
	var body string
	err := db.read.QueryRowContext(ctx, `SELECT step, body FROM bulk WHERE docket = $1`, docket).Scan(&s.Step, &body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("store: bulk of docket %q: %w", docket, err)
	}
	s.Body = []byte(body)
	s.Moved, err = collect(ctx, db.read, scanOne[int64], `SELECT position FROM bulk_moved WHERE docket = $1 ORDER BY position`, docket)
	if err != nil {
		return nil, fmt.Errorf("store: bulk of docket %q: %w", docket, err)
	}
	return s, nil
}

// BulkRows returns those of the rows with these identities that a docket keeps.
func (db *DB) BulkRows(ctx context.Context, docket string, identities [][]byte) ([]BulkRow, error) {
	var out []BulkRow
	for part := range slices.Chunk(identities, 1000) {
		rows, err := collect(ctx, db.read, scanBulkRow,
			`SELECT identity, body FROM bulk_row WHERE docket = $1 AND identity `+db.in("$2", kindBlob), docket, db.list(part))
		if err != nil {
			return nil, fmt.Errorf("store: bulk rows of docket %q: %w", docket, err)
		}
		out = append(out, rows...)
	}
	return out, nil
}

// EachBulkRow gives fn all rows that a docket keeps; its error ends it.
func (db *DB) EachBulkRow(ctx context.Context, docket string, fn func(BulkRow) error) error {
	after := []byte{}
	for {
		rows, err := collect(ctx, db.read, scanBulkRow,
			`SELECT identity, body FROM bulk_row WHERE docket = $1 AND identity > $2 ORDER BY identity LIMIT 1000`, docket, after)
		if err != nil {
			return fmt.Errorf("store: bulk rows of docket %q: %w", docket, err)
		}
		if len(rows) == 0 {
			return nil
		}
		for _, r := range rows {
			if err := fn(r); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].Identity
	}
}

func scanBulkRow(s scanner) (BulkRow, error) {
	var (
		r    BulkRow
		body string
	)
	err := s.Scan(&r.Identity, &body)
	r.Body = []byte(body)
	return r, err
}

// PutBulk keeps a step, and says whether it did: not when another step was
// kept since this one was read.
func (db *DB) PutBulk(ctx context.Context, c *BulkChange) (saved bool, err error) {
	if err := checkTexts("bulk", append([]string{c.Docket}, slices.Collect(maps.Keys(c.Moved))...)...); err != nil {
		return false, fmt.Errorf("store: bulk of docket %q: %w", c.Docket, err)
	}
	err = db.write(ctx, repeated, func(tx *sql.Tx) error {
		if err := touched(tx.ExecContext(ctx, `INSERT INTO bulk (docket, step, body) VALUES ($1, $2, $3)
			ON CONFLICT (docket) DO UPDATE SET step = excluded.step, body = excluded.body WHERE bulk.step = $4`,
			c.Docket, c.Step+1, string(c.Body), c.Step)); err != nil {
			return err
		}
		if c.Reset {
			if _, err := tx.ExecContext(ctx, `DELETE FROM bulk_row WHERE docket = $1`, c.Docket); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(c.Rows, 1000) {
			if err := db.putBulkRows(ctx, tx, c.Docket, part); err != nil {
				return err
			}
		}
		if len(c.Read) > 0 {
			if _, err := tx.ExecContext(ctx, `DELETE FROM bulk_moved WHERE docket = $1 AND position `+db.in("$2", kindInt), c.Docket, db.list(c.Read)); err != nil {
				return err
			}
		}
		return putBulkMoved(ctx, tx, c.Moved)
	})
	if errors.Is(err, ErrNotFound) { // another step was kept
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store: bulk of docket %q: %w", c.Docket, err)
	}
	if len(c.Moved) > 0 {
		db.signal()
	}
	return true, nil
}

// PutBulkMoved notes log positions that dockets must read, by docket.
func (db *DB) PutBulkMoved(ctx context.Context, moved map[string][]int64) error {
	if err := checkTexts("bulk", slices.Collect(maps.Keys(moved))...); err != nil {
		return fmt.Errorf("store: moved bulk rows: %w", err)
	}
	if len(moved) == 0 {
		return nil
	}
	if err := db.write(ctx, repeated, func(tx *sql.Tx) error { return putBulkMoved(ctx, tx, moved) }); err != nil {
		return fmt.Errorf("store: moved bulk rows: %w", err)
	}
	db.signal()
	return nil
}

func putBulkMoved(ctx context.Context, tx *sql.Tx, moved map[string][]int64) error {
	for _, docket := range slices.Sorted(maps.Keys(moved)) {
		for _, p := range slices.Sorted(slices.Values(moved[docket])) {
			if _, err := tx.ExecContext(ctx, `INSERT INTO bulk_moved (docket, position) VALUES ($1, $2) ON CONFLICT (docket, position) DO NOTHING`, docket, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (db *DB) putBulkRows(ctx context.Context, tx *sql.Tx, docket string, rows []BulkRow) error {
	const update = ` ON CONFLICT (docket, identity) DO UPDATE SET body = excluded.body`
	if db.pool != nil {
		identities, bodies := make([][]byte, len(rows)), make([]string, len(rows))
		for i, r := range rows {
			identities[i], bodies[i] = r.Identity, string(r.Body)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO bulk_row (docket, identity, body)
			SELECT $1, identity, body FROM unnest($2::bytea[], $3::text[]) AS r (identity, body)`+update, docket, identities, bodies)
		return err
	}
	list := make([][2]string, len(rows))
	for i, r := range rows {
		list[i] = [2]string{hex.EncodeToString(r.Identity), string(r.Body)}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bulk_row (docket, identity, body)
		SELECT $1, unhex(json_extract(value, '$[0]')), json_extract(value, '$[1]') FROM json_each($2) WHERE true`+update, docket, string(b))
	return err
}

// BulkMoved returns up to limit dockets that have records to read which moved
// from them.
func (db *DB) BulkMoved(ctx context.Context, limit int) ([]string, error) {
	out, err := collect(ctx, db.read, scanOne[string], `SELECT DISTINCT docket FROM bulk_moved ORDER BY docket LIMIT $1`, limitOf(limit))
	if err != nil {
		return nil, fmt.Errorf("store: dockets with moved bulk rows: %w", err)
	}
	return out, nil
}

// PositionsAfter returns the positions above after of the records that name a
// code, ascending.
func (db *DB) PositionsAfter(ctx context.Context, code string, after int64) ([]int64, error) {
	out, err := collect(ctx, db.read, scanOne[int64], `SELECT position FROM code WHERE code = $1 AND position > $2 ORDER BY position`, shortCode(code), after)
	if err != nil {
		return nil, fmt.Errorf("store: positions by code: %w", err)
	}
	return out, nil
}
