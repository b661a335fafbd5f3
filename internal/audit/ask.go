package audit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mingjing/internal/store/snapshot"
	"mingjing/internal/supervise"
)

// A Question is what an auditor asks.
type Question struct {
	supervise.Asking        // who asks what; Snapshot is given by the desk
	ID               string // of the snapshot; "": the newest
	Rows             int    // at most so many
}

// A Told says how a question was answered.
type Told struct {
	Asking   supervise.Asking
	Snapshot Snapshot
	Rows     int
	More     bool // there are more rows
	Took     time.Duration
}

// A Wrong says what is wrong with a question, in words for the person.
type Wrong struct{ Text string }

// Error implements error.
func (w *Wrong) Error() string { return w.Text }

// line is one line of the process's answer.
type line struct {
	Columns []string         `json:"columns,omitempty"`
	Types   []string         `json:"types,omitempty"`
	Row     []jsontext.Value `json:"row,omitempty"`
	End     bool             `json:"end,omitempty"`
	Rows    int              `json:"rows,omitempty"`
	More    bool             `json:"more,omitempty"`
	Wrong   string           `json:"wrong,omitempty"` // with the question
	Limit   string           `json:"limit,omitempty"` // that was reached
	Fault   string           `json:"fault,omitempty"`
}

// work is what the process is given.
type work struct {
	snapshot.Question
	Millis int64 `json:"millis"` // time it may take
	Memory int64 `json:"memory"`
}

// Ask puts a question into the log, and only then answers it. Errors: *Wrong,
// ErrNone, ErrNotKept, ErrBusy, what wraps supervise.ErrAsking; and ErrNotNoted when
// it could not be put into the log: then nothing was asked.
func (d *Desk) Ask(ctx context.Context, q Question, to snapshot.Answer) (*Told, error) {
	select {
	case d.turns <- struct{}{}:
		defer func() { <-d.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(10 * time.Second):
		return nil, ErrBusy
	}
	p, err := d.pend(ctx, q)
	if err != nil {
		return nil, err
	}
	defer p.done()
	return p.told, d.run(ctx, p.work, p.told, to)
}

// A pending question is in the log, and holds its snapshot until done.
type pending struct {
	work work
	told *Told
	done func()
}

// pend puts a question into the log.
func (d *Desk) pend(ctx context.Context, q Question) (*pending, error) {
	s, done, err := d.use(q.ID)
	if err != nil {
		return nil, err
	}
	q.Snapshot = s.Position
	asking, err := d.cfg.Note(ctx, q.Asking)
	if err != nil {
		done()
		if !errors.Is(err, supervise.ErrAsking) {
			err = fmt.Errorf("%w: %w", ErrNotNoted, err)
		}
		return nil, err
	}
	w := work{snapshot.Question{File: d.file(s.ID, mainFile), SQL: q.SQL, Rows: q.Rows, Within: d.cfg.Limits.Within}, d.cfg.Limits.Within.Milliseconds(), d.cfg.Limits.Memory}
	if q.Personal {
		w.Personal = d.file(s.ID, personalFile)
	}
	return &pending{w, &Told{Asking: asking, Snapshot: *s}, done}, nil
}

// use holds a snapshot until done is called.
func (d *Desk) use(id string) (s *Snapshot, done func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	list, err := d.kept()
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, ErrNone
	}
	s = &list[0]
	if id != "" {
		s = nil
		for i := range list {
			if list[i].ID == id {
				s = &list[i]
			}
		}
		if s == nil {
			return nil, nil, ErrNotKept
		}
	}
	held := s.ID
	d.using[held]++
	return s, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.using[held]--; d.using[held] == 0 {
			delete(d.using, held)
		}
	}, nil
}

// patience is what the process may take over the question's own time, to start and to end.
const patience = 10 * time.Second

// maxLine bounds one row of an answer in bytes.
const maxLine = 64 << 20

func (d *Desk) run(ctx context.Context, w work, told *Told, to snapshot.Answer) error {
	begun := time.Now()
	defer func() { told.Took = time.Since(begun) }()
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, w.Within+patience)
	defer cancel()
	cmd := exec.CommandContext(limited, d.cfg.Command[0], d.cfg.Command[1:]...)
	cmd.Env = []string{"HOME=" + os.TempDir(), "TMPDIR=" + os.TempDir()} // nothing of ours: no keys, no address of the store
	cmd.Dir = d.cfg.Dir
	cmd.Stdin = bytes.NewReader(text)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	last, readErr := d.read(out, to)
	if readErr != nil {
		cancel()
	}
	_, _ = io.Copy(io.Discard, out)
	waitErr := cmd.Wait()
	var exit *exec.ExitError
	switch {
	case readErr != nil:
		return readErr
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return tooLong(w.Within)
	case errors.As(waitErr, &exit) && exit.ExitCode() == exitMemory:
		return tooMuch(w.Memory)
	case waitErr != nil:
		return fmt.Errorf("audit: the process that answers ended: %w", waitErr)
	case last == nil:
		return errors.New("audit: the process that answers gave no answer")
	case last.Wrong != "":
		return &Wrong{last.Wrong}
	case last.Limit == "time":
		return tooLong(w.Within)
	case last.Limit != "":
		return &Wrong{last.Limit}
	case last.Fault != "":
		return fmt.Errorf("audit: %s", last.Fault)
	}
	told.Rows, told.More = last.Rows, last.More
	return nil
}

func tooLong(within time.Duration) error {
	return &Wrong{fmt.Sprintf("查询超过 %s 的时限，已中止：请加条件、加 LIMIT，或按索引列（docket、party_code 等）查找 / The question took more than %s and was ended: add conditions or a LIMIT, or look by an indexed column (docket, party_code, …)", within, within)}
}

func tooMuch(memory int64) error {
	return &Wrong{fmt.Sprintf("查询所需内存超过 %d MiB，已中止：请减少排序、去重的行数 / The question took more than %d MiB of memory and was ended: sort or compare fewer rows", memory>>20, memory>>20)}
}

// cells reads the values of a row; a number without a fraction is whole.
func cells(row []jsontext.Value) ([]any, error) {
	out := make([]any, len(row))
	for i, v := range row {
		switch v.Kind() {
		case 'n':
		case '0':
			if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
				out[i] = n
				continue
			}
			n, err := strconv.ParseFloat(string(v), 64)
			if err != nil {
				return nil, err
			}
			out[i] = n
		default:
			var s string
			if err := json.Unmarshal(v, &s); err != nil {
				return nil, err
			}
			out[i] = s
		}
	}
	return out, nil
}

// read hands the lines of an answer on; its last line is returned.
func (d *Desk) read(out io.Reader, to snapshot.Answer) (*line, error) {
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, errors.New("audit: the process that answers gave a line that cannot be read")
		}
		switch {
		case l.Columns != nil:
			if err := to.Columns(l.Columns, l.Types); err != nil {
				return nil, err
			}
		case l.End || l.Wrong != "" || l.Limit != "" || l.Fault != "":
			return &l, nil
		default:
			row, err := cells(l.Row)
			if err == nil {
				err = to.Row(row)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return &line{Limit: fmt.Sprintf("一行结果超过 %d MiB / One row is longer than %d MiB", maxLine>>20, maxLine>>20)}, nil
	}
	return nil, nil
}
