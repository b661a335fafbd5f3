package feed

import (
	"context"
	"time"

	"mingjing/internal/disclose"
)

// A Place is where something stands in the feed. It counts what the reader
// does not see too, so that it is for the house and never told: see Seal.
type Place = int64

// A Note says of an item what came, not what it says: enough to look whether it
// concerns one.
type Note struct {
	Place   Place     `json:"-"`
	ID      string    `json:"id" doc:"Names the row within the feed, as there"`
	Docket  string    `json:"docket" doc:"Id of the docket"`
	At      time.Time `json:"at" doc:"When it came to be seen so"`
	Class   string    `json:"class" doc:"Trade class of the docket"`
	Title   string    `json:"title,omitempty" doc:"Of the docket, as far as it is seen"`
	Region  string    `json:"region,omitempty" doc:"Of the docket, GB/T 2260, as far as it is seen"`
	Dataset string    `json:"dataset,omitempty" doc:"Data set of the row"`
	ZH      string    `json:"zh,omitempty" doc:"Its name in Chinese"`
	EN      string    `json:"en,omitempty" doc:"Its name in English"`
	Origin  string    `json:"origin,omitempty" doc:"Platform code"`
	// Position is told by the same rule as in a docket.
	Position *int64 `json:"position,omitempty" doc:"Place in the log; absent until all lots are opened"`
	Begin    bool   `json:"begin,omitzero" doc:"The docket came into or left your jurisdiction"`
	Gone     bool   `json:"gone,omitzero" doc:"No longer to be seen"`
	Deleted  bool   `json:"deleted,omitzero" doc:"Deleted by its sender"`
}

// Head is the newest place: all up to it is there to be read.
func (f *Feed) Head(ctx context.Context) (Place, error) { return f.cfg.Store.FeedHead(ctx) }

// Notes gives up to limit notes of what came after a place, as the reader may
// see it, and the place from which to go on; more says that more are there now.
func (f *Feed) Notes(ctx context.Context, r disclose.Reader, after Place, limit int) (notes []Note, next Place, more bool, err error) {
	head, err := f.cfg.Store.FeedHead(ctx) // before the items: all up to it is there when they are read
	if err != nil {
		return nil, after, false, err
	}
	if head <= after {
		return nil, after, false, nil
	}
	g, err := f.read(ctx, r, Query{Limit: min(max(limit, 1), MaxLimit)}, after)
	if err != nil {
		return nil, after, false, err
	}
	for i := range g.items {
		it := &g.items[i]
		h := g.dockets[it.Docket].head()
		n := Note{Place: it.place, ID: it.ID, Docket: it.Docket, At: it.At, Class: h.class, Title: h.title, Region: h.region, Begin: it.Begin, Gone: it.Gone}
		switch {
		case it.Entry != nil:
			e := it.Entry
			n.Dataset, n.ZH, n.EN, n.Origin, n.Position, n.Deleted = e.Dataset, e.ZH, e.EN, e.Origin, e.Position, e.Deleted
		case it.Bulk != nil:
			n.Dataset, n.ZH, n.EN, n.Origin = it.Bulk.Dataset, it.Bulk.ZH, it.Bulk.EN, it.Bulk.Origin
		}
		notes = append(notes, n)
	}
	if g.more {
		return notes, g.last, true, nil
	}
	return notes, max(after, head), false, nil
}

// Seal makes of places one text that tells nothing, for this reader.
func (f *Feed) Seal(r disclose.Reader, places ...Place) string {
	return f.seal.sealAll(scopeOf(r), places...)
}

// Open gives back the n places of a text made by Seal, or ErrCursor: when it is
// none, or the reader's rights have changed since.
func (f *Feed) Open(r disclose.Reader, text string, n int) ([]Place, error) {
	return f.seal.openAll(scopeOf(r), text, n)
}

// Scope names what a reader may see: two readers of one scope see the same.
func Scope(r disclose.Reader) string { return scopeOf(r) }
