package storetest

import (
	"strings"
	"testing"

	"mingjing/internal/store"
)

// A docket stands on the days of its cards, and on later ones while something
// is not over; a new save takes the old days away.
func testDays(t *testing.T, db *store.DB) {
	ctx := t.Context()
	save := func(id string, through int64, days ...map[string]bool) {
		t.Helper()
		row := &store.DocketRow{ID: id, Class: "construction", Through: through, Evaluated: day, Body: []byte("{}")}
		for seat, d := range days {
			row.Cards = append(row.Cards, store.CardRow{Docket: id, Seat: seat, Class: "construction", Days: d, Edition: "e", Body: []byte("{}")})
		}
		saved, err := db.SaveDocket(ctx, row, nil, nil)
		must(t, err)
		want(t, "saved", saved, true)
	}
	on := func(d, from string) string {
		t.Helper()
		ids, err := db.DocketsOfDay(ctx, d, from, 10)
		must(t, err)
		return strings.Join(ids, " ")
	}
	save("T1", 1, map[string]bool{"2026-11-25": false, "2026-11-26": true}, nil)
	save("T2", 2, nil, map[string]bool{"2026-11-26": false})
	want(t, "the day", on("2026-11-26", "2026-11-12"), "T1 T2")
	want(t, "the day before", on("2026-11-25", "2026-11-12"), "T1")
	want(t, "the day after", on("2026-11-27", "2026-11-13"), "T1")
	want(t, "long after", on("2026-12-20", "2026-12-06"), "")
	save("T1", 3, map[string]bool{"2026-11-26": false})
	want(t, "over", on("2026-11-27", "2026-11-13"), "")
	want(t, "moved", on("2026-11-25", "2026-11-12"), "")
	save("T2", 4)
	want(t, "gone", on("2026-11-26", "2026-11-12"), "T1")
	ids, err := db.DocketsOfDay(ctx, "2026-11-26", "2026-11-12", 0)
	must(t, err)
	want(t, "none asked for", len(ids), 0)
}
