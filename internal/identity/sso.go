package identity

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-json-experiment/json"
	"golang.org/x/oauth2"

	"mingjing/internal/store"
)

// An SSO is a single sign-on of others (OpenID Connect) by which people come in,
// such as the government service portal's.
type SSO struct {
	ID       string // in addresses: a-z, 0-9, '-'
	Name     string // as people read it
	Issuer   string // https://…, exactly as the provider calls itself
	ClientID string
	Secret   string
}

// Check says what an SSO lacks, or nil. It never repeats the secret.
func (p *SSO) Check() error {
	u, err := url.Parse(p.Issuer)
	switch {
	case p.ID == "" || strings.Trim(p.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(p.ID) > 30:
		return fmt.Errorf("single sign-on %q: give it an id of 1 to 30 of a-z, 0-9, '-' / 标识须为 1—30 位小写字母、数字或短横线", p.ID)
	case strings.TrimSpace(p.Name) == "" || p.ClientID == "":
		return fmt.Errorf("single sign-on %q: give it a name and client_id / 请填写名称和 client_id", p.ID)
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1"):
		return fmt.Errorf("single sign-on %q: the issuer is an https address / issuer 须为 https 地址", p.ID)
	}
	return nil
}

// The errors of signing in by a single sign-on, besides ErrRefused and *TooMany.
var (
	ErrNoSSO   = errors.New("identity: there is no such single sign-on")
	ErrSSODown = errors.New("identity: the single sign-on does not answer as it should")
)

// An Unlinked is somebody whom a single sign-on knows and no account here is
// bound to: the office binds one by this subject, nobody else does.
type Unlinked struct{ SSO, Subject string }

// Error implements error. It does not name the subject: errors are logged.
func (e *Unlinked) Error() string {
	return "identity: no account is bound to this subject of the single sign-on " + e.SSO
}

// ssoTimeout is how long a provider may take to answer.
const ssoTimeout = 10 * time.Second

// provider is one whose description was read.
type provider struct {
	SSO
	mu   sync.Mutex
	oidc *oidc.Provider // nil: not read yet
}

// discover reads the provider's description, once it could be read.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, context.Context, error) {
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: ssoTimeout})
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.oidc == nil {
		found, err := oidc.NewProvider(ctx, p.Issuer)
		if err != nil {
			return nil, ctx, fmt.Errorf("%w: %s: %w", ErrSSODown, p.ID, err)
		}
		p.oidc = found
	}
	return p.oidc, ctx, nil
}

func (p *provider) client(found *oidc.Provider, callback string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: callback, Scopes: []string{oidc.ScopeOpenID}}
}

// SSOs lists the single sign-ons, in the order in which they were configured.
func (a *Accounts) SSOs() []SSO {
	out := []SSO{}
	for _, p := range a.ssos {
		one := p.SSO
		one.Secret = ""
		out = append(out, one)
	}
	return out
}

func (a *Accounts) sso(id string) *provider {
	for _, p := range a.ssos {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// journey is what a browser keeps, sealed, while it is at the provider's.
type journey struct {
	SSO      string    `json:"sso"`
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Callback string    `json:"callback"`
	Next     string    `json:"next"`
	At       time.Time `json:"at"`
}

// BeginSSO sends a browser to a single sign-on. It returns the address and what
// the browser keeps meanwhile in a cookie: who comes back without it is not the
// one who left. Errors: ErrNoSSO, ErrSSODown, *TooMany.
func (a *Accounts) BeginSSO(ctx context.Context, id, callback, next string, v Visit) (address, kept string, err error) {
	p := a.sso(id)
	if p == nil {
		return "", "", ErrNoSSO
	}
	now := a.cfg.Clock()
	j := journey{SSO: id, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Callback: callback, Next: next, At: now}
	if err := a.limits.take(v.IP, "sso "+j.State, now); err != nil { // by address: the name is new each time
		return "", "", err
	}
	found, _, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return "", "", fmt.Errorf("identity: %w", err)
	}
	sealed, err := a.cfg.Keys.Private("single sign-on", text)
	if err != nil {
		return "", "", fmt.Errorf("identity: %w", err)
	}
	address = p.client(found, callback).AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier))
	return address, base64.RawURLEncoding.EncodeToString(sealed), nil
}

func (a *Accounts) journey(kept string) *journey {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(kept)
	if err != nil {
		return nil
	}
	text, err := a.cfg.Keys.OpenPrivate("single sign-on", sealed)
	if err != nil {
		return nil
	}
	var j journey
	if err := json.Unmarshal(text, &j); err != nil || a.cfg.Clock().Sub(j.At) > pending {
		return nil
	}
	return &j
}

// FinishSSO begins a session for who comes back from a single sign-on, with
// what the browser kept. It stands for the password alone: a second factor of
// ours is asked for. Errors: ErrRefused, *Unlinked, ErrNoSSO, ErrSSODown, *TooMany.
func (a *Accounts) FinishSSO(ctx context.Context, kept, state, code string, v Visit) (cookie string, _ Identity, next string, err error) {
	now := a.cfg.Clock()
	if err := a.limits.take(v.IP, "sso "+state, now); err != nil {
		return "", Identity{}, "", err
	}
	j := a.journey(kept)
	if j == nil || state == "" || j.State != state || code == "" {
		return "", Identity{}, "", ErrRefused
	}
	p := a.sso(j.SSO)
	if p == nil {
		return "", Identity{}, "", ErrNoSSO
	}
	err = a.cfg.Store.Once(ctx, a.cfg.Keys.PrivateName("single sign-on state", []byte(j.State)), j.At.Add(pending), now)
	if errors.Is(err, store.ErrTaken) {
		return "", Identity{}, "", ErrRefused
	}
	if err != nil {
		return "", Identity{}, "", fmt.Errorf("identity: %w", err)
	}
	token, err := p.exchange(ctx, j, code)
	if err != nil {
		return "", Identity{}, "", err
	}
	row, err := a.cfg.Store.CredentialNamed(ctx, KindOIDC, a.ssoName(p.Issuer, token.Subject))
	if err != nil {
		return "", Identity{}, "", fmt.Errorf("identity: %w", err)
	}
	if row == nil {
		return "", Identity{}, "", &Unlinked{p.ID, token.Subject}
	}
	person, err := a.cfg.Store.Person(ctx, row.Person)
	if err != nil {
		return "", Identity{}, "", fmt.Errorf("identity: %w", err)
	}
	if person == nil {
		return "", Identity{}, "", ErrRefused
	}
	cookie, id, err := a.beginBound(ctx, person, v, now)
	return cookie, id, j.Next, err
}

// exchange asks the provider for who it was.
func (p *provider) exchange(ctx context.Context, j *journey, code string) (*oidc.IDToken, error) {
	found, ctx, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := p.client(found, j.Callback).Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) && said.ErrorCode == "invalid_grant" { // the code, not the provider, is wrong
			return nil, ErrRefused
		}
		return nil, fmt.Errorf("%w: %s: the code was not exchanged", ErrSSODown, p.ID) // the cause may quote what was sent
	}
	raw, ok := answer.Extra("id_token").(string)
	if !ok {
		return nil, fmt.Errorf("%w: %s: no id_token in its answer", ErrSSODown, p.ID)
	}
	token, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil || token.Nonce != j.Nonce || token.Subject == "" {
		return nil, ErrRefused
	}
	return token, nil
}

// beginBound begins a session for somebody whom another has vouched for: a
// single sign-on or a certificate. The bars and locks of passwords hold, our own
// second factor is asked for, and what was shown is no fresh proof.
func (a *Accounts) beginBound(ctx context.Context, p *store.PersonRow, v Visit, now time.Time) (string, Identity, error) {
	name := a.attemptName(p.Username)
	let, err := a.attempt(ctx, name, now)
	if err != nil {
		return "", Identity{}, err
	}
	if !let || p.Locked {
		return "", Identity{}, ErrRefused
	}
	list, err := a.cfg.Store.Credentials(ctx, p.ID)
	if err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	kept, stage := credentials(list), Open
	if own := kept.of(KindPassword); own != nil && own.State == stateTemporary {
		stage = Renew
	}
	if kept.active(KindTOTP) != nil {
		stage = Code
	}
	if err := a.cfg.Store.TakeBackAttempt(ctx, name, false); err != nil { // only this one: wrong passwords still count
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	return a.begin(ctx, p, stage, v, now, time.Time{})
}

func (a *Accounts) ssoName(issuer, subject string) string {
	return a.cfg.Keys.PrivateName("single sign-on", []byte(issuer+"\x00"+subject))
}

// A Binding is what the office bound to a person's account: a subject of a
// single sign-on, or of a client certificate.
type Binding struct {
	ID    string `json:"id"`
	Kind  string `json:"kind" enum:"oidc,certificate"`
	Label string `json:"label" doc:"Of a single sign-on its name; of a certificate its subject"`
}

// ErrBinding wraps why something is not bound to an account.
var ErrBinding = errors.New("binding / 绑定")

// BindSSO binds a subject of a single sign-on to a person: who comes from there
// as it is signed in as them. It is in the log before it is so. Errors:
// ErrNotYours, ErrProof, ErrBinding, store.ErrNotFound.
func (a *Accounts) BindSSO(ctx context.Context, by By, person, sso, subject string) error {
	if _, err := a.may(ctx, by, ActBind, person); err != nil {
		return err
	}
	p := a.sso(sso)
	if subject = strings.TrimSpace(subject); p == nil || subject == "" || len(subject) > 255 {
		return fmt.Errorf("%w: name a single sign-on that is set up here, and its subject / 请指定已配置的单点登录和用户标识", ErrBinding)
	}
	return a.bind(ctx, by, store.CredentialRow{Person: person, Kind: KindOIDC, Name: a.ssoName(p.Issuer, subject), Label: p.Name})
}

func (a *Accounts) bind(ctx context.Context, by By, row store.CredentialRow) error {
	have, err := a.cfg.Store.CredentialNamed(ctx, row.Kind, row.Name)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	if have != nil {
		return fmt.Errorf("%w: it is bound to an account already / 已绑定到一个账号", ErrBinding)
	}
	row.ID, row.State, row.Created = newID(), stateActive, a.cfg.Clock()
	if err := a.recordBinding(ctx, by, ActBind, row.Person, row.ID); err != nil {
		return err
	}
	if err := a.cfg.Store.AddCredential(ctx, row); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// Unbind takes a binding away and ends the person's sessions. Errors:
// ErrNotYours, ErrProof, store.ErrNotFound.
func (a *Accounts) Unbind(ctx context.Context, by By, person, binding string) error {
	if _, err := a.may(ctx, by, ActUnbind, person); err != nil {
		return err
	}
	err := a.cfg.Store.DropCredential(ctx, person, KindOIDC, binding)
	if errors.Is(err, store.ErrNotFound) {
		err = a.cfg.Store.DropCredential(ctx, person, KindCertificate, binding)
	}
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	if err := a.cfg.Store.EndSessions(ctx, person, "", string(EndedBy), a.cfg.Clock()); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return a.recordBinding(ctx, by, ActUnbind, person, binding)
}

func (a *Accounts) recordBinding(ctx context.Context, by By, act Act, person, binding string) error {
	if err := a.cfg.Record(ctx, Deed{Act: act, Person: person, Binding: binding, By: by.Who, Desk: by.Desk, At: a.cfg.Clock()}); err != nil {
		return fmt.Errorf("identity: the log did not take the act %s: %w", act, err)
	}
	return nil
}
