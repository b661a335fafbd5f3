package store

import (
	"context"
	"fmt"
)

// Vectors calls each with the answers of every stored docket in the form of
// detect.Vector, in no order. It stops at the first error.
func (db *DB) Vectors(ctx context.Context, each func(vector string) error) (err error) {
	rows, err := db.read.QueryContext(ctx, `SELECT vector FROM docket`)
	if err != nil {
		return fmt.Errorf("store: vectors: %w", err)
	}
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
	}()
	for rows.Next() {
		var vector string
		if err := rows.Scan(&vector); err != nil {
			return fmt.Errorf("store: vectors: %w", err)
		}
		if err := each(vector); err != nil {
			return err
		}
	}
	return rows.Err()
}
