package server

import (
	"testing"
	"time"

	"mingjing/internal/identity"
)

// The office keeps the tree; whoever is signed in reads it, as it was on a day.
func TestOrganisationsOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	office := h.as("office")
	made := decode[OrganisationPage](t, office.send("POST", "/api/v1/organisations", map[string]any{"kind": "division", "name": "河南省", "region": "410000", "from": "2024-01-01T00:00:00+08:00"}))
	top := made.Versions[0].ID
	made = decode[OrganisationPage](t, office.send("POST", "/api/v1/organisations", map[string]any{"kind": "department", "name": "河南省国土资源厅", "region": "410000", "parent": top, "sectors": []string{"land"}, "from": "2024-01-01T00:00:00+08:00"}))
	id := made.Versions[0].ID
	problemOf(t, "one of no region", office.send("POST", "/api/v1/organisations", map[string]any{"kind": "department", "name": "x"}), 422, "A004", "")
	problemOf(t, "changing none", office.send("PUT", "/api/v1/organisations/nobody", map[string]any{"kind": "department", "name": "x", "region": "410000"}), 404, "A003", "")
	changed := decode[OrganisationPage](t, office.send("PUT", "/api/v1/organisations/"+id, map[string]any{"kind": "department", "name": "河南省自然资源厅", "region": "410000", "parent": top, "sectors": []string{"land", "mining"}}))
	if len(changed.Versions) != 2 {
		t.Errorf("changed: %+v", changed)
	}
	for name := range peopleOfTest {
		b := h.as(name)
		list := decode[OrganisationList](t, b.send("GET", "/api/v1/organisations", nil))
		if len(list.Items) != 2 || list.Items[1].Name != "河南省自然资源厅" {
			t.Errorf("%s reads %+v", name, list.Items)
		}
		list = decode[OrganisationList](t, b.send("GET", "/api/v1/organisations?at=2024-06-01T00:00:00Z", nil))
		if len(list.Items) != 2 || list.Items[1].Name != "河南省国土资源厅" {
			t.Errorf("%s reads of the past %+v", name, list.Items)
		}
		if page := decode[OrganisationPage](t, b.send("GET", "/api/v1/organisations/"+id, nil)); len(page.Versions) != 2 {
			t.Errorf("%s reads %+v", name, page)
		}
		if name != "office" && name != "two" {
			problemOf(t, name, b.send("POST", "/api/v1/organisations", map[string]any{"kind": "centre", "name": "x"}), 403, "A064", "")
		}
	}
	problemOf(t, "nobody", h.browser().send("GET", "/api/v1/organisations", nil), 401, "A061", "")
	problemOf(t, "none", office.send("GET", "/api/v1/organisations/nobody", nil), 404, "A003", "")
	granted := decode[identity.Person](t, office.send("POST", "/api/v1/people/"+h.ids["none"]+"/posts", map[string]any{"role": "supervisor", "title": "处长", "regions": []string{"410300"}, "sectors": []string{"mining"}, "unit": id}))
	if granted.Posts[0].Unit != id {
		t.Errorf("granted: %+v", granted.Posts)
	}
	problemOf(t, "a post that reaches further", office.send("POST", "/api/v1/people/"+h.ids["none"]+"/posts", map[string]any{"role": "supervisor", "title": "处长", "regions": []string{"410300"}, "sectors": []string{"construction"}, "unit": id}), 422, "A004", "")
	problemOf(t, "dissolving it meanwhile", office.send("PUT", "/api/v1/organisations/"+id, map[string]any{"kind": "department", "name": "河南省自然资源厅", "region": "410000", "parent": top, "dissolved": true}), 422, "A004", "")
}

// What is done in a lent post is done by who has it, for whose it is.
func TestLentPostOverHTTP(t *testing.T) {
	h := newHouseOfPeople(t, loose())
	lender, borrower := h.as("supervisor"), h.as("auditor")
	until := time.Now().Add(48 * time.Hour).Format(time.RFC3339)
	problemOf(t, "to nobody", lender.send("POST", "/api/v1/account/loans", map[string]any{"username": "nobody", "until": until}), 422, "A004", "")
	list := decode[LoanList](t, lender.send("POST", "/api/v1/account/loans", map[string]any{"username": "auditor", "until": until}))
	if len(list.Items) != 1 || list.Items[0].Username != "auditor" || list.Items[0].Post.Lent.Person != h.ids["supervisor"] {
		t.Fatalf("lent: %+v", list)
	}
	id := list.Items[0].Post.ID
	st := decode[SessionState](t, borrower.send("POST", "/api/v1/session/post", map[string]string{"post": id}))
	if st.Audience != "supervisor" || st.Post.Lent == nil || st.Post.Lent.Name != "张supervisor" {
		t.Errorf("the borrower is %+v", st)
	}
	if got, want := borrower.send("GET", "/api/v1/dockets/"+tenderB, nil).Body.String(), lender.send("GET", "/api/v1/dockets/"+tenderB, nil).Body.String(); got != want {
		t.Error("a lent post reads otherwise than its own")
	}
	problemOf(t, "lent on", borrower.send("POST", "/api/v1/account/loans", map[string]any{"username": "tenderer", "until": until}), 403, "A064", "")
	problemOf(t, "somebody else's", h.as("tenderer").send("DELETE", "/api/v1/account/loans/"+id, nil), 404, "A003", "")
	if back := decode[LoanList](t, borrower.send("DELETE", "/api/v1/account/loans/"+id, nil)); len(back.Items) != 0 {
		t.Errorf("given back: %+v", back)
	}
	problemOf(t, "the page that was open in it", borrower.send("GET", "/api/v1/dockets", nil), 401, "A060", "withdrawn")
}
