package standard

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestExamples(t *testing.T) {
	c := Default()
	for _, d := range c.Datasets() {
		t.Run(d.No, func(t *testing.T) {
			r := Example(d.No)
			if rep := c.Check(&r, context(d)); len(rep.Problems) > 0 {
				t.Errorf("the good example breaks rules: %+v", rep.Problems)
			}
			if len(r.Fields) == 0 || r.Key == "" {
				t.Errorf("the good example is empty: %+v", r)
			}
			bad, want := BadExample(d.No)
			rep := c.Check(&bad, context(d))
			var got []Broken
			for _, p := range rep.Problems {
				got = append(got, Broken{p.Rule, p.Field})
			}
			less := func(a, b Broken) bool { return a.Rule+a.Field < b.Rule+b.Field }
			if diff := cmp.Diff(want, got, cmpopts.SortSlices(less)); diff != "" {
				t.Errorf("the bad example (-want +got):\n%s", diff)
			}
			if len(want) < 2 {
				t.Errorf("the bad example breaks only %v", want)
			}
		})
	}
}
