package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// What asks for a fresh proof says so, and goes on after one; reading never asks.
func TestProofOverHTTP(t *testing.T) {
	settings := loose()
	settings.Fresh = time.Millisecond // a sign-in is no fresh proof any more when the next request comes
	h := newHouseOfPeople(t, settings)
	b := h.as("office")
	time.Sleep(5 * time.Millisecond)
	problemOf(t, "an account", b.send("POST", "/api/v1/people", map[string]string{"username": "new", "name": "新"}), 403, "A067", "")
	problemOf(t, "an organisation", b.send("POST", "/api/v1/organisations", map[string]string{"kind": "centre", "name": "新"}), 403, "A067", "")
	problemOf(t, "a loan", b.send("POST", "/api/v1/account/loans", map[string]any{"username": "auditor", "until": time.Now().Add(time.Hour)}), 403, "A067", "")
	if st := decode[SessionState](t, b.send("GET", "/api/v1/session", nil)); !st.Proved.IsZero() {
		t.Errorf("a proof that is over counts until %s", st.Proved)
	}
	if w := b.send("GET", "/api/v1/people", nil); w.Code != 200 {
		t.Errorf("reading asks for a proof: %d", w.Code)
	}
	problemOf(t, "a wrong one", b.send("POST", "/api/v1/session/proof", map[string]string{"password": "wrong"}), 401, "A061", "")
	problemOf(t, "of nobody", h.browser().send("POST", "/api/v1/session/proof", map[string]string{"password": ownPassword}), 401, "A061", "")
	h = newHouseOfPeople(t, loose())
	b = h.as("office")
	if st := decode[SessionState](t, b.send("POST", "/api/v1/session/proof", map[string]string{"password": ownPassword})); time.Until(st.Proved) < 9*time.Minute {
		t.Errorf("a proof counts until %s", st.Proved)
	}
	decode[NewPerson](t, b.send("POST", "/api/v1/people", map[string]string{"username": "new", "name": "新"}))
}

// Passkeys are bound to the name that the operator gave; a Host header is none.
func TestSite(t *testing.T) {
	for _, c := range []struct{ public, host, want string }{
		{"https://jg.example.gov.cn", "evil.example", "jg.example.gov.cn https://jg.example.gov.cn"},
		{"https://jg.example.gov.cn:8443/x", "localhost", "jg.example.gov.cn https://jg.example.gov.cn:8443"},
		{"https://192.0.2.1", "localhost", " "},
		{"", "localhost:8080", "localhost http://localhost:8080"},
		{"", "evil.example", " "},
		{"", "127.0.0.1:8080", " "},
	} {
		h := newHouseOfPeople(t, loose(), func(cfg *Config) { cfg.PublicURL = c.public })
		b := h.browser()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Host = c.host
		got := h.server.site(r)
		if s := got.Host + " " + got.Origin; s != c.want {
			t.Errorf("at %q seen as %q passkeys are of %q", c.public, c.host, s)
		}
		if st := decode[SessionState](t, b.send("GET", "/api/v1/session", nil)); st.Ways.Passkey != (c.public == "https://jg.example.gov.cn" || strings.Contains(c.public, "8443")) {
			t.Errorf("at %q the sign-in offers passkeys: %v", c.public, st.Ways)
		}
	}
}

func TestPasskeyOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose(), func(cfg *Config) { cfg.PublicURL = "https://jg.example.gov.cn" })
	b := h.browser()
	c := decode[PasskeyChallenge](t, b.send("POST", "/api/v1/session/passkey/options", nil))
	public, _ := c.Options["publicKey"].(map[string]any)
	if public["rpId"] != "jg.example.gov.cn" || public["userVerification"] != "required" || public["challenge"] == "" || len(c.Ticket) < 40 {
		t.Errorf("asked is %+v", c)
	}
	if public["allowCredentials"] != nil {
		t.Error("a question to nobody tells whose passkeys there are")
	}
	problemOf(t, "no answer", b.send("POST", "/api/v1/session/passkey", map[string]any{"ticket": c.Ticket, "answer": map[string]any{}}), 401, "A061", "")
	problemOf(t, "a new one of nobody", b.send("POST", "/api/v1/account/passkeys/options", nil), 401, "A061", "")
	problemOf(t, "those of nobody", b.send("GET", "/api/v1/account/passkeys", nil), 401, "A061", "")
	problemOf(t, "a proof of nobody", b.send("POST", "/api/v1/session/proof/options", nil), 401, "A061", "")
	b = h.as("auditor")
	c = decode[PasskeyChallenge](t, b.send("POST", "/api/v1/account/passkeys/options", nil))
	if public, _ := c.Options["publicKey"].(map[string]any); public["user"] == nil {
		t.Errorf("asked is %+v", c)
	}
	problemOf(t, "without a name", b.send("POST", "/api/v1/account/passkeys", map[string]any{"ticket": c.Ticket, "label": " ", "answer": map[string]any{}}), 422, "A004", "")
	problemOf(t, "no answer", b.send("POST", "/api/v1/account/passkeys", map[string]any{"ticket": c.Ticket, "label": "手机", "answer": map[string]any{}}), 401, "A061", "")
	problemOf(t, "who has none", b.send("POST", "/api/v1/session/proof/options", nil), 401, "A061", "")
	problemOf(t, "dropping none", b.send("DELETE", "/api/v1/account/passkeys/x", nil), 404, "A003", "")
	plain := newHouseOfPeople(t, loose())
	problemOf(t, "where there are none", plain.browser().send("POST", "/api/v1/session/passkey/options", nil), 409, "A068", "")
}
