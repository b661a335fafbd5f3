package docket

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// The kinds of announced times.
const (
	KindDeadline         = "deadline"         // 投标截止
	KindOpening          = "opening"          // 开标
	KindPrequalification = "prequalification" // times of a prequalification notice (资审公告): they bind secrecy, but announce no bid deadline
)

// announcing lists the fields that announce times, by data set.
var announcing = map[string][]struct{ field, kind string }{
	"503":  {{"BID_DOC_REFER_END_TIME", KindDeadline}, {"BID_OPEN_TIME", KindOpening}},
	"504":  {{"BID_DOC_REFER_END_TIME", KindDeadline}, {"BID_OPEN_TIME", KindOpening}, {"POST_OPEN_TIME", KindOpening}},
	"505":  {{"BID_DOC_REFER_END_TIME", KindDeadline}},
	"551":  {{"BID_CLOSING_TIME", KindDeadline}},
	"552":  {{"POST_BID_CLOSING_TIME", KindDeadline}},
	"600":  {{"LISTING_DEADLINE", KindDeadline}},
	"1000": {{"TRADING_ENDTIME", KindDeadline}},
	"1050": {{"TRADING_START_TIME", KindOpening}},
	"1104": {{"QUO_END_TIME", KindDeadline}, {"BID_OPEN_TIME", KindOpening}},
	"9116": {{"DEADLINE", KindDeadline}},
	"9117": {{"DEADLINE", KindDeadline}},
	"9118": {{"DEADLINE", KindDeadline}},
	"9119": {{"DEADLINE", KindDeadline}},
	"9120": {{"DEADLINE", KindDeadline}},
	"9121": {{"DEADLINE", KindDeadline}},
}

// announced collects every time ever announced, from every version of every
// row that named the docket: an announcement cannot be unmade, for bidders act
// on it. Live are those of the current version of a row that still stands and
// still belongs here.
func announced(id string, mine, touched []*row) []Announced {
	var out []Announced
	current := make(map[*Version]bool, len(mine))
	for _, r := range mine {
		current[r.current()] = true
	}
	for _, r := range touched {
		for _, v := range r.versions {
			fields := announcing[v.Dataset]
			if fields == nil || !announcesFor(id, v) {
				continue
			}
			live := current[v] && v.Op != standard.Delete
			lots := Sections(v.Dataset, v.Fields)
			if len(lots) == 0 {
				lots = []string{""}
			}
			for _, f := range fields {
				m, ok := trade.ParseMoment(v.Fields[f.field])
				if !ok {
					continue
				}
				kind := f.kind
				if v.Dataset == "503" && strings.TrimSpace(v.Fields["BULLETIN_TYPE"]) == "2" {
					kind = KindPrequalification
				}
				for _, lot := range lots {
					out = append(out, Announced{
						Lot: lot, Kind: kind, At: plain(m.Latest()), WholeDay: m.WholeDay, Dataset: v.Dataset, Origin: valid(v.Origin), Key: valid(v.Key),
						Field: f.field, Position: v.Position, Live: live && (f.field != "BID_OPEN_TIME" || !postponedTo(v.Fields)),
					})
				}
			}
		}
	}
	slices.SortFunc(out, compareAnnounced)
	return out
}

func compareAnnounced(a, b Announced) int {
	flag := func(live bool) int {
		if live {
			return 1
		}
		return 0
	}
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Lot, b.Lot), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Dataset, b.Dataset),
		strings.Compare(a.Origin, b.Origin), strings.Compare(a.Key, b.Key), strings.Compare(a.Field, b.Field), cmp.Compare(a.Position, b.Position),
		cmp.Compare(flag(a.Live), flag(b.Live)), cmp.Compare(flag(a.WholeDay), flag(b.WholeDay)))
}

// announcesFor reports whether a version of a row that was ever connected with
// the docket announces for it: it names it, or names no docket. The latter
// counts even when the row has moved away or what connected it was deleted, or
// else a correction would unmake the announcement.
func announcesFor(id string, v *Version) bool {
	direct := false
	for _, c := range Codes(&v.Record) {
		if c.Docket() == id {
			return true
		}
		direct = direct || c.Docket() != ""
	}
	return !direct
}

// postponedTo reports whether a row says that the opening is postponed and
// gives the new time, so that its old opening time no longer stands.
func postponedTo(fields map[string]string) bool {
	_, ok := trade.ParseMoment(fields["POST_OPEN_TIME"])
	return ok && yes(fields["IS_POSTPONE"])
}

// yes reads the list TRUE_OR_FALSE, and what systems send instead.
func yes(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "y", "yes", "true", "是":
		return true
	}
	return false
}

// about reports whether an announcement binds a lot.
func (a *Announced) about(lot string) bool { return a.Lot == "" || a.Lot == lot }

// LatestAnnounced returns the latest deadline or opening time ever announced
// for a lot, by any origin, in any version: until then its bids are secret. The
// lot "" is the whole tender: what is announced for any lot binds it. It reports
// false when no bid deadline or opening has been announced.
func (d *Docket) LatestAnnounced(lot string) (time.Time, bool) {
	var latest time.Time
	any := false
	for i := range d.Announced {
		a := &d.Announced[i]
		if lot != "" && !a.about(lot) {
			continue
		}
		any = any || a.Kind != KindPrequalification
		if a.At.After(latest) {
			latest = a.At
		}
	}
	return latest, any
}

// EarliestDeadline returns the earliest of the bid deadlines that now stand
// for a lot: by it, a bid is late. It reports false when none stands.
func (d *Docket) EarliestDeadline(lot string) (Announced, bool) {
	for _, a := range d.Announced { // sorted by time
		if a.Live && a.Kind == KindDeadline && a.about(lot) {
			return a, true
		}
	}
	return Announced{}, false
}

// Disagree returns the announcements of a lot that now stand and contradict
// each other: deadlines at different times, or openings at different times. A
// date without time does not contradict a time on that day. It is empty when
// all agree.
func (d *Docket) Disagree(lot string) []Announced {
	var out []Announced
	for _, kind := range []string{KindDeadline, KindOpening} {
		var live []Announced
		for _, a := range d.Announced {
			if a.Live && a.Kind == kind && a.about(lot) {
				live = append(live, a)
			}
		}
		moment := func(a Announced) trade.Moment { return trade.Moment{Time: a.At, WholeDay: a.WholeDay} }
		for _, a := range live {
			if slices.ContainsFunc(live, func(b Announced) bool { return !moment(a).Same(moment(b)) }) {
				out = append(out, a)
			}
		}
	}
	return out
}
