package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// PutVaults notes that rows under these sealed tokens wake a docket. It is
// called when the moment of their vault has come, never before: until then
// nobody may learn from the database whose bids a token stands for.
func (db *DB) PutVaults(ctx context.Context, docket string, tokens []string) error {
	if len(tokens) == 0 {
		return nil
	}
	if err := checkTexts("vault", append([]string{docket}, tokens...)...); err != nil {
		return fmt.Errorf("store: vaults of docket %q: %w", docket, err)
	}
	tokens = slices.Sorted(slices.Values(tokens)) // the order in which all lock rows
	err := db.write(ctx, repeated, func(tx *sql.Tx) error {
		for _, t := range tokens {
			if _, err := tx.ExecContext(ctx, `INSERT INTO vault (token, docket) VALUES ($1, $2) ON CONFLICT (token, docket) DO NOTHING`, t, docket); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: vaults of docket %q: %w", docket, err)
	}
	return nil
}

// VaultDockets returns the dockets that sealed tokens wake; tokens of vaults
// whose moment has not come are left out.
func (db *DB) VaultDockets(ctx context.Context, tokens []string) (map[string][]string, error) {
	out := make(map[string][]string, len(tokens))
	if len(tokens) == 0 {
		return out, nil
	}
	type pair struct{ token, docket string }
	found, err := collect(ctx, db.read, func(s scanner) (pair, error) {
		var p pair
		return p, s.Scan(&p.token, &p.docket)
	}, `SELECT token, docket FROM vault WHERE token `+db.in("$1", kindText)+` ORDER BY token, docket`, db.list(tokens))
	if err != nil {
		return nil, fmt.Errorf("store: dockets of vaults: %w", err)
	}
	for _, p := range found {
		out[p.token] = append(out[p.token], p.docket)
	}
	return out, nil
}

// Codes returns a page of the distinct codes that begin with prefix, in the
// order of their bytes, after the code after.
func (db *DB) Codes(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	if prefix == "" {
		return nil, fmt.Errorf("store: codes: a prefix is needed")
	}
	end := prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1) // prefixes end in ':'
	out, err := collect(ctx, db.read, scanOne[string],
		`SELECT DISTINCT code FROM code WHERE code >= $1 AND code < $2 AND code > $3 ORDER BY code LIMIT $4`, prefix, end, after, limitOf(limit))
	if err != nil {
		return nil, fmt.Errorf("store: codes %s…: %w", prefix, err)
	}
	return out, nil
}
