package province

import (
	"fmt"
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// Fold makes the docket of a file as the platform would have it at a time:
// folded, its releases decided, folded again. The history came at Now, all else
// when it was sent. It needs no store: for measuring what the indicators find.
func (p *Province) Fold(f File, at time.Time) (*docket.Docket, error) {
	var vs []docket.Version
	for _, s := range f.Until(at) {
		from, to := p.Window(s.System)
		received := p.Now
		if s.At.After(received) {
			received = s.At
		}
		vs = append(vs, docket.Version{
			Record: s.Record, Position: int64(len(vs) + 1), Received: received.UTC(), Source: p.Systems[s.System].Name,
			History: !happened(&s.Record).Before(from) && happened(&s.Record).Before(to),
		})
	}
	d := docket.Fold(f.Docket, vs)
	for range 5 {
		moments, _ := docket.Decide(d, at)
		wrote := false
		for _, m := range moments {
			bidders := map[string]bool{}
			for _, v := range vs {
				if (v.Dataset == "507" || v.Dataset == "557") && slices.Contains(standard.SectionCodes(&v.Record), m.Vault.Lot) {
					bidders[v.Fields["BIDDER_ORG_CODE"]] = true
				}
			}
			dec := docket.DecideRelease(m, len(bidders))
			if old := d.ReleaseOf(m.Vault.Origin, m.Vault.Lot, m.Seal); old != nil && old.State == dec.State {
				continue
			}
			vs = append(vs, docket.Version{Record: docket.ReleaseRecord(m, dec, at), Position: int64(len(vs) + 1), Received: at.UTC(), System: true})
			wrote = true
		}
		if !wrote {
			return folded(d, vs, f.Docket), nil
		}
		d = docket.Fold(f.Docket, vs)
	}
	return nil, fmt.Errorf("province: docket %s: releases come to no end", f.Docket)
}

// folded folds again without what is still sealed, as nobody may read it.
func folded(d *docket.Docket, vs []docket.Version, id string) *docket.Docket {
	kept := vs[:0:0]
	for _, v := range vs {
		s := standard.Default().Dataset(v.Dataset)
		if s != nil && s.Seal != standard.Open && !v.System {
			open := true
			for _, lot := range standard.SectionCodes(&v.Record) {
				open = open && d.Opened(standard.Vault{Origin: v.Origin, Tender: id, Lot: lot}, s.Seal)
			}
			if !open {
				continue
			}
		}
		kept = append(kept, v)
	}
	return docket.Fold(id, kept)
}

// happened is when a record says that it happened; zero when it does not.
func happened(r *standard.Record) time.Time {
	m, _ := trade.ParseMoment(r.Occurred)
	return m.Time
}
