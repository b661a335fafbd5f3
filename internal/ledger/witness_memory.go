package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Files of a witness's folder.
const (
	witnessKeyFile      = "witness.key"      // private, mode 0600
	witnessMemoryFile   = "witness.state"    // what it cosigned last
	witnessEvidenceFile = "witness.evidence" // signed checkpoints that it refused as another history
	maxEvidenceFile     = 1 << 20
)

const witnessTitle = "mingjing/witness/1"

// ErrWitnessMemory says that a witness does not know what it cosigned last.
var ErrWitnessMemory = errors.New("the witness has lost its memory")

const witnessMend = "restore its folder from a backup that is not older than its last cosignature; when there is none, retire this witness: move the folder away, make a new one with a new name and give the logs its new key. A witness that forgot must never sign again, since it might cosign a second history"

// witnessMemory is what a witness must never forget: the last checkpoint that
// it cosigned of each log. The file's first line is its title and the SHA-256
// of the rest, a JSON object from origin to signed note.
type witnessMemory struct {
	dir   string
	notes map[string]string // signed notes, by origin
}

type lastCosigned struct {
	Checkpoint
	seen bool
}

// openWitnessDir returns the witness's private key and memory. Both are made at
// inception; later one without the other is an error.
func openWitnessDir(dir, name string, rand io.Reader) (skey string, m *witnessMemory, err error) {
	keyPath, path := filepath.Join(dir, witnessKeyFile), filepath.Join(dir, witnessMemoryFile)
	m = &witnessMemory{dir: dir, notes: map[string]string{}}
	key, keyErr := readPrivate(keyPath)
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(keyErr, fs.ErrNotExist) && errors.Is(err, fs.ErrNotExist):
		// The empty memory first: a key without memory would be a witness that forgot.
		if err = m.write(); err == nil {
			key, err = newKeyFile(keyPath, name, rand)
		}
		return strings.TrimSpace(string(key)), m, err
	case errors.Is(keyErr, fs.ErrNotExist) && err == nil:
		if err = m.parse(path, raw); err != nil {
			return "", nil, err
		}
		if len(m.notes) == 0 { // a crash between the two files of an inception
			key, err = newKeyFile(keyPath, name, rand)
			return strings.TrimSpace(string(key)), m, err
		}
		return "", nil, fmt.Errorf("witness key %s is missing, but it cosigned %d logs: restore it from its backup", keyPath, len(m.notes))
	case keyErr != nil:
		return "", nil, keyErr
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, fmt.Errorf("%w: %s is missing; %s", ErrWitnessMemory, path, witnessMend)
	case err != nil:
		return "", nil, err
	}
	skey = strings.TrimSpace(string(key))
	if parts := strings.SplitN(skey, "+", 4); len(parts) < 4 || parts[2] != name {
		return "", nil, fmt.Errorf("%s is not the key of a witness called %q: a witness keeps its name", keyPath, name)
	}
	return skey, m, m.parse(path, raw)
}

func (m *witnessMemory) parse(path string, raw []byte) error {
	line, rest, _ := bytes.Cut(raw, []byte("\n"))
	sum := sha256.Sum256(rest)
	if want := witnessTitle + " " + hex.EncodeToString(sum[:]); string(line) != want {
		return fmt.Errorf("%w: %s is torn or was altered (its first line is not the digest of the rest); %s", ErrWitnessMemory, path, witnessMend)
	}
	if err := json.Unmarshal(rest, &m.notes); err != nil {
		return fmt.Errorf("%w: %s: %v; %s", ErrWitnessMemory, path, err, witnessMend)
	}
	return nil
}

// last returns what was cosigned last of a log; size 0 when nothing was.
func (m *witnessMemory) last(origin string) (lastCosigned, error) {
	signed, ok := m.notes[origin]
	if !ok {
		return lastCosigned{}, nil
	}
	c, err := ParseCheckpoint([]byte(signed))
	return lastCosigned{c, true}, err
}

func (m *witnessMemory) all() []Checkpoint {
	var cs []Checkpoint
	for _, signed := range m.notes {
		if c, err := ParseCheckpoint([]byte(signed)); err == nil {
			cs = append(cs, c)
		}
	}
	slices.SortFunc(cs, func(a, b Checkpoint) int { return strings.Compare(a.Origin, b.Origin) })
	return cs
}

// remember makes c the last checkpoint of its log, durably. After an error the
// memory is what it was.
func (m *witnessMemory) remember(c Checkpoint, signed []byte) error {
	was, seen := m.notes[c.Origin]
	m.notes[c.Origin] = string(signed)
	err := m.write()
	if err != nil {
		if delete(m.notes, c.Origin); seen {
			m.notes[c.Origin] = was
		}
	}
	return err
}

func (m *witnessMemory) write() error {
	rest, err := json.Marshal(m.notes, json.Deterministic(true), jsontext.WithIndent(" "))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(rest)
	return writeDurable(filepath.Join(m.dir, witnessMemoryFile), fmt.Appendf(nil, "%s %x\n%s", witnessTitle, sum, rest), 0o600)
}

// accuse keeps a signed checkpoint that is of another history: beside the one
// that was cosigned it proves what the log did. The file is bounded.
func (m *witnessMemory) accuse(signed []byte) error {
	path := filepath.Join(m.dir, witnessEvidenceFile)
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if bytes.Contains(have, signed) || len(have)+len(signed) > maxEvidenceFile {
		return nil
	}
	return appendDurable(path, append(bytes.Clone(signed), '\n'))
}
