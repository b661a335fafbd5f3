package signature

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// Limits on what is parsed at all: a real signature is far below them.
const (
	maxHeader     = 8 << 10 // bytes of Signature-Input, Signature and Content-Digest each
	maxComponents = 32
)

// Input is one parsed member of Signature-Input.
type Input struct {
	Label      string
	Components []string  // in the order signed, lower case
	Created    time.Time // zero when not given
	Expires    time.Time // zero when not given
	KeyID      string
	Algorithm  Algorithm // "" when not given
	Nonce      string
	Params     string // the member in its strict form: the value of "@signature-params"
}

// Parse reads the Signature-Input and Signature headers. Exactly one signature
// is taken, so that it is never unclear which one answers for the message.
func Parse(h http.Header) (Input, []byte, error) {
	inputs, signatures := h.Values("Signature-Input"), h.Values("Signature")
	if len(inputs) == 0 || len(signatures) == 0 {
		return Input{}, nil, &Error{Code: Unsigned, Text: "the headers Signature-Input and Signature are both needed (RFC 9421)"}
	}
	dict, err := dictionary("Signature-Input", inputs)
	if err != nil {
		return Input{}, nil, err
	}
	names := dict.Names()
	if len(names) != 1 {
		return Input{}, nil, malformed("Signature-Input", fmt.Sprintf("the header Signature-Input holds %d signatures; send exactly one", len(names)))
	}
	member, _ := dict.Get(names[0])
	list, ok := member.(httpsfv.InnerList)
	if !ok {
		return Input{}, nil, malformed("Signature-Input", "the member of Signature-Input is not a list of components")
	}
	in, err := parseInput(names[0], list)
	if err != nil {
		return Input{}, nil, err
	}

	sigs, err := dictionary("Signature", signatures)
	if err != nil {
		return Input{}, nil, err
	}
	if len(sigs.Names()) != 1 {
		return Input{}, nil, malformed("Signature", "the header Signature must hold exactly one signature")
	}
	member, ok = sigs.Get(in.Label)
	if !ok {
		return Input{}, nil, malformed("Signature", fmt.Sprintf("the header Signature has no member %q, which Signature-Input names", in.Label))
	}
	item, ok := member.(httpsfv.Item)
	if !ok {
		return Input{}, nil, malformed("Signature", "the member of Signature is not a byte sequence (:base64:)")
	}
	value, ok := item.Value.([]byte)
	if !ok {
		return Input{}, nil, malformed("Signature", "the member of Signature is not a byte sequence (:base64:)")
	}
	return in, value, nil
}

func dictionary(name string, values []string) (*httpsfv.Dictionary, error) {
	n := 0
	for _, v := range values {
		n += len(v)
	}
	if n > maxHeader {
		return nil, malformed(name, fmt.Sprintf("the header %s is longer than %d bytes", name, maxHeader))
	}
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return nil, malformed(name, fmt.Sprintf("the header %s is not a structured-field dictionary (RFC 9651)", name))
	}
	return dict, nil
}

func parseInput(label string, list httpsfv.InnerList) (Input, error) {
	in := Input{Label: label}
	if len(list.Items) > maxComponents {
		return in, malformed("Signature-Input", fmt.Sprintf("more than %d components", maxComponents))
	}
	seen := make(map[string]bool, len(list.Items))
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		if !ok || name == "" || name != strings.ToLower(name) {
			return in, malformed("Signature-Input", "a component is not a lower-case name in quotes")
		}
		if item.Params != nil && len(item.Params.Names()) > 0 {
			return in, malformed(name, fmt.Sprintf("the component %q carries parameters, which are not supported here", name))
		}
		if seen[name] {
			return in, malformed(name, fmt.Sprintf("the component %q is covered twice", name))
		}
		seen[name] = true
		in.Components = append(in.Components, name)
	}
	if list.Params != nil {
		for _, name := range list.Params.Names() {
			value, _ := list.Params.Get(name)
			if !in.setParam(name, value) {
				return in, malformed(name, fmt.Sprintf("the signature parameter %q has the wrong type", name))
			}
		}
	}
	text, err := httpsfv.Marshal(list)
	if err != nil {
		return in, malformed("Signature-Input", "the member of Signature-Input cannot be written in its strict form")
	}
	in.Params = text
	return in, nil
}

// setParam takes one signature parameter (RFC 9421 section 2.3). Unknown ones
// are signed but mean nothing here.
func (in *Input) setParam(name string, value any) bool {
	var ok bool
	switch name {
	case "created", "expires":
		var n int64
		if n, ok = value.(int64); !ok || n < 0 {
			return false
		}
		if name == "created" {
			in.Created = time.Unix(n, 0).UTC()
		} else {
			in.Expires = time.Unix(n, 0).UTC()
		}
	case "keyid":
		in.KeyID, ok = value.(string)
	case "alg":
		var s string
		s, ok = value.(string)
		in.Algorithm = Algorithm(s)
	case "nonce":
		in.Nonce, ok = value.(string)
	default:
		ok = true
	}
	return ok
}

func malformed(component, text string) error {
	return &Error{Code: Malformed, Component: component, Text: text}
}

// Base is the text that is signed (RFC 9421 section 2.5): a line for each
// covered component, then the parameters.
func Base(m *Message, in Input) ([]byte, error) {
	var b strings.Builder
	for _, name := range in.Components {
		value, err := m.component(name)
		if err != nil {
			return nil, err
		}
		if strings.ContainsAny(value, "\r\n") {
			return nil, malformed(name, fmt.Sprintf("the component %q holds a line break", name))
		}
		b.WriteByte('"')
		b.WriteString(name)
		b.WriteString(`": `)
		b.WriteString(value)
		b.WriteByte('\n')
	}
	b.WriteString(`"@signature-params": `)
	b.WriteString(in.Params)
	return []byte(b.String()), nil
}
