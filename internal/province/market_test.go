package province

import (
	"strings"
	"testing"
	"time"

	"mingjing/internal/trade"
)

// Who wants to act as a tenderer finds one to whom somebody has objected, and the
// same one each time.
func TestObjectedTo(t *testing.T) {
	p := New(Options{Seed: 1, Dockets: 400, Now: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)})
	name, code := p.ObjectedTo("410800")
	if again, same := p.ObjectedTo("410800"); again != name || same != code || trade.CheckOrgCode(code) != nil {
		t.Fatalf("%s %s, then %s %s", name, code, again, same)
	}
	objected := false
	for i := range p.Dockets {
		f := p.Docket(i)
		its, said := false, false
		for _, s := range f.Until(p.Now) {
			its = its || s.Record.Dataset == "501" && s.Record.Fields["TENDERER_CODE"] == code && strings.HasPrefix(s.Record.Fields["REGION_CODE"], "4108")
			said = said || s.Record.Dataset == "9019"
		}
		objected = objected || its && said
	}
	if !objected {
		t.Errorf("nobody objected to %s %s", name, code)
	}
}
