package planted

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Kinds of planted copies.
const (
	None      = "none"      // nothing copied: both quote the tender's document and standard texts, as all do
	Verbatim  = "verbatim"  // a block as it is
	Synonyms  = "synonyms"  // words replaced by others that say the same, wherever one is known
	Reordered = "reordered" // the clauses of each paragraph in another order
	Numbers   = "numbers"   // every number another
	Noise     = "noise"     // as a reading machine gives it: signs confused, lost, added; lines broken
)

// Kinds lists all, None first.
func Kinds() []string {
	return []string{None, Verbatim, Synonyms, Reordered, Numbers, Noise}
}

// A Span is a stretch of the two bids that was copied: byte offsets, ends not included.
type Span struct{ FromA, ToA, FromB, ToB int }

// A Case is a tender with two bids, and what the second took from the first.
type Case struct {
	Kind     string
	Tender   string // the tender's own document, which both quote
	Standard string // a statute or standard form, which both quote
	A, B     string
	Copied   []Span // in the order of B
}

// NewCase writes a case. Bids have about size bytes each; of B's about a tenth to
// a third is copied, in one to three blocks of two to nine sentences.
func NewCase(seed, number uint64, kind string, size int) *Case {
	r := rand.New(rand.NewPCG(seed, number*1000+uint64(slices.Index(Kinds(), kind))))
	writer := func() *Author { return NewAuthor(r.Uint64(), r.Uint64(), 0.6) }
	c := &Case{Kind: kind, Tender: string(writer().Text(size * 2 / 3)), Standard: string(writer().Text(size / 3))}
	a, b := writer(), writer()
	own := func(w *Author) []string {
		var out []string
		for n := 0; n < size*4/5; {
			p := string(w.Append(nil, 3+r.IntN(7)))
			out = append(out, p)
			n += len(p)
		}
		return out
	}
	blocksA, blocksB := own(a), own(b)
	sources := make([]int, 0, 3) // which blocks of A are copied
	if kind != None {
		for range 1 + r.IntN(3) {
			if at := r.IntN(len(blocksA)); !slices.Contains(sources, at) {
				sources = append(sources, at)
			}
		}
	}
	// A: its own blocks with quotations between.
	var out strings.Builder
	froms := map[int][2]int{}
	for i, p := range blocksA {
		froms[i] = [2]int{out.Len(), out.Len() + len(p)}
		out.WriteString(p + "\n")
		c.quote(r, &out)
	}
	c.A = out.String()
	out = strings.Builder{}
	at := map[int]int{} // before which block of B a copy is put
	for _, s := range sources {
		at[r.IntN(len(blocksB))] = s
	}
	for i, p := range blocksB {
		if s, ok := at[i]; ok {
			copied := Change(r, kind, blocksA[s])
			c.Copied = append(c.Copied, Span{froms[s][0], froms[s][1], out.Len(), out.Len() + len(copied)})
			out.WriteString(copied + "\n")
		}
		out.WriteString(p + "\n")
		c.quote(r, &out)
	}
	c.B = out.String()
	return c
}

// quote writes, now and then, some sentences of the tender's document or the
// standard text; one in three is a little altered.
func (c *Case) quote(r *rand.Rand, out *strings.Builder) {
	if r.IntN(3) > 0 {
		return
	}
	from := c.Tender
	if r.IntN(4) == 0 {
		from = c.Standard
	}
	sentences := strings.SplitAfter(from, "。")
	i := r.IntN(len(sentences) - 6)
	q := strings.Join(sentences[i:i+1+r.IntN(5)], "")
	if r.IntN(3) == 0 {
		q = Change(r, []string{Synonyms, Numbers}[r.IntN(2)], q)
	}
	out.WriteString(strings.TrimLeft(q, "\n") + "\n")
}

// Change alters a passage as the kind says.
func Change(r *rand.Rand, kind, text string) string {
	switch kind {
	case Synonyms:
		for _, p := range synonyms {
			text = strings.ReplaceAll(text, p[0], p[1])
		}
		return text
	case Reordered:
		return reorder(r, text)
	case Numbers:
		return renumber(r, text)
	case Noise:
		return noise(r, text)
	default:
		return text
	}
}

func reorder(r *rand.Rand, text string) string {
	clauses := strings.FieldsFunc(text, func(s rune) bool { return s == '，' || s == '。' || s == '；' })
	r.Shuffle(len(clauses), func(i, j int) { clauses[i], clauses[j] = clauses[j], clauses[i] })
	var out strings.Builder
	for i, c := range clauses {
		out.WriteString(c)
		if i%3 == 2 || i == len(clauses)-1 {
			out.WriteString("。")
		} else {
			out.WriteString("，")
		}
	}
	return out.String()
}

func renumber(r *rand.Rand, text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			out.WriteByte(text[i])
			continue
		}
		from := i
		for i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9' {
			i++
		}
		n, _ := strconv.Atoi(text[from : i+1])
		out.WriteString(strconv.Itoa(n + 1 + r.IntN(200)))
	}
	return out.String()
}

// noise confuses three signs in a hundred, loses and adds one in 150 each, and
// breaks lines.
func noise(r *rand.Rand, text string) string {
	var out []rune
	for _, c := range text {
		switch p := r.IntN(3000); {
		case p < 90:
			like := nameSigns[r.IntN(len(nameSigns))]
			for _, pair := range confused {
				if pair[0] == c {
					like = pair[1]
				} else if pair[1] == c {
					like = pair[0]
				}
			}
			out = append(out, like)
		case p < 110:
		case p < 130:
			out = append(out, c, nameSigns[r.IntN(len(nameSigns))])
		case p < 220:
			out = append(out, c, []rune(" \n　")[r.IntN(3)])
		default:
			out = append(out, c)
		}
	}
	return string(out)
}
