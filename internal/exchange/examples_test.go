package exchange

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/standard"
	"mingjing/internal/supervise"
)

const (
	docs         = "../../docs/exchange"
	exampleHost  = "exchange.example"
	exampleKeyID = "zz-2026"
)

// recording is a door with a real ledger that keeps what passes as an example.
// Clients reach it by its public name through the proxy variables, so that
// what they sign does not depend on a port.
type recording struct {
	*fixture
	stack *stack
	last  string // the last exchange
}

func newRecording(t *testing.T, change ...func(*recording)) *recording {
	t.Helper()
	r := &recording{}
	r.fixture = newFixture(t, func(f *fixture) {
		r.stack = newStack(t, func() time.Time { return f.now }, true)
		r.stack.on(f)
		s := f.source()
		s.Platforms = []string{standard.ExampleOrigin}
		f.register(s)
		r.fixture = f
		for _, c := range change {
			c(r)
		}
	})
	door := r.mux
	r.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
		kept := httptest.NewRecorder()
		door.ServeHTTP(kept, q)
		r.last = exchangeText(t, q, body, kept)
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
	})
	return r
}

// exchangeText writes a request and its answer as they are on the wire, without
// the headers that differ from client to client; a JSON answer is indented.
func exchangeText(t *testing.T, q *http.Request, body []byte, a *httptest.ResponseRecorder) string {
	t.Helper()
	var b strings.Builder
	headers := func(h http.Header, names ...string) {
		for _, name := range names {
			for _, v := range h.Values(name) {
				fmt.Fprintf(&b, "%s: %s\n", name, v)
			}
		}
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\nHost: %s\n", q.Method, q.URL.RequestURI(), q.Host)
	headers(q.Header, "Accept-Language", "Content-Type", "Content-Encoding", "Content-Length", "Content-Digest", "Mingjing-Platform", "Signature-Input", "Signature")
	fmt.Fprintf(&b, "\n%s", body)
	if len(body) > 0 && body[len(body)-1] != '\n' {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\nHTTP/1.1 %d %s\n", a.Code, http.StatusText(a.Code))
	headers(a.Header(), "Content-Type", "X-Request-Id", "Retry-After", "Accept-Signature")
	answer := jsontext.Value(a.Body.Bytes())
	if err := answer.Indent(jsontext.WithIndent("  ")); err != nil {
		t.Errorf("the answer is not JSON: %v", err)
	}
	fmt.Fprintf(&b, "\n%s\n", answer)
	return b.String()
}

// golden compares a text with its file, or writes it with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join(docs, file)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs, want (-) and got (+); if that is right, rewrite it with -update:\n%s", path, d)
	}
}

// exampleFiles are the batches that the sample clients send.
func exampleFiles(t *testing.T) map[string]string {
	t.Helper()
	encode := func(r standard.Record, indent string) string {
		text, err := json.Marshal(wire{Dataset: r.Dataset, Op: string(r.Op), Key: r.Key, Revision: r.Revision, Occurred: r.Occurred, Fields: r.Fields},
			json.Deterministic(true), jsontext.WithIndentPrefix(indent), jsontext.WithIndent("  "))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	line := func(r standard.Record) string {
		text := jsontext.Value(encode(r, ""))
		if err := text.Compact(); err != nil {
			t.Fatal(err)
		}
		return string(text) + "\n"
	}
	good, slip, unknown := standard.Example("517"), standard.Example("517"), standard.Example("517")
	slip.Key = "517-000002"
	slip.Fields["APPROVAL_TIME"] = "20180230113000"
	delete(slip.Fields, "EXCEPITON_NAME") // so is it spelled in the standard
	unknown.Dataset, unknown.Key = "599", "599-000001"
	unknown.Fields = map[string]string{"TENDER_PROJECT_CODE": unknown.Fields["TENDER_PROJECT_CODE"]}
	notice := standard.Example("506")
	notice.Occurred = ""
	xml, err := standard.AppendXML(nil, &notice)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"batch.json": "{\n  \"platform\": \"" + standard.ExampleOrigin + "\",\n  \"records\": [\n    " +
			encode(good, "    ") + ",\n    " + encode(slip, "    ") + ",\n    " + encode(unknown, "    ") + "\n  ]\n}\n",
		"batch.ndjson": line(standard.Example("507")) + line(standard.Example("513")),
		"batch.xml":    `<?xml version="1.0" encoding="UTF-8"?>` + "\n<BATCH>\n" + string(xml) + "\n</BATCH>\n",
	}
}

// TestClients runs each sample client against a door and keeps what passed
// between them as the examples of the documentation.
func TestClients(t *testing.T) {
	files := exampleFiles(t)
	for name, text := range files {
		golden(t, "examples/"+name, text)
	}
	cases := []struct {
		name, tool, batch string
		command           func(t *testing.T) []string
		extra             []string
		want              string // first line printed
	}{
		{"go", "go", "batch.json", func(t *testing.T) []string {
			bin := filepath.Join(t.TempDir(), "client")
			run(t, nil, "go", "build", "-o", bin, "../../clients/go")
			return []string{bin}
		}, nil, "0 accepted position 0 leaf "},
		{"python", "python3", "batch.ndjson", func(t *testing.T) []string {
			if out, err := exec.Command("python3", "-c", "import cryptography").CombinedOutput(); err != nil {
				t.Skipf("SKIPPED: python3 has no package `cryptography`, so that the Python client was not run: %s", out)
			}
			return []string{"python3", "../../clients/python/client.py"}
		}, []string{"--platform", standard.ExampleOrigin}, "0 accepted position 0 leaf "},
		{"java", "javac", "batch.xml", func(t *testing.T) []string {
			dir := t.TempDir()
			run(t, nil, "javac", "-d", dir, "../../clients/java/Client.java")
			return []string{"java", "-XX:TieredStopAtLevel=1", "-cp", dir, "Client"}
		}, nil, "0 accepted position 0 leaf "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && c.name == "java" {
				t.Skip("SKIPPED with -short: the Java client was not run")
			}
			if _, err := exec.LookPath(c.tool); err != nil {
				t.Skipf("SKIPPED: %s is not installed, so that the %s client was not run", c.tool, c.name)
			}
			r := newRecording(t)
			private, err := r.signer.Key.PrivatePEM()
			if err != nil {
				t.Fatal(err)
			}
			key := filepath.Join(t.TempDir(), "private.pem")
			if err := os.WriteFile(key, []byte(private), 0o600); err != nil {
				t.Fatal(err)
			}
			args := c.command(t)
			port := r.server.URL[strings.LastIndexByte(r.server.URL, ':')+1:]
			if c.name == "java" {
				args = append(args[:1:1], append([]string{"-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=" + port}, args[1:]...)...)
			}
			args = append(args, "--url", "http://"+exampleHost, "--key-id", exampleKeyID, "--key", key, "--at", fmt.Sprint(r.now.Unix()))
			args = append(args, c.extra...)
			args = append(args, filepath.Join(docs, "examples", c.batch))
			out := run(t, []string{"http_proxy=" + r.server.URL, "HTTP_PROXY=" + r.server.URL, "no_proxy=", "NO_PROXY="}, args...)
			if !strings.HasPrefix(out, c.want) {
				t.Errorf("the client printed\n%s", out)
			}
			golden(t, "examples/"+c.name+".http", r.last)
		})
	}
}

// run runs a command and returns what it printed.
func run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}

// TestExamples records the other exchanges of the documentation.
func TestExamples(t *testing.T) {
	files := exampleFiles(t)
	send := func(r *recording, method, path, contentType, body string, spoil func(*http.Request)) {
		q, err := http.NewRequest(method, r.server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		q.Host = exampleHost
		if contentType != "" {
			q.Header.Set("Content-Type", contentType)
		}
		if spoil != nil {
			spoil(q)
		}
		if q.Header.Get("X-Unsigned") == "" {
			if err := r.signer.Sign(q, []byte(body), r.now, ""); err != nil {
				t.Fatal(err)
			}
		}
		q.Header.Del("X-Unsigned")
		r.do(q)
	}
	t.Run("duplicate", func(t *testing.T) {
		r := newRecording(t)
		for range 2 {
			send(r, "POST", "/exchange/v1/xml", "application/xml", files["batch.xml"], nil)
		}
		golden(t, "examples/duplicate.http", r.last)
	})
	t.Run("validate", func(t *testing.T) {
		r := newRecording(t)
		send(r, "POST", validate, typeJSON, files["batch.json"], nil)
		golden(t, "examples/validate.http", r.last)
	})
	t.Run("receipt", func(t *testing.T) {
		r := newRecording(t)
		send(r, "POST", "/exchange/v1/xml", "application/xml", files["batch.xml"], nil)
		send(r, "POST", batches, typeJSON, files["batch.json"], nil)
		send(r, "GET", "/exchange/v1/receipts/0", "", "", nil)
		golden(t, "examples/receipt-pending.http", r.last)
		if err := r.stack.log.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		send(r, "GET", "/exchange/v1/receipts/0", "", "", nil)
		golden(t, "examples/receipt.http", r.last)
	})
	t.Run("unsigned", func(t *testing.T) {
		r := newRecording(t)
		send(r, "POST", batches, typeJSON, `{"records":[]}`, func(q *http.Request) { q.Header.Set("X-Unsigned", "1") })
		golden(t, "examples/unsigned.http", r.last)
	})
	t.Run("rejected", func(t *testing.T) {
		r := newRecording(t)
		r.signer.KeyID = "zz-2025"
		send(r, "POST", batches, typeJSON, `{"records":[]}`, func(q *http.Request) { q.Header.Set("Accept-Language", "en") })
		golden(t, "examples/rejected.http", r.last)
	})
	t.Run("instructions", func(t *testing.T) {
		var said *refold.Instructions
		r := newRecording(t, func(r *recording) {
			said = &refold.Instructions{Store: r.stack.db, Ledger: r.stack.log, Clock: r.deps.Clock}
			r.deps.Instructions = said
		})
		const id = "5f0c1d2e3a4b59687786a5b4c3d2e1f0"
		give(t, r.stack, said, id, standard.ExampleOrigin, func(a *supervise.InstructionAct) {
			a.Kind, a.Within, a.Until, a.Text = supervise.Pause, "30m", "60m", "评标委员会成员名单与抽取结果不一致，请立即暂停评标并等待核查"
		})
		send(r, "GET", "/exchange/v1/instructions?wait=30", "", "", nil)
		golden(t, "examples/instructions.http", r.last)
		send(r, "POST", "/exchange/v1/instructions", typeJSON, `{"instruction":"`+id+`","step":"execute","text":"已于9时05分暂停评标"}`, nil)
		golden(t, "examples/instruction-executed.http", r.last)
	})
	t.Run("limited", func(t *testing.T) {
		r := newRecording(t)
		s := r.source()
		s.RateLimit = RateLimit{PerSecond: 0.1, Burst: 1}
		r.register(s)
		for range 2 {
			send(r, "GET", "/exchange/v1/receipts/0", "", "", nil)
		}
		golden(t, "examples/limited.http", r.last)
	})
}

// TestDocs holds the two pages and what they show together: their HTTP blocks
// are the recorded files, their table of rules is the code's.
func TestDocs(t *testing.T) {
	for _, page := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join(docs, page))
		if err != nil {
			t.Fatal(err)
		}
		got := string(text)
		shown := 0
		for _, kind := range []string{"file", "rules"} {
			mark := "<!-- " + kind + " "
			var b strings.Builder
			rest := got
			for {
				before, after, found := strings.Cut(rest, mark)
				b.WriteString(before)
				if !found {
					break
				}
				name, after, _ := strings.Cut(after, " -->\n")
				_, after, closed := strings.Cut(after, "<!-- end -->")
				if !closed {
					t.Fatalf("%s: %s%s has no end", page, mark, name)
				}
				shown++
				fmt.Fprintf(&b, "%s%s -->\n%s<!-- end -->", mark, name, block(t, kind, name))
				rest = after
			}
			got = b.String()
		}
		if shown < 9 {
			t.Errorf("%s shows only %d blocks", page, shown)
		}
		golden(t, page, got)
	}
}

// block is what stands between two marks of a page.
func block(t *testing.T, kind, name string) string {
	t.Helper()
	if kind == "file" {
		text, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Fatal(err)
		}
		return "```http\n" + string(text) + "```\n"
	}
	var b strings.Builder
	head := map[string]string{"en": "| Rule | Status | Retry | What | Mend |", "zh": "| 规则 | 状态码 | 重发 | 原因 | 处理 |"}
	fmt.Fprintf(&b, "%s\n| --- | --- | --- | --- | --- |\n", head[name])
	for _, r := range rules {
		what, mend := r.en, r.mendEN
		if name == "zh" {
			what, mend = r.zh, r.mendZH
		}
		fmt.Fprintf(&b, "| <a id=\"%s\"></a>%s | %d | %s | %s | %s |\n", r.id, r.id, r.status, r.retry, what, mend)
	}
	return b.String()
}

func receiptOf(t *testing.T, text string) ledger.Receipt {
	t.Helper()
	var r ledger.Receipt
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func leafOf(t *testing.T, text string) (leaf ledger.Hash) {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(leaf) {
		t.Fatalf("leaf %q", text)
	}
	copy(leaf[:], raw)
	return leaf
}
