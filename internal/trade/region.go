package trade

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:embed data/henan-regions.csv
var henanRegions []byte

//go:embed data/henan-regions-former.csv
var henanFormer []byte

// A Region is one line of the dated table of administrative divisions (GB/T 2260).
// The same code may stand in several lines with different dates.
type Region struct {
	Code      string
	Name      string
	Parent    string // code of the division above; "" for the province
	From, To  Day    // first and last day of use; zero when not known or still in use
	Successor string // code that took its place, for a former one
}

// valid reports whether the line holds on the day d.
func (r Region) valid(d Day) bool {
	return (r.From == 0 || r.From <= d) && (r.To == 0 || d <= r.To)
}

// A RegionTable is the dated table of regions. It is a table and not a rule
// about prefixes, because zones, merged districts and counties under the
// province's own administration break every prefix. It is never changed after
// it was made.
type RegionTable struct {
	lines map[string][]Region
	codes []string // in the order of the files
	home  string   // first two digits of the province whose codes are all known
}

// Regions returns the embedded table of Henan.
var Regions = sync.OnceValue(func() *RegionTable {
	t, err := ReadRegions(bytes.NewReader(henanRegions), bytes.NewReader(henanFormer))
	if err != nil {
		panic(err) // the embedded files are part of the program and tested
	}
	return t
})

// ReadRegions reads CSV files with a head line naming the columns code, name,
// parent and, optionally, from, to (2006-01-02) and successor.
func ReadRegions(files ...io.Reader) (*RegionTable, error) {
	t := &RegionTable{lines: map[string][]Region{}}
	for n, f := range files {
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("trade: regions, file %d: %w", n+1, err)
		}
		if len(rows) == 0 {
			return nil, fmt.Errorf("trade: regions, file %d: the head line is missing", n+1)
		}
		at := map[string]int{}
		for i, name := range rows[0] {
			at[name] = i
		}
		for i, row := range rows[1:] {
			get := func(name string) string {
				if j, ok := at[name]; ok {
					return row[j]
				}
				return ""
			}
			r := Region{Code: get("code"), Name: get("name"), Parent: get("parent"), Successor: get("successor")}
			if !regionShape(r.Code) {
				return nil, fmt.Errorf("trade: regions, file %d line %d: a code has six digits and begins with a province", n+1, i+2)
			}
			for name, day := range map[string]*Day{"from": &r.From, "to": &r.To} {
				if s := get(name); s != "" {
					if *day, err = ParseDay(s); err != nil {
						return nil, fmt.Errorf("trade: regions, file %d line %d, %s: %w", n+1, i+2, name, err)
					}
				}
			}
			if _, ok := t.lines[r.Code]; !ok {
				t.codes = append(t.codes, r.Code)
			}
			t.lines[r.Code] = append(t.lines[r.Code], r)
			if t.home == "" {
				t.home = r.Code[:2]
			}
		}
	}
	return t, nil
}

// Codes returns all codes, former ones included, in the order of the files.
func (t *RegionTable) Codes() []string { return append([]string(nil), t.codes...) }

// At returns the line of a code that holds on the day d; when none does, the
// last line of the code with valid false. found is false when the table has no
// such code at all.
func (t *RegionTable) At(code string, d Day) (r Region, valid, found bool) {
	lines := t.lines[code]
	for _, r := range lines {
		if r.valid(d) {
			return r, true, true
		}
	}
	if len(lines) == 0 {
		return Region{}, false, false
	}
	return lines[len(lines)-1], false, true
}

// Name returns the name of a region, whatever its dates; "" when not in the table.
func (t *RegionTable) Name(code string) string {
	if l := t.lines[code]; len(l) > 0 {
		return l[len(l)-1].Name
	}
	return ""
}

// Chain returns the code and the codes above it, nearest first, as the table
// has them on the day d. A code that the table does not know gives itself, its
// city and its province by prefix. An empty code gives an empty chain.
func (t *RegionTable) Chain(code string, d Day) []string {
	if code == "" {
		return nil
	}
	var chain []string
	for c := code; c != "" && len(chain) < 8; { // the bound guards against a loop in the data
		chain = append(chain, c)
		r, _, found := t.At(c, d)
		if !found {
			if len(chain) == 1 && regionShape(c) {
				for _, up := range []string{c[:4] + "00", c[:2] + "0000"} {
					if up != chain[len(chain)-1] {
						chain = append(chain, up)
					}
				}
			}
			break
		}
		c = r.Parent
	}
	return chain
}

// Within reports whether the region inner is outer or lies in it on the day d.
func (t *RegionTable) Within(inner, outer string, d Day) bool {
	for _, c := range t.Chain(inner, d) {
		if c == outer {
			return true
		}
	}
	return false
}

// Check says what is wrong with a region code on the day d, or nil. Codes of
// the table's own province must be in it; of another province's only the known
// shape is checked. A code used outside its dates is a soft error.
func (t *RegionTable) Check(code string, d Day) error {
	if !regionShape(code) {
		return &CodeError{What: "region", Rule: "shape", WantZH: "六位数字，前两位为省级代码（GB/T 2260）", Want: "six digits, the first two a province (GB/T 2260)"}
	}
	if !strings.HasPrefix(code, t.home) {
		return nil
	}
	r, valid, found := t.At(code, d)
	switch {
	case !found:
		return &CodeError{What: "region", Rule: "unknown", WantZH: "行政区划表中的代码", Want: "a code of the table of administrative divisions"}
	case !valid:
		want, wantZH := "a code in use on "+d.String(), d.String()+" 有效的代码"
		if r.Successor != "" {
			want += "; its place was taken by " + r.Successor
			wantZH += "；该代码已由 " + r.Successor + " 取代"
		}
		return &CodeError{What: "region", Rule: "dates", Soft: true, WantZH: wantZH, Want: want}
	}
	return nil
}

// provinces are the first two digits that GB/T 2260 gives to divisions of the first level.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 "

func regionShape(code string) bool {
	return len(code) == 6 && digits(code) && strings.Contains(provinces, " "+code[:2]+" ")
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
