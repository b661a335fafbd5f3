package learn

import (
	"math/rand/v2"
	"slices"
)

// Folds deals groups into k folds so that all rows of a group share a fold and
// the folds hold about as many groups of each class; it returns the fold of each
// row. A group is of the class when any of its rows is.
func Folds(group []int, y []bool, k int, seed uint64) []int {
	of := map[int]bool{}
	var names []int
	for i, g := range group {
		if _, ok := of[g]; !ok {
			names = append(names, g)
		}
		of[g] = of[g] || y[i]
	}
	slices.Sort(names)
	rnd := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a sample, no secret
	rnd.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	fold := map[int]int{}
	next := 0
	for _, class := range []bool{true, false} {
		for _, g := range names {
			if of[g] == class {
				fold[g] = next % k
				next++
			}
		}
	}
	out := make([]int, len(group))
	for i, g := range group {
		out[i] = fold[g]
	}
	return out
}

// OutOfFold scores each row by a model learnt from the other folds: what the
// model knows of rows it has not seen.
func OutOfFold(l Learner, rows Rows, fold []int, seed uint64) ([]float64, error) {
	k := slices.Max(fold) + 1
	out := make([]float64, len(rows.X))
	for f := range k {
		var train []int
		for i := range fold {
			if fold[i] != f {
				train = append(train, i)
			}
		}
		if len(train) == len(fold) {
			continue // nothing to score
		}
		m, err := l.Learn(rows.Take(train), seed+uint64(f))
		if err != nil {
			return nil, err
		}
		for i := range fold {
			if fold[i] == f {
				out[i] = m.Score(rows.X[i])
			}
		}
	}
	return out, nil
}
