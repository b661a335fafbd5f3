package collusion

import "mingjing/internal/learn"

// The first features are the number of bids and the screens themselves; what
// follows them describes the shape of the prices.
var plain = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

// members are the learners of the published protocols: one fixed choice for all
// files and both sets. A straight line (good where there are few tenders), trees
// with large leaves (good where labels are noisy), trees grown to the end (good
// where tenders repeat each other) and boosted trees; what each is worth on a file
// the ensemble finds inside the training tenders.
func members(tenders int) learn.Ensemble {
	trees, folds := 150, 5
	if tenders > 1000 { // more tenders steady the scores themselves
		trees, folds = 75, 3
	}
	return learn.Ensemble{Folds: folds, Repeats: 1, Prior: 1, Members: []learn.Learner{
		learn.Logistic{Ridge: 20},
		learn.ExtraTrees{Trees: trees, MinLeaf: 8, All: true, Try: 8},
		learn.ExtraTrees{Trees: trees, MinLeaf: 1, All: true, Try: 16},
		learn.Only{Learner: learn.ExtraTrees{Trees: trees, MinLeaf: 1, All: true, Try: 6}, Features: plain},
		learn.Boosted{Depth: 2},
	}}
}

// A transferred is a model with its threshold.
type transferred struct {
	model     learn.Model
	threshold float64
}

// transfer learns between markets: a straight line, which is the least that could
// be learnt by heart of a country. The threshold is the one that holds best on the
// markets learnt from, each scored by the others; where there is but one market, on
// folds of its tenders.
func transfer(train table) (transferred, error) {
	line := learn.Logistic{Ridge: 50}
	place := map[int]int{}
	for _, g := range train.group {
		if _, ok := place[g]; !ok {
			place[g] = len(place)
		}
	}
	fold := make([]int, len(train.group))
	for i, g := range train.group {
		fold[i] = place[g]
	}
	if len(place) > 50 { // tenders, not markets
		fold = learn.Folds(train.group, train.rows.Y, 5, 1)
	}
	score, err := learn.OutOfFold(line, train.rows, fold, 1)
	if err != nil {
		return transferred{}, err
	}
	m, err := line.Learn(train.rows, 1)
	return transferred{m, learn.BestThreshold(score, train.rows.Y, train.rows.W, 0.01)}, err
}
