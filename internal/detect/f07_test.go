package detect

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/screen"
	"mingjing/internal/trade"
)

// decidedOf gives dockets with an F03 that was confirmed, their prices within one
// per cent, and others where it was dismissed, theirs spread over twenty. Each
// has bidders of its own.
func decidedOf(yes, no int) []Decided {
	rnd := rand.New(rand.NewPCG(11, 4))
	out := []Decided{}
	for i := range yes + no {
		wide := 0.2
		if i < yes {
			wide = 0.01
		}
		var shares []float64
		for range 5 + i%4 {
			shares = append(shares, 0.8+wide*rnd.Float64())
		}
		d := lotOf(fmt.Sprint("T", i), "综合评估法", shares...)
		for k := range d.Live {
			if code := d.Live[k].Fields["BIDDER_ORG_CODE"]; code != "" {
				d.Live[k].Fields["BIDDER_ORG_CODE"] = fmt.Sprint(code, " of ", i)
			}
		}
		out = append(out, Decided{d, []Decision{{Finding: Finding{Indicator: "F03", State: Fired, Lot: "L1"}, Confirmed: i < yes, Dismissed: i >= yes}}})
	}
	return out
}

func TestCasesOf(t *testing.T) {
	fired := func(id, lot string, decision byte) Decision {
		return Decision{Finding: Finding{Indicator: id, State: Fired, Lot: lot}, Confirmed: decision == 'y', Dismissed: decision == 'n'}
	}
	d := lotOf("T", "综合评估法", 0.90, 0.91, 0.92)
	sealed := lotOf("T", "综合评估法", 0.90, 0.91, 0.92)
	sealed.Releases = nil
	few := lotOf("T", "综合评估法", 0.90, 0.91)
	two := lotOf("T", "综合评估法", 0.90, 0.91, 0.92)
	two.Lots = append(two.Lots, docket.Lot{Code: "L2"})
	for _, c := range []struct {
		name                string
		d                   *docket.Docket
		decisions           []Decision
		want                string // y, n or nothing
		undecided, unpriced int
	}{
		{"nobody decided", d, []Decision{fired("D01", "L1", '?')}, "", 0, 0},
		{"confirmed", d, []Decision{fired("D01", "L1", 'y')}, "y", 0, 0},
		{"innocent", d, []Decision{fired("D01", "L1", 'n')}, "n", 0, 0},
		{"one confirmed, one open", d, []Decision{fired("D01", "L1", 'y'), fired("F03", "L1", '?')}, "y", 0, 0},
		{"one confirmed, one dismissed", d, []Decision{fired("D01", "L1", 'n'), fired("F03", "L1", 'y')}, "y", 0, 0},
		{"one dismissed, one open", d, []Decision{fired("D01", "L1", 'n'), fired("F03", "L1", '?')}, "", 1, 0},
		{"a period too short says nothing of prices", d, []Decision{fired("A02", "L1", 'y')}, "", 0, 0},
		{"of the whole docket, one lot", d, []Decision{fired("D01", "", 'y')}, "y", 0, 0},
		{"of the whole docket, two lots", two, []Decision{fired("D01", "", 'y')}, "", 0, 0},
		{"sealed", sealed, []Decision{fired("D01", "L1", 'y')}, "", 0, 1},
		{"two prices", few, []Decision{fired("D01", "L1", 'y')}, "", 0, 1},
	} {
		cases, undecided, unpriced := casesOf(Decided{c.d, c.decisions})
		got := ""
		for _, x := range cases {
			got += map[bool]string{true: "y", false: "n"}[x.Confirmed]
		}
		if got != c.want || undecided != c.undecided || unpriced != c.unpriced {
			t.Errorf("%s: %q, %d undecided, %d unpriced", c.name, got, undecided, unpriced)
		}
	}
}

// TestLearnedDoesNotLeak: another day, other names, prices ten times as high,
// another place, another method and other codes are the same to the learnt score.
func TestLearnedDoesNotLeak(t *testing.T) {
	a := decidedOf(1, 0)[0]
	b := decidedOf(1, 0)[0]
	b.Docket.ID, b.Docket.Region = "another", "411502"
	for i := range b.Docket.Live {
		f := b.Docket.Live[i].Fields
		for name, v := range f {
			switch name {
			case "BID_PRICE":
				f[name] = v + "0"
			case "BIDDER_ORG_CODE":
				f[name] = "X" + v
			case "EVALUATING_METHOD":
				f[name] = "经评审的最低投标价法"
			case "CONTROL_PRICE":
				f[name] = "999999999"
			}
		}
	}
	x, _, _ := casesOf(a)
	y, _, _ := casesOf(b)
	if len(x) != 1 || len(y) != 1 {
		t.Fatal(len(x), len(y))
	}
	for i := range x[0].X {
		if p, q := x[0].X[i], y[0].X[i]; p-q > 1e-9 || q-p > 1e-9 {
			t.Errorf("%s: %v and %v", LearnedNames[i], p, q)
		}
	}
	for _, n := range LearnedNames {
		if learnedZH[n] == "" {
			t.Errorf("%s has no Chinese name", n)
		}
	}
	if len(LearnedNames) != len(screen.FeatureNames) || len(x[0].X) != len(LearnedNames) {
		t.Error("the names are not those of the features")
	}
}

// TestLearnedIsSilent: with one decision too few the indicator says how many
// there are, of every lot, and nothing else; also where the terse worker asks.
func TestLearnedIsSilent(t *testing.T) {
	at := time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)
	for _, n := range [][2]int{{49, 80}, {80, 49}, {0, 0}, {3, 200}} {
		e, err := Learn(decidedOf(n[0], n[1]), DefaultSettings(), at)
		if err != nil || e.Speaks() {
			t.Fatalf("%v: speaks, %v", n, err)
		}
		d := lotOf("T", "综合评估法", 0.9, 0.901, 0.902, 0.903, 0.9035)
		for _, terse := range []bool{false, true} {
			i := slices.IndexFunc(Rules(), func(r Rule) bool { return r.Info().ID == "F07" })
			f := Evaluate(d, Env{At: at, Learned: &e, Terse: terse})
			n7 := slices.IndexFunc(f, func(f Finding) bool { return f.Indicator == Rules()[i].Info().ID })
			if got := f[n7]; got.State != InsufficientData || got.Value != "" || !terse && !strings.Contains(got.TextZH, fmt.Sprintf("查实 %d/50 个项目，排除 %d/50 个项目", n[0], n[1])) {
				t.Errorf("%v, terse %v: %s %q %s", n, terse, got.State, got.Value, got.TextZH)
			}
		}
	}
	// Not set: nothing is enough.
	if d := LearnedDemands(mustSettings(t, "settings:\n  - {id: X, date: 2026-11-26, indicator: A05, bidders: 3, source: test}\n"), trade.DayOf(at)); d.Confirmed < 1<<30 || d.Innocent < 1<<30 {
		t.Errorf("without a setting: %+v", d)
	}
	one, _ := Learn(decidedOf(60, 60), DefaultSettings(), at)
	two, _ := Learn(decidedOf(60, 60), DefaultSettings(), at)
	if !one.Speaks() || !reflect.DeepEqual(one, two) {
		t.Errorf("silent for %q, or not the same twice", one.Silent)
	}
}

func mustSettings(t *testing.T, text string) *Settings {
	t.Helper()
	s, err := ReadSettings([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
