package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A CaseRow is what people made of one finding: a fold of acts.
type CaseRow struct {
	Docket, Key string
	Dismissed   string   // digest on which it was dismissed; "": not
	Assigned    string   // to a person or office; ""
	Followers   []string // persons
	Position    int64    // of the last act
	Body        []byte   // JSON of supervise.Case
	Seq         int64    // in the order of findings' changes; given by the store
}

// SaveCases keeps cases folded from acts, each only if what is stored was
// folded through a lower position, and puts the state on the findings. Each
// that is kept gets the next seq.
func (db *DB) SaveCases(ctx context.Context, cases []CaseRow) error {
	for i := range cases {
		c := &cases[i]
		if err := checkTexts("case", append([]string{c.Docket, c.Key, c.Dismissed, c.Assigned, string(c.Body)}, c.Followers...)...); err != nil {
			return fmt.Errorf("store: case: %w", err)
		}
	}
	stored, err := db.casesOf(ctx, cases)
	if err != nil {
		return fmt.Errorf("store: cases: %w", err)
	}
	cases = slices.DeleteFunc(slices.Clone(cases), func(c CaseRow) bool {
		return slices.ContainsFunc(stored, func(o CaseRow) bool { return o.Docket == c.Docket && o.Key == c.Key && o.Position >= c.Position })
	})
	if len(cases) == 0 {
		return nil
	}
	// Synced: a reader who has seen a seq must never meet another change under it.
	err = db.write(ctx, durable, func(tx *sql.Tx) error {
		var last int64 // held to the commit: so saves of cases take turns, and seqs become visible in order
		if err := tx.QueryRowContext(ctx, `UPDATE feed SET seq = seq + $1 WHERE one = 1 RETURNING seq`, len(cases)).Scan(&last); err != nil {
			return err
		}
		for i := range cases {
			if err := saveCase(ctx, tx, &cases[i], last-int64(len(cases)-1-i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: save cases: %w", err)
	}
	return nil
}

func saveCase(ctx context.Context, tx *sql.Tx, c *CaseRow, seq int64) error {
	err := touched(tx.ExecContext(ctx, `INSERT INTO finding_case (docket, key, dismissed, assigned, position, seq, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (docket, key) DO UPDATE SET dismissed = excluded.dismissed, assigned = excluded.assigned, position = excluded.position, seq = excluded.seq, body = excluded.body
		WHERE finding_case.position < excluded.position`, c.Docket, c.Key, c.Dismissed, c.Assigned, c.Position, seq, string(c.Body)))
	if errors.Is(err, ErrNotFound) {
		return nil // another was faster, and further
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM finding_follower WHERE docket = $1 AND key = $2`, c.Docket, c.Key); err != nil {
		return err
	}
	for _, p := range c.Followers {
		if _, err := tx.ExecContext(ctx, `INSERT INTO finding_follower (person, docket, key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, p, c.Docket, c.Key); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE finding SET assigned = $3, dismissed = CASE WHEN $4 <> '' AND digest = $4 THEN 1 ELSE 0 END WHERE docket = $1 AND key = $2`,
		c.Docket, c.Key, c.Assigned, c.Dismissed)
	return err
}

const caseColumns = `docket, key, dismissed, assigned, position, seq, body`

func scanCase(s scanner) (CaseRow, error) {
	var (
		c    CaseRow
		body string
	)
	err := s.Scan(&c.Docket, &c.Key, &c.Dismissed, &c.Assigned, &c.Position, &c.Seq, &body)
	c.Body = []byte(body)
	return c, err
}

func (db *DB) casesOf(ctx context.Context, of []CaseRow) ([]CaseRow, error) {
	var dockets []string
	for i := range of {
		if !slices.Contains(dockets, of[i].Docket) {
			dockets = append(dockets, of[i].Docket)
		}
	}
	w := &filter{db: db}
	w.anyOf("docket", dockets)
	if len(dockets) == 0 {
		return nil, nil
	}
	return collect(ctx, db.read, scanCase, `SELECT `+caseColumns+` FROM finding_case`+w.where(), w.args...)
}

// Case returns what people made of a finding, nil when nobody acted. Followers
// are in the body only.
func (db *DB) Case(ctx context.Context, docket, key string) (*CaseRow, error) {
	c, err := scanCase(db.read.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM finding_case WHERE docket = $1 AND key = $2`, docket, key))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: case of finding %q: %w", key, err)
	}
	return &c, nil
}

// Cases returns the cases of the findings of some dockets.
func (db *DB) Cases(ctx context.Context, dockets []string) ([]CaseRow, error) {
	if len(dockets) == 0 {
		return nil, nil
	}
	w := &filter{db: db}
	w.anyOf("docket", dockets)
	out, err := collect(ctx, db.read, scanCase, `SELECT `+caseColumns+` FROM finding_case`+w.where(), w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: cases: %w", err)
	}
	return out, nil
}

// CasesAfter returns cases in the order of their changes, from a seq on.
func (db *DB) CasesAfter(ctx context.Context, seq int64, limit int) ([]CaseRow, error) {
	out, err := collect(ctx, db.read, scanCase, `SELECT `+caseColumns+` FROM finding_case WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, limitOf(limit))
	if err != nil {
		return nil, fmt.Errorf("store: cases: %w", err)
	}
	return out, nil
}

// casesThrough is the greatest position of an act upon a docket's findings of
// which a case is kept, -1 when there is none.
func casesThrough(ctx context.Context, on querier, docket string) (int64, error) {
	through, err := collect(ctx, on, scanOne[int64], `SELECT coalesce(max(position), -1) FROM finding_case WHERE docket = $1`, docket)
	if err != nil {
		return 0, err
	}
	return through[0], nil
}

// ofFinding are the finding's columns where another table has some of the same name.
var ofFinding = "finding." + strings.ReplaceAll(findingColumns, ", ", ", finding.")

// A WarningFilter chooses findings as one reader lists them. Empty values mean
// all, but for Seat, Regions and Classes, which bound what the reader sees.
type WarningFilter struct {
	Seat    int      // sees them
	Bound   bool     // Regions bounds: none means none
	Regions []string // whole codes as findings carry them, "" among them for none
	Classes []string
	Docket  string
	Dockets []string

	Indicators []string
	State      string
	Grade      string
	Dismissed  *bool
	Assigned   []string // to one of these persons and offices
	Unassigned bool
	Follower   string // followed by this person
	From, To   time.Time

	Ranked bool          // by rank: docket by docket, the heaviest first; else the newest change first
	After  *WarningPlace // with Ranked: the last one of the page before; nil: the first page
	Before int64         // else: seq of the last one of the page before; 0: the newest
	Limit  int           // at most 1,000; 0: 100
}

// A WarningPlace is where a page of the ranked queue ended.
type WarningPlace struct {
	Rank   int64
	Docket string
	Weight int64
	Key    string
}

// Place is a finding's place in the ranked queue.
func (f *FindingRow) Place() WarningPlace { return WarningPlace{f.Rank, f.Docket, f.Weight, f.Key} }

func (f *WarningFilter) where(db *DB) *filter {
	w := &filter{db: db}
	w.add("(seats & %s) <> 0", int64(1)<<f.Seat)
	if f.Bound && len(f.Regions) == 0 {
		w.conds = append(w.conds, "1 = 0")
	}
	w.anyOf("region", f.Regions)
	w.anyOf("class", f.Classes)
	w.anyOf("indicator", f.Indicators)
	w.anyOf("finding.docket", f.Dockets)
	for _, c := range []struct{ column, value string }{{"finding.docket", f.Docket}, {"state", f.State}, {"grade", f.Grade}} {
		if c.value != "" {
			w.add(c.column+" = %s", c.value)
		}
	}
	if f.State == "failed" {
		w.conds = append(w.conds, "state <> 'fired'") // the partial index
	}
	if f.Dismissed != nil {
		w.add("dismissed = %s", flag(*f.Dismissed))
	}
	if f.Unassigned {
		w.conds = append(w.conds, "assigned = ''")
	}
	if len(f.Assigned) > 0 {
		w.anyOf("assigned", f.Assigned)
		w.conds = append(w.conds, "assigned <> ''") // the partial index
	}
	if !f.From.IsZero() {
		w.add("at >= %s", ms(f.From))
	}
	if !f.To.IsZero() {
		w.add("at < %s", ms(f.To))
	}
	return w
}

// from is what is read, and by which index: SQLite would walk one of few columns
// and read the bodies, whatever it costs.
func (f *WarningFilter) from(db *DB, w *filter, usual string) string {
	if f.Follower != "" {
		return ` FROM finding_follower o JOIN finding ON finding.docket = o.docket AND finding.key = o.key AND o.person = ` + w.arg(f.Follower)
	}
	index := ""
	switch {
	case db.pool != nil, f.Docket != "", len(f.Dockets) > 0:
	case len(f.Assigned) > 0:
		index = " INDEXED BY finding_assigned"
	case f.State == "failed":
		index = " INDEXED BY finding_failed"
	default:
		index = " INDEXED BY " + usual
	}
	return " FROM finding" + index
}

// Warnings returns a page of findings, the newest change first or by rank.
func (db *DB) Warnings(ctx context.Context, f WarningFilter) ([]FindingRow, error) {
	w := f.where(db)
	usual, order := "finding_list", "finding.seq DESC"
	switch {
	case f.Ranked:
		usual, order = "finding_rank", "finding.rank DESC, finding.docket DESC, finding.weight DESC, finding.key DESC"
		if a := f.After; a != nil {
			w.conds = append(w.conds, "(finding.rank, finding.docket, finding.weight, finding.key) < ("+w.arg(a.Rank)+", "+w.arg(a.Docket)+", "+w.arg(a.Weight)+", "+w.arg(a.Key)+")")
		}
	case f.Before > 0:
		w.add("seq < %s", f.Before)
	}
	query := `SELECT ` + ofFinding + f.from(db, w, usual) + w.where() + ` ORDER BY ` + order + ` LIMIT ` + w.arg(limitOf(f.Limit))
	out, err := collect(ctx, db.read, scanFinding, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: warnings: %w", err)
	}
	return out, nil
}

// CountWarnings counts what Warnings would return on all its pages, but no
// further than one more than most.
func (db *DB) CountWarnings(ctx context.Context, f WarningFilter, most int) (int, error) {
	w := f.where(db)
	var n int
	query := `SELECT count(*) FROM (SELECT 1` + f.from(db, w, "finding_list") + w.where() + ` LIMIT ` + w.arg(most+1) + `) AS f`
	if err := db.read.QueryRowContext(ctx, query, w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: count warnings: %w", err)
	}
	return n, nil
}

// A WarningCount says how many findings of an indicator there are.
type WarningCount struct {
	Indicator, Grade, State string
	Open, Dismissed         int64
}

// WarningCounts counts findings by indicator and grade, as a list would show
// them without those two filters and whether they are dismissed.
func (db *DB) WarningCounts(ctx context.Context, f WarningFilter) ([]WarningCount, error) {
	f.Indicators, f.Grade, f.Dismissed = nil, "", nil
	w := f.where(db)
	query := `SELECT indicator, grade, state, count(*), coalesce(sum(dismissed), 0)` + f.from(db, w, "finding_count") + w.where() +
		` GROUP BY indicator, grade, state ORDER BY indicator, grade, state`
	out, err := collect(ctx, db.read, func(s scanner) (WarningCount, error) {
		var c WarningCount
		var all int64
		err := s.Scan(&c.Indicator, &c.Grade, &c.State, &all, &c.Dismissed)
		c.Open = all - c.Dismissed
		return c, err
	}, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: count warnings: %w", err)
	}
	return out, nil
}

// FindingRegions lists the regions that findings carry.
func (db *DB) FindingRegions(ctx context.Context) ([]string, error) {
	// By leaps through the index: there are few regions and many findings.
	out, err := collect(ctx, db.read, scanOne[string], `WITH RECURSIVE r (region) AS (
			SELECT min(region) FROM finding
			UNION ALL
			SELECT (SELECT min(f.region) FROM finding f WHERE f.region > r.region) FROM r WHERE r.region IS NOT NULL
		) SELECT region FROM r WHERE region IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("store: regions of findings: %w", err)
	}
	return out, nil
}
