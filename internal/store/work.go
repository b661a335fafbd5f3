package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Work is one code to be folded again, through a log position. A code of more
// than 512 bytes, which no standard allows, comes back as its beginning and its
// hash; PositionsByCode knows both names.
type Work struct {
	Code    string
	Through int64
	lease   int64 // claimed_until of this claim, ms
}

// ClaimWork takes up to limit codes that have been marked further than they are
// done, the longest-waiting first, and holds them for lease; whoever dies
// holding them loses them when the lease ends. Each is given to one caller at
// a time.
func (db *DB) ClaimWork(ctx context.Context, limit int, lease time.Duration, now time.Time) ([]Work, error) {
	if limit <= 0 {
		return nil, nil
	}
	lock := ""
	if db.pool != nil {
		lock = " FOR UPDATE SKIP LOCKED"
	} else if open, err := db.anyWork(ctx, now); err != nil || !open {
		return nil, err // a look costs no turn to write
	}
	until := ms(now.Add(lease))
	var out []Work
	err := db.write(ctx, repeated, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(s scanner) (Work, error) {
			w := Work{lease: until}
			return w, s.Scan(&w.Code, &w.Through)
		}, `WITH free AS (SELECT code FROM work WHERE through > done AND claimed_until <= $1 ORDER BY since LIMIT $2`+lock+`)
			UPDATE work SET claimed_until = $3 WHERE code IN (SELECT code FROM free) RETURNING code, through`, ms(now), limit, until)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: claim work: %w", err)
	}
	slices.SortFunc(out, func(a, b Work) int { return cmp.Compare(a.Through, b.Through) })
	return out, nil
}

func (db *DB) anyWork(ctx context.Context, now time.Time) (bool, error) {
	var any int
	err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM work WHERE through > done AND claimed_until <= $1 LIMIT 1) AS w`, ms(now)).Scan(&any)
	if err != nil {
		return false, fmt.Errorf("store: claim work: %w", err)
	}
	return any > 0, nil
}

// FinishWork notes that the codes are folded through the positions claimed. A
// mark made since then stays, and the code can be claimed again at once.
func (db *DB) FinishWork(ctx context.Context, done []Work) error {
	if len(done) == 0 {
		return nil
	}
	done = slices.Clone(done)
	slices.SortFunc(done, func(a, b Work) int { return cmp.Compare(a.Code, b.Code) }) // the order in which all lock work rows
	err := db.write(ctx, repeated, func(tx *sql.Tx) error {
		for _, w := range done {
			if _, err := tx.ExecContext(ctx, `UPDATE work SET
				done = CASE WHEN done < $1 THEN $1 ELSE done END,
				claimed_until = CASE WHEN claimed_until = $2 THEN 0 ELSE claimed_until END,
				since = CASE WHEN through > $1 THEN $1 + 1 ELSE since END
				WHERE code = $3`, w.Through, w.lease, w.Code); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: finish work: %w", err)
	}
	return nil
}

// ReleaseWork gives claimed codes back undone, for another to take at once.
func (db *DB) ReleaseWork(ctx context.Context, claimed []Work) error {
	if len(claimed) == 0 {
		return nil
	}
	claimed = slices.Clone(claimed)
	slices.SortFunc(claimed, func(a, b Work) int { return cmp.Compare(a.Code, b.Code) })
	err := db.write(ctx, repeated, func(tx *sql.Tx) error {
		for _, w := range claimed {
			if _, err := tx.ExecContext(ctx, `UPDATE work SET claimed_until = 0 WHERE code = $1 AND claimed_until = $2`, w.Code, w.lease); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: release work: %w", err)
	}
	db.signal()
	return nil
}

// MarkWork asks that the code be folded through a position. It does nothing
// when it has been asked for, or done, as far already.
func (db *DB) MarkWork(ctx context.Context, code string, through int64) error {
	if err := checkText("code", code); err != nil {
		return fmt.Errorf("store: mark work: %w", err)
	}
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlMark, shortCode(code), through, through)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: mark work: %w", err)
	}
	db.signal()
	return nil
}

// Backlog is how much work waits.
type Backlog struct {
	Codes  int64 // marked and not done, claimed ones included
	Oldest int64 // log position of the oldest mark not done; -1 when there is none
}

// Backlog counts the work that is not done.
func (db *DB) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	err := db.read.QueryRowContext(ctx, `SELECT count(*), coalesce(min(since), -1) FROM work WHERE through > done`).Scan(&b.Codes, &b.Oldest)
	if err != nil {
		return Backlog{}, fmt.Errorf("store: backlog: %w", err)
	}
	return b, nil
}

// OpenWork returns the codes that are marked and not done, in the order of
// their bytes.
func (db *DB) OpenWork(ctx context.Context) ([]string, error) {
	out, err := collect(ctx, db.read, scanOne[string], `SELECT code FROM work WHERE through > done ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("store: open work: %w", err)
	}
	return out, nil
}
