package detect

import (
	"strings"
	"testing"
)

// Every indicator says what to look at and what may explain it, in both
// languages, and never as a verdict.
func TestGuidance(t *testing.T) {
	for _, r := range Rules() {
		id := r.Info().ID
		g, ok := Guide(id)
		if !ok || g.AdviceZH == "" || g.AdviceEN == "" || len(g.Innocent) < 2 {
			t.Errorf("%s: %+v", id, g)
		}
		for _, i := range g.Innocent {
			if i[0] == "" || i[1] == "" || strings.ContainsAny(i[1], "，。") || strings.Contains(i[0]+i[1], "串标") {
				t.Errorf("%s: %q", id, i)
			}
		}
	}
	if len(innocent) != len(Rules()) {
		t.Errorf("%d indicators are explained, there are %d", len(innocent), len(Rules()))
	}
	if _, ok := Guide("X99"); ok {
		t.Error("guidance of no indicator")
	}
}

func TestNamedSettings(t *testing.T) {
	s := DefaultSettings()
	all := s.Lines()
	name := all[0].ID + "@" + all[0].Date.String() + "+" + all[1].ID + "@" + all[1].Date.String() + "+no-such@2020-01-01"
	if got := s.Named(name); len(got) != 2 || got[0].ID != all[0].ID || got[1].ID != all[1].ID {
		t.Errorf("%+v", got)
	}
}
