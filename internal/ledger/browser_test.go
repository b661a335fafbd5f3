package ledger

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

var updateProof = flag.Bool("update-proof", false, "write the proof that the console's tests read")

// The proof that the console's own tests check in TypeScript: a log of 700
// records, one of them disclosed, as the server serves it. Keys and salts are
// new each time, so it is written only when asked for; here it is checked that
// what lies there still verifies by this side's rules.
func TestBrowserProof(t *testing.T) {
	path := filepath.Join("..", "..", "web", "src", "proof", "testdata", "proof.json")
	type proof struct {
		Position  int64             `json:"position"`
		Before    map[string]string `json:"before"` // the checkpoint at 300 records
		Texts     map[string]string `json:"texts"`
		Tiles     map[string]string `json:"tiles"` // base64
		Disclosed *Disclosed        `json:"disclosed"`
	}
	if *updateProof {
		b := newBench(t)
		b.fill(300)
		b.publish()
		url := serveLog(t, b)
		get := func(name string) []byte {
			r, err := http.Get(url + "/log/" + name)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			if err != nil || r.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d %v", name, r.StatusCode, err)
			}
			return body
		}
		p := proof{Position: 417, Before: map[string]string{"checkpoint": string(get("checkpoint"))}, Texts: map[string]string{}, Tiles: map[string]string{}}
		b.fill(400)
		b.publish()
		for _, name := range []string{"checkpoint", "vkey"} {
			p.Texts[name] = string(get(name))
		}
		for _, name := range []string{"tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"} {
			p.Tiles[name] = base64.StdEncoding.EncodeToString(get(name))
		}
		row := rowAt(t, b.store, p.Position)
		var err error
		if p.Disclosed, err = b.l.Disclose(t.Context(), row, []string{"NOTICE_NAME", FieldReceived, FieldDataset}, all); err != nil {
			t.Fatal(err)
		}
		body, err := json.MarshalIndent(p, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(body, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var p proof
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	if err := CheckDisclosed(p.Disclosed); err != nil {
		t.Error(err)
	}
	if _, err := note.NewVerifier(strings.TrimSpace(p.Texts["vkey"])); err != nil {
		t.Error(err)
	}
}
