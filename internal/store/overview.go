package store

import (
	"context"
	"fmt"
)

// A Count is how many records of an open data set came from a source on a day.
// Wholly sealed records are counted nowhere: their number would tell how many bid.
type Count struct {
	Day       string // yyyy-mm-dd, +08:00
	Source    string // author's id
	Dataset   string
	Records   int64
	Defective int64 // how many of them had defects
}

// Counts returns the counts of the days from one on, by day, source and data set.
func (db *DB) Counts(ctx context.Context, fromDay string) ([]Count, error) {
	out, err := collect(ctx, db.read, func(s scanner) (Count, error) {
		var c Count
		return c, s.Scan(&c.Day, &c.Source, &c.Dataset, &c.Records, &c.Defective)
	}, `SELECT day, source, dataset, records, defective FROM counter WHERE day >= $1 ORDER BY day, source, dataset`, fromDay)
	if err != nil {
		return nil, fmt.Errorf("store: counts: %w", err)
	}
	return out, nil
}
