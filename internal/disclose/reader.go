package disclose

import (
	"slices"
	"strings"

	"mingjing/internal/docket"
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
type Reader struct {
	Audience Audience `json:"audience"`
	ID       string   `json:"id,omitempty"`      // name of the office or source, for the access log
	Origins  []string `json:"origins,omitempty"` // of a source: its platform codes
	Regions  []string `json:"regions,omitempty"` // of a supervisor: GB/T 2260 codes or prefixes; "410300" and "4103" both mean Luoyang with its counties
	Sectors  []string `json:"sectors,omitempty"` // of a supervisor: trade classes; empty means all
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

// seatAt gives the reader's seat before d. An unknown audience is the public.
func (r Reader) seatAt(d *docket.Docket) seat {
	switch r.Audience {
	case Source:
		return seatSource
	case Auditor:
		return seatAuditor
	case Administrator:
		return seatAdministrator
	case Supervisor:
		if r.InJurisdiction(d.Region, d.Class) {
			return seatSupervisor
		}
		return seatOutside
	}
	return seatPublic
}

// InJurisdiction reports whether a docket of this region and trade class is a
// supervisor's to supervise. A docket whose region is not known is in nobody's
// jurisdiction except Everywhere's.
func (r Reader) InJurisdiction(region, class string) bool {
	if r.Audience != Supervisor || len(r.Sectors) > 0 && !slices.Contains(r.Sectors, class) {
		return false
	}
	return slices.ContainsFunc(r.Regions, func(p string) bool {
		if p == Everywhere {
			return true
		}
		p = RegionPrefix(p)
		return p != "" && strings.HasPrefix(region, p)
	})
}

// RegionPrefix gives the part of a GB/T 2260 code that all codes below it
// share: "410000" gives "41", "410300" gives "4103", "410302" stays.
func RegionPrefix(code string) string {
	for len(code) == 6 || len(code) == 4 {
		short, found := strings.CutSuffix(code, "00")
		if !found {
			break
		}
		code = short
	}
	return code
}
