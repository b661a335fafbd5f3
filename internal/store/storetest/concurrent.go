package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

// together runs fn n times at once and fails the test on the first error.
func together(t *testing.T, n int, fn func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	must(t, errors.Join(errs...))
}

// programs opens the store n times, as so many programs would.
func programs(t *testing.T, db *store.DB, n int) []*store.DB {
	t.Helper()
	out := []*store.DB{db}
	for len(out) < n {
		again, err := db.Reopen(t.Context())
		must(t, err)
		t.Cleanup(func() {
			if err := again.Close(); err != nil {
				t.Error(err)
			}
		})
		out = append(out, again)
	}
	return out
}

// testWriters: eight writers in two programs leave no gap and lose nothing.
func testWriters(t *testing.T, db *store.DB) {
	const writers, times, each = 8, 5, 7
	dbs := programs(t, db, 2)
	together(t, writers, func(i int) error {
		for range times {
			_, err := add(t.Context(), dbs[i%len(dbs)], each, func(_ int, r *ledger.Row) { r.Author.ID = fmt.Sprint("writer", i) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	byWriter := map[string]int{}
	for i, r := range all(t, db) {
		if r.Position != int64(i) {
			t.Fatalf("row %d has position %d", i, r.Position)
		}
		byWriter[r.Author.ID]++
	}
	want(t, "writers", len(byWriter), writers)
	for w, n := range byWriter {
		want(t, w, n, times*each)
	}
}

// testFeed is the fault that a feed by time or by a sequence has (seen at
// ProZorro): a transaction that began early and commits late is passed by a
// reader who has already gone on. Twenty writers mix slow and quick
// transactions; a reader who only ever asks for what follows its last position
// must see every one, in order.
func testFeed(t *testing.T, db *store.DB) {
	const writers, times = 20, 4
	dbs := programs(t, db, 2)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	seen := make(chan []int64, 1)
	go func() {
		var got []int64
		next := int64(0)
		for {
			last := ctx.Err() != nil // one more look after the last commit
			err := dbs[len(dbs)-1].Rows(context.WithoutCancel(ctx), next, 1<<40, func(r *ledger.Row) error {
				got = append(got, r.Position)
				next = r.Position + 1
				return nil
			})
			if err != nil || last {
				if err != nil {
					t.Error(err)
				}
				seen <- got
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	together(t, writers, func(i int) error {
		for n := range times {
			err := dbs[i%len(dbs)].Append(t.Context(), func(tx ledger.Tx) error {
				h := tx.Head()
				r := row(h.Size)
				h.Size++
				if (i+n)%5 == 0 { // slow, before and after its insert
					time.Sleep(5 * time.Millisecond)
					defer time.Sleep(5 * time.Millisecond)
				}
				return tx.Insert(t.Context(), []*ledger.Row{r}, nil, nil, h)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	stop()
	got := <-seen
	var all []int64
	for p := range int64(writers * times) {
		all = append(all, p)
	}
	want(t, "positions read", got, all)
}

// testWorkOnce: many workers in two programs, each code is given to one.
func testWorkOnce(t *testing.T, db *store.DB) {
	const codes = 60
	mustAdd(t, db, codes, func(i int, r *ledger.Row) { r.Codes = []string{fmt.Sprintf("tender:%02d", i)} })
	dbs := programs(t, db, 2)
	var (
		mu  sync.Mutex
		got []string
	)
	together(t, 6, func(i int) error {
		for {
			ws, err := dbs[i%2].ClaimWork(t.Context(), 3, time.Hour, day)
			if err != nil {
				return err
			}
			if len(ws) == 0 {
				b, err := dbs[i%2].Backlog(t.Context())
				if err != nil || b.Codes == 0 {
					return err
				}
				// What others hold is not done yet, or was locked as we looked.
				time.Sleep(time.Millisecond)
				continue
			}
			mu.Lock()
			for _, w := range ws {
				got = append(got, w.Code)
			}
			mu.Unlock()
			if err := dbs[i%2].FinishWork(t.Context(), ws); err != nil {
				return err
			}
		}
	})
	slices.Sort(got)
	want(t, "codes given", len(slices.Compact(slices.Clone(got))), codes)
	want(t, "times given", len(got), codes)
}

// testFindingFeed: the feed of findings has the same promise as the log's.
func testFindingFeed(t *testing.T, db *store.DB) {
	const writers, times = 8, 6
	dbs := programs(t, db, 2)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	seen := make(chan []int64, 1)
	go func() {
		var got []int64
		after := int64(0)
		for {
			last := ctx.Err() != nil
			page, err := dbs[1].Findings(context.WithoutCancel(ctx), store.FindingFilter{Oldest: true, After: after})
			if err != nil {
				t.Error(err)
			}
			for _, f := range page {
				got = append(got, f.Seq)
				after = f.Seq
			}
			if err != nil || last && len(page) == 0 {
				seen <- got
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	together(t, writers, func(i int) error {
		for n := range times {
			id := fmt.Sprintf("d%d-%d", i, n)
			fs := []store.FindingRow{
				{Key: "1", Docket: id, Indicator: "A02", State: "fired", Body: []byte(`{}`)},
				{Key: "2", Docket: id, Indicator: "A05", State: "fired", Body: []byte(`{}`)},
			}
			if _, err := dbs[i%2].SaveDocket(t.Context(), &store.DocketRow{ID: id, Body: []byte(`{}`)}, fs, nil); err != nil {
				return err
			}
		}
		return nil
	})
	stop()
	var all []int64
	for s := range int64(writers * times * 2) {
		all = append(all, s+1)
	}
	want(t, "findings read", <-seen, all)
}
