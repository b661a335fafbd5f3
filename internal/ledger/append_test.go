package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"mingjing/internal/standard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAppendAnswersInOrder(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	out := mustAppend(t, l, submission(
		openDraft("503", "a", "1", map[string]string{"X": "1"}),
		openDraft("503", "b", "1", map[string]string{"X": "1"}),
		openDraft("503", "a", "1", map[string]string{"X": "1"}), // repeats the first, in the same group
	))
	if out[0].Duplicate || out[1].Duplicate || !out[2].Duplicate || out[2].Receipt.Position != out[0].Receipt.Position {
		t.Fatalf("outcomes %+v", out)
	}
	again := mustAppend(t, l, submission(openDraft("503", "b", "1", map[string]string{"X": "1"})))
	if !again[0].Duplicate || again[0].Receipt.Leaf != out[1].Receipt.Leaf || again[0].Receipt.Received != out[1].Receipt.Received {
		t.Errorf("replay answered %+v, first time %+v", again[0], out[1])
	}
	if len(store.batches) != 1 || store.inserts != 1 {
		t.Errorf("a replay left %d batches, %d inserts", len(store.batches), store.inserts)
	}
	if err := checkLog(store); err != nil {
		t.Error(err)
	}
}

func TestWhatMakesAVersion(t *testing.T) {
	put := func(f func(d *Draft)) Draft {
		d := openDraft("503", "a", "1", map[string]string{"X": "1"})
		f(&d)
		return d
	}
	for name, c := range map[string]struct {
		change func(d *Draft)
		dup    bool
	}{
		"the same":                   {func(*Draft) {}, true},
		"update is put like insert":  {func(d *Draft) { d.Record.Op = standard.Update }, true},
		"delete is another":          {func(d *Draft) { d.Record.Op = standard.Delete }, false},
		"another revision":           {func(d *Draft) { d.Record.Revision = "2" }, false},
		"another value":              {func(d *Draft) { d.Record.Fields["X"] = "2" }, false},
		"another occurred":           {func(d *Draft) { d.Record.Occurred = "2018-03-01T09:30:00+08:00" }, false},
		"another origin":             {func(d *Draft) { d.Record.Origin = "E3401000001000000Y" }, false},
		"another data set":           {func(d *Draft) { d.Record.Dataset = "504" }, false},
		"name and value run on":      {func(d *Draft) { d.Record.Fields = map[string]string{"X1": ""} }, false},
		"sealed now, open before":    {func(d *Draft) { d.Sealing.Whole = standard.Bid }, true},
		"checked by another edition": {func(d *Draft) { d.Standard = "1.0" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := openTest(t, newMemStore(), t.TempDir())
			mustAppend(t, l, submission(put(func(*Draft) {})))
			if out := mustAppend(t, l, submission(put(c.change))); out[0].Duplicate != c.dup {
				t.Errorf("duplicate = %v, want %v", out[0].Duplicate, c.dup)
			}
		})
	}
	t.Run("A, B, A are three versions", func(t *testing.T) {
		l := openTest(t, newMemStore(), t.TempDir())
		for i, x := range []string{"A", "B", "A"} {
			if out := mustAppend(t, l, submission(openDraft("503", "a", fmt.Sprint(i), map[string]string{"X": x}))); out[0].Duplicate {
				t.Errorf("version %d is called a duplicate", i)
			}
		}
	})
}

func TestRefusedDrafts(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	for name, change := range map[string]func(s *Submission){
		"no key":              func(s *Submission) { s.Drafts[0].Record.Key = "" },
		"unknown op":          func(s *Submission) { s.Drafts[0].Record.Op = "merge" },
		"value not UTF-8":     func(s *Submission) { s.Drafts[0].Record.Fields["X"] = "\xff" },
		"NUL in the key":      func(s *Submission) { s.Drafts[0].Record.Key = "a\x00b" },
		"endless key":         func(s *Submission) { s.Drafts[0].Record.Key = strings.Repeat("k", 5000) },
		"a seal nobody knows": func(s *Submission) { s.Drafts[0].Sealing.Fields = map[string]standard.Seal{"X": "secret"} },
		"whole and personal":  func(s *Submission) { s.Drafts[0].Sealing.Whole = standard.Personal },
		"the platform's name": func(s *Submission) { s.Drafts[0].Record.Origin = SystemOrigin },
	} {
		s := submission(openDraft("503", "a", "1", map[string]string{"X": "1"}))
		change(&s)
		if _, err := l.Append(context.Background(), s); !errors.Is(err, ErrDraft) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if len(store.rows) != 0 {
		t.Error("a refused draft was stored")
	}
}

// TestEightWriters: positions have no gap, each record is there once, and
// received times follow positions.
func TestEightWriters(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	var wg sync.WaitGroup
	var mu sync.Mutex
	at := map[string]int64{}
	for w := range 8 {
		wg.Go(func() {
			for i := range 40 {
				// Every second record is sent by two writers.
				key := fmt.Sprintf("%d-%d", w, i)
				if i%2 == 0 {
					key = fmt.Sprintf("%d-%d", w/2, i)
				}
				out, err := l.Append(context.Background(), submission(openDraft("503", key, "1", map[string]string{"K": key})))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if was, ok := at[key]; ok && was != out[0].Receipt.Position {
					t.Errorf("%s stands at %d and at %d", key, was, out[0].Receipt.Position)
				}
				at[key] = out[0].Receipt.Position
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(at) != len(store.rows) || len(at) != 8*20+4*20 {
		t.Errorf("%d keys answered, %d rows", len(at), len(store.rows))
	}
	for key, p := range at {
		if store.rows[p].Key != key {
			t.Errorf("%s was answered %d, where %s stands", key, p, store.rows[p].Key)
		}
	}
	if err := checkLog(store); err != nil {
		t.Error(err)
	}
	if store.inserts >= len(store.rows) {
		t.Logf("no group had two records: %d inserts for %d rows", store.inserts, len(store.rows))
	}
}

// TestTwoLedgersOneStore: other processes may append in between.
func TestTwoLedgersOneStore(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	a := openTest(t, store, dir)
	keys := a.keys
	b, err := Open(context.Background(), store, keys, Options{Name: "test.example/log", Clock: func() time.Time { return start.Add(-time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for i := range 20 {
		l := []*Ledger{a, b}[i%2]
		mustAppend(t, l, submission(openDraft("503", fmt.Sprint(i), "1", nil)))
	}
	if out := mustAppend(t, b, submission(openDraft("503", "0", "1", nil))); !out[0].Duplicate || out[0].Receipt.Position != 0 {
		t.Errorf("b does not know what a took in: %+v", out[0])
	}
	if err := checkLog(store); err != nil { // also: b's slow clock never runs time backwards
		t.Error(err)
	}
}

func TestStoreThatLostRecords(t *testing.T) {
	for name, damage := range map[string]func(m *MemStore){
		"shrank": func(m *MemStore) {
			m.rows, m.head = m.rows[:2], Head{Size: 2, Batches: 2}
			e := &edge{}
			tiles := e.append([]Hash{m.rows[0].Leaf, m.rows[1].Leaf})
			m.tiles[[2]int64{0, 0}], m.head.Root = tiles[0].Hashes, e.root()
		},
		"altered and regrown": func(m *MemStore) {
			e := &edge{}
			m.rows[1].Leaf[0]++
			next := cloneRow(m.rows[0])
			next.Position = 3
			m.rows = append(m.rows, next)
			for _, r := range m.rows {
				for _, tl := range e.append([]Hash{r.Leaf}) {
					m.tiles[[2]int64{int64(tl.Level), tl.Index}] = tl.Hashes
				}
			}
			m.head = Head{Size: 4, Root: e.root(), Batches: 3}
		},
	} {
		t.Run(name, func(t *testing.T) {
			store := newMemStore()
			l := openTest(t, store, t.TempDir())
			for i := range 3 {
				mustAppend(t, l, submission(openDraft("503", fmt.Sprint(i), "1", nil)))
			}
			damage(store)
			before := len(store.rows)
			if _, err := l.Append(context.Background(), submission(openDraft("503", "x", "1", nil))); !errors.Is(err, ErrDiffers) {
				t.Errorf("appended to a log that lost records: %v", err)
			}
			if len(store.rows) != before {
				t.Error("something was stored")
			}
		})
	}
}

func TestOpenRefusesDamagedTiles(t *testing.T) {
	store, dir := newMemStore(), t.TempDir()
	l := openTest(t, store, dir)
	mustAppend(t, l, submission(openDraft("503", "a", "1", nil), openDraft("503", "b", "1", nil)))
	closeAll(l)
	store.tiles[[2]int64{0, 0}][40] ^= 1
	if l, err := tryOpen(store, dir); !errors.Is(err, ErrDiffers) {
		t.Errorf("opened on altered tiles: %v, %v", l, err)
	}
	delete(store.tiles, [2]int64{0, 0})
	if l, err := tryOpen(store, dir); err == nil {
		t.Errorf("opened without tiles: %v", l)
	}
}

func TestAppendAfterCloseAndCancelled(t *testing.T) {
	l := openTest(t, newMemStore(), t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Append(ctx, submission(openDraft("503", "a", "1", nil))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(context.Background(), submission(openDraft("503", "a", "1", nil))); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestRandomSubmissions: whatever is sent, in whatever groups, is answered with
// the position of its first arrival.
func TestRandomSubmissions(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		store := newMemStore()
		l, err := tryOpen(store, t.TempDir())
		if err != nil {
			r.Fatal(err)
		}
		defer closeAll(l)
		first := map[string]int64{}
		for range rapid.IntRange(1, 8).Draw(r, "submissions") {
			var ds []Draft
			var names []string
			for range rapid.IntRange(1, 6).Draw(r, "drafts") {
				key, rev, x := rapid.IntRange(0, 3).Draw(r, "key"), rapid.IntRange(0, 1).Draw(r, "revision"), rapid.IntRange(0, 1).Draw(r, "value")
				d := openDraft("503", fmt.Sprint(key), fmt.Sprint(rev), map[string]string{"X": fmt.Sprint(x), "@received": "mine"})
				d.Sealing.Fields = map[string]standard.Seal{}
				for _, f := range []string{"X", "@received"} {
					if s := rapid.SampledFrom([]standard.Seal{"", standard.Bid, standard.Committee, standard.Personal}).Draw(r, "seal"); s != "" {
						d.Sealing.Fields[f] = s
					}
				}
				d.Sealing.Whole = rapid.SampledFrom([]standard.Seal{"", standard.Bid, standard.Committee}).Draw(r, "whole")
				d.Sealing.Vaults = []standard.Vault{{Origin: testOrigin, Tender: "T", Lot: fmt.Sprint(key)}}
				ds, names = append(ds, d), append(names, fmt.Sprint(key, rev, x))
			}
			for i, o := range mustAppend(t, l, submission(ds...)) {
				p, ok := first[names[i]]
				if o.Duplicate != ok || ok && p != o.Receipt.Position {
					r.Fatalf("%s: %+v, first at %d %v", names[i], o, p, ok)
				}
				if !ok {
					first[names[i]] = o.Receipt.Position
				}
				got, err := l.Reveal(rowAt(t, store, o.Receipt.Position), all)
				if err != nil {
					r.Fatal(err)
				}
				want := ds[i].Record.Fields["X"]
				if v, ok := got.Record.Fields["X"]; ok && v != want || !ok && got.Sealed["X"] != standard.Personal {
					r.Fatalf("read %q, %v; sent %q", v, got.Sealed, want)
				}
			}
		}
		if len(first) != len(store.rows) {
			r.Fatalf("%d versions, %d rows", len(first), len(store.rows))
		}
		if err := checkLog(store); err != nil {
			r.Fatal(err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			store := newMemStore()
			l := openTest(b, store, b.TempDir())
			rec := record25()
			body := fmt.Append(nil, rec.Fields)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				s := Submission{Author: Author{Kind: "source", ID: "s", Key: "k"}, Evidence: &Evidence{Body: body}}
				for range size {
					d := Draft{Record: rec, Codes: []string{"tender:T"}}
					d.Record.Key = fmt.Sprint(n)
					n++
					s.Drafts = append(s.Drafts, d)
				}
				mustAppend(b, l, s)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
