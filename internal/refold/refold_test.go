package refold

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
)

func TestRecordsBecomeADocketWithFindings(t *testing.T) {
	b := newBench(t)
	short := with(tender()[3], func(r *standard.Record) {
		r.Fields["BID_DOC_REFER_END_TIME"], r.Fields["BID_OPEN_TIME"] = "20180311093000", "20180311093000"
	})
	b.send(append(tender()[:3], short)...)
	b.drain()
	d := b.docket(ten)
	if d == nil || d.Title != "一中综合楼建设工程" || len(d.Live) != 4 || d.Through != 3 {
		t.Fatalf("docket %+v", d)
	}
	if got := b.findings("A02"); !slices.Equal(got, []string{"fired"}) {
		t.Errorf("A02 (10 days to the deadline): %v", got)
	}
	hits, err := b.db.Search(t.Context(), store.SearchQuery{Scopes: []store.SearchScope{{Tiers: []string{"auditor"}}}, Text: "综合楼"})
	if err != nil || len(hits.Hits) != 1 {
		t.Errorf("search: %v, %v", hits, err)
	}
	b.deep()
}

func TestSealedUntilReleased(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3), expert(1))
	b.drain()
	if n := b.bidders(lot1); n != 0 {
		t.Fatalf("%d bids readable before the opening", n)
	}
	b.clock.set(at("2018-03-21 09:00"))
	b.send(opening()) // sent before the deadline, for the deadline
	b.drain()
	if n := b.bidders(lot1); n != 0 {
		t.Fatalf("%d bids readable before the deadline", n)
	}
	if s := b.docket(ten).Openings()[0].Content; s != "" {
		t.Fatalf("the opening's content is readable: %q", s)
	}
	size := b.size()
	b.clock.set(at("2018-03-21 09:29"))
	b.drain()
	if b.size() != size {
		t.Fatal("something was released before its time")
	}
	b.clock.set(at("2018-03-21 09:30")) // no record comes: the clock alone opens
	b.drain()
	d := b.docket(ten)
	if n := b.bidders(lot1); n != 3 {
		t.Fatalf("%d bids after the opening, want 3; releases %+v; refusals %+v", n, d.Releases, docket.Refusals(d, b.clock.Now()))
	}
	if s := d.Openings()[0].Content; s != "投标人1 1000001元" {
		t.Errorf("opening content %q", s)
	}
	if len(d.Releases) != 1 || d.Releases[0].Bidders != 3 || d.Releases[0].Basis.Dataset != "506" {
		t.Errorf("releases %+v", d.Releases)
	}
	if len(d.Experts()) != 0 {
		t.Error("the committee is readable before the result")
	}
	b.deep()

	b.clock.set(at("2018-04-02 10:00"))
	b.send(result())
	b.drain()
	d = b.docket(ten)
	if x := d.Experts(); len(x) != 1 || x[0].Name != "评委1" || x[0].IDNumber != "" || x[0].Sealed["ID_CARD"] != standard.Personal {
		t.Errorf("committee after the result: %+v", x)
	}
	b.deep()
}

func TestNoOpeningNoBids(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(bid(1), bid(2))
	b.drain()
	b.clock.set(at("2018-06-01 09:00"))
	b.drain()
	if b.bidders(lot1) != 0 || len(b.docket(ten).Releases) != 0 {
		t.Error("a deadline alone opened the bids")
	}
	tokens, err := b.db.VaultDockets(t.Context(), []string{b.ledger.Token(standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, standard.Bid)})
	if err != nil || len(tokens) != 0 {
		t.Errorf("the token was noted before its moment: %v, %v", tokens, err)
	}
}

// A trade without an opening keeps its sealed rows shut until its result is
// published and every announced time is past; the committee opens with it.
func TestResultReleases(t *testing.T) {
	b := newBench(t)
	guid := "6f6c9d5e-0000-4000-8000-000000000001"
	own := func(dataset, key, name string, pairs ...string) standard.Record {
		return with(rec(dataset, key, append(pairs, name, guid)...), func(r *standard.Record) {
			if name != "TENDER_PROJECT_CODE" {
				delete(r.Fields, "TENDER_PROJECT_CODE")
			}
		})
	}
	b.send(
		own("600", "A", "ANNOUNCEMENT_GUID", "LAND_PROJECT_NAME", "郑政出〔2018〕1号", "LISTING_DEADLINE", "20180325170000"),
		own("9105", "D", "TENDER_PROJECT_CODE", "COMPANY_NAME", "竞买人1", "DOWNLOAD_TIME", "20180305100000"),
		own("9108", "E", "TENDER_PROJECT_CODE", "PERSON_NAME", "评委1", "ENTER_TIME", "20180325100000"),
	)
	b.clock.set(at("2018-03-24 10:00"))
	b.send(own("601", "R", "DEAL_ANNOUNCEMENT_GUID", "PUBLISHING_TIME", "20180324090000"))
	b.drain()
	if d := b.docket(guid); d == nil || len(d.Live) != 2 || len(d.Releases) != 0 {
		t.Fatalf("before the listing ends: %+v", d)
	}
	b.clock.set(at("2018-03-25 17:00"))
	b.drain()
	d := b.docket(guid)
	if len(d.Live) != 4 || len(d.Releases) != 2 {
		t.Fatalf("after the listing ended: %d rows, releases %+v", len(d.Live), d.Releases)
	}
	b.deep()
}

func TestTwoBiddersStayClosed(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(2)) // the third is a duplicate
	b.clock.set(at("2018-03-22 09:00"))
	b.send(opening())
	b.drain()
	d := b.docket(ten)
	if len(d.Releases) != 1 || d.Releases[0].State != docket.StateFailed || d.Releases[0].Bidders != 2 || b.bidders(lot1) != 0 {
		t.Fatalf("releases %+v bids %d", d.Releases, b.bidders(lot1))
	}
	size := b.size()
	b.drain()
	if b.size() != size {
		t.Error("the same failure was recorded twice")
	}
	b.send(bid(3)) // comes late: its token wakes the docket
	b.drain()
	d = b.docket(ten)
	if len(d.Releases) != 1 || d.Releases[0].State != docket.StateOpened || b.bidders(lot1) != 3 {
		t.Errorf("after a third bid: releases %+v bids %d", d.Releases, b.bidders(lot1))
	}
	b.send(bid(4)) // and one after the release
	b.drain()
	if b.bidders(lot1) != 4 {
		t.Errorf("%d bids, want 4", b.bidders(lot1))
	}
	b.deep()
}

func TestOtherSystemsCannotOpen(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3))
	b.clock.set(at("2018-03-22 09:00"))
	foreign := with(opening(), func(r *standard.Record) { r.Origin = sysB })
	b.sendAs(ledger.Author{Kind: "source", ID: "stranger"}, foreign)
	forged := docket.ReleaseRecord(docket.Moment{Vault: standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, Seal: standard.Bid}, docket.Decision{State: docket.StateOpened, Bidders: 3}, b.clock.Now())
	forged.Origin = sysA
	b.sendAs(ledger.Author{Kind: "source", ID: "north"}, forged)
	b.drain()
	if b.bidders(lot1) != 0 {
		t.Fatal("another system opened the bids")
	}
	posing := docket.ReleaseRecord(docket.Moment{Vault: standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, Seal: standard.Bid}, docket.Decision{State: docket.StateOpened, Bidders: 3}, b.clock.Now())
	b.sendAs(ledger.Author{Kind: "person", ID: "somebody"}, posing)
	b.drain()
	if b.bidders(lot1) != 0 {
		t.Fatal("a person's release record opened the bids")
	}
}

func TestTwoLots(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(rec("502", lot2, "BID_SECTION_CODE", lot2), rec("503", "N2", "BID_SECTION_CODES", lot2, "BID_DOC_REFER_END_TIME", "20180328093000"))
	other := func(n int) standard.Record {
		return with(bid(n), func(r *standard.Record) { r.Key += "-2"; r.Fields["BID_SECTION_CODE"] = lot2 })
	}
	both := with(bid(9), func(r *standard.Record) { r.Key = "both"; r.Fields["BID_SECTION_CODE"] = lot1 + ";" + lot2 })
	whole := with(bid(8), func(r *standard.Record) { r.Key = "whole"; delete(r.Fields, "BID_SECTION_CODE") })
	b.send(bid(1), bid(2), bid(3), other(1), other(2), other(3), both, whole)
	b.clock.set(at("2018-03-22 09:00"))
	b.send(opening())
	b.drain()
	if b.bidders(lot1) != 3 || b.bidders(lot2) != 0 {
		t.Fatalf("bids %d and %d, want 3 and 0", b.bidders(lot1), b.bidders(lot2))
	}
	b.clock.set(at("2018-03-28 10:00"))
	b.send(rec("506", "O2", "BID_SECTION_CODES", lot2, "BID_OPENING_TIME", "20180328093000"))
	b.drain()
	if b.bidders(lot1) != 4 || b.bidders(lot2) != 4 || b.bidders("") != 1 {
		t.Errorf("bids %d, %d and %d of the whole tender, want 4, 4 and 1", b.bidders(lot1), b.bidders(lot2), b.bidders(""))
	}
	b.deep()
}

func TestContractRuleIsWokenByTheClock(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3))
	b.clock.set(at("2018-03-22 09:00"))
	b.send(opening())
	b.clock.set(at("2018-04-03 09:00"))
	b.send(result(), rec("9018", "W1", "BID_SECTION_CODES", lot1, "WIN_BIDDER_NAME", "投标人1", "WIN_NOTICE_SEND_TIME", "20180402100000"))
	b.drain()
	if got := b.findings("A13"); len(got) != 0 {
		t.Fatalf("A13 the day after the award: %v", got)
	}
	size := b.size()
	b.clock.set(at("2018-06-01 09:00"))
	b.drain()
	if got := b.findings("A13"); !slices.Equal(got, []string{"fired"}) {
		t.Errorf("A13 two months after the award, no record having come: %v", got)
	}
	if b.size() != size {
		t.Error("a record came")
	}
	row, _ := b.db.Docket(t.Context(), ten)
	if row.Again.Before(b.clock.Now()) && !row.Again.IsZero() {
		t.Errorf("it would be woken at once again: %v", row.Again)
	}
	b.deep()
}

func TestRunAgainChangesNothing(t *testing.T) {
	b := newBench(t)
	b.clock.set(at("2018-03-22 09:00"))
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3), opening())
	b.drain()
	before, _ := b.db.Docket(t.Context(), ten)
	size := b.size()
	if err := b.db.MarkWork(t.Context(), "tender:"+ten, size+100); err != nil {
		t.Fatal(err)
	}
	b.drain()
	after, _ := b.db.Docket(t.Context(), ten)
	if string(before.Body) != string(after.Body) || before.Vector != after.Vector || b.size() != size {
		t.Error("a second run made something else")
	}
	if !after.Evaluated.After(before.Evaluated) {
		t.Error("it did not run")
	}
}

// script is a docket's life; none of the records depends on when it comes.
func script() []standard.Record {
	out := append(tender(), bid(1), bid(2), bid(3), bid(4), opening(), result(), expert(1), expert(2))
	out = append(out,
		with(bid(2), func(r *standard.Record) { r.Revision = "2"; r.Fields["BID_PRICE"] = "900000" }),
		with(bid(4), func(r *standard.Record) { r.Revision = "2"; r.Op = standard.Delete }),
		with(result(), func(r *standard.Record) { r.Revision = "2"; r.Fields["WIN_BIDDER_NAME"] = "投标人2" }),
		with(result(), func(r *standard.Record) { r.Revision = "3" }),
		with(rec("513", "onlylot", "BID_SECTION_CODE", lot1, "NOTICE_SEND_TIME", "20180402090000"), func(r *standard.Record) { delete(r.Fields, "TENDER_PROJECT_CODE") }),
		rec("512", "C1", "BID_SECTION_CODE", lot1, "CONTRACT_SIGN_TIME", "20180420"),
	)
	return out
}

// TestArrivalDoesNotShow: whatever the order, and however often the worker
// runs in between, the docket is the same but for positions and hours of arrival.
func TestArrivalDoesNotShow(t *testing.T) {
	ignore := cmp.Options{
		cmpopts.IgnoreFields(docket.Docket{}, "Through"), cmpopts.IgnoreFields(docket.Entry{}, "Position", "Received", "First"),
		cmpopts.IgnoreFields(docket.Announced{}, "Position"), cmpopts.IgnoreFields(docket.Ref{}, "Position"),
		cmpopts.IgnoreFields(docket.Release{}, "Position", "At", "Bidders"), // how many stood when it was decided
		cmp.Transformer("events", func(es []docket.Event) []string {
			var out []string
			for _, e := range es {
				if strings.HasPrefix(e.Kind, "release.") {
					e.At = time.Time{} // when it was decided
				}
				out = append(out, strings.Join([]string{e.Kind, e.At.String(), e.Lot, e.Ref.Dataset, e.Ref.Key, e.Ref.Field}, " "))
			}
			slices.Sort(out)
			return out
		}),
	}
	var want *docket.Docket
	for seed := range uint64(6) {
		b := newBench(t, noRules)
		b.clock.set(at("2018-05-01 09:00"))
		records := script()
		r := rand.New(rand.NewPCG(seed, 1))
		if seed > 0 {
			r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		}
		for _, rec := range records {
			b.send(rec)
			if r.IntN(3) == 0 {
				b.drain()
			}
		}
		b.drain()
		d := b.docket(ten)
		b.deep()
		if want == nil {
			want = d
			if len(d.Lot(lot1).Bids) != 3 || len(d.Experts()) != 2 || len(d.Projects()) != 1 || len(d.Results()) != 2 {
				t.Fatalf("the script does not give what it should: %+v", d)
			}
			continue
		}
		if diff := cmp.Diff(want, d, ignore); diff != "" {
			t.Fatalf("order %d shows:\n%s", seed, diff)
		}
	}
}

// TestSameLogSameBytes: the stored docket is a function of the log alone.
func TestSameLogSameBytes(t *testing.T) {
	b := newBench(t)
	b.clock.set(at("2018-05-01 09:00"))
	for _, r := range script() {
		b.send(r)
		b.drain()
	}
	row, _ := b.db.Docket(t.Context(), ten)
	_, d, err := b.worker.make(t.Context(), ten, false, false)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := d.Encode()
	if string(body) != string(row.Body) {
		t.Errorf("folded at once it is another docket:\n%s", cmp.Diff(d, b.docket(ten)))
	}
}

func TestManyWorkers(t *testing.T) {
	b := newBench(t)
	b.clock.set(at("2018-05-01 09:00"))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for range 3 {
		w := b.another()
		run, stop := context.WithCancel(ctx)
		t.Cleanup(stop)
		wg.Go(func() { w.Run(run) })
		defer stop()
	}
	const dockets = 12
	tenderOf := func(i int) string { return ten[:len(ten)-2] + string(rune('0'+i/10)) + string(rune('0'+i%10)) }
	var senders sync.WaitGroup
	for i := range dockets {
		senders.Go(func() {
			for _, r := range script() {
				to := tenderOf(i)
				r = with(r, func(r *standard.Record) {
					r.Key = to + r.Key
					for name, v := range r.Fields {
						r.Fields[name] = strings.ReplaceAll(v, ten, to)
					}
				})
				b.send(r)
			}
		})
	}
	senders.Wait()
	b.drain()
	for i := range dockets {
		d := b.docket(tenderOf(i))
		if d == nil || d.Lot(tenderOf(i)+"001") == nil || len(d.Lot(tenderOf(i)+"001").Bids) != 3 {
			t.Errorf("docket %d: %+v", i, d)
		}
	}
	b.deep()
}

// TestPostgres: the same life on the other store, with two workers.
func TestPostgres(t *testing.T) {
	b := newBenchOn(t, pgtest.Database(t))
	b.clock.set(at("2018-05-01 09:00"))
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	w := b.another()
	wg.Go(func() { w.Run(ctx) })
	for _, r := range script() {
		b.send(r)
	}
	b.drain()
	stop()
	wg.Wait()
	b.drain()
	d := b.docket(ten)
	if b.bidders(lot1) != 3 || len(d.Experts()) != 2 || len(d.Releases) != 2 || len(d.Projects()) != 1 {
		t.Errorf("docket %+v", d)
	}
	b.deep()
}

func TestMovedRow(t *testing.T) {
	other := prj + "002"
	b := newBench(t)
	b.send(tender()...)
	b.send(rec("512", "C1", "BID_SECTION_CODE", lot1))
	b.drain()
	if len(b.docket(ten).Contracts()) != 1 {
		t.Fatal("no contract")
	}
	b.send(with(rec("512", "C1"), func(r *standard.Record) { r.Revision = "2"; r.Fields["TENDER_PROJECT_CODE"] = other }))
	b.drain()
	if n := len(b.docket(ten).Contracts()); n != 0 {
		t.Errorf("the contract is still with the old tender")
	}
	if d := b.docket(other); d == nil || len(d.Contracts()) != 1 {
		t.Errorf("the contract is not with the new tender")
	}
	b.deep()
}

func TestDeleteWithoutFieldsFindsItsDocket(t *testing.T) {
	b := newBench(t)
	gone := standard.Record{Origin: sysA, Dataset: "512", Op: standard.Delete, Key: "C1", Revision: "2", Fields: map[string]string{}}
	b.send(gone) // before its insert
	b.drain()
	var orphans []Orphan
	list := func() {
		orphans = nil
		if err := b.worker.Orphans(t.Context(), func(o Orphan) error { orphans = append(orphans, o); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if list(); len(orphans) != 1 || !strings.HasPrefix(orphans[0].Code, docket.RowCode) {
		t.Errorf("orphans %+v", orphans)
	}
	b.send(tender()...)
	b.send(rec("512", "C1", "BID_SECTION_CODE", lot1), rec("512", "C2", "BID_SECTION_CODE", lot1))
	b.drain()
	if n := len(b.docket(ten).Contracts()); n != 1 {
		t.Errorf("%d contracts, want 1", n)
	}
	b.send(with(gone, func(r *standard.Record) { r.Key = "C2" }))
	b.drain()
	if n := len(b.docket(ten).Contracts()); n != 0 {
		t.Errorf("%d contracts, want 0", n)
	}
	if list(); len(orphans) != 0 {
		t.Errorf("orphans %+v", orphans)
	}
	b.deep()
}

// A bid taken back by a delete that names no lot is taken back when the others
// open, and is not counted among them.
func TestSealedDeleteWithoutFields(t *testing.T) {
	for _, c := range []struct {
		name string
		bids []int
		want int
	}{{"three of four stay", []int{1, 2, 3, 4}, 3}, {"two of three are too few", []int{1, 2, 3}, 0}} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.send(tender()...)
			for _, n := range c.bids {
				b.send(bid(n))
			}
			gone := bid(1)
			gone.Op, gone.Fields, gone.Revision = standard.Delete, nil, gone.Revision+"1"
			b.send(gone)
			b.drain()
			b.clock.set(at("2018-03-21 09:30"))
			b.send(opening())
			b.drain()
			d := b.docket(ten)
			if n := b.bidders(lot1); n != c.want {
				t.Errorf("%d bids after the opening, want %d; releases %+v", n, c.want, d.Releases)
			}
			if len(d.Releases) != 1 || d.Releases[0].Bidders != len(c.bids)-1 {
				t.Errorf("releases %+v, want %d bidders", d.Releases, len(c.bids)-1)
			}
			b.deep()
		})
	}
}

func TestOrphansWait(t *testing.T) {
	b := newBench(t)
	all := tender()
	b.send(all[0]) // 500, its tender unknown
	b.send(with(result(), func(r *standard.Record) { delete(r.Fields, "TENDER_PROJECT_CODE") }))
	b.drain()
	var got []string
	if err := b.worker.Orphans(t.Context(), func(o Orphan) error { got = append(got, o.Code+" wants "+o.Wants); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []string{"lot:" + lot1 + " wants a section (502) with code " + lot1, "project:" + prj + " wants a tender project (501) of project " + prj}
	if !slices.Equal(got, want) {
		t.Errorf("orphans %v, want %v", got, want)
	}
	b.send(all[1:]...)
	b.drain()
	if d := b.docket(ten); len(d.Projects()) != 1 || len(d.Results()) != 1 {
		t.Errorf("they did not join: %+v", d.Live)
	}
	b.deep()
}

func TestBreakdownStopsNobody(t *testing.T) {
	var text lockedBuffer
	broken := func(v docket.Version) []docket.Version {
		panic("the value 411221199001011234")
	}
	b := newBench(t, func(c *Config) {
		c.Expand = broken
		c.Log = slog.New(slog.NewTextHandler(&text, nil))
	})
	b.send(tender()...)
	b.send(with(rec("ocds", "ocds-1", "OCID", "ocds-1"), func(r *standard.Record) { r.Origin = "ocds"; delete(r.Fields, "TENDER_PROJECT_CODE") }))
	b.drain()
	if b.docket(ten) == nil {
		t.Error("the sound docket was not folded")
	}
	rows, err := b.db.DocketFindings(t.Context(), "ocds-1")
	if err != nil || len(rows) != 1 || rows[0].State != string(detect.Failed) || rows[0].Indicator != FoldIndicator {
		t.Errorf("findings of the broken one: %+v, %v", rows, err)
	}
	if s := text.String(); strings.Contains(s, "411221") || !strings.Contains(s, "broke down") || !strings.Contains(s, "TestBreakdown") {
		t.Errorf("log: %s", s)
	}
	b.worker = b.another() // mended
	if err := b.db.MarkWork(t.Context(), "ocid:ocds-1", b.size()+1); err != nil {
		t.Fatal(err)
	}
	b.drain()
	if rows, _ := b.db.DocketFindings(t.Context(), "ocds-1"); len(rows) != 0 {
		t.Errorf("the failure stayed: %+v", rows)
	}
}

// lockedBuffer is a strings.Builder for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// faulty fails the n-th call that writes.
type faulty struct {
	*store.DB
	at, calls atomic.Int64
}

var errFault = errors.New("injected")

func (f *faulty) hit() error {
	if f.calls.Add(1) == f.at.Load() {
		return errFault
	}
	return nil
}

func (f *faulty) SaveDocket(ctx context.Context, d *store.DocketRow, fs []store.FindingRow, s []store.SearchRow) (bool, error) {
	if err := f.hit(); err != nil {
		return false, err
	}
	return f.DB.SaveDocket(ctx, d, fs, s)
}

func (f *faulty) FinishWork(ctx context.Context, w []store.Work) error {
	if err := f.hit(); err != nil {
		return err
	}
	return f.DB.FinishWork(ctx, w)
}

func (f *faulty) PutVaults(ctx context.Context, id string, tokens []string) error {
	if err := f.hit(); err != nil {
		return err
	}
	return f.DB.PutVaults(ctx, id, tokens)
}

// TestCrashBetweenAnyTwoWrites: whichever write of a run fails, the next run
// ends where an undisturbed one ends, with one release a lot and seal.
func TestCrashBetweenAnyTwoWrites(t *testing.T) {
	for n := int64(1); ; n++ {
		b := newBench(t)
		f := &faulty{DB: b.db}
		f.at.Store(n)
		b.clock.set(at("2018-05-01 09:00"))
		b.send(tender()...)
		b.send(bid(1), bid(2), bid(3), opening(), result(), expert(1))
		w := b.another(func(c *Config) { c.Store = f })
		err := w.Drain(t.Context())
		b.clock.set(b.clock.Now().Add(time.Hour)) // leases end
		b.drain()
		d := b.docket(ten)
		if b.bidders(lot1) != 3 || len(d.Experts()) != 1 || len(d.Releases) != 2 {
			t.Fatalf("fault %d: bids %d experts %d releases %+v", n, b.bidders(lot1), len(d.Experts()), d.Releases)
		}
		if b.size() != 12 {
			t.Errorf("fault %d: %d records, want 10 and two releases", n, b.size())
		}
		b.deep()
		if err == nil {
			if n < 5 {
				t.Errorf("only %d writes were tried", n)
			}
			return
		}
		if !errors.Is(err, errFault) {
			t.Fatal(err)
		}
	}
}

func TestDeepSeesTampering(t *testing.T) {
	b := newBench(t)
	b.clock.set(at("2018-05-01 09:00"))
	b.send(script()...)
	short := with(tender()[3], func(r *standard.Record) {
		r.Key, r.Fields["BID_DOC_REFER_END_TIME"], r.Fields["BID_OPEN_TIME"] = "N0", "20180311093000", "20180311093000"
	})
	b.send(short)
	b.drain()
	b.deep()
	row, _ := b.db.Docket(t.Context(), ten)
	findings, _ := b.db.DocketFindings(t.Context(), ten)
	if len(findings) == 0 {
		t.Fatal("no findings to tamper with")
	}
	check := func(name, what string, change func(r *store.DocketRow, fs []store.FindingRow) []store.FindingRow) {
		t.Helper()
		r := *row
		r.Evaluated = b.clock.Now()
		fs := change(&r, slices.Clone(findings))
		if saved, err := b.db.SaveDocket(t.Context(), &r, fs, nil); err != nil || !saved {
			t.Fatal(name, saved, err)
		}
		var got []string
		n, err := b.worker.Deep(t.Context(), func(d Difference) error { got = append(got, d.What); return nil })
		if err != nil || n == 0 {
			t.Fatal(name, n, err)
		}
		if !slices.Contains(got, what) {
			t.Errorf("%s: differences %v, want %s", name, got, what)
		}
	}
	check("price in the stored docket", DiffDocket, func(r *store.DocketRow, fs []store.FindingRow) []store.FindingRow {
		r.Body = []byte(strings.Replace(string(r.Body), "900000", "100000", 1))
		return fs
	})
	check("title column", DiffDocket, func(r *store.DocketRow, fs []store.FindingRow) []store.FindingRow {
		r.Title = "别的"
		return fs
	})
	check("finding dropped", DiffFinding, func(_ *store.DocketRow, fs []store.FindingRow) []store.FindingRow { return fs[1:] })
	check("finding altered", DiffFinding, func(_ *store.DocketRow, fs []store.FindingRow) []store.FindingRow {
		fs[0].Body = []byte(strings.Replace(string(fs[0].Body), `"docket"`, `"docket" `, 1))
		return fs
	})
	check("finding invented", DiffFinding, func(_ *store.DocketRow, fs []store.FindingRow) []store.FindingRow {
		x := fs[0]
		x.Key = "invented"
		return append(fs, x)
	})
	check("pretends to have seen more", DiffDocket, func(r *store.DocketRow, fs []store.FindingRow) []store.FindingRow {
		r.Through += 5
		return fs
	})
	if _, err := b.db.SaveDocket(t.Context(), &store.DocketRow{ID: "ghost", Body: []byte("{}"), Evaluated: b.clock.Now()}, nil, nil); err != nil {
		t.Fatal(err)
	}
	ghost := false
	if _, err := b.worker.Deep(t.Context(), func(d Difference) error { ghost = ghost || d.What == DiffUnfounded && d.Docket == "ghost"; return nil }); err != nil || !ghost {
		t.Errorf("a docket out of nothing was not seen: %v", err)
	}
}

func TestErasedFieldsLeaveTheDocket(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.drain()
	notice := int64(3)
	_, err := b.ledger.Erase(t.Context(), ledger.Erasure{Order: "令1", Position: notice, Fields: []string{"NOTICE_NAME"}, Reason: "含个人信息", Author: ledger.Author{Kind: "person", ID: "office"}})
	if err != nil {
		t.Fatal(err)
	}
	b.drain()
	d := b.docket(ten)
	if s := d.Notices()[0].Name; s != "" {
		t.Errorf("the docket still says %q", s)
	}
	if d.Notices()[0].Published.IsZero() {
		t.Error("more was erased than ordered")
	}
	b.deep()
}

func BenchmarkRefold40(b *testing.B) {
	h := newBench(b)
	h.clock.set(at("2018-05-01 09:00"))
	h.send(script()...)
	for n := range 24 {
		h.send(bid(10 + n))
	}
	h.drain()
	for b.Loop() {
		if _, err := h.worker.whole(context.Background(), ten); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendToFinding is the way from a record's append to its saved docket.
func BenchmarkAppendToFinding(b *testing.B) {
	h := newBench(b)
	h.send(tender()...)
	h.drain()
	for n := 0; b.Loop(); n++ {
		h.send(with(tender()[3], func(r *standard.Record) { r.Revision = time.Unix(int64(n), 0).Format("20060102150405") }))
		h.drain()
	}
}
