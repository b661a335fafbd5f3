package trade

import (
	"fmt"
	"time"
)

// Zone is the one zone of the platform: +08:00, without daylight saving. A
// fixed zone needs no time zone database on the machine; China has had no
// summer time since 1992.
var Zone = time.FixedZone("+08:00", 8*60*60)

// A Day is a civil date in Zone, counted in days from 1970-01-01. Days are
// ordered and subtracted like integers; the zero Day is 1970-01-01.
type Day int32

const secondsPerDay = 24 * 60 * 60

// DayOf returns the civil date in Zone at the instant t.
func DayOf(t time.Time) Day {
	s := t.Unix() + 8*60*60
	d := s / secondsPerDay
	if s%secondsPerDay < 0 {
		d--
	}
	return Day(d)
}

// Date returns the Day of a year, month and day of month; values outside their
// usual ranges are normalised as by time.Date.
func Date(year int, month time.Month, day int) Day {
	return DayOf(time.Date(year, month, day, 0, 0, 0, 0, Zone))
}

// ParseDay reads "2006-01-02" or "20060102".
func ParseDay(s string) (Day, error) {
	layout := time.DateOnly
	if len(s) == 8 {
		layout = "20060102"
	}
	t, err := time.ParseInLocation(layout, s, Zone)
	if err != nil {
		return 0, fmt.Errorf("trade: a day is written 2006-01-02 or 20060102, not with %d characters of this form", len(s))
	}
	return DayOf(t), nil
}

// Start returns the first instant of the day.
func (d Day) Start() time.Time {
	return time.Unix(int64(d)*secondsPerDay-8*60*60, 0).In(Zone)
}

// End returns the first instant after the day: a term whose last day is d has
// run out when now is not before d.End().
func (d Day) End() time.Time { return (d + 1).Start() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.Start().Weekday() }

// Year returns the calendar year.
func (d Day) Year() int { return d.Start().Year() }

// String returns the form "2006-01-02".
func (d Day) String() string { return d.Start().Format(time.DateOnly) }

// MarshalText writes the form "2006-01-02".
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDay reads.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := ParseDay(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
