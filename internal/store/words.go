package store

import (
	"fmt"
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

// firstRune is the first character of a word of Chinese, as it is written there.
func firstRune(w string) string {
	r, size := utf8.DecodeRuneInString(w)
	if r == 'u' { // its number
		for size < len(w) && strings.IndexByte("0123456789abcdef", w[size]) >= 0 {
			size++
		}
	}
	return w[:size]
}

func appendRune(b *strings.Builder, r rune) {
	if plain(r) {
		b.WriteRune(r)
		return
	}
	fmt.Fprintf(b, "u%x", r)
}

// cut calls word for each word of a text. With last false the single last
// character of a run that ends the text is left out: in a search it is already
// the end of a pair. han says that the word is of a run without spaces, open
// that it is such a single character, which in a search may begin any pair.
func cut(s string, last bool, word func(w string, han, open bool)) {
	cutRunes([]rune(fold(s)), last, func(p piece) { word(p.word, p.han, p.open) })
}

// A piece is a word with its place among the runes of the folded text.
type piece struct {
	word      string
	from, to  int
	han, open bool
}

func cutRunes(runes []rune, last bool, word func(piece)) {
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
				to := j + 1
				if to < i {
					appendRune(&b, runes[to])
					to++
				}
				word(piece{b.String(), j, to, true, j+1 == i})
			}
		case inWord(r):
			b.Reset()
			for n := 0; i < len(runes) && inWord(runes[i]) && !paired(runes[i]); n++ {
				if n < maxWord {
					appendRune(&b, runes[i])
				}
				i++
			}
			word(piece{b.String(), start, i, false, false})
		default:
			i++
		}
	}
}

// A term is one sequence of words to be found side by side; with prefix the
// last one may be the beginning of a word.
type term struct {
	words  []string
	prefix bool
	single bool // one Chinese character and nothing else
}

const (
	maxTerms     = 16
	maxTermWords = 32
	// minPrefix is how many letters or digits find the words they begin.
	minPrefix = 3
)

// terms reads what a person typed: words between spaces must all be found, and
// what stands between quotes as one sequence.
func terms(s string) []term {
	var out []term
	for _, f := range quoted(fold(s)) {
		var t term
		open := false
		cut(f.text, false, func(w string, han, o bool) {
			if len(t.words) == maxTermWords {
				return
			}
			t.words = append(t.words, w)
			open = o
			t.prefix = o || !f.quoted && !han && utf8.RuneCountInString(w) >= minPrefix
		})
		if t.single = open && len(t.words) == 1; t.single {
			t.prefix = false
		}
		if len(t.words) > 0 && len(out) < maxTerms {
			out = append(out, t)
		}
	}
	return out
}

type typed struct {
	text   string
	quoted bool
}

// quoted splits at spaces, but not between quotes; a quote that is not closed
// reaches to the end.
func quoted(s string) []typed {
	var out []typed
	closing := map[rune]rune{'"': '"', '“': '”', '”': '”', '「': '」', '『': '』', '《': '》'}
	for s != "" {
		at := strings.IndexFunc(s, func(r rune) bool { return closing[r] != 0 })
		if at < 0 {
			at = len(s)
		}
		for _, f := range strings.Fields(s[:at]) {
			out = append(out, typed{f, false})
		}
		if at == len(s) {
			break
		}
		mark, size := utf8.DecodeRuneInString(s[at:])
		s = s[at+size:]
		end := strings.IndexRune(s, closing[mark])
		if end < 0 {
			out = append(out, typed{s, true})
			break
		}
		out = append(out, typed{s[:end], true})
		s = s[end+utf8.RuneLen(closing[mark]):]
	}
	return out
}

// wholeKey is a code, title or name without spaces and punctuation: what is
// typed finds it whole however it is written. "" when nothing is left.
func wholeKey(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range fold(s) {
		if inWord(r) && n < maxWord {
			appendRune(&b, r)
			n++
		}
	}
	return b.String()
}

// maxEdge is the longest beginning of a word that is indexed as such; a longer
// one is found by looking through the words that begin so.
const maxEdge = 16

// edges calls fn for the beginnings of a word of letters and digits by which it
// may be found, itself left out.
func edges(w string, fn func(string)) {
	n := 0
	for i := range w {
		if n >= minPrefix && n <= maxEdge {
			fn(w[:i])
		}
		n++
	}
}
