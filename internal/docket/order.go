package docket

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"mingjing/internal/standard"
)

// CompareRevision orders revisions: those of digits alone as numbers, before
// all others, which are ordered as text. (Were a mixed pair compared as text,
// 9 < 10 < 1a < 9 would be a circle, and the newest version would depend on
// who is compared first.)
func CompareRevision(a, b string) int {
	na, da := digits(a)
	nb, db := digits(b)
	switch {
	case da && db:
		if c := cmp.Compare(len(na), len(nb)); c != 0 {
			return c
		}
		return strings.Compare(na, nb)
	case da:
		return -1
	case db:
		return 1
	}
	return strings.Compare(a, b)
}

// digits reports whether s is of digits alone, and s without leading zeros.
func digits(s string) (string, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return s, false
		}
	}
	return strings.TrimLeft(s, "0"), true
}

// contentHash is the SHA-256 of what a version says, as far as it can be read:
// whether it puts or deletes, when it happened, and its fields.
func contentHash(v *Version) [32]byte {
	h := sha256.New()
	var n [8]byte
	text := func(s string) {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	if v.Op == standard.Delete {
		text("delete")
	} else {
		text("put")
	}
	text(v.Occurred)
	for _, name := range slices.Sorted(maps.Keys(v.Fields)) {
		text(name)
		text(v.Fields[name])
	}
	return [32]byte(h.Sum(nil))
}

// A row is all versions of one row, in order, without duplicates.
type row struct {
	id       standard.Identity
	versions []*Version
	first    *Version // the one that was received first
	last     int64    // greatest position, duplicates included
}

func (r *row) current() *Version { return r.versions[len(r.versions)-1] }

// rowsOf groups versions by row and orders each row's by (revision, content).
// Of versions that agree in both the one that came first stands.
func rowsOf(vs []Version) map[standard.Identity]*row {
	rows := make(map[standard.Identity]*row)
	for i := range vs {
		v := &vs[i]
		id := v.Identity()
		r := rows[id]
		if r == nil {
			r = &row{id: id, first: v}
			rows[id] = r
		}
		r.versions = append(r.versions, v)
		r.last = max(r.last, v.Position)
		if v.Received.Before(r.first.Received) || v.Received.Equal(r.first.Received) && earlier(v, r.first) < 0 {
			r.first = v
		}
	}
	for _, r := range rows {
		r.order()
	}
	return rows
}

func (r *row) order() {
	if len(r.versions) == 1 {
		return
	}
	hashes := make(map[*Version][32]byte)
	hash := func(v *Version) [32]byte {
		h, ok := hashes[v]
		if !ok {
			h = contentHash(v)
			hashes[v] = h
		}
		return h
	}
	same := func(a, b *Version) int {
		if c := CompareRevision(a.Revision, b.Revision); c != 0 {
			return c
		}
		ha, hb := hash(a), hash(b)
		return slices.Compare(ha[:], hb[:])
	}
	slices.SortFunc(r.versions, func(a, b *Version) int {
		if c := same(a, b); c != 0 {
			return c
		}
		return earlier(a, b)
	})
	r.versions = slices.CompactFunc(r.versions, func(a, b *Version) bool { return same(a, b) == 0 })
}

// earlier orders versions that say the same: by position, and where even that
// is equal by whatever else they hold, so that the order of the input never shows.
func earlier(a, b *Version) int {
	flag := func(v *Version) int {
		n := 0
		if v.History {
			n |= 1
		}
		if v.System {
			n |= 2
		}
		return n
	}
	return cmp.Or(
		cmp.Compare(a.Position, b.Position), a.Received.Compare(b.Received), strings.Compare(a.Revision, b.Revision),
		strings.Compare(a.Source, b.Source), strings.Compare(string(a.Op), string(b.Op)),
		cmp.Compare(flag(a), flag(b)), cmp.Compare(len(a.Sealed), len(b.Sealed)), strings.Compare(sealText(a), sealText(b)),
	)
}

func sealText(v *Version) string {
	if len(v.Sealed) == 0 {
		return ""
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(v.Sealed)) {
		b.WriteString(name + "\x00" + string(v.Sealed[name]) + "\x00")
	}
	return b.String()
}
