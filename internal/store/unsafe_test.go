package store

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingjing/internal/ledger"
	"mingjing/internal/store/pgtest"
)

// refused fails unless err is ErrUnsafe and names the setting and what to do.
func refused(t *testing.T, err error, names ...string) {
	t.Helper()
	if !errors.Is(err, ErrUnsafe) {
		t.Fatalf("error %v, needed is ErrUnsafe", err)
	}
	for _, n := range names {
		if !strings.Contains(err.Error(), n) {
			t.Errorf("error %q does not say %q", err, n)
		}
	}
}

func TestOpenRefusesSQLiteThatDoesNotSync(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	for dsn, names := range map[string][]string{
		"sqlite:" + path + "?_pragma=synchronous(off)":    {"synchronous", "is 0", "take the synchronous setting out"},
		"sqlite:" + path + "?_pragma=synchronous(normal)": {"synchronous", "is 1"},
		"sqlite:" + path + "?_pragma=journal_mode(off)":   {"journal_mode", "local disk"},
		"sqlite::memory:": {"journal_mode", `"memory"`, "local disk"},
	} {
		db, err := Open(t.Context(), dsn)
		if err == nil {
			t.Errorf("%s was opened", dsn)
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		refused(t, err, names...)
	}
	for _, dsn := range []string{"", "sqlite:", "mysql://x", "postgres://%zz"} {
		if _, err := Open(t.Context(), dsn); err == nil {
			t.Errorf("%q was opened", dsn)
		}
	}
}

func TestSQLiteSettings(t *testing.T) {
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "a b#%41.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, c := range []struct {
		db            *sql.DB
		pragma, value string
	}{
		{db.synced, "synchronous", "2"},
		{db.synced, "journal_mode", "wal"},
		{db.synced, "foreign_keys", "1"},
		{db.synced, "secure_delete", "1"},
		{db.relaxed, "synchronous", "1"},
		{db.relaxed, "secure_delete", "1"},
		{db.read, "query_only", "1"},
	} {
		var got string
		if err := c.db.QueryRowContext(t.Context(), "PRAGMA "+c.pragma).Scan(&got); err != nil || got != c.value {
			t.Errorf("%s is %q (%v), needed is %q", c.pragma, got, err, c.value)
		}
	}
}

func TestOpenRefusesPostgresThatDoesNotSync(t *testing.T) {
	dsn := pgtest.Database(t)
	_, err := Open(t.Context(), dsn+"&synchronous_commit=off")
	refused(t, err, "synchronous_commit", `"off"`, "synchronous_commit = on")
	db, err := Open(t.Context(), dsn+"&synchronous_commit=remote_apply")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, s := range pgSettings {
		refused(t, s.check("off"), s.name, s.mend)
		for _, good := range s.good {
			if err := s.check(good); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestAppendRefusesPostgresThatStoppedSyncing switches syncing off under a
// running program: the next append must notice.
func TestAppendRefusesPostgresThatStoppedSyncing(t *testing.T) {
	dsn := pgtest.Database(t)
	db, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := dsn[strings.LastIndex(dsn, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	appendNothing := func() error { return db.Append(t.Context(), func(ledger.Tx) error { return nil }) }
	if err := appendNothing(); err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, dsn, "ALTER DATABASE "+name+" SET synchronous_commit = off")
	db.pool.Reset() // new connections, as after a failover
	refused(t, appendNothing(), "synchronous_commit")
	pgtest.Exec(t, dsn, "ALTER DATABASE "+name+" SET synchronous_commit = on")
	db.pool.Reset()
	if err := appendNothing(); err != nil {
		t.Fatal(err)
	}
}

// TestErasedBytesAreGone greps the files: after an erasure nothing of the old
// value is left in them, in free pages and in the write-ahead log included.
func TestErasedBytesAreGone(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(dir, "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	secret := strings.Repeat("张三 110101199003070000 ", 400) // longer than a page
	r := benchRow(0)
	r.Fields = []byte(`{"CONTACT":"` + secret + `"}`)
	if err := db.Append(t.Context(), func(tx ledger.Tx) error {
		return tx.Insert(t.Context(), []*ledger.Row{r}, nil, nil, ledger.Head{Size: 1})
	}); err != nil {
		t.Fatal(err)
	}
	holds := func() (found bool) {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(b), "110101199003070000")
		}
		return found
	}
	if !holds() {
		t.Fatal("the test looks in the wrong place")
	}
	r.Fields, r.Seed = []byte(`{}`), nil
	if err := db.Rewrite(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if holds() {
		t.Error("the erased value still stands in the files")
	}
}
