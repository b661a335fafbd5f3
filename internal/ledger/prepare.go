package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mingjing/internal/standard"
)

// A request is a submission made ready in its caller's goroutine: all that does
// not need the received time is computed, so that the committer only commits.
type request struct {
	ctx      context.Context
	rows     []*prepared
	batch    *BatchRow // nil for system records
	commit   Hash      // commitment to @batch
	keys     []*keyEntry
	outcomes []Outcome
	err      error
	done     chan struct{}
}

// A prepared record lacks its received time, position, batch and leaf.
type prepared struct {
	row      *Row
	all      []Hash // commitments, sorted, without @received and, in a batch, @batch
	sealed   []Hash // those among them to sealed fields, sorted
	received Hash   // salt of @received
	keys     []*keyEntry
}

// ErrDraft wraps what makes a draft impossible to store. The door refuses such
// records before; here nothing of the submission is stored.
var ErrDraft = errors.New("record cannot be stored")

func (l *Ledger) prepare(ctx context.Context, s *Submission) (*request, error) {
	r := &request{ctx: ctx, rows: make([]*prepared, len(s.Drafts)), done: make(chan struct{})}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		first error
	)
	work := func(from, to int) {
		for i := from; i < to; i++ {
			p, err := l.prepareDraft(s, &s.Drafts[i])
			if err != nil {
				mu.Lock()
				if first == nil {
					first = fmt.Errorf("draft %d: %w", i, err)
				}
				mu.Unlock()
				return
			}
			r.rows[i] = p
		}
	}
	const share = 32 // a smaller share is not worth a goroutine
	n := min(runtime.GOMAXPROCS(0), (len(s.Drafts)+share-1)/share)
	for g := 1; g < n; g++ {
		wg.Go(func() { work(len(s.Drafts)*g/n, len(s.Drafts)*(g+1)/n) })
	}
	work(0, len(s.Drafts)/n)
	wg.Wait()
	if first != nil {
		return nil, first
	}
	for _, p := range r.rows {
		for _, e := range p.keys {
			if !slices.Contains(r.keys, e) {
				r.keys = append(r.keys, e)
			}
		}
	}
	if s.Evidence == nil {
		return r, nil
	}
	for i := range s.Beside {
		for _, e := range l.keys.locks(&s.Beside[i]) {
			if !slices.Contains(r.keys, e) {
				r.keys = append(r.keys, e)
			}
		}
	}
	seed, err := l.rand.seed()
	if err != nil {
		return nil, err
	}
	r.batch = &BatchRow{Author: s.Author}
	r.batch.Evidence, r.commit, err = encodeEvidence(seed, s.Evidence, r.keys)
	return r, err
}

func (l *Ledger) prepareDraft(s *Submission, d *Draft) (*prepared, error) {
	rec := &d.Record
	if err := checkDraft(d); err != nil {
		return nil, err
	}
	if rec.Origin == SystemOrigin && s.Author.Kind == "source" {
		return nil, fmt.Errorf("%w: origin %q is the platform's own, a source may not use it", ErrDraft, SystemOrigin)
	}
	names := slices.Sorted(maps.Keys(rec.Fields))
	row := &Row{Author: s.Author, Origin: rec.Origin, Standard: d.Standard, History: s.History}
	row.Identity = l.keys.identity(rec.Origin, rec.Dataset, rec.Key)
	row.Content = l.keys.content(rec, names)
	seed, err := l.rand.seed()
	if err != nil {
		return nil, err
	}
	row.Seed = seed[:]
	salter := newSalter(seed)
	defer salter.free()
	p := &prepared{row: row, received: salter.salt(FieldReceived), all: make([]Hash, 0, len(names)+14)}
	commit := func(name, value string) { p.all = append(p.all, salter.commit(name, value)) }
	commit(FieldOrigin, row.Origin)
	commit(FieldStandard, row.Standard)
	commit(FieldAuthor, authorText(row.Author))
	commit(FieldKeyID, row.Author.Key)
	commit(FieldHistory, historyText(row.History))
	if s.Evidence == nil {
		commit(FieldBatch, "")
	}
	if d.Sealing.Whole != standard.Open {
		err = l.prepareWhole(p, d, names)
	} else {
		commit(FieldDataset, rec.Dataset)
		commit(FieldKey, rec.Key)
		commit(FieldRevision, rec.Revision)
		commit(FieldOp, string(rec.Op))
		commit(FieldOccurred, rec.Occurred)
		err = l.prepareOpen(p, d, names, commit)
	}
	if err != nil {
		return nil, err
	}
	sortHashes(p.sealed)
	if len(p.sealed) > 0 {
		row.Commitments = make([]byte, 0, 32*len(p.sealed))
	}
	for i := range p.sealed {
		row.Commitments = append(row.Commitments, p.sealed[i][:]...)
	}
	p.all = append(p.all, p.sealed...)
	sortHashes(p.all)
	return p, nil
}

// maxHeading bounds what databases index, in bytes.
const maxHeading = 1024

func checkDraft(d *Draft) error {
	r := &d.Record
	if r.Origin == "" || r.Dataset == "" || r.Key == "" || r.Revision == "" {
		return fmt.Errorf("%w: origin, data set, key and revision must all be given", ErrDraft)
	}
	if r.Op != standard.Insert && r.Op != standard.Update && r.Op != standard.Delete {
		return fmt.Errorf("%w: op must be insert, update or delete", ErrDraft)
	}
	for _, s := range append([]string{r.Origin, r.Dataset, r.Key, r.Revision, r.Occurred, d.Standard}, d.Codes...) {
		// One record that a database refuses would fail its whole group.
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 || len(s) > maxHeading {
			return fmt.Errorf("%w: heading and codes must be UTF-8 without NUL, at most %d bytes each", ErrDraft, maxHeading)
		}
	}
	for name, value := range r.Fields {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return fmt.Errorf("%w: field %q must be UTF-8", ErrDraft, name)
		}
	}
	return nil
}

// SystemOrigin is the origin of the platform's own records, such as erasures
// and releases. No source may send under it.
const SystemOrigin = "mingjing"

// prepareOpen fills the columns of a record whose existence is no secret, with
// a part for each seal among its fields.
func (l *Ledger) prepareOpen(p *prepared, d *Draft, names []string, commit func(name, value string)) error {
	rec, row := &d.Record, p.row
	row.Dataset, row.Key, row.Revision, row.Op, row.Occurred = rec.Dataset, rec.Key, rec.Revision, string(rec.Op), rec.Occurred
	row.Codes = slices.Clone(d.Codes)
	hidden := map[standard.Seal][]field{}
	body := append(make([]byte, 0, 512), '{')
	for _, name := range names {
		value := rec.Fields[name]
		if seal := d.Sealing.Fields[name]; seal != standard.Open {
			hidden[seal] = append(hidden[seal], field{name: FieldName(name), value: value})
			continue
		}
		commit(FieldName(name), value)
		if len(body) > 1 {
			body = append(body, ',')
		}
		var err error
		if body, err = jsontext.AppendQuote(body, name); err != nil {
			return fmt.Errorf("%w: field %q: %w", ErrDraft, name, err)
		}
		body = append(body, ':')
		if body, err = jsontext.AppendQuote(body, value); err != nil {
			return fmt.Errorf("%w: field %q: %w", ErrDraft, name, err)
		}
	}
	row.Fields = append(body, '}')
	var err error
	if row.Problems, err = encodeProblems(d.Problems, d.Sealing.Fields, rec.Fields); err != nil {
		return err
	}
	if len(row.Problems) > 0 {
		commit(FieldProblems, string(row.Problems))
	}
	parts, err := l.sealFields(p, d, hidden)
	row.Sealed = encodeParts(parts)
	return err
}

// sealFields makes a part of each seal in hidden.
func (l *Ledger) sealFields(p *prepared, d *Draft, hidden map[standard.Seal][]field) ([]*part, error) {
	var parts []*part
	for _, seal := range sealCodes[1:] {
		fields := hidden[seal]
		if len(fields) == 0 {
			continue
		}
		delete(hidden, seal)
		seed, err := l.rand.seed()
		if err != nil {
			return nil, err
		}
		keys := l.keys.keysFor(seal, d.Record.Origin, &d.Sealing)
		p.keys = append(p.keys, keys...)
		sealed := &part{seal: seal}
		if p.sealed, err = l.keys.sealPart(p.row, sealed, &content{seed: &seed, fields: fields}, keys, p.sealed); err != nil {
			return nil, err
		}
		parts = append(parts, sealed)
	}
	for seal := range hidden {
		return nil, fmt.Errorf("%w: it asks for the unknown seal %q", ErrDraft, seal)
	}
	return parts, nil
}

// prepareWhole puts everything of the record but its origin into an envelope.
func (l *Ledger) prepareWhole(p *prepared, d *Draft, names []string) error {
	rec, whole := &d.Record, d.Sealing.Whole
	if whole != standard.Bid && whole != standard.Committee {
		return fmt.Errorf("%w: a whole record cannot be sealed as %q", ErrDraft, whole)
	}
	fields := append(make([]field, 0, len(names)+5),
		field{name: FieldDataset, value: rec.Dataset},
		field{name: FieldKey, value: rec.Key},
		field{name: FieldRevision, value: rec.Revision},
		field{name: FieldOp, value: string(rec.Op)},
		field{name: FieldOccurred, value: rec.Occurred})
	hidden := map[standard.Seal][]field{}
	for _, name := range names {
		f := field{name: FieldName(name), value: rec.Fields[name]}
		if seal := d.Sealing.Fields[name]; seal != standard.Open && seal != whole {
			hidden[seal] = append(hidden[seal], f)
		} else {
			fields = append(fields, f)
		}
	}
	inner, err := l.sealFields(p, d, hidden)
	if err != nil {
		return err
	}
	seed, err := l.rand.seed()
	if err != nil {
		return err
	}
	c := &content{seed: &seed, fields: fields, nested: encodeParts(inner)}
	if c.problems, err = encodeProblems(d.Problems, d.Sealing.Fields, rec.Fields); err != nil {
		return err
	}
	keys := l.keys.keysFor(whole, rec.Origin, &d.Sealing)
	p.keys = append(p.keys, keys...)
	envelope := &part{seal: whole, whole: true}
	if p.sealed, err = l.keys.sealPart(p.row, envelope, c, keys, p.sealed); err != nil {
		return err
	}
	p.row.Sealed = encodeParts([]*part{envelope})
	for _, e := range keys {
		p.row.Codes = append(p.row.Codes, SealedCode(l.keys.token(e.vault, e.seal)))
	}
	return nil
}

// encodeProblems returns the JSON of the defects. Its texts are written by the
// rules, which never quote a sealed value; should one do so all the same, it is
// blotted out here.
func encodeProblems(ps []standard.Problem, seals map[string]standard.Seal, values map[string]string) ([]byte, error) {
	if len(ps) == 0 {
		return nil, nil
	}
	secret := map[string]string{}
	for name, seal := range seals {
		if seal != standard.Open {
			secret[name] = values[name]
		}
	}
	return json.Marshal(blot(slices.Clone(ps), secret), jsontext.AllowInvalidUTF8(true)) // a value cut in the middle of a character
}

// blot takes the values of fields out of problems, in place.
func blot(ps []standard.Problem, secret map[string]string) []standard.Problem {
	for i := range ps {
		p := &ps[i]
		if _, ok := secret[p.Field]; ok {
			p.Value = ""
		}
		for _, value := range secret {
			if len(value) < 3 {
				continue
			}
			for _, text := range []*string{&p.Value, &p.TextZH, &p.TextEN, &p.MendZH, &p.MendEN} {
				*text = strings.ReplaceAll(*text, value, "•••")
			}
		}
	}
	return ps
}

// blotProblems is blot on their JSON; values are by committed name.
func blotProblems(raw []byte, values map[string]string) ([]byte, error) {
	if len(raw) == 0 || len(values) == 0 {
		return raw, nil
	}
	var ps []standard.Problem
	if err := json.Unmarshal(raw, &ps); err != nil {
		return nil, fmt.Errorf("column problems: %w", err)
	}
	secret := map[string]string{}
	for name, value := range values {
		if own, ok := senderName(name); ok {
			secret[own] = value
		}
	}
	return json.Marshal(blot(ps, secret))
}

func marshalSorted(m map[string]string) ([]byte, error) {
	return json.Marshal(m, json.Deterministic(true))
}

// identity is the keyed MAC of a row's identity.
func (k *Keyring) identity(origin, dataset, key string) []byte {
	return k.mac("identity", origin, dataset, key)
}

// content is the keyed MAC of what makes two versions the same: revision, put
// or delete, occurred, and the fields, whose sorted names are given.
func (k *Keyring) content(r *standard.Record, names []string) []byte {
	class := "put"
	if r.Op == standard.Delete {
		class = "delete"
	}
	parts := append(make([]string, 0, 4+2*len(names)), "content", r.Revision, class, r.Occurred)
	for _, name := range names {
		parts = append(parts, name, r.Fields[name])
	}
	return k.mac(parts...)
}

// finish gives the record its received time and batch and returns its leaf.
func (p *prepared) finish(received time.Time, inBatch bool, batch Hash) {
	p.row.Received = received
	var few [64]Hash
	cs := insertHash(append(few[:0], p.all...), CommitSalted(p.received, FieldReceived, ReceivedText(received)))
	if inBatch {
		cs = insertHash(cs, batch)
	}
	p.row.Leaf = leafOfSorted(cs)
}
