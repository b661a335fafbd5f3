package trade

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
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
	Successor string // code that took its place, for a former one; several, separated by ";", when it was divided
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
	lines  map[string][]Region
	codes  []string            // in the order of the files
	before map[string][]string // former codes by the code that took their place
	home   string              // first two digits of the province whose codes are all known
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
	t := &RegionTable{lines: map[string][]Region{}, before: map[string][]string{}}
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
			for _, next := range SplitCodes(r.Successor) {
				t.before[next] = append(t.before[next], r.Code)
			}
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
// has them on the day d: after its last day a former code is followed by the
// one that took its place. A code that the table does not know gives itself,
// its city and its province by prefix. An empty code gives an empty chain.
func (t *RegionTable) Chain(code string, d Day) []string {
	var chain []string
	for c := code; c != "" && len(chain) < 8; c = t.Above(c, d) { // the bound guards against a loop in the data
		chain = append(chain, c)
	}
	return chain
}

// Edges returns the days, sorted, on which the table changes: between two of
// them, the first included, Chain and Above give the same on every day.
func (t *RegionTable) Edges() []Day {
	var out []Day
	for _, lines := range t.lines {
		for _, r := range lines {
			if r.From != 0 {
				out = append(out, r.From)
			}
			if r.To != 0 {
				out = append(out, r.To+1)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Above returns what a code lies in on the day d, one step up: for a former
// code the one that took its place, or what all of several successors lie in;
// else the division above, by prefix where the table does not know the code.
// "" is above a province and above what is no code.
func (t *RegionTable) Above(code string, d Day) string {
	r, valid, found := t.At(code, d)
	switch {
	case found && !valid && r.Successor != "" && r.To != 0 && d > r.To:
		return t.common(r, d)
	case found:
		return r.Parent
	case !regionShape(code) || strings.HasSuffix(code, "0000"):
		return ""
	case strings.HasSuffix(code, "00"):
		return code[:2] + "0000"
	}
	return code[:4] + "00"
}

// common is the one successor of a former code; of a divided one, the nearest
// region in which all its parts lie, for nobody can say to which part an old
// record belongs.
func (t *RegionTable) common(r Region, d Day) string {
	next := SplitCodes(r.Successor)
	for _, c := range t.Chain(next[0], d) {
		all := true
		for _, other := range next[1:] {
			all = all && t.Within(other, c, d)
		}
		if all {
			return c
		}
	}
	return r.Parent
}

// Successors returns the codes that took the place of a former one; none for
// a code in use.
func (t *RegionTable) Successors(code string) []string {
	var out []string
	for _, r := range t.lines[code] {
		out = append(out, SplitCodes(r.Successor)...)
	}
	return out
}

// Predecessors returns the former codes whose place a code took, in the order
// of the files.
func (t *RegionTable) Predecessors(code string) []string {
	return slices.Clone(t.before[code])
}

// Present returns the region that a code stands for on the day d: itself while
// it is in use, else the first in its chain that is. found is false when the
// table has nothing of the chain.
func (t *RegionTable) Present(code string, d Day) (region string, found bool) {
	for _, c := range t.Chain(code, d) {
		if _, valid, _ := t.At(c, d); valid {
			return c, true
		}
	}
	return "", false
}

// Contains reports whether a code lies in a region on the day d, both as people
// write them (RegionCode): the region itself, what lies in it, and the former
// codes of all of these. A former code contains what was sent under it and not
// its successor.
func (t *RegionTable) Contains(region, code string, d Day) bool {
	region, code = RegionCode(region), RegionCode(code)
	return region != "" && t.Within(code, region, d)
}

// Below returns the codes of the table that a region contains on the day d,
// the region first.
func (t *RegionTable) Below(region string, d Day) []string {
	out := []string{region}
	for _, c := range t.codes {
		if c != region && t.Within(c, region, d) {
			out = append(out, c)
		}
	}
	return out
}

// RegionCode gives the six digits of a code as people and records write it:
// "41" and "4103" are filled up, of a longer one (towns, villages) the county's
// part is taken. "" when it is none of these.
func RegionCode(s string) string {
	s = strings.TrimSpace(s)
	if !digits(s) {
		return ""
	}
	switch {
	case len(s) == 2 || len(s) == 4:
		s += "0000"[:6-len(s)]
	case len(s) > 6:
		s = s[:6]
	}
	if !regionShape(s) {
		return ""
	}
	return s
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
