package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/standard"
)

// ErasureDataset is the data set of erasure records, origin SystemOrigin.
const ErasureDataset = "erasure"

// Fields of an erasure record.
const (
	orderField  = "ORDER"
	posField    = "POSITION"
	namesField  = "FIELDS" // sender's names, sorted, joined by commas
	reasonField = "REASON"
	personField = "PERSON" // "1" when the person's key is destroyed
)

// An Erasure is a lawful order to erase fields of one record.
type Erasure struct {
	Order    string   // number of the order
	Position int64    // of the record
	Fields   []string // sender's names
	Reason   string   // must not repeat what is erased
	Author   Author   // a person in a post, or the system
	// Person destroys the key of the record's person too: its whole Personal
	// part goes, here and in every other record of that person.
	Person bool
	// Open says which vaults are open; nil means none. Parts still sealed are
	// not erased: nobody can judge yet what they hold.
	Open func(standard.Vault, standard.Seal) bool
}

// ErrErasure wraps why an erasure is refused.
var ErrErasure = errors.New("erasure refused")

// ParseErasure reads an erasure record from its row; false when the row is
// none. Rows of sources never count, whatever they claim.
func ParseErasure(row *Row) (e Erasure, ok bool) {
	if row.Dataset != ErasureDataset || row.Origin != SystemOrigin || row.Author.Kind == "source" {
		return e, false
	}
	fields, err := OpenFields(row)
	if err != nil {
		return e, false
	}
	at, err := strconv.ParseInt(fields[posField], 10, 64)
	if err != nil || at < 0 || at >= row.Position {
		return e, false
	}
	e = Erasure{Order: fields[orderField], Position: at, Reason: fields[reasonField], Author: row.Author, Person: fields[personField] == "1"}
	if names := fields[namesField]; names != "" {
		e.Fields = strings.Split(names, ",")
	}
	return e, true
}

// Erase appends an erasure record, then takes the values away: from the row,
// whose leaf stays provable because the commitments of what is erased remain
// and the seed is replaced by the salts of what survives; from its defects; and
// with the kept signed batch, which held the value in its body. Everything that
// was folded from the row must be folded anew: the erasure record carries the
// row's codes, so its work marks see to that. A crash in between is made good
// by the next Open. The receipt is that of the erasure record.
func (l *Ledger) Erase(ctx context.Context, e Erasure) (Receipt, error) {
	row, err := l.rowAt(ctx, e.Position)
	if err != nil {
		return Receipt{}, err
	}
	if _, ok := l.store.(BatchRewriter); !ok && row.Batch != 0 {
		return Receipt{}, fmt.Errorf("%w: the store cannot rewrite batch %d, which holds the value too", ErrErasure, row.Batch)
	}
	e.Fields, err = l.checkErasure(row, &e)
	if err != nil {
		return Receipt{}, err
	}
	fields := map[string]string{
		orderField: e.Order, posField: strconv.FormatInt(e.Position, 10),
		namesField: strings.Join(e.Fields, ","), reasonField: e.Reason, personField: "",
	}
	if e.Person {
		fields[personField] = "1"
	}
	now := l.opt.Clock().UTC()
	done := l.eraseBegins(e.Position)
	defer func() { done(err == nil) }()
	out, err := l.Append(ctx, Submission{Author: e.Author, Drafts: []Draft{{
		Record: standard.Record{
			Origin: SystemOrigin, Dataset: ErasureDataset, Op: standard.Insert, Key: e.Order + "/" + fields[posField],
			Revision: strconv.FormatInt(now.UnixMilli(), 10), Occurred: now.Format(time.RFC3339), Fields: fields,
		},
		Codes: row.Codes,
	}}})
	if err != nil {
		return Receipt{}, err
	}
	if err = l.applyErasure(ctx, e, out[0].Receipt.Position); err != nil {
		return out[0].Receipt, fmt.Errorf("erasure %s is recorded at %d but not yet done: %w; call it again or restart", e.Order, out[0].Receipt.Position, err)
	}
	return out[0].Receipt, nil
}

// checkErasure returns the sorted names of all fields that will go.
func (l *Ledger) checkErasure(row *Row, e *Erasure) ([]string, error) {
	if e.Order == "" || e.Reason == "" || e.Author.Kind == "source" || e.Author.ID == "" {
		return nil, fmt.Errorf("%w: it needs an order, a reason and a person or the system as author", ErrErasure)
	}
	if row.Origin == SystemOrigin {
		return nil, fmt.Errorf("%w: record %d is the platform's own", ErrErasure, row.Position)
	}
	g, err := l.keys.read(row, func(k *keyEntry) bool { return mayOpen(k, closedIfNil(e.Open), true) })
	if err != nil {
		return nil, err
	}
	names := slices.Clone(e.Fields)
	if e.Person {
		for name, f := range g.fields {
			if own, ok := senderName(name); ok && f.seal == standard.Personal {
				names = append(names, own)
			}
		}
		for name, seal := range g.hidden { // its key was destroyed by an erasure elsewhere
			if seal == standard.Personal {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: record %d has nothing of what the order names", ErrErasure, row.Position)
	}
	for _, name := range names {
		f, ok := g.fields[FieldName(name)]
		switch seal := g.hidden[name]; {
		case strings.Contains(name, ","):
			return nil, fmt.Errorf("%w: a field name with a comma cannot be written into the order", ErrErasure)
		case seal == standard.Personal && e.Person:
		case seal != standard.Open || !ok && g.envelope:
			return nil, fmt.Errorf("%w: field %q of record %d is still sealed; wait for its release", ErrErasure, name, row.Position)
		case !ok:
			return nil, fmt.Errorf("%w: record %d has no field %q, or no more", ErrErasure, row.Position, name)
		case len(f.value) >= 3 && (strings.Contains(e.Reason, f.value) || strings.Contains(e.Order, f.value)):
			return nil, fmt.Errorf("%w: order and reason stay readable for ever and must not repeat the value of %q", ErrErasure, name)
		}
	}
	if g.envelope {
		return nil, fmt.Errorf("%w: record %d is still sealed; wait for its release", ErrErasure, row.Position)
	}
	if len(row.Problems) > 0 {
		names = append(names, FieldProblems)
		slices.Sort(names)
	}
	return names, nil
}

// applyErasure takes the values away; doing it again changes nothing. The row
// comes last: while it still holds a value, the erasure is unfinished.
func (l *Ledger) applyErasure(ctx context.Context, e Erasure, order int64) error {
	row, err := l.rowAt(ctx, e.Position)
	if err != nil {
		return err
	}
	next, destroy, changed, err := l.keys.eraseRow(row, e)
	if err != nil || !changed {
		return err
	}
	if len(destroy) > 0 {
		l.commit.Lock()
		err := l.keys.destroy(destroy...)
		l.commit.Unlock()
		if err != nil {
			return err
		}
	}
	batch, c, err := l.batchOf(ctx, row)
	if err != nil {
		return err
	}
	if err := CheckRow(next, c); err != nil { // never write what would look altered
		return err
	}
	if batch != nil {
		rewriter, ok := l.store.(BatchRewriter)
		if !ok {
			return fmt.Errorf("the store cannot rewrite batch %d", batch.ID)
		}
		if f, err := readBatch(batch); err != nil {
			return err
		} else if f.kind != batchErased {
			erased := *batch
			erased.Evidence = erasedBatch(c, order)
			if err := rewriter.RewriteBatch(ctx, &erased); err != nil {
				return err
			}
		}
	}
	return l.store.Rewrite(ctx, next)
}

// eraseBegins notes that the erasure record to come is not done yet, so that
// the mark of finished erasures stays behind it.
func (l *Ledger) eraseBegins(position int64) (done func(ok bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.erasing[position]++
	return func(ok bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if ok { // an unfinished one holds the mark back until the next Open
			if l.erasing[position]--; l.erasing[position] == 0 {
				delete(l.erasing, position)
			}
		}
	}
}

const erasureMark = "erasures"

// finishErasures does what erasure records ask for and a crash prevented. It
// looks only at records that came after the mark left by an earlier look.
func (l *Ledger) finishErasures(ctx context.Context) error {
	type found struct {
		Erasure
		at int64
	}
	var todo []found
	from := l.readErasureMark()
	err := l.store.Rows(ctx, from, l.head.Size, func(row *Row) error {
		if e, ok := ParseErasure(row); ok {
			todo = append(todo, found{e, row.Position})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range todo {
		if err := l.applyErasure(ctx, e.Erasure, e.at); err != nil {
			return fmt.Errorf("erasure recorded at %d: %w", e.at, err)
		}
	}
	l.watched = l.head.Size
	l.writeErasureMark(l.watched)
	return nil
}

// markErasures moves the mark once in many records, so that Open has little to
// look at. The mark may lag; it never runs ahead.
func (l *Ledger) markErasures() {
	const stride = 1 << 15
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head.Size-l.watched >= stride && len(l.erasing) == 0 {
		l.watched = l.head.Size
		l.writeErasureMark(l.watched)
	}
}

func (l *Ledger) readErasureMark() int64 {
	if l.opt.Dir == "" {
		return 0
	}
	raw, err := os.ReadFile(filepath.Join(l.opt.Dir, erasureMark))
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64)
	if err != nil || n < 0 || n > l.head.Size {
		return 0 // unreadable or of another log: look at everything
	}
	return n
}

// writeErasureMark replaces the mark; an error is no harm, for an old mark only
// means more to look at.
func (l *Ledger) writeErasureMark(n int64) {
	if l.opt.Dir == "" {
		return
	}
	path := filepath.Join(l.opt.Dir, erasureMark)
	if writeSynced(path+".new", fmt.Appendf(nil, "%d\n", n)) == nil {
		_ = os.Rename(path+".new", path)
	}
}
