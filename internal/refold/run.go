package refold

import (
	"context"
	"errors"
	"sync"
	"time"

	"mingjing/internal/store"
)

// Run works until ctx ends: whenever work is marked (at once when this process
// marked it, else within Poll) and whenever a docket is due. A failing store is
// logged and tried again.
func (w *Worker) Run(ctx context.Context) error {
	var wake <-chan struct{}
	if s, ok := w.Store.(interface{ Wake() <-chan struct{} }); ok {
		wake = s.Wake()
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		did, err := w.pass(ctx, nil)
		if err != nil && ctx.Err() == nil {
			w.Log.Error("refold: will try again", "error", err)
		}
		if did > 0 && err == nil {
			continue
		}
		timer.Reset(w.Poll)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
	}
	return ctx.Err()
}

// Drain works until no work and no due docket is left, work that others have
// claimed included.
func (w *Worker) Drain(ctx context.Context) error {
	looked := map[string]bool{} // dockets that were due and could not be saved: once is enough
	for {
		did, err := w.pass(ctx, looked)
		if err != nil {
			return err
		}
		if did > 0 {
			continue
		}
		left, err := w.Store.Backlog(ctx)
		if err != nil {
			return err
		}
		if left.Codes == 0 {
			// The others may have noted moved rows just before they were done.
			if did, err := w.readMoved(ctx, w.Clock()); err != nil || did == 0 {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// pass takes one handful of work and of due dockets, and says how much it did.
// Due dockets in skip are left out; those that stay due are added to it.
func (w *Worker) pass(ctx context.Context, skip map[string]bool) (did int, err error) {
	now := w.Clock()
	works, err := w.Store.ClaimWork(ctx, 8*w.Parallel, w.Lease, now)
	if err != nil {
		return 0, err
	}
	if len(works) > 0 {
		if err := w.doWork(ctx, works); err != nil {
			return len(works), err
		}
	}
	moved, err := w.readMoved(ctx, now)
	if err != nil {
		return len(works) + moved, err
	}
	if w.Silence != nil {
		if err := w.Silence.Look(ctx); err != nil {
			return len(works) + moved, err
		}
	}
	if w.Rules != nil {
		if err := w.Rules.settle(ctx, now); err != nil {
			return len(works) + moved, err
		}
	}
	due, err := w.Store.Due(ctx, now, 8*w.Parallel)
	if err != nil {
		return len(works) + moved, err
	}
	fresh := due[:0]
	for _, id := range due {
		if !skip[id] {
			fresh = append(fresh, id)
		}
	}
	var mu sync.Mutex
	err = w.each(ctx, fresh, func(id string) error {
		saved, err := w.look(ctx, id)
		if err == nil && !saved && skip != nil {
			mu.Lock()
			skip[id] = true
			mu.Unlock()
		}
		return err
	})
	return len(works) + moved + len(fresh), err
}

// doWork folds the dockets that claimed codes concern, and notes the codes as
// done whose dockets all were. The rest falls free when its lease ends, which
// keeps a docket that cannot be loaded from being tried without pause; when the
// worker is being stopped, at once.
func (w *Worker) doWork(ctx context.Context, works []store.Work) error {
	targets, err := w.resolve(ctx, works)
	if err != nil {
		return errors.Join(err, w.giveBack(ctx, works))
	}
	through := map[string]int64{}
	var ids []string
	for _, t := range targets {
		for _, id := range t.ids {
			if p, ok := through[id]; !ok {
				ids = append(ids, id)
				through[id] = t.through
			} else {
				through[id] = max(p, t.through)
			}
		}
	}
	var mu sync.Mutex
	failed := map[string]bool{}
	err = w.each(ctx, ids, func(id string) error {
		err := w.refold(ctx, id, through[id])
		if err != nil {
			mu.Lock()
			failed[id] = true
			mu.Unlock()
		}
		return err
	})
	var done, undone []store.Work
	for i, work := range works {
		ok := true
		for _, id := range targets[i].ids {
			ok = ok && !failed[id]
		}
		if ok && ctx.Err() == nil {
			done = append(done, work)
		} else {
			undone = append(undone, work)
		}
	}
	return errors.Join(err, w.Store.FinishWork(ctx, done), w.giveBack(ctx, undone))
}

func (w *Worker) giveBack(ctx context.Context, works []store.Work) error {
	if ctx.Err() == nil || len(works) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return w.Store.ReleaseWork(ctx, works)
}

// each runs fn for all ids, Parallel at a time, and joins the errors.
func (w *Worker) each(ctx context.Context, ids []string, fn func(id string) error) error {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
		next = make(chan string)
	)
	for range min(w.Parallel, len(ids)) {
		wg.Go(func() {
			for id := range next {
				if err := fn(id); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			errs = append(errs, ctx.Err())
			break
		}
		next <- id
	}
	close(next)
	wg.Wait()
	return errors.Join(errs...)
}
