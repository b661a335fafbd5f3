package docket

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"mingjing/internal/standard"
)

// BulkSets says whether a data set is bulk, that is: enters a docket as counts,
// sums and digests and not row by row, and which of its fields are added up.
// nil: none is.
type BulkSets func(dataset string) (sums []string, bulk bool)

// BulkOf reads from a catalogue which data sets are bulk; their numbers are
// added up.
func BulkOf(c *standard.Catalogue) BulkSets {
	sets := map[string][]string{}
	for _, ds := range c.Datasets() {
		if !ds.Bulk {
			continue
		}
		sets[ds.No] = nil
		for i := range ds.Fields {
			if f := &ds.Fields[i]; f.Format.Kind == standard.Number && f.List == "" && f.Seal != standard.Personal {
				sets[ds.No] = append(sets[ds.No], f.Name)
			}
		}
	}
	return func(dataset string) ([]string, bool) {
		sums, ok := sets[dataset]
		return sums, ok
	}
}

// A BulkTotal stands for all live rows of a bulk data set that one trading
// system has for one lot.
type BulkTotal struct {
	Dataset string             `json:"dataset"`
	Origin  string             `json:"origin"`
	Lot     string             `json:"lot,omitempty"` // section code, several separated by ";"; "" for the whole tender
	Rows    int                `json:"rows"`
	Sums    map[string]BulkSum `json:"sums,omitempty"` // by field
	// Digest is the sum modulo 2^256 of the SHA-256 of each row's identity,
	// revision and readable content, in hex. It tells whether two folds hold
	// the same rows; it is no commitment that withstands a forger, which is
	// what the log is for.
	Digest string `json:"digest"`
}

// A BulkSum adds up one field.
type BulkSum struct {
	Rows int    `json:"rows"` // rows whose field holds a number
	Sum  string `json:"sum"`  // exact decimal
}

// A BulkRow is what one row adds to the totals, made of all its versions that
// can be read.
type BulkRow struct {
	Home    Code              `json:"home,omitempty"` // where its newest version with codes belongs
	Dataset string            `json:"dataset"`
	Origin  string            `json:"origin"`
	Lot     string            `json:"lot,omitempty"`
	Live    bool              `json:"live,omitempty"`    // neither deleted nor without a home
	Numbers map[string]string `json:"numbers,omitempty"` // exact decimals, by field
	Term    string            `json:"term,omitempty"`    // its part of the digest, hex
	Last    int64             `json:"last"`              // greatest log position of its versions
	Codes   []Code            `json:"codes,omitempty"`   // all that its versions named, when there are several
}

// Equal reports whether two rows add the same.
func (r BulkRow) Equal(o BulkRow) bool {
	return r.Home == o.Home && r.Dataset == o.Dataset && r.Origin == o.Origin && r.Lot == o.Lot && r.Live == o.Live &&
		r.Term == o.Term && r.Last == o.Last && maps.Equal(r.Numbers, o.Numbers) && slices.Equal(r.Codes, o.Codes)
}

// Readable reports whether a version can be read but for what is personal. A
// bulk row counts only when it can: its content must not change with its seals.
func (v *Version) Readable() bool {
	for _, s := range v.Sealed {
		if s != standard.Personal {
			return false
		}
	}
	return true
}

// SplitBulk parts the versions of bulk rows from all others. Those that cannot
// be read yet are in neither.
func SplitBulk(vs []Version, sets BulkSets) (plain, bulk []Version) {
	if sets == nil {
		return vs, nil
	}
	plain = make([]Version, 0, len(vs))
	for i := range vs {
		if _, ok := sets(vs[i].Dataset); !ok || system(vs[i].Dataset) {
			plain = append(plain, vs[i])
		} else if vs[i].Readable() {
			bulk = append(bulk, vs[i])
		}
	}
	return plain, bulk
}

// BulkRows makes the rows of versions that SplitBulk gave. Their order and
// repeats change nothing.
func BulkRows(bulk []Version, sets BulkSets) map[standard.Identity]BulkRow {
	out := map[standard.Identity]BulkRow{}
	for id, r := range rowsOf(bulk) {
		sums, _ := sets(id.Dataset)
		out[id] = bulkRow(r, sums)
	}
	return out
}

func bulkRow(r *row, sums []string) BulkRow {
	out := BulkRow{Dataset: valid(r.id.Dataset), Origin: valid(r.id.Origin), Last: r.last}
	for _, v := range r.versions {
		codes := Codes(&v.Record)
		if len(codes) == 0 || strings.HasPrefix(string(codes[0]), RowCode) {
			continue
		}
		out.Home = codes[0]
		if i := slices.IndexFunc(codes, func(c Code) bool { return c.Docket() != "" }); i >= 0 {
			out.Home = codes[i]
		}
		out.Codes = append(out.Codes, codes...)
	}
	slices.Sort(out.Codes)
	if out.Codes = slices.Compact(out.Codes); len(out.Codes) == 1 {
		out.Codes = nil
	}
	cur := r.current()
	if cur.Op == standard.Delete || out.Home == "" {
		return out
	}
	out.Live, out.Lot = true, strings.Join(Sections(cur.Dataset, cur.Fields), ";")
	for _, name := range sums {
		if n, ok := readDecimal(cur.Fields[name]); ok {
			if out.Numbers == nil {
				out.Numbers = map[string]string{}
			}
			out.Numbers[name] = n.text()
		}
	}
	term := bulkTerm(cur)
	out.Term = hex.EncodeToString(term[:])
	return out
}

// bulkTerm is what a live row adds to the digest. Revisions that compare as
// equal are equal here.
func bulkTerm(v *Version) [32]byte {
	revision, number := digits(v.Revision)
	if number {
		revision = "n" + revision
	} else {
		revision = "t" + revision
	}
	h := sha256.New()
	var n [8]byte
	content := contentHash(v)
	for _, s := range []string{v.Origin, v.Dataset, v.Key, revision, string(content[:])} {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return [32]byte(h.Sum(nil))
}

// FoldBulk is Fold for a platform with bulk data sets: their rows are not in
// Live but in the totals of Bulk. Raw OCDS releases are left as they are; see
// Expand.
func FoldBulk(id string, vs []Version, sets BulkSets) *Docket {
	plain, bulk := SplitBulk(vs, sets)
	d := Fold(id, plain)
	near := Links(id, plain)
	t := NewBulkTally()
	through := int64(-1)
	for _, r := range BulkRows(bulk, sets) {
		t.Add(r)
		if r.near(near) {
			through = max(through, r.Last)
		}
	}
	d.AddBulk(t, near, through)
	return d
}

func (r *BulkRow) near(codes map[Code]bool) bool {
	if _, ok := codes[r.Home]; ok {
		return true
	}
	return slices.ContainsFunc(r.Codes, func(c Code) bool { _, ok := codes[c]; return ok })
}

// Links returns the codes by which rows belong to a docket: itself, and the
// projects and sections of the rows that declare it. True are those of live versions;
// false those that only superseded versions named.
func Links(id string, vs []Version) map[Code]bool {
	var heads []Version
	for i := range vs {
		if leads(vs[i].Dataset) {
			heads = append(heads, vs[i])
		}
	}
	linked, ever := linksOf(id, rowsOf(heads))
	out := map[Code]bool{}
	for c := range ever {
		out[c] = linked[c]
	}
	for _, c := range Roots(id) {
		out[c] = true
	}
	return out
}

// AddBulk puts the totals of a tally into a docket, as far as they belong to
// it by the codes that Links gave. through is the greatest log position of the
// bulk rows that any of these codes touched, -1 for none.
func (d *Docket) AddBulk(t *BulkTally, links map[Code]bool, through int64) {
	d.Through = max(d.Through, through)
	d.Bulk = t.totals(func(home Code) bool { return links[home] })
	for _, b := range d.Bulk {
		d.Origins = append(d.Origins, b.Origin)
	}
	slices.Sort(d.Origins)
	d.Origins = slices.Compact(d.Origins)
}

func compareTotals(a, b BulkTotal) int {
	return cmp.Or(strings.Compare(a.Dataset, b.Dataset), strings.Compare(a.Origin, b.Origin), strings.Compare(a.Lot, b.Lot))
}
