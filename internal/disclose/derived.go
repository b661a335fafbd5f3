package disclose

import (
	"cmp"
	"slices"
	"strings"

	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// head fills in title, region and origins from what the entries show. A
// supervisor may know of every docket's existence and region, to see whose it is.
func (b *builder) head(v *Docket) {
	for i := range v.Entries {
		e := &v.Entries[i]
		if !slices.Contains(v.Origins, e.Origin) {
			v.Origins = append(v.Origins, e.Origin)
		}
		if slices.ContainsFunc(e.Fields, func(f Field) bool { return regionField(f.Name) && f.Value != "" && f.Value == b.d.Region }) {
			v.Region = b.d.Region
		}
	}
	slices.Sort(v.Origins)
	v.Title = b.title(v.Entries)
	if b.seat == seatSupervisor || b.seat == seatOutside || b.seat == seatAuditor {
		v.Region = b.d.Region
	}
}

func regionField(name string) bool {
	return strings.HasSuffix(name, "REGION_CODE") || name == "LAND_DISTRICT"
}

// title gives the docket's own title when a shown field holds it, else the
// strongest title that is shown.
func (b *builder) title(entries []Entry) string {
	for _, f := range docket.TitleFields() {
		shown := ""
		for i := range entries {
			e := &entries[i]
			if e.Dataset != f[0] {
				continue
			}
			title := strings.TrimSpace(e.value(f[1]))
			if title != "" && title == b.d.Title {
				return title
			}
			shown = cmp.Or(title, shown)
		}
		if shown != "" {
			return shown
		}
	}
	return ""
}

// lots builds the sections that visible entries name.
func (b *builder) lots(v *Docket) {
	byCode := map[string][]*Entry{}
	var codes []string
	for i := range v.Entries {
		for _, lot := range v.Entries[i].lots {
			if byCode[lot] == nil {
				codes = append(codes, lot)
			}
			byCode[lot] = append(byCode[lot], &v.Entries[i])
		}
	}
	slices.Sort(codes)
	for _, code := range codes {
		v.Lots = append(v.Lots, b.lot(code, byCode[code]))
	}
}

func (b *builder) lot(code string, entries []*Entry) Lot {
	l := Lot{Code: code}
	m := Before
	for _, e := range entries {
		m = max(m, b.stages.moment[lotKey{e.Origin, code}])
		if field := docket.LotName(e.Dataset); field != "" {
			l.Name = cmp.Or(e.value(field), l.Name)
		}
		switch e.Dataset {
		case "507", "557":
			if bidder := e.value("BIDDER_NAME"); bidder != "" && !e.Deleted {
				l.Bids = append(l.Bids, Bid{Bidder: bidder, Code: e.value("BIDDER_ORG_CODE"), Price: price(e), Position: e.Position})
			}
		}
	}
	l.Moment, l.Words = m.String(), b.w.table.Moments[m.String()]
	l.Closed = b.closed(m)
	if m == Before {
		l.Failed = b.failure(code, entries)
	}
	return l
}

func price(e *Entry) string {
	if p := e.value("BID_PRICE"); p != "" {
		return p
	}
	return e.value("OTHER_BID_PRICE")
}

// closed lists what a lot may have and this reader does not see at this
// moment. It follows from the table alone, whatever is there.
func (b *builder) closed(m Moment) []Part {
	parts := []Part{}
	for _, p := range []struct {
		part  string
		words Words
		class string
		seal  standard.Seal
	}{
		{"bids", Words{"投标人、投标文件及报价", "bidders, bids and prices"}, "opening", standard.Bid},
		{"device codes", Words{"投标文件特征码、保证金账户", "device codes and deposit accounts"}, "device", standard.Bid},
		{"committee", Words{"评标委员会与评标过程", "evaluation committee and evaluation"}, "closed", standard.Committee},
	} {
		a := b.w.answer(b.w.table.row(p.class, p.seal), p.class, p.seal, b.seat, m)
		if !a.Verdict.shown() {
			parts = append(parts, Part{Part: p.part, Words: p.words, State: a.Verdict, Article: a.Article, Opens: a.Opens})
		}
	}
	return parts
}

// failure tells those who may know that an opening failed, and with how many.
func (b *builder) failure(code string, entries []*Entry) *Failure {
	if !b.verdict("", "release", standard.Open, Before).Verdict.shown() {
		return nil
	}
	var out *Failure
	for _, r := range b.d.Releases {
		mine := slices.ContainsFunc(entries, func(e *Entry) bool { return e.Origin == r.Origin })
		if mine && r.Lot == code && r.Seal == standard.Bid && r.State == "failed" && !r.At.After(b.at) && (out == nil || r.At.After(out.At)) {
			out = &Failure{Bidders: r.Bidders, At: r.At}
		}
	}
	return out
}

// events keeps the events and announcements that rest on a visible row and,
// where they name one, a visible field.
func (b *builder) events(v *Docket) {
	for _, ev := range b.d.Events {
		ro := b.rows[standard.Identity{Origin: ev.Ref.Origin, Dataset: ev.Ref.Dataset, Key: ev.Ref.Key}]
		if ro == nil || !b.sees(ro, ev.Ref.Field) || ev.Ref.Field == "" && !ro.meta {
			continue
		}
		out := Event{At: ev.At, WholeDay: ev.WholeDay, Kind: ev.Kind, Lot: ev.Lot, Dataset: ev.Ref.Dataset, Field: ev.Ref.Field, Position: b.position(ev.Ref.Origin, ev.Ref.Position)}
		out.ZH, out.EN = b.words(ev.Ref.Dataset, ev.Ref.Field)
		if ro.meta {
			out.Key, out.Source = b.keyOf(ro), ev.Source
		}
		v.Events = append(v.Events, out)
	}
	for _, a := range b.d.Announced {
		ro := b.rows[standard.Identity{Origin: a.Origin, Dataset: a.Dataset, Key: a.Key}]
		if ro == nil || !b.sees(ro, a.Field) {
			continue
		}
		v.Announced = append(v.Announced, Announced{Lot: a.Lot, Kind: a.Kind, At: a.At, Dataset: a.Dataset, Field: a.Field, Live: a.Live})
	}
}

// words names a field of a data set, or the data set itself.
func (b *builder) words(dataset, field string) (zh, en string) {
	ds := b.w.catalogue.Dataset(dataset)
	if ds == nil {
		return dataset, dataset
	}
	if f := ds.Field(field); f != nil {
		return f.ZH, f.EN
	}
	return ds.NameZH, ds.NameEN
}

// sees reports whether the reader sees a field of a visible row; "" stands for
// the row as a whole.
func (b *builder) sees(ro *row, field string) bool {
	if field == "" {
		return true
	}
	if _, shut := ro.entry.Sealed[field]; shut {
		return false
	}
	return b.reason(ro.entry, ro, field).Verdict.shown()
}

func (b *builder) keyOf(ro *row) string {
	out := &Entry{}
	b.meta(b.w.catalogue.Dataset(ro.entry.Dataset), ro.entry, ro, out)
	return out.Key
}

// competent says who supervises what the view shows. It follows from the
// view's own region, class and fields, so that it tells of nothing else.
func (b *builder) competent(v *Docket) {
	var kinds []string
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Deleted {
			continue
		}
		kinds = append(kinds, e.Dataset)
		for _, field := range []string{"TENDER_PROJECT_CLASSIFY_CODE", "TENDER_PROJECT_TYPE", "PROJECT_CLASSIFY_CODE"} {
			kinds = append(kinds, trade.SplitCodes(e.value(field))...)
		}
	}
	slices.Sort(kinds)
	a, err := b.r.jurisdictions().Competent(v.Region, trade.Class(v.Class), slices.Compact(kinds), trade.DayOf(b.at))
	if err == nil { // else the region is not shown, or another province's
		v.Competent = a
	}
}

// Text joins everything a view shows that somebody might search for: names,
// codes and texts, each on a line of its own, without repeats.
func (v *Docket) Text() string {
	var lines []string
	seen := map[string]bool{}
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !seen[s] {
			seen[s] = true
			lines = append(lines, s)
		}
	}
	add(v.ID)
	add(v.Title)
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Dataset == docket.DatasetRelease || e.Deleted {
			continue
		}
		for _, f := range e.Fields {
			if searchable(f.Name, f.Value) {
				add(f.Value)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// searchable leaves out flags, figures and times, but not codes of figures only.
func searchable(name, value string) bool {
	if len(value) < 4 {
		return false
	}
	letters := strings.ContainsFunc(value, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' && r != ':' && r != ' ' })
	return letters || codeField(name) && codeLike(value)
}
