package trade

import (
	"fmt"
	"strings"
)

// A CodeError says which rule a code breaks. It never carries the code itself,
// which may be secret where it came from.
type CodeError struct {
	What   string // "region", "organisation", "investment project", "unified deal", "project", "tender project", "section"
	Rule   string // "length", "alphabet", "prefix", "check", "date", "shape", "parent", "unknown", "dates"
	Soft   bool   // real bodies carry codes that break this rule: count it, never refuse for it
	Want   string // what a right code looks like
	WantZH string
}

// Error implements error.
func (e *CodeError) Error() string {
	return fmt.Sprintf("trade: %s code breaks rule %q: want %s", e.What, e.Rule, e.Want)
}

// orgAlphabet holds the 31 characters of GB 32100-2015 in the order of their
// values: no I, O, S, V, Z.
const orgAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// orgWeights are powers of 3 modulo 31.
var orgWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// orgPrefixes are the pairs of registering department and kind that the
// standard and its supplements give out.
const orgPrefixes = " 11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 59 61 62 69 71 72 79 81 89 91 92 93 A1 A9 N1 N2 N3 N9 Y1 "

// OrgCheck returns the 18th character of a unified social credit code
// (GB 32100-2015) from its first 17, which are of its alphabet.
func OrgCheck(body string) byte {
	sum := 0
	for i, w := range orgWeights {
		sum += strings.IndexByte(orgAlphabet, body[i]) * w
	}
	return orgAlphabet[(31-sum%31)%31]
}

// idWeights are powers of 2 modulo 11.
var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// IDCheck returns the 18th character of a resident's ID number (GB 11643-1999)
// from its first 17, which are digits.
func IDCheck(body string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(body[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// CheckOrgCode checks a 统一社会信用代码 (GB 32100-2015): 18 characters of its
// alphabet, a known prefix, and the check character. The check character and
// the prefix are soft: 91350211M0000XUF46 is a real company's and fails.
func CheckOrgCode(s string) error {
	bad := func(rule string, soft bool, want, zh string) error {
		return &CodeError{What: "organisation", Rule: rule, Soft: soft, Want: want, WantZH: zh}
	}
	if len(s) != 18 {
		return bad("length", false, "18 characters (GB 32100-2015)", "18 位统一社会信用代码（GB 32100-2015）")
	}
	for i := range 18 {
		if strings.IndexByte(orgAlphabet, s[i]) < 0 {
			return bad("alphabet", false, "digits and capital letters without I, O, S, V, Z", "数字与大写字母（不含 I、O、S、V、Z）")
		}
	}
	if !digits(s[2:8]) {
		return bad("shape", true, "six digits of a region at places 3 to 8", "第3至8位为六位行政区划数字")
	}
	if OrgCheck(s[:17]) != s[17] {
		return bad("check", true, "a matching check character at place 18", "第18位校验码应与前17位相符")
	}
	if !strings.Contains(orgPrefixes, " "+s[:2]+" ") {
		return bad("prefix", true, "a registering department and kind that are given out", "已启用的登记管理部门与机构类别代码")
	}
	return nil
}

// CheckInvestCode checks an investment project code (投资项目统一代码, C24):
// yyMM-region-industry-kind-serial, that is 4+6+2+2+6 digits and four hyphens.
func CheckInvestCode(s string) error {
	bad := func(rule string, soft bool, want, zh string) error {
		return &CodeError{What: "investment project", Rule: rule, Soft: soft, Want: want, WantZH: zh}
	}
	const want, zh = "yyMM-6-2-2-6 digits, such as 2503-411481-04-01-225421", "年月4位-区划6位-行业2位-类型2位-流水6位，如 2503-411481-04-01-225421"
	if len(s) != 24 {
		return bad("length", false, want, zh)
	}
	parts := strings.Split(s, "-")
	if len(parts) != 5 {
		return bad("shape", false, want, zh)
	}
	for i, n := range [5]int{4, 6, 2, 2, 6} {
		if len(parts[i]) != n || !digits(parts[i]) {
			return bad("shape", false, want, zh)
		}
	}
	if m := parts[0][2:]; m < "01" || m > "12" {
		return bad("date", false, "a month from 01 to 12 at places 3 and 4", "第3、4位为 01 至 12 的月份")
	}
	if !regionShape(parts[1]) && parts[1] != "000000" { // 000000: approved by the centre
		return bad("shape", true, "a region at places 6 to 11", "第6至11位为行政区划代码")
	}
	return nil
}

// CheckDealCode checks a unified deal code (统一交易标识码, C40):
// class3-organisation18-date8-serial6-check1. Its check character is not
// checked here: none of the real ones known satisfies the published rule (see
// DealCheckHolds), so it is a statistic of quality and never an error.
func CheckDealCode(s string) error {
	bad := func(rule string, soft bool, want, zh string) error {
		return &CodeError{What: "unified deal", Rule: rule, Soft: soft, Want: want, WantZH: zh}
	}
	const want, zh = "class(3)-organisation(18)-yyyyMMdd-serial(6)-check(1)", "交易分类3位-统一社会信用代码18位-日期8位-流水6位-校验1位"
	if len(s) != 40 {
		return bad("length", false, want, zh)
	}
	p := strings.Split(s, "-")
	if len(p) != 5 || len(p[0]) != 3 || len(p[1]) != 18 || len(p[2]) != 8 || len(p[3]) != 6 || len(p[4]) != 1 {
		return bad("shape", false, want, zh)
	}
	if p[0][0] < 'A' || p[0][0] > 'Z' || !digits(p[0][1:]) || !digits(p[3]) || dealValue(p[4][0]) < 0 {
		return bad("shape", false, want, zh)
	}
	if _, ok := ParseMoment(p[2]); !ok {
		return bad("date", false, "a date yyyyMMdd at places 24 to 31", "第24至31位为日期 yyyyMMdd")
	}
	if err := CheckOrgCode(p[1]); err != nil {
		e := *err.(*CodeError) //nolint:errorlint // CheckOrgCode returns nothing else
		e.What = "unified deal"
		return &e
	}
	return nil
}

// DealCheckHolds reports whether the last character of a unified deal code
// satisfies ISO 7064 MOD 37,2 over its letters and digits.
func DealCheckHolds(s string) bool {
	p := 0
	s = strings.ReplaceAll(s, "-", "")
	if s == "" {
		return false
	}
	for i := range len(s) - 1 {
		v := dealValue(s[i])
		if v < 0 || v > 35 {
			return false
		}
		p = (p + v) * 2 % 37
	}
	v := dealValue(s[len(s)-1])
	return v >= 0 && (p+v)%37 == 1
}

func dealValue(c byte) int {
	return strings.IndexByte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*", c)
}

// CheckProjectCode checks a project code (项目编号, C17): a letter, six digits of
// a region, ten more. Real ones vary inside, so all but the length is soft.
func CheckProjectCode(s string) error { return checkChain("project", "项目编号", s, 17, "") }

// CheckTenderCode checks a tender project code (招标项目编号, C20): its project's
// code and three more. project may be "" when it is not known.
func CheckTenderCode(s, project string) error {
	return checkChain("tender project", "招标项目编号", s, 20, project)
}

// CheckSectionCode checks a section code (标段编号, C23): its tender project's
// code and three more. tender may be "" when it is not known.
func CheckSectionCode(s, tender string) error {
	return checkChain("section", "标段（包）编号", s, 23, tender)
}

func checkChain(what, zh, s string, length int, parent string) error {
	bad := func(rule string, soft bool, want, wantZH string) error {
		return &CodeError{What: what, Rule: rule, Soft: soft, Want: want, WantZH: zh + "：" + wantZH}
	}
	if len(s) != length {
		return bad("length", false, fmt.Sprintf("%d characters", length), fmt.Sprintf("%d 位", length))
	}
	for i := range length {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return bad("alphabet", true, "digits and capital letters", "数字与大写字母")
		}
	}
	if s[0] < 'A' || s[0] > 'Z' || !regionShape(s[1:7]) {
		return bad("shape", true, "a capital letter and the six digits of a region at the beginning", "以一位大写字母和六位行政区划代码开头")
	}
	if parent != "" && !strings.HasPrefix(s, parent) {
		return bad("parent", true, "the code it belongs to at the beginning", "以所属上级编号开头")
	}
	return nil
}

// SplitCodes cuts a field that holds several codes (BID_SECTION_CODES and its
// like): the standard's ";" and what is sent instead of it. Blanks and empty
// parts are dropped, order and repetitions kept.
func SplitCodes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		switch r {
		case ';', '；', ',', '，', '、', '|', ' ', '\t', '\n', '\r', '　':
			return true
		}
		return false
	})
}
