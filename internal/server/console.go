package server

import (
	"cmp"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// consolePolicy lets the console run its own scripts and talk to its own
// server, nothing else. Styles stand in the page because the components write
// them while they are drawn.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// routesConsole serves the console's files. Every address below /console/ that
// is no file is its index: the console finds its own page. The files hold no
// data, so everybody may have them.
func (s *Server) routesConsole() {
	files := s.cfg.Console
	if files == nil {
		return
	}
	s.mux.HandleFunc("GET /console", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/console/", http.StatusMovedPermanently)
	})
	s.mux.HandleFunc("GET /console/{file...}", func(w http.ResponseWriter, r *http.Request) {
		name := cmp.Or(path.Clean("/" + r.PathValue("file"))[1:], "index.html")
		body, zipped, err := consoleFile(files, name, strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"))
		h := w.Header()
		switch {
		case err == nil && strings.HasPrefix(name, "assets/"):
			h.Set("Cache-Control", "public, max-age=31536000, immutable") // their names hold their digest
		case strings.HasPrefix(name, "assets/"):
			s.fail(w, r, problemNotFound) // of an older build: the index in its place would be read as a script
			return
		default:
			h.Set("Cache-Control", "no-cache")
		}
		if err != nil {
			name = "index.html"
			if body, zipped, err = consoleFile(files, name, strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")); err != nil {
				s.fail(w, r, problemNotFound)
				return
			}
		}
		h.Set("Content-Type", cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream"))
		h.Set("Content-Security-Policy", consolePolicy)
		h.Add("Vary", "Accept-Encoding")
		if zipped {
			h.Set("Content-Encoding", "gzip")
		}
		_, _ = w.Write(body) // a reader who went away needs no answer
	})
}

// consoleFile reads a file of the console, its compressed twin if it may.
func consoleFile(files fs.FS, name string, zip bool) (body []byte, zipped bool, err error) {
	if zip {
		if body, err = fs.ReadFile(files, name+".gz"); err == nil {
			return body, true, nil
		}
	}
	body, err = fs.ReadFile(files, name)
	return body, false, err
}
