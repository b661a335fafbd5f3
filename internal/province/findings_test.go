package province

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

var updateFindings = flag.Bool("update", false, "write testdata/findings.txt anew")

// TestFindingsStay: the same dockets have the same findings, byte for byte, as
// when testdata/findings.txt was written: a change that is to make the
// indicators faster changes nothing that they say. A line is the docket, the
// time at which it is looked at, and digests of its fold, of its findings
// without peers and of those with. Where the fold differs it is the generator
// that was changed; where it does not, an indicator or its settings. Whoever
// means to change them writes the file anew with -update.
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
	var got bytes.Buffer
	digest := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:8])
	}
	for _, days := range []int{-60, 0, 200} {
		at := now.AddDate(0, 0, days).Add(9 * time.Hour)
		for i := range files {
			d, err := p.Fold(files[i], at)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%s %s %s %s %s\n", d.ID, at.Format(time.DateOnly), digest(d),
				digest(detect.Evaluate(d, detect.Env{At: at})), digest(detect.Evaluate(d, detect.Env{At: at, Peers: &peers})))
		}
	}
	path := filepath.Join("testdata", "findings.txt")
	if *updateFindings {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := bytes.Split(want, []byte("\n")), bytes.Split(got.Bytes(), []byte("\n"))
	if len(a) != len(b) {
		t.Fatalf("%d lines, want %d", len(b), len(a))
	}
	differ := 0
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			if differ++; differ <= 3 {
				t.Errorf("line %d: got %s, want %s", i+1, b[i], a[i])
			}
		}
	}
	if differ > 0 {
		t.Errorf("%d of %d lines differ", differ, len(a)-1)
	}
}
