package alike

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/extract"
	"mingjing/internal/files"
	"mingjing/internal/likeness"
)

// What is kept of a lot is bounded: it is read each time somebody looks.
const (
	maxPassages = 40   // of a pair, the longest
	maxRare     = 100  // of a pair
	maxItems    = 20   // of a pair of bills
	maxTraits   = 200  // of a pair
	maxQuote    = 600  // bytes of a quotation
	maxQuoted   = 2000 // passages of a lot
)

// A bid is what was read of a bidder's files.
type bid struct {
	text  *likeness.Text
	raw   strings.Builder // the texts of its files, one after another
	start []int           // where each file's begins in it; -1: it gave none
	made  []*likeness.File
	bill  likeness.Bill
}

const outOfTime = "it took longer than is allowed"

// A lot in the making.
type lot struct {
	j            *Job
	ctx, limited context.Context // the job's; the same with its time bounded
	p            *plan
	file         func(detect.NamedFile) (*extract.Answer, error)
	out          *detect.Likeness
	answers      map[string]*extract.Answer // the same file may be named more than once
	refs         []*likeness.Text           // what anybody may quote
	made         []*likeness.File           // of the tender's files
	bids         []*bid
}

// lot reads and compares the files of a lot. An error is none of the files': it
// is tried again. ctx is the job's, limited bounds the time.
func (j *Job) lot(ctx, limited context.Context, p *plan) (*detect.Likeness, error) {
	l := &lot{j: j, ctx: ctx, limited: limited, p: p, answers: map[string]*extract.Answer{}}
	l.file = l.readFile
	return l.measure()
}

// Measure gives what a Job of the same settings measures of a lot's files, which
// file reads: a simulated province's, of which no store knows. Nil when there is
// nothing to compare.
func (j *Job) Measure(ctx context.Context, d *docket.Docket, code string, at time.Time, file func(detect.NamedFile) (*extract.Answer, error)) (*detect.Likeness, error) {
	p := j.plan(d, code, at)
	if p == nil {
		return nil, nil
	}
	return (&lot{j: j, ctx: ctx, limited: ctx, p: p, file: file, answers: map[string]*extract.Answer{}}).measure()
}

func (l *lot) measure() (*detect.Likeness, error) {
	l.out = &detect.Likeness{Bidders: []detect.LikenessBidder{}, Tender: []detect.LikenessFile{}, Pairs: []detect.LikenessPair{}}
	if err := l.readTender(); err != nil {
		return nil, err
	}
	if err := l.readBids(); err != nil {
		return nil, err
	}
	l.compare()
	return l.out, l.ctx.Err() // when the job itself ends, nothing is kept
}

func (l *lot) readTender() error {
	for _, n := range l.p.tender {
		a, err := l.read(n)
		if err != nil {
			return err
		}
		f := detect.LikenessFile{Ref: n.Ref, SHA256: n.SHA256, Problem: a.Problem}
		if a.Document != nil {
			f.Kind = a.Document.Kind
			l.refs, l.made = append(l.refs, likeness.NewText(a.Document.Text)), append(l.made, &a.Document.File)
		}
		l.out.Tender = append(l.out.Tender, f)
	}
	for _, text := range l.j.Standard {
		l.refs = append(l.refs, likeness.NewText(text))
	}
	return nil
}

func (l *lot) readBids() error {
	at := map[string]int{}
	left := l.j.Text
	for _, n := range l.p.bids {
		i, ok := at[n.Who]
		if !ok {
			i = len(l.bids)
			at[n.Who] = i
			l.bids = append(l.bids, &bid{})
			l.out.Bidders = append(l.out.Bidders, detect.LikenessBidder{Who: n.Who, Name: n.Name, Files: []detect.LikenessFile{}})
		}
		if slices.ContainsFunc(l.p.tender, func(t detect.NamedFile) bool { return t.SHA256 == n.SHA256 }) {
			continue // the tender's own file, handed back
		}
		a, err := l.read(n)
		if err != nil {
			return err
		}
		f := detect.LikenessFile{Ref: n.Ref, SHA256: n.SHA256, Problem: a.Problem}
		b, start := l.bids[i], -1
		if a.Document != nil {
			f.Kind = a.Document.Kind
			b.made, b.bill = append(b.made, &a.Document.File), append(b.bill, a.Bill...)
			switch {
			case len(a.Bill) > 0: // its words are the tenderer's, who gave out the items: only prices tell
			case len(a.Document.Text) > left:
				f.Problem = "the files of the lot hold more text than is compared"
			default:
				left -= len(a.Document.Text)
				start = b.raw.Len()
				b.raw.WriteString(a.Document.Text + "\n\n")
				if a.Document.Cut {
					f.Problem = "only its beginning was compared: it is longer than the limit"
				}
			}
		}
		b.start = append(b.start, start)
		l.out.Bidders[i].Files = append(l.out.Bidders[i].Files, f)
	}
	l.answers = nil
	return nil
}

// over reports whether the time is over: what was measured stays, and that it is
// not all is told.
func (l *lot) over() bool {
	if l.limited.Err() == nil {
		return false
	}
	l.out.Problem = outOfTime
	return true
}

func (l *lot) compare() {
	var names []string
	for i, b := range l.bids {
		b.text = likeness.NewText(b.raw.String())
		b.raw.Reset()
		names = append(names, l.out.Bidders[i].Name)
	}
	for _, r := range l.refs {
		ref := likeness.NewReference(r, l.j.Settings.Text)
		for _, b := range l.bids {
			if l.over() {
				return
			}
			b.text.Without(ref, l.j.Settings.Text)
		}
	}
	for i, b := range l.bids {
		l.out.Bidders[i].Own, l.out.Bidders[i].Items = b.text.Own(), len(b.bill)
		l.out.Bidders[i].Names = b.names(l.out.Bidders, i, names)
	}
	if len(l.bids) > likeness.MaxBids {
		l.out.Problem = "more bids than are compared"
		l.bids = l.bids[:likeness.MaxBids]
	}
	rare, bills := l.rare(), l.bills()
	quoted := 0
	for x := range l.bids {
		for y := x + 1; y < len(l.bids); y++ {
			if l.over() {
				return
			}
			p := l.pair(x, y, maxQuoted-quoted)
			quoted += len(p.Passages)
			p.Rare, p.Bill = rare[[2]int{x, y}], bills[[2]int{x, y}]
			if p.SharedA > 0 || len(p.Rare) > 0 || len(p.Same) > 0 || len(p.Traits) > 0 || p.Bill != nil {
				l.out.Pairs = append(l.out.Pairs, p)
			}
		}
	}
}

func (l *lot) pair(x, y, quotes int) detect.LikenessPair {
	a, b := l.bids[x], l.bids[y]
	r := likeness.Compare(a.text, b.text, l.j.Settings.Text)
	p := detect.LikenessPair{A: x, B: y, SharedA: r.SharedA, SharedB: r.SharedB, Longest: r.Longest, Traits: traits(a.made, b.made, l.made)}
	slices.SortStableFunc(r.Passages, func(p, q likeness.Passage) int { return cmp.Compare(q.Equal, p.Equal) })
	for _, s := range r.Passages[:min(len(r.Passages), maxPassages, quotes)] {
		p.Passages = append(p.Passages, detect.LikenessPassage{Kind: s.Kind, Equal: s.Equal, Numbers: s.NumbersChanged, A: a.quote(s.A), B: b.quote(s.B)})
	}
	for _, f := range l.out.Bidders[x].Files {
		if slices.ContainsFunc(l.out.Bidders[y].Files, func(o detect.LikenessFile) bool { return o.SHA256 == f.SHA256 }) && !slices.Contains(p.Same, f.SHA256) {
			p.Same = append(p.Same, f.SHA256)
		}
	}
	return p
}

func (l *lot) rare() map[[2]int][]detect.LikenessRare {
	var texts []*likeness.Text
	for _, b := range l.bids {
		texts = append(texts, b.text)
	}
	out := map[[2]int][]detect.LikenessRare{}
	for _, r := range likeness.RareShared(texts, l.refs) {
		at := [2]int{r.A, r.B}
		if len(out[at]) < maxRare {
			out[at] = append(out[at], detect.LikenessRare{Kind: r.Kind, Instead: r.Instead, A: l.bids[r.A].quote(r.PlaceA), B: l.bids[r.B].quote(r.PlaceB)})
		}
	}
	return out
}

func (l *lot) bills() map[[2]int]*detect.LikenessBill {
	var at []int
	var all []likeness.Bill
	for i, b := range l.bids {
		if len(b.bill) > 0 {
			at, all = append(at, i), append(all, b.bill)
		}
	}
	out := map[[2]int]*detect.LikenessBill{}
	for _, c := range likeness.CompareBills(all, l.j.Settings.Bill) {
		b := &detect.LikenessBill{Compared: c.Compared, Identical: len(c.Identical), Ratio: c.Ratio, RatioItems: c.RatioItems, Errors: len(c.Errors)}
		add := func(what string, items []likeness.ItemPair) {
			for _, i := range items[:min(len(items), maxItems-len(b.Examples))] {
				b.Examples = append(b.Examples, detect.LikenessItem{What: what, A: all[c.A][i.A], B: all[c.B][i.B]})
			}
		}
		add("error", c.Errors)
		add("identical", c.Identical)
		out[[2]int{at[c.A], at[c.B]}] = b
	}
	return out
}

func traits(a, b, tender []*likeness.File) []likeness.Trait {
	var out []likeness.Trait
	for _, x := range a {
		for _, y := range b {
			for _, t := range likeness.SharedTraits(x, y, tender...) {
				if len(out) < maxTraits && !slices.Contains(out, t) {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

// names tells which other bidders a bid names.
func (b *bid) names(all []detect.LikenessBidder, self int, names []string) []detect.LikenessName {
	var out []detect.LikenessName
	for _, h := range likeness.FindNames(b.text, names[self], names) {
		if h.Other == self {
			continue
		}
		who := all[h.Other].Who
		i := slices.IndexFunc(out, func(n detect.LikenessName) bool { return n.Who == who && n.Form == h.Form })
		if i < 0 {
			i = len(out)
			out = append(out, detect.LikenessName{Who: who, Form: h.Form, Place: b.quote(h.Place)})
		}
		out[i].Times++
	}
	return out
}

// quote tells of a place in which file it stands, and what.
func (b *bid) quote(p likeness.Place) detect.LikenessQuote {
	q := detect.LikenessQuote{From: p.From, To: p.To, Text: p.Of(b.text)}
	for i, start := range b.start {
		if start >= 0 && start <= p.From {
			q.File, q.From, q.To = i, p.From-start, p.To-start
		}
	}
	if len(q.Text) > maxQuote {
		cut := maxQuote
		for cut > 0 && !utf8.RuneStart(q.Text[cut]) {
			cut--
		}
		q.Text = q.Text[:cut] + "…"
	}
	return q
}

func (l *lot) read(n detect.NamedFile) (*extract.Answer, error) {
	key := n.Ref.Origin + "\x00" + n.Ref.Dataset + "\x00" + n.SHA256
	if a := l.answers[key]; a != nil {
		return a, nil
	}
	a, err := l.file(n)
	l.answers[key] = a
	return a, err
}

// readFile opens a file, when all its lots are opened, and reads it.
func (l *lot) readFile(n detect.NamedFile) (*extract.Answer, error) {
	list, err := l.j.Files.ByDigest(l.ctx, n.Ref.Origin, n.SHA256)
	if err != nil {
		return nil, err
	}
	why := "the file is not here"
	for _, f := range list {
		if f.Tender != l.p.d.ID || f.Dataset != n.Ref.Dataset {
			continue
		}
		if l.limited.Err() != nil {
			return &extract.Answer{Problem: outOfTime}, l.ctx.Err()
		}
		data, err := open(l.ctx, f, l.p)
		switch {
		case errors.Is(err, errLarge):
			why = "the file is larger than the limit"
		case errors.Is(err, files.ErrShut):
			why = "the file is sealed: not all its lots are opened"
		case errors.Is(err, files.ErrDestroyed):
			why = "the file's key was destroyed by law"
		case errors.Is(err, files.ErrDamaged):
			why = "the file is damaged"
		case err != nil:
			return nil, err
		default:
			a, err := l.j.Read(l.limited, data)
			if err != nil && l.limited.Err() != nil {
				return &extract.Answer{Problem: outOfTime}, l.ctx.Err()
			}
			return a, err
		}
	}
	l.p.waits = l.p.waits || why == "the file is not here"
	return &extract.Answer{Problem: why}, nil
}

var errLarge = errors.New("alike: larger than the limit")

func open(ctx context.Context, f *files.Kept, p *plan) ([]byte, error) {
	// Before the first byte: every lock, not only those of the first part.
	seal, vaults, err := f.Sealing()
	if err != nil {
		return nil, err
	}
	for _, v := range vaults {
		if !p.released(v, seal) {
			return nil, files.ErrShut
		}
	}
	if f.Size > int64(extract.JobLimits.File) {
		return nil, errLarge
	}
	r, err := f.Open(ctx, p.released)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.Grow(int(f.Size))
	if _, err := io.Copy(&buf, r); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
