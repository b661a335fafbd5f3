package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// readerRole is the role of PostgreSQL as which OpenReader reads. It may read
// what dockets are made of and nothing else.
const readerRole = "mingjing_reader"

// secretTables are not for readers: who may sign in, and by what.
var secretTables = []string{"person", "post", "credential", "session", "token", "attempt", "access", "once", "quarantine"}

// OpenReader opens the store that dsn names, whose tables another has made, so
// that it cannot be written: every write answers the database's own refusal. On
// SQLite the file is opened for reading alone. On PostgreSQL each connection is
// of a role without any right to write (made here when dsn's own role has such a
// right), and read-only besides; ErrUnsafe when that cannot be had.
func OpenReader(ctx context.Context, dsn string) (*DB, error) {
	var (
		db  *DB
		err error
	)
	if strings.HasPrefix(dsn, "sqlite:") {
		db, err = openSQLiteReader(ctx, dsn)
	} else {
		db, err = openPostgresReader(ctx, dsn)
	}
	if err != nil {
		return nil, fmt.Errorf("store: reader: %w", err)
	}
	return db, nil
}

func openSQLiteReader(ctx context.Context, dsn string) (*DB, error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(dsn, "sqlite:"), "?")
	given, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("sqlite: options after '?': %w", err)
	}
	given.Set("mode", "ro")
	db := &DB{dsn: dsn, turn: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
	if db.read, err = sql.Open(sqliteDriver, sqliteDSN(path, given, "deferred", "synchronous(full)", "query_only(1)")); err != nil {
		return nil, err
	}
	readers := max(4, runtime.NumCPU())
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	if db.synced, err = sql.Open(sqliteDriver, sqliteDSN(path, given, "immediate", "synchronous(full)", "query_only(1)")); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.relaxed = db.synced // who tries to write is refused there when the transaction begins
	db.bulk = newBulk(db.synced)
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func openPostgresReader(ctx context.Context, dsn string) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	own, err := grantReader(ctx, cfg.ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	cfg.ConnConfig.RuntimeParams["application_name"] = "mingjing reader"
	if !own {
		cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, `SET ROLE `+readerRole)
			return err
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	db := &DB{dsn: dsn, pool: pool, read: stdlib.OpenDBFromPool(pool), turn: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
	err = db.Ping(ctx)
	if err == nil {
		err = checkReader(ctx, db.read)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// writableTables are the tables of the schema that the current role may change.
const writableTables = `SELECT count(*) FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
	AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')`

func checkReader(ctx context.Context, db *sql.DB) error {
	var n int
	var only string
	if err := db.QueryRowContext(ctx, `SELECT (`+writableTables+`), current_setting('transaction_read_only')`).Scan(&n, &only); err != nil {
		return err
	}
	if n > 0 || only != "on" {
		return fmt.Errorf("%w: the reader's role may change %d tables and its transactions are read-only: %s", ErrUnsafe, n, only)
	}
	return nil
}

// grantReader makes the reader's role and gives it what it may read, unless the
// role of the connection has itself no right to write: then own is true.
func grantReader(ctx context.Context, cfg *pgx.ConnConfig) (own bool, err error) {
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing is left to be done on it
	var n int
	if err := conn.QueryRow(ctx, writableTables).Scan(&n); err != nil || n == 0 {
		return err == nil, err
	}
	for try := 1; ; try++ {
		if err = grantTables(ctx, conn); err == nil {
			return false, nil
		}
		if !strings.Contains(err.Error(), "concurrently updated") || try == 5 { // roles are the whole cluster's, which no lock of one database keeps
			return false, fmt.Errorf("%w: the role %s cannot be made or be given its rights: %w; "+
				"let a superuser run CREATE ROLE %s; GRANT %s TO the store's role WITH ADMIN OPTION, or name a login that may only read", ErrUnsafe, readerRole, err, readerRole, readerRole)
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(time.Duration(try) * 50 * time.Millisecond):
		}
	}
}

func grantTables(ctx context.Context, conn *pgx.Conn) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return err
		}
		var schema string
		var tables []string
		err := tx.QueryRow(ctx, `SELECT quote_ident(current_schema()), array(SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1)`).Scan(&schema, &tables)
		if err != nil {
			return err
		}
		steps := []string{
			`DO $$ BEGIN CREATE ROLE ` + readerRole + ` NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
			`DO $$ BEGIN IF NOT pg_has_role(current_user, '` + readerRole + `', 'MEMBER') THEN EXECUTE format('GRANT ` + readerRole + ` TO %I', current_user); END IF; END $$`,
			`REVOKE ALL ON ALL TABLES IN SCHEMA ` + schema + ` FROM ` + readerRole,
			`GRANT USAGE ON SCHEMA ` + schema + ` TO ` + readerRole,
		}
		for _, table := range tables {
			if !slices.Contains(secretTables, table) {
				steps = append(steps, `GRANT SELECT ON `+schema+`.`+pgx.Identifier{table}.Sanitize()+` TO `+readerRole)
			}
		}
		for _, step := range steps {
			if _, err := tx.Exec(ctx, step); err != nil {
				return err
			}
		}
		return nil
	})
}
