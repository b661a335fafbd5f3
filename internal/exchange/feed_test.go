package exchange

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"mingjing/internal/feed"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
)

// A trading system reads what it sent, with the address of its receipts; what is
// sealed or another's is not there.
func TestFeedOfASource(t *testing.T) {
	var s *stack
	f := newFixture(t, func(f *fixture) {
		s = newStack(t, f.deps.Clock, true)
		s.on(f)
		f.deps.Feed = feed.New(feed.Config{Store: s.db, Clock: f.deps.Clock})
	})
	bid := map[string]any{"dataset": "507", "op": "insert", "key": "bid", "revision": "1", "fields": map[string]string{"TENDER_PROJECT_CODE": "E4101000001000001001", "BID_SECTION_CODE": "E4101000001000001001001", "BIDDER_NAME": "某公司"}}
	if got := f.send(batches, "application/json", batchOf(t, notice("n1", "1", "公告一"), bid, notice("n2", "1", "公告二"))); got.batch.Accepted != 3 {
		t.Fatal(got.text)
	}
	theirs := standard.Record{Origin: "another", Dataset: "503", Op: standard.Insert, Key: "x", Revision: "1", Fields: map[string]string{"TENDER_PROJECT_CODE": "E4101000001000001001", "NOTICE_NAME": "别家"}}
	if _, err := s.log.Append(t.Context(), ledger.Submission{Author: ledger.Author{Kind: "source", ID: "other"}, Drafts: []ledger.Draft{{Record: theirs, Codes: []string{"tender:E4101000001000001001"}}}}); err != nil {
		t.Fatal(err)
	}
	if err := refold.New(refold.Config{Store: s.db, Ledger: s.log, Clock: f.deps.Clock}).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	read := func(query string) feed.Page {
		t.Helper()
		r := f.request(http.MethodGet, "/exchange/v1/feed"+query, "", "")
		got := f.do(r)
		var p feed.Page
		if err := json.Unmarshal([]byte(got.text), &p); err != nil || got.status != 200 {
			t.Fatalf("%d %s: %v", got.status, got.text, err)
		}
		return p
	}
	p := read("?limit=1")
	rest := read("?after=" + p.Next)
	items := append(p.Items, rest.Items...)
	if p.End || !rest.End || len(items) != 2 {
		t.Fatalf("%d items, ends %v %v; want the two notices", len(items), p.End, rest.End)
	}
	for _, i := range items {
		if i.Entry == nil || i.Entry.Origin != platform || i.Entry.Dataset != "503" || !strings.HasPrefix(i.Proof, "/exchange/v1/receipts/") {
			t.Errorf("%+v", i)
		}
	}
	if back := read("?before=" + rest.Next); len(back.Items) != 2 || back.Items[0].ID != items[1].ID {
		t.Errorf("backward %+v", back)
	}
	if got := f.do(f.request(http.MethodGet, "/exchange/v1/receipts/0", "", "")); got.status >= 400 && got.status != 404 {
		t.Errorf("the receipt: %d", got.status)
	}
}

// brokenFeed answers with an error.
type brokenFeed struct{ err error }

func (b brokenFeed) ReadSource(context.Context, string, []string, feed.Query) (*feed.Page, error) {
	return nil, b.err
}

func TestFeedRefuses(t *testing.T) {
	broken := &brokenFeed{}
	f := newFixture(t, func(f *fixture) { f.deps.Feed = broken })
	unsigned, err := http.NewRequest(http.MethodGet, f.server.URL+"/exchange/v1/feed", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.do(unsigned); got.status != 401 || got.problem.Rule != "X001" {
		t.Errorf("unsigned: %d %s", got.status, got.text)
	}
	for _, c := range []struct {
		query  string
		err    error
		status int
		rule   string
		says   string
	}{
		{"?limit=0", nil, 422, "X030", "1 to 200"},
		{"?limit=x", nil, 422, "X030", "limit"},
		{"?wait=31", nil, 422, "X030", "0 to 30"},
		{"?asof=yesterday", nil, 422, "X030", "asof"},
		{"?cursor=x", nil, 422, "X030", "no such parameter"},
		{"?after=x", feed.ErrCursor, 422, "X030", "cursor"},
		{"?after=end&before=end", feed.ErrBoth, 422, "X030", "not both"},
		{"?asof=2126-03-02T01:00:00Z", feed.ErrFuture, 422, "X030", "future"},
		{"?asof=2026-03-02T01:00:00Z", feed.ErrAsOf, 422, "X030", "asof"},
		{"?wait=9", feed.ErrBusy, 503, "X016", ""},
		{"", errors.New("password=hunter2"), 503, "X014", ""},
	} {
		broken.err = c.err
		got := f.do(f.request(http.MethodGet, "/exchange/v1/feed"+c.query, "", ""))
		if got.status != c.status || got.problem.Rule != c.rule || !strings.Contains(got.text, c.says) || strings.Contains(got.text, "hunter2") {
			t.Errorf("%s: %d %s", c.query, got.status, got.text)
		}
		if c.status == 503 && got.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", c.query)
		}
	}
	none := newFixture(t)
	if got := none.do(none.request(http.MethodGet, "/exchange/v1/feed", "", "")); got.status != 404 {
		t.Errorf("without a feed: %d", got.status)
	}
}
