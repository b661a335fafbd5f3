// Package screen holds the statistics of the prices of one lot that are known to
// differ between competing and agreeing bidders: screens. Pure arithmetic; what
// is remarkable about a value is for those who know the lot's peers.
//
// Sources: Abrantes-Metz et al. 2006 (CV); Imhof, Karagök, Rutz 2018 (DIFFP, RD);
// Huber and Imhof 2019 (SPD, SKEW, KURT, KS); Wallimann, Imhof and Huber 2022
// (RDNOR, RDALT, summaries over subsets); García Rodríguez et al. 2022 (KS to the
// uniform).
package screen

import (
	"math"
	"slices"
)

// Screens are the statistics of one lot's bids. A value that cannot be said is
// NaN: everything but SPD, CV, Diff and DiffP needs three bids, Kurt four, and
// none is said of bids that are all equal where it divides by their deviation.
// All but Diff are without unit and the same for prices in another currency or
// of another size.
type Screens struct {
	N         int     // bids
	CV        float64 // sample standard deviation by mean; suspicious when low
	SPD       float64 // (highest − lowest) by lowest; low
	Diff      float64 // second lowest − lowest, in the currency of the bids; high
	DiffP     float64 // Diff by lowest; high
	RD        float64 // Diff by the deviation of the losing bids; above one
	RDNor     float64 // Diff by the mean gap between neighbours; above one
	RDAlt     float64 // Diff by the mean gap between neighbouring losing bids; above one
	Skew      float64 // sample skewness; negative
	Kurt      float64 // sample excess kurtosis; high
	KSUniform float64 // Kolmogorov–Smirnov distance to the uniform between lowest and highest; high
	KS        float64 // Huber and Imhof's distance of bid/deviation to i/(n+1); high, nearly 1/CV
}

// leastPart is the least share of the mean bid that RD, RDNor and RDAlt divide
// by. Losing bids that lie on one spot would make them infinite. The authors'
// program divides by half a unit of currency at least; that makes the screens
// depend on the currency, so that the guard is relative here: at a mean of half a
// million both are the same.
const leastPart = 1e-6

// Sorted returns the usable bids from the lowest: those that are positive and
// finite. The argument is left as it is.
func Sorted(bids []float64) []float64 {
	b := make([]float64, 0, len(bids))
	for _, v := range bids {
		if v > 0 && !math.IsInf(v, 1) {
			b = append(b, v)
		}
	}
	slices.Sort(b)
	return b
}

// Of measures bids, in any order. Bids that are nought, negative or no number
// are left out.
func Of(bids []float64) Screens { return ofSorted(Sorted(bids)) }

func ofSorted(b []float64) Screens {
	nan := math.NaN()
	s := Screens{len(b), nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan}
	n := len(b)
	if n < 2 {
		return s
	}
	m, sd := meanDeviation(b)
	spread := b[n-1] - b[0]
	s.CV = sd / m
	s.SPD = spread / b[0]
	s.Diff = b[1] - b[0]
	s.DiffP = s.Diff / b[0]
	if n < 3 {
		return s
	}
	_, losers := meanDeviation(b[1:])
	s.RD = s.Diff / max(losers, leastPart*m)
	s.RDNor = s.Diff / max(spread/float64(n-1), leastPart*m)
	s.RDAlt = s.Diff / max((b[n-1]-b[1])/float64(n-2), leastPart*m)
	if sd <= 1e-12*m { // all equal, but for rounding
		return s
	}
	k := float64(n)
	var third, fourth float64
	for i, v := range b {
		z := (v - m) / sd
		third += z * z * z
		fourth += z * z * z * z
		place := float64(i+1) / (k + 1)
		if d := math.Abs(v/sd - place); !(d <= s.KS) { // also the first, as KS is no number yet
			s.KS = d
		}
	}
	s.Skew = k / ((k - 1) * (k - 2)) * third
	if n >= 4 {
		s.Kurt = k*(k+1)/((k-1)*(k-2)*(k-3))*fourth - 3*(k-1)*(k-1)/((k-2)*(k-3))
	}
	s.KSUniform = ksUniform(b)
	return s
}

// ksUniform is the one-sample distance of sorted bids to the uniform between
// their ends, which must differ.
func ksUniform(b []float64) float64 {
	n := float64(len(b))
	lo, width := b[0], b[len(b)-1]-b[0]
	var most float64
	for i, v := range b {
		f := (v - lo) / width
		most = max(most, float64(i+1)/n-f, f-float64(i)/n)
	}
	return most
}

// meanDeviation gives mean and sample standard deviation; the latter is NaN for
// one value. Two passes: prices lie close together and far from nought.
func meanDeviation(x []float64) (mean, deviation float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	if len(x) < 2 {
		return mean, math.NaN()
	}
	var squares float64
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / (n - 1))
}

// Names are the names of Values, in their order: the screens without unit.
var Names = []string{"CV", "SPD", "DIFFP", "RD", "RDNOR", "RDALT", "SKEW", "KURT", "KSUNIFORM", "KS"}

// Values are the screens without unit in the order of Names.
func (s *Screens) Values() []float64 {
	return []float64{s.CV, s.SPD, s.DiffP, s.RD, s.RDNor, s.RDAlt, s.Skew, s.Kurt, s.KSUniform, s.KS}
}
