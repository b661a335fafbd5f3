package standard

import (
	"sort"
	"strings"

	"mingjing/internal/trade"
)

// Sealing tells how a record is to be stored.
//
// A data set that is not in the catalogue is sealed whole and hangs on no
// vault, so that it stays closed: such records are refused at the door, and
// nothing else should come here. A field that the data set does not have gets
// the strictest of the seals that a field of that name has anywhere and of the
// data set's own sealed fields, since nothing tells it from them; Bid when its
// name speaks of bidders; and Personal when its name or its value looks like a
// person's number. Attachments get the seal of the data set's sealed fields. An
// organisation's code that is a valid ID number (a natural person can bid) is
// Personal too.
func (c *Catalogue) Sealing(r *Record) Sealing {
	d := c.byNo[r.Dataset]
	if d == nil {
		return Sealing{Whole: Bid}
	}
	s := Sealing{Whole: d.Seal}
	seal := func(name string, as Seal) {
		if s.Fields == nil {
			s.Fields = map[string]Seal{}
		}
		s.Fields[name] = as
	}
	locked := d.Seal != Open
	for _, i := range d.plan.sealed {
		f := &d.Fields[i]
		if _, ok := r.Fields[f.Name]; ok {
			seal(f.Name, f.Seal)
			locked = locked || f.Seal != Personal
		}
	}
	for _, i := range d.plan.person {
		if v := strings.ToUpper(strings.TrimSpace(r.Fields[d.Fields[i].Name])); v != "" && s.Person == "" {
			s.Person = v
		}
	}
	for _, i := range d.plan.orgs {
		f := &d.Fields[i]
		if id := PersonCode(r.Fields[f.Name]); id != "" {
			seal(f.Name, Personal)
			if s.Person == "" {
				s.Person = id
			}
		}
	}
	if len(r.Fields) > 0 {
		for name, v := range r.Fields {
			if _, ok := d.byName[name]; ok || d.Class == ClassSystem {
				continue
			}
			as := c.sealedNames[name]
			if name == SourceField || stricter(d.plan.attach, as) {
				as = d.plan.attach
			}
			if as == Open && bidderName(name) {
				as = Bid
			}
			if as != Personal && (personalName(name) || holdsPerson(v)) {
				as = Personal
			}
			if as == Open || (d.Seal != Open && as != Personal) {
				continue
			}
			seal(name, as)
			locked = locked || as != Personal
		}
	}
	if locked {
		s.Vaults = vaults(r)
	}
	return s
}

// Attachment tells how a file is stored that a record of a data set names: its
// seal and the vaults it hangs on, those of the record's own lots. Nobody can
// see what is in a file, so that it is sealed as a bid at least: it opens with
// its lots and not before, whatever the data set. False when no sender may name
// that data set, or there is no tender.
func (c *Catalogue) Attachment(origin, dataset, tender string, lots []string) (Seal, []Vault, bool) {
	d := c.byNo[dataset]
	if d == nil || d.Class == ClassSystem || strings.TrimSpace(tender) == "" {
		return "", nil, false
	}
	seal := Bid
	for _, s := range []Seal{d.Seal, d.plan.attach} {
		if stricter(s, seal) {
			seal = s
		}
	}
	return seal, vaults(&Record{Origin: origin, Dataset: dataset, Fields: map[string]string{
		or(d.Tender, "TENDER_PROJECT_CODE"): tender, or(d.Lot, "BID_SECTION_CODE"): strings.Join(lots, ";"),
	}}), true
}

// PersonCode returns the ID number in a field of organisation codes, or "". A
// code that is right as an organisation's is not taken for a person's.
func PersonCode(v string) string {
	if len(v) < 18 {
		return ""
	}
	for _, one := range trade.SplitCodes(v) {
		if validID(one) && trade.CheckOrgCode(one) != nil {
			return strings.ToUpper(one)
		}
	}
	return ""
}

// vaults lists the lots that a record names, each once, by code; the whole
// tender when it names no lot; none when it names no tender.
func vaults(r *Record) []Vault {
	tender := TenderCode(r)
	if tender == "" {
		return nil
	}
	codes := SectionCodes(r)
	if len(codes) == 0 {
		return []Vault{{Origin: r.Origin, Tender: tender}}
	}
	out := make([]Vault, len(codes))
	for i, lot := range codes {
		out[i] = Vault{Origin: r.Origin, Tender: tender, Lot: lot}
	}
	return out
}

// TenderCode returns the code of the transaction that a record names, without
// surrounding blanks; "" when it names none. It stands in the field that the
// catalogue names for the data set, such as PURCHASE_PROJECT_CODE, else in
// TENDER_PROJECT_CODE.
func TenderCode(r *Record) string {
	return strings.TrimSpace(r.Fields[or(place(r.Dataset).Tender, "TENDER_PROJECT_CODE")])
}

// LotField is the field that holds the lots of a data set's rows when the
// catalogue names one; else "".
func LotField(dataset string) string { return place(dataset).Lot }

// place is the data set of that number, or an empty one.
func place(no string) *Dataset {
	if d := Default().byNo[no]; d != nil {
		return d
	}
	return &nowhere
}

var nowhere Dataset

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// SectionCodes returns the lots that a record names, each once, ascending: in
// the field that the catalogue names for the data set, such as
// PURCHASE_SECTION_CODE, else in BID_SECTION_CODE or BID_SECTION_CODES.
func SectionCodes(r *Record) []string {
	var codes []string
	names := [2]string{"BID_SECTION_CODE", "BID_SECTION_CODES"}
	if own := place(r.Dataset).Lot; own != "" {
		names = [2]string{own}
	}
	for _, name := range names {
		if v := r.Fields[name]; v != "" {
			codes = append(codes, trade.SplitCodes(v)...)
		}
	}
	if len(codes) < 2 {
		return codes
	}
	sort.Strings(codes)
	n := 1
	for _, c := range codes[1:] {
		if c != codes[n-1] {
			codes[n] = c
			n++
		}
	}
	return codes[:n]
}
