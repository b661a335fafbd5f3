// Package storetest holds what every store must do, as tests that run on each
// database alike. Databases differ in collation, case, time zone, NULL and
// empty texts, locks and full text: what differs there is asked for here.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"mingjing/internal/ledger"
	"mingjing/internal/store"
)

// Run runs the suite. open gives an empty store and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, db *store.DB)
	}{
		{"append and read back", testAppend},
		{"head is checked", testHead},
		{"failing keeps nothing", testFailing},
		{"known", testKnown},
		{"tiles", testTiles},
		{"texts", testTexts},
		{"byte order", testOrder},
		{"positions by code and identity", testPositions},
		{"rewrite", testRewrite},
		{"reopen", testReopen},
		{"eight writers", testWriters},
		{"feed misses none", testFeed},
		{"work", testWork},
		{"work is given once", testWorkOnce},
		{"mark during a run", testMarkDuringRun},
		{"lease", testLease},
		{"docket is saved forwards only", testDocket},
		{"docket lists", testDocketLists},
		{"dockets of a moment", testMoment},
		{"cards", testCards},
		{"cards are replaced", testCardsReplaced},
		{"days of sittings", testDays},
		{"saved views", testSavedViews},
		{"exports", testExports},
		{"due", testDue},
		{"likeness", testLikeness},
		{"findings", testFindings},
		{"finding feed misses none", testFindingFeed},
		{"warnings", testWarnings},
		{"cases", testCases},
		{"ranked warnings", testRanked},
		{"instructions", testInstructions},
		{"seat feed", testSeatFeed},
		{"seat feed misses none", testSeatFeedMissesNone},
		{"search", testSearch},
		{"search in long texts", testSearchLong},
		{"sources", testSources},
		{"tokens", testTokens},
		{"people", testPeople},
		{"attempts", testAttempts},
		{"posts", testPosts},
		{"lent posts", testLentPosts},
		{"organisations", testOrganisations},
		{"once", testOnce},
		{"one credential", testOneCredential},
		{"credentials", testCredentials},
		{"sessions", testSessions},
		{"kept things", testKept},
		{"files", testFiles},
		{"quota of files", testFileQuota},
		{"counts", testCounts},
		{"requests at the door", testRequests},
		{"cancelled", testCancelled},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) { c.test(t, open(t)) })
	}
}

// day is a moment in the tests' time.
var day = time.Date(2026, 3, 1, 9, 30, 0, 123e6, time.UTC)

func hash(parts ...any) ledger.Hash { return sha256.Sum256([]byte(fmt.Sprint(parts...))) }

// row makes a plain record for a position.
func row(position int64, codes ...string) *ledger.Row {
	identity, content := hash("identity", position), hash("content", position)
	seed := hash("seed", position)
	return &ledger.Row{
		Position: position,
		Received: day.Add(time.Duration(position) * time.Second),
		Author:   ledger.Author{Kind: "source", ID: "zz-ggzy", Key: "k1"},
		Origin:   "A330000000000001",
		Standard: "2.0",
		Dataset:  "501",
		Key:      fmt.Sprint("k", position),
		Revision: "20260301093000",
		Op:       "insert",
		Occurred: "2026-03-01T09:30:00+08:00",
		Fields:   []byte(`{"TENDER_PROJECT_NAME":"某道路工程"}`),
		Seed:     seed[:],
		Leaf:     hash("leaf", position),
		Identity: identity[:],
		Content:  content[:],
		Codes:    codes,
	}
}

// add appends rows made for the next positions, the way the ledger does: asks,
// reads the last partial tile, writes all with the new head.
func add(ctx context.Context, db *store.DB, n int, change func(i int, r *ledger.Row)) ([]*ledger.Row, error) {
	var rows []*ledger.Row
	err := db.Append(ctx, func(tx ledger.Tx) error {
		rows = nil
		head := tx.Head()
		for i := range n {
			r := row(head.Size+int64(i), "tender:X")
			if change != nil {
				change(i, r)
			}
			rows = append(rows, r)
		}
		ids := make([]ledger.Ident, len(rows))
		for i, r := range rows {
			ids[i] = ledger.Ident{Identity: r.Identity, Content: r.Content, Revision: r.Revision}
		}
		known, err := tx.Known(ctx, ids)
		if err != nil {
			return err
		}
		if len(known) > 0 {
			return fmt.Errorf("known already: %v", known)
		}
		tiles, err := leafTiles(ctx, tx, head.Size, rows)
		if err != nil {
			return err
		}
		head.Size += int64(n)
		head.Root = hash("root", head.Size)
		return tx.Insert(ctx, rows, nil, tiles, head)
	})
	return rows, err
}

// leafTiles makes the level-0 tiles that the rows fill.
func leafTiles(ctx context.Context, tx ledger.Tx, size int64, rows []*ledger.Row) ([]ledger.Tile, error) {
	const width = 256
	var tiles []ledger.Tile
	for i, r := range rows {
		index := (size + int64(i)) / width
		if len(tiles) == 0 || tiles[len(tiles)-1].Index != index {
			next := ledger.Tile{Index: index}
			stored, err := tx.Tile(ctx, 0, index)
			if err != nil {
				return nil, err
			}
			if stored != nil {
				next.Hashes = bytes.Clone(stored.Hashes)
			}
			tiles = append(tiles, next)
		}
		h := tlog.RecordHash(r.Leaf[:])
		last := &tiles[len(tiles)-1]
		last.Hashes = append(last.Hashes, h[:]...)
	}
	return tiles, nil
}

func mustAdd(t *testing.T, db *store.DB, n int, change func(i int, r *ledger.Row)) []*ledger.Row {
	t.Helper()
	rows, err := add(t.Context(), db, n, change)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// all reads the whole log.
func all(t *testing.T, db *store.DB) []*ledger.Row {
	t.Helper()
	var rows []*ledger.Row
	must(t, db.Rows(t.Context(), 0, 1<<40, func(r *ledger.Row) error {
		rows = append(rows, r)
		return nil
	}))
	return rows
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want fails unless got is want.
func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}
