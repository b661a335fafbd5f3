package learn

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// sample draws rows of two features that tell the class in the way of kind, and
// two of noise, one of them sometimes unknown.
func sample(kind string, n int, seed uint64) Rows {
	rnd := rand.New(rand.NewPCG(seed, 3))
	var r Rows
	for range n {
		a, b := rnd.NormFloat64(), rnd.NormFloat64()
		var y bool
		switch kind {
		case "line":
			y = a+b+0.3*rnd.NormFloat64() > 0.5
		case "corners": // exclusive or: no line tells them
			y = (a > 0) != (b > 0)
		case "chance":
			y = rnd.IntN(2) == 0
		}
		c := rnd.NormFloat64()
		if rnd.IntN(4) == 0 {
			c = math.NaN()
		}
		r.X, r.Y = append(r.X, []float64{math.Exp(a), b, c, 7}), append(r.Y, y)
	}
	return r
}

func judge(t *testing.T, l Learner, kind string) float64 {
	t.Helper()
	m, err := l.Learn(sample(kind, 400, 1), 5)
	if err != nil {
		t.Fatal(err)
	}
	test := sample(kind, 1000, 2)
	score := make([]float64, len(test.X))
	for i, x := range test.X {
		score[i] = m.Score(x)
	}
	return AUC(score, test.Y, nil)
}

// TestWhatEachLearnerCanTell: each sees what its form can see, on rows it has not
// learnt from, and nothing where there is nothing.
func TestWhatEachLearnerCanTell(t *testing.T) {
	learners := map[string]Learner{"logistic": Logistic{}, "trees": ExtraTrees{Trees: 100}, "all rows": ExtraTrees{Trees: 100, All: true}, "boosted": Boosted{}, "only": Only{Boosted{Try: 1}, []int{0, 1}}}
	for name, l := range learners {
		if got := judge(t, l, "line"); got < 0.95 {
			t.Errorf("%s tells a line by %.3f", name, got)
		}
		corners := judge(t, l, "corners")
		if name == "logistic" && (corners < 0.4 || corners > 0.6) || name != "logistic" && corners < 0.9 {
			t.Errorf("%s tells corners by %.3f", name, corners)
		}
		if got := judge(t, l, "chance"); got < 0.42 || got > 0.58 {
			t.Errorf("%s tells chance by %.3f", name, got)
		}
	}
	if got := judge(t, Only{Logistic{}, []int{2, 3}}, "line"); got < 0.4 || got > 0.6 {
		t.Errorf("a learner that sees noise only tells a line by %.3f", got)
	}
}

// TestSameSeedSameModel: the same whatever the number of processors, another
// with another seed.
func TestSameSeedSameModel(t *testing.T) {
	rows := sample("line", 120, 4)
	for name, l := range map[string]Learner{"logistic": Logistic{Squares: true}, "trees": ExtraTrees{Trees: 30}, "boosted": Boosted{Rounds: 20}} {
		score := func(seed uint64, procs int) []float64 {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			m, err := l.Learn(rows, seed)
			if err != nil {
				t.Fatal(err)
			}
			var out []float64
			for _, x := range rows.X {
				out = append(out, m.Score(x))
			}
			return out
		}
		a, b := score(1, 1), score(1, 4)
		if !slices.Equal(a, b) {
			t.Errorf("%s depends on the number of processors", name)
		}
		if name != "logistic" && slices.Equal(a, score(2, 1)) {
			t.Errorf("%s does not depend on the seed", name)
		}
	}
}

// TestScaleOfFeatures: any rising change of a feature leaves the logistic model
// as it was, for it goes by ranks.
func TestScaleOfFeatures(t *testing.T) {
	rows := sample("line", 200, 6)
	bent := Rows{Y: rows.Y}
	for _, x := range rows.X {
		bent.X = append(bent.X, []float64{math.Log(x[0]), 1000*x[1] - 5, x[2], x[3]})
	}
	a, err := Logistic{}.Learn(rows, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Logistic{}.Learn(bent, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows.X {
		if p, q := a.Score(rows.X[i]), b.Score(bent.X[i]); math.Abs(p-q) > 1e-6 {
			t.Fatalf("row %d: %v and %v", i, p, q)
		}
	}
	if v := a.Score([]float64{math.Inf(1), math.NaN(), math.Inf(-1), 1e300}); math.IsNaN(v) || math.IsInf(v, 0) {
		t.Errorf("an odd row scores %v", v)
	}
}

// TestLogisticByHand: one feature of two values has a closed answer when hardly
// penalised. 3 of 4 against 1 of 4: log odds ±log 3 at scores ±z.
func TestLogisticByHand(t *testing.T) {
	var r Rows
	for i := range 8 {
		r.X = append(r.X, []float64{float64(i / 4)})
		r.Y = append(r.Y, i == 0 || i >= 5)
	}
	m, err := Logistic{Ridge: 1e-9}.Learn(r, 0)
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[float64]float64{0: -math.Log(3), 1: math.Log(3)} {
		if got := m.Score([]float64{v}); math.Abs(got-want) > 1e-5 {
			t.Errorf("at %v: %v, want %v", v, got, want)
		}
	}
}

func TestNothingToLearn(t *testing.T) {
	for name, r := range map[string]Rows{
		"none": {}, "one class": {X: [][]float64{{1}, {2}}, Y: []bool{true, true}},
		"weights": {X: [][]float64{{1}, {2}}, Y: []bool{true, false}, W: []float64{1}},
	} {
		for _, l := range []Learner{Logistic{}, ExtraTrees{}, Boosted{}} {
			if _, err := l.Learn(r, 1); !errors.Is(err, ErrRows) {
				t.Errorf("%s, %T: %v", name, l, err)
			}
		}
	}
	if _, err := (Logistic{}).Learn(Rows{X: [][]float64{{1}, {2, 3}}, Y: []bool{true, false}}, 1); err == nil {
		t.Error("rows of two lengths were learnt from")
	}
	if _, err := (Logistic{}).Learn(Rows{X: [][]float64{{1}, {2}}, Y: []bool{true, false}, W: []float64{1, 0}}, 1); err == nil {
		t.Error("a weight of nought was taken")
	}
}

func TestMeasures(t *testing.T) {
	score, y := []float64{0.1, 0.4, 0.35, 0.8}, []bool{false, false, true, true}
	if got := AUC(score, y, nil); got != 0.75 {
		t.Errorf("AUC %v", got)
	}
	if got := AUC([]float64{1, 1, 1}, []bool{true, false, false}, nil); got != 0.5 {
		t.Errorf("AUC of ties %v", got)
	}
	// A row of weight two counts as two rows.
	if a, b := AUC(score, y, []float64{1, 2, 1, 1}), AUC([]float64{0.1, 0.4, 0.4, 0.35, 0.8}, []bool{false, false, false, true, true}, nil); a != b {
		t.Errorf("by weight %v, by rows %v", a, b)
	}
	if !math.IsNaN(AUC(score, []bool{true, true, true, true}, nil)) {
		t.Error("an AUC of one class")
	}
	c := Confuse([]float64{0.9, 0.9, 0.9, 0.1, 0.1}, []bool{true, true, false, true, false}, nil, 0.5)
	for _, v := range []struct {
		name      string
		got, want float64
	}{{"recall", c.Recall(), 2.0 / 3}, {"precision", c.Precision(), 2.0 / 3}, {"F1", c.F1(), 2.0 / 3}, {"specificity", c.Specificity(), 0.5}, {"balanced", c.Balanced(), 7.0 / 12}} {
		if math.Abs(v.got-v.want) > 1e-12 {
			t.Errorf("%s %v, want %v", v.name, v.got, v.want)
		}
	}
	m := MeanOf([]float64{1, 2, 3, math.NaN()})
	if m.N != 3 || m.Mean != 2 || math.Abs(m.Error-1/math.Sqrt(3)) > 1e-12 {
		t.Errorf("%+v", m)
	}
}

func TestBestThreshold(t *testing.T) {
	score, y := []float64{1, 2, 3, 4, 5, 6}, []bool{false, false, false, true, true, true}
	if got := BestThreshold(score, y, nil, 0); got != 3.5 {
		t.Errorf("threshold %v", got)
	}
	// Nothing to tell: any cut gives a half, and the middle of all is taken.
	if got := BestThreshold([]float64{2, 2}, []bool{true, false}, nil, 0); Confuse([]float64{2, 2}, []bool{true, false}, nil, got).Balanced() != 0.5 {
		t.Errorf("threshold %v", got)
	}
}

// TestFolds: a group is never split, and the folds share the classes.
func TestFolds(t *testing.T) {
	var group []int
	var y []bool
	for g := range 50 {
		for range 1 + g%4 {
			group, y = append(group, g), append(y, g%5 == 0)
		}
	}
	fold := Folds(group, y, 5, 3)
	of := map[int]int{}
	count := map[[2]int]int{}
	for i, g := range group {
		if f, ok := of[g]; ok && f != fold[i] {
			t.Fatalf("group %d stands in folds %d and %d", g, f, fold[i])
		} else if !ok {
			count[[2]int{fold[i], class(y[i])}]++
		}
		of[g] = fold[i]
	}
	for f := range 5 {
		if count[[2]int{f, 0}] != 8 || count[[2]int{f, 1}] != 2 {
			t.Errorf("fold %d: %d and %d groups", f, count[[2]int{f, 0}], count[[2]int{f, 1}])
		}
	}
	if slices.Equal(fold, Folds(group, y, 5, 4)) {
		t.Error("another seed, the same folds")
	}
}

// lookup remembers its rows: it would score perfectly if it ever saw them.
type lookup struct{}

type remembered map[float64]bool

func (lookup) Learn(r Rows, _ uint64) (Model, error) {
	m := remembered{}
	for i, x := range r.X {
		m[x[0]] = r.Y[i]
	}
	return m, nil
}

func (m remembered) Score(x []float64) float64 { return float64(class(m[x[0]])) }

// TestOutOfFoldSeesNothing: rows of one group carry the same number; a model that
// learns numbers by heart knows none of them out of fold.
func TestOutOfFoldSeesNothing(t *testing.T) {
	var r Rows
	var group []int
	for g := range 30 {
		for range 3 {
			r.X, r.Y, group = append(r.X, []float64{float64(g)}), append(r.Y, g%2 == 0), append(group, g)
		}
	}
	s, err := OutOfFold(lookup{}, r, Folds(group, r.Y, 5, 1), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range s {
		if v != 0 {
			t.Fatalf("row %d was known before", i)
		}
	}
}

// TestCalibration: scores that are odds out by a factor become probabilities.
func TestCalibration(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	var score []float64
	var y []bool
	for range 4000 {
		p := rnd.Float64()
		score, y = append(score, 3*math.Log(p/(1-p))+2), append(y, rnd.Float64() < p)
	}
	platt, err := Platt(score, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	stairs, err := Isotonic(score, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]Calibration{"Platt": platt, "isotonic": stairs} {
		for _, p := range []float64{0.1, 0.3, 0.5, 0.8} {
			if got := c.Probability(3*math.Log(p/(1-p)) + 2); math.Abs(got-p) > 0.06 {
				t.Errorf("%s: %v where %v is so", name, got, p)
			}
		}
		last := 0.0
		for s := -30.0; s < 30; s += 0.25 {
			p := c.Probability(s)
			if p < last || p > 1 {
				t.Errorf("%s falls, or leaves 0 to 1, at %v", name, s)
			}
			last = p
		}
	}
	// By hand: 0 | 1 0 | 1 pools to 0, ½, 1.
	s, err := Isotonic([]float64{1, 2, 3, 4}, []bool{false, true, false, true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[float64]float64{0: 0, 1: 0, 2: 0.5, 3.5: 0.5, 4: 1} {
		if got := s.Probability(at); got != want {
			t.Errorf("stairs at %v: %v, want %v", at, got, want)
		}
	}
	wrong, err := Platt([]float64{4, 3, 2, 1}, []bool{false, false, true, true}, nil)
	if err != nil || wrong.Probability(1) != 0.5 || wrong.Probability(4) != 0.5 {
		t.Errorf("a score that points the wrong way: %v, %v", wrong, err)
	}
	bins := Reliability([]float64{0.1, 0.2, 0.8, 0.9}, []bool{false, false, true, true}, 2)
	if len(bins) != 2 || math.Abs(bins[0].Said-0.15) > 1e-12 || bins[1].Happened != 1 || math.Abs(Brier([]float64{0.1, 0.9}, []bool{false, true}, nil)-0.01) > 1e-12 {
		t.Errorf("%+v", bins)
	}
}

// TestEnsemble: a member that knows nothing gets less weight than one that knows,
// and the threshold comes from scores out of fold.
func TestEnsemble(t *testing.T) {
	rows := sample("corners", 300, 8)
	group := make([]int, len(rows.X))
	for i := range group {
		group[i] = i
	}
	j, err := Ensemble{Members: []Learner{Logistic{}, ExtraTrees{Trees: 60}}, Repeats: 1}.Learn(rows, group, 1)
	if err != nil {
		t.Fatal(err)
	}
	if j.Weights[0] > 0.3 || math.Abs(j.Weights[0]+j.Weights[1]-1) > 1e-9 {
		t.Errorf("weights %v", j.Weights)
	}
	test := sample("corners", 500, 9)
	score := make([]float64, len(test.X))
	for i, x := range test.X {
		score[i] = j.Score(x)
		if j.Said(score[i]) != (score[i] >= j.Threshold) {
			t.Fatal("said otherwise")
		}
	}
	if got := Confuse(score, test.Y, nil, j.Threshold).Balanced(); got < 0.85 {
		t.Errorf("balanced accuracy %v", got)
	}
	if _, err := (Ensemble{}).Learn(rows, group, 1); err == nil {
		t.Error("an ensemble of none")
	}
}
