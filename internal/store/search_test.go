package store

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/store/pgtest"
)

// What follows says what a search should find, simply and without the index:
// the reader's lines are cut, and the words of a term stand side by side in one.

type corpusDocket struct {
	row  DocketRow
	rows []SearchRow
}

func (d *corpusDocket) inside(s SearchScope) bool {
	region := (s.Regions == nil || slices.ContainsFunc(s.Regions, func(p string) bool { return strings.HasPrefix(d.row.Region, p) })) && !slices.Contains(s.Except, d.row.Region)
	class := len(s.Classes) == 0 || slices.Contains(s.Classes, d.row.Class)
	return region && class
}

// sees gives the rows of a scope, none when the docket is not in it.
func (d *corpusDocket) sees(s SearchScope) []SearchRow {
	if d.inside(s) == s.Outside {
		return nil
	}
	var out []SearchRow
	tagged := len(s.Tags) == 0
	for _, r := range d.rows {
		if slices.Contains(s.Tiers, r.Tier) {
			out = append(out, r)
			tagged = tagged || slices.ContainsFunc(s.Tags, func(t string) bool { return slices.Contains(r.Tags, t) })
		}
	}
	if !tagged {
		return nil
	}
	return out
}

func lineHas(line string, t term) bool {
	var words []string
	var han []bool
	cut(line, true, func(w string, h, _ bool) { words, han = append(words, w), append(han, h) })
	last := len(t.words) - 1
	for i := 0; i+last < len(words); i++ {
		w, of := words[i+last], t.words[last]
		tail := w == of || t.prefix && strings.HasPrefix(w, of) && (han[i+last] || len([]rune(of)) >= minPrefix) ||
			t.single && han[i+last] && firstRune(w) == of
		if tail && slices.Equal(words[i:i+last], t.words[:last]) {
			return true
		}
	}
	return false
}

func allIn(lines []string, ts []term) bool {
	return len(ts) > 0 && !slices.ContainsFunc(ts, func(t term) bool {
		return !slices.ContainsFunc(lines, func(l string) bool { return lineHas(l, t) })
	})
}

// rank says whether and how well a docket is found; -1: not.
func (d *corpusDocket) rank(q SearchQuery) int {
	best := -1
	for _, s := range q.Scopes {
		rows := d.sees(s)
		if slices.ContainsFunc(q.Tags, func(any []string) bool {
			return !slices.ContainsFunc(rows, func(r SearchRow) bool {
				return slices.ContainsFunc(any, func(t string) bool { return slices.Contains(r.Tags, t) })
			})
		}) {
			continue
		}
		var titles, heads, texts []string
		for _, r := range rows {
			titles = append(titles, r.Title)
			heads = append(append(heads, r.Title), r.Codes...)
			for _, m := range r.Names {
				heads = append(heads, m.Name, m.Code)
			}
			texts = append(texts, strings.Split(r.Text, "\n")...)
		}
		texts = append(texts, heads...)
		ts, whole := terms(q.Text), wholeKey(q.Text)
		got := -1
		switch {
		case len(ts) == 0:
		case slices.ContainsFunc(heads, func(l string) bool { return wholeKey(l) == whole }):
			got = RankWhole
		case allIn(titles, ts):
			got = RankTitle
		case allIn(heads, ts):
			got = RankHead
		case allIn(texts, ts):
			got = RankText
		}
		if got >= 0 && (best < 0 || got < best) {
			best = got
		}
	}
	day := func(t time.Time) string { return t.Add(8 * time.Hour).UTC().Format(time.DateOnly) }
	if len(d.rows) > 0 && (!q.From.IsZero() && day(d.rows[0].Day) < day(q.From) || !q.To.IsZero() && day(d.rows[0].Day) > day(q.To)) {
		return -1
	}
	return best
}

// bodies counts, by name and code, the dockets of each role that a reader sees.
func bodies(ds []*corpusDocket, q SearchQuery) map[string]map[string]int {
	type party struct{ name, code string }
	seen := map[party]map[string]map[string]bool{}
	for _, d := range ds {
		for _, s := range q.Scopes {
			detailed := len(s.Tags) > 0
			s.Tags = nil
			for _, r := range d.sees(s) {
				if detailed && !strings.Contains(r.Tier, ":") {
					continue
				}
				for _, m := range r.Names {
					if m.Name == "" {
						continue
					}
					p := party{m.Name, m.Code}
					if seen[p] == nil {
						seen[p] = map[string]map[string]bool{}
					}
					if seen[p][m.Role] == nil {
						seen[p][m.Role] = map[string]bool{}
					}
					seen[p][m.Role][d.row.ID] = true
				}
			}
		}
	}
	codes := map[string]map[string]bool{} // by name
	for p := range seen {
		if p.code != "" {
			if codes[p.name] == nil {
				codes[p.name] = map[string]bool{}
			}
			codes[p.name][p.code] = true
		}
	}
	out := map[string]map[string]int{}
	for p := range seen {
		if p.code == "" && len(codes[p.name]) == 1 {
			continue // the same body as with its code
		}
		ts, whole := terms(q.Text), wholeKey(q.Text)
		if len(ts) == 0 || wholeKey(p.name) != whole && wholeKey(p.code) != whole && !allIn([]string{p.name, p.code}, ts) {
			continue
		}
		roles := map[string]map[string]bool{}
		for o, by := range seen {
			if o.code == p.code && (p.code != "" || o.name == p.name) || p.code != "" && o.code == "" && o.name == p.name && len(codes[p.name]) == 1 {
				for role, dockets := range by {
					if roles[role] == nil {
						roles[role] = map[string]bool{}
					}
					maps.Copy(roles[role], dockets)
				}
			}
		}
		counts := map[string]int{}
		for role, dockets := range roles {
			counts[role] = len(dockets)
		}
		out[p.name+"|"+p.code] = counts
	}
	return out
}

func bothStores(t *testing.T) map[string]*DB {
	dbs := map[string]*DB{}
	for name, dsn := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "m.db"), "postgres": pgtest.Database(t)} {
		db, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		dbs[name] = db
	}
	return dbs
}

// corpus draws small dockets of few words in several tiers, with letters that
// databases treat each in their own way, and searches for pieces of them.
type corpus struct {
	text, word *rapid.Generator[string]
}

func newCorpus() corpus {
	letter := rapid.OneOf(
		rapid.SampledFrom([]rune("围标串投招公司 围标 ，-._'\"*:&|<>()\\/@0123eExX\n")),
		rapid.SampledFrom([]rune("AaÁßſςΣσİıIiЖжԨՀհևﬁＡ１½²ⅣaЀ한ｶﾞがガ々〇〡䶵䶶鿋鿌鿿\u0301\u200b\U00020000\U0002A6D6\U0002A6D7\U0002B820\U00030000🀄")),
		rapid.Rune(),
	)
	return corpus{
		text: rapid.Custom(func(t *rapid.T) string {
			return strings.ReplaceAll(string(rapid.SliceOfN(letter, 0, 30).Draw(t, "text")), "\x00", " ")
		}),
		word: rapid.SampledFrom([]string{"", "甲建设有限公司", "乙建设", "道路改造工程", "E3301-2018-007", "E3301-2018-008", "91330100MA27XYZ123", "建设", "甲", "school 改造"}),
	}
}

var corpusTiers = []string{"public", "outside", "supervisor", "auditor", "source", "source:A", "source:B"}

func (c corpus) docket(t *rapid.T, id string, run int64) *corpusDocket {
	d := &corpusDocket{row: DocketRow{
		ID: id, Through: run, Body: []byte("{}"),
		Region: rapid.SampledFrom([]string{"", "410302", "410105", "330100"}).Draw(t, "region"),
		Class:  rapid.SampledFrom([]string{"construction", "land", ""}).Draw(t, "class"),
	}}
	text, title := rapid.OneOf(c.text, c.word).Draw(t, "text"), strings.ReplaceAll(rapid.OneOf(c.word, c.text).Draw(t, "title"), "\n", " ")
	day := time.UnixMilli(0)
	if n := rapid.IntRange(0, 3).Draw(t, "day"); n > 0 {
		day = time.Date(2018, 6, n, rapid.IntRange(0, 23).Draw(t, "hour"), 0, 0, 0, time.UTC)
	}
	for _, tier := range rapid.SliceOfDistinct(rapid.SampledFrom(corpusTiers), rapid.ID).Draw(t, "tiers") {
		r := SearchRow{Docket: id, Tier: tier, Day: day, Text: text, Title: title}
		if rapid.Bool().Draw(t, "own") {
			r.Text, r.Title = c.text.Draw(t, "own text"), c.word.Draw(t, "own title")
		}
		r.Codes = rapid.SliceOfN(c.word, 0, 2).Draw(t, "codes")
		for range rapid.IntRange(0, 2).Draw(t, "names") {
			r.Names = append(r.Names, Mention{
				rapid.SampledFrom([]string{"tenderer", "winner"}).Draw(t, "role"), c.word.Draw(t, "name"),
				rapid.SampledFrom([]string{"", "91330100MA27XYZ123", "9141"}).Draw(t, "code"),
			})
		}
		r.Tags = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "origin:A"}), 0, 2).Draw(t, "tags")
		d.rows = append(d.rows, r)
	}
	return d
}

func (c corpus) query(t *rapid.T, ds []*corpusDocket) SearchQuery {
	q := SearchQuery{Limit: rapid.IntRange(1, 3).Draw(t, "limit")}
	var said []string
	for _, d := range ds {
		for _, r := range d.rows {
			said = append(append(said, r.Text, r.Title), r.Codes...)
		}
	}
	q.Text = rapid.OneOf(c.text, c.word, rapid.Custom(func(t *rapid.T) string { // or a piece of a text, or two
		piece := func() string {
			if len(said) == 0 {
				return ""
			}
			d := []rune(rapid.SampledFrom(said).Draw(t, "of"))
			from := rapid.IntRange(0, len(d)).Draw(t, "from")
			return string(d[from:min(len(d), from+rapid.IntRange(0, 6).Draw(t, "length"))])
		}
		s := piece()
		if rapid.Bool().Draw(t, "two") {
			s += " " + piece()
		}
		if rapid.Bool().Draw(t, "quoted") {
			s = `"` + s + `"`
		}
		return s
	})).Draw(t, "query")
	places := SearchScope{
		Regions: rapid.SampledFrom([][]string{nil, {}, {"41"}, {"4103", "33"}, {""}}).Draw(t, "regions"),
		Classes: rapid.SampledFrom([][]string{nil, {"construction"}, {"land", "x"}}).Draw(t, "classes"),
	}
	if len(places.Regions) > 1 && places.Regions[0] == "4103" {
		places.Except = rapid.SampledFrom([][]string{nil, {"410302"}, {"410302", "410300"}}).Draw(t, "except")
	}
	switch rapid.IntRange(0, 4).Draw(t, "reader") {
	case 0:
		q.Scopes = []SearchScope{{Tiers: []string{"public"}}}
	case 1:
		q.Scopes = []SearchScope{{Tiers: []string{"auditor"}}}
	case 2:
		q.Scopes = []SearchScope{
			{Tiers: []string{"supervisor"}, Regions: places.Regions, Except: places.Except, Classes: places.Classes},
			{Tiers: []string{"outside"}, Regions: places.Regions, Except: places.Except, Classes: places.Classes, Outside: true},
		}
	case 3:
		q.Scopes = []SearchScope{{Tiers: []string{"source", "source:A"}, Tags: []string{"origin:A"}}}
	case 4:
		q.Scopes = []SearchScope{{Tiers: []string{"nobody"}}}
	}
	if rapid.Bool().Draw(t, "tagged") {
		q.Tags = [][]string{{"a", "b"}}
	}
	if rapid.Bool().Draw(t, "timed") {
		q.From = time.Date(2018, 6, rapid.IntRange(1, 3).Draw(t, "from day"), 3, 0, 0, 0, time.UTC)
		q.To = q.From.AddDate(0, 0, rapid.IntRange(0, 1).Draw(t, "to day"))
	}
	return q
}

// TestSearchIsBruteForce compares what both stores find, rank, count and page
// through with what is said above, for random dockets and readers.
func TestSearchIsBruteForce(t *testing.T) {
	dbs := bothStores(t)
	c := newCorpus()
	run := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		run++
		var ds []*corpusDocket
		for i := range 3 {
			ds = append(ds, c.docket(rt, fmt.Sprint("d", i), run))
		}
		for name, db := range dbs {
			for _, d := range ds {
				if _, err := db.SaveDocket(t.Context(), &d.row, nil, d.rows); err != nil {
					rt.Fatalf("%s: %v", name, err)
				}
			}
		}
		for range 3 {
			compareSearch(rt, t, dbs, ds, c.query(rt, ds))
		}
	})
}

func compareSearch(rt *rapid.T, t *testing.T, dbs map[string]*DB, ds []*corpusDocket, q SearchQuery) {
	var want []string
	for rank := range ranks {
		var these []*corpusDocket
		for _, d := range ds {
			if d.rank(q) == rank {
				these = append(these, d)
			}
			for _, r := range d.rows {
				alone := corpusDocket{row: d.row, rows: []SearchRow{r}}
				heads := append([]string{r.Title}, r.Codes...)
				for _, m := range r.Names {
					heads = append(heads, m.Name, m.Code)
				}
				found := alone.rank(SearchQuery{Text: q.Text, Scopes: []SearchScope{{Tiers: []string{r.Tier}}}}) >= 0
				if Holds(q.Text, heads, strings.Split(r.Text, "\n")) != found {
					rt.Fatalf("Holds does not say %v of %+v; query %q", found, r, q.Text)
				}
			}
		}
		slices.SortFunc(these, func(a, b *corpusDocket) int {
			return -cmp.Compare(ordOf(a.row.ID, a.rows[0].Day), ordOf(b.row.ID, b.rows[0].Day))
		})
		for _, d := range these {
			want = append(want, fmt.Sprint(d.row.ID, " ", rank))
		}
	}
	var orders []string
	for name, db := range dbs {
		var got []string
		for q := q; ; {
			page, err := db.Search(t.Context(), q)
			if err != nil {
				rt.Fatalf("%s: %q: %v", name, q.Text, err)
			}
			for _, h := range page.Hits {
				got = append(got, fmt.Sprint(h.Docket, " ", h.Rank))
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s finds %v, want %v; query %+v is %v; dockets %+v", name, got, want, q, terms(q.Text), show(ds))
		}
		n, err := db.SearchCount(t.Context(), q, 1)
		if err != nil || n != min(len(want), 2) {
			rt.Fatalf("%s counts %d (%v) of %d; query %+v", name, n, err, len(want), q)
		}
		parties := map[string]map[string]int{}
		var order []string
		for p := q; ; {
			page, err := db.SearchParties(t.Context(), p)
			if err != nil {
				rt.Fatalf("%s: %q: %v", name, q.Text, err)
			}
			for _, h := range page.Hits {
				parties[h.Name+"|"+h.Code] = h.Roles
				order = append(order, h.Name+"|"+h.Code)
			}
			if p.After = page.Next; p.After == "" {
				break
			}
		}
		if wanted := bodies(ds, q); !maps.EqualFunc(parties, wanted, maps.Equal) || len(order) != len(parties) {
			rt.Fatalf("%s finds bodies %v in order %v, want %v; query %+v; dockets %+v", name, parties, order, wanted, q, show(ds))
		}
		if n, err := db.CountParties(t.Context(), q, 1); err != nil || n != min(len(parties), 2) {
			rt.Fatalf("%s counts %d bodies (%v) of %d; query %+v", name, n, err, len(parties), q)
		}
		orders = append(orders, fmt.Sprint(order))
	}
	if slices.Sort(orders); len(slices.Compact(orders)) != 1 {
		rt.Fatalf("the stores give bodies in different orders: %v", orders)
	}
}

func show(ds []*corpusDocket) (out []string) {
	for _, d := range ds {
		out = append(out, fmt.Sprintf("\n%s %q %q %+q", d.row.ID, d.row.Region, d.row.Class, d.rows))
	}
	return out
}
