package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/identity"
	"mingjing/internal/supervise"
)

// Readings keeps who read what is protected; refold.Readings is one.
type Readings interface {
	Note(ctx context.Context, readings []supervise.Reading) error
	Of(ctx context.Context, docket string) ([]supervise.Reading, error)
}

// errNotNoted says that a reading could not be written into the log: nothing
// protected is shown then.
var errNotNoted = errors.New("the reading cannot be noted, so that nothing is shown")

// note writes into the log that the one who asks is shown these classes of a
// docket. On any error nothing may be shown. Whatever shows rows of a docket to
// anybody but the public calls it before it answers.
func (s *Server) note(ctx context.Context, docket string, classes ...string) error {
	if len(classes) == 0 {
		return nil
	}
	if s.cfg.Readings == nil {
		return errNotNoted
	}
	me := s.actor(ctx)
	r := supervise.Reading{Docket: docket, Quarter: supervise.QuarterOf(s.cfg.Clock()), Name: me.Name, Office: me.Office}
	if who := identity.Who(ctx); who.Person != "" {
		r.Person, r.Post = who.Person, who.Post.ID
	}
	if me.For != nil {
		r.ForName = me.For.Name
	}
	readings := make([]supervise.Reading, len(classes))
	for i, class := range classes {
		readings[i] = r
		readings[i].Class = class
	}
	if err := s.cfg.Readings.Note(ctx, readings); err != nil {
		return errors.Join(errNotNoted, err)
	}
	return nil
}

// noteRows notes what the rows of a view show that these refer to.
func (s *Server) noteRows(ctx context.Context, v *disclose.Docket, refs []docket.Ref) error {
	var entries []disclose.Entry
	for i := range v.Entries {
		if e := &v.Entries[i]; slices.ContainsFunc(refs, func(ref docket.Ref) bool { return refersTo(ref, e) }) {
			entries = append(entries, *e)
		}
	}
	return s.note(ctx, v.ID, disclose.Noted(entries...)...)
}

// noteView notes what a view shows.
func (s *Server) noteView(ctx context.Context, v *disclose.Docket) error {
	if v == nil {
		return nil
	}
	return s.note(ctx, v.ID, disclose.Noted(v.Entries...)...)
}

// ReadingList says who read what of a docket.
type ReadingList struct {
	Items []ReadingItem `json:"items" doc:"The latest first; at most 2000"`
}

// ReadingItem is one reader's reading of one protected class in a quarter of an hour.
type ReadingItem struct {
	Class   disclose.Words `json:"class" doc:"Of what was shown"`
	Why     disclose.Words `json:"why" doc:"Why it is protected"`
	Article disclose.Words `json:"article" doc:"What that rests on"`
	From    time.Time      `json:"from" doc:"Begin of the quarter of an hour in which it was shown"`
	Person  string         `json:"person,omitempty" doc:"Id of the person; absent: a token read"`
	Name    string         `json:"name" doc:"Of the person, or of the token's grant"`
	Office  string         `json:"office,omitempty" doc:"Post in which they read"`
	ForName string         `json:"for_name,omitempty" doc:"Whose post was lent to them"`
}

func (s *Server) routesReadings() {
	huma.Register(s.api, huma.Operation{
		OperationID: "list-readings", Method: http.MethodGet, Path: "/api/v1/dockets/{id}/readings", Summary: "Who has read it 查阅留痕",
		Description: "Every reading of a protected class of this docket: who, in what post, in which quarter of an hour. It was in the log before anything was shown. For auditors and the docket's supervisors; not found for all others.",
		Tags:        []string{"dockets"}, Errors: []int{401, 404, 422, 500, 503}, Security: []map[string][]string{{"token": {}}},
	}, s.listReadings)
}

func (s *Server) listReadings(ctx context.Context, in *docketInput) (*out[ReadingList], error) {
	d, err := s.docket(ctx, in.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	if d == nil || s.cfg.Readings == nil {
		return nil, notFound(ctx)
	}
	if seat := readerOf(ctx).Seat(d, s.cfg.Clock()); seat != disclose.NumberSupervisor && seat != disclose.NumberAuditor {
		return nil, notFound(ctx)
	}
	readings, err := s.cfg.Readings.Of(ctx, d.ID)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	list := ReadingList{Items: []ReadingItem{}}
	for i := range readings {
		r := &readings[i]
		it := ReadingItem{From: r.Quarter, Person: r.Person, Name: r.Name, Office: r.Office, ForName: r.ForName}
		var ok bool
		if it.Class, it.Why, it.Article, ok = disclose.NotedWords(r.Class); !ok { // of a table that has changed since
			it.Class = disclose.Words{ZH: r.Class, EN: r.Class}
		}
		list.Items = append(list.Items, it)
	}
	return &out[ReadingList]{list}, nil
}
