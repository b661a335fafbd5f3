package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"mingjing/internal/standard"
)

// The bench runs, stops by itself, and waits for exactly what it planted.
func TestBench(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
	}{
		{"door", []string{"--seconds", "0.5", "--batch", "100"}},
		{"door", []string{"--seconds", "0.5", "--no-worker"}},
		{"finding", []string{"--seconds", "2", "--rate", "1500", "--batch", "100"}},
	} {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self, append([]string{"bench", c.name, "--data", t.TempDir()}, c.args...)...)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("bench %s: %v\n%s", c.name, err, out)
		}
		var r benchReport
		if bytes.Count(out, []byte("\n")) != 1 || json.Unmarshal(out, &r) != nil {
			t.Fatalf("bench %s prints more than one line of JSON:\n%s", c.name, out)
		}
		if r.Records == 0 || r.RecordsPerSecond == 0 || r.BatchP99 == 0 {
			t.Errorf("bench %s measured nothing: %s", c.name, out)
		}
		if c.name == "finding" && (r.Planted == 0 || r.Found != r.Planted || r.FindingP99 == 0) {
			t.Errorf("bench %s: %d findings planted, %d stored", c.name, r.Planted, r.Found)
		}
	}
}

// What the bench sends is what a careful system sends: no rule is broken, no
// key comes twice, and each kind of finding is planted.
func TestTraffic(t *testing.T) {
	traffic, err := newTraffic(benchPlatform, 0)
	if err != nil {
		t.Fatal(err)
	}
	var dockets []int64
	for n := range int64(20) {
		dockets = append(dockets, n)
	}
	body := []byte(`{"platform":"` + benchPlatform + `","records":[`)
	planted := map[string]int{}
	for i, p := range lives(dockets) {
		if i > 0 {
			body = append(body, ',')
		}
		body = traffic.append(body, p)
		if indicator, dataset := plantOf(p.docket); dataset == p.dataset {
			planted[indicator]++
		}
	}
	batch, err := standard.DecodeJSON(append(body, "]}"...))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range batch.Items {
		r := &batch.Items[i].Record
		r.Origin = batch.Origin
		if seen[r.Dataset+r.Key] {
			t.Errorf("%s %s comes twice", r.Dataset, r.Key)
		}
		seen[r.Dataset+r.Key] = true
		for _, p := range standard.Default().Check(r, standard.CheckContext{Version: "2.0", Owned: func(string) bool { return true }}).Problems {
			t.Errorf("%s %s: %s %s %s", r.Dataset, r.Key, p.Rule, p.Field, p.TextEN)
		}
	}
	for _, indicator := range []string{"A02", "A05", "A13", "D01"} {
		if planted[indicator] != 2 {
			t.Errorf("%s is planted %d times among 20 dockets, want 2", indicator, planted[indicator])
		}
	}
}
