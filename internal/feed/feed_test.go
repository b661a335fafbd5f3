package feed_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"go.uber.org/goleak"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/feed"
	"mingjing/internal/ledger"
	"mingjing/internal/province"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// readers look at the feed from every seat.
var readers = map[string]disclose.Reader{
	"public":        {Audience: disclose.Public},
	"source":        feed.Source("one", []string{province.Systems(1)[0].Platform}),
	"supervisor":    {Audience: disclose.Supervisor, Regions: []string{disclose.Everywhere}},
	"Zhengzhou":     {Audience: disclose.Supervisor, Regions: []string{"410100"}},
	"elsewhere":     {Audience: disclose.Supervisor, Regions: []string{"330100"}},
	"auditor":       {Audience: disclose.Auditor},
	"administrator": {Audience: disclose.Administrator},
}

// world is a log with a worker and a feed, under one clock.
type world struct {
	t      testing.TB
	db     *store.DB
	ledger *ledger.Ledger
	worker *refold.Worker
	feed   *feed.Feed
	mu     sync.Mutex
	now    time.Time
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Millisecond)
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func newWorld(t testing.TB, dsn string, now time.Time) *world {
	t.Helper()
	dir := t.TempDir()
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(dir, "m.db")
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ledger.OpenKeyring(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, now: now}
	if w.ledger, err = ledger.Open(t.Context(), db, keys, ledger.Options{Name: "test.example/log", Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.ledger.Close(), keys.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	w.worker = refold.New(refold.Config{Store: db, Ledger: w.ledger, Clock: w.clock})
	w.feed = w.open()
	return w
}

// open makes a feed as one process after the other does.
func (w *world) open() *feed.Feed {
	return feed.New(feed.Config{Store: w.db, AsOf: w.worker.AsOf, Clock: w.clock, Key: []byte("of the house"), Every: time.Millisecond, Waiting: 2})
}

func (w *world) send(records ...standard.Record) []int64 {
	w.t.Helper()
	s := ledger.Submission{Author: ledger.Author{Kind: "source", ID: "simulated"}}
	for i := range records {
		d := ledger.Draft{Record: records[i], Standard: "2.0", Sealing: standard.Default().Sealing(&records[i])}
		for _, code := range docket.Codes(&records[i]) {
			d.Codes = append(d.Codes, string(code))
		}
		s.Drafts = append(s.Drafts, d)
	}
	out, err := w.ledger.Append(context.Background(), s)
	if err != nil {
		w.t.Fatal(err)
	}
	var at []int64
	for _, o := range out {
		at = append(at, o.Receipt.Position)
	}
	return at
}

func (w *world) drain() {
	w.t.Helper()
	if err := w.worker.Drain(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// state is what a reader has of the feed: by id what was told last.
type state map[string]string

func (s state) take(t testing.TB, items []feed.Item) {
	t.Helper()
	for _, i := range items {
		if i.Begin {
			maps.DeleteFunc(s, func(_, text string) bool { return strings.HasPrefix(text, i.Docket+" ") })
			continue
		}
		delete(s, i.ID)
		if i.Gone {
			continue
		}
		i.At = time.Time{} // when it came is another thing for who reads the past
		text, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		s[i.ID] = i.Docket + " " + string(text)
	}
}

// read takes in the feed from a cursor to its end and returns where that is.
func (w *world) read(s state, r disclose.Reader, after string, limit int, asOf time.Time) string {
	w.t.Helper()
	for {
		p, err := w.feed.Read(w.t.Context(), r, feed.Query{After: after, Limit: limit, AsOf: asOf})
		if err != nil {
			w.t.Fatal(err)
		}
		if len(p.Items) > limit || !p.End && len(p.Items) < limit && asOf.IsZero() {
			w.t.Fatalf("a page of %d items, %d were asked for, end %v", len(p.Items), limit, p.End)
		}
		s.take(w.t, p.Items)
		after = p.Next
		if p.End {
			return after
		}
	}
}

func compare(t testing.TB, what string, got, want state) {
	t.Helper()
	for id, text := range want {
		if got[id] != text {
			t.Fatalf("%s: of %d items one is %.300q, want %.300q", what, len(want), got[id], text)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d items, want %d", what, len(got), len(want))
	}
}

// Who reads the feed from the beginning at any time, from any seat, in pages of
// any size, and goes on from there whenever they like has what a fresh reader
// gets; and what they had at a moment is what is read as of it later, less what
// was withdrawn. Lots open meanwhile, rows are corrected, deleted, erased, moved
// to another docket and dockets to another region.
func TestFollowersAndThePast(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { followersAndThePast(t, "", 1) })
	t.Run("postgres", func(t *testing.T) {
		if testing.Short() {
			t.Skip("SKIPPED, NOT TESTED ON POSTGRESQL: -short")
		}
		followersAndThePast(t, pgtest.Database(t), 2)
	})
}

type follower struct {
	who  string
	have state
	at   string
}

type moment struct {
	at   time.Time
	who  string
	have state
}

func followersAndThePast(t *testing.T, dsn string, seed uint64) {
	end := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	sent, _ := province.Generate(1, 2, end)
	w := newWorld(t, dsn, sent[0].At)
	rnd := rand.New(rand.NewPCG(seed, 1))
	names := slices.Sorted(maps.Keys(readers))
	followers := map[string][]*follower{}
	var past []moment
	open := map[int64]standard.Record{} // open records by position, to be changed
	const steps = 9
	for step := range steps {
		part := sent[step*len(sent)/steps : (step+1)*len(sent)/steps]
		var records []standard.Record
		for _, s := range part {
			records = append(records, s.Record)
		}
		if last := part[len(part)-1].At; last.After(w.now) {
			w.pass(last.Sub(w.now))
		}
		for i, at := range w.send(records...) {
			if ds := standard.Default().Dataset(records[i].Dataset); ds.Seal == standard.Open {
				open[at] = records[i]
			}
		}
		w.change(rnd, open)
		w.drain()
		if rnd.IntN(2) == 0 {
			w.feed = w.open() // a restart
		}
		for _, who := range names {
			fresh := state{}
			cursor := w.read(fresh, readers[who], "", 200, time.Time{})
			past = append(past, moment{w.clock(), who, fresh})
			followers[who] = append(followers[who], &follower{who, maps.Clone(fresh), cursor})
			for _, f := range followers[who] {
				if rnd.IntN(3) == 0 || step == steps-1 {
					f.at = w.read(f.have, readers[who], f.at, 1+rnd.IntN(60), time.Time{})
					compare(t, fmt.Sprintf("step %d, a follower who is %s", step, who), f.have, fresh)
				}
			}
		}
	}
	w.comparePast(past, followers)
}

// change makes some of the changes that a sender or the office may make.
func (w *world) change(rnd *rand.Rand, open map[int64]standard.Record) {
	w.t.Helper()
	positions := slices.Sorted(maps.Keys(open))
	for range 3 {
		at := positions[rnd.IntN(len(positions))]
		r := open[at]
		r.Revision += "1"
		r.Fields = maps.Clone(r.Fields)
		switch rnd.IntN(5) {
		case 0:
			r.Op, r.Fields = standard.Delete, nil
		case 1:
			if r.Fields["REGION_CODE"] == "" {
				continue
			}
			r.Op, r.Fields["REGION_CODE"] = standard.Update, []string{"410105", "410302"}[rnd.IntN(2)]
		case 2: // to the docket of another record
			other := open[positions[rnd.IntN(len(positions))]].Fields["TENDER_PROJECT_CODE"]
			if other == "" || r.Fields["TENDER_PROJECT_CODE"] == "" || r.Dataset == "501" || r.Dataset == "502" {
				continue
			}
			r.Op, r.Fields["TENDER_PROJECT_CODE"] = standard.Update, other
		case 3:
			for name := range r.Fields {
				if strings.HasSuffix(name, "_NAME") {
					_, err := w.ledger.Erase(w.t.Context(), ledger.Erasure{
						Order: fmt.Sprint("order ", at), Position: at, Fields: []string{name}, Reason: "test", Author: ledger.Author{Kind: "person", ID: "office"},
					})
					if err != nil && !errors.Is(err, ledger.ErrErasure) {
						w.t.Fatal(err)
					}
					break
				}
			}
			continue
		default:
			r.Op = standard.Update
			for name := range r.Fields {
				if strings.HasSuffix(name, "_CONTENT") {
					r.Fields[name] += "（更正）"
				}
			}
		}
		w.send(r)
	}
}

// comparePast reads what was read before, as of when it was read.
func (w *world) comparePast(past []moment, followers map[string][]*follower) {
	t := w.t
	t.Helper()
	whole, less, erased := 0, 0, 0
	for _, m := range past {
		final := followers[m.who][0].have
		got := state{}
		cursor := w.read(got, readers[m.who], "", 37, m.at)
		for id, text := range got {
			switch old, ok := m.have[id]; {
			case !ok:
				t.Fatalf("%s as of %s: an item that was not there: %.300q", m.who, m.at, text)
			case old == text:
				whole++
			case m.who == "Zhengzhou": // a docket that has left it or come since is told as to one outside
			case len(text) < len(old): // a field was erased since
				erased++
			default:
				t.Fatalf("%s as of %s: an item is %.2000q, was %.2000q", m.who, m.at, text, old)
			}
			if final[id] == "" {
				t.Fatalf("%s as of %s: an item that was withdrawn since: %.300q", m.who, m.at, text)
			}
		}
		for id, old := range m.have {
			if got[id] == "" {
				less++
				if final[id] != "" && m.who != "Zhengzhou" { // what came into its jurisdiction is told as to one outside
					t.Fatalf("%s as of %s: an item that is still to be seen is left out: %.300q", m.who, m.at, old)
				}
			}
		}
		// From there on, all that came after.
		w.read(got, readers[m.who], cursor, 50, time.Time{})
		compare(t, fmt.Sprintf("%s who goes on from %s", m.who, m.at), got, final)
	}
	if whole < 500 || less == 0 || erased == 0 {
		t.Errorf("%d items as they were, %d left out, %d with something erased: too few to tell", whole, less, erased)
	}
}
