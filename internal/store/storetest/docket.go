package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mingjing/internal/store"
)

func testDocket(t *testing.T, db *store.DB) {
	ctx := t.Context()
	none, err := db.Docket(ctx, "X")
	must(t, err)
	want(t, "no docket", none, nil)
	version := func(title string, through int64, evaluated time.Time) *store.DocketRow {
		return &store.DocketRow{
			ID: "X", Class: "construction", Region: "330100", Title: title, Through: through, Evaluated: evaluated,
			Vector: "A02+", Body: []byte(`{"title":"` + title + `"}`),
		}
	}
	save := func(d *store.DocketRow) bool {
		t.Helper()
		f := store.FindingRow{Key: "k", Docket: "X", Indicator: d.Title, State: "fired", Body: []byte(`{}`)}
		saved, err := db.SaveDocket(ctx, d, []store.FindingRow{f}, []store.SearchRow{{Docket: "X", Tier: "public", Text: d.Title}})
		must(t, err)
		return saved
	}
	for _, c := range []struct {
		name      string
		through   int64
		evaluated time.Time
		saved     bool
	}{
		{"first", 5, day, true},
		{"older", 4, day.Add(time.Hour), false},
		{"same", 5, day, false},
		{"earlier look", 5, day.Add(-time.Second), false},
		{"later look", 5, day.Add(time.Second), true},
		{"further", 6, day, true},
	} {
		before, err := db.Docket(ctx, "X")
		must(t, err)
		d := version(c.name, c.through, c.evaluated)
		want(t, c.name, save(d), c.saved)
		if !c.saved {
			d = before
		}
		got, err := db.Docket(ctx, "X")
		must(t, err)
		want(t, c.name, got, d)
		fs, err := db.DocketFindings(ctx, "X")
		must(t, err)
		want(t, c.name+": its finding", fs[0].Indicator, d.Title)
		hits, err := db.Search(ctx, store.SearchQuery{Scopes: []store.SearchScope{{Tiers: []string{"public"}}}, Text: `"` + d.Title + `"`})
		must(t, err)
		want(t, c.name+": its text", len(hits.Hits), 1)
	}
	for name, d := range map[string]*store.DocketRow{
		"no id":     {Body: []byte(`{}`)},
		"zero byte": {ID: "Y", Title: "\x00", Body: []byte(`{}`)},
		"not UTF-8": {ID: "Y", Body: []byte("\xff")},
	} {
		if _, err := db.SaveDocket(ctx, d, nil, nil); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
	// A sender's rubbish where a short code belongs must not stop the docket.
	long := strings.Repeat("省", 5000)
	saved, err := db.SaveDocket(ctx, &store.DocketRow{ID: "long", Class: long, Region: long, Title: long, Vector: long, Body: []byte(`{}`)},
		[]store.FindingRow{{Key: "k", Docket: "long", Lot: long, Region: long, Body: []byte(`{}`)}}, []store.SearchRow{{Docket: "long", Tier: "public", Text: long}})
	must(t, err)
	want(t, "long codes", saved, true)
	rubbish, err := db.Docket(ctx, "long")
	must(t, err)
	want(t, "region, cut", rubbish.Region, strings.Repeat("省", 21))
	if _, err := db.SaveDocket(ctx, &store.DocketRow{ID: long, Body: []byte(`{}`)}, nil, nil); err == nil {
		t.Error("an id that no index can hold was taken")
	}
	other := []store.FindingRow{{Key: "k", Docket: "Z"}}
	if _, err := db.SaveDocket(ctx, version("x", 9, day), other, nil); err == nil {
		t.Error("another docket's finding was taken")
	}
	twice := []store.FindingRow{{Key: "k", Docket: "X"}, {Key: "k", Docket: "X"}}
	if _, err := db.SaveDocket(ctx, version("x", 9, day), twice, nil); err == nil {
		t.Error("a finding was taken twice")
	}
	if _, err := db.SaveDocket(ctx, version("x", 9, day), nil, []store.SearchRow{{Docket: "X", Tier: "public", Text: "\xff"}}); !errors.Is(err, store.ErrText) {
		t.Errorf("broken full text: %v", err)
	}
}

func testDocketLists(t *testing.T, db *store.DB) {
	ctx := t.Context()
	for i := range 30 {
		d := &store.DocketRow{
			ID: fmt.Sprintf("D%02d", i), Region: []string{"330100", "330200", "330101"}[i%3], Class: []string{"construction", "procurement"}[i%2],
			Title: fmt.Sprintf("某路%d期Road工程", i), Body: []byte(`{}`),
		}
		_, err := db.SaveDocket(ctx, d, nil, nil)
		must(t, err)
	}
	for _, c := range []struct {
		name   string
		filter store.DocketFilter
		want   int
	}{
		{"all", store.DocketFilter{}, 30},
		{"region", store.DocketFilter{Regions: []string{"330100"}}, 10},
		{"regions are whole codes", store.DocketFilter{Regions: []string{"3301", "33"}}, 0},
		{"two regions and a class", store.DocketFilter{Regions: []string{"330100", "330200"}, Classes: []string{"procurement"}}, 10},
		{"title", store.DocketFilter{Title: "路2"}, 11},
		{"title keeps case", store.DocketFilter{Title: "road"}, 0},
		{"title is no pattern", store.DocketFilter{Title: "%"}, 0},
		{"ids", store.DocketFilter{IDs: []string{"D03", "d03", "D99"}}, 1},
	} {
		var got int
		for after := ""; ; {
			f := c.filter
			f.After, f.Limit = after, 7
			page, err := db.Dockets(ctx, f)
			must(t, err)
			got += len(page)
			if len(page) < 7 {
				break
			}
			after = page[6].ID
		}
		want(t, c.name, got, c.want)
		n, err := db.CountDockets(ctx, c.filter)
		must(t, err)
		want(t, c.name+": count", n, int64(c.want))
	}
}

func testDue(t *testing.T, db *store.DB) {
	ctx := t.Context()
	save := func(id string, again time.Time, evaluated time.Time) {
		t.Helper()
		_, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Again: again, Evaluated: evaluated, Body: []byte(`{}`)}, nil, nil)
		must(t, err)
	}
	due := func(at time.Time, ids ...string) {
		t.Helper()
		got, err := db.Due(ctx, at, 10)
		must(t, err)
		want(t, "due at "+at.String(), got, ids)
	}
	save("never", time.Time{}, day)
	save("later", day.Add(2*time.Hour), day)
	save("soon", day.Add(time.Hour), day)
	due(day)
	due(day.Add(time.Hour), "soon")
	// Any zone: it is the moment that counts.
	due(day.Add(2*time.Hour).In(time.FixedZone("", 8*3600)), "soon", "later")
	save("soon", time.Time{}, day.Add(time.Hour))
	due(day.Add(3*time.Hour), "later")
	must(t, db.WakeDockets(ctx, []string{"never", "later"}, day.Add(time.Minute)))
	due(day.Add(time.Minute), "later", "never")
	must(t, db.WakeDockets(ctx, nil, day.Add(2*time.Minute)))
	due(day.Add(2*time.Minute), "later", "never", "soon")
}

func testFindings(t *testing.T, db *store.DB) {
	ctx := t.Context()
	finding := func(docket, key, indicator, state, region string) store.FindingRow {
		return store.FindingRow{
			Key: key, Docket: docket, Lot: "L", Indicator: indicator, State: state, Region: region, At: day, Position: 7,
			Body: []byte(`{"key":"` + key + `"}`),
		}
	}
	save := func(id string, through int64, fs ...store.FindingRow) {
		t.Helper()
		saved, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Through: through, Body: []byte(`{}`)}, fs, nil)
		must(t, err)
		want(t, "saved", saved, true)
	}
	list := func(f store.FindingFilter) (keys []string) {
		t.Helper()
		fs, err := db.Findings(ctx, f)
		must(t, err)
		for _, f := range fs {
			keys = append(keys, f.Docket+f.Key)
		}
		return keys
	}
	save("X", 1, finding("X", "a", "A02", "fired", "330100"), finding("X", "b", "A05", "failed", "330100"))
	save("Y", 1, finding("Y", "a", "A02", "fired", "330200"))
	got, err := db.Finding(ctx, "Y", "a")
	must(t, err)
	y := finding("Y", "a", "A02", "fired", "330200")
	y.Seq = 3
	want(t, "one", got, &y)
	got, err = db.Finding(ctx, "Y", "A")
	must(t, err)
	want(t, "none", got, nil)

	want(t, "newest first", list(store.FindingFilter{}), []string{"Ya", "Xb", "Xa"})
	want(t, "by docket", list(store.FindingFilter{Docket: "X"}), []string{"Xb", "Xa"})
	want(t, "by dockets", list(store.FindingFilter{Dockets: []string{"Y", "Z"}}), []string{"Ya"})
	want(t, "by indicator", list(store.FindingFilter{Indicator: "A02"}), []string{"Ya", "Xa"})
	want(t, "by state", list(store.FindingFilter{State: "failed"}), []string{"Xb"})
	want(t, "by region", list(store.FindingFilter{Region: "330200"}), []string{"Ya"})
	want(t, "by regions", list(store.FindingFilter{Regions: []string{"330100", "990000"}, Indicator: "A02"}), []string{"Xa"})
	want(t, "second page", list(store.FindingFilter{Limit: 2, After: 2}), []string{"Xa"})
	want(t, "feed", list(store.FindingFilter{Oldest: true, After: 1}), []string{"Xb", "Ya"})
	n, err := db.CountFindings(ctx, store.FindingFilter{Indicator: "A02"})
	must(t, err)
	want(t, "count", n, 2)

	// What does not change keeps its place; what is gone is gone; what changed is new.
	changed := finding("X", "a", "A02", "fired", "330100")
	changed.Body = []byte(`{"value":"19 d"}`)
	later := finding("X", "c", "D01", "fired", "330100")
	save("X", 2, changed, later)
	same := changed
	same.At, same.Position = day.Add(time.Hour), 99
	save("X", 3, same, later)
	want(t, "feed goes on", list(store.FindingFilter{Oldest: true, After: 3}), []string{"Xa", "Xc"})
	want(t, "all", list(store.FindingFilter{}), []string{"Xc", "Xa", "Ya"})
	kept, err := db.Finding(ctx, "X", "a")
	must(t, err)
	want(t, "found first", kept.At, day)
	save("X", 4)
	want(t, "none left", list(store.FindingFilter{Docket: "X"}), nil)
}
