package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
)

// foreign reads our log with Tessera's client.
func foreign(t *testing.T, srv *httptest.Server) *client.HTTPFetcher {
	t.Helper()
	u, err := url.Parse(srv.URL + "/log/")
	if err != nil {
		t.Fatal(err)
	}
	f, err := client.NewHTTPFetcher(u, srv.Client())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func runFsck(t *testing.T, p *Publisher, f fsck.Fetcher) error {
	t.Helper()
	hasher := func(bundle []byte) ([][]byte, error) {
		var eb api.EntryBundle
		if err := eb.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		var hs [][]byte
		for _, e := range eb.Entries {
			hs = append(hs, rfc6962.DefaultHasher.HashLeaf(e))
		}
		return hs, nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return fsck.New(p.cfg.Verifier.Name(), p.cfg.Verifier, f, hasher, fsck.Opts{N: 2}).Check(ctx)
}

func TestTesseraReadsOurLog(t *testing.T) {
	for _, n := range []int{1, 255, 256, 257, 700} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			b := newBench(t)
			b.fill(n)
			b.publish()
			srv := httptest.NewServer(b.pub.Handler())
			defer srv.Close()
			f := foreign(t, srv)
			if err := runFsck(t, b.pub, f); err != nil {
				t.Fatal(err)
			}
			c, _, _, err := client.FetchCheckpoint(t.Context(), f.ReadCheckpoint, b.pub.cfg.Verifier, b.pub.cfg.Verifier.Name())
			if err != nil {
				t.Fatal(err)
			}
			pb, err := client.NewProofBuilder(t.Context(), c.Size, f.ReadTile)
			if err != nil {
				t.Fatal(err)
			}
			at := c.Size / 2
			path, err := pb.InclusionProof(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			leaf := rowAt(t, b.store, int64(at)).Leaf
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, at, c.Size, rfc6962.DefaultHasher.HashLeaf(leaf[:]), path, c.Hash); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestTesseraSeesWhatWasAltered(t *testing.T) {
	for name, alter := range map[string]func(b *bench){
		"tile":             func(b *bench) { b.store.tiles[[2]int64{0, 0}][77] ^= 1 },
		"tile above":       func(b *bench) { b.store.tiles[[2]int64{1, 0}][5] ^= 1 },
		"partial tile":     func(b *bench) { b.store.tiles[[2]int64{0, 1}][0] ^= 1 },
		"entry":            func(b *bench) { b.store.rows[3].Leaf[0] ^= 1 },
		"entries swapped":  func(b *bench) { r := b.store.rows; r[3].Leaf, r[4].Leaf = r[4].Leaf, r[3].Leaf },
		"entry in partial": func(b *bench) { b.store.rows[299].Leaf[31] ^= 0x80 },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.fill(300)
			b.publish()
			alter(b)
			srv := httptest.NewServer(b.pub.Handler())
			defer srv.Close()
			if err := runFsck(t, b.pub, foreign(t, srv)); err == nil {
				t.Fatal("fsck saw nothing")
			}
		})
	}
}

func TestTilesOverHTTP(t *testing.T) {
	b := newBench(t)
	b.fill(300)
	h := func() http.Handler { return b.pub.Handler() }
	get := func(method, path string) *http.Response {
		w := httptest.NewRecorder()
		h().ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Result()
	}
	if res := get("GET", "/log/checkpoint"); res.StatusCode != http.StatusNotFound || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("checkpoint before the first: %d %q", res.StatusCode, res.Header.Get("Cache-Control"))
	}
	if res := get("GET", "/log/tile/0/000.p/1"); res.StatusCode != http.StatusNotFound {
		t.Errorf("tile before the first checkpoint: %d", res.StatusCode)
	}
	b.publish()
	b.fill(300) // stored, not published
	const forever = "public, max-age=31536000, immutable"
	for _, tt := range []struct {
		path   string
		status int
		length int64
		kind   string
		cache  string
	}{
		{"/log/checkpoint", 200, -1, "text/plain; charset=utf-8", "public, max-age=1"},
		{"/log/vkey", 200, -1, "text/plain; charset=utf-8", "public, max-age=60"},
		{"/log/tile/0/000", 200, 8192, "application/octet-stream", forever},
		{"/log/tile/0/000.p/7", 200, 7 * 32, "application/octet-stream", forever},
		{"/log/tile/0/001.p/44", 200, 44 * 32, "application/octet-stream", forever},
		{"/log/tile/1/000.p/1", 200, 32, "application/octet-stream", forever},
		{"/log/tile/entries/000", 200, 256 * 34, "application/octet-stream", forever},
		{"/log/tile/entries/001.p/44", 200, 44 * 34, "application/octet-stream", forever},
		{"/log/tile/0/001.p/45", 404, -1, "", "no-store"}, // beyond the published checkpoint
		{"/log/tile/0/001", 404, -1, "", "no-store"},
		{"/log/tile/entries/001", 404, -1, "", "no-store"},
		{"/log/tile/entries/001.p/45", 404, -1, "", "no-store"},
		{"/log/tile/1/000.p/2", 404, -1, "", "no-store"},
		{"/log/tile/2/000", 404, -1, "", "no-store"},
		{"/log/tile/63/000.p/1", 404, -1, "", "no-store"},
		{"/log/tile/64/000", 404, -1, "", "no-store"},
		{"/log/tile/00/000", 404, -1, "", "no-store"},
		{"/log/tile/-1/000", 404, -1, "", "no-store"},
		{"/log/tile/0/0", 404, -1, "", "no-store"},
		{"/log/tile/0/000.p/0", 404, -1, "", "no-store"},
		{"/log/tile/0/000.p/256", 404, -1, "", "no-store"},
		{"/log/tile/0/000.p/07", 404, -1, "", "no-store"},
		{"/log/tile/0/x000/000", 404, -1, "", "no-store"},
		{"/log/tile/0/x999/x999/x999/x999/x999/999", 404, -1, "", "no-store"},
	} {
		res := get("GET", tt.path)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != tt.status || res.Header.Get("Cache-Control") != tt.cache ||
			tt.kind != "" && res.Header.Get("Content-Type") != tt.kind || tt.length >= 0 && int64(len(body)) != tt.length {
			t.Errorf("%s: %d %q %q %d bytes, want %+v", tt.path, res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Cache-Control"), len(body), tt)
		}
	}
	if res := get("POST", "/log/checkpoint"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", res.StatusCode)
	}
	b.store.fault = func(_ int, name string) error { return errFault }
	if res := get("GET", "/log/tile/0/000"); res.StatusCode != 500 || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("store fails: %d %q", res.StatusCode, res.Header.Get("Cache-Control"))
	}
}

func TestTilePaths(t *testing.T) {
	for _, n := range []int64{0, 7, 999, 1000, 1234067, 999_999_999, 1_000_000_000} {
		for _, w := range []int{1, 255, 256} {
			path := strings.TrimPrefix(tilePath("0", n, w), "tile/0/")
			index, width, ok := parseTilePath(path)
			if !ok || index != n || width != w {
				t.Errorf("%s reads as %d %d %v", path, index, width, ok)
			}
		}
	}
	if got := tilePath("3", 1234067, 8); got != "tile/3/x001/x234/067.p/8" {
		t.Error(got)
	}
}

func FuzzParseTilePath(f *testing.F) {
	for _, s := range []string{"000", "x001/x234/067.p/8", "x000/000", "000.p/0", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		index, width, ok := parseTilePath(path)
		if ok && strings.TrimPrefix(tilePath("0", index, width), "tile/0/") != path {
			t.Errorf("%q has two spellings", path)
		}
	})
}

func TestProofsOfThePublishedTree(t *testing.T) {
	b := newBench(t)
	if _, _, err := b.pub.Prove(t.Context(), 0); !errors.Is(err, ErrNotYet) {
		t.Fatalf("before the first checkpoint: %v", err)
	}
	b.fill(270)
	b.publish()
	b.fill(30)
	for _, at := range []int64{0, 1, 255, 256, 269} {
		signed, path, err := b.pub.Prove(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		c, err := OpenCheckpoint(signed, b.pub.cfg.Verifier)
		if err != nil || c.Size != 270 {
			t.Fatalf("%+v, %v", c, err)
		}
		if err := CheckInclusion(c, at, rowAt(t, b.store, at).Leaf, path); err != nil {
			t.Error(err)
		}
		if err := CheckInclusion(c, at, rowAt(t, b.store, at+1).Leaf, path); err == nil {
			t.Errorf("proof of %d fits another record", at)
		}
	}
	_, _, err := b.pub.Prove(t.Context(), 270)
	var not *NotYetError
	if !errors.As(err, &not) || !errors.Is(err, ErrNotYet) || not.Size != 270 || not.RetryAfter < time.Second {
		t.Errorf("beyond the checkpoint: %v", err)
	}
	b.store.tiles[[2]int64{0, 0}][40] ^= 1
	if _, _, err := b.pub.Prove(t.Context(), 2); err == nil {
		t.Error("a proof from an altered tile")
	}
}
