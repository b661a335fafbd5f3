package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

func weighed(indicator, lot string, keys ...string) Finding {
	f := Finding{Key: indicator + lot + strings.Join(keys, ""), Indicator: indicator, Lot: lot, State: Fired, Digest: "1", Docket: "T"}
	for _, r := range Rules() {
		if r.Info().ID == indicator {
			f.Grade = r.Info().Grade
		}
	}
	for _, k := range keys {
		f.Evidence = append(f.Evidence, docket.Ref{Dataset: "9016", Origin: "P", Key: k, Field: "A"}, docket.Ref{Dataset: "9016", Origin: "P", Key: k, Field: "B"})
	}
	return f
}

// What counts in a score, and why what does not.
func TestWeigh(t *testing.T) {
	w := Weights{Of: map[string]int64{Breach: 40, Strong: 25, Weak: 10, Quality: 2, "I08": 15}}
	fired := func(fs ...Finding) []Finding { return fs }
	failed := weighed("A13", "1", "k")
	failed.State = Failed
	clear := weighed("A13", "1", "k")
	clear.State = Clear
	for _, c := range []struct {
		name string
		fs   []Finding
		gone string
		want string
	}{
		{"none", nil, "", "0 "},
		{"by strength", fired(weighed("A02", "1", "a"), weighed("D01", "1", "b"), weighed("C01", "1", "c"), weighed("K05", "", "d")), "", "77 fact A02+40 D01+25 C01+10 K05+2"},
		{"one cause, one record", fired(weighed("I02", "1", "a", "b"), weighed("I08", "1", "b")), "", "15 clue I08+15 I02-same"},
		{"one cause, other records", fired(weighed("I02", "1", "a"), weighed("I08", "1", "b")), "", "25 clue I08+15 I02+10"},
		{"another cause, one record", fired(weighed("I02", "1", "a"), weighed("D01", "1", "a")), "", "35 clue D01+25 I02+10"},
		{"one indicator of two lots upon one notice", fired(weighed("A02", "1", "a"), weighed("A02", "2", "a")), "", "40 fact A02+40 A02-same"},
		{"two pairs of bidders", fired(weighed("D01", "1", "a", "b"), weighed("D01", "1", "c", "d")), "", "50 clue D01+25 D01+25"},
		{"the heaviest is dismissed", fired(weighed("I02", "1", "a"), weighed("I08", "1", "a")), "I081a", "10 clue I08-dismissed I02+10"},
		{"all dismissed", fired(weighed("I08", "1", "a")), "I081a", "0  I08-dismissed"},
		{"failed and clear", fired(failed, clear), "", "0  A13-failed"},
		{"no evidence at all", fired(weighed("I02", "1"), weighed("I08", "1"), weighed("I08", "2")), "", "30 clue I08+15 I08+15 I02-same"},
	} {
		for range 5 {
			rand.Shuffle(len(c.fs), func(i, j int) { c.fs[i], c.fs[j] = c.fs[j], c.fs[i] })
			s := Weigh(c.fs, w, func(f *Finding) bool { return f.Key == c.gone })
			got := fmt.Sprintf("%d %s", s.Points, s.Grade)
			for _, p := range s.Parts {
				if p.Counted {
					got += fmt.Sprintf(" %s+%d", p.Indicator, p.Weight)
				} else {
					got += " " + p.Indicator + "-" + p.Why
				}
				if (p.For != "") != (p.Why == NotSame) {
					t.Errorf("%s: %s does not name what counts in its place", c.name, p.Indicator)
				}
			}
			if got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
	}
}

// Weights are lines of settings: the nearer region over the wider, between their days.
func TestWeightsAreDated(t *testing.T) {
	own, err := ReadSettings([]byte(`settings:
  - {id: office, date: 2026-12-01, region: "410000", since: 2027-01-01, weights: {breach: 50, D01: 60}, source: 会议纪要}
  - {id: city, date: 2026-12-01, region: "410300", class: construction, stake_least: 5, source: 会议纪要}
`))
	if err != nil {
		t.Fatal(err)
	}
	s := DefaultSettings().With(own)
	for _, c := range []struct {
		region, class string
		day           trade.Day
		want          string
	}{
		{"410302", "construction", trade.Date(2026, 12, 31), "weights@2026-11-26+city@2026-12-01 40 25 5"},
		{"410302", "construction", trade.Date(2027, 1, 1), "weights@2026-11-26+office@2026-12-01+city@2026-12-01 50 60 5"},
		{"410302", "land", trade.Date(2027, 1, 1), "weights@2026-11-26+office@2026-12-01 50 60 1000000"},
		{"330100", "construction", trade.Date(2027, 1, 1), "weights@2026-11-26 40 25 1000000"},
	} {
		w := s.Weights(&docket.Docket{Region: c.region, Class: c.class}, c.day)
		if got := fmt.Sprint(w.Name, " ", w.of("A02"), w.of("D01"), w.Least); got != c.want && strings.Join(strings.Fields(got), " ") != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.region, c.class, c.day, got, c.want)
		}
	}
	for _, bad := range []string{"weights: {heavy: 3}", "weights: {breach: -1}", "weights: {A99: 1}", "stake_least: -1", "indicator: A02, weights: {breach: 1}"} {
		if _, err := ReadSettings([]byte("settings:\n  - {id: x, date: 2026-12-01, source: x, " + bad + "}\n")); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// A rank is the score times the money, at least the least, and never beyond what a number holds.
func TestRank(t *testing.T) {
	w := Weights{Least: 100}
	fen := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		points int64
		stake  *int64
		want   int64
	}{{50, fen(1_000_000), 50_000_000}, {50, nil, 500_000}, {50, fen(3), 500_000}, {0, fen(1_000_000), 0}, {1 << 40, fen(1 << 62), 100_000 * 100_000_000_000_00}} {
		if got, _ := w.Rank(&Score{Points: c.points}, c.stake); got != c.want || got < 0 {
			t.Errorf("%d x %v: %d, want %d", c.points, c.stake, got, c.want)
		}
	}
}

// An amount that is probably in the wrong unit puts nothing first, until a
// person has found that it is right.
func TestDoubtfulMoneyDoesNotRank(t *testing.T) {
	w := Weights{Of: map[string]int64{Quality: 2, Breach: 40}, Least: 100}
	fs := []Finding{weighed("K07", "1", "a"), weighed("A02", "1", "b")}
	huge := int64(100_000_000_000_00)
	for _, c := range []struct {
		dismissed bool
		want      int64
	}{{false, 42 * 100 * 100}, {true, 40 * huge}} {
		s := Weigh(fs, w, func(f *Finding) bool { return c.dismissed && f.Indicator == "K07" })
		if got, _ := w.Rank(&s, &huge); got != c.want {
			t.Errorf("dismissed %v: rank %d, want %d", c.dismissed, got, c.want)
		}
	}
}

// Causes name indicators that exist, each once.
func TestCauses(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range causes {
		for _, id := range c.indicators {
			if _, ok := Guide(id); !ok || seen[id] {
				t.Errorf("cause %s names %s, which there is not, or twice", c.ID, id)
			}
			seen[id] = true
		}
	}
	if CauseOf("I02") != CauseOf("I08") || CauseOf("A02").ID != "A02" || CauseOf("B99").ID != "B99" {
		t.Error("causes")
	}
}
