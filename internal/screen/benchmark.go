package screen

import (
	"math"
	"slices"
)

// A Benchmark is a way to make a benchmark price (评标基准价) from the bids: their
// mean, without so many of the highest and the lowest, times a factor. The bid
// nearest to it scores best.
type Benchmark struct {
	DropHigh int     // highest bids left out of the mean
	DropLow  int     // lowest bids left out
	Least    int     // bids from which on any are left out; with fewer the mean is of all
	Factor   float64 // that the mean is multiplied with: 0.97 for a reduction of 3 %; 0 stands for 1
	Above    float64 // points lost by a per cent above the benchmark; 0 stands for 1
	Below    float64 // points lost by a per cent below it; 0 stands for 1
}

// Price is the benchmark price of bids, in any order; NaN for none.
func (m Benchmark) Price(bids []float64) float64 {
	b := Sorted(bids)
	if len(b) >= m.Least && len(b) > m.DropHigh+m.DropLow {
		b = b[m.DropLow : len(b)-m.DropHigh]
	}
	if len(b) == 0 {
		return math.NaN()
	}
	mean, _ := meanDeviation(b)
	if m.Factor > 0 {
		mean *= m.Factor
	}
	return mean
}

// loss is what a bid loses against a benchmark price: the weighted distance.
func (m Benchmark) loss(bid, price float64) float64 {
	weight := m.Above
	if bid < price {
		weight = m.Below
	}
	if weight <= 0 {
		weight = 1
	}
	return weight * math.Abs(bid-price) / price
}

// Best is the place of the bid that a benchmark price favours among those
// asked for: the least loss, of equal ones the lower bid, then the earlier place.
// It is −1 for none.
func (m Benchmark) Best(bids []float64, price float64, among []int) int {
	best := -1
	for _, i := range among {
		if !(bids[i] > 0) || math.IsInf(bids[i], 1) {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		a, b := m.loss(bids[i], price), m.loss(bids[best], price)
		if a < b || a == b && bids[i] < bids[best] {
			best = i
		}
	}
	return best
}

// A Shift is what a benchmark price would have been without a group of bids.
type Shift struct {
	With, Without float64 // benchmark prices of all bids and without the group
	Winner        int     // place of the bid favoured by the benchmark of all bids
	Changed       int     // place of the bid favoured without the group's influence on the mean
}

// WithoutGroup asks the question of Conley and Decarolis (2016): make the
// benchmark anew from the bids outside a group and see whether another bid would
// have been favoured. Support bids are there to move the mean and not to win, so
// that they leave the mean but may still be favoured: keep names the member that
// may (the winner, say); the others do not compete. keep is −1 when none may. It
// is false when fewer than two bids stand outside the group, for then no mean of
// others exists.
func (m Benchmark) WithoutGroup(bids []float64, group []int, keep int) (Shift, bool) {
	var all, out []int
	var rest []float64
	for i, v := range bids {
		if !(v > 0) || math.IsInf(v, 1) {
			continue
		}
		all = append(all, i)
		inside := slices.Contains(group, i)
		if !inside {
			rest = append(rest, v)
		}
		if !inside || i == keep {
			out = append(out, i)
		}
	}
	if len(rest) < 2 {
		return Shift{}, false
	}
	s := Shift{With: m.Price(bids), Without: m.Price(rest)}
	s.Winner = m.Best(bids, s.With, all)
	s.Changed = m.Best(bids, s.Without, out)
	return s, true
}
