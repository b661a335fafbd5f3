package identity

import (
	"bytes"
	"context"
	"encoding/base64"
	stdjson "encoding/json" // the library's types are written for it
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"mingjing/internal/store"
)

// A Site is the address at which people see us; a passkey is bound to it by
// their browser. The zero Site is one at which browsers take no passkeys.
type Site struct {
	Host   string // such as jg.example.gov.cn or localhost, never an IP address
	Origin string // such as https://jg.example.gov.cn
}

// ErrNoSite means that no passkeys can be used at the address asked.
var ErrNoSite = errors.New("identity: no passkeys at this address")

// MaxPasskeys is how many a person may have.
const MaxPasskeys = 10

// ErrPasskey wraps why a passkey is not taken.
var ErrPasskey = errors.New("passkey / 通行密钥")

// A Passkey is one that a person has, as they see it.
type Passkey struct {
	ID      string    `json:"id"`
	Label   string    `json:"label"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
	Synced  bool      `json:"synced" doc:"It is copied between its holder's devices"`
}

// A Challenge is what a browser is asked, and the ticket by which its answer is
// known again: sealed, good once, for a few minutes.
type Challenge struct {
	Options []byte // JSON for navigator.credentials
	Ticket  string
}

// challengeFor is how long an answer may take.
const challengeFor = 5 * time.Minute

// ticket is what a Challenge's ticket seals. It is bound to a purpose, and to
// the session that asked where there is one.
type ticket struct {
	Purpose string               `json:"purpose"`
	Session string               `json:"session"`
	At      time.Time            `json:"at"`
	Data    webauthn.SessionData `json:"data"`
}

const (
	toEnrol  = "enrol"
	toSignIn = "sign in"
	toProve  = "prove"
)

// holderOf is a person as the library sees them.
type holderOf struct {
	person store.PersonRow
	keys   []webauthn.Credential
}

func (h *holderOf) WebAuthnID() []byte                         { return []byte(h.person.ID) }
func (h *holderOf) WebAuthnName() string                       { return h.person.Username }
func (h *holderOf) WebAuthnDisplayName() string                { return h.person.Name }
func (h *holderOf) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (a *Accounts) party(site Site) (*webauthn.WebAuthn, error) {
	if site.Host == "" {
		return nil, ErrNoSite
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: site.Host, RPDisplayName: a.cfg.Issuer, RPOrigins: []string{site.Origin}, AttestationPreference: protocol.PreferNoAttestation,
		// It stands for password and second factor: the device asks for a PIN or a finger.
		AuthenticatorSelection: protocol.AuthenticatorSelection{UserVerification: protocol.VerificationRequired, ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired()},
	})
	if err != nil {
		return nil, fmt.Errorf("identity: passkeys: %w", err)
	}
	return w, nil
}

func passkeyPurpose(person string) string { return "passkey " + person }

// passkeys opens a person's stored ones.
func (a *Accounts) passkeys(person string, kept credentials) (rows []store.CredentialRow, keys []webauthn.Credential, err error) {
	for i := range kept {
		if kept[i].Kind != KindPasskey {
			continue
		}
		text, err := a.cfg.Keys.OpenPrivate(passkeyPurpose(person), kept[i].Secret)
		if err != nil {
			return nil, nil, fmt.Errorf("identity: a passkey of %s: %w", person, err)
		}
		var key webauthn.Credential
		if err := stdjson.Unmarshal(text, &key); err != nil {
			return nil, nil, fmt.Errorf("identity: a passkey of %s cannot be read", person)
		}
		rows, keys = append(rows, kept[i]), append(keys, key)
	}
	return rows, keys, nil
}

func (a *Accounts) sealPasskey(person string, key *webauthn.Credential) ([]byte, error) {
	text, err := stdjson.Marshal(key)
	if err == nil {
		text, err = a.cfg.Keys.Private(passkeyPurpose(person), text)
	}
	if err != nil {
		return nil, fmt.Errorf("identity: passkey: %w", err)
	}
	return text, nil
}

func (a *Accounts) challenge(purpose, session string, options any, data *webauthn.SessionData) (*Challenge, error) {
	text, err := stdjson.Marshal(ticket{purpose, session, a.cfg.Clock(), *data})
	if err != nil {
		return nil, fmt.Errorf("identity: passkey: %w", err)
	}
	sealed, err := a.cfg.Keys.Private("passkey ticket", text)
	if err != nil {
		return nil, fmt.Errorf("identity: passkey: %w", err)
	}
	asked, err := stdjson.Marshal(options)
	if err != nil {
		return nil, fmt.Errorf("identity: passkey: %w", err)
	}
	return &Challenge{asked, base64.RawURLEncoding.EncodeToString(sealed)}, nil
}

// answered opens a ticket; ErrRefused when it is none, not for this or too old.
func (a *Accounts) answered(text, purpose, session string) (*ticket, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, ErrRefused
	}
	plain, err := a.cfg.Keys.OpenPrivate("passkey ticket", sealed)
	if err != nil {
		return nil, ErrRefused
	}
	var t ticket
	if err := stdjson.Unmarshal(plain, &t); err != nil || t.Purpose != purpose || t.Session != session || a.cfg.Clock().Sub(t.At) > challengeFor {
		return nil, ErrRefused
	}
	return &t, nil
}

// once lets an answered challenge through the first time only.
func (a *Accounts) once(ctx context.Context, t *ticket) error {
	name := a.cfg.Keys.PrivateName("passkey challenge", []byte(t.Data.Challenge))
	err := a.cfg.Store.Once(ctx, name, t.At.Add(challengeFor), a.cfg.Clock())
	if errors.Is(err, store.ErrTaken) {
		return ErrRefused
	}
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// Passkeys lists a person's, the oldest first.
func (a *Accounts) Passkeys(ctx context.Context, person string) ([]Passkey, error) {
	kept, err := a.cfg.Store.Credentials(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	rows, keys, err := a.passkeys(person, kept)
	if err != nil {
		return nil, err
	}
	out := []Passkey{}
	for i, r := range rows {
		out = append(out, Passkey{r.ID, r.Label, r.Created, r.Used, keys[i].Flags.BackupState})
	}
	return out, nil
}

// BeginPasskey asks a person's device for a new passkey. Errors: ErrProof,
// ErrRefused, ErrNoSite, ErrPasskey.
func (a *Accounts) BeginPasskey(ctx context.Context, id Identity, site Site) (*Challenge, error) {
	if id.Stage != Open && id.Stage != Choose {
		return nil, ErrRefused
	}
	if err := a.NeedProof(id); err != nil {
		return nil, err
	}
	w, err := a.party(site)
	if err != nil {
		return nil, err
	}
	h, _, err := a.keyHolder(ctx, id.Username)
	if err != nil {
		return nil, err
	}
	if len(h.keys) >= MaxPasskeys {
		return nil, fmt.Errorf("%w: you have %d, take one away first / 已有 %d 个，请先删除一个", ErrPasskey, MaxPasskeys, MaxPasskeys)
	}
	var have []protocol.CredentialDescriptor
	for i := range h.keys {
		have = append(have, h.keys[i].Descriptor())
	}
	options, data, err := w.BeginRegistration(h, webauthn.WithExclusions(have))
	if err != nil {
		return nil, fmt.Errorf("identity: passkey: %w", err)
	}
	return a.challenge(toEnrol, id.Session, options, data)
}

// keyHolder finds a person by username with their passkeys.
func (a *Accounts) keyHolder(ctx context.Context, username string) (*holderOf, []store.CredentialRow, error) {
	p, kept, err := a.holder(ctx, username)
	if err != nil {
		return nil, nil, err
	}
	if p == nil {
		return nil, nil, ErrRefused
	}
	rows, keys, err := a.passkeys(p.ID, kept)
	return &holderOf{*p, keys}, rows, err
}

// FinishPasskey keeps the new passkey under a label. It is in the log before it
// is good. Errors: ErrProof, ErrRefused when the answer is not to the challenge,
// ErrPasskey.
func (a *Accounts) FinishPasskey(ctx context.Context, id Identity, site Site, ticket, label string, answer []byte) (*Passkey, error) {
	if err := a.NeedProof(id); err != nil {
		return nil, err
	}
	if label = strings.TrimSpace(label); label == "" || len([]rune(label)) > 60 {
		return nil, fmt.Errorf("%w: give it a name of 1 to 60 characters / 请填写名称（1—60 字）", ErrPasskey)
	}
	w, err := a.party(site)
	if err != nil {
		return nil, err
	}
	t, err := a.answered(ticket, toEnrol, id.Session)
	if err != nil {
		return nil, err
	}
	h, _, err := a.keyHolder(ctx, id.Username)
	if err != nil {
		return nil, err
	}
	if len(h.keys) >= MaxPasskeys {
		return nil, ErrRefused
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, ErrRefused
	}
	key, err := w.CreateCredential(h, t.Data, parsed)
	if err != nil {
		return nil, ErrRefused
	}
	if err := a.once(ctx, t); err != nil {
		return nil, err
	}
	now := a.cfg.Clock()
	row := store.CredentialRow{ID: newID(), Person: id.Person, Kind: KindPasskey, Name: base64.RawURLEncoding.EncodeToString(key.ID), Label: label, State: stateActive, Created: now}
	if row.Secret, err = a.sealPasskey(id.Person, key); err != nil {
		return nil, err
	}
	if err := a.record(ctx, By{Who: id}, ActPasskey, id.Person, nil); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.AddCredential(ctx, row); err != nil {
		if errors.Is(err, store.ErrTaken) {
			return nil, ErrRefused
		}
		return nil, fmt.Errorf("identity: %w", err)
	}
	return &Passkey{row.ID, label, now, time.Time{}, key.Flags.BackupState}, nil
}

// DropPasskey takes one of the person's passkeys away. Errors: ErrProof,
// store.ErrNotFound.
func (a *Accounts) DropPasskey(ctx context.Context, id Identity, passkey string) error {
	if err := a.NeedProof(id); err != nil {
		return err
	}
	if err := a.cfg.Store.DropCredential(ctx, id.Person, KindPasskey, passkey); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return a.record(ctx, By{Who: id}, ActDropPasskey, id.Person, nil)
}

// BeginPasskeySignIn asks whoever comes for a passkey of this site. It tells
// nothing of who has one. Errors: ErrNoSite, *TooMany.
func (a *Accounts) BeginPasskeySignIn(site Site) (*Challenge, error) {
	w, err := a.party(site)
	if err != nil {
		return nil, err
	}
	options, data, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, fmt.Errorf("identity: passkey: %w", err)
	}
	return a.challenge(toSignIn, "", options, data)
}

// SignInPasskey begins a session by a passkey, which stands for password and
// second factor. Errors: ErrRefused, ErrNoSite, *TooMany, or that of the store.
func (a *Accounts) SignInPasskey(ctx context.Context, site Site, ticket string, answer []byte, v Visit) (cookie string, _ Identity, err error) {
	now := a.cfg.Clock()
	w, err := a.party(site)
	if err != nil {
		return "", Identity{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", Identity{}, ErrRefused
	}
	// Whose it says it is, so that attempts by passkey and by password count together.
	owner, err := a.cfg.Store.CredentialNamed(ctx, KindPasskey, base64.RawURLEncoding.EncodeToString(parsed.RawID))
	if err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	person, username := (*store.PersonRow)(nil), "passkey "+base64.RawURLEncoding.EncodeToString(parsed.RawID) // no username: of nobody
	if owner != nil {
		if person, err = a.cfg.Store.Person(ctx, owner.Person); err != nil {
			return "", Identity{}, fmt.Errorf("identity: %w", err)
		}
	}
	if person != nil {
		username = person.Username
	}
	name := a.attemptName(username)
	if err := a.limits.take(v.IP, name, now); err != nil {
		return "", Identity{}, err
	}
	let, err := a.attempt(ctx, name, now)
	if err != nil {
		return "", Identity{}, err
	}
	t, err := a.answered(ticket, toSignIn, "")
	if err != nil || person == nil || person.Locked || !let {
		return "", Identity{}, ErrRefused
	}
	h, rows, err := a.keyHolder(ctx, person.Username)
	if err != nil {
		return "", Identity{}, err
	}
	_, key, err := w.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != person.ID {
			return nil, ErrRefused
		}
		return h, nil
	}, t.Data, parsed)
	if err != nil {
		return "", Identity{}, ErrRefused
	}
	if err := a.usedPasskey(ctx, t, person.ID, rows, key, now); err != nil {
		return "", Identity{}, err
	}
	if err := a.cfg.Store.TakeBackAttempt(ctx, name, true); err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	_, kept, err := a.holder(ctx, person.Username)
	if err != nil {
		return "", Identity{}, err
	}
	stage := Open
	if own := kept.of(KindPassword); own != nil && own.State == stateTemporary {
		stage = Renew
	}
	return a.begin(ctx, person, stage, v, now, now)
}

// usedPasskey notes the use of a passkey: once for a challenge, and never one
// whose counter went backwards, as a copy's would.
func (a *Accounts) usedPasskey(ctx context.Context, t *ticket, person string, rows []store.CredentialRow, key *webauthn.Credential, now time.Time) error {
	i := slices.IndexFunc(rows, func(r store.CredentialRow) bool { return r.Name == base64.RawURLEncoding.EncodeToString(key.ID) })
	if i < 0 || key.Authenticator.CloneWarning {
		return ErrRefused
	}
	if err := a.once(ctx, t); err != nil {
		return err
	}
	sealed, err := a.sealPasskey(person, key)
	if err != nil {
		return err
	}
	if bytes.Equal(sealed, rows[i].Secret) {
		return nil
	}
	if err := a.cfg.Store.SaveCredential(ctx, rows[i].ID, rows[i].Secret, sealed, now); err != nil {
		if errors.Is(err, store.ErrNotFound) { // it was used or taken away meanwhile
			return ErrRefused
		}
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// BeginProof asks somebody who is signed in for one of their passkeys. Errors:
// ErrNoSite, ErrRefused when they have none.
func (a *Accounts) BeginProof(ctx context.Context, id Identity, site Site) (*Challenge, error) {
	if id.Stage != Open && id.Stage != Choose {
		return nil, ErrRefused
	}
	w, err := a.party(site)
	if err != nil {
		return nil, err
	}
	h, _, err := a.keyHolder(ctx, id.Username)
	if err != nil {
		return nil, err
	}
	if len(h.keys) == 0 {
		return nil, ErrRefused
	}
	options, data, err := w.BeginLogin(h, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, fmt.Errorf("identity: passkey: %w", err)
	}
	return a.challenge(toProve, id.Session, options, data)
}

// ProvePasskey takes a passkey of somebody who is signed in as a fresh proof.
// Errors: ErrRefused, ErrNoSite, *TooMany, *Ended.
func (a *Accounts) ProvePasskey(ctx context.Context, id Identity, site Site, ticket string, answer []byte, v Visit) (Identity, error) {
	if id.Stage != Open && id.Stage != Choose {
		return Identity{}, ErrRefused
	}
	now := a.cfg.Clock()
	w, err := a.party(site)
	if err != nil {
		return Identity{}, err
	}
	name := a.attemptName(id.Username)
	if err := a.limits.take(v.IP, name, now); err != nil {
		return Identity{}, err
	}
	let, err := a.attempt(ctx, name, now)
	if err != nil {
		return Identity{}, err
	}
	t, err := a.answered(ticket, toProve, id.Session)
	if err != nil || !let {
		return Identity{}, ErrRefused
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Identity{}, ErrRefused
	}
	h, rows, err := a.keyHolder(ctx, id.Username)
	if err != nil {
		return Identity{}, err
	}
	key, err := w.ValidateLogin(h, t.Data, parsed)
	if err != nil {
		return Identity{}, ErrRefused
	}
	if err := a.usedPasskey(ctx, t, id.Person, rows, key, now); err != nil {
		return Identity{}, err
	}
	if err := a.cfg.Store.TakeBackAttempt(ctx, name, false); err != nil {
		return Identity{}, fmt.Errorf("identity: %w", err)
	}
	return a.keepProof(ctx, id, now)
}
