package province

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, trade.Zone)

// The same seed and start give the same records and the same truth.
func TestSameSeedSameProvince(t *testing.T) {
	a, truthA := Generate(7, 40, now)
	b, truthB := Generate(7, 40, now)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(truthA, truthB); diff != "" {
		t.Error(diff)
	}
	if c, _ := Generate(8, 40, now); cmp.Equal(a, c) {
		t.Error("another seed gives the same records")
	}
}

// What the simulated systems send is good: nothing of it is refused, nothing
// lies in the future, and no record breaks a rule.
func TestRecordsAreGood(t *testing.T) {
	list, truth := Generate(3, 60, now)
	if len(list) < 1500 || len(truth) < 6 {
		t.Fatalf("%d records, %d planted cases", len(list), len(truth))
	}
	systems := Systems(3)
	for _, s := range list {
		if s.At.After(now) {
			t.Errorf("%s %s is of %s, after now", s.Record.Dataset, s.Record.Key, s.At)
		}
		ctx := standard.CheckContext{Received: now, Version: "2.0;FJ", Owned: func(p string) bool { return p == systems[s.System].Platform }}
		for _, p := range standard.Default().Check(&s.Record, ctx).Problems {
			t.Errorf("%s %s: %s %s %s", s.Record.Dataset, s.Record.Key, p.Rule, p.Field, p.TextEN)
		}
	}
}

func TestPlatformCodesHold(t *testing.T) {
	for _, s := range Systems(1) {
		if err := trade.CheckOrgCode(s.Platform); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}
