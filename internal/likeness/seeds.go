package likeness

import "math/bits"

// seedBase is the base of the rolling hash of seeds: any large odd number does.
const seedBase = 0x9E3779B97F4A7C15

// An Index finds the places of a text where a seed stands.
type Index struct {
	text *Text
	k    int
	own  bool     // seeds that touch what is not the author's own are left out
	hash []uint64 // by position; 0: no seed here
	head []int32  // open addressing, the first position of each hash, -1: none
	next []int32  // the next position of the same hash, -1: none
	mask uint64
}

// newIndex indexes all seeds of k characters of a text.
func newIndex(t *Text, k int, own bool) *Index {
	x := &Index{text: t, k: k, own: own, hash: seeds(t, k, own), next: make([]int32, t.Len())}
	size := 1 << bits.Len(uint(2*t.Len()+1))
	x.head, x.mask = make([]int32, size), uint64(size-1)
	for i := range x.head {
		x.head[i] = -1
	}
	for p := len(x.hash) - 1; p >= 0; p-- { // from behind, so that chains run forward
		h := x.hash[p]
		if h == 0 {
			continue
		}
		s := x.slot(h)
		x.next[p], x.head[s] = x.head[s], int32(p)
	}
	return x
}

// slot is where the chain of a hash begins or would begin.
func (x *Index) slot(h uint64) uint64 {
	s := (h ^ h>>32) & x.mask
	for x.head[s] >= 0 && x.hash[x.head[s]] != h {
		s = (s + 1) & x.mask
	}
	return s
}

// seeds returns the hash of each seed by its first position; 0 where none is: too
// near the end, mostly numbers, one character over and over, or not the author's.
func seeds(t *Text, k int, own bool) []uint64 {
	n := t.Len()
	out := make([]uint64, n)
	var h, high uint64 = 0, 1
	for range k - 1 {
		high *= seedBase
	}
	numbers, same, foreign := 0, 0, 0 // in the window: numbers, characters like the one before, characters of others
	count := func(i, by int) {
		if t.runes[i] == number {
			numbers += by
		}
		if own && t.not[i] != owned {
			foreign += by
		}
	}
	for i := range n {
		if i >= k {
			h -= uint64(t.runes[i-k]+1) * high
			count(i-k, -1)
		}
		h = h*seedBase + uint64(t.runes[i]+1)
		count(i, 1)
		if i > 0 && t.runes[i] == t.runes[i-1] {
			same++
		} else {
			same = 0
		}
		if i >= k-1 && numbers*3 <= k && same < k-2 && foreign == 0 {
			out[i-k+1] = h | 1 // never 0
		}
	}
	return out
}

// A run is a passage that stands in both texts without a difference.
type run struct{ i, j, n int }

// runs returns the longest equal stretches of a and the indexed text that hold a
// seed, in the order of a. A seed that stands in the indexed text more than
// often times leads nowhere: it is a phrase, not a passage.
func (x *Index) runs(a *Text, often int) []run {
	b := x.text
	var out []run
	end := make([]int32, a.Len()+b.Len()+1) // by diagonal: up to where a has been compared
	stop := func(t *Text, p int) bool { return x.own && t.not[p] == quoted }
	for i, h := range seeds(a, x.k, x.own) {
		if h == 0 {
			continue
		}
		first := x.head[x.slot(h)]
		n := 0
		for p := first; p >= 0 && n <= often; p = x.next[p] {
			n++
		}
		if n > often {
			continue
		}
		for p := first; p >= 0; p = x.next[p] {
			j := int(p)
			d := j - i + a.Len()
			if int(end[d]) > i || !equal(a.runes[i:i+x.k], b.runes[j:j+x.k]) {
				continue
			}
			from := 0
			for i-from > int(end[d]) && j-from > 0 && a.runes[i-from-1] == b.runes[j-from-1] && !stop(a, i-from-1) && !stop(b, j-from-1) {
				from++
			}
			to := x.k
			for i+to < a.Len() && j+to < b.Len() && a.runes[i+to] == b.runes[j+to] && !stop(a, i+to) && !stop(b, j+to) {
				to++
			}
			end[d] = int32(i + to)
			out = append(out, run{i - from, j - from, from + to})
		}
	}
	return out
}

func equal(a, b []rune) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
