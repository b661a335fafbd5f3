package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mingjing/internal/store"
)

// face makes what seats see of a part: a text for each seat's number, "" for nothing.
func face(part, origin string, seen ...uint64) store.Face {
	f := store.Face{Origin: origin}
	copy(f.Part[:], part)
	copy(f.Seen[:], seen)
	return f
}

func saveFaces(t *testing.T, db *store.DB, id string, through int64, at time.Time, faces ...store.Face) {
	t.Helper()
	if faces == nil {
		faces = []store.Face{}
	}
	saved, err := db.SaveDocket(t.Context(), &store.DocketRow{ID: id, Through: through, Evaluated: at, Body: []byte(`{}`), Faces: faces}, nil, nil)
	must(t, err)
	want(t, "saved", saved, true)
}

// feedOf reads a feed as "docket.part" in its order.
func feedOf(t *testing.T, db *store.DB, f store.FeedFilter) string {
	t.Helper()
	items, err := db.FeedItems(t.Context(), f)
	must(t, err)
	var out []string
	for _, i := range items {
		if i.Superseded {
			continue
		}
		out = append(out, i.Docket+"."+strings.TrimRight(string(i.Part[:]), "\x00"))
	}
	return strings.Join(out, " ")
}

func testSeatFeed(t *testing.T, db *store.DB) {
	ctx := t.Context()
	head := func() int64 {
		t.Helper()
		n, err := db.FeedHead(ctx)
		must(t, err)
		return n
	}
	want(t, "empty", head(), 0)
	saveFaces(t, db, "X", 1, day, face("a", "A", 1, 1), face("b", "B", 2, 0), face("nobody's", "B"))
	first := head()
	saveFaces(t, db, "Y", 2, day.Add(time.Second), face("a", "A", 5, 5))
	want(t, "all of seat 0", feedOf(t, db, store.FeedFilter{}), "X.a X.b Y.a")
	want(t, "seat 1 has no place for what it does not see", feedOf(t, db, store.FeedFilter{Seat: 1}), "X.a Y.a")
	want(t, "seat 2 sees nothing", feedOf(t, db, store.FeedFilter{Seat: 2}), "")

	before := head()
	saveFaces(t, db, "X", 3, day.Add(2*time.Second), face("a", "A", 1, 1), face("b", "B", 2, 0))
	want(t, "what nobody sees otherwise makes no item", head(), before)

	// It opens for seat 1; for seat 0 it stays where it was.
	saveFaces(t, db, "X", 4, day.Add(3*time.Second), face("a", "A", 1, 1), face("b", "B", 2, 7))
	want(t, "seat 0 is not told", feedOf(t, db, store.FeedFilter{After: before}), "")
	want(t, "seat 1 is told now", feedOf(t, db, store.FeedFilter{Seat: 1, After: before}), "X.b")
	// One part changes, another is gone: each stands once, at its newest place.
	saveFaces(t, db, "X", 5, day.Add(4*time.Second), face("b", "B", 3, 7))
	want(t, "after it changed", feedOf(t, db, store.FeedFilter{}), "Y.a X.b X.a")
	want(t, "after it went", feedOf(t, db, store.FeedFilter{Seat: 1}), "Y.a X.b X.a")
	want(t, "backward", feedOf(t, db, store.FeedFilter{Seat: 1, Backward: true, Before: head()}), "X.a X.b Y.a")
	want(t, "a page backward", feedOf(t, db, store.FeedFilter{Backward: true, Before: before, Limit: 1}), "Y.a")
	want(t, "a page forward", feedOf(t, db, store.FeedFilter{Limit: 2}), "Y.a X.b")
	want(t, "by origin", feedOf(t, db, store.FeedFilter{Origin: "A"}), "Y.a X.a")

	want(t, "as of the first second", feedOf(t, db, store.FeedFilter{AsOf: day}), "X.a X.b")
	want(t, "as of the opening", feedOf(t, db, store.FeedFilter{Seat: 1, AsOf: day.Add(3 * time.Second)}), "X.a Y.a X.b")
	want(t, "as of before", feedOf(t, db, store.FeedFilter{AsOf: day.Add(-time.Millisecond)}), "")

	step, later, err := db.FeedStep(ctx, "X", day.Add(3500*time.Millisecond))
	must(t, err)
	want(t, "through", step.Through, 4)
	want(t, "evaluated", step.Evaluated, day.Add(3*time.Second))
	want(t, "later", later, true)
	step, later, err = db.FeedStep(ctx, "X", day.Add(time.Hour))
	must(t, err)
	want(t, "newest step", step.Through, 5)
	want(t, "nothing later", later, false)
	step, _, err = db.FeedStep(ctx, "Z", day)
	must(t, err)
	want(t, "no such docket", step, nil)

	// Without faces the feed stays; an earlier clock takes no earlier place.
	if _, err := db.SaveDocket(ctx, &store.DocketRow{ID: "X", Through: 6, Body: []byte(`{}`)}, nil, nil); err != nil {
		t.Fatal(err)
	}
	want(t, "without faces", feedOf(t, db, store.FeedFilter{}), "Y.a X.b X.a")
	saveFaces(t, db, "W", 1, day.Add(-time.Hour), face("a", "A", 1))
	want(t, "an earlier clock", feedOf(t, db, store.FeedFilter{}), "Y.a X.b X.a W.a")
	items, err := db.FeedItems(ctx, store.FeedFilter{})
	must(t, err)
	if !slices.IsSortedFunc(items, func(a, b store.FeedItem) int { return a.At.Compare(b.At) }) || first >= items[0].Seq {
		t.Errorf("places and times do not grow together: %v", items)
	}
	// Many parts at once.
	var many []store.Face
	for i := range 250 {
		many = append(many, face(fmt.Sprintf("p%03d", i), "", 1))
	}
	saveFaces(t, db, "V", 1, day.Add(time.Minute), many...)
	want(t, "many", len(strings.Fields(feedOf(t, db, store.FeedFilter{After: items[3].Seq, Limit: 1000}))), 250)
	saveFaces(t, db, "V", 2, day.Add(time.Minute))
	want(t, "all gone", len(strings.Fields(feedOf(t, db, store.FeedFilter{After: items[3].Seq + 250, Limit: 1000}))), 250)
}

// Many save at once; who reads on from the head that they knew misses nothing.
func testSeatFeedMissesNone(t *testing.T, db *store.DB) {
	const writers, rounds = 6, 25
	var wg sync.WaitGroup
	for n := range writers {
		wg.Go(func() {
			for round := range rounds {
				d := &store.DocketRow{ID: fmt.Sprint("D", n), Through: int64(round), Evaluated: day.Add(time.Duration(round) * time.Millisecond), Body: []byte(`{}`)}
				d.Faces = []store.Face{face("a", "", uint64(round+1)), face(fmt.Sprint("r", round), "", 1)}
				if saved, err := db.SaveDocket(t.Context(), d, nil, nil); err != nil || !saved {
					t.Errorf("saved %v, %v", saved, err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	seen := map[string]bool{}
	for place, last := int64(0), false; ; {
		select {
		case <-done:
			last = true
		default:
		}
		head, err := db.FeedHead(t.Context())
		must(t, err)
		for {
			items, err := db.FeedItems(t.Context(), store.FeedFilter{After: place, Limit: 7})
			must(t, err)
			for _, i := range items {
				seen[i.Docket+string(i.Part[:])] = true
				place = i.Seq
			}
			if len(items) < 7 {
				break
			}
		}
		place = max(place, head)
		if last {
			break
		}
	}
	// Each round's own part was gone with the next: it is seen as its going.
	want(t, "parts seen", len(seen), writers*(rounds+1))
}
