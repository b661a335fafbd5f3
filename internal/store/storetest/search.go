package storetest

import (
	"slices"
	"strings"
	"testing"

	"mingjing/internal/store"
)

// of is a search of one tier.
func of(tier, text string) store.SearchQuery {
	return store.SearchQuery{Scopes: []store.SearchScope{{Tiers: []string{tier}}}, Text: text}
}

func testSearch(t *testing.T, db *store.DB) {
	ctx := t.Context()
	texts := map[string][]store.SearchRow{
		"D1": {
			{Tier: "public", Text: "杭州市某道路改造工程 招标公告，范围：E3301000001-2018-007"},
			{Tier: "supervisor", Text: "疑似围标线索 投标人甲建设有限公司 91330100MA27XYZ123"},
		},
		"D2": {{Tier: "public", Text: "学校食堂改造 School canteen REPAIR, 围。标 1,234.50"}},
		"D3": {{Tier: "public", Text: "Երևան քաղաքի դպրոց ＡＢＣ１２３ Straße 5号楼围墙"}},
		"D4": {{Tier: "public", Text: "𠮷𠮷商店 \U0002B820\U0002B821 한국 カタカナ café naïve"}},
	}
	region := map[string]string{"D1": "330100", "D2": "330200", "D3": "330100", "D4": ""}
	for id, rows := range texts {
		for i := range rows {
			rows[i].Docket = id
		}
		_, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Region: region[id], Title: "T" + id, Body: []byte(`{}`)}, nil, rows)
		must(t, err)
	}
	for _, c := range []struct{ tier, text, want string }{
		{"supervisor", "围标", "D1"},
		{"public", "围标", ""}, // another tier's text, or a full stop between
		{"public", "改造", "D1 D2"},
		{"public", "道路改造工程", "D1"},
		{"public", "道路工程", ""}, // not side by side
		{"public", "道路 工程", "D1"},
		{"public", "改造  学校", "D2"},
		{"public", "改造 墙", ""},
		{"public", "墙", "D3"}, // one character, at the end of a run
		{"public", "围", "D1 D2 D3"},
		{"public", "5号楼", "D3"},
		{"public", "e3301", "D1"}, // a code's beginning
		{"public", "E3301000001-2018", "D1"},
		{"public", "3301000001", ""}, // not its beginning
		{"public", "E3301000001-2018-007", "D1"},
		{"public", "school", "D2"},
		{"public", "SCH", "D2"},
		{"public", "sc", ""}, // two letters are a whole word
		{"public", "canteen repair", "D2"},
		{"public", "repair canteen", "D2"},
		{"public", "\"canteen\" OR repair*", "D2"[:0]}, // no language of its own: OR is a word
		{"public", "1,234.50", "D2"},
		{"public", "abc123", "D3"},
		{"public", "երևան", "D3"},
		{"public", "դպրոց", "D3"},
		{"public", "STRASSE", "D3"},
		{"public", "cafe", ""},
		{"public", "CAFÉ", "D4"},
		{"public", "𠮷商", "D4"},
		{"public", "\U0002B820\U0002B821", "D4"},
		{"public", "\U0002B821", "D4"},
		{"public", "한국", "D4"},
		{"public", "ｶﾀｶﾅ", "D4"},
		{"public", "", ""},
		{"public", " -*'\"():&|!<->\\ ", ""},
		{"public", "' ) OR 1=1", ""},
		{"supervisor", "91330100ma27", "D1"},
		{"auditor", "改造", ""},
		{"", "改造", ""},
	} {
		hits, err := db.Search(ctx, of(c.tier, c.text))
		must(t, err)
		var got []string
		for _, h := range hits.Hits {
			got = append(got, h.Docket)
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s %q: found %q, want %q", c.tier, c.text, s, c.want)
		}
		n, err := db.SearchCount(ctx, of(c.tier, c.text), 10)
		must(t, err)
		want(t, "count of "+c.text, n, len(got))
	}
	// What a docket no longer says is no longer found.
	_, err := db.SaveDocket(ctx, &store.DocketRow{ID: "D1", Through: 1, Body: []byte(`{}`)}, nil, nil)
	must(t, err)
	hits, err := db.Search(ctx, of("supervisor", "围标"))
	must(t, err)
	want(t, "after the change", len(hits.Hits), 0)
}

// testSearchLong goes beyond what one tsvector can hold: 16,383 positions, 255
// of one word.
func testSearchLong(t *testing.T, db *store.DB) {
	ctx := t.Context()
	var b strings.Builder
	b.WriteString("开头的词 ")
	for range 3000 {
		b.WriteString("某某建设有限公司投标文件，")
	}
	b.WriteString("最后的标记公司 结尾")
	for i, id := range []string{"long", "other"} {
		text := []string{b.String(), strings.Repeat("公司 ", 20000)}[i]
		_, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Body: []byte(`{}`)}, nil, []store.SearchRow{{Docket: id, Tier: "public", Text: text}})
		must(t, err)
	}
	for text, n := range map[string]int{
		"最后的标记公司":  1,
		"建设有限公司投标": 1,
		"开头的词 结尾":  1, // the two ends of it
		"公司":       2,
		"公司投":      1,
		"件某":       0,
	} {
		hits, err := db.Search(ctx, of("public", text))
		must(t, err)
		want(t, text, len(hits.Hits), n)
	}
}
