package detect

import (
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// newD08: the deposits of different bidders were paid from one account
// (实施条例 40(6)). Accounts into which all pay, such as the agency's or the
// centre's, are written in that field by some systems; the office lists them as
// exceptions. A bidder who handed in a letter of guarantee (523) paid nothing
// from an account of his own and is left out. No account stands in a finding.
func newD08() sameHand {
	return sameHand{
		info: Info{
			ID: "D08", Version: 1, ZH: "不同投标人的投标保证金从同一账户转出", EN: "deposits of different bidders paid from one account",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（六）项", Datasets: []string{"9011", "523", "507", "501", "503"},
		},
		datasets: []string{"9011"}, fields: []string{"MARGIN_ACCOUNT"}, threshold: "payer's account equal", unseen: true,
		noun: [2]string{"投标保证金转出账户", "accounts from which the deposits came"},
		skip: [2]string{"代理机构、交易中心的归集账户", "collective accounts of an agency or a trading centre"},
		collect: func(d *docket.Docket, lot string, rows []*docket.Entry, set effective) comparison {
			read := set.machines()
			guaranteed := guarantees(d, lot)
			p := partiesOf(d, lot)
			return marked(d, lot, rows, nil, func(e *docket.Entry) []string {
				if guaranteed[p.identity(e)] {
					return nil
				}
				return accounts(read, e.Fields["MARGIN_ACCOUNT"])
			}, func(mark string) bool {
				return slices.ContainsFunc(set.OwnCodes, func(k Known) bool { return slices.Contains(accounts(read, k.Value), mark) })
			})
		},
	}
}

// guarantees are the bidders of a lot who handed in a letter of guarantee.
func guarantees(d *docket.Docket, lot string) map[string]bool {
	p := partiesOf(d, lot)
	out := map[string]bool{}
	for _, e := range timeline.Rows(d, "523", lot) {
		out[p.identity(e)] = true
	}
	return out
}

// accounts reads account numbers without blanks and hyphens. One of which a part
// is blotted out cannot be compared, and one of fewer than eight digits is none.
func accounts(read machineReader, s string) []string {
	var out []string
	for _, c := range read.codes(s) {
		c = strings.ReplaceAll(c, "-", "")
		digits := 0
		for _, r := range c {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits >= 8 && !strings.ContainsAny(c, "*x?") && !repeated(c) {
			out = append(out, c)
		}
	}
	return out
}
