package network

import (
	"slices"
	"strings"

	"mingjing/internal/trade"
)

// A Row is one row of a docket as far as whoever asks may see it.
type Row struct {
	Dataset string
	Lots    []string // that it names; none: it speaks of the whole docket
	Value   func(field string) string
}

// A Docket is the head of a docket with its rows.
type Docket struct {
	ID, Title     string
	Class, Region string
	Rows          []Row
}

// A Naming is where rows of a data set name bodies: in which field their names
// stand, in which their codes.
type Naming struct{ Dataset, Name, Code string }

// The roles in which a body stands in a lot.
const (
	Bidder   = "bidder"
	Winner   = "winner"
	Tenderer = "tenderer"
)

// Namings lists where bodies are named in a role: Bidder, Winner, Tenderer or Agency.
func Namings(role string) []Naming {
	switch role {
	case Bidder:
		var out []Naming
		for _, r := range bidRows {
			out = append(out, r.Naming)
		}
		return out
	case Winner:
		return slices.Concat(winnerRows, unionRows)
	case Tenderer:
		return slices.Clone(tendererRows)
	case Agency:
		return slices.Clone(agencyRows)
	}
	return nil
}

var (
	bidRows = []struct {
		Naming
		members Naming
	}{
		{Naming{"507", "BIDDER_NAME", "BIDDER_ORG_CODE"}, Naming{"507", "UNION_ENTERPRISE_NAME", "UNION_ORGAN_SET_CODE"}},
		{Naming{"557", "BIDDER_NAME", "BIDDER_ORG_CODE"}, Naming{}},
	}
	winnerRows = []Naming{
		{"513", "WIN_BIDDER_NAME", "WIN_BIDDER_CODE"},
		{"9018", "WIN_BIDDER_NAME", "WIN_BIDDER_CODE"},
		{"553", "WINNINGBIDDER_NAME", "WINNINGBIDDER_CODE"},
		{"9122", "WINNER_NAME", "WINNER_CODE"},
	}
	unionRows    = []Naming{{"513", "UNION_NAME", "UNION_CODE"}}
	tendererRows = []Naming{{"501", "TENDERER_NAME", "TENDERER_CODE"}, {"503", "TENDERER_NAME", "TENDERER_CODE"}, {"550", "PURCHASER_NAME", "PURCHASER_CODE"}, {"551", "PURCHASER_NAME", "PURCHASER_CODE"}}
	agencyRows   = []Naming{
		{"501", "TENDER_AGENCY_NAME", "TENDER_AGENCY_CODE"},
		{"503", "TENDER_AGENCY_NAME", "TENDER_AGENCY_CODE"},
		{"550", "PURCHASER_AGENCY_NAME", "PURCHASER_AGENCY_CODE"},
		{"551", "PURCHASER_AGENCY_NAME", "PURCHASER_AGENCY_CODE"},
		{"513", "TENDER_AGENCY_NAME", "TENDER_AGENCY_CODE"},
		{"553", "PURCHASER_AGENCY_NAME", "PURCHASER_AGENCY_CODE"},
	}
	doubtRows   = []string{"9019", "521", "404"}
	openingRows = []string{"506", "556"} // BID_OPENING_TIME
)

// Facts reads the lots of a docket of which a bid or a winner is seen. A bid or
// a winner that names no lot counts where the docket has one only.
func (d *Docket) Facts() []Fact {
	var codes []string
	for _, r := range d.Rows {
		codes = append(codes, r.Lots...)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	if len(codes) == 0 {
		codes = []string{""}
	}
	var out []Fact
	for _, code := range codes {
		if f := d.fact(code, len(codes) == 1); len(f.Bids)+len(f.Winners) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func (d *Docket) fact(code string, only bool) Fact {
	f := Fact{Docket: d.ID, Lot: code, Title: d.Title, Class: d.Class, Region: d.Region}
	for _, r := range d.Rows {
		own := slices.Contains(r.Lots, code) || len(r.Lots) == 0 && only
		about := own || len(r.Lots) == 0
		if own {
			for _, b := range bidRows {
				if bid := r.bodies(b.Naming); len(bid) > 0 {
					f.Bids = append(f.Bids, append(bid[:1:1], r.bodies(b.members)...))
				}
			}
			for _, n := range slices.Concat(winnerRows, unionRows) {
				f.Winners = appendNew(f.Winners, r.bodies(n))
			}
		}
		if !about {
			continue
		}
		for _, n := range tendererRows {
			f.Tenderers = appendNew(f.Tenderers, r.bodies(n))
		}
		for _, n := range agencyRows {
			f.Agencies = appendNew(f.Agencies, r.bodies(n))
		}
		if slices.Contains(doubtRows, r.Dataset) {
			f.Doubts++
		}
		if f.Kind == "" && (r.Dataset == "501" || r.Dataset == "550") {
			f.Kind = strings.ToUpper(strings.TrimSpace(r.Value("TENDER_PROJECT_TYPE")))
		}
		if r.Dataset == "508" {
			if name := strings.TrimSpace(r.Value("EXPERT_NAME")); name != "" && !slices.Contains(f.Experts, name) {
				f.Experts = append(f.Experts, name)
			}
		}
		if slices.Contains(openingRows, r.Dataset) {
			if m, ok := trade.ParseMoment(r.Value("BID_OPENING_TIME")); ok {
				f.Day = max(f.Day, m.Day())
			}
		}
	}
	return f
}

// Names lists the bodies that a row names where a naming says.
func (r Row) Names(n Naming) []Body { return r.bodies(n) }

// bodies reads the names and codes that stand in a row, several in one field included.
func (r Row) bodies(n Naming) []Body {
	if n.Dataset != r.Dataset {
		return nil
	}
	names, codes := split(r.Value(n.Name)), split(r.Value(n.Code))
	var out []Body
	for i := range max(len(names), len(codes)) {
		var b Body
		if i < len(names) {
			b.Name = names[i]
		}
		if i < len(codes) {
			b.Code = codes[i]
		}
		out = append(out, b)
	}
	return out
}

// split cuts a field that holds several names or codes; what stands for none is left out.
func split(s string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";；,，、|\n", r) }), func(p string) bool {
		switch strings.TrimSpace(p) {
		case "", "-", "—", "/", "无", "暂无":
			return true
		}
		return false
	})
}

func appendNew(to, bodies []Body) []Body {
	for _, b := range bodies {
		if !slices.Contains(to, b) {
			to = append(to, b)
		}
	}
	return to
}

// sameHand are the indicators whose subjects are bidders with one mark.
var sameHand = []string{"D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09"}

// SameHand reports whether an indicator finds marks that bids share.
func SameHand(indicator string) bool { return slices.Contains(sameHand, indicator) }

// SameHandIndicators are the ids of all of these.
func SameHandIndicators() []string { return slices.Clone(sameHand) }

// SharedBy reads the subjects of such a finding: codes, or names where a bidder has none.
func SharedBy(indicator string, subjects []string) Shared {
	s := Shared{Kind: indicator}
	for _, who := range subjects {
		if trade.CheckOrgCode(who) == nil || !strings.ContainsFunc(who, func(r rune) bool { return r > 0x7f }) {
			s.Bodies = append(s.Bodies, Body{Code: who})
		} else {
			s.Bodies = append(s.Bodies, Body{Name: who})
		}
	}
	return s
}
