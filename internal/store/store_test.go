package store_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
	"mingjing/internal/store/storetest"
)

// TestMain also looks for goroutines that an unclosed or half-closed store leaves.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sqliteDSN(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "mingjing.db") }

func open(t testing.TB, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB { return open(t, sqliteDSN(t)) })
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB { return open(t, pgtest.Database(t)) })
}
