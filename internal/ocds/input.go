package ocds

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxInput bounds what a Batch holds: all releases of a process must be there
// before it can be merged.
const MaxInput = 1 << 30

// A Place is where something stands in an input.
type Place struct {
	File    string
	Line    int    // from 1
	Pointer string // JSON pointer (RFC 6901) in the document that holds it; "" the document itself
}

func (p Place) String() string {
	s := fmt.Sprintf("%s:%d", p.File, p.Line)
	if p.Pointer != "" {
		s += ": " + p.Pointer
	}
	return s
}

// A Process is one contracting process with the releases found for it.
type Process struct {
	Ocid     string
	Releases [][]byte // in the order of the input
	Places   []Place  // where each release stood
	Linked   *Place   // a record that only links to its releases, whose compiled release stands for them; nil when there is none
}

// Place tells where the release stood that err means, the first release when
// it means none.
func (p *Process) Place(err error) Place {
	var e *MergeError
	if errors.As(err, &e) && e.Release >= 0 && e.Release < len(p.Places) {
		return p.Places[e.Release]
	}
	return p.Places[0]
}

// An InputError says what can't be taken and where.
type InputError struct {
	Place Place
	Rule  Problem
	Cause error // what the JSON reader said
}

func (e *InputError) Error() string {
	words := problemWords[e.Rule]
	text := fmt.Sprintf("%s: %s: %s / %s", e.Place, e.Rule, words[0], words[1])
	if e.Cause != nil {
		text += fmt.Sprintf(" (%v)", e.Cause)
	}
	return text
}

// Unwrap gives the cause.
func (e *InputError) Unwrap() error { return e.Cause }

// A Batch gathers releases by process from one or more inputs. The zero Batch
// is empty and takes up to MaxInput bytes.
type Batch struct {
	Limit int64 // bytes taken in all; 0 means MaxInput

	processes []*Process
	byOcid    map[string]*Process
	taken     int64
}

// Processes gives the processes in the order in which each was first met.
func (b *Batch) Processes() []*Process { return b.processes }

// Read takes all releases of r: a release, a list of releases, a release
// package, a record, a record package, lists of these, and any number of such
// documents one after another, on lines of their own or not. Of a record it
// takes the releases; one that only links to its releases is taken by its
// compiled release. A null in a list is passed over. name stands for r in
// places. The error is an *InputError, or what r said; what was taken before
// stays taken.
func (b *Batch) Read(name string, r io.Reader) error {
	limit := cmp.Or(b.Limit, MaxInput) - b.taken
	lines := &lineReader{r: &io.LimitedReader{R: r, N: limit + 1}}
	br := skipBOM(lines)
	dec := jsontext.NewDecoder(br, jsontext.AllowDuplicateNames(true))
	for {
		value, err := dec.ReadValue()
		end := dec.InputOffset() + lines.skipped
		switch {
		case lines.read > limit:
			return &InputError{Place{name, lines.line(end), ""}, TooLarge, fmt.Errorf("limit %d bytes", cmp.Or(b.Limit, MaxInput))}
		case err == io.EOF:
			b.taken += lines.read
			return nil
		case err != nil:
			var syntax *jsontext.SyntacticError
			if !errors.As(err, &syntax) {
				return fmt.Errorf("%s: %w", name, err)
			}
			at := min(syntax.ByteOffset+lines.skipped, lines.read-1) // an end too early is on the last line
			return &InputError{Place{name, lines.line(at), string(syntax.JSONPointer)}, NotJSON, syntax.Err}
		}
		doc := document{raw: bytes.Clone(value), name: name, line: lines.line(end - int64(len(value))), batch: b}
		lines.forget(end)
		if err := doc.take(doc.raw, "", 0); err != nil {
			return err
		}
	}
}

// A document is one JSON value of an input.
type document struct {
	raw   []byte
	name  string
	line  int // of its first byte
	batch *Batch
}

func (d *document) fail(rule Problem, pointer string, at int) error {
	return &InputError{Place: d.place(pointer, at), Rule: rule}
}

func (d *document) place(pointer string, at int) Place {
	return Place{File: d.name, Line: d.line + bytes.Count(d.raw[:at], []byte{'\n'}), Pointer: pointer}
}

// take takes the releases of one value, which stands at byte at of the document.
func (d *document) take(raw []byte, pointer string, at int) error {
	if raw[0] == '[' {
		return d.each(raw, pointer, at, d.take)
	}
	if raw[0] != '{' {
		return d.fail(NotObject, pointer, at)
	}
	m, err := members(raw, at)
	if err != nil {
		return err
	}
	_, named := m["ocid"]
	releases, records := m["releases"], m["records"]
	_, compiled := m["compiledRelease"]
	_, versioned := m["versionedRelease"]
	switch {
	case compiled || versioned || named && releases.raw != nil:
		return d.record(m, pointer, at)
	case !named && (releases.raw != nil || records.raw != nil):
		if err := d.list(releases, pointer+"/releases", d.take); err != nil {
			return err
		}
		return d.list(records, pointer+"/records", d.take)
	}
	return d.release(raw, m, "", pointer, at)
}

func (d *document) release(raw []byte, m map[string]member, want, pointer string, at int) error {
	ocid := m["ocid"].text()
	if ocid == "" {
		return d.fail(OcidMissing, pointer, at)
	}
	if want != "" && ocid != want {
		return d.fail(OcidInconsistent, pointer, at)
	}
	p := d.batch.process(ocid)
	p.Releases, p.Places = append(p.Releases, raw), append(p.Places, d.place(pointer, at))
	return nil
}

func (d *document) record(m map[string]member, pointer string, at int) error {
	ocid, found, linked := m["ocid"].text(), 0, false
	err := d.list(m["releases"], pointer+"/releases", func(raw []byte, pointer string, at int) error {
		if raw[0] != '{' {
			return d.fail(NotObject, pointer, at)
		}
		inner, err := members(raw, at)
		if err != nil {
			return err
		}
		if _, has := inner["ocid"]; !has && inner["url"].raw != nil {
			linked = true
			return nil
		}
		found++
		return d.release(raw, inner, ocid, pointer, at)
	})
	if err != nil {
		return err
	}
	if found > 0 && linked {
		return d.fail(ReleasesLinked, pointer, at) // a merge without some would be wrong
	}
	if found > 0 {
		return nil
	}
	one := m["compiledRelease"]
	if one.raw == nil || one.raw[0] != '{' {
		return d.fail(ReleasesLinked, pointer, at)
	}
	inner, err := members(one.raw, one.at)
	if err != nil {
		return err
	}
	if err := d.release(one.raw, inner, ocid, pointer+"/compiledRelease", one.at); err != nil {
		return err
	}
	where := d.place(pointer, at)
	d.batch.process(inner["ocid"].text()).Linked = &where
	return nil
}

// list calls take for the elements of a member that must be a list, if it is there.
func (d *document) list(m member, pointer string, take func(raw []byte, pointer string, at int) error) error {
	switch {
	case m.raw == nil:
		return nil
	case m.raw[0] != '[':
		return d.fail(NotList, pointer, m.at)
	}
	return d.each(m.raw, pointer, m.at, take)
}

// each calls take for the elements of an array, but nulls.
func (d *document) each(raw []byte, pointer string, at int, take func(raw []byte, pointer string, at int) error) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for i := 0; dec.PeekKind() != ']'; i++ {
		v, err := dec.ReadValue()
		if err != nil {
			return err
		}
		start := int(dec.InputOffset()) - len(v)
		if v.Kind() == 'n' {
			continue
		}
		if err := take(raw[start:start+len(v):start+len(v)], fmt.Sprintf("%s/%d", pointer, i), at+start); err != nil {
			return err
		}
	}
	return nil
}

// A member is a value of an object and where it stands in the document.
type member struct {
	raw []byte
	at  int
}

// text gives a string member's text, "" for anything else.
func (m member) text() string {
	if len(m.raw) == 0 || m.raw[0] != '"' {
		return ""
	}
	s, _ := jsontext.AppendUnquote(nil, m.raw)
	return string(s)
}

// heads are the members by which a release, a record and a package are told
// apart and read.
var heads = []string{"ocid", "releases", "records", "compiledRelease", "versionedRelease", "url"}

// members gives those of an object's members that are in heads and not null.
func members(raw []byte, at int) (map[string]member, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	m := map[string]member{}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		v, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		start := int(dec.InputOffset()) - len(v)
		if v.Kind() != 'n' && slices.Contains(heads, key) {
			m[key] = member{raw[start : start+len(v) : start+len(v)], at + start}
		}
	}
	return m, nil
}

func (b *Batch) process(ocid string) *Process {
	p := b.byOcid[ocid]
	if p == nil {
		if b.byOcid == nil {
			b.byOcid = map[string]*Process{}
		}
		p = &Process{Ocid: ocid}
		b.byOcid[ocid], b.processes = p, append(b.processes, p)
	}
	return p
}

// A lineReader remembers where the lines break that passed through it.
type lineReader struct {
	r       io.Reader
	read    int64
	skipped int64   // a byte order mark before the first document
	before  int     // breaks forgotten
	breaks  []int64 // offsets of line breaks
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.breaks = append(l.breaks, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// line gives the line, from 1, of the byte at an offset not yet forgotten.
func (l *lineReader) line(at int64) int {
	n, _ := slices.BinarySearch(l.breaks, at)
	return 1 + l.before + n
}

func (l *lineReader) forget(until int64) {
	n, _ := slices.BinarySearch(l.breaks, until)
	l.before += n
	l.breaks = append(l.breaks[:0], l.breaks[n:]...)
}

func skipBOM(l *lineReader) io.Reader {
	head := make([]byte, len(bom))
	n, err := io.ReadFull(l, head)
	if err == nil && bytes.Equal(head, bom) {
		l.skipped = int64(len(bom))
		return l
	}
	return io.MultiReader(bytes.NewReader(head[:n]), l)
}
