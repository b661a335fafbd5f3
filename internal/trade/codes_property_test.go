package trade

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRightCodesPass makes right codes of each kind; TestBrokenCodesFail breaks
// one in one place.
func TestRightCodesPass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for kind, err := range rightCodes(t).errors() {
			if err != nil {
				t.Fatalf("a right %s code: %v", kind, err)
			}
		}
	})
}

func TestBrokenCodesFail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rightCodes(t)
		breakings := map[string]func(string) string{
			"cut":   func(s string) string { return s[:len(s)-1] },
			"long":  func(s string) string { return s + "0" },
			"blank": func(s string) string { return " " + s[1:] },
			"wide":  func(s string) string { return "９" + s[1:] },
			"small": func(s string) string { return strings.ToLower(s[:1]) + "!" + s[2:] },
		}
		how := rapid.SampledFrom([]string{"cut", "long", "blank", "wide", "small"}).Draw(t, "how")
		b := breakings[how]
		broken := codes{b(c.org), b(c.invest), b(c.deal), b(c.project), b(c.tender), b(c.section)}
		for kind, err := range broken.errors() {
			if err == nil {
				t.Fatalf("a %s code broken by %q passes", kind, how)
			}
		}
	})
}

type codes struct{ org, invest, deal, project, tender, section string }

func (c codes) errors() map[string]error {
	return map[string]error{
		"organisation": CheckOrgCode(c.org), "investment project": CheckInvestCode(c.invest), "unified deal": CheckDealCode(c.deal),
		"project": CheckProjectCode(c.project), "tender": CheckTenderCode(c.tender, ""), "section": CheckSectionCode(c.section, ""),
	}
}

func rightCodes(t *rapid.T) codes {
	region := rapid.SampledFrom(Regions().Codes()).Draw(t, "region")
	serial := rapid.StringMatching(`[0-9]{6}`).Draw(t, "serial")
	c := codes{org: makeOrg(t)}
	c.invest = fmt.Sprintf("%02d%02d-%s-04-01-%s", rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), region, serial)
	day := Day(rapid.IntRange(int(Date(2010, 1, 1)), int(Date(2030, 1, 1))).Draw(t, "day"))
	c.deal = "A01-" + c.org + "-" + day.Start().Format("20060102") + "-" + serial + "-" + rapid.SampledFrom(strings.Split("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*", "")).Draw(t, "check")
	c.project = "E" + region + rapid.StringMatching(`[0-9A-Z]{10}`).Draw(t, "rest")
	c.tender = c.project + "001"
	c.section = c.tender + "002"
	if CheckTenderCode(c.tender, c.project) != nil || CheckSectionCode(c.section, c.tender) != nil {
		t.Fatal("a code does not belong to its own parent")
	}
	return c
}
