package ocds

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files and docs/ocds.md's table")

const (
	aTender = "E4101050001000001001"
	aLot    = aTender + "001"
	aSystem = "12410000415800000X"
)

var aTime = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// rows makes a version of the standard's own example of each data set, all of
// one tender and one lot.
func rows(sets ...string) []docket.Version {
	var out []docket.Version
	for i, no := range sets {
		r := standard.Example(no)
		ds := standard.Default().Dataset(no)
		r.Origin = aSystem
		r.Fields = maps.Clone(r.Fields)
		r.Fields[orText(ds.Tender, "TENDER_PROJECT_CODE")] = aTender
		for _, name := range []string{ds.Lot, "BID_SECTION_CODE", "BID_SECTION_CODES"} {
			if name != "" && fieldOf(ds, name) != nil {
				r.Fields[name] = aLot
			}
		}
		out = append(out, docket.Version{Record: r, Position: int64(i), Received: aTime.AddDate(-1, 0, 0), Source: "s"})
	}
	return out
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// open releases both parts of the lot.
func open() []docket.Version {
	var out []docket.Version
	for i, seal := range []standard.Seal{standard.Bid, standard.Committee} {
		at := aTime.AddDate(0, -1, 0)
		r := docket.ReleaseRecord(docket.Moment{Vault: standard.Vault{Origin: aSystem, Tender: aTender, Lot: aLot}, Seal: seal, Opening: at},
			docket.Decision{State: docket.StateOpened, Bidders: 3}, at)
		out = append(out, docket.Version{Record: r, Position: int64(1000 + i), Received: at, Source: docket.SystemOrigin, System: true})
	}
	return out
}

func exportOf(t testing.TB, vs []docket.Version, as disclose.Audience) *Export {
	t.Helper()
	v := disclose.View(docket.Fold(aTender, vs), disclose.Reader{Audience: as, Regions: []string{"41"}}, aTime)
	if v == nil {
		t.Fatal("the view shows nothing")
	}
	e, err := NewExport(v, Publisher{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// setsOf lists the mapped data sets of a class.
func setsOf(c trade.Class) []string {
	var out []string
	for no := range theMapping().Sets {
		if standard.Default().Dataset(no).Class == c {
			out = append(out, no)
		}
	}
	slices.Sort(out)
	return out
}

// schemas compiles the official schemas of a version, the lots and bids
// extensions applied.
func schemas(t testing.TB, release, versioned string) (releases, records *jsonschema.Schema) {
	t.Helper()
	load := func(path string) any {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		return doc
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	add := func(url string, doc any) {
		m := doc.(map[string]any)
		m["id"] = url
		if err := c.AddResource(url, m); err != nil {
			t.Fatal(err)
		}
	}
	const at = "https://standard.open-contracting.org/schema/"
	add(at+"1__1__5/release-schema.json", mergePatch(load(release), load("testdata/extensions.json")))
	add(at+"1__1__5/versioned-release-validation-schema.json", load(versioned))
	add(at+"1__2__0/record-schema.json", load("testdata/schema/record-schema.json"))
	add(at+"1__1__5/release-package-schema.json", load("testdata/schema/release-package-schema.json"))
	add(at+"1__1__5/record-package-schema.json", load("testdata/schema/record-package-schema.json"))
	var out []*jsonschema.Schema
	for _, name := range []string{"release-package-schema.json", "record-package-schema.json"} {
		s, err := c.Compile(at + "1__1__5/" + name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out[0], out[1]
}

const versionedSchema = "testdata/ocds-merge/versioned-release-validation-schema-1__1__4.json"

// Every class of trade, as the public and as the auditor see it, is valid by
// the official schemas with both extensions, and its references lead somewhere.
func TestExportIsValidOCDS(t *testing.T) {
	type pair struct{ releases, records *jsonschema.Schema }
	all := map[string]pair{}
	for name, release := range map[string]string{"1.1.5": "testdata/schema/release-schema.json", "1.1.4": "testdata/ocds-merge/release-schema-1__1__4.json"} {
		a, b := schemas(t, release, versionedSchema)
		all[name] = pair{a, b}
	}
	check := func(t *testing.T, s *jsonschema.Schema, raw []byte) {
		t.Helper()
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%v\n%s", err, raw)
		}
	}
	for _, class := range trade.Classes() {
		for _, as := range []disclose.Audience{disclose.Public, disclose.Auditor} {
			t.Run(fmt.Sprintf("%s/%s", class, as), func(t *testing.T) {
				sets := setsOf(class)
				if len(sets) == 0 {
					t.Fatal("no data set of the class is mapped")
				}
				e := exportOf(t, append(rows(sets...), open()...), as)
				for _, p := range all {
					check(t, p.releases, e.Release())
					check(t, p.records, e.Record(false))
					check(t, p.records, e.Record(true))
				}
				references(t, e.Compiled)
			})
		}
	}
	// The validator does refuse what is wrong.
	bad, _ := jsonschema.UnmarshalJSON(strings.NewReader(`{"uri":"https://e.org","version":"1.1","publishedDate":"2020-01-01T00:00:00Z","publisher":{"name":"n"},"releases":[{"ocid":"o","id":"1","date":"2020-01-01","tag":["x"],"initiationType":"tender","tender":{"id":"1","lots":[{}]},"bids":{"details":[{}]}}]}`))
	for name, p := range all {
		if err := p.releases.Validate(bad); err == nil || !strings.Contains(err.Error(), "lots") || !strings.Contains(err.Error(), "bids") {
			t.Errorf("%s takes lots and bids without ids: %v", name, err)
		}
	}
}

// references checks that what a compiled release refers to is in it.
func references(t rapid.TB, compiled []byte) {
	t.Helper()
	var r struct {
		Parties []struct{ ID string } `json:"parties"`
		Buyer   *struct{ ID string }  `json:"buyer"`
		Tender  struct {
			Lots            []struct{ ID string } `json:"lots"`
			ProcuringEntity *struct{ ID string }  `json:"procuringEntity"`
		} `json:"tender"`
		Bids struct {
			Details []struct {
				Tenderers   []struct{ ID string } `json:"tenderers"`
				RelatedLots []string              `json:"relatedLots"`
			} `json:"details"`
		} `json:"bids"`
		Awards []struct {
			ID          string
			Suppliers   []struct{ ID string } `json:"suppliers"`
			RelatedLots []string              `json:"relatedLots"`
		} `json:"awards"`
		Contracts []struct{ AwardID string } `json:"contracts"`
	}
	if err := json.Unmarshal(compiled, &r); err != nil {
		t.Fatal(err)
	}
	parties, lots, awards := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range r.Parties {
		parties[p.ID] = true
	}
	for _, l := range r.Tender.Lots {
		lots[l.ID] = true
	}
	for _, a := range r.Awards {
		awards[a.ID] = true
	}
	need := func(where map[string]bool, what, id string) {
		if !where[id] {
			t.Errorf("%s %q is not in the release", what, id)
		}
	}
	if r.Buyer != nil {
		need(parties, "buyer", r.Buyer.ID)
	}
	if r.Tender.ProcuringEntity != nil {
		need(parties, "procuring entity", r.Tender.ProcuringEntity.ID)
	}
	for _, b := range r.Bids.Details {
		for _, p := range b.Tenderers {
			need(parties, "tenderer", p.ID)
		}
		for _, l := range b.RelatedLots {
			need(lots, "lot", l)
		}
	}
	for _, a := range r.Awards {
		for _, p := range a.Suppliers {
			need(parties, "supplier", p.ID)
		}
		for _, l := range a.RelatedLots {
			need(lots, "lot", l)
		}
	}
	for _, c := range r.Contracts {
		need(awards, "award", c.AwardID)
	}
}

// Whatever the fields hold, the export is valid and its references lead somewhere.
func TestExportIsTotal(t *testing.T) {
	releases, records := schemas(t, "testdata/ocds-merge/release-schema-1__1__4.json", versionedSchema)
	all := slices.Sorted(maps.Keys(theMapping().Sets))
	odd := rapid.SampledFrom([]string{
		"", " ", "1", "2", "9", "x", "甲;乙", "甲", "91410105MA0000B01L", "91410105MA0000B01L;x", "410105198001011239", "20180301", "20180301093000", "2018-03-01T09:30:00Z",
		"99999999", "-1", "1e9", "12345678901234567890.123456", "156", "999", "AMD", "http://a/b c", "https://例子.cn/甲?q=\"", "ftp://x", "javascript:1", "\u0000", "<&>", "\"", aLot, aLot + ";" + aTender + "002",
	})
	rapid.Check(t, func(t *rapid.T) {
		v := &disclose.Docket{ID: aTender, Class: string(rapid.SampledFrom(trade.Classes()).Draw(t, "class")), At: aTime, Title: odd.Draw(t, "title")}
		for range rapid.IntRange(0, 6).Draw(t, "rows") {
			e := disclose.Entry{Dataset: rapid.SampledFrom(all).Draw(t, "set"), Origin: rapid.SampledFrom([]string{aSystem, "ocds-213czf"}).Draw(t, "origin"), Key: odd.Draw(t, "key")}
			for _, f := range standard.Default().Dataset(e.Dataset).Fields {
				e.Fields = append(e.Fields, disclose.Field{Name: f.Name, Value: odd.Draw(t, f.Name), State: rapid.SampledFrom([]disclose.Verdict{"", "", disclose.Masked, disclose.Hidden}).Draw(t, "state")})
			}
			v.Entries = append(v.Entries, e)
		}
		e, err := NewExport(v, Publisher{})
		if err != nil {
			t.Fatal(err)
		}
		for raw, s := range map[string]*jsonschema.Schema{string(e.Release()): releases, string(e.Record(true)): records} {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Fatalf("%v\n%s", err, raw)
			}
		}
		references(t, e.Compiled)
	})
}

// One tender with everything, as the public sees it at its end.
func TestExportGolden(t *testing.T) {
	e := exportOf(t, append(rows("500", "501", "502", "503", "504", "506", "507", "513", "512", "9109", "9110", "522"), open()...), disclose.Public)
	for name, raw := range map[string][]byte{"release.json": e.Release(), "record.json": e.Record(true)} {
		var got bytes.Buffer
		if err := json.Indent(&got, raw, "", " "); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
		file := filepath.Join("testdata/export", name)
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s: run with -update and look at the difference: %s", name, diff)
		}
	}
}

// Before its opening a docket's export is the same, byte for byte, whether there
// are no bids, one or seven, and whatever they hold: even when the fold had
// them in clear, which it has not.
func TestExportTellsNothingBeforeTheOpening(t *testing.T) {
	var sealed []string
	for _, ds := range standard.Default().Datasets() {
		if ds.Class == trade.Construction && ds.Seal != standard.Open || ds.No == "557" {
			sealed = append(sealed, ds.No)
		}
	}
	before := rows("500", "501", "502", "503", "504", "506", "550", "551", "556")
	for i := range before { // nothing is dated after the opening, which has not come
		before[i].Position = int64(i)
	}
	for _, as := range []disclose.Audience{disclose.Public, disclose.Auditor, disclose.Supervisor, disclose.Administrator} {
		want := exportOf(t, before, as)
		for _, n := range []int{1, 7} {
			vs := slices.Clone(before)
			for k := range n {
				for _, v := range rows(sealed...) {
					v.Key = fmt.Sprintf("planted-%d", k)
					for _, name := range []string{"BIDDER_NAME", "WIN_CANDIDATE_NAME", "EXPERT_NAME", "COMPANY_NAME"} {
						if v.Fields[name] != "" {
							v.Fields[name] = fmt.Sprintf("planted name %d", k)
						}
					}
					v.Position = int64(100 + len(vs))
					vs = append(vs, v)
				}
			}
			got := exportOf(t, vs, as)
			if !bytes.Equal(got.Release(), want.Release()) || !bytes.Equal(got.Record(true), want.Record(true)) {
				t.Errorf("%s learns of %d sealed bids: %s", as, n, cmp.Diff(string(want.Record(true)), string(got.Record(true))))
			}
		}
	}
	// When it is open they are there: the test above can fail.
	after := exportOf(t, append(append(rows(sealed...), before...), open()...), disclose.Public)
	if !strings.Contains(string(after.Compiled), `"bids"`) || !strings.Contains(string(after.Compiled), `"tenderer"`) {
		t.Errorf("no bids after the opening: %s", after.Compiled)
	}
}

// What OCDS holds of a docket comes back as it was when the export is imported.
func TestExportComesBack(t *testing.T) {
	vs := append(rows("501", "502", "503", "507", "513", "512"), open()...)
	e := exportOf(t, vs, disclose.Auditor)
	rec := roundTrip(t, e.Record(false))
	back := map[string]map[string]string{}
	for _, v := range Expand(docket.Version{Record: rec}) {
		back[v.Dataset] = v.Fields
	}
	for no, fields := range map[string]map[string]string{
		"501": {"TENDER_PROJECT_NAME": "", "TENDER_CONTENT": "", "TENDERER_NAME": "", "TENDERER_CODE": "", "TENDER_MODE": ""},
		"502": {"BID_SECTION_CODE": "", "BID_SECTION_NAME": "", "CONTRACT_RECKON_PRICE": "money PRICE_UNIT", "CURRENCY_CODE": ""},
		"503": {"BID_SECTION_CODES": "", "NOTICE_SEND_TIME": "", "DOC_GET_START_TIME": "", "BID_DOC_REFER_END_TIME": ""},
		"507": {"BID_SECTION_CODE": "", "BIDDER_NAME": "", "BIDDER_ORG_CODE": "", "BID_PRICE": "money PRICE_UNIT", "PRICE_CURRENCY": "", "CHECKIN_TIME": ""},
		"513": {"BID_SECTION_CODE": "", "NOTICE_NAME": "", "NOTICE_SEND_TIME": "", "WIN_BIDDER_NAME": "", "WIN_BIDDER_CODE": "", "BID_AMOUNT": "money PRICE_UNIT", "BID_CURRENCY": ""},
		"512": {"BID_SECTION_CODE": "", "CONTRACT_NAME": "", "BIDDER_NAME": "", "BIDDER_CODE": "", "CONTRACT_PRICE": "money PRICE_UNIT", "PRICE_CURRENCY": "", "CONTRACT_SIGN_TIME": ""},
	} {
		sent := vs[slices.IndexFunc(vs, func(v docket.Version) bool { return v.Dataset == no })].Fields
		for name, how := range fields {
			want := sent[name]
			if unit, ok := strings.CutPrefix(how, "money "); ok && want != "" {
				n, ok := money(want, sent[unit])
				if !ok {
					t.Fatalf("%s.%s: %q in %q", no, name, want, sent[unit])
				}
				want = n.String()
			}
			if want == "" || name == "BIDDER_ORG_CODE" && strings.Contains(want, ";") {
				continue
			}
			if got := back[no][name]; got != want {
				t.Errorf("%s.%s came back as %q, was %q", no, name, got, want)
			}
		}
	}
}

func roundTrip(t *testing.T, pack []byte) standard.Record {
	t.Helper()
	var out standard.Record
	n := 0
	err := Read(bytes.NewReader(pack), func(r Raw) error {
		if r.Err != nil {
			return r.Err
		}
		n++
		var err error
		out, err = Record(r.Bytes)
		return err
	})
	if err != nil || n != 1 {
		t.Fatalf("%d releases: %v", n, err)
	}
	return out
}

func TestMoneyIsExact(t *testing.T) {
	for _, c := range []struct{ amount, unit, want string }{
		{"1250", "1", "12500000"},
		{"1250.5", "1", "12505000"},
		{"0.00001", "1", "0.1"},
		{"12345678901234.123456", "0", "12345678901234.123456"},
		{"12345678901234567890.123456", "1", "123456789012345678901234.56"},
		{"-3.10", "0", "-3.1"},
		{"000.50", "0", "0.5"},
		{"0", "1", "0"},
		{"-0", "0", "0"},
		{"007", "元", "7"},
		{"1250", "", ""},
		{"1e3", "0", ""},
		{"1,250", "0", ""},
		{"", "0", ""},
		{".5", "0", ""},
		{"1250", "万", ""},
		{"约3", "1", ""},
	} {
		got, ok := money(c.amount, c.unit)
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("money(%q, %q) = %q, %v, want %q", c.amount, c.unit, got, ok, c.want)
		}
	}
}

func TestParties(t *testing.T) {
	const org = "91410105MA0000B01L"
	for _, c := range []struct{ names, codes, want string }{
		{"甲", org, "甲=CN-USCC-" + org},
		{"甲；乙", org + ";x1", "甲=CN-USCC-" + org + " 乙=x1"},
		{"甲;乙", org, "甲=name-… 乙=name-…"},
		{"张三", "410105198001011239", "张三=name-…"},
		{"张三", "13812345678", "张三=name-…"},
		{"", "x1", "=x1"},
		{"", "", ""},
		{"甲;甲", "", "甲=name-…"},
	} {
		var got []string
		for _, p := range pairs(c.names, c.codes) {
			id := p.id
			if strings.HasPrefix(id, "name-") {
				id = "name-…"
			}
			got = append(got, p.name+"="+id)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s, %s: %q, want %q", c.names, c.codes, got, c.want)
		}
	}
}

func TestExportRefusesASettingThatIsNone(t *testing.T) {
	v := &disclose.Docket{ID: aTender, At: aTime}
	for _, p := range []Publisher{{Prefix: "ocds-ABCDEF"}, {Prefix: "xxxx"}, {Base: "ftp://x"}, {Base: "somewhere"}} {
		if _, err := NewExport(v, p); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
	e, err := NewExport(v, Publisher{Prefix: "ocds-213czf", Name: "省公管办", Base: "https://example.org/ocds"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"uri":"https://example.org/ocds/ocds-213czf-` + aTender + `"`, `"publisher":{"name":"省公管办"}`, `"ocid":"ocds-213czf-` + aTender + `"`} {
		if !strings.Contains(string(e.Release()), want) {
			t.Errorf("no %s in %s", want, e.Release())
		}
	}
}

// Every amount that the mapping reads has a unit in the catalogue, or could
// never be exported.
func TestMappedAmountsHaveUnits(t *testing.T) {
	for no, set := range theMapping().Sets {
		for _, name := range set.Amount {
			if fieldOf(standard.Default().Dataset(no), name).Unit == "" {
				t.Errorf("%s.%s has no unit", no, name)
			}
		}
	}
	for _, bad := range []string{"sets: {\"999999\": {is: [bid]}}", "sets: {\"507\": {is: [x]}}", "sets: {\"507\": {is: [bid], title: [NOTHING]}}", "sets: {\"507\": {what: 1}}"} {
		if _, err := readMapping([]byte(bad), standard.Default()); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// docs/ocds.md shows the mapping as it is.
func TestDocs(t *testing.T) {
	const file, begin, end = "../../docs/ocds.md", "<!-- mapping: written by go test ./internal/ocds -update -->\n", "<!-- end of mapping -->\n"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(raw), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has lost its marks", file)
	}
	want := head + begin + table() + end + tail
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("stale, run with -update: %s", diff)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| Data set 数据集 | becomes | OCDS field ← field of the standard |\n|---|---|---|\n")
	for _, ds := range standard.Default().Datasets() {
		m := theMapping().Sets[ds.No]
		if m == nil {
			continue
		}
		var to []string
		add := func(what string, names ...string) {
			if names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" }); len(names) > 0 {
				to = append(to, what+" ← "+strings.Join(names, ", else "))
			}
		}
		add("title", m.Title...)
		add("tender.title", m.Tender...)
		add("lot title", m.Lot...)
		add("description", m.Text...)
		add("date", orText(m.At, ds.Time))
		add("start", m.Start...)
		add("end", m.End...)
		add("days", m.Days)
		add("amount", m.Amount...)
		add("currency", m.Currency)
		add("procurementMethod", m.Method)
		add("number", m.Number...)
		add("budget description", m.Source)
		add("url", m.URL)
		for _, p := range m.Parties {
			name := p.Name
			if p.Code != "" {
				name += " (" + p.Code + ")"
			}
			add(p.Role, name)
		}
		what := strings.Join(m.Is, ", ")
		if m.Doc != "" {
			what += ": " + m.Doc
		}
		fmt.Fprintf(&b, "| [%s](standard/%s.md) %s | %s | %s |\n", ds.No, ds.No, ds.NameZH, what, strings.Join(to, "; "))
	}
	return b.String()
}
