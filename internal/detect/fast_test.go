package detect

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestShortWays: where a quick look at a text gives the answer, it is the one
// that a careful look gives.
func TestShortWays(t *testing.T) {
	piece := rapid.SampledFrom([]string{"", "a", "A", "0", "f", "-", " ", "\u3000", "Ａ", "（", "(", "无", "暂", "详见附件", "见", "。", "É", "\xe5", "\xe5\x9c", "\x00", "null", "n/a", ";", "鿿", "㿿", "\ufffd", "µ"})
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
		if got := strings.Map(foldRune, s); fold(s) != got {
			t.Fatalf("%q folds to %q, carefully to %q", s, fold(s), got)
		}
		if nothing(s) != filler(s) {
			t.Fatalf("%q says nothing: %v, carefully %v", s, nothing(s), filler(s))
		}
		if folded(s) && s != "" || speaks(s) {
			taken++
		}
	})
	if taken == 0 {
		t.Error("the short way was never taken")
	}
	for _, s := range []string{"91410100MA0000000A", "郑州某某建设有限公司", "20180320100100"} {
		if !speaks(s) {
			t.Errorf("%q was looked at twice", s)
		}
	}
}
