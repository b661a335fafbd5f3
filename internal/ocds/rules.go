package ocds

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// The OCDS 1.1 release schema as published, under schema/LICENSE. It says how
// each field merges.
//
//go:embed schema/release-schema.json
var releaseSchema []byte

// Rules say how the fields of a release merge, as a release schema has it
// (https://standard.open-contracting.org/1.1/en/schema/merging/).
type Rules struct {
	root       *rule
	currencies map[string]bool // the closed list of currencies, as far as the schema has one
}

// A rule is what the schema says about one field and those below it; nil means
// that the schema doesn't know the field, whose arrays of objects then merge
// by id.
type rule struct {
	omit  bool // left out of a merge, with all below it
	whole bool // an array that is one value and is replaced as such
	below map[string]*rule
}

func (r *rule) child(name string) *rule {
	if r == nil {
		return nil
	}
	return r.below[name]
}

// DefaultRules are those of the OCDS 1.1 release schema.
var DefaultRules = sync.OnceValue(func() *Rules {
	r, err := ReadRules(releaseSchema)
	if err != nil {
		panic(err) // embedded and read by the tests
	}
	return r
})

// ReadRules reads the merge rules of a release schema (nil: the OCDS 1.1
// schema) to which extensions' release-schema.json are applied in order, each
// a JSON merge patch (RFC 7396).
//
// omitWhenMerged (or mergeStrategy ocdsOmit of OCDS 1.0) leaves a field out,
// with all below it. An array is replaced whole when it has wholeListMerge (or
// ocdsVersion), when its items may be anything but objects, or when its items'
// properties have no id. Both words must be true to count, and wholeListMerge
// means nothing on an object. versionId needs no reading: an id is versioned
// unless its object stands in an array.
func ReadRules(schema []byte, extensions ...[]byte) (*Rules, error) {
	if schema == nil {
		schema = releaseSchema
	}
	var doc any
	if err := json.Unmarshal(schema, &doc); err != nil {
		return nil, fmt.Errorf("ocds: release schema: %w", err)
	}
	for i, raw := range extensions {
		var patch any
		if err := json.Unmarshal(raw, &patch); err != nil {
			return nil, fmt.Errorf("ocds: extension %d: %w", i+1, err)
		}
		doc = mergePatch(doc, patch)
	}
	m, ok := doc.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("ocds: release schema: not a JSON object")
	}
	c := compiler{doc: m, known: map[string]map[string]*rule{}}
	below, err := c.fields(m, "#")
	if err != nil {
		return nil, fmt.Errorf("ocds: release schema: %w", err)
	}
	return &Rules{root: &rule{below: below}, currencies: c.currencies()}, nil
}

// mergePatch applies patch to target by RFC 7396.
func mergePatch(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	for name, v := range p {
		if v == nil {
			delete(t, name)
		} else {
			t[name] = mergePatch(t[name], v)
		}
	}
	return t
}

type compiler struct {
	doc   map[string]any
	known map[string]map[string]*rule // fields by reference: a schema may refer to itself
}

// fields gives the rules of an object schema's properties. ref is the
// reference by which the schema was reached, if any.
func (c *compiler) fields(s map[string]any, ref string) (map[string]*rule, error) {
	if below := c.known[ref]; below != nil {
		return below, nil
	}
	props, _ := s["properties"].(map[string]any)
	below := make(map[string]*rule, len(props))
	if ref != "" {
		c.known[ref] = below
	}
	for name, p := range props {
		sub, ok := p.(map[string]any)
		if !ok {
			continue
		}
		r, err := c.field(sub)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		below[name] = r
	}
	return below, nil
}

// field gives the rule of one field. What stands beside a $ref is heard too:
// an omitWhenMerged there is meant.
func (c *compiler) field(beside map[string]any) (*rule, error) {
	s, ref, err := c.follow(beside)
	if err != nil {
		return nil, err
	}
	says := func(word, old string) bool {
		return s[word] == true || beside[word] == true || s["mergeStrategy"] == old || beside["mergeStrategy"] == old
	}
	r := &rule{}
	kinds := types(s)
	array := slices.Contains(kinds, "array")
	items, _ := s["items"].(map[string]any)
	switch {
	case says("omitWhenMerged", "ocdsOmit"):
		r.omit = true
	case array && says("wholeListMerge", "ocdsVersion"):
		r.whole = true
	case slices.Contains(kinds, "object") && s["properties"] != nil:
		r.below, err = c.fields(s, ref)
	case array && items != nil:
		err = c.items(items, r)
	}
	return r, err
}

func (c *compiler) items(s map[string]any, r *rule) error {
	s, ref, err := c.follow(s)
	if err != nil {
		return err
	}
	props, ok := s["properties"].(map[string]any)
	kinds := types(s)
	switch {
	case slices.ContainsFunc(kinds, func(k string) bool { return k != "object" }):
		r.whole = true
	case !ok || len(kinds) == 0: // by id, as the data have it
	case props["id"] == nil:
		r.whole = true
	default:
		r.below, err = c.fields(s, ref)
	}
	return err
}

// follow gives the schema that s refers to and the reference, or s itself.
func (c *compiler) follow(s map[string]any) (target map[string]any, ref string, err error) {
	for range 100 {
		next, ok := s["$ref"].(string)
		if !ok {
			return s, ref, nil
		}
		if s, err = c.at(next); err != nil {
			return nil, "", err
		}
		ref = next
	}
	return nil, "", fmt.Errorf("$ref %q refers to itself", ref)
}

func (c *compiler) at(ref string) (map[string]any, error) {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, fmt.Errorf("$ref %q leads out of the schema: resolve it into the file first", ref)
	}
	var at any = c.doc
	for _, step := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if step == "" {
			continue
		}
		m, _ := at.(map[string]any)
		at = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	m, ok := at.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("$ref %q leads nowhere", ref)
	}
	return m, nil
}

// types gives a schema's type or types.
func types(s map[string]any) []string {
	switch v := s["type"].(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			if t, ok := x.(string); ok {
				out = append(out, t)
			}
		}
		return out
	}
	return nil
}

func (c *compiler) currencies() map[string]bool {
	var at any = c.doc
	for _, step := range []string{"definitions", "Value", "properties", "currency", "enum"} {
		m, _ := at.(map[string]any)
		at = m[step]
	}
	out := map[string]bool{}
	list, _ := at.([]any)
	for _, v := range list {
		if s, ok := v.(string); ok {
			out[s] = true
		}
	}
	return out
}
