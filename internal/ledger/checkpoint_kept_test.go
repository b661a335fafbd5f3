package ledger

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

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
