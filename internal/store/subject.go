package store

import (
	"context"
	"fmt"
)

// A Naming is one body that one docket names in one role.
type Naming struct{ Docket, Role, Name, Code string }

func scanNaming(s scanner) (Naming, error) {
	var n Naming
	return n, s.Scan(&n.Docket, &n.Role, &n.Name, &n.Code)
}

// Namings returns where a body is named, as the reader of a query's scopes sees
// it, up to one more than most: by its code, or with code "" by the names,
// whatever code is given with them.
func (db *DB) Namings(ctx context.Context, q SearchQuery, code string, names []string, most int) ([]Naming, error) {
	v, err := (&partyView{db: db}).scoped(ctx, q)
	if err != nil || v == nil || code == "" && len(names) == 0 {
		return nil, err
	}
	f := &filter{db: db}
	if code != "" {
		f.add("p.code = %s", code)
		f.conds = append(f.conds, "p.code <> ''") // or the index would not be used
	} else {
		f.anyOf("p.name", names)
	}
	f.conds = append(f.conds, v.counts(f))
	return v.namings(ctx, f, most)
}

// NamingsIn returns what bodies some dockets name, likewise.
func (db *DB) NamingsIn(ctx context.Context, q SearchQuery, dockets []string, most int) ([]Naming, error) {
	v, err := (&partyView{db: db}).scoped(ctx, q)
	if err != nil || v == nil || len(dockets) == 0 {
		return nil, err
	}
	f := &filter{db: db}
	f.anyOf("m.docket", dockets)
	f.conds = append(f.conds, v.counts(f))
	return v.namings(ctx, f, most)
}

func (v *partyView) namings(ctx context.Context, f *filter, most int) ([]Naming, error) {
	out, err := collect(ctx, v.db.read, scanNaming, `SELECT DISTINCT m.docket, m.role, p.name, p.code FROM party p JOIN mention m ON m.party = p.id JOIN docket d ON d.id = m.docket`+
		f.where()+` ORDER BY m.docket DESC, m.role, p.name, p.code LIMIT `+f.arg(most+1), f.args...)
	if err != nil {
		return nil, fmt.Errorf("store: bodies: %w", err)
	}
	return out, nil
}

// EachParty calls each with every name and code of a body that some docket
// names, for whichever reader, in no order. It stops at the first error.
func (db *DB) EachParty(ctx context.Context, each func(name, code string) error) (err error) {
	rows, err := db.read.QueryContext(ctx, `SELECT name, code FROM party`)
	if err != nil {
		return fmt.Errorf("store: bodies: %w", err)
	}
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
	}()
	for rows.Next() {
		var name, code string
		if err := rows.Scan(&name, &code); err != nil {
			return fmt.Errorf("store: bodies: %w", err)
		}
		if err := each(name, code); err != nil {
			return err
		}
	}
	return rows.Err()
}
