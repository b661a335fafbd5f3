package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mingjing/internal/disclose"
)

// Ready is the answer of /readyz.
type Ready struct {
	Ready  bool         `json:"ready"`
	Checks []ReadyCheck `json:"checks"`
}

// ReadyCheck is one condition.
type ReadyCheck struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

func (s *Server) routesHealth() {
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, http.StatusOK, map[string]bool{"alive": true})
	})
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.HandleFunc("GET /metrics", s.metrics)
	s.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		body, err := s.OpenAPI()
		if err != nil {
			http.Error(w, "the description cannot be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
		_, _ = w.Write(body)
	})
}

// OpenAPI returns the description of the interface: OpenAPI 3.1, indented,
// members of objects sorted.
func (s *Server) OpenAPI() ([]byte, error) {
	raw, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, err
	}
	v := jsontext.Value(raw)
	if err := v.Canonicalize(); err != nil {
		return nil, err
	}
	if err := v.Indent(jsontext.WithIndent("  ")); err != nil {
		return nil, err
	}
	return append(v, '\n'), nil
}

// ready answers 200 only when records can be taken and proved: the store
// answers, the published checkpoint is fresh, and all further checks hold.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	checks := append([]Check{
		{Name: "store", Do: func(ctx context.Context) error {
			if err := s.cfg.Store.Ping(ctx); err != nil {
				s.cfg.Log.ErrorContext(ctx, "readyz", "error", err)
				return errors.New("the store does not answer")
			}
			return nil
		}},
		{Name: "checkpoint", Do: s.checkpointFresh},
	}, s.cfg.Checks...)
	answer := Ready{Ready: true, Checks: []ReadyCheck{}}
	for _, c := range checks {
		one := ReadyCheck{Name: c.Name, OK: true}
		if err := c.Do(ctx); err != nil {
			one.OK, one.Error, answer.Ready = false, err.Error(), false
		}
		answer.Checks = append(answer.Checks, one)
	}
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "2")
	}
	answerJSON(w, status, answer)
}

func (s *Server) checkpointFresh(context.Context) error {
	if s.cfg.LogState == nil {
		return nil
	}
	l := s.cfg.LogState()
	switch {
	case l.Halted != nil:
		return errors.New("the log no longer fits a kept checkpoint: nothing is appended; run mingjing verify")
	case l.At.IsZero():
		return errors.New("no checkpoint has been published yet")
	}
	if age := s.cfg.Clock().Sub(l.At); age > s.cfg.MaxCheckpointAge && !l.Idle {
		return fmt.Errorf("the newest checkpoint is %s old and newer records wait; allowed are %s", age.Round(time.Second), s.cfg.MaxCheckpointAge)
	}
	return nil
}

// metrics answers the machine itself and administrators. Counters grow with
// every batch, and so would tell in the minutes before an opening how much came.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	if !local(r) {
		reader, err := s.cfg.Readers.Reader(r.Context(), r.Header.Get("Authorization"))
		if err != nil {
			s.refuseReader(w, r, err)
			return
		}
		if reader.Audience != disclose.Administrator {
			s.fail(w, r, problemNotFound)
			return
		}
	}
	s.cfg.Metrics.serve(w, r)
}

// local says whether a request comes from this machine itself and not through
// a proxy on it.
func local(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		return false
	}
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	return true
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "{}", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
