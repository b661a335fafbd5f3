package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// minConns lets readers go on while an append and a worker hold theirs.
const minConns = 8

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	if u, err := url.Parse(dsn); err == nil && !u.Query().Has("pool_max_conns") {
		cfg.MaxConns = max(cfg.MaxConns, minConns)
	}
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "mingjing"
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	db := &DB{dsn: dsn, pool: pool, read: stdlib.OpenDBFromPool(pool), turn: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
	fail := func(err error) (*DB, error) { return nil, errors.Join(err, db.Close()) }
	if err := checkPostgres(ctx, db.read); err != nil {
		return fail(err)
	}
	if err := migrate(ctx, db.read, "postgres"); err != nil {
		return fail(err)
	}
	return db, nil
}

// A pgSetting is one without which PostgreSQL acknowledges what it can lose.
type pgSetting struct {
	name string
	good []string
	mend string
}

var pgSettings = []pgSetting{
	{"fsync", []string{"on"}, "set fsync = on in postgresql.conf and reload"},
	{"full_page_writes", []string{"on"}, "set full_page_writes = on in postgresql.conf and reload"},
	{"synchronous_commit", []string{"on", "remote_apply"}, "set synchronous_commit = on in postgresql.conf, and for the role, the database and the address where it is set there"},
	{"server_encoding", []string{"UTF8"}, "create the database with ENCODING 'UTF8' TEMPLATE template0"},
}

// checkPostgres refuses settings under which an acknowledged write can be lost.
func checkPostgres(ctx context.Context, db *sql.DB) error {
	for _, s := range pgSettings {
		var value string
		if err := db.QueryRowContext(ctx, `SELECT current_setting($1)`, s.name).Scan(&value); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
		if err := s.check(value); err != nil {
			return err
		}
	}
	return nil
}

func (s pgSetting) check(value string) error {
	for _, good := range s.good {
		if value == good {
			return nil
		}
	}
	return fmt.Errorf("%w: PostgreSQL's %s is %q, needed is %q: %s", ErrUnsafe, s.name, value, s.good[0], s.mend)
}
