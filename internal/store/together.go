package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// SQLite has one writer. Whoever gets its turn takes along what others are
// waiting to write, in one transaction: a busy worker then pays for one commit,
// and for one flush of the full text, where it would have paid for many.

// maxTogether bounds how long a turn takes.
const maxTogether = 32

// A waiting write belongs to one caller of DB.write.
type waiting struct {
	durability durability
	ctx        context.Context
	fn         func(tx *sql.Tx) error
	err        error
	done       chan struct{} // closed when err is final
}

// A line holds writes that wait for the turn, the first first.
type line struct {
	mu   sync.Mutex
	list []*waiting
}

func (l *line) put(w *waiting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, w)
}

func (l *line) take() []*waiting {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.list), maxTogether)
	out := slices.Clone(l.list[:n])
	l.list = slices.Delete(l.list, 0, n)
	return out
}

// leave takes w out of the line; false when somebody took it along already.
func (l *line) leave(w *waiting) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.list, w)
	if i >= 0 {
		l.list = slices.Delete(l.list, i, i+1)
	}
	return i >= 0
}

// writeTogether runs fn in a transaction, perhaps with others' and perhaps
// more than once, and returns its outcome. A fn that fails undoes nothing of
// the others'.
func (db *DB) writeTogether(ctx context.Context, d durability, fn func(tx *sql.Tx) error) error {
	w := &waiting{durability: d, ctx: ctx, fn: fn, done: make(chan struct{})}
	db.line.put(w)
	for {
		select {
		case db.turn <- struct{}{}:
			db.writeLine()
		case <-w.done:
			return w.err
		case <-ctx.Done():
			if db.line.leave(w) {
				return ctx.Err()
			}
			<-w.done
			return w.err
		}
	}
}

// writeLine writes what waits, with the turn in hand, and gives the turn back.
func (db *DB) writeLine() {
	defer db.give()
	group := db.line.take()
	if len(group) > 1 {
		ran, err := db.writeGroup(group)
		if ran {
			for _, w := range group {
				w.err = err
				close(w.done)
			}
			return
		}
		// One of them failed, and all was undone: each for itself.
	}
	for _, w := range group {
		w.err = inTx(w.ctx, db.writer(w.durability), w.fn)
		close(w.done)
	}
}

// writeGroup runs a group in one transaction. ran is false when one of them
// failed, and nothing of any was kept; else err is the commit's.
func (db *DB) writeGroup(group []*waiting) (ran bool, err error) {
	d := repeated
	for _, w := range group {
		if w.durability == durable {
			d = durable
		}
	}
	ctx := context.WithoutCancel(group[0].ctx) // one who leaves must not take the others' transaction along
	tx, err := db.writer(d).BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing; before, each is run anew
	for _, w := range group {
		if err := w.fn(tx); err != nil {
			return false, err
		}
	}
	return true, tx.Commit()
}

// writer is the connection of SQLite that waits for the disk at a commit, or
// the one that does not.
func (db *DB) writer(d durability) *sql.DB {
	if d == durable {
		return db.synced
	}
	return db.relaxed
}

// inTx runs fn in one transaction of its own.
func inTx(ctx context.Context, on *sql.DB, fn func(tx *sql.Tx) error) error {
	tx, err := on.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing; before, the first error counts
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}
