package cardinal

import (
	"io"
	"maps"
	"slices"
	"strconv"
)

// Coverage is how often each path of a stream's values is there and isn't
// empty. Empty are null, "", [], {} and what holds only such.
type Coverage struct {
	// Counts are by path: "/" before a member's name and alone for an object,
	// "[]" for an element, "" for a line.
	Counts map[string]uint64
	// Lines is how many lines were read, Releases how many of them were JSON.
	Lines, Releases int
}

// CoverageOf reads JSON lines to the end. Lines that are no JSON are left out
// and warned of.
func CoverageOf(r io.Reader, o Options) (*Coverage, error) {
	in := newIntake(r, o)
	workers := make([]*coverer, o.workers())
	err := in.run(len(workers), func(k int) lineReader {
		workers[k] = &coverer{counts: map[string]*uint64{}}
		return workers[k]
	})
	if err != nil {
		return nil, err
	}
	c := &Coverage{Counts: map[string]uint64{}, Lines: in.lines, Releases: in.sound}
	for _, w := range workers {
		for path, n := range w.counts {
			c.Counts[path] += *n
		}
	}
	return c, nil
}

type coverer struct {
	grower
	path   []byte
	counts map[string]*uint64
}

func (c *coverer) line(_ *chunk, _, n int, b []byte) (fault, int) {
	root := c.tree(b, n)
	if root == nil {
		return c.why, c.where
	}
	c.path = c.path[:0]
	c.add(root)
	return wellFormed, 0
}

// add counts a value and what it holds, and says whether it is filled.
func (c *coverer) add(n *node) bool {
	filled := false
	end := len(c.path)
	switch n.kind {
	case isNull:
	case isString:
		filled = n.text != ""
	case isArray:
		c.path = append(c.path, "[]"...)
		for _, v := range n.list {
			filled = c.add(v) || filled
		}
	case isObject:
		c.path = append(c.path, '/')
		for i, v := range n.list {
			c.path = append(c.path, n.names[i]...)
			filled = c.add(v) || filled
			c.path = c.path[:end+1]
		}
		if filled {
			c.count()
		}
	default:
		filled = true
	}
	c.path = c.path[:end]
	if filled {
		c.count()
	}
	return filled
}

func (c *coverer) count() {
	if n := c.counts[string(c.path)]; n != nil {
		*n++
		return
	}
	one := uint64(1)
	c.counts[string(c.path)] = &one
}

// Write prints the counts as one line of JSON, by path.
func (c *Coverage) Write(w io.Writer) error {
	o := printer{w: w}
	o.open('{')
	for _, path := range slices.Sorted(maps.Keys(c.Counts)) {
		o.key(path)
		o.integer(c.Counts[path])
	}
	o.close('}')
	o.buf = append(o.buf, '\n')
	o.flush()
	return o.err
}

// needs are the paths without which an indicator says nothing.
var needs = [indicators][]string{
	R003: {"/tender/tenderPeriod/startDate", "/tender/tenderPeriod/endDate"},
	R018: {"/tender/procurementMethod", "/tender/numberOfTenderers"},
	R024: {"/awards[]/status", "/awards[]/suppliers[]/id", "/bids/details[]/status", "/bids/details[]/tenderers[]/id", "/bids/details[]/value/amount", "/bids/details[]/value/currency"},
	R025: {"/awards[]/status", "/awards[]/suppliers[]/id", "/bids/details[]/status", "/bids/details[]/tenderers[]/id"},
	R028: {"/bids/details[]/status", "/bids/details[]/tenderers[]/id", "/bids/details[]/value/amount", "/bids/details[]/value/currency"},
	R030: {"/tender/tenderPeriod/endDate", "/awards[]/status", "/awards[]/suppliers[]/id", "/bids/details[]/status", "/bids/details[]/date", "/bids/details[]/tenderers[]/id"},
	R035: {"/awards[]/status", "/awards[]/suppliers[]/id", "/bids/details[]/status", "/bids/details[]/tenderers[]/id"},
	R036: {"/awards[]/status", "/bids/details[]/status", "/bids/details[]/value/amount", "/bids/details[]/value/currency"},
	R038: {"/bids/details[]/status", "/bids/details[]/tenderers[]/id"},
	R048: {"/awards[]/status", "/awards[]/suppliers[]/id", "/awards[]/items[]/classification/id"},
	R058: {"/awards[]/status", "/awards[]/suppliers[]/id", "/bids/details[]/status", "/bids/details[]/tenderers[]/id", "/bids/details[]/value/amount", "/bids/details[]/value/currency"},
}

// also are paths that add to what an indicator says.
var also = [indicators][]string{
	R003: {"/tender/procurementMethod", "/tender/procurementMethodDetails"},
	R038: {"/buyer/id", "/tender/procuringEntity/id"},
}

// owners are the things that a path is counted of: a bid's status of bids.
// What belongs to none is counted of releases.
var owners = []string{"/bids/details[]", "/awards[]"}

// A Need is one path that an indicator looks at.
type Need struct {
	Path  string
	Count uint64
	// Of is how many things could have the field: bids, awards or releases.
	Of uint64
}

// A Readiness tells whether an indicator can run on a stream.
type Readiness struct {
	Indicator Indicator
	// Can says that every needed field occurs.
	Can bool
	// Needs are the needed fields, Also those that add something.
	Needs, Also []Need
}

// Ready tells which indicators can run from what is there.
func (c *Coverage) Ready() []Readiness {
	list := make([]Readiness, 0, indicators)
	for i := range indicators {
		r := Readiness{Indicator: i, Can: true}
		for _, path := range needs[i] {
			n := c.need(path)
			r.Can = r.Can && n.Count > 0
			r.Needs = append(r.Needs, n)
		}
		for _, path := range also[i] {
			r.Also = append(r.Also, c.need(path))
		}
		list = append(list, r)
	}
	return list
}

func (c *Coverage) need(path string) Need {
	of := uint64(c.Releases)
	for _, o := range owners {
		if len(path) > len(o) && path[:len(o)] == o {
			of = c.Counts[o]
			break
		}
	}
	return Need{path, c.Counts[path], of}
}

// WriteReady prints Ready as one line of JSON: by indicator, whether it can
// run, the fields that are missing, and how often each field is there.
func (c *Coverage) WriteReady(w io.Writer) error {
	o := printer{w: w}
	fields := func(name string, list []Need) {
		o.key(name)
		o.open('{')
		for _, n := range list {
			o.key(n.Path)
			o.open('{')
			o.key("count")
			o.integer(n.Count)
			o.key("of")
			o.integer(n.Of)
			o.close('}')
		}
		o.close('}')
	}
	o.open('{')
	for _, r := range c.Ready() {
		o.key(r.Indicator.String())
		o.open('{')
		o.key("canRun")
		o.word(r.Can)
		o.key("missing")
		o.open('[')
		for _, n := range r.Needs {
			if n.Count == 0 {
				o.item()
				o.text(n.Path)
			}
		}
		o.close(']')
		fields("needs", r.Needs)
		fields("adds", r.Also)
		o.close('}')
	}
	o.close('}')
	o.buf = append(o.buf, '\n')
	o.flush()
	return o.err
}

func (o *printer) integer(n uint64) {
	o.buf = strconv.AppendUint(o.buf, n, 10)
	o.comma = true
}

func (o *printer) word(b bool) {
	if b {
		o.buf = append(o.buf, "true"...)
	} else {
		o.buf = append(o.buf, "false"...)
	}
	o.comma = true
}
