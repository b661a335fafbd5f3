package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// cursors makes places in a list that tell nothing: a plain one would name the
// last docket looked at, which the reader may not be allowed to know of.
type cursors struct{ aead cipher.AEAD }

func newCursors(key []byte) (*cursors, error) {
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails (crypto/rand)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	return &cursors{aead}, nil
}

var errCursor = errors.New("the cursor is not one of this list: begin again without it")

// cursorRoom is to what cursors are padded, so that their length does not tell
// the length of an id.
const cursorRoom = 240

// seal makes the cursor of a place in the list called name.
func (c *cursors) seal(name, place string) string {
	plain := make([]byte, 0, cursorRoom)
	plain = append(plain, place...)
	plain = append(plain, 0x80)
	for len(plain) < cursorRoom {
		plain = append(plain, 0)
	}
	nonce := make([]byte, c.aead.NonceSize())
	_, _ = rand.Read(nonce)
	return base64.RawURLEncoding.EncodeToString(c.aead.Seal(nonce, nonce, plain, []byte(name)))
}

// open gives back the place; "" for "", which is the beginning.
func (c *cursors) open(name, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < c.aead.NonceSize() {
		return "", errCursor
	}
	plain, err := c.aead.Open(nil, raw[:c.aead.NonceSize()], raw[c.aead.NonceSize():], []byte(name))
	if err != nil {
		return "", errCursor
	}
	for len(plain) > 0 && plain[len(plain)-1] == 0 {
		plain = plain[:len(plain)-1]
	}
	if len(plain) == 0 || plain[len(plain)-1] != 0x80 {
		return "", errCursor
	}
	return string(plain[:len(plain)-1]), nil
}
