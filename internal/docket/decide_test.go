package docket

import (
	"testing"
	"time"

	"mingjing/internal/standard"
)

func TestDecideRefuses(t *testing.T) {
	open := "20180321093000"
	after := moment("2018-04-10 12:00")
	with := func(vs ...Version) []Version { return append(noticed(), vs...) }
	for _, c := range []struct {
		name string
		vs   []Version
		at   time.Time
		want string // "" when the moment has come
	}{
		{"all in order", with(opening(9, open)), after, ""},
		{"at the very second", with(opening(9, open)), moment("2018-03-21 09:30"), ""},
		{"no opening record", with(), after, WhyNoOpening},
		{"opening record deleted", with(opening(9, open), func() Version { w := opening(10, open).op(standard.Delete); w.Revision = "2"; return w }()), after, WhyNoOpening},
		{"opening record of another lot", with(v(9, "506", "O1", "1", "BID_SECTION_CODES", lot2, "BID_OPENING_TIME", open)), after, WhyNoOpening},
		{"opening record names no lot", with(v(9, "506", "O1", "1", "BID_OPENING_TIME", open)), after, WhyNoOpening},
		{"other origin's opening record", with(opening(9, open).from(sysB)), after, WhyNoOpening},
		{"opening record without time", with(opening(9, "")), after, WhyNoTime},
		{"opening record with an impossible time", with(opening(9, "20180399000000")), after, WhyNoTime},
		{"opening before the deadline", with(opening(9, "20180321092959")), after, WhyBefore},
		{"two deadlines: the later rules", with(v(8, "504", "D1", "1", "BID_SECTION_CODE", lot1, "BID_DOC_REFER_END_TIME", "20180328093000"), opening(9, open)), after, WhyBefore},
		{"another system's later deadline", with(v(8, "503", "N9", "1", "BID_DOC_REFER_END_TIME", "20180328093000").from(sysB), opening(9, open)), after, WhyBefore},
		{"superseded later deadline", append(noticed(), v(8, "503", "N1", "0", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", "20180328093000"), opening(9, open)), after, WhyBefore},
		{"deleted later deadline", with(v(7, "503", "N2", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", "20180328093000"), v(8, "503", "N2", "2").op(standard.Delete), opening(9, open)), after, WhyBefore},
		{"later deadline moved to another tender", with(v(7, "503", "N2", "1", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", "20180328093000"), v(8, "503", "N2", "2", "TENDER_PROJECT_CODE", "other"), opening(9, open)), after, WhyBefore},
		{"a later deadline of another lot does not bind", with(v(8, "504", "D2", "1", "BID_SECTION_CODE", lot2, "BID_DOC_REFER_END_TIME", "20180328093000"), opening(9, open)), after, ""},
		{"a later deadline of the whole tender binds", with(v(8, "504", "D2", "1", "BID_DOC_REFER_END_TIME", "20180328093000"), opening(9, open)), after, WhyBefore},
		{"a deadline without hour lasts the day", with(v(8, "504", "D2", "1", "BID_DOC_REFER_END_TIME", "20180321"), opening(9, open)), after, WhyBefore},
		{"future now", with(opening(9, open)), moment("2018-03-21 09:29"), WhyNotYet},
		{"opening in the future", with(opening(9, "20180501093000")), after, WhyNotYet},
		{"nothing announced", append(noticed()[:2:2], opening(9, open)), after, WhyUnannounced},
		{"only a prequalification notice", append(noticed()[:2:2], v(3, "503", "N1", "1", "BULLETIN_TYPE", "2", "BID_DOC_REFER_END_TIME", "20180310093000"), opening(9, open)), after, WhyUnannounced},
		{"a standing deadline that cannot be read", with(v(8, "504", "D1", "1", "BID_SECTION_CODE", lot1, "BID_DOC_REFER_END_TIME", "三月底"), opening(9, open)), after, WhyUnreadable},
		{"tender failed", with(opening(9, open), v(10, "517", "X", "1", "BID_SECTION_CODE", lot1, "EXCEPITON_TYPE", "1")), after, WhyAbnormal},
		{"opening ended", with(opening(9, open), v(10, "517", "X", "1", "BID_SECTION_CODE", lot1, "EXCEPITON_TYPE", "2")), after, WhyAbnormal},
		{"notice withdrawn", with(opening(9, open), v(10, "517", "X", "1", "EXCEPITON_TYPE", "3")), after, WhyAbnormal},
		{"abnormality of unknown type", with(opening(9, open), v(10, "517", "X", "1", "BID_SECTION_CODE", lot1)), after, WhyAbnormal},
		{"another abnormality", with(opening(9, open), v(10, "517", "X", "1", "BID_SECTION_CODE", lot1, "EXCEPITON_TYPE", "9")), after, ""},
		{"another lot failed", with(opening(9, open), v(10, "517", "X", "1", "BID_SECTION_CODE", lot2, "EXCEPITON_TYPE", "1")), after, ""},
		{"postponed without a new time", with(v(8, "504", "D1", "1", "BID_SECTION_CODE", lot1, "IS_POSTPONE", "1", "BID_OPEN_TIME", open), opening(9, open)), after, WhyPostponed},
		{"postponed with a new time, opened at the old", with(v(8, "504", "D1", "1", "BID_SECTION_CODE", lot1, "IS_POSTPONE", "1", "POST_OPEN_TIME", "20180328093000"), opening(9, open)), after, WhyBefore},
		{"postponed with a new time, opened then", with(v(8, "504", "D1", "1", "BID_SECTION_CODE", lot1, "IS_POSTPONE", "1", "POST_OPEN_TIME", "20180328093000"), opening(9, "20180328093000")), after, ""},
		{"postponed in the notice, same time", with(v(8, "503", "N1", "2", "BID_SECTION_CODES", lot1, "IS_POSTPONE", "1", "BID_OPEN_TIME", open), opening(9, open)), after, WhyPostponed},
		{"postponed in the notice's new version", with(v(8, "503", "N1", "2", "BID_SECTION_CODES", lot1, "IS_POSTPONE", "1", "BID_DOC_REFER_END_TIME", "20180328093000", "BID_OPEN_TIME", "20180328093000"), opening(9, "20180328093000")), after, ""},
		{"postponed by a document, new time in the notice's new version", with(v(7, "504", "D1", "1", "BID_SECTION_CODE", lot1, "IS_POSTPONE", "1", "BID_OPEN_TIME", open), v(8, "503", "N1", "2", "BID_SECTION_CODES", lot1, "BID_OPEN_TIME", "20180328093000"), opening(9, "20180328093000")), after, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Fold(ten, c.vs)
			moments, _ := Decide(d, c.at)
			come := false
			for _, m := range moments {
				come = come || m.Vault == standard.Vault{Origin: sysA, Tender: ten, Lot: lot1} && m.Seal == standard.Bid
			}
			why := ""
			for _, r := range Refusals(d, c.at) {
				if r.Origin == sysA && r.Lot == lot1 && r.Seal == standard.Bid {
					why = r.Why
				}
			}
			if come != (c.want == "") || why != c.want {
				t.Errorf("come %v, why %q, want %q", come, why, c.want)
			}
			for _, m := range moments {
				if m.Vault.Origin == sysB && m.Vault.Lot == lot1 && c.name != "other origin's opening record" {
					t.Errorf("a moment for the other system: %+v", m)
				}
			}
		})
	}
}

// Another system's opening record opens that system's own vault only.
func TestOtherSystemOpensOnlyItsOwn(t *testing.T) {
	d := Fold(ten, append(noticed(), opening(9, "20180321093000").from(sysB)))
	moments, _ := Decide(d, moment("2018-04-10 12:00"))
	if len(moments) != 1 || moments[0].Vault.Origin != sysB {
		t.Errorf("moments %+v", moments)
	}
}

func TestDecideAgain(t *testing.T) {
	d := Fold(ten, append(noticed(), opening(9, "20180321093000")))
	at := moment("2018-03-20 12:00")
	moments, again := Decide(d, at)
	if len(moments) != 0 || !again.Equal(moment("2018-03-21 09:30")) {
		t.Errorf("moments %v again %v", moments, again)
	}
	if moments, again = Decide(d, again); len(moments) != 1 || !again.IsZero() {
		t.Errorf("at that time: moments %v again %v", moments, again)
	}
}

func TestCommittee(t *testing.T) {
	at := moment("2018-04-10 12:00")
	opened := release(20, sysA, lot1, standard.Bid, StateOpened, moment("2018-03-21 09:30"))
	result := v(21, "513", "R", "1", "BID_SECTION_CODE", lot1, "NOTICE_SEND_TIME", "20180405090000")
	for _, c := range []struct {
		name string
		vs   []Version
		at   time.Time
		want string
	}{
		{"opened and result", []Version{opened, result}, at, ""},
		{"award notice", []Version{opened, v(21, "9018", "W", "1", "BID_SECTION_CODES", lot1, "WIN_NOTICE_SEND_TIME", "20180405")}, at, ""},
		{"no release of the bids", []Version{result}, at, WhyBidsClosed},
		{"failed opening", []Version{release(20, sysA, lot1, standard.Bid, StateFailed, at), result}, at, WhyBidsClosed},
		{"no result", []Version{opened}, at, WhyUndetermined},
		{"other system's result", []Version{opened, result.from(sysB)}, at, WhyUndetermined},
		{"result tomorrow", []Version{opened, result}, moment("2018-04-04 12:00"), WhyNotYet},
		{"result without time", []Version{opened, result.without("NOTICE_SEND_TIME")}, at, WhyUndetermined},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Fold(ten, append(append(noticed(), opening(9, "20180321093000")), c.vs...))
			moments, again := Decide(d, c.at)
			come, why := false, ""
			for _, m := range moments {
				come = come || m.Seal == standard.Committee && m.Vault.Origin == sysA && m.Vault.Lot == lot1
			}
			for _, r := range Refusals(d, c.at) {
				if r.Seal == standard.Committee && r.Lot == lot1 && r.Origin == sysA {
					why = r.Why
				}
			}
			if come != (c.want == "") || why != c.want {
				t.Errorf("come %v why %q want %q", come, why, c.want)
			}
			if c.want == WhyNotYet && !again.Equal(moment("2018-04-05 09:00")) {
				t.Errorf("again %v", again)
			}
		})
	}
}

func TestDecideRelease(t *testing.T) {
	for bidders, want := range []string{StateFailed, StateFailed, StateFailed, StateOpened, StateOpened} {
		if got := DecideRelease(Moment{Seal: standard.Bid}, bidders); got.State != want || got.Bidders != bidders {
			t.Errorf("%d bidders: %+v, want %s", bidders, got, want)
		}
	}
	if got := DecideRelease(Moment{Seal: standard.Committee}, 0); got.State != StateOpened {
		t.Errorf("committee: %+v", got)
	}
}

func TestLateVersusSecret(t *testing.T) {
	d := Fold(ten, append(noticed(),
		v(3, "503", "N1", "0", "BID_SECTION_CODES", lot1, "BID_DOC_REFER_END_TIME", "20180401"), // superseded
		v(4, "504", "D1", "1", "BID_SECTION_CODE", lot1, "BID_DOC_REFER_END_TIME", "20180328093000", "BID_OPEN_TIME", "20180321093000"),
	))
	if a, ok := d.EarliestDeadline(lot1); !ok || !a.At.Equal(moment("2018-03-21 09:30")) {
		t.Errorf("earliest %+v", a)
	}
	if l, ok := d.LatestAnnounced(lot1); !ok || !l.Equal(moment("2018-04-01 23:59").Add(59*time.Second)) {
		t.Errorf("latest %v", l)
	}
	if dis := d.Disagree(lot1); len(dis) != 2 || dis[0].Kind != KindDeadline {
		t.Errorf("disagreement %+v", dis)
	}
	if dis := Fold(ten, noticed()).Disagree(lot1); len(dis) != 0 {
		t.Errorf("no disagreement expected: %+v", dis)
	}
	if _, ok := d.LatestAnnounced(lot2); ok {
		t.Error("nothing was announced for the other lot")
	}
	postponed := Fold(ten, append(noticed(), v(4, "504", "D1", "1", "BID_SECTION_CODE", lot1, "IS_POSTPONE", "1", "BID_OPEN_TIME", "20180321093000", "POST_OPEN_TIME", "20180321093000")))
	if dis := postponed.Disagree(lot1); len(dis) != 0 {
		t.Errorf("a postponed row's old time no longer stands: %+v", dis)
	}
}
