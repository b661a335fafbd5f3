package ledger

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// PublisherState tells how it stands with the log's checkpoints.
type PublisherState struct {
	Signed    int64     // size of the newest signed checkpoint that witnesses were asked for
	Witnessed int64     // size of the newest that enough witnesses cosigned; -1 when none
	At        time.Time // the latest time that a witness put into a cosignature

	// UnwitnessedSince is when the newest checkpoint first lacked enough
	// cosignatures; zero while all is well or no witness is configured.
	UnwitnessedSince time.Time
	Quorum           int
	Witnesses        []WitnessState
	Err              error     // why the last round failed; nil when it did not
	ErrSince         time.Time // since when rounds fail
}

// WitnessState is what one witness did last.
type WitnessState struct {
	Name string
	Size int64     // of the checkpoint it cosigned last; -1 when none
	At   time.Time // the time it put into that
	Err  error     // why it did not cosign the newest; wraps ErrWitnessRefused when it saw another history
}

// publisherState is the guarded form of PublisherState.
type publisherState struct {
	mu      sync.Mutex
	clients []*WitnessClient
	s       PublisherState
}

func (p *publisherState) init(clients []*WitnessClient, quorum int) {
	p.clients, p.s.Quorum, p.s.Witnessed = clients, quorum, -1
	for _, c := range clients {
		p.s.Witnesses = append(p.s.Witnesses, WitnessState{Name: c.Verifier.Name(), Size: -1})
	}
}

// State returns how it stands; it never waits for a witness.
func (p *Publisher) State() PublisherState {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	s := p.state.s
	s.Witnesses = slices.Clone(s.Witnesses)
	return s
}

// witnessed tells whether enough witnesses cosigned the tree of that size.
func (p *publisherState) witnessed(size int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.clients) == 0 || p.s.Witnessed == size
}

// fail remembers a round's error and tells whether it is another than before.
func (p *publisherState) fail(err error, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.s.Err
	p.s.Err = err
	switch {
	case err == nil:
		p.s.ErrSince = time.Time{}
	case was == nil:
		p.s.ErrSince = now
	}
	return (err == nil) != (was == nil) || err != nil && err.Error() != was.Error()
}

// round asks all witnesses at once for tip and returns the signature lines that
// came, in the order of the configuration.
func (p *publisherState) round(ctx context.Context, clock func() time.Time, tip signedTip, prove func(old int64) ([]string, error)) []byte {
	type answer struct {
		line []byte
		at   time.Time
		err  error
	}
	answers := make([]answer, len(p.clients))
	var wg sync.WaitGroup
	for i, c := range p.clients {
		wg.Go(func() {
			a := &answers[i]
			a.line, a.at, a.err = c.Cosign(ctx, tip.note, tip.Size, prove)
		})
	}
	wg.Wait()

	p.mu.Lock()
	defer p.mu.Unlock()
	p.s.Signed = tip.Size
	var lines []byte
	cosigned := 0
	for i, a := range answers {
		w := &p.s.Witnesses[i]
		if w.Err = a.err; a.err != nil {
			continue
		}
		w.Size, w.At = tip.Size, a.at
		if a.at.After(p.s.At) {
			p.s.At = a.at
		}
		cosigned++
		lines = append(lines, a.line...)
	}
	switch {
	case cosigned >= p.s.Quorum:
		p.s.Witnessed, p.s.UnwitnessedSince = tip.Size, time.Time{}
	case p.s.UnwitnessedSince.IsZero():
		p.s.UnwitnessedSince = clock()
	}
	return lines
}

// Refused returns the refusals of witnesses that saw another history of this
// log, joined; nil when there is none. It is the gravest news a log can have.
func (s PublisherState) Refused() error {
	var errs []error
	for _, w := range s.Witnesses {
		if errors.Is(w.Err, ErrWitnessRefused) {
			errs = append(errs, w.Err)
		}
	}
	return errors.Join(errs...)
}
