// Package learn holds small learners for tables of a few thousand rows and a few
// dozen features: logistic regression, extremely randomised trees, boosted
// shallow trees, calibration, cross-validation by group, and the measures that
// judge them. They answer two classes. The same rows and seed give the same
// model, on any number of processors.
package learn

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
)

// Rows are what is learnt from. A feature that is not known is NaN.
type Rows struct {
	X [][]float64 // a row each, all as long
	Y []bool      // the class of each row
	W []float64   // weight of each row, positive; nil: one each
}

// ErrRows says that there is nothing to learn from: no rows, or one class only.
var ErrRows = errors.New("learn: rows of both classes are needed")

// A Model scores rows: the more, the more likely of the class. Scores of
// different kinds of models are not comparable.
type Model interface {
	Score(x []float64) float64
}

// A Learner makes models. Learners are values: settings and no state.
type Learner interface {
	Learn(rows Rows, seed uint64) (Model, error)
}

// check says whether rows can be learnt from.
func (r Rows) check() error {
	if len(r.X) == 0 || len(r.X) != len(r.Y) || r.W != nil && len(r.W) != len(r.X) {
		return fmt.Errorf("%w: %d rows, %d classes, %d weights", ErrRows, len(r.X), len(r.Y), len(r.W))
	}
	yes := 0
	for i, x := range r.X {
		if len(x) != len(r.X[0]) {
			return fmt.Errorf("learn: row %d has %d features, the first %d", i, len(x), len(r.X[0]))
		}
		if r.W != nil && !(r.W[i] > 0) {
			return fmt.Errorf("learn: row %d has the weight %v", i, r.W[i])
		}
		if r.Y[i] {
			yes++
		}
	}
	if yes == 0 || yes == len(r.Y) {
		return ErrRows
	}
	return nil
}

// Take returns the rows at the given places, sharing their features.
func (r Rows) Take(at []int) Rows {
	out := Rows{X: make([][]float64, len(at)), Y: make([]bool, len(at))}
	if r.W != nil {
		out.W = make([]float64, len(at))
	}
	for i, k := range at {
		out.X[i], out.Y[i] = r.X[k], r.Y[k]
		if r.W != nil {
			out.W[i] = r.W[k]
		}
	}
	return out
}

func (r Rows) weight(i int) float64 {
	if r.W == nil {
		return 1
	}
	return r.W[i]
}

// balanced returns weights with which both classes weigh half the rows each.
func (r Rows) balanced() []float64 {
	var sum [2]float64
	w := make([]float64, len(r.Y))
	for i, y := range r.Y {
		w[i] = r.weight(i)
		sum[class(y)] += w[i]
	}
	for i, y := range r.Y {
		w[i] *= float64(len(r.Y)) / 2 / sum[class(y)]
	}
	return w
}

func class(y bool) int {
	if y {
		return 1
	}
	return 0
}

// columns turns rows into features, a copy.
func columns(x [][]float64) [][]float64 {
	out := make([][]float64, len(x[0]))
	all := make([]float64, len(x)*len(out))
	for f := range out {
		out[f] = all[f*len(x) : (f+1)*len(x)]
		for i := range x {
			out[f][i] = x[i][f]
		}
	}
	return out
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// parallel calls with 0 … n−1 on all processors.
func parallel(n int, call func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				call(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// Only is a learner that sees some of the features.
type Only struct {
	Learner
	Features []int // places
}

type only struct {
	Model
	features []int
}

// Learn learns from the chosen features.
func (l Only) Learn(rows Rows, seed uint64) (Model, error) {
	x := make([][]float64, len(rows.X))
	for i := range x {
		x[i] = choose(rows.X[i], l.Features)
	}
	rows.X = x
	m, err := l.Learner.Learn(rows, seed)
	return only{m, l.Features}, err
}

func (m only) Score(x []float64) float64 { return m.Model.Score(choose(x, m.features)) }

func choose(x []float64, at []int) []float64 {
	out := make([]float64, len(at))
	for i, k := range at {
		out[i] = x[k]
	}
	return out
}
