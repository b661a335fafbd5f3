package signature

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
)

// Keys and messages of RFC 9421 appendix B.
const (
	rfcEd25519Private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n"
	rfcEd25519Public  = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n"
	rfcP256Public     = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\nw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n-----END PUBLIC KEY-----\n"
)

func rfcRequest() *Message {
	return &Message{
		Method: "POST", Scheme: "https", Authority: "example.com", Path: "/foo", Query: "param=Value&Pet=dog",
		Header: http.Header{
			"Date":           {"Tue, 20 Apr 2021 02:07:55 GMT"},
			"Content-Type":   {"application/json"},
			"Content-Digest": {"sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"},
			"Content-Length": {"18"},
		},
	}
}

// TestRFC9421Ed25519 is appendix B.2.6. Ed25519 is deterministic, so signing
// gives the RFC's own bytes.
func TestRFC9421Ed25519(t *testing.T) {
	const input = `sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
	const sig = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
	m := rfcRequest()
	m.Header.Set("Signature-Input", input)
	m.Header.Set("Signature", "sig-b26=:"+sig+":")
	in, got, err := Parse(m.Header)
	if err != nil {
		t.Fatal(err)
	}
	if "sig-b26="+in.Params != input {
		t.Errorf("strict form %q, want %q", in.Params, input)
	}
	base, err := Base(m, in)
	if err != nil {
		t.Fatal(err)
	}
	want := `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
	if string(base) != want {
		t.Errorf("base\n%s\nwant\n%s", base, want)
	}
	public, err := ParsePublicKey(Ed25519, rfcEd25519Public)
	if err != nil {
		t.Fatal(err)
	}
	if !public.Verify(base, got) {
		t.Error("the RFC's signature does not verify")
	}
	private, err := ParsePrivateKey(Ed25519, rfcEd25519Private)
	if err != nil {
		t.Fatal(err)
	}
	made, err := private.sign(base)
	if err != nil || base64.StdEncoding.EncodeToString(made) != sig {
		t.Errorf("signed %x (%v), want the RFC's bytes", made, err)
	}
	if err := CheckDigest(m.Header, []byte(`{"hello": "world"}`)); err != nil {
		t.Errorf("the RFC's sha-512 digest: %v", err)
	}
}

// TestRFC9421ECDSA is appendix B.2.4, a response signed with P-256.
func TestRFC9421ECDSA(t *testing.T) {
	m := &Message{Status: 200, Header: http.Header{
		"Content-Type":    {"application/json"},
		"Content-Digest":  {"sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:"},
		"Content-Length":  {"23"},
		"Signature-Input": {`sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"`},
		"Signature":       {"sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:"},
	}}
	in, sig, err := Parse(m.Header)
	if err != nil {
		t.Fatal(err)
	}
	base, err := Base(m, in)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePublicKey(ECDSAP256, rfcP256Public)
	if err != nil {
		t.Fatal(err)
	}
	if !key.Verify(base, sig) {
		t.Error("the RFC's signature does not verify")
	}
	sig[10] ^= 1
	if key.Verify(base, sig) {
		t.Error("a changed signature verifies")
	}
	if err := CheckDigest(m.Header, []byte(`{"message": "good dog"}`+"\n")); err == nil {
		t.Error("a digest of another body fits")
	}
	if err := CheckDigest(m.Header, []byte(`{"message": "good dog"}`)); err != nil {
		t.Errorf("the RFC's digest: %v", err)
	}
}

var signedAt = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func newRequest(t testing.TB, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://mingjing.example/exchange/v1/batches?a=1", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return r
}

func signedRequest(t testing.TB, alg Algorithm, body string) (*http.Request, PublicKey) {
	t.Helper()
	key, err := GenerateKey(alg, &counter{})
	if err != nil {
		t.Fatal(err)
	}
	r := newRequest(t, body)
	if err := (Signer{KeyID: "k1", Key: key}).Sign(r, []byte(body), signedAt, ""); err != nil {
		t.Fatal(err)
	}
	return r, key.Public()
}

func TestSignVerify(t *testing.T) {
	for _, alg := range Algorithms() {
		t.Run(string(alg), func(t *testing.T) {
			key, err := GenerateKey(alg, &counter{})
			if err != nil {
				t.Fatal(err)
			}
			// Keys survive their PEM forms.
			private, err := key.PrivatePEM()
			if err != nil {
				t.Fatal(err)
			}
			again, err := ParsePrivateKey(alg, private)
			if err != nil {
				t.Fatal(err)
			}
			public, err := again.PublicPEM()
			if err != nil {
				t.Fatal(err)
			}
			verifying, err := ParsePublicKey(alg, public)
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range Algorithms() {
				if _, err := ParsePublicKey(other, public); (err == nil) != (other == alg) {
					t.Errorf("a key for %s read as one for %s: %v", alg, other, err)
				}
			}
			r := newRequest(t, "{}")
			if err := (Signer{KeyID: "k1", Key: again}).Sign(r, []byte("{}"), signedAt, "n-1"); err != nil {
				t.Fatal(err)
			}
			m := Request(r, "http")
			v, err := Verify(&m, []byte("{}"), signedAt.Add(Window), func(id string) (PublicKey, bool) { return verifying, id == "k1" })
			if err != nil {
				t.Fatal(err)
			}
			if v.Input.Nonce != "n-1" || !verifying.Verify(v.Base, v.Signature) {
				t.Errorf("the evidence does not stand by itself: %+v", v.Input)
			}
		})
	}
}

// TestSM2DER: a signature in the ASN.1 form of GM/T 0009 is read too.
func TestSM2DER(t *testing.T) {
	key, err := GenerateKey(SM2SM3, &counter{})
	if err != nil {
		t.Fatal(err)
	}
	der, err := key.key.Sign(key.rand, []byte("base"), sm2.DefaultSM2SignerOpts)
	if err != nil {
		t.Fatal(err)
	}
	if !key.Public().Verify([]byte("base"), der) || key.Public().Verify([]byte("other"), der) {
		t.Error("the ASN.1 form is not verified")
	}
}

func TestVerifyRefuses(t *testing.T) {
	sum := sha512.Sum512([]byte("{}"))
	sha512OfBody := "sha-512=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	cases := []struct {
		name  string
		spoil func(r *http.Request)
		body  string
		at    time.Duration
		id    string
		want  Code
	}{
		{name: "unsigned", spoil: func(r *http.Request) { r.Header.Del("Signature") }, want: Unsigned},
		{name: "no input", spoil: func(r *http.Request) { r.Header.Del("Signature-Input") }, want: Unsigned},
		{name: "other body", body: "[]", want: Digest},
		{name: "no body", body: "-", want: Digest},
		{name: "other digest", spoil: func(r *http.Request) { r.Header.Set("Content-Digest", ContentDigest([]byte("[]"))) }, want: Digest},
		{name: "other algorithm of digest", spoil: func(r *http.Request) { r.Header.Set("Content-Digest", sha512OfBody) }, want: Rejected},
		{name: "unknown digest", spoil: func(r *http.Request) { r.Header.Set("Content-Digest", "md5=:AAAA:") }, want: Digest},
		{name: "digest added twice", spoil: func(r *http.Request) { r.Header.Add("Content-Digest", sha512OfBody) }, want: Rejected},
		{name: "type added twice", spoil: func(r *http.Request) { r.Header.Add("Content-Type", "application/xml") }, want: Rejected},
		{name: "other type", spoil: func(r *http.Request) { r.Header.Set("Content-Type", "application/xml") }, want: Rejected},
		{name: "other path", spoil: func(r *http.Request) { r.URL.Path = "/exchange/v1/validate" }, want: Rejected},
		{name: "other query", spoil: func(r *http.Request) { r.URL.RawQuery = "a=2" }, want: Rejected},
		{name: "other method", spoil: func(r *http.Request) { r.Method = "PUT" }, want: Rejected},
		{name: "other host", spoil: func(r *http.Request) { r.Host = "other.example" }, want: Rejected},
		{name: "platform added", spoil: func(r *http.Request) { r.Header.Set("Mingjing-Platform", "x") }, want: Uncovered},
		{name: "late", at: Window + time.Second, want: Untimely},
		{name: "early", at: -Window - time.Second, want: Untimely},
		{name: "unknown key", id: "k2", want: Rejected},
		{name: "two signatures", spoil: func(r *http.Request) { r.Header.Add("Signature-Input", `sig2=("@method");created=1`) }, want: Malformed},
		{name: "signature twice", spoil: func(r *http.Request) { r.Header.Add("Signature", "sig2=:AAAA:") }, want: Malformed},
		{name: "not a dictionary", spoil: func(r *http.Request) { r.Header.Set("Signature-Input", `=(`) }, want: Malformed},
		{name: "an item", spoil: func(r *http.Request) { r.Header.Set("Signature-Input", `sig1="x"`) }, want: Malformed},
		{name: "long", spoil: func(r *http.Request) { r.Header.Set("Signature-Input", strings.Repeat("a", maxHeader+1)) }, want: Malformed},
		{name: "component with parameter", spoil: replaceInput(`"@path"`, `"@path";req`), want: Malformed},
		{name: "component twice", spoil: replaceInput(`"@path"`, `"@path" "@path"`), want: Malformed},
		{name: "path not covered", spoil: replaceInput(`"@path" `, ``), want: Uncovered},
		{name: "query not covered", spoil: replaceInput(`"@query" `, ``), want: Uncovered},
		{name: "method not covered", spoil: replaceInput(`"@method" `, ``), want: Uncovered},
		{name: "digest not covered", spoil: replaceInput(`"content-digest" `, ``), want: Uncovered},
		{name: "type not covered", spoil: replaceInput(` "content-type"`, ``), want: Uncovered},
		{name: "no created", spoil: replaceInput(`;created=1772413200`, ``), want: Uncovered},
		{name: "other created", spoil: replaceInput(`;created=1772413200`, `;created=1772413201`), want: Rejected},
		{name: "expired", spoil: replaceInput(`;created=1772413200`, `;created=1772413200;expires=1772413200`), want: Untimely},
		{name: "created as text", spoil: replaceInput(`;created=1772413200`, `;created="1"`), want: Malformed},
		{name: "no alg", spoil: replaceInput(`;alg="ed25519"`, ``), want: Uncovered},
		{name: "no key id", spoil: replaceInput(`;keyid="k1"`, ``), want: Uncovered},
		{name: "hmac", spoil: replaceInput(`"ed25519"`, `"hmac-sha256"`), want: Malformed},
		{name: "algorithm of another key", spoil: replaceInput(`"ed25519"`, `"sm2-sm3"`), want: Rejected},
		{name: "unknown component", spoil: replaceInput(`"@path"`, `"@path" "@fragment"`), want: Malformed},
		{name: "absent header covered", spoil: replaceInput(`"@path"`, `"@path" "x-absent"`), want: Malformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, public := signedRequest(t, Ed25519, "{}")
			if c.spoil != nil {
				c.spoil(r)
			}
			body, id := c.body, c.id
			switch body {
			case "":
				body = "{}"
			case "-":
				body = ""
			}
			if id == "" {
				id = "k1"
			}
			m := Request(r, "http")
			_, err := Verify(&m, []byte(body), signedAt.Add(c.at), func(string) (PublicKey, bool) { return public, id == "k1" })
			var e *Error
			if !errors.As(err, &e) || e.Code != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestUnknownKeySaysNoMore: an unknown key and a wrong signature read the same.
func TestUnknownKeySaysNoMore(t *testing.T) {
	r, public := signedRequest(t, Ed25519, "{}")
	m := Request(r, "http")
	_, unknown := Verify(&m, []byte("{}"), signedAt, func(string) (PublicKey, bool) { return PublicKey{}, false })
	other, err := GenerateKey(Ed25519, bytes.NewReader(bytes.Repeat([]byte{9}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	_, wrong := Verify(&m, []byte("{}"), signedAt, func(string) (PublicKey, bool) { return other.Public(), true })
	if unknown == nil || wrong == nil || unknown.Error() != wrong.Error() {
		t.Errorf("unknown key %v, wrong signature %v", unknown, wrong)
	}
	if _, err := Verify(&m, []byte("{}"), signedAt, func(string) (PublicKey, bool) { return public, true }); err != nil {
		t.Errorf("the right key: %v", err)
	}
}

func replaceInput(from, to string) func(*http.Request) {
	return func(r *http.Request) {
		v := r.Header.Get("Signature-Input")
		if !strings.Contains(v, from) {
			panic("test: " + v + " has no " + from)
		}
		r.Header.Set("Signature-Input", strings.Replace(v, from, to, 1))
	}
}

// FuzzVerify: whatever the headers hold, nothing but the signer's own text is taken.
func FuzzVerify(f *testing.F) {
	r, public := signedRequest(f, Ed25519, "{}")
	f.Add(r.Header.Get("Signature-Input"), r.Header.Get("Signature"), r.Header.Get("Content-Digest"))
	f.Add(`sig-b26=("date" "@method";sf);created=1`, `sig-b26=:wqcA:`, `sha-512=:AA==:`)
	f.Fuzz(func(t *testing.T, input, sig, digest string) {
		q := newRequest(t, "{}")
		q.Header.Set("Signature-Input", input)
		q.Header.Set("Signature", sig)
		q.Header.Set("Content-Digest", digest)
		m := Request(q, "http")
		v, err := Verify(&m, []byte("{}"), signedAt, func(string) (PublicKey, bool) { return public, true })
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("an error of another type: %v", err)
			}
			return
		}
		if v.Input.Params != strings.TrimPrefix(r.Header.Get("Signature-Input"), "sig1=") {
			t.Fatalf("accepted what was never signed: %s", v.Input.Params)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	body := strings.Repeat("x", 300_000)
	for _, alg := range Algorithms() {
		b.Run(string(alg), func(b *testing.B) {
			r, public := signedRequest(b, alg, body)
			m := Request(r, "http")
			for b.Loop() {
				if _, err := Verify(&m, []byte(body), signedAt, func(string) (PublicKey, bool) { return public, true }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var _ io.Reader = (*counter)(nil)
