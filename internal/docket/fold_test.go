package docket

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mingjing/internal/standard"
)

func TestRevisionOrder(t *testing.T) {
	ordered := []string{"", "1", "9", "10", "20180301093000", "20180301093001", "1a", "2018-03-01", "v2"}
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := CompareRevision(a, b); got != want {
				t.Errorf("CompareRevision(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
	if CompareRevision("007", "7") != 0 {
		t.Error("leading zeros must not count")
	}
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.StringMatching(`[0-9a]{0,3}`)
		a, b, c := g.Draw(t, "a"), g.Draw(t, "b"), g.Draw(t, "c")
		if CompareRevision(a, b) <= 0 && CompareRevision(b, c) <= 0 && CompareRevision(a, c) > 0 {
			t.Fatalf("not transitive: %q %q %q", a, b, c)
		}
		if CompareRevision(a, b) != -CompareRevision(b, a) {
			t.Fatalf("not antisymmetric: %q %q", a, b)
		}
	})
}

func only(t *testing.T, d *Docket, dataset string) Entry {
	t.Helper()
	var out []Entry
	for _, e := range d.Live {
		if e.Dataset == dataset {
			out = append(out, e)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d rows of %s, want 1", len(out), dataset)
	}
	return out[0]
}

func TestVersions(t *testing.T) {
	name := func(p int64, rev, s string) Version { return v(p, "503", "N1", rev, "NOTICE_NAME", s) }
	for _, c := range []struct {
		name     string
		versions []Version
		want     string
		deleted  bool
		count    int
	}{
		{"one", []Version{name(0, "1", "A")}, "A", false, 1},
		{"A→B→A are three versions", []Version{name(0, "1", "A"), name(1, "2", "B"), name(2, "3", "A")}, "A", false, 3},
		{"newest by revision, not by arrival", []Version{name(0, "3", "C"), name(1, "1", "A"), name(2, "2", "B")}, "C", false, 3},
		{"a duplicate is none", []Version{name(0, "1", "A"), name(5, "1", "A")}, "A", false, 1},
		{"delete", []Version{name(0, "1", "A"), name(1, "2", "A").op(standard.Delete)}, "A", true, 2},
		{"delete before its insert", []Version{name(0, "2", "A").op(standard.Delete), name(1, "1", "A")}, "A", true, 2},
		{"delete without fields", []Version{name(0, "2", "").op(standard.Delete).without("NOTICE_NAME", "TENDER_PROJECT_CODE"), name(1, "1", "A")}, "A", true, 2},
		{"insert after delete", []Version{name(0, "2", "A").op(standard.Delete), name(1, "3", "B")}, "B", false, 2},
		{"9 before 10", []Version{name(0, "10", "B"), name(1, "9", "A")}, "B", false, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := only(t, Fold(ten, c.versions), "503")
			if e.Fields["NOTICE_NAME"] != c.want || e.Deleted != c.deleted || e.Versions != c.count {
				t.Errorf("got %q deleted %v versions %d, want %q %v %d", e.Fields["NOTICE_NAME"], e.Deleted, e.Versions, c.want, c.deleted, c.count)
			}
			if !e.First.Equal(base) {
				t.Errorf("first received %v, want %v", e.First, base)
			}
		})
	}
}

func TestSameRevisionTwice(t *testing.T) {
	a, b := v(0, "503", "N1", "1", "NOTICE_NAME", "A"), v(1, "503", "N1", "1", "NOTICE_NAME", "B")
	first := only(t, Fold(ten, []Version{a, b}), "503")
	a.Position, b.Position = 1, 0 // came the other way round
	second := only(t, Fold(ten, []Version{b, a}), "503")
	if first.Fields["NOTICE_NAME"] != second.Fields["NOTICE_NAME"] || first.Versions != 2 || second.Versions != 2 {
		t.Errorf("the content decides between two versions of one revision, not arrival: %v, %v", first, second)
	}
}

func TestBelonging(t *testing.T) {
	other := "E4100002600000002001"
	p500 := v(10, "500", "P", "1", "PROJECT_CODE", prj, "PROJECT_NAME", "一中综合楼").without("TENDER_PROJECT_CODE")
	byLot := v(11, "513", "R", "1", "BID_SECTION_CODE", lot1).without("TENDER_PROJECT_CODE")
	sibling := v(12, "501", "T2", "1", "PROJECT_CODE", prj, "TENDER_PROJECT_CODE", other)
	moved := v(13, "512", "C", "1")
	movedAway := v(14, "512", "C", "2", "TENDER_PROJECT_CODE", other)
	strangersLot := v(15, "513", "R2", "1", "BID_SECTION_CODE", other+"001").without("TENDER_PROJECT_CODE")
	all := append(noticed(), p500, byLot, sibling, moved, movedAway, strangersLot)
	d := Fold(ten, all)
	var got []string
	for _, e := range d.Live {
		got = append(got, e.Dataset+"/"+e.Key)
	}
	want := []string{"500/P", "501/T", "502/S1", "503/N1", "513/R"}
	if !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	if d.Through != 14 {
		t.Errorf("through %d, want 14: the move away is part of what this docket has seen", d.Through)
	}
	if e := Elsewhere(ten, all); len(e) != 1 || e[other] != 14 {
		t.Errorf("elsewhere %v, want only %s at 14", e, other)
	}
	if o := Fold(other, all); len(o.Live) != 4 { // 501/T2, 500/P, 512/C; the 513 of its lot waits for a 502
		var got []string
		for _, e := range o.Live {
			got = append(got, e.Dataset+"/"+e.Key)
		}
		if !slices.Equal(got, []string{"500/P", "501/T2", "512/C"}) {
			t.Errorf("rows of the other docket: %v", got)
		}
	}
	if d.Title != "一中综合楼建设工程" || d.Region != "410100" || d.Class != "construction" {
		t.Errorf("title %q region %q class %q", d.Title, d.Region, d.Class)
	}
	follow := Follow(ten, all)
	for _, c := range []Code{"tender:" + ten, "ocid:" + ten, "project:" + prj, Code("lot:" + lot1)} {
		if !slices.Contains(follow, c) {
			t.Errorf("Follow lacks %s: %v", c, follow)
		}
	}
	if slices.Contains(follow, Code("tender:"+other)) {
		t.Error("Follow must not wander to sibling tenders")
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		name string
		v    Version
		want []Code
	}{
		{"500", v(0, "500", "P", "1", "PROJECT_CODE", prj).without("TENDER_PROJECT_CODE"), []Code{"project:" + prj}},
		{"501", v(0, "501", "T", "1", "PROJECT_CODE", prj), []Code{"project:" + prj, "tender:" + ten}},
		{"502", v(0, "502", "S", "1", "BID_SECTION_CODE", lot1), []Code{"lot:" + lot1, "tender:" + ten}},
		{"503", v(0, "503", "N", "1", "BID_SECTION_CODES", lot1+";"+lot2, "PROJECT_CODE", prj), []Code{"tender:" + ten}},
		{"only sections", v(0, "513", "R", "1", "BID_SECTION_CODES", lot2+"；"+lot1).without("TENDER_PROJECT_CODE"), []Code{Code("lot:" + lot1), Code("lot:" + lot2)}},
		{"ocds", v(0, "ocds", "ocds-1", "1", "OCID", "ocds-1").without("TENDER_PROJECT_CODE"), []Code{"ocid:ocds-1"}},
		{"ocds without OCID", v(0, "ocds", "ocds-1", "1").without("TENDER_PROJECT_CODE"), []Code{"ocid:ocds-1"}},
		{"blanks", v(0, "503", "N", "1", "TENDER_PROJECT_CODE", "  "+ten+" "), []Code{"tender:" + ten}},
		{"a zero byte names nothing", v(0, "503", "N", "1", "TENDER_PROJECT_CODE", "a\x00b"), []Code{rowCode(standard.Identity{Origin: sysA, Dataset: "503", Key: "N"})}},
		{"nothing", v(0, "503", "N", "1").without("TENDER_PROJECT_CODE"), []Code{rowCode(standard.Identity{Origin: sysA, Dataset: "503", Key: "N"})}},
	} {
		if got := Codes(&c.v.Record); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestForgedReleaseOpensNothing(t *testing.T) {
	at := moment("2018-03-21 09:30")
	forged := release(9, sysA, lot1, standard.Bid, StateOpened, at)
	forged.System = false
	posing := release(9, sysA, lot1, standard.Bid, StateOpened, at).from(sysB)
	for name, bad := range map[string]Version{"not by the system": forged, "by another origin": posing} {
		d := Fold(ten, append(noticed(), bad))
		if len(d.Releases) != 0 || d.Opened(standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, standard.Bid) {
			t.Errorf("%s: a forged release was believed", name)
		}
	}
	d := Fold(ten, append(noticed(), release(9, sysA, lot1, standard.Bid, StateOpened, at)))
	if !d.Opened(standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, standard.Bid) {
		t.Error("the system's own release must count")
	}
	for _, vault := range []standard.Vault{{Origin: sysB, Tender: ten, Lot: lot1}, {Origin: sysA, Tender: ten, Lot: lot2}, {Origin: sysA, Tender: "X", Lot: lot1}} {
		if d.Opened(vault, standard.Bid) {
			t.Errorf("%v must stay closed", vault)
		}
	}
	if d.Opened(standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, standard.Committee) || d.Opened(standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, standard.Personal) {
		t.Error("other seals must stay on")
	}
}

func TestOpenedStaysOpened(t *testing.T) {
	at := moment("2018-03-21 09:30")
	d := Fold(ten, append(noticed(), release(9, sysA, lot1, standard.Bid, StateFailed, at), release(10, sysA, lot1, standard.Bid, StateOpened, at.Add(time.Hour)), release(11, sysA, lot1, standard.Bid, StateFailed, at.Add(2*time.Hour))))
	if len(d.Releases) != 1 || d.Releases[0].State != StateOpened || d.Releases[0].Position != 10 {
		t.Errorf("releases %+v", d.Releases)
	}
}

func TestWholeTenderVault(t *testing.T) {
	at := moment("2018-03-21 09:30")
	vs := append(noticed(), v(3, "502", "S2", "1", "BID_SECTION_CODE", lot2), release(9, sysA, lot1, standard.Bid, StateOpened, at))
	whole := standard.Vault{Origin: sysA, Tender: ten}
	if Fold(ten, vs).Opened(whole, standard.Bid) {
		t.Error("one of two lots open: the whole tender's vault must stay closed")
	}
	vs = append(vs, release(10, sysA, lot2, standard.Bid, StateOpened, at))
	if !Fold(ten, vs).Opened(whole, standard.Bid) {
		t.Error("all lots open: so is the tender's vault")
	}
	foreign := v(11, "502", "S9", "1", "BID_SECTION_CODE", lot1+"X").from(sysB)
	if !Fold(ten, append(vs, foreign)).Opened(whole, standard.Bid) {
		t.Error("another system's lot must not close this system's vault")
	}
}

func TestBidsOfOneBidder(t *testing.T) {
	again := bid(13, lot1, 1)
	again.Key = "again"
	byName := v(14, "507", "byname", "1", "BID_SECTION_CODE", lot1, "BIDDER_NAME", "投标人2")
	unnamed := v(15, "507", "unnamed", "1", "BID_SECTION_CODE", lot1)
	vs := append(noticed(), bid(10, lot1, 1), bid(11, lot1, 2), bid(12, lot1, 3), again, byName, unnamed)
	l := Fold(ten, vs).Lot(lot1)
	if len(l.Bids) != 4 || len(l.Bids[1].More) != 1 || len(l.Bids[2].More) != 1 {
		t.Errorf("bids %+v", l.Bids)
	}
	if n := Bidders(sysA, ten, lot1, vs); n != 4 {
		t.Errorf("%d bidders, want 4", n)
	}
	if n := Bidders(sysB, ten, lot1, vs); n != 0 {
		t.Errorf("%d bidders of another system, want 0", n)
	}
	deleted := bid(16, lot1, 3).op(standard.Delete)
	deleted.Revision = "2"
	if n := Bidders(sysA, ten, lot1, append(vs, deleted)); n != 3 {
		t.Errorf("%d bidders after one withdrew, want 3", n)
	}
}

// arbitrary draws versions that are often meaningful and sometimes garbage.
func arbitrary(t *rapid.T) []Version {
	datasets := []string{"500", "501", "502", "503", "504", "505", "506", "507", "508", "512", "513", "517", "519", "9015", "9018", "release", "erasure", "source", "ocds", "", "\xff"}
	names := []string{
		"TENDER_PROJECT_CODE", "PROJECT_CODE", "BID_SECTION_CODE", "BID_SECTION_CODES", "BID_DOC_REFER_END_TIME", "BID_OPEN_TIME", "POST_OPEN_TIME", "IS_POSTPONE",
		"BID_OPENING_TIME", "NOTICE_SEND_TIME", "EXCEPITON_TYPE", "BIDDER_NAME", "BIDDER_ORG_CODE", "ORIGIN", "SEAL", "STATE", "BIDDERS", "OPENING_TIME", "RANK", "BID_PRICE", "PRICE_UNIT",
	}
	values := []string{ten, ten, prj, lot1, lot2, lot1 + ";" + lot2, "20180321093000", "20180328", "1", "0", "9", "bid", "opened", "failed", sysA, "投标人1", "", "\xff\xfe", "20181399", "99999999999999999999"}
	n := rapid.IntRange(0, 12).Draw(t, "n")
	var out []Version
	for i := range n {
		f := map[string]string{}
		for range rapid.IntRange(0, 5).Draw(t, "fields") {
			f[rapid.SampledFrom(names).Draw(t, "name")] = rapid.SampledFrom(values).Draw(t, "value")
		}
		if rapid.IntRange(0, 3).Draw(t, "home") > 0 {
			f["TENDER_PROJECT_CODE"] = ten
		}
		w := Version{
			Record: standard.Record{
				Origin:   rapid.SampledFrom([]string{sysA, sysB, SystemOrigin}).Draw(t, "origin"),
				Dataset:  rapid.SampledFrom(datasets).Draw(t, "dataset"),
				Op:       rapid.SampledFrom([]standard.Op{standard.Insert, standard.Update, standard.Delete, "odd"}).Draw(t, "op"),
				Key:      rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "key"),
				Revision: rapid.SampledFrom([]string{"1", "2", "01", "10", "x", "", "1521595800000"}).Draw(t, "revision"),
				Occurred: rapid.SampledFrom([]string{"", "2018-03-01T09:30:00+08:00", "garbage"}).Draw(t, "occurred"),
				Fields:   f,
			},
			Position: int64(i), Received: base.Add(time.Duration(i/2) * time.Minute), Source: "north",
			History: rapid.Bool().Draw(t, "history"), System: rapid.Bool().Draw(t, "system"),
		}
		if rapid.Bool().Draw(t, "sealed") {
			w.Sealed = map[string]standard.Seal{"ID_CARD": standard.Personal}
		}
		out = append(out, w)
	}
	return out
}

func same(t *rapid.T, what string, a, b *Docket) {
	t.Helper()
	if diff := cmp.Diff(a, b); diff != "" {
		t.Fatalf("%s changed the docket:\n%s", what, diff)
	}
}

// TestFoldIsOrderIndependent: shuffled, repeated and delayed versions give the
// same docket; JSON keeps it whole; typed rows and decisions never panic.
func TestFoldIsOrderIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vs := arbitrary(t)
		d := Fold(ten, vs)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffled := slices.Clone(vs)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		same(t, "shuffling", d, Fold(ten, shuffled))
		same(t, "repeating", d, Fold(ten, append(shuffled, vs...)))

		body, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(d, back) {
			t.Fatalf("JSON changed the docket:\n%s", cmp.Diff(d, back))
		}
		body2, _ := back.Encode()
		if string(body) != string(body2) {
			t.Fatal("encoding is not stable")
		}
		Decide(d, moment("2018-03-22 00:00"))
		Refusals(d, moment("2018-03-22 00:00"))
		everyType(d)
	})
}

// TestFoldOfSuperset: what belongs to others changes nothing.
func TestFoldOfSuperset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vs := arbitrary(t)
		d := Fold(ten, vs)
		for i := range 4 {
			s := fmt.Sprint(i)
			vs = append(vs, v(int64(100+i), "503", "other"+s, s, "TENDER_PROJECT_CODE", "other"+s, "BID_SECTION_CODES", lot1),
				v(int64(200+i), "500", "otherproject"+s, s, "PROJECT_CODE", "other"+s).without("TENDER_PROJECT_CODE"))
		}
		same(t, "a superset", d, Fold(ten, vs))
	})
}

// TestCorrectionArrivingLate: whichever of a row's versions comes last, the
// newest revision stands.
func TestCorrectionArrivingLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "versions")
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "arrival")
		vs := noticed()
		for at, rev := range order {
			w := v(int64(10+at), "513", "R", fmt.Sprint(rev), "NOTICE_NAME", fmt.Sprint("text ", rev%2), "BID_SECTION_CODE", lot1)
			if rev == n-1 && n%3 == 0 {
				w = w.op(standard.Delete)
			}
			vs = append(vs, w)
		}
		for _, e := range Fold(ten, vs).Live {
			if e.Dataset == "513" && (e.Revision != fmt.Sprint(n-1) || e.Versions != n || e.Deleted != (n%3 == 0)) {
				t.Fatalf("arrival %v: revision %s, %d versions, deleted %v", order, e.Revision, e.Versions, e.Deleted)
			}
		}
	})
}

func TestFoldDoesNotTouchItsInput(t *testing.T) {
	vs := noticed()
	before := fmt.Sprint(vs)
	d := Fold(ten, vs)
	for i := range d.Live {
		d.Live[i].Fields["X"] = "y"
	}
	if fmt.Sprint(vs) != before {
		t.Error("the docket shares its maps with the versions")
	}
}

func TestExpandDeletesWhatANewReleaseLacks(t *testing.T) {
	raw := func(p int64, rev, text string) Version {
		w := v(p, "ocds", "ocds-1", rev, "OCID", "ocds-1", "RELEASE", text).without("TENDER_PROJECT_CODE")
		w.Origin = "ocds"
		return w
	}
	mapping := func(w Version) []Version {
		out := []Version{w}
		for _, c := range w.Fields["RELEASE"] {
			x := w
			x.Dataset, x.Key, x.Fields = "507", string(c), map[string]string{"TENDER_PROJECT_CODE": "ocds-1", "BID_SECTION_CODE": "1", "BIDDER_NAME": string(c)}
			out = append(out, x)
		}
		return out
	}
	vs := []Version{raw(0, "20180101", "abc"), raw(1, "20180201", "bcd")}
	d := Fold("ocds-1", Expand(vs, mapping))
	var names []string
	for _, b := range d.Lot("1").Bids {
		names = append(names, b.Bidder)
	}
	if !slices.Equal(names, []string{"b", "c", "d"}) {
		t.Errorf("bids %v", names)
	}
	if e := only(t, d, "ocds"); e.Fields["RELEASE"] != "" {
		t.Error("the text of the release belongs to the log, not to the docket")
	}
	if d.Class != "procurement" || d.Through != 1 {
		t.Errorf("class %s through %d", d.Class, d.Through)
	}
	slices.Reverse(vs)
	if diff := cmp.Diff(d, Fold("ocds-1", Expand(vs, mapping))); diff != "" {
		t.Errorf("order of releases shows:\n%s", diff)
	}
}

func BenchmarkFold40(b *testing.B) {
	vs := forty()
	b.ReportAllocs()
	for b.Loop() {
		Fold(ten, vs)
	}
}

func BenchmarkDecode40(b *testing.B) {
	body, _ := Fold(ten, forty()).Encode()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func forty() []Version {
	vs := append(noticed(), opening(4, "20180321093000"))
	for i := range 36 {
		w := bid(int64(10+i), lot1, i)
		for j := range 16 {
			w.Fields[fmt.Sprintf("FIELD_%02d", j)] = "value of the field"
		}
		vs = append(vs, w)
	}
	return vs
}

// The catalogue says in which field a data set names its transaction and lots.
func TestCodesOfOtherClasses(t *testing.T) {
	for _, test := range []struct {
		dataset string
		fields  map[string]string
		code    Code
		lots    []string
	}{
		{"551", map[string]string{"PURCHASE_PROJECT_CODE": " P1 ", "PURCHASE_SECTION_CODE": "A;B"}, "tender:P1", []string{"A", "B"}},
		{"601", map[string]string{"DEAL_ANNOUNCEMENT_GUID": "G1", "LAND_CODE": "41-1"}, "tender:G1", nil},
		{"652", map[string]string{"UNIFIED_DEAL_CODE": "B01-1"}, "tender:B01-1", nil},
		{"701", map[string]string{"PROJECT_CODE": "C1", "BID_CODE": "X"}, "tender:C1", []string{"X"}},
		{"500", map[string]string{"PROJECT_CODE": "C1"}, "project:C1", nil},
	} {
		r := standard.Record{Origin: "o", Dataset: test.dataset, Key: "k", Fields: test.fields}
		if got := Codes(&r); len(got) != 1 || got[0] != test.code {
			t.Errorf("%s: codes %v, want %s", test.dataset, got, test.code)
		}
		if got := Sections(test.dataset, test.fields); !slices.Equal(got, test.lots) {
			t.Errorf("%s: lots %v, want %v", test.dataset, got, test.lots)
		}
	}
}

// A docket of another class has that class, its title and its region.
func TestClassOfDocket(t *testing.T) {
	for _, test := range []struct {
		dataset, class string
		fields         map[string]string
	}{
		{"550", "procurement", map[string]string{"PURCHASE_PROJECT_CODE": "T", "PURCHASE_PROJECT_NAME": "名", "REGION_CODE": "410100"}},
		{"600", "land", map[string]string{"ANNOUNCEMENT_GUID": "T", "LAND_PROJECT_NAME": "名", "LAND_DISTRICT": "410100"}},
		{"650", "mining", map[string]string{"UNIFIED_DEAL_CODE": "T", "NA_APP_NAME": "名", "REGION_CODE": "410100"}},
		{"750", "property", map[string]string{"PROJECT_CODE": "T", "PROJECT_NAME": "名", "REGION_CODE": "410100"}},
		{"1050", "environment", map[string]string{"PROJECT_CODE": "T", "NOTICE_NAME": "名", "BID_REGION_CODE": "410100"}},
		{"1800", "other", map[string]string{"PROJECT_CODE": "T", "PROJECT_NAME": "名", "REGION_CODE": "410100"}},
	} {
		complaint := Version{Record: standard.Record{Origin: "o", Dataset: "404", Key: "c", Revision: "1", Fields: map[string]string{"TENDER_PROJECT_CODE": "T"}}}
		v := Version{Position: 1, Record: standard.Record{Origin: "o", Dataset: test.dataset, Key: "k", Revision: "1", Fields: test.fields}}
		d := Fold("T", []Version{complaint, v})
		if d.Class != test.class || d.Title != "名" || d.Region != "410100" || len(d.Live) != 2 {
			t.Errorf("%s: class %q, title %q, region %q, %d rows", test.dataset, d.Class, d.Title, d.Region, len(d.Live))
		}
	}
}
