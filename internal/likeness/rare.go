package likeness

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Kinds of what only two bids have.
const (
	Slip  = "slip"  // the same wrong character where elsewhere another stands
	Token = "token" // the same number, address or name in Latin letters
)

// A Rare is something that two bids of a lot have, and nobody else.
type Rare struct {
	A       int    `json:"a"` // index of the bidder
	B       int    `json:"b"`
	Kind    string `json:"kind"`
	Word    string `json:"word"`
	Instead string `json:"instead,omitempty"` // of a slip: what stands elsewhere
	PlaceA  Place  `json:"place_a"`
	PlaceB  Place  `json:"place_b"`
}

// MaxBids is how many bids are looked at for what only two of them have.
const MaxBids = 60

var (
	latin = regexp.MustCompile(`[0-9A-Za-z][0-9A-Za-z._@+\-]{4,62}[0-9A-Za-z]`)
	// Standards are quoted by whoever knows them; dates, times and amounts meet by chance.
	common = regexp.MustCompile(`(?i)^(gb|jgj|jtg|db|cjj|cecs|iso|iec|dl|sl|yd|cj|jg|hg|tb|q/)|^[0-9]{1,4}([.\-][0-9]{1,2}){0,3}$|^[0-9]{5,6}$|^[0-9]+\.[0-9]+$`)
	// Signs that stand for one another without anybody's slip.
	counting = "东西南北上下左右前后内外大小高低长短甲乙丙丁一二三四五六七八九十百千万两首末有无新旧主次单双正反是否年月日时分"
)

// RareShared returns what exactly two bids have, and neither another nor the
// references: slips of the pen, and tokens such as telephone numbers. A slip is a
// character in whose place, between the same neighbours, another one stands more
// often, and which with either neighbour is found nowhere else.
func RareShared(bids, refs []*Text) []Rare {
	bids = bids[:min(len(bids), MaxBids)]
	out := append(slips(bids, refs), tokens(bids, refs)...)
	slices.SortFunc(out, func(p, q Rare) int {
		return cmp.Or(p.A-q.A, p.B-q.B, p.PlaceA.From-q.PlaceA.From, cmp.Compare(p.Kind, q.Kind))
	})
	return out
}

// outside marks, in a set of bids, that a reference has it too.
const outside = uint64(1) << 63

func two(set uint64) (a, b int, ok bool) {
	if set&outside != 0 {
		return 0, 0, false
	}
	var at []int
	for i := range MaxBids {
		if set>>i&1 == 1 {
			at = append(at, i)
		}
	}
	if len(at) != 2 {
		return 0, 0, false
	}
	return at[0], at[1], true
}

func slips(bids, refs []*Text) []Rare {
	type context [4]rune
	type use struct {
		r     rune
		set   uint64
		times int
	}
	contexts := map[context][]use{}
	pairs := map[[2]rune]uint64{}
	each := func(fn func(t *Text, set uint64)) {
		for i, t := range bids {
			fn(t, 1<<i)
		}
		for _, t := range refs {
			fn(t, outside)
		}
	}
	each(func(t *Text, set uint64) {
		for i := 1; i < t.Len(); i++ {
			pairs[[2]rune{t.runes[i-1], t.runes[i]}] |= set
		}
		for i := 2; i+2 < t.Len(); i++ {
			c := context{t.runes[i-2], t.runes[i-1], t.runes[i+1], t.runes[i+2]}
			uses := contexts[c]
			at := slices.IndexFunc(uses, func(u use) bool { return u.r == t.runes[i] })
			switch {
			case at >= 0:
				uses[at].set |= set
				uses[at].times++
			case len(uses) < 8:
				contexts[c] = append(uses, use{t.runes[i], set, 1})
			}
		}
	})
	var out []Rare
	for c, uses := range contexts {
		if len(uses) < 2 {
			continue
		}
		usual := slices.MaxFunc(uses, func(p, q use) int { return cmp.Or(p.times-q.times, int(q.r-p.r)) })
		for _, u := range uses {
			a, b, ok := two(u.set)
			if !ok || u.times > 4 || usual.times < 3 || usual.times < u.times+1 || !unicode.Is(unicode.Han, u.r) || !unicode.Is(unicode.Han, usual.r) || strings.ContainsRune(counting, u.r) {
				continue
			}
			if pairs[[2]rune{c[1], u.r}] != u.set || pairs[[2]rune{u.r, c[2]}] != u.set {
				continue
			}
			word, instead := []rune{c[0], c[1], u.r, c[2], c[3]}, []rune{c[0], c[1], usual.r, c[2], c[3]}
			i, j := find(bids[a].runes, word), find(bids[b].runes, word)
			if len(i) == 0 || len(j) == 0 {
				continue
			}
			out = append(out, Rare{a, b, Slip, string(word), string(instead), bids[a].place(i[0], i[0]+5), bids[b].place(j[0], j[0]+5)})
		}
	}
	return out
}

func tokens(bids, refs []*Text) []Rare {
	type seen struct {
		set    uint64
		places map[int]Place
	}
	all := map[string]*seen{}
	look := func(t *Text, set uint64, bid int) {
		for _, m := range latin.FindAllStringIndex(t.Original, -1) {
			word := t.Original[m[0]:m[1]]
			if !strings.ContainsAny(word, "0123456789@") || common.MatchString(word) {
				continue
			}
			key := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(word))
			s := all[key]
			if s == nil {
				s = &seen{places: map[int]Place{}}
				all[key] = s
			}
			s.set |= set
			if _, ok := s.places[bid]; !ok && bid >= 0 {
				s.places[bid] = Place{m[0], m[1]}
			}
		}
	}
	for i, t := range bids {
		look(t, 1<<i, i)
	}
	for _, t := range refs {
		look(t, outside, -1)
	}
	var out []Rare
	for _, s := range all {
		if a, b, ok := two(s.set); ok {
			out = append(out, Rare{A: a, B: b, Kind: Token, Word: s.places[a].Of(bids[a]), PlaceA: s.places[a], PlaceB: s.places[b]})
		}
	}
	return out
}
