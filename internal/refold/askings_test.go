package refold

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
	"mingjing/internal/supervise"
)

func TestAskings(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { askings(t, newBench(t)) })
	t.Run("postgres", func(t *testing.T) { askings(t, newBenchOn(t, pgtest.Database(t))) })
}

// What an auditor asks is in the log as it was asked, found by its month, and part of no docket.
func askings(t *testing.T, b *bench) {
	ctx := t.Context()
	a := Askings{Store: b.db, Ledger: b.ledger, Clock: b.clock.Now}
	first := supervise.Asking{Act: supervise.AskQuery, SQL: "SELECT 1 -- 全部", Snapshot: 7, Personal: true, Person: "p1", Name: "沈计", Post: "post1", Office: "省审计厅", ForName: "王"}
	second := supervise.Asking{Act: supervise.AskExport, SQL: "SELECT 2", Format: "parquet", Person: "p2", Name: "李计"}
	var noted []supervise.Asking
	for _, one := range []supervise.Asking{first, second} {
		got, err := a.Note(ctx, one)
		if err != nil || got.ID == "" || !got.At.Equal(b.clock.Now().Truncate(time.Second)) {
			t.Fatalf("%+v %v", got, err)
		}
		noted = append(noted, got)
	}
	list, err := a.Of(ctx, b.clock.Now(), 10)
	if err != nil || len(list) != 2 || list[0] != noted[1] || list[1] != noted[0] {
		t.Errorf("%+v, want %+v: %v", list, noted, err)
	}
	if list, err := a.Of(ctx, b.clock.Now(), 1); err != nil || len(list) != 1 || list[0] != noted[1] {
		t.Errorf("the latest: %+v %v", list, err)
	}
	if list, err := a.Of(ctx, b.clock.Now().AddDate(0, -1, 0), 10); err != nil || len(list) != 0 {
		t.Errorf("another month: %+v %v", list, err)
	}
	nobody, empty, long, odd := first, first, first, first
	nobody.Name, empty.SQL, long.SQL, odd.Act = "", " ", strings.Repeat("x", supervise.MaxSQL+1), "delete"
	for _, bad := range []supervise.Asking{nobody, empty, long, odd, {Act: supervise.AskEvidence, Person: "p", Name: "n"}} {
		if _, err := a.Note(ctx, bad); !errors.Is(err, supervise.ErrAsking) {
			t.Errorf("%+v was noted: %v", bad, err)
		}
	}
	b.drain()
	if rows, err := b.db.Dockets(ctx, store.DocketFilter{Limit: 10}); err != nil || len(rows) > 0 {
		t.Errorf("%d dockets were made of questions: %v", len(rows), err)
	}
	b.deep()
}
