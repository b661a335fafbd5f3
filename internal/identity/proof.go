package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mingjing/internal/store"
)

// ErrProof means that the act needs a fresh proof of who asks: the password or
// a passkey, shown within Settings.Fresh.
var ErrProof = errors.New("identity: a fresh proof of who asks is needed")

// Fresh returns until when what a session last proved counts, zero when it
// does no more.
func (a *Accounts) Fresh(id Identity) time.Time {
	if until := id.Proved.Add(a.cfg.Settings.Fresh); !id.Proved.IsZero() && a.cfg.Clock().Before(until) {
		return until
	}
	return time.Time{}
}

// NeedProof returns ErrProof unless a session has proved itself lately. Ask it
// before whatever an open page left alone must not do: secrets, orders, keys,
// other people's accounts.
func (a *Accounts) NeedProof(id Identity) error {
	if a.Fresh(id).IsZero() {
		return ErrProof
	}
	return nil
}

// proved is NeedProof for whoever acts; a desk past the pages needs none.
func (a *Accounts) proved(by By) error {
	if by.Desk != "" {
		return nil
	}
	return a.NeedProof(by.Who)
}

// Prove takes the password of somebody who is signed in as a fresh proof.
// Errors: ErrRefused, *TooMany, *Ended.
func (a *Accounts) Prove(ctx context.Context, id Identity, password string, v Visit) (Identity, error) {
	if id.Stage != Open && id.Stage != Choose {
		return Identity{}, ErrRefused
	}
	now := a.cfg.Clock()
	_, kept, err := a.holder(ctx, id.Username)
	if err != nil {
		return Identity{}, err
	}
	own := kept.of(KindPassword)
	if own == nil {
		return Identity{}, ErrRefused
	}
	if err := a.confirm(ctx, id, own, password, v, now); err != nil {
		return Identity{}, err
	}
	return a.keepProof(ctx, id, now)
}

func (a *Accounts) keepProof(ctx context.Context, id Identity, now time.Time) (Identity, error) {
	if err := a.cfg.Store.ProveSession(ctx, id.Session, now); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return Identity{}, &Ended{NotKnown}
		}
		return Identity{}, fmt.Errorf("identity: %w", err)
	}
	return a.again(ctx, id.Session)
}
