package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"mingjing/internal/identity"
)

// A portal is a real OpenID provider, in this process.
type portal struct {
	*httptest.Server
	handler atomic.Pointer[http.Handler]
}

func newPortal(t *testing.T) *portal {
	p := &portal{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := p.handler.Load(); h != nil {
			(*h).ServeHTTP(w, r)
			return
		}
		http.Error(w, "not up", http.StatusBadGateway)
	}))
	t.Cleanup(p.Close)
	return p
}

// serve begins to answer, for a client that comes back to an address.
func (p *portal) serve(callback string) {
	clients := map[string]*storage.Client{"mingjing": storage.WebClient("mingjing", "client secret", callback)}
	var h http.Handler = exampleop.SetupServer(p.URL, storage.NewStorageWithClients(storage.NewUserStore(p.URL), clients), nil, false)
	p.handler.Store(&h)
}

// A surfer is a browser with cookies that follows redirects.
type surfer struct {
	t *testing.T
	*http.Client
}

func newSurfer(t *testing.T) *surfer {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &surfer{t, &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/console/") {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// at is where an answer leads or stands, and what it says.
func (s *surfer) at(w *http.Response, err error) (where *url.URL, body string) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := io.ReadAll(w.Body)
	_ = w.Body.Close()
	if err != nil {
		s.t.Fatal(err)
	}
	if to, err := w.Location(); err == nil {
		return to, string(text)
	}
	return w.Request.URL, string(text)
}

var requestID4 = regexp.MustCompile(`name="id" value="([^"]+)"`)

// login goes to the portal and signs in there, and returns where it led.
func (s *surfer) login(base, username string) *url.URL {
	s.t.Helper()
	where, page := s.at(s.Get(base + "/sso/portal?next=/people"))
	found := requestID4.FindStringSubmatch(page)
	if found == nil {
		s.t.Fatalf("no sign-in of the portal at %s: %s", where, page)
	}
	back, _ := s.at(s.PostForm(where.Scheme+"://"+where.Host+"/login/username", url.Values{"id": {found[1]}, "username": {username}, "password": {"verysecure"}}))
	return back
}

func (s *surfer) session(base string) SessionState {
	s.t.Helper()
	_, body := s.at(s.Get(base + "/api/v1/session"))
	var st SessionState
	if err := json.Unmarshal([]byte(body), &st); err != nil {
		s.t.Fatalf("%s: %v", body, err)
	}
	return st
}

// Who comes from the portal is nobody until the office binds them, then they are
// signed in as far as a password would bring them.
func TestSSO(t *testing.T) {
	p := newPortal(t)
	h := newHouseWithSSO(t, loose(), []identity.SSO{{ID: "portal", Name: "政务服务网", Issuer: p.URL, ClientID: "mingjing", Secret: "client secret"}})
	base := serve(t, h.house)
	host, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	user := "test-user@" + host.Hostname()

	down, _ := newSurfer(t).at(newSurfer(t).Get(base + "/sso/portal"))
	if down.Query().Get("why") != "sso-down" {
		t.Errorf("with the portal down one is led to %s", down)
	}
	p.serve(base + "/sso/callback")
	s := newSurfer(t)
	if st := s.session(base); len(st.Ways.SSO) != 1 || st.Ways.SSO[0] != (SSOWay{"portal", "政务服务网"}) {
		t.Errorf("the sign-in offers %+v", st.Ways)
	}
	to := s.login(base, user)
	said, _ := url.ParseQuery(to.Fragment)
	if to.Path != "/console/signin" || to.Query().Get("why") != "unlinked" || said.Get("subject") != "id1" || strings.Contains(to.RawQuery, "id1") {
		t.Fatalf("whom nobody bound is led to %s", to)
	}
	if st := s.session(base); st.Stage != "none" {
		t.Errorf("and is %s", st.Stage)
	}

	office := h.as("office")
	path := "/api/v1/people/" + h.ids["auditor"] + "/bindings"
	bound := decode[identity.Person](t, office.send("POST", path, map[string]string{"sso": "portal", "subject": "id1"}))
	if len(bound.Bindings) != 1 || bound.Bindings[0].Label != "政务服务网" {
		t.Errorf("bound: %+v", bound.Bindings)
	}
	if d := h.deeds[len(h.deeds)-1]; d.Act != identity.ActBind || d.Binding != bound.Bindings[0].ID || d.By.Username != "office" {
		t.Errorf("recorded: %+v", d)
	}
	problemOf(t, "the same to another", office.send("POST", "/api/v1/people/"+h.ids["source"]+"/bindings", map[string]string{"sso": "portal", "subject": "id1"}), 422, "A004", "")
	problemOf(t, "of no single sign-on", office.send("POST", path, map[string]string{"sso": "other", "subject": "id9"}), 422, "A004", "")
	problemOf(t, "to oneself", office.send("POST", "/api/v1/people/"+h.ids["office"]+"/bindings", map[string]string{"sso": "portal", "subject": "id9"}), 403, "A064", "")
	for _, name := range []string{"administrator", "auditor", "supervisor"} {
		problemOf(t, name, h.as(name).send("POST", "/api/v1/people/"+h.ids["source"]+"/bindings", map[string]string{"sso": "portal", "subject": "id9"}), 403, "A064", "")
	}

	if to := s.login(base, user); to.Path != "/console/signin" || to.Query().Get("next") != "/people" || to.Query().Get("why") != "" {
		t.Errorf("signed in one is led to %s", to)
	}
	if st := s.session(base); st.Stage != "open" || st.Person.Username != "auditor" || st.Audience != "auditor" || !st.Proved.IsZero() {
		t.Errorf("signed in as %+v", st)
	}
	// Another of the portal's people, whoever they are there, is nobody here.
	if to := newSurfer(t).login(base, "test-user2"); to.Query().Get("why") != "unlinked" {
		t.Errorf("another is led to %s", to)
	}
	if to, _ := s.at(s.Get(base + "/sso/portal?next=//evil.example")); strings.Contains(to.String(), "evil") {
		t.Errorf("led to another site: %s", to)
	}
	if w := h.browser().send("GET", "/sso/none", nil); w.Code != 404 {
		t.Errorf("no such single sign-on: %d", w.Code)
	}
	// Bars and locks hold for this way too.
	for range 5 {
		h.browser().send("POST", "/api/v1/session", map[string]string{"username": "auditor", "password": "wrong"})
	}
	if to := newSurfer(t).login(base, user); to.Query().Get("why") != "sso-refused" {
		t.Errorf("while barred one is led to %s", to)
	}
	decode[identity.Person](t, office.send("PUT", "/api/v1/people/"+h.ids["auditor"]+"/lock", map[string]bool{"locked": true}))
	if to := newSurfer(t).login(base, user); to.Query().Get("why") != "sso-refused" {
		t.Errorf("locked, one is led to %s", to)
	}
	decode[identity.Person](t, office.send("PUT", "/api/v1/people/"+h.ids["auditor"]+"/lock", map[string]bool{"locked": false}))
	again := newSurfer(t)
	again.login(base, user)
	decode[identity.Person](t, office.send("DELETE", path+"/"+bound.Bindings[0].ID, nil))
	if _, body := again.at(again.Get(base + "/api/v1/session")); !strings.Contains(body, "A060") {
		t.Errorf("after it was unbound: %s", body)
	}
	if to := again.login(base, user); to.Query().Get("why") != "unlinked" {
		t.Errorf("unbound, one is led to %s", to)
	}
	problemOf(t, "unbinding twice", office.send("DELETE", path+"/"+bound.Bindings[0].ID, nil), 404, "A003", "")
	for _, secret := range []string{"client secret", "code_verifier", "id_token", "verysecure"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// Who comes back with somebody else's address, without a note, twice, or with a
// code of their own making is not signed in.
func TestSSOIsBoundToItsBrowser(t *testing.T) {
	p := newPortal(t)
	h := newHouseWithSSO(t, loose(), []identity.SSO{{ID: "portal", Name: "政务服务网", Issuer: p.URL, ClientID: "mingjing", Secret: "client secret"}})
	base := serve(t, h.house)
	p.serve(base + "/sso/callback")
	host, _ := url.Parse(p.URL)
	decode[identity.Person](t, h.as("office").send("POST", "/api/v1/people/"+h.ids["auditor"]+"/bindings", map[string]string{"sso": "portal", "subject": "id1"}))
	var back string
	s := newSurfer(t)
	s.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/sso/callback" {
			back = r.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	s.login(base, "test-user@"+host.Hostname())
	if back == "" {
		t.Fatal("the portal led nowhere")
	}
	s.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	victim := newSurfer(t)
	if to, _ := victim.at(victim.Get(back)); to.Query().Get("why") != "sso-refused" {
		t.Errorf("a browser that never left is led to %s", to)
	}
	victim.at(victim.Get(base + "/sso/portal"))
	if to, _ := victim.at(victim.Get(back)); to.Query().Get("why") != "sso-refused" {
		t.Errorf("a browser that left for itself is led to %s", to)
	}
	u, _ := url.Parse(back)
	jar := s.Jar.Cookies(u)
	if to, _ := s.at(s.Get(back)); to.Query().Get("why") != "" {
		t.Errorf("the one that left is led to %s", to)
	}
	replay := newSurfer(t)
	replay.Jar.SetCookies(u, jar)
	if to, _ := replay.at(replay.Get(back)); to.Query().Get("why") != "sso-refused" {
		t.Errorf("the same twice is led to %s", to)
	}
	forger := newSurfer(t)
	forger.CheckRedirect = s.CheckRedirect
	left, _ := forger.at(forger.Get(base + "/sso/portal"))
	if to, _ := forger.at(forger.Get(base + "/sso/callback?code=made-up&state=" + left.Query().Get("state"))); to.Query().Get("why") == "" {
		t.Errorf("with a code of their own they are led to %s", to)
	}
	if st := forger.session(base); st.Stage != "none" {
		t.Errorf("and are %s", st.Stage)
	}
}

// A card is a client certificate of an authority.
func card(t *testing.T, name string, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<60))
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{"河南省审计厅"}}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, DNSNames: []string{"localhost"},
	}
	if parent == nil {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage, parent, by = true, true, x509.KeyUsageCertSign, c, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(raw); err != nil {
		t.Fatal(err)
	}
	return c, key
}

// At the listener that asks for certificates, who shows a bound one signs in
// by it; one of another authority reaches nothing.
func TestCertificate(t *testing.T) {
	ca, caKey := card(t, "authority", nil, nil)
	other, otherKey := card(t, "authority", nil, nil)
	h := newHouseOfPeople(t, loose())
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	ts := httptest.NewUnstartedServer(h.server.Handler())
	ts.TLS = &tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	ts.Config.ErrorLog = nil
	ts.StartTLS()
	t.Cleanup(ts.Close)
	with := func(c *x509.Certificate, key *ecdsa.PrivateKey) *surfer {
		s := newSurfer(t)
		transport := ts.Client().Transport.(*http.Transport).Clone()
		transport.TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{c.Raw}, PrivateKey: key}}
		s.Transport = transport
		t.Cleanup(transport.CloseIdleConnections)
		return s
	}
	enter := func(s *surfer) string {
		_, body := s.at(s.Post(ts.URL+"/api/v1/session/certificate", "application/json", nil))
		return body
	}
	mine, key := card(t, "沈计", ca, caKey)
	pemOf := func(c *x509.Certificate) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	if body := enter(with(mine, key)); !strings.Contains(body, "A061") {
		t.Errorf("one that nobody bound: %s", body)
	}
	office := h.as("office")
	path := "/api/v1/people/" + h.ids["auditor"] + "/bindings"
	problemOf(t, "no certificate", office.send("POST", path, map[string]string{"certificate": "abc"}), 422, "A004", "")
	problemOf(t, "two", office.send("POST", path, map[string]string{"certificate": pemOf(mine) + pemOf(ca)}), 422, "A004", "")
	bound := decode[identity.Person](t, office.send("POST", path, map[string]string{"certificate": pemOf(mine)}))
	if len(bound.Bindings) != 1 || !strings.Contains(bound.Bindings[0].Label, "沈计") {
		t.Errorf("bound: %+v", bound.Bindings)
	}
	s := with(mine, key)
	if st := s.session(ts.URL); !st.Ways.Certificate || st.Stage != "none" {
		t.Errorf("before: %+v", st)
	}
	if body := enter(s); !strings.Contains(body, `"stage":"open"`) || !strings.Contains(body, `"audience":"auditor"`) || strings.Contains(body, "proved_until") {
		t.Errorf("signed in: %s", body)
	}
	renewed, renewedKey := card(t, "沈计", ca, caKey)
	if body := enter(with(renewed, renewedKey)); !strings.Contains(body, `"stage":"open"`) {
		t.Errorf("a renewed one: %s", body)
	}
	colleague, colleagueKey := card(t, "李计", ca, caKey)
	if body := enter(with(colleague, colleagueKey)); !strings.Contains(body, "A061") {
		t.Errorf("a colleague's: %s", body)
	}
	forged, forgedKey := card(t, "沈计", other, otherKey)
	if w, err := with(forged, forgedKey).Post(ts.URL+"/api/v1/session/certificate", "application/json", nil); err == nil {
		_ = w.Body.Close()
		t.Errorf("one of another authority is answered %d", w.StatusCode)
	}
	// Elsewhere nobody is believed to have shown one.
	problemOf(t, "at the plain listener", h.browser().send("POST", "/api/v1/session/certificate", nil, "X-Client-Cert", pemOf(mine)), 401, "A061", "")
}
