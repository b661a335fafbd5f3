package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The description of the interface is committed; whoever changes it sees it.
func TestOpenAPIGolden(t *testing.T) {
	const path = "../../docs/openapi.json"
	got, err := newHouse(t).server.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: write it with -update", err)
	}
	if string(want) != string(got) {
		a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("%s differs at line %d:\nwant %s\ngot  %s\nif that is meant, rewrite it with -update", path, i+1, a[i], b[i])
			}
		}
		t.Fatalf("%s has another length: if that is meant, rewrite it with -update", path)
	}
}

// Pages work without script, load nothing from elsewhere, and are told apart
// from what records say.
func TestPagesAreSafe(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Demo = true })
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)>`
	h.memory.dockets[tenderB].Title = evil
	for i := range h.memory.dockets[tenderB].Live {
		if e := &h.memory.dockets[tenderB].Live[i]; e.Dataset == "501" {
			e.Fields["TENDER_PROJECT_NAME"] = evil
		}
	}
	outside := regexp.MustCompile(`(?i)(src|href|action)\s*=\s*["']?\s*(https?:|//|javascript:|data:)`)
	for _, lang := range []string{"", "?lang=en"} {
		for _, path := range []string{"/", "/dockets", "/docket/" + tenderA, "/docket/" + tenderB, "/docs", "/docs/rules", "/docs/disclosure", "/docs/exchange"} {
			w := h.get(path+lang, "")
			body := w.Body.String()
			lower := strings.ReplaceAll(strings.ToLower(body), `<link rel="alternate" type="application/atom+xml" href="/dockets.atom`, "") // our own feed, of which a browser fetches nothing
			if w.Code != 200 || strings.Contains(lower, "<script") || strings.Contains(lower, "<img") || strings.Contains(lower, "<iframe") || strings.Contains(lower, "<link") {
				t.Errorf("%s%s: status %d, or a script, image, frame or link stands in it", path, lang, w.Code)
			}
			if m := outside.FindString(body); m != "" {
				t.Errorf("%s%s loads from elsewhere: %s", path, lang, m)
			}
			if strings.Contains(body, ` style="`) || strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "{{") {
				t.Errorf("%s%s: an inline style, or a template that did not work", path, lang)
			}
			for _, must := range []string{`<meta name="viewport"`, "<main>", "</main>", `<html lang="`, "演示数据"} {
				if !strings.Contains(body, must) {
					t.Errorf("%s%s lacks %s", path, lang, must)
				}
			}
		}
	}
	if body := h.get("/docket/"+tenderB, "").Body.String(); !strings.Contains(body, "&lt;script&gt;") {
		t.Error("a record's words are not escaped")
	}
}

// The policy's hash is that of the style in the page: else browsers drop it.
func TestPolicyFitsStyle(t *testing.T) {
	h := newHouse(t)
	w := h.get("/", "")
	_, rest, _ := strings.Cut(w.Body.String(), "<style>")
	css, _, _ := strings.Cut(rest, "</style>")
	if want := hash(css); !strings.Contains(w.Header().Get("Content-Security-Policy"), want) {
		t.Errorf("the policy %q does not name the style's hash %s", w.Header().Get("Content-Security-Policy"), want)
	}
}

// Text and background differ enough for WCAG AA (4.5 to 1) in both schemes.
func TestContrast(t *testing.T) {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		t.Fatal(err)
	}
	colour := regexp.MustCompile(`--(\w+):#([0-9a-f]{3}(?:[0-9a-f]{3})?)[;}]`)
	light, dark, ok := strings.Cut(string(css), "@media (prefers-color-scheme:dark)")
	if !ok {
		t.Fatal("no dark scheme")
	}
	dark, _, _ = strings.Cut(dark, "\n")
	for name, part := range map[string]string{"light": light, "dark": dark} {
		c := map[string]string{}
		for _, m := range colour.FindAllStringSubmatch(part, -1) {
			c[m[1]] = m[2]
		}
		for _, pair := range [][2]string{{"fg", "bg"}, {"soft", "bg"}, {"link", "bg"}, {"mark", "bg"}, {"fg", "card"}, {"soft", "card"}, {"link", "card"}, {"mark", "card"}, {"warnfg", "warn"}} {
			if r := contrast(c[pair[0]], c[pair[1]]); r < 4.5 {
				t.Errorf("%s: %s on %s has contrast %.2f, needed are 4.5", name, pair[0], pair[1], r)
			}
		}
	}
}

// The front page of a demonstration says how far its history is, until it is in.
func TestDemoShowsProgress(t *testing.T) {
	in := 12
	h := newHouse(t, func(c *Config) { c.Demo, c.Progress = true, func() (int, int) { return in, 3000 } })
	if body := h.get("/", "").Body.String(); !strings.Contains(body, "12 / 3000") {
		t.Error("12 of 3,000 dockets are in and the front page does not say so")
	}
	in = 3000
	if body := h.get("/", "").Body.String(); strings.Contains(body, "/ 3000") {
		t.Error("all dockets are in and the front page still counts")
	}
}

func TestDemoShowsFindingsUnderABanner(t *testing.T) {
	body := newHouse(t, func(c *Config) { c.Demo = true }).get("/", "").Body.String()
	if !strings.Contains(body, "疑似同一机器 "+tenderB) || !strings.Contains(body, "demonstration data") || strings.Contains(body, "疑似同一机器 "+tenderA) {
		t.Error("want the finding of the opened docket, not of the sealed one, and the banner")
	}
}

// Lists go on where they ended, for each reader, and end without a cursor.
func TestPages(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/api/v1/dockets?limit=1", "/api/v1/search?limit=1&q=%E7%BB%BC%E5%90%88%E6%A5%BC"} {
		for _, who := range []string{"", "supervisor", "auditor", "source", "administrator"} {
			var ids []string
			cursor := ""
			for range 5 {
				list := decode[DocketList](t, h.get(path+"&cursor="+cursor, who))
				for _, d := range list.Items {
					ids = append(ids, d.ID)
				}
				if cursor = list.Next; cursor == "" {
					break
				}
			}
			want := []string{tenderC, tenderA, tenderB}
			if strings.Contains(path, "search") {
				want = []string{tenderB, tenderA, tenderC} // of one day: in no order that tells anything
			}
			if !slices.Equal(ids, want) || cursor != "" {
				t.Errorf("%s as %q: %v", path, who, ids)
			}
		}
	}
	first := decode[FindingList](t, h.get("/api/v1/findings?limit=1", "auditor"))
	second := decode[FindingList](t, h.get("/api/v1/findings?limit=1&cursor="+first.Next, "auditor"))
	if first.Items[0].Docket != tenderC || second.Items[0].Docket != tenderB || second.Next != "" {
		t.Errorf("findings: %v then %v, next %q: the sealed one must leave no trace", first.Items, second.Items, second.Next)
	}
	if one, two := h.get("/api/v1/dockets?limit=1", "").Body.String(), h.get("/api/v1/dockets?limit=1", "").Body.String(); one == two || strings.Contains(one, "eyJ") {
		t.Error("a cursor is not opaque")
	}
	if w := h.get("/api/v1/search?q=x&cursor="+decode[DocketList](t, h.get("/api/v1/dockets?limit=1", "")).Next, ""); w.Code != 422 {
		t.Errorf("a cursor of another list is taken: %d", w.Code)
	}
}

func TestFilters(t *testing.T) {
	h := newHouse(t)
	for query, want := range map[string]int{"region=41": 3, "region=410000": 3, "region=4103": 2, "region=410300": 2, "region=410302": 2, "region=410105": 1, "region=420000": 0, "class=construction": 3, "class=land": 0, "region=410300&class=construction": 2} {
		if got := decode[DocketList](t, h.get("/api/v1/dockets?"+query, "")); len(got.Items) != want {
			t.Errorf("%s: %d dockets, want %d", query, len(got.Items), want)
		}
	}
}

// Fields with salts come for the fields that the reader's view shows whole.
func TestDisclosed(t *testing.T) {
	h := newHouse(t)
	position := func(docket, dataset string) int64 {
		for p, r := range h.ledger.records {
			if r.Dataset == dataset && r.Origin == originA && r.Fields["TENDER_PROJECT_CODE"] == docket {
				return p
			}
		}
		t.Fatal("no such record")
		return 0
	}
	names := func(p int64, who string) string {
		w := h.get(fmt.Sprintf("/api/v1/records/%d/disclosed", p), who)
		if w.Code == 404 {
			return "404"
		}
		var out []string
		for _, f := range decode[ledger.Disclosed](t, w).Fields {
			out = append(out, f.Name)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ docket, dataset, who, has, lacks string }{
		{tenderB, "507", "", "BIDDER_NAME", "BIDDER_ORG_CODE"},
		{tenderB, "507", "", "BID_PRICE", "@key"},
		{tenderB, "507", "supervisor", "BIDDER_ORG_CODE", "PM_CODE"},
		{tenderB, "507", "administrator", "404", "BIDDER_NAME"},
		{tenderB, "507", "source", "404", "BIDDER_NAME"},
		{tenderB, "503", "", "NOTICE_NAME", "TENDERER_PHONE_NUMBER"},
		{tenderB, "503", "", "@received", "UNIFIED_DEAL_CODES"},
		{tenderB, "519", "", "404", "CPU_ID"},
		{tenderB, "519", "auditor", "CPU_ID", "404"},
		{tenderB, "508", "auditor", "404", "EXPERT_NAME"},
		{tenderA, "507", "auditor", "404", "BIDDER_NAME"},
		{tenderA, "503", "", "404", "NOTICE_NAME"}, // positions would count the bids: not before the opening
	} {
		got := names(position(c.docket, c.dataset), c.who)
		if !strings.Contains(got, c.has) || strings.Contains(got, c.lacks) {
			t.Errorf("%s of %s for %q: %s", c.dataset, c.docket, c.who, got)
		}
	}
}

func TestReadiness(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"the store does not answer": func(c *Config) { c.Store.(*memory).down = errors.New("password=hunter2") },
		"1h0m0s old":                func(c *Config) { c.LogState = func() LogState { return LogState{At: now.Add(-time.Hour)} } },
		"no checkpoint":             func(c *Config) { c.LogState = func() LogState { return LogState{} } },
		"no longer fits":            func(c *Config) { c.LogState = func() LogState { return LogState{At: now, Halted: errors.New("x")} } },
		"the keyring is not at hand": func(c *Config) {
			c.Checks[0].Do = func(context.Context) error { return errors.New("the keyring is not at hand") }
		},
	} {
		w := newHouse(t, change).get("/readyz", "")
		if w.Code != 503 || !strings.Contains(w.Body.String(), name) || strings.Contains(w.Body.String(), "hunter2") || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := newHouse(t, func(c *Config) {
		c.LogState = func() LogState { return LogState{At: now.Add(-24 * time.Hour), Idle: true} }
	}).get("/readyz", ""); w.Code != 200 {
		t.Errorf("a log to which nothing came since its checkpoint is not ready: %d %s", w.Code, w.Body)
	}
	if w := newHouse(t, func(c *Config) { c.Store.(*memory).down = errors.New("gone") }).get("/healthz", ""); w.Code != 200 {
		t.Errorf("a process whose store is away is alive all the same: %d", w.Code)
	}
}

// Metrics are for the machine itself and administrators, and have no value of
// a record and no data set in them.
func TestMetrics(t *testing.T) {
	h := newHouse(t)
	h.get("/docket/"+tenderA, "")
	h.get("/api/v1/search?q=geheim", "")
	timed := h.config.Metrics
	if timed == nil {
		timed = h.server.cfg.Metrics
	}
	_, err := timed.Timed(func(context.Context, ledger.Submission) ([]ledger.Outcome, error) {
		return []ledger.Outcome{{}, {Duplicate: true}}, nil
	})(context.Background(), ledger.Submission{Drafts: []ledger.Draft{{Record: standard.Record{Dataset: "507"}}, {}}})
	if err != nil {
		t.Fatal(err)
	}
	if w := h.get("/metrics", "auditor"); w.Code != 404 {
		t.Errorf("an auditor reads metrics: %d", w.Code)
	}
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:5000"
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	for _, body := range []string{h.get("/metrics", "administrator").Body.String(), w.Body.String()} {
		for _, must := range []string{
			`mingjing_http_requests_total{route="GET /docket/{id}",status="2xx"} 1`, `mingjing_records_total{outcome="accepted"} 1`, `mingjing_records_total{outcome="duplicate"} 1`,
			"mingjing_append_seconds_count 1", "mingjing_work_backlog 7", "mingjing_checkpoint_size 400",
		} {
			if !strings.Contains(body, must) {
				t.Errorf("metrics lack %s", must)
			}
		}
		for _, no := range []string{tenderA, "geheim", `"507"`, "dataset", "system A"} {
			if strings.Contains(body, no) {
				t.Errorf("metrics hold %s", no)
			}
		}
	}
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	w = httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	if w.Code != 404 {
		t.Errorf("a proxy on this machine hands out metrics: %d", w.Code)
	}
}

// The log has the route and who asked, never the query.
func TestAccessLog(t *testing.T) {
	h := newHouse(t)
	h.get("/api/v1/search?q=geheim", "supervisor")
	line := h.log.String()
	for _, must := range []string{`route="GET /api/v1/search"`, "status=200", "audience=supervisor", "reader=Luoyang", "request_id=request-1"} {
		if !strings.Contains(line, must) {
			t.Errorf("the log lacks %s: %s", must, line)
		}
	}
	if strings.Contains(line, "geheim") {
		t.Error("the log holds the query")
	}
}

func TestPanicIsAnswered(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.LogHandler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("bid price 1180") })
	})
	w := h.get("/log/checkpoint", "")
	if w.Code != 500 || !strings.Contains(w.Body.String(), `"rule":"A005"`) || strings.Contains(w.Body.String()+h.log.String(), "1180") || !strings.Contains(h.log.String(), "panic") {
		t.Errorf("%d %s, log %s", w.Code, w.Body, h.log)
	}
}

// Told to stop, the server answers what is under way and takes nothing new.
func TestServeDrains(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	h := newHouse(t, func(c *Config) {
		c.LogHandler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-leave
			fmt.Fprint(w, "done")
		})
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(ctx, l) }()
	answered := make(chan int, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String() + "/log/slow")
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-entered
	stop()
	for { // the listener closes at once
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		c.Close()
		time.Sleep(time.Millisecond)
	}
	close(leave)
	if status := <-answered; status != 200 {
		t.Errorf("the request under way was answered %d", status)
	}
	if err := <-served; err != nil {
		t.Errorf("a clean stop: %v", err)
	}
}

func TestNewNeedsItsParts(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("a server without a store")
	}
	if _, err := newCursors([]byte("short")); err == nil {
		t.Error("a cursor key of five bytes")
	}
}

// One docket with every data set twice, read, disclosed and written.
func BenchmarkGetDocket(b *testing.B) {
	h := newHouse(&testing.T{})
	handler := h.server.Handler()
	for b.Loop() {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/v1/dockets/"+tenderB, nil))
	}
}

// The door's problems name /docs/exchange#X001 and the like: each is there, in
// both languages.
func TestDoorsProblemsAreExplained(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Docs = nil })
	for _, lang := range []string{"", "?lang=en"} {
		w := h.get("/docs/exchange"+lang, "")
		for n := 1; n <= 18; n++ {
			if id := fmt.Sprintf(`id="X%03d"`, n); !strings.Contains(w.Body.String(), id) {
				t.Errorf("/docs/exchange%s lacks %s", lang, id)
			}
		}
	}
}

// Lists go by the divisions of today: old records are found under the present
// code. Rights go by who supervises, and a merger widens no old grant: nothing
// that only the offices inside may see comes to those outside.
func TestMergedRegions(t *testing.T) {
	// now is in 2018: 巩义 answers to the province, 济源 has its own code, 偃师 is not yet a district.
	const gongyi, jiyuan, yanshi = "E4101810000000009001", "E4108810000000009002", "E4103810000000009003"
	h := newHouse(t, func(c *Config) {})
	h.tender(gongyi, "410181", true)
	h.tender(jiyuan, "410881", true)
	h.tender(yanshi, "410381", true)
	for query, want := range map[string]string{
		"region=410100": tenderC + " " + gongyi, "region=410181": gongyi, "region=419001": jiyuan, "region=410881": jiyuan, "region=410800": "",
		"region=410307": "", "region=410381": yanshi, "region=410300&q=" + yanshi: yanshi, "region=410105&q=" + yanshi: "",
	} {
		var got []string
		for _, d := range decode[DocketList](t, h.get("/api/v1/dockets?"+query, "auditor")).Items {
			got = append(got, d.ID)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %q, want %q", query, s, want)
		}
	}
	for query, want := range map[string]int{"region=419001": 1, "region=410800": 0, "region=410100": 2, "region=410307": 0, "region=410381": 1} {
		if got := decode[FindingList](t, h.get("/api/v1/findings?"+query, "auditor")); len(got.Items) != want {
			t.Errorf("findings, %s: %d, want %d", query, len(got.Items), want)
		}
	}
	for lang, want := range map[string]string{"": "监督部门</dt><dd>金水区发展和改革委员会", "?lang=en": "supervised by</dt><dd>Development and Reform Commission of 金水区"} {
		if page := h.get("/docket/"+tenderC+lang, "").Body.String(); !strings.Contains(page, want) {
			t.Errorf("the page%s does not tell who supervises", lang)
		}
	}
	if w := h.get("/api/v1/dockets?region=41030", "auditor"); w.Code != 422 {
		t.Errorf("a region of five digits: %d", w.Code)
	}
	for granted, inside := range map[string]string{
		"4101": tenderC, "410181": gongyi, "419001": jiyuan, "4108": "", "410307": "", "410381": yanshi, "4103": tenderA + " " + tenderB + " " + yanshi,
		"41": tenderC + " " + gongyi + " " + jiyuan + " " + tenderA + " " + tenderB + " " + yanshi,
	} {
		tokens["granted"] = disclose.Reader{Audience: disclose.Supervisor, ID: "granted", Regions: []string{granted}}
		for _, id := range []string{tenderA, tenderB, tenderC, gongyi, jiyuan, yanshi} {
			want := "outside"
			if strings.Contains(inside, id) {
				want = "supervisor"
			}
			v := decode[disclose.Docket](t, h.get("/api/v1/dockets/"+id, "granted"))
			if v.As != want {
				t.Errorf("granted %s: %s is seen as %s, want %s", granted, id, v.As, want)
			}
			if v.Competent == nil || len(v.Competent.Offices) == 0 {
				t.Errorf("%s: nobody is competent", id)
			}
		}
		for _, f := range decode[FindingList](t, h.get("/api/v1/findings", "granted")).Items {
			if !strings.Contains(inside, f.Docket) {
				t.Errorf("granted %s: a finding of %s is shown", granted, f.Docket)
			}
		}
		tried := map[string]bool{} // a field for each docket: a search builds every view
		for _, p := range h.planted {
			f := standard.Default().Dataset(p.dataset).Field(p.field)
			if strings.Contains(inside, p.docket) || p.dataset != "502" || f.Disclosure == standard.Public || tried[p.docket] {
				continue
			}
			tried[p.docket] = true
			if got := decode[SearchResult](t, h.get("/api/v1/search?q="+p.value, "granted")).Items; len(got) > 0 {
				t.Fatalf("granted %s: %s.%s of %s is found", granted, p.dataset, p.field, p.docket)
			}
		}
	}
	delete(tokens, "granted")
}
