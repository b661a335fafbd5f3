package learn

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Fitted is a logistic regression in a form that can be kept: everything that
// its scores are made of.
type Fitted struct {
	Knots   [][]float64 `json:"knots"`  // by feature, rising: values of it
	Normal  [][]float64 `json:"normal"` // the normal score of each knot
	Squares bool        `json:"squares"`
	Beta    []float64   `json:"beta"` // the constant, then a coefficient a feature, then one a square
}

// Fit learns as Learn does and returns what can be kept.
func (l Logistic) Fit(rows Rows) (*Fitted, error) {
	m, err := l.fit(rows)
	if err != nil {
		return nil, err
	}
	return &Fitted{m.scale.sorted, m.scale.score, m.squares, m.beta}, nil
}

// Check says why what was kept is no model, or nil.
func (f *Fitted) Check() error {
	n := 1 + len(f.Knots)
	if f.Squares {
		n += len(f.Knots)
	}
	if len(f.Beta) != n || len(f.Normal) != len(f.Knots) {
		return fmt.Errorf("learn: kept model: %d coefficients for %d features", len(f.Beta), len(f.Knots))
	}
	for i, vs := range f.Knots {
		if len(vs) != len(f.Normal[i]) || !slices.IsSorted(vs) {
			return fmt.Errorf("learn: kept model: the scale of feature %d is broken", i)
		}
	}
	for _, b := range f.Beta {
		if math.IsNaN(b) || math.IsInf(b, 0) {
			return errors.New("learn: kept model: a coefficient is no number")
		}
	}
	return nil
}

// Score is the log of the odds, with both classes taken as equally common.
func (f *Fitted) Score(x []float64) float64 {
	sum := f.Beta[0]
	for _, v := range f.Parts(x) {
		sum += v
	}
	if f.Squares {
		for _, b := range f.Beta[1+len(f.Knots):] {
			sum -= b / 2
		}
	}
	return sum
}

// Parts is what each feature of a row adds to its score, over a row that stands
// in the middle of that feature or of which it is not known.
func (f *Fitted) Parts(x []float64) []float64 {
	n := len(f.Knots)
	out := make([]float64, n)
	for i, z := range (&scaling{f.Knots, f.Normal}).apply(x) {
		out[i] = f.Beta[1+i] * z
		if f.Squares {
			out[i] += f.Beta[1+n+i] * z * z / 2
		}
	}
	return out
}

// At is about the value of a feature that stands z deviations from its middle;
// NaN where no row knew the feature.
func (f *Fitted) At(feature int, z float64) float64 {
	zs := f.Normal[feature]
	if len(zs) == 0 {
		return math.NaN()
	}
	k := 0
	for i := range zs {
		if math.Abs(zs[i]-z) < math.Abs(zs[k]-z) {
			k = i
		}
	}
	return f.Knots[feature][k]
}
