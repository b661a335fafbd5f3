package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"mingjing/internal/store"
)

// Instructions go forwards only; what a trading system is told comes once, in
// the order in which it was kept, and to nobody else.
func testInstructions(t *testing.T, db *store.DB) {
	ctx := t.Context()
	saved, err := db.SaveDocket(ctx, &store.DocketRow{ID: "T1", Class: "construction", Region: "410302", Title: "某工程", Through: 1, Evaluated: day, Body: []byte("{}")}, nil, nil)
	must(t, err)
	want(t, "saved", saved, true)
	one := store.InstructionRow{ID: "a", Docket: "T1", Platform: "P1", Open: true, Given: 5, Position: 5, Body: []byte(`{"n":5}`), Sendings: []string{"a"}}
	two := store.InstructionRow{ID: "b", Docket: "T2", Platform: "P2", Open: true, Given: 3, Position: 3, Body: []byte(`{}`)}
	must(t, db.SaveInstructions(ctx, []store.InstructionRow{one}))
	must(t, db.SaveInstructions(ctx, []store.InstructionRow{two}))
	head, err := db.InstructionHead(ctx)
	must(t, err)
	older := one
	older.Position, older.Body = 4, []byte(`{"n":4}`)
	must(t, db.SaveInstructions(ctx, []store.InstructionRow{older, one}))
	again, err := db.InstructionHead(ctx)
	must(t, err)
	want(t, "head after nothing new", again, head)

	told := func(after string, platforms ...string) string {
		t.Helper()
		list, err := db.InstructionSendings(ctx, platforms, after, 0)
		must(t, err)
		var out []string
		for _, s := range list {
			out = append(out, s.Step+"/"+s.ID)
		}
		return strings.Join(out, " ")
	}
	want(t, "told", told("", "P1"), "a/a")
	want(t, "another's", told("", "P2"), "")
	want(t, "nobody's", told(""), "")
	_, err = db.InstructionSendings(ctx, []string{"P2"}, "a", 0)
	want(t, "another's cursor", errors.Is(err, store.ErrNotFound), true)

	// A step that is kept later comes later, wherever it stands in the log.
	two.Position, two.Sendings = 9, []string{"b2"}
	must(t, db.SaveInstructions(ctx, []store.InstructionRow{two}))
	early := store.InstructionRow{ID: "c", Docket: "T1", Platform: "P2", Given: 1, Position: 1, Body: []byte(`{}`), Sendings: []string{"c"}}
	must(t, db.SaveInstructions(ctx, []store.InstructionRow{early}))
	want(t, "in the order of keeping", told("", "P1", "P2"), "a/a b2/b c/c")
	want(t, "after", told("b2", "P2"), "c/c")

	ids := func(f store.InstructionFilter) string {
		t.Helper()
		rows, err := db.Instructions(ctx, f)
		must(t, err)
		var out []string
		for _, r := range rows {
			out = append(out, r.ID)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		f    store.InstructionFilter
		want string
	}{
		{store.InstructionFilter{}, "a b c"},
		{store.InstructionFilter{Open: true}, "a b"},
		{store.InstructionFilter{Docket: "T1"}, "a c"},
		{store.InstructionFilter{Before: 3}, "c"},
		{store.InstructionFilter{Limit: 1}, "a"},
		{store.InstructionFilter{Docket: "T1", Open: true}, "a"},
	} {
		want(t, fmt.Sprintf("%+v", c.f), ids(c.f), c.want)
	}
	r, err := db.Instruction(ctx, "a")
	must(t, err)
	want(t, "row", fmt.Sprint(r.Docket, r.Platform, r.Open, r.Given, r.Position, string(r.Body), r.Region, r.Class, r.Title), fmt.Sprint("T1", "P1", true, 5, 5, `{"n":5}`, "410302", "construction", "某工程"))
	none, err := db.Instruction(ctx, "x")
	must(t, err)
	want(t, "none", none == nil, true)
}
