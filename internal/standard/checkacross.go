package standard

import (
	"fmt"
	"strconv"
	"strings"

	"mingjing/internal/trade"
)

// across checks fields against each other.
func (k *checker) across() {
	for i := range k.d.Require {
		k.require(&k.d.Require[i])
	}
	for i := range k.d.Order {
		k.order(&k.d.Order[i])
	}
	for i := range k.d.Ratios {
		k.ratio(&k.d.Ratios[i])
	}
	k.lotCount()
}

func (k *checker) require(q *Requirement) {
	if !blank(k.r.Fields[q.Field]) {
		return
	}
	w := strings.TrimSpace(k.r.Fields[q.When])
	if w == "" {
		return
	}
	holds := len(q.Is) == 0
	for _, is := range q.Is {
		holds = holds || w == is
	}
	if !holds {
		return
	}
	f, when := k.d.Field(q.Field), k.d.Field(q.When)
	if len(q.Is) == 0 {
		k.add(q.Rule, f, "", "填写了「"+when.ZH+"」时必填", "required when "+when.Name+" is given")
		return
	}
	is := strings.Join(q.Is, ", ")
	k.add(q.Rule, f, "", "「"+when.ZH+"」为 "+is+" 时必填", "required when "+when.Name+" is "+is)
}

func (k *checker) order(o *Order) {
	a, b := k.r.Fields[o.A], k.r.Fields[o.B]
	if a == "" || b == "" {
		return
	}
	before := false
	if _, real := dateShape(a, 14); real && len(b) == 14 {
		if _, real = dateShape(b, 14); !real {
			return // its own rule says so
		}
		before = a < b || (a == b && !o.Strict)
	} else {
		ma, okA := trade.ParseMoment(a)
		mb, okB := trade.ParseMoment(b)
		if !okA || !okB {
			return
		}
		// A whole day is before everything that is not wholly before it.
		before = ma.Earliest().Before(mb.Latest()) || (!o.Strict && ma.Earliest().Equal(mb.Latest()))
	}
	if before {
		return
	}
	fa, fb := k.d.Field(o.A), k.d.Field(o.B)
	word, wordEN := "不应晚于", "has to be no later than "
	if o.Strict {
		word, wordEN = "应早于", "has to be before "
	}
	k.add("S047", fa, a, word+"「"+fb.ZH+"」", wordEN+fb.Name)
}

// money reads an amount in yuan with its unit.
func (k *checker) money(f *Field) (trade.Money, bool) {
	unit := "0"
	if f.Unit != "" && f.Unit != "yuan" {
		unit = k.r.Fields[f.Unit]
	}
	return trade.ParseMoney(k.r.Fields[f.Name], unit)
}

func (k *checker) ratio(r *Ratio) {
	fa, fb := k.d.Field(r.A), k.d.Field(r.B)
	a, okA := k.money(fa)
	b, okB := k.money(fb)
	if !okA || !okB || a <= 0 || b <= 0 || float64(a) <= r.Factor*float64(b) {
		return
	}
	k.add("S043", fa, k.r.Fields[r.A], fmt.Sprintf("换算后超过「%s」的 %g 倍，请检查单位", fb.ZH, r.Factor),
		fmt.Sprintf("is more than %g times %s after their units", r.Factor, fb.Name))
}

func (k *checker) lotCount() {
	p := &k.d.plan
	if p.lotCount == nil {
		return
	}
	n, err := strconv.Atoi(strings.TrimSpace(k.r.Fields[p.lotCount.Name]))
	list := k.r.Fields[p.lots.Name]
	if err != nil || blank(list) {
		return
	}
	if got := len(trade.SplitCodes(list)); got != n {
		k.add("S049", p.lotCount, k.r.Fields[p.lotCount.Name], fmt.Sprintf("与所列 %d 个编号不一致", got), fmt.Sprintf("differs from the %d codes listed", got))
	}
}
