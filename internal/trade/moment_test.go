package trade

import (
	"strings"
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	for _, v := range []struct {
		in, want string // want "" = not a moment
		whole    bool
	}{
		{"20180301", "2018-03-01T00:00:00+08:00", true},
		{"2018-03-01", "2018-03-01T00:00:00+08:00", true},
		{"201803010930", "2018-03-01T09:30:00+08:00", false},
		{"20180301093015", "2018-03-01T09:30:15+08:00", false},
		{" 20180301093015 ", "2018-03-01T09:30:15+08:00", false},
		{"2018-03-01 09:30:15", "2018-03-01T09:30:15+08:00", false},
		{"2018-03-01 09:30", "2018-03-01T09:30:00+08:00", false},
		{"2018-03-01T09:30:15", "2018-03-01T09:30:15+08:00", false},
		{"2018-03-01T01:30:15Z", "2018-03-01T09:30:15+08:00", false},
		{"2018-03-01T09:30:15.5+08:00", "2018-03-01T09:30:15.5+08:00", false},
		{"20200229", "2020-02-29T00:00:00+08:00", true},
		{"20190229", "", false},
		{"20181301", "", false},
		{"20180301250000", "", false},
		{"00000000", "", false},
		{"10000101", "", false},
		{"二〇一八年三月一日", "", false},
		{"", "", false},
		{"2018", "", false},
	} {
		m, ok := ParseMoment(v.in)
		got := ""
		if ok {
			got = m.Time.Format(time.RFC3339Nano)
		}
		if got != v.want || m.WholeDay != v.whole {
			t.Errorf("ParseMoment(%q) = %q whole=%v, want %q whole=%v", v.in, got, m.WholeDay, v.want, v.whole)
		}
	}
}

func TestMomentSpan(t *testing.T) {
	whole, _ := ParseMoment("20180301")
	noon, _ := ParseMoment("201803011200")
	next, _ := ParseMoment("201803020000")
	if s := whole.Latest().Format(time.DateTime); s != "2018-03-01 23:59:59" {
		t.Errorf("a whole day ends at %s", s)
	}
	if !whole.Same(noon) || !noon.Same(whole) || whole.Same(next) || noon.Same(next) || !noon.Same(noon) {
		t.Error("Same is wrong")
	}
}

func FuzzParseMoment(f *testing.F) {
	for _, s := range []string{"20180301", "20180301093000", "2018-03-01T09:30:00+08:00", "2018-03-01 09:30:15", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := ParseMoment(s)
		if !ok {
			return
		}
		if m.WholeDay && !m.Time.Equal(m.Day().Start()) {
			t.Fatalf("%q: a whole day does not begin at midnight", s)
		}
		if again, ok := ParseMoment(m.String()); !ok || again.WholeDay != m.WholeDay || again.Time.Unix() != m.Time.Unix() {
			t.Fatalf("%q came back as %v", s, again)
		}
		if strings.TrimSpace(s) == "" {
			t.Fatal("blank is a moment")
		}
	})
}
