package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/docket"
	"mingjing/internal/supervise"
)

// reports are objections in memory, under the same rules.
type reports struct{ acts []supervise.ObjectionAct }

func (r *reports) Do(_ context.Context, act supervise.ObjectionAct) (*supervise.Objection, error) {
	act.ID, act.At, act.Position = fmt.Sprintf("act%d", len(r.acts)+1), now, int64(len(r.acts)+1)
	if act.Objection == "" {
		act.Objection = act.ID
	}
	if err := act.Check(); err != nil {
		return nil, err
	}
	find := func() *supervise.Objection {
		all := supervise.FoldObjections(r.acts)
		if i := slices.IndexFunc(all, func(o *supervise.Objection) bool { return o.ID == act.Objection }); i >= 0 {
			return all[i]
		}
		return nil
	}
	if o := find(); o != nil {
		if err := o.Take(&act); err != nil {
			return nil, err
		}
	}
	r.acts = append(r.acts, act)
	return find(), nil
}

func (r *reports) Of(_ context.Context, id string) (out []*supervise.Objection, _ error) {
	for _, o := range supervise.FoldObjections(r.acts) {
		if o.Docket == id {
			out = append(out, o)
		}
	}
	return out, nil
}

func (r *reports) All(context.Context) ([]*supervise.Objection, error) {
	return supervise.FoldObjections(r.acts), nil
}

// objected gives a docket the test's tenderer and one objection as its trading
// system sent it, answered the next day.
func objected(h *house) {
	d := h.memory.dockets[tenderB]
	for i := range d.Live {
		e := &d.Live[i]
		if e.Origin != originA {
			continue
		}
		switch e.Dataset {
		case "501":
			e.Fields["TENDERER_CODE"] = peopleOfTest["tenderer"][0].Org
		case "9019":
			e.Fields["OBJECTIONG_GUID"], e.Fields["SUBMIT_TIME"], e.Fields["TYPE"] = "G-1", "20180528100000", "3"
		case "9020":
			e.Fields["OBJECTIONG_GUID"], e.Fields["RESPONSE_SUBMIT_TIME"] = "G-1", "20180530100000"
		}
	}
	delete(h.memory.marshalled, tenderB)
}

// The department sees that a trading system sent an objection of which the
// tenderer told nothing, asks for the report, and gets it checked against the
// days and the pause; who objected is told to nobody else.
func TestATendererReportsAnObjection(t *testing.T) {
	r := &reports{}
	h := newHouseOfPeople(t, loose(), func(c *Config) { c.Objections = r })
	objected(h.house)
	who := map[string]*browser{"": h.browser()}
	for _, name := range []string{"supervisor", "outside", "tenderer", "source", "administrator", "office", "auditor"} {
		who[name] = h.browser()
		who[name].signIn(name)
	}
	about, list := "/api/v1/dockets/"+tenderB+"/objections", "/api/v1/objections?state=all"
	seen := decode[ObjectionStanding](t, who["supervisor"].send("GET", about, nil))
	i := slices.IndexFunc(seen.Sources, func(s ObjectionSource) bool { return s.Key == "G-1" })
	if i < 0 || seen.Sources[i].Reported || seen.Sources[i].Came != "2018-05-28" || seen.Sources[i].Answered != "2018-05-30" || seen.Sources[i].Against != "candidates" || !seen.MayRemind || seen.MayReport {
		t.Fatalf("%+v", seen)
	}
	report := map[string]string{"act": "receive", "against": "candidates", "day": "2018-05-28", "objector": "plantedobjector", "text": "plantedtext"}
	for _, name := range []string{"supervisor", "outside", "source", "administrator", "office", "auditor", ""} {
		problemOf(t, name+" reports", who[name].send("POST", about, report), 403, "A095", "")
	}
	remind := map[string]string{"act": "remind", "source": "G-1", "text": "请报送处理情况"}
	for _, name := range []string{"tenderer", "outside", "auditor", ""} {
		problemOf(t, name+" asks", who[name].send("POST", about, remind), 403, "A095", "")
	}
	asked := decode[ObjectionItem](t, who["supervisor"].send("POST", about, remind))
	if asked.State != "awaited" || asked.Due == nil || asked.Due.What != "report" || !asked.Due.Unverified || asked.Tenderer != peopleOfTest["tenderer"][0].Org {
		t.Fatalf("%+v", asked)
	}
	problemOf(t, "asked twice", who["supervisor"].send("POST", about, remind), 422, "A096", "")

	mine := decode[ObjectionList](t, who["tenderer"].send("GET", "/api/v1/objections", nil))
	if mine.Total != 1 || mine.Items[0].Reminder != "请报送处理情况" || !slices.Contains(mine.Items[0].May, "receive") || len(decode[ObjectionStanding](t, who["tenderer"].send("GET", about, nil)).Sources) > 0 {
		t.Fatalf("%+v", mine)
	}
	acts := "/api/v1/objections/" + asked.ID + "/acts"
	for _, name := range []string{"outside", "source", "administrator", "office", ""} {
		if w := who[name].send("POST", acts, report); w.Code != 404 {
			t.Errorf("%s learns that there is one: %d %s", name, w.Code, w.Body)
		}
	}
	late := map[string]string{"act": "receive", "against": "candidates", "day": "2018-06-02", "text": "x"}
	problemOf(t, "came tomorrow", who["tenderer"].send("POST", acts, late), 422, "A096", "")
	got := decode[ObjectionItem](t, who["tenderer"].send("POST", acts, report))
	if got.State != "received" || got.Objector != "plantedobjector" || len(got.Checks) != 2 {
		t.Fatalf("%+v", got)
	}
	problemOf(t, "the department answers", who["supervisor"].send("POST", acts, map[string]string{"act": "reply", "day": "2018-05-30", "outcome": "rejected", "text": "x"}), 403, "A095", "")
	done := decode[ObjectionItem](t, who["tenderer"].send("POST", acts, map[string]string{"act": "reply", "day": "2018-05-30", "paused": "2018-05-28", "resumed": "2018-05-30", "outcome": "rejected", "text": "plantedreply"}))
	if done.State != "replied" || done.Due != nil || len(done.Checks) != 3 || slices.ContainsFunc(done.Checks, func(c ObjectionCheck) bool { return c.Result != "met" }) {
		t.Errorf("%+v", done)
	}
	seen = decode[ObjectionStanding](t, who["supervisor"].send("GET", about, nil))
	if !seen.Sources[slices.IndexFunc(seen.Sources, func(s ObjectionSource) bool { return s.Key == "G-1" })].Reported || seen.Items[0].Objector != "plantedobjector" || strings.Contains(fmt.Sprint(seen.Items[0].History), "plantedobjector") {
		t.Errorf("%+v", seen)
	}
	if !slices.ContainsFunc(h.readings.list, func(n supervise.Reading) bool {
		return n.Class == "objector/personal" && n.Person == h.ids["supervisor"]
	}) {
		t.Error("who read who objected is not noted")
	}
	for _, name := range []string{"outside", "source", "administrator", "office", ""} {
		for _, path := range []string{about, list, "/api/v1/dockets/" + tenderB, "/docket/" + tenderB} {
			for _, mark := range []string{"plantedobjector", "plantedtext", "plantedreply", asked.ID} {
				if strings.Contains(who[name].send("GET", path, nil).Body.String(), mark) {
					t.Errorf("%q reads %s at %s", name, mark, path)
				}
			}
		}
	}
	if strings.Contains(h.log.String(), "plantedobjector") {
		t.Error("who objected is in the program's log")
	}
	h.readings.down = context.DeadlineExceeded
	for _, path := range []string{about, list} {
		if w := who["supervisor"].send("GET", path, nil); w.Code != 503 || strings.Contains(w.Body.String(), "plantedobjector") {
			t.Errorf("unnoted at %s: %d %s", path, w.Code, w.Body)
		}
		if w := who["tenderer"].send("GET", path, nil); w.Code != 200 {
			t.Errorf("the tenderer at %s: %d %s", path, w.Code, w.Body)
		}
	}
}

// What the trade did while an objection waited stands beside it; what tells of
// the objection itself, and what other lots did, does not.
func TestWhatHappenedMeanwhile(t *testing.T) {
	h := newHouse(t)
	d := h.memory.dockets[tenderB]
	d.Events = nil
	event := func(day int, dataset, lot string) {
		for i := range d.Live {
			if e := &d.Live[i]; e.Dataset == dataset && e.Origin == originA {
				d.Events = append(d.Events, docket.Event{At: now.AddDate(0, 0, day), Kind: "of." + dataset, Lot: lot, Ref: docket.Ref{Dataset: dataset, Key: e.Key, Origin: originA, Field: fieldOfTime(dataset)}})
			}
		}
	}
	lot := tenderB + "001"
	event(-3, "513", lot)
	event(-2, "9019", lot)
	event(-2, "513", tenderB+"002")
	event(-9, "513", lot)
	side := h.server.objectionSide(context.WithValue(t.Context(), keyReader, tokens["supervisor"]), d)
	got := side.meanwhile(&supervise.Objection{Came: now.AddDate(0, 0, -5).Format("2006-01-02"), Lot: lot}, now)
	if len(got) != 1 || got[0].Lot != lot || !got[0].At.Equal(now.AddDate(0, 0, -3)) {
		t.Errorf("%+v", got)
	}
}

func fieldOfTime(dataset string) string {
	return map[string]string{"513": "WIN_BIDDER_NAME", "9019": "SUBMIT_TIME"}[dataset]
}
