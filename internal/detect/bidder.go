package detect

import (
	"strings"
	"unicode"

	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// normalCode brings a body's code to one form: capitals, no blanks or hyphens,
// full-width letters and digits made plain.
func normalCode(s string) string {
	if plainCode(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// plainCode reports whether a code is of capitals and digits alone.
func plainCode(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// normalName brings a body's name to one form: no blanks, brackets of one kind.
func normalName(s string) string {
	if folded(s) && !strings.ContainsAny(s, "()") {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == '(':
			return '（'
		case r == ')':
			return '）'
		}
		return r
	}, s)
}

// splitNames cuts a field that holds several names; blanks inside a name stay.
func splitNames(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";；,，、|\n", r) })
}

// parties tells which bidders of a lot are one and the same body and which bid
// together as a consortium.
type parties struct {
	codeOf  map[string]string          // name to code, where some row has both
	members map[string]map[string]bool // bidder to the codes and names it lists as its consortium
	known   map[*docket.Entry]string   // rows of bidRows to their bidder
}

// bidRows are the data sets that name a bidder with the members of its consortium.
var bidRows = []string{"507", "519", "9010", "9011", "9012", "9016", "9017", "523"}

func partiesOf(d *docket.Docket, lot string) parties {
	return docket.Once(d, docket.Key{Kind: "parties", Lot: lot}, func() parties { return makeParties(d, lot) })
}

func makeParties(d *docket.Docket, lot string) parties {
	p := parties{codeOf: map[string]string{}, members: map[string]map[string]bool{}}
	var rows []*docket.Entry
	for _, dataset := range bidRows {
		rows = append(rows, timeline.Rows(d, dataset, lot)...)
	}
	for _, e := range rows {
		code, name := normalCode(e.Fields["BIDDER_ORG_CODE"]), normalName(e.Fields["BIDDER_NAME"])
		if code != "" && name != "" && (p.codeOf[name] == "" || code < p.codeOf[name]) {
			p.codeOf[name] = code
		}
	}
	known := make(map[*docket.Entry]string, len(rows))
	for _, e := range rows {
		who := p.identity(e)
		known[e] = who
		for _, m := range append(trade.SplitCodes(e.Fields["UNION_ORGAN_SET_CODE"]), splitNames(e.Fields["UNION_ENTERPRISE_NAME"])...) {
			for _, m := range []string{normalCode(m), p.named(normalName(m))} {
				if m != "" && who != "" {
					if p.members[who] == nil {
						p.members[who] = map[string]bool{}
					}
					p.members[who][m] = true
				}
			}
		}
	}
	p.known = known
	return p
}

// bidderFields are the fields that name the bidder of a row by code and name:
// each of the data sets has one of these pairs.
var bidderFields = [][2]string{{"BIDDER_ORG_CODE", "BIDDER_NAME"}, {"BIDDER_CODE", "BIDDER_NAME"}, {"COMPANY_CODE", "COMPANY_NAME"}, {"UNIT_CREDIT_CODE", "UNIT_NAME"}, {"WIN_CANDIDATE_CODE", "WIN_CANDIDATE_NAME"}}

// identity names the bidder of a row: its code, else the code that another row
// gives for the name, else the name.
func (p parties) identity(e *docket.Entry) string {
	if who, ok := p.known[e]; ok {
		return who
	}
	for _, f := range bidderFields {
		if c := normalCode(e.Fields[f[0]]); c != "" {
			return c
		}
	}
	return p.named(normalName(nameIn(e)))
}

// nameIn is the bidder's name as a row writes it.
func nameIn(e *docket.Entry) string {
	for _, f := range bidderFields {
		if n := e.Fields[f[1]]; n != "" {
			return n
		}
	}
	return ""
}

// codeField is the field that holds the bidder's code in a row.
func codeField(e *docket.Entry) string {
	for _, f := range bidderFields {
		if e.Fields[f[0]] != "" {
			return f[0]
		}
	}
	for _, f := range bidderFields {
		if e.Fields[f[1]] != "" {
			return f[1]
		}
	}
	return bidderFields[0][0]
}

func (p parties) named(name string) string {
	if c := p.codeOf[name]; c != "" {
		return c
	}
	return name
}

// together reports whether two bidders bid as one consortium: one lists the
// other, or both list exactly the same members, themselves apart.
func (p parties) together(a, b string) bool {
	if p.members[a][b] || p.members[b][a] {
		return true
	}
	if len(p.members[a]) == 0 || len(p.members[a]) != len(p.members[b]) {
		return false
	}
	for m := range p.members[a] {
		if !p.members[b][m] {
			return false
		}
	}
	return true
}
