package store

import (
	"strings"
	"testing"
)

func TestMarks(t *testing.T) {
	for _, c := range []struct{ query, line, want string }{
		{"围标", "疑似围标线索", "疑似[围标]线索"},
		{"道路改造 公告", "某道路改造工程招标公告", "某[道路改造]工程招标[公告]"},
		{"标", "招标人，标段", "招[标]人，[标]段"},
		{"e3301", "编号 Ｅ３３０１０００００１-2018", "编号 [Ｅ３３０１]０００００１-2018"},
		{"3301-2018", "E3301-2018", "E3301-2018"},
		{"e3301-2018", "E3301—2018号", "[E3301—2018]号"},
		{"straße", "STRASSE 5", "[STRASSE] 5"},
		{"道路", "道，路", "道，路"},
		{"围标 标线", "围标线索", "[围标线]索"},
		{"nowhere", "\xff围", "\xff围"},
		{"", "围", "围"},
	} {
		var b strings.Builder
		at := 0
		for _, m := range NewMarker(c.query).Marks(c.line) {
			b.WriteString(c.line[at:m.From] + "[" + c.line[m.From:m.To] + "]")
			at = m.To
		}
		if got := b.String() + c.line[at:]; got != c.want {
			t.Errorf("%q in %q: %s, want %s", c.query, c.line, got, c.want)
		}
	}
}

func FuzzMarks(f *testing.F) {
	f.Add("围标 a33", "疑似围标线索 A33-1")
	f.Add("\xff", "\xff\xfe")
	f.Fuzz(func(t *testing.T, query, line string) {
		at := 0
		for _, m := range NewMarker(query).Marks(line) {
			if m.From < at || m.To <= m.From || m.To > len(line) {
				t.Fatalf("mark %v after %d in %q", m, at, line)
			}
			at = m.To
		}
	})
}
