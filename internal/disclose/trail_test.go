package disclose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/docket"
)

const trailLot = "E4103002441A04301001001"

// trailDocket makes a docket of rows written as "dataset FIELD=value FIELD=value".
func trailDocket(rows ...string) *docket.Docket {
	d := &docket.Docket{ID: "E4103002441A04301001", Class: "construction", Region: "410300", Lots: []docket.Lot{{Code: trailLot, Declared: true}}}
	for i, row := range rows {
		words := strings.Fields(row)
		e := docket.Entry{Dataset: words[0], Origin: originA, Key: fmt.Sprintf("%s-%d", words[0], i), Revision: "1", Position: int64(i), Versions: 1, Fields: map[string]string{"TENDER_PROJECT_CODE": d.ID}}
		for _, w := range words[1:] {
			name, value, _ := strings.Cut(w, "=")
			if name == "at" {
				e.Occurred = value + "T09:00:00+08:00"
				continue
			}
			e.Fields[name] = value
		}
		d.Live = append(d.Live, e)
	}
	return d
}

func TestTrail(t *testing.T) {
	lot := " BID_SECTION_CODE=" + trailLot
	const (
		award    = "513 at=2024-01-10 PRICE_FORM_CODE=1 PRICE_UNIT=0 WIN_BIDDER_NAME=甲公司 BID_AMOUNT="
		contract = "512 at=2024-02-01 PRICE_FORM_CODE=1 PRICE_UNIT=0 BIDDER_NAME=甲公司 CONTRACT_PRICE="
		change   = "9109 at=2024-05-01 CONTRACT_NUMBER=H1 AMOUNT_BEFORE=1000 AMOUNT_AFTER="
		paid     = "9110 at=2024-06-01 CONTRACT_NUMBER=H1 PAYEE_NAME=甲公司 "
		settled  = "522 at=2024-09-01 SETTLE_PRICE="
	)
	for name, c := range map[string]struct {
		rows []string
		want string // kinds and by how much
		way  MoneyWay
	}{
		"as it should be": {
			[]string{award + "1000" + lot, contract + "1000" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=300" + lot, paid + "PAYMENT_NUMBER=2 PAYMENT_AMOUNT=700" + lot, settled + "1000" + lot},
			"",
			MoneyWay{Awarded: "1000", Contracted: "1000", Paid: "1000", Settled: "1000", Contracts: 1, Payments: 2},
		},
		"paid and no contract": {
			[]string{award + "1000" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=300" + lot},
			"paid-without-contract 300",
			MoneyWay{Awarded: "1000", Paid: "300", Payments: 1},
		},
		"a voucher sent twice counts once": {
			[]string{contract + "1000" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=900" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=900" + lot},
			"",
			MoneyWay{Contracted: "1000", Paid: "900", Contracts: 1, Payments: 1},
		},
		"paid more than the contract": {
			[]string{contract + "1000" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=1000.01" + lot},
			"paid-over-contract 0.01",
			MoneyWay{Contracted: "1000", Paid: "1000.01", Contracts: 1, Payments: 1},
		},
		"but a change allows it": {
			[]string{contract + "1000" + lot, change + "1100" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=1050" + lot},
			"",
			MoneyWay{Contracted: "1000", Changed: "1100", Paid: "1050", Contracts: 1, Payments: 1},
		},
		"contract above the award, which was told twice": {
			[]string{award + "1000" + lot, award + "1000" + lot, contract + "1200" + lot},
			"contract-above-award 200",
			MoneyWay{Awarded: "1000", Contracted: "1200", Contracts: 1},
		},
		"paid a day too early": {
			[]string{contract + "1000" + lot, strings.Replace(paid, "2024-06-01", "2024-01-31", 1) + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=10" + lot},
			"paid-before-contract 10",
			MoneyWay{Contracted: "1000", Paid: "10", Contracts: 1, Payments: 1},
		},
		"settled above": {
			[]string{contract + "1000" + lot, settled + "1001" + lot},
			"settled-over-contract 1",
			MoneyWay{Contracted: "1000", Settled: "1001", Contracts: 1},
		},
		"a payment that names no lot is of the whole docket": {
			[]string{contract + "1000" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=1001"},
			"paid-over-contract 1",
			MoneyWay{Contracted: "1000", Paid: "1001", Contracts: 1, Payments: 1},
		},
		"what rounding to 万元 explains is no difference": {
			[]string{strings.Replace(contract, "PRICE_UNIT=0", "PRICE_UNIT=1", 1) + "6501.98" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=65019850" + lot},
			"",
			MoneyWay{Contracted: "65019800", Paid: "65019850", Contracts: 1, Payments: 1},
		},
		"but a yuan more is one": {
			[]string{strings.Replace(contract, "PRICE_UNIT=0", "PRICE_UNIT=1", 1) + "6501.980" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=65019851" + lot},
			"paid-over-contract 51",
			MoneyWay{Contracted: "65019800", Paid: "65019851", Contracts: 1, Payments: 1},
		},
		"a unit that cannot be right is a doubt": {
			[]string{award + "1000" + lot, contract + "10000000" + lot},
			"contract-above-award 9999000 doubt",
			MoneyWay{Awarded: "1000", Contracted: "10000000", Contracts: 1},
		},
		"a deleted contract is none": {
			[]string{"-" + contract + "1000" + lot, paid + "PAYMENT_NUMBER=1 PAYMENT_AMOUNT=1" + lot},
			"paid-without-contract 1",
			MoneyWay{Paid: "1", Payments: 1},
		},
	} {
		d := trailDocket(c.rows...)
		for i := range d.Live {
			if e := &d.Live[i]; e.Dataset[0] == '-' {
				e.Dataset, e.Deleted = e.Dataset[1:], true
			}
		}
		trail := View(d, Reader{Audience: Auditor}, now).Trail(nil)
		var got []string
		for _, x := range trail.Differences {
			text := x.Kind + " " + x.Yuan
			if x.Doubt {
				text += " doubt"
			}
			got = append(got, text)
			if len(x.Rows) == 0 || x.Words.ZH == "" || x.Words.EN == "" {
				t.Errorf("%s: a difference without records or words: %+v", name, x)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
		c.way.Lots = []string{trailLot}
		if len(trail.Ways) != 1 || fmt.Sprint(trail.Ways[0]) != fmt.Sprint(c.way) {
			t.Errorf("%s: ways %+v, want %+v", name, trail.Ways, c.way)
		}
	}
}

// Lots with contracts of their own are added up by themselves; a contract over
// two lots joins them.
func TestTrailByLots(t *testing.T) {
	a, b, c := trailLot, trailLot[:20]+"002", trailLot[:20]+"003"
	d := trailDocket(
		"512 at=2024-02-01 PRICE_FORM_CODE=1 PRICE_UNIT=0 CONTRACT_PRICE=100 BID_SECTION_CODE="+a,
		"9110 at=2024-03-01 CONTRACT_NUMBER=H1 PAYMENT_NUMBER=1 PAYMENT_AMOUNT=90 BID_SECTION_CODE="+a+";"+b,
		"9110 at=2024-03-01 CONTRACT_NUMBER=H2 PAYMENT_NUMBER=2 PAYMENT_AMOUNT=5 BID_SECTION_CODE="+c)
	trail := View(d, Reader{Audience: Auditor}, now).Trail(nil)
	if len(trail.Ways) != 2 || !slices.Equal(trail.Ways[0].Lots, []string{a, b}) && !slices.Equal(trail.Ways[1].Lots, []string{a, b}) {
		t.Fatalf("%+v", trail.Ways)
	}
	if len(trail.Differences) != 1 || trail.Differences[0].Kind != PaidWithoutContract || !slices.Equal(trail.Differences[0].Lots, []string{c}) {
		t.Errorf("%+v", trail.Differences)
	}
}

// The contracts of a project are held against the investment that was approved.
func TestTrailOfProject(t *testing.T) {
	d := trailDocket("512 at=2024-02-01 PRICE_FORM_CODE=1 PRICE_UNIT=1 CONTRACT_PRICE=2 BID_SECTION_CODE=" + trailLot)
	file := &docket.ProjectFile{File: docket.Docket{ID: "P1", Live: []docket.Entry{
		{Dataset: "9101", Origin: originA, Key: "a", Versions: 1, Fields: map[string]string{"PROJECT_CODE": "P1", "TOTAL_INVESTMENT": "15000"}},
	}}, Dockets: []string{d.ID}}
	r := Reader{Audience: Auditor}
	p, err := ViewProject(file, r, now, func(string) (*docket.Docket, error) { return d, nil })
	if err != nil {
		t.Fatal(err)
	}
	trail := View(d, r, now).Trail(p)
	if len(trail.Steps) != 2 || trail.Steps[0].Kind != MoneyApproved || trail.Project != "P1" {
		t.Errorf("steps %+v", trail.Steps)
	}
	if len(trail.Differences) != 1 || trail.Differences[0].Kind != ContractsOverApprove || trail.Differences[0].Yuan != "5000" {
		t.Errorf("%+v", trail.Differences)
	}
}

// What a reader does not see stands on no trail of theirs.
func TestTrailShowsNoMoreThanTheView(t *testing.T) {
	for _, m := range Moments() {
		d := full(m).d
		for _, r := range []Reader{{Audience: Auditor}, {Audience: Supervisor, Regions: []string{Everywhere}}, {Audience: Administrator}, {}} {
			v := View(d, r, now)
			if v == nil {
				continue
			}
			shown := map[string]bool{}
			for i := range v.Entries {
				shown[v.Entries[i].Dataset+v.Entries[i].Origin+v.Entries[i].Key] = true
			}
			trail := v.Trail(nil)
			for _, x := range trail.Differences {
				for _, ref := range x.Rows {
					if !shown[ref.Dataset+ref.Origin+ref.Key] {
						t.Errorf("%s at %s: %+v is not in the view", r.Audience, m, ref)
					}
				}
			}
		}
	}
	for kind := range differenceArticles {
		if !slices.Contains(DifferenceKinds(), kind) {
			t.Errorf("an article of %q, which is no kind", kind)
		}
	}
}
