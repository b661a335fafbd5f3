package disclose

import (
	"slices"
	"strings"

	"mingjing/internal/standard"
)

// Bulk is what a reader may see of the rows of a bulk data set that one trading
// system has for one lot.
type Bulk struct {
	Dataset string `json:"dataset"`
	ZH      string `json:"zh"`
	EN      string `json:"en"`
	Origin  string `json:"origin"`
	Lot     string `json:"lot,omitempty"`
	Rows    int    `json:"rows"`
	Sums    []Sum  `json:"sums"`             // of the fields that the reader may see
	Digest  string `json:"digest,omitempty"` // only for who may see every field: the others could guess theirs by it
}

// A Sum adds up one field.
type Sum struct {
	Name string `json:"name"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
	Rows int    `json:"rows"` // rows whose field holds a number
	Sum  string `json:"sum"`  // exact decimal
}

// bulk builds the totals that the reader may see: those of rows of which he
// would see at least one field whole. By the same table as the rows would be
// shown, so that no count tells of rows that are closed.
func (b *builder) bulk(v *Docket) {
	for i := range b.d.Bulk {
		t := &b.d.Bulk[i]
		if b.seat == seatSource && !slices.Contains(b.r.Origins, t.Origin) {
			continue
		}
		ds := b.w.catalogue.Dataset(t.Dataset)
		if ds == nil {
			continue // nobody knows what it holds
		}
		var lots []string
		if t.Lot != "" {
			lots = strings.Split(t.Lot, ";")
		}
		out := Bulk{Dataset: t.Dataset, ZH: ds.NameZH, EN: ds.NameEN, Origin: t.Origin, Lot: t.Lot, Rows: t.Rows, Sums: []Sum{}, Digest: t.Digest}
		some, whole := false, true
		m := b.stages.of(t.Origin, lots)
		for j := range ds.Fields {
			f := &ds.Fields[j]
			seal := b.w.sealOf(t.Dataset, f.Name)
			if seal == standard.Personal {
				continue // in nobody's rows, sums or digest
			}
			if b.w.reason(t.Dataset, f.Name, seal, b.seat, m).Verdict != Show {
				whole = false
				continue
			}
			some = true
			if s, ok := t.Sums[f.Name]; ok {
				out.Sums = append(out.Sums, Sum{Name: f.Name, ZH: f.ZH, EN: f.EN, Rows: s.Rows, Sum: s.Sum})
			}
		}
		if !some {
			continue
		}
		if !whole {
			out.Digest = ""
		}
		v.Bulk = append(v.Bulk, out)
	}
}
