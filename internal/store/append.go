package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"mingjing/internal/ledger"
)

// An inserter is the part of an append in which the databases differ.
type inserter interface {
	known(ctx context.Context, ids []ledger.Ident, found func(i int, k ledger.Known)) error
	tile(ctx context.Context, level int, index int64) (*ledger.Tile, error)
	insert(ctx context.Context, g *group) error
}

// A group is what one Insert writes, prepared alike for both databases.
type group struct {
	rows     []*ledger.Row
	batches  []*ledger.BatchRow
	tiles    []ledger.Tile
	old, now ledger.Head
	codes    []codeAt
	marks    []mark
	counts   []count
}

type codeAt struct {
	code     string
	position int64
}

// A mark is a code's greatest and smallest position in the group.
type mark struct {
	code           string
	through, since int64
}

type count struct {
	day, source, dataset string
	records, defective   int64
}

// Append implements ledger.Store. fn must write through its Tx only: this
// process's turn to write is taken, and another write would wait for it forever.
func (db *DB) Append(ctx context.Context, fn func(tx ledger.Tx) error) error {
	if err := db.take(ctx); err != nil {
		return fmt.Errorf("store: append: %w", err)
	}
	defer db.give()
	run := db.appendSQLite
	if db.pool != nil {
		run = db.appendPostgres
	}
	marked := false
	err := run(ctx, func(head ledger.Head, in inserter) error {
		tx := &appendTx{head: head, in: in}
		if err := fn(tx); err != nil {
			return err
		}
		marked = tx.marked
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: append: %w", err)
	}
	if marked {
		db.signal()
	}
	return nil
}

type appendTx struct {
	head   ledger.Head
	in     inserter
	marked bool
}

// Head implements ledger.Tx. After an Insert it is the new head.
func (t *appendTx) Head() ledger.Head { return t.head }

// Known implements ledger.Tx. The revision is not looked at: it is inside the
// content MAC, because a sealed row's revision column is empty.
func (t *appendTx) Known(ctx context.Context, ids []ledger.Ident) (map[int]ledger.Known, error) {
	out := map[int]ledger.Known{}
	if len(ids) == 0 {
		return out, nil
	}
	err := t.in.known(ctx, ids, func(i int, k ledger.Known) { out[i] = k })
	return out, err
}

// Tile implements ledger.Tx.
func (t *appendTx) Tile(ctx context.Context, level int, index int64) (*ledger.Tile, error) {
	return t.in.tile(ctx, level, index)
}

// Insert implements ledger.Tx.
func (t *appendTx) Insert(ctx context.Context, rows []*ledger.Row, batches []*ledger.BatchRow, tiles []ledger.Tile, head ledger.Head) error {
	g, err := newGroup(t.head, rows, batches, tiles, head)
	if err != nil {
		return err
	}
	if err := t.in.insert(ctx, g); err != nil {
		return err
	}
	t.head = head
	t.marked = t.marked || len(g.marks) > 0
	return nil
}

// newGroup checks what is handed in against the head it stands on: positions
// follow each other, the head counts them.
func newGroup(old ledger.Head, rows []*ledger.Row, batches []*ledger.BatchRow, tiles []ledger.Tile, now ledger.Head) (*group, error) {
	if now.Size != old.Size+int64(len(rows)) || now.Batches != old.Batches+int64(len(batches)) {
		return nil, fmt.Errorf("head says %d records in %d batches; stored are %d in %d, and %d in %d are new",
			now.Size, now.Batches, old.Size, old.Batches, len(rows), len(batches))
	}
	g := &group{rows: rows, batches: batches, old: old, now: now}
	for i, r := range rows {
		if want := old.Size + int64(i); r.Position != want {
			return nil, fmt.Errorf("position %d where %d is next", r.Position, want)
		}
		if err := checkRow(r); err != nil {
			return nil, err
		}
	}
	for _, b := range batches {
		if err := checkTexts("batch author", b.Author.Kind, b.Author.ID, b.Author.Key); err != nil {
			return nil, err
		}
	}
	for _, tl := range tiles {
		if n := len(tl.Hashes); n == 0 || n%32 != 0 || n > 256*32 {
			return nil, fmt.Errorf("tile %d/%d has %d bytes: needed are 1 to 256 hashes of 32", tl.Level, tl.Index, n)
		}
	}
	g.tiles = lastTiles(tiles)
	g.route()
	g.count()
	return g, nil
}

// lastTiles keeps the last of each tile, in order.
func lastTiles(tiles []ledger.Tile) []ledger.Tile {
	type at struct {
		level int
		index int64
	}
	last := make(map[at]int, len(tiles))
	for i, t := range tiles {
		last[at{t.Level, t.Index}] = i
	}
	out := make([]ledger.Tile, 0, len(last))
	for i, t := range tiles {
		if last[at{t.Level, t.Index}] == i {
			out = append(out, t)
		}
	}
	return out
}

// route makes the rows of code and the marks of work. Marks are sorted: all
// who lock work rows lock them in that order, so that none waits in a circle.
func (g *group) route() {
	marks := map[string]*mark{}
	for _, r := range g.rows {
		for i, code := range r.Codes {
			if slices.Contains(r.Codes[:i], code) {
				continue
			}
			code = shortCode(code)
			g.codes = append(g.codes, codeAt{code, r.Position})
			if m := marks[code]; m != nil {
				m.through = r.Position
			} else {
				marks[code] = &mark{code, r.Position, r.Position}
			}
		}
	}
	for _, m := range marks {
		g.marks = append(g.marks, *m)
	}
	slices.SortFunc(g.marks, func(a, b mark) int { return compare(a.code, b.code) })
}

// zone is the one in which the office's day begins; +08:00 has no summer time.
var zone = time.FixedZone("+08:00", 8*3600)

// count makes the counters, of open data sets only: even the number of sealed
// records would tell how many bid. What people do is counted nowhere: how much a
// person did on a day is nobody's.
func (g *group) count() {
	type at struct{ day, source, dataset string }
	counts := map[at]*count{}
	for _, r := range g.rows {
		if r.Dataset == "" || r.Author.Kind == "person" {
			continue
		}
		k := at{r.Received.In(zone).Format(time.DateOnly), r.Author.ID, r.Dataset}
		c := counts[k]
		if c == nil {
			c = &count{day: k.day, source: k.source, dataset: k.dataset}
			counts[k] = c
		}
		c.records++
		if p := bytes.TrimSpace(r.Problems); len(p) > 0 && !bytes.Equal(p, []byte("[]")) && !bytes.Equal(p, []byte("null")) {
			c.defective++
		}
	}
	for _, c := range counts {
		g.counts = append(g.counts, *c)
	}
	slices.SortFunc(g.counts, func(a, b count) int {
		if c := compare(a.day, b.day); c != 0 {
			return c
		}
		if c := compare(a.source, b.source); c != 0 {
			return c
		}
		return compare(a.dataset, b.dataset)
	})
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// The statements that are the same on both databases. A tile may grow but
// never shrink or change: then no row is touched, and the append fails.
const (
	sqlTile = `INSERT INTO tile (level, idx, hashes) VALUES ($1, $2, $3)
		ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes
		WHERE length(excluded.hashes) >= length(tile.hashes) AND substr(excluded.hashes, 1, length(tile.hashes)) = tile.hashes`
	sqlBatch = `INSERT INTO batch (id, received, author_kind, author_id, author_key, evidence) VALUES ($1, $2, $3, $4, $5, $6)`
	sqlMark  = `INSERT INTO work (code, through, since) VALUES ($1, $2, $3)
		ON CONFLICT (code) DO UPDATE SET
			since = CASE WHEN work.through > work.done THEN work.since ELSE excluded.since END,
			through = CASE WHEN excluded.through > work.through THEN excluded.through ELSE work.through END`
	sqlCount = `INSERT INTO counter (day, source, dataset, records, defective) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (day, source, dataset) DO UPDATE SET
			records = counter.records + excluded.records, defective = counter.defective + excluded.defective`
	sqlHead = `UPDATE head SET size = $1, root = $2, batches = $3 WHERE one = 1 AND size = $4 AND batches = $5`
)

func errTile(t ledger.Tile) error {
	return fmt.Errorf("tile %d/%d would shrink or change: its stored hashes are not a beginning of the new ones", t.Level, t.Index)
}

func errHead(old ledger.Head) error {
	return fmt.Errorf("the head is no longer at %d records: another program wrote without holding it", old.Size)
}
