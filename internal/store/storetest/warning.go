package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/store"
)

func finding(docket, key string, change ...func(*store.FindingRow)) store.FindingRow {
	f := store.FindingRow{
		Key: key, Docket: docket, Indicator: "A02", State: "fired", Region: "410302", Class: "construction", Grade: "fact", Digest: "d-" + key, Title: "某工程", Seats: 2 | 8,
		At: day, Body: []byte(`{"key":"` + key + `"}`),
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func warningKeys(t *testing.T, db *store.DB, f store.WarningFilter) string {
	t.Helper()
	rows, err := db.Warnings(t.Context(), f)
	must(t, err)
	var out []string
	for _, r := range rows {
		out = append(out, r.Key)
	}
	n, err := db.CountWarnings(t.Context(), f, 100)
	must(t, err)
	if f.Limit == 0 && f.Before == 0 {
		want(t, fmt.Sprintf("count %+v", f), n, len(rows))
	}
	return strings.Join(out, " ")
}

// What narrows a list of findings, each by itself, and its pages.
func testWarnings(t *testing.T, db *store.DB) {
	ctx := t.Context()
	save := func(docket string, through int64, fs ...store.FindingRow) {
		t.Helper()
		saved, err := db.SaveDocket(ctx, &store.DocketRow{ID: docket, Class: "construction", Through: through, Evaluated: day, Body: []byte("{}")}, fs, nil)
		must(t, err)
		want(t, "saved", saved, true)
	}
	save("T1", 1, finding("T1", "a"), finding("T1", "b", func(f *store.FindingRow) { f.Indicator, f.Grade = "D01", "clue" }))
	save("T2", 2, finding("T2", "c", func(f *store.FindingRow) { f.Region, f.Class, f.At = "410105", "land", day.Add(time.Hour) }))
	save("T3", 3, finding("T3", "d", func(f *store.FindingRow) { f.State, f.Seats, f.Region = "failed", 8, "" }))
	no, yes := false, true
	for _, c := range []struct {
		f    store.WarningFilter
		want string
	}{
		{store.WarningFilter{Seat: 1}, "c b a"},
		{store.WarningFilter{Seat: 3}, "d c b a"},
		{store.WarningFilter{Seat: 5}, ""},
		{store.WarningFilter{Seat: 3, Limit: 2}, "d c"},
		{store.WarningFilter{Seat: 1, Bound: true}, ""},
		{store.WarningFilter{Seat: 3, Bound: true, Regions: []string{"410302", ""}}, "d b a"},
		{store.WarningFilter{Seat: 1, Regions: []string{"410105"}}, "c"},
		{store.WarningFilter{Seat: 1, Classes: []string{"land", "mining"}}, "c"},
		{store.WarningFilter{Seat: 1, Docket: "T1"}, "b a"},
		{store.WarningFilter{Seat: 1, Dockets: []string{"T1", "T2"}}, "c b a"},
		{store.WarningFilter{Seat: 1, Indicators: []string{"D01", "D03"}}, "b"},
		{store.WarningFilter{Seat: 3, State: "failed"}, "d"},
		{store.WarningFilter{Seat: 1, Grade: "fact"}, "c a"},
		{store.WarningFilter{Seat: 1, From: day.Add(time.Minute)}, "c"},
		{store.WarningFilter{Seat: 1, To: day.Add(time.Minute)}, "b a"},
		{store.WarningFilter{Seat: 1, Dismissed: &no}, "c b a"},
		{store.WarningFilter{Seat: 1, Dismissed: &yes}, ""},
		{store.WarningFilter{Seat: 1, Unassigned: true}, "c b a"},
		{store.WarningFilter{Seat: 1, Assigned: []string{"王"}}, ""},
		{store.WarningFilter{Seat: 1, Follower: "li"}, ""},
	} {
		want(t, fmt.Sprintf("%+v", c.f), warningKeys(t, db, c.f), c.want)
	}
	rows, err := db.Warnings(ctx, store.WarningFilter{Seat: 3, Limit: 2})
	must(t, err)
	want(t, "the next page", warningKeys(t, db, store.WarningFilter{Seat: 3, Before: rows[1].Seq}), "b a")
	want(t, "title", rows[1].Title, "某工程")
	regions, err := db.FindingRegions(ctx)
	must(t, err)
	want(t, "regions", strings.Join(regions, ","), ",410105,410302")
	counts, err := db.WarningCounts(ctx, store.WarningFilter{Seat: 1, Grade: "clue", Dismissed: &yes})
	must(t, err)
	want(t, "counts", fmt.Sprint(counts), "[{A02 fact fired 2 0} {D01 clue fired 1 0}]")
}

// A case is kept as far as it was folded, shows on its finding at once and
// after the finding was saved anew, and ends with the evidence it rests on.
func testCases(t *testing.T, db *store.DB) {
	ctx := t.Context()
	evaluated := day
	save := func(fs ...store.FindingRow) {
		t.Helper()
		evaluated = evaluated.Add(time.Second)
		_, err := db.SaveDocket(ctx, &store.DocketRow{ID: "T1", Through: 1, Evaluated: evaluated, Body: []byte("{}")}, fs, nil)
		must(t, err)
	}
	no, yes := false, true
	open := store.WarningFilter{Seat: 1, Dismissed: &no}
	gone := store.WarningFilter{Seat: 1, Dismissed: &yes}
	changed := func(f *store.FindingRow) { f.Digest, f.Body = "other", []byte(`{"key":"a","other":1}`) }
	save(finding("T1", "a"), finding("T1", "b"))
	head, err := db.FindingHead(ctx)
	must(t, err)
	must(t, db.SaveCases(ctx, []store.CaseRow{{Docket: "T1", Key: "a", Dismissed: "d-a", Assigned: "王", Followers: []string{"li", "wang"}, Position: 7, Body: []byte(`{"n":7}`)}}))
	want(t, "open after the dismissal", warningKeys(t, db, open), "b")
	want(t, "dismissed", warningKeys(t, db, gone), "a")
	want(t, "assigned", warningKeys(t, db, store.WarningFilter{Seat: 1, Assigned: []string{"li", "王"}}), "a")
	want(t, "nobody's", warningKeys(t, db, store.WarningFilter{Seat: 1, Unassigned: true}), "b")
	want(t, "followed", warningKeys(t, db, store.WarningFilter{Seat: 1, Follower: "wang"}), "a")
	next, err := db.FindingHead(ctx)
	must(t, err)
	want(t, "head", next, head+1)
	after, err := db.CasesAfter(ctx, head, 10)
	must(t, err)
	want(t, "cases after", len(after), 1)
	want(t, "seq", after[0].Seq, next)

	// An older fold changes nothing, nor does the same.
	must(t, db.SaveCases(ctx, []store.CaseRow{{Docket: "T1", Key: "a", Position: 6, Body: []byte("{}")}, {Docket: "T1", Key: "a", Position: 7, Body: []byte("{}")}}))
	c, err := db.Case(ctx, "T1", "a")
	must(t, err)
	want(t, "body", string(c.Body), `{"n":7}`)
	again, err := db.FindingHead(ctx)
	must(t, err)
	want(t, "head after an older fold", again, next)

	save(finding("T1", "a", changed), finding("T1", "b"))
	want(t, "open after its data changed", warningKeys(t, db, open), "a b")
	want(t, "still assigned", warningKeys(t, db, store.WarningFilter{Seat: 1, Assigned: []string{"li", "王"}}), "a")
	save(finding("T1", "b")) // no longer made
	want(t, "open when it is not made", warningKeys(t, db, open), "b")
	save(finding("T1", "a"), finding("T1", "b"))
	want(t, "open when the data are as they were", warningKeys(t, db, open), "b")
	must(t, db.SaveCases(ctx, []store.CaseRow{{Docket: "T1", Key: "a", Position: 8, Body: []byte("{}")}}))
	want(t, "open after it was taken back", strings.Join(slices.Sorted(slices.Values(strings.Fields(warningKeys(t, db, open)))), " "), "a b")
	want(t, "followed by nobody", warningKeys(t, db, store.WarningFilter{Seat: 1, Follower: "wang"}), "")
	of, err := db.Cases(ctx, []string{"T1", "T2"})
	must(t, err)
	want(t, "cases of dockets", len(of), 1)
	none, err := db.Case(ctx, "T1", "b")
	must(t, err)
	want(t, "a case of nobody", none == nil, true)
}
