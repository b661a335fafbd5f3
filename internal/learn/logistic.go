package learn

import (
	"errors"
	"math"
)

// Logistic is logistic regression with a ridge penalty, both classes of equal
// weight, on features brought on one scale by their ranks.
type Logistic struct {
	Ridge   float64 // penalty on the squares of the coefficients, in rows; 0 stands for 1
	Squares bool    // take the square of each scaled feature as a feature too: it sees what is odd at both ends
	Knots   int     // at most so many points of each feature's scale are kept; 0: all
}

type logistic struct {
	scale   *scaling
	squares bool
	beta    []float64 // the constant first
}

// Learn fits by Newton's method.
func (l Logistic) Learn(rows Rows, _ uint64) (Model, error) {
	m, err := l.fit(rows)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (l Logistic) fit(rows Rows) (*logistic, error) {
	if err := rows.check(); err != nil {
		return nil, err
	}
	m := &logistic{scale: newScaling(rows.X), squares: l.Squares}
	if l.Knots > 1 {
		m.scale.thin(l.Knots)
	}
	x := make([][]float64, len(rows.X))
	parallel(len(x), func(i int) { x[i] = m.features(rows.X[i]) })
	ridge := l.Ridge
	if ridge <= 0 {
		ridge = 1
	}
	beta, err := newton(x, rows.Y, rows.balanced(), ridge)
	m.beta = beta
	return m, err
}

func (m *logistic) features(row []float64) []float64 {
	z := m.scale.apply(row)
	out := make([]float64, 1, 1+2*len(z))
	out[0] = 1
	out = append(out, z...)
	if m.squares {
		for _, v := range z {
			out = append(out, (v*v-1)/2)
		}
	}
	return out
}

// Score is the log of the odds, with both classes taken as equally common.
func (m *logistic) Score(row []float64) float64 { return dot(m.beta, m.features(row)) }

func dot(a, b []float64) float64 {
	var s float64
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// newton minimises the weighted loss with a penalty on all coefficients but the
// first. With the penalty the loss is strictly convex; steps that do not lower
// it are halved.
func newton(x [][]float64, y []bool, w []float64, ridge float64) ([]float64, error) {
	p := len(x[0])
	beta := make([]float64, p)
	loss := func(b []float64) float64 {
		var sum float64
		for i, row := range x {
			z := dot(b, row)
			if y[i] {
				z = -z
			}
			sum += w[i] * (max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))))
		}
		for _, v := range b[1:] {
			sum += ridge / 2 * v * v
		}
		return sum
	}
	now := loss(beta)
	for range 50 {
		h := make([][]float64, p)
		for j := range h {
			h[j] = make([]float64, p)
		}
		g := make([]float64, p)
		for i, row := range x {
			mu := sigmoid(dot(beta, row))
			r, v := w[i]*(mu-float64(class(y[i]))), w[i]*max(mu*(1-mu), 1e-9)
			for j, a := range row {
				g[j] += r * a
				va, hj := v*a, h[j]
				for k := range j + 1 {
					hj[k] += va * row[k]
				}
			}
		}
		for j := range p {
			if j > 0 {
				g[j] += ridge * beta[j]
				h[j][j] += ridge
			}
		}
		step, ok := cholesky(h, g)
		if !ok {
			return nil, errors.New("learn: logistic regression: the equations have no single answer")
		}
		next, better := make([]float64, p), false
		for size := 1.0; size > 1e-6; size /= 2 {
			for j := range next {
				next[j] = beta[j] - size*step[j]
			}
			if l := loss(next); l < now {
				better = now-l > 1e-9*(1+now)
				copy(beta, next)
				now = l
				break
			}
		}
		if !better {
			break
		}
	}
	return beta, nil
}

// cholesky solves a·x = b for a positive a, of which the lower half is read and
// overwritten.
func cholesky(a [][]float64, b []float64) ([]float64, bool) {
	n := len(b)
	for j := range n {
		for k := range j {
			for i := j; i < n; i++ {
				a[i][j] -= a[i][k] * a[j][k]
			}
		}
		if !(a[j][j] > 0) {
			return nil, false
		}
		root := math.Sqrt(a[j][j])
		for i := j; i < n; i++ {
			a[i][j] /= root
		}
	}
	x := append([]float64(nil), b...)
	for i := range n {
		for k := range i {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= a[k][i] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x, true
}
