package detect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// k06: codes of bodies (GB 32100, check character included), regions (GB/T 2260)
// and projects, tenders and sections that cannot be right. The door takes such
// records and marks them to their sender (S030, S031, S034 to S038); this tells
// it to whoever reads the docket, once for each code. The old nine characters of
// an organisation and a person's ID number are no bad organisation codes, and a
// body whose real code fails the check is listed as an exception.
type k06 struct{}

func (k06) Info() Info {
	return Info{ID: "K06", Version: 1, ZH: "统一社会信用代码、行政区划或编号有误", EN: "bad organisation, region or project code", Grade: Fact, Datasets: []string{"all"}}
}

// coded lists, by data set, the fields that hold the codes that k06 checks.
var coded = sync.OnceValue(func() map[string][]*standard.Field {
	out := map[string][]*standard.Field{}
	for _, d := range standard.Default().Datasets() {
		for i := range d.Fields {
			switch f := &d.Fields[i]; f.Check {
			case standard.CodeOrg, standard.CodeRegion, standard.CodeProject, standard.CodeTender, standard.CodeSection:
				out[d.No] = append(out[d.No], f)
			}
		}
	}
	return out
})

// maxCited bounds the evidence of one finding: a wrong tender code stands in
// every row, and the first rows show it.
const maxCited = 20

func (r k06) Look(d *docket.Docket, env Env) []Finding {
	env = env.filled()
	set, ok := env.Settings.For("K06", d, trade.DayOf(env.At))
	l := start(r.Info(), d, "", set)
	l.threshold("0 codes")
	switch {
	case !ok:
		return one(l.notApplicable("该地区和类别未设置", "no setting for this region and class"))
	case set.Applies == "no":
		return one(l.notApplicable(set.Reason, set.Reason))
	}
	type known struct{ check, code string }
	looked, bad := map[known]bool{}, map[known]bool{}
	kinds := map[string]int{}
	cite := look{}
	dataset, fields, list := "", []*standard.Field(nil), [1]string{}
	for i := range d.Live {
		e := &d.Live[i]
		if e.Deleted {
			continue
		}
		if e.Dataset != dataset { // rows of one set stand together
			dataset, fields = e.Dataset, coded()[e.Dataset]
		}
		for _, f := range fields {
			for _, code := range values(f, e.Fields[f.Name], list[:]) {
				key := known{f.Check, code}
				if f.Check == standard.CodeOrg && looked[key] && !bad[key] {
					continue // the row has no say in it
				}
				looked[key] = true
				if r.fine(f, code, e, set) {
					continue
				}
				if !bad[key] {
					kinds[f.Check]++
				}
				bad[key] = true
				if len(cite.f.Evidence) < maxCited {
					cite.seeField(e, f.Name)
				}
			}
		}
	}
	switch {
	case len(looked) == 0:
		return one(l.lacks("any code"))
	case len(bad) == 0:
		for i := range d.Live { // the first row stands for all that were looked at
			if fs := coded()[d.Live[i].Dataset]; len(fs) > 0 && !d.Live[i].Deleted {
				l.seeField(&d.Live[i], fs[0].Name)
				break
			}
		}
		return one(l.answer(Clear, "0 of "+codes(len(looked)), fmt.Sprintf("已核 %d 个代码、编号，未见错误。", len(looked)), fmt.Sprintf("%s were looked at; all are well formed.", codes(len(looked)))))
	}
	l.f.Evidence, l.values = cite.f.Evidence, cite.values
	var zh, en []string
	for _, k := range []struct{ check, zh, en string }{
		{standard.CodeOrg, "统一社会信用代码（GB 32100）", "organisation (GB 32100)"},
		{standard.CodeRegion, "行政区划代码（GB/T 2260）", "region (GB/T 2260)"},
		{standard.CodeProject, "项目编号", "project"},
		{standard.CodeTender, "招标项目编号", "tender project"},
		{standard.CodeSection, "标段（包）编号", "section"},
	} {
		if n := kinds[k.check]; n > 0 {
			zh, en = append(zh, fmt.Sprintf("%s %d 个", k.zh, n)), append(en, fmt.Sprintf("%d %s", n, k.en))
			l.f.Subjects = append(l.f.Subjects, "code:"+k.check)
		}
	}
	return one(l.answer(Fired, codes(len(bad)), "不符合规则的代码、编号："+strings.Join(zh, "、")+"，建议与证照、审批文件核对后更正，建议核查。",
		"Codes that break their rule: "+strings.Join(en, ", ")+"; compare them with the licence or the approval; checking is suggested."))
}

func codes(n int) string {
	if n == 1 {
		return "1 code"
	}
	return fmt.Sprintf("%d codes", n)
}

// values are the codes in a field; fillers are none. A single one is given in
// the list for one.
func values(f *standard.Field, s string, single []string) []string {
	if s = strings.TrimSpace(s); s == "" || s == "无" || s == "/" || s == "-" {
		return nil
	}
	if f.Multi {
		return trade.SplitCodes(s)
	}
	single[0] = s
	return single
}

func (k06) fine(f *standard.Field, code string, e *docket.Entry, set effective) bool {
	if slices.ContainsFunc(set.OwnCodes, func(k Known) bool { return k.Value == code }) {
		return true
	}
	switch f.Check {
	case standard.CodeOrg:
		return trade.CheckOrgCode(code) == nil || oldCode(code) || personal(code)
	case standard.CodeRegion:
		day, dated := dayOf(e)
		var c *trade.CodeError
		err := trade.Regions().Check(code, day)
		return err == nil || errors.As(err, &c) && c.Rule == "dates" && !dated
	case standard.CodeProject:
		return trade.CheckProjectCode(code) == nil
	case standard.CodeTender:
		return trade.CheckTenderCode(code, "") == nil
	}
	return trade.CheckSectionCode(code, e.Fields["TENDER_PROJECT_CODE"]) == nil
}

// oldCode reports whether a code is one of organisations as they were before the
// unified ones (GB 11714): eight characters and a check character.
func oldCode(s string) bool {
	s = strings.Replace(s, "-", "", 1)
	if len(s) != 9 {
		return false
	}
	sum := 0
	for i, w := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			sum += int(c-'0') * w
		case c >= 'A' && c <= 'Z':
			sum += int(c-'A'+10) * w
		default:
			return false
		}
	}
	return s[8] == "0123456789X0"[11-sum%11]
}

// personal reports whether a code is a person's ID number, whose check is right:
// persons take part where companies do.
func personal(s string) bool {
	if len(s) != 18 || strings.Trim(s[:17], "0123456789") != "" {
		return false
	}
	return trade.IDCheck(s[:17]) == s[17]
}

// dayOf is the day by which a row's region is judged: that of its event, else of
// its arrival.
func dayOf(e *docket.Entry) (trade.Day, bool) {
	field := ""
	if s := standard.Default().Dataset(e.Dataset); s != nil {
		field = s.Time
	}
	for _, s := range []string{e.Occurred, e.Fields[field]} {
		if m, ok := trade.ParseMoment(s); ok {
			return m.Day(), true
		}
	}
	if !e.First.IsZero() {
		return trade.DayOf(e.First), true
	}
	return 0, false
}
