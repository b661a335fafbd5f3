package server

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/feed"
)

// walkFeed reads the feed to its end in one direction.
func walkFeed(t *testing.T, h *house, who, query string) (items []feed.Item, text string) {
	t.Helper()
	way := "after"
	if strings.Contains(query, "before=") {
		way = "before"
	}
	for cursor := ""; ; {
		address := "/api/v1/feed?" + query
		if cursor != "" {
			address = "/api/v1/feed?" + way + "=" + cursor + "&" + strings.TrimPrefix(query, "before=end&")
		}
		p := decode[feed.Page](t, h.get(address, who))
		body, err := json.Marshal(p.Items)
		if err != nil {
			t.Fatal(err)
		}
		items, text = append(items, p.Items...), text+string(body)
		if p.End {
			return items, text
		}
		cursor = p.Next
	}
}

// What the feed shows of records is what the dockets show, for everybody,
// whatever the page and the direction.
func TestFeedIsTheView(t *testing.T) {
	h := newHouse(t)
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
		forward, text := walkFeed(t, h, who, "limit=200")
		again, _ := walkFeed(t, h, who, "limit=7")
		back, _ := walkFeed(t, h, who, "before=end&limit=31")
		slices.Reverse(back)
		ids := func(items []feed.Item) (out []string) {
			for _, i := range items {
				out = append(out, i.ID)
			}
			return out
		}
		if len(forward) < 10 || !slices.Equal(ids(forward), ids(again)) || !slices.Equal(ids(forward), ids(back)) {
			t.Errorf("%q: %d forward, %d again, %d backward, or they differ", who, len(forward), len(again), len(back))
		}
		got := map[string][]string{}
		for _, i := range forward {
			if i.Entry == nil {
				continue
			}
			one, err := json.Marshal(i.Entry)
			if err != nil {
				t.Fatal(err)
			}
			got[i.Docket] = append(got[i.Docket], string(one))
		}
		for _, id := range []string{tenderA, tenderB, tenderC} {
			w := h.get("/api/v1/dockets/"+id, who)
			var want []string
			for _, e := range decode[disclose.Docket](t, w).Entries {
				one, err := json.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, string(one))
			}
			slices.Sort(want)
			slices.Sort(got[id])
			if !slices.Equal(got[id], want) {
				t.Errorf("%q: %d entries of %s in the feed, the docket has %d, or they differ", who, len(got[id]), id, len(want))
			}
		}
		for _, p := range h.seen(text) {
			if mustNotSee(p, who) {
				t.Fatalf("%q sees %s.%s of %s", who, p.dataset, p.field, p.docket)
			}
		}
		for _, i := range forward {
			if e := i.Entry; e != nil && (i.Proof != "") != (e.Position != nil) {
				t.Errorf("%q: a proof where there is no position, or none where there is: %+v", who, i)
			}
		}
	}
}

var errDown = errors.New("password=hunter2")

func TestFeedRefuses(t *testing.T) {
	h := newHouse(t)
	cursor := decode[feed.Page](t, h.get("/api/v1/feed?limit=1", "supervisor")).Next
	for query, want := range map[string]string{
		"after=" + cursor:  "rights",
		"before=" + cursor: "query.before",
		"after=x":          "query.after",
		"after=" + cursor[:20] + "A" + cursor[21:]: "rights",
		"after=end&before=end":                     "not both",
		"asof=2018-06-01T04:00:01Z":                "future",
		"asof=yesterday":                           "asof",
		"limit=201":                                "limit",
		"wait=31":                                  "wait",
	} {
		if w := h.get("/api/v1/feed?"+query, "auditor"); w.Code != 422 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	if w := h.get("/api/v1/feed?after="+cursor, "supervisor"); w.Code != 200 {
		t.Errorf("one's own cursor: %d", w.Code)
	}
	h.memory.down = errDown
	if w := h.get("/api/v1/feed", ""); w.Code != 500 || strings.Contains(w.Body.String(), errDown.Error()) {
		t.Errorf("a store that is away: %d %s", w.Code, w.Body)
	}
}

// Told to stop, the server answers who waits for more.
func TestFeedStopsWithTheServer(t *testing.T) {
	h := newHouse(t)
	answered := make(chan *httptest.ResponseRecorder, 1)
	go func() { answered <- h.get("/api/v1/feed?after=end&wait=30", "") }()
	select {
	case <-answered:
		t.Fatal("answered before there is anything")
	case <-time.After(50 * time.Millisecond):
	}
	h.config.Feed = h.server.cfg.Feed
	h.config.Feed.Stop()
	if p := decode[feed.Page](t, <-answered); len(p.Items) > 0 || !p.End {
		t.Errorf("%+v", p)
	}
}
