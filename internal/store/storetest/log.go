package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

func testAppend(t *testing.T, db *store.DB) {
	ctx := t.Context()
	head, err := db.Head(ctx)
	must(t, err)
	want(t, "empty head", head, ledger.Head{Root: sha256.Sum256(nil)})

	plain := row(0, "tender:甲", "project:乙", "tender:甲")
	plain.Batch, plain.History, plain.Problems = 1, true, []byte(`[{"rule":"S012"}]`)
	// A wholly sealed row: nothing stands open.
	sealed := row(1, "sealed:00ff")
	sealed.Dataset, sealed.Key, sealed.Revision, sealed.Op, sealed.Occurred = "", "", "", "", ""
	sealed.Fields, sealed.Seed = nil, nil
	sealed.Sealed, sealed.Commitments = []byte{0, 1, 0, 255}, []byte(strings.Repeat("c", 64))
	system := row(2)
	system.Author, system.Salts = ledger.Author{Kind: "system", ID: "mingjing"}, []byte(`{"A":"00"}`)
	system.Seed = nil
	rows := []*ledger.Row{plain, sealed, system}
	batch := &ledger.BatchRow{ID: 1, Received: day, Author: plain.Author, Evidence: []byte{0, 0, 7}}
	now := ledger.Head{Size: 3, Root: hash("root"), Batches: 1}
	must(t, db.Append(ctx, func(tx ledger.Tx) error {
		if err := tx.Insert(ctx, rows, []*ledger.BatchRow{batch}, nil, now); err != nil {
			return err
		}
		want(t, "head in the transaction", tx.Head(), now)
		return nil
	}))

	head, err = db.Head(ctx)
	must(t, err)
	want(t, "head", head, now)
	want(t, "rows", all(t, db), rows)
	if z := all(t, db)[0].Received.Location(); z != time.UTC {
		t.Errorf("received is in zone %v, needed is UTC", z)
	}
	some, err := db.RowsAt(ctx, []int64{2, 99, 0, 2})
	must(t, err)
	want(t, "rows at", some, []*ledger.Row{plain, system})
	none, err := db.RowsAt(ctx, nil)
	must(t, err)
	want(t, "no rows at", len(none), 0)
	kept, err := db.Batch(ctx, 1)
	must(t, err)
	want(t, "batch", kept, batch)
	kept, err = db.Batch(ctx, 2)
	must(t, err)
	want(t, "no batch", kept, nil)

	// Many rows at once, over the size of one prepared insert and of one page of Rows.
	mustAdd(t, db, 777, nil)
	got := all(t, db)
	want(t, "number of rows", len(got), 780)
	for i, r := range got {
		if r.Position != int64(i) {
			t.Fatalf("row %d has position %d", i, r.Position)
		}
	}
	var positions []int64
	must(t, db.Rows(ctx, 255, 258, func(r *ledger.Row) error { positions = append(positions, r.Position); return nil }))
	want(t, "a range", positions, []int64{255, 256, 257})
	stop := errors.New("stop")
	if err := db.Rows(ctx, 0, 10, func(*ledger.Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Rows returned %v, needed is the callback's error", err)
	}
}

func testHead(t *testing.T, db *store.DB) {
	ctx := t.Context()
	mustAdd(t, db, 3, nil)
	for _, c := range []struct {
		name string
		rows []*ledger.Row
		head ledger.Head
	}{
		{"gap", []*ledger.Row{row(4)}, ledger.Head{Size: 4}},
		{"position taken", []*ledger.Row{row(2)}, ledger.Head{Size: 4}},
		{"head too far", []*ledger.Row{row(3)}, ledger.Head{Size: 5}},
		{"head not moved", []*ledger.Row{row(3)}, ledger.Head{Size: 3}},
		{"batch not there", []*ledger.Row{row(3)}, ledger.Head{Size: 4, Batches: 1}},
		{"no identity", []*ledger.Row{{Position: 3}}, ledger.Head{Size: 4}},
	} {
		err := db.Append(ctx, func(tx ledger.Tx) error { return tx.Insert(ctx, c.rows, nil, nil, c.head) })
		if err == nil {
			t.Errorf("%s: was taken", c.name)
		}
	}
	same := row(3)
	same.Identity, same.Content = row(1).Identity, row(1).Content
	err := db.Append(ctx, func(tx ledger.Tx) error {
		return tx.Insert(ctx, []*ledger.Row{same}, nil, nil, ledger.Head{Size: 4})
	})
	if err == nil {
		t.Error("the same version was stored twice")
	}
	want(t, "rows", len(all(t, db)), 3)
}

func testFailing(t *testing.T, db *store.DB) {
	ctx := t.Context()
	mustAdd(t, db, 2, nil)
	before, err := db.Head(ctx)
	must(t, err)
	broken := errors.New("broken")
	err = db.Append(ctx, func(tx ledger.Tx) error {
		h := tx.Head()
		h.Size++
		if err := tx.Insert(ctx, []*ledger.Row{row(2, "tender:new")}, nil, []ledger.Tile{{Level: 3, Hashes: make([]byte, 32)}}, h); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("Append returned %v, needed is fn's error", err)
	}
	after, err := db.Head(ctx)
	must(t, err)
	want(t, "head", after, before)
	want(t, "rows", len(all(t, db)), 2)
	tile, err := db.Tile(ctx, 3, 0)
	must(t, err)
	want(t, "tile", tile, nil)
	found, err := db.PositionsByCode(ctx, []string{"tender:new"})
	must(t, err)
	want(t, "codes", len(found), 0)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic in fn was swallowed")
			}
		}()
		_ = db.Append(ctx, func(tx ledger.Tx) error { panic("broken") }) //nolint:errcheck // it panics
	}()
	mustAdd(t, db, 1, nil) // the next one is not hindered
	// An append that writes nothing is fine.
	must(t, db.Append(ctx, func(ledger.Tx) error { return nil }))
	want(t, "rows", len(all(t, db)), 3)
}

func testKnown(t *testing.T, db *store.DB) {
	ctx := t.Context()
	rows := mustAdd(t, db, 5, nil)
	must(t, db.Append(ctx, func(tx ledger.Tx) error {
		var ids []ledger.Ident
		for i := range 700 {
			ids = append(ids, ledger.Ident{Identity: rows[1].Identity, Content: row(int64(1000 + i)).Content})
		}
		ids[17] = ledger.Ident{Identity: rows[4].Identity, Content: rows[4].Content, Revision: rows[4].Revision}
		ids[600] = ledger.Ident{Identity: rows[0].Identity, Content: rows[0].Content}
		ids[601] = ledger.Ident{Identity: rows[0].Identity, Content: rows[1].Content}
		got, err := tx.Known(ctx, ids)
		must(t, err)
		want(t, "known", got, map[int]ledger.Known{
			17:  {Position: 4, Leaf: rows[4].Leaf, Received: rows[4].Received},
			600: {Position: 0, Leaf: rows[0].Leaf, Received: rows[0].Received},
		})
		none, err := tx.Known(ctx, nil)
		must(t, err)
		want(t, "none", len(none), 0)
		// What the transaction itself wrote is known to it.
		h := tx.Head()
		r := row(h.Size)
		h.Size++
		must(t, tx.Insert(ctx, []*ledger.Row{r}, nil, nil, h))
		got, err = tx.Known(ctx, []ledger.Ident{{Identity: r.Identity, Content: r.Content}})
		must(t, err)
		want(t, "own", got[0].Position, r.Position)
		return nil
	}))
}

func testTiles(t *testing.T, db *store.DB) {
	ctx := t.Context()
	mustAdd(t, db, 300, nil)
	full, err := db.Tile(ctx, 0, 0)
	must(t, err)
	want(t, "full tile", len(full.Hashes), 256*32)
	partial, err := db.Tile(ctx, 0, 1)
	must(t, err)
	want(t, "partial tile", len(partial.Hashes), 44*32)
	none, err := db.Tile(ctx, 0, 2)
	must(t, err)
	want(t, "no tile", none, nil)
	put := func(tile ledger.Tile) error {
		return db.Append(ctx, func(tx ledger.Tx) error { return tx.Insert(ctx, nil, nil, []ledger.Tile{tile}, tx.Head()) })
	}
	changed := slices.Clone(partial.Hashes)
	changed[5]++
	for name, tile := range map[string]ledger.Tile{
		"shorter": {Index: 1, Hashes: partial.Hashes[:32]},
		"changed": {Index: 1, Hashes: changed},
		"uneven":  {Index: 1, Hashes: append(slices.Clone(partial.Hashes), 1)},
		"empty":   {Index: 9},
		"too big": {Index: 9, Hashes: make([]byte, 257*32)},
	} {
		if put(tile) == nil {
			t.Errorf("%s: the tile was taken", name)
		}
	}
	must(t, put(ledger.Tile{Index: 1, Hashes: append(slices.Clone(partial.Hashes), changed[:32]...)}))
	grown, err := db.Tile(ctx, 0, 1)
	must(t, err)
	want(t, "grown tile", len(grown.Hashes), 45*32)
}

// odd are texts that databases treat each in their own way.
var odd = []string{
	"", " ", "  trailing  ", "a", "A", "á", "a\u0301", "ß", "İ", "ı", "I", "i",
	"中文", "〇", "𠮷野家", "䶮", "\U0002B81D\U00030000", "🀄👩‍👧‍👦", "ａｂｃ", "null", "NULL", "'", `"`, `\`, `\x00`, `\\000`, "%", "_", "$1", "?",
	"line\nfeed\r\ttab\x01\x7f", "\ufeffbom", "\u200b", "\u202e", "\ufffd", "0", "-0", "1e5", "00012", "12345678901234.123456", "t", "f", "2026-03-01",
	strings.Repeat("长", 60_000),
}

func testTexts(t *testing.T, db *store.DB) {
	ctx := t.Context()
	rows := mustAdd(t, db, len(odd), func(i int, r *ledger.Row) {
		s := odd[i]
		r.Key, r.Revision, r.Occurred, r.Author.Key = s, s, s, s
		r.Codes = []string{"code:" + s}
		r.Fields = fmt.Appendf(nil, "%q", s)
	})
	want(t, "rows", all(t, db), rows)
	for i, s := range odd {
		found, err := db.PositionsByCode(ctx, []string{"code:" + s})
		must(t, err)
		want(t, fmt.Sprintf("positions of code %.20q", s), found, map[string][]int64{"code:" + s: {int64(i)}})
	}
	for name, change := range map[string]func(r *ledger.Row){
		"zero byte in key":     func(r *ledger.Row) { r.Key = "secret\x00" },
		"zero byte in fields":  func(r *ledger.Row) { r.Fields = []byte("secret\x00") },
		"zero byte in a code":  func(r *ledger.Row) { r.Codes = []string{"secret\x00"} },
		"broken UTF-8 in op":   func(r *ledger.Row) { r.Op = "secret\xff" },
		"surrogate in dataset": func(r *ledger.Row) { r.Dataset = "secret\xed\xa0\x80" },
		"broken in problems":   func(r *ledger.Row) { r.Problems = []byte("secret\xc3") },
	} {
		_, err := add(ctx, db, 1, func(_ int, r *ledger.Row) { change(r) })
		if !errors.Is(err, store.ErrText) {
			t.Errorf("%s: error %v, needed is ErrText", name, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells the value: %v", name, err)
		}
	}
}

// testOrder asks for byte order everywhere: capitals before small letters, and
// characters by their code, whatever language the database speaks.
func testOrder(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := []string{"b", "B", "a", "A", "ä", "中", "丁", "a b", "a-b", "aB", "10", "9", "𠮷", "ｚ", "_"}
	for i, id := range ids {
		_, err := db.SaveDocket(ctx, &store.DocketRow{ID: id, Region: "330000", Body: []byte(`{}`), Through: int64(i)}, nil, nil)
		must(t, err)
	}
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	var got []string
	for after := ""; ; {
		page, err := db.Dockets(ctx, store.DocketFilter{After: after, Limit: 4})
		must(t, err)
		for _, d := range page {
			got = append(got, d.ID)
		}
		if len(page) < 4 {
			break
		}
		after = page[len(page)-1].ID
	}
	want(t, "ids in pages", got, sorted)
	for _, id := range []string{"b", "B"} {
		d, err := db.Docket(ctx, id)
		must(t, err)
		want(t, "docket by id", d.ID, id)
	}
	none, err := db.Docket(ctx, "b ")
	must(t, err)
	want(t, "docket with a trailing space", none, nil)
}

func testPositions(t *testing.T, db *store.DB) {
	ctx := t.Context()
	codes := [][]string{{"tender:A"}, {"tender:a"}, {"tender:A", "project:P"}, nil, {"sealed:00"}}
	rows := mustAdd(t, db, len(codes), func(i int, r *ledger.Row) { r.Codes = codes[i] })
	got, err := db.PositionsByCode(ctx, []string{"tender:A", "project:P", "tender:A", "nothing"})
	must(t, err)
	want(t, "by code", got, map[string][]int64{"tender:A": {0, 2}, "project:P": {2}})
	got, err = db.PositionsByCode(ctx, nil)
	must(t, err)
	want(t, "by no code", len(got), 0)

	second := mustAdd(t, db, 1, func(_ int, r *ledger.Row) { r.Identity = rows[1].Identity })
	positions, err := db.PositionsByIdentity(ctx, [][]byte{rows[3].Identity, second[0].Identity, {1, 2}})
	must(t, err)
	want(t, "by identity", positions, []int64{1, 3, 5})
}

func testRewrite(t *testing.T, db *store.DB) {
	ctx := t.Context()
	rows := mustAdd(t, db, 3, func(_ int, r *ledger.Row) { r.Sealed = []byte("ciphertext"); r.Problems = []byte(`[1]`) })
	erased := *rows[1]
	erased.Sealed, erased.Seed, erased.Problems = nil, nil, nil
	erased.Fields, erased.Salts, erased.Commitments = []byte(`{}`), []byte(`{"A":"00"}`), []byte("commitment")
	changed := erased
	changed.Leaf, changed.Key = hash("other"), "other" // these stay as they are
	must(t, db.Rewrite(ctx, &changed))
	want(t, "rows", all(t, db), []*ledger.Row{rows[0], &erased, rows[2]})
	gone := *rows[1]
	gone.Position = 99
	if err := db.Rewrite(ctx, &gone); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("rewriting what is not there: %v", err)
	}

	must(t, db.Append(ctx, func(tx ledger.Tx) error {
		h := tx.Head()
		h.Batches++
		return tx.Insert(ctx, nil, []*ledger.BatchRow{{ID: 1, Received: day, Evidence: []byte("old")}}, nil, h)
	}))
	must(t, db.RewriteBatch(ctx, &ledger.BatchRow{ID: 1, Evidence: []byte("new")}))
	b, err := db.Batch(ctx, 1)
	must(t, err)
	want(t, "batch", string(b.Evidence), "new")
	if err := db.RewriteBatch(ctx, &ledger.BatchRow{ID: 2}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("rewriting what is not there: %v", err)
	}
}

func testReopen(t *testing.T, db *store.DB) {
	ctx := t.Context()
	rows := mustAdd(t, db, 3, nil)
	// Two more programs at once, migrations run again and find nothing to do.
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			again, err := db.Reopen(context.WithoutCancel(ctx))
			if err != nil {
				errs <- err
				return
			}
			h, err := again.Head(ctx)
			if err == nil && h.Size != 3 {
				err = fmt.Errorf("the other program sees %d rows", h.Size)
			}
			errs <- errors.Join(err, again.Close())
		}()
	}
	for range 2 {
		must(t, <-errs)
	}
	want(t, "rows", all(t, db), rows)
}

func testCancelled(t *testing.T, db *store.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := add(ctx, db, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("append with a cancelled context: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err := db.Append(ctx, func(tx ledger.Tx) error {
		h := tx.Head()
		h.Size++
		if err := tx.Insert(ctx, []*ledger.Row{row(0)}, nil, nil, h); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if err == nil {
		t.Error("an append cancelled before its commit was acknowledged")
	}
	want(t, "rows", len(all(t, db)), 0)
	mustAdd(t, db, 1, nil)
}
