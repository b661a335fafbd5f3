package ledger

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"mingjing/internal/standard"
)

func yes(standard.Vault, standard.Seal) bool { return true }

func TestBlob(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := newKeyring(t, dir)
	plain, both := []byte("the bytes of a file"), []standard.Vault{lotA, lotB}
	sealed, err := k.SealBlob(both, standard.Bid, []byte("where"), plain)
	if err != nil || bytes.Contains(sealed, plain[:8]) {
		t.Fatalf("%q %v", sealed, err)
	}
	again, err := k.SealBlob(both, standard.Bid, []byte("where"), plain)
	if err != nil || bytes.Equal(sealed[len(sealed)-20:], again[len(again)-20:]) {
		t.Errorf("the same bytes give the same ciphertext: %v", err)
	}
	_ = k.Close()
	k = newKeyring(t, dir) // its keys were durable when it was given out
	for name, c := range map[string]struct {
		sealed, context []byte
		open            func(standard.Vault, standard.Seal) bool
		want            error
	}{
		"all open":        {sealed, []byte("where"), yes, nil},
		"nobody asked":    {sealed, []byte("where"), nil, ErrBlobShut},
		"one of two open": {sealed, []byte("where"), func(v standard.Vault, _ standard.Seal) bool { return v == lotA }, ErrBlobShut},
		"another seal":    {sealed, []byte("where"), func(_ standard.Vault, s standard.Seal) bool { return s == standard.Committee }, ErrBlobShut},
		"another place":   {sealed, []byte("elsewhere"), yes, ErrBlobAltered},
		"cut":             {sealed[:len(sealed)-1], []byte("where"), yes, ErrBlobAltered},
		"longer":          {append(bytes.Clone(sealed), 0), []byte("where"), yes, ErrBlobAltered},
		"nothing":         {nil, []byte("where"), yes, ErrBlobAltered},
		"an unknown key":  {append(append(bytes.Clone(sealed[:2]), make([]byte, 32)...), sealed[34:]...), []byte("where"), yes, ErrBlobAltered},
	} {
		got, err := k.OpenBlob(c.sealed, c.context, c.open)
		if !errors.Is(err, c.want) || c.want == nil && !bytes.Equal(got, plain) || c.want != nil && got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if got, err := k.OpenBlob(bad, []byte("where"), yes); err == nil {
			t.Fatalf("with byte %d changed it opens: %q", i, got)
		}
	}
	if k.BlobDestroyed(sealed) {
		t.Error("its keys are there")
	}
	if ok, err := k.DestroyVault(lotB, standard.Bid); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, err := k.OpenBlob(sealed, []byte("where"), yes); !errors.Is(err, ErrBlobDestroyed) || !k.BlobDestroyed(sealed) {
		t.Errorf("with a key destroyed: %v", err)
	}
	for name, c := range map[string]struct {
		vaults []standard.Vault
		seal   standard.Seal
	}{"no vault": {nil, standard.Bid}, "personal": {both, standard.Personal}, "open": {both, standard.Open}} {
		if _, err := k.SealBlob(c.vaults, c.seal, nil, plain); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	// A vault that names nothing is never opened.
	sealed, err = k.SealBlob([]standard.Vault{{Origin: testOrigin}}, standard.Bid, nil, plain)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.OpenBlob(sealed, nil, yes); !errors.Is(err, ErrBlobShut) {
		t.Errorf("a vault without names: %v", err)
	}
}

func FuzzOpenBlob(f *testing.F) {
	k := &Keyring{}
	k.clear()
	if err := k.renew(); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{blobVersion, 1})
	f.Add([]byte{blobVersion, 255, 255, 255, 255, 15})
	f.Add(append([]byte{blobVersion, 1}, make([]byte, 40)...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if plain, err := k.OpenBlob(raw, nil, yes); err == nil {
			t.Errorf("opened to %q", plain)
		}
		k.BlobDestroyed(raw)
	})
}
