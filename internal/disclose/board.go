package disclose

import (
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// The states of a step on a stage board.
const (
	StepCame    = "came"    // records have come that this reader sees
	StepLate    = "late"    // a legal period is over and nothing has come; for supervision and audit only
	StepMissing = "missing" // needed, not come, though a later step has
	StepAwaited = "awaited" // needed, and nothing later has come
	StepOpen    = "open"    // not needed, and not come
	StepSealed  = "sealed"  // whether it has come is secret until a later moment
	StepClosed  = "closed"  // not for this reader at all
)

// A Board is a docket's stage board: lot by lot what has come, what is missing,
// what is late, as far as this reader may know. It is made of a view.
type Board struct {
	ID    string     `json:"id"`
	Class string     `json:"class"`
	As    string     `json:"as"`
	At    time.Time  `json:"at"`
	Lots  []BoardLot `json:"lots"` // one with code "" for a transaction without lots
}

// A BoardLot is one row of the board.
type BoardLot struct {
	Code  string      `json:"code"`
	Name  string      `json:"name,omitempty"`
	Steps []BoardStep `json:"steps"`
}

// A BoardStep is one field of the board.
type BoardStep struct {
	Step    string        `json:"step"`
	Words   Words         `json:"words"`
	State   string        `json:"state"`
	Rows    int           `json:"rows"`              // that this reader sees, bulk rows included
	Sets    []string      `json:"sets"`              // the data sets whose rows are this step's
	Periods []BoardPeriod `json:"periods,omitempty"` // legal periods that end with this step; for supervision and audit only
}

// A BoardPeriod is a legal period as timeline judges it.
type BoardPeriod struct {
	ID          string    `json:"id"`
	Words       Words     `json:"words"`
	Article     string    `json:"article"`
	State       string    `json:"state"` // on time, late, too short, due
	Lot         string    `json:"lot,omitempty"`
	From        time.Time `json:"from,omitzero"` // what it runs from
	To          time.Time `json:"to,omitzero"`   // what it runs to; zero: has not come
	Due         time.Time `json:"due,omitzero"`  // of a longest period the first instant that is too late, of a shortest one the first that is enough
	Provisional bool      `json:"provisional,omitempty"`
	Unverified  bool      `json:"unverified,omitempty"` // the number of days was not compared with the text of the article
}

// StageBoard builds the stage board of a docket for a reader at a time, nil
// when the reader may not know of the docket. table holds the legal periods as
// the office has set them; nil: as the law has them.
func StageBoard(d *docket.Docket, r Reader, at time.Time, table *timeline.Table) *Board {
	_, board := ViewWithBoard(d, r, at, table)
	return board
}

// ViewWithBoard builds the view and the board that is made of it; both nil when
// the reader may not know of the docket.
func ViewWithBoard(d *docket.Docket, r Reader, at time.Time, table *timeline.Table) (*Docket, *Board) {
	b := window().builder(d, r, at)
	v := b.view()
	if v == nil {
		return nil, nil
	}
	return v, b.board(v, table)
}

func (b *builder) board(v *Docket, table *timeline.Table) *Board {
	var periods []timeline.Step
	if slices.Contains(b.w.table.Findings.Seats, b.seat) {
		periods = b.shown(legalSteps(b.d, table, b.at))
	}
	return b.boardOf(v, periods)
}

// shown are the periods of which the reader sees both ends.
func (b *builder) shown(steps []timeline.Step) []timeline.Step {
	return slices.DeleteFunc(slices.Clone(steps), func(p timeline.Step) bool { return !b.shows(p.From) || !b.shows(p.To) })
}

// boardOf builds the board of a view with the periods that may be told.
func (b *builder) boardOf(v *Docket, periods []timeline.Step) *Board {
	out := &Board{ID: v.ID, Class: v.Class, As: v.As, At: b.at, Lots: []BoardLot{}}
	lots := v.Lots
	if len(lots) == 0 {
		lots = []Lot{{}}
	}
	for i := range lots {
		out.Lots = append(out.Lots, b.boardLot(v, &lots[i], periods))
	}
	return out
}

func (b *builder) boardLot(v *Docket, l *Lot, periods []timeline.Step) BoardLot {
	out := BoardLot{Code: l.Code, Name: l.Name, Steps: []BoardStep{}}
	stages := timeline.Stages(trade.Class(v.Class))
	rows := map[trade.Step]int{}
	last := -1 // the last step of which something has come
	for i, s := range stages {
		if rows[s.Step] = count(v, l.Code, s.Sets); rows[s.Step] > 0 {
			last = i
		}
	}
	moment := b.momentOfLot(v, l)
	for i, s := range stages {
		f := BoardStep{Step: string(s.Step), Words: Words{s.ZH, s.EN}, Rows: rows[s.Step], Sets: s.Sets}
		late := false
		for _, p := range periods {
			if p.Lot != l.Code && p.Lot != "" && l.Code != "" || !ends(p, s) || p.State == timeline.Insufficient {
				continue
			}
			late = late || p.State == timeline.Late && p.To == nil
			f.Periods = append(f.Periods, BoardPeriod{ID: p.Period, Words: Words{p.ZH, p.EN}, Article: p.Article, State: string(p.State), Lot: p.Lot, From: instant(p.From), To: instant(p.To), Due: p.Due, Provisional: p.Provisional, Unverified: p.Unverified})
		}
		switch {
		case f.Rows > 0:
			f.State = StepCame
		case s.Or != "" && rows[s.Or] > 0:
			f.State = StepOpen
		case late:
			f.State = StepLate
		default:
			f.State = b.absent(moment, s, i < last)
		}
		out.Steps = append(out.Steps, f)
	}
	return out
}

// shows reports whether the reader sees what an end of a period rests on.
func (b *builder) shows(o *timeline.Occurrence) bool {
	if o == nil {
		return true
	}
	ro := b.rows[standard.Identity{Origin: o.Ref.Origin, Dataset: o.Ref.Dataset, Key: o.Ref.Key}]
	return ro != nil && b.sees(ro, o.Ref.Field)
}

// instant is when an end of a period was, zero when it has not come.
func instant(o *timeline.Occurrence) time.Time {
	if o == nil {
		return time.Time{}
	}
	return o.At.Time
}

// count counts the rows of data sets that speak of a lot.
func count(v *Docket, lot string, sets []string) int {
	n := 0
	for i := range v.Entries {
		e := &v.Entries[i]
		if !e.Deleted && slices.Contains(sets, e.Dataset) && (lot == "" || len(e.lots) == 0 || slices.Contains(e.lots, lot)) {
			n++
		}
	}
	for _, t := range v.Bulk {
		if slices.Contains(sets, t.Dataset) && (lot == "" || t.Lot == "" || slices.Contains(trade.SplitCodes(t.Lot), lot)) {
			n += t.Rows
		}
	}
	return n
}

// ends reports whether a period ends with a record of a step.
func ends(p timeline.Step, s timeline.Stage) bool {
	def, ok := timeline.ByID(p.Period)
	return ok && slices.ContainsFunc(timeline.SetsOf(def.To), func(set string) bool { return slices.Contains(s.Sets, set) })
}

// absent says what it means that nothing of a step is seen. It follows from the
// table and the lot's moment alone: of a step all of whose data sets are closed
// to this reader nothing is said, whatever is there.
func (b *builder) absent(m Moment, s timeline.Stage, passed bool) string {
	opens := false
	for _, set := range s.Sets {
		seen, later := b.visible(set, m)
		if seen {
			switch {
			case s.Need && passed:
				return StepMissing
			case s.Need:
				return StepAwaited
			}
			return StepOpen
		}
		opens = opens || later
	}
	if opens {
		return StepSealed
	}
	return StepClosed
}

// momentOfLot is how far a lot has come; a transaction without lots as far as
// the slowest of its trading systems.
func (b *builder) momentOfLot(v *Docket, l *Lot) Moment {
	if m, ok := momentOf(l.Moment); ok {
		return m
	}
	if len(v.Origins) == 0 {
		return Before
	}
	m := Signed
	for _, origin := range v.Origins {
		m = min(m, b.stages.of(origin, nil))
	}
	return m
}

// visible reports whether the reader would see a row of a data set at a moment,
// or at a later one.
func (b *builder) visible(set string, m Moment) (now, later bool) {
	ds := b.w.catalogue.Dataset(set)
	if ds == nil {
		return false, false
	}
	for i := range ds.Fields {
		f := &ds.Fields[i]
		seal := b.w.sealOf(set, f.Name)
		if seal == standard.Personal {
			continue
		}
		r := b.w.reason(set, f.Name, seal, b.seat, m)
		if r.Verdict.shown() {
			return true, true
		}
		later = later || r.Opens != "" && r.Opens != "order"
	}
	return false, later
}
