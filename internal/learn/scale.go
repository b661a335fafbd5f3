package learn

import (
	"math"
	"slices"
	"sort"
)

// A scaling brings features on one scale by their ranks among the rows learnt
// from: normal scores, which no outlier moves. An unknown value gets the score
// of the median.
type scaling struct {
	sorted [][]float64 // by feature, the distinct values
	score  [][]float64 // of each distinct value
}

// newScaling learns the scale of each feature.
func newScaling(x [][]float64) *scaling {
	s := &scaling{make([][]float64, len(x[0])), make([][]float64, len(x[0]))}
	for f := range x[0] {
		var vs []float64
		for i := range x {
			if v := x[i][f]; !math.IsNaN(v) {
				vs = append(vs, v)
			}
		}
		slices.Sort(vs)
		n := float64(len(vs))
		for i := 0; i < len(vs); {
			j := i
			for j < len(vs) && vs[j] == vs[i] {
				j++
			}
			s.sorted[f] = append(s.sorted[f], vs[i])
			s.score[f] = append(s.score[f], normalQuantile((float64(i+j)/2)/n)) // of the middle rank; never 0 or 1
			i = j
		}
	}
	return s
}

// thin keeps at most n knots of each feature, the ends among them.
func (s *scaling) thin(n int) {
	for f, vs := range s.sorted {
		if len(vs) <= n {
			continue
		}
		x, z := make([]float64, n), make([]float64, n)
		for i := range n {
			k := i * (len(vs) - 1) / (n - 1)
			x[i], z[i] = vs[k], s.score[f][k]
		}
		s.sorted[f], s.score[f] = x, z
	}
}

// apply scores one row; between known values it goes straight.
func (s *scaling) apply(x []float64) []float64 {
	out := make([]float64, len(x))
	for f, v := range x {
		vs, zs := s.sorted[f], s.score[f]
		if math.IsNaN(v) || len(vs) == 0 {
			continue
		}
		k := sort.SearchFloat64s(vs, v)
		switch {
		case k == len(vs):
			out[f] = zs[k-1]
		case vs[k] == v || k == 0:
			out[f] = zs[k]
		case math.IsInf(vs[k], 1) || math.IsInf(vs[k-1], -1):
			out[f] = zs[k-1]
		default:
			out[f] = zs[k-1] + (zs[k]-zs[k-1])*(v-vs[k-1])/(vs[k]-vs[k-1])
		}
	}
	return out
}

// normalQuantile is the inverse of the normal distribution.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
