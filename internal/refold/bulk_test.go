package refold

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
)

// bulkTest makes the score lines (sealed whole) and the performance reports
// (open) bulk.
func bulkTest(c *Config) {
	noRules(c)
	c.Bulk = func(dataset string) ([]string, bool) {
		switch dataset {
		case "9015":
			return []string{"PRICE_POINTS"}, true
		case "522":
			return []string{"SETTLE_PRICE"}, true
		}
		return nil, false
	}
}

func line(n int, pairs ...string) standard.Record {
	return rec("522", fmt.Sprint("P", n), append([]string{"BID_SECTION_CODE", lot1, "SETTLE_PRICE", fmt.Sprintf("%d.5", n)}, pairs...)...)
}

func scoreLine(n int) standard.Record {
	return rec("9015", fmt.Sprint("S", n), "BID_SECTION_CODE", lot1, "EXPERT_NAME", "评委", "PRICE_POINTS", fmt.Sprint(n))
}

func revised(r standard.Record, revision string, change func(*standard.Record)) standard.Record {
	return with(r, func(r *standard.Record) {
		r.Revision = revision
		if change != nil {
			change(r)
		}
	})
}

// counting counts the rows and positions that are read.
type counting struct {
	*store.DB
	rows, positions int
}

func (c *counting) RowsAt(ctx context.Context, ps []int64) ([]*ledger.Row, error) {
	c.rows += len(ps)
	return c.DB.RowsAt(ctx, ps)
}

func (c *counting) PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error) {
	out, err := c.DB.PositionsByCode(ctx, codes)
	for _, ps := range out {
		c.positions += len(ps)
	}
	return out, err
}

func (c *counting) PositionsAfter(ctx context.Context, code string, after int64) ([]int64, error) {
	ps, err := c.DB.PositionsAfter(ctx, code, after)
	c.positions += len(ps)
	return ps, err
}

func (b *bench) totals(id string) map[string]string {
	out := map[string]string{}
	if d := b.docket(id); d != nil {
		for _, t := range d.Bulk {
			sums := []string{}
			for _, s := range t.Sums {
				sums = append(sums, s.Sum)
			}
			out[t.Dataset+" "+t.Origin+" "+strings.TrimPrefix(t.Lot, ten)] = fmt.Sprint(t.Rows, " ", strings.Join(sums, ","))
		}
	}
	return out
}

func (b *bench) wantTotals(id string, pairs ...string) {
	b.t.Helper()
	want := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		want[pairs[i]] = pairs[i+1]
	}
	if diff := cmp.Diff(want, b.totals(id)); diff != "" {
		b.t.Errorf("totals of %s: %s", id, diff)
	}
}

func TestBulkRowsAreReadOnce(t *testing.T) {
	c := &counting{}
	b := newBench(t, bulkTest, func(cfg *Config) { c.DB = cfg.Store.(*store.DB); cfg.Store = c })
	b.send(tender()...)
	b.drain()
	var lines []standard.Record
	for n := range 200 {
		lines = append(lines, line(n))
	}
	b.sendAs(ledger.Author{Kind: "source", ID: "north"}, lines...)
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "200 20000")
	if d := b.docket(ten); len(d.Live) != 4 || d.Through != 203 {
		t.Errorf("%d live through %d", len(d.Live), d.Through)
	}
	b.deep()
	for _, r := range []standard.Record{
		revised(line(7), "2", func(r *standard.Record) { r.Fields["SETTLE_PRICE"] = "0.25" }),
		revised(tender()[3], "2", func(r *standard.Record) { r.Fields["NOTICE_NAME"] = "更正" }),
	} {
		c.rows, c.positions = 0, 0
		b.send(r)
		b.drain()
		if c.rows > 12 || c.positions > 12 {
			t.Errorf("one new record of %s read %d rows and %d positions", r.Dataset, c.rows, c.positions)
		}
		b.deep()
	}
	b.wantTotals(ten, "522 "+sysA+" 001", "200 19992.75")
	b.send(revised(line(8), "2", func(r *standard.Record) { r.Op = standard.Delete; r.Fields = nil }),
		revised(line(9), "2", func(r *standard.Record) { r.Fields["BID_SECTION_CODE"] = lot2 }))
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "198 19974.75", "522 "+sysA+" 002", "1 9.5")
	b.deep()
}

// TestBulkMovedRow: the docket that a row left learns of it, whichever came first.
func TestBulkMovedRow(t *testing.T) {
	b := newBench(t, bulkTest)
	other := prj + "009"
	to := func(id string) func(*standard.Record) {
		return func(r *standard.Record) { r.Fields["TENDER_PROJECT_CODE"] = id }
	}
	b.send(tender()...)
	b.send(with(tender()[1], func(r *standard.Record) { r.Key = other; r.Fields["TENDER_PROJECT_CODE"] = other }))
	b.send(line(1), line(2))
	b.drain()
	b.send(revised(line(1), "3", to(other)))
	b.send(bid(1)) // something else of the docket meanwhile
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "1 2.5")
	b.wantTotals(other, "522 "+sysA+" 001", "1 1.5")
	b.deep()
	b.send(revised(line(3), "3", to(other))) // and one whose older version comes later
	b.drain()
	b.send(revised(line(3), "2", nil))
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "1 2.5")
	b.wantTotals(other, "522 "+sysA+" 001", "2 5")
	b.deep()
	b.send(revised(line(1), "4", nil)) // and back
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "2 4")
	b.wantTotals(other, "522 "+sysA+" 001", "1 3.5")
	b.deep()
	if ids, err := b.db.BulkMoved(t.Context(), 10); err != nil || len(ids) != 0 {
		t.Errorf("still to be read: %v, %v", ids, err)
	}
	bare := func(n int) standard.Record { // names its section alone
		return with(line(n), func(r *standard.Record) { delete(r.Fields, "TENDER_PROJECT_CODE") })
	}
	b.send(bare(20))
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "3 24.5")
	b.send(revised(bare(20), "2", to(other)))
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "2 4")
	b.wantTotals(other, "522 "+sysA+" 001", "2 24")
	b.deep()
}

func TestSealedBulkRowsComeInAtTheRelease(t *testing.T) {
	b := newBench(t, bulkTest)
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3), scoreLine(1), scoreLine(2), scoreLine(3))
	b.clock.set(at("2018-03-22 09:00"))
	b.send(opening())
	b.drain()
	b.wantTotals(ten)
	if rows := b.kept(ten); len(rows) != 0 {
		t.Errorf("%d rows are kept of what is sealed", len(rows))
	}
	b.deep()
	b.clock.set(at("2018-04-02 10:00"))
	b.send(result())
	b.drain()
	b.wantTotals(ten, "9015 "+sysA+" 001", "3 6")
	b.send(scoreLine(4), revised(scoreLine(1), "2", func(r *standard.Record) { r.Fields["PRICE_POINTS"] = "0.1" }))
	b.drain()
	b.wantTotals(ten, "9015 "+sysA+" 001", "4 9.1")
	b.deep()
}

// kept lists what is kept of a docket's bulk rows.
func (b *bench) kept(id string) map[string]docket.BulkRow {
	b.t.Helper()
	out := map[string]docket.BulkRow{}
	if err := b.db.EachBulkRow(b.t.Context(), id, func(r store.BulkRow) error {
		var row docket.BulkRow
		out[string(r.Identity)] = row
		return json.Unmarshal(r.Body, &row)
	}); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func TestBulkErasure(t *testing.T) {
	b := newBench(t, bulkTest)
	b.send(tender()...)
	b.send(line(1), line(2))
	b.drain()
	before := b.docket(ten).Bulk[0].Digest
	if _, err := b.ledger.Erase(t.Context(), ledger.Erasure{Order: "令1", Position: 4, Fields: []string{"SETTLE_PRICE"}, Reason: "含个人信息", Author: ledger.Author{Kind: "person", ID: "office"}}); err != nil {
		t.Fatal(err)
	}
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "2 2.5")
	if b.docket(ten).Bulk[0].Digest == before {
		t.Error("the digest is as before")
	}
	b.deep()
	b.send(line(3))
	b.drain()
	b.wantTotals(ten, "522 "+sysA+" 001", "3 6")
	b.deep()
}

// TestBulkOnBothStores: records in any order, workers in between, corrections,
// deletes, moves: the kept totals are those of the whole log.
func TestBulkOnBothStores(t *testing.T) {
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + t.TempDir() + "/m.db" },
		"postgres": func(t *testing.T) string { return pgtest.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			var want []docket.BulkTotal
			for seed := range uint64(3) {
				if name == "postgres" && seed > 0 {
					break
				}
				b := newBenchOn(t, dsn(t), bulkTest)
				b.clock.set(at("2018-05-01 09:00"))
				rs := script()
				for n := range 12 {
					rs = append(rs, line(n), scoreLine(n), revised(line(n), "2", func(r *standard.Record) {
						switch n % 4 {
						case 0:
							r.Op = standard.Delete
						case 1:
							r.Fields["TENDER_PROJECT_CODE"] = prj + "009"
						case 2:
							r.Fields["BID_SECTION_CODE"], r.Fields["SETTLE_PRICE"] = lot2, "0.01"
						}
					}), revised(line(n), "3", func(r *standard.Record) {
						if n%3 == 0 {
							r.Fields["TENDER_PROJECT_CODE"] = prj + "009"
						}
					}))
					if n%4 == 3 {
						rs = append(rs, revised(line(n), "4", func(r *standard.Record) { r.Op, r.Fields = standard.Delete, nil }))
					}
					if n%2 == 0 {
						rs = append(rs, revised(scoreLine(n), "2", func(r *standard.Record) { r.Fields["PRICE_POINTS"] = "7.7" }))
					}
				}
				r := rand.New(rand.NewPCG(seed, 9))
				r.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
				second := b.another(bulkTest)
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan struct{})
				go func() { defer close(done); second.Run(ctx) }()
				for i, x := range rs {
					b.send(x)
					if i%7 == 0 {
						b.drain()
					}
				}
				b.drain()
				stop()
				<-done
				b.drain()
				b.deep()
				got := b.docket(ten).Bulk
				if len(got) == 0 {
					t.Fatal("no totals")
				}
				if want == nil {
					want = got
				} else if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("another order gives other totals: %s", diff)
				}
			}
		})
	}
}

func (f *faulty) PutBulk(ctx context.Context, c *store.BulkChange) (bool, error) {
	if err := f.hit(); err != nil {
		return false, err
	}
	return f.DB.PutBulk(ctx, c)
}

func (f *faulty) PutBulkMoved(ctx context.Context, moved map[string][]int64) error {
	if err := f.hit(); err != nil {
		return err
	}
	return f.DB.PutBulkMoved(ctx, moved)
}

// TestBulkCrashBetweenAnyTwoWrites: whichever write of the second run fails,
// the totals come out as those of the whole log.
func TestBulkCrashBetweenAnyTwoWrites(t *testing.T) {
	other := prj + "009"
	for n := int64(1); ; n++ {
		b := newBench(t, bulkTest)
		b.send(tender()...)
		b.send(line(1), line(2), line(3))
		b.drain()
		b.send(revised(line(1), "2", func(r *standard.Record) { r.Fields["TENDER_PROJECT_CODE"] = other }),
			revised(line(2), "2", func(r *standard.Record) { r.Op, r.Fields = standard.Delete, nil }), line(4))
		f := &faulty{DB: b.db}
		f.at.Store(n)
		err := b.another(bulkTest, func(c *Config) { c.Store = f; c.Parallel = 1 }).Drain(t.Context())
		b.clock.set(b.clock.Now().Add(time.Hour)) // leases end
		b.drain()
		b.wantTotals(ten, "522 "+sysA+" 001", "2 8")
		b.wantTotals(other, "522 "+sysA+" 001", "1 1.5")
		b.deep()
		if err == nil {
			if n < 6 {
				t.Errorf("only %d writes were tried", n)
			}
			return
		}
		if !errors.Is(err, errFault) {
			t.Fatal(err)
		}
	}
}

func TestDeepSeesTamperedTotals(t *testing.T) {
	b := newBench(t, bulkTest)
	b.send(tender()...)
	b.send(line(1), line(2))
	b.drain()
	deep := func() (out []string) {
		t.Helper()
		if _, err := b.worker.Deep(t.Context(), func(d Difference) error { out = append(out, d.What+": "+d.Detail); return nil }); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := deep(); len(got) != 0 {
		t.Fatal(got)
	}
	row, _ := b.db.Docket(t.Context(), ten)
	body := string(row.Body)
	row.Body, row.Evaluated = []byte(strings.Replace(body, `"sum":"4"`, `"sum":"5"`, 1)), b.clock.Now()
	if saved, err := b.db.SaveDocket(t.Context(), row, nil, nil); err != nil || !saved || string(row.Body) == body {
		t.Fatal(saved, err)
	}
	if got := deep(); !slices.Contains(got, "docket: totals of bulk rows") {
		t.Errorf("a changed total: %v", got)
	}
	change := func(c store.BulkChange) {
		t.Helper()
		s, err := b.db.Bulk(t.Context(), ten)
		if err != nil {
			t.Fatal(err)
		}
		c.Docket, c.Step = ten, s.Step
		if c.Body == nil {
			c.Body = s.Body
		}
		if saved, err := b.db.PutBulk(t.Context(), &c); err != nil || !saved {
			t.Fatal(saved, err)
		}
	}
	s, _ := b.db.Bulk(t.Context(), ten)
	change(store.BulkChange{Body: []byte(strings.Replace(string(s.Body), `"sum":"4"`, `"sum":"5"`, 1))})
	if got := deep(); !slices.Contains(got, "bulk: the kept totals of its bulk rows") {
		t.Errorf("changed kept totals: %v", got)
	}
	change(store.BulkChange{Body: s.Body, Rows: []store.BulkRow{{Identity: []byte("x"), Body: []byte(`{}`)}}})
	if got := deep(); len(got) < 2 || !strings.HasPrefix(got[0], "bulk: ") {
		t.Errorf("a made up row: %v", got)
	}
	change(store.BulkChange{Reset: true})
	if got := deep(); !slices.Contains(got, "bulk: 2 bulk rows are not kept") {
		t.Errorf("lost rows: %v", got)
	}
	var hidden bulkState
	if err := json.Unmarshal(s.Body, &hidden); err != nil {
		t.Fatal(err)
	}
	n := hidden.Codes["tender:"+ten]
	n.Plain = n.Plain[1:]
	hidden.Codes["tender:"+ten] = n
	raw, _ := json.Marshal(&hidden)
	change(store.BulkChange{Body: raw})
	if got := deep(); !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "left out of what is read") }) {
		t.Errorf("a hidden record: %v", got)
	}
}

// BenchmarkBulk100k is the way from one new record's append to the saved docket
// with 100,000 bulk rows.
func BenchmarkBulk100k(b *testing.B) {
	const rows = 100_000
	h := newBench(b, bulkTest, func(c *Config) { c.Evaluate = nil })
	h.clock.set(at("2018-05-01 09:00"))
	h.send(script()...)
	var part []standard.Record
	for n := range rows {
		if part = append(part, line(n)); len(part) == 1000 {
			h.sendAs(ledger.Author{Kind: "source", ID: "north"}, part...)
			part = part[:0]
		}
	}
	start := time.Now()
	ctx := context.Background()
	if err := h.worker.Drain(ctx); err != nil {
		b.Fatal(err)
	}
	b.Logf("the first reading of %d bulk rows: %v", rows, time.Since(start))
	if d := h.docket(ten); len(d.Bulk) != 1 || d.Bulk[0].Rows != rows {
		b.Fatalf("totals %+v", d.Bulk)
	}
	for name, next := range map[string]func(n int) standard.Record{
		"bulk":      func(n int) standard.Record { return line(rows + n) },
		"corrected": func(n int) standard.Record { return revised(line(n%rows), fmt.Sprint(n+2), nil) },
		"plain": func(n int) standard.Record {
			return revised(tender()[3], fmt.Sprint(time.Unix(int64(n), 0).UnixMilli()), nil)
		},
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n++
				h.send(next(counter(name)))
				if err := h.worker.Drain(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var counters = map[string]int{}

// counter counts on over the runs of a benchmark, so that each record is new.
func counter(name string) int {
	counters[name]++
	return counters[name]
}
