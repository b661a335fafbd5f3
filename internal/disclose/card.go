package disclose

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/timeline"
	"mingjing/internal/trade"
)

// A Card is one docket in a list as the readers of one seat see it: nothing but
// what follows from their view, so that no list, order, filter or count made of
// cards can tell of anything else.
type Card struct {
	ID      string    `json:"id"`
	Class   string    `json:"class"`
	Title   string    `json:"title,omitempty"`
	Region  string    `json:"region,omitempty"`
	Origins []string  `json:"origins"` // platform codes of the records seen
	Records int       `json:"records"` // how many
	Lots    []CardLot `json:"lots"`
	Stage   string    `json:"stage,omitempty"` // trade.Stage of the furthest step of which something is seen

	Tenderer string      `json:"tenderer,omitempty"`
	Amount   *CardAmount `json:"amount,omitempty"` // nil: none is seen

	Sittings []Sitting `json:"sittings,omitempty"` // openings and evaluations

	First time.Time `json:"first,omitzero"` // first and last thing that has happened
	Last  time.Time `json:"last,omitzero"`

	// For supervisors in their jurisdiction and auditors only.
	Warnings *CardWarnings `json:"warnings,omitempty"` // nil: not for this reader, or none
	Late     int           `json:"late,omitempty"`     // steps whose legal period is over and that have not come
}

// A CardLot is one section of a docket.
type CardLot struct {
	Code   string `json:"code"`
	Name   string `json:"name,omitempty"`
	Moment string `json:"moment"`
}

// The kinds of a card's amount, the surest first: the best that is seen counts.
const (
	AmountContract = "contract" // of all contracts or deals
	AmountAward    = "award"    // of all awards
	AmountEstimate = "estimate" // of all lots, or the budget
)

// A CardAmount is money in fen; parts of a fen are cut off.
type CardAmount struct {
	Fen  int64  `json:"fen"`
	Kind string `json:"kind"`
}

// CardWarnings counts findings that fired.
type CardWarnings struct {
	Fact       int      `json:"fact"` // of grade fact (事实级)
	Clue       int      `json:"clue"` // of grade clue (线索级)
	Indicators []string `json:"indicators"`
}

// A SeatCard is a card with who reads it.
type SeatCard struct {
	Seat    int    // number of a seat
	Origin  string // with NumberSource the platform code whose reader it is, "" else
	Several bool   // with NumberSource: other platforms have a card of this docket too
	Card
}

// A CardScope is a part of what a reader lists: the cards of a seat, of dockets
// that lie in some places. Of two scopes of one reader none holds the other's dockets.
type CardScope struct {
	Seat    int
	Origins []string // with NumberSource: of these; of several of one docket the first by code counts
	Regions []string // beginnings of GB/T 2260 codes; "": all; nil: no condition
	Except  []string // whole codes that begin so and lie elsewhere all the same
	Classes []string // none: all
	Outside bool     // what does not lie in these regions and classes
}

// CardScopes says which cards a reader sees at a time. A supervisor's are their
// seat's in their jurisdiction, and elsewhere those of outside.
func (r Reader) CardScopes(at time.Time) []CardScope {
	switch r.Audience {
	case Auditor:
		return []CardScope{{Seat: NumberAuditor}}
	case Administrator:
		return []CardScope{{Seat: NumberAdministrator}}
	case Source:
		if len(r.Origins) == 0 {
			return nil
		}
		return []CardScope{{Seat: NumberSource, Origins: r.Origins}}
	case Supervisor:
		in := r.supervised(trade.DayOf(at))
		inside := CardScope{Seat: NumberSupervisor, Regions: in.Regions, Except: in.Except, Classes: in.Classes}
		outside := inside
		outside.Seat, outside.Outside = NumberOutside, true
		return []CardScope{inside, outside}
	}
	return []CardScope{{Seat: NumberPublic}}
}

// Cards gives the card of each seat that may know of a docket at a time; with a
// trading system's seat one for each platform. fs are the docket's findings,
// table the legal periods as the office has set them; nil: as the law has them.
func Cards(d *docket.Docket, fs []detect.Finding, table *timeline.Table, at time.Time) []SeatCard {
	return window().cards(d, fs, table, at)
}

func (w *Window) cards(d *docket.Docket, fs []detect.Finding, table *timeline.Table, at time.Time) []SeatCard {
	var out []SeatCard
	steps := legalSteps(d, table, at)
	fired := slices.DeleteFunc(slices.Clone(fs), func(f detect.Finding) bool { return f.State != detect.Fired })
	add := func(seat int, origin string, r Reader) {
		b := w.builder(d, r, at)
		b.seat = seats[seat]
		if v := b.view(); v != nil {
			out = append(out, SeatCard{Seat: seat, Origin: origin, Card: b.card(v, fired, steps)})
		}
	}
	origins := originsOf(d)
	for _, o := range origins {
		add(NumberSource, o, Reader{Audience: Source, Origins: []string{o}})
	}
	for i := range out {
		out[i].Several = len(out) > 1
	}
	for _, seat := range []int{NumberSupervisor, NumberOutside, NumberAuditor, NumberAdministrator, NumberPublic} {
		add(seat, "", Reader{})
	}
	return out
}

// CardOf gives one reader's card of a docket at a time, nil when they may not
// know of it: what Cards gives for their seat.
func CardOf(d *docket.Docket, r Reader, fs []detect.Finding, table *timeline.Table, at time.Time) *Card {
	b := window().builder(d, r, at)
	v := b.view()
	if v == nil {
		return nil
	}
	fired := slices.DeleteFunc(slices.Clone(fs), func(f detect.Finding) bool { return f.State != detect.Fired })
	c := b.card(v, fired, legalSteps(d, table, at))
	return &c
}

func originsOf(d *docket.Docket) []string {
	set := map[string]bool{}
	for i := range d.Live {
		set[d.Live[i].Origin] = true
	}
	for i := range d.Bulk {
		set[d.Bulk[i].Origin] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func legalSteps(d *docket.Docket, table *timeline.Table, at time.Time) []timeline.Step {
	if table == nil {
		table = timeline.Law()
	}
	return table.Steps(d, at, trade.China())
}

// card makes the card of a view. Findings and periods are looked at only where
// the seat may have them, and each through the same window as on their own pages.
func (b *builder) card(v *Docket, fired []detect.Finding, steps []timeline.Step) Card {
	c := v.Card()
	if slices.Contains(b.w.table.Findings.Seats, b.seat) {
		c.Warnings = warnings(b.findings(fired))
		c.Late = b.late(v, steps)
	}
	return c
}

// Card makes the card of a view, without warnings and what is late.
func (v *Docket) Card() Card {
	c := Card{ID: v.ID, Class: v.Class, Title: v.Title, Region: v.Region, Origins: v.Origins, Records: v.Records, Lots: []CardLot{}}
	for i := range v.Lots {
		c.Lots = append(c.Lots, CardLot{v.Lots[i].Code, v.Lots[i].Name, v.Lots[i].Moment})
	}
	for i := range v.Events {
		e := &v.Events[i]
		if e.At.After(v.At) {
			continue
		}
		if c.First.IsZero() || e.At.Before(c.First) {
			c.First = e.At
		}
		if e.At.After(c.Last) {
			c.Last = e.At
		}
	}
	c.First, c.Last = c.First.UTC(), c.Last.UTC()
	c.Stage = string(v.stage())
	c.Tenderer = v.tenderer()
	c.Amount = v.amount()
	c.Sittings = v.Sittings()
	return c
}

// stage is the furthest stage of which an entry is seen; objections and
// complaints are beside the way.
func (v *Docket) stage() trade.Stage {
	order := trade.Stages()
	furthest := -1
	see := func(set string) {
		if s, ok := timeline.StageOf(trade.Class(v.Class), set); ok && s.Step.Stage() != trade.StageRemedy {
			furthest = max(furthest, slices.Index(order, s.Step.Stage()))
		}
	}
	for i := range v.Entries {
		if !v.Entries[i].Deleted {
			see(v.Entries[i].Dataset)
		}
	}
	for i := range v.Bulk {
		see(v.Bulk[i].Dataset)
	}
	if furthest < 0 {
		return ""
	}
	return order[furthest]
}

func (v *Docket) tenderer() string {
	for i := range v.Entries {
		if v.Entries[i].Deleted {
			continue
		}
		for _, p := range v.Entries[i].parties() {
			if p.Role == "tenderer" {
				return p.Name
			}
		}
	}
	return ""
}

// Where awards and estimates stand, as contractAmounts says it of contracts.
// Of estimates the first that is there counts: a budget and its lots are the
// same money.
var (
	awardAmounts     = amounts{"513": {"BID_AMOUNT", "PRICE_UNIT"}, "553": {"WIN_BID_PRICE", "PRICE_UNIT"}}
	estimatedAmounts = []amounts{
		{"502": {"CONTRACT_RECKON_PRICE", "PRICE_UNIT"}},
		{"550": {"PROGRAM_BUDGET", "UNIT_BUDGET"}},
		{"700": {"PROJECT_PRICE", "PRICE_UNIT"}, "750": {"PROJECT_PRICE", "PRICE_UNIT"}},
		{
			"9116": {"RESERVE_PRICE", ""}, "9117": {"RESERVE_PRICE", ""}, "9118": {"RESERVE_PRICE", ""},
			"9119": {"RESERVE_PRICE", ""}, "9120": {"RESERVE_PRICE", ""}, "9121": {"RESERVE_PRICE", ""},
		},
	}
)

// amount is the surest amount that the view shows.
func (v *Docket) amount() *CardAmount {
	sum := func(kind string, a amounts) *CardAmount {
		var t Total
		t.add(a, v.Entries)
		if t.Rows == 0 {
			return nil
		}
		return &CardAmount{Fen: int64(t.sum / (trade.Yuan / 100)), Kind: kind}
	}
	if a := sum(AmountContract, contractAmounts); a != nil {
		return a
	}
	if a := sum(AmountAward, awardAmounts); a != nil {
		return a
	}
	for _, e := range estimatedAmounts {
		if a := sum(AmountEstimate, e); a != nil {
			return a
		}
	}
	return nil
}

func warnings(fs []detect.Finding) *CardWarnings {
	if len(fs) == 0 {
		return nil
	}
	w := &CardWarnings{Indicators: []string{}}
	for i := range fs {
		if fs[i].Grade == detect.Fact {
			w.Fact++
		} else {
			w.Clue++
		}
		w.Indicators = append(w.Indicators, fs[i].Indicator)
	}
	slices.Sort(w.Indicators)
	w.Indicators = slices.Compact(w.Indicators)
	return w
}

// late counts the steps that the seat's stage board shows as late.
func (b *builder) late(v *Docket, steps []timeline.Step) int {
	n := 0
	for _, lot := range b.boardOf(v, b.shown(steps)).Lots {
		for _, s := range lot.Steps {
			if s.State == StepLate {
				n++
			}
		}
	}
	return n
}

// Encode writes a card as it is kept.
func (c *Card) Encode() ([]byte, error) { return json.Marshal(c) }

// DecodeCard reads a card that Encode wrote.
func DecodeCard(b []byte) (*Card, error) {
	c := new(Card)
	return c, json.Unmarshal(b, c)
}

// cardEdition changes whenever a card would be another of the same view.
const cardEdition = "2"

// MomentBit is the bit of a moment in a set of them; 0 for what is none.
func MomentBit(name string) int {
	if m, ok := momentOf(name); ok {
		return 1 << m
	}
	return 0
}

// A CardMask says of a part of cards that some reader does not see it, and why.
type CardMask struct {
	Part    string // "amount" or "warnings"
	Words   Words  // what it is
	Outside bool   // of a supervisor: out of jurisdiction only
	Why     Words
	Article Words
}

// CardMasks lists what cards of this reader's leave out although it may be
// there, however far a lot has come.
func (r Reader) CardMasks() []CardMask { return window().cardMasks(r) }

func (w *Window) cardMasks(r Reader) []CardMask {
	var out []CardMask
	look := func(s seat, outside bool) {
		for _, a := range append([]amounts{contractAmounts, awardAmounts}, estimatedAmounts...) {
			for _, set := range slices.Sorted(maps.Keys(a)) {
				field := a[set].amount
				why := w.reason(set, field, w.sealOf(set, field), s, Signed)
				if why.Verdict.shown() {
					continue
				}
				ds := w.catalogue.Dataset(set)
				if ds == nil {
					continue
				}
				words := Words{ds.NameZH, ds.NameEN}
				if f := ds.Field(field); f != nil {
					words = Words{ds.NameZH + "·" + f.ZH, ds.NameEN + ": " + f.EN}
				}
				out = append(out, CardMask{"amount", words, outside, why.Why, why.Article})
			}
		}
		if f := w.table.Findings; !slices.Contains(f.Seats, s) {
			out = append(out, CardMask{"warnings", Words{"线索与逾期", "warnings and what is late"}, outside, f.Why, w.table.cite(f.Articles)})
		}
	}
	switch r.Audience {
	case Supervisor:
		look(seatSupervisor, false)
		look(seatOutside, true)
	case Source, Auditor, Administrator:
		look(seat(r.Audience), false)
	default:
		look(seatPublic, false)
	}
	return out
}
