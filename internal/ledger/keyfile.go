package ledger

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"mingjing/internal/standard"
)

// Create writes a fresh keyring to its folder, whole or not at all; it does
// nothing when the keyring is on disk already.
func (k *Keyring) Create() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.fresh {
		return nil
	}
	return k.fail(k.create())
}

// create writes the master key, then the key file under its final name: the
// keyring is there when the key file is.
func (k *Keyring) create() error {
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(k.dir, keysFile)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s has appeared since the keyring was opened: another process made it; restart", path)
	}
	frame, err := k.frame(k.pending)
	if err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(k.dir, masterFile), []byte(hex.EncodeToString(k.master[:])+"\n")); err != nil {
		return err
	}
	if err := writeSynced(path+".new", frame); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	if err := syncDir(k.dir); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(k.dir)); err != nil {
		return err
	}
	k.fresh, k.pending, k.size = false, nil, int64(len(frame))
	return nil
}

// sync makes every key handed out so far durable: one write and one fsync,
// whatever their number. A failed write or sync poisons the keyring, because
// what is on disk is then unknown: every later sync answers with an error.
func (k *Keyring) sync() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken != nil {
		return k.broken
	}
	if k.fresh {
		return k.fail(k.create())
	}
	if len(k.pending) == 0 {
		return nil
	}
	return k.fail(k.appendPending())
}

func (k *Keyring) fail(err error) error {
	if err == nil {
		return nil
	}
	k.broken = fmt.Errorf("%w: cannot write %s: %w; nothing sealed is accepted until it can be written and the program is restarted", ErrKeyring, k.dir, err)
	return k.broken
}

func (k *Keyring) appendPending() error {
	frame, err := k.frame(k.pending)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(k.dir, keysFile), os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if k.lock == nil {
		if err := k.lockAlone(f); err != nil {
			return err
		}
	}
	if _, err := f.WriteAt(frame, k.size); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	k.size += int64(len(frame))
	k.pending = nil
	return nil
}

// lockAlone makes this process the only writer, cuts off a torn last frame and
// refuses when another process has written since the keyring was opened.
func (k *Keyring) lockAlone(f *os.File) error {
	lock, err := os.OpenFile(filepath.Join(k.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := lockFile(lock); err != nil {
		lock.Close()
		return fmt.Errorf("another process is writing this keyring: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() != k.size+int64(k.torn) {
		err = fmt.Errorf("%s has %d bytes, %d when it was opened: another process wrote to it; restart", keysFile, info.Size(), k.size+int64(k.torn))
	}
	if err == nil && k.torn > 0 {
		err = k.cutTorn(f)
	}
	if err != nil {
		lock.Close()
		return err
	}
	k.lock = lock
	return nil
}

// cutTorn cuts off the torn last frame; its bytes are put beside, should they
// be a whole frame that the disk has spoilt.
func (k *Keyring) cutTorn(f *os.File) error {
	torn := make([]byte, k.torn)
	if _, err := f.ReadAt(torn, k.size); err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(k.dir, fmt.Sprintf("%s.torn-at-%d", keysFile, k.size)), torn); err != nil {
		return err
	}
	k.torn = 0
	return f.Truncate(k.size)
}

// Close lets another process write the keyring.
func (k *Keyring) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.broken = fmt.Errorf("%w: closed", ErrKeyring)
	if k.lock == nil {
		return nil
	}
	err := k.lock.Close()
	k.lock = nil
	return err
}

func (k *Keyring) frame(es []*keyEntry) ([]byte, error) {
	lines := make([]keyLine, 0, len(es)+len(k.destroyed))
	for _, e := range es {
		lines = append(lines, keyLine{
			Kind: e.kind, ID: hex.EncodeToString(e.id[:]), Origin: e.vault.Origin, Tender: e.vault.Tender, Lot: e.vault.Lot,
			Seal: e.seal, Person: e.person, Key: hex.EncodeToString(e.key[:]),
		})
	}
	return k.seal(lines)
}

func (k *Keyring) seal(lines []keyLine) ([]byte, error) {
	plain, err := json.Marshal(lines)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, 12, 12+len(plain)+16)
	rand.Read(nonce)
	body := hex.AppendEncode(nil, k.aead.Seal(nonce, nonce, plain, []byte(keyringDomain)))
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(body, castagnoli), body), nil
}

// DestroyVault destroys the key of a vault and seal for good and leaves a mark
// that it was destroyed. It answers false when there is no such key.
func (k *Keyring) DestroyVault(v standard.Vault, s standard.Seal) (bool, error) {
	return k.destroyNamed(vaultName(v, s))
}

// DestroyPerson destroys the key of a person, given by plain identity.
func (k *Keyring) DestroyPerson(person string) (bool, error) {
	return k.destroyNamed("person\x00" + k.personToken(personName("", person)))
}

func (k *Keyring) destroyNamed(name string) (bool, error) {
	k.mu.RLock()
	e := k.byName[name]
	k.mu.RUnlock()
	if e == nil {
		return false, nil
	}
	return true, k.destroy(e.id)
}

// destroy rewrites the key file without the keys of ids; on return they are
// gone from the file and from memory. A crash leaves the old file or the new.
func (k *Keyring) destroy(ids ...KeyID) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken != nil {
		return k.broken
	}
	if k.fresh {
		if err := k.fail(k.create()); err != nil {
			return err
		}
	}
	var keep []*keyEntry
	for _, e := range k.byID {
		if !slices.Contains(ids, e.id) {
			keep = append(keep, e)
		}
	}
	slices.SortFunc(keep, func(a, b *keyEntry) int { return strings.Compare(string(a.id[:]), string(b.id[:])) })
	return k.fail(k.rewrite(keep, ids))
}

func (k *Keyring) rewrite(keep []*keyEntry, gone []KeyID) error {
	path := filepath.Join(k.dir, keysFile)
	if k.lock == nil {
		f, err := os.OpenFile(path, os.O_RDWR, 0o600)
		if err != nil {
			return err
		}
		err = k.lockAlone(f)
		f.Close()
		if err != nil {
			return err
		}
	}
	var out []byte
	// Frames of bounded size: a keyring may hold a million persons.
	for chunk := range slices.Chunk(keep, 1000) {
		frame, err := k.frame(chunk)
		if err != nil {
			return err
		}
		out = append(out, frame...)
	}
	marks := make([]keyLine, 0, len(k.destroyed)+len(gone))
	for id := range k.destroyed {
		marks = append(marks, keyLine{Kind: "destroyed", ID: hex.EncodeToString(id[:])})
	}
	for _, id := range gone {
		if !k.destroyed[id] {
			marks = append(marks, keyLine{Kind: "destroyed", ID: hex.EncodeToString(id[:])})
		}
	}
	frame, err := k.seal(marks)
	if err != nil {
		return err
	}
	out = append(out, frame...)
	tmp := path + ".new"
	if err := writeSynced(tmp, out); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	if err := syncDir(k.dir); err != nil {
		return err
	}
	for _, id := range gone {
		if e := k.byID[id]; e != nil {
			delete(k.byID, id)
			if k.byName[e.name()] == e {
				delete(k.byName, e.name())
			}
		}
		k.destroyed[id] = true
	}
	k.size, k.torn, k.pending = int64(len(out)), 0, nil
	return nil
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

var _ io.Closer = (*Keyring)(nil)
