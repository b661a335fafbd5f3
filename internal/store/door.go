package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A RequestRow is one request at the door of a source.
type RequestRow struct {
	ID     string
	At     time.Time // ms
	Source string
	Key    string // id of the key that it named
	Route  string
	Status int
	Rule   string // of the door, when it did not take the request
	Listed bool   // false: it told of sealed records only, and stands in no list
	Body   []byte // JSON of the caller
}

// A RuleCount is how many records of an open data set broke a rule on a day.
type RuleCount struct {
	Day     string // yyyy-mm-dd, +08:00
	Source  string
	Dataset string // "" when it is not known
	Rule    string
	Refused bool // the records were not taken
	Records int64
}

// SaveRequests notes requests and adds to the counts of rules. A request that
// is noted already stays as it is.
func (db *DB) SaveRequests(ctx context.Context, requests []RequestRow, rules []RuleCount) error {
	for i := range requests {
		r := &requests[i]
		if err := checkTexts("request", r.ID, r.Source, r.Key, r.Route, r.Rule, string(r.Body)); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	err := db.write(ctx, repeated, func(tx *sql.Tx) error {
		for part := range slices.Chunk(requests, 100) {
			var text strings.Builder
			var args []any
			text.WriteString(`INSERT INTO door_request (id, at, source, keyid, route, status, rule, listed, body) VALUES `)
			for i := range part {
				r := &part[i]
				if i > 0 {
					text.WriteString(", ")
				}
				text.WriteString("(" + places(len(args), 9) + ")")
				args = append(args, r.ID, ms(r.At), r.Source, clip(r.Key), clip(r.Route), r.Status, r.Rule, flag(r.Listed), string(r.Body))
			}
			if _, err := tx.ExecContext(ctx, text.String()+` ON CONFLICT (id) DO NOTHING`, args...); err != nil {
				return err
			}
		}
		for _, c := range rules {
			if _, err := tx.ExecContext(ctx, `INSERT INTO door_rule (day, source, dataset, rule, refused, records) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (source, day, dataset, rule, refused) DO UPDATE SET records = door_rule.records + excluded.records`,
				c.Day, c.Source, clip(c.Dataset), clip(c.Rule), flag(c.Refused), c.Records); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: requests: %w", err)
	}
	return nil
}

// places are n placeholders that follow the first so many.
func places(after, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(after+i+1))
	}
	return b.String()
}

// A RequestFilter chooses listed requests of one source, the newest first.
type RequestFilter struct {
	Source string
	Key    string // by this key only; "": all
	Route  string // to this address only
	Failed bool   // not taken only
	Before RequestPlace
	Limit  int // at most 1,000; 0: 100
}

// A RequestPlace is where a page of requests ended; zero: at the newest.
type RequestPlace struct {
	At time.Time
	ID string
}

const requestColumns = `id, at, source, keyid, route, status, rule, listed, body`

func scanRequest(s scanner) (RequestRow, error) {
	var (
		r          RequestRow
		at, listed int64
		body       string
	)
	err := s.Scan(&r.ID, &at, &r.Source, &r.Key, &r.Route, &r.Status, &r.Rule, &listed, &body)
	r.At, r.Listed, r.Body = instant(at), listed != 0, []byte(body)
	return r, err
}

// Requests returns a page of requests.
func (db *DB) Requests(ctx context.Context, q RequestFilter) ([]RequestRow, error) {
	f := &filter{db: db}
	f.add("source = %s", q.Source)
	f.conds = append(f.conds, "listed = 1")
	if q.Key != "" {
		f.add("keyid = %s", q.Key)
	}
	if q.Route != "" {
		f.add("route = %s", q.Route)
	}
	if q.Failed {
		f.conds = append(f.conds, "status >= 400")
	}
	if !q.Before.At.IsZero() {
		f.conds = append(f.conds, "(at, id) < ("+f.arg(ms(q.Before.At))+", "+f.arg(q.Before.ID)+")")
	}
	out, err := collect(ctx, db.read, scanRequest, `SELECT `+requestColumns+` FROM door_request`+f.where()+` ORDER BY at DESC, id DESC LIMIT `+strconv.Itoa(limitOf(q.Limit)), f.args...)
	if err != nil {
		return nil, fmt.Errorf("store: requests: %w", err)
	}
	return out, nil
}

// Request returns a source's request by its id, listed or not; nil when there is none.
func (db *DB) Request(ctx context.Context, source, id string) (*RequestRow, error) {
	r, err := scanRequest(db.read.QueryRowContext(ctx, `SELECT `+requestColumns+` FROM door_request WHERE id = $1 AND source = $2`, id, source))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: request: %w", err)
	}
	return &r, nil
}

// LastRequests returns each source's newest listed request, by source.
func (db *DB) LastRequests(ctx context.Context) (map[string]RequestRow, error) {
	list, err := collect(ctx, db.read, scanRequest, `SELECT `+requestColumns+` FROM door_request r WHERE r.id IN
		(SELECT (SELECT n.id FROM door_request n WHERE n.source = s.name AND n.listed = 1 ORDER BY n.at DESC, n.id DESC LIMIT 1) FROM source s)`)
	if err != nil {
		return nil, fmt.Errorf("store: last requests: %w", err)
	}
	out := make(map[string]RequestRow, len(list))
	for _, r := range list {
		out[r.Source] = r
	}
	return out, nil
}

// LastWords returns when the source of each platform code made its newest
// listed request, the zero time where none is kept.
func (db *DB) LastWords(ctx context.Context) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	_, err := collect(ctx, db.read, func(s scanner) (struct{}, error) {
		var origin string
		var at sql.NullInt64
		err := s.Scan(&origin, &at)
		out[origin] = time.Time{}
		if at.Valid {
			out[origin] = instant(at.Int64)
		}
		return struct{}{}, err
	}, `SELECT p.platform, (SELECT n.at FROM door_request n WHERE n.source = p.source AND n.listed = 1 ORDER BY n.at DESC, n.id DESC LIMIT 1) FROM source_platform p`)
	if err != nil {
		return nil, fmt.Errorf("store: last words: %w", err)
	}
	return out, nil
}

// LastCounted returns the beginning of the newest day on which a record of the
// source of each platform code was counted; codes without one are left out.
func (db *DB) LastCounted(ctx context.Context, platforms []string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	w := &filter{db: db}
	w.anyOf("p.platform", platforms)
	_, err := collect(ctx, db.read, func(s scanner) (struct{}, error) {
		var origin, day string
		err := s.Scan(&origin, &day)
		if t, bad := time.ParseInLocation(time.DateOnly, day, time.FixedZone("+08:00", 8*3600)); bad == nil {
			out[origin] = t
		}
		return struct{}{}, err
	}, `SELECT p.platform, max(c.day) FROM source_platform p JOIN counter c ON c.source = p.source`+w.where()+` GROUP BY p.platform`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: last days: %w", err)
	}
	return out, nil
}

// WakeOrigin makes the dockets to which a platform sent something due at a
// moment, unless they are due earlier.
func (db *DB) WakeOrigin(ctx context.Context, origin string, at time.Time) error {
	w := &filter{db: db}
	set := w.arg(ms(at))
	w.add("(again = 0 OR again > %s)", ms(at))
	w.add("id IN (SELECT docket FROM card WHERE origin = %s)", clip(origin))
	err := db.write(ctx, durable, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE docket SET again = `+set+w.where(), w.args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: wake dockets: %w", err)
	}
	db.signal()
	return nil
}

// RuleCounts returns the counts of a source's broken rules from a day on, by
// day, data set and rule; of all sources with "".
func (db *DB) RuleCounts(ctx context.Context, source, fromDay string) ([]RuleCount, error) {
	f := &filter{db: db}
	if source != "" {
		f.add("source = %s", source)
	}
	f.add("day >= %s", fromDay)
	out, err := collect(ctx, db.read, func(s scanner) (RuleCount, error) {
		var (
			c       RuleCount
			refused int64
		)
		err := s.Scan(&c.Day, &c.Source, &c.Dataset, &c.Rule, &refused, &c.Records)
		c.Refused = refused != 0
		return c, err
	}, `SELECT day, source, dataset, rule, refused, records FROM door_rule`+f.where()+` ORDER BY source, day, dataset, rule, refused`, f.args...)
	if err != nil {
		return nil, fmt.Errorf("store: rules: %w", err)
	}
	return out, nil
}

// TidyRequests forgets requests before a time, and of each source all but the
// newest so many.
func (db *DB) TidyRequests(ctx context.Context, before time.Time, most int) error {
	err := db.write(ctx, repeated, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM door_request WHERE at < $1`, ms(before)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM door_request WHERE id IN (SELECT id FROM
			(SELECT id, row_number() OVER (PARTITION BY source ORDER BY at DESC, id DESC) AS place FROM door_request) AS placed WHERE place > $1)`, most)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: requests: %w", err)
	}
	return nil
}
