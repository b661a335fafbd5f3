// Package identity says who asks. Programs show a token of the API (Keeper);
// people sign in and act in a post (Accounts). Either is turned into a
// disclose.Reader; who shows nothing is the public.
//
// What it is trusted for: an attacker who holds the database has only digests
// of tokens and cookies, argon2id of passwords, and second factors under a key
// outside the database; nothing of it signs anybody in. A reader's audience
// comes from the stored grant or post, never from the request. What has ended
// (a session, a post, a token) reads nothing from the next request on, and ends
// what is open within a second, in every process.
package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"mingjing/internal/disclose"
	"mingjing/internal/jurisdiction"
	"mingjing/internal/store"
	"mingjing/internal/trade"
)

// Prefix begins every token, so that scanners for leaked secrets know one.
const Prefix = "mjt_"

const tokenBytes = 32

// The errors of Reader. Neither says which of several reasons it was, and none
// carries any part of the token.
var (
	ErrMalformed = errors.New(`identity: the Authorization header is not "Bearer ` + Prefix + `…"`)
	ErrUnknown   = errors.New("identity: the token is unknown or has ended")
)

// A Grant is what a token stands for.
type Grant struct {
	Name    string // of the office or person, for people who list tokens
	Reader  disclose.Reader
	Expires time.Time // zero: never
}

// Issue makes a new token from 32 bytes of rand. The token is shown once; the
// row, which is to be stored, holds its SHA-256 only. It refuses a grant whose
// audience is unknown or lacks what bounds it.
func Issue(rand io.Reader, now time.Time, g Grant) (token string, row store.TokenRow, err error) {
	if err := check(g, now); err != nil {
		return "", store.TokenRow{}, err
	}
	secret := make([]byte, tokenBytes)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return "", store.TokenRow{}, fmt.Errorf("identity: randomness: %w", err)
	}
	body, err := json.Marshal(g.Reader)
	if err != nil {
		return "", store.TokenRow{}, fmt.Errorf("identity: grant %q: %w", g.Name, err)
	}
	digest := sha256.Sum256(secret)
	return Prefix + base64.RawURLEncoding.EncodeToString(secret),
		store.TokenRow{Digest: digest[:], Name: g.Name, Created: now, Expires: g.Expires, Body: body}, nil
}

func check(g Grant, now time.Time) error {
	switch {
	case strings.TrimSpace(g.Name) == "":
		return errors.New("identity: a grant needs a name: say whose it is")
	case !g.Reader.Audience.Known() || g.Reader.Audience == disclose.Public:
		return fmt.Errorf("identity: grant %q: audience %q: use source, supervisor, auditor or administrator; the public needs no token", g.Name, g.Reader.Audience)
	case g.Reader.Audience == disclose.Source && len(g.Reader.Origins) == 0:
		return fmt.Errorf("identity: grant %q: a source needs its platform codes", g.Name)
	case g.Reader.Audience == disclose.Supervisor && len(g.Reader.Regions) == 0:
		return fmt.Errorf("identity: grant %q: a supervisor needs regions, or %q for all", g.Name, disclose.Everywhere)
	case slices.ContainsFunc(g.Reader.Regions, func(c string) bool { return c != disclose.Everywhere && trade.RegionCode(c) == "" }):
		return fmt.Errorf("identity: grant %q: regions %q: each is a GB/T 2260 code of two, four or six digits, or %q for all", g.Name, g.Reader.Regions, disclose.Everywhere)
	case !g.Expires.IsZero() && !g.Expires.After(now):
		return fmt.Errorf("identity: grant %q: it ends at %s, which is past", g.Name, g.Expires.Format(time.RFC3339))
	}
	return nil
}

// Tokens finds stored tokens; *store.DB does.
type Tokens interface {
	// Token returns the token of a digest, expired or not; nil when there is none.
	Token(ctx context.Context, digest []byte) (*store.TokenRow, error)
}

// A Keeper knows readers by their tokens.
type Keeper struct {
	tokens Tokens
	clock  func() time.Time
	table  *jurisdiction.Table
}

// Under makes the Keeper give out readers under another table of jurisdictions
// than the program's own, and returns it.
func (k *Keeper) Under(t *jurisdiction.Table) *Keeper {
	k.table = t
	return k
}

// NewKeeper returns a Keeper of stored tokens.
func NewKeeper(tokens Tokens, clock func() time.Time) *Keeper {
	return &Keeper{tokens: tokens, clock: clock}
}

// Reader returns who an Authorization header stands for: the public when it is
// empty. Errors: ErrMalformed, ErrUnknown, or that of the store. The token is
// looked up by its digest, so that the time it takes tells nothing of others.
func (k *Keeper) Reader(ctx context.Context, authorization string) (disclose.Reader, error) {
	if authorization == "" {
		return disclose.Reader{Audience: disclose.Public}.Under(k.table), nil
	}
	secret, err := parse(authorization)
	if err != nil {
		return disclose.Reader{}, err
	}
	row, err := k.row(ctx, secret)
	if err != nil {
		return disclose.Reader{}, err
	}
	var r disclose.Reader
	if err := json.Unmarshal(row.Body, &r); err != nil || !r.Audience.Known() {
		return disclose.Reader{}, fmt.Errorf("identity: the stored grant of %q cannot be read", row.Name)
	}
	if r.ID == "" {
		r.ID = row.Name
	}
	return r.Under(k.table), nil
}

// row finds the token that is in force, else ErrUnknown.
func (k *Keeper) row(ctx context.Context, secret []byte) (*store.TokenRow, error) {
	digest := sha256.Sum256(secret)
	row, err := k.tokens.Token(ctx, digest[:])
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	if row == nil || subtle.ConstantTimeCompare(row.Digest, digest[:]) != 1 || !row.Expires.IsZero() && !k.clock().Before(row.Expires) {
		return nil, ErrUnknown
	}
	return row, nil
}

// parse takes the secret out of "Bearer mjt_…" (RFC 6750; the scheme in any case).
func parse(authorization string) ([]byte, error) {
	scheme, token, ok := strings.Cut(strings.TrimSpace(authorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return nil, ErrMalformed
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(token), Prefix)
	if !ok {
		return nil, ErrMalformed
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(secret) != tokenBytes {
		return nil, ErrMalformed
	}
	return secret, nil
}
