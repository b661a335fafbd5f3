package docket

import "slices"

// An Index finds a docket's rows by data set and lot, and keeps what has been
// worked out of them. It stands beside a docket that is only read.
type Index struct {
	sets []indexed
	lots []string // as Docket.LotCodes gives them
	memo map[Key]any

	// Terse is of whoever asks: only what is found is to be told in words.
	Terse bool
}

// indexed are the rows of one data set, in the docket's order.
type indexed struct {
	dataset string
	all     []*Entry // tombstones included
	live    []*Entry
	lots    [][]string // of each live row
	about   []about    // what was asked before
}

type about struct {
	lot  string
	rows []*Entry
}

// A Key names what Once keeps: a kind of thing, which one, of which lot.
type Key struct{ Kind, Of, Lot string }

// Indexed returns a copy of the docket with an index: for asking many things
// of it. Neither it nor what it shares with the original may be changed while
// it is used, nor may several goroutines ask it at once.
func (d *Docket) Indexed() *Docket {
	if d.Index != nil {
		return d
	}
	c := *d
	x := &Index{sets: make([]indexed, 0, 24)}
	entries := make([]*Entry, 0, 2*len(d.Live)) // one block for all lists where rows are sorted by data set, as a fold sorts them
	for i := 0; i < len(d.Live); {
		j := i + 1
		for j < len(d.Live) && d.Live[j].Dataset == d.Live[i].Dataset {
			j++
		}
		s := x.set(d.Live[i].Dataset)
		if s == nil {
			x.sets = append(x.sets, indexed{dataset: d.Live[i].Dataset})
			s = &x.sets[len(x.sets)-1]
			at := len(entries)
			for k := i; k < j; k++ {
				entries = append(entries, &d.Live[k])
			}
			s.all = entries[at:len(entries):len(entries)]
			at = len(entries)
			for k := i; k < j; k++ {
				if !d.Live[k].Deleted {
					entries = append(entries, &d.Live[k])
				}
			}
			s.live = entries[at:len(entries):len(entries)]
		} else { // a docket that no fold has sorted
			for k := i; k < j; k++ {
				s.all = append(s.all, &d.Live[k])
				if !d.Live[k].Deleted {
					s.live = append(s.live, &d.Live[k])
				}
			}
		}
		i = j
	}
	for i := range x.sets {
		s := &x.sets[i]
		s.lots = make([][]string, len(s.live))
		for k, e := range s.live {
			s.lots[k] = e.Lots()
			for _, lot := range s.lots[k] {
				x.addLot(lot)
			}
		}
	}
	for i := range d.Lots {
		x.addLot(d.Lots[i].Code)
	}
	slices.Sort(x.lots)
	if len(x.lots) == 0 {
		x.lots = []string{""}
	}
	c.Index = x
	return &c
}

func (x *Index) addLot(lot string) {
	if lot != "" && !slices.Contains(x.lots, lot) {
		x.lots = append(x.lots, lot)
	}
}

func (x *Index) set(dataset string) *indexed {
	for i := range x.sets {
		if x.sets[i].dataset == dataset {
			return &x.sets[i]
		}
	}
	return nil
}

// Datasets returns the data sets of which a docket has live rows, in the order
// of the first of each. The slice is the caller's.
func (d *Docket) Datasets() []string {
	var out []string
	if d.Index != nil {
		out = make([]string, 0, len(d.Index.sets))
		for i := range d.Index.sets {
			if s := &d.Index.sets[i]; len(s.live) > 0 {
				out = append(out, s.dataset)
			}
		}
		return out
	}
	for i := range d.Live {
		if e := &d.Live[i]; !e.Deleted && !slices.Contains(out, e.Dataset) {
			out = append(out, e.Dataset)
		}
	}
	return out
}

// LotCodes returns the lots of a docket, sorted: those it knows and those that
// its rows name; a single "" when there is none. The slice must not be changed.
func (d *Docket) LotCodes() []string {
	if d.Index != nil {
		return d.Index.lots[:len(d.Index.lots):len(d.Index.lots)]
	}
	var x Index
	for i := range d.Lots {
		x.addLot(d.Lots[i].Code)
	}
	for i := range d.Live {
		if e := &d.Live[i]; !e.Deleted {
			for _, l := range e.Lots() {
				x.addLot(l)
			}
		}
	}
	if len(x.lots) == 0 {
		return []string{""}
	}
	slices.Sort(x.lots)
	return x.lots
}

// RowsAbout returns the live rows of a data set that speak of the lot: that
// name it, or none. The lot "" stands for a tender without lots, of which every
// row speaks. They are in the docket's order; the slice must not be changed,
// but may be appended to.
func (d *Docket) RowsAbout(dataset, lot string) []*Entry {
	if d.Index == nil {
		var rows []*Entry
		for e := range d.rows(dataset) {
			if lot == "" || e.About(lot) {
				rows = append(rows, e)
			}
		}
		return rows
	}
	s := d.Index.set(dataset)
	if s == nil {
		return nil
	}
	if lot == "" {
		return s.live[:len(s.live):len(s.live)]
	}
	for i := range s.about {
		if s.about[i].lot == lot {
			return s.about[i].rows
		}
	}
	rows := s.live
	for i, lots := range s.lots {
		if len(lots) > 0 && !slices.Contains(lots, lot) { // the first that speaks of others: from here on they are chosen
			rows = append([]*Entry(nil), s.live[:i]...)
			for k := i + 1; k < len(s.live); k++ {
				if len(s.lots[k]) == 0 || slices.Contains(s.lots[k], lot) {
					rows = append(rows, s.live[k])
				}
			}
			break
		}
	}
	rows = rows[:len(rows):len(rows)]
	s.about = append(s.about, about{lot, rows})
	return rows
}

// At returns the current version of the row that ref points at, tombstones
// included; nil when the docket has none.
func (d *Docket) At(ref Ref) *Entry {
	if d.Index != nil {
		if s := d.Index.set(ref.Dataset); s != nil {
			for _, e := range s.all {
				if e.Key == ref.Key && (ref.Origin == "" || e.Origin == ref.Origin) {
					return e
				}
			}
		}
		return nil
	}
	for i := range d.Live {
		if e := &d.Live[i]; e.Dataset == ref.Dataset && e.Key == ref.Key && (ref.Origin == "" || e.Origin == ref.Origin) {
			return e
		}
	}
	return nil
}

// Once returns what work makes of a docket. An indexed docket keeps it under
// its key and does not work twice; it must not be changed. One kind is of one type.
func Once[T any](d *Docket, key Key, work func() T) T {
	x := d.Index
	if x == nil {
		return work()
	}
	if v, ok := x.memo[key]; ok {
		return v.(T) //nolint:forcetypeassert // an indicator that breaks this breaks down in its first test
	}
	v := work()
	if x.memo == nil {
		x.memo = map[Key]any{}
	}
	x.memo[key] = v
	return v
}
