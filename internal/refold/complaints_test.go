package refold

import (
	"errors"
	"sync"
	"testing"

	"mingjing/internal/store"
	"mingjing/internal/store/pgtest"
	"mingjing/internal/supervise"
)

func TestComplaints(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { complaints(t, newBench(t)) })
	t.Run("postgres", func(t *testing.T) { complaints(t, newBenchOn(t, pgtest.Database(t))) })
}

// A complaint is what the log says of it: another process reads the same, two who
// decide at once make one decision, and no docket follows from it.
func complaints(t *testing.T, b *bench) {
	ctx := t.Context()
	make := func() *Complaints { return &Complaints{Store: b.db, Ledger: b.ledger, Clock: b.clock.Now} }
	one, other := make(), make()
	const id = "E4103002441A04301001"
	lodged, err := one.Do(ctx, supervise.ComplaintAct{
		Kind: supervise.Lodge, Docket: id, Against: supervise.AgainstOther, Known: "2018-03-01", Org: "91410100MA00000001", OrgName: "甲公司", Text: "事由", Person: "p1", Name: "张",
	})
	if err != nil || lodged.State != supervise.Lodged {
		t.Fatalf("%+v %v", lodged, err)
	}
	act := func(by *Complaints, kind supervise.ComplaintKind, person string, outcome supervise.Outcome) error {
		_, err := by.Do(ctx, supervise.ComplaintAct{Kind: kind, Complaint: lodged.ID, Docket: id, Text: "理由", Person: person, Outcome: outcome})
		return err
	}
	if err := act(other, supervise.Decide, "s1", supervise.Upheld); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("decided before it was accepted: %v", err)
	}
	if err := act(other, supervise.Accept, "s1", ""); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	results := [2]error{}
	for i, by := range []*Complaints{one, other} {
		wait.Go(func() {
			results[i] = act(by, supervise.Decide, []string{"s1", "s2"}[i], []supervise.Outcome{supervise.Upheld, supervise.Rejected}[i])
		})
	}
	wait.Wait()
	if (results[0] == nil) == (results[1] == nil) {
		t.Errorf("two decisions at once: %v, %v", results[0], results[1])
	}
	for _, by := range []*Complaints{one, other, make()} {
		all, err := by.All(ctx)
		if err != nil || len(all) != 1 || all[0].State != supervise.Decided || len(all[0].Acts) != 3 {
			t.Fatalf("%+v %v", all, err)
		}
		if of, err := by.Of(ctx, "E4103002441A04301002"); err != nil || len(of) > 0 {
			t.Errorf("another docket: %+v %v", of, err)
		}
	}
	b.drain()
	if rows, err := b.db.Dockets(ctx, store.DocketFilter{Limit: 10}); err != nil || len(rows) > 0 {
		t.Errorf("%d dockets were made of complaints: %v", len(rows), err)
	}
	b.deep()
}
