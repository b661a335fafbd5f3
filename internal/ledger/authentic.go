package ledger

import (
	"crypto/hmac"
	"fmt"
	"maps"
	"slices"

	"mingjing/internal/standard"
)

// authentic checks that what was read of a row is what was appended, by the
// MACs that were made of it then with a key outside the database. Without it
// whoever can write to the database, but has no keys, could write a release, or
// an earlier deadline, and have this program open bids for it before `verify` is
// run. Of a closed envelope nothing was read, so nothing is checked. Of a row
// with erased or destroyed parts only the identity can be; records of the
// platform itself are never erased.
func (k *Keyring) authentic(row *Row, g *reading) error {
	if g.envelope {
		return nil
	}
	altered := func(what string) error {
		return fmt.Errorf("record %d: %w: %s does not fit the MAC made when it was logged; run verify", row.Position, ErrLeaf, what)
	}
	rec := g.record(row.Origin)
	if !hmac.Equal(row.Identity, k.identity(rec.Origin, rec.Dataset, rec.Key)) {
		return altered("its origin, data set or key")
	}
	gone, err := erasedParts(row)
	if err != nil {
		return err
	}
	if len(g.hidden) > 0 && !gone && !g.destroyed {
		// Opened in memory to compare, then dropped.
		if g, err = k.read(row, func(*keyEntry) bool { return true }); err != nil {
			return err
		}
	}
	if gone || g.destroyed {
		if row.Author.Kind == "system" {
			return altered("a record of the platform itself, which is never erased and lacks parts,")
		}
		return nil
	}
	rec = g.whole(row.Origin)
	if !hmac.Equal(row.Content, k.content(&rec, slices.Sorted(maps.Keys(rec.Fields)))) {
		return altered("its content")
	}
	return nil
}

// erasedParts reports whether a row says that fields of it were erased.
func erasedParts(row *Row) (bool, error) {
	if len(row.Salts) > 0 {
		return true, nil
	}
	if len(row.Commitments) == 0 {
		return false, nil
	}
	sealed, err := SealedCount(row)
	return len(row.Commitments)/32 > sealed, err
}

// whole is record with the Personal fields.
func (g *reading) whole(origin string) standard.Record {
	r := g.record(origin)
	for name, f := range g.fields {
		if own, ok := senderName(name); ok {
			r.Fields[own] = f.value
		}
	}
	return r
}
