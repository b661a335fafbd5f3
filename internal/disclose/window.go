package disclose

import (
	"strings"
	"sync"
	"time"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// A Window is the disclosure table before a catalogue: what every reader looks
// through. It is never changed after it was made.
type Window struct {
	table     *Table
	catalogue *standard.Catalogue
	known     map[[2]string]nature // of the catalogue's fields, by data set and name
}

// nature is what the table needs to know of a field.
type nature struct {
	class string
	seal  standard.Seal
}

// New puts a table before a catalogue.
func New(t *Table, c *standard.Catalogue) *Window {
	w := &Window{table: t, catalogue: c, known: map[[2]string]nature{}}
	for _, ds := range c.Datasets() {
		for i := range ds.Fields {
			f := &ds.Fields[i]
			w.known[[2]string{ds.No, f.Name}] = nature{t.classOf(ds.No, f.Name, f.Disclosure), stricter(f.Seal, ds.Seal)}
		}
	}
	return w
}

var window = sync.OnceValue(func() *Window { return New(Default(), standard.Default()) })

// wholeSeal gives the seal of a data set whose very existence is secret.
func (w *Window) wholeSeal(dataset string) standard.Seal {
	if ds := w.catalogue.Dataset(dataset); ds != nil {
		return ds.Seal
	}
	return standard.Open
}

// A Reason says what the table answers for a field, and why.
type Reason struct {
	Verdict Verdict `json:"state"`
	Rule    string  `json:"rule"`            // id of the row
	Why     Words   `json:"why"`             // the row in words
	Article Words   `json:"article"`         // the articles it rests on
	Opens   string  `json:"opens,omitempty"` // moment from which it is shown; "order"; "" when never or already
	Class   string  `json:"class"`           // class of the field
	Seal    string  `json:"seal,omitempty"`  // its seal
}

// Why answers for a field of a data set what the table says for a reader of
// this audience at a moment. For a supervisor inside says whether the docket is
// in jurisdiction.
func Why(dataset, field string, a Audience, inside bool, m Moment) Reason {
	s := seat(a)
	if a == Supervisor && !inside {
		s = seatOutside
	}
	w := window()
	return w.reason(dataset, field, w.sealOf(dataset, field), s, m)
}

func (w *Window) reason(dataset, field string, seal standard.Seal, s seat, m Moment) Reason {
	class := w.classOf(dataset, field)
	return w.answer(w.table.row(class, seal), class, seal, s, m)
}

func (w *Window) answer(row *Rule, class string, seal standard.Seal, s seat, m Moment) Reason {
	tl := row.seats[s]
	if tl == nil {
		tl = row.seats[seatPublic]
	}
	return Reason{
		Verdict: tl.at[m], Rule: row.ID, Why: row.Why, Article: row.cited, Opens: tl.opens(m),
		Class: class, Seal: string(seal),
	}
}

func (w *Window) classOf(dataset, field string) string {
	if n, ok := w.known[[2]string{dataset, field}]; ok {
		return n.class
	}
	return w.table.classOf(dataset, field, standard.Closed)
}

// sealOf gives a field's seal by the catalogue; a field that the catalogue
// does not know has its data set's.
func (w *Window) sealOf(dataset, field string) standard.Seal {
	if n, ok := w.known[[2]string{dataset, field}]; ok {
		return n.seal
	}
	return w.wholeSeal(dataset)
}

var sealRank = map[standard.Seal]int{standard.Open: 0, standard.Bid: 1, standard.Committee: 2, standard.Personal: 3}

func stricter(a, b standard.Seal) standard.Seal {
	ra, ok := sealRank[a]
	if !ok {
		ra = 3 // an unknown seal is the strictest
	}
	if ra >= sealRank[b] {
		return a
	}
	return b
}

// cite joins the names of articles.
func (t *Table) cite(ids []string) Words {
	var zh, en []string
	for _, id := range ids {
		zh, en = append(zh, t.Articles[id].ZH), append(en, t.Articles[id].EN)
	}
	return Words{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
}

// View builds what a reader may see of a docket at a time, nil when the reader
// may not even know that it exists. It reads the program's own table and
// catalogue; see Window.View.
func View(d *docket.Docket, r Reader, at time.Time) *Docket { return window().View(d, r, at) }
