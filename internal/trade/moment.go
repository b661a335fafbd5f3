package trade

import (
	"strings"
	"time"
)

// A Moment is a point in time as a sender wrote it: an instant, or a date
// without time, which means the whole day (Time is then its first instant).
type Moment struct {
	Time     time.Time
	WholeDay bool
}

// Day returns the civil date of m in Zone.
func (m Moment) Day() Day { return DayOf(m.Time) }

// Earliest returns the first instant that m can mean.
func (m Moment) Earliest() time.Time { return m.Time }

// Latest returns the last instant that m can mean, to the second: 23:59:59 of
// a whole day, else the instant itself.
func (m Moment) Latest() time.Time {
	if m.WholeDay {
		return m.Day().End().Add(-time.Second)
	}
	return m.Time
}

// IsZero reports whether m is no moment at all.
func (m Moment) IsZero() bool { return m.Time.IsZero() }

// Same reports whether a and b can mean the same moment: equal instants, or a
// whole day and an instant inside it.
func (m Moment) Same(o Moment) bool {
	if m.WholeDay || o.WholeDay {
		return m.Day() == o.Day()
	}
	return m.Time.Equal(o.Time)
}

// String returns "2006-01-02" for a whole day, else "2006-01-02 15:04:05", in Zone.
func (m Moment) String() string {
	if m.WholeDay {
		return m.Day().String()
	}
	return m.Time.In(Zone).Format(time.DateTime)
}

// ParseMoment reads a time of the standard: yyyyMMdd (a whole day),
// yyyyMMddHHmm, yyyyMMddHHmmss; and, because trading systems send them,
// RFC 3339, "2006-01-02 15:04:05", "2006-01-02 15:04" and "2006-01-02" (a
// whole day). Times without zone are in Zone. Surrounding blanks are ignored.
// It reports false for anything else, impossible dates and years outside
// 1900–2199 included.
func ParseMoment(s string) (Moment, bool) {
	s = strings.TrimSpace(s)
	layout, whole := "", false
	switch len(s) {
	case 8:
		layout, whole = "20060102", true
	case 10:
		layout, whole = time.DateOnly, true
	case 12:
		layout = "200601021504"
	case 14:
		layout = "20060102150405"
	case 16:
		layout = "2006-01-02 15:04"
	case 19:
		layout = time.DateTime
		if s[10] == 'T' {
			layout = "2006-01-02T15:04:05"
		}
	default:
		if len(s) < 20 {
			return Moment{}, false
		}
		layout = time.RFC3339
	}
	t, err := time.ParseInLocation(layout, s, Zone)
	if err != nil {
		return Moment{}, false
	}
	t = t.In(Zone)
	if y := t.Year(); y < 1900 || y > 2199 {
		return Moment{}, false
	}
	return Moment{Time: t, WholeDay: whole}, true
}
