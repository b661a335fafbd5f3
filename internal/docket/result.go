package docket

import (
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// resultSets are the data sets whose rows publish the result of a trade that
// knows no opening, with the field of its time: land, mining rights, state
// property, environmental rights, medicine, other trades.
var resultSets = []struct{ dataset, field string }{
	{"601", "PUBLISHING_TIME"},
	{"652", "PUBLISHING_TIME"},
	{"653", "PUBLISHING_TIME"},
	{"701", "TRADE_DATE"},
	{"753", "TRADE_DATE"},
	{"1001", "NOTICE_SEND_TIME"},
	{"1051", "NOTICE_SEND_TIME"},
	{"1107", "NOTICE_SEND_TIME"},
	{"1801", "PUBLISHING_TIME"},
	{"9122", "RESULT_TIME"},
}

// opens reports whether the trading system sent, at any time, a row of a trade
// whose bids are opened: then a result alone opens nothing. A deleted row
// counts, so that deleting does not turn a tender into another trade.
func (d *Docket) opens(origin string) bool {
	for i := range d.Live {
		e := &d.Live[i]
		if e.Origin != origin {
			continue
		}
		if set := standard.Default().Dataset(e.Dataset); set != nil {
			switch set.Group {
			case "construction", "procurement", "province-extension":
				return true
			}
		}
	}
	return false
}

// result finds the earliest published result of a lot of a trade without an
// opening, by the lot's own trading system. A result that names no lot speaks
// of all.
func (d *Docket) result(origin, lot string) (at time.Time, basis Ref, ok bool) {
	for _, s := range resultSets {
		for e := range d.rows(s.dataset) {
			t, readable := trade.ParseMoment(e.Fields[s.field])
			if !readable || e.Origin != origin || !e.About(lot) {
				continue
			}
			if r := plain(t.Latest()); !ok || r.Before(at) {
				at, basis, ok = r, e.Ref(s.field), true
			}
		}
	}
	return at, basis, ok
}

// resultMoment says when a result opens a lot of a trade without an opening:
// when now is past it and past every time ever announced for the lot. It may be
// dated before such a time, unlike an opening: once all are past, nobody can
// still bid. The number of bidders keeps nothing closed, for the law of these
// trades asks for no three.
func (d *Docket) resultMoment(m Moment, at time.Time) (Moment, Refusal) {
	no := func(why string, ref Ref) (Moment, Refusal) {
		return m, Refusal{Origin: m.Vault.Origin, Lot: m.Vault.Lot, Seal: m.Seal, Why: why, Ref: ref}
	}
	result, basis, ok := d.result(m.Vault.Origin, m.Vault.Lot)
	if !ok {
		return no(WhyUndetermined, Ref{})
	}
	if ref, bad := d.unreadable(m.Vault.Origin, m.Vault.Lot); bad {
		return no(WhyUnreadable, ref)
	}
	if ref, yes := d.abnormal(m.Vault.Origin, m.Vault.Lot); yes {
		return no(WhyAbnormal, ref)
	}
	m.Opening, m.Basis, m.Few = result, basis, true
	m.Latest, _ = d.LatestAnnounced(m.Vault.Lot)
	if at.Before(m.Opening) || at.Before(m.Latest) {
		return no(WhyNotYet, basis)
	}
	return m, Refusal{}
}
