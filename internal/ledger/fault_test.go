package ledger

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mingjing/internal/standard"
)

// TestFailEveryCall fails the n-th store call of a short life, for every n, and
// then lives on. What was acknowledged is found, once, and the log holds together.
func TestFailEveryCall(t *testing.T) {
	calls := 0
	for n := 1; ; n++ {
		store, dir := newMemStore(), t.TempDir()
		failed := ""
		store.fault = func(i int, name string) error {
			calls = i
			if i == n {
				failed = name
				return fmt.Errorf("%w in %s", errFault, name)
			}
			return nil
		}
		acked, erased := shortLife(t, store, dir)
		store.fault = nil
		l := openTest(t, store, dir) // also finishes what was begun
		for key, p := range acked {
			if out := mustAppend(t, l, submission(lifeDraft(key))); !out[0].Duplicate || out[0].Receipt.Position != p {
				t.Fatalf("call %d (%s) failed: %s was acknowledged at %d, found %+v", n, failed, key, p, out[0])
			}
		}
		seen := map[string]bool{}
		for _, r := range store.rows {
			id := string(r.Identity) + string(r.Content)
			if seen[id] {
				t.Fatalf("call %d (%s) failed: record %d is stored twice", n, failed, r.Position)
			}
			seen[id] = true
		}
		if err := checkLog(store); err != nil {
			t.Fatalf("call %d (%s) failed: %v", n, failed, err)
		}
		if err := erasuresDone(store); err != nil {
			t.Fatalf("call %d (%s) failed, Erase said %v: %v", n, failed, erased, err)
		}
		closeAll(l)
		if failed == "" {
			break
		}
	}
	if calls < 30 {
		t.Errorf("the life made only %d calls", calls)
	}
}

func lifeDraft(key string) Draft {
	d := openDraft("503", key, "1", map[string]string{"A": "value of " + key, "PHONE": "1380000" + key})
	d.Sealing = standard.Sealing{Fields: map[string]standard.Seal{"PHONE": standard.Personal}, Person: "person " + key}
	if strings.HasPrefix(key, "b") {
		d.Record.Dataset = "507"
		d.Sealing.Whole, d.Sealing.Vaults = standard.Bid, []standard.Vault{{Origin: testOrigin, Tender: "T1", Lot: "L1"}}
	}
	return d
}

// shortLife opens, appends, erases and closes twice; it tells what was
// acknowledged. Each failing step is tried once more, as a sender would.
func shortLife(t *testing.T, store *MemStore, dir string) (acked map[string]int64, erased error) {
	acked = map[string]int64{}
	for round := range 2 {
		l, err := tryOpen(store, dir)
		if err != nil {
			if l, err = tryOpen(store, dir); err != nil {
				t.Fatal(err)
			}
		}
		for _, keys := range [][]string{{"a1", "a2", "b3"}, {"a2", "b4"}, {fmt.Sprint("a5", round)}} {
			var ds []Draft
			for _, k := range keys {
				ds = append(ds, lifeDraft(k))
			}
			out, err := l.Append(context.Background(), submission(ds...))
			if err != nil {
				if !errors.Is(err, errFault) {
					t.Fatal(err)
				}
				if out, err = l.Append(context.Background(), submission(ds...)); err != nil {
					t.Fatal(err)
				}
			}
			for i, o := range out {
				acked[keys[i]] = o.Receipt.Position
			}
		}
		if round == 0 {
			_, erased = l.Erase(context.Background(), Erasure{
				Order: "2026-1", Position: acked["a1"], Fields: []string{"A"}, Person: true, Reason: "court order", Author: Author{Kind: "person", ID: "officer"},
			})
		}
		closeAll(l)
	}
	return acked, erased
}

// erasuresDone checks that every erasure record has had its effect.
func erasuresDone(store *MemStore) error {
	for _, r := range store.rows {
		if e, ok := ParseErasure(r); ok {
			row := store.rows[e.Position]
			if strings.Contains(string(row.Fields), "value of") || len(row.Sealed) > 0 {
				return fmt.Errorf("erasure at %d had no effect", r.Position)
			}
		}
	}
	return nil
}

// TestKeysAreDurableFirst: when the transaction inserts, whoever opens the
// keyring's folder anew finds every key that the rows hang on.
func TestKeysAreDurableFirst(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	l := openTest(t, store, dir)
	looked := 0
	store.fault = func(_ int, name string) error {
		if name != "insert" {
			return nil
		}
		k, err := OpenKeyring(filepath.Join(dir, "keys"))
		if err != nil {
			return err
		}
		defer k.Close()
		looked++
		for name, e := range l.keys.byName {
			if k.byName[name] == nil || k.byName[name].key != e.key {
				t.Errorf("key of %q is not on disk yet", name)
			}
		}
		return nil
	}
	mustAppend(t, l, submission(sealedDrafts()...))
	mustAppend(t, l, submission(lifeDraft("b1"), lifeDraft("a1")))
	if looked != 2 {
		t.Errorf("looked %d times", looked)
	}
}

// TestUnwritableKeyring: nothing is stored whose keys cannot be kept.
func TestUnwritableKeyring(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	l := openTest(t, store, dir)
	mustAppend(t, l, submission(openDraft("503", "a", "1", nil)))
	l.keys.broken = fmt.Errorf("%w: disk full", ErrKeyring)
	if _, err := l.Append(context.Background(), submission(lifeDraft("a1"))); !errors.Is(err, ErrKeyring) {
		t.Errorf("error %v", err)
	}
	if len(store.rows) != 1 {
		t.Error("a record was stored without its keys")
	}
}

// TestKeyDestroyedMeanwhile: a record made ready under a key that is destroyed
// before its commit is not stored, and goes in when it is sent again.
func TestKeyDestroyedMeanwhile(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	l := openTest(t, store, dir)
	s := submission(lifeDraft("a1"))
	r, err := l.prepare(context.Background(), &s)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := l.keys.DestroyPerson("person a1"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	l.commitGroup(context.Background(), []*request{r})
	if !errors.Is(r.err, ErrKeyring) || len(store.rows) != 0 {
		t.Errorf("error %v, %d rows", r.err, len(store.rows))
	}
	mustAppend(t, l, s)
	if p, err := l.RevealPersonal(rowAt(t, store, 0), nil); err != nil || len(p) != 1 {
		t.Errorf("%v, %v", p, err)
	}
}
