package province

import (
	"time"

	"mingjing/internal/trade"
)

// clock gives the day d days after t at h:m, +08:00.
func clock(t time.Time, d, h, m int) time.Time {
	t = t.In(trade.Zone)
	return time.Date(t.Year(), t.Month(), t.Day()+d, h, m, 0, 0, trade.Zone)
}

// open gives the first working day that is at least d days after t, at h:m: an
// office that is open.
func open(t time.Time, d, h, m int) time.Time {
	day := trade.China().NextWorking(trade.DayOf(clock(t, d, h, m)))
	return clock(day.Start(), 0, h, m)
}

// worked gives the n-th working day after t, or before it when n is negative, at h:m.
func worked(t time.Time, n, h, m int) time.Time {
	day := trade.DayOf(t)
	for n > 0 {
		if day++; trade.China().Working(day) {
			n--
		}
	}
	for n < 0 {
		if day--; trade.China().Working(day) {
			n++
		}
	}
	return clock(day.Start(), 0, h, m)
}

// stamp writes a time as the standard does: yyyyMMddHHmmss.
func stamp(t time.Time) string { return t.In(trade.Zone).Format("20060102150405") }

// date writes a day as the standard does: yyyyMMdd.
func date(t time.Time) string { return t.In(trade.Zone).Format("20060102") }
