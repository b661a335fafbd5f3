package collusion

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mingjing/internal/learn/score"
	"mingjing/internal/screen"
)

// TestScoreOnSharedData measures the score that a house learns of its own
// decisions on labelled tenders of other countries, as if each were one house: the
// label of each tender is that one of its bidders colluded. MINGJING_SHARED_DATA
// names the folder that has them; the numbers are in docs/learned.md.
func TestScoreOnSharedData(t *testing.T) {
	dir := os.Getenv("MINGJING_SHARED_DATA")
	if dir == "" {
		t.Skip("SKIPPED: set MINGJING_SHARED_DATA to the folder with collusion/garcia2022 to measure on real tenders")
	}
	files, err := filepath.Glob(filepath.Join(dir, "collusion/garcia2022/DB_Collusion_*_processed.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal("no file of labelled bids", err)
	}
	for _, file := range files {
		f, err := os.Open(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		m, err := Read(filepath.Base(file), f)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		var cases []score.Case
		for _, x := range m.Tenders {
			if len(x.Bids) < 3 {
				continue
			}
			c := score.Case{Docket: x.ID, Lot: "1", X: screen.Features(x.Bids), Confirmed: slices.Contains(x.Label, true)}
			for _, firm := range x.Firms {
				if firm != "" {
					c.Firms = append(c.Firms, firm)
				}
			}
			cases = append(cases, c)
		}
		begun := time.Now()
		e, err := score.Make(cases, score.Left{}, screen.FeatureNames, score.Demands{Confirmed: 10, Innocent: 10, AUC: 0.7, Speak: 0.5}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		v := e.Validation
		t.Logf("%-42s %4d + %4d, tested %4d + %4d, strangers %3d + %3d: AUC %.2f ± %.2f, chance %.2f, balanced %.2f, Brier %.3f (%.3f), silent %q, %.1f s",
			m.Name, v.Confirmed, v.Innocent, v.TestedYes, v.TestedNo, v.StrangersYes, v.StrangersNo, v.AUC, v.Error, v.Chance, v.Balanced, v.Brier, v.BrierBase, e.Silent, time.Since(begun).Seconds())
		if e.Speaks() && !(v.AUC >= 0.7) {
			t.Error("it speaks below what is demanded")
		}
	}
}
