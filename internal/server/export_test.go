package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/xuri/excelize/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/store"
)

func (h *house) send(method, path, who, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

// exported asks for an export and waits until it is over.
func (h *house) exported(t *testing.T, who, filter string) Export {
	t.Helper()
	e := decode[Export](t, h.send("POST", "/api/v1/exports", who, `{"filter":`+filter+`}`))
	h.server.exports.jobs.Wait()
	return decode[Export](t, h.get("/api/v1/exports/"+e.ID, who))
}

func exportHouse(t *testing.T) (*house, string) {
	dir := filepath.Join(t.TempDir(), "exports")
	h := newHouse(t, func(c *Config) { c.ExportDir = dir })
	h.scatter(60)
	return h, dir
}

// An export holds the rows of the list, in its order, under a cover that says
// what it is.
func TestExport(t *testing.T) {
	h, _ := exportHouse(t)
	for _, who := range []string{"auditor", "supervisor", "source", "administrator"} {
		for _, c := range []struct{ filter, query string }{
			{`{}`, ""},
			{`{"class":["procurement"],"sort":"amount"}`, "class=procurement&sort=amount"},
			{`{"q":"道路"}`, "q=道路"},
			{`{"q":"道路","warning":"any","sort":"last"}`, "q=道路&warning=any&sort=last"},
			{`{"source":"nobody"}`, "source=nobody"},
		} {
			list := decode[DocketList](t, h.get("/api/v1/dockets?limit=200&"+c.query, who))
			e := h.exported(t, who, c.filter)
			if e.State != "done" || e.Expected != list.Total || e.Done != list.Total || e.Position != 400 || e.Error != "" {
				t.Fatalf("%s exports %s of %d: %+v", who, c.filter, list.Total, e)
			}
			w := h.get("/api/v1/exports/"+e.ID+"/file", who)
			if w.Code != 200 || int64(w.Body.Len()) != e.Bytes || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
				t.Fatalf("the file: %d, %d bytes of %d", w.Code, w.Body.Len(), e.Bytes)
			}
			f, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := f.GetRows("案卷")
			if err != nil || len(rows) != list.Total+1 {
				t.Fatalf("%d rows of %d and a heading, %v", len(rows), list.Total, err)
			}
			for i, item := range list.Items {
				if rows[i+1][0] != item.ID || rows[i+1][1] != item.Title {
					t.Fatalf("row %d is %q, the list has %+v", i+1, rows[i+1], item)
				}
			}
			about, err := f.GetRows("说明")
			if err != nil {
				t.Fatal(err)
			}
			cover := fmt.Sprint(about)
			for _, must := range []string{"截至日志位置 400", fmt.Sprintf("应有行数 %d", list.Total), fmt.Sprintf("写出行数 %d", list.Total)} {
				if !strings.Contains(cover, must) {
					t.Errorf("the cover lacks %q: %s", must, cover)
				}
			}
			if sees := who == "auditor"; strings.Contains(cover, "线索与逾期") == sees {
				t.Errorf("%s: the cover says of warnings: %s", who, cover)
			}
		}
	}
}

// A cell is text, whatever a record says.
func TestExportIsNoFormula(t *testing.T) {
	h, _ := exportHouse(t)
	for _, d := range h.memory.dockets {
		for i := range d.Live {
			if d.Live[i].Dataset == "501" {
				d.Live[i].Fields["TENDER_PROJECT_NAME"] = `=HYPERLINK("http://evil.example","x")`
			}
		}
	}
	e := h.exported(t, "auditor", `{}`)
	f, err := excelize.OpenReader(h.get("/api/v1/exports/"+e.ID+"/file", "auditor").Body)
	if err != nil {
		t.Fatal(err)
	}
	texts := 0
	for i := range e.Done {
		cell := fmt.Sprintf("B%d", i+2)
		if formula, err := f.GetCellFormula("案卷", cell); err != nil || formula != "" {
			t.Fatalf("%s is a formula: %q, %v", cell, formula, err)
		}
		if v, _ := f.GetCellValue("案卷", cell); strings.HasPrefix(v, "=HYPERLINK") {
			texts++
		}
	}
	if texts == 0 {
		t.Error("nothing was looked at")
	}
}

// Only who made an export reads it, only with the rights they had, for a day.
func TestExportIsOnesOwn(t *testing.T) {
	h, dir := exportHouse(t)
	if w := h.send("POST", "/api/v1/exports", "", `{"filter":{}}`); w.Code != 403 {
		t.Errorf("the public exports: %d", w.Code)
	}
	e := h.exported(t, "supervisor", `{}`)
	path := "/api/v1/exports/" + e.ID
	seen := func(who string, want int) {
		t.Helper()
		for _, p := range []string{path, path + "/file"} {
			if w := h.get(p, who); w.Code != want {
				t.Errorf("%q at %s: %d, want %d", who, p, w.Code, want)
			}
		}
	}
	seen("supervisor", 200)
	for _, who := range []string{"", "auditor", "outside", "source", "administrator"} {
		seen(who, 404)
		if n := len(decode[ExportList](t, h.get("/api/v1/exports", who)).Items); n != 0 {
			t.Errorf("%q is shown %d exports of another", who, n)
		}
	}
	was := tokens["supervisor"]
	defer func() { tokens["supervisor"] = was }()
	tokens["supervisor"] = disclose.Reader{Audience: disclose.Supervisor, ID: was.ID, Regions: []string{"410100"}}
	seen("supervisor", 404) // the same person, with other rights
	tokens["supervisor"] = was
	later := now.Add(24 * time.Hour)
	h.server.cfg.Clock = func() time.Time { return later }
	seen("supervisor", 404)
	h.server.exports.tidy(t.Context())
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("after a day there are still %v, %v", left, err)
	}
	if rows, err := h.memory.Exports(t.Context(), ""); err != nil || len(rows) != 0 {
		t.Errorf("and %d rows, %v", len(rows), err)
	}
}

// leaky loses a card between counting and reading.
type leaky struct{ *memory }

func (l leaky) Cards(ctx context.Context, q store.CardQuery) (store.CardPage, error) {
	page, err := l.memory.Cards(ctx, q)
	if len(q.Dockets) > 1 && len(page.Cards) > 0 {
		page.Cards = page.Cards[1:]
	}
	return page, err
}

// A file is whole or there is none: rows that are missing make it fail.
func TestExportIsNeverShort(t *testing.T) {
	h, dir := exportHouse(t)
	h.config.Store = leaky{h.memory}
	var err error
	if h.server, err = New(h.config); err != nil {
		t.Fatal(err)
	}
	e := h.exported(t, "auditor", `{}`)
	if e.State != "failed" || e.Done != e.Expected-1 || !strings.Contains(e.Error, fmt.Sprint(e.Expected)) {
		t.Errorf("a row was lost, and: %+v", e)
	}
	if w := h.get("/api/v1/exports/"+e.ID+"/file", "auditor"); w.Code != 404 {
		t.Errorf("there is a file: %d", w.Code)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("there are files: %v", left)
	}
}

// One whose maker is gone is failed, not running for ever; and a reader has one
// at a time.
func TestExportInterrupted(t *testing.T) {
	h, _ := exportHouse(t)
	e := h.exported(t, "auditor", `{}`)
	row, err := h.memory.Export(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	var body exportBody
	if err := json.Unmarshal(row.Body, &body); err != nil {
		t.Fatal(err)
	}
	body.State = exportRunning
	row.Body, _ = json.Marshal(body)
	row.Beat = now.Add(-time.Minute)
	if err := h.memory.PutExport(t.Context(), *row); err != nil {
		t.Fatal(err)
	}
	if got := decode[Export](t, h.get("/api/v1/exports/"+e.ID, "auditor")); got.State != "failed" || got.Error == "" {
		t.Errorf("%+v", got)
	}
	if !h.server.exports.enter("x", "token:audit") {
		t.Fatal("no room")
	}
	if w := h.send("POST", "/api/v1/exports", "auditor", `{"filter":{}}`); w.Code != http.StatusTooManyRequests {
		t.Errorf("a second at the same time: %d", w.Code)
	}
	h.server.exports.leave("x")
	h.server.exports.stop() // the server ends
	if e := h.exported(t, "auditor", `{}`); e.State != "failed" {
		t.Errorf("under a server that ends: %+v", e)
	}
}

// Views are one's own, or the office's; a role's are for the role.
func TestSavedViews(t *testing.T) {
	h := newHouse(t)
	view := `{"page":"dockets","name":"大额","query":"?amount_min=1000000&sort=amount","default":true}`
	if w := h.send("POST", "/api/v1/views", "", view); w.Code != 403 {
		t.Errorf("the public keeps a view: %d", w.Code)
	}
	v := decode[SavedView](t, h.send("POST", "/api/v1/views", "auditor", view))
	if v.Query != "amount_min=1000000&sort=amount" || !v.Mine || !v.Default {
		t.Errorf("%+v", v)
	}
	for who, n := range map[string]int{"auditor": 1, "supervisor": 0, "": 0} {
		if got := decode[SavedViews](t, h.get("/api/v1/views?page=dockets", who)); len(got.Items) != n {
			t.Errorf("%q is shown %d views, want %d", who, len(got.Items), n)
		}
	}
	for _, method := range []string{"PUT", "DELETE"} {
		if w := h.send(method, "/api/v1/views/"+v.ID, "supervisor", view); w.Code != 404 {
			t.Errorf("%s of another's: %d", method, w.Code)
		}
	}
	if w := h.send("POST", "/api/v1/views", "auditor", `{"page":"dockets","name":"x","query":"","office":true}`); w.Code != 403 {
		t.Errorf("who is not of the office publishes: %d", w.Code)
	}
	for _, bad := range []string{`{"page":"dockets","name":" ","query":""}`, `{"page":"secrets","name":"x","query":""}`, `{"page":"dockets","name":"x","query":"%zz"}`} {
		if w := h.send("POST", "/api/v1/views", "auditor", bad); w.Code != 422 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	changed := decode[SavedView](t, h.send("PUT", "/api/v1/views/"+v.ID, "auditor", `{"page":"dockets","name":"小额","query":"amount_max=1"}`))
	if changed.ID != v.ID || changed.Name != "小额" || changed.Default {
		t.Errorf("%+v", changed)
	}
	if w := h.send("DELETE", "/api/v1/views/"+v.ID, "auditor", ""); w.Code >= 300 {
		t.Errorf("drop: %d", w.Code)
	}
	if got := decode[SavedViews](t, h.get("/api/v1/views", "auditor")); len(got.Items) != 0 {
		t.Errorf("dropped, and there: %+v", got)
	}
}
