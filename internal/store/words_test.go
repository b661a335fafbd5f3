package store

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		cut(text, true, func(w string, _, _ bool) { got = append(got, w) })
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is cut into %q, want %q", text, s, want)
		}
	}
}

func TestTerms(t *testing.T) {
	for text, want := range map[string][]term{
		"":             nil,
		"--":           nil,
		"围":            {{words: []string{"围"}, single: true}},
		"围标":           {{words: []string{"围标"}}},
		"标段5":          {{words: []string{"标段", "段", "5"}}},
		"ab abc":       {{words: []string{"ab"}}, {words: []string{"abc"}, prefix: true}},
		"A33-007":      {{words: []string{"a33", "007"}, prefix: true}},
		"a.围":          {{words: []string{"a", "围"}, prefix: true}},
		`"abc def"`:    {{words: []string{"abc", "def"}}},
		`x "道路 工程" “甲`: {{words: []string{"x"}}, {words: []string{"道路", "路", "工程"}}, {words: []string{"甲"}, single: true}},
		`「桥梁」《检测》a`:    {{words: []string{"桥梁"}}, {words: []string{"检测"}}, {words: []string{"a"}}},
	} {
		if d := cmp.Diff(want, terms(text), cmp.AllowUnexported(term{})); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

func TestWholeKey(t *testing.T) {
	for text, want := range map[string]string{
		"E3301-2018 007": "e33012018007", "豫公〔2018〕1号": "豫公20181号", "（）": "", "９１４１０１００ＭＡ": "91410100ma",
	} {
		if got := wholeKey(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// No two sets of the tiers that there are may share a mark, or one's words
// would be found by another's readers.
func TestMarksDiffer(t *testing.T) {
	tiers := []string{"administrator", "auditor", "outside", "public", "source", "supervisor"}
	seen := map[string]string{}
	for mask := 1; mask < 1<<len(tiers); mask++ {
		var of []string
		for i, name := range tiers {
			if mask&(1<<i) != 0 {
				of = append(of, name)
			}
		}
		m := setMark(setOf(of))
		if other := seen[m]; other != "" {
			t.Errorf("%v and %s are both marked %s", of, other, m)
		}
		seen[m] = setOf(of)
	}
}

// A text holds no word that a database's language could mistake, and is found
// by itself.
func FuzzCut(f *testing.F) {
	f.Add("围标线索 A33", "围标")
	f.Add("\xff\x00", "'")
	f.Fuzz(func(t *testing.T, text, query string) {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
		for _, line := range strings.Split(text, "\n") {
			rows := []SearchRow{{Docket: "D", Tier: "public", Text: line, Names: []Mention{{Name: line}}}}
			doc, err := indexed(&DocketRow{ID: "D"}, rows)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range strings.Fields(doc.fts()) {
				if strings.ContainsFunc(w, func(r rune) bool { return !plain(r) || !inWord(r) }) {
					t.Fatalf("word %q of %q needs quoting", w, line)
				}
			}
			if found := Holds(line, []string{line}, nil); found != (len(terms(line)) > 0) {
				t.Fatalf("%q is found by itself: %v", line, found)
			}
		}
		terms(query)
	})
}
