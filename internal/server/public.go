package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mingjing/internal/trade"
)

// A statisticsPage is how things stand as far as the public may know.
type statisticsPage struct {
	Period  string
	Periods []string
	*Overview
	Areas []figureLine
	Kinds []figureLine
	Steps []figureLine
}

// A figureLine is one line of a table of figures, with its bar.
type figureLine struct {
	ZH, EN string
	OverviewFigure
	Part int // of the largest, per cent
}

// pageStatistics shows counts and sums by city, class and stage, of what the
// public sees; a bar stands in its table.
func (s *Server) pageStatistics(w http.ResponseWriter, r *http.Request) {
	p := statisticsPage{Period: r.URL.Query().Get("period"), Periods: []string{"week", "month", "quarter", "year"}}
	at := s.cfg.Clock()
	o, err := s.tally(r.Context(), s.public(), CardFilter{From: periodFrom(p.Period, at)}, at)
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	p.Overview = o
	for _, a := range o.Areas {
		p.Areas = append(p.Areas, figureLine{ZH: a.Name, OverviewFigure: a.OverviewFigure})
	}
	for _, c := range o.Classes {
		class := trade.Class(c.Class)
		p.Kinds = append(p.Kinds, figureLine{ZH: class.ZH(), EN: class.EN(), OverviewFigure: c.OverviewFigure})
	}
	for _, c := range o.Stages {
		stage := trade.Stage(c.Stage)
		p.Steps = append(p.Steps, figureLine{ZH: stage.ZH(), EN: stage.EN(), OverviewFigure: c.OverviewFigure})
	}
	for _, lines := range [][]figureLine{p.Areas, p.Kinds, p.Steps} {
		most := int64(1)
		for _, l := range lines {
			most = max(most, l.Dockets)
		}
		for i := range lines {
			if lines[i].ZH == "" {
				lines[i].ZH, lines[i].EN = "未注明", "not said"
			}
			lines[i].Part = int(100 * lines[i].Dockets / most)
		}
	}
	s.show(w, r, http.StatusOK, "statistics", "统计", "Statistics", p)
}

// An Atom feed (RFC 4287), as far as it is needed.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomAuthor  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
	Type string `xml:"type,attr,omitempty"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feedLength is how many dockets a feed holds.
const feedLength = 50

// feedDockets is a search of the public's as an Atom feed: the dockets that it
// finds in which something happened last. A docket comes again, under the same
// id, when something further happens.
func (s *Server) feedDockets(w http.ResponseWriter, r *http.Request) {
	m := mannerOf(r)
	p := askedDockets(r.URL.Query())
	f, ok := p.filter()
	if !ok {
		s.fail(w, r, problemParameter)
		return
	}
	l, err := s.list(r.Context(), s.public(), f)
	if err != nil {
		s.fail(w, r, problemParameter)
		return
	}
	cards, _, err := l.page(r.Context(), feedLength)
	if err != nil {
		s.pageFault(w, r, err)
		return
	}
	base := s.base(r)
	feed := atomFeed{
		Lang: m.tag(), ID: base + p.Atom, Author: atomAuthor{"明镜 Mingjing"},
		Title: m.pick("明镜 · 交易公开", "Mingjing · transactions"), Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Links: []atomLink{{"self", base + p.Atom, "application/atom+xml"}, {"alternate", base + "/dockets" + strings.TrimPrefix(p.Atom, "/dockets.atom"), "text/html"}},
	}
	if p.Q != "" {
		feed.Title += m.pick("：", ": ") + p.Q
	}
	for i, c := range cards {
		h := headOf(c)
		e := atomEntry{ID: "urn:mingjing:docket:" + url.PathEscape(h.ID), Title: h.Title, Link: atomLink{"alternate", base + "/docket/" + url.PathEscape(h.ID), "text/html"}}
		if e.Title == "" {
			e.Title = h.ID
		}
		e.Updated = time.Unix(0, 0).UTC().Format(time.RFC3339)
		if h.Last != nil {
			e.Updated = h.Last.UTC().Format(time.RFC3339)
		}
		if i == 0 {
			feed.Updated = e.Updated
		}
		class := trade.Class(h.Class)
		parts := []string{h.ID, m.pick(class.ZH(), class.EN())}
		if h.Region != "" {
			parts = append(parts, regionNamed(h.Region))
		}
		for _, lot := range h.Lots {
			w := progressWords[lot.Moment]
			parts = append(parts, strings.TrimSpace(lot.Name+" "+m.pick(w[0], w[1])))
		}
		if h.Amount != nil {
			parts = append(parts, m.yuan(h.Amount.Fen))
		}
		e.Summary = strings.Join(parts, " · ")
		feed.Entries = append(feed.Entries, e)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(feed); err != nil {
		s.pageFault(w, r, err)
		return
	}
	sum := sha256.Sum256(b.Bytes())
	h := w.Header()
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}

// base is the address at which readers see this server, without a path.
func (s *Server) base(r *http.Request) string {
	switch {
	case s.cfg.PublicURL != "":
		return strings.TrimSuffix(s.cfg.PublicURL, "/")
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
