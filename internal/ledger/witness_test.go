package ledger

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A paperLog is a log without records: only its tree and key. It can lie.
type paperLog struct {
	signer note.Signer
	vkey   string
	hashes []tlog.Hash // as tlog stores them
	size   int64
}

func newPaperLog(t testing.TB, name string) *paperLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return &paperLog{signer: signer, vkey: vkey}
}

func (p *paperLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = p.hashes[at]
	}
	return out, nil
}

func (p *paperLog) add(t testing.TB, leaves ...string) *paperLog {
	t.Helper()
	for _, leaf := range leaves {
		hs, err := tlog.StoredHashes(p.size, []byte(leaf), p)
		if err != nil {
			t.Fatal(err)
		}
		p.hashes = append(p.hashes, hs...)
		p.size++
	}
	return p
}

// fork returns a log with the same key and history so far.
func (p *paperLog) fork() *paperLog {
	f := *p
	f.hashes = append([]tlog.Hash(nil), p.hashes...)
	return &f
}

func (p *paperLog) checkpoint(t testing.TB) []byte {
	t.Helper()
	root, err := tlog.TreeHash(p.size, p)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signCheckpoint(Checkpoint{p.signer.Name(), p.size, Hash(root)}, p.signer)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (p *paperLog) proof(t testing.TB, old int64) []string {
	t.Helper()
	if old == 0 || old >= p.size {
		return nil
	}
	hs, err := tlog.ProveTree(p.size, old, p)
	if err != nil {
		t.Fatal(err)
	}
	return proofText(hs)
}

func witnessBody(old string, proof []string, signed []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %s\n", old)
	for _, h := range proof {
		b.WriteString(h + "\n")
	}
	return b.String() + "\n" + string(signed)
}

func (p *paperLog) request(t testing.TB, old int64) string {
	return witnessBody(fmt.Sprint(old), p.proof(t, old), p.checkpoint(t))
}

func newTestWitness(t testing.TB, dir string, logs ...string) *Witness {
	t.Helper()
	w, err := NewWitness(WitnessConfig{Name: "audit.example/w1", Dir: dir, Logs: logs, Rand: rand.Reader, Clock: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func post(w *Witness, body string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, httptest.NewRequest("POST", "/add-checkpoint", strings.NewReader(body)))
	return rec
}

func TestWitnessProtocol(t *testing.T) {
	log := newPaperLog(t, "log.example").add(t, "a", "b", "c")
	stranger := newPaperLog(t, "other.example").add(t, "a")
	forger := newPaperLog(t, "log.example").add(t, "a", "b", "c", "d")
	w := newTestWitness(t, t.TempDir(), log.vkey)

	first := post(w, log.request(t, 0))
	if first.Code != 200 {
		t.Fatalf("first: %d %s", first.Code, first.Body)
	}
	v, err := fnote.NewVerifierForCosignatureV1(w.VKey())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(append(log.checkpoint(t), first.Body.Bytes()...), note.VerifierList(v))
	if err != nil {
		t.Fatalf("cosignature/v1 by another library: %v", err)
	}
	if at, err := fnote.CoSigV1Timestamp(n.Sigs[0]); err != nil || !at.Equal(start) {
		t.Errorf("time in the cosignature: %v %v", at, err)
	}

	honest := log.fork().add(t, "d", "e")
	liar := log.fork()
	liar.hashes, liar.size = nil, 0
	liar.add(t, "a", "X", "c", "d", "e") // another history with the right key
	shrunk := log.fork()
	shrunk.hashes, shrunk.size = nil, 0
	shrunk.add(t, "a", "b")
	same := log.fork()
	same.hashes, same.size = nil, 0
	same.add(t, "a", "b", "X")
	empty := log.fork()
	empty.hashes, empty.size = nil, 0

	many := make([]string, 64)
	for i := range many {
		many[i] = honest.proof(t, 3)[0]
	}
	for _, tt := range []struct {
		name string
		body string
		want int
		text string
	}{
		{"unknown log", stranger.request(t, 0), 404, ""},
		{"not its key", forger.request(t, 3), 403, ""},
		{"no empty line", "old 3\n", 400, ""},
		{"no old line", "\n\n" + string(honest.checkpoint(t)), 400, ""},
		{"leading zero", witnessBody("03", honest.proof(t, 3), honest.checkpoint(t)), 400, ""},
		{"negative", witnessBody("-3", nil, honest.checkpoint(t)), 400, ""},
		{"old above size", witnessBody("9", nil, honest.checkpoint(t)), 400, ""},
		{"64 proof lines", witnessBody("3", many, honest.checkpoint(t)), 400, ""},
		{"proof not base64", witnessBody("3", []string{"!"}, honest.checkpoint(t)), 400, ""},
		{"not a note", "old 3\n\nhello\n", 400, ""},
		{"old too small", honest.request(t, 2), 409, "3\n"},
		{"old zero asks", witnessBody("0", nil, honest.checkpoint(t)), 409, "3\n"},
		{"old too large", honest.request(t, 4), 409, "3\n"},
		{"shrunk", witnessBody("2", nil, shrunk.checkpoint(t)), 409, "3\n"},
		{"same size, other root", witnessBody("3", nil, same.checkpoint(t)), 409, "3\n"},
		{"split view", liar.request(t, 3), 422, ""},
		{"no proof", witnessBody("3", nil, honest.checkpoint(t)), 422, ""},
		{"wrong proof", witnessBody("3", honest.proof(t, 2), honest.checkpoint(t)), 422, ""},
		{"proof for equal size", witnessBody("3", honest.proof(t, 2), log.checkpoint(t)), 422, ""},
		{"empty log after records", witnessBody("0", nil, empty.checkpoint(t)), 409, "3\n"},
		{"same again", log.request(t, 3), 200, ""},
		{"grows", honest.request(t, 3), 200, ""},
		{"back to the smaller", log.request(t, 3), 409, "5\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := post(w, tt.body)
			if tt.name == "proof for equal size" && rec.Code == 409 { // both are refusals the protocol allows
				return
			}
			if rec.Code != tt.want {
				t.Fatalf("%d %q, want %d", rec.Code, rec.Body, tt.want)
			}
			if tt.want == 409 && (rec.Body.String() != tt.text || rec.Header().Get("Content-Type") != "text/x.tlog.size") {
				t.Errorf("409 with %q %q", rec.Body, rec.Header().Get("Content-Type"))
			}
		})
	}
	evidence, err := os.ReadFile(filepath.Join(w.state.dir, witnessEvidenceFile))
	if err != nil || !bytes.Contains(evidence, liar.checkpoint(t)) || !bytes.Contains(evidence, same.checkpoint(t)) {
		t.Errorf("the lying checkpoints are not kept: %v", err)
	}
	about := httptest.NewRecorder()
	w.Handler().ServeHTTP(about, httptest.NewRequest("GET", "/", nil))
	if !strings.Contains(about.Body.String(), w.VKey()) || !strings.Contains(about.Body.String(), "log.example\t5\t") {
		t.Errorf("about: %s", about.Body)
	}
}

func TestWitnessRemembersThroughRestarts(t *testing.T) {
	log := newPaperLog(t, "log.example").add(t, "a", "b", "c")
	dir := t.TempDir()
	w := newTestWitness(t, dir, log.vkey)
	if rec := post(w, log.request(t, 0)); rec.Code != 200 {
		t.Fatal(rec.Code)
	}
	again := newTestWitness(t, dir, log.vkey)
	if again.VKey() != w.VKey() {
		t.Error("another key after a restart")
	}
	if rec := post(again, witnessBody("0", nil, log.fork().add(t, "d").checkpoint(t))); rec.Code != 409 || rec.Body.String() != "3\n" {
		t.Errorf("forgot: %d %s", rec.Code, rec.Body)
	}
	path := filepath.Join(dir, witnessMemoryFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() error{
		"torn":  func() error { return os.WriteFile(path, raw[:len(raw)/2], 0o600) },
		"empty": func() error { return os.WriteFile(path, nil, 0o600) },
		"altered": func() error {
			return os.WriteFile(path, bytes.Replace(raw, []byte(`\n3\n`), []byte(`\n2\n`), 1), 0o600)
		},
		"missing": func() error { return os.Remove(path) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		_, err := NewWitness(WitnessConfig{Name: "audit.example/w1", Dir: dir, Logs: []string{log.vkey}, Rand: rand.Reader})
		if !errors.Is(err, ErrWitnessMemory) || !strings.Contains(err.Error(), "retire this witness") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, witnessKeyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := NewWitness(WitnessConfig{Name: "audit.example/w1", Dir: dir, Rand: rand.Reader}); err == nil {
		t.Error("a new key for a witness with a past")
	}
}

// When the memory cannot be made durable, nothing is cosigned.
func TestWitnessThatCannotWrite(t *testing.T) {
	log := newPaperLog(t, "log.example").add(t, "a")
	w := newTestWitness(t, t.TempDir(), log.vkey)
	good := w.state.dir
	w.state.dir = filepath.Join(good, "witness.key") // a file: nothing can be made in it
	if rec := post(w, log.request(t, 0)); rec.Code != 500 || strings.Contains(rec.Body.String(), "— ") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.state.dir = good
	if rec := post(w, log.request(t, 0)); rec.Code != 200 {
		t.Errorf("after the disk is back: %d %s", rec.Code, rec.Body)
	}
}

// Of two histories raced against each other only one is ever cosigned.
func TestWitnessConcurrently(t *testing.T) {
	base := newPaperLog(t, "log.example").add(t, "a", "b", "c")
	w := newTestWitness(t, t.TempDir(), base.vkey)
	if rec := post(w, base.request(t, 0)); rec.Code != 200 {
		t.Fatal(rec.Code)
	}
	left, right := base.fork().add(t, "L1", "L2"), base.fork().add(t, "R1")
	bodies := []string{left.request(t, 3), right.request(t, 3)}
	var mu sync.Mutex
	signed := map[string]int{}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			rec := post(w, bodies[i%2])
			mu.Lock()
			defer mu.Unlock()
			if rec.Code == 200 {
				signed[bodies[i%2]]++
			}
		})
	}
	wg.Wait()
	if len(signed) != 1 {
		t.Errorf("%d histories were cosigned", len(signed))
	}
	for _, n := range signed {
		if n != 1 {
			t.Errorf("old size 3 was accepted %d times", n)
		}
	}
}

func FuzzWitnessRequest(f *testing.F) {
	log := newPaperLog(f, "log.example").add(f, "a", "b", "c")
	w := newTestWitness(f, f.TempDir(), log.vkey)
	f.Add([]byte(log.request(f, 0)))
	f.Add([]byte(log.request(f, 2)))
	f.Add([]byte("old 0\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if rec := post(w, string(body)); rec.Code == 200 && !bytes.HasSuffix(body, log.checkpoint(t)) && !bytes.Contains(body, []byte("log.example\n3\n")) {
			t.Errorf("cosigned %q", body)
		}
	})
}
