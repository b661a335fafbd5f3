package store

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// SortKey is a text as lists are put in order by: Chinese by sound, as people
// look for it, letters and digits as they stand without regard to case.
func SortKey(s string) string {
	var b strings.Builder
	for _, r := range fold(s) {
		switch {
		case paired(r):
			if sound := soundOf(r); sound != "" {
				b.WriteString(sound)
			} else {
				b.WriteRune(r)
			}
			b.WriteByte(' ')
		case inWord(r):
			b.WriteRune(r)
		}
		if b.Len() > 120 {
			break
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

var sounds = pinyin.NewArgs()

// soundOf is the usual sound of a Chinese character without its tone, "" when
// it is not known.
func soundOf(r rune) string {
	all := pinyin.SinglePinyin(r, sounds)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
