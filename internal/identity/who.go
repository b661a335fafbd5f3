package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mingjing/internal/disclose"
)

// A Stage is how far a session has come.
type Stage string

// The stages of a session. Only an open one reads as its post; all others read
// as the public.
const (
	Nobody Stage = "none"  // nobody is signed in
	Code   Stage = "code"  // the password was right, the second factor is missing
	Renew  Stage = "renew" // the password was given by somebody else and must be changed
	Choose Stage = "post"  // signed in, in no post
	Open   Stage = "open"
)

// An Identity is who asks.
type Identity struct {
	Person   string // id; empty: nobody, or a token
	Username string
	Name     string // as people read it; of a token: the name of its grant
	Post     Post   // zero when none is chosen
	Session  string // id; empty: none
	Stage    Stage
	Reader   disclose.Reader // never more than the stage and the post allow
	Expires  time.Time       // of the session, at the latest
	Proved   time.Time       // when the person last showed a password or passkey in this session; zero: never
}

// In reports whether the person acts in a post of one of these roles.
func (i Identity) In(roles ...Role) bool {
	for _, r := range roles {
		if i.Stage == Open && i.Post.Role == r {
			return true
		}
	}
	return false
}

type contextKey struct{}

// With returns a context in which Who is id.
func With(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// Who returns who asks: the public where nobody was set.
func Who(ctx context.Context) Identity {
	if id, ok := ctx.Value(contextKey{}).(Identity); ok {
		return id
	}
	return Identity{Stage: Nobody, Reader: disclose.Reader{Audience: disclose.Public}}
}

// A Why is why a session or a token stands for nobody any more.
type Why string

// The reasons.
const (
	SignedOut Why = "signed-out" // by the person, here
	EndedBy   Why = "ended"      // by the person, from another session
	Locked    Why = "locked"     // the person was locked
	Withdrawn Why = "withdrawn"  // the post was withdrawn
	PostOver  Why = "post-over"  // the post's time is over
	Idle      Why = "idle"       // not used for too long
	Expired   Why = "expired"    // too old, however much it was used
	Changed   Why = "password"   // the password was changed or reset
	Failed    Why = "failed"     // too many wrong codes
	Switched  Why = "switched"   // the same session went on in another post: only pages and streams of the former one end
	NotKnown  Why = "unknown"    // the cookie or token is of no session
)

// Ended is the error of a session or token that stands for nobody any more. It
// is also the cause (context.Cause) with which contexts of While end.
type Ended struct{ Why Why }

// Error implements error.
func (e *Ended) Error() string { return fmt.Sprintf("identity: the session has ended: %s", e.Why) }

// WhyEnded returns why, if err says that a session has ended.
func WhyEnded(err error) (Why, bool) {
	var e *Ended
	if errors.As(err, &e) {
		return e.Why, true
	}
	return "", false
}
