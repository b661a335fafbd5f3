package likeness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// A Corpus gives texts by their number, 0 to Len()-1, as often as it is asked and
// from many goroutines at once. The text may be written into buf.
type Corpus interface {
	Len() int
	Text(i int, buf []byte) ([]byte, error)
}

// PairOptions say which pairs are wanted and what may be used.
type PairOptions struct {
	Shingle int     // characters of a shingle, 2 to 32; 0: 5
	Least   float64 // the least Jaccard similarity, 0.5 to 1; 0: 0.8
	Workers int     // goroutines; 0: 1
	Memory  int     // bytes for the sets of shingles that are kept to verify; 0: 256 MiB
	Most    int     // pairs at most, of distinct texts; 0: 20 million
}

// A Pair is two texts of a corpus, A before B, and their exact similarity.
type Pair struct {
	A       int     `json:"a"`
	B       int     `json:"b"`
	Jaccard float64 `json:"jaccard"`
}

// Pairs is what NearDuplicates found.
type Pairs struct {
	Pairs      []Pair  // of distinct texts, by A, then B
	Same       [][]int // texts with the same shingles, each group in order; only the first of a group is in Pairs
	Candidates int     // pairs whose bands agreed
	Verified   int     // of these, pairs whose similarity was computed
	Empty      int     // texts without any character that counts
}

// ErrTooMany means that more pairs are alike than were asked for.
var ErrTooMany = errors.New("likeness: more pairs are alike than may be listed: raise the least similarity, or the limit")

// NearDuplicates finds the pairs of texts of a corpus whose Jaccard similarity
// is Least or more. Those that it gives are verified; it misses few: at 0.8 and
// with a thousand shingles or more about one in a thousand. Texts are read twice
// and not kept: 660 bytes a text are, and the options' memory.
func NearDuplicates(ctx context.Context, c Corpus, o PairOptions) (*Pairs, error) {
	o.Shingle, o.Least, o.Workers = cmp.Or(o.Shingle, 5), cmp.Or(o.Least, 0.8), cmp.Or(o.Workers, 1)
	o.Memory, o.Most = cmp.Or(o.Memory, 256<<20), cmp.Or(o.Most, 20_000_000)
	if o.Shingle < 2 || o.Shingle > 32 || o.Least < 0.5 || o.Least > 1 || o.Workers < 1 {
		return nil, fmt.Errorf("likeness: pairs: give 2 to 32 characters a shingle (have %d), a similarity of 0.5 to 1 (have %v) and one worker or more (have %d)", o.Shingle, o.Least, o.Workers)
	}
	a, err := sketchAll(ctx, c, o)
	if err != nil {
		return nil, err
	}
	out := &Pairs{Same: a.same, Empty: a.empty}
	candidates, err := a.candidates(ctx, o, out)
	if err != nil {
		return nil, err
	}
	if out.Pairs, err = verify(ctx, c, candidates, o); err != nil {
		return nil, err
	}
	out.Verified = len(candidates)
	return out, nil
}

// each calls fn for 0 to n-1 from some goroutines and ends at the first error.
func each(ctx context.Context, workers, n int, fn func(worker, i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				if err := fn(w, i); err != nil {
					stop(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// An archive is the sketches of a corpus.
type archive struct {
	sketches []Sketch
	first    []int32 // texts that are not the same as an earlier one, in order
	same     [][]int
	empty    int
}

func sketchAll(ctx context.Context, c Corpus, o PairOptions) (*archive, error) {
	n := c.Len()
	if n > math.MaxInt32 {
		return nil, fmt.Errorf("likeness: pairs: %d texts are more than can be numbered", n)
	}
	a := &archive{sketches: make([]Sketch, n)}
	whole := make([]uint64, n)
	has := make([]bool, n)
	sketchers, bufs := make([]sketcher, o.Workers), make([][]byte, o.Workers)
	const at = 64 // texts a step: those that lie together are read together
	err := each(ctx, o.Workers, (n+at-1)/at, func(w, step int) error {
		sketchers[w].k = o.Shingle
		for i := step * at; i < min(n, step*at+at); i++ {
			text, err := c.Text(i, bufs[w])
			if err != nil {
				return fmt.Errorf("likeness: text %d: %w", i, err)
			}
			bufs[w] = text
			whole[i], has[i] = sketchers[w].sketch(text, &a.sketches[i])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	group := map[uint64]int32{} // by the hash of all shingles: the first text
	groups := map[int32]int{}   // by the first text: index in same
	for i := range n {
		if !has[i] {
			a.empty++
			continue
		}
		f, ok := group[whole[i]]
		if !ok {
			group[whole[i]] = int32(i)
			a.first = append(a.first, int32(i))
			continue
		}
		at, ok := groups[f]
		if !ok {
			at = len(a.same)
			groups[f] = at
			a.same = append(a.same, []int{int(f)})
		}
		a.same[at] = append(a.same[at], i)
	}
	return a, nil
}

type ids struct{ x, y int32 }

// candidates returns the pairs that agree in a band and, by their sketches, may
// be alike enough: within 4.5 standard deviations of the estimate.
func (a *archive) candidates(ctx context.Context, o PairOptions, out *Pairs) ([]ids, error) {
	least := int(bins*o.Least - 4.5*math.Sqrt(bins*o.Least*(1-o.Least)))
	type entry struct {
		hash uint64
		id   int32
	}
	found := make([][]ids, bands)
	var seen, kept atomic.Int64
	tables := make([][]entry, o.Workers)
	err := each(ctx, o.Workers, bands, func(w, band int) error {
		table := tables[w][:0]
		for _, id := range a.first {
			table = append(table, entry{bandHash(&a.sketches[id], band), id})
		}
		tables[w] = table
		slices.SortFunc(table, func(p, q entry) int { return cmp.Or(cmp.Compare(p.hash, q.hash), int(p.id-q.id)) })
		for from := 0; from < len(table); {
			to := from + 1
			for to < len(table) && table[to].hash == table[from].hash {
				to++
			}
			for i := from; i < to; i++ {
				x := &a.sketches[table[i].id]
				if ctx.Err() != nil {
					return ctx.Err()
				}
				for j := i + 1; j < to; j++ {
					y := &a.sketches[table[j].id]
					if agree(x, y) < least || earlier(x, y, band) {
						continue
					}
					found[band] = append(found[band], ids{table[i].id, table[j].id})
					if kept.Add(1) > int64(o.Most) {
						return ErrTooMany
					}
				}
			}
			seen.Add(int64(to-from) * int64(to-from-1) / 2)
			from = to
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.Candidates = int(seen.Load())
	return slices.Concat(found...), nil
}

func bandHash(s *Sketch, band int) uint64 {
	h := uint64(band)
	for _, v := range s[band*rows : band*rows+rows] {
		h = (h ^ uint64(v)) * seedBase
		h ^= h >> 29
	}
	return h
}

// earlier reports whether two sketches agree in a band before this one, where the
// pair has been met.
func earlier(x, y *Sketch, band int) bool {
	for b := range band {
		if [rows]uint16(x[b*rows:]) == [rows]uint16(y[b*rows:]) {
			return true
		}
	}
	return false
}

// verify computes the similarity of candidates. Pairs that hang together are
// looked at together, so that few texts are read more than once.
func verify(ctx context.Context, c Corpus, candidates []ids, o PairOptions) ([]Pair, error) {
	root := map[int32]int32{}
	find := func(x int32) int32 {
		for {
			p, ok := root[x]
			if !ok || p == x {
				return x
			}
			if g, ok := root[p]; ok {
				root[x] = g
			}
			x = p
		}
	}
	for _, p := range candidates {
		if x, y := find(p.x), find(p.y); x != y {
			root[max(x, y)] = min(x, y)
		}
	}
	slices.SortFunc(candidates, func(p, q ids) int {
		return cmp.Or(cmp.Compare(find(p.x), find(q.x)), int(p.x-q.x), int(p.y-q.y))
	})
	caches := make([]setCache, o.Workers)
	for w := range caches {
		caches[w] = setCache{corpus: c, sketcher: sketcher{k: o.Shingle}, sets: map[int32][]uint64{}, most: o.Memory / 8 / o.Workers}
	}
	const at = 256 // pairs a step
	found := make([][]Pair, (len(candidates)+at-1)/at)
	err := each(ctx, o.Workers, len(found), func(w, step int) error {
		for _, p := range candidates[step*at : min(len(candidates), step*at+at)] {
			x, err := caches[w].set(p.x)
			if err != nil {
				return err
			}
			y, err := caches[w].set(p.y)
			if err != nil {
				return err
			}
			if j := jaccard(x, y); j >= o.Least {
				found[step] = append(found[step], Pair{int(p.x), int(p.y), j})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := slices.Concat(found...)
	slices.SortFunc(out, func(p, q Pair) int { return cmp.Or(p.A-q.A, p.B-q.B) })
	return out, nil
}

// A setCache keeps the sets of shingles that were used last.
type setCache struct {
	corpus   Corpus
	sketcher sketcher
	buf      []byte
	sets     map[int32][]uint64
	order    []int32 // as they came in
	held     int     // hashes
	most     int
}

func (c *setCache) set(id int32) ([]uint64, error) {
	if s, ok := c.sets[id]; ok {
		return s, nil
	}
	text, err := c.corpus.Text(int(id), c.buf)
	if err != nil {
		return nil, fmt.Errorf("likeness: text %d: %w", id, err)
	}
	c.buf = text
	s := c.sketcher.set(text)
	c.sets[id], c.order, c.held = s, append(c.order, id), c.held+len(s)
	for c.held > c.most && len(c.order) > 2 { // the two of a pair stay
		old := c.order[0]
		c.order = c.order[1:]
		c.held -= len(c.sets[old])
		delete(c.sets, old)
	}
	return s, nil
}
