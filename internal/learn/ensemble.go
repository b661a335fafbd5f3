package learn

import (
	"errors"
	"math"
)

// An Ensemble learns with several learners and takes the mean of what they say,
// each brought to probabilities by its own out-of-fold scores. Its threshold comes
// from the same scores: nothing but the rows learnt from is ever looked at.
type Ensemble struct {
	Members []Learner
	Folds   int     // of the cross-validation inside the rows; 0 stands for 5
	Repeats int     // how often it is repeated with other folds; 0 stands for 2
	Slack   float64 // see BestThreshold; 0 stands for 0.01
	Prior   float64 // rows that stand behind the equal weights of the members; 0 stands for 1 a member
}

// A Judge is a learnt ensemble.
type Judge struct {
	Threshold float64   // of Score, for the best balanced accuracy out of fold
	OutOfFold []float64 // the score of each row learnt from, by models that had not seen its group
	Weights   []float64 // of the members
	models    []Model
	curves    []Calibration
}

// Learn learns from rows of which those of one group never stand on both sides
// of a fold.
func (e Ensemble) Learn(rows Rows, group []int, seed uint64) (*Judge, error) {
	if err := rows.check(); err != nil {
		return nil, err
	}
	if len(e.Members) == 0 || len(group) != len(rows.X) {
		return nil, errors.New("learn: an ensemble needs members, and a group for each row")
	}
	if e.Folds <= 0 {
		e.Folds = 5
	}
	if e.Repeats <= 0 {
		e.Repeats = 2
	}
	if e.Slack <= 0 {
		e.Slack = 0.01
	}
	if e.Prior <= 0 {
		e.Prior = 1
	}
	balanced := rows
	balanced.W = rows.balanced()
	j := &Judge{OutOfFold: make([]float64, len(rows.X)), models: make([]Model, len(e.Members)), curves: make([]Calibration, len(e.Members))}
	folds := make([][]int, e.Repeats)
	for r := range folds {
		folds[r] = Folds(group, rows.Y, e.Folds, seed+uint64(r)*1000)
	}
	said := make([][]float64, len(e.Members)) // out of fold
	for m, member := range e.Members {
		mean := make([]float64, len(rows.X))
		for r := range folds {
			s, err := OutOfFold(member, rows, folds[r], seed+uint64(r)*1000)
			if err != nil {
				return nil, err
			}
			for i, v := range s {
				mean[i] += v / float64(len(folds))
			}
		}
		curve, err := Platt(mean, rows.Y, balanced.W)
		if err != nil {
			return nil, err
		}
		for i, v := range mean {
			mean[i] = curve.Probability(v)
		}
		said[m] = mean
		model, err := member.Learn(rows, seed)
		if err != nil {
			return nil, err
		}
		j.models[m], j.curves[m] = model, curve
	}
	j.Weights = pool(said, rows.Y, balanced.W, e.Prior)
	for i := range j.OutOfFold {
		for m, w := range j.Weights {
			j.OutOfFold[i] += w * said[m][i]
		}
	}
	j.Threshold = BestThreshold(j.OutOfFold, rows.Y, rows.W, e.Slack)
	return j, nil
}

// pool finds the weights of a mixture of probabilities that make what happened
// most likely, with prior rows that hold them to be equal: by expectation and
// maximisation, which rises always and has one summit here.
func pool(said [][]float64, y []bool, w []float64, prior float64) []float64 {
	weights := make([]float64, len(said))
	for m := range weights {
		weights[m] = 1 / float64(len(said))
	}
	for range 200 {
		next := make([]float64, len(said))
		all := 0.0
		part := make([]float64, len(said))
		for i := range y {
			var sum float64
			for m := range said {
				p := said[m][i]
				if !y[i] {
					p = 1 - p
				}
				part[m] = weights[m] * p
				sum += part[m]
			}
			for m := range part {
				next[m] += w[i] * part[m] / max(sum, 1e-300)
			}
			all += w[i]
		}
		for m := range next {
			weights[m] = (next[m] + prior) / (all + prior*float64(len(said)))
		}
	}
	return weights
}

// Score is the weighted mean of the members' probabilities, both classes taken as equally
// common.
func (j *Judge) Score(x []float64) float64 {
	var sum float64
	for m, model := range j.models {
		sum += j.Weights[m] * j.curves[m].Probability(model.Score(x))
	}
	return sum
}

// Said says whether a score reaches the threshold.
func (j *Judge) Said(score float64) bool { return score >= j.Threshold && !math.IsNaN(score) }
