package refold

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
)

// Readings appends who read what to the log, and reads it again. A reading is
// appended once in its quarter of an hour by each process.
type Readings struct {
	Store interface {
		PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
	}
	Ledger interface {
		Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
		Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	}

	mu    sync.Mutex
	noted map[string]time.Time // ids to their quarters: what is in the log already
}

// maxNoted bounds what is remembered of readings; beyond it some are appended
// twice in a quarter, which says nothing wrong.
const maxNoted = 100_000

// Note returns when these readings of one reader are in the log, durably. An
// error means that they may not be: nothing may be shown then.
func (r *Readings) Note(ctx context.Context, readings []supervise.Reading) error {
	var drafts []ledger.Draft
	r.mu.Lock()
	for i := range readings {
		reading := &readings[i]
		if err := reading.Check(); err != nil {
			r.mu.Unlock()
			return err
		}
		if _, known := r.noted[reading.ID()]; known {
			continue
		}
		d := ledger.Draft{Record: reading.Record()}
		for _, c := range docket.Codes(&d.Record) {
			d.Codes = append(d.Codes, string(c))
		}
		if len(d.Codes) == 0 {
			r.mu.Unlock()
			return fmt.Errorf("%w: 案卷编号无法登记 / the docket's id cannot be a code", supervise.ErrReading)
		}
		drafts = append(drafts, d)
	}
	r.mu.Unlock()
	if len(drafts) == 0 {
		return nil
	}
	if _, err := r.Ledger.Append(ctx, ledger.Submission{Author: ledger.Author{Kind: "system", ID: ledger.SystemOrigin}, Drafts: drafts}); err != nil {
		return fmt.Errorf("readings: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remember(readings)
	return nil
}

// remember keeps what is in the log, and forgets what earlier quarters held.
func (r *Readings) remember(readings []supervise.Reading) {
	newest := readings[0].Quarter
	if len(r.noted)+len(readings) > maxNoted {
		for id, quarter := range r.noted {
			if quarter.Before(newest) {
				delete(r.noted, id)
			}
		}
		if len(r.noted)+len(readings) > maxNoted {
			clear(r.noted)
		}
	}
	if r.noted == nil {
		r.noted = map[string]time.Time{}
	}
	for i := range readings {
		r.noted[readings[i].ID()] = readings[i].Quarter
	}
}

// maxReadings is how many readings of a docket Of gives.
const maxReadings = 2000

// Of reads who read what of a docket, the latest maxReadings of them, the latest
// first. Only records that the house wrote itself count.
func (r *Readings) Of(ctx context.Context, id string) ([]supervise.Reading, error) {
	code := docket.ReadCode + id
	byCode, err := r.Store.PositionsByCode(ctx, []string{code})
	if err != nil || len(byCode[code]) == 0 {
		return nil, err
	}
	positions := slices.Sorted(slices.Values(byCode[code]))
	rows, err := r.Store.RowsAt(ctx, positions[max(0, len(positions)-maxReadings):])
	if err != nil {
		return nil, fmt.Errorf("readings: %w", err)
	}
	var out []supervise.Reading
	for _, row := range rows {
		if row.Author.Kind != "system" || row.Author.ID != ledger.SystemOrigin {
			continue
		}
		got, err := r.Ledger.Reveal(row, closed)
		if err != nil {
			return nil, fmt.Errorf("readings: the record at position %d cannot be read: %w", row.Position, err)
		}
		if reading, ok := supervise.ReadReading(&got.Record, row.Position); ok && reading.Docket == id {
			out = append(out, reading)
		}
	}
	slices.SortFunc(out, func(a, b supervise.Reading) int { return cmp.Compare(b.Position, a.Position) })
	return out, nil
}
