package identity

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// pollEvery is how often the store is asked whether anybody's access ended.
// With one look's time it bounds how long an open page outlives its session.
const pollEvery = 300 * time.Millisecond

// blindFor is how long the store may not answer until everything that is
// watched is taken as ended: who cannot be checked is not let in.
const blindFor = 5 * time.Second

// A watch closes channels when what they hang on has ended. It asks the store
// for one number each pollEvery, however many are watched, and looks at each
// only when that number has grown, when its time is over, or when it is new:
// what ended between the first look and the watch would else be missed. It
// polls only while something is watched.
type watch struct {
	access func(context.Context) (int64, error)
	clock  func() time.Time

	blind time.Duration // default blindFor

	mu      sync.Mutex
	on      map[string]*watched
	polling bool
}

// A watched thing: a session in a post, or a token.
type watched struct {
	look  func(context.Context) (why Why, until time.Time, err error) // why "" while it lasts, until until at the latest
	users int
	until time.Time // zero: not looked at yet, or open
	fresh bool      // not looked at since it is watched
	why   Why       // read after done is closed
	done  chan struct{}
}

// add watches key until ctx ends.
func (w *watch) add(ctx context.Context, key string, look func(context.Context) (Why, time.Time, error)) *watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.on == nil {
		w.on = map[string]*watched{}
	}
	e := w.on[key]
	if e == nil {
		e = &watched{look: look, done: make(chan struct{})}
		w.on[key] = e
	}
	e.users++
	e.fresh = true
	if !w.polling {
		w.polling = true
		go w.poll()
	}
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if e.users--; e.users == 0 && w.on[key] == e {
			delete(w.on, key)
		}
	})
	return e
}

func (w *watch) poll() {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	ctx := context.Background() // of nobody's request
	blind := cmp.Or(w.blind, blindFor)
	last, answered := int64(-1), time.Now()
	for range tick.C {
		w.mu.Lock()
		if len(w.on) == 0 {
			w.polling = false
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		look, stop := context.WithTimeout(ctx, blind)
		n, err := w.access(look)
		if err == nil && w.lookAll(look, n != last) == nil {
			last, answered = n, time.Now()
		}
		stop()
		if time.Since(answered) > blind {
			w.endAll()
		}
	}
}

// lookAll looks at what is due, all of it when something changed.
func (w *watch) lookAll(ctx context.Context, changed bool) error {
	now := w.clock()
	due := map[string]*watched{}
	w.mu.Lock()
	for key, e := range w.on {
		if changed || e.fresh || !e.until.IsZero() && !now.Before(e.until) {
			e.fresh = false
			due[key] = e
		}
	}
	w.mu.Unlock()
	for key, e := range due {
		why, until, err := e.look(ctx)
		w.mu.Lock()
		if err != nil { // again at the next turn, those not reached too
			for _, e := range due {
				e.fresh = true
			}
			w.mu.Unlock()
			return err
		}
		if why != "" {
			w.end(key, e, why)
		}
		e.until = until
		w.mu.Unlock()
	}
	return nil
}

// end closes, with mu held.
func (w *watch) end(key string, e *watched, why Why) {
	if w.on[key] == e {
		delete(w.on, key)
		e.why = why
		close(e.done)
	}
}

func (w *watch) endAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, e := range w.on {
		w.end(key, e, NotKnown)
	}
}
