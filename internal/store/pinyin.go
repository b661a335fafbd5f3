package store

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

// SortKey is a text as lists are put in order by: Chinese by sound, as people
// look for it, letters and digits as they stand without regard to case.
func SortKey(s string) string {
	var b strings.Builder
	for _, r := range fold(s) {
		switch {
		case paired(r):
			if sound := soundOf(r); sound != "" {
				b.WriteString(sound)
			} else {
				b.WriteRune(r)
			}
			b.WriteByte(' ')
		case inWord(r):
			b.WriteRune(r)
		}
		if b.Len() > 120 {
			break
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

var sounds = pinyin.NewArgs()

// soundOf is the usual sound of a Chinese character without its tone, "" when
// it is not known.
func soundOf(r rune) string {
	all := pinyin.SinglePinyin(r, sounds)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// fieldSound is the field of the first letters of a title's or name's sounds, in
// overlapping pairs: 郑州市 is zz zs.
const fieldSound = "s"

// soundsOf are the sounds of a text, one a character; letters and digits stand
// for themselves, "" for what ends a run.
func soundsOf(s string) []string {
	var out []string
	for _, r := range fold(s) {
		switch {
		case paired(r):
			out = append(out, soundOf(r))
		case r < 0x80 && inWord(r):
			out = append(out, string(r))
		default:
			out = append(out, "")
		}
	}
	return out
}

// sounds adds the first letters of a text's sounds.
func (l *wordList) sounds(mark, s string) {
	n, last := len(l.words), ""
	for _, sound := range soundsOf(s) {
		first := ""
		if sound != "" {
			first = sound[:1]
		}
		switch {
		case first != "" && last != "":
			l.words = append(l.words, mark+kindWord+last+first)
		case len(l.words) > n && l.words[len(l.words)-1] != "":
			l.words = append(l.words, "")
		}
		last = first
	}
	if len(l.words) > n && l.words[len(l.words)-1] != "" {
		l.words = append(l.words, "")
	}
}

const (
	maxSound   = 40 // letters typed
	maxGuesses = 8
)

// Sounds reports whether a text could be meant by how it sounds: letters and
// digits, two at least.
func Sounds(typed string) bool {
	typed = fold(typed)
	if len(typed) < 2 || len(typed) > maxSound {
		return false
	}
	for _, r := range typed {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// syllables are all sounds that a character may have.
var syllables = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for r := range pinyin.PinyinDict {
		if s := soundOf(rune(r)); s != "" {
			out[s] = true
		}
	}
	return out
})

// soundGuesses are the first letters that may be meant by what was typed: each
// letter a character, or whole sounds, or some of both; the fewest first.
func soundGuesses(typed string) []string {
	typed = fold(typed)
	best := map[int][]string{0: {""}} // to how much was read, the ways to read it
	for at := range len(typed) {
		ways := best[at]
		slices.SortFunc(ways, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
		ways = slices.Compact(ways)
		for _, w := range ways[:min(len(ways), maxGuesses)] {
			for to := at + 1; to <= min(at+6, len(typed)); to++ {
				piece := typed[at:to]
				if len(piece) == 1 || syllables()[piece] || to == len(typed) && begins(piece) {
					best[to] = append(best[to], w+piece[:1])
				}
			}
		}
	}
	out := best[len(typed)]
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	out = slices.DeleteFunc(slices.Compact(out), func(w string) bool { return len(w) < 2 })
	return out[:min(len(out), maxGuesses)]
}

// begins reports whether a sound begins so.
func begins(piece string) bool {
	for s := range syllables() {
		if strings.HasPrefix(s, piece) {
			return true
		}
	}
	return false
}

// SoundsLike reports whether a text holds what was typed by its sounds: of each
// character the whole sound or its first letter, of the last any beginning.
func SoundsLike(typed, text string) bool {
	typed = fold(typed)
	all := soundsOf(text)
	var read func(rest string, at int) bool
	read = func(rest string, at int) bool {
		if rest == "" {
			return true
		}
		if at == len(all) || all[at] == "" {
			return false
		}
		s := all[at]
		return strings.HasPrefix(s, rest) || strings.HasPrefix(rest, s) && read(rest[len(s):], at+1) || rest[0] == s[0] && read(rest[1:], at+1)
	}
	for at := range all {
		if read(typed, at) {
			return true
		}
	}
	return false
}

// soundExpr is what is found by sound in a field of some marks.
func soundExpr(typed string, marks []string) expr {
	var any []expr
	for _, guess := range soundGuesses(typed) {
		for _, m := range marks {
			words := make([]string, 0, len(guess)-1)
			for i := range len(guess) - 1 {
				words = append(words, fieldSound+m+kindWord+guess[i:i+2])
			}
			any = append(any, expr{op: sequence, words: words})
		}
	}
	return either(any...)
}
