package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"mingjing/internal/likeness"
)

// A Worker reads PDFs in a process of its own, one a file: whatever a file does
// there, it ends with it.
type Worker struct {
	Command []string      // that reads a PDF on standard input and prints an Answer
	Timeout time.Duration // of one file; 0: two minutes
}

// An Answer is what the process prints, as JSON.
type Answer struct {
	Document *Document     `json:"document,omitempty"`
	Bill     likeness.Bill `json:"bill,omitempty"`    // of ReadAll: when the file is one
	Problem  string        `json:"problem,omitempty"` // why the file cannot be read
}

// ReadPDF implements PDFReader.
func (w *Worker) ReadPDF(ctx context.Context, data []byte, l Limits) (*Document, error) {
	a, err := w.ask(ctx, data, l)
	switch {
	case err != nil:
		return nil, err
	case a.Document == nil:
		return nil, unreadable("%s", a.Problem)
	}
	return a.Document, nil
}

func (w *Worker) ask(ctx context.Context, data []byte, l Limits) (*Answer, error) {
	timeout := w.Timeout
	if timeout == 0 {
		timeout = 2 * time.Minute
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, w.Command[0], w.Command[1:]...)
	cmd.Env = []string{"HOME=" + os.TempDir(), "GOMEMLIMIT=1GiB"} // nothing of ours: no keys, no tokens
	cmd.Stdin = bytes.NewReader(data)
	out := &bounded{most: 2*l.Text + 64<<20} // a bill's items beside the text
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
	return &a, nil
}

// JobLimits are for what is read unasked, a lot's files one after another.
var JobLimits = Limits{File: 64 << 20, Expanded: 256 << 20, Text: 2 << 20, Entries: 20_000}

// ReadAll reads a file and, when it is one, its priced bill. Why it cannot be
// read is in the answer; an error is none of the file's.
func ReadAll(ctx context.Context, data []byte, l Limits, pdf PDFReader) (*Answer, error) {
	d, err := Read(ctx, "", data, l, pdf)
	if errors.Is(err, ErrUnreadable) {
		return &Answer{Problem: problem(err)}, nil
	}
	if err != nil {
		return nil, err
	}
	a := &Answer{Document: d}
	if d.Kind == "xlsx" || d.Kind == "xml" {
		if b, err := ReadBill(data, l); err == nil { // most workbooks are none
			a.Bill = b
		}
	}
	return a, nil
}

// problem is why a file cannot be read, without the words that all such errors begin with.
func problem(err error) string {
	return strings.TrimPrefix(err.Error(), ErrUnreadable.Error()+": ")
}

// Read is ReadAll in the process, whatever the file is.
func (w *Worker) Read(ctx context.Context, data []byte, l Limits) (*Answer, error) {
	if len(data) > l.File {
		return &Answer{Problem: problem(unreadable("%d bytes are more than the limit of %d", len(data), l.File))}, nil
	}
	a, err := w.ask(ctx, data, l)
	if errors.Is(err, ErrUnreadable) {
		return &Answer{Problem: problem(err)}, nil
	}
	return a, err
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
