package server

import (
	"path/filepath"
	"testing"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/supervise"
)

// instructed is a house of people whose supervisors instruct, over a real log.
func instructed(t *testing.T) (*houseOfPeople, *refold.Instructions, *time.Time) {
	t.Helper()
	peopleOfTest["second"] = []identity.Post{{Role: identity.Supervisor, Title: "洛阳水利", Regions: []string{"410300"}}}
	t.Cleanup(func() { delete(peopleOfTest, "second") })
	at := now
	h := newHouseOfPeople(t, loose(), func(c *Config) {
		c.Vendors = &register{list: []*exchange.Source{{Name: "system-a", Platforms: []string{originA}}}}
		c.Clock = func() time.Time { return at }
	})
	db := h.memory.index()
	keys, err := ledger.OpenKeyring(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), db, keys, ledger.Options{Name: "test.example/log", Clock: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	said := &refold.Instructions{Store: db, Ledger: l, Clock: func() time.Time { return at }}
	h.server.cfg.Instructions = said
	return h, said, &at
}

// A stop needs a second person, a fresh proof and a post over the docket; the
// one who proposed it under another post is no second person.
func TestInstructionsOverHTTP(t *testing.T) {
	h, said, at := instructed(t)
	li, wang := h.as("supervisor"), h.as("second")
	path := "/api/v1/dockets/" + tenderA + "/instructions"
	page := decode[DocketInstructions](t, li.send("GET", path, nil))
	if !page.MayGive || len(page.Items) != 0 || len(page.Targets) != 1 || page.Targets[0] != (InstructionTarget{originA, "system-a"}) || len(page.Rules) != 6 || len(page.Lots) == 0 {
		t.Fatalf("%+v", page)
	}
	body := GiveBody{Kind: "stop", To: originA, Lot: page.Lots[0], Text: "评标委员会组成不合法"}
	for _, c := range []struct {
		what   string
		by     *browser
		path   string
		body   GiveBody
		status int
		rule   string
	}{
		{"an auditor", h.as("auditor"), path, body, 403, "A088"},
		{"another city's supervisor", h.as("outside"), path, body, 404, "A003"},
		{"the office", h.as("office"), path, body, 404, "A003"},
		{"an administrator", h.as("administrator"), path, body, 404, "A003"},
		{"nobody", h.browser(), path, body, 404, "A003"},
		{"to whom the docket is not", li, path, GiveBody{Kind: "ask", To: originB, Text: "x"}, 422, "A004"},
		{"a lot that is not there", li, path, GiveBody{Kind: "ask", To: originA, Lot: "L", Text: "x"}, 422, "A004"},
		{"resume what runs", li, path, GiveBody{Kind: "resume", To: originA, Text: "x"}, 409, "A089"},
		{"of no docket", li, "/api/v1/dockets/none/instructions", body, 404, "A003"},
	} {
		problemOf(t, c.what, c.by.send("POST", c.path, c.body), c.status, c.rule, "")
	}
	proposed := decode[InstructionView](t, li.send("POST", path, body))
	if proposed.State != supervise.Waiting || len(proposed.May) != 1 || proposed.May[0] != "recall" || proposed.Given.Office != "洛阳" {
		t.Fatalf("%+v", proposed)
	}
	step := func(b *browser, s, text string) (InstructionView, int) {
		t.Helper()
		w := b.send("POST", "/api/v1/instructions/"+proposed.ID, StepBody{Step: s, Text: text})
		if w.Code != 200 {
			return InstructionView{}, w.Code
		}
		return decode[InstructionView](t, w), 200
	}
	if _, code := step(li, "second", ""); code != 409 {
		t.Errorf("seconded by who proposed it: %d", code)
	}
	// Another post of the same person.
	if _, err := h.accounts.Grant(t.Context(), identity.By{Desk: "test"}, h.ids["supervisor"], identity.Post{Role: identity.Supervisor, Title: "全省", Regions: []string{"*"}}); err != nil {
		t.Fatal(err)
	}
	again := h.browser()
	st := decode[SessionState](t, again.signIn("supervisor"))
	for _, p := range st.Posts {
		if p.Title == "全省" {
			decode[SessionState](t, again.send("POST", "/api/v1/session/post", map[string]string{"post": p.ID}))
		}
	}
	if _, code := step(again, "second", ""); code != 409 {
		t.Errorf("seconded by the same person under another post: %d", code)
	}
	for _, who := range []string{"auditor", "outside", "office"} {
		if _, code := step(h.as(who), "second", ""); code != 403 && code != 404 {
			t.Errorf("seconded by %s: %d", who, code)
		}
	}
	list := decode[InstructionList](t, wang.send("GET", "/api/v1/instructions?show=second", nil))
	if len(list.Items) != 1 || list.Items[0].Title == "" || list.Items[0].Source != "system-a" || len(list.Items[0].May) != 2 {
		t.Fatalf("what waits for the second person: %+v", list)
	}
	out, code := step(wang, "second", "")
	if code != 200 || out.State != supervise.Issued || out.Decided.Office != "洛阳水利" || out.Standing.AcknowledgeBy == nil {
		t.Fatalf("%d %+v", code, out)
	}
	if _, code := step(wang, "turn", "不同意"); code != 409 {
		t.Errorf("turned down after it went out: %d", code)
	}

	// Nobody answers: it climbs from the district over the city to the province.
	for climbed, region := range []string{"410300", "410000"} {
		*at = at.Add(31 * time.Minute)
		overdue := decode[InstructionList](t, h.as("auditor").send("GET", "/api/v1/instructions?show=overdue", nil))
		if len(overdue.Items) != 1 || overdue.Items[0].Standing.Climbed != climbed+1 || overdue.Items[0].With == nil || overdue.Items[0].With.Region != region || len(overdue.Items[0].May) != 0 {
			t.Fatalf("overdue: %+v", overdue)
		}
	}
	for _, who := range []string{"outside", "office", "administrator", "source", "tenderer"} {
		if l := decode[InstructionList](t, h.as(who).send("GET", "/api/v1/instructions?show=all", nil)); len(l.Items) != 0 {
			t.Errorf("%s sees %d instructions", who, len(l.Items))
		}
	}
	if _, _, _, err := said.Answer(t.Context(), ledger.Author{Kind: "source", ID: "system-a", Key: "k"}, []string{originA}, supervise.InstructionAct{Instruction: proposed.ID, Step: supervise.Execute, Text: "已终止"}, nil); err != nil {
		t.Fatal(err)
	}
	if l := decode[InstructionList](t, li.send("GET", "/api/v1/instructions", nil)); len(l.Items) != 0 {
		t.Errorf("open after it was carried out: %+v", l)
	}
	page = decode[DocketInstructions](t, li.send("GET", path, nil))
	if len(page.Items) != 1 || page.Items[0].State != supervise.Executed || page.Items[0].Answered.Text != "已终止" {
		t.Errorf("%+v", page.Items)
	}
}

// Pages of the whole list hold each instruction once; an old proof is not enough.
func TestInstructionPages(t *testing.T) {
	h, _, _ := instructed(t)
	li := h.as("supervisor")
	for range 5 {
		decode[InstructionView](t, li.send("POST", "/api/v1/dockets/"+tenderB+"/instructions", GiveBody{Kind: "ask", To: originA, Text: "请说明", Days: 2}))
	}
	seen, cursor := map[string]bool{}, ""
	for pages := 1; ; pages++ {
		l := decode[InstructionList](t, li.send("GET", "/api/v1/instructions?limit=2&cursor="+cursor, nil))
		for _, i := range l.Items {
			seen[i.ID] = true
			if i.Until != "2wd" {
				t.Errorf("carried out within %s, want 2wd", i.Until)
			}
		}
		if cursor = l.Next; cursor == "" {
			break
		}
		if pages > 5 {
			t.Fatal("the list has no end")
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d of 5 instructions on all pages", len(seen))
	}
	problemOf(t, "a crooked cursor", li.send("GET", "/api/v1/instructions?cursor=x", nil), 422, "A004", "")
	settings := loose()
	settings.Fresh = time.Millisecond
	stale := newHouseOfPeople(t, settings, func(c *Config) {
		c.Vendors, c.Instructions = h.server.cfg.Vendors, h.server.cfg.Instructions
	}).as("supervisor")
	time.Sleep(5 * time.Millisecond)
	problemOf(t, "an old proof", stale.send("POST", "/api/v1/dockets/"+tenderB+"/instructions", GiveBody{Kind: "ask", To: originA, Text: "请说明"}), 403, "A067", "")
	h.server.cfg.Instructions = nil
	problemOf(t, "without a log", li.send("POST", "/api/v1/dockets/"+tenderB+"/instructions", GiveBody{Kind: "ask", To: originA, Text: "请说明"}), 503, "A006", "")
}
