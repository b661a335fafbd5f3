package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"mingjing/internal/standard"
)

// A sealed blob is what is too large for a row, such as a part of an
// attachment: a version byte, the ids of the keys that it hangs on, and a box
// (box.go). It hangs on the same vault keys as the sealed parts of records.
const (
	blobVersion = 1
	blobDomain  = "mingjing/blob/1"
)

// Why a blob is not opened.
var (
	// ErrBlobShut means that the moment of one of its vaults has not come.
	ErrBlobShut = errors.New("sealed")
	// ErrBlobDestroyed means that a key was destroyed: nobody can read it any more.
	ErrBlobDestroyed = errors.New("its key was destroyed")
	// ErrBlobAltered means that it is not what was sealed here, or stands in
	// another one's place.
	ErrBlobAltered = errors.New("altered, or in another one's place")
)

// SealBlob encrypts plain under the keys of all the vaults for a seal, and
// returns it when these keys are durable. context is bound to it and must be
// given again to open it: what it is, where it belongs, and whether it is the last.
func (k *Keyring) SealBlob(vaults []standard.Vault, seal standard.Seal, context, plain []byte) ([]byte, error) {
	if seal != standard.Bid && seal != standard.Committee || len(vaults) == 0 {
		return nil, fmt.Errorf("a blob is sealed as %q or %q under at least one vault", standard.Bid, standard.Committee)
	}
	keys := k.keysFor(seal, "", &standard.Sealing{Vaults: vaults})
	if err := k.sync(); err != nil {
		return nil, err
	}
	head := blobHead(keyIDs(keys))
	b, err := sealBox(keys, blobAAD(head, context), plain)
	if err != nil {
		return nil, err
	}
	return b.append(head), nil
}

// OpenBlob decrypts a blob when open says yes to all its vaults. The error wraps
// ErrBlobShut, ErrBlobDestroyed or ErrBlobAltered.
func (k *Keyring) OpenBlob(sealed, context []byte, open func(standard.Vault, standard.Seal) bool) ([]byte, error) {
	r := wireReader{b: sealed}
	var b box
	if r.byte() != blobVersion {
		return nil, ErrBlobAltered
	}
	for range r.count(16) {
		b.ids = append(b.ids, r.keyID())
	}
	b.read(&r)
	if r.end() != nil || len(b.ids) == 0 {
		return nil, ErrBlobAltered
	}
	keys, have, err := k.all(b.ids)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrBlobAltered, err)
	case !have:
		return nil, ErrBlobDestroyed
	case slices.ContainsFunc(keys, func(e *keyEntry) bool { return e.kind != "vault" || !mayOpen(e, closedIfNil(open), false) }):
		return nil, ErrBlobShut
	}
	plain, err := b.open(keys, blobAAD(blobHead(b.ids), context))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBlobAltered, err)
	}
	return plain, nil
}

// BlobDestroyed tells, without opening it, that a key of a blob was destroyed.
func (k *Keyring) BlobDestroyed(sealed []byte) bool {
	r := wireReader{b: sealed}
	if r.byte() != blobVersion {
		return false
	}
	for range r.count(16) {
		if _, gone := k.find(r.keyID()); gone && r.err == nil {
			return true
		}
	}
	return false
}

func blobHead(ids []KeyID) []byte {
	out := binary.AppendUvarint([]byte{blobVersion}, uint64(len(ids)))
	for _, id := range ids {
		out = append(out, id[:]...)
	}
	return out
}

func blobAAD(head, context []byte) []byte {
	return putString(putString([]byte(blobDomain), head), context)
}

// IdentityOf is the keyed MAC under which the log keeps a row of the platform's
// own: whoever knows data set and key can tell, without opening it, that a
// sealed row is that one.
func (k *Keyring) IdentityOf(dataset, key string) []byte {
	return k.identity(SystemOrigin, dataset, key)
}
