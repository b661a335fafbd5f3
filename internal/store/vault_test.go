package store_test

import (
	"slices"
	"testing"

	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
)

func TestVaults(t *testing.T) {
	for name, db := range map[string]func(t *testing.T) *store.DB{
		"sqlite":   func(t *testing.T) *store.DB { return open(t, sqliteDSN(t)) },
		"postgres": func(t *testing.T) *store.DB { return open(t, pgtest.Database(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, ctx := db(t), t.Context()
			for range 2 { // repeats are harmless
				if err := db.PutVaults(ctx, "D1", []string{"b", "a"}); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.PutVaults(ctx, "D2", []string{"a"}); err != nil {
				t.Fatal(err)
			}
			got, err := db.VaultDockets(ctx, []string{"a", "b", "c"})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 2 || !slices.Equal(got["a"], []string{"D1", "D2"}) || !slices.Equal(got["b"], []string{"D1"}) {
				t.Errorf("dockets by token: %v", got)
			}
			if got, err := db.VaultDockets(ctx, nil); err != nil || len(got) != 0 {
				t.Errorf("no tokens: %v, %v", got, err)
			}
			if err := db.PutVaults(ctx, "D\x00", []string{"a"}); err == nil {
				t.Error("a zero byte was taken")
			}
			if codes, err := db.Codes(ctx, "lot:", "", 10); err != nil || len(codes) != 0 {
				t.Errorf("codes of an empty log: %v, %v", codes, err)
			}
		})
	}
}
