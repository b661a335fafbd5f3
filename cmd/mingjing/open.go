package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/exchange"
	"mingjing/internal/files"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/learn/score"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/sandbox"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

// dataFlags are the flags of every command that opens a data folder.
type dataFlags struct {
	Data  string `required:"" placeholder:"DIR" help:"Data folder: keys, checkpoints and, without --store, the database."`
	Store string `placeholder:"DSN" env:"MINGJING_STORE" help:"postgres://… for PostgreSQL; default: SQLite in the data folder."`
	Files string `placeholder:"WHERE" env:"MINGJING_FILES" help:"Where attachments lie, sealed: a folder, or s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; default: files in the data folder."`
	Log   string `name:"log-name" default:"mingjing.local/log" env:"MINGJING_LOG_NAME" help:"Name of the log, its first line in every checkpoint; fixed at inception."`
}

// A house is an opened data folder with everything wired.
type house struct {
	flags     dataFlags
	log       *slog.Logger
	catalogue *standard.Catalogue
	db        *store.DB
	keys      *ledger.Keyring
	ledger    *ledger.Ledger
	worker    *refold.Worker
	files     *files.Service
	vkey      string           // verifier key of the log's checkpoints
	settings  *detect.Settings // the program's own and those of the settings file
	rules     *refold.Rules    // with what the office changed
	silence   *refold.Silence
	peers     newest[detect.Edition]
	learned   newest[score.Edition]
	offices   *jurisdiction.Table
	demo      bool // everything in it is invented
	progress  func() (in, of int)
	kind      houseKind
	clock     func() time.Time   // the time of records and dockets; the real one except in a sandbox
	vendors   *exchange.Registry // the door's own register, so that a new key is good at once
	journal   *exchange.Journal  // of requests at the door
	sandbox   *sandbox.House     // nil: a real house

	// For the bench: where serve says that it listens, and whether it folds.
	out      io.Writer
	noWorker bool
}

// file is the SQLite database of the data folder, used without --store.
func (f dataFlags) file() string { return filepath.Join(f.Data, "mingjing.db") }

// dsn names the store.
func (f dataFlags) dsn() string {
	if f.Store != "" {
		return f.Store
	}
	return "sqlite:" + f.file()
}

// use opens the house for one command and closes it again.
func (f dataFlags) use(ctx context.Context, fn func(h *house) error) error {
	h, err := f.open(ctx, slog.Default())
	if err != nil {
		return err
	}
	return errors.Join(fn(h), h.close())
}

// read is use for commands that only look: a folder that holds nothing is an
// error, and is not made by asking.
func (f dataFlags) read(ctx context.Context, fn func(h *house) error) error {
	at := f.file()
	if f.Store != "" {
		at = f.Data // the database is elsewhere; the keys are here
	}
	if _, err := os.Stat(at); err != nil {
		return fmt.Errorf("no data in %s: check --data (and --store): %w", f.Data, err)
	}
	return f.use(ctx, fn)
}

// open wires the house of a data folder; a sandbox's is refused. The caller closes it.
func (f dataFlags) open(ctx context.Context, log *slog.Logger) (*house, error) {
	if err := f.refuseSandbox(); err != nil {
		return nil, err
	}
	return f.openAs(ctx, log, realHouse, time.Now, workLease)
}

func (f dataFlags) openAs(ctx context.Context, log *slog.Logger, kind houseKind, clock func() time.Time, lease time.Duration) (*house, error) {
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	db, err := store.Open(ctx, f.dsn())
	if err != nil {
		return nil, err
	}
	h := &house{flags: f, log: log, catalogue: standard.Default(), db: db, out: os.Stdout, clock: clock, kind: kind}
	err = claim(ctx, db, kind)
	if err == nil {
		err = h.wire(ctx, lease)
	}
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// workLease is how long a process may keep work it claimed: a fold takes
// milliseconds, and what a killed process had claimed is soon free.
const workLease = 5 * time.Second

// wire connects keyring, ledger and worker to the open store.
func (h *house) wire(ctx context.Context, lease time.Duration) error {
	keys, err := ledger.OpenKeyring(filepath.Join(h.flags.Data, "keys"))
	if err != nil {
		return err
	}
	h.keys = keys
	if n := keys.Torn(); n > 0 {
		h.log.Warn("the key file ends in a torn write, as after a power cut; it holds no key in use and is cut off at the next write", "bytes", n)
	}
	signer, vkey, err := ledger.OpenSigner(ctx, h.db, h.flags.Data, h.flags.Log, rand.Reader)
	if err != nil {
		return err
	}
	h.vkey = vkey
	h.ledger, err = ledger.Open(ctx, h.db, keys, ledger.Options{
		Name: h.flags.Log, Signer: signer, Clock: h.clock, Dir: h.flags.Data,
	})
	if err != nil {
		return err
	}
	if h.settings, err = readSettings(h.flags.Data); err != nil {
		return err
	}
	if h.offices, err = readOffices(h.flags.Data); err != nil {
		return err
	}
	h.rules = &refold.Rules{Store: h.db, Ledger: h.ledger, Base: h.settings, Clock: h.clock, Log: h.log}
	if _, err := h.rules.Changes(ctx); err != nil {
		return err
	}
	h.silence = &refold.Silence{Store: h.db, Log: h.log}
	if err := h.silence.Look(ctx); err != nil {
		return err
	}
	h.worker = refold.New(refold.Config{
		Store: h.db, Ledger: h.ledger, Catalogue: h.catalogue, Clock: h.clock, Log: h.log, Evaluate: h.judge,
		Lease: lease, Periods: h.settings.Table(), Rules: h.rules, Silence: h.silence,
	})
	return nil
}

// env is what the indicators are told beside the docket.
func (h *house) env(at time.Time) detect.Env {
	return detect.Env{At: at, Settings: h.rules.At(at), Peers: h.edition(), Likeness: h.likeness, Learned: h.learnt(), Silent: h.silent(at)}
}

// silent says which sources are silent at a moment; nil: nobody asks.
func (h *house) silent(at time.Time) func(origin string) (time.Time, bool) {
	if h.sandbox != nil { // its clock runs so fast that everybody is silent at once
		return nil
	}
	return func(origin string) (time.Time, bool) { return h.silence.Since(origin, at) }
}

// evaluate asks the indicators about a docket under the office's settings.
func (h *house) evaluate(d *docket.Docket, at time.Time) []detect.Finding {
	return detect.Evaluate(d, h.env(at))
}

// judge is evaluate for the worker, which keeps nothing but the state of what
// was not found.
func (h *house) judge(d *docket.Docket, at time.Time) []detect.Finding {
	env := h.env(at)
	env.Terse = true
	return detect.Evaluate(d, env)
}

// settingsFile holds the office's own lines of settings, over the defaults.
const settingsFile = "settings.yaml"

func readSettings(dir string) (*detect.Settings, error) {
	body, err := os.ReadFile(filepath.Join(dir, settingsFile))
	if errors.Is(err, os.ErrNotExist) {
		return detect.DefaultSettings(), nil
	}
	if err != nil {
		return nil, err
	}
	own, err := detect.ReadSettings(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, settingsFile), err)
	}
	return detect.DefaultSettings().With(own), nil
}

// newID makes an id for a request: random, so that it says nothing.
func newID() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// settle folds what was appended and signs a checkpoint over it, so that what
// a command brought in is covered before it says so.
func (h *house) settle(ctx context.Context) error {
	if err := h.worker.Drain(ctx); err != nil {
		return err
	}
	return h.ledger.Publish(ctx)
}

// close ends what open began, in the other order.
func (h *house) close() error {
	var errs []error
	if h.ledger != nil {
		errs = append(errs, h.ledger.Close())
	}
	if h.keys != nil {
		errs = append(errs, h.keys.Close())
	}
	return errors.Join(append(errs, h.db.Close())...)
}
