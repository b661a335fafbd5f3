package store

import (
	"context"
	"database/sql"
	"fmt"

	"mingjing/internal/ledger"
)

// A Moment says as of when dockets were read.
type Moment struct {
	Head    ledger.Head // of the log
	Waiting int64       // codes of records that were in the log and not folded yet
}

// momentPage is how many dockets EachDocket reads at a time.
const momentPage = 100

// EachDocket calls fn for every docket with its findings, in the order of their
// ids, all as of one moment, which begun is told first. It holds one connection
// meanwhile.
func (db *DB) EachDocket(ctx context.Context, begun func(Moment) error, fn func(row *DocketRow, findings []FindingRow) error) error {
	fail := func(err error) error { return fmt.Errorf("store: dockets of a moment: %w", err) }
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.snapshot()})
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var m Moment
	if m.Head, err = scanHead(tx.QueryRowContext(ctx, sqlReadHead)); err != nil {
		return fail(err)
	}
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM work WHERE through > done`).Scan(&m.Waiting); err != nil {
		return fail(err)
	}
	if err := begun(m); err != nil {
		return err
	}
	for after := ""; ; {
		rows, err := collect(ctx, tx, scanDocket, `SELECT `+docketColumns+` FROM docket WHERE id > $1 ORDER BY id LIMIT $2`, after, momentPage)
		if err != nil {
			return fail(err)
		}
		if len(rows) == 0 {
			return nil
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		w := &filter{db: db}
		w.anyOf("docket", ids)
		found, err := collect(ctx, tx, scanFinding, `SELECT `+findingColumns+` FROM finding`+w.where()+` ORDER BY docket, key`, w.args...)
		if err != nil {
			return fail(err)
		}
		byDocket := map[string][]FindingRow{}
		for _, f := range found {
			byDocket[f.Docket] = append(byDocket[f.Docket], f)
		}
		for _, r := range rows {
			if err := fn(r, byDocket[r.ID]); err != nil {
				return err
			}
		}
		after = ids[len(ids)-1]
	}
}
