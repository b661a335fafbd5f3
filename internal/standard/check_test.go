package standard

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mingjing/internal/trade"
)

// rules returns "rule field severity" of each problem.
func rules(rep Report) []string {
	var out []string
	for _, p := range rep.Problems {
		out = append(out, strings.TrimSpace(p.Rule+" "+p.Field)+" "+string(p.Severity))
	}
	return out
}

// Each rule, by a record that breaks it and one beside it that does not.
func TestCheck(t *testing.T) {
	type change func(r *Record)
	set := func(name, v string) change { return func(r *Record) { r.Fields[name] = v } }
	without := func(name string) change { return func(r *Record) { delete(r.Fields, name) } }
	long := strings.Repeat("明", 601)
	for _, test := range []struct {
		name    string
		dataset string
		change  change
		want    []string
	}{
		{"unknown data set", "503", func(r *Record) { r.Dataset = "FJ9001" }, []string{"S002 refuse"}},
		{"system data set", "503", func(r *Record) { r.Dataset = "release" }, []string{"S003 refuse"}},
		{"no key", "503", func(r *Record) { r.Key = "　 " }, []string{"S004 refuse"}},
		{"long key", "503", func(r *Record) { r.Key = strings.Repeat("键", 201) }, []string{"S004 refuse"}},
		{"key of 200", "503", func(r *Record) { r.Key = strings.Repeat("键", 200) }, nil},
		{"no revision", "503", func(r *Record) { r.Revision = "" }, []string{"S005 refuse"}},
		{"long revision", "503", func(r *Record) { r.Revision = strings.Repeat("1", 65) }, []string{"S005 refuse"}},
		{"another's platform", "503", func(r *Record) { r.Origin = "91410105MA0000AG10" }, []string{"S006 refuse"}},
		{"no platform", "503", func(r *Record) { r.Origin = "" }, []string{"S006 refuse"}},
		{"unknown op", "503", func(r *Record) { r.Op = "put" }, []string{"S007 refuse"}},
		{"NUL", "503", set("NOTICE_CONTENT", "a\x00b"), []string{"S008 NOTICE_CONTENT refuse"}},
		{"not UTF-8", "503", func(r *Record) { r.Key = "\xff" }, []string{"S008 refuse"}},
		{"the log's name", "503", set("@received", "2018"), []string{"S009 @received refuse"}},
		{"empty name", "503", set("", "1"), []string{"S009 refuse"}},
		{"revision text", "503", func(r *Record) { r.Revision = "v2" }, []string{"S010 defect"}},
		{"revision no time", "503", func(r *Record) { r.Revision = "20181301000000"; r.Fields["DATA_TIMESTAMP"] = "20180501180000" }, []string{"S010 defect", "S011 DATA_TIMESTAMP defect"}},
		{"revision a counter", "503", func(r *Record) { r.Revision = "17" }, nil},
		{"time stamps differ", "503", set("DATA_TIMESTAMP", "20180501180001"), []string{"S011 DATA_TIMESTAMP defect"}},
		{"platform differs", "503", set("PLATFORM_CODE", "91350100M000100Y43"), []string{"S012 PLATFORM_CODE defect"}},
		{"occurred without zone", "503", func(r *Record) { r.Occurred = "2018-03-01 09:00:00" }, []string{"S013 defect"}},
		{"occurred tomorrow", "503", func(r *Record) { r.Occurred = "2019-06-02T12:00:00+08:00" }, []string{"S014 defect"}},
		{"occurred in the slack", "503", func(r *Record) { r.Occurred = "2019-06-01T12:04:00+08:00" }, nil},
		{"unknown fields", "503", func(r *Record) { r.Fields["ZZ"], r.Fields["AA"] = "1", "2" }, []string{"S016 AA note", "S016 ZZ note"}},
		{"attachments", "503", set(SourceField, "NAME=a.pdf"), nil},
		{"required missing", "503", without("NOTICE_NAME"), []string{"S020 NOTICE_NAME defect"}},
		{"required blank", "503", set("NOTICE_NAME", " 　"), []string{"S020 NOTICE_NAME defect"}},
		{"fixed length", "503", set("TENDER_PROJECT_CODE", exampleTender+"9"), []string{"S021 TENDER_PROJECT_CODE defect", "S038 BID_SECTION_CODES defect"}},
		{"characters, not bytes", "503", set("NOTICE_NAME", long[:600*3]), nil},
		{"too long", "503", set("NOTICE_NAME", long), []string{"S022 NOTICE_NAME defect"}},
		{"number with unit", "503", set("DOC_PRICE", "300元"), []string{"S023 DOC_PRICE defect"}},
		{"number with exponent", "503", set("DOC_PRICE", "3e2"), []string{"S023 DOC_PRICE defect"}},
		{"number half", "503", set("DOC_PRICE", "300."), []string{"S023 DOC_PRICE defect"}},
		{"too many decimals", "503", set("DOC_PRICE", "300.0000001"), []string{"S024 DOC_PRICE defect"}},
		{"zeros do not count", "503", set("DOC_PRICE", "000300.00000000"), nil},
		{"date with hyphens", "503", set("NOTICE_SEND_TIME", "2018-03-01 09:00:00"), []string{"S025 NOTICE_SEND_TIME defect"}},
		{"30 February", "503", set("NOTICE_SEND_TIME", "20180230090000"), []string{"S026 NOTICE_SEND_TIME defect"}},
		{"leap day", "503", set("DOC_GET_START_TIME", "20160229090000"), nil},
		{"no leap day", "503", set("DOC_GET_START_TIME", "21000229090000"), []string{"S026 DOC_GET_START_TIME defect"}},
		{"24 hours", "503", set("DOC_GET_START_TIME", "20160228240000"), []string{"S026 DOC_GET_START_TIME defect"}},
		{"code not in list", "503", set("NOTICE_NATURE", "7"), []string{"S027 NOTICE_NATURE defect"}},
		{"shape of an open list", "503", set("DOC_PRICE_CURRENCY", "CNY"), []string{"S027 DOC_PRICE_CURRENCY defect"}},
		{"currency not listed", "503", set("DOC_PRICE_CURRENCY", "999"), nil},
		{"local class", "501", set("TENDER_PROJECT_TYPE", "A98"), nil},
		{"class by its letter", "501", set("TENDER_PROJECT_TYPE", "G07"), nil},
		{"no class", "501", set("TENDER_PROJECT_TYPE", "A15"), []string{"S027 TENDER_PROJECT_TYPE defect"}},
		{"region unknown", "500", set("REGION_CODE", "419999"), []string{"S030 REGION_CODE defect"}},
		{"region of another province", "500", set("REGION_CODE", "350200"), nil},
		{"organisation fails", "503", set("TENDERER_CODE", "91350211M0000XUF46"), []string{"S031 TENDERER_CODE note"}},
		{"a natural person's number", "503", set("TENDERER_CODE", "410105199001010011"), nil},
		{"organisation short", "503", set("TENDERER_CODE", "1234"), []string{"S031 TENDERER_CODE note"}},
		{"several organisations", "501", set("TENDERER_CODE", "91350100M000100Y43;12350100MB02709751"), nil},
		{"one of several fails", "501", set("TENDERER_CODE", "91350100M000100Y43;1"), []string{"S031 TENDERER_CODE note"}},
		{"investment code", "500", set("INVEST_PROJECT_CODE", "2503-411481-04-01-22542X"), []string{"S032 INVEST_PROJECT_CODE defect"}},
		{"investment code missing", "500", without("INVEST_PROJECT_CODE"), []string{"S042 INVEST_PROJECT_CODE defect"}},
		{"no investment", "500", func(r *Record) { r.Fields["RELATE_CODE"] = "0"; delete(r.Fields, "INVEST_PROJECT_CODE") }, nil},
		{"deal code", "502", set("UNIFIED_DEAL_CODE", "A01+12350100MB02709751-20190627-527731-5"), []string{"S033 UNIFIED_DEAL_CODE defect"}},
		{"a real deal code", "502", set("UNIFIED_DEAL_CODE", "D01-12350100MB02709751-20190627-527731-5"), nil},
		{"deal code's organisation fails", "502", set("UNIFIED_DEAL_CODE", "D01-12350100MB02709752-20190627-527731-5"), []string{"S033 UNIFIED_DEAL_CODE note"}},
		{"deal code's date", "502", set("UNIFIED_DEAL_CODE", "D01-12350100MB02709751-20190631-527731-5"), []string{"S033 UNIFIED_DEAL_CODE defect"}},
		{"project code", "500", set("PROJECT_CODE", "X9999990001000001"), []string{"S034 PROJECT_CODE note"}},
		{"tender of another project", "501", set("TENDER_PROJECT_CODE", "E4114002441A04301001"), []string{"S036 TENDER_PROJECT_CODE note"}},
		{"section of another tender", "503", set("BID_SECTION_CODES", "E4101050001000002001001"), []string{"S038 BID_SECTION_CODES defect"}},
		{"sections, one strange", "503", set("BID_SECTION_CODES", exampleSection+"；E4101050001000002001001"), []string{"S038 BID_SECTION_CODES defect", "S049 NOTICE_BID_NUM note"}},
		{"sections counted", "503", func(r *Record) {
			r.Fields["BID_SECTION_CODES"], r.Fields["NOTICE_BID_NUM"] = exampleSection+"、"+exampleTender+"002", "2"
		}, nil},
		{"tender code in small letters", "503", set("TENDER_PROJECT_CODE", "e4101050001000001001"), []string{"S035 TENDER_PROJECT_CODE note", "S038 BID_SECTION_CODES defect"}},
		{"ID number", "508", set("ID_CARD", "410105199001010017"), []string{"S039 ID_CARD note"}},
		{"a passport", "508", func(r *Record) { r.Fields["ID_CARD"], r.Fields["ID_CARD_TYPE"] = "E12345678", "05" }, nil},
		{"wan for yuan", "502", set("CONTRACT_RECKON_PRICE", "12500000"), []string{"S040 CONTRACT_RECKON_PRICE defect"}},
		{"3 billion", "502", set("CONTRACT_RECKON_PRICE", "300000"), nil},
		{"just above", "502", set("CONTRACT_RECKON_PRICE", "300000.000001"), []string{"S040 CONTRACT_RECKON_PRICE defect"}},
		{"above what can be counted", "502", set("CONTRACT_RECKON_PRICE", "99999999999999"), []string{"S040 CONTRACT_RECKON_PRICE defect"}},
		{"no unit", "507", without("PRICE_UNIT"), []string{"S041 BID_PRICE defect"}},
		{"deposit in yuan", "504", set("MARGIN_AMOUNT", "200000"), []string{"S043 MARGIN_AMOUNT defect"}},
		{"postponed", "504", set("IS_POSTPONE", "1"), []string{"S044 POST_OPEN_TIME defect", "S044 POST_OPEN_ADDRESS defect"}},
		{"postponed with time and place", "504", func(r *Record) {
			r.Fields["IS_POSTPONE"], r.Fields["POST_OPEN_TIME"], r.Fields["POST_OPEN_ADDRESS"] = "1", "20180402093000", "二楼开标室"
		}, nil},
		{"postponed to before", "504", func(r *Record) {
			r.Fields["IS_POSTPONE"], r.Fields["POST_OPEN_TIME"], r.Fields["POST_OPEN_ADDRESS"] = "1", "20180326093000", "二楼开标室"
		}, []string{"S047 BID_OPEN_TIME defect"}},
		{"agency not named", "501", func(r *Record) { delete(r.Fields, "TENDER_AGENCY_NAME"); delete(r.Fields, "TENDER_AGENCY_ROLE") }, []string{"S045 TENDER_AGENCY_NAME defect", "S045 TENDER_AGENCY_ROLE defect"}},
		{"tendered by himself", "501", func(r *Record) {
			for _, n := range []string{"NAME", "CODE", "CODE_TYPE", "ROLE"} {
				delete(r.Fields, "TENDER_AGENCY_"+n)
			}
			r.Fields["TENDER_ORGANIZE_FORM"] = "1"
		}, nil},
		{"agency without code", "513", without("TENDER_AGENCY_CODE"), []string{"S045 TENDER_AGENCY_CODE defect"}},
		{"price missing", "507", without("BID_PRICE"), []string{"S046 BID_PRICE defect"}},
		{"rate missing", "507", set("PRICE_FORM_CODE", "2"), []string{"S046 OTHER_BID_PRICE defect"}},
		{"issue after the deadline", "503", set("DOC_GET_END_TIME", "20180326093001"), []string{"S047 DOC_GET_END_TIME defect"}},
		{"opening before the deadline", "503", set("BID_OPEN_TIME", "20180326092959"), []string{"S047 BID_DOC_REFER_END_TIME defect"}},
		{"order with a date in another form", "503", set("BID_OPEN_TIME", "2018-03-20 09:00"), []string{"S025 BID_OPEN_TIME defect", "S047 BID_DOC_REFER_END_TIME defect"}},
		{"negative", "507", set("BID_PRICE", "-5"), []string{"S048 BID_PRICE defect"}},
		{"several device codes", "519", set("MAC_ADDRESS", "02-00-5e-10-00-01;02-00-5e-10-00-02"), nil},
		{"delete without fields", "507", func(r *Record) { r.Op, r.Fields = Delete, nil }, nil},
		{"delete without key", "507", func(r *Record) { r.Op, r.Fields, r.Key = Delete, nil, "" }, []string{"S004 refuse"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Example(test.dataset)
			ctx := context(Default().Dataset(test.dataset))
			test.change(&r)
			rep := Default().Check(&r, ctx)
			if diff := cmp.Diff(test.want, rules(rep)); diff != "" {
				t.Errorf("(-want +got):\n%s%+v", diff, rep.Problems)
			}
			for _, p := range rep.Problems {
				if !slices.Contains(rep.Ran, p.Rule) {
					t.Errorf("%s found a problem and is not listed in Ran %v", p.Rule, rep.Ran)
				}
				if p.TextZH == "" || p.TextEN == "" || p.MendZH == "" || p.MendEN == "" {
					t.Errorf("a text is missing: %+v", p)
				}
			}
			if rep.Refused() != slices.ContainsFunc(test.want, func(w string) bool { return strings.HasSuffix(w, "refuse") }) {
				t.Errorf("Refused() is %v", rep.Refused())
			}
		})
	}
}

// A region that was merged away is right before and wrong after.
func TestCheckRegionIsDated(t *testing.T) {
	former := ""
	for _, code := range trade.Regions().Codes() {
		if r, valid, _ := trade.Regions().At(code, trade.Date(2024, time.January, 1)); !valid && r.To != 0 && r.From == 0 {
			former = code
		}
	}
	if former == "" {
		t.Fatal("the table has no former region")
	}
	r := Example("500")
	r.Fields["REGION_CODE"] = former
	for occurred, want := range map[string][]string{"2000-01-01T00:00:00+08:00": nil, "2024-01-01T00:00:00+08:00": {"S030 REGION_CODE defect"}} {
		r.Occurred = occurred
		rep := Default().Check(&r, CheckContext{Received: time.Date(2024, 2, 1, 0, 0, 0, 0, trade.Zone)})
		if diff := cmp.Diff(want, rules(rep)); diff != "" {
			t.Errorf("%s at %s (-want +got):\n%s", former, occurred, diff)
		}
	}
}

// What the context does not give, no rule is said to have judged by.
func TestRanFollowsTheContext(t *testing.T) {
	r := Example("503")
	full := Default().Check(&r, context(Default().Dataset("503"))).Ran
	bare := Default().Check(&r, CheckContext{}).Ran
	var less []string
	for _, id := range full {
		if !slices.Contains(bare, id) {
			less = append(less, id)
		}
	}
	if diff := cmp.Diff([]string{"S006", "S014", "S015"}, less); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !slices.IsSorted(full) || len(slices.Compact(slices.Clone(full))) != len(full) {
		t.Errorf("Ran is not ascending and single: %v", full)
	}
}

func TestVersions(t *testing.T) {
	r := Example("9001")
	for version, want := range map[string][]string{"": nil, "FJ": nil, "2.0; FJ": nil, "2.0": {"S015 note"}} {
		rep := Default().Check(&r, CheckContext{Version: version})
		if diff := cmp.Diff(want, rules(rep)); diff != "" {
			t.Errorf("version %q (-want +got):\n%s", version, diff)
		}
	}
}

// secret is a value that must not be seen again.
const secret = "秘SECRET7391"

// mutate draws a record near a good example.
func mutate(t *rapid.T) (Record, CheckContext) {
	sets := Default().Datasets()
	d := sets[rapid.IntRange(0, len(sets)-1).Draw(t, "data set")]
	r := Example(d.No)
	value := rapid.OneOf(
		rapid.SampledFrom([]string{"", " ", "1", "-1", "0", "2", "1e9", "20180230", "20180301", "20180301093000", "99999999999999", "999999999999999999999", "…;…", exampleSection + ";;", exampleInvest, exampleOrg("91410105MA0000AG1"), "410105199001010019", "\x00", "\xff\xfe", "@", "?", strings.Repeat("长", 3000)}),
		rapid.StringN(0, 40, 200))
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		names := append(slices.Sorted(maps.Keys(r.Fields)), "NO_SUCH", "MY_PHONE", "@received", "")
		name := rapid.SampledFrom(names).Draw(t, "field")
		if rapid.Bool().Draw(t, "drop") {
			delete(r.Fields, name)
		} else {
			r.Fields[name] = value.Draw(t, "value")
		}
	}
	switch rapid.IntRange(0, 12).Draw(t, "part") {
	case 0:
		r.Key = value.Draw(t, "key")
	case 1:
		r.Revision = value.Draw(t, "revision")
	case 2:
		r.Occurred = value.Draw(t, "occurred")
	case 3:
		r.Op = Op(rapid.SampledFrom([]string{"delete", "update", "put", ""}).Draw(t, "op"))
	case 4:
		r.Dataset = value.Draw(t, "number")
	case 5:
		r.Fields = nil
	}
	return r, context(d)
}

// Check is total and deterministic, and every problem is of a rule that ran.
func TestCheckProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, ctx := mutate(t)
		a := Default().Check(&r, ctx)
		copied := r
		copied.Fields = maps.Clone(r.Fields)
		b := Default().Check(&copied, ctx)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("the same record, another report:\n%s", diff)
		}
		for _, p := range a.Problems {
			if !slices.Contains(a.Ran, p.Rule) {
				t.Fatalf("%s is not in Ran", p.Rule)
			}
		}
		Default().Sealing(&r)
	})
}

// No problem of any rule carries the value of a sealed field.
func TestProblemsHideSealedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, ctx := mutate(t)
		for name := range r.Fields {
			r.Fields[name] += secret
		}
		sealing := Default().Sealing(&r)
		for _, p := range Default().Check(&r, ctx).Problems {
			hidden := sealing.Whole != Open || sealing.Fields[p.Field] != Open
			if hidden && (p.Value != "" || strings.Contains(p.TextZH+p.TextEN+p.MendZH+p.MendEN, secret)) {
				t.Fatalf("%s.%s is sealed %q, the problem says %+v", r.Dataset, p.Field, sealing.Whole, p)
			}
		}
	})
}
