package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Scrub removes for good what was deleted: an erasure calls it once the dockets
// are folded anew. On SQLite the full text keeps the words of deleted texts in
// its segments until these are merged, and the write-ahead log keeps old pages;
// both go. Merging takes longer the greater the full text is, and lets other
// writers in between. On PostgreSQL it drops the bodies that no docket names any
// more; for old pages see the limits of Rewrite.
func (db *DB) Scrub(ctx context.Context) error {
	if db.pool != nil {
		if err := db.dropParties(ctx); err != nil {
			return fmt.Errorf("store: scrub: %w", err)
		}
		return nil
	}
	for _, table := range []string{"search_words", "party_words"} {
		if err := db.merge(ctx, table); err != nil {
			return fmt.Errorf("store: scrub: %w", err)
		}
	}
	if err := db.truncateWAL(ctx); err != nil {
		return fmt.Errorf("store: scrub: old bytes may still stand in the -wal file: %w", err)
	}
	return nil
}

// merge makes one segment of a full text.
func (db *DB) merge(ctx context.Context, table string) error {
	const pages = 1000 // a turn: the database is not held for long
	for step := -pages; ; step = pages {
		done := false
		err := db.write(ctx, durable, func(tx *sql.Tx) error {
			var before, after int64
			if err := tx.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&before); err != nil {
				return err
			}
			// Negative: begin to merge all segments into one (SQLite FTS5, the 'merge' command).
			if _, err := tx.ExecContext(ctx, `INSERT INTO `+table+` (`+table+`, rank) VALUES ('merge', $1)`, step); err != nil {
				return err
			}
			if err := tx.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&after); err != nil {
				return err
			}
			done = after-before < 2 // nothing was left to merge
			return nil
		})
		if err != nil || done {
			return err
		}
	}
}
