package planted

import (
	"math/rand/v2"
	"unicode/utf8"
)

// Near writes a text whose shingles of five characters have about the given
// Jaccard similarity with those of text: a block of it is replaced, or signs all
// over it. How similar they are exactly is for the reader to compute.
func Near(r *rand.Rand, text []byte, similarity float64) []byte {
	differs := (1 - similarity) / (1 + similarity) // of the shingles of each
	runes := []rune(string(text))
	n := int(differs * float64(len(runes)))
	if r.IntN(2) == 0 {
		// A block, by that of another author.
		from := r.IntN(max(1, len(runes)-n))
		other := []rune(string(NewAuthor(r.Uint64(), r.Uint64(), 0.6).Text(3*n + 30)))
		out := make([]byte, 0, len(text)+n)
		out = appendRunes(out, runes[:from])
		out = appendRunes(out, other[:min(n, len(other))])
		return appendRunes(out, runes[from+n:])
	}
	for range n / 5 {
		runes[r.IntN(len(runes))] = nameSigns[r.IntN(len(nameSigns))]
	}
	return appendRunes(make([]byte, 0, len(text)+n), runes)
}

func appendRunes(dst []byte, rs []rune) []byte {
	for _, r := range rs {
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}
