package server

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mingjing/internal/disclose"
	"mingjing/internal/feed"
	"mingjing/internal/identity"
)

// LiveFilter chooses what a stream tells.
type LiveFilter struct {
	Kinds  []string `query:"kinds" enum:"record,warning,count" doc:"Only these kinds of events, separated by commas; absent: all"`
	Region string   `query:"region" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6})$" patternDescription:"two, four or six digits" doc:"Dockets of this region with all that lies below it"`
	Class  string   `query:"class" maxLength:"40" doc:"Trade class"`
	Docket string   `query:"docket" maxLength:"200" doc:"Of this docket only"`
}

type streamInput struct {
	LiveFilter
	LastEventID string `header:"Last-Event-ID" maxLength:"400" doc:"id of the last event that came: what followed it comes, once each"`
	After       string `query:"after" maxLength:"400" doc:"The same, for who cannot send that header, which goes before it; begin: from the beginning"`
	Until       string `query:"until" enum:"now" doc:"now: end when all that is there has been told"`
}

type pollInput struct {
	LiveFilter
	After string `query:"after" maxLength:"400" doc:"next of the answer before; begin: from the beginning; absent: from now on"`
}

// LiveEvent is one event of the stream, for who polls.
type LiveEvent struct {
	Kind string         `json:"kind" enum:"record,warning,count,reset"`
	Data jsontext.Value `json:"data" doc:"As in the stream"`
}

// LivePage is what came since.
type LivePage struct {
	Events []LiveEvent `json:"events"`
	Next   string      `json:"next" doc:"Give it back as after; in the stream, it is the id of the last event"`
	More   bool        `json:"more,omitzero" doc:"More is there already"`
}

func (s *Server) routesLive() {
	errs := []int{401, 422, 500, 503}
	security := []map[string][]string{{}, {"token": {}}}
	huma.Register(s.api, huma.Operation{
		OperationID: "stream", Method: http.MethodGet, Path: "/api/v1/stream", Summary: "Live stream 实时推送", Tags: []string{"live"}, Errors: errs, Security: security,
		Description: "Server-sent events of what this reader comes to see. `record`: a row came, changed or is gone (a Note); `warning`: a finding is new or changed (a Warning); " +
			"`count`: how many of both came since the count before (a Tally); `reset`: the id was none of yours any more, read anew what you show; `ended`: the session has ended, and why. " +
			"Each event has an id; who comes again with it as Last-Event-ID misses none and gets none twice. A finding that is no longer made is gone without a sign: the docket shows it.",
		Responses: map[string]*huma.Response{"200": {Description: "The stream", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}},
	}, s.stream)
	huma.Register(s.api, huma.Operation{
		OperationID: "poll-stream", Method: http.MethodGet, Path: "/api/v1/stream/poll", Summary: "Live stream, by asking 实时推送（轮询）", Tags: []string{"live"}, Errors: errs, Security: security,
		Description: "What the stream would have told since, for who cannot keep one open.",
	}, s.pollStream)
	// What events hold is described too, for clients that are made from it.
	for name, v := range map[string]any{"Note": feed.Note{}, "Tally": Tally{}, "Warning": Warning{}} {
		s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(v), true, name)
	}
}

func (s *Server) follower(r disclose.Reader, f LiveFilter) *follower {
	return &follower{hub: s.hub, reader: r, kinds: f.Kinds, region: f.Region, class: f.Class, docket: f.Docket}
}

func (s *Server) stream(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	r := readerOf(ctx)
	leave, ok := s.hub.enter(r)
	if !ok {
		return nil, huma.ErrorWithHeaders(problemUnavailable.problem(requestID(ctx), "too many streams are open: close one, or ask /api/v1/stream/poll"), map[string][]string{"Retry-After": {"10"}})
	}
	tail, now, part, err := s.hub.join(ctx, r)
	if err != nil {
		leave()
		return nil, s.fault(ctx, err)
	}
	f := s.follower(r, in.LiveFilter)
	f.tail = tail
	if in.Until != "" {
		f.until = &now
	}
	id := in.LastEventID
	if id == "" {
		id = in.After
	}
	known := f.resume(id)
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer leave()
		defer part()
		w, ok := c.BodyWriter().(http.ResponseWriter)
		if !ok {
			return
		}
		own := c.Context() // ends with the session or token that the reader asks by
		c.SetHeader("Content-Type", "text/event-stream")
		c.SetHeader("X-Accel-Buffering", "no")
		c.SetStatus(http.StatusOK)
		p := &pipe{w: w, rc: http.NewResponseController(w)}
		// Neither of the server's times for one request holds for what never ends.
		_ = p.rc.SetReadDeadline(time.Time{})
		first := retryLine(2 * time.Second)
		if known {
			first = appendEvent(first, f.id(), "", nil)
		} else {
			first = appendEvent(first, f.id(), "reset", []byte("{}"))
		}
		if p.write(first) == nil {
			f.run(own, p)
		}
		if why, ended := identity.WhyEnded(context.Cause(own)); ended {
			if data, err := json.Marshal(map[string]string{"why": string(why)}); err == nil {
				_ = p.write(appendEvent(nil, f.id(), "ended", data))
			}
		}
	}}, nil
}

// A pipe writes pieces of a stream, each in its own time.
type pipe struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (p *pipe) write(b []byte) error {
	_ = p.rc.SetWriteDeadline(time.Now().Add(writeTimeout)) // what cannot have one is no connection
	if _, err := p.w.Write(b); err != nil {
		return err
	}
	return p.rc.Flush()
}

// run tells what comes until ctx ends, the server stops, the client does not
// take it, or the stream has lived long enough.
func (f *follower) run(ctx context.Context, p *pipe) {
	s := f.hub.s
	life := time.NewTimer(liveLife)
	defer life.Stop()
	counts := time.NewTicker(f.hub.count)
	defer counts.Stop()
	last, counted := time.Now(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.cfg.Feed.Stopping():
			return
		default:
		}
		events, next, changed, err := f.read(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.cfg.Log.ErrorContext(ctx, "stream", "request_id", requestID(ctx), "error", err)
			}
			return // the client comes again with its id
		}
		var b []byte
		for i := range events {
			if e := &events[i]; f.take(e) {
				b = appendEvent(b, f.id(), e.kind, e.data)
			}
		}
		f.past(next)
		end := f.until != nil && len(events) == 0 && f.at.place >= f.until.place && f.at.seq >= f.until.seq
		if f.asks("count") && (end || time.Since(counted) >= f.hub.count) {
			if t := f.tally(s.cfg.Clock()); t != nil {
				if data, err := json.Marshal(t); err == nil {
					b = appendEvent(b, f.id(), "count", data)
				}
				counted = time.Now()
			}
		}
		if len(b) == 0 && time.Since(last) >= heartEvery {
			b = appendEvent(b, f.id(), "", nil) // an id alone is taken and told nobody
		}
		if len(b) > 0 {
			if p.write(b) != nil {
				return
			}
			last = time.Now()
		}
		if end {
			return
		}
		if changed == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.cfg.Feed.Stopping():
			return
		case <-life.C:
			return
		case <-changed:
		case <-counts.C:
		}
	}
}

func (s *Server) pollStream(ctx context.Context, in *pollInput) (*out[LivePage], error) {
	f := s.follower(readerOf(ctx), in.LiveFilter)
	body := LivePage{Events: []LiveEvent{}}
	now, err := s.hub.head(ctx)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	f.tail = &tail{high: now}
	if !f.resume(in.After) {
		body.Events = append(body.Events, LiveEvent{"reset", jsontext.Value("{}")})
	}
	events, next, more, err := s.hub.page(ctx, f.reader, f.at)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for i := range events {
		if e := &events[i]; f.take(e) {
			body.Events = append(body.Events, LiveEvent{e.kind, e.data})
		}
	}
	f.past(next)
	if t := f.tally(s.cfg.Clock()); t != nil && f.asks("count") {
		data, err := json.Marshal(t)
		if err != nil {
			return nil, s.fault(ctx, err)
		}
		body.Events = append(body.Events, LiveEvent{"count", data})
	}
	body.Next, body.More = f.id(), more
	return &out[LivePage]{body}, nil
}
