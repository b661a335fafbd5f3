package signature

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// Signer signs a client's requests.
type Signer struct {
	KeyID string
	Key   PrivateKey
}

// Sign sets Content-Digest (when there is a body), Signature-Input and
// Signature on r, whose other headers must be set already. body is what will be
// sent, after compression. An empty nonce is left out. It covers "@method",
// "@path", "@query" and "@authority", the last so that the request cannot be
// replayed to another office's Mingjing.
func (s Signer) Sign(r *http.Request, body []byte, created time.Time, nonce string) error {
	components := []string{"@method", "@path", "@query", "@authority"}
	if len(body) > 0 {
		r.Header.Set("Content-Digest", ContentDigest(body))
		components = append(components, "content-digest")
	}
	for _, name := range meaningful {
		if r.Header.Get(name) != "" {
			components = append(components, strings.ToLower(name))
		}
	}
	scheme := r.URL.Scheme
	if scheme == "" {
		scheme = "http"
	}
	m := Request(r, scheme)
	return s.sign(&m, components, created, nonce)
}

// sign writes the two headers for the given components.
func (s Signer) sign(m *Message, components []string, created time.Time, nonce string) error {
	list := httpsfv.InnerList{Params: httpsfv.NewParams()}
	for _, name := range components {
		list.Items = append(list.Items, httpsfv.NewItem(name))
	}
	list.Params.Add("created", created.Unix())
	list.Params.Add("keyid", s.KeyID)
	list.Params.Add("alg", string(s.Key.Algorithm))
	if nonce != "" {
		list.Params.Add("nonce", nonce)
	}
	in, err := parseInput("sig1", list)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	base, err := Base(m, in)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	sig, err := s.Key.sign(base)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	m.Header.Set("Signature-Input", "sig1="+in.Params)
	m.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(sig)+":")
	return nil
}
