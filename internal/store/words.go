package store

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Full text is cut into words here, so that both databases find the same: a
// run of Chinese characters becomes its overlapping pairs and, so that a single
// character can be found, its last one alone; a run of other letters and
// digits is one word. "围标线索 A33" is 围标 标线 线索 索 a33. A search is a
// sequence of such words that stand side by side.

// maxWord is the longest word in runes; what follows is cut off, in texts and
// in searches alike.
const maxWord = 64

// fold makes spellings alike: full width and half width, upper and lower case.
func fold(s string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}

// paired says whether a rune is written without spaces and so is cut in pairs.
func paired(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// plain says whether both databases' tokenisers know the rune as a letter or
// digit as it is. FTS5's tables are of Unicode 6.1: rarer and newer characters
// are written as their number.
func plain(r rune) bool {
	return r < 0x0250 || 0x0391 <= r && r <= 0x0556 || 0x0561 <= r && r <= 0x0587 || 0x3041 <= r && r <= 0x30FF ||
		0x3400 <= r && r <= 0x4DB5 || 0x4E00 <= r && r <= 0x9FCC || 0xAC00 <= r && r <= 0xD7A3 || 0x20000 <= r && r <= 0x2A6D6
}

func appendRune(b *strings.Builder, r rune) {
	if plain(r) {
		b.WriteRune(r)
		return
	}
	fmt.Fprintf(b, "u%x", r)
}

// cut calls word for each word of a folded text. With last false the single
// last character of a run that ends the text is left out: in a search it is
// already the end of a pair. open says that the word is such a single
// character, which in a search may begin any pair.
func cut(s string, last bool, word func(w string, open bool)) {
	runes := []rune(fold(s))
	var b strings.Builder
	for i := 0; i < len(runes); {
		start := i
		switch r := runes[i]; {
		case paired(r):
			for i < len(runes) && paired(runes[i]) {
				i++
			}
			for j := start; j < i; j++ {
				if j == i-1 && j > start && i == len(runes) && !last {
					break
				}
				b.Reset()
				appendRune(&b, runes[j])
				if j+1 < i {
					appendRune(&b, runes[j+1])
				}
				word(b.String(), j+1 == i)
			}
		case inWord(r):
			b.Reset()
			for n := 0; i < len(runes) && inWord(runes[i]) && !paired(runes[i]); n++ {
				if n < maxWord {
					appendRune(&b, runes[i])
				}
				i++
			}
			word(b.String(), false)
		default:
			i++
		}
	}
}

// tierMark begins every word of a tier, so that one tier's words are never
// counted among another's.
func tierMark(tier string) string {
	h := fnv.New32a()
	h.Write([]byte(tier)) //nolint:errcheck // a hash never fails
	return fmt.Sprintf("%04x", h.Sum32()&0xffff)
}

// A part is a piece of a text that PostgreSQL can index whole: it knows no
// position beyond 16,383 and 255 of one word.
type part struct {
	tier  string
	words []string
}

const (
	partWords  = 8000
	partOfWord = 250
	// overlap lets a search that runs over the end of a part find it in the next.
	overlap = maxTermWords
)

func cutRows(docket string, rows []SearchRow) ([]part, error) {
	var out []part
	for _, row := range rows {
		if row.Docket != docket {
			return nil, fmt.Errorf("full text belongs to docket %q", row.Docket)
		}
		if err := checkText("full text", row.Tier); err != nil {
			return nil, err
		}
		if !utf8.ValidString(row.Text) {
			return nil, fmt.Errorf("full text: not UTF-8: %w", ErrText)
		}
		out = append(out, cutParts(row.Tier, row.Text)...)
	}
	return out, nil
}

func cutParts(tier, s string) []part {
	var (
		out   []part
		mark  = tierMark(tier)
		words []string
		seen  = map[string]int{}
	)
	cut(s, true, func(w string, _ bool) {
		if len(words) >= partWords || seen[w] >= partOfWord {
			out = append(out, part{tier, words})
			words = append([]string(nil), words[max(0, len(words)-overlap):]...)
			clear(seen)
			for _, kept := range words {
				seen[kept[len(mark):]]++
			}
		}
		words = append(words, mark+w)
		seen[w]++
	})
	if len(words) > 0 {
		out = append(out, part{tier, words})
	}
	return out
}

// A term is one sequence of words to be found side by side; with prefix the
// last one may be the beginning of a word.
type term struct {
	words  []string
	prefix bool
}

const (
	maxTerms     = 16
	maxTermWords = 32
	// minPrefix is how many letters or digits find the words they begin.
	minPrefix = 3
)

// terms reads what a person typed: words between spaces must all be found.
func terms(tier, s string) []term {
	var out []term
	mark := tierMark(tier)
	for _, field := range strings.Fields(fold(s)) {
		var t term
		cut(field, false, func(w string, open bool) {
			if len(t.words) == maxTermWords {
				return
			}
			t.words = append(t.words, mark+w)
			first, _ := utf8.DecodeRuneInString(w)
			t.prefix = open || !paired(first) && utf8.RuneCountInString(w) >= minPrefix
		})
		if len(t.words) > 0 && len(out) < maxTerms {
			out = append(out, t)
		}
	}
	return out
}
