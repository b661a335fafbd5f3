package exchange

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

func (f *fixture) client() *Client {
	return &Client{URL: f.server.URL, Signer: f.signer, Clock: func() time.Time { return f.now }}
}

func TestClient(t *testing.T) {
	f := newFixture(t)
	a, b := standard.Example("503"), standard.Example("506")
	a.Origin, b.Origin = platform, platform
	got, err := f.client().Send(t.Context(), platform, []standard.Record{a, b})
	if err != nil || got.Accepted != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	if f.ledger.rows[1].Record.Fields["BID_OPENING_TIME"] != b.Fields["BID_OPENING_TIME"] || f.ledger.rows[1].Record.Origin != platform {
		t.Errorf("arrived: %+v", f.ledger.rows[1].Record)
	}
	c := f.client()
	c.Signer.KeyID = "other"
	var p *Problem
	if _, err := c.Send(t.Context(), platform, []standard.Record{a}); !errors.As(err, &p) || p.Rule != "X006" {
		t.Errorf("another key: %v", err)
	}
}

// TestClientRetries: a door that is down for a moment costs the client only time.
func TestClientRetries(t *testing.T) {
	flaky := &flakyLedger{}
	f := newFixture(t, func(f *fixture) {
		flaky.Ledger = f.ledger
		f.deps.Ledger = flaky
	})
	r := standard.Example("503")
	r.Origin = platform
	// Retry-After is 5 s by default: the test need not wait for it to see that the client would.
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := f.client().Send(ctx, platform, []standard.Record{r})
	var p *Problem
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &p) || p.Rule != "X014" {
		t.Errorf("while down: %v", err)
	}
	if got, err := f.client().Send(t.Context(), platform, []standard.Record{r}); err != nil || got.Accepted != 1 {
		t.Errorf("when up again: %+v %v", got, err)
	}
}

// flakyLedger fails the first append.
type flakyLedger struct {
	Ledger
	calls atomic.Int64
}

func (l *flakyLedger) Append(ctx context.Context, s ledger.Submission) ([]ledger.Outcome, error) {
	if l.calls.Add(1) == 1 {
		return nil, errDown
	}
	return l.Ledger.Append(ctx, s)
}

// hungLedger answers nothing until its context ends.
type hungLedger struct{}

func (hungLedger) Append(ctx context.Context, _ ledger.Submission) ([]ledger.Outcome, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestHungStore: a store that hangs freezes nobody: each batch gets its 503 in
// time, also those that wait for a place, and what needs no store is served.
func TestHungStore(t *testing.T) {
	f := newFixture(t, func(f *fixture) {
		f.deps.Ledger = hungLedger{}
		f.deps.Timeout = 100 * time.Millisecond
		f.deps.Limits.InFlight = 1
		f.deps.NewID = func() string { return "r" }
	})
	body := batchOf(t, notice("a", "1", "n"))
	start := time.Now()
	answers := make(chan reply, 3)
	for range cap(answers) {
		q := f.request("POST", batches, typeJSON, body)
		go func() { answers <- f.do(q) }()
	}
	rules := map[string]int{}
	for range cap(answers) {
		got := <-answers
		if got.status != 503 || got.header.Get("Retry-After") == "" {
			t.Errorf("%d %s", got.status, got.text)
		}
		rules[got.problem.Rule]++
	}
	if rules["X014"] == 0 || rules["X014"]+rules["X016"] != 3 {
		t.Errorf("rules %v", rules)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %s", d)
	}
	if got := f.send(validate, typeJSON, body); got.status != 200 {
		t.Errorf("validate: %d %s", got.status, got.text)
	}
}
