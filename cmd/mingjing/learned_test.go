package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
)

// decidedTenders are how many tenders the test has decided: as many confirmed as
// found innocent, some more than the settings demand.
const decidedTenders = 112

// A decidedHouse is a house with tenders of one lot and three bidders of their own
// each, two of whom sent their files from one machine, so that D01 fires; the
// prices of every other tender lie within half a per cent, those of the others are
// spread over thirty. The last two tenders are decided by nobody.
func decidedHouse(t *testing.T) *house {
	t.Helper()
	now := time.Date(2018, 6, 1, 4, 0, 0, 0, time.UTC)
	h, err := (dataFlags{Data: t.TempDir(), Log: "test.example/log"}).openAs(t.Context(), slog.New(slog.DiscardHandler), realHouse, func() time.Time {
		now = now.Add(time.Millisecond)
		return now
	}, workLease)
	if err != nil {
		t.Fatal(err)
	}
	h.out = io.Discard
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	rnd := rand.New(rand.NewPCG(3, 1))
	s := ledger.Submission{Author: ledger.Author{Kind: "source", ID: "north", Key: "k1"}}
	for i := range decidedTenders + 2 {
		tender := tenderNo(i)
		lot := tender + "001"
		rec := func(dataset, key string, pairs ...string) {
			r := standard.Record{Origin: "12410000000000000A", Dataset: dataset, Op: standard.Insert, Key: fmt.Sprint(i, "/", key), Revision: "1", Fields: map[string]string{"TENDER_PROJECT_CODE": tender, "BID_SECTION_CODE": lot}}
			for k := 0; k+1 < len(pairs); k += 2 {
				r.Fields[pairs[k]] = pairs[k+1]
			}
			d := ledger.Draft{Record: r, Sealing: h.catalogue.Sealing(&r)}
			for _, c := range docket.Codes(&r) {
				d.Codes = append(d.Codes, string(c))
			}
			s.Drafts = append(s.Drafts, d)
		}
		rec("501", "T", "PROJECT_CODE", strings.TrimSuffix(tender, "001"), "TENDER_PROJECT_NAME", "综合楼", "REGION_CODE", "410100", "TENDER_PROJECT_TYPE", "A01", "IS_TO_LAW", "1")
		rec("502", "L", "BID_SECTION_NAME", "第1标段")
		rec("503", "N", "BID_SECTION_CODES", lot, "NOTICE_NAME", "招标公告", "NOTICE_SEND_TIME", "20180301090000", "DOC_GET_START_TIME", "20180301090000", "BULLETIN_TYPE", "1", "NOTICE_NATURE", "1",
			"BID_DOC_REFER_END_TIME", "20180321093000", "BID_OPEN_TIME", "20180321093000")
		wide := 0.3
		if i%2 == 0 {
			wide = 0.005
		}
		for n := range 5 {
			who := fmt.Sprintf("9141%08d%d", i, n)
			rec("507", fmt.Sprint("B", n), "BIDDER_NAME", "投标人"+who, "BIDDER_ORG_CODE", who, "BID_PRICE", fmt.Sprint(int(8e6*(1+wide*rnd.Float64()))), "PRICE_UNIT", "0", "CHECKIN_TIME", "20180321080000")
			if n < 2 {
				rec("519", fmt.Sprint("M", n), "BIDDER_NAME", "投标人"+who, "BIDDER_ORG_CODE", who, "CPU_ID", fmt.Sprintf("BFEBFBFF%08d", i), "MAC_ADDRESS", fmt.Sprintf("00-1a-2b-3c-%02d-%02d", i/100, i%100), "HARD_DISK_SERIAL_NUMBER", fmt.Sprintf("WD-WCC4E%07d", i), "TENDER_DOC_SUBMITTIME", "20180320100000")
			}
		}
		rec("506", "O", "BID_SECTION_CODES", lot, "BID_OPENING_TIME", "20180321093000", "BID_OPENING_CONTENT", "见附件", "BID_OPENING_ACTOR", "张三")
	}
	if _, err := h.ledger.Append(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := h.worker.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func tenderNo(i int) string { return fmt.Sprintf("E41000026%08d001", i) }

// decide lets a supervisor confirm or dismiss all findings of the families that
// teach, of one tender.
func decide(t *testing.T, h *house, i int, confirmed bool) {
	t.Helper()
	acts := refold.Acts{Store: h.db, Ledger: h.ledger, Clock: h.clock}
	rows, err := h.db.DocketFindings(t.Context(), tenderNo(i))
	if err != nil {
		t.Fatal(err)
	}
	did := 0
	for _, f := range rows {
		if f.State != string(detect.Fired) || !strings.Contains(detect.LearnedFrom, f.Indicator[:1]) {
			continue
		}
		did++
		a := supervise.Act{Kind: supervise.Dismiss, Docket: f.Docket, Finding: f.Key, Indicator: f.Indicator, Digest: f.Digest, Text: "经核查", Person: "li"}
		if confirmed {
			a.Kind = supervise.Confirm
		}
		if _, err := acts.Do(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if did == 0 {
		t.Fatalf("tender %d has no finding to decide", i)
	}
}

// scored gives the stored F07 of a tender, nil when it does not fire.
func scored(t *testing.T, h *house, i int) *detect.Finding {
	t.Helper()
	rows, err := h.db.DocketFindings(t.Context(), tenderNo(i))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Indicator == "F07" {
			var f detect.Finding
			if err := json.Unmarshal(r.Body, &f); err != nil {
				t.Fatal(err)
			}
			return &f
		}
	}
	return nil
}

// From the supervisors' acts in the log to a clue on a docket: silent with three
// decisions, silent with decisions dealt at random, speaking with enough that
// agree with the prices, and silent again when they are taken back.
func TestLearnedEndToEnd(t *testing.T) {
	h := decidedHouse(t)
	learn := func() (silent string, yes, no int, auc, chance float64) {
		t.Helper()
		e, _, err := h.makeLearned(t.Context(), h.clock())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.worker.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		return e.Silent, e.Validation.Confirmed, e.Validation.Innocent, e.Validation.AUC, e.Validation.Chance
	}
	for i := range 3 {
		decide(t, h, 2*i, true)
	}
	if silent, yes, no, _, _ := learn(); silent != "confirmed" || yes != 3 || no != 0 {
		t.Fatalf("with three decisions: silent for %q, %d and %d", silent, yes, no)
	}
	d, err := h.docketOf(t.Context(), tenderNo(0))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range h.evaluate(d, h.clock()) {
		if f.Indicator == "F07" && (f.State != detect.InsufficientData || !strings.Contains(f.TextZH, "查实 3/50 个项目，排除 0/50 个项目")) {
			t.Errorf("F07 with three decisions: %s %s", f.State, f.TextZH)
		}
	}

	// By lot: nothing is to be learnt of it.
	rnd := rand.New(rand.NewPCG(8, 8))
	for at, i := range rnd.Perm(decidedTenders) {
		decide(t, h, i, at%2 == 0)
	}
	silent, yes, no, auc, chance := learn()
	t.Logf("dealt at random: AUC %.2f, chance %.2f", auc, chance)
	if silent != "auc" || yes != decidedTenders/2 || no != decidedTenders/2 || scored(t, h, decidedTenders) != nil {
		t.Fatalf("dealt at random: silent for %q, %d and %d, AUC %.2f", silent, yes, no, auc)
	}

	for i := range decidedTenders {
		decide(t, h, i, i%2 == 0)
	}
	silent, yes, no, auc, chance = learn()
	t.Logf("by the prices: AUC %.2f, chance %.2f", auc, chance)
	if silent != "" || yes != decidedTenders/2 || no != decidedTenders/2 {
		t.Fatalf("by the prices: silent for %q, %d and %d, AUC %.2f", silent, yes, no, auc)
	}
	f := scored(t, h, decidedTenders) // its prices are close, nobody decided
	if f == nil || f.Grade != detect.Clue || !strings.HasPrefix(f.Edition, "L-") || !strings.Contains(f.TextZH, "主要因素") || !strings.Contains(f.TextZH, "疑似线索，建议核查") || len(f.Subjects) != 5 {
		t.Errorf("close prices: %+v", f)
	}
	if f := scored(t, h, decidedTenders+1); f != nil {
		t.Errorf("wide prices: %+v", f)
	}
	if again, woke, err := h.makeLearned(t.Context(), h.clock()); err != nil || woke || again.ID != h.learnt().ID {
		t.Errorf("nothing new was decided, and another edition: %v, %v", again, err)
	}

	acts := refold.Acts{Store: h.db, Ledger: h.ledger, Clock: h.clock}
	for i := 0; i < 14; i += 2 {
		rows, err := h.db.DocketFindings(t.Context(), tenderNo(i))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if _, err := acts.Do(t.Context(), supervise.Act{Kind: supervise.Reopen, Docket: r.Docket, Finding: r.Key, Digest: r.Digest, Person: "li"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if silent, yes, _, _, _ := learn(); silent != "confirmed" || yes != 49 || scored(t, h, decidedTenders) != nil {
		t.Errorf("seven taken back: silent for %q, %d confirmed, %+v", silent, yes, scored(t, h, decidedTenders))
	}
}
