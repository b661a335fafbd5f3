package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/identity"
	"mingjing/internal/province"
)

// The seats from which the tests look at a running server: every audience, a
// supervisor in and out of jurisdiction, a trading system at its own records
// and at those of another.
const (
	atPublic        = "public"
	atSource        = "source"
	atOtherSource   = "other source"
	atSupervisor    = "supervisor"
	atOutside       = "supervisor outside"
	atAuditor       = "auditor"
	atAdministrator = "administrator"
)

// The roles in which people sign in; each has a session beside the tokens of
// the seats.
var everyRole = []string{
	"signed in: office", "signed in: supervisor", "signed in: auditor", "signed in: tenderer", "signed in: source", "signed in: administrator", "signed in: two posts, none chosen",
}

// everybody is who may ask at all.
var everybody = append(slices.Clone(everySeat), everyRole...)

var everySeat = []string{atPublic, atSource, atOtherSource, atSupervisor, atOutside, atAuditor, atAdministrator}

// An office is the real program, serving in a process of its own over a data
// folder, with registered trading systems and a token for every seat.
type office struct {
	t       *testing.T
	data    string
	systems []province.System // 0 is the one whose records are looked at
	server  *child
	logs    string // of servers that were stopped
	tokens  map[string]string
	cookies map[string]string // of people who are signed in, by role
	begun   time.Time
	http    *http.Client
}

// openOffice makes a data folder and starts the server on it. dsn is the
// store's address, "" for SQLite in the folder.
func openOffice(t *testing.T, dsn string) *office {
	t.Helper()
	t.Setenv("MINGJING_STORE", dsn) // commands and servers alike
	o := &office{t: t, data: t.TempDir(), systems: province.Systems(11), tokens: map[string]string{}, cookies: map[string]string{}, begun: time.Now(), http: &http.Client{Timeout: 20 * time.Second}}
	for _, s := range o.systems {
		register(t, o.data, s)
	}
	// The third system's history of 2016 comes in through a window.
	third := o.systems[2]
	o.run("source", "add", "--data", o.data, "--name", third.Name, "--kind", third.Kind, "--region", third.Region, "--platform", third.Platform,
		"--history", "2016-01-01/2016-12-31", "--rate", "100000")
	ctx := context.Background()
	h, err := (dataFlags{Data: o.data, Store: dsn, Log: "mingjing.local/log"}).open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for seat, r := range map[string]disclose.Reader{
		atSource:        {Audience: disclose.Source, Origins: []string{o.systems[0].Platform}},
		atOtherSource:   {Audience: disclose.Source, Origins: []string{o.systems[1].Platform}},
		atSupervisor:    {Audience: disclose.Supervisor, Regions: []string{"410100"}},
		atOutside:       {Audience: disclose.Supervisor, Regions: []string{"411500"}},
		atAuditor:       {Audience: disclose.Auditor},
		atAdministrator: {Audience: disclose.Administrator},
	} {
		r.ID = "test " + seat
		if o.tokens[seat], err = h.issue(ctx, identity.Grant{Name: r.ID, Expires: time.Now().Add(time.Hour), Reader: r}); err != nil {
			t.Fatal(err)
		}
	}
	people := o.people(h)
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	o.start()
	t.Cleanup(o.server.kill)
	for role, username := range people {
		o.signIn(role, username)
	}
	return o
}

const peoplesPassword = "a password of tests"

// people makes an account for every role and returns their usernames.
func (o *office) people(h *house) map[string]string {
	o.t.Helper()
	accounts, err := h.accounts(signInFlags{})
	if err != nil {
		o.t.Fatal(err)
	}
	office := identity.Post{Role: identity.Office, Title: "office"}
	supervisor := identity.Post{Role: identity.Supervisor, Title: "supervisor", Regions: []string{"410100"}}
	posts := [][]identity.Post{
		{office},
		{supervisor},
		{{Role: identity.Auditor, Title: "auditor"}},
		{{Role: identity.Tenderer, Title: "tenderer", Org: o.systems[0].Platform}},
		{{Role: identity.SourceStaff, Title: "staff", Origins: []string{o.systems[0].Platform}}},
		{{Role: identity.Administrator, Title: "administrator"}},
		{office, supervisor},
	}
	out := map[string]string{}
	for i, role := range everyRole {
		out[role] = fmt.Sprintf("somebody%d", i)
		p, _, err := accounts.Create(o.t.Context(), atDesk, out[role], role, peoplesPassword)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, post := range posts[i] {
			if _, err := accounts.Grant(o.t.Context(), atDesk, p.ID, post); err != nil {
				o.t.Fatal(err)
			}
		}
	}
	return out
}

func (o *office) signIn(role, username string) {
	o.t.Helper()
	body, err := json.Marshal(map[string]string{"username": username, "password": peoplesPassword})
	if err != nil {
		o.t.Fatal(err)
	}
	req := o.request(http.MethodPost, "/api/v1/session", body)
	req.Header.Set("Content-Type", "application/json")
	a := o.do(req)
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	if a.status != http.StatusOK || cookie == "" {
		o.t.Fatalf("%s is not signed in: %d %s", role, a.status, a.body)
	}
	o.cookies[role] = cookie
}

func (o *office) start() {
	o.t.Helper()
	o.server = startChild(o.t, "serve", "--data", o.data, "--listen", "127.0.0.1:0", "--public-every", "1s", "--verbose")
}

// stop ends the server as an operator does and keeps what it logged.
func (o *office) stop() {
	o.t.Helper()
	if err := o.server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		o.t.Fatal(err)
	}
	if err := o.server.cmd.Wait(); err != nil {
		o.t.Errorf("the server ended with %v", err)
	}
	o.logs += o.server.output()
}

// said is all that the servers of this office wrote so far.
func (o *office) said() string { return fractions.ReplaceAllString(o.logs+o.server.output(), "$1$2") }

// fractions are the parts of seconds in the times of log lines: nine digits that
// now and then are a planted telephone number by chance.
var fractions = regexp.MustCompile(`(:[0-9]{2})\.[0-9]+(Z|[+-][0-9]{2}:[0-9]{2})`)

// try runs the program with these words; out is what it wrote anywhere.
func (o *office) try(words ...string) (out string, status int) {
	o.t.Helper()
	self, err := os.Executable()
	if err != nil {
		o.t.Fatal(err)
	}
	cmd := exec.CommandContext(o.t.Context(), self, words...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	raw, err := cmd.CombinedOutput()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		o.t.Fatal(err)
	}
	return string(raw), cmd.ProcessState.ExitCode()
}

// run is try for what must succeed.
func (o *office) run(words ...string) string {
	o.t.Helper()
	out, status := o.try(words...)
	if status != 0 {
		o.t.Fatalf("mingjing %s ended with %d:\n%s", strings.Join(words, " "), status, out)
	}
	return out
}

// An answer is what came back over HTTP.
type answer struct {
	path   string
	status int
	header http.Header
	body   []byte
}

// all is everything that the asker can read of an answer.
func (a *answer) all() []byte {
	var b bytes.Buffer
	_ = a.header.Write(&b) // a buffer takes everything
	b.Write(a.body)
	return b.Bytes()
}

func (o *office) do(req *http.Request) *answer {
	o.t.Helper()
	resp, err := o.http.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return &answer{path: req.URL.RequestURI(), status: resp.StatusCode, header: resp.Header, body: body}
}

func (o *office) request(method, path string, body []byte) *http.Request {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.server.url+path, bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	return req
}

// get asks as one who sits in a seat.
func (o *office) get(seat, path string) *answer {
	o.t.Helper()
	req := o.request(http.MethodGet, path, nil)
	if token := o.tokens[seat]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if cookie := o.cookies[seat]; cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	return o.do(req)
}

// signed asks the door as a trading system does. A header value "" is left
// out; spoil, when given, changes the request after it was signed.
func (o *office) signed(system int, method, path string, header map[string]string, body []byte, spoil ...func(*http.Request)) *answer {
	o.t.Helper()
	req := o.request(method, path, body)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	sys := o.systems[system]
	key, err := signature.NewPrivateKey(signature.Ed25519, sys.Key)
	if err != nil {
		o.t.Fatal(err)
	}
	var nonce [12]byte
	rand.Read(nonce[:])
	if err := (signature.Signer{KeyID: sys.KeyID(), Key: key}).Sign(req, body, time.Now(), hex.EncodeToString(nonce[:])); err != nil {
		o.t.Fatal(err)
	}
	for _, f := range spoil {
		f(req)
	}
	return o.do(req)
}

var asJSON = map[string]string{"Content-Type": "application/json"}

// batch posts records of one trading system, each of which must be accepted,
// and returns the answer and the log positions.
func (o *office) batch(system int, records ...wired) (*answer, []int64) {
	o.t.Helper()
	a := o.signed(system, http.MethodPost, "/exchange/v1/batches", asJSON, batchBody(o.t, o.systems[system].Platform, records...))
	var doc struct {
		Answers []struct {
			Status  string `json:"status"`
			Receipt struct {
				Position int64 `json:"position"`
			} `json:"receipt"`
			Problems json.RawMessage `json:"problems"`
		} `json:"answers"`
	}
	if err := json.Unmarshal(a.body, &doc); err != nil || a.status != http.StatusOK {
		o.t.Fatalf("the door answered %d: %s", a.status, a.body)
	}
	var at []int64
	for i, one := range doc.Answers {
		if one.Status == "refused" {
			o.t.Fatalf("%s of %s was refused: %s", records[i].Dataset, records[i].Key, one.Problems)
		}
		at = append(at, one.Receipt.Position)
	}
	return a, at
}

// A wired record is a record as it stands in a JSON batch.
type wired struct {
	Dataset  string            `json:"dataset"`
	Op       string            `json:"op"`
	Key      string            `json:"key"`
	Revision string            `json:"revision"`
	Occurred string            `json:"occurred,omitempty"`
	Fields   map[string]string `json:"fields"`
}

func batchBody(t *testing.T, platform string, records ...wired) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"platform": platform, "records": records})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// settle waits until everything that came is folded.
func (o *office) settle() {
	o.t.Helper()
	o.until("everything is folded", func() bool {
		return bytes.Contains(o.get(atPublic, "/metrics").body, []byte("\nmingjing_work_backlog 0\n"))
	})
}

// until waits for something, at most 15 s.
func (o *office) until(what string, done func() bool) {
	o.t.Helper()
	for end := time.Now().Add(15 * time.Second); !done(); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatalf("not within 15 s: %s\n%s", what, tail(o.said()))
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-3000):] }
