package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mingjing/internal/store"
)

// The ranked queue goes docket by docket, the greatest rank first and within a
// docket the heaviest; its pages lose none, and another place in it is nothing
// new to a reader of the feed.
func testRanked(t *testing.T, db *store.DB) {
	ctx := t.Context()
	evaluated := day
	save := func(docket string, acts *int64, fs ...store.FindingRow) error {
		evaluated = evaluated.Add(time.Second)
		_, err := db.SaveDocket(ctx, &store.DocketRow{ID: docket, Class: "construction", Through: 1, Evaluated: evaluated, Body: []byte("{}"), Acts: acts}, fs, nil)
		return err
	}
	counts := func(weight, score, rank int64) func(*store.FindingRow) {
		return func(f *store.FindingRow) { f.Weight, f.Score, f.Rank = weight, score, rank }
	}
	must(t, save("T1", nil, finding("T1", "a", counts(40, 50, 500)), finding("T1", "b", counts(10, 50, 500)), finding("T1", "c", counts(0, 50, 500))))
	must(t, save("T2", nil, finding("T2", "d", counts(25, 25, 9_000_000_000_000_000_000))))
	must(t, save("T3", nil, finding("T3", "e", counts(10, 10, 500))))
	must(t, save("T4", nil, finding("T4", "f")))
	ranked := store.WarningFilter{Seat: 1, Ranked: true}
	const order = "d e a b c f" // of equal rank the docket decides
	want(t, "ranked", warningKeys(t, db, ranked), order)
	for size := 1; size <= 3; size++ {
		var got []string
		page := ranked
		for page.Limit = size; ; {
			rows, err := db.Warnings(ctx, page)
			must(t, err)
			if len(rows) == 0 {
				break
			}
			for i := range rows {
				got = append(got, rows[i].Key)
			}
			place := rows[len(rows)-1].Place()
			page.After = &place
		}
		want(t, fmt.Sprintf("pages of %d", size), strings.Join(got, " "), order)
	}
	ranked.Grade, ranked.Regions = "fact", []string{"410302"}
	want(t, "ranked and narrowed", warningKeys(t, db, ranked), order)
	ranked.Indicators = []string{"D01"}
	want(t, "ranked, of another indicator", warningKeys(t, db, ranked), "")

	head, err := db.FindingHead(ctx)
	must(t, err)
	must(t, save("T4", nil, finding("T4", "f", counts(2, 2, 600))))
	want(t, "after another weight", warningKeys(t, db, store.WarningFilter{Seat: 1, Ranked: true}), "d f e a b c")
	next, err := db.FindingHead(ctx)
	must(t, err)
	want(t, "head of the feed", next, head)
	row, err := db.Finding(ctx, "T4", "f")
	must(t, err)
	want(t, "kept", fmt.Sprint(row.Weight, row.Score, row.Rank), "2 2 600")

	// Judged before somebody acted: not kept.
	none, seven := int64(-1), int64(7)
	must(t, save("T4", &none, finding("T4", "f", counts(3, 3, 700))))
	must(t, db.SaveCases(ctx, []store.CaseRow{{Docket: "T4", Key: "f", Dismissed: "d-f", Position: 7, Body: []byte("{}")}}))
	if err := save("T4", &none, finding("T4", "f", counts(4, 4, 800))); !errors.Is(err, store.ErrActed) {
		t.Errorf("saved over an act: %v", err)
	}
	row, err = db.Finding(ctx, "T4", "f")
	must(t, err)
	want(t, "kept of before", row.Rank, int64(700))
	must(t, save("T4", &seven, finding("T4", "f", counts(0, 0, 0))))
}
