package ledger

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A statement is a text that the log's key has signed and that is no checkpoint:
// its first line is the log's name, a blank and the statement's kind, where a
// checkpoint has the name alone.

// Sign signs a text of a kind (letters and hyphens) with the log's key.
func (l *Ledger) Sign(kind, text string) ([]byte, error) {
	if l.opt.Signer == nil {
		return nil, errors.New("ledger: this process does not hold the log's key")
	}
	if kind == "" || strings.ContainsAny(kind, " \n") || !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("ledger: a statement has a kind and lines, not %q", kind)
	}
	return note.Sign(&note.Note{Text: l.opt.Signer.Name() + " " + kind + "\n" + text}, l.opt.Signer)
}

// OpenStatement checks the signature of a statement of a kind by a log's public
// key and returns its text.
func OpenStatement(signed []byte, kind, vkey string) (string, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", fmt.Errorf("the log's public key: %w", err)
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	text, ok := strings.CutPrefix(n.Text, verifier.Name()+" "+kind+"\n")
	if !ok {
		return "", fmt.Errorf("what is signed is no %s of the log %s", kind, verifier.Name())
	}
	return text, nil
}
