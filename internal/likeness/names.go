package likeness

import (
	"regexp"
	"slices"
	"strings"
)

// Forms of a name that was found.
const (
	FullName  = "full"
	ShortName = "short" // without legal form and place: may be another firm's too
)

// A NameHit is a place of a bid where another bidder is named.
type NameHit struct {
	Other int    `json:"other"` // index of the other bidder
	Form  string `json:"form"`
	Place Place  `json:"place"`
}

var (
	legalForm = regexp.MustCompile(`(?:集团)?(?:股份有限|有限责任|有限|股份|总)?公司(?:.{1,8}分公司)?$|集团$|事务所$`)
	homePlace = regexp.MustCompile(`^(?:中国)?(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|内蒙古)?(?:省|市|(?:壮族|回族|维吾尔)?自治区)?(?:\p{Han}{2,3}[市县区])?`)
	ofPlace   = regexp.MustCompile(`[（(][^）)]{1,12}[）)]`)
)

// nameForms returns the forms by which a company may be named: in full, with and
// without what stands in brackets, and short, of four characters or more.
func nameForms(name string) (full, short [][]rune) {
	bare := ofPlace.ReplaceAllString(strings.TrimSpace(name), "")
	for _, n := range []string{name, bare} {
		if r := NewText(n).runes; len(r) >= 4 && !slices.ContainsFunc(full, func(f []rune) bool { return slices.Equal(f, r) }) {
			full = append(full, r)
		}
	}
	core := legalForm.ReplaceAllString(bare, "")
	core = strings.TrimPrefix(core, homePlace.FindString(core))
	if r := NewText(core).runes; len(r) >= 4 && !slices.ContainsFunc(full, func(f []rune) bool { return slices.Equal(f, r) }) {
		short = append(short, r)
	}
	return full, short
}

// FindNames returns where a bid names other bidders of its lot. Where its own
// name stands, however much of another's that holds, is no such place; nor is what
// the tender's document says.
func FindNames(t *Text, own string, others []string) []NameHit {
	taken := make([]bool, t.Len())
	// Longer names first: what is part of a longer one is not the shorter.
	type form struct {
		runes []rune
		other int // -1: the bidder's own
		kind  string
	}
	var forms []form
	add := func(name string, other int) {
		full, short := nameForms(name)
		for _, f := range full {
			forms = append(forms, form{f, other, FullName})
		}
		for _, f := range short {
			forms = append(forms, form{f, other, ShortName})
		}
	}
	add(own, -1)
	for i, o := range others {
		if plainWord(o) != plainWord(own) {
			add(o, i)
		}
	}
	// Of equal length the bidder's own comes first: a short name of two is nobody's clue.
	slices.SortStableFunc(forms, func(p, q form) int { return len(q.runes) - len(p.runes) })
	var hits []NameHit
	for _, f := range forms {
		for _, at := range find(t.runes, f.runes) {
			free := t.not[at] == owned || f.other < 0
			for k := range f.runes {
				free = free && !taken[at+k]
			}
			if !free {
				continue
			}
			for k := range f.runes {
				taken[at+k] = true
			}
			if f.other >= 0 {
				hits = append(hits, NameHit{f.other, f.kind, t.place(at, at+len(f.runes))})
			}
		}
	}
	slices.SortFunc(hits, func(p, q NameHit) int { return p.Place.From - q.Place.From })
	return hits
}

// find returns the places of a word, none overlapping another.
func find(in, word []rune) []int {
	var out []int
	for i := 0; i+len(word) <= len(in); i++ {
		if in[i] == word[0] && equal(word, in[i:i+len(word)]) {
			out = append(out, i)
			i += len(word) - 1
		}
	}
	return out
}
