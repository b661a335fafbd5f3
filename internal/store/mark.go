package store

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Marker finds in a line what a search asks for, by the rules of the index.
type Marker struct{ terms []term }

// NewMarker reads a search as SearchQuery.Text.
func NewMarker(text string) *Marker { return &Marker{terms(text)} }

// A Mark is a part of a line, in bytes.
type Mark struct{ From, To int }

// Marks gives the parts of a line that terms of the search stand in, in their
// order, none over another. A letter that is written as several characters may
// be missed.
func (m *Marker) Marks(line string) []Mark {
	var (
		runes []rune
		ends  []Mark // of each folded rune the place in the line
	)
	for i, r := range line {
		at := Mark{i, i + max(1, utf8.RuneLen(r))}
		for _, f := range fold(string(r)) {
			runes = append(runes, f)
			ends = append(ends, at)
		}
	}
	var pieces []piece
	cutRunes(runes, true, func(p piece) { pieces = append(pieces, p) })
	var out []Mark
	for _, t := range m.terms {
		for i := 0; i+len(t.words) <= len(pieces); i++ {
			if from, to, ok := t.at(pieces[i : i+len(t.words)]); ok {
				out = append(out, Mark{ends[from].From, min(ends[to-1].To, len(line))})
			}
		}
	}
	slices.SortFunc(out, func(a, b Mark) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To)) })
	joined := out[:0]
	for _, k := range out {
		if n := len(joined); n > 0 && k.From <= joined[n-1].To {
			joined[n-1].To = max(joined[n-1].To, k.To)
			continue
		}
		joined = append(joined, k)
	}
	return joined
}

// at says whether a term stands in these words, and from which rune to which.
func (t term) at(ps []piece) (from, to int, ok bool) {
	last := len(ps) - 1
	for i, p := range ps {
		w := t.words[i]
		switch {
		case p.word == w:
		case i == last && t.single && p.han && firstRune(p.word) == w:
			return p.from, p.from + 1, true
		case i == last && t.prefix && strings.HasPrefix(p.word, w):
			to := p.from + utf8.RuneCountInString(w)
			return ps[0].from, min(to, p.to), true
		default:
			return 0, 0, false
		}
	}
	return ps[0].from, ps[last].to, true
}

// Holds says whether a docket with these lines would be found: what Search
// does, said simply. heads are title, codes and names, which may be found
// whole; lines are all the rest.
func Holds(text string, heads, lines []string) bool {
	missing := terms(text)
	if len(missing) == 0 {
		return false
	}
	whole := wholeKey(text)
	if slices.ContainsFunc(heads, func(l string) bool { return wholeKey(l) == whole }) {
		return true
	}
	for _, l := range [][]string{heads, lines} {
		for _, line := range l {
			var pieces []piece
			cutRunes([]rune(fold(line)), true, func(p piece) { pieces = append(pieces, p) })
			missing = slices.DeleteFunc(missing, func(t term) bool { return t.in(pieces) })
			if len(missing) == 0 {
				return true
			}
		}
	}
	return false
}

func (t term) in(ps []piece) bool {
	for i := 0; i+len(t.words) <= len(ps); i++ {
		if _, _, ok := t.at(ps[i : i+len(t.words)]); ok {
			return true
		}
	}
	return false
}
