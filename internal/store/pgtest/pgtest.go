// Package pgtest gives tests an empty PostgreSQL database of their own. It
// starts the system's PostgreSQL once a test binary, privately, syncing as in
// production, and stops it when the binary ends, however it ends. Its default
// collation is deliberately not byte order where the system allows that.
//
// MINGJING_TEST_POSTGRES may name a running server instead
// (postgres://user@host/postgres); databases are made and dropped there.
// Without any PostgreSQL the test is skipped loudly; with CI=true it fails.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Environment variables that are read.
const (
	envServer = "MINGJING_TEST_POSTGRES"
	envCI     = "CI"
)

var (
	once   sync.Once
	server string // address of the server's database "postgres"
	fault  error
	next   atomic.Int64
)

// Database makes an empty database for one test and returns its address. It goes
// when the test, or with a private server the test binary, ends.
func Database(t testing.TB) string {
	t.Helper()
	once.Do(func() {
		if server = os.Getenv(envServer); server == "" {
			server, fault = launch()
		}
	})
	if fault != nil {
		if os.Getenv(envCI) == "true" {
			t.Fatalf("PostgreSQL is needed here: %v", fault)
		}
		t.Skipf("SKIPPED, NOT TESTED ON POSTGRESQL: %v", fault)
	}
	name := fmt.Sprintf("mingjing_test_%d_%d", os.Getpid(), next.Add(1))
	Exec(t, server, "CREATE DATABASE "+name+" ENCODING 'UTF8' TEMPLATE template0")
	if keep == nil { // a private server goes as a whole, which is quicker
		t.Cleanup(func() { Exec(t, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s: %v", envServer, err)
	}
	u.Path = "/" + name
	return u.String()
}

// Exec runs one statement on a database, outside any transaction.
func Exec(t testing.TB, dsn, statement string) {
	t.Helper()
	ctx := context.Background() // cleanups run after the test's own context ends
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // a throw-away connection
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("PostgreSQL: %s: %v", statement, err)
	}
}
