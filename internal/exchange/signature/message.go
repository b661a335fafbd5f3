package signature

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Message is what of an HTTP message can be signed here. A request has a
// Method; a response has a Status.
type Message struct {
	Method    string      // "POST"
	Scheme    string      // "http" or "https"
	Authority string      // host, with the port when it is not the scheme's own
	Path      string      // escaped path, "/" when empty
	Query     string      // raw query without "?", "" when there is none
	Status    int         // of a response; 0 for a request
	Header    http.Header // fields as sent
}

// Request describes r as it was sent to the given scheme. A server behind a
// proxy must say which scheme its clients see, since r does not tell.
func Request(r *http.Request, scheme string) Message {
	authority := r.Host
	if authority == "" {
		authority = r.URL.Host
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	return Message{
		Method: r.Method, Scheme: scheme, Authority: canonicalAuthority(authority, scheme),
		Path: path, Query: r.URL.RawQuery, Header: r.Header,
	}
}

// canonicalAuthority lowers the host and drops the scheme's own port
// (RFC 9421 section 2.2.3).
func canonicalAuthority(authority, scheme string) string {
	authority = strings.ToLower(authority)
	switch scheme {
	case "http":
		return strings.TrimSuffix(authority, ":80")
	case "https":
		return strings.TrimSuffix(authority, ":443")
	}
	return authority
}

// component is the value of one covered component (RFC 9421 sections 2.1 and 2.2).
func (m *Message) component(name string) (string, error) {
	if !strings.HasPrefix(name, "@") {
		values := m.Header.Values(name)
		if len(values) == 0 {
			return "", &Error{Code: Malformed, Component: name, Text: fmt.Sprintf("the signature covers the header %q, which the message does not carry", name)}
		}
		if len(values) == 1 {
			return strings.TrimSpace(values[0]), nil
		}
		trimmed := make([]string, len(values))
		for i, v := range values {
			trimmed[i] = strings.TrimSpace(v)
		}
		return strings.Join(trimmed, ", "), nil
	}
	if m.Status != 0 {
		if name == "@status" {
			return strconv.Itoa(m.Status), nil
		}
		return "", unknownComponent(name)
	}
	switch name {
	case "@method":
		return m.Method, nil
	case "@scheme":
		return m.Scheme, nil
	case "@authority":
		return m.Authority, nil
	case "@path":
		return m.Path, nil
	case "@query":
		return "?" + m.Query, nil
	case "@request-target":
		return m.Path + m.queryPart(), nil
	case "@target-uri":
		return m.Scheme + "://" + m.Authority + m.Path + m.queryPart(), nil
	}
	return "", unknownComponent(name)
}

func (m *Message) queryPart() string {
	if m.Query == "" {
		return ""
	}
	return "?" + m.Query
}

func unknownComponent(name string) error {
	return &Error{Code: Malformed, Component: name, Text: fmt.Sprintf("the component %q is not one that can be signed here", name)}
}
