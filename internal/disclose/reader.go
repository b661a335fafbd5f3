package disclose

import (
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/trade"
)

// Audience is the office in which somebody reads.
type Audience string

// The audiences of a Reader.
const (
	Source        Audience = "source"        // a trading system: the open fields of what its own platforms sent
	Supervisor    Audience = "supervisor"    // 行政监督部门: by region and sector
	Auditor       Audience = "auditor"       // 审计: everything that is not sealed
	Administrator Audience = "administrator" // runs the machine: no bids, no committee, no personal data, ever
	Public        Audience = "public"        // 社会公众
)

// Everywhere in Reader.Regions stands for all regions.
const Everywhere = "*"

// A Reader is who asks. It comes from a token, never from a request's
// parameter. The zero Reader is the public.
//
// A supervisor's regions are read by a table of jurisdictions: a region holds
// what its offices supervise at the time of reading, records under the codes of
// merged districts included, counties administered by the province excepted.
type Reader struct {
	Audience Audience `json:"audience"`
	ID       string   `json:"id,omitempty"`      // name of the office or source, for the access log
	Origins  []string `json:"origins,omitempty"` // of a source: its platform codes
	Regions  []string `json:"regions,omitempty"` // of a supervisor: GB/T 2260 codes; "410300" and "4103" both mean Luoyang with what it supervises
	Sectors  []string `json:"sectors,omitempty"` // of a supervisor: trade classes; empty means all

	table *jurisdiction.Table // nil: the program's own
}

// Under returns the reader under another table of jurisdictions than the
// program's own; nil is the program's own.
func (r Reader) Under(t *jurisdiction.Table) Reader {
	r.table = t
	return r
}

func (r Reader) jurisdictions() *jurisdiction.Table {
	if r.table == nil {
		return jurisdiction.Default()
	}
	return r.table
}

// Known reports whether a is one of the audiences.
func (a Audience) Known() bool {
	return slices.Contains([]Audience{Source, Supervisor, Auditor, Administrator, Public}, a)
}

// A seat is an audience as the table knows it: a supervisor sits inside or
// outside of the docket's jurisdiction.
type seat string

const (
	seatSource        seat = "source"
	seatSupervisor    seat = "supervisor"
	seatOutside       seat = "outside"
	seatAuditor       seat = "auditor"
	seatAdministrator seat = "administrator"
	seatPublic        seat = "public"
)

var seats = []seat{seatSource, seatSupervisor, seatOutside, seatAuditor, seatAdministrator, seatPublic}

// seatAt gives the reader's seat before d at a time. An unknown audience is the public.
func (r Reader) seatAt(d *docket.Docket, at time.Time) seat {
	switch r.Audience {
	case Source:
		return seatSource
	case Auditor:
		return seatAuditor
	case Administrator:
		return seatAdministrator
	case Supervisor:
		if r.InJurisdiction(d.Region, d.Class, at) {
			return seatSupervisor
		}
		return seatOutside
	}
	return seatPublic
}

// InJurisdiction reports whether a docket of this region and trade class is a
// supervisor's to supervise at a time. A docket whose region is not known is in
// nobody's jurisdiction except Everywhere's.
func (r Reader) InJurisdiction(region, class string, at time.Time) bool {
	if r.Audience != Supervisor || len(r.Sectors) > 0 && !slices.Contains(r.Sectors, class) {
		return false
	}
	day := trade.DayOf(at)
	return slices.ContainsFunc(r.Regions, func(own string) bool {
		return own == Everywhere || r.jurisdictions().Supervises(own, region, day)
	})
}
