package disclose

import (
	"regexp"
	"slices"
	"strings"
)

// Blotted stands in place of a personal number in a masked text.
const Blotted = "〔已遮盖〕"

var (
	// runs of letters and digits, several digit groups joined by one - or blank
	runPattern  = regexp.MustCompile(`[0-9A-Za-z]+(?:[- ][0-9]+)*`)
	mailPattern = regexp.MustCompile(`[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+`)
	idPattern   = regexp.MustCompile(`^[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]$`)
	mobile      = regexp.MustCompile(`^(?:86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}$`)
	landline    = regexp.MustCompile(`^0[0-9]{2,3}[- ]?[0-9]{7,8}(?:[- ][0-9]{1,6})?$`)
	localNumber = regexp.MustCompile(`^[2-9][0-9]{6,7}$`)
	// a resource code of the national standard with the unified credit code of its issuer inside
	resourceCode = regexp.MustCompile(`^[A-Z][0-9]{2}-[0-9A-Z]{18}-[0-9]{8}(?:-[0-9]+)+$`)
	bankAccount  = regexp.MustCompile(`^(?:[0-9]{16,19}|[0-9]{4}(?: [0-9]{4}){3}(?: [0-9]{1,3})?)$`)
)

// phoneWords before a bare seven- or eight-digit number make it a telephone.
var phoneWords = []string{"电话", "传真", "手机", "联系方式", "热线", "tel", "phone", "fax"}

// Blot replaces ID numbers, telephone numbers, e-mail addresses and bank
// account numbers inside a text. Codes of the standard (which begin with a
// letter, or are longer), dates and amounts stay.
func Blot(text string) string {
	runes := []rune(text)
	plain := make([]byte, len(runes)) // a byte a rune, so that indexes agree
	for i, r := range runes {
		plain[i] = narrow(r)
	}
	var cuts [][]int
	cuts = append(cuts, mailPattern.FindAllIndex(plain, -1)...)
	for _, run := range runPattern.FindAllIndex(plain, -1) {
		// The last group goes on to its end: of 1241070000000008XX the digits are no number of their own.
		for run[1] < len(plain) && letterOrDigit(plain[run[1]]) {
			run[1]++
		}
		if resourceCode.Match(plain[run[0]:run[1]]) {
			continue
		}
		cuts = append(cuts, numbersIn(plain, run, runes)...)
	}
	if len(cuts) == 0 {
		return text
	}
	slices.SortFunc(cuts, func(a, b []int) int { return a[0] - b[0] })
	var out strings.Builder
	last := 0
	for _, c := range cuts {
		if c[0] < last {
			last = max(last, c[1])
			continue
		}
		out.WriteString(string(runes[last:c[0]]) + Blotted)
		last = c[1]
	}
	out.WriteString(string(runes[last:]))
	return out.String()
}

// numbersIn finds the personal numbers in one run: the run as a whole, or any
// stretch of its groups.
func numbersIn(plain []byte, run []int, runes []rune) [][]int {
	groups := groupsOf(plain, run)
	var cuts [][]int
	for i := 0; i < len(groups); i++ {
		for j := len(groups) - 1; j >= i; j-- {
			s := string(plain[groups[i][0]:groups[j][1]])
			bare := i == j && localNumber.MatchString(s) && afterPhoneWord(runes[:groups[i][0]])
			if bare || idPattern.MatchString(s) || mobile.MatchString(s) || landline.MatchString(s) || bankAccount.MatchString(s) {
				cuts = append(cuts, []int{groups[i][0], groups[j][1]})
				i = j
				break
			}
		}
	}
	return cuts
}

func letterOrDigit(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

func groupsOf(plain []byte, run []int) [][]int {
	var groups [][]int
	start := run[0]
	for i := run[0]; i <= run[1]; i++ {
		if i == run[1] || plain[i] == '-' || plain[i] == ' ' {
			groups = append(groups, []int{start, i})
			start = i + 1
		}
	}
	return groups
}

func afterPhoneWord(before []rune) bool {
	tail := strings.ToLower(string(before[max(0, len(before)-8):]))
	return slices.ContainsFunc(phoneWords, func(w string) bool { return strings.Contains(tail, w) })
}

// narrow maps full-width letters, digits and signs to ASCII and everything
// that is not ASCII to a byte that is no part of any number.
func narrow(r rune) byte {
	switch {
	case r >= '！' && r <= '～':
		r -= '！' - '!'
	case r == '　' || r == '\u00a0':
		r = ' '
	case r == '—' || r == '–' || r == '－' || r == '‐' || r == '−':
		r = '-'
	}
	if r > 0x7e || r < ' ' {
		return 1
	}
	return byte(r)
}
