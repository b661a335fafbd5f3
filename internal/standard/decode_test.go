package standard

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

const rec1 = `{"dataset":"507","op":"insert","key":"k1","revision":"20180301093000","occurred":"2018-03-01T09:30:00+08:00","fields":{"BIDDER_NAME":"甲"}}`

// shape writes what a batch decoded to: a word an item.
func shape(b Batch, err error) string {
	var limit *LimitError
	var whole *BatchError
	switch {
	case errors.As(err, &limit):
		return "limit " + limit.What
	case errors.As(err, &whole):
		return "no batch: " + whole.EN
	case err != nil:
		return "untyped: " + err.Error()
	}
	out := []string{b.Origin}
	for _, i := range b.Items {
		if i.Problem != nil {
			out = append(out, "! "+i.Problem.TextEN)
		} else {
			out = append(out, i.Record.Dataset+" "+i.Record.Key)
		}
	}
	return strings.Join(out, " | ")
}

func TestDecodeJSON(t *testing.T) {
	rec2 := strings.Replace(rec1, "k1", "k2", 1)
	batch := func(records string) string { return `{"platform":"P","records":[` + records + `]}` }
	for _, test := range []struct{ name, body, want string }{
		{"two", batch(rec1 + "," + rec2), "P | 507 k1 | 507 k2"},
		{"none", batch(""), "P"},
		{"platform last, byte order mark", "\xEF\xBB\xBF" + `{"records":[` + rec1 + `],"platform":"P"}`, "P | 507 k1"},
		{"no platform", `{"records":[` + rec1 + `]}`, " | 507 k1"},
		{"name twice in fields", batch(`{"dataset":"507","fields":{"A":"1","A":"2"}},` + rec2), "P | ! a name stands twice at byte 35 | 507 k2"},
		{"name twice in the record", batch(`{"dataset":"507","dataset":"508"},` + rec2), "P | ! a name stands twice at byte 17 | 507 k2"},
		{"name twice by an escape", batch(`{"fields":{"A":"1","\u0041":"2"}}`), "P | ! a name stands twice at byte 19"},
		{"nested", batch(`{"dataset":"507","fields":{"A":{"B":1}}},` + rec2), "P | ! A is nested: an object or array is no value | 507 k2"},
		{"list", batch(`{"dataset":"507","fields":{"A":[1]}}`), "P | ! A is nested: an object or array is no value"},
		{"unknown member", batch(`{"dataSet":"507"},` + rec2), "P |   | 507 k2"},
		{"no object", batch(`7,"x",null,` + rec2), "P | ! a record is an object | ! a record is an object | ! a record is an object | 507 k2"},
		{"fields no object", batch(`{"fields":[]}`), "P | ! fields is an object"},
		{"bad UTF-8 in one", batch(`{"key":"` + "\xff" + `"},` + rec2), "P | ! no valid JSON at byte 8 | 507 k2"},
		{"lone surrogate in one", batch(`{"key":"\ud800"},` + rec2), "P | ! no valid JSON at byte 8 | 507 k2"},
		{"breaks inside", batch(rec1 + `,{"key":tru},` + rec2), "P | 507 k1 | ! the JSON breaks at byte " + fmt.Sprint(len(`{"platform":"P","records":[`)+len(rec1)+len(`,{"key":tru`)) + "; what follows could not be read"},
		{"cut off", `{"platform":"P","records":[` + rec1 + `,` + rec2[:40], "P | 507 k1 | ! the JSON breaks at byte " + fmt.Sprint(len(`{"platform":"P","records":[`)+len(rec1)+1+40) + "; what follows could not be read"},
		{"member after the records breaks", `{"platform":"P","records":[` + rec1 + `],`, "P | 507 k1 | ! the JSON breaks at byte " + fmt.Sprint(len(`{"platform":"P","records":[`)+len(rec1)+2) + "; what follows could not be read"},
		{"unknown batch member", `{"platform":"P","record":[]}`, "no batch: only the members platform and records are known"},
		{"records twice", `{"records":[],"records":[]}`, "no batch: a member stands twice"},
		{"records missing", `{"platform":"P"}`, "no batch: records is missing"},
		{"records no array", `{"records":{}}`, "no batch: records is an array"},
		{"platform no text", `{"platform":7,"records":[]}`, "no batch: platform is a string"},
		{"array", `[` + rec1 + `]`, `no batch: want {"platform":"…","records":[…]}`},
		{"empty", ``, `no batch: want {"platform":"…","records":[…]}`},
		{"more follows", `{"records":[]} {}`, "no batch: something follows the document"},
		{"1000", batch(strings.TrimSuffix(strings.Repeat("{},", 1000), ",")), ""},
		{"1001", batch(strings.TrimSuffix(strings.Repeat("{},", 1001), ",")), "limit records"},
		{"depth", batch(strings.Repeat("[", 20000)), "P | ! the JSON breaks at byte 10025; what follows could not be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := DecodeJSON([]byte(test.body))
			if test.name == "1000" {
				if err != nil || len(b.Items) != 1000 {
					t.Errorf("%d records, %v", len(b.Items), err)
				}
				return
			}
			if diff := cmp.Diff(test.want, shape(b, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Values are literal: numbers by their text, words as words, null as absent.
func TestDecodeLiterals(t *testing.T) {
	body := `{"platform":"P","records":[ {"dataset":507,"op":"insert","key":12345678901234567890,"revision":20180301093000,"origin":"Q","occurred":null,
		"fields":{"A":12345678901234.123456,"B":1.50e+03,"C":true,"D":null,"E":"\u660e\n","F":-0.0,"G":""}} ]}`
	b, err := DecodeJSON([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := Record{
		Origin: "Q", Dataset: "507", Op: Insert, Key: "12345678901234567890", Revision: "20180301093000",
		Fields: map[string]string{"A": "12345678901234.123456", "B": "1.50e+03", "C": "true", "E": "明\n", "F": "-0.0", "G": ""},
	}
	if diff := cmp.Diff(want, b.Items[0].Record); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if raw := string(b.Items[0].Raw); !strings.HasPrefix(raw, `{"dataset"`) || !strings.HasSuffix(raw, `"G":""}}`) {
		t.Errorf("the kept bytes are not the record's: %s", raw)
	}
}

func TestDecodeNDJSON(t *testing.T) {
	rec2 := strings.Replace(rec1, "k1", "k2", 1)
	for _, test := range []struct{ name, body, want string }{
		{"platform first", `{"platform":"P"}` + "\n" + rec1 + "\r\n\n" + rec2, "P | 507 k1 | 507 k2"},
		{"no platform", rec1 + "\n", " | 507 k1"},
		{"platform in the middle is no record", rec1 + "\n" + `{"platform":"P"}`, " | 507 k1 |  "},
		{"recovers at the next line", rec1 + "\n{\"key\":\n\x00\n" + rec2, " | 507 k1 | ! no valid JSON at byte 7 | ! no valid JSON at byte 0 | 507 k2"},
		{"two on a line", rec1 + rec2 + "\n" + rec2, " | ! something follows the record | 507 k2"},
		{"empty", "\n \n", ""},
		{"1001", strings.Repeat("{}\n", 1001), "limit records"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := DecodeNDJSON([]byte(test.body))
			if diff := cmp.Diff(test.want, shape(b, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func des(title, context string) string {
	return `<DES><TITLE>` + title + `</TITLE><CONTEXT>` + context + `</CONTEXT></DES>`
}

func TestDecodeXML(t *testing.T) {
	head := `<DATA_NO>507</DATA_NO><DATA_KEY>k1</DATA_KEY><DATA_TYPE>1</DATA_TYPE>`
	good := des(head, `<A>1</A>`)
	second := strings.Replace(good, "k1", "k2", 1)
	for _, test := range []struct{ name, body, want string }{
		{"one", `<?xml version="1.0" encoding="UTF-8"?>` + good, " | 507 k1"},
		{"several under a root", `<BATCH>` + good + " <!-- c --> " + second + `</BATCH>`, " | 507 k1 | 507 k2"},
		{"several without a root", good + second, " | 507 k1 | 507 k2"},
		{"FJ", strings.Replace(good, ">507<", ">FJ9001<", 1), " | 9001 k1"},
		{"nested field", `<B>` + des(head, `<A><B>1</B></A>`) + second + `</B>`, " | ! A is nested: elements are no value | 507 k2"},
		{"field twice", des(head, `<A>1</A><A>2</A>`), " | ! A stands twice"},
		{"no title", `<DES><CONTEXT><A>1</A></CONTEXT></DES>`, " | ! TITLE is missing, or text stands in DES itself"},
		{"two contexts", `<DES><TITLE>` + head + `</TITLE><CONTEXT/><CONTEXT/></DES>`, " | ! inside DES stand TITLE, CONTEXT and SOURCE, once each"},
		{"loose text", `<DES>x<TITLE>` + head + `</TITLE></DES>`, " | ! TITLE is missing, or text stands in DES itself"},
		{"breaks", `<B>` + good + `<DES><TITLE></B>`, " | 507 k1 | ! the XML breaks at byte " + fmt.Sprint(len(`<B>`+good+`<DES><TITLE></B>`)) + "; what follows could not be read"},
		{"cut off", `<B>` + good, " | 507 k1 | ! the XML breaks at byte " + fmt.Sprint(len(`<B>`+good)) + "; what follows could not be read"},
		{"document type", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + good, "no batch: a document type is not accepted"},
		{"unknown entity", `<B>` + good + des(head, `<A>&e;</A>`) + `</B>`, " | 507 k1 | ! the XML breaks at byte " + fmt.Sprint(len(`<B>`+good)+len(`<DES><TITLE>`+head+`</TITLE><CONTEXT><A>&e;`)) + "; what follows could not be read"},
		{"depth", `<DES>` + strings.Repeat("<A>", 50) + strings.Repeat("</A>", 50) + `</DES>`, "limit depth"},
		{"no DES", `<A><B/></A>`, "no batch: want DES elements inside one root"},
		{"empty", ``, "no batch: there is no DES element"},
		{"JSON", `{"records":[]}`, "no batch: no text stands outside DES"},
		{"another encoding", `<?xml version="1.0" encoding="UTF-16"?>` + good, "no batch: the encoding is UTF-8 or GB18030"},
		{"bad bytes in one", `<B>` + des(head, "<A>\xff</A>") + second + `</B>`, " | ! holds bytes that are none of the declared encoding; declare GB18030 in the XML declaration | 507 k2"},
		{"1001", `<B>` + strings.Repeat(good, 1001) + `</B>`, "limit records"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := DecodeXML([]byte(test.body))
			if diff := cmp.Diff(test.want, shape(b, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The same envelope in UTF-8 and GB18030 is the same record: all parts, a
// character that only GB18030's four bytes can write, attachments.
func TestDecodeXMLEncodings(t *testing.T) {
	body := `<?xml version="1.0" encoding="ENC"?>
<DES>
  <TITLE><CA_KEY>x</CA_KEY><DATA_CN>开标明细</DATA_CN><DATA_EN>TENDER_LIST</DATA_EN><DATA_KEY> k1 </DATA_KEY><DATA_NO>507</DATA_NO><DATA_TYPE>2</DATA_TYPE><ROUTE_WAY/></TITLE>
  <CONTEXT>
    <BIDDER_NAME><![CDATA[河南㐂𠀀建筑 & 工程]]></BIDDER_NAME><PRICE>1180.50</PRICE><EMPTY></EMPTY>
    <PLATFORM_CODE>P</PLATFORM_CODE><DATA_TIMESTAMP>20180301093000</DATA_TIMESTAMP>
  </CONTEXT>
  <SOURCE><ATT><NAME>投标 文件.pdf</NAME><PATH>/ftp/1</PATH><IS_DELETE>0</IS_DELETE></ATT><ATT><NAME>二</NAME></ATT></SOURCE>
</DES>`
	want := Record{
		Origin: "P", Dataset: "507", Op: Update, Key: "k1", Revision: "20180301093000",
		Fields: map[string]string{
			"BIDDER_NAME": "河南㐂𠀀建筑 & 工程", "PRICE": "1180.50", "PLATFORM_CODE": "P", "DATA_TIMESTAMP": "20180301093000",
			SourceField: "NAME=投标 文件.pdf\tPATH=/ftp/1\tIS_DELETE=0\nNAME=二",
		},
	}
	for _, enc := range []string{"UTF-8", "GB18030", "gbk"} {
		sent := []byte(strings.Replace(body, "ENC", enc, 1))
		if enc != "UTF-8" {
			var err error
			if sent, err = simplifiedchinese.GB18030.NewEncoder().Bytes(sent); err != nil {
				t.Fatal(err)
			}
		}
		b, err := DecodeXML(sent)
		if err != nil || len(b.Items) != 1 || b.Items[0].Problem != nil {
			t.Fatalf("%s: %s", enc, shape(b, err))
		}
		if diff := cmp.Diff(want, b.Items[0].Record); diff != "" {
			t.Errorf("%s (-want +got):\n%s", enc, diff)
		}
		if !bytes.HasPrefix(b.Items[0].Raw, []byte("<DES>")) || !bytes.HasSuffix(b.Items[0].Raw, []byte("</DES>")) {
			t.Errorf("%s: the kept bytes are not the record's: %s", enc, b.Items[0].Raw)
		}
	}
}

// Every example passes through each form unchanged.
func TestExamplesPassThrough(t *testing.T) {
	for _, d := range Default().Datasets() {
		r := Example(d.No)
		line, err := AppendJSON(nil, &r)
		if err != nil {
			t.Fatal(err)
		}
		item := DecodeRecord(line)
		if diff := cmp.Diff(r, item.Record); item.Problem != nil || diff != "" {
			t.Errorf("%s as JSON: %v\n%s", d.No, item.Problem, diff)
		}
		if d.Class == ClassSystem {
			continue
		}
		r.Occurred = ""
		doc, err := AppendXML(nil, &r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := DecodeXML(doc)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, b.Items[0].Record); diff != "" {
			t.Errorf("%s as XML:\n%s", d.No, diff)
		}
	}
}

func drawRecord(t *rapid.T) Record {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\u2028<>&\"'\\", "明镜", "\x00\x01", " \r\n\t", "1e400", "null"}))
	return Record{
		Origin: text.Draw(t, "origin"), Dataset: text.Draw(t, "dataset"), Op: Op(text.Draw(t, "op")), Key: text.Draw(t, "key"),
		Revision: text.Draw(t, "revision"), Occurred: text.Draw(t, "occurred"),
		Fields: rapid.MapOfN(text, text, 0, 6).Draw(t, "fields"),
	}
}

func TestRoundTripProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecord(t)
		line, err := AppendJSON([]byte("x"), &r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(line, "\n\r") {
			t.Fatalf("a line break in the line: %q", line)
		}
		item := DecodeRecord(line[1:])
		if diff := cmp.Diff(r, item.Record, cmpopts.EquateEmpty()); item.Problem != nil || diff != "" {
			t.Fatalf("as JSON: %+v\n%s", item.Problem, diff)
		}
		r.Fields = map[string]string{"DATA_TIMESTAMP": "20180301093000", "PLATFORM_CODE": "P", "V": r.Key + "x"}
		r.Origin, r.Revision, r.Occurred, r.Op = "P", "20180301093000", "", Update
		if doc, err := AppendXML(nil, &r); err == nil {
			b, err := DecodeXML(doc)
			if err != nil || len(b.Items) != 1 || b.Items[0].Problem != nil {
				t.Fatalf("as XML: %s\n%s", shape(b, err), doc)
			}
			if diff := cmp.Diff(r, b.Items[0].Record); diff != "" {
				t.Fatalf("as XML:\n%s", diff)
			}
		}
	})
}

func TestAppendXMLSaysWhatItCannot(t *testing.T) {
	for want, change := range map[string]func(r *Record){
		"occurred":       func(r *Record) { r.Occurred = "2018-03-01T09:00:00+08:00" },
		"operation":      func(r *Record) { r.Op = "" },
		"DATA_TIMESTAMP": func(r *Record) { r.Revision = "1" },
		"PLATFORM_CODE":  func(r *Record) { r.Origin = "1" },
		"the field":      func(r *Record) { r.Fields["1 A"] = "1" },
		"the text of":    func(r *Record) { r.Fields["A"] = "\x01" },
		"attachments":    func(r *Record) { r.Fields[SourceField] = "NAME=a" },
		"blanks":         func(r *Record) { r.Key = " k" },
	} {
		r := Example("503")
		r.Occurred = ""
		change(&r)
		if _, err := AppendXML(nil, &r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %s", err, want)
		}
	}
}

// seeds gives a fuzz target the files of testdata/seed with that ending.
func seeds(f *testing.F, ending string) {
	names, err := filepath.Glob("testdata/seed/*" + ending)
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds for %s: %v", ending, err)
	}
	for _, n := range names {
		body, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
}

// sound checks what holds for every decoded batch.
func sound(t *testing.T, b Batch, err error) {
	var limit *LimitError
	var whole *BatchError
	if err != nil {
		if !errors.As(err, &limit) && !errors.As(err, &whole) {
			t.Fatalf("an untyped error: %v", err)
		}
		return
	}
	for _, i := range b.Items {
		if i.Problem != nil {
			if i.Problem.Severity != Refuse || i.Problem.Rule != "S001" || i.Problem.Value != "" {
				t.Fatalf("a broken item that is not refused under S001 or shows a value: %+v", i.Problem)
			}
			continue
		}
		rep := Default().Check(&i.Record, CheckContext{})
		Default().Sealing(&i.Record)
		if !slices.IsSorted(rep.Ran) {
			t.Fatal("Ran is not ascending")
		}
		line, err := AppendJSON(nil, &i.Record)
		if err != nil {
			t.Fatalf("a decoded record cannot be encoded: %v", err)
		}
		again := DecodeRecord(line)
		if diff := cmp.Diff(i.Record, again.Record, cmpopts.EquateEmpty()); again.Problem != nil || diff != "" {
			t.Fatalf("decoded, encoded, decoded: %+v\n%s", again.Problem, diff)
		}
	}
}

func FuzzDecodeJSON(f *testing.F) {
	seeds(f, ".json")
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := DecodeJSON(body)
		sound(t, b, err)
	})
}

func FuzzDecodeNDJSON(f *testing.F) {
	seeds(f, ".ndjson")
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := DecodeNDJSON(body)
		sound(t, b, err)
	})
}

func FuzzDecodeXML(f *testing.F) {
	seeds(f, ".xml")
	f.Fuzz(func(t *testing.T, body []byte) {
		b, err := DecodeXML(body)
		sound(t, b, err)
	})
}

// A member that is none of a record's is kept as a field, so that nothing is
// dropped in silence and the check tells of it; fields itself rules.
func TestStrangersAreKept(t *testing.T) {
	item := DecodeRecord([]byte(`{"dataset":"503","op":"insert","key":"k","revision":"20180301093000","origin":"P","note":"备注\u0021","n":12345678901234.123456,"nested":{"a":[1]},"void":null,"URL":"outer","fields":{"URL":"inner"}}`))
	if item.Problem != nil {
		t.Fatal(item.Problem.TextEN)
	}
	want := map[string]string{"note": "备注!", "n": "12345678901234.123456", "nested": `{"a":[1]}`, "URL": "inner"}
	if diff := cmp.Diff(want, item.Record.Fields); diff != "" {
		t.Error(diff)
	}
	report := Default().Check(&item.Record, CheckContext{Owned: func(string) bool { return true }})
	if !slices.ContainsFunc(report.Problems, func(p Problem) bool { return p.Field == "note" }) {
		t.Error("nobody is told of the member note")
	}
}
