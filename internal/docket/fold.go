package docket

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// Fold makes the docket of one tender project, or OCDS process, from versions
// of records. It is total: whatever the versions hold, it gives a docket and
// never panics. The order of vs and repeats in it change nothing, nor do
// versions of rows that have nothing to do with the docket. Raw OCDS releases
// must have been through Expand.
//
// A row belongs to the docket when its newest version with codes names it, or
// names a project or section of it and no tender.
func Fold(id string, vs []Version) *Docket {
	rows := rowsOf(vs)
	d := &Docket{ID: id, Through: -1}
	mine, touched := belonging(id, rows)
	origins := map[string]bool{}
	for _, r := range touched {
		d.Through = max(d.Through, r.last)
	}
	for _, r := range mine {
		if r.id.Dataset == DatasetRelease {
			continue
		}
		origins[valid(r.id.Origin)] = true
		d.Live = append(d.Live, entry(r))
	}
	d.Origins = slices.Sorted(maps.Keys(origins))
	slices.SortFunc(d.Live, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Dataset, b.Dataset), strings.Compare(a.Origin, b.Origin), strings.Compare(a.Key, b.Key),
			cmp.Compare(a.Position, b.Position), strings.Compare(a.Revision, b.Revision))
	})
	d.Announced = announced(id, mine, touched)
	d.Releases = releases(id, rows)
	for _, r := range d.Releases {
		d.Through = max(d.Through, r.Position)
	}
	d.name()
	d.lots()
	d.events()
	return d
}

// belonging finds the rows of a docket, and all rows that any version ever
// connected with it, moved ones included. System data sets are not rows of a
// docket, whoever claims to speak in them.
func belonging(id string, rows map[standard.Identity]*row) (mine, touched []*row) {
	linked, ever := linksOf(id, rows)
	here := func(codes []Code) bool { return names(codes, id) }
	for _, r := range rows {
		if system(r.id.Dataset) {
			continue
		}
		near, home := false, []Code(nil)
		for _, v := range r.versions {
			codes := Codes(&v.Record)
			if len(codes) == 0 || strings.HasPrefix(string(codes[0]), RowCode) {
				continue
			}
			home = codes
			for _, c := range codes {
				near = near || c.Docket() == id || ever[c]
			}
		}
		if !near {
			continue
		}
		touched = append(touched, r)
		direct := slices.ContainsFunc(home, func(c Code) bool { return c.Docket() != "" })
		if direct && here(home) || !direct && slices.ContainsFunc(home, func(c Code) bool { return linked[c] }) {
			mine = append(mine, r)
		}
	}
	return mine, touched
}

// linksOf finds the projects and sections of a docket, and those that any
// version of the rows that declare it ever named.
func linksOf(id string, rows map[standard.Identity]*row) (linked, ever map[Code]bool) {
	linked, ever = map[Code]bool{}, map[Code]bool{}
	for _, r := range rows {
		if !leads(r.id.Dataset) {
			continue
		}
		for i, v := range r.versions {
			codes := Codes(&v.Record)
			if !names(codes, id) {
				continue
			}
			for _, c := range codes {
				if c.Docket() == "" {
					ever[c] = true
					linked[c] = linked[c] || i == len(r.versions)-1 && v.Op != standard.Delete
				}
			}
		}
	}
	return linked, ever
}

// names reports whether one of the codes is the docket's own.
func names(codes []Code, id string) bool {
	return slices.ContainsFunc(codes, func(c Code) bool { return c.Docket() == id })
}

func system(dataset string) bool {
	return dataset == DatasetRelease || dataset == DatasetErasure || dataset == DatasetSource || dataset == DatasetFile || dataset == DatasetAct || dataset == DatasetRule || dataset == DatasetPerson || dataset == DatasetOrganisation || dataset == DatasetReading || dataset == DatasetComplaint || dataset == DatasetAudit || dataset == DatasetInstruction || dataset == DatasetObjection
}

// entry makes the current version of a row. A tombstone without fields shows
// those of the newest version that had some, so that a supervisor sees what
// was deleted.
func entry(r *row) Entry {
	cur := r.current()
	said := cur
	if cur.Op == standard.Delete && len(cur.Fields) == 0 && len(cur.Sealed) == 0 {
		for _, v := range r.versions {
			if v.Op != standard.Delete {
				said = v
			}
		}
	}
	e := Entry{
		Dataset: valid(r.id.Dataset), Origin: valid(r.id.Origin), Key: valid(r.id.Key), Revision: valid(cur.Revision),
		Deleted: cur.Op == standard.Delete, Position: cur.Position, Received: plain(cur.Received), First: plain(r.first.Received),
		Occurred: valid(cur.Occurred), Source: valid(cur.Source), History: r.first.History, Versions: len(r.versions),
		Fields: make(map[string]string, len(said.Fields)),
	}
	for name, value := range said.Fields {
		e.Fields[valid(name)] = valid(value)
	}
	if len(said.Sealed) > 0 {
		e.Sealed = make(map[string]standard.Seal, len(said.Sealed))
		for name, seal := range said.Sealed {
			e.Sealed[valid(name)] = standard.Seal(valid(string(seal)))
		}
	}
	return e
}

// valid gives s itself, or with its broken bytes replaced: a docket is kept as
// JSON, which cannot hold them.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// plain strips what a stored time does not keep; a time that JSON cannot hold
// becomes none.
func plain(t time.Time) time.Time {
	t = t.Round(0).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return time.Time{}
	}
	return t
}

// name gives the docket its class, title and region. Of several 501 the one
// that was received first rules, so that a second trading system cannot rename
// a tender or move it to another jurisdiction.
func (d *Docket) name() {
	d.Class = string(d.class())
	for _, s := range titleSources {
		first := d.received(s.dataset)
		for _, e := range first {
			if d.Title == "" && s.title != "" {
				d.Title = strings.TrimSpace(e.Fields[s.title])
			}
			if d.Region == "" && s.region != "" {
				d.Region = strings.TrimSpace(e.Fields[s.region])
			}
			if c, ok := classOf(e.Fields["TENDER_PROJECT_TYPE"]); ok && s.dataset == "501" && e == first[0] {
				d.Class = string(c)
			}
		}
	}
	if len(d.Live) > 0 && len(d.Origins) > 0 && !slices.ContainsFunc(d.Origins, func(o string) bool { return o != "ocds" && !strings.HasPrefix(o, "ocds-") }) {
		d.Class = string(trade.Procurement)
	}
}

// titleSources are the fields that give a docket its title and region, the
// stronger before the weaker.
var titleSources = []struct{ dataset, title, region string }{
	{"501", "TENDER_PROJECT_NAME", "REGION_CODE"},
	{"502", "", "REGION_CODE"},
	{"503", "NOTICE_NAME", ""},
	{"9018", "TENDER_PROJECT_NAME", ""},
	{"513", "", "REGION_CODE"},
	{"500", "PROJECT_NAME", "REGION_CODE"},
	{"502", "BID_SECTION_NAME", ""},
	{"550", "PURCHASE_PROJECT_NAME", "REGION_CODE"},
	{"551", "PURCHASE_PROJECT_NAME", ""},
	{"553", "PURCHASE_PROJECT_NAME", "REGION_CODE"},
	{"600", "LAND_PROJECT_NAME", "LAND_DISTRICT"},
	{"601", "LAND_PROJECT_NAME", "REGION_CODE"},
	{"650", "NA_APP_NAME", "REGION_CODE"},
	{"651", "NA_APP_NAME", "REGION_CODE"},
	{"652", "NA_APP_NAME", "REGION_CODE"},
	{"653", "NA_APP_NAME", "REGION_CODE"},
	{"654", "NA_APP_NAME", "REGION_CODE"},
	{"655", "NA_APP_NAME", "REGION_CODE"},
	{"656", "NA_APP_NAME", "REGION_CODE"},
	{"657", "NA_ITEM_NAME", "REGION_CODE"},
	{"658", "NA_MINE_NAME", "REGION_CODE"},
	{"659", "NA_ITEM_NAME", "REGION_CODE"},
	{"660", "NA_ITEM_NAME", "REGION_CODE"},
	{"700", "PROJECT_NAME", "REGION_CODE"},
	{"750", "PROJECT_NAME", "REGION_CODE"},
	{"701", "PROJECT_NAME", "REGION_CODE"},
	{"753", "PROJECT_NAME", "REGION_CODE"},
	{"1000", "CA_QUOTA_NAME", ""},
	{"1001", "CA_QUOTA_NAME", ""},
	{"1050", "NOTICE_NAME", "BID_REGION_CODE"},
	{"1051", "NOTICE_NAME", ""},
	{"1104", "PROJNAME", ""},
	{"1107", "PROJNAME", ""},
	{"1110", "PROJNAME", ""},
	{"1113", "PROJNAME", ""},
	{"1116", "PROJNAME", ""},
	{"1119", "PROJNAME", ""},
	{"1800", "PROJECT_NAME", "REGION_CODE"},
	{"1801", "PROJECT_NAME", "REGION_CODE"},
	{"9116", "PROJECT_NAME", "REGION_CODE"},
	{"9117", "PROJECT_NAME", "REGION_CODE"},
	{"9118", "PROJECT_NAME", "REGION_CODE"},
	{"9119", "PROJECT_NAME", "REGION_CODE"},
	{"9120", "PROJECT_NAME", "REGION_CODE"},
	{"9121", "PROJECT_NAME", "REGION_CODE"},
}

// TitleFields lists the fields that give a docket its title, as data set and
// name, the stronger before the weaker.
func TitleFields() [][2]string {
	var out [][2]string
	for _, s := range titleSources {
		if s.title != "" {
			out = append(out, [2]string{s.dataset, s.title})
		}
	}
	return out
}

// class is the class of trade of the rows of the nation's standard: of several
// the one that was received first rules, as for the title. Registers do not
// count, nor do a province's extensions, which go with any class; but where
// there is nothing else, those that open a trade of their own (forest rights,
// concessions and the like). Without any it is construction.
func (d *Docket) class() trade.Class {
	for _, extension := range []bool{false, true} {
		var first *Entry
		class := trade.Construction
		for i := range d.Live {
			e := &d.Live[i]
			set := standard.Default().Dataset(e.Dataset)
			if set == nil || e.Deleted || set.Class == standard.ClassSystem || set.Class.Register() || set.Extension() != extension {
				continue
			}
			if extension && (set.Class == trade.Construction || set.Class == trade.Procurement) {
				continue
			}
			if first == nil || cmp.Or(e.First.Compare(first.First), cmp.Compare(e.Position, first.Position)) < 0 {
				first, class = e, set.Class
			}
		}
		if first != nil {
			return class
		}
	}
	return trade.Construction
}

// classOf reads the class of trade from the first letter of a classification
// code (分类代码, list 10).
func classOf(code string) (trade.Class, bool) {
	switch code = strings.TrimSpace(code); {
	case strings.HasPrefix(code, "A"):
		return trade.Construction, true
	case strings.HasPrefix(code, "B"):
		return trade.Land, true
	case strings.HasPrefix(code, "D"):
		return trade.Procurement, true
	}
	return "", false
}

// rows yields the live rows of a data set, tombstones left out, in order.
func (d *Docket) rows(dataset string) func(yield func(*Entry) bool) {
	return func(yield func(*Entry) bool) {
		if d.Index != nil {
			for _, e := range d.RowsAbout(dataset, "") {
				if !yield(e) {
					return
				}
			}
			return
		}
		for i := range d.Live {
			if e := &d.Live[i]; e.Dataset == dataset && !e.Deleted && !yield(e) {
				return
			}
		}
	}
}

// received lists the live rows of a data set, the one received first before others.
func (d *Docket) received(dataset string) []*Entry {
	out := slices.Collect(d.rows(dataset))
	slices.SortStableFunc(out, func(a, b *Entry) int {
		return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Position, b.Position))
	})
	return out
}

// Ref points at one field of the row; at the row itself when field is "".
func (e *Entry) Ref(field string) Ref {
	return Ref{Dataset: e.Dataset, Key: e.Key, Field: field, Origin: e.Origin, Position: e.Position}
}

// Lots returns the section codes that the row names; none when it speaks of
// the whole tender.
func (e *Entry) Lots() []string { return Sections(e.Dataset, e.Fields) }

// About reports whether the row speaks of the lot: it names it, or names none.
func (e *Entry) About(lot string) bool {
	lots := e.Lots()
	return len(lots) == 0 || slices.Contains(lots, lot)
}

// Encode writes a docket as JSON; equal dockets give equal bytes.
func (d *Docket) Encode() ([]byte, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("docket: encode: %w", err)
	}
	return b, nil
}
