package ledger

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
)

const kekDomain = "mingjing/kek/1"

// A box is something encrypted under a key of its own, which is wrapped by a
// key made of all the keys named: whoever lacks one of them cannot open it.
type box struct {
	ids     []KeyID
	wrapped []byte // nonce ‖ AES-256-GCM of the box's own key
	body    []byte // AES-256-GCM; the nonce is zero, for the key is used once
}

var zeroNonce [12]byte

func kek(keys []*keyEntry) ([]byte, error) {
	material := make([]byte, 0, 32*len(keys))
	for _, e := range keys {
		material = append(material, e.key[:]...)
	}
	return hkdf.Extract(sha256.New, material, []byte(kekDomain))
}

func keyIDs(keys []*keyEntry) []KeyID {
	ids := make([]KeyID, len(keys))
	for i, e := range keys {
		ids[i] = e.id
	}
	return ids
}

// sealBox encrypts plain for all keys together; aad is bound to it and must be
// given again to open it.
func sealBox(keys []*keyEntry, aad, plain []byte) (box, error) {
	k, err := kek(keys)
	if err != nil {
		return box{}, err
	}
	outer, err := newGCM(k)
	if err != nil {
		return box{}, err
	}
	var own [32]byte
	rand.Read(own[:])
	inner, err := newGCM(own[:])
	if err != nil {
		return box{}, err
	}
	nonce := make([]byte, 12, 12+32+16)
	rand.Read(nonce)
	return box{ids: keyIDs(keys), wrapped: outer.Seal(nonce, nonce, own[:], aad), body: inner.Seal(nil, zeroNonce[:], plain, aad)}, nil
}

func (b *box) open(keys []*keyEntry, aad []byte) ([]byte, error) {
	k, err := kek(keys)
	if err != nil {
		return nil, err
	}
	outer, err := newGCM(k)
	if err != nil {
		return nil, err
	}
	if len(b.wrapped) < 12 {
		return nil, errWire
	}
	own, err := outer.Open(nil, b.wrapped[:12], b.wrapped[12:], aad)
	if err != nil {
		return nil, fmt.Errorf("its key does not unwrap it: %w", err)
	}
	inner, err := newGCM(own)
	if err != nil {
		return nil, err
	}
	return inner.Open(nil, zeroNonce[:], b.body, aad)
}

func (b *box) append(out []byte) []byte {
	out = putString(out, b.wrapped)
	return putString(out, b.body)
}

func (b *box) read(r *wireReader) {
	b.wrapped, b.body = r.chunk(), r.chunk()
}
