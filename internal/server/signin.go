package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"mingjing/internal/identity"
)

// Names of the session's cookie. With TLS the name itself binds it: browsers
// take "__Host-" only with Secure, for this host alone and from nobody else.
const (
	cookieTLS   = "__Host-mingjing"
	cookiePlain = "mingjing"
)

// tls reports whether the browser speaks TLS, to us or to the proxy before us.
func (s *Server) tls(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(s.cfg.PublicURL, "https://")
}

func (s *Server) cookieName(r *http.Request) string {
	if s.tls(r) {
		return cookieTLS
	}
	return cookiePlain
}

// cookie makes the header that sets the session's cookie, or takes it away when
// value is "". It lasts as long as the browser; the session's own end is ours.
func (s *Server) cookie(r *http.Request, value string) string {
	c := http.Cookie{Name: s.cookieName(r), Value: value, Path: "/", HttpOnly: true, Secure: s.tls(r), SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	return c.String()
}

// address is where a request comes from. A proxy's word for it counts only when
// the request comes from a proxy that the operator named.
func (s *Server) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	trusted := func(ip string) bool {
		a, err := netip.ParseAddr(ip)
		return err == nil && slices.ContainsFunc(s.cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	}
	if !trusted(host) {
		return host
	}
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, ip := range slices.Backward(said) {
		ip = strings.TrimSpace(ip)
		if _, err := netip.ParseAddr(ip); err != nil {
			break
		}
		if host = ip; !trusted(ip) {
			break
		}
	}
	return host
}

// crossOrigin refuses requests that change something and come from another
// site's page: with the cookie the browser would send along, they would be ours.
func crossOrigin(publicURL string) (*http.CrossOriginProtection, error) {
	guard := http.NewCrossOriginProtection()
	if publicURL == "" {
		return guard, nil
	}
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, err
	}
	return guard, guard.AddTrustedOrigin(u.Scheme + "://" + u.Host)
}

// asked is what the handlers of sign-in need of a request.
type asked struct {
	request *http.Request
	visit   identity.Visit
}

func askedOf(ctx context.Context) asked {
	a, _ := ctx.Value(keyAsked).(asked)
	return a
}

// identify finds out who asks: by the Authorization header where there is one,
// else by the cookie. The context that it returns ends when what they showed
// ends. nil: it has answered.
func (s *Server) identify(w http.ResponseWriter, r *http.Request) (*http.Request, context.CancelFunc) {
	w.Header().Set("Vary", "Authorization, Cookie")
	w.Header().Set("Cache-Control", "no-store")
	if err := s.guard.Check(r); err != nil {
		s.fail(w, r, problemCrossOrigin)
		return nil, nil
	}
	who := identity.Who(r.Context())
	ctx, cancel := r.Context(), func() {}
	visit := identity.Visit{IP: s.address(r), Agent: r.UserAgent()}
	if c, err := r.Cookie(s.cookieName(r)); err == nil {
		visit.Have = c.Value
	}
	var err error
	switch shown := r.Header.Get("Authorization"); {
	case shown != "" || s.cfg.Accounts == nil || visit.Have == "":
		if who.Reader, err = s.cfg.Readers.Reader(ctx, shown); err != nil {
			s.refuseReader(w, r, err)
			return nil, nil
		}
		who.Name = who.Reader.ID
		if shown != "" && s.cfg.Accounts != nil {
			ctx, cancel = s.cfg.Accounts.WhileToken(ctx, shown)
		}
	default:
		who, err = s.cfg.Accounts.Identify(ctx, visit.Have, visit.IP, !byItself(r))
		why, ended := identity.WhyEnded(err)
		switch {
		case ended && r.Method == http.MethodPost && r.URL.Path == "/api/v1/session": // signs in anew
			who = identity.Who(r.Context())
		case ended:
			w.Header().Add("Set-Cookie", s.cookie(r, ""))
			s.failEnded(w, r, why)
			return nil, nil
		case err != nil:
			s.refuseReader(w, r, err)
			return nil, nil
		}
		ctx, cancel = s.cfg.Accounts.While(ctx, who)
	}
	ctx = context.WithValue(identity.With(ctx, who), keyAsked, asked{r, visit})
	return r.WithContext(context.WithValue(ctx, keyReader, who.Reader)), cancel
}

// byItself reports whether an open page asks this without its reader's doing.
func byItself(r *http.Request) bool {
	return r.Method == http.MethodGet && (r.URL.Path == "/api/v1/session" || r.URL.Path == "/api/v1/stream" || r.URL.Path == "/api/v1/stream/poll")
}

// failEnded tells a browser that its session is over, and why.
func (s *Server) failEnded(w http.ResponseWriter, r *http.Request, why identity.Why) {
	p := problemEnded.problem(requestID(r.Context()), "")
	p.Why = string(why)
	body, err := json.Marshal(p)
	if err != nil {
		s.fail(w, r, problemInternal)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}

// accountFault turns what identity says into a problem.
func (s *Server) accountFault(ctx context.Context, err error) error {
	id := requestID(ctx)
	var many *identity.TooMany
	switch why, ended := identity.WhyEnded(err); {
	case ended:
		p := problemEnded.problem(id, "")
		p.Why = string(why)
		if a := askedOf(ctx); a.visit.Have != "" && why != identity.Switched {
			return withHeader(p, "Set-Cookie", s.cookie(a.request, ""))
		}
		return p
	case errors.Is(err, identity.ErrRefused):
		return problemRefused.problem(id, "")
	case errors.As(err, &many):
		return withHeader(problemTooMany.problem(id, ""), "Retry-After", strconv.Itoa(int(many.After.Seconds())))
	case errors.Is(err, identity.ErrNotYours):
		return problemNotYours.problem(id, "")
	case errors.Is(err, identity.ErrProof):
		return problemProof.problem(id, "")
	case errors.Is(err, identity.ErrNoSite):
		return problemNoPasskeys.problem(id, "")
	}
	return s.fault(ctx, err)
}
