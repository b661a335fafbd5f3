package ocds

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
)

// A told row is an entry of a view with what the mapping makes of it.
type told struct {
	*mapped
	entry *disclose.Entry
	ds    *standard.Dataset
	id    string // names what the row tells of
	lots  []string
	when  string // date-time that the row tells, "" when it tells none
	at    string // date of the release it is in
	rank  int
	tag   string
}

// shown gives the first of the fields that is shown and not empty.
func (r *told) shown(names ...string) string {
	for _, name := range names {
		f := r.entry.Field(name)
		if f == nil || f.State != "" && f.State != disclose.Masked {
			continue
		}
		if s := strings.TrimSpace(f.Value); s != "" {
			return s
		}
	}
	return ""
}

// worth gives the row's amount as an OCDS value, nil when it has none that can
// be told exactly.
func (r *told) worth() *object {
	if form := r.shown(r.Form); form != "" && form != "1" {
		return nil // a rate or a price a unit
	}
	for _, name := range r.Amount {
		text, unit := r.shown(name), fieldOf(r.ds, name).Unit
		switch {
		case text == "":
			continue
		case unit == "yuan" || strings.HasPrefix(r.entry.Origin, "ocds"):
			unit = "0" // an imported amount is in whole units of its currency
		case unit != "":
			unit = r.shown(unit)
		}
		amount, ok := money(text, unit)
		letters := currency(r.shown(r.Currency))
		if !ok || letters == "" {
			return nil
		}
		o := newObject()
		o.set("amount", amount)
		o.set("currency", letters)
		return o
	}
	return nil
}

func (t *teller) row(e *disclose.Entry, set *mapped) *told {
	r := &told{mapped: set, entry: e, ds: standard.Default().Dataset(e.Dataset)}
	r.rank, r.tag = set.rank()
	fields := map[string]string{}
	for i := range e.Fields {
		fields[e.Fields[i].Name] = r.shown(e.Fields[i].Name)
	}
	r.lots = docket.Sections(e.Dataset, fields)
	r.id = e.Dataset + "-" + e.Key
	if e.Key == "" || strings.Contains(e.Key, "#") || strings.Contains(e.Key, disclose.Blotted) {
		r.id = e.Dataset + "-" + digest(fields)
	}
	if set.is(isBid) { // its key is told later than the bid, and an id must not change by that
		r.id = e.Dataset + "-" + digest(map[string]string{"lots": strings.Join(r.lots, ";"), "bidder": r.shown(set.Parties[0].Name)})
	}
	r.when, _, _ = dateTime(r.shown(cmp.Or(set.At, r.ds.Time)), false)
	return r
}

// digest names a row whose key may not be told by what may.
func digest(fields map[string]string) string {
	raw, _ := json.Marshal(fields) // names ascending
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// period gives the period that a row's fields tell of, nil for none.
func (r *told) period() *object {
	o := newObject()
	if s, _, ok := dateTime(r.shown(r.Start...), false); ok {
		o.set("startDate", s)
	}
	if s, _, ok := dateTime(r.shown(r.End...), true); ok {
		o.set("endDate", s)
	}
	if n, ok := days(r.shown(r.Days)); ok {
		o.set("durationInDays", n)
	}
	if len(o.names) == 0 {
		return nil
	}
	return o
}
