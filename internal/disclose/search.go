package disclose

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// The tiers of the search index: whose view a docket may be found by.
const (
	TierPublic        = "public" // also supervisors out of jurisdiction, who see the same
	TierSupervisor    = "supervisor"
	TierAuditor       = "auditor"
	TierAdministrator = "administrator"
	TierSource        = "source"  // of dockets in which one trading system sees something: that system
	TierOneSource     = "source:" // and a platform code: what that platform sees of a docket of several
)

// A SearchRow is what the readers of a tier may find a docket by: nothing but
// what their view of it shows.
type SearchRow struct {
	Tier   string
	Title  string
	Codes  []string  // of the docket, its lots, projects, contracts, notices and bodies
	Names  []Party   // bodies in their roles
	Text   string    // every text the view shows, a line each
	Tags   []string  // "class:", "region:" and "moment:" to choose by; "origin:" with the tiers of sources
	Latest time.Time // the last thing that has happened by what the view of the public shows
}

// A Party is a body that a docket names in a role. The code is there only where
// the same record shows it.
type Party struct {
	Role       string
	Name, Code string
}

// A SearchScope is a part of what a reader may find: tiers, of dockets that lie
// in some places. Of two scopes of one reader none holds the other's dockets.
type SearchScope struct {
	Tiers   []string
	Tags    []string // the docket has one of these; none: all
	Regions []string // beginnings of GB/T 2260 codes; "": all; nil: no condition
	Except  []string // whole codes that begin so and lie elsewhere all the same
	Classes []string // none: all
	Outside bool     // what does not lie in these regions and classes
}

// SearchScopes says in what tiers of which dockets a reader finds exactly what
// View shows to them.
func (r Reader) SearchScopes(at time.Time) []SearchScope {
	switch r.Audience {
	case Auditor:
		return []SearchScope{{Tiers: []string{TierAuditor}}}
	case Administrator:
		return []SearchScope{{Tiers: []string{TierAdministrator}}}
	case Source:
		if len(r.Origins) == 0 {
			return nil
		}
		s := SearchScope{Tiers: []string{TierSource}}
		for _, o := range r.Origins {
			s.Tiers = append(s.Tiers, oneSource(o))
			s.Tags = append(s.Tags, "origin:"+o)
		}
		return []SearchScope{s}
	case Supervisor:
		in := r.supervised(trade.DayOf(at))
		in.Tiers = []string{TierSupervisor}
		return []SearchScope{in, {Tiers: []string{TierPublic}, Regions: in.Regions, Except: in.Except, Classes: in.Classes, Outside: true}}
	}
	return []SearchScope{{Tiers: []string{TierPublic}}}
}

// supervised says in codes what InJurisdiction says of each: what begins as the
// reader's regions do, less what answers to others (counties under the
// province), and what came to them under other codes.
func (r Reader) supervised(day trade.Day) SearchScope {
	out := SearchScope{Regions: []string{}, Classes: r.Sectors}
	if slices.Contains(r.Regions, Everywhere) {
		out.Regions = []string{""}
		return out
	}
	var own []string
	for _, g := range r.Regions {
		if code := trade.RegionCode(g); code != "" {
			own, out.Regions = append(own, code), append(out.Regions, RegionStart(code))
		}
	}
	starts := slices.Clone(out.Regions)
	for _, c := range trade.Regions().Codes() {
		begins := slices.ContainsFunc(starts, func(p string) bool { return strings.HasPrefix(c, p) })
		mine := slices.ContainsFunc(own, func(o string) bool { return r.jurisdictions().Supervises(o, c, day) })
		switch {
		case begins && !mine:
			out.Except = append(out.Except, c)
		case mine && !begins:
			out.Regions = append(out.Regions, c)
		}
	}
	return out
}

// RegionStart gives the part of a six-digit code that all codes below it share:
// "410000" gives "41", "410300" gives "4103", "410302" stays.
func RegionStart(code string) string {
	for len(code) == 6 || len(code) == 4 {
		short, found := strings.CutSuffix(code, "00")
		if !found {
			break
		}
		code = short
	}
	return code
}

// oneSource is the tier of a platform, whatever stands in its code.
func oneSource(origin string) string { return TierOneSource + url.PathEscape(origin) }

// SearchRows gives what each tier may find a docket by at a time; none for a
// tier that may not know of it. It reads the program's own table and catalogue.
func SearchRows(d *docket.Docket, at time.Time) []SearchRow { return window().SearchRows(d, at) }

// SearchRows are the rows of the views of each tier's reader; see SearchRows.
func (w *Window) SearchRows(d *docket.Docket, at time.Time) []SearchRow {
	var out []SearchRow
	add := func(tier string, r Reader) {
		if v := w.View(d, r, at); v != nil {
			row := v.Search()
			row.Tier = tier
			out = append(out, row)
		}
	}
	add(TierPublic, Reader{Audience: Public})
	public := len(out) > 0
	add(TierSupervisor, Reader{Audience: Supervisor, Regions: []string{Everywhere}})
	add(TierAuditor, Reader{Audience: Auditor})
	add(TierAdministrator, Reader{Audience: Administrator})
	own := w.sourceRows(d, at)
	// Where hits stand is the same for all, so it may tell of nothing but what
	// all may know. A docket that the public does not know of stands by what
	// supervision sees, unless several trading systems might learn of each other.
	latest := time.Time{}
	if len(out) > 0 && (public || len(own) < 2) {
		latest = out[0].Latest
	}
	out = append(out, own...)
	for i := range out {
		out[i].Latest = latest
	}
	return out
}

// sourceRows are those of trading systems. One that is alone in a docket shares
// its lines with the other tiers; its bodies stand under its own name, because
// they are found without a look at the docket.
func (w *Window) sourceRows(d *docket.Docket, at time.Time) []SearchRow {
	var out []SearchRow
	for _, o := range originsOf(d) {
		v := w.View(d, Reader{Audience: Source, Origins: []string{o}}, at)
		if v == nil {
			continue
		}
		row := v.Search()
		row.Tier = oneSource(o)
		row.Tags = append(row.Tags, "origin:"+o)
		out = append(out, row)
	}
	if len(out) != 1 {
		return out
	}
	shared, names := out[0], SearchRow{Tier: out[0].Tier, Names: out[0].Names}
	shared.Tier, shared.Names = TierSource, nil
	for _, p := range names.Names {
		shared.Codes = append(shared.Codes, p.Name, p.Code)
	}
	if len(names.Names) == 0 {
		return []SearchRow{shared}
	}
	return []SearchRow{shared, names}
}

// SearchEdition changes whenever the same docket could be found by something
// else, or have another card: then what is kept must be made anew.
func SearchEdition() string { return searchEdition() }

var searchEdition = sync.OnceValue(func() string {
	const edition = "2" // of this file, and of how it is indexed
	h := sha256.New()
	h.Write([]byte(edition + " " + cardEdition))
	h.Write(tableYAML)
	for _, ds := range standard.Default().Datasets() {
		for i := range ds.Fields {
			f := &ds.Fields[i]
			h.Write([]byte(ds.No + "." + f.Name + " " + string(f.Disclosure) + " " + string(f.Seal) + " " + string(ds.Seal) + "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
})

// Search is what this view may be found by.
func (v *Docket) Search() SearchRow {
	row := SearchRow{Title: v.Title, Text: v.Text()}
	code := func(s string) {
		if s != "" && !slices.Contains(row.Codes, s) {
			row.Codes = append(row.Codes, s)
		}
	}
	code(v.ID)
	row.Tags = []string{"class:" + v.Class}
	for n := 2; n <= len(v.Region); n++ {
		row.Tags = append(row.Tags, "region:"+v.Region[:n])
	}
	for i := range v.Lots {
		code(v.Lots[i].Code)
		if tag := "moment:" + v.Lots[i].Moment; !slices.Contains(row.Tags, tag) {
			row.Tags = append(row.Tags, tag)
		}
	}
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Dataset == docket.DatasetRelease || e.Deleted {
			continue
		}
		for _, f := range e.Fields {
			if codeField(f.Name) {
				for _, c := range strings.Split(f.Value, ";") {
					if c = strings.TrimSpace(c); codeLike(c) {
						code(c)
					}
				}
			}
		}
		for _, p := range e.parties() {
			if !slices.Contains(row.Names, p) {
				row.Names = append(row.Names, p)
			}
		}
	}
	for i := range v.Events {
		if e := &v.Events[i]; e.At.After(row.Latest) && !e.At.After(v.At) {
			row.Latest = e.At
		}
	}
	return row
}

// codeField reports whether a field holds codes that somebody may type. What
// names a platform or region stands in every record and finds nothing.
func codeField(name string) bool {
	switch name {
	case "PLATFORM_CODE", "PUB_SERVICE_PLAT_CODE", "REGION_CODE":
		return false
	}
	for _, end := range []string{"_CODE", "_CODES", "_NO", "_NUM", "_NUMBER", "OCID"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// codeLike leaves out entries of code lists.
func codeLike(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 6 && n <= 64 && strings.ContainsFunc(s, unicode.IsDigit)
}

// partyFields name the bodies of a record and the roles they have in it.
var partyFields = []struct {
	role, name string
	codes      []string
}{
	{"tenderer", "TENDERER_NAME", []string{"TENDERER_CODE", "TENDER_CODE"}},
	{"tenderer", "PURCHASER_NAME", []string{"PURCHASER_CODE"}},
	{"tenderer", "OWNER_NAME", []string{"OWNER_CODE"}},
	{"tenderer", "BUYER_NAME", []string{"BUYER_CODE"}},
	{"agency", "TENDER_AGENCY_NAME", []string{"TENDER_AGENCY_CODE"}},
	{"agency", "PURCHASER_AGENCY_NAME", []string{"PURCHASER_AGENCY_CODE"}},
	{"agency", "TRA_AGENCY_NAME", []string{"TRA_AGENCY_CODE"}},
	{"bidder", "BIDDER_NAME", []string{"BIDDER_ORG_CODE", "BIDDER_CODE"}},
	{"bidder", "UNION_ENTERPRISE_NAME", []string{"UNION_ORGAN_SET_CODE"}},
	{"candidate", "WIN_CANDIDATE_NAME", []string{"WIN_CANDIDATE_CODE"}},
	{"winner", "WIN_BIDDER_NAME", []string{"WIN_BIDDER_CODE"}},
	{"winner", "UNION_NAME", []string{"UNION_CODE"}},
	{"winner", "WINNINGBIDDER_NAME", []string{"WINNINGBIDDER_CODE"}},
	{"winner", "WINNER_NAME", []string{"WINNER_CODE"}},
	{"winner", "SUPPLIER_NAME", []string{"SUPPLIER_CODE"}},
	{"contractor", "PERFORMANCE_PARTY_NAME", []string{"PERFORMANCE_PARTY_CODE"}},
	{"party", "SELLER_NAME", []string{"SELLER_CODE"}},
	{"party", "BODY_NAME", []string{"BODY_CODE"}},
	{"party", "LEGAL_NAME", []string{"LEGAL_CODE"}},
}

// contracts are the data sets in which a bidder is who signed.
var contracts = []string{"512", "522", "555"}

// PartyRoles names the roles of bodies, in the order in which a trade meets them.
func PartyRoles() []string {
	return []string{"tenderer", "agency", "bidder", "candidate", "winner", "contractor", "party"}
}

func (e *Entry) parties() []Party {
	var out []Party
	for _, f := range partyFields {
		name := strings.TrimSpace(e.value(f.name))
		if name == "" {
			continue
		}
		p := Party{Role: f.role, Name: name}
		if f.role == "bidder" && slices.Contains(contracts, e.Dataset) {
			p.Role = "contractor"
		}
		for _, c := range f.codes {
			if code := strings.ToUpper(strings.TrimSpace(e.value(c))); code != "" {
				p.Code = code
				break
			}
		}
		out = append(out, p)
	}
	return out
}
