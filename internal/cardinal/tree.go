package cardinal

// A kind is what a value is.
type kind uint8

const (
	isNull kind = iota
	isTrue
	isFalse
	isNumber
	isString
	isArray
	isObject
)

// A node is a value of a tree. A number keeps its digits as they were written;
// an object keeps the order of its members, and of a member that occurs twice
// the last value at the first one's place.
type node struct {
	kind    kind
	text    string   // of a string, without escapes, or of a number
	list    []*node  // elements of an array, or values of an object
	names   []string // of an object's members
	members map[string]int
}

// wide is how many members an object has before it gets an index.
const wide = 16

func newString(s string) *node { return &node{kind: isString, text: s} }

// at gives the place of a member, or -1.
func (n *node) at(name string) int {
	if n == nil || n.kind != isObject {
		return -1
	}
	if n.members != nil {
		if i, ok := n.members[name]; ok {
			return i
		}
		return -1
	}
	for i, k := range n.names {
		if k == name {
			return i
		}
	}
	return -1
}

// get gives a member of an object; nil if there is none, or n is no object.
func (n *node) get(name string) *node {
	if i := n.at(name); i >= 0 {
		return n.list[i]
	}
	return nil
}

// member gives a member if it is of a kind.
func (n *node) member(name string, k kind) *node {
	if v := n.get(name); v != nil && v.kind == k {
		return v
	}
	return nil
}

// put sets a member; a new one comes last.
func (n *node) put(name string, v *node) {
	if i := n.at(name); i >= 0 {
		n.list[i] = v
		return
	}
	n.names, n.list = append(n.names, name), append(n.list, v)
	if n.members != nil {
		n.members[name] = len(n.names) - 1
	} else if len(n.names) > wide {
		n.members = make(map[string]int, 2*wide)
		for i, k := range n.names {
			n.members[k] = i
		}
	}
}

// remove takes a member out; the last one comes to its place, as in Cardinal's
// maps.
func (n *node) remove(name string) *node {
	i := n.at(name)
	if i < 0 {
		return nil
	}
	v, last := n.list[i], len(n.list)-1
	n.list[i], n.names[i] = n.list[last], n.names[last]
	n.list, n.names = n.list[:last], n.names[:last]
	if n.members != nil {
		delete(n.members, name)
		if i < last {
			n.members[n.names[i]] = i
		}
	}
	return v
}

// each gives the elements of a list member.
func (n *node) each(name string) []*node {
	if v := n.member(name, isArray); v != nil {
		return v.list
	}
	return nil
}

// A grower makes trees of lines.
type grower struct {
	scanner
	scratch []byte
}

// tree reads a line as reader.read does, and keeps all of it; nil if it is no
// JSON.
func (g *grower) tree(b []byte, n int) *node {
	g.reset(b)
	root, i := g.value(g.space(0))
	if !g.done(b[:n], i) {
		return nil
	}
	return root
}

func (g *grower) value(i int) (*node, int) {
	switch c := g.b[i]; {
	case c == '"':
		s, i := g.string(i)
		return newString(s), i
	case c == '-' || digit(c):
		end := g.number(i)
		if end < 0 {
			return nil, -1
		}
		return &node{kind: isNumber, text: string(g.b[i:end])}, end
	case c == '[':
		n := &node{kind: isArray}
		i, more := g.open(i, ']')
		for more {
			var v *node
			v, i = g.value(i)
			n.list = append(n.list, v)
			i, more = g.next(i, ']')
		}
		return n, i
	case c == '{':
		n := &node{kind: isObject}
		i, more := g.open(i, '}')
		for more {
			if g.b[i] != '"' {
				return nil, g.fail(faultMember, i)
			}
			var name string
			if name, i = g.string(i); i < 0 {
				return nil, -1
			}
			if i = g.colon(i); i < 0 {
				return nil, -1
			}
			var v *node
			v, i = g.value(i)
			n.put(name, v)
			i, more = g.next(i, '}')
		}
		return n, i
	case c == 't':
		return &node{kind: isTrue}, g.word(i)
	case c == 'f':
		return &node{kind: isFalse}, g.word(i)
	}
	return &node{}, g.word(i)
}

// string reads a string at its opening quote, and gives the place behind it.
func (g *grower) string(i int) (string, int) {
	end := g.str(i + 1)
	if end < 0 {
		return "", -1
	}
	if g.esc {
		g.scratch = unescape(g.scratch[:0], g.b[i+1:end])
		return string(g.scratch), end + 1
	}
	return string(g.b[i+1 : end]), end + 1
}

// appendTo writes a tree as JSON without white space.
func (n *node) appendTo(b []byte) []byte {
	switch n.kind {
	case isNull:
		return append(b, "null"...)
	case isTrue:
		return append(b, "true"...)
	case isFalse:
		return append(b, "false"...)
	case isNumber:
		return append(b, n.text...)
	case isString:
		return appendString(b, n.text)
	case isArray:
		b = append(b, '[')
		for i, v := range n.list {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.appendTo(b)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i, v := range n.list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, n.names[i]), ':')
		b = v.appendTo(b)
	}
	return append(b, '}')
}

// plain gives a scalar's text; empty for null, lists and objects.
func (n *node) plain() string {
	switch {
	case n == nil:
		return ""
	case n.kind == isTrue:
		return "true"
	case n.kind == isFalse:
		return "false"
	}
	return n.text
}
