package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/note"
)

// A visit is what a checker remembers of a log: its key and the checkpoint seen
// last. Its file begins with a title and the SHA-256 of the rest.
type visit struct {
	VKey       string `json:"vkey"`
	Checkpoint string `json:"checkpoint"`
}

const visitTitle = "mingjing/visit/1"

// ErrVisit says that a state file cannot be read.
var ErrVisit = errors.New("the state file is damaged")

// readVisit reads a state file; nil when there is none yet.
func readVisit(path string) (*visit, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	line, rest, _ := bytes.Cut(raw, []byte("\n"))
	sum := sha256.Sum256(rest)
	v := new(visit)
	if string(line) != visitTitle+" "+hex.EncodeToString(sum[:]) || json.Unmarshal(rest, v) != nil {
		return nil, fmt.Errorf("%w: %s is torn or was altered: what you saw at your last visit is lost; put back a copy of it, or move it away to begin anew, which cannot see what changed in between", ErrVisit, path)
	}
	return v, nil
}

// write replaces the state file, so that a crash leaves the old or the new one.
func (v *visit) write(path string) error {
	rest, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent(" "))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(rest)
	return writeDurable(path, fmt.Appendf(nil, "%s %x\n%s", visitTitle, sum, rest), 0o600)
}

// claims adds what was seen at the last visit to what the log must fit.
func (v *visit) claims(claims []claim, key note.Verifier, now Checkpoint, r *VerifyReport) ([]claim, error) {
	was, err := OpenCheckpoint([]byte(v.Checkpoint), key)
	if err != nil {
		return nil, fmt.Errorf("%w: its checkpoint is not signed by its key: %v", ErrVisit, err)
	}
	r.Checked("visit", was.Size, fmt.Sprintf("与上次所见（%d 条记录）一致地增长", was.Size), fmt.Sprintf("that it continues what was seen at the last visit (%d records)", was.Size))
	if now.Size < was.Size {
		r.Add(TroubleHistory, -1, "", fmt.Sprintf("上次有 %d 条记录，现在只有 %d 条：日志变短了", was.Size, now.Size), fmt.Sprintf("it had %d records at your last visit and has %d now: the log shrank", was.Size, now.Size))
		return claims, nil
	}
	return append(claims, claim{was, TroubleHistory, "上次所见的检查点", "the checkpoint of your last visit"}), nil
}
