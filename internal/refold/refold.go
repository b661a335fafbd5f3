// Package refold turns the log into dockets and findings: it takes marks of
// work, finds the dockets that they concern, loads their records, folds them,
// decides which seals come off, evaluates the indicators and saves the result.
//
// Everything it saves can be made again from the log. What it adds to the log
// are the facts of release, and only those that docket.Decide grants. A worker
// may be stopped at any moment and started again; several may run at once, in
// one process or many.
//
// What it is trusted for: before a release it never opens a bid or committee
// part, except to count the bidders of a lot whose moment has come; it never
// logs a value of a record.
package refold

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/disclose"
	"mingjing/internal/docket"
	"mingjing/internal/ledger"
	"mingjing/internal/ocds"
	"mingjing/internal/standard"
	"mingjing/internal/store"
	"mingjing/internal/timeline"
)

// Store is what a worker needs of package store; see there for the contracts.
type Store interface {
	Head(ctx context.Context) (ledger.Head, error)
	Rows(ctx context.Context, from, to int64, fn func(*ledger.Row) error) error
	RowsAt(ctx context.Context, positions []int64) ([]*ledger.Row, error)
	PositionsByCode(ctx context.Context, codes []string) (map[string][]int64, error)
	PositionsByIdentity(ctx context.Context, identities [][]byte) ([]int64, error)
	Codes(ctx context.Context, prefix, after string, limit int) ([]string, error)

	ClaimWork(ctx context.Context, limit int, lease time.Duration, now time.Time) ([]store.Work, error)
	FinishWork(ctx context.Context, done []store.Work) error
	ReleaseWork(ctx context.Context, claimed []store.Work) error
	MarkWork(ctx context.Context, code string, through int64) error
	Backlog(ctx context.Context) (store.Backlog, error)
	Due(ctx context.Context, at time.Time, limit int) ([]string, error)

	SaveDocket(ctx context.Context, d *store.DocketRow, findings []store.FindingRow, texts []store.SearchRow) (bool, error)
	Docket(ctx context.Context, id string) (*store.DocketRow, error)
	Dockets(ctx context.Context, f store.DocketFilter) ([]*store.DocketRow, error)
	DocketCards(ctx context.Context, docket string) ([]store.CardRow, error)
	DocketFindings(ctx context.Context, docket string) ([]store.FindingRow, error)
	SaveCases(ctx context.Context, cases []store.CaseRow) error
	Cases(ctx context.Context, dockets []string) ([]store.CaseRow, error)
	WakeDockets(ctx context.Context, ids []string, at time.Time) error

	SaveInstructions(ctx context.Context, rows []store.InstructionRow) error
	Instruction(ctx context.Context, id string) (*store.InstructionRow, error)
	InstructionSendings(ctx context.Context, platforms []string, after string, limit int) ([]store.InstructionSending, error)
	InstructionHead(ctx context.Context) (int64, error)

	Bulk(ctx context.Context, docket string) (*store.BulkState, error)
	BulkRows(ctx context.Context, docket string, identities [][]byte) ([]store.BulkRow, error)
	EachBulkRow(ctx context.Context, docket string, fn func(store.BulkRow) error) error
	PutBulk(ctx context.Context, c *store.BulkChange) (bool, error)
	PutBulkMoved(ctx context.Context, moved map[string][]int64) error
	BulkMoved(ctx context.Context, limit int) ([]string, error)
	PositionsAfter(ctx context.Context, code string, after int64) ([]int64, error)

	PutVaults(ctx context.Context, docket string, tokens []string) error
	VaultDockets(ctx context.Context, tokens []string) (map[string][]string, error)
}

// Ledger is what a worker needs of *ledger.Ledger.
type Ledger interface {
	Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error)
	Reveal(row *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	RevealBeside(row, other *ledger.Row, open func(standard.Vault, standard.Seal) bool) (*ledger.Revealed, error)
	Token(v standard.Vault, s standard.Seal) string
}

// Config of a Worker. Store and Ledger must be given; all else has a default.
type Config struct {
	Store     Store
	Ledger    Ledger
	Catalogue *standard.Catalogue // says which data sets are bulk; nil: standard.Default
	Clock     func() time.Time    // nil: time.Now
	Log       *slog.Logger        // nil: silent

	Parallel int           // dockets folded at once; 0: 8
	Lease    time.Duration // after which a dead worker's work is another's; 0: 30 s
	Poll     time.Duration // how often a waiting worker looks unasked; 0: 500 ms

	Bulk       docket.BulkSets                                           // nil: those that Catalogue marks
	Expand     func(docket.Version) []docket.Version                     // nil: ocds.Expand
	Evaluate   func(d *docket.Docket, at time.Time) []detect.Finding     // nil: detect.Evaluate with its defaults
	SearchRows func(d *docket.Docket, at time.Time) []disclose.SearchRow // nil: disclose.SearchRows
	Rules      *Rules                                                    // settings that give the weights of findings, and say when a docket is judged by others; nil: detect.DefaultSettings
	Silence    *Silence                                                  // looked after while the worker runs; nil: nobody asks who is silent
	Periods    *timeline.Table                                           // legal periods as the office has set them; nil: as the law has them
	Observe    func(id string, through int64, at time.Time)              // told of each docket saved; nil: nobody
}

// A Worker folds dockets. Its methods may be called by many goroutines.
type Worker struct {
	Config
	busy  keyed
	stuck sync.Map // dockets whose moved bulk rows could not be read, until when they are left alone
}

// New makes a worker; Run or Drain sets it to work.
func New(c Config) *Worker {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Parallel <= 0 {
		c.Parallel = 8
	}
	if c.Lease <= 0 {
		c.Lease = 30 * time.Second
	}
	if c.Poll <= 0 {
		c.Poll = 500 * time.Millisecond
	}
	if c.Catalogue == nil {
		c.Catalogue = standard.Default()
	}
	if c.Bulk == nil {
		c.Bulk = docket.BulkOf(c.Catalogue)
	}
	if c.Expand == nil {
		c.Expand = ocds.Expand
	}
	if c.Evaluate == nil {
		c.Evaluate = func(d *docket.Docket, at time.Time) []detect.Finding { return detect.Evaluate(d, detect.Env{At: at}) }
	}
	if c.SearchRows == nil {
		c.SearchRows = disclose.SearchRows
	}
	if c.Periods == nil {
		c.Periods = timeline.Law()
	}
	return &Worker{Config: c}
}

// keyed is a lock for each docket being folded in this process: two at once
// would be right, but would decide the same release twice.
type keyed struct {
	mu   sync.Mutex
	held map[string]*hold
}

type hold struct {
	mu    sync.Mutex
	users int
}

func (k *keyed) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.held == nil {
		k.held = map[string]*hold{}
	}
	h := k.held[key]
	if h == nil {
		h = &hold{}
		k.held[key] = h
	}
	h.users++
	k.mu.Unlock()
	h.mu.Lock()
	return func() {
		h.mu.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(k.held, key)
		}
	}
}

// now is the time to the millisecond, as it is stored: what is judged now must
// come out the same when it is judged again as of then.
func (w *Worker) now() time.Time { return w.Clock().UTC().Truncate(time.Millisecond) }
