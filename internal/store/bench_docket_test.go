package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"mingjing/internal/store/pgtest"
)

func benchStores(b *testing.B, fn func(b *testing.B, db *DB)) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			dsn := "sqlite:" + filepath.Join(b.TempDir(), "b.db")
			if name == "postgres" {
				dsn = pgtest.Database(b)
			}
			db, err := Open(b.Context(), dsn)
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			fn(b, db)
		})
	}
}

func benchSave(b *testing.B, db *DB, i int) {
	id := fmt.Sprintf("E3301000001%09d", i)
	text := fmt.Sprintf("某市%d号道路改造工程施工招标公告 %s 某某建设有限公司 投标截止 疑似围标%d", i%977, id, i)
	var rows []SearchRow
	for _, tier := range []string{"public", "supervisor", "auditor"} {
		rows = append(rows, SearchRow{Docket: id, Tier: tier, Text: text})
	}
	d := &DocketRow{ID: id, Class: "construction", Region: "330100", Title: text, Through: int64(i), Evaluated: benchTime, Body: make([]byte, 0, 8000)}
	d.Body = fmt.Appendf(d.Body, `{"title":%q,"pad":"%8000d"}`, text, i)
	findings := []FindingRow{{Key: "k", Docket: id, Indicator: "A02", State: "fired", Region: "330100", At: benchTime, Body: []byte(`{}`)}}
	if i%4 != 0 {
		findings = nil
	}
	if _, err := db.SaveDocket(b.Context(), d, findings, rows); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSaveDocket saves a docket of 8 KB with full text in three tiers; one in four has a finding.
func BenchmarkSaveDocket(b *testing.B) {
	benchStores(b, func(b *testing.B, db *DB) {
		i := 0
		for b.Loop() {
			benchSave(b, db, i)
			i++
		}
	})
}

// BenchmarkSearch looks among 4,000 dockets in three tiers.
func BenchmarkSearch(b *testing.B) {
	benchStores(b, func(b *testing.B, db *DB) {
		for i := range 4000 {
			benchSave(b, db, i)
		}
		for _, q := range []string{"围标", "E3301000001000001234", "5号道路 招标公告"} {
			b.Run(q, func(b *testing.B) {
				for b.Loop() {
					if hits, err := db.Search(b.Context(), SearchQuery{Scopes: []SearchScope{{Tiers: []string{"public"}}}, Text: q, Limit: 20}); err != nil || len(hits.Hits) == 0 {
						b.Fatal(len(hits.Hits), err)
					}
				}
			})
		}
	})
}
