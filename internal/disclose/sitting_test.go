package disclose

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingjing/internal/trade"
)

func row9(dataset string, pairs ...string) Entry {
	e := Entry{Dataset: dataset, lots: []string{"L"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Fields = append(e.Fields, Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return e
}

// What stands on the board of a day follows from what is announced and what is
// recorded, and from the time.
func TestSittings(t *testing.T) {
	at := func(s string) time.Time {
		m, ok := trade.ParseMoment(s)
		if !ok {
			t.Fatal(s)
		}
		return m.Time
	}
	announced := func(kind, when string, live bool) Announced {
		return Announced{Lot: "L", Kind: kind, At: at(when), Live: live}
	}
	document := row9("504", "BID_OPEN_PLACE", "第一开标室")
	opened := row9("506", "BID_OPENING_TIME", "20261126093000", "BID_OPENING_ADDRESS", "第二开标室")
	running := row9("9113", "TRADE_STEP", "评标", "PLACE", "评标一室", "BEGIN_TIME", "20261126104000")
	report := row9("509", "END_TIME", "20261126160000")
	nine := announced("opening", "20261126093000", true)
	for _, c := range []struct {
		name      string
		moment    string
		announced []Announced
		entries   []Entry
		now       string
		want      string
	}{
		{"planned", "before", []Announced{nine}, []Entry{document}, "20261125120000", "opening planned 第一开标室"},
		{"its time has come", "before", []Announced{nine}, []Entry{document}, "20261126094500", "opening awaited 第一开标室"},
		{"nothing after an hour", "before", []Announced{nine}, nil, "20261126103000", "opening overdue "},
		{"the last announcement that stands counts", "before", []Announced{announced("opening", "20261125093000", false), nine}, nil, "20261126092900", "opening planned "},
		{"postponed, with another place", "before", []Announced{nine}, []Entry{row9("504", "BID_OPEN_PLACE", "甲", "POST_OPEN_ADDRESS", "乙")}, "20261126090000", "opening planned 乙"},
		{"at the deadline where no opening is announced", "before", []Announced{announced("deadline", "20261126093000", true)}, nil, "20261126092900", "opening planned "},
		{"recorded", "opened", []Announced{nine}, []Entry{document, opened}, "20261126100000", "opening finished 第二开标室; evaluation awaited "},
		{"opened as its lot says, though the record is not seen", "opened", []Announced{nine}, nil, "20261126100000", "opening finished ; evaluation awaited "},
		{"evaluation goes on", "opened", []Announced{nine}, []Entry{opened, running}, "20261126110000", "opening finished 第二开标室; evaluation begun 评标一室"},
		{"evaluation is late after the next working day", "opened", []Announced{nine}, []Entry{opened, running}, "20261128000000", "opening finished 第二开标室; evaluation overdue 评标一室"},
		{"the report has come", "opened", []Announced{nine}, []Entry{opened, running, report}, "20261128000000", "opening finished 第二开标室; evaluation finished 评标一室"},
		{"failed before it opened", "before", []Announced{nine}, []Entry{row9("517", "EXCEPITON_TYPE", "1")}, "20261126120000", "opening failed "},
		{"evaluation ended by a report", "opened", []Announced{nine}, []Entry{opened, row9("517", "EXCEPITON_TYPE", "2")}, "20261126120000", "opening finished 第二开标室; evaluation failed "},
		{"another abnormality is none", "before", []Announced{nine}, []Entry{row9("517", "EXCEPITON_TYPE", "9")}, "20261126090000", "opening planned "},
		{"a date without time plans nothing", "before", nil, []Entry{row9("506", "BID_OPENING_TIME", "20261126")}, "20261126090000", ""},
		{"another lot's record", "before", []Announced{nine}, []Entry{{Dataset: "506", lots: []string{"M"}, Fields: opened.Fields}}, "20261126090000", "opening planned "},
		{"a deleted record", "before", []Announced{nine}, []Entry{{Dataset: "506", Deleted: true, Fields: opened.Fields}}, "20261126090000", "opening planned "},
	} {
		v := &Docket{Class: "construction", Lots: []Lot{{Code: "L", Moment: c.moment}}, Announced: c.announced, Entries: c.entries}
		var got []string
		for _, s := range v.Sittings() {
			got = append(got, s.Kind+" "+s.State(at(c.now))+" "+s.Place)
			if len(s.Lots) != 1 {
				t.Errorf("%s: lots %v", c.name, s.Lots)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, strings.Join(got, "; "), c.want)
		}
	}
	if s := (&Docket{Class: "land", Announced: []Announced{nine}}).Sittings(); len(s) > 0 {
		t.Errorf("a listing is opened: %+v", s)
	}
	// Lots of one opening are one sitting; days are those of the law's zone.
	early := announced("opening", "20261126003000", true)
	early.Lot = ""
	v := &Docket{Class: "construction", Lots: []Lot{{Code: "L", Moment: "before"}, {Code: "M", Moment: "before"}}, Announced: []Announced{early}}
	s := v.Sittings()
	if len(s) != 1 || len(s[0].Lots) != 2 {
		t.Fatalf("%+v", s)
	}
	if days, open := s[0].Days(); fmt.Sprint(days) != "[2026-11-26]" || !open {
		t.Errorf("%v %v", days, open)
	}
}
