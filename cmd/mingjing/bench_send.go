package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/exchange/signature"
)

// A benchSender is one trading system's connection: it makes, signs and posts
// batches one after the other.
type benchSender struct {
	bench  *bench
	url    string
	signer signature.Signer
	client *http.Client
	start  time.Time
	turn   int // which of the senders it is
	next   int64
	queue  []part

	accepted int
	took     []time.Duration
	planted  map[finding]time.Time // received time of the record that completes a finding
	err      error
}

func newBenchSender(b *bench, url string, signer signature.Signer, turn int, start time.Time) *benchSender {
	return &benchSender{
		bench: b, url: url, signer: signer, turn: turn, start: start, next: b.traffic.first + int64(turn),
		client:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: time.Minute},
		planted: map[finding]time.Time{},
	}
}

// run sends until sending ends; ctx cuts short what is under way.
func (s *benchSender) run(ctx, sending context.Context) error {
	defer s.client.CloseIdleConnections()
	var pause time.Duration
	if s.bench.rate > 0 {
		pause = time.Duration(float64(s.bench.batch*s.bench.flags.Writers) / s.bench.rate * float64(time.Second))
	}
	// Senders at a rate begin one after the other, not all at once.
	due := s.start.Add(pause * time.Duration(s.turn) / time.Duration(s.bench.flags.Writers))
	for {
		parts, body := s.body()
		select {
		case <-sending.Done():
			return nil
		case <-time.After(time.Until(due)):
		}
		due = due.Add(pause)
		if sending.Err() != nil {
			return nil
		}
		if err := s.post(ctx, parts, body); err != nil {
			return err
		}
	}
}

// body makes the next batch.
func (s *benchSender) body() ([]part, []byte) {
	n := s.bench.batch
	for len(s.queue) < n {
		var dockets []int64
		for range s.bench.abreast {
			dockets = append(dockets, s.next)
			s.next += int64(s.bench.flags.Writers)
		}
		s.queue = append(s.queue, lives(dockets)...)
	}
	parts := s.queue[:n]
	s.queue = s.queue[n:]
	body := append(make([]byte, 0, 1200*n), `{"platform":"`+s.bench.traffic.platform+`","records":[`...)
	for i, p := range parts {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.bench.traffic.append(body, p)
	}
	return parts, append(body, `]}`...)
}

func (s *benchSender) post(ctx context.Context, parts []part, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/exchange/v1/batches", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := s.signer.Sign(req, body, time.Now(), newID()); err != nil {
		return err
	}
	start := time.Now()
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	s.took = append(s.took, time.Since(start))
	var answer struct {
		Accepted int `json:"accepted"`
		Answers  []struct {
			Receipt struct {
				Received time.Time `json:"received"`
			} `json:"receipt"`
		} `json:"answers"`
	}
	if resp.StatusCode == http.StatusOK {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil || answer.Accepted != len(parts) || len(answer.Answers) != len(parts) {
		return fmt.Errorf("bench: of %d records %d were accepted, status %d: %.600s", len(parts), answer.Accepted, resp.StatusCode, text)
	}
	s.accepted += len(parts)
	for i, p := range parts {
		if indicator, dataset := plantOf(p.docket); indicator != "" && dataset == p.dataset {
			s.planted[finding{s.bench.traffic.tender(p.docket), indicator}] = answer.Answers[i].Receipt.Received
		}
	}
	return nil
}
