package ledger

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrNotYet says that no published checkpoint covers a position yet. It comes
// as a *NotYetError.
var ErrNotYet = errors.New("no published checkpoint covers this record yet")

// A NotYetError says how long to wait for a proof: 202 and Retry-After over HTTP.
type NotYetError struct {
	Position, Size int64         // asked for; size of the published tree
	RetryAfter     time.Duration // until the next public checkpoint, at least a second
}

func (e *NotYetError) Error() string {
	return fmt.Sprintf("record %d: %v (published are %d records); ask again in %s", e.Position, ErrNotYet, e.Size, e.RetryAfter)
}

// Is makes errors.Is(err, ErrNotYet) true.
func (e *NotYetError) Is(target error) bool { return target == ErrNotYet }

// Prove returns the published checkpoint and the inclusion proof of the leaf at
// position in exactly its tree, as base64 hashes (RFC 6962, 2.1.1). The hashes
// read from the store are checked against the checkpoint, so that a damaged
// tile is an error and never a wrong proof.
func (p *Publisher) Prove(ctx context.Context, position int64) (checkpoint []byte, proof []string, err error) {
	s := p.shown.Load()
	if s == nil || position >= s.Size {
		e := &NotYetError{Position: position, RetryAfter: time.Second}
		if s != nil {
			e.Size = s.Size
			if wait := p.cfg.PublicEvery - p.cfg.Clock().Sub(s.at); wait > time.Second {
				e.RetryAfter = wait.Round(time.Second)
			}
		}
		return nil, nil, e
	}
	if position < 0 {
		return nil, nil, fmt.Errorf("position %d: positions begin at 0", position)
	}
	hashes, err := tlog.ProveRecord(s.Size, position, authentic(ctx, p.cfg.Store, s.tree()))
	if err != nil {
		return nil, nil, fmt.Errorf("prove record %d: %w", position, err)
	}
	return s.note, proofText(hashes), nil
}

// CheckInclusion verifies that leaf stands at position in the tree of c.
func CheckInclusion(c Checkpoint, position int64, leaf Hash, proof []string) error {
	hashes, err := parseProof(proof)
	if err != nil {
		return err
	}
	if position < 0 || position >= c.Size {
		return fmt.Errorf("record %d is not among the %d of the checkpoint", position, c.Size)
	}
	if err := tlog.CheckRecord(hashes, c.Size, tlog.Hash(c.Root), position, leafHash(leaf)); err != nil {
		return fmt.Errorf("record %d is not the one that the checkpoint of size %d covers: %w", position, c.Size, err)
	}
	return nil
}

func proofText(hashes []tlog.Hash) []string {
	text := make([]string, len(hashes))
	for i := range hashes {
		text[i] = base64.StdEncoding.EncodeToString(hashes[i][:])
	}
	return text
}

func parseProof(text []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(text))
	for i, s := range text {
		h, err := parseHash(s)
		if err != nil {
			return nil, fmt.Errorf("proof line %d: %w", i+1, err)
		}
		hashes[i] = tlog.Hash(h)
	}
	return hashes, nil
}
