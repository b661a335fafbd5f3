package docket

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestIndexed: an indexed docket answers as one without index, also where no
// fold has sorted the rows, and appending to an answer changes none.
func TestIndexed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &Docket{ID: "T"}
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			d.Live = append(d.Live, Entry{
				Dataset: rapid.SampledFrom([]string{"501", "503", "507", "x"}).Draw(t, "dataset"), Origin: rapid.SampledFrom([]string{"P", "Q"}).Draw(t, "origin"),
				Key: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"), Deleted: rapid.IntRange(0, 4).Draw(t, "deleted") == 0,
				Fields: map[string]string{"BID_SECTION_CODE": rapid.SampledFrom([]string{"", "L1", "L2", "L1;L2", "；"}).Draw(t, "lots")},
			})
		}
		if rapid.Bool().Draw(t, "lot") {
			d.Lots = []Lot{{Code: "L9"}, {}}
		}
		x := d.Indexed()
		if !slices.Equal(d.LotCodes(), x.LotCodes()) {
			t.Fatalf("lots %v, indexed %v", d.LotCodes(), x.LotCodes())
		}
		sets, indexed := d.Datasets(), x.Datasets() // whose order, of rows that no fold has sorted, tombstones may show
		slices.Sort(sets)
		slices.Sort(indexed)
		if !slices.Equal(sets, indexed) {
			t.Fatalf("data sets %v, indexed %v", sets, indexed)
		}
		for range 2 { // what was asked before is kept
			for _, dataset := range []string{"501", "503", "507", "x", "y"} {
				for _, lot := range []string{"", "L1", "L2", "L3"} {
					want, got := d.RowsAbout(dataset, lot), x.RowsAbout(dataset, lot)
					if !slices.Equal(want, got) {
						t.Fatalf("%s of lot %q: %d rows, indexed %d", dataset, lot, len(want), len(got))
					}
					_ = append(got, &Entry{Key: "stranger"})
				}
				for _, ref := range []Ref{{Dataset: dataset, Key: "a"}, {Dataset: dataset, Key: "b", Origin: "Q"}} {
					if d.At(ref) != x.At(ref) {
						t.Fatalf("another row at %+v", ref)
					}
				}
			}
		}
	})
}

// TestOnce: an indexed docket works a thing out once for each lot, another one
// each time.
func TestOnce(t *testing.T) {
	d := &Docket{ID: "T"}
	n := 0
	ask := func(d *Docket, lot string) int {
		return Once(d, Key{Kind: "n", Lot: lot}, func() int { n++; return rand.Int() })
	}
	if ask(d, ""); ask(d, "") == 0 || n != 2 {
		t.Errorf("worked %d times", n)
	}
	x := d.Indexed()
	if a, b := ask(x, "L1"), ask(x, "L1"); a != b || n != 3 {
		t.Errorf("%d and %d, worked %d times", a, b, n)
	}
	if ask(x, "L2"); n != 4 {
		t.Error("two lots were taken for one")
	}
}
