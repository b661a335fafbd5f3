package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

var begun = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// Twenty legal days pass in twenty real minutes, and a restart or another
// factor makes no day happen twice.
func TestClock(t *testing.T) {
	a := Anchor{Real: begun, Shown: begun, Factor: 1440}
	if got := a.At(begun.Add(20 * time.Minute)); !got.Equal(begun.AddDate(0, 0, 20)) {
		t.Errorf("after 20 minutes it shows %s", got)
	}
	if got := a.At(begun.Add(-time.Hour)); !got.Equal(begun) {
		t.Errorf("before its beginning it shows %s", got)
	}
	if got := a.Takes(24 * time.Hour); got != time.Minute {
		t.Errorf("a day takes %s", got)
	}
	if got := a.At(begun.AddDate(200, 0, 0)); !got.Equal(latest) {
		t.Errorf("after 200 years it shows %s", got)
	}
	b := a.Faster(begun.Add(time.Minute), 10)
	for _, real := range []time.Duration{time.Minute, time.Hour} {
		want := begun.AddDate(0, 0, 1).Add(10 * (real - time.Minute))
		if got := b.At(begun.Add(real)); !got.Equal(want) {
			t.Errorf("with another factor it shows %s after %s, want %s", got, real, want)
		}
	}
	for _, factor := range []float64{0, -1, 0.5, MaxFactor + 1, nan()} {
		if (Anchor{Real: begun, Shown: begun, Factor: factor}).Check() == nil {
			t.Errorf("a factor of %v is taken", factor)
		}
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func TestClockNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Anchor{Real: begun, Shown: begun, Factor: rapid.Float64Range(1, MaxFactor).Draw(t, "factor")}
		real, shown := begun, a.At(begun)
		for range rapid.IntRange(1, 10).Draw(t, "steps") {
			real = real.Add(time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "passed")))
			if rapid.Bool().Draw(t, "another factor") {
				a = a.Faster(real, rapid.Float64Range(1, MaxFactor).Draw(t, "factor"))
			}
			now := a.At(real)
			if now.Before(shown) {
				t.Fatalf("it goes back from %s to %s", shown, now)
			}
			shown = now
		}
	})
}

// A folder is a sandbox's or it is not; its clock outlives the process.
func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sandbox")
	first, err := Open(dir, 0, time.Time{}, begun)
	if err != nil || first.Factor != 1440 {
		t.Fatalf("%+v, %v", first, err)
	}
	if is, err := Is(dir); err != nil || !is {
		t.Errorf("the folder is not known as a sandbox's: %v", err)
	}
	again, err := Open(dir, 0, begun.AddDate(9, 0, 0), begun.Add(time.Hour))
	if err != nil || again != first {
		t.Errorf("opened again: %+v, %v", again, err)
	}
	faster, err := Open(dir, 2880, time.Time{}, begun.Add(time.Hour))
	if err != nil || !faster.At(begun.Add(time.Hour)).Equal(first.At(begun.Add(time.Hour))) || faster.Factor != 2880 {
		t.Errorf("with another factor: %+v, %v", faster, err)
	}
	if kept, err := Open(dir, 0, time.Time{}, begun.Add(2*time.Hour)); err != nil || kept.Factor != 2880 {
		t.Errorf("the factor is not kept: %+v, %v", kept, err)
	}
	if _, err := Open(dir, 0.1, time.Time{}, begun); err == nil {
		t.Error("a clock slower than the real one is taken")
	}
	house := t.TempDir()
	if err := os.Mkdir(filepath.Join(house, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(house, 0, time.Time{}, begun); !errors.Is(err, ErrNotSandbox) {
		t.Errorf("a real house's folder: %v", err)
	}
	if is, err := Is(house); is || err != nil {
		t.Errorf("the refused folder became a sandbox's: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, File), []byte(`{"factor":5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, 0, time.Time{}, begun); err == nil {
		t.Error("a clock without a beginning is taken")
	}
}

// Of twenty thousand requests one in twenty is refused, half of them so and
// half so; the same seed gives the same again, another seed another run.
func TestDraws(t *testing.T) {
	const n = 20_000
	count := map[int]int{}
	slow, differs := 0, false
	for i := range uint64(n) {
		d := DrawAt(7, i)
		count[d.Status]++
		if d.Wait > 0 {
			slow++
		}
		if d.After < 1 || d.After > RetryMost || d.Wait < 0 || d.Wait >= SlowMost || d.Page < 1 || d.Page > 5 {
			t.Fatalf("draw %d: %+v", i, d)
		}
		if again := DrawAt(7, i); again.Status != d.Status || again.After != d.After || again.Wait != d.Wait || again.Page != d.Page {
			t.Fatalf("draw %d is not repeated", i)
		}
		differs = differs || DrawAt(8, i).Status != d.Status
	}
	// Five standard deviations about the expected count.
	for status, share := range map[int]float64{429: ShareRefused / 2, 503: ShareRefused / 2} {
		if got := float64(count[status]); got < n*share-110 || got > n*share+110 {
			t.Errorf("%d is answered %v times of %d", status, got, n)
		}
	}
	if float64(slow) < n*ShareSlow-212 || float64(slow) > n*ShareSlow+212 {
		t.Errorf("%d of %d are slow", slow, n)
	}
	if !differs {
		t.Error("two seeds give one run")
	}
}

// Another order is all that a shuffled document has: no value changes, no
// number is read and written.
func TestShuffleKeepsValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var gen func(depth int) *rapid.Generator[any]
		gen = func(depth int) *rapid.Generator[any] {
			leaf := rapid.OneOf(rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil), rapid.Int64().AsAny())
			if depth == 0 {
				return leaf
			}
			return rapid.OneOf(leaf, rapid.SliceOfN(gen(depth-1), 0, 4).AsAny(), rapid.MapOfN(rapid.String(), gen(depth-1), 0, 4).AsAny())
		}
		body, err := json.Marshal(gen(3).Draw(t, "document"))
		if err != nil {
			t.Fatal(err)
		}
		d := DrawAt(rapid.Int64().Draw(t, "seed"), rapid.Uint64().Draw(t, "n"))
		if got := d.shuffle(body); !reflect.DeepEqual(read(t, got), read(t, body)) {
			t.Fatalf("%s became %s", body, got)
		}
	})
	d := DrawAt(1, 1)
	const exact = `{"price":12345678901234.123456}`
	if got := strings.TrimSpace(string(d.shuffle([]byte(exact)))); got != exact {
		t.Errorf("a number lost digits: %s", got)
	}
	if got := string(d.shuffle([]byte("no JSON"))); got != "no JSON" {
		t.Errorf("what is not JSON became %q", got)
	}
	if got := string(d.shuffle([]byte("{}\n{}\n"))); got != "{}\n{}\n" {
		t.Errorf("a stream of documents became %q", got)
	}
	// Lists whose order is promised keep it; defects do not.
	many := []byte(`{"answers":[1,2,3,4,5,6,7,8,9],"defects":[1,2,3,4,5,6,7,8,9]}`)
	moved := false
	for n := range uint64(20) {
		d := DrawAt(1, n)
		got := string(d.shuffle(many))
		if !strings.Contains(got, `"answers":[1,2,3,4,5,6,7,8,9]`) {
			t.Fatalf("the answers lost their order: %s", got)
		}
		moved = moved || !strings.Contains(got, `"defects":[1,2,3,4,5,6,7,8,9]`)
	}
	if !moved {
		t.Error("the order of defects never changes")
	}
}

func read(t interface{ Fatal(...any) }, body []byte) any {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// room is a House over memory.
type room struct {
	*House
	mux      *http.ServeMux
	sources  []exchange.Source
	readers  map[string]disclose.Reader
	meta     map[string][]byte
	dockets  map[string]*docket.Docket
	found    []store.FindingRow
	now      time.Time
	handler  http.Handler
	upstream http.HandlerFunc
}

func (r *room) PutMeta(_ context.Context, name string, value []byte) error {
	r.meta[name] = value
	return nil
}
func (r *room) Meta(_ context.Context, name string) ([]byte, error) { return r.meta[name], nil }
func (r *room) Findings(context.Context, store.FindingFilter) ([]store.FindingRow, error) {
	return r.found, nil
}

func (r *room) Docket(_ context.Context, id string) (*store.DocketRow, error) {
	d := r.dockets[id]
	if d == nil {
		return nil, nil
	}
	body, err := json.Marshal(d)
	return &store.DocketRow{ID: id, Body: body}, err
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{mux: http.NewServeMux(), readers: map[string]disclose.Reader{}, meta: map[string][]byte{}, dockets: map[string]*docket.Docket{}, now: begun}
	var err error
	r.House, err = New(Config{
		Anchor: Anchor{Real: begun, Shown: begun, Factor: 1440}, Wall: func() time.Time { return r.now }, Store: r, LogName: "sandbox.test/log", Unkind: Profile{Seed: 1},
		Register: func(_ context.Context, src exchange.Source) (string, error) {
			r.sources = append(r.sources, src)
			token := fmt.Sprintf("token-%d", len(r.sources))
			r.readers["Bearer "+token] = disclose.Reader{Audience: disclose.Source, ID: src.Name, Origins: src.Platforms}
			return token, nil
		},
		Reader: func(_ context.Context, authorization string) (disclose.Reader, error) {
			if authorization == "" {
				return disclose.Reader{Audience: disclose.Public}, nil
			}
			reader, ok := r.readers[authorization]
			if !ok {
				return disclose.Reader{}, errors.New("unknown")
			}
			return reader, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Mount(r.mux)
	r.mux.HandleFunc("/api/", func(w http.ResponseWriter, q *http.Request) { r.upstream(w, q) })
	r.handler = r.Wrap(r.mux)
	return r
}

func (r *room) do(method, path, body, token string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w
}

func (r *room) key(t *testing.T, body string) KeyAnswer {
	t.Helper()
	w := r.do("POST", "/sandbox/v1/keys", body, "")
	var a KeyAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("%s: %d %s", body, w.Code, w.Body)
	}
	return a
}

// A key at once: made here or brought along, its id and platform a sandbox's.
func TestKeys(t *testing.T) {
	r := newRoom(t)
	made := r.key(t, "")
	key, err := signature.ParsePrivateKey(made.Algorithm, made.PrivatePEM)
	if err != nil {
		t.Fatal(err)
	}
	if pem, err := key.PublicPEM(); err != nil || r.sources[0].Keys[0].PublicPEM != pem {
		t.Errorf("the registered key is not the one handed out: %v", err)
	}
	brought, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"name": "acme", "public_pem": brought, "unkind": true, "seed": 42})
	if err != nil {
		t.Fatal(err)
	}
	own := r.key(t, string(body))
	if own.PrivatePEM != "" || !own.Profile.Unkind || own.Profile.Seed != 42 || !strings.HasPrefix(own.Source, "acme-") {
		t.Errorf("with a key of one's own: %+v", own)
	}
	for i, a := range []KeyAnswer{made, own} {
		src := r.sources[i]
		if !exchange.SandboxKey(a.KeyID) || !exchange.SandboxPlatform(a.Platform) || len(a.Platform) != 18 || src.Check() != nil || src.Platforms[0] != a.Platform || src.Keys[0].ID != a.KeyID {
			t.Errorf("%+v registered as %+v: %v", a, src, src.Check())
		}
	}
	if made.Platform == own.Platform || made.KeyID == own.KeyID {
		t.Error("two vendors got one code")
	}
	before := len(r.sources)
	for _, bad := range []string{`{"name":"A B"}`, `{"name":"-a"}`, `{"public_pem":"x"}`, `{"algorithm":"rsa"}`, `{"region":"41"}`, `{"name":"` + strings.Repeat("a", 33) + `"}`} {
		if w := r.do("POST", "/sandbox/v1/keys", bad, ""); w.Code != 422 || !strings.Contains(w.Body.String(), `"zh"`) {
			t.Errorf("%s: %d %s", bad, w.Code, w.Body)
		}
	}
	for _, bad := range []string{"{", strings.Repeat(" ", mostKeyRequest+1) + "{}"} {
		if w := r.do("POST", "/sandbox/v1/keys", bad, ""); w.Code != 400 {
			t.Errorf("%.10q: %d", bad, w.Code)
		}
	}
	if len(r.sources) != before {
		t.Error("a bad request was registered")
	}
	refused := false
	for range 40 {
		refused = refused || r.do("POST", "/sandbox/v1/keys", "{", "").Code == http.StatusTooManyRequests
	}
	if !refused {
		t.Error("forty keys in one moment are given to anybody")
	}
}

// The sample of a platform breaks no rule and is of today by the sandbox's clock.
func TestSample(t *testing.T) {
	r := newRoom(t)
	a, b := r.key(t, ""), r.key(t, "")
	r.now = begun.Add(10 * time.Minute)
	read := func(platform string) (doc exchange.BatchDocument) {
		w := r.do("GET", "/sandbox/v1/sample?platform="+platform, "", "")
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return doc
	}
	mine, other := read(a.Platform), read(b.Platform)
	codes := func(doc exchange.BatchDocument) string { return doc.Records[1].Fields["TENDER_PROJECT_CODE"] }
	if codes(mine) == codes(other) {
		t.Error("two vendors' samples are one tender")
	}
	for _, rec := range mine.Records {
		for _, v := range rec.Fields {
			if strings.Contains(v, standard.ExampleOrigin) {
				t.Errorf("%s names the catalogue's own platform", rec.Dataset)
			}
		}
		if rec.Dataset == "503" && !strings.HasPrefix(rec.Fields["NOTICE_SEND_TIME"], "20260312") {
			t.Errorf("the notice is of %s, the clock shows %s", rec.Fields["NOTICE_SEND_TIME"], r.Now())
		}
	}
	var bids exchange.BatchDocument
	if w := r.do("GET", "/sandbox/v1/sample?datasets=506,507&platform="+a.Platform, "", ""); json.Unmarshal(w.Body.Bytes(), &bids) != nil || len(bids.Records) != 2 || bids.Records[1].Dataset != "507" {
		t.Errorf("the data sets that are asked for: %s", w.Body)
	}
	for _, bad := range []string{"", "12410000000000001A", "12999999", a.Platform + "&datasets=599"} {
		if w := r.do("GET", "/sandbox/v1/sample?platform="+bad, "", ""); w.Code != 422 {
			t.Errorf("platform %q: %d", bad, w.Code)
		}
	}
}

// A vendor sees the findings of dockets that are its own alone.
func TestFindingsOfOwnDockets(t *testing.T) {
	r := newRoom(t)
	a, b := r.key(t, ""), r.key(t, "")
	for id, origins := range map[string][]string{"own": {a.Platform}, "other": {b.Platform}, "shared": {a.Platform, b.Platform}} {
		r.dockets[id] = &docket.Docket{ID: id, Origins: origins}
		body, err := json.Marshal(detect.Finding{Docket: id, Indicator: "K01", State: detect.Fired})
		if err != nil {
			t.Fatal(err)
		}
		r.found = append(r.found, store.FindingRow{Docket: id, Body: body})
	}
	for token, want := range map[string]string{a.Token: "own", b.Token: "other"} {
		var got struct{ Items []detect.Finding }
		w := r.do("GET", "/sandbox/v1/findings", "", token)
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Items) != 1 || got.Items[0].Docket != want {
			t.Errorf("want the finding of %s: %s", want, w.Body)
		}
	}
	for _, token := range []string{"", "nobody"} {
		if w := r.do("GET", "/sandbox/v1/findings", "", token); w.Code != http.StatusUnauthorized {
			t.Errorf("token %q: %d", token, w.Code)
		}
	}
}

// An unkind vendor's run is the same for the same seed and order of requests,
// says so in its headers, and whoever follows pages gets all.
func TestUnkindReading(t *testing.T) {
	r := newRoom(t)
	asked := ""
	r.upstream = func(w http.ResponseWriter, q *http.Request) {
		asked = q.URL.Query().Get("limit")
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"a":1,"b":2,"c":3,"d":4}`)
	}
	run := func(a KeyAnswer) (seen []string) {
		for n := range 60 {
			if DrawAt(a.Profile.Seed, uint64(n)).Wait > 0 {
				r.profiles.draw(a.Source+" reading", a.Profile.Seed) // what only waits is passed over here
				continue
			}
			asked = ""
			w := r.do("GET", "/api/v1/dockets?limit=50", "", a.Token)
			if w.Header().Get(HeaderSeed) != "42" || w.Header().Get(HeaderDraw) != fmt.Sprint(n) || w.Header().Get(HeaderTime) == "" {
				t.Fatalf("request %d: headers %v", n, w.Header())
			}
			if (w.Code == 429 || w.Code == 503) != (w.Header().Get("Retry-After") != "") {
				t.Fatalf("request %d: %d with Retry-After %q", n, w.Code, w.Header().Get("Retry-After"))
			}
			if w.Code == 200 && w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
				t.Fatalf("request %d: Content-Length %s of %d bytes", n, w.Header().Get("Content-Length"), w.Body.Len())
			}
			seen = append(seen, fmt.Sprint(w.Code, w.Body.String(), w.Header().Get("Retry-After"), asked))
		}
		return seen
	}
	first, second := run(r.key(t, `{"unkind":true,"seed":42}`)), run(r.key(t, `{"unkind":true,"seed":42}`))
	if !slices.Equal(first, second) {
		t.Error("one seed gives two runs")
	}
	if len(slices.Compact(slices.Sorted(slices.Values(first)))) < 5 {
		t.Errorf("the run is not unkind: %v", first)
	}
	kind := r.key(t, `{}`)
	if w := r.do("GET", "/api/v1/dockets?limit=50", "", kind.Token); w.Body.String() != `{"a":1,"b":2,"c":3,"d":4}` || asked != "50" || w.Header().Get(HeaderDraw) != "" {
		t.Errorf("a vendor who did not ask is treated unkindly: %s, limit %s", w.Body, asked)
	}
}

// The page shows what a run can be repeated by.
func TestPage(t *testing.T) {
	w := newRoom(t).do("GET", "/sandbox", "", "")
	for _, want := range []string{"sandbox.test/log", "<code>1440</code>", "一个法定日为 1m0s", "<code>1</code>", "seed"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(w.Body.String(), "<script") {
		t.Error("the page has a script")
	}
}

func TestNewRefusesARealLog(t *testing.T) {
	a := Anchor{Real: begun, Shown: begun, Factor: 1440}
	if _, err := New(Config{Anchor: a, LogName: "mingjing.local/log"}); err == nil {
		t.Error("a sandbox takes a real log's name")
	}
	if _, err := New(Config{Anchor: Anchor{}, LogName: "sandbox.x"}); err == nil {
		t.Error("a sandbox takes a clock without beginning")
	}
}
