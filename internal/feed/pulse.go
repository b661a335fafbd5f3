package feed

import (
	"context"
	"sync"
	"time"
)

// A Pulse looks whether something has grown, once for all who wait, and only
// while somebody does.
type Pulse struct {
	Head  func(ctx context.Context) (int64, error)
	Every time.Duration

	mu      sync.Mutex
	joined  int
	changed chan struct{}
	end     context.CancelFunc
}

// Join begins to look for one more; leave ends it.
func (p *Pulse) Join() (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.joined++; p.joined == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		p.changed, p.end = make(chan struct{}), cancel
		go p.look(ctx)
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.joined--; p.joined == 0 {
			p.end()
		}
	}
}

// Next is closed when it has grown since the call. Who has joined calls
// it before looking for themselves.
func (p *Pulse) Next() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *Pulse) look(ctx context.Context) {
	tick := time.NewTicker(p.Every)
	defer tick.Stop()
	last := int64(-1) // the first look wakes everybody: what came before it is not known
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		head, err := p.Head(ctx)
		if err != nil || head == last { // a store that does not answer is seen by who asks next
			continue
		}
		last = head
		p.mu.Lock()
		if ctx.Err() == nil {
			close(p.changed)
			p.changed = make(chan struct{})
		}
		p.mu.Unlock()
	}
}
