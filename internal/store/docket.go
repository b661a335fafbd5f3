package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A DocketRow is a folded docket as it is kept.
type DocketRow struct {
	ID        string    // tender project code or ocid
	Class     string    // trade.Class
	Region    string    // GB/T 2260 code
	Title     string    // what its records call it
	Through   int64     // greatest log position folded in
	Evaluated time.Time // when the rules looked, ms
	Again     time.Time // when the answer may change though nothing arrives; zero: never
	Vector    string    // compact states of all indicators
	Body      []byte    // JSON of docket.Docket
	Faces     []Face    // what the seats see of it, for the feed; nil leaves the feed as it is; never read back
	Cards     []CardRow // what lists show of it; those stored are replaced; never read back
	Acts      *int64    // greatest position of an act upon its findings that was taken into account, -1: none; nil: not looked at; never read back
	Files     bool      // the files of its opened bids are to be compared; never read back
}

func (d *DocketRow) check() error {
	if d.ID == "" || len(d.ID) > maxCode {
		return fmt.Errorf("a docket needs an id of 1 to %d bytes", maxCode)
	}
	if err := checkTexts("docket", d.ID, d.Class, d.Region, d.Title, d.Vector); err != nil {
		return err
	}
	return checkBytes("docket body", d.Body)
}

// clip cuts what a sender wrote where a short code belongs, and what an index
// could not hold; the docket's body has it whole.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// ErrActed says that somebody acted upon a docket's findings while it was
// judged: what they made of them must be read and the docket judged again.
var ErrActed = errors.New("store: somebody acted upon the docket's findings")

// SaveDocket keeps a docket with its findings and its full text, all or
// nothing, and says whether it did: only when what is stored was folded
// through a lower position, or through the same and evaluated earlier. The
// findings and texts given replace those stored. Findings, and parts of the
// docket, that are unchanged keep their place in the feed. The error is ErrActed
// when somebody acted upon its findings since d.Acts.
func (db *DB) SaveDocket(ctx context.Context, d *DocketRow, findings []FindingRow, texts []SearchRow) (saved bool, err error) {
	if err := d.check(); err != nil {
		return false, fmt.Errorf("store: docket %q: %w", d.ID, err)
	}
	if err := checkFindings(d.ID, findings); err != nil {
		return false, fmt.Errorf("store: docket %q: %w", d.ID, err)
	}
	if err := checkCards(d.ID, d.Cards); err != nil {
		return false, fmt.Errorf("store: docket %q: %w", d.ID, err)
	}
	doc, err := indexed(d, texts)
	if err != nil {
		return false, fmt.Errorf("store: docket %q: %w", d.ID, err)
	}
	wait, err := db.findingDurability(ctx, d.ID, findings)
	if err != nil {
		return false, fmt.Errorf("store: docket %q: %w", d.ID, err)
	}
	fresh, err := db.freshSets(ctx, doc)
	if err != nil {
		return false, fmt.Errorf("store: docket %q: %w", d.ID, err)
	}
	err = db.write(ctx, wait, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO docket (id, class, region, title, through, evaluated, again, vector, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (id) DO UPDATE SET class = excluded.class, region = excluded.region, title = excluded.title, through = excluded.through,
				evaluated = excluded.evaluated, again = excluded.again, vector = excluded.vector, body = excluded.body
			WHERE docket.through < excluded.through OR (docket.through = excluded.through AND docket.evaluated < excluded.evaluated)`,
			d.ID, clip(d.Class), clip(d.Region), d.Title, d.Through, ms(d.Evaluated), ms(d.Again), d.Vector, string(d.Body))
		if err := touched(res, err); err != nil {
			return err
		}
		if d.Acts != nil {
			acts, err := casesThrough(ctx, tx, d.ID)
			if err != nil {
				return err
			}
			if acts > *d.Acts {
				return ErrActed
			}
		}
		if err := db.saveSearch(ctx, tx, d.ID, doc, fresh); err != nil {
			return err
		}
		if err := db.saveFindings(ctx, tx, d.ID, findings); err != nil {
			return err
		}
		if err := db.saveCards(ctx, tx, d.ID, d.Cards); err != nil {
			return err
		}
		if d.Files {
			if err := markLikeness(ctx, tx, d.ID, d.Evaluated); err != nil {
				return err
			}
		}
		return db.saveFeed(ctx, tx, d)
	})
	if errors.Is(err, ErrNotFound) { // no row touched: the stored one is as new
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store: docket %q: %w", d.ID, err)
	}
	return true, nil
}

const docketColumns = `id, class, region, title, through, evaluated, again, vector, body`

func scanDocket(s scanner) (*DocketRow, error) {
	var (
		d                DocketRow
		evaluated, again int64
		body             string
	)
	if err := s.Scan(&d.ID, &d.Class, &d.Region, &d.Title, &d.Through, &evaluated, &again, &d.Vector, &body); err != nil {
		return nil, err
	}
	d.Evaluated, d.Again, d.Body = instant(evaluated), instant(again), []byte(body)
	return &d, nil
}

// Docket returns a stored docket, nil when there is none.
func (db *DB) Docket(ctx context.Context, id string) (*DocketRow, error) {
	d, err := scanDocket(db.read.QueryRowContext(ctx, `SELECT `+docketColumns+` FROM docket WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: docket %q: %w", id, err)
	}
	return d, nil
}

// DocketFilter chooses dockets. Empty lists mean all. It narrows; who may see
// what is decided by the caller.
type DocketFilter struct {
	IDs     []string // these only; those that are not there are left out
	Regions []string // GB/T 2260 codes, whole
	Classes []string
	Title   string // a part of the title, letter by letter as written
	After   string // the last id of the page before
	Limit   int    // at most 1,000; 0: 100
}

func (f DocketFilter) where(db *DB) *filter {
	w := &filter{db: db}
	w.anyOf("id", f.IDs)
	w.anyOf("region", f.Regions)
	w.anyOf("class", f.Classes)
	if f.Title != "" {
		w.add(db.contains("title"), f.Title)
	}
	return w
}

// contains is the condition that a column holds a part, case sensitive on both.
func (db *DB) contains(column string) string {
	if db.pool != nil {
		return "strpos(" + column + ", %s) > 0"
	}
	return "instr(" + column + ", %s) > 0"
}

// Dockets returns a page of dockets in the order of their ids' bytes.
func (db *DB) Dockets(ctx context.Context, f DocketFilter) ([]*DocketRow, error) {
	w := f.where(db)
	if f.After != "" {
		w.add("id > %s", f.After)
	}
	query := `SELECT ` + docketColumns + ` FROM docket` + w.where() + ` ORDER BY id LIMIT ` + w.arg(limitOf(f.Limit))
	out, err := collect(ctx, db.read, scanDocket, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: dockets: %w", err)
	}
	return out, nil
}

// CountDockets counts what Dockets would return on all its pages.
func (db *DB) CountDockets(ctx context.Context, f DocketFilter) (int64, error) {
	w := f.where(db)
	var n int64
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM docket`+w.where(), w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: count dockets: %w", err)
	}
	return n, nil
}

// Due returns the ids of dockets to be looked at again at a moment, the
// longest due first.
func (db *DB) Due(ctx context.Context, at time.Time, limit int) ([]string, error) {
	out, err := collect(ctx, db.read, scanOne[string],
		`SELECT id FROM docket WHERE again > 0 AND again <= $1 ORDER BY again, id LIMIT $2`, ms(at), limitOf(limit))
	if err != nil {
		return nil, fmt.Errorf("store: due: %w", err)
	}
	return out, nil
}

// WakeDockets makes dockets due at a moment, unless they are due earlier: when
// settings or editions change. No ids means all.
func (db *DB) WakeDockets(ctx context.Context, ids []string, at time.Time) error {
	w := &filter{db: db}
	set := w.arg(ms(at))
	w.add("(again = 0 OR again > %s)", ms(at))
	w.anyOf("id", ids)
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE docket SET again = `+set+w.where(), w.args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: wake dockets: %w", err)
	}
	db.signal()
	return nil
}

// WakeConcerned makes the dockets of a class and of some regions due at a
// moment, unless they are due earlier. Class "" means all; a docket without a
// class is one of construction.
func (db *DB) WakeConcerned(ctx context.Context, class string, regions func(region string) bool, at time.Time) error {
	all, err := collect(ctx, db.read, scanOne[string], `SELECT DISTINCT region FROM docket`)
	if err != nil {
		return fmt.Errorf("store: wake dockets: %w", err)
	}
	all = slices.DeleteFunc(all, func(region string) bool { return !regions(region) })
	if len(all) == 0 {
		return nil
	}
	w := &filter{db: db}
	set := w.arg(ms(at))
	w.add("(again = 0 OR again > %s)", ms(at))
	w.anyOf("region", all)
	if class != "" {
		w.anyOf("class", []string{class, map[bool]string{true: "", false: class}[class == "construction"]})
	}
	err = db.write(ctx, durable, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE docket SET again = `+set+w.where(), w.args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: wake dockets: %w", err)
	}
	db.signal()
	return nil
}
