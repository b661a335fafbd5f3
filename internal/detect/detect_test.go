package detect

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// anyDocket draws dockets of all kinds of rubbish that is near enough to sense
// to reach deep into the rules.
func anyDocket(t *rapid.T) *docket.Docket {
	lot := rapid.SampledFrom([]string{"", "L1", "L2", "L1;L2", "；", "\x00"})
	text := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "0", "1", "2", "3", "无", "A", "B", "甲公司", "20180301", "20180301090000", "20180320", "2018-03-21T09:00:00+08:00", "99999999999999",
			"00-1a-2b-3c-4d-5e", "00:1A:2B:3C:4D:5E;ff-ff-ff-ff-ff-ff", "c1", ";;;", "L1", "\xff\xfe", "123.5.6.7", "192.168.0.1;123.5.6.7", "<a><LockNo>GLD-00371234</LockNo></a>", "{\"lock\":\"GLD-00371234\"}", "<a", "1000000", "100.01", "2.5%",
			"6216600000000000001", "99999999999999.999999", "-1", "g1", "随机抽取", "指定专家", "91410100MA0000000A",
			"技术标满分80分", "分包比例45%", "不得转包", "须本地注册", "王建国", "豫1412019202001", "投诉属实", "放弃中标", "d41d8cd98f00b204e9800998ecf8427e", "20180320100100", "0.5", "100", "30",
			"公开招标公告", "单一来源公示", "挂牌", "20", "999", "1000000000",
		}),
		rapid.StringN(0, 12, 40))
	field := rapid.SampledFrom([]string{
		"BULLETIN_TYPE", "NOTICE_NATURE", "IS_POSTPONE", "IS_TO_LAW", "TENDER_MODE", "DOC_GET_START_TIME", "BID_DOC_REFER_END_TIME", "SUBMIT_TIME",
		"CLARIFY_TIME", "NOTICE_SEND_TIME", "WIN_NOTICE_SEND_TIME", "CONTRACT_SIGN_TIME", "WIN_BIDDER_CODE", "WIN_BIDDER_NAME", "BIDDER_CODE", "BIDDER_NAME", "BIDDER_ORG_CODE",
		"UNION_ORGAN_SET_CODE", "UNION_ENTERPRISE_NAME", "CPU_ID", "MAC_ADDRESS", "HARD_DISK_SERIAL_NUMBER", "EXCEPITON_TYPE", "BID_OPENING_TIME", "TENDERER_CODE", "BID_STATUS",
		"DOC_GET_END_TIME", "CLARIFY_CONTENT", "POST_OPEN_TIME", "CHECKIN_TIME", "EXPERT_NAME", "EXPERT_CHECK_IN_TIME", "EXTRACT_TIME", "EXTRACT_RULE", "PUBLICITY_START_TIME", "PUBLICITY_END_TIME",
		"OBJECTIONG_GUID", "TYPE", "RESPONSE_SUBMIT_TIME", "MARGIN_AMOUNT", "MARGIN_AMOUNT_UNIT", "MARGIN_PERCENT", "MARGIN_PAY", "MARGIN_ACCOUNT", "REFUND_TIME", "CONTRACT_RECKON_PRICE", "PRICE_UNIT",
		"NET_ID", "VALUATION_XML", "BID_PRICE", "PRICE_FORM_CODE", "CONTRACT_PRICE", "BID_AMOUNT", "REGION_CODE", "APPROVAL_TIME", "IS_VETO",
		"BULLETIN_TITLE", "BULLETIN_START_TIME", "BID_CLOSING_TIME", "WIN_BID_BULLETIN_START_TIME", "SIGNING_TIME", "TM", "ANN_CODE", "PUBLISHING_TIME", "LISTING_START_TIME",
		"COMPLAINT_DATE", "ACCEPT_DATE", "HANDLE_DATE", "HANDLE_RESULT", "FILING_TIME", "IS_PAST", "TRADE_STEP", "APPROVAL_DATE", "ALERT_DATE", "HANDLED", "BODY_CODE", "TOTAL_INVESTMENT", "TENDER_SCOPE", "BID_QUALIFICATION", "NOTICE_CONTENT",
		"TECHNICAL_DETAIL", "EVALUATING_METHOD", "OTHER_POINTS", "PRICE_POINTS", "TECHNICAL_POINTS", "QUALIFICATION_POINTS", "RANK", "DOC_PRICE", "DOC_PRICE_UNIT", "MAKE_TOOL_XML", "BID_DOCUMENT_MD5", "PURCHASE_IP", "DOWNLOAD_IP", "PURCHASE_ACCOUNT",
		"COMPANY_CODE", "COMPANY_NAME", "PURCHASE_PERSON_NAME", "PURCHASE_PERSON_CODE", "UNIT_NAME", "MANAGER_PHONE", "BID_MANAGER", "PM_CERTIFICATES", "PM_CODE", "NAME", "TENDER_DOC_SUBMITTIME", "WIN_CANDIDATE_ORDER", "WIN_CANDIDATE_CODE", "EXCEPITON_INFOR",
		"IS_LOST", "END_TIME", "EVALUATION_RESULT", "PERSON_NAME", "PERSON_ROLE", "ENTER_TIME", "LEAVE_TIME", "BID_ECTION_NUM", "REASON", "VETO_REASON_DETAIL", "CONTROL_PRICE", "CONTROL_PRICE_UNIT", "WIN_BID_PRICE", "WINNINGBIDDER_NAME", "CONTRACT_AMOUNT", "SUPPLIER_NAME",
		"LIMITE_TIME", "TIME_LIMIT", "AMOUNT_BEFORE", "AMOUNT_AFTER", "CHANGE_NUMBER", "CHANGE_TIME", "SETTLE_PRICE", "ACTUALLY_PERIOD", "PAYMENT_AMOUNT", "PAYMENT_KIND", "PROGRESS_PERCENT", "PAYMENT_TIME", "CONTRACT_CONTENT", "DAYS_AFTER", "DATA_TIMESTAMP",
		"LISTING_DEADLINE", "ANNOUNCEMENT_TITLE", "DT_BUY_DATE", "PUBLISH_DATE", "PUBLISH_DURATION", "TRADE_DATE", "PROJECT_NAME", "PROJECT_PRICE", "PRICE_UNIT",
	})
	dataset := rapid.SampledFrom([]string{
		"501", "502", "503", "504", "505", "506", "507", "509", "511", "512", "513", "508", "510", "514", "517", "519", "523", "9005", "9010", "9011", "9016", "9017", "9106", "9112", "9018", "9019", "9020", "ocds", "", "x",
		"300", "302", "400", "402", "404", "522", "556", "557", "9001", "9002", "9004", "9006", "9007", "9015", "9101", "9103", "9105", "9107", "9108", "9109", "9110",
		"521", "9003", "550", "551", "552", "553", "554", "1900", "600", "601", "650", "652", "657", "700", "701", "750", "753",
	})
	at := rapid.Map(rapid.Int64Range(1_400_000_000, 1_900_000_000), func(s int64) time.Time { return time.Unix(s, 0).UTC() })
	origin := rapid.SampledFrom([]string{"P", "Q", "ocds-213czf", ""})
	d := &docket.Docket{
		ID: "T", Class: rapid.SampledFrom([]string{"construction", "", "procurement", "land", "mining", "property"}).Draw(t, "class"),
		Region: rapid.SampledFrom([]string{"410105", "", "999999", "x"}).Draw(t, "region"), Origins: rapid.SliceOfN(origin, 0, 2).Draw(t, "origins"),
	}
	entry := rapid.Custom(func(t *rapid.T) docket.Entry {
		e := docket.Entry{
			Dataset: dataset.Draw(t, "dataset"), Origin: origin.Draw(t, "origin"), Key: rapid.SampledFrom([]string{"k1", "k2", "k3", ""}).Draw(t, "key"),
			Position: rapid.Int64Range(0, 50).Draw(t, "position"), Deleted: rapid.IntRange(0, 9).Draw(t, "deleted") == 0, Received: at.Draw(t, "received"),
			History: rapid.IntRange(0, 9).Draw(t, "history") == 0, Versions: rapid.IntRange(0, 3).Draw(t, "versions"), Occurred: text.Draw(t, "occurred"),
		}
		if rapid.Bool().Draw(t, "first") {
			e.First = at.Draw(t, "first at")
		}
		if rapid.IntRange(0, 9).Draw(t, "fields") > 0 {
			e.Fields = rapid.MapOfN(field, text, 0, 8).Draw(t, "fields")
			e.Fields["BID_SECTION_CODE"] = lot.Draw(t, "lot")
		}
		return e
	})
	d.Live = rapid.SliceOfN(entry, 0, 12).Draw(t, "live")
	d.Announced = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) docket.Announced {
		return docket.Announced{
			Lot: lot.Draw(t, "lot"), Kind: rapid.SampledFrom([]string{"deadline", "opening", ""}).Draw(t, "kind"), At: at.Draw(t, "at"),
			WholeDay: rapid.Bool().Draw(t, "whole"), Dataset: dataset.Draw(t, "dataset"), Origin: origin.Draw(t, "origin"), Key: "k1", Field: "BID_DOC_REFER_END_TIME",
			Position: rapid.Int64Range(0, 50).Draw(t, "position"), Live: rapid.Bool().Draw(t, "live"),
		}
	}), 0, 4).Draw(t, "announced")
	d.Releases = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) docket.Release {
		return docket.Release{
			Origin: origin.Draw(t, "origin"), Lot: lot.Draw(t, "lot"), Seal: rapid.SampledFrom([]standard.Seal{standard.Bid, standard.Committee}).Draw(t, "seal"),
			State: rapid.SampledFrom([]string{"opened", "failed", ""}).Draw(t, "state"), Bidders: rapid.IntRange(-1, 5).Draw(t, "bidders"), Position: rapid.Int64Range(0, 50).Draw(t, "position"),
			Basis: docket.Ref{Dataset: dataset.Draw(t, "basis"), Key: "k1"},
		}
	}), 0, 3).Draw(t, "releases")
	d.Lots = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) docket.Lot { return docket.Lot{Code: lot.Draw(t, "lot")} }), 0, 2).Draw(t, "lots")
	return d
}

// TestEvaluateProperties: no rule breaks down on any docket, the same arguments
// give the same findings, keys tell findings apart, a docket is not changed,
// and every finding is whole.
func TestEvaluateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocket(t)
		before, _ := json.Marshal(d)
		env := Env{At: time.Unix(rapid.Int64Range(1_400_000_000, 1_900_000_000).Draw(t, "at"), 0)}
		ed := MakeEdition([]*docket.Docket{d}, 7, env.At)
		if rapid.Bool().Draw(t, "peers") {
			env.Peers = &ed
		}
		for _, r := range Rules() {
			if fs := r.Look(d, env); len(fs) == 0 { // called bare: a panic here fails the test
				t.Fatalf("%s answers nothing", r.Info().ID)
			}
		}
		fs := Evaluate(d, env)
		if diff := cmp.Diff(fs, Evaluate(d, env)); diff != "" {
			t.Fatalf("the same arguments gave other findings: %s", diff)
		}
		if after, _ := json.Marshal(d); string(after) != string(before) {
			t.Fatal("the docket was changed")
		}
		bare := env.filled().of(d)
		var asked []Finding
		for _, r := range Rules() {
			asked = append(asked, ask(r, d, bare)...)
		}
		if diff := cmp.Diff(asked, fs); diff != "" {
			t.Fatalf("the index of the docket shows: %s", diff)
		}
		terse := env
		terse.Terse = true
		for i, f := range Evaluate(d, terse) {
			want := fs[i]
			if f.State != Fired && f.State != Failed {
				want.Key, want.Digest, want.TextZH, want.TextEN, want.Subjects, want.Evidence = "", "", "", "", f.Subjects, f.Evidence
			}
			if diff := cmp.Diff(want, f); diff != "" {
				t.Fatalf("told in few words it is another answer: %s", diff)
			}
		}
		keys := map[string]bool{}
		for _, f := range fs {
			if keys[f.Key] {
				t.Fatalf("two findings have one key: %+v", f)
			}
			keys[f.Key] = true
			whole(t, f)
		}
		if v := Vector(fs); strings.ContainsAny(v, "?x") {
			t.Fatalf("vector %s", v)
		}
		_ = timeline.Law().Steps(d, env.At, trade.China())
	})
}

func whole(t *rapid.T, f Finding) {
	if len(f.Key) != 64 || len(f.Digest) != 64 || f.TextZH == "" || f.TextEN == "" || f.Grade == "" {
		t.Fatalf("not whole: %+v", f)
	}
	for _, word := range []string{"串通", "围标", "串标", "collusion", "guilty"} {
		if strings.Contains(f.TextZH+f.TextEN, word) {
			t.Fatalf("a verdict, not a clue: %s", f.TextZH)
		}
	}
	switch f.State {
	case Fired:
		if f.Value == "" || f.Threshold == "" || f.Settings == "" || len(f.Evidence) == 0 || !strings.Contains(f.TextZH, "建议核查") || !strings.Contains(f.TextEN, "checking is suggested") {
			t.Fatalf("fired without value, threshold, settings, evidence or the suggestion to check: %+v", f)
		}
	case InsufficientData, NotApplicable:
		if f.Reason == "" {
			t.Fatalf("%s without a reason: %+v", f.State, f)
		}
	case Failed:
		t.Fatalf("failed: %+v", f)
	}
}

// TestAgainWakes: before Again a finding stays as it is, whatever the hour, as
// long as the same lines of settings are in force.
func TestAgainWakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocket(t)
		at := time.Unix(rapid.Int64Range(1_500_000_000, 1_550_000_000).Draw(t, "at"), 0)
		now := Evaluate(d, Env{At: at})
		until := Again(now)
		if until.IsZero() {
			until = at.Add(30 * 24 * time.Hour)
		}
		for _, line := range DefaultSettings().Lines() {
			for _, day := range []*trade.Day{line.Since, line.Until} {
				if day == nil {
					continue
				}
				for _, turn := range []time.Time{day.Start(), day.End()} {
					if turn.After(at) && turn.Before(until) {
						until = turn
					}
				}
			}
		}
		if !until.After(at) {
			t.Fatalf("again %v is not after %v", until, at)
		}
		mid := at.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(at))-1).Draw(t, "later")))
		if diff := cmp.Diff(now, Evaluate(d, Env{At: mid})); diff != "" {
			t.Fatalf("changed between %v and %v, though to be asked again only at %v: %s", at, mid, until, diff)
		}
	})
}

type breaking struct{}

func (breaking) Info() Info                         { return Info{ID: "X00", ZH: "坏", EN: "bad"} }
func (breaking) Look(*docket.Docket, Env) []Finding { panic("secret 13800138000") }

func TestAskSurvivesABrokenRule(t *testing.T) {
	fs := ask(breaking{}, &docket.Docket{ID: "T"}, Env{})
	if len(fs) != 1 || fs[0].State != Failed || fs[0].Reason == "" || Vector(fs) != "X00:x" {
		t.Fatalf("%+v", fs)
	}
	if b, _ := json.Marshal(fs); strings.Contains(string(b), "13800138000") {
		t.Error("what the rule was looking at got out")
	}
}

func docketOf(entries ...docket.Entry) *docket.Docket {
	return &docket.Docket{ID: "T", Region: "410105", Class: "construction", Origins: []string{"P"}, Lots: []docket.Lot{{Code: "L1"}}, Live: entries}
}

func notice(start string) docket.Entry {
	return docket.Entry{Dataset: "9018", Origin: "P", Key: "W1", Position: 3, Fields: map[string]string{"WIN_NOTICE_SEND_TIME": start}}
}

// TestDigest: it changes with the evidence's values and with the settings, and
// not with where in the log the same value stands or what the hour is.
func TestDigest(t *testing.T) {
	find := func(d *docket.Docket, env Env) Finding {
		env = env.filled()
		return newA13().Look(d, env)[0]
	}
	march, april := Env{At: trade.Date(2018, 3, 10).Start()}, Env{At: trade.Date(2018, 4, 10).Start()}
	base := find(docketOf(notice("20180131")), march)
	moved := notice("20180131")
	moved.Position, moved.Revision, moved.Received = 99, "7", time.Now()
	if got := find(docketOf(moved), april); got.Digest != base.Digest || got.Key != base.Key {
		t.Error("the same values at another position or hour ended a dismissal")
	}
	if got := find(docketOf(notice("20180130")), march); got.Digest == base.Digest || got.Key != base.Key {
		t.Error("a changed value did not end a dismissal, or changed the key")
	}
	more, err := ReadSettings([]byte("settings: [{id: x, date: 2018-01-01, indicator: A13, region: '410105', days: 31, source: test}]"))
	if err != nil {
		t.Fatal(err)
	}
	if got := find(docketOf(notice("20180131")), Env{At: march.At, Settings: DefaultSettings().With(more)}); got.Digest == base.Digest {
		t.Error("changed settings did not end a dismissal")
	}
}

// TestDigestForgetsOrder: the same announcements, sent again in another order,
// are the same evidence.
func TestDigestForgetsOrder(t *testing.T) {
	digest := func(a, b int64) string {
		d := docketOf(docket.Entry{Dataset: "503", Origin: "P", Key: "N"}, docket.Entry{Dataset: "504", Origin: "P", Key: "D"})
		d.Announced = []docket.Announced{
			{Kind: "deadline", At: trade.Date(2018, 3, 21).Start(), Dataset: "503", Origin: "P", Key: "N", Field: "BID_DOC_REFER_END_TIME", Position: a, Live: true},
			{Kind: "deadline", At: trade.Date(2018, 3, 23).Start(), Dataset: "504", Origin: "P", Key: "D", Field: "BID_DOC_REFER_END_TIME", Position: b, Live: true},
		}
		f := k09{}.Look(d, Env{At: trade.Date(2018, 3, 1).Start()})[0]
		if f.State != Fired {
			t.Fatalf("state %s", f.State)
		}
		return f.Digest
	}
	if digest(1, 2) != digest(8, 7) {
		t.Error("another order of arrival ended a dismissal")
	}
}

func TestVector(t *testing.T) {
	got := Vector([]Finding{{Indicator: "A02", State: Fired}, {Indicator: "A02", State: Clear}, {Indicator: "A05", State: InsufficientData}, {Indicator: "K01", State: NotApplicable}, {Indicator: "K01", State: Failed}})
	if got != "A02:fc A05:i K01:nx" {
		t.Errorf("got %q", got)
	}
	if Vector(nil) != "" {
		t.Error("no findings, no vector")
	}
}

func TestReadSettingsRefuses(t *testing.T) {
	const good = "settings: [{id: x, date: 2018-01-01, indicator: A02, days: 3, source: s}]"
	if _, err := ReadSettings([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for old, wrong := range map[string]string{
		"id: x": "id: ''", "date: 2018-01-01, ": "", "indicator: A02": "indicator: Z99", "days: 3": "days: -3", "source: s": "source: ''",
		"days: 3,": "days: 3, colour: red,", "2018-01-01, indicator: A02, days: 3": "2018-01-01, indicator: A02, period: forever", "A02, days: 3,": "A02, applies: perhaps,", "A02, days: 3, ": "A02, own_machines: [{note: all}], ",
	} {
		if _, err := ReadSettings([]byte(strings.Replace(good, old, wrong, 1))); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
	for _, bad := range []string{ // a slip in a name would otherwise be passed over
		"H01, limits: {percents: 20}", "H01, limits: {percent: -1}", "A02, limits: {percent: 20}", "C01, words: {colour: [红]}", "C02, words: {area: [红]}",
	} {
		if _, err := ReadSettings([]byte("settings: [{id: x, date: 2018-01-01, source: s, indicator: " + bad + "}]")); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestSettingsFor(t *testing.T) {
	s, err := ReadSettings([]byte(`settings:
  - {id: china, date: 2018-01-01, indicator: A02, days: 20, source: s, reason: base}
  - {id: construction, date: 2018-01-01, indicator: A02, class: construction, days: 21, source: s}
  - {id: city, date: 2018-01-01, indicator: A02, region: "410100", days: 22, source: s, since: 2019-01-01}
  - {id: county, date: 2018-01-01, indicator: A02, region: "410105", source: s}
  - {id: ocds, date: 2018-01-01, indicator: A02, region: ocds, days: 15, source: s}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		region, class, origin string
		year, days            int
		name                  string
	}{
		{"410105", "construction", "P", 2020, 22, "china construction city county"},
		{"410105", "construction", "P", 2018, 21, "china construction county"},
		{"410105", "", "P", 2018, 21, "china construction county"},
		{"410105", "procurement", "P", 2018, 20, "china county"},
		{"350100", "construction", "P", 2020, 21, "china construction"},
		{"", "construction", "ocds-213czf", 2020, 15, "ocds"},
	} {
		e, ok := s.For("A02", &docket.Docket{Region: v.region, Class: v.class, Origins: []string{v.origin}}, trade.Date(v.year, 6, 1))
		name := strings.ReplaceAll(strings.ReplaceAll(e.Name, "@2018-01-01", ""), "+", " ")
		if !ok || *e.Days != v.days || name != v.name {
			t.Errorf("%+v: %d days by %s", v, *e.Days, name)
		}
	}
	if _, ok := s.For("K01", &docket.Docket{}, 0); ok {
		t.Error("an indicator without a line has a setting")
	}
}

// TestRulesAreDescribed keeps ids unique, in order and with a default setting.
func TestRulesAreDescribed(t *testing.T) {
	var ids []string
	for _, r := range Rules() {
		i := r.Info()
		ids = append(ids, i.ID)
		if i.Version < 1 || i.ZH == "" || i.EN == "" || (i.Grade != Fact && i.Grade != Clue) || len(i.Datasets) == 0 {
			t.Errorf("%s is not described: %+v", i.ID, i)
		}
		if a := advice[i.ID]; a[0] == "" || a[1] == "" {
			t.Errorf("%s says nothing of what to look at", i.ID)
		}
		if !reflect.DeepEqual(i, r.Info()) {
			t.Errorf("%s describes itself differently", i.ID)
		}
		for _, origin := range []string{"P", "ocds-213czf"} {
			if _, ok := DefaultSettings().For(i.ID, &docket.Docket{Class: "construction", Origins: []string{origin}}, trade.Date(2020, 1, 1)); !ok {
				t.Errorf("%s has no default setting for origin %s", i.ID, origin)
			}
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("rules are not in order of id: %v", ids)
	}
}

func TestForeignDockets(t *testing.T) {
	row := func(dataset, key string, fields map[string]string) docket.Entry {
		return docket.Entry{Dataset: dataset, Origin: "ocds-213czf", Key: key, Fields: fields}
	}
	d := &docket.Docket{ID: "ocds-213czf-1", Class: "procurement", Origins: []string{"ocds-213czf"}, Live: []docket.Entry{
		row("503", "n", map[string]string{"DOC_GET_START_TIME": "20180301090000"}),
		row("507", "b1", map[string]string{"BIDDER_NAME": "A", "BIDDER_ORG_CODE": "AM-1"}),
		row("507", "b2", map[string]string{"BIDDER_NAME": "B", "BIDDER_ORG_CODE": "AM-2", "BID_STATUS": "withdrawn"}),
		row("513", "w", map[string]string{"NOTICE_SEND_TIME": "20180101090000"}),
	}, Announced: []docket.Announced{{Kind: "deadline", At: trade.Date(2018, 3, 11).Start(), Dataset: "503", Origin: "ocds-213czf", Key: "n", Field: "BID_DOC_REFER_END_TIME", Live: true}}}
	fs := Evaluate(d, Env{At: trade.Date(2020, 1, 1).Start()})
	// Of all indicators three ask something of another country's docket.
	for _, v := range strings.Fields(Vector(fs)) {
		id, states, _ := strings.Cut(v, ":")
		want := or(map[string]string{"A02": "f", "A05": "f", "K09": "c"}[id], strings.Repeat("n", len(states)))
		if states != want {
			t.Errorf("%s, want %s", v, want)
		}
	}
	byID := map[string]Finding{}
	for _, f := range fs {
		byID[f.Indicator] = f
		if f.State == Fired && f.Article != "" {
			t.Errorf("%s judges a foreign docket by %s", f.Indicator, f.Article)
		}
	}
	if a02, a05 := byID["A02"], byID["A05"]; a02.Value != "10 d" || a02.Threshold != "15 d" || a05.Value != "1 bidder" {
		t.Errorf("%s of %s, %s", a02.Value, a02.Threshold, a05.Value)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	var live []docket.Entry
	for i := range 10 {
		live = append(live, docket.Entry{Dataset: "519", Origin: "P", Key: fmt.Sprint("s", i), Received: time.Unix(1_520_000_000, 0), Versions: 1, Fields: map[string]string{
			"BID_SECTION_CODE": "L1", "BIDDER_NAME": fmt.Sprint("公司", i), "BIDDER_ORG_CODE": fmt.Sprint("91410100MA000000", i), "CPU_ID": fmt.Sprint("c", i%9),
			"MAC_ADDRESS": fmt.Sprintf("00-1a-2b-3c-4d-%02x", i%9), "HARD_DISK_SERIAL_NUMBER": fmt.Sprint("d", i%9), "TENDER_DOC_SUBMITTIME": "20180320100000",
		}})
	}
	live = append(live, notice("20180401"), docket.Entry{Dataset: "503", Origin: "P", Key: "n", Fields: map[string]string{"DOC_GET_START_TIME": "20180301", "NOTICE_SEND_TIME": "20180301"}})
	d := docketOf(live...)
	d.Releases = []docket.Release{{Origin: "P", Lot: "L1", Seal: standard.Bid, State: "opened", Bidders: 10}}
	d.Announced = []docket.Announced{{Kind: "deadline", At: trade.Date(2018, 3, 21).Start(), Dataset: "503", Origin: "P", Key: "n", Live: true}}
	env := Env{At: trade.Date(2020, 1, 1).Start()}
	for b.Loop() {
		Evaluate(d, env)
	}
}

// TestAccountsStandNowhere: what D08 says holds no account, and its digest does
// not depend on which account it was, so that nobody can try numbers on it.
func TestAccountsStandNowhere(t *testing.T) {
	find := func(account string) Finding {
		row := func(bidder string) docket.Entry {
			return docket.Entry{Dataset: "9011", Origin: "P", Key: bidder, Fields: map[string]string{"BID_SECTION_CODE": "L1", "BIDDER_ORG_CODE": bidder, "MARGIN_ACCOUNT": account}}
		}
		d := docketOf(row("A"), row("B"))
		d.Releases = []docket.Release{{Origin: "P", Lot: "L1", Seal: standard.Bid, State: "opened", Bidders: 3}}
		return newD08().Look(d, Env{At: trade.Date(2018, 4, 1).Start()})[0]
	}
	a, b := find("6216600000000000001"), find("6216600000000000002")
	if a.State != Fired || a.Digest != b.Digest {
		t.Errorf("%s; digests %s and %s", a.State, a.Digest, b.Digest)
	}
	if text, _ := json.Marshal(a); strings.Contains(string(text), "62166") {
		t.Errorf("an account got out: %s", text)
	}
}

// TestPeriodSettings: a line without indicator sets the days of a period for
// the indicators that count by it, in its region, under its name; an
// indicator's own line goes before it.
func TestPeriodSettings(t *testing.T) {
	read := func(lines string) (*Settings, error) { return ReadSettings([]byte("settings: [" + lines + "]")) }
	set, err := read("{id: P, date: 2018-01-01, period: contract, days: 45, region: '410100', source: test}")
	if err != nil {
		t.Fatal(err)
	}
	env := Env{At: trade.Date(2018, 3, 10).Start(), Settings: DefaultSettings().With(set)}.filled()
	f := newA13().Look(docketOf(notice("20180131")), env)[0]
	if f.State != Clear || f.Threshold != "45 d" || f.Settings != "A13@2026-11-23+P@2018-01-01" {
		t.Errorf("in the region: %s, %s, %s", f.State, f.Threshold, f.Settings)
	}
	elsewhere := docketOf(notice("20180131"))
	elsewhere.Region = "410305"
	if f := newA13().Look(elsewhere, env)[0]; f.State != Fired || f.Threshold != "30 d" {
		t.Errorf("elsewhere: %s, %s", f.State, f.Threshold)
	}
	own, err := read("{id: Q, date: 2018-01-01, indicator: A13, days: 31, source: test}")
	if err != nil {
		t.Fatal(err)
	}
	env.Settings = env.Settings.With(own)
	if f := newA13().Look(docketOf(notice("20180131")), env)[0]; f.Threshold != "31 d" {
		t.Errorf("the indicator's own line: %s", f.Threshold)
	}
	steps := env.Settings.Table().Steps(docketOf(notice("20180131")), env.At, env.Calendar, "contract")
	if len(steps) != 1 || steps[0].Limit != 45 || steps[0].Source != "test" {
		t.Errorf("the timeline does not know the line: %+v", steps)
	}
	for _, bad := range []string{
		"{id: x, date: 2018-01-01, period: contract, source: test}", "{id: x, date: 2018-01-01, period: none, days: 3, source: test}",
		"{id: x, date: 2018-01-01, period: contract, days: -3, source: test}", "{id: x, date: 2018-01-01, class: land, period: contract, days: 3, source: test}",
		"{id: x, date: 2018-01-01, source: test, form_codes: [{dataset: '550', field: PURCHASER_MODE, code: '1', form: gift}]}",
		"{id: x, date: 2018-01-01, indicator: A13, source: test, form_codes: [{dataset: '550', field: PURCHASER_MODE, code: '1', form: tender}]}",
	} {
		if _, err := read(bad); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// TestSeriesOfHonestPrices measures how often chance alone makes a series of
// prices that are drawn independently: the reason for the stricter line of three.
func TestSeriesOfHonestPrices(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	set, _ := DefaultSettings().For("F01", docketOf(), trade.Date(2026, 1, 1))
	const lots = 4000
	for n := 3; n <= 7; n++ {
		fired := 0
		for range lots {
			var prices []price
			for range n {
				e := &docket.Entry{Dataset: "507", Fields: map[string]string{}}
				prices = append(prices, price{row: e, money: trade.Money(180_000+rnd.IntN(18_000)) * 100 * trade.Yuan})
			}
			slices.SortFunc(prices, func(a, b price) int { return int(a.money - b.money) })
			if (f01{}).judge(start(f01{}.Info(), docketOf(), "L1", set), prices, set, false).State == Fired {
				fired++
			}
		}
		t.Logf("%d prices: %d of %d honest lots", n, fired, lots)
		if fired*200 > lots {
			t.Errorf("%d prices: a series in %d of %d honest lots, more than one in two hundred", n, fired, lots)
		}
	}
}
