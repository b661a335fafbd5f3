package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"time"
)

// A Worker reads PDFs in a process of its own, one a file: whatever a file does
// there, it ends with it.
type Worker struct {
	Command []string      // that reads a PDF on standard input and prints an Answer
	Timeout time.Duration // of one file; 0: two minutes
}

// An Answer is what the process prints, as JSON.
type Answer struct {
	Document *Document `json:"document,omitempty"`
	Problem  string    `json:"problem,omitempty"` // why the file cannot be read
}

// ReadPDF implements PDFReader.
func (w *Worker) ReadPDF(ctx context.Context, data []byte, l Limits) (*Document, error) {
	timeout := w.Timeout
	if timeout == 0 {
		timeout = 2 * time.Minute
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, w.Command[0], w.Command[1:]...)
	cmd.Env = []string{"HOME=" + os.TempDir(), "GOMEMLIMIT=1GiB"} // nothing of ours: no keys, no tokens
	cmd.Stdin = bytes.NewReader(data)
	out := &bounded{most: 2*l.Text + 1<<20}
	cmd.Stdout = out
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, unreadable("reading it took more than %v", timeout)
	case errors.As(err, &exit):
		return nil, unreadable("its reader broke down (%v)", exit)
	case err != nil:
		return nil, err
	}
	var a Answer
	if err := json.Unmarshal(out.data.Bytes(), &a); err != nil || out.over || a.Document == nil && a.Problem == "" {
		return nil, unreadable("its reader gave no answer")
	}
	if a.Document == nil {
		return nil, unreadable("%s", a.Problem)
	}
	return a.Document, nil
}

// bounded keeps what is written up to a limit and drops the rest.
type bounded struct {
	data bytes.Buffer
	most int
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.data.Len()+len(p) > b.most {
		b.over = true
		return len(p), nil
	}
	return b.data.Write(p)
}
