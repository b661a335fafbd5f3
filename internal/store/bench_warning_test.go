package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"mingjing/internal/store/pgtest"
)

// The first page and the count of 100,000 findings, by filters that many, some
// and few meet.
func BenchmarkWarnings(b *testing.B) {
	for name, dsn := range map[string]func() string{
		"sqlite": func() string { return "sqlite:" + filepath.Join(b.TempDir(), "m.db") }, "postgres": func() string { return pgtest.Database(b) },
	} {
		db, err := Open(b.Context(), dsn())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = db.Close() })
		at := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
		for d := range 1000 {
			id := fmt.Sprint("T", d)
			fs := make([]FindingRow, 100)
			for i := range fs {
				fs[i] = FindingRow{
					Key: fmt.Sprintf("%064d", i), Docket: id, Indicator: fmt.Sprintf("A%02d", i%25), State: "fired", Region: fmt.Sprintf("41%02d%02d", d%18+1, d%9+1), Class: []string{"construction", "land"}[d%2],
					Grade: []string{"fact", "clue"}[i%2], Digest: fmt.Sprintf("%064d", d), Title: "某工程", Seats: 10, At: at, Body: fmt.Appendf(nil, `{"text":"%01200d"}`, i),
				}
			}
			if _, err := db.SaveDocket(b.Context(), &DocketRow{ID: id, Through: 1, Body: []byte("{}")}, fs, nil); err != nil {
				b.Fatal(err)
			}
		}
		if db.pool != nil {
			if _, err := db.pool.Exec(b.Context(), "ANALYZE"); err != nil {
				b.Fatal(err)
			}
		}
		no := false
		for what, f := range map[string]WarningFilter{
			"all":      {Seat: 1, Dismissed: &no},
			"region":   {Seat: 1, Dismissed: &no, Bound: true, Regions: []string{"410101", "410201", "410301"}},
			"few":      {Seat: 1, Dismissed: &no, Indicators: []string{"A07"}, Regions: []string{"410303"}, Grade: "clue"},
			"none":     {Seat: 1, Dismissed: &no, State: "failed"},
			"assigned": {Seat: 1, Assigned: []string{"王"}},
			"follower": {Seat: 1, Follower: "王"},
		} {
			f.Limit = 51
			b.Run(name+"/"+what+"/page", func(b *testing.B) {
				for b.Loop() {
					if _, err := db.Warnings(b.Context(), f); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(name+"/"+what+"/count", func(b *testing.B) {
				for b.Loop() {
					if _, err := db.CountWarnings(b.Context(), f, 10_000); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(name+"/by indicator", func(b *testing.B) {
			for b.Loop() {
				if _, err := db.WarningCounts(b.Context(), WarningFilter{Seat: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
