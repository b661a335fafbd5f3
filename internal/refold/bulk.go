package refold

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// maxTail is how many positions of plain rows may lie above what the bulk state
// has noted before it is written for their sake.
const maxTail = 1000

// bulkState is what is kept of a docket that has bulk rows, so that only those
// that came since are read. It is made of the log, and again when it is lost.
type bulkState struct {
	Sets    map[string][]string `json:"sets"` // data sets seen, with the fields that were added up
	Codes   map[string]noted    `json:"codes"`
	Tally   *docket.BulkTally   `json:"tally"`
	Through int64               `json:"through"` // greatest position of a bulk row, -1
}

// noted says which of the records that name a code are not bulk rows read already.
type noted struct {
	Through int64   `json:"through"` // up to this position
	Plain   []int64 `json:"plain"`
}

// bulkFile is the part of a file that concerns bulk rows.
type bulkFile struct {
	kept  *bulkState // nil: all is read anew
	step  int64
	moved []int64 // to be read though no code leads there

	found map[string][]int64                   // positions read by code, kept plain ones included
	tail  int                                  // how many of them lay above what was noted
	rows  map[standard.Identity]docket.BulkRow // bulk rows read now
	old   map[standard.Identity]docket.BulkRow // what was kept of them
	ids   map[standard.Identity][]byte         // their identities in the log
	bulk  map[int64]bool                       // their positions
	tally *docket.BulkTally                    // the totals with them
	last  int64                                // greatest position of a bulk row ever read, -1
}

// loadBulk reads what is kept; it must come before the head is read.
func (w *Worker) loadBulk(ctx context.Context, f *file, anew bool) error {
	b := &f.bulkFile
	b.found, b.last = map[string][]int64{}, -1
	if anew {
		return nil
	}
	s, err := w.Store.Bulk(ctx, f.id)
	if err != nil {
		return err
	}
	b.step, b.moved = s.Step, s.Moved
	if s.Step == 0 {
		return nil
	}
	kept := new(bulkState)
	if err := json.Unmarshal(s.Body, kept); err != nil || kept.Tally == nil || kept.Codes == nil {
		w.Log.Warn("refold: bulk state unreadable, all is read anew", "docket", f.id)
		return nil
	}
	for set, sums := range kept.Sets {
		if now, ok := w.Bulk(set); !ok || !slices.Equal(now, sums) {
			return nil // the catalogue changed
		}
	}
	b.kept, b.last = kept, kept.Through
	return nil
}

// positions gives the positions to read by code: all, or with a kept state
// those of plain rows and those above what was noted.
func (w *Worker) positions(ctx context.Context, f *file, codes []string) (map[string][]int64, error) {
	b := &f.bulkFile
	if b.kept == nil {
		all, err := w.Store.PositionsByCode(ctx, codes)
		for _, c := range codes {
			b.found[c] = all[c]
		}
		return all, err
	}
	out := map[string][]int64{}
	for _, c := range codes {
		n, ok := b.kept.Codes[c]
		if !ok {
			n.Through = -1
		}
		fresh, err := w.Store.PositionsAfter(ctx, c, n.Through)
		if err != nil {
			return nil, err
		}
		b.tail += len(fresh)
		out[c] = append(slices.Clone(n.Plain), fresh...)
		b.found[c] = out[c]
	}
	return out, nil
}

// besides lists positions to read that no code leads to: of bulk rows that
// moved, and of those of which something was erased by law.
func (f *file) besides() []int64 {
	if f.kept == nil && len(f.moved) == 0 {
		return nil
	}
	out := slices.Clone(f.moved)
	for p := range f.erased {
		if !f.seen[p] {
			out = append(out, p)
		}
	}
	return out
}

// tallyBulk adds the bulk rows that were read to the totals, in place of what
// was kept of them.
func (w *Worker) tallyBulk(ctx context.Context, f *file, bulk []docket.Version) error {
	b := &f.bulkFile
	b.tally, b.rows = docket.NewBulkTally(), nil
	if b.kept != nil {
		b.tally = b.kept.Tally.Clone()
	}
	if len(bulk) == 0 {
		return nil
	}
	b.rows, b.old, b.ids, b.bulk = docket.BulkRows(bulk, w.Bulk), map[standard.Identity]docket.BulkRow{}, map[standard.Identity][]byte{}, map[int64]bool{}
	at := make(map[int64][]byte, len(f.rows))
	for _, r := range f.rows {
		at[r.Position] = r.Identity
	}
	byKey := map[string]standard.Identity{}
	for i := range bulk {
		v := &bulk[i]
		b.ids[v.Identity()], b.bulk[v.Position] = at[v.Position], true
		byKey[string(at[v.Position])] = v.Identity()
	}
	if b.kept != nil {
		rows, err := w.Store.BulkRows(ctx, f.id, slices.Collect(maps.Values(b.ids)))
		if err != nil {
			return err
		}
		for _, r := range rows {
			var old docket.BulkRow
			if err := json.Unmarshal(r.Body, &old); err != nil {
				return fmt.Errorf("refold: docket %q: a kept bulk row is unreadable: %w", f.id, err)
			}
			b.old[byKey[string(r.Identity)]] = old
			b.tally.Subtract(old)
		}
	}
	for _, r := range b.rows {
		b.tally.Add(r)
		b.last = max(b.last, r.Last)
	}
	return nil
}

// keepBulk writes down what was read of bulk rows. It reports false when
// another worker was faster: then the docket must be loaded again.
func (w *Worker) keepBulk(ctx context.Context, f *file) (bool, error) {
	b := &f.bulkFile
	if len(b.rows) == 0 && len(b.moved) == 0 && (b.kept == nil && b.step == 0 || b.kept != nil && b.tail <= maxTail) {
		return true, nil
	}
	s := &bulkState{Sets: map[string][]string{}, Codes: map[string]noted{}, Tally: b.tally, Through: b.last}
	if b.kept != nil {
		maps.Copy(s.Sets, b.kept.Sets)
		maps.Copy(s.Codes, b.kept.Codes)
	}
	for _, r := range b.rows {
		s.Sets[r.Dataset], _ = w.Bulk(r.Dataset)
	}
	for code, ps := range b.found {
		n := noted{Through: f.end - 1, Plain: []int64{}}
		for _, p := range ps {
			if p < f.end && !b.bulk[p] {
				n.Plain = append(n.Plain, p)
			}
		}
		s.Codes[code] = n
	}
	c := &store.BulkChange{Docket: f.id, Step: b.step, Reset: b.kept == nil, Read: b.moved}
	var err error
	if c.Body, err = json.Marshal(s); err != nil {
		return false, fmt.Errorf("refold: bulk of docket %q: %w", f.id, err)
	}
	for id, r := range b.rows {
		if old, ok := b.old[id]; ok && old.Equal(r) {
			continue
		}
		body, err := json.Marshal(r)
		if err != nil {
			return false, fmt.Errorf("refold: bulk of docket %q: %w", f.id, err)
		}
		c.Rows = append(c.Rows, store.BulkRow{Identity: b.ids[id], Body: body})
	}
	if c.Moved, err = w.movedBulk(ctx, f); err != nil {
		return false, err
	}
	saved, err := w.Store.PutBulk(ctx, c)
	if saved {
		b.step++
	}
	return saved, err
}

// bulkMovedOn reports whether another worker has read further bulk rows since
// the step of which a docket was made and saved. Then it must be made again:
// with the same greatest position, the later of two to save would stand.
func (w *Worker) bulkMovedOn(ctx context.Context, id string, step int64) (bool, error) {
	s, err := w.Store.Bulk(ctx, id)
	return err == nil && s.Step != step, err
}

// movedBulk finds the other dockets that versions of the bulk rows lead to and
// that have not read their newest.
func (w *Worker) movedBulk(ctx context.Context, f *file) (map[string][]int64, error) {
	var out map[string][]int64
	followed := map[docket.Code][]string{}
	for id, r := range f.bulkFile.rows {
		asked := map[string]bool{f.id: true}
		for _, c := range r.Codes {
			ids, ok := followed[c]
			switch {
			case ok:
			case c.Docket() != "":
				ids = []string{c.Docket()}
			default:
				t, err := w.follow(ctx, string(c))
				if err != nil {
					return nil, err
				}
				ids = t.ids
			}
			followed[c] = ids
			for _, other := range ids {
				if asked[other] {
					continue
				}
				asked[other] = true
				if known, err := w.hasRead(ctx, other, f.ids[id], r.Last); err != nil {
					return nil, err
				} else if known {
					continue
				}
				if out == nil {
					out = map[string][]int64{}
				}
				out[other] = append(out[other], r.Last)
			}
		}
	}
	return out, nil
}

// hasRead reports whether a docket has read a bulk row's versions up to a position.
func (w *Worker) hasRead(ctx context.Context, id string, identity []byte, position int64) (bool, error) {
	have, err := w.Store.BulkRows(ctx, id, [][]byte{identity})
	if err != nil || len(have) == 0 {
		return false, err
	}
	var kept docket.BulkRow
	return json.Unmarshal(have[0].Body, &kept) == nil && kept.Last >= position, nil
}

// noteStrays tells dockets of versions of their bulk rows that name no docket
// themselves, such as a delete without fields: no code leads there.
func (w *Worker) noteStrays(ctx context.Context, strays []stray) error {
	moved := map[string][]int64{}
	for _, s := range strays {
		if _, bulk := w.Bulk(s.dataset); !bulk {
			continue
		}
		for _, id := range s.ids {
			known, err := w.hasRead(ctx, id, s.identity, s.position)
			if err != nil {
				return err
			}
			if !known {
				moved[id] = append(moved[id], s.position)
			}
		}
	}
	return w.Store.PutBulkMoved(ctx, moved)
}

// readMoved folds dockets that have bulk rows to read which moved from them.
// One that cannot be folded now is left alone for a lease.
func (w *Worker) readMoved(ctx context.Context, now time.Time) (did int, err error) {
	ids, err := w.Store.BulkMoved(ctx, 8*w.Parallel)
	if err != nil {
		return 0, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		until, ok := w.stuck.Load(id)
		return ok && now.Before(until.(time.Time))
	})
	return len(ids), w.each(ctx, ids, func(id string) error {
		defer w.busy.lock(id)()
		before, err := w.Store.Bulk(ctx, id)
		if err != nil {
			return err
		}
		if _, err := w.whole(ctx, id); err != nil {
			return err
		}
		after, err := w.Store.Bulk(ctx, id)
		if err != nil {
			return err
		}
		w.stuck.Delete(id)
		if slices.ContainsFunc(before.Moved, func(p int64) bool { return slices.Contains(after.Moved, p) }) {
			w.stuck.Store(id, now.Add(w.Lease))
		}
		return nil
	})
}

// compareBulk says where the kept bulk rows of a docket are not what the log
// gives. f was loaded anew.
func (w *Worker) compareBulk(ctx context.Context, f *file) (string, error) {
	s, err := w.Store.Bulk(ctx, f.id)
	if err != nil {
		return "", err
	}
	if s.Step == 0 {
		if len(f.bulkFile.rows) > 0 {
			return "no state of its bulk rows is kept", nil
		}
		return "", nil
	}
	kept := new(bulkState)
	if err := json.Unmarshal(s.Body, kept); err != nil || kept.Tally == nil {
		return "the state of its bulk rows is unreadable", nil
	}
	have, err := json.Marshal(kept.Tally)
	if err != nil {
		return "", err
	}
	want, err := json.Marshal(f.tally)
	if err != nil {
		return "", err
	}
	if string(have) != string(want) {
		return "the kept totals of its bulk rows", nil
	}
	rows := make(map[string]docket.BulkRow, len(f.bulkFile.rows))
	for id, r := range f.bulkFile.rows {
		rows[string(f.ids[id])] = r
	}
	detail := ""
	err = w.Store.EachBulkRow(ctx, f.id, func(r store.BulkRow) error {
		var got docket.BulkRow
		want, ok := rows[string(r.Identity)]
		if !ok || json.Unmarshal(r.Body, &got) != nil || !got.Equal(want) {
			detail = fmt.Sprintf("a kept bulk row of data set %s", want.Dataset)
		}
		delete(rows, string(r.Identity))
		return nil
	})
	if detail == "" && len(rows) > 0 {
		detail = fmt.Sprintf("%d bulk rows are not kept", len(rows))
	}
	for code, n := range kept.Codes { // a position noted as read that is no bulk row would never be read
		for _, p := range f.found[code] {
			if p <= n.Through && !f.bulk[p] && !slices.Contains(n.Plain, p) {
				detail = fmt.Sprintf("the record at position %d is left out of what is read by %s", p, kindOf(code))
			}
		}
	}
	return detail, err
}

// kindOf names a code without its value.
func kindOf(code string) string {
	if ledger.IsSealedCode(code) {
		return "a sealed code"
	}
	kind, _, _ := strings.Cut(code, ":")
	return "its " + kind + " code"
}
