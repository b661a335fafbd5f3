package likeness

import (
	"unicode"
	"unicode/utf8"
)

// folded says what a character of the basic plane becomes: 0 is left out.
// Punctuation, blanks, symbols and marks are left out; letters are in lower
// case; full width is half width.
var folded = func() *[0x10000]uint16 {
	var table [0x10000]uint16
	for r := range rune(0x10000) {
		table[r] = uint16(foldSlow(r))
	}
	return &table
}()

func foldSlow(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E: // full width
		r -= 0xFEE0
	case r >= 0xF900 && r <= 0xFAFF: // compatibility ideographs stay as they are: few, and not ours to unify
		return r
	}
	switch {
	case unicode.IsLetter(r):
		return unicode.ToLower(r)
	case r >= '0' && r <= '9':
		return r
	default:
		return 0
	}
}

// fold returns the character in the form in which texts are compared, 0 for one
// that is left out.
func fold(r rune) rune {
	if r < 0x10000 {
		if r < 0 {
			return 0
		}
		return rune(folded[r])
	}
	return foldSlow(r)
}

// number stands for a run of digits in a Text: copies with other numbers are
// copies, and numbers alone are none.
const number = '#'

// A Text is a text made ready for comparison. It keeps, for each character that
// counts, where it stood in the original.
type Text struct {
	Original string

	runes []rune  // folded; a run of digits is one number
	at    []int32 // byte offset of the first byte in Original
	to    []int32 // byte offset after the last byte
	not   []byte  // whose a character is: owned, phrase or quoted
	upto  []int32 // how many before a character are owned; nil: to be counted
}

// Whose a character of a text is.
const (
	owned  = iota // the author's own
	phrase        // the tender's document or a standard text has it too, in a few words: counts for nothing, but a passage may lead through it
	quoted        // a quotation: no passage leads into it
)

// MaxText is the longest text, in bytes, that is compared; what is beyond is not
// looked at. A bid of some thousand pages has less.
const MaxText = 64 << 20

// NewText makes a text ready. Bytes that are no UTF-8 are left out.
func NewText(s string) *Text {
	if len(s) > MaxText {
		s = s[:MaxText]
	}
	t := &Text{Original: s, runes: make([]rune, 0, len(s)/3), at: make([]int32, 0, len(s)/3), to: make([]int32, 0, len(s)/3)}
	digits := false // the last thing written is a number, and nothing but what numbers hold has come since
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if r, n = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError {
				i, digits = i+n, false
				continue
			}
		}
		f := fold(r)
		switch {
		case f >= '0' && f <= '9':
			if digits {
				t.to[len(t.to)-1] = int32(i + n)
			} else {
				t.add(number, i, n)
			}
			digits = true
		case f != 0:
			t.add(f, i, n)
			digits = false
		case r != '.' && r != ',' && r != '．' && r != '，':
			digits = false
		}
		i += n
	}
	t.not = make([]byte, len(t.runes))
	return t
}

func (t *Text) add(r rune, at, n int) {
	t.runes, t.at, t.to = append(t.runes, r), append(t.at, int32(at)), append(t.to, int32(at+n))
}

// Len is the number of characters that count; a number counts as one.
func (t *Text) Len() int { return len(t.runes) }

// Own is the number of characters that are left when the tender's document and
// the standard texts are taken out.
func (t *Text) Own() int { return t.ownIn(0, t.Len()) }

// ownIn counts the author's own characters from i to j, not included.
func (t *Text) ownIn(i, j int) int {
	if t.upto == nil {
		t.upto = make([]int32, len(t.not)+1)
		for k, w := range t.not {
			t.upto[k+1] = t.upto[k]
			if w == owned {
				t.upto[k+1]++
			}
		}
	}
	if i >= j {
		return 0
	}
	return int(t.upto[j] - t.upto[i])
}

// place returns where characters i to j (not included) stand in the original.
func (t *Text) place(i, j int) Place {
	if i >= j {
		return Place{}
	}
	return Place{From: int(t.at[i]), To: int(t.to[j-1])}
}

// A Place is a part of an original text: byte offsets in UTF-8, To not included.
type Place struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Of returns the part of the text that the place names.
func (p Place) Of(t *Text) string { return t.Original[p.From:p.To] }
