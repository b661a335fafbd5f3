package ocds

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// An object is a JSON object that keeps the order of its members, so that a
// merge reads like what was merged. A name met twice keeps its first place and
// its last value.
type object struct {
	names  []string
	values map[string]any
}

func newObject() *object { return &object{values: map[string]any{}} }

func (o *object) set(name string, v any) {
	if _, had := o.values[name]; !had {
		o.names = append(o.names, name)
	}
	o.values[name] = v
}

// maxDepth bounds the nesting of what is read, so that a hostile file can't
// take the stack.
const maxDepth = 200

// parse reads one JSON value: *object, []any, string, bool, nil, and numbers by
// their literal text.
func parse(raw []byte) (any, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	v, err := parseValue(dec)
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil, errors.New("something follows the JSON value")
	}
	return v, nil
}

func parseValue(dec *jsontext.Decoder) (any, error) {
	if dec.StackDepth() > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case '{':
		o := newObject()
		for dec.PeekKind() != '}' {
			name, err := dec.ReadToken()
			if err != nil {
				return nil, err
			}
			key := name.String()
			v, err := parseValue(dec)
			if err != nil {
				return nil, err
			}
			o.set(key, v)
		}
		_, err := dec.ReadToken()
		return o, err
	case '[':
		list := []any{}
		for dec.PeekKind() != ']' {
			v, err := parseValue(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.ReadToken()
		return list, err
	case '"':
		return tok.String(), nil
	case '0':
		return json.Number(tok.String()), nil
	case 't', 'f':
		return tok.Bool(), nil
	}
	return nil, nil
}

// encode writes a value as compact JSON.
func encode(v any) []byte {
	var b bytes.Buffer
	encodeValue(&b, v)
	return b.Bytes()
}

func encodeValue(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case *object:
		b.WriteByte('{')
		for i, name := range v.names {
			if i > 0 {
				b.WriteByte(',')
			}
			encodeString(b, name)
			b.WriteByte(':')
			encodeValue(b, v.values[name])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			encodeValue(b, x)
		}
		b.WriteByte(']')
	case string:
		encodeString(b, v)
	case json.Number:
		b.WriteString(v.String())
	case bool:
		fmt.Fprintf(b, "%t", v)
	default:
		b.WriteString("null")
	}
}

func encodeString(b *bytes.Buffer, s string) {
	out, _ := jsontext.AppendQuote(b.AvailableBuffer(), s) // what was read is UTF-8
	b.Write(out)
}

// equal says whether two values are the same JSON: names in any order, and
// numbers by what they are worth, so that 100 and 100.00 are one.
func equal(a, b any) bool {
	switch a := a.(type) {
	case *object:
		b, ok := b.(*object)
		if !ok || len(a.names) != len(b.names) {
			return false
		}
		for _, name := range a.names {
			v, ok := b.values[name]
			if !ok || !equal(a.values[name], v) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case json.Number:
		b, ok := b.(json.Number)
		return ok && (a == b || worth(a.String()) == worth(b.String()))
	}
	return a == b
}

// worth writes a JSON number in one form: sign, digits without zeros around
// them, and the power of ten of the last digit. It makes no number of it, for
// an exponent may be any length.
func worth(s string) string {
	s, exp, _ := strings.Cut(strings.ToLower(s), "e")
	s, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(s, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0"
	}
	short := strings.TrimRight(digits, "0")
	power := new(big.Int)
	if exp != "" && len(exp) < 1000 {
		power.SetString(strings.TrimPrefix(exp, "+"), 10)
	} else if exp != "" {
		return s + "e" + exp // nobody's number: only its own text is equal to it
	}
	power.Add(power, big.NewInt(int64(len(digits)-len(short)-len(fraction))))
	if negative {
		short = "-" + short
	}
	return short + "e" + power.String()
}

// child gives the object that is a member, made when it is not there.
func (o *object) child(name string) *object {
	if c, ok := o.values[name].(*object); ok {
		return c
	}
	c := newObject()
	o.set(name, c)
	return c
}

// item gives the object of a list member that has an id, made when it is not there.
func (o *object) item(name, id string) *object {
	list, _ := o.values[name].([]any)
	for _, v := range list {
		if c, ok := v.(*object); ok && c.values["id"] == id {
			return c
		}
	}
	c := newObject()
	c.set("id", id)
	o.set(name, append(list, c))
	return c
}

// include puts a text into a list of texts, once.
func (o *object) include(name string, text ...string) {
	list, _ := o.values[name].([]any)
	for _, t := range text {
		if !slices.Contains(list, any(t)) {
			list = append(list, t)
		}
	}
	if len(list) > 0 {
		o.set(name, list)
	}
}

// put sets a text that is not empty.
func (o *object) put(name, text string) {
	if text != "" {
		o.set(name, text)
	}
}
