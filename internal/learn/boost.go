package learn

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Boosted are shallow regression trees, each fitted to what those before it
// left over of the logistic loss (Friedman 2002), both classes of equal weight.
type Boosted struct {
	Rounds  int     // 0 stands for 150
	Depth   int     // splits from root to leaf; 0 stands for 3
	Rate    float64 // share of each tree that is kept; 0 stands for 0.05
	Sample  float64 // share of the rows that each tree sees; 0 stands for 0.7
	Try     float64 // share of the features that each tree sees; 0 stands for 0.5
	MinLeaf int     // least rows in a leaf; 0 stands for 5
	Ridge   float64 // penalty on the leaves, in rows; 0 stands for 1
}

// bins is the most different values of a feature that splits tell apart.
const bins = 48

type boosted struct {
	trees []tree
	start float64
}

// Score is the log of the odds, with both classes taken as equally common.
func (m *boosted) Score(x []float64) float64 {
	z := m.start
	for _, t := range m.trees {
		z += t.value(x)
	}
	return z
}

func (l Boosted) filled() Boosted {
	if l.Rounds <= 0 {
		l.Rounds = 150
	}
	if l.Depth <= 0 {
		l.Depth = 3
	}
	if l.Rate <= 0 {
		l.Rate = 0.05
	}
	if l.Sample <= 0 {
		l.Sample = 0.7
	}
	if l.Try <= 0 {
		l.Try = 0.5
	}
	if l.MinLeaf <= 0 {
		l.MinLeaf = 5
	}
	if l.Ridge <= 0 {
		l.Ridge = 1
	}
	return l
}

// Learn fits the trees, one after the other.
func (l Boosted) Learn(rows Rows, seed uint64) (Model, error) {
	if err := rows.check(); err != nil {
		return nil, err
	}
	b := &booster{Boosted: l.filled(), w: rows.balanced(), rnd: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // a sample, no secret
	b.bin(rows.X)
	n := len(rows.X)
	m := &boosted{}
	z := make([]float64, n)
	b.grad, b.hess = make([]float64, n), make([]float64, n)
	for range b.Rounds {
		for i := range z {
			p := sigmoid(z[i])
			b.grad[i] = b.w[i] * (float64(class(rows.Y[i])) - p)
			b.hess[i] = b.w[i] * p * (1 - p)
		}
		perm := b.rnd.Perm(n)
		at := make([]int32, max(1, int(math.Ceil(b.Sample*float64(n)))))
		for i := range at {
			at[i] = int32(perm[i])
		}
		slices.Sort(at)
		b.features = b.rnd.Perm(len(b.codes))[:max(1, int(math.Ceil(b.Try*float64(len(b.codes)))))]
		b.tree = nil
		b.grow(at, b.Depth)
		for i, x := range rows.X {
			z[i] += b.tree.value(x)
		}
		m.trees = append(m.trees, b.tree)
	}
	return m, nil
}

type booster struct {
	Boosted
	w, grad, hess []float64
	codes         [][]uint8   // by feature: the bin of each row; 0 is unknown
	edges         [][]float64 // by feature: the highest value of bin k+1
	features      []int       // that this tree sees
	rnd           *rand.Rand
	tree          tree
}

// bin sorts each feature's values into bins of about as many rows.
func (b *booster) bin(x [][]float64) {
	cols := columns(x)
	b.codes, b.edges = make([][]uint8, len(cols)), make([][]float64, len(cols))
	parallel(len(cols), func(f int) {
		var vs []float64
		for _, v := range cols[f] {
			if !math.IsNaN(v) {
				vs = append(vs, v)
			}
		}
		slices.Sort(vs)
		var edges []float64
		for k := 1; k < bins && len(vs) > 0; k++ {
			lo := vs[(k*len(vs)-1)/bins]
			// Between two values that were seen, as a new row falls on either side.
			next := vs[len(vs)-1]
			if i, _ := slices.BinarySearch(vs, math.Nextafter(lo, math.Inf(1))); i < len(vs) {
				next = vs[i]
			}
			if e := lo + (next-lo)/2; e < next && (len(edges) == 0 || e > edges[len(edges)-1]) {
				edges = append(edges, e)
			}
		}
		codes := make([]uint8, len(x))
		for i, v := range cols[f] {
			if math.IsNaN(v) {
				continue
			}
			k, _ := slices.BinarySearch(edges, v)
			codes[i] = uint8(k + 1)
		}
		b.codes[f], b.edges[f] = codes, edges
	})
}

func (b *booster) grow(at []int32, depth int) int32 {
	var g, h float64
	for _, i := range at {
		g += b.grad[i]
		h += b.hess[i]
	}
	here := int32(len(b.tree))
	b.tree = append(b.tree, node{feature: -1, value: b.Rate * g / (h + b.Ridge)})
	if depth == 0 || len(at) < 2*b.MinLeaf {
		return here
	}
	feature, cut, most := -1, 0, 1e-9
	for _, f := range b.features {
		var gs, hs [bins + 1]float64
		var ns [bins + 1]int
		codes := b.codes[f]
		for _, i := range at {
			k := codes[i]
			gs[k] += b.grad[i]
			hs[k] += b.hess[i]
			ns[k]++
		}
		var gl, hl float64
		nl := 0
		for k := range len(b.edges[f]) + 1 { // bins 0 … k go left
			gl += gs[k]
			hl += hs[k]
			nl += ns[k]
			if nl < b.MinLeaf || len(at)-nl < b.MinLeaf {
				continue
			}
			gr, hr := g-gl, h-hl
			if gain := gl*gl/(hl+b.Ridge) + gr*gr/(hr+b.Ridge) - g*g/(h+b.Ridge); gain > most {
				feature, cut, most = f, k, gain
			}
		}
	}
	if feature < 0 {
		return here
	}
	threshold := math.Inf(-1)
	if cut > 0 {
		threshold = b.edges[feature][cut-1]
	}
	codes := b.codes[feature]
	var left, right []int32
	for _, i := range at {
		if int(codes[i]) <= cut {
			left = append(left, i)
		} else {
			right = append(right, i)
		}
	}
	l := b.grow(left, depth-1)
	r := b.grow(right, depth-1)
	b.tree[here] = node{feature: feature, threshold: threshold, left: l, right: r}
	return here
}
