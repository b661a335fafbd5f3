package cardinal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// view is a release as values that can be compared; absent texts are nil.
type view struct {
	OCID, Buyer, Entity, Status, Method, Details, Start, End, Count *string
	Bids                                                            *[]bidView
	Awards                                                          *[]awardView
}

type bidView struct {
	Status, Date, Currency *string
	Amount                 *float64
	Tenderers              *partiesView
	Lots                   []string
}

type awardView struct {
	Status    *string
	Suppliers *partiesView
	Items     bool
	Codes     []string
	Lots      []string
}

type partiesView struct {
	N   int
	IDs []string
}

// viewOf looks at what the fast reader has read.
func viewOf(r *release) view {
	s := func(t text) *string {
		if t == nil {
			return nil
		}
		v := string(t)
		return &v
	}
	list := func(of []text, p span) (out []string) {
		for _, t := range of[p.from:p.to] {
			out = append(out, string(t))
		}
		return out
	}
	who := func(p parties) *partiesView {
		if !p.listed {
			return nil
		}
		return &partiesView{p.n, list(r.ids, p.ids)}
	}
	v := view{s(r.ocid), s(r.buyer), s(r.entity), s(r.status), s(r.method), s(r.details), s(r.start), s(r.end), s(r.count), nil, nil}
	if r.hasBids {
		v.Bids = &[]bidView{}
		for _, b := range r.bids {
			x := bidView{Status: s(b.status), Date: s(b.date), Currency: s(b.currency), Tenderers: who(b.tenderers), Lots: list(r.lots, b.lots)}
			if b.priced {
				x.Amount = &b.amount
			}
			*v.Bids = append(*v.Bids, x)
		}
	}
	if r.hasAwards {
		v.Awards = &[]awardView{}
		for _, a := range r.awards {
			*v.Awards = append(*v.Awards, awardView{s(a.status), who(a.suppliers), a.items, list(r.codes, a.codes), list(r.lots, a.lots)})
		}
	}
	return v
}

var lone = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// slowly reads a line the plain way: into a tree, from which each field is
// taken. It is the definition that the fast reader must keep to.
func slowly(line []byte) (view, bool) {
	if !utf8.Valid(line) || !json.Valid(line) || depth(line) > maxDepth || loneSurrogate(line) {
		return view{}, false
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return view{}, false
	}
	get := func(v any, path ...string) any {
		for _, k := range path {
			m, _ := v.(map[string]any)
			v = m[k]
		}
		return v
	}
	str := func(v any) *string {
		if s, ok := v.(string); ok {
			return &s
		}
		return nil
	}
	lots := func(v any) (out []string) {
		list, _ := v.([]any)
		for _, x := range list {
			if s := str(x); s != nil {
				out = append(out, *s)
			}
		}
		return out
	}
	who := func(v any) *partiesView {
		list, ok := v.([]any)
		if !ok {
			return nil
		}
		p := &partiesView{N: len(list)}
		for _, x := range list {
			if s := str(get(x, "id")); s != nil {
				p.IDs = append(p.IDs, *s)
			}
		}
		return p
	}
	t := func(path ...string) *string { return str(get(tree, path...)) }
	v := view{
		OCID: t("ocid"), Buyer: t("buyer", "id"), Entity: t("tender", "procuringEntity", "id"), Status: t("tender", "status"),
		Method: t("tender", "procurementMethod"), Details: t("tender", "procurementMethodDetails"),
		Start: t("tender", "tenderPeriod", "startDate"), End: t("tender", "tenderPeriod", "endDate"),
	}
	if n, ok := get(tree, "tender", "numberOfTenderers").(json.Number); ok {
		s := n.String()
		v.Count = &s
	}
	if list, ok := get(tree, "bids", "details").([]any); ok {
		v.Bids = &[]bidView{}
		for _, x := range list {
			if _, ok := x.(map[string]any); !ok {
				continue // says nothing to any indicator
			}
			b := bidView{
				Status: str(get(x, "status")), Date: str(get(x, "date")), Currency: str(get(x, "value", "currency")),
				Tenderers: who(get(x, "tenderers")), Lots: lots(get(x, "relatedLots")),
			}
			if n, ok := get(x, "value", "amount").(json.Number); ok {
				if f, err := strconv.ParseFloat(n.String(), 64); err == nil {
					b.Amount = &f
				}
			}
			*v.Bids = append(*v.Bids, b)
		}
	}
	if list, ok := get(tree, "awards").([]any); ok {
		v.Awards = &[]awardView{}
		for _, x := range list {
			if _, ok := x.(map[string]any); !ok {
				continue
			}
			a := awardView{Status: str(get(x, "status")), Suppliers: who(get(x, "suppliers")), Lots: lots(get(x, "relatedLots"))}
			if items, ok := get(x, "items").([]any); ok {
				a.Items = true
				for _, item := range items {
					if s := str(get(item, "classification", "id")); s != nil {
						a.Codes = append(a.Codes, *s)
					}
				}
			}
			*v.Awards = append(*v.Awards, a)
		}
	}
	return v, true
}

// depth counts how deep arrays and objects stand in each other.
func depth(line []byte) int {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	now, most := 0, 0
	for {
		switch tok, err := d.Token(); {
		case err != nil:
			return most
		case tok == json.Delim('{') || tok == json.Delim('['):
			now++
			most = max(most, now)
		case tok == json.Delim('}') || tok == json.Delim(']'):
			now--
		}
	}
}

// loneSurrogate looks for half of a surrogate pair in the escapes of a line
// that is JSON.
func loneSurrogate(line []byte) bool {
	s := strings.ReplaceAll(string(line), `\\`, "..")
	for {
		at := lone.FindStringIndex(s)
		if at == nil {
			return false
		}
		first, _ := strconv.ParseUint(s[at[0]+2:at[0]+6], 16, 16)
		rest := s[at[0]+6:]
		if first >= 0xDC00 || len(rest) < 6 || rest[:2] != `\u` {
			return true
		}
		second, _ := strconv.ParseUint(rest[2:6], 16, 16)
		if second < 0xDC00 || second > 0xDFFF {
			return true
		}
		s = rest[6:]
	}
}

// fast reads one line with the fast reader.
func fast(line []byte) (view, bool, fault) {
	b := append(append([]byte{}, line...), '\n')
	b = append(b, make([]byte, pad)...)
	var p reader
	ok := p.read(b, len(line))
	if !ok {
		return view{}, false, p.why
	}
	return viewOf(&p.release), true, p.why
}

func sameReading(t interface{ Fatalf(string, ...any) }, line []byte) {
	want, wantOK := slowly(line)
	got, ok, why := fast(line)
	if ok != wantOK {
		t.Fatalf("fast reader: %v (%v), plain reader: %v, of %q", ok, why, wantOK, line)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%q is read otherwise (-plain +fast):\n%s", line, d)
	}
	if ok != (why == wellFormed) {
		t.Fatalf("%q: sound %v, and yet %v", line, ok, why)
	}
}

var oddLines = []string{
	`{}`, `null`, `[]`, `"x"`, `1`, ``, ` `, `{`, `}`, `{"ocid":"a"`, `{"ocid":"a"}}`, `{"ocid":"a",}`, `{"ocid" "a"}`, `{ocid:1}`, `[1,]`, `[1 2]`,
	`{"ocid":"a","ocid":5}`, `{"ocid":5,"ocid":"b"}`, `{"\u006fcid":"a"}`, `{"ocid":"\u0041\ud83d\ude00\n\/"}`, `{"ocid":"\ud83d"}`, `{"ocid":"\ude00\ud83d"}`,
	`{"ocid":"\ud83dx\ude00"}`, `{"ocid":"\x"}`, `{"ocid":"\u12"}`, `{"ocid":"tab` + "\t" + `"}`, `{"ocid":"` + "\xff" + `"}`, "\xef\xbb\xbf{}", `{"ocid":"é"}`, `{"é":1}`,
	`{"ocid":null}`, `{"ocid":["a"]}`, `{"tender":[]}`, `{"tender":null}`, `{"tender":{"status":"a"},"tender":{"procurementMethod":"b"}}`, `{"tender":{"status":"a"},"tender":7}`,
	`{"tender":{"numberOfTenderers":1}}`, `{"tender":{"numberOfTenderers":1.0}}`, `{"tender":{"numberOfTenderers":"1"}}`, `{"tender":{"numberOfTenderers":-0}}`,
	`{"tender":{"numberOfTenderers":01}}`, `{"tender":{"numberOfTenderers":1e0}}`, `{"tender":{"numberOfTenderers":+1}}`, `{"tender":{"numberOfTenderers":.5}}`, `{"tender":{"numberOfTenderers":1.}}`,
	`{"tender":{"numberOfTenderers":-}}`, `{"tender":{"numberOfTenderers":1e}}`, `{"tender":{"numberOfTenderers":1E+2}}`, `{"tender":{"numberOfTenderers":tru}}`,
	`{"bids":{"details":{}}}`, `{"bids":[]}`, `{"bids":{"details":[]},"bids":{}}`, `{"bids":{"details":[null,1,"x",[],{"status":"valid"}]}}`, `{"bids":{"details":[{}],"details":[]}}`,
	`{"bids":{"details":[{"value":{"amount":"5","currency":"X"}}]}}`, `{"bids":{"details":[{"value":{"amount":5,"amount":null}}]}}`, `{"bids":{"details":[{"value":{"amount":1e400}}]}}`,
	`{"bids":{"details":[{"value":{"amount":123456789012345678901234567890.5e-3}}]}}`, `{"bids":{"details":[{"value":{"amount":-0.0}},{"value":{"amount":0.1}},{"value":5}]}}`,
	`{"bids":{"details":[{"tenderers":[{"id":"A"},{"id":1},null,"x",{"name":"B"}]}]}}`, `{"bids":{"details":[{"tenderers":{"id":"A"}}]}}`, `{"bids":{"details":[{"tenderers":[{"id":"A","id":null}]}]}}`,
	`{"bids":{"details":[{"tenderers":[{"id":"A"}],"tenderers":[]}]}}`, `{"bids":{"details":[{"relatedLots":["1",2,"3"]}]}}`,
	`{"awards":{}}`, `{"awards":[{"status":"active","suppliers":[{"id":"A"}],"items":[{"classification":{"id":"12"}},{"classification":{"id":12}},{"classification":null},{}, 5]}]}`,
	`{"awards":[{"items":[{"classification":{"id":"1"},"classification":{}}],"items":{}}],"awards":[]}`, `{"awards":[{"items":[{"classification":{"id":"1"},"classification":{"id":"2"}}]}]}`,
	` { "ocid" : "a" , "buyer" : { "id" : "b" } } ` + "\r", "{\"ocid\":\"a\"}\v", `true`, `falsy`, `nul`, `{"a":truex}`, `{"":""}`, `{"ocid":""}`,
	strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth), strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1),
	`{"x":"0123456789012345678901234567890123456789\"","ocid":"01234567\\"}`, `{"x":"\u00zz"}`, `"\uD834\uDD1E"`, `"\uD834\u0041"`, `"\uD834`, `"\`, `"\u`, `"\uD834\`, `"\uD834\u`, `-`, `1e`, `t`,
}

func TestOddLines(t *testing.T) {
	for _, line := range oddLines {
		sameReading(t, []byte(line))
	}
}

// drawValue draws any JSON value, now and then one of the fields' own.
func drawValue(t *rapid.T, depth int) string {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth <= 0 && kind > 6 {
		kind = 0
	}
	switch kind {
	case 0, 1, 2:
		return rapid.SampledFrom([]string{
			`"valid"`, `"active"`, `"disqualified"`, `"A"`, `"B"`, `"CNY"`, `"USD"`, `""`, `"cancelled"`, `"2024-01-01T00:00:00Z"`, `"\u0041"`, `"é😀"`, `"pending"`, `"\""`,
		}).Draw(t, "word")
	case 3, 4:
		return rapid.SampledFrom([]string{`1`, `0`, `-0`, `1.0`, `1e2`, `100`, `1E-3`, `1e999`, `99.95`, `123456789012345678`, `-7`}).Draw(t, "number")
	case 5:
		return rapid.SampledFrom([]string{`null`, `true`, `false`}).Draw(t, "literal")
	case 6:
		b, err := json.Marshal(rapid.String().Draw(t, "string"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	case 7:
		n := rapid.IntRange(0, 3).Draw(t, "n")
		parts := make([]string, n)
		for i := range parts {
			parts[i] = drawValue(t, depth-1)
		}
		return "[" + strings.Join(parts, drawComma(t)) + "]"
	}
	return drawObject(t, depth, fieldNames)
}

var fieldNames = []string{
	"ocid", "buyer", "id", "tender", "status", "bids", "details", "awards", "value", "amount", "currency", "tenderers", "suppliers", "items",
	"classification", "tenderPeriod", "startDate", "endDate", "procuringEntity", "numberOfTenderers", "procurementMethod", "procurementMethodDetails",
	"date", "relatedLots", "name", "x", `\u0069d`,
}

func drawComma(t *rapid.T) string {
	return rapid.SampledFrom([]string{",", ",", ",", " , ", ",\t", "\r,"}).Draw(t, "comma")
}

func drawObject(t *rapid.T, depth int, names []string) string {
	n := rapid.IntRange(0, 6).Draw(t, "members")
	parts := make([]string, n)
	for i := range parts {
		name := rapid.SampledFrom(names).Draw(t, "name")
		parts[i] = `"` + name + `"` + rapid.SampledFrom([]string{":", ":", " : "}).Draw(t, "colon") + drawField(t, name, depth-1)
	}
	return "{" + strings.Join(parts, drawComma(t)) + "}"
}

// drawField draws what usually stands in a field, or else anything.
func drawField(t *rapid.T, name string, depth int) string {
	if depth <= 0 || rapid.IntRange(0, 7).Draw(t, "odd") == 0 {
		return drawValue(t, depth)
	}
	list := func(of ...string) string {
		n := rapid.IntRange(0, 4).Draw(t, "n")
		parts := make([]string, n)
		for i := range parts {
			if rapid.IntRange(0, 9).Draw(t, "strange") == 0 {
				parts[i] = drawValue(t, depth-1)
			} else {
				parts[i] = drawObject(t, depth-1, of)
			}
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	switch name {
	case "tender":
		return drawObject(t, depth, []string{"status", "procurementMethod", "procurementMethodDetails", "tenderPeriod", "procuringEntity", "numberOfTenderers"})
	case "bids":
		return `{"details":` + list("status", "date", "value", "tenderers", "relatedLots") + "}"
	case "awards":
		return list("status", "suppliers", "items", "relatedLots")
	case "tenderers", "suppliers":
		return list("id", "name")
	case "items":
		return list("classification", "id")
	case "value":
		return drawObject(t, depth, []string{"amount", "currency"})
	case "tenderPeriod":
		return drawObject(t, depth, []string{"startDate", "endDate"})
	case "buyer", "procuringEntity", "classification":
		return drawObject(t, depth, []string{"id", "name"})
	}
	return drawValue(t, 0)
}

func drawRelease(t *rapid.T) string {
	return drawObject(t, 7, []string{"ocid", "ocid", "buyer", "tender", "tender", "bids", "bids", "awards", "awards", "x"})
}

// The fast reader reads any release as the plain one does, sound or cut or with
// a byte changed.
func TestFastReaderReadsAsThePlainOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(drawRelease(t))
		sameReading(t, line)
		cut := rapid.IntRange(0, len(line)).Draw(t, "cut")
		sameReading(t, line[:cut])
		if len(line) > 0 {
			changed := bytes.Clone(line)
			if c := rapid.Byte().Draw(t, "byte"); c != '\n' {
				changed[rapid.IntRange(0, len(line)-1).Draw(t, "place")] = c
			}
			sameReading(t, changed)
		}
	})
}

func FuzzReader(f *testing.F) {
	for _, line := range oddLines {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.IndexByte(line, '\n') >= 0 {
			return // a stream's line has none
		}
		sameReading(t, line)
	})
}

// Any stream gives one answer, however it is cut and however many read it, and
// every line that is no JSON is named once and in order.
func FuzzAnalyze(f *testing.F) {
	f.Add([]byte(strings.Join(oddLines, "\n")), 7)
	f.Add([]byte("{\"ocid\":\"a\"}\r\n\n{}\nx"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = 1 + (size&0xffff)%4096
		for _, ours := range []bool{false, true} {
			sameAnswers(t, stream, Options{Workers: 1, chunk: 1 << 14, Maps: true, Ours: ours}, Options{Workers: 3, chunk: size, Maps: true, Ours: ours})
		}
	})
}

// sameAnswers wants the same answer and warnings of all options.
func sameAnswers(t *testing.T, stream []byte, options ...Options) {
	t.Helper()
	var want string
	for k, o := range options {
		var out strings.Builder
		before := 0
		o.Warn = func(e *LineError) {
			if e.Line <= before {
				t.Fatalf("line %d is warned of after line %d", e.Line, before)
			}
			before = e.Line
			fmt.Fprintln(&out, e)
		}
		r, err := Analyze(bytes.NewReader(stream), Default().All(), o)
		if err != nil {
			t.Fatal(err)
		}
		warned := out.Len()
		if err := r.Write(&out, true); err != nil {
			t.Fatal(err)
		}
		if !json.Valid([]byte(out.String()[warned:])) {
			t.Fatalf("the answer is no JSON: %s", out.String())
		}
		if k == 0 {
			want = out.String()
		} else if want != out.String() {
			t.Fatalf("with %+v:\n%s\nat first:\n%s", o, out.String(), want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, s := range []string{"0", "-0", "1", "0.1", "123456.78", "999999999999999", "9999999999999999", "1e5", "1.5E-7", "0.000000000000001", "0.00000000000000012345", "-12.50"} {
		want, _ := strconv.ParseFloat(s, 64)
		got, ok := float([]byte(s))
		if !ok || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s is %v, want %v", s, got, want)
		}
	}
	if _, ok := float([]byte("1e309")); ok {
		t.Error("1e309 has no float64")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := strconv.FormatFloat(rapid.Float64().Draw(t, "f"), rapid.SampledFrom([]byte("feg")).Draw(t, "form"), rapid.IntRange(-1, 20).Draw(t, "digits"), 64)
		s = strings.TrimSuffix(s, "+")
		want, err := strconv.ParseFloat(s, 64)
		if got, ok := float([]byte(s)); ok != (err == nil) || ok && got != want {
			t.Fatalf("%s is %v, want %v", s, got, want)
		}
	})
}

// A reader's error is the answer's; what was read before it isn't given for
// the whole.
func TestBrokenStream(t *testing.T) {
	r := io.MultiReader(strings.NewReader(`{"ocid":"a"}`+"\n"), failing{})
	if _, err := Analyze(r, Default().All(), Options{}); err == nil || err.Error() != "cable cut" {
		t.Fatalf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("cable cut") }
