package refold

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/supervise"
)

// Objections appends acts about objections to the log, and folds them again.
type Objections struct {
	store  ActStore
	ledger ActLedger
	clock  func() time.Time
	deeds  deeds[supervise.ObjectionAct]
}

// NewObjections reads and writes objections; clock nil is time.Now.
func NewObjections(db ActStore, l ActLedger, clock func() time.Time) *Objections {
	if clock == nil {
		clock = time.Now
	}
	return &Objections{store: db, ledger: l, clock: clock, deeds: deeds[supervise.ObjectionAct]{
		what: "objections", read: supervise.ReadObjection, person: func(a *supervise.ObjectionAct) string { return a.Person },
	}}
}

// Do appends an act and gives the objection that follows. The act's id and times
// are given by the house; an act without an objection opens one. Errors that
// wrap supervise.ErrAct come before anything was written, or say that another
// act came first; any other may come after the act is in the log.
func (o *Objections) Do(ctx context.Context, act supervise.ObjectionAct) (*supervise.Objection, error) {
	act.ID, act.At, act.Position = newID(), o.clock(), 0
	opens := act.Objection == ""
	if opens {
		act.Objection = act.ID
	}
	if err := act.Check(); err != nil {
		return nil, err
	}
	if !opens {
		before, err := o.one(ctx, act.Docket, act.Objection)
		if err != nil {
			return nil, err
		}
		if before == nil {
			return nil, fmt.Errorf("%w: 没有该异议 / there is no such objection", supervise.ErrAct)
		}
		if err := before.Take(&act); err != nil {
			return nil, err
		}
	}
	if err := o.deeds.write(ctx, o.ledger, act.Record(), act.Person); err != nil {
		return nil, err
	}
	after, err := o.one(context.WithoutCancel(ctx), act.Docket, act.Objection)
	switch {
	case err != nil:
		return nil, err
	case after == nil || !slices.ContainsFunc(after.Acts, func(a supervise.ObjectionAct) bool { return a.ID == act.ID }):
		return nil, fmt.Errorf("%w: 他人已先行处理 / somebody else acted first", supervise.ErrAct)
	}
	return after, nil
}

func (o *Objections) one(ctx context.Context, docket, id string) (*supervise.Objection, error) {
	of, err := o.Of(ctx, docket)
	if i := slices.IndexFunc(of, func(one *supervise.Objection) bool { return one.ID == id }); i >= 0 {
		return of[i], nil
	}
	return nil, err
}

// Of reads what tenderers reported about a docket, the earliest first.
func (o *Objections) Of(ctx context.Context, id string) ([]*supervise.Objection, error) {
	acts, err := o.deeds.under(ctx, o.store, o.ledger, docket.ObjectionCode+id)
	return supervise.FoldObjections(acts), err
}

// All reads all that tenderers reported, the earliest first.
func (o *Objections) All(ctx context.Context) ([]*supervise.Objection, error) {
	acts, err := o.deeds.under(ctx, o.store, o.ledger, docket.ObjectionsCode)
	return supervise.FoldObjections(acts), err
}
