package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A QuarantineRow is what was refused, kept so that the sender can be shown it.
type QuarantineRow struct {
	ID       string // the same refusal has the same id
	Received time.Time
	Source   string
	Key      string // id of the key that signed
	Rule     string // first rule that refused it
	Bytes    []byte // encrypted by the caller: what was refused may hold a secret
}

// PutQuarantine keeps refusals. One kept before stays as it is.
func (db *DB) PutQuarantine(ctx context.Context, rows []QuarantineRow) error {
	if len(rows) == 0 {
		return nil
	}
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		for _, q := range rows {
			if err := checkTexts("quarantine", q.ID, q.Source, q.Key, q.Rule); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO quarantine (id, received, source, key, rule, bytes) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (id) DO NOTHING`, q.ID, ms(q.Received), q.Source, q.Key, q.Rule, notNil(q.Bytes)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: quarantine: %w", err)
	}
	return nil
}

func scanQuarantine(s scanner) (QuarantineRow, error) {
	var (
		q        QuarantineRow
		received int64
	)
	err := s.Scan(&q.ID, &received, &q.Source, &q.Key, &q.Rule, &q.Bytes)
	q.Received = instant(received)
	return q, err
}

// Quarantine returns a source's refusals since a moment, oldest first; with
// source "" all sources'.
func (db *DB) Quarantine(ctx context.Context, source string, since time.Time, limit int) ([]QuarantineRow, error) {
	w := &filter{db: db}
	w.add("received >= %s", ms(since))
	if source != "" {
		w.add("source = %s", source)
	}
	query := `SELECT id, received, source, key, rule, bytes FROM quarantine` + w.where() + ` ORDER BY received, id LIMIT ` + w.arg(limitOf(limit))
	out, err := collect(ctx, db.read, scanQuarantine, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: quarantine: %w", err)
	}
	return out, nil
}

// CountQuarantine counts refusals by source.
func (db *DB) CountQuarantine(ctx context.Context) (map[string]int64, error) {
	type n struct {
		source string
		count  int64
	}
	found, err := collect(ctx, db.read, func(s scanner) (n, error) {
		var v n
		return v, s.Scan(&v.source, &v.count)
	}, `SELECT source, count(*) FROM quarantine GROUP BY source`)
	if err != nil {
		return nil, fmt.Errorf("store: quarantine: %w", err)
	}
	out := make(map[string]int64, len(found))
	for _, v := range found {
		out[v.source] = v.count
	}
	return out, nil
}

// A SettingRow is a setting from a moment on.
type SettingRow struct {
	Name  string
	Since time.Time
	Body  []byte // JSON
}

// PutSetting writes a setting that holds from Since on, until the next one.
func (db *DB) PutSetting(ctx context.Context, s SettingRow) error {
	if err := checkTexts("setting", s.Name, string(s.Body)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return db.put(ctx, "setting", `INSERT INTO setting (name, since, body) VALUES ($1, $2, $3)
		ON CONFLICT (name, since) DO UPDATE SET body = excluded.body`, s.Name, ms(s.Since), string(s.Body))
}

func scanSetting(s scanner) (SettingRow, error) {
	var (
		r     SettingRow
		since int64
	)
	err := s.Scan(&r.Name, &since, &r.Body)
	r.Since = instant(since)
	return r, err
}

// Setting returns what holds at a moment, nil when nothing does.
func (db *DB) Setting(ctx context.Context, name string, at time.Time) (*SettingRow, error) {
	r, err := scanSetting(db.read.QueryRowContext(ctx, `SELECT name, since, body FROM setting WHERE name = $1 AND since <= $2 ORDER BY since DESC LIMIT 1`, name, ms(at)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: setting %q: %w", name, err)
	}
	return &r, nil
}

// Settings returns all settings with their history.
func (db *DB) Settings(ctx context.Context) ([]SettingRow, error) {
	out, err := collect(ctx, db.read, scanSetting, `SELECT name, since, body FROM setting ORDER BY name, since`)
	if err != nil {
		return nil, fmt.Errorf("store: settings: %w", err)
	}
	return out, nil
}

// An EditionRow is one dated edition of the statistics of a group of peers.
type EditionRow struct {
	ID       string
	Subject  string // what it is about, such as an indicator and a group
	Position int64  // of the log, through which it was made
	Made     time.Time
	Body     []byte // JSON
}

// PutEdition keeps an edition. ErrTaken when the id exists: editions never change.
func (db *DB) PutEdition(ctx context.Context, e EditionRow) error {
	if err := checkTexts("edition", e.ID, e.Subject, string(e.Body)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `INSERT INTO edition (id, subject, position, made, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			e.ID, e.Subject, e.Position, ms(e.Made), string(e.Body)))
	})
	if errors.Is(err, ErrNotFound) {
		err = ErrTaken
	}
	if err != nil {
		return fmt.Errorf("store: edition %q: %w", e.ID, err)
	}
	return nil
}

// Edition returns the newest edition of a subject made at or before a moment,
// nil when there is none.
func (db *DB) Edition(ctx context.Context, subject string, at time.Time) (*EditionRow, error) {
	var (
		e    EditionRow
		made int64
	)
	err := db.read.QueryRowContext(ctx, `SELECT id, subject, position, made, body FROM edition WHERE subject = $1 AND made <= $2 ORDER BY made DESC, id DESC LIMIT 1`,
		subject, ms(at)).Scan(&e.ID, &e.Subject, &e.Position, &made, &e.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: edition of %q: %w", subject, err)
	}
	e.Made = instant(made)
	return &e, nil
}

// A DocumentRow is a foreign document kept as it came.
type DocumentRow struct {
	Digest      []byte // SHA-256 of Bytes
	Received    time.Time
	Source      string
	ContentType string
	Bytes       []byte
}

// PutDocument keeps a document. One kept before stays as it is.
func (db *DB) PutDocument(ctx context.Context, d DocumentRow) error {
	if err := checkTexts("document", d.Source, d.ContentType); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return db.put(ctx, "document", `INSERT INTO document (digest, received, source, content_type, bytes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO NOTHING`,
		notNil(d.Digest), ms(d.Received), d.Source, d.ContentType, notNil(d.Bytes))
}

// Document returns a document, nil when there is none.
func (db *DB) Document(ctx context.Context, digest []byte) (*DocumentRow, error) {
	var (
		d        DocumentRow
		received int64
	)
	err := db.read.QueryRowContext(ctx, `SELECT digest, received, source, content_type, bytes FROM document WHERE digest = $1`, notNil(digest)).
		Scan(&d.Digest, &received, &d.Source, &d.ContentType, &d.Bytes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: document: %w", err)
	}
	d.Received = instant(received)
	return &d, nil
}

// PutMeta keeps a named value.
func (db *DB) PutMeta(ctx context.Context, name string, value []byte) error {
	if err := checkText("meta", name); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return db.put(ctx, "meta", `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, notNil(value))
}

// Meta returns a named value, nil when there is none.
func (db *DB) Meta(ctx context.Context, name string) ([]byte, error) {
	return db.body(ctx, "meta", `SELECT value FROM meta WHERE name = $1`, name)
}
