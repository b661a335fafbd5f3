package detect

import "math"

// quantile returns the p-quantile of sorted values by definition 8 of Hyndman
// and Fan (1996), which is nearly unbiased for the median whatever the
// distribution. It is NaN for no values.
func quantile(sorted []float64, p float64) float64 {
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	h := (float64(n)+1.0/3)*p + 1.0/3
	i := math.Floor(h + 1e-12) // 1e-12: whole numbers must not fall to the one below
	switch {
	case i < 1:
		return sorted[0]
	case i >= float64(n):
		return sorted[n-1]
	}
	lo, hi := sorted[int(i)-1], sorted[int(i)]
	return lo + (h-i)*(hi-lo)
}
