package trade

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldBody brings the ways in which one body's name is written together: full
// and half width, brackets, blanks, points and dashes, letters' case, and
// 有限责任公司 beside 有限公司, which registers use for one thing. It joins no
// names that differ in a place, a number or a word. "" stays "".
func FoldBody(name string) string {
	for { // what is left out may bring signs together that are one
		folded := foldSigns(norm.NFKC.String(name))
		if folded == name {
			return strings.ReplaceAll(name, "有限责任公司", "有限公司")
		}
		name = folded
	}
}

func foldSigns(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), strings.ContainsRune("·•・.-—–_,，。、'\"“”‘’", r):
			return -1
		case strings.ContainsRune("([{〔【〈《", r):
			return '('
		case strings.ContainsRune(")]}〕】〉》", r):
			return ')'
		}
		return unicode.ToUpper(r)
	}, name)
}
