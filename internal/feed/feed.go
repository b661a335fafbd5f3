package feed

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
)

// Store is what the feed reads; *store.DB is one. See there for the contracts.
type Store interface {
	FeedItems(ctx context.Context, f store.FeedFilter) ([]store.FeedItem, error)
	FeedHead(ctx context.Context) (int64, error)
	FeedStep(ctx context.Context, docket string, at time.Time) (step *store.FeedItem, later bool, err error)
	Dockets(ctx context.Context, f store.DocketFilter) ([]*store.DocketRow, error)
}

// Bounds of requests.
const (
	MaxLimit     = 200              // items on a page
	DefaultLimit = 50               //
	MaxWait      = 30 * time.Second // that one request waits
	asOfAtOnce   = 4                // dockets made anew from the log at once, for all requests
	looksAtOnce  = 8                // of those who wait: how many look at once whether what came is theirs
)

// Config is what a feed stands on. Store must be given.
type Config struct {
	Store Store
	// AsOf makes a docket as it was when folded through a log position, by the
	// contract of refold.Worker.AsOf. nil: what changed since the moment asked
	// for cannot be read as of it (ErrAsOf).
	AsOf  func(ctx context.Context, id string, through int64) (*docket.Docket, error)
	Clock func() time.Time // nil: time.Now
	Key   []byte           // any length; several servers behind one address, and one after a restart, share it; nil: random
	Every time.Duration    // how often the store is looked at while somebody waits; 0: 300 ms
	// Waiting is how many requests of readers with a name may wait at once, and
	// how many of the public; 0: 256.
	Waiting int
}

// A Feed answers readers. Its methods may be called by many goroutines.
type Feed struct {
	cfg            Config
	seal           sealer
	pulse          Pulse
	public, others chan struct{} // a place each for who waits
	asOf, looks    chan struct{}
	stop           chan struct{}
	stopOnce       sync.Once
}

// New makes a feed.
func New(c Config) *Feed {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Every <= 0 {
		c.Every = 300 * time.Millisecond
	}
	if c.Waiting <= 0 {
		c.Waiting = 256
	}
	f := &Feed{
		cfg: c, seal: newSealer(c.Key), public: make(chan struct{}, c.Waiting), others: make(chan struct{}, c.Waiting),
		asOf: make(chan struct{}, asOfAtOnce), looks: make(chan struct{}, looksAtOnce), stop: make(chan struct{}),
	}
	f.pulse.Head, f.pulse.Every = c.Store.FeedHead, c.Every
	return f
}

// Stop lets nobody wait any more: who waits is answered at once.
func (f *Feed) Stop() { f.stopOnce.Do(func() { close(f.stop) }) }

// Stopping is closed when Stop is called: who answers without end ends then.
func (f *Feed) Stopping() <-chan struct{} { return f.stop }

// A Query asks for a page: After forward, Before backward, neither forward from
// the beginning.
type Query struct {
	After, Before string        // cursors, or End
	AsOf          time.Time     // zero: now
	Limit         int           // 0: DefaultLimit
	Wait          time.Duration // forward and without AsOf only; above MaxWait is MaxWait
	Proof         string        // address of a record's proof, with %d for its log position; "": none
}

// End in place of a cursor is the newest end of the feed.
const End = "end"

// A Page is a part of the feed.
type Page struct {
	Items []Item `json:"items" doc:"Forward the oldest first, backward the newest first"`
	Next  string `json:"next" doc:"Cursor from which to read on in the same direction"`
	Prev  string `json:"prev" doc:"Cursor of where this page began, to read in the other direction"`
	End   bool   `json:"end" doc:"Nothing follows in this direction now; forward, more may come"`
}

// An Item is one row of a docket as this reader sees it now. It stands where
// it last changed for this reader: an item replaces any earlier one of its id.
type Item struct {
	ID     string          `json:"id" doc:"Names the row within the feed, the same in all its items; says nothing else"`
	Docket string          `json:"docket" doc:"Id of the docket"`
	At     time.Time       `json:"at" doc:"When it came to be seen so"`
	Begin  bool            `json:"begin,omitzero" doc:"For supervisors: forget all earlier items of this docket; what you see of it follows (it came into or left your jurisdiction)"`
	Gone   bool            `json:"gone,omitzero" doc:"No longer to be seen: deleted by its sender, corrected to another docket, or otherwise withdrawn; forget what you have of this id"`
	Entry  *disclose.Entry `json:"entry,omitempty" doc:"The record, as in its docket"`
	Bulk   *disclose.Bulk  `json:"bulk,omitempty" doc:"In place of the rows of a bulk data set: number and sums"`
	Proof  string          `json:"proof,omitempty" doc:"Where its proof is; absent until its log position may be told"`

	place int64
}

// Errors that callers tell apart with errors.Is.
var (
	ErrBoth   = errors.New("give after or before, not both")
	ErrCursor = errors.New("the cursor is not one of this feed, or your rights have changed since: begin again without it")
	ErrFuture = errors.New("asof lies in the future")
	ErrAsOf   = errors.New("asof cannot be answered here")
	ErrBusy   = errors.New("too many wait already: ask again without wait, or later")
)

// Read gives a page as the reader may see it. When nothing is there yet and the
// query waits, it returns as soon as something is for this reader, when the
// time is over or the feed stops with an empty page, when ctx ends with its
// error, and with ErrBusy when too many wait.
func (f *Feed) Read(ctx context.Context, r disclose.Reader, q Query) (*Page, error) {
	if q.After != "" && q.Before != "" {
		return nil, ErrBoth
	}
	if q.AsOf.After(f.cfg.Clock()) {
		return nil, ErrFuture
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, MaxLimit)
	scope := scopeOf(r)
	// Before the items: all up to the head is there when they are read.
	head, err := f.cfg.Store.FeedHead(ctx)
	if err != nil {
		return nil, err
	}
	place := int64(0)
	switch cursor := q.After + q.Before; cursor {
	case "":
	case End:
		place = head
	default:
		if place, err = f.seal.open(scope, cursor); err != nil {
			return nil, err
		}
	}
	var next int64
	var g *reading
	if q.Before != "" {
		g, err = f.read(ctx, r, q, place)
		if next = 0; err == nil && g.more {
			next = g.last - 1
		}
	} else {
		g, next, err = f.forward(ctx, r, q, place, head)
	}
	if err != nil {
		return nil, err
	}
	return &Page{Items: g.items, Next: f.seal.seal(scope, next), Prev: f.seal.seal(scope, place), End: !g.more}, nil
}

// forward reads what follows place; when there is nothing it waits for it.
func (f *Feed) forward(ctx context.Context, r disclose.Reader, q Query, place, head int64) (g *reading, next int64, err error) {
	waits := q.Wait > 0 && q.AsOf.IsZero()
	var changed <-chan struct{}
	var over *time.Timer
	defer func() {
		if over != nil {
			over.Stop()
		}
	}()
	read := f.read
	for next = place; ; {
		if g, err = read(ctx, r, q, next); err != nil {
			return nil, 0, err
		}
		switch {
		case g.more || !q.AsOf.IsZero() && len(g.items) > 0:
			return g, g.last, nil
		case q.AsOf.IsZero():
			next = max(next, head)
		}
		if len(g.items) > 0 || !waits {
			return g, next, nil
		}
		if over == nil {
			leave, err := f.enter(r)
			if err != nil {
				return nil, 0, err
			}
			defer leave()
			over, read = time.NewTimer(min(q.Wait, MaxWait)), f.look
			defer f.pulse.Join()()
			changed = f.pulse.Next()
			continue // what came before the first look at the pulse
		}
		select {
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		case <-f.stop:
			return g, next, nil
		case <-over.C:
			return g, next, nil
		case <-changed:
		}
		changed = f.pulse.Next()
		if head, err = f.cfg.Store.FeedHead(ctx); err != nil {
			return nil, 0, err
		}
	}
}

// look is read for one who waits: they take turns, so that the store answers
// others too.
func (f *Feed) look(ctx context.Context, r disclose.Reader, q Query, place int64) (*reading, error) {
	select {
	case f.looks <- struct{}{}:
		defer func() { <-f.looks }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return f.read(ctx, r, q, place)
}

// enter takes a place among those who wait.
func (f *Feed) enter(r disclose.Reader) (leave func(), err error) {
	places := f.others
	if r.Audience == disclose.Public || r.Audience == "" {
		places = f.public
	}
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	default:
		return nil, ErrBusy
	}
}

// Source is the reader that a trading system is, with the platform codes whose
// records it owns.
func Source(name string, platforms []string) disclose.Reader {
	return disclose.Reader{Audience: disclose.Source, ID: name, Origins: platforms}
}

// ReadSource is Read for a trading system.
func (f *Feed) ReadSource(ctx context.Context, name string, platforms []string, q Query) (*Page, error) {
	p, err := f.Read(ctx, Source(name, platforms), q)
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", name, err)
	}
	return p, nil
}
