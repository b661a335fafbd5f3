package detect

import (
	"fmt"
	"testing"
)

// What an edition says of the one before: groups come and gone, and quantiles
// that moved by more than the share of the spread.
func TestEditionChanges(t *testing.T) {
	group := func(n int, low, mid, high float64) Group {
		return Group{Indicator: "A02", Class: "construction", Count: n, Quantiles: []Quantile{{0.05, low}, {0.5, mid}, {0.95, high}}}
	}
	key := GroupKey("A02", "construction", "", "")
	for _, c := range []struct {
		name     string
		old, now map[string]Group
		want     string
	}{
		{"the same", map[string]Group{key: group(20, 0, 50, 100)}, map[string]Group{key: group(20, 0, 50, 100)}, "[] [] [] 1"},
		{"within a tenth of the spread", map[string]Group{key: group(20, 0, 50, 100)}, map[string]Group{key: group(30, 0, 60, 100)}, "[] [] [] 1"},
		{"beyond", map[string]Group{key: group(20, 0, 50, 100)}, map[string]Group{key: group(30, 0, 61, 100)}, "[] [] [{A02|construction| [20 30] [{0.5 50 61}]}] 0"},
		{"without spread", map[string]Group{key: group(20, 5, 5, 5)}, map[string]Group{key: group(20, 5, 5.1, 5)}, "[] [] [{A02|construction| [20 20] [{0.5 5 5.1}]}] 0"},
		{"new", nil, map[string]Group{key: group(20, 0, 50, 100)}, "[A02|construction|] [] [] 0"},
		{"grown from too few", map[string]Group{key: group(3, 0, 50, 100)}, map[string]Group{key: group(20, 0, 50, 100)}, "[A02|construction|] [] [] 0"},
		{"gone", map[string]Group{key: group(20, 0, 50, 100)}, nil, "[] [A02|construction|] [] 0"},
		{"too few then and now", map[string]Group{key: group(3, 0, 50, 100)}, map[string]Group{key: group(4, 0, 90, 100)}, "[] [] [] 0"},
	} {
		e := Edition{ID: "2", Groups: c.now}
		got := e.Changes(&Edition{ID: "1", Groups: c.old}, 10)
		if s := fmt.Sprint(got.Added, got.Gone, got.Moved, got.Same); s != c.want || got.From != "1" || got.Percent != 10 {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
		e.Since = got
		if p := e.PeersChange(group(20, 0, 0, 0)); p.Added != (len(got.Added) > 0) || len(p.Moved) != len(got.Moved) {
			t.Errorf("%s: of its own group %+v", c.name, p)
		}
	}
	if (&Edition{}).PeersChange(Group{}) != nil {
		t.Error("an edition with none before it says what it changed")
	}
	own, err := ReadSettings([]byte("settings:\n  - {id: e, date: 2026-12-01, edition_moved: 25, source: x}\n"))
	if err != nil || DefaultSettings().EditionMoved() != 10 || DefaultSettings().With(own).EditionMoved() != 25 {
		t.Error("setting", err)
	}
}
