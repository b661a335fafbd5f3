package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// A breaker is a database driver whose nth call fails: before it did anything,
// or, with after, when it has done it and only the answer is lost.
type breaker struct {
	inner driver.Driver
	left  int
	after bool
}

var errBroken = errors.New("broken on purpose")

func (b *breaker) call(fn func() error) error {
	b.left--
	if b.left < 0 && !b.after || b.left < -1 {
		return errBroken
	}
	if err := fn(); err != nil {
		return err
	}
	if b.left == -1 {
		return errBroken
	}
	return nil
}

func (b *breaker) Open(name string) (driver.Conn, error) {
	c, err := b.inner.Open(name)
	if err != nil {
		return nil, err
	}
	return &brokenConn{c, b}, nil
}

type brokenConn struct {
	driver.Conn
	b *breaker
}

func (c *brokenConn) BeginTx(ctx context.Context, o driver.TxOptions) (tx driver.Tx, err error) {
	err = c.b.call(func() (err error) { tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o); return err })
	if err != nil {
		if tx != nil {
			err = errors.Join(err, tx.Rollback())
		}
		return nil, err
	}
	return &brokenTx{tx, c.b}, nil
}

func (c *brokenConn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	s, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	return &brokenStmt{s, c.b}, nil
}

func (c *brokenConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (r driver.Result, err error) {
	err = c.b.call(func() (err error) { r, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, q, args); return err })
	return r, err
}

type brokenTx struct {
	driver.Tx
	b *breaker
}

func (t *brokenTx) Commit() error {
	err := t.b.call(t.Tx.Commit)
	if errors.Is(err, errBroken) && !t.b.after {
		return errors.Join(err, t.Rollback()) // what SQLite does with a transaction whose connection ends
	}
	return err
}

type brokenStmt struct {
	driver.Stmt
	b *breaker
}

func (s *brokenStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	err = s.b.call(func() (err error) { r, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args); return err })
	return r, err
}

func (s *brokenStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

var breaking = &breaker{inner: &sqlite.Driver{}}

func init() { sql.Register("breaking", breaking) }
