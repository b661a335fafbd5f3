package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"mingjing/internal/disclose"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/store"
)

// Store keeps people, posts, credentials and sessions; *store.DB does. Nothing
// found is an empty answer, not an error, except where a change has nothing to
// change: store.ErrNotFound.
type Store interface {
	Tokens
	Access(ctx context.Context) (int64, error)

	AddPerson(ctx context.Context, p store.PersonRow, c store.CredentialRow) error
	Person(ctx context.Context, id string) (*store.PersonRow, error)
	PersonNamed(ctx context.Context, username string) (*store.PersonRow, error)
	People(ctx context.Context, after string, limit int) ([]store.PersonRow, error)
	LockPerson(ctx context.Context, id string, locked bool, why string, at time.Time) error

	CountAttempt(ctx context.Context, name string, now time.Time, most int, until, forget time.Time) (bool, error)
	TakeBackAttempt(ctx context.Context, name string, all bool) error
	Barred(ctx context.Context, names []string, now time.Time) (map[string]time.Time, error)

	AddPost(ctx context.Context, p store.PostRow) error
	Posts(ctx context.Context, people []string) ([]store.PostRow, error)
	LentPosts(ctx context.Context, posts []string) ([]store.PostRow, error)
	PostsOfUnit(ctx context.Context, unit string) ([]store.PostRow, error)
	WithdrawPost(ctx context.Context, person, id string, at time.Time) error

	AddOrganisations(ctx context.Context, list ...store.OrganisationRow) error
	Organisations(ctx context.Context) ([]store.OrganisationRow, error)

	PutCredentials(ctx context.Context, person, kind string, list ...store.CredentialRow) error
	Credentials(ctx context.Context, people ...string) ([]store.CredentialRow, error)
	UseCredential(ctx context.Context, id string, counter int64, at time.Time) error
	AddCredential(ctx context.Context, c store.CredentialRow) error
	DropCredential(ctx context.Context, person, kind, id string) error
	SaveCredential(ctx context.Context, id string, was, secret []byte, at time.Time) error
	CredentialNamed(ctx context.Context, kind, name string) (*store.CredentialRow, error)
	Once(ctx context.Context, name string, until, now time.Time) error
	TakeCredential(ctx context.Context, person, kind string, secret []byte) error

	AddSession(ctx context.Context, s store.SessionRow) error
	Session(ctx context.Context, digest []byte) (*store.SessionState, error)
	SessionByID(ctx context.Context, id string) (*store.SessionState, error)
	Sessions(ctx context.Context, person string) ([]store.SessionRow, error)
	StepSession(ctx context.Context, id, from, to, post string, digest []byte, expires time.Time) error
	SetSessionPost(ctx context.Context, id, post string) error
	ProveSession(ctx context.Context, id string, at time.Time) error
	SeeSession(ctx context.Context, id string, at time.Time, ip string) error
	EndSession(ctx context.Context, person, id, why string, at time.Time) error
	EndSessions(ctx context.Context, person, except, why string, at time.Time) error
}

// Keys encrypt what only this installation may read, by a key that lives
// outside the database; *ledger.Keyring does.
type Keys interface {
	Private(purpose string, plain []byte) ([]byte, error)
	OpenPrivate(purpose string, sealed []byte) ([]byte, error)
	PrivateName(purpose string, plain []byte) string
}

// A Deed is an act upon a person, as it is recorded in the log. It names people
// by their ids only: what stands in the log cannot be taken out again.
type Deed struct {
	Act     Act
	Person  string
	Post    *Post    // granted or withdrawn
	Binding string   // of bind and unbind: id of the credential
	By      Identity // who did it; zero with Desk: the command line
	Desk    string   // such as "command-line": who acts past the pages
	At      time.Time
}

// Settings are the office's own.
type Settings struct {
	Failures int           // wrong attempts under one name, after which it is barred
	Bar      time.Duration // for how long
	Idle     time.Duration // a session not used for so long ends
	Longest  time.Duration // a session ends after so long
	Fresh    time.Duration // how long a proof of who asks is good for what needs one
	Limits   Limits        // of attempts, however they end
}

// DefaultSettings are in force where the office sets nothing else.
func DefaultSettings() Settings {
	return Settings{Failures: 5, Bar: 15 * time.Minute, Idle: 30 * time.Minute, Longest: 12 * time.Hour, Fresh: 10 * time.Minute, Limits: Limits{PerMinute: 20, Burst: 30, Names: 10, NamesBurst: 15}}
}

// pending is how long a sign-in may take from the password to the end.
const pending = 10 * time.Minute

// Config is what Accounts stand on. All but Settings, Hash and Table are required.
type Config struct {
	Store  Store
	Keys   Keys
	Clock  func() time.Time
	Record func(ctx context.Context, d Deed) error // appends the act to the log
	// RecordUnits appends versions of organisations to the log, all or none. nil: there are none.
	RecordUnits func(ctx context.Context, by By, list []Organisation) error
	Settings    Settings            // zero: DefaultSettings
	Hash        *argon2id.Params    // nil: Hashing
	Table       *jurisdiction.Table // who supervises what; nil: the program's own
	SSO         []SSO               // single sign-ons by which people come in
	Issuer      string              // how an authenticator names us; default 明镜
}

// Hashing is the cost of a password: 19 MiB, two passes, one lane, which OWASP
// recommends; BenchmarkHash measures it. The hash lies under a key besides. A
// password of another cost is hashed anew when its person signs in next: till
// then its look takes another time than that at nobody's.
var Hashing = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Accounts are the people who sign in.
type Accounts struct {
	cfg    Config
	dummy  []byte // a password that nobody knows, as a stored one, for where there is no other
	busy   chan struct{}
	limits *limiter
	watch  watch
	tokens *Keeper
	ssos   []*provider
}

// NewAccounts returns the accounts that a store keeps.
func NewAccounts(cfg Config) (*Accounts, error) {
	if cfg.Store == nil || cfg.Keys == nil || cfg.Clock == nil || cfg.Record == nil {
		return nil, errors.New("identity: Store, Keys, Clock and Record are required")
	}
	if cfg.RecordUnits == nil {
		cfg.RecordUnits = func(context.Context, By, []Organisation) error { return errors.New("no log of organisations here") }
	}
	if cfg.Settings == (Settings{}) {
		cfg.Settings = DefaultSettings()
	}
	if s := cfg.Settings; s.Failures < 1 || s.Bar <= 0 || s.Idle <= 0 || s.Longest <= 0 || s.Fresh <= 0 {
		return nil, fmt.Errorf("identity: settings %+v: failures, bar, idle, longest and fresh are each more than nothing", s)
	}
	if cfg.Hash == nil {
		cfg.Hash = &Hashing
	}
	if cfg.Issuer == "" {
		cfg.Issuer = "明镜 Mingjing"
	}
	a := &Accounts{cfg: cfg, busy: make(chan struct{}, 2), limits: newLimiter(cfg.Settings.Limits), tokens: NewKeeper(cfg.Store, cfg.Clock)}
	for _, one := range cfg.SSO {
		if err := one.Check(); err != nil {
			return nil, fmt.Errorf("identity: %w", err)
		}
		if a.sso(one.ID) != nil {
			return nil, fmt.Errorf("identity: single sign-on %q: twice", one.ID)
		}
		a.ssos = append(a.ssos, &provider{SSO: one})
	}
	a.watch.access, a.watch.clock = cfg.Store.Access, cfg.Clock
	none, err := a.password(context.Background(), "", rand.Text(), stateActive, time.Time{})
	if err != nil {
		return nil, err
	}
	a.dummy = none.Secret
	return a, nil
}

// Idle is after how long without use a session ends.
func (a *Accounts) Idle() time.Duration { return a.cfg.Settings.Idle }

// CookiePrefix begins every cookie's value, so that scanners for leaked secrets
// know one.
const CookiePrefix = "mjs_"

func newCookie() (cookie string, digest []byte) {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails (crypto/rand)
	sum := sha256.Sum256(secret)
	return CookiePrefix + base64.RawURLEncoding.EncodeToString(secret), sum[:]
}

func digestOf(cookie string) ([]byte, bool) {
	text, ok := strings.CutPrefix(cookie, CookiePrefix)
	if !ok {
		return nil, false
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(secret) != tokenBytes {
		return nil, false
	}
	sum := sha256.Sum256(secret)
	return sum[:], true
}

func newID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// judge says why a session stands for nobody at a time, "" while it lasts, and
// until when it lasts if nothing happens.
func judge(st *store.SessionState, now time.Time, idle time.Duration) (why Why, until time.Time) {
	s := &st.Session
	until = s.Expires
	if Stage(s.Stage) == Open {
		until = earlier(until, s.Seen.Add(idle))
	}
	switch {
	case !s.Ended.IsZero():
		return Why(s.Why), time.Time{}
	case st.Person.Locked:
		return Locked, time.Time{}
	case !now.Before(s.Expires):
		return Expired, time.Time{}
	case !now.Before(until):
		return Idle, time.Time{}
	case s.Post == "":
		return "", until
	case st.Post == nil || !st.Post.Withdrawn.IsZero() || now.Before(st.Post.Begins):
		return Withdrawn, time.Time{}
	case st.Post.Ends.IsZero():
		return "", until
	case !now.Before(st.Post.Ends):
		return PostOver, time.Time{}
	}
	return "", earlier(until, st.Post.Ends)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// seenEvery is how exactly it is kept when a session was used last.
const seenEvery = 30 * time.Second

// Identify returns who a cookie stands for; nobody when it is empty. use says
// that it is used by a person, which keeps the session from becoming idle; what
// a page does by itself is no use. Errors: *Ended with the reason, or that of the
// store.
func (a *Accounts) Identify(ctx context.Context, cookie, ip string, use bool) (Identity, error) {
	if cookie == "" {
		return Identity{Stage: Nobody, Reader: disclose.Reader{Audience: disclose.Public}.Under(a.cfg.Table)}, nil
	}
	digest, ok := digestOf(cookie)
	if !ok {
		return Identity{}, &Ended{NotKnown}
	}
	st, err := a.cfg.Store.Session(ctx, digest)
	if err != nil {
		return Identity{}, fmt.Errorf("identity: %w", err)
	}
	if st == nil {
		return Identity{}, &Ended{NotKnown}
	}
	now := a.cfg.Clock()
	if why, _ := judge(st, now, a.cfg.Settings.Idle); why != "" {
		return Identity{}, &Ended{why}
	}
	if use && now.Sub(st.Session.Seen) >= min(seenEvery, a.cfg.Settings.Idle/4) {
		if err := a.cfg.Store.SeeSession(ctx, st.Session.ID, now, ip); err != nil {
			return Identity{}, fmt.Errorf("identity: %w", err)
		}
	}
	return a.identity(st)
}

// identity is who a session that lasts stands for.
func (a *Accounts) identity(st *store.SessionState) (Identity, error) {
	id := Identity{
		Person: st.Person.ID, Username: st.Person.Username, Name: st.Person.Name, Session: st.Session.ID, Stage: Stage(st.Session.Stage), Expires: st.Session.Expires, Proved: st.Session.Proved,
		Reader: disclose.Reader{Audience: disclose.Public, ID: "none/" + st.Person.Username}.Under(a.cfg.Table),
	}
	if id.Stage == Open && st.Post == nil {
		id.Stage = Choose
	}
	if id.Stage == Open {
		var err error
		if id.Post, err = ReadPost(st.Post); err != nil {
			return Identity{}, err
		}
		id.Reader = id.Post.Reader(st.Person.Username, a.cfg.Table)
	}
	return id, nil
}

// Ended returns a channel that is closed within a second after a session has
// ended, for whatever reason and by whatever process, or has gone on in another
// post. It watches until ctx ends.
func (a *Accounts) Ended(ctx context.Context, id Identity) <-chan struct{} {
	return a.watched(ctx, id).done
}

func (a *Accounts) watched(ctx context.Context, id Identity) *watched {
	session, post := id.Session, id.Post.ID
	return a.watch.add(ctx, "session "+session+" "+post, func(ctx context.Context) (Why, time.Time, error) {
		st, err := a.cfg.Store.SessionByID(ctx, session)
		switch {
		case err != nil:
			return "", time.Time{}, err
		case st == nil:
			return NotKnown, time.Time{}, nil
		}
		why, until := judge(st, a.cfg.Clock(), a.cfg.Settings.Idle)
		if why == "" && st.Session.Post != post {
			why = Switched
		}
		return why, until, nil
	})
}

// While returns a context that ends, with an *Ended as its cause, when the
// session of who asks ends: what is read or streamed under it ends with it.
// Who has no session gets ctx itself. The caller calls cancel when done.
func (a *Accounts) While(ctx context.Context, id Identity) (context.Context, context.CancelFunc) {
	if id.Session == "" {
		return ctx, func() {}
	}
	return while(ctx, func(ctx context.Context) *watched { return a.watched(ctx, id) })
}

// WhileToken is While for an Authorization header that a Keeper of the same
// store has taken.
func (a *Accounts) WhileToken(ctx context.Context, authorization string) (context.Context, context.CancelFunc) {
	secret, err := parse(authorization)
	if err != nil {
		return ctx, func() {}
	}
	digest := sha256.Sum256(secret)
	return while(ctx, func(ctx context.Context) *watched {
		return a.watch.add(ctx, "token "+string(digest[:]), func(ctx context.Context) (Why, time.Time, error) {
			row, err := a.tokens.row(ctx, secret)
			if errors.Is(err, ErrUnknown) {
				return NotKnown, time.Time{}, nil
			}
			if err != nil {
				return "", time.Time{}, err
			}
			return "", row.Expires, nil
		})
	})
}

func while(ctx context.Context, add func(context.Context) *watched) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	e := add(ctx)
	stop := func() { cancel(context.Canceled) }
	go func() {
		select {
		case <-e.done:
			cancel(&Ended{e.why})
		case <-ctx.Done():
		}
	}()
	return ctx, stop
}
