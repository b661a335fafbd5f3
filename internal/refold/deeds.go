package refold

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
)

// ActStore is what reads acts by their codes; *store.DB is one.
type ActStore interface {
	PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
	RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
}

// ActLedger is what appends and reads acts; *ledger.Ledger is one.
type ActLedger interface {
	Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
	Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	RevealPersonal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (map[string]string, error)
}

// deeds are acts of one kind, each a record of the log by a person. What was
// read once is kept: records never change.
type deeds[A any] struct {
	what   string // in errors
	read   func(r *standard.Record, received time.Time, position int64) (A, bool)
	person func(*A) string

	mu   sync.Mutex
	seen map[int64]*A // by position; nil: none of ours
}

// under reads the acts under a code, in the order of the log.
func (d *deeds[A]) under(ctx context.Context, db ActStore, l ActLedger, code string) ([]A, error) {
	byCode, err := db.PositionsByCode(ctx, []string{code})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.what, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen == nil {
		d.seen = map[int64]*A{}
	}
	var unread []int64
	for _, p := range byCode[code] {
		if _, known := d.seen[p]; !known {
			unread = append(unread, p)
		}
	}
	if len(unread) > 0 {
		rows, err := db.RowsAt(ctx, unread)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.what, err)
		}
		for _, row := range rows {
			act, err := d.reveal(l, row)
			if err != nil {
				return nil, fmt.Errorf("%s: the record at position %d cannot be read: %w", d.what, row.Position, err)
			}
			d.seen[row.Position] = act
		}
	}
	var acts []A
	for _, p := range byCode[code] {
		if act := d.seen[p]; act != nil {
			acts = append(acts, *act)
		}
	}
	return acts, nil
}

// reveal reads the act of a row with what of it is sealed under a person's key,
// nil when it is none that the person wrote here who is named in it.
func (d *deeds[A]) reveal(l ActLedger, row *ledger.Row) (*A, error) {
	if row.Author.Kind != "person" {
		return nil, nil
	}
	got, err := l.Reveal(row, closed)
	if err != nil {
		return nil, err
	}
	if len(got.Sealed) > 0 {
		personal, err := l.RevealPersonal(row, nil)
		if err != nil {
			return nil, err
		}
		for name, value := range personal {
			got.Record.Fields[name] = value
		}
	}
	act, ok := d.read(&got.Record, row.Received, row.Position)
	if !ok || d.person(&act) != row.Author.ID {
		return nil, nil
	}
	return &act, nil
}

// write appends the record of an act by a person, sealed as the catalogue says.
func (d *deeds[A]) write(ctx context.Context, l ActLedger, r standard.Record, person string) error {
	draft := ledger.Draft{Record: r, Sealing: standard.Default().Sealing(&r)}
	for _, code := range docket.Codes(&r) {
		draft.Codes = append(draft.Codes, string(code))
	}
	if len(draft.Codes) == 0 {
		return fmt.Errorf("%w: 案卷编号无法登记 / the docket's id cannot be a code", supervise.ErrAct)
	}
	if _, err := l.Append(ctx, ledger.Submission{Author: ledger.Author{Kind: "person", ID: person}, Drafts: []ledger.Draft{draft}}); err != nil {
		return fmt.Errorf("%s: %w", d.what, err)
	}
	return nil
}

// newID names an act.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	return hex.EncodeToString(id[:])
}
