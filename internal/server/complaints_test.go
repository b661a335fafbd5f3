package server

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// remedies are complaints in memory, under the same rules.
type remedies struct{ acts []supervise.ComplaintAct }

func (r *remedies) Do(_ context.Context, act supervise.ComplaintAct) (*supervise.Complaint, error) {
	act.ID, act.At, act.Position = fmt.Sprintf("act%d", len(r.acts)+1), now, int64(len(r.acts)+1)
	if act.Kind == supervise.Lodge {
		act.Complaint = act.ID
	}
	if err := act.Check(); err != nil {
		return nil, err
	}
	for _, c := range supervise.FoldComplaints(r.acts) {
		if c.ID == act.Complaint {
			if err := c.May(act.Kind, act.Person); err != nil {
				return nil, err
			}
		}
	}
	r.acts = append(r.acts, act)
	for _, c := range supervise.FoldComplaints(r.acts) {
		if c.ID == act.Complaint {
			return c, nil
		}
	}
	return nil, supervise.ErrAct
}

func (r *remedies) Of(_ context.Context, id string) (out []*supervise.Complaint, _ error) {
	for _, c := range supervise.FoldComplaints(r.acts) {
		if c.Docket == id {
			out = append(out, c)
		}
	}
	return out, nil
}

func (r *remedies) All(context.Context) ([]*supervise.Complaint, error) {
	return supervise.FoldComplaints(r.acts), nil
}

const complaintText = "第一中标候选人业绩不实 plantedclaim"

func lodgeBody() map[string]string {
	return map[string]string{"against": "candidates", "known": now.Format("2006-01-02"), "objected": now.Format("2006-01-02"), "text": complaintText, "lot": tenderB + "001"}
}

// A complaint's whole life, by different people; who complained, and that there
// is a complaint at all, is told to nobody whom it does not concern, at no
// moment: the decision alone is for everybody.
func TestAComplaintsLife(t *testing.T) {
	r := &remedies{}
	h := newHouseOfPeople(t, loose(), func(c *Config) { c.Complaints = r })
	who := map[string]*browser{}
	for name := range peopleOfTest {
		if name == "none" || name == "two" {
			continue
		}
		b := h.browser()
		b.signIn(name)
		who[name] = b
	}
	about := "/api/v1/dockets/" + tenderB + "/complaints"
	for _, name := range []string{"supervisor", "tenderer", "source", "administrator"} {
		problemOf(t, name+" lodges", who[name].send("POST", about, lodgeBody()), 403, "A092", "")
	}
	problemOf(t, "the public lodges", h.browser().send("POST", about, lodgeBody()), 403, "A092", "")
	wrong := lodgeBody()
	wrong["lot"] = "nothing"
	problemOf(t, "a lot that is none", who["party"].send("POST", about, wrong), 422, "A094", "")
	one := decode[ComplaintItem](t, who["party"].send("POST", about, lodgeBody()))
	if one.State != "lodged" || !one.Mine || one.Inner == nil || one.Inner.Org == "" || one.Due == nil || strings.Join(one.May, " ") != "retract" {
		t.Fatalf("%+v", one)
	}

	marks := []string{"plantedclaim", one.ID, h.ids["party"], "张party", "91410300MA4170002W", "投标企业"}
	outsiders := []string{"outside", "tenderer", "source", "administrator", "office", ""}
	nothing := func(when string, allowed ...string) {
		t.Helper()
		for _, name := range outsiders {
			b := who[name]
			if name == "" {
				b = h.browser()
			}
			for _, path := range []string{about, "/api/v1/complaints?state=all", "/api/v1/dockets/" + tenderB, "/api/v1/dockets", "/api/v1/feed", "/docket/" + tenderB} {
				text := b.send("GET", path, nil).Body.String()
				for _, mark := range marks {
					ok := false
					for _, a := range allowed {
						ok = ok || a == mark
					}
					if strings.Contains(text, mark) && !ok {
						t.Errorf("%s: %q reads %q at %s", when, name, mark, path)
					}
				}
			}
		}
		if text := h.log.String(); strings.Contains(text, "plantedclaim") {
			t.Errorf("%s: the claim is in the program's log", when)
		}
	}
	nothing("lodged")
	act := func(name, kind, outcome, text string) *httptest.ResponseRecorder {
		body := map[string]string{"act": kind, "text": text}
		if outcome != "" {
			body["outcome"] = outcome
		}
		return who[name].send("POST", "/api/v1/complaints/"+one.ID+"/acts", body)
	}
	for _, name := range []string{"outside", "tenderer", "source", "administrator", "office"} {
		if w := act(name, "accept", "", ""); w.Code != 404 {
			t.Errorf("%s learns that there is a complaint: %d %s", name, w.Code, w.Body)
		}
	}
	problemOf(t, "an auditor handles", act("auditor", "accept", "", ""), 403, "A093", "")
	problemOf(t, "the complainant accepts", act("party", "accept", "", ""), 403, "A093", "")
	problemOf(t, "decided before accepted", act("supervisor", "decide", "upheld", "属实"), 422, "A094", "")

	queue := decode[ComplaintList](t, who["supervisor"].send("GET", "/api/v1/complaints", nil))
	if queue.Total != 1 || queue.Items[0].Inner == nil || len(queue.Items[0].Inner.Grounds) != 3 || queue.Items[0].Due.What != "admit" {
		t.Fatalf("%+v", queue)
	}
	noted := false
	for _, n := range h.readings.list {
		noted = noted || n.Class == noteComplaint && n.Person == h.ids["supervisor"]
	}
	if !noted {
		t.Error("who read who complained is not noted")
	}
	if w := act("supervisor", "accept", "", ""); w.Code != 200 {
		t.Fatal(w.Body)
	}
	if w := act("supervisor", "suspend", "", "影响评标结果"); w.Code != 200 {
		t.Fatal(w.Body)
	}
	if s := decode[ComplaintStanding](t, h.browser().send("GET", about, nil)); !s.Suspended || len(s.Items) != 0 {
		t.Errorf("the public sees %+v, want the pause and nothing else", s)
	}
	if page := h.browser().send("GET", "/docket/"+tenderB, nil).Body.String(); !strings.Contains(page, "结果待投诉处理后确定") || strings.Contains(page, "投诉处理决定") {
		t.Error("the public page does not say that the result waits, or says more")
	}
	nothing("accepted")
	problemOf(t, "a decision that names them", act("supervisor", "decide", "partly", "投标企业的投诉部分属实"), 422, "A094", "")
	decided := decode[ComplaintItem](t, act("supervisor", "decide", "partly", "投诉事项一属实，责令重新评标"))
	if decided.State != "decided" || decided.Due != nil || len(decided.May) != 0 {
		t.Errorf("%+v", decided)
	}
	s := decode[ComplaintStanding](t, h.browser().send("GET", about, nil))
	if s.Suspended || len(s.Items) != 1 || s.Items[0].Outcome != "partly" || s.Items[0].Inner != nil || s.Items[0].Decision != "投诉事项一属实，责令重新评标" || s.Items[0].By != "洛阳" {
		t.Errorf("the public sees %+v", s)
	}
	if page := h.browser().send("GET", "/docket/"+tenderB, nil).Body.String(); !strings.Contains(page, "责令重新评标") || !strings.Contains(page, "投诉部分属实") || strings.Contains(page, "结果待投诉处理后确定") {
		t.Error("the public page does not publish the decision")
	}
	nothing("decided", one.ID)
	mine := decode[ComplaintList](t, who["party"].send("GET", "/api/v1/complaints?state=ended", nil))
	if mine.Total != 1 || strings.Contains(fmt.Sprint(mine.Items[0].Inner.History), "张supervisor") {
		t.Errorf("the complainant sees %+v, want the department and not its clerk", mine)
	}
}

// The public's first page counts what trading systems sent: what a person did on a
// day, and that somebody complained, is not there, even of counts that are kept.
func TestTheFirstPageCountsNobody(t *testing.T) {
	h := newHouse(t)
	for i, dataset := range []string{"complaint", "reading", "act", "rule", "person", "nothing"} {
		h.memory.counts = append(h.memory.counts, store.Count{Day: "2018-06-01", Source: fmt.Sprintf("person-of-%s", dataset), Dataset: dataset, Records: int64(i + 1)})
	}
	text := h.get("/", "").Body.String()
	if strings.Contains(text, "person-of-") || !strings.Contains(text, "system A") {
		t.Errorf("the first page says %s", text)
	}
}

// Where it cannot be noted who reads it, nobody but the complainant reads it.
func TestAComplaintIsNotShownUnnoted(t *testing.T) {
	r := &remedies{}
	h := newHouseOfPeople(t, loose(), func(c *Config) { c.Complaints = r })
	party, supervisor := h.browser(), h.browser()
	party.signIn("party")
	supervisor.signIn("supervisor")
	decode[ComplaintItem](t, party.send("POST", "/api/v1/dockets/"+tenderB+"/complaints", lodgeBody()))
	h.readings.down = context.DeadlineExceeded
	for _, path := range []string{"/api/v1/complaints", "/api/v1/dockets/" + tenderB + "/complaints"} {
		if w := supervisor.send("GET", path, nil); w.Code != 503 || strings.Contains(w.Body.String(), "plantedclaim") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if w := party.send("GET", path, nil); w.Code != 200 {
			t.Errorf("the complainant at %s: %d %s", path, w.Code, w.Body)
		}
	}
}
