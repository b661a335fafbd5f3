package exchange

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"mingjing/internal/exchange/signature"
)

// State says whether a source may send.
type State string

// The states of a source. Paused sources are answered 403 and may be resumed.
const (
	Active State = "active"
	Paused State = "paused"
)

// Source is one registered sender: a trading system, with the platform codes
// whose records it owns. The office registers it; each act of registration is
// also appended to the log as a record of data set "source" by the caller.
type Source struct {
	Name          string         `json:"name"`   // short unique name, such as "zz-ggzy"; a-z, 0-9, "-", "." and "_"
	Kind          string         `json:"kind"`   // such as "public", "enterprise", "property exchange"
	Region        string         `json:"region"` // GB/T 2260 code
	Platforms     []string       `json:"platforms"`
	Standards     []Standard     `json:"standards"`
	Keys          []Key          `json:"keys"`
	HistoryWindow *HistoryWindow `json:"history_window,omitempty"`
	RateLimit     RateLimit      `json:"rate_limit,omitzero"`
	Certificate   string         `json:"certificate,omitempty"` // CertificateID of the client certificate that it must show besides its signature; "": none
	State         State          `json:"state"`
}

// CertificateID is by what a client certificate is bound to a source: SHA-256,
// in hex, of its issuer and subject as they are signed, so that a renewed one is
// the same.
func CertificateID(c *x509.Certificate) string {
	sum := sha256.Sum256(append(append([]byte(nil), c.RawIssuer...), c.RawSubject...))
	return hex.EncodeToString(sum[:])
}

var certificateID = regexp.MustCompile(`^[0-9a-f]{64}$`)

// shows reports whether a request came over a connection that showed, verified
// by its listener, the certificate that the source is bound to.
func (s *Source) shows(r *http.Request) bool {
	return s.Certificate == "" || r.TLS != nil && len(r.TLS.VerifiedChains) > 0 && CertificateID(r.TLS.VerifiedChains[0][0]) == s.Certificate
}

// Standard is a version of the data standard with the time in which the source
// sends by it. A zero To means until further notice.
type Standard struct {
	Version string    `json:"version"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to,omitzero"`
}

// Key is a public key of a source. Two may be in force at once, so that a key
// can be changed without a gap.
type Key struct {
	ID        string              `json:"id"` // unique among all sources
	Algorithm signature.Algorithm `json:"algorithm"`
	PublicPEM string              `json:"public_pem"`
	From      time.Time           `json:"from"`
	To        time.Time           `json:"to,omitzero"`
}

// HistoryWindow lets a source bring in past years: records that occurred in
// [From, To) and arrive before GrantedUntil are history, to which timeliness
// rules do not apply (design section 4, point 13).
type HistoryWindow struct {
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	GrantedUntil time.Time `json:"granted_until"`
}

// RateLimit bounds the requests of one source. The zero value means the
// door's default.
type RateLimit struct {
	PerSecond float64 `json:"per_second,omitzero"`
	Burst     int     `json:"burst,omitzero"`
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Check refuses a source that could not be relied on: no name, no platform, a
// key that is not one, more than two keys in force at one moment.
func (s *Source) Check() error {
	if !sourceName.MatchString(s.Name) {
		return fmt.Errorf("source name %q: use 1 to 64 of a-z, 0-9, '.', '_' and '-'", s.Name)
	}
	if s.State != Active && s.State != Paused {
		return fmt.Errorf("source %s: state %q is neither %q nor %q", s.Name, s.State, Active, Paused)
	}
	if s.Certificate != "" && !certificateID.MatchString(s.Certificate) {
		return fmt.Errorf("source %s: certificate: give the 64 hexadecimal digits of its CertificateID", s.Name)
	}
	if len(s.Platforms) == 0 {
		return fmt.Errorf("source %s: no platform code; name those whose records it owns", s.Name)
	}
	if slices.Contains(s.Platforms, "") {
		return fmt.Errorf("source %s: an empty platform code", s.Name)
	}
	if s.RateLimit.PerSecond < 0 || s.RateLimit.Burst < 0 {
		return fmt.Errorf("source %s: a negative rate limit", s.Name)
	}
	if w := s.HistoryWindow; w != nil && (!w.From.Before(w.To) || w.GrantedUntil.IsZero()) {
		return fmt.Errorf("source %s: the history window needs from before to, and the day until which it is granted", s.Name)
	}
	ids := map[string]bool{}
	for _, k := range s.Keys {
		if k.ID == "" || ids[k.ID] {
			return fmt.Errorf("source %s: key id %q is empty or given twice", s.Name, k.ID)
		}
		ids[k.ID] = true
		if _, err := signature.ParsePublicKey(k.Algorithm, k.PublicPEM); err != nil {
			return fmt.Errorf("source %s: key %s: %w", s.Name, k.ID, err)
		}
		inForce := 0
		for _, other := range s.Keys {
			if other.inForce(k.From) {
				inForce++
			}
		}
		if inForce > 2 {
			return fmt.Errorf("source %s: %d keys in force at %s; at most two may be, end one first", s.Name, inForce, k.From.Format(time.RFC3339))
		}
	}
	return nil
}

func (k Key) inForce(at time.Time) bool {
	return !at.Before(k.From) && (k.To.IsZero() || at.Before(k.To))
}

// Owns says whether the source owns the platform code.
func (s *Source) Owns(platform string) bool { return slices.Contains(s.Platforms, platform) }

// Standard is the version of the standard the source sends by at a moment,
// several separated by ";", "" when none is registered: then the rule that asks
// for it does not run.
func (s *Source) Standard(at time.Time) string {
	var names []string
	for _, v := range s.Standards {
		if !at.Before(v.From) && (v.To.IsZero() || at.Before(v.To)) {
			names = append(names, v.Version)
		}
	}
	return strings.Join(names, ";")
}

// historyAt says whether a record that occurred at one time and arrived at
// another came through the window.
func (s *Source) historyAt(occurred, received time.Time) bool {
	w := s.HistoryWindow
	return w != nil && !occurred.IsZero() && received.Before(w.GrantedUntil) &&
		!occurred.Before(w.From) && occurred.Before(w.To)
}

// Sources finds registered sources. Implementation: Registry.
type Sources interface {
	// ByKey returns the source that registered the key id and the key, whether
	// in force or not; nil and no error when there is none.
	ByKey(ctx context.Context, keyID string) (*Source, *Key, signature.PublicKey, error)
}

// ErrNoSource means that no source of that name is registered.
var ErrNoSource = errors.New("no such source")
