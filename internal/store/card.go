package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A CardRow is what a list shows of a docket to the readers of one seat, with
// what lists are put in order and narrowed by.
type CardRow struct {
	Docket     string
	Seat       int
	Origin     string // with a seat that is read by origin: whose it is
	Several    bool   // other origins have a card of the docket too
	Class      string
	Region     string
	Title      string
	Stage      int    // place in the order of stages, -1: none
	Moments    int    // bit n: a lot stands at moment n
	Amount     *int64 // fen; nil: none
	First      time.Time
	Last       time.Time
	Facts      int // warnings by grade
	Clues      int
	Late       int
	Origins    []string // codes without blanks; so the next
	Indicators []string
	Edition    string
	Days       map[string]bool // on which days' boards it stands, 2006-01-02; true: something of that day is not over. Not read back
	Body       []byte
}

// warn puts warnings in order: facts before clues.
func (c *CardRow) warn() any {
	if c.Facts+c.Clues == 0 {
		return nil
	}
	const most = 99_999
	return int64(min(c.Facts, most))*(most+1) + int64(min(c.Clues, most))
}

func (c *CardRow) check(docket string) error {
	if c.Docket != docket {
		return fmt.Errorf("a card of docket %q", c.Docket)
	}
	if err := checkTexts("card", append(append([]string{c.Docket, c.Origin, c.Class, c.Region, c.Title, c.Edition}, c.Origins...), c.Indicators...)...); err != nil {
		return err
	}
	return checkBytes("card body", c.Body)
}

func spaced(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return clipTo(" "+strings.Join(list, " ")+" ", 1000)
}

func clipTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

const cardColumns = `docket, seat, origin, several, class, region, title, stage, moments, amount, first, last, facts, clues, warn, late, origins, indicators, edition, digest, body`

// values are those of cardColumns.
func (c *CardRow) values() []any {
	var amount any
	if c.Amount != nil {
		amount = *c.Amount
	}
	v := []any{
		c.Docket, c.Seat, clip(c.Origin), flag(c.Several), clip(c.Class), clip(c.Region), clipTo(SortKey(c.Title), 120), c.Stage, c.Moments, amount,
		ms(c.First), ms(c.Last), c.Facts, c.Clues, c.warn(), c.Late, spaced(c.Origins), spaced(c.Indicators), c.Edition,
	}
	h := sha256.New()
	for _, x := range append(slices.Clone(v), string(c.Body)) {
		s := fmt.Sprint(x)
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	return append(v, h.Sum(nil)[:16], string(c.Body))
}

// saveCards makes the docket's cards those given. One that did not change is
// not touched.
func (db *DB) saveCards(ctx context.Context, tx *sql.Tx, docket string, given []CardRow) error {
	type have struct {
		id     int64
		seat   int
		origin string
		digest []byte
	}
	// Written out: so the index by seat and docket is used.
	stored, err := collect(ctx, tx, func(s scanner) (have, error) {
		var h have
		return h, s.Scan(&h.id, &h.seat, &h.origin, &h.digest)
	}, `SELECT id, seat, origin, digest FROM card WHERE seat IN (0, 1, 2, 3, 4, 5, 6, 7) AND docket = $1`, docket)
	if err != nil {
		return err
	}
	for i := range given {
		v := given[i].values()
		digest, _ := v[len(v)-2].([]byte)
		at := slices.IndexFunc(stored, func(h have) bool { return h.seat == given[i].Seat && h.origin == clip(given[i].Origin) })
		if at >= 0 {
			old := stored[at]
			stored = slices.Delete(stored, at, at+1)
			if bytes.Equal(old.digest, digest) {
				continue
			}
			if err := db.updateCard(ctx, tx, old.id, v); err != nil {
				return err
			}
			continue
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO card (`+cardColumns+`) VALUES (`+holders(len(v))+`)`, v...); err != nil {
			return err
		}
	}
	for _, old := range stored {
		if _, err := tx.ExecContext(ctx, `DELETE FROM card WHERE id = $1`, old.id); err != nil {
			return err
		}
	}
	return saveDays(ctx, tx, docket, given)
}

// saveDays makes the days of a docket those of its cards.
func saveDays(ctx context.Context, tx *sql.Tx, docket string, given []CardRow) error {
	want := map[string]int64{}
	for i := range given {
		for day, open := range given[i].Days {
			want[day] = max(want[day], flag(open))
		}
	}
	type have struct {
		day  string
		open int64
	}
	stored, err := collect(ctx, tx, func(s scanner) (h have, err error) { return h, s.Scan(&h.day, &h.open) }, `SELECT day, open FROM sitting_day WHERE docket = $1`, docket)
	if err != nil {
		return err
	}
	for _, h := range stored {
		if open, stays := want[h.day]; stays && open == h.open {
			delete(want, h.day)
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sitting_day WHERE docket = $1 AND day = $2`, docket, h.day); err != nil {
			return err
		}
	}
	for day, open := range want {
		if _, err := tx.ExecContext(ctx, `INSERT INTO sitting_day (docket, day, open) VALUES ($1, $2, $3)`, docket, day, open); err != nil {
			return err
		}
	}
	return nil
}

// DocketsOfDay lists the dockets that may stand on a day's board, at most so
// many: those of the day, and of earlier days from one on those of which
// something is not over.
func (db *DB) DocketsOfDay(ctx context.Context, day, from string, most int) ([]string, error) {
	out, err := collect(ctx, db.read, scanOne[string], `SELECT DISTINCT docket FROM (
			SELECT docket FROM sitting_day WHERE day = $1
			UNION ALL SELECT docket FROM sitting_day WHERE day >= $2 AND day < $1 AND open = 1
		) AS d ORDER BY docket LIMIT $3`, day, from, most)
	if err != nil {
		return nil, fmt.Errorf("store: dockets of a day: %w", err)
	}
	return out, nil
}

func (db *DB) updateCard(ctx context.Context, tx *sql.Tx, id int64, v []any) error {
	_, err := tx.ExecContext(ctx, `UPDATE card SET (`+cardColumns+`) = (`+holders(len(v))+`) WHERE id = $`+strconv.Itoa(len(v)+1), append(slices.Clone(v), id)...)
	return err
}

func holders(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String()
}

// A CardScope is a part of what a reader lists: the cards of one seat, of the
// dockets that lie in some places. The dockets of two scopes of one reader must
// not be the same.
type CardScope struct {
	Seat    int
	Origins []string // of these; of several of one docket the first by code
	Regions []string // beginnings of codes, "" among them for all; nil: all
	Except  []string // whole codes that begin so and lie elsewhere all the same
	Classes []string // none: all
	Outside bool     // the dockets that do not lie in these regions and classes
}

// A Place is a set of regions: what begins so, less some whole codes.
type Place struct {
	Starts, Except []string
}

// A CardQuery asks for cards. Empty values mean all.
type CardQuery struct {
	Scopes []CardScope

	Classes   []string
	Regions   []Place // in one of these
	Stages    []int   // one of these
	Moments   int     // a lot stands at one of these bits
	From, To  time.Time
	AmountMin *int64
	AmountMax *int64
	Warned    bool   // has a warning
	Facts     bool   // has one of grade fact
	Clues     bool   // has one of grade clue
	Indicator string // has one of this indicator
	Late      bool   // has a step that is late
	Source    string // some of what is seen was sent by this platform
	Dockets   []string

	Known int    // how many all pages have, where it is known; 0: not
	Sort  string // one of CardSorts; "": by id
	Desc  bool
	After string // Next of the page before
	Limit int    // at most 1,000; 0: 100
}

// CardSorts are the orders of a list. Cards without amount or warning stand last
// in theirs, whichever way it goes.
func CardSorts() []string { return []string{"id", "last", "title", "amount", "warnings"} }

type cardSort struct {
	column string
	null   bool // cards without a value stand last
	text   bool
}

var cardSorts = map[string]cardSort{
	"":         {"docket", false, true},
	"id":       {"docket", false, true},
	"last":     {"last", false, false},
	"title":    {"title", false, true},
	"amount":   {"amount", true, false},
	"warnings": {"warn", true, false},
}

// A CardPage is a page of a list.
type CardPage struct {
	Cards []CardRow
	Next  string // "" on the last page
	Total int    // of all pages, where it was found on the way; -1: it was not
}

// cardPlace is where a page ended: the value that it is put in order by, and
// the docket.
type cardPlace struct {
	beyond bool // among those without a value
	value  string
	docket string
}

func (p cardPlace) String() string {
	return map[bool]string{false: "v", true: "n"}[p.beyond] + strconv.Itoa(len(p.value)) + "." + p.value + p.docket
}

func readCardPlace(s string, sort cardSort) (*cardPlace, error) {
	if s == "" {
		return nil, nil
	}
	head, rest, ok := strings.Cut(s[1:], ".")
	n, err := strconv.Atoi(head)
	if !ok || err != nil || n < 0 || n > len(rest) || s[0] != 'v' && s[0] != 'n' {
		return nil, ErrPlace
	}
	p := &cardPlace{s[0] == 'n', rest[:n], rest[n:]}
	if !sort.text && !p.beyond {
		if _, err := strconv.ParseInt(p.value, 10, 64); err != nil {
			return nil, ErrPlace
		}
	}
	return p, nil
}

// arg is the place's value as the column has it.
func (p *cardPlace) arg(sort cardSort) any {
	if sort.text {
		return p.value
	}
	n, _ := strconv.ParseInt(p.value, 10, 64) // readCardPlace has seen to it
	return n
}

// Cards returns a page of a list. The error is ErrPlace when After is no place
// of it.
func (db *DB) Cards(ctx context.Context, q CardQuery) (CardPage, error) {
	var page CardPage
	sort, ok := cardSorts[q.Sort]
	if !ok {
		return page, fmt.Errorf("store: cards: order %q is none of %v", q.Sort, CardSorts())
	}
	after, err := readCardPlace(q.After, sort)
	if err != nil {
		return page, fmt.Errorf("store: cards: %w", err)
	}
	limit := limitOf(q.Limit)
	page.Total = -1
	if q.narrows() && q.Known <= db.few(q, sort) {
		keys, all, err := db.fewCards(ctx, q, sort)
		if err == nil && all {
			return db.pageOf(ctx, keys, q, sort, after, limit)
		}
		if err != nil {
			return page, fmt.Errorf("store: cards: %w", err)
		}
	}
	var last cardPlace
	for _, beyond := range sort.phases() {
		if after != nil && after.beyond && !beyond {
			continue
		}
		from := after
		if after != nil && after.beyond != beyond {
			from = nil
		}
		found, err := db.cardsOf(ctx, q, sort, beyond, from, limit+1-len(page.Cards))
		if err != nil {
			return CardPage{}, fmt.Errorf("store: cards: %w", err)
		}
		for i := range found {
			if len(page.Cards) == limit {
				page.Next = last.String()
				return page, nil
			}
			page.Cards = append(page.Cards, found[i].CardRow)
			last = found[i].place()
		}
	}
	return page, nil
}

func (s cardSort) phases() []bool {
	if s.null {
		return []bool{false, true}
	}
	return []bool{false}
}

func (f *foundCard) place() cardPlace { return cardPlace{f.beyond, f.value, f.Docket} }

// fewCards finds which cards meet the filters, when they are so few that to find
// them all and sort them is less than to walk an order in which they lie far
// apart; all says whether these are all.
func (db *DB) fewCards(ctx context.Context, q CardQuery, sort cardSort) (keys []foundCard, all bool, err error) {
	if few := db.few(q, sort); few > fewHitsOfCards { // what puts them in order stands in the index too: no row is read
		for i := range q.Scopes {
			f := q.where(db, &q.Scopes[i])
			part, err := collect(ctx, db.read, func(r scanner) (foundCard, error) { return scanCardKey(r, sort) },
				`SELECT c.id, c.docket, c.`+sort.column+` FROM card c`+db.byIndex(q, &q.Scopes[i], f)+f.where()+` LIMIT `+f.arg(few+1-len(keys)), f.args...)
			if err != nil {
				return nil, false, err
			}
			if keys = append(keys, part...); len(keys) > few {
				return nil, false, nil
			}
		}
		sortCards(keys, q, sort)
		return keys, true, nil
	}
	var ids []int64
	for i := range q.Scopes { // which alone: what stands in the index
		f := q.where(db, &q.Scopes[i])
		part, err := collect(ctx, db.read, scanOne[int64], `SELECT c.id FROM card c`+db.byIndex(q, &q.Scopes[i], f)+f.where()+` LIMIT `+f.arg(fewHitsOfCards+1-len(ids)), f.args...)
		if err != nil {
			return nil, false, err
		}
		if ids = append(ids, part...); len(ids) > fewHitsOfCards {
			return nil, false, nil
		}
	}
	keys, err = collect(ctx, db.read, func(r scanner) (foundCard, error) { return scanCardKey(r, sort) },
		`SELECT c.id, c.docket, c.`+sort.column+` FROM card c WHERE c.id `+db.in("$1", kindInt), db.list(ids))
	if err != nil {
		return nil, false, err
	}
	sortCards(keys, q, sort)
	return keys, true, nil
}

// pageOf reads a page of what was found and sorted.
func (db *DB) pageOf(ctx context.Context, keys []foundCard, q CardQuery, sort cardSort, after *cardPlace, limit int) (CardPage, error) {
	page := CardPage{Total: len(keys)}
	if after != nil {
		from := foundCard{CardRow: CardRow{Docket: after.docket}, value: after.value, beyond: after.beyond}
		keys = keys[sortedBefore(keys, &from, q, sort):]
	}
	if len(keys) > limit {
		page.Next = keys[limit-1].place().String()
		keys = keys[:limit]
	}
	ids := make([]int64, len(keys))
	at := make(map[int64]int, len(keys))
	for i := range keys {
		ids[i], at[keys[i].id] = keys[i].id, i
	}
	rows, err := collect(ctx, db.read, func(r scanner) (foundCard, error) { return scanCard(r, sort) },
		`SELECT `+shownColumns+`, c.`+sort.column+` FROM card c WHERE c.id `+db.in("$1", kindInt), db.list(ids))
	if err != nil {
		return CardPage{}, fmt.Errorf("store: cards: %w", err)
	}
	// One that was saved between the two looks is shown as it is now, at its place then.
	page.Cards = make([]CardRow, 0, len(rows))
	slices.SortFunc(rows, func(a, b foundCard) int { return at[a.id] - at[b.id] })
	for i := range rows {
		page.Cards = append(page.Cards, rows[i].CardRow)
	}
	return page, nil
}

// sortedBefore is how many of sorted keys stand up to a place.
func sortedBefore(keys []foundCard, place *foundCard, q CardQuery, sort cardSort) int {
	n, _ := slices.BinarySearchFunc(keys, place, func(k foundCard, p *foundCard) int {
		if c := compareCards(&k, p, q, sort); c != 0 {
			return c
		}
		return -1
	})
	return n
}

// CountCards counts what Cards would return on all its pages, but no further
// than one more than most.
func (db *DB) CountCards(ctx context.Context, q CardQuery, most int) (int, error) {
	return db.countCards(ctx, db.read, q, most)
}

func (db *DB) countCards(ctx context.Context, on querier, q CardQuery, most int) (int, error) {
	total := 0
	for i := range q.Scopes {
		f := q.where(db, &q.Scopes[i])
		n, err := collect(ctx, on, scanOne[int], `SELECT count(*) FROM (SELECT 1 FROM card c`+db.byIndex(q, &q.Scopes[i], f)+f.where()+` LIMIT `+f.arg(most+1-total)+`) AS n`, f.args...)
		if err != nil {
			return 0, fmt.Errorf("store: count cards: %w", err)
		}
		if total += n[0]; total > most {
			break
		}
	}
	return total, nil
}

// byIndex has SQLite read an index that holds all filters, whatever it thinks
// that others cost: the one in which what is asked for lies closest.
func (db *DB) byIndex(q CardQuery, s *CardScope, f *filter) string {
	switch {
	case db.pool != nil || len(q.Dockets) > 0:
		return ""
	case q.warned():
		f.conds = append(f.conds, "c.warn IS NOT NULL")
		return " INDEXED BY card_warn"
	case len(q.Regions) > 0 || s.Regions != nil && !s.Outside && !slices.Contains(s.Regions, ""):
		return " INDEXED BY card_place"
	}
	return " INDEXED BY card_last"
}

// fewHitsOfCards is how many cards are read and sorted rather than walked to.
const fewHitsOfCards = 1000

// fewInIndex is the same of cards that lie far apart, where the index that finds
// them holds what puts them in order: one pass finds, counts and sorts them.
const fewInIndex = 5000

// few is how many cards of a query are read and sorted.
func (db *DB) few(q CardQuery, sort cardSort) int {
	apart := q.warned() || len(q.Stages) > 0 || q.Moments != 0 || q.AmountMin != nil || q.AmountMax != nil
	holds := sort.column != "title" && (sort.column != "warn" || q.warned())
	if db.pool == nil && len(q.Dockets) == 0 && apart && holds {
		return fewInIndex
	}
	return fewHitsOfCards
}

// warned reports whether only cards with findings meet the filters.
func (q *CardQuery) warned() bool { return q.Warned || q.Facts || q.Clues || q.Indicator != "" }

func (q *CardQuery) narrows() bool {
	if len(q.Classes) > 0 || len(q.Regions) > 0 || len(q.Stages) > 0 || q.Moments != 0 || !q.From.IsZero() || !q.To.IsZero() || q.AmountMin != nil || q.AmountMax != nil ||
		q.Warned || q.Facts || q.Clues || q.Late || q.Indicator != "" || q.Source != "" || len(q.Dockets) > 0 {
		return true
	}
	for i := range q.Scopes {
		s := &q.Scopes[i]
		if s.Regions != nil || len(s.Classes) > 0 || len(s.Origins) > 0 {
			return true
		}
	}
	return false
}

type foundCard struct {
	CardRow
	id     int64
	value  string
	beyond bool // it has none
}

// cardsOf finds cards in their order, of each scope as many as may be needed.
func (db *DB) cardsOf(ctx context.Context, q CardQuery, sort cardSort, beyond bool, after *cardPlace, limit int) ([]foundCard, error) {
	var out []foundCard
	for i := range q.Scopes {
		found, err := db.cardsIn(ctx, q, &q.Scopes[i], sort, beyond, after, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if len(q.Scopes) > 1 {
		sortCards(out, q, sort)
	}
	return out[:min(len(out), limit)], nil
}

// sortCards puts cards into the order that is asked for.
func sortCards(cards []foundCard, q CardQuery, sort cardSort) {
	slices.SortFunc(cards, func(a, b foundCard) int { return compareCards(&a, &b, q, sort) })
}

func compareCards(a, b *foundCard, q CardQuery, sort cardSort) int {
	n := 0
	switch {
	case a.beyond != b.beyond && a.beyond:
		return 1
	case a.beyond != b.beyond:
		return -1
	case a.beyond:
	case sort.text:
		n = strings.Compare(a.value, b.value)
	default:
		x, _ := strconv.ParseInt(a.value, 10, 64) // the database wrote it, or readCardPlace has seen to it
		y, _ := strconv.ParseInt(b.value, 10, 64)
		n = compareInts(x, y)
	}
	if n == 0 {
		n = strings.Compare(a.Docket, b.Docket)
	}
	if q.Desc {
		n = -n
	}
	return n
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (db *DB) cardsIn(ctx context.Context, q CardQuery, s *CardScope, sort cardSort, beyond bool, after *cardPlace, limit int) ([]foundCard, error) {
	which, by, f := db.whichCards(q, s, sort, beyond, after, limit)
	// First which, then what they say: so that no row is read that is not shown.
	query := `SELECT ` + shownColumns + `, c.` + sort.column + `
		FROM (SELECT c.id AS found FROM ` + which + `) w JOIN card c ON c.id = w.found ORDER BY ` + db.sorted(by)
	return collect(ctx, db.read, func(r scanner) (foundCard, error) { return scanCard(r, sort) }, query, f.args...)
}

// whichCards is the part of a query from FROM on that finds a scope's cards in
// their order, with that order.
func (db *DB) whichCards(q CardQuery, s *CardScope, sort cardSort, beyond bool, after *cardPlace, limit int) (which, by string, f *filter) {
	f = q.where(db, s)
	column, order, op := "c."+sort.column, "", ">"
	if q.Desc {
		order, op = " DESC", "<"
	}
	if sort.null {
		f.conds = append(f.conds, column+map[bool]string{false: " IS NOT NULL", true: " IS NULL"}[beyond])
	}
	by = "c.docket" + order
	switch {
	case beyond || sort.column == "docket":
		if after != nil {
			f.add("c.docket "+op+" %s", after.docket)
		}
	default:
		by = column + order + ", " + by
		if after != nil {
			f.conds = append(f.conds, "("+column+", c.docket) "+op+" ("+f.arg(after.arg(sort))+", "+f.arg(after.docket)+")")
		}
	}
	index := ""
	if db.pool == nil {
		index = " INDEXED BY " + cardIndex(sort, beyond)
	}
	return "card c" + index + f.where() + " ORDER BY " + by + " LIMIT " + f.arg(limit), by, f
}

// sorted is an order that no index gives.
func (db *DB) sorted(by string) string {
	parts := strings.Split(by, ", ")
	for i, p := range parts {
		column, order, _ := strings.Cut(p, " ")
		switch {
		case db.pool == nil:
			parts[i] = "+" + column
		case column == "c.docket" || column == "c.title":
			parts[i] = column + " || ''"
		default:
			parts[i] = column + " + 0"
		}
		if order != "" {
			parts[i] += " " + order
		}
	}
	return strings.Join(parts, ", ")
}

func cardIndex(sort cardSort, beyond bool) string {
	switch {
	case beyond || sort.column == "docket":
		return "card_id"
	case sort.column == "last":
		return "card_last"
	}
	return "card_" + sort.column
}

const shownColumns = `c.id, c.docket, c.seat, c.origin, c.several, c.class, c.region, c.stage, c.moments, c.amount, c.first, c.last, c.facts, c.clues, c.late, c.edition, c.body`

func scanCard(r scanner, sort cardSort) (foundCard, error) {
	var (
		f           foundCard
		several     int64
		amount      sql.NullInt64
		first, last int64
		body        string
		number      sql.NullInt64
		value       any = &f.value
	)
	if !sort.text {
		value = &number
	}
	if err := r.Scan(&f.id, &f.Docket, &f.Seat, &f.Origin, &several, &f.Class, &f.Region, &f.Stage, &f.Moments, &amount, &first, &last, &f.Facts, &f.Clues, &f.Late, &f.Edition, &body, value); err != nil {
		return f, err
	}
	f.number(sort, number)
	if amount.Valid {
		f.Amount = &amount.Int64
	}
	f.Several, f.First, f.Last, f.Body = several != 0, instant(first), instant(last), []byte(body)
	return f, nil
}

func (f *foundCard) number(sort cardSort, n sql.NullInt64) {
	switch {
	case sort.text:
	case n.Valid:
		f.value = strconv.FormatInt(n.Int64, 10)
	default:
		f.beyond = true
	}
}

func scanCardKey(r scanner, sort cardSort) (f foundCard, err error) {
	var n sql.NullInt64
	value := any(&n)
	if sort.text {
		value = &f.value
	}
	err = r.Scan(&f.id, &f.Docket, value)
	f.number(sort, n)
	return f, err
}

// where are the conditions on card c within a scope.
func (q *CardQuery) where(db *DB, s *CardScope) *filter {
	f := &filter{db: db}
	f.conds = append(f.conds, "c.seat = "+strconv.Itoa(s.Seat)) // written out: so the planner knows how many there are
	s.within(f)
	f.fewOf("c.class", q.Classes)
	if len(q.Regions) > 0 {
		var any []string
		for _, p := range q.Regions {
			any = append(any, "("+strings.Join(p.conds(f), " AND ")+")")
		}
		f.conds = append(f.conds, "("+strings.Join(any, " OR ")+")")
	}
	if len(q.Stages) > 0 {
		var any []string
		for _, n := range q.Stages {
			any = append(any, strconv.Itoa(n))
		}
		f.conds = append(f.conds, "c.stage IN ("+strings.Join(any, ", ")+")")
	}
	if q.Moments != 0 {
		f.conds = append(f.conds, "(c.moments & "+strconv.Itoa(q.Moments)+") <> 0")
	}
	if !q.From.IsZero() {
		f.add("c.last >= %s", ms(q.From))
	}
	if !q.To.IsZero() {
		f.add("c.last < %s", ms(q.To))
		f.conds = append(f.conds, "c.last > 0")
	}
	if q.AmountMin != nil {
		f.add("c.amount >= %s", *q.AmountMin)
	}
	if q.AmountMax != nil {
		f.add("c.amount <= %s", *q.AmountMax)
	}
	for _, c := range []struct {
		asked bool
		cond  string
	}{{q.Warned, "c.facts + c.clues > 0"}, {q.Facts, "c.facts > 0"}, {q.Clues, "c.clues > 0"}, {q.Late, "c.late > 0"}} {
		if c.asked {
			f.conds = append(f.conds, c.cond)
		}
	}
	if q.Indicator != "" {
		f.add(db.contains("c.indicators"), " "+q.Indicator+" ")
	}
	if q.Source != "" {
		f.add(db.contains("c.origins"), " "+q.Source+" ")
	}
	f.anyOf("c.docket", q.Dockets)
	return f
}

// each is a list written out, for lists that are short: looked up without a table.
func (f *filter) each(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = f.arg(v)
	}
	return strings.Join(out, ", ")
}

// fewOf adds "column is one of", unless the list is empty.
func (f *filter) fewOf(column string, values []string) {
	if len(values) > 0 {
		f.conds = append(f.conds, column+" IN ("+f.each(values)+")")
	}
}

// within adds which of a seat's cards are the scope's.
func (s *CardScope) within(f *filter) {
	if len(s.Origins) > 0 {
		f.fewOf("c.origin", s.Origins)
		if len(s.Origins) > 1 {
			f.conds = append(f.conds, `(c.several = 0 OR NOT EXISTS (SELECT 1 FROM card o WHERE o.seat = c.seat AND o.docket = c.docket AND o.origin < c.origin AND o.origin IN (`+f.each(s.Origins)+`)))`)
		}
	}
	var in []string
	if s.Regions != nil && !slices.Contains(s.Regions, "") {
		in = append(in, Place{s.Regions, s.Except}.conds(f)...)
	}
	if len(s.Classes) > 0 {
		in = append(in, "c.class IN ("+f.each(s.Classes)+")")
	}
	switch {
	case !s.Outside:
		f.conds = append(f.conds, in...)
	case len(in) == 0:
		f.conds = append(f.conds, "1 = 0")
	default:
		f.conds = append(f.conds, "NOT ("+strings.Join(in, " AND ")+")")
	}
}

// conds are the conditions that a region lies in a place.
func (p Place) conds(f *filter) []string {
	if slices.Contains(p.Starts, "") {
		p.Starts = nil
	} else if len(p.Starts) == 0 {
		return []string{"1 = 0"}
	}
	var out, any []string
	for _, start := range p.Starts {
		any = append(any, "(c.region >= "+f.arg(start)+" AND c.region < "+f.arg(start+"\U0010FFFF")+")")
	}
	if len(any) > 0 {
		// The whole stretch first: so an index is read from its beginning to its end.
		if len(any) > 1 {
			out = append(out, "c.region >= "+f.arg(slices.Min(p.Starts)), "c.region < "+f.arg(slices.Max(p.Starts)+"\U0010FFFF"))
		}
		out = append(out, "("+strings.Join(any, " OR ")+")")
	}
	if len(p.Except) > 0 {
		out = append(out, "c.region NOT IN ("+f.each(p.Except)+")")
	}
	if len(out) == 0 {
		return []string{"1 = 1"}
	}
	return out
}

// DocketCards returns all cards of one docket, by seat and origin, without
// what they are narrowed by.
func (db *DB) DocketCards(ctx context.Context, docket string) ([]CardRow, error) {
	found, err := collect(ctx, db.read, func(r scanner) (foundCard, error) { return scanCard(r, cardSorts["id"]) },
		`SELECT `+shownColumns+`, c.docket FROM card c
		WHERE seat IN (0, 1, 2, 3, 4, 5, 6, 7) AND docket = $1 ORDER BY seat, origin`, docket)
	if err != nil {
		return nil, fmt.Errorf("store: cards of docket %q: %w", docket, err)
	}
	out := make([]CardRow, len(found))
	for i := range found {
		out[i] = found[i].CardRow
	}
	return out, nil
}

var errCardTwice = errors.New("two cards of one seat and origin")

func checkCards(docket string, cards []CardRow) error {
	seen := map[string]bool{}
	for i := range cards {
		c := &cards[i]
		if err := c.check(docket); err != nil {
			return err
		}
		k := strconv.Itoa(c.Seat) + " " + clip(c.Origin)
		if c.Seat < 0 || c.Seat >= Seats || seen[k] {
			return fmt.Errorf("seat %d: %w", c.Seat, errCardTwice)
		}
		seen[k] = true
	}
	return nil
}

// FillCards puts many cards of new dockets into an empty store, fast and
// without their dockets: to measure lists.
func (db *DB) FillCards(ctx context.Context, cards []CardRow) error {
	const columns = 21
	return db.write(ctx, repeated, func(tx *sql.Tx) error {
		for part := range slices.Chunk(cards, 1000/columns) {
			var text strings.Builder
			var args []any
			text.WriteString(`INSERT INTO card (` + cardColumns + `) VALUES `)
			for i := range part {
				v := part[i].values()
				if i > 0 {
					text.WriteString(", ")
				}
				text.WriteString("(")
				for j := range v {
					if j > 0 {
						text.WriteString(", ")
					}
					text.WriteString("$" + strconv.Itoa(len(args)+j+1))
				}
				text.WriteString(")")
				args = append(args, v...)
			}
			if _, err := tx.ExecContext(ctx, text.String(), args...); err != nil {
				return fmt.Errorf("store: fill cards: %w", err)
			}
		}
		return nil
	})
}
