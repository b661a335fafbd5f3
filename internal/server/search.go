package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// countCap is how far hits are counted: beyond it is "1000+".
const countCap = 1000

// A question is what is asked of the search.
type question struct {
	text          string
	class, region string
	moment        string
	from, to      time.Time
	after         string // place in the list
	limit         int
}

// query is the question before the index: in the tiers and dockets whose text
// is what the reader sees, and nowhere else.
func (s *Server) query(r disclose.Reader, q question) store.SearchQuery {
	out := store.SearchQuery{Text: q.text, From: q.from, To: q.to, After: q.after, Limit: q.limit}
	at := s.cfg.Clock()
	for _, scope := range r.SearchScopes(at) {
		out.Scopes = append(out.Scopes, store.SearchScope(scope))
	}
	choose := func(kind, value string) {
		if value != "" {
			out.Tags = append(out.Tags, []string{kind + ":" + value})
		}
	}
	choose("class", q.class)
	if q.region != "" {
		out.Tags = append(out.Tags, s.regionTags(q.region, trade.DayOf(at)))
	}
	choose("moment", q.moment)
	return out
}

// regionTags are the tags of what lies in a region on a day: by the beginning
// of its code, and under the former codes of what has since come into it.
func (s *Server) regionTags(region string, day trade.Day) []string {
	code := trade.RegionCode(region)
	if code == "" {
		return []string{"region:" + region}
	}
	start := disclose.RegionStart(code)
	tags := []string{"region:" + start}
	for _, c := range s.cfg.Jurisdiction.Below(code, day) {
		if !strings.HasPrefix(c, start) {
			tags = append(tags, "region:"+c)
		}
	}
	return tags
}

// A found docket is a hit as its reader sees it.
type found struct {
	view *disclose.Docket
	rank int
}

// find returns a page of hits and the place from which to go on. Every hit is
// looked at once more: what the reader's view of this moment does not hold is
// left out, whatever the index says.
func (s *Server) find(ctx context.Context, r disclose.Reader, q store.SearchQuery) (hits []found, next string, err error) {
	page, err := s.cfg.Store.Search(ctx, q)
	if err != nil || len(page.Hits) == 0 {
		return nil, "", err
	}
	ids := make([]string, len(page.Hits))
	for i, h := range page.Hits {
		ids[i] = h.Docket
	}
	rows, err := s.cfg.Store.Dockets(ctx, store.DocketFilter{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, "", err
	}
	at := s.cfg.Clock()
	for _, h := range page.Hits {
		i := slices.IndexFunc(rows, func(row *store.DocketRow) bool { return row.ID == h.Docket })
		if i < 0 {
			continue
		}
		d, err := readDocket(rows[i])
		if err != nil {
			return nil, "", err
		}
		if v := holds(d, r, at, q.Text); v != nil {
			hits = append(hits, found{v, h.Rank})
		}
	}
	return hits, page.Next, nil
}

// holds gives the reader's view of a docket if it holds what is searched for.
func holds(d *docket.Docket, r disclose.Reader, at time.Time, text string) *disclose.Docket {
	v := disclose.View(d, r, at)
	if v == nil {
		return nil
	}
	seen := v.Search()
	heads := append([]string{seen.Title}, seen.Codes...)
	for _, p := range seen.Names {
		heads = append(heads, p.Name, p.Code)
	}
	if !store.Holds(text, heads, strings.Split(seen.Text, "\n")) {
		return nil
	}
	return v
}

// SearchItem is a docket found, with where.
type SearchItem struct {
	DocketHead
	Found      string    `json:"found" enum:"whole,title,head,text" doc:"whole: the search is a code, title or body of it; title, head (title, codes and bodies) or text: all words stand there"`
	Highlights []Excerpt `json:"highlights" doc:"At most three lines in which a word stands"`
}

// Excerpt is a piece of a line in which words of the search stand.
type Excerpt struct {
	Field string    `json:"field,omitempty" doc:"Name of the field in the standard; absent for the docket's own code and title"`
	ZH    string    `json:"zh"`
	EN    string    `json:"en"`
	Parts []Passage `json:"parts" doc:"The piece, in order"`
}

// Passage is a part of a piece.
type Passage struct {
	Text string `json:"text"`
	Mark bool   `json:"mark,omitempty" doc:"It is what was searched for"`
}

// BodyItem is a body found.
type BodyItem struct {
	Name  string         `json:"name"`
	Code  string         `json:"code,omitempty" doc:"Where this reader sees one beside the name"`
	Roles map[string]int `json:"roles" doc:"In how many dockets that this reader may see it is named as tenderer, agency, bidder, candidate, winner, contractor or party"`
}

var rankNames = []string{store.RankWhole: "whole", store.RankTitle: "title", store.RankHead: "head", store.RankText: "text"}

// searchItems shows hits. noted are the classes, by docket, whose readings must be
// noted first: those of the lines that are quoted.
func searchItems(hits []found, text string) (items []SearchItem, noted map[string][]string) {
	m := store.NewMarker(text)
	items, noted = []SearchItem{}, map[string][]string{}
	for _, h := range hits {
		lines, classes := highlights(h.view, m)
		items = append(items, SearchItem{DocketHead: viewHead(h.view), Found: rankNames[h.rank], Highlights: lines})
		if len(classes) > 0 {
			noted[h.view.ID] = classes
		}
	}
	return items, noted
}

// viewHead is the head of a view, without warnings and what is late.
func viewHead(v *disclose.Docket) DocketHead {
	c := v.Card()
	return headOf(&c)
}

const maxHighlights = 3

// highlights quotes lines of a view, title and codes before other fields, and
// tells the classes of these whose readings are noted.
func highlights(v *disclose.Docket, m *store.Marker) (out []Excerpt, noted []string) {
	out = []Excerpt{}
	seen := map[string]bool{}
	look := func(field, zh, en, line, class string) {
		if len(out) == maxHighlights || line == "" || seen[line] {
			return
		}
		seen[line] = true
		if marks := m.Marks(line); len(marks) > 0 {
			out = append(out, Excerpt{Field: field, ZH: zh, EN: en, Parts: excerpt(line, marks)})
			if class != "" && !slices.Contains(noted, class) {
				noted = append(noted, class)
			}
		}
	}
	look("", "项目名称", "title", v.Title, "")
	look("", "编号", "code", v.ID, "")
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Deleted || e.Dataset == docket.DatasetRelease {
			continue
		}
		for _, f := range e.Fields {
			if f.Value != "" && !seen[f.Value] {
				look(f.Name, cmp.Or(f.ZH, f.Name), cmp.Or(f.EN, f.Name), f.Value, f.Noted())
			}
		}
	}
	return out, noted
}

// excerpt cuts a long line around its marks.
func excerpt(line string, marks []store.Mark) []Passage {
	const around, most = 30, 160 // runes
	var out []Passage
	add := func(s string, mark bool) {
		if s != "" {
			out = append(out, Passage{strings.ToValidUTF8(s, "�"), mark})
		}
	}
	at, used := 0, 0
	for i, m := range marks {
		if used > most {
			break
		}
		between := line[at:m.From]
		if n := utf8.RuneCountInString(between); n > 2*around {
			tail := lastRunes(between, around)
			if i == 0 {
				between = "…" + tail
			} else {
				between = firstRunes(between, around) + " … " + tail
			}
		}
		add(between, false)
		add(line[m.From:m.To], true)
		used += utf8.RuneCountInString(between) + utf8.RuneCountInString(line[m.From:m.To])
		at = m.To
	}
	rest := line[at:]
	if utf8.RuneCountInString(rest) > 2*around {
		rest = firstRunes(rest, around) + "…"
	}
	add(rest, false)
	return out
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func lastRunes(s string, n int) string {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return s[i:]
}

// Suggestion is something that a search could be for.
type Suggestion struct {
	Kind   string `json:"kind" enum:"title,body,code,region"`
	Text   string `json:"text"`
	Docket string `json:"docket,omitempty" doc:"Of a title or code: the docket that has it"`
	Code   string `json:"code,omitempty" doc:"Of a body where this reader sees one; of a region"`
	Title  string `json:"title,omitempty" doc:"Of a code: the title of the docket that has it"`
}

const (
	maxSuggestions = 10
	suggestDockets = 8
)

// suggest completes what was typed with titles, bodies and codes that the
// reader may see. It looks at what the search itself finds.
func (s *Server) suggest(ctx context.Context, r disclose.Reader, text string) ([]Suggestion, error) {
	out := []Suggestion{}
	add := func(g Suggestion) {
		same := func(o Suggestion) bool { return o.Kind == g.Kind && o.Text == g.Text }
		if g.Text != "" && !slices.ContainsFunc(out, same) && len(out) < maxSuggestions {
			out = append(out, g)
		}
	}
	if err := s.suggestWords(ctx, r, text, add); err != nil {
		return nil, err
	}
	s.suggestRegions(text, add)
	if store.Sounds(text) {
		if err := s.suggestSounds(ctx, r, text, add); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Server) suggestWords(ctx context.Context, r disclose.Reader, text string, add func(Suggestion)) error {
	q := s.query(r, question{text: text, limit: suggestDockets})
	q.HeadOnly = true
	hits, _, err := s.find(ctx, r, q)
	if err != nil {
		return err
	}
	q.Limit = 4
	bodies, err := s.cfg.Store.SearchParties(ctx, q)
	if err != nil {
		return err
	}
	m := store.NewMarker(text)
	for _, b := range bodies.Hits {
		if len(m.Marks(b.Name)) > 0 || len(m.Marks(b.Code)) == 0 {
			add(Suggestion{Kind: "body", Text: b.Name, Code: b.Code})
		} else {
			add(Suggestion{Kind: "body", Text: b.Code, Code: b.Code})
		}
	}
	for _, h := range hits {
		if len(m.Marks(h.view.Title)) > 0 {
			add(Suggestion{Kind: "title", Text: h.view.Title, Docket: h.view.ID})
		}
	}
	for _, h := range hits {
		for _, c := range h.view.Search().Codes {
			if len(m.Marks(c)) > 0 {
				add(Suggestion{Kind: "code", Text: c, Docket: h.view.ID, Title: h.view.Title})
				break // the first is the docket's own, or the one that was meant
			}
		}
	}
	return nil
}

// suggestSounds completes letters by the sounds of titles and bodies. The index
// holds first letters alone; what sounds otherwise is left out here.
func (s *Server) suggestSounds(ctx context.Context, r disclose.Reader, text string, add func(Suggestion)) error {
	q := s.query(r, question{text: text, limit: 4})
	q.Sound = true
	bodies, err := s.cfg.Store.SearchParties(ctx, q)
	if err != nil {
		return err
	}
	for _, b := range bodies.Hits {
		if store.SoundsLike(text, b.Name) {
			add(Suggestion{Kind: "body", Text: b.Name, Code: b.Code})
		}
	}
	q.Limit = 4 * suggestDockets
	page, err := s.cfg.Store.Search(ctx, q)
	if err != nil || len(page.Hits) == 0 {
		return err
	}
	l := &roll{s: s, r: r, total: -1}
	var ids []string
	for _, h := range page.Hits {
		ids = append(ids, h.Docket)
	}
	for _, scope := range r.CardScopes(s.cfg.Clock()) {
		l.query.Scopes = append(l.query.Scopes, store.CardScope(scope))
	}
	cards, err := l.inOrder(ctx, store.CardQuery{Scopes: l.query.Scopes}, ids)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if store.SoundsLike(text, c.Title) {
			add(Suggestion{Kind: "title", Text: c.Title, Docket: c.ID})
		}
	}
	return nil
}

const maxRegionsSuggested = 3

// suggestRegions completes what was typed with divisions of today, by a part of
// the name, the code or the sound.
func (s *Server) suggestRegions(text string, add func(Suggestion)) {
	text = strings.TrimSpace(text)
	today, n := trade.DayOf(s.cfg.Clock()), 0
	if utf8.RuneCountInString(text) < 2 {
		return
	}
	for _, code := range trade.Regions().Codes() {
		g, valid, _ := trade.Regions().At(code, today)
		if valid && n < maxRegionsSuggested && (strings.Contains(g.Name, text) || strings.HasPrefix(code, text) || store.Sounds(text) && store.SoundsLike(text, g.Name)) {
			add(Suggestion{Kind: "region", Text: g.Name, Code: code})
			n++
		}
	}
}

// bodies returns a page of bodies with their roles.
func (s *Server) bodies(ctx context.Context, r disclose.Reader, q question) ([]BodyItem, string, error) {
	page, err := s.cfg.Store.SearchParties(ctx, s.query(r, q))
	if err != nil {
		return nil, "", err
	}
	items := []BodyItem{}
	for _, h := range page.Hits {
		items = append(items, BodyItem{h.Name, h.Code, h.Roles})
	}
	return items, page.Next, nil
}

// day reads a date, zero for "".
func day(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation(time.DateOnly, s, trade.Zone)
}
