package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mingjing/internal/likeness"
)

type likenessCmd struct {
	Bills   likenessBillsCmd   `cmd:"" help:"Compare priced bills of quantities of the bidders of a lot. 清单比对"`
	Compare likenessCompareCmd `cmd:"" help:"Show what bids share beyond the tender's own document. 投标文件比对"`
	Pairs   likenessPairsCmd   `cmd:"" help:"Find texts that are nearly the same among very many. 查找近似文本"`
}

type likenessPairsCmd struct {
	Least   float64 `default:"0.8" help:"The least Jaccard similarity, 0.5 to 1."`
	Shingle int     `default:"5" help:"Characters of a shingle; blanks and punctuation count for nothing, case and width neither."`
	Workers int     `default:"2" help:"Processors used."`
	Memory  int     `default:"256" help:"MiB for sets of shingles that are kept to verify."`
	Most    int     `default:"20000000" help:"Pairs at most."`
	Corpus  string  `arg:"" help:"JSON lines with id and text, or a folder of .txt files."`
}

// pairLine is what the command prints a line.
type pairLine struct {
	A       string  `json:"a"`
	B       string  `json:"b"`
	Jaccard float64 `json:"jaccard"`
}

// Run prints a pair a line, exact similarities, then on standard error how many.
func (c *likenessPairsCmd) Run(ctx context.Context) (err error) {
	corpus, err := openCorpus(c.Corpus)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, corpus.Close()) }()
	found, err := likeness.NearDuplicates(ctx, corpus, likeness.PairOptions{Shingle: c.Shingle, Least: c.Least, Workers: c.Workers, Memory: c.Memory << 20, Most: c.Most})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	lines := 0
	print := func(a, b int, j float64) error {
		lines++
		return enc.Encode(pairLine{corpus.ID(a), corpus.ID(b), j})
	}
	if err := everyPair(found, c.Most, print); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d texts, %d without characters, %d pairs\n", corpus.Len(), found.Empty, lines)
	return out.Flush()
}

// everyPair calls fn for all pairs, those of texts that are the same included.
func everyPair(found *likeness.Pairs, most int, fn func(a, b int, j float64) error) error {
	group := map[int][]int{}
	for _, g := range found.Same {
		group[g[0]] = g
	}
	members := func(i int) []int {
		if g := group[i]; g != nil {
			return g
		}
		return []int{i}
	}
	n := 0
	give := func(a, b int, j float64) error {
		if n++; n > most {
			return likeness.ErrTooMany
		}
		return fn(min(a, b), max(a, b), j)
	}
	for _, g := range found.Same {
		for i, a := range g {
			for _, b := range g[i+1:] {
				if err := give(a, b, 1); err != nil {
					return err
				}
			}
		}
	}
	for _, p := range found.Pairs {
		for _, a := range members(p.A) {
			for _, b := range members(p.B) {
				if err := give(a, b, p.Jaccard); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// A corpus is texts on a disk that have names.
type corpus interface {
	likeness.Corpus
	ID(i int) string
	io.Closer
}

func openCorpus(name string) (corpus, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return openTextLines(name)
	}
	paths, err := filepath.Glob(filepath.Join(name, "*.txt"))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("%s: no .txt file in it", name)
	}
	slices.Sort(paths)
	return textFolder(paths), err
}

// A textFolder is a corpus of a file a text.
type textFolder []string

func (t textFolder) Len() int                             { return len(t) }
func (t textFolder) ID(i int) string                      { return filepath.Base(t[i]) }
func (t textFolder) Close() error                         { return nil }
func (t textFolder) Text(i int, _ []byte) ([]byte, error) { return os.ReadFile(t[i]) }

// textLines is a corpus of JSON lines; only where they begin is kept.
type textLines struct {
	file  *os.File
	start []int64 // one more than there are lines
}

func openTextLines(name string) (*textLines, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	t := &textLines{file: f}
	at, begun := int64(0), false
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		part, err := r.ReadSlice('\n')
		if !begun && len(bytes.TrimSpace(part)) > 0 {
			t.start, begun = append(t.start, at), true
		}
		at += int64(len(part))
		switch {
		case err == nil:
			begun = false
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			t.start = append(t.start, at)
			return t, nil
		default:
			return nil, errors.Join(err, f.Close())
		}
	}
}

func (t *textLines) Len() int     { return len(t.start) - 1 }
func (t *textLines) Close() error { return t.file.Close() }

func (t *textLines) line(i int, buf []byte) ([]byte, error) {
	n := int(t.start[i+1] - t.start[i])
	buf = slices.Grow(buf[:0], n)[:n]
	_, err := t.file.ReadAt(buf, t.start[i])
	return buf, err
}

// ID returns a line's id as it is written, or the number of the line.
func (t *textLines) ID(i int) string {
	var l struct {
		ID jsontext.Value `json:"id"`
	}
	line, err := t.line(i, nil)
	if err == nil && jsonv2.Unmarshal(line, &l) == nil && len(l.ID) > 0 {
		if id, err := jsontext.AppendUnquote(nil, l.ID); err == nil {
			return string(id)
		}
		return string(l.ID)
	}
	return strconv.Itoa(i + 1)
}

// Text implements likeness.Corpus. The line is read behind the place where its
// text is then written.
func (t *textLines) Text(i int, buf []byte) ([]byte, error) {
	n := int(t.start[i+1] - t.start[i])
	buf = slices.Grow(buf[:0], 2*n)
	line, err := t.line(i, buf[n:n:2*n])
	if err != nil {
		return nil, err
	}
	var l struct {
		Text rawString `json:"text"`
	}
	if err := jsonv2.Unmarshal(line, &l); err != nil {
		return nil, fmt.Errorf("line %d: %w", i+1, err)
	}
	return jsontext.AppendUnquote(buf[:0:n], l.Text)
}

// A rawString is a JSON string as it stands in the line, not copied.
type rawString []byte

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (r *rawString) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	v, err := d.ReadValue()
	*r = rawString(v)
	return err
}
