package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func serveWitness(t *testing.T, w *Witness) *WitnessClient {
	t.Helper()
	srv := httptest.NewServer(w.Handler())
	t.Cleanup(srv.Close)
	c, err := NewWitnessClient(srv.URL+"/", w.VKey())
	if err != nil {
		t.Fatal(err)
	}
	c.HTTP = srv.Client()
	return c
}

func TestPublisherIsWitnessed(t *testing.T) {
	dir := t.TempDir()
	store := newMemStore()
	_, vkey, err := OpenSigner(t.Context(), store, dir, benchLog, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := newTestWitness(t, t.TempDir(), vkey)
	c := serveWitness(t, w)
	b := &bench{t: t, store: store, dir: dir}
	b.open(c)
	b.fill(3)
	if err := b.pub.Witness(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := b.pub.State(); s.Witnessed != 3 || !s.UnwitnessedSince.IsZero() || !s.At.Equal(start) || b.pub.Checkpoint() != nil {
		t.Errorf("after a witness round: %+v", s)
	}
	b.fill(2)
	b.publish()
	if _, name, err := checkCosignature(b.pub.Checkpoint(), w.VKey()); err != nil || name != "audit.example/w1" {
		t.Errorf("published without cosignature: %v", err)
	}
	if ks := keptOf(t, dir); len(ks) != 3 || ks[0].Public || ks[1].Public || !ks[2].Public {
		t.Errorf("kept %d", len(ks))
	}
	// A publisher that forgot the witness's size asks and goes on.
	closeAll(b.l)
	c.size = 0
	b.open(c)
	b.fill(1)
	b.publish()
	if s := b.pub.State(); s.Witnessed != 6 {
		t.Errorf("after a restart: %+v", s)
	}
}

func TestWitnessDown(t *testing.T) {
	hang := make(chan struct{})
	var down sync.Mutex
	failing := true
	dir, store := t.TempDir(), newMemStore()
	_, vkey, err := OpenSigner(t.Context(), store, dir, benchLog, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := newTestWitness(t, t.TempDir(), vkey)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		down.Lock()
		f := failing
		down.Unlock()
		if f {
			<-hang
			return
		}
		w.Handler().ServeHTTP(rw, r)
	}))
	defer srv.Close()
	defer close(hang)
	c, err := NewWitnessClient(srv.URL, w.VKey())
	if err != nil {
		t.Fatal(err)
	}
	c.HTTP, c.Timeout = srv.Client(), 100*time.Millisecond
	b := &bench{t: t, store: store, dir: dir}
	b.open(c)
	b.fill(2)
	published := make(chan error, 1)
	go func() { published <- b.pub.Publish(context.Background()) }()
	b.fill(2) // appends go on while the witness hangs
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	s := b.pub.State()
	if s.UnwitnessedSince.IsZero() || s.Witnessed != -1 || s.Witnesses[0].Err == nil || b.pub.Checkpoint() == nil {
		t.Errorf("witness down: %+v", s)
	}
	since := s.UnwitnessedSince
	b.publish()
	if s := b.pub.State(); !s.UnwitnessedSince.Equal(since) {
		t.Error("unwitnessed since the first round, not the last")
	}
	down.Lock()
	failing = false
	down.Unlock()
	b.publish()
	if s := b.pub.State(); !s.UnwitnessedSince.IsZero() || s.Witnessed != 4 || s.Refused() != nil {
		t.Errorf("witness is back: %+v", s)
	}
}

func TestPublisherWithTwoHistories(t *testing.T) {
	dir, store := t.TempDir(), newMemStore()
	_, vkey, err := OpenSigner(t.Context(), store, dir, benchLog, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := serveWitness(t, newTestWitness(t, t.TempDir(), vkey))
	b := &bench{t: t, store: store, dir: dir}
	b.open(c)
	b.fill(4)
	b.publish()
	closeAll(b.l)
	// Who holds the signing key and all files rewrites history.
	key, err := os.ReadFile(filepath.Join(dir, logKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{3, 4, 6} {
		liar := &bench{t: t, store: newMemStore(), dir: t.TempDir()}
		if err := os.MkdirAll(filepath.Join(liar.dir, "keys"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(liar.dir, logKeyFile), key, 0o600); err != nil {
			t.Fatal(err)
		}
		liar.open(c)
		liar.fill(n)
		liar.publish()
		if s := liar.pub.State(); !errors.Is(s.Refused(), ErrWitnessRefused) || s.Witnessed != -1 {
			t.Errorf("%d records of another history: %+v", n, s)
		}
		if _, _, err := checkCosignature(liar.pub.Checkpoint(), c.vkeyForTest(t)); err == nil {
			t.Errorf("%d records of another history were cosigned", n)
		}
		closeAll(liar.l)
	}
}

func (w *WitnessClient) vkeyForTest(t *testing.T) string {
	t.Helper()
	res, err := w.HTTP.Get(w.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(buf.String(), "witness\t")
	vkey, _, _ := strings.Cut(rest, "\n")
	return vkey
}

func TestRunWitness(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready := make(chan string, 1)
	done := make(chan error, 1)
	go func() {
		done <- RunWitness(ctx, WitnessConfig{Name: "audit.example/w1", Dir: t.TempDir(), Rand: rand.Reader, Listen: "127.0.0.1:0", Ready: func(addr, _ string) { ready <- addr }})
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + <-ready + "/")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	cancel()
	if err := <-done; err != nil || res.StatusCode != 200 {
		t.Errorf("%d %v", res.StatusCode, err)
	}
}
