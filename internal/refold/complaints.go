package refold

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
)

// Complaints appends acts upon complaints to the log, and folds them again.
type Complaints struct {
	Store interface {
		PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
		RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
	}
	Ledger interface {
		Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
		Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	}
	Clock func() time.Time // nil: time.Now

	mu   sync.Mutex
	read map[int64]*supervise.ComplaintAct // by position; nil: none of ours. Records never change.
}

// Do appends an act and gives the complaint that follows. The act's id and times
// are given by the house; of Lodge the complaint's too. Errors that wrap
// supervise.ErrAct come before anything was written, or say that another act
// came first; any other may come after the act is in the log.
func (c *Complaints) Do(ctx context.Context, act supervise.ComplaintAct) (*supervise.Complaint, error) {
	now := time.Now
	if c.Clock != nil {
		now = c.Clock
	}
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	act.ID, act.At, act.Position = hex.EncodeToString(id[:]), now(), 0
	if act.Kind == supervise.Lodge {
		act.Complaint = act.ID
	}
	if err := act.Check(); err != nil {
		return nil, err
	}
	if act.Kind != supervise.Lodge {
		before, err := c.one(ctx, act.Docket, act.Complaint)
		if err != nil {
			return nil, err
		}
		if before == nil {
			return nil, fmt.Errorf("%w: 没有该投诉 / there is no such complaint", supervise.ErrAct)
		}
		if err := before.May(act.Kind, act.Person); err != nil {
			return nil, err
		}
	}
	r := act.Record()
	d := ledger.Draft{Record: r}
	for _, code := range docket.Codes(&r) {
		d.Codes = append(d.Codes, string(code))
	}
	if len(d.Codes) == 0 {
		return nil, fmt.Errorf("%w: 案卷编号无法登记 / the docket's id cannot be a code", supervise.ErrAct)
	}
	if _, err := c.Ledger.Append(ctx, ledger.Submission{Author: ledger.Author{Kind: "person", ID: act.Person}, Drafts: []ledger.Draft{d}}); err != nil {
		return nil, fmt.Errorf("complaints: %w", err)
	}
	after, err := c.one(context.WithoutCancel(ctx), act.Docket, act.Complaint)
	switch {
	case err != nil:
		return nil, err
	case after == nil || !slices.ContainsFunc(after.Acts, func(a supervise.ComplaintAct) bool { return a.ID == act.ID }):
		return nil, fmt.Errorf("%w: 他人已先行处理 / somebody else acted first", supervise.ErrAct)
	}
	return after, nil
}

func (c *Complaints) one(ctx context.Context, docket, id string) (*supervise.Complaint, error) {
	of, err := c.Of(ctx, docket)
	if err != nil {
		return nil, err
	}
	for _, one := range of {
		if one.ID == id {
			return one, nil
		}
	}
	return nil, nil
}

// Of reads the complaints about a docket, in the order in which they were lodged.
func (c *Complaints) Of(ctx context.Context, id string) ([]*supervise.Complaint, error) {
	return c.under(ctx, docket.ComplaintCode+id, id)
}

// All reads all complaints that there are, in the order in which they were lodged.
func (c *Complaints) All(ctx context.Context) ([]*supervise.Complaint, error) {
	return c.under(ctx, docket.ComplaintsCode, "")
}

func (c *Complaints) under(ctx context.Context, code, of string) ([]*supervise.Complaint, error) {
	byCode, err := c.Store.PositionsByCode(ctx, []string{code})
	if err != nil {
		return nil, fmt.Errorf("complaints: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == nil {
		c.read = map[int64]*supervise.ComplaintAct{}
	}
	var unread []int64
	for _, p := range byCode[code] {
		if _, known := c.read[p]; !known {
			unread = append(unread, p)
		}
	}
	if len(unread) > 0 {
		rows, err := c.Store.RowsAt(ctx, unread)
		if err != nil {
			return nil, fmt.Errorf("complaints: %w", err)
		}
		for _, row := range rows {
			act, err := c.reveal(row)
			if err != nil {
				return nil, err
			}
			c.read[row.Position] = act
		}
	}
	var acts []supervise.ComplaintAct
	for _, p := range byCode[code] {
		if act := c.read[p]; act != nil && (of == "" || act.Docket == of) {
			acts = append(acts, *act)
		}
	}
	return supervise.FoldComplaints(acts), nil
}

// reveal reads the act of a row, nil when it is none that a person wrote here.
func (c *Complaints) reveal(row *ledger.Row) (*supervise.ComplaintAct, error) {
	if row.Author.Kind != "person" {
		return nil, nil
	}
	got, err := c.Ledger.Reveal(row, closed)
	if err != nil {
		return nil, fmt.Errorf("complaints: the record at position %d cannot be read: %w", row.Position, err)
	}
	act, ok := supervise.ReadComplaint(&got.Record, row.Received, row.Position)
	if !ok || act.Person != row.Author.ID {
		return nil, nil
	}
	return &act, nil
}
