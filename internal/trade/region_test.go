package trade

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Former codes lead to what took their place, on and after the day they ended.
func TestRegionHistory(t *testing.T) {
	r := Regions()
	in2018, in2024 := Date(2018, 3, 1), Date(2024, 3, 1)
	for _, c := range []struct {
		code  string
		day   Day
		chain string
	}{
		{"410322", in2018, "410322 410300 410000"},
		{"410322", in2024, "410322 410308 410300 410000"},
		{"410322", Date(2021, time.December, 31), "410322 410300 410000"},
		{"410322", Date(2022, time.January, 1), "410322 410308 410300 410000"},
		{"410881", Date(2004, 1, 1), "410881 410800 410000"},
		{"410881", in2024, "410881 419001 419000 410000"},
		{"410399", in2024, "410399 410300 410000"}, // not in the table: by prefix
		{"330106", in2024, "330106 330100 330000"},
		{"419000", in2024, "419000 410000"},
		{"nothing", in2024, "nothing"},
		{"", in2024, ""},
	} {
		if got := strings.Join(r.Chain(c.code, c.day), " "); got != c.chain {
			t.Errorf("%q on %s: %q, want %q", c.code, c.day, got, c.chain)
		}
	}
	if got := r.Predecessors("410308"); !slices.Equal(got, []string{"410306", "410322"}) {
		t.Errorf("before 410308: %v", got)
	}
	if got := r.Successors("410322"); !slices.Equal(got, []string{"410308"}) {
		t.Errorf("after 410322: %v", got)
	}
	if got := r.Below("410308", in2024); !slices.Equal(got, []string{"410308", "410306", "410322"}) {
		t.Errorf("in 410308: %v", got)
	}
	if got := r.Below("410308", in2018); !slices.Equal(got, []string{"410308"}) {
		t.Errorf("in 410308 before the merger: %v", got)
	}
}

// A divided district stands for what all its parts lie in: nobody can say to
// which part an old record belongs.
func TestDividedRegion(t *testing.T) {
	const table = "code,name,parent,from,to,successor\n" +
		"410000,province,,,,\n410100,one city,410000,,,\n410200,other city,410000,,,\n" +
		"410101,north,410100,2020-01-01,,\n410102,south,410100,2020-01-01,,\n410201,far,410200,2020-01-01,,\n" +
		"410103,whole,410100,,2019-12-31,410101;410102\n410104,torn,410100,,2019-12-31,410101;410201\n"
	r, err := ReadRegions(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	after := Date(2024, 1, 1)
	for code, want := range map[string]string{"410103": "410100", "410104": "410000"} {
		if got, found := r.Present(code, after); got != want || !found {
			t.Errorf("%s stands for %q, want %s", code, got, want)
		}
		if len(r.Successors(code)) != 2 {
			t.Errorf("%s has the successors %v", code, r.Successors(code))
		}
	}
	if r.Contains("410101", "410103", after) {
		t.Error("a part has the files of the whole")
	}
}

func TestRegionCode(t *testing.T) {
	for in, want := range map[string]string{
		"41": "410000", "4103": "410300", "410300": "410300", " 410300 ": "410300", "410105001": "410105", "410105001002": "410105",
		"": "", "4": "", "410": "", "41030": "", "99": "", "4103a0": "", "郑州": "",
	} {
		if got := RegionCode(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
