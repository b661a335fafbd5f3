package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// A SearchRow is the text of a docket that one tier of readers may search.
type SearchRow struct {
	Docket string
	Tier   string // such as "public", "supervisor", "auditor"
	Text   string
}

// A SearchQuery asks for the dockets of one tier in which all words occur.
// Chinese is found by any run of characters as they stand side by side; letters
// and digits by whole words, and by their beginnings from three on.
type SearchQuery struct {
	Tier    string
	Text    string
	Regions []string // GB/T 2260 codes, whole; empty: all
	After   string   // the last docket of the page before
	Limit   int      // at most 1,000; 0: 100
}

// A SearchHit is one docket found.
type SearchHit struct {
	Docket, Region, Title string
}

// Search returns a page of dockets in the order of their ids' bytes, and none
// when the text holds no letter and no digit.
func (db *DB) Search(ctx context.Context, q SearchQuery) ([]SearchHit, error) {
	w, found := q.where(db)
	if !found {
		return nil, nil
	}
	if q.After != "" {
		w.add("d.id > %s", q.After)
	}
	query := `SELECT d.id, d.region, d.title FROM docket d` + w.where() + ` ORDER BY d.id LIMIT ` + w.arg(limitOf(q.Limit))
	out, err := collect(ctx, db.read, func(s scanner) (SearchHit, error) {
		var h SearchHit
		return h, s.Scan(&h.Docket, &h.Region, &h.Title)
	}, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: search: %w", err)
	}
	return out, nil
}

// SearchCount counts what Search would return on all its pages.
func (db *DB) SearchCount(ctx context.Context, q SearchQuery) (int64, error) {
	w, found := q.where(db)
	if !found {
		return 0, nil
	}
	var n int64
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM docket d`+w.where(), w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: search: %w", err)
	}
	return n, nil
}

// where makes one condition a term, because a long docket's terms may stand in
// different parts of its text.
func (q SearchQuery) where(db *DB) (*filter, bool) {
	ts := terms(q.Tier, q.Text)
	w := &filter{db: db}
	for _, t := range ts {
		match := t.postgres
		cond := `d.id IN (SELECT s.docket FROM search s WHERE s.words @@ %s::tsquery`
		if db.pool == nil {
			match = t.sqlite
			cond = `d.id IN (SELECT s.docket FROM search_words w CROSS JOIN search s ON s.id = w.rowid WHERE w.words MATCH %s`
		}
		cond = fmt.Sprintf(cond, w.arg(match()))
		w.conds = append(w.conds, cond+" AND s.tier = "+w.arg(q.Tier)+")")
	}
	w.anyOf("d.region", q.Regions)
	return w, len(ts) > 0
}

// Words hold letters and digits only, so that quoting them is enough.

func (t term) sqlite() string {
	s := `"` + strings.Join(t.words, " ") + `"`
	if t.prefix {
		s += " *"
	}
	return s
}

func (t term) postgres() string {
	s := "'" + strings.Join(t.words, "' <-> '") + "'"
	if t.prefix {
		s += ":*"
	}
	return s
}

// vector writes a part as PostgreSQL's tsvector, without its own parser, which
// would cut numbers and addresses in ways of its own.
func (p part) vector() string {
	var b strings.Builder
	for i, w := range p.words {
		b.WriteString("'" + w + "':" + strconv.Itoa(i+1) + " ")
	}
	return b.String()
}

func (db *DB) saveSearch(ctx context.Context, tx *sql.Tx, docket string, parts []part) error {
	if db.pool != nil {
		if _, err := tx.ExecContext(ctx, `DELETE FROM search WHERE docket = $1`, docket); err != nil {
			return err
		}
		for _, p := range parts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO search (docket, tier, words) VALUES ($1, $2, $3::tsvector)`,
				docket, p.tier, p.vector()); err != nil {
				return err
			}
		}
		return nil
	}
	// Statements of one row each: one that may touch many rows makes SQLite
	// flush the full text each time, not once a transaction.
	old, err := collect(ctx, tx, scanOne[int64], `SELECT id FROM search WHERE docket = $1`, docket)
	if err != nil {
		return err
	}
	for _, id := range old {
		if _, err := tx.ExecContext(ctx, `DELETE FROM search_words WHERE rowid = $1`, id); err != nil {
			return err
		}
	}
	if len(old) > 0 {
		if _, err := tx.ExecContext(ctx, `DELETE FROM search WHERE docket = $1`, docket); err != nil {
			return err
		}
	}
	for _, p := range parts {
		res, err := tx.ExecContext(ctx, `INSERT INTO search (docket, tier) VALUES ($1, $2)`, docket, p.tier)
		if err != nil {
			return err
		}
		id, err := res.LastInsertId()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO search_words (rowid, words) VALUES ($1, $2)`, id, strings.Join(p.words, " ")); err != nil {
			return err
		}
	}
	return nil
}
