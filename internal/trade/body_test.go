package trade

import (
	"testing"

	"pgregory.net/rapid"
)

func TestFoldBody(t *testing.T) {
	for _, same := range [][2]string{
		{"河南甲建设（集团）有限公司", "河南甲建设(集团)有限公司"},
		{"河南甲建设有限责任公司", "河南甲建设有限公司"},
		{"ＡＢＣ（中国）有限公司", "abc(中国)有限公司"},
		{"河南 甲 建设有限公司", "河南甲建设有限公司"},
		{"河南甲建设\u200b有限公司", "河南甲建设有限公司"},
		{"中铁十五局集团第一工程有限公司", "中铁十五局集团第一工程有限责任公司"},
		{"让·雅克设计有限公司", "让•雅克设计有限公司"},
	} {
		if FoldBody(same[0]) != FoldBody(same[1]) {
			t.Errorf("%q and %q are two: %q, %q", same[0], same[1], FoldBody(same[0]), FoldBody(same[1]))
		}
	}
	for _, other := range [][2]string{
		{"河南甲建设有限公司", "湖南甲建设有限公司"},
		{"中铁十五局集团第一工程有限公司", "中铁十五局集团第二工程有限公司"},
		{"河南甲建设有限公司", "河南甲建设有限公司郑州分公司"},
		{"甲建设股份有限公司", "甲建设有限公司"},
		{"甲（集团）有限公司", "甲集团有限公司"},
	} {
		if FoldBody(other[0]) == FoldBody(other[1]) {
			t.Errorf("%q and %q are one", other[0], other[1])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "name")
		if once := FoldBody(s); FoldBody(once) != once {
			t.Fatalf("%q folds to %q, and that to %q", s, once, FoldBody(once))
		}
	})
}
