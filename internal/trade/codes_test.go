package trade

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rule returns "" for a right code, "rule" for a hard error, "~rule" for a soft one.
func rule(err error) string {
	var e *CodeError
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		return "not a CodeError"
	case e.Soft:
		return "~" + e.Rule
	}
	return e.Rule
}

// TestRealCodes holds codes seen in real data, with the verdict they got there.
func TestRealCodes(t *testing.T) {
	for _, v := range []struct {
		kind  string
		check func(string) error
		code  string
		want  string
	}{
		{"organisation", CheckOrgCode, "91350100M000100Y43", ""},
		{"organisation", CheckOrgCode, "12350100MB02709751", ""},
		{"organisation", CheckOrgCode, "91350211M0000XUF46", "~check"}, // a real company's
		{"organisation", CheckOrgCode, "91350100M000100Y4", "length"},
		{"organisation", CheckOrgCode, "91350100M000100I43", "alphabet"},
		{"organisation", CheckOrgCode, "", "length"},
		{"investment", CheckInvestCode, "2503-411481-04-01-225421", ""},
		{"investment", CheckInvestCode, "2509-320193-89-01-544060", ""},
		{"investment", CheckInvestCode, "2513-411481-04-01-225421", "date"},
		{"investment", CheckInvestCode, "2503411481040122542100000", "length"},
		{"investment", CheckInvestCode, "2503-41148-104-01-225421", "shape"},
		{"investment", CheckInvestCode, "2503-991481-04-01-225421", "~shape"},
		{"deal", CheckDealCode, "D01-12350100MB02709751-20190627-527731-5", ""},
		{"deal", CheckDealCode, "A99-91359128593462349A-20170601-002267-T", "~check"}, // its organisation code's check character
		{"deal", CheckDealCode, "D01-12350100MB02709751-20190631-527731-5", "date"},
		{"deal", CheckDealCode, "D01-12350100MB02709751-20190627-52773-15", "shape"},
		{"deal", CheckDealCode, "D01-12350100MB02709751-20190627-527731", "length"},
		{"tender", func(s string) error { return CheckTenderCode(s, "") }, "E4114002441A04301001", ""},
		{"tender", func(s string) error { return CheckTenderCode(s, "E4114002441A04301") }, "E4114002441A04301001", ""},
		{"tender", func(s string) error { return CheckTenderCode(s, "E4114002441A04302") }, "E4114002441A04301001", "~parent"},
		{"tender", func(s string) error { return CheckTenderCode(s, "") }, "E3205830301002809009", ""},
		{"project", CheckProjectCode, "N5101172026000018", ""},
		{"project", CheckProjectCode, "5101172026000018N", "~shape"},
		{"project", CheckProjectCode, "N51011720260000180", "length"},
		{"section", func(s string) error { return CheckSectionCode(s, "E4114002441A04301001") }, "E4114002441A04301001001", ""},
		{"section", func(s string) error { return CheckSectionCode(s, "") }, "e4114002441A04301001001", "~alphabet"},
		{"section", func(s string) error { return CheckSectionCode(s, "") }, "E4114002441A04301001", "length"},
	} {
		if got := rule(v.check(v.code)); got != v.want {
			t.Errorf("%s %s: rule %q, want %q", v.kind, v.code, got, v.want)
		}
	}
}

// TestDealCheckStatistic records that the published check fails for all real
// codes known, which is why it never makes an error.
func TestDealCheckStatistic(t *testing.T) {
	for _, s := range []string{"D01-12350100MB02709751-20190627-527731-5", "A99-91359128593462349A-20170601-002267-T"} {
		if DealCheckHolds(s) {
			t.Errorf("%s satisfies MOD 37,2: then the check could be trusted after all", s)
		}
	}
	// A blood donation number of ISBT 128, which uses MOD 37,2.
	if !DealCheckHolds("G123489654321Y") {
		t.Error("a known good number fails: the computation is wrong")
	}
}

// makeOrg completes 17 characters to a right code.
func makeOrg(t *rapid.T) string {
	prefixes := strings.Fields(orgPrefixes)
	s := rapid.SampledFrom(prefixes).Draw(t, "prefix") + rapid.StringMatching(`[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}`).Draw(t, "body")
	sum := 0
	for i := range 17 {
		sum += strings.IndexByte(orgAlphabet, s[i]) * orgWeights[i]
	}
	return s + string(orgAlphabet[(31-sum%31)%31])
}

func TestOrgCodeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := makeOrg(t)
		if err := CheckOrgCode(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		// Any single wrong character is seen: 31 is prime and no weight is a multiple of it.
		i := rapid.IntRange(0, 17).Draw(t, "place")
		c := orgAlphabet[rapid.IntRange(0, 30).Draw(t, "character")]
		if c == s[i] {
			return
		}
		if wrong := s[:i] + string(c) + s[i+1:]; CheckOrgCode(wrong) == nil {
			t.Fatalf("%s with place %d wrong passes", s, i+1)
		}
	})
}

func TestChecksNeverShowTheCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[A-Z]{3}[!-~]{4,38}`).Draw(t, "code")
		for _, err := range []error{CheckOrgCode(s), CheckInvestCode(s), CheckDealCode(s), CheckProjectCode(s), CheckTenderCode(s, "E"), CheckSectionCode(s, "E"), Regions().Check(s, 0)} {
			if err != nil && strings.Contains(err.Error(), s) {
				t.Fatalf("an error shows the code: %v", err)
			}
		}
	})
}

func TestSplitCodes(t *testing.T) {
	got := strings.Join(SplitCodes(" a;b；c,d、e|f ;; g　h"), " ")
	if got != "a b c d e f g h" {
		t.Errorf("got %s", got)
	}
	if SplitCodes(" ; ") != nil && len(SplitCodes(" ; ")) != 0 {
		t.Error("blank parts are codes")
	}
}

func TestRegions(t *testing.T) {
	r := Regions()
	in2018, in2024 := Date(2018, 3, 1), Date(2024, 3, 1)
	for _, v := range []struct {
		code string
		day  Day
		want string
	}{
		{"410105", in2018, ""},
		{"419001", in2018, ""},
		{"410381", in2018, ""},       // 偃师市 was still a city
		{"410381", in2024, "~dates"}, // and is a district under another code
		{"410999", in2018, "unknown"},
		{"110101", in2018, ""}, // another province: shape only
		{"990101", in2018, "shape"},
		{"41010", in2018, "shape"},
		{"4101O5", in2018, "shape"},
		{"", in2018, "shape"},
	} {
		if got := rule(r.Check(v.code, v.day)); got != v.want {
			t.Errorf("%s on %s: %q, want %q", v.code, v.day, got, v.want)
		}
	}
	if n := r.Name("410105"); n != "金水区" {
		t.Errorf("410105 is %s", n)
	}
	for _, v := range []struct {
		inner, outer string
		want         bool
	}{{"410105", "410100", true}, {"410105", "410000", true}, {"410105", "410200", false}, {"419001", "410000", true}, {"110101", "110000", true}, {"110101", "410000", false}, {"", "410000", false}} {
		if r.Within(v.inner, v.outer, in2024) != v.want {
			t.Errorf("Within(%s, %s) is not %v", v.inner, v.outer, v.want)
		}
	}
	// Each line's parent and successor stands in the table, so that no region hangs in the air.
	for _, c := range r.Codes() {
		for _, l := range r.lines[c] {
			for _, up := range []string{l.Parent, l.Successor} {
				if _, _, ok := r.At(up, in2024); up != "" && !ok {
					t.Errorf("%s names %s, which is not in the table", c, up)
				}
			}
		}
	}
	if n := len(r.Codes()); n != 210 {
		t.Errorf("%d codes", n)
	}
}

func TestWords(t *testing.T) {
	for _, c := range Classes() {
		if c.ZH() == string(c) || c.EN() == "" {
			t.Errorf("class %s has no name", c)
		}
	}
	for _, s := range Stages() {
		if s.ZH() == string(s) || s.EN() == "" {
			t.Errorf("stage %s has no name", s)
		}
	}
	stages := map[Stage]bool{}
	for _, s := range Stages() {
		stages[s] = true
	}
	for s := range stepWords {
		if !stages[s.Stage()] {
			t.Errorf("step %s is in no stage", s)
		}
	}
}
