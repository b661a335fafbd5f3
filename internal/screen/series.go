package screen

import "math"

// Series says how alike the steps between neighbouring bids are: the
// coefficient of variation of the differences (arithmetic) and of the rates of
// growth (geometric). Nought is a perfect series. Both are NaN for fewer than
// three bids and for bids that are all equal. Rates of growth (b₂−b₁)/b₁ are used
// and not ratios b₂/b₁: ratios of honest prices hardly vary either.
func Series(bids []float64) (arithmetic, geometric float64) {
	b := Sorted(bids)
	if len(b) < 3 || b[0] == b[len(b)-1] {
		return math.NaN(), math.NaN()
	}
	steps, rates := make([]float64, len(b)-1), make([]float64, len(b)-1)
	for i := range steps {
		steps[i] = b[i+1] - b[i]
		rates[i] = steps[i] / b[i]
	}
	m, s := meanDeviation(steps)
	r, t := meanDeviation(rates)
	return s / m, t / r
}

// Trailing returns how many decimal noughts a whole number of the smallest unit
// of money ends with; nought itself ends with none.
func Trailing(amount int64) int {
	n := 0
	for amount != 0 && amount%10 == 0 {
		amount /= 10
		n++
	}
	return n
}

// A Multiple is a simple relation between two prices.
type Multiple struct {
	Low, High int   // places in the argument, High's price being the higher
	PerMille  int64 // by which the higher exceeds the lower, exact to the smallest unit of money
}

// Multiples finds the pairs of prices of which the higher is the lower one
// times a round factor: a whole number of per mille, at least least and at most
// most of them above one, the product rounded to a unit of rounding (1: exact to
// the smallest unit of money; 100 to a yuan where that is a fen). Equal prices are
// no multiple. Prices must be positive; others are passed over.
func Multiples(prices []int64, least, most, rounding int64) []Multiple {
	var out []Multiple
	for i, a := range prices {
		for j, b := range prices {
			if a <= 0 || b <= a || a > math.MaxInt64/2000 || b > math.MaxInt64/2000 {
				continue
			}
			up := (b - a) * 1000
			k := (up + a/2) / a // the nearest whole number of per mille
			if k < least || k > most {
				continue
			}
			if d := up - k*a; 2*max(d, -d) <= 1000*rounding { // |b − a(1+k/1000)| ≤ rounding/2
				out = append(out, Multiple{i, j, k})
			}
		}
	}
	return out
}

// A ToLimit says how the bids lie below a control price (最高投标限价).
type ToLimit struct {
	Lowest, Highest float64 // share of the limit by which the lowest and the highest bid stay below it; negative above
	Near            float64 // share of the bids that stay below it by at most the given share
}

// Distance measures bids against a control price; near is a share, such as
// 0.01. All values are NaN without bids or limit.
func Distance(bids []float64, limit, near float64) ToLimit {
	b := Sorted(bids)
	if len(b) == 0 || !(limit > 0) {
		nan := math.NaN()
		return ToLimit{nan, nan, nan}
	}
	count := 0
	for _, v := range b {
		if v <= limit && limit-v <= near*limit {
			count++
		}
	}
	n := len(b)
	return ToLimit{(limit - b[0]) / limit, (limit - b[n-1]) / limit, float64(count) / float64(n)}
}
