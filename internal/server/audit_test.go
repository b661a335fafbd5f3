package server

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
)

// auditAddresses are those of the auditors' port that can be read.
func auditAddresses() []string {
	return []string{
		"/api/v1/audit/dockets", "/api/v1/audit/dockets?limit=1&sort=id", "/api/v1/audit/dockets/" + tenderA + "/trail", "/api/v1/audit/dockets/" + tenderB + "/trail", "/api/v1/audit/dockets/" + tenderC + "/trail",
	}
}

// newAuditPort is the browser of the house's auditor at the auditors' port,
// signed in by the certificate that the office has bound to them.
func newAuditPort(t *testing.T, h *houseOfPeople, change ...func(*Config)) *browser {
	t.Helper()
	cfg := h.config
	cfg.Audit, cfg.Metrics, cfg.Exchange = &AuditPort{}, nil, nil
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
	own, _ := card(t, "own of "+username, ca, key)
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
