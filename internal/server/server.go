package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"mingjing/internal/feed"
)

// A Server serves everything on one address.
type Server struct {
	cfg     Config
	api     huma.API
	mux     *http.ServeMux
	cursors *cursors
	pages   *pages
	guard   *http.CrossOriginProtection
	zip     func(http.Handler) http.Handler // compresses what is text and long
	hub     *hub
	tallies tallyBook

	overviews recent[*Overview]
	surveys   recent[*survey]
	ownMap    *servedMap // the operator's; nil: the program's
	exports   *exports
	rates     rates
}

// New wires one handler. It fails when the configuration is not complete.
func New(cfg Config) (*Server, error) {
	if cfg.Store == nil || cfg.Ledger == nil || cfg.Readers == nil || cfg.Subjects == nil {
		return nil, errors.New("server: Store, Ledger, Readers and Subjects are required")
	}
	s := &Server{cfg: cfg.withDefaults(), mux: http.NewServeMux()}
	var err error
	if s.cursors, err = newCursors(s.cfg.CursorKey); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	if s.zip, err = zipper(); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	if s.guard, err = crossOrigin(s.cfg.PublicURL); err != nil {
		return nil, fmt.Errorf("server: public URL: %w", err)
	}
	if s.cfg.Feed == nil {
		s.cfg.Feed = feed.New(feed.Config{Store: s.cfg.Store, Clock: s.cfg.Clock, Key: s.cfg.CursorKey})
	}
	useProblems()
	config := apiConfig(s.cfg.Version)
	s.api = humago.New(s.mux, config)
	s.routesAPI()
	s.routesSubjects()
	s.routesFiles()
	s.exports = newExports(s)
	s.routesViews()
	s.routesRegions()
	s.routesExports()
	s.routesDocketPage()
	s.routesSession()
	s.routesAccount()
	s.routesPeople()
	s.routesOrganisations()
	s.routesPasskey()
	s.routesSSO()
	if s.cfg.Map != nil {
		if s.ownMap, err = readMap(s.cfg.Map); err != nil {
			return nil, err
		}
	}
	s.routesMap()
	s.routesOverview()
	s.routesSources()
	s.hub = newHub(s)
	s.routesLive()
	s.routesWarnings()
	s.routesReadings()
	s.routesInstructions()
	s.routesSchedule()
	s.routesComplaints()
	s.routesObjections()
	s.routesRules()
	s.routesLearned()
	s.routesParties()
	s.routesNetwork()
	s.routesBehind()
	s.routesLikeness()
	audit := s.mux
	if s.cfg.Audit == nil {
		audit = http.NewServeMux() // described here, served at the auditors' address alone
	}
	s.routesAudit(humago.New(audit, config))
	if s.cfg.Exchange != nil {
		if err := s.cfg.Exchange(s.api, s.mux); err != nil {
			return nil, fmt.Errorf("server: %w", err)
		}
	}
	if s.cfg.LogHandler != nil {
		s.mux.Handle("GET /log/", s.cfg.LogHandler)
	}
	s.routesConsole()
	s.routesHealth()
	if err := s.routesPages(); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s.alsoBySession()
	s.cfg.Metrics.watch(s.cfg)
	return s, nil
}

// apiConfig leaves out huma's own documents: its pages load scripts from other
// hosts, and its schema links would change every answer's shape.
func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("Mingjing 明镜", version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Info.Description = "Online supervision of public resource trading. 全省公共资源交易在线监管平台。" +
		"Every answer carries X-Request-Id. Without a token the reader is the public; what a reader may see, and when, is in docs/disclosure.md."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":       {Type: "http", Scheme: "bearer", Description: "A token issued by the office; none: the public"},
		"certificate": {Type: "mutualTLS", Description: "The client certificate that is bound to the person, at the auditors' port"},
		"session":     {Type: "apiKey", In: "cookie", Name: cookieTLS, Description: "The cookie of somebody signed in at /api/v1/session; its name is " + cookiePlain + " without TLS"},
	}
	return c
}

// alsoBySession says of every operation that takes a token that it takes a
// session too.
func (s *Server) alsoBySession() {
	for _, item := range s.api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete, item.Patch} {
			if op != nil && slices.ContainsFunc(op.Security, func(by map[string][]string) bool { return by["token"] != nil }) {
				op.Security = append(op.Security, map[string][]string{"session": {}})
			}
		}
	}
}

// API returns the description of the interface, for tests and documents.
func (s *Server) API() huma.API { return s.api }

// Handler returns the one handler: routes inside request ids, access log,
// headers and recovery.
func (s *Server) Handler() http.Handler {
	if s.cfg.Around != nil {
		return s.cfg.Around(s.wrap(s.mux))
	}
	return s.wrap(s.mux)
}

// DrainTime is how long Serve waits for requests under way when it is told to stop.
const DrainTime = 10 * time.Second

// Serve answers on all listeners until ctx ends, then takes no new request and waits up to
// DrainTime for those under way. It returns nil after a clean stop.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	srv := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	done := make(chan error, len(listeners))
	if s.cfg.ExportDir != "" {
		tidying, stop := context.WithCancel(ctx)
		defer s.exports.jobs.Wait()
		defer s.exports.stop()
		defer stop()
		s.exports.jobs.Go(func() { s.exports.keepTidy(tidying) })
	}
	for _, l := range listeners {
		go func() { done <- srv.Serve(l) }()
	}
	select {
	case err := <-done:
		_ = srv.Close() // with one listener gone the others are not left half a server
		return fmt.Errorf("server: %w", err)
	case <-ctx.Done():
	}
	s.cfg.Feed.Stop() // who waits for more is answered now
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), DrainTime)
	defer cancel()
	err := srv.Shutdown(drain)
	if err != nil {
		_ = srv.Close() // the time is over: what is still under way is cut
	}
	for range listeners {
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
	}
	if err != nil {
		return fmt.Errorf("server: requests were cut after %s: %w", DrainTime, err)
	}
	return nil
}

func randomID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
