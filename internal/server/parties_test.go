package server

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/disclose"
)

// A body's page lists the dockets in which the reader sees it named, with its
// roles there: those that a look at every view finds.
func TestPartyListsItsDockets(t *testing.T) {
	h, _ := realHouse(t, 30)
	at := h.server.cfg.Clock()
	for _, who := range []string{"", "supervisor", "auditor", "administrator"} {
		r := tokens[who]
		type naming struct{ docket, role string }
		byCode, byName, codes := map[string]map[naming]bool{}, map[string]map[naming]bool{}, map[string]map[string]bool{}
		put := func(m map[string]map[naming]bool, key string, n naming) {
			if m[key] == nil {
				m[key] = map[naming]bool{}
			}
			m[key][n] = true
		}
		for cursor := ""; ; {
			l := decode[DocketList](t, h.get("/api/v1/dockets?limit=200&cursor="+cursor, who))
			for _, head := range l.Items {
				d, err := h.server.docket(t.Context(), head.ID)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range disclose.View(d, r, at).Search().Names {
					n := naming{head.ID, p.Role}
					if p.Code != "" {
						put(byCode, p.Code, n)
						if codes[p.Name] == nil {
							codes[p.Name] = map[string]bool{}
						}
						codes[p.Name][p.Code] = true
					} else {
						put(byName, p.Name, n)
					}
				}
			}
			if cursor = l.Next; cursor == "" {
				break
			}
		}
		looked := 0
		for _, code := range slices.Sorted(maps.Keys(byCode)) {
			if looked++; looked > 25 {
				break
			}
			want := maps.Clone(byCode[code])
			for name, cs := range codes {
				if len(cs) == 1 && cs[code] {
					maps.Copy(want, byName[name])
				}
			}
			p := decode[PartyPage](t, h.get("/api/v1/parties?code="+url.QueryEscape(code), who))
			got := map[naming]bool{}
			for _, d := range p.Dockets {
				for _, role := range d.Roles {
					got[naming{d.ID, role}] = true
				}
			}
			if !maps.Equal(got, want) || p.Total != len(p.Dockets) {
				t.Fatalf("%q: %s is in %v, want %v", who, code, got, want)
			}
			in := 0
			for _, y := range p.Years {
				in += y.Dockets
			}
			if in != p.Total {
				t.Errorf("%q: the years of %s hold %d dockets of %d", who, code, in, p.Total)
			}
			for _, x := range p.Partners {
				if x.Code == code || x.Dockets > p.Total || x.Dockets == 0 {
					t.Errorf("%q: a partner of %s is %+v", who, code, x)
				}
			}
			if again := decode[PartyPage](t, h.get("/api/v1/parties?name="+url.QueryEscape(p.Name), who)); len(codes[p.Name]) == 1 && again.Code != code {
				t.Errorf("%q: by its name %s is %q", who, code, again.Code)
			}
		}
		if looked < 10 {
			t.Errorf("%q: only %d bodies", who, looked)
		}
	}
}

// What a reader must not see names no body, and an expert is told only to whom
// the table lets; the answer is the same whether there is such a person.
func TestPartiesDoNotTell(t *testing.T) {
	h := newHouse(t)
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator"} {
		nobody := h.get("/api/v1/experts?name=nobody", who).Body.String()
		for i, p := range h.planted {
			person := p.field == "EXPERT_NAME" || p.field == "EXPERT_NAMES"
			if p.field == "@key" || !mustNotSee(p, who) || i%37 != 0 && !strings.Contains(p.field, "BIDDER") && !person {
				continue
			}
			if w := h.get("/api/v1/parties?name="+url.QueryEscape(p.value), who); w.Code != 404 {
				t.Fatalf("%q finds %s.%s of %s: %d", who, p.dataset, p.field, p.docket, w.Code)
			}
			if got := h.get("/api/v1/experts?name="+p.value, who).Body.String(); person && strings.ReplaceAll(got, p.value, "nobody") != nobody {
				t.Fatalf("%q is told of the expert of %s: %s", who, p.docket, got)
			}
			if i%10 != 0 {
				continue // the registers of this house hold much for every code
			}
			if got := decode[PartyPage](t, h.get("/api/v1/parties?code="+url.QueryEscape(p.value), who)); got.Total > 0 || len(got.Names)+len(got.Partners) > 0 {
				t.Fatalf("%q finds %s.%s of %s by code", who, p.dataset, p.field, p.docket)
			}
		}
		for _, p := range h.planted { // what is named beside the body
			if p.field != "TENDERER_NAME" || mustNotSee(p, who) {
				continue
			}
			text := h.get("/api/v1/parties?name="+p.value, who).Body.String()
			for _, s := range h.seen(text) {
				if mustNotSee(s, who) {
					t.Fatalf("%q sees %s.%s of %s beside %s", who, s.dataset, s.field, s.docket, p.value)
				}
			}
		}
	}
	if w := h.get("/api/v1/parties", ""); w.Code != 422 {
		t.Errorf("nothing asked: %d", w.Code)
	}
}

// Those whom the table lets see committees find an expert's records; to the
// others the article is said.
func TestExperts(t *testing.T) {
	h, records := realHouse(t, 30)
	name := ""
	for _, r := range records {
		if r.Dataset == "508" && r.Fields["EXPERT_NAME"] != "" {
			name = r.Fields["EXPERT_NAME"]
			if p := decode[ExpertPage](t, h.get("/api/v1/experts?name="+url.QueryEscape(name), "auditor")); p.Disclosed && len(p.Entries) > 0 {
				break
			}
		}
	}
	p := decode[ExpertPage](t, h.get("/api/v1/experts?name="+url.QueryEscape(name), "auditor"))
	if !p.Disclosed || len(p.Entries) == 0 || p.Article.ZH == "" {
		t.Errorf("to an auditor: %+v", p)
	}
	for _, who := range []string{"", "administrator", "source"} {
		if p := decode[ExpertPage](t, h.get("/api/v1/experts?name="+url.QueryEscape(name), who)); p.Disclosed || len(p.Entries) > 0 || p.Article.ZH == "" {
			t.Errorf("%q: %+v", who, p)
		}
	}
}
