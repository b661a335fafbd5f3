package detect

import (
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// a02: from the first issue of the tender documents to the bid deadline there
// are fewer days than the law demands (招标投标法 24). The earliest deadline ever
// announced counts, because a bidder who was kept away by it stayed away.
type a02 struct{ termed }

func newA02() a02 {
	return a02{termed{
		info: Info{
			ID: "A02", Version: 1, ZH: "招标文件发出至投标截止时间不足", EN: "too few days from issue of documents to the bid deadline",
			Grade: Fact, Article: "招标投标法 第二十四条", Datasets: []string{"501", "503", "504", "505"},
		},
		ends:    map[string]pairing{"bid-preparation": preparation, "": preparation},
		missing: missingIssue, peers: true, quiet: true,
	}}
}

// preparation gives the shortest round alone, for it is the one that counts.
func preparation(d *docket.Docket, lot string, _ timeline.Period) []span {
	worst, ok := shortest(roundsOf(d, lot))
	if !ok {
		return nil
	}
	return []span{{from: &worst.issued, to: &worst.deadlines[0]}}
}

// measure gives the indicator's value for peer statistics.
func (a02) measure(d *docket.Docket, lot string) (float64, bool) {
	worst, ok := shortest(roundsOf(d, lot))
	if !ok {
		return 0, false
	}
	return float64(worst.days()), true
}

func missingIssue(d *docket.Docket, lot string) string {
	if len(roundsOf(d, lot)) > 0 {
		return "503/504 BID_DOC_REFER_END_TIME"
	}
	if invited(d) && !opened(d, lot) {
		return Sealed
	}
	return "503 DOC_GET_START_TIME"
}

// invited reports whether the tender is by invitation (501 TENDER_MODE 2): then
// the invitations, and with them the day of issue, are sealed until the opening.
func invited(d *docket.Docket) bool {
	for _, e := range timeline.Rows(d, "501", "") {
		if e.Fields["TENDER_MODE"] == "2" {
			return true
		}
	}
	return false
}

func shortest(rounds []round) (round, bool) {
	worst, found := round{}, false
	for _, r := range rounds {
		if len(r.deadlines) > 0 && (!found || r.days() < worst.days()) {
			worst, found = r, true
		}
	}
	return worst, found
}

// days is from the issue to the earliest deadline ever announced.
func (r *round) days() int { return int(r.deadlines[0].At.Day() - r.issued.At.Day()) }
