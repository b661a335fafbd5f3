package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"mingjing/internal/identity"
)

// PasskeyChallenge is what the browser is asked.
type PasskeyChallenge struct {
	Options map[string]any `json:"options" doc:"For navigator.credentials (WebAuthn), as JSON"`
	Ticket  string         `json:"ticket" doc:"Comes back with the answer, within five minutes, once"`
}

// PasskeyList is the passkeys that a person has.
type PasskeyList struct {
	Items []identity.Passkey `json:"items"`
}

type passkeyInput struct {
	Body struct {
		Ticket string         `json:"ticket" maxLength:"8000"`
		Answer map[string]any `json:"answer" doc:"What navigator.credentials gave, as JSON"`
	}
}

type newPasskeyInput struct {
	Body struct {
		Ticket string         `json:"ticket" maxLength:"8000"`
		Label  string         `json:"label" maxLength:"200" doc:"By which its holder knows it"`
		Answer map[string]any `json:"answer" doc:"What navigator.credentials gave, as JSON"`
	}
}

type dropPasskeyInput struct {
	ID string `path:"id" maxLength:"40"`
}

func (s *Server) routesPasskey() {
	account(s, http.MethodPost, "/session/passkey/options", "ask-passkey", "Begin a sign-in by passkey 通行密钥登录", "The browser offers the passkeys that it has of this site.", s.askPasskey, 409)
	account(s, http.MethodPost, "/session/passkey", "sign-in-passkey", "Sign in by passkey 通行密钥登录", "It stands for password and second factor.", s.signInPasskey, 409, 429)
	account(s, http.MethodPost, "/session/proof", "prove", "Prove anew who you are 再次验证身份",
		"By password. For some minutes (the office's setting) what asks for a fresh proof (A067) is then done: other people's accounts, organisations, lent posts, passkeys, keys of trading systems.", s.prove, 429)
	account(s, http.MethodPost, "/session/proof/options", "ask-proof", "Begin a proof by passkey 以通行密钥验证身份", "", s.askProof, 409)
	account(s, http.MethodPost, "/session/proof/passkey", "prove-passkey", "Prove anew by passkey 以通行密钥验证身份", "", s.provePasskey, 409, 429)
	account(s, http.MethodGet, "/account/passkeys", "list-passkeys", "My passkeys 我的通行密钥", "", s.listPasskeys)
	account(s, http.MethodPost, "/account/passkeys/options", "ask-new-passkey", "Begin a new passkey 新建通行密钥", "Needs a fresh proof.", s.askNewPasskey, 409)
	account(s, http.MethodPost, "/account/passkeys", "add-passkey", "Keep a new passkey 保存通行密钥", "Recorded in the log.", s.addPasskey, 409)
	account(s, http.MethodDelete, "/account/passkeys/{id}", "drop-passkey", "Take a passkey away 删除通行密钥", "Needs a fresh proof; recorded in the log.", s.dropPasskey, 404)
}

// site is the address at which the browser sees us, as far as passkeys can be
// bound to it: the public one that the operator named, else only localhost. A
// Host header is no proof of a name.
func (s *Server) site(r *http.Request) identity.Site {
	if s.cfg.PublicURL != "" {
		u, err := url.Parse(s.cfg.PublicURL)
		if err != nil || net.ParseIP(u.Hostname()) != nil {
			return identity.Site{}
		}
		return identity.Site{Host: u.Hostname(), Origin: u.Scheme + "://" + u.Host}
	}
	if r == nil {
		return identity.Site{}
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if !strings.EqualFold(host, "localhost") {
		return identity.Site{}
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return identity.Site{Host: "localhost", Origin: scheme + "://" + r.Host}
}

func (s *Server) siteOf(ctx context.Context) identity.Site { return s.site(askedOf(ctx).request) }

func (s *Server) ways(ctx context.Context) SessionWays {
	w := SessionWays{Passkey: s.siteOf(ctx).Host != "", SSO: []SSOWay{}, Certificate: certificateOf(askedOf(ctx).request) != nil}
	for _, p := range s.cfg.Accounts.SSOs() {
		w.SSO = append(w.SSO, SSOWay{p.ID, p.Name})
	}
	return w
}

// needProof lets only through who proved lately who they are. A token proves
// nothing by itself and is not asked: what needs a person asks for one.
func (s *Server) needProof(ctx context.Context) error {
	if who := identity.Who(ctx); s.cfg.Accounts != nil && who.Person != "" {
		if err := s.cfg.Accounts.NeedProof(who); err != nil {
			return s.accountFault(ctx, err)
		}
	}
	return nil
}

func challenge(ctx context.Context, s *Server, c *identity.Challenge, err error) (*out[PasskeyChallenge], error) {
	if errors.Is(err, identity.ErrPasskey) {
		return nil, badField(ctx, "passkey", err)
	}
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	body := PasskeyChallenge{Ticket: c.Ticket}
	if err := json.Unmarshal(c.Options, &body.Options); err != nil {
		return nil, s.fault(ctx, err)
	}
	return &out[PasskeyChallenge]{body}, nil
}

func (s *Server) askPasskey(ctx context.Context, _ *struct{}) (*out[PasskeyChallenge], error) {
	c, err := s.cfg.Accounts.BeginPasskeySignIn(s.siteOf(ctx))
	return challenge(ctx, s, c, err)
}

func (s *Server) signInPasskey(ctx context.Context, in *passkeyInput) (*sessionOut, error) {
	answer, err := json.Marshal(in.Body.Answer)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	cookie, id, err := s.cfg.Accounts.SignInPasskey(ctx, s.siteOf(ctx), in.Body.Ticket, answer, askedOf(ctx).visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, id, cookie)
}

func (s *Server) prove(ctx context.Context, in *passwordInput) (*sessionOut, error) {
	id, err := s.cfg.Accounts.Prove(ctx, identity.Who(ctx), in.Body.Password, askedOf(ctx).visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, id, "")
}

func (s *Server) askProof(ctx context.Context, _ *struct{}) (*out[PasskeyChallenge], error) {
	c, err := s.cfg.Accounts.BeginProof(ctx, identity.Who(ctx), s.siteOf(ctx))
	return challenge(ctx, s, c, err)
}

func (s *Server) provePasskey(ctx context.Context, in *passkeyInput) (*sessionOut, error) {
	answer, err := json.Marshal(in.Body.Answer)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	id, err := s.cfg.Accounts.ProvePasskey(ctx, identity.Who(ctx), s.siteOf(ctx), in.Body.Ticket, answer, askedOf(ctx).visit)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.reply(ctx, id, "")
}

func (s *Server) listPasskeys(ctx context.Context, _ *struct{}) (*out[PasskeyList], error) {
	id, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.cfg.Accounts.Passkeys(ctx, id.Person)
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return &out[PasskeyList]{PasskeyList{list}}, nil
}

func (s *Server) askNewPasskey(ctx context.Context, _ *struct{}) (*out[PasskeyChallenge], error) {
	c, err := s.cfg.Accounts.BeginPasskey(ctx, identity.Who(ctx), s.siteOf(ctx))
	return challenge(ctx, s, c, err)
}

func (s *Server) addPasskey(ctx context.Context, in *newPasskeyInput) (*out[PasskeyList], error) {
	if _, err := signedIn(ctx); err != nil {
		return nil, err
	}
	answer, err := json.Marshal(in.Body.Answer)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	_, err = s.cfg.Accounts.FinishPasskey(ctx, identity.Who(ctx), s.siteOf(ctx), in.Body.Ticket, in.Body.Label, answer)
	if errors.Is(err, identity.ErrPasskey) {
		return nil, badField(ctx, "label", err)
	}
	if err != nil {
		return nil, s.accountFault(ctx, err)
	}
	return s.listPasskeys(ctx, nil)
}

func (s *Server) dropPasskey(ctx context.Context, in *dropPasskeyInput) (*out[PasskeyList], error) {
	if _, err := signedIn(ctx); err != nil {
		return nil, err
	}
	if err := s.cfg.Accounts.DropPasskey(ctx, identity.Who(ctx), in.ID); err != nil {
		return nil, s.personFault(ctx, "id", err)
	}
	return s.listPasskeys(ctx, nil)
}
