package docket

import (
	"testing"

	"mingjing/internal/standard"
)

// What a trading system announced it cannot unmake by corrections and deletes,
// to open its own lots before their time.
func TestNoCorrectionOpensEarly(t *testing.T) {
	const soon, late = "20180305093000", "20180321093000"
	now := moment("2018-03-06 10:00")
	second := func(w Version) Version { w.Revision = "2"; return w }
	lotOf := v(2, "502", lot1, "1", "BID_SECTION_CODE", lot1)
	for _, c := range []struct {
		name string
		vs   []Version
	}{
		{"the notice named the lot only, and moves to another tender", []Version{
			lotOf, v(3, "503", "N1", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", late).without("TENDER_PROJECT_CODE"),
			v(4, "503", "N1", "2", "TENDER_PROJECT_CODE", "other"),
			v(5, "503", "N2", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", soon), opening(6, soon),
		}},
		{"the notice named the lot only, and the lot's declaration is deleted", []Version{
			lotOf, v(3, "503", "N1", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", late).without("TENDER_PROJECT_CODE"),
			second(v(4, "502", lot1, "2", "BID_SECTION_CODE", lot1).op(standard.Delete)),
			v(5, "503", "N2", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", soon), opening(6, soon),
		}},
		{"all lots are taken back, and the tender opened as a whole", []Version{
			lotOf, v(3, "503", "N1", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", late),
			second(lotOf.op(standard.Delete)), v(4, "503", "N1", "2", "BID_DOC_REFER_END_TIME", soon),
			v(6, "506", "O1", "1", "BID_OPENING_TIME", soon),
		}},
		{"another system announced the lots, the tender opens as a whole", []Version{
			v(3, "503", "N1", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", late).from(sysB),
			v(4, "503", "N2", "1", "BID_DOC_REFER_END_TIME", soon), v(6, "506", "O1", "1", "BID_OPENING_TIME", soon),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Fold(ten, c.vs)
			moments, _ := Decide(d, now)
			for _, m := range moments {
				t.Errorf("opens early: %+v", m)
			}
			if moments, _ := Decide(d, moment("2018-03-21 09:30")); len(moments) != 0 {
				t.Errorf("an opening before an announced time opened: %+v", moments)
			}
		})
	}
}

// What names no lot stays shut while a lot that was announced and then taken
// back had time to come.
func TestWholeTenderWaitsForLotsTakenBack(t *testing.T) {
	whole := standard.Vault{Origin: sysA, Tender: ten}
	gone := func() Version { w := v(4, "502", lot2, "2").op(standard.Delete); w.Revision = "2"; return w }()
	two := []Version{
		v(1, "502", lot1, "1", "BID_SECTION_CODE", lot1), v(2, "502", lot2, "1", "BID_SECTION_CODE", lot2),
		v(3, "503", "N2", "1", "BID_SECTION_CODES", lot2, "BID_DOC_REFER_END_TIME", "20180321093000"), gone,
	}
	early := Fold(ten, append(two[:4:4], release(9, sysA, lot1, standard.Bid, StateOpened, moment("2018-03-06 10:00"))))
	if early.Opened(whole, standard.Bid) {
		t.Error("open before the time announced for the lot that was taken back")
	}
	if !early.Opened(standard.Vault{Origin: sysA, Tender: ten, Lot: lot1}, standard.Bid) {
		t.Error("the lot itself is not open")
	}
	if d := Fold(ten, append(two[:4:4], release(9, sysA, lot1, standard.Bid, StateOpened, moment("2018-03-21 09:30")))); !d.Opened(whole, standard.Bid) {
		t.Error("shut after all announced times")
	}
	late := append(two[:2:2], gone, release(9, sysA, lot1, standard.Bid, StateOpened, moment("2018-03-06 10:00")),
		v(10, "503", "N2", "1", "BID_SECTION_CODES", lot2, "BID_DOC_REFER_END_TIME", "20180321093000"))
	if d := Fold(ten, late); !d.Opened(whole, standard.Bid) {
		t.Error("what was open is shut by an announcement that came later")
	}
}
