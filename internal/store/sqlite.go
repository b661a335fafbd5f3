package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"modernc.org/sqlite"
)

// sqliteDriver is the driver's name; the fault test puts another in its place.
const sqliteDriver = "sqlite"

func openSQLite(ctx context.Context, dsn string) (*DB, error) {
	return openSQLiteWith(ctx, sqliteDriver, dsn)
}

func openSQLiteWith(ctx context.Context, driver, dsn string) (*DB, error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(dsn, "sqlite:"), "?")
	if path == "" {
		return nil, errors.New("sqlite: no path: write sqlite:/path/to/mingjing.db")
	}
	given, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("sqlite: options after '?': %w", err)
	}
	// As durable as fsync, without waiting for the file's timestamps. Where
	// the platform has no fdatasync the stronger call stays.
	if _, err := sqlite.Fdatasync(true); err != nil && !errors.Is(err, sqlite.ErrFdatasyncUnavailable) {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db := &DB{dsn: dsn, turn: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
	fail := func(err error) (*DB, error) { return nil, errors.Join(err, db.Close()) }

	if db.synced, err = sql.Open(driver, sqliteDSN(path, given, "immediate", "synchronous(full)")); err != nil {
		return fail(err)
	}
	db.synced.SetMaxOpenConns(1)
	if err := checkSQLite(ctx, db.synced); err != nil {
		return fail(err)
	}
	if err := migrate(ctx, db.synced, "sqlite"); err != nil {
		return fail(err)
	}
	if db.relaxed, err = sql.Open(driver, sqliteDSN(path, given, "immediate", "synchronous(normal)")); err != nil {
		return fail(err)
	}
	db.relaxed.SetMaxOpenConns(1)
	if db.read, err = sql.Open(driver, sqliteDSN(path, given, "deferred", "synchronous(full)", "query_only(1)")); err != nil {
		return fail(err)
	}
	readers := max(4, runtime.NumCPU())
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	db.bulk = newBulk(db.synced)
	if err := db.Ping(ctx); err != nil {
		return fail(err)
	}
	return db, nil
}

// sqliteDSN adds our settings to the caller's. A setting the caller names is
// the caller's: checkSQLite then judges it.
func sqliteDSN(path string, given url.Values, lock string, pragmas ...string) string {
	q := url.Values{"_txlock": {lock}}
	named := map[string]bool{}
	for k, v := range given {
		q[k] = v
	}
	for _, p := range given["_pragma"] {
		name, _, _ := strings.Cut(strings.ToLower(p), "(")
		named[strings.TrimSpace(name)] = true
	}
	ours := append([]string{"busy_timeout(10000)", "journal_mode(wal)", "foreign_keys(1)", "secure_delete(1)", "cache_size(-32000)", "temp_store(memory)", "wal_autocheckpoint(4000)"}, pragmas...)
	for _, p := range ours {
		if name, _, _ := strings.Cut(p, "("); !named[name] {
			q.Add("_pragma", p)
		}
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// checkSQLite refuses settings under which an acknowledged write can be lost.
func checkSQLite(ctx context.Context, db *sql.DB) error {
	var journal string
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&journal); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if journal != "wal" {
		return fmt.Errorf("%w: SQLite's journal_mode is %q, needed is \"wal\": "+
			"use a file on a local disk, not memory or a network share, and no other journal_mode in the address", ErrUnsafe, journal)
	}
	var synchronous int
	if err := db.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&synchronous); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if synchronous < 2 {
		return fmt.Errorf("%w: SQLite's synchronous is %d, needed is 2 (FULL) or 3 (EXTRA): "+
			"take the synchronous setting out of the store's address", ErrUnsafe, synchronous)
	}
	return nil
}
