package docket

import (
	"slices"
	"testing"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// One opening record that names several sections opens each of them, at its
// own deadline; one contract over several sections is the contract of each.
func TestOneRowForSeveralLots(t *testing.T) {
	vs := append(noticed(),
		v(3, "502", "S2", "1", "BID_SECTION_CODE", lot2, "BID_SECTION_NAME", "第2标段"),
		v(4, "503", "N2", "1", "BID_SECTION_CODES", lot2, "BID_DOC_REFER_END_TIME", "20180323093000"),
		v(5, "506", "O", "1", "BID_SECTION_CODES", lot1+"；"+lot2, "BID_OPENING_TIME", "20180323093000"),
		v(6, "512", "C", "1", "BID_SECTION_CODES", lot1+";"+lot2, "CONTRACT_NAME", "总合同", "CONTRACT_SIGN_TIME", "20180420100000", "CONTRACT_PRICE", "100", "PRICE_UNIT", "0"),
	)
	d := Fold(ten, vs)
	var open []string
	moments, _ := Decide(d, moment("2018-03-24 09:00"))
	for _, m := range moments {
		if m.Seal == standard.Bid {
			open = append(open, m.Vault.Lot)
		}
	}
	if !slices.Equal(open, []string{lot1, lot2}) {
		t.Errorf("opens %v, want both lots", open)
	}
	if moments, _ = Decide(d, moment("2018-03-22 09:00")); len(moments) != 0 {
		t.Errorf("a lot opens before the opening: %+v", moments)
	}
	if cs := d.Contracts(); len(cs) != 1 || !slices.Equal(cs[0].Lots, []string{lot1, lot2}) || cs[0].Price.Money != 100*trade.Yuan {
		t.Errorf("contracts %+v, want one over two lots", cs)
	}
	signed := 0
	for _, e := range d.Events {
		if e.Kind == "contract.signed" {
			signed++
			if e.Lot != "" { // it names all lots there are
				t.Errorf("the contract of lot %q", e.Lot)
			}
		}
	}
	if signed != 1 {
		t.Errorf("%d contracts signed, want 1", signed)
	}
}

// The rows of a medicine catalogue are bulk: counts, sums and a digest by
// catalogue number, whatever the order in which they came.
func TestMedicineBulk(t *testing.T) {
	sets := BulkOf(standard.Default())
	row := func(position int64, key, catalogue, price string) Version {
		return bare(position, "1121", key, "PROJECT_CODE", "Y1", "ORDERDETAILID", key, "PURPRICE", price, "CATAID", catalogue)
	}
	vs := []Version{bare(0, "1104", "N", "PROJECT_CODE", "Y1", "PROJNAME", "药品集中采购"), row(1, "1", "A", "10.50"), row(2, "2", "A", "0.25"), row(3, "3", "B", "7")}
	d := FoldBulk("Y1", vs, sets)
	if d.Class != string(trade.Medicine) || d.Title != "药品集中采购" || len(d.Live) != 1 || len(d.Bulk) != 1 {
		t.Fatalf("docket %+v", d)
	}
	if b := d.Bulk[0]; b.Dataset != "1121" || b.Rows != 3 || b.Sums["PURPRICE"].Sum != "17.75" || b.Digest == "" {
		t.Errorf("totals %+v", b)
	}
	slices.Reverse(vs)
	if again := FoldBulk("Y1", vs, sets); again.Bulk[0].Digest != d.Bulk[0].Digest {
		t.Error("the digest depends on the order")
	}
	vs[0] = row(3, "3", "B", "7.01")
	if changed := FoldBulk("Y1", vs, sets); changed.Bulk[0].Digest == d.Bulk[0].Digest {
		t.Error("the digest does not see a changed price")
	}
}
