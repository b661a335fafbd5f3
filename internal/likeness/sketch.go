package likeness

import (
	"slices"
	"unicode/utf8"
)

// Bins, rows and bands of a sketch. Two texts become candidates when all rows of
// a band agree. With a Jaccard similarity of 0.8 a pair is missed by all bands
// with a probability of (1-0.8^8)^40 = 0.0007, with 0.4 it becomes a candidate
// with 0.026, which the whole sketch then drops.
const (
	rows  = 8
	bands = 40
	bins  = rows * bands
)

// A Sketch is what is kept of a text to find those that are like it: of each bin
// of its shingles' hashes 16 bits of the least one (one permutation, empty bins
// filled from others: Shrivastava 2017).
type Sketch [bins]uint16

// A sketcher cuts texts into shingles. It keeps its buffers: one a goroutine.
type sketcher struct {
	k      int
	hashes []uint64
	spare  []uint64
	counts []int32
}

// shingles returns the hashes of all shingles of a text, of k characters that
// count each, numbers written out; the slice is good until the next call. A text
// of fewer characters has one shingle, an empty one none.
func (s *sketcher) shingles(text []byte) []uint64 {
	out := s.hashes[:0]
	var ring [32]uint64
	var h, high uint64 = 0, 1
	for range s.k - 1 {
		high *= seedBase
	}
	n, at := 0, 0
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			// The usual Chinese character is three bytes; the rest goes the long way.
			if r&0xF0 == 0xE0 && i+2 < len(text) && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80 && r != 0xE0 && r != 0xED {
				r, size = r&0xF<<12|rune(text[i+1]&0x3F)<<6|rune(text[i+2]&0x3F), 3
			} else if r, size = utf8.DecodeRune(text[i:]); r == utf8.RuneError {
				i += size
				continue
			}
		}
		i += size
		if r = fold(r); r == 0 {
			continue
		}
		h -= ring[at] * high
		h = h*seedBase + uint64(r)
		ring[at] = uint64(r)
		if at++; at == s.k {
			at = 0
		}
		if n++; n >= s.k {
			out = append(out, mix(h))
		}
	}
	if n > 0 && n < s.k {
		out = append(out, mix(h))
	}
	s.hashes = out
	return out
}

// mix spreads a hash evenly (the finalizer of MurmurHash3).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// sketch makes the sketch of a text and a hash of all its shingles with their
// number; false for a text without any.
func (s *sketcher) sketch(text []byte, out *Sketch) (whole uint64, ok bool) {
	hashes := s.shingles(text)
	if len(hashes) == 0 {
		return 0, false
	}
	var least [bins]uint64
	for i := range least {
		least[i] = ^uint64(0)
	}
	empty := bins
	for _, h := range hashes {
		b := (h >> 32) * bins >> 32
		if h < least[b] {
			if least[b] == ^uint64(0) {
				empty--
			}
			least[b] = h
		}
		whole += mix(h + 1)
	}
	for b := range least {
		out[b] = uint16(least[b])
	}
	// A text of a thousand shingles or more is done here; what a shorter one left
	// empty further rounds fill.
	for round := uint64(1); empty > 0; round++ {
		var filled [bins]bool
		for b := range least {
			filled[b] = least[b] != ^uint64(0)
		}
		for _, h := range hashes {
			h = mix(h + round*seedBase)
			b := (h >> 32) * bins >> 32
			if round >= bins { // a bin a round, so that there is an end
				b = round - bins
			}
			if !filled[b] && h < least[b] {
				if least[b] == ^uint64(0) {
					empty--
				}
				least[b], out[b] = h, uint16(h)
			}
		}
	}
	return mix(whole ^ uint64(len(hashes))), true
}

// set returns the distinct hashes of a text's shingles, sorted. They are spread
// evenly, so that one pass by their first bits nearly sorts them.
func (s *sketcher) set(text []byte) []uint64 {
	hashes := s.shingles(text)
	const first = 12
	if s.counts == nil {
		s.counts = make([]int32, 1<<first+1)
	}
	clear(s.counts)
	for _, h := range hashes {
		s.counts[h>>(64-first)+1]++
	}
	for i := 1; i < len(s.counts); i++ {
		s.counts[i] += s.counts[i-1]
	}
	s.spare = slices.Grow(s.spare[:0], len(hashes))[:len(hashes)]
	for _, h := range hashes {
		c := &s.counts[h>>(64-first)]
		s.spare[*c] = h
		*c++
	}
	if len(hashes) > 64<<first { // the buckets are no longer small
		slices.Sort(s.spare)
	} else {
		for i := 1; i < len(s.spare); i++ {
			v := s.spare[i]
			j := i
			for ; j > 0 && s.spare[j-1] > v; j-- {
				s.spare[j] = s.spare[j-1]
			}
			s.spare[j] = v
		}
	}
	return slices.Clone(slices.Compact(s.spare))
}

// agree counts the bins in which two sketches agree.
func agree(a, b *Sketch) (n int) {
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

// jaccard is the similarity of two sorted sets of hashes.
func jaccard(a, b []uint64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		if x == y {
			common++
		}
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

// Jaccard is the similarity of two texts: of the shingles of k characters that
// count which either has, the part that both have.
func Jaccard(a, b []byte, k int) float64 {
	s := sketcher{k: k}
	return jaccard(s.set(a), s.set(b))
}

// Shingles returns the distinct hashes of a text's shingles of k characters that
// count, sorted. Two different shingles of one archive have the same hash about
// once in 10^19 pairs.
func Shingles(text []byte, k int) []uint64 {
	s := sketcher{k: k}
	return s.set(text)
}
