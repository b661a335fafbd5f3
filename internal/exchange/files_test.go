package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/exchange/signature"
	"mingjing/internal/files"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// filesFixture is a door that takes attachments, over a real log.
type filesFixture struct {
	*fixture
	stack *stack
	files *files.Service
	dir   string
}

func newFilesFixture(t testing.TB, limits files.Limits) *filesFixture {
	t.Helper()
	x := &filesFixture{}
	x.fixture = newFixture(t, func(f *fixture) {
		clock := func() time.Time { return f.now }
		x.stack = newStack(t, clock, false)
		x.stack.on(f)
		x.dir = filepath.Join(x.stack.dir, "files")
		x.files = files.New(files.Config{
			Store: x.stack.db, Keys: x.stack.keys, Blobs: files.Disk(x.dir), Log: x.stack.log, Catalogue: standard.Default(), Clock: clock, Limits: limits,
		})
		f.deps.Files = x.files
		f.deps.Limits.Rate = RateLimit{PerSecond: 1e6, Burst: 1e6}
	})
	return x
}

// small limits, so that a test need not send much.
var small = files.Limits{Size: 1 << 20, Chunk: 1 << 16, MinChunk: 4, Unfinished: 4}

// tus sends one signed request of the protocol. Headers are pairs of name and
// value; a name that begins with "!" is set after the request was signed.
func (x *filesFixture) tus(method, path, body string, headers ...string) reply {
	x.t.Helper()
	r, err := http.NewRequest(method, x.server.URL+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", tusType)
	}
	set := func(late bool) {
		for i := 0; i+1 < len(headers); i += 2 {
			name, after := strings.CutPrefix(headers[i], "!")
			if after == late && headers[i+1] != "" {
				r.Header.Set(name, headers[i+1])
			}
		}
	}
	set(false)
	if err := x.signer.Sign(r, []byte(body), x.now, ""); err != nil {
		x.t.Fatal(err)
	}
	set(true)
	resp, err := x.server.Client().Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, text: string(text)}
	if resp.StatusCode >= 400 && method != http.MethodHead {
		if err := json.Unmarshal(text, &out.problem); err != nil {
			x.t.Fatalf("%s %s answered %d %q: %v", method, path, resp.StatusCode, text, err)
		}
	}
	if strings.Contains(out.text+fmt.Sprint(out.header), "机密") {
		x.t.Errorf("%s %s tells what was declared: %v %s", method, path, out.header, out.text)
	}
	return out
}

const fileTender = "E4101000001000001001"

// meta writes Upload-Metadata for a body; pairs override, "" leaves one out.
func meta(body string, pairs ...string) string {
	sum := sha256.Sum256([]byte(body))
	m := map[string]string{"sha256": hex.EncodeToString(sum[:]), "dataset": "507", "tender": fileTender, "lot": fileTender + "001", "filename": "机密.pdf"}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	var out []string
	for _, name := range []string{"sha256", "dataset", "tender", "lot", "filename", "filetype", "platform"} {
		if m[name] != "" {
			out = append(out, name+" "+base64.StdEncoding.EncodeToString([]byte(m[name])))
		}
	}
	return strings.Join(out, ",")
}

// begin creates an upload and gives its path.
func (x *filesFixture) begin(body string, pairs ...string) string {
	x.t.Helper()
	got := x.tus("POST", filesPath, "", "Upload-Length", fmt.Sprint(len(body)), "Upload-Metadata", meta(body, pairs...))
	if got.status != 201 {
		x.t.Fatalf("POST answered %d %s", got.status, got.text)
	}
	return got.header.Get("Location")
}

func (x *filesFixture) patch(path string, at int, part string) reply {
	x.t.Helper()
	return x.tus("PATCH", path, part, "Upload-Offset", fmt.Sprint(at))
}

// A file by the protocol: created, sent in parts, asked for, finished, in the
// log; nobody reads it before its moment.
func TestUpload(t *testing.T) {
	x := newFilesFixture(t, small)
	body := "0123456789"
	path := x.begin(body)
	if got := x.patch(path, 0, body[:6]); got.status != 204 || got.header.Get("Upload-Offset") != "6" || got.header.Get("Upload-Expires") == "" {
		t.Fatalf("first part: %d %v %s", got.status, got.header, got.text)
	}
	head := x.tus("HEAD", path, "")
	if head.status != 200 || head.header.Get("Upload-Offset") != "6" || head.header.Get("Upload-Length") != "10" || head.header.Get("Mingjing-Log-Position") != "" {
		t.Errorf("half of it: %d %v", head.status, head.header)
	}
	if got := x.patch(path, 6, body[6:]); got.status != 204 || got.header.Get("Upload-Offset") != "10" || got.header.Get("Mingjing-Log-Position") != "0" {
		t.Fatalf("last part: %d %v %s", got.status, got.header, got.text)
	}
	if head := x.tus("HEAD", path, ""); head.header.Get("Upload-Offset") != "10" || head.header.Get("Mingjing-Log-Position") != "0" {
		t.Errorf("all of it: %v", head.header)
	}
	kept, err := x.files.ByID(t.Context(), strings.TrimPrefix(path, filesPath+"/"))
	if err != nil || kept == nil || kept.Name != "机密.pdf" || kept.Origin != platform || kept.KeyID != "zz-2026" {
		t.Fatalf("kept: %+v %v", kept, err)
	}
	public := x.signer.Key.Public()
	if !public.Verify(kept.Signed, kept.Signature) || !strings.Contains(string(kept.Signed), meta(body)) {
		t.Error("what is kept does not prove that the source declared it")
	}
	if _, err := kept.Open(t.Context(), func(standard.Vault, standard.Seal) bool { return false }); !errors.Is(err, files.ErrShut) {
		t.Errorf("before its moment: %v", err)
	}
	r, err := kept.Open(t.Context(), func(standard.Vault, standard.Seal) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != body || err != nil {
		t.Errorf("read %q %v", got, err)
	}
	if got := x.tus("DELETE", path, ""); got.problem.Rule != "X049" {
		t.Errorf("taking it back: %d %s", got.status, got.text)
	}
}

// What is in one request: a first part with the creation, an empty file.
func TestUploadAtOnce(t *testing.T) {
	x := newFilesFixture(t, small)
	got := x.tus("POST", filesPath, "0123456789", "Content-Type", tusType, "Upload-Length", "10", "Upload-Metadata", meta("0123456789"))
	if got.status != 201 || got.header.Get("Upload-Offset") != "10" || got.header.Get("Mingjing-Log-Position") != "0" {
		t.Errorf("with its bytes: %d %v %s", got.status, got.header, got.text)
	}
	got = x.tus("POST", filesPath, "", "Upload-Length", "0", "Upload-Metadata", meta(""))
	if got.status != 201 || got.header.Get("Mingjing-Log-Position") != "1" {
		t.Errorf("empty: %d %v %s", got.status, got.header, got.text)
	}
	got = x.tus("POST", filesPath, "", "Upload-Length", "0", "Upload-Metadata", meta("not empty"))
	if got.problem.Rule != "X047" {
		t.Errorf("empty, with another digest: %d %s", got.status, got.text)
	}
}

// The protocol is told without a signature; the door's other answers need one.
func TestUploadOptions(t *testing.T) {
	x := newFilesFixture(t, small)
	r, err := http.NewRequest("OPTIONS", x.server.URL+filesPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := x.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for name, want := range map[string]string{"Tus-Version": "1.0.0", "Tus-Resumable": "1.0.0", "Tus-Max-Size": "1048576", "Tus-Extension": "creation,creation-with-upload,termination,expiration"} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if r, err = http.NewRequest("POST", x.server.URL+filesPath, nil); err != nil {
		t.Fatal(err)
	}
	if got := x.do(r); got.problem.Rule != "X001" {
		t.Errorf("unsigned: %s", got.text)
	}
	if r, err = http.NewRequest("GET", x.server.URL+filesPath+"/x", nil); err != nil {
		t.Fatal(err)
	}
	if got := x.do(r); got.status != 405 || got.header.Get("Allow") != "HEAD, PATCH, DELETE, OPTIONS" {
		t.Errorf("GET: %d %v", got.status, got.header)
	}
}

// What is wrong is told by its rule, in both languages, and changes nothing.
func TestUploadRefusals(t *testing.T) {
	x := newFilesFixture(t, small)
	body := "0123456789"
	create := func(length string, meta string, headers ...string) reply {
		return x.tus("POST", filesPath, "", append([]string{"Upload-Length", length, "Upload-Metadata", meta}, headers...)...)
	}
	for _, c := range []struct {
		what  string
		got   reply
		rule  string
		field string
	}{
		{"a terabyte", create("1099511627776", meta(body)), "X042", "upload-length"},
		{"beyond 64 bits", create("99999999999999999999", meta(body)), "X048", "upload-length"},
		{"negative", create("-1", meta(body)), "X048", "upload-length"},
		{"length to be told later", create("", meta(body), "Upload-Defer-Length", "1"), "X048", "upload-length"},
		{"another version", create("10", meta(body), "Tus-Resumable", "0.2.2"), "X048", "tus-resumable"},
		{"no digest", create("10", meta(body, "sha256", "")), "X041", "sha256"},
		{"no metadata", create("10", ""), "X041", "sha256"},
		{"metadata that is no base64", create("10", "sha256 !!!"), "X041", "sha256"},
		{"a path", create("10", meta(body, "filename", "../../../etc/cron.d/x")), "X041", "filename"},
		{"a path of Windows", create("10", meta(body, "filename", `..\x`)), "X041", "filename"},
		{"a turned name", create("10", meta(body, "filename", "x\u202Efdp.exe")), "X041", "filename"},
		{"a line break", create("10", meta(body, "filename", "x\r\nSet-Cookie: y")), "X041", "filename"},
		{"a path as the digest", create("10", meta(body, "sha256", "../../x")), "X041", "sha256"},
		{"no tender", create("10", meta(body, "tender", "")), "X041", "tender"},
		{"a data set of the platform's own", create("10", meta(body, "dataset", "release")), "X041", "dataset"},
		{"another's platform", create("10", meta(body, "platform", "91410100170000000A")), "X041", "platform"},
		{"metadata changed on the way", create("10", meta(body), "!Upload-Metadata", meta("other")), "X006", ""},
		{"length changed on the way", create("10", meta(body), "!Upload-Length", "11"), "X006", ""},
		{"an unsigned offset", x.tus("PATCH", filesPath+"/x", body, "!Upload-Offset", "0"), "X003", "upload-offset"},
		{"no upload of that id", x.patch(filesPath+"/x", 0, body), "X040", ""},
		{"a path as the id", x.patch(filesPath+"/..%2F..%2Fm.db", 0, body), "X040", ""},
		{"more than a part may have", x.patch(filesPath+"/x", 0, strings.Repeat("x", 1<<16+1)), "X009", ""},
	} {
		if c.got.problem.Rule != c.rule || c.got.problem.Field != c.field || c.got.status != c.got.problem.Status || len(c.got.problem.Texts) != 2 {
			t.Errorf("%s: %d %s, want %s %s", c.what, c.got.status, c.got.text, c.rule, c.field)
		}
	}
	path := x.begin(body)
	for _, c := range []struct {
		what string
		at   int
		part string
		rule string
	}{
		{"beyond what is there", 5, "56789", "X044"},
		{"far beyond", 1 << 40, "0123", "X044"},
		{"negative", -1, "0123", "X048"},
		{"too small", 0, "012", "X046"},
		{"nothing", 0, "", "X046"},
		{"more than declared", 0, body + "x", "X045"},
	} {
		if got := x.patch(path, c.at, c.part); got.problem.Rule != c.rule {
			t.Errorf("%s: %d %s, want %s", c.what, got.status, got.text, c.rule)
		}
	}
	if got := x.tus("PATCH", path, body, "Upload-Offset", "0", "Content-Type", "text/plain"); got.problem.Rule != "X048" {
		t.Errorf("another type: %s", got.text)
	}
	if got := x.tus("PATCH", path, body, "Upload-Offset", "0", "!Content-Digest", signature.ContentDigest([]byte("other"))); got.status != 401 {
		t.Errorf("a digest changed on the way: %s", got.text)
	}
	if got := x.tus("POST", path, "", "X-HTTP-Method-Override", "DELETE"); got.status != 405 {
		t.Errorf("another method than was signed: %d %s", got.status, got.text)
	}
	if got := x.tus("HEAD", path, ""); got.header.Get("Upload-Offset") != "0" {
		t.Errorf("something was taken: %v", got.header)
	}
}

// A part that was spoilt on the way is not taken, the ones before it stay; bytes
// that are not those declared are refused at the end and removed.
func TestUploadDigests(t *testing.T) {
	x := newFilesFixture(t, small)
	body := "0123456789"
	path := x.begin(body)
	x.patch(path, 0, body[:5])
	r, err := http.NewRequest("PATCH", x.server.URL+path, strings.NewReader("5678X"))
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]string{"Tus-Resumable": "1.0.0", "Content-Type": tusType, "Upload-Offset": "5"} {
		r.Header.Set(name, v)
	}
	if err := x.signer.Sign(r, []byte("56789"), x.now, ""); err != nil {
		t.Fatal(err)
	}
	if got := x.do(r); got.problem.Rule != "X005" {
		t.Errorf("spoilt on the way: %s", got.text)
	}
	if got := x.tus("HEAD", path, ""); got.header.Get("Upload-Offset") != "5" {
		t.Errorf("after that: %v", got.header)
	}
	got := x.patch(path, 5, "5678X")
	if got.problem.Rule != "X047" || !strings.Contains(got.text, "已全部删除") || !strings.Contains(got.text, "all are removed") {
		t.Errorf("other bytes than declared: %d %s", got.status, got.text)
	}
	if got := x.tus("HEAD", path, ""); got.status != 404 {
		t.Errorf("it is still there: %d", got.status)
	}
	if left, err := filepath.Glob(filepath.Join(x.dir, "*", "*", "*")); err != nil || len(left) > 0 || x.stack.log.Size() != 0 {
		t.Errorf("left behind: %v, %d records, %v", left, x.stack.log.Size(), err)
	}
}

// To another source an upload does not exist, and whether its bytes are here
// already nobody can tell from an answer.
func TestUploadOfAnother(t *testing.T) {
	x := newFilesFixture(t, small)
	body := "0123456789"
	path := x.begin(body)
	key, err := signature.GenerateKey(signature.Ed25519, bytes.NewReader(bytes.Repeat([]byte{9}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	other := x.source()
	other.Name, other.Platforms = "other", []string{"91410100170000000A"}
	other.Keys = []Key{{ID: "other-1", Algorithm: key.Algorithm, PublicPEM: public, From: testNow.AddDate(-1, 0, 0)}}
	x.register(other)
	mine := x.signer
	x.signer = signature.Signer{KeyID: "other-1", Key: key}
	for _, method := range []string{"HEAD", "PATCH", "DELETE"} {
		at, none := x.tus(method, path, body, "Upload-Offset", "0"), x.tus(method, filesPath+"/"+strings.Repeat("0", 32), body, "Upload-Offset", "0")
		if method != "PATCH" {
			at, none = x.tus(method, path, ""), x.tus(method, filesPath+"/"+strings.Repeat("0", 32), "")
		}
		if at.status != 404 || at.status != none.status || at.problem.Rule != none.problem.Rule || at.problem.Detail != none.problem.Detail {
			t.Errorf("%s: %d %s, and where there is none %d %s", method, at.status, at.text, none.status, none.text)
		}
	}
	x.signer = mine
	if got := x.patch(path, 0, body); got.status != 204 {
		t.Fatalf("its own source: %s", got.text)
	}
	x.signer = signature.Signer{KeyID: "other-1", Key: key}
	first, again := x.begin("new bytes!"), x.begin(body)
	a, b := x.patch(first, 0, "new bytes!"), x.patch(again, 0, body)
	for _, h := range []http.Header{a.header, b.header} {
		for _, name := range []string{"X-Request-Id", "Date", "Mingjing-Log-Position"} {
			h.Del(name)
		}
	}
	if a.status != b.status || fmt.Sprint(a.header) != fmt.Sprint(b.header) || a.text != b.text {
		t.Errorf("what is here already is answered otherwise:\n%v\n%v", a, b)
	}
}

func TestUploadQuota(t *testing.T) {
	x := newFilesFixture(t, files.Limits{Size: 1000, Chunk: 100, MinChunk: 4, Unfinished: 2, Age: time.Hour})
	path := x.begin("0123456789")
	x.begin("0123456789")
	got := x.tus("POST", filesPath, "", "Upload-Length", "10", "Upload-Metadata", meta("0123456789"))
	if got.problem.Rule != "X043" || got.header.Get("Retry-After") == "" {
		t.Errorf("a third of two: %d %s", got.status, got.text)
	}
	if got := x.tus("DELETE", path, ""); got.status != 204 {
		t.Errorf("ending one: %s", got.text)
	}
	if got := x.tus("HEAD", path, ""); got.status != 404 {
		t.Errorf("it is still there: %d", got.status)
	}
	path = x.begin("0123456789")
	x.now = x.now.Add(time.Hour)
	if got := x.patch(path, 0, "0123456789"); got.problem.Rule != "X040" {
		t.Errorf("an expired one: %s", got.text)
	}
	// The door's rate holds for parts too.
	src := x.source()
	src.RateLimit = RateLimit{PerSecond: 0.001, Burst: 1}
	x.register(src)
	x.tus("HEAD", path, "")
	if got := x.tus("POST", filesPath, "", "Upload-Length", "1", "Upload-Metadata", meta("x")); got.problem.Rule != "X008" {
		t.Errorf("too fast: %s", got.text)
	}
}

// Of the same part sent many times at once one is taken.
func TestUploadAtOnceByMany(t *testing.T) {
	x := newFilesFixture(t, small)
	body := strings.Repeat("0123456789", 100)
	path := x.begin(body)
	for at := 0; at < len(body); at += 500 {
		var wg sync.WaitGroup
		var mu sync.Mutex
		statuses := map[int]int{}
		for range 5 {
			wg.Go(func() {
				got := x.patch(path, at, body[at:at+500])
				mu.Lock()
				defer mu.Unlock()
				statuses[got.status]++
			})
		}
		wg.Wait()
		// The last part again, once the file is kept, is answered as done.
		if taken := statuses[204]; statuses[204]+statuses[409] != 5 || taken == 0 || at+500 < len(body) && taken != 1 {
			t.Fatalf("the part at %d: %v", at, statuses)
		}
	}
	if x.stack.log.Size() != 1 {
		t.Errorf("%d receipts", x.stack.log.Size())
	}
}

// breaking breaks the connection of every third request, before or after the
// door saw it.
type breaking struct {
	next http.RoundTripper
	n    int
}

var errBroken = errors.New("the connection broke")

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	b.n++
	if b.n%6 == 2 {
		return nil, errBroken
	}
	resp, err := b.next.RoundTrip(r)
	if b.n%6 == 5 && err == nil {
		resp.Body.Close()
		return nil, errBroken
	}
	return resp, err
}

// The client brings a file in whatever breaks on the way, and goes on with an
// upload that an earlier run began.
func TestUploadClient(t *testing.T) {
	x := newFilesFixture(t, small)
	body := bytes.Repeat([]byte("0123456789abcdef"), 4000) // 64,000 bytes
	c := x.client()
	c.HTTP = &http.Client{Transport: &breaking{next: http.DefaultTransport}}
	a := Attachment{Dataset: "503", Tender: fileTender, Lots: []string{fileTender + "001"}, Name: "机密.pdf", Type: "application/pdf", Size: int64(len(body)), Part: 5000}
	got, err := c.UploadFile(t.Context(), a, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	if got.SHA256 != hex.EncodeToString(sum[:]) || got.Position < 0 {
		t.Errorf("%+v", got)
	}
	kept, err := x.files.ByID(t.Context(), got.ID)
	if err != nil || kept == nil {
		t.Fatal(kept, err)
	}
	r, err := kept.Open(t.Context(), func(standard.Vault, standard.Seal) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, body) {
		t.Errorf("%d bytes came back, %v", len(back), err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	c.HTTP = &http.Client{Transport: stopping{http.DefaultTransport, 3, new(int), cancel}}
	var id string
	a.Begun = func(s string) { id = s }
	if _, err := c.UploadFile(ctx, a, bytes.NewReader(body)); !errors.Is(err, context.Canceled) || id == "" {
		t.Fatalf("stopped in the middle: %v, id %q", err, id)
	}
	c.HTTP = nil
	a.Upload = id
	got, err = c.UploadFile(t.Context(), a, bytes.NewReader(body))
	if err != nil || got.ID != id {
		t.Errorf("gone on: %+v %v", got, err)
	}
	a.Upload = ""
	a.Name = "../x"
	var p *Problem
	if _, err := c.UploadFile(t.Context(), a, bytes.NewReader(body)); !errors.As(err, &p) || p.Rule != "X041" {
		t.Errorf("a bad name: %v", err)
	}
	a.Size++
	if _, err := c.UploadFile(t.Context(), a, bytes.NewReader(body)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that is shorter than said: %v", err)
	}
}

// stopping ends the client after some requests.
type stopping struct {
	next http.RoundTripper
	at   int
	n    *int
	stop func()
}

func (s stopping) RoundTrip(r *http.Request) (*http.Response, error) {
	if *s.n++; *s.n == s.at {
		s.stop()
	}
	return s.next.RoundTrip(r)
}

// A log that fails at the end costs nothing: the client goes on, and there is
// one receipt.
func TestUploadWhileTheLogIsDown(t *testing.T) {
	x := newFilesFixture(t, small)
	path := x.begin("0123456789")
	down := files.New(files.Config{
		Store: x.stack.db, Keys: x.stack.keys, Blobs: files.Disk(x.dir), Log: downLog{}, Catalogue: standard.Default(), Clock: func() time.Time { return x.now }, Limits: small,
	})
	u, err := down.Find(t.Context(), "zz", strings.TrimPrefix(path, filesPath+"/"))
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Append(t.Context(), 0, []byte("0123456789")); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	if got := x.tus("HEAD", path, ""); got.header.Get("Upload-Offset") != "10" || got.header.Get("Mingjing-Log-Position") != "0" || x.stack.log.Size() != 1 {
		t.Errorf("%v, %d receipts", got.header, x.stack.log.Size())
	}
}

type downLog struct{}

func (downLog) Append(context.Context, ledger.Submission) ([]ledger.Outcome, error) {
	return nil, errDown
}

// BenchmarkUpload sends a file of 64 MiB over HTTP on loopback: signature,
// digest of each part, sealing, synced parts on disk.
func BenchmarkUpload(b *testing.B) {
	for _, part := range []int64{1 << 20, 4 << 20, 8 << 20} {
		b.Run(fmt.Sprintf("part=%dMiB", part>>20), func(b *testing.B) {
			x := newFilesFixture(b, files.Limits{})
			x.deps.Log = silent
			body := bytes.Repeat([]byte("0123456789abcdef"), (64<<20)/16)
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				a := Attachment{Dataset: "503", Tender: fileTender, Size: int64(len(body)), Part: part}
				if _, err := x.client().UploadFile(b.Context(), a, bytes.NewReader(body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
