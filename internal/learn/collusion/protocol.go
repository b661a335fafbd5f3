package collusion

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"mingjing/internal/learn"
)

// A Protocol is a way to hold tenders back.
type Protocol string

// The protocols. In all of them whole tenders are held back, the threshold comes
// from the other tenders alone, and a bid counts as one case with the score of its
// tender, as in the published work.
const (
	Split        Protocol = "80/20 by tender"      // a fifth of the tenders is held back
	FirmDisjoint Protocol = "firm-disjoint"        // no bidder of a tender held back stands in a tender learnt from
	LeaveOut     Protocol = "leave-one-market-out" // a whole file is held back; the others are learnt from
)

// A Result is what one protocol gives on one file with one set of features.
// Shares lie between 0 and 1.
type Result struct {
	File      string     `json:"file"`
	Protocol  Protocol   `json:"protocol"`
	Set       Set        `json:"set"`
	Splits    string     `json:"splits,omitempty"` // "fixed" or "own"
	Tenders   int        `json:"tenders"`
	Positive  int        `json:"positive"` // tenders with the label
	Bids      int        `json:"bids"`
	Skipped   int        `json:"skipped,omitempty"` // rows that could not be used
	Runs      int        `json:"runs"`
	Balanced  learn.Mean `json:"balanced_accuracy"`
	Precision learn.Mean `json:"precision"`
	Recall    learn.Mean `json:"recall"`
	F1        learn.Mean `json:"f1"`
	AUC       learn.Mean `json:"auc"`
	Note      string     `json:"note,omitempty"`
}

// table is a market as rows to learn from: one a tender and label (the label is
// the same for all bids of a tender in the files that are known), weighing as many
// bids as it has.
type table struct {
	rows  learn.Rows
	group []int // the tender of each row, by its place
}

func tableOf(m *Market, set Set) table {
	var t table
	for i := range m.Tenders {
		tender := &m.Tenders[i]
		var count [2]int
		for _, y := range tender.Label {
			if y {
				count[1]++
			} else {
				count[0]++
			}
		}
		x := features(tender, set)
		for label, n := range count {
			if n > 0 {
				t.rows.X, t.rows.Y = append(t.rows.X, x), append(t.rows.Y, label == 1)
				t.rows.W, t.group = append(t.rows.W, float64(n)), append(t.group, i)
			}
		}
	}
	return t
}

// take returns the rows of the tenders for which in is true.
func (t table) take(in func(tender int) bool) table {
	var at []int
	for i, g := range t.group {
		if in(g) {
			at = append(at, i)
		}
	}
	out := table{rows: t.rows.Take(at)}
	for _, i := range at {
		out.group = append(out.group, t.group[i])
	}
	return out
}

// outcome is one run.
type outcome struct{ balanced, precision, recall, f1, auc float64 }

// try learns from one table and measures on another.
func try(e learn.Ensemble, train, test table, seed uint64) (outcome, error) {
	j, err := e.Learn(train.rows, train.group, seed)
	if err != nil {
		return outcome{}, err
	}
	return measure(j, j.Threshold, test), nil
}

func measure(m learn.Model, threshold float64, test table) outcome {
	score := make([]float64, len(test.rows.X))
	for i, x := range test.rows.X {
		score[i] = m.Score(x)
	}
	c := learn.Confuse(score, test.rows.Y, test.rows.W, threshold)
	return outcome{c.Balanced(), c.Precision(), c.Recall(), c.F1(), learn.AUC(score, test.rows.Y, test.rows.W)}
}

func (r *Result) sum(runs []outcome) {
	get := func(f func(outcome) float64) learn.Mean {
		vs := make([]float64, len(runs))
		for i, o := range runs {
			vs[i] = f(o)
		}
		return learn.MeanOf(vs)
	}
	r.Runs = len(runs)
	r.Balanced = get(func(o outcome) float64 { return o.balanced })
	r.Precision = get(func(o outcome) float64 { return o.precision })
	r.Recall = get(func(o outcome) float64 { return o.recall })
	r.F1 = get(func(o outcome) float64 { return o.f1 })
	r.AUC = get(func(o outcome) float64 { return o.auc })
}

func (m *Market) result(p Protocol, set Set) Result {
	r := Result{File: m.Name, Protocol: p, Set: set, Tenders: len(m.Tenders), Skipped: m.Skipped}
	for i := range m.Tenders {
		r.Bids += len(m.Tenders[i].Bids)
		if slices.Contains(m.Tenders[i].Label, true) {
			r.Positive++
		}
	}
	return r
}

// Matches says whether splits belong to a market: all their tenders are in the
// file, and together they hold back nearly all of it.
func (m *Market) Matches(splits [][]string) bool {
	have, held := map[string]bool{}, map[string]bool{}
	for i := range m.Tenders {
		have[m.Tenders[i].ID] = true
	}
	for _, s := range splits {
		for _, id := range s {
			if !have[id] {
				return false
			}
			held[id] = true
		}
	}
	return len(held) > 0 && len(held) >= len(have)/5
}

// OwnSplits holds a fifth of the tenders back, n times, always the same ones.
func (m *Market) OwnSplits(n int) [][]string {
	out := make([][]string, n)
	for s := range out {
		rnd := rand.New(rand.NewPCG(uint64(s), 2022)) //nolint:gosec // a sample, no secret
		for _, i := range rnd.Perm(len(m.Tenders))[:(len(m.Tenders)+4)/5] {
			out[s] = append(out[s], m.Tenders[i].ID)
		}
	}
	return out
}

// BySplits runs the splits: learn from the tenders that a split does not hold
// back, measure on those it does. A split whose sides lack a class is left out.
func BySplits(m *Market, set Set, splits [][]string) (Result, error) {
	r := m.result(Split, set)
	all := tableOf(m, set)
	place := map[string]int{}
	for i := range m.Tenders {
		place[m.Tenders[i].ID] = i
	}
	runs, err := each(len(splits), func(s int) (table, table, bool) {
		test := map[int]bool{}
		for _, id := range splits[s] {
			if i, ok := place[id]; ok {
				test[i] = true
			}
		}
		train := all.take(func(i int) bool { return !test[i] })
		return train, all.take(func(i int) bool { return test[i] }), true
	}, members(len(m.Tenders)))
	r.sum(runs)
	if left := len(splits) - len(runs); left > 0 {
		r.Note = fmt.Sprintf("%d splits lack a class on one side", left)
	}
	return r, err
}

// each makes n runs at once and returns those that could be made, in order.
func each(n int, sides func(s int) (train, test table, ok bool), e learn.Ensemble) ([]outcome, error) {
	got, errs, ok := make([]outcome, n), make([]error, n), make([]bool, n)
	var wg sync.WaitGroup
	room := make(chan struct{}, 2)
	for s := range n {
		wg.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			train, test, use := sides(s)
			if use && train.classes() == 2 && test.classes() == 2 {
				got[s], errs[s] = try(e, train, test, uint64(s))
				ok[s] = true
			}
		})
	}
	wg.Wait()
	var out []outcome
	for s := range n {
		if errs[s] != nil {
			return nil, errs[s]
		}
		if ok[s] {
			out = append(out, got[s])
		}
	}
	return out, nil
}

func (t table) classes() int {
	var has [2]int
	for _, y := range t.rows.Y {
		if y {
			has[1] = 1
		} else {
			has[0] = 1
		}
	}
	return has[0] + has[1]
}

// ByFirms deals the bidders into two halves by lot and holds a fifth of the
// tenders back. What is learnt from is the other tenders as the bids of the first
// half alone make them look, what is measured on those held back as the bids of the
// second half do: no bidder and no tender stands on both sides. Tenders of which a
// side has fewer than three bids are left out there. (Leaving out whole tenders for
// their bidders would leave nothing: nearly all tenders of these markets are linked.)
// It answers false where the file names no bidders.
func ByFirms(m *Market, set Set, runs int) (Result, bool, error) {
	r := m.result(FirmDisjoint, set)
	if !m.Firms {
		return r, false, nil
	}
	sizes := make([][2]int, runs)
	got, err := each(runs, func(s int) (table, table, bool) {
		train, test := m.halves(uint64(s))
		sizes[s] = [2]int{len(train.Tenders), len(test.Tenders)}
		return tableOf(train, set), tableOf(test, set), true
	}, members(len(m.Tenders)))
	r.sum(got)
	var sum [2]int
	for _, n := range sizes {
		sum[0] += n[0]
		sum[1] += n[1]
	}
	r.Note = fmt.Sprintf("%d tenders to learn from and %d to measure on, in the mean", sum[0]/max(runs, 1), sum[1]/max(runs, 1))
	if left := runs - len(got); left > 0 {
		r.Note += fmt.Sprintf("; %d runs lack a class on one side", left)
	}
	return r, true, err
}

// leastBids is the least number of bids of a half by which a tender is seen.
const leastBids = 3

// halves deals bidders and tenders.
func (m *Market) halves(seed uint64) (train, test *Market) {
	rnd := rand.New(rand.NewPCG(seed, 7919)) //nolint:gosec // a sample, no secret
	var firms []string
	second := map[string]bool{}
	for i := range m.Tenders {
		for _, f := range m.Tenders[i].Firms {
			if _, ok := second[f]; !ok && f != "" {
				second[f] = false
				firms = append(firms, f)
			}
		}
	}
	for k, i := range rnd.Perm(len(firms)) {
		second[firms[i]] = k%2 == 1
	}
	held := map[int]bool{}
	for _, i := range rnd.Perm(len(m.Tenders))[:(len(m.Tenders)+4)/5] {
		held[i] = true
	}
	train, test = &Market{Name: m.Name, Firms: true}, &Market{Name: m.Name, Firms: true}
	for i := range m.Tenders {
		t := &m.Tenders[i]
		c := Tender{ID: t.ID, Winners: t.Winners}
		for k, f := range t.Firms {
			if f != "" && second[f] == held[i] {
				c.Bids, c.Winner = append(c.Bids, t.Bids[k]), append(c.Winner, t.Winner[k])
				c.Label, c.Firms = append(c.Label, t.Label[k]), append(c.Firms, f)
			}
		}
		switch {
		case len(c.Bids) < leastBids:
		case held[i]:
			test.Tenders = append(test.Tenders, c)
		default:
			train.Tenders = append(train.Tenders, c)
		}
	}
	return train, test
}

// ByMarket learns from all other markets and measures on one: each feature as its
// rank within its own market, for what is low in one country is high in another.
// The threshold is the one that holds best between the markets learnt from. The
// error is of resampled tenders of the market held back.
func ByMarket(markets []*Market, held int, set Set) (Result, error) {
	r := markets[held].result(LeaveOut, set)
	var train table
	for k, m := range markets {
		if k == held {
			continue
		}
		t := tableOf(m, set)
		ranks(&t)
		var sum float64
		for _, w := range t.rows.W {
			sum += w
		}
		for i := range t.rows.W { // markets of equal weight
			t.rows.W[i] *= 1000 / sum
			t.group[i] = k
			if len(markets) == 2 {
				t.group[i] = i // one market only: the threshold is that of its tenders
			}
		}
		train.rows.X, train.rows.Y = append(train.rows.X, t.rows.X...), append(train.rows.Y, t.rows.Y...)
		train.rows.W, train.group = append(train.rows.W, t.rows.W...), append(train.group, t.group...)
	}
	test := tableOf(markets[held], set)
	ranks(&test)
	if train.classes() < 2 || test.classes() < 2 {
		r.Note = "a class is missing"
		return r, nil
	}
	j, err := transfer(train)
	if err != nil {
		return r, err
	}
	r.sum([]outcome{measure(j.model, j.threshold, test)})
	rnd := rand.New(rand.NewPCG(1, 104729)) //nolint:gosec // a sample, no secret
	var again Result
	var runs []outcome
	for range 200 {
		at := make([]int, len(test.group))
		for i := range at {
			at[i] = rnd.IntN(len(at))
		}
		runs = append(runs, measure(j.model, j.threshold, table{rows: test.rows.Take(at)}))
	}
	again.sum(runs)
	root := math.Sqrt(float64(len(runs))) // from the error of the mean to the deviation of one
	r.Balanced.Error, r.Precision.Error = again.Balanced.Error*root, again.Precision.Error*root
	r.Recall.Error, r.F1.Error, r.AUC.Error = again.Recall.Error*root, again.F1.Error*root, again.AUC.Error*root
	return r, nil
}

// ranks replaces each feature by its mid-rank within the table, between 0 and 1.
func ranks(t *table) {
	x := make([][]float64, len(t.rows.X))
	for i := range x {
		x[i] = make([]float64, len(t.rows.X[i]))
	}
	for f := range x[0] {
		var vs []float64
		for i := range x {
			if v := t.rows.X[i][f]; !math.IsNaN(v) {
				vs = append(vs, v)
			}
		}
		slices.Sort(vs)
		for i := range x {
			v := t.rows.X[i][f]
			if math.IsNaN(v) {
				x[i][f] = v
				continue
			}
			lo, _ := slices.BinarySearch(vs, v)
			hi, _ := slices.BinarySearch(vs, math.Nextafter(v, math.Inf(1)))
			x[i][f] = float64(lo+hi) / 2 / float64(len(vs))
		}
	}
	t.rows.X = x
}
