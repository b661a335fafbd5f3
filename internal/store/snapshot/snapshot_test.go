package snapshot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type kept struct {
	names []string
	rows  [][]any
}

func (k *kept) Columns(names, _ []string) error { k.names = names; return nil }
func (k *kept) Row(values []any) error {
	k.rows = append(k.rows, append([]any(nil), values...))
	return nil
}

func made(t *testing.T, name string, rows int) string {
	t.Helper()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), name)
	w, err := Create(ctx, path, []Table{{Name: "payment", Columns: []Column{{"docket", "TEXT"}, {"yuan", "REAL"}, {"fen", "INTEGER"}}, Index: []string{"docket"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.Add(ctx, "payment", fmt.Sprintf("D%d", i%7), float64(i)+0.5, int64(i*100+50)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Add(ctx, "nowhere", 1); err == nil {
		t.Error("a row in no table")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is found before it is whole")
	}
	digest, err := w.Finish(ctx)
	if err != nil || len(digest) != 64 {
		t.Fatal(digest, err)
	}
	return path
}

func question(path, sql string) Question {
	return Question{File: path, SQL: sql, Rows: 100, Within: 10 * time.Second}
}

func TestAsk(t *testing.T) {
	path, personal := made(t, "s.db", 1000), made(t, "p.db", 3)
	for _, c := range []struct{ sql, want string }{
		{"SELECT count(*), sum(fen) FROM payment", "[[1000 50000000]]"},
		{"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i), NULL, 'x', 1.5 FROM n", "[[15 <nil> x 1.5]]"},
		{"SELECT docket, count(*) OVER () FROM payment GROUP BY docket ORDER BY docket LIMIT 1", "[[D0 7]]"},
		{"SELECT x'00ff'", "[[00ff]]"},
		{"SELECT '{\"A\":1}'->>'A'", "[[1]]"},
	} {
		got := &kept{}
		if _, more, err := Ask(t.Context(), question(path, c.sql), got); err != nil || more || fmt.Sprint(got.rows) != c.want {
			t.Errorf("%s: %v %v %v", c.sql, got.rows, more, err)
		}
	}
	q := question(path, "SELECT * FROM payment")
	got := &kept{}
	if n, more, err := Ask(t.Context(), q, got); err != nil || !more || n != 100 || len(got.rows) != 100 || fmt.Sprint(got.names) != "[docket yuan fen]" {
		t.Errorf("more than the limit: %d %v %v", n, more, err)
	}
	q = question(path, "SELECT count(*) FROM personal.payment")
	if _, _, err := Ask(t.Context(), q, &kept{}); !errors.Is(err, ErrSQL) {
		t.Errorf("a second file that was not given: %v", err)
	}
	q.Personal = personal
	got = &kept{}
	if _, _, err := Ask(t.Context(), q, got); err != nil || fmt.Sprint(got.rows) != "[[3]]" {
		t.Errorf("a second file: %v %v", got.rows, err)
	}
}

// Nothing but asking is let through, whatever it is dressed in; the file and the folder stay as they are.
func TestOnlyAsking(t *testing.T) {
	path, personal := made(t, "s.db", 10), made(t, "p.db", 3)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(filepath.Dir(path), "other.db")
	for _, text := range []string{
		"INSERT INTO payment VALUES ('x', 1, 1)", "UPDATE payment SET yuan = 0", "DELETE FROM payment", "DROP TABLE payment", "CREATE TABLE t (x)", "CREATE TEMP TABLE t AS SELECT 1", "CREATE TEMP VIEW v AS SELECT 1",
		"ATTACH DATABASE '" + other + "' AS o", "ATTACH DATABASE 'file:" + personal + "' AS o", "VACUUM", "VACUUM INTO '" + other + "'", "REINDEX", "ANALYZE", "DETACH DATABASE main",
		"PRAGMA query_only = 0", "PRAGMA hard_heap_limit = 0", "PRAGMA writable_schema = 1", "SELECT * FROM pragma_database_list", "PRAGMA table_info(payment)",
		"SELECT load_extension('x')", "BEGIN IMMEDIATE", "SAVEPOINT s", "SELECT 1; DROP TABLE payment", "EXPLAIN DELETE FROM payment", "WITH a AS (SELECT 1) DELETE FROM payment",
		"CREATE VIRTUAL TABLE v USING fts5(x)", "SELECT * FROM sqlite_dbpage", "SELECT * FROM dbstat", "SELECT * FROM sqlite_schema", "INSERT INTO payment SELECT * FROM payment RETURNING fen", "", "; ;", "SELECT", "not sql",
	} {
		got := &kept{}
		q := question(path, text)
		q.Personal = personal
		if n, _, err := Ask(t.Context(), q, got); !errors.Is(err, ErrSQL) {
			t.Errorf("%q: %d rows of %v, %v", text, n, got.names, err)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file has changed: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(files) != 1 {
		t.Errorf("there are %v", files)
	}
}

func TestLimits(t *testing.T) {
	path := made(t, "s.db", 10)
	endless := question(path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
	endless.Within = 300 * time.Millisecond
	begun := time.Now()
	if _, _, err := Ask(t.Context(), endless, &kept{}); !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "time") || time.Since(begun) > 5*time.Second {
		t.Errorf("an endless question: %v after %s", err, time.Since(begun))
	}
	if _, _, err := Ask(t.Context(), question(path, "SELECT zeroblob(100000000)"), &kept{}); !errors.Is(err, ErrLimit) {
		t.Errorf("a long value: %v", err)
	}
	if _, _, err := Ask(t.Context(), question(path, "SELECT 1"), &kept{}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if _, _, err := Ask(t.Context(), Question{File: path, SQL: "SELECT 1"}, &kept{}); err == nil {
		t.Error("a question without limits was answered")
	}
	if _, _, err := Ask(t.Context(), question(path+".gone", "SELECT 1"), &kept{}); err == nil || errors.Is(err, ErrSQL) {
		t.Errorf("no such file: %v", err)
	}
}
