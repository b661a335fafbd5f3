package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/province"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// Of several hundred dockets of honest systems no indicator says a word that
// nobody planted, whatever the season: weekends and long holidays included. The
// dockets are folded and opened here as the worker does it, without a house.
func TestHonestDocketsAreSilent(t *testing.T) {
	const dockets = 60
	m := province.CentreMachine
	own, err := detect.ReadSettings(fmt.Appendf(nil, demoSettings, m.CPU, m.MAC, m.Disk))
	if err != nil {
		t.Fatal(err)
	}
	settings := detect.DefaultSettings().With(own)
	judged, lots := 0, 0
	states := map[detect.State]int{}
	for i, now := range []time.Time{
		trade.Date(2025, 3, 20).Start(), trade.Date(2025, 10, 20).Start(), trade.Date(2026, 3, 10).Start(), trade.Date(2026, 6, 1).Start(),
	} {
		now = now.Add(12 * time.Hour)
		list, truth := province.Generate(int64(i+1), dockets, now)
		planted := map[string]bool{}
		for _, p := range truth {
			if p.State == string(detect.Fired) {
				planted[p.Docket+p.Indicator] = true
			}
		}
		for id, vs := range byTender(list) {
			d := opened(id, vs, now)
			lots += len(d.Lots)
			for _, f := range detect.Evaluate(d, detect.Env{At: now, Settings: settings}) {
				judged++
				states[f.State]++
				if f.State == detect.Failed || f.State == detect.Fired && !planted[id+f.Indicator] {
					t.Errorf("now %s: %s %s of %s: %s", now.Format(time.DateOnly), f.Indicator, f.State, id, f.TextEN)
				}
			}
		}
	}
	if judged < 5000 || states[detect.Clear] < 1500 {
		t.Errorf("%d answers of %d lots, %v: the test shows too little", judged, lots, states)
	}
	t.Logf("%d answers of %d lots: %v", judged, lots, states)
}

// byTender sorts what was sent by the tender that it belongs to.
func byTender(list []province.Sending) map[string][]docket.Version {
	out := map[string][]docket.Version{}
	tenders := map[string]string{} // of a project
	for _, s := range list {
		if s.Record.Dataset == "501" {
			tenders[s.Record.Fields["PROJECT_CODE"]] = s.Record.Fields["TENDER_PROJECT_CODE"]
		}
	}
	for i, s := range list {
		id := s.Record.Fields["TENDER_PROJECT_CODE"]
		if id == "" {
			id = tenders[s.Record.Fields["PROJECT_CODE"]]
		}
		if id != "" {
			out[id] = append(out[id], docket.Version{Record: s.Record, Position: int64(i), Received: s.At.Add(time.Minute), Source: fmt.Sprint(s.System)})
		}
	}
	return out
}

// opened folds a docket and takes off the seals whose moment has come. What is
// sealed until then is left out, as the store does it.
func opened(id string, vs []docket.Version, now time.Time) *docket.Docket {
	position := int64(len(vs)) + 1_000_000
	var releases []docket.Version
	for {
		d := docket.Fold(id, append(readable(vs, releases), releases...))
		moments, _ := docket.Decide(d, now)
		n := len(releases)
		for _, m := range moments {
			if rel := d.ReleaseOf(m.Vault.Origin, m.Vault.Lot, m.Seal); rel != nil {
				continue // counted already, and failed
			}
			decision := docket.DecideRelease(m, docket.Bidders(m.Vault.Origin, id, m.Vault.Lot, vs))
			position++
			releases = append(releases, docket.Version{
				Record: docket.ReleaseRecord(m, decision, now), Position: position, Received: now, Source: "mingjing", System: true,
			})
		}
		if len(releases) == n {
			return d
		}
	}
}

// readable leaves out the rows whose seal is on.
func readable(vs, releases []docket.Version) []docket.Version {
	open := map[string]bool{}
	for _, r := range releases {
		if rel, ok := docket.ReadRelease(&r); ok && rel.State == docket.StateOpened {
			open[string(rel.Seal)+rel.Lot] = true
		}
	}
	var out []docket.Version
	for _, v := range vs {
		seal := sealOf(v.Dataset)
		if seal == "" || open[seal+strings.TrimSpace(v.Fields["BID_SECTION_CODE"])] {
			out = append(out, v)
		}
	}
	return out
}

// sealOf is the seal of a whole data set.
func sealOf(dataset string) string {
	set := standard.Default().Dataset(dataset)
	if set == nil {
		return ""
	}
	return string(set.Seal)
}
