package storetest

import (
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

type work struct {
	Code    string
	Through int64
}

func claim(t *testing.T, db *store.DB, limit int, lease time.Duration, now time.Time) ([]store.Work, []work) {
	t.Helper()
	ws, err := db.ClaimWork(t.Context(), limit, lease, now)
	must(t, err)
	var out []work
	for _, w := range ws {
		out = append(out, work{w.Code, w.Through})
	}
	return ws, out
}

func testWork(t *testing.T, db *store.DB) {
	codes := [][]string{{"tender:A", "project:P"}, {"tender:B"}, {"tender:A"}}
	select {
	case <-db.Wake():
		t.Error("woken before anything came")
	default:
	}
	mustAdd(t, db, len(codes), func(i int, r *ledger.Row) { r.Codes = codes[i] })
	select {
	case <-db.Wake():
	default:
		t.Error("not woken by an append")
	}
	b, err := db.Backlog(t.Context())
	must(t, err)
	want(t, "backlog", b, store.Backlog{Codes: 3, Oldest: 0})
	first, got := claim(t, db, 10, time.Minute, day)
	want(t, "claimed", got, []work{{"project:P", 0}, {"tender:B", 1}, {"tender:A", 2}})
	_, got = claim(t, db, 10, time.Minute, day)
	want(t, "claimed again", len(got), 0)
	must(t, db.FinishWork(t.Context(), first[:2]))
	must(t, db.ReleaseWork(t.Context(), first[2:]))
	again, got := claim(t, db, 10, time.Minute, day)
	want(t, "after release", got, []work{{"tender:A", 2}})
	must(t, db.FinishWork(t.Context(), again))
	b, err = db.Backlog(t.Context())
	must(t, err)
	want(t, "backlog", b, store.Backlog{Codes: 0, Oldest: -1})

	// A mark that says nothing new is none.
	must(t, db.MarkWork(t.Context(), "tender:A", 2))
	_, got = claim(t, db, 10, time.Minute, day)
	want(t, "marked as done", len(got), 0)
	must(t, db.MarkWork(t.Context(), "tender:A", 9))
	must(t, db.MarkWork(t.Context(), "tender:A", 5))
	must(t, db.MarkWork(t.Context(), "tender:Z", 0))
	_, got = claim(t, db, 10, time.Minute, day)
	want(t, "marked", got, []work{{"tender:Z", 0}, {"tender:A", 9}})

	// The longest-waiting come first, though marked again and again.
	for i, c := range []string{"c1", "c2", "c3", "c1"} {
		must(t, db.MarkWork(t.Context(), c, int64(100+i)))
	}
	_, got = claim(t, db, 1, time.Minute, day)
	want(t, "oldest", got, []work{{"c1", 103}})
	_, got = claim(t, db, 0, time.Minute, day)
	want(t, "none asked", len(got), 0)
}

// testMarkDuringRun is the fault of unique jobs: a mark made while its twin
// runs must not be lost.
func testMarkDuringRun(t *testing.T, db *store.DB) {
	mustAdd(t, db, 1, nil)
	running, _ := claim(t, db, 10, time.Minute, day)
	mustAdd(t, db, 1, nil)
	_, got := claim(t, db, 10, time.Minute, day)
	want(t, "while it runs", len(got), 0)
	must(t, db.FinishWork(t.Context(), running))
	next, got := claim(t, db, 10, time.Minute, day)
	want(t, "after it ran", got, []work{{"tender:X", 1}})
	must(t, db.FinishWork(t.Context(), next))
	// A late finish of an old claim does not undo a newer one.
	must(t, db.FinishWork(t.Context(), running))
	_, got = claim(t, db, 10, time.Minute, day)
	want(t, "at the end", len(got), 0)
}

func testLease(t *testing.T, db *store.DB) {
	mustAdd(t, db, 1, nil)
	dead, _ := claim(t, db, 10, time.Minute, day)
	_, got := claim(t, db, 10, time.Minute, day.Add(59*time.Second))
	want(t, "within the lease", len(got), 0)
	_, got = claim(t, db, 10, time.Minute, day.Add(time.Minute))
	want(t, "after the lease", len(got), 1)
	// The first one comes back to life and gives back: the second still holds it.
	must(t, db.ReleaseWork(t.Context(), dead))
	_, got = claim(t, db, 10, time.Minute, day.Add(90*time.Second))
	want(t, "held by the second", len(got), 0)
}
