package docket

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// A BulkTally adds up bulk rows by home, data set, trading system and lot, and
// takes them back: what was added and taken back leaves no trace, in whatever
// order.
type BulkTally struct{ groups map[bulkGroup]*bulkSums }

type bulkGroup struct {
	home                 Code
	dataset, origin, lot string
}

type bulkSums struct {
	rows   int
	sums   map[string]*bulkSum
	digest *big.Int
}

type bulkSum struct {
	rows int
	sum  decimal
}

// NewBulkTally makes an empty tally.
func NewBulkTally() *BulkTally { return &BulkTally{groups: map[bulkGroup]*bulkSums{}} }

// Add adds a row; one that is not live adds nothing.
func (t *BulkTally) Add(r BulkRow) { t.change(r, 1) }

// Subtract takes back what Add added.
func (t *BulkTally) Subtract(r BulkRow) { t.change(r, -1) }

func (t *BulkTally) change(r BulkRow, by int) {
	if !r.Live {
		return
	}
	term, _ := new(big.Int).SetString(r.Term, 16)
	if term == nil {
		term = new(big.Int)
	}
	one := bulkSums{rows: 1, digest: term, sums: map[string]*bulkSum{}}
	for name, text := range r.Numbers {
		if n, ok := readDecimal(text); ok {
			one.sums[name] = &bulkSum{rows: 1, sum: n}
		}
	}
	t.merge(bulkGroup{r.Home, r.Dataset, r.Origin, r.Lot}, &one, by)
}

// modulus of the digest.
var modulus = new(big.Int).Lsh(big.NewInt(1), 256)

func (t *BulkTally) merge(key bulkGroup, b *bulkSums, by int) {
	g := t.groups[key]
	if g == nil {
		g = &bulkSums{sums: map[string]*bulkSum{}, digest: new(big.Int)}
		t.groups[key] = g
	}
	factor := big.NewInt(int64(by))
	g.rows += by * b.rows
	g.digest.Add(g.digest, new(big.Int).Mul(b.digest, factor))
	g.digest.Mod(g.digest, modulus)
	for name, s := range b.sums {
		have := g.sums[name]
		if have == nil {
			have = &bulkSum{sum: decimal{new(big.Int)}}
			g.sums[name] = have
		}
		have.rows += by * s.rows
		have.sum.Add(have.sum.Int, new(big.Int).Mul(s.sum.Int, factor))
		if have.rows == 0 && have.sum.Sign() == 0 {
			delete(g.sums, name)
		}
	}
	if g.rows == 0 && g.digest.Sign() == 0 && len(g.sums) == 0 {
		delete(t.groups, key)
	}
}

// Clone copies a tally.
func (t *BulkTally) Clone() *BulkTally {
	out := NewBulkTally()
	for key, g := range t.groups {
		out.merge(key, g, 1)
	}
	return out
}

// totals merges the groups of all homes that belong, sorted.
func (t *BulkTally) totals(own func(Code) bool) []BulkTotal {
	all := NewBulkTally()
	for key, g := range t.groups {
		if own(key.home) {
			key.home = ""
			all.merge(key, g, 1)
		}
	}
	var out []BulkTotal
	for key, g := range all.groups {
		out = append(out, g.total(key))
	}
	slices.SortFunc(out, compareTotals)
	return out
}

func (g *bulkSums) total(key bulkGroup) BulkTotal {
	b := BulkTotal{Dataset: key.dataset, Origin: key.origin, Lot: key.lot, Rows: g.rows, Digest: fmt.Sprintf("%064x", g.digest)}
	if len(g.sums) > 0 {
		b.Sums = make(map[string]BulkSum, len(g.sums))
		for name, s := range g.sums {
			b.Sums[name] = BulkSum{Rows: s.rows, Sum: s.sum.text()}
		}
	}
	return b
}

// kept is a group as it is stored.
type kept struct {
	Home Code `json:"home"`
	BulkTotal
}

// MarshalJSON writes equal tallies as equal bytes.
func (t *BulkTally) MarshalJSON() ([]byte, error) {
	keys := slices.SortedFunc(maps.Keys(t.groups), func(a, b bulkGroup) int {
		return strings.Compare(string(a.home)+"\x00"+a.dataset+"\x00"+a.origin+"\x00"+a.lot, string(b.home)+"\x00"+b.dataset+"\x00"+b.origin+"\x00"+b.lot)
	})
	out := make([]kept, len(keys))
	for i, key := range keys {
		out[i] = kept{key.home, t.groups[key].total(key)}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *BulkTally) UnmarshalJSON(b []byte) error {
	var in []kept
	if err := json.Unmarshal(b, &in); err != nil {
		return fmt.Errorf("docket: bulk tally: %w", err)
	}
	t.groups = map[bulkGroup]*bulkSums{}
	for _, k := range in {
		g := &bulkSums{rows: k.Rows, sums: map[string]*bulkSum{}}
		raw, err := hex.DecodeString(k.Digest)
		if err != nil || len(raw) != 32 {
			return fmt.Errorf("docket: bulk tally: the digest of data set %s is not 64 hex digits", k.Dataset)
		}
		g.digest = new(big.Int).SetBytes(raw)
		for name, s := range k.Sums {
			n, ok := readDecimal(s.Sum)
			if !ok {
				return fmt.Errorf("docket: bulk tally: the sum of %s of data set %s is no decimal number", name, k.Dataset)
			}
			g.sums[name] = &bulkSum{rows: s.Rows, sum: n}
		}
		t.groups[bulkGroup{k.Home, k.Dataset, k.Origin, k.Lot}] = g
	}
	return nil
}

// decimalPlaces is how many digits after the point a number may have to be
// added up; the standard's numbers have at most six.
const decimalPlaces = 18

// A decimal is a whole number of 10^-18.
type decimal struct{ *big.Int }

// readDecimal reads a plain decimal number of at most 60 characters, so that
// nobody's number makes the sums a burden.
func readDecimal(s string) (decimal, bool) {
	s = strings.TrimSpace(s)
	rest, negative := strings.CutPrefix(s, "-")
	whole, frac, _ := strings.Cut(rest, ".")
	if whole == "" || len(whole) > 60 || strings.HasSuffix(rest, ".") || len(frac) > decimalPlaces {
		return decimal{}, false
	}
	for i := range len(whole) + len(frac) {
		if c := (whole + frac)[i]; c < '0' || c > '9' {
			return decimal{}, false
		}
	}
	n, ok := new(big.Int).SetString(whole+frac+strings.Repeat("0", decimalPlaces-len(frac)), 10)
	if ok && negative {
		n.Neg(n)
	}
	return decimal{n}, ok
}

// text writes the number without needless zeros.
func (d decimal) text() string {
	s := fmt.Sprintf("%0*s", decimalPlaces+1, new(big.Int).Abs(d.Int).String())
	whole, frac := s[:len(s)-decimalPlaces], strings.TrimRight(s[len(s)-decimalPlaces:], "0")
	if frac != "" {
		whole += "." + frac
	}
	if d.Sign() < 0 {
		whole = "-" + whole
	}
	return whole
}
