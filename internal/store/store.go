// Package store keeps everything that must survive: the log's rows, batches,
// tiles and head, the work to be done, the dockets and findings folded from the
// log, full text, registered sources, tokens and settings. It runs on SQLite
// (one machine, nothing to install) and on PostgreSQL (a province) behind one
// type, DB, and answers the same on both: package storetest holds the suite.
//
// What it is trusted for: when Append returns nil, its rows are on the disk;
// positions have no gap and become visible in order. It decides nothing about
// who may see what.
//
// Two classes of writes: the log, registrations and settings are synced at
// their commit; what can be made again from the log (claims, dockets, findings,
// full text) is committed without waiting for the disk, unless a reader could
// remember it: new findings are synced. A crash may forget the latest of these,
// always together with the note that they were done, so that the work is simply
// done again.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"mingjing/internal/ledger"
)

// DB is an open store. Its methods may be called by many goroutines at once.
type DB struct {
	dsn  string
	read *sql.DB // readers

	// SQLite: one writer that syncs at each commit, one that does not, and the
	// turn that one of them at a time may take, so that they never wait for
	// each other inside the database.
	synced, relaxed *sql.DB
	bulk            *bulk
	turn            chan struct{}
	line            line // writes other than appends that wait for the turn

	// PostgreSQL; nil on SQLite. Here turn orders this process's appends before
	// they take a connection: waiting for the head row they would hold one each.
	pool *pgxpool.Pool

	sets searchSets // those known to be stored

	wake chan struct{} // holds one token when work may have been marked
}

var (
	_ ledger.Store         = (*DB)(nil)
	_ ledger.BatchRewriter = (*DB)(nil)
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrNotFound means that what was to be changed is not there.
	ErrNotFound = errors.New("not found")
	// ErrTaken means that a unique name belongs to another already.
	ErrTaken = errors.New("taken")
	// ErrText means that a text cannot be stored: it holds a zero byte or is
	// not UTF-8. PostgreSQL refuses both; so does SQLite here.
	ErrText = errors.New("text cannot be stored")
	// ErrUnsafe means that the database would not keep what it acknowledges.
	ErrUnsafe = errors.New("the store does not sync")
)

// Open opens the store that dsn names, "sqlite:PATH" or "postgres://…", brings
// its tables to this program's version, and refuses with ErrUnsafe one that
// acknowledges writes before they are on the disk.
func Open(ctx context.Context, dsn string) (*DB, error) {
	var (
		db  *DB
		err error
	)
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		db, err = openSQLite(ctx, dsn)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		db, err = openPostgres(ctx, dsn)
	default:
		scheme, _, _ := strings.Cut(dsn, ":")
		return nil, fmt.Errorf("store: unknown kind %q: use sqlite:PATH or postgres://USER@HOST/DATABASE", scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return db, nil
}

// Reopen opens the same store once more, as a second process would.
func (db *DB) Reopen(ctx context.Context) (*DB, error) { return Open(ctx, db.dsn) }

// Dialect is "sqlite" or "postgres".
func (db *DB) Dialect() string {
	if db.pool != nil {
		return "postgres"
	}
	return "sqlite"
}

// Close waits for running statements and closes all connections.
func (db *DB) Close() error {
	var errs []error
	if db.bulk != nil {
		errs = append(errs, db.bulk.close())
	}
	for _, d := range []*sql.DB{db.read, db.relaxed, db.synced} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	if db.pool != nil {
		db.pool.Close()
	}
	return errors.Join(errs...)
}

// Ping says whether the store answers: for readiness.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	if err := db.read.QueryRowContext(ctx, `SELECT one FROM head WHERE one = 1`).Scan(&one); err != nil {
		return fmt.Errorf("store: ping: %w", err)
	}
	return nil
}

// Wake has a token whenever this process marked work since it was last read.
// It saves waiting; correctness never depends on it, because another process's
// marks give none.
func (db *DB) Wake() <-chan struct{} { return db.wake }

func (db *DB) signal() {
	select {
	case db.wake <- struct{}{}:
	default:
	}
}

// take waits for this process's turn to write.
func (db *DB) take(ctx context.Context) error {
	select {
	case db.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (db *DB) give() { <-db.turn }

// durability says whether a write waits for the disk.
type durability bool

const (
	durable  durability = true
	repeated durability = false // can be made again from the log
)

// write runs fn in one transaction through database/sql. fn may run more than
// once, and must then do the same again.
func (db *DB) write(ctx context.Context, d durability, fn func(tx *sql.Tx) error) error {
	if db.pool == nil {
		return db.writeTogether(ctx, d, fn)
	}
	return inTx(ctx, db.read, func(tx *sql.Tx) error { // PostgreSQL: one pool for all
		if d == repeated {
			if _, err := tx.ExecContext(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
				return err
			}
		}
		return fn(tx)
	})
}
