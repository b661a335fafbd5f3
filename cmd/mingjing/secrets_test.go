package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingjing/internal/standard"
	"mingjing/internal/store/pgtest"
)

// Before its moment no secret lies anywhere: not in the data folder, not in a
// dump, not in a log line or a metric, not in an answer to anybody. One docket
// lives before the real program, with a secret in every field of every sealed
// data set, in good records and in every kind of bad one.
func TestNoSecretBeforeItsMoment(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { noSecret(t, "") })
	t.Run("postgres", func(t *testing.T) {
		if testing.Short() {
			t.Skip("SKIPPED, NOT TESTED ON POSTGRESQL: -short")
		}
		noSecret(t, pgtest.Database(t))
	})
}

func noSecret(t *testing.T, dsn string) {
	o := openOffice(t, dsn)
	far := time.Now().AddDate(0, 0, 30)
	p := newPlant(1, o.systems[0].Platform)
	odd := newPlant(2, o.systems[0].Platform)
	past := newPlant(3, o.systems[2].Platform) // of the system with a history window
	for _, r := range append(p.tenderUp(t, far), odd.tenderUp(t, far)...) {
		o.batch(0, r) // a batch each: that of the section has nothing to hide and is kept in the open
	}
	var open []wired
	for _, ds := range standard.Default().Datasets() {
		if ds.Class != standard.ClassSystem && ds.Seal == standard.Open && !slices.Contains([]string{"501", "502", "503"}, ds.No) {
			open = append(open, p.record(t, ds.No, 0, nil))
		}
	}
	open = append(open, p.announce(t, far, nil))
	o.batch(0, open...)
	for _, r := range past.tenderUp(t, far) {
		o.batch(2, r)
	}
	answers := o.oddities(odd, past)
	o.settle()
	o.missesNone(o.addresses(p))

	// However many bids there are, everybody is answered the same.
	shots := map[int]map[string]string{0: o.shoot(p)}
	o.batch(0, p.committee(t, 1)...)
	sent := 0
	for _, upTo := range []int{2, 5, 9} {
		for ; sent < upTo; sent++ {
			a, _ := o.batch(0, p.bids(t, sent)...)
			answers = append(answers, a)
			answers = append(answers, o.attach(p, sent)...)
		}
		o.settle()
		shots[upTo] = o.shoot(p)
	}
	for _, n := range []int{2, 5, 9} {
		compareShots(t, fmt.Sprintf("with %d bids", n), shots[0], shots[n])
	}

	secret := newHunt()
	for _, plant := range []*plant{p, odd, past} {
		plant.hunt(secret, ofBid, ofCommittee, ofPerson)
	}
	plain := newHunt()
	plain.mark("an open field", p.han(ofOpen))
	for _, a := range answers {
		secret.none(t, "the door's answer", a.all())
	}
	for _, seat := range everybody {
		for _, path := range append(o.addresses(p), o.addresses(odd)...) {
			secret.none(t, seat+" at "+path, o.get(seat, path).all())
		}
	}
	for at := range 40 {
		secret.none(t, "a receipt", o.signed(0, http.MethodGet, fmt.Sprintf("/exchange/v1/receipts/%d", at), nil, nil).all())
	}
	for _, query := range []string{"?limit=200", "?limit=7&before=end"} {
		for system := range 3 {
			secret.none(t, "a system's feed", o.signed(system, http.MethodGet, "/exchange/v1/feed"+query, nil, nil).all())
		}
	}
	o.searchesFindNothing(p)
	plain.has(t, "the feed", o.feed(atPublic))
	plain.has(t, "the docket", o.get(atPublic, "/api/v1/dockets/"+p.tender).body)

	for _, stolen := range o.stolen(dsn) {
		secret.none(t, stolen.name, stolen.data)
	}
	o.showsTheHuntWorks(plain, dsn)
	o.stop()
	for _, words := range [][]string{
		{"docket", "list"},
		{"orphans"},
		{"source", "list"},
		{"findings", "--json"},
		{"network", "--json"},
		{"verify"},
		{"verify", "--deep", "--json"},
		{"docket", "show", p.tender, "--json"},
		{"docket", "show", p.tender, "--en", "--as", "supervisor", "--regions", "41"},
		{"docket", "show", p.tender, "--as", "source", "--origins", p.origin},
		{"docket", "show", p.tender, "--json", "--as", "administrator"},
		{"ocds", "export", p.tender, "--versioned"},
		{"ocds", "export", p.tender, "--release", "--as", "auditor"},
		{"ocds", "export", p.tender, "--as", "supervisor", "--regions", "41"},
	} {
		out := o.run(append(words, "--data", o.data)...)
		secret.none(t, "mingjing "+strings.Join(words, " "), []byte(out))
	}
	secret.none(t, "mingjing import", []byte(o.imports(odd)))
	secret.none(t, "what the server said", []byte(o.said()))
	for _, stolen := range o.stolen(dsn) { // after a clean end: without WAL
		secret.none(t, stolen.name+" at the end", stolen.data)
	}
	if !strings.Contains(o.said(), "exchange: batch") {
		t.Errorf("the server did not log in detail: the look at its log shows nothing\n%s", tail(o.said()))
	}
}

// stolen is what somebody holds who got hold of everything on the disks, or of
// a dump, but not of the master key.
func (o *office) stolen(dsn string) []place {
	o.t.Helper()
	all := filesUnder(o.t, o.data)
	if dsn == "" {
		return append(all, tablesOf(o.t, filepath.Join(o.data, "mingjing.db"))...)
	}
	all = append(all, dumpOf(o.t, dsn)...)
	conn, err := pgx.Connect(o.t.Context(), dsn)
	if err != nil {
		o.t.Fatal(err)
	}
	defer conn.Close(o.t.Context())
	var dir string
	if err := conn.QueryRow(o.t.Context(), "SHOW data_directory").Scan(&dir); err != nil {
		o.t.Fatal(err)
	}
	wal, err := filepath.Glob(filepath.Join(dir, "pg_wal", "0*"))
	if err != nil {
		o.t.Fatal(err)
	}
	if len(wal) == 0 {
		o.t.Log("NOT LOOKED AT: the WAL of a PostgreSQL that runs elsewhere")
	}
	for _, file := range append(wal, filepath.Join(filepath.Dir(dir), "log")) {
		if raw, err := os.ReadFile(file); err == nil {
			all = append(all, place{"PostgreSQL's " + filepath.Base(file), bytes.TrimRight(raw, "\x00")})
		}
	}
	return all
}

// showsTheHuntWorks finds an open field everywhere where a secret would lie.
func (o *office) showsTheHuntWorks(plain *hunt, dsn string) {
	o.t.Helper()
	var forms []string
	for _, stolen := range o.stolen(dsn) {
		for _, f := range plain.look(stolen.data) {
			name, _, _ := strings.Cut(stolen.name, " ")
			forms = append(forms, name+": "+f.form)
		}
	}
	want := []string{"file: UTF-8", "table: UTF-8", "table: UTF-8 in zstd"}
	if dsn != "" {
		want = []string{"pg_dump: UTF-8", "bytes: UTF-8 in zstd", "pg_dump: pair of characters"}
	}
	for _, w := range want {
		if !slices.Contains(forms, w) {
			o.t.Errorf("an open field was not found as %q, only as %q: the hunt shows nothing", w, forms)
		}
	}
}

// addresses are all addresses that can be read, those of one docket among them.
func (o *office) addresses(p *plant) []string {
	o.t.Helper()
	open := url.QueryEscape(p.han(ofOpen))
	out := []string{
		"/console", "/console/", "/console/signin", "/", "/?lang=en", "/dockets", "/dockets.atom", "/dockets.atom?q=" + open, "/statistics", "/dockets?q=" + open, "/docket/" + p.tender, "/docket/" + p.tender + "?lang=en",
		"/docs", "/docs/rules", "/docs/rules/S001", "/docs/disclosure", "/healthz", "/readyz", "/metrics", "/openapi.json",
		"/log/checkpoint", "/log/vkey", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1",
		"/exchange/v1/standards", "/exchange/v1/datasets", "/exchange/v1/receipts/1",
		"/api/v1/dockets", "/api/v1/dockets?limit=1", "/api/v1/dockets?region=41", "/api/v1/dockets?class=construction", "/api/v1/dockets?q=" + open,
		"/api/v1/dockets?sort=last", "/api/v1/dockets?sort=amount", "/api/v1/dockets?sort=title&order=desc", "/api/v1/dockets?sort=warnings", "/api/v1/dockets?warning=any", "/api/v1/dockets?amount_min=1",
		"/api/v1/views", "/api/v1/regions", "/api/v1/exports", "/api/v1/exports/" + strings.Repeat("0", 20), "/api/v1/exports/" + strings.Repeat("0", 20) + "/file", "/api/v1/dockets?late=true", "/api/v1/dockets?stage=tender,bid,opening&moment=before", "/api/v1/dockets?source=" + p.origin + "&sort=last&q=" + open,
		"/api/v1/schedule", "/api/v1/schedule?region=41&day=" + time.Now().Format(time.DateOnly),
		"/api/v1/dockets/" + p.tender, "/api/v1/dockets/" + p.tender + "/stages", "/api/v1/dockets/" + p.tender + "/readings", "/api/v1/instructions?show=all", "/api/v1/dockets/" + p.tender + "/instructions", "/exchange/v1/instructions", "/api/v1/dockets/" + p.tender + "/complaints", "/api/v1/complaints?state=all", "/api/v1/dockets/" + p.tender + "/objections", "/api/v1/objections?state=all", "/api/v1/findings", "/api/v1/findings?docket=" + p.tender, "/api/v1/findings?indicator=K01&limit=1",
		"/api/v1/search?q=" + open, "/api/v1/search?q=" + p.tender,
		"/project/" + strings.TrimSuffix(p.tender, "001"), "/body/" + p.origin, "/api/v1/projects/" + strings.TrimSuffix(p.tender, "001"), "/api/v1/bodies/" + p.origin,
		p.fileAddress(p.attachment(0)), "/api/v1/files/" + strings.Repeat("0", 32),
		"/api/v1/feed?limit=200", "/api/v1/feed?before=end&limit=200", "/api/v1/feed?limit=200&asof=" + o.begun.Format(time.RFC3339), "/exchange/v1/feed",
		"/api/v1/dockets/" + p.tender + "/sheet", "/api/v1/audit/dockets", "/api/v1/audit/dockets/" + p.tender + "/trail", "/api/v1/audit/tables", "/api/v1/audit/snapshots", "/api/v1/audit/exports", "/api/v1/audit/exports/" + strings.Repeat("0", 32) + "/file", "/api/v1/audit/queries", "/api/v1/audit/questions", "/api/v1/session", "/api/v1/sessions", "/api/v1/people", "/api/v1/people/" + strings.Repeat("0", 20),
		"/api/v1/parties?name=" + open, "/api/v1/parties?code=" + p.origin, "/api/v1/experts?name=" + open,
		"/api/v1/dockets/" + p.tender + "/lots/" + p.lot(1) + "/likeness", "/api/v1/dockets/" + p.tender + "/lots/" + p.lot(2) + "/likeness",
		"/api/v1/network?body=" + open, "/api/v1/network?depth=2&body=" + p.tender,
		"/api/v1/rules", "/api/v1/rules/learned", "/api/v1/rules/changes", "/api/v1/rules/edition", "/api/v1/warnings/" + p.tender + "/" + strings.Repeat("0", 64) + "/behind", "/api/v1/warnings?status=all&limit=200", "/api/v1/warnings?docket=" + p.tender, "/api/v1/warnings/counts", "/api/v1/warnings/" + p.tender + "/" + strings.Repeat("0", 64),
		"/api/v1/session", "/api/v1/sessions", "/api/v1/people", "/api/v1/people/" + strings.Repeat("0", 20),
		"/api/v1/organisations", "/api/v1/organisations/" + strings.Repeat("0", 20), "/api/v1/account/loans", "/api/v1/account/passkeys", "/sso/none", "/sso/callback", "/sso/callback?state=x&code=y",
		"/api/v1/stream?after=begin&until=now&kinds=record,warning", "/api/v1/stream/poll?after=begin&kinds=record,warning",
		"/api/v1/map", "/api/v1/overview", "/api/v1/overview?period=today&region=41", "/api/v1/overview?class=construction",
		"/api/v1/sources", "/api/v1/sources/" + o.systems[0].Name, "/api/v1/sources/" + o.systems[0].Name + "/requests", "/api/v1/sources/" + o.systems[0].Name + "/requests?failed=true",
		"/api/v1/sources/" + o.systems[0].Name + "/requests/" + strings.Repeat("0", 24), "/api/v1/sources/" + o.systems[0].Name + "/connection",
		"/api/v1/search?kind=body&q=" + open, "/api/v1/search/suggest?q=" + p.tender, "/api/v1/search/suggest?q=" + open,
	}
	if size, err := fmt.Sscanf(string(o.get(atPublic, "/log/checkpoint").body), "%s\n%d\n", new(string), new(int)); err != nil || size != 2 {
		o.t.Fatalf("no checkpoint: %v", err)
	}
	for at := range 45 { // open and sealed ones, and some that are not there
		out = append(out, fmt.Sprintf("/api/v1/records/%d/disclosed", at), fmt.Sprintf("/api/v1/records/%d/versions", at))
	}
	return out
}

// feed is all that a seat is told, page after page.
func (o *office) feed(seat string) []byte {
	o.t.Helper()
	var all []byte
	for cursor := ""; ; {
		a := o.get(seat, "/api/v1/feed?limit=200&after="+cursor)
		var p struct {
			Next string `json:"next"`
			End  bool   `json:"end"`
		}
		if err := json.Unmarshal(a.body, &p); err != nil || a.status != http.StatusOK {
			o.t.Fatalf("the feed answered %d: %s", a.status, a.body)
		}
		all = append(append(all, bytes.TrimSpace(a.body)...), '\n')
		if cursor = p.Next; p.End {
			return all
		}
	}
}

// feedOf is what a seat is told of one docket in the feed.
func (o *office) feedOf(seat, tender string) []byte {
	o.t.Helper()
	var all []byte
	for page := range bytes.Lines(o.feed(seat)) {
		var p struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := json.Unmarshal(page, &p); err != nil {
			o.t.Fatal(err)
		}
		for _, item := range p.Items {
			var of struct {
				Docket string `json:"docket"`
			}
			if err := json.Unmarshal(item, &of); err != nil {
				o.t.Fatal(err)
			}
			if of.Docket == tender {
				all = append(append(all, item...), '\n')
			}
		}
	}
	return all
}

var (
	getRoute  = regexp.MustCompile(`"GET (/[^"]*)"`)
	routePart = regexp.MustCompile(`\\\{[^}]*\}`)
)

// missesNone holds the addresses against the program's own list of routes: a
// new one must be looked at too.
func (o *office) missesNone(addresses []string) {
	o.t.Helper()
	var routes []string
	for _, dir := range []string{"../../internal/server/*.go", "../../internal/ledger/tilehttp.go"} {
		files, err := filepath.Glob(dir)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				o.t.Fatal(err)
			}
			for _, m := range getRoute.FindAllSubmatch(src, -1) {
				if !strings.HasSuffix(file, "_test.go") {
					routes = append(routes, string(m[1]))
				}
			}
		}
	}
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(o.get(atPublic, "/openapi.json").body, &doc); err != nil {
		o.t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		if methods["get"] != nil {
			routes = append(routes, path)
		}
	}
	if len(routes) < 20 {
		o.t.Fatalf("only %d routes found: %q", len(routes), routes)
	}
	for _, route := range routes {
		pattern := strings.TrimSuffix(route, "{$}")
		pattern = "^" + routePart.ReplaceAllString(regexp.QuoteMeta(pattern), "[^?]+") + `(\?|$)`
		if strings.HasSuffix(route, "/") {
			pattern = "^" + regexp.QuoteMeta(route) // what another list of routes goes on with
		}
		if re := regexp.MustCompile(pattern); !slices.ContainsFunc(addresses, re.MatchString) {
			o.t.Errorf("route %s is not among the addresses of this test: add it", route)
		}
	}
}

// Times and the log's size differ from shot to shot; the log and the machine's
// own figures grow with every record and are left out, and so are documents; who
// has read a docket grows by the reading.
var (
	unshot  = regexp.MustCompile(`^/(log/|metrics|readyz|docs|openapi|exchange/)|/readings$`)
	clocks  = regexp.MustCompile(`"at":"[^"]*"|"(?:next|prev)":"[^"]*"|cursor=[^"&]*|"request_id":"[^"]*"|urn:mingjing:request:[0-9a-f]*|[0-9a-f]{24}`)
	places  = regexp.MustCompile(`"(?:next|prev)":"[^"]*"|(?m)^id: .*$`)
	homeLog = regexp.MustCompile(`(?s)<dt>[^<]*</dt><dd>[0-9]+ [^<]*</dd>|<dd>[^<]*（[0-9hms.]*）</dd>`)
)

// shoot takes down what every seat is answered at every address.
func (o *office) shoot(p *plant) map[string]string {
	o.t.Helper()
	shot := map[string]string{}
	for _, seat := range everySeat {
		for _, path := range o.addresses(p) {
			if unshot.MatchString(path) {
				continue
			}
			a := o.get(seat, path)
			text := clocks.ReplaceAllString(string(a.body), "…")
			if strings.HasPrefix(path, "/api/v1/feed") || strings.HasPrefix(path, "/api/v1/stream") { // nor may the time of an item move
				text = places.ReplaceAllString(string(a.body), "…")
			}
			if strings.HasPrefix(path, "/?") || path == "/" {
				text = homeLog.ReplaceAllString(text, "…")
			}
			a.header.Del("Date")
			a.header.Del("X-Request-Id")
			a.header.Del("Content-Length")
			shot[seat+" at "+path] = fmt.Sprint(a.status, a.header, text)
		}
	}
	return shot
}

func compareShots(t *testing.T, what string, a, b map[string]string) {
	t.Helper()
	for _, where := range slices.Sorted(maps.Keys(a)) {
		if x, y := a[where], b[where]; x != y {
			i := 0
			for i < len(x) && i < len(y) && x[i] == y[i] {
				i++
			}
			i = max(0, i-80)
			t.Errorf("%s the answer to %s differs: …%.200q… before …%.200q…", what, where, y[min(i, len(y)):], x[i:])
		}
	}
}

// searchesFindNothing asks for every secret, and for what they have in common by
// every way of searching: the answer is that to a word which stands nowhere.
func (o *office) searchesFindNothing(p *plant) {
	o.t.Helper()
	ways := []string{"/api/v1/search?q=", "/api/v1/search?kind=body&q=", "/api/v1/search/suggest?q=", "/api/v1/dockets?q=", "/dockets?q="}
	for _, seat := range everySeat {
		for _, way := range ways {
			ask := func(word string) string {
				a := o.get(seat, way+url.QueryEscape(word))
				text := strings.ReplaceAll(string(a.body), word, "…")
				return fmt.Sprint(a.status, clocks.ReplaceAllString(strings.ReplaceAll(text, url.QueryEscape(word), "…"), "…"))
			}
			nothing := ask("NOWHERE")
			for _, kind := range []int{ofBid, ofCommittee, ofPerson} {
				words := p.marks(kind)
				if way == ways[0] {
					words = append(words, slices.Sorted(maps.Keys(p.values[kind]))...)
				}
				for _, word := range words {
					if got := ask(word); got != nothing {
						o.t.Errorf("%s asks %s for %s %q and is answered %.300s, not as for a word that stands nowhere", seat, way, kinds[kind], word, got)
					}
				}
			}
		}
	}
}
