package exchange

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/ledger"
)

const (
	batches  = "/exchange/v1/batches"
	validate = "/exchange/v1/validate"
	typeJSON = "application/json"
)

func TestBatch(t *testing.T) {
	f := newFixture(t)
	body := batchOf(t, notice("a", "20260301090000", "甲"), notice("b", "20260301090000", "乙"))
	first := f.send(batches, typeJSON, body)
	if first.status != 200 || first.batch.Accepted != 2 || first.batch.Source != "zz" || first.batch.RequestID != first.header.Get("X-Request-Id") {
		t.Fatalf("first: %d %s", first.status, first.text)
	}
	again := f.send(batches, typeJSON, body)
	if again.batch.Duplicate != 2 || len(f.ledger.rows) != 2 {
		t.Fatalf("replayed: %s", again.text)
	}
	// All but the word "duplicate" is as it was the first time.
	for i := range again.batch.Answers {
		again.batch.Answers[i].Status = Accepted
	}
	if d := cmp.Diff(first.batch.Answers, again.batch.Answers); d != "" {
		t.Errorf("replayed batch, first (-) and again (+):\n%s", d)
	}
	if len(first.batch.Answers[0].Defects) == 0 {
		t.Error("no defects, though the notice lacks required fields")
	}
	if r := f.ledger.rows[0]; r.Record.Origin != platform || r.Standard != "2.0;FJ" || len(r.Codes) == 0 || len(r.Problems) == 0 {
		t.Errorf("draft: %+v", r)
	}
}

// TestNeighbours: one bad record never refuses its neighbours, and its bytes are kept.
func TestNeighbours(t *testing.T) {
	f := newFixture(t)
	bad := []string{
		`{"dataset":"999","op":"insert","key":"k","revision":"1","fields":{}}`,
		`{"dataset":"503","op":"insert","key":"","revision":"1","fields":{}}`,
		`{"dataset":"503","op":"insert","key":"k","revision":"","fields":{}}`,
		`{"dataset":"503","op":"upsert","key":"k","revision":"1","fields":{}}`,
		`{"dataset":"503","op":"insert","key":"k","revision":"1","fields":{"A":{}}}`,
		`{"dataset":"503","op":"insert","key":"k","revision":"1","origin":"11410000MB1A00002X","fields":{}}`,
		`[]`, `7`,
	}
	good := `{"dataset":"503","op":"insert","key":"k","revision":"1","fields":{"NOTICE_NAME":"n"}}`
	body := `{"platform":"` + platform + `","records":[` + good + "," + strings.Join(bad, ",") + `,` + strings.Replace(good, `"k"`, `"l"`, 1) + `]}`
	got := f.send(batches, typeJSON, body)
	if got.status != 200 || got.batch.Accepted != 2 || got.batch.Refused != len(bad) {
		t.Fatalf("%d %s", got.status, got.text)
	}
	for i, a := range got.batch.Answers {
		if want := i > 0 && i <= len(bad); (a.Status == Refused) != want || a.Index != i {
			t.Errorf("record %d: %+v", i, a)
		}
		if a.Status == Refused && (len(a.Problems) == 0 || a.Problems[0].Rule == "" || a.Problems[0].MendZH == "" || a.Problems[0].MendEN == "" || a.Problems[0].Retry != RetryNever || a.Problems[0].Doc == "") {
			t.Errorf("record %d is refused without a whole reason: %+v", i, a.Problems)
		}
	}
	if len(f.quarantine.kept) != len(bad) {
		t.Errorf("%d refused records in quarantine, want %d", len(f.quarantine.kept), len(bad))
	}
	for _, q := range f.quarantine.kept {
		if q.Source != "zz" || q.Key != "zz-2026" || q.Rule == "" || !strings.Contains(body, string(q.Body)) {
			t.Errorf("quarantine: %+v", q)
		}
	}
	f.send(batches, typeJSON, body)
	if len(f.quarantine.kept) != len(bad) || len(f.ledger.rows) != 2 {
		t.Error("the replayed batch changed something")
	}
}

func TestForms(t *testing.T) {
	f := newFixture(t)
	line := `{"dataset":"503","op":"insert","key":"%s","revision":"1","fields":{"NOTICE_NAME":"n"}}` + "\n"
	nd := func(keys ...string) string {
		var b strings.Builder
		for _, k := range keys {
			fmt.Fprintf(&b, line, k)
		}
		return b.String()
	}
	withHeader := func(r *http.Request) {
		r.Header.Set("Mingjing-Platform", platform)
		body := nd("c")
		if err := f.signer.Sign(r, []byte(body), f.now, ""); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.send(batches, "application/x-ndjson", `{"platform":"`+platform+"\"}\n"+nd("a", "b")); got.batch.Accepted != 2 {
		t.Errorf("NDJSON: %s", got.text)
	}
	if got := f.send(batches, "application/x-ndjson; charset=utf-8", nd("c"), withHeader); got.batch.Accepted != 1 {
		t.Errorf("NDJSON with header: %s", got.text)
	}
	packed := zip(t, batchOf(t, notice("d", "1", "n")))
	gz := func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }
	if got := f.send(batches, typeJSON, packed, gz); got.batch.Accepted != 1 {
		t.Errorf("gzip: %s", got.text)
	}
	if len(f.ledger.rows) != 4 {
		t.Errorf("%d rows", len(f.ledger.rows))
	}
}

func zip(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, s); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRefusals goes through every reason for which a whole request is turned away.
func TestRefusals(t *testing.T) {
	one := func(t *testing.T) string { return batchOf(t, notice("a", "1", "n")) }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	cases := []struct {
		name   string
		change func(*fixture)
		path   string
		media  string
		body   func(*testing.T) string
		spoil  func(*http.Request)
		status int
		rule   string
		retry  Retry
		after  bool
	}{
		{name: "unsigned", spoil: func(r *http.Request) { r.Header.Del("Signature") }, status: 401, rule: "X001", retry: RetryNever},
		{name: "malformed", spoil: header("Signature-Input", "("), status: 401, rule: "X002", retry: RetryNever},
		{name: "uncovered", spoil: header("Mingjing-Platform", platform), status: 401, rule: "X003", retry: RetryNever},
		{name: "late", change: func(f *fixture) {
			f.deps.Clock = func() time.Time { return testNow.Add(6 * time.Minute) }
		}, status: 401, rule: "X004", retry: RetrySame},
		{name: "digest", spoil: header("Content-Digest", "sha-256=:AAAA:"), status: 401, rule: "X005", retry: RetrySame},
		{name: "unknown key", change: func(f *fixture) { f.signer.KeyID = "other" }, status: 401, rule: "X006", retry: RetryNever},
		{name: "key ended", change: func(f *fixture) {
			s := f.source()
			s.Keys[0].To = testNow.AddDate(0, 0, -1)
			f.register(s)
		}, status: 401, rule: "X006", retry: RetryNever},
		{name: "paused", change: func(f *fixture) {
			s := f.source()
			s.State = Paused
			f.register(s)
		}, status: 403, rule: "X007", retry: RetryLater, after: true},
		{name: "body", change: func(f *fixture) { f.deps.Limits.Body = 10 }, status: 413, rule: "X009", retry: RetryNever},
		{
			name: "unpacked body", change: func(f *fixture) { f.deps.Limits.Decompressed = 1 << 20 },
			body:  func(t *testing.T) string { return zip(t, strings.Repeat(" ", 1<<20+1)) },
			spoil: header("Content-Encoding", "gzip"), status: 413, rule: "X009", retry: RetryNever,
		},
		{name: "no type", media: "-", status: 415, rule: "X010", retry: RetryNever},
		{name: "form", media: "application/x-www-form-urlencoded", status: 415, rule: "X010", retry: RetryNever},
		{name: "XML to the JSON address", media: "application/xml", status: 415, rule: "X010", retry: RetryNever},
		{name: "JSON to the XML address", path: "/exchange/v1/xml", status: 415, rule: "X010", retry: RetryNever},
		{name: "another charset", media: "application/json; charset=gbk", status: 415, rule: "X010", retry: RetryNever},
		{name: "brotli", spoil: header("Content-Encoding", "br"), status: 415, rule: "X010", retry: RetryNever},
		{name: "not JSON", body: func(*testing.T) string { return `{"records":` }, status: 400, rule: "X011", retry: RetryNever},
		{name: "not gzip", spoil: header("Content-Encoding", "gzip"), status: 400, rule: "X011", retry: RetryNever},
		{
			name: "too many", change: func(f *fixture) { f.deps.Limits.Records = 1 },
			body:   func(t *testing.T) string { return batchOf(t, notice("a", "1", "n"), notice("b", "1", "n")) },
			status: 413, rule: "X012", retry: RetryNever,
		},
		{name: "none", body: func(t *testing.T) string { return `{"platform":"p","records":[]}` }, status: 400, rule: "X013", retry: RetryNever},
		{name: "store down", change: func(f *fixture) { f.ledger.fail = errDown }, status: 503, rule: "X014", retry: RetryLater, after: true},
		{name: "panic", change: func(f *fixture) { f.deps.Ledger = nil }, status: 500, rule: "X017", retry: RetryLater, after: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, func(f *fixture) {
				if c.change != nil {
					c.change(f)
				}
			})
			path, media, body := c.path, c.media, one(t)
			if path == "" {
				path = batches
			}
			switch media {
			case "":
				media = typeJSON
			case "-":
				media = ""
			}
			if c.body != nil {
				body = c.body(t)
			}
			spoil := c.spoil
			if spoil == nil {
				spoil = func(*http.Request) {}
			}
			got := f.send(path, media, body, spoil)
			p := got.problem
			if got.status != c.status || p.Rule != c.rule || p.Retry != c.retry || p.Status != c.status {
				t.Fatalf("%d %s", got.status, got.text)
			}
			if got.header.Get("Content-Type") != "application/problem+json" || p.RequestID != got.header.Get("X-Request-Id") ||
				p.Type == "" || p.Title == "" || p.Detail == "" || p.Mend == "" || p.Doc == "" || len(p.Texts) != 2 {
				t.Errorf("not a whole problem document: %s", got.text)
			}
			if (got.header.Get("Retry-After") != "") != c.after {
				t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
			}
			if len(f.ledger.rows) != 0 {
				t.Error("something was taken")
			}
		})
	}
}

func TestLanguage(t *testing.T) {
	cases := map[string]string{
		"": "zh", "en": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh", "en-GB,en;q=0.9,zh;q=0.8": "en", "fr": "zh",
		"en;q=0.3, zh;q=0.7": "zh", "EN": "en", "en;q=x": "zh", "*": "zh",
	}
	for accept, want := range cases {
		f := &fault{rule: ruleEmpty}
		p := f.document("r", accept)
		if p.Texts[0].Lang != want || p.Title != p.Texts[0].Title || p.Detail != p.Texts[0].Detail || p.Mend != p.Texts[0].Mend {
			t.Errorf("Accept-Language %q: %+v", accept, p)
		}
	}
}

// TestRate: the source's own limit counts, and Retry-After is when the next is taken.
func TestRate(t *testing.T) {
	f := newFixture(t, func(f *fixture) {
		s := f.source()
		s.RateLimit = RateLimit{PerSecond: 0.5, Burst: 2}
		f.register(s)
	})
	body := batchOf(t, notice("a", "1", "n"))
	for i, want := range []int{200, 200, 429} {
		if got := f.send(validate, typeJSON, body); got.status != want {
			t.Fatalf("request %d: %d %s", i, got.status, got.text)
		} else if want == 429 && (got.problem.Rule != "X008" || got.header.Get("Retry-After") != "2") {
			t.Fatalf("Retry-After %q: %s", got.header.Get("Retry-After"), got.text)
		}
	}
	f.now = f.now.Add(2 * time.Second)
	if got := f.send(validate, typeJSON, body); got.status != 200 {
		t.Errorf("after Retry-After: %s", got.text)
	}
}

// TestUnknownKeyReadsAsWrongSignature: nobody can find out which keys exist.
func TestUnknownKeyReadsAsWrongSignature(t *testing.T) {
	f := newFixture(t)
	body := batchOf(t, notice("a", "1", "n"))
	wrong := f.send(batches, typeJSON, body, func(r *http.Request) { r.URL.RawQuery = "x=1" })
	f.signer.KeyID = "unknown"
	unknown := f.send(batches, typeJSON, body)
	if wrong.problem.SignatureBase == "" || unknown.problem.SignatureBase == "" {
		t.Error("no signature base to compare with")
	}
	a, b := wrong.problem, unknown.problem
	for _, p := range []*Problem{&a, &b} {
		p.RequestID, p.Instance, p.SignatureBase = "", "", ""
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("wrong signature (-) and unknown key (+):\n%s", d)
	}
}

func TestReceipt(t *testing.T) {
	f := newFixture(t)
	f.send(batches, typeJSON, batchOf(t, notice("a", "1", "n"), notice("b", "1", "n")))
	f.ledger.sources[1] = "other"
	get := func(path string, spoil ...func(*http.Request)) reply {
		r := f.request(http.MethodGet, path, "", "")
		for _, s := range spoil {
			s(r)
		}
		return f.do(r)
	}
	if got := get("/exchange/v1/receipts/0"); got.status != 200 || !strings.Contains(got.text, `"checkpoint":"note"`) {
		t.Errorf("own receipt: %d %s", got.status, got.text)
	}
	for _, p := range []string{"1", "2", "-1", "x", "99999999999999999999"} {
		if got := get("/exchange/v1/receipts/" + p); got.status != 404 || got.problem.Rule != "X015" {
			t.Errorf("receipt %s: %d %s", p, got.status, got.text)
		}
	}
	if got := get("/exchange/v1/receipts/0", func(r *http.Request) { r.Header.Del("Signature") }); got.status != 401 {
		t.Errorf("unsigned: %d %s", got.status, got.text)
	}
	f.ledger.fail = fmt.Errorf("position 0: %w", ledger.ErrNotYet)
	if got := get("/exchange/v1/receipts/0"); got.status != 202 || got.header.Get("Retry-After") == "" {
		t.Errorf("not yet: %d %s", got.status, got.text)
	}
	if got := get("/exchange/v1/receipts/1"); got.status != 404 {
		t.Errorf("another's, not yet: %d %s", got.status, got.text)
	}
	f.ledger.fail = errDown
	if got := get("/exchange/v1/receipts/0"); got.status != 503 {
		t.Errorf("store down: %d %s", got.status, got.text)
	}
}

func TestLists(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]string{
		"/exchange/v1/standards": `"version":"2.0"`,
		"/exchange/v1/datasets":  `"no":"507","name_zh":`,
	} {
		r, err := http.NewRequest(http.MethodGet, f.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.do(r); got.status != 200 || !strings.Contains(got.text, want) || strings.Contains(got.text, `"release"`) {
			t.Errorf("%s: %d %.300s", path, got.status, got.text)
		}
	}
}

// TestPublicURL: behind a proxy, what clients sign is the address they see.
func TestPublicURL(t *testing.T) {
	f := newFixture(t, func(f *fixture) { f.deps.PublicURL = "https://exchange.example" })
	body := batchOf(t, notice("a", "1", "n"))
	if got := f.send(batches, typeJSON, body); got.status != 401 {
		t.Errorf("signed for the inner address: %d", got.status)
	}
	r := f.request(http.MethodPost, batches, typeJSON, body)
	r.Host = "exchange.example"
	if err := f.signer.Sign(r, []byte(body), f.now, ""); err != nil {
		t.Fatal(err)
	}
	r.Host = ""
	if got := f.do(r); got.status != 200 {
		t.Errorf("signed for the public address: %d %s", got.status, got.text)
	}
}

// TestOpenAPI: the document describes every address, and each reference in it leads somewhere.
func TestOpenAPI(t *testing.T) {
	f := newFixture(t)
	text, err := f.api.OpenAPI().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"/exchange/v1/batches"`, `"/exchange/v1/xml"`, `"/exchange/v1/validate"`, `"/exchange/v1/receipts/{position}"`,
		`"/exchange/v1/standards"`, `"/exchange/v1/datasets"`, `"RecordDocument"`, `"RecordProblem"`, `"BatchAnswer"`, `"Problem"`, `"Receipt"`,
		`"application/problem+json"`, `"application/x-ndjson"`, `"openapi":"3.1.0"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	for _, part := range strings.Split(string(text), `"$ref":"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if !strings.Contains(string(text), `"`+name+`":{`) {
			t.Errorf("the reference %s leads nowhere", name)
		}
	}
}
