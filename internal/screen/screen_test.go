package screen

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// TestByHand holds values computed on paper.
//
// 100, 110, 120, 150: mean 120, squares 400+100+0+900 = 1400, s = √(1400/3).
// Losing bids 110, 120, 150: mean 380/3, squares 2600/3, s = √(1300/3).
func TestByHand(t *testing.T) {
	s := Of([]float64{120, 100, 150, 110})
	sd := math.Sqrt(1400.0 / 3)
	near(t, "CV", s.CV, sd/120)
	near(t, "SPD", s.SPD, 0.5)
	near(t, "DIFF", s.Diff, 10)
	near(t, "DIFFP", s.DiffP, 0.1)
	near(t, "RD", s.RD, 10/math.Sqrt(1300.0/3))
	near(t, "RDNOR", s.RDNor, 10/(50.0/3))
	near(t, "RDALT", s.RDAlt, 10.0/20)
	// Σ(b−m)³ = −8000 − 1000 + 27000 = 18000; n/((n−1)(n−2)) = 4/6.
	near(t, "SKEW", s.Skew, 4.0/6*18000/(sd*sd*sd))
	// Σ(b−m)⁴ = 160000 + 10000 + 810000 = 980000; n(n+1)/((n−1)(n−2)(n−3)) = 20/6; 3(n−1)²/((n−2)(n−3)) = 27/2.
	near(t, "KURT", s.Kurt, 20.0/6*980000/(1400.0/3*1400/3)-13.5)
	// On [100, 150] the bids lie at 0, .2, .4, 1; steps to .25, .5, .75, 1: the third is short by .35.
	near(t, "KS uniform", s.KSUniform, 0.35)
	// 100/s − 1/5 = 4.429, 110/s − 2/5 = 4.692, 120/s − 3/5 = 4.955, 150/s − 4/5 = 6.144.
	near(t, "KS", s.KS, 150/sd-0.8)
}

// TestGuards: what cannot be said is no number, and one spot is not divided by.
func TestGuards(t *testing.T) {
	one := Of([]float64{5, 0, -3, math.NaN(), math.Inf(1)})
	if one.N != 1 || !math.IsNaN(one.CV) || !math.IsNaN(one.RD) {
		t.Errorf("one usable bid: %+v", one)
	}
	two := Of([]float64{100, 110})
	near(t, "SPD of two", two.SPD, 0.1)
	if !math.IsNaN(two.RD) || !math.IsNaN(two.Skew) || !math.IsNaN(two.KSUniform) {
		t.Errorf("two bids say too much: %+v", two)
	}
	three := Of([]float64{1, 2, 4})
	if !math.IsNaN(three.Kurt) || math.IsNaN(three.Skew) {
		t.Errorf("three bids: %+v", three)
	}
	equal := Of([]float64{7, 7, 7, 7})
	near(t, "CV of equals", equal.CV, 0)
	near(t, "RD of equals", equal.RD, 0)
	if !math.IsNaN(equal.Skew) || !math.IsNaN(equal.KS) {
		t.Errorf("equal bids: %+v", equal)
	}
	// Losing bids on one spot: at most a millionth of the mean is divided by.
	near(t, "RD of one spot", Of([]float64{90, 105, 105}).RD, 15/(1e-6*100))
}

func bidsOf(t *rapid.T) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(1000, 9e6), 3, 20).Draw(t, "bids")
}

// TestWithoutUnitOrOrder: prices in another currency (a power of two keeps every
// digit) and in another order give exactly the same screens and features.
func TestWithoutUnitOrOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bids := bidsOf(t)
		winner := make([]bool, len(bids))
		winner[rapid.IntRange(0, len(bids)-1).Draw(t, "winner")] = true
		scale := math.Ldexp(1, rapid.IntRange(-8, 20).Draw(t, "scale"))
		perm := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := range bids {
				if !yield(i) {
					return
				}
			}
		})).Draw(t, "order")
		other, won := make([]float64, len(bids)), make([]bool, len(bids))
		for i, k := range perm {
			other[i], won[i] = bids[k]*scale, winner[k]
		}
		a := slices.Concat(Features(bids), Position(bids, winner))
		b := slices.Concat(Features(other), Position(other, won))
		for i := range a {
			if a[i] != b[i] && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
				t.Errorf("%s: %v and %v", slices.Concat(FeatureNames, PositionNames)[i], a[i], b[i])
			}
		}
		if len(a) != len(FeatureNames)+len(PositionNames) {
			t.Errorf("%d features, %d names", len(a), len(FeatureNames)+len(PositionNames))
		}
	})
}

// TestBounds: what the formulas promise whatever the bids.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bids := bidsOf(t)
		s := Of(bids)
		n := float64(s.N)
		if s.CV < 0 || s.CV > math.Sqrt(n)+1e-9 {
			t.Errorf("CV %v of %d bids", s.CV, s.N)
		}
		if s.DiffP < 0 || s.DiffP > s.SPD+1e-12 || s.RDNor > n-1+1e-9 {
			t.Errorf("DIFFP %v, SPD %v, RDNOR %v", s.DiffP, s.SPD, s.RDNor)
		}
		if !math.IsNaN(s.KSUniform) && (s.KSUniform < 1/n-1e-12 || s.KSUniform > 1) {
			t.Errorf("KS uniform %v", s.KSUniform)
		}
	})
}

// TestSummaries: four bids have four subsets of three; a sample stands for many.
func TestSummaries(t *testing.T) {
	bids := []float64{100, 110, 120, 150}
	var spd []float64
	for skip := range bids {
		spd = append(spd, Of(slices.Delete(slices.Clone(bids), skip, skip+1)).SPD)
	}
	slices.Sort(spd)
	got := Summaries(bids, 3)[1]
	near(t, "mean", got.Mean, (spd[0]+spd[1]+spd[2]+spd[3])/4)
	near(t, "median", got.Median, (spd[1]+spd[2])/2)
	near(t, "min", got.Min, 0.2) // 100, 110, 120
	near(t, "max", got.Max, 0.5)
	if Summaries(bids, 5) != nil || Summaries(bids, 1) != nil {
		t.Error("a summary of subsets that are not there")
	}
	many := make([]float64, 40) // 91,390 subsets of four
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range many {
		many[i] = 100 + rnd.Float64()
	}
	a, b := Summaries(many, 4), Summaries(many, 4)
	if !slices.Equal(a, b) || !(a[0].Min < a[0].Mean && a[0].Mean < a[0].Max) {
		t.Errorf("a sample: %+v, %+v", a[0], b[0])
	}
	count := 0
	eachSubset(9, 4, func([]int) { count++ })
	if count != 126 {
		t.Errorf("%d subsets of 4 out of 9", count)
	}
}

func TestSeries(t *testing.T) {
	a, g := Series([]float64{100, 103, 106, 109})
	near(t, "arithmetic", a, 0)
	if g < 0.01 {
		t.Errorf("an arithmetic series is geometric: %v", g)
	}
	a, g = Series([]float64{1000, 1100, 1210, 1331})
	near(t, "geometric", g, 0)
	if a < 0.01 {
		t.Errorf("a geometric series is arithmetic: %v", a)
	}
	if a, g = Series([]float64{5, 5, 5}); !math.IsNaN(a) || !math.IsNaN(g) {
		t.Error("equal prices are a series")
	}
}

func TestRoundAndMultiple(t *testing.T) {
	for amount, want := range map[int64]int{0: 0, 7: 0, 1_230_000_00: 6, 100: 2} {
		if got := Trailing(amount); got != want {
			t.Errorf("%d ends with %d noughts, want %d", amount, got, want)
		}
	}
	// 1,000,000 × 1.03 = 1,030,000 to the fen; 1,030,000 × 1.05 = 1,081,500.
	got := Multiples([]int64{103_000_000, 100_000_000, 108_150_000, 104_123_457}, 5, 100, 1)
	want := []Multiple{{0, 2, 50}, {1, 0, 30}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// Rounded to a yuan: 33,333,350 fen × 1.03 = 34,333,350.5, written 343,334.00.
	if got := Multiples([]int64{33_333_350, 34_333_400}, 5, 100, 1); got != nil {
		t.Errorf("exact to the fen: %v", got)
	}
	if got := Multiples([]int64{33_333_350, 34_333_400}, 5, 100, 100); len(got) != 1 || got[0].PerMille != 30 {
		t.Errorf("exact to the yuan: %v", got)
	}
	if got := Multiples([]int64{5, 5, 0, -3}, 0, 1000, 1); got != nil {
		t.Errorf("no multiples: %v", got)
	}
}

func TestDistance(t *testing.T) {
	d := Distance([]float64{99.5, 98, 99.2, 100.1}, 100, 0.01)
	near(t, "lowest", d.Lowest, 0.02)
	near(t, "highest", d.Highest, -0.001)
	near(t, "near", d.Near, 0.5)
	if !math.IsNaN(Distance(nil, 100, 0.01).Near) || !math.IsNaN(Distance([]float64{1}, 0, 0.01).Lowest) {
		t.Error("a distance of nothing")
	}
}

// TestBenchmark: two support bids lift the mean of five honest ones, so that the
// ring's third bid lies nearest; without the ring another would have been best.
func TestBenchmark(t *testing.T) {
	bids := []float64{90, 92, 94, 96, 98, 104, 120, 121} // 5 is to win, 6 and 7 support it
	m := Benchmark{}
	near(t, "mean", m.Price(bids), 815.0/8)
	s, ok := m.WithoutGroup(bids, []int{5, 6, 7}, 5)
	near(t, "without", s.Without, 94)
	if !ok || s.Winner != 5 || s.Changed != 2 {
		t.Errorf("%+v", s)
	}
	// The same ring moves nothing where the extremes are left out of the mean.
	trimmed := Benchmark{DropHigh: 2, DropLow: 2, Least: 5}
	near(t, "trimmed", trimmed.Price(bids), 98)
	if s, ok = trimmed.WithoutGroup(bids, []int{6, 7}, -1); !ok || s.Winner != 4 {
		t.Errorf("trimmed: %+v", s)
	}
	near(t, "too few to trim", trimmed.Price([]float64{90, 100, 110}), 100)
	near(t, "factor", Benchmark{Factor: 0.97}.Price([]float64{90, 110}), 97)
	// 95 and 105 lie as far from 100; where what is above costs double the lower is favoured.
	if k := (Benchmark{Above: 2}).Best([]float64{104, 95, 110}, 100, []int{0, 1, 2}); k != 1 {
		t.Errorf("best is %d", k)
	}
	if _, ok := m.WithoutGroup(bids[:3], []int{0, 1}, -1); ok {
		t.Error("one bid is no mean of others")
	}
	if m.Best([]float64{0, -1}, 5, []int{0, 1}) != -1 {
		t.Error("a bid of nothing is best")
	}
}
