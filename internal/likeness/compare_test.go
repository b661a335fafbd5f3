package likeness

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mingjing/internal/likeness/planted"
)

// plain returns what a part of a text says, folded, numbers as one sign.
func plain(t *Text, p Place) string { return string(NewText(p.Of(t)).runes) }

// Width, case, blanks and punctuation are no difference, and the places lead back
// to where the words stand in each original.
func TestPlacesInOriginals(t *testing.T) {
	words := "旋挖钻机就位后由测量员复核桩位偏差不大于二十毫米，方可开钻；钻进过程中泥浆比重每两小时测一次ＡＢＣ"
	a := NewText("一、说明\n" + words + "结束")
	b := NewText("（前言 Preface） 旋挖钻机 就位后，由测量员复核桩位。偏差不大于二十毫米方可开钻\n钻进过程中 泥浆比重每两小时测一次 abc！别的")
	r := Compare(a, b, DefaultLimits)
	if len(r.Passages) != 1 {
		t.Fatalf("%d passages: %+v", len(r.Passages), r.Passages)
	}
	p := r.Passages[0]
	if p.Kind != Verbatim || p.A.Of(a) != words || !strings.HasPrefix(p.B.Of(b), "旋挖钻机 就位后，") || !strings.HasSuffix(p.B.Of(b), "测一次 abc") {
		t.Errorf("%s: %q, %q", p.Kind, p.A.Of(a), p.B.Of(b))
	}
	if r.Longest != p.Equal || r.SharedA != p.Equal || r.SharedB != p.Equal || r.OwnA != a.Len() {
		t.Errorf("counts: %+v", r)
	}
}

func TestKindsOfPassages(t *testing.T) {
	base := "土方开挖采用2台挖掘机分3层进行，每层厚度不超过1.5米，基底预留30厘米人工清底；边坡坡脚设置排水沟，雨天用彩条布覆盖坡面，专人巡视裂缝并逐日填写观测记录"
	for _, c := range []struct {
		name, other, kind string
		numbers           int
	}{
		{"as it is", base, Verbatim, 0},
		{"grouped numbers are the same", strings.ReplaceAll(base, "30厘米", "３０厘米"), Verbatim, 0},
		{"other numbers", strings.NewReplacer("2台", "5台", "1.5米", "1.8米").Replace(base), Altered, 2},
		{"a word changed", strings.ReplaceAll(base, "覆盖", "遮住"), Altered, 0},
		{"another order", "边坡坡脚设置排水沟，专人巡视裂缝并逐日填写观测记录，土方开挖采用2台挖掘机分3层进行，雨天用彩条布覆盖坡面，基底预留30厘米人工清底，每层厚度不超过1.5米", Reordered, 0},
	} {
		a, b := NewText("开头不同甲。"+base+"。结尾甲不一样"), NewText("另外一种起笔乙；"+c.other+"！收尾是乙的")
		r := Compare(a, b, DefaultLimits)
		if len(r.Passages) != 1 || r.Passages[0].Kind != c.kind || r.Passages[0].NumbersChanged != c.numbers {
			t.Errorf("%s: %+v", c.name, r.Passages)
			continue
		}
		if p := r.Passages[0]; !strings.Contains(p.A.Of(a), "土方开挖") || !strings.Contains(p.A.Of(a), "观测记录") || !strings.Contains(p.B.Of(b), "排水沟") {
			t.Errorf("%s: %q, %q", c.name, p.A.Of(a), p.B.Of(b))
		}
	}
}

// What both took from the tender's document is no clue, even a little altered.
func TestTenderIsTakenOut(t *testing.T) {
	tender := "投标人应按照招标文件第五章的要求编制施工组织设计，明确项目经理部的组成、各岗位职责以及关键工序的控制措施，并附相应的证明材料；未按要求编制的，评标委员会可以否决其投标。"
	own := "我公司拟在该标段投入自有的两套移动式智能养护棚，由养护班长老魏带队，按棚内湿度曲线逐段推进。"
	a := NewText("甲公司承诺如下。" + tender + own)
	b := NewText(own + "乙公司郑重声明：" + strings.ReplaceAll(tender, "各岗位职责", "所有岗位的职责"))
	ref := NewReference(NewText("第一章\n"+tender+"\n第二章"), DefaultLimits)
	if r := Compare(a, b, DefaultLimits); r.SharedA < 90 {
		t.Fatalf("with the tender's words in: %+v", r)
	}
	a.Without(ref, DefaultLimits)
	b.Without(ref, DefaultLimits)
	r := Compare(a, b, DefaultLimits)
	if len(r.Passages) != 1 || strings.TrimRight(r.Passages[0].A.Of(a), "。") != strings.TrimRight(own, "。") {
		t.Errorf("%+v", r.Passages)
	}
	if r.OwnA > 55 || r.ShareA() < 0.75 {
		t.Errorf("own %d, share %v", r.OwnA, r.ShareA())
	}
}

// The benchmark of docs/likeness.md, small: what it says holds here too.
func TestPlantedCopies(t *testing.T) {
	for _, kind := range planted.Kinds() {
		var right, said, there int
		for i := range uint64(12) {
			c := planted.NewCase(9, i, kind, 12_000)
			a, b := NewText(c.A), NewText(c.B)
			for _, ref := range []string{c.Tender, c.Standard} {
				x := NewReference(NewText(ref), DefaultLimits)
				a.Without(x, DefaultLimits)
				b.Without(x, DefaultLimits)
			}
			in := make([]bool, len(c.B))
			for _, p := range Compare(a, b, DefaultLimits).Passages {
				for k := p.B.From; k < p.B.To; k++ {
					in[k] = true
				}
			}
			want := make([]bool, len(c.B))
			for _, s := range c.Copied {
				for k := s.FromB; k < s.ToB; k++ {
					want[k] = true
				}
			}
			for k := range in {
				if want[k] {
					there++
				}
				if in[k] {
					said++
				}
				if in[k] && want[k] {
					right++
				}
			}
		}
		if kind == planted.None {
			if said > 0 {
				t.Errorf("nothing was copied, %d bytes are reported", said)
			}
			continue
		}
		if right*100 < said*90 || right*100 < there*85 {
			t.Errorf("%s: %d bytes reported, %d copied, %d of them right", kind, said, there, right)
		}
	}
}

// Whatever the texts: parts are equal, lie in their passages in both, and
// counts fit.
func TestPassagesAreEvidence(t *testing.T) {
	word := rapid.SampledFrom([]string{"施工组织", "混凝土", "测量放线", "，", "。", " ", "12", "3.5", "abc", "ＡＢ", "钢筋绑扎完成后隐蔽验收", "\xff", "é", "质量", "的", "𠀀"})
	passages := 0
	defer func() {
		if passages < 5 {
			t.Errorf("only %d passages were looked at", passages)
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		words := func(name string, least, most int) string {
			return strings.Join(rapid.SliceOfN(word, least, most).Draw(t, name), "")
		}
		common := words("common", 10, 40)
		text := func(name string) *Text { return NewText(words(name, 0, 60) + common + words(name, 0, 60)) }
		a, b, ref := text("a"), text("b"), NewText(words("tender", 0, 60))
		if rapid.Bool().Draw(t, "subtract") {
			x := NewReference(ref, DefaultLimits)
			a.Without(x, DefaultLimits)
			b.Without(x, DefaultLimits)
		}
		r := Compare(a, b, DefaultLimits)
		if r.SharedA > r.OwnA || r.SharedB > r.OwnB || r.OwnA > a.Len() {
			t.Fatalf("counts: %+v", r)
		}
		passages += len(r.Passages)
		for _, p := range r.Passages {
			if p.A.From < 0 || p.A.To > len(a.Original) || p.B.To > len(b.Original) || p.A.From >= p.A.To || p.B.From >= p.B.To || p.Equal < 1 {
				t.Fatalf("passage %+v", p)
			}
			for _, q := range p.Parts {
				if q.A.From < p.A.From || q.A.To > p.A.To || q.B.From < p.B.From || q.B.To > p.B.To {
					t.Fatalf("part %+v outside %+v", q, p)
				}
				if x, y := plain(a, q.A), plain(b, q.B); x != y {
					t.Fatalf("part differs: %q and %q", x, y)
				}
			}
		}
	})
}

// Texts that say the same again and again, as tables do, are compared too.
func TestRepetition(t *testing.T) {
	for _, unit := range []string{"合格", "按期完工", "序号1名称甲", "检查记录签字", strings.Repeat("流水段施工与验收", 5) + "甲"} {
		for _, times := range []int{3, 23, 2000} {
			a, b := NewText(strings.Repeat(unit, times)), NewText(strings.Repeat(unit+"。", times)+"其他")
			r := Compare(a, b, DefaultLimits)
			if r.SharedA > r.OwnA || r.SharedB > r.OwnB {
				t.Errorf("%d × %s: %+v", times, unit, r)
			}
		}
	}
}

// A text of a tender, two bids: nothing that anybody writes breaks it, and it
// takes no longer than its length allows.
func FuzzCompare(f *testing.F) {
	f.Add("招标文件", "我公司承诺按期完工", "我公司承诺按期完工")
	f.Add("", strings.Repeat("按期完工", 80), strings.Repeat("完工按期", 80))
	f.Fuzz(func(t *testing.T, tender, one, two string) {
		a, b := NewText(one), NewText(two)
		x := NewReference(NewText(tender), DefaultLimits)
		a.Without(x, DefaultLimits)
		b.Without(x, DefaultLimits)
		for _, p := range Compare(a, b, DefaultLimits).Passages {
			for _, q := range p.Parts {
				if plain(a, q.A) != plain(b, q.B) {
					t.Errorf("part differs: %q and %q", q.A.Of(a), q.B.Of(b))
				}
			}
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	c := planted.NewCase(1, 1, planted.Noise, 300_000)
	b.SetBytes(int64(len(c.A) + len(c.B)))
	for b.Loop() {
		one, two := NewText(c.A), NewText(c.B)
		ref := NewReference(NewText(c.Tender), DefaultLimits)
		one.Without(ref, DefaultLimits)
		two.Without(ref, DefaultLimits)
		Compare(one, two, DefaultLimits)
	}
}
