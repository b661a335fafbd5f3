package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/identity"
	"mingjing/internal/server"
)

// vendors is the register of trading systems as people change it who are signed in.
type vendors struct {
	house    *house
	registry *exchange.Registry
	turn     *sync.Mutex // a change reads, then writes
}

// List implements server.Vendors.
func (v vendors) List(ctx context.Context) ([]*exchange.Source, error) { return v.registry.List(ctx) }

// Change implements server.Vendors.
func (v vendors) Change(ctx context.Context, name string, who identity.Identity, change func(*exchange.Source) error) (*exchange.Source, error) {
	v.turn.Lock()
	defer v.turn.Unlock()
	old, err := v.registry.Source(ctx, name)
	if err != nil {
		return nil, err
	}
	src := *old
	src.Keys = slices.Clone(old.Keys)
	if err := change(&src); err != nil {
		return nil, err
	}
	if err := src.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", server.ErrRegister, err)
	}
	if err := v.taken(ctx, &src); err != nil {
		return nil, err
	}
	if err := v.house.register(ctx, v.registry, src, deskAuthor(who, ""), time.Now()); err != nil {
		return nil, err
	}
	return v.registry.Source(ctx, name)
}

// taken refuses a key id that another source has.
func (v vendors) taken(ctx context.Context, src *exchange.Source) error {
	all, err := v.registry.List(ctx)
	if err != nil {
		return err
	}
	for _, other := range all {
		for _, k := range other.Keys {
			if other.Name != src.Name && slices.ContainsFunc(src.Keys, func(own exchange.Key) bool { return own.ID == k.ID }) {
				return fmt.Errorf("%w: the key id %s is taken, choose another / 密钥编号已被使用，请换一个", server.ErrRegister, k.ID)
			}
		}
	}
	return nil
}
