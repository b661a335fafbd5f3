package ocds

import (
	"cmp"
	"slices"
	"strings"
)

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
