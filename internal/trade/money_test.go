package trade

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, v := range []struct {
		amount, unit, want string // want "" = not money
	}{
		{"1234.5", "0", "1234.5"},
		{"1234.5", "元", "1234.5"},
		{"1234.5", "1", "12345000"},
		{"0.000001", "1", "0.01"},
		{"0.000001", "0", "0.000001"},
		{"0.0000001", "0", ""}, // would have to be rounded
		{"0.0000010", "0", "0.000001"},
		{"0.0000000001", "万元", "0.000001"},
		{"9223372036854.775807", "0", "9223372036854.775807"},
		{"9223372036854.775808", "0", ""},
		{"12345678901234.123456", "0", ""}, // beyond int64: said, not wrapped
		{"-5", "0", "-5"},
		{"0", "0", "0"},
		{"007", "0", "7"},
		{" 3 ", " 1 ", "30000"},
		{"1,234", "0", ""},
		{"1e6", "0", ""},
		{".5", "0", ""},
		{"5.", "0", ""},
		{"", "0", ""},
		{"-", "0", ""},
		{"--5", "0", ""},
		{"５", "0", ""},
		{"100", "", ""}, // no unit: a guess is wrong by ten thousand
		{"100", "2", ""},
	} {
		m, ok := ParseMoney(v.amount, v.unit)
		got := ""
		if ok {
			got = m.String()
		}
		if got != v.want {
			t.Errorf("ParseMoney(%q, %q) = %q, want %q", v.amount, v.unit, got, v.want)
		}
	}
}

func TestMoneyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money(rapid.Int64().Draw(t, "m"))
		if m == -1<<63 {
			return // has no positive twin; ParseMoney never makes it
		}
		if back, ok := ParseMoney(m.String(), "元"); !ok || back != m {
			t.Fatalf("%d is written %s and read %d", m, m, back)
		}
		if wan, ok := ParseMoney(m.String(), "万元"); ok && wan != m*10_000 {
			t.Fatalf("%s 万元 is %d", m, wan)
		}
	})
}
