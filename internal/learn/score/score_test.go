package score

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	at    = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)
	names = []string{"a", "b", "c"}
	usual = Demands{Confirmed: 50, Innocent: 50, AUC: 0.7, Speak: 0.5, Settings: "F07@2026-11-26"}
)

// cases are n dockets, half of them confirmed, with three bidders each out of a
// market of firms; apart is how far the classes stand apart in feature a.
func cases(n, firms int, apart float64, seed uint64) []Case {
	rnd := rand.New(rand.NewPCG(seed, 3))
	var out []Case
	for i := range n {
		c := Case{Docket: fmt.Sprintf("T%04d", i), Lot: "1", Confirmed: i%2 == 0, X: []float64{rnd.NormFloat64(), rnd.NormFloat64(), rnd.NormFloat64()}}
		if c.Confirmed {
			c.X[0] += apart
		}
		for range 3 {
			c.Firms = append(c.Firms, fmt.Sprint("firm ", rnd.IntN(firms)))
		}
		out = append(out, c)
	}
	return out
}

func TestSpeaks(t *testing.T) {
	all := cases(140, 400, 2, 1)
	e, err := Make(all, Left{}, names, usual, at)
	if err != nil || !e.Speaks() {
		t.Fatalf("%v, silent for %q: %+v", err, e.Silent, e.Validation)
	}
	if e.Validation.Confirmed != 70 || e.Validation.Innocent != 70 || e.Validation.TestedYes != 70 {
		t.Errorf("counts: %+v", e.Validation)
	}
	if len(e.Weights) != 3 || e.Weights[0].Name != "a" || e.Weights[0].Weight <= 0 {
		t.Errorf("weights: %+v", e.Weights)
	}
	high, parts := e.Say([]float64{3, 0, 0})
	low, _ := e.Say([]float64{-1, 0, 0})
	if !(high > 0.8 && low < 0.2) || parts[0].Name != "a" || parts[0].Adds <= 0 {
		t.Errorf("high %v, low %v, %+v", high, low, parts)
	}
	// A lot of which nothing is known is told by nothing but the constant.
	if p, parts := e.Say([]float64{math.NaN(), math.Inf(1), math.NaN()}); len(parts) != 0 || !(p > 0.2 && p < 0.8) {
		t.Errorf("of nothing: %v, %+v", p, parts)
	}
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Edition
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if p, _ := back.Say([]float64{3, 0, 0}); p != high || back.Check() != nil {
		t.Errorf("kept and read again it says %v, not %v: %v", p, high, back.Check())
	}
	// Another order is the same edition, another day too; another decision is not.
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	again, err := Make(all, Left{}, names, usual, at.AddDate(0, 0, 1))
	if err != nil || again.ID != e.ID || !reflect.DeepEqual(again.Model, e.Model) {
		t.Errorf("made again: %s, not %s, %v", again.ID, e.ID, err)
	}
	all[0].Confirmed = !all[0].Confirmed
	if other, err := Make(all, Left{}, names, usual, at); err != nil || other.ID == e.ID {
		t.Errorf("another decision gives the same edition, %v", err)
	}
}

// Below what is demanded there is no model, however well the cases stand apart.
func TestSilentBelowTheDemand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		demands := Demands{Confirmed: rapid.IntRange(1, 40).Draw(t, "confirmed"), Innocent: rapid.IntRange(1, 40).Draw(t, "innocent"), Speak: 0.5}
		yes, no := rapid.IntRange(0, 40).Draw(t, "yes"), rapid.IntRange(0, 40).Draw(t, "no")
		lots := rapid.IntRange(1, 3).Draw(t, "lots")
		var all []Case
		for i := range yes + no {
			for lot := range lots { // many lots of few dockets are few cases
				x := float64(i)
				if i < yes {
					x += 1000
				}
				all = append(all, Case{Docket: fmt.Sprint(i), Lot: fmt.Sprint(lot), Firms: []string{fmt.Sprint(i)}, X: []float64{x, 0, math.NaN()}, Confirmed: i < yes})
			}
		}
		e, err := Make(all, Left{}, names, demands, at)
		if err != nil {
			t.Fatal(err)
		}
		if (yes < demands.Confirmed || no < demands.Innocent) && (e.Speaks() || e.Model != nil || e.Silent == "") {
			t.Fatalf("speaks of %d and %d, demanded %d and %d", yes, no, demands.Confirmed, demands.Innocent)
		}
		if e.Validation.Confirmed != yes || e.Validation.Innocent != no {
			t.Fatalf("counts %+v of %d and %d", e.Validation, yes, no)
		}
	})
}

// Decisions dealt at random teach nothing, and the test sees it.
func TestShuffledDecisionsStaySilent(t *testing.T) {
	all := cases(140, 400, 2, 1)
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 5))
		rnd.Shuffle(len(all), func(i, j int) { all[i].Confirmed, all[j].Confirmed = all[j].Confirmed, all[i].Confirmed })
		e, err := Make(all, Left{}, names, usual, at)
		if err != nil || e.Speaks() || e.Model != nil || e.Silent != TellsNothing {
			t.Errorf("seed %d: silent for %q with AUC %.2f ± %.2f, %v", seed, e.Silent, e.Validation.AUC, e.Validation.Error, err)
		}
	}
}

// Prices that tell the bidders apart and nothing else must not pass for
// knowledge: each ring of firms has its own place in feature a, and its lots are
// all confirmed or all innocent. Few rings, and chance may look like knowledge:
// then too, for rings are counted and not their dockets.
func TestFirmsAreNotLearnt(t *testing.T) {
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		rings := []int{12, 40}[seed%2]
		var all []Case
		for ring := range rings {
			confirmed := ring%2 == 0
			place := float64(rnd.IntN(1000))
			for i := range 480 / rings / 2 {
				all = append(all, Case{
					Docket: fmt.Sprint(ring, "-", i), Lot: "1", Firms: []string{fmt.Sprint("ring ", ring)}, Confirmed: confirmed,
					X: []float64{place + rnd.Float64()/10, math.Sin(place), math.Cos(place)},
				})
			}
		}
		e, err := Make(all, Left{}, names, usual, at)
		if err != nil {
			t.Fatal(err)
		}
		if e.Speaks() || e.Validation.StrangersYes != rings/2 {
			t.Errorf("seed %d: %d rings, AUC %.2f, chance %.2f, strangers %d", seed, rings, e.Validation.AUC, e.Validation.Chance, e.Validation.StrangersYes)
		}
	}
}

// Where the same firms bid everywhere nothing can be tested on others, and so it
// keeps silent.
func TestOneRingEverywhere(t *testing.T) {
	all := cases(140, 3, 3, 1)
	for i := range all {
		all[i].Firms = []string{"the one"}
	}
	e, err := Make(all, Left{}, names, usual, at)
	if err != nil || e.Silent != FewApart || e.Speaks() {
		t.Errorf("silent for %q, %v", e.Silent, err)
	}
}

// The probabilities that the test told happen about as often as told.
func TestCalibrated(t *testing.T) {
	e, err := Make(cases(600, 5000, 1.5, 4), Left{}, names, usual, at)
	if err != nil || !e.Speaks() {
		t.Fatal(err, e.Silent)
	}
	for _, b := range e.Validation.Calibration {
		if math.Abs(b.Said-b.Happened) > 0.12 { // two and a half standard errors of 120 rows
			t.Errorf("said %.2f, happened %.2f of %d", b.Said, b.Happened, b.Rows)
		}
	}
	if e.Validation.Brier >= e.Validation.BrierBase {
		t.Errorf("Brier %.3f, of always saying the same %.3f", e.Validation.Brier, e.Validation.BrierBase)
	}
}
