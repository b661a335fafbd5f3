package server

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mingjing/internal/learn"
	"mingjing/internal/learn/score"
)

// The learnt score's test is for supervisors, auditors and the office. It says
// how many cases there are of how many, tells no case, and no model.
func TestLearned(t *testing.T) {
	h := newHouse(t)
	read := func() (LearnedScore, string) {
		w := h.get("/api/v1/rules/learned", "auditor")
		var l LearnedScore
		if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		return l, w.Body.String()
	}
	if l, _ := read(); l.Speaks || l.Edition != "" || l.Demands.Confirmed != 50 || l.Demands.Settings == "" {
		t.Errorf("none made yet: %+v", l)
	}
	e := &score.Edition{ID: "L-1", At: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), Demands: score.Demands{Confirmed: 50, Innocent: 50}, Silent: score.FewConfirmed, Validation: score.Validation{Confirmed: 3, Innocent: 7, Calibration: []learn.Bin{}}}
	h.server.cfg.Learned = func() *score.Edition { return e }
	for who, want := range map[string]int{"": 403, "source": 403, "supervisor": 200, "auditor": 200, "administrator": 200} {
		if w := h.get("/api/v1/rules/learned", who); w.Code != want {
			t.Errorf("%q: %d %s", who, w.Code, w.Body)
		}
	}
	if l, _ := read(); l.Speaks || l.Tested || l.Why != "confirmed" || !strings.Contains(l.ZH, "查实 3/50") || l.Validation == nil || l.Validation.Innocent != 7 {
		t.Errorf("three of fifty: %+v", l)
	}
	var cases []score.Case
	for i := range 120 {
		cases = append(cases, score.Case{Docket: tenderA + string(rune('a'+i)), Lot: "1", Firms: []string{"plant" + string(rune('a'+i))}, X: []float64{float64(i % 2)}, Confirmed: i%2 == 0})
	}
	made, err := score.Make(cases, score.Left{}, []string{"CV"}, score.Demands{Confirmed: 50, Innocent: 50, AUC: 0.7, Speak: 0.5, Settings: "F07@2026-11-26"}, e.At)
	if err != nil {
		t.Fatal(err)
	}
	e = &made
	l, text := read()
	if !l.Speaks || !l.Tested || l.ZH != "" || len(l.Validation.Calibration) == 0 || len(l.Weights) != 1 || l.Weights[0].ZH != "变异系数" {
		t.Errorf("speaking: %+v", l)
	}
	for _, secret := range []string{tenderA, "plant", "beta", "knots"} {
		if strings.Contains(text, secret) {
			t.Errorf("it tells %q", secret)
		}
	}
}
