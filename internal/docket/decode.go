package docket

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/standard"
)

// Decode reads what Encode wrote.
func Decode(b []byte) (*Docket, error) {
	if d := decodeOwn(b); d != nil {
		return d, nil
	}
	d := new(Docket)
	if err := json.Unmarshal(b, d); err != nil {
		return nil, fmt.Errorf("docket: decode: %w", err)
	}
	return d, nil
}

// decodeOwn reads exactly the form that Encode writes: no blanks, all members
// in their order. It gives nil for anything else, which encoding/json then
// reads or refuses. It takes a fraction of the time, and a recompute does
// little else. Its strings share the memory of one copy of b.
func decodeOwn(b []byte) *Docket {
	if !utf8.Valid(b) || controls(b) {
		return nil
	}
	r := &reader{s: string(b)}
	d := new(Docket)
	r.take(`{"id":`)
	d.ID = r.text()
	r.take(`,"class":`)
	d.Class = r.text()
	r.take(`,"title":`)
	d.Title = r.text()
	r.take(`,"region":`)
	d.Region = r.text()
	r.take(`,"through":`)
	d.Through = r.number()
	r.take(`,"origins":`)
	d.Origins = list(r, (*reader).text)
	r.take(`,"live":`)
	d.Live = list(r, (*reader).entry)
	r.take(`,"announced":`)
	d.Announced = list(r, (*reader).announced)
	r.take(`,"releases":`)
	d.Releases = list(r, (*reader).release)
	r.take(`,"lots":`)
	d.Lots = list(r, (*reader).lot)
	r.take(`,"events":`)
	d.Events = list(r, (*reader).event)
	r.take(`}`) // with bulk rows it goes on, and is left to encoding/json
	if r.bad || r.at != len(r.s) {
		return nil
	}
	return d
}

// controls reports whether there is a byte below a blank, which JSON strings
// may not hold and Encode does not write.
func controls(b []byte) bool {
	const ones = 0x0101010101010101
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		if (x-' '*ones)&^x&(0x80*ones) != 0 { // one of the eight is below a blank
			return true
		}
	}
	for _, c := range b {
		if c < ' ' {
			return true
		}
	}
	return false
}

// A reader reads one JSON text. Once it meets what it does not expect it is bad
// and what it gives means nothing.
type reader struct {
	s     string
	at    int
	bad   bool
	pairs []pair // of the map being read

	when string // the last time read, as it was written, and what it means
	mean time.Time
}

type pair struct{ name, value string }

// has takes a piece of text if it comes next.
func (r *reader) has(s string) bool {
	if !r.bad && strings.HasPrefix(r.s[r.at:], s) {
		r.at += len(s)
		return true
	}
	return false
}

func (r *reader) take(s string) {
	if !r.has(s) {
		r.bad = true
	}
}

func (r *reader) text() string {
	if !r.has(`"`) {
		r.bad = true
		return ""
	}
	rest := r.s[r.at:]
	n := strings.IndexByte(rest, '"')
	if n < 0 {
		r.bad = true
		return ""
	}
	if strings.IndexByte(rest[:n], '\\') < 0 {
		r.at += n + 1
		return rest[:n]
	}
	return r.escaped(rest)
}

// escaped reads a string with escapes, the opening quote taken already.
func (r *reader) escaped(rest string) string {
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '"':
			var s string
			if json.Unmarshal([]byte(r.s[r.at-1:r.at+i+1]), &s) != nil {
				r.bad = true
			}
			r.at += i + 1
			return s
		}
	}
	r.bad = true
	return ""
}

func (r *reader) number() int64 {
	begin, minus := r.at, r.has("-")
	first := r.at
	n := int64(0)
	for ; r.at < len(r.s) && r.s[r.at] >= '0' && r.s[r.at] <= '9'; r.at++ {
		if n > (math.MaxInt64-9)/10 {
			r.bad = true // the last few before the end of int64 are left to encoding/json
			return 0
		}
		n = 10*n + int64(r.s[r.at]-'0')
	}
	if r.at == first || r.s[first] == '0' && r.at-begin > 1 {
		r.bad = true
	}
	if minus {
		return -n
	}
	return n
}

func (r *reader) truth() bool {
	if r.has("true") {
		return true
	}
	r.take("false")
	return false
}

func (r *reader) time() time.Time {
	begin := r.at
	s := r.text()
	if s == r.when && s != "" {
		return r.mean
	}
	t, ok := utc(s)
	if !ok {
		t = time.Time{}
		if r.bad || t.UnmarshalJSON([]byte(r.s[begin:r.at])) != nil {
			r.bad = true
			return time.Time{}
		}
	}
	r.when, r.mean = s, t
	return t
}

// utc reads 2006-01-02T15:04:05Z.
func utc(s string) (time.Time, bool) {
	const form = "0000-00-00T00:00:00Z"
	if len(s) != len(form) {
		return time.Time{}, false
	}
	for i := range len(form) {
		if form[i] != '0' && s[i] != form[i] || form[i] == '0' && (s[i] < '0' || s[i] > '9') {
			return time.Time{}, false
		}
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	month, day, hour, minute, second := two(5), two(8), two(11), two(14), two(17)
	if month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false // the days that not every month has are left to package time
	}
	return time.Date(two(0)*100+two(2), time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// list reads an array, or null.
func list[T any](r *reader, one func(*reader) T) []T {
	if r.has("null") {
		return nil
	}
	r.take("[")
	out := []T{}
	if r.has("]") {
		return out
	}
	for !r.bad {
		out = append(out, one(r))
		if r.has("]") {
			return out
		}
		r.take(",")
	}
	return nil
}

// texts reads an object of strings, or null.
func texts[V ~string](r *reader) map[string]V {
	if r.has("null") {
		return nil
	}
	r.take("{")
	if r.has("}") {
		return map[string]V{}
	}
	r.pairs = r.pairs[:0]
	for !r.bad {
		name := r.text()
		r.take(":")
		r.pairs = append(r.pairs, pair{name, r.text()})
		if r.has("}") {
			m := make(map[string]V, len(r.pairs))
			for _, p := range r.pairs {
				m[p.name] = V(p.value)
			}
			return m
		}
		r.take(",")
	}
	return nil
}

func (r *reader) entry() (e Entry) {
	r.take(`{"dataset":`)
	e.Dataset = r.text()
	r.take(`,"origin":`)
	e.Origin = r.text()
	r.take(`,"key":`)
	e.Key = r.text()
	r.take(`,"revision":`)
	e.Revision = r.text()
	if r.has(`,"deleted":`) {
		e.Deleted = r.truth()
	}
	r.take(`,"position":`)
	e.Position = r.number()
	r.take(`,"received":`)
	e.Received = r.time()
	r.take(`,"first":`)
	e.First = r.time()
	if r.has(`,"occurred":`) {
		e.Occurred = r.text()
	}
	r.take(`,"source":`)
	e.Source = r.text()
	if r.has(`,"history":`) {
		e.History = r.truth()
	}
	r.take(`,"versions":`)
	e.Versions = int(r.number())
	r.take(`,"fields":`)
	e.Fields = texts[string](r)
	if r.has(`,"sealed":`) {
		e.Sealed = texts[standard.Seal](r)
	}
	r.take(`}`)
	return e
}

func (r *reader) announced() (a Announced) {
	r.take(`{"lot":`)
	a.Lot = r.text()
	r.take(`,"kind":`)
	a.Kind = r.text()
	r.take(`,"at":`)
	a.At = r.time()
	if r.has(`,"whole_day":`) {
		a.WholeDay = r.truth()
	}
	r.take(`,"dataset":`)
	a.Dataset = r.text()
	r.take(`,"origin":`)
	a.Origin = r.text()
	r.take(`,"key":`)
	a.Key = r.text()
	r.take(`,"field":`)
	a.Field = r.text()
	r.take(`,"position":`)
	a.Position = r.number()
	r.take(`,"live":`)
	a.Live = r.truth()
	r.take(`}`)
	return a
}

func (r *reader) release() (x Release) {
	r.take(`{"origin":`)
	x.Origin = r.text()
	r.take(`,"lot":`)
	x.Lot = r.text()
	r.take(`,"seal":`)
	x.Seal = standard.Seal(r.text())
	r.take(`,"state":`)
	x.State = r.text()
	r.take(`,"bidders":`)
	x.Bidders = int(r.number())
	r.take(`,"at":`)
	x.At = r.time()
	r.take(`,"opening":`)
	x.Opening = r.time()
	r.take(`,"position":`)
	x.Position = r.number()
	r.take(`,"basis":`)
	x.Basis = r.ref()
	r.take(`}`)
	return x
}

func (r *reader) ref() (f Ref) {
	r.take(`{"dataset":`)
	f.Dataset = r.text()
	r.take(`,"key":`)
	f.Key = r.text()
	if r.has(`,"field":`) {
		f.Field = r.text()
	}
	if r.has(`,"origin":`) {
		f.Origin = r.text()
	}
	if r.has(`,"position":`) {
		f.Position = r.number()
	}
	r.take(`}`)
	return f
}

func (r *reader) lot() (l Lot) {
	r.take(`{"code":`)
	l.Code = r.text()
	r.take(`,"name":`)
	l.Name = r.text()
	if r.has(`,"bids":`) {
		l.Bids = list(r, (*reader).bid)
	}
	if r.has(`,"declared":`) {
		l.Declared = r.truth()
	}
	r.take(`}`)
	return l
}

func (r *reader) bid() (b Bid) {
	r.take(`{"bidder":`)
	b.Bidder = r.text()
	r.take(`,"code":`)
	b.Code = r.text()
	r.take(`,"ref":`)
	b.Ref = r.ref()
	if r.has(`,"more":`) {
		b.More = list(r, (*reader).ref)
	}
	r.take(`}`)
	return b
}

func (r *reader) event() (e Event) {
	r.take(`{"at":`)
	e.At = r.time()
	if r.has(`,"whole_day":`) {
		e.WholeDay = r.truth()
	}
	r.take(`,"kind":`)
	e.Kind = r.text()
	if r.has(`,"lot":`) {
		e.Lot = r.text()
	}
	r.take(`,"source":`)
	e.Source = r.text()
	r.take(`,"ref":`)
	e.Ref = r.ref()
	r.take(`}`)
	return e
}
