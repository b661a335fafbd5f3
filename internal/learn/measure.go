package learn

import (
	"math"
	"sort"
)

// AUC is the chance that a row of the class scores above one that is not, ties
// counted half; by weight (nil: one each). NaN when a class is missing.
func AUC(score []float64, y []bool, w []float64) float64 {
	at := byScore(score)
	var below, yes, no, sum float64
	for i := 0; i < len(at); {
		var a, b float64
		j := i
		for ; j < len(at) && score[at[j]] == score[at[i]]; j++ {
			v := 1.0
			if w != nil {
				v = w[at[j]]
			}
			if y[at[j]] {
				a += v
			} else {
				b += v
			}
		}
		sum += a * (below + b/2)
		below += b
		yes += a
		no += b
		i = j
	}
	if yes == 0 || no == 0 {
		return math.NaN()
	}
	return sum / yes / no
}

func byScore(score []float64) []int {
	at := make([]int, len(score))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool { return score[at[i]] < score[at[j]] })
	return at
}

// A Confusion counts, by weight, what was said against what is so.
type Confusion struct {
	TruePositive, FalsePositive, TrueNegative, FalseNegative float64
}

// Confuse says yes to each score that is at least the threshold.
func Confuse(score []float64, y []bool, w []float64, threshold float64) Confusion {
	var c Confusion
	for i, s := range score {
		v := 1.0
		if w != nil {
			v = w[i]
		}
		switch {
		case s >= threshold && y[i]:
			c.TruePositive += v
		case s >= threshold:
			c.FalsePositive += v
		case y[i]:
			c.FalseNegative += v
		default:
			c.TrueNegative += v
		}
	}
	return c
}

// Recall is the share of the class that was found; NaN when there is none.
func (c Confusion) Recall() float64 { return c.TruePositive / (c.TruePositive + c.FalseNegative) }

// Specificity is the share of the others that were left alone; NaN when there is none.
func (c Confusion) Specificity() float64 { return c.TrueNegative / (c.TrueNegative + c.FalsePositive) }

// Balanced is the mean of recall and specificity.
func (c Confusion) Balanced() float64 { return (c.Recall() + c.Specificity()) / 2 }

// Precision is the share of what was said that is so; 1 when nothing was said.
func (c Confusion) Precision() float64 {
	if c.TruePositive+c.FalsePositive == 0 {
		return 1
	}
	return c.TruePositive / (c.TruePositive + c.FalsePositive)
}

// F1 is the harmonic mean of precision and recall.
func (c Confusion) F1() float64 {
	if c.TruePositive == 0 {
		return 0
	}
	return 2 * c.TruePositive / (2*c.TruePositive + c.FalsePositive + c.FalseNegative)
}

// BestThreshold is the threshold of the highest balanced accuracy on scores
// (out-of-fold ones, for it to hold on others): of the stretch of thresholds whose
// balanced accuracy lies within slack of the best, the one in the middle of the
// stretch that holds the best. The middle varies less from sample to sample than
// the best itself.
func BestThreshold(score []float64, y []bool, w []float64, slack float64) float64 {
	at := byScore(score)
	if len(at) == 0 {
		return 0
	}
	var yes, no float64
	for i := range y {
		v := 1.0
		if w != nil {
			v = w[i]
		}
		if y[i] {
			yes += v
		} else {
			no += v
		}
	}
	// cuts[k] lies between one distinct score and the next; good[k] is the balanced accuracy there.
	var cuts, good []float64
	var missed, spared float64
	cuts, good = append(cuts, score[at[0]]), append(good, 0.5)
	for i := 0; i < len(at); {
		j := i
		for ; j < len(at) && score[at[j]] == score[at[i]]; j++ {
			v := 1.0
			if w != nil {
				v = w[at[j]]
			}
			if y[at[j]] {
				missed += v
			} else {
				spared += v
			}
		}
		cut := math.Nextafter(score[at[i]], math.Inf(1))
		if j < len(at) {
			cut = score[at[i]] + (score[at[j]]-score[at[i]])/2
			if cut <= score[at[i]] {
				cut = score[at[j]]
			}
		}
		cuts, good = append(cuts, cut), append(good, ((yes-missed)/yes+spared/no)/2)
		i = j
	}
	best := 0
	for k, g := range good {
		if g > good[best] {
			best = k
		}
	}
	lo, hi := best, best
	for lo > 0 && good[lo-1] >= good[best]-slack {
		lo--
	}
	for hi < len(good)-1 && good[hi+1] >= good[best]-slack {
		hi++
	}
	return (cuts[lo] + cuts[hi]) / 2
}

// A Mean is the mean of some values with its standard error.
type Mean struct {
	N     int     `json:"n"`
	Mean  float64 `json:"mean"`
	Error float64 `json:"error"` // sample standard deviation by the root of n; 0 for one value
}

// MeanOf leaves out values that are no numbers.
func MeanOf(vs []float64) Mean {
	var m Mean
	for _, v := range vs {
		if !math.IsNaN(v) {
			m.N++
			m.Mean += v
		}
	}
	if m.N == 0 {
		return m
	}
	m.Mean /= float64(m.N)
	var squares float64
	for _, v := range vs {
		if !math.IsNaN(v) {
			squares += (v - m.Mean) * (v - m.Mean)
		}
	}
	if m.N > 1 {
		m.Error = math.Sqrt(squares / float64(m.N-1) / float64(m.N))
	}
	return m
}
