package exchange

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mingjing/internal/store"
)

// Box is a Quarantine that encrypts what it keeps with AES-256-GCM, by a key
// that lies in a file outside the database. What was refused could not be read
// or named, so nothing tells which of its bytes are a sealed bid: all are kept
// as if they were.
//
// Trusted for: whoever holds the database without the key file reads nothing
// but who was refused when, and by which rule.
type Box struct {
	Store interface {
		// PutQuarantine keeps rows, durably; one kept before stays as it is.
		PutQuarantine(ctx context.Context, rows []store.QuarantineRow) error
	}
	aead cipher.AEAD
	rand io.Reader
}

const boxVersion = 1 // AES-256-GCM: version ‖ nonce ‖ ciphertext; the id is authenticated with it

// OpenBox reads the key file, or makes one (0600, synced) where there is none.
// random gives the key and the nonces.
func OpenBox(path string, random io.Reader) (*Box, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeBoxKey(path, random)
	}
	if err != nil {
		return nil, fmt.Errorf("quarantine key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("quarantine key: %s does not hold 64 hex digits; restore it from its backup", path)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("quarantine key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("quarantine key: %w", err)
	}
	return &Box{aead: aead, rand: random}, nil
}

// makeBoxKey writes a new key and syncs file and folder before it is used:
// bytes encrypted by a key that a crash forgets would be lost.
func makeBoxKey(path string, random io.Reader) ([]byte, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, err
	}
	text := []byte(hex.EncodeToString(key) + "\n")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	return text, errors.Join(dir.Sync(), dir.Close())
}

// Keep implements Quarantine.
func (b *Box) Keep(ctx context.Context, entries []Quarantined) error {
	rows := make([]store.QuarantineRow, len(entries))
	for i := range entries {
		q := &entries[i]
		sealed := make([]byte, 1+b.aead.NonceSize(), 1+b.aead.NonceSize()+len(q.Body)+b.aead.Overhead())
		sealed[0] = boxVersion
		nonce := sealed[1:]
		if _, err := io.ReadFull(b.rand, nonce); err != nil {
			return fmt.Errorf("quarantine: %w", err)
		}
		sealed = b.aead.Seal(sealed, nonce, q.Body, []byte(q.ID))
		rows[i] = store.QuarantineRow{ID: q.ID, Received: q.Received, Source: q.Source, Key: q.Key, Rule: q.Rule, Bytes: sealed}
	}
	return b.Store.PutQuarantine(ctx, rows)
}

// Open returns the bytes of a kept row, for a person who may read them.
func (b *Box) Open(row store.QuarantineRow) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(row.Bytes) < 1+n || row.Bytes[0] != boxVersion {
		return nil, fmt.Errorf("quarantine %s: not a box of version %d", row.ID, boxVersion)
	}
	body, err := b.aead.Open(nil, row.Bytes[1:1+n], row.Bytes[1+n:], []byte(row.ID))
	if err != nil {
		return nil, fmt.Errorf("quarantine %s: altered, or kept under another key", row.ID)
	}
	return body, nil
}
