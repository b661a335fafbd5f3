package detect

import (
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
)

// a13: no written contract within thirty days of the award notice (招标投标法
// 46), the days counted by 民法典 201 and 203. It fires by the clock alone: that
// nothing came is what it sees.
type a13 struct{ termed }

func newA13() a13 {
	return a13{termed{
		info: Info{
			ID: "A13", Version: 1, ZH: "中标通知书发出后未按期订立合同", EN: "no contract in time after the award notice",
			Grade: Fact, Article: "招标投标法 第四十六条", Datasets: []string{"9018", "513", "512", "517"},
		},
		ends: map[string]pairing{"contract": func(d *docket.Docket, lot string, _ timeline.Period) []span {
			notice, winner, awarded := awardNotice(d, lot)
			if !awarded {
				return nil
			}
			return []span{{&notice, contractOf(d, lot, winner), winner.String()}}
		}},
	}}
}

// A body is a bidder or winner by code and name; either may be empty.
type body struct{ code, name string }

func (b body) String() string {
	if b.code != "" {
		return b.code
	}
	return b.name
}

// is reports whether two bodies are the same as far as can be told.
func (b body) is(o body) bool {
	if b.code != "" && o.code != "" {
		return b.code == o.code
	}
	return b.name != "" && b.name == o.name
}

// awardNotice returns the notice from which the term runs: the first one sent
// to the winner who was told last. Sending a notice again to the same winner
// does not begin the term anew; a new winner does.
func awardNotice(d *docket.Docket, lot string) (timeline.Occurrence, body, bool) {
	notices := timeline.Occurrences(d, "award.notified", lot)
	if len(notices) == 0 {
		return timeline.Occurrence{}, body{}, false
	}
	winner := winnerOf(d, notices[len(notices)-1])
	for _, n := range notices {
		if w := winnerOf(d, n); w.is(winner) || (w == body{} && winner == body{}) {
			return n, winner, true
		}
	}
	return notices[len(notices)-1], winner, true
}

func winnerOf(d *docket.Docket, o timeline.Occurrence) body {
	row := timeline.Row(d, o.Ref)
	if row == nil {
		return body{}
	}
	return body{normalCode(row.Fields["WIN_BIDDER_CODE"]), normalName(row.Fields["WIN_BIDDER_NAME"])}
}

// contractOf returns the earliest dated contract of the lot with the winner; a
// contract with somebody else counts only when there is none with the winner
// (whether the right one was signed is another question). nil when there is none.
func contractOf(d *docket.Docket, lot string, winner body) *timeline.Occurrence {
	all := timeline.Occurrences(d, "contract.signed", lot)
	for i := range all {
		if row := timeline.Row(d, all[i].Ref); row != nil && winner.is(body{normalCode(row.Fields["BIDDER_CODE"]), normalName(row.Fields["BIDDER_NAME"])}) {
			return &all[i]
		}
	}
	if len(all) > 0 {
		return &all[0]
	}
	return nil
}
