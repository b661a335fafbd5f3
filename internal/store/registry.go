package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A SourceRow is a registered source: what is looked up, and the whole as the
// caller's JSON.
type SourceRow struct {
	Name, Kind, Region, State string
	Platforms, Keys           []string // platform codes it owns; ids of its keys: each belongs to one source at most
	Body                      []byte
}

// PutSource writes a source, durably, in place of the one of that name.
// ErrTaken when a platform code or a key id is another's.
func (db *DB) PutSource(ctx context.Context, s SourceRow) error {
	err := checkTexts("source", append(append([]string{s.Name, s.Kind, s.Region, s.State, string(s.Body)}, s.Platforms...), s.Keys...)...)
	if err == nil {
		err = db.write(ctx, durable, func(tx *sql.Tx) error { return putSource(ctx, tx, s) })
	}
	if err != nil {
		return fmt.Errorf("store: source %q: %w", s.Name, err)
	}
	return nil
}

func putSource(ctx context.Context, tx *sql.Tx, s SourceRow) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO source (name, kind, region, state, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, region = excluded.region, state = excluded.state, body = excluded.body`,
		s.Name, s.Kind, s.Region, s.State, string(s.Body)); err != nil {
		return err
	}
	for _, l := range []struct {
		what, drop, add string
		items           []string
	}{
		{"platform code", `DELETE FROM source_platform WHERE source = $1`, `INSERT INTO source_platform (platform, source) VALUES ($1, $2) ON CONFLICT DO NOTHING`, s.Platforms},
		{"key id", `DELETE FROM source_key WHERE source = $1`, `INSERT INTO source_key (id, source) VALUES ($1, $2) ON CONFLICT DO NOTHING`, s.Keys},
	} {
		if _, err := tx.ExecContext(ctx, l.drop, s.Name); err != nil {
			return err
		}
		for _, item := range l.items {
			err := touched(tx.ExecContext(ctx, l.add, item, s.Name))
			if errors.Is(err, ErrNotFound) {
				return fmt.Errorf("%s %q is named twice or belongs to another source: %w", l.what, item, ErrTaken)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// SourceBodies returns the bodies of all sources by name.
func (db *DB) SourceBodies(ctx context.Context) ([][]byte, error) {
	out, err := collect(ctx, db.read, scanOne[[]byte], `SELECT body FROM source ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("store: sources: %w", err)
	}
	return out, nil
}

// SourceBody returns the body of one source, nil when there is none.
func (db *DB) SourceBody(ctx context.Context, name string) ([]byte, error) {
	return db.body(ctx, "source", `SELECT body FROM source WHERE name = $1`, name)
}

// SourceByPlatform returns the body of the source that owns a platform code,
// nil when none does.
func (db *DB) SourceByPlatform(ctx context.Context, platform string) ([]byte, error) {
	return db.body(ctx, "source", `SELECT s.body FROM source_platform p JOIN source s ON s.name = p.source WHERE p.platform = $1`, platform)
}

// SourceByKey returns the body of the source that registered a key id, nil
// when none did.
func (db *DB) SourceByKey(ctx context.Context, id string) ([]byte, error) {
	return db.body(ctx, "source", `SELECT s.body FROM source_key k JOIN source s ON s.name = k.source WHERE k.id = $1`, id)
}

// body reads one value, nil when there is none.
func (db *DB) body(ctx context.Context, what, query string, args ...any) ([]byte, error) {
	var b []byte
	err := db.read.QueryRowContext(ctx, query, args...).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, err)
	}
	return notNil(b), nil // SQLite reads an empty one as nil
}

// put runs one durable statement.
func (db *DB) put(ctx context.Context, what, query string, args ...any) error {
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	return nil
}

// A TokenRow is a token of the API. The token itself is never kept.
type TokenRow struct {
	Digest  []byte // SHA-256 of the token
	Name    string // whose it is, for people
	Created time.Time
	Expires time.Time // zero: never
	Body    []byte    // JSON of the caller: which reader it stands for
}

// PutToken writes a token in place of the one of that digest.
func (db *DB) PutToken(ctx context.Context, t TokenRow) error {
	if err := checkTexts("token", t.Name, string(t.Body)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return db.put(ctx, "token", `INSERT INTO token (digest, name, created, expires, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (digest) DO UPDATE SET name = excluded.name, created = excluded.created, expires = excluded.expires, body = excluded.body`,
		notNil(t.Digest), t.Name, ms(t.Created), ms(t.Expires), string(t.Body))
}

const tokenColumns = `digest, name, created, expires, body`

func scanToken(s scanner) (TokenRow, error) {
	var (
		t                TokenRow
		created, expires int64
	)
	err := s.Scan(&t.Digest, &t.Name, &created, &expires, &t.Body)
	t.Created, t.Expires = instant(created), instant(expires)
	return t, err
}

// Token returns the token of a digest, expired or not; nil when there is none.
func (db *DB) Token(ctx context.Context, digest []byte) (*TokenRow, error) {
	t, err := scanToken(db.read.QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM token WHERE digest = $1`, notNil(digest)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: token: %w", err)
	}
	return &t, nil
}

// Tokens returns all tokens by name.
func (db *DB) Tokens(ctx context.Context) ([]TokenRow, error) {
	out, err := collect(ctx, db.read, scanToken, `SELECT `+tokenColumns+` FROM token ORDER BY name, digest`)
	if err != nil {
		return nil, fmt.Errorf("store: tokens: %w", err)
	}
	return out, nil
}

// DeleteToken ends a token; ErrNotFound when there is none.
func (db *DB) DeleteToken(ctx context.Context, digest []byte) error {
	return db.changeAccess(ctx, "token", func(tx *sql.Tx) error {
		return touched(tx.ExecContext(ctx, `DELETE FROM token WHERE digest = $1`, notNil(digest)))
	})
}
