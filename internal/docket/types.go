package docket

import (
	"slices"
	"strconv"
	"strings"

	"mingjing/internal/trade"
)

// The typed rows of a construction tender embed the Entry they read, which
// gives origin, key, received time, what is still sealed, and Ref(field) as
// evidence. They hold the readable part only: a field that is absent, sealed
// or malformed is the zero value. Texts are trimmed.

// An Amount is a sum of money as a row gives it.
type Amount struct {
	Money    trade.Money // 10^-6 元; meaningful when Known
	Known    bool        // the amount and its unit can be read
	Text     string      // the literal amount
	Unit     string      // 0 元, 1 万元
	Currency string      // GB/T 12406 code, 156 is 元; "" when the row has none
}

// A Body is a company, unit or person that a row names.
type Body struct{ Name, Code string }

// read builds the typed rows of a data set from the live rows.
func read[T any](d *Docket, dataset string, build func(e *Entry) T) []T {
	var out []T
	for e := range d.rows(dataset) {
		out = append(out, build(e))
	}
	return out
}

func (e *Entry) text(field string) string { return strings.TrimSpace(e.Fields[field]) }

func (e *Entry) moment(field string) trade.Moment {
	m, _ := trade.ParseMoment(e.Fields[field])
	return m
}

func (e *Entry) amount(field, unit, currency string) Amount {
	a := Amount{Text: e.text(field), Unit: e.text(unit)}
	if currency != "" {
		a.Currency = e.text(currency)
	}
	a.Money, a.Known = trade.ParseMoney(a.Text, a.Unit)
	return a
}

// yuan reads an amount of a field without unit, which the standard gives in 元.
func (e *Entry) yuan(field string) Amount {
	a := Amount{Text: e.text(field), Unit: "0"}
	a.Money, a.Known = trade.ParseMoney(a.Text, a.Unit)
	return a
}

// number reads a whole number; ok is false when there is none.
func (e *Entry) number(field string) (n int, ok bool) {
	n, err := strconv.Atoi(cutZeros(e.text(field)))
	return n, err == nil
}

// cutZeros drops a fraction of zeros: "3.000000" is a rank of 3.
func cutZeros(s string) string {
	whole, frac, ok := strings.Cut(s, ".")
	if ok && strings.Trim(frac, "0") == "" {
		return whole
	}
	return s
}

// decimal reads a plain decimal number such as a score; ok is false when there is none.
func (e *Entry) decimal(field string) (v float64, ok bool) {
	s := e.text(field)
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r != '.' && r != '-' && (r < '0' || r > '9') }) {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

func (e *Entry) yes(field string) bool { return yes(e.Fields[field]) }

func (e *Entry) body(name, code string) Body {
	return Body{Name: e.text(name), Code: strings.ToUpper(e.text(code))}
}

// codes reads a field with several values, such as machine codes separated by
// semicolons, sorted, without repeats.
func (e *Entry) codes(field string) []string {
	out := trade.SplitCodes(e.Fields[field])
	if len(out) == 0 {
		return nil
	}
	slices.Sort(out)
	return slices.Compact(out)
}
