package server

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/feed"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// told is one event as it came.
type told struct{ id, kind, data string }

// listen opens a stream and gives its events one by one; an empty kind is an id alone.
func listen(t *testing.T, url, who, id, query string) (next func() (told, bool), hangUp func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v1/stream?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	if id != "" {
		r.Header.Set("Last-Event-ID", id)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if w.StatusCode != http.StatusOK || w.Header.Get("Content-Type") != "text/event-stream" {
		body, _ := io.ReadAll(w.Body)
		t.Fatalf("%d %s", w.StatusCode, body)
	}
	lines := bufio.NewScanner(w.Body)
	lines.Buffer(nil, 1<<20)
	next = func() (told, bool) {
		var e told
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.kind = value
			case "data":
				e.data = value
			case "":
				if e != (told{}) {
					return e, true
				}
			}
		}
		return e, false
	}
	return next, func() { cancel(); _ = w.Body.Close() }
}

func serve(t *testing.T, h *house, change ...func(*http.Server)) string {
	t.Helper()
	ts := httptest.NewUnstartedServer(h.server.Handler())
	for _, c := range change {
		c(ts.Config)
	}
	ts.Start()
	t.Cleanup(func() {
		h.server.cfg.Feed.Stop()
		ts.Close()
	})
	return ts.URL
}

// Whatever cuts it, a stream that is taken up by the last id tells each record
// of the feed once and in its order, each warning of the list, and counts them.
func TestStreamIsTheFeed(t *testing.T) {
	h, _ := realHouse(t, 5)
	h.server.hub.count = 20 * time.Millisecond
	url := serve(t, h)
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
		items, _ := walkFeed(t, h, who, "limit=200")
		var want []string
		records := int64(0)
		for _, i := range items {
			want = append(want, i.ID)
			if !i.Begin && !i.Gone {
				records++
			}
		}
		warnings := map[string]bool{}
		for _, f := range decode[FindingList](t, h.get("/api/v1/findings?limit=200", who)).Items {
			warnings[f.Key] = true
		}
		if who == "auditor" && (len(want) < 100 || len(warnings) < 3) {
			t.Fatalf("%d records and %d warnings: too few to tell", len(want), len(warnings))
		}
		var got []string
		seen, counted := map[string]bool{}, Tally{}
		id := "begin"
		for cut := 1; len(got) < len(want) || len(seen) < len(warnings) || counted.Records < records || counted.Warnings < int64(len(warnings)); cut = cut*2 + 1 {
			next, hangUp := listen(t, url, who, id, "")
			for range cut {
				e, ok := next()
				if !ok {
					break
				}
				id = e.id
				switch e.kind {
				case "record":
					var n feed.Note
					if err := json.Unmarshal([]byte(e.data), &n); err != nil {
						t.Fatal(err)
					}
					got = append(got, n.ID)
				case "warning":
					var w Warning
					if err := json.Unmarshal([]byte(e.data), &w); err != nil {
						t.Fatal(err)
					}
					if seen[w.Key] || !warnings[w.Key] {
						t.Fatalf("%q: warning %s twice, or it is not in the list", who, w.Key)
					}
					seen[w.Key] = true
				case "count":
					var c Tally
					if err := json.Unmarshal([]byte(e.data), &c); err != nil {
						t.Fatal(err)
					}
					counted.Records += c.Records
					counted.Warnings += c.Warnings
				}
				if len(got) == len(want) && len(seen) == len(warnings) && counted.Records >= records {
					break
				}
			}
			hangUp()
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: %d records came, %d are in the feed, or their order differs", who, len(got), len(want))
		}
		if counted.Records != records || counted.Warnings != int64(len(warnings)) {
			t.Errorf("%q: counted %+v of %d records and %d warnings", who, counted, records, len(warnings))
		}
	}
}

// Who polls gets what the stream tells.
func TestPollIsTheStream(t *testing.T) {
	h, _ := realHouse(t, 4)
	for _, who := range []string{"", "supervisor", "auditor"} {
		items, _ := walkFeed(t, h, who, "limit=200")
		got := 0
		for after := "begin"; ; {
			p := decode[LivePage](t, h.get("/api/v1/stream/poll?kinds=record&after="+after, who))
			got += len(p.Events)
			if after = p.Next; !p.More {
				break
			}
		}
		if got != len(items) {
			t.Errorf("%q: %d events, want %d", who, got, len(items))
		}
	}
	if p := decode[LivePage](t, h.get("/api/v1/stream/poll", "auditor")); len(p.Events) != 0 || p.Next == "" {
		t.Errorf("the first answer: %+v", p)
	}
	if p := decode[LivePage](t, h.get("/api/v1/stream/poll?after="+decode[LivePage](t, h.get("/api/v1/stream/poll", "supervisor")).Next, "auditor")); len(p.Events) != 1 || p.Events[0].Kind != "reset" {
		t.Errorf("an id of another's: %+v", p)
	}
}

// The filter lets through what the lists would show, and nothing else.
func TestStreamFilters(t *testing.T) {
	h, _ := realHouse(t, 5)
	all := decode[LivePage](t, h.get("/api/v1/stream/poll?after=begin", "auditor"))
	one := ""
	for _, e := range all.Events {
		var n feed.Note
		if e.Kind == "record" && json.Unmarshal(e.Data, &n) == nil && n.Region != "" {
			one = n.Docket
			for query, want := range map[string]bool{
				"docket=" + n.Docket: true, "docket=x": false, "class=" + n.Class: true, "class=land-no-such": false,
				"region=" + n.Region[:4]: true, "region=99": false, "kinds=warning&docket=" + n.Docket: false,
			} {
				p := decode[LivePage](t, h.get("/api/v1/stream/poll?after=begin&"+query, "auditor"))
				found := slices.ContainsFunc(p.Events, func(o LiveEvent) bool {
					var m feed.Note
					return o.Kind == "record" && json.Unmarshal(o.Data, &m) == nil && m.ID == n.ID
				})
				if found != want {
					t.Errorf("%s: told %v, want %v", query, found, want)
				}
			}
			break
		}
	}
	if one == "" {
		t.Fatal("no record with a region")
	}
}

// No planted secret comes by a stream, to anybody.
func TestNoSecretInAStream(t *testing.T) {
	h := newHouse(t)
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
		text := ""
		for after := "begin"; ; {
			w := h.get("/api/v1/stream/poll?after="+after, who)
			p := decode[LivePage](t, w)
			text += w.Body.String()
			if after = p.Next; !p.More {
				break
			}
		}
		if len(text) < 2000 {
			t.Fatalf("%q: almost nothing came: %s", who, text)
		}
		for _, p := range h.seen(text) {
			if mustNotSee(p, who) {
				t.Errorf("%q sees %s.%s of %s", who, p.dataset, p.field, p.docket)
			}
		}
		if inside := who == "auditor" || who == "supervisor"; strings.Contains(text, "519") && !inside {
			t.Errorf("%q is told that there are device codes", who)
		}
	}
}

// more appends a notice to a real house's log and folds it.
func more(t *testing.T, h *house, like standard.Record, key string) {
	t.Helper()
	l, db := h.server.cfg.Ledger.(*ledger.Ledger), h.server.cfg.Store.(*store.DB)
	like.Key = key
	d := ledger.Draft{Record: like, Standard: "2.0", Sealing: standard.Default().Sealing(&like)}
	for _, code := range docket.Codes(&like) {
		d.Codes = append(d.Codes, string(code))
	}
	if _, err := l.Append(t.Context(), ledger.Submission{Author: ledger.Author{Kind: "source", ID: "simulated"}, Drafts: []ledger.Draft{d}}); err != nil {
		t.Fatal(err)
	}
	worker := refold.New(refold.Config{Store: db, Ledger: l, Catalogue: standard.Default(), Clock: h.server.cfg.Clock})
	if err := worker.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func notice(t *testing.T, records []standard.Record) standard.Record {
	t.Helper()
	for _, r := range records {
		if r.Dataset == "503" && r.Op != standard.Delete {
			return r
		}
	}
	t.Fatal("no notice")
	return standard.Record{}
}

// A stream outlives the server's times for one request, tells what comes while
// it is open, and ends at once when the server is told to stop.
func TestStreamLives(t *testing.T) {
	h, records := realHouse(t, 4)
	const short = 50 * time.Millisecond
	url := serve(t, h, func(s *http.Server) { s.ReadTimeout, s.WriteTimeout = short, short })
	next, hangUp := listen(t, url, "", "", "kinds=record")
	defer hangUp()
	if e, ok := next(); !ok || e.kind != "" || e.id == "" {
		t.Fatalf("first comes %+v", e)
	}
	time.Sleep(4 * short)
	more(t, h, notice(t, records), "one-more")
	e, ok := next()
	var n feed.Note
	if !ok || e.kind != "record" || json.Unmarshal([]byte(e.data), &n) != nil || n.Dataset != "503" {
		t.Fatalf("after a record came: %+v", e)
	}
	h.server.cfg.Feed.Stop()
	if e, ok := next(); ok {
		t.Errorf("after the stop: %+v", e)
	}
}

// What the reader asks by ends: so does the stream, and says it.
func TestStreamEndsWithTheSession(t *testing.T) {
	session, end := context.WithCancelCause(t.Context())
	h := newHouse(t, func(c *Config) {
		c.Around = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				own, cancel := context.WithCancelCause(r.Context())
				defer context.AfterFunc(session, func() { cancel(context.Cause(session)) })()
				next.ServeHTTP(w, r.WithContext(own))
			})
		}
	})
	next, hangUp := listen(t, serve(t, h), "supervisor", "", "")
	defer hangUp()
	next()
	end(&identity.Ended{Why: identity.Withdrawn})
	if e, ok := next(); !ok || e.kind != "ended" || !strings.Contains(e.data, string(identity.Withdrawn)) {
		t.Errorf("%+v", e)
	}
	if _, ok := next(); ok {
		t.Error("more came after the end")
	}
}

// Readers cannot open streams without bound, and one who closes one may open another.
func TestStreamsAreBounded(t *testing.T) {
	h := newHouse(t)
	hub := h.server.hub
	var leaves []func()
	for range livePerName {
		leave, ok := hub.enter(tokens["auditor"])
		if !ok {
			t.Fatal("refused too early")
		}
		leaves = append(leaves, leave)
	}
	if w := h.get("/api/v1/stream", "auditor"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
	leaves[0]()
	if _, ok := hub.enter(tokens["auditor"]); !ok {
		t.Error("no place though one was left")
	}
	for range livePublic {
		if _, ok := hub.enter(disclose.Reader{}); !ok {
			t.Fatal("the public is refused too early")
		}
	}
	if _, ok := hub.enter(disclose.Reader{}); ok {
		t.Error("the public is not bounded")
	}
	if _, ok := hub.enter(tokens["supervisor"]); !ok {
		t.Error("the public takes the places of others")
	}
}

// A follower that came from the store joins what is kept, wherever it stands in
// the two orders, without loss or double; one that is too far behind does not.
func TestTail(t *testing.T) {
	kept := []liveEvent{{kind: "record", place: 11, seq: 5}, {kind: "warning", place: 11, seq: 6}, {kind: "record", place: 14, seq: 6}, {kind: "warning", place: 14, seq: 9}}
	tl := &tail{low: mark{10, 5}, high: mark{20, 9}, events: kept, changed: make(chan struct{})}
	for place := int64(8); place < 22; place++ {
		for seq := int64(3); seq < 11; seq++ {
			for limit := 1; limit < 5; limit++ {
				var got []liveEvent
				at := mark{place, seq}
				ok := true
				for range 6 {
					var events []liveEvent
					var next mark
					if events, next, _, ok = tl.from(at, limit); !ok {
						break
					}
					got = append(got, events...)
					if at = next; len(events) < limit {
						break
					}
				}
				if want := place >= 10 && seq >= 5; ok != want {
					t.Fatalf("%d/%d: kept %v, want %v", place, seq, ok, want)
				} else if !want {
					continue
				}
				var want []liveEvent
				for _, e := range kept {
					if e.kind == "record" && e.place > place || e.kind == "warning" && e.seq > seq {
						want = append(want, e)
					}
				}
				same := func(a, b liveEvent) bool { return a.kind == b.kind && a.place == b.place && a.seq == b.seq }
				if !slices.EqualFunc(got, want, same) || at != (mark{max(place, 20), max(seq, 9)}) {
					t.Fatalf("%d/%d by %d: %+v, want %+v; then at %+v", place, seq, limit, got, want, at)
				}
			}
		}
	}
}
