package server

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/go-json-experiment/json"
	"github.com/pquerna/otp/totp"

	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

const ownPassword = "明镜高悬 mirror 9"

// requestNumber is what differs from answer to answer.
var requestNumber = regexp.MustCompile(`request[-:][a-z:0-9-]+|"request_id":"[^"]*"`)

// people of every role, by username. "two" holds two posts, "none" none.
var peopleOfTest = map[string][]identity.Post{
	"office":        {{Role: identity.Office, Title: "省公管办"}},
	"administrator": {{Role: identity.Administrator, Title: "运维"}},
	"supervisor":    {{Role: identity.Supervisor, Title: "洛阳", Regions: []string{"410300"}}},
	"outside":       {{Role: identity.Supervisor, Title: "开封", Regions: []string{"410200"}}},
	"auditor":       {{Role: identity.Auditor, Title: "审计"}},
	"source":        {{Role: identity.SourceStaff, Title: "system A", Origins: []string{originA}}},
	"tenderer":      {{Role: identity.Tenderer, Title: "招标人", Org: "124103004170000015"}},
	"party":         {{Role: identity.Bidder, Title: "投标企业", Org: "91410300MA4170002W"}},
	"two":           {{Role: identity.Office, Title: "省公管办"}, {Role: identity.Supervisor, Title: "全省", Regions: []string{"*"}}},
	"none":          nil,
}

// A houseOfPeople is a server with accounts over a real store.
type houseOfPeople struct {
	*house
	t        *testing.T
	accounts *identity.Accounts
	db       *store.DB
	ids      map[string]string // of people by username

	mu    sync.Mutex
	deeds []identity.Deed
}

func newHouseOfPeople(t *testing.T, settings identity.Settings, change ...func(*Config)) *houseOfPeople {
	t.Helper()
	return newHouseWithSSO(t, settings, nil, change...)
}

// newHouseWithSSO is newHouseOfPeople with single sign-ons.
func newHouseWithSSO(t *testing.T, settings identity.Settings, sso []identity.SSO, change ...func(*Config)) *houseOfPeople {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "mingjing.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := ledger.OpenKeyring(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	p := &houseOfPeople{t: t, db: db, ids: map[string]string{}}
	p.accounts, err = identity.NewAccounts(identity.Config{
		Store: db, Keys: keys, Clock: time.Now, Settings: settings, SSO: sso, Hash: &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		RecordUnits: func(context.Context, identity.By, []identity.Organisation) error { return nil },
		Record: func(_ context.Context, d identity.Deed) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.deeds = append(p.deeds, d)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.house = newHouse(t, append([]func(*Config){func(c *Config) { c.Accounts = p.accounts }}, change...)...)
	by := identity.By{Desk: "test"}
	for name, posts := range peopleOfTest {
		one, _, err := p.accounts.Create(t.Context(), by, name, "张"+name, ownPassword)
		if err != nil {
			t.Fatal(err)
		}
		p.ids[name] = one.ID
		for _, post := range posts {
			if _, err := p.accounts.Grant(t.Context(), by, one.ID, post); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

// loose is without limits but the lockout.
func loose() identity.Settings {
	s := identity.DefaultSettings()
	s.Limits = identity.Limits{}
	return s
}

// A browser keeps its cookie and says where its requests come from.
type browser struct {
	h      *houseOfPeople
	cookie string // name=value, as a Cookie header
	ip     string
	header []string // of every request

	port  *Server           // where it asks; nil: the house's own server
	shows *x509.Certificate // its client certificate, as the listener has verified it
}

func (h *houseOfPeople) browser() *browser { return &browser{h: h, ip: "192.0.2.1"} }

func (b *browser) send(method, path string, body any, header ...string) *httptest.ResponseRecorder {
	b.h.t.Helper()
	var text io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.h.t.Fatal(err)
		}
		text = bytes.NewReader(raw)
	}
	r := httptest.NewRequestWithContext(b.h.t.Context(), method, path, text)
	r.RemoteAddr = b.ip + ":4000"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Firefox/140.0")
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	header = append(b.header, header...)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if b.shows != nil {
		r.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{b.shows}}}
	}
	w := httptest.NewRecorder()
	cmp.Or(b.port, b.h.server).Handler().ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c.Name + "=" + c.Value
		if c.MaxAge < 0 {
			b.cookie = ""
		}
	}
	return w
}

func (b *browser) signIn(username string) *httptest.ResponseRecorder {
	b.h.t.Helper()
	return b.send("POST", "/api/v1/session", map[string]string{"username": username, "password": ownPassword})
}

// as is a browser in which somebody is signed in, in their first post.
func (h *houseOfPeople) as(username string) *browser {
	h.t.Helper()
	b := h.browser()
	st := decode[SessionState](h.t, b.signIn(username))
	if st.Stage == "post" && len(st.Posts) > 0 {
		// Posts granted within one millisecond stand in no order: ask for the first by its role.
		first := slices.IndexFunc(st.Posts, func(p identity.Post) bool { return p.Role == peopleOfTest[username][0].Role })
		decode[SessionState](h.t, b.send("POST", "/api/v1/session/post", map[string]string{"post": st.Posts[first].ID}))
	}
	return b
}

// problem wants a problem of this kind.
func problemOf(t *testing.T, what string, w *httptest.ResponseRecorder, status int, rule, why string) {
	t.Helper()
	var p ReadProblem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Rule != rule || p.Why != why {
		t.Errorf("%s: %d %s, wanted %d %s %s", what, w.Code, w.Body, status, rule, why)
	}
}

func TestSignInOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	b := h.browser()
	if st := decode[SessionState](t, b.send("GET", "/api/v1/session", nil)); st.Stage != "none" || st.Person != nil || st.Audience != "public" {
		t.Errorf("nobody is %+v", st)
	}
	problemOf(t, "a wrong password", b.send("POST", "/api/v1/session", map[string]string{"username": "auditor", "password": "wrong"}), 401, "A061", "")
	problemOf(t, "nobody", b.send("POST", "/api/v1/session", map[string]string{"username": "nobody", "password": "wrong"}), 401, "A061", "")
	w := b.signIn("auditor")
	st := decode[SessionState](t, w)
	if st.Stage != "open" || st.Post == nil || st.Post.Role != identity.Auditor || st.Audience != "auditor" || st.Person.Username != "auditor" || len(st.Posts) != 1 {
		t.Errorf("signed in: %+v", st)
	}
	c := w.Result().Cookies()[0]
	if c.Name != cookiePlain || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 {
		t.Errorf("the cookie is %+v", c)
	}
	if w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Header().Get("Vary"), "Cookie") {
		t.Errorf("an answer to a cookie may be kept: %v", w.Header())
	}
	// It reads as its post, as a token of the same audience would.
	path := "/api/v1/dockets/" + tenderB
	if got, want := b.send("GET", path, nil).Body.String(), h.get(path, "auditor").Body.String(); got != want {
		t.Error("a session does not read as a token of its audience")
	}
	// Who shows a token is who the token stands for, whatever the cookie.
	if got, want := b.send("GET", path, nil, "Authorization", "Bearer outside").Body.String(), h.get(path, "outside").Body.String(); got != want {
		t.Error("a cookie goes before a token")
	}
	problemOf(t, "a wrong token beside a good cookie", b.send("GET", path, nil, "Authorization", "Bearer nothing"), 401, "A002", "")
	old := b.cookie
	if w := b.send("DELETE", "/api/v1/session", nil); w.Code != 204 || b.cookie != "" {
		t.Errorf("signing out: %d, cookie %q", w.Code, b.cookie)
	}
	b.cookie = old
	problemOf(t, "after signing out", b.send("GET", path, nil), 401, "A060", "signed-out")
	if b.cookie != "" {
		t.Error("the cookie of an ended session is not taken away")
	}
	b.cookie = cookiePlain + "=mjs_" + strings.Repeat("A", 43)
	problemOf(t, "a cookie of nobody", b.send("GET", "/api/v1/session", nil), 401, "A060", "unknown")
	b.cookie = old
	if st := decode[SessionState](t, b.signIn("two")); st.Stage != "post" || len(st.Posts) != 2 || st.Audience != "public" {
		t.Errorf("with an old cookie: %+v", st)
	}
	if strings.Contains(h.log.String(), "mjs_") || strings.Contains(h.log.String(), ownPassword) {
		t.Error("the log holds a cookie or a password")
	}
}

// With TLS, spoken by us or by the proxy before us, the cookie is bound to this
// host and to TLS; one of another name counts for nothing.
func TestCookieWithTLS(t *testing.T) {
	h := newHouseOfPeople(t, loose(), func(c *Config) { c.PublicURL = "https://mingjing.example" })
	b := h.browser()
	w := b.signIn("auditor")
	c := w.Result().Cookies()[0]
	if c.Name != "__Host-mingjing" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %+v", c)
	}
	b.cookie = cookiePlain + "=" + c.Value
	if st := decode[SessionState](t, b.send("GET", "/api/v1/session", nil)); st.Stage != "none" {
		t.Error("a cookie that any neighbour could have planted is taken")
	}
}

// Pages of other sites change nothing, whatever cookie the browser sends along.
func TestCrossOrigin(t *testing.T) {
	h := newHouseOfPeople(t, loose(), func(c *Config) { c.PublicURL = "https://mingjing.example:8443" })
	office := h.as("office")
	victim := "/api/v1/people/" + h.ids["auditor"] + "/lock"
	for name, header := range map[string][]string{
		"another site":          {"Sec-Fetch-Site", "cross-site"},
		"a neighbour":           {"Sec-Fetch-Site", "same-site"},
		"an old browser":        {"Origin", "https://evil.example"},
		"no site at all":        {"Origin", "null"},
		"a name that resembles": {"Origin", "https://mingjing.example:8443.evil.example"},
	} {
		problemOf(t, name, office.send("PUT", victim, map[string]bool{"locked": true}, header...), 403, "A063", "")
		problemOf(t, name+" signs in", h.browser().send("POST", "/api/v1/session", map[string]string{"username": "office", "password": ownPassword}, header...), 403, "A063", "")
		problemOf(t, name+" signs out", office.send("DELETE", "/api/v1/session", nil, header...), 403, "A063", "")
		if w := office.send("GET", "/api/v1/session", nil, header...); w.Code != 200 {
			t.Errorf("%s reads: %d", name, w.Code) // the browser lets no other site see the answer
		}
	}
	if p, err := h.accounts.Person(t.Context(), h.ids["auditor"]); err != nil || p.Locked {
		t.Error("another site has locked somebody")
	}
	for name, header := range map[string][]string{
		"our page": {"Sec-Fetch-Site", "same-origin"}, "our page behind a proxy": {"Origin", "https://mingjing.example:8443", "Sec-Fetch-Site", "cross-site"}, "a program": nil,
	} {
		if w := office.send("PUT", victim, map[string]bool{"locked": true}, header...); w.Code != 200 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestLockoutOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	b := h.browser()
	var first string
	for i := range 8 { // the answer tells nothing of when the bar came down
		w := b.send("POST", "/api/v1/session", map[string]string{"username": "auditor", "password": "wrong"})
		problemOf(t, "a guess", w, 401, "A061", "")
		text := requestNumber.ReplaceAllString(w.Body.String(), "")
		if i == 0 {
			first = text
		}
		if text != first {
			t.Errorf("guess %d is answered otherwise than the first", i)
		}
	}
	problemOf(t, "the right one, barred", b.signIn("auditor"), 401, "A061", "")
	if w := b.signIn("outside"); w.Code != 200 {
		t.Errorf("another name from there: %d", w.Code)
	}
	list := decode[PersonList](t, h.as("office").send("GET", "/api/v1/people", nil))
	for _, p := range list.Items {
		if (p.Username == "auditor") == p.Barred.IsZero() {
			t.Errorf("%s is barred until %s", p.Username, p.Barred)
		}
	}
}

func TestLimitsOverHTTP(t *testing.T) {
	s := loose()
	s.Limits = identity.Limits{PerMinute: 1, Burst: 3, Names: 1, NamesBurst: 2}
	s.Failures = 100
	h := newHouseOfPeople(t, s, func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	try := func(ip, name string, header ...string) *httptest.ResponseRecorder {
		b := h.browser()
		b.ip, b.header = ip, header
		return b.send("POST", "/api/v1/session", map[string]string{"username": name, "password": "wrong"})
	}
	for i := range 3 {
		problemOf(t, "of three", try("192.0.2.1", fmt.Sprint("a", i)), 401, "A061", "")
	}
	w := try("192.0.2.1", "b")
	problemOf(t, "the fourth from one address", w, 429, "A062", "")
	if w.Header().Get("Retry-After") == "" {
		t.Error("it is not said when to come again")
	}
	problemOf(t, "with another's name for itself", try("192.0.2.1", "b", "X-Forwarded-For", "203.0.113.9"), 429, "A062", "")
	problemOf(t, "another address", try("192.0.2.2", "auditor"), 401, "A061", "")
	problemOf(t, "another address", try("192.0.2.3", "auditor"), 401, "A061", "")
	problemOf(t, "the third under one name", try("192.0.2.4", "auditor"), 429, "A062", "")
	problemOf(t, "the third under nobody's name is as under somebody's", func() *httptest.ResponseRecorder {
		try("192.0.2.5", "nobody")
		try("192.0.2.6", "nobody")
		return try("192.0.2.7", "nobody")
	}(), 429, "A062", "")
	// Behind a proxy that the operator named, it is the client that counts, not
	// the proxy, and not what the client says of itself.
	for i := range 3 {
		problemOf(t, "by the proxy", try("10.0.0.1", fmt.Sprint("c", i), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d, 203.0.113.1", i)), 401, "A061", "")
	}
	problemOf(t, "the fourth by the proxy", try("10.0.0.1", "d", "X-Forwarded-For", "198.51.100.77, 203.0.113.1"), 429, "A062", "")
	problemOf(t, "another by the proxy", try("10.0.0.1", "d", "X-Forwarded-For", "203.0.113.2, 10.0.0.7"), 401, "A061", "")
}

func TestAddress(t *testing.T) {
	s := &Server{cfg: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}}
	for _, c := range []struct{ remote, said, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"192.0.2.1:5", "203.0.113.1", "192.0.2.1"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"10.0.0.1:5", "203.0.113.1", "203.0.113.1"},
		{"10.0.0.1:5", "6.6.6.6, 203.0.113.1", "203.0.113.1"},
		{"10.0.0.1:5", "203.0.113.1, 10.1.1.1", "203.0.113.1"},
		{"10.0.0.1:5", "10.1.1.1, 10.1.1.2", "10.1.1.1"},
		{"10.0.0.1:5", "203.0.113.1, rubbish", "10.0.0.1"},
		{"[::1]:5", "2001:db8::1", "2001:db8::1"},
		{"[2001:db8::2]:5", "2001:db8::1", "2001:db8::2"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.said != "" {
			r.Header.Set("X-Forwarded-For", c.said)
		}
		if got := s.address(r); got != c.want {
			t.Errorf("%s says %q: %s, not %s", c.remote, c.said, got, c.want)
		}
	}
}

// The session of before a sign-in, and of before the code, is worth nothing after.
func TestFixationOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	evil := h.as("outside")
	b := h.browser()
	b.cookie = evil.cookie // planted
	b.signIn("auditor")
	if b.cookie == evil.cookie {
		t.Fatal("the planted cookie is kept")
	}
	problemOf(t, "who planted it", evil.send("GET", "/api/v1/session", nil), 401, "A060", "signed-out")

	e := decode[Enrolment](t, b.send("POST", "/api/v1/account/totp", map[string]string{"password": ownPassword}))
	code, err := totp.GenerateCode(e.Secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	codes := decode[RecoveryCodes](t, b.send("PUT", "/api/v1/account/totp", map[string]string{"code": code}))
	b = h.browser()
	if st := decode[SessionState](t, b.signIn("auditor")); st.Stage != "code" || st.Audience != "public" || len(st.Posts) != 0 {
		t.Fatalf("before the code: %+v", st)
	}
	before := &browser{h: h, cookie: b.cookie, ip: b.ip}
	path := "/api/v1/dockets/" + tenderB
	if got, want := before.send("GET", path, nil).Body.String(), h.get(path, "").Body.String(); got != want {
		t.Error("before the code more is seen than by the public")
	}
	for _, path := range []string{"/api/v1/sessions", "/api/v1/people"} {
		if w := before.send("GET", path, nil); w.Code < 400 {
			t.Errorf("before the code %s answers %d", path, w.Code)
		}
	}
	problemOf(t, "a wrong code", b.send("POST", "/api/v1/session/totp", map[string]string{"code": "AAAAA-AAAAA"}), 401, "A061", "")
	if st := decode[SessionState](t, b.send("POST", "/api/v1/session/totp", map[string]string{"code": codes.Codes[0]})); st.Stage != "open" || st.Factor == nil || !st.Factor.TOTP || st.Factor.Recovery != 9 {
		t.Fatalf("after the code: %+v", st)
	}
	problemOf(t, "the cookie of before the code", before.send("GET", "/api/v1/session", nil), 401, "A060", "unknown")
}

func TestSessionsOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	one, two, three := h.as("auditor"), h.as("auditor"), h.as("auditor")
	other := h.as("outside")
	list := decode[SessionList](t, one.send("GET", "/api/v1/sessions", nil))
	if len(list.Items) != 3 || list.Items[2].ID == list.Items[0].ID || !list.Items[2].This || list.Items[2].Agent != "Firefox/140.0" || list.Items[2].IP != "192.0.2.1" || list.Items[2].Post.Role != identity.Auditor {
		t.Fatalf("listed: %+v", list)
	}
	if w := other.send("DELETE", "/api/v1/sessions/"+list.Items[0].ID, nil); w.Code != 404 {
		t.Errorf("ending another's session: %d", w.Code)
	}
	if w := one.send("DELETE", "/api/v1/sessions/"+list.Items[0].ID, nil); w.Code != 204 || one.cookie == "" {
		t.Errorf("ending the third: %d, cookie %q", w.Code, one.cookie)
	}
	problemOf(t, "the third", three.send("GET", "/api/v1/session", nil), 401, "A060", "ended")
	if w := one.send("DELETE", "/api/v1/sessions?others=true", nil); w.Code != 204 {
		t.Errorf("ending all others: %d", w.Code)
	}
	problemOf(t, "the second", two.send("GET", "/api/v1/session", nil), 401, "A060", "ended")
	if w := one.send("DELETE", "/api/v1/sessions", nil); w.Code != 204 || one.cookie != "" {
		t.Errorf("signing out everywhere: %d, cookie %q", w.Code, one.cookie)
	}
	if st := decode[SessionState](t, other.send("GET", "/api/v1/session", nil)); st.Stage != "open" {
		t.Error("somebody else is signed out too")
	}
	for _, c := range [][2]string{{"GET", "/api/v1/sessions"}, {"DELETE", "/api/v1/sessions"}} {
		problemOf(t, "nobody", h.browser().send(c[0], c[1], nil), 401, "A061", "")
	}
}

// Only the office and administrators keep accounts, each as far as their post goes.
func TestPeopleOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	for name := range peopleOfTest {
		b, keeps := h.as(name), name == "office" || name == "administrator" || name == "two"
		for _, path := range []string{"/api/v1/people", "/api/v1/people/" + h.ids["auditor"]} {
			w := b.send("GET", path, nil)
			if keeps != (w.Code == 200) {
				t.Errorf("%s at %s: %d", name, path, w.Code)
			}
			if !keeps {
				problemOf(t, name, w, 403, "A064", "")
			}
		}
		if !keeps {
			for _, c := range []struct {
				method, path string
				body         any
			}{
				{"POST", "/api/v1/people", map[string]string{"username": "new", "name": "新"}},
				{"POST", "/api/v1/people/" + h.ids["auditor"] + "/reset", nil},
				{"PUT", "/api/v1/people/" + h.ids["auditor"] + "/lock", map[string]bool{"locked": true}},
				{"POST", "/api/v1/people/" + h.ids["auditor"] + "/posts", map[string]string{"role": "auditor", "title": "x"}},
				{"POST", "/api/v1/people/" + h.ids[name] + "/posts", map[string]string{"role": "auditor", "title": "x"}},
				{"DELETE", "/api/v1/people/" + h.ids["auditor"] + "/posts/x", nil},
			} {
				problemOf(t, name+" "+c.method+" "+c.path, b.send(c.method, c.path, c.body), 403, "A064", "")
			}
		}
	}
	// A token of an administrator keeps no accounts: a deed needs a person.
	if w := h.get("/api/v1/people", "administrator"); w.Code != 403 {
		t.Errorf("a token lists people: %d", w.Code)
	}
	office := h.as("office")
	made := decode[NewPerson](t, office.send("POST", "/api/v1/people", map[string]string{"username": "New.One", "name": "新人"}))
	if made.Person.Username != "new.one" || len(made.Password) != 16 || !made.Person.Renew {
		t.Errorf("made: %+v", made)
	}
	problemOf(t, "the same name", office.send("POST", "/api/v1/people", map[string]string{"username": "new.one", "name": "新人"}), 409, "A065", "")
	problemOf(t, "a bad name", office.send("POST", "/api/v1/people", map[string]string{"username": "新 人", "name": "新人"}), 422, "A004", "")
	problemOf(t, "a post of nothing", office.send("POST", "/api/v1/people/"+made.Person.ID+"/posts", map[string]string{"role": "supervisor", "title": "x"}), 422, "A004", "")
	problemOf(t, "a post of nobody", office.send("POST", "/api/v1/people/0/posts", map[string]string{"role": "auditor", "title": "x"}), 404, "A003", "")
	problemOf(t, "a post for oneself", office.send("POST", "/api/v1/people/"+h.ids["office"]+"/posts", map[string]string{"role": "auditor", "title": "x"}), 403, "A064", "")
	granted := decode[identity.Person](t, office.send("POST", "/api/v1/people/"+made.Person.ID+"/posts", map[string]any{"role": "supervisor", "title": "洛阳", "regions": []string{"4103"}}))
	if len(granted.Posts) != 1 || granted.Posts[0].Regions[0] != "4103" {
		t.Errorf("granted: %+v", granted)
	}
	b := h.browser()
	if st := decode[SessionState](t, b.send("POST", "/api/v1/session", map[string]string{"username": "new.one", "password": made.Password})); st.Stage != "renew" || st.Audience != "public" {
		t.Errorf("first sign-in: %+v", st)
	}
	problemOf(t, "a weak one", b.send("PUT", "/api/v1/account/password", map[string]string{"new": "short"}), 422, "A004", "")
	if st := decode[SessionState](t, b.send("PUT", "/api/v1/account/password", map[string]string{"new": ownPassword})); st.Stage != "open" || st.Audience != "supervisor" {
		t.Errorf("after the change: %+v", st)
	}
	problemOf(t, "an administrator resets who sees bids", h.as("administrator").send("POST", "/api/v1/people/"+made.Person.ID+"/reset", nil), 403, "A064", "")
	decode[identity.Person](t, h.as("administrator").send("PUT", "/api/v1/people/"+made.Person.ID+"/lock", map[string]bool{"locked": true}))
	problemOf(t, "a locked person's page", b.send("GET", "/api/v1/session", nil), 401, "A060", "locked")
	for _, d := range h.deeds[len(h.deeds)-1:] {
		if d.Act != identity.ActLock || d.By.Username != "administrator" || d.Person != made.Person.ID {
			t.Errorf("recorded: %+v", d)
		}
	}
	// Pages go on where they stop.
	var names []string
	for cursor, i := "", 0; i < 20; i++ {
		page := decode[PersonList](t, office.send("GET", "/api/v1/people?limit=3&cursor="+cursor, nil))
		for _, p := range page.Items {
			names = append(names, p.Username)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(names) != len(peopleOfTest)+1 {
		t.Errorf("pages hold %q", names)
	}
}

// A post withdrawn by another process ends an open stream and a waiting request;
// how soon is written down, not asserted.
func TestWithdrawnPostEndsWhatIsOpen(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	url := serve(t, h.house)
	b := h.as("supervisor")
	open := func(path string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", b.cookie)
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	stream := open("/api/v1/stream")
	defer stream.Body.Close()
	waiting := make(chan int, 1)
	go func() {
		w := open("/api/v1/feed?after=end&wait=30")
		w.Body.Close()
		waiting <- w.StatusCode
	}()
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(stream.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	time.Sleep(700 * time.Millisecond)
	select {
	case status := <-waiting:
		t.Fatalf("the waiting request was answered before: %d", status)
	default:
	}
	p, err := h.accounts.Person(t.Context(), h.ids["supervisor"])
	if err != nil {
		t.Fatal(err)
	}
	if err := h.db.WithdrawPost(t.Context(), p.ID, p.Posts[0].ID, time.Now()); err != nil { // past this process's accounts
		t.Fatal(err)
	}
	begun, said := time.Now(), ""
	for after := time.After(10 * time.Second); ; {
		select {
		case line, more := <-lines:
			if said += line + "\n"; more {
				continue
			}
		case <-after:
			t.Fatal("the stream goes on")
		}
		break
	}
	t.Logf("the stream ended %d ms after the withdrawal", time.Since(begun).Milliseconds())
	if !strings.Contains(said, "event: ended\ndata: {\"why\":\"withdrawn\"}") {
		t.Errorf("the stream said last:\n%s", said[max(0, len(said)-300):])
	}
	select {
	case status := <-waiting:
		t.Logf("the waiting request was answered %d after %d ms", status, time.Since(begun).Milliseconds())
		if status != http.StatusUnauthorized {
			t.Errorf("a waiting request is answered %d", status)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a waiting request goes on")
	}
	problemOf(t, "the next request", b.send("GET", "/api/v1/dockets", nil), 401, "A060", "withdrawn")
}

// Where nobody signs in, tokens work as ever, and sign-in says that there is none.
func TestNoAccounts(t *testing.T) {
	h := newHouse(t)
	if w := h.do("GET", "/api/v1/session", ""); w.Code != 503 || !strings.Contains(w.Body.String(), "A066") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := h.get("/api/v1/dockets", "auditor", "Cookie", cookiePlain+"=mjs_x"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A broken store lets nobody in.
func TestBrokenAccounts(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	b := h.as("auditor")
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	if w := b.send("GET", "/api/v1/dockets", nil); w.Code != 503 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := h.browser().signIn("auditor"); w.Code != 500 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
