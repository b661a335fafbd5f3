package disclose

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	digest := strings.Repeat("0f", 32)
	for name, c := range map[string]struct {
		entry Entry
		want  bool
	}{
		"the field":           {Entry{Fields: []Field{{Name: "FILE_DIGEST", Value: digest}}}, true},
		"in capitals":         {Entry{Fields: []Field{{Name: "FILE_DIGEST", Value: strings.ToUpper(digest)}}}, true},
		"among others":        {Entry{Fields: []Field{{Name: "SOURCE", Value: "NAME=a\tSHA256=" + digest + "\nNAME=b"}}}, true},
		"masked":              {Entry{Fields: []Field{{Name: "FILE_DIGEST", Value: digest, State: Masked}}}, false},
		"hidden":              {Entry{Fields: []Field{{Name: "FILE_DIGEST", State: Hidden}}}, false},
		"part of another":     {Entry{Fields: []Field{{Name: "FILE_DIGEST", Value: "0" + digest}}}, false},
		"and once for itself": {Entry{Fields: []Field{{Name: "FILE_DIGEST", Value: "0" + digest + " " + digest}}}, true},
		"deleted":             {Entry{Deleted: true, Fields: []Field{{Name: "FILE_DIGEST", Value: digest}}}, false},
		"another data set":    {Entry{Dataset: "504", Fields: []Field{{Name: "FILE_DIGEST", Value: digest}}}, false},
		"another's record":    {Entry{Origin: "p", Fields: []Field{{Name: "FILE_DIGEST", Value: digest}}}, false},
	} {
		e := c.entry
		if e.Dataset == "" {
			e.Dataset = "9113"
		}
		if e.Origin == "" {
			e.Origin = "o"
		}
		v := &Docket{Entries: []Entry{e}}
		if got := v.Names("o", "9113", digest); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	v := &Docket{Entries: []Entry{{Origin: "o", Dataset: "9113", Fields: []Field{{Value: ""}, {Value: digest}}}}}
	if v.Names("o", "9113", "") || (*Docket)(nil).Names("o", "9113", digest) {
		t.Error("nothing is named")
	}
}
