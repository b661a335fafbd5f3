package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// requestIDs are what two answers to one question differ in.
var requestIDs = regexp.MustCompile(`request-[0-9]+`)

// What is long and text is compressed for whoever takes it, and says the same;
// what is short is sent as it is.
func TestLongAnswersAreCompressed(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/openapi.json", "/docs/rules"} {
		plain := h.get(path, "")
		if plain.Code != 200 || plain.Body.Len() < zippedFrom || plain.Header().Get("Content-Encoding") != "" {
			t.Fatalf("%s: status %d, %d bytes, encoding %q", path, plain.Code, plain.Body.Len(), plain.Header().Get("Content-Encoding"))
		}
		w := h.get(path, "", "Accept-Encoding", "gzip, br")
		if w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Fatalf("%s: %v", path, w.Header())
		}
		if w.Body.Len() > plain.Body.Len()/2 {
			t.Errorf("%s: %d bytes of %d", path, w.Body.Len(), plain.Body.Len())
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if own := requestIDs.ReplaceAll(said, nil); !bytes.Equal(own, requestIDs.ReplaceAll(plain.Body.Bytes(), nil)) {
			t.Errorf("%s: compressed it says something else", path)
		}
	}
	if w := h.get("/api/v1/nothing", "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" || !json.Valid(w.Body.Bytes()) {
		t.Errorf("a short answer: %v", w.Header())
	}
}

// A compressed answer that waits for more is not held back from a stream.
func TestStreamsAreNotCompressed(t *testing.T) {
	zip, err := zipper()
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan struct{})
	srv := httptest.NewServer(zip(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-first:
		case <-r.Context().Done():
		}
	})))
	defer srv.Close()
	req, err := http.NewRequest("GET", srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	line := make([]byte, 9)
	if _, err := io.ReadFull(res.Body, line); err != nil || string(line) != "data: 1\n\n" || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("%q %v %v", line, res.Header, err)
	}
	close(first)
}
