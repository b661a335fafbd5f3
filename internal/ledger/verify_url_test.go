package ledger

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func serveLog(t testing.TB, b *bench) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.pub.Handler().ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	return srv.URL
}

func verifyURL(t testing.TB, url string, opt VerifyURLOptions) *VerifyReport {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	opt.Client = client
	r, err := VerifyURL(t.Context(), url, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func has(r *VerifyReport, kind string) bool {
	return slices.ContainsFunc(r.Troubles, func(t Trouble) bool { return t.Kind == kind })
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestVerifyURL(t *testing.T) {
	b := newBench(t)
	b.fill(300)
	b.publish()
	url := serveLog(t, b)
	state := filepath.Join(t.TempDir(), "state", "seen")

	first := verifyURL(t, url, VerifyURLOptions{State: state})
	if !first.OK() || first.Size != 300 || !strings.Contains(report(first), "trust on first use") || !strings.Contains(report(first), "first visit") {
		t.Fatalf("first visit: %s", report(first))
	}
	b.fill(300)
	b.publish()
	second := verifyURL(t, url+"/", VerifyURLOptions{State: state})
	if !second.OK() || second.Size != 600 || strings.Contains(report(second), "trust on first use") || !strings.Contains(report(second), "last visit (300 records)") {
		t.Fatalf("second visit: %s", report(second))
	}
	if r := verifyURL(t, url+"/log", VerifyURLOptions{VKey: b.vkey}); !r.OK() {
		t.Errorf("with key: %s", report(r))
	}

	other := newBench(t)
	if r := verifyURL(t, url, VerifyURLOptions{VKey: other.vkey}); !has(r, TroubleCheckpoint) {
		t.Errorf("under another key: %s", report(r))
	}
	if _, err := VerifyURL(t.Context(), url, VerifyURLOptions{State: state, VKey: other.vkey}); err == nil {
		t.Error("a state file of another log")
	}

	raw, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	for name, torn := range map[string][]byte{"cut": raw[:len(raw)-9], "empty": {}, "altered": bytes.Replace(raw, []byte("600"), []byte("601"), 1)} {
		if err := os.WriteFile(state, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := VerifyURL(t.Context(), url, VerifyURLOptions{State: state}); !errors.Is(err, ErrVisit) || !strings.Contains(err.Error(), "put back a copy") {
			t.Errorf("%s state file: %v", name, err)
		}
	}
}

func TestVerifyURLFindsHarm(t *testing.T) {
	for name, tt := range map[string]struct {
		harm func(b *bench)
		kind string
	}{
		"tile":         {func(b *bench) { b.store.tiles[[2]int64{0, 0}][5] ^= 1 }, TroubleTile},
		"upper tile":   {func(b *bench) { b.store.tiles[[2]int64{1, 0}][5] ^= 1 }, TroubleTile},
		"partial tile": {func(b *bench) { b.store.tiles[[2]int64{0, 1}][5] ^= 1 }, TroubleTile},
		"leaf":         {func(b *bench) { b.store.rows[17].Leaf[5] ^= 1 }, TroubleRoot},
		"leaves moved": {func(b *bench) { swap(b.store.rows[17], b.store.rows[18]) }, TroubleRoot},
		"history":      {func(b *bench) { b.rewrite(300) }, TroubleHistory},
		"shrunk":       {func(b *bench) { b.rewrite(200) }, TroubleHistory},
		"grown, other": {func(b *bench) { b.rewrite(400) }, TroubleHistory},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.fill(300)
			b.publish()
			url := serveLog(t, b)
			state := filepath.Join(t.TempDir(), "seen")
			if r := verifyURL(t, url, VerifyURLOptions{State: state}); !r.OK() {
				t.Fatal(report(r))
			}
			before, _ := os.ReadFile(state)
			tt.harm(b)
			r := verifyURL(t, url, VerifyURLOptions{State: state})
			if !has(r, tt.kind) {
				t.Errorf("no trouble of kind %s: %s", tt.kind, report(r))
			}
			if after, _ := os.ReadFile(state); !bytes.Equal(before, after) {
				t.Error("what was seen before is forgotten")
			}
		})
	}
}

// rewrite replaces the bench's log by another one under the same key, as one
// who holds the key can.
func (b *bench) rewrite(n int) {
	b.t.Helper()
	key, err := os.ReadFile(filepath.Join(b.dir, logKeyFile))
	if err != nil {
		b.t.Fatal(err)
	}
	other := &bench{t: b.t, store: newMemStore(), dir: b.t.TempDir()}
	if err := os.MkdirAll(filepath.Join(other.dir, "keys"), 0o700); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other.dir, logKeyFile), key, 0o600); err != nil {
		b.t.Fatal(err)
	}
	other.open()
	other.fill(n)
	other.publish()
	b.pub = other.pub
}

func TestReceiptsAndDisclosedFields(t *testing.T) {
	b := fullBench(t)
	url := serveLog(t, b)
	ctx := t.Context()
	receipt := func(at int64) Receipt {
		r, err := b.l.Receipt(ctx, at)
		if err != nil || r.Checkpoint == "" {
			t.Fatalf("%+v %v", r, err)
		}
		return r
	}
	disclosed := func(at int64, names ...string) *Disclosed {
		d, err := b.l.Disclose(ctx, rowAt(t, b.store, at), names, all)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	bare := receipt(openRow)
	bare.Checkpoint, bare.Proof = "", nil
	good, wholeShown, erasedShown := receipt(partRow), disclosed(wholeRow, "BIDDER_NAME", "@received"), disclosed(erasedAt, "TENDER_PROJECT_CODE")

	edit := func(change func(*Receipt)) []byte {
		r := receipt(partRow)
		change(&r)
		return asJSON(t, r)
	}
	show := func(change func(*Disclosed)) []byte {
		d := disclosed(wholeRow, "BIDDER_NAME", "@received")
		change(d)
		return asJSON(t, d)
	}
	forged := newPaperLog(t, benchLog).add(t, "a")
	for _, tt := range []struct {
		name               string
		receipt, disclosed []byte
		kind               string // "" is fine
	}{
		{"receipt", asJSON(t, good), nil, ""},
		{"receipts", asJSON(t, []Receipt{good, bare, receipt(tailRow)}), nil, ""},
		{"receipt of an erased record", asJSON(t, receipt(erasedAt)), nil, ""},
		{"other leaf", edit(func(r *Receipt) { r.Leaf = receipt(openRow).Leaf }), nil, TroubleReceipt},
		{"other position", edit(func(r *Receipt) { r.Position = 1 }), nil, TroubleReceipt},
		{"position beyond", edit(func(r *Receipt) { r.Position, r.Checkpoint = 99, "" }), nil, TroubleReceipt},
		{"no proof, other leaf", edit(func(r *Receipt) { r.Checkpoint, r.Leaf = "", strings.Repeat("ab", 32) }), nil, TroubleReceipt},
		{"proof altered", edit(func(r *Receipt) { r.Proof[0] = r.Proof[1] }), nil, TroubleReceipt},
		{"proof cut", edit(func(r *Receipt) { r.Proof = r.Proof[1:] }), nil, TroubleReceipt},
		{"checkpoint altered", edit(func(r *Receipt) { r.Checkpoint = strings.Replace(r.Checkpoint, "\n8\n", "\n9\n", 1) }), nil, TroubleReceipt},
		{"checkpoint of a forger", edit(func(r *Receipt) { r.Checkpoint = string(forged.checkpoint(t)) }), nil, TroubleReceipt},
		{"other log", edit(func(r *Receipt) { r.Log = "other.example" }), nil, TroubleReceipt},
		{"disclosed", nil, asJSON(t, wholeShown), ""},
		{"disclosed of an erased record", nil, asJSON(t, []*Disclosed{wholeShown, erasedShown}), ""},
		{"value altered", nil, show(func(d *Disclosed) { d.Fields[0].Value += "x" }), TroubleDisclosed},
		{"name altered", nil, show(func(d *Disclosed) { d.Fields[1].Name = "BIDDER_NAMF" }), TroubleDisclosed},
		{"salt altered", nil, show(func(d *Disclosed) { d.Fields[0].Salt = d.Fields[1].Salt }), TroubleDisclosed},
		{"field withheld", nil, show(func(d *Disclosed) { d.Fields = d.Fields[:1] }), TroubleDisclosed},
		{"commitment altered", nil, show(func(d *Disclosed) { d.Commitments[0] = d.Commitments[1] }), TroubleDisclosed},
		{"other position, disclosed", nil, show(func(d *Disclosed) { d.Position-- }), TroubleDisclosed},
		{"other leaf, disclosed", nil, show(func(d *Disclosed) { d.Leaf = receipt(openRow).Leaf }), TroubleDisclosed},
		{"made up", nil, show(func(d *Disclosed) {
			d.Fields[0].Value += "x"
			leaf, _ := d.Recompute()
			d.Leaf = hex.EncodeToString(leaf[:])
		}), TroubleDisclosed},
		{"other log, disclosed", nil, show(func(d *Disclosed) { d.Log = "other.example" }), TroubleDisclosed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := b.verify(t, func(o *VerifyOptions) { o.Receipt, o.Disclosed = tt.receipt, tt.disclosed })
			web := verifyURL(t, url, VerifyURLOptions{VKey: b.vkey, Receipt: tt.receipt, Disclosed: tt.disclosed})
			for where, r := range map[string]*VerifyReport{"data": data, "url": web} {
				if r.OK() != (tt.kind == "") || tt.kind != "" && !has(r, tt.kind) {
					t.Errorf("%s: want %q: %s", where, tt.kind, report(r))
				}
			}
		})
	}
	door, err := json.Marshal(map[string]any{"accepted": 1, "answers": []map[string]any{{"status": "refused"}, {"receipt": good}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseReceipts(door); err != nil || len(got) != 1 {
		t.Errorf("a door's whole answer: %+v, %v", got, err)
	}
	for _, raw := range []string{"", "{", "[]x", `{"answers":[]}`, `{"answers":[{"status":"refused"}]}`, `{"log":"x"}`, `{"log":"x","position":-1,"leaf":"` + strings.Repeat("ab", 32) + `"}`} {
		if _, err := ParseReceipts([]byte(raw)); err == nil {
			t.Errorf("receipt file %q", raw)
		}
		if _, err := ParseDisclosed([]byte(raw)); err == nil {
			t.Errorf("disclosed-fields file %q", raw)
		}
	}
}

func TestVerifySeesWitnesses(t *testing.T) {
	dir, store := t.TempDir(), newMemStore()
	_, vkey, err := OpenSigner(t.Context(), store, dir, benchLog, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := newTestWitness(t, t.TempDir(), vkey)
	b := &bench{t: t, store: store, dir: dir}
	b.open(serveWitness(t, w))
	b.fill(3)
	b.publish()
	stranger := newTestWitness(t, t.TempDir(), vkey)
	url := serveLog(t, b)
	check := func(vkeys ...string) []*VerifyReport {
		return []*VerifyReport{
			b.verify(t, func(o *VerifyOptions) { o.Witnesses = vkeys; o.Codes = nil }),
			verifyURL(t, url, VerifyURLOptions{VKey: b.vkey, Witnesses: vkeys}),
		}
	}
	for i, r := range check(w.VKey()) {
		if !r.OK() || !strings.Contains(report(r), "cosigned by witness audit.example/w1 at 2026-11-23T09:00:00Z") {
			t.Errorf("%d: %s", i, report(r))
		}
	}
	for i, r := range check(w.VKey(), stranger.VKey()) {
		if !has(r, TroubleCheckpoint) {
			t.Errorf("%d: a witness that did not sign is not missed: %s", i, report(r))
		}
	}
}
