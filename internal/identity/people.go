package identity

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/store"
)

// A Person is somebody who has an account, as those who keep accounts see them.
type Person struct {
	ID       string    `json:"id"`
	Username string    `json:"username"`
	Name     string    `json:"name"`
	Locked   bool      `json:"locked"`
	Barred   time.Time `json:"barred,omitzero" doc:"Until then no attempt to sign in is looked at: too many were wrong"`
	Created  time.Time `json:"created"`
	TOTP     bool      `json:"totp" doc:"A second factor is in force"`
	Passkeys int       `json:"passkeys" doc:"How many they have"`
	Renew    bool      `json:"renew" doc:"The password was given by somebody else and not changed yet"`
	Bindings []Binding `json:"bindings,omitempty" doc:"By which they come in besides, bound by the office"`
	Posts    []Post    `json:"posts" doc:"Ended and withdrawn ones too"`
}

// ErrPerson wraps why a person cannot be made.
var ErrPerson = errors.New("person / 人员")

var usernames = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

// checkPerson says why a person cannot be called so.
func checkPerson(username, name string) error {
	switch {
	case !usernames.MatchString(username):
		return fmt.Errorf("%w: a username has 2 to 40 of a-z, 0-9, '.', '_', '-' and begins with a letter or digit / 用户名为 2—40 位小写字母、数字、点、下划线或短横线", ErrPerson)
	case strings.TrimSpace(name) == "" || len([]rune(name)) > 60:
		return fmt.Errorf("%w: give a name of 1 to 60 characters / 请填写姓名（1—60 字）", ErrPerson)
	}
	return nil
}

// By is who does an act: somebody signed in, or a desk past the pages.
type By struct {
	Who  Identity
	Desk string // such as "command-line"; "" when Who acts
}

// may asks for an act upon a person, who is read from the store.
func (a *Accounts) may(ctx context.Context, by By, act Act, person string) (*store.PersonRow, error) {
	row, err := a.cfg.Store.Person(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	if by.Desk == "" {
		posts, err := a.Posts(ctx, person)
		if err != nil {
			return nil, err
		}
		now, held := a.cfg.Clock(), posts[:0:0]
		for _, p := range posts {
			if p.Withdrawn.IsZero() && (p.Until.IsZero() || now.Before(p.Until)) { // one that begins later counts too
				held = append(held, p)
			}
		}
		if by.Who.Stage != Open || !May(by.Who.Post.Role, act, person == by.Who.Person, held) {
			return nil, ErrNotYours
		}
		if err := a.proved(by); err != nil {
			return nil, err
		}
	}
	if row == nil {
		return nil, fmt.Errorf("identity: %w", store.ErrNotFound)
	}
	return row, nil
}

func (a *Accounts) record(ctx context.Context, by By, act Act, person string, post *Post) error {
	if err := a.cfg.Record(ctx, Deed{Act: act, Person: person, Post: post, By: by.Who, Desk: by.Desk, At: a.cfg.Clock()}); err != nil {
		return fmt.Errorf("identity: the log did not take the act %s: %w", act, err)
	}
	return nil
}

// Create makes a person without posts. An empty password is chosen here; it is
// returned, to be shown once. A given one stays; a chosen one must be changed at
// the first sign-in. Errors: ErrNotYours, ErrPerson, ErrWeak, store.ErrTaken.
func (a *Accounts) Create(ctx context.Context, by By, username, name, password string) (p *Person, temporary string, err error) {
	username, name = normal(username), strings.TrimSpace(name)
	if by.Desk == "" && (by.Who.Stage != Open || !May(by.Who.Post.Role, ActCreate, false, nil)) {
		return nil, "", ErrNotYours
	}
	if err := a.proved(by); err != nil {
		return nil, "", err
	}
	if err := checkPerson(username, name); err != nil {
		return nil, "", err
	}
	state := stateActive
	if password == "" {
		temporary = temporaryPassword()
		password, state = temporary, stateTemporary
	} else if err := CheckPassword(password, username); err != nil {
		return nil, "", err
	}
	now := a.cfg.Clock()
	row := store.PersonRow{ID: newID(), Username: username, Name: name, Created: now}
	first, err := a.password(ctx, row.ID, password, state, now)
	if err != nil {
		return nil, "", err
	}
	if err := a.cfg.Store.AddPerson(ctx, row, first); err != nil {
		return nil, "", fmt.Errorf("identity: %w", err)
	}
	if err := a.record(ctx, by, ActCreate, row.ID, nil); err != nil {
		return nil, "", err
	}
	p, err = a.Person(ctx, row.ID)
	return p, temporary, err
}

// Reset gives a person a new password, to be shown once and changed at the
// first sign-in, takes their second factor and passkeys away, and ends their
// sessions.
func (a *Accounts) Reset(ctx context.Context, by By, person string) (temporary string, err error) {
	row, err := a.may(ctx, by, ActReset, person)
	if err != nil {
		return "", err
	}
	if err := a.record(ctx, by, ActReset, person, nil); err != nil { // first: nobody takes over an account unrecorded
		return "", err
	}
	now := a.cfg.Clock()
	temporary = temporaryPassword()
	next, err := a.password(ctx, person, temporary, stateTemporary, now)
	if err != nil {
		return "", err
	}
	if err := a.cfg.Store.PutCredentials(ctx, person, KindPassword, next); err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	if err := a.dropSecond(ctx, person); err != nil {
		return "", err
	}
	if err := a.cfg.Store.PutCredentials(ctx, person, KindPasskey); err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	if err := a.cfg.Store.TakeBackAttempt(ctx, a.attemptName(row.Username), true); err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	if err := a.cfg.Store.EndSessions(ctx, person, "", string(Changed), now); err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	return temporary, nil
}

// Lock locks a person, and ends their sessions, or unlocks, and lifts the bar
// that wrong attempts raised.
func (a *Accounts) Lock(ctx context.Context, by By, person string, lock bool) error {
	act := ActUnlock
	if lock {
		act = ActLock
	}
	row, err := a.may(ctx, by, act, person)
	if err != nil {
		return err
	}
	if lock { // what a stolen account lent ends with it
		if err := a.recall(ctx, by, person); err != nil {
			return err
		}
	}
	if err := a.cfg.Store.LockPerson(ctx, person, lock, string(Locked), a.cfg.Clock()); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	if !lock {
		if err := a.cfg.Store.TakeBackAttempt(ctx, a.attemptName(row.Username), true); err != nil {
			return fmt.Errorf("identity: %w", err)
		}
	}
	return a.record(ctx, by, act, person, nil)
}

// ErrPost wraps why a post is not granted.
var ErrPost = errors.New("post / 岗位")

// Grant gives a person a post. Its id is chosen here; From empty is now. The
// act is in the log before the post is in force. Errors: ErrNotYours, ErrPost.
func (a *Accounts) Grant(ctx context.Context, by By, person string, p Post) (*Post, error) {
	p.ID, p.Withdrawn = newID(), time.Time{}
	if p.From.IsZero() {
		p.From = a.cfg.Clock()
	}
	p.From, p.Until = p.From.UTC().Truncate(time.Millisecond), p.Until.UTC().Truncate(time.Millisecond)
	p.Title = strings.TrimSpace(p.Title)
	if _, err := a.may(ctx, by, ActGrant, person); err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPost, err)
	}
	if p.Lent != nil {
		return nil, fmt.Errorf("%w: nobody but whose it is lends a post / 仅本人可以委托岗位", ErrPost)
	}
	if p.Unit != "" {
		tree, err := a.Tree(ctx)
		if err != nil {
			return nil, err
		}
		if err := tree.fits(&p); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPost, err)
		}
	}
	row, err := p.row(person)
	if err != nil {
		return nil, err
	}
	if err := a.record(ctx, by, ActGrant, person, &p); err != nil {
		return nil, err
	}
	if err := a.cfg.Store.AddPost(ctx, row); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return &p, nil
}

// Withdraw ends a post now. What is open in it ends within a second. Errors:
// ErrNotYours, store.ErrNotFound.
func (a *Accounts) Withdraw(ctx context.Context, by By, person, post string) error {
	if _, err := a.may(ctx, by, ActWithdraw, person); err != nil {
		return err
	}
	posts, err := a.Posts(ctx, person)
	if err != nil {
		return err
	}
	if err := a.cfg.Store.WithdrawPost(ctx, person, post, a.cfg.Clock()); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	for i := range posts {
		if posts[i].ID == post {
			return a.record(ctx, by, ActWithdraw, person, &posts[i])
		}
	}
	return nil
}

// Posts returns a person's posts, ended and withdrawn ones too, the oldest first.
func (a *Accounts) Posts(ctx context.Context, person string) ([]Post, error) {
	rows, err := a.cfg.Store.Posts(ctx, []string{person})
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	out := []Post{}
	for i := range rows {
		p, err := ReadPost(&rows[i])
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Person returns a person by id, nil when there is none.
func (a *Accounts) Person(ctx context.Context, id string) (*Person, error) {
	row, err := a.cfg.Store.Person(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return a.first(ctx, row)
}

// PersonNamed returns a person by username, nil when there is none.
func (a *Accounts) PersonNamed(ctx context.Context, username string) (*Person, error) {
	row, err := a.cfg.Store.PersonNamed(ctx, normal(username))
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return a.first(ctx, row)
}

func (a *Accounts) first(ctx context.Context, row *store.PersonRow) (*Person, error) {
	if row == nil {
		return nil, nil
	}
	list, err := a.people(ctx, []store.PersonRow{*row})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// People returns a page of people in the order of their usernames, after one.
func (a *Accounts) People(ctx context.Context, after string, limit int) ([]Person, error) {
	rows, err := a.cfg.Store.People(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return a.people(ctx, rows)
}

func (a *Accounts) people(ctx context.Context, rows []store.PersonRow) ([]Person, error) {
	var ids, names []string
	out, at := []Person{}, map[string]int{}
	for i, r := range rows {
		ids, names = append(ids, r.ID), append(names, a.attemptName(r.Username))
		at[r.ID] = i
		out = append(out, Person{ID: r.ID, Username: r.Username, Name: r.Name, Locked: r.Locked, Created: r.Created, Posts: []Post{}})
	}
	posts, err := a.cfg.Store.Posts(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	for i := range posts {
		p, err := ReadPost(&posts[i])
		if err != nil {
			return nil, err
		}
		of := &out[at[posts[i].Person]]
		of.Posts = append(of.Posts, p)
	}
	kept, err := a.cfg.Store.Credentials(ctx, ids...)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	for _, c := range kept {
		of := &out[at[c.Person]]
		of.TOTP = of.TOTP || c.Kind == KindTOTP
		switch c.Kind {
		case KindPasskey:
			of.Passkeys++
		case KindOIDC, KindCertificate:
			of.Bindings = append(of.Bindings, Binding{c.ID, c.Kind, c.Label})
		}
		of.Renew = of.Renew || c.Kind == KindPassword && c.State == stateTemporary
	}
	barred, err := a.cfg.Store.Barred(ctx, names, a.cfg.Clock())
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	for i, name := range names {
		out[i].Barred = barred[name]
	}
	return out, nil
}

// PostsInForce returns the posts in which a person may act now.
func (a *Accounts) PostsInForce(ctx context.Context, person string) ([]Post, error) {
	posts, err := a.Posts(ctx, person)
	now := a.cfg.Clock()
	return slices.DeleteFunc(posts, func(p Post) bool { return !p.Holds(now) }), err
}
