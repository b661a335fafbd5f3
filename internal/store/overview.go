package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// A CardTally is how many cards of one region, class and stage there are, and
// what they sum up to.
type CardTally struct {
	Region, Class string
	Stage         int
	Cards         int64
	Priced        int64 // cards that show an amount
	Fen           int64 // what these sum up to
	Facts, Clues  int64 // cards with a warning of that grade
	Warned        int64 // cards with a warning
	Late          int64 // cards with a step that is late
}

// TallyCards counts all that Cards would return on all its pages, by region,
// class and stage.
func (db *DB) TallyCards(ctx context.Context, q CardQuery) ([]CardTally, error) {
	type key struct {
		region, class string
		stage         int
	}
	at := map[key]int{}
	var out []CardTally
	for i := range q.Scopes {
		f := q.where(db, &q.Scopes[i])
		rows, err := collect(ctx, db.read, func(s scanner) (CardTally, error) {
			var t CardTally
			return t, s.Scan(&t.Region, &t.Class, &t.Stage, &t.Cards, &t.Priced, &t.Fen, &t.Facts, &t.Clues, &t.Warned, &t.Late)
		}, `SELECT c.region, c.class, c.stage, count(*), count(c.amount), CAST(coalesce(sum(c.amount), 0) AS BIGINT),
			sum(CASE WHEN c.facts > 0 THEN 1 ELSE 0 END), sum(CASE WHEN c.clues > 0 THEN 1 ELSE 0 END), sum(CASE WHEN c.facts + c.clues > 0 THEN 1 ELSE 0 END), sum(CASE WHEN c.late > 0 THEN 1 ELSE 0 END)
			FROM card c`+db.byIndex(q, &q.Scopes[i], f)+f.where()+` GROUP BY c.region, c.class, c.stage`, f.args...)
		if err != nil {
			return nil, fmt.Errorf("store: tally cards: %w", err)
		}
		for _, t := range rows {
			k := key{t.Region, t.Class, t.Stage}
			n, ok := at[k]
			if !ok {
				at[k] = len(out)
				out = append(out, t)
				continue
			}
			o := &out[n]
			o.Cards, o.Priced, o.Fen, o.Facts, o.Clues, o.Warned, o.Late = o.Cards+t.Cards, o.Priced+t.Priced, o.Fen+t.Fen, o.Facts+t.Facts, o.Clues+t.Clues, o.Warned+t.Warned, o.Late+t.Late
		}
	}
	slices.SortFunc(out, func(a, b CardTally) int {
		return cmp.Or(strings.Compare(a.Region, b.Region), strings.Compare(a.Class, b.Class), a.Stage-b.Stage)
	})
	return out, nil
}

// An HourTally is how many cards of a class had their last happening in an hour.
type HourTally struct {
	Hour  int // of the day that began at From
	Class string
	Cards int64
}

// TallyHours counts the cards of a query by class and the hour of their last
// happening, from the query's From on, which must be set.
func (db *DB) TallyHours(ctx context.Context, q CardQuery) ([]HourTally, error) {
	if q.From.IsZero() {
		return nil, errors.New("store: tally hours: no beginning")
	}
	sum := map[HourTally]int64{}
	byTime := " INDEXED BY card_last" // a day is little of all
	if db.pool != nil {
		byTime = ""
	}
	for i := range q.Scopes {
		f := q.where(db, &q.Scopes[i])
		hour := "(c.last - " + strconv.FormatInt(ms(q.From), 10) + ") / 3600000"
		rows, err := collect(ctx, db.read, func(s scanner) (HourTally, error) {
			var t HourTally
			return t, s.Scan(&t.Hour, &t.Class, &t.Cards)
		}, `SELECT `+hour+`, c.class, count(*) FROM card c`+byTime+f.where()+` GROUP BY `+hour+`, c.class`, f.args...)
		if err != nil {
			return nil, fmt.Errorf("store: tally hours: %w", err)
		}
		for _, t := range rows {
			sum[HourTally{Hour: t.Hour, Class: t.Class}] += t.Cards
		}
	}
	out := make([]HourTally, 0, len(sum))
	for k, n := range sum {
		k.Cards = n
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b HourTally) int { return cmp.Or(a.Hour-b.Hour, strings.Compare(a.Class, b.Class)) })
	return out, nil
}
