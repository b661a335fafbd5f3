package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// errFault is what a MemStore's failing call returns.
var errFault = errors.New("injected fault")

// A MemStore is a Store in memory. It copies what it is given and what it
// gives, remembers every byte it was ever handed, and can be told to fail the
// n-th call (see fault).
type MemStore struct {
	appending sync.Mutex // held by Append: the head row's lock
	mu        sync.Mutex
	head      Head
	rows      []*Row
	batches   []*BatchRow
	tiles     map[[2]int64][]byte
	known     map[string]int64
	handed    bytes.Buffer
	inserts   int

	calls int
	// fault, when not nil, is asked before each call, with its number from 1
	// and its name; an error fails the call. "committed" is asked after a
	// commit: an error then leaves the caller in doubt, with everything kept.
	fault func(n int, name string) error
}

func newMemStore() *MemStore {
	return &MemStore{tiles: map[[2]int64][]byte{}, known: map[string]int64{}}
}

func (m *MemStore) enter(name string) error {
	m.mu.Lock()
	m.calls++
	n, fault := m.calls, m.fault
	m.mu.Unlock()
	if fault == nil {
		return nil
	}
	return fault(n, name)
}

func cloneRow(r *Row) *Row {
	c := *r
	for _, b := range []*[]byte{&c.Fields, &c.Sealed, &c.Seed, &c.Commitments, &c.Salts, &c.Identity, &c.Content, &c.Problems} {
		*b = slices.Clone(*b)
	}
	c.Codes = slices.Clone(r.Codes)
	return &c
}

func cloneBatch(b *BatchRow) *BatchRow {
	c := *b
	c.Evidence = slices.Clone(b.Evidence)
	return &c
}

// dump writes every byte of a row, raw.
func dump(w *bytes.Buffer, r *Row) {
	fmt.Fprintln(w, r.Position, r.Received, r.Author, r.Origin, r.Batch, r.Standard, r.Dataset, r.Key, r.Revision, r.Op, r.Occurred, r.Codes)
	for _, b := range [][]byte{r.Fields, r.Sealed, r.Seed, r.Commitments, r.Salts, r.Leaf[:], r.Identity, r.Content, r.Problems} {
		w.Write(b)
		w.WriteByte('\n')
	}
}

func (m *MemStore) Append(ctx context.Context, fn func(tx Tx) error) error {
	m.appending.Lock()
	defer m.appending.Unlock()
	if err := m.enter("append"); err != nil {
		return err
	}
	m.mu.Lock()
	tx := &memTx{m: m, head: m.head}
	m.mu.Unlock()
	if err := fn(tx); err != nil {
		return err
	}
	if err := m.enter("commit"); err != nil {
		return err
	}
	m.mu.Lock()
	m.commit(tx)
	m.mu.Unlock()
	return m.enter("committed")
}

func (m *MemStore) commit(tx *memTx) {
	if tx.inserted {
		m.inserts++
	}
	for _, r := range tx.rows {
		m.rows = append(m.rows, r)
		m.known[string(r.Identity)+string(r.Content)] = r.Position
	}
	m.batches = append(m.batches, tx.batches...)
	for _, t := range tx.tiles {
		m.tiles[[2]int64{int64(t.Level), t.Index}] = t.Hashes
	}
	m.head = tx.head
}

func (m *MemStore) Head(context.Context) (Head, error) {
	if err := m.enter("head"); err != nil {
		return Head{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head, nil
}

func (m *MemStore) Rows(_ context.Context, from, to int64, fn func(*Row) error) error {
	if err := m.enter("rows"); err != nil {
		return err
	}
	m.mu.Lock()
	rows := slices.Clone(m.rows)
	m.mu.Unlock()
	for _, r := range rows {
		if r.Position >= from && r.Position < to {
			if err := fn(cloneRow(r)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *MemStore) RowsAt(_ context.Context, positions []int64) ([]*Row, error) {
	if err := m.enter("rows at"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*Row
	for _, p := range positions {
		if p >= 0 && p < int64(len(m.rows)) {
			out = append(out, cloneRow(m.rows[p]))
		}
	}
	return out, nil
}

func (m *MemStore) Batch(_ context.Context, id int64) (*BatchRow, error) {
	if err := m.enter("batch"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if id < 1 || id > int64(len(m.batches)) {
		return nil, nil
	}
	return cloneBatch(m.batches[id-1]), nil
}

func (m *MemStore) Tile(_ context.Context, level int, index int64) (*Tile, error) {
	if err := m.enter("tile"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tile(level, index), nil
}

func (m *MemStore) tile(level int, index int64) *Tile {
	if h := m.tiles[[2]int64{int64(level), index}]; h != nil {
		return &Tile{Level: level, Index: index, Hashes: slices.Clone(h)}
	}
	return nil
}

func (m *MemStore) Rewrite(_ context.Context, row *Row) error {
	if err := m.enter("rewrite"); err != nil {
		return err
	}
	m.mu.Lock()
	r := cloneRow(row)
	old := m.rows[row.Position]
	next := *old
	next.Fields, next.Sealed, next.Seed, next.Commitments, next.Salts, next.Problems = r.Fields, r.Sealed, r.Seed, r.Commitments, r.Salts, r.Problems
	m.rows[row.Position] = &next
	m.mu.Unlock()
	return m.enter("rewritten")
}

func (m *MemStore) RewriteBatch(_ context.Context, b *BatchRow) error {
	if err := m.enter("rewrite batch"); err != nil {
		return err
	}
	m.mu.Lock()
	next := *m.batches[b.ID-1]
	next.Evidence = slices.Clone(b.Evidence)
	m.batches[b.ID-1] = &next
	m.mu.Unlock()
	return m.enter("batch rewritten")
}

type memTx struct {
	m        *MemStore
	head     Head
	rows     []*Row
	batches  []*BatchRow
	tiles    []Tile
	inserted bool
}

func (t *memTx) Head() Head { return t.head }

func (t *memTx) Known(_ context.Context, ids []Ident) (map[int]Known, error) {
	if err := t.m.enter("known"); err != nil {
		return nil, err
	}
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	out := map[int]Known{}
	for i, id := range ids {
		if at, ok := t.m.known[string(id.Identity)+string(id.Content)]; ok {
			r := t.m.rows[at]
			out[i] = Known{Position: r.Position, Leaf: r.Leaf, Received: r.Received}
		}
	}
	return out, nil
}

func (t *memTx) Tile(_ context.Context, level int, index int64) (*Tile, error) {
	if err := t.m.enter("tx tile"); err != nil {
		return nil, err
	}
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	return t.m.tile(level, index), nil
}

func (t *memTx) Insert(_ context.Context, rows []*Row, batches []*BatchRow, tiles []Tile, head Head) error {
	if err := t.m.enter("insert"); err != nil {
		return err
	}
	t.m.mu.Lock()
	defer t.m.mu.Unlock()
	for i, r := range rows {
		if r.Position != t.head.Size+int64(i) {
			return fmt.Errorf("row %d at position %d, want %d", i, r.Position, t.head.Size+int64(i))
		}
		dump(&t.m.handed, r)
		t.rows = append(t.rows, cloneRow(r))
	}
	for i, b := range batches {
		if b.ID != t.head.Batches+int64(i)+1 {
			return fmt.Errorf("batch %d has id %d", i, b.ID)
		}
		t.m.handed.Write(b.Evidence)
		t.batches = append(t.batches, cloneBatch(b))
	}
	for _, tl := range tiles {
		t.tiles = append(t.tiles, Tile{Level: tl.Level, Index: tl.Index, Hashes: slices.Clone(tl.Hashes)})
	}
	if head.Size != t.head.Size+int64(len(rows)) || head.Batches != t.head.Batches+int64(len(batches)) {
		return fmt.Errorf("head %d/%d does not count what is inserted", head.Size, head.Batches)
	}
	t.head, t.inserted = head, true
	return nil
}

var (
	_ Store         = (*MemStore)(nil)
	_ BatchRewriter = (*MemStore)(nil)
)
