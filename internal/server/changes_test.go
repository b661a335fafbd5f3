package server

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"mingjing/internal/detect"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// Settings are changed by people of the office in that post and by nobody else;
// who may read rules reads the changes, and the page of a rule shows what holds.
func TestChangesAreTheOffices(t *testing.T) {
	h, _ := supervised(t, 2)
	l, db := h.server.cfg.Ledger.(*ledger.Ledger), h.server.cfg.Store.(*store.DB)
	rules := &refold.Rules{Store: db, Ledger: l, Base: detect.DefaultSettings(), Clock: h.server.cfg.Clock, Log: slog.New(slog.DiscardHandler)}
	h.server.cfg.Rules = rules
	const body = `{"lines":"settings:\n  - {id: ours, date: 2026-11-20, indicator: A02, days: 25, source: x}\n","effective":"2026-11-20","reason":"x"}`
	post := func(who, path, body string) int {
		r := httptest.NewRequest("POST", "/api/v1/rules/changes"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if who != "" {
			r.Header.Set("Authorization", "Bearer "+who)
		}
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, r)
		return w.Code
	}
	effective := h.server.cfg.Clock().AddDate(0, 0, 1).Format("2006-01-02")
	c, err := rules.Do(t.Context(), supervise.RuleAct{Kind: supervise.Propose, Lines: "settings:\n  - {id: ours, date: 2026-11-20, indicator: A02, days: 25, source: 会议纪要}\n", Effective: effective, Text: "x", Person: "li"})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"", "source", "supervisor", "outside", "auditor", "administrator", "everywhere"} {
		if got := post(who, "", body); got != 403 && got != 401 {
			t.Errorf("%q proposes: %d", who, got)
		}
		if got := post(who, "/"+c.ID, `{"act":"confirm"}`); got != 403 && got != 401 {
			t.Errorf("%q confirms: %d", who, got)
		}
		want := map[string]int{"supervisor": 200, "outside": 200, "auditor": 200, "administrator": 200, "everywhere": 200}[who]
		if got := h.get("/api/v1/rules/changes", who).Code; want == 200 && got != 200 || want == 0 && got == 200 {
			t.Errorf("%q reads: %d", who, got)
		}
	}
	items := decode[SettingChanges](t, h.get("/api/v1/rules/changes", "auditor"))
	if len(items.Items) != 1 || items.MayAct || items.Items[0].State != supervise.Proposed || items.Items[0].Holds || len(items.Items[0].Lines) != 1 || items.Items[0].Lines[0].Source != "会议纪要" {
		t.Errorf("%+v", items)
	}
	if _, err := rules.Do(t.Context(), supervise.RuleAct{Kind: supervise.Approve, Change: c.ID, Person: "wang"}); err != nil {
		t.Fatal(err)
	}
	one := decode[SettingChanges](t, h.get("/api/v1/rules/changes", "auditor")).Items[0]
	if one.State != supervise.Confirmed || one.Holds || one.InForce == nil || one.Decided.Person != "wang" {
		t.Errorf("confirmed for tomorrow: %+v", one)
	}
}
