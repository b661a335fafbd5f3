package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/identity"
	"mingjing/internal/store"
)

// register is a register of trading systems in memory.
type register struct{ list []*exchange.Source }

func (r *register) List(context.Context) ([]*exchange.Source, error) { return r.list, nil }

func (r *register) Change(_ context.Context, name string, _ identity.Identity, change func(*exchange.Source) error) (*exchange.Source, error) {
	i := slices.IndexFunc(r.list, func(s *exchange.Source) bool { return s.Name == name })
	src := *r.list[i]
	src.Keys = slices.Clone(src.Keys)
	if err := change(&src); err != nil {
		return nil, err
	}
	if err := src.Check(); err != nil {
		return nil, errors.Join(ErrRegister, err)
	}
	r.list[i] = &src
	return &src, nil
}

func publicPEM(t *testing.T, n byte) string {
	t.Helper()
	key, err := signature.GenerateKey(signature.Ed25519, bytes.NewReader(bytes.Repeat([]byte{n}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	pem, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	return pem
}

// vendorHouse has two systems, A in Luoyang and B in Zhengzhou, with requests.
func vendorHouse(t *testing.T) (*house, *register) {
	reg := &register{}
	for i, name := range []string{"system A", "system B"} {
		reg.list = append(reg.list, &exchange.Source{
			Name: []string{"a", "b"}[i], Kind: "city", Region: []string{"410300", "410100"}[i], Platforms: []string{[]string{originA, originB}[i]}, State: exchange.Active,
			Keys:      []exchange.Key{{ID: name[7:] + "-1", Algorithm: signature.Ed25519, PublicPEM: publicPEM(t, byte(i+1)), From: time.Now().Add(-time.Hour)}},
			Standards: []exchange.Standard{{Version: "2.0", From: now.AddDate(-1, 0, 0)}},
		})
	}
	h := newHouse(t, func(c *Config) { c.Vendors = reg })
	for _, s := range reg.list {
		if err := h.memory.index().PutSource(t.Context(), store.SourceRow{Name: s.Name, Platforms: s.Platforms, Body: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	h.memory.counts = []store.Count{{Day: "2018-06-01", Source: "a", Dataset: "503", Records: 3, Defective: 1}, {Day: "2018-05-30", Source: "a", Dataset: "502", Records: 2}, {Day: "2018-06-01", Source: "b", Dataset: "502", Records: 7}}
	skew := int64(-12)
	h.request(t, "r1", "a", 200, true, exchange.Noted{Bytes: 10, Skew: &skew, Open: exchange.Tally{Accepted: 2, Defective: 1, Rules: map[string]int{"S012": 1}}, Whole: exchange.Tally{Accepted: 2, Defective: 1, Rules: map[string]int{"S012": 1}}})
	h.request(t, "r2", "a", 200, true, exchange.Noted{Bytes: 777, Millis: 5, Skew: &skew, Open: exchange.Tally{Accepted: 1}, Whole: exchange.Tally{Accepted: 8}})
	h.request(t, "r3", "a", 200, false, exchange.Noted{Bytes: 778, Whole: exchange.Tally{Accepted: 9}})
	h.request(t, "r4", "b", 401, true, exchange.Noted{Skew: &skew, Base: `"@method": POST`, Sent: "sig1=…", ZH: "不符", EN: "does not fit"})
	if err := h.memory.index().SaveRequests(t.Context(), nil, []store.RuleCount{{Day: "2018-06-01", Source: "a", Dataset: "503", Rule: "S012", Records: 1}, {Day: "2018-06-01", Source: "a", Rule: "S001", Refused: true, Records: 4}}); err != nil {
		t.Fatal(err)
	}
	return h, reg
}

func (h *house) request(t *testing.T, id, source string, status int, listed bool, n exchange.Noted) {
	t.Helper()
	body, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	row := store.RequestRow{ID: id, At: now.Add(-time.Duration('9'-id[1]) * time.Minute), Source: source, Key: strings.ToUpper(source) + "-1", Route: "POST /exchange/v1/batches", Status: status, Listed: listed, Body: body}
	if status == 401 {
		row.Rule = "X006"
	}
	if err := h.memory.index().SaveRequests(t.Context(), []store.RequestRow{row}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestWhoLooksAtSources(t *testing.T) {
	h, _ := vendorHouse(t)
	for _, c := range []struct {
		who                   string
		list                  []string
		a, requests, unlisted int
	}{
		{"administrator", []string{"a", "b"}, 200, 200, 404},
		{"auditor", []string{"a", "b"}, 200, 404, 404},
		{"supervisor", []string{"a"}, 200, 404, 404},
		{"outside", []string{}, 404, 404, 404},
		{"source", []string{"a"}, 200, 200, 200},
	} {
		got := []string{}
		for _, s := range decode[SourceList](t, h.get("/api/v1/sources", c.who)).Items {
			got = append(got, s.Name)
		}
		if !slices.Equal(got, c.list) {
			t.Errorf("%s lists %q", c.who, got)
		}
		for path, want := range map[string]int{"/a": c.a, "/a/requests": c.requests, "/a/requests/r1": c.requests, "/a/connection": c.requests, "/a/requests/r3": c.unlisted, "/a/requests/r4": 404, "/nobody": 404} {
			if w := h.get("/api/v1/sources"+path, c.who); w.Code != want {
				t.Errorf("%s at %s: %d, want %d: %s", c.who, path, w.Code, want, w.Body)
			}
		}
	}
	for path, want := range map[string]int{"": 403, "/a": 404, "/a/requests": 404, "/a/connection": 404} {
		if w := h.get("/api/v1/sources"+path, ""); w.Code != want {
			t.Errorf("the public at %q: %d", path, w.Code)
		}
	}
	if w := h.get("/api/v1/sources/b/requests", "source"); w.Code != 404 {
		t.Errorf("another system's requests: %d", w.Code)
	}
}

func TestSource(t *testing.T) {
	h, reg := vendorHouse(t)
	d := decode[SourceDetail](t, h.get("/api/v1/sources/a", "source"))
	if d.State != "live" || d.Today != 3 || d.Records != 5 || d.Defective != 1 || d.Refused != 4 || !d.Own || d.MayChange || len(d.Volume) != 30 || d.Volume[29] != (SourceDay{"2018-06-01", 3, 1}) {
		t.Errorf("%+v", d)
	}
	if d.Rules[0].Rule != "S001" || !d.Rules[0].Refused || d.Rules[0].ZH == "" || d.Datasets[0].Dataset != "503" || d.Datasets[0].ZH == "" || !d.Standards[0].Now {
		t.Errorf("%+v", d)
	}
	if len(d.Keys) != 1 || d.Keys[0].ID != "A-1" || d.Keys[0].State != "valid" || len(d.Keys[0].Fingerprint) != 64 || d.Keys[0].Seen == nil {
		t.Errorf("%+v", d.Keys)
	}
	if d = decode[SourceDetail](t, h.get("/api/v1/sources/a", "supervisor")); d.Keys != nil || d.Own {
		t.Errorf("a supervisor is shown keys: %+v", d)
	}
	if d = decode[SourceDetail](t, h.get("/api/v1/sources/b", "administrator")); d.State != "refusing" || d.Rule != "X006" {
		t.Errorf("%+v", d.SourceHead)
	}
	states := func() string {
		v := &survey{counts: h.memory.counts}
		var out []string
		for _, at := range []time.Time{now, now.Add(24 * time.Hour), now.Add(100 * time.Hour)} {
			out = append(out, v.head(reg.list[0], at).State)
		}
		none := *reg.list[0]
		none.Name = "new"
		out = append(out, v.head(&none, now).State)
		none.State = exchange.Paused
		return strings.Join(append(out, v.head(&none, now).State), " ")
	}
	if got := states(); got != "quiet quiet silent never refusing" {
		t.Errorf("states by counts alone: %s", got)
	}
	o := decode[Overview](t, h.get("/api/v1/overview", "administrator"))
	if got := fmt.Sprint(o.Systems); got != "[{live 1} {quiet 0} {silent 0} {refusing 1} {never 0}]" {
		t.Errorf("systems: %s", got)
	}
	if o = decode[Overview](t, h.get("/api/v1/overview", "")); o.Systems != nil {
		t.Errorf("the public is told of systems: %+v", o.Systems)
	}
}

// What was sealed of a request shows in no list; its sender finds it by its id.
func TestRequestLog(t *testing.T) {
	h, _ := vendorHouse(t)
	list := decode[RequestList](t, h.get("/api/v1/sources/a/requests", "source"))
	if len(list.Items) != 2 || list.Items[0].ID != "r2" || list.Items[1].ID != "r1" {
		t.Fatalf("%+v", list)
	}
	if r := list.Items[0]; r.Accepted != 1 || r.Bytes != 0 || r.Millis != 0 || !r.Sealed {
		t.Errorf("a list counts sealed records: %+v", r)
	}
	if r := list.Items[1]; r.Accepted != 2 || r.Bytes != 10 || r.Sealed || !slices.Equal(r.Rules, []RequestRule{{"S012", 1}}) {
		t.Errorf("%+v", r)
	}
	first := decode[RequestList](t, h.get("/api/v1/sources/a/requests?limit=1", "source"))
	second := decode[RequestList](t, h.get("/api/v1/sources/a/requests?limit=1&cursor="+first.Next, "source"))
	if len(first.Items) != 1 || len(second.Items) != 1 || first.Items[0].ID != "r2" || second.Items[0].ID != "r1" || second.Next != "" {
		t.Errorf("%+v %+v", first, second)
	}
	if r := decode[RequestDetail](t, h.get("/api/v1/sources/a/requests/r2", "source")); r.Accepted != 8 || r.Bytes != 777 || *r.Skew != -12 {
		t.Errorf("%+v", r)
	}
	if r := decode[RequestDetail](t, h.get("/api/v1/sources/a/requests/r2", "administrator")); r.Accepted != 1 || r.Bytes != 0 || !r.Sealed {
		t.Errorf("an administrator is told of sealed records: %+v", r)
	}
	if r := decode[RequestDetail](t, h.get("/api/v1/sources/a/requests/r3", "source")); r.Accepted != 9 {
		t.Errorf("%+v", r)
	}
	if list = decode[RequestList](t, h.get("/api/v1/sources/b/requests?failed=true", "administrator")); len(list.Items) != 1 || list.Items[0].Rule != "X006" {
		t.Errorf("%+v", list)
	}
}

func TestConnection(t *testing.T) {
	h, reg := vendorHouse(t)
	of := func(name, who string) map[string]ConnectionStep {
		t.Helper()
		out := map[string]ConnectionStep{}
		var order []string
		for _, s := range decode[Connection](t, h.get("/api/v1/sources/"+name+"/connection", who)).Steps {
			out[s.Step], order = s, append(order, s.Step)
			if s.ZH == "" || s.EN == "" || (s.State == "bad" || s.State == "unknown") && (s.MendZH == "" || s.MendEN == "") {
				t.Errorf("%s: no words: %+v", s.Step, s)
			}
		}
		if strings.Join(order, " ") != "dns tls clock key signature record attachment" {
			t.Errorf("%q", order)
		}
		return out
	}
	states := func(steps map[string]ConnectionStep) string {
		return fmt.Sprint(steps["dns"].State, steps["tls"].State, steps["clock"].State, steps["key"].State, steps["signature"].State, steps["record"].State, steps["attachment"].State)
	}
	if got := of("a", "source"); states(got) != "goodgoodgoodgoodgoodgoodunknown" || got["record"].Request != "r2" {
		t.Errorf("%s %+v", states(got), got)
	}
	if got := of("b", "administrator"); states(got) != "goodgoodgoodgoodbadunknownunknown" || got["signature"].Base == "" || !strings.Contains(got["signature"].ZH, "X006") {
		t.Errorf("%s %+v", states(got), got["signature"])
	}
	late := int64(400)
	h.request(t, "r5", "a", 401, true, exchange.Noted{Skew: &late, Plain: true, ZH: "时间", EN: "time"})
	h.server.cfg.PublicURL = ""
	if got := of("a", "source"); states(got) != "goodwarningbadgoodbadgoodunknown" {
		t.Errorf("%s", states(got))
	}
	reg.list[0].Keys[0].To = time.Now().Add(-time.Minute)
	if got := of("a", "source"); got["key"].State != "bad" {
		t.Errorf("%+v", got["key"])
	}
	reg.list[0].Keys[0].To = time.Now().Add(48 * time.Hour)
	if got := of("a", "source"); got["key"].State != "warning" {
		t.Errorf("%+v", got["key"])
	}
}

func TestKeys(t *testing.T) {
	h, reg := vendorHouse(t)
	as := func(role identity.Role, r disclose.Reader) context.Context {
		id := identity.Identity{Person: "p1", Post: identity.Post{Role: role}, Stage: identity.Open, Reader: r}
		return identity.With(context.WithValue(t.Context(), keyReader, r), id)
	}
	own := as(identity.SourceStaff, tokens["source"])
	office := as(identity.Office, tokens["administrator"])
	add := func(ctx context.Context, source, id string, n byte, until time.Time) (*SourceDetail, error) {
		in := &newKeyInput{Name: source}
		in.Body.ID, in.Body.Algorithm, in.Body.PublicPEM, in.Body.Until = id, "ed25519", publicPEM(t, n), until
		o, err := h.server.addKey(ctx, in)
		if err != nil {
			return nil, err
		}
		return &o.Body, nil
	}
	status := func(err error) int {
		var p *ReadProblem
		if !errors.As(err, &p) {
			return 200
		}
		return p.Status
	}
	for _, c := range []struct {
		name   string
		ctx    context.Context
		source string
		status int
	}{
		{"administrator", as(identity.Administrator, tokens["administrator"]), "a", 403},
		{"auditor", as(identity.Auditor, tokens["auditor"]), "a", 403},
		{"supervisor", as(identity.Supervisor, tokens["supervisor"]), "a", 403},
		{"a token of its own", context.WithValue(t.Context(), keyReader, tokens["source"]), "a", 403},
		{"another's staff", own, "b", 404},
	} {
		if _, err := add(c.ctx, c.source, "x", 9, time.Time{}); status(err) != c.status {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := add(own, "a", "A-1", 9, time.Time{}); status(err) != 422 {
		t.Errorf("an id again: %v", err)
	}
	if _, err := add(own, "a", "A-2", 9, time.Now().AddDate(5, 0, 0)); status(err) != 422 {
		t.Errorf("five years: %v", err)
	}
	d, err := add(own, "a", "A-2", 9, time.Time{})
	if err != nil || len(d.Keys) != 2 || d.Keys[1].State != "valid" || d.Keys[1].To == nil || !d.MayChange {
		t.Fatalf("%+v %v", d, err)
	}
	if _, err = add(own, "a", "A-3", 10, time.Time{}); status(err) != 422 {
		t.Errorf("a third valid key: %v", err)
	}
	if _, err := h.server.endKey(own, &endKeyInput{"a", "A-1"}); err != nil {
		t.Fatal(err)
	}
	if k := reg.list[0].Keys[0]; k.To.IsZero() || k.To.After(time.Now()) {
		t.Errorf("not ended: %+v", k)
	}
	if _, err = add(office, "a", "A-3", 10, time.Now().AddDate(0, 1, 0)); err != nil {
		t.Errorf("the office: %v", err)
	}
	if _, err := h.server.endKey(own, &endKeyInput{"a", "none"}); status(err) != 404 {
		t.Errorf("no such key: %v", err)
	}
}
