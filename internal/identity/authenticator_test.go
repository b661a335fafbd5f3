package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// An authenticator is a passkey device in software: one key on P-256, which
// answers as a browser would (WebAuthn level 3, §6 and §5.8.1).
type authenticator struct {
	t      *testing.T
	origin string
	id     []byte
	key    *ecdsa.PrivateKey
	user   string // the handle it was made for
	count  uint32
	flags  byte // user present 1, user verified 4
}

func newAuthenticator(t *testing.T, origin string) *authenticator {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &authenticator{t: t, origin: origin, id: random(16), key: key, flags: 1 | 4}
}

var b64 = base64.RawURLEncoding.EncodeToString

func (d *authenticator) marshal(v any) []byte {
	d.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return text
}

// asked reads the members of a challenge that a device needs.
func (d *authenticator) asked(options []byte) (challenge, rp, user string) {
	d.t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string
			RPID      string `json:"rpId"`
			RP        struct{ ID string }
			User      struct{ ID string }
		} `json:"publicKey"`
	}
	if err := json.Unmarshal(options, &o); err != nil {
		d.t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return o.PublicKey.Challenge, o.PublicKey.RPID + o.PublicKey.RP.ID, string(raw)
}

func (d *authenticator) data(rp string, flags byte) []byte {
	sum := sha256.Sum256([]byte(rp))
	d.count++
	return binary.BigEndian.AppendUint32(append(sum[:], flags), d.count)
}

func (d *authenticator) client(kind, challenge string) []byte {
	return d.marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
}

// create answers navigator.credentials.create.
func (d *authenticator) create(options []byte) []byte {
	d.t.Helper()
	challenge, rp, user := d.asked(options)
	d.user = user
	raw, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		d.t.Fatal(err)
	}
	public, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: raw[1:33], -3: raw[33:]})
	if err != nil {
		d.t.Fatal(err)
	}
	data := append(d.data(rp, d.flags|0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(data, public...)})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(d.client("webauthn.create", challenge)), "attestationObject": b64(object),
	}})
}

// get answers navigator.credentials.get.
func (d *authenticator) get(options []byte) []byte {
	d.t.Helper()
	challenge, rp, _ := d.asked(options)
	data, client := d.data(rp, d.flags), d.client("webauthn.get", challenge)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64([]byte(d.user)),
	}})
}
