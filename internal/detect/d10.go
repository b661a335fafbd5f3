package detect

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// newD10: bids of different bidders were handed in within minutes of each other,
// more closely than chance would bring about: the number of pairs that would
// come so close by chance, in the time in which bids come, has to be small. In
// the last hours before a deadline everybody sends, so that those bids are
// compared among themselves and by that short time.
func newD10() plain {
	return plain{
		info: Info{
			ID: "D10", Version: 1, ZH: "不同投标人递交投标文件的时间接近", EN: "bids of different bidders handed in within minutes",
			Grade: Clue, Article: "招标投标法实施条例 第四十条第（二）项", Datasets: []string{"519", "9010", "507", "503", "504"},
		},
		limits: []string{"minutes", "rush_minutes", "window_hours", "per_thousand"}, seal: standard.Bid, behind: []string{"519", "507"}, ask: closeInTime,
	}
}

func closeInTime(q *question) Finding {
	gapLimit := time.Duration(q.limit("minutes")) * time.Minute
	rush, window := time.Duration(q.limit("rush_minutes"))*time.Minute, time.Duration(q.limit("window_hours"))*time.Hour
	q.threshold(fmt.Sprintf("%d min, expected by chance less than %s %%", q.limit("minutes"), percent(10*q.limit("per_thousand"))))
	p := partiesOf(q.d, q.lot)
	bodies := tendererBodies(q.d, q.lot)
	type sent struct {
		at  time.Time
		row *docket.Entry
		who string
	}
	byWho := map[string]sent{}
	onSite := q.onSite()
	excepted := 0
	for _, s := range [][2]string{{"519", "TENDER_DOC_SUBMITTIME"}, {"507", "CHECKIN_TIME"}} {
		for _, e := range q.rows(s[0]) {
			m, ok := trade.ParseMoment(e.Fields[s[1]])
			who := p.identity(e)
			if !ok || m.WholeDay || who == "" || bodies[who] || e.Fields["BID_STATUS"] == "withdrawn" {
				continue
			}
			if onSite[who] {
				excepted++
				continue
			}
			if old, there := byWho[who]; !there || old.row.Dataset == e.Dataset && m.Time.After(old.at) { // the last version of a bid counts
				byWho[who] = sent{m.Time, e, who}
			}
		}
	}
	if len(byWho) < 2 && excepted > 0 {
		return q.notApplicable("投标文件在登记为例外的设备或地址上传，时间接近不说明问题", "the bids were sent from machines or addresses listed as exceptions, such as the centre's own, one after another")
	}
	if len(byWho) < 2 {
		return q.lacks(fmt.Sprintf("519 TENDER_DOC_SUBMITTIME of at least two bidders (%d comparable)", len(byWho)))
	}
	var early, rushed, all []sent
	for _, who := range sortedKeys(byWho) {
		s := byWho[who]
		all = append(all, s)
		if q.rushed(s.at, rush) {
			rushed = append(rushed, s)
		} else {
			early = append(early, s)
		}
	}
	closest := time.Duration(-1)
	near := map[string]bool{}
	for _, group := range []struct {
		sent   []sent
		window time.Duration
	}{{early, window}, {rushed, rush}} {
		slices.SortStableFunc(group.sent, func(a, b sent) int { return a.at.Compare(b.at) })
		n := len(group.sent)
		if n > 1 {
			group.window = max(group.window, group.sent[n-1].at.Sub(group.sent[0].at))
		}
		for i := 1; i < n; i++ {
			a, b := group.sent[i-1], group.sent[i]
			d := b.at.Sub(a.at)
			if p.together(a.who, b.who) {
				continue
			}
			if closest < 0 || d < closest {
				closest = d
			}
			// Pairs that chance would bring at least as close: each does with 2d/window. A second is the grain of the clock.
			expected := float64(n*(n-1)/2) * 2 * float64(d+time.Second) / float64(max(1, group.window))
			if d <= gapLimit && expected*1000 < float64(q.limit("per_thousand")) {
				near[a.who], near[b.who] = true, true
			}
		}
	}
	slices.SortStableFunc(all, func(a, b sent) int { return a.at.Compare(b.at) })
	if closest < 0 {
		return q.notApplicable("无可比的两份投标（同一联合体，或仅一份不在截止前集中递交的时段）", "no two bids to compare: of one consortium, or one alone outside the last hours")
	}
	value := or(strings.TrimPrefix(gap(closest), "+"), "0 s")
	if len(near) == 0 {
		for _, s := range all {
			q.seeField(s.row, timeField(s.row))
		}
		return q.answer(Clear, value, fmt.Sprintf("已比对 %d 个投标人的递交时间，最接近的相隔 %s，未异常接近。", len(all), value), fmt.Sprintf("The times of %s were compared; the closest are %s apart, which chance explains.", bidders(len(all)), value))
	}
	var names []string
	for _, s := range all {
		if near[s.who] {
			q.about(s.who).seeField(s.row, timeField(s.row))
			names = append(names, or(nameIn(s.row), s.who))
		}
	}
	return q.fire(value, fmt.Sprintf("%d 个不同投标人（%s）递交投标文件的时间最近相隔 %s，难以用偶然解释", len(names), strings.Join(names, "、"), value),
		fmt.Sprintf("Bids of %s (%s) were handed in %s apart, which chance hardly explains", bidders(len(names)), strings.Join(names, ", "), value))
}

func timeField(e *docket.Entry) string {
	if e.Dataset == "519" {
		return "TENDER_DOC_SUBMITTIME"
	}
	return "CHECKIN_TIME"
}

// rushed reports whether a moment lies in the last hours before a deadline or
// an opening that was announced for the lot.
func (q *question) rushed(at time.Time, rush time.Duration) bool {
	for _, a := range q.d.Announced {
		if (a.Lot == "" || q.lot == "" || a.Lot == q.lot) && at.After(a.At.Add(-rush)) && !at.After(a.At) {
			return true
		}
	}
	return false
}

// onSite are the bidders that sent from a machine or an address that D01 and D04
// except: who queues at the centre's desk sends minutes after the one before.
func (q *question) onSite() map[string]bool {
	p, out := partiesOf(q.d, q.lot), map[string]bool{}
	day := dayOfOpening(q.d, q.lot, q.env)
	machines, _ := q.env.Settings.For("D01", q.d, day)
	places, _ := q.env.Settings.For("D04", q.d, day)
	read := machines.machines()
	var own []netip.Prefix
	for _, k := range places.OwnAddresses {
		if a, ok := prefix(k.Value); ok {
			own = append(own, a)
		}
	}
	for _, e := range q.rows("519", "9010") {
		known := slices.ContainsFunc(machines.OwnMachines, func(m Machine) bool { return read.row(e).is(read.read(m.CPU, m.MAC, m.Disk)) })
		for _, text := range addresses(e.Fields["NET_ID"]) {
			a, err := netip.ParseAddr(text)
			known = known || err == nil && slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Contains(a) })
		}
		if known {
			out[p.identity(e)] = true
		}
	}
	return out
}
