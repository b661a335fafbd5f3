package trade

import (
	"math"
	"strings"
)

// Money is an amount in millionths of a yuan (10^-6 元), so that the standard's
// six decimals are exact. It reaches ±9.2 million million yuan; ParseMoney
// reports false beyond.
type Money int64

// Units of money.
const (
	Yuan    Money = 1_000_000
	WanYuan Money = 10_000 * Yuan // 万元
)

// ParseMoney reads an amount with its unit: "0" or "元", "1" or "万元" (list
// 金额单位). Nothing is rounded: it reports false when the amount is not a plain
// decimal number, has more digits than 10^-6 元 can hold, does not fit, or when
// the unit is not given — a guess would be wrong by a factor of ten thousand.
func ParseMoney(amount, unit string) (Money, bool) {
	decimals := 0 // digits after the point that a millionth of a yuan can hold
	switch strings.TrimSpace(unit) {
	case "0", "元":
		decimals = 6
	case "1", "万元":
		decimals = 10
	default:
		return 0, false
	}
	s := strings.TrimSpace(amount)
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(s, ".")
	if whole == "" || (point && frac == "") {
		return 0, false
	}
	if len(frac) > decimals {
		if strings.Trim(frac[decimals:], "0") != "" {
			return 0, false
		}
		frac = frac[:decimals]
	}
	frac += strings.Repeat("0", decimals-len(frac))
	var v int64
	for _, c := range []byte(whole + frac) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n := int64(c - '0')
		if v > (math.MaxInt64-n)/10 {
			return 0, false
		}
		v = v*10 + n
	}
	if negative {
		v = -v
	}
	return Money(v), true
}

// String writes the amount in yuan, without trailing zeros: "1234.5".
func (m Money) String() string {
	neg := m < 0
	u := uint64(m)
	if neg {
		u = -u
	}
	b := make([]byte, 0, 24)
	for range 6 { // the six decimals, from the right
		b = append(b, byte('0'+u%10))
		u /= 10
	}
	b = append(b, '.')
	for {
		b = append(b, byte('0'+u%10))
		u /= 10
		if u == 0 {
			break
		}
	}
	if neg {
		b = append(b, '-')
	}
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return strings.TrimSuffix(strings.TrimRight(string(b), "0"), ".")
}
