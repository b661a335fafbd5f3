package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func scanOne[T any](s scanner) (T, error) {
	var v T
	return v, s.Scan(&v)
}

// touched is ErrNotFound when a statement changed no row.
func touched(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

type kind int

const (
	kindText kind = iota
	kindInt
	kindBlob
)

// in is the condition "is one of the list at placeholder p", for a list that
// db.list made: one statement text whatever the list's length.
func (db *DB) in(p string, k kind) string {
	if db.pool != nil {
		return "= ANY (" + p + "::" + [...]string{"text", "bigint", "bytea"}[k] + "[])"
	}
	if k == kindBlob {
		return "IN (SELECT unhex(value) FROM json_each(" + p + "))"
	}
	return "IN (SELECT value FROM json_each(" + p + "))"
}

// list is a list ([]string, []int64 or [][]byte) as an argument for in.
func (db *DB) list(items any) any {
	if db.pool != nil {
		return items
	}
	if blobs, ok := items.([][]byte); ok {
		texts := make([]string, len(blobs))
		for i, b := range blobs {
			texts[i] = hex.EncodeToString(b)
		}
		items = texts
	}
	b, err := json.Marshal(items)
	if err != nil {
		panic(fmt.Sprintf("store: list of %T: %v", items, err)) // strings and integers always encode
	}
	return string(b)
}

// A filter builds a WHERE clause with numbered placeholders.
type filter struct {
	db    *DB
	conds []string
	args  []any
}

func (f *filter) arg(v any) string {
	f.args = append(f.args, v)
	return "$" + strconv.Itoa(len(f.args))
}

// add adds a condition in which %s stands for the placeholder of v.
func (f *filter) add(cond string, v any) {
	f.conds = append(f.conds, fmt.Sprintf(cond, f.arg(v)))
}

// anyOf adds "column is one of", unless the list is empty.
func (f *filter) anyOf(column string, values []string) {
	if len(values) > 0 {
		f.conds = append(f.conds, column+" "+f.db.in(f.arg(f.db.list(values)), kindText))
	}
}

func (f *filter) where() string {
	if len(f.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conds, " AND ")
}

// limitOf bounds a page: 0 is the default of 100, the most is 1,000.
func limitOf(n int) int {
	if n <= 0 {
		return 100
	}
	return min(n, 1000)
}
