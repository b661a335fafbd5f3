package likeness

import (
	"fmt"
	"slices"
	"testing"
)

func bill(prices ...float64) Bill {
	var b Bill
	for i, p := range prices {
		b = append(b, BillItem{Code: fmt.Sprintf("0101%02d", i), Unit: "m³", Quantity: 10, Price: p, Amount: 10 * p})
	}
	return b
}

func TestCompareBills(t *testing.T) {
	base := []float64{10.5, 21.3, 33.7, 48.9, 55.1, 62.4, 77.7, 81.2, 93.6, 104.8}
	scaled := func(f float64, keep int) (out []float64) {
		for i, p := range base {
			if i < keep {
				out = append(out, p)
			} else {
				out = append(out, p*f*(1+float64(i%7)/50))
			}
		}
		return out
	}
	var ratio []float64
	for _, p := range base {
		ratio = append(ratio, float64(int(p*98+0.5))/100) // to the cent
	}
	for _, c := range []struct {
		name  string
		other Bill
		grade string
		why   []string
	}{
		{"nothing in common", bill(scaled(1.1, 0)...), Normal, nil},
		{"half the same", bill(scaled(1.1, 5)...), Look, []string{"look"}},
		{"nearly all the same", bill(scaled(1.1, 9)...), Strong, []string{"strong"}},
		{"one ratio", bill(ratio...), Look, []string{"ratio"}},
		{"too few", bill(base[:9]...), NoData, nil},
		{"units differ", func() Bill {
			b := bill(base...)
			for i := range b {
				b[i].Unit = "t"
			}
			return b
		}(), NoData, nil},
	} {
		p := CompareBills([]Bill{bill(base...), c.other}, DefaultBillLimits)[0]
		if grade, why := p.Grade(DefaultBillLimits); grade != c.grade || !slices.Equal(why, c.why) {
			t.Errorf("%s: %s %v: %+v", c.name, grade, why, p)
		}
	}
}

// What three or more bidders all ask was given to them.
func TestGivenPricesTellNothing(t *testing.T) {
	a, b, c := bill(5, 6, 7), bill(5, 6, 8), bill(5, 9, 9)
	p := CompareBills([]Bill{a, b, c}, DefaultBillLimits)[0]
	if p.Compared != 2 || len(p.Identical) != 1 || p.Identical[0].A != 1 {
		t.Errorf("%+v", p)
	}
}

// Amounts that are wrong by the same in both are told; rounding is no error.
func TestCommonErrors(t *testing.T) {
	a, b := bill(1.111, 2, 3, 4, 5), bill(1.111, 2.5, 3.5, 4.5, 5.5)
	a[0].Amount, b[0].Amount = 11.12, 11.12 // rounded up
	for i := 1; i < 4; i++ {
		a[i].Amount, b[i].Amount = 10*a[i].Price+7, 10*b[i].Price+7
	}
	a[4].Amount += 3 // only one
	p := CompareBills([]Bill{a, b}, DefaultBillLimits)[0]
	if grade, _ := p.Grade(DefaultBillLimits); len(p.Errors) != 3 || grade != Strong {
		t.Errorf("%s: %+v", grade, p.Errors)
	}
}
