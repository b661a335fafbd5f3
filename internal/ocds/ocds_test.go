package ocds

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingjing/internal/docket"
	"mingjing/internal/standard"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func collect(t *testing.T, in string) (ocids []string, broken int) {
	t.Helper()
	err := Read(strings.NewReader(in), func(r Raw) error {
		if r.Err != nil {
			broken++
			return nil
		}
		rec, err := Record(r.Bytes)
		if err != nil {
			broken++
			return nil
		}
		ocids = append(ocids, rec.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ocids, broken
}

func TestReadForms(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
		broken   int
	}{
		{"empty", "", nil, 0},
		{"blank lines", "\n\n  \n", nil, 0},
		{"JSON lines", "{\"ocid\":\"a\"}\n{\"ocid\":\"b\"}\n", []string{"a", "b"}, 0},
		{"no newline at the end", "{\"ocid\":\"a\"}\n{\"ocid\":\"b\"}", []string{"a", "b"}, 0},
		{"byte order mark", "\xef\xbb\xbf{\"ocid\":\"a\"}\n", []string{"a"}, 0},
		{"one release over lines", "{\n \"ocid\":\"a\"\n}\n", []string{"a"}, 0},
		{"array", `[{"ocid":"a"},{"ocid":"b"}]`, []string{"a", "b"}, 0},
		{"release package", "{\"uri\":\"x\",\n\"releases\":[{\"ocid\":\"a\"},{\"ocid\":\"b\"}]}", []string{"a", "b"}, 0},
		{"record with linked releases", `{"records":[{"ocid":"a","compiledRelease":{"ocid":"a"},"releases":[{"url":"https://example.org/1"}]}]}`, []string{"a"}, 0},
		{"record not compiled", `{"records":[{"ocid":"a","releases":[{"ocid":"a","id":"1"}]},{"ocid":"b","compiledRelease":{"ocid":"b"}}]}`, []string{"b"}, 1},
		{"record package", `{"records":[{"ocid":"a","compiledRelease":{"ocid":"a","tag":["compiled"]}}]}`, []string{"a"}, 0},
		{"a package a line", "{\"releases\":[{\"ocid\":\"a\"}]}\n{\"releases\":[{\"ocid\":\"b\"}]}\n", []string{"a", "b"}, 0},
		{"array of packages", `[{"releases":[{"ocid":"a"}]},{"ocid":"b"}]`, []string{"a", "b"}, 0},
		{"a broken line between good ones", "{\"ocid\":\"a\"}\n{\"ocid\":\n{\"ocid\":\"b\"}\n", []string{"a", "b"}, 1},
		{"a broken first line", "{{{\n{\"ocid\":\"b\"}\n", []string{"b"}, 1},
		{"ocid missing", "{\"id\":\"1\"}\n{\"ocid\":\"b\"}\n", []string{"b"}, 1},
		{"ocid is a number", `{"ocid":7}`, nil, 1},
		{"not JSON", "hello", nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, broken := collect(t, c.in)
			if diff := cmp.Diff(c.want, got); diff != "" || broken != c.broken {
				t.Errorf("broken %d, want %d; ocids %s", broken, c.broken, diff)
			}
		})
	}
}

func TestRecordKeepsBytes(t *testing.T) {
	raw := []byte(`{"ocid":"ocds-213czf-1","date":"2018-01-11T17:27:34+04:00","x":12345678901234.123456}`)
	rec, err := Record(raw)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	want := standard.Record{
		Origin: "ocds-213czf", Dataset: "ocds", Op: standard.Update, Key: "ocds-213czf-1", Revision: "20180111132734",
		Occurred: "2018-01-11T17:27:34+04:00",
		Fields:   map[string]string{"OCID": "ocds-213czf-1", "DIGEST": hex.EncodeToString(sum[:]), "RELEASE": string(raw)},
	}
	if diff := cmp.Diff(want, rec); diff != "" {
		t.Error(diff)
	}
}

func TestExpandMapsToTheStandard(t *testing.T) {
	raw := `{"ocid":"o","buyer":{"id":"B1","name":"县教育局"},
	 "tender":{"title":"校舍","procurementMethod":"open","tenderPeriod":{"startDate":"2018-03-01T00:00:00Z","endDate":"2018-03-15T01:00:00Z"},
	  "lots":[{"id":"L1","title":"一标段","value":{"amount":1000000.50,"currency":"CNY"}}]},
	 "bids":{"details":[{"id":"1","relatedLot":"L1","status":"valid","date":"2018-03-14T01:00:00Z","tenderers":[{"id":"T1","name":"甲"}],"value":{"amount":990000,"currency":"CNY"}},
	  {"id":"1","relatedLot":"L1","tenderers":[{"id":"T2","name":"乙"},{"id":"T3","name":"丙"}]}]},
	 "awards":[{"id":"A1","status":"active","relatedLots":[{"lotId":"L1"}],"suppliers":[{"id":"T1","name":"甲"}],"value":{"amount":990000,"currency":"CNY"}},{"id":"A2","status":"cancelled"}],
	 "contracts":[{"id":"C1","awardID":"A1","dateSigned":"2018-04-01T00:00:00Z"}],
	 "planning":[{"budget":{"description":"多个计划"}}]}`
	rec, err := Record([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]map[string]string{}
	for _, v := range Expand(docket.Version{Record: rec, Position: 7}) {
		if v.Position != 7 || v.Origin != rec.Origin {
			t.Errorf("virtual version %s/%s left its position or origin", v.Dataset, v.Key)
		}
		if v.Dataset != "ocds" {
			got[v.Dataset] = append(got[v.Dataset], v.Fields)
		}
	}
	want := map[string][]map[string]string{
		"501": {{"TENDER_PROJECT_CODE": "o", "TENDER_PROJECT_NAME": "校舍", "TENDER_CONTENT": "多个计划", "TENDERER_NAME": "县教育局", "TENDERER_CODE": "B1", "TENDER_MODE": "1"}},
		"502": {{"TENDER_PROJECT_CODE": "o", "BID_SECTION_CODE": "L1", "BID_SECTION_NAME": "一标段", "CONTRACT_RECKON_PRICE": "1000000.50", "CURRENCY_CODE": "156"}},
		"503": {{"TENDER_PROJECT_CODE": "o", "BID_SECTION_CODES": "L1", "NOTICE_NAME": "校舍", "DOC_GET_START_TIME": "20180301080000", "BID_DOC_REFER_END_TIME": "20180315090000"}},
		"507": {
			{"TENDER_PROJECT_CODE": "o", "BID_SECTION_CODE": "L1", "BIDDER_NAME": "甲", "BIDDER_ORG_CODE": "T1", "BID_PRICE": "990000", "PRICE_CURRENCY": "156", "CHECKIN_TIME": "20180314090000", "BID_STATUS": "valid"},
			{"TENDER_PROJECT_CODE": "o", "BID_SECTION_CODE": "L1", "BIDDER_NAME": "乙;丙", "BIDDER_ORG_CODE": "T2;T3"},
		},
		"513": {{"TENDER_PROJECT_CODE": "o", "BID_SECTION_CODE": "L1", "WIN_BIDDER_NAME": "甲", "WIN_BIDDER_CODE": "T1", "BID_AMOUNT": "990000", "BID_CURRENCY": "156"}},
		"512": {{"TENDER_PROJECT_CODE": "o", "BID_SECTION_CODE": "L1", "BIDDER_NAME": "甲", "BIDDER_CODE": "T1", "CONTRACT_SIGN_TIME": "20180401080000"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever stands where the schema has something else, Expand gives an answer
// and keeps every bid apart.
func TestExpandIsTotal(t *testing.T) {
	odd := rapid.SampledFrom([]string{`null`, `7`, `"x"`, `[]`, `{}`, `[null]`, `[[{}]]`, `{"id":{}}`, `[{"id":1},{"id":1}]`, `{"details":[{"tenderers":{}},{"tenderers":[3]}]}`, `true`})
	names := []string{"buyer", "tender", "bids", "awards", "contracts", "planning", "date", "tag"}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString(`{"ocid":"x"`)
		for _, n := range names {
			fmt.Fprintf(&b, ",%q:%s", n, odd.Draw(t, n))
		}
		b.WriteString("}")
		rec, err := Record([]byte(b.String()))
		if err != nil {
			return // a date of another type is no release
		}
		seen := map[string]bool{}
		for _, v := range Expand(docket.Version{Record: rec}) {
			id := v.Dataset + "/" + v.Key
			if seen[id] {
				t.Fatalf("two versions share the key %s", id)
			}
			seen[id] = true
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("{\"ocid\":\"a\"}\n[{\"ocid\":\"b\"}]")
	f.Add(`{"releases":[{"ocid":"a"}]}`)
	f.Add("\xef\xbb\xbf[")
	f.Fuzz(func(t *testing.T, in string) {
		_ = Read(strings.NewReader(in), func(r Raw) error {
			if r.Err == nil {
				if rec, err := Record(r.Bytes); err == nil {
					Expand(docket.Version{Record: rec})
				}
			}
			return nil
		})
	})
}

func TestReadsEveryFixtureOfThePeer(t *testing.T) {
	files := 0
	err := filepath.WalkDir("testdata/cardinal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".jsonl") {
			return err
		}
		files++
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return Read(f, func(r Raw) error {
			if r.Err == nil {
				if rec, err := Record(r.Bytes); err == nil {
					Expand(docket.Version{Record: rec})
				}
			}
			return nil
		})
	})
	if err != nil || files < 40 {
		t.Fatalf("read %d files, want at least 40: %v", files, err)
	}
}

// The 900 real Armenian releases come in whole, with all their 1,468 bids.
func TestArmenia(t *testing.T) {
	f, err := os.Open("../../../shared/data/ocds/armenia/armenia-2018-01-11.jsonl")
	if err != nil {
		t.Skipf("SKIPPED 1 check on 900 real releases: %v", err)
	}
	defer f.Close()
	releases, bids := 0, 0
	err = Read(io.Reader(f), func(r Raw) error {
		rec, err := Record(r.Bytes)
		if err != nil {
			return err
		}
		releases++
		for _, v := range Expand(docket.Version{Record: rec}) {
			if v.Dataset == "507" {
				bids++
			}
		}
		return nil
	})
	if err != nil || releases != 900 || bids != 1468 {
		t.Fatalf("%d releases with %d bids, want 900 with 1468: %v", releases, bids, err)
	}
}
