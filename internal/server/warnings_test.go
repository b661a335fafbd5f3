package server

import (
	"bytes"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// supervised is a real house whose supervisors can act.
func supervised(t *testing.T, dockets int) (*house, []standard.Record) {
	t.Helper()
	h, records := realHouse(t, dockets)
	l, db := h.server.cfg.Ledger.(*ledger.Ledger), h.server.cfg.Store.(*store.DB)
	h.server.cfg.Supervision = refold.Acts{Store: db, Ledger: l, Clock: h.server.cfg.Clock}
	tokens["everywhere"] = disclose.Reader{Audience: disclose.Supervisor, ID: "省发改委", Regions: []string{disclose.Everywhere}}
	return h, records
}

func (h *house) act(t *testing.T, who, address string, body ActBody) *httptest.ResponseRecorder {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", address+"/acts", bytes.NewReader(b))
	r.Header.Set("Authorization", "Bearer "+who)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

func address(it WarningItem) string { return "/api/v1/warnings/" + it.Docket + "/" + it.Key }

func warnings(t *testing.T, h *house, who, query string) WarningList {
	t.Helper()
	return decode[WarningList](t, h.get("/api/v1/warnings?"+query, who))
}

func has(l WarningList, key string) bool {
	for _, i := range l.Items {
		if i.Key == key {
			return true
		}
	}
	return false
}

// The queue holds the findings that each may see, and its total says how many:
// those that the older list looks at one by one.
func TestWarningsAreTheFindings(t *testing.T) {
	h, _ := supervised(t, 14)
	tokens["luoyang land"] = disclose.Reader{Audience: disclose.Supervisor, ID: "x", Regions: []string{"4103"}, Sectors: []string{"land", "mining"}}
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator", "everywhere", "luoyang land"} {
		for _, region := range []string{"", "410100"} {
			query := ""
			if region != "" {
				query = "&region=" + region
			}
			want := map[string]bool{}
			for cursor := ""; ; {
				l := decode[FindingList](t, h.get("/api/v1/findings?limit=200&cursor="+cursor+query, who))
				for _, f := range l.Items {
					want[f.Docket+f.Key] = true
				}
				if cursor = l.Next; cursor == "" {
					break
				}
			}
			got := map[string]bool{}
			total := -1
			for cursor := ""; ; {
				l := warnings(t, h, who, "limit=7&cursor="+cursor+query)
				total = l.Total
				for _, f := range l.Items {
					if got[f.Docket+f.Key] {
						t.Errorf("%q: %s twice", who, f.Key)
					}
					got[f.Docket+f.Key] = true
				}
				if cursor = l.Next; cursor == "" {
					break
				}
			}
			if len(got) != len(want) || total != len(want) {
				t.Errorf("%q in %q: %d warnings, total %d, %d findings", who, region, len(got), total, len(want))
			}
			if who == "everywhere" && region == "" && len(want) < 5 {
				t.Errorf("only %d findings: too few to tell", len(want))
			}
			for key := range got {
				if !want[key] {
					t.Errorf("%q: a warning that is no finding of theirs", who)
				}
			}
		}
	}
}

// Each filter keeps what it says, of the whole list.
func TestWarningFilters(t *testing.T) {
	h, _ := supervised(t, 14)
	all := warnings(t, h, "everywhere", "limit=200&status=all")
	one := all.Items[0]
	for query, keep := range map[string]func(WarningItem) bool{
		"indicator=" + one.Indicator:            func(i WarningItem) bool { return i.Indicator == one.Indicator },
		"indicator=" + one.Indicator + ",D01":   func(i WarningItem) bool { return i.Indicator == one.Indicator || i.Indicator == "D01" },
		"grade=clue":                            func(i WarningItem) bool { return i.Grade == "clue" },
		"grade=fact":                            func(i WarningItem) bool { return i.Grade == "fact" },
		"class=" + one.Class:                    func(i WarningItem) bool { return i.Class == one.Class },
		"docket=" + one.Docket:                  func(i WarningItem) bool { return i.Docket == one.Docket },
		"state=failed":                          func(i WarningItem) bool { return i.State == "failed" },
		"status=dismissed":                      func(WarningItem) bool { return false },
		"assigned=me":                           func(WarningItem) bool { return false },
		"mark=me":                               func(WarningItem) bool { return false },
		"assigned=none":                         func(WarningItem) bool { return true },
		"from=2026-11-20&to=2026-11-20":         func(WarningItem) bool { return true },
		"from=2026-11-21":                       func(WarningItem) bool { return false },
		"region=" + one.Region + "&status=open": func(i WarningItem) bool { return i.Region == one.Region },
	} {
		want := 0
		for _, i := range all.Items {
			if keep(i) {
				want++
			}
		}
		got := warnings(t, h, "everywhere", "limit=200&"+query)
		if len(got.Items) != want || got.Total != want {
			t.Errorf("%s: %d items, total %d, want %d", query, len(got.Items), got.Total, want)
		}
	}
	counts := decode[WarningCounts](t, h.get("/api/v1/warnings/counts", "everywhere"))
	sum := int64(0)
	for _, c := range counts.Items {
		sum += c.Open
	}
	if int(sum) != all.Total {
		t.Errorf("counts add up to %d of %d", sum, all.Total)
	}
}

// A warning shows the records it rests on with the fields used, the rule, what
// often explains it, and the settings that were in force.
func TestWarningPage(t *testing.T) {
	h, _ := supervised(t, 14)
	shown := 0
	for _, it := range warnings(t, h, "everywhere", "limit=200").Items {
		p := decode[WarningPage](t, h.get(address(it), "everywhere"))
		if p.Key != it.Key || p.ZH != it.ZH || p.Guide == nil || p.Guide.AdviceZH == "" || len(p.Guide.Innocent) == 0 || !p.MayAct || p.Title != it.Title || p.Digest == "" {
			t.Fatalf("%+v", p)
		}
		if len(p.Evidence) == 0 {
			t.Errorf("%s shows no evidence", it.Indicator)
		}
		for _, e := range p.Evidence {
			for _, used := range e.Used {
				if f := e.Field(used); f == nil {
					t.Errorf("%s rests on %s.%s, which is not shown", it.Indicator, e.Dataset, used)
				} else if f.Value != "" {
					shown++
				}
			}
		}
		if it.Indicator != "K06" && it.Indicator != "FOLD" && len(p.Settings) == 0 && it.Threshold != "" {
			t.Errorf("%s: no settings of %q", it.Indicator, it.Threshold)
		}
	}
	if shown < 20 {
		t.Errorf("only %d fields are shown", shown)
	}
	one := warnings(t, h, "everywhere", "limit=1").Items[0]
	if p := decode[WarningPage](t, h.get(address(one), "auditor")); p.MayAct {
		t.Error("an auditor may act")
	}
	for _, who := range []string{"", "source", "administrator"} {
		if w := h.get(address(one), who); w.Code != 404 {
			t.Errorf("%q: %d", who, w.Code)
		}
	}
}

// Dismissed with a reason it stays gone, for all, whatever the worker does; when
// its data change it is back; what people did remains.
func TestDismissedUntilTheDataChange(t *testing.T) {
	h, records := supervised(t, 14)
	l, db := h.server.cfg.Ledger.(*ledger.Ledger), h.server.cfg.Store.(*store.DB)
	now := h.server.cfg.Clock()
	worker := refold.New(refold.Config{Store: db, Ledger: l, Catalogue: standard.Default(), Clock: func() time.Time { now = now.Add(time.Second); return now }})
	var it WarningItem
	var source *standard.Record
	for _, i := range warnings(t, h, "everywhere", "limit=200").Items { // one that rests on a time that can be moved
		if i.Indicator != "A02" && i.Indicator != "A09" && i.Indicator != "K04" && i.Indicator != "A13" && i.Indicator != "A01" {
			continue
		}
		for _, e := range decode[WarningPage](t, h.get(address(i), "everywhere")).Evidence {
			for n := range records {
				if r := &records[n]; r.Dataset == e.Dataset && r.Key == e.Key && r.Origin == e.Origin && len(e.Used) > 0 && r.Fields[e.Used[0]] != "" {
					it, source = i, r
				}
			}
		}
	}
	if source == nil {
		t.Fatal("no warning whose record is known")
	}
	if w := h.act(t, "everywhere", address(it), ActBody{Act: "dismiss", Digest: it.Digest}); w.Code != 422 || !strings.Contains(w.Body.String(), "理由") {
		t.Errorf("without a reason: %d %s", w.Code, w.Body)
	}
	if w := h.act(t, "everywhere", address(it), ActBody{Act: "dismiss", Digest: "other", Text: "x"}); w.Code != 409 {
		t.Errorf("of other data: %d %s", w.Code, w.Body)
	}
	const reason = "已核对纸质公告，系填报差错"
	p := decode[WarningPage](t, h.act(t, "everywhere", address(it), ActBody{Act: "dismiss", Digest: it.Digest, Text: reason}))
	if !p.Dismissed || p.Dismissal == nil || p.Dismissal.Reason != reason || p.Dismissal.Person != "省发改委" || len(p.History) != 1 {
		t.Fatalf("%+v", p)
	}
	gone := func(when string, want bool) {
		t.Helper()
		for _, who := range []string{"everywhere", "auditor"} {
			if has(warnings(t, h, who, "limit=200&docket="+it.Docket), it.Key) == want || has(warnings(t, h, who, "limit=200&status=dismissed&docket="+it.Docket), it.Key) != want {
				t.Fatalf("%s: gone %v for %q, want %v", when, !want, who, want)
			}
		}
	}
	gone("dismissed", true)
	if err := db.WakeDockets(t.Context(), nil, now); err != nil {
		t.Fatal(err)
	}
	if err := worker.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone("looked at again", true)
	more(t, h, notice(t, records), "another-docket")
	gone("something else came", true)

	changed := *source
	changed.Fields = map[string]string{}
	for k, v := range source.Fields {
		changed.Fields[k] = v
	}
	for _, e := range p.Evidence {
		if e.Dataset == changed.Dataset && e.Key == changed.Key {
			field := e.Used[0]
			changed.Fields[field] = strings.Replace(changed.Fields[field], "0", "1", 1)
			if changed.Fields[field] == source.Fields[field] {
				t.Fatalf("%s of %s did not change", field, changed.Fields[field])
			}
		}
	}
	changed.Op, changed.Revision = standard.Update, source.Revision+"9"
	more(t, h, changed, changed.Key)
	back := warnings(t, h, "everywhere", "limit=200&docket="+it.Docket)
	if !has(back, it.Key) {
		t.Skipf("the change cleared the finding: %s", it.Indicator)
	}
	p = decode[WarningPage](t, h.get(address(it), "everywhere"))
	if p.Dismissed || p.Dismissal == nil || p.Dismissal.Reason != reason || len(p.History) != 1 || p.Digest == it.Digest {
		t.Errorf("back: %+v", p.WarningItem)
	}
}

// Assigned, followed, commented and reopened: each shows at once in the queue,
// and an act that only stands in the log is found by the worker.
func TestActs(t *testing.T) {
	h, _ := supervised(t, 8)
	it := warnings(t, h, "everywhere", "limit=1").Items[0]
	do := func(act, to, text string) WarningPage {
		t.Helper()
		return decode[WarningPage](t, h.act(t, "everywhere", address(it), ActBody{Act: act, Digest: it.Digest, To: to, Text: text}))
	}
	if p := do("assign", " 王某 ", ""); p.Assigned != "王某" {
		t.Errorf("%+v", p.WarningItem)
	}
	if p := do("follow", "", ""); !p.Followed {
		t.Errorf("%+v", p.WarningItem)
	}
	if p := do("comment", "", "已调阅原始公告"); p.Comments != 1 || len(p.History) != 3 {
		t.Errorf("%+v", p.WarningItem)
	}
	for query, want := range map[string]bool{"assigned=王某": true, "assigned=none": false, "assigned=me": false, "mark=me": true} {
		if got := has(warnings(t, h, "everywhere", "limit=200&"+query), it.Key); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	if has(warnings(t, h, "auditor", "limit=200&mark=me"), it.Key) {
		t.Error("another's mark is the auditor's")
	}
	after := decode[LivePage](t, h.get("/api/v1/stream/poll", "auditor")).Next
	do("dismiss", "", "查无问题")
	told := decode[LivePage](t, h.get("/api/v1/stream/poll?after="+after, "auditor"))
	var w Warning
	if len(told.Events) != 1 || json.Unmarshal(told.Events[0].Data, &w) != nil || w.Key != it.Key || !w.Acted || !w.Dismissed || strings.Contains(string(told.Events[0].Data), "查无问题") {
		t.Errorf("the stream tells of the act: %+v", told.Events)
	}
	if p := decode[LivePage](t, h.get("/api/v1/stream/poll?after="+after, "supervisor")); len(p.Events) != 1 || p.Events[0].Kind != "reset" {
		t.Errorf("to another: %+v", p.Events)
	}
	if p := do("reopen", "", ""); p.Dismissed || p.Dismissal != nil || len(p.History) != 5 {
		t.Errorf("%+v", p.WarningItem)
	}
	do("assign", "省发改委", "")
	if !has(warnings(t, h, "everywhere", "limit=200&assigned=me"), it.Key) {
		t.Error("assigned to one's own name")
	}

	// What a crash left undone: the act is in the log, the case is not kept.
	l, db := h.server.cfg.Ledger.(*ledger.Ledger), h.server.cfg.Store.(*store.DB)
	acts, err := refold.Acts{Store: db, Ledger: l}.Of(t.Context(), it.Docket)
	if err != nil || len(acts) != 6 {
		t.Fatal(len(acts), err)
	}
	last := acts[3]
	last.ID = "crash"
	r := last.Record()
	if _, err := l.Append(t.Context(), ledger.Submission{Author: ledger.Author{Kind: "person", ID: last.Person}, Drafts: []ledger.Draft{{Record: r, Codes: []string{docket.ActCode + it.Docket}}}}); err != nil {
		t.Fatal(err)
	}
	if err := refold.New(refold.Config{Store: db, Ledger: l, Catalogue: standard.Default(), Clock: h.server.cfg.Clock}).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !has(warnings(t, h, "everywhere", "limit=200&status=dismissed"), it.Key) {
		t.Error("the worker did not keep what was in the log")
	}
}

// Only supervisors in whose jurisdiction it lies act; a record that is not a
// person's, or in another's name, is no act; acts are nowhere in a docket.
func TestWhoActs(t *testing.T) {
	h, _ := supervised(t, 8)
	it := warnings(t, h, "everywhere", "limit=1").Items[0]
	tokens["elsewhere"] = disclose.Reader{Audience: disclose.Supervisor, ID: "elsewhere", Regions: []string{"330100"}}
	for who, want := range map[string]int{"": 401, "auditor": 403, "elsewhere": 404, "source": 404, "administrator": 404} {
		if got := h.act(t, who, address(it), ActBody{Act: "dismiss", Digest: it.Digest, Text: "x"}).Code; got != want {
			t.Errorf("%q acts: %d, want %d", who, got, want)
		}
	}
	const secret = "绝不公开的处理理由"
	before := h.get("/api/v1/dockets/"+it.Docket, "").Body.String()
	if w := h.act(t, "everywhere", address(it), ActBody{Act: "comment", Digest: it.Digest, Text: secret}); w.Code != 200 {
		t.Fatal(w.Body)
	}
	for _, who := range []string{"", "source", "supervisor", "outside", "administrator", "elsewhere", "auditor", "everywhere"} {
		for _, path := range []string{"/api/v1/dockets/" + it.Docket, "/api/v1/feed?before=end&limit=200", "/api/v1/stream/poll?after=begin", "/api/v1/search?q=" + secret, "/docket/" + it.Docket, "/api/v1/warnings"} {
			if strings.Contains(h.get(path, who).Body.String(), secret) {
				t.Errorf("%q reads the comment at %s", who, path)
			}
		}
		if inside := who == "auditor" || who == "everywhere"; strings.Contains(h.get(address(it), who).Body.String(), secret) != inside {
			t.Errorf("%q reads the comment on the warning: %v", who, !inside)
		}
	}
	if after := h.get("/api/v1/dockets/"+it.Docket, "").Body.String(); after != before {
		t.Error("the docket changed by an act")
	}
	acts, err := h.server.cfg.Supervision.Of(t.Context(), it.Docket)
	if err != nil || len(acts) != 1 {
		t.Fatal(len(acts), err)
	}
	for _, p := range []int64{acts[0].Position, acts[0].Position - 1} {
		if w := h.get("/api/v1/records/"+strconv.FormatInt(p, 10)+"/disclosed", "everywhere"); strings.Contains(w.Body.String(), secret) {
			t.Errorf("record %d is shown", p)
		}
	}
}
