package ledger

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mingjing/internal/standard"
)

func TestOtherHarmIsFound(t *testing.T) {
	for name, tt := range map[string]struct {
		harm func(b *bench)
		kind string
	}{
		"row dropped":          {func(b *bench) { b.store.rows = slices.Delete(b.store.rows, 1, 2) }, TroubleMissing},
		"first row dropped":    {func(b *bench) { b.store.rows = b.store.rows[1:] }, TroubleMissing},
		"last row dropped":     {func(b *bench) { b.store.rows = b.store.rows[:tailRow] }, TroubleMissing},
		"rows swapped":         {func(b *bench) { swap(b.store.rows[0], b.store.rows[1]) }, TroubleTile},
		"row repeated":         {func(b *bench) { b.store.rows = append(b.store.rows, b.store.rows[2]) }, TroubleOrder},
		"dropped, moved up":    {func(b *bench) { dropAndClose(b.store, 1) }, TroubleHistory},
		"tile":                 {func(b *bench) { b.store.tiles[[2]int64{0, 0}][33] ^= 1 }, TroubleTile},
		"tile gone":            {func(b *bench) { delete(b.store.tiles, [2]int64{0, 0}) }, TroubleTile},
		"tile cut":             {func(b *bench) { k := [2]int64{0, 0}; b.store.tiles[k] = b.store.tiles[k][:64] }, TroubleTile},
		"head root":            {func(b *bench) { b.store.head.Root[3] ^= 1 }, TroubleRoot},
		"head smaller":         {func(b *bench) { b.store.head.Size-- }, TroubleHistory},
		"head larger":          {func(b *bench) { b.store.head.Size++ }, TroubleMissing},
		"batch body":           {func(b *bench) { b.store.batches[0].Evidence[50] ^= 1 }, TroubleMissing},
		"sealed batch body":    {func(b *bench) { e := b.store.batches[1].Evidence; e[len(e)-1] ^= 1 }, TroubleAltered},
		"batch commitment":     {func(b *bench) { b.store.batches[1].Evidence[3] ^= 1 }, TroubleAltered},
		"batch swapped":        {func(b *bench) { s := b.store.batches; s[0].Evidence, s[3].Evidence = s[3].Evidence, s[0].Evidence }, TroubleAltered},
		"batch author":         {func(b *bench) { b.store.batches[0].Author.ID = "other" }, TroubleAltered},
		"batch received":       {func(b *bench) { b.store.batches[0].Received = b.store.batches[0].Received.Add(-time.Hour) }, TroubleAltered},
		"batch gone":           {func(b *bench) { b.store.batches = b.store.batches[:3] }, TroubleMissing},
		"batch counted":        {func(b *bench) { b.store.head.Batches++ }, TroubleMissing},
		"batch erased unasked": {func(b *bench) { eraseBatch(b, 0) }, TroubleErasure},
		"value erased unasked": {func(b *bench) { eraseQuietly(t, b, openRow, "NOTICE_NAME") }, TroubleErasure},
		"more erased":          {func(b *bench) { eraseQuietly(t, b, erasedAt, "TENDER_PROJECT_CODE") }, TroubleErasure},
		"erasure not done":     {func(b *bench) { b.recordErasureOnly(t) }, TroubleErasure},
		"checkpoint file":      {func(b *bench) { editKept(t, b.dir, "\n4\n", "\n5\n") }, TroubleCheckpoint},
		"checkpoint dropped":   {func(b *bench) { dropKept(t, b.dir) }, TroubleCheckpoint},
	} {
		t.Run(name, func(t *testing.T) {
			b := fullBench(t)
			opt := b.options()
			tt.harm(b)
			r, err := VerifyData(t.Context(), opt)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(r.Troubles, func(tr Trouble) bool { return tr.Kind == tt.kind }) {
				t.Errorf("no trouble of kind %s: %s", tt.kind, report(r))
			}
		})
	}
}

// swap exchanges two rows but for their positions.
func swap(a, b *Row) {
	*a, *b = *b, *a
	a.Position, b.Position = b.Position, a.Position
}

// dropAndClose drops a row as a careful forger does: positions close up, and
// tiles and head are computed anew.
func dropAndClose(m *MemStore, at int) {
	m.rows = slices.Delete(slices.Clone(m.rows), at, at+1)
	rebuild(m)
}

// rebuild makes positions, tiles and head fit the rows.
func rebuild(m *MemStore) {
	e := &edge{}
	m.tiles = map[[2]int64][]byte{}
	for i, r := range m.rows {
		m.rows[i] = cloneRow(r)
		m.rows[i].Position = int64(i)
		for _, t := range e.append([]Hash{r.Leaf}) {
			m.tiles[[2]int64{int64(t.Level), t.Index}] = t.Hashes
		}
	}
	m.head.Size, m.head.Root = e.size, e.root()
}

func eraseBatch(b *bench, i int) {
	c, _, err := BatchCommitment(b.store.batches[i])
	if err != nil {
		panic(err)
	}
	b.store.batches[i].Evidence = erasedBatch(c, erasure)
}

func eraseQuietly(t *testing.T, b *bench, at int64, field string) {
	next, _, _, err := b.l.keys.eraseRow(b.store.rows[at], Erasure{Fields: []string{field}})
	if err != nil {
		t.Fatal(err)
	}
	b.store.rows[at] = next
}

// recordErasureOnly appends an erasure record and does not carry it out.
func (b *bench) recordErasureOnly(t *testing.T) {
	mustAppend(t, b.l, Submission{Author: Author{Kind: "person", ID: "office"}, Drafts: []Draft{{
		Record: standard.Record{
			Origin: SystemOrigin, Dataset: ErasureDataset, Op: standard.Insert, Key: "2/1", Revision: "2",
			Fields: map[string]string{"ORDER": "2", "POSITION": "1", "FIELDS": "TENDER_PROJECT_CODE", "REASON": "x", "PERSON": ""},
		},
		Codes: []string{"tender:T1"},
	}}})
}

func editKept(t *testing.T, dir, from, to string) {
	files, _ := keptFiles(dir)
	raw, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(raw), from) {
		t.Fatalf("%v: %s", err, raw)
	}
	if err := os.WriteFile(files[0], []byte(strings.Replace(string(raw), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func dropKept(t *testing.T, dir string) {
	files, _ := keptFiles(dir)
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[0], raw[bytes.Index(raw, []byte("checkpoint 2 ")):], 0o600); err != nil {
		t.Fatal(err)
	}
}

// A forger who can recompute everything in the database, but has not the
// signing key, is found by the kept checkpoints.
func TestCarefulForger(t *testing.T) {
	b := fullBench(t)
	opt := b.options()
	row := b.store.rows[openRow]
	replace(&row.Fields, "T1", "T2")
	batch, _, _ := BatchCommitment(b.store.batches[0])
	row.Leaf, _ = RowLeaf(row, batch)
	row.Content = b.l.keys.content(&standard.Record{Revision: row.Revision, Op: standard.Op(row.Op), Fields: map[string]string{"TENDER_PROJECT_CODE": "T2", "NOTICE_NAME": "公告"}}, []string{"NOTICE_NAME", "TENDER_PROJECT_CODE"})
	rebuild(b.store)
	r, err := VerifyData(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range r.Troubles {
		if tr.Kind != TroubleHistory {
			t.Errorf("the forger was not careful: %+v", tr)
		}
	}
	if len(r.Troubles) != 2 { // both kept checkpoints
		t.Errorf("%s", report(r))
	}
}

func TestVerifyRandomHarm(t *testing.T) {
	b := fullBench(t)
	opt := b.options()
	honest := slices.Clone(b.store.rows)
	rapid.Check(t, func(rt *rapid.T) {
		rows := make([]*Row, len(honest))
		for i := range honest {
			rows[i] = cloneRow(honest[i])
		}
		at := rapid.IntRange(0, len(rows)-1).Draw(rt, "row")
		switch rapid.SampledFrom([]string{"bytes", "text", "drop", "move", "copy", "time"}).Draw(rt, "harm") {
		case "bytes":
			r := rows[at]
			p := rapid.SampledFrom([]*[]byte{&r.Fields, &r.Sealed, &r.Seed, &r.Commitments, &r.Salts, &r.Identity}).Draw(rt, "column")
			if len(*p) == 0 {
				*p = []byte{rapid.Byte().Draw(rt, "new")}
			} else {
				i := rapid.IntRange(0, len(*p)-1).Draw(rt, "at")
				(*p)[i] ^= byte(rapid.IntRange(1, 255).Draw(rt, "xor"))
			}
		case "text":
			r := rows[at]
			p := rapid.SampledFrom([]*string{&r.Origin, &r.Dataset, &r.Key, &r.Revision, &r.Op, &r.Occurred, &r.Standard, &r.Author.Kind, &r.Author.ID, &r.Author.Key}).Draw(rt, "column")
			was := *p
			*p = rapid.StringN(0, 5, -1).Filter(func(s string) bool { return s != was }).Draw(rt, "text")
		case "drop":
			rows = slices.Delete(rows, at, at+1)
		case "move":
			to := rapid.IntRange(0, len(rows)-1).Filter(func(i int) bool { return i != at }).Draw(rt, "to")
			swap(rows[at], rows[to])
		case "copy":
			to := rapid.IntRange(0, len(rows)-1).Filter(func(i int) bool { return i != at }).Draw(rt, "to")
			pos := rows[to].Position
			*rows[to] = *cloneRow(rows[at])
			rows[to].Position = pos
		case "time":
			ms := rapid.Int64Range(-1e9, 1e9).Filter(func(n int64) bool { return n != 0 }).Draw(rt, "ms")
			rows[at].Received = rows[at].Received.Add(time.Duration(ms) * time.Millisecond)
		}
		if sameRows(rows, honest) {
			rt.Skip("nothing changed")
		}
		b.store.rows = rows
		r, err := VerifyData(context.Background(), opt)
		if err != nil {
			rt.Fatal(err)
		}
		if r.OK() {
			rt.Fatalf("harm at row %d was not found", at)
		}
	})
}

// sameRows tells whether rows mean the same: white space in a JSON text does not.
func sameRows(a, b []*Row) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := *a[i], *b[i]
		if mapOf(x.Fields) == mapOf(y.Fields) {
			x.Fields, y.Fields = nil, nil
		}
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

func mapOf(raw []byte) string {
	fields, err := OpenFields(&Row{Dataset: "x", Op: "x", Fields: raw})
	return fmt.Sprint(fields, err)
}
