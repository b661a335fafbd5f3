package server

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/network"
	"mingjing/internal/store"
)

// How much one drawing looks at and holds.
const (
	networkRivals  = 40   // bodies all of whose dockets are looked at
	networkDockets = 1500 // dockets looked at
	networkNodes   = 120
	networkLots    = 30 // listed for an edge
)

type networkInput struct {
	Of     string `query:"body" required:"true" minLength:"2" maxLength:"200" doc:"Unified social credit code (统一社会信用代码) of a bidder, or its name"`
	Depth  int    `query:"depth" default:"1" minimum:"1" maximum:"2" doc:"1: whom it bids against; 2: also whom these bid against"`
	Class  string `query:"class" maxLength:"40" doc:"Only dockets of this trade class"`
	Region string `query:"region" maxLength:"12" doc:"Only dockets of this region and below, GB/T 2260"`
}

// NetworkPage is a bidder with those that it bids against, of what this reader sees.
type NetworkPage struct {
	Nodes       []NetworkNode      `json:"nodes" doc:"The body first, then by hop and by how often they met"`
	Edges       []NetworkEdge      `json:"edges"`
	Communities []NetworkCommunity `json:"communities" doc:"Bodies of them that meet each other much, by modularity of the links of two dockets or more"`
	Dockets     int                `json:"dockets" doc:"Dockets that were looked at"`
	More        bool               `json:"more,omitzero" doc:"There are more dockets, or more bodies, than could be looked at: all numbers are of the part"`
}

// NetworkNode is one body of the network.
type NetworkNode struct {
	Name    string `json:"name"`
	Code    string `json:"code,omitempty"`
	Hop     int    `json:"hop" doc:"0: the body itself; 1: bids against it; 2: bids against one of these"`
	Dockets int    `json:"dockets" doc:"In which it bids"`
	Lots    int    `json:"lots" doc:"For which it bids"`
	Wins    int    `json:"wins" doc:"Of these lots"`
	Partial bool   `json:"partial,omitzero" doc:"Only its dockets with nearer bodies were looked at"`
}

// NetworkEdge is two bodies that bid for the same lots, each for itself.
type NetworkEdge struct {
	A       int          `json:"a" doc:"Place in the nodes, the smaller of the two"`
	B       int          `json:"b"`
	Dockets int          `json:"dockets" doc:"In which they met for one and the same lot"`
	Lots    int          `json:"lots"`
	WinsA   int          `json:"wins_a" doc:"Of the lots"`
	WinsB   int          `json:"wins_b"`
	Jaccard float64      `json:"jaccard,omitzero" doc:"Dockets of both to dockets of either, 0 to 1; absent where one of them is partial"`
	Marks   []string     `json:"marks" doc:"Ids of indicators by whose clues their bids carry the same mark"`
	Behind  []NetworkLot `json:"behind" doc:"The newest of the lots, at most 30"`
}

// NetworkCommunity is bodies of the network that meet each other much. Its
// numbers are of the dockets that were looked at.
type NetworkCommunity struct {
	Members     []int   `json:"members" doc:"Places in the nodes"`
	Dockets     int     `json:"dockets" doc:"In which two or more of them bid for one lot"`
	Cohesion    float64 `json:"cohesion" doc:"Geometric to arithmetic mean of how often they met, 0 to 1: 1 where all met equally often"`
	Exclusivity float64 `json:"exclusivity" doc:"Meetings among them to all their meetings, 0 to 1"`
}

// NetworkLot is one lot behind a link.
type NetworkLot struct {
	Docket string `json:"docket"`
	Lot    string `json:"lot,omitempty"`
	Title  string `json:"title,omitempty"`
	Day    string `json:"day,omitempty" doc:"Of the opening, 2006-01-02"`
	Winner string `json:"winner,omitempty" doc:"Names, joined by 、"`
}

func (s *Server) routesNetwork() {
	huma.Register(s.api, reading("get-network", "/network", "Who bids against whom 同场投标网络",
		"The bidders that bid for the same lots as a body, each for itself, with the lots behind every link and the marks that their bids share. Bidding together says nothing by itself. "+
			"For supervisors in their jurisdiction and auditors; empty for all others."), s.getNetwork)
}

func (s *Server) getNetwork(ctx context.Context, in *networkInput) (*out[*NetworkPage], error) {
	p, err := s.network(ctx, readerOf(ctx), in)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[*NetworkPage]{p}, nil
}

// network draws the surroundings of a body from the reader's views of dockets:
// of lots that are not opened a view holds no bid.
func (s *Server) network(ctx context.Context, r disclose.Reader, in *networkInput) (*NetworkPage, error) {
	p := &NetworkPage{Nodes: []NetworkNode{}, Edges: []NetworkEdge{}, Communities: []NetworkCommunity{}}
	if r.Audience != disclose.Supervisor && r.Audience != disclose.Auditor {
		return p, nil
	}
	w := &networkWalk{s: s, r: r, in: in, q: s.query(r, question{}), seen: map[string]bool{}}
	// Out of their jurisdiction supervisors see what the public sees: that is no
	// part of what they supervise.
	w.q.Scopes = slices.DeleteFunc(w.q.Scopes, func(c store.SearchScope) bool { return c.Outside })
	asked := strings.TrimSpace(in.Of)
	body := network.Body{Code: strings.ToUpper(asked)}
	ids, err := w.docketsOf(ctx, body)
	if err == nil && len(ids) == 0 {
		body = network.Body{Name: asked}
		ids, err = w.docketsOf(ctx, body)
	}
	if err != nil {
		return nil, err
	}
	if err := w.look(ctx, ids); err != nil {
		return nil, err
	}
	full := network.Rivals(w.facts, body)
	if len(full) > networkRivals {
		full, w.more = full[:networkRivals], true
	}
	for i, rival := range full {
		if ids, err = w.docketsOf(ctx, rival); err != nil {
			return nil, err
		}
		if len(w.seen)+len(ids) > networkDockets {
			full, w.more = full[:i], true
			break
		}
		if err := w.look(ctx, ids); err != nil {
			return nil, err
		}
	}
	if err := w.marks(ctx); err != nil {
		return nil, err
	}
	if g := network.GraphOf(w.facts, body, network.Around{Depth: in.Depth, Most: networkNodes, Behind: networkLots, Full: full, Least: 2}); g != nil {
		p.draw(g)
	}
	p.Dockets, p.More = len(w.seen), p.More || w.more
	return p, nil
}

func (p *NetworkPage) draw(g *network.Graph) {
	p.More = g.Cut
	for _, n := range g.Nodes {
		p.Nodes = append(p.Nodes, NetworkNode{n.Name, n.Code, n.Hop, n.Dockets, n.Lots, n.Wins, n.Partial})
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		out := NetworkEdge{e.A, e.B, e.Dockets, e.Lots, e.WinsA, e.WinsB, e.Jaccard, append([]string{}, e.Marks...), []NetworkLot{}}
		for _, l := range e.Behind {
			out.Behind = append(out.Behind, NetworkLot(l))
		}
		p.Edges = append(p.Edges, out)
	}
	for _, c := range g.Communities {
		p.Communities = append(p.Communities, NetworkCommunity(c))
	}
}

type networkWalk struct {
	s     *Server
	r     disclose.Reader
	in    *networkInput
	q     store.SearchQuery
	seen  map[string]bool // dockets
	facts []network.Fact
	more  bool
}

// docketsOf finds where a body bids or wins.
func (w *networkWalk) docketsOf(ctx context.Context, b network.Body) ([]string, error) {
	party := &PartyPage{Code: b.Code}
	namings, err := w.s.namings(ctx, w.q, party, b.Name)
	if err != nil {
		return nil, err
	}
	w.more = w.more || party.More
	var ids []string
	for _, n := range namings {
		if (n.Role == "bidder" || n.Role == "winner") && !slices.Contains(ids, n.Docket) {
			ids = append(ids, n.Docket)
		}
	}
	return ids, nil
}

// look reads the dockets that were not looked at yet, as the reader sees them.
func (w *networkWalk) look(ctx context.Context, ids []string) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return w.seen[id] })
	if room := networkDockets - len(w.seen); len(ids) > room {
		ids, w.more = ids[:room], true
	}
	at := w.s.cfg.Clock()
	for part := range slices.Chunk(ids, 200) {
		rows, err := w.s.cfg.Store.Dockets(ctx, store.DocketFilter{IDs: part, Limit: len(part)})
		if err != nil {
			return err
		}
		for _, row := range rows {
			d, err := readDocket(row)
			if err != nil {
				return err
			}
			w.seen[d.ID] = true
			v := disclose.View(d, w.r, at)
			if v == nil || v.As != string(w.r.Audience) || w.in.Class != "" && v.Class != w.in.Class || !w.s.lies(v.Region, w.in.Region) {
				continue
			}
			w.facts = append(w.facts, factsOf(v)...)
		}
	}
	return nil
}

// factsOf reads the lots of a view: of fields that are shown whole.
func factsOf(v *disclose.Docket) []network.Fact {
	d := network.Docket{ID: v.ID, Title: v.Title, Class: v.Class, Region: v.Region}
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Deleted {
			continue
		}
		d.Rows = append(d.Rows, network.Row{Dataset: e.Dataset, Lots: e.Lots(), Value: func(name string) string {
			if f := e.Field(name); f != nil && f.State == "" {
				return f.Value
			}
			return ""
		}})
	}
	return d.Facts()
}

// marks adds to the facts what the reader's warnings say of bids with one mark.
func (w *networkWalk) marks(ctx context.Context) error {
	f, ok, err := w.s.bounds(ctx, w.r, "", nil)
	if err != nil || !ok {
		return err
	}
	at := map[[2]string]int{}
	var ids []string
	for i := range w.facts {
		at[[2]string{w.facts[i].Docket, w.facts[i].Lot}] = i
		ids = append(ids, w.facts[i].Docket)
	}
	slices.Sort(ids)
	still := false
	f.State, f.Dismissed, f.Indicators, f.Limit = string(detect.Fired), &still, network.SameHandIndicators(), 1000
	for part := range slices.Chunk(slices.Compact(ids), 200) {
		f.Dockets = part
		for f.Before = 0; ; {
			rows, err := w.s.cfg.Store.Warnings(ctx, f)
			if err != nil {
				return err
			}
			for i := range rows {
				row := &rows[i]
				f.Before = row.Seq
				var found detect.Finding
				if err := json.Unmarshal(row.Body, &found); err != nil {
					return fmt.Errorf("stored finding of docket %q cannot be read", row.Docket)
				}
				if n, ok := at[[2]string{row.Docket, row.Lot}]; ok {
					w.facts[n].Shared = append(w.facts[n].Shared, network.SharedBy(row.Indicator, found.Subjects))
				}
			}
			if len(rows) < f.Limit {
				break
			}
		}
	}
	return nil
}
