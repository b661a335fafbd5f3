package likeness

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"mingjing/internal/likeness/planted"
)

// memory is a corpus of texts at hand.
type memory [][]byte

func (m memory) Len() int                             { return len(m) }
func (m memory) Text(i int, _ []byte) ([]byte, error) { return m[i], nil }

// pieces are the shingles of a text, as strings.
func pieces(text []byte, k int) map[string]bool {
	var runes []rune
	for _, r := range string(text) {
		if f := fold(r); f != 0 {
			runes = append(runes, f)
		}
	}
	out := map[string]bool{}
	for i := 0; i+k <= len(runes); i++ {
		out[string(runes[i:i+k])] = true
	}
	if len(runes) > 0 && len(runes) < k {
		out[string(runes)] = true
	}
	return out
}

// naive is the similarity by its definition.
func naive(x, y map[string]bool) float64 {
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

// variants writes texts and, of every second one, a copy that differs more or less.
func variants(n, size int) memory {
	r := rand.New(rand.NewPCG(5, 5))
	var out memory
	for i := range n {
		text := planted.NewAuthor(3, uint64(i), 0.6).Text(size)
		out = append(out, text)
		if i%2 == 0 {
			out = append(out, planted.Near(r, text, 0.6+0.4*r.Float64()))
		}
	}
	return out
}

// Hashing, folding and sorting give the same similarity as the definition.
func TestJaccard(t *testing.T) {
	texts := append(variants(12, 3000), []byte(""), []byte("明镜"), []byte("明 镜。"), []byte("ＡＢＣ１２３ abc１２３"), []byte("abc123abc123"), []byte("\xff\xfe明镜高悬，照见\xe4"), []byte("é ünï ô\u0301 Ωж🙂𠀀𠀁𠀂𠀃𠀄"))
	for i := range texts {
		for j := range texts {
			if got, want := Jaccard(texts[i], texts[j], 5), naive(pieces(texts[i], 5), pieces(texts[j], 5)); got != want {
				t.Errorf("texts %d and %d: %v, by the definition %v", i, j, got, want)
			}
		}
	}
}

// What is found is exactly what comparing everything with everything finds, but
// for a rare miss near the limit.
func TestNearDuplicates(t *testing.T) {
	for _, size := range []int{300, 6000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			texts := variants(100, size)
			texts = append(texts, texts[0], texts[2], texts[0], []byte("，。"))
			got, err := NearDuplicates(context.Background(), texts, PairOptions{Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			found := map[[2]int]float64{}
			for _, p := range got.Pairs {
				found[[2]int{p.A, p.B}] = p.Jaccard
			}
			sets := make([]map[string]bool, len(texts))
			for i := range texts {
				sets[i] = pieces(texts[i], 5)
			}
			same := func(i int) bool {
				return slices.ContainsFunc(got.Same, func(g []int) bool { return slices.Contains(g[1:], i) })
			}
			want, missed := 0, 0
			for i := range 150 {
				for j := i + 1; j < 150; j++ {
					if same(i) || same(j) {
						continue
					}
					exact := naive(sets[i], sets[j])
					has, ok := found[[2]int{i, j}]
					switch {
					case ok && has != exact:
						t.Errorf("pair %d %d: %v, exactly %v", i, j, has, exact)
					case exact >= 0.8:
						if want++; !ok {
							missed++
						}
					case ok:
						t.Errorf("pair %d %d is found, of similarity %v", i, j, exact)
					}
				}
			}
			if want < 15 || missed > want/20 {
				t.Errorf("missed %d of %d pairs", missed, want)
			}
			for _, g := range got.Same {
				for _, i := range g[1:] {
					if j := naive(sets[g[0]], sets[i]); j != 1 {
						t.Errorf("%d is held to be the same as %d, their similarity is %v", i, g[0], j)
					}
				}
			}
			if !same(150) || !same(151) || !same(152) {
				t.Errorf("the same: %v", got.Same)
			}
			if got.Empty != 1 {
				t.Errorf("%d empty texts", got.Empty)
			}
		})
	}
}

// More pairs than were asked for are an error, not a shorter list.
func TestTooManyPairs(t *testing.T) {
	base := planted.NewAuthor(3, 1, 0.6).Text(3000)
	var texts memory
	for i := range 50 {
		texts = append(texts, fmt.Appendf(slices.Clone(base), "编号%d", i))
	}
	if _, err := NearDuplicates(context.Background(), texts, PairOptions{Most: 100}); err != ErrTooMany {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSketch(b *testing.B) {
	text := planted.NewAuthor(3, 1, 0.6).Text(20_000)
	s, out := sketcher{k: 5}, Sketch{}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.sketch(text, &out)
	}
}

func BenchmarkSet(b *testing.B) {
	text := planted.NewAuthor(3, 1, 0.6).Text(20_000)
	s := sketcher{k: 5}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.set(text)
	}
}
