package disclose

import (
	"slices"
	"testing"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// TestBulkTotals: totals are shown by the same table as the rows they stand
// for: those of a closed data set to nobody who may not see its rows.
func TestBulkTotals(t *testing.T) {
	total := func(dataset, origin string) docket.BulkTotal {
		return docket.BulkTotal{Dataset: dataset, Origin: origin, Lot: lotCode(1), Rows: 41, Digest: "d1d1", Sums: map[string]docket.BulkSum{
			"PRICE_POINTS": {Rows: 41, Sum: "1640.5"}, "CONTRACT_PRICE": {Rows: 40, Sum: "5"}, "NOT_IN_THE_CATALOGUE": {Rows: 1, Sum: "7"},
		}}
	}
	make := func(m Moment) *docket.Docket {
		l := newLife()
		l.put("501", originA, lotCode(1), "T")
		l.put("502", originA, lotCode(1), "L")
		l.reach(originA, lotCode(1), m)
		l.d.Bulk = []docket.BulkTotal{total("9015", originA), total("9015", originB), total("512", originA), total("unknown", originA)}
		return l.d
	}
	has := func(v *Docket, dataset, origin string) *Bulk {
		if v == nil {
			return nil
		}
		i := slices.IndexFunc(v.Bulk, func(b Bulk) bool { return b.Dataset == dataset && b.Origin == origin })
		if i < 0 {
			return nil
		}
		return &v.Bulk[i]
	}
	for _, m := range Moments() {
		d := make(m)
		for _, r := range []Reader{{Audience: Public}, {Audience: Source, Origins: []string{originA}}, {Audience: Source, Origins: []string{originB}}, {Audience: Supervisor, Regions: []string{"41"}}, {Audience: Supervisor, Regions: []string{"11"}}, {Audience: Auditor}, {Audience: Administrator}} {
			v := View(d, r, now)
			for _, dataset := range []string{"9015", "512"} {
				for _, origin := range []string{originA, originB} {
					b := has(v, dataset, origin)
					// What the table says of the rows' own fields.
					shown, all := false, true
					bld := window().builder(d, r, now)
					lot := bld.stages.of(origin, []string{lotCode(1)})
					for _, f := range standard.Default().Dataset(dataset).Fields {
						if f.Seal == standard.Personal {
							continue
						}
						s := window().reason(dataset, f.Name, window().sealOf(dataset, f.Name), bld.seat, lot).Verdict == Show
						shown, all = shown || s, all && s
					}
					want := shown && !(r.Audience == Source && !slices.Contains(r.Origins, origin)) && !(dataset == "512" && origin == originB)
					if (b != nil) != want {
						t.Errorf("%s at %s: totals of %s of %s shown %v, want %v", r.Audience, m, dataset, origin, b != nil, want)
						continue
					}
					if b != nil && (b.Digest != "") != all {
						t.Errorf("%s at %s: digest of %s shown %v, want %v", r.Audience, m, dataset, b.Digest != "", all)
					}
					if b != nil && slices.ContainsFunc(b.Sums, func(s Sum) bool { return s.Name == "NOT_IN_THE_CATALOGUE" }) {
						t.Errorf("%s at %s: a sum of an unknown field", r.Audience, m)
					}
				}
			}
			if has(v, "unknown", originA) != nil {
				t.Errorf("%s at %s: totals of an unknown data set", r.Audience, m)
			}
			if r.Audience == Public && has(v, "9015", originA) != nil {
				t.Errorf("the public learns at %s how many score lines there are", m)
			}
		}
	}
	if has(View(make(Signed), Reader{Audience: Auditor}, now), "9015", originA) == nil {
		t.Error("the auditor does not see the totals of the score lines at the end")
	}
	if b := has(View(make(Signed), Reader{Audience: Public}, now), "512", originA); b == nil || b.Rows != 41 {
		t.Errorf("the public does not see the totals of contracts: %+v", b)
	}
}
