package province

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestJudge(t *testing.T) {
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	truth := []Case{
		{Docket: "D1", Lot: "L1", Indicator: "A01", Expected: Hit, Name: "found"},
		{Docket: "D2", Lot: "L2", Indicator: "A01", Expected: Hit, Name: "missed"},
		{Docket: "D3", Lot: "L3", Indicator: "A01", Expected: Look, Name: "alike"},
		{Docket: "D4", Lot: "L4", Indicator: "A01", Expected: Look, Name: "quiet alike"},
		{Docket: "D5", Lot: "L5", Indicator: "A13", Expected: Hit, Name: "not due", From: at.Add(time.Hour)},
	}
	fired := []Fired{{"D1", "A01", "L1"}, {"D1", "A01", "L1"}, {"D3", "A01", "L3"}, {"D9", "A01", "L9"}, {"D9", "D01", ""}}
	want := []Score{
		{
			Indicator: "A01", Planted: 2, Found: 1, Alike: 2, Mistaken: 1, Other: 1, Precision: 1. / 3, Recall: 0.5,
			Wrong: []Wrong{{Fired{"D2", "A01", "L2"}, "missed", true}, {Fired{"D3", "A01", "L3"}, "alike", false}, {Fired{"D9", "A01", "L9"}, "", false}},
		},
		{Indicator: "A13", Precision: 1, Recall: 1},
		{Indicator: "D01", Other: 1, Recall: 1, Wrong: []Wrong{{Fired{"D9", "D01", ""}, "", false}}},
	}
	if d := cmp.Diff(want, Judge(truth, fired, at)); d != "" {
		t.Error(d)
	}
	// A case that is not due is a false alarm when it fires.
	if s := Judge(truth, []Fired{{"D5", "A13", "L5"}}, at); s[1].Other != 1 || s[1].Precision != 0 {
		t.Errorf("%+v", s)
	}
}
