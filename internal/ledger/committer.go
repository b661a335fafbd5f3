package ledger

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// run commits groups until the ledger is closed. A group is whatever waits when
// the last commit has ended, up to maxGroup records: an idle ledger answers at
// once, a busy one fills its groups by itself.
func (l *Ledger) run(ctx context.Context) {
	defer close(l.stopped)
	for {
		select {
		case r := <-l.queue:
			l.commitGroup(ctx, l.collect(r))
		case <-l.closing:
			for {
				select {
				case r := <-l.queue:
					l.commitGroup(ctx, l.collect(r))
				default:
					return
				}
			}
		}
	}
}

func (l *Ledger) collect(first *request) []*request {
	group, n := []*request{first}, len(first.rows)
	for n < maxGroup {
		select {
		case r := <-l.queue:
			group = append(group, r)
			n += len(r.rows)
		default:
			return group
		}
	}
	return group
}

// commitGroup commits a group and answers every request in it.
func (l *Ledger) commitGroup(ctx context.Context, group []*request) {
	live := group[:0]
	for _, r := range group {
		if r.err = r.ctx.Err(); r.err != nil {
			close(r.done) // nobody waits, nothing was stored
			continue
		}
		live = append(live, r)
	}
	if len(live) == 0 {
		return
	}
	l.commit.Lock()
	err := l.commitLocked(ctx, live)
	l.commit.Unlock()
	for _, r := range live {
		if err != nil {
			r.outcomes, r.err = nil, err
		}
		close(r.done)
	}
}

func (l *Ledger) commitLocked(ctx context.Context, group []*request) error {
	// Keys first: no committed record may need a key that a crash could lose.
	if err := l.keys.sync(); err != nil {
		return err
	}
	for _, r := range group {
		for _, e := range r.keys {
			if _, gone := l.keys.find(e.id); gone {
				r.err = fmt.Errorf("%w: a key of this submission was destroyed meanwhile; send it again", ErrKeyring)
			}
		}
	}
	g := &commitGroup{ledger: l, ctx: ctx}
	for _, r := range group {
		if r.err == nil {
			g.add(r)
		}
	}
	if len(g.rows) == 0 {
		return nil
	}
	l.finish(g)
	err := l.store.Append(ctx, g.insert)
	if err == nil {
		g.answer()
		l.mu.Lock()
		if g.edge != nil {
			l.edge, l.head, l.received = g.edge, g.head, g.received
		}
		l.mu.Unlock()
		l.markErasures()
		return nil
	}
	// Whether it was committed is unknown: what is in the store decides.
	l.mu.Lock()
	l.edge = nil
	l.mu.Unlock()
	return fmt.Errorf("append: %w", err)
}

// A commitGroup is one transaction's worth of requests.
type commitGroup struct {
	ledger   *Ledger
	ctx      context.Context
	requests []*request
	rows     []*prepared // all rows of all requests, in order
	of       []int       // index of the row's request
	received time.Time

	// Set by the last run of insert.
	edge  *edge
	head  Head
	known map[int]Known
	first []int // for each row the index of the row in this group that it repeats, or itself
}

func (g *commitGroup) add(r *request) {
	for _, p := range r.rows {
		g.rows = append(g.rows, p)
		g.of = append(g.of, len(g.requests))
	}
	g.requests = append(g.requests, r)
}

// finish gives all rows one received time, which never runs backwards.
func (l *Ledger) finish(g *commitGroup) {
	l.mu.Lock()
	last := l.received
	l.mu.Unlock()
	g.stamp(later(l.opt.Clock().UTC().Truncate(time.Millisecond), last))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (g *commitGroup) stamp(received time.Time) {
	g.received = received
	for i, p := range g.rows {
		r := g.requests[g.of[i]]
		p.finish(received, r.batch != nil, r.commit)
	}
}

// insert is the transaction. A store may run it again after a conflict, so it
// changes nothing but g and the rows, and those it sets anew each time.
func (g *commitGroup) insert(tx Tx) error {
	head := tx.Head()
	e, err := g.edgeAt(tx, head)
	if err != nil {
		return err
	}
	if err := g.findKnown(tx); err != nil {
		return err
	}
	var (
		rows    []*Row
		batches []*BatchRow
		leaves  []Hash
		batchOf = make([]int64, len(g.requests))
	)
	for i, p := range g.rows {
		if _, ok := g.known[i]; ok || g.first[i] != i {
			continue
		}
		at := g.of[i]
		if b := g.requests[at].batch; b != nil {
			if batchOf[at] == 0 {
				head.Batches++
				batchOf[at] = head.Batches
				b.ID, b.Received = head.Batches, g.received
				batches = append(batches, b)
			}
			p.row.Batch = batchOf[at]
		}
		p.row.Position = head.Size
		head.Size++
		rows = append(rows, p.row)
		leaves = append(leaves, p.row.Leaf)
	}
	if len(rows) == 0 {
		return nil
	}
	tiles := e.append(leaves)
	head.Root = e.root()
	g.edge, g.head = e, head
	return tx.Insert(g.ctx, rows, batches, tiles, head)
}

// edgeAt returns a copy of the edge that belongs to head. When another process
// has appended, or an error left the outcome open, it is read from the store.
func (g *commitGroup) edgeAt(tx Tx, head Head) (*edge, error) {
	l := g.ledger
	g.edge = nil
	l.mu.Lock()
	e, known, last := l.edge, l.head, l.received
	l.mu.Unlock()
	if e == nil || known != head {
		tiles := func(level int, index int64) (*Tile, error) { return tx.Tile(g.ctx, level, index) }
		if err := l.reload(g.ctx, head, tiles); err != nil {
			return nil, err
		}
		l.mu.Lock()
		e, last = l.edge, l.received
		l.mu.Unlock()
	}
	if last.After(g.received) {
		g.stamp(last)
	}
	return e.clone(), nil
}

// findKnown finds which rows repeat a stored version or one earlier in the group.
func (g *commitGroup) findKnown(tx Tx) error {
	ids := make([]Ident, len(g.rows))
	g.first = make([]int, len(g.rows))
	seen := make(map[string]int, len(g.rows))
	for i, p := range g.rows {
		ids[i] = Ident{Identity: p.row.Identity, Content: p.row.Content, Revision: p.row.Revision}
		name := string(slices.Concat(p.row.Identity, p.row.Content))
		if at, ok := seen[name]; ok {
			g.first[i] = at
			continue
		}
		seen[name], g.first[i] = i, i
	}
	var err error
	g.known, err = tx.Known(g.ctx, ids)
	return err
}

// answer fills the outcomes after the commit.
func (g *commitGroup) answer() {
	for _, r := range g.requests {
		r.outcomes = make([]Outcome, 0, len(r.rows))
	}
	for i := range g.rows {
		var o Outcome
		if k, ok := g.known[i]; ok {
			o = Outcome{Duplicate: true, Receipt: g.ledger.receipt(k.Position, k.Leaf, k.Received)}
		} else {
			row := g.rows[g.first[i]].row
			o = Outcome{Duplicate: g.first[i] != i, Receipt: g.ledger.receipt(row.Position, row.Leaf, row.Received)}
		}
		r := g.requests[g.of[i]]
		r.outcomes = append(r.outcomes, o)
	}
}

func (l *Ledger) receipt(position int64, leaf Hash, received time.Time) Receipt {
	return Receipt{Log: l.opt.Name, Position: position, Leaf: hex.EncodeToString(leaf[:]), Received: ReceivedText(received)}
}
