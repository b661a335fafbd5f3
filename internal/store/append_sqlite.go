package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"mingjing/internal/ledger"
)

// bulkRows is how many rows one INSERT carries; fewer than that go singly.
const bulkRows = 50

// bulk holds the prepared statements of the writer's one connection.
type bulk struct {
	db    *sql.DB
	stmts map[string]*sql.Stmt
}

func newBulk(db *sql.DB) *bulk { return &bulk{db: db, stmts: map[string]*sql.Stmt{}} }

func (b *bulk) close() error {
	var errs []error
	for _, s := range b.stmts {
		errs = append(errs, s.Close())
	}
	clear(b.stmts)
	return errors.Join(errs...)
}

// stmt is a prepared statement in a transaction, which closes it at its end.
func (b *bulk) stmt(ctx context.Context, tx *sql.Tx, query string) (*sql.Stmt, error) {
	s := b.stmts[query]
	if s == nil {
		return nil, fmt.Errorf("not prepared: %s", query)
	}
	return tx.StmtContext(ctx, s), nil
}

// warm prepares the statements of the append path before a transaction takes
// the writer's one connection.
func (b *bulk) warm(ctx context.Context) error {
	if len(b.stmts) > 0 {
		return nil
	}
	for _, q := range []string{
		insertSQL("record", rowColumns, 1), insertSQL("record", rowColumns, bulkRows),
		insertSQL("code", codeColumns, 1), insertSQL("code", codeColumns, bulkRows),
		sqlTile, sqlBatch, sqlMark, sqlCount, sqlHead, sqliteKnown, sqlReadHead, sqlReadTile,
	} {
		s, err := b.db.PrepareContext(ctx, q) //nolint:sqlclosecheck // closed with the store
		if err != nil {
			return errors.Join(err, b.close())
		}
		b.stmts[q] = s
	}
	return nil
}

var codeColumns = []string{"code", "position"}

// insertSQL is an INSERT of n rows. Its placeholders have no names: the driver
// looks up names one by one, which for hundreds of them costs more than the rows.
func insertSQL(table string, columns []string, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j := range columns {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteByte('?')
		}
		b.WriteByte(')')
	}
	return b.String()
}

func (db *DB) appendSQLite(ctx context.Context, fn func(ledger.Head, inserter) error) error {
	if err := db.bulk.warm(ctx); err != nil {
		return err
	}
	tx, err := db.synced.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing; before, the first error counts
	in := &sqliteInserter{tx: tx, bulk: db.bulk}
	s, err := in.bulk.stmt(ctx, tx, sqlReadHead) //nolint:sqlclosecheck // the transaction closes it
	if err != nil {
		return err
	}
	head, err := scanHead(s.QueryRowContext(ctx))
	if err != nil {
		return err
	}
	if err := fn(head, in); err != nil {
		return err
	}
	return tx.Commit()
}

type sqliteInserter struct {
	tx   *sql.Tx
	bulk *bulk
}

// sqliteKnown takes all idents as one JSON array of hex pairs; CROSS JOIN
// keeps the array outside and the index inside.
const sqliteKnown = `SELECT j.key, r.position, r.leaf, r.received FROM json_each($1) j
	CROSS JOIN record r ON r.identity = unhex(j.value ->> 0) AND r.content = unhex(j.value ->> 1)`

func (in *sqliteInserter) known(ctx context.Context, ids []ledger.Ident, found func(int, ledger.Known)) error {
	pairs := make([][2]string, len(ids))
	for i, id := range ids {
		pairs[i] = [2]string{hex.EncodeToString(id.Identity), hex.EncodeToString(id.Content)}
	}
	arg, err := json.Marshal(pairs)
	if err != nil {
		return err
	}
	s, err := in.bulk.stmt(ctx, in.tx, sqliteKnown) //nolint:sqlclosecheck // the transaction closes it
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, string(arg))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			i           int
			k           ledger.Known
			leaf        []byte
			received    int64
			errScan     = rows.Scan(&i, &k.Position, &leaf, &received)
			wrongLength = len(leaf) != len(k.Leaf)
		)
		if errScan != nil {
			return errScan
		}
		if wrongLength {
			return fmt.Errorf("position %d: the stored leaf has %d bytes", k.Position, len(leaf))
		}
		copy(k.Leaf[:], leaf)
		k.Received = instant(received)
		found(i, k)
	}
	return rows.Err()
}

func (in *sqliteInserter) tile(ctx context.Context, level int, index int64) (*ledger.Tile, error) {
	s, err := in.bulk.stmt(ctx, in.tx, sqlReadTile) //nolint:sqlclosecheck // the transaction closes it
	if err != nil {
		return nil, err
	}
	return scanTile(level, index, s.QueryRowContext(ctx, level, index))
}

func (in *sqliteInserter) insert(ctx context.Context, g *group) error {
	if err := insertMany(ctx, in, "record", rowColumns, g.rows, rowValues); err != nil {
		return err
	}
	if err := insertMany(ctx, in, "code", codeColumns, g.codes, func(dst []any, c codeAt) ([]any, error) {
		return append(dst, c.code, c.position), nil
	}); err != nil {
		return err
	}
	for _, b := range g.batches {
		if _, err := in.exec(ctx, sqlBatch, b.ID, ms(b.Received), b.Author.Kind, b.Author.ID, b.Author.Key, notNil(b.Evidence)); err != nil {
			return err
		}
	}
	for _, t := range g.tiles {
		n, err := in.exec(ctx, sqlTile, t.Level, t.Index, t.Hashes)
		if err != nil {
			return err
		}
		if n != 1 {
			return errTile(t)
		}
	}
	for _, m := range g.marks {
		if _, err := in.exec(ctx, sqlMark, m.code, m.through, m.since); err != nil {
			return err
		}
	}
	for _, c := range g.counts {
		if _, err := in.exec(ctx, sqlCount, c.day, c.source, c.dataset, c.records, c.defective); err != nil {
			return err
		}
	}
	n, err := in.exec(ctx, sqlHead, g.now.Size, g.now.Root[:], g.now.Batches, g.old.Size, g.old.Batches)
	if err != nil {
		return err
	}
	if n != 1 {
		return errHead(g.old)
	}
	return nil
}

func (in *sqliteInserter) exec(ctx context.Context, query string, args ...any) (int64, error) {
	s, err := in.bulk.stmt(ctx, in.tx, query) //nolint:sqlclosecheck // the transaction closes it
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func insertMany[T any](ctx context.Context, in *sqliteInserter, table string, columns []string, items []T, values func([]any, T) ([]any, error)) error {
	one, many := insertSQL(table, columns, 1), insertSQL(table, columns, bulkRows)
	args := make([]any, 0, bulkRows*len(columns))
	for len(items) > 0 {
		n, query := 1, one
		if len(items) >= bulkRows {
			n, query = bulkRows, many
		}
		args = args[:0]
		for _, it := range items[:n] {
			var err error
			if args, err = values(args, it); err != nil {
				return err
			}
		}
		if _, err := in.exec(ctx, query, args...); err != nil {
			return err
		}
		items = items[n:]
	}
	return nil
}

// notNil is for columns that are NOT NULL: nothing is the empty string of bytes.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
