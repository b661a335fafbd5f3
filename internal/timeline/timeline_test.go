package timeline

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

func moment(t *testing.T, s string) trade.Moment {
	t.Helper()
	m, ok := trade.ParseMoment(s)
	if !ok {
		t.Fatalf("%q is not a moment", s)
	}
	return m
}

// TestDeadlineVectors checks that the periods as data give the days agreed on.
func TestDeadlineVectors(t *testing.T) {
	for _, v := range []struct{ period, from, end string }{
		{"bid-preparation", "20180301", "2018-03-21 00:00:00"}, // the first instant that is enough
		{"contract", "20180131", "2018-03-03 00:00:00"},        // the first instant that is too late
		{"publicity", "20180928", "2018-10-08 00:00:00"},       // lengthened, by practice
		{"document-objection-reply", "20180212", "2018-02-23 00:00:00"},
		{"document-objection-reply", "20190910", "2019-09-17 00:00:00"},
		{"complaint-acceptance", "20180928", "2018-10-09 00:00:00"},
		{"complaint-acceptance", "20180214", "2018-02-25 00:00:00"},
		{"complaint-acceptance", "20230928", "2023-10-10 00:00:00"},
		{"complaint-acceptance", "20200123", "2020-02-06 00:00:00"},
		{"complaint-decision", "20180301", "2018-04-14 00:00:00"},
		{"committee-draw", "201803200900", "2018-03-21 09:00:00"},
		{"opening-at-deadline", "201803210900", "2018-03-21 09:00:00"},
		{"opening-objection-reply", "201803210930", "2018-03-22 00:00:00"},
	} {
		p, ok := ByID(v.period)
		if !ok {
			t.Fatalf("no period %s", v.period)
		}
		end, provisional := Deadline(p, moment(t, v.from), trade.China())
		if got := end.In(trade.Zone).Format(time.DateTime); got != v.end || provisional {
			t.Errorf("%s from %s: %s (provisional %v), want %s", v.period, v.from, got, provisional, v.end)
		}
	}
	p, _ := ByID("complaint-acceptance")
	if _, provisional := Deadline(p, moment(t, "20261230"), trade.China()); !provisional {
		t.Error("days counted beyond the last known year must be provisional")
	}
}

func TestMinimumMet(t *testing.T) {
	p, _ := ByID("bid-preparation")
	for _, v := range []struct {
		from, to string
		met      bool
		n        int
	}{
		{"20180301", "20180321", true, 20},
		{"20180301", "201803210000", true, 20},
		{"201803011730", "201803210900", true, 20}, // hours do not count, days do
		{"20180301", "201803202359", false, 19},
		{"20180301", "20180301", false, 0},
		{"20180301", "20180226", false, -3},
	} {
		met, n, _ := MinimumMet(p, moment(t, v.from), moment(t, v.to), trade.China())
		if met != v.met || n != v.n {
			t.Errorf("%s to %s: met %v, %d days; want %v, %d", v.from, v.to, met, n, v.met, v.n)
		}
	}
}

// row makes an entry of lot L from "FIELD=value" pairs.
func row(position int64, dataset string, pairs ...string) docket.Entry {
	e := docket.Entry{Dataset: dataset, Origin: "P", Key: dataset + "-" + string(rune('a'+position)), Position: position, Fields: map[string]string{}}
	for _, p := range pairs {
		k, v, _ := strings.Cut(p, "=")
		e.Fields[k] = v
	}
	return e
}

func announce(d *docket.Docket, position int64, at string, live bool) {
	m, _ := trade.ParseMoment(at)
	d.Announced = append(d.Announced, docket.Announced{Lot: "L", Kind: "deadline", At: m.Time, Dataset: "504", Key: "x", Field: "BID_DOC_REFER_END_TIME", Position: position, Live: live})
}

// stepsByLaw judges by the law's own days and the nation's calendar.
func stepsByLaw(d *docket.Docket, at time.Time) []Step { return Law().Steps(d, at, trade.China()) }

func TestSteps(t *testing.T) {
	whole := func() *docket.Docket {
		d := &docket.Docket{ID: "T", Region: "410105", Origins: []string{"P"}, Lots: []docket.Lot{{Code: "L"}}}
		d.Live = []docket.Entry{
			row(1, "501", "IS_TO_LAW=1"),
			row(2, "503", "BID_SECTION_CODES=L", "NOTICE_SEND_TIME=20180301090000", "DOC_GET_START_TIME=20180301090000", "DOC_GET_END_TIME=20180307170000"),
			row(3, "511", "BID_SECTION_CODES=L", "PUBLICITY_START_TIME=20180928090000", "PUBLICITY_END_TIME=20181001170000"),
			row(4, "9018", "BID_SECTION_CODES=L", "WIN_NOTICE_SEND_TIME=20181015"),
		}
		announce(d, 2, "20180320090000", false)
		announce(d, 5, "20180325090000", true)
		return d
	}
	for _, v := range []struct {
		what, at, period string
		change           func(d *docket.Docket)
		state            State // "" = no step
		value            int
		due, again       string
	}{
		{what: "documents stand long enough", period: "document-issue", state: OnTime, value: 6, due: "2018-03-06 00:00:00"},
		{what: "the earliest announced deadline counts", period: "bid-preparation", state: Short, value: 19, due: "2018-03-21 00:00:00"},
		{what: "not ordered by law", period: "bid-preparation", change: func(d *docket.Docket) { d.Live[0].Fields["IS_TO_LAW"] = "0" }},
		{what: "a foreign docket has no Chinese steps", period: "document-issue", change: func(d *docket.Docket) { d.Origins = []string{"ocds-213czf"} }},
		{what: "publicity lengthened over the holiday", period: "publicity", state: Short, value: 3, due: "2018-10-08 00:00:00"},
		{what: "no contract, time left", at: "20181101", period: "contract", state: Due, due: "2018-11-15 00:00:00", again: "2018-11-15 00:00:00"},
		{what: "no contract, the last second", at: "20181114235959", period: "contract", state: Due, due: "2018-11-15 00:00:00", again: "2018-11-15 00:00:00"},
		{what: "no contract, too late", at: "20181115", period: "contract", state: Late, due: "2018-11-15 00:00:00"},
		{
			what: "contract on the last day", at: "20190101", period: "contract", state: OnTime, value: 30, due: "2018-11-15 00:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "512", "BID_SECTION_CODE=L", "CONTRACT_SIGN_TIME=20181114235959"))
			},
		},
		{
			what: "contract a day too late", at: "20190101", period: "contract", state: Late, value: 31, due: "2018-11-15 00:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "512", "BID_SECTION_CODE=L", "CONTRACT_SIGN_TIME=20181115000000"))
			},
		},
		{
			what: "of two award notices the first counts", at: "20181101", period: "contract", state: Due, due: "2018-11-15 00:00:00", again: "2018-11-15 00:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "9018", "BID_SECTION_CODES=L", "WIN_NOTICE_SEND_TIME=20181020"))
			},
		},
		{
			what: "contract of another lot", at: "20190101", period: "contract", state: Late, due: "2018-11-15 00:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "512", "BID_SECTION_CODE=M", "CONTRACT_SIGN_TIME=20181101000000"))
			},
		},
		{
			what: "a deleted contract is none", at: "20190101", period: "contract", state: Late, due: "2018-11-15 00:00:00",
			change: func(d *docket.Docket) {
				e := row(9, "512", "BID_SECTION_CODE=L", "CONTRACT_SIGN_TIME=20181101000000")
				e.Deleted = true
				d.Live = append(d.Live, e)
			},
		},
		{
			what: "a contract dated ahead is not signed yet", at: "20181101", period: "contract", state: Due, value: 29, due: "2018-11-15 00:00:00", again: "2018-11-13 10:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "512", "BID_SECTION_CODE=L", "CONTRACT_SIGN_TIME=20181113100000"))
			},
		},
		{
			what: "refund cannot be judged: no data set carries it", at: "20190101", period: "margin-refund", state: Insufficient, due: "2018-11-20 00:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "512", "BID_SECTION_CODE=L", "CONTRACT_SIGN_TIME=20181114"))
			},
		},
		{
			what: "a reply is tied to its objection", at: "20180401", period: "document-objection-reply", state: Late, due: "2018-03-07 00:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "9019", "BID_SECTION_CODE=L", "TYPE=1", "OBJECTIONG_GUID=g1", "SUBMIT_TIME=20180303100000"),
					row(10, "9020", "BID_SECTION_CODE=L", "OBJECTIONG_GUID=g2", "RESPONSE_SUBMIT_TIME=20180304100000"))
			},
		},
		{
			what: "a clarification is measured to the deadline as put off", period: "clarification", state: OnTime, value: 15, due: "2018-03-25 00:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "504", "BID_SECTION_CODE=L", "CLARIFY_TIME=20180310120000", "CLARIFY_CONTENT=第三章修改"))
			},
		},
		{
			what: "documents that clarify nothing are no clarification", period: "clarification",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "504", "BID_SECTION_CODE=L", "CLARIFY_TIME=20180310120000", "CLARIFY_CONTENT=无"))
			},
		},
		{
			what: "committee drawn more than a day ahead, Henan", at: "20180401", period: "committee-draw", state: Late, value: 25, due: "2018-03-25 08:00:00",
			change: func(d *docket.Docket) {
				d.Live = append(d.Live, row(9, "9005", "BID_SECTION_CODE=L", "EXTRACT_TIME=20180324080000"), row(10, "506", "BID_SECTION_CODES=L", "BID_OPENING_TIME=20180325090000"))
			},
		},
		{
			what: "Henan's rule elsewhere", at: "20180401", period: "committee-draw",
			change: func(d *docket.Docket) {
				d.Region = "350100"
				d.Live = append(d.Live, row(9, "9005", "BID_SECTION_CODE=L", "EXTRACT_TIME=20180324080000"), row(10, "506", "BID_SECTION_CODES=L", "BID_OPENING_TIME=20180325090000"))
			},
		},
	} {
		t.Run(v.what, func(t *testing.T) {
			d := whole()
			if v.change != nil {
				v.change(d)
			}
			if v.at == "" {
				v.at = "20180101"
			}
			var got Step
			for _, s := range stepsByLaw(d, moment(t, v.at).Time) {
				if s.Period == v.period && s.Lot == "L" {
					got = s
				}
			}
			text := func(at time.Time) string {
				if at.IsZero() {
					return ""
				}
				return at.In(trade.Zone).Format(time.DateTime)
			}
			if got.State != v.state || got.Value != v.value || text(got.Due) != v.due || text(got.Again) != v.again {
				t.Errorf("state %q value %d due %q again %q; want %q %d %q %q", got.State, got.Value, text(got.Due), text(got.Again), v.state, v.value, v.due, v.again)
			}
		})
	}
}

// TestAgainIsWhenItChanges steps through time: between now and Again a step's
// state stays, and at Again it is another.
func TestAgainIsWhenItChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &docket.Docket{ID: "T", Region: "410105", Origins: []string{"P"}}
		notice := trade.Date(2018, 1, 1) + trade.Day(rapid.IntRange(0, 700).Draw(t, "notice"))
		d.Live = []docket.Entry{row(1, "9018", "WIN_NOTICE_SEND_TIME="+notice.Start().Format("20060102150405"))}
		if signed := rapid.IntRange(-3, 60).Draw(t, "signed"); signed > -3 {
			d.Live = append(d.Live, row(2, "512", "CONTRACT_SIGN_TIME="+(notice+trade.Day(signed)).Start().Format("20060102150405")))
		}
		at := (notice + trade.Day(rapid.IntRange(0, 60).Draw(t, "at"))).Start().Add(time.Hour)
		state := func(at time.Time) Step {
			for _, s := range stepsByLaw(d, at) {
				if s.Period == "contract" {
					return s
				}
			}
			return Step{}
		}
		now := state(at)
		until := now.Again
		if until.IsZero() {
			until = at.AddDate(1, 0, 0)
		} else if then := state(until); then.State == now.State && then.Again.Equal(now.Again) {
			t.Fatalf("nothing changes at %v: %v", until, then.State)
		}
		if mid := state(until.Add(-time.Second)); mid.State != now.State {
			t.Fatalf("%v became %v before %v", now.State, mid.State, until)
		}
	})
}

func TestReadPeriodsRefuses(t *testing.T) {
	const good = "periods:\n  - {id: a, article: x, zh: x, en: x, class: [land], from: opening, to: bid.deadline, kind: calendar, sense: min, days: 3}\n"
	if _, err := ReadPeriods([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for old, wrong := range map[string]string{
		"kind: calendar": "kind: lunar", "sense: min": "sense: about", "days: 3": "days: -3", "from: opening": "from: nowhere",
		"days: 3}": "days: 3, lengthen: true}", "id: a,": "id: a, colour: red,", "article: x": "article: ''",
		"class: [land]": "class: [moon]", ", class: [land]": "", "sense: min, ": "sense: min, unverified: true, ", "kind: calendar,": "kind: calendar, form: [gift],",
	} {
		if _, err := ReadPeriods([]byte(strings.Replace(good, old, wrong, 1))); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
	if _, err := ReadPeriods([]byte(good + good[len("periods:\n"):])); err == nil {
		t.Error("an id that stands twice was read")
	}
}

// TestEventsWithoutSource keeps the data honest: a period whose end no data set
// carries says so, and none says so that could be judged.
func TestEventsWithoutSource(t *testing.T) {
	for _, p := range Periods() {
		blind := len(eventsByID()[p.From].Sources) == 0 || len(eventsByID()[p.To].Sources) == 0
		if blind != (p.Observed == "no") {
			t.Errorf("period %s: observed is %q, but blind is %v", p.ID, p.Observed, blind)
		}
		if p.Observed == "some" && p.Sense != Max {
			t.Errorf("period %s: that a minimum's end has not come proves nothing anyway", p.ID)
		}
		if p.Since == nil {
			t.Errorf("period %s has no first day of effect", p.ID)
		}
	}
}
