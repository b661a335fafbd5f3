package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"

	"mingjing/internal/exchange/signature"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

var update = flag.Bool("update", false, "rewrite golden files")

const platform = "12410000MB1A00001X" // of the tests' source

// testNow is the tests' clock: 2 March 2026, 09:00 in China.
var testNow = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// memoryLedger keeps what it is given, and tells duplicates as the ledger does.
type memoryLedger struct {
	mu      sync.Mutex
	rows    []ledger.Draft
	past    []bool
	sources []string
	seen    map[string]int64
	fail    error
}

func (l *memoryLedger) Append(_ context.Context, s ledger.Submission) ([]ledger.Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return nil, l.fail
	}
	out := make([]ledger.Outcome, len(s.Drafts))
	for i, d := range s.Drafts {
		text, err := json.Marshal(d.Record, json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		at, known := l.seen[string(text)]
		if !known {
			at = int64(len(l.rows))
			l.seen[string(text)] = at
			l.rows = append(l.rows, d)
			l.past = append(l.past, s.History)
			l.sources = append(l.sources, s.Author.ID)
		}
		leaf := sha256.Sum256(text)
		out[i] = ledger.Outcome{Duplicate: known, Receipt: ledger.Receipt{
			Log: "exchange.example/2026", Position: at, Leaf: hex.EncodeToString(leaf[:]), Received: testNow.Format(time.RFC3339),
		}}
	}
	return out, nil
}

func (l *memoryLedger) Receipt(_ context.Context, position int64) (ledger.Receipt, ledger.Author, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if position >= int64(len(l.rows)) {
		return ledger.Receipt{}, ledger.Author{}, ErrNoReceipt
	}
	r := ledger.Receipt{Position: position, Checkpoint: "note", Proof: []string{}}
	return r, ledger.Author{Kind: "source", ID: l.sources[position]}, l.fail
}

type memorySources struct{ bodies map[string][]byte }

func (m *memorySources) PutSource(_ context.Context, s store.SourceRow) error {
	m.bodies[s.Name] = s.Body
	return nil
}

func (m *memorySources) SourceBodies(context.Context) ([][]byte, error) {
	var out [][]byte
	for _, b := range m.bodies {
		out = append(out, b)
	}
	return out, nil
}

type memoryQuarantine struct{ kept map[string]Quarantined }

func (q *memoryQuarantine) Keep(_ context.Context, entries []Quarantined) error {
	for _, e := range entries {
		q.kept[e.ID] = e
	}
	return nil
}

// fixture is a door with one source, "zz", whose key is "zz-2026".
type fixture struct {
	t          testing.TB
	deps       Deps
	registry   *Registry
	ledger     *memoryLedger
	quarantine *memoryQuarantine
	signer     signature.Signer
	now        time.Time
	log        *bytes.Buffer
	server     *httptest.Server
	mux        *http.ServeMux
	api        huma.API
}

func newFixture(t testing.TB, change ...func(*fixture)) *fixture {
	t.Helper()
	key, err := signature.GenerateKey(signature.Ed25519, bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{
		t: t, now: testNow, log: new(bytes.Buffer), ledger: &memoryLedger{seen: map[string]int64{}},
		quarantine: &memoryQuarantine{kept: map[string]Quarantined{}}, signer: signature.Signer{KeyID: "zz-2026", Key: key},
	}
	clock := func() time.Time { return f.now }
	f.registry = &Registry{Store: &memorySources{bodies: map[string][]byte{}}, Clock: clock}
	ids := 0
	f.deps = Deps{
		Sources: f.registry, Catalogue: standard.Default(), Ledger: f.ledger, Receipts: f.ledger, Quarantine: f.quarantine,
		Clock: clock, Log: slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		NewID: func() string { ids++; return fmt.Sprintf("req-%d", ids) },
	}
	f.register(f.source())
	for _, c := range change {
		c(f)
	}
	f.mux = http.NewServeMux()
	f.api = humago.New(f.mux, huma.DefaultConfig("Mingjing", "1"))
	if err := Mount(f.api, f.mux, f.deps); err != nil {
		t.Fatal(err)
	}
	f.server = httptest.NewServer(f.mux)
	t.Cleanup(f.server.Close)
	return f
}

// source is the tests' source as registered.
func (f *fixture) source() Source {
	f.t.Helper()
	public, err := f.signer.Key.PublicPEM()
	if err != nil {
		f.t.Fatal(err)
	}
	return Source{
		Name: "zz", Kind: "public", Region: "410100", Platforms: []string{platform}, State: Active,
		Standards: []Standard{{Version: "2.0", From: testNow.AddDate(-5, 0, 0)}, {Version: "FJ", From: testNow.AddDate(-5, 0, 0)}},
		Keys:      []Key{{ID: f.signer.KeyID, Algorithm: f.signer.Key.Algorithm, PublicPEM: public, From: testNow.AddDate(-1, 0, 0)}},
	}
}

func (f *fixture) register(s Source) {
	f.t.Helper()
	if err := f.registry.Register(context.Background(), s); err != nil {
		f.t.Fatal(err)
	}
}

// reply is an answer of the door, decoded both ways.
type reply struct {
	status  int
	header  http.Header
	text    string
	batch   BatchAnswer
	problem Problem
}

// send signs a body as the tests' source and posts it; spoil may change the
// request after it was signed.
func (f *fixture) send(path, contentType, body string, spoil ...func(*http.Request)) reply {
	f.t.Helper()
	r := f.request(http.MethodPost, path, contentType, body)
	for _, s := range spoil {
		s(r)
	}
	return f.do(r)
}

func (f *fixture) request(method, path, contentType, body string) *http.Request {
	f.t.Helper()
	r, err := http.NewRequest(method, f.server.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		f.t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if err := f.signer.Sign(r, []byte(body), f.now, ""); err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f *fixture) do(r *http.Request) reply {
	f.t.Helper()
	resp, err := f.server.Client().Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, text: string(text)}
	into := any(&out.batch)
	if resp.StatusCode != 200 {
		into = &out.problem
	}
	if resp.Header.Get("X-Request-Id") == "" {
		f.t.Errorf("%s: no X-Request-Id", r.URL.Path)
	}
	if err := json.Unmarshal(text, into); err != nil {
		f.t.Fatalf("%s answered %d %q: %v", r.URL.Path, resp.StatusCode, text, err)
	}
	return out
}

// notice is a record of the open data set 503.
func notice(key, revision, name string) map[string]any {
	return map[string]any{
		"dataset": "503", "op": "insert", "key": key, "revision": revision, "occurred": "2026-03-01T09:00:00+08:00",
		"fields": map[string]string{"TENDER_PROJECT_CODE": "E4101000001000001001", "NOTICE_NAME": name},
	}
}

// batchOf writes a JSON batch of the tests' platform.
func batchOf(t testing.TB, records ...map[string]any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"platform": platform, "records": records}, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var errDown = errors.New("the disk is gone")

var silent = slog.New(slog.DiscardHandler)
