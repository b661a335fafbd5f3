package server

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"mingjing/internal/standard"
)

// mustNotSee says, without the disclosure table, what a reader of these
// dockets must not see: tenderA is not opened, the others are, none has a result.
func mustNotSee(p planted, who string) bool {
	ds := standard.Default().Dataset(p.dataset)
	seal := ds.Seal
	if f := ds.Field(p.field); f != nil && f.Seal != standard.Open {
		if f.Seal == standard.Personal {
			return true
		}
		seal = f.Seal
	}
	inside := who == "auditor" || who == "supervisor" && p.docket != tenderC
	switch {
	case seal == standard.Committee:
		return true
	case seal == standard.Bid && p.docket == tenderA:
		return true
	case seal == standard.Bid && (who == "source" || who == "administrator"):
		return true
	case who == "source":
		return p.origin != originA
	case inside:
		return false
	case seal == standard.Bid:
		opening := []string{"BIDDER_NAME", "BID_PRICE", "OTHER_BID_PRICE", "TIME_LIMIT", "BID_MANAGER", "PRICE_FORM_CODE", "PRICE_CURRENCY", "PRICE_UNIT"}
		for _, name := range opening {
			if p.dataset == "507" && p.field == name {
				return false
			}
		}
		return p.dataset != "506"
	}
	f := ds.Field(p.field)
	return f != nil && f.Disclosure != standard.Public
}

// addresses are those that can be read, of the house's own dockets; the sign-in
// elsewhere is not among them, for its answers set a cookie.
func addresses(h *house) []string {
	var paths []string
	for _, lang := range []string{"", "?lang=en"} {
		paths = append(paths, "/"+lang, "/dockets"+lang, "/dockets.atom"+lang, "/statistics"+lang, "/docs"+lang, "/docs/rules"+lang, "/docs/disclosure"+lang, "/docs/exchange"+lang,
			"/docket/"+tenderA+lang, "/docket/"+tenderB+lang, "/docket/"+tenderC+lang, "/project/P"+lang, "/body/B"+lang)
	}
	paths = append(paths, "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs/rules/S001", "/log/checkpoint", "/exchange/v1/datasets", "/exchange/v1/standards", "/exchange/v1/receipts/3",
		"/api/v1/rules", "/api/v1/rules/learned", "/api/v1/dockets", "/api/v1/dockets?limit=1", "/api/v1/dockets?region=41", "/api/v1/dockets?class=construction", "/api/v1/dockets?q="+tenderA,
		"/api/v1/dockets?sort=last", "/api/v1/dockets?sort=amount&order=asc", "/api/v1/dockets?sort=title", "/api/v1/dockets?sort=warnings", "/api/v1/dockets?warning=any", "/api/v1/dockets?warning=D01",
		"/api/v1/dockets?amount_min=1", "/api/v1/views", "/api/v1/exports", "/api/v1/dockets?late=true", "/api/v1/dockets?stage=bid,opening&moment=opened", "/api/v1/dockets?source="+originA+"&q=plant&sort=last",
		"/api/v1/dockets/"+tenderA, "/api/v1/dockets/"+tenderB, "/api/v1/dockets/"+tenderC, "/api/v1/findings", "/api/v1/findings?docket="+tenderA, "/api/v1/search?q="+tenderA,
		"/api/v1/schedule", "/api/v1/schedule?day=2018-06-02",
		"/api/v1/projects/P", "/api/v1/bodies/B", "/api/v1/instructions?show=all", "/api/v1/dockets/"+tenderA+"/instructions", "/api/v1/dockets/"+tenderC+"/instructions", "/api/v1/complaints", "/api/v1/complaints?state=all", "/api/v1/objections?state=all", "/api/v1/dockets/"+tenderA+"/objections", "/api/v1/dockets/"+tenderB+"/objections", "/api/v1/dockets/"+tenderA+"/complaints", "/api/v1/dockets/"+tenderB+"/complaints", "/api/v1/dockets/"+tenderA+"/readings", "/api/v1/dockets/"+tenderB+"/readings", "/api/v1/dockets/"+tenderC+"/readings", "/api/v1/dockets/"+tenderA+"/stages", "/api/v1/dockets/"+tenderB+"/stages", "/api/v1/dockets/"+tenderA+"/sheet", "/api/v1/dockets/"+tenderB+"/sheet", "/api/v1/dockets/"+tenderC+"/sheet",
		"/api/v1/feed?limit=200", "/api/v1/feed?before=end&limit=200", "/api/v1/feed?limit=200&asof=2018-06-01T03:59:59Z", "/exchange/v1/feed", "/api/v1/session", "/api/v1/sessions", "/api/v1/people", "/api/v1/organisations", "/api/v1/organisations/x", "/api/v1/account/loans", "/api/v1/account/passkeys",
		"/api/v1/warnings", "/api/v1/warnings?status=all&limit=200", "/api/v1/warnings/counts", "/api/v1/warnings/"+tenderA+"/k"+tenderA, "/api/v1/warnings/"+tenderB+"/k"+tenderB, "/api/v1/warnings/"+tenderC+"/k"+tenderC,
		"/api/v1/parties?name=plant", "/api/v1/parties?code=91410100170000000A", "/api/v1/experts?name=plant",
		"/api/v1/dockets/"+tenderA+"/lots/"+tenderA+"001/likeness", "/api/v1/dockets/"+tenderB+"/lots/"+tenderB+"001/likeness", "/api/v1/dockets/"+tenderC+"/lots/"+tenderC+"001/likeness",
		"/api/v1/network?body=plant", "/api/v1/network?depth=2&body=91410100170000000A",
		"/api/v1/stream?after=begin&until=now", "/api/v1/stream/poll?after=begin",
		"/api/v1/map", "/api/v1/overview", "/api/v1/overview?period=today&region=4103", "/api/v1/overview?class=construction",
		"/api/v1/search?q=plant", "/api/v1/search?kind=body&q=plant&limit=200", "/api/v1/search/suggest?q=plant", "/api/v1/search?q=plantbidder")
	for p := int64(1); p <= h.next; p += 11 {
		paths = append(paths, fmt.Sprintf("/api/v1/records/%d/disclosed", p), fmt.Sprintf("/api/v1/records/%d/versions", p))
	}
	return paths
}

// Every address that can be read, for every reader, before the moment: nothing
// planted that the reader must not see stands in an answer or in the log.
func TestNoSecretAtAnyAddress(t *testing.T) {
	for _, demo := range []bool{false, true} {
		hp := newHouseOfPeople(t, loose(), func(c *Config) { c.Demo = demo })
		h := hp.house
		paths := addresses(h)
		found := 0
		// Programs by their tokens over invented data, people by their sessions over
		// real: each reads as the audience named.
		readers := map[string]string{"": "", "source": "source", "supervisor": "supervisor", "outside": "outside", "auditor": "auditor", "administrator": "administrator"}
		if !demo {
			readers = map[string]string{
				"session of office": "administrator", "session of administrator": "administrator", "session of supervisor": "supervisor", "session of outside": "outside",
				"session of auditor": "auditor", "session of source": "source", "session of tenderer": "",
			}
		}
		if !demo { // the auditors' port, as the auditor whose certificate it is
			port := newAuditPort(t, hp)
			for _, path := range append(paths, auditAddresses()...) {
				body := port.send("GET", path, nil).Body.String()
				found += len(h.seen(body))
				for _, p := range h.seen(body) {
					as := "auditor"
					if !strings.HasPrefix(path, "/api/") {
						as = ""
					}
					if mustNotSee(p, as) {
						t.Fatalf("the auditors' port shows %s.%s of %s at %s", p.dataset, p.field, p.docket, path)
					}
				}
			}
		}
		paths = append(paths, "/sso/none", "/sso/callback", "/sso/callback?state=x&code=y") // last: their answers set a cookie, and the browser of these tests holds one
		for who, audience := range readers {
			get := func(path string) string { return h.get(path, who).Body.String() }
			if name, ok := strings.CutPrefix(who, "session of "); ok {
				b := hp.as(name)
				get = func(path string) string { return b.send("GET", path, nil).Body.String() }
			}
			for _, path := range paths {
				body := get(path)
				found += len(h.seen(body))
				as := audience
				if !strings.HasPrefix(path, "/api/") {
					as = "" // pages show what the public sees, whoever asks
				}
				for _, p := range h.seen(body) {
					if mustNotSee(p, as) {
						t.Fatalf("demo %v: %q sees %s.%s of %s at %s", demo, who, p.dataset, p.field, p.docket, path)
					}
				}
			}
		}
		if found < 1000 {
			t.Fatalf("only %d planted values were seen anywhere: the sweep looks at nothing", found)
		}
		for _, p := range h.seen(h.log.String()) {
			t.Fatalf("the access log holds %s.%s", p.dataset, p.field)
		}
	}
}

// A search for what a reader must not see finds nothing, and says so with the
// same words as a search for what is nowhere.
func TestSearchDoesNotTell(t *testing.T) {
	h := newHouse(t)
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
		nowhere := map[string]string{}
		for i, p := range h.planted {
			if p.field == "@key" || i%41 != 0 || !mustNotSee(p, who) {
				continue
			}
			for _, path := range []string{"/api/v1/search?q=", "/api/v1/search?kind=body&q=", "/api/v1/search/suggest?q=", "/api/v1/dockets?q="} {
				got := h.get(path+url.QueryEscape(p.value), who).Body.String()
				if nowhere[path] == "" {
					nowhere[path] = h.get(path+"nowhere", who).Body.String()
				}
				if got != nowhere[path] {
					t.Fatalf("%q finds %s.%s of %s by %s: %s", who, p.dataset, p.field, p.docket, path, got)
				}
			}
		}
	}
}

// What a reader may see is found.
func TestSearchFinds(t *testing.T) {
	h := newHouse(t)
	value := func(docket, dataset, field, origin string) string {
		for _, p := range h.planted {
			if p.docket == docket && p.dataset == dataset && p.field == field && p.origin == origin {
				return p.value
			}
		}
		t.Fatalf("nothing planted at %s.%s", dataset, field)
		return ""
	}
	for _, c := range []struct {
		who, docket, dataset, field, origin string
		found                               bool
	}{
		{"", tenderA, "503", "NOTICE_NAME", originA, true},
		{"", tenderA, "507", "BIDDER_NAME", originA, false},
		{"", tenderB, "507", "BIDDER_NAME", originA, true},
		{"administrator", tenderB, "507", "BIDDER_NAME", originA, false},
		{"administrator", tenderB, "503", "NOTICE_NAME", originA, true},
		{"", tenderB, "519", "CPU_ID", originA, false},
		{"supervisor", tenderB, "519", "CPU_ID", originA, true},
		{"outside", tenderB, "519", "CPU_ID", originA, false},
		{"supervisor", tenderC, "519", "CPU_ID", originA, false},
		{"supervisor", tenderC, "503", "NOTICE_NAME", originA, true},
		{"auditor", tenderC, "519", "CPU_ID", originA, true},
		{"auditor", tenderA, "519", "CPU_ID", originA, false},
		{"source", tenderC, "512", "CONTRACT_PRICE", originA, true},
		{"source", tenderC, "512", "CONTRACT_PRICE", originB, false},
		{"source", tenderC, "507", "BIDDER_NAME", originA, false},
	} {
		got := decode[SearchResult](t, h.get("/api/v1/search?q="+value(c.docket, c.dataset, c.field, c.origin), c.who))
		found := len(got.Items) == 1 && got.Items[0].ID == c.docket
		if found != c.found || !found && len(got.Items) != 0 {
			t.Errorf("%q searches %s.%s of %s: found %d, want found %v", c.who, c.dataset, c.field, c.docket, len(got.Items), c.found)
		}
		if got.Total != len(got.Items) {
			t.Errorf("%q searches %s.%s: total %d of %d", c.who, c.dataset, c.field, got.Total, len(got.Items))
		}
	}
}
