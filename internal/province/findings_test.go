package province

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

var updateFindings = flag.Bool("update", false, "write testdata/findings.txt anew")

// TestFindingsStay: the same dockets have the same findings, byte for byte, as
// when testdata/findings.txt was written: a change that is to make the
// indicators faster changes nothing that they say. A line is an indicator and
// a moment, without peers and with, how often it fired, and a digest of all it
// said; the lines "folds" are of the dockets themselves. Where folds differ it
// is the generator that was changed; where only an indicator does, it or its
// settings. Whoever means to change them writes the file anew with -update.
func TestFindingsStay(t *testing.T) {
	now := trade.Date(2026, 11, 25).Start()
	p := New(Options{Seed: 11, Dockets: 240, Now: now})
	var files []File
	var sample []*docket.Docket
	for i := range p.Dockets {
		files = append(files, p.Docket(i))
		d, err := p.Fold(files[i], now)
		if err != nil {
			t.Fatal(err)
		}
		sample = append(sample, d)
	}
	peers := detect.MakeEdition(sample, 1, now)

	said := map[string][]byte{} // line's name: all that was said, in turn
	fired := map[string]int{}
	say := func(name string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		said[name] = append(said[name], b...)
	}
	for _, days := range []int{-60, 0, 200} {
		at := now.AddDate(0, 0, days).Add(9 * time.Hour)
		for i := range files {
			d, err := p.Fold(files[i], at)
			if err != nil {
				t.Fatal(err)
			}
			say("folds "+at.Format(time.DateOnly), d)
			for with, env := range map[string]detect.Env{"alone": {At: at}, "peers": {At: at, Peers: &peers}} {
				for _, f := range detect.Evaluate(d, env) {
					name := f.Indicator + " " + at.Format(time.DateOnly) + " " + with
					say(name, f)
					if f.State == detect.Fired {
						fired[name]++
					}
				}
			}
		}
	}
	var got bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(said)) {
		fmt.Fprintf(&got, "%s %d %x\n", name, fired[name], sha256.Sum256(said[name]))
	}

	path := filepath.Join("testdata", "findings.txt")
	if *updateFindings {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{}
	for line := range bytes.Lines(want) {
		wanted[string(line)] = true
	}
	for line := range bytes.Lines(got.Bytes()) {
		if !wanted[string(line)] {
			t.Errorf("differs or is new: %s", line)
		}
		delete(wanted, string(line))
	}
	for line := range wanted {
		t.Errorf("was said and is no more: %s", line)
	}
}
