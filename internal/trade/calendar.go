package trade

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"sync"
	"time"
)

//go:embed data/china-holidays.csv
var chinaHolidays []byte

// A Calendar knows which days are worked: weekdays less days off, plus make-up
// days, by the State Council's yearly notices. A Calendar is never changed
// after it was made and may be shared.
type Calendar struct {
	worked map[Day]bool // days that differ from their weekday
	last   int          // last year whose notice is known
	first  int
}

// China returns the embedded calendar of the People's Republic.
var China = sync.OnceValue(func() *Calendar {
	c, err := ReadCalendar(bytes.NewReader(chinaHolidays))
	if err != nil {
		panic(err) // the embedded file is part of the program and tested
	}
	return c
})

// ReadCalendar reads a CSV with the columns date (2006-01-02), kind (off or
// work) and name. The years that have rows are the known ones.
func ReadCalendar(r io.Reader) (*Calendar, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("trade: calendar: %w", err)
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("trade: calendar: no rows; give at least one day off of the last known year")
	}
	c := &Calendar{worked: make(map[Day]bool, len(rows))}
	for i, row := range rows[1:] {
		if len(row) < 2 || (row[1] != "off" && row[1] != "work") {
			return nil, fmt.Errorf("trade: calendar line %d: want date,off|work,name", i+2)
		}
		d, err := ParseDay(row[0])
		if err != nil {
			return nil, fmt.Errorf("trade: calendar line %d: %w", i+2, err)
		}
		c.worked[d] = row[1] == "work"
		c.last = max(c.last, d.Year())
		if c.first == 0 || d.Year() < c.first {
			c.first = d.Year()
		}
	}
	return c, nil
}

// LastYear returns the last year whose days off are known.
func (c *Calendar) LastYear() int { return c.last }

// Known reports whether the days off of the day's year are known. Where it is
// not, the calendar goes by weekdays alone and results are provisional.
func (c *Calendar) Known(d Day) bool { y := d.Year(); return y >= c.first && y <= c.last }

// Working reports whether d is a working day.
func (c *Calendar) Working(d Day) bool {
	if w, ok := c.worked[d]; ok {
		return w
	}
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// NextWorking returns the first working day from d on, d included.
func (c *Calendar) NextWorking(d Day) Day {
	for !c.Working(d) {
		d++
	}
	return d
}

// AddDays returns the last day of a term of n days that begins with an event on
// day from: the day of the event does not count (民法典 201). When lengthen is
// set and that day is a day off, the term ends on the next day that is none
// (民法典 203). n less than 1 gives from itself.
func (c *Calendar) AddDays(from Day, n int, lengthen bool) (last Day, provisional bool) {
	last = from + Day(max(n, 0))
	if lengthen {
		provisional = !c.Known(last)
		last = c.NextWorking(last)
		provisional = provisional || !c.Known(last)
	}
	return last, provisional
}

// AddWorkingDays returns the n-th working day after the day from, which itself
// does not count. It is provisional when a day off that nobody has announced
// yet could change it: when the term reaches a year not known.
func (c *Calendar) AddWorkingDays(from Day, n int) (last Day, provisional bool) {
	last = from
	for n > 0 {
		last++
		if c.Working(last) {
			n--
		}
		if !c.Known(last) {
			provisional = true
		}
	}
	return last, provisional
}

// WorkingDays counts the working days after the day from up to and including
// the day to; 0 when to is not after from.
func (c *Calendar) WorkingDays(from, to Day) (n int, provisional bool) {
	for d := from + 1; d <= to; d++ {
		if c.Working(d) {
			n++
		}
		if !c.Known(d) {
			provisional = true
		}
	}
	return n, provisional
}
