package jurisdiction

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/trade"
)

func day(s string) trade.Day {
	d, err := trade.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Who is competent, as an office would ask.
func TestCompetent(t *testing.T) {
	for _, c := range []struct {
		name, region string
		class        trade.Class
		kinds        []string
		day          string
		want         string // the region it stands for, its office, the regions above
	}{
		{"a district's building works", "410105", trade.Construction, []string{"A01"}, "2024-03-01", "410105 金水区住房和城乡建设局 410100 410000"},
		{"a city's roads", "410300", trade.Construction, []string{"A03"}, "2024-03-01", "410300 洛阳市交通运输局 410000"},
		{"the province's water works", "410000", trade.Construction, []string{"A07"}, "2024-03-01", "410000 河南省水利厅"},
		{"works of no known kind", "410105", trade.Construction, nil, "2024-03-01", "410105 金水区发展和改革委员会 410100 410000"},
		{"a kind that no line names", "410105", trade.Construction, []string{"A99"}, "2024-03-01", "410105 金水区发展和改革委员会 410100 410000"},
		{"a longer kind", "410105", trade.Construction, []string{"A0101"}, "2024-03-01", "410105 金水区住房和城乡建设局 410100 410000"},
		{"land before the reform", "410300", trade.Land, nil, "2018-03-01", "410300 洛阳市国土资源局 410000"},
		{"land after it", "410300", trade.Land, nil, "2024-03-01", "410300 洛阳市自然资源和规划局 410000"},
		{"medicines before", "410000", trade.Medicine, nil, "2018-03-01", "410000 河南省卫生和计划生育委员会"},
		{"medicines after", "410000", trade.Medicine, nil, "2024-03-01", "410000 河南省医疗保障局"},
		{"vaccines", "410000", trade.Medicine, []string{"9120"}, "2024-03-01", "410000 河南省卫生健康委员会"},
		{"forest rights", "411224", trade.OtherTrade, []string{"9116"}, "2024-03-01", "411224 卢氏县林业局 411200 410000"},
		{"a county while the city had it", "410181", trade.Procurement, nil, "2013-12-31", "410181 巩义市财政局 410100 410000"},
		{"a county under the province", "410181", trade.Procurement, nil, "2014-01-01", "410181 巩义市财政局 410000"},
		{"a county that became a city under the province", "410728", trade.Procurement, nil, "2024-03-01", "410783 长垣市财政局 410000"},
		{"the same before", "410728", trade.Procurement, nil, "2018-03-01", "410728 长垣县财政局 410000"},
		{"Jiyuan", "419001", trade.Procurement, nil, "2024-03-01", "419001 济源市财政局 410000"},
		{"Jiyuan's code of long ago", "410881", trade.Procurement, nil, "2024-03-01", "419001 济源市财政局 410000"},
		{"a merged county before the merger", "410322", trade.Procurement, nil, "2021-12-31", "410322 孟津县财政局 410300 410000"},
		{"and after it", "410322", trade.Procurement, nil, "2022-01-01", "410308 孟津区财政局 410300 410000"},
		{"the district merged with it", "410306", trade.Procurement, nil, "2024-03-01", "410308 孟津区财政局 410300 410000"},
		{"the airport zone", "410173", trade.Construction, []string{"A01"}, "2024-03-01", "410173 郑州航空港经济综合实验区管理委员会（住房城乡建设） 410100 410000"},
		{"before there was one", "410173", trade.Construction, []string{"A01"}, "2012-03-01", "410173 郑州市住房和城乡建设局 410000"},
		{"a zone without powers", "410371", trade.Construction, []string{"A01"}, "2024-03-01", "410371 洛阳市住房和城乡建设局 410000"},
		{"a code that is not in the table", "410399", trade.Procurement, nil, "2024-03-01", "410300 洛阳市财政局 410000"},
		{"a town", "410105001", trade.Procurement, nil, "2024-03-01", "410105 金水区财政局 410100 410000"},
		{"a prefix", "4103", trade.Procurement, nil, "2024-03-01", "410300 洛阳市财政局 410000"},
		{"before the table begins", "410300", trade.Land, nil, "2003-03-01", "410300 洛阳市国土资源局 410000"},
	} {
		a, err := Default().Competent(c.region, c.class, c.kinds, day(c.day))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := []string{a.Region, a.Offices[0].Name.ZH}
		for _, o := range a.Offices[0].Above {
			got = append(got, o.Region)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, s, c.want)
		}
	}
}

// Lots of several kinds have several offices; what another office has to do
// beside them is told after them.
func TestSeveralKinds(t *testing.T) {
	a, err := Default().Competent("410105", trade.Construction, []string{"A03", "A01", "A02", "A99"}, day("2024-03-01"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range a.Offices {
		got = append(got, string(o.Role)+" "+string(o.Sector))
	}
	want := "supervises transport, supervises housing, alongside finance, alongside commerce"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestWhatCannotBeAnswered(t *testing.T) {
	for _, c := range []struct {
		region string
		class  trade.Class
		want   error
	}{
		{"", trade.Land, ErrRegion},
		{"330100", trade.Land, ErrRegion}, // another province
		{"abc", trade.Land, ErrRegion},
		{"41010", trade.Land, ErrRegion},
		{"410100", "", ErrClass},
		{"410100", trade.BodyRegister, ErrClass},
	} {
		if _, err := Default().Competent(c.region, c.class, nil, day("2024-03-01")); !errors.Is(err, c.want) {
			t.Errorf("%q, %q: %v, want %v", c.region, c.class, err, c.want)
		}
	}
	if _, _, err := Default().Office("410100", "magic", day("2024-03-01")); !errors.Is(err, ErrSector) {
		t.Errorf("unknown sector: %v", err)
	}
	if _, _, err := Default().Office("410100", "insurance", day("2015-03-01")); !errors.Is(err, ErrSector) {
		t.Errorf("a sector before it was founded: %v", err)
	}
}

// Rights go by who supervises, lists by the divisions, and a merger widens
// neither what was granted for a former region.
func TestSupervisesAndContains(t *testing.T) {
	for _, c := range []struct {
		region, code, day    string
		supervises, contains bool
	}{
		{"410100", "410181", "2013-12-31", true, true},
		{"410100", "410181", "2014-01-01", false, true}, // 巩义 answers to the province and still lies in Zhengzhou
		{"410000", "410181", "2014-01-01", true, true},
		{"41", "410181", "2014-01-01", true, true},
		{"4103", "410322", "2024-01-01", true, true},
		{"410308", "410322", "2024-01-01", true, true},
		{"410308", "410306", "2024-01-01", true, true},
		{"410308", "410322", "2020-01-01", false, false}, // not yet merged
		{"410322", "410322", "2024-01-01", true, true},   // what carries the old code
		{"410322", "410308", "2024-01-01", false, false},
		{"410322", "410306", "2024-01-01", false, false},
		{"410800", "410881", "2024-01-01", false, false},
		{"410800", "410881", "2004-01-01", true, true},
		{"419001", "410881", "2024-01-01", true, true},
		{"410100", "410173", "2024-01-01", true, true},
		{"410300", "410399", "2024-01-01", true, true},
		{"330000", "330106", "2024-01-01", true, true},
		{"", "410100", "2024-01-01", false, false},
		{"41010", "410100", "2024-01-01", false, false},
		{"410100", "", "2024-01-01", false, false},
	} {
		if got := Default().Supervises(c.region, c.code, day(c.day)); got != c.supervises {
			t.Errorf("%s supervises %s on %s: %v", c.region, c.code, c.day, got)
		}
		if got := Default().Contains(c.region, c.code, day(c.day)); got != c.contains {
			t.Errorf("%s contains %s on %s: %v", c.region, c.code, c.day, got)
		}
	}
}

// For any region of the table, class and day the answer is whole.
func TestEveryRegionHasOneOffice(t *testing.T) {
	regions := trade.Regions()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(regions.Codes()).Draw(t, "code")
		class := rapid.SampledFrom(trade.Classes()).Draw(t, "class")
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"A01", "A03", "A07", "A99", "9116", "9120", ""}), 0, 3).Draw(t, "kinds")
		d := day("2000-01-01") + trade.Day(rapid.IntRange(0, 13000).Draw(t, "day"))
		a, err := Default().Competent(code, class, kinds, d)
		if err != nil {
			t.Fatal(err)
		}
		at := max(d, Default().begins)
		if _, valid, _ := regions.At(a.Region, at); !valid {
			t.Fatalf("%s on %s is answered by %s, which was no region then", code, d, a.Region)
		}
		if len(a.Offices) == 0 || a.Offices[0].Role != Supervises {
			t.Fatalf("nobody supervises %s in %s on %s", class, code, d)
		}
		seen := map[Sector]bool{}
		for _, o := range a.Offices {
			if seen[o.Sector] {
				t.Fatalf("%s is named twice", o.Sector)
			}
			seen[o.Sector] = true
			for i, up := range append([]Office{o.Office}, o.Above...) {
				if up.Name.ZH == "" || up.Name.EN == "" || strings.Contains(up.Name.ZH, "{") {
					t.Fatalf("an office of %s has no name", up.Region)
				}
				if i > 0 && !Default().Supervises(up.Region, o.Region, at) {
					t.Fatalf("%s stands above %s and does not supervise it", up.Region, o.Region)
				}
			}
			if last := append([]Office{o.Office}, o.Above...)[len(o.Above)]; last.Level != Province {
				t.Fatalf("the line of %s ends with %s", code, last.Name.ZH)
			}
		}
	})
}

// The relations are orders: what a region supervises or contains goes down to
// what that supervises or contains, and nothing supervises what supervises it.
func TestLinesNeverTurnBack(t *testing.T) {
	regions := trade.Regions()
	rapid.Check(t, func(t *rapid.T) {
		pick := func(name string) string { return rapid.SampledFrom(regions.Codes()).Draw(t, name) }
		d := day("2000-01-01") + trade.Day(rapid.IntRange(0, 13000).Draw(t, "day"))
		code := pick("code")
		for name, chain := range map[string][]string{"supervision": Default().Chain(code, d), "divisions": regions.Chain(code, d)} {
			if chain[0] != code || chain[len(chain)-1] != "410000" {
				t.Fatalf("%s of %s: %v", name, code, chain)
			}
			for i, c := range chain {
				if slices.Contains(chain[:i], c) {
					t.Fatalf("%s of %s turns back: %v", name, code, chain)
				}
				var rest []string
				if rest = regions.Chain(c, d); name == "supervision" {
					rest = Default().Chain(c, d)
				}
				if !slices.Equal(rest, chain[i:]) {
					t.Fatalf("%s: %s goes on %v, but from %s it goes %v", name, c, rest, code, chain[i:])
				}
			}
		}
		if below := Default().Below(code, d); len(below) != len(slices.Compact(slices.Sorted(slices.Values(below)))) {
			t.Fatalf("%s contains a code twice", code)
		}
		for _, c := range Default().Below(code, d) {
			if !Default().Contains(code, c, d) {
				t.Fatalf("%s is below %s and not in it", c, code)
			}
		}
		for _, c := range regions.Successors(code) {
			if !slices.Contains(regions.Predecessors(c), code) {
				t.Fatalf("%s followed %s, which it does not know", c, code)
			}
		}
	})
}

// A table with a gap, an overlap or a name that leads nowhere is refused, and
// the refusal says which.
func TestBadTables(t *testing.T) {
	good := string(Source())
	for name, c := range map[string]struct{ old, new, want string }{
		"a gap between two names":        {"until: 2018-12-31, source: \"深化党和国家机构改革方案: provinces", "until: 2018-12-30, source: \"深化党和国家机构改革方案: provinces", "has no name on 2018-12-31"},
		"two names at once":              {"Department of Land and Resources, until: 2018-12-31", "Department of Land and Resources, until: 2019-01-01", "two names hold on 2019-01-01"},
		"nobody supervises":              {"sector: insurance, since: 2019-04-01", "sector: insurance, since: 2019-04-02", "nobody supervises on 2019-04-01"},
		"two supervise":                  {"sector: insurance, since: 2019-04-01", "sector: insurance, since: 2019-03-31", "two sectors supervise on 2019-03-31"},
		"a class without office":         {"{class: land, sector", "{class: mining, kinds: [x], sector", "competence of land"},
		"an unknown class":               {"{class: land, sector", "{class: lnd, sector", "give a class of trade"},
		"an unknown sector":              {"sector: land, duty", "sector: lnd, duty", "a sector of this table"},
		"an unknown word":                {"begins:", "beginning: 1\nbegins:", "beginning"},
		"an unknown region":              {"regions: [\"419001\"]", "regions: [\"419999\"]", "no such code"},
		"two lines for one region":       {"until: 2013-03-06", "until: 2013-03-07", "two lines hold on 2013-03-07"},
		"a county above its own city":    {"regions: [\"419000\"]\n    offices", "regions: [\"410100\"]\n    under: \"410105\"\n    offices", "which lies in it"},
		"an unknown level":               {"level: zone", "level: zoo", "write province, city, county or zone"},
		"an unknown way to have offices": {"offices: none", "offices: some", "write own or none"},
		"an unknown role":                {"role: alongside", "role: beside", "write supervises or alongside"},
		"no edition":                     {"edition: \"2026-11-25\"", "edition: \"\"", "give the table an edition"},
		"a named office without source":  {"named: []", "named: [{region: \"410100\", sector: finance, zh: a, en: b}]", "give region, sector"},
	} {
		if !strings.Contains(good, c.old) {
			t.Errorf("%s: the table has no %q to spoil", name, c.old)
			continue
		}
		_, err := Read(strings.NewReader(strings.Replace(good, c.old, c.new, 1)), trade.Regions())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}

// An office that is named exactly replaces the pattern, on its days only.
func TestNamedOffice(t *testing.T) {
	own := strings.Replace(string(Source()), "named: []",
		`named: [{region: "410100", sector: finance, zh: 郑州市财政局政府采购处, en: Zhengzhou procurement office, code: 11410100MB0000000X, since: 2020-01-01, source: test, verified: true}]`, 1)
	table, err := Read(strings.NewReader(own), trade.Regions())
	if err != nil {
		t.Fatal(err)
	}
	for when, want := range map[string]string{"2019-12-31": "郑州市财政局", "2020-01-01": "郑州市财政局政府采购处"} {
		o, _, err := table.Office("410100", "finance", day(when))
		if err != nil || o.Name.ZH != want || o.Verified != (o.Code != "") {
			t.Errorf("%s: %+v, %v", when, o, err)
		}
	}
}

// Each code of the table of divisions that the bureau of statistics numbers as
// a zone has a line, so that none is taken for a county.
func TestEveryZoneHasALine(t *testing.T) {
	now := trade.DayOf(time.Date(2026, 1, 1, 0, 0, 0, 0, trade.Zone))
	for _, c := range trade.Regions().Codes() {
		zone := c[4] == '7' && c[5] != '0'
		if a := Default().line(c, now); zone && (a == nil || a.Offices != "none" && a.Level != Zone) {
			t.Errorf("%s %s has no line", c, trade.Regions().Name(c))
		}
	}
}
