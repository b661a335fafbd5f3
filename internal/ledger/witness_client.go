package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// A WitnessClient asks one witness (c2sp.org/tlog-witness) to cosign.
type WitnessClient struct {
	URL      string        // submission prefix, such as "https://witness.example/mingjing"
	Verifier note.Verifier // the witness's cosignature/v1 key
	HTTP     *http.Client
	Timeout  time.Duration // for one checkpoint, all tries together

	mu   sync.Mutex
	size int64 // of the checkpoint it cosigned last, as far as known
}

// NewWitnessClient returns a client for the witness at url with the given vkey
// (an Ed25519 or a cosignature/v1 key). Answers are waited for 5 seconds.
func NewWitnessClient(url, vkey string) (*WitnessClient, error) {
	v, err := fnote.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		return nil, fmt.Errorf("witness %s: key %q: %w", url, vkey, err)
	}
	return &WitnessClient{URL: strings.TrimRight(url, "/"), Verifier: v, HTTP: &http.Client{}, Timeout: 5 * time.Second}, nil
}

// ErrWitnessRefused says that a witness saw a history of this log that the
// checkpoint does not continue: the log shrank, or shows two histories.
var ErrWitnessRefused = errors.New("the witness has seen another history of this log")

// Cosign returns the witness's signature line for signed, a checkpoint of the
// given size, and the time in it. prove gives the consistency proof, in base64,
// from the size that the witness knows.
func (w *WitnessClient) Cosign(ctx context.Context, signed []byte, size int64, prove func(old int64) ([]string, error)) (line []byte, at time.Time, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	old := min(w.size, size)
	for try := 0; ; try++ {
		proof, err := prove(old)
		if err != nil {
			return nil, at, err
		}
		status, answer, err := w.post(ctx, old, proof, signed)
		if err != nil {
			return nil, at, err
		}
		switch status {
		case http.StatusOK:
			if line, at, err = w.read(signed, answer); err == nil {
				w.size = size
			}
			return line, at, err
		case http.StatusConflict:
			known, err := parseSize(strings.TrimSuffix(string(answer), "\n"))
			if err != nil {
				return nil, at, fmt.Errorf("witness %s: answer 409 without a size: %w", w.Verifier.Name(), err)
			}
			if known > size {
				return nil, at, fmt.Errorf("%w: witness %s cosigned %d records, this log has %d", ErrWitnessRefused, w.Verifier.Name(), known, size)
			}
			if known == old {
				return nil, at, fmt.Errorf("%w: witness %s cosigned another root for %d records", ErrWitnessRefused, w.Verifier.Name(), known)
			}
			if try > 0 {
				return nil, at, fmt.Errorf("witness %s: its size changes while it is asked (%d, then %d): does another process publish?", w.Verifier.Name(), old, known)
			}
			old = known
		case http.StatusUnprocessableEntity:
			return nil, at, fmt.Errorf("%w: witness %s does not accept the proof from %d to %d records", ErrWitnessRefused, w.Verifier.Name(), old, size)
		default:
			return nil, at, fmt.Errorf("witness %s: HTTP %d: %.200q", w.Verifier.Name(), status, answer)
		}
	}
}

func (w *WitnessClient) post(ctx context.Context, old int64, proof []string, signed []byte) (int, []byte, error) {
	var body bytes.Buffer
	fmt.Fprintf(&body, "old %d\n", old)
	for _, h := range proof {
		fmt.Fprintf(&body, "%s\n", h)
	}
	body.WriteByte('\n')
	body.Write(signed)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/add-checkpoint", &body)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := w.HTTP.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("witness %s: %w", w.Verifier.Name(), err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return 0, nil, fmt.Errorf("witness %s: %w", w.Verifier.Name(), err)
	}
	return res.StatusCode, answer, nil
}

// read takes the witness's own verified signature out of its answer; lines of
// unknown keys are ignored.
func (w *WitnessClient) read(signed, answer []byte) ([]byte, time.Time, error) {
	n, err := note.Open(append(bytes.Clone(signed), answer...), note.VerifierList(w.Verifier))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("witness %s: its answer carries no valid cosignature: %w", w.Verifier.Name(), err)
	}
	at, err := fnote.CoSigV1Timestamp(n.Sigs[0])
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("witness %s: %w", w.Verifier.Name(), err)
	}
	return []byte(fmt.Sprintf("— %s %s\n", n.Sigs[0].Name, n.Sigs[0].Base64)), at, nil
}
