package detect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/docket"
)

func TestRates(t *testing.T) {
	var r Rates
	for _, v := range []string{"A02:f D01:i K01:ccfc", "A02:c D01:n", "A02:cf K01:c", "A02:x junk :c Z:", ""} {
		r.Add(v)
	}
	want := []Rate{
		{Indicator: "A02", Fired: 2, Clear: 1, Failed: 1, Share: 2. / 3},
		{Indicator: "D01", Insufficient: 1, NotApplicable: 1},
		{Indicator: "K01", Fired: 1, Clear: 1, Share: 0.5},
	}
	if d := cmp.Diff(want, r.List()); d != "" {
		t.Error(d)
	}
	if (Rate{Fired: 3, Clear: 1, Share: 0.75}).Over(0.2) {
		t.Error("four dockets say nothing")
	}
	if !(Rate{Fired: 3, Clear: 9, Share: 0.25}).Over(0.2) || (Rate{Fired: 2, Clear: 8, Share: 0.2}).Over(0.2) {
		t.Error("over means more than the share")
	}
}

// trialDocket is the docket of A05's case that was opened with three.
func trialDocket(t *testing.T) (*docket.Docket, Env) {
	t.Helper()
	for _, c := range readCases(t, "testdata/A05.test") {
		if c.name == "opened with three" {
			return docket.Fold(tenderCode, c.versions), Env{At: c.moments[0].at}
		}
	}
	t.Fatal("the case is gone")
	return nil, Env{}
}

// A stricter line brings findings, a looser one takes them away, and what is in
// force stays as it is.
func TestTrial(t *testing.T) {
	d, env := trialDocket(t)
	before := Vector(Evaluate(d, env))
	for _, c := range []struct {
		name, lines string
		now, then   int64
		come, gone  int
	}{
		{"a limit below what was found", "settings:\n  - {id: try, date: 2026-01-01, indicator: A05, class: construction, source: test, bidders: 9}\n", 0, 1, 1, 0},
		{"the same limit", "settings:\n  - {id: try, date: 2026-01-01, indicator: A05, class: construction, source: test, bidders: 3}\n", 0, 0, 0, 0},
	} {
		tr, err := NewTrial(env, []byte(c.lines), 10)
		if err != nil {
			t.Fatal(err)
		}
		tr.Look(d)
		rs := tr.Results()
		if len(rs) != 1 || rs[0].Indicator != "A05" || rs[0].Now.Fired != c.now || rs[0].Then.Fired != c.then || len(tr.Come()) != c.come || len(tr.Gone()) != c.gone || tr.Dockets != 1 {
			t.Errorf("%s: %+v, %d come, %d go", c.name, rs, len(tr.Come()), len(tr.Gone()))
		}
	}
	if after := Vector(Evaluate(d, env)); after != before {
		t.Errorf("a trial changed what is in force: %s, then %s", before, after)
	}
	for _, bad := range []string{"", "settings: []\n", "settings:\n  - {id: x}\n", "no: yaml: at all"} {
		if _, err := NewTrial(env, []byte(bad), 1); err == nil || strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%q is taken", bad)
		}
	}
}
