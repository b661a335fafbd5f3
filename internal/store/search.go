package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// A SearchScope says what a reader may find: the lines of some tiers, of the
// dockets that lie in some places. A reader may have several scopes; the
// dockets of one must not lie in another.
type SearchScope struct {
	Tiers   []string
	Tags    []string // the docket has one of these in one of the tiers; none: all
	Regions []string // beginnings of GB/T 2260 codes, "" among them for all; nil: all
	Except  []string // whole codes that begin so and lie elsewhere all the same
	Classes []string // trade classes; none: all
	Outside bool     // the dockets that do not lie in these regions and classes
}

// A SearchQuery asks for dockets in which all words occur, within what the
// scopes say. Chinese is found by any run of characters as they stand side by
// side; letters and digits by whole words, and by their beginnings from three
// on; what stands between quotation marks as one sequence, without beginnings.
type SearchQuery struct {
	Scopes   []SearchScope
	Text     string
	Tags     [][]string // of each list one
	From, To time.Time  // the docket's day, both included; zero: without bound
	After    string     // Next of the page before
	Limit    int        // at most 1,000; 0: 100
	Sound    bool       // the text is letters: titles and names that sound so, from any character on; see SoundsLike
	HeadOnly bool       // what only other text holds is left out of the page
}

// A SearchPage is one page of hits.
type SearchPage struct {
	Hits []SearchHit
	Next string // "" on the last page
}

// A SearchHit is one docket found, and how: the best first, of each rank the
// newest first.
type SearchHit struct {
	Docket string
	Rank   int
}

// The ranks of hits.
const (
	RankWhole = iota // the whole search is a code, a title or a body's name
	RankTitle        // all words stand in the title
	RankHead         // in title, codes and bodies together
	RankText         // somewhere
	ranks
)

// ErrPlace means that After is no place in a list of hits.
var ErrPlace = errors.New("no place in a list of hits")

// A place is where a page ended.
type place struct {
	rank int
	ord  int64
}

func readPlace(s string) (place, error) {
	if s == "" {
		return place{0, 1<<63 - 1}, nil
	}
	r, o, _ := strings.Cut(s, ".")
	rank, err := strconv.Atoi(r)
	if err != nil || rank < 0 || rank >= ranks {
		return place{}, ErrPlace
	}
	ord, err := strconv.ParseInt(o, 10, 64)
	if err != nil {
		return place{}, ErrPlace
	}
	return place{rank, ord}, nil
}

func (p place) String() string { return strconv.Itoa(p.rank) + "." + strconv.FormatInt(p.ord, 10) }

// Search returns a page of hits, and none when the text holds no letter and no
// digit. The error is ErrPlace when After is none of this list.
func (db *DB) Search(ctx context.Context, q SearchQuery) (SearchPage, error) {
	var page SearchPage
	at, err := readPlace(q.After)
	if err != nil {
		return page, fmt.Errorf("store: search: %w", err)
	}
	sets, err := db.searchSets(ctx)
	if err != nil {
		return page, fmt.Errorf("store: search: %w", err)
	}
	p := q.plan(sets)
	limit := limitOf(q.Limit)
	var last place
	worst := RankText
	if q.HeadOnly {
		worst = RankHead
	}
	for rank := at.rank; rank <= worst && p.asks(); rank++ {
		below := at.ord
		if rank > at.rank {
			below = 1<<63 - 1
		}
		found, err := db.found(ctx, p, p.ranked(rank), rank == RankText, below, limit+1-len(page.Hits))
		if err != nil {
			return SearchPage{}, fmt.Errorf("store: search: %w", err)
		}
		for _, f := range found {
			if len(page.Hits) == limit {
				page.Next = last.String()
				return page, nil
			}
			page.Hits = append(page.Hits, SearchHit{f.docket, rank})
			last = place{rank, f.ord}
		}
	}
	return page, nil
}

// SearchCount counts what Search would return on all its pages, but no further
// than one more than most.
func (db *DB) SearchCount(ctx context.Context, q SearchQuery, most int) (int, error) {
	sets, err := db.searchSets(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: search: %w", err)
	}
	p := q.plan(sets)
	if !p.asks() {
		return 0, nil
	}
	n, err := db.count(ctx, p, most+1)
	if err != nil {
		return 0, fmt.Errorf("store: search: %w", err)
	}
	return n, nil
}

// A plan is a query before the sets of tiers that there are.
type plan struct {
	sound       string // what is looked for by sound, and nothing else
	scopes      []scopePlan
	terms       []term
	whole       string
	from, below int64
}

type scopePlan struct {
	marks []string // of the sets that hold a tier of the scope
	which expr     // the dockets of the scope that are asked for
}

func (p *plan) asks() bool { return len(p.terms) > 0 && len(p.scopes) > 0 }

func (q SearchQuery) plan(sets []string) *plan {
	p := &plan{terms: terms(q.Text), whole: wholeKey(q.Text), from: ordDay(q.From), below: 1<<63 - 1}
	if !q.To.IsZero() {
		p.below = ordDay(q.To) + 1<<47
		if p.below < 0 {
			p.below = 1<<63 - 1
		}
	}
	if q.Sound {
		p.sound = q.Text
	}
	for _, s := range q.Scopes {
		sp := scopePlan{marks: s.marks(sets)}
		if len(sp.marks) == 0 {
			continue
		}
		which := []expr{sp.tagged(s.Tags)}
		for _, tags := range q.Tags {
			which = append(which, sp.tagged(tags))
		}
		sp.which = all(which...)
		if in := s.inside(); s.Outside {
			sp.which = but(sp.which, in)
		} else {
			sp.which = all(sp.which, in)
		}
		if sp.which.op != never {
			p.scopes = append(p.scopes, sp)
		}
	}
	return p
}

// holding are the sets that hold a tier of the scope.
func (s SearchScope) holding(sets []string) []string {
	var out []string
	for _, t := range s.Tiers {
		if strings.Contains(t, ":") {
			out = append(out, setOf([]string{t}))
			continue
		}
		for _, set := range sets {
			if strings.Contains(set, " "+t+" ") && !slices.Contains(out, set) && t != "" {
				out = append(out, set)
			}
		}
	}
	return out
}

func (s SearchScope) marks(sets []string) []string {
	var out []string
	for _, set := range s.holding(sets) {
		out = append(out, setMark(set))
	}
	return out
}

func (s scopePlan) tagged(tags []string) expr {
	if len(tags) == 0 {
		return expr{op: always}
	}
	var any []expr
	for _, t := range tags {
		for _, m := range s.marks {
			any = append(any, word(tagWord(m, t)))
		}
	}
	return either(any...)
}

func (s SearchScope) inside() expr {
	regions, classes := expr{op: always}, expr{op: always}
	if s.Regions != nil && !slices.Contains(s.Regions, "") {
		var any []expr
		for _, r := range s.Regions {
			any = append(any, word(placeWord("r", r)))
		}
		regions = either(any...)
	}
	if len(s.Except) > 0 {
		var any []expr
		for _, r := range s.Except {
			any = append(any, word(placeWord("r", r)))
		}
		regions = but(regions, either(any...))
	}
	if len(s.Classes) > 0 {
		var any []expr
		for _, c := range s.Classes {
			any = append(any, word(placeWord("c", c)))
		}
		classes = either(any...)
	}
	return all(regions, classes)
}

// within adds to what must be met in a scope which dockets it is about.
func (s scopePlan) within(e expr) expr {
	if s.which.op == butNot && s.which.of[0].op == always {
		return but(e, s.which.of[1])
	}
	return all(e, s.which)
}

// term is one term in the words of a field.
func (s scopePlan) term(field string, t term) expr {
	var any []expr
	for _, set := range s.marks {
		m := field + set
		words := make([]string, len(t.words))
		for i, w := range t.words {
			words[i] = m + kindWord + w
		}
		switch n := len([]rune(t.words[0])); {
		case t.single:
			any = append(any, word(m+kindSingle+t.words[0]))
		case t.prefix && len(words) == 1 && n <= maxEdge:
			any = append(any, word(words[0]), word(m+kindEdge+t.words[0]))
		default:
			any = append(any, expr{op: sequence, words: words, prefix: t.prefix})
		}
	}
	return either(any...)
}

func (p *plan) inField(field string) expr {
	var any []expr
	for _, s := range p.scopes {
		var e []expr
		for _, t := range p.terms {
			e = append(e, s.term(field, t))
		}
		any = append(any, s.within(all(e...)))
	}
	return either(any...)
}

func (p *plan) wholly() expr {
	var any []expr
	for _, s := range p.scopes {
		var e []expr
		for _, m := range s.marks {
			e = append(e, word(fieldWhole+m+kindWord+p.whole))
		}
		any = append(any, s.within(either(e...)))
	}
	return either(any...)
}

func (p *plan) anywhere() expr { return either(p.wholly(), p.inField(fieldText)) }

// ranked is what is found at a rank and at no better one.
func (p *plan) ranked(rank int) expr {
	if p.sound != "" {
		return p.sounding(rank)
	}
	switch rank {
	case RankWhole:
		return p.wholly()
	case RankTitle:
		return but(p.inField(fieldTitle), p.wholly())
	case RankHead:
		return but(p.inField(fieldHead), either(p.inField(fieldTitle), p.wholly()))
	}
	return but(p.inField(fieldText), either(p.inField(fieldHead), p.wholly()))
}

// sounding is what sounds so, at the rank of titles.
func (p *plan) sounding(rank int) expr {
	if rank != RankTitle {
		return expr{op: never}
	}
	var any []expr
	for _, s := range p.scopes {
		any = append(any, s.within(soundExpr(p.sound, s.marks)))
	}
	return either(any...)
}

type foundDocket struct {
	ord    int64
	docket string
}

func scanFound(s scanner) (foundDocket, error) {
	var f foundDocket
	return f, s.Scan(&f.ord, &f.docket)
}

// found walks the dockets that meet a condition from the newest on. anywhere
// says that the condition's terms may stand in different parts of a long text.
func (db *DB) found(ctx context.Context, p *plan, e expr, anywhere bool, below int64, limit int) ([]foundDocket, error) {
	below = min(below, p.below)
	if e.op == never || p.from >= below {
		return nil, nil
	}
	if db.pool == nil {
		return collect(ctx, db.read, scanFound, `SELECT s.ord, s.docket FROM search_words w CROSS JOIN search s ON s.ord = w.rowid
			WHERE w.words MATCH $1 AND w.rowid >= $2 AND w.rowid < $3 ORDER BY w.rowid DESC LIMIT $4`, e.text(expr.fts), p.from, below, limit)
	}
	out, err := db.foundParts(ctx, e.text(expr.tsquery), p.from, below, limit)
	if err != nil || !anywhere || len(p.terms) < 2 {
		return out, err
	}
	across, err := db.foundAcross(ctx, p, below, limit)
	if err != nil || len(across) == 0 {
		return out, err
	}
	out = append(out, across...)
	slices.SortFunc(out, func(a, b foundDocket) int { return -cmp.Compare(a.ord, b.ord) })
	out = slices.CompactFunc(out, func(a, b foundDocket) bool { return a.ord == b.ord })
	return out[:min(len(out), limit)], nil
}

// count counts what is found anywhere, no further than limit.
func (db *DB) count(ctx context.Context, p *plan, limit int) (int, error) {
	e := p.anywhere()
	if e.op == never {
		return 0, nil
	}
	if db.pool != nil {
		// A count needs no order. Parts of one docket, or words in different parts, are counted in order after all.
		rows, err := foundPlanned(ctx, db, byIndex, `SELECT ord, docket FROM search WHERE words @@ $1::tsquery AND ord >= $2 AND ord < $3 LIMIT $4`,
			e.text(expr.tsquery), p.from, p.below, limit)
		if err != nil {
			return 0, err
		}
		distinct := map[int64]bool{}
		for _, r := range rows {
			distinct[r.ord] = true
		}
		if len(distinct) >= limit || len(rows) < limit && len(p.terms) == 1 {
			return len(distinct), nil
		}
	}
	found, err := db.found(ctx, p, e, true, 1<<63-1, limit)
	return len(found), err
}

// fewHits is how many hits are read and sorted rather than walked to.
const fewHits = 5000

// PostgreSQL's planner knows how common a word is, but not what it costs to
// read a text, and takes a word that it has not counted for one of two hundred
// rows: it would look for one code through all dockets from the newest on. So
// it is told: all by the index when they are few, else from the newest on.
const (
	byIndex   = `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)`
	byWalking = `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)`
)

// foundParts finds rows on PostgreSQL. What is found in several parts of one
// docket is left out here: asked for DISTINCT rows, PostgreSQL would read and
// sort all before the first.
func (db *DB) foundParts(ctx context.Context, query string, from, below int64, limit int) ([]foundDocket, error) {
	same := func(a, b foundDocket) bool { return a.ord == b.ord }
	const hits = `SELECT ord, docket FROM search WHERE words @@ $1::tsquery AND ord >= $2 AND ord < $3`
	// What stands in many dockets fills a page from the newest few, without the
	// index: that would read the text of each hit to see words side by side.
	if limit <= 100 {
		newest, err := foundPlanned(ctx, db, "", `SELECT ord, docket FROM (SELECT ord, part, docket, words FROM search WHERE ord >= $2 AND ord < $3 ORDER BY ord DESC, part DESC LIMIT $4) s
			WHERE words @@ $1::tsquery ORDER BY ord DESC, part DESC`, query, from, below, 4*limit)
		if err != nil {
			return nil, err
		}
		if newest = slices.CompactFunc(newest, same); len(newest) >= limit {
			return newest[:limit], nil
		}
	}
	few, err := foundPlanned(ctx, db, byIndex, hits+` LIMIT $4`, query, from, below, fewHits)
	if err != nil {
		return nil, err
	}
	if len(few) < fewHits {
		slices.SortFunc(few, func(a, b foundDocket) int { return -cmp.Compare(a.ord, b.ord) })
		few = slices.CompactFunc(few, same)
		return few[:min(len(few), limit)], nil
	}
	var out []foundDocket
	for {
		ask := limit - len(out)
		rows, err := foundPlanned(ctx, db, byWalking, hits+` ORDER BY ord DESC, part DESC LIMIT $4`, query, from, below, ask)
		if err != nil {
			return nil, err
		}
		out = slices.CompactFunc(append(out, rows...), same)
		if len(rows) < ask || len(out) >= limit {
			return out, nil
		}
		below = out[len(out)-1].ord
	}
}

// foundPlanned runs a query of PostgreSQL in a given way, "" for its own, and
// always planned with its own arguments.
func foundPlanned(ctx context.Context, db *DB, way, query string, args ...any) (out []foundDocket, err error) {
	err = pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if way != "" {
			if _, err := tx.Exec(ctx, way); err != nil {
				return err
			}
		}
		rows, err := tx.Query(ctx, query, append([]any{pgx.QueryExecModeExec}, args...)...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (foundDocket, error) { return scanFound(row) })
		return err
	})
	return out, err
}

// foundAcross finds the long dockets whose terms stand in different parts, and
// do not stand all in the head, by which they would be of a better rank.
func (db *DB) foundAcross(ctx context.Context, p *plan, below int64, limit int) ([]foundDocket, error) {
	var some bool
	err := db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM search WHERE long AND ord >= $1 AND ord < $2)`, p.from, below).Scan(&some)
	if err != nil || !some {
		return nil, err
	}
	f := &filter{db: db}
	var scopes []string
	for _, s := range p.scopes {
		var terms []string
		for _, t := range p.terms {
			e := s.within(s.term(fieldText, t))
			if e.op == never {
				terms = nil
				break
			}
			terms = append(terms, `docket IN (SELECT docket FROM search WHERE long AND words @@ `+f.arg(e.text(expr.tsquery))+`::tsquery)`)
		}
		if len(terms) > 0 {
			scopes = append(scopes, "("+strings.Join(terms, " AND ")+")")
		}
	}
	if len(scopes) == 0 {
		return nil, nil
	}
	f.conds = append(f.conds, "("+strings.Join(scopes, " OR ")+")", "long", "part = 0")
	if better := either(p.inField(fieldHead), p.wholly()); better.op != never {
		f.add("NOT words @@ %s::tsquery", better.text(expr.tsquery))
	}
	f.add("ord >= %s", p.from)
	f.add("ord < %s", below)
	query := `SELECT ord, docket FROM search` + f.where() + ` ORDER BY ord DESC LIMIT ` + f.arg(limit)
	return foundPlanned(ctx, db, "", query, f.args...)
}
