package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A LikenessRow is what the files of one lot's opened bids have in common. The
// body is sealed by the caller: it quotes them.
type LikenessRow struct {
	Docket, Lot string
	Inputs      string    // a name of all that it was made of
	Made        time.Time // ms
	Body        []byte
}

// A LikenessJob is a docket whose files are to be compared, held until its lease
// ends. Mark grows each time the docket is asked for.
type LikenessJob struct {
	Docket string
	Mark   int64
	Tries  int // begun, this time included, since it was asked for
}

// markLikeness asks, within the saving of a docket, that its files be compared.
func markLikeness(ctx context.Context, tx *sql.Tx, docket string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO likeness_due (docket, at, mark, tries) VALUES ($1, $2, 1, 0)
		ON CONFLICT (docket) DO UPDATE SET at = excluded.at, mark = likeness_due.mark + 1, tries = 0`, docket, ms(at))
	return err
}

// ClaimLikeness takes the docket that has waited longest, nil when none is due,
// and holds it for lease: whoever dies holding it loses it then.
func (db *DB) ClaimLikeness(ctx context.Context, now time.Time, lease time.Duration) (*LikenessJob, error) {
	var any int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM likeness_due WHERE at <= $1 LIMIT 1) AS d`, ms(now)).Scan(&any); err != nil || any == 0 {
		return nil, wrapLikeness(err) // a look costs no turn to write
	}
	lock := ""
	if db.pool != nil {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	var j LikenessJob
	err := db.write(ctx, repeated, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `UPDATE likeness_due SET at = $1, tries = tries + 1
			WHERE docket = (SELECT docket FROM likeness_due WHERE at <= $2 ORDER BY at, docket LIMIT 1`+lock+`) RETURNING docket, mark, tries`,
			ms(now.Add(lease)), ms(now)).Scan(&j.Docket, &j.Mark, &j.Tries)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrapLikeness(err)
	}
	return &j, nil
}

// SaveLikeness replaces what is kept of a docket, all lots together, and ends
// its job, or puts it off to a moment that is not zero. With wake the docket
// becomes due at once, for its findings to be made anew. It does nothing, and
// says so, when the docket was asked for again meanwhile.
func (db *DB) SaveLikeness(ctx context.Context, j *LikenessJob, rows []LikenessRow, wake bool, again time.Time) (saved bool, err error) {
	for i := range rows {
		if err := checkTexts("likeness", rows[i].Docket, rows[i].Lot, rows[i].Inputs); err != nil {
			return false, wrapLikeness(err)
		}
	}
	err = db.write(ctx, durable, func(tx *sql.Tx) error {
		if err := endLikeness(ctx, tx, j, again); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM likeness WHERE docket = $1`, j.Docket); err != nil {
			return err
		}
		for _, r := range rows {
			if _, err := tx.ExecContext(ctx, `INSERT INTO likeness (docket, lot, inputs, made, body) VALUES ($1, $2, $3, $4, $5)`, j.Docket, r.Lot, r.Inputs, ms(r.Made), notNil(r.Body)); err != nil {
				return err
			}
		}
		if wake { // at the moment of its last look: so it is plain that it was woken, and does not wait for one
			if _, err := tx.ExecContext(ctx, `UPDATE docket SET again = evaluated WHERE id = $1`, j.Docket); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, wrapLikeness(err)
	}
	if wake {
		db.signal()
	}
	return true, nil
}

// EndLikeness ends a job, or puts it off to a moment that is not zero, and leaves
// what is kept as it is; nothing when the docket was asked for again meanwhile.
func (db *DB) EndLikeness(ctx context.Context, j *LikenessJob, again time.Time) error {
	return wrapLikeness(db.write(ctx, durable, func(tx *sql.Tx) error {
		if err := endLikeness(ctx, tx, j, again); !errors.Is(err, ErrNotFound) {
			return err
		}
		return nil
	}))
}

func endLikeness(ctx context.Context, tx *sql.Tx, j *LikenessJob, again time.Time) error {
	if again.IsZero() {
		return touched(tx.ExecContext(ctx, `DELETE FROM likeness_due WHERE docket = $1 AND mark = $2`, j.Docket, j.Mark))
	}
	return touched(tx.ExecContext(ctx, `UPDATE likeness_due SET at = $3, tries = 0 WHERE docket = $1 AND mark = $2`, j.Docket, j.Mark, ms(again)))
}

// Likenesses returns what is kept of a docket, by lot.
func (db *DB) Likenesses(ctx context.Context, docket string) ([]LikenessRow, error) {
	out, err := collect(ctx, db.read, scanLikeness, `SELECT docket, lot, inputs, made, body FROM likeness WHERE docket = $1 ORDER BY lot`, docket)
	return out, wrapLikeness(err)
}

// Likeness returns what is kept of a lot, nil when nothing is.
func (db *DB) Likeness(ctx context.Context, docket, lot string) (*LikenessRow, error) {
	r, err := scanLikeness(db.read.QueryRowContext(ctx, `SELECT docket, lot, inputs, made, body FROM likeness WHERE docket = $1 AND lot = $2`, docket, lot))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrapLikeness(err)
	}
	return &r, nil
}

func scanLikeness(s scanner) (LikenessRow, error) {
	var (
		r    LikenessRow
		made int64
	)
	err := s.Scan(&r.Docket, &r.Lot, &r.Inputs, &made, &r.Body)
	r.Made = instant(made)
	return r, err
}

func wrapLikeness(err error) error {
	if err != nil {
		return fmt.Errorf("store: likeness: %w", err)
	}
	return nil
}
