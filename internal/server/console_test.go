package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestConsole(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Console = fstest.MapFS{
			"index.html":         {Data: []byte("<html>the console")},
			"index.html.gz":      {Data: []byte("zipped index")},
			"assets/a-123.js":    {Data: []byte("script")},
			"assets/a-123.js.gz": {Data: []byte("zipped script")},
		}
	})
	for _, c := range []struct {
		path, encoding string
		status         int
		body, cache    string
		kind           string
	}{
		{"/console/", "", 200, "<html>the console", "no-cache", "text/html; charset=utf-8"},
		{"/console/", "gzip, br", 200, "zipped index", "no-cache", "text/html; charset=utf-8"},
		{"/console/dockets/E4103002441A04301001?tab=proof", "", 200, "<html>the console", "no-cache", "text/html; charset=utf-8"},
		{"/console/assets/a-123.js", "", 200, "script", "immutable", "text/javascript; charset=utf-8"},
		{"/console/assets/a-123.js", "gzip", 200, "zipped script", "immutable", "text/javascript; charset=utf-8"},
		{"/console/assets/gone-9.js", "", 404, "A003", "", ""},
		{"/console", "", 301, "", "", ""},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.encoding)
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) || !strings.Contains(w.Header().Get("Cache-Control"), c.cache) || c.kind != "" && w.Header().Get("Content-Type") != c.kind {
			t.Errorf("%s (%s): %d %q, headers %v", c.path, c.encoding, w.Code, w.Body.String(), w.Header())
		}
		if c.status == 200 && !strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self';") {
			t.Errorf("%s: policy %q", c.path, w.Header().Get("Content-Security-Policy"))
		}
	}
}

// Built without its console, the program says so instead of showing nothing.
func TestConsoleNotBuilt(t *testing.T) {
	h := newHouse(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/console/", nil)
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	if w.Code != 404 {
		t.Errorf("%d %q", w.Code, w.Body.String())
	}
}
