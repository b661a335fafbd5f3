package server

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// DocketHead is one docket in a list, as far as this reader may know of it.
type DocketHead struct {
	ID      string    `json:"id" doc:"Tender project code, or ocid"`
	Class   string    `json:"class" doc:"Trade class"`
	Title   string    `json:"title,omitempty"`
	Region  string    `json:"region,omitempty" doc:"GB/T 2260"`
	Origins []string  `json:"origins" doc:"Platform codes of the records that this reader sees"`
	Records int       `json:"records" doc:"Number of records that this reader sees"`
	Lots    []LotHead `json:"lots"`

	Stage    string      `json:"stage,omitempty" enum:"approval,tender,bid,opening,evaluation,award,contract,performance" doc:"The furthest of which this reader sees something"`
	Tenderer string      `json:"tenderer,omitempty" doc:"Who tenders, buys or sells"`
	Amount   *AmountHead `json:"amount,omitempty" doc:"The surest that this reader sees: of all contracts, else of all awards, else the estimate; absent: none"`
	First    *time.Time  `json:"first,omitempty" doc:"First and last thing that has happened"`
	Last     *time.Time  `json:"last,omitempty"`

	Warnings *WarningsHead `json:"warnings,omitempty" doc:"Clues, never verdicts; for supervisors in their jurisdiction and auditors only"`
	Late     int           `json:"late,omitempty" doc:"Steps whose legal period is over and that have not come; for the same"`
}

// LotHead is one section of a docket in a list.
type LotHead struct {
	Code   string `json:"code"`
	Name   string `json:"name,omitempty"`
	Moment string `json:"moment" enum:"before,opened,publicity,result,signed"`
}

// AmountHead is an amount of money.
type AmountHead struct {
	Fen  int64  `json:"fen" doc:"In fen, a hundredth of a yuan"`
	Kind string `json:"kind" enum:"contract,award,estimate"`
}

// WarningsHead counts what deserves a look, by grade.
type WarningsHead struct {
	Fact       int      `json:"fact" doc:"Of grade fact (事实级)"`
	Clue       int      `json:"clue" doc:"Of grade clue (线索级)"`
	Indicators []string `json:"indicators" doc:"Such as A02"`
}

// CardFilter is what a list of dockets may be narrowed by. It is exported
// because huma passes over embedded structs that are not.
type CardFilter struct {
	Region    []string `query:"region" json:"region,omitempty" maxItems:"50" doc:"GB/T 2260 codes of two, four or six digits, with commas: 410000 and 41 mean the province, 410300 and 4103 the city with its counties; records under the codes of districts since merged are found under the present one"`
	Class     []string `query:"class" json:"class,omitempty" maxItems:"20" doc:"Trade classes, such as construction, with commas"`
	Stage     []string `query:"stage" json:"stage,omitempty" maxItems:"9" enum:"approval,tender,bid,opening,evaluation,award,contract,performance" doc:"The furthest stage of which this reader sees something"`
	Moment    []string `query:"moment" json:"moment,omitempty" maxItems:"5" enum:"before,opened,publicity,result,signed" doc:"A lot stands there"`
	From      string   `query:"from" json:"from,omitempty" format:"date" doc:"The last thing that happened, as far as this reader sees, was on this day or later (+08:00)"`
	To        string   `query:"to" json:"to,omitempty" format:"date" doc:"… or earlier"`
	AmountMin int64    `query:"amount_min" json:"amount_min,omitempty" minimum:"0" maximum:"90000000000000" doc:"The amount that this reader sees is so many yuan or more; with neither also those of which none is seen"`
	AmountMax int64    `query:"amount_max" json:"amount_max,omitempty" minimum:"0" maximum:"90000000000000" doc:"… or less; 0: without bound"`
	Warning   string   `query:"warning" json:"warning,omitempty" maxLength:"20" pattern:"^(any|fact|clue|[A-Z][0-9]{2})$" patternDescription:"any, fact, clue or an indicator such as A02" doc:"Has a warning: any, of a grade, of an indicator. What a reader may not see of warnings finds nothing"`
	Late      bool     `query:"late" json:"late,omitempty" doc:"Has a step that is late"`
	Source    string   `query:"source" json:"source,omitempty" maxLength:"64" doc:"Platform code: some of what this reader sees was sent by it"`
	Q         string   `query:"q" json:"q,omitempty" maxLength:"200" doc:"Words that must all occur in what this reader may see"`
	Sort      string   `query:"sort" json:"sort,omitempty" enum:"last,amount,title,id,warnings" doc:"Order; titles by sound. Dockets without amount or warning stand last in theirs"`
	Order     string   `query:"order" json:"order,omitempty" enum:"asc,desc" doc:"Default: asc for id and title, desc for the others"`
}

type docketsInput struct {
	PageInput
	CardFilter
}

// DocketList is a page of dockets.
type DocketList struct {
	Items []DocketHead `json:"items"`
	Next  string       `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	Total int          `json:"total" doc:"Dockets on all pages that this reader may know of, exact up to 10000 (with q alone 1000, with q and filters or sort 2000)"`
	More  bool         `json:"more,omitempty" doc:"There are more than total; with q and sort only the best 2000 are put in order"`
}

const (
	// cardCap is how far cards are counted: beyond it is "10,000+".
	cardCap = 10_000
	// maxHits is how many hits of a search are narrowed or put in another order.
	maxHits = 2000
)

func (s *Server) listDockets(ctx context.Context, in *docketsInput) (*out[DocketList], error) {
	l, err := s.list(ctx, readerOf(ctx), in.CardFilter)
	if err != nil {
		return nil, err
	}
	name := "dockets " + l.query.Sort + " " + strconv.FormatBool(l.query.Desc)
	if l.text != "" {
		name = "found " + name
	}
	place, err := s.cursors.open(name, in.Cursor)
	if err != nil {
		return nil, badParameter(ctx, "cursor", err.Error())
	}
	l.resume(place)
	body := DocketList{Items: []DocketHead{}}
	cards, next, err := l.page(ctx, in.Limit)
	if err == nil {
		body.Total, body.More, err = l.count(ctx)
	}
	if errors.Is(err, store.ErrPlace) {
		return nil, badParameter(ctx, "cursor", errCursor.Error())
	}
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for _, c := range cards {
		body.Items = append(body.Items, headOf(c))
	}
	if next != "" {
		body.Next = s.cursors.seal(name, totalled(body.Total, body.More)+next)
	}
	return &out[DocketList]{body}, nil
}

// totalled begins a place with the total, so that the pages after the first
// need not count again.
func totalled(n int, more bool) string {
	return strconv.Itoa(n) + map[bool]string{false: "=", true: "+"}[more]
}

// resume goes on from a place, "" for the beginning.
func (l *roll) resume(place string) {
	if at := strings.IndexAny(place, "=+"); at > 0 {
		l.total, _ = strconv.Atoi(place[:at]) // ours
		l.more = place[at] == '+'
		l.after = place[at+1:]
	}
}

// A roll is a list of dockets for one reader.
type roll struct {
	s     *Server
	r     disclose.Reader
	query store.CardQuery // without words
	text  string          // words
	tags  question        // what of the filter the index of words can tell
	plain bool            // and it can tell all of it
	after string
	total int  // where it is known, else -1
	more  bool // and there are more

	most int      // hits of the words that are narrowed or put in another order
	hits []string // what the words find, once it is known
	full bool     // and it is all of it
}

var regionCode = regexp.MustCompile(`^([0-9]{2}|[0-9]{4}|[0-9]{6})$`)

// list reads what is asked. The error is a problem of a parameter.
func (s *Server) list(ctx context.Context, r disclose.Reader, f CardFilter) (*roll, error) {
	at := s.cfg.Clock()
	q := store.CardQuery{
		Classes: f.Class, Late: f.Late, Source: f.Source, Sort: f.Sort,
		Desc: f.Order == "desc" || f.Order == "" && f.Sort != "" && f.Sort != "id" && f.Sort != "title",
	}
	for _, scope := range r.CardScopes(at) {
		q.Scopes = append(q.Scopes, store.CardScope(scope))
	}
	for _, g := range f.Region {
		if !regionCode.MatchString(g) {
			return nil, badParameter(ctx, "region", "two, four or six digits each, with commas between")
		}
		q.Regions = append(q.Regions, s.place(g, trade.DayOf(at)))
	}
	for _, st := range f.Stage {
		q.Stages = append(q.Stages, slices.Index(trade.Stages(), trade.Stage(st)))
	}
	for _, m := range f.Moment {
		q.Moments |= disclose.MomentBit(m)
	}
	for _, d := range []struct {
		name, value string
		to          *time.Time
		add         int
	}{{"from", f.From, &q.From, 0}, {"to", f.To, &q.To, 1}} {
		t, err := day(d.value)
		if err != nil {
			return nil, badParameter(ctx, d.name, "write a date as 2006-01-02")
		}
		if !t.IsZero() {
			*d.to = t.AddDate(0, 0, d.add)
		}
	}
	fen := func(yuan int64) *int64 { n := yuan * 100; return &n }
	if f.AmountMin > 0 {
		q.AmountMin = fen(f.AmountMin)
	}
	if f.AmountMax > 0 {
		q.AmountMax = fen(f.AmountMax)
	}
	switch f.Warning {
	case "":
	case "any":
		q.Warned = true
	case detect.Fact:
		q.Facts = true
	case detect.Clue:
		q.Clues = true
	default:
		q.Indicator = f.Warning
	}
	l := &roll{s: s, r: r, total: -1, most: maxHits, query: q, text: strings.TrimSpace(f.Q)}
	if l.text != "" {
		l.tags, l.plain = question{text: l.text}, f.Sort == ""
		bare := f
		bare.Q, bare.Order, bare.Sort = "", "", ""
		if len(f.Region) == 1 {
			l.tags.region, bare.Region = f.Region[0], nil
		}
		if len(f.Class) == 1 {
			l.tags.class, bare.Class = f.Class[0], nil
		}
		if len(f.Moment) == 1 {
			l.tags.moment, bare.Moment = f.Moment[0], nil
		}
		l.plain = l.plain && len(bare.Region)+len(bare.Class)+len(bare.Stage)+len(bare.Moment) == 0 && bare.From+bare.To+bare.Warning+bare.Source == "" &&
			bare.AmountMin == 0 && bare.AmountMax == 0 && !bare.Late
	}
	return l, nil
}

// place says in codes what lies asks of each: what begins as the region does,
// less what has gone elsewhere, and what has come under other codes.
func (s *Server) place(region string, day trade.Day) store.Place {
	code := trade.RegionCode(region)
	if code == "" {
		return store.Place{}
	}
	start := disclose.RegionStart(code)
	p := store.Place{Starts: []string{start}}
	for _, c := range trade.Regions().Codes() {
		begins, lies := strings.HasPrefix(c, start), s.cfg.Jurisdiction.Contains(code, c, day)
		switch {
		case begins && !lies:
			p.Except = append(p.Except, c)
		case lies && !begins:
			p.Starts = append(p.Starts, c)
		}
	}
	return p
}

// page returns the cards of a page and the place from which to go on, "" on the last.
func (l *roll) page(ctx context.Context, limit int) ([]*disclose.Card, string, error) {
	switch {
	case l.text == "":
		return l.cards(ctx, l.query, l.after, limit)
	case l.plain:
		return l.found(ctx, limit)
	}
	if err := l.search(ctx); err != nil || len(l.hits) == 0 {
		return nil, "", err
	}
	q := l.query
	q.Dockets = l.hits
	if q.Sort != "" {
		return l.cards(ctx, q, l.after, limit)
	}
	return l.ranked(ctx, q, limit)
}

// cards reads a page of cards as this reader sees them now.
func (l *roll) cards(ctx context.Context, q store.CardQuery, after string, limit int) ([]*disclose.Card, string, error) {
	q.After, q.Limit, q.Known = after, limit, max(l.total, 0)
	page, err := l.s.cfg.Store.Cards(ctx, q)
	if err != nil {
		return nil, "", err
	}
	if page.Total >= 0 && l.text == "" {
		l.total = page.Total
	}
	var cards []*disclose.Card
	for i := range page.Cards {
		c, err := l.card(ctx, &page.Cards[i])
		if err != nil {
			return nil, "", err
		}
		if c != nil {
			cards = append(cards, c)
		}
	}
	return cards, page.Next, nil
}

// card reads a stored card. It is made anew where it was made under another
// table of disclosure than this program's, and where it is not whole: of a
// docket to which several platforms of this reader have sent.
func (l *roll) card(ctx context.Context, row *store.CardRow) (*disclose.Card, error) {
	stale := row.Edition != disclose.SearchEdition()
	if !stale && (!row.Several || len(l.r.Origins) < 2) {
		c, err := disclose.DecodeCard(row.Body)
		if err != nil {
			return nil, fmt.Errorf("the stored card of docket %q cannot be read", row.Docket)
		}
		return c, nil
	}
	c, err := l.s.freshCard(ctx, l.r, row.Docket)
	if err != nil || c == nil || stale && !l.keeps(c) {
		return nil, err
	}
	return c, nil
}

// freshCard makes the card of a docket for a reader, nil when they may not know of it.
func (s *Server) freshCard(ctx context.Context, r disclose.Reader, id string) (*disclose.Card, error) {
	d, err := s.docket(ctx, id)
	if err != nil || d == nil {
		return nil, err
	}
	var fs []detect.Finding
	if r.Audience == disclose.Supervisor || r.Audience == disclose.Auditor {
		rows, err := s.cfg.Store.Findings(ctx, store.FindingFilter{Docket: id, Limit: 1000})
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(row store.FindingRow) bool { return row.Dismissed }) // they count no more
		if fs, _, err = decoded(rows); err != nil {
			return nil, err
		}
	}
	return disclose.CardOf(d, r, fs, s.cfg.Periods, s.cfg.Clock()), nil
}

// keeps asks of one card what the store asks of all.
func (l *roll) keeps(c *disclose.Card) bool {
	q := &l.query
	within := func(p store.Place) bool {
		return slices.ContainsFunc(p.Starts, func(s string) bool { return strings.HasPrefix(c.Region, s) }) && !slices.Contains(p.Except, c.Region)
	}
	moments := 0
	for _, lot := range c.Lots {
		moments |= disclose.MomentBit(lot.Moment)
	}
	w := c.Warnings
	if w == nil {
		w = &disclose.CardWarnings{}
	}
	return (len(q.Classes) == 0 || slices.Contains(q.Classes, c.Class)) &&
		(len(q.Regions) == 0 || slices.ContainsFunc(q.Regions, within)) &&
		(len(q.Stages) == 0 || slices.Contains(q.Stages, slices.Index(trade.Stages(), trade.Stage(c.Stage)))) &&
		(q.Moments == 0 || q.Moments&moments != 0) &&
		(q.From.IsZero() || !c.Last.Before(q.From)) && (q.To.IsZero() || !c.Last.IsZero() && c.Last.Before(q.To)) &&
		(q.AmountMin == nil || c.Amount != nil && c.Amount.Fen >= *q.AmountMin) && (q.AmountMax == nil || c.Amount != nil && c.Amount.Fen <= *q.AmountMax) &&
		(!q.Warned || w.Fact+w.Clue > 0) && (!q.Facts || w.Fact > 0) && (!q.Clues || w.Clue > 0) &&
		(q.Indicator == "" || slices.Contains(w.Indicators, q.Indicator)) && (!q.Late || c.Late > 0) &&
		(q.Source == "" || slices.Contains(c.Origins, q.Source))
}

// found is a page of what the words find, as the search has it.
func (l *roll) found(ctx context.Context, limit int) ([]*disclose.Card, string, error) {
	q := l.tags
	q.after, q.limit = l.after, limit
	page, err := l.s.cfg.Store.Search(ctx, l.s.query(l.r, q))
	if err != nil || len(page.Hits) == 0 {
		return nil, "", err
	}
	ids := make([]string, len(page.Hits))
	for i, h := range page.Hits {
		ids[i] = h.Docket
	}
	cards, err := l.inOrder(ctx, store.CardQuery{Scopes: l.query.Scopes}, ids)
	return cards, page.Next, err
}

// inOrder gives the cards of dockets that meet a query, in the order of ids.
func (l *roll) inOrder(ctx context.Context, q store.CardQuery, ids []string) ([]*disclose.Card, error) {
	byID := make(map[string]*disclose.Card, len(ids))
	for chunk := range slices.Chunk(ids, 1000) {
		q.Dockets = chunk
		cards, _, err := l.cards(ctx, q, "", len(chunk))
		if err != nil {
			return nil, err
		}
		for _, c := range cards {
			byID[c.ID] = c
		}
	}
	var out []*disclose.Card
	for _, id := range ids {
		if c := byID[id]; c != nil {
			out = append(out, c)
		}
	}
	return out, nil
}

// search finds the best hits, as many as are looked at.
func (l *roll) search(ctx context.Context) error {
	if l.hits != nil || l.full {
		return nil
	}
	q := l.tags
	for len(l.hits) < l.most {
		q.limit = min(l.most-len(l.hits), 1000)
		page, err := l.s.cfg.Store.Search(ctx, l.s.query(l.r, q))
		if err != nil {
			return err
		}
		for _, h := range page.Hits {
			l.hits = append(l.hits, h.Docket)
		}
		if q.after = page.Next; page.Next == "" {
			l.full = true
			break
		}
	}
	return nil
}

// ranked is a page of hits that meet the filters, the best first. Its place is
// how many hits were passed, and the last of them, from which it goes on should
// others have come before it.
func (l *roll) ranked(ctx context.Context, q store.CardQuery, limit int) ([]*disclose.Card, string, error) {
	at := 0
	if l.after != "" {
		n, id, _ := strings.Cut(l.after, " ")
		at, _ = strconv.Atoi(n) // ours
		if i := slices.Index(l.hits, id); i >= 0 {
			at = i + 1
		}
	}
	var out []*disclose.Card
	for at < len(l.hits) {
		chunk := l.hits[at:min(at+4*limit, len(l.hits))]
		cards, err := l.inOrder(ctx, q, chunk)
		if err != nil {
			return nil, "", err
		}
		for _, c := range cards {
			if len(out) == limit {
				last := out[limit-1].ID
				return out, strconv.Itoa(slices.Index(l.hits, last)+1) + " " + last, nil
			}
			out = append(out, c)
		}
		at += len(chunk)
	}
	return out, "", nil
}

// count counts what is on all pages, and says whether there is more than it counts.
func (l *roll) count(ctx context.Context) (n int, more bool, err error) {
	switch {
	case l.total >= 0:
		return l.total, l.more, nil
	case l.text == "":
		n, err = l.s.cfg.Store.CountCards(ctx, l.query, cardCap)
		return min(n, cardCap), n > cardCap, err
	case l.plain:
		n, err = l.s.cfg.Store.SearchCount(ctx, l.s.query(l.r, l.tags), countCap)
		return min(n, countCap), n > countCap, err
	}
	if err := l.search(ctx); err != nil || len(l.hits) == 0 {
		return 0, false, err
	}
	q := l.query
	q.Dockets = l.hits
	n, err = l.s.cfg.Store.CountCards(ctx, q, maxHits)
	return n, !l.full, err
}

func headOf(c *disclose.Card) DocketHead {
	h := DocketHead{
		ID: c.ID, Class: c.Class, Title: c.Title, Region: c.Region, Origins: c.Origins, Records: c.Records, Lots: []LotHead{},
		Stage: c.Stage, Tenderer: c.Tenderer, Late: c.Late,
	}
	for _, l := range c.Lots {
		h.Lots = append(h.Lots, LotHead(l))
	}
	if c.Amount != nil {
		h.Amount = &AmountHead{c.Amount.Fen, c.Amount.Kind}
	}
	if !c.Last.IsZero() {
		h.First, h.Last = &c.First, &c.Last
	}
	if c.Warnings != nil {
		h.Warnings = &WarningsHead{c.Warnings.Fact, c.Warnings.Clue, c.Warnings.Indicators}
	}
	return h
}
