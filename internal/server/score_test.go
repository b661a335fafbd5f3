package server

import (
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// The queue goes by score times money, docket by docket; the page of each
// warning shows a table that adds up to the score, and what does not count says why.
func TestQueueByScore(t *testing.T) {
	h, _ := supervised(t, 14)
	for _, who := range []string{"everywhere", "auditor"} {
		var all []WarningItem
		for cursor := ""; ; {
			l := warnings(t, h, who, "limit=3&status=all&cursor="+cursor)
			all = append(all, l.Items...)
			if cursor = l.Next; cursor == "" {
				break
			}
		}
		if len(all) < 3 {
			t.Fatalf("%s: only %d warnings", who, len(all))
		}
		ended := map[string]bool{}
		for i, it := range all {
			if i > 0 && all[i-1].Docket != it.Docket {
				ended[all[i-1].Docket] = true
			}
			if ended[it.Docket] {
				t.Errorf("%s: docket %s comes twice", who, it.Docket)
			}
			if i > 0 && (all[i-1].Points*all[i-1].Stake < it.Points*it.Stake || all[i-1].Docket == it.Docket && all[i-1].Weight < it.Weight) {
				t.Errorf("%s: %d x %d before %d x %d", who, all[i-1].Points, all[i-1].Stake, it.Points, it.Stake)
			}
			p := decode[WarningPage](t, h.get(address(it), who))
			sum, mine := int64(0), false
			for _, part := range p.Score.Parts {
				switch {
				case part.Counted:
					sum += part.Weight
				case part.Why == "" || part.Why == detect.NotSame && part.For == "":
					t.Errorf("%s: %s does not count and does not say why", who, part.Indicator)
				}
				if part.Key == it.Key {
					mine = true
					if part.Counted != (it.Weight > 0) {
						t.Errorf("%s: %s counts in one and not in the other", who, part.Indicator)
					}
				}
			}
			if !mine || sum != p.Score.Points || p.Score.Points != it.Points || p.Score.Rank != it.Points*it.Stake || p.Score.Weigh == "" {
				t.Errorf("%s: the table gives %d, says %d, the queue %d (x %d = %d)", who, sum, p.Score.Points, it.Points, it.Stake, p.Score.Rank)
			}
		}
	}
	if w := h.get("/api/v1/warnings?sort=new&cursor="+warnings(t, h, "everywhere", "limit=1").Next, "everywhere"); w.Code != 422 && w.Code != 400 {
		t.Errorf("the cursor of one order in the other: %d", w.Code)
	}
}

// What is dismissed counts no more in lists and sums, and counts again when it
// is taken back.
func TestDismissedCountsNowhere(t *testing.T) {
	h, _ := supervised(t, 14)
	l, db := h.server.cfg.Ledger.(*ledger.Ledger), h.server.cfg.Store.(*store.DB)
	now := h.server.cfg.Clock()
	worker := refold.New(refold.Config{Store: db, Ledger: l, Catalogue: standard.Default(), Clock: func() time.Time { now = now.Add(time.Second); return now }})
	sums := func() (cards, warned int) {
		for _, c := range decode[DocketList](t, h.get("/api/v1/dockets?limit=200", "everywhere")).Items {
			if c.Warnings != nil {
				cards += c.Warnings.Fact + c.Warnings.Clue
				warned++
			}
		}
		return cards, warned
	}
	cards, _ := sums()
	it := warnings(t, h, "everywhere", "limit=1").Items[0]
	all := warnings(t, h, "everywhere", "limit=200&docket="+it.Docket).Items
	do := func(act string) {
		t.Helper()
		for _, one := range all {
			if w := h.act(t, "everywhere", address(one), ActBody{Act: act, Digest: one.Digest, Text: "已核对"}); w.Code != 200 {
				t.Fatal(w.Code, w.Body)
			}
		}
		if err := worker.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	do("dismiss")
	if after, _ := sums(); after != cards-len(all) {
		t.Errorf("%d warnings on cards, %d after %d were dismissed", cards, after, len(all))
	}
	if p := decode[WarningPage](t, h.get(address(it), "everywhere")); p.Score.Points != 0 || p.Score.Parts[0].Why != detect.NotDismissed {
		t.Errorf("%+v", p.Score)
	}
	do("reopen")
	if after, _ := sums(); after != cards {
		t.Errorf("%d warnings on cards, %d after all were taken back", cards, after)
	}
}
