package refold

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

// maxRounds bounds how often one run begins again because it wrote releases:
// bids, then the committee, then what they made readable, and some to spare.
const maxRounds = 16

var errRounds = errors.New("refold: releases without end")

// refold brings one docket up to at least a position of the log.
func (w *Worker) refold(ctx context.Context, id string, through int64) error {
	defer w.busy.lock(id)()
	stored, err := w.Store.Docket(ctx, id)
	if err != nil {
		return err
	}
	if stored != nil && stored.Through >= through {
		return nil // folded by a run that saw that position
	}
	_, err = w.whole(ctx, id)
	return err
}

// look judges a docket anew because its time has come: with the stored fold,
// unless a seal's moment came, which needs the records.
func (w *Worker) look(ctx context.Context, id string) (saved bool, err error) {
	defer w.busy.lock(id)()
	return w.guarded(ctx, id, func() (bool, error) {
		bulk, err := w.Store.Bulk(ctx, id)
		if err != nil {
			return false, err
		}
		stored, err := w.Store.Docket(ctx, id)
		if err != nil || stored == nil {
			return false, err
		}
		now := w.now()
		d, err := docket.Decode(stored.Body)
		if err != nil || incomplete(stored) {
			return w.rounds(ctx, id)
		}
		if moments, _ := docket.Decide(d, now); len(moments) > 0 {
			return w.rounds(ctx, id)
		}
		d.Through = stored.Through
		saved, err := w.save(ctx, d, now, nil)
		if err != nil {
			return false, err
		}
		if moved, err := w.bulkMovedOn(ctx, id, bulk.Step); err != nil || !moved {
			return saved, err
		}
		return w.rounds(ctx, id)
	})
}

func (w *Worker) whole(ctx context.Context, id string) (saved bool, err error) {
	return w.guarded(ctx, id, func() (bool, error) { return w.rounds(ctx, id) })
}

// guarded runs fn; should it break down, the docket gets a failed finding and
// the queue goes on. What broke is told by type and place, never by value.
func (w *Worker) guarded(ctx context.Context, id string, fn func() (bool, error)) (saved bool, err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		what, where := fmt.Sprintf("%T", p), place()
		w.Log.Error("refold: broke down", "docket", id, "type", what, "at", where)
		saved, err = w.saveFailed(ctx, id, "the fold broke down: "+what+" at "+where)
	}()
	return fn()
}

// place names the function of ours that panicked.
func place() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	after := false
	for {
		f, more := frames.Next()
		if after && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		after = after || f.Function == "runtime.gopanic"
		if !more {
			return "unknown"
		}
	}
}

// rounds loads, folds and releases until nothing more is to be released, then saves.
func (w *Worker) rounds(ctx context.Context, id string) (saved bool, err error) {
	for range maxRounds {
		f, d, err := w.make(ctx, id, true, false)
		if err != nil {
			return false, err
		}
		if f == nil {
			continue
		}
		moments, _ := docket.Decide(d, f.at)
		if len(moments) > 0 && len(f.broken) == 0 { // what cannot be read may be what forbids it
			again, err := w.release(ctx, f, d, moments)
			if err != nil {
				return false, err
			}
			if again {
				continue
			}
		}
		if kept, err := w.keepBulk(ctx, f); err != nil {
			return false, err
		} else if !kept {
			continue
		}
		if err := w.wakeOthers(ctx, f); err != nil {
			return false, err
		}
		if empty(d) {
			if stored, err := w.Store.Docket(ctx, id); err != nil || stored == nil {
				return false, err // its records are all elsewhere, and nobody has seen it
			}
		}
		saved, err := w.save(ctx, d, f.at, f.broken)
		if err != nil {
			return false, err
		}
		if moved, err := w.bulkMovedOn(ctx, id, f.step); err != nil || !moved {
			return saved, err
		}
	}
	return false, errRounds
}

// make loads and folds a docket with all that facts of release have opened. When
// noting, it notes whose tokens these are, and gives no file when one was new.
// When anew, nothing that was kept of bulk rows is used.
func (w *Worker) make(ctx context.Context, id string, noting, anew bool) (*file, *docket.Docket, error) {
	f, err := w.load(ctx, id, anew)
	if err != nil {
		return nil, nil, err
	}
	d, err := w.foldOpened(ctx, f, noting)
	if d == nil {
		return nil, nil, err
	}
	return f, d, err
}

// foldOpened folds what was loaded, with all that its facts of release have
// opened. It gives no docket when noting and a token was new.
func (w *Worker) foldOpened(ctx context.Context, f *file, noting bool) (*docket.Docket, error) {
	d, err := w.fold(ctx, f)
	if err != nil {
		return nil, err
	}
	locks := opened(d)
	if len(locks) == 0 {
		return d, nil
	}
	if noting {
		if fresh, err := w.remember(ctx, f.id, locks); err != nil || fresh {
			return nil, err
		}
	}
	if err := w.unseal(ctx, f, locks, d.Opened); err != nil {
		return nil, err
	}
	return w.fold(ctx, f)
}

// AsOf makes a docket as it was when the log had been folded through a
// position: of the records up to it, opened by the facts of release among
// them. What was erased since is gone. It writes nothing.
func (w *Worker) AsOf(ctx context.Context, id string, through int64) (d *docket.Docket, err error) {
	defer func() {
		if p := recover(); p != nil { // as in guarded: by type and place, never by value
			d, err = nil, fmt.Errorf("refold: docket %q as of position %d cannot be made: %T at %s", id, through, p, place())
		}
	}()
	f, err := w.loadTo(ctx, id, true, through+1)
	if err != nil {
		return nil, err
	}
	return w.foldOpened(ctx, f, false)
}

// empty reports whether nothing makes the docket one.
func empty(d *docket.Docket) bool {
	return len(d.Live) == 0 && len(d.Releases) == 0 && len(d.Bulk) == 0
}

// release decides what becomes of vaults whose moment has come and writes it
// to the log. It reports whether anything was written. A crash after the append
// is made good by the next run, which finds the record.
func (w *Worker) release(ctx context.Context, f *file, d *docket.Docket, moments []docket.Moment) (wrote bool, err error) {
	locks := make([]lock, len(moments))
	for i, m := range moments {
		locks[i] = lock{m.Vault, m.Seal}
	}
	if _, err := w.remember(ctx, d.ID, locks); err != nil {
		return false, err
	}
	bids, err := w.count(ctx, d, moments)
	if err != nil {
		return false, err
	}
	var drafts []ledger.Draft
	for _, m := range moments {
		dec := docket.DecideRelease(m, bids(m))
		old := d.ReleaseOf(m.Vault.Origin, m.Vault.Lot, m.Seal)
		if old != nil && old.State == dec.State && old.Bidders == dec.Bidders {
			continue // failed before, and nothing new
		}
		at := f.at
		if old != nil && !at.After(old.At) {
			at = old.At.Add(time.Millisecond) // a newer count is a newer revision, whatever the clock says
		}
		r := docket.ReleaseRecord(m, dec, at)
		var codes []string
		for _, c := range docket.Codes(&r) {
			codes = append(codes, string(c))
		}
		drafts = append(drafts, ledger.Draft{Record: r, Codes: codes})
		w.Log.Info("refold: release", "docket", d.ID, "lot", m.Vault.Lot, "origin", m.Vault.Origin, "seal", string(m.Seal), "state", dec.State)
	}
	if len(drafts) == 0 {
		return false, nil
	}
	_, err = w.Ledger.Append(ctx, ledger.Submission{Author: ledger.Author{Kind: "system", ID: ledger.SystemOrigin}, Drafts: drafts})
	return err == nil, err
}

// count opens the envelopes of the lots whose moment has come, and only those,
// to count their bidders. It looks at the log as it is now, after the tokens
// were noted, so that a bid is either counted here or wakes the docket.
func (w *Worker) count(ctx context.Context, d *docket.Docket, moments []docket.Moment) (func(docket.Moment) int, error) {
	var locks []lock
	for _, m := range moments {
		if m.Seal == standard.Bid {
			locks = append(locks, lock{m.Vault, m.Seal})
		}
	}
	if len(locks) == 0 {
		return func(m docket.Moment) int {
			if r := d.ReleaseOf(m.Vault.Origin, m.Vault.Lot, standard.Bid); r != nil {
				return r.Bidders
			}
			return 0
		}, nil
	}
	open := func(v standard.Vault, s standard.Seal) bool {
		return d.Opened(v, s) || slices.Contains(locks, lock{v, s})
	}
	f, err := w.load(ctx, d.ID, false)
	if err != nil {
		return nil, err
	}
	if err := w.unseal(ctx, f, locks, open); err != nil {
		return nil, err
	}
	vs := f.versions()
	return func(m docket.Moment) int {
		if m.Seal == standard.Committee {
			if r := d.ReleaseOf(m.Vault.Origin, m.Vault.Lot, standard.Bid); r != nil {
				return r.Bidders
			}
		}
		return docket.Bidders(m.Vault.Origin, m.Vault.Tender, m.Vault.Lot, vs)
	}, nil
}

// wakeOthers marks the dockets that other versions of this docket's rows name
// and that have not seen them: a row moved from one to the other.
func (w *Worker) wakeOthers(ctx context.Context, f *file) error {
	for id, position := range docket.Elsewhere(f.id, f.versions()) {
		other, err := w.Store.Docket(ctx, id)
		if err != nil {
			return err
		}
		if other != nil && other.Through >= position {
			continue
		}
		if err := w.Store.MarkWork(ctx, docket.TenderCode+id, position); err != nil {
			return err
		}
	}
	return nil
}
