package docket

import (
	"cmp"
	"slices"
	"strings"

	"mingjing/internal/standard"
)

// declaring lists the data sets whose rows declare a lot, with the field of its name.
var declaring = map[string]string{"502": "BID_SECTION_NAME", "550": "PURCHASE_SECTION_NAME", "700": "BID_NAME", "750": "BID_NAME", "1105": "CATANAME"}

// LotName is the field that holds a lot's name in a data set that declares
// lots; "" in all others.
func LotName(dataset string) string { return declaring[dataset] }

// lots finds the sections of the tender, from the 502 that declare them and
// all rows that name them, and puts the bids that can be read on them.
func (d *Docket) lots() {
	byCode := map[string]*Lot{}
	lot := func(code string) *Lot {
		l := byCode[code]
		if l == nil {
			l = &Lot{Code: code}
			byCode[code] = l
		}
		return l
	}
	for i := range d.Live {
		e := &d.Live[i]
		if e.Deleted {
			continue
		}
		for _, code := range e.Lots() {
			l := lot(code)
			if name, ok := declaring[e.Dataset]; ok {
				l.Declared = true
				if l.Name == "" {
					l.Name = strings.TrimSpace(e.Fields[name])
				}
			}
		}
	}
	bids := map[string][]*Entry{}
	for _, dataset := range bidSets {
		for e := range d.rows(dataset) {
			lots := e.Lots()
			if len(lots) == 0 {
				lots = []string{""}
				lot("")
			}
			for _, code := range lots {
				bids[code] = append(bids[code], e)
			}
		}
	}
	for code, l := range byCode {
		l.Bids = bidsOf(bids[code])
		d.Lots = append(d.Lots, *l)
	}
	slices.SortFunc(d.Lots, func(a, b Lot) int { return strings.Compare(a.Code, b.Code) })
}

// bidsOf makes one bid a bidder. Rows with the same organisation code are one
// bidder's; a row without code is the bidder of its name. A row with neither
// stands for itself.
func bidsOf(rows []*Entry) []Bid {
	var out []Bid
	index := map[string]int{}
	code := func(e *Entry) string { return strings.ToUpper(strings.TrimSpace(e.Fields["BIDDER_ORG_CODE"])) }
	name := func(e *Entry) string { return strings.Join(strings.Fields(e.Fields["BIDDER_NAME"]), " ") }
	put := func(key string, e *Entry) {
		if i, ok := index[key]; ok && key != "" {
			out[i].More = append(out[i].More, e.Ref(""))
			return
		}
		if key != "" {
			index[key] = len(out)
		}
		if n := name(e); n != "" {
			if _, ok := index["name:"+n]; !ok {
				index["name:"+n] = len(out)
			}
		}
		out = append(out, Bid{Bidder: name(e), Code: code(e), Ref: e.Ref("")})
	}
	for _, e := range rows {
		if c := code(e); c != "" {
			put("code:"+c, e)
		}
	}
	for _, e := range rows {
		if code(e) != "" {
			continue
		}
		if n := name(e); n != "" {
			put("name:"+n, e)
		} else {
			put("", e)
		}
	}
	slices.SortFunc(out, func(a, b Bid) int {
		return cmp.Or(strings.Compare(a.Code, b.Code), strings.Compare(a.Bidder, b.Bidder), strings.Compare(a.Ref.Origin, b.Ref.Origin), strings.Compare(a.Ref.Key, b.Ref.Key))
	})
	return out
}

// Lot returns the lot with a code, nil when the docket has none.
func (d *Docket) Lot(code string) *Lot {
	for i := range d.Lots {
		if d.Lots[i].Code == code {
			return &d.Lots[i]
		}
	}
	return nil
}

// Bidders counts the distinct bidders of a lot among versions of 507 or 557 rows of
// one origin: what must be known, once the moment has come, to say whether the
// opening stands. Superseded and deleted rows do not count.
func Bidders(origin, tender, lot string, vs []Version) int {
	var live []Entry
	for _, r := range rowsOf(vs) {
		v := r.current()
		if !slices.Contains(bidSets, v.Dataset) || v.Origin != origin || v.Op == standard.Delete || standard.TenderCode(&v.Record) != tender {
			continue
		}
		lots := Sections(v.Dataset, v.Fields)
		if slices.Contains(lots, lot) || lot == "" && len(lots) == 0 {
			live = append(live, entry(r))
		}
	}
	slices.SortFunc(live, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	rows := make([]*Entry, len(live))
	for i := range live {
		rows[i] = &live[i]
	}
	return len(bidsOf(rows))
}
