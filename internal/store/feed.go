package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Seats is how many seats the feed can tell apart.
const Seats = 8

// A Face is what the seats see of one part of a docket, as digests; 0: nothing.
type Face struct {
	Part   [16]byte // names the part within its docket
	Origin string
	Seen   [Seats]uint64
}

// A FeedItem says that what some seats see of one part of a docket changed: it
// came, is another, or is gone.
type FeedItem struct {
	Seq       int64     // grows in the order of commits; gaps mean nothing
	At        time.Time // ms; when it came into the feed, never before an earlier item
	Docket    string
	Part      [16]byte
	Through   int64     // the docket was folded through this log position
	Evaluated time.Time // ms; and its views made for this time
	// Superseded: as of the moment asked for, a newer one of the part had come.
	Superseded bool
}

// saveFeed compares what the seats see of a docket now with what they saw, and
// puts what changed at the end of the feed. Seqs follow the clock, so that after
// a crash that forgets the latest of them none is given twice.
func (db *DB) saveFeed(ctx context.Context, tx *sql.Tx, d *DocketRow) error {
	if d.Faces == nil {
		return nil
	}
	var body []byte
	err := tx.QueryRowContext(ctx, `SELECT body FROM feed_state WHERE docket = $1`, d.ID).Scan(&body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	old, err := decodeFaces(body)
	if err != nil {
		old = nil // all comes once more
	}
	changes := changedFaces(old, d.Faces)
	if len(changes) == 0 {
		return nil
	}
	var last, at int64
	if err := tx.QueryRowContext(ctx, `UPDATE feed_head SET seq = CASE WHEN seq < $1 THEN $1 ELSE seq END + $2, at = CASE WHEN at < $3 THEN $3 ELSE at END
		WHERE one = 1 RETURNING seq, at`, ms(d.Evaluated)*1000, len(changes), ms(d.Evaluated)).Scan(&last, &at); err != nil {
		return err
	}
	if err := db.supersede(ctx, tx, d.ID, old, changes); err != nil {
		return err
	}
	seq := last - int64(len(changes))
	for part := range slices.Chunk(changes, 100) {
		var text strings.Builder
		args := make([]any, 0, 5+4*len(part))
		args = append(args, at, d.ID, d.Through, ms(d.Evaluated))
		text.WriteString(`INSERT INTO feed_item (seq, at, docket, part, origin, seats, live, through, evaluated) VALUES `)
		for i := range part {
			seq++
			args = append(args, seq, part[i].part[:], part[i].origin, part[i].seats)
			n := len(args) - 3
			if i > 0 {
				text.WriteString(", ")
			}
			fmt.Fprintf(&text, "($%d, $1, $2, $%d, $%d, $%d, $%d, $3, $4)", n, n+1, n+2, n+3, n+3)
		}
		if _, err := tx.ExecContext(ctx, text.String(), args...); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO feed_state (docket, body) VALUES ($1, $2) ON CONFLICT (docket) DO UPDATE SET body = excluded.body`, d.ID, notNil(encodeFaces(d.Faces)))
	return err
}

// supersede takes from the places that the changed parts had before the seats
// for which they have a newer one.
func (db *DB) supersede(ctx context.Context, tx *sql.Tx, docket string, old []Face, changes []changedFace) error {
	known := make(map[[16]byte]bool, len(old))
	for i := range old {
		known[old[i].Part] = true
	}
	bySeats := map[int64][][]byte{}
	for i := range changes {
		if c := &changes[i]; known[c.part] || old == nil {
			bySeats[c.seats] = append(bySeats[c.seats], c.part[:])
		}
	}
	for seats, parts := range bySeats {
		if _, err := tx.ExecContext(ctx, `UPDATE feed_item SET live = live & $1 WHERE docket = $2 AND (live & $3) <> 0 AND part `+db.in("$4", kindBlob),
			^seats&(1<<Seats-1), docket, seats, db.list(parts)); err != nil {
			return err
		}
	}
	return nil
}

type changedFace struct {
	part   [16]byte
	origin string
	seats  int64
}

// changedFaces lists the parts that some seat sees otherwise than before: those
// given in their order, then those that are gone.
func changedFaces(old, given []Face) []changedFace {
	before := make(map[[16]byte]*Face, len(old))
	for i := range old {
		before[old[i].Part] = &old[i]
	}
	var out []changedFace
	differ := func(f, other *Face) {
		c := changedFace{part: f.Part, origin: f.Origin}
		for n := range f.Seen {
			if other == nil && f.Seen[n] != 0 || other != nil && f.Seen[n] != other.Seen[n] {
				c.seats |= 1 << n
			}
		}
		if c.seats != 0 {
			out = append(out, c)
		}
	}
	for i := range given {
		f := &given[i]
		differ(f, before[f.Part])
		delete(before, f.Part)
	}
	for i := range old {
		if f := &old[i]; before[f.Part] == f {
			differ(f, nil)
		}
	}
	return out
}

// encodeFaces writes faces as: part, origin with its length, a byte that tells
// which seats see it, their digests.
func encodeFaces(faces []Face) []byte {
	var b []byte
	for i := range faces {
		f := &faces[i]
		if f.Seen == [Seats]uint64{} {
			continue
		}
		b = append(b, f.Part[:]...)
		b = binary.AppendUvarint(b, uint64(len(f.Origin)))
		b = append(b, f.Origin...)
		at := len(b)
		b = append(b, 0)
		for n, sum := range f.Seen {
			if sum != 0 {
				b[at] |= 1 << n
				b = binary.BigEndian.AppendUint64(b, sum)
			}
		}
	}
	return b
}

var errFaces = errors.New("feed state cannot be read")

func decodeFaces(b []byte) ([]Face, error) {
	var out []Face
	for len(b) > 0 {
		var f Face
		r := bytes.NewReader(b[min(len(b), 16):])
		n, err := binary.ReadUvarint(r)
		if err != nil || n >= uint64(r.Len()) {
			return nil, errFaces
		}
		copy(f.Part[:], b)
		b = b[len(b)-r.Len():]
		f.Origin = string(b[:n])
		seen := b[n]
		b = b[n+1:]
		for i := range f.Seen {
			if seen&(1<<i) == 0 {
				continue
			}
			if len(b) < 8 {
				return nil, errFaces
			}
			f.Seen[i] = binary.BigEndian.Uint64(b)
			b = b[8:]
		}
		out = append(out, f)
	}
	return out, nil
}

// A FeedFilter chooses items of the feed: of one seat, and of each part of a
// docket the newest.
type FeedFilter struct {
	Seat     int
	Origin   string    // of this platform code only; "": all
	After    int64     // seqs above, the least first
	Before   int64     // with Backward: seqs up to this, the greatest first
	Backward bool      // read from Before down
	AsOf     time.Time // as if nothing had come later; zero: now
	Limit    int       // at most 1,000; 0: 100
}

// FeedItems returns a page of the feed. A reader that goes on from FeedHead, as
// it was before the page was read, misses none. As of a moment, those superseded
// by then are among the items.
func (db *DB) FeedItems(ctx context.Context, f FeedFilter) ([]FeedItem, error) {
	w := &filter{db: db}
	order := " ORDER BY f.seq"
	if f.Backward {
		w.add("f.seq <= %s", f.Before)
		order += " DESC"
	} else {
		w.add("f.seq > %s", f.After)
	}
	if f.Origin != "" {
		w.add("f.origin = %s", f.Origin)
	}
	seat := strconv.Itoa(1 << f.Seat) // written out: so the seat's own index is found
	superseded := "0"
	if f.AsOf.IsZero() {
		w.conds = append(w.conds, "(f.live & "+seat+") <> 0")
	} else {
		at := w.arg(ms(f.AsOf))
		w.conds = append(w.conds, "(f.seats & "+seat+") <> 0", "f.at <= "+at)
		superseded = `(SELECT count(*) FROM (SELECT 1 FROM feed_item n WHERE n.docket = f.docket AND n.part = f.part AND n.seq > f.seq AND (n.seats & ` + seat + `) <> 0 AND n.at <= ` + at + ` LIMIT 1) AS n)`
	}
	query := `SELECT f.seq, f.at, f.docket, f.part, f.through, f.evaluated, ` + superseded + ` FROM feed_item f` + w.where() + order + ` LIMIT ` + strconv.Itoa(limitOf(f.Limit))
	out, err := collect(ctx, db.read, func(s scanner) (FeedItem, error) {
		var (
			i                    FeedItem
			at, evaluated, newer int64
			part                 []byte
		)
		if err := s.Scan(&i.Seq, &at, &i.Docket, &part, &i.Through, &evaluated, &newer); err != nil {
			return i, err
		}
		copy(i.Part[:], part)
		i.At, i.Evaluated, i.Superseded = instant(at), instant(evaluated), newer > 0
		return i, nil
	}, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("store: feed: %w", err)
	}
	return out, nil
}

// FeedHead returns the greatest seq: all up to it are there to be read.
func (db *DB) FeedHead(ctx context.Context) (int64, error) {
	var seq int64
	if err := db.read.QueryRowContext(ctx, `SELECT seq FROM feed_head WHERE one = 1`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("store: feed: %w", err)
	}
	return seq, nil
}

// FeedStep tells how a docket stood at a moment: the newest item of it that had
// come by then, nil when none had, and whether any came later.
func (db *DB) FeedStep(ctx context.Context, docket string, at time.Time) (step *FeedItem, later bool, err error) {
	var (
		s               FeedItem
		came, evaluated int64
	)
	err = db.read.QueryRowContext(ctx, `SELECT seq, at, docket, through, evaluated FROM feed_item WHERE docket = $1 AND at <= $2 ORDER BY seq DESC LIMIT 1`,
		docket, ms(at)).Scan(&s.Seq, &came, &s.Docket, &s.Through, &evaluated)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, false, fmt.Errorf("store: feed of docket %q: %w", docket, err)
	}
	if err == nil {
		s.At, s.Evaluated = instant(came), instant(evaluated)
		step = &s
	}
	var n int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM feed_item WHERE docket = $1 AND at > $2 LIMIT 1) AS f`, docket, ms(at)).Scan(&n); err != nil {
		return nil, false, fmt.Errorf("store: feed of docket %q: %w", docket, err)
	}
	return step, n > 0, nil
}
