package learn

import (
	"math"
	"slices"
	"sort"
)

// A Calibration turns scores into probabilities.
type Calibration interface {
	Probability(score float64) float64
}

// A Curve is a logistic curve: the probability of a score is 1/(1+exp(−A·score−B)).
type Curve struct {
	A float64 `json:"a"`
	B float64 `json:"b"`
}

// Probability is the height of the curve at a score.
func (c Curve) Probability(score float64) float64 { return sigmoid(c.A*score + c.B) }

// Platt fits a logistic curve to scores that the model did not see in learning,
// towards targets a little inside 0 and 1, as Platt (1999) does; the curve never
// falls.
func Platt(score []float64, y []bool, w []float64) (Calibration, error) {
	c, err := PlattCurve(score, y, w)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// PlattCurve is Platt, as the curve itself.
func PlattCurve(score []float64, y []bool, w []float64) (Curve, error) {
	rows := Rows{X: make([][]float64, len(score)), Y: y, W: w}
	for i, s := range score {
		rows.X[i] = []float64{s}
	}
	if err := rows.check(); err != nil {
		return Curve{}, err
	}
	mean, dev := spread(score)
	var yes, no float64
	for i := range y {
		if y[i] {
			yes += rows.weight(i)
		} else {
			no += rows.weight(i)
		}
	}
	// Each row stands twice, once a class, by its target.
	hi, lo := (yes+1)/(yes+2), 1/(no+2)
	var x [][]float64
	var ys []bool
	var ws []float64
	for i, s := range score {
		t := lo
		if y[i] {
			t = hi
		}
		v := []float64{1, (s - mean) / dev}
		x, ys, ws = append(x, v, v), append(ys, true, false), append(ws, rows.weight(i)*t, rows.weight(i)*(1-t))
	}
	beta, err := newton(x, ys, ws, 1e-6)
	if err != nil {
		return Curve{}, err
	}
	if beta[1] < 0 { // the score points the wrong way: then it says nothing
		return Curve{0, math.Log(yes / no)}, nil
	}
	return Curve{beta[1] / dev, beta[0] - beta[1]*mean/dev}, nil
}

func spread(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x))
	}
	if deviation = math.Sqrt(deviation); deviation == 0 {
		deviation = 1
	}
	return mean, deviation
}

// isotonic is a rising staircase: from at[k] on the probability is p[k].
type isotonic struct{ at, p []float64 }

func (s isotonic) Probability(score float64) float64 {
	k := sort.Search(len(s.at), func(i int) bool { return s.at[i] > score })
	return s.p[max(k-1, 0)]
}

// Isotonic fits the rising staircase of least squares (pool adjacent violators)
// to scores that the model did not see in learning.
func Isotonic(score []float64, y []bool, w []float64) (Calibration, error) {
	rows := Rows{X: make([][]float64, len(score)), Y: y, W: w}
	if err := rows.check(); err != nil {
		return nil, err
	}
	type block struct{ at, sum, weight float64 }
	var blocks []block
	for _, i := range byScore(score) {
		v := rows.weight(i)
		b := block{score[i], v * float64(class(y[i])), v}
		if n := len(blocks); n > 0 && blocks[n-1].at == b.at {
			blocks[n-1].sum += b.sum
			blocks[n-1].weight += b.weight
		} else {
			blocks = append(blocks, b)
		}
	}
	var pooled []block
	for _, b := range blocks {
		pooled = append(pooled, b)
		for n := len(pooled); n > 1 && pooled[n-2].sum*pooled[n-1].weight >= pooled[n-1].sum*pooled[n-2].weight; n = len(pooled) {
			pooled[n-2].sum += pooled[n-1].sum
			pooled[n-2].weight += pooled[n-1].weight
			pooled = pooled[:n-1]
		}
	}
	var s isotonic
	for _, b := range pooled {
		s.at, s.p = append(s.at, b.at), append(s.p, b.sum/b.weight)
	}
	return s, nil
}

// Brier is the mean square of what probabilities miss; smaller is better.
func Brier(p []float64, y []bool, w []float64) float64 {
	var sum, all float64
	for i := range p {
		v := 1.0
		if w != nil {
			v = w[i]
		}
		d := p[i] - float64(class(y[i]))
		sum += v * d * d
		all += v
	}
	return sum / all
}

// A Bin is one line of a table of reliability.
type Bin struct {
	Rows     int     `json:"rows"`
	Said     float64 `json:"said"`     // mean probability
	Happened float64 `json:"happened"` // share of the class
}

// Reliability sorts probabilities into n bins of about as many rows each.
func Reliability(p []float64, y []bool, n int) []Bin {
	at := byScore(p)
	var out []Bin
	for part := range slices.Chunk(at, max(1, (len(at)+n-1)/n)) {
		var b Bin
		for _, i := range part {
			b.Rows++
			b.Said += p[i]
			b.Happened += float64(class(y[i]))
		}
		b.Said /= float64(b.Rows)
		b.Happened /= float64(b.Rows)
		out = append(out, b)
	}
	return out
}
