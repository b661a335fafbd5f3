package trade

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(t *testing.T, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestCountingVectors holds the vectors by which days were agreed to be counted
// (民法典 201, 203; working days by the State Council's notices).
func TestCountingVectors(t *testing.T) {
	c := China()
	for _, v := range []struct {
		what, from string
		n          int
		kind       string // calendar, lengthened or working
		last       string
	}{
		{"issue to deadline, at least", "2018-03-01", 20, "calendar", "2018-03-21"},
		{"award notice to contract", "2018-01-31", 30, "lengthened", "2018-03-02"},
		{"publicity, as it stands", "2018-09-28", 3, "calendar", "2018-10-01"},
		{"publicity, lengthened", "2018-09-28", 3, "lengthened", "2018-10-08"},
		{"reply before spring festival", "2018-02-12", 3, "lengthened", "2018-02-22"},
		{"reply before mid-autumn", "2019-09-10", 3, "lengthened", "2019-09-16"},
		{"complaint before national day", "2018-09-28", 3, "working", "2018-10-08"},
		{"complaint, working Saturday", "2018-02-14", 3, "working", "2018-02-24"},
		{"question over labour day", "2019-04-30", 7, "working", "2019-05-13"},
		{"complaint before the long holiday", "2023-09-28", 3, "working", "2023-10-09"},
		{"result, working Sunday", "2023-01-20", 2, "working", "2023-01-29"},
		{"result before spring festival", "2024-02-09", 2, "working", "2024-02-19"},
		{"complaint, prolonged days off", "2020-01-23", 3, "working", "2020-02-05"},
		{"result over new year", "2022-12-30", 2, "working", "2023-01-04"},
		{"decision on a complaint", "2018-03-01", 30, "working", "2018-04-13"},
	} {
		t.Run(v.what, func(t *testing.T) {
			from := day(t, v.from)
			var last Day
			var provisional bool
			if v.kind == "working" {
				last, provisional = c.AddWorkingDays(from, v.n)
				if n, _ := c.WorkingDays(from, last); n != v.n {
					t.Errorf("counting back gives %d working days, want %d", n, v.n)
				}
			} else {
				last, provisional = c.AddDays(from, v.n, v.kind == "lengthened")
			}
			if last.String() != v.last || provisional {
				t.Errorf("%s + %d %s = %s (provisional %v), want %s", v.from, v.n, v.kind, last, provisional, v.last)
			}
		})
	}
	if n := day(t, "2018-03-20") - day(t, "2018-03-01"); n != 19 {
		t.Errorf("2018-03-01 to 2018-03-20 is %d days, want 19", n)
	}
}

func TestCalendarBeyondKnownYears(t *testing.T) {
	c := China()
	if c.LastYear() != 2026 {
		t.Fatalf("last known year is %d", c.LastYear())
	}
	last, provisional := c.AddWorkingDays(day(t, "2026-12-31"), 1)
	if last.String() != "2027-01-01" || !provisional { // a Friday: nobody has announced that it is a day off
		t.Errorf("got %s, provisional %v", last, provisional)
	}
	if last, provisional = c.AddDays(day(t, "2027-02-01"), 5, true); last.String() != "2027-02-08" || !provisional {
		t.Errorf("lengthened beyond the known years: %s, provisional %v", last, provisional)
	}
	if _, provisional = c.AddDays(day(t, "2027-02-01"), 5, false); provisional {
		t.Error("plain calendar days need no calendar of days off")
	}
	if c.Known(day(t, "2013-12-31")) {
		t.Error("2013 has no rows and must not be known")
	}
}

func TestReadCalendarRefuses(t *testing.T) {
	for _, s := range []string{"", "date,kind,name\n", "date,kind,name\n2018-13-01,off,x\n", "date,kind,name\n2018-01-01,maybe,x\n"} {
		if _, err := ReadCalendar(strings.NewReader(s)); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

func TestCalendarProperties(t *testing.T) {
	c := China()
	days := rapid.Map(rapid.IntRange(int(Date(2013, 1, 1)), int(Date(2028, 1, 1))), func(i int) Day { return Day(i) })
	rapid.Check(t, func(t *rapid.T) {
		from, n := days.Draw(t, "from"), rapid.IntRange(1, 60).Draw(t, "n")
		last, _ := c.AddWorkingDays(from, n)
		if !c.Working(last) {
			t.Fatalf("a term of working days ends on a day off: %s", last)
		}
		if got, _ := c.WorkingDays(from, last); got != n {
			t.Fatalf("%d working days counted, want %d", got, n)
		}
		long, _ := c.AddDays(from, n, true)
		short, _ := c.AddDays(from, n, false)
		if long < short || !c.Working(long) {
			t.Fatalf("lengthening %s gave %s", short, long)
		}
		if last < short {
			t.Fatalf("%d working days are shorter than %d days", n, n)
		}
	})
}

func TestDay(t *testing.T) {
	at := time.Date(2018, 2, 28, 16, 0, 0, 0, time.UTC) // midnight in Zone
	if d := DayOf(at); d.String() != "2018-03-01" || !d.Start().Equal(at) {
		t.Errorf("DayOf(%v) = %s", at, d)
	}
	if d := DayOf(at.Add(-time.Nanosecond)); d.String() != "2018-02-28" {
		t.Errorf("the instant before midnight is %s", d)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.IntRange(-200000, 200000).Draw(t, "d"))
		if DayOf(d.Start()) != d || DayOf(d.End()) != d+1 || DayOf(d.End().Add(-1)) != d {
			t.Fatalf("%s is not its own day", d)
		}
		b, _ := d.MarshalText()
		if d.Year() > 0 && d.Year() < 10000 {
			var e Day
			if err := e.UnmarshalText(b); err != nil || e != d {
				t.Fatalf("%s came back as %s: %v", d, e, err)
			}
		}
	})
}
