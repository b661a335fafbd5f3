package feed

import (
	"context"
	"sync"
	"time"
)

// A pulse looks whether the feed has grown, once for all who wait, and only
// while somebody does.
type pulse struct {
	head  func(ctx context.Context) (int64, error)
	every time.Duration

	mu      sync.Mutex
	joined  int
	changed chan struct{}
	end     context.CancelFunc
}

// join begins to look for one more; leave ends it.
func (p *pulse) join() (leave func()) {
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

// next is closed when the feed has grown since the call. Who has joined calls
// it before looking for themselves.
func (p *pulse) next() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *pulse) look(ctx context.Context) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	last := int64(-1) // the first look wakes everybody: what came before it is not known
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		head, err := p.head(ctx)
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
