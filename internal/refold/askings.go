package refold

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
)

// Askings appends to the log what auditors ask and take out at their port, and
// reads it again.
type Askings struct {
	Store interface {
		PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
	}
	Ledger interface {
		Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
		Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	}
	Clock func() time.Time // nil: time.Now
}

// Note gives an asking its id and time and returns when it is in the log,
// durably. An error means that it may not be: nothing may be answered then.
func (a Askings) Note(ctx context.Context, asking supervise.Asking) (supervise.Asking, error) {
	now := time.Now
	if a.Clock != nil {
		now = a.Clock
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	asking.ID, asking.At, asking.Position = hex.EncodeToString(id[:]), now().UTC().Truncate(time.Second), 0
	if err := asking.Check(); err != nil {
		return asking, err
	}
	d := ledger.Draft{Record: asking.Record()}
	for _, c := range docket.Codes(&d.Record) {
		d.Codes = append(d.Codes, string(c))
	}
	out, err := a.Ledger.Append(ctx, ledger.Submission{Author: ledger.Author{Kind: "person", ID: asking.Person}, Drafts: []ledger.Draft{d}})
	if err != nil {
		return asking, fmt.Errorf("askings: %w", err)
	}
	asking.Position = out[0].Receipt.Position
	return asking, nil
}

// Of reads what was asked in a month, the latest limit of them, the latest
// first. Only records by the very person count.
func (a Askings) Of(ctx context.Context, month time.Time, limit int) ([]supervise.Asking, error) {
	code := docket.AuditLog + month.UTC().Format("2006-01")
	byCode, err := a.Store.PositionsByCode(ctx, []string{code})
	if err != nil || len(byCode[code]) == 0 {
		return nil, err
	}
	positions := slices.Sorted(slices.Values(byCode[code]))
	rows, err := a.Store.RowsAt(ctx, positions[max(0, len(positions)-limit):])
	if err != nil {
		return nil, fmt.Errorf("askings: %w", err)
	}
	var out []supervise.Asking
	for _, row := range rows {
		if row.Author.Kind != "person" {
			continue
		}
		got, err := a.Ledger.Reveal(row, closed)
		if err != nil {
			return nil, fmt.Errorf("askings: the record at position %d cannot be read: %w", row.Position, err)
		}
		if asking, ok := supervise.ReadAsking(&got.Record, row.Position); ok && asking.Person == row.Author.ID {
			out = append(out, asking)
		}
	}
	slices.SortFunc(out, func(a, b supervise.Asking) int { return cmp.Compare(b.Position, a.Position) })
	return out, nil
}
