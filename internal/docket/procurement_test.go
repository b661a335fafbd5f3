package docket

import (
	"testing"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// The bids of a procurement open like those of a construction tender: by an
// opening record of the own system that is past every announced deadline.
func TestProcurementOpens(t *testing.T) {
	row := func(dataset, key string, fields map[string]string) Version {
		fields["PURCHASE_PROJECT_CODE"] = "P"
		return Version{Position: 1, Record: standard.Record{Origin: "o", Dataset: dataset, Key: key, Revision: "1", Fields: fields}}
	}
	declared := row("550", "1", map[string]string{"PURCHASE_SECTION_CODE": "A", "PURCHASE_SECTION_NAME": "一包"})
	notice := row("551", "1", map[string]string{"PURCHASE_SECTION_CODE": "A;B", "BID_CLOSING_TIME": "20180320090000"})
	later := row("552", "1", map[string]string{"PURCHASE_SECTION_CODE": "A", "POST_BID_CLOSING_TIME": "20180325090000"})
	early := row("556", "1", map[string]string{"PURCHASE_SECTION_CODE": "A", "BID_OPENING_TIME": "20180320090000"})
	opening := row("556", "2", map[string]string{"PURCHASE_SECTION_CODE": "A", "BID_OPENING_TIME": "20180325090000"})
	foreign := row("556", "3", map[string]string{"PURCHASE_SECTION_CODE": "A", "BID_OPENING_TIME": "20180325090000"})
	foreign.Origin = "other"
	result := row("553", "1", map[string]string{"PURCHASE_SECTION_CODE": "A", "WIN_BID_BULLETIN_START_TIME": "20180327090000"})
	clock := func(day int) time.Time { return time.Date(2018, 3, day, 10, 0, 0, 0, trade.Zone) }
	for _, test := range []struct {
		name string
		vs   []Version
		day  int
		open bool
		few  bool
	}{
		{"past the deadline", []Version{declared, notice, early}, 21, true, false},
		{"before the deadline", []Version{declared, notice, early}, 19, false, false},
		{"nothing announced", []Version{declared, early}, 21, false, false},
		{"a correction put it off", []Version{declared, notice, later, early}, 26, false, false},
		{"opened after the correction", []Version{declared, notice, later, opening}, 26, true, false},
		{"another system's opening", []Version{declared, notice, foreign}, 26, false, false},
		{"a published result needs no three", []Version{declared, notice, opening, result}, 28, true, true},
		{"a result of tomorrow", []Version{declared, notice, opening, result}, 26, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			moments, _ := Decide(Fold("P", test.vs), clock(test.day))
			open := false
			for _, m := range moments {
				if m.Vault != (standard.Vault{Origin: "o", Tender: "P", Lot: "A"}) || m.Seal != standard.Bid {
					if m.Vault.Origin == "o" && m.Vault.Lot != "A" {
						t.Errorf("lot %q opens", m.Vault.Lot)
					}
					continue
				}
				open = true
				if got := DecideRelease(m, 1).State == StateOpened; got != test.few {
					t.Errorf("one bidder opens it: %v, want %v", got, test.few)
				}
				if DecideRelease(m, 3).State != StateOpened {
					t.Error("three bidders do not open it")
				}
			}
			if open != test.open {
				t.Errorf("opens: %v, want %v", open, test.open)
			}
		})
	}
	supplier := func(key, code string) Version {
		return row("557", key, map[string]string{"PURCHASE_SECTION_CODE": "A", "BIDDER_NAME": "商" + code, "BIDDER_ORG_CODE": code})
	}
	vs := []Version{supplier("1", "X"), supplier("2", "Y"), supplier("3", "X")}
	if n := Bidders("o", "P", "A", vs); n != 2 {
		t.Errorf("%d bidders, want 2", n)
	}
	d := Fold("P", append(vs, declared, notice))
	if l := d.Lot("A"); l == nil || !l.Declared || l.Name != "一包" || len(l.Bids) != 2 {
		t.Errorf("lot A: %+v", l)
	}
}
