package server

import (
	"cmp"
	"context"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
	"mingjing/internal/trade"
)

func (s *Server) routesPages() error {
	var err error
	if s.pages, err = newPages(); err != nil {
		return err
	}
	docs := maps.Clone(s.cfg.Docs)
	docs["disclosure"] = disclose.Document()
	rendered := map[string]template.HTML{}
	for name, text := range docs {
		rendered[name] = markdown(text)
	}
	s.mux.HandleFunc("GET /{$}", s.home)
	s.mux.HandleFunc("GET /dockets", s.pageDockets)
	s.mux.HandleFunc("GET /dockets.atom", s.feedDockets)
	s.mux.HandleFunc("GET /statistics", s.pageStatistics)
	s.mux.HandleFunc("GET /docket/{id}", s.pageDocket)
	s.mux.HandleFunc("GET /project/{code}", s.pageProject)
	s.mux.HandleFunc("GET /body/{code}", s.pageBody)
	s.mux.HandleFunc("GET /docs", s.pageDocs)
	s.mux.HandleFunc("GET /docs/rules", func(w http.ResponseWriter, r *http.Request) {
		s.show(w, r, http.StatusOK, "rules", "数据校验规则", "Rules", standard.Rules())
	})
	s.mux.HandleFunc("GET /docs/rules/{id}", func(w http.ResponseWriter, r *http.Request) {
		rule, ok := standard.RuleByID(r.PathValue("id"))
		if !ok {
			s.fail(w, r, problemNotFound)
			return
		}
		s.show(w, r, http.StatusOK, "rules", rule.ID, rule.ID, []standard.Rule{rule})
	})
	s.mux.HandleFunc("GET /docs/{name}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		if langOf(r) == "zh" && rendered[name+".zh-CN"] != "" {
			name += ".zh-CN"
		}
		body, ok := rendered[name]
		if !ok {
			s.fail(w, r, problemNotFound)
			return
		}
		s.show(w, r, http.StatusOK, "doc", r.PathValue("name"), r.PathValue("name"), body)
	})
	return nil
}

func (s *Server) docNames() []string {
	var names []string
	for name := range s.cfg.Docs {
		if base, zh := cutSuffix(name, ".zh-CN"); !zh || s.cfg.Docs[base] == "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func cutSuffix(s, suffix string) (string, bool) {
	if len(s) > len(suffix) && s[len(s)-len(suffix):] == suffix {
		return s[:len(s)-len(suffix)], true
	}
	return s, false
}

// homePage is what the front page shows.
type homePage struct {
	Version, StoreName, LogName string
	HasLog                      bool
	Log                         LogState
	Age                         string
	Days                        []store.Count // by day and source, all data sets together
	Demo                        bool
	In, Of                      int           // dockets of a demonstration's history, while it comes in
	Findings                    []FindingItem // in a demonstration only
	Latest                      []DocketHead  // in which something happened last, as the public sees them
	Stands                      *Overview     // all dockets that the public may know of
	DocNames                    []string
}

const homeDays = 14

func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	now := s.cfg.Clock()
	h := homePage{Version: s.cfg.Version, StoreName: s.cfg.StoreName, LogName: s.cfg.LogName, Demo: s.cfg.Demo, DocNames: s.docNames()}
	if s.cfg.LogState != nil {
		h.HasLog, h.Log = true, s.cfg.LogState()
		h.Age = max(now.Sub(h.Log.At), 0).Round(time.Second).String()
	}
	counts, err := s.cfg.Store.Counts(r.Context(), now.In(trade.Zone).AddDate(0, 0, 1-homeDays).Format(time.DateOnly))
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	h.Days = byDayAndSource(slices.DeleteFunc(counts, func(c store.Count) bool { return !sent(c.Dataset) }))
	if s.cfg.Progress != nil {
		if in, of := s.cfg.Progress(); in < of {
			h.In, h.Of = in, of
		}
	}
	if s.cfg.Demo { // invented data: otherwise findings are never on a public page
		if h.Findings, _, err = s.findings(r.Context(), disclose.Reader{Audience: disclose.Auditor}, store.FindingFilter{}, "", 10); err != nil {
			s.pageFault(w, r, err)
			return
		}
	}
	l, err := s.list(r.Context(), s.public(), CardFilter{Sort: "last"})
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	cards, _, err := l.page(r.Context(), 10)
	for _, c := range cards {
		h.Latest = append(h.Latest, headOf(c))
	}
	if err == nil {
		h.Stands, err = s.tally(r.Context(), s.public(), CardFilter{}, now)
	}
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "home", "首页", "Home", h)
}

// sent reports whether records of a data set are what trading systems send. Who
// reads what, who complains and what people do is none of the public's, nor how often.
func sent(dataset string) bool {
	set := standard.Default().Dataset(dataset)
	return dataset == docket.DatasetOCDS || set != nil && set.Class != standard.ClassSystem
}

// byDayAndSource adds up the data sets, newest day first.
func byDayAndSource(counts []store.Count) []store.Count {
	sums := map[[2]string]store.Count{}
	for _, c := range counts {
		k := [2]string{c.Day, c.Source}
		sum := sums[k]
		sums[k] = store.Count{Day: c.Day, Source: c.Source, Records: sum.Records + c.Records, Defective: sum.Defective + c.Defective}
	}
	return slices.SortedFunc(maps.Values(sums), func(a, b store.Count) int {
		return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(a.Source, b.Source))
	})
}

// public is who reads a page, whoever asks.
func (s *Server) public() disclose.Reader {
	return disclose.Reader{Audience: disclose.Public}.Under(s.cfg.Jurisdiction)
}

type docketsPage struct {
	Q, Class, Region, Moment, From, To string
	Least, Most                        string // yuan

	Classes, Moments, Regions []string
	Filtered                  bool // something besides words is asked for
	Searched                  bool
	Result                    SearchResult
	Items                     []DocketHead // without a search, or narrowed by an amount: the latest first
	Total                     int
	More                      bool
	Suggestions               []Suggestion
	Problem                   bool // a date, region or amount that cannot be read
	Next                      string
	Atom                      string
}

func (p docketsPage) feed() string { return p.Atom }

// filter is what is asked for, as a filter of lists; false when it cannot be read.
func (p *docketsPage) filter() (f CardFilter, ok bool) {
	f = CardFilter{Class: nonEmpty(p.Class), Region: nonEmpty(p.Region), Moment: nonEmpty(p.Moment), From: p.From, To: p.To, Q: p.Q, Sort: "last"}
	for _, d := range []string{p.From, p.To} {
		if _, err := day(d); err != nil {
			return f, false
		}
	}
	for text, to := range map[string]*int64{p.Least: &f.AmountMin, p.Most: &f.AmountMax} {
		if text == "" {
			continue
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > 90_000_000_000_000 {
			return f, false
		}
		*to = n
	}
	return f, p.Region == "" || regionCode.MatchString(p.Region)
}

// askedDockets reads what is asked for of an address.
func askedDockets(query url.Values) docketsPage {
	text := []rune(query.Get("q"))
	p := docketsPage{
		Q: string(text[:min(len(text), 200)]), Class: query.Get("class"), Region: query.Get("region"), Moment: query.Get("moment"), From: query.Get("from"), To: query.Get("to"),
		Least: query.Get("least"), Most: query.Get("most"),
	}
	p.Filtered = p.Class+p.Region+p.Moment+p.From+p.To+p.Least+p.Most != ""
	p.Searched = strings.TrimSpace(p.Q) != "" && p.Least+p.Most == ""
	q := url.Values{}
	for _, name := range []string{"q", "class", "region", "moment", "from", "to", "least", "most"} {
		if v := query.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	p.Atom = "/dockets.atom"
	if len(q) > 0 {
		p.Atom += "?" + q.Encode()
	}
	return p
}

// cities are the province's, and what else is asked for.
func cities(asked string) []string {
	var out []string
	for _, c := range trade.Regions().Codes() {
		if strings.HasPrefix(c, home[:2]) && strings.HasSuffix(c, "00") && c != home {
			out = append(out, c)
		}
	}
	if asked != "" && !slices.Contains(out, asked) {
		out = append(out, asked)
	}
	return out
}

// pageDockets is list and search of what the public sees, whoever asks. It
// works without scripts: suggestions come with the answer, as links.
func (s *Server) pageDockets(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	p := askedDockets(query)
	p.Moments, p.Regions = []string{"before", "opened", "publicity", "result", "signed"}, cities(p.Region)
	for _, c := range trade.Classes() {
		p.Classes = append(p.Classes, string(c))
	}
	list := "page last"
	if p.Searched {
		list = "page found"
	}
	after, err := s.cursors.open(list, query.Get("cursor"))
	if err != nil {
		s.fail(w, r, problemParameter)
		return
	}
	next, err := s.fillDockets(r.Context(), &p, after)
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	if next != "" {
		query.Set("cursor", s.cursors.seal(list, next))
		p.Next = "/dockets?" + query.Encode()
	}
	s.show(w, r, http.StatusOK, "dockets", "交易公开", "Transactions", p)
}

type docketPage struct {
	*disclose.Docket
	Board    *disclose.Board
	Projects []string // codes of the projects that shown fields name

	Suspended bool       // a pause is ordered while a complaint is examined
	Decisions []decision // on complaints, as they are published
}

// A decision on a complaint, without who complained.
type decision struct {
	Day, Lot, By, Text string
	Outcome            [2]string
}

var outcomeWords = map[supervise.Outcome][2]string{
	supervise.Upheld: {"投诉属实", "upheld"}, supervise.Partly: {"投诉部分属实", "partly upheld"}, supervise.Rejected: {"投诉不成立", "rejected"},
}

// remedied fills in what everybody may know of the complaints about a docket.
func (s *Server) remedied(ctx context.Context, p *docketPage) error {
	if s.cfg.Complaints == nil {
		return nil
	}
	of, err := s.cfg.Complaints.Of(ctx, p.ID)
	for _, c := range of {
		p.Suspended = p.Suspended || c.Suspended
		if c.State == supervise.Decided {
			p.Decisions = append(p.Decisions, decision{Day: c.Ended.In(trade.Zone).Format(time.DateOnly), Lot: c.Lot, By: c.By, Text: c.Decision, Outcome: outcomeWords[c.Finding]})
		}
	}
	return err
}

func projectsOf(v *disclose.Docket) []string {
	var out []string
	for i := range v.Entries {
		for _, name := range []string{"PROJECT_CODE", "INVEST_PROJECT_CODE"} {
			e := &v.Entries[i]
			if f := e.Field(name); f != nil && f.Value != "" && f.Value != v.ID && !slices.Contains(out, f.Value) {
				out = append(out, f.Value)
			}
		}
	}
	return out
}

func (s *Server) fillDockets(ctx context.Context, p *docketsPage, after string) (next string, err error) {
	public := s.public()
	f, ok := p.filter()
	if !ok {
		p.Problem = true
		return "", nil
	}
	if !p.Searched {
		l, err := s.list(ctx, public, f)
		if err != nil { // a region where nothing lies
			p.Problem = true
			return "", nil
		}
		l.after = after
		cards, next, err := l.page(ctx, 50)
		if err == nil {
			p.Total, p.More, err = l.count(ctx)
		}
		for _, c := range cards {
			p.Items = append(p.Items, headOf(c))
		}
		return next, err
	}
	q := question{text: p.Q, class: p.Class, region: p.Region, moment: p.Moment, after: after, limit: 20}
	q.from, _ = day(p.From) // read before
	q.to, _ = day(p.To)
	result, next, err := s.answer(ctx, public, q, "docket")
	if err != nil {
		return "", err
	}
	p.Result = *result
	p.Suggestions, err = s.suggest(ctx, public, p.Q)
	p.Suggestions = slices.DeleteFunc(p.Suggestions, func(g Suggestion) bool { return g.Text == p.Q || g.Kind == "region" })
	return next, err
}

// pageDocket shows a docket as the public sees it, whoever asks.
func (s *Server) pageDocket(w http.ResponseWriter, r *http.Request) {
	d, err := s.docket(r.Context(), r.PathValue("id"))
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	if d != nil {
		if v, board := disclose.ViewWithBoard(d, s.public(), s.cfg.Clock(), s.cfg.Periods); v != nil {
			title := cmp.Or(v.Title, v.ID)
			page := docketPage{Docket: v, Board: board, Projects: projectsOf(v)}
			if err := s.remedied(r.Context(), &page); err != nil {
				s.pageFault(w, r, err)
				return
			}
			s.show(w, r, http.StatusOK, "docket", title, title, page)
			return
		}
	}
	s.fail(w, r, problemNotFound)
}
