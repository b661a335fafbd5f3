package learn

import (
	"math"
	"math/rand/v2"
)

// ExtraTrees are extremely randomised trees (Geurts, Ernst and Wehenkel 2006):
// each split tries one random threshold for some random features and keeps the
// best. Each tree sees its own bootstrap of the rows, both classes of equal weight.
type ExtraTrees struct {
	Trees   int  // 0 stands for 200
	MinLeaf int  // least rows in a leaf; 0 stands for 3
	Try     int  // features tried at a split; 0 stands for the root of their number
	All     bool // each tree sees all rows, and no bootstrap of them
}

// A node of a tree. Unknown values go left.
type node struct {
	feature     int // −1: a leaf
	threshold   float64
	left, right int32   // places of the children
	value       float64 // of a leaf
}

type tree []node

func (t tree) value(x []float64) float64 {
	i := int32(0)
	for t[i].feature >= 0 {
		if x[t[i].feature] > t[i].threshold {
			i = t[i].right
		} else {
			i = t[i].left
		}
	}
	return t[i].value
}

type forest []tree

// Score is the mean over the trees of the share of the class in the leaf.
func (f forest) Score(x []float64) float64 {
	var sum float64
	for _, t := range f {
		sum += t.value(x)
	}
	return sum / float64(len(f))
}

// Learn grows the trees, on all processors.
func (l ExtraTrees) Learn(rows Rows, seed uint64) (Model, error) {
	if err := rows.check(); err != nil {
		return nil, err
	}
	if l.Trees <= 0 {
		l.Trees = 200
	}
	if l.MinLeaf <= 0 {
		l.MinLeaf = 3
	}
	cols, w := columns(rows.X), rows.balanced()
	if l.Try <= 0 {
		l.Try = int(math.Ceil(math.Sqrt(float64(len(cols)))))
	}
	f := make(forest, l.Trees)
	parallel(l.Trees, func(i int) {
		rnd := rand.New(rand.NewPCG(seed, uint64(i)+1)) //nolint:gosec // a sample, no secret
		times := make([]float64, len(w))
		for k := range w {
			if l.All {
				times[k] = 1
			} else {
				times[rnd.IntN(len(w))]++
			}
		}
		g := &grower{ExtraTrees: l, cols: cols, y: rows.Y, w: make([]float64, len(w)), times: times, rnd: rnd}
		var at []int32
		for k, n := range times {
			if n > 0 {
				g.w[k] = n * w[k]
				at = append(at, int32(k))
			}
		}
		g.order = rnd.Perm(len(cols))
		g.grow(at)
		f[i] = g.tree
	})
	return f, nil
}

type grower struct {
	ExtraTrees
	cols  [][]float64
	y     []bool
	w     []float64 // of each row in this bootstrap
	times []float64 // how often each row was drawn
	rnd   *rand.Rand
	order []int
	tree  tree
}

// grow adds the node of the rows at the given places, and those below it.
func (g *grower) grow(at []int32) int32 {
	var yes, all, n float64
	for _, i := range at {
		all += g.w[i]
		n += g.times[i]
		if g.y[i] {
			yes += g.w[i]
		}
	}
	here := int32(len(g.tree))
	g.tree = append(g.tree, node{feature: -1, value: yes / all})
	least := float64(g.MinLeaf)
	if yes == 0 || yes == all || n < 2*least {
		return here
	}
	feature, threshold, most := -1, 0.0, 0.0
	tried := 0
	for k := 0; k < len(g.order) && tried < g.Try; k++ {
		j := k + g.rnd.IntN(len(g.order)-k)
		g.order[k], g.order[j] = g.order[j], g.order[k]
		col := g.cols[g.order[k]]
		lo, hi := math.Inf(1), math.Inf(-1)
		unknown := false
		for _, i := range at {
			v := col[i]
			if v < lo {
				lo = v
			}
			if v > hi {
				hi = v
			}
			unknown = unknown || v != v
		}
		var cut float64
		switch {
		case lo < hi:
			cut = lo + g.rnd.Float64()*(hi-lo)
			if cut >= hi {
				cut = lo
			}
			if unknown && g.rnd.IntN(8) == 0 {
				cut = math.Inf(-1) // known or not
			}
		case lo == hi && unknown:
			cut = math.Inf(-1)
		default:
			continue // constant: not counted as tried
		}
		tried++
		var yl, al, nl float64
		for _, i := range at {
			if !(col[i] > cut) {
				al += g.w[i]
				nl += g.times[i]
				if g.y[i] {
					yl += g.w[i]
				}
			}
		}
		if nl < least || n-nl < least {
			continue
		}
		ar, yr := all-al, yes-yl
		// The drop of Gini's impurity, without what is the same for all splits.
		gain := (yl*yl+(al-yl)*(al-yl))/al + (yr*yr+(ar-yr)*(ar-yr))/ar - (yes*yes+(all-yes)*(all-yes))/all
		if gain > most {
			feature, threshold, most = g.order[k], cut, gain
		}
	}
	if feature < 0 {
		return here
	}
	col := g.cols[feature]
	k := 0
	for i := range at {
		if !(col[at[i]] > threshold) {
			at[i], at[k] = at[k], at[i]
			k++
		}
	}
	left := g.grow(at[:k])
	right := g.grow(at[k:])
	g.tree[here] = node{feature: feature, threshold: threshold, left: left, right: right}
	return here
}
