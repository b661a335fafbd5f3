package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// searchSets remembers which sets of tiers are stored, so that a docket that
// brings no new one need not ask.
type searchSets struct {
	mu    sync.Mutex
	known map[string]bool
}

// searchSets reads the sets of tiers that occur.
func (db *DB) searchSets(ctx context.Context) ([]string, error) {
	sets, err := collect(ctx, db.read, scanOne[string], `SELECT tiers FROM search_set`)
	if err != nil {
		return nil, err
	}
	db.sets.mu.Lock()
	defer db.sets.mu.Unlock()
	if db.sets.known == nil {
		db.sets.known = map[string]bool{}
	}
	for _, s := range sets {
		db.sets.known[s] = true
	}
	return sets, nil
}

// freshSets are the sets of a docket that are not known to be stored.
func (db *DB) freshSets(ctx context.Context, doc *searchDoc) ([]string, error) {
	if doc == nil {
		return nil, nil
	}
	missing := func() []string {
		db.sets.mu.Lock()
		defer db.sets.mu.Unlock()
		return slices.DeleteFunc(slices.Clone(doc.sets), func(s string) bool { return db.sets.known[s] })
	}
	if len(missing()) == 0 {
		return nil, nil
	}
	if _, err := db.searchSets(ctx); err != nil {
		return nil, err
	}
	return missing(), nil
}

// saveSearch replaces what a docket is found by; nil: by nothing.
func (db *DB) saveSearch(ctx context.Context, tx *sql.Tx, docket string, doc *searchDoc, fresh []string) error {
	var (
		ord    int64
		digest []byte
	)
	err := tx.QueryRowContext(ctx, `SELECT ord, digest FROM search WHERE docket = $1 LIMIT 1`, docket).Scan(&ord, &digest)
	there := err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if there && doc != nil && bytes.Equal(digest, doc.digest) {
		return nil
	}
	if there {
		if err := db.dropSearch(ctx, tx, docket, ord); err != nil {
			return err
		}
	}
	var mentions []mentionRow
	if doc != nil {
		for _, set := range fresh {
			if _, err := tx.ExecContext(ctx, `INSERT INTO search_set (tiers) VALUES ($1) ON CONFLICT DO NOTHING`, set); err != nil {
				return err
			}
		}
		if err := db.putSearch(ctx, tx, docket, doc); err != nil {
			return err
		}
		mentions = doc.mentions
	}
	return db.saveMentions(ctx, tx, docket, mentions)
}

func (db *DB) dropSearch(ctx context.Context, tx *sql.Tx, docket string, ord int64) error {
	// Statements of one row each: one that may touch many rows makes SQLite
	// flush the full text each time, not once a transaction.
	if db.pool == nil {
		if _, err := tx.ExecContext(ctx, `DELETE FROM search_words WHERE rowid = $1`, ord); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM search WHERE docket = $1`, docket)
	return err
}

// putSearch inserts the words at the first free place from the docket's own on:
// two dockets of one day may have the same hash.
func (db *DB) putSearch(ctx context.Context, tx *sql.Tx, docket string, doc *searchDoc) error {
	var parts []string
	if db.pool != nil {
		parts = doc.parts()
	}
	for ord := doc.ord; ord < doc.ord+1000; ord++ {
		var (
			res sql.Result
			err error
		)
		if db.pool == nil {
			res, err = tx.ExecContext(ctx, `INSERT INTO search (ord, docket, digest) VALUES ($1, $2, $3) ON CONFLICT (ord) DO NOTHING`, ord, docket, doc.digest)
		} else {
			res, err = tx.ExecContext(ctx, `INSERT INTO search (ord, part, long, docket, digest, words) VALUES ($1, 0, $2, $3, $4, $5::tsvector) ON CONFLICT (ord, part) DO NOTHING`,
				ord, len(parts) > 1, docket, doc.digest, parts[0])
		}
		if err = touched(res, err); errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return err
		}
		if db.pool == nil {
			_, err := tx.ExecContext(ctx, `INSERT INTO search_words (rowid, words) VALUES ($1, $2)`, ord, doc.fts())
			return err
		}
		for i := 1; i < len(parts); i++ {
			if _, err := tx.ExecContext(ctx, `INSERT INTO search (ord, part, long, docket, digest, words) VALUES ($1, $2, true, $3, $4, $5::tsvector)`,
				ord, i, docket, doc.digest, parts[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("full text: no place for docket %q", docket)
}
