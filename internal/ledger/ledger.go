// Package ledger keeps what was sent so that nobody, not even we, can quietly
// change it: it seals secret parts, commits to every field, appends records to
// a Merkle log in one durable transaction, and proves it with receipts,
// checkpoints and tiles.
//
// What it is trusted for: an attacker who holds the database can destroy
// records but cannot alter, drop, reorder or backdate one without `verify`
// seeing it, and cannot read sealed parts, whose keys live in the Keyring
// outside the database. An attacker who holds the signing key as well can
// show two histories, which a witness refuses to cosign.
package ledger

import (
	"context"
	"time"

	"mingjing/internal/standard"
)

// A Hash is a SHA-256 value.
type Hash [32]byte

// Author is who answers for a record (design section 4, point 15).
type Author struct {
	Kind string // "source", "person" or "system"
	ID   string // name of the source, person in a post, or "mingjing"
	Key  string // id of the key that signed the batch; "" for system records
}

// Evidence is a signed batch as it came: enough to prove to a third party who
// signed what. It is stored sealed when any record in its body is, refused ones
// included.
type Evidence struct {
	ContentType string
	Body        []byte // decoded body exactly as signed
	Base        []byte // RFC 9421 signature base
	Signature   []byte
	Algorithm   string // "ed25519", "ecdsa-p256-sha256" or "sm2"
	KeyID       string
}

// A Draft is one record on its way in, checked and with its sealing plan.
type Draft struct {
	Record   standard.Record
	Standard string             // version of the standard it was checked against
	Problems []standard.Problem // its defects
	Sealing  standard.Sealing
	Codes    []string // docket.Code strings it names, for routing; sealed ones are replaced by tokens
}

// A Submission is what one author hands in at once.
type Submission struct {
	Author   Author
	Evidence *Evidence // nil for system records
	History  bool      // came through a dated history window
	Drafts   []Draft
	// Beside are the other records of the signed batch: those that were refused
	// and those that another submission appends. They are not appended, but the
	// kept body holds them too and so hangs on their locks as well. Of each only
	// Record.Origin and Sealing are read.
	Beside []Draft
}

// A Receipt says where a record stands. Leaf and Position are what `verify`
// checks against a checkpoint.
type Receipt struct {
	Log        string   `json:"log"`                  // origin line of the log, names the shard
	Position   int64    `json:"position"`             // index of the leaf, from 0
	Leaf       string   `json:"leaf"`                 // hex
	Received   string   `json:"received"`             // RFC 3339, our clock
	Checkpoint string   `json:"checkpoint,omitempty"` // signed note the proof fits
	Proof      []string `json:"proof,omitempty"`      // base64 hashes of the inclusion proof
}

// An Outcome is the ledger's answer for one draft, in the order handed in.
type Outcome struct {
	Duplicate bool // same identity, revision and content: Receipt is the first one's
	Receipt   Receipt
}

// A Row is one record as the table `record` keeps it. For a wholly sealed
// record Dataset, Key, Revision, Op, Occurred and Fields are empty: they are
// inside Sealed.
type Row struct {
	Position    int64
	Received    time.Time // millisecond resolution, UTC
	Author      Author
	Origin      string
	Batch       int64 // id of the batch row, 0 for system records
	Standard    string
	History     bool
	Dataset     string
	Key         string
	Revision    string
	Op          string
	Occurred    string
	Fields      []byte   // JSON object text of the unsealed fields
	Sealed      []byte   // sealed parts, see seal.go; nil when nothing is sealed
	Seed        []byte   // 32 bytes, salts the fields that stand open in this row (each sealed part has a seed of its own inside Sealed); nil after an erasure
	Commitments []byte   // 32 bytes each, sorted: those that cannot be recomputed from the open columns (sealed or erased fields); nil when there are none
	Salts       []byte   // JSON of name → hex salt of the open fields that survived a lawful erasure, in place of Seed; nil before
	Leaf        Hash     // SHA-256("mingjing/record/1" ‖ sorted commitments)
	Identity    []byte   // keyed MAC of (origin, data set, key)
	Content     []byte   // keyed MAC of revision and content
	Problems    []byte   // JSON of the defects (never values of sealed fields)
	Codes       []string // plain codes, or "sealed:<hex token>" for sealed ones
}

// A BatchRow is a kept batch.
type BatchRow struct {
	ID       int64
	Received time.Time
	Author   Author
	Evidence []byte // encoded Evidence, compressed; encrypted when any record in its body is sealed (evidence.go)
}

// A Tile is one tile of the Merkle tree (C2SP tlog-tiles, height 8): up to 256
// hashes of 32 bytes at tree level 8·Level.
type Tile struct {
	Level  int
	Index  int64
	Hashes []byte
}

// Head is the log's one head row, held to the commit.
type Head struct {
	Size    int64 // number of leaves; the next position
	Root    Hash
	Batches int64 // number of batch rows
}

// Ident asks for stored versions of a row.
type Ident struct {
	Identity, Content []byte
	Revision          string
}

// Known is a version already stored.
type Known struct {
	Position int64
	Leaf     Hash
	Received time.Time
}

// Store keeps the log. Implementations: package store, on SQLite and on
// PostgreSQL. All methods return an error rather than a wrong answer.
type Store interface {
	// Append runs fn in one transaction that holds the head row to the commit,
	// so that positions have no gap and become visible in order. When it
	// returns nil everything fn inserted is durable (synced). If fn returns an
	// error nothing is kept.
	Append(ctx context.Context, fn func(tx Tx) error) error
	// Head reads the committed head.
	Head(ctx context.Context) (Head, error)
	// Rows calls fn for each committed row with from <= position < to, in order.
	Rows(ctx context.Context, from, to int64, fn func(*Row) error) error
	// RowsAt returns the rows at the given positions, in any order; missing ones are left out.
	RowsAt(ctx context.Context, positions []int64) ([]*Row, error)
	// Batch returns one kept batch, nil when there is none.
	Batch(ctx context.Context, id int64) (*BatchRow, error)
	// Tile returns the stored tile, nil when there is none.
	Tile(ctx context.Context, level int, index int64) (*Tile, error)
	// Rewrite replaces Fields, Sealed, Seed, Commitments, Salts and Problems of
	// the row at row.Position, durably: only for lawful erasure.
	Rewrite(ctx context.Context, row *Row) error
}

// A BatchRewriter is a Store that can also replace a kept batch. Ledger.Erase
// needs it when the erased value stands in a signed batch, which is always so
// for records of sources.
type BatchRewriter interface {
	// RewriteBatch replaces Evidence of the batch row b.ID, durably: only for
	// lawful erasure.
	RewriteBatch(ctx context.Context, b *BatchRow) error
}

// Tx is an open append transaction.
type Tx interface {
	Head() Head
	// Known finds stored versions: the answer has an entry for each index of
	// ids whose (identity, revision, content) is stored already.
	Known(ctx context.Context, ids []Ident) (map[int]Known, error)
	// Tile returns a stored tile, nil when there is none.
	Tile(ctx context.Context, level int, index int64) (*Tile, error)
	// Insert writes rows, batches, whole or partial tiles (replacing partial
	// ones), work marks (see store: work(docket, through, done)) and the new head.
	Insert(ctx context.Context, rows []*Row, batches []*BatchRow, tiles []Tile, head Head) error
}
