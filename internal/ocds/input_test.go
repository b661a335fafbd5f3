package ocds

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// taken lists what a batch took: ocid, then each release with its line and
// pointer; a process that is only linked ends in "…".
func taken(b *Batch) []string {
	var out []string
	for _, p := range b.Processes() {
		s := p.Ocid
		for i, r := range p.Releases {
			s += fmt.Sprintf(" %d%s=%s", p.Places[i].Line, p.Places[i].Pointer, strings.Join(strings.Fields(string(r)), ""))
		}
		if p.Linked != nil {
			s += " …"
		}
		out = append(out, s)
	}
	return out
}

func TestBatchTakesEveryForm(t *testing.T) {
	const a, b, c = `{"ocid":"a"}`, `{"ocid":"b"}`, `{"id":"2","ocid":"a"}`
	for _, x := range []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"blank lines", "\n \n\t", nil},
		{"a release", a, []string{"a 1=" + a}},
		{"a byte order mark", "\xef\xbb\xbf" + a, []string{"a 1=" + a}},
		{"a list", "[\n" + a + ",\n" + b + ",\nnull,\n" + c + "]", []string{"a 2/0=" + a + " 5/3=" + c, "b 3/1=" + b}},
		{"an empty list", "[]", nil},
		{"lines", "\n" + a + "\n\n" + b + "\r\n" + c, []string{"a 2=" + a + " 5=" + c, "b 4=" + b}},
		{"one after another", a + b + " " + c, []string{"a 1=" + a + " 1=" + c, "b 1=" + b}},
		{"one after another, over lines", "{\n\"ocid\":\n\"a\"\n}\n{\n\"ocid\":\"b\"}", []string{"a 1=" + a, "b 5=" + b}},
		{"a release package", `{"uri":"u","releases":[` + "\n" + a + `],"extensions":["x"]}`, []string{"a 2/releases/0=" + a}},
		{"lists of packages", `[{"releases":[` + a + `]},{"releases":[` + b + `,` + c + `]}]`, []string{"a 1/0/releases/0=" + a + " 1/1/releases/1=" + c, "b 1/1/releases/0=" + b}},
		{"an empty package", `{"releases":[]}`, nil},
		{"a record", `{"ocid":"a","releases":[` + a + `,` + c + `],"compiledRelease":{"ocid":"a","x":1}}`, []string{"a 1/releases/0=" + a + " 1/releases/1=" + c}},
		{"a record of links", `{"ocid":"a","releases":[{"url":"https://example.org/1","date":"d"}],"compiledRelease":{"ocid":"a","x":1}}`, []string{`a 1/compiledRelease={"ocid":"a","x":1} …`}},
		{"a record package", `{"records":[{"ocid":"a","releases":[` + a + `]},` + "\n" + `{"ocid":"b","releases":[` + b + `]}]}`, []string{"a 1/records/0/releases/0=" + a, "b 2/records/1/releases/0=" + b}},
		{"a release with a list that is no record's", `{"ocid":"a","records":[1]}`, []string{`a 1={"ocid":"a","records":[1]}`}},
	} {
		t.Run(x.name, func(t *testing.T) {
			var whole, bytewise Batch
			if err := whole.Read("f", strings.NewReader(x.in)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(x.want, taken(&whole)); diff != "" {
				t.Error(diff)
			}
			if err := bytewise.Read("f", iotest.OneByteReader(strings.NewReader(x.in))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(x.want, taken(&bytewise)); diff != "" {
				t.Errorf("byte by byte: %s", diff)
			}
		})
	}
}

func TestBatchRefuses(t *testing.T) {
	for _, x := range []struct {
		name, in string
		rule     Problem
		at       string
	}{
		{"half a document", "{\"ocid\":\"a\"}\n{\"ocid\":", NotJSON, "f:2: /ocid"},
		{"no JSON", "\nhello", NotJSON, "f:2"},
		{"a comma too many", "[\n{\"ocid\":\"a\"},\n]", NotJSON, "f:3: /1"},
		{"text that is not UTF-8", "{\"ocid\":\"\xff\"}", NotJSON, "f:1: /ocid"},
		{"a string", `["http://example.org/1"]`, NotObject, "f:1: /0"},
		{"a number", "7", NotObject, "f:1"},
		{"no ocid", "[{\"ocid\":\"a\"},\n{\"id\":\"1\"}]", OcidMissing, "f:2: /1"},
		{"an ocid that is a number", `{"ocid":7}`, OcidMissing, "f:1"},
		{"an empty package's metadata", `{"uri":"u","publisher":{"name":"n"}}`, OcidMissing, "f:1"},
		{"releases that are no list", `{"releases":{"ocid":"a"}}`, NotList, "f:1: /releases"},
		{"a release in a record of another ocid", `{"ocid":"a","releases":[{"ocid":"b"}]}`, OcidInconsistent, "f:1: /releases/0"},
		{"a record of links", `{"records":[{"ocid":"a","releases":[{"url":"https://example.org/1"}]}]}`, ReleasesLinked, "f:1: /records/0"},
		{"a record of links and releases", `{"ocid":"a","releases":[{"url":"https://example.org/1"},{"ocid":"a"}]}`, ReleasesLinked, "f:1"},
		{"an empty record", `{"ocid":"a","releases":[]}`, ReleasesLinked, "f:1"},
		{"too much", `{"ocid":"` + strings.Repeat("a", 100) + `"}`, TooLarge, "f:1"},
	} {
		t.Run(x.name, func(t *testing.T) {
			b := Batch{Limit: 99}
			err := b.Read("f", strings.NewReader(x.in))
			var e *InputError
			if !errors.As(err, &e) || e.Rule != x.rule || e.Place.String() != x.at {
				t.Errorf("got %v, want %s at %s", err, x.rule, x.at)
			}
		})
	}
	broken := errors.New("the line broke")
	if err := new(Batch).Read("f", io.MultiReader(strings.NewReader(`{"ocid":`), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a reader's error: %v", err)
	}
}

// Whatever is read, what was taken stood in the input, and merges or is
// refused by a rule.
func FuzzBatch(f *testing.F) {
	f.Add("{\"ocid\":\"a\",\"date\":\"1\"}\n[{\"ocid\":\"a\",\"date\":\"2\",\"x\":[{\"id\":1},{\"id\":\"1\"}]}]")
	f.Add(`{"releases":[{"ocid":"a","tender":{"lots":[{"id":1,"value":{"amount":1e3}}]}}]}{"records":[{"ocid":"b","compiledRelease":{"ocid":"b"}}]}`)
	f.Add(`{"ocid":"a","releases":[{"ocid":"a","date":null},{"ocid":"a","date":"2","x":null}]}`)
	f.Add("\xef\xbb\xbf[[null,{\"ocid\":\"a\"}]]")
	f.Fuzz(func(t *testing.T, in string) {
		var b Batch
		err := b.Read("f", strings.NewReader(in))
		var ie *InputError
		if err != nil && !errors.As(err, &ie) {
			t.Fatalf("an error without a place: %v", err)
		}
		for _, p := range b.Processes() {
			for i, r := range p.Releases {
				if !strings.Contains(in, string(r)) {
					t.Fatalf("%q is not in the input", r)
				}
				if line := p.Places[i].Line; line < 1 || line > 1+strings.Count(in, "\n") {
					t.Fatalf("line %d", line)
				}
			}
			for _, merge := range []func(*Merger, [][]byte) ([]byte, error){(*Merger).Compiled, (*Merger).Versioned} {
				out, err := merge(new(Merger), p.Releases)
				var me *MergeError
				if err != nil && !errors.As(err, &me) {
					t.Fatalf("an error without a rule: %v", err)
				}
				if err == nil {
					if _, err := parse(out); err != nil {
						t.Fatalf("%s is not JSON: %v", out, err)
					}
				}
			}
		}
	})
}
