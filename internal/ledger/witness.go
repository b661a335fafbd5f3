package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Witness cosigns checkpoints of the logs it knows, each only when it
// continues the last one it cosigned (c2sp.org/tlog-witness). It must stand in
// another office's hands: what it is trusted for is never to cosign two
// histories of one log, and to put the right time into a cosignature.
type Witness struct {
	signer *cosigner
	vkey   string
	logs   map[string]note.Verifiers // by origin
	log    *slog.Logger

	mu    sync.Mutex // held from reading the last checkpoint to the durable new one
	state *witnessMemory
}

// WitnessConfig is what a Witness needs.
type WitnessConfig struct {
	Name   string           // name of its key, such as "audit.example/mingjing"
	Dir    string           // its own folder: key and memory
	Logs   []string         // vkeys of the logs it serves; one log may have several keys
	Clock  func() time.Time // nil means time.Now
	Rand   io.Reader        // source of its key at inception; nil means crypto/rand
	Listen string           // address, for RunWitness
	Ready  func(addr, vkey string)
	Log    *slog.Logger
}

// NewWitness opens a witness's folder, at inception with a new key.
func NewWitness(cfg WitnessConfig) (*Witness, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	w := &Witness{logs: map[string]note.Verifiers{}, log: cfg.Log}
	keys := map[string][]note.Verifier{}
	for _, vkey := range cfg.Logs {
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, fmt.Errorf("log key %q: %w", vkey, err)
		}
		keys[v.Name()] = append(keys[v.Name()], v)
	}
	for origin, vs := range keys {
		w.logs[origin] = note.VerifierList(vs...)
	}
	skey, memory, err := openWitnessDir(cfg.Dir, cfg.Name, cfg.Rand)
	if err != nil {
		return nil, err
	}
	w.state = memory
	if w.signer, err = newCosigner(skey, cfg.Clock); err != nil {
		return nil, err
	}
	plain, err := publicKey(skey)
	if err != nil {
		return nil, err
	}
	w.vkey, err = fnote.VKeyToCosignatureV1(plain)
	return w, err
}

// VKey returns the witness's public key, which logs and readers configure.
func (w *Witness) VKey() string { return w.vkey }

// Handler answers POST /add-checkpoint, and GET / with the witness's key and
// what it cosigned last, as plain text.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.addCheckpoint)
	mux.HandleFunc("GET /{$}", w.about)
	return mux
}

// maxWitnessRequest bounds a request: 63 proof lines and a note with many
// signatures are below 16 KB.
const maxWitnessRequest = 64 << 10

func (w *Witness) addCheckpoint(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxWitnessRequest))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	lines, err := w.add(body)
	var refusal *witnessRefusal
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write(lines)
	case errors.As(err, &refusal) && refusal.status == http.StatusConflict:
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", refusal.size)
	case errors.As(err, &refusal):
		http.Error(rw, err.Error(), refusal.status)
	default:
		w.log.Error("witness cannot cosign", "error", err)
		http.Error(rw, "the witness cannot store its memory; nothing was cosigned", http.StatusInternalServerError)
	}
}

// A witnessRefusal is an answer other than a cosignature.
type witnessRefusal struct {
	status int
	size   int64 // with 409: what the witness cosigned last
	text   string
}

func (e *witnessRefusal) Error() string { return e.text }

func refuse(status int, format string, args ...any) error {
	return &witnessRefusal{status: status, text: fmt.Sprintf(format, args...)}
}

// add does what the protocol says for one request body and returns the
// cosignature line.
func (w *Witness) add(body []byte) ([]byte, error) {
	old, proof, signed, err := parseAddCheckpoint(body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "%v", err)
	}
	c, text, err := w.open(signed)
	if err != nil {
		return nil, err
	}
	if old > c.Size {
		return nil, refuse(http.StatusBadRequest, "old size %d is larger than the checkpoint's size %d", old, c.Size)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	last, err := w.state.last(c.Origin)
	if err != nil {
		return nil, err
	}
	if old != last.Size {
		return nil, &witnessRefusal{http.StatusConflict, last.Size, fmt.Sprintf("last cosigned size is %d, not %d", last.Size, old)}
	}
	if err := w.continues(last, c, proof); err != nil {
		w.log.Error("checkpoint refused: it is of another history", "log", c.Origin, "size", c.Size, "last", last.Size, "error", err)
		if werr := w.state.accuse(signed); werr != nil {
			w.log.Error("evidence not kept", "error", werr)
		}
		if last.Size == c.Size && last.seen {
			return nil, &witnessRefusal{http.StatusConflict, last.Size, err.Error()}
		}
		return nil, refuse(http.StatusUnprocessableEntity, "%v", err)
	}
	cosigned, err := note.Sign(&note.Note{Text: text}, w.signer)
	if err != nil {
		return nil, err
	}
	if err := w.state.remember(c, signed); err != nil {
		return nil, err
	}
	return cosigned[len(text)+1:], nil
}

func (w *Witness) continues(last lastCosigned, c Checkpoint, proof []tlog.Hash) error {
	if c.Size == 0 && c.Root != (&edge{}).root() {
		return fmt.Errorf("%w: size 0 has only one root", errInconsistent)
	}
	if !last.seen {
		last.Checkpoint = Checkpoint{Origin: c.Origin, Root: (&edge{}).root()}
	}
	return checkConsistency(last.Checkpoint, c, proof)
}

// open checks who signed: 404 for a log the witness does not know, 403 when
// none of the signatures is by one of its keys.
func (w *Witness) open(signed []byte) (Checkpoint, string, error) {
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return c, "", refuse(http.StatusBadRequest, "%v", err)
	}
	keys, ok := w.logs[c.Origin]
	if !ok {
		return c, "", refuse(http.StatusNotFound, "log %q is not known here", c.Origin)
	}
	n, err := note.Open(signed, keys)
	if err != nil {
		return c, "", refuse(http.StatusForbidden, "no valid signature of log %q: %v", c.Origin, err)
	}
	if c, err = ParseCheckpoint([]byte(n.Text)); err != nil {
		return c, "", refuse(http.StatusBadRequest, "%v", err)
	}
	return c, n.Text, nil
}

func parseAddCheckpoint(body []byte) (old int64, proof []tlog.Hash, signed []byte, err error) {
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return 0, nil, nil, errors.New("no empty line between proof and checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	size, ok := strings.CutPrefix(lines[0], "old ")
	if !ok {
		return 0, nil, nil, errors.New(`the first line must be "old <size>"`)
	}
	if old, err = parseSize(size); err != nil {
		return 0, nil, nil, err
	}
	if len(lines) > 64 {
		return 0, nil, nil, fmt.Errorf("%d proof lines, at most 63 are allowed", len(lines)-1)
	}
	proof, err = parseProof(lines[1:])
	return old, proof, signed, err
}

func (w *Witness) about(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(rw, "witness\t%s\n", w.vkey)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.state.all() {
		fmt.Fprintf(rw, "log\t%s\t%d\t%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
	}
}

// A cosigner makes cosignature/v1 signatures with the time of its clock.
type cosigner struct {
	name  string
	hash  uint32
	key   ed25519.PrivateKey
	clock func() time.Time
}

func newCosigner(skey string, clock func() time.Time) (*cosigner, error) {
	s, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	parts := strings.SplitN(skey, "+", 5)
	seed, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return nil, errors.New("witness key: not an Ed25519 key")
	}
	return &cosigner{s.Name(), s.KeyHash(), ed25519.NewKeyFromSeed(seed[1:]), clock}, nil
}

func (s *cosigner) Name() string    { return s.name }
func (s *cosigner) KeyHash() uint32 { return s.hash }

// Sign signs "cosignature/v1\ntime <unix>\n" and the note's text; the signature
// is 8 bytes of time and 64 of Ed25519 (c2sp.org/tlog-cosignature).
func (s *cosigner) Sign(msg []byte) ([]byte, error) {
	t := s.clock().Unix()
	sig := binary.BigEndian.AppendUint64(nil, uint64(t))
	return append(sig, ed25519.Sign(s.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", t, msg))...), nil
}

// RunWitness serves a witness on cfg.Listen until ctx ends, then finishes what
// it has begun, for 10 seconds at most.
func RunWitness(ctx context.Context, cfg WitnessConfig) error {
	w, err := NewWitness(cfg)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: w.Handler(), ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	if cfg.Ready != nil {
		cfg.Ready(l.Addr().String(), w.VKey())
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = srv.Shutdown(end)
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
