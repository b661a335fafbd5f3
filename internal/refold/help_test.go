package refold

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

const (
	sysA = "12410000000000000A"
	sysB = "12410000000000000B"
	prj  = "E4100002600000001"
	ten  = prj + "001"
	lot1 = ten + "001"
	lot2 = ten + "002"
)

// at reads a time of the tests, in +08:00.
func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04 -0700", s+" +0800")
	if err != nil {
		panic(err)
	}
	return t
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond) // no two looks at the same time
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// bench is a log on SQLite with a worker.
type bench struct {
	t      testing.TB
	db     *store.DB
	ledger *ledger.Ledger
	clock  *clock
	worker *Worker
	cat    *standard.Catalogue
}

func newBench(t testing.TB, change ...func(*Config)) *bench {
	t.Helper()
	return newBenchOn(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db"), change...)
}

func newBenchOn(t testing.TB, dsn string, change ...func(*Config)) *bench {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ledger.OpenKeyring(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: db, clock: &clock{now: at("2018-03-01 10:00")}, cat: standard.Default()}
	b.ledger, err = ledger.Open(t.Context(), db, keys, ledger.Options{Name: "test.example/log", Clock: b.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.ledger.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	b.worker = b.another(change...)
	return b
}

// another makes a second worker on the same log.
func (b *bench) another(change ...func(*Config)) *Worker {
	c := Config{Store: b.db, Ledger: b.ledger, Catalogue: b.cat, Clock: b.clock.Now}
	for _, f := range change {
		f(&c)
	}
	return New(c)
}

// rec makes a record of system A in the tender; pairs are field names and values.
func rec(dataset, key string, pairs ...string) standard.Record {
	f := map[string]string{"TENDER_PROJECT_CODE": ten}
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i]] = pairs[i+1]
	}
	return standard.Record{Origin: sysA, Dataset: dataset, Op: standard.Insert, Key: key, Revision: "1", Fields: f}
}

func with(r standard.Record, change func(*standard.Record)) standard.Record {
	r.Fields = maps.Clone(r.Fields)
	change(&r)
	return r
}

// send appends records as their system would, one submission each.
func (b *bench) send(records ...standard.Record) {
	b.t.Helper()
	for _, r := range records {
		b.sendAs(ledger.Author{Kind: "source", ID: "north", Key: "k1"}, r)
	}
}

func (b *bench) sendAs(author ledger.Author, records ...standard.Record) []ledger.Outcome {
	b.t.Helper()
	s := ledger.Submission{Author: author}
	for i := range records {
		r := records[i]
		d := ledger.Draft{Record: r, Sealing: b.cat.Sealing(&r)}
		if r.Dataset == docket.DatasetRelease {
			d.Sealing = standard.Sealing{}
		}
		for _, c := range docket.Codes(&r) {
			d.Codes = append(d.Codes, string(c))
		}
		s.Drafts = append(s.Drafts, d)
	}
	out, err := b.ledger.Append(context.Background(), s)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) drain() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := b.worker.Drain(ctx); err != nil {
		b.t.Fatal(err)
	}
}

// docket reads a stored docket; nil when there is none.
func (b *bench) docket(id string) *docket.Docket {
	b.t.Helper()
	row, err := b.db.Docket(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	if row == nil {
		return nil
	}
	d, err := docket.Decode(row.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

// findings gives the states of an indicator's stored findings of the tender.
func (b *bench) findings(indicator string) []string {
	b.t.Helper()
	rows, err := b.db.DocketFindings(b.t.Context(), ten)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		if r.Indicator == indicator {
			out = append(out, r.State)
		}
	}
	return out
}

func (b *bench) bidders(lot string) int {
	d := b.docket(ten)
	if d == nil || d.Lot(lot) == nil {
		return 0
	}
	return len(d.Lot(lot).Bids)
}

func (b *bench) size() int64 {
	b.t.Helper()
	h, err := b.db.Head(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return h.Size
}

// deep fails the test when the stored dockets are not what the log gives.
func (b *bench) deep() {
	b.t.Helper()
	if _, err := b.worker.Deep(b.t.Context(), func(d Difference) error {
		b.t.Errorf("deep: %+v", d)
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
}

// tender is the open part of a tender with one lot: deadline 2018-03-21 09:30.
func tender() []standard.Record {
	return []standard.Record{
		with(rec("500", prj, "PROJECT_CODE", prj, "PROJECT_NAME", "一中综合楼"), func(r *standard.Record) { delete(r.Fields, "TENDER_PROJECT_CODE") }),
		rec("501", ten, "PROJECT_CODE", prj, "TENDER_PROJECT_NAME", "一中综合楼建设工程", "REGION_CODE", "410100", "TENDER_PROJECT_TYPE", "A01", "IS_TO_LAW", "1"),
		rec("502", lot1, "BID_SECTION_CODE", lot1, "BID_SECTION_NAME", "第1标段"),
		rec("503", "N1", "BID_SECTION_CODES", lot1, "NOTICE_NAME", "招标公告", "NOTICE_SEND_TIME", "20180301090000", "DOC_GET_START_TIME", "20180301090000", "BULLETIN_TYPE", "1", "NOTICE_NATURE", "1",
			"BID_DOC_REFER_END_TIME", "20180321093000", "BID_OPEN_TIME", "20180321093000"),
	}
}

func bid(n int) standard.Record {
	return rec("507", fmt.Sprint("B", n), "BID_SECTION_CODE", lot1, "BIDDER_NAME", fmt.Sprint("投标人", n), "BIDDER_ORG_CODE", fmt.Sprintf("9141000000000000%02d", n),
		"BID_PRICE", fmt.Sprint(1000000+n), "PRICE_UNIT", "0", "CHECKIN_TIME", "20180321080000")
}

func opening() standard.Record {
	return rec("506", "O1", "BID_SECTION_CODES", lot1, "BID_OPENING_TIME", "20180321093000", "BID_OPENING_CONTENT", "投标人1 1000001元", "BID_OPENING_ACTOR", "张三")
}

func result() standard.Record {
	return rec("513", "R1", "BID_SECTION_CODE", lot1, "NOTICE_SEND_TIME", "20180402090000", "WIN_BIDDER_NAME", "投标人1")
}

func expert(n int) standard.Record {
	return rec("508", fmt.Sprint("E", n), "BID_SECTION_CODE", lot1, "EXPERT_NAME", fmt.Sprint("评委", n), "ID_CARD", "110101199003070773")
}

func noRules(c *Config) {
	c.Evaluate = func(*docket.Docket, time.Time) []detect.Finding { return nil }
}
