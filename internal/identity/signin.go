package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"mingjing/internal/store"
)

// ErrRefused is the one answer to everything that does not sign somebody in: a
// name nobody has, a wrong password or code, a person who is locked, a name that
// is barred for a while. It takes the same work each time.
var ErrRefused = errors.New("identity: not signed in")

// A Visit is from where somebody comes.
type Visit struct {
	IP    string
	Agent string // what the browser calls itself
	Have  string // the cookie it has already, "" for none: that session ends
}

func (v Visit) agent() string {
	agent := strings.ToValidUTF8(strings.ReplaceAll(v.Agent, "\x00", ""), "")
	for len(agent) > 300 {
		_, n := utf8.DecodeLastRuneInString(agent)
		agent = agent[:len(agent)-n]
	}
	return agent
}

// SignIn begins a session by username and password and returns its cookie and
// how far it has come. Errors: ErrRefused, *TooMany, or that of the store.
func (a *Accounts) SignIn(ctx context.Context, username, password string, v Visit) (cookie string, id Identity, err error) {
	now := a.cfg.Clock()
	username = normal(username)
	name := a.attemptName(username)
	if err := a.limits.take(v.IP, name, now); err != nil {
		return "", Identity{}, err
	}
	let, err := a.attempt(ctx, name, now)
	if err != nil {
		return "", Identity{}, err
	}
	p, kept, err := a.holder(ctx, username)
	if err != nil {
		return "", Identity{}, err
	}
	own, person := kept.of(KindPassword), ""
	if p != nil {
		person = p.ID
	}
	right, err := a.right(ctx, person, own, password)
	if err != nil {
		return "", Identity{}, err
	}
	if !right || !let || p == nil || own == nil || p.Locked {
		return "", Identity{}, ErrRefused
	}
	stage := Open
	switch {
	case kept.active(KindTOTP) != nil:
		stage = Code
	case own.State == stateTemporary:
		stage = Renew
	}
	if err := a.renewHash(ctx, p.ID, own, password, now); err != nil {
		return "", Identity{}, err
	}
	// With a second factor to come only this attempt is taken back: else who
	// knows the password could try codes without end.
	if err := a.cfg.Store.TakeBackAttempt(ctx, name, stage != Code); err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	return a.begin(ctx, p, stage, v, now, now)
}

// holder finds a person and what they have. Where nobody is called so the same
// reads are made.
func (a *Accounts) holder(ctx context.Context, username string) (*store.PersonRow, credentials, error) {
	p, err := a.cfg.Store.PersonNamed(ctx, username)
	if err != nil {
		return nil, nil, fmt.Errorf("identity: %w", err)
	}
	person := ""
	if p != nil {
		person = p.ID
	}
	list, err := a.cfg.Store.Credentials(ctx, person)
	if err != nil {
		return nil, nil, fmt.Errorf("identity: %w", err)
	}
	return p, list, nil
}

func (a *Accounts) attemptName(username string) string {
	return a.cfg.Keys.PrivateName("attempt to sign in", []byte(username)) // what was typed there may be a password
}

// forgetAttempts is how long a wrong attempt counts when no right one follows.
const forgetAttempts = 24 * time.Hour

func (a *Accounts) attempt(ctx context.Context, name string, now time.Time) (let bool, err error) {
	s := a.cfg.Settings
	if let, err = a.cfg.Store.CountAttempt(ctx, name, now, s.Failures, now.Add(s.Bar), now.Add(-forgetAttempts)); err != nil {
		return false, fmt.Errorf("identity: %w", err)
	}
	return let, nil
}

// compare hashes, two at a time at most: each takes its memory.
func (a *Accounts) compare(ctx context.Context, password, hash string) (bool, error) {
	select {
	case a.busy <- struct{}{}:
		defer func() { <-a.busy }()
	case <-ctx.Done():
		return false, fmt.Errorf("identity: %w", ctx.Err())
	}
	right, err := argon2id.ComparePasswordAndHash(folded(password), hash)
	if err != nil {
		return false, errors.New("identity: a stored password cannot be read") // the cause may quote it
	}
	return right, nil
}

// begin makes a new session, in which the person last proved who they are at
// proved. The one that the browser had ends.
func (a *Accounts) begin(ctx context.Context, p *store.PersonRow, stage Stage, v Visit, now, proved time.Time) (string, Identity, error) {
	if err := a.SignOut(ctx, v.Have); err != nil {
		return "", Identity{}, err
	}
	cookie, digest := newCookie()
	s := store.SessionRow{Digest: digest, ID: newID(), Person: p.ID, Stage: string(stage), Created: now, Seen: now, Expires: a.expiry(stage, now), IP: v.IP, Agent: v.agent(), Proved: proved}
	if stage == Open {
		var err error
		if s.Post, err = a.onlyPost(ctx, p.ID); err != nil {
			return "", Identity{}, err
		}
	}
	if err := a.cfg.Store.AddSession(ctx, s); err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	id, err := a.again(ctx, s.ID)
	return cookie, id, err
}

func (a *Accounts) expiry(stage Stage, now time.Time) time.Time {
	if stage == Open {
		return now.Add(a.cfg.Settings.Longest)
	}
	return now.Add(pending)
}

// onlyPost is the post of somebody who holds one, "" where there is a choice.
func (a *Accounts) onlyPost(ctx context.Context, person string) (string, error) {
	posts, err := a.PostsInForce(ctx, person)
	if err != nil || len(posts) != 1 {
		return "", err
	}
	return posts[0].ID, nil
}

// again reads who a session stands for now.
func (a *Accounts) again(ctx context.Context, session string) (Identity, error) {
	st, err := a.cfg.Store.SessionByID(ctx, session)
	if err != nil {
		return Identity{}, fmt.Errorf("identity: %w", err)
	}
	if st == nil {
		return Identity{}, &Ended{NotKnown}
	}
	if why, _ := judge(st, a.cfg.Clock(), a.cfg.Settings.Idle); why != "" {
		return Identity{}, &Ended{why}
	}
	return a.identity(st)
}

// Code gives the second factor of a session that waits for it: the authenticator's
// six digits or a recovery code. The session goes on under a new cookie. Errors:
// ErrRefused, *TooMany, *Ended when too many were wrong, or that of the store.
func (a *Accounts) Code(ctx context.Context, id Identity, code string, v Visit) (cookie string, _ Identity, err error) {
	if id.Stage != Code {
		return "", Identity{}, ErrRefused
	}
	now := a.cfg.Clock()
	name := a.attemptName(id.Username)
	if err := a.limits.take(v.IP, name, now); err != nil {
		return "", Identity{}, err
	}
	let, err := a.attempt(ctx, name, now)
	if err != nil {
		return "", Identity{}, err
	}
	if !let {
		err := a.cfg.Store.EndSession(ctx, id.Person, id.Session, string(Failed), now)
		return "", Identity{}, errors.Join(&Ended{Failed}, ignore(err, store.ErrNotFound))
	}
	_, kept, err := a.holder(ctx, id.Username)
	if err != nil {
		return "", Identity{}, err
	}
	if err := a.second(ctx, id.Person, kept, code, now); err != nil {
		return "", Identity{}, err
	}
	if err := a.cfg.Store.TakeBackAttempt(ctx, name, true); err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	stage := Open
	if own := kept.of(KindPassword); own != nil && own.State == stateTemporary {
		stage = Renew
	}
	return a.step(ctx, id, stage, now)
}

// step moves a session on to a stage, under a new cookie: who had planted or
// seen the former one has nothing.
func (a *Accounts) step(ctx context.Context, id Identity, to Stage, now time.Time) (cookie string, _ Identity, err error) {
	post := ""
	if to == Open {
		if post, err = a.onlyPost(ctx, id.Person); err != nil {
			return "", Identity{}, err
		}
	}
	cookie, digest := newCookie()
	if err := a.cfg.Store.StepSession(ctx, id.Session, string(id.Stage), string(to), post, digest, a.expiry(to, now)); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return "", Identity{}, &Ended{NotKnown}
		}
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	next, err := a.again(ctx, id.Session)
	return cookie, next, err
}

// ErrNoPost means that the person holds no such post now.
var ErrNoPost = errors.New("identity: no such post in force")

// ChoosePost lets an open session go on in another post of the person. What is
// open in the former one ends.
func (a *Accounts) ChoosePost(ctx context.Context, id Identity, post string) (Identity, error) {
	if id.Stage != Open && id.Stage != Choose {
		return Identity{}, ErrNoPost
	}
	posts, err := a.PostsInForce(ctx, id.Person)
	if err != nil {
		return Identity{}, err
	}
	if !slices.ContainsFunc(posts, func(p Post) bool { return p.ID == post }) {
		return Identity{}, ErrNoPost
	}
	if err := a.cfg.Store.SetSessionPost(ctx, id.Session, post); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return Identity{}, &Ended{NotKnown}
		}
		return Identity{}, fmt.Errorf("identity: %w", err)
	}
	return a.again(ctx, id.Session)
}

// SignOut ends the session of a cookie, if there is one.
func (a *Accounts) SignOut(ctx context.Context, cookie string) error {
	digest, ok := digestOf(cookie)
	if !ok {
		return nil
	}
	st, err := a.cfg.Store.Session(ctx, digest)
	if err == nil && st != nil {
		err = a.cfg.Store.EndSession(ctx, st.Person.ID, st.Session.ID, string(SignedOut), a.cfg.Clock())
	}
	if err = ignore(err, store.ErrNotFound); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}

// A Session is one sign-in, as its person sees it in the list of theirs.
type Session struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen" doc:"When it was used last, to half a minute"`
	Until   time.Time `json:"until" doc:"When it ends at the latest"`
	IP      string    `json:"ip" doc:"Address from which it was used last"`
	Agent   string    `json:"agent" doc:"What the browser called itself"`
	Post    *Post     `json:"post,omitempty"`
	Stage   Stage     `json:"stage" enum:"code,renew,post,open"`
	This    bool      `json:"this" doc:"It is the one that asks"`
}

// Sessions lists a person's sessions that last, the newest first.
func (a *Accounts) Sessions(ctx context.Context, id Identity) ([]Session, error) {
	rows, err := a.cfg.Store.Sessions(ctx, id.Person)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	posts, err := a.Posts(ctx, id.Person)
	if err != nil {
		return nil, err
	}
	now := a.cfg.Clock()
	out := []Session{}
	for _, s := range rows {
		st := store.SessionState{Session: s}
		one := Session{ID: s.ID, Created: s.Created, Seen: s.Seen, Until: s.Expires, IP: s.IP, Agent: s.Agent, Stage: Stage(s.Stage), This: s.ID == id.Session}
		for i := range posts {
			if posts[i].ID == s.Post {
				one.Post = &posts[i]
				st.Post = &store.PostRow{Begins: posts[i].From, Ends: posts[i].Until, Withdrawn: posts[i].Withdrawn}
			}
		}
		if why, _ := judge(&st, now, a.cfg.Settings.Idle); why != "" {
			continue
		}
		if one.Stage == Open && one.Post == nil {
			one.Stage = Choose
		}
		out = append(out, one)
	}
	return out, nil
}

// EndSession ends one of the person's own sessions; store.ErrNotFound when
// there is none that has not ended.
func (a *Accounts) EndSession(ctx context.Context, id Identity, session string) error {
	why := EndedBy
	if session == id.Session {
		why = SignedOut
	}
	if err := a.cfg.Store.EndSession(ctx, id.Person, session, string(why), a.cfg.Clock()); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// EndAll ends all of the person's sessions; with others all but the one that asks.
func (a *Accounts) EndAll(ctx context.Context, id Identity, others bool) error {
	except := ""
	if others {
		except = id.Session
	}
	if err := a.cfg.Store.EndSessions(ctx, id.Person, except, string(EndedBy), a.cfg.Clock()); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

// KeepEnded is how long it is kept that a session ended, and why.
const KeepEnded = 30 * 24 * time.Hour
