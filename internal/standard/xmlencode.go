package standard

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// AppendXML appends the record as one DES element of the standard's envelope,
// fields by name. DecodeXML reads it back as the same record, so it is an error
// when the envelope cannot say what the record says: an occurred time, an
// origin or revision that is not the field PLATFORM_CODE or DATA_TIMESTAMP, a
// field name that is no XML name, an empty or unwritable value, attachments.
func AppendXML(dst []byte, r *Record) ([]byte, error) {
	cannot := func(what string) ([]byte, error) {
		return nil, fmt.Errorf("standard: the XML envelope cannot carry %s: send the record as JSON", what)
	}
	kind, ok := map[Op]string{Insert: "1", Update: "2", Delete: "3"}[r.Op]
	switch {
	case !ok:
		return cannot("an operation that is none of the three")
	case r.Occurred != "":
		return cannot("the time of the event (occurred)")
	case r.Revision != r.Fields["DATA_TIMESTAMP"] || strings.TrimSpace(r.Revision) != r.Revision:
		return cannot("a revision that is not its DATA_TIMESTAMP")
	case r.Origin != r.Fields["PLATFORM_CODE"] || strings.TrimSpace(r.Origin) != r.Origin:
		return cannot("an origin that is not its PLATFORM_CODE")
	case r.Fields[SourceField] != "":
		return cannot("attachments that were read before")
	case strings.TrimSpace(r.Key) != r.Key || strings.TrimSpace(r.Dataset) != r.Dataset || strings.HasPrefix(r.Dataset, "FJ"):
		return cannot("a key or data set with blanks around it")
	}
	b := bytes.NewBuffer(dst)
	bad := ""
	element := func(name, v string) {
		if !writableXML(v) {
			bad = printable(name)
		}
		b.WriteString("<" + name + ">")
		_ = xml.EscapeText(b, []byte(v)) // a buffer takes everything
		b.WriteString("</" + name + ">")
	}
	b.WriteString("<DES><TITLE>")
	element("DATA_NO", r.Dataset)
	element("DATA_KEY", r.Key)
	element("DATA_TYPE", kind)
	b.WriteString("</TITLE><CONTEXT>")
	names := make([]string, 0, len(r.Fields))
	for n, v := range r.Fields {
		if !xmlName(n) || v == "" {
			return cannot("the field " + printable(n))
		}
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		element(n, r.Fields[n])
	}
	b.WriteString("</CONTEXT></DES>")
	if bad != "" {
		return cannot("the text of " + bad)
	}
	return b.Bytes(), nil
}

// xmlName reports whether s is a plain element name: the standard has no other.
func xmlName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// writableXML reports whether XML 1.0 can hold every character of s.
func writableXML(s string) bool {
	for _, r := range s {
		if r == 0xFFFD || r == 0xFFFE || r == 0xFFFF || (r < 0x20 && r != '\t' && r != '\n' && r != '\r') {
			return false
		}
	}
	return true
}
