package signature

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Window is how far created may be from our clock, both sides.
const Window = 5 * time.Minute

// Verified is what Verify found out: enough to keep as evidence.
type Verified struct {
	Input     Input
	Base      []byte // signature base
	Signature []byte
}

// decoys are verified against when the key is unknown, so that an unknown key
// takes as long as a wrong signature.
var decoys = func() map[Algorithm]PublicKey {
	m := map[Algorithm]PublicKey{}
	for _, alg := range Algorithms() {
		// A public constant as randomness: nobody needs to keep these secret,
		// since what they verify is thrown away.
		k, err := GenerateKey(alg, &counter{})
		if err != nil {
			panic(err) // a fixed computation: it works at each start or never
		}
		m[alg] = k.Public()
	}
	return m
}()

// counter is a fixed stream of bytes.
type counter struct{ n byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}

// Verify checks a request with its body as it arrived: one signature, all that
// must be covered is covered, created is within Window of now, the digest fits,
// and the key that lookup gives for the key id and its algorithm verifies. lookup
// returns false for a key that is unknown or not valid now. Errors are *Error.
func Verify(m *Message, body []byte, now time.Time, lookup func(keyID string) (PublicKey, bool)) (*Verified, error) {
	in, sig, err := Parse(m.Header)
	if err != nil {
		return nil, err
	}
	if err := covered(m, in, body); err != nil {
		return nil, err
	}
	if err := timely(in, now); err != nil {
		return nil, err
	}
	if len(body) > 0 || m.Header.Get("Content-Digest") != "" {
		if err := CheckDigest(m.Header, body); err != nil {
			return nil, err
		}
	}
	base, err := Base(m, in)
	if err != nil {
		return nil, err
	}
	key, known := lookup(in.KeyID)
	if !known || key.Algorithm != in.Algorithm {
		key, known = decoys[in.Algorithm], false
	}
	if fits := key.Verify(base, sig); !fits || !known {
		return nil, &Error{Code: Rejected, Base: base, Text: "the key id is not one in force, or the signature does not fit the request"}
	}
	return &Verified{Input: in, Base: base, Signature: sig}, nil
}

// meaningful are the headers that change what a request means: sent, they must
// be covered.
var meaningful = []string{"Content-Type", "Mingjing-Platform", "Upload-Length", "Upload-Metadata", "Upload-Offset"}

// covered refuses a signature that leaves out what an attacker could change.
// Content-Encoding need not be covered: the digest is of the bytes as sent,
// and read another way they are no batch.
func covered(m *Message, in Input, body []byte) error {
	has := func(name string) bool { return slices.Contains(in.Components, name) }
	need := []string{"@method"}
	if !has("@target-uri") {
		need = append(need, "@path", "@query")
	}
	if len(body) > 0 || len(m.Header.Values("Content-Digest")) > 0 {
		need = append(need, "content-digest")
	}
	for _, name := range meaningful {
		if len(m.Header.Values(name)) > 0 {
			need = append(need, strings.ToLower(name))
		}
	}
	for _, name := range need {
		if !has(name) {
			return &Error{Code: Uncovered, Component: name, Text: fmt.Sprintf("the signature must cover %q", name)}
		}
	}
	for _, p := range []struct {
		name  string
		given bool
	}{{"created", !in.Created.IsZero()}, {"keyid", in.KeyID != ""}, {"alg", in.Algorithm != ""}} {
		if !p.given {
			return &Error{Code: Uncovered, Component: p.name, Text: fmt.Sprintf("the signature parameter %q is missing", p.name)}
		}
	}
	if !slices.Contains(Algorithms(), in.Algorithm) {
		return malformed("alg", fmt.Sprintf("the algorithm is not one of %v", Algorithms()))
	}
	return nil
}

func timely(in Input, now time.Time) error {
	if d := now.Sub(in.Created); d > Window || d < -Window {
		return &Error{Code: Untimely, Component: "created", Text: fmt.Sprintf("created is %s from our clock, which reads %s; at most %s is allowed", d.Abs().Round(time.Second), now.UTC().Format(time.RFC3339), Window)}
	}
	if !in.Expires.IsZero() && !now.Before(in.Expires) {
		return &Error{Code: Untimely, Component: "expires", Text: "the signature has expired"}
	}
	return nil
}
