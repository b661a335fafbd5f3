package server

import (
	"context"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/store"
)

// searchRows finds dockets in the tiers of the index that hold all that the
// reader may see. Where a tier holds more than that, each hit is compared with
// the reader's own view before it counts.
func (s *Server) searchRows(r disclose.Reader, l listing) rowSource {
	q := store.SearchQuery{Text: l.q, After: l.after}
	m := &mergedHits{s: s, query: l.q}
	tier := func(name string) *hits {
		q := q
		q.Tier = name
		return &hits{s: s, query: q, more: true}
	}
	switch r.Audience {
	case disclose.Auditor:
		m.a = tier(disclose.TierAuditor)
	case disclose.Supervisor:
		m.a, m.inside = tier(disclose.TierPublic), tier(disclose.TierSupervisor)
	case disclose.Source: // its own open fields stand in no tier of their own
		m.a, m.verify = tier(disclose.TierAuditor), true
	case disclose.Administrator: // sees less than the public: no bids
		m.a, m.verify = tier(disclose.TierPublic), true
	default:
		m.a = tier(disclose.TierPublic)
	}
	return m
}

// total counts hits where one tier is exactly what the reader sees.
func (s *Server) total(ctx context.Context, r disclose.Reader, q string) (*int64, error) {
	tier := ""
	switch r.Audience {
	case disclose.Auditor:
		tier = disclose.TierAuditor
	case disclose.Public, "":
		tier = disclose.TierPublic
	default:
		return nil, nil
	}
	n, err := s.cfg.Store.SearchCount(ctx, store.SearchQuery{Tier: tier, Text: q})
	return &n, err
}

// hits reads the pages of one query.
type hits struct {
	s     *Server
	query store.SearchQuery
	ahead []string
	more  bool
}

const hitPage = 200

// first returns the next id without taking it, "" at the end.
func (h *hits) first(ctx context.Context) (string, error) {
	if len(h.ahead) == 0 && h.more {
		h.query.Limit = hitPage
		found, err := h.s.cfg.Store.Search(ctx, h.query)
		if err != nil {
			return "", err
		}
		h.more = len(found) == hitPage
		for _, f := range found {
			h.ahead = append(h.ahead, f.Docket)
			h.query.After = f.Docket
		}
	}
	if len(h.ahead) == 0 {
		return "", nil
	}
	return h.ahead[0], nil
}

func (h *hits) take() { h.ahead = h.ahead[1:] }

// mergedHits walks one or two tiers in the order of ids. A docket that only
// the tier of supervisors holds counts only inside the reader's jurisdiction.
type mergedHits struct {
	s          *Server
	a, inside  *hits
	query      string
	verify     bool
	onlyInside map[string]bool
}

func (m *mergedHits) page(ctx context.Context, n int) ([]*store.DocketRow, bool, error) {
	m.onlyInside = map[string]bool{}
	var ids []string
	for len(ids) < n {
		id, err := m.nextID(ctx)
		if err != nil {
			return nil, false, err
		}
		if id == "" {
			break
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, false, nil
	}
	rows, err := m.s.cfg.Store.Dockets(ctx, store.DocketFilter{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, false, err
	}
	end, err := m.peek(ctx)
	return rows, end, err
}

func (m *mergedHits) peek(ctx context.Context) (bool, error) {
	for _, h := range []*hits{m.a, m.inside} {
		if h == nil {
			continue
		}
		if id, err := h.first(ctx); err != nil || id != "" {
			return id != "", err
		}
	}
	return false, nil
}

func (m *mergedHits) nextID(ctx context.Context) (string, error) {
	a, err := m.a.first(ctx)
	if err != nil || m.inside == nil {
		if a != "" {
			m.a.take()
		}
		return a, err
	}
	b, err := m.inside.first(ctx)
	switch {
	case err != nil:
		return "", err
	case a != "" && a == b:
		m.a.take()
		m.inside.take()
		return a, nil
	case a != "" && (b == "" || a < b):
		m.a.take()
		return a, nil
	case b != "":
		m.inside.take()
		m.onlyInside[b] = true
	}
	return b, nil
}

func (m *mergedHits) keeps(d *docket.Docket, v *disclose.Docket, r disclose.Reader) bool {
	if m.onlyInside[d.ID] && !r.InJurisdiction(d.Region, d.Class, m.s.cfg.Clock()) {
		return false
	}
	return !m.verify || contains(v.Text(), m.query)
}
