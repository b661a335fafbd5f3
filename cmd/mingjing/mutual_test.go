package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certified writes a certificate and its key to files.
func certified(t *testing.T, dir, name string, parent *tls.Certificate) (one *tls.Certificate, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	above, by := c, private
	if parent == nil {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.ExtKeyUsage = true, true, x509.KeyUsageCertSign, nil
	} else {
		above, by = parent.Leaf, parent.PrivateKey.(*ecdsa.PrivateKey)
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, above, &private.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: raw}, key: {Type: "PRIVATE KEY", Bytes: text}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return &pair, cert, key
}

// The second listener answers only who shows a certificate of the authorities.
func TestMutualListener(t *testing.T) {
	dir := t.TempDir()
	ca, caFile, _ := certified(t, dir, "authority", nil)
	_, own, key := certified(t, dir, "server", ca)
	f := mutualFlags{Address: "127.0.0.1:0", Cert: own, Key: key, ClientCA: caFile}
	l, err := f.open(t.Context(), "mtls-")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{ReadHeaderTimeout: time.Second, ErrorLog: nil, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.VerifiedChains[0][0].Subject.CommonName)
	})}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	pool := x509.NewCertPool()
	pool.AddCert(ca.Leaf)
	ask := func(with ...tls.Certificate) (string, error) {
		transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: "localhost", Certificates: with}}
		defer transport.CloseIdleConnections()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+l.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		w, err := (&http.Client{Transport: transport}).Do(r)
		if err != nil {
			return "", err
		}
		defer w.Body.Close()
		text, err := io.ReadAll(w.Body)
		return string(text), err
	}
	auditor, _, _ := certified(t, dir, "auditor", ca)
	if said, err := ask(*auditor); err != nil || said != "auditor" {
		t.Errorf("with a certificate: %q, %v", said, err)
	}
	if said, err := ask(); err == nil {
		t.Errorf("without one: %q", said)
	}
	other, _, _ := certified(t, dir, "other", nil)
	forged, _, _ := certified(t, dir, "forged", other)
	if said, err := ask(*forged); err == nil {
		t.Errorf("with one of another authority: %q", said)
	}
	for name, bad := range map[string]mutualFlags{
		"no authority":     {Address: f.Address, Cert: own, Key: key},
		"an empty one":     {Address: f.Address, Cert: own, Key: key, ClientCA: key},
		"another's key":    {Address: f.Address, Cert: own, Key: strings.Replace(key, "server", "auditor", 1), ClientCA: caFile},
		"no such address":  {Address: "nowhere", Cert: own, Key: key, ClientCA: caFile},
		"without its cert": {Address: f.Address, Key: key, ClientCA: caFile},
	} {
		if l, err := bad.open(t.Context(), "mtls-"); err == nil {
			_ = l.Close()
			t.Errorf("%s: it listens", name)
		}
	}
	if l, err := (mutualFlags{}).open(t.Context(), "mtls-"); l != nil || err != nil {
		t.Errorf("nothing asked for: %v, %v", l, err)
	}
}

// The file of single sign-ons is its owner's alone, and its errors tell no secret.
func TestReadSSO(t *testing.T) {
	path := filepath.Join(t.TempDir(), ssoFile)
	if list, err := readSSO(path); list != nil || err != nil {
		t.Errorf("no file: %v, %v", list, err)
	}
	write := func(text string, mode os.FileMode) {
		t.Helper()
		_ = os.Remove(path)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	const good = "- {id: portal, name: 政务服务网, issuer: https://sso.example.gov.cn, client_id: mingjing, secret: hush-hush}\n"
	write(good, 0o600)
	list, err := readSSO(path)
	if err != nil || len(list) != 1 || list[0].Secret != "hush-hush" || list[0].Issuer != "https://sso.example.gov.cn" {
		t.Errorf("read: %+v, %v", list, err)
	}
	write(good, 0o644)
	if _, err := readSSO(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("open to others: %v", err)
	}
	for _, bad := range []string{
		strings.Replace(good, "https:", "http:", 1), strings.Replace(good, "portal", "The Portal", 1), strings.Replace(good, "client_id: mingjing, ", "", 1),
		strings.Replace(good, "secret:", "secrets:", 1), "secret: hush-hush",
	} {
		write(bad, 0o600)
		if _, err := readSSO(path); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
