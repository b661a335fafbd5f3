package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A SavedViewRow is a list that somebody keeps: filter, columns and order under
// a name. Owner "" is the office.
type SavedViewRow struct {
	ID, Owner, Role, Page string
	Changed               time.Time // ms
	Body                  []byte    // JSON of the caller
}

func scanSavedView(s scanner) (SavedViewRow, error) {
	var (
		v       SavedViewRow
		changed int64
		body    string
	)
	err := s.Scan(&v.ID, &v.Owner, &v.Role, &v.Page, &changed, &body)
	v.Changed, v.Body = instant(changed), []byte(body)
	return v, err
}

const savedViewColumns = `id, owner, role, page, changed, body`

// SavedViews returns the lists of owners for a page, by id; all pages' for "".
func (db *DB) SavedViews(ctx context.Context, owners []string, page string) ([]SavedViewRow, error) {
	w := &filter{db: db}
	w.anyOf("owner", owners)
	if page != "" {
		w.add("page = %s", page)
	}
	out, err := collect(ctx, db.read, scanSavedView, `SELECT `+savedViewColumns+` FROM saved_view`+w.where()+` ORDER BY id LIMIT 1000`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: saved views: %w", err)
	}
	return out, nil
}

// SavedView returns one, nil when there is none.
func (db *DB) SavedView(ctx context.Context, id string) (*SavedViewRow, error) {
	v, err := scanSavedView(db.read.QueryRowContext(ctx, `SELECT `+savedViewColumns+` FROM saved_view WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: saved view: %w", err)
	}
	return &v, nil
}

// PutSavedView keeps a list, in place of the one of the same id. A new one of
// an owner who has most already is refused with ErrTaken.
func (db *DB) PutSavedView(ctx context.Context, v SavedViewRow, most int) error {
	err := checkTexts("saved view", v.ID, v.Owner, v.Role, v.Page)
	if err == nil {
		err = checkBytes("saved view", v.Body)
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	err = db.write(ctx, durable, func(tx *sql.Tx) error {
		others, err := collect(ctx, tx, scanOne[int], `SELECT count(*) FROM saved_view WHERE owner = $1 AND id <> $2`, v.Owner, v.ID)
		if err != nil {
			return err
		}
		if others[0] >= most {
			return ErrTaken
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO saved_view (`+savedViewColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, role = excluded.role, page = excluded.page, changed = excluded.changed, body = excluded.body`,
			v.ID, v.Owner, v.Role, v.Page, ms(v.Changed), string(v.Body))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: saved view: %w", err)
	}
	return nil
}

// DropSavedView removes a list.
func (db *DB) DropSavedView(ctx context.Context, id string) error {
	return db.put(ctx, "saved view", `DELETE FROM saved_view WHERE id = $1`, id)
}

// An ExportRow is an export: what was asked and how far it is.
type ExportRow struct {
	ID, Owner, State string
	Asked            time.Time // ms
	Beat             time.Time // ms: last sign of life of who makes it
	Body             []byte    // JSON of the caller
}

const exportColumns = `id, owner, state, asked, beat, body`

func scanExport(s scanner) (ExportRow, error) {
	var (
		e           ExportRow
		asked, beat int64
		body        string
	)
	err := s.Scan(&e.ID, &e.Owner, &e.State, &asked, &beat, &body)
	e.Asked, e.Beat, e.Body = instant(asked), instant(beat), []byte(body)
	return e, err
}

// Exports returns an owner's exports, the newest first; everybody's for "".
func (db *DB) Exports(ctx context.Context, owner string) ([]ExportRow, error) {
	w := &filter{db: db}
	if owner != "" {
		w.add("owner = %s", owner)
	}
	out, err := collect(ctx, db.read, scanExport, `SELECT `+exportColumns+` FROM export`+w.where()+` ORDER BY asked DESC, id LIMIT 1000`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: exports: %w", err)
	}
	return out, nil
}

// Export returns one, nil when there is none.
func (db *DB) Export(ctx context.Context, id string) (*ExportRow, error) {
	e, err := scanExport(db.read.QueryRowContext(ctx, `SELECT `+exportColumns+` FROM export WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: export: %w", err)
	}
	return &e, nil
}

// PutExport keeps how far an export is, in place of what was kept of it.
func (db *DB) PutExport(ctx context.Context, e ExportRow) error {
	err := checkTexts("export", e.ID, e.Owner, e.State)
	if err == nil {
		err = checkBytes("export", e.Body)
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return db.put(ctx, "export", `INSERT INTO export (`+exportColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, beat = excluded.beat, body = excluded.body`,
		e.ID, e.Owner, e.State, ms(e.Asked), ms(e.Beat), string(e.Body))
}

// DropExport removes what is kept of an export.
func (db *DB) DropExport(ctx context.Context, id string) error {
	return db.put(ctx, "export", `DELETE FROM export WHERE id = $1`, id)
}

// CardIDs returns the dockets of a whole list in its order, no further than one
// more than most, and how many the list has by a count of its own, both as of
// one moment.
func (db *DB) CardIDs(ctx context.Context, q CardQuery, most int) (ids []string, count int, err error) {
	sort, ok := cardSorts[q.Sort]
	if !ok {
		return nil, 0, fmt.Errorf("store: cards: order %q is none of %v", q.Sort, CardSorts())
	}
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.snapshot()})
	if err != nil {
		return nil, 0, fmt.Errorf("store: cards: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var found []foundCard
	for i := range q.Scopes {
		f := q.where(db, &q.Scopes[i])
		part, err := collect(ctx, tx, func(r scanner) (foundCard, error) { return scanCardKey(r, sort) },
			`SELECT c.id, c.docket, c.`+sort.column+` FROM card c`+f.where()+` LIMIT `+f.arg(most+1-len(found)), f.args...)
		if err != nil {
			return nil, 0, fmt.Errorf("store: cards: %w", err)
		}
		found = append(found, part...)
	}
	sortCards(found, q, sort)
	ids = make([]string, len(found))
	for i := range found {
		ids[i] = found[i].Docket
	}
	if count, err = db.countCards(ctx, tx, q, most); err != nil {
		return nil, 0, err
	}
	return ids, count, nil
}

// snapshot is the isolation under which all statements see one moment; SQLite's
// own does.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.pool != nil {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}
