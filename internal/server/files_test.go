package server

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/files"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// fileHouse is a house with attachments, over a real keyring and folder.
type fileHouse struct {
	*house
	t     *testing.T
	files *files.Service
	keys  *ledger.Keyring
	dir   string

	likeness func(docket, lot string) *detect.Likeness
}

func newFileHouse(t *testing.T) *fileHouse {
	t.Helper()
	x := &fileHouse{t: t, dir: t.TempDir()}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(x.dir, "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	if x.keys, err = ledger.OpenKeyring(filepath.Join(x.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	log, err := ledger.Open(t.Context(), db, x.keys, ledger.Options{Name: "t/log", Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(log.Close(), x.keys.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	x.files = files.New(files.Config{
		Store: db, Keys: x.keys, Blobs: files.Disk(filepath.Join(x.dir, "files")), Log: log, Catalogue: standard.Default(), Clock: clock, Limits: files.Limits{MinChunk: 1},
	})
	x.house = newHouse(t, func(c *Config) {
		c.Files = x.files
		c.Likeness = func(docket, lot string) (*detect.Likeness, error) { return x.likeness(docket, lot), nil }
	})
	return x
}

// add keeps a file of a tender's lot and returns its id; its digest is written
// into a field of the tender's record of that data set.
func (x *fileHouse) add(tender, dataset, field, body string, change ...func(*files.Declared)) string {
	x.t.Helper()
	sum := sha256.Sum256([]byte(body))
	d := files.Declared{Origin: originA, Dataset: dataset, Tender: tender, Lots: []string{tender + "001"}, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body))}
	for _, c := range change {
		c(&d)
	}
	u, err := x.files.Begin(x.t.Context(), "system A", d)
	if err != nil {
		x.t.Fatal(err)
	}
	half := len(body) / 2
	if err := errors.Join(u.Append(x.t.Context(), 0, []byte(body[:half])), u.Append(x.t.Context(), int64(half), []byte(body[half:]))); err != nil {
		x.t.Fatal(err)
	}
	x.name(tender, dataset, field, d.SHA256)
	return u.ID()
}

// name writes a digest into a field of the record of system A.
func (x *fileHouse) name(tender, dataset, field, digest string) {
	x.t.Helper()
	d := x.memory.dockets[tender]
	for i := range d.Live {
		if e := &d.Live[i]; e.Dataset == dataset && e.Origin == originA {
			e.Fields[field] = digest
			x.memory.marshalled = nil
			return
		}
	}
	x.t.Fatalf("no record of %s", dataset)
}

func digestOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// Who sees the field that names a file reads it once its lot is opened; to all
// others it is as if there were none.
func TestFileIsDisclosed(t *testing.T) {
	x := newFileHouse(t)
	type file struct{ id, tender, body string }
	public := file{x.add(tenderB, "503", "URL", "body of the notice"), tenderB, "body of the notice"}
	official := file{x.add(tenderB, "9113", "FILE_DIGEST", "a recording"), tenderB, "a recording"}
	unopened := file{x.add(tenderA, "503", "URL", "not yet"), tenderA, "not yet"}
	unnamed := file{x.add(tenderB, "504", "URL", "named by none"), tenderB, "named by none"}
	x.name(tenderB, "504", "URL", "https://example.cn/")
	committee := file{x.add(tenderB, "509", "EVALUATION_RESULT", "the report"), tenderB, "the report"}
	strangers := file{x.add(tenderC, "503", "URL", "of another tender"), tenderC, "of another tender"}
	x.name(tenderC, "503", "URL", "")
	x.name(tenderB, "502", "BID_SECTION_NAME", digestOf(strangers.body)) // names it in a tender of its own
	for _, c := range []struct {
		what string
		f    file
		see  []string
	}{
		{"a notice's", public, []string{"", "source", "supervisor", "outside", "auditor", "administrator"}},
		{"one for government", official, []string{"source", "supervisor", "auditor"}},
		{"one whose lot is not opened", unopened, nil},
		{"one that no record names", unnamed, nil},
		{"the committee's", committee, nil},
		{"one of another tender", strangers, nil},
	} {
		for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
			nothing := x.get("/api/v1/files/"+strings.Repeat("0", 32), who)
			for _, path := range []string{"/api/v1/files/" + c.f.id, "/api/v1/files?sha256=" + digestOf(c.f.body) + "&docket=" + c.f.tender} {
				got := x.get(path, who)
				sees := false
				for _, s := range c.see {
					sees = sees || s == who
				}
				if sees && (got.Code != 200 || got.Body.String() != c.f.body) {
					t.Errorf("%s, %q at %s: %d %s", c.what, who, path, got.Code, got.Body)
				}
				if !sees && (got.Code != 404 || anonymous(got) != anonymous(nothing)) {
					t.Errorf("%s, %q at %s: %d %s, not as where there is none", c.what, who, path, got.Code, got.Body)
				}
			}
		}
	}
	for _, path := range []string{"/api/v1/files/" + digestOf(public.body), "/api/v1/files?sha256=" + digestOf(public.body) + "&docket=" + tenderC, "/api/v1/files/..%2f..%2fm.db"} {
		if got := x.get(path, "auditor"); got.Code != 404 {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	if strings.Contains(x.log.String(), "not yet") {
		t.Error("the log holds a file")
	}
}

func anonymous(w *httptest.ResponseRecorder) string {
	text := w.Body.String()
	for _, part := range strings.Split(text, `"`) {
		if strings.HasPrefix(part, "request-") || strings.HasPrefix(part, "urn:mingjing:request:") {
			text = strings.ReplaceAll(text, part, "…")
		}
	}
	return text
}

// It opens when its own lot is opened by its own system, not another's.
func TestFileOpensWithItsLot(t *testing.T) {
	x := newFileHouse(t)
	id := x.add(tenderA, "503", "URL", "body")
	d := x.memory.dockets[tenderA]
	open := func(origin string) {
		d.Releases = append(d.Releases, docket.Release{Origin: origin, Lot: tenderA + "001", Seal: standard.Bid, State: "opened", Bidders: 3, At: now.Add(-time.Hour)})
		x.memory.marshalled = nil
	}
	open(originB)
	if got := x.get("/api/v1/files/"+id, "auditor"); got.Code != 404 {
		t.Errorf("after another system's opening: %d", got.Code)
	}
	open(originA)
	if got := x.get("/api/v1/files/"+id, ""); got.Code != 200 || got.Body.String() != "body" {
		t.Errorf("after its own: %d %s", got.Code, got.Body)
	}
}

// Whatever it says it is, a file comes as a download and nothing in it runs.
func TestFileIsADownload(t *testing.T) {
	x := newFileHouse(t)
	for _, c := range []struct{ name, declared, media, disposition string }{
		{"公告.pdf", "application/pdf", "application/pdf", `attachment; filename*=utf-8''%E5%85%AC%E5%91%8A.pdf`},
		{"x.html", "text/html", "application/octet-stream", `attachment; filename=x.html`},
		{"x.svg", "image/svg+xml", "application/octet-stream", `attachment; filename=x.svg`},
		{"x.xml", "application/xml", "application/octet-stream", `attachment; filename=x.xml`},
		{"x.js", "text/javascript", "application/octet-stream", `attachment; filename=x.js`},
		{`a"; x="b.txt`, "text/plain; charset=evil", "text/plain", `attachment; filename="a\"; x=\"b.txt"`},
		{"", "", "application/octet-stream", "attachment; filename=" + digestOf("body6")},
	} {
		id := x.add(tenderB, "503", "URL", "body6", func(d *files.Declared) { d.Name, d.Type = c.name, c.declared })
		got := x.get("/api/v1/files/"+id, "")
		h := got.Header()
		if got.Code != 200 || h.Get("Content-Type") != c.media || h.Get("Content-Disposition") != c.disposition || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("Content-Length") != "5" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%q %q: %d %v", c.name, c.declared, got.Code, h)
		}
	}
}

// A key destroyed by law: whoever might have read it is told so; to others it
// is as if there had been none. A damaged file is a fault, and says nothing.
func TestFileDestroyedOrDamaged(t *testing.T) {
	x := newFileHouse(t)
	id := x.add(tenderB, "9113", "FILE_DIGEST", "a recording")
	broken := x.add(tenderC, "503", "URL", "damaged soon")
	if ok, err := x.keys.DestroyVault(standard.Vault{Origin: originA, Tender: tenderB, Lot: tenderB + "001"}, standard.Bid); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := x.get("/api/v1/files/"+id, "auditor"); got.Code != 410 || !strings.Contains(got.Body.String(), "A040") {
		t.Errorf("auditor: %d %s", got.Code, got.Body)
	}
	if got := x.get("/api/v1/files/"+id, ""); got.Code != 404 {
		t.Errorf("public: %d %s", got.Code, got.Body)
	}
	objects, err := filepath.Glob(filepath.Join(x.dir, "files", "*", "*", broken+".0"))
	if err != nil || len(objects) != 1 {
		t.Fatal(objects, err)
	}
	if err := os.Truncate(objects[0], 40); err != nil {
		t.Fatal(err)
	}
	if got := x.get("/api/v1/files/"+broken, ""); got.Code != 500 && got.Code != 503 || strings.Contains(got.Body.String(), "damaged") {
		t.Errorf("damaged: %d %s", got.Code, got.Body)
	}
}
