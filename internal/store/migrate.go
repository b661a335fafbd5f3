package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations
var migrations embed.FS

// migrationLock is PostgreSQL's advisory lock under which tables are changed;
// any number that no one else uses.
const migrationLock = 0x6d696e676a696e67 // "mingjing"

// late says whether another program changed SQLite's tables at the same time:
// the file was locked, or what was to be made is there.
func late(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_ERROR)
}

// migrate brings the tables to this program's version. Several programs may
// start at once: on PostgreSQL they take turns by an advisory lock, on SQLite
// the one that comes too late finds the tables made and looks again.
func migrate(ctx context.Context, db *sql.DB, dialect string) error {
	sub, err := fs.Sub(migrations, "migrations/"+dialect)
	if err != nil {
		return err
	}
	d := goose.DialectSQLite3
	if dialect == "postgres" {
		d = goose.DialectPostgres
		conn, err := db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		defer conn.Close() //nolint:errcheck // it goes back to the pool
		if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		defer conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrationLock)) //nolint:errcheck // closing the connection frees it too
	}
	p, err := goose.NewProvider(d, db, sub, goose.WithTableName("migration"), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()),
		goose.WithAllowOutofOrder(true)) // what was written side by side may come in another order than its numbers say
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	have, newest, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if have > newest {
		return fmt.Errorf("migrate: the tables are of version %d, this program knows %d: start the newer program that wrote them", have, newest)
	}
	for try := 1; ; try++ {
		_, err = p.Up(ctx)
		if err == nil {
			return nil
		}
		if !late(err) || try == 5 {
			return fmt.Errorf("migrate: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("migrate: %w", err)
		case <-time.After(time.Duration(try) * 50 * time.Millisecond):
		}
	}
}
