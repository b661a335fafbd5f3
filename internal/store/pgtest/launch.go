package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// minder runs the server and waits for the end of its standard input, which
// the system closes when the test binary ends, even by kill -9. Then it stops
// the server and removes its folder.
const minder = `
"$1/postgres" -D "$2/data" -k "$2" -p "$3" -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=on -c autovacuum_naptime=60s >"$2/log" 2>&1 </dev/null &
pid=$!
read -r _ || true
kill -QUIT $pid 2>/dev/null
wait $pid
rm -rf "$2"
`

// keep holds the minder's standard input open for the life of the binary.
var keep *os.File

// launch makes a cluster and starts a server on it; the answer is its address.
func launch() (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "mingjing-pg-")
	if err != nil {
		return "", err
	}
	attr, err := asPostgres(dir)
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	if err := initdb(bin, dir, attr); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	port, err := freePort()
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	in, out, err := os.Pipe()
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	defer in.Close()
	cmd := exec.Command("/bin/sh", "-c", minder, "minder", bin, dir, strconv.Itoa(port)) //nolint:noctx // it lives as long as the binary
	cmd.Dir, cmd.Stdin, cmd.SysProcAttr = dir, in, attr
	if err := cmd.Start(); err != nil {
		return "", errors.Join(err, out.Close(), os.RemoveAll(dir))
	}
	keep = out
	dsn := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return dsn, ready(dsn, filepath.Join(dir, "log"))
}

// binaries finds the newest PostgreSQL of the system.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return major(b) - major(a) })
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", fmt.Errorf("no PostgreSQL found: install it (Debian: apt-get install postgresql) or set %s to a server's address", envServer)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

func major(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // not a number: last
	return n
}

// initdb prefers a linguistic collation, so that a query that forgets to ask
// for byte order is found out.
func initdb(bin, dir string, attr *sysProcAttr) error {
	var out []byte
	var err error
	for _, locale := range [][]string{
		{"--locale-provider=icu", "--icu-locale=und", "--locale=C"},
		{"--locale=C"},
	} {
		data := filepath.Join(dir, "data")
		args := append([]string{"-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"}, locale...)
		cmd := exec.Command(filepath.Join(bin, "initdb"), args...) //nolint:noctx // ends by itself
		cmd.Dir, cmd.SysProcAttr = dir, attr
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
		if err := os.RemoveAll(data); err != nil {
			return err
		}
	}
	return fmt.Errorf("initdb: %w: %s", err, out)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // local and at once
	if err != nil {
		return 0, err
	}
	defer l.Close() //nolint:errcheck // it only lent its number
	return l.Addr().(*net.TCPAddr).Port, nil
}

func ready(dsn, log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(log) // best effort: it is for the message only
			return fmt.Errorf("PostgreSQL did not start: %w\n%s", err, said)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
