package planted

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

// The same seed writes the same text, another seed another.
func TestSameSeedSameText(t *testing.T) {
	one, two, other := NewAuthor(1, 7, 0.6).Text(20_000), NewAuthor(1, 7, 0.6).Text(20_000), NewAuthor(1, 8, 0.6).Text(20_000)
	if !bytes.Equal(one, two) {
		t.Error("the same seed wrote two texts")
	}
	if bytes.Equal(one, other) {
		t.Error("two seeds wrote the same text")
	}
	if !utf8.Valid(one) || len(one) < 20_000 || len(one) > 24_000 {
		t.Errorf("%d bytes, valid %v", len(one), utf8.Valid(one))
	}
}

func BenchmarkText(b *testing.B) {
	for i := range b.N {
		b.SetBytes(int64(len(NewAuthor(1, uint64(i), 0.6).Text(20_000))))
	}
}
