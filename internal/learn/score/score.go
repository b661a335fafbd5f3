// Package score makes a score of what the supervisors of one place decided: a
// logistic regression over numbers that describe the prices of a lot, tested on
// dockets whose docket and firms it has not seen, calibrated, and dated. It keeps
// silent until there are cases enough and the test shows that it can tell them
// apart. What it learns from is handed in; nothing here knows a docket.
package score

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"mingjing/internal/learn"
)

// A Case is a lot of which people decided.
type Case struct {
	Docket    string
	Lot       string
	Firms     []string  // who bid, by code or name
	X         []float64 // of the lot's prices, in the order of the names; NaN: not known
	Confirmed bool      // found to be so; else found innocent
}

// Demands are what must be there before the score speaks.
type Demands struct {
	Confirmed int     `json:"confirmed"` // dockets with a confirmed case, at least
	Innocent  int     `json:"innocent"`  // dockets found innocent, at least
	AUC       float64 `json:"auc"`       // of the test, at least
	Speak     float64 `json:"speak"`     // probability from which a lot is pointed at
	Settings  string  `json:"settings"`  // lines of settings that say so, as id@date
}

// Why a score is silent.
const (
	FewConfirmed = "confirmed" // too few confirmed cases
	FewInnocent  = "innocent"  // too few found innocent
	FewApart     = "apart"     // too few can be tested: the firms of most bid everywhere
	TellsNothing = "auc"       // the test does not show that it tells them apart
)

// An Edition is what was learnt at one time. It is never changed.
type Edition struct {
	ID         string          `json:"id"` // of its content
	At         time.Time       `json:"at"`
	Demands    Demands         `json:"demands"`
	Silent     string          `json:"silent,omitempty"` // why; "": it speaks
	Validation Validation      `json:"validation"`
	Names      []string        `json:"names"` // of the features
	Model      *learn.Fitted   `json:"model,omitempty"`
	Curve      learn.Curve     `json:"curve"` // from scores to probabilities
	Weights    []FeatureWeight `json:"weights,omitempty"`
}

// Left counts lots that were decided and are not learnt from.
type Left struct {
	Undecided int `json:"undecided"` // a finding of them is still open
	Unpriced  int `json:"unpriced"`  // sealed, or without prices enough
}

// A Validation is how the score did on dockets that it had not seen, of whose
// firms it had seen none. Lots of one docket weigh one together.
type Validation struct {
	Confirmed     int `json:"confirmed"`      // dockets with a confirmed case
	Innocent      int `json:"innocent"`       // dockets found innocent
	ConfirmedLots int `json:"confirmed_lots"` // lots of them
	InnocentLots  int `json:"innocent_lots"`
	Left
	TestedYes    int         `json:"tested_confirmed"` // dockets that could be tested
	TestedNo     int         `json:"tested_innocent"`
	Folds        int         `json:"folds"`
	StrangersYes int         `json:"strangers_confirmed"` // of them, without a firm in common: what counts as drawn one by one
	StrangersNo  int         `json:"strangers_innocent"`
	AUC          float64     `json:"auc"`
	Error        float64     `json:"auc_error"` // its standard error, of as many strangers
	Chance       float64     `json:"chance"`    // AUC that chance alone reaches once in 700 tests of as many strangers
	Balanced     float64     `json:"balanced"`  // balanced accuracy where the probability is that from which it speaks
	Recall       float64     `json:"recall"`
	Specificity  float64     `json:"specificity"`
	Brier        float64     `json:"brier"`
	BrierBase    float64     `json:"brier_base"` // of always saying the share of confirmed ones
	Calibration  []learn.Bin `json:"calibration"`
}

// A FeatureWeight is how much a feature moves scores.
type FeatureWeight struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"` // change of the log odds from the middle to one deviation above it
}

const (
	mostFolds   = 100 // each fold is one fit
	leastOthers = 5   // dockets of each class that a tested docket must leave to learn from
	bins        = 5
	knots       = 101
	shown       = 8 // weights
	seed        = 1
)

// learner is the same for the test and for what is kept.
var learner = learn.Logistic{Ridge: 4, Squares: true, Knots: knots}

// Make learns from the cases, in any order; names are those of the features. It
// depends on nothing but its arguments. Every answer is an edition: one that may
// not speak has no model.
func Make(cases []Case, left Left, names []string, demands Demands, at time.Time) (Edition, error) {
	cases = slices.Clone(cases)
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Or(cmp.Compare(a.Docket, b.Docket), cmp.Compare(a.Lot, b.Lot)) })
	e := Edition{At: at, Demands: demands, Names: names, Validation: Validation{Left: left, Calibration: []learn.Bin{}}}
	t, err := tableOf(cases, len(names))
	if err != nil {
		return Edition{}, err
	}
	v := &e.Validation
	v.Confirmed, v.Innocent, v.ConfirmedLots, v.InnocentLots = t.count(t.all())
	switch {
	case v.Confirmed < demands.Confirmed:
		e.Silent = FewConfirmed
	case v.Innocent < demands.Innocent:
		e.Silent = FewInnocent
	case v.Confirmed == 0 || v.Innocent == 0: // whatever is demanded: of one class there is nothing to learn
		e.Silent = FewConfirmed
	default:
		if err := e.learn(t); err != nil {
			return Edition{}, err
		}
	}
	return e, e.sign(cases)
}

// learn tests, and keeps a model if the test allows.
func (e *Edition) learn(t table) error {
	v := &e.Validation
	scores, tested, folds, err := t.test()
	if err != nil {
		return err
	}
	v.Folds = folds
	if v.TestedYes, v.TestedNo, _, _ = t.count(tested); v.TestedYes < max(e.Demands.Confirmed, leastOthers) || v.TestedNo < max(e.Demands.Innocent, leastOthers) {
		e.Silent = FewApart
		return nil
	}
	part, docket := t.rows.Take(tested), take(t.docket, tested)
	said := take(scores, tested)
	v.AUC = learn.AUC(said, part.Y, part.W)
	v.StrangersYes, v.StrangersNo = t.strangers(tested)
	yes, no := float64(v.StrangersYes), float64(v.StrangersNo)
	v.Error, v.Chance = aucError(v.AUC, yes, no), min(1, 0.5+3*math.Sqrt((yes+no+1)/(12*yes*no)))
	p, err := crossed(said, part, docket)
	if err != nil {
		return err
	}
	c := learn.Confuse(p, part.Y, part.W, e.Demands.Speak)
	v.Balanced, v.Recall, v.Specificity = c.Balanced(), c.Recall(), c.Specificity()
	v.Brier = learn.Brier(p, part.Y, part.W)
	share := float64(v.TestedYes) / float64(v.TestedYes+v.TestedNo)
	v.BrierBase = share * (1 - share)
	v.Calibration = learn.Reliability(p, part.Y, bins)
	if !(v.AUC >= e.Demands.AUC) || !(v.AUC > v.Chance) {
		e.Silent = TellsNothing
		return nil
	}
	if e.Curve, err = learn.PlattCurve(said, part.Y, part.W); err != nil {
		return err
	}
	if e.Model, err = learner.Fit(t.rows); err != nil {
		return err
	}
	for i, name := range e.Names {
		one := make([]float64, len(e.Names))
		for k := range one {
			one[k] = math.NaN()
		}
		one[i] = e.Model.At(i, 1)
		e.Weights = append(e.Weights, FeatureWeight{name, e.Model.Parts(one)[i]})
	}
	slices.SortStableFunc(e.Weights, func(a, b FeatureWeight) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	e.Weights = e.Weights[:min(shown, len(e.Weights))]
	return nil
}

// sign names the edition by what it was made of: the same cases and demands
// give the same name, whenever it is made.
func (e *Edition) sign(cases []Case) error {
	h := sha256.New()
	for _, part := range []any{e.Demands, e.Validation, e.Silent, e.Names, e.Model, e.Curve} {
		b, err := json.Marshal(part)
		if err != nil {
			return fmt.Errorf("score: %w", err)
		}
		fmt.Fprintf(h, "%d:%s", len(b), b)
	}
	for _, c := range cases {
		fmt.Fprintf(h, "%q %q %v\n", c.Docket, c.Lot, c.Confirmed)
	}
	e.ID = "L-" + hex.EncodeToString(h.Sum(nil))[:12]
	return nil
}

// Speaks reports whether the edition may say something of a lot.
func (e *Edition) Speaks() bool { return e != nil && e.Silent == "" && e.Model != nil }

// Check says why an edition that was kept cannot be used, or nil.
func (e *Edition) Check() error {
	if e.Model == nil {
		return nil
	}
	if len(e.Names) != len(e.Model.Knots) {
		return fmt.Errorf("score: edition %s: %d names for %d features", e.ID, len(e.Names), len(e.Model.Knots))
	}
	return e.Model.Check()
}

// A Part is what one feature adds to the log odds of a lot.
type Part struct {
	Name   string
	Value  float64
	Middle float64 // of the cases learnt from
	Adds   float64
}

// Say gives the probability of a lot and its parts, the greatest first.
func (e *Edition) Say(x []float64) (p float64, parts []Part) {
	x = finite(x)
	for i, adds := range e.Model.Parts(x) {
		if adds != 0 {
			parts = append(parts, Part{e.Names[i], x[i], e.Model.At(i, 0), adds})
		}
	}
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(math.Abs(b.Adds), math.Abs(a.Adds)) })
	return e.Curve.Probability(e.Model.Score(x)), parts
}

// finite turns what is infinite into what is not known.
func finite(x []float64) []float64 {
	x = slices.Clone(x)
	for i, v := range x {
		if math.IsInf(v, 0) {
			x[i] = math.NaN()
		}
	}
	return x
}

// aucError is the standard error of an AUC (Hanley and McNeil 1982).
func aucError(a, yes, no float64) float64 {
	q1, q2 := a/(2-a), 2*a*a/(1+a)
	return math.Sqrt((a*(1-a) + (yes-1)*(q1-a*a) + (no-1)*(q2-a*a)) / (yes * no))
}

func take[T any](of []T, at []int) []T {
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = of[k]
	}
	return out
}
