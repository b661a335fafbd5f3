package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

const benchLog = "test.example/log"

// A bench is a log in memory with a ledger, a publisher, and its files.
type bench struct {
	t     testing.TB
	store *MemStore
	dir   string
	l     *Ledger
	pub   *Publisher
	vkey  string
	n     int
}

func newBench(t testing.TB, witnesses ...*WitnessClient) *bench {
	t.Helper()
	b := &bench{t: t, store: newMemStore(), dir: t.TempDir()}
	b.open(witnesses...)
	return b
}

// open opens ledger and publisher, as a restart does.
func (b *bench) open(witnesses ...*WitnessClient) {
	b.t.Helper()
	signer, vkey, err := OpenSigner(context.Background(), b.store, b.dir, benchLog, rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	b.vkey = vkey
	b.l = openTest(b.t, b.store, b.dir)
	b.pub, err = b.l.StartPublisher(context.Background(), PublisherConfig{Signer: signer, Witnesses: witnesses})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) fill(n int) {
	b.t.Helper()
	for n > 0 {
		var drafts []Draft
		for ; n > 0 && len(drafts) < 100; n-- {
			b.n++
			drafts = append(drafts, openDraft("503", fmt.Sprintf("K%d", b.n), "20261123090000", map[string]string{"TENDER_PROJECT_CODE": "T1", "NOTICE_NAME": fmt.Sprintf("公告 %d", b.n)}))
		}
		mustAppend(b.t, b.l, submission(drafts...))
	}
}

func (b *bench) publish() {
	b.t.Helper()
	if err := b.pub.Publish(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

func keptOf(t testing.TB, dir string) []Kept {
	t.Helper()
	var ks []Kept
	if err := ReadKept(dir, func(k Kept) error { ks = append(ks, k); return nil }); err != nil {
		t.Fatal(err)
	}
	return ks
}

func TestPublishKeepsBeforeItShows(t *testing.T) {
	b := newBench(t)
	b.publish() // of the empty log
	b.fill(3)
	b.publish()
	b.publish() // nothing new: nothing is signed
	ks := keptOf(t, b.dir)
	if len(ks) != 2 || ks[0].Checkpoint.Size != 0 || ks[1].Checkpoint.Size != 3 || !ks[1].Public {
		t.Fatalf("kept: %+v", ks)
	}
	if string(ks[1].Note) != string(b.l.Checkpoint()) {
		t.Error("what is shown is not what was kept")
	}
	// When it cannot be kept, it is not shown.
	b.fill(1)
	files, _ := keptFiles(b.dir)
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if err := b.pub.Publish(t.Context()); !errors.Is(err, ErrKept) {
		t.Errorf("folder lost under the publisher: %v", err)
	}
	if c, _, _ := b.pub.Published(); c.Size != 3 {
		t.Errorf("shown: %+v", c)
	}
}

func TestRestartShowsTheLastPublicCheckpoint(t *testing.T) {
	b := newBench(t)
	b.fill(5)
	b.publish()
	want := string(b.l.Checkpoint())
	b.fill(5)
	closeAll(b.l)
	b.open()
	if string(b.l.Checkpoint()) != want {
		t.Error("another checkpoint is shown after a restart")
	}
	b.publish()
	if c, _, _ := b.pub.Published(); c.Size != 10 {
		t.Errorf("published %d", c.Size)
	}
}

// A bit that flips between the write and the signature must give no signature.
func TestReadBackBeforeSigning(t *testing.T) {
	for name, flip := range map[string]func(m *MemStore){
		"field":          func(m *MemStore) { m.rows[4].Fields[len(m.rows[4].Fields)-3] ^= 1 },
		"key":            func(m *MemStore) { m.rows[4].Key = "K5x" },
		"seed":           func(m *MemStore) { m.rows[4].Seed[0] ^= 1 },
		"leaf":           func(m *MemStore) { m.rows[4].Leaf[0] ^= 1 },
		"received":       func(m *MemStore) { m.rows[4].Received = m.rows[4].Received.Add(time.Millisecond) },
		"batch":          func(m *MemStore) { m.batches[1].Evidence[40] ^= 1 },
		"tile":           func(m *MemStore) { m.tiles[[2]int64{0, 0}][4*32] ^= 1 },
		"tile of before": func(m *MemStore) { m.tiles[[2]int64{0, 0}][0] ^= 1 },
		"root":           func(m *MemStore) { m.head.Root[0] ^= 1 },
		"row gone":       func(m *MemStore) { m.rows = append(m.rows[:4:4], m.rows[5:]...) },
		"last row gone":  func(m *MemStore) { m.rows = m.rows[:5] },
		"rows swapped":   func(m *MemStore) { m.rows[4].Position, m.rows[5].Position = 5, 4 },
		"size":           func(m *MemStore) { m.head.Size++ },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.fill(3)
			b.publish()
			b.fill(3)
			flip(b.store)
			if err := b.pub.Publish(t.Context()); !errors.Is(err, ErrReadBack) {
				t.Fatalf("published: %v", err)
			}
			if c, _, _ := b.pub.Published(); c.Size != 3 || len(keptOf(t, b.dir)) != 1 {
				t.Error("a checkpoint came out")
			}
			if b.pub.State().Err == nil {
				t.Error("the state says nothing")
			}
		})
	}
}

func TestShrunkOrOtherLogIsRefused(t *testing.T) {
	b := newBench(t)
	b.fill(4)
	oldHead := b.store.head
	oldRows, oldTile := b.store.rows[:4:4], append([]byte(nil), b.store.tiles[[2]int64{0, 0}]...)
	b.fill(4)
	b.publish()
	closeAll(b.l)

	// A database restored from a backup that is too old.
	b.store.head, b.store.rows, b.store.batches = oldHead, oldRows, b.store.batches[:1]
	b.store.tiles[[2]int64{0, 0}] = oldTile
	_, err := tryOpen(b.store, b.dir)
	if !errors.Is(err, ErrShrunk) || !strings.Contains(err.Error(), "succession") {
		t.Fatalf("shrunk log: %v", err)
	}
	if err := b.pub.Publish(t.Context()); !errors.Is(err, ErrShrunk) || b.pub.Halted() == nil {
		t.Errorf("publisher of a log that shrank under it: %v, halted %v", err, b.pub.Halted())
	}

	// Another history, as long as the first.
	other := newBench(t)
	other.fill(8)
	closeAll(other.l)
	if err := checkKept(t.Context(), other.store, b.dir); !errors.Is(err, ErrShrunk) {
		t.Errorf("other history: %v", err)
	}
	if err := checkKept(t.Context(), other.store, other.dir); err != nil {
		t.Error(err)
	}
}

func TestSignerKeyFile(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(b.dir, logKeyFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v %v", info, err)
	}
	again := func(name string) error {
		_, vkey, err := OpenSigner(t.Context(), b.store, b.dir, name, rand.Reader)
		if err == nil && vkey != b.vkey {
			t.Error("another key")
		}
		return err
	}
	if err := again(benchLog); err != nil {
		t.Error(err)
	}
	if err := again("other.example"); err == nil {
		t.Error("key used for another log")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := again(benchLog); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by others: %v", err)
	}
	b.fill(1)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := again(benchLog); !errors.Is(err, ErrKeyLost) {
		t.Errorf("lost key: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a new key was made")
	}
}

func TestKeptCheckpointsDamaged(t *testing.T) {
	b := newBench(t)
	for range 3 {
		b.fill(2)
		b.publish()
	}
	closeAll(b.l)
	files, _ := keptFiles(b.dir)
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	second := strings.Index(string(raw), "checkpoint 2 ")
	third := strings.Index(string(raw), "checkpoint 3 ")
	for name, tt := range map[string]struct {
		raw  string
		want error // of CheckKept
		left int
	}{
		"whole":            {string(raw), nil, 3},
		"torn end":         {string(raw[:len(raw)-20]), nil, 2},
		"torn first line":  {string(raw[:third+7]), nil, 2},
		"zeroes at end":    {string(raw[:third+100]) + strings.Repeat("\x00", len(raw)-third-100), nil, 2},
		"altered":          {strings.Replace(string(raw), "\n4\n", "\n5\n", 1), ErrKept, 0},
		"altered last":     {strings.Replace(string(raw), "\n6\n", "\n7\n", 1), ErrKept, 0},
		"dropped between":  {string(raw[:second]) + string(raw[third:]), nil, -1}, // the newest is there: CheckKept is content, ReadKept is not
		"garbage between":  {string(raw[:second]) + "x" + string(raw[second:]), ErrKept, 0},
		"garbage appended": {string(raw) + "hello\n", ErrKept, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(files[0], []byte(tt.raw), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := checkKept(t.Context(), b.store, b.dir); !errors.Is(err, tt.want) {
				t.Fatalf("CheckKept: %v, want %v", err, tt.want)
			}
			n := 0
			err := ReadKept(b.dir, func(Kept) error { n++; return nil })
			switch {
			case tt.left < 0 && !errors.Is(err, ErrKept):
				t.Errorf("ReadKept: %v", err)
			case tt.left > 0 && (err != nil || n != tt.left):
				t.Errorf("ReadKept: %d, %v", n, err)
			}
			if tt.left == 2 { // the publisher goes on after a torn end
				b.open()
				defer closeAll(b.l)
				b.publish()
				if got := keptOf(t, b.dir); len(got) != 3 || got[2].Checkpoint.Size != 6 {
					t.Errorf("after going on: %+v", got)
				}
			}
		})
	}
}

func TestOnlyOnePublisher(t *testing.T) {
	b := newBench(t)
	b.fill(1)
	b.publish()
	second, err := NewPublisher(t.Context(), b.pub.cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.fill(1)
	b.publish()
	b.fill(1)
	if err := second.Publish(t.Context()); !errors.Is(err, ErrTwoPublishers) {
		t.Errorf("second publisher: %v", err)
	}
}

func TestSuccession(t *testing.T) {
	b := newBench(t)
	b.fill(2)
	b.publish()
	fresh := newBench(t)
	newSigner, newVKey, err := OpenSigner(t.Context(), newMemStore(), filepath.Join(t.TempDir(), "new"), "test.example/log2", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	oldV, _ := note.NewVerifier(b.vkey)
	newV, _ := note.NewVerifier(newVKey)
	signed, err := NewSuccession(b.l.Checkpoint(), "test.example/log2", "disk lost on 2026-11-23", newSigner, b.pub.cfg.Signer)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenSuccession(signed, newV, oldV)
	if err != nil || s.Old.Size != 2 || !s.ByOld || s.New != "test.example/log2" || s.Reason == "" {
		t.Fatalf("%+v %v", s, err)
	}
	if err := WriteSuccession(fresh.dir, signed); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadSuccession(fresh.dir); err != nil || string(got) != string(signed) {
		t.Errorf("%q %v", got, err)
	}
	if s, err := OpenSuccession(signed, newV, nil); err != nil || s.ByOld || s.Old.Size != 2 {
		t.Errorf("without the old key: %+v %v", s, err)
	}
	onlyOld, err := NewSuccession(b.l.Checkpoint(), "test.example/log2", "x", b.pub.cfg.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSuccession(onlyOld, newV, oldV); err == nil {
		t.Error("succession without the new key's signature")
	}
	if err := WriteSuccession(fresh.dir, onlyOld); err == nil {
		t.Error("a second predecessor")
	}
	if _, err := NewSuccession(b.l.Checkpoint(), benchLog, "x", b.pub.cfg.Signer); err == nil {
		t.Error("a shard that succeeds itself")
	}
	altered := strings.Replace(string(signed), "disk lost", "disk sold", 1)
	if _, err := OpenSuccession([]byte(altered), newV, oldV); err == nil {
		t.Error("altered reason")
	}
}

// Writers, publisher and readers at once: proofs always fit the checkpoint they
// come with, and the log verifies afterwards.
func TestPublishWhileAppending(t *testing.T) {
	b := newBench(t)
	var writers, others sync.WaitGroup
	done := make(chan struct{})
	for w := range 4 {
		writers.Go(func() {
			for i := range 60 {
				mustAppend(t, b.l, submission(openDraft("503", fmt.Sprintf("W%d-%d", w, i), "1", map[string]string{"TENDER_PROJECT_CODE": "T1"})))
			}
		})
	}
	others.Go(func() {
		for {
			if err := b.pub.Publish(context.Background()); err != nil {
				t.Error(err)
			}
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	for r := range 2 {
		others.Go(func() {
			for at := int64(r); ; at = (at + 7) % 240 {
				signed, proof, err := b.pub.Prove(context.Background(), at)
				switch {
				case errors.Is(err, ErrNotYet):
				case err != nil:
					t.Error(err)
				default:
					c, err := OpenCheckpoint(signed, b.pub.cfg.Verifier)
					if err == nil {
						err = CheckInclusion(c, at, rowAt(t, b.store, at).Leaf, proof)
					}
					if err != nil {
						t.Error(err)
					}
				}
				select {
				case <-done:
					return
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
	writers.Wait()
	close(done)
	others.Wait()
	b.publish()
	r, err := VerifyData(t.Context(), VerifyOptions{Store: b.store, Dir: b.dir, VKey: b.vkey, Keyring: b.l.keys})
	if err != nil || !r.OK() || r.Size != 240 {
		t.Errorf("%v %s", err, report(r))
	}
}

func TestPublisherRuns(t *testing.T) {
	b := newBench(t)
	b.fill(2)
	pub, err := NewPublisher(t.Context(), PublisherConfig{Store: b.store, Signer: b.pub.cfg.Signer, Verifier: b.pub.cfg.Verifier, Dir: b.dir, PublicEvery: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { pub.Run(ctx) })
	for _, want := range []int64{2, 5} {
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			if c, _, ok := pub.Published(); ok && c.Size == want {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("size %d was not published: %+v", want, pub.State())
			}
		}
		b.fill(3)
	}
	cancel()
	wg.Wait()
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add([]byte("a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"))
	f.Add([]byte("a\n01\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCheckpoint(text)
		if err == nil && !strings.HasPrefix(string(text), c.Text()) {
			t.Errorf("%q reads as %q", text, c.Text())
		}
	})
}
