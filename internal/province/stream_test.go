package province

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errEnough = errors.New("enough")

// The province lives on: what its dockets still have before them comes in the
// order of time and not before its time, further dockets come at the pace, and
// nothing is sent twice but what a clerk sends twice.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where days pass in a moment
		start := time.Now()
		p := New(Options{Seed: 6, Dockets: 40, Now: start})
		old, further, records := map[string]bool{}, map[string]bool{}, 0
		for i := range p.Dockets {
			old[p.Docket(i).Docket] = true
		}
		err := p.Live(t.Context(), 12, time.Now, func(list []Sending) error {
			now := time.Now()
			for _, s := range list {
				records++
				if s.At.After(now) {
					t.Errorf("%s %s is sent at %s and happens at %s", s.Record.Dataset, s.Record.Key, now, s.At)
				}
				if code := s.Record.Fields["TENDER_PROJECT_CODE"]; code != "" && !old[code] {
					further[code] = true
				}
			}
			if now.Sub(start) > 3*24*time.Hour {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) {
			t.Fatal(err)
		}
		if records < 300 || len(further) < 15 {
			t.Errorf("%d records, %d further dockets in three days at twelve a day", records, len(further))
		}
	})
}

// A further docket has one of its moments at hand: something of its life is
// past, and mostly something is to come.
func TestNext(t *testing.T) {
	p := New(Options{Seed: 6, Dockets: 10, Now: now})
	living := 0
	for n := range 60 {
		f := p.Next(n, now)
		past := len(f.Until(now))
		if past == 0 {
			t.Errorf("further docket %d (%s) has no past", n, f.Class)
		}
		if past < len(f.Sendings) {
			living++
		}
	}
	if living < 40 {
		t.Errorf("only %d of 60 further dockets have something before them", living)
	}
}
