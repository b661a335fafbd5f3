package screen

import (
	"math"
	"slices"
)

// FeatureNames are the names of Features, in their order.
var FeatureNames = slices.Concat([]string{"n"}, Names, []string{
	"median/mean", "low tail", "high tail", "shape10", "shape25", "shape50", "shape75", "shape90", "z low", "z high",
	"largest gap", "place of largest gap", "smallest gap", "IQR", "MAD", "second gap", "last gap", "CV losers", "CV lower half", "CV upper half",
	"near median", "entropy of gaps",
})

// Features describes the prices of a lot for learning: the number of bids, the
// screens, and the shape of the sorted prices. All but the number is without unit:
// nothing tells the size of the prices, the day, or who bid. What cannot be said
// is NaN.
func Features(bids []float64) []float64 {
	b := Sorted(bids)
	s := ofSorted(b)
	out := make([]float64, 0, len(FeatureNames))
	out = append(out, float64(s.N))
	out = append(out, s.Values()...)
	n := len(b)
	if n < 2 {
		for len(out) < len(FeatureNames) {
			out = append(out, math.NaN())
		}
		return out
	}
	m, sd := meanDeviation(b)
	mid := at(b, 0.5)
	spread := b[n-1] - b[0]
	out = append(out, mid/m-1, (mid-b[0])/mid, (b[n-1]-mid)/mid)
	for _, p := range []float64{0.1, 0.25, 0.5, 0.75, 0.9} {
		out = append(out, known((at(b, p)-b[0])/spread))
	}
	out = append(out, known((m-b[0])/sd), known((b[n-1]-m)/sd))
	large, place, small, entropy := 0.0, 0, math.Inf(1), 0.0
	for i := 1; i < n; i++ {
		g := b[i] - b[i-1]
		if g > large {
			large, place = g, i
		}
		small = min(small, g)
		if g > 0 {
			entropy -= g / spread * math.Log(g/spread)
		}
	}
	gaps := float64(n - 1)
	out = append(out, known(large/spread*gaps), float64(place)/gaps, known(small/spread*gaps))
	away := make([]float64, n)
	near := 0.0
	for i, v := range b {
		away[i] = math.Abs(v - mid)
		if away[i] <= sd/2 {
			near += 1 / float64(n)
		}
	}
	slices.Sort(away)
	out = append(out, (at(b, 0.75)-at(b, 0.25))/mid, at(away, 0.5)/mid)
	if n < 3 {
		for len(out) < len(FeatureNames) {
			out = append(out, math.NaN())
		}
		return out
	}
	out = append(out, (b[2]-b[1])/b[0], (b[n-1]-b[n-2])/b[0], variationOf(b[1:]), variationOf(b[:(n+1)/2]), variationOf(b[n/2:]))
	return append(out, near, known(entropy/math.Log(gaps)))
}

func variationOf(b []float64) float64 {
	m, s := meanDeviation(b)
	return s / m
}

// known turns what was divided by nought into what is not known.
func known(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// at is the p-quantile of sorted values, straight between neighbours.
func at(b []float64, p float64) float64 {
	h := p * float64(len(b)-1)
	i := int(h)
	if i >= len(b)-1 {
		return b[len(b)-1]
	}
	return b[i] + (h-float64(i))*(b[i+1]-b[i])
}

// PositionNames are the names of Position, in their order.
var PositionNames = []string{"winner's rank", "winner/lowest", "winner/mean", "winner's z", "gap below winner", "gap above winner", "winners"}

// Position describes where the winners stand among the prices; the rank is 0 for
// the lowest and 1 for the highest. Of several winners the means are taken. NaN
// where no winner is known.
func Position(bids []float64, winner []bool) []float64 {
	b := Sorted(bids)
	out := make([]float64, len(PositionNames))
	m, sd := meanDeviation(b)
	n, winners := len(b), 0.0
	for i, v := range bids {
		if !winner[i] || !(v > 0) || math.IsInf(v, 1) {
			continue
		}
		winners++
		k, _ := slices.BinarySearch(b, v)
		last := k
		for last+1 < n && b[last+1] == v {
			last++
		}
		out[0] += known(float64(k) / float64(n-1))
		out[1] += v / b[0]
		out[2] += v / m
		out[3] += known((v - m) / sd)
		below, above := 0.0, 0.0
		if k > 0 {
			below = (v - b[k-1]) / v
		}
		if last+1 < n {
			above = (b[last+1] - v) / v
		}
		out[4] += below
		out[5] += above
	}
	for i := range out {
		out[i] = known(out[i] / winners)
	}
	out[6] = winners
	return out
}
