package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
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
