package cardinal

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// pad is how many bytes behind a line's end a scanner may look at: it takes a
// string by words of eight bytes.
const pad = 8

// maxDepth is how deep arrays and objects may stand in each other. A reader
// that keeps a tree on the stack must stop somewhere; this is where Cardinal's
// stops.
const maxDepth = 127

// what is wrong with a line.
type fault uint8

const (
	wellFormed fault = iota
	faultValue
	faultString
	faultControl
	faultEscape
	faultSurrogate
	faultNumber
	faultMember
	faultArray
	faultTrailing
	faultDepth
	faultUTF8
	faultTooLong
	faultNoObject
)

var faults = [...]string{
	wellFormed:     "",
	faultValue:     "a value was expected",
	faultString:    "a string does not end",
	faultControl:   "a control character stands in a string",
	faultEscape:    "an unknown escape stands in a string",
	faultSurrogate: "half of a surrogate pair stands in a string",
	faultNumber:    "a number is not written as JSON writes numbers",
	faultMember:    "an object's member was expected, or its end",
	faultArray:     "a comma or the array's end was expected",
	faultTrailing:  "something follows the value",
	faultDepth:     "values stand too deep in each other",
	faultUTF8:      "the line is not UTF-8",
	faultTooLong:   "the line is too long",
	faultNoObject:  "the line is no object",
}

func (f fault) String() string { return faults[f] }

// A scanner walks over one line of JSON. The line ends with '\n', behind which
// at least pad bytes can be looked at; since no JSON text has a bare line feed
// inside a string, number or word, none of the loops needs to ask where the
// line ends. All functions take and give places in b; a place of -1 says that
// the line is no JSON, and why and where then say what is wrong.
type scanner struct {
	b     []byte
	why   fault
	where int
	depth int
	high  uint64 // the high bits of all bytes of strings: non-zero if some may not be ASCII
	esc   bool   // the string last scanned has an escape

	objects [maxDepth]bool // what skip has open
}

func (s *scanner) reset(b []byte) {
	s.b, s.why, s.where, s.depth, s.high = b, wellFormed, 0, 0, 0
}

func (s *scanner) fail(why fault, at int) int {
	if s.why == wellFormed {
		s.why, s.where = why, at
	}
	return -1
}

// space skips white space. A line feed ends the line and is none.
func (s *scanner) space(i int) int {
	for {
		switch s.b[i] {
		case ' ', '\t', '\r':
			i++
		default:
			return i
		}
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// str scans a string from behind its opening quote and gives the place of its
// closing quote.
func (s *scanner) str(i int) int {
	b := s.b
	s.esc = false
	high := s.high
	for {
		w := binary.LittleEndian.Uint64(b[i:])
		high |= w
		stop := stops(w)
		if stop == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(stop) >> 3
		if b[i] == '"' {
			s.high = high
			return i
		}
		if b[i] != '\\' {
			s.high = high
			if b[i] == '\n' {
				return s.fail(faultString, i)
			}
			return s.fail(faultControl, i)
		}
		s.esc = true
		if i = s.escape(i); i < 0 {
			return -1
		}
	}
}

// escape checks the escape that starts at i and gives the place behind it.
func (s *scanner) escape(i int) int {
	switch s.b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		r := hex4(s.b, i+2)
		switch {
		case r < 0:
			return s.fail(faultEscape, i)
		case r >= 0xDC00 && r < 0xE000:
			return s.fail(faultSurrogate, i)
		case r >= 0xD800 && r < 0xDC00:
			if s.b[i+6] != '\\' || s.b[i+7] != 'u' {
				return s.fail(faultSurrogate, i)
			}
			if low := hex4(s.b, i+8); low < 0xDC00 || low >= 0xE000 {
				return s.fail(faultSurrogate, i)
			}
			return i + 12
		}
		return i + 6
	}
	return s.fail(faultEscape, i)
}

// hex4 reads four hexadecimal digits; -1 if they are not there. It stops at the
// first that is none, and so never looks behind the line.
func hex4(b []byte, i int) rune {
	var r rune
	for k := range 4 {
		c := b[i+k]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// unescape appends to dst the text of a string that str has found sound.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		c = raw[i+1]
		i += 2
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(raw, i)
			i += 4
			if r >= 0xD800 && r < 0xDC00 {
				r = (r-0xD800)<<10 + hex4(raw, i+2) - 0xDC00 + 0x10000
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func digit(c byte) bool { return c-'0' < 10 }

// number scans a number and gives the place behind it.
func (s *scanner) number(i int) int {
	b := s.b
	start := i
	if b[i] == '-' {
		i++
	}
	if b[i] == '0' {
		i++
	} else if digit(b[i]) {
		for i++; digit(b[i]); i++ {
		}
	} else {
		return s.fail(faultNumber, start)
	}
	if b[i] == '.' {
		if i++; !digit(b[i]) {
			return s.fail(faultNumber, start)
		}
		for i++; digit(b[i]); i++ {
		}
	}
	if b[i]|0x20 == 'e' {
		i++
		if b[i] == '+' || b[i] == '-' {
			i++
		}
		if !digit(b[i]) {
			return s.fail(faultNumber, start)
		}
		for i++; digit(b[i]); i++ {
		}
	}
	if digit(b[i]) { // a zero in front
		return s.fail(faultNumber, start)
	}
	return i
}

// word scans true, false or null.
func (s *scanner) word(i int) int {
	b := s.b
	switch b[i] {
	case 't':
		if b[i+1] == 'r' && b[i+2] == 'u' && b[i+3] == 'e' {
			return i + 4
		}
	case 'f':
		if b[i+1] == 'a' && b[i+2] == 'l' && b[i+3] == 's' && b[i+4] == 'e' {
			return i + 5
		}
	case 'n':
		if b[i+1] == 'u' && b[i+2] == 'l' && b[i+3] == 'l' {
			return i + 4
		}
	}
	return s.fail(faultValue, i)
}

// stops marks the bytes of a word at which a string's plain run ends: the
// quote, the backslash and the control characters. The lowest mark is exact; a
// higher one may be false.
func stops(w uint64) uint64 {
	// XOR with 2 moves the quote (0x22) to 0x20 and keeps the control characters
	// among themselves: one comparison finds both.
	x := w ^ 0x02*ones
	y := w ^ '\\'*ones
	return ((x - 0x21*ones) &^ x & highs) | ((y - ones) &^ y & highs)
}

// skip scans any value, which starts at i, and gives the place behind it. Most
// of a file is skipped, so this is one loop that calls nothing in the common
// case: a state machine with the containers that are open on a stack of its own.
func (s *scanner) skip(i int) int {
	var (
		b      = s.b
		high   = s.high
		depth  = s.depth
		object bool // the innermost open container is an object
		c      byte
		w      uint64
		from   int
	)
value:
	c = b[i]
	switch {
	case c == '"':
		i++
		for {
			w = binary.LittleEndian.Uint64(b[i:])
			high |= w
			if w = stops(w); w != 0 {
				break
			}
			i += 8
		}
		i += bits.TrailingZeros64(w) >> 3
		if b[i] != '"' {
			s.high = high
			if i = s.str(i); i < 0 {
				return -1
			}
			high = s.high
		}
		i++
	case c == '{' || c == '[':
		if depth == maxDepth {
			return s.fail(faultDepth, i)
		}
		s.objects[depth] = object
		depth++
		object = c == '{'
		if i++; b[i] <= ' ' {
			i = s.space(i)
		}
		if b[i] == c+2 { // ] and } stand two behind [ and {
			goto end
		}
		if object {
			goto key
		}
		goto value
	case digit(c) || c == '-':
		from = i
		for i++; digit(b[i]); i++ {
		}
		// What is more than plain digits is looked at anew.
		if c = b[from]; c == '-' || c == '0' || b[i] == '.' || b[i]|0x20 == 'e' {
			if i = s.number(from); i < 0 {
				return -1
			}
		}
	default:
		if i = s.word(i); i < 0 {
			return -1
		}
	}
behind:
	if depth == s.depth {
		s.high = high
		return i
	}
	if c = b[i]; c <= ' ' {
		i = s.space(i)
		c = b[i]
	}
	if c == ',' {
		if i++; b[i] <= ' ' {
			i = s.space(i)
		}
		if !object {
			goto value
		}
		goto key
	}
	if object {
		if c != '}' {
			return s.fail(faultMember, i)
		}
	} else if c != ']' {
		return s.fail(faultArray, i)
	}
end:
	i++
	depth--
	object = s.objects[depth]
	goto behind
key:
	if b[i] != '"' {
		return s.fail(faultMember, i)
	}
	i++
	for {
		w = binary.LittleEndian.Uint64(b[i:])
		high |= w
		if w = stops(w); w != 0 {
			break
		}
		i += 8
	}
	i += bits.TrailingZeros64(w) >> 3
	if b[i] != '"' {
		s.high = high
		if i = s.str(i); i < 0 {
			return -1
		}
		high = s.high
	}
	if i++; b[i] != ':' {
		if i = s.colon(i); i < 0 {
			return -1
		}
		goto value
	}
	if i++; b[i] <= ' ' {
		i = s.space(i)
	}
	goto value
}

// open enters an array or object at i. It gives the place of its first element
// or member, or the place behind it if it is empty.
func (s *scanner) open(i int, end byte) (int, bool) {
	if s.depth++; s.depth > maxDepth {
		return s.fail(faultDepth, i), false
	}
	i++
	if s.b[i] <= ' ' {
		i = s.space(i)
	}
	if s.b[i] == end {
		s.depth--
		return i + 1, false
	}
	return i, true
}

// next goes on from behind a value to the next one of the same array or object,
// or behind its end.
func (s *scanner) next(i int, end byte) (int, bool) {
	if i < 0 {
		return -1, false
	}
	c := s.b[i]
	if c == ',' && s.b[i+1] > ' ' {
		return i + 1, true
	}
	if c <= ' ' {
		i = s.space(i)
		c = s.b[i]
	}
	if c == ',' {
		return s.space(i + 1), true
	}
	if c == end {
		s.depth--
		return i + 1, false
	}
	if end == '}' {
		return s.fail(faultMember, i), false
	}
	return s.fail(faultArray, i), false
}

// colon scans the colon behind a member's name and gives the place of the
// member's value.
func (s *scanner) colon(i int) int {
	if s.b[i] != ':' {
		if i = s.space(i); s.b[i] != ':' {
			return s.fail(faultMember, i)
		}
	}
	i++
	if s.b[i] <= ' ' {
		return s.space(i)
	}
	return i
}

// done checks that nothing follows the value that ends before i, and that the
// line is UTF-8.
func (s *scanner) done(line []byte, i int) bool {
	if i < 0 {
		return false
	}
	if i = s.space(i); i != len(line) {
		s.fail(faultTrailing, i)
		return false
	}
	if s.high&highs != 0 && !utf8.Valid(line) {
		s.fail(faultUTF8, 0)
		return false
	}
	return true
}

var powers = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// float gives the nearest float64 of a number that the scanner has found sound;
// false if it has none.
func float(text []byte) (float64, bool) {
	// Up to 15 digits and a power of ten up to 22 are exact in a float64, and
	// so is one division of them (Clinger 1990).
	var mantissa uint64
	digits, decimals := 0, 0
	i := 0
	if text[0] == '-' {
		i = 1
	}
	point := false
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' {
			point = true
			continue
		}
		if !digit(c) {
			break
		}
		mantissa = mantissa*10 + uint64(c-'0')
		if digits++; digits > 15 {
			break
		}
		if point {
			decimals++
		}
	}
	if i == len(text) {
		f := float64(mantissa) / powers[decimals]
		if text[0] == '-' {
			f = -f
		}
		return f, true
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil
}
