package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/store"
)

type editionCmd struct {
	dataFlags
}

// Run makes a new edition of the peers' statistics and looks at every docket
// again with it.
func (c *editionCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		if err := h.worker.Drain(ctx); err != nil {
			return err
		}
		e, err := h.makeEdition(ctx, h.clock())
		if err != nil {
			return err
		}
		if err := h.worker.Drain(ctx); err != nil {
			return err
		}
		return printJSON(os.Stdout, e, "  ")
	})
}

// peersSubject is what the store files editions of the peers' statistics under.
const peersSubject = "peers"

// editionKept is how long a process uses the edition it knows before it asks the
// store for a newer one.
const editionKept = time.Minute

// newest is the newest edition filed under a subject, read from the store now
// and then.
type newest[E any] struct {
	mu   sync.Mutex
	read time.Time
	last *E
}

// get returns the newest edition, nil when there is none or it can't be read.
func (n *newest[E]) get(h *house, subject string, decode func(body []byte) (*E, error)) *E {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if !n.read.IsZero() && now.Sub(n.read) < editionKept {
		return n.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	row, err := h.db.Edition(ctx, subject, h.clock())
	if err != nil {
		h.log.Error("the newest edition could not be read", "subject", subject, "error", err)
		return n.last
	}
	n.read = now
	if row == nil {
		return n.last
	}
	e, err := decode(row.Body)
	if err != nil {
		h.log.Error("the newest edition could not be read", "subject", subject, "edition", row.ID, "error", err)
		return n.last
	}
	n.last = e
	return e
}

// put is told of an edition that was just made.
func (n *newest[E]) put(e *E) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.read, n.last = time.Now(), e
}

// edition returns the newest edition of the peers' statistics, nil when there is
// none or it can't be read: then nothing is compared, which a finding says by
// naming none.
func (h *house) edition() *detect.Edition {
	return h.peers.get(h, peersSubject, func(body []byte) (*detect.Edition, error) {
		var e detect.Edition
		return &e, json.Unmarshal(body, &e)
	})
}

// makeEdition measures all stored dockets, keeps the edition and marks every
// docket to be looked at again with it. An edition with the same content as
// one that is there is that one.
func (h *house) makeEdition(ctx context.Context, now time.Time) (*detect.Edition, error) {
	head, err := h.db.Head(ctx)
	if err != nil {
		return nil, err
	}
	var all []*docket.Docket
	err = h.eachDocket(ctx, store.DocketFilter{}, func(row *store.DocketRow) error {
		d, err := docket.Decode(row.Body)
		if err != nil {
			return fmt.Errorf("docket %s: %w", row.ID, err)
		}
		all = append(all, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	e := detect.MakeEdition(all, head.Size, now).WithFigures(all, h.rules.At(now))
	if before := h.edition(); before != nil && before.ID != e.ID {
		e.Since = e.Changes(before, h.rules.At(now).EditionMoved())
	} else if before != nil {
		e.Since = before.Since
	}
	body, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	err = h.db.PutEdition(ctx, store.EditionRow{ID: e.ID, Subject: peersSubject, Position: e.Position, Made: e.At, Body: body})
	if err != nil && !errors.Is(err, store.ErrTaken) {
		return nil, err
	}
	h.peers.put(&e)
	return &e, h.db.WakeDockets(ctx, nil, now)
}

// keepEditions makes editions of the statistics and of the learnt score each day until ctx ends.
func (h *house) keepEditions(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	h.keepLearned(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := h.makeEdition(ctx, h.clock()); err != nil && ctx.Err() == nil {
				h.log.Error("no new edition of the peers' statistics", "error", err)
			}
			h.keepLearned(ctx)
		}
	}
}
