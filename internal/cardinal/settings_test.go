package cardinal

import (
	"strings"
	"testing"
)

func TestSettingsSayWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ ini, want string }{
		{"[R999]\n", `settings, line 1, section [R999]: no such section`},
		{"[R003\n", `no such section`},
		{"[R003]\ntreshold = 3\n", `settings, line 2, section [R003]: treshold = "3": no such setting here; there are procurement_methods, threshold`},
		{"[R003]\nthreshold = soon\n", `a whole number was expected`},
		{"[R024]\nthreshold = NaN\n", `a number was expected`},
		{"[R025]\npercentile = -1\n", `a whole number from 0 on was expected`},
		{"[R028]\nthreshold = 1\n", `no such setting here`},
		{"[R030]\nx\n", `a name, = and a value were expected`},
		{"money = CNY\n", `before the first section: money = "CNY": no such setting here`},
		{"[defaults]\nparty_roles = maybe\n", `true or false was expected`},
		{"[redactions]\namount = 0|x\n", `numbers divided by | were expected`},
		{"[R003.procurement_method_details]\nx = y\n", `a whole number was expected`},
	} {
		if _, err := ReadSettings(strings.NewReader(c.ini)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.ini, err, c.want)
		}
	}
}

func TestSettings(t *testing.T) {
	s := mustSettings(t, "\ufeff; remark\n# remark\ncurrency = \"CNY\"\nprice_comparison_procurement_methods = A|B|\n\n[R003]\r\nthreshold: 10\n[R003.procurement_method_details]\nOpen tender = 5\n[R035]\nthreshold = 0\n")
	if !s.on[R003] || !s.on[R035] || s.on[R018] {
		t.Errorf("on are %v", s.on)
	}
	if s.currency == nil || *s.currency != "CNY" || len(s.onlyPrices) != 2 || s.r003.days != 10 || s.r003.details["Open tender"] != 5 {
		t.Errorf("read %+v", s)
	}
	if s.r035 != 1 {
		t.Errorf("R035 counts from %d, want 1 at least", s.r035)
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct {
		from, to string
		days     int64
		ok       bool
	}{
		{"2024-01-01T00:00:00Z", "2024-01-15T23:00:00Z", 14, true},
		{"2024-01-01T00:00:00+08:00", "2024-01-15T23:59:59.999Z", 15, true},
		{"2024-01-01T00:00:00Z", "2023-12-31T12:00:00Z", 0, true},
		{"2024-01-02T00:00:00Z", "2023-12-31T12:00:00Z", -1, true},
		{"2024-02-28 00:00:00z", "2024-03-01t00:00:00Z", 2, true},
		{"2024-01-01T00:00:00Z", "2024-01-02T00:00:00\u221208:00", 1, true},
		{"2023-02-29T00:00:00Z", "2024-01-02T00:00:00Z", 0, false},
		{"2024-01-01", "2024-01-02T00:00:00Z", 0, false},
		{"2024-01-01T00:00:00", "2024-01-02T00:00:00Z", 0, false},
		{"2024-01-01T00:00:00+0800", "2024-01-02T00:00:00Z", 0, false},
		{"2024-01-01T00:00Z", "2024-01-02T00:00:00Z", 0, false},
		{"2024-01-01T24:00:00Z", "2024-01-02T00:00:00Z", 0, false},
		{"2024-01-01T00:00:00.Z", "2024-01-02T00:00:00Z", 0, false},
		{"2024-01-01T00:00:00+24:00", "2024-01-02T00:00:00Z", 0, false},
		{"2016-12-31T23:59:60Z", "2017-01-01T23:59:60Z", 1, true},
		{"0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 366, true},
	} {
		a, ok := parseMoment([]byte(c.from))
		b, and := parseMoment([]byte(c.to))
		if (ok && and) != c.ok || c.ok && days(a, b) != c.days {
			t.Errorf("%s to %s: %d days (%v, %v), want %d (%v)", c.from, c.to, days(a, b), ok, and, c.days, c.ok)
		}
	}
}
