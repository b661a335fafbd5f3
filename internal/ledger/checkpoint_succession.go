package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Succession says that a new shard goes on where an old log ended: whoever
// followed the old one can follow the new one, and sees which checkpoint of the
// old was its last. It is a signed note by the new log's key, and by the old
// one's when that is still at hand:
//
//	mingjing/succession/1
//	<old origin>
//	<new origin>
//	<old checkpoint, a signed note, in base64>
//	<reason, one line>
type Succession struct {
	Old    Checkpoint
	Note   []byte // the old checkpoint as signed
	New    string // origin of the new shard
	Reason string
	ByOld  bool // the old key signed it too
}

const (
	successionTitle = "mingjing/succession/1"
	successionFile  = "checkpoints/succession.note"
)

// NewSuccession signs the succession of oldNote's log by log newOrigin.
// signers must include the new log's key and should include the old one's.
func NewSuccession(oldNote []byte, newOrigin, reason string, signers ...note.Signer) ([]byte, error) {
	old, err := ParseCheckpoint(oldNote)
	if err != nil {
		return nil, err
	}
	if old.Origin == newOrigin {
		return nil, fmt.Errorf("a new shard needs a name of its own, not %q again", newOrigin)
	}
	if reason == "" || strings.ContainsRune(reason, '\n') {
		return nil, errors.New("the reason of a succession must be one line")
	}
	text := strings.Join([]string{successionTitle, old.Origin, newOrigin, base64.StdEncoding.EncodeToString(oldNote), reason, ""}, "\n")
	return note.Sign(&note.Note{Text: text}, signers...)
}

// OpenSuccession verifies a succession by the keys of the new and the old log.
// Without oldKey (nil) the old checkpoint is only read, not verified.
func OpenSuccession(signed []byte, newKey, oldKey note.Verifier) (*Succession, error) {
	keys := []note.Verifier{newKey}
	if oldKey != nil {
		keys = append(keys, oldKey)
	}
	n, err := note.Open(signed, note.VerifierList(keys...))
	if err != nil {
		return nil, fmt.Errorf("succession: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 6 || lines[0] != successionTitle {
		return nil, errors.New("succession: not a note of form " + successionTitle)
	}
	s := &Succession{New: lines[2], Reason: lines[4]}
	if s.Note, err = base64.StdEncoding.DecodeString(lines[3]); err != nil {
		return nil, fmt.Errorf("succession: old checkpoint: %w", err)
	}
	if oldKey == nil {
		s.Old, err = ParseCheckpoint(s.Note)
	} else {
		s.Old, err = OpenCheckpoint(s.Note, oldKey)
	}
	if err != nil {
		return nil, fmt.Errorf("succession: old checkpoint: %w", err)
	}
	if s.Old.Origin != lines[1] || s.New != newKey.Name() {
		return nil, errors.New("succession: its names are not those of the two keys")
	}
	byNew := false
	for _, sig := range n.Sigs {
		byNew = byNew || sig.Name == newKey.Name() && sig.Hash == newKey.KeyHash()
		s.ByOld = s.ByOld || oldKey != nil && sig.Name == oldKey.Name() && sig.Hash == oldKey.KeyHash()
	}
	if !byNew {
		return nil, errors.New("succession: the new log's key did not sign it")
	}
	return s, nil
}

// WriteSuccession puts a signed succession into the new shard's data directory.
// It never replaces one.
func WriteSuccession(dir string, signed []byte) error {
	path := filepath.Join(dir, successionFile)
	if have, err := os.ReadFile(path); err == nil {
		if bytes.Equal(have, signed) {
			return nil
		}
		return fmt.Errorf("%s is there already: a log succeeds one log only", path)
	}
	return writeDurable(path, signed, 0o644)
}

// ReadSuccession returns the signed succession of a data directory, nil when
// the log has no predecessor.
func ReadSuccession(dir string) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(dir, successionFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}
