package refold

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

// What a Difference is.
const (
	DiffMissing   = "missing"   // the log makes a docket that is not stored
	DiffUnfounded = "unfounded" // a docket is stored of which the log knows nothing
	DiffBehind    = "behind"    // the log has records that the stored docket has not seen: run the worker and compare again
	DiffDocket    = "docket"    // the stored fold is not what the log gives
	DiffFinding   = "finding"   // a stored finding is not what the fold gives
	DiffCard      = "card"      // what lists show of the docket is not what the fold gives
	DiffBulk      = "bulk"      // what is kept of bulk rows is not what the log gives; delete the docket's rows of table bulk and it is made again
)

// A Difference is one disagreement between what is stored and what the log gives.
type Difference struct {
	Docket string `json:"docket"`
	What   string `json:"what"`
	Detail string `json:"detail"` // where they differ; never a value
}

// Deep makes every docket from the log anew and compares it, and its findings,
// with what is stored, byte for byte: for `verify --deep`. It writes nothing and
// opens only what facts of release in the log have opened. fn is told of each
// difference; its error ends it. It returns how many dockets were compared.
func (w *Worker) Deep(ctx context.Context, fn func(Difference) error) (compared int, err error) {
	ids, err := w.allDockets(ctx)
	if err != nil {
		return 0, fmt.Errorf("refold: deep: %w", err)
	}
	for _, id := range ids {
		diffs, err := w.compare(ctx, id)
		if err != nil {
			return compared, fmt.Errorf("refold: deep: docket %q: %w", id, err)
		}
		compared++
		for _, d := range diffs {
			if err := fn(d); err != nil {
				return compared, err
			}
		}
	}
	return compared, nil
}

// allDockets lists every docket that a record names or that is stored, sorted.
func (w *Worker) allDockets(ctx context.Context) ([]string, error) {
	set := map[string]bool{}
	head, err := w.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.Store.Rows(ctx, 0, head.Size, func(r *ledger.Row) error {
		for _, c := range r.Codes {
			if id := docket.Code(c).Docket(); id != "" {
				set[id] = true
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for after := ""; ; {
		page, err := w.Store.Dockets(ctx, store.DocketFilter{After: after, Limit: 500})
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		for _, d := range page {
			set[d.ID] = true
		}
		after = page[len(page)-1].ID
	}
	out := make([]string, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	slices.Sort(out)
	return out, nil
}

func (w *Worker) compare(ctx context.Context, id string) (diffs []Difference, err error) {
	add := func(what, detail string) { diffs = append(diffs, Difference{id, what, detail}) }
	defer func() {
		if p := recover(); p != nil {
			diffs, err = []Difference{{id, DiffDocket, fmt.Sprintf("cannot be made: %T at %s", p, place())}}, nil
		}
	}()
	stored, err := w.Store.Docket(ctx, id)
	if err != nil {
		return nil, err
	}
	f, d, err := w.make(ctx, id, false, true)
	if err != nil {
		return nil, err
	}
	switch {
	case stored == nil && empty(d):
		return nil, nil
	case stored == nil:
		add(DiffMissing, fmt.Sprintf("the log has %d rows for it", len(d.Live)))
		return diffs, nil
	case len(f.rows) == 0:
		add(DiffUnfounded, "no record of the log names it")
		return diffs, nil
	case d.Through > stored.Through:
		add(DiffBehind, fmt.Sprintf("stored through position %d, the log has %d", stored.Through, d.Through))
		return diffs, nil
	case d.Through < stored.Through:
		add(DiffDocket, fmt.Sprintf("stored through position %d, the log has only %d", stored.Through, d.Through))
	}
	if !stored.Again.IsZero() && !stored.Again.After(stored.Evaluated) {
		add(DiffBehind, "what its findings rest on beside the log has changed: run the worker and compare again")
		return diffs, nil
	}
	if detail, err := w.compareBulk(ctx, f); err != nil {
		return nil, err
	} else if detail != "" {
		add(DiffBulk, detail)
	}
	acted, err := w.acted(ctx, id)
	if err != nil {
		return nil, err
	}
	row, findings, err := w.judge(d, stored.Evaluated, f.broken, acted)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(row.Body, stored.Body) {
		add(DiffDocket, bodyDetail(d, stored.Body))
	}
	for _, c := range []struct{ name, got, want string }{
		{"class", stored.Class, row.Class}, {"region", stored.Region, row.Region}, {"title", stored.Title, row.Title}, {"vector", stored.Vector, row.Vector},
	} {
		if c.got != c.want {
			add(DiffDocket, "column "+c.name)
		}
	}
	if due := row.Again.Truncate(time.Millisecond); !due.IsZero() && (stored.Again.IsZero() || stored.Again.After(due)) {
		add(DiffDocket, "column again: it would be looked at too late")
	}
	have, err := w.Store.DocketFindings(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, want := range findings {
		i := slices.IndexFunc(have, func(g store.FindingRow) bool { return g.Key == want.Key })
		if i < 0 {
			add(DiffFinding, fmt.Sprintf("%s %s is missing", want.Indicator, want.Key))
			continue
		}
		g := have[i]
		if g.State != want.State || g.Indicator != want.Indicator || g.Lot != want.Lot || g.Region != want.Region || !bytes.Equal(g.Body, want.Body) {
			add(DiffFinding, fmt.Sprintf("%s %s differs", want.Indicator, want.Key))
		} else if g.Weight != want.Weight || g.Score != want.Score || g.Rank != want.Rank {
			add(DiffFinding, fmt.Sprintf("%s %s counts otherwise", want.Indicator, want.Key))
		}
		have = slices.Delete(have, i, i+1)
	}
	cards, err := w.Store.DocketCards(ctx, id)
	if err != nil {
		return nil, err
	}
	if detail := cardDetail(cards, row.Cards); detail != "" {
		add(DiffCard, detail)
	}
	for _, g := range have {
		add(DiffFinding, fmt.Sprintf("%s %s is stored and not found", g.Indicator, g.Key))
	}
	return diffs, nil
}

// bodyDetail says in which part of the docket the first difference lies.
func bodyDetail(want *docket.Docket, body []byte) string {
	got, err := docket.Decode(body)
	if err != nil {
		return "the stored text is no docket"
	}
	for i := range want.Live {
		w := &want.Live[i]
		j := slices.IndexFunc(got.Live, func(e docket.Entry) bool {
			return e.Dataset == w.Dataset && e.Origin == w.Origin && e.Key == w.Key
		})
		if j < 0 {
			return fmt.Sprintf("row %s %s is missing", w.Dataset, w.Key)
		}
		g := &got.Live[j]
		for name, value := range w.Fields {
			if other, ok := g.Fields[name]; !ok || other != value {
				return fmt.Sprintf("row %s %s field %s", w.Dataset, w.Key, name)
			}
		}
		if len(g.Fields) != len(w.Fields) {
			return fmt.Sprintf("row %s %s has fields that the log has not", w.Dataset, w.Key)
		}
		if g.Position != w.Position || g.Revision != w.Revision || g.Deleted != w.Deleted || !g.Received.Equal(w.Received) {
			return fmt.Sprintf("row %s %s version", w.Dataset, w.Key)
		}
	}
	if len(got.Live) != len(want.Live) {
		return "rows that the log has not"
	}
	if !reflect.DeepEqual(got.Bulk, want.Bulk) {
		return "totals of bulk rows"
	}
	return "lots, events, announcements or releases"
}
