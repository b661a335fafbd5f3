package docket

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mingjing/internal/standard"
)

func scoreSets(dataset string) ([]string, bool) {
	return []string{"PRICE_POINTS", "OTHER_POINTS"}, dataset == "9015"
}

func score(position int64, key, revision, points string, pairs ...string) Version {
	return v(position, "9015", key, revision, append([]string{"BID_SECTION_CODE", lot1, "PRICE_POINTS", points}, pairs...)...)
}

func TestBulkTotals(t *testing.T) {
	none := strings.Repeat("0", 64)
	only := func(t *testing.T, vs ...Version) BulkTotal {
		t.Helper()
		d := FoldBulk(ten, append(noticed(), vs...), scoreSets)
		if len(d.Bulk) != 1 || d.Bulk[0].Digest == none || len(d.ExpertScores()) != 0 || len(d.Live) != 3 {
			t.Fatalf("bulk %+v, %d live", d.Bulk, len(d.Live))
		}
		return d.Bulk[0]
	}
	a, b := score(10, "a", "1", "40.10"), score(11, "b", "1", "-0.000001")
	both := only(t, a, b)
	if both.Rows != 2 || both.Sums["PRICE_POINTS"] != (BulkSum{2, "40.099999"}) || both.Lot != lot1 || both.Origin != sysA {
		t.Errorf("totals %+v", both)
	}
	corrected := score(12, "a", "2", "39")
	again := score(13, "a", "3", "40.10")
	if got := only(t, a, b, corrected); got.Rows != 2 || got.Sums["PRICE_POINTS"].Sum != "38.999999" || got.Digest == both.Digest {
		t.Errorf("after a correction %+v", got)
	}
	if got := only(t, a, b, corrected, again); got.Sums["PRICE_POINTS"].Sum != "40.099999" || got.Digest == both.Digest {
		t.Errorf("after A, B, A: the revision is in the digest: %+v", got)
	}
	gone := score(14, "b", "2", "").op(standard.Delete)
	if got, alone := only(t, gone, a, b), only(t, a); got.Digest != alone.Digest || got.Rows != 1 {
		t.Errorf("deleted before it was inserted %+v, never there %+v", got, alone)
	}
	bare := gone
	bare.Fields = nil
	if got := only(t, a, b, bare); got.Rows != 1 {
		t.Errorf("deleted without fields %+v", got)
	}
	if d := FoldBulk(ten, append(noticed(), b, gone), scoreSets); len(d.Bulk) != 0 || d.Through != 14 {
		t.Errorf("nothing lives: %+v through %d", d.Bulk, d.Through)
	}
	away := score(15, "a", "2", "40.10", "TENDER_PROJECT_CODE", "E9")
	if d := FoldBulk(ten, append(noticed(), a, away), scoreSets); len(d.Bulk) != 0 || d.Through != 15 {
		t.Errorf("moved away: %+v through %d", d.Bulk, d.Through)
	}
	if d := FoldBulk("E9", append(noticed(), a, away), scoreSets); len(d.Bulk) != 1 || d.Through != 15 {
		t.Errorf("moved here: %+v through %d", d.Bulk, d.Through)
	}
	if d := FoldBulk(ten, append(noticed(), a.without("TENDER_PROJECT_CODE")), scoreSets); len(d.Bulk) != 1 {
		t.Errorf("by its lot: %+v", d.Bulk)
	}
	closed := a
	closed.Sealed = map[string]standard.Seal{"EXPERT_NAME": standard.Committee}
	if d := FoldBulk(ten, append(noticed(), closed), scoreSets); len(d.Bulk) != 0 {
		t.Errorf("not readable yet: %+v", d.Bulk)
	}
	if got := only(t, score(10, "a", "1", "many"), b); got.Rows != 2 || got.Sums["PRICE_POINTS"].Rows != 1 {
		t.Errorf("a field that is no number: %+v", got)
	}
}

// arbitraryScores draws versions of few bulk rows: corrections there and back,
// deletes, moves to other lots and dockets, repeats.
func arbitraryScores(t *rapid.T) []Version {
	var out []Version
	for i := range rapid.IntRange(0, 14).Draw(t, "n") {
		w := v(int64(20+i), "9015", rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key"), rapid.SampledFrom([]string{"1", "2", "02", "10", "x", "99"}).Draw(t, "revision"),
			"BID_SECTION_CODE", rapid.SampledFrom([]string{lot1, lot2, lot1 + ";" + lot2, ""}).Draw(t, "lot"),
			"TENDER_PROJECT_CODE", rapid.SampledFrom([]string{ten, ten, ten, "E9", ""}).Draw(t, "tender"),
			"PRICE_POINTS", rapid.SampledFrom([]string{"1", "2.50", "-3", "0", "", "odd", "99999999999999999999999999999.000001"}).Draw(t, "points"))
		w.Origin = rapid.SampledFrom([]string{sysA, sysA, sysB}).Draw(t, "origin")
		if rapid.IntRange(0, 3).Draw(t, "delete") == 0 {
			w.Op = standard.Delete
			if rapid.Bool().Draw(t, "bare") {
				w.Fields = nil
			}
		}
		out = append(out, w)
	}
	return out
}

// TestBulkIsIncremental: whatever the order in which versions come, and in
// however many steps, taking back a row's older state and adding the newer
// gives the totals of a fold of all versions at once; JSON keeps them whole.
func TestBulkIsIncremental(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vs := arbitraryScores(t)
		want := FoldBulk(ten, append(noticed(), vs...), scoreSets)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffled := slices.Concat(vs, vs)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		same(t, "shuffling", want, FoldBulk(ten, slices.Concat(shuffled, noticed()), scoreSets))

		tally, seen, kept := NewBulkTally(), []Version{}, map[standard.Identity]BulkRow{}
		through := int64(-1)
		links := Links(ten, noticed())
		for len(shuffled) > 0 {
			n := 1 + r.IntN(len(shuffled))
			seen, shuffled = append(seen, shuffled[:n]...), shuffled[n:]
			for id, row := range BulkRows(seen, scoreSets) {
				if old, ok := kept[id]; ok {
					tally.Subtract(old)
				}
				tally.Add(row)
				kept[id] = row
				if row.near(links) {
					through = max(through, row.Last)
				}
			}
			b, err := json.Marshal(tally)
			if err != nil {
				t.Fatal(err)
			}
			tally = NewBulkTally()
			if err := json.Unmarshal(b, tally); err != nil {
				t.Fatal(err)
			}
		}
		d := Fold(ten, noticed())
		d.AddBulk(tally, links, through)
		same(t, "adding one by one", want, d)
		for _, row := range kept {
			tally.Subtract(row)
		}
		if len(tally.groups) != 0 {
			t.Fatalf("taking all back leaves %+v", tally.groups)
		}
	})
}

func TestBulkOfCatalogue(t *testing.T) {
	sets := BulkOf(standard.Default())
	for _, ds := range standard.Default().Datasets() {
		if _, bulk := sets(ds.No); bulk != ds.Bulk {
			t.Errorf("%s: bulk %v, want %v", ds.No, bulk, ds.Bulk)
		}
	}
	if _, bulk := sets("9015"); bulk {
		t.Error("9015 is bulk: then no indicator can look at single scores")
	}
}

func TestDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"1": "1", "-1.50": "-1.5", "0.000001": "0.000001", "-0": "0", "007.0": "7", " 3 ": "3", "12345678901234567890.1": "12345678901234567890.1",
		"": "", ".5": "", "5.": "", "1e3": "", "+1": "", "1,5": "", "--1": "", "-": "", "1.2.3": "", "1.0000000000000000001": "", "１": "",
	} {
		got := ""
		if n, ok := readDecimal(in); ok {
			got = n.text()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}
