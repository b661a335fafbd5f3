package network

import (
	"math"
	"slices"
	"strings"
)

// overlap gives the distribution of how many of n things two choose both, who
// choose a and b of them by lot (hypergeometric).
func overlap(n, a, b int) []float64 {
	choose := func(n, k int) float64 {
		x, _ := math.Lgamma(float64(n) + 1)
		y, _ := math.Lgamma(float64(k) + 1)
		z, _ := math.Lgamma(float64(n-k) + 1)
		return x - y - z
	}
	dist := make([]float64, min(a, b)+1)
	for k := max(0, a+b-n); k < len(dist); k++ {
		dist[k] = math.Exp(choose(a, k) + choose(n-a, b-k) - choose(n, b))
	}
	return dist
}

// sumOf gives the distribution of the sum of two independent numbers.
func sumOf(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		if x == 0 {
			continue
		}
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}

// successes gives the distribution of the number of successes of independent
// trials with their own chances (Poisson binomial), exactly.
func successes(chances []float64) []float64 {
	dist := make([]float64, 1, len(chances)+1)
	dist[0] = 1
	for _, p := range chances {
		dist = append(dist, 0)
		for k := len(dist) - 1; k > 0; k-- {
			dist[k] = dist[k]*(1-p) + dist[k-1]*p
		}
		dist[0] *= 1 - p
	}
	return dist
}

// atLeast and atMost are the tails of a distribution, its own value included.
func atLeast(dist []float64, n int) float64 {
	sum := 0.0
	for k := n; k < len(dist); k++ {
		sum += dist[k]
	}
	return min(1, sum)
}

func atMost(dist []float64, n int) float64 {
	sum := 0.0
	for k := 0; k <= n && k < len(dist); k++ {
		sum += dist[k]
	}
	return min(1, sum)
}

func total(values []float64) float64 {
	slices.Sort(values) // the same sum whatever the order
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum
}

// quantile is definition 8 of Hyndman and Fan (1996) over sorted values.
func quantile(sorted []float64, p float64) float64 {
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	h := (float64(n)+1.0/3)*p + 1.0/3
	i := math.Floor(h + 1e-12)
	switch {
	case i < 1:
		return sorted[0]
	case i >= float64(n):
		return sorted[n-1]
	}
	lo, hi := sorted[int(i)-1], sorted[int(i)]
	return lo + (h-i)*(hi-lo)
}

// peers are values by the group they are of, and by all wider ones: class and
// city, class and province, class, all.
type peers struct {
	by   map[string][]float64
	done bool
}

func wider(group string) (string, bool) {
	class, region, ok := strings.Cut(group, "/")
	switch {
	case len(region) > 2:
		return class + "/" + region[:2], true
	case ok:
		return class, true
	case group != "":
		return "", true
	}
	return "", false
}

func (p *peers) add(group string, v float64) {
	if p.by == nil {
		p.by = map[string][]float64{}
	}
	for ok := true; ok; group, ok = wider(group) {
		p.by[group] = append(p.by[group], v)
	}
}

// stand tells where a value stands in its group, or in the first wider one with
// enough values; false when there is none.
func (p *peers) stand(group string, v, place float64, least int) (Standing, bool) {
	if !p.done {
		for _, values := range p.by {
			slices.Sort(values)
		}
		p.done = true
	}
	for ok := true; ok; group, ok = wider(group) {
		values := p.by[group]
		if len(values) < least || len(values) == 0 {
			continue
		}
		below, _ := slices.BinarySearch(values, v)
		return Standing{Peers: group, N: len(values), Place: place, Threshold: quantile(values, place), Median: quantile(values, 0.5), Below: float64(below) / float64(len(values))}, true
	}
	return Standing{}, false
}

// high reports whether a value reaches the place and is above the middle, which
// it is not where all are the same.
func (s Standing) high(v float64) bool { return v >= s.Threshold-1e-12 && v > s.Median }

// low reports whether it stays at or under the place and below the middle.
func (s Standing) low(v float64) bool { return v <= s.Threshold+1e-12 && v < s.Median }

// discoveries tells how many of n results, in order of their chance, are kept of
// so many that were looked at: very many are compared, and some must look odd. At
// most a share of those kept is expected to be chance (Benjamini and Hochberg 1995).
func discoveries(n, looked int, share float64, chance func(i int) float64) int {
	kept := 0
	for i := range n {
		if chance(i) <= share*float64(i+1)/float64(max(looked, 1)) {
			kept = i + 1
		}
	}
	return kept
}
