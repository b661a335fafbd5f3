package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Checkpoint is what a signed note says about the log: that its first Size
// leaves have this Root (c2sp.org/tlog-checkpoint). Origin is the log's name
// and the name of its key.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   Hash
}

// Text returns the note text of c, without signatures.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// tree returns c as package tlog names it.
func (c Checkpoint) tree() tlog.Tree { return tlog.Tree{N: c.Size, Hash: tlog.Hash(c.Root)} }

// ErrCheckpoint is wrapped by every error about a checkpoint that cannot be
// parsed or whose signature does not verify.
var ErrCheckpoint = errors.New("not a checkpoint of this log")

// ParseCheckpoint reads the text of a checkpoint: origin, size and root, each
// on its line; further lines are extensions and are ignored. It does not look
// at signatures.
func ParseCheckpoint(text []byte) (Checkpoint, error) {
	lines := bytes.SplitN(text, []byte("\n"), 4)
	if len(lines) < 4 {
		return Checkpoint{}, fmt.Errorf("%w: %d lines, want origin, size and root, each ended by a newline", ErrCheckpoint, len(lines)-1)
	}
	c := Checkpoint{Origin: string(lines[0])}
	if c.Origin == "" || strings.ContainsAny(c.Origin, "+ \t") {
		return Checkpoint{}, fmt.Errorf("%w: origin line %q must be a name without blanks and plus signs", ErrCheckpoint, c.Origin)
	}
	size, err := parseSize(string(lines[1]))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: size line: %v", ErrCheckpoint, err)
	}
	c.Size = size
	root, err := parseHash(string(lines[2]))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: root line: %v", ErrCheckpoint, err)
	}
	c.Root = root
	return c, nil
}

// parseSize reads a tree size: decimal digits without leading zeroes.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%.40q is not a tree size (decimal digits, no leading zeroes)", s)
	}
	return n, nil
}

// parseHash reads a hash in standard base64, in its only spelling.
func parseHash(s string) (Hash, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != len(Hash{}) {
		return Hash{}, fmt.Errorf("%.60q is not a 32-byte hash in base64", s)
	}
	return Hash(raw), nil
}

// OpenCheckpoint verifies that signed carries v's signature and that its origin
// line is v's name; other signatures (witnesses') are kept but not judged.
func OpenCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: signature of %s: %v", ErrCheckpoint, v.Name(), err)
	}
	c, err := ParseCheckpoint([]byte(n.Text))
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.Name() {
		return Checkpoint{}, fmt.Errorf("%w: origin line is %q, but the key is of %q", ErrCheckpoint, c.Origin, v.Name())
	}
	return c, nil
}

// signCheckpoint signs c. The signer's name must be the origin.
func signCheckpoint(c Checkpoint, s note.Signer) ([]byte, error) {
	if s.Name() != c.Origin {
		return nil, fmt.Errorf("key is of %q and cannot sign for log %q", s.Name(), c.Origin)
	}
	return note.Sign(&note.Note{Text: c.Text()}, s)
}
