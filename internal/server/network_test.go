package server

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"testing"

	"mingjing/internal/disclose"
)

func TestNetwork(t *testing.T) {
	h, _ := realHouse(t, 30)
	t.Run("views", func(t *testing.T) { networkIsOfTheReadersViews(t, h) })
	t.Run("filters", func(t *testing.T) { networkFilters(t, h) })
}

// What is drawn around a body is what a look at every view of the reader's
// finds, of their jurisdiction and of opened lots only; for all others nothing.
func networkIsOfTheReadersViews(t *testing.T, h *house) {
	t.Helper()
	at := h.server.cfg.Clock()
	type link struct{ a, b, docket, lot string }
	sellers := map[string]bool{}
	for _, who := range []string{"auditor", "supervisor", "outside", "", "administrator"} {
		r := tokens[who]
		links, opened := map[link]bool{}, map[string]bool{}
		for cursor := ""; ; {
			l := decode[DocketList](t, h.get("/api/v1/dockets?limit=200&cursor="+cursor, who))
			for _, head := range l.Items {
				d, err := h.server.docket(t.Context(), head.ID)
				if err != nil {
					t.Fatal(err)
				}
				v := disclose.View(d, r, at)
				for i := range v.Lots {
					if v.Lots[i].Moment != "before" {
						opened[v.ID+" "+v.Lots[i].Code] = true
					}
				}
				if v.As != string(disclose.Supervisor) && v.As != string(disclose.Auditor) {
					continue
				}
				for _, f := range factsOf(v) {
					for i, a := range f.Bids {
						sellers[a[0].Code] = true
						for _, b := range append(slices.Clone(f.Bids[:i]), f.Bids[i+1:]...) {
							links[link{a[0].Code, b[0].Code, f.Docket, f.Lot}] = true
						}
					}
				}
			}
			if cursor = l.Next; cursor == "" {
				break
			}
		}
		looked, walked := 0, 0
		var codes []string // those who bid in what this reader supervises first, if any
		for k := range links {
			codes = append(codes, k.a)
		}
		slices.Sort(codes)
		codes = append(slices.Compact(codes), slices.Sorted(maps.Keys(sellers))...)
		for _, code := range codes {
			want := map[link]bool{}
			for k := range links {
				if k.a == code {
					want[k] = true
				}
			}
			if looked++; looked > 12 {
				break
			}
			p := decode[NetworkPage](t, h.get("/api/v1/network?depth=2&body="+url.QueryEscape(code), who))
			got := map[link]bool{}
			for _, e := range p.Edges {
				a, b := p.Nodes[e.A], p.Nodes[e.B]
				if len(e.Behind) != e.Lots || e.Dockets > e.Lots {
					t.Errorf("%q: between %s and %s are %d lots, %d told", who, a.Code, b.Code, e.Lots, len(e.Behind))
				}
				for _, l := range e.Behind {
					if !opened[l.Docket+" "+l.Lot] {
						t.Errorf("%q: a link of %s rests on %s %s, which is not opened", who, code, l.Docket, l.Lot)
					}
					if !links[link{a.Code, b.Code, l.Docket, l.Lot}] {
						t.Errorf("%q: %s and %s did not meet in %s %s", who, a.Code, b.Code, l.Docket, l.Lot)
					}
					if e.A == 0 {
						got[link{a.Code, b.Code, l.Docket, l.Lot}] = true
					} else {
						walked++
					}
				}
			}
			if len(p.Nodes) > 0 && p.Nodes[0].Code != code || !maps.Equal(got, want) {
				t.Fatalf("%q: around %s are %d links, want %d", who, code, len(got), len(want))
			}
		}
		if none := who == "" || who == "administrator"; none && walked > 0 || who == "auditor" && walked == 0 {
			t.Errorf("%q: %d lots behind links of others", who, walked)
		}
		if who == "supervisor" && len(links) == 0 {
			t.Errorf("%q supervises no lot with bids: nothing was looked at", who)
		}
		if who == "auditor" && len(links) < 100 {
			t.Errorf("only %d links: nothing was looked at", len(links))
		}
	}
}

// Filters choose dockets.
func networkFilters(t *testing.T, h *house) {
	t.Helper()
	looked := 0
	for n, body := range busiest(t, h) {
		if n == 3 {
			break
		}
		all := decode[NetworkPage](t, h.get("/api/v1/network?body="+body, "auditor"))
		sum := 0
		for _, class := range []string{"construction", "procurement"} {
			part := decode[NetworkPage](t, h.get(fmt.Sprintf("/api/v1/network?body=%s&class=%s", body, class), "auditor"))
			if len(part.Nodes) > 0 {
				sum += part.Nodes[0].Lots
			}
		}
		if len(all.Nodes) == 0 || sum != all.Nodes[0].Lots {
			t.Errorf("%s bids for %d lots of the two classes, for %+v in all", body, sum, all.Nodes)
		}
		if none := decode[NetworkPage](t, h.get("/api/v1/network?class=land&body="+body, "auditor")); len(none.Nodes) > 0 {
			t.Errorf("%s is drawn in a class in which it does not bid", body)
		}
		looked++
	}
	if looked == 0 {
		t.Error("no body was looked at")
	}
}

func busiest(t *testing.T, h *house) []string {
	t.Helper()
	lots := map[string]int{}
	for cursor := ""; ; {
		l := decode[DocketList](t, h.get("/api/v1/dockets?limit=200&cursor="+cursor, "auditor"))
		for _, head := range l.Items {
			d, err := h.server.docket(t.Context(), head.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range factsOf(disclose.View(d, tokens["auditor"], h.server.cfg.Clock())) {
				for _, b := range f.Bids {
					lots[b[0].Code]++
				}
			}
		}
		if cursor = l.Next; cursor == "" {
			break
		}
	}
	codes := slices.Sorted(maps.Keys(lots))
	slices.SortStableFunc(codes, func(a, b string) int { return lots[b] - lots[a] })
	return codes
}
