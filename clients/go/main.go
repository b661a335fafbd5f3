// Command go is a sample client of Mingjing's door, with nothing but Go's
// standard library: it signs one batch by RFC 9421 with Ed25519, sends it and
// prints what became of each record. Copy it and change what you like.
//
//	go run ./clients/go -url https://exchange.example -platform CODE -key-id ID -key private.pem batch.json
package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// answer is the part of the door's answer that this client reads.
type answer struct {
	RequestID string `json:"request_id"`
	Answers   []struct {
		Index   int    `json:"index"`
		Status  string `json:"status"`
		Receipt *struct {
			Position int64  `json:"position"`
			Leaf     string `json:"leaf"`
		} `json:"receipt"`
		Defects  []problem `json:"defects"`
		Problems []problem `json:"problems"`
	} `json:"answers"`
}

type problem struct {
	Rule  string `json:"rule"`
	Field string `json:"field"`
	EN    string `json:"en"`
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	base := flag.String("url", "http://127.0.0.1:8080", "address of the door")
	platform := flag.String("platform", "", "platform code of the batch, when its body does not say it")
	keyID := flag.String("key-id", "", "id under which the office registered your key")
	keyFile := flag.String("key", "", "Ed25519 private key, PEM PKCS #8")
	validate := flag.Bool("validate", false, "only check the batch, send nothing")
	at := flag.Int64("at", 0, "sign as of this Unix time instead of now; for recorded examples")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("give one batch file: .json, .ndjson or .xml")
	}
	key, err := readKey(*keyFile)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		return err
	}
	path, contentType := "/exchange/v1/batches", "application/json"
	switch filepath.Ext(flag.Arg(0)) {
	case ".ndjson":
		contentType = "application/x-ndjson"
	case ".xml":
		path, contentType = "/exchange/v1/xml", "application/xml"
	}
	if *validate {
		path = "/exchange/v1/validate"
	}
	created := time.Now()
	if *at != 0 {
		created = time.Unix(*at, 0)
	}

	// A batch may be sent again as often as needed: what was taken is answered
	// with its first receipt. So wait and retry on 429 and 503.
	for attempt := 1; ; attempt++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(*base, "/")+path, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", contentType)
		if *platform != "" {
			req.Header.Set("Mingjing-Platform", *platform)
		}
		sign(req, body, *keyID, key, created)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		switch {
		case resp.StatusCode == http.StatusOK:
			return report(text)
		case (resp.StatusCode == 429 || resp.StatusCode == 503) && attempt < 5:
			seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
			time.Sleep(time.Duration(max(seconds, 1)) * time.Second)
			created = time.Now()
		default:
			return fmt.Errorf("%s\n%s", resp.Status, text)
		}
	}
}

// sign sets Content-Digest, Signature-Input and Signature.
func sign(req *http.Request, body []byte, keyID string, key ed25519.PrivateKey, created time.Time) {
	digest := sha256.Sum256(body)
	req.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(digest[:])+":")
	names := []string{"@method", "@path", "@query", "@authority", "content-digest", "content-type"}
	if req.Header.Get("Mingjing-Platform") != "" {
		names = append(names, "mingjing-platform")
	}
	params := `("` + strings.Join(names, `" "`) + `");created=` + strconv.FormatInt(created.Unix(), 10) + `;keyid="` + keyID + `";alg="ed25519"`
	var text strings.Builder
	for _, name := range names {
		value := req.Header.Get(name)
		switch name {
		case "@method":
			value = req.Method
		case "@path":
			value = req.URL.EscapedPath()
		case "@query":
			value = "?" + req.URL.RawQuery
		case "@authority":
			value = strings.ToLower(req.URL.Host)
		}
		fmt.Fprintf(&text, "%q: %s\n", name, value)
	}
	text.WriteString(`"@signature-params": ` + params)
	signature := ed25519.Sign(key, []byte(text.String()))
	req.Header.Set("Signature-Input", "sig1="+params)
	req.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(signature)+":")
}

func readKey(file string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the key file is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("the key is not an Ed25519 key")
	}
	return ed, nil
}

func report(text []byte) error {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	for _, r := range a.Answers {
		fmt.Printf("%d %s", r.Index, r.Status)
		if r.Receipt != nil {
			fmt.Printf(" position %d leaf %s", r.Receipt.Position, r.Receipt.Leaf)
		}
		fmt.Println()
		for _, p := range append(r.Defects, r.Problems...) {
			fmt.Printf("  %s %s %s\n", p.Rule, p.Field, p.EN)
		}
	}
	return nil
}
