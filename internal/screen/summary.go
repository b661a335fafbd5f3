package screen

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A Summary is how one screen varies over the subsets of a lot's bids: where
// only some of the bidders agree, it is the subsets of these that stand out
// (Wallimann, Imhof and Huber 2022).
type Summary struct {
	Mean, Median, Min, Max float64 // NaN where no subset says the screen
}

// mostSubsets bounds the work: of more subsets a sample is drawn, always the
// same one for lots of the same number of bids.
const mostSubsets = 2000

// Summaries measures all subsets of size bids (a sample of 2,000 where there
// are more) and returns a summary for each of Names; nil for fewer bids than size
// or a size below two.
func Summaries(bids []float64, size int) []Summary {
	b := Sorted(bids)
	if size < 2 || len(b) < size {
		return nil
	}
	values := make([][]float64, len(Names))
	pick := make([]float64, size)
	eachSubset(len(b), size, func(at []int) {
		for i, k := range at {
			pick[i] = b[k]
		}
		s := ofSorted(pick)
		for i, v := range s.Values() {
			if !math.IsNaN(v) {
				values[i] = append(values[i], v)
			}
		}
	})
	out := make([]Summary, len(Names))
	for i, vs := range values {
		out[i] = summarise(vs)
	}
	return out
}

func summarise(vs []float64) Summary {
	if len(vs) == 0 {
		nan := math.NaN()
		return Summary{nan, nan, nan, nan}
	}
	slices.Sort(vs)
	n := len(vs)
	mean, _ := meanDeviation(vs)
	return Summary{mean, (vs[(n-1)/2] + vs[n/2]) / 2, vs[0], vs[n-1]}
}

// eachSubset calls with the places of each subset of k out of n, rising; or of
// a sample of them.
func eachSubset(n, k int, call func([]int)) {
	count := 1.0
	for i := range k {
		count = count * float64(n-i) / float64(i+1)
	}
	at := make([]int, k)
	if count > mostSubsets {
		rnd := rand.New(rand.NewPCG(uint64(n), uint64(k))) //nolint:gosec // a sample, no secret
		for range mostSubsets {
			copy(at, rnd.Perm(n)[:k])
			slices.Sort(at)
			call(at)
		}
		return
	}
	for i := range at {
		at[i] = i
	}
	for {
		call(at)
		i := k - 1
		for i >= 0 && at[i] == n-k+i {
			i--
		}
		if i < 0 {
			return
		}
		at[i]++
		for j := i + 1; j < k; j++ {
			at[j] = at[j-1] + 1
		}
	}
}
