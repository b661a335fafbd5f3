package server

import (
	"context"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/feed"
)

type feedInput struct {
	After  string    `query:"after" maxLength:"200" doc:"Read forward from this cursor; end: only what comes from now on; absent with before: from the beginning"`
	Before string    `query:"before" maxLength:"200" doc:"Read backward from this cursor; end: from the newest item"`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most so many items"`
	Wait   int       `query:"wait" minimum:"0" maximum:"30" doc:"Seconds to wait, forward, when nothing is there yet; answered as soon as something is"`
	AsOf   time.Time `query:"asof" doc:"What this reader could have seen at that moment, as it was then, less what has been withdrawn since. next, without asof, goes on with all that came after"`
}

// proofAddress is where the proof of a record is, by its log position.
const proofAddress = "/api/v1/records/%d/disclosed"

func (s *Server) readFeed(ctx context.Context, in *feedInput) (*out[*feed.Page], error) {
	p, err := s.cfg.Feed.Read(ctx, readerOf(ctx), feed.Query{
		After: in.After, Before: in.Before, AsOf: in.AsOf, Limit: in.Limit, Wait: time.Duration(in.Wait) * time.Second, Proof: proofAddress,
	})
	if err == nil {
		err = s.noteFeed(ctx, p)
	}
	switch {
	case err == nil:
		return &out[*feed.Page]{p}, nil
	case errors.Is(err, feed.ErrCursor), errors.Is(err, feed.ErrBoth):
		field := "after"
		if in.Before != "" {
			field = "before"
		}
		return nil, badParameter(ctx, field, err.Error())
	case errors.Is(err, feed.ErrFuture), errors.Is(err, feed.ErrAsOf):
		return nil, badParameter(ctx, "asof", err.Error())
	case errors.Is(err, feed.ErrBusy):
		return nil, huma.ErrorWithHeaders(problemUnavailable.problem(requestID(ctx), err.Error()), map[string][]string{"Retry-After": {"5"}})
	case ctx.Err() != nil: // the client went away, or its session ended
		return nil, s.cut(ctx)
	}
	return nil, s.fault(ctx, err)
}

// noteFeed notes what a page of the feed shows, docket by docket.
func (s *Server) noteFeed(ctx context.Context, p *feed.Page) error {
	rows := map[string][]disclose.Entry{}
	for i := range p.Items {
		if e := p.Items[i].Entry; e != nil {
			rows[p.Items[i].Docket] = append(rows[p.Items[i].Docket], *e)
		}
	}
	for id, entries := range rows {
		if err := s.note(ctx, id, disclose.Noted(entries...)...); err != nil {
			return err
		}
	}
	return nil
}
