package ledger

import (
	"encoding/hex"
	"maps"
	"slices"

	"mingjing/internal/standard"
)

// eraseRow returns row without the fields of e, and the keys to destroy.
func (k *Keyring) eraseRow(row *Row, e Erasure) (next *Row, destroy []KeyID, changed bool, err error) {
	gone := map[string]bool{}
	for _, name := range e.Fields {
		gone[erasedName(name)] = true
	}
	next = new(*row)
	values := map[string]string{} // of what goes, to blot them out of the defects
	open, err := OpenFields(row)
	if err != nil {
		return nil, nil, false, err
	}
	salts, err := openSalts(row, slices.Collect(maps.Keys(open)))
	if err != nil {
		return nil, nil, false, err
	}
	var moved []Hash
	kept, keptFields := map[string]string{}, map[string]string{}
	for name, value := range open {
		if gone[name] {
			moved = append(moved, CommitSalted(salts[name], name, value))
			values[name] = value
			continue
		}
		s := salts[name]
		kept[name] = hex.EncodeToString(s[:])
		if own, ok := senderName(name); ok {
			keptFields[own] = value
		}
	}
	if len(moved) > 0 {
		changed = true
		next.Seed = nil
		if next.Salts, err = marshalSorted(kept); err != nil {
			return nil, nil, false, err
		}
		if !row.whole() {
			if next.Fields, err = marshalSorted(keptFields); err != nil {
				return nil, nil, false, err
			}
		}
		for rest := row.Commitments; len(rest) >= 32; rest = rest[32:] {
			moved = append(moved, Hash(rest[:32]))
		}
		sortHashes(moved)
		next.Commitments = nil
		for i := range moved {
			next.Commitments = append(next.Commitments, moved[i][:]...)
		}
	}
	x := &partEraser{keys: k, row: row, gone: gone, person: e.Person, values: values}
	if next.Sealed, err = x.parts(row.Sealed); err != nil {
		return nil, nil, false, err
	}
	changed = changed || x.changed
	if gone[FieldProblems] {
		next.Problems = nil // their texts may speak of what goes; their commitment stays
	}
	return next, x.destroy, changed, nil
}

// A partEraser rewrites sealed parts without the fields that go.
type partEraser struct {
	keys    *Keyring
	row     *Row
	gone    map[string]bool
	person  bool
	values  map[string]string
	destroy []KeyID
	changed bool
}

func (x *partEraser) parts(raw []byte) ([]byte, error) {
	parts, err := decodeParts(raw)
	if err != nil || len(parts) == 0 {
		return raw, err
	}
	kept := parts[:0]
	for _, p := range parts {
		keep, err := x.part(p)
		if err != nil {
			return nil, err
		}
		if keep {
			kept = append(kept, p)
		}
	}
	return encodeParts(kept), nil
}

func (x *partEraser) part(p *part) (keep bool, err error) {
	keys, have, err := x.keys.all(p.box.ids)
	if err != nil {
		return false, err
	}
	if !have { // destroyed: by an earlier try of this erasure, or by another
		drop := x.person && p.seal == standard.Personal
		x.changed = x.changed || drop
		return !drop, nil
	}
	c, _, err := x.keys.openPart(x.row, p)
	if err != nil {
		return false, err
	}
	if x.person && p.seal == standard.Personal {
		shared := x.keys.personToken(personName(x.row.Origin, ""))
		for _, e := range keys {
			if e.person != shared {
				x.destroy = append(x.destroy, e.id)
			}
		}
		for _, f := range c.fields {
			x.values[f.name] = f.value
		}
		x.changed = true
		return false, nil
	}
	before := len(c.fields)
	c.salts()
	c.fields = slices.DeleteFunc(c.fields, func(f field) bool {
		if x.gone[f.name] {
			x.values[f.name] = f.value
		}
		return x.gone[f.name]
	})
	was := x.changed
	x.changed = false
	nested, err := x.parts(c.nested)
	if err != nil {
		return false, err
	}
	if len(c.fields) == before && !x.changed {
		x.changed = was
		return true, nil
	}
	x.changed = true
	c.nested = nested
	if c.problems, err = blotProblems(c.problems, x.values); err != nil {
		return false, err
	}
	if len(c.fields) == 0 && len(c.nested) == 0 {
		return false, nil
	}
	c.seed = nil // it would give the salts of what was erased
	return true, x.keys.boxPart(x.row, p, c, keys)
}
