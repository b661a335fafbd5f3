package detect

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"mingjing/internal/docket"
	"mingjing/internal/trade"
)

// TestForForgetsNothing: what Settings.For keeps is what it would work out anew
// for the docket and the day.
func TestForForgetsNothing(t *testing.T) {
	s, err := ReadSettings([]byte(`settings:
  - {id: china, date: 2018-01-01, indicator: A02, days: 20, source: s}
  - {id: class, date: 2018-01-01, indicator: A02, class: construction, days: 21, source: s, until: 2020-06-30}
  - {id: city, date: 2018-01-01, indicator: A02, region: "410100", days: 22, source: s, since: 2019-01-01, until: 2021-12-31}
  - {id: term, date: 2018-01-01, period: document-issue, region: "410000", days: 9, source: s, since: 2019-06-01, until: 2022-03-01}
  - {id: issue, date: 2018-01-01, indicator: A01, period: document-issue, source: s}
`))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			d := &docket.Docket{
				Class: rapid.SampledFrom([]string{"", "construction", "land"}).Draw(t, "class"), Region: rapid.SampledFrom([]string{"410105", "410100", "411082", "419001", "x", ""}).Draw(t, "region"),
				Origins: rapid.SampledFrom([][]string{{"P"}, {"ocds"}, nil}).Draw(t, "origins"),
			}
			day := trade.Date(2018, 1, 1) + trade.Day(rapid.IntRange(0, 2000).Draw(t, "day"))
			for _, id := range []string{"A01", "A02", "A03"} {
				got, ok := s.For(id, d, day)
				want := s.effective(id, d, day)
				if ok != (want.Name != "") || got.Name != want.Name || got.text() != want.text() || fmt.Sprintf("%+v", got.periods()) != fmt.Sprintf("%+v", want.periods()) {
					t.Fatalf("%s on %s: kept %s, anew %s", id, day, got.text(), want.text())
				}
			}
		}
	})
}
