package feed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"

	"mingjing/internal/disclose"
)

// A sealer makes cursors of places and names of rows. Both tell nothing: a
// place in plain would say by its distance from another how much there is that
// the reader does not see, and a row's name would let its key be guessed.
type sealer struct {
	aead  cipher.AEAD
	names []byte
}

func newSealer(key []byte) sealer {
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails (crypto/rand)
	}
	derive := func(purpose string) []byte {
		out, err := hkdf.Key(sha256.New, key, nil, "mingjing/feed/"+purpose, 32)
		if err != nil {
			panic(err) // 32 bytes are never too many
		}
		return out
	}
	block, err := aes.NewCipher(derive("cursor"))
	if err != nil {
		panic(err) // 32 bytes are an AES key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has blocks of 16 bytes
	}
	return sealer{aead, derive("name")}
}

// seal makes the cursor of a place for readers of a scope. It is another each
// time, so that a reader cannot tell whether the place moved.
func (s sealer) seal(scope string, place int64) string {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+8+s.aead.Overhead())
	_, _ = rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, binary.BigEndian.AppendUint64(nil, uint64(place)), []byte(scope)))
}

// open gives back the place.
func (s sealer) open(scope, cursor string) (int64, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < s.aead.NonceSize() {
		return 0, ErrCursor
	}
	plain, err := s.aead.Open(nil, raw[:s.aead.NonceSize()], raw[s.aead.NonceSize():], []byte(scope))
	if err != nil || len(plain) != 8 {
		return 0, ErrCursor
	}
	return int64(binary.BigEndian.Uint64(plain)), nil
}

// sealAll is seal for several places that are followed together.
func (s sealer) sealAll(scope string, places ...int64) string {
	plain := make([]byte, 0, 8*len(places))
	for _, p := range places {
		plain = binary.BigEndian.AppendUint64(plain, uint64(p))
	}
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	_, _ = rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, plain, []byte("live\x00"+scope)))
}

// openAll gives back n places.
func (s sealer) openAll(scope, cursor string, n int) ([]int64, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < s.aead.NonceSize() {
		return nil, ErrCursor
	}
	plain, err := s.aead.Open(nil, raw[:s.aead.NonceSize()], raw[s.aead.NonceSize():], []byte("live\x00"+scope))
	if err != nil || len(plain) != 8*n {
		return nil, ErrCursor
	}
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(binary.BigEndian.Uint64(plain[8*i:]))
	}
	return out, nil
}

// name gives the name of a part of a docket: the same at any time, for any reader.
func (s sealer) name(docket string, part []byte) string {
	h := hmac.New(sha256.New, s.names)
	h.Write([]byte(docket))
	h.Write(part) // of fixed length
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:15])
}

// scopeOf says what a reader may see. Who may see other things than before has
// missed some, and must begin again.
func scopeOf(r disclose.Reader) string {
	audience := r.Audience
	if !audience.Known() {
		audience = disclose.Public
	}
	parts := []string{string(audience)}
	for _, list := range [][]string{r.Origins, r.Regions, r.Sectors} {
		list = slices.Clone(list)
		slices.Sort(list)
		parts = append(parts, strings.Join(slices.Compact(list), "\x01"))
	}
	return strings.Join(parts, "\x00")
}
