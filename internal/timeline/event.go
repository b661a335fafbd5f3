package timeline

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// An Event is one thing that periods begin or end with: a line of events.yaml.
type Event struct {
	ID      string   `yaml:"id" json:"id"`
	ZH      string   `yaml:"zh" json:"zh"`
	EN      string   `yaml:"en" json:"en"`
	Sources []Source `yaml:"sources" json:"sources,omitempty"`
}

// A Source says which field of which data set carries an event's time.
type Source struct {
	Dataset   string              `yaml:"dataset" json:"dataset,omitempty"`
	Field     string              `yaml:"field" json:"field,omitempty"`
	When      map[string][]string `yaml:"when" json:"when,omitempty"`
	Unless    map[string][]string `yaml:"unless" json:"unless,omitempty"`
	Fallback  bool                `yaml:"fallback" json:"fallback,omitempty"`
	Announced string              `yaml:"announced" json:"announced,omitempty"` // "deadline" or "opening"; with Field only those that this field announces
	Live      bool                `yaml:"live" json:"live,omitempty"`           // only announcements still standing
	Last      bool                `yaml:"last" json:"last,omitempty"`           // only the latest of them
	Like      Patterns            `yaml:"like" json:"like,omitempty"`           // the row's field must match
	Unlike    Patterns            `yaml:"unlike" json:"unlike,omitempty"`       // the row's field must not match
	Plus      string              `yaml:"plus" json:"plus,omitempty"`           // field with a number of working days to be added to the time
	Arrival   bool                `yaml:"arrival" json:"arrival,omitempty"`     // when the row first came here; rows of a history window have none
}

//go:embed events.yaml
var eventsYAML []byte

var eventsByID = sync.OnceValue(func() map[string]Event {
	es, err := readEvents(eventsYAML)
	if err != nil {
		panic(err) // the embedded file is part of the program and tested
	}
	m := make(map[string]Event, len(es))
	for _, e := range es {
		m[e.ID] = e
	}
	return m
})

func readEvents(b []byte) ([]Event, error) {
	var file struct {
		Events []Event `yaml:"events"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("timeline: events: %w", err)
	}
	for _, e := range file.Events {
		if e.ID == "" || e.ZH == "" || e.EN == "" {
			return nil, fmt.Errorf("timeline: event %q: want id, zh and en", e.ID)
		}
		for _, s := range e.Sources {
			if (s.Announced == "") == (s.Dataset == "" || (s.Field == "") != s.Arrival) {
				return nil, fmt.Errorf("timeline: event %q: a source has either dataset and field (or arrival), or announced", e.ID)
			}
		}
	}
	return file.Events, nil
}

// EventByID returns one event of events.yaml.
func EventByID(id string) (Event, bool) {
	e, ok := eventsByID()[id]
	return e, ok
}

// An Occurrence is one event that a record says happened or will happen.
type Occurrence struct {
	At   trade.Moment `json:"at"`
	Ref  docket.Ref   `json:"ref"`
	Text string       `json:"text"` // the field's literal value, "" for an announcement whose version was superseded
	Live bool         `json:"live"` // false for an announcement that was superseded
}

// LotsOf returns the section codes that a row names, in its order; none when it
// speaks of the whole tender.
func LotsOf(e *docket.Entry) []string {
	return e.Lots()
}

// About reports whether a row speaks of the lot: it names it, or names none.
// The lot "" stands for a tender without lots, of which every row speaks.
func About(e *docket.Entry, lot string) bool {
	lots := LotsOf(e)
	return lot == "" || len(lots) == 0 || slices.Contains(lots, lot)
}

// Lots returns the lots of a docket, sorted: those it knows and those that its
// rows name; a single "" when there is none. The slice must not be changed.
func Lots(d *docket.Docket) []string { return d.LotCodes() }

// Rows returns the live rows of a data set that speak of the lot, in the
// docket's order. The slice must not be changed, but may be appended to.
func Rows(d *docket.Docket, dataset, lot string) []*docket.Entry { return d.RowsAbout(dataset, lot) }

// RefOf points at one field of a row.
func RefOf(e *docket.Entry, field string) docket.Ref {
	return docket.Ref{Dataset: e.Dataset, Key: e.Key, Field: field, Origin: e.Origin, Position: e.Position}
}

// Foreign reports whether a docket came from OCDS publishers alone, so that
// Chinese law says nothing about it.
func Foreign(d *docket.Docket) bool {
	for _, o := range d.Origins {
		if o != "ocds" && !strings.HasPrefix(o, "ocds-") {
			return false
		}
	}
	return len(d.Origins) > 0
}

// Occurrences returns what the docket's records say about an event for a lot,
// by time, then position. Rows whose field is absent, sealed or not a time
// give nothing. An unknown event gives nothing. The slice must not be changed.
func Occurrences(d *docket.Docket, event, lot string) []Occurrence {
	return occurrences(d, event, lot, trade.China())
}

func occurrences(d *docket.Docket, event, lot string, cal *trade.Calendar) []Occurrence {
	if cal != trade.China() {
		return makeOccurrences(d, event, lot, cal)
	}
	os := docket.Once(d, docket.Key{Kind: "occurrences", Of: event, Lot: lot}, func() []Occurrence { return makeOccurrences(d, event, lot, cal) })
	return os[:len(os):len(os)]
}

func makeOccurrences(d *docket.Docket, event, lot string, cal *trade.Calendar) []Occurrence {
	var out []Occurrence
	for _, s := range eventsByID()[event].Sources {
		if s.Fallback && len(out) > 0 {
			continue
		}
		if s.Announced != "" {
			out = append(out, announced(d, s, lot)...)
			continue
		}
		for _, e := range Rows(d, s.Dataset, lot) {
			if !s.holds(e) {
				continue
			}
			if o, ok := s.read(e, cal); ok {
				out = append(out, o)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		if !a.At.Time.Equal(b.At.Time) {
			return a.At.Time.Before(b.At.Time)
		}
		return a.Ref.Position < b.Ref.Position
	})
	return out
}

// read takes the event's time from a row.
func (s Source) read(e *docket.Entry, cal *trade.Calendar) (Occurrence, bool) {
	if s.Arrival {
		if e.History || e.First.IsZero() {
			return Occurrence{}, false
		}
		return Occurrence{At: trade.Moment{Time: e.First.In(trade.Zone).Truncate(time.Second)}, Ref: RefOf(e, ""), Live: true}, true
	}
	m, ok := trade.ParseMoment(e.Fields[s.Field])
	if !ok || s.Plus == "" {
		return Occurrence{At: m, Ref: RefOf(e, s.Field), Text: e.Fields[s.Field], Live: true}, ok
	}
	text := strings.TrimSpace(e.Fields[s.Plus])
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxPlus {
		return Occurrence{}, false
	}
	last, _ := cal.AddWorkingDays(m.Day(), n)
	return Occurrence{At: trade.Moment{Time: last.Start(), WholeDay: true}, Ref: RefOf(e, s.Plus), Text: text, Live: true}, true
}

// maxPlus bounds the working days that a row may add: the standard's field has three digits.
const maxPlus = 999

// conditional reports whether not every row will do.
func (s Source) conditional() bool {
	return len(s.When)+len(s.Unless)+len(s.Like)+len(s.Unlike) > 0
}

func (s Source) holds(e *docket.Entry) bool {
	if !s.Like.all(e) || s.Unlike.any(e) {
		return false
	}
	for f, vs := range s.When {
		if !slices.Contains(vs, e.Fields[f]) {
			return false
		}
	}
	for f, vs := range s.Unless {
		if slices.Contains(vs, e.Fields[f]) {
			return false
		}
	}
	return true
}

// announced takes deadlines or openings from the docket's list.
func announced(d *docket.Docket, s Source, lot string) []Occurrence {
	var out []Occurrence
	for _, a := range d.Announced {
		if a.Kind != s.Announced || (s.Field != "" && a.Field != s.Field) || (s.Live && !a.Live) || (a.Lot != "" && lot != "" && a.Lot != lot) {
			continue
		}
		o := Occurrence{
			At: trade.Moment{Time: a.At.In(trade.Zone)}, Live: a.Live,
			Ref: docket.Ref{Dataset: a.Dataset, Key: a.Key, Field: a.Field, Origin: a.Origin, Position: a.Position},
		}
		if a.WholeDay {
			o.At = trade.Moment{Time: o.At.Day().Start(), WholeDay: true}
		}
		var row *docket.Entry
		if a.Live || s.conditional() {
			row = Row(d, o.Ref)
		}
		if row != nil && !s.holds(row) {
			continue
		}
		if a.Live && row != nil {
			o.Text = row.Fields[a.Field]
		}
		if s.Last && len(out) > 0 {
			if !o.At.Latest().Before(out[0].At.Latest()) {
				out[0] = o
			}
			continue
		}
		out = append(out, o)
	}
	return out
}

// Row returns the current version of the row that ref points at, tombstones
// included; nil when the docket has none.
func Row(d *docket.Docket, ref docket.Ref) *docket.Entry { return d.At(ref) }
