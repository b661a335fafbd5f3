package disclose

import (
	"maps"
	"slices"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// entry builds what may be seen of one row, nil when nothing may.
func (b *builder) entry(e *docket.Entry) *Entry {
	if b.seat == seatSource && !slices.Contains(b.r.Origins, e.Origin) {
		return nil
	}
	if e.Deleted && !slices.Contains(b.w.table.Tombstones.Seats, b.seat) {
		return nil
	}
	ro := b.row(e)
	out := &Entry{
		Dataset: e.Dataset, ZH: e.Dataset, EN: e.Dataset, Origin: e.Origin, Deleted: e.Deleted,
		Position: b.position(e.Origin, e.Position), Fields: []Field{}, lots: []string{},
	}
	ds := b.w.catalogue.Dataset(e.Dataset)
	if ds != nil {
		out.ZH, out.EN = ds.NameZH, ds.NameEN
	}
	for _, name := range b.order(ds, e) {
		f := b.field(ds, e, ro, name)
		ro.visible = ro.visible || f.State == "" || f.State == Masked
		out.Fields = append(out.Fields, f)
	}
	// A tombstone without fields is visible where its data set may be known of.
	if len(out.Fields) == 0 && e.Deleted {
		ro.visible = b.verdict(e.Dataset, standard.Closed, b.rowSeal(e), ro.moment).Verdict.shown()
	}
	if !ro.visible {
		return nil
	}
	b.meta(ds, e, ro, out)
	b.rows[standard.Identity{Origin: e.Origin, Dataset: e.Dataset, Key: e.Key}] = ro
	seen := map[string]string{}
	for _, name := range []string{"BID_SECTION_CODE", "BID_SECTION_CODES", standard.LotField(e.Dataset)} {
		seen[name] = out.value(name)
	}
	out.lots = docket.Sections(e.Dataset, seen)
	return out
}

// row finds out how far a row's lots have come.
func (b *builder) row(e *docket.Entry) *row {
	origin := e.Origin
	if e.Dataset == docket.DatasetRelease {
		origin = e.Fields["ORIGIN"] // the lot is the trading system's, not ours
	}
	ro := &row{entry: e, moment: b.stages.of(origin, docket.Sections(e.Dataset, e.Fields)), sealed: b.rowSeal(e) != standard.Open}
	if b.published(e) {
		ro.moment = Signed
	}
	return ro
}

// rowSeal gives the seal on a row's existence.
func (b *builder) rowSeal(e *docket.Entry) standard.Seal {
	if b.published(e) {
		return standard.Open
	}
	return b.w.wholeSeal(e.Dataset)
}

// verdict answers for a class that is not a field's, such as a row's key.
func (b *builder) verdict(_ string, class standard.Disclosure, seal standard.Seal, m Moment) Reason {
	return b.w.answer(b.w.table.row(string(class), seal), string(class), seal, b.seat, m)
}

// field builds one field: the value if the table shows it and it can be read,
// else its state and the reason.
func (b *builder) field(ds *standard.Dataset, e *docket.Entry, ro *row, name string) Field {
	out := Field{Name: name}
	if ds != nil {
		if f := ds.Field(name); f != nil {
			out.ZH, out.EN = f.ZH, f.EN
		}
	}
	reason := b.reason(e, ro, name)
	value, readable := e.Fields[name]
	if _, sealed := e.Sealed[name]; sealed || !readable {
		readable = false
		if reason.Verdict.shown() { // due, but not unsealed yet
			reason.Verdict, reason.Opens = Sealed, ""
		}
	}
	if readable && reason.Verdict.shown() && value != "" {
		out.noted = b.noted(reason)
	}
	switch {
	case reason.Verdict == Show && readable:
		out.Value = value
		return out
	case reason.Verdict == Masked && readable:
		out.Value = Blot(value)
		if out.Value == value {
			return out
		}
		out.State = Masked
	default:
		out.State, out.Opens = reason.Verdict, reason.Opens
	}
	out.Rule, out.Article = reason.Rule, &reason.Article
	return out
}

func (b *builder) reason(e *docket.Entry, ro *row, name string) Reason {
	seal := b.w.sealOf(e.Dataset, name)
	if b.published(e) {
		seal = standard.Open
	}
	if s, ok := e.Sealed[name]; ok {
		seal = stricter(s, seal)
	}
	return b.w.reason(e.Dataset, name, seal, b.seat, ro.moment)
}

// meta fills in key, revision and times. In a sealed data set senders put
// bidders' codes into keys and the time of a bid into revisions: there these
// are a closed field. A key that holds an ID number is shown to nobody.
func (b *builder) meta(ds *standard.Dataset, e *docket.Entry, ro *row, out *Entry) {
	ro.meta = true
	if ro.sealed {
		reason := b.verdict(e.Dataset, standard.Closed, b.rowSeal(e), ro.moment)
		ro.meta = reason.Verdict == Show
		if ro.meta {
			out.noted = b.noted(reason)
		}
	}
	if !ro.meta {
		return
	}
	out.Key, out.Revision, out.Versions, out.Occurred, out.Source = Blot(e.Key), e.Revision, e.Versions, e.Occurred, e.Source
	received := e.Received
	out.Received = &received
	if ds != nil && slices.ContainsFunc(ds.Key, func(name string) bool {
		f := ds.Field(name)
		return f != nil && f.Seal == standard.Personal
	}) {
		out.Key = ""
	}
}

func (b *builder) order(ds *standard.Dataset, e *docket.Entry) []string {
	names, known := b.orders[e]
	if !known {
		names = order(ds, e)
		if b.orders != nil {
			b.orders[e] = names
		}
	}
	return names
}

// order gives the names of an entry's fields as the catalogue orders them,
// unknown ones after them by name.
func order(ds *standard.Dataset, e *docket.Entry) []string {
	have := map[string]bool{}
	for name := range e.Fields {
		have[name] = true
	}
	for name := range e.Sealed {
		have[name] = true
	}
	var out []string
	if ds != nil {
		for i := range ds.Fields {
			if name := ds.Fields[i].Name; have[name] {
				out = append(out, name)
				delete(have, name)
			}
		}
	}
	return append(out, slices.Sorted(maps.Keys(have))...)
}
