package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrPrivate says that bytes sealed by Keyring.Private cannot be read back.
var ErrPrivate = errors.New("not sealed by this keyring, or altered")

// Private encrypts bytes that only this installation may read again, such as
// quarantined batches: what was refused could not be understood, so any of it
// may be a secret. The key follows from the index key, which lives outside the
// database; purpose keeps one use apart from another.
func (k *Keyring) Private(purpose string, plain []byte) ([]byte, error) {
	aead, err := newGCM(k.mac("private", purpose))
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(nonce)
	return aead.Seal(nonce, nonce, plain, []byte(purpose)), nil
}

// OpenPrivate reads what Private sealed for the same purpose.
func (k *Keyring) OpenPrivate(purpose string, sealed []byte) ([]byte, error) {
	aead, err := newGCM(k.mac("private", purpose))
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, fmt.Errorf("%w: %d bytes are too few", ErrPrivate, len(sealed))
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("%w: purpose %s", ErrPrivate, purpose)
	}
	return plain, nil
}

// PrivateName returns a name for bytes that Private seals: the same for the same
// bytes and purpose, so that they are kept once. It is keyed, for whoever knows
// a refused record but for its price could try prices against a plain digest.
func (k *Keyring) PrivateName(purpose string, plain []byte) string {
	return hex.EncodeToString(k.mac("private name", purpose, string(plain)))
}

// PrivateKey returns 32 bytes for a purpose, the same after every start and on
// every machine that holds this keyring, from which nothing of it follows.
func (k *Keyring) PrivateKey(purpose string) []byte { return k.mac("private key", purpose) }

// Healthy says why nothing can be sealed any more; nil while the keyring is
// open and its folder could be written the last time.
func (k *Keyring) Healthy() error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.broken
}
