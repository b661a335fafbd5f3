package disclose

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// scene draws a docket of two trading systems and one to three lots, each lot
// as far along as it happens, with every row in plain.
func scene(t *rapid.T) (*life, map[lotKey]Moment) {
	l := newLife()
	moments := map[lotKey]Moment{}
	sets := construction()
	for i := 1; i <= rapid.IntRange(1, 3).Draw(t, "lots"); i++ {
		lot := lotCode(i)
		l.d.Lots = append(l.d.Lots, docket.Lot{Code: lot, Declared: true})
		l.put("502", originA, lot, "key-502-"+lot)
		for _, origin := range []string{originA, originB} {
			for j := range rapid.IntRange(0, 6).Draw(t, "rows") {
				no := rapid.SampledFrom(sets).Draw(t, "set")
				e := l.put(no, origin, lot, fmt.Sprintf("key-%s-%s-%s-%d", no, origin, lot, j))
				l.event(e, "some."+no, "")
				l.event(e, "time."+no, rapid.SampledFrom(fieldNames(no)).Draw(t, "field"))
			}
			m := Moment(rapid.IntRange(0, 4).Draw(t, "moment"))
			l.reach(origin, lot, m)
			moments[lotKey{origin, lot}] = m
		}
	}
	return l, moments
}

func fieldNames(no string) []string {
	var out []string
	for _, f := range standard.Default().Dataset(no).Fields {
		out = append(out, f.Name)
	}
	return out
}

// forbidden says, in the words of the law and without the table, what a reader
// must not see. It is the oracle of the test below.
func forbidden(p planted, s seat, m Moment) bool {
	ds := standard.Default().Dataset(p.dataset)
	seal, personal := ds.Seal, false
	if f := ds.Field(p.field); f != nil {
		if f.Seal == standard.Personal {
			personal = true
		} else if f.Seal != standard.Open {
			seal = f.Seal
		}
	}
	insider := s == seatSupervisor || s == seatAuditor
	if p.field == "@key" {
		// whether a key may be shown where its row is open is not the point here
		return seal != standard.Open && (!insider || seal == standard.Bid && m < Opened || seal == standard.Committee && m < Determined)
	}
	readOut := []string{"BIDDER_NAME", "BID_PRICE", "OTHER_BID_PRICE", "TIME_LIMIT", "BID_MANAGER", "PRICE_FORM_CODE", "PRICE_CURRENCY", "PRICE_UNIT"}
	switch {
	case personal: // ID numbers, phones, e-mails, accounts: nobody without an order
		return true
	case s == seatSource:
		return p.origin != originA || seal != standard.Open
	case seal == standard.Bid && m < Opened: // nobody at all
		return true
	case seal == standard.Committee: // 法 37, and in construction never public
		return !insider || m < Determined
	case insider:
		return false
	case s == seatAdministrator:
		return seal != standard.Open
	case slices.Contains([]string{"519", "9010", "9011", "9006", "9007"}, p.dataset):
		return true
	case p.dataset == "507": // as far as the opening record is public
		return !slices.Contains(readOut, p.field)
	case p.dataset == "510":
		return m < InPublicity
	}
	f := ds.Field(p.field)
	return f != nil && f.Disclosure != standard.Public
}

func marshal(t interface{ Fatal(...any) }, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Nothing that a reader must not see stands in the view, the findings or the
// search text, although the docket holds it all.
func TestNoSecretInAnyView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, moments := scene(t)
		for _, rd := range readers {
			text := ""
			if v := View(l.d, rd.reader, now); v != nil {
				text = marshal(t, v) + v.Text()
			}
			for _, p := range l.planted {
				if strings.Contains(text, p.value) && forbidden(p, rd.seat, moments[lotKey{p.origin, p.lot}]) {
					t.Fatalf("%s sees %s.%s of %s at %s", rd.seat, p.dataset, p.field, p.origin, moments[lotKey{p.origin, p.lot}])
				}
			}
		}
	})
}

// A docket with sealed records looks, to everyone, as the same docket without
// them: no count, no event, no gap, no time tells of a bid before its opening.
func TestSealedRecordsLeaveNoTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, moments := scene(t)
		without := *l.d
		without.Live, without.Events = nil, nil
		gone := map[string]bool{}
		for _, e := range l.d.Live {
			m := moments[lotKey{e.Origin, e.Fields["BID_SECTION_CODE"] + e.Fields["BID_SECTION_CODES"]}]
			seal := standard.Default().Dataset(e.Dataset).Seal
			if seal == standard.Bid && m < Opened || seal == standard.Committee && m < Determined {
				gone[e.Key] = true
				continue
			}
			without.Live = append(without.Live, e)
		}
		for _, ev := range l.d.Events {
			if !gone[ev.Ref.Key] {
				without.Events = append(without.Events, ev)
			}
		}
		for _, rd := range readers {
			a, b := View(l.d, rd.reader, now), View(&without, rd.reader, now)
			if marshal(t, a) != marshal(t, b) {
				t.Fatalf("%s sees a trace of %d sealed records:\n%s\n%s", rd.seat, len(gone), marshal(t, a), marshal(t, b))
			}
		}
	})
}

// Log positions, whose gaps would tell, are nowhere in a view or finding
// before all lots are opened.
func TestNoPositionBeforeOpening(t *testing.T) {
	l := full(Before)
	for _, rd := range readers {
		if rd.seat == seatSource {
			continue // has them on its receipts
		}
		v := View(l.d, rd.reader, now)
		for _, e := range v.Entries {
			if e.Position != nil {
				t.Errorf("%s sees the log position of %s before the opening", rd.seat, e.Dataset)
			}
		}
		w := View(full(Opened).d, rd.reader, now)
		if len(w.Entries) == 0 || w.Entries[0].Position == nil {
			t.Errorf("%s does not see log positions after the opening", rd.seat)
		}
	}
}

// Time and later moments only add to what the public sees.
func TestViewOnlyGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.SampledFrom(construction()), 1, 12).Draw(t, "sets")
		build := func(m Moment) *life {
			l := newLife()
			l.d.Lots = []docket.Lot{{Code: lotCode(1)}}
			for i, no := range seed {
				l.put(no, originA, lotCode(1), fmt.Sprint("key-", no, i))
			}
			l.reach(originA, lotCode(1), m)
			return l
		}
		for _, rd := range readers {
			var last map[string]string
			for _, m := range Moments() {
				got := values(View(build(m).d, rd.reader, now))
				for k, v := range last {
					if got[k] != v && !strings.Contains(k, "PUBLICITY_START_TIME") && !strings.Contains(k, "CONTRACT_SIGN_TIME") {
						t.Fatalf("%s saw %s before %s and does not any more", rd.seat, k, m)
					}
				}
				last = got
			}
		}
		// A release that is not yet does not count; once it is, the view grows.
		l := build(Signed)
		early, late := values(View(l.d, Reader{}, now.Add(-time.Hour))), values(View(l.d, Reader{}, now))
		for k, v := range early {
			if late[k] != v {
				t.Fatalf("the public saw %s earlier and does not any more", k)
			}
		}
	})
}

func values(v *Docket) map[string]string {
	out := map[string]string{}
	if v == nil {
		return out
	}
	for i, e := range v.Entries {
		for _, f := range e.Fields {
			if f.Value != "" {
				out[e.Dataset+"."+f.Name+"."+f.Value] = f.Value
			}
		}
		_ = i
	}
	return out
}
