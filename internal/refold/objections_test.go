package refold

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
	"mingjing/internal/supervise"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

func TestObjections(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { objections(t, newBench(t)) })
	t.Run("postgres", func(t *testing.T) { objections(t, newBenchOn(t, pgtest.Database(t))) })
}

// What a tenderer reports is in the log and comes back from it, in another
// process too; who objected is sealed under a key, and stands in no row's open part.
func objections(t *testing.T, b *bench) {
	ctx := t.Context()
	house, other := NewObjections(b.db, b.ledger, b.clock.Now), NewObjections(b.db, b.ledger, b.clock.Now)
	report := supervise.ObjectionAct{
		Kind: supervise.Received, Docket: ten, Lot: lot1, Source: "G1", Org: sysA, OrgName: "水利局", Against: supervise.AgainstCandidates, Day: "2026-03-02", Paused: "2026-03-02",
		Objector: "绝密异议人公司", Text: "业绩不实", Person: "t", Name: "赵",
	}
	one, err := house.Do(ctx, report)
	if err != nil || one.State != supervise.ObjectionReceived || one.Objector != report.Objector {
		t.Fatalf("%+v %v", one, err)
	}
	reply := supervise.ObjectionAct{Kind: supervise.Replied, Objection: one.ID, Docket: ten, Org: sysA, Day: "2026-03-04", Outcome: supervise.Rejected, Text: "核实无误", Person: "t"}
	early := reply
	early.Day = "2026-03-01"
	if _, err := house.Do(ctx, early); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("answered before it came: %v", err)
	}
	foreign := reply
	foreign.Org = sysB
	if _, err := other.Do(ctx, foreign); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("another tenderer's reply: %v", err)
	}
	if _, err := other.Do(ctx, reply); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() ([]*supervise.Objection, error){
		"of the docket": func() ([]*supervise.Objection, error) { return house.Of(ctx, ten) },
		"of all":        func() ([]*supervise.Objection, error) { return NewObjections(b.db, b.ledger, nil).All(ctx) },
	} {
		list, err := read()
		if err != nil || len(list) != 1 || list[0].State != supervise.ObjectionReplied || list[0].Objector != report.Objector || list[0].Reply != reply.Text || len(list[0].Acts) != 2 {
			t.Errorf("%s: %+v %v", name, list, err)
		}
	}
	rows, err := b.db.RowsAt(ctx, []int64{one.Acts[0].Position})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	got, err := b.ledger.Reveal(rows[0], nil)
	if err != nil || got.Record.Fields["TEXT"] != report.Text || got.Record.Fields["OBJECTOR"] != "" || got.Sealed["OBJECTOR"] == "" {
		t.Errorf("who objected stands open: %+v %v", got, err)
	}
	// No docket follows from reports, and the worker has nothing to do but to pass them.
	b.drain()
	if rows, err := b.db.Dockets(ctx, store.DocketFilter{Limit: 10}); err != nil || len(rows) > 0 {
		t.Errorf("%d dockets were made of reports: %v", len(rows), err)
	}
	b.deep()
}

// Where the periods of the timeline know a day, the ways of objection and of
// complaint say the same one, by the same article.
func TestRemedyDaysAreThoseOfThePeriods(t *testing.T) {
	day := trade.Date(2026, time.January, 1)
	objection, complaint := supervise.ObjectionWayOf, supervise.WayOf
	for id, d := range map[string]supervise.Days{
		"document-objection-reply":    objection("construction", day).Replies[supervise.AgainstDocuments].Days,
		"opening-objection-reply":     objection("construction", day).Replies[supervise.AgainstOpening].Days,
		"result-objection-reply":      objection("construction", day).Replies[supervise.AgainstCandidates].Days,
		"purchase-question-reply":     objection("procurement", day).Replies[supervise.AgainstOther].Days,
		"complaint":                   complaint("construction", day).File,
		"complaint-acceptance":        complaint("construction", day).Admit,
		"complaint-decision":          complaint("construction", day).Decide,
		"purchase-complaint":          complaint("procurement", day).File,
		"purchase-complaint-decision": complaint("procurement", day).Decide,
		"purchase-suspension":         complaint("procurement", day).Suspension,
	} {
		p, ok := timeline.ByID(id)
		if !ok || p.Days != d.Days || (p.Kind == "working") != d.Working || !strings.HasPrefix(d.Article, p.Article) {
			t.Errorf("%s: %+v, the period has %d %s days by %s", id, d, p.Days, p.Kind, p.Article)
		}
	}
}
