package storetest

import (
	"errors"
	"fmt"
	"testing"

	"mingjing/internal/store"
)

func testSavedViews(t *testing.T, db *store.DB) {
	ctx := t.Context()
	put := func(id, owner, page, body string, most int) error {
		return db.PutSavedView(ctx, store.SavedViewRow{ID: id, Owner: owner, Page: page, Changed: day, Body: []byte(body)}, most)
	}
	must(t, put("1", "a", "dockets", `{"n":1}`, 2))
	must(t, put("2", "a", "warnings", `{}`, 2))
	must(t, put("3", "", "dockets", `{}`, 2))
	must(t, put("1", "a", "dockets", `{"n":2}`, 2)) // in place of itself: not one more
	if err := put("4", "a", "dockets", `{}`, 2); !errors.Is(err, store.ErrTaken) {
		t.Errorf("a third of two: %v", err)
	}
	got, err := db.SavedViews(ctx, []string{"a", ""}, "dockets")
	must(t, err)
	if len(got) != 2 || string(got[0].Body) != `{"n":2}` || got[1].Owner != "" || !got[0].Changed.Equal(day) {
		t.Errorf("%+v", got)
	}
	must(t, db.DropSavedView(ctx, "1"))
	none, err := db.SavedView(ctx, "1")
	must(t, err)
	if none != nil {
		t.Errorf("dropped, and there: %+v", none)
	}
}

func testExports(t *testing.T, db *store.DB) {
	ctx := t.Context()
	row := store.ExportRow{ID: "x", Owner: "a", State: "running", Asked: day, Beat: day, Body: []byte(`{"done":1}`)}
	must(t, db.PutExport(ctx, row))
	row.State, row.Body = "done", []byte(`{"done":2}`)
	must(t, db.PutExport(ctx, row))
	got, err := db.Export(ctx, "x")
	must(t, err)
	want(t, "kept", *got, row)
	list, err := db.Exports(ctx, "b")
	must(t, err)
	if len(list) != 0 {
		t.Errorf("another's exports: %+v", list)
	}
	must(t, db.DropExport(ctx, "x"))
	if got, err = db.Export(ctx, "x"); got != nil || err != nil {
		t.Errorf("dropped: %+v, %v", got, err)
	}
	for i := range 30 {
		id := fmt.Sprintf("D%02d", i)
		n := int64(i / 3)
		cards := []store.CardRow{{Docket: id, Seat: 1, Region: "4103", Amount: &n, Body: []byte(`{}`)}, {Docket: id, Seat: 2, Region: "4103", Body: []byte(`{}`)}}
		if i%2 > 0 {
			cards[0].Region, cards[1].Region = "4101", "4101"
		}
		if _, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Through: 1, Body: []byte(`{}`), Cards: cards}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, sort := range store.CardSorts() {
		q := store.CardQuery{Scopes: []store.CardScope{{Seat: 1, Regions: []string{"4103"}}, {Seat: 2, Regions: []string{"4103"}, Outside: true}}, Sort: sort, Desc: true, Limit: 100}
		page, err := db.Cards(ctx, q)
		must(t, err)
		ids, n, err := db.CardIDs(ctx, q, 100)
		must(t, err)
		if n != 30 || len(ids) != 30 {
			t.Fatalf("by %s: %d ids, counted %d", sort, len(ids), n)
		}
		for i := range ids {
			want(t, "by "+sort, ids[i], page.Cards[i].Docket)
		}
		if ids, n, err = db.CardIDs(ctx, q, 10); err != nil || len(ids) != 11 || n != 11 {
			t.Errorf("no further than one more than 10: %d, %d, %v", len(ids), n, err)
		}
	}
}
