package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bodies that dockets name are indexed by name and code, whoever may see
// them: a body counts for a reader only by mentions that the reader may see. A
// body that nobody may see is named in no row.

func (m mentionRow) party() [2]string { return [2]string{m.name, m.code} }

func (m mentionRow) compare(o mentionRow) int {
	return cmp.Or(strings.Compare(m.name, o.name), strings.Compare(m.code, o.code), strings.Compare(m.role, o.role), strings.Compare(m.tiers, o.tiers))
}

// saveMentions replaces what bodies a docket names.
func (db *DB) saveMentions(ctx context.Context, tx *sql.Tx, docket string, now []mentionRow) error {
	now = slices.Clone(now)
	slices.SortFunc(now, mentionRow.compare)
	now = slices.Compact(now)
	if db.pool != nil && len(now) > 0 { // see dropParties
		if _, err := tx.ExecContext(ctx, `LOCK TABLE mention IN ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	old, err := collect(ctx, tx, func(s scanner) (mentionRow, error) {
		var m mentionRow
		return m, s.Scan(&m.name, &m.code, &m.role, &m.tiers)
	}, `SELECT p.name, p.code, m.role, m.tiers FROM mention m JOIN party p ON p.id = m.party WHERE m.docket = $1`, docket)
	if err != nil {
		return err
	}
	slices.SortFunc(old, mentionRow.compare)
	if slices.Equal(old, now) {
		return nil
	}
	ids := map[[2]string]int64{}
	for _, m := range append(slices.Clone(old), now...) {
		if _, ok := ids[m.party()]; !ok {
			if ids[m.party()], err = db.party(ctx, tx, m.name, m.code); err != nil {
				return err
			}
		}
	}
	for _, m := range old {
		if _, kept := slices.BinarySearchFunc(now, m, mentionRow.compare); kept {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM mention WHERE docket = $1 AND party = $2 AND role = $3 AND tiers = $4`, docket, ids[m.party()], m.role, m.tiers); err != nil {
			return err
		}
		if err := db.forgetParty(ctx, tx, ids[m.party()], m, now); err != nil {
			return err
		}
	}
	for _, m := range now {
		if _, had := slices.BinarySearchFunc(old, m, mentionRow.compare); had {
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO mention (docket, party, role, tiers) VALUES ($1, $2, $3, $4)`, docket, ids[m.party()], m.role, m.tiers); err != nil {
			return err
		}
	}
	return nil
}

// forgetParty drops a body that no docket names any more. PostgreSQL's writers
// cannot know that of each other: there Scrub does it.
func (db *DB) forgetParty(ctx context.Context, tx *sql.Tx, id int64, m mentionRow, now []mentionRow) error {
	if db.pool != nil || slices.ContainsFunc(now, func(n mentionRow) bool { return n.party() == m.party() }) {
		return nil
	}
	res, err := tx.ExecContext(ctx, `DELETE FROM party WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM mention WHERE party = $1)`, id)
	if err = touched(res, err); errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM party_words WHERE rowid = $1`, id)
	return err
}

// dropParties drops the bodies of PostgreSQL that no docket names. It waits for
// those who are saving mentions, and lets none begin.
func (db *DB) dropParties(ctx context.Context) error {
	return db.write(ctx, durable, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `LOCK TABLE mention IN SHARE MODE`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM party p WHERE NOT EXISTS (SELECT 1 FROM mention m WHERE m.party = p.id)`)
		return err
	})
}

// party returns the row of a name and code, made when there is none.
func (db *DB) party(ctx context.Context, tx *sql.Tx, name, code string) (int64, error) {
	var id int64
	find := func() error {
		return tx.QueryRowContext(ctx, `SELECT id FROM party WHERE name = $1 AND code = $2`, name, code).Scan(&id)
	}
	if err := find(); !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	h := fnv.New64a()
	h.Write([]byte(name + "\x1f" + code)) //nolint:errcheck // a hash never fails
	first := int64(min(utf8.RuneCountInString(name), 1<<10))<<48 | int64(h.Sum64()>>16)
	words := partyWords(name, code)
	for id = first; id < first+1000; id++ {
		var (
			res sql.Result
			err error
		)
		if db.pool == nil {
			res, err = tx.ExecContext(ctx, `INSERT INTO party (id, name, code) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, name, code)
		} else {
			v := vector{at: map[string][]int{}}
			for _, w := range words.words {
				v.add(w)
			}
			for w := range words.loose {
				v.put(w)
			}
			res, err = tx.ExecContext(ctx, `INSERT INTO party (id, name, code, words) VALUES ($1, $2, $3, $4::tsvector) ON CONFLICT DO NOTHING`, id, name, code, v.String())
		}
		if err = touched(res, err); err == nil {
			if db.pool == nil {
				doc := searchDoc{head: words, text: newWordList()}
				_, err = tx.ExecContext(ctx, `INSERT INTO party_words (rowid, words) VALUES ($1, $2)`, id, doc.fts())
			}
			return id, err
		}
		if !errors.Is(err, ErrNotFound) {
			return 0, err
		}
		if err := find(); !errors.Is(err, sql.ErrNoRows) { // another made it meanwhile
			return id, err
		}
	}
	return 0, fmt.Errorf("full text: no place for the body %q", name)
}

// partyMark stands where other words have their set: names are indexed for
// nobody and for all, see above.
const partyMark = "body"

func partyWords(name, code string) *wordList {
	l := newWordList()
	l.line(fieldHead+partyMark, name)
	l.line(fieldHead+partyMark, code)
	l.sounds(fieldSound+partyMark, name)
	l.whole(partyMark, name)
	l.whole(partyMark, code)
	return l
}

// A PartyHit is a body found: its name, its code where the reader sees one with
// the name, and in how many dockets that the reader may see it has which role.
type PartyHit struct {
	Name, Code string
	Roles      map[string]int
	Rank       int // RankWhole or RankHead
}

// A PartyPage is one page of bodies.
type PartyPage struct {
	Hits []PartyHit
	Next string
}

// SearchParties returns a page of bodies whose name or code holds all words:
// those found whole first, then the shortest names. Of a query it reads the
// scopes, the text and the place; of a scope with tags only the tiers with a
// detail. A name that one docket gives with a code and another without is one body,
// unless different codes are given with it.
func (db *DB) SearchParties(ctx context.Context, q SearchQuery) (PartyPage, error) {
	var page PartyPage
	at, err := readPlace(q.After)
	if err != nil {
		return page, fmt.Errorf("store: search: %w", err)
	}
	if q.After == "" {
		at.ord = -1
	}
	v, err := db.partyView(ctx, q)
	if err != nil || v == nil {
		return page, err
	}
	limit := limitOf(q.Limit)
	var last place
	for _, rank := range []int{RankWhole, RankHead} {
		if rank < at.rank {
			continue
		}
		above := at.ord
		if rank > at.rank {
			above = -1
		}
		found, err := v.found(ctx, v.ranked(rank), above, limit+1-len(page.Hits))
		if err != nil {
			return PartyPage{}, fmt.Errorf("store: search bodies: %w", err)
		}
		for _, f := range found {
			if len(page.Hits) == limit {
				page.Next = last.String()
				return page, nil
			}
			hit := PartyHit{Name: f.name, Code: f.code, Rank: rank}
			if hit.Roles, err = v.roles(ctx, f); err != nil {
				return PartyPage{}, fmt.Errorf("store: search bodies: %w", err)
			}
			page.Hits = append(page.Hits, hit)
			last = place{rank, f.id}
		}
	}
	return page, nil
}

// CountParties counts what SearchParties would return on all its pages, but no
// further than one more than most.
func (db *DB) CountParties(ctx context.Context, q SearchQuery, most int) (int, error) {
	v, err := db.partyView(ctx, q)
	if err != nil || v == nil {
		return 0, err
	}
	found, err := v.found(ctx, either(v.ranked(RankWhole), v.ranked(RankHead)), -1, most+1)
	if err != nil {
		return 0, fmt.Errorf("store: search bodies: %w", err)
	}
	return len(found), nil
}

// A partyView is a query for bodies, with the condition under which a mention
// counts for its reader.
type partyView struct {
	db     *DB
	sound  string // what is looked for by sound
	terms  []term
	whole  string
	scopes []SearchScope
	sets   [][]string // of each scope
}

func (db *DB) partyView(ctx context.Context, q SearchQuery) (*partyView, error) {
	v := &partyView{db: db, terms: terms(q.Text), whole: wholeKey(q.Text)}
	if len(v.terms) == 0 {
		return nil, nil
	}
	return v.scoped(ctx, q)
}

// scoped takes the scopes of a query; nil when nothing is seen by them.
func (v *partyView) scoped(ctx context.Context, q SearchQuery) (*partyView, error) {
	db := v.db
	if q.Sound {
		v.sound = q.Text
	}
	sets, err := db.searchSets(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: search bodies: %w", err)
	}
	for _, s := range q.Scopes {
		if len(s.Tags) > 0 { // a mention has no tags
			s.Tiers = slices.DeleteFunc(slices.Clone(s.Tiers), func(t string) bool { return !strings.Contains(t, ":") })
		}
		if holding := s.holding(sets); len(holding) > 0 {
			v.scopes, v.sets = append(v.scopes, s), append(v.sets, holding)
		}
	}
	if len(v.scopes) == 0 {
		return nil, nil
	}
	return v, nil
}

func (v *partyView) ranked(rank int) expr {
	if v.sound != "" {
		if rank == RankWhole {
			return expr{op: never}
		}
		return soundExpr(v.sound, []string{partyMark})
	}
	whole := word(fieldWhole + partyMark + kindWord + v.whole)
	if rank == RankWhole {
		return whole
	}
	var e []expr
	for _, t := range v.terms {
		e = append(e, scopePlan{marks: []string{partyMark}}.term(fieldHead, t))
	}
	return but(all(e...), whole)
}

// counts is the condition that mention m counts for the reader.
func (v *partyView) counts(f *filter) string {
	var scopes []string
	for i, s := range v.scopes {
		var in []string
		if s.Regions != nil && !slices.Contains(s.Regions, "") {
			regions := []string{"1 = 0"}
			for _, r := range s.Regions {
				regions = append(regions, "substr(d.region, 1, "+strconv.Itoa(len(r))+") = "+f.arg(r))
			}
			in = append(in, "("+strings.Join(regions, " OR ")+")")
		}
		if len(s.Except) > 0 {
			in = append(in, "NOT (d.region "+f.db.in(f.arg(f.db.list(s.Except)), kindText)+")")
		}
		if len(s.Classes) > 0 {
			in = append(in, "d.class "+f.db.in(f.arg(f.db.list(s.Classes)), kindText))
		}
		if s.Outside && len(in) == 0 {
			continue
		}
		conds := []string{"m.tiers " + f.db.in(f.arg(f.db.list(v.sets[i])), kindText)}
		switch {
		case s.Outside:
			conds = append(conds, "NOT ("+strings.Join(in, " AND ")+")")
		default:
			conds = append(conds, in...)
		}
		scopes = append(scopes, "("+strings.Join(conds, " AND ")+")")
	}
	if len(scopes) == 0 {
		return "1 = 0"
	}
	return "(" + strings.Join(scopes, " OR ") + ")"
}

type foundParty struct {
	id         int64
	name, code string
}

// found walks the bodies that meet a condition and that the reader may know of,
// the shortest names first.
func (v *partyView) found(ctx context.Context, e expr, above int64, limit int) ([]foundParty, error) {
	f := &filter{db: v.db}
	if e.op == never {
		return nil, nil
	}
	from, match := "party p", "p.words @@ %s::tsquery"
	query := e.text(expr.tsquery)
	if v.db.pool == nil {
		from, match = "party_words w CROSS JOIN party p ON p.id = w.rowid", "w.words MATCH %s"
		query = e.text(expr.fts)
	}
	f.add(match, query)
	id := map[bool]string{true: "w.rowid", false: "p.id"}[v.db.pool == nil]
	f.add(id+" > %s", above)
	f.conds = append(f.conds, `EXISTS (SELECT 1 FROM mention m JOIN docket d ON d.id = m.docket WHERE m.party = p.id AND `+v.counts(f)+`)`,
		`(p.code <> '' OR `+v.codesOf(f, "p.name")+` <> 1)`)
	return collect(ctx, v.db.read, func(s scanner) (foundParty, error) {
		var p foundParty
		return p, s.Scan(&p.id, &p.name, &p.code)
	}, `SELECT p.id, p.name, p.code FROM `+from+f.where()+` ORDER BY `+id+` LIMIT `+f.arg(limit), f.args...)
}

// codesOf counts the codes that the reader sees given with a name.
func (v *partyView) codesOf(f *filter, name string) string {
	return `(SELECT count(DISTINCT q.code) FROM party q WHERE q.name = ` + name + ` AND q.code <> '' AND
		EXISTS (SELECT 1 FROM mention m JOIN docket d ON d.id = m.docket WHERE m.party = q.id AND ` + v.counts(f) + `))`
}

// roles counts dockets by role: those that name the code, whatever name they
// give with it, and those that give the name and no code, if it is of no other body.
func (v *partyView) roles(ctx context.Context, p foundParty) (map[string]int, error) {
	f := &filter{db: v.db}
	if p.code != "" {
		code, name := f.arg(p.code), f.arg(p.name)
		// Each branch as its index has it.
		f.conds = append(f.conds, `((p.code = `+code+` AND p.code <> '') OR (p.name = `+name+` AND p.code = '' AND `+v.codesOf(f, name)+` = 1))`)
	} else {
		f.add("p.name = %s", p.name)
		f.add("p.code = %s", "")
	}
	f.conds = append(f.conds, v.counts(f))
	type count struct {
		role string
		n    int
	}
	counts, err := collect(ctx, v.db.read, func(s scanner) (count, error) {
		var c count
		return c, s.Scan(&c.role, &c.n)
	}, `SELECT m.role, count(DISTINCT m.docket) FROM party p JOIN mention m ON m.party = p.id JOIN docket d ON d.id = m.docket`+f.where()+` GROUP BY m.role`, f.args...)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, c := range counts {
		out[c.role] = c.n
	}
	return out, nil
}
