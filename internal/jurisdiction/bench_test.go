package jurisdiction

import (
	"testing"

	"mingjing/internal/trade"
)

// What a view of a docket pays for being told who supervises it.
func BenchmarkCompetent(b *testing.B) {
	d := day("2024-03-01")
	for b.Loop() {
		if _, err := Default().Competent("410322", trade.Construction, []string{"500", "501", "502", "503", "A01", "A03"}, d); err != nil {
			b.Fatal(err)
		}
	}
}
