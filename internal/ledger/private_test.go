package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func TestPrivateBytes(t *testing.T) {
	k, err := OpenKeyring(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	secret := []byte("投标报价 1180000.00")
	if err := k.Healthy(); err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Private("quarantine", secret)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, secret[:6]) {
		t.Fatal("the plain bytes show")
	}
	if got, err := k.OpenPrivate("quarantine", sealed); err != nil || !bytes.Equal(got, secret) {
		t.Fatalf("read back %d bytes: %v", len(got), err)
	}
	if _, err := k.OpenPrivate("something else", sealed); !errors.Is(err, ErrPrivate) {
		t.Errorf("another purpose reads it: %v", err)
	}
	name := k.PrivateName("quarantine", secret)
	if plain := sha256.Sum256(secret); name != k.PrivateName("quarantine", secret) || name == k.PrivateName("else", secret) || name == k.PrivateName("quarantine", secret[1:]) || strings.Contains(name, hex.EncodeToString(plain[:4])) {
		t.Errorf("the name %s is not the bytes' and the keyring's own", name)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := k.OpenPrivate("quarantine", sealed); !errors.Is(err, ErrPrivate) {
		t.Errorf("altered bytes are read: %v", err)
	}
	if _, err := k.OpenPrivate("quarantine", nil); !errors.Is(err, ErrPrivate) {
		t.Errorf("no bytes are read: %v", err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	if k.Healthy() == nil {
		t.Error("a closed keyring calls itself healthy")
	}
}
