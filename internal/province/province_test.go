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
	a, truthA := Generate(7, 120, now)
	b, truthB := Generate(7, 120, now)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(truthA, truthB); diff != "" {
		t.Error(diff)
	}
	if c, _ := Generate(8, 120, now); cmp.Equal(a, c) {
		t.Error("another seed gives the same records")
	}
}

// What the simulated systems send is good: nothing of it is refused, nothing
// lies in the future, and no record breaks a rule.
func TestRecordsAreGood(t *testing.T) {
	list, truth := Generate(3, 1200, now)
	list = append(list, New(Options{Seed: 3, Dockets: 1200, Now: now}).Registers()...)
	if len(list) < 9000 || len(truth) < len(twists()) {
		t.Fatalf("%d records, %d planted cases", len(list), len(truth))
	}
	systems := Systems(3)
	broken := map[string]bool{}
	last := map[standard.Identity]string{} // what is put right later may be wrong at first
	for _, s := range list {
		last[s.Record.Identity()] = max(last[s.Record.Identity()], s.Record.Revision)
	}
	wrong := map[string]bool{} // planted for what is wrong with their data
	for _, c := range truth {
		if c.Expected == Hit && c.Indicator[0] == 'K' {
			wrong[c.Docket] = true
		}
	}
	for _, s := range list {
		if s.At.After(now) {
			t.Errorf("%s %s is of %s, after now", s.Record.Dataset, s.Record.Key, s.At)
		}
		if s.Record.Revision < last[s.Record.Identity()] || wrong[standard.TenderCode(&s.Record)] {
			continue
		}
		ctx := standard.CheckContext{Received: now, Version: "2.0;FJ;MJ", Owned: func(p string) bool { return p == systems[s.System].Platform }}
		for _, p := range standard.Default().Check(&s.Record, ctx).Problems {
			if what := s.Record.Dataset + p.Rule + p.Field; !broken[what] {
				broken[what] = true
				t.Errorf("%s %s: %s %s %s: %q", s.Record.Dataset, s.Record.Key, p.Rule, p.Field, p.TextEN, s.Record.Fields[p.Field])
			}
		}
	}
}

func TestSystems(t *testing.T) {
	names, platforms, kinds := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, s := range Systems(1) {
		if err := trade.CheckOrgCode(s.Platform); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		names[s.Name], platforms[s.Platform] = true, true
		kinds[s.Kind]++
		if len(s.places()) == 0 {
			t.Errorf("%s has no places", s.Name)
		}
	}
	if want := map[string]int{"province": 1, "city": 18, "enterprise": 1}; !cmp.Equal(kinds, want) || len(names) != 20 || len(platforms) != 20 {
		t.Errorf("%v, %d names, %d platform codes", kinds, len(names), len(platforms))
	}
}

// The bodies of the market are 800, each with a code and a machine of its own.
func TestMarket(t *testing.T) {
	seen := map[string]bool{}
	n := 0
	for _, k := range kinds {
		for _, f := range newMarket(1).firms[k.kind] {
			n++
			if err := trade.CheckOrgCode(f.code); err != nil {
				t.Errorf("%s: %v", f.name, err)
			}
			for _, own := range []string{f.name, f.code, f.cpu, f.disk, f.mac, f.ip, f.account} {
				if seen[own] {
					t.Errorf("two firms have %s", own)
				}
				seen[own] = true
			}
		}
	}
	if n != 800 {
		t.Errorf("%d firms", n)
	}
}

// A large province has every class of trade, and each class its whole life.
func TestEveryClass(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of dockets")
	}
	p := New(Options{Seed: 2, Dockets: 8000, Now: now})
	sets := map[string]bool{}
	for i := range p.Dockets {
		for _, s := range p.Docket(i).Sendings {
			sets[s.Record.Dataset] = true
		}
	}
	for _, s := range p.Registers() {
		sets[s.Record.Dataset] = true
	}
	var missing []string
	for _, d := range standard.Default().Datasets() {
		if d.Class != standard.ClassSystem && !sets[d.No] {
			missing = append(missing, d.No)
		}
	}
	if len(missing) > 0 {
		t.Errorf("nobody sends %v", missing)
	}
}

// Rubbish is refused, every piece of it, and nothing else is.
func TestRubbishIsRefused(t *testing.T) {
	p := New(Options{Seed: 4, Dockets: 300, Now: now})
	kinds := map[string]bool{}
	for i := range p.Dockets {
		for _, s := range p.Docket(i).Rubbish {
			ctx := standard.CheckContext{Received: now, Owned: func(code string) bool { return code == p.Systems[s.System].Platform }}
			report := standard.Default().Check(&s.Record, ctx)
			if !report.Refused() {
				t.Errorf("%s %q is not refused", s.Record.Dataset, s.Record.Key)
			}
			for _, problem := range report.Problems {
				kinds[problem.Rule] = true
			}
		}
	}
	for _, rule := range []string{"S002", "S004", "S005", "S006"} {
		if !kinds[rule] {
			t.Errorf("no rubbish breaks rule %s", rule)
		}
	}
}
