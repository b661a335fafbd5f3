package ocds

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/standard"
	"mingjing/internal/trade"
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

func (t *teller) plan(r *told) {
	budget := t.release.child("planning").child("budget")
	budget.put("project", r.shown(r.Title...))
	budget.put("projectID", r.shown(r.Number...))
	budget.put("description", cmp.Or(r.shown(r.Source), r.shown(r.Text...)))
	if v := r.worth(); v != nil {
		budget.set("amount", v)
	}
}

// scope gives what a row's lots are kept in: the lots, or the tender when the
// row names none.
func (t *teller) scope(r *told) []*object {
	tender := t.release.child("tender")
	if len(r.lots) == 0 {
		return []*object{tender}
	}
	out := make([]*object, 0, len(r.lots))
	for _, code := range r.lots {
		out = append(out, tender.item("lots", code))
	}
	return out
}

func (t *teller) stands(r *told, status string) {
	for _, code := range r.lots {
		t.status[code] = status
	}
	if len(r.lots) == 0 {
		t.status[""] = status
	}
}

// standing writes the status of lots and tender as they stand. A tender is over when all
// its lots are.
func (t *teller) standing() {
	tender := t.release.child("tender")
	lots, _ := tender.values["lots"].([]any)
	for _, v := range lots {
		lot := v.(*object)
		if s := t.status[lot.values["id"].(string)]; s != "" {
			lot.set("status", s)
		}
	}
	all := map[string]bool{}
	for code, s := range t.status {
		if code != "" || len(t.status) == 1 {
			all[s] = true
		}
	}
	for _, s := range []string{"active", "planned", "complete", "unsuccessful", "cancelled", "withdrawn"} {
		if all[s] {
			if s == "planned" && len(all) > 1 {
				s = "active" // some lots are further than others
			}
			tender.set("status", s)
			return
		}
	}
}

func (t *teller) lot(r *told) {
	name := r.shown(r.Lot...)
	if len(r.Is) == 1 && len(r.Lot) == 0 {
		name = r.shown(r.Title...)
	}
	for _, o := range t.scope(r) {
		if len(r.lots) > 0 {
			o.put("title", name)
			if len(r.Is) == 1 {
				o.put("description", r.shown(r.Text...))
			}
		}
		if v := r.worth(); v != nil {
			o.set("value", v)
		}
		if p := r.period(); p != nil && len(r.Is) == 1 {
			o.set("contractPeriod", p)
		}
	}
	if len(r.lots) == 0 && !r.is(isNotice) {
		t.status[""] = cmp.Or(t.status[""], "planned")
	}
	for _, code := range r.lots {
		t.status[code] = cmp.Or(t.status[code], "planned")
	}
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

// paper puts a document that the row stands for into a list of documents.
func (t *teller) paper(r *told, into *object, kind string) {
	doc := into.item("documents", r.id)
	doc.set("documentType", kind)
	doc.put("title", r.shown(r.Title...))
	doc.put("url", address(r.shown(r.URL)))
	doc.put("datePublished", r.when)
	doc.include("relatedLots", r.lots...)
}

func (t *teller) document(r *told, what string) {
	tender := t.release.child("tender")
	// 503 is also the prequalification notice, whose times are not the bids'.
	prequalification := r.entry.Dataset == "503" && r.shown("BULLETIN_TYPE") == "2"
	kind := cmp.Or(r.Doc, "tenderNotice")
	if prequalification {
		kind = "eligibilityCriteria"
	}
	t.paper(r, tender, kind)
	if what == isDocument || prequalification {
		return
	}
	if p := r.period(); p != nil {
		into := tender.child("tenderPeriod")
		for _, name := range p.names {
			into.set(name, p.values[name])
		}
	}
	if what == isNotice {
		t.stands(r, "active")
		if v := r.worth(); v != nil && !r.is(isLot) {
			for _, o := range t.scope(r) {
				o.set("value", v)
			}
		}
		return
	}
	if r.Doc == "clarifications" {
		a := tender.item("amendments", r.id)
		a.put("date", r.when)
		a.put("description", r.shown(r.Title...))
	}
}

func (t *teller) bid(r *told) {
	b := t.release.child("bids").item("details", r.id)
	if s := r.entry.Field("BID_STATUS"); s != nil && slices.Contains([]string{"invited", "pending", "valid", "disqualified", "withdrawn"}, r.shown("BID_STATUS")) {
		b.set("status", r.shown("BID_STATUS")) // of an imported release
	}
	if s, _, ok := dateTime(r.shown(r.ds.Time), false); ok {
		b.set("date", s)
	}
	b.put("description", r.shown(r.Text...))
	if v := r.worth(); v != nil {
		b.set("value", v)
	}
	t.play(b, "tenderers", "tenderer", t.parties(r, "tenderer"))
	b.include("relatedLots", r.lots...)
}

// play names parties in a part of the release.
func (t *teller) play(o *object, list, role string, ps []party) {
	for _, p := range ps {
		p.into(t.release, role)
		ref := o.item(list, p.id)
		ref.put("name", p.name)
	}
}

func (t *teller) award(r *told) {
	a := t.release.item("awards", r.id)
	a.put("title", r.shown(r.Title...))
	a.put("description", r.shown(r.Text...))
	a.set("status", "active")
	a.put("date", r.when)
	if v := r.worth(); v != nil {
		a.set("value", v)
	}
	t.play(a, "suppliers", "supplier", t.parties(r, "supplier"))
	a.include("relatedLots", r.lots...)
	if address(r.shown(r.URL)) != "" {
		t.paper(r, a, "awardNotice")
	}
	t.stands(r, "complete")
}

// like finds the row of a kind that best fits another: it shares a lot, or one
// of them shows none, and, if any does, a supplier.
func (t *teller) like(r *told, what string) *told {
	var found *told
	for _, o := range t.rows {
		if !o.is(what) || len(o.lots) > 0 && len(r.lots) > 0 && !slices.ContainsFunc(o.lots, func(l string) bool { return slices.Contains(r.lots, l) }) {
			continue
		}
		mine := append(t.parties(r, "supplier"), t.parties(r, "payee")...)
		shared := slices.ContainsFunc(t.parties(o, "supplier"), func(p party) bool {
			return slices.ContainsFunc(mine, func(q party) bool { return p.id == q.id })
		})
		if shared {
			return o
		}
		if found == nil {
			found = o
		}
	}
	return found
}

// awardOf names the award that a contract rests on. A contract whose award is
// not shown has one of its own, for OCDS knows no contract without.
func (t *teller) awardOf(c *told) string {
	if a := t.like(c, isAward); a != nil {
		return a.id
	}
	return "award-" + c.id
}

func (t *teller) contract(r *told) {
	award := t.awardOf(r)
	if t.like(r, isAward) == nil {
		a := t.release.item("awards", award)
		a.set("status", "active")
		t.play(a, "suppliers", "supplier", t.parties(r, "supplier"))
		a.include("relatedLots", r.lots...)
		t.stands(r, "complete")
	}
	for _, p := range t.parties(r, "supplier") {
		p.into(t.release, "supplier")
	}
	c := t.release.item("contracts", r.id)
	c.set("awardID", award)
	c.put("title", r.shown(r.Title...))
	c.put("description", r.shown(r.Text...))
	c.set("status", "active")
	c.put("dateSigned", r.when)
	if v := r.worth(); v != nil {
		c.set("value", v)
	}
	if p := r.period(); p != nil {
		c.set("period", p)
	}
	if address(r.shown(r.URL)) != "" {
		t.paper(r, c, "contractSigned")
	}
}

// implementation puts what came of a contract into it. What belongs to no
// contract that is shown is left out.
func (t *teller) implementation(r *told, what string) {
	of := t.like(r, isContract)
	if of == nil {
		return
	}
	c := t.release.item("contracts", of.id)
	c.set("awardID", t.awardOf(of))
	switch what {
	case isAmendment:
		a := c.item("amendments", cmp.Or(r.shown(r.Number...), r.id))
		a.put("date", r.when)
		a.put("rationale", r.shown(r.Title...))
		a.put("description", r.shown(r.Text...))
	case isPayment:
		x := c.child("implementation").item("transactions", cmp.Or(r.shown(r.Number...), r.id))
		x.put("date", r.when)
		if v := r.worth(); v != nil {
			x.set("value", v)
		}
		for _, role := range []string{"payer", "payee"} {
			for i, p := range t.parties(r, role) {
				p.into(t.release, role)
				if i == 0 {
					x.set(role, p.reference())
				}
			}
		}
	case isPerformance:
		m := c.child("implementation").item("milestones", r.id)
		m.put("title", r.shown(r.Title...))
		m.set("status", "met")
		if s, _, ok := dateTime(r.shown(r.End...), false); ok {
			m.set("dateMet", s)
			c.set("status", "terminated")
		}
	}
}

// abnormal tells that a tender failed (1), its opening was ended (2) or its
// notice withdrawn (3), by the list of the standard.
func (t *teller) abnormal(r *told) {
	switch strings.TrimLeft(r.shown("EXCEPITON_TYPE"), "0") {
	case "1":
		t.stands(r, "unsuccessful")
	case "2":
		t.stands(r, "cancelled")
	case "3":
		t.stands(r, "withdrawn")
	}
}

func escape(s string) string { return url.PathEscape(s) }
