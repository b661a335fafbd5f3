package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"mingjing/internal/ledger"
)

// pgLockHead takes the head to the commit and looks, in the same round trip,
// whether someone has switched syncing off since the start.
const pgLockHead = `SELECT size, root, batches, current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')
	FROM head WHERE one = 1 FOR UPDATE`

func (db *DB) appendPostgres(ctx context.Context, fn func(ledger.Head, inserter) error) error {
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var (
			head  ledger.Head
			root  []byte
			value [3]string
		)
		if err := tx.QueryRow(ctx, pgLockHead).Scan(&head.Size, &root, &head.Batches, &value[0], &value[1], &value[2]); err != nil {
			return err
		}
		for i, s := range pgSettings[:3] {
			if err := s.check(value[i]); err != nil {
				return err
			}
		}
		if len(root) != len(head.Root) {
			return fmt.Errorf("the stored root has %d bytes, needed are %d", len(root), len(head.Root))
		}
		copy(head.Root[:], root)
		return fn(head, &pgInserter{tx})
	})
}

type pgInserter struct{ tx pgx.Tx }

const pgKnown = `SELECT q.n - 1, r.position, r.leaf, r.received
	FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS q (identity, content, n)
	JOIN record r ON r.identity = q.identity AND r.content = q.content`

func (in *pgInserter) known(ctx context.Context, ids []ledger.Ident, found func(int, ledger.Known)) error {
	identities, contents := make([][]byte, len(ids)), make([][]byte, len(ids))
	for i, id := range ids {
		identities[i], contents[i] = notNil(id.Identity), notNil(id.Content)
	}
	rows, err := in.tx.Query(ctx, pgKnown, identities, contents)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			i, received int64
			k           ledger.Known
			leaf        []byte
		)
		if err := rows.Scan(&i, &k.Position, &leaf, &received); err != nil {
			return err
		}
		if len(leaf) != len(k.Leaf) {
			return fmt.Errorf("position %d: the stored leaf has %d bytes", k.Position, len(leaf))
		}
		copy(k.Leaf[:], leaf)
		k.Received = instant(received)
		found(int(i), k)
	}
	return rows.Err()
}

func (in *pgInserter) tile(ctx context.Context, level int, index int64) (*ledger.Tile, error) {
	t := &ledger.Tile{Level: level, Index: index}
	err := in.tx.QueryRow(ctx, sqlReadTile, level, index).Scan(&t.Hashes)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// The lists of one Insert, each in one statement.
const (
	pgCodes = `INSERT INTO code (code, position) SELECT * FROM unnest($1::text[], $2::bigint[])`
	pgMarks = `INSERT INTO work (code, through, since) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
		ON CONFLICT (code) DO UPDATE SET
			since = CASE WHEN work.through > work.done THEN work.since ELSE excluded.since END,
			through = CASE WHEN excluded.through > work.through THEN excluded.through ELSE work.through END`
)

// insert copies the rows, then sends all the rest in one round trip.
func (in *pgInserter) insert(ctx context.Context, g *group) error {
	if len(g.rows) > 0 {
		buf := make([]any, 0, len(rowColumns))
		n, err := in.tx.CopyFrom(ctx, pgx.Identifier{"record"}, rowColumns, pgx.CopyFromSlice(len(g.rows), func(i int) ([]any, error) {
			return rowValues(buf[:0], g.rows[i])
		}))
		if err != nil {
			return err
		}
		if n != int64(len(g.rows)) {
			return fmt.Errorf("copied %d of %d rows", n, len(g.rows))
		}
	}
	var b pgx.Batch
	if len(g.codes) > 0 {
		codes, positions := make([]string, len(g.codes)), make([]int64, len(g.codes))
		for i, c := range g.codes {
			codes[i], positions[i] = c.code, c.position
		}
		b.Queue(pgCodes, codes, positions)
	}
	for _, r := range g.batches {
		b.Queue(sqlBatch, r.ID, ms(r.Received), r.Author.Kind, r.Author.ID, r.Author.Key, notNil(r.Evidence))
	}
	for _, t := range g.tiles {
		b.Queue(sqlTile, t.Level, t.Index, t.Hashes).Exec(one(errTile(t)))
	}
	if len(g.marks) > 0 {
		codes, through, since := make([]string, len(g.marks)), make([]int64, len(g.marks)), make([]int64, len(g.marks))
		for i, m := range g.marks {
			codes[i], through[i], since[i] = m.code, m.through, m.since
		}
		b.Queue(pgMarks, codes, through, since)
	}
	for _, c := range g.counts {
		b.Queue(sqlCount, c.day, c.source, c.dataset, c.records, c.defective)
	}
	b.Queue(sqlHead, g.now.Size, g.now.Root[:], g.now.Batches, g.old.Size, g.old.Batches).Exec(one(errHead(g.old)))
	return in.tx.SendBatch(ctx, &b).Close()
}

// one is an error unless exactly one row was touched.
func one(err error) func(pgconn.CommandTag) error {
	return func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() != 1 {
			return err
		}
		return nil
	}
}
