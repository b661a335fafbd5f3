package store_test

import (
	"slices"
	"testing"

	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
)

func TestBulk(t *testing.T) {
	for name, db := range map[string]func(t *testing.T) *store.DB{
		"sqlite":   func(t *testing.T) *store.DB { return open(t, sqliteDSN(t)) },
		"postgres": func(t *testing.T) *store.DB { return open(t, pgtest.Database(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, ctx := db(t), t.Context()
			none, err := db.Bulk(ctx, "D1")
			if err != nil || none.Step != 0 || len(none.Moved) != 0 {
				t.Fatalf("nothing kept: %+v, %v", none, err)
			}
			var many []store.BulkRow
			for i := range 2500 {
				many = append(many, store.BulkRow{Identity: []byte{1, byte(i >> 8), byte(i)}, Body: []byte(`{"标":"a\"b"}`)})
			}
			put := func(want bool, c store.BulkChange) {
				t.Helper()
				saved, err := db.PutBulk(ctx, &c)
				if err != nil || saved != want {
					t.Fatalf("saved %v, %v; want %v", saved, err, want)
				}
			}
			put(true, store.BulkChange{Docket: "D1", Body: []byte(`{"n":1}`), Rows: many, Moved: map[string][]int64{"D2": {7, 5}, "D3": {5}}})
			put(false, store.BulkChange{Docket: "D1", Body: []byte(`{"n":2}`), Rows: []store.BulkRow{{Identity: []byte{9}, Body: []byte(`{}`)}}})
			put(true, store.BulkChange{Docket: "D1", Step: 1, Body: []byte(`{"n":3}`), Rows: []store.BulkRow{{Identity: many[0].Identity, Body: []byte(`{"new":1}`)}}})
			put(false, store.BulkChange{Docket: "D1", Step: 1, Body: []byte(`{"n":4}`)})
			s, err := db.Bulk(ctx, "D1")
			if err != nil || s.Step != 2 || string(s.Body) != `{"n":3}` {
				t.Errorf("state %+v %s, %v", s, s.Body, err)
			}
			rows, err := db.BulkRows(ctx, "D1", [][]byte{many[0].Identity, many[2499].Identity, {9}})
			if err != nil || len(rows) != 2 {
				t.Fatalf("rows %v, %v", rows, err)
			}
			for _, r := range rows {
				want := `{"new":1}`
				if slices.Equal(r.Identity, many[2499].Identity) {
					want = string(many[2499].Body)
				}
				if string(r.Body) != want {
					t.Errorf("row %x: %s, want %s", r.Identity, r.Body, want)
				}
			}
			var all [][]byte
			if err := db.EachBulkRow(ctx, "D1", func(r store.BulkRow) error { all = append(all, r.Identity); return nil }); err != nil || len(all) != 2500 || !slices.IsSortedFunc(all, slices.Compare) {
				t.Errorf("%d rows, %v", len(all), err)
			}
			if ids, err := db.BulkMoved(ctx, 10); err != nil || !slices.Equal(ids, []string{"D2", "D3"}) {
				t.Errorf("moved %v, %v", ids, err)
			}
			if s, err := db.Bulk(ctx, "D2"); err != nil || !slices.Equal(s.Moved, []int64{5, 7}) {
				t.Errorf("moved of D2: %+v, %v", s, err)
			}
			put(true, store.BulkChange{Docket: "D2", Body: []byte(`{}`), Read: []int64{5, 7}})
			put(true, store.BulkChange{Docket: "D1", Step: 2, Reset: true, Body: []byte(`{}`)})
			if rows, err := db.BulkRows(ctx, "D1", [][]byte{many[0].Identity}); err != nil || len(rows) != 0 {
				t.Errorf("rows after a reset: %v, %v", rows, err)
			}
			if ids, err := db.BulkMoved(ctx, 10); err != nil || !slices.Equal(ids, []string{"D3"}) {
				t.Errorf("moved, after D2 read its own: %v, %v", ids, err)
			}
			for range 2 { // repeats are harmless
				if err := db.PutBulkMoved(ctx, map[string][]int64{"D2": {9, 8}}); err != nil {
					t.Fatal(err)
				}
			}
			if s, err := db.Bulk(ctx, "D2"); err != nil || !slices.Equal(s.Moved, []int64{8, 9}) {
				t.Errorf("moved of D2: %+v, %v", s, err)
			}
			if _, err := db.PutBulk(ctx, &store.BulkChange{Docket: "D\x00"}); err == nil {
				t.Error("a zero byte was taken")
			}
		})
	}
}
