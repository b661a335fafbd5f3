package feed_test

import (
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/feed"
	"mingjing/internal/province"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// One page of 50 items out of 120 dockets, by who reads and how.
func BenchmarkPage(b *testing.B) {
	end := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	sent, _ := province.Generate(1, 120, end)
	w := newWorld(b, "", end)
	for from := 0; from < len(sent); from += 400 {
		var records []standard.Record
		for _, s := range sent[from:min(from+400, len(sent))] {
			records = append(records, s.Record)
		}
		w.send(records...)
	}
	w.drain()
	past := w.clock()
	// One docket has changed since: it is made anew as of before.
	changed := sent[len(sent)-1].Record
	changed.Revision += "1"
	w.send(changed)
	w.drain()
	for _, c := range []struct {
		name string
		who  string
		q    feed.Query
	}{
		{"public/first", "public", feed.Query{}},
		{"public/newest", "public", feed.Query{Before: feed.End}},
		{"public/nothing", "public", feed.Query{After: feed.End}},
		{"auditor/first", "auditor", feed.Query{}},
		{"supervisor/first", "Zhengzhou", feed.Query{}},
		{"source/first", "source", feed.Query{}},
		{"auditor/asof", "auditor", feed.Query{AsOf: past, Before: feed.End}},
	} {
		b.Run(c.name, func(b *testing.B) {
			items := 0
			for b.Loop() {
				p, err := w.feed.Read(b.Context(), readers[c.who], c.q)
				if err != nil {
					b.Fatal(err)
				}
				items = len(p.Items)
			}
			b.ReportMetric(float64(items), "items")
		})
	}
	b.Run("view", func(b *testing.B) { // what one docket's page costs, beside it
		rows, err := w.db.Dockets(b.Context(), store.DocketFilter{Limit: 1})
		if err != nil || len(rows) != 1 {
			b.Fatal(err)
		}
		for b.Loop() {
			d, err := docket.Decode(rows[0].Body)
			if err != nil {
				b.Fatal(err)
			}
			if disclose.View(d, readers["public"], end) == nil {
				b.Fatal("no view")
			}
		}
	})
}
