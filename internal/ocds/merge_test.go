package ocds

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func readReleases(t *testing.T, path string) [][]byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	out := make([][]byte, len(list))
	for i, r := range list {
		out[i] = r
	}
	return out
}

func same(t *testing.T, want, got []byte) {
	t.Helper()
	a, err := parse(want)
	if err != nil {
		t.Fatal(err)
	}
	b, err := parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain(a), plain(b)); diff != "" {
		t.Error(diff)
	}
}

func plain(v any) any {
	switch v := v.(type) {
	case *object:
		m := map[string]any{}
		for n, x := range v.values {
			m[n] = plain(x)
		}
		return m
	case []any:
		l := []any{}
		for _, x := range v {
			l = append(l, plain(x))
		}
		return l
	}
	return v
}

// The standard's own fixtures, both folders, both merges, and those of an
// array merged in another way than by id.
func TestMergeFixtures(t *testing.T) {
	schema, err := os.ReadFile("testdata/ocds-merge/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	own, err := ReadRules(schema)
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]*Rules{"1.1": nil, "schema": own}
	ways := map[string]Way{"append": Append, "by-position": ByPosition}
	ran := 0
	files, _ := filepath.Glob("testdata/ocds-merge/*/*-*.json")
	for _, file := range files {
		base := strings.TrimSuffix(file, ".json")
		for suffix, run := range map[string]func(*Merger, [][]byte) ([]byte, error){
			"-compiled": (*Merger).Compiled, "-versioned": (*Merger).Versioned,
			"-append": (*Merger).Compiled, "-by-position": (*Merger).Compiled,
		} {
			from, ok := strings.CutSuffix(base, suffix)
			if !ok {
				continue
			}
			ran++
			t.Run(filepath.Base(base), func(t *testing.T) {
				m := Merger{Rules: rules[filepath.Base(filepath.Dir(file))]}
				releases := readReleases(t, from+".json")
				if way, ok := ways[suffix[1:]]; ok {
					m.Ways = map[string]Way{"nested.array": way}
					releases = append(releases, releases...)
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				got, err := run(&m, releases)
				if err != nil {
					t.Fatal(err)
				}
				same(t, want, got)
			})
		}
	}
	if ran != 24 {
		t.Errorf("ran %d fixtures, want 24", ran)
	}
}

func list(releases ...string) [][]byte {
	var out [][]byte
	for _, r := range releases {
		out = append(out, []byte(r))
	}
	return out
}

func TestMergeRules(t *testing.T) {
	for _, c := range []struct {
		name, a, b          string
		compiled, versioned string
	}{
		{"null takes a value away", `"x":"1"`, `"x":null`, ``, `"x":[V1"1"},V2null}]`},
		{"null takes an object away", `"x":{"a":{"b":1}}`, `"x":null`, ``, `"x":{"a":{"b":[V11},V2null}]}}`},
		{"null takes a list of objects away", `"x":[{"id":1,"a":2}]`, `"x":null`, ``, `"x":[{"id":1,"a":[V12},V2null}]}]`},
		{"null before an object is nothing", `"x":null`, `"x":{"a":1}`, `"x":{"a":1}`, `"x":{"a":[V21}]}`},
		{"numbers keep their text", `"x":1.10`, `"x":12345678901234567890.50`, `"x":12345678901234567890.50`, `"x":[V11.10},V212345678901234567890.50}]`},
		{"a list of mixed types is replaced whole", `"x":[{"id":1},"a"]`, `"x":[{"id":2}]`, `"x":[{"id":2}]`, `"x":[V1[{"id":1},"a"]},V2[{"id":2}]}]`},
		{
			"a whole list may become empty", `"parties":[{"id":"1","additionalIdentifiers":[{"id":"2"}]}]`, `"parties":[{"id":"1","additionalIdentifiers":[]}]`,
			`"parties":[{"id":"1","additionalIdentifiers":[]}]`, `"parties":[{"id":"1","additionalIdentifiers":[V1[{"id":"2"}]},V2[]}]}]`,
		},
		{
			"an id as number and as text is one", `"awards":[{"id":1,"title":"a"}]`, `"awards":[{"id":"1","title":"b"}]`,
			`"awards":[{"id":1,"title":"b"}]`, `"awards":[{"id":1,"title":[V1"a"},V2"b"}]}]`,
		},
		{
			"of one id in one release the last counts", `"awards":[{"id":"1","title":"a","date":"d"},{"id":"1","title":"b"}]`, `"awards":[{"id":"1","title":"c"},{"id":"1","title":"b"}]`,
			`"awards":[{"id":"1","title":"b","date":"d"}]`, `"awards":[{"id":"1","title":[V1"b"}],"date":[V1"d"}]}]`,
		},
		{
			"objects without an id are all kept", `"z":[{"a":1},{"id":"0","a":2}]`, `"z":[{"a":1},{"id":null,"a":3}]`,
			`"z":[{"a":1},{"id":"0","a":2},{"a":1},{"a":3}]`,
			`"z":[{"a":[V11}]},{"id":"0","a":[V12}]},{"a":[V21}]},{"id":[V2null}],"a":[V23}]}]`,
		},
		{"an object whose values were taken away is empty", `"x":{"a":1}`, `"x":{"a":null}`, `"x":{}`, `"x":{"a":[V11},V2null}]}`},
		{
			"an object taken away may come back without its past", `"x":{"a":1},"y":[{"id":1,"a":1},{"id":2}]`, `"x":null,"y":null`, ``,
			`"x":{"a":[V11},V2null}]},"y":[{"id":1,"a":[V11},V2null}]},{"id":2}]`,
		},
		{"empty objects and lists say nothing", `"x":{"a":1,"c":{"d":{}}},"y":[{"id":1}],"z":[{}],"u":{"v":[]}`, `"x":{},"y":[]`, `"x":{"a":1},"y":[{"id":1}]`, `"x":{"a":[V11}]},"y":[{"id":1}]`},
		{"a list of values is one value", `"x":["a","b"]`, `"x":["b"]`, `"x":["b"]`, `"x":[V1["a","b"]},V2["b"]}]`},
		{"a list of lists is one value", `"x":[[{"id":1}]]`, `"x":[[{"id":2}]]`, `"x":[[{"id":2}]]`, `"x":[V1[[{"id":1}]]},V2[[{"id":2}]]}]`},
		{"a list mixed only later is whole from the first", `"x":[{"id":1}]`, `"x":["a"]`, `"x":["a"]`, `"x":[V1[{"id":1}]},V2["a"]}]`},
		{
			"what the schema has as a whole list is whole whatever it is", `"parties":[{"id":"1","additionalIdentifiers":{"id":"2"}}]`, `"parties":[{"id":"1","additionalIdentifiers":[{"id":"3"}]}]`,
			`"parties":[{"id":"1","additionalIdentifiers":[{"id":"3"}]}]`, `"parties":[{"id":"1","additionalIdentifiers":[V1{"id":"2"}},V2[{"id":"3"}]}]}]`,
		},
		{
			"lists in lists merge by id", `"contracts":[{"id":1,"implementation":{"milestones":[{"id":"m","title":"a"}]}}]`, `"contracts":[{"id":1,"implementation":{"milestones":[{"id":"n"},{"id":"m","title":"b"}]}}]`,
			`"contracts":[{"id":1,"implementation":{"milestones":[{"id":"m","title":"b"},{"id":"n"}]}}]`, `"contracts":[{"id":1,"implementation":{"milestones":[{"id":"m","title":[V1"a"},V2"b"}]},{"id":"n"}]}}]`,
		},
		{
			"one number in two forms is one version, its last form the latest", `"x":100,"y":{"a":1e3},"z":[1]`, `"x":100.00,"y":{"a":1000},"z":[1.0]`,
			`"x":100.00,"y":{"a":1000},"z":[1.0]`, `"x":[V1100}],"y":{"a":[V11e3}]},"z":[V1[1]}]`,
		},
		{"a whole list with its names in another order is unchanged", `"x":[{"a":1,"b":2},3]`, `"x":[{"b":2,"a":1},3]`, `"x":[{"a":1,"b":2},3]`, `"x":[V1[{"a":1,"b":2},3]}]`},
		{"any writing", `"x":"\u4e00\ud83d\ude00","名":"甲"`, `"x":"一😀","名":"<乙&>"`, `"x":"一😀","名":"<乙&>"`, `"x":[V1"一😀"}],"名":[V1"甲"},V2"<乙&>"}]`},
		{"an unchanged value has one version", `"x":"1"`, `"x":"1"`, `"x":"1"`, `"x":[V1"1"}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The later release comes first: the date decides. 01:00+02:00 is before midnight UTC.
			in := list(`{"ocid":"o","id":"2","date":"2020-01-01T00:00:00Z","tag":["t"],`+c.b+`}`, `{"ocid":"o","id":"1","date":"2020-01-01T01:00:00+02:00",`+c.a+`}`)
			got, err := new(Merger).Compiled(in)
			if err != nil {
				t.Fatal(err)
			}
			head := `{"tag":["compiled"],"id":"o-2020-01-01T00:00:00Z","date":"2020-01-01T00:00:00Z","ocid":"o"`
			if c.compiled != "" {
				head += ","
			}
			same(t, []byte(head+c.compiled+"}"), got)
			if got, err = new(Merger).Versioned(in); err != nil {
				t.Fatal(err)
			}
			want := strings.NewReplacer("V1", `{"releaseID":"1","releaseDate":"2020-01-01T01:00:00+02:00","releaseTag":null,"value":`,
				"V2", `{"releaseID":"2","releaseDate":"2020-01-01T00:00:00Z","releaseTag":["t"],"value":`).Replace(c.versioned)
			same(t, []byte(`{"ocid":"o",`+want+`}`), got)
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	good := `{"ocid":"o","date":"2020-01-01T00:00:00Z","x":{"a":1}}`
	for _, c := range []struct {
		bad  string
		rule Problem
	}{
		{`{`, NotJSON},
		{`"http://example.org/1"`, NotObject},
		{`null`, NotObject},
		{`{"date":"2020-01-02"}`, OcidMissing},
		{`{"ocid":7,"date":"2020-01-02"}`, OcidMissing},
		{`{"ocid":"p","date":"2020-01-02"}`, OcidInconsistent},
		{`{"ocid":"o"}`, DateMissing},
		{`{"ocid":"o","date":null}`, DateNull},
		{`{"ocid":"o","date":7}`, DateNotString},
		{`{"ocid":"o","date":"2020-01-02T00:00:00Z","x":"a"}`, TypeInconsistent},
		{`{"ocid":"o","date":"2020-01-02T00:00:00Z","x":[{"id":1}]}`, TypeInconsistent},
	} {
		_, err := new(Merger).Compiled(list(good, c.bad))
		var e *MergeError
		if !errors.As(err, &e) || e.Rule != c.rule || e.Release != 1 {
			t.Errorf("%s: %v, want %s of release 1", c.bad, err, c.rule)
		}
	}
	// A value that a null took away may be an object next; a versioned release
	// has no form for it.
	turned := list(`{"ocid":"o","date":"1","x":"a"}`, `{"ocid":"o","date":"2","x":null}`, `{"ocid":"o","date":"3","x":{"a":1}}`)
	got, err := new(Merger).Compiled(turned)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []byte(`{"tag":["compiled"],"id":"o-3","date":"3","ocid":"o","x":{"a":1}}`), got)
	var e *MergeError
	if _, err := new(Merger).Versioned(turned); !errors.As(err, &e) || e.Rule != TypeInconsistent || e.Release != 2 || e.Path != "x" {
		t.Errorf("a value that became an object: %v", err)
	}
	if _, err := new(Merger).Versioned(nil); !errors.As(err, &e) || e.Rule != NoReleases {
		t.Errorf("no releases: %v", err)
	}
}

// One release alone has nothing to be ordered by, and needs no date.
func TestMergeOneRelease(t *testing.T) {
	for in, want := range map[string]string{
		`{"ocid":"o","awards":[{"id":"1"},{"id":"1"}]}`: `{"tag":["compiled"],"id":"o","ocid":"o","awards":[{"id":"1"}]}`,
		`{"ocid":"o","id":"7","date":null}`:             `{"tag":["compiled"],"id":"o","ocid":"o"}`,
	} {
		got, err := new(Merger).Compiled(list(in))
		if err != nil {
			t.Fatal(err)
		}
		same(t, []byte(want), got)
	}
}

// Names come out in the order in which they came in, the release's own first.
func TestMergeKeepsOrder(t *testing.T) {
	in := list(`{"z":1,"date":"1","ocid":"o","a":{"c":1,"b":2}}`, `{"a":{"b":3,"d":1},"ocid":"o","y":1,"z":2,"date":"2"}`)
	got, err := new(Merger).Compiled(in)
	if want := `{"tag":["compiled"],"id":"o-2","date":"2","ocid":"o","z":2,"a":{"c":1,"b":3,"d":1},"y":1}`; err != nil || string(got) != want {
		t.Errorf("got %s, want %s: %v", got, want, err)
	}
}

func TestReadRules(t *testing.T) {
	def := `"definitions":{"L":{"type":"array","items":{"$ref":"#/definitions/N"}},"N":{"type":"object","properties":{"id":{},"next":{"$ref":"#/definitions/N"},"all":{"$ref":"#/definitions/L"},"w":{"type":"array","wholeListMerge":true}}},"O":{"omitWhenMerged":true}}`
	rules, err := ReadRules([]byte(`{`+def+`,"properties":{
	 "n":{"$ref":"#/definitions/N"},"l":{"$ref":"#/definitions/L"},"o":{"$ref":"#/definitions/O"},"side":{"$ref":"#/definitions/N","omitWhenMerged":true},
	 "maybe":{"type":"array","items":{"type":["object","null"],"properties":{"id":{}}}},"bare":{"type":"array","items":{"type":"object"}},
	 "noid":{"type":["array","null"],"items":{"type":"object","properties":{"a":{}}}},"false":{"type":"array","wholeListMerge":false,"omitWhenMerged":false},
	 "old":{"type":"array","mergeStrategy":"ocdsVersion"},"obj":{"type":"object","wholeListMerge":true}}}`),
		[]byte(`{"properties":{"bare":{"wholeListMerge":true},"obj":null,"new":{"omitWhenMerged":true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	at := func(path string) string {
		r := rules.root
		for _, name := range strings.Split(path, ".") {
			r = r.child(name)
		}
		switch {
		case r == nil:
			return "unknown"
		case r.omit:
			return "omit"
		case r.whole:
			return "whole"
		}
		return "merge"
	}
	for path, want := range map[string]string{
		"n": "merge", "n.next.next.w": "whole", "n.all.all.next.w": "whole", "l.w": "whole", "o": "omit", "side": "omit", "maybe": "whole", "bare": "whole",
		"noid": "whole", "false": "merge", "old": "whole", "obj": "unknown", "new": "omit",
	} {
		if got := at(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for _, bad := range []string{`{`, `[]`, `{"properties":{"a":{"$ref":"other.json"}}}`, `{"properties":{"a":{"$ref":"#/nowhere"}}}`, `{"properties":{"a":{"$ref":"#/properties/a"}}}`} {
		if _, err := ReadRules([]byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// Merging is a fold: any releases merge or are refused with a rule, and a
// compiled release merged again is itself.
func TestMergeIsTotal(t *testing.T) {
	value := rapid.SampledFrom([]string{`null`, `7`, `1e999999999999999999999`, `"x"`, `[]`, `{}`, `[null]`, `[[{}]]`, `{"id":{}}`, `[{"id":1},{"id":1,"a":null}]`, `[{"a":1}]`, `{"a":{"b":[1,{}]}}`, `true`})
	rapid.Check(t, func(t *rapid.T) {
		var in []string
		for i := range rapid.IntRange(1, 4).Draw(t, "n") {
			in = append(in, fmt.Sprintf(`{"ocid":"o","id":"%d","date":"%d","x":%s,"parties":%s,"tender":%s}`, i, i, value.Draw(t, "x"), value.Draw(t, "p"), value.Draw(t, "t")))
		}
		var e *MergeError
		once, err := new(Merger).Compiled(list(in...))
		if err != nil {
			if !errors.As(err, &e) || e.Rule != TypeInconsistent {
				t.Fatal(err)
			}
			return
		}
		twice, err := new(Merger).Compiled([][]byte{once})
		if err != nil {
			t.Fatal(err)
		}
		// Objects without an id or a value are left out the second time.
		if thrice, err := new(Merger).Compiled([][]byte{twice}); err != nil || !bytes.Equal(twice, thrice) {
			t.Fatalf("%s became %s: %v", twice, thrice, err)
		}
		if _, err := new(Merger).Versioned(list(in...)); err != nil && (!errors.As(err, &e) || e.Rule != TypeInconsistent) {
			t.Fatal(err)
		}
	})
}
