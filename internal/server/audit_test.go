package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/audit"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/identity"
	"mingjing/internal/store/snapshot"
	"mingjing/internal/supervise"
)

// auditAddresses are those of the auditors' port that can be read.
func auditAddresses() []string {
	return []string{
		"/api/v1/audit/dockets", "/api/v1/audit/dockets?limit=1&sort=id", "/api/v1/audit/dockets/" + tenderA + "/trail", "/api/v1/audit/dockets/" + tenderB + "/trail", "/api/v1/audit/dockets/" + tenderC + "/trail",
		"/api/v1/audit/tables", "/api/v1/audit/snapshots", "/api/v1/audit/queries", "/api/v1/audit/questions", "/api/v1/audit/exports", "/api/v1/audit/exports/x/file",
	}
}

// newAuditPort is the browser of the house's auditor at the auditors' port,
// signed in by the certificate that the office has bound to them.
func newAuditPort(t *testing.T, h *houseOfPeople, change ...func(*Config)) *browser {
	t.Helper()
	cfg := h.config
	cfg.Audit, cfg.Metrics, cfg.Exchange = &AuditPort{Desk: &testDesk{}, Askings: testAskings{}, Questions: h.db}, nil, nil
	for _, c := range change {
		c(&cfg)
	}
	port, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ca, key := card(t, "authority", nil, nil)
	b := h.browser()
	b.port = port
	b.shows = boundCard(t, h, "auditor", ca, key)
	if st := decode[SessionState](t, b.send("POST", "/api/v1/session/certificate", nil)); st.Stage != "open" || st.Port != "audit" {
		t.Fatalf("the auditor is %+v", st)
	}
	return b
}

// boundCard is a certificate that the office has bound to somebody.
func boundCard(t *testing.T, h *houseOfPeople, username string, ca *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	own, _ := card(t, "own of "+username+" "+randomID(), ca, key)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Raw}))
	if w := h.as("office").send("POST", "/api/v1/people/"+h.ids[username]+"/bindings", map[string]string{"certificate": text}); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return own
}

// At the auditors' port nobody is answered but an auditor with the certificate
// bound to them; elsewhere nothing of the port is served.
func TestAuditPortIsForAuditors(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	b := newAuditPort(t, h)
	list := auditAddresses()[0]
	if w := b.send("GET", list, nil); w.Code != http.StatusOK || len(decode[AuditDocketList](t, w).Items) != 3 {
		t.Errorf("the auditor gets %d %s", w.Code, w.Body)
	}
	ca, key := card(t, "authority", nil, nil)
	at := func(username string, shows *x509.Certificate) *browser {
		one := h.as(username)
		one.port, one.shows = b.port, shows
		if shows != nil { // with TLS the cookie has another name
			one.cookie = cookieTLS + strings.TrimPrefix(one.cookie, cookiePlain)
		}
		return one
	}
	colleague, _ := card(t, "a colleague", ca, key)
	for what, one := range map[string]*browser{
		"nobody": {h: h, ip: "192.0.2.1", port: b.port, shows: b.shows}, "an auditor without certificate": at("auditor", nil), "an auditor with one that is bound to nobody": at("auditor", colleague),
		"a supervisor with their own": at("supervisor", boundCard(t, h, "supervisor", ca, key)), "the office with the auditor's": at("office", b.shows),
	} {
		for _, path := range []string{list, auditAddresses()[2], "/api/v1/dockets", "/api/v1/dockets/" + tenderB, "/api/v1/feed", "/api/v1/warnings"} {
			problemOf(t, what+" at "+path, one.send("GET", path, nil), 403, "A120", "")
		}
	}
	token := &browser{h: h, ip: "192.0.2.1", port: b.port, shows: b.shows, header: []string{"Authorization", "Bearer auditor"}}
	problemOf(t, "a token", token.send("GET", list, nil), 403, "A120", "")
	for _, path := range auditAddresses() {
		problemOf(t, "at the house's own address, "+path, h.as("auditor").send("GET", path, nil), 404, "A003", "")
	}
	for _, c := range []struct{ method, path string }{{"POST", "/api/v1/views"}, {"POST", "/api/v1/exports"}, {"DELETE", "/api/v1/views/x"}, {"POST", "/api/v1/warnings/" + tenderB + "/k" + tenderB + "/acts"}, {"PUT", "/api/v1/account/password"}} {
		if w := b.send(c.method, c.path, map[string]string{}); w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusNotFound {
			t.Errorf("%s %s is taken at the port: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
	if w := b.send("GET", "/", nil); w.Header().Get("Location") != "/console/audit" {
		t.Errorf("the door leads to %q", w.Header().Get("Location"))
	}
}

// A docket's trail tells of a payment without a contract, and the list says so.
func TestTrailAtTheAuditPort(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	d := h.memory.dockets[tenderB]
	d.Live = slices.DeleteFunc(d.Live, func(e docket.Entry) bool {
		return slices.Contains([]string{"512", "513", "9109", "522"}, e.Dataset)
	})
	for i := range d.Live {
		if e := &d.Live[i]; e.Dataset == "9110" {
			e.Fields["PAYMENT_AMOUNT"] = "1200000"
		}
	}
	delete(h.memory.marshalled, tenderB)
	b := newAuditPort(t, h)
	path := auditAddresses()[3]
	trail := decode[disclose.Trail](t, b.send("GET", path, nil))
	if len(trail.Differences) != 1 || trail.Differences[0].Kind != disclose.PaidWithoutContract {
		t.Fatalf("%+v", trail.Differences)
	}
	for _, it := range decode[AuditDocketList](t, b.send("GET", auditAddresses()[0], nil)).Items {
		if slices.Contains(it.Differences, disclose.PaidWithoutContract) != (it.ID == tenderB) {
			t.Errorf("%s: %v", it.ID, it.Differences)
		}
	}
	problemOf(t, "no such docket", b.send("GET", "/api/v1/audit/dockets/nowhere/trail", nil), 404, "A003", "")
}

// testDesk notes what it is asked, and answers with one row.
type testDesk struct {
	asked []audit.Question
	taken []audit.Taken
	fails error
	begun int
}

func (d *testDesk) Snapshots() ([]audit.Snapshot, bool, string, error) {
	return []audit.Snapshot{{ID: "s1", Position: 400}}, d.begun > 0, "", nil
}
func (d *testDesk) Begin()               { d.begun++ }
func (d *testDesk) Limits() audit.Limits { return audit.DefaultLimits() }
func (d *testDesk) Ask(_ context.Context, q audit.Question, to snapshot.Answer) (*audit.Told, error) {
	if d.fails != nil {
		return nil, d.fails
	}
	d.asked = append(d.asked, q)
	if err := errors.Join(to.Columns([]string{"n", "text", "none"}, nil), to.Row([]any{int64(7), "文", nil})); err != nil {
		return nil, err
	}
	q.Snapshot = 400
	return &audit.Told{Asking: q.Asking, Snapshot: audit.Snapshot{ID: "s1", Position: 400}, Rows: 1}, nil
}

func (d *testDesk) Export(_ context.Context, q audit.Question, format string) (*audit.Taken, error) {
	if d.fails != nil {
		return nil, d.fails
	}
	d.asked = append(d.asked, q)
	q.Asking.ID = "t1"
	d.taken = append(d.taken, audit.Taken{ID: "t1", State: "done", Format: format, Asked: q.Asking})
	return &audit.Taken{ID: "t1", State: "running", Format: format, Asked: q.Asking}, nil
}

func (d *testDesk) Taken(person string) (list []audit.Taken, _ error) {
	for _, t := range d.taken {
		if t.Asked.Person == person {
			list = append(list, t)
		}
	}
	return list, nil
}

func (d *testDesk) Fetch(_, id string, begin func(t audit.Taken) io.Writer) error {
	_, err := io.WriteString(begin(d.taken[0]), "zip of "+id)
	return err
}

type testAskings struct{}

func (testAskings) Of(context.Context, time.Time, int) ([]supervise.Asking, error) { return nil, nil }

func TestAskAtTheAuditPort(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	desk := &testDesk{}
	b := newAuditPort(t, h, func(c *Config) { c.Audit.Desk = desk })
	const path = "/api/v1/audit/queries"
	w := b.send("POST", path, map[string]any{"sql": "SELECT 7"})
	answer := decode[AuditAnswer](t, w)
	if len(answer.Rows) != 1 || fmt.Sprint(answer.Rows[0]) != "[7 文 <nil>]" || fmt.Sprint(answer.Columns) != "[n text none]" || answer.Snapshot.Position != 400 {
		t.Errorf("%s", w.Body)
	}
	if q := desk.asked[0]; q.SQL != "SELECT 7" || q.Person != h.ids["auditor"] || q.Name != "张auditor" || q.Office != "审计" || q.Post == "" || q.Rows != audit.DefaultLimits().Rows {
		t.Errorf("asked as %+v", q)
	}
	problemOf(t, "personal without a fresh proof", b.send("POST", path, map[string]any{"sql": "SELECT 7", "personal": true}), 403, "A067", "")
	if w := b.send("POST", "/api/v1/session/proof", map[string]string{"password": ownPassword}); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := b.send("POST", path, map[string]any{"sql": "SELECT 7", "personal": true}); w.Code != 200 || !desk.asked[1].Personal {
		t.Errorf("personal: %d %s", w.Code, w.Body)
	}
	for what, c := range map[string]struct {
		err    error
		status int
		rule   string
	}{
		"the log refuses": {fmt.Errorf("%w: disk full", audit.ErrNotNoted), 503, "A041"}, "none": {audit.ErrNone, 409, "A122"}, "another snapshot": {audit.ErrNotKept, 404, "A003"},
		"busy": {audit.ErrBusy, 429, "A123"}, "wrong": {&audit.Wrong{Text: "no such column"}, 422, "A004"}, "a fault": {errors.New("x"), 500, "A005"},
	} {
		desk.fails = c.err
		problemOf(t, what, b.send("POST", path, map[string]any{"sql": "SELECT 7"}), c.status, c.rule, "")
	}
	desk.fails = nil
	problemOf(t, "nothing", b.send("POST", path, map[string]any{"sql": ""}), 422, "A004", "")
	if w := b.send("POST", "/api/v1/audit/snapshots", nil); w.Code != http.StatusAccepted || desk.begun != 1 {
		t.Errorf("a snapshot: %d %s", w.Code, w.Body)
	}
	const exports = "/api/v1/audit/exports"
	desk.fails = fmt.Errorf("%w: disk full", audit.ErrNotNoted)
	problemOf(t, "an export that the log refuses", b.send("POST", exports, map[string]any{"sql": "SELECT 7", "format": "csv"}), 503, "A041", "")
	desk.fails = nil
	problemOf(t, "an unknown format", b.send("POST", exports, map[string]any{"sql": "SELECT 7", "format": "doc"}), 422, "A004", "")
	if w := b.send("POST", exports, map[string]any{"sql": "SELECT 7", "format": "parquet"}); w.Code != http.StatusAccepted || len(decode[AuditExports](t, b.send("GET", exports, nil)).Items) != 1 {
		t.Errorf("an export: %d %s", w.Code, w.Body)
	}
	if w := b.send("GET", exports+"/t1/file", nil); w.Body.String() != "zip of t1" || w.Header().Get("Content-Type") != "application/zip" || !strings.Contains(w.Header().Get("Content-Disposition"), "mingjing-parquet-t1.zip") {
		t.Errorf("its file: %v %s", w.Header(), w.Body)
	}
	desk.taken[0].Asked.Person = "another"
	problemOf(t, "another's file", b.send("GET", exports+"/t1/file", nil), 404, "A003", "")
	without := newAuditPort(t, h, func(c *Config) { c.Audit = &AuditPort{} })
	problemOf(t, "a port without a desk", without.send("POST", path, map[string]any{"sql": "SELECT 7"}), 503, "A121", "")
}

// Questions are kept for oneself or for all auditors; only who keeps one changes it.
func TestAuditQuestions(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	b := newAuditPort(t, h)
	const path = "/api/v1/audit/questions"
	own := len(audit.Questions())
	mine := decode[AuditQuestion](t, b.send("POST", path, map[string]any{"name": "我的", "sql": "SELECT 1"}))
	shared := decode[AuditQuestion](t, b.send("POST", path, map[string]any{"name": "共用", "sql": "SELECT 2", "shared": true}))
	problemOf(t, "without a name", b.send("POST", path, map[string]any{"name": " ", "sql": "SELECT 1"}), 422, "A004", "")
	list := decode[AuditQuestionList](t, b.send("GET", path, nil))
	if len(list.Items) != own+2 || list.Items[0].Words == nil || list.Items[0].Mine {
		t.Errorf("%+v", list.Items)
	}
	// A second auditor at the same port.
	if _, err := h.accounts.Grant(t.Context(), identity.By{Desk: "test"}, h.ids["none"], identity.Post{Role: identity.Auditor, Title: "市审计局"}); err != nil {
		t.Fatal(err)
	}
	ca, key := card(t, "authority", nil, nil)
	other := h.browser()
	other.port, other.shows = b.port, boundCard(t, h, "none", ca, key)
	other.send("POST", "/api/v1/session/certificate", nil)
	list = decode[AuditQuestionList](t, other.send("GET", path, nil))
	if len(list.Items) != own+1 || list.Items[own].Name != "共用" || list.Items[own].Mine || list.Items[own].By != "张auditor" {
		t.Errorf("the other sees %+v", list.Items[own:])
	}
	for _, id := range []string{mine.ID, shared.ID, "nowhere", "paid-without-contract"} {
		problemOf(t, "the other changes "+id, other.send("PUT", path+"/"+id, map[string]any{"name": "x", "sql": "SELECT 3"}), 404, "A003", "")
		problemOf(t, "the other drops "+id, other.send("DELETE", path+"/"+id, nil), 404, "A003", "")
	}
	if w := b.send("PUT", path+"/"+shared.ID, map[string]any{"name": "只给我", "sql": "SELECT 2"}); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if list := decode[AuditQuestionList](t, other.send("GET", path, nil)); len(list.Items) != own {
		t.Errorf("the other still sees %+v", list.Items[own:])
	}
	if w := b.send("DELETE", path+"/"+mine.ID, nil); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	// What is kept as a list of dockets is no question.
	view := decode[SavedView](t, h.as("auditor").send("POST", "/api/v1/views", map[string]any{"page": "dockets", "name": "n", "query": ""}))
	problemOf(t, "a list", b.send("DELETE", path+"/"+view.ID, nil), 404, "A003", "")
}
