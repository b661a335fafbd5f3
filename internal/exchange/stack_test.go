package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
)

// stack is a real ledger in a folder of its own, on SQLite unless told otherwise.
type stack struct {
	db   *store.DB
	log  *ledger.Ledger
	keys *ledger.Keyring
	dir  string
	name string
}

// newStack opens one. With a fixed clock and source of randomness the same
// records give the same leaves and checkpoints, which recorded examples rely on.
func newStack(t testing.TB, clock func() time.Time, fixed bool, dsn ...string) *stack {
	t.Helper()
	ctx := context.Background()
	s := &stack{dir: t.TempDir(), name: "exchange.example/log/2026"}
	if len(dsn) == 0 {
		dsn = []string{"sqlite:" + filepath.Join(s.dir, "mingjing.db")}
	}
	var err error
	if s.db, err = store.Open(ctx, dsn[0]); err != nil {
		t.Fatal(err)
	}
	if s.keys, err = ledger.OpenKeyring(s.dir); err != nil {
		t.Fatal(err)
	}
	opt := ledger.Options{Name: s.name, Clock: clock, Dir: s.dir}
	if fixed {
		opt.Rand = &hashStream{}
	}
	if opt.Signer, _, err = ledger.OpenSigner(ctx, s.db, s.dir, s.name, &hashStream{counter: 1 << 32}); err != nil {
		t.Fatal(err)
	}
	if s.log, err = ledger.Open(ctx, s.db, s.keys, opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.log.Close(); err != nil {
			t.Error(err)
		}
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// on puts the stack under a fixture's door.
func (s *stack) on(f *fixture) {
	f.deps.Ledger = s.log
	f.deps.Receipts = LogReceipts{Log: s.log, Rows: s.db}
}

// hashStream is a fixed stream of bytes that looks random: SHA-256 of a counter.
type hashStream struct {
	mu      sync.Mutex
	counter uint64
	left    []byte
}

func (h *hashStream) Read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for n := 0; n < len(p); {
		if len(h.left) == 0 {
			sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, h.counter))
			h.counter++
			h.left = sum[:]
		}
		k := copy(p[n:], h.left)
		n, h.left = n+k, h.left[k:]
	}
	return len(p), nil
}

// TestStack: one batch through the real ledger: receipts with proofs that
// verify, a replay that changes nothing, a sealed record like any other.
func TestStack(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testStack(t) })
	t.Run("postgres", func(t *testing.T) {
		if testing.Short() {
			t.Skip("SKIPPED with -short: not run on PostgreSQL")
		}
		testStack(t, pgtest.Database(t))
	})
}

func testStack(t *testing.T, dsn ...string) {
	var s *stack
	f := newFixture(t, func(f *fixture) {
		s = newStack(t, func() time.Time { return f.now }, false, dsn...)
		s.on(f)
		f.registry.Store = s.db
		f.register(f.source())
	})
	ctx := context.Background()
	records := []map[string]any{notice("a", "1", "n"), {"dataset": "507", "op": "insert", "key": "b", "revision": "1", "fields": map[string]string{
		"TENDER_PROJECT_CODE": "E4101000001000001001", "BID_SECTION_CODE": "E4101000001000001001001", "BIDDER_NAME": "SECRET",
	}}}
	body := batchOf(t, records...)
	first := f.send(batches, typeJSON, body)
	if first.batch.Accepted != 2 {
		t.Fatal(first.text)
	}
	again := f.send(batches, typeJSON, body)
	if again.batch.Duplicate != 2 || s.log.Size() != 2 || again.batch.Answers[1].Receipt.Leaf != first.batch.Answers[1].Receipt.Leaf {
		t.Errorf("replayed: %s", again.text)
	}
	get := func() reply { return f.do(f.request("GET", "/exchange/v1/receipts/1", "", "")) }
	if got := get(); got.status != 202 || got.header.Get("Retry-After") == "" {
		t.Errorf("before a checkpoint: %d %s", got.status, got.text)
	}
	if err := s.log.Publish(ctx); err != nil {
		t.Fatal(err)
	}
	got := get()
	if got.status != 200 || bytes.Contains([]byte(got.text), []byte("SECRET")) {
		t.Fatalf("%d %s", got.status, got.text)
	}
	r := receiptOf(t, got.text)
	c, err := ledger.ParseCheckpoint([]byte(r.Checkpoint))
	if err != nil {
		t.Fatal(err)
	}
	leaf := leafOf(t, r.Leaf)
	if err := ledger.CheckInclusion(c, r.Position, leaf, r.Proof); err != nil {
		t.Errorf("the receipt does not prove its record: %v", err)
	}
	leaf[0] ^= 1
	if err := ledger.CheckInclusion(c, r.Position, leaf, r.Proof); err == nil {
		t.Error("the receipt proves any record")
	}
}
