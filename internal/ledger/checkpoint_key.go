package ledger

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Names of the key files under a data directory.
const (
	logKeyFile  = "keys/log.key"         // private, mode 0600
	logVKeyFile = "checkpoints/log.vkey" // public: hand it to whoever checks the log
	// keptOnce stands beside the key once a checkpoint was kept, so that a folder
	// of checkpoints that has gone is noticed.
	keptOnce = "keys/log.kept"
)

// ErrKeyLost says that the log has content but its signing key is gone.
var ErrKeyLost = errors.New("the log's signing key is missing")

// OpenSigner returns the key that signs checkpoints of the log called name, and
// its public key as a vkey string. The key is made once, at the log's
// inception: a missing key file beside a log that has records or kept
// checkpoints is ErrKeyLost, never a new key, because a log under another key
// is another log. The file's mode must be 0600.
func OpenSigner(ctx context.Context, store Store, dir, name string, rand io.Reader) (note.Signer, string, error) {
	path := filepath.Join(dir, logKeyFile)
	raw, err := readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := mayInitKey(ctx, store, dir, path); err != nil {
			return nil, "", err
		}
		raw, err = newKeyFile(path, name, rand)
	}
	if err != nil {
		return nil, "", err
	}
	if err := keptStillThere(dir); err != nil {
		return nil, "", err
	}
	skey := strings.TrimSpace(string(raw))
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, "", fmt.Errorf("key file %s is not an Ed25519 note key (%v): restore it from the office's safe", path, err)
	}
	if signer.Name() != name {
		return nil, "", fmt.Errorf("key file %s is of log %q, but this server is configured as %q: a log keeps its name; start a new shard instead", path, signer.Name(), name)
	}
	vkey, err := publicKey(skey)
	if err != nil {
		return nil, "", fmt.Errorf("key file %s: %w", path, err)
	}
	if err := writeOnce(filepath.Join(dir, logVKeyFile), []byte(vkey+"\n")); err != nil {
		return nil, "", err
	}
	return signer, vkey, nil
}

// keptStillThere refuses a data folder whose checkpoints were kept and are gone:
// without them a log that was cut short would look whole.
func keptStillThere(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, keptOnce)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	last, err := lastKept(dir, false)
	if err != nil {
		return err
	}
	if last == nil {
		return fmt.Errorf("%w: %s is empty, but checkpoints of this log were kept there: restore the folder from its backup, or have the witness say what it cosigned last and begin a new shard with a succession record", ErrKept, keptDir(dir))
	}
	return nil
}

func mayInitKey(ctx context.Context, store Store, dir, path string) error {
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	last, err := lastKept(dir, false)
	if err != nil {
		return err
	}
	if head.Size > 0 || last != nil {
		return fmt.Errorf("%w: %s is not there, but the log has %d records: restore the key from its backup, or begin a new shard with a succession record", ErrKeyLost, path, head.Size)
	}
	return nil
}

// LogVKey reads the public key that stands beside the kept checkpoints.
func LogVKey(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, logVKeyFile))
	return strings.TrimSpace(string(raw)), err
}

// readPrivate reads a key file that nobody but its owner may read.
func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if perm := info.Mode().Perm(); perm&0o077 != 0 {
		return nil, fmt.Errorf("key file %s has mode %04o: others can read it; chmod 600 it and ask who did", path, perm)
	}
	return os.ReadFile(path)
}

func newKeyFile(path, name string, rand io.Reader) ([]byte, error) {
	skey, _, err := note.GenerateKey(rand, name)
	if err != nil {
		return nil, fmt.Errorf("make key of %q: %w", name, err)
	}
	if _, err := note.NewSigner(skey); err != nil {
		return nil, fmt.Errorf("%q cannot be the name of a log or witness (no blanks, no plus signs): %w", name, err)
	}
	return []byte(skey + "\n"), writeDurable(path, []byte(skey+"\n"), 0o600)
}

// publicKey derives the vkey of an Ed25519 note key.
func publicKey(skey string) (string, error) {
	parts := strings.SplitN(skey, "+", 5)
	if len(parts) != 5 {
		return "", errors.New("malformed note key")
	}
	seed, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("malformed note key")
	}
	pub := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(parts[2], pub)
}

// writeOnce writes a file that must keep its content for ever.
func writeOnce(path string, content []byte) error {
	have, err := os.ReadFile(path)
	if err == nil {
		if string(have) != string(content) {
			return fmt.Errorf("%s holds another key than keys/log.key: one of the two is not this log's", path)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return writeDurable(path, content, 0o644)
}

// writeDurable replaces a file so that after a crash either the old or the new
// content is there, whole; when it returns nil the new content is durable.
func writeDurable(path string, content []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // nothing is left of it after the rename
	if err = tmp.Chmod(mode); err == nil {
		_, err = tmp.Write(content)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return syncDir(dir)
}
