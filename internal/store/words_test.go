package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mingjing/internal/store/pgtest"
)

func TestCut(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"围":                         "围",
		"围标":                        "围标 标",
		"围标线索 A33":                  "围标 标线 线索 索 a33",
		"围，标":                       "围 标",
		"第5标段":                      "第 5 标段 段",
		"E3301000001-2018-007":      "e3301000001 2018 007",
		"Ｅ３３０１":                     "e3301",
		"1,234.50元":                 "1 234 50 元",
		"Straße":                    "strasse",
		"\U0002B820\U0002B821":      "u2b820u2b821 u2b821",
		strings.Repeat("x", 100):    strings.Repeat("x", 64),
		"a\u0301 á":                 "á á",
		"カタカナ ｶﾅ":                   "カタ タカ カナ ナ カナ ナ",
		"\x01\u200b\ufeff'\"():*&|": "",
	} {
		var got []string
		cut(text, true, func(w string, _ bool) { got = append(got, w) })
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is cut into %q, want %q", text, s, want)
		}
	}
}

func TestTerms(t *testing.T) {
	m := tierMark("public")
	for text, want := range map[string][]term{
		"":        nil,
		"--":      nil,
		"围":       {{[]string{m + "围"}, true}},
		"围标":      {{[]string{m + "围标"}, false}},
		"标段5":     {{[]string{m + "标段", m + "段", m + "5"}, false}},
		"ab abc":  {{[]string{m + "ab"}, false}, {[]string{m + "abc"}, true}},
		"A33-007": {{[]string{m + "a33", m + "007"}, true}},
		"a.围":     {{[]string{m + "a", m + "围"}, true}},
	} {
		if d := cmp.Diff(want, terms("public", text), cmp.AllowUnexported(term{})); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

// finds is what a search should find, said simply: the words of the term stand
// side by side in a part.
func (t term) finds(parts []part) bool {
	for _, p := range parts {
		for i := range p.words {
			if i+len(t.words) > len(p.words) {
				break
			}
			last := len(t.words) - 1
			tail := p.words[i+last] == t.words[last] || t.prefix && strings.HasPrefix(p.words[i+last], t.words[last])
			if tail && slices.Equal(p.words[i:i+last], t.words[:last]) {
				return true
			}
		}
	}
	return false
}

// TestSearchIsTheSame shakes texts of letters that databases treat each in
// their own way, and compares what SQLite and PostgreSQL find with the rule.
func TestSearchIsTheSame(t *testing.T) {
	dbs := map[string]*DB{}
	for name, dsn := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "m.db"), "postgres": pgtest.Database(t)} {
		db, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		dbs[name] = db
	}
	letter := rapid.OneOf(
		rapid.SampledFrom([]rune("围标串投招公司 围标 ，-._'\"*:&|<>()\\/@0123eExX")),
		rapid.SampledFrom([]rune("AaÁßſςΣσİıIiЖжԨՀհևﬁＡ１½²ⅣaЀ한ｶﾞがガ々〇〡䶵䶶鿋鿌鿿\u0301\u200b\U00020000\U0002A6D6\U0002A6D7\U0002B820\U00030000🀄")),
		rapid.Rune(),
	)
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.ReplaceAll(string(rapid.SliceOfN(letter, 0, 30).Draw(t, "text")), "\x00", " ")
	})
	run := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		run++
		docs := rapid.SliceOfN(text, 1, 3).Draw(rt, "docs")
		query := rapid.OneOf(text, rapid.Custom(func(t *rapid.T) string { // or a piece of a text
			d := []rune(rapid.SampledFrom(docs).Draw(t, "of"))
			from := rapid.IntRange(0, len(d)).Draw(t, "from")
			return string(d[from:min(len(d), from+rapid.IntRange(0, 6).Draw(t, "length"))])
		})).Draw(rt, "query")
		ts := terms("public", query)
		var want []string
		for i, d := range docs {
			parts := cutParts("public", d)
			if len(ts) > 0 && !slices.ContainsFunc(ts, func(t term) bool { return !t.finds(parts) }) {
				want = append(want, fmt.Sprint("d", i))
			}
		}
		for name, db := range dbs {
			for i := range 3 {
				id := fmt.Sprint("d", i)
				var rows []SearchRow
				if i < len(docs) {
					rows = []SearchRow{{Docket: id, Tier: "public", Text: docs[i]}}
				}
				if _, err := db.SaveDocket(t.Context(), &DocketRow{ID: id, Through: run, Body: []byte("{}")}, nil, rows); err != nil {
					rt.Fatalf("%s: %v", name, err)
				}
			}
			hits, err := db.Search(t.Context(), SearchQuery{Tier: "public", Text: query})
			if err != nil {
				rt.Fatalf("%s: %q: %v", name, query, err)
			}
			var got []string
			for _, h := range hits {
				got = append(got, h.Docket)
			}
			if !slices.Equal(got, want) {
				rt.Fatalf("%s finds %v, want %v; query %q is %v; texts %q", name, got, want, query, ts, docs)
			}
		}
	})
}

func FuzzCut(f *testing.F) {
	f.Add("围标线索 A33", "围标")
	f.Add("\xff\x00", "'")
	f.Fuzz(func(t *testing.T, text, query string) {
		parts := cutParts("public", text)
		for _, p := range parts {
			for _, w := range p.words {
				if strings.ContainsAny(w, "' \"\\*:\x00") || w == "" {
					t.Fatalf("word %q of %q needs quoting", w, text)
				}
			}
		}
		// A text is found by itself, unless it holds more than is looked for.
		for _, term := range terms("public", text) {
			if !term.finds(parts) && len(term.words) < maxTermWords {
				t.Fatalf("%q does not find itself: %v in %v", text, term, parts)
			}
		}
		terms("public", query)
	})
}
