package server

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"mingjing/internal/identity"
)

// While a browser is at a single sign-on it keeps a sealed note of where it
// wanted to go: who comes back with another's address has none.
const (
	cookieSSO    = "mingjing-sso"
	cookieSSOTLS = "__Host-mingjing-sso"
	ssoMaxAge    = 600 // seconds
)

type bindInput struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		SSO         string `json:"sso,omitempty" maxLength:"30" doc:"Id of a single sign-on"`
		Subject     string `json:"subject,omitempty" maxLength:"255" doc:"Of the single sign-on: how it calls the person (sub)"`
		Certificate string `json:"certificate,omitempty" maxLength:"20000" doc:"Instead: a client certificate in PEM; its issuer and subject are bound"`
	}
}

type unbindInput struct {
	ID      string `path:"id" maxLength:"40"`
	Binding string `path:"binding" maxLength:"40"`
}

func (s *Server) routesSSO() {
	account(s, http.MethodPost, "/people/{id}/bindings", "bind-person", "Bind a way in 绑定登录方式",
		"A subject of a single sign-on, or of a client certificate, signs in as this person from then on. For the office, never to oneself; recorded in the log.", s.bindPerson, 404)
	account(s, http.MethodDelete, "/people/{id}/bindings/{binding}", "unbind-person", "Take a binding away 解除绑定", "Ends the person's sessions. For the office; recorded in the log.", s.unbindPerson, 404)
	account(s, http.MethodPost, "/session/certificate", "sign-in-certificate", "Sign in by client certificate 证书登录", "At the listener that asks for one. It stands for the password; a second factor is asked for.", s.signInCertificate, 429)
	s.mux.HandleFunc("GET /sso/{id}", s.beginSSO)
	s.mux.HandleFunc("GET /sso/callback", s.finishSSO)
}

// certificateOf is the client certificate that a connection showed and its
// listener verified.
func certificateOf(r *http.Request) *x509.Certificate {
	if r == nil || r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return nil
	}
	return r.TLS.VerifiedChains[0][0]
}

func (s *Server) bindPerson(ctx context.Context, in *bindInput) (*out[identity.Person], error) {
	b, err := &in.Body, error(nil)
	if b.Certificate != "" {
		err = s.cfg.Accounts.BindCertificate(ctx, by(ctx), in.ID, b.Certificate)
	} else {
		err = s.cfg.Accounts.BindSSO(ctx, by(ctx), in.ID, b.SSO, b.Subject)
	}
	if errors.Is(err, identity.ErrBinding) {
		return nil, badField(ctx, "binding", err)
	}
	if err != nil {
		return nil, s.personFault(ctx, "binding", err)
	}
	return s.person(ctx, in.ID)
}

func (s *Server) unbindPerson(ctx context.Context, in *unbindInput) (*out[identity.Person], error) {
	if err := s.cfg.Accounts.Unbind(ctx, by(ctx), in.ID, in.Binding); err != nil {
		return nil, s.personFault(ctx, "binding", err)
	}
	return s.person(ctx, in.ID)
}

func (s *Server) signInCertificate(ctx context.Context, _ *struct{}) (*sessionOut, error) {
	a := askedOf(ctx)
	cookie, id, err := s.cfg.Accounts.SignInCertificate(ctx, certificateOf(a.request), a.visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, id, cookie)
}

// visitOf is from where a request outside the API comes.
func (s *Server) visitOf(r *http.Request) identity.Visit {
	v := identity.Visit{IP: s.address(r), Agent: r.UserAgent()}
	if c, err := r.Cookie(s.cookieName(r)); err == nil {
		v.Have = c.Value
	}
	return v
}

func (s *Server) ssoCookie(r *http.Request, value string) *http.Cookie {
	c := &http.Cookie{Name: cookieSSO, Value: value, Path: "/", HttpOnly: true, Secure: s.tls(r), SameSite: http.SameSiteLaxMode, MaxAge: ssoMaxAge}
	if s.tls(r) {
		c.Name = cookieSSOTLS
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// toSignIn sends a browser back to the sign-in, which says why. What comes after
// # stays in the browser: it is in no log of ours or of a proxy.
func toSignIn(w http.ResponseWriter, r *http.Request, why, next, fragment string) {
	q := url.Values{}
	for name, value := range map[string]string{"why": why, "next": next} {
		if value != "" {
			q.Set(name, value)
		}
	}
	u := url.URL{Path: "/console/signin", RawQuery: q.Encode(), Fragment: fragment}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

// inside is an address of the console to go on to, "" when it is none.
func inside(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") || len(next) > 1000 {
		return ""
	}
	return next
}

func (s *Server) beginSSO(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Accounts == nil {
		s.fail(w, r, problemNoAccounts)
		return
	}
	next := inside(r.URL.Query().Get("next"))
	address, kept, err := s.cfg.Accounts.BeginSSO(r.Context(), r.PathValue("id"), s.base(r)+"/sso/callback", next, s.visitOf(r))
	if err != nil {
		s.ssoFault(w, r, err, next)
		return
	}
	http.SetCookie(w, s.ssoCookie(r, kept))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, address, http.StatusSeeOther)
}

func (s *Server) finishSSO(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Accounts == nil {
		s.fail(w, r, problemNoAccounts)
		return
	}
	kept := ""
	if c, err := r.Cookie(s.ssoCookie(r, "x").Name); err == nil {
		kept = c.Value
	}
	http.SetCookie(w, s.ssoCookie(r, ""))
	q := r.URL.Query()
	cookie, _, next, err := s.cfg.Accounts.FinishSSO(r.Context(), kept, q.Get("state"), q.Get("code"), s.visitOf(r))
	if err != nil {
		s.ssoFault(w, r, err, "")
		return
	}
	w.Header().Add("Set-Cookie", s.cookie(r, cookie))
	toSignIn(w, r, "", next, "") // which asks for what is still missing, and goes on
}

func (s *Server) ssoFault(w http.ResponseWriter, r *http.Request, err error, next string) {
	var unlinked *identity.Unlinked
	var many *identity.TooMany
	switch {
	case errors.As(err, &unlinked):
		toSignIn(w, r, "unlinked", next, "subject="+url.QueryEscape(unlinked.Subject)+"&sso="+url.QueryEscape(unlinked.SSO))
	case errors.As(err, &many):
		w.Header().Set("Retry-After", strconv.Itoa(int(many.After.Seconds())))
		toSignIn(w, r, "many", next, "")
	case errors.Is(err, identity.ErrRefused):
		toSignIn(w, r, "sso-refused", next, "")
	case errors.Is(err, identity.ErrNoSSO):
		s.fail(w, r, problemNotFound)
	default:
		s.cfg.Log.WarnContext(r.Context(), "single sign-on", "request_id", requestID(r.Context()), "error", err)
		toSignIn(w, r, "sso-down", next, "")
	}
}
