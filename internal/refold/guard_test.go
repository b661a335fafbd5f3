package refold

import (
	"context"
	"testing"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// Another system can neither open a lot nor keep it shut: its report of failure
// and a time of its that nobody can read bind its own lots only.
func TestOtherSystemsCannotKeepShut(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3))
	failed := standard.Record{
		Origin: sysB, Dataset: "517", Op: standard.Insert, Key: "X", Revision: "1",
		Fields: map[string]string{"TENDER_PROJECT_CODE": ten, "BID_SECTION_CODE": lot1, "EXCEPITON_TYPE": "1"},
	}
	odd := with(tender()[3], func(r *standard.Record) {
		r.Origin, r.Key = sysB, "N9"
		r.Fields["BID_DOC_REFER_END_TIME"], r.Fields["BID_OPEN_TIME"] = "99991399999999", ""
	})
	b.sendAs(ledger.Author{Kind: "source", ID: "stranger"}, failed, odd)
	b.clock.set(at("2018-03-21 09:30"))
	b.send(opening())
	b.drain()
	if n := b.bidders(lot1); n != 3 {
		t.Errorf("%d bids after the opening, want 3; refusals %+v", n, docket.Refusals(b.docket(ten), b.clock.Now()))
	}
}

// pretend is a store in which somebody made a row look lawfully erased.
type pretend struct {
	*store.DB
	dataset string
}

func (p pretend) RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error) {
	rows, err := p.DB.RowsAt(ctx, positions)
	for _, r := range rows {
		if r.Dataset == p.dataset {
			r.Salts, r.Seed = []byte(`{"X":"00"}`), nil
		}
	}
	return rows, err
}

// A row that looks lawfully erased without an erasure in the log is broken, and
// a docket with a broken row releases nothing: what cannot be read may be what
// forbids it.
func TestBrokenRowsReleaseNothing(t *testing.T) {
	b := newBench(t)
	b.send(tender()...)
	b.send(bid(1), bid(2), bid(3))
	b.send(standard.Record{
		Origin: sysA, Dataset: "517", Op: standard.Insert, Key: "X", Revision: "1",
		Fields: map[string]string{"TENDER_PROJECT_CODE": ten, "BID_SECTION_CODE": lot1, "EXCEPITON_TYPE": "1"},
	})
	b.clock.set(at("2018-03-22 09:30").Add(time.Minute))
	b.send(opening())
	w := b.another(func(c *Config) { c.Store = pretend{b.db, "517"} })
	if err := w.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.bidders(lot1); n != 0 {
		t.Errorf("%d bids readable although the report of failure was made unreadable", n)
	}
	if d := b.docket(ten); len(d.Releases) != 0 {
		t.Errorf("released: %+v", d.Releases)
	}
}
