package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// PublisherConfig is what a Publisher needs. Store, Signer, Verifier and Dir are required.
type PublisherConfig struct {
	Store     Store
	Signer    note.Signer   // of OpenSigner
	Verifier  note.Verifier // its public key
	Dir       string        // data directory: checkpoints are kept in Dir/checkpoints
	Clock     func() time.Time
	Witnesses []*WitnessClient
	Quorum    int // cosignatures without which a checkpoint counts as unwitnessed; 0 means all Witnesses

	// PublicEvery is how often a checkpoint is shown to everybody (10 minutes:
	// how fast the tree grows tells how much is traded); WitnessEvery how often
	// one is sent to witnesses (each second).
	PublicEvery, WitnessEvery time.Duration
	Log                       *slog.Logger
}

// A Publisher signs checkpoints of one log: it reads back what it signs, keeps
// every checkpoint outside the database before anybody sees it, and asks
// witnesses to cosign. Only one may run for a log at a time. It never holds up
// an append.
type Publisher struct {
	cfg PublisherConfig

	mu       sync.Mutex // held through a round: rounds never overlap
	keeper   *keeper
	edge     *edge     // of the tip
	received time.Time // of the last row under the tip
	tip      signedTip

	shown atomic.Pointer[shownNote]
	state publisherState
}

// signedTip is the newest checkpoint this Publisher signed.
type signedTip struct {
	Checkpoint
	note []byte // signed by the log alone; nil before the first
	kept bool
}

type shownNote struct {
	Checkpoint
	note []byte
	at   time.Time
}

// NewPublisher reads the kept checkpoints and compares the newest with the
// store (see CheckKept). The checkpoint shown last is shown again at once.
func NewPublisher(ctx context.Context, cfg PublisherConfig) (*Publisher, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.PublicEvery <= 0 {
		cfg.PublicEvery = 10 * time.Minute
	}
	if cfg.WitnessEvery <= 0 {
		cfg.WitnessEvery = time.Second
	}
	if cfg.Quorum <= 0 || cfg.Quorum > len(cfg.Witnesses) {
		cfg.Quorum = len(cfg.Witnesses)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Signer.Name() != cfg.Verifier.Name() || cfg.Signer.KeyHash() != cfg.Verifier.KeyHash() {
		return nil, fmt.Errorf("signer of %q and verifier of %q are not one key", cfg.Signer.Name(), cfg.Verifier.Name())
	}
	p := &Publisher{cfg: cfg, edge: &edge{}}
	p.state.init(cfg.Witnesses, cfg.Quorum)
	var err error
	if p.keeper, err = openKeeper(cfg.Dir); err != nil {
		return nil, err
	}
	last := p.keeper.last
	if last == nil {
		return p, nil
	}
	if err := checkAgainst(ctx, cfg.Store, last, cfg.Verifier); err != nil {
		return nil, err
	}
	p.tip = signedTip{Checkpoint: last.Checkpoint}
	if p.edge, err = loadEdge(last.Checkpoint.Size, func(level int, index int64) (*Tile, error) {
		return cfg.Store.Tile(ctx, level, index)
	}); err != nil {
		return nil, err
	}
	if p.received, err = receivedBefore(ctx, cfg.Store, last.Checkpoint.Size); err != nil {
		return nil, err
	}
	public, err := lastKept(cfg.Dir, true)
	if err != nil || public == nil {
		return p, err
	}
	c, err := OpenCheckpoint(public.Note, cfg.Verifier)
	if err != nil {
		return nil, fmt.Errorf("kept checkpoint %d: %w", public.Number, err)
	}
	p.shown.Store(&shownNote{c, public.Note, public.At})
	return p, nil
}

func receivedBefore(ctx context.Context, store Store, size int64) (t time.Time, err error) {
	if size > 0 {
		err = store.Rows(ctx, size-1, size, func(r *Row) error { t = r.Received; return nil })
	}
	return t, err
}

// sign returns a signed checkpoint of the store's head, after reading back all
// that came since the last. Callers hold p.mu.
func (p *Publisher) sign(ctx context.Context) error {
	head, err := p.cfg.Store.Head(ctx)
	if err != nil {
		return err
	}
	next := Checkpoint{Origin: p.cfg.Signer.Name(), Size: head.Size, Root: head.Root}
	if head.Size == 0 {
		next.Root = (&edge{}).root() // a store may leave the root of nothing blank
	}
	if p.keeper.last != nil {
		switch was := p.keeper.last.Checkpoint; {
		case next.Size < was.Size:
			return shrunk(p.keeper.last, next.Size)
		case next.Size == was.Size && next.Root != was.Root:
			return fmt.Errorf("%w: root of %d records changed; %s", ErrShrunk, next.Size, shrunkMend)
		}
	}
	if p.tip.note != nil && next == p.tip.Checkpoint {
		return nil
	}
	e, received, err := readBack(ctx, p.cfg.Store, p.edge, Head{Size: next.Size, Root: next.Root}, p.received)
	if err != nil {
		return err
	}
	if p.keeper.last != nil {
		if err := consistent(ctx, p.cfg.Store, p.keeper.last.Checkpoint, next); err != nil {
			return fmt.Errorf("%w: %w", ErrReadBack, err)
		}
	}
	signed, err := signCheckpoint(Checkpoint{Origin: next.Origin, Size: e.size, Root: e.root()}, p.cfg.Signer)
	if err != nil {
		return err
	}
	if got, err := OpenCheckpoint(signed, p.cfg.Verifier); err != nil || got != next {
		return fmt.Errorf("%w: the new signature does not verify (%v)", ErrReadBack, err)
	}
	p.edge, p.received = e, received
	p.tip = signedTip{Checkpoint: next, note: signed}
	return nil
}

// refreshEvery is how often witnesses are asked again for a tree that does not
// grow, so that the time in their cosignatures shows that it is not stale.
const refreshEvery = 10 * time.Minute

// Publish makes one public round: it signs the log's head, keeps the checkpoint,
// asks the witnesses, and shows it. While nothing comes it does so only each
// refreshEvery, for a new time of the witnesses. A checkpoint is shown even when
// witnesses do not answer (see State). Errors wrap ErrShrunk,
// ErrReadBack, ErrKept or ErrTwoPublishers, or are the store's.
func (p *Publisher) Publish(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.note(p.publish(ctx))
}

func (p *Publisher) publish(ctx context.Context) error {
	if err := p.sign(ctx); err != nil {
		return err
	}
	s := p.shown.Load()
	again := s != nil && s.Checkpoint == p.tip.Checkpoint
	if again && (len(p.cfg.Witnesses) == 0 || p.state.witnessed(p.tip.Size) && p.cfg.Clock().Sub(s.at) < max(refreshEvery, p.cfg.PublicEvery)) {
		return nil
	}
	lines, err := p.cosign(ctx)
	if err != nil || again && len(lines) == 0 {
		return err
	}
	full := append(append([]byte(nil), p.tip.note...), lines...)
	now := p.cfg.Clock()
	if err := p.keeper.keep(now, true, full); err != nil {
		return err
	}
	p.tip.kept = true
	p.shown.Store(&shownNote{p.tip.Checkpoint, full, now})
	return nil
}

// Witness makes one round for witnesses only: it signs the log's head, keeps the
// checkpoint, and asks them; nothing is shown.
func (p *Publisher) Witness(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.cfg.Witnesses) == 0 {
		return nil
	}
	err := p.sign(ctx)
	if err == nil && !p.state.witnessed(p.tip.Size) {
		_, err = p.cosign(ctx)
	}
	return p.note(err)
}

// cosign keeps the tip and gets the witnesses' signature lines for it.
func (p *Publisher) cosign(ctx context.Context) ([]byte, error) {
	if len(p.cfg.Witnesses) == 0 {
		return nil, nil
	}
	if !p.tip.kept {
		if err := p.keeper.keep(p.cfg.Clock(), false, p.tip.note); err != nil {
			return nil, err
		}
		p.tip.kept = true
	}
	tip := p.tip
	return p.state.round(ctx, p.cfg.Clock, tip, func(old int64) ([]string, error) {
		proof, err := consistencyProof(ctx, p.cfg.Store, old, tip.Checkpoint)
		return proofText(proof), err
	}), nil
}

// note remembers the error of a round and logs it when it is another one than before.
func (p *Publisher) note(err error) error {
	if p.state.fail(err, p.cfg.Clock()) {
		if err != nil {
			p.cfg.Log.Error("checkpoint not published", "log", p.cfg.Signer.Name(), "error", err)
		} else {
			p.cfg.Log.Info("checkpoints are published again", "log", p.cfg.Signer.Name())
		}
	}
	return err
}

// Run publishes and asks witnesses at the configured intervals until ctx ends.
// A round that fails is logged, shown by State and tried again.
func (p *Publisher) Run(ctx context.Context) {
	every := p.cfg.PublicEvery
	if len(p.cfg.Witnesses) > 0 {
		every = min(every, p.cfg.WitnessEvery)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	var public time.Time
	for {
		if now := p.cfg.Clock(); now.Sub(public) >= p.cfg.PublicEvery {
			if p.Publish(ctx) == nil {
				public = now
			}
		} else {
			_ = p.Witness(ctx) // remembered in the state
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Checkpoint returns the signed note shown to everybody, nil before the first.
func (p *Publisher) Checkpoint() []byte {
	if s := p.shown.Load(); s != nil {
		return s.note
	}
	return nil
}

// Published returns what Checkpoint says and when it was shown first; ok is
// false before the first.
func (p *Publisher) Published() (c Checkpoint, at time.Time, ok bool) {
	s := p.shown.Load()
	if s == nil {
		return Checkpoint{}, time.Time{}, false
	}
	return s.Checkpoint, s.at, true
}

// Halted returns the reason why nothing may be appended any more: a kept
// checkpoint that the log no longer fits. It is nil in all other states.
func (p *Publisher) Halted() error {
	if err := p.State().Err; errors.Is(err, ErrShrunk) {
		return err
	}
	return nil
}
