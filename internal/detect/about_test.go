package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// TestCatalogue: every indicator says what it asks, of which data that the
// standard has, how strongly, since when, and what other lists call it.
func TestCatalogue(t *testing.T) {
	all := Catalogue()
	if len(all) != len(Rules()) || len(abouts) != len(all) {
		t.Fatalf("%d indicators, %d described", len(Rules()), len(abouts))
	}
	for _, g := range all {
		bad := func(format string, args ...any) { t.Helper(); t.Errorf("%s: %s", g.ID, fmt.Sprintf(format, args...)) }
		if !slices.Contains(trade.Stages(), g.Stage) || !slices.Contains([]string{Breach, Strong, Weak, Quality}, g.Strength) {
			bad("stage %q, strength %q", g.Stage, g.Strength)
		}
		if g.Strength == Breach && g.Grade != Fact {
			bad("a breach of a rule is told by dates and numbers, not as a %s", g.Grade)
		}
		if _, err := time.Parse(time.DateOnly, g.Since); err != nil {
			bad("since: %v", err)
		}
		if g.FormulaZH == "" || g.FormulaEN == "" || len(g.Needs) == 0 || len(g.Classes) == 0 {
			bad("no formula, no needs or no class: %+v", g.About)
		}
		for _, word := range []string{"串通", "围标", "串标", "collusion"} {
			if strings.Contains(g.FormulaZH+g.FormulaEN+g.ZH+g.EN, word) {
				bad("a verdict: %s", word)
			}
		}
		for _, n := range g.Needs {
			set := standard.Default().Dataset(n.Dataset)
			if set == nil || !slices.Contains(g.Datasets, n.Dataset) && g.ID[0] != 'K' && g.ID[0] != 'A' {
				bad("needs %s, which the catalogue or its data sets %v do not have", n.Dataset, g.Datasets)
				continue
			}
			for _, f := range n.Fields {
				if set.Field(f) == nil {
					bad("needs %s %s, which the standard does not have", n.Dataset, f)
				}
			}
		}
		for _, n := range g.Outside.OCP {
			if n < 1 || n > 73 {
				bad("red flag %d of 73", n)
			}
		}
		for _, n := range g.Outside.Article40 {
			if n < 1 || n > 6 {
				bad("item %d of article 40", n)
			}
		}
		if c := g.Outside.Cardinal; c != "" && !slices.Contains(cardinals, c) {
			bad("%s is none of Cardinal's", c)
		}
	}
}

// TestGaps: every entry of an outside list is covered or said why not, never
// both, and no reason is given for what no list has.
func TestGaps(t *testing.T) {
	check := func(entry string, there, gap bool) {
		t.Helper()
		if there == gap {
			t.Errorf("%s: covered %t, a gap %t", entry, there, gap)
		}
	}
	for n := 1; n <= 73; n++ {
		_, gap := gapsOCP[n]
		check(fmt.Sprintf("red flag %d", n), covered(func(o Outside) bool { return slices.Contains(o.OCP, n) }) != "", gap)
	}
	for n := 1; n <= 6; n++ {
		_, gap := gaps40[n]
		check(fmt.Sprintf("article 40 (%d)", n), covered(func(o Outside) bool { return slices.Contains(o.Article40, n) }) != "", gap)
	}
	for _, c := range cardinals {
		_, gap := gapsCardinal[c]
		check(c, covered(func(o Outside) bool { return o.Cardinal == c }) != "", gap)
	}
	listed := map[string]bool{}
	for _, f := range practised {
		for n := 1; n <= f.n; n++ {
			id := fmt.Sprintf("%s%02d", f.family, n)
			listed[id] = true
			_, there := Guide(id)
			_, gap := gapsPractice[id]
			check(id, there, gap)
		}
	}
	for id := range gapsPractice {
		if !listed[id] {
			t.Errorf("%s is not in the catalogue of practice", id)
		}
	}
}
