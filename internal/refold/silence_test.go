package refold

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
)

// What lacks while its source is silent says nothing; what was due before the
// source fell silent stands; once it speaks the docket is judged at once.
func TestSilentSource(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { silentSource(t, newBench(t)) })
	t.Run("postgres", func(t *testing.T) { silentSource(t, newBenchOn(t, pgtest.Database(t))) })
}

func silentSource(t *testing.T, b *bench) {
	ctx := t.Context()
	silence := &Silence{Store: b.db, Log: slog.New(slog.DiscardHandler)}
	b.worker = b.another(func(c *Config) {
		c.Silence = silence
		c.Evaluate = func(d *docket.Docket, at time.Time) []detect.Finding {
			return detect.Evaluate(d, detect.Env{At: at, Silent: func(origin string) (time.Time, bool) { return silence.Since(origin, at) }})
		}
	})
	if err := b.db.PutSource(ctx, store.SourceRow{Name: "north", Platforms: []string{sysA}, Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	n := 0
	speak := func(listed bool) {
		t.Helper()
		n++
		if err := b.db.SaveRequests(ctx, []store.RequestRow{{ID: fmt.Sprint("r", n), At: b.clock.Now(), Source: "north", Route: "records", Status: 200, Listed: listed, Body: []byte("{}")}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	drain := func() {
		t.Helper()
		silence.looked = time.Time{} // as if the moment for which it is kept were over
		b.drain()
		b.deep()
	}
	reason := func() string {
		t.Helper()
		for _, f := range b.worker.Evaluate(b.docket(ten), b.clock.Now()) {
			if f.Indicator == "A13" && f.Lot == lot1 {
				return string(f.State) + " " + f.Reason
			}
		}
		return ""
	}
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3))
	b.clock.set(at("2018-03-22 09:00"))
	b.send(opening())
	b.clock.set(at("2018-04-03 09:00"))
	b.send(result(), rec("9018", "W1", "BID_SECTION_CODES", lot1, "WIN_BIDDER_NAME", "投标人1", "WIN_NOTICE_SEND_TIME", "20180402100000"))
	speak(true)
	drain()

	// The contract is due on 2 May; the source has said nothing since 3 April.
	b.clock.set(at("2018-06-01 09:00"))
	speak(false) // what tells of sealed records only is no word
	drain()
	if got := b.findings("A13"); len(got) != 0 {
		t.Fatalf("fired while its source is silent: %v", got)
	}
	if got := reason(); got != "insufficient data source "+sysA+" silent since 2018-04-03 09:00" {
		t.Errorf("%q", got)
	}
	row, err := b.db.Docket(ctx, ten)
	if err != nil || row.Again.IsZero() || row.Again.Sub(b.clock.Now()) > 7*time.Hour {
		t.Errorf("it would be looked at again %v, %v", row.Again, err)
	}

	// It speaks, and has no contract to tell of.
	b.clock.set(at("2018-06-01 10:00"))
	speak(true)
	drain()
	if got := b.findings("A13"); !slices.Equal(got, []string{"fired"}) {
		t.Errorf("the source spoke: %v, %s", got, reason())
	}

	// It falls silent again: what was due before stands.
	b.clock.set(at("2018-07-01 09:00"))
	if err := b.db.WakeDockets(ctx, nil, at("2018-07-01 08:00")); err != nil {
		t.Fatal(err)
	}
	drain()
	if got := b.findings("A13"); !slices.Equal(got, []string{"fired"}) {
		t.Errorf("due before its source fell silent: %v, %s", got, reason())
	}
	if strings.Contains(reason(), "silent") {
		t.Error(reason())
	}

	// What is older than the requests that are kept is told by the last record's day.
	if _, err := b.db.LastCounted(ctx, []string{sysA, sysB}); err != nil {
		t.Error(err)
	}
}
