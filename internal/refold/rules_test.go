package refold

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/store/pgtest"
	"mingjing/internal/supervise"
)

// ruled is a bench whose settings the office changes.
func ruled(t *testing.T, dsn ...string) *bench {
	t.Helper()
	b := newBench(t)
	if len(dsn) > 0 {
		b = newBenchOn(t, dsn[0])
	}
	rules := b.rules()
	b.worker = b.another(func(c *Config) {
		c.Rules = rules
		c.Evaluate = func(d *docket.Docket, at time.Time) []detect.Finding {
			return detect.Evaluate(d, detect.Env{At: at, Settings: rules.At(at)})
		}
	})
	return b
}

func (b *bench) rules() *Rules {
	return &Rules{Store: b.db, Ledger: b.ledger, Base: detect.DefaultSettings(), Clock: b.clock.Now, Log: slog.New(slog.DiscardHandler)}
}

func (b *bench) rule(person string, act supervise.RuleAct) (*supervise.Change, error) {
	act.Person, act.Name, act.Office = person, person, "省公管办"
	return b.worker.Rules.Do(b.t.Context(), act)
}

func propose(lines, effective string) supervise.RuleAct {
	return supervise.RuleAct{Kind: supervise.Propose, Lines: "settings:\n  - " + lines + "\n", Effective: effective, Text: "会议纪要〔2018〕3号"}
}

// settingsOf gives state and settings of the docket's A02, and its score.
func (b *bench) settingsOf() string {
	b.t.Helper()
	rows, err := b.db.DocketFindings(b.t.Context(), ten)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Indicator == "A02" {
			return fmt.Sprintf("%s %s %d", r.State, settingsIn(b.t, r.Body), r.Weight)
		}
	}
	return "none"
}

func settingsIn(t testing.TB, body []byte) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(body), `"settings":"`)
	if !ok {
		t.Fatal("a finding without settings")
	}
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

// A change of settings needs two persons and its day; the dockets that it
// concerns are judged anew by it, and by no other; findings name it.
func TestChangeOfSettings(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) []string{
		"sqlite": func(*testing.T) []string { return nil }, "postgres": func(t *testing.T) []string { return []string{pgtest.Database(t)} },
	} {
		t.Run(name, func(t *testing.T) { changeSettings(t, dsn(t)...) })
	}
}

func changeSettings(t *testing.T, dsn ...string) {
	b := ruled(t, dsn...)
	notice := tender()[3] // 20 days and a half hour
	b.send(append(tender()[:3], notice)...)
	b.drain()
	const before, after = "none", "fired A02@2026-11-23+A02-ours@2018-03-01 40"
	if got := b.settingsOf(); got != before {
		t.Fatal(got)
	}
	c, err := b.rule("li", propose(`{id: A02-ours, date: 2018-03-01, indicator: A02, region: "410100", class: construction, days: 25, source: 会议纪要}`, "2018-03-05"))
	if err != nil {
		t.Fatal(err)
	}
	decide := func(person string, kind supervise.RuleKind) error {
		_, err := b.rule(person, supervise.RuleAct{Kind: kind, Change: c.ID, Text: "同意"})
		return err
	}
	if err := decide("li", supervise.Approve); !errors.Is(err, supervise.ErrAct) || !strings.Contains(err.Error(), "另一人") {
		t.Errorf("confirmed by who proposed it: %v", err)
	}
	if err := decide("wang", supervise.Withdraw); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("withdrawn by another: %v", err)
	}
	b.clock.set(at("2018-03-06 09:00"))
	b.drain()
	if got := b.settingsOf(); got != before {
		t.Errorf("proposed only, and in force: %s", got)
	}
	b.clock.set(at("2018-03-02 09:00"))
	if err := decide("wang", supervise.Approve); err != nil {
		t.Fatal(err)
	}
	if err := decide("zhao", supervise.Refuse); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("decided twice: %v", err)
	}
	b.drain()
	if got := b.settingsOf(); got != before {
		t.Errorf("in force before its day: %s", got)
	}
	b.deep()
	// Something comes in between: the docket is due all the same.
	b.send(rec("502", lot1, "BID_SECTION_CODE", lot1, "BID_SECTION_NAME", "第2标段"))
	b.drain()
	b.clock.set(at("2018-03-05 00:00"))
	b.drain()
	if got := b.settingsOf(); got != after {
		t.Errorf("on its day: %s, want %s", got, after)
	}
	b.deep()

	// Weights too, at once; of another city nothing changes.
	weights, err := b.rule("li", propose(`{id: heavy, date: 2018-03-05, region: "410100", weights: {A02: 70}, source: 会议纪要}`, "2018-03-05"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.rule("wang", supervise.RuleAct{Kind: supervise.Approve, Change: weights.ID}); err != nil {
		t.Fatal(err)
	}
	b.drain()
	if got := b.settingsOf(); got != strings.Replace(after, " 40", " 70", 1) {
		t.Errorf("weighed anew: %s", got)
	}
	// Another house on the same log reads the same.
	other := b.rules()
	if got := other.At(b.clock.Now()).Named("A02-ours@2018-03-01"); len(got) != 1 {
		t.Errorf("another process does not know the change: %v", got)
	}
	if got := other.At(at("2018-03-04 23:59")).Named("A02-ours@2018-03-01"); len(got) != 0 {
		t.Error("it holds before its day")
	}
	b.deep()
}

// What is no change is refused before anything is written.
func TestChangeRefused(t *testing.T) {
	b := ruled(t)
	size := b.size()
	for _, c := range []struct{ lines, effective, why string }{
		{`{id: A02, date: 2026-11-23, indicator: A02, days: 25, source: x}`, "2018-03-05", "there is a line of this id and date already"},
		{`{id: x, date: 2018-03-01, indicator: A99, days: 25, source: x}`, "2018-03-05", "indicator"},
		{`{id: x, date: 2018-03-01, indicator: A02, days: 25}`, "2018-03-05", "source"},
		{`{id: x, date: 2018-03-01, indicator: A02, days: 25, source: x}`, "2018-02-28", "before today"},
		{`{id: x, date: 2018-03-01, indicator: A02, days: 25, source: x}`, "soon", "such as 2026-12-01"},
		{`{id: x, date: 2018-03-01, period: bid-preparation, days: 25, source: x}`, "2018-03-05", "settings file alone"},
	} {
		if _, err := b.rule("li", propose(c.lines, c.effective)); !errors.Is(err, supervise.ErrAct) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", c.lines, err)
		}
	}
	act := propose(`{id: x, date: 2018-03-01, indicator: A02, days: 25, source: x}`, "2018-03-05")
	act.Text = " "
	if _, err := b.rule("li", act); !errors.Is(err, supervise.ErrAct) {
		t.Errorf("without a reason: %v", err)
	}
	if b.size() != size {
		t.Error("something was written")
	}
}

// A process that did not know of a change when it judged judges again: another
// worker's old answer does not stand.
func TestChangeReachesAllProcesses(t *testing.T) {
	b := ruled(t)
	b.send(tender()...)
	b.drain()
	c, err := b.rule("li", propose(`{id: A02-ours, date: 2018-03-01, indicator: A02, class: construction, days: 25, source: 会议纪要}`, "2018-03-01"))
	if err != nil {
		t.Fatal(err)
	}
	old := detect.DefaultSettings()
	behind := New(Config{Store: b.db, Ledger: b.ledger, Catalogue: standard.Default(), Clock: b.clock.Now, Evaluate: func(d *docket.Docket, at time.Time) []detect.Finding {
		return detect.Evaluate(d, detect.Env{At: at, Settings: old})
	}})
	if _, err := b.rule("wang", supervise.RuleAct{Kind: supervise.Approve, Change: c.ID}); err != nil {
		t.Fatal(err)
	}
	if err := behind.Drain(t.Context()); err != nil { // takes what the change made due, and knows nothing of it
		t.Fatal(err)
	}
	if got := b.settingsOf(); got != "none" {
		t.Fatal(got)
	}
	b.drain()
	b.clock.set(b.clock.Now().Add(settleAfter))
	b.drain()
	if got := b.settingsOf(); !strings.Contains(got, "A02-ours") {
		t.Errorf("the old answer stands: %s", got)
	}
	b.deep()
}
