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
	trees, repeats := 150, 2
	if tenders > 1000 { // as good with half the trees, in half the time
		trees, repeats = 75, 1
	}
	return learn.Ensemble{Repeats: repeats, Members: []learn.Learner{
		learn.Logistic{Ridge: 20},
		learn.ExtraTrees{Trees: trees, MinLeaf: 8, All: true, Try: 8},
		learn.ExtraTrees{Trees: trees, MinLeaf: 1, All: true, Try: 16},
		learn.Only{Learner: learn.ExtraTrees{Trees: trees, MinLeaf: 1, All: true, Try: 6}, Features: plain},
		learn.Boosted{Depth: 2},
	}}
}

// transfer is the learner between markets: a straight line, which is the least
// that could be learnt by heart of a country.
func transfer(markets int) learn.Ensemble {
	folds := markets
	if markets < 2 {
		folds = 5
	}
	return learn.Ensemble{Folds: folds, Repeats: 1, Members: []learn.Learner{learn.Logistic{Ridge: 50}}}
}
