package exchange

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/exchange/signature"
	"mingjing/internal/standard"
)

// Client sends batches to a door: for the demo, the relay and the tests. A
// trading system in Go may copy clients/go instead, which needs none of ours.
type Client struct {
	URL    string // "https://exchange.example", without a path
	Signer signature.Signer
	HTTP   *http.Client     // nil: http.DefaultClient
	Clock  func() time.Time // for "created"
}

// Send sends one batch of at most 1,000 records and returns the answers in
// their order. On 429 and 503 it waits as told and sends the same again, until
// ctx ends; any other refusal of the whole batch is a *Problem. Sending again
// what was taken changes nothing.
func (c *Client) Send(ctx context.Context, platform string, records []standard.Record) (*BatchAnswer, error) {
	body, err := encodeBatch(platform, records)
	if err != nil {
		return nil, err
	}
	for {
		answer, wait, err := c.post(ctx, "/exchange/v1/batches", "application/json", body)
		if err == nil || wait == 0 {
			return answer, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("%w; the door said: %w", ctx.Err(), err)
		}
	}
}

// post signs and sends one body. wait is not 0 when the same may be sent again.
func (c *Client) post(ctx context.Context, path, contentType string, body []byte) (answer *BatchAnswer, wait time.Duration, err error) {
	r, err := c.signed(ctx, http.MethodPost, path, http.Header{"Content-Type": {contentType}}, body)
	if err != nil {
		return nil, 0, fmt.Errorf("send a batch: %w", err)
	}
	resp, err := c.client().Do(r)
	if err != nil {
		return nil, 0, fmt.Errorf("send a batch: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		answer = new(BatchAnswer)
		if err := json.Unmarshal(text, answer); err != nil {
			return nil, 0, fmt.Errorf("read the answer: %w", err)
		}
		return answer, 0, nil
	}
	problem := new(Problem)
	if err := json.Unmarshal(text, problem); err != nil {
		return nil, 0, fmt.Errorf("the door answered %s without a problem document", resp.Status)
	}
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
		wait = retryAfter(resp.Header)
	}
	return nil, wait, problem
}

// signed makes a request to the door and signs it.
func (c *Client) signed(ctx context.Context, method, path string, header http.Header, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = header
	return r, c.Signer.Sign(r, body, c.Clock(), "")
}

func (c *Client) client() *http.Client {
	if c.HTTP == nil {
		return http.DefaultClient
	}
	return c.HTTP
}

// retryAfter is how long the door asks to wait: a second when it says nothing
// that can be read.
func retryAfter(h http.Header) time.Duration {
	seconds, _ := strconv.Atoi(h.Get("Retry-After"))
	return time.Duration(max(seconds, 1)) * time.Second
}

// encodeBatch writes a JSON batch. A record of the batch's own platform does
// not repeat its origin.
func encodeBatch(platform string, records []standard.Record) ([]byte, error) {
	doc := BatchDocument{Platform: platform, Records: make([]RecordDocument, len(records))}
	for i := range records {
		r := &records[i]
		doc.Records[i] = RecordDocument{
			Dataset: r.Dataset, Op: string(r.Op), Key: r.Key, Revision: r.Revision, Occurred: r.Occurred, Fields: r.Fields,
		}
		if r.Origin != platform {
			doc.Records[i].Origin = r.Origin
		}
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("write a batch: %w", err)
	}
	return body, nil
}
