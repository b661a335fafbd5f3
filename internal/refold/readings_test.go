package refold

import (
	"errors"
	"testing"
	"time"

	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
	"mingjing/internal/supervise"
)

func TestReadings(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { readings(t, newBench(t)) })
	t.Run("postgres", func(t *testing.T) { readings(t, newBenchOn(t, pgtest.Database(t))) })
}

// A reading is in the log once in its quarter of an hour, also when another
// process of the house writes it again; a reading without reader is none.
func readings(t *testing.T, b *bench) {
	ctx := t.Context()
	one, other := &Readings{Store: b.db, Ledger: b.ledger}, &Readings{Store: b.db, Ledger: b.ledger}
	quarter := supervise.QuarterOf(b.clock.Now())
	r := supervise.Reading{Docket: "E4103002441A04301001", Class: "closed/bid", Quarter: quarter, Person: "p1", Name: "李审计", Post: "post1", Office: "省审计厅", ForName: "王"}
	device := r
	device.Class = "device/bid"
	later := r
	later.Quarter = quarter.Add(15 * time.Minute)
	for _, step := range []struct {
		by   *Readings
		list []supervise.Reading
	}{{one, []supervise.Reading{r}}, {one, []supervise.Reading{r, device}}, {other, []supervise.Reading{r, device}}, {other, []supervise.Reading{later}}} {
		if err := step.by.Note(ctx, step.list); err != nil {
			t.Fatal(err)
		}
	}
	got, err := one.Of(ctx, r.Docket)
	if err != nil || len(got) != 3 {
		t.Fatalf("%d readings, want 3: %+v %v", len(got), got, err)
	}
	for i, want := range []supervise.Reading{later, device, r} {
		want.Position = got[i].Position
		if got[i] != want {
			t.Errorf("reading %d: %+v, want %+v", i, got[i], want)
		}
	}
	if list, err := one.Of(ctx, "E4103002441A04301002"); err != nil || len(list) > 0 {
		t.Errorf("another docket: %+v %v", list, err)
	}
	nobody := r
	nobody.Name = ""
	crooked := r
	crooked.Quarter = quarter.Add(time.Minute)
	for _, bad := range []supervise.Reading{nobody, crooked} {
		if err := one.Note(ctx, []supervise.Reading{bad}); !errors.Is(err, supervise.ErrReading) {
			t.Errorf("%+v was noted: %v", bad, err)
		}
	}
	// No docket follows from readings, and the worker has nothing to do but to pass them.
	b.drain()
	if rows, err := b.db.Dockets(ctx, store.DocketFilter{Limit: 10}); err != nil || len(rows) > 0 {
		t.Errorf("%d dockets were made of readings: %v", len(rows), err)
	}
	b.deep()
}
