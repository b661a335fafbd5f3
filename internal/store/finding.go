package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A FindingRow is one finding as it is kept: fired and failed ones only.
type FindingRow struct {
	Key       string // detect.Finding.Key; unique within its docket
	Docket    string
	Lot       string
	Indicator string
	State     string
	Region    string
	At        time.Time // ms
	Position  int64     // of the log, through which the docket was folded when it was found
	Body      []byte    // JSON of detect.Finding
	Class     string    // of the docket, as the next
	Title     string    // as the seats that see the finding see it
	Grade     string
	Digest    string // of its evidence
	Seats     int64  // bit n: seat n sees it
	Weight    int64  // what it adds to the score of its docket
	Score     int64  // of its docket
	Rank      int64  // of its docket in the queue: the score times the money at stake, in fen
	Dismissed bool   // by a person, on this evidence; given by the store, as the next two
	Assigned  string // to a person or office; "": nobody
	Seq       int64  // place in the feed, given by the store: grows by one with every new or changed finding
}

func checkFindings(docket string, fs []FindingRow) error {
	seen := make(map[string]bool, len(fs))
	for i := range fs {
		f := &fs[i]
		if f.Docket != docket {
			return fmt.Errorf("finding %q belongs to docket %q", f.Key, f.Docket)
		}
		if f.Key == "" || seen[f.Key] {
			return fmt.Errorf("finding key %q is empty or given twice", f.Key)
		}
		seen[f.Key] = true
		if err := checkTexts("finding", f.Key, f.Lot, f.Indicator, f.State, f.Region, f.Class, f.Title, f.Grade, f.Digest); err != nil {
			return err
		}
		if err := checkBytes("finding body", f.Body); err != nil {
			return err
		}
	}
	return nil
}

// findingDurability says whether saving these findings gives any of them a new
// seq. Then the disk is waited for: a reader of the feed who has seen a seq must
// never meet another finding under it after a crash.
func (db *DB) findingDurability(ctx context.Context, docket string, given []FindingRow) (durability, error) {
	if len(given) == 0 {
		return repeated, nil
	}
	stored, err := db.DocketFindings(ctx, docket)
	if err != nil {
		return durable, err
	}
	for i := range given {
		if !slices.ContainsFunc(stored, func(o FindingRow) bool { return o.Key == given[i].Key && o.same(&given[i]) }) {
			return durable, nil
		}
	}
	return repeated, nil
}

// saveFindings makes the docket's stored findings those given. Only what is
// new or changed gets a new seq; the counter is locked last, for the shortest
// time, and to the commit, so that seqs become visible in order.
func (db *DB) saveFindings(ctx context.Context, tx *sql.Tx, docket string, given []FindingRow) error {
	stored, err := collect(ctx, tx, scanFinding, `SELECT `+findingColumns+` FROM finding WHERE docket = $1`, docket)
	if err != nil {
		return err
	}
	old := make(map[string]*FindingRow, len(stored))
	for i := range stored {
		old[stored[i].Key] = &stored[i]
	}
	var fresh []FindingRow
	for i := range given {
		f := &given[i]
		switch o := old[f.Key]; {
		case o == nil || !o.same(f):
			fresh = append(fresh, *f)
		case o.Weight != f.Weight || o.Score != f.Score || o.Rank != f.Rank: // another place in the queue, and nothing new to read
			if _, err := tx.ExecContext(ctx, `UPDATE finding SET weight = $3, score = $4, rank = $5 WHERE docket = $1 AND key = $2`, docket, f.Key, f.Weight, f.Score, f.Rank); err != nil {
				return err
			}
		}
		delete(old, f.Key)
	}
	for key := range old {
		if _, err := tx.ExecContext(ctx, `DELETE FROM finding WHERE docket = $1 AND key = $2`, docket, key); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	var last int64
	if err := tx.QueryRowContext(ctx, `UPDATE feed SET seq = seq + $1 WHERE one = 1 RETURNING seq`, len(fresh)).Scan(&last); err != nil {
		return err
	}
	for i := range fresh {
		f := &fresh[i]
		if _, err := tx.ExecContext(ctx, `INSERT INTO finding (docket, key, lot, indicator, state, region, at, position, body, class, title, grade, digest, seats, seq, weight, score, rank, dismissed, assigned)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
				(SELECT count(*) FROM finding_case WHERE docket = $1 AND key = $2 AND dismissed <> '' AND dismissed = $13),
				coalesce((SELECT assigned FROM finding_case WHERE docket = $1 AND key = $2), ''))
			ON CONFLICT (docket, key) DO UPDATE SET lot = excluded.lot, indicator = excluded.indicator, state = excluded.state, region = excluded.region,
				at = excluded.at, position = excluded.position, body = excluded.body, class = excluded.class, title = excluded.title, grade = excluded.grade,
				digest = excluded.digest, seats = excluded.seats, seq = excluded.seq,
				weight = excluded.weight, score = excluded.score, rank = excluded.rank, dismissed = excluded.dismissed, assigned = excluded.assigned`,
			f.Docket, f.Key, f.Lot, f.Indicator, f.State, clip(f.Region), ms(f.At), f.Position, string(f.Body), clip(f.Class), f.Title, f.Grade, f.Digest, f.Seats,
			last-int64(len(fresh)-1-i), f.Weight, f.Score, f.Rank); err != nil {
			return err
		}
	}
	return nil
}

// same says whether a reader would see no difference from the stored f to g. At and Position are when
// it was found first, so they do not count.
func (f *FindingRow) same(g *FindingRow) bool {
	return f.Lot == g.Lot && f.Indicator == g.Indicator && f.State == g.State && f.Region == clip(g.Region) && string(f.Body) == string(g.Body) &&
		f.Class == clip(g.Class) && f.Title == g.Title && f.Grade == g.Grade && f.Digest == g.Digest && f.Seats == g.Seats
}

const findingColumns = `docket, key, lot, indicator, state, region, at, position, body, class, title, grade, digest, seats, dismissed, assigned, seq, weight, score, rank`

func scanFinding(s scanner) (FindingRow, error) {
	var (
		f             FindingRow
		at, dismissed int64
		body          string
	)
	err := s.Scan(&f.Docket, &f.Key, &f.Lot, &f.Indicator, &f.State, &f.Region, &at, &f.Position, &body, &f.Class, &f.Title, &f.Grade, &f.Digest, &f.Seats, &dismissed, &f.Assigned, &f.Seq, &f.Weight, &f.Score, &f.Rank)
	f.At, f.Body, f.Dismissed = instant(at), []byte(body), dismissed != 0
	return f, err
}

// FindingFilter chooses findings. Empty values mean all. It narrows; who may
// see what is decided by the caller.
type FindingFilter struct {
	Docket    string
	Dockets   []string
	Indicator string
	State     string
	Region    string
	Regions   []string // GB/T 2260 codes, whole
	Oldest    bool     // oldest change first: the feed; else newest first
	After     int64    // Seq of the last one of the page before
	Limit     int      // at most 1,000; 0: 100
}

func (f FindingFilter) where(db *DB) *filter {
	w := &filter{db: db}
	for _, c := range []struct{ column, value string }{
		{"docket", f.Docket},
		{"indicator", f.Indicator},
		{"state", f.State},
		{"region", f.Region},
	} {
		if c.value != "" {
			w.add(c.column+" = %s", c.value)
		}
	}
	w.anyOf("docket", f.Dockets)
	w.anyOf("region", f.Regions)
	return w
}

// Findings returns a page of findings in the order of their changes. With
// Oldest it is a feed: seqs become visible in order, so a reader that goes on
// from the last one it saw misses none. A finding that is no longer made is
// gone without a sign; read the docket.
func (db *DB) Findings(ctx context.Context, f FindingFilter) ([]FindingRow, error) {
	w := f.where(db)
	order := " ORDER BY seq DESC"
	switch {
	case f.Oldest:
		order = " ORDER BY seq"
		w.add("seq > %s", f.After)
	case f.After > 0:
		w.add("seq < %s", f.After)
	}
	query := `SELECT ` + findingColumns + ` FROM finding` + w.where() + order + ` LIMIT ` + w.arg(limitOf(f.Limit))
	out, err := collect(ctx, db.read, scanFinding, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: findings: %w", err)
	}
	return out, nil
}

// CountFindings counts what Findings would return on all its pages.
func (db *DB) CountFindings(ctx context.Context, f FindingFilter) (int64, error) {
	w := f.where(db)
	var n int64
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM finding`+w.where(), w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: count findings: %w", err)
	}
	return n, nil
}

// DocketFindings returns all findings of one docket, by key.
func (db *DB) DocketFindings(ctx context.Context, docket string) ([]FindingRow, error) {
	out, err := collect(ctx, db.read, scanFinding, `SELECT `+findingColumns+` FROM finding WHERE docket = $1 ORDER BY key`, docket)
	if err != nil {
		return nil, fmt.Errorf("store: findings of docket %q: %w", docket, err)
	}
	return out, nil
}

// Finding returns one finding, nil when there is none.
func (db *DB) Finding(ctx context.Context, docket, key string) (*FindingRow, error) {
	f, err := scanFinding(db.read.QueryRowContext(ctx, `SELECT `+findingColumns+` FROM finding WHERE docket = $1 AND key = $2`, docket, key))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: finding %q of docket %q: %w", key, docket, err)
	}
	return &f, nil
}

// FindingHead returns the greatest seq of a finding: all up to it are there to
// be read, or are no longer made.
func (db *DB) FindingHead(ctx context.Context) (int64, error) {
	var seq int64
	if err := db.read.QueryRowContext(ctx, `SELECT seq FROM feed WHERE one = 1`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("store: findings: %w", err)
	}
	return seq, nil
}
