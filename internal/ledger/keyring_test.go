package ledger

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingjing/internal/standard"
)

var (
	lotA = standard.Vault{Origin: testOrigin, Tender: "T1", Lot: "A"}
	lotB = standard.Vault{Origin: testOrigin, Tender: "T1", Lot: "B"}
)

func newKeyring(t *testing.T, dir string) *Keyring {
	t.Helper()
	k, err := OpenKeyring(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

func mustSync(t *testing.T, k *Keyring) {
	t.Helper()
	if err := k.sync(); err != nil {
		t.Fatal(err)
	}
}

func TestKeyringKeepsKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := newKeyring(t, dir)
	if !k.Fresh() {
		t.Error("a keyring of nothing is not fresh")
	}
	if err := k.Create(); err != nil {
		t.Fatal(err)
	}
	a, p := k.vaultKey(lotA, standard.Bid), k.personKey("known\x00p")
	if a.key == k.vaultKey(lotB, standard.Bid).key || a.key == k.vaultKey(lotA, standard.Committee).key {
		t.Error("two locks share a key")
	}
	if k.vaultKey(lotA, standard.Bid) != a {
		t.Error("a vault has two keys")
	}
	token := k.token(lotA, standard.Bid)
	mustSync(t, k)
	mustSync(t, k)
	_ = k.Close()
	again := newKeyring(t, dir)
	if again.Fresh() || again.Torn() != 0 {
		t.Error("fresh or torn after a clean close")
	}
	if again.vaultKey(lotA, standard.Bid).key != a.key || again.personKey("known\x00p").key != p.key || again.token(lotA, standard.Bid) != token {
		t.Error("keys changed over a restart")
	}
	if e, _ := again.find(a.id); e == nil || e.vault != lotA || e.seal != standard.Bid {
		t.Errorf("the vault of a key was not kept: %+v", e)
	}
	for _, name := range []string{"", masterFile, keysFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
}

func TestKeyringDamage(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(dir string, log []byte) []byte // returns the new key file, nil to remove it
		want   string                              // in the error; "" when it opens
		torn   bool
	}{
		"half a last frame":     {func(_ string, b []byte) []byte { return b[:len(b)-20] }, "", true},
		"last frame zeroed":     {func(_ string, b []byte) []byte { return append(b[:len(b)-50], make([]byte, 50)...) }, "", true},
		"last frame garbled":    {func(_ string, b []byte) []byte { b[len(b)-5] ^= 1; return b }, "", true},
		"a frame in the middle": {func(_ string, b []byte) []byte { b[bytes.IndexByte(b, '\n')+30] ^= 1; return b }, "line 2", false},
		"nothing left":          {func(_ string, b []byte) []byte { return []byte{} }, "no index key", false},
		"master key readable": {func(dir string, b []byte) []byte {
			_ = os.Chmod(filepath.Join(dir, masterFile), 0o644)
			return b
		}, "chmod 600", false},
		"master key missing": {func(dir string, b []byte) []byte {
			_ = os.Remove(filepath.Join(dir, masterFile))
			return b
		}, "restore", false},
		"another master key": {func(dir string, b []byte) []byte {
			_ = os.WriteFile(filepath.Join(dir, masterFile), []byte(strings.Repeat("ab", 32)), 0o600)
			return b
		}, "master key does not open", false},
		"master key cut": {func(dir string, b []byte) []byte {
			_ = os.WriteFile(filepath.Join(dir, masterFile), []byte("abcd"), 0o600)
			return b
		}, "64 hex digits", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "keys")
			k := newKeyring(t, dir)
			if err := k.Create(); err != nil {
				t.Fatal(err)
			}
			for _, v := range []standard.Vault{lotA, lotB, {Origin: "o"}} {
				k.vaultKey(v, standard.Bid)
				mustSync(t, k)
			}
			key := k.vaultKey(lotA, standard.Bid).key
			_ = k.Close()
			path := filepath.Join(dir, keysFile)
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, c.damage(dir, raw), 0o600); err != nil {
				t.Fatal(err)
			}
			k2, err := OpenKeyring(dir)
			if c.want != "" {
				if !errors.Is(err, ErrKeyring) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one about %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer k2.Close()
			if (k2.Torn() > 0) != c.torn || k2.vaultKey(lotA, standard.Bid).key != key {
				t.Errorf("torn %d; the whole frames must be kept", k2.Torn())
			}
			k2.vaultKey(standard.Vault{Origin: "new"}, standard.Bid)
			mustSync(t, k2) // cuts off the torn frame
			_ = k2.Close()
			if k3 := newKeyring(t, dir); k3.Torn() != 0 || k3.byName[vaultName(standard.Vault{Origin: "new"}, standard.Bid)] == nil {
				t.Error("what was written after the torn frame is lost")
			}
		})
	}
}

// TestKeyringTornAnywhere cuts the file at every byte: every frame that was
// synced before the cut opens, and nothing else is invented.
func TestKeyringTornAnywhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := newKeyring(t, dir)
	if err := k.Create(); err != nil {
		t.Fatal(err)
	}
	first := k.size
	k.vaultKey(lotA, standard.Bid)
	mustSync(t, k)
	_ = k.Close()
	path := filepath.Join(dir, keysFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := first; n <= int64(len(raw)); n++ {
		if err := os.WriteFile(path, raw[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := OpenKeyring(dir)
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if got, want := len(k.byID), map[bool]int{true: 2, false: 1}[n == int64(len(raw))]; got != want {
			t.Fatalf("cut at %d: %d keys, want %d", n, got, want)
		}
	}
}

func TestKeyringDestroy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := newKeyring(t, dir)
	a, b := k.vaultKey(lotA, standard.Bid), k.vaultKey(lotB, standard.Bid)
	p := k.personKey(personName("o", "42"))
	mustSync(t, k)
	pending := k.personKey(personName("o", "43")) // not synced yet when the file is rewritten
	if ok, err := k.DestroyPerson("42"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := k.DestroyVault(lotA, standard.Bid); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := k.DestroyVault(lotA, standard.Bid); ok || err != nil {
		t.Errorf("destroyed twice: %v %v", ok, err)
	}
	if k.personKey(personName("o", "42")).id == p.id {
		t.Error("a destroyed key came back")
	}
	mustSync(t, k)
	_ = k.Close()
	raw, err := os.ReadFile(filepath.Join(dir, keysFile))
	if err != nil {
		t.Fatal(err)
	}
	k = newKeyring(t, dir)
	for _, e := range []*keyEntry{a, p} {
		if got, gone := k.find(e.id); got != nil || !gone {
			t.Errorf("destroyed key: %v, gone %v", got, gone)
		}
	}
	for _, e := range []*keyEntry{b, pending} {
		if got, _ := k.find(e.id); got == nil || got.key != e.key {
			t.Errorf("key %s was lost with another's destruction", e.kind)
		}
	}
	// Not even the holder of the master key finds it in the file.
	for line := range bytes.Lines(raw) {
		dec := make([]byte, len(line)/2)
		n := 0
		for i := 9; i+1 < len(line); i += 2 {
			var v byte
			for _, c := range line[i : i+2] {
				v = v<<4 | byte(strings.IndexByte("0123456789abcdef", c))
			}
			dec[n] = v
			n++
		}
		plain, err := k.aead.Open(nil, dec[:12], dec[12:n], []byte(keyringDomain))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(plain), strings.ToLower(hexOf(a.key[:]))) || strings.Contains(string(plain), hexOf(p.key[:])) {
			t.Error("a destroyed key is still in the file")
		}
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

func TestKeyringRewriteCrash(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := newKeyring(t, dir)
	a := k.vaultKey(lotA, standard.Bid)
	mustSync(t, k)
	_ = k.Close()
	// A crash before the rename leaves a half-written new file beside the old.
	if err := os.WriteFile(filepath.Join(dir, keysFile+".new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	k = newKeyring(t, dir)
	if k.vaultKey(lotA, standard.Bid).key != a.key {
		t.Error("the old file was not used")
	}
	if ok, err := k.DestroyVault(lotA, standard.Bid); !ok || err != nil {
		t.Fatal(err)
	}
}

func TestKeyringOneWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := newKeyring(t, dir)
	mustSync(t, k)
	k.vaultKey(lotA, standard.Bid)
	mustSync(t, k)
	other := newKeyring(t, dir) // reading beside it is fine
	other.vaultKey(lotB, standard.Bid)
	if err := other.sync(); !errors.Is(err, ErrKeyring) {
		t.Errorf("two processes write one keyring: %v", err)
	}
	_ = k.Close()
	late := newKeyring(t, dir)
	f, err := os.OpenFile(filepath.Join(dir, keysFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString("x")
	f.Close()
	late.vaultKey(lotB, standard.Bid)
	if err := late.sync(); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("wrote over what another process added: %v", err)
	}
}

func TestKeyringPoisonedByFailedWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := newKeyring(t, dir)
	mustSync(t, k)
	k.vaultKey(lotA, standard.Bid)
	if err := os.Rename(filepath.Join(dir, keysFile), filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	if err := k.sync(); !errors.Is(err, ErrKeyring) {
		t.Fatalf("sync without a file: %v", err)
	}
	if err := os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, keysFile)); err != nil {
		t.Fatal(err)
	}
	if err := k.sync(); !errors.Is(err, ErrKeyring) {
		t.Errorf("a keyring in doubt went on: %v", err)
	}
}

func TestLostAndForeignKeyring(t *testing.T) {
	for name, sealed := range map[string]bool{"newest row open": false, "newest row sealed": true} {
		t.Run(name, func(t *testing.T) {
			store, dir := newMemStore(), t.TempDir()
			l := openTest(t, store, dir)
			d := openDraft("503", "a", "1", nil)
			if sealed {
				d = lifeDraft("b")
			}
			mustAppend(t, l, submission(d))
			closeAll(l)
			if err := os.RemoveAll(filepath.Join(dir, "keys")); err != nil {
				t.Fatal(err)
			}
			if _, err := tryOpen(store, dir); !errors.Is(err, ErrKeyring) || !strings.Contains(err.Error(), "backup") {
				t.Errorf("lost keyring: %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "keys", keysFile)); err == nil {
				t.Error("a new keyring was written in place of the lost one")
			}
			other := t.TempDir()
			closeAll(openTest(t, newMemStore(), other))
			if _, err := tryOpen(store, other); !errors.Is(err, ErrKeyring) {
				t.Errorf("foreign keyring: %v", err)
			}
		})
	}
}

func FuzzKeyFile(f *testing.F) {
	k := &Keyring{}
	k.clear()
	if err := k.renew(); err != nil {
		f.Fatal(err)
	}
	frame, err := k.frame(k.pending)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Add([]byte("00000000 \n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := &Keyring{master: k.master, aead: k.aead}
		c.clear()
		if err := c.load(raw); err == nil && c.index == nil {
			t.Error("loaded without an index key")
		}
	})
}
