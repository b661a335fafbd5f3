package store

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"
)

// BenchmarkFeedItems reads a page of 51 items where 2,000 dockets of 50 rows
// were saved twice: 200,000 places, of which half count.
func BenchmarkFeedItems(b *testing.B) {
	benchStores(b, func(b *testing.B, db *DB) {
		for round := range 2 {
			for i := range 2000 {
				d := &DocketRow{ID: fmt.Sprintf("E3301000001%09d", i), Through: int64(round), Evaluated: benchTime.Add(time.Duration(round) * time.Hour), Body: []byte(`{}`), Faces: []Face{}}
				for n := range 50 {
					f := Face{Origin: fmt.Sprint("platform ", i%40)}
					binary.BigEndian.PutUint64(f.Part[:], uint64(n))
					for seat := range 6 {
						if n%10 > 0 || seat != 5 { // one in ten is not for seat 5
							f.Seen[seat] = uint64(round + 1)
						}
					}
					d.Faces = append(d.Faces, f)
				}
				if _, err := db.SaveDocket(b.Context(), d, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		}
		head, err := db.FeedHead(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range []struct {
			name string
			f    FeedFilter
		}{
			{"first", FeedFilter{Seat: 5}}, // past 90,000 places that no longer count
			{"middle", FeedFilter{Seat: 5, After: head - 50_000}},
			{"newest", FeedFilter{Seat: 5, Backward: true, Before: head}},
			{"nothing", FeedFilter{Seat: 5, After: head}},
			{"source", FeedFilter{Seat: 0, Origin: "platform 7"}},
			{"as-of", FeedFilter{Seat: 5, AsOf: benchTime.Add(time.Minute)}},
		} {
			c.f.Limit = 51
			b.Run(c.name, func(b *testing.B) {
				for b.Loop() {
					items, err := db.FeedItems(b.Context(), c.f)
					if err != nil || len(items) != 51 && c.name != "nothing" {
						b.Fatal(len(items), err)
					}
				}
			})
		}
	})
}

// BenchmarkSaveFeed saves a docket of 50 rows of which one has changed, beside
// the same without a feed.
func BenchmarkSaveFeed(b *testing.B) {
	for _, name := range []string{"without", "with"} {
		b.Run(name, func(b *testing.B) {
			benchStores(b, func(b *testing.B, db *DB) {
				faces := make([]Face, 50)
				for n := range faces {
					binary.BigEndian.PutUint64(faces[n].Part[:], uint64(n))
					faces[n].Seen = [Seats]uint64{1, 1, 1, 1, 1, 1}
				}
				body := fmt.Appendf(nil, `{"pad":"%8000d"}`, 1)
				for i := 0; b.Loop(); i++ {
					d := &DocketRow{ID: "X", Through: int64(i), Evaluated: benchTime, Body: body}
					if name == "with" {
						faces[i%50].Seen[0]++
						d.Faces = faces
					}
					if _, err := db.SaveDocket(b.Context(), d, nil, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
