package likeness

import (
	"slices"
	"strings"
	"testing"
)

func TestFindNames(t *testing.T) {
	names := []string{"河南宏远建设工程有限公司", "郑州市中原路桥（集团）有限责任公司", "宏远建设工程有限公司洛阳分公司", "河南大象测绘股份有限公司"}
	for _, c := range []struct {
		name, text string
		own        int
		want       []string // form:other
	}{
		{"in full", "本工程由郑州市中原路桥(集团)有限责任公司负责", 0, []string{"full:1"}},
		{"without the brackets", "由郑州市中原路桥有限责任公司负责", 0, []string{"full:1"}},
		{"with blanks and width", "由河南大象 测绘　股份有限公司测量", 0, []string{"full:3"}},
		{"short", "参照中原路桥的做法", 0, []string{"short:1"}},
		{"own name holds the other's core", "河南宏远建设工程有限公司承诺", 0, nil},
		{"own name in another's text", "河南宏远建设工程有限公司承诺", 1, []string{"full:0"}},
		{"nobody", "我公司承诺按期完工", 2, nil},
	} {
		text := NewText(c.text)
		var got []string
		for _, h := range FindNames(text, names[c.own], names) {
			got = append(got, h.Form+":"+string(rune('0'+h.Other)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	// The tender's document named it: no clue.
	text := NewText("设计单位为河南大象测绘股份有限公司，图纸由其提供")
	text.Without(NewReference(NewText("本项目设计单位为河南大象测绘股份有限公司，图纸由其提供给各投标人"), DefaultLimits), DefaultLimits)
	if got := FindNames(text, names[0], names); got != nil {
		t.Errorf("the tender names it: %+v", got)
	}
}

func TestRareShared(t *testing.T) {
	right := "施工组织设计由项目经理审核，施工组织设计经监理批准，按施工组织设计执行。"
	bids := []*Text{
		NewText(right + "甲方案施工组只设计附后，联系13812345678。GB50204-2015，共 120.50 元"),
		NewText("其他话。" + right + "乙方案施工组只设计附后，电话 138-1234-5678；GB50204-2015，共 120.50 元"),
		NewText(right + "丙方案正常，电话13900000000"),
	}
	got := RareShared(bids, []*Text{NewText("招标文件电话037112345678")})
	var words []string
	for _, r := range got {
		if r.A != 0 || r.B != 1 {
			t.Errorf("bids %d and %d: %+v", r.A, r.B, r)
		}
		words = append(words, r.Kind+":"+r.PlaceA.Of(bids[0]))
	}
	if !slices.Equal(words, []string{"slip:工组只设计", "token:13812345678"}) {
		t.Errorf("%v", words)
	}
	// A third bid has it too: nobody's secret.
	bids[2] = NewText(bids[2].Original + "施工组只设计，13812345678")
	if got := RareShared(bids, nil); len(got) != 0 {
		t.Errorf("three have it: %+v", got)
	}
}

func TestSharedTraits(t *testing.T) {
	a := &File{Author: "Zhang San", Company: "Microsoft", LastBy: "Administrator", Session: "00A1B2C3", Pictures: []string{"p1", "p2"}, Created: "2026-05-01T08:00:00Z"}
	b := &File{Author: "zhang san", Company: "Microsoft", LastBy: "administrator", Session: "00A1B2C3", Pictures: []string{"p2", "p3"}, Created: "2026-05-01T08:00:01Z"}
	var got []string
	for _, x := range SharedTraits(a, b, &File{Pictures: []string{"p9"}}) {
		got = append(got, x.Name)
	}
	if strings.Join(got, " ") != "author session pictures" {
		t.Error(got)
	}
	if got := SharedTraits(a, b, a); len(got) != 0 {
		t.Errorf("the tender's own file has all of it: %v", got)
	}
}

func TestReadSettings(t *testing.T) {
	s, err := ReadSettings(strings.NewReader("bill: {look: 0.6}"))
	if err != nil || s.Bill.Look != 0.6 || s.Bill.Strong != 0.8 || s.Text != DefaultLimits {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{"bill: {look: 0.9}", "text: {seed: 2}", "words: 3", "text: ["} {
		if _, err := ReadSettings(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
