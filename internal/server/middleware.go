package server

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/identity"
)

type contextKey int

const (
	keyRequestID contextKey = iota
	keyReader
	keyAsked
)

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(keyRequestID).(string)
	return id
}

// readerOf returns who asks. It is set for every request under /api/; the zero
// Reader is the public.
func readerOf(ctx context.Context) disclose.Reader {
	r, _ := ctx.Value(keyReader).(disclose.Reader)
	return r
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Flush sends what is written so far: a writer around this one asks for it by
// this name.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// wrap puts around every request its id, the security headers, the access log,
// the metrics, the reader and the recovery from panics. The log line has
// neither query nor body: both may hold what is secret or personal.
func (s *Server) wrap(mux *http.ServeMux) http.Handler {
	answer := s.zip(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := s.cfg.NewID()
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", id)
		secure(rec.Header())
		r = r.WithContext(context.WithValue(r.Context(), keyRequestID, id))
		var reader disclose.Reader
		defer func() {
			if p := recover(); p != nil {
				// The panic's value may hold what a record says: only the place is logged.
				s.cfg.Log.ErrorContext(r.Context(), "panic", "request_id", id, "route", r.Pattern, "stack", frames(debug.Stack()))
				if rec.status == 0 {
					s.fail(rec, r, problemInternal)
				}
			}
			route := r.Pattern
			if route == "" {
				route = "none"
			}
			s.cfg.Metrics.request(route, rec.status, time.Since(start))
			s.cfg.Log.InfoContext(r.Context(), "request", "request_id", rec.Header().Get("X-Request-Id"), "method", r.Method, "route", route, "path", r.URL.Path,
				"status", rec.status, "bytes", rec.bytes, "ms", time.Since(start).Milliseconds(), "audience", string(reader.Audience), "reader", reader.ID)
		}()
		if s.cfg.Audit != nil && r.URL.Path == "/" {
			http.Redirect(rec, r, "/console/audit", http.StatusFound)
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" {
			s.noRoute(rec, r, mux)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			known, done := s.identify(rec, r)
			if known == nil {
				return
			}
			defer done()
			r, reader = known, readerOf(known.Context())
			if !s.admit(rec, r) {
				return
			}
		}
		answer.ServeHTTP(rec, r)
	})
}

// secure sets the headers that hold for every answer. Pages replace the
// content policy by one that allows their own style.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
}

func (s *Server) refuseReader(w http.ResponseWriter, r *http.Request, err error) {
	p := problemUnavailable
	switch {
	case errors.Is(err, identity.ErrMalformed):
		p = problemToken
	case errors.Is(err, identity.ErrUnknown):
		p = problemUnknownToken
	default:
		s.cfg.Log.ErrorContext(r.Context(), "reader", "request_id", requestID(r.Context()), "error", err)
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="mingjing"`)
	}
	s.fail(w, r, p)
}

// noRoute answers what no route takes: 405 with Allow when another method
// would do, else 404.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) {
	probe := &silent{header: http.Header{}}
	mux.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.fail(w, r, problemMethod)
		return
	}
	s.fail(w, r, problemNotFound)
}

// silent takes an answer and keeps only its head.
type silent struct {
	header http.Header
	status int
}

func (p *silent) Header() http.Header         { return p.header }
func (p *silent) Write(b []byte) (int, error) { return len(b), nil }
func (p *silent) WriteHeader(status int)      { p.status = status }

// frames keeps of a stack the names and places only: argument values go.
func frames(stack []byte) []string {
	var out []string
	for line := range strings.SplitSeq(string(stack), "\n") {
		if strings.HasPrefix(line, "\t") {
			place, _, _ := strings.Cut(strings.TrimSpace(line), " +")
			out = append(out, place)
		}
	}
	return out[:min(len(out), 24)]
}
