package refold

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// Acts appends what people do about findings to the log, and keeps the cases
// that follow from it. An append marks the docket's acts as work, so that what
// was appended and not kept, as after a crash, is kept by the next worker.
type Acts struct {
	Store interface {
		PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
		SaveCases(ctx context.Context, cases []store.CaseRow) error
		WakeDockets(ctx context.Context, ids []string, at time.Time) error
	}
	Ledger interface {
		Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
		Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	}
	Clock func() time.Time // nil: time.Now
}

// Do appends an act, keeps the docket's cases and returns the case of the
// finding. The act's id and times are given by the house. Errors: those that
// wrap supervise.ErrAct before anything was written; any other may come after
// the act is in the log.
func (a Acts) Do(ctx context.Context, act supervise.Act) (*supervise.Case, error) {
	now := time.Now
	if a.Clock != nil {
		now = a.Clock
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	act.ID, act.At, act.Position = hex.EncodeToString(id[:]), now(), 0
	if err := act.Check(); err != nil {
		return nil, err
	}
	r := act.Record()
	d := ledger.Draft{Record: r}
	for _, c := range docket.Codes(&r) {
		d.Codes = append(d.Codes, string(c))
	}
	if len(d.Codes) == 0 {
		return nil, fmt.Errorf("%w: 案卷编号无法登记 / the docket's id cannot be a code", supervise.ErrAct)
	}
	if _, err := a.Ledger.Append(ctx, ledger.Submission{Author: ledger.Author{Kind: "person", ID: act.Person}, Drafts: []ledger.Draft{d}}); err != nil {
		return nil, fmt.Errorf("acts: %w", err)
	}
	cases, err := a.Keep(context.WithoutCancel(ctx), act.Docket) // what is in the log is kept, though the client left
	if err != nil {
		return nil, err
	}
	for i := range cases {
		if cases[i].Finding == act.Finding {
			return &cases[i], nil
		}
	}
	return nil, fmt.Errorf("acts: the act on finding %q is not in the log's index", act.Finding)
}

// Of reads the acts upon the findings of a docket, in the order of the log.
// Only a person's records count.
func (a Acts) Of(ctx context.Context, id string) ([]supervise.Act, error) {
	code := docket.ActCode + id
	byCode, err := a.Store.PositionsByCode(ctx, []string{code})
	if err != nil {
		return nil, fmt.Errorf("acts: %w", err)
	}
	positions := byCode[code]
	if len(positions) == 0 {
		return nil, nil
	}
	rows, err := a.Store.RowsAt(ctx, positions)
	if err != nil {
		return nil, fmt.Errorf("acts: %w", err)
	}
	var acts []supervise.Act
	for _, row := range rows {
		if row.Author.Kind != "person" {
			continue
		}
		got, err := a.Ledger.Reveal(row, closed)
		if err != nil {
			return nil, fmt.Errorf("acts: the record at position %d cannot be read: %w", row.Position, err)
		}
		if act, ok := supervise.Read(&got.Record, row.Received, row.Position); ok && act.Docket == id && act.Person == row.Author.ID {
			acts = append(acts, act)
		}
	}
	slices.SortFunc(acts, func(a, b supervise.Act) int { return int(a.Position - b.Position) })
	return acts, nil
}

// Keep folds the acts upon a docket, keeps its cases and has the docket looked
// at again: what is dismissed counts no more on its cards and in its score.
func (a Acts) Keep(ctx context.Context, id string) ([]supervise.Case, error) {
	acts, err := a.Of(ctx, id)
	if err != nil {
		return nil, err
	}
	cases := supervise.Fold(acts)
	rows := make([]store.CaseRow, len(cases))
	for i := range cases {
		c := &cases[i]
		body, err := json.Marshal(c)
		if err != nil {
			return nil, fmt.Errorf("acts: %w", err)
		}
		rows[i] = store.CaseRow{Docket: c.Docket, Key: c.Finding, Assigned: c.Assigned, Followers: c.Followers, Position: c.Position, Body: body}
		if c.Dismissal != nil {
			rows[i].Dismissed = c.Dismissal.Digest
		}
	}
	if err := a.Store.SaveCases(ctx, rows); err != nil {
		return nil, err
	}
	return cases, a.Store.WakeDockets(ctx, []string{id}, time.UnixMilli(1)) // long due: before all that time has made due
}
