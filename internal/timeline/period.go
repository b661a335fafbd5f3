// Package timeline holds the legal periods of each class of trade as data and
// computes from them when something must or may be done, and for a docket
// which steps are done, due, late or too short. Everything is a function of
// its arguments: there is no clock.
package timeline

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/trade"
)

// Kind is the unit in which a period is counted.
type Kind string

// The kinds of periods.
const (
	Calendar Kind = "calendar" // days, by 民法典 201
	Working  Kind = "working"  // working days of the calendar
	Hours    Kind = "hours"
)

// Sense says what a period demands of the event at its end.
type Sense string

// The senses.
const (
	Max  Sense = "max"  // it may come no later
	Min  Sense = "min"  // it may come no sooner
	Same Sense = "same" // it must come at the same time
)

// A Period is one legal period: a line of periods.yaml.
type Period struct {
	ID             string     `yaml:"id" json:"id"`
	Article        string     `yaml:"article" json:"article"`
	ZH             string     `yaml:"zh" json:"zh"`
	EN             string     `yaml:"en" json:"en"`
	Class          []string   `yaml:"class" json:"class"` // trade classes in whose dockets it runs; "all" for every class
	From           string     `yaml:"from" json:"from"`   // event id
	To             string     `yaml:"to" json:"to"`       // event id
	Kind           Kind       `yaml:"kind" json:"kind"`
	Sense          Sense      `yaml:"sense" json:"sense"`
	Days           int        `yaml:"days" json:"days"` // days, working days or hours, by Kind
	Lengthen       bool       `yaml:"lengthen" json:"lengthen"`
	LengthenSource string     `yaml:"lengthen_source" json:"lengthen_source,omitempty"`
	Each           bool       `yaml:"each" json:"each,omitempty"`
	By             string     `yaml:"by" json:"by,omitempty"`         // a field, or ByRow
	Before         bool       `yaml:"before" json:"before,omitempty"` // a "from" that comes after its "to" says nothing
	Form           []string   `yaml:"form" json:"form,omitempty"`     // forms of trade (forms.yaml) for which it holds; none: all
	Pick           string     `yaml:"pick" json:"pick,omitempty"`     // "first" or "last"
	Must           bool       `yaml:"must" json:"must,omitempty"`
	Region         string     `yaml:"region" json:"region,omitempty"`
	Since          *trade.Day `yaml:"since" json:"since,omitempty"`
	Until          *trade.Day `yaml:"until" json:"until,omitempty"`
	Source         string     `yaml:"source" json:"source,omitempty"`         // where the value was found, when not in the text of the article
	Unverified     bool       `yaml:"unverified" json:"unverified,omitempty"` // the number of days was not compared with the text of the article
	Observed       string     `yaml:"observed" json:"observed,omitempty"`     // "no": no data set carries the end; "some": only a set that not every system sends
	Note           string     `yaml:"note" json:"note,omitempty"`
}

// ByRow is the By of a period whose two ends stand in one row.
const ByRow = "row"

// AllClasses is the class of a period that runs in dockets of every class.
const AllClasses = "all"

// OfClass reports whether the period runs in dockets of a class. A docket
// without class is taken as construction, as the fold takes one without rows.
func (p *Period) OfClass(class string) bool {
	if class == "" {
		class = string(trade.Construction)
	}
	return slices.Contains(p.Class, class) || slices.Contains(p.Class, AllClasses)
}

// In reports whether the period is in effect on the day d.
func (p *Period) In(d trade.Day) bool {
	return (p.Since == nil || *p.Since <= d) && (p.Until == nil || d <= *p.Until)
}

//go:embed periods.yaml
var periodsYAML []byte

var load = sync.OnceValue(func() []Period {
	ps, err := ReadPeriods(periodsYAML)
	if err != nil {
		panic(err) // the embedded file is part of the program and tested
	}
	return ps
})

// Periods returns all periods, in the order of periods.yaml.
func Periods() []Period { return append([]Period(nil), load()...) }

// ByID returns one period.
func ByID(id string) (Period, bool) {
	for _, p := range load() {
		if p.ID == id {
			return p, true
		}
	}
	return Period{}, false
}

// ReadPeriods reads a file in the form of periods.yaml. It refuses unknown
// fields, unknown events and periods that cannot be counted.
func ReadPeriods(b []byte) ([]Period, error) {
	var file struct {
		Periods []Period `yaml:"periods"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("timeline: periods: %w", err)
	}
	seen := map[string]bool{}
	for _, p := range file.Periods {
		bad := func(field, want string) error {
			return fmt.Errorf("timeline: period %q, %s: want %s", p.ID, field, want)
		}
		switch {
		case p.ID == "" || seen[p.ID]:
			return nil, bad("id", "one that is not empty and stands once")
		case p.Article == "" || p.ZH == "" || p.EN == "":
			return nil, bad("article, zh, en", "all three")
		case p.Kind != Calendar && p.Kind != Working && p.Kind != Hours:
			return nil, bad("kind", "calendar, working or hours")
		case p.Sense != Max && p.Sense != Min && p.Sense != Same:
			return nil, bad("sense", "max, min or same")
		case p.Days < 0:
			return nil, bad("days", "0 or more")
		case p.Lengthen && (p.Kind != Calendar || p.LengthenSource == ""):
			return nil, bad("lengthen", "kind calendar and a lengthen_source")
		case p.Pick != "" && p.Pick != "first" && p.Pick != "last":
			return nil, bad("pick", "first or last")
		case p.Observed != "" && p.Observed != "no" && p.Observed != "some":
			return nil, bad("observed", "no, some, or nothing")
		case len(p.Class) == 0 || slices.ContainsFunc(p.Class, func(c string) bool { return c != AllClasses && !slices.Contains(trade.Classes(), trade.Class(c)) }):
			return nil, bad("class", "classes of trade, or all")
		case slices.ContainsFunc(p.Form, func(f string) bool { return !slices.Contains(formNames(), f) }):
			return nil, bad("form", "forms of forms.yaml")
		case p.Unverified && p.Source == "":
			return nil, bad("source", "where the unverified value was found")
		}
		for _, e := range []string{p.From, p.To} {
			if _, ok := eventsByID()[e]; !ok {
				return nil, bad("from, to", fmt.Sprintf("an event of events.yaml, not %q", e))
			}
		}
		seen[p.ID] = true
	}
	return file.Periods, nil
}

// Deadline returns the instant at which a period that begins with the event
// from is decided: for Max the first instant that is too late, for Min the
// first instant that is enough, for Same the instant itself. provisional is
// true when days off not yet announced could change it.
func Deadline(p Period, from trade.Moment, cal *trade.Calendar) (end time.Time, provisional bool) {
	if p.Sense == Same {
		return from.Time, false
	}
	if p.Kind == Hours {
		start := from.Latest()
		if p.Sense == Min {
			start = from.Earliest()
		}
		return start.Add(time.Duration(p.Days) * time.Hour), false
	}
	last, provisional := LastDay(p, from.Day(), cal)
	if p.Sense == Min {
		return last.Start(), provisional
	}
	return last.End(), provisional
}

// LastDay returns the last day of a period of days or working days that begins
// with an event on the day from.
func LastDay(p Period, from trade.Day, cal *trade.Calendar) (last trade.Day, provisional bool) {
	if p.Kind == Working {
		return cal.AddWorkingDays(from, p.Days)
	}
	return cal.AddDays(from, p.Days, p.Lengthen)
}

// Measure counts what lies between two moments in the period's own unit: days
// after the day of from up to the day of to, working days likewise, or whole
// hours. It is negative when to is before from.
func Measure(p Period, from, to trade.Moment, cal *trade.Calendar) int {
	switch {
	case p.Kind == Hours:
		return int(to.Time.Sub(from.Time) / time.Hour)
	case p.Kind == Working && to.Day() >= from.Day():
		n, _ := cal.WorkingDays(from.Day(), to.Day())
		return n
	case p.Kind == Working:
		n, _ := cal.WorkingDays(to.Day(), from.Day())
		return -n
	}
	return int(to.Day() - from.Day())
}

// MinimumMet reports whether the period between from and to is long enough,
// how long it is in the period's unit, and whether the answer is provisional.
func MinimumMet(p Period, from, to trade.Moment, cal *trade.Calendar) (met bool, n int, provisional bool) {
	end, provisional := Deadline(p, from, cal)
	return !to.Latest().Before(end), Measure(p, from, to, cal), provisional
}
