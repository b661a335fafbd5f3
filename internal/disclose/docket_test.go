package disclose

import (
	"fmt"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

const (
	originA = "12410000415800000X"
	originB = "91410100170000000A"
	tender  = "E4114002441A04301001"
)

var now = time.Date(2018, 6, 1, 12, 0, 0, 0, time.UTC)

// planted is one value put into the test docket, and where.
type planted struct {
	dataset, field, origin, lot string
	value                       string
}

// life makes dockets for tests: every data set of a construction tender with
// every field filled, and as far along as asked.
type life struct {
	d       *docket.Docket
	planted []planted
	next    int64
}

func newLife() *life {
	return &life{d: &docket.Docket{ID: tender, Class: "construction", Region: "410302", Title: "T"}}
}

func lotCode(i int) string { return fmt.Sprintf("%s%03d", tender, i) }

// put adds a row of a data set with every field of the catalogue planted, as
// if all seals were off: the window must hold by itself.
func (l *life) put(dataset, origin, lot, key string) *docket.Entry {
	l.next++
	e := docket.Entry{
		Dataset: dataset, Origin: origin, Key: key, Revision: fmt.Sprintf("revision-%s-%s", dataset, key), Position: l.next,
		Received: now.Add(-time.Hour), First: now.Add(-time.Hour), Source: "system-" + origin, Versions: 1, Fields: map[string]string{},
	}
	for i := range standard.Default().Dataset(dataset).Fields {
		f := &standard.Default().Dataset(dataset).Fields[i]
		switch f.Name {
		case "TENDER_PROJECT_CODE":
			e.Fields[f.Name] = tender
		case "BID_SECTION_CODE", "BID_SECTION_CODES":
			e.Fields[f.Name] = lot
		case "REGION_CODE":
			e.Fields[f.Name] = "410302"
		case "PUBLICITY_START_TIME", "CONTRACT_SIGN_TIME":
			e.Fields[f.Name] = "20990101"
		default:
			v := fmt.Sprintf("plant:%s.%s.%d:", dataset, f.Name, l.next)
			e.Fields[f.Name] = v
			l.planted = append(l.planted, planted{dataset, f.Name, origin, lot, v})
		}
	}
	l.planted = append(l.planted, planted{dataset, "@key", origin, lot, key})
	l.d.Live = append(l.d.Live, e)
	return &l.d.Live[len(l.d.Live)-1]
}

// event puts an event on the timeline that rests on a row.
func (l *life) event(e *docket.Entry, kind, field string) {
	l.d.Events = append(l.d.Events, docket.Event{
		At: now.Add(-time.Hour), Kind: kind, Lot: e.Fields["BID_SECTION_CODE"], Source: e.Source,
		Ref: docket.Ref{Dataset: e.Dataset, Key: e.Key, Field: field, Origin: e.Origin, Position: e.Position},
	})
}

// reach brings a lot of an origin to a moment by the facts that make it so.
func (l *life) reach(origin, lot string, m Moment) {
	release := func(seal standard.Seal) {
		l.d.Releases = append(l.d.Releases, docket.Release{Origin: origin, Lot: lot, Seal: seal, State: "opened", Bidders: 3, At: now.Add(-time.Minute)})
	}
	if m >= Opened {
		release(standard.Bid)
	}
	if m >= Determined {
		release(standard.Committee)
	}
	for i := range l.d.Live {
		e := &l.d.Live[i]
		if e.Origin != origin || !strings.Contains(e.Fields["BID_SECTION_CODE"]+e.Fields["BID_SECTION_CODES"], lot) {
			continue
		}
		if m >= InPublicity && e.Dataset == "511" {
			e.Fields["PUBLICITY_START_TIME"] = "20180501"
		}
		if m >= Signed && e.Dataset == "512" {
			e.Fields["CONTRACT_SIGN_TIME"] = "20180501"
		}
	}
}

// construction lists the data sets of a construction tender, and release.
func construction() []string {
	var out []string
	for _, ds := range standard.Default().Datasets() {
		if string(ds.Class) == "construction" {
			out = append(out, ds.No)
		}
	}
	return out
}

// full is a docket with one row of every data set, at a moment.
func full(m Moment) *life {
	l := newLife()
	lot := lotCode(1)
	l.d.Lots = []docket.Lot{{Code: lot, Name: "one", Declared: true}}
	for _, no := range construction() {
		l.put(no, originA, lot, "key-"+no)
	}
	l.reach(originA, lot, m)
	return l
}

// readers are one reader for each seat, for a docket in Luoyang.
var readers = []struct {
	seat   seat
	reader Reader
}{
	{seatSource, Reader{Audience: Source, Origins: []string{originA}}},
	{seatSupervisor, Reader{Audience: Supervisor, Regions: []string{"410300"}}},
	{seatOutside, Reader{Audience: Supervisor, Regions: []string{"4101"}}},
	{seatAuditor, Reader{Audience: Auditor}},
	{seatAdministrator, Reader{Audience: Administrator}},
	{seatPublic, Reader{}},
}
