package province

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"mingjing/internal/exchange/signature"
)

// A Client sends records through the real door, signed, as any vendor's system
// would: in batches, waiting and trying again when the door says so.
type Client struct {
	Base   string // such as "http://127.0.0.1:8080"
	HTTP   *http.Client
	Clock  func() time.Time
	Batch  int                        // records a batch; 0 means 200
	Report func(sent, total, bad int) // called after each batch; may be nil
}

type wireRecord struct {
	Dataset  string            `json:"dataset"`
	Op       string            `json:"op"`
	Key      string            `json:"key"`
	Revision string            `json:"revision"`
	Occurred string            `json:"occurred,omitempty"`
	Fields   map[string]string `json:"fields"`
}

// KeyID is the id under which a simulated system's key is registered.
func (s System) KeyID() string { return s.Name + "-1" }

// Body writes the JSON batch document of the door for records of one system.
func Body(platform string, list []Sending) ([]byte, error) {
	doc := struct {
		Platform string       `json:"platform"`
		Records  []wireRecord `json:"records"`
	}{Platform: platform}
	for _, s := range list {
		r := s.Record
		doc.Records = append(doc.Records, wireRecord{r.Dataset, string(r.Op), r.Key, r.Revision, r.Occurred, r.Fields})
	}
	return json.Marshal(doc)
}

// Send hands in all records, each system's in order. It returns how many were
// refused; an error means that the door did not answer.
func (c *Client) Send(ctx context.Context, systems []System, list []Sending) (refused int, err error) {
	size := c.Batch
	if size == 0 {
		size = 200
	}
	queues := make([][]Sending, len(systems))
	flush := func(i int) error {
		n, err := c.post(ctx, systems[i], queues[i])
		refused += n
		queues[i] = queues[i][:0]
		return err
	}
	for n, s := range list {
		queues[s.System] = append(queues[s.System], s)
		if len(queues[s.System]) == size {
			if err := flush(s.System); err != nil {
				return refused, err
			}
			if c.Report != nil {
				c.Report(n+1, len(list), refused)
			}
		}
	}
	for i := range queues {
		if len(queues[i]) > 0 {
			if err := flush(i); err != nil {
				return refused, err
			}
		}
	}
	if c.Report != nil {
		c.Report(len(list), len(list), refused)
	}
	return refused, nil
}

func (c *Client) post(ctx context.Context, sys System, list []Sending) (refused int, err error) {
	body, err := Body(sys.Platform, list)
	if err != nil {
		return 0, err
	}
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		status, answer, err := c.once(ctx, sys, body)
		switch {
		case err == nil && status/100 == 2:
			return countRefused(answer)
		case err == nil && status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable:
			return 0, fmt.Errorf("%s: the door answered %d: %.300s", sys.Name, status, answer)
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (c *Client) once(ctx context.Context, sys System, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Base+"/exchange/v1/batches", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	key, err := signature.NewPrivateKey(signature.Ed25519, sys.Key)
	if err != nil {
		return 0, nil, err
	}
	var nonce [12]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return 0, nil, err
	}
	if err := (signature.Signer{KeyID: sys.KeyID(), Key: key}).Sign(req, body, c.Clock(), hex.EncodeToString(nonce[:])); err != nil {
		return 0, nil, err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// countRefused reads the door's answer.
func countRefused(answer []byte) (int, error) {
	var doc struct {
		Answers []struct {
			Status string `json:"status"`
		} `json:"answers"`
	}
	if err := json.Unmarshal(answer, &doc); err != nil {
		return 0, fmt.Errorf("the door's answer can't be read: %w", err)
	}
	n := 0
	for _, a := range doc.Answers {
		if a.Status == "refused" {
			n++
		}
	}
	return n, nil
}
