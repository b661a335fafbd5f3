package disclose

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

func TestTableIsStrict(t *testing.T) {
	good := string(tableYAML)
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":           {"marks:\n", "marks:\n  - colour: red\n", "colour"},
		"unknown class":         {"classes: [alert]", "classes: [alarm]", `unknown class "alarm"`},
		"cell named twice":      {"classes: [alert]", "classes: [alert, release]", "named by"},
		"cell not named":        {"seals: [open, bid]\n    why: {zh: 报警", "seals: [open]\n    why: {zh: 报警", "no rule names class alert under seal bid"},
		"unknown article":       {"articles: [standard-402]", "articles: [standard-403]", "standard-403"},
		"takes back":            {"outside: {before: sealed, publicity: masked}", "outside: {before: masked, publicity: hidden}", "taken back"},
		"seat left out":         {"    administrator: hidden\n    public: hidden\n\n# A docket", "    public: hidden\n\n# A docket", "no verdict for administrator"},
		"outside is not public": {"    outside: hidden\n    auditor: show\n    administrator: hidden\n    public: hidden\n  - id: D07", "    outside: show\n    auditor: show\n    administrator: hidden\n    public: hidden\n  - id: D07", "outside differs"},
		"no verdict":            {"source: show", "source: perhaps", "perhaps"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%s: the case does not change the table", name)
		}
		if _, err := ReadTable(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

func TestJurisdiction(t *testing.T) {
	for _, c := range []struct {
		regions, sectors []string
		region, class    string
		want             bool
	}{
		{[]string{"410000"}, nil, "410302", "construction", true},
		{[]string{"41"}, nil, "410302", "construction", true},
		{[]string{"410300"}, nil, "410302", "construction", true},
		{[]string{"410302"}, nil, "410302", "construction", true},
		{[]string{"410302"}, nil, "410300", "construction", false},
		{[]string{"410100", "410303"}, nil, "410302", "construction", false},
		{[]string{"410300"}, []string{"land"}, "410302", "construction", false},
		{[]string{"410300"}, []string{"land", "construction"}, "410302", "construction", true},
		{[]string{"410300"}, nil, "", "construction", false},
		{[]string{""}, nil, "410302", "construction", false},
		{[]string{"*"}, nil, "", "construction", true},
		{nil, nil, "410302", "construction", false},
	} {
		r := Reader{Audience: Supervisor, Regions: c.regions, Sectors: c.sectors}
		if got := r.InJurisdiction(c.region, c.class, now); got != c.want {
			t.Errorf("regions %q sectors %q: docket in %q, %s: %v, want %v", c.regions, c.sectors, c.region, c.class, got, c.want)
		}
	}
	if (Reader{Audience: Public, Regions: []string{"*"}}).InJurisdiction("410302", "construction", now) {
		t.Error("only a supervisor has a jurisdiction")
	}
}

func TestBlot(t *testing.T) {
	const x = Blotted
	for in, want := range map[string]string{
		"联系人王先生，电话13800138000。":                          "联系人王先生，电话" + x + "。",
		"电话：０３７９－６３２１００００":                               "电话：" + x,
		"0371-65990000转801":                              x + "转801",
		"139 0013 8000 或 139-0013-8001":                  x + " 或 " + x,
		"身份证41030219800101123X":                          "身份证" + x,
		"邮箱 a.b@example.com.cn 开户行账号6222021234567890123": "邮箱 " + x + " 开户行账号" + x,
		"账号 6222 0212 3456 7890 123":                     "账号 " + x,
		"咨询电话：63210000":                                  "咨询电话：" + x,
		"报价63210000元":                                    "报价63210000元",
		"标段E4114002441A04301001001":                      "标段E4114002441A04301001001",
		"2503-411481-04-01-225421":                       "2503-411481-04-01-225421",
		"D01-12350100MB02709751-20190627-527731-5":       "D01-12350100MB02709751-20190627-527731-5",
		"B02-1241070000000008XX-20250312-000229-0":       "B02-1241070000000008XX-20250312-000229-0",
		"B02-124107000000000812-20250312-000229-0":       "B02-124107000000000812-20250312-000229-0",
		"id-41030219800101123X":                          "id-" + x,
		"acct-6222021234567890123":                       "acct-" + x,
		"2018-03-01 09:30 至 2018-03-21":                  "2018-03-01 09:30 至 2018-03-21",
		"20180301093000":                                 "20180301093000",
		"投标报价11805000.50元":                               "投标报价11805000.50元",
		"":                                               "",
	} {
		if got := Blot(in); got != want {
			t.Errorf("Blot(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzBlot(f *testing.F) {
	f.Add("电话13800138000，邮箱a@b.cn")
	f.Add("１３８ 0013-8000\xff")
	f.Fuzz(func(t *testing.T, s string) {
		once := Blot(s)
		if again := Blot(once); again != once {
			t.Fatalf("not settled: %q then %q", once, again)
		}
	})
}

// Two lots: what opens one leaves the other shut; a record of both waits for
// both; another system's opening of the same code opens nothing of ours.
func TestOnlyItsOwnOpeningOpensALot(t *testing.T) {
	l := newLife()
	one, two := lotCode(1), lotCode(2)
	l.d.Lots = []docket.Lot{{Code: one}, {Code: two}}
	l.put("507", originA, one, "bid-one")
	l.put("507", originA, two, "bid-two")
	l.put("507", originA, one+";"+two, "bid-both")
	l.put("507", originA, "", "bid-none")
	bids := func() int {
		n := 0
		if v := View(l.d, Reader{}, now); v != nil {
			n = len(v.Entries)
		}
		return n
	}
	if n := bids(); n != 0 {
		t.Fatalf("%d bids seen before any opening", n)
	}
	l.reach(originB, one, Opened)
	if n := bids(); n != 0 {
		t.Fatalf("%d bids seen after another system's opening", n)
	}
	l.reach(originA, one, Opened)
	if n := bids(); n != 1 {
		t.Fatalf("%d bids seen after the opening of lot one, want its one", n)
	}
	l.reach(originA, two, Opened)
	if n := bids(); n != 4 {
		t.Fatalf("%d bids seen after both openings, want 4", n)
	}
	if v := View(l.d, Reader{}, now.Add(-time.Hour)); v != nil {
		t.Fatalf("bids seen before the releases' time")
	}
}

// Where a system's records stand in the log is shown once it has opened all its
// lots: that another system opened bids of its own for the same lot tells of no
// more than that one's numbering.
func TestPositionsWaitForTheirOwnOpening(t *testing.T) {
	l := newLife()
	one, two := lotCode(1), lotCode(2)
	for _, origin := range []string{originA, originB} {
		l.put("502", origin, one, "lot-one-"+origin)
	}
	l.put("502", originA, two, "lot-two")
	shown := func(origin string, r Reader) bool {
		n := 0
		for _, e := range View(l.d, r, now).Entries {
			if e.Origin == origin && e.Position != nil {
				n++
			}
		}
		return n > 0
	}
	check := func(when string, a, b bool) {
		t.Helper()
		for _, r := range []Reader{{}, {Audience: Auditor}, {Audience: Supervisor, Regions: []string{Everywhere}}, {Audience: Administrator}} {
			if shown(originA, r) != a || shown(originB, r) != b {
				t.Errorf("%s: positions of A shown to %q: %v, of B: %v; want %v and %v", when, r.Audience, shown(originA, r), shown(originB, r), a, b)
			}
		}
	}
	check("before", false, false)
	l.reach(originB, one, Opened)
	check("B opened its own", false, true)
	l.reach(originA, one, Opened)
	check("A opened one of two", false, true)
	l.reach(originA, two, Opened)
	check("all opened", true, true)
	if !shown(originA, Reader{Audience: Source, Origins: []string{originA}}) {
		t.Error("a system does not see its own positions")
	}
}

func TestFailedOpeningIsNotForThePublic(t *testing.T) {
	l := newLife()
	lot := lotCode(1)
	l.d.Lots = []docket.Lot{{Code: lot}}
	l.put("502", originA, lot, "lot")
	l.put("507", originA, lot, "bid")
	l.d.Releases = []docket.Release{{Origin: originA, Lot: lot, Seal: standard.Bid, State: "failed", Bidders: 2, At: now.Add(-time.Minute)}}
	for _, rd := range readers {
		v := View(l.d, rd.reader, now)
		insider := rd.seat == seatSupervisor || rd.seat == seatAuditor
		if got := v.Lots[0].Failed != nil; got != insider {
			t.Errorf("%s: failed opening shown %v", rd.seat, got)
		}
		if v.Lots[0].Moment != "before" || len(v.Lots[0].Bids) != 0 || v.Records != 1 {
			t.Errorf("%s: a failed opening opened something: %+v", rd.seat, v.Lots[0])
		}
	}
}

func TestTombstones(t *testing.T) {
	l := newLife()
	l.d.Lots = []docket.Lot{{Code: lotCode(1)}}
	l.put("503", originA, lotCode(1), "gone").Deleted = true
	l.put("502", originA, lotCode(1), "stays")
	for _, rd := range readers {
		want := 1
		if rd.seat == seatSource || rd.seat == seatSupervisor || rd.seat == seatAuditor {
			want = 2
		}
		if v := View(l.d, rd.reader, now); v.Records != want {
			t.Errorf("%s sees %d records, want %d", rd.seat, v.Records, want)
		}
	}
}

// A published OCDS release opens its own rows, not those of a trading system.
func TestPublishedReleaseIsOpen(t *testing.T) {
	l := newLife()
	l.d.ID = "ocds-abcdef-1"
	l.put("507", "ocds-abcdef", "1", "ocds-abcdef-1/bid/1")
	l.put("507", originA, "1", "ocds-abcdef-1/bid/2")
	if v := View(l.d, Reader{}, now); v != nil {
		t.Fatal("bids are open without a release")
	}
	l.d.Live = append(l.d.Live, docket.Entry{Dataset: "ocds", Origin: "ocds-abcdef", Key: "ocds-abcdef-1", Fields: map[string]string{"OCID": "ocds-abcdef-1", "RELEASE": "raw text"}})
	v := View(l.d, Reader{}, now)
	if v == nil || len(v.Lots) != 1 || len(v.Lots[0].Bids) != 1 || v.Lots[0].Bids[0].Bidder == "" {
		t.Fatalf("want the one published bid, got %+v", v)
	}
	if strings.Contains(marshal(t, v), "raw text") {
		t.Error("the raw release, which may hold contacts, is shown to the public")
	}
}

func TestFindings(t *testing.T) {
	find := func(id string, refs ...docket.Ref) detect.Finding {
		return detect.Finding{Indicator: id, State: detect.Fired, Evidence: refs}
	}
	fs := []detect.Finding{
		find("device", docket.Ref{Dataset: "519", Key: "key-519", Field: "CPU_ID", Origin: originA, Position: 7}),
		find("committee", docket.Ref{Dataset: "503", Key: "key-503"}, docket.Ref{Dataset: "508", Key: "key-508", Field: "EXPERT_NAME", Origin: originA}),
		find("personal", docket.Ref{Dataset: "507", Key: "key-507", Field: "PM_CODE", Origin: originA}),
		find("absent", docket.Ref{Dataset: "507", Key: "elsewhere"}),
		find("half", docket.Ref{Dataset: "503", Key: "key-503"}, docket.Ref{Dataset: "507", Key: "elsewhere"}),
		find("nothing needed"),
	}
	names := func(fs []detect.Finding) string {
		var out []string
		for _, f := range fs {
			out = append(out, f.Indicator)
		}
		return strings.Join(out, ",")
	}
	for _, c := range []struct {
		moment Moment
		want   string
	}{{Before, "half,nothing needed"}, {Opened, "device,half,nothing needed"}, {Determined, "device,committee,half,nothing needed"}} {
		l := full(c.moment)
		for _, rd := range readers {
			got := Findings(fs, l.d, rd.reader, now)
			want := ""
			if rd.seat == seatSupervisor || rd.seat == seatAuditor {
				want = c.want
			}
			if names(got) != want {
				t.Errorf("%s at %s: findings %q, want %q", rd.seat, c.moment, names(got), want)
			}
		}
	}
	if len(fs[4].Evidence) != 2 || fs[0].Evidence[0].Position != 7 {
		t.Error("the findings handed in were changed")
	}
}

// Rows of another docket behind a finding are shown as that docket shows them,
// and only where the reader has a seat for findings; a finding itself carries none.
func TestBehind(t *testing.T) {
	refs := []docket.Ref{{Dataset: "507", Key: "key-507", Field: "BIDDER_NAME", Origin: originA}, {Dataset: "508", Key: "key-508", Field: "EXPERT_NAME", Origin: originA}, {Dataset: "507", Key: "key-507", Field: "PM_CODE", Origin: originA}, {Dataset: "507", Key: "elsewhere"}}
	for _, c := range []struct {
		moment Moment
		want   string
	}{{Before, ""}, {Opened, "507 BIDDER_NAME"}, {Determined, "507 BIDDER_NAME,508 EXPERT_NAME"}} {
		l := full(c.moment)
		for _, rd := range readers {
			var got []string
			for _, ref := range Behind(refs, l.d, rd.reader, now) {
				got = append(got, ref.Dataset+" "+ref.Field)
			}
			want := ""
			if rd.seat == seatSupervisor || rd.seat == seatAuditor {
				want = c.want
			}
			if strings.Join(got, ",") != want {
				t.Errorf("%s at %s: %q behind, want %q", rd.seat, c.moment, strings.Join(got, ","), want)
			}
			f := detect.Finding{Indicator: "G01", State: detect.Fired, Behind: []detect.Behind{{Docket: "other", Refs: refs}}}
			for _, f := range Findings([]detect.Finding{f}, l.d, rd.reader, now) {
				if f.Behind != nil {
					t.Errorf("%s at %s: a finding carries rows of another docket", rd.seat, c.moment)
				}
			}
		}
	}
}

func TestSearchRows(t *testing.T) {
	l := full(Before)
	tiers := map[string]bool{}
	for _, row := range SearchRows(l.d, now) {
		tiers[row.Tier] = true
		all := row.Title + "\n" + row.Text + "\n" + strings.Join(row.Codes, "\n")
		for _, n := range row.Names {
			all += "\n" + n.Name + "\n" + n.Code
		}
		if !strings.HasPrefix(row.Tier, TierOneSource) && (!strings.Contains(all, tender) || !strings.Contains(all, "plant:503.NOTICE_NAME")) {
			t.Errorf("%s: the notice cannot be found", row.Tier)
		}
		for _, p := range l.planted {
			if strings.Contains(all, p.value) && (p.dataset == "507" || p.dataset == "508" || p.dataset == "519") {
				t.Errorf("%s finds %s.%s before the opening", row.Tier, p.dataset, p.field)
			}
		}
	}
	for _, tier := range []string{TierPublic, TierSupervisor, TierAuditor, TierAdministrator} {
		if !tiers[tier] {
			t.Errorf("nothing for %s", tier)
		}
	}
}

// What a reader's scopes hold is what the reader's own view shows, for every
// reader, place and moment.
func TestSearchScopesAreViews(t *testing.T) {
	readers := []Reader{
		{},
		{Audience: Auditor},
		{Audience: Administrator},
		{Audience: Source},
		{Audience: Source, Origins: []string{originA}},
		{Audience: Source, Origins: []string{originA, originB, "none"}},
	}
	for _, regions := range [][]string{nil, {""}, {"*"}, {"410000"}, {"41"}, {"410302", "33"}, {"410101"}, {"410100"}, {"4101", "410181"}} {
		for _, sectors := range [][]string{nil, {"construction"}, {"land", "mining"}} {
			readers = append(readers, Reader{Audience: Supervisor, Regions: regions, Sectors: sectors})
		}
	}
	alone := full(Opened)
	alone.d.Live = slices.DeleteFunc(alone.d.Live, func(e docket.Entry) bool { return e.Origin != originA })
	for name, d := range map[string]*docket.Docket{"before": full(Before).d, "opened": full(Opened).d, "result": full(Determined).d, "signed": full(Signed).d, "alone": alone.d} {
		for _, place := range [][2]string{{"410302", "construction"}, {"410105", "land"}, {"410181", "construction"}, {"", "construction"}} {
			d.Region, d.Class = place[0], place[1]
			rows := SearchRows(d, now)
			for _, r := range readers {
				got, bodies := linesIn(r.SearchScopes(now), rows, d)
				var want, named []string
				if v := View(d, r, now); v != nil && (len(v.Entries) > 0 || r.Audience != Supervisor) {
					want, named = linesOf(v.Search())
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s in %q: %+v finds %d lines, sees %d", name, place, r, len(got), len(want))
				}
				if !slices.Equal(bodies, named) {
					t.Errorf("%s in %q: %+v finds bodies %q, sees %q", name, place, r, bodies, named)
				}
			}
		}
	}
}

func linesOf(rows ...SearchRow) (lines, bodies []string) {
	for _, r := range rows {
		lines = append(append(append(lines, r.Title), r.Codes...), strings.Split(r.Text, "\n")...)
		for _, n := range r.Names {
			lines = append(lines, n.Name, n.Code)
			bodies = append(bodies, n.Role+" "+n.Name+" "+n.Code)
		}
	}
	slices.Sort(lines)
	slices.Sort(bodies)
	lines = slices.DeleteFunc(slices.Compact(lines), func(s string) bool { return s == "" })
	return lines, slices.Compact(bodies)
}

// linesIn reads rows as the index does.
func linesIn(scopes []SearchScope, rows []SearchRow, d *docket.Docket) (lines, bodies []string) {
	var of, named []SearchRow
	for _, s := range scopes {
		inside := (s.Regions == nil || slices.ContainsFunc(s.Regions, func(p string) bool { return strings.HasPrefix(d.Region, p) })) && !slices.Contains(s.Except, d.Region) &&
			(len(s.Classes) == 0 || slices.Contains(s.Classes, d.Class))
		if inside == s.Outside {
			continue
		}
		tagged := len(s.Tags) == 0
		var mine []SearchRow
		for _, row := range rows {
			if !slices.Contains(s.Tiers, row.Tier) {
				continue
			}
			mine = append(mine, row)
			tagged = tagged || slices.ContainsFunc(row.Tags, func(t string) bool { return slices.Contains(s.Tags, t) })
			if len(s.Tags) == 0 || strings.Contains(row.Tier, ":") {
				named = append(named, row)
			}
		}
		if tagged {
			of = append(of, mine...)
		}
	}
	lines, _ = linesOf(of...)
	_, bodies = linesOf(named...)
	return lines, bodies
}

func TestWhy(t *testing.T) {
	r := Why("507", "BID_PRICE", Public, false, Before)
	if r.Verdict != Sealed || r.Opens != "opened" || !strings.Contains(r.Article.ZH, "招标投标法第二十二条") {
		t.Errorf("507.BID_PRICE before the opening: %+v", r)
	}
	if r := Why("999", "ANYTHING", Public, false, Signed); r.Verdict != Hidden {
		t.Errorf("an unknown field is %s to the public", r.Verdict)
	}
	if r := Why("503", "TENDERER_PHONE_NUMBER", Supervisor, true, Signed); r.Verdict != Sealed || r.Opens != "order" {
		t.Errorf("a phone number is %s (opens %q) to a supervisor", r.Verdict, r.Opens)
	}
	if r := Why("519", "CPU_ID", Supervisor, false, Signed); r.Verdict != Hidden {
		t.Errorf("a device code is %s to a supervisor out of jurisdiction", r.Verdict)
	}
}

// One docket with every data set, as the public sees it.
func BenchmarkView(b *testing.B) {
	l := full(Signed)
	for b.Loop() {
		View(l.d, Reader{}, now)
	}
}

func TestReleased(t *testing.T) {
	l := full(Opened)
	v := standard.Vault{Origin: originA, Tender: tender, Lot: lotCode(1)}
	for _, c := range []struct {
		name  string
		vault standard.Vault
		seal  standard.Seal
		at    time.Time
		want  bool
	}{
		{"bids", v, standard.Bid, now, true},
		{"bids before the release", v, standard.Bid, now.Add(-time.Hour), false},
		{"committee", v, standard.Committee, now, false},
		{"personal", v, standard.Personal, now, false},
		{"whole tender, its one lot opened", standard.Vault{Origin: originA, Tender: tender}, standard.Bid, now, true},
		{"another system", standard.Vault{Origin: originB, Tender: tender, Lot: lotCode(1)}, standard.Bid, now, false},
		{"another tender", standard.Vault{Origin: originA, Tender: "other", Lot: lotCode(1)}, standard.Bid, now, false},
	} {
		if got := Released(l.d, c.vault, c.seal, c.at); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if !Released(full(Determined).d, v, standard.Committee, now) {
		t.Error("the committee stays shut after the result")
	}
}

// A supervisor's regions are what these supervise when they read: the codes of
// merged districts go with the present one, a county under the province leaves
// its city, and no merger widens what was granted before it.
func TestJurisdictionOfMergedAndDirectRegions(t *testing.T) {
	for _, c := range []struct {
		granted, region, at string
		want                bool
	}{
		{"410308", "410322", "2024-01-01", true},  // 孟津区 has the old county's files
		{"410308", "410306", "2024-01-01", true},  // and those of the district merged with it
		{"410308", "410322", "2020-01-01", false}, // not before the merger
		{"410322", "410322", "2024-01-01", true},
		{"410322", "410308", "2024-01-01", false}, // the county's grant does not grow with the merger
		{"410322", "410306", "2024-01-01", false},
		{"4101", "410181", "2013-06-01", true},
		{"4101", "410181", "2024-01-01", false}, // 巩义 answers to the province
		{"410000", "410181", "2024-01-01", true},
		{"4108", "410881", "2024-01-01", false}, // 济源 has left 焦作
		{"4103", "41", "2024-01-01", false},
		{"41030", "410302", "2024-01-01", false}, // five digits name nothing
	} {
		at, err := trade.ParseDay(c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Reader{Audience: Supervisor, Regions: []string{c.granted}}).InJurisdiction(c.region, "construction", at.Start()); got != c.want {
			t.Errorf("granted %s, docket in %s, on %s: %v", c.granted, c.region, c.at, got)
		}
	}
}

// The offices named in a view follow from what the reader sees: who does not
// see the region learns no office of it.
func TestCompetentOfficesOfAView(t *testing.T) {
	l := full(Before)
	for _, rd := range readers {
		v := View(l.d, rd.reader, now)
		if (v.Competent != nil) != (v.Region != "") {
			t.Errorf("%s: region %q, offices %+v", rd.seat, v.Region, v.Competent)
		}
		if v.Competent != nil && v.Competent.Offices[0].Name.ZH == "" {
			t.Errorf("%s: the office has no name", rd.seat)
		}
	}
	hidden := newLife()
	hidden.put("503", originA, lotCode(1), "key-503") // a notice names no region
	hidden.d.Region = "410302"
	if v := View(hidden.d, Reader{}, now); v == nil || v.Competent != nil {
		t.Errorf("the public learns the office of a region that it does not see: %+v", v)
	}
	if v := View(hidden.d, Reader{Audience: Auditor}, now); v == nil || v.Competent == nil || v.Competent.Region != "410302" {
		t.Errorf("the auditor is not told who supervises: %+v", v)
	}
}

// A kind that only a sealed or hidden field tells names nobody.
func TestCompetentOfficesTellNoSecretKind(t *testing.T) {
	l := newLife()
	e := l.put("502", originA, lotCode(1), "key-502")
	e.Fields["TENDER_PROJECT_CLASSIFY_CODE"] = "A03"
	l.d.Region, l.d.Class = "410302", "construction"
	e.Fields["REGION_CODE"] = "410302"
	sector := func(sealed bool) string {
		for i := range l.d.Live {
			l.d.Live[i].Fields["TENDER_PROJECT_CLASSIFY_CODE"] = "A03"
			l.d.Live[i].Sealed = nil
			if sealed {
				delete(l.d.Live[i].Fields, "TENDER_PROJECT_CLASSIFY_CODE")
				l.d.Live[i].Sealed = map[string]standard.Seal{"TENDER_PROJECT_CLASSIFY_CODE": standard.Bid}
			}
		}
		return string(View(l.d, Reader{Audience: Auditor}, now).Competent.Offices[0].Sector)
	}
	if got := sector(false); got != "transport" {
		t.Errorf("open: %s", got)
	}
	if got := sector(true); got != "reform" {
		t.Errorf("sealed: %s", got)
	}
}
