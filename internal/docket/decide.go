package docket

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A Moment is a vault's lock whose moment has come.
type Moment struct {
	Vault   standard.Vault
	Seal    standard.Seal
	Opening time.Time // the opening time, or that of the result for the committee
	Latest  time.Time // the latest time announced for the lot
	Basis   Ref       // the opening record or result it rests on
	Few     bool      // fewer than three bidders do not keep it closed: a procurement whose result is published, a trade without an opening
}

// A Decision is what becomes of a vault whose moment has come.
type Decision struct {
	State   string // StateOpened or StateFailed
	Bidders int
}

// A Refusal says why a lot of one trading system stays closed.
type Refusal struct {
	Origin string
	Lot    string
	Seal   standard.Seal
	Why    string // one of the Why… constants
	Ref    Ref    // what stands against it, when something does
}

// Why a lot stays closed.
const (
	WhyNoOpening    = "no opening record of its own trading system"
	WhyNoTime       = "the opening record has no readable time"
	WhyUnannounced  = "no deadline or opening was announced"
	WhyUnreadable   = "an announced time that stands cannot be read"
	WhyBefore       = "the opening is before an announced time"
	WhyNotYet       = "the time has not come"
	WhyAbnormal     = "an abnormality report says that the tender failed or was ended"
	WhyPostponed    = "postponed, and no new time is announced"
	WhyBidsClosed   = "the bids are not open"
	WhyUndetermined = "the result is not determined"
)

// Decide says which vaults' moment has come at a time, and when the answer may
// change though nothing arrives (zero: never). It is a pure function of the
// docket. The bids of a lot may be opened to be counted when the following
// hold (decision 0003; 招标投标法 22, 34, 36; 电子招标投标办法 27):
//
//   - a live opening record (506, of government procurement 556) of the same trading system names the lot and its time;
//   - a bid deadline or opening was announced, and the opening is not before
//     any time ever announced for the lot, by any system, in any version;
//   - every announced time that stands can be read;
//   - now is past all of these;
//   - no live abnormality report (517, of other trades 1900) of the lot says failed, ended or
//     withdrawn; of the list only 9 (other) does not;
//   - the opening is not postponed without a new time.
//
// A trade without an opening (land, mining rights, state property, environmental
// rights, medicine, other) opens when its own trading system has published the
// result and now is past it and past every announced time.
//
// The committee's part opens when the bids are open and a result (513, of
// government procurement 553) or an award notice (9018) of the same system, dated not after now, names the lot
// (招标投标法 37).
//
// Moments already released as opened are left out; failed ones are kept, for
// bids that arrive later are counted anew.
func Decide(d *Docket, at time.Time) (moments []Moment, again time.Time) {
	moments, _, again = decide(d, at)
	return moments, again
}

// Refusals says for every lot of every trading system with an opening record,
// or with lots of its own, why its vaults stay closed at a time.
func Refusals(d *Docket, at time.Time) []Refusal {
	_, refusals, _ := decide(d, at)
	return refusals
}

// DecideRelease turns a moment and the number of distinct bidders into what is
// recorded.
func DecideRelease(m Moment, bidders int) Decision {
	if m.Seal == standard.Bid && bidders < MinBidders && !m.Few {
		return Decision{State: StateFailed, Bidders: bidders}
	}
	return Decision{State: StateOpened, Bidders: bidders}
}

// The data sets whose rows record an opening (BID_OPENING_TIME), and those
// whose rows are one bidder's bid for a lot.
var (
	openingSets = []string{"506", "556"}
	bidSets     = []string{"507", "557"}
)

func decide(d *Docket, at time.Time) (moments []Moment, refusals []Refusal, again time.Time) {
	for _, origin := range d.Origins {
		lots := d.named(origin)
		for _, lot := range lots {
			rel := d.ReleaseOf(origin, lot, standard.Bid)
			opened := rel != nil && rel.State == StateOpened
			if !opened {
				m, why := d.bidMoment(origin, lot, at)
				note(&moments, &refusals, &again, m, why, at)
			}
			if r := d.ReleaseOf(origin, lot, standard.Committee); r != nil && r.State == StateOpened {
				continue
			}
			m, why := d.committeeMoment(origin, lot, opened, at)
			note(&moments, &refusals, &again, m, why, at)
		}
	}
	return moments, refusals, again
}

func note(moments *[]Moment, refusals *[]Refusal, again *time.Time, m Moment, why Refusal, at time.Time) {
	if why.Why == "" {
		*moments = append(*moments, m)
		return
	}
	*refusals = append(*refusals, why)
	if why.Why != WhyNotYet {
		return
	}
	next := m.Opening
	if m.Latest.After(next) {
		next = m.Latest
	}
	if next.After(at) && (again.IsZero() || next.Before(*again)) {
		*again = next
	}
}

// named returns the lots that live rows of an origin name; the lot "" when
// they name none, which stands for a tender without lots.
func (d *Docket) named(origin string) []string {
	var out []string
	for i := range d.Live {
		if e := &d.Live[i]; !e.Deleted && e.Origin == origin {
			out = append(out, e.Lots()...)
		}
	}
	if len(out) == 0 {
		return []string{""}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// names reports whether a row names the lot itself; the lot "" is named by a
// row without section codes.
func (e *Entry) names(lot string) bool {
	lots := e.Lots()
	if lot == "" {
		return len(lots) == 0
	}
	return slices.Contains(lots, lot)
}

// binds reports whether what a row says can keep the lot shut: it speaks of the
// lot. The lot "" is the whole tender, which every row of it binds.
func (e *Entry) binds(lot string) bool { return lot == "" || e.About(lot) }

func (d *Docket) bidMoment(origin, lot string, at time.Time) (Moment, Refusal) {
	m := Moment{Vault: standard.Vault{Origin: origin, Tender: d.ID, Lot: lot}, Seal: standard.Bid}
	no := func(why string, ref Ref) (Moment, Refusal) {
		return m, Refusal{Origin: origin, Lot: lot, Seal: standard.Bid, Why: why, Ref: ref}
	}
	if !d.opens(origin) {
		return d.resultMoment(m, at)
	}
	type opening struct {
		row *Entry
		at  time.Time
	}
	var all []opening
	blank := Ref{}
	for _, dataset := range openingSets {
		for e := range d.rows(dataset) {
			if e.Origin != origin || !e.names(lot) {
				continue
			}
			if t, ok := trade.ParseMoment(e.Fields["BID_OPENING_TIME"]); ok {
				all = append(all, opening{e, plain(t.Latest())})
			} else {
				blank = e.Ref("BID_OPENING_TIME")
			}
		}
	}
	if len(all) == 0 {
		if blank != (Ref{}) {
			return no(WhyNoTime, blank)
		}
		return no(WhyNoOpening, Ref{})
	}
	if ref, bad := d.unreadable(origin, lot); bad {
		return no(WhyUnreadable, ref)
	}
	latest, announced := d.LatestAnnounced(lot)
	m.Latest = latest
	if !announced {
		return no(WhyUnannounced, Ref{})
	}
	if ref, yes := d.abnormal(origin, lot); yes {
		return no(WhyAbnormal, ref)
	}
	if ref, yes := d.postponed(lot); yes {
		return no(WhyPostponed, ref)
	}
	slices.SortFunc(all, func(a, b opening) int {
		return cmp.Or(a.at.Compare(b.at), strings.Compare(a.row.Key, b.row.Key))
	})
	for _, o := range all {
		if o.at.Before(latest) {
			continue
		}
		m.Opening, m.Basis = o.at, o.row.Ref("BID_OPENING_TIME")
		if at.Before(o.at) {
			return no(WhyNotYet, m.Basis)
		}
		m.Few = o.row.Dataset == "556" && d.procured(origin, lot, at)
		return m, Refusal{}
	}
	return no(WhyBefore, d.announcing(lot, latest))
}

func (d *Docket) announcing(lot string, at time.Time) Ref {
	for _, a := range d.Announced {
		if (lot == "" || a.about(lot)) && a.At.Equal(at) {
			return Ref{Dataset: a.Dataset, Key: a.Key, Field: a.Field, Origin: a.Origin, Position: a.Position}
		}
	}
	return Ref{}
}

// unreadable finds a live row of the lot's own trading system that announces a
// time nobody can read. Another system's unreadable time announces nothing: it
// must not be able to keep the lot shut for ever.
func (d *Docket) unreadable(origin, lot string) (Ref, bool) {
	for i := range d.Live {
		e := &d.Live[i]
		fields := announcing[e.Dataset]
		if fields == nil || e.Deleted || e.Origin != origin || !e.binds(lot) {
			continue
		}
		for _, f := range fields {
			text := strings.TrimSpace(e.Fields[f.field])
			if _, ok := trade.ParseMoment(text); text != "" && !ok {
				return e.Ref(f.field), true
			}
		}
	}
	return Ref{}, false
}

// abnormal finds a live report of the lot's own trading system that the tender of the lot failed (1 流标), its
// opening was ended (2 终止开标) or its notice withdrawn (3 公告撤销). A report whose
// type cannot be read counts as such.
func (d *Docket) abnormal(origin, lot string) (Ref, bool) {
	for _, dataset := range []string{"517", "1900"} {
		for e := range d.rows(dataset) {
			if e.Origin == origin && e.binds(lot) && e.closes() {
				return e.Ref("EXCEPITON_TYPE"), true
			}
		}
	}
	return Ref{}, false
}

func (e *Entry) closes() bool { return strings.TrimLeft(e.text("EXCEPITON_TYPE"), "0") != "9" }

// postponed finds a live notice or document that postpones the opening of the
// lot without a new time. A new time is a readable POST_OPEN_TIME, or the
// latest opening ever announced when it is later than another announced one
// and stands in that row itself or in a row that moved there from an earlier
// version.
func (d *Docket) postponed(lot string) (Ref, bool) {
	for _, dataset := range []string{"503", "504"} {
		for e := range d.rows(dataset) {
			if !e.binds(lot) || !yes(e.Fields["IS_POSTPONE"]) {
				continue
			}
			if _, ok := trade.ParseMoment(e.Fields["POST_OPEN_TIME"]); !ok && !d.newTime(lot, e) {
				return e.Ref("IS_POSTPONE"), true
			}
		}
	}
	return Ref{}, false
}

func (d *Docket) newTime(lot string, postponed *Entry) bool {
	var openings []Announced
	for _, a := range d.Announced {
		if (lot == "" || a.about(lot)) && a.Kind == KindOpening {
			openings = append(openings, a)
		}
	}
	if len(openings) == 0 {
		return false
	}
	last := openings[len(openings)-1].At // sorted by time
	for _, a := range openings {
		if !a.Live || !a.At.Equal(last) {
			continue
		}
		self := a.Dataset == postponed.Dataset && a.Origin == postponed.Origin && a.Key == postponed.Key
		for _, old := range openings {
			same := old.Dataset == a.Dataset && old.Origin == a.Origin && old.Key == a.Key
			if old.At.Before(last) && (self || same && !old.Live) {
				return true
			}
		}
	}
	return false
}

// procured reports whether the lot's own trading system has published the
// result of a government procurement (553). Negotiation and single source need
// no three suppliers (政府采购法 31, 38), and the sets do not say in verified codes
// which method it is; a published result says that it did not fail.
func (d *Docket) procured(origin, lot string, at time.Time) bool {
	for e := range d.rows("553") {
		if t, ok := trade.ParseMoment(e.Fields["WIN_BID_BULLETIN_START_TIME"]); ok && e.Origin == origin && e.names(lot) && !at.Before(plain(t.Latest())) {
			return true
		}
	}
	return false
}

func (d *Docket) committeeMoment(origin, lot string, opened bool, at time.Time) (Moment, Refusal) {
	m := Moment{Vault: standard.Vault{Origin: origin, Tender: d.ID, Lot: lot}, Seal: standard.Committee}
	no := func(why string, ref Ref) (Moment, Refusal) {
		return m, Refusal{Origin: origin, Lot: lot, Seal: standard.Committee, Why: why, Ref: ref}
	}
	if !opened {
		return no(WhyBidsClosed, Ref{})
	}
	if !d.opens(origin) {
		return d.resultMoment(m, at)
	}
	for _, s := range []struct{ dataset, field string }{{"513", "NOTICE_SEND_TIME"}, {"9018", "WIN_NOTICE_SEND_TIME"}, {"553", "WIN_BID_BULLETIN_START_TIME"}} {
		for e := range d.rows(s.dataset) {
			t, ok := trade.ParseMoment(e.Fields[s.field])
			if !ok || e.Origin != origin || !e.names(lot) {
				continue
			}
			if result := plain(t.Latest()); m.Opening.IsZero() || result.Before(m.Opening) {
				m.Opening, m.Basis = result, e.Ref(s.field)
			}
		}
	}
	switch {
	case m.Opening.IsZero():
		return no(WhyUndetermined, Ref{})
	case at.Before(m.Opening):
		return no(WhyNotYet, m.Basis)
	}
	return m, Refusal{}
}
