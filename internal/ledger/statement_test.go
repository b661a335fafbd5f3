package ledger

import (
	"crypto/rand"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func TestStatement(t *testing.T) {
	const name = "mingjing.test/log"
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	l := &Ledger{opt: Options{Name: name, Signer: signer}}
	signed, err := l.Sign("manifest", "{\n \"rows\": 3\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := OpenStatement(signed, "manifest", vkey); err != nil || text != "{\n \"rows\": 3\n}\n" {
		t.Errorf("%q %v", text, err)
	}
	if _, err := OpenStatement(signed, "evidence", vkey); err == nil {
		t.Error("it passes for another kind")
	}
	_, other, _ := note.GenerateKey(rand.Reader, name)
	if _, err := OpenStatement(signed, "manifest", other); err == nil {
		t.Error("another key's passes")
	}
	if _, err := OpenStatement([]byte(strings.Replace(string(signed), "3", "4", 1)), "manifest", vkey); err == nil {
		t.Error("an altered one passes")
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := OpenCheckpoint(signed, verifier); err == nil {
		t.Errorf("it passes for a checkpoint: %+v", c)
	}
	checkpoint, err := signCheckpoint(Checkpoint{Origin: name, Size: 3}, signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStatement(checkpoint, "manifest", vkey); err == nil {
		t.Error("a checkpoint passes for a statement")
	}
	for _, kind := range []string{"", "a b", "a\nb"} {
		if _, err := l.Sign(kind, "x\n"); err == nil {
			t.Errorf("kind %q is signed", kind)
		}
	}
	if _, err := (&Ledger{}).Sign("manifest", "x\n"); err == nil {
		t.Error("who holds no key signs")
	}
}
