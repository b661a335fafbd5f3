package docket

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// The states of a release.
const (
	StateOpened = "opened" // the seal is off, for good
	StateFailed = "failed" // opened with fewer than three bidders: stays closed
)

// MinBidders is the least number of bidders with which a tender may be opened
// (招标投标法 28).
const MinBidders = 3

// releases reads the facts of release for a docket. Only versions made by this
// system count: a trading system that sends a record of this data set opens
// nothing. What was opened once stays open, for it has been seen.
func releases(id string, rows map[standard.Identity]*row) []Release {
	best := map[string]Release{}
	for _, r := range rows {
		if r.id.Dataset != DatasetRelease || r.id.Origin != SystemOrigin {
			continue
		}
		for _, v := range r.versions {
			if !v.System || v.Op == standard.Delete || v.Fields["TENDER_PROJECT_CODE"] != id {
				continue
			}
			rel, ok := ReadRelease(v)
			if !ok {
				continue
			}
			key := releaseKey(rel.Origin, id, rel.Lot, rel.Seal)
			old, known := best[key]
			switch {
			case !known, rel.State == StateOpened && old.State != StateOpened:
				best[key] = rel
			case old.State == StateOpened: // the first opening stands
				if rel.State == StateOpened && cmp.Or(rel.At.Compare(old.At), cmp.Compare(rel.Position, old.Position)) < 0 {
					best[key] = rel
				}
			default: // of failures the newest count stands
				if cmp.Or(rel.At.Compare(old.At), cmp.Compare(rel.Position, old.Position)) > 0 {
					best[key] = rel
				}
			}
		}
	}
	var out []Release
	for _, r := range best {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Release) int {
		return cmp.Or(strings.Compare(a.Origin, b.Origin), strings.Compare(a.Lot, b.Lot), strings.Compare(string(a.Seal), string(b.Seal)))
	})
	return out
}

// ReadRelease reads a release record; false when it is none. Who made it is for
// the caller to know.
func ReadRelease(v *Version) (Release, bool) {
	f := v.Fields
	r := Release{Origin: valid(f["ORIGIN"]), Lot: valid(f["BID_SECTION_CODE"]), Seal: standard.Seal(f["SEAL"]), State: f["STATE"], Position: v.Position}
	if r.Seal != standard.Bid && r.Seal != standard.Committee || r.State != StateOpened && r.State != StateFailed {
		return r, false
	}
	ms, err := strconv.ParseInt(v.Revision, 10, 64)
	if err != nil {
		return r, false
	}
	r.At = plain(time.UnixMilli(ms))
	r.Bidders, _ = strconv.Atoi(f["BIDDERS"])
	if m, ok := trade.ParseMoment(f["OPENING_TIME"]); ok {
		r.Opening = plain(m.Time)
	}
	basis, _ := strconv.ParseInt(f["BASIS_POSITION"], 10, 64)
	r.Basis = Ref{Dataset: valid(f["BASIS_DATASET"]), Key: valid(f["BASIS_KEY"]), Origin: r.Origin, Position: basis}
	return r, true
}

func releaseKey(origin, tender, lot string, seal standard.Seal) string {
	return origin + "/" + tender + "/" + lot + "/" + string(seal)
}

// ReleaseOf returns the fact of release of one lot of one trading system, nil
// when there is none.
func (d *Docket) ReleaseOf(origin, lot string, seal standard.Seal) *Release {
	for i := range d.Releases {
		if r := &d.Releases[i]; r.Origin == origin && r.Lot == lot && r.Seal == seal {
			return r
		}
	}
	return nil
}

// Opened reports whether a vault's seal is off by a fact of release. The vault
// of the whole tender (lot "") is open when every lot that its trading system
// has for the tender is, and the last of them was opened when all times
// announced until then for any lot had passed: a lot that was announced and then
// taken back binds what names no lot. With no lot at all it is open by a release
// of its own.
func (d *Docket) Opened(v standard.Vault, seal standard.Seal) bool {
	if v.Tender != d.ID {
		return false
	}
	if seal != standard.Bid && seal != standard.Committee {
		return false
	}
	lots := []string{v.Lot}
	if v.Lot == "" {
		if own := d.LotsOf(v.Origin); len(own) > 0 {
			lots = own
		}
	}
	var last *Release
	for _, lot := range lots {
		r := d.ReleaseOf(v.Origin, lot, seal)
		if r == nil || r.State != StateOpened {
			return false
		}
		if last == nil || r.At.After(last.At) {
			last = r
		}
	}
	return v.Lot != "" || d.allAnnouncedPast(last)
}

// allAnnouncedPast reports whether a release was made when every time that had
// been announced for the tender was past.
func (d *Docket) allAnnouncedPast(r *Release) bool {
	for i := range d.Announced {
		if a := &d.Announced[i]; a.Position < r.Position && a.At.After(r.At) {
			return false
		}
	}
	return true
}

// LotsOf returns the section codes that one trading system has for the tender:
// those that its 502 declare, or, when it declares none, those its rows name.
func (d *Docket) LotsOf(origin string) []string {
	var declared, named []string
	for i := range d.Live {
		e := &d.Live[i]
		if e.Deleted || e.Origin != origin {
			continue
		}
		named = append(named, e.Lots()...)
		if e.Dataset == "502" {
			declared = append(declared, e.Lots()...)
		}
	}
	if len(declared) > 0 {
		named = declared
	}
	slices.Sort(named)
	return slices.Compact(named)
}

// ReleaseRecord writes a decision as a record of the log. at is the time of
// the decision; its milliseconds are the revision.
func ReleaseRecord(m Moment, dec Decision, at time.Time) standard.Record {
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(trade.Zone).Format("20060102150405")
	}
	return standard.Record{
		Origin: SystemOrigin, Dataset: DatasetRelease, Op: standard.Update,
		Key:      releaseKey(m.Vault.Origin, m.Vault.Tender, m.Vault.Lot, m.Seal),
		Revision: strconv.FormatInt(at.UnixMilli(), 10), Occurred: at.In(trade.Zone).Format(time.RFC3339),
		Fields: map[string]string{
			"ORIGIN": m.Vault.Origin, "TENDER_PROJECT_CODE": m.Vault.Tender, "BID_SECTION_CODE": m.Vault.Lot, "SEAL": string(m.Seal),
			"STATE": dec.State, "BIDDERS": strconv.Itoa(dec.Bidders), "OPENING_TIME": stamp(m.Opening), "LATEST_ANNOUNCED": stamp(m.Latest),
			"BASIS_DATASET": m.Basis.Dataset, "BASIS_KEY": m.Basis.Key, "BASIS_POSITION": strconv.FormatInt(m.Basis.Position, 10),
		},
	}
}
