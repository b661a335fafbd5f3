package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a docket's text no longer says stands in no file of the database any
// more, whatever segments of the full text it was in.
func TestScrub(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(dir, "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	save := func(id string, round int, text string) {
		t.Helper()
		row := &DocketRow{ID: id, Through: int64(round), Evaluated: time.UnixMilli(int64(round)), Body: []byte(`{"text":"` + text + `"}`)}
		if saved, err := db.SaveDocket(t.Context(), row, nil, []SearchRow{{Docket: id, Tier: "public", Text: text}}); err != nil || !saved {
			t.Fatal(saved, err)
		}
	}
	holds := func() bool {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(b), "䊠䊡") {
				return true
			}
		}
		return false
	}
	for i := range 40 {
		text := "招标公告"
		if i == 20 {
			text = "联系人䊠䊡䊢"
		}
		save(fmt.Sprint("D", i), 0, text)
	}
	save("D20", 1, "联系人某某")
	if !holds() {
		t.Fatal("the words were gone before the scrub: the test shows nothing")
	}
	if err := db.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if holds() {
		t.Error("the words of a text that was replaced still stand in the files")
	}
	for word, want := range map[string]int{"䊠䊡": 0, "某某": 1, "招标": 39} {
		hits, err := db.Search(t.Context(), SearchQuery{Scopes: []SearchScope{{Tiers: []string{"public"}}}, Text: word, Limit: 100})
		if err != nil || len(hits.Hits) != want {
			t.Errorf("%s is found %d times, want %d: %v", word, len(hits.Hits), want, err)
		}
	}
	if err := db.Scrub(t.Context()); err != nil { // again, with nothing to do
		t.Fatal(err)
	}
}
