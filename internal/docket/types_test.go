package docket

import (
	"testing"

	"mingjing/internal/trade"
)

// everyType reads a docket through all typed views.
func everyType(d *Docket) int {
	return len(d.Projects()) + len(d.TenderProjects()) + len(d.Sections()) + len(d.Notices()) + len(d.TenderDocuments()) + len(d.Invitations()) +
		len(d.Openings()) + len(d.BidEntries()) + len(d.Experts()) + len(d.EvaluationReports()) + len(d.Candidates()) + len(d.CandidatePublicities()) +
		len(d.Contracts()) + len(d.Results()) + len(d.Prequalifications()) + len(d.Applications()) + len(d.PrequalificationResults()) + len(d.Abnormalities()) +
		len(d.MachineCodes()) + len(d.ScoreDetails()) + len(d.Questions()) + len(d.Performances()) + len(d.Guarantees()) + len(d.Requirements()) +
		len(d.EvaluationTerms()) + len(d.Answers()) + len(d.Invitees()) + len(d.Draws()) + len(d.Purchases()) + len(d.Members()) + len(d.Achievements()) +
		len(d.Qualifications()) + len(d.ToolCodes()) + len(d.Margins()) + len(d.Credits()) + len(d.Avoidances()) + len(d.BallDraws()) + len(d.ExpertScores()) +
		len(d.Rejections()) + len(d.EvaluationResults()) + len(d.AwardNotices()) + len(d.Objections()) + len(d.ObjectionReplies()) + len(d.Venues())
}

func TestEveryDataSetHasAType(t *testing.T) {
	var vs []Version
	for i, no := range []string{
		"500", "501", "502", "503", "504", "505", "506", "507", "508", "509", "510", "511", "512", "513", "514", "515", "516", "517", "519", "520", "521", "522", "523",
		"9001", "9002", "9003", "9004", "9005", "9006", "9007", "9008", "9009", "9010", "9011", "9012", "9013", "9014", "9015", "9016", "9017", "9018", "9019", "9020", "9021",
	} {
		vs = append(vs, v(int64(i), no, "k", "1"))
	}
	if n := everyType(Fold(ten, vs)); n != len(vs) {
		t.Errorf("%d typed rows of %d data sets", n, len(vs))
	}
}

func TestTypedRows(t *testing.T) {
	d := Fold(ten, append(noticed(),
		v(10, "507", "b", "1", "BID_SECTION_CODE", lot1, "BIDDER_NAME", " 中原建设 ", "BIDDER_ORG_CODE", "9141x", "BID_PRICE", "123.45", "PRICE_UNIT", "1", "PRICE_CURRENCY", "156", "CHECKIN_TIME", "20180321090000", "TIME_LIMIT", "180"),
		v(11, "519", "m", "1", "BID_SECTION_CODE", lot1, "MAC_ADDRESS", "bb;aa;bb", "CPU_ID", "C1"),
		v(12, "9017", "e", "1", "BID_SECTION_CODE", lot1, "RANK", "2.000000", "PRICE_POINTS", "30.5", "TECHNICAL_POINTS", "40"),
		v(13, "513", "r", "1", "BID_SECTION_CODE", lot1, "BID_AMOUNT", "99", "NOTICE_SEND_TIME", "20180330"),
	))
	b := d.BidEntries()[0]
	if b.Bidder != (Body{"中原建设", "9141X"}) || !b.Price.Known || b.Price.Money != 1234500*trade.Yuan || b.Days != 180 || b.CheckedIn.String() != "2018-03-21 09:00:00" {
		t.Errorf("bid %+v", b)
	}
	if ref := b.Ref("BID_PRICE"); ref != (Ref{Dataset: "507", Key: "b", Field: "BID_PRICE", Origin: sysA, Position: 10}) {
		t.Errorf("ref %+v", ref)
	}
	if m := d.MachineCodes()[0]; len(m.MAC) != 2 || m.MAC[0] != "aa" || len(m.CPU) != 1 || m.Disk != nil {
		t.Errorf("machine %+v", m)
	}
	if e := d.EvaluationResults()[0]; e.Rank != 2 || e.Points.Sum() != 70.5 || e.Points.Given != 2 {
		t.Errorf("result %+v", e)
	}
	if r := d.Results()[0]; r.Price.Known || !r.Published.WholeDay {
		t.Errorf("an amount without unit must not be known: %+v", r)
	}
	kinds := map[string]int{}
	for _, e := range d.Events {
		kinds[e.Kind]++
	}
	for _, k := range []string{"notice.published", "bid.deadline", "bid.received", "result.published", "opening.announced"} {
		if kinds[k] != 1 {
			t.Errorf("%d events %s, want 1", kinds[k], k)
		}
	}
}
