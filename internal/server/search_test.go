package server

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

const (
	roadTender   = "E4103002441A04302001"
	bridgeTender = "E4103002441A04302002"
	hiddenTender = "E4103002441A04302003"
)

// entry adds a row with these fields to a docket.
func entry(d *docket.Docket, dataset, key string, fields ...string) {
	e := docket.Entry{Dataset: dataset, Origin: originA, Key: key, Revision: "1", Position: int64(len(d.Live) + 1), Received: now.Add(-time.Hour), Versions: 1, Fields: map[string]string{"TENDER_PROJECT_CODE": d.ID, "BID_SECTION_CODE": d.ID + "001", "BID_SECTION_CODES": d.ID + "001"}}
	for i := 0; i < len(fields); i += 2 {
		e.Fields[fields[i]] = fields[i+1]
	}
	d.Live = append(d.Live, e)
}

// streets is a house with a road (not opened) and a bridge (opened) beside the rest.
func streets(t *testing.T) *house {
	h := newHouse(t)
	for i, id := range []string{roadTender, bridgeTender} {
		name := []string{"龙门大道道路改造工程施工", "瀍河桥梁加固工程"}[i]
		d := &docket.Docket{ID: id, Class: "construction", Region: "410302", Title: name, Lots: []docket.Lot{{Code: id + "001", Declared: true}}}
		entry(d, "501", "501"+id, "TENDER_PROJECT_NAME", name, "REGION_CODE", "410302", "TENDERER_NAME", "洛阳市市政设施管理处", "TENDERER_CODE", "12410300MB0A00001X", "TENDER_AGENCY_NAME", "河南中原招标代理有限公司", "TENDER_AGENCY_CODE", "91410100MA40000018")
		entry(d, "503", "503"+id, "NOTICE_NAME", name+"招标公告", "NOTICE_CONTENT", "本项目位于龙门大道，长 3.2 公里，含桥梁一座。联系人张三 13800000000。", "NOTICE_SEND_TIME", []string{"20180301", "20180401"}[i])
		entry(d, "507", "507"+id, "BIDDER_NAME", "洛阳路桥建设集团"+[]string{"甲", "乙"}[i]+"公司", "BIDDER_ORG_CODE", "91410300MA4"+fmt.Sprint(i)+"00002A", "BID_PRICE", "100")
		d.Events = []docket.Event{{At: time.Date(2018, time.Month(3+i), 1, 2, 0, 0, 0, time.UTC), Kind: "notice.published", Ref: docket.Ref{Dataset: "503", Key: "503" + id, Origin: originA, Field: "NOTICE_SEND_TIME"}}}
		if i == 1 {
			d.Releases = []docket.Release{{Origin: originA, Lot: id + "001", Seal: standard.Bid, State: "opened", Bidders: 3, At: now.Add(-time.Hour)}}
		}
		h.memory.dockets[id] = d
	}
	return h
}

func (h *house) found(t *testing.T, who, query string) string {
	t.Helper()
	got := decode[SearchResult](t, h.get("/api/v1/search?"+query, who))
	var out []string
	for _, it := range got.Items {
		out = append(out, it.ID+" "+it.Found)
	}
	for _, b := range got.Bodies {
		roles := ""
		for _, r := range slices.Sorted(maps.Keys(b.Roles)) {
			roles += fmt.Sprint(" ", r, b.Roles[r])
		}
		out = append(out, strings.TrimSpace(b.Name+" "+b.Code)+roles)
	}
	return strings.ReplaceAll(strings.ReplaceAll(strings.Join(out, ", "), roadTender, "ROAD"), bridgeTender, "BRIDGE")
}

func TestSearchRanksAndFilters(t *testing.T) {
	h := streets(t)
	for _, c := range []struct{ who, query, want string }{
		{"", "q=" + roadTender, "ROAD whole"},
		{"", "q=" + strings.ToLower(bridgeTender) + "001", "BRIDGE whole"},
		{"", "q=E4103002441A04302", "BRIDGE head, ROAD head"},
		{"", "q=桥梁", "BRIDGE title, ROAD text"},
		{"", "q=瀍", "BRIDGE title"},
		{"", "q=道路 公告", "ROAD text"},
		{"", `q="改造工程"`, "ROAD title"},
		{"", `q="改造 工程"`, ""}, // as it stands
		{"", "q=３.２公里", "BRIDGE text, ROAD text"},
		{"", "q=13800000000", ""}, // blotted out of what the public sees
		{"auditor", "q=13800000000", "BRIDGE text, ROAD text"},
		{"", "q=龙门大道&from=2018-04-01", "BRIDGE text"},
		{"", "q=龙门大道&to=2018-03-31", "ROAD title"},
		{"", "q=龙门大道&from=2018-03-02&to=2018-03-31", ""},
		{"", "q=龙门大道&region=4103", "ROAD title, BRIDGE text"},
		{"", "q=龙门大道&region=4101", ""},
		{"", "q=龙门大道&class=land", ""},
		{"", "q=龙门大道&class=construction&moment=opened", "BRIDGE text"},
		{"", "q=龙门大道&moment=before", "ROAD title"},
		{"", "q=洛阳市市政设施管理处", "BRIDGE whole, ROAD whole, 洛阳市市政设施管理处 12410300MB0A00001X tenderer2"},
		{"", "q=路桥建设", "BRIDGE head, 洛阳路桥建设集团乙公司 bidder1"}, // the road's bidder is sealed
		{"", "q=路桥建设集团甲", ""},
		{"supervisor", "q=路桥建设", "BRIDGE head, 洛阳路桥建设集团乙公司 91410300MA4100002A bidder1"},
		{"outside", "q=路桥建设", "BRIDGE head, 洛阳路桥建设集团乙公司 bidder1"},
		{"administrator", "q=路桥建设", ""},
		{"source", "q=路桥建设", ""},
		{"", "q=91410300MA4100002A", ""}, // a bidder's code is not read out
		{"supervisor", "q=91410300MA41", "BRIDGE head, 洛阳路桥建设集团乙公司 91410300MA4100002A bidder1"},
		{"", "kind=body&q=河南", "河南中原招标代理有限公司 91410100MA40000018 agency2"},
		{"", "kind=body&q=91410100ma40000018", "河南中原招标代理有限公司 91410100MA40000018 agency2"},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.found(t, c.who, query.Encode()); got != c.want {
			t.Errorf("%q asks %s: %s, want %s", c.who, c.query, got, c.want)
		}
	}
	for _, bad := range []string{"q=x&from=yesterday", "q=x&region=洛阳", "q=x&region=410", "q=x&region=41030", "q=x&kind=person", "q=x&cursor=x"} {
		if w := h.get("/api/v1/search?"+bad, ""); w.Code != 422 {
			t.Errorf("%s: status %d", bad, w.Code)
		}
	}
}

func TestSearchHighlights(t *testing.T) {
	h := streets(t)
	got := decode[SearchResult](t, h.get("/api/v1/search?q="+url.QueryEscape("公里 瀍河"), ""))
	var lines []string
	for _, x := range got.Items[0].Highlights {
		line := x.Field + " " + x.ZH + ": "
		for _, p := range x.Parts {
			if p.Mark {
				p.Text = "[" + p.Text + "]"
			}
			line += p.Text
		}
		lines = append(lines, line)
	}
	want := []string{" 项目名称: [瀍河]桥梁加固工程", "NOTICE_NAME 公告标题: [瀍河]桥梁加固工程招标公告", "NOTICE_CONTENT 公告内容: 本项目位于龙门大道，长 3.2 [公里]，含桥梁一座。联系人张三 ***********。"}
	for i := range want {
		if i >= len(lines) || strings.Split(lines[i], ": ")[0] != strings.Split(want[i], ": ")[0] && i != 1 && i != 2 || strings.Contains(strings.Join(lines, ""), "13800000000") {
			t.Fatalf("highlights %q", lines)
		}
	}
	if !strings.Contains(lines[0], "[瀍河]桥梁") || !strings.Contains(strings.Join(lines, ""), "3.2 [公里]") {
		t.Errorf("highlights %q", lines)
	}
}

func TestSuggestions(t *testing.T) {
	h := streets(t)
	for _, c := range []struct{ who, q, want string }{
		{"", "桥", "body 洛阳路桥建设集团乙公司, title 瀍河桥梁加固工程"},
		{"", "中原", "body 河南中原招标代理有限公司, region 中原区"},
		{"", "E410300244", "code " + bridgeTender + ", code " + tenderB + ", code " + tenderA + ", code " + roadTender},
		{"", "甲公司", ""},
		{"", "91410300MA4", ""},
		{"auditor", "91410300MA4", "body 91410300MA4100002A, code 91410300MA4100002A"},
		{"source", "乙公司", ""},
		{"", "！", ""},
	} {
		var got []string
		for _, g := range decode[Suggestions](t, h.get("/api/v1/search/suggest?q="+url.QueryEscape(c.q), c.who)).Items {
			got = append(got, g.Kind+" "+g.Text)
		}
		if c.q == "E410300244" { // of many dockets of one day the order says nothing
			if !slices.Contains(got, "code "+roadTender) || len(got) > maxSuggestions {
				t.Errorf("%s: %q", c.q, got)
			}
			continue
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%q types %s: %s, want %s", c.who, c.q, s, c.want)
		}
	}
}

// What a reader must not see changes no answer: no count, no place, no
// suggestion. It does change those of who may see it, or this test would show nothing.
func TestTheInvisibleChangesNoAnswer(t *testing.T) {
	h := streets(t)
	var paths []string
	for _, q := range []string{"路桥", "路桥建设集团甲公司", "道路", "龙门大道", "洛阳", roadTender[:14], roadTender, hiddenTender, "91410300", "招标代理", "甲"} {
		q = url.QueryEscape(q)
		paths = append(paths, "/api/v1/search?q="+q, "/api/v1/search?limit=1&from=2018-03-01&q="+q, "/api/v1/search?kind=body&q="+q, "/api/v1/search?moment=before&class=construction&region=41&q="+q,
			"/api/v1/search/suggest?q="+q, "/api/v1/dockets?q="+q)
	}
	ask := func(who string) map[string]string {
		out := map[string]string{}
		for _, p := range paths {
			r := decode[map[string]any](t, h.get(p, who))
			delete(r, "next") // sealed anew each time
			out[p] = fmt.Sprint(r)
		}
		return out
	}
	unseeing := []string{"", "outside", "administrator"}
	before := map[string]map[string]string{}
	for _, who := range append(unseeing, "auditor") {
		before[who] = ask(who)
	}
	road := h.memory.dockets[roadTender]
	// Another sealed bidder of a docket that is known, device codes that are
	// never public, and a docket of which the public knows nothing.
	entry(road, "507", "another", "BIDDER_NAME", "洛阳路桥建设集团丙公司", "BIDDER_ORG_CODE", "91410300MA4900002A", "BID_PRICE", "99")
	entry(road, "519", "codes", "BIDDER_NAME", "洛阳路桥建设集团丙公司", "CPU_ID", "洛阳龙门大道道路")
	d := &docket.Docket{ID: hiddenTender, Class: "construction", Region: "410302", Title: "洛阳龙门大道道路"}
	entry(d, "402", "alert", "ALERT_CONTENT", "洛阳龙门大道道路 路桥", "BIDDER_NAME", "洛阳路桥建设集团甲公司")
	h.memory.dockets[hiddenTender] = d
	h.memory.put(roadTender)
	h.memory.put(hiddenTender)
	for _, who := range unseeing {
		for p, a := range ask(who) {
			if a != before[who][p] {
				t.Errorf("%q at %s: the answer changed\n%s\n%s", who, p, before[who][p], a)
			}
		}
	}
	if maps.Equal(before["auditor"], ask("auditor")) {
		t.Error("the auditor sees no difference: the test shows nothing")
	}
	// The release makes the bidders found at once.
	road.Releases = []docket.Release{{Origin: originA, Lot: roadTender + "001", Seal: standard.Bid, State: "opened", Bidders: 3, At: now.Add(-time.Minute)}}
	h.memory.put(roadTender)
	if got := h.found(t, "", "q="+url.QueryEscape("路桥建设集团甲")); got != "ROAD head, 洛阳路桥建设集团甲公司 bidder1" {
		t.Errorf("after the release: %s", got)
	}
}

// The page shows what the public may find, whoever asks, and works without scripts.
func TestSearchPage(t *testing.T) {
	h := streets(t)
	body := h.get("/dockets?q="+url.QueryEscape("路桥 公司"), "auditor").Body.String()
	for _, want := range []string{"洛阳<mark>路桥</mark>建设集团乙<mark>公司</mark>", "交易 1 项", "投标人 1", "/dockets?q=%22", `value="路桥 公司"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s:\n%s", want, body)
		}
	}
	for _, not := range []string{"甲公司", "<script", "91410300MA4"} {
		if strings.Contains(body, not) {
			t.Errorf("the page holds %s", not)
		}
	}
	if body := h.get("/dockets?lang=en&from=2018-13-01&q=x", "").Body.String(); !strings.Contains(body, "Write dates as 2018-06-01") {
		t.Error("a wrong date is not told")
	}
}
