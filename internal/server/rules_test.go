package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Supervisors, auditors and the office read the rules and try settings; others
// do not, and a trial changes nothing and tells nothing that was found.
func TestRules(t *testing.T) {
	h := newHouse(t)
	for who, want := range map[string]int{"": 403, "source": 403, "supervisor": 200, "auditor": 200, "administrator": 200} {
		if w := h.get("/api/v1/rules", who); w.Code != want {
			t.Errorf("%q: %d %s", who, w.Code, w.Body)
		}
	}
	var list RuleList
	if err := json.Unmarshal(h.get("/api/v1/rules", "auditor").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	judged := int64(0)
	for _, it := range list.Items {
		judged += it.Rate.Judged()
		if it.ID == "" || it.ZH == "" || it.AdviceZH == "" || it.Rate.Indicator != it.ID {
			t.Errorf("%+v", it)
		}
	}
	if list.Dockets == 0 || judged == 0 {
		t.Errorf("%d dockets, %d answers", list.Dockets, judged)
	}
	try := func(who, lines string) (int, TrialAnswer, string) {
		body, _ := json.Marshal(TrialBody{Lines: lines})
		w := h.send(http.MethodPost, "/api/v1/rules/trial", who, string(body))
		var a TrialAnswer
		_ = json.Unmarshal(w.Body.Bytes(), &a)
		return w.Code, a, w.Body.String()
	}
	strict := "settings:\n  - {id: try, date: 2026-01-01, indicator: A05, class: construction, source: test, bidders: 99}\n"
	code, a, text := try("auditor", strict)
	if code != http.StatusOK || len(a.Results) != 1 || a.Results[0].Then.Fired <= a.Results[0].Now.Fired || len(a.Come) == 0 || a.Dockets == 0 || !a.Whole {
		t.Fatalf("%d %s", code, text)
	}
	if _, again, _ := try("auditor", strict); again.Results[0].Now != a.Results[0].Now {
		t.Error("a trial changed what is in force")
	}
	if code, _, _ := try("source", strict); code != http.StatusForbidden {
		t.Errorf("a source may try: %d", code)
	}
	if code, _, text := try("auditor", "settings:\n  - {id: try, indicator: Z99}\n"); code != http.StatusUnprocessableEntity || !strings.Contains(text, "A083") {
		t.Errorf("%d %s", code, text)
	}
}
