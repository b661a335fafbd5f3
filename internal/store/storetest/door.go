package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/store"
)

func testRequests(t *testing.T, db *store.DB) {
	ctx := t.Context()
	for _, name := range []string{"a", "b"} {
		if err := db.PutSource(ctx, store.SourceRow{Name: name, Platforms: []string{"P" + name}, Body: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	var all []store.RequestRow
	for i := range 12 {
		r := store.RequestRow{
			ID: fmt.Sprintf("r%02d", i), At: day.Add(time.Duration(i/2) * time.Second), Source: []string{"a", "b"}[i%3/2], Key: fmt.Sprintf("k%d", i%2),
			Route: "/exchange/v1/batches", Status: 200, Listed: i != 11 && i != 4, Body: []byte(`{"bytes":1}`),
		}
		if i%4 == 1 {
			r.Status, r.Rule = 401, "X006"
		}
		all = append(all, r)
	}
	rules := []store.RuleCount{{Day: "2026-03-01", Source: "a", Dataset: "503", Rule: "S012", Records: 2}, {Day: "2026-03-01", Source: "a", Dataset: "503", Rule: "S012", Refused: true, Records: 1}, {Day: "2026-03-02", Source: "b", Rule: "S001", Refused: true, Records: 5}}
	for range 2 { // a request is noted once, a count grows
		if err := db.SaveRequests(ctx, all, rules); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SaveRequests(ctx, nil, nil); err != nil {
		t.Fatal(err)
	}

	ids := func(f store.RequestFilter) (out []string) {
		f.Limit = 2
		for {
			page, err := db.Requests(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			for i := range page {
				out = append(out, page[i].ID)
				f.Before = store.RequestPlace{At: page[i].At, ID: page[i].ID}
			}
			if len(page) < 2 {
				return out
			}
		}
	}
	for _, c := range []struct {
		f    store.RequestFilter
		want []string
	}{
		{store.RequestFilter{Source: "a"}, []string{"r10", "r09", "r07", "r06", "r03", "r01", "r00"}},
		{store.RequestFilter{Source: "a", Key: "k1"}, []string{"r09", "r07", "r03", "r01"}},
		{store.RequestFilter{Source: "a", Failed: true}, []string{"r09", "r01"}},
		{store.RequestFilter{Source: "a", Route: "/exchange/v1/xml"}, nil},
		{store.RequestFilter{Source: "nobody"}, nil},
	} {
		if got := ids(c.f); !cmp.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
	one, err := db.Request(ctx, "a", "r04")
	if err != nil || one == nil || !cmp.Equal(*one, all[4]) {
		t.Errorf("an unlisted request by its id: %+v, %v", one, err)
	}
	if other, err := db.Request(ctx, "b", "r04"); other != nil || err != nil {
		t.Errorf("another source's request is found: %+v, %v", other, err)
	}
	last, err := db.LastRequests(ctx)
	if err != nil || len(last) != 2 || last["a"].ID != "r10" || last["b"].ID != "r08" {
		t.Errorf("the last: %+v, %v", last, err)
	}

	for i := range rules {
		rules[i].Records *= 2
	}
	got, err := db.RuleCounts(ctx, "", "2026-03-01")
	if err != nil || !cmp.Equal(got, rules) {
		t.Errorf("rules: %+v, %v", got, err)
	}
	if got, err = db.RuleCounts(ctx, "b", "2026-03-02"); err != nil || !cmp.Equal(got, rules[2:]) {
		t.Errorf("rules of b: %+v, %v", got, err)
	}

	if err := db.TidyRequests(ctx, day.Add(time.Second), 3); err != nil {
		t.Fatal(err)
	}
	if got := ids(store.RequestFilter{Source: "a"}); !cmp.Equal(got, []string{"r10", "r09", "r07"}) {
		t.Errorf("after tidying: %q", got)
	}
}
