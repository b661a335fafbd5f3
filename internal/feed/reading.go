package feed

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
)

// A reading is one page being made for one reader.
type reading struct {
	f *Feed
	r disclose.Reader
	q Query

	items []Item
	last  int64 // when more follow: the seq of the last that was looked at
	more  bool

	stored  map[string]*store.DocketRow
	dockets map[string]*sight
}

// A sight is a docket as the reader sees it.
type sight struct {
	seat  int // whose items of it are the reader's
	view  func() []disclose.Row
	head  func() heading
	rows  map[disclose.RowID]*disclose.Row
	today map[disclose.RowID]bool // as of a moment: what may be seen of it still; nil: all of rows
}

type heading struct{ class, title, region string }

// A stream is the feed of one seat, read page by page.
type stream struct {
	filter store.FeedFilter
	ahead  []store.FeedItem
	ended  bool
}

// maxSuperseded bounds how many superseded items one page as of a moment passes
// over; one that ends there is short.
const maxSuperseded = 5000

// read makes the page of what follows place, or of what precedes it.
func (f *Feed) read(ctx context.Context, r disclose.Reader, q Query, place int64) (*reading, error) {
	g := &reading{f: f, r: r, q: q, items: []Item{}, stored: map[string]*store.DocketRow{}, dockets: map[string]*sight{}}
	streams := streamsOf(r)
	for _, s := range streams {
		s.filter.After, s.filter.Before, s.filter.Backward, s.filter.AsOf, s.filter.Limit = place, place, q.Before != "", q.AsOf, q.Limit+1
	}
	for looked := 0; ; {
		it, seat, err := g.first(ctx, streams)
		if err != nil || it == nil {
			return g, err
		}
		if it.Superseded {
			// All of these the reader could have seen: where a page ends among them tells nothing.
			if looked++; looked == maxSuperseded {
				g.last, g.more = it.Seq, true
				return g, nil
			}
			continue
		}
		s, err := g.docket(ctx, it.Docket)
		if err != nil {
			return nil, err
		}
		item := g.item(s, seat, it)
		if item == nil {
			continue
		}
		if len(g.items) == q.Limit { // one more than asked: only now is it known that more follow
			g.more = true
			return g, nil
		}
		g.items, g.last = append(g.items, *item), it.Seq
	}
}

// streamsOf lists the feeds whose items may be the reader's. A supervisor sits
// inside before some dockets and outside before the others.
func streamsOf(r disclose.Reader) []*stream {
	of := func(seat int, origin string) *stream {
		return &stream{filter: store.FeedFilter{Seat: seat, Origin: origin}}
	}
	switch r.Audience {
	case disclose.Source:
		var out []*stream
		for _, origin := range slices.Compact(slices.Sorted(slices.Values(r.Origins))) {
			if origin != "" { // which would be all
				out = append(out, of(disclose.NumberSource, origin))
			}
		}
		return out
	case disclose.Supervisor:
		return []*stream{of(disclose.NumberSupervisor, ""), of(disclose.NumberOutside, "")}
	case disclose.Auditor:
		return []*stream{of(disclose.NumberAuditor, "")}
	case disclose.Administrator:
		return []*stream{of(disclose.NumberAdministrator, "")}
	}
	return []*stream{of(disclose.NumberPublic, "")}
}

// first takes the next item of all streams, nil at the end.
func (g *reading) first(ctx context.Context, streams []*stream) (*store.FeedItem, int, error) {
	var best *stream
	for _, s := range streams {
		if err := g.fill(ctx, s); err != nil {
			return nil, 0, err
		}
		if len(s.ahead) > 0 && (best == nil || (s.ahead[0].Seq < best.ahead[0].Seq) != s.filter.Backward) {
			best = s
		}
	}
	if best == nil {
		return nil, 0, nil
	}
	it := &best.ahead[0]
	best.ahead = best.ahead[1:]
	return it, best.filter.Seat, nil
}

func (g *reading) fill(ctx context.Context, s *stream) error {
	if len(s.ahead) > 0 || s.ended {
		return nil
	}
	var err error
	if s.ahead, err = g.f.cfg.Store.FeedItems(ctx, s.filter); err != nil {
		return err
	}
	s.ended = len(s.ahead) < s.filter.Limit
	if s.ended && len(s.ahead) == 0 {
		return nil
	}
	end := s.ahead[len(s.ahead)-1].Seq
	s.filter.After, s.filter.Before = end, end-1
	return g.load(ctx, s.ahead)
}

// load reads the stored dockets of items that are not at hand.
func (g *reading) load(ctx context.Context, items []store.FeedItem) error {
	var ids []string
	for i := range items {
		if id := items[i].Docket; !items[i].Superseded && g.dockets[id] == nil && g.stored[id] == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := g.f.cfg.Store.Dockets(ctx, store.DocketFilter{IDs: ids, Limit: len(ids)})
	for _, row := range rows {
		g.stored[row.ID] = row
	}
	return err
}

// docket gives the reader's sight of a docket, made once a page.
func (g *reading) docket(ctx context.Context, id string) (*sight, error) {
	if s := g.dockets[id]; s != nil {
		return s, nil
	}
	s := &sight{seat: -1}
	g.dockets[id] = s
	row := g.stored[id]
	delete(g.stored, id)
	if row == nil {
		return s, nil // items without a docket are nobody's
	}
	d := new(docket.Docket)
	if err := json.Unmarshal(row.Body, d); err != nil {
		return nil, fmt.Errorf("feed: stored docket %q cannot be read", id) // the cause may quote what it says
	}
	// For the time of its fold, not for now: so its items came into the feed.
	r, at := g.r, row.Evaluated
	s.seat = r.Seat(d, at)
	if !g.q.AsOf.IsZero() {
		var err error
		if d, at, err = g.asOf(ctx, s, d, at); err != nil {
			return nil, err
		}
		if r.Seat(d, at) != s.seat { // it came into the jurisdiction, or left it: as one outside
			s.seat, r = disclose.NumberOutside, disclose.Reader{Audience: r.Audience, ID: r.ID}
		}
	}
	var rows []disclose.Row
	s.view = func() []disclose.Row { rows = disclose.Rows(d, r, at); return rows }
	s.head = sync.OnceValue(func() heading {
		title, region := disclose.Heading(d, r, at, rows)
		return heading{d.Class, title, region}
	})
	return s, nil
}

// row gives one row; the view is made when the first is asked for.
func (s *sight) row(id disclose.RowID) *disclose.Row {
	if s.rows == nil {
		s.rows = map[disclose.RowID]*disclose.Row{}
		for _, row := range s.view() {
			s.rows[row.ID] = &row
		}
	}
	return s.rows[id]
}

// asOf gives the docket as it was, and notes what may be seen of it today: who
// reads the past sees nothing that has since been withdrawn from them.
func (g *reading) asOf(ctx context.Context, s *sight, now *docket.Docket, at time.Time) (*docket.Docket, time.Time, error) {
	step, later, err := g.f.cfg.Store.FeedStep(ctx, now.ID, g.q.AsOf)
	if err != nil || step == nil || !later {
		return now, at, err
	}
	s.today = map[disclose.RowID]bool{}
	for _, row := range disclose.Rows(now, g.r, at) {
		s.today[row.ID] = true
	}
	if g.f.cfg.AsOf == nil {
		return nil, at, ErrAsOf
	}
	select {
	case g.f.asOf <- struct{}{}:
		defer func() { <-g.f.asOf }()
	case <-ctx.Done():
		return nil, at, ctx.Err()
	}
	then, err := g.f.cfg.AsOf(ctx, now.ID, step.Through)
	return then, step.Evaluated, err
}

// item makes the item of one place; nil when it is none of the reader's.
func (g *reading) item(s *sight, seat int, it *store.FeedItem) *Item {
	if seat != s.seat {
		return nil
	}
	id := disclose.RowID(it.Part)
	out := &Item{ID: g.f.seal.name(it.Docket, it.Part[:]), Docket: it.Docket, At: it.At, place: it.Seq}
	row := s.row(id)
	past := !g.q.AsOf.IsZero()
	switch {
	case past && (row == nil || s.today != nil && !s.today[id]):
		return nil
	case id == disclose.WholeDocket:
		out.Begin = true
	case row == nil:
		out.Gone = true
	default:
		out.Entry, out.Bulk = row.Entry, row.Bulk
		if e := row.Entry; e != nil && e.Position != nil && g.q.Proof != "" {
			out.Proof = fmt.Sprintf(g.q.Proof, *e.Position)
		}
	}
	return out
}
