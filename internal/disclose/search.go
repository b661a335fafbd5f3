package disclose

import (
	"time"

	"mingjing/internal/docket"
)

// The tiers of the search index: what a reader of that audience may find.
const (
	TierPublic     = "public"
	TierSupervisor = "supervisor" // in jurisdiction
	TierAuditor    = "auditor"
)

// Tiers returns the tiers of the search index.
func Tiers() []string { return []string{TierPublic, TierSupervisor, TierAuditor} }

// SearchText gives the text by which a docket may be found by readers of a
// tier at a time; "" when there is none, and for an unknown tier.
func SearchText(d *docket.Docket, tier string, at time.Time) string {
	return window().SearchText(d, tier, at)
}

// SearchText is the text of the view of the tier's reader; see SearchText.
func (w *Window) SearchText(d *docket.Docket, tier string, at time.Time) string {
	var r Reader
	switch tier {
	case TierPublic:
		r = Reader{Audience: Public}
	case TierSupervisor:
		r = Reader{Audience: Supervisor, Regions: []string{Everywhere}}
	case TierAuditor:
		r = Reader{Audience: Auditor}
	default:
		return ""
	}
	v := w.View(d, r, at)
	if v == nil {
		return ""
	}
	return v.Text()
}
