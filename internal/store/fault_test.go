package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/ledger"
	"mingjing/internal/store/pgtest"
)

// A short life writes all that is written in one: two appends, the folding
// of their dockets and a source. It stops at the first error, as a program
// that is killed there would, and tells what had been acknowledged by then.
type life struct {
	from  int64   // what was written before is not its own
	acked []int64 // positions
	saved []string
	named bool
}

func (l *life) live(ctx context.Context, db *DB) error {
	for range 2 {
		var rows []*ledger.Row
		err := db.Append(ctx, func(tx ledger.Tx) error {
			head := tx.Head()
			rows = nil
			for i := range 2 {
				r := benchRow(head.Size + int64(i))
				r.Codes = []string{fmt.Sprintf("tender:T%d", r.Position)}
				rows = append(rows, r)
			}
			tiles, err := benchTiles(ctx, tx, rows)
			if err != nil {
				return err
			}
			head.Size += int64(len(rows))
			head.Batches++
			return tx.Insert(ctx, rows, []*ledger.BatchRow{{ID: head.Batches, Received: benchTime, Evidence: make([]byte, 40_000)}}, tiles, head)
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			l.acked = append(l.acked, r.Position)
		}
	}
	work, err := db.ClaimWork(ctx, 100, 1, benchTime)
	if err != nil {
		return err
	}
	for _, w := range work {
		id := strings.TrimPrefix(w.Code, "tender:")
		_, err := db.SaveDocket(ctx, &DocketRow{ID: id, Through: w.Through, Evaluated: benchTime, Body: []byte(`{}`)},
			[]FindingRow{{Key: "k", Docket: id, Indicator: "A02", State: "fired", Body: []byte(`{}`)}},
			[]SearchRow{{Docket: id, Tier: "public", Text: "道路" + id}})
		if err != nil {
			return err
		}
		l.saved = append(l.saved, id)
	}
	if err := db.FinishWork(ctx, work); err != nil {
		return err
	}
	if err := db.PutSource(ctx, SourceRow{Name: "a", Platforms: []string{"P"}, Body: []byte(`{}`)}); err != nil {
		return err
	}
	l.named = true
	return nil
}

// check opens the store anew and looks whether all that was acknowledged is
// there, whole and once, and whether what is not folded is still to be folded.
func (l *life) check(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	fatal := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	head, err := db.Head(ctx)
	fatal(err)
	var positions []int64
	fatal(db.Rows(ctx, 0, 1<<40, func(r *ledger.Row) error {
		positions = append(positions, r.Position)
		if r.Position < l.from {
			return nil
		}
		codes, err := db.PositionsByCode(ctx, r.Codes)
		if err == nil && !slices.Contains(codes[r.Codes[0]], r.Position) {
			err = fmt.Errorf("position %d is not found by its code", r.Position)
		}
		if err == nil {
			tile, err := db.Tile(ctx, 0, r.Position/256)
			if err != nil || tile == nil || int64(len(tile.Hashes)) < (r.Position%256+1)*32 {
				return fmt.Errorf("the tile lacks position %d: %w", r.Position, err)
			}
		}
		return err
	}))
	for i, p := range positions {
		if p != int64(i) {
			t.Fatalf("a gap: %v", positions)
		}
	}
	if head.Size != int64(len(positions)) {
		t.Fatalf("the head says %d, stored are %d", head.Size, len(positions))
	}
	if batch, err := db.Batch(ctx, head.Batches); err != nil || batch == nil && head.Batches > 0 {
		t.Fatalf("batch %d is not there (%v)", head.Batches, err)
	}
	for _, p := range l.acked {
		if p >= head.Size {
			t.Fatalf("position %d was acknowledged and is lost; the head is %d", p, head.Size)
		}
	}
	open, err := collect(ctx, db.read, scanOne[string], `SELECT code FROM work WHERE through > done`)
	fatal(err)
	for _, p := range positions[l.from:] {
		id := fmt.Sprintf("T%d", p)
		d, err := db.Docket(ctx, id)
		fatal(err)
		if d == nil && !slices.Contains(open, "tender:"+id) {
			t.Fatalf("docket %s is neither folded nor to be folded", id)
		}
		if d == nil && slices.Contains(l.saved, id) {
			t.Fatalf("docket %s was saved and is lost", id)
		}
		findings, err := db.DocketFindings(ctx, id)
		fatal(err)
		hits, err := db.Search(ctx, SearchQuery{Scopes: []SearchScope{{Tiers: []string{"public"}}}, Text: "道路" + id})
		fatal(err)
		if have := d != nil; have != (len(findings) == 1) || have && len(hits.Hits) == 0 {
			t.Fatalf("docket %s is stored: %v, with %d findings and %d hits", id, have, len(findings), len(hits.Hits))
		}
	}
	body, err := db.SourceByPlatform(ctx, "P")
	fatal(err)
	if l.named && body == nil {
		t.Fatal("the source was acknowledged and is lost")
	}
}

// TestFailEveryWrite fails the nth write of a short life, for every n, and looks
// at what is left. Then life goes on, to its end.
func TestFailEveryWrite(t *testing.T) {
	migrated := made(t)
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("done=%v", after), func(t *testing.T) {
			everyWrite(t, after, migrated, 30)
		})
	}
}

// TestFailEveryMigration does so from the first start on, with the tables.
func TestFailEveryMigration(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds; without -short")
	}
	everyWrite(t, false, nil, 40)
}

// made is a store's file with its tables.
func made(t *testing.T) []byte {
	path := filepath.Join(t.TempDir(), "m.db")
	db, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // the last one leaves no -wal file
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func everyWrite(t *testing.T, after bool, file []byte, atLeast int) {
	for n, ended := 0, false; !ended; n++ {
		path := filepath.Join(t.TempDir(), "m.db")
		if file != nil {
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		breaking.left, breaking.after = n, after
		var l life
		db, err := openSQLiteWith(t.Context(), "breaking", "sqlite:"+path)
		if err == nil {
			if file != nil { // else the start was the matter
				err = l.live(t.Context(), db)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		ended = err == nil
		if !ended && !errors.Is(err, errBroken) {
			t.Fatalf("write %d: %v", n, err)
		}
		if ended && n < atLeast {
			t.Fatalf("the life ended after %d writes: the breaker does not count", n)
		}
		goOn(t, "sqlite:"+path, &l)
		if n > 1000 {
			t.Fatal("the life never ends")
		}
	}
}

// goOn checks what a life left behind, lives another and checks again.
func goOn(t *testing.T, dsn string, l *life) {
	t.Helper()
	db, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l.check(t, db)
	if err := l.live(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	l.check(t, db)
}

// TestDiskFull lets the disk fill at every size that the store goes through.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	pages := func(dsn string) (n int) {
		db, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.read.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	start := pages("sqlite:" + filepath.Join(dir, "empty.db"))
	failed := 0
	for n := start; ; n++ {
		dsn := "sqlite:" + filepath.Join(dir, fmt.Sprintf("%d.db", n))
		var l life
		db, err := Open(t.Context(), dsn+fmt.Sprintf("?_pragma=max_page_count(%d)", n))
		if err == nil {
			err = l.live(t.Context(), db)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		goOn(t, dsn, &l)
		if err == nil {
			break
		}
		failed++
	}
	if failed < 5 {
		t.Fatalf("the disk was full %d times only: the limit is not at work", failed)
	}
}

// TestCutConnection cuts the connection to PostgreSQL after the nth message
// from here, for every n.
func TestCutConnection(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds; without -short")
	}
	dsn := pgtest.Database(t)
	from := int64(0)
	for n, ended := 0, false; !ended; n++ {
		l := life{from: from}
		db, err := Open(t.Context(), cutAfter(t, dsn, n))
		if err == nil {
			err = l.live(t.Context(), db)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		ended = err == nil
		if ended && n < 40 {
			t.Fatalf("the life ended after %d messages: nothing is counted", n)
		}
		direct, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		l.check(t, direct)
		head, err := direct.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		from = head.Size
		// What one life left to be folded would make the next one longer.
		if _, err := direct.pool.Exec(t.Context(), `UPDATE work SET done = through`); err != nil {
			t.Fatal(err)
		}
		if err := direct.Close(); err != nil {
			t.Fatal(err)
		}
		if n > 1000 {
			t.Fatal("the life never ends")
		}
	}
}
