package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A SearchRow is what one tier of readers may find a docket by. A docket has
// one for each tier that may know of it.
type SearchRow struct {
	Docket string
	Tier   string // such as "public"; "NAME:DETAIL" for a tier of few dockets
	Text   string // all that may be found, a line each; the rest need not be in it
	Title  string
	Codes  []string  // found whole before all others
	Names  []Mention // bodies
	Tags   []string  // to choose by: "class:construction", "region:4103"

	// Day orders the hits, the newest first; that of the docket's first row
	// holds for all. Zero: the oldest.
	Day time.Time
}

// A Mention is a body that a docket names in a role.
type Mention struct{ Role, Name, Code string }

// In the index every word begins with a mark: a letter for the part of the text
// that it is of, letters for the set of tiers that may see its line, and a
// digit for what it is. A search of one tier asks for the words of all sets that
// hold the tier. So a line is indexed once, however many may see it, and what is
// asked for one tier never meets the words that another's lines hold.
const (
	fieldText  = "x" // everything
	fieldHead  = "h" // title, codes and bodies
	fieldTitle = "t"
	fieldWhole = "c" // a code, title or name in one word
	fieldTag   = "g"
	fieldPlace = "p" // where the docket lies, whoever looks; asked by scopes only

	kindWord   = "0"
	kindEdge   = "1" // the beginning of a word
	kindSingle = "2" // a Chinese character alone
)

// gapWord stands in SQLite's full text between lines, so that no sequence runs
// over their ends. No mark begins with a digit.
const gapWord = "0"

// letters writes a hash with letters only, which no kind's digit can continue.
func letters(s string, n int) string {
	sum := sha256.Sum256([]byte(s))
	v := binary.BigEndian.Uint64(sum[:])
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(v%26)
		v /= 26
	}
	return string(b)
}

// setOf joins tiers as table search_set has them.
func setOf(tiers []string) string { return " " + strings.Join(tiers, " ") + " " }

// setMark is the mark of a set of tiers. A tier with a detail is always a set of
// its own; there may be many of those, hence the longer mark.
func setMark(set string) string {
	if strings.Contains(set, ":") {
		return letters(set, 12)
	}
	return letters(set, 6)
}

// A searchDoc is a docket's text as it is indexed.
type searchDoc struct {
	ord      int64
	head     *wordList // the docket's: title, codes, names, tags
	text     *wordList
	sets     []string // without those of one tier with a detail
	mentions []mentionRow
	digest   []byte
}

type mentionRow struct{ name, code, role, tiers string }

// ordOf puts a day before a hash of the docket: hits of one day are in no order
// that tells when they came.
func ordOf(docket string, day time.Time) int64 {
	h := fnv.New64a()
	h.Write([]byte(docket)) //nolint:errcheck // a hash never fails
	return ordDay(day) | int64(h.Sum64()>>17)
}

// ordDay is the first place of a day (+08:00).
func ordDay(day time.Time) int64 {
	if day.IsZero() {
		return 0
	}
	n := day.Add(8*time.Hour).Unix() / (24 * 60 * 60)
	return min(max(n, 0), 1<<16-1) << 47
}

// A wordList holds marked words, those that stand side by side in order with
// "" between lines, and those without place.
type wordList struct {
	words  []string
	beside map[string][]string // to a word those without place that it brings
	loose  map[string]bool
}

func newWordList() *wordList {
	return &wordList{beside: map[string][]string{}, loose: map[string]bool{}}
}

// line adds a text whose words are found one by one and side by side.
func (l *wordList) line(mark, s string) {
	n := len(l.words)
	cut(s, true, func(w string, han, _ bool) {
		marked := mark + kindWord + w
		l.words = append(l.words, marked)
		if _, known := l.beside[marked]; known {
			return
		}
		beside := []string{}
		if han {
			beside = append(beside, mark+kindSingle+firstRune(w))
		} else {
			edges(w, func(e string) { beside = append(beside, mark+kindEdge+e) })
		}
		l.beside[marked] = beside
		for _, b := range beside {
			l.loose[b] = true
		}
	})
	if len(l.words) > n {
		l.words = append(l.words, "")
	}
}

// whole adds a code, title or name that is found whole.
func (l *wordList) whole(set, s string) {
	if k := wholeKey(s); k != "" {
		l.loose[fieldWhole+set+kindWord+k] = true
	}
}

func tagWord(set, tag string) string {
	return fieldTag + set + kindWord + hex.EncodeToString([]byte(tag))
}

// placeWord needs no set: where a docket lies decides which scope it is in, and
// is never asked by itself.
func placeWord(kind, value string) string {
	return fieldPlace + kind + kindWord + hex.EncodeToString([]byte(value))
}

// bySet groups lines by the tiers that have them, in the order of first sight.
type bySet struct {
	lines []string
	tiers map[string][]string
}

func (g *bySet) add(tier, line string) {
	if line = strings.TrimSpace(line); line == "" {
		return
	}
	if g.tiers == nil {
		g.tiers = map[string][]string{}
	}
	have := g.tiers[line]
	if have == nil {
		g.lines = append(g.lines, line)
	}
	if !slices.Contains(have, tier) {
		g.tiers[line] = append(have, tier)
	}
}

// each calls fn for each line with each of its sets.
func (g *bySet) each(fn func(set, line string)) {
	for _, line := range g.lines {
		var together []string
		for _, t := range g.tiers[line] {
			if strings.Contains(t, ":") {
				fn(setOf([]string{t}), line)
				continue
			}
			together = append(together, t)
		}
		if len(together) > 0 {
			slices.Sort(together)
			fn(setOf(together), line)
		}
	}
}

// indexed makes of a docket's rows what the database keeps.
func indexed(d *DocketRow, rows []SearchRow) (*searchDoc, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var (
		text, title, head, whole, tags, parties bySet
		mentions                                = map[string]Mention{}
	)
	for i := range rows {
		r := &rows[i]
		if err := r.check(d.ID); err != nil {
			return nil, err
		}
		for _, l := range strings.Split(r.Text, "\n") {
			text.add(r.Tier, l)
		}
		heads := append([]string{r.Title}, r.Codes...)
		for _, m := range r.Names {
			heads = append(heads, m.Name, m.Code)
			k := m.Role + "\x1f" + m.Name + "\x1f" + m.Code
			mentions[k] = m
			parties.add(r.Tier, k)
		}
		title.add(r.Tier, r.Title)
		for _, l := range heads {
			text.add(r.Tier, l)
			head.add(r.Tier, l)
			whole.add(r.Tier, l)
		}
		for _, tag := range r.Tags {
			tags.add(r.Tier, tag)
		}
	}
	doc := &searchDoc{ord: ordOf(d.ID, rows[0].Day), head: newWordList(), text: newWordList()}
	marks := map[string]string{}
	note := func(set string) string {
		m, known := marks[set]
		if !known {
			m = setMark(set)
			marks[set] = m
			if !strings.Contains(set, ":") {
				doc.sets = append(doc.sets, set)
			}
		}
		return m
	}
	title.each(func(set, l string) {
		doc.head.line(fieldTitle+note(set), l)
		doc.head.sounds(fieldSound+note(set), l)
	})
	head.each(func(set, l string) { doc.head.line(fieldHead+note(set), l) })
	whole.each(func(set, l string) { doc.head.whole(note(set), l) })
	tags.each(func(set, l string) { doc.head.loose[tagWord(note(set), l)] = true })
	text.each(func(set, l string) { doc.text.line(fieldText+note(set), l) })
	parties.each(func(set, k string) {
		note(set)
		m := mentions[k]
		if m.Name != "" {
			doc.mentions = append(doc.mentions, mentionRow{clipName(m.Name), clipName(m.Code), clip(m.Role), set})
		}
	})
	for n := 1; n <= min(len(d.Region), maxRegion); n++ {
		doc.head.loose[placeWord("r", d.Region[:n])] = true
	}
	doc.head.loose[placeWord("c", clip(d.Class))] = true
	doc.head.bound()
	doc.digest = doc.sum()
	return doc, nil
}

// maxRegion is how far a region is looked at: its codes have 6 digits, with
// towns and villages 12.
const maxRegion = 12

// clipName bounds what is kept of a body's name: an index must be able to hold it.
func clipName(s string) string {
	const most = 600
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// headWords bounds title, codes and bodies, because every part of a long docket
// repeats them. What is beyond is found as other text is.
const headWords = 6000

func (l *wordList) bound() {
	if len(l.words) > headWords {
		l.words = l.words[:headWords]
	}
}

func (r *SearchRow) check(docket string) error {
	if r.Docket != docket {
		return fmt.Errorf("full text belongs to docket %q", r.Docket)
	}
	if strings.ContainsAny(r.Tier, " \x1f") || r.Tier == "" {
		return fmt.Errorf("full text: %q is no name of a tier", r.Tier)
	}
	texts := append([]string{r.Tier, r.Title}, r.Codes...)
	texts = append(texts, r.Tags...)
	for _, m := range r.Names {
		texts = append(texts, m.Role, m.Name, m.Code)
	}
	if err := checkTexts("full text", texts...); err != nil {
		return err
	}
	if !utf8.ValidString(r.Text) {
		return fmt.Errorf("full text: not UTF-8: %w", ErrText)
	}
	return nil
}

func (l *wordList) sorted() []string {
	out := make([]string, 0, len(l.loose))
	for w := range l.loose {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

func (d *searchDoc) sum() []byte {
	h := sha256.New()
	fmt.Fprintln(h, d.ord)
	for _, l := range []*wordList{d.head, d.text} {
		fmt.Fprintln(h, l.words, l.sorted())
	}
	fmt.Fprintln(h, d.mentions)
	return h.Sum(nil)[:16]
}

// fts writes the words for SQLite's tokeniser.
func (d *searchDoc) fts() string {
	var b strings.Builder
	for _, l := range []*wordList{d.head, d.text} {
		for _, w := range l.words {
			if w == "" {
				w = gapWord
			}
			b.WriteString(w)
			b.WriteByte(' ')
		}
		for _, w := range l.sorted() { // no sequence asks for one of these
			b.WriteString(w)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Bounds of a tsvector: 16,383 positions, 255 of one word, 1 MB.
const (
	partMost   = 16383
	partWords  = 14000
	partOfWord = 250
	partBytes  = 700 << 10
	// partOverlap lets a sequence that runs over the end of a part be found in the next.
	partOverlap = maxTermWords
)

// parts writes the words as PostgreSQL's tsvectors, without its own parser,
// which would cut numbers and addresses in ways of its own.
func (d *searchDoc) parts() []string {
	head := vector{at: map[string][]int{}}
	for _, w := range d.head.words {
		head.add(w)
	}
	for _, w := range d.head.sorted() {
		head.put(w)
	}
	head.place++
	var out []string
	v, fresh, words := head.clone(), 0, d.text.words
	for i := 0; i < len(words); {
		if fresh > partOverlap && v.full(words[i]) {
			out = append(out, v.String())
			v, fresh, i = head.clone(), 0, i-partOverlap
			continue
		}
		v.add(words[i])
		for _, b := range d.text.beside[words[i]] {
			v.put(b)
		}
		i++
		fresh++
	}
	return append(out, v.String())
}

// A vector is a tsvector in the making.
type vector struct {
	at    map[string][]int
	place int
	bytes int
}

// put adds a word without place.
func (v *vector) put(w string) {
	if _, ok := v.at[w]; !ok {
		v.at[w] = nil
		v.bytes += len(w) + 8
	}
}

func (v *vector) add(w string) {
	v.place++
	if w == "" || v.place > partMost || len(v.at[w]) >= partOfWord {
		return
	}
	v.put(w)
	v.at[w] = append(v.at[w], v.place)
	v.bytes += 2
}

func (v *vector) full(w string) bool {
	return v.place >= partWords || v.bytes >= partBytes || len(v.at[w]) >= partOfWord
}

func (v *vector) clone() vector {
	out := vector{at: make(map[string][]int, len(v.at)), place: v.place, bytes: v.bytes}
	for w, at := range v.at {
		out.at[w] = slices.Clip(at)
	}
	return out
}

func (v *vector) String() string {
	words := make([]string, 0, len(v.at))
	for w := range v.at {
		words = append(words, w)
	}
	slices.Sort(words)
	var b strings.Builder
	for _, w := range words {
		b.WriteString("'" + w + "'")
		for i, p := range v.at[w] {
			b.WriteByte(":,"[min(i, 1)])
			b.WriteString(strconv.Itoa(p))
		}
		b.WriteByte(' ')
	}
	return b.String()
}
