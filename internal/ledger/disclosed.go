package ledger

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"
)

// ParseDisclosed reads a disclosed-fields file: one Disclosed, or an array of
// them, in JSON.
func ParseDisclosed(raw []byte) ([]Disclosed, error) {
	raw = bytes.TrimSpace(raw)
	var ds []Disclosed
	var err error
	if len(raw) > 0 && raw[0] == '[' {
		err = json.Unmarshal(raw, &ds)
	} else {
		var d Disclosed
		err = json.Unmarshal(raw, &d)
		ds = append(ds, d)
	}
	if err != nil {
		return nil, fmt.Errorf("disclosed-fields file is not JSON of that form: %w", err)
	}
	for i := range ds {
		if ds[i].Log == "" || ds[i].Position < 0 || len(ds[i].Fields) == 0 {
			return nil, fmt.Errorf("disclosed-fields file: entry %d has no log, position or field", i+1)
		}
	}
	return ds, nil
}

// CheckDisclosed verifies that d's fields, with their salts, and the
// commitments of what is not shown give the leaf that d names; which leaf
// stands at the position is the log's to say. A field may be shown once only.
func CheckDisclosed(d *Disclosed) error {
	seen := map[string]bool{}
	for _, f := range d.Fields {
		if seen[f.Name] {
			return fmt.Errorf("field %q is shown twice", f.Name)
		}
		seen[f.Name] = true
	}
	leaf, err := d.Recompute()
	if err != nil {
		return err
	}
	if hex.EncodeToString(leaf[:]) != d.Leaf {
		return fmt.Errorf("%w: a field, a salt or a commitment was altered", ErrLeaf)
	}
	return nil
}
