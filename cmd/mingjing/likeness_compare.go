package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mingjing/internal/extract"
	"mingjing/internal/extract/pdf"
	"mingjing/internal/likeness"
)

type likenessCompareCmd struct {
	Tender   []string      `type:"existingfile" placeholder:"FILE" help:"The tender's own document: what bids quote of it is no clue. May be repeated."`
	Standard []string      `type:"existingfile" placeholder:"FILE" help:"Statutes and standard forms that anybody quotes. May be repeated."`
	HTML     string        `name:"html" placeholder:"FILE" help:"Write a page with the texts side by side, what they share marked."`
	Limits   string        `type:"existingfile" placeholder:"FILE" help:"Limits as YAML, over those of the program."`
	Timeout  time.Duration `default:"2m" help:"For reading one PDF."`
	Bids     []string      `arg:"" name:"bid" help:"Files of bids: TXT, DOCX, XLSX, PDF. With the bidder's name before it, 某某公司=FILE, its name is looked for in the others."`
}

// A bidFile is one bid as it was read.
type bidFile struct {
	Name    string         `json:"name"`
	File    string         `json:"file"`
	Problem string         `json:"problem,omitempty"` // why it could not be read: nothing may be concluded from it
	Cut     bool           `json:"cut,omitempty"`     // only its beginning was compared
	Own     int            `json:"own"`               // characters that are not of the tender or a standard text
	Made    *likeness.File `json:"made,omitempty"`
	Names   []nameFound    `json:"names,omitempty"` // other bidders that it names

	text *likeness.Text
}

type nameFound struct {
	Name  string         `json:"name"`
	Form  string         `json:"form"`
	Place likeness.Place `json:"place"`
	Text  string         `json:"text"`
}

// A bidPair is what two bids share.
type bidPair struct {
	A        string           `json:"a"`
	B        string           `json:"b"`
	Share    float64          `json:"share"` // of the own text of the one that has less
	Report   bool             `json:"report"`
	Result   *likeness.Result `json:"result"`
	Rare     []rareFound      `json:"rare,omitempty"`
	Traits   []likeness.Trait `json:"traits,omitempty"`
	Excerpts []string         `json:"excerpts,omitempty"` // of each passage, as the first bid has it

	a, b int
}

type rareFound struct {
	likeness.Rare
	TextA string `json:"text_a"`
	TextB string `json:"text_b"`
}

type comparison struct {
	Note  string     `json:"note"`
	Bids  []*bidFile `json:"bids"`
	Pairs []*bidPair `json:"pairs"`
}

const comparisonNote = "线索，不是结论：请核查原件。A clue, not a finding: look at the originals. Places are byte offsets in the extracted text (UTF-8)."

// Run prints what the bids share as JSON. A file that cannot be read is told
// beside the others and compared with none.
func (c *likenessCompareCmd) Run(ctx context.Context) error {
	settings, err := readLikenessLimits(c.Limits)
	if err != nil {
		return err
	}
	reader, err := c.reader()
	if err != nil {
		return err
	}
	cmp, err := c.compare(ctx, settings.Text, reader)
	if err != nil {
		return err
	}
	if c.HTML != "" {
		f, err := os.Create(c.HTML)
		if err != nil {
			return err
		}
		if err := errors.Join(cmp.page(f), f.Close()); err != nil {
			return err
		}
	}
	return printJSON(os.Stdout, cmp, "  ")
}

func readLikenessLimits(name string) (likeness.Settings, error) {
	if name == "" {
		return likeness.ReadSettings(strings.NewReader(""))
	}
	f, err := os.Open(name)
	if err != nil {
		return likeness.Settings{}, err
	}
	defer f.Close()
	return likeness.ReadSettings(f)
}

// reader reads PDFs in a process of this program.
func (c *likenessCompareCmd) reader() (*extract.Worker, error) {
	self, err := os.Executable()
	return &extract.Worker{Command: []string{self, "pdf-worker"}, Timeout: c.Timeout}, err
}

func (c *likenessCompareCmd) compare(ctx context.Context, l likeness.Limits, pdf extract.PDFReader) (*comparison, error) {
	var refs []*likeness.Text
	var made []*likeness.File
	for _, name := range append(append([]string{}, c.Tender...), c.Standard...) {
		d, err := readBidFile(ctx, name, pdf)
		if err != nil {
			return nil, fmt.Errorf("%s: without it, what the bids share cannot be told from what they quote: %w", name, err)
		}
		refs, made = append(refs, likeness.NewText(d.Text)), append(made, &d.File)
	}
	out := &comparison{Note: comparisonNote, Pairs: []*bidPair{}}
	var names []string
	for _, arg := range c.Bids {
		b := &bidFile{}
		var ok bool
		if b.Name, b.File, ok = strings.Cut(arg, "="); !ok {
			b.Name, b.File = "", arg
		}
		names = append(names, b.Name)
		if b.Name == "" {
			b.Name = filepath.Base(b.File)
		}
		d, err := readBidFile(ctx, b.File, pdf)
		switch {
		case errors.Is(err, extract.ErrUnreadable):
			b.Problem = err.Error()
		case err != nil:
			return nil, err
		default:
			b.text, b.Made, b.Cut = likeness.NewText(d.Text), &d.File, d.Cut
		}
		out.Bids = append(out.Bids, b)
	}
	for _, r := range refs {
		ref := likeness.NewReference(r, l)
		for _, b := range out.Bids {
			if b.text != nil {
				b.text.Without(ref, l)
			}
		}
	}
	for i, b := range out.Bids {
		if b.text == nil {
			continue
		}
		b.Own = b.text.Own()
		for _, h := range likeness.FindNames(b.text, names[i], names) {
			b.Names = append(b.Names, nameFound{names[h.Other], h.Form, h.Place, h.Place.Of(b.text)})
		}
	}
	out.pair(refs, made, l)
	return out, nil
}

func (c *comparison) pair(refs []*likeness.Text, made []*likeness.File, l likeness.Limits) {
	var texts []*likeness.Text
	var at []int
	for i, b := range c.Bids {
		if b.text != nil {
			texts, at = append(texts, b.text), append(at, i)
		}
	}
	rare := likeness.RareShared(texts, refs)
	for x, a := range texts {
		for y := x + 1; y < len(texts); y++ {
			r := likeness.Compare(a, texts[y], l)
			one, two := c.Bids[at[x]], c.Bids[at[y]]
			p := &bidPair{A: one.Name, B: two.Name, Share: r.Share(), Report: r.Suspect(l), Result: r, Traits: likeness.SharedTraits(one.Made, two.Made, made...), a: at[x], b: at[y]}
			for _, s := range r.Passages {
				p.Excerpts = append(p.Excerpts, s.A.Of(a))
			}
			for _, s := range rare {
				if s.A == x && s.B == y {
					p.Rare = append(p.Rare, rareFound{s, s.PlaceA.Of(a), s.PlaceB.Of(texts[y])})
				}
			}
			c.Pairs = append(c.Pairs, p)
		}
	}
}

func readBidFile(ctx context.Context, name string, pdf extract.PDFReader) (*extract.Document, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > int64(extract.DefaultLimits.File) {
		return nil, fmt.Errorf("%w: %d bytes are more than the limit of %d", extract.ErrUnreadable, info.Size(), extract.DefaultLimits.File)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return extract.Read(ctx, name, data, extract.DefaultLimits, pdf)
}

//go:embed likeness.html
var likenessHTML string

var likenessPage = template.Must(template.New("likeness").Funcs(template.FuncMap{
	"dict": func(kv ...any) map[string]any {
		out := map[string]any{}
		for i := 0; i+1 < len(kv); i += 2 {
			out[fmt.Sprint(kv[i])] = kv[i+1]
		}
		return out
	},
	"percent": func(f float64) string { return fmt.Sprintf("%.1f %%", 100*f) },
}).Parse(likenessHTML))

// A pagePair is a pair with its texts cut where passages begin and end.
type pagePair struct {
	*bidPair
	No           int
	TextA, TextB []pagePiece
}

// A pagePiece is a stretch of a text; Passage is its number from 1, 0 for none.
type pagePiece struct {
	Text    string
	Passage int
	First   bool // of the passage: it carries the anchor
	Equal   bool
}

// Index is the number of its passage from 0.
func (p pagePiece) Index() int { return p.Passage - 1 }

// page writes the comparison as one file that needs no other.
func (c *comparison) page(w io.Writer) error {
	var pairs []pagePair
	for i, p := range c.Pairs {
		pp := pagePair{bidPair: p, No: i + 1}
		if len(p.Result.Passages) > 0 {
			pp.TextA = cutPieces(c.Bids[p.a].text, p.Result, func(s likeness.Part) likeness.Place { return s.A }, func(s likeness.Passage) likeness.Place { return s.A })
			pp.TextB = cutPieces(c.Bids[p.b].text, p.Result, func(s likeness.Part) likeness.Place { return s.B }, func(s likeness.Passage) likeness.Place { return s.B })
		}
		pairs = append(pairs, pp)
	}
	return likenessPage.Execute(w, map[string]any{"Note": c.Note, "Bids": c.Bids, "Pairs": pairs})
}

// cutPieces cuts a text by passages and their equal parts. Where passages overlap
// the first has the place.
func cutPieces(t *likeness.Text, r *likeness.Result, part func(likeness.Part) likeness.Place, whole func(likeness.Passage) likeness.Place) []pagePiece {
	in, equal := make([]int32, len(t.Original)), make([]bool, len(t.Original))
	for n, p := range r.Passages {
		for k := whole(p).From; k < whole(p).To; k++ {
			if in[k] == 0 {
				in[k] = int32(n + 1)
			}
		}
		for _, s := range p.Parts {
			for k := part(s).From; k < part(s).To; k++ {
				equal[k] = true
			}
		}
	}
	var out []pagePiece
	seen := map[int32]bool{0: true}
	for from := 0; from < len(in); {
		to := from + 1
		for to < len(in) && in[to] == in[from] && equal[to] == equal[from] {
			to++
		}
		out = append(out, pagePiece{t.Original[from:to], int(in[from]), !seen[in[from]], equal[from]})
		seen[in[from]] = true
		from = to
	}
	return out
}

type likenessBillsCmd struct {
	Limits string   `type:"existingfile" placeholder:"FILE" help:"Limits as YAML, over those of the program."`
	Bills  []string `arg:"" name:"bill" help:"Priced bills, XLSX or XML, one a bidder: FILE or 某某公司=FILE."`
}

// billPair is what the command prints of two bidders.
type billPair struct {
	A             string          `json:"a"`
	B             string          `json:"b"`
	Grade         string          `json:"grade"`
	Why           []string        `json:"why,omitempty"`
	Compared      int             `json:"compared"`
	IdenticalRate float64         `json:"identical_share"`
	CloseRate     float64         `json:"within_2_percent_share"`
	Ratio         float64         `json:"ratio,omitempty"`
	RatioRate     float64         `json:"ratio_share"`
	Identical     [][2]billedItem `json:"identical,omitempty"`
	Errors        [][2]billedItem `json:"errors,omitempty"`
}

type billedItem = likeness.BillItem

// Run prints what each two bills have in common.
func (c *likenessBillsCmd) Run() error {
	settings, err := readLikenessLimits(c.Limits)
	if err != nil {
		return err
	}
	var bills []likeness.Bill
	var names []string
	problems := map[string]string{}
	for _, arg := range c.Bills {
		name, file, ok := strings.Cut(arg, "=")
		if !ok {
			name, file = filepath.Base(arg), arg
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		b, err := extract.ReadBill(data, extract.DefaultLimits)
		if err != nil {
			problems[name] = err.Error()
			continue
		}
		bills, names = append(bills, b), append(names, name)
	}
	pairs := []billPair{}
	for _, p := range likeness.CompareBills(bills, settings.Bill) {
		grade, why := p.Grade(settings.Bill)
		out := billPair{A: names[p.A], B: names[p.B], Grade: grade, Why: why, Compared: p.Compared, IdenticalRate: p.IdenticalShare(), CloseRate: p.CloseShare(), Ratio: p.Ratio, RatioRate: p.RatioShare()}
		for _, i := range p.Identical {
			out.Identical = append(out.Identical, [2]billedItem{bills[p.A][i.A], bills[p.B][i.B]})
		}
		for _, i := range p.Errors {
			out.Errors = append(out.Errors, [2]billedItem{bills[p.A][i.A], bills[p.B][i.B]})
		}
		pairs = append(pairs, out)
	}
	return printJSON(os.Stdout, map[string]any{"note": "线索，不是结论。A clue, not a finding.", "limits": settings.Bill, "problems": problems, "pairs": pairs}, "  ")
}

type pdfWorkerCmd struct{}

// Run reads a PDF and prints an extract.Answer.
func (pdfWorkerCmd) Run(ctx context.Context) (err error) {
	data, err := io.ReadAll(io.LimitReader(os.Stdin, int64(extract.DefaultLimits.File)+1))
	if err != nil {
		return err
	}
	r, err := pdf.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	d, err := r.ReadPDF(ctx, data, extract.DefaultLimits)
	a := extract.Answer{Document: d}
	if err != nil {
		if !errors.Is(err, extract.ErrUnreadable) {
			return err
		}
		a = extract.Answer{Problem: strings.TrimPrefix(err.Error(), extract.ErrUnreadable.Error()+": ")}
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}
