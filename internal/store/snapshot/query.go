package snapshot

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A Question is SQL over a snapshot, with its limits.
type Question struct {
	File     string        `json:"file"`
	Personal string        `json:"personal,omitempty"` // a second file, whose tables are named personal.…; "": none
	SQL      string        `json:"sql"`
	Rows     int           `json:"rows"` // at most
	Within   time.Duration `json:"-"`
}

// An Answer takes what a question gives: the columns once, then rows.
type Answer interface {
	Columns(names, types []string) error
	Row(values []any) error // string, int64, float64, nil
}

// Errors that callers tell apart.
var (
	// ErrSQL wraps what is wrong with the question itself.
	ErrSQL = errors.New("the question cannot be answered")
	// ErrLimit wraps that a limit of time or memory was reached.
	ErrLimit = errors.New("a limit was reached")
)

// longest bounds one value, and the text of a question.
const longest = 16 << 20

// denied are functions that reach beyond the file, or could be made to.
var denied = []string{"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"}

// allow is the authorizer: a question selects, and calls functions. Everything
// else that SQLite compiles is refused, PRAGMA and ATTACH among it.
func allow(action sqlite.AuthorizerActionCode, arg1, arg2, _, _ string) sqlite.AuthorizerReturnCode {
	switch action {
	case sqlite.AuthSelect, sqlite.AuthRecursive:
		return sqlite.AuthorizerOK
	case sqlite.AuthRead:
		if !strings.HasPrefix(strings.ToLower(arg1), "sqlite_") && strings.ToLower(arg1) != "dbstat" { // pages and statistics of the file itself
			return sqlite.AuthorizerOK
		}
	case sqlite.AuthFunction:
		if !slices.Contains(denied, strings.ToLower(arg2)) {
			return sqlite.AuthorizerOK
		}
	}
	return sqlite.AuthorizerDeny
}

// Ask answers a question; more says that there were more rows than its limit. What
// memory it takes can be bounded for a whole process only: run it in one of its own.
func Ask(ctx context.Context, q Question, to Answer) (rows int, more bool, err error) {
	if q.Rows <= 0 || q.Within <= 0 {
		return 0, false, errors.New("snapshot: a question has limits")
	}
	ctx, cancel := context.WithTimeout(ctx, q.Within)
	defer cancel()
	db, err := sql.Open("sqlite", address(q.File, url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"query_only(1)", "temp_store(memory)", "trusted_schema(0)", "cache_size(-32000)"}}))
	if err != nil {
		return 0, false, fmt.Errorf("snapshot: %w", err)
	}
	defer db.Close() //nolint:errcheck // nothing was written
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, false, fmt.Errorf("snapshot: %w", err)
	}
	defer conn.Close() //nolint:errcheck // likewise
	if err := bar(ctx, conn, q); err != nil {
		return 0, false, fmt.Errorf("snapshot: %w", err)
	}
	found, err := conn.QueryContext(ctx, q.SQL)
	if err != nil {
		return 0, false, told(ctx, err)
	}
	defer found.Close()
	rows, more, err = give(found, q.Rows, to)
	if err != nil {
		return rows, more, told(ctx, err)
	}
	return rows, more, nil
}

// bar opens what the question may reach, and shuts all else for good.
func bar(ctx context.Context, conn *sql.Conn, q Question) error {
	if q.Personal != "" {
		if _, err := conn.ExecContext(ctx, `ATTACH DATABASE $1 AS personal`, address(q.Personal, url.Values{"mode": {"ro"}, "immutable": {"1"}})); err != nil {
			return err
		}
	}
	for limit, to := range map[int]int{sqlite3.SQLITE_LIMIT_LENGTH: longest, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20} {
		if _, err := sqlite.Limit(conn, limit, to); err != nil {
			return err
		}
	}
	return conn.Raw(func(driver any) error {
		r, ok := driver.(sqlite.AuthorizerRegisterer)
		if !ok {
			return errors.New("the driver has no authorizer")
		}
		return r.RegisterAuthorizer(allow)
	})
}

func give(found *sql.Rows, most int, to Answer) (rows int, more bool, err error) {
	names, err := found.Columns()
	if err != nil {
		return 0, false, err
	}
	if len(names) == 0 {
		return 0, false, fmt.Errorf("%w: it asks for nothing", ErrSQL)
	}
	kinds, err := found.ColumnTypes()
	if err != nil {
		return 0, false, err
	}
	types := make([]string, len(names))
	for i, k := range kinds {
		types[i] = strings.ToUpper(k.DatabaseTypeName())
	}
	if err := to.Columns(names, types); err != nil {
		return 0, false, err
	}
	values, at := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		at[i] = &values[i]
	}
	for found.Next() {
		if rows == most {
			return rows, true, nil
		}
		if err := found.Scan(at...); err != nil {
			return rows, false, err
		}
		for i, v := range values {
			switch v := v.(type) {
			case []byte:
				values[i] = hex.EncodeToString(v)
			case time.Time:
				values[i] = v.Format(time.RFC3339)
			case bool:
				values[i] = map[bool]int64{true: 1}[v]
			}
		}
		if err := to.Row(values); err != nil {
			return rows, false, err
		}
		rows++
	}
	return rows, false, found.Err()
}

// told says whose fault an error is: the question's, or a limit's.
func told(ctx context.Context, err error) error {
	var e *sqlite.Error
	switch {
	case errors.Is(err, ErrSQL):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: time", ErrLimit)
	case errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_NOMEM:
		return fmt.Errorf("%w: memory", ErrLimit)
	case errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_TOOBIG:
		return fmt.Errorf("%w: a value is longer than %d bytes", ErrLimit, longest)
	case errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_AUTH:
		return fmt.Errorf("%w: only SELECT may be asked: %s", ErrSQL, e.Error())
	case errors.As(err, &e) && e.Code()&0xff != sqlite3.SQLITE_CORRUPT && e.Code()&0xff != sqlite3.SQLITE_IOERR && e.Code()&0xff != sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %s", ErrSQL, e.Error())
	}
	return err
}
