package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/trade"
)

const (
	// scheduleMost is how many dockets one day's board looks at.
	scheduleMost = 2000
	// scheduleBack is how many days what is not over stays on the board.
	scheduleBack = 14
)

type scheduleInput struct {
	Day    string   `query:"day" format:"date" doc:"2006-01-02 (+08:00); absent: today"`
	Region []string `query:"region" maxItems:"50" doc:"GB/T 2260 codes of two, four or six digits, with commas"`
	Class  []string `query:"class" maxItems:"20" doc:"Trade classes, such as construction, with commas"`
}

// DayBoard is the openings and evaluations of a day.
type DayBoard struct {
	Day   string       `json:"day"`
	At    time.Time    `json:"at" doc:"The states are as of now"`
	Items []DaySitting `json:"items" doc:"By time"`
	More  bool         `json:"more,omitzero" doc:"There are more dockets than the board looks at: narrow it"`
}

// DaySitting is one opening or evaluation, as far as this reader may know of it.
type DaySitting struct {
	Docket  string     `json:"docket"`
	Title   string     `json:"title,omitempty"`
	Class   string     `json:"class"`
	Region  string     `json:"region,omitempty"`
	Lots    []string   `json:"lots" doc:"Empty: the whole tender"`
	Kind    string     `json:"kind" enum:"opening,evaluation"`
	State   string     `json:"state" enum:"planned,awaited,begun,overdue,finished,failed" doc:"awaited: its time has come, or what it follows is over, and nothing is seen of it yet; overdue: nothing for an hour after the time of an opening, or until the end of the next working day for an evaluation (settings, no law's numbers)"`
	Planned *time.Time `json:"planned,omitempty" doc:"Of an evaluation: the end of the opening that it follows"`
	Begun   *time.Time `json:"begun,omitempty"`
	Ended   *time.Time `json:"ended,omitempty"`
	Place   string     `json:"place,omitempty"`
	Carried bool       `json:"carried,omitzero" doc:"Of an earlier day, and not over"`
}

func (s *Server) routesSchedule() {
	huma.Register(s.api, reading("get-day-board", "/schedule", "Day board of openings and evaluations 开评标日程",
		"Of works and purchases: what is planned, has begun, is late or over on a day, by what this reader may see of each docket and nothing else: when an evaluation begins, only its recordings tell, and those are not the public's."), s.getSchedule)
}

func (s *Server) getSchedule(ctx context.Context, in *scheduleInput) (*out[DayBoard], error) {
	now := s.cfg.Clock()
	today := trade.DayOf(now)
	day := today
	if in.Day != "" {
		var err error
		if day, err = trade.ParseDay(in.Day); err != nil {
			return nil, badParameter(ctx, "day", "write a date as 2006-01-02")
		}
	}
	list := func(values []string) []string {
		return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	}
	roll, err := s.list(ctx, readerOf(ctx), CardFilter{Region: list(in.Region), Class: list(in.Class)})
	if err != nil {
		return nil, err
	}
	from := day
	if day <= today { // what lies ahead has nothing that is left over
		from = day - scheduleBack
	}
	ids, err := s.cfg.Store.DocketsOfDay(ctx, day.String(), from.String(), scheduleMost+1)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	body := DayBoard{Day: day.String(), At: now, Items: []DaySitting{}, More: len(ids) > scheduleMost}
	ids = ids[:min(len(ids), scheduleMost)]
	if len(ids) == 0 {
		return &out[DayBoard]{body}, nil
	}
	cards, err := roll.inOrder(ctx, roll.query, ids)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	for _, c := range cards {
		for i := range c.Sittings {
			if it, ok := daySitting(c, &c.Sittings[i], day, from, now); ok {
				body.Items = append(body.Items, it)
			}
		}
	}
	first := func(it *DaySitting) time.Time {
		for _, t := range []*time.Time{it.Planned, it.Begun, it.Ended} {
			if t != nil {
				return *t
			}
		}
		return time.Time{}
	}
	slices.SortStableFunc(body.Items, func(a, b DaySitting) int {
		return cmp.Or(first(&a).Compare(first(&b)), strings.Compare(a.Place, b.Place), strings.Compare(a.Docket, b.Docket))
	})
	return &out[DayBoard]{body}, nil
}

// daySitting makes an item of a sitting that stands on a day's board.
func daySitting(c *disclose.Card, s *disclose.Sitting, day, from trade.Day, now time.Time) (DaySitting, bool) {
	days, open := s.Days()
	own := slices.Contains(days, day)
	carried := !own && open && slices.ContainsFunc(days, func(d trade.Day) bool { return d < day && d >= from })
	if !own && !carried {
		return DaySitting{}, false
	}
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	lots := s.Lots
	if lots == nil {
		lots = []string{}
	}
	return DaySitting{
		Docket: c.ID, Title: c.Title, Class: c.Class, Region: c.Region, Lots: lots, Kind: s.Kind, State: s.State(now), Planned: at(s.Planned), Begun: at(s.Begun), Ended: at(s.Ended),
		Place: s.Place, Carried: carried,
	}, true
}
