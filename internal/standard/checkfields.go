package standard

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"mingjing/internal/trade"
)

// fields checks each field of the data set by itself.
func (k *checker) fields() {
	for i := range k.d.Fields {
		f := &k.d.Fields[i]
		v, given := k.r.Fields[f.Name]
		if !given || blank(v) {
			if f.Required {
				k.add("S020", f, "", "必填，未填写", "required and not given")
			}
			continue
		}
		switch f.Format.Kind {
		case Text:
			k.text(f, v)
		case Number:
			k.number(f, v)
		case Date:
			k.date(f, v)
		}
		if f.list != nil {
			k.inList(f, v)
		}
		if f.Check != "" {
			k.code(f, v)
		}
	}
	if p := k.d.plan.platform; p != nil {
		if v := k.r.Fields[p.Name]; v != "" && v != k.r.Origin {
			k.add("S012", p, v, "与批次的交易系统标识码不一致", "differs from the platform code of the batch")
		}
	}
	if s := k.d.plan.stamp; s != nil && len(k.r.Revision) == 14 && allDigits(k.r.Revision) {
		if v := k.r.Fields[s.Name]; v != "" && v != k.r.Revision {
			k.add("S011", s, v, "与版本号不一致", "differs from the revision")
		}
	}
}

func (k *checker) text(f *Field, v string) {
	if n := f.Format.Fixed; n > 0 {
		if len(v) == n && utf8.RuneCountInString(v) == n {
			return
		}
		if f.Multi {
			for _, one := range trade.SplitCodes(v) {
				if utf8.RuneCountInString(one) != n {
					k.add("S021", f, v, fmt.Sprintf("每个值应为 %d 个字符", n), fmt.Sprintf("each value has %d characters", n))
					return
				}
			}
			return
		}
		if utf8.RuneCountInString(v) != n {
			k.add("S021", f, v, fmt.Sprintf("应为 %d 个字符", n), fmt.Sprintf("has to have %d characters", n))
		}
		return
	}
	if n := f.Format.Max; n > 0 && tooLong(v, n) {
		k.add("S022", f, v, fmt.Sprintf("不应超过 %d 个字符", n), fmt.Sprintf("has at most %d characters", n))
	}
}

func (k *checker) number(f *Field, v string) {
	whole, decimals, negative, ok := numberShape(v)
	if !ok {
		k.add("S023", f, v, "不是十进制数", "is no plain decimal number")
		return
	}
	if whole > f.Format.Digits || decimals > f.Format.Decimals {
		k.add("S024", f, v, fmt.Sprintf("整数不超过 %d 位，小数不超过 %d 位", f.Format.Digits, f.Format.Decimals),
			fmt.Sprintf("has at most %d digits before the point and %d after", f.Format.Digits, f.Format.Decimals))
	}
	if f.Unit == "" {
		return
	}
	if negative {
		k.add("S048", f, v, "金额为负", "is negative")
		return
	}
	unit := "0"
	if f.Unit != "yuan" {
		unit = strings.TrimSpace(k.r.Fields[f.Unit])
		if unit == "" {
			k.add("S041", f, v, "没有填写单位 "+f.Unit, "comes without its unit "+f.Unit)
			return
		}
	}
	if m, ok := trade.ParseMoney(v, unit); (ok && m > 3_000_000_000*trade.Yuan) || (!ok && whole > 10 && (unit == "0" || unit == "1")) {
		k.add("S040", f, v, "换算后超过 30 亿元", "is above 3 billion yuan after its unit")
	}
}

func (k *checker) date(f *Field, v string) {
	digits, real := dateShape(v, f.Format.Date)
	switch {
	case real:
	case digits:
		k.add("S026", f, v, "不是真实的日期", "is no date of the calendar")
	default:
		form := f.Format.String()[2:]
		k.add("S025", f, v, "格式应为 "+form, "has the form "+form)
	}
}

func (k *checker) inList(f *Field, v string) {
	if f.list.Allows(v) {
		return
	}
	if f.Multi {
		all := true
		for _, one := range trade.SplitCodes(v) {
			all = all && f.list.Allows(one)
		}
		if all {
			return
		}
	}
	k.add("S027", f, v, "不在代码集「"+f.list.ZH+"」中", "is not in the list "+f.list.Name)
}

// code checks a field by the kind of code that it holds, value by value.
func (k *checker) code(f *Field, v string) {
	if !f.Multi {
		k.oneCode(f, v, v)
		return
	}
	before := len(k.out)
	for _, one := range trade.SplitCodes(v) {
		k.oneCode(f, one, v)
		if len(k.out) > before { // one problem a field is enough
			return
		}
	}
}

func (k *checker) oneCode(f *Field, one, whole string) {
	switch f.Check {
	case CodeRegion:
		k.codeError("S030", f, whole, trade.Regions().Check(one, k.today()))
	case CodeOrg:
		if !validID(one) { // a natural person trades under the number of the identity card
			k.codeError("S031", f, whole, trade.CheckOrgCode(one))
		}
	case CodeInvest:
		k.codeError("S032", f, whole, trade.CheckInvestCode(one))
	case CodeDeal:
		k.codeError("S033", f, whole, trade.CheckDealCode(one))
	case CodeID:
		if strings.TrimSpace(k.r.Fields[idTypeField]) == "" || isID(k.r.Fields[idTypeField]) {
			if !validID(one) {
				k.add("S039", f, "", "不符合 GB 11643", "does not follow GB 11643")
			}
		}
	case CodeProject:
		k.chain("S034", "", f, whole, trade.CheckProjectCode(one))
	case CodeTender:
		parent := ""
		if p := k.d.plan.project; p != nil {
			parent = k.r.Fields[p.Name]
		}
		k.chain("S035", "S036", f, whole, trade.CheckTenderCode(one, parent))
	case CodeSection:
		parent := ""
		if p := k.d.plan.tender; p != nil {
			parent = k.r.Fields[p.Name]
		}
		k.chain("S037", "S038", f, whole, trade.CheckSectionCode(one, parent))
	}
}

// codeError turns what trade says about a code into a problem. What real
// bodies' codes break too is never more than a note.
func (k *checker) codeError(id string, f *Field, v string, err error) {
	var e *trade.CodeError
	if !errors.As(err, &e) {
		return
	}
	if e.Rule == "dates" && k.day == 0 {
		return // no time to judge by
	}
	k.add(id, f, v, "应为："+e.WantZH, "want "+e.Want)
	if e.Soft && id != "S030" {
		k.soft()
	}
}

// chain is codeError for project, tender and section codes: their length is
// the format's matter, their parent a rule of its own.
func (k *checker) chain(shape, parent string, f *Field, v string, err error) {
	var e *trade.CodeError
	if !errors.As(err, &e) || e.Rule == "length" {
		return
	}
	id := shape
	if e.Rule == "parent" {
		id = parent
	}
	k.add(id, f, v, "应为："+e.WantZH, "want "+e.Want)
}

// today is the day by which region codes are judged: when the event occurred,
// else when the row says it did, else the day of a revision that is a time
// stamp, else the day of receipt.
func (k *checker) today() trade.Day {
	if k.dayGot {
		return k.day
	}
	k.dayGot = true
	for _, s := range [2]string{k.r.Fields[k.d.Time], k.r.Revision} {
		if len(s) < 14 && s != "" && len(s) != 8 {
			continue // a counter is no date
		}
		if m, ok := trade.ParseMoment(s); ok {
			k.day = m.Day()
			return k.day
		}
	}
	if !k.ctx.Received.IsZero() {
		k.day = trade.DayOf(k.ctx.Received)
	}
	return k.day
}
