package ledger

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mingjing/internal/standard"
)

// Whoever can write to the database but has no keys cannot have this program
// read what was never appended.
func TestRevealRefusesWhatWasNotAppended(t *testing.T) {
	store := newMemStore()
	l := openTest(t, store, t.TempDir())
	phone := openDraft("503", "N2", "1", map[string]string{"BID_OPEN_TIME": "20180321093000", "PHONE": "13800000000"})
	phone.Sealing = standard.Sealing{Fields: map[string]standard.Seal{"PHONE": standard.Personal}}
	mustAppend(t, l, submission(openDraft("503", "N1", "1", map[string]string{"BID_OPEN_TIME": "20180321093000"}), phone))
	system := openDraft("release", "K", "1", map[string]string{"STATE": "failed"})
	system.Record.Origin = SystemOrigin
	mustAppend(t, l, Submission{Author: Author{Kind: "system", ID: SystemOrigin}, Drafts: []Draft{system}})
	for position := range int64(3) {
		if _, err := l.Reveal(rowAt(t, store, position), nil); err != nil {
			t.Fatalf("record %d as appended: %v", position, err)
		}
	}
	set := func(from, to string) func(*Row) {
		return func(r *Row) {
			r.Fields = []byte(strings.ReplaceAll(string(r.Fields), from, to))
			if leaf, err := RowLeaf(r, Hash{}); err == nil {
				r.Leaf = leaf // the forger's leaf fits
			}
		}
	}
	for _, c := range []struct {
		name     string
		position int64
		change   func(*Row)
	}{
		{"an earlier time", 0, set("20180321", "20180301")},
		{"an earlier time beside a closed part", 1, set("20180321", "20180301")},
		{"a forged state", 2, set("failed", "opened")},
		{"another key", 2, func(r *Row) { r.Key = "K2" }},
		{"another revision", 0, func(r *Row) { r.Revision = "9" }},
		{"a delete", 0, func(r *Row) { r.Op = string(standard.Delete) }},
		{"a release that claims erased parts", 2, func(r *Row) {
			set("failed", "opened")(r)
			r.Commitments = make([]byte, 32)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := *rowAt(t, store, c.position)
			row.Fields = slices.Clone(row.Fields)
			c.change(&row)
			if got, err := l.Reveal(&row, all); !errors.Is(err, ErrLeaf) {
				t.Errorf("read as %+v, %v", got, err)
			}
		})
	}
}
