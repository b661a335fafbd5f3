package disclose

import (
	"slices"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/standard"
)

// A Docket is what one reader may see of a docket at one time.
type Docket struct {
	ID        string      `json:"id"`
	Class     string      `json:"class"`
	Title     string      `json:"title,omitempty"`
	Region    string      `json:"region,omitempty"`
	As        string      `json:"as"` // the seat it was built for: source, supervisor, outside, auditor, administrator, public
	At        time.Time   `json:"at"`
	Records   int         `json:"records"` // number of entries below
	Origins   []string    `json:"origins"` // platform codes of the entries below
	Lots      []Lot       `json:"lots"`
	Entries   []Entry     `json:"entries"`
	Events    []Event     `json:"events"`
	Announced []Announced `json:"announced"`
	Bulk      []Bulk      `json:"bulk,omitempty"` // what stands for rows that are not kept one by one

	// Who supervises it now, by region, class and kind as far as the reader sees
	// them; absent where the region is not seen or not in the table.
	Competent *jurisdiction.Competent `json:"competent,omitempty"`
}

// A Lot is one section with what the reader may know of its bids.
type Lot struct {
	Code   string   `json:"code"`
	Name   string   `json:"name,omitempty"`
	Moment string   `json:"moment"` // before, opened, publicity, result, signed
	Words  Words    `json:"moment_words"`
	Bids   []Bid    `json:"bids,omitempty"`   // one a visible record of data set 507
	Failed *Failure `json:"failed,omitempty"` // opening failed; for supervision and audit only
	Closed []Part   `json:"closed"`           // what every lot may have and this reader does not see; says nothing about whether it is there
}

// A Bid is what the reader may see of one bidder's bid.
type Bid struct {
	Bidder   string `json:"bidder"`
	Code     string `json:"code,omitempty"`
	Price    string `json:"price,omitempty"`
	Position *int64 `json:"position,omitempty"`
}

// A Failure says that a lot's moment came with fewer than three bidders.
type Failure struct {
	Bidders int       `json:"bidders"`
	At      time.Time `json:"at"`
}

// A Part is a kind of thing that stays shut for this reader at this moment.
type Part struct {
	Part    string  `json:"part"` // "bids" or "committee"
	Words   Words   `json:"words"`
	State   Verdict `json:"state"`
	Article Words   `json:"article"`
	Opens   string  `json:"opens,omitempty"`
}

// An Entry is one visible row with its visible fields.
type Entry struct {
	Dataset  string     `json:"dataset"`
	ZH       string     `json:"zh"`
	EN       string     `json:"en"`
	Origin   string     `json:"origin"`
	Source   string     `json:"source,omitempty"`
	Key      string     `json:"key,omitempty"` // absent where keys may name bidders
	Revision string     `json:"revision,omitempty"`
	Versions int        `json:"versions,omitempty"`
	Occurred string     `json:"occurred,omitempty"`
	Received *time.Time `json:"received,omitempty"`
	Position *int64     `json:"position,omitempty"` // place in the log; absent until all lots are opened
	Deleted  bool       `json:"deleted,omitempty"`
	Fields   []Field    `json:"fields"`
	lots     []string
	noted    string // class/seal under which its key is shown, where readings of that are noted
}

// A Field is one field: its value, or why there is none.
type Field struct {
	Name    string  `json:"name"`
	ZH      string  `json:"zh,omitempty"`
	EN      string  `json:"en,omitempty"`
	Value   string  `json:"value,omitempty"`
	State   Verdict `json:"state,omitempty"` // "" when shown whole; masked, sealed or hidden
	Rule    string  `json:"rule,omitempty"`
	Article *Words  `json:"article,omitempty"`
	Opens   string  `json:"opens,omitempty"` // moment that opens it, "order", or "" for never
	noted   string  // class/seal under which it is shown, where readings of that are noted
}

// An Event is one thing on the timeline that a visible field tells of.
type Event struct {
	At       time.Time `json:"at"`
	WholeDay bool      `json:"whole_day,omitempty"`
	Kind     string    `json:"kind"`
	ZH       string    `json:"zh"` // what the time is the time of: the field's name, else the data set's
	EN       string    `json:"en"`
	Lot      string    `json:"lot,omitempty"`
	Dataset  string    `json:"dataset"`
	Key      string    `json:"key,omitempty"`
	Field    string    `json:"field,omitempty"`
	Source   string    `json:"source,omitempty"` // who sent the record that says so
	Position *int64    `json:"position,omitempty"`
}

// Announced is one announced deadline or opening time that a visible field tells of.
type Announced struct {
	Lot     string    `json:"lot,omitempty"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Dataset string    `json:"dataset"`
	Field   string    `json:"field"`
	Live    bool      `json:"live"`
}

// View builds what a reader may see of a docket at a time, nil when the reader
// may not even know that it exists. Everything derived is derived from the
// entries that were built, so that it cannot tell of others.
func (w *Window) View(d *docket.Docket, r Reader, at time.Time) *Docket {
	return w.builder(d, r, at).view()
}

func (b *builder) view() *Docket {
	d, at := b.d, b.at
	v := &Docket{ID: d.ID, Class: d.Class, As: string(b.seat), At: at, Origins: []string{}, Entries: []Entry{}, Events: []Event{}, Announced: []Announced{}, Lots: []Lot{}}
	for i := range d.Live {
		if e := b.entry(&d.Live[i]); e != nil {
			v.Entries = append(v.Entries, *e)
		}
	}
	b.bulk(v)
	if len(v.Entries) == 0 && len(v.Bulk) == 0 && b.seat != seatSupervisor && b.seat != seatOutside && b.seat != seatAuditor {
		return nil
	}
	v.Records = len(v.Entries)
	b.head(v)
	b.lots(v)
	b.events(v)
	b.competent(v)
	return v
}

// Field returns the named field, nil when the entry does not show that it has one.
func (e *Entry) Field(name string) *Field {
	for i := range e.Fields {
		if e.Fields[i].Name == name {
			return &e.Fields[i]
		}
	}
	return nil
}

// Lots are the lots that the row's shown fields name; none when it speaks of the
// whole docket.
func (e *Entry) Lots() []string { return slices.Clone(e.lots) }

// value gives a shown value, "" otherwise.
func (e *Entry) value(name string) string {
	if f := e.Field(name); f != nil {
		return f.Value
	}
	return ""
}

// row is one live row with what has been found out about it for this reader.
type row struct {
	entry   *docket.Entry
	moment  Moment
	sealed  bool // existence is sealed by the catalogue and not published since
	visible bool
	meta    bool // key, revision and times may be shown
}

type builder struct {
	w         *Window
	d         *docket.Docket
	r         Reader
	seat      seat
	at        time.Time
	stages    *stages
	published func(*docket.Entry) bool
	rows      map[standard.Identity]*row
	orders    map[*docket.Entry][]string // of fields, when several seats are looked from; nil: not kept
}

func (w *Window) builder(d *docket.Docket, r Reader, at time.Time) *builder {
	return &builder{
		w: w, d: d, r: r, seat: r.seatAt(d, at), at: at, stages: w.stagesOf(d, at), published: publishedRows(d),
		rows: make(map[standard.Identity]*row, len(d.Live)),
	}
}

// numbers tells whether log positions of a trading system's records may be
// shown; it knows its own from the receipts.
func (b *builder) numbers(origin string) bool {
	return b.seat == seatSource || b.stages.opened(origin)
}

func (b *builder) position(origin string, p int64) *int64 {
	if !b.numbers(origin) {
		return nil
	}
	return &p
}
