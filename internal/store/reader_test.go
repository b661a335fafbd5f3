package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/store/pgtest"
)

// A reader reads, and every way to write is refused by the database itself, also
// after somebody has tried to talk the connection out of it.
func TestReaderCannotWrite(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		readerCannotWrite(t, "sqlite:"+filepath.Join(t.TempDir(), "mingjing.db"), []string{`PRAGMA query_only = 0`, `PRAGMA writable_schema = 1`})
	})
	t.Run("postgres", func(t *testing.T) {
		readerCannotWrite(t, pgtest.Database(t), []string{`SET default_transaction_read_only = off`, `SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE`})
	})
}

func readerCannotWrite(t *testing.T, dsn string, coax []string) {
	ctx := t.Context()
	db, err := Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PutMeta(ctx, "kept", []byte("before")); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.read.SetMaxOpenConns(1) // what coaxes the connection coaxes that which writes
	if got, err := r.Meta(ctx, "kept"); err != nil || string(got) != "before" {
		t.Fatalf("a reader reads %q, %v", got, err)
	}
	if _, err := r.Dockets(ctx, DocketFilter{Limit: 1}); err != nil {
		t.Errorf("dockets: %v", err)
	}
	if err := db.PutMeta(ctx, "kept", []byte("after")); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Meta(ctx, "kept"); err != nil || string(got) != "after" {
		t.Errorf("a reader sees %q of what was written since, %v", got, err)
	}
	refused := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s: it was written", what)
		} else if said := strings.ToLower(err.Error()); !strings.Contains(said, "readonly") && !strings.Contains(said, "read-only") && !strings.Contains(said, "permission denied") && !strings.Contains(said, "must be owner") {
			t.Errorf("%s: refused by something else than the database: %v", what, err)
		}
	}
	for round := range 2 {
		refused("meta", r.PutMeta(ctx, "kept", []byte("by the reader")))
		refused("a docket woken", r.WakeDockets(ctx, nil, time.Now()))
		refused("a saved view", r.DropSavedView(ctx, "v"))
		refused("the log", r.Append(ctx, func(ledger.Tx) error { return nil }))
		for _, table := range tablesOf(t, db) {
			for _, how := range []string{`DELETE FROM %s`, `INSERT INTO %s DEFAULT VALUES`, `DROP TABLE %s`} {
				if how == `INSERT INTO %s DEFAULT VALUES` && db.pool == nil {
					continue // not null is looked at first there
				}
				_, err := r.read.ExecContext(ctx, fmt.Sprintf(how, table))
				refused(fmt.Sprintf(how, table), err)
			}
		}
		if _, err := r.read.ExecContext(ctx, `CREATE TABLE of_the_reader (x integer)`); err == nil {
			t.Error("a table was made")
		}
		if round == 0 {
			for _, words := range coax {
				if _, err := r.read.ExecContext(ctx, words); err != nil && db.pool == nil {
					t.Fatal(err)
				}
			}
		}
	}
	if db.pool != nil {
		for _, table := range secretTables {
			if _, err := r.read.ExecContext(ctx, `SELECT 1 FROM `+table); err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s was read: %v", table, err)
			}
		}
	}
	for _, table := range secretTables {
		if !slices.Contains(tablesOf(t, db), table) {
			t.Errorf("there is no table %s: take it from the list", table)
		}
	}
	if got, err := db.Meta(ctx, "kept"); err != nil || string(got) != "after" {
		t.Errorf("the store holds %q, %v", got, err)
	}
}

func tablesOf(t *testing.T, db *DB) []string {
	t.Helper()
	query := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_text%'`
	if db.pool != nil {
		query = `SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`
	}
	tables, err := collect(t.Context(), db.read, scanOne[string], query)
	if err != nil || len(tables) < 20 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	return tables
}
