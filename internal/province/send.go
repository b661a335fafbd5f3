package province

import (
	"context"
	"iter"
	"net/http"
	"sync"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/standard"
)

// batch is how many records a simulated system sends at once.
const batch = 200

// Client is the system's own client of the door at base, such as
// "http://127.0.0.1:8080".
func (s System) Client(base string) (*exchange.Client, error) {
	key, err := signature.NewPrivateKey(signature.Ed25519, s.Key)
	if err != nil {
		return nil, err
	}
	return &exchange.Client{
		URL: base, Signer: signature.Signer{KeyID: s.KeyID(), Key: key}, HTTP: &http.Client{Timeout: time.Minute}, Clock: time.Now,
	}, nil
}

// A Count says what became of records.
type Count struct{ Sent, Refused, Known int }

// A Sender hands records in through the real door, each system's in order, as
// any vendor's system would. It may be used by several goroutines, each system
// by one at a time.
type Sender struct {
	base    string
	systems []System
	clients []*exchange.Client
	queues  [][]standard.Record

	mu    sync.Mutex
	count Count
}

// NewSender makes the senders of the systems for the door at base.
func NewSender(base string, systems []System) (*Sender, error) {
	s := &Sender{base: base, systems: systems, queues: make([][]standard.Record, len(systems))}
	for _, sys := range systems {
		c, err := sys.Client(base)
		if err != nil {
			return nil, err
		}
		s.clients = append(s.clients, c)
	}
	return s, nil
}

// Base is the address of the door.
func (s *Sender) Base() string { return s.base }

// Add queues records of one system and sends what makes a full batch.
func (s *Sender) Add(ctx context.Context, list []Sending) error {
	for i := range list {
		n := list[i].System
		s.queues[n] = append(s.queues[n], list[i].Record)
		if len(s.queues[n]) == batch {
			if err := s.flush(ctx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// Flush sends what is left.
func (s *Sender) Flush(ctx context.Context) error {
	for n := range s.queues {
		if err := s.flush(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Count returns what became of all records so far.
func (s *Sender) Count() Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

func (s *Sender) flush(ctx context.Context, n int) error {
	if len(s.queues[n]) == 0 {
		return nil
	}
	answer, err := s.clients[n].Send(ctx, s.systems[n].Platform, s.queues[n])
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.count.Sent += len(s.queues[n])
	s.count.Refused += answer.Refused
	s.count.Known += answer.Duplicate
	s.mu.Unlock()
	s.queues[n] = s.queues[n][:0]
	return nil
}

// SendHistory hands in the files of a history up to a time, the youngest
// first, and says how many dockets were handed in.
func (s *Sender) SendHistory(ctx context.Context, files iter.Seq[File], end time.Time, done func(dockets int)) error {
	n := 0
	for f := range files {
		if err := s.upload(ctx, f.Papers); err != nil {
			return err
		}
		for _, list := range [][]Sending{f.Until(end), until(f.Rubbish, end)} {
			if err := s.Add(ctx, list); err != nil {
				return err
			}
		}
		n++
		done(n)
	}
	return s.Flush(ctx)
}
