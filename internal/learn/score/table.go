package score

import (
	"fmt"
	"slices"

	"mingjing/internal/learn"
)

// A table is cases as rows. Lots of one docket weigh one together.
type table struct {
	rows   learn.Rows
	docket []int // of each row
	firms  [][]int
}

func tableOf(cases []Case, features int) (table, error) {
	t := table{rows: learn.Rows{X: [][]float64{}}}
	dockets, firms, lots := map[string]int{}, map[string]int{}, map[string]int{}
	number := func(of map[string]int, name string) int {
		n, ok := of[name]
		if !ok {
			n = len(of)
			of[name] = n
		}
		return n
	}
	for _, c := range cases {
		if len(c.X) != features {
			return table{}, fmt.Errorf("score: lot %s of docket %s has %d features, not %d", c.Lot, c.Docket, len(c.X), features)
		}
		lots[c.Docket]++
	}
	for _, c := range cases {
		t.rows.X, t.rows.Y, t.rows.W = append(t.rows.X, finite(c.X)), append(t.rows.Y, c.Confirmed), append(t.rows.W, 1/float64(lots[c.Docket]))
		t.docket = append(t.docket, number(dockets, c.Docket))
		var who []int
		for _, f := range c.Firms {
			who = append(who, number(firms, f))
		}
		t.firms = append(t.firms, who)
	}
	return t, nil
}

// all are the places of all rows.
func (t table) all() []int {
	out := make([]int, len(t.docket))
	for i := range out {
		out[i] = i
	}
	return out
}

// count counts dockets and lots of each class among some rows. A docket with
// lots of both counts as confirmed.
func (t table) count(rows []int) (yes, no, yesLots, noLots int) {
	of := map[int]bool{}
	for _, i := range rows {
		of[t.docket[i]] = of[t.docket[i]] || t.rows.Y[i]
		if t.rows.Y[i] {
			yesLots++
		} else {
			noLots++
		}
	}
	for _, y := range of {
		if y {
			yes++
		} else {
			no++
		}
	}
	return yes, no, yesLots, noLots
}

// strangers counts rows of each class of which no two have a firm or a docket in
// common: those that can be taken as drawn one by one. In the order of the rows,
// each that meets none taken before; not the most there are, but never more.
func (t table) strangers(rows []int) (yes, no int) {
	var met [2]map[int]bool
	dockets := map[int]bool{}
	met[0], met[1] = map[int]bool{}, map[int]bool{}
	for _, i := range rows {
		seen := met[0]
		if t.rows.Y[i] {
			seen = met[1]
		}
		if dockets[t.docket[i]] || slices.ContainsFunc(t.firms[i], func(f int) bool { return seen[f] }) {
			continue
		}
		dockets[t.docket[i]] = true
		for _, f := range t.firms[i] {
			seen[f] = true
		}
		if t.rows.Y[i] {
			yes++
		} else {
			no++
		}
	}
	return yes, no
}

// test scores each row by a model that has seen neither its docket nor any
// docket in which one of the fold's firms bid; tested are the rows that leave
// enough to learn from. Folds are small, for in a market where the same firms
// bid everywhere a large one would leave nothing.
func (t table) test() (scores []float64, tested []int, folds int, err error) {
	folds = min(mostFolds, slices.Max(t.docket)+1)
	fold := learn.Folds(t.docket, t.rows.Y, folds, seed)
	scores = make([]float64, len(fold))
	for f := range folds {
		var held []int
		firms := map[int]bool{}
		for i := range fold {
			if fold[i] == f {
				held = append(held, i)
				for _, firm := range t.firms[i] {
					firms[firm] = true
				}
			}
		}
		met := map[int]bool{} // dockets in which they bid
		for i := range fold {
			if fold[i] == f || slices.ContainsFunc(t.firms[i], func(firm int) bool { return firms[firm] }) {
				met[t.docket[i]] = true
			}
		}
		var others []int
		for i := range fold {
			if !met[t.docket[i]] {
				others = append(others, i)
			}
		}
		if yes, no, _, _ := t.count(others); yes < leastOthers || no < leastOthers {
			continue
		}
		m, err := learner.Learn(t.rows.Take(others), seed)
		if err != nil {
			return nil, nil, 0, err
		}
		for _, i := range held {
			scores[i] = m.Score(t.rows.X[i])
			tested = append(tested, i)
		}
	}
	slices.Sort(tested)
	return scores, tested, folds, nil
}

// crossed turns scores into probabilities by curves that were fitted to other
// dockets.
func crossed(scores []float64, rows learn.Rows, docket []int) ([]float64, error) {
	fold := learn.Folds(docket, rows.Y, bins, seed)
	out := make([]float64, len(scores))
	for f := range bins {
		var others []int
		for i := range fold {
			if fold[i] != f {
				others = append(others, i)
			}
		}
		part := rows.Take(others)
		c, err := learn.PlattCurve(take(scores, others), part.Y, part.W)
		if err != nil {
			return nil, err
		}
		for i := range fold {
			if fold[i] == f {
				out[i] = c.Probability(scores[i])
			}
		}
	}
	return out, nil
}
