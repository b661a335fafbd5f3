package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func openTogether(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.synced.Exec(`CREATE TABLE note (n INTEGER PRIMARY KEY, grp INTEGER)`); err != nil {
		t.Fatal(err)
	}
	return db
}

func countNotes(t *testing.T, db *DB, where string) (n int) {
	t.Helper()
	if err := db.read.QueryRow(`SELECT count(*) FROM note WHERE ` + where).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

var errOdd = errors.New("odd")

// Writes that wait go together; each gets its own outcome, and one that fails
// undoes its own work only.
func TestTogether(t *testing.T) {
	db := openTogether(t)
	if err := db.take(t.Context()); err != nil { // all must wait
		t.Fatal(err)
	}
	const n = 3 * maxTogether
	left, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			ctx, d := t.Context(), repeated
			switch {
			case i%10 == 3:
				ctx = left
			case i%2 == 0:
				d = durable
			}
			errs[i] = db.write(ctx, d, func(tx *sql.Tx) error {
				if _, err := tx.ExecContext(ctx, `INSERT INTO note (n) VALUES ($1)`, i); err != nil {
					return err
				}
				if i%10 == 7 {
					return errOdd
				}
				return nil
			})
		})
	}
	for waiting := 0; waiting < n; {
		time.Sleep(time.Millisecond)
		db.line.mu.Lock()
		waiting = len(db.line.list)
		db.line.mu.Unlock()
	}
	leave()
	for waiting := n; waiting > n-n/10; {
		time.Sleep(time.Millisecond)
		db.line.mu.Lock()
		waiting = len(db.line.list)
		db.line.mu.Unlock()
	}
	db.give()
	wg.Wait()
	for i, err := range errs {
		stored := countNotes(t, db, fmt.Sprintf("n = %d", i)) == 1
		switch {
		case i%10 == 3:
			if !errors.Is(err, context.Canceled) || stored {
				t.Errorf("write %d left the line: %v, stored %v", i, err, stored)
			}
		case i%10 == 7:
			if !errors.Is(err, errOdd) || stored {
				t.Errorf("write %d failed: %v, stored %v", i, err, stored)
			}
		case err != nil || !stored:
			t.Errorf("write %d: %v, stored %v", i, err, stored)
		}
	}
}

// A group of writes none of which fails is one transaction.
func TestTogetherIsOne(t *testing.T) {
	db := openTogether(t)
	if err := db.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[*sql.Tx]int{}
	for i := range maxTogether {
		wg.Go(func() {
			err := db.write(t.Context(), repeated, func(tx *sql.Tx) error {
				mu.Lock()
				seen[tx]++
				mu.Unlock()
				_, err := tx.Exec(`INSERT INTO note (n) VALUES ($1)`, i)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for waiting := 0; waiting < maxTogether; {
		time.Sleep(time.Millisecond)
		db.line.mu.Lock()
		waiting = len(db.line.list)
		db.line.mu.Unlock()
	}
	db.give()
	wg.Wait()
	if len(seen) != 1 || countNotes(t, db, "true") != maxTogether {
		t.Errorf("%d writes took %d transactions, %d rows are stored", maxTogether, len(seen), countNotes(t, db, "true"))
	}
}
