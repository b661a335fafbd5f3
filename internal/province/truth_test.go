package province

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// fold makes the docket of a file as the platform would at a time: folded,
// its releases decided, folded again.
func fold(t *testing.T, p *Province, f File, at time.Time) *docket.Docket {
	t.Helper()
	var vs []docket.Version
	for _, s := range f.Until(at) {
		from, to := p.Window(s.System)
		vs = append(vs, docket.Version{
			Record: s.Record, Position: int64(len(vs) + 1), Received: at.UTC(), Source: p.Systems[s.System].Name,
			History: !happened(&s.Record).Before(from) && happened(&s.Record).Before(to),
		})
	}
	d := docket.Fold(f.Docket, vs)
	for range 5 {
		moments, _ := docket.Decide(d, at)
		wrote := false
		for _, m := range moments {
			bidders := map[string]bool{}
			for _, v := range vs {
				if (v.Dataset == "507" || v.Dataset == "557") && slices.Contains(standard.SectionCodes(&v.Record), m.Vault.Lot) {
					bidders[v.Fields["BIDDER_ORG_CODE"]] = true
				}
			}
			dec := docket.DecideRelease(m, len(bidders))
			if old := d.ReleaseOf(m.Vault.Origin, m.Vault.Lot, m.Seal); old != nil && old.State == dec.State {
				continue
			}
			vs = append(vs, docket.Version{Record: docket.ReleaseRecord(m, dec, at), Position: int64(len(vs) + 1), Received: at.UTC(), System: true})
			wrote = true
		}
		if !wrote {
			return seal(d, vs, f.Docket)
		}
		d = docket.Fold(f.Docket, vs)
	}
	t.Fatalf("%s: releases come to no end", f.Docket)
	return nil
}

// seal folds again without what is still sealed, as nobody may read it.
func seal(d *docket.Docket, vs []docket.Version, id string) *docket.Docket {
	kept := vs[:0:0]
	for _, v := range vs {
		s := standard.Default().Dataset(v.Dataset)
		if s != nil && s.Seal != standard.Open && !v.System {
			open := true
			for _, lot := range standard.SectionCodes(&v.Record) {
				open = open && d.Opened(standard.Vault{Origin: v.Origin, Tender: id, Lot: lot}, s.Seal)
			}
			if !open {
				continue
			}
		}
		kept = append(kept, v)
	}
	return docket.Fold(id, kept)
}

func evaluate(t *testing.T, p *Province, f File) []detect.Finding {
	t.Helper()
	m := CentreMachine
	settings, err := detect.ReadSettings(fmt.Appendf(nil, "settings:\n  - {id: centre, date: 2026-01-01, indicator: D01, source: test, own_machines: [{cpu: %s, mac: %s, disk: %s, note: centre}]}\n", m.CPU, m.MAC, m.Disk))
	if err != nil {
		t.Fatal(err)
	}
	return detect.Evaluate(fold(t, p, f, p.Now), detect.Env{At: p.Now, Settings: detect.DefaultSettings().With(settings)})
}

// The indicators that exist find exactly what is planted: every hit, nothing
// in the look-alikes, nothing in honest lives.
func TestTruth(t *testing.T) {
	honest := 600
	if testing.Short() {
		honest = 80
	}
	p := New(Options{Seed: 5, Dockets: len(twists()) + honest, Now: now})
	exists := map[string]bool{}
	for _, r := range detect.Rules() {
		exists[r.Info().ID] = true
	}
	listed := p.Truth()
	asked := map[string]map[string]int{Hit: {}, Look: {}}
	for i := range p.Dockets {
		f := p.Docket(i)
		for _, c := range f.Truth {
			if !slices.Contains(listed, c) {
				t.Errorf("docket %d: Truth leaves out %+v", i, c)
			}
		}
		want := map[string]bool{} // indicator and lot: must it fire?
		name := map[string]string{}
		for _, c := range f.Truth {
			want[c.Indicator+" "+c.Lot], name[c.Indicator+" "+c.Lot] = c.Expected == Hit, c.Name
			asked[c.Expected][c.Indicator]++
		}
		fired := map[string]bool{}
		for _, finding := range evaluate(t, p, f) {
			if finding.State == detect.Failed {
				t.Errorf("%s: %s failed: %s", f.Docket, finding.Indicator, finding.Reason)
			}
			if finding.State != detect.Fired {
				continue
			}
			key := finding.Indicator + " " + finding.Lot
			fired[key] = true
			if !want[key] {
				t.Errorf("docket %d %s (%s): %s fires and nobody planted it (%s): %s", i, f.Docket, f.Class, key, name[key], finding.TextEN)
			}
		}
		for key, hit := range want {
			if hit && exists[key[:3]] && !fired[key] {
				t.Errorf("docket %d %s (%s): %s is planted (%s) and does not fire", i, f.Docket, f.Class, key, name[key])
			}
		}
	}
	for id := range exists {
		if asked[Hit][id] == 0 || asked[Look][id] == 0 {
			t.Errorf("%s: %d hits and %d look-alikes are planted; want at least one of each", id, asked[Hit][id], asked[Look][id])
		}
	}
}

// No name is planted twice, and each case says what was done and why.
func TestTwists(t *testing.T) {
	seen := map[string]bool{}
	for _, tw := range twists() {
		if tw.name == "" || tw.why == "" || seen[tw.indicator+tw.name] || tw.expected != Hit && tw.expected != Look {
			t.Errorf("%+v", tw)
		}
		seen[tw.indicator+tw.name] = true
	}
}

func happened(r *standard.Record) time.Time {
	m, _ := trade.ParseMoment(r.Occurred)
	return m.Time
}
