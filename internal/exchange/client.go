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
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("send a batch: %w", err)
	}
	r.Header.Set("Content-Type", contentType)
	if err := c.Signer.Sign(r, body, c.Clock(), ""); err != nil {
		return nil, 0, err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
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
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After")) // absent or odd: a second
		wait = time.Duration(max(seconds, 1)) * time.Second
	}
	return nil, wait, problem
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
