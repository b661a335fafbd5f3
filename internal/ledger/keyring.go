package ledger

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"

	"mingjing/internal/standard"
)

// Files of a keyring folder.
const (
	masterFile = "master"   // 64 hex digits, mode 0600
	keysFile   = "keys.log" // one frame a line
)

const keyringDomain = "mingjing/keyring/1"

// A KeyID names one key of the keyring. It is random, so a key that was
// destroyed and made anew for the same lot or person is another key.
type KeyID [16]byte

// A Keyring holds the keys of sealed parts in a folder outside the database:
// one key for each vault and seal, one for each person, and the index key under
// which identities and tokens are computed. It is trusted for secrecy: whoever
// holds the database without it cannot read a sealed part, and a key destroyed
// here makes what it locked unreadable for good (backups of the folder must be
// destroyed with it).
//
// keys.log is append-only and encrypted under the master key; each line is one
// frame: CRC-32C of the rest in hex, a space, hex of nonce and AES-256-GCM
// ciphertext of a JSON array of entries. All keys of one append group are one
// frame, so a write that was torn is always the last line.
type Keyring struct {
	mu     sync.RWMutex
	dir    string
	master [32]byte
	aead   cipher.AEAD
	fresh  bool // not on disk yet
	torn   int  // bytes of a torn last frame found at opening
	size   int64
	lock   *os.File
	broken error

	index     []byte
	macs      macs
	byID      map[KeyID]*keyEntry
	byName    map[string]*keyEntry
	destroyed map[KeyID]bool
	pending   []*keyEntry // made but not yet durable
}

type keyEntry struct {
	id     KeyID
	kind   string // "vault", "person" or "index"
	vault  standard.Vault
	seal   standard.Seal
	person string // hex token: the identity itself is not kept
	key    [32]byte
}

// keyLine is a keyEntry as it is encoded.
type keyLine struct {
	Kind   string        `json:"k"`
	ID     string        `json:"id,omitempty"`
	Origin string        `json:"o,omitempty"`
	Tender string        `json:"t,omitempty"`
	Lot    string        `json:"l,omitempty"`
	Seal   standard.Seal `json:"s,omitempty"`
	Person string        `json:"p,omitempty"`
	Key    string        `json:"key,omitempty"`
}

// ErrKeyring wraps every complaint about the keyring folder.
var ErrKeyring = errors.New("keyring")

// OpenKeyring opens the keyring folder dir, such as DATA/keys. When it holds no
// key file a new keyring is made in memory; it is written by Create, which
// Open calls only if the store is empty: a lost keyring is never replaced in
// silence. It refuses a master key file that others may read, and a key file
// with a broken frame before the last.
func OpenKeyring(dir string) (*Keyring, error) {
	k := &Keyring{dir: dir}
	k.clear()
	raw, err := os.ReadFile(filepath.Join(dir, keysFile))
	if errors.Is(err, os.ErrNotExist) {
		return k, k.renew() // also when a crash cut Create short: then nothing was sealed yet
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyring, err)
	}
	master, err := os.ReadFile(filepath.Join(dir, masterFile))
	if err != nil {
		return nil, fmt.Errorf("%w: %w; restore the file from its backup, without it nothing sealed can be read", ErrKeyring, err)
	}
	if err := checkMode(filepath.Join(dir, masterFile)); err != nil {
		return nil, err
	}
	master = bytes.TrimSpace(master)
	if len(master) != 2*len(k.master) {
		err = hex.ErrLength
	} else {
		_, err = hex.Decode(k.master[:], master)
	}
	if err != nil {
		return nil, fmt.Errorf("%w %s: %s must hold 64 hex digits; restore it from its backup", ErrKeyring, dir, masterFile)
	}
	if k.aead, err = newGCM(k.master[:]); err != nil {
		return nil, err
	}
	if err := k.load(raw); err != nil {
		return nil, err
	}
	return k, nil
}

func checkMode(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKeyring, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%w: %s has mode %04o, others may read it; run chmod 600 on it and consider the key known", ErrKeyring, path, mode)
	}
	return nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (k *Keyring) clear() {
	k.index, k.pending = nil, nil
	k.byID, k.byName = map[KeyID]*keyEntry{}, map[string]*keyEntry{}
	k.destroyed = map[KeyID]bool{}
}

// renew fills k with a new master and index key, in memory only.
func (k *Keyring) renew() error {
	k.fresh = true
	rand.Read(k.master[:])
	var err error
	if k.aead, err = newGCM(k.master[:]); err != nil {
		return err
	}
	e := newKey("index")
	k.keep(e)
	k.pending = append(k.pending, e)
	return nil
}

func newKey(kind string) *keyEntry {
	e := &keyEntry{kind: kind}
	rand.Read(e.id[:])
	rand.Read(e.key[:])
	return e
}

// Fresh tells whether the keyring is new and not on disk yet.
func (k *Keyring) Fresh() bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.fresh
}

// Torn returns how many bytes of a torn last frame were found at opening. Its
// keys were never used by a committed record, because a frame is synced first.
func (k *Keyring) Torn() int { return k.torn }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// load reads frames; all but the last must be whole.
func (k *Keyring) load(raw []byte) error {
	k.size, k.torn = 0, 0
	for line := 1; len(raw) > 0; line++ {
		end := bytes.IndexByte(raw, '\n')
		var err error
		if end < 0 {
			err = errors.New("no end of line")
		} else {
			err = k.loadFrame(raw[:end])
		}
		if err != nil {
			if end < 0 || end == len(raw)-1 {
				k.torn = len(raw)
				break
			}
			return fmt.Errorf("%w: %s line %d is broken (%w); restore the file from its backup", ErrKeyring, filepath.Join(k.dir, keysFile), line, err)
		}
		k.size += int64(end + 1)
		raw = raw[end+1:]
	}
	if k.index == nil {
		return fmt.Errorf("%w: %s holds no index key; restore the file from its backup", ErrKeyring, filepath.Join(k.dir, keysFile))
	}
	return nil
}

func (k *Keyring) loadFrame(line []byte) error {
	if len(line) < 9 || line[8] != ' ' {
		return errors.New("not a frame")
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(line[9:], castagnoli) {
		return errors.New("wrong checksum")
	}
	box := make([]byte, hex.DecodedLen(len(line)-9))
	if _, err := hex.Decode(box, line[9:]); err != nil || len(box) < 12 {
		return errors.New("not hex")
	}
	plain, err := k.aead.Open(nil, box[:12], box[12:], []byte(keyringDomain))
	if err != nil {
		return errors.New("the master key does not open it")
	}
	var lines []keyLine
	if err := json.Unmarshal(plain, &lines); err != nil {
		return err
	}
	for _, l := range lines {
		id, err1 := hex.DecodeString(l.ID)
		key, err2 := hex.DecodeString(l.Key)
		if err1 != nil || err2 != nil || len(id) != 16 {
			return errors.New("entry is not well formed")
		}
		if l.Kind == "destroyed" {
			k.destroyed[KeyID(id)] = true
			continue
		}
		if len(key) != 32 {
			return errors.New("entry holds no key")
		}
		k.keep(&keyEntry{id: KeyID(id), kind: l.Kind, vault: standard.Vault{Origin: l.Origin, Tender: l.Tender, Lot: l.Lot}, seal: l.Seal, person: l.Person, key: [32]byte(key)})
	}
	return nil
}

func (k *Keyring) keep(e *keyEntry) {
	if e.kind == "index" {
		k.index = e.key[:]
	}
	k.byID[e.id] = e
	k.byName[e.name()] = e
}

func (e *keyEntry) name() string {
	switch e.kind {
	case "vault":
		return vaultName(e.vault, e.seal)
	case "person":
		return "person\x00" + e.person
	}
	return e.kind
}

func vaultName(v standard.Vault, s standard.Seal) string {
	return "vault\x00" + v.Origin + "\x00" + v.Tender + "\x00" + v.Lot + "\x00" + string(s)
}

// mac is a MAC under the index key.
func (k *Keyring) mac(parts ...string) []byte { return k.macs.sum(k.index, parts...) }

func (k *Keyring) personToken(person string) string {
	return hex.EncodeToString(k.mac("person", person))
}

// vaultKey returns the key of a vault and seal, making it when it is new. A new
// key is durable only after sync.
func (k *Keyring) vaultKey(v standard.Vault, s standard.Seal) *keyEntry {
	return k.named(vaultName(v, s), func() *keyEntry {
		e := newKey("vault")
		e.vault, e.seal = v, s
		return e
	})
}

func (k *Keyring) personKey(person string) *keyEntry {
	token := k.personToken(person)
	return k.named("person\x00"+token, func() *keyEntry {
		e := newKey("person")
		e.person = token
		return e
	})
}

func (k *Keyring) named(name string, make func() *keyEntry) *keyEntry {
	k.mu.RLock()
	e := k.byName[name]
	k.mu.RUnlock()
	if e != nil {
		return e
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.byName[name]; e != nil {
		return e
	}
	e = make()
	k.keep(e)
	k.pending = append(k.pending, e)
	return e
}

// find returns the key called id; gone tells that it was destroyed.
func (k *Keyring) find(id KeyID) (e *keyEntry, gone bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.byID[id], k.destroyed[id]
}

// all returns every key of the ids in order; nil and false when one was
// destroyed; an error when one was never here.
func (k *Keyring) all(ids []KeyID) ([]*keyEntry, bool, error) {
	es := make([]*keyEntry, len(ids))
	for i, id := range ids {
		e, gone := k.find(id)
		if gone {
			return nil, false, nil
		}
		if e == nil {
			return nil, false, fmt.Errorf("%w %s: key %x is missing; is this the keyring of this log, and its newest copy?", ErrKeyring, k.dir, id[:4])
		}
		es[i] = e
	}
	return es, true, nil
}
