// Package snapshot keeps tables in a file of their own that is never changed
// once it is whole, and answers SQL of anybody's over it: on a connection that
// can neither write nor reach another file, within limits of time, rows and
// memory. What a table holds is its maker's to decide.
package snapshot

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

// A Column is one column of a table.
type Column struct{ Name, Type string }

// A Table is one table of a snapshot.
type Table struct {
	Name    string
	Columns []Column
	Index   []string // columns by which rows are looked for
}

// A Writer makes one file. Until Finish nobody finds it under its name.
type Writer struct {
	path   string
	db     *sql.DB
	tx     *sql.Tx
	tables []Table
	stmts  map[string]*sql.Stmt
}

func address(path string, query url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}

// Create begins a file. Names of tables and columns are the caller's own, never a reader's.
func Create(ctx context.Context, path string, tables []Table) (*Writer, error) {
	w := &Writer{path: path, tables: tables, stmts: map[string]*sql.Stmt{}}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	fail := func(err error) (*Writer, error) { return nil, errors.Join(fmt.Errorf("snapshot: %w", err), w.Drop()) }
	// A torn file is never found: neither a journal nor a sync before the end.
	if w.db, err = sql.Open("sqlite", address(part, url.Values{"_pragma": {"journal_mode(off)", "synchronous(off)", "cache_size(-64000)"}})); err != nil {
		return fail(err)
	}
	w.db.SetMaxOpenConns(1)
	if w.tx, err = w.db.BeginTx(ctx, nil); err != nil {
		return fail(err)
	}
	for _, t := range tables {
		parts := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			parts[i] = `"` + c.Name + `" ` + c.Type
		}
		if _, err := w.tx.ExecContext(ctx, `CREATE TABLE "`+t.Name+`" (`+strings.Join(parts, ", ")+`)`); err != nil {
			return fail(err)
		}
		stmt, err := w.tx.PrepareContext(ctx, `INSERT INTO "`+t.Name+`" VALUES (`+strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ")+`)`) //nolint:sqlclosecheck // the transaction closes it
		if err != nil {
			return fail(err)
		}
		w.stmts[t.Name] = stmt
	}
	return w, nil
}

// Add adds a row, a value a column.
func (w *Writer) Add(ctx context.Context, table string, values ...any) error {
	stmt := w.stmts[table]
	if stmt == nil {
		return fmt.Errorf("snapshot: there is no table %q", table)
	}
	if _, err := stmt.ExecContext(ctx, values...); err != nil {
		return fmt.Errorf("snapshot: table %s: %w", table, err)
	}
	return nil
}

// Finish makes the indexes, puts the whole file under its name, durably and for
// reading alone, and returns the SHA-256 of its bytes.
func (w *Writer) Finish(ctx context.Context) (digest string, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("snapshot: %w", err), w.Drop())
		}
	}()
	for _, t := range w.tables {
		for _, c := range t.Index {
			if _, err := w.tx.ExecContext(ctx, `CREATE INDEX "`+t.Name+"_"+c+`" ON "`+t.Name+`" ("`+c+`")`); err != nil {
				return "", err
			}
		}
	}
	if err := w.tx.Commit(); err != nil {
		return "", err
	}
	if _, err := w.db.ExecContext(ctx, `ANALYZE`); err != nil {
		return "", err
	}
	if err := w.db.Close(); err != nil {
		return "", err
	}
	part := w.path + ".part"
	f, err := os.Open(part)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	if err := errors.Join(err, f.Sync(), f.Close(), os.Chmod(part, 0o400), os.Rename(part, w.path)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Drop gives a file up that was not finished.
func (w *Writer) Drop() error {
	var errs []error
	if w.tx != nil {
		_ = w.tx.Rollback() // after a commit it does nothing
	}
	if w.db != nil {
		errs = append(errs, w.db.Close())
	}
	if err := os.Remove(w.path + ".part"); err != nil && !errors.Is(err, os.ErrNotExist) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
