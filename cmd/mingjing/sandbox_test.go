package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/ledger"
	"mingjing/internal/sandbox"
	"mingjing/internal/standard"
)

// A sandbox and a real house side by side. One vendor has one key pair in both
// and signs carelessly, without the authority: what was signed for the one is
// good for nothing at the other, nor are its receipts, tokens, keys and codes.
func TestSandboxIsGoodNowhereElse(t *testing.T) {
	t.Setenv("MINGJING_STORE", "")
	dir := t.TempDir()
	office, trial := filepath.Join(dir, "office"), filepath.Join(dir, "trial")
	key, err := signature.GenerateKey(signature.Ed25519, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "public.pem")
	if err := os.WriteFile(file, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	const platform = "12410000000000001A"
	if status := run(context.Background(), []string{"source", "add", "--data", office, "--name", "acme", "--platform", platform, "--key", file, "--key-id", "acme-1"}); status != 0 {
		t.Fatalf("source add ended with %d", status)
	}
	house := startChild(t, "serve", "--data", office, "--listen", "127.0.0.1:0", "--public-every", "1s")
	t.Cleanup(house.kill)
	box := startChild(t, "sandbox", "--data", trial, "--listen", "127.0.0.1:0", "--factor", "1440")
	t.Cleanup(box.kill)

	ask, err := json.Marshal(sandbox.KeyRequest{Name: "acme", PublicPEM: public})
	if err != nil {
		t.Fatal(err)
	}
	status, body := postTo(t, box.url+"/sandbox/v1/keys", nil, ask)
	var given sandbox.KeyAnswer
	if err := json.Unmarshal(body, &given); err != nil || status != http.StatusCreated {
		t.Fatalf("no key was given: %d %s", status, body)
	}
	if status, _ := postTo(t, house.url+"/sandbox/v1/keys", nil, ask); status == http.StatusCreated {
		t.Error("a real house hands out keys")
	}

	real := carelessly(t, key, "acme-1", batchOf(t, platform))
	tried := carelessly(t, key, given.KeyID, batchOf(t, given.Platform))
	mixed := carelessly(t, key, given.KeyID, batchOf(t, platform)) // the real platform's code, sent to the sandbox
	receipts := map[string][]byte{}
	for _, c := range []struct {
		what, at string
		req      signed
		want     int
	}{
		{"the real batch at the real door", house.url, real, 200},
		{"the sandbox's batch at the sandbox", box.url, tried, 200},
		{"the sandbox's batch replayed at the real door", house.url, tried, 401},
		{"the real batch replayed at the sandbox", box.url, real, 401},
	} {
		status, body := postTo(t, c.at+"/exchange/v1/batches", c.req.header, c.req.body)
		if status != c.want {
			t.Errorf("%s: %d %s", c.what, status, body)
		}
		if status == 200 {
			receipts[c.at] = body
		} else if !strings.Contains(string(body), "X006") {
			t.Errorf("%s is refused for another reason than its key: %s", c.what, body)
		}
	}
	var answer exchange.BatchAnswer
	if status, body := postTo(t, box.url+"/exchange/v1/batches", mixed.header, mixed.body); status != 200 || json.Unmarshal(body, &answer) != nil || answer.Refused != 1 {
		t.Errorf("the sandbox takes a record that names a real platform: %d %s", status, body)
	}
	for at, wrong := range map[string]string{house.url: given.Token, box.url: "mjt_" + base64.RawURLEncoding.EncodeToString(make([]byte, 32))} {
		if status, _, _ := fetch(t, at+"/api/v1/dockets", wrong); status != http.StatusUnauthorized {
			t.Errorf("%s reads with another house's token: %d", at, status)
		}
	}

	// Its records come by the sandbox's clock and its requests by the real one.
	var taken exchange.BatchAnswer
	if err := json.Unmarshal(receipts[box.url], &taken); err != nil {
		t.Fatal(err)
	}
	if at, err := time.Parse(time.RFC3339, taken.Answers[0].Receipt.Received); err != nil || !at.After(time.Now()) {
		t.Errorf("received %s: the sandbox's clock does not run ahead (%v)", taken.Answers[0].Receipt.Received, err)
	}
	until(t, "the vendor sees its docket", time.Now().Add(20*time.Second), func() bool {
		status, _, body := fetch(t, box.url+"/api/v1/dockets", given.Token)
		return status == 200 && strings.Contains(body, given.Platform)
	})

	// Receipts: each fits its own log, neither the other's, not with the name changed either.
	files := map[string]string{}
	for at, body := range receipts {
		files[at] = filepath.Join(dir, fmt.Sprintf("receipt-%d.json", len(files)))
		if err := os.WriteFile(files[at], body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	renamed := bytes.ReplaceAll(receipts[box.url], []byte(given.Log), []byte("mingjing.local/log"))
	if bytes.Equal(renamed, receipts[box.url]) {
		t.Fatalf("the receipt does not name the log %s: %s", given.Log, renamed)
	}
	forged := filepath.Join(dir, "forged.json")
	if err := os.WriteFile(forged, renamed, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*child{house, box} {
		if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, c.output())
		}
	}
	for _, c := range []struct {
		what, data, receipt string
		want                int
	}{
		{"the real receipt in the real log", office, files[house.url], 0},
		{"the sandbox's receipt in the sandbox's log", trial, files[box.url], 0},
		{"the sandbox's receipt in the real log", office, files[box.url], 1},
		{"the real receipt in the sandbox's log", trial, files[house.url], 1},
		{"the sandbox's receipt under the real log's name", office, forged, 1},
	} {
		if status := run(context.Background(), []string{"verify", "--data", c.data, "--receipt", c.receipt}); status != c.want {
			t.Errorf("%s: verify ended with %d", c.what, status)
		}
	}
	if status := run(context.Background(), []string{"verify", "--data", trial, "--log-name", given.Log, "--deep"}); status != 0 {
		t.Errorf("verify --deep of the sandbox ended with %d", status)
	}

	// A sandbox's checkpointed receipt is not the real log's: another key signed it.
	vkey, err := ledger.LogVKey(office)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ledger.LogVKey(trial)
	if err != nil || vkey == other || !strings.HasPrefix(other, sandbox.LogPrefix) {
		t.Errorf("the logs' keys are %q and %q (%v)", vkey, other, err)
	}

	// Neither folder opens as the other, not even with the marks of the folder gone.
	for _, words := range [][]string{
		{"serve", "--data", trial, "--listen", "127.0.0.1:0"},
		{"source", "list", "--data", trial, "--log-name", given.Log},
		{"sandbox", "--data", office, "--listen", "127.0.0.1:0"},
		{"source", "add", "--data", office, "--name", "b", "--platform", platform, "--key", file, "--key-id", given.KeyID},
		{"source", "add", "--data", office, "--name", "b", "--platform", given.Platform},
	} {
		if status := run(context.Background(), words); status != 1 {
			t.Errorf("%v ended with %d", words, status)
		}
	}
	mark := filepath.Join(trial, sandbox.File)
	if err := os.Rename(mark, mark+".away"); err != nil {
		t.Fatal(err)
	}
	if status := run(context.Background(), []string{"source", "list", "--data", trial}); status != 1 {
		t.Errorf("a sandbox's store opens as a real one: %d", status)
	}
	if err := os.Rename(mark+".away", filepath.Join(office, sandbox.File)); err != nil {
		t.Fatal(err)
	}
	if status := run(context.Background(), []string{"sandbox", "--data", office, "--listen", "127.0.0.1:0"}); status != 1 {
		t.Errorf("a real store opens as a sandbox's: %d", status)
	}
}

// An unkind sandbox teaches a client to wait: sent again as told, everything
// is taken once, whatever was refused on the way.
func TestUnkindSandboxTakesAllFromWhoeverWaits(t *testing.T) {
	if testing.Short() {
		t.Skip("waits as it is told to")
	}
	box := startChild(t, "sandbox", "--data", filepath.Join(t.TempDir(), "trial"), "--listen", "127.0.0.1:0")
	t.Cleanup(box.kill)
	status, body := postTo(t, box.url+"/sandbox/v1/keys", nil, []byte(`{"name":"acme","unkind":true,"seed":42}`))
	var given sandbox.KeyAnswer
	if err := json.Unmarshal(body, &given); err != nil || status != http.StatusCreated {
		t.Fatalf("no key was given: %d %s", status, body)
	}
	key, err := signature.ParsePrivateKey(given.Algorithm, given.PrivatePEM)
	if err != nil {
		t.Fatal(err)
	}
	watch := &watching{}
	client := &exchange.Client{URL: box.url, Signer: signature.Signer{KeyID: given.KeyID, Key: key}, Clock: time.Now, HTTP: &http.Client{Transport: watch, Timeout: 20 * time.Second}}
	const batches = 60
	for i := range batches {
		rec := standard.Example("517")
		rec.Origin, rec.Key = given.Platform, fmt.Sprint("k", i)
		a, err := client.Send(t.Context(), given.Platform, []standard.Record{rec})
		if err != nil || a.Accepted != 1 {
			t.Fatalf("batch %d: %+v, %v", i, a, err)
		}
	}
	refused := 0
	for n, got := range watch.seen {
		want := sandbox.DrawAt(42, uint64(n)).Status
		if want == 0 {
			want = 200
		}
		if got != want {
			t.Errorf("request %d was answered %d, the seed says %d", n, got, want)
		}
		if got != 200 {
			refused++
		}
	}
	if refused == 0 || len(watch.seen) != batches+refused {
		t.Errorf("%d requests, %d refused", len(watch.seen), refused)
	}
}

// Legal days pass in the sandbox though nothing arrives: a month after the award
// notice without a contract, and the vendor sees the clue, within a real minute.
func TestLegalDaysPassInTheSandbox(t *testing.T) {
	box := startChild(t, "sandbox", "--data", filepath.Join(t.TempDir(), "trial"), "--listen", "127.0.0.1:0", "--factor", "432000", "--start", "2026-01-05")
	t.Cleanup(box.kill)
	_, body := postTo(t, box.url+"/sandbox/v1/keys", nil, []byte(`{"name":"acme"}`))
	var given sandbox.KeyAnswer
	if err := json.Unmarshal(body, &given); err != nil {
		t.Fatalf("no key was given: %s", body)
	}
	key, err := signature.ParsePrivateKey(given.Algorithm, given.PrivatePEM)
	if err != nil {
		t.Fatal(err)
	}
	if shown := given.Time; shown.Year() != 2026 {
		t.Errorf("the clock began at %s", shown)
	}
	_, _, text := fetch(t, box.url+"/sandbox/v1/sample?datasets=501,502,9018&platform="+given.Platform, "")
	var doc exchange.BatchDocument
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("no sample: %s", text)
	}
	var records []standard.Record
	for _, r := range doc.Records {
		if r.Dataset == "9018" {
			r.Fields["WIN_NOTICE_SEND_TIME"] = r.Revision // now, by the sandbox's clock
		}
		records = append(records, standard.Record{Origin: given.Platform, Dataset: r.Dataset, Op: standard.Op(r.Op), Key: r.Key, Revision: r.Revision, Fields: r.Fields})
	}
	client := &exchange.Client{URL: box.url, Signer: signature.Signer{KeyID: given.KeyID, Key: key}, Clock: time.Now}
	sent := time.Now()
	if a, err := client.Send(t.Context(), given.Platform, records); err != nil || a.Accepted != 3 {
		t.Fatalf("%+v, %v", a, err)
	}
	clue := func() bool {
		_, _, body := fetch(t, box.url+"/sandbox/v1/findings", given.Token)
		return strings.Contains(body, `"indicator":"A13"`)
	}
	if clue() && time.Since(sent) < 5*time.Second { // thirty days take six
		t.Error("the clue is there before the month is over")
	}
	until(t, "the month without a contract is seen", time.Now().Add(time.Minute), clue)
}

// watching remembers the answers of a client's requests, in order.
type watching struct{ seen []int }

// RoundTrip implements http.RoundTripper.
func (w *watching) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		w.seen = append(w.seen, resp.StatusCode)
	}
	return resp, err
}

// signed is a request as it can be sent to any address.
type signed struct {
	header http.Header
	body   []byte
}

func batchOf(t *testing.T, platform string) []byte {
	t.Helper()
	rec := standard.Example("501")
	body, err := json.Marshal(map[string]any{"platform": platform, "records": []any{map[string]any{
		"dataset": rec.Dataset, "op": "insert", "key": rec.Key, "revision": rec.Revision, "fields": rec.Fields,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// carelessly signs a batch without its authority, as the door allows.
func carelessly(t *testing.T, key signature.PrivateKey, keyID string, body []byte) signed {
	t.Helper()
	private, err := key.PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{"Content-Type": {"application/json"}, "Content-Digest": {signature.ContentDigest(body)}}
	params := fmt.Sprintf(`("@method" "@path" "@query" "content-digest" "content-type");created=%d;keyid=%q;alg="ed25519"`, time.Now().Unix(), keyID)
	base := fmt.Sprintf("\"@method\": POST\n\"@path\": /exchange/v1/batches\n\"@query\": ?\n\"content-digest\": %s\n\"content-type\": application/json\n\"@signature-params\": %s", h.Get("Content-Digest"), params)
	h.Set("Signature-Input", "sig1="+params)
	h.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(signEd25519(t, private, base))+":")
	return signed{h, body}
}

func postTo(t *testing.T, url string, header http.Header, body []byte) (int, []byte) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, out
}

func signEd25519(t *testing.T, privatePEM, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(privatePEM))
	if block == nil {
		t.Fatal("no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return ed25519.Sign(key.(ed25519.PrivateKey), []byte(text))
}
