package server

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// scatter puts dockets of every sort into the house: places, classes, two
// platforms, amounts of three kinds, opened or not, with a clue or without.
func (h *house) scatter(n int) {
	r := rand.New(rand.NewPCG(3, 5))
	regions := []string{"410000", "410302", "410305", "410105", "410211", "419001", "411381", ""}
	words := []string{"道路", "桥梁", "学校", "管网"}
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	h.memory.dockets, h.memory.findings, h.planted = map[string]*docket.Docket{}, nil, nil
	for i := range n {
		id := fmt.Sprintf("E4103002441A0499%04d", i)
		lot, region := id+"001", pick(regions)
		d := &docket.Docket{ID: id, Class: "construction", Region: region, Title: pick(words) + "工程"}
		if r.IntN(4) == 0 {
			d.Class = "procurement"
		}
		add := func(origin, set string, fields map[string]string) {
			h.next++
			fields["TENDER_PROJECT_CODE"], fields["BID_SECTION_CODE"] = id, lot
			key := set + "-" + strconv.FormatInt(h.next, 10)
			d.Live = append(d.Live, docket.Entry{Dataset: set, Origin: origin, Key: key, Revision: "1", Position: h.next, Received: now, Versions: 1, Fields: fields})
			at := now.AddDate(0, 0, -r.IntN(400))
			d.Events = append(d.Events, docket.Event{At: at, Kind: "of." + set, Ref: docket.Ref{Dataset: set, Key: key, Origin: origin, Position: h.next, Field: "BID_SECTION_CODE"}})
		}
		origins := []string{originA, originB}[r.IntN(2):]
		for _, o := range origins[:1+r.IntN(len(origins))] {
			if r.IntN(8) > 0 {
				add(o, "501", map[string]string{"TENDER_PROJECT_NAME": d.Title, "REGION_CODE": region, "TENDERER_NAME": pick(words) + "局"})
			}
			money := func() string { return strconv.Itoa(1 + r.IntN(9)) }
			if r.IntN(2) == 0 {
				add(o, "502", map[string]string{"CONTRACT_RECKON_PRICE": money(), "PRICE_UNIT": "1"})
			}
			add(o, "507", map[string]string{"BIDDER_NAME": "投标人", "BID_PRICE": "5", "PRICE_UNIT": "1"})
			add(o, "519", map[string]string{"CPU_ID": "same"})
			if r.IntN(3) == 0 {
				add(o, "513", map[string]string{"BID_AMOUNT": money() + "000", "PRICE_UNIT": "0"})
			}
			if r.IntN(3) == 0 {
				add(o, "512", map[string]string{"CONTRACT_PRICE": money() + ".5", "PRICE_UNIT": "1", "CONTRACT_SIGN_TIME": "20180501000000"})
			}
			if r.IntN(2) == 0 {
				d.Releases = append(d.Releases, docket.Release{Origin: o, Lot: lot, Seal: standard.Bid, State: "opened", Bidders: 3, At: now.Add(-time.Hour)})
			}
		}
		slices.SortFunc(d.Events, func(a, b docket.Event) int { return a.At.Compare(b.At) })
		h.memory.dockets[id] = d
		for k := range r.IntN(3) {
			e := d.Live[slices.IndexFunc(d.Live, func(e docket.Entry) bool { return e.Dataset == "519" })]
			f := detect.Finding{
				Key: fmt.Sprint(id, k), Indicator: []string{"D01", "A02"}[k], State: detect.Fired, Docket: id, Grade: []string{detect.Clue, detect.Fact}[k],
				Evidence: []docket.Ref{{Dataset: "519", Key: e.Key, Field: "CPU_ID", Origin: e.Origin, Position: e.Position}},
			}
			body, err := json.Marshal(f)
			if err != nil {
				panic(err)
			}
			h.memory.findings = append(h.memory.findings, store.FindingRow{Key: f.Key, Docket: id, Indicator: f.Indicator, State: "fired", Region: region, At: now, Body: body, Seq: int64(len(h.memory.findings) + 1)})
		}
	}
}

// A plainRow is what a filter asks of a docket, read from its view by hand.
type plainRow struct {
	view     *disclose.Docket
	last     time.Time
	amount   int64 // fen; -1: none
	findings []detect.Finding
}

func (h *house) plainRows(r disclose.Reader) []plainRow {
	var out []plainRow
	for _, id := range h.memory.ids() {
		d := h.memory.dockets[id]
		v := disclose.View(d, r, now)
		if v == nil {
			continue
		}
		row := plainRow{view: v, amount: -1}
		for _, e := range v.Events {
			if !e.At.After(now) && e.At.After(row.last) {
				row.last = e.At
			}
		}
		for _, f := range [][2]string{{"512", "CONTRACT_PRICE"}, {"513", "BID_AMOUNT"}, {"502", "CONTRACT_RECKON_PRICE"}} {
			sum, any := trade.Money(0), false
			for i := range v.Entries {
				e := &v.Entries[i]
				if e.Dataset == f[0] && e.Field(f[1]) != nil && e.Field("PRICE_UNIT") != nil {
					if m, ok := trade.ParseMoney(e.Field(f[1]).Value, e.Field("PRICE_UNIT").Value); ok {
						sum, any = sum+m, true
					}
				}
			}
			if any {
				row.amount = int64(sum) / 10_000
				break
			}
		}
		var fs []detect.Finding
		for i := range h.memory.findings {
			var f detect.Finding
			if h.memory.findings[i].Docket == id && json.Unmarshal(h.memory.findings[i].Body, &f) == nil {
				fs = append(fs, f)
			}
		}
		row.findings = disclose.Findings(fs, d, r, now)
		out = append(out, row)
	}
	return out
}

// Lists are what a plain loop over the views gives, for every reader, however
// they are narrowed and put in order.
func TestListsAreTheViews(t *testing.T) {
	h := newHouse(t)
	h.scatter(70)
	r := rand.New(rand.NewPCG(1, 2))
	tokens["both"] = disclose.Reader{Audience: disclose.Source, ID: "both", Origins: []string{originB, originA}}
	tokens["sector"] = disclose.Reader{Audience: disclose.Supervisor, ID: "sector", Regions: []string{"41"}, Sectors: []string{"procurement"}}
	defer delete(tokens, "both")
	defer delete(tokens, "sector")
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	sizes := map[string]int{}
	for _, who := range append(slices.Sorted(maps.Keys(tokens)), "") {
		reader := tokens[who]
		if who == "" {
			reader = disclose.Reader{Audience: disclose.Public}
		}
		rows := h.plainRows(reader)
		for round := range 25 {
			q := url.Values{"limit": {strconv.Itoa(1 + r.IntN(40))}}
			var keep []func(p plainRow) bool
			ask := func(name, value string, ok func(p plainRow) bool) {
				if r.IntN(4) == 0 && (who != "both" || round%2 > 0) {
					q.Set(name, value)
					keep = append(keep, ok)
				}
			}
			region := pick("41", "4103", "410300", "410302", "410200", "411300")
			ask("region", region, func(p plainRow) bool { return h.server.lies(p.view.Region, region) })
			class := pick("construction", "procurement", "construction,procurement", "land")
			ask("class", class, func(p plainRow) bool { return slices.Contains(strings.Split(class, ","), p.view.Class) })
			moment := pick("before", "opened", "signed", "before,signed")
			ask("moment", moment, func(p plainRow) bool {
				return slices.ContainsFunc(p.view.Lots, func(l disclose.Lot) bool { return slices.Contains(strings.Split(moment, ","), l.Moment) })
			})
			from := now.AddDate(0, 0, -r.IntN(300))
			date := from.In(trade.Zone).Format(time.DateOnly)
			start, _ := time.ParseInLocation(time.DateOnly, date, trade.Zone)
			ask("from", date, func(p plainRow) bool { return !p.last.Before(start) })
			ask("to", date, func(p plainRow) bool { return !p.last.IsZero() && p.last.Before(start.AddDate(0, 0, 1)) })
			yuan := int64(r.IntN(9)) * 10_000
			if yuan > 0 {
				ask("amount_min", strconv.FormatInt(yuan, 10), func(p plainRow) bool { return p.amount >= yuan*100 })
				ask("amount_max", strconv.FormatInt(yuan, 10), func(p plainRow) bool { return p.amount >= 0 && p.amount <= yuan*100 })
			}
			warning := pick("any", "fact", "clue", "D01", "A99")
			ask("warning", warning, func(p plainRow) bool {
				return slices.ContainsFunc(p.findings, func(f detect.Finding) bool { return warning == "any" || warning == f.Grade || warning == f.Indicator })
			})
			source := pick(originA, originB)
			ask("source", source, func(p plainRow) bool { return slices.Contains(p.view.Origins, source) })
			order := pick("", "last", "amount", "id", "warnings")
			if order != "" {
				q.Set("sort", order)
			}
			searched := r.IntN(4) == 0 && (who != "both" || round%2 > 0)
			if searched {
				q.Set("q", "道路")
				keep = append(keep, func(p plainRow) bool { return strings.Contains(p.view.Text(), "道路") })
			}
			var want []plainRow
			for _, p := range rows {
				if !slices.ContainsFunc(keep, func(ok func(plainRow) bool) bool { return !ok(p) }) {
					want = append(want, p)
				}
			}
			both := who == "both" // in order by what the first of their platforms sees
			slices.SortStableFunc(want, func(a, b plainRow) int {
				warns := func(p plainRow) (facts, clues int) {
					for _, f := range p.findings {
						if f.Grade == detect.Fact {
							facts++
						} else {
							clues++
						}
					}
					return facts, clues
				}
				n := 0
				switch order {
				case "last":
					n = -a.last.Compare(b.last)
				case "amount":
					if (a.amount < 0) != (b.amount < 0) {
						return cmp.Compare(b.amount, a.amount)
					}
					n = -cmp.Compare(a.amount, b.amount)
				case "warnings":
					fa, ca := warns(a)
					fb, cb := warns(b)
					n = -cmp.Or(cmp.Compare(fa, fb), cmp.Compare(ca, cb))
				}
				if n == 0 && order != "" && order != "id" {
					return -strings.Compare(a.view.ID, b.view.ID)
				}
				return cmp.Or(n, strings.Compare(a.view.ID, b.view.ID))
			})
			ids := []string{}
			for _, p := range want {
				ids = append(ids, p.view.ID)
			}
			got, total := h.everyPage(t, who, q)
			if searched && order == "" || both {
				slices.Sort(got)
				slices.Sort(ids)
			}
			if both && len(keep) > 0 { // narrowed by the same
				continue
			}
			if !slices.Equal(got, ids) || total != len(ids) {
				t.Fatalf("%q lists %s: total %d\ngot  %q\nwant %q", who, q.Encode(), total, got, ids)
			}
			sizes[who] += len(ids)
		}
	}
	for who := range tokens {
		if sizes[who] < 30 {
			t.Errorf("%q was shown only %d dockets in all: the comparison looks at nothing", who, sizes[who])
		}
	}
}

func (h *house) everyPage(t *testing.T, who string, q url.Values) (ids []string, total int) {
	t.Helper()
	ids = []string{}
	q = maps.Clone(q)
	for range 100 {
		page := decode[DocketList](t, h.get("/api/v1/dockets?"+q.Encode(), who))
		total = page.Total
		for _, i := range page.Items {
			ids = append(ids, i.ID)
		}
		if page.Next == "" {
			return ids, total
		}
		q.Set("cursor", page.Next)
	}
	t.Fatal("a list without end")
	return nil, 0
}

// What a head says is what the reader's view says.
func TestHeadsAreTheViews(t *testing.T) {
	h := newHouse(t)
	h.scatter(40)
	tokens["both"] = disclose.Reader{Audience: disclose.Source, ID: "both", Origins: []string{originB, originA}}
	defer delete(tokens, "both")
	warned := map[string]int{}
	for who := range tokens {
		rows := h.plainRows(tokens[who])
		got := decode[DocketList](t, h.get("/api/v1/dockets?limit=200", who))
		if len(got.Items) != len(rows) {
			t.Fatalf("%q is shown %d dockets, may know of %d", who, len(got.Items), len(rows))
		}
		for i, p := range rows {
			head := got.Items[i]
			amount, last := int64(-1), time.Time{}
			if head.Amount != nil {
				amount = head.Amount.Fen
			}
			if head.Last != nil {
				last = *head.Last
			}
			n := 0
			if head.Warnings != nil {
				n = head.Warnings.Fact + head.Warnings.Clue
			}
			warned[who] += n
			if head.ID != p.view.ID || head.Title != p.view.Title || head.Region != p.view.Region || head.Records != p.view.Records || !slices.Equal(head.Origins, p.view.Origins) ||
				amount != p.amount || !last.Equal(p.last) || n != len(p.findings) || len(head.Lots) != len(p.view.Lots) {
				t.Fatalf("%q: %+v (amount %d, last %s, %d warnings) is shown, the view says %+v amount %d, last %s, %d warnings", who, head, amount, last, n, p.view, p.amount, p.last, len(p.findings))
			}
		}
	}
	if warned["auditor"] == 0 || warned["supervisor"] == 0 || warned["outside"] > 0 || warned["source"] > 0 || warned["administrator"] > 0 {
		t.Errorf("warnings by reader: %v", warned)
	}
}

// A card of another program's table is not believed: it is made anew, and left
// out where it is no longer what was asked for.
func TestCardsOfAnotherTable(t *testing.T) {
	h := newHouse(t)
	h.scatter(5)
	db := h.memory.index()
	amount := int64(123_456)
	for _, id := range h.memory.ids() {
		h.memory.version++
		row := &store.DocketRow{ID: id, Through: h.memory.version, Body: []byte(`{}`), Cards: []store.CardRow{{
			Docket: id, Seat: disclose.NumberPublic, Class: "land", Amount: &amount, Edition: "another", Body: []byte(`{"id":"` + id + `","title":"secret","class":"land","lots":[],"origins":[]}`),
		}}}
		if _, err := db.SaveDocket(t.Context(), row, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if body := h.get("/api/v1/dockets", "").Body.String(); strings.Contains(body, "secret") || !strings.Contains(body, "工程") {
		t.Errorf("the list shows %s", body)
	}
	for _, q := range []string{"class=land", "amount_min=1234&amount_max=1235"} {
		if got := decode[DocketList](t, h.get("/api/v1/dockets?"+q, "")); len(got.Items) != 0 {
			t.Errorf("%s: what the old card alone says is found: %+v", q, got.Items)
		}
	}
}

// Parameters that make no sense are refused by name.
func TestListRefuses(t *testing.T) {
	h := newHouse(t)
	first := decode[DocketList](t, h.get("/api/v1/dockets?limit=1", ""))
	for _, q := range []string{"region=4", "region=41,abc", "from=x", "to=2018-13-01", "sort=secret", "order=up", "warning=all", "amount_min=-1", "stage=lunch", "moment=never", "cursor=abc", "sort=last&cursor=" + first.Next} {
		if w := h.get("/api/v1/dockets?"+q, ""); w.Code != 422 || !strings.Contains(w.Body.String(), "query.") {
			t.Errorf("%s: %d %s", q, w.Code, w.Body)
		}
	}
}

// Titles and bodies are found by their sounds, by who may see them.
func TestSuggestBySound(t *testing.T) {
	h := newHouse(t)
	h.scatter(30)
	for _, d := range h.memory.dockets {
		d.Releases = nil
	}
	ask := func(h *house, q, who string) []Suggestion {
		t.Helper()
		return decode[Suggestions](t, h.get("/api/v1/search/suggest?q="+url.QueryEscape(q), who)).Items
	}
	has := func(list []Suggestion, kind, text string) bool {
		return slices.ContainsFunc(list, func(g Suggestion) bool { return g.Kind == kind && g.Text == text })
	}
	for _, typed := range []string{"dlgc", "daolu", "daolugc", "lgc", "DLG"} {
		if got := ask(h, typed, "auditor"); !has(got, "title", "道路工程") {
			t.Errorf("%q: %+v", typed, got)
		}
	}
	if got := ask(h, "dlj", ""); !has(got, "body", "道路局") {
		t.Errorf("a tenderer: %+v", got)
	}
	if got := ask(h, "luoyang", ""); !has(got, "region", "洛阳市") {
		t.Errorf("a region: %+v", got)
	}
	if got := ask(h, "qlgc", "outside"); !slices.ContainsFunc(got, func(g Suggestion) bool { return g.Kind == "title" && g.Docket != "" }) {
		t.Errorf("a title leads to no docket: %+v", got)
	}
	for _, who := range append(slices.Sorted(maps.Keys(tokens)), "") { // bidders before the opening
		if got := ask(h, "tbr", who); has(got, "body", "投标人") {
			t.Errorf("%q is told a bidder before the opening", who)
		}
	}
	opened := newHouse(t)
	opened.scatter(30)
	if got := ask(opened, "tbr", "auditor"); !has(got, "body", "投标人") {
		t.Errorf("after the opening: %+v", got)
	}
}
