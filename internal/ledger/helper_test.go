package ledger

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mingjing/internal/standard"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// A tickingClock moves on by a millisecond at each look.
func tickingClock() func() time.Time {
	var mu sync.Mutex
	now := start
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Millisecond)
		return now
	}
}

// tryOpen opens a ledger on store with its keyring and files in dir.
func tryOpen(store Store, dir string) (*Ledger, error) {
	keys, err := OpenKeyring(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, err
	}
	l, err := Open(context.Background(), store, keys, Options{Name: "test.example/log", Clock: tickingClock(), Dir: dir})
	if err != nil {
		_ = keys.Close()
	}
	return l, err
}

func closeAll(l *Ledger) {
	_ = l.Close()
	_ = l.keys.Close()
}

func openTest(t testing.TB, store Store, dir string) *Ledger {
	t.Helper()
	l, err := tryOpen(store, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll(l) })
	return l
}

const testOrigin = "E3400000001000000X"

func openDraft(dataset, key, revision string, fields map[string]string) Draft {
	return Draft{
		Record:   standard.Record{Origin: testOrigin, Dataset: dataset, Op: standard.Insert, Key: key, Revision: revision, Fields: fields},
		Standard: "2.0", Codes: []string{"tender:T1"},
	}
}

// submission wraps drafts in evidence that holds all their values, as a signed
// batch does.
func submission(drafts ...Draft) Submission {
	var body []byte
	for _, d := range drafts {
		body = fmt.Appendf(body, "%s %s %s %s\n", d.Record.Dataset, d.Record.Key, d.Record.Revision, d.Record.Op)
		for _, n := range slices.Sorted(maps.Keys(d.Record.Fields)) {
			body = fmt.Appendf(body, "%s=%s\n", n, d.Record.Fields[n])
		}
	}
	sum := sha256.Sum256(body)
	return Submission{
		Author:   Author{Kind: "source", ID: "anhui", Key: "k1"},
		Evidence: &Evidence{ContentType: "application/json", Body: body, Base: []byte("base"), Signature: sum[:], Algorithm: "ed25519", KeyID: "k1"},
		Drafts:   drafts,
	}
}

func mustAppend(t testing.TB, l *Ledger, s Submission) []Outcome {
	t.Helper()
	out, err := l.Append(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) != len(s.Drafts) {
		t.Fatalf("%d outcomes for %d drafts", len(out), len(s.Drafts))
	}
	return out
}

// checkLog recomputes everything that can be recomputed without keys, and says
// what is wrong with the log in store.
func checkLog(store *MemStore) error {
	ctx := context.Background()
	var (
		want int64
		last time.Time
		e    = &edge{}
	)
	err := store.Rows(ctx, 0, 1<<62, func(r *Row) error {
		if r.Position != want {
			return fmt.Errorf("position %d where %d is next", r.Position, want)
		}
		want++
		if r.Received.Before(last) {
			return fmt.Errorf("record %d was received before its predecessor", r.Position)
		}
		last = r.Received
		var c Hash
		if r.Batch != 0 {
			b, err := store.Batch(ctx, r.Batch)
			if err != nil || b == nil {
				return fmt.Errorf("batch %d: %v, %w", r.Batch, b, err)
			}
			if c, _, err = BatchCommitment(b); err != nil {
				return err
			}
		}
		e.append([]Hash{r.Leaf})
		return CheckRow(r, c)
	})
	if err != nil {
		return err
	}
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	if head.Size != want || want > 0 && head.Root != e.root() {
		return fmt.Errorf("head %d %x, rows give %d %x", head.Size, head.Root, want, e.root())
	}
	loaded, err := loadEdge(head.Size, func(level int, index int64) (*Tile, error) { return store.Tile(ctx, level, index) })
	if err != nil {
		return err
	}
	if loaded.root() != e.root() {
		return fmt.Errorf("the tiles give another root than the rows")
	}
	return nil
}

func rowAt(t testing.TB, store *MemStore, position int64) *Row {
	t.Helper()
	rows, err := store.RowsAt(context.Background(), []int64{position})
	if err != nil || len(rows) != 1 {
		t.Fatalf("row %d: %v, %v", position, rows, err)
	}
	return rows[0]
}

func all(standard.Vault, standard.Seal) bool { return true }

func only(vs ...standard.Vault) func(standard.Vault, standard.Seal) bool {
	return func(v standard.Vault, _ standard.Seal) bool { return slices.Contains(vs, v) }
}
