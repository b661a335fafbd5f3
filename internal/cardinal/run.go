package cardinal

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// Options say how a stream is read.
type Options struct {
	// Ours gives our own answer instead of Cardinal's.
	Ours bool
	// Maps lists which organisations a flag of a process concerns.
	Maps bool
	// Workers read in parallel; 0 for one on each processor. The answer does
	// not depend on it.
	Workers int
	// Warn is told of lines that are left out, in their order. It may be nil.
	Warn func(*LineError)
	// chunk is how many bytes a worker reads at a time, longest how many a line
	// may have; 0 for what is usual.
	chunk, longest int
}

// A LineError is a line that was left out.
type LineError struct {
	Line   int // from 1
	Column int // the byte at which reading ended, from 1
	why    fault
}

func (e *LineError) Error() string {
	return fmt.Sprintf("line %d is left out: at byte %d: %s", e.Line, e.Column, e.why)
}

// maxLine is the longest line that is read. A longer one is left out.
const maxLine = 256 << 20

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Analyze reads JSON lines to the end and gives the answer. A line that is no
// JSON is left out and warned of; a line of white space is nothing. The error is
// that of the reader.
func Analyze(r io.Reader, s *Settings, o Options) (*Result, error) {
	in := newIntake(r, o)
	tallies := make([]*tally, o.workers())
	err := in.run(len(tallies), func(k int) lineReader {
		t := newTally(s)
		t.ours, t.maps = o.Ours, o.Maps
		t.resolve = func(proposed []byte) string { return in.currency(t.chunk, proposed) }
		tallies[k] = t
		return t
	})
	if err != nil {
		return nil, err
	}
	res := merge(s, tallies)
	res.Lines, res.Releases = in.lines, in.sound
	return res, nil
}

// byteOrder is the mark that some programs put before a file.
var byteOrder = []byte("\ufeff")

// line reads a release and looks at it.
func (t *tally) line(c *chunk, line, n int, b []byte) (fault, int) {
	if t.ours && c.number == 0 && line == 0 && bytes.HasPrefix(b, byteOrder) {
		b, n = b[len(byteOrder):], n-len(byteOrder)
	}
	if !t.read(b, n) {
		return t.why, t.where
	}
	t.chunk = c.number
	t.look(place(c.number)<<32 | place(line))
	return wellFormed, 0
}

// A lineReader takes the lines that fall to one worker, in their order: the
// n bytes of b, behind which stand a line feed and at least pad bytes. It says
// what is wrong with a line, and at which byte.
type lineReader interface {
	line(c *chunk, line, n int, b []byte) (fault, int)
}

// run lets workers read the stream to its end.
func (in *intake) run(workers int, of func(k int) lineReader) error {
	var group sync.WaitGroup
	for k := range workers {
		w := of(k)
		group.Go(func() {
			var c chunk
			for in.take(&c) {
				c.each(w)
				in.done(&c)
			}
		})
	}
	group.Wait()
	return in.err
}

// A chunk is a number of whole lines.
type chunk struct {
	number  int
	buf     []byte // lines, each with its line feed; then room for pad bytes
	n       int
	tooLong bool // instead of lines: one that is too long
	lines   int
	sound   int
	faults  []LineError // their lines are counted from the chunk's first, which is 0
}

// each has every line read.
func (c *chunk) each(w lineReader) {
	c.lines, c.sound, c.faults = 0, 0, nil
	if c.tooLong {
		c.lines = 1
		c.faults = []LineError{{Column: c.n, why: faultTooLong}}
		return
	}
	for b := c.buf[:c.n+pad]; len(b) > pad; {
		n := bytes.IndexByte(b, '\n')
		why, where := w.line(c, c.lines, n, b)
		if why == wellFormed {
			c.sound++
		} else if len(bytes.TrimSpace(b[:n])) > 0 {
			c.faults = append(c.faults, LineError{Line: c.lines, Column: where + 1, why: why})
		}
		c.lines++
		b = b[n+1:]
	}
}

// An intake cuts a stream into chunks for several workers, and brings back into
// order what they have to say.
type intake struct {
	mu   sync.Mutex // guards reading
	r    io.Reader
	size int
	most int    // the longest line that is read
	rest []byte // the beginning of a line whose end isn't read yet
	next int
	end  bool
	err  error

	state    sync.Mutex // guards what follows
	moved    sync.Cond
	first    int // all chunks before this one are done
	ready    map[int]*report
	lines    int
	sound    int
	warn     func(*LineError)
	chosen   string
	isChosen bool
}

type report struct {
	lines, sound int
	faults       []LineError
}

func newIntake(r io.Reader, o Options) *intake {
	in := &intake{r: r, size: o.chunk, most: o.longest, warn: o.Warn, ready: map[int]*report{}}
	if in.size <= 0 {
		in.size = 512 << 10
	}
	if in.most <= 0 {
		in.most = maxLine
	}
	in.moved.L = &in.state
	return in
}

// take fills a chunk; false at the end.
func (in *intake) take(c *chunk) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.end {
		return false
	}
	c.n, c.tooLong = 0, false
	c.number = in.next
	c.grow(max(in.size, 2*len(in.rest)))
	c.n = copy(c.buf, in.rest)
	in.rest = in.rest[:0]
	looked := 0 // no line feed stands before this
	for {
		n, err := in.r.Read(c.buf[c.n : len(c.buf)-pad-1])
		c.n += n
		if err != nil {
			in.end = true
			if err != io.EOF {
				in.err = err
				return false
			}
			if c.n > 0 && c.buf[c.n-1] != '\n' {
				c.buf[c.n] = '\n' // the last line may lack it
				c.n++
			}
			if c.n == 0 {
				return false
			}
			break
		}
		if c.n < len(c.buf)-pad-1 {
			continue
		}
		if at := bytes.LastIndexByte(c.buf[looked:c.n], '\n'); at >= 0 {
			at += looked + 1
			in.rest = append(in.rest, c.buf[at:c.n]...)
			c.n = at
			break
		}
		if looked = c.n; looked > in.most {
			return in.passLong(c)
		}
		c.grow(2 * len(c.buf))
	}
	in.next++
	return true
}

// passLong reads on to the end of a line that is too long.
func (in *intake) passLong(c *chunk) bool {
	c.tooLong = true
	in.next++
	for {
		n, err := in.r.Read(c.buf[:len(c.buf)-pad-1])
		if at := bytes.IndexByte(c.buf[:n], '\n'); at >= 0 {
			in.rest = append(in.rest, c.buf[at+1:n]...)
			n = -1
		}
		if err != nil && err != io.EOF {
			in.err = err
		}
		if err != nil {
			in.end = len(in.rest) == 0 || in.err != nil
			return in.err == nil
		}
		if n < 0 {
			return true
		}
	}
}

// grow gives the chunk room for n bytes and what must stand behind them, and
// keeps what is there.
func (c *chunk) grow(n int) {
	if len(c.buf) >= n+pad+1 {
		return
	}
	buf := make([]byte, n+pad+1)
	copy(buf, c.buf[:c.n])
	c.buf = buf
}

// done takes what a worker has to say of a chunk, and warns when all chunks
// before it are done.
func (in *intake) done(c *chunk) {
	in.state.Lock()
	defer in.state.Unlock()
	in.ready[c.number] = &report{c.lines, c.sound, c.faults}
	for {
		r := in.ready[in.first]
		if r == nil {
			break
		}
		delete(in.ready, in.first)
		in.first++
		for i := range r.faults {
			if in.warn != nil {
				e := r.faults[i]
				e.Line += in.lines + 1
				in.warn(&e)
			}
		}
		in.lines += r.lines
		in.sound += r.sound
	}
	in.moved.Broadcast()
}

// currency gives the currency that a stream's prices are compared in: the first
// that is met. A worker that meets one waits until all chunks before its own
// are done and have met none.
func (in *intake) currency(chunk int, proposed []byte) string {
	in.state.Lock()
	defer in.state.Unlock()
	for !in.isChosen && in.first < chunk {
		in.moved.Wait()
	}
	if !in.isChosen {
		in.chosen, in.isChosen = string(proposed), true
		in.moved.Broadcast()
	}
	return in.chosen
}
