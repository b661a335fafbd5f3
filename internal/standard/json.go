package standard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// DecodeJSON reads a batch document:
//
//	{"platform":"<platform code>","records":[{record},…]}
//
// A record is an object of dataset, op, key, revision, occurred, origin (else
// the batch's platform) and fields, a flat object. Values are kept literally: a
// number by its text, true and false by their words; null is as good as absent.
// Refused with its reason, alone, is a record with a name that stands twice, a
// member that is not known (nothing is dropped silently), a nested value, or
// text that is not UTF-8. When the array itself breaks, the records before the
// break live and the rest is one refused item.
//
// A body that is no such document gives a *BatchError, one that is too large a
// *LimitError.
func DecodeJSON(body []byte) (Batch, error) {
	if len(body) > MaxBody {
		return Batch{}, &LimitError{What: "bytes", Limit: MaxBody}
	}
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	fail := func(zh, en string) (Batch, error) {
		return Batch{}, &BatchError{Form: "json", Offset: dec.InputOffset(), ZH: zh, EN: en}
	}
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return fail(`应为 {"platform":"…","records":[…]}`, `want {"platform":"…","records":[…]}`)
	}
	var b Batch
	seen := map[string]bool{}
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			if seen["records"] { // the records are whole: what follows them is broken
				b.Items = append(b.Items, broken(body, dec.InputOffset(), err))
				return b, nil
			}
			return fail("不是有效的 JSON", "is no valid JSON")
		}
		if tok.Kind() == '}' {
			break
		}
		name := tok.String()
		if seen[name] {
			return fail("成员重复", "a member stands twice")
		}
		seen[name] = true
		switch name {
		case "platform":
			v, err := dec.ReadToken()
			if err != nil || v.Kind() != '"' {
				return fail("platform 应为文本", "platform is a string")
			}
			b.Origin = v.String()
		case "records":
			whole, err := b.records(dec, body)
			if err != nil {
				return Batch{}, err
			}
			if !whole {
				return b, nil
			}
		default:
			return fail("只接受 platform 和 records 两个成员", "only the members platform and records are known")
		}
	}
	if !seen["records"] {
		return fail("缺少 records", "records is missing")
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return fail("文档之后还有内容", "something follows the document")
	}
	return b, nil
}

// records reads the array. whole is false when it breaks off.
func (b *Batch) records(dec *jsontext.Decoder, body []byte) (whole bool, err error) {
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '[' {
		return false, &BatchError{Form: "json", Offset: dec.InputOffset(), ZH: "records 应为数组", EN: "records is an array"}
	}
	for dec.PeekKind() != ']' {
		at := dec.InputOffset()
		raw, err := dec.ReadValue()
		if err != nil {
			b.Items = append(b.Items, broken(body, at, err))
			return false, nil
		}
		if len(b.Items) == MaxRecords {
			return false, &LimitError{What: "records", Limit: MaxRecords}
		}
		end := dec.InputOffset()
		b.Items = append(b.Items, DecodeRecord(body[end-int64(len(raw)):end:end]))
	}
	_, err = dec.ReadToken()
	return err == nil, nil
}

// broken is the item for the rest of a body after a break.
func broken(body []byte, at int64, err error) Item {
	var syn *jsontext.SyntacticError
	where := at
	if errors.As(err, &syn) {
		where = syn.ByteOffset
	}
	rest := bytes.TrimLeft(body[min(at, int64(len(body))):], ", \t\r\n")
	return unreadableItem(rest, Record{},
		fmt.Sprintf("第 %d 字节处 JSON 中断，其后的内容未能读取", where), fmt.Sprintf("the JSON breaks at byte %d; what follows could not be read", where))
}

// DecodeNDJSON reads a batch of lines: a record a line, in the form of
// DecodeJSON; the first line may be {"platform":"<platform code>"}. Blank lines
// are passed over. A line that is no record is refused alone.
func DecodeNDJSON(body []byte) (Batch, error) {
	if len(body) > MaxBody {
		return Batch{}, &LimitError{What: "bytes", Limit: MaxBody}
	}
	var b Batch
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	first := true
	for len(body) > 0 {
		var line []byte
		line, body, _ = bytes.Cut(body, []byte("\n"))
		line = bytes.Trim(line, " \t\r")
		if len(line) == 0 {
			continue
		}
		if first {
			first = false
			if origin, ok := platformLine(line); ok {
				b.Origin = origin
				continue
			}
		}
		if len(b.Items) == MaxRecords {
			return Batch{}, &LimitError{What: "records", Limit: MaxRecords}
		}
		b.Items = append(b.Items, DecodeRecord(slices.Clip(line)))
	}
	return b, nil
}

// platformLine reads {"platform":"…"}.
func platformLine(line []byte) (string, bool) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(line))
	want := func(kind jsontext.Kind) (string, bool) {
		t, err := dec.ReadToken()
		if err != nil || t.Kind() != kind {
			return "", false
		}
		return t.String(), true
	}
	if _, ok := want('{'); !ok {
		return "", false
	}
	if name, ok := want('"'); !ok || name != "platform" {
		return "", false
	}
	origin, ok := want('"')
	if !ok {
		return "", false
	}
	if _, ok := want('}'); !ok {
		return "", false
	}
	_, err := dec.ReadToken()
	return origin, errors.Is(err, io.EOF)
}

// DecodeRecord reads one record as a JSON object, in the form of DecodeJSON.
// What is no record comes back as an item with a Problem.
func DecodeRecord(raw []byte) Item {
	d := recordDecoder{dec: jsontext.NewDecoder(bytes.NewBuffer(raw))}
	rec, why := d.record()
	if why == nil {
		if _, err := d.dec.ReadToken(); !errors.Is(err, io.EOF) {
			why = &reason{"记录之后还有内容", "something follows the record"}
		}
	}
	if why != nil {
		return unreadableItem(raw, rec, why.zh, why.en)
	}
	return Item{Record: rec, Raw: raw}
}

type reason struct{ zh, en string }

type recordDecoder struct{ dec *jsontext.Decoder }

// syntax is the reason for an error of the tokeniser. It never repeats the text.
func (d *recordDecoder) syntax(err error) *reason {
	at := d.dec.InputOffset()
	var syn *jsontext.SyntacticError
	if errors.As(err, &syn) {
		at = syn.ByteOffset
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return &reason{fmt.Sprintf("第 %d 字节处成员名重复", at), fmt.Sprintf("a name stands twice at byte %d", at)}
	}
	return &reason{fmt.Sprintf("第 %d 字节处不是有效的 JSON", at), fmt.Sprintf("no valid JSON at byte %d", at)}
}

func (d *recordDecoder) record() (Record, *reason) {
	rec := Record{Fields: map[string]string{}}
	tok, err := d.dec.ReadToken()
	if err != nil {
		return rec, d.syntax(err)
	}
	if tok.Kind() != '{' {
		return rec, &reason{"记录应为对象", "a record is an object"}
	}
	for {
		tok, err := d.dec.ReadToken()
		if err != nil {
			return rec, d.syntax(err)
		}
		if tok.Kind() == '}' {
			return rec, nil
		}
		name := tok.String()
		if name == "fields" {
			if why := d.fields(rec.Fields); why != nil {
				return rec, why
			}
			continue
		}
		if !slices.Contains(recordMembers, name) {
			if why := d.stranger(name, rec.Fields); why != nil {
				return rec, why
			}
			continue
		}
		v, _, why := d.scalar(name)
		if why != nil {
			return rec, why
		}
		switch name {
		case "dataset":
			rec.Dataset = v
		case "op":
			rec.Op = Op(v)
		case "key":
			rec.Key = v
		case "revision":
			rec.Revision = v
		case "occurred":
			rec.Occurred = v
		case "origin":
			rec.Origin = v
		}
	}
}

// recordMembers are the members of a record besides fields.
var recordMembers = []string{"dataset", "op", "key", "revision", "occurred", "origin"}

// stranger keeps a member that is none of a record's as a field of that name,
// by its literal text: the check then tells of an unknown field, and nothing is
// dropped in silence. A field of that name in fields rules.
func (d *recordDecoder) stranger(name string, into map[string]string) *reason {
	raw, err := d.dec.ReadValue()
	if err != nil {
		return d.syntax(err)
	}
	text := string(raw)
	switch raw.Kind() {
	case 'n':
		return nil
	case '"':
		b, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return d.syntax(err)
		}
		text = string(b)
	}
	if _, there := into[name]; !there {
		into[name] = text
	}
	return nil
}

func (d *recordDecoder) fields(into map[string]string) *reason {
	tok, err := d.dec.ReadToken()
	if err != nil {
		return d.syntax(err)
	}
	if tok.Kind() == 'n' {
		return nil
	}
	if tok.Kind() != '{' {
		return &reason{"fields 应为对象", "fields is an object"}
	}
	for {
		tok, err := d.dec.ReadToken()
		if err != nil {
			return d.syntax(err)
		}
		if tok.Kind() == '}' {
			return nil
		}
		name := tok.String()
		v, given, why := d.scalar(name)
		if why != nil {
			return why
		}
		if given {
			into[name] = v
		}
	}
}

// scalar reads a value by its literal text; given is false for null.
func (d *recordDecoder) scalar(name string) (v string, given bool, why *reason) {
	tok, err := d.dec.ReadToken()
	if err != nil {
		return "", false, d.syntax(err)
	}
	switch tok.Kind() {
	case '"', '0', 't', 'f':
		return tok.String(), true, nil
	case 'n':
		return "", false, nil
	}
	return "", false, &reason{"「" + printable(name) + "」不能是嵌套的对象或数组", printable(name) + " is nested: an object or array is no value"}
}

// AppendJSON appends the record as one JSON object without line breaks, in
// canonical form: members in the order of the documentation, those that are
// empty left out (fields never), fields by name. DecodeRecord reads it back as
// the same record. Text that is not UTF-8 is an error: it would come back
// changed.
func AppendJSON(dst []byte, r *Record) ([]byte, error) {
	dst = append(dst, '{')
	member := func(name, v string, always bool) error {
		if v == "" && !always {
			return nil
		}
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, name...)
		dst = append(dst, '"', ':')
		var err error
		dst, err = jsontext.AppendQuote(dst, v)
		return err
	}
	for _, m := range [...]struct {
		name, v string
		always  bool
	}{
		{"dataset", r.Dataset, true},
		{"op", string(r.Op), true},
		{"key", r.Key, true},
		{"revision", r.Revision, true},
		{"occurred", r.Occurred, false},
		{"origin", r.Origin, false},
	} {
		if err := member(m.name, m.v, m.always); err != nil {
			return nil, fmt.Errorf("standard: %s of the record: %w", m.name, err)
		}
	}
	dst = append(dst, `,"fields":{`...)
	names := make([]string, 0, len(r.Fields))
	for n := range r.Fields {
		names = append(names, n)
	}
	slices.Sort(names)
	for i, n := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = jsontext.AppendQuote(dst, n); err != nil {
			return nil, fmt.Errorf("standard: name of a field: %w", err)
		}
		dst = append(dst, ':')
		if dst, err = jsontext.AppendQuote(dst, r.Fields[n]); err != nil {
			return nil, fmt.Errorf("standard: field %s: %w", printable(n), err)
		}
	}
	return append(dst, "}}"...), nil
}
