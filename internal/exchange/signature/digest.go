package signature

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"github.com/dunglas/httpsfv"
)

// ContentDigest is the value of the header Content-Digest for a body as it is
// sent, after any compression (RFC 9530).
func ContentDigest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// CheckDigest compares the header Content-Digest with the body. Each digest
// that is understood (sha-256, sha-512) must fit, and one must be there.
func CheckDigest(h http.Header, body []byte) error {
	values := h.Values("Content-Digest")
	if len(values) == 0 {
		return &Error{Code: Digest, Component: "content-digest", Text: "the header Content-Digest is missing (RFC 9530)"}
	}
	dict, err := dictionary("Content-Digest", values)
	if err != nil {
		return err
	}
	understood := 0
	for _, name := range dict.Names() {
		member, _ := dict.Get(name)
		item, ok := member.(httpsfv.Item)
		if !ok {
			return malformed("content-digest", "a member of Content-Digest is not a byte sequence (:base64:)")
		}
		want, ok := item.Value.([]byte)
		if !ok {
			return malformed("content-digest", "a member of Content-Digest is not a byte sequence (:base64:)")
		}
		var got []byte
		switch name {
		case "sha-256":
			sum := sha256.Sum256(body)
			got = sum[:]
		case "sha-512":
			sum := sha512.Sum512(body)
			got = sum[:]
		default:
			continue
		}
		understood++
		if subtle.ConstantTimeCompare(got, want) != 1 {
			return &Error{Code: Digest, Component: "content-digest", Text: "Content-Digest is not the " + name + " digest of the body as it arrived (after compression, if any)"}
		}
	}
	if understood == 0 {
		return &Error{Code: Digest, Component: "content-digest", Text: "Content-Digest has neither sha-256 nor sha-512"}
	}
	return nil
}
