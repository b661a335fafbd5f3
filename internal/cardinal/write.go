package cardinal

import (
	"io"
	"math"
	"slices"
	"strconv"
)

// Write prints the answer as one line of JSON in Cardinal's form: groups, ids,
// codes, numbers; then Meta unless it isn't wanted, and Maps if they were asked
// for. Groups without a flagged member are left out. Ids are sorted.
func (r *Result) Write(w io.Writer, meta bool) error {
	o := printer{w: w}
	o.open('{')
	for g := range groups {
		if len(r.rows[g]) == 0 {
			continue
		}
		o.key(groupNames[g])
		o.open('{')
		for k := range r.rows[g] {
			x := &r.rows[g][k]
			o.key(x.id)
			o.open('{')
			for i := range indicators {
				if !x.flags.has(i) {
					continue
				}
				v := constant(g, i)
				if at := slot(g, i); at >= 0 {
					v = x.values[at]
				}
				o.key(codes[i])
				o.number(v)
			}
			o.close('}')
		}
		o.close('}')
	}
	if meta {
		r.writeMeta(&o)
	}
	if r.mapped {
		r.writeMaps(&o)
	}
	o.close('}')
	o.buf = append(o.buf, '\n')
	o.flush()
	return o.err
}

func (r *Result) writeMeta(o *printer) {
	o.key("Meta")
	o.open('{')
	for i, list := range r.meta {
		if len(list) == 0 {
			continue
		}
		o.key(codes[i])
		o.open('{')
		for _, m := range list {
			o.key(m.name)
			o.number(math.Round(m.value*10_000) / 10_000)
		}
		o.close('}')
	}
	o.close('}')
}

func (r *Result) writeMaps(o *printer) {
	o.key("Maps")
	o.open('{')
	for kind, list := range r.maps {
		o.key(mapNames[kind])
		o.open('{')
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].ocid == list[0].ocid {
				n++
			}
			o.key(list[0].ocid)
			if mapKind(kind) == mapBuyer || mapKind(kind) == mapEntity {
				o.text(r.orgs[kind][list[n-1].org]) // the last line of an ocid stands
			} else {
				orgs := make([]string, 0, n)
				for _, m := range list[:n] {
					orgs = append(orgs, r.orgs[2][m.org])
				}
				slices.Sort(orgs)
				o.open('[')
				for _, org := range slices.Compact(orgs) {
					o.item()
					o.text(org)
				}
				o.close(']')
			}
			list = list[n:]
		}
		o.close('}')
	}
	o.close('}')
}

// A printer prints JSON without white space.
type printer struct {
	w     io.Writer
	err   error // the first of w
	comma bool  // a value stands before, in the same object or list
	buf   []byte
}

func (o *printer) flush() {
	if o.err == nil {
		_, o.err = o.w.Write(o.buf)
	}
	o.buf = o.buf[:0]
}

func (o *printer) open(c byte) {
	o.buf = append(o.buf, c)
	o.comma = false
}

func (o *printer) close(c byte) {
	o.buf = append(o.buf, c)
	o.comma = true
	if len(o.buf) > 1<<16 {
		o.flush()
	}
}

func (o *printer) item() {
	if o.comma {
		o.buf = append(o.buf, ',')
	}
	o.comma = true
}

func (o *printer) key(name string) {
	o.item()
	o.text(name)
	o.buf = append(o.buf, ':')
}

func (o *printer) text(s string) {
	o.buf = appendString(o.buf, s)
	o.comma = true
}

func (o *printer) number(v float64) {
	o.buf = appendNumber(o.buf, v)
	o.comma = true
}

// appendString writes a JSON string: only what must be escaped is.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// appendNumber writes a float64 in the fewest digits that give it back, with a
// point, as Cardinal does; what is no number or infinite is null.
func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	if a := math.Abs(v); a != 0 && (a < 1e-5 || a >= 1e16) {
		from := len(b)
		b = strconv.AppendFloat(b, v, 'e', -1, 64)
		// Go writes e-07 and e+16, Cardinal e-7 and e16.
		e := from + slices.Index(b[from:], 'e') + 1
		digits := b[e:]
		out := b[:e]
		if digits[0] == '-' {
			out = append(out, '-')
		}
		digits = digits[1:]
		for len(digits) > 1 && digits[0] == '0' {
			digits = digits[1:]
		}
		return append(out, digits...)
	}
	from := len(b)
	b = strconv.AppendFloat(b, v, 'f', -1, 64)
	if !slices.Contains(b[from:], '.') {
		b = append(b, '.', '0')
	}
	return b
}
