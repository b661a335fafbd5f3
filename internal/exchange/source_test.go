package exchange

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"mingjing/internal/exchange/signature"
)

func TestSourceCheck(t *testing.T) {
	f := newFixture(t)
	cases := map[string]struct {
		change func(*Source)
		want   string // part of the error; "" for none
	}{
		"as registered": {func(*Source) {}, ""},
		"name":          {func(s *Source) { s.Name = "Zz 1" }, "source name"},
		"state":         {func(s *Source) { s.State = "on" }, "state"},
		"no platform":   {func(s *Source) { s.Platforms = nil }, "no platform"},
		"empty":         {func(s *Source) { s.Platforms = []string{""} }, "empty platform"},
		"rate":          {func(s *Source) { s.RateLimit.PerSecond = -1 }, "rate"},
		"window":        {func(s *Source) { s.HistoryWindow = &HistoryWindow{From: testNow, To: testNow} }, "history window"},
		"key twice":     {func(s *Source) { s.Keys = append(s.Keys, s.Keys[0]) }, "given twice"},
		"key algorithm": {func(s *Source) { s.Keys[0].Algorithm = signature.SM2SM3 }, "is not a key for"},
		"key text":      {func(s *Source) { s.Keys[0].PublicPEM = "x" }, "PEM"},
		"two keys": {func(s *Source) {
			k := s.Keys[0]
			k.ID = "second"
			s.Keys = append(s.Keys, k)
		}, ""},
		"three keys": {func(s *Source) {
			for _, id := range []string{"second", "third"} {
				k := s.Keys[0]
				k.ID = id
				s.Keys = append(s.Keys, k)
			}
		}, "at most two"},
		"three keys, one ended": {func(s *Source) {
			for _, id := range []string{"second", "third"} {
				k := s.Keys[0]
				k.ID, k.From = id, testNow
				s.Keys = append(s.Keys, k)
			}
			s.Keys[0].To = testNow
		}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := f.source()
			c.change(&s)
			err := s.Check()
			if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestRegistry(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	other := f.source()
	other.Name = "other"
	if err := f.registry.Register(ctx, other); err == nil || !strings.Contains(err.Error(), "belongs to source zz") {
		t.Errorf("a platform of another source: %v", err)
	}
	other.Platforms = []string{"11410000MB1A00002X"}
	if err := f.registry.Register(ctx, other); err == nil || !strings.Contains(err.Error(), "in use by another source") {
		t.Errorf("a key id of another source: %v", err)
	}
	other.Keys[0].ID = "other-1"
	f.register(other)
	list, err := f.registry.List(ctx)
	if err != nil || len(list) != 2 || list[0].Name != "other" {
		t.Errorf("list: %v %v", list, err)
	}
	if _, err := f.registry.Source(ctx, "none"); err == nil {
		t.Error("a source that is not there is found")
	}
	s, key, _, err := f.registry.ByKey(ctx, "other-1")
	if err != nil || s.Name != "other" || key.ID != "other-1" {
		t.Errorf("by key: %v %v %v", s, key, err)
	}
	if s, _, _, err := f.registry.ByKey(ctx, "none"); s != nil || err != nil {
		t.Errorf("by a key that is not there: %v %v", s, err)
	}
}

// TestKeyChange: two keys are in force at once, each in its own time, so that
// a source changes its key without a gap.
func TestKeyChange(t *testing.T) {
	f := newFixture(t)
	next, err := signature.GenerateKey(signature.SM2SM3, &countingReader{})
	if err != nil {
		t.Fatal(err)
	}
	public, err := next.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	s := f.source()
	s.Keys[0].To = testNow.Add(48 * time.Hour)
	s.Keys = append(s.Keys, Key{ID: "zz-2027", Algorithm: signature.SM2SM3, PublicPEM: public, From: testNow.Add(24 * time.Hour)})
	f.register(s)
	before := f.signer
	after := signature.Signer{KeyID: "zz-2027", Key: next}
	body := batchOf(t, notice("a", "1", "n"))
	for _, c := range []struct {
		at     time.Duration
		signer signature.Signer
		want   int
	}{{0, before, 200}, {0, after, 401}, {30 * time.Hour, before, 200}, {30 * time.Hour, after, 200}, {60 * time.Hour, before, 401}, {60 * time.Hour, after, 200}} {
		f.now, f.signer = testNow.Add(c.at), c.signer
		if got := f.send(validate, typeJSON, body); got.status != c.want {
			t.Errorf("key %s after %s: %d %s", c.signer.KeyID, c.at, got.status, got.text)
		}
	}
}

type countingReader struct{ n byte }

func (c *countingReader) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}

func TestHistoryWindow(t *testing.T) {
	f := newFixture(t)
	s := f.source()
	s.HistoryWindow = &HistoryWindow{
		From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), GrantedUntil: testNow.AddDate(0, 1, 0),
	}
	f.register(s)
	old, recent, byRevision, counter := notice("a", "1", "n"), notice("b", "1", "n"), notice("c", "20210301090000", "n"), notice("d", "7", "n")
	old["occurred"] = "2021-03-01T09:00:00+08:00"
	delete(byRevision, "occurred")
	delete(counter, "occurred")
	got := f.send(batches, typeJSON, batchOf(t, recent, old, counter, byRevision))
	if got.batch.Accepted != 4 {
		t.Fatal(got.text)
	}
	for i, r := range f.ledger.rows {
		if want := r.Record.Key == "a" || r.Record.Key == "c"; f.ledger.past[i] != want {
			t.Errorf("record %s: history %v, want %v", r.Record.Key, f.ledger.past[i], want)
		}
	}
	// Answers stay in the order sent, though history is appended by itself.
	for i, key := range []string{"b", "a", "d", "c"} {
		if p := got.batch.Answers[i].Receipt.Position; f.ledger.rows[p].Record.Key != key {
			t.Errorf("answer %d is for %s, want %s", i, f.ledger.rows[p].Record.Key, key)
		}
	}
	f.now = testNow.AddDate(0, 2, 0)
	old["key"] = "late"
	f.send(batches, typeJSON, batchOf(t, old))
	if f.ledger.past[len(f.ledger.past)-1] {
		t.Error("history after the grant ended")
	}
}

// A source that is bound to a certificate is heard over a connection that
// showed it, besides its signature; one of another name, or none, is refused.
func TestClientCertificate(t *testing.T) {
	mine := &x509.Certificate{RawIssuer: []byte("authority"), RawSubject: []byte("zz")}
	f := newFixture(t, func(f *fixture) {
		s := f.source()
		s.Certificate = CertificateID(mine)
		f.register(s)
	})
	body := batchOf(t, notice("a", "1", "n"))
	if got := f.send(validate, typeJSON, body); got.status != 401 || got.problem.Rule != "X021" {
		t.Errorf("over a plain connection: %d %s", got.status, got.text)
	}
	s := f.source()
	s.Certificate = CertificateID(mine)
	state := func(verified bool, c *x509.Certificate) *http.Request {
		r := &http.Request{TLS: &tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}}}
		if verified {
			r.TLS.VerifiedChains = [][]*x509.Certificate{{c}}
		}
		return r
	}
	for name, c := range map[string]struct {
		r    *http.Request
		want bool
	}{
		"none":                {&http.Request{}, false},
		"its own":             {state(true, mine), true},
		"not verified":        {state(false, mine), false},
		"a colleague's":       {state(true, &x509.Certificate{RawIssuer: mine.RawIssuer, RawSubject: []byte("yy")}), false},
		"another authority's": {state(true, &x509.Certificate{RawIssuer: []byte("other"), RawSubject: mine.RawSubject}), false},
	} {
		if s.shows(c.r) != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
	s.Certificate = ""
	if !s.shows(&http.Request{}) {
		t.Error("a source bound to none is refused")
	}
	s.Certificate = "zz"
	if err := s.Check(); err == nil {
		t.Error("a binding that can be none is registered")
	}
}
