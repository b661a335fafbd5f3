package disclose

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/standard"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: write it with -update", err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s differs at line %d:\nwant %s\ngot  %s\nif that is meant, rewrite it with -update", path, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s has %d lines, want %d: if that is meant, rewrite it with -update", path, len(b), len(a))
}

// The golden file is what View does with a docket that holds every field of
// every data set in plain: five letters a reader, one a moment.
func TestDisclosureGolden(t *testing.T) {
	type cell struct{ dataset, field string }
	letters := map[cell]map[seat][]byte{}
	for _, m := range Moments() {
		l := full(m)
		for _, rd := range readers {
			v := New(Default(), standard.Default()).View(l.d, rd.reader, now)
			for _, no := range construction() {
				for i := range standard.Default().Dataset(no).Fields {
					c := cell{no, standard.Default().Dataset(no).Fields[i].Name}
					if letters[c] == nil {
						letters[c] = map[seat][]byte{}
					}
					letters[c][rd.seat] = append(letters[c][rd.seat], letter(v, no, c.field))
				}
			}
		}
	}
	var out strings.Builder
	out.WriteString("# What each reader sees of each field, at the moments: before, opened, publicity, result, signed.\n" +
		"# S shown, M shown but masked where personal numbers stand, x sealed, - hidden, . the record does not exist for this reader\n")
	fmt.Fprintf(&out, "%-6s %-34s %-12s %-10s", "set", "field", "class", "seal")
	for _, s := range seats {
		fmt.Fprintf(&out, " %-13s", s)
	}
	out.WriteString("\n")
	w := window()
	for _, no := range construction() {
		for i := range standard.Default().Dataset(no).Fields {
			name := standard.Default().Dataset(no).Fields[i].Name
			fmt.Fprintf(&out, "%-6s %-34s %-12s %-10s", no, name, w.classOf(no, name), w.sealOf(no, name))
			for _, s := range seats {
				fmt.Fprintf(&out, " %-13s", letters[cell{no, name}][s])
			}
			out.WriteString("\n")
		}
	}
	golden(t, "testdata/disclosure.golden", out.String())
}

// letter tells how a view has a field. What the table would mask shows as M
// when an ID number in it is blotted out.
func letter(v *Docket, dataset, field string) byte {
	if v == nil {
		return '.'
	}
	i := slices.IndexFunc(v.Entries, func(e Entry) bool { return e.Dataset == dataset })
	if i < 0 {
		return '.'
	}
	f := v.Entries[i].Field(field)
	switch {
	case f == nil:
		return '.'
	case f.State == "":
		r := window().reason(dataset, field, window().sealOf(dataset, field), seat(v.As), Signed)
		if r.Verdict == Masked {
			return 'M'
		}
		return 'S'
	case f.State == Masked:
		return 'M'
	case f.State == Sealed:
		return 'x'
	}
	return '-'
}

func TestDisclosureDocument(t *testing.T) {
	golden(t, "../../docs/disclosure.md", Document())
}
