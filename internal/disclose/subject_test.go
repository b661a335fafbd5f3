package disclose

import (
	"testing"
	"time"

	"mingjing/internal/docket"
)

// The money of a project is that of the rows its reader sees: a contract over
// two lots counts once, an unreadable amount is told of, and a price that is
// not public is in no sum.
func TestProjectMoney(t *testing.T) {
	at := time.Date(2018, 6, 1, 4, 0, 0, 0, time.UTC)
	row := func(dataset, key string, fields map[string]string) docket.Entry {
		return docket.Entry{Dataset: dataset, Origin: "o", Key: key, Fields: fields}
	}
	tender := docket.Docket{ID: "T1", Class: "construction", Region: "410300", Live: []docket.Entry{
		row("512", "1", map[string]string{"BID_SECTION_CODES": "A;B", "CONTRACT_PRICE": "118.5", "PRICE_UNIT": "1"}),
		row("512", "2", map[string]string{"BID_SECTION_CODES": "C", "CONTRACT_PRICE": "about two million", "PRICE_UNIT": "0"}),
		row("9110", "1", map[string]string{"PAYMENT_AMOUNT": "100000.25"}),
		row("9110", "2", map[string]string{"PAYMENT_AMOUNT": "0.75"}),
	}}
	purchase := docket.Docket{ID: "P1", Class: "procurement", Region: "410300", Live: []docket.Entry{
		row("554", "1", map[string]string{"CONTRACT_AMOUNT": "50000", "PRICE_UNIT": "0"}),
	}}
	p := &docket.ProjectFile{
		File: docket.Docket{ID: "X", Class: "construction", Region: "410300", Title: "一中迁建", Live: []docket.Entry{
			row("9115", "1", map[string]string{"BUDGET_AMOUNT": "3000000"}), row("500", "1", map[string]string{"PROJECT_NAME": "一中迁建"}),
		}},
		Dockets: []string{"P1", "T1", "gone"},
	}
	docketOf := func(id string) (*docket.Docket, error) {
		return map[string]*docket.Docket{"T1": &tender, "P1": &purchase}[id], nil
	}
	for _, test := range []struct {
		r                           Reader
		contracts, payments, budget string
		rows, without               int
	}{
		{Reader{Audience: Auditor}, "1235000", "100001", "3000000", 2, 1},
		{Reader{}, "50000", "100001", "3000000", 1, 0}, // these contracts of construction hold nothing public
	} {
		v, err := ViewProject(p, test.r, at, docketOf)
		if err != nil {
			t.Fatal(err)
		}
		if v.Title != "一中迁建" || len(v.Transactions) != 2 || v.Contracts.Yuan != test.contracts || v.Payments.Yuan != test.payments ||
			v.Budget.Yuan != test.budget || v.Contracts.Rows != test.rows || v.Contracts.Without != test.without {
			t.Errorf("%q sees %+v", test.r.Audience, v)
		}
	}
	if v, err := ViewProject(&docket.ProjectFile{File: docket.Docket{ID: "Y"}, Dockets: []string{"gone"}}, Reader{Audience: Auditor}, at, docketOf); v != nil || err != nil {
		t.Errorf("a project without anything: %+v, %v", v, err)
	}
}
