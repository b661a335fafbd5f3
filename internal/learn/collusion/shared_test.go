package collusion

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
)

// TestSharedData measures the first splits of the one small real file, which is
// not ours to ship: MINGJING_SHARED_DATA names the folder that has it. The whole
// measure is `mingjing bench collusion`; here only that it has not broken.
func TestSharedData(t *testing.T) {
	dir := os.Getenv("MINGJING_SHARED_DATA")
	if dir == "" {
		t.Skip("SKIPPED: set MINGJING_SHARED_DATA to the folder with collusion/garcia2022 to measure on real tenders")
	}
	f, err := os.Open(filepath.Join(dir, "collusion/garcia2022/DB_Collusion_Brazil_processed.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := Read("Brazil", f)
	if err != nil {
		t.Fatal(err)
	}
	g, err := os.Open(filepath.Join(dir, "collusion/splits/brazil.splits.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	z, err := gzip.NewReader(g)
	if err != nil {
		t.Fatal(err)
	}
	splits, err := ReadSplits("brazil", z)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Tenders) != 101 || len(splits) != 100 || !m.Matches(splits) || m.Skipped != 0 {
		t.Fatalf("%d tenders, %d splits, %d rows skipped", len(m.Tenders), len(splits), m.Skipped)
	}
	for _, set := range []Set{Own, Position} {
		r, err := BySplits(m, set, splits[:10])
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: balanced accuracy %.3f, AUC %.3f", set, r.Balanced.Mean, r.AUC.Mean)
		if r.Balanced.Mean < 0.76 || r.AUC.Mean < 0.86 {
			t.Errorf("%s: balanced accuracy %+v, AUC %+v", set, r.Balanced, r.AUC)
		}
	}
}
