package ledger

import (
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"
)

// publication is the proof side of a Ledger.
type publication struct{ publisher atomic.Pointer[Publisher] }

// ErrNoPublisher says that this process does not sign checkpoints.
var ErrNoPublisher = errors.New("this process does not publish checkpoints of the log: start its publisher first")

// checkKept refuses a store that does not fit the last kept checkpoint.
func (l *Ledger) checkKept(ctx context.Context, _ Head) error {
	if l.opt.Dir == "" {
		return nil
	}
	return checkKept(ctx, l.store, l.opt.Dir)
}

// StartPublisher makes the Publisher of this log, once. Store, Signer, Dir and
// Clock are the Ledger's own when cfg leaves them out, and Verifier is the
// public key beside the kept checkpoints (see OpenSigner). The caller lets it
// Run, or calls Publish.
func (l *Ledger) StartPublisher(ctx context.Context, cfg PublisherConfig) (*Publisher, error) {
	if cfg.Store == nil {
		cfg.Store = l.store
	}
	if cfg.Signer == nil {
		cfg.Signer = l.opt.Signer
	}
	if cfg.Dir == "" {
		cfg.Dir = l.opt.Dir
	}
	if cfg.Clock == nil {
		cfg.Clock = l.opt.Clock
	}
	if cfg.Signer == nil || cfg.Dir == "" {
		return nil, errors.New("a publisher needs the log's signer and a data directory to keep checkpoints in")
	}
	if cfg.Verifier == nil {
		vkey, err := LogVKey(cfg.Dir)
		if err != nil {
			return nil, err
		}
		if cfg.Verifier, err = note.NewVerifier(vkey); err != nil {
			return nil, err
		}
	}
	p, err := NewPublisher(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if !l.publisher.CompareAndSwap(nil, p) {
		return nil, errors.New("the log's publisher was started already")
	}
	return p, nil
}

// Publisher returns the started publisher, nil before.
func (l *Ledger) Publisher() *Publisher { return l.publisher.Load() }

// Checkpoint returns the signed note shown to everybody; nil before the first.
func (l *Ledger) Checkpoint() []byte {
	if p := l.publisher.Load(); p != nil {
		return p.Checkpoint()
	}
	return nil
}

// Publish makes one public round now; see Publisher.Publish. When no publisher
// was started, one without witnesses is.
func (l *Ledger) Publish(ctx context.Context) error {
	p := l.publisher.Load()
	if p == nil {
		var err error
		if p, err = l.StartPublisher(ctx, PublisherConfig{}); err != nil {
			return err
		}
	}
	return p.Publish(ctx)
}

// Prove returns the published checkpoint and the proof of the record at
// position in its tree; see Publisher.Prove. Errors: ErrNotYet, ErrNoPublisher.
func (l *Ledger) Prove(ctx context.Context, position int64) (checkpoint []byte, proof []string, err error) {
	p := l.publisher.Load()
	if p == nil {
		return nil, nil, ErrNoPublisher
	}
	return p.Prove(ctx, position)
}
