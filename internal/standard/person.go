package standard

import (
	"strings"

	"mingjing/internal/trade"
)

// idTypeField holds the type of an ID document where a data set has one.
const idTypeField = "ID_CARD_TYPE"

// isID reports whether the type of document is the resident identity card; 01
// by custom of the copied tables' list 7, whose values are not stored.
func isID(kind string) bool { return kind == "01" || kind == "1" }

// validID checks a resident's ID number (GB 11643-1999): six digits of a
// region, a real date of birth, three of a sequence, and the check character.
func validID(s string) bool {
	if len(s) != 18 || !allDigits(s[:17]) {
		return false
	}
	if _, real := dateShape(s[6:14], 8); !real {
		return false
	}
	last := s[17]
	if last == 'x' {
		last = 'X'
	}
	return trade.IDCheck(s[:17]) == last
}

// holdsPerson reports whether a value contains a valid ID number standing by
// itself: bidders can be natural persons, and then the code of the bidder is
// their ID number. Runs of other lengths (amounts, serials) are passed over.
func holdsPerson(v string) bool { return personIn(v) != "" }

// personIn returns the first ID number in v, or "".
func personIn(v string) string {
	if len(v) < 18 {
		return ""
	}
	for i := 0; i < len(v); {
		if !idByte(v[i]) {
			i++
			continue
		}
		j := i
		for j < len(v) && idByte(v[j]) {
			j++
		}
		if j-i == 18 && validID(v[i:j]) {
			return strings.ToUpper(v[i:j])
		}
		i = j
	}
	return ""
}

func idByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// bidderName reports whether a field that no data set has is named like one that
// tells of bidders, whose names and number are secret before the opening.
func bidderName(n string) bool {
	n = strings.ToUpper(n)
	for _, part := range []string{"BIDDER", "投标人", "投标单位", "投标企业", "投标报价"} {
		if strings.Contains(n, part) {
			return true
		}
	}
	return false
}

// personalName reports whether a field that no data set has is named like one
// that holds a person's number.
func personalName(n string) bool {
	n = strings.ToUpper(n)
	for _, part := range []string{"PHONE", "MOBILE", "TELEPHONE", "EMAIL", "E_MAIL", "ID_CARD", "IDCARD", "ID_NO", "IDNO", "ACCOUNT", "身份证", "证件号", "电话", "手机", "邮箱", "账号", "帐号", "联系方式"} {
		if strings.Contains(n, part) {
			return true
		}
	}
	return strings.HasSuffix(n, "_TEL") || n == "TEL"
}
