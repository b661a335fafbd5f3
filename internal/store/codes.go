package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"mingjing/internal/ledger"
)

// codeSpan is how many positions share one sum in CheckCodes.
const codeSpan = 256

// CheckCodes compares table code, by which records are found, with the codes in
// the records below size: an entry taken out hides a record from its docket. It
// returns how many entries there are, and the first position of each span of
// codeSpan positions where the two differ. It keeps one sum a span in memory.
func (db *DB) CheckCodes(ctx context.Context, size int64) (entries int64, spans []int64, err error) {
	sums := map[int64]uint64{}
	add := func(code string, position int64, sign uint64) {
		h := sha256.New()
		_ = binary.Write(h, binary.BigEndian, position) // a hash takes everything
		h.Write([]byte(code))
		sums[position/codeSpan] += sign * binary.BigEndian.Uint64(h.Sum(nil))
	}
	var rowCodes []string
	err = db.Rows(ctx, 0, size, func(r *ledger.Row) error {
		rowCodes = rowCodes[:0]
		for _, c := range r.Codes {
			rowCodes = append(rowCodes, shortCode(c))
		}
		slices.Sort(rowCodes)
		for _, c := range slices.Compact(rowCodes) {
			add(c, r.Position, 1)
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	rows, err := db.read.QueryContext(ctx, `SELECT code, position FROM code WHERE position < $1`, size)
	if err != nil {
		return 0, nil, fmt.Errorf("store: codes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var code string
		var position int64
		if err := rows.Scan(&code, &position); err != nil {
			return 0, nil, fmt.Errorf("store: codes: %w", err)
		}
		add(code, position, ^uint64(0))
		entries++
	}
	for span, sum := range sums {
		if sum != 0 {
			spans = append(spans, span*codeSpan)
		}
	}
	slices.Sort(spans)
	return entries, spans, rows.Err()
}
