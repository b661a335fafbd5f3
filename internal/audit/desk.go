// Package audit serves auditors' own questions: it takes snapshots of what an
// auditor may see, through disclose.View and nothing else, and answers SQL over
// them in a process of its own that holds no key and no connection to the house.
// Every question is a record of the log before it runs.
package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/docket"
	"mingjing/internal/store"
	"mingjing/internal/supervise"
)

// Limits bound what questions may take.
type Limits struct {
	Within time.Duration // time of one
	Rows   int           // of an answer on a screen
	Export int           // rows of an answer in a file
	Memory int64         // bytes of the process that answers
	AtOnce int           // questions of all auditors together
}

// DefaultLimits are for a machine of two cores and some gigabytes.
func DefaultLimits() Limits {
	return Limits{Within: 30 * time.Second, Rows: 5_000, Export: 1_000_000, Memory: 512 << 20, AtOnce: 2}
}

// Config is what a desk stands on.
type Config struct {
	Dir   string // where snapshots lie
	Store interface {
		EachDocket(ctx context.Context, begun func(store.Moment) error, fn func(row *store.DocketRow, findings []store.FindingRow) error) error
	}
	// Project reads a project as far as the log's records before a place tell of it.
	Project func(ctx context.Context, code string, before int64) (*docket.ProjectFile, error)
	// Note puts an asking into the log before it is answered; see refold.Askings.
	Note    func(ctx context.Context, a supervise.Asking) (supervise.Asking, error)
	Sign    func(kind, text string) ([]byte, error) // with the log's key: manifests
	Command []string                                // that reads a question on standard input and prints its answer; see Work
	Clock   func() time.Time
	Log     *slog.Logger
	Limits  Limits
	Keep    int           // snapshots; 0: three
	Every   time.Duration // the age from which the newest is taken anew by itself; 0: never
}

// A Desk takes snapshots and answers questions over them.
type Desk struct {
	cfg   Config
	turns chan struct{}

	jobs sync.WaitGroup
	stop context.CancelFunc
	ctx  context.Context // of no request: a snapshot outlives the one that asked for it

	mu     sync.Mutex
	making bool
	failed string
	using  map[string]int // snapshots that are being asked
}

// Errors that callers tell apart.
var (
	ErrNone     = errors.New("no snapshot has been taken yet / 尚无快照")
	ErrBusy     = errors.New("others are asking / 其他查询正在进行")
	ErrNotNoted = errors.New("the question cannot be put into the log, so that it is not asked")
	ErrNotKept  = errors.New("that snapshot is not kept / 该快照已不保留")
)

// New opens a desk over a folder.
func New(cfg Config) (*Desk, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Keep <= 0 {
		cfg.Keep = 3
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	d := &Desk{cfg: cfg, turns: make(chan struct{}, cfg.Limits.AtOnce), using: map[string]int{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	if err := d.endHalf(); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return d, nil
}

// Close ends a snapshot under way and waits for it.
func (d *Desk) Close() {
	d.stop()
	d.jobs.Wait()
}

// Begin takes a snapshot beside the caller, unless one is being taken; see
// Snapshots for what becomes of it.
func (d *Desk) Begin() {
	if !d.claim() {
		return
	}
	d.jobs.Go(func() {
		if _, err := d.take(d.ctx); err != nil && d.ctx.Err() == nil {
			d.cfg.Log.Error("auditors' snapshot", "error", err)
		}
	})
}

// Limits are those of the desk.
func (d *Desk) Limits() Limits { return d.cfg.Limits }

// Snapshots are those that are kept, the newest first; making says that another
// is under way, failed why the last try came to nothing.
func (d *Desk) Snapshots() (list []Snapshot, making bool, failed string, err error) {
	d.mu.Lock()
	making, failed = d.making, d.failed
	d.mu.Unlock()
	list, err = d.kept()
	return list, making, failed, err
}

func (d *Desk) kept() ([]Snapshot, error) {
	words, err := filepath.Glob(filepath.Join(d.cfg.Dir, "*"+wordFile))
	if err != nil {
		return nil, err
	}
	list := []Snapshot{}
	for _, path := range words {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // forgotten meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		var s Snapshot
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("audit: %s: %w", path, err)
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Snapshot) int { return strings.Compare(b.ID, a.ID) })
	return list, nil
}

// claim is true for who is to take the next snapshot.
func (d *Desk) claim() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.making {
		return false
	}
	d.making, d.failed = true, ""
	return true
}

// Take takes a snapshot, unless one is being taken: then it returns nil, nil.
func (d *Desk) Take(ctx context.Context) (*Snapshot, error) {
	if !d.claim() {
		return nil, nil
	}
	return d.take(ctx)
}

func (d *Desk) take(ctx context.Context) (*Snapshot, error) {
	s, err := d.make(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.making = false
	if err != nil {
		d.failed = "the snapshot could not be taken; see the log of the program / 快照未能生成，详见程序日志"
		return nil, fmt.Errorf("audit: snapshot: %w", err)
	}
	return s, d.tidy()
}

// tidy forgets all but the newest snapshots, and what an end left half made. A
// snapshot that is being asked stays.
func (d *Desk) tidy() error {
	list, err := d.kept()
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for i, s := range list {
		keep[s.ID] = i < d.cfg.Keep || d.using[s.ID] > 0
	}
	files, err := filepath.Glob(filepath.Join(d.cfg.Dir, "*"))
	if err != nil {
		return err
	}
	var errs []error
	for _, path := range files {
		id, _, _ := strings.Cut(filepath.Base(path), ".")
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			continue // what was taken out
		}
		if !keep[id] {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// Run takes a snapshot whenever the newest is older than Every, until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	if d.cfg.Every <= 0 {
		return
	}
	tick := time.NewTicker(min(d.cfg.Every, time.Minute))
	defer tick.Stop()
	for {
		list, err := d.kept()
		if err == nil && (len(list) == 0 || d.cfg.Clock().Sub(list[0].At) >= d.cfg.Every) {
			_, err = d.Take(ctx)
		}
		if err != nil && ctx.Err() == nil {
			d.cfg.Log.Error("auditors' snapshot", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Forget removes every snapshot of a folder and what was taken out of it: after
// a lawful erasure, which they would outlive.
func Forget(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	var errs []error
	for _, path := range files {
		errs = append(errs, os.RemoveAll(path))
	}
	return errors.Join(errs...)
}
