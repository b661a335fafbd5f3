package standard

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is what a format says a value is.
type Kind string

// The kinds of value.
const (
	Text   Kind = "text"   // 字符
	Number Kind = "number" // 数字
	Date   Kind = "date"   // 日期
)

// A Format is the standard's notation of a field's form.
//
//	T                 any text
//	C=20              text of exactly 20 characters
//	C..600            text of at most 600 characters
//	N14,6             number: at most 14 digits before the point and 6 after
//	D:yyyyMMdd        date
//	D:yyyyMMddHHmmss  time, +08:00
//
// Characters are Unicode code points. In Na,b the first number counts the
// digits before the point: the copied tables have N5,6, which no other reading
// allows, and N14 in total would not hold the price of a bridge in yuan.
type Format struct {
	Kind     Kind
	Fixed    int // text: exact number of characters; 0 when not fixed
	Max      int // text: greatest number of characters; 0 when not limited
	Digits   int // number: most digits before the point
	Decimals int // number: most digits after the point
	Date     int // date: number of digits, 8 or 14
}

// ParseFormat reads the notation. Its error names what is wrong and the forms
// there are.
func ParseFormat(s string) (Format, error) {
	bad := fmt.Errorf("standard: format %q: want T, C=n, C..n, Na,b, D:yyyyMMdd or D:yyyyMMddHHmmss", s)
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return -1
		}
		return n
	}
	switch {
	case s == "T":
		return Format{Kind: Text}, nil
	case s == "D:yyyyMMdd":
		return Format{Kind: Date, Date: 8}, nil
	case s == "D:yyyyMMddHHmmss":
		return Format{Kind: Date, Date: 14}, nil
	case strings.HasPrefix(s, "C="):
		if n := number(s[2:]); n > 0 {
			return Format{Kind: Text, Fixed: n}, nil
		}
	case strings.HasPrefix(s, "C.."):
		if n := number(s[3:]); n > 0 {
			return Format{Kind: Text, Max: n}, nil
		}
	case strings.HasPrefix(s, "N"):
		a, b, ok := strings.Cut(s[1:], ",")
		if d, p := number(a), number(b); ok && d > 0 && p >= 0 {
			return Format{Kind: Number, Digits: d, Decimals: p}, nil
		}
	}
	return Format{}, bad
}

// String returns the notation.
func (f Format) String() string {
	switch {
	case f.Kind == Number:
		return fmt.Sprintf("N%d,%d", f.Digits, f.Decimals)
	case f.Kind == Date && f.Date == 8:
		return "D:yyyyMMdd"
	case f.Kind == Date:
		return "D:yyyyMMddHHmmss"
	case f.Fixed > 0:
		return fmt.Sprintf("C=%d", f.Fixed)
	case f.Max > 0:
		return fmt.Sprintf("C..%d", f.Max)
	}
	return "T"
}

// numberShape splits a plain decimal number: digits before and after the
// point, leading zeros and trailing zeros not counted, and its sign. ok is
// false for anything else, exponents and blanks included.
func numberShape(s string) (whole, decimals int, negative, ok bool) {
	if strings.HasPrefix(s, "-") {
		negative, s = true, s[1:]
	}
	dot := -1
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
		case s[i] == '.' && dot < 0:
			dot = i
		default:
			return 0, 0, false, false
		}
	}
	a, b := s, ""
	if dot >= 0 {
		a, b = s[:dot], s[dot+1:]
		if b == "" {
			return 0, 0, false, false
		}
	}
	if a == "" {
		return 0, 0, false, false
	}
	return len(strings.TrimLeft(a, "0")), len(strings.TrimRight(b, "0")), negative, true
}

// dateShape says whether s has n digits and, if so, whether it is a real
// calendar date (and time).
func dateShape(s string, n int) (digits, real bool) {
	if len(s) != n || !allDigits(s) {
		return false, false
	}
	num := func(i, j int) int {
		v := 0
		for _, c := range []byte(s[i:j]) {
			v = v*10 + int(c-'0')
		}
		return v
	}
	y, m, d := num(0, 4), num(4, 6), num(6, 8)
	if y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return true, false
	}
	if n == 14 && (num(8, 10) > 23 || num(10, 12) > 59 || num(12, 14) > 59) {
		return true, false
	}
	return true, true
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
