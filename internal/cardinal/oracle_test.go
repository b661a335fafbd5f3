package cardinal

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sharedData gives the folder of the peers' own fixtures, which stay outside
// the repository.
func sharedData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("MINGJING_SHARED_DATA")
	if dir == "" {
		t.Skip("MINGJING_SHARED_DATA does not name the folder of the shared data: agreement with Cardinal's own fixtures is NOT tested")
	}
	return filepath.Join(dir, "ocds")
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// answer computes an answer and gives it as decoded JSON. It asks with several
// numbers of workers and sizes of chunk, and wants one answer.
func answer(t testing.TB, lines []byte, s *Settings, o Options, meta bool) any {
	t.Helper()
	var first []byte
	for _, try := range []struct{ workers, chunk int }{{1, 0}, {1, 64}, {2, 1000}, {3, 5000}, {4, 100}} {
		o.Workers, o.chunk = try.workers, try.chunk
		r, err := Analyze(bytes.NewReader(lines), s, o)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := r.Write(&out, meta); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out.Bytes()
		} else if !bytes.Equal(first, out.Bytes()) {
			t.Fatalf("%d workers with chunks of %d bytes answer otherwise:\n%s\nthan one:\n%s", try.workers, try.chunk, out.Bytes(), first)
		}
	}
	return decode(t, first)
}

func decode(t testing.TB, b []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v in %.200s", err, b)
	}
	sortLists(v)
	return v
}

// sortLists puts lists of Maps, which are sets, into one order.
func sortLists(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			sortLists(x)
		}
	case []any:
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	}
}

func mustSettings(t testing.TB, ini string) *Settings {
	t.Helper()
	s, err := ReadSettings(strings.NewReader(ini))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// iniOf gives the settings that the name of a fixture holds.
func iniOf(stem string) string {
	parts := strings.Split(stem, "-")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "+", "|")
	}
	var b strings.Builder
	b.WriteString("no_price_comparison_procurement_methods = NPC\n[exclusions]\nprocurement_method_details = EXC\n[" + parts[0] + "]\n")
	rest := parts[1:]
	switch {
	case len(rest) == 2:
		b.WriteString(rest[0] + " = " + rest[1] + "\n")
	case len(rest) > 2:
		b.WriteString("[" + parts[0] + "." + rest[0] + "]\n")
		for i := 1; i+1 < len(rest); i += 2 {
			b.WriteString(rest[i] + " = " + rest[i+1] + "\n")
		}
	}
	return b.String()
}

func TestCardinalsOwnFixtures(t *testing.T) {
	dir := filepath.Join(sharedData(t), "cardinal-fixtures", "indicators")
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if len(files) != 15 {
		t.Fatalf("found %d fixtures, want 15", len(files))
	}
	for _, f := range files {
		stem := strings.TrimSuffix(filepath.Base(f), ".jsonl")
		t.Run(stem, func(t *testing.T) {
			got := answer(t, readFile(t, f), mustSettings(t, iniOf(stem)), Options{}, false)
			want := decode(t, readFile(t, filepath.Join(dir, stem+".expected")))
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOracle(t *testing.T) {
	dir := filepath.Join(sharedData(t), "cardinal-oracle")
	files, _ := filepath.Glob(filepath.Join(dir, "*.expected.json"))
	if len(files) < 10 {
		t.Fatalf("found %d answers, want at least 10", len(files))
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".expected.json")
		t.Run(name, func(t *testing.T) {
			data, ini, _ := strings.Cut(name, ".")
			s := mustSettings(t, string(readFile(t, filepath.Join(dir, ini+".ini"))))
			got := answer(t, readFile(t, filepath.Join(dir, data+".jsonl")), s, Options{Maps: true}, true)
			if d := cmp.Diff(decode(t, readFile(t, f)), got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestArmenia(t *testing.T) {
	dir := filepath.Join(sharedData(t), "armenia")
	s := mustSettings(t, string(readFile(t, filepath.Join(dir, "settings.ini"))))
	got := answer(t, readFile(t, filepath.Join(dir, "prepared.jsonl")), s, Options{}, true).(map[string]any)
	want := decode(t, readFile(t, filepath.Join(dir, "cardinal-results.json"))).(map[string]any)
	for _, k := range []string{"Meta", "Maps"} { // as far as the kept answer has them
		if want[k] == nil {
			delete(got, k)
		} else if k == "Maps" {
			delete(want, k)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The 116 MB of the bench are made by its generator; MINGJING_M20K names the
// file.
func TestTwentyThousand(t *testing.T) {
	dir := filepath.Join(sharedData(t), "bench")
	name := os.Getenv("MINGJING_M20K")
	if name == "" {
		t.Skip("MINGJING_M20K does not name the output of bench/generate.py 20000")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := Analyze(f, mustSettings(t, string(readFile(t, filepath.Join(dir, "settings.ini")))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	want := decode(t, readFile(t, filepath.Join(dir, "m20k.expected.json"))).(map[string]any)
	if err := r.Write(&out, want["Meta"] != nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(any(want), decode(t, out.Bytes())); d != "" {
		t.Error(d)
	}
}

func TestNumbersAsCardinalWritesThem(t *testing.T) {
	for v, want := range map[float64]string{
		1: "1.0", 0: "0.0", 0.05: "0.05", 1e-5: "0.00001", 1e-6: "1e-6", 0.00012: "0.00012", 1e16: "1e16", 1e15: "1000000000000000.0",
		1.5e300: "1.5e300", -2.25e-7: "-2.25e-7", math.Inf(1): "null", 123456789.125: "123456789.125",
	} {
		if got := string(appendNumber(nil, v)); got != want {
			t.Errorf("%g is written %s, want %s", v, got, want)
		}
	}
}
