package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingjing/internal/ledger"
	"mingjing/internal/store/pgtest"
)

// The benchmarks write groups of 500 records as the ledger does. The bare ones
// write the same bytes into a table without index or head, with nothing else:
// what the database can do at best.
const groupSize = 500

var benchTime = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

func benchRow(position int64) *ledger.Row {
	h := func(what string) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", what, position))
		return sum[:]
	}
	r := &ledger.Row{
		Position: position, Received: benchTime, Author: ledger.Author{Kind: "source", ID: "zz-ggzy", Key: "zz-ggzy-1"},
		Origin: "91330100MA27ABCD12", Standard: "2.0", Dataset: "511", Key: fmt.Sprintf("K%012d", position), Revision: "20260301093000",
		Op: "insert", Occurred: "2026-03-01T09:30:00+08:00", Seed: h("seed"), Identity: h("identity"), Content: h("content"), Batch: 1 + position/groupSize,
		Fields: fmt.Appendf(nil, `{"TENDER_PROJECT_CODE":"E3301000001%09d","BID_SECTION_CODE":"E3301000001%09d001","PUBLICITY_NAME":"某市某道路改造工程施工中标候选人公示",`+
			`"PUBLICITY_CONTENT":"%s","PUBLICITY_SEND_TIME":"20260301093000","PUBLICITY_END_TIME":"20260304235959","NOTICE_MEDIA":"省公共资源交易服务平台",`+
			`"PLATFORM_CODE":"91330100MA27ABCD12","PUB_SERVICE_PLAT_CODE":"91330100MA27ABCD12","DATA_TIMESTAMP":"20260301093000"}`,
			position/20, position/20, strings.Repeat("经评标委员会评审，推荐下列单位为中标候选人。", 6)),
		Codes: []string{fmt.Sprintf("tender:E3301000001%09d", position/20)},
	}
	copy(r.Leaf[:], h("leaf"))
	return r
}

func benchGroup(head ledger.Head) ([]*ledger.Row, []*ledger.BatchRow, ledger.Head) {
	rows := make([]*ledger.Row, groupSize)
	for i := range rows {
		rows[i] = benchRow(head.Size + int64(i))
	}
	head.Size += groupSize
	head.Batches++
	return rows, []*ledger.BatchRow{{ID: head.Batches, Received: benchTime, Author: rows[0].Author, Evidence: make([]byte, 20_000)}}, head
}

func perSecond(b *testing.B) {
	b.ReportMetric(float64(b.N*groupSize)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkAppend(b *testing.B) {
	for _, d := range []struct{ name, dsn string }{
		{"sqlite", "sqlite:" + filepath.Join(b.TempDir(), "b.db")},
		{"postgres", ""},
	} {
		b.Run(d.name, func(b *testing.B) {
			if d.dsn == "" {
				d.dsn = pgtest.Database(b)
			}
			ctx := b.Context()
			db, err := Open(ctx, d.dsn)
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			head, err := db.Head(ctx)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				rows, batches, next := benchGroup(head)
				ids := make([]ledger.Ident, len(rows))
				for i, r := range rows {
					ids[i] = ledger.Ident{Identity: r.Identity, Content: r.Content}
				}
				b.StartTimer()
				err := db.Append(ctx, func(tx ledger.Tx) error {
					if _, err := tx.Known(ctx, ids); err != nil {
						return err
					}
					tiles, err := benchTiles(ctx, tx, rows)
					if err != nil {
						return err
					}
					return tx.Insert(ctx, rows, batches, tiles, next)
				})
				if err != nil {
					b.Fatal(err)
				}
				head = next
			}
			perSecond(b)
		})
	}
}

func benchTiles(ctx context.Context, tx ledger.Tx, rows []*ledger.Row) ([]ledger.Tile, error) {
	var tiles []ledger.Tile
	for _, r := range rows {
		index := r.Position / 256
		if n := len(tiles); n == 0 || tiles[n-1].Index != index {
			t, err := tx.Tile(ctx, 0, index)
			if err != nil {
				return nil, err
			}
			if t == nil {
				t = &ledger.Tile{Index: index}
			}
			tiles = append(tiles, *t)
		}
		last := &tiles[len(tiles)-1]
		last.Hashes = append(last.Hashes, r.Leaf[:]...)
	}
	return tiles, nil
}

func BenchmarkBareCopy(b *testing.B) {
	ctx := b.Context()
	db, err := Open(ctx, pgtest.Database(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.pool.Exec(ctx, `CREATE TABLE bare (LIKE record)`); err != nil {
		b.Fatal(err)
	}
	var head ledger.Head
	for b.Loop() {
		b.StopTimer()
		rows, _, next := benchGroup(head)
		head = next
		b.StartTimer()
		_, err := db.pool.CopyFrom(ctx, pgx.Identifier{"bare"}, rowColumns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return rowValues(nil, rows[i]) }))
		if err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}

func BenchmarkBareInsert(b *testing.B) {
	ctx := b.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "b.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.synced.ExecContext(ctx, `CREATE TABLE bare AS SELECT * FROM record`); err != nil {
		b.Fatal(err)
	}
	s, err := db.synced.PrepareContext(ctx, insertSQL("bare", rowColumns, bulkRows))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var head ledger.Head
	for b.Loop() {
		b.StopTimer()
		rows, _, next := benchGroup(head)
		head = next
		b.StartTimer()
		err := db.write(ctx, durable, func(tx *sql.Tx) error {
			var args []any
			for i := 0; i < len(rows); i += bulkRows {
				args = args[:0]
				for _, r := range rows[i : i+bulkRows] {
					if args, err = rowValues(args, r); err != nil {
						return err
					}
				}
				if _, err := tx.StmtContext(ctx, s).ExecContext(ctx, args...); err != nil { //nolint:sqlclosecheck // the transaction closes it
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b)
}
