// Package planted writes invented Chinese technical bids, tender documents and
// bills, and plants copies in them: the same seed writes the same texts, and what
// was copied, from where to where and how, is known. Nothing in it was taken from
// a real bid.
package planted

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// An Author writes texts in a manner of their own: of each slot's words and of
// the sentences' forms they know some only.
type Author struct {
	r       *rand.Rand
	slots   [][]string
	clauses []int
	names   []string
	buf     []byte
}

// A piece of a clause: words as they are, or a slot.
type piece struct {
	text string
	slot int // index of slotNames; -1: text; -2: number; -3: invented name
}

var slotNames = func() []string {
	var names []string
	for k := range slots {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}()

var parsed = func() [][]piece {
	var out [][]piece
	for _, c := range clauses {
		var ps []piece
		for c != "" {
			open := strings.IndexByte(c, '{')
			if open != 0 {
				if open < 0 {
					open = len(c)
				}
				ps, c = append(ps, piece{c[:open], -1}), c[open:]
				continue
			}
			end := strings.IndexByte(c, '}')
			name := c[1:end]
			c = c[end+1:]
			switch at, ok := slices.BinarySearch(slotNames, name); {
			case ok:
				ps = append(ps, piece{"", at})
			case name == "n":
				ps = append(ps, piece{"", -2})
			case name == "t":
				ps = append(ps, piece{"", -3})
			default:
				panic("planted: no slot " + name)
			}
		}
		out = append(out, ps)
	}
	return out
}()

// NewAuthor makes an author. share, 0 to 1, is how much of the common vocabulary
// an author knows.
func NewAuthor(seed, stream uint64, share float64) *Author {
	a := &Author{r: rand.New(rand.NewPCG(seed, stream))}
	some := func(n int) []int {
		p := a.r.Perm(n)
		return p[:max(2, int(float64(n)*share))]
	}
	for _, name := range slotNames {
		var words []string
		for _, k := range some(len(slots[name])) {
			words = append(words, slots[name][k])
		}
		a.slots = append(a.slots, words)
	}
	a.clauses = some(len(parsed))
	for range 40 {
		a.names = append(a.names, a.Name())
	}
	return a
}

// Name invents a name of two or three signs.
func (a *Author) Name() string {
	n := 2 + a.r.IntN(2)
	out := make([]rune, n)
	for i := range out {
		out[i] = nameSigns[a.r.IntN(len(nameSigns))]
	}
	return string(out)
}

// clause writes one clause to the buffer.
func (a *Author) clause() {
	for _, p := range parsed[a.clauses[a.r.IntN(len(a.clauses))]] {
		switch p.slot {
		case -1:
			a.buf = append(a.buf, p.text...)
		case -2:
			a.buf = strconv.AppendInt(a.buf, int64(2+a.r.IntN(98)), 10)
		case -3:
			a.buf = append(a.buf, a.names[a.r.IntN(len(a.names))]...)
		default:
			words := a.slots[p.slot]
			a.buf = append(a.buf, words[a.r.IntN(len(words))]...)
		}
	}
}

// Append writes a paragraph of some sentences to dst.
func (a *Author) Append(dst []byte, sentences int) []byte {
	a.buf = a.buf[:0]
	for range sentences {
		for k := range 1 + a.r.IntN(4) {
			if k > 0 {
				a.buf = append(a.buf, joins[a.r.IntN(len(joins))]...)
			}
			a.clause()
		}
		a.buf = append(a.buf, "。"...)
	}
	return append(dst, a.buf...)
}

// Sentence writes one sentence.
func (a *Author) Sentence() string { return string(a.Append(nil, 1)) }

// Text writes a text of at least so many bytes: headings and paragraphs.
func (a *Author) Text(size int) []byte {
	out := make([]byte, 0, size+2048)
	for n := 1; len(out) < size; n++ {
		out = append(out, "第"...)
		out = strconv.AppendInt(out, int64(n), 10)
		out = append(out, "章 "...)
		out = append(out, headings[a.r.IntN(len(headings))]...)
		out = append(out, '\n')
		for range 2 + a.r.IntN(4) {
			out = a.Append(out, 3+a.r.IntN(6))
			out = append(out, '\n')
			if len(out) >= size {
				break
			}
		}
	}
	return out
}
