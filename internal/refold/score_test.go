package refold

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/disclose"
	"mingjing/internal/ledger"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// counted says what the tender's findings count, and what its supervisors' card says.
func (b *bench) counted() string {
	b.t.Helper()
	rows, err := b.db.DocketFindings(b.t.Context(), ten)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	rank := ""
	for _, r := range rows {
		if r.Weight > 0 {
			out = append(out, fmt.Sprintf("%s+%d", r.Indicator, r.Weight))
		}
		rank = fmt.Sprintf("%d rank %d", r.Score, r.Rank)
	}
	slices.Sort(out)
	cards, err := b.db.DocketCards(b.t.Context(), ten)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range cards {
		if c.Seat == disclose.NumberSupervisor {
			rank += fmt.Sprintf(" card %d+%d", c.Facts, c.Clues)
		}
	}
	return strings.Join(out, " ") + " = " + rank
}

// A dismissed finding counts neither in the score nor on the cards, until what
// it rests on changes; taken back, it counts at once.
func TestDismissedDoesNotCount(t *testing.T) {
	b := newBench(t)
	acts := Acts{Store: b.db, Ledger: b.ledger, Clock: b.clock.Now}
	notice := tender()[3]
	notice.Fields["BID_DOC_REFER_END_TIME"], notice.Fields["BID_OPEN_TIME"] = "20180310093000", "20180310093000" // nine days
	b.send(append(tender()[:3], notice, rec("502", lot1, "BID_SECTION_CODE", lot1, "CONTRACT_RECKON_PRICE", "8000000", "PRICE_UNIT", "0"))...)
	b.drain()
	before := b.counted()
	if !strings.Contains(before, "A02+40") {
		t.Fatalf("no finding to dismiss: %s", before)
	}
	find := func() store.FindingRow {
		rows, err := b.db.DocketFindings(t.Context(), ten)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rows, func(r store.FindingRow) bool { return r.Indicator == "A02" })
		if i < 0 {
			t.Fatal("A02 is gone")
		}
		return rows[i]
	}
	do := func(kind supervise.Kind) {
		t.Helper()
		f := find()
		if _, err := acts.Do(t.Context(), supervise.Act{Kind: kind, Docket: ten, Finding: f.Key, Indicator: f.Indicator, Digest: f.Digest, Text: "已核对", Person: "li"}); err != nil {
			t.Fatal(err)
		}
		b.drain()
		b.deep()
	}
	do(supervise.Dismiss)
	gone := b.counted()
	if strings.Contains(gone, "A02") || gone == before {
		t.Errorf("dismissed: %s, before %s", gone, before)
	}
	var facts, had int
	if _, err := fmt.Sscanf(before[strings.Index(before, "card"):], "card %d", &had); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(gone[strings.Index(gone, "card"):], "card %d", &facts); err != nil || facts != had-1 {
		t.Errorf("the card has %d warnings of grade fact, had %d, %v", facts, had, err)
	}
	do(supervise.Comment)
	if got := b.counted(); got != gone {
		t.Errorf("after a comment %s, want %s", got, gone)
	}
	do(supervise.Reopen)
	if got := b.counted(); got != before {
		t.Errorf("reopened: %s, want %s", got, before)
	}
	do(supervise.Dismiss)
	notice.Revision, notice.Fields["DOC_GET_START_TIME"] = "2", "20180302090000"
	b.send(notice)
	b.drain()
	if got := b.counted(); got != before {
		t.Errorf("its data changed: %s, want %s", got, before)
	}
	b.deep()
}

// actsAmid dismisses a finding after the worker has read what people made of
// the docket, and before it saves.
type actsAmid struct {
	*store.DB
	act func()
}

func (a *actsAmid) SaveDocket(ctx context.Context, d *store.DocketRow, fs []store.FindingRow, texts []store.SearchRow) (bool, error) {
	if do := a.act; do != nil && len(fs) > 0 {
		a.act = nil
		do()
	}
	return a.DB.SaveDocket(ctx, d, fs, texts)
}

func TestDismissedWhileItIsJudged(t *testing.T) {
	b := newBench(t)
	amid := &actsAmid{DB: b.db}
	b.worker = New(Config{Store: amid, Ledger: b.ledger, Catalogue: b.cat, Clock: b.clock.Now})
	acts := Acts{Store: b.db, Ledger: b.ledger, Clock: b.clock.Now}
	notice := tender()[3]
	notice.Fields["BID_DOC_REFER_END_TIME"] = "20180310093000"
	b.send(append(tender()[:3], notice)...)
	b.drain()
	rows, err := b.db.DocketFindings(t.Context(), ten)
	if err != nil || !strings.Contains(b.counted(), "A02+40") {
		t.Fatal(b.counted(), err)
	}
	amid.act = func() {
		for _, f := range rows {
			if f.Indicator == "A02" {
				if _, err := acts.Do(t.Context(), supervise.Act{Kind: supervise.Dismiss, Docket: ten, Finding: f.Key, Digest: f.Digest, Text: "已核对", Person: "li"}); err != nil {
					t.Error(err)
				}
			}
		}
	}
	b.sendAs(ledger.Author{Kind: "source", ID: "north", Key: "k1"}, rec("502", lot1, "BID_SECTION_CODE", lot1, "BID_SECTION_NAME", "第2标段"))
	b.drain()
	if amid.act != nil {
		t.Fatal("nothing was saved")
	}
	if got := b.counted(); strings.Contains(got, "A02") {
		t.Errorf("dismissed while it was judged, and counted: %s", got)
	}
	b.deep()
}
