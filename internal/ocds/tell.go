package ocds

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
)

// A teller makes releases of rows.
type teller struct {
	view    *disclose.Docket
	ocid    string
	rows    []*told
	codes   map[string]string // credit codes by name
	status  map[string]string // of lots, after the releases made so far; "" is the tender itself
	release *object
}

// tell makes the releases of a view, one a date, ascending, and all their tags.
func tell(v *disclose.Docket, ocid string) (releases [][]byte, all []any) {
	t := &teller{view: v, ocid: ocid, status: map[string]string{}}
	m := theMapping()
	for i := range v.Entries {
		e := &v.Entries[i]
		if set := m.Sets[e.Dataset]; set != nil && !e.Deleted {
			t.rows = append(t.rows, t.row(e, set))
		}
	}
	t.apart()
	t.names()
	t.date()
	slices.SortFunc(t.rows, func(a, b *told) int {
		return cmp.Or(strings.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), strings.Compare(a.id, b.id))
	})
	seen := newObject()
	for start := 0; start < len(t.rows); {
		end := start + 1
		for end < len(t.rows) && t.rows[end].at == t.rows[start].at {
			end++
		}
		releases = append(releases, encode(t.one(t.rows[start:end], seen)))
		start = end
	}
	if len(releases) == 0 { // a view that shows nothing that OCDS has a word for
		releases = append(releases, encode(t.one(nil, seen)))
	}
	for _, x := range tags {
		if list, _ := seen.values["tag"].([]any); slices.Contains(list, any(x.tag)) && !slices.Contains(all, any(x.tag)) {
			all = append(all, x.tag)
		}
	}
	return releases, all
}

// apart gives rows that would have one id ids of their own.
func (t *teller) apart() {
	seen := map[string]int{}
	for _, r := range t.rows {
		seen[r.id]++
		if n := seen[r.id]; n > 1 {
			r.id += "-" + strconv.Itoa(n)
		}
	}
}

// date puts the rows in releases by the dates that they tell. Nothing shown
// says when the others came: what a tender begins with is told in the first
// release, what comes of it in the last.
func (t *teller) date() {
	first, last := "", ""
	for _, r := range t.rows {
		if r.when != "" && (first == "" || r.when < first) {
			first = r.when
		}
		last = max(last, r.when)
	}
	early, _ := (&mapped{Is: []string{isChange}}).rank()
	for _, r := range t.rows {
		if r.rank <= early {
			r.at = cmp.Or(r.when, first, t.now())
		} else {
			r.at = cmp.Or(r.when, last, t.now())
		}
	}
}

// names gives parties that are told by name alone the credit code by which
// the same name is told elsewhere in the view, if that is one code only.
func (t *teller) names() {
	t.codes = map[string]string{}
	for _, r := range t.rows {
		for _, m := range r.Parties {
			for _, p := range pairs(r.shown(m.Name), r.shown(m.Code)) {
				if p.code == "" || p.name == "" {
					continue
				}
				if old, ok := t.codes[p.name]; ok && old != p.code {
					t.codes[p.name] = "" // two bodies of one name
				} else {
					t.codes[p.name] = p.code
				}
			}
		}
	}
}

// parties gives the parties that a row names in a role.
func (t *teller) parties(r *told, role string) []party {
	var out []party
	for _, m := range r.Parties {
		if m.Role != role {
			continue
		}
		for _, p := range pairs(r.shown(m.Name), r.shown(m.Code)) {
			if strings.HasPrefix(p.id, unnamed) && t.codes[p.name] != "" {
				p = partyOf(p.name, t.codes[p.name])
			}
			if !slices.ContainsFunc(out, func(o party) bool { return o.id == p.id }) {
				out = append(out, p)
			}
		}
	}
	return out
}

func (t *teller) now() string {
	return t.view.At.In(trade.Zone).Truncate(time.Second).Format(time.RFC3339)
}

// one makes the release of the rows of one date.
func (t *teller) one(rows []*told, seen *object) *object {
	date := t.now()
	if len(rows) > 0 {
		date = rows[0].at
	}
	o := newObject()
	t.release = o
	o.set("ocid", t.ocid)
	o.set("id", t.ocid+"-"+compact(date))
	o.set("date", date)
	for _, r := range rows {
		o.include("tag", r.tag)
	}
	if len(rows) == 0 {
		o.include("tag", "planning")
	}
	for _, tag := range o.values["tag"].([]any) {
		seen.include("tag", tag.(string))
	}
	o.set("initiationType", "tender")
	o.set("language", "zh")
	t.about()
	for _, r := range rows {
		t.tell(r)
	}
	t.standing()
	return o
}

// about puts in what every release says of the tender.
func (t *teller) about() {
	tender := t.release.child("tender")
	tender.set("id", t.view.ID)
	tender.put("title", t.view.Title)
	if imported(t.view.ID) {
		return // its class is not known
	}
	c := theMapping().Classes[trade.Class(t.view.Class)]
	tender.put("mainProcurementCategory", c.Main)
	if c.Additional != "" {
		tender.include("additionalProcurementCategories", c.Additional)
	}
}

func (t *teller) tell(r *told) {
	tender := t.release.child("tender")
	for _, role := range []string{"buyer", "procuringEntity"} {
		for i, p := range t.parties(r, role) {
			p.into(t.release, role)
			switch {
			case i > 0:
			case role == "buyer":
				t.release.set("buyer", p.reference())
			default:
				tender.set("procuringEntity", p.reference())
			}
		}
	}
	if r.is(isTender) {
		tender.put("title", r.shown(r.Title...))
		tender.put("description", r.shown(r.Text...))
	}
	if tender.values["title"] == nil {
		tender.put("title", r.shown(r.Tender...))
	}
	t.method(r)
	for _, code := range r.lots {
		tender.item("lots", code)
	}
	for _, what := range r.Is {
		switch what {
		case isPlan:
			t.plan(r)
		case isLot:
			t.lot(r)
		case isNotice, isDocument, isChange:
			t.document(r, what)
		case isBid:
			t.bid(r)
		case isAward:
			t.award(r)
		case isContract:
			t.contract(r)
		case isAmendment, isPayment, isPerformance:
			t.implementation(r, what)
		case isAbnormal:
			t.abnormal(r)
		}
	}
}

func (t *teller) method(r *told) {
	code := r.shown(r.Method)
	if code == "" {
		return
	}
	tender := t.release.child("tender")
	switch {
	case slices.Contains(r.Open, code):
		tender.set("procurementMethod", "open")
	case slices.Contains(r.Selective, code):
		tender.set("procurementMethod", "selective")
	case slices.Contains(r.Limited, code):
		tender.set("procurementMethod", "limited")
	}
	f := fieldOf(r.ds, r.Method)
	words := code
	if list := standard.Default().List(f.List); list != nil {
		words = f.ZH + " " + code
		for _, v := range list.Values {
			if v.Code == code {
				words = v.ZH
			}
		}
	}
	tender.set("procurementMethodDetails", words)
}
