package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mingjing/internal/alike"
	"mingjing/internal/detect"
	"mingjing/internal/extract"
	"mingjing/internal/extract/pdf"
)

// alikeFlags say how the files of opened bids are compared.
type alikeFlags struct {
	NoCompare     bool          `name:"no-compare-files" env:"MINGJING_NO_COMPARE_FILES" help:"Do not compare the files of opened bids here: another process does, or nobody."`
	StandardText  []string      `name:"standard-text" type:"existingfile" placeholder:"FILE" help:"A statute or standard form that any bid may quote: TXT, DOCX, PDF. May be repeated."`
	CompareWithin time.Duration `name:"compare-within" default:"10m" help:"Time for the files of one docket; what is not compared then is told."`
}

// readWithin bounds the time for one file.
const readWithin = time.Minute

// comparison wires the job that compares the files of opened bids; nil when there is none here.
func (h *house) comparison(ctx context.Context, f alikeFlags) (*alike.Job, error) {
	if f.NoCompare || h.noWorker {
		return nil, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	read := (&extract.Worker{Command: []string{self, "file-worker"}, Timeout: readWithin}).Read
	c := alike.Config{Store: h.db, Files: h.files, Keys: h.keys, Clock: h.clock, Log: h.log, Timeout: f.CompareWithin}
	c.Read = func(ctx context.Context, data []byte) (*extract.Answer, error) {
		return read(ctx, data, extract.JobLimits)
	}
	for _, name := range f.StandardText {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		a, err := c.Read(ctx, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if a.Document == nil {
			return nil, fmt.Errorf("%s cannot be read: %s", name, a.Problem)
		}
		c.Standard = append(c.Standard, a.Document.Text)
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Minute
	}
	if h.sandbox != nil { // whose clock runs faster
		c.Lease = time.Duration(float64(c.Timeout+time.Minute) * max(1, h.sandbox.Anchor.Factor))
	}
	j := alike.New(c)
	return j, h.compareAnew(ctx, j)
}

// compareAnew has every docket looked at when files are compared otherwise than
// before, as by another program or with other standard texts: whose bids name
// files is then marked.
func (h *house) compareAnew(ctx context.Context, j *alike.Job) error {
	const name = "likeness edition"
	have, err := h.db.Meta(ctx, name)
	if err != nil || string(have) == j.Edition() {
		return err
	}
	if err := h.db.WakeDockets(ctx, nil, h.clock()); err != nil {
		return err
	}
	return h.db.PutMeta(ctx, name, []byte(j.Edition()))
}

// likeness reads what the files of a lot's opened bids have in common, nil when
// that is not known.
func (h *house) likeness(docket, lot string) (*detect.Likeness, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return alike.Stored(ctx, h.db, h.keys, docket, lot)
}

type fileWorkerCmd struct{}

// Run reads a file and prints an extract.Answer.
func (fileWorkerCmd) Run(ctx context.Context) (err error) {
	data, err := io.ReadAll(io.LimitReader(os.Stdin, int64(extract.JobLimits.File)+1))
	if err != nil {
		return err
	}
	l := &lazyPDF{}
	defer func() { err = errors.Join(err, l.close()) }()
	a, err := extract.ReadAll(ctx, data, extract.JobLimits, l)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

// lazyPDF makes its reader when a file is a PDF: that takes a while.
type lazyPDF struct{ r *pdf.Reader }

// ReadPDF implements extract.PDFReader.
func (l *lazyPDF) ReadPDF(ctx context.Context, data []byte, limits extract.Limits) (*extract.Document, error) {
	if l.r == nil {
		r, err := pdf.New(ctx)
		if err != nil {
			return nil, err
		}
		l.r = r
	}
	return l.r.ReadPDF(ctx, data, limits)
}

func (l *lazyPDF) close() error {
	if l.r == nil {
		return nil
	}
	return l.r.Close()
}
