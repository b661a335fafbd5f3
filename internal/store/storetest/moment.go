package storetest

import (
	"errors"
	"fmt"
	"testing"

	"mingjing/internal/store"
)

// testMoment: every docket comes once with its findings, as all of them were
// when the first was asked for, though others write meanwhile.
func testMoment(t *testing.T, db *store.DB) {
	ctx := t.Context()
	const n = 230 // more than two pages
	save := func(id string, through int64, fs ...store.FindingRow) {
		t.Helper()
		_, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Through: through, Title: fmt.Sprint("as of ", through), Body: []byte(`{}`)}, fs, nil)
		must(t, err)
	}
	for i := range n {
		id := fmt.Sprintf("D%03d", i)
		save(id, 1, finding(id, "a"), finding(id, "b"))
	}
	seen, told := 0, 0
	err := db.EachDocket(ctx, func(m store.Moment) error {
		told++
		want(t, "head", m.Head.Size, int64(0))
		save("D229", 2)
		save("D500", 1)
		return nil
	}, func(row *store.DocketRow, findings []store.FindingRow) error {
		want(t, "id", row.ID, fmt.Sprintf("D%03d", seen))
		want(t, "title of "+row.ID, row.Title, "as of 1")
		want(t, "findings of "+row.ID, len(findings), 2)
		seen++
		return nil
	})
	must(t, err)
	want(t, "dockets", seen, n)
	want(t, "told", told, 1)
	stop := errors.New("enough")
	if err := db.EachDocket(ctx, func(store.Moment) error { return nil }, func(*store.DocketRow, []store.FindingRow) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("who has enough is told %v", err)
	}
	if err := db.EachDocket(ctx, func(store.Moment) error { return stop }, nil); !errors.Is(err, stop) {
		t.Errorf("who wants none is told %v", err)
	}
}
