package storetest

import (
	"testing"
	"time"

	"mingjing/internal/store"
)

// testLikeness: a docket that is saved with opened files is to be compared, once,
// by one at a time; what came meanwhile is not lost, and what is saved wakes it.
func testLikeness(t *testing.T, db *store.DB) {
	ctx := t.Context()
	at := time.UnixMilli(1_700_000_000_000).UTC()
	lease := time.Minute
	save := func(id string, at time.Time, files bool) {
		t.Helper()
		saved, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Through: 1, Evaluated: at, Body: []byte(`{}`), Files: files}, nil, nil)
		must(t, err)
		want(t, "saved", saved, true)
	}
	claim := func(at time.Time) *store.LikenessJob {
		t.Helper()
		j, err := db.ClaimLikeness(ctx, at, lease)
		must(t, err)
		return j
	}
	save("A", at, false)
	if j := claim(at); j != nil {
		t.Errorf("without files: %+v", j)
	}
	save("b", at.Add(time.Second), true)
	save("A", at.Add(2*time.Second), true)
	if j := claim(at); j != nil {
		t.Errorf("before it is due: %+v", j)
	}
	at = at.Add(10 * time.Second)
	first, second := claim(at), claim(at.Add(time.Millisecond))
	if first == nil || second == nil || first.Docket != "b" || second.Docket != "A" || first.Tries != 1 {
		t.Fatalf("%+v, %+v", first, second)
	}
	if j := claim(at); j != nil {
		t.Errorf("given twice: %+v", j)
	}
	// Whoever dies holding it loses it.
	again := claim(at.Add(lease))
	if again == nil || again.Docket != "b" || again.Tries != 2 {
		t.Fatalf("%+v", again)
	}
	rows := []store.LikenessRow{{Docket: "b", Lot: "2", Inputs: "y", Made: at, Body: []byte{0, 1, 0xff}}, {Docket: "b", Lot: "1", Inputs: "x", Made: at, Body: []byte("s")}}
	saved, err := db.SaveLikeness(ctx, again, rows, true, time.Time{})
	must(t, err)
	want(t, "saved", saved, true)
	got, err := db.Likenesses(ctx, "b")
	must(t, err)
	want(t, "rows by lot", got, []store.LikenessRow{rows[1], rows[0]})
	one, err := db.Likeness(ctx, "b", "2")
	must(t, err)
	want(t, "one", one, &rows[0])
	if one, err = db.Likeness(ctx, "b", "3"); one != nil || err != nil {
		t.Errorf("of no lot: %+v, %v", one, err)
	}
	due, err := db.Due(ctx, at.Add(-5*time.Second), 10)
	must(t, err)
	want(t, "woken at its last look", due, []string{"b"})
	// The first holder comes late: nothing is due for it any more.
	saved, err = db.SaveLikeness(ctx, first, nil, true, time.Time{})
	must(t, err)
	want(t, "saved by the late one", saved, false)
	// Asked for again during the work: that result is dropped, and it is due.
	save("A", at, true)
	saved, err = db.SaveLikeness(ctx, second, []store.LikenessRow{{Docket: "A", Lot: "1", Body: []byte("old")}}, false, time.Time{})
	must(t, err)
	want(t, "saved though asked for again", saved, false)
	j := claim(at)
	if j == nil || j.Docket != "A" || j.Tries != 1 {
		t.Fatalf("%+v", j)
	}
	must(t, db.EndLikeness(ctx, j, at.Add(time.Hour)))
	if j := claim(at.Add(time.Hour - 1)); j != nil {
		t.Errorf("put off, and given: %+v", j)
	}
	j = claim(at.Add(time.Hour))
	if j == nil || j.Tries != 1 {
		t.Fatalf("%+v", j)
	}
	must(t, db.EndLikeness(ctx, j, time.Time{}))
	if j := claim(at.Add(24 * time.Hour)); j != nil {
		t.Errorf("ended, and given: %+v", j)
	}
}
