package docket

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// The prefixes of codes. A row that names a body is found under it besides its
// docket. RowCode stands for a record that names nothing but
// its own row, such as a delete without fields: it finds its docket through the
// other versions of that row.
const (
	TenderCode    = "tender:"
	ProjectCode   = "project:"
	InvestCode    = "invest:" // unified code of an investment project (投资项目统一代码)
	BodyCode      = "body:"   // unified social credit code of a legal person
	LotCode       = "lot:"
	OcidCode      = "ocid:"
	RowCode       = "row:"
	ActCode       = "act:"       // acts of people on findings of a docket
	ReadCode      = "read:"      // who read what is protected of a docket
	ComplaintCode = "complaint:" // complaints about a docket
	OrderCode     = "order:"     // instructions to trading systems about a docket, and their answers
	// ComplaintsCode names all acts upon complaints.
	ComplaintsCode = "remedy:complaints"
	ObjectionCode  = "objection:" // objections that tenderers reported about a docket
	// ObjectionsCode names all acts about objections.
	ObjectionsCode = "remedy:objections"
	// AuditCode begins the codes of what auditors did at their port: AuditLog and a
	// month for what they asked and took out, AuditItems for all items sent on,
	// AuditItem and its id for one.
	AuditCode  = "audit:"
	AuditLog   = AuditCode + "log:"
	AuditItems = AuditCode + "items"
	AuditItem  = AuditCode + "item:"
	// SettingsCode names all acts on the settings of the rules.
	SettingsCode = "rule:settings"
	SealedCode   = "sealed:" // an opaque token in place of a secret code; made by the ledger
)

// Data sets of this system, outside the national catalogue.
const (
	DatasetRelease   = "release"   // facts of release
	DatasetErasure   = "erasure"   // lawful erasures
	DatasetSource    = "source"    // registrations of sources
	DatasetOCDS      = "ocds"      // raw compiled releases
	DatasetFile      = "file"      // receipts of attachments
	DatasetAct       = "act"       // acts of people on findings
	DatasetRule      = "rule"      // acts of the office on the settings of the rules
	DatasetPerson    = "person"    // acts upon people who sign in, and their posts
	DatasetReading   = "reading"   // who read what is protected
	DatasetComplaint = "complaint" // acts upon complaints
	DatasetObjection = "objection" // objections as tenderers report them
	DatasetAudit     = "audit"     // what auditors ask, take out and send on
	SystemOrigin     = "mingjing"

	DatasetInstruction  = "instruction"  // instructions to trading systems, and their answers
	DatasetOrganisation = "organisation" // organisations as they are from a day on
)

// maxCode is the greatest length of a code's value in bytes. The standard's
// longest is 23 characters; real ones vary in shape, but what is longer than
// this is a text in the wrong field and would only burden the index.
const maxCode = 200

// Codes returns the names under which a record is found, sorted, without
// repeats. A record with a tender project code names only that tender; a 501
// also its project, a 502 its section, and what declares a trade of another
// class its investment project, so that what names only these finds the tender
// through them. A record with nothing but section codes names these; one with
// nothing but project codes, those. Rows of the registers of bodies and of
// credit name the body too. A record that names nothing is found by its row;
// the registration of a source and an act upon a person belong to no docket and
// name none, and an act upon a finding, a complaint or an objection, an instruction, a reading,
// or what an auditor did, is found by a code of its own without being a part of a docket.
func Codes(r *standard.Record) []Code {
	switch r.Dataset {
	case DatasetSource, DatasetPerson, DatasetOrganisation:
		return nil
	case DatasetRule:
		return []Code{SettingsCode}
	case DatasetAct:
		if id := r.Fields["DOCKET"]; usable(id) {
			return []Code{Code(ActCode + id)}
		}
		return nil
	case DatasetComplaint:
		if id := r.Fields["DOCKET"]; usable(id) {
			return []Code{Code(ComplaintCode + id), ComplaintsCode}
		}
		return nil
	case DatasetObjection:
		if id := r.Fields["DOCKET"]; usable(id) {
			return []Code{Code(ObjectionCode + id), ObjectionsCode}
		}
		return nil
	case DatasetAudit:
		if id := r.Fields["ITEM"]; usable(id) {
			return []Code{Code(AuditItem + id), AuditItems}
		}
		if at := r.Fields["AT"]; len(at) >= len("2006-01") {
			return []Code{Code(AuditLog + at[:len("2006-01")])}
		}
		return nil
	case DatasetReading:
		if id := r.Fields["DOCKET"]; usable(id) {
			return []Code{Code(ReadCode + id)}
		}
		return nil
	case DatasetInstruction:
		if id := r.Fields["DOCKET"]; usable(id) {
			return []Code{Code(OrderCode + id)}
		}
		return nil
	}
	var out []Code
	add := func(prefix string, values ...string) {
		for _, v := range values {
			if v = strings.TrimSpace(v); usable(v) {
				out = append(out, Code(prefix+v))
			}
		}
	}
	f := r.Fields
	if r.Dataset == DatasetOCDS {
		add(OcidCode, f["OCID"])
		if len(out) == 0 {
			add(OcidCode, r.Key)
		}
	}
	add(TenderCode, standard.TenderCode(r))
	switch {
	case len(out) == 0 || r.Dataset == "502":
		add(LotCode, Sections(r.Dataset, f)...)
	}
	if len(out) == 0 || r.Dataset == "501" {
		add(ProjectCode, f["PROJECT_CODE"])
	}
	if direct := len(out) > 0 && out[0].Docket() != ""; !direct || declares(r.Dataset) {
		add(InvestCode, f["INVEST_PROJECT_CODE"])
	}
	if b := bodyOf(r); b != "" {
		add(BodyCode, b)
	}
	if len(out) == 0 {
		out = append(out, rowCode(r.Identity()))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// declares reports whether a data set opens a docket of its class and may name
// the investment project that the docket belongs to.
func declares(dataset string) bool {
	switch dataset {
	case "550", "600", "601", "650", "651", "652", "653":
		return true
	}
	return false
}

// leads reports whether what a row names besides its docket leads to the
// docket: its project, its section, its investment project.
func leads(dataset string) bool { return dataset == "501" || dataset == "502" || declares(dataset) }

// bodyOf returns the code of the body that a row of a register speaks of, ""
// when it speaks of none. A person's number is left out, for codes stand open in
// the index.
func bodyOf(r *standard.Record) string {
	set := standard.Default().Dataset(r.Dataset)
	if set == nil || set.Class != trade.BodyRegister && set.Class != trade.CreditRegister && r.Dataset != "9114" {
		return ""
	}
	for _, name := range []string{"LEGAL_CODE", "BODY_CODE", "BIDDER_NO"} {
		if c := strings.ToUpper(strings.TrimSpace(r.Fields[name])); c != "" && standard.PersonCode(c) == "" {
			return c
		}
	}
	return ""
}

func rowCode(id standard.Identity) Code {
	sum := sha256.Sum256([]byte(id.Origin + "\x00" + id.Dataset + "\x00" + id.Key))
	return Code(RowCode + hex.EncodeToString(sum[:16]))
}

// usable reports whether a value can serve as a code: stores differ in what
// they make of control characters and broken UTF-8, so that neither may.
func usable(v string) bool {
	return v != "" && len(v) <= maxCode && utf8.ValidString(v) && !strings.ContainsFunc(v, unicode.IsControl)
}

// Sections returns the lots that a row of a data set names, in their order,
// without repeats; none when it speaks of the whole tender. They stand in the
// field that the catalogue names for the data set, else in BID_SECTION_CODE
// and BID_SECTION_CODES.
func Sections(dataset string, f map[string]string) []string {
	var one, many string
	if own := standard.LotField(dataset); own != "" {
		one = f[own]
	} else {
		one, many = f["BID_SECTION_CODE"], f["BID_SECTION_CODES"]
	}
	if one == "" && many == "" {
		return nil
	}
	if many == "" && single(one) {
		return []string{one}
	}
	var out []string
	for _, c := range append(trade.SplitCodes(one), trade.SplitCodes(many)...) {
		if usable(c) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// single reports that a field holds one code and nothing else: capitals and
// digits. It may say no of others that do.
func single(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != "" && len(s) <= maxCode
}

// Docket returns the docket that a code names by itself: the tender's or the
// OCDS process's; "" for a code that must be resolved through other records.
func (c Code) Docket() string {
	for _, p := range []string{TenderCode, OcidCode} {
		if id, ok := strings.CutPrefix(string(c), p); ok {
			return id
		}
	}
	return ""
}

// Wants says in words what a code waits for when it leads to no docket.
func (c Code) Wants() string {
	s := string(c)
	switch {
	case strings.HasPrefix(s, ProjectCode):
		return "a tender project (501) of project " + s[len(ProjectCode):]
	case strings.HasPrefix(s, InvestCode):
		return "a transaction of investment project " + s[len(InvestCode):]
	case strings.HasPrefix(s, BodyCode):
		return "nothing: it belongs to body " + s[len(BodyCode):]
	case strings.HasPrefix(s, ActCode):
		return "nothing: it is an act upon docket " + s[len(ActCode):]
	case strings.HasPrefix(s, OrderCode):
		return "nothing: it is an instruction about docket " + s[len(OrderCode):]
	case s == SettingsCode:
		return "nothing: it is an act on the settings"
	case strings.HasPrefix(s, LotCode):
		return "a section (502) with code " + s[len(LotCode):]
	case strings.HasPrefix(s, RowCode):
		return "another version of the row, with codes"
	case strings.HasPrefix(s, SealedCode):
		return "the opening of its lot"
	}
	return "a record with code " + s
}

// Roots returns the codes from which the loading of a docket begins.
func Roots(id string) []Code { return []Code{Code(OcidCode + id), Code(TenderCode + id)} }

// Follow returns the codes to load for a docket, given what has been loaded so
// far: its roots, and the projects and sections that the rows that declare it
// name; superseded versions included. Call it until it adds nothing.
func Follow(id string, vs []Version) []Code {
	set := map[Code]bool{}
	for _, c := range Roots(id) {
		set[c] = true
	}
	for i := range vs {
		v := &vs[i]
		if !leads(v.Dataset) {
			continue
		}
		codes := Codes(&v.Record)
		if !slices.ContainsFunc(codes, func(c Code) bool { return c.Docket() == id }) {
			continue
		}
		for _, c := range codes {
			if c.Docket() == "" && !strings.HasPrefix(string(c), BodyCode) {
				set[c] = true
			}
		}
	}
	out := make([]Code, 0, len(set))
	for c := range set {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// Elsewhere returns the other dockets that versions of this docket's rows name,
// each with the greatest log position of such a row: when a row moves from one
// tender to another both must have seen the move.
func Elsewhere(id string, vs []Version) map[string]int64 {
	type row struct {
		here  bool
		there []string
		last  int64
	}
	rows := map[standard.Identity]*row{}
	for i := range vs {
		v := &vs[i]
		r := rows[v.Identity()]
		if r == nil {
			r = &row{}
			rows[v.Identity()] = r
		}
		r.last = max(r.last, v.Position)
		for _, c := range Codes(&v.Record) {
			switch d := c.Docket(); {
			case d == id:
				r.here = true
			case d != "":
				r.there = append(r.there, d)
			}
		}
	}
	out := map[string]int64{}
	for _, r := range rows {
		if !r.here {
			continue
		}
		for _, d := range r.there {
			if at, ok := out[d]; !ok || at < r.last {
				out[d] = r.last
			}
		}
	}
	return out
}
