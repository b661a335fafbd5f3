package docket

import (
	"testing"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A trade without an opening opens by its published result, once every
// announced time is past; a tender never does.
func TestResultOpens(t *testing.T) {
	row := func(dataset, key string, pairs ...string) Version {
		f := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			f[pairs[i]] = pairs[i+1]
		}
		return Version{Position: 1, Record: standard.Record{Origin: "o", Dataset: dataset, Key: key, Revision: "1", Fields: f}}
	}
	land := row("600", "1", "ANNOUNCEMENT_GUID", "P", "LISTING_DEADLINE", "20180325170000")
	sold := row("601", "1", "DEAL_ANNOUNCEMENT_GUID", "P", "PUBLISHING_TIME", "20180324090000")
	broken := row("600", "1", "ANNOUNCEMENT_GUID", "P", "LISTING_DEADLINE", "next week")
	foreign := sold
	foreign.Origin = "other"
	ended := row("1900", "1", "PROJECT_CODE", "P", "EXCEPITON_TYPE", "1")
	tender := row("501", "1", "TENDER_PROJECT_CODE", "P", "TENDER_PROJECT_NAME", "x")
	gone := tender
	gone.Op = standard.Delete
	other := tender
	other.Origin = "other"
	property := row("700", "1", "PROJECT_CODE", "P", "BID_CODE", "A")
	deal := row("701", "1", "PROJECT_CODE", "P", "BID_CODE", "A", "TRADE_DATE", "20180324")
	deposit := row("9106", "1", "TENDER_PROJECT_CODE", "P", "BID_SECTION_CODE", "B")
	clock := func(day int) time.Time { return time.Date(2018, 3, day, 18, 0, 0, 0, trade.Zone) }
	for _, test := range []struct {
		name string
		vs   []Version
		day  int
		lots string // that open
		why  string // of the first that does not
	}{
		{"no result", []Version{land}, 26, "", WhyUndetermined},
		{"a result before the listing ends waits for its end", []Version{land, sold}, 24, "", WhyNotYet},
		{"past both", []Version{land, sold}, 25, "-", ""},
		{"an announced time nobody can read", []Version{broken, sold}, 26, "", WhyUnreadable},
		{"another system's result", []Version{land, foreign}, 26, "", WhyUndetermined},
		{"reported as failed", []Version{land, sold, ended}, 26, "", WhyAbnormal},
		{"a tender with the result of another trade", []Version{land, sold, tender}, 26, "", WhyNoOpening},
		{"a tender whose rows were deleted", []Version{land, sold, gone}, 26, "", WhyNoOpening},
		{"another system's tender does not keep it shut", []Version{land, sold, other}, 26, "-", ""},
		{"a result of one lot opens that lot only", []Version{property, deal, deposit}, 26, "A", WhyUndetermined},
		{"a date is over when the day is", []Version{property, deal}, 24, "", WhyNotYet},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := Fold("P", test.vs)
			moments, _ := Decide(d, clock(test.day))
			lots := ""
			for _, m := range moments {
				if m.Vault.Origin != "o" {
					continue
				}
				if lot := m.Vault.Lot; lot == "" {
					lots += "-"
				} else {
					lots += lot
				}
				if DecideRelease(m, 0).State != StateOpened {
					t.Error("the number of bidders keeps it closed")
				}
			}
			if lots != test.lots {
				t.Errorf("opens %q, want %q", lots, test.lots)
			}
			why := ""
			for _, r := range Refusals(d, clock(test.day)) {
				if r.Origin == "o" && r.Seal == standard.Bid && why == "" {
					why = r.Why
				}
			}
			if why != test.why {
				t.Errorf("closed because %q, want %q", why, test.why)
			}
			if _, again := Decide(d, clock(test.day)); test.why == WhyNotYet && !again.After(clock(test.day)) {
				t.Errorf("is not woken: %v", again)
			}
		})
	}
}

// The committee of a trade without an opening is released with its result.
func TestResultOpensCommittee(t *testing.T) {
	deal := Version{Position: 1, Record: standard.Record{
		Origin: "o", Dataset: "1801", Key: "1", Revision: "1",
		Fields: map[string]string{"PROJECT_CODE": "P", "PUBLISHING_TIME": "20180324090000"},
	}}
	at := time.Date(2018, 3, 25, 0, 0, 0, 0, trade.Zone)
	d := Fold("P", []Version{deal})
	d.Releases = []Release{{Origin: "o", Seal: standard.Bid, State: StateOpened, At: at, Position: 2}}
	moments, _ := Decide(d, at)
	if len(moments) != 1 || moments[0].Seal != standard.Committee {
		t.Errorf("moments %+v, want the committee's", moments)
	}
}
