package server

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

const (
	// maxNamings is how many namings of one body are looked at: beyond it the
	// page says that there are more.
	maxNamings = 6000
	// maxPartners is how many partners of a kind are told.
	maxPartners = 50
	// partyDockets is how many dockets of a body are listed, the newest first.
	partyDockets = 200
)

type partyInput struct {
	Code string `query:"code" maxLength:"64" doc:"Unified social credit code (统一社会信用代码), or another by which dockets name it"`
	Name string `query:"name" maxLength:"200" doc:"Its name as dockets give it; used when no code is given"`
}

type expertInput struct {
	Name string `query:"name" required:"true" minLength:"2" maxLength:"50" doc:"Name of the person"`
}

// PartyPage is one body with all that dockets tell of it, as the reader sees them.
type PartyPage struct {
	Name     string         `json:"name"`
	Names    []string       `json:"names" doc:"All names that are given with the code, the most frequent first"`
	Code     string         `json:"code,omitempty"`
	Codes    []string       `json:"codes,omitempty" doc:"Several codes are given with this name: ask by one of them; what follows is of dockets that give none"`
	Roles    map[string]int `json:"roles" doc:"In how many dockets it is named as tenderer, agency, bidder, candidate, winner, contractor or party"`
	Dockets  []PartyDocket  `json:"dockets" doc:"The newest first, at most 200"`
	Total    int            `json:"total" doc:"Dockets in which it is named"`
	More     bool           `json:"more,omitzero" doc:"There are more than could be looked at: all counts are of the part"`
	Years    []PartyYear    `json:"years" doc:"By the year in which something happened last, the newest first"`
	Partners []Partner      `json:"partners"`
	Warnings []WarningItem  `json:"warnings" doc:"Clues that name it as a subject, or in whose docket it tenders; for supervisors in their jurisdiction and auditors"`
	Score    *ScoreTable    `json:"score,omitempty" doc:"What these clues come to, for the same readers; absent: there is none"`
	Register *disclose.Body `json:"register,omitempty" doc:"What the registers of bodies and of credit say of it"`
}

// PartyDocket is one docket with the body's roles in it.
type PartyDocket struct {
	DocketHead
	Roles []string `json:"roles"`
}

// PartyYear is one year of a body.
type PartyYear struct {
	Year    int            `json:"year" doc:"0: of these no time is seen"`
	Dockets int            `json:"dockets"`
	Roles   map[string]int `json:"roles"`
	Fen     int64          `json:"fen" doc:"Amounts of the dockets that it won, or in which it tenders: contracts, else awards; in fen, a hundredth of a yuan"`
}

// Partner is another body in the same dockets.
type Partner struct {
	Kind    string `json:"kind" enum:"rival,buyer,supplier,agency,client" doc:"rival: bids in the same tenders; buyer: tenders where it bids or wins; supplier: wins where it tenders; agency: acts for its tenders, or where it bids; client: whose agency it is"`
	Name    string `json:"name"`
	Code    string `json:"code,omitempty"`
	Dockets int    `json:"dockets" doc:"In how many dockets both are"`
	Wins    int    `json:"wins,omitzero" doc:"Of a rival or buyer: in how many of them the body of this page won"`
	Theirs  int    `json:"theirs,omitzero" doc:"Of a rival: in how many of them the rival won"`
}

// ExpertPage is what a reader may know of a member of evaluation committees.
type ExpertPage struct {
	Name      string         `json:"name"`
	Disclosed bool           `json:"disclosed" doc:"Whether this reader may see committees after the result"`
	Article   disclose.Words `json:"article" doc:"By which that is so"`
	Why       disclose.Words `json:"why"`
	Entries   []ExpertEntry  `json:"entries"`
	More      bool           `json:"more,omitzero" doc:"More dockets hold the name than were looked at"`
}

// ExpertEntry is one record that names the person.
type ExpertEntry struct {
	Docket string         `json:"docket"`
	Title  string         `json:"title,omitempty"`
	Region string         `json:"region,omitempty"`
	Entry  disclose.Entry `json:"entry"`
}

func (s *Server) routesParties() {
	huma.Register(s.api, reading("get-party", "/parties", "A company, buyer or agency 企业、采购人、代理机构",
		"Its dockets by role, partners, years and warnings, of what this reader may see; /search?kind=body finds it.", 404), s.getParty)
	huma.Register(s.api, reading("get-expert", "/experts", "An expert 评标专家",
		"Records of committees that name the person, only where the disclosure table lets this reader see them; else by which article not.", 404), s.getExpert)
}

func (s *Server) getParty(ctx context.Context, in *partyInput) (*out[*PartyPage], error) {
	code, name := strings.ToUpper(strings.TrimSpace(in.Code)), strings.TrimSpace(in.Name)
	if code == "" && name == "" {
		return nil, badParameter(ctx, "code", "give a code or a name")
	}
	p, err := s.party(ctx, readerOf(ctx), code, name)
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case p == nil:
		return nil, notFound(ctx)
	}
	return &out[*PartyPage]{p}, nil
}

// party makes the page of a body, nil when the reader may know nothing of it.
func (s *Server) party(ctx context.Context, r disclose.Reader, code, name string) (*PartyPage, error) {
	q := s.query(r, question{})
	p := &PartyPage{Code: code, Names: []string{}, Roles: map[string]int{}, Dockets: []PartyDocket{}, Years: []PartyYear{}, Partners: []Partner{}, Warnings: []WarningItem{}}
	namings, err := s.namings(ctx, q, p, name)
	if err != nil {
		return nil, err
	}
	if p.Code != "" {
		file, err := s.cfg.Subjects.Body(ctx, p.Code)
		if err != nil {
			return nil, err
		}
		p.Register = disclose.ViewBody(file, r, s.cfg.Clock())
	}
	if len(namings) == 0 && p.Register == nil && len(p.Codes) == 0 {
		return nil, nil
	}
	p.name(namings, name)
	roles := map[string][]string{}
	var ids []string
	for _, n := range namings {
		if roles[n.Docket] == nil {
			ids = append(ids, n.Docket)
		}
		if !slices.Contains(roles[n.Docket], n.Role) {
			roles[n.Docket] = append(roles[n.Docket], n.Role)
			p.Roles[n.Role]++
		}
	}
	p.Total = len(ids)
	if len(ids) == 0 {
		return p, nil
	}
	if err := s.partyDockets(ctx, r, p, ids, roles); err != nil {
		return nil, err
	}
	if err := s.partners(ctx, q, p, ids, roles); err != nil {
		return nil, err
	}
	return p, s.partyWarnings(ctx, r, p, ids, roles)
}

// namings finds where a body is named: by its code and, where they are of no
// other body, by its names without one.
func (s *Server) namings(ctx context.Context, q store.SearchQuery, p *PartyPage, name string) ([]store.Naming, error) {
	var byCode []store.Naming
	names := []string{name}
	var err error
	if p.Code != "" {
		if byCode, err = s.cfg.Store.Namings(ctx, q, p.Code, nil, maxNamings); err != nil {
			return nil, err
		}
		names = nil
		for _, n := range byCode {
			if !slices.Contains(names, n.Name) {
				names = append(names, n.Name)
			}
		}
	}
	byName, err := s.cfg.Store.Namings(ctx, q, "", names, maxNamings)
	if err != nil {
		return nil, err
	}
	codes := map[string][]string{} // that are given with each name
	for _, n := range byName {
		if n.Code != "" && !slices.Contains(codes[n.Name], n.Code) {
			codes[n.Name] = append(codes[n.Name], n.Code)
		}
	}
	if p.Code == "" {
		switch known := codes[name]; len(known) {
		case 0:
		case 1:
			p.Code = known[0]
			return s.namings(ctx, q, p, name)
		default:
			p.Codes = slices.Sorted(slices.Values(known))
		}
	}
	p.More = len(byCode) > maxNamings || len(byName) > maxNamings
	out := byCode
	for _, n := range byName {
		if n.Code == "" && (p.Code == "" || len(codes[n.Name]) == 1) {
			out = append(out, n)
		}
	}
	return out, nil
}

// name takes the names in the order of how often they are given.
func (p *PartyPage) name(namings []store.Naming, asked string) {
	n := map[string]int{}
	for _, m := range namings {
		if n[m.Name]++; n[m.Name] == 1 {
			p.Names = append(p.Names, m.Name)
		}
	}
	slices.SortStableFunc(p.Names, func(a, b string) int { return cmp.Or(n[b]-n[a], strings.Compare(a, b)) })
	switch {
	case len(p.Names) > 0:
		p.Name = p.Names[0]
	case p.Register != nil:
		p.Name = cmp.Or(p.Register.Name, p.Code)
	default:
		p.Name = asked
	}
}

// partyDockets lists the dockets by their cards, and counts them by year.
func (s *Server) partyDockets(ctx context.Context, r disclose.Reader, p *PartyPage, ids []string, roles map[string][]string) error {
	l, err := s.list(ctx, r, CardFilter{Sort: "last"})
	if err != nil {
		return err
	}
	years := map[int]*PartyYear{}
	order := disclose.PartyRoles()
	q := l.query
	q.Dockets = ids
	for after := ""; ; {
		cards, next, err := l.cards(ctx, q, after, 1000)
		if err != nil {
			return err
		}
		for _, c := range cards {
			mine := roles[c.ID]
			slices.SortFunc(mine, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
			if len(p.Dockets) < partyDockets {
				p.Dockets = append(p.Dockets, PartyDocket{headOf(c), mine})
			}
			year := 0
			if !c.Last.IsZero() {
				year, _ = strconv.Atoi(c.Last.In(trade.Zone).Format("2006"))
			}
			y := years[year]
			if y == nil {
				y = &PartyYear{Year: year, Roles: map[string]int{}}
				years[year] = y
			}
			y.Dockets++
			for _, role := range mine {
				y.Roles[role]++
			}
			counts := slices.ContainsFunc(mine, func(role string) bool { return role == "winner" || role == "contractor" || role == "tenderer" })
			if counts && c.Amount != nil && c.Amount.Kind != disclose.AmountEstimate {
				y.Fen += c.Amount.Fen
			}
		}
		if after = next; after == "" {
			break
		}
	}
	for _, y := range years {
		p.Years = append(p.Years, *y)
	}
	slices.SortFunc(p.Years, func(a, b PartyYear) int { return b.Year - a.Year })
	return nil
}

// partners counts who else is in the same dockets, by what they are to the body.
func (s *Server) partners(ctx context.Context, q store.SearchQuery, p *PartyPage, ids []string, roles map[string][]string) error {
	const most = 60_000
	all, err := s.cfg.Store.NamingsIn(ctx, q, ids, most)
	if err != nil {
		return err
	}
	p.More = p.More || len(all) > most
	codeOf, several := map[string]string{}, map[string]bool{}
	for _, n := range all {
		if n.Code != "" {
			if known := codeOf[n.Name]; known != "" && known != n.Code {
				several[n.Name] = true
			}
			codeOf[n.Name] = n.Code
		}
	}
	type who struct{ name, code string }
	same := map[string]string{} // code: the name by which it is told
	of := func(n store.Naming) who {
		code := n.Code
		if code == "" && !several[n.Name] {
			code = codeOf[n.Name]
		}
		if code == "" {
			return who{n.Name, ""}
		}
		if same[code] == "" {
			same[code] = n.Name
		}
		return who{same[code], code}
	}
	me := func(w who) bool {
		return p.Code != "" && w.code == p.Code || w.code == "" && slices.Contains(p.Names, w.name)
	}
	wins := func(docket string) bool {
		return slices.Contains(roles[docket], "winner") || slices.Contains(roles[docket], "contractor")
	}
	found := map[string]map[who]*Partner{}
	seen := map[[4]string]bool{}
	won := map[[3]string]bool{} // docket, name, code
	for _, n := range all {
		if n.Role == "winner" || n.Role == "contractor" {
			w := of(n)
			won[[3]string{n.Docket, w.name, w.code}] = true
		}
	}
	for _, n := range all {
		w := of(n)
		if me(w) {
			continue
		}
		for _, mine := range roles[n.Docket] {
			kind := partnerKind(mine, n.Role)
			key := [4]string{kind, n.Docket, w.name, w.code}
			if kind == "" || seen[key] {
				continue
			}
			seen[key] = true
			if found[kind] == nil {
				found[kind] = map[who]*Partner{}
			}
			x := found[kind][w]
			if x == nil {
				x = &Partner{Kind: kind, Name: w.name, Code: w.code}
				found[kind][w] = x
			}
			x.Dockets++
			if (kind == "rival" || kind == "buyer") && wins(n.Docket) {
				x.Wins++
			}
			if kind == "rival" && won[[3]string{n.Docket, w.name, w.code}] {
				x.Theirs++
			}
		}
	}
	for _, kind := range []string{"rival", "buyer", "supplier", "agency", "client"} {
		var list []Partner
		for _, x := range found[kind] {
			list = append(list, *x)
		}
		slices.SortFunc(list, func(a, b Partner) int {
			return cmp.Or(b.Dockets-a.Dockets, strings.Compare(a.Name, b.Name), strings.Compare(a.Code, b.Code))
		})
		p.Partners = append(p.Partners, list[:min(len(list), maxPartners)]...)
	}
	return nil
}

// partnerKind says what one in a role is to one in mine; "" nothing.
func partnerKind(mine, theirs string) string {
	sells := func(role string) bool {
		return role == "bidder" || role == "candidate" || role == "winner" || role == "contractor"
	}
	switch {
	case mine == "bidder" && theirs == "bidder":
		return "rival"
	case sells(mine) && theirs == "tenderer":
		return "buyer"
	case mine == "tenderer" && (theirs == "winner" || theirs == "contractor"):
		return "supplier"
	case (sells(mine) || mine == "tenderer") && theirs == "agency":
		return "agency"
	case mine == "agency" && theirs == "tenderer":
		return "client"
	}
	return ""
}

// partyWarnings lists the findings of the dockets that name the body, or that
// are of its own tenders.
func (s *Server) partyWarnings(ctx context.Context, r disclose.Reader, p *PartyPage, ids []string, roles map[string][]string) error {
	f, ok, err := s.bounds(ctx, r, "", nil)
	if err != nil || !ok {
		return err
	}
	f.Dockets, f.Limit = ids, 1000
	rows, err := s.cfg.Store.Warnings(ctx, f)
	if err != nil {
		return err
	}
	items, err := s.warningItems(ctx, rows)
	if err != nil {
		return err
	}
	var weighed []store.FindingRow
	for i, it := range items {
		named := slices.ContainsFunc(it.Subjects, func(x string) bool { return p.Code != "" && x == p.Code || slices.Contains(p.Names, x) })
		if named || slices.Contains(roles[it.Docket], "tenderer") || slices.Contains(roles[it.Docket], "agency") {
			p.Warnings = append(p.Warnings, it)
			weighed = append(weighed, rows[i])
		}
	}
	if len(weighed) > 0 {
		if p.Score, err = s.scoreSubject(weighed, s.cfg.Clock()); err != nil {
			return err
		}
	}
	p.Warnings = p.Warnings[:min(len(p.Warnings), 200)]
	return nil
}

// expertFields name members of evaluation committees, by data set.
var expertFields = map[string][]string{"508": {"EXPERT_NAME"}, "9005": {"EXPERT_NAME"}, "9112": {"EXPERT_NAMES"}}

func (s *Server) getExpert(ctx context.Context, in *expertInput) (*out[*ExpertPage], error) {
	r := readerOf(ctx)
	name := strings.TrimSpace(in.Name)
	// What a supervisor in jurisdiction and all others may see once the result is out.
	why := disclose.Why("508", "EXPERT_NAME", r.Audience, r.Audience == disclose.Supervisor, disclose.Signed)
	p := &ExpertPage{Name: name, Disclosed: why.Verdict == disclose.Show, Article: why.Article, Why: why.Why, Entries: []ExpertEntry{}}
	if !p.Disclosed {
		return &out[*ExpertPage]{p}, nil // the same whether there is such a person or not
	}
	hits, next, err := s.find(ctx, r, s.query(r, question{text: `"` + strings.ReplaceAll(name, `"`, "") + `"`, limit: 100}))
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	p.More = next != ""
	for _, h := range hits {
		for i := range h.view.Entries {
			e := &h.view.Entries[i]
			if namesExpert(e, name) {
				p.Entries = append(p.Entries, ExpertEntry{h.view.ID, h.view.Title, h.view.Region, *e})
			}
		}
	}
	return &out[*ExpertPage]{p}, nil
}

// namesExpert reports whether a shown field of a committee's record is the name.
func namesExpert(e *disclose.Entry, name string) bool {
	for _, field := range expertFields[e.Dataset] {
		f := e.Field(field)
		if f == nil {
			continue
		}
		split := strings.FieldsFunc(f.Value, func(c rune) bool { return strings.ContainsRune(";；,，、 ", c) })
		if slices.Contains(split, name) || f.Value == name {
			return true
		}
	}
	return false
}
