package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Algorithm is the name of a signature algorithm as the parameter "alg" says it.
type Algorithm string

// The algorithms. The first two are registered by RFC 9421 section 3.3; the
// third is ours: SM2 (GB/T 32918.2) over SM3 with the default user id
// 1234567812345678 (GB/T 35276). P-256 and SM2 signatures are r‖s, 64 bytes;
// for SM2 the ASN.1 form of GM/T 0009 is read too.
const (
	Ed25519   Algorithm = "ed25519"
	ECDSAP256 Algorithm = "ecdsa-p256-sha256"
	SM2SM3    Algorithm = "sm2-sm3"
)

// Algorithms lists the names that are accepted.
func Algorithms() []Algorithm { return []Algorithm{Ed25519, ECDSAP256, SM2SM3} }

// PublicKey is a key that signatures are verified with.
type PublicKey struct {
	Algorithm Algorithm
	ed        ed25519.PublicKey
	ec        *ecdsa.PublicKey
}

// ParsePublicKey reads a PEM "PUBLIC KEY" (SubjectPublicKeyInfo) for the
// algorithm, and refuses a key of another kind.
func ParsePublicKey(alg Algorithm, text string) (PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" {
		return PublicKey{}, errors.New(`key: no PEM block "PUBLIC KEY" found; export the public key as SubjectPublicKeyInfo`)
	}
	key, err := smx509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return PublicKey{}, fmt.Errorf("key: %w", err)
	}
	return publicKey(alg, key)
}

func publicKey(alg Algorithm, key any) (PublicKey, error) {
	mismatch := fmt.Errorf("key: a %T is not a key for %q", key, alg)
	switch alg {
	case Ed25519:
		k, ok := key.(ed25519.PublicKey)
		if !ok {
			return PublicKey{}, mismatch
		}
		return PublicKey{Algorithm: alg, ed: k}, nil
	case ECDSAP256:
		k, ok := key.(*ecdsa.PublicKey)
		if !ok || k.Curve != elliptic.P256() {
			return PublicKey{}, mismatch
		}
		return PublicKey{Algorithm: alg, ec: k}, nil
	case SM2SM3:
		k, ok := key.(*ecdsa.PublicKey)
		if !ok || k.Curve != sm2.P256() {
			return PublicKey{}, mismatch
		}
		return PublicKey{Algorithm: alg, ec: k}, nil
	}
	return PublicKey{}, fmt.Errorf("key: algorithm %q is not one of %v", alg, Algorithms())
}

// Verify says whether sig is this key's signature of base.
func (k PublicKey) Verify(base, sig []byte) bool {
	switch k.Algorithm {
	case Ed25519:
		return len(k.ed) == ed25519.PublicKeySize && ed25519.Verify(k.ed, base, sig)
	case ECDSAP256:
		r, s, ok := split(sig)
		digest := sha256.Sum256(base)
		return ok && ecdsa.Verify(k.ec, digest[:], r, s)
	case SM2SM3:
		if r, s, ok := split(sig); ok {
			der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
			if err == nil && sm2.VerifyASN1WithSM2(k.ec, nil, base, der) {
				return true
			}
		}
		return sm2.VerifyASN1WithSM2(k.ec, nil, base, sig)
	}
	return false
}

func split(sig []byte) (r, s *big.Int, ok bool) {
	if len(sig) != 64 {
		return nil, nil, false
	}
	return new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]), true
}

// PrivateKey signs. It is held by clients only.
type PrivateKey struct {
	Algorithm Algorithm
	key       crypto.Signer
	rand      io.Reader
}

// ParsePrivateKey reads a PEM "PRIVATE KEY" (PKCS #8).
func ParsePrivateKey(alg Algorithm, text string) (PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "PRIVATE KEY" {
		return PrivateKey{}, errors.New(`key: no PEM block "PRIVATE KEY" found; export the private key as PKCS #8`)
	}
	key, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return PrivateKey{}, fmt.Errorf("key: a %T cannot sign", key)
	}
	return NewPrivateKey(alg, signer)
}

// NewPrivateKey takes a key made elsewhere: ed25519.PrivateKey,
// *ecdsa.PrivateKey on P-256, or *sm2.PrivateKey.
func NewPrivateKey(alg Algorithm, signer crypto.Signer) (PrivateKey, error) {
	if _, err := publicKey(alg, signer.Public()); err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{Algorithm: alg, key: signer, rand: rand.Reader}, nil
}

// GenerateKey makes a key pair from random; for Ed25519 the same 32 bytes of
// random give the same key, which recorded examples rely on.
func GenerateKey(alg Algorithm, random io.Reader) (PrivateKey, error) {
	var signer crypto.Signer
	var err error
	switch alg {
	case Ed25519:
		seed := make([]byte, ed25519.SeedSize)
		if _, err = io.ReadFull(random, seed); err == nil {
			signer = ed25519.NewKeyFromSeed(seed)
		}
	case ECDSAP256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), random)
	case SM2SM3:
		signer, err = sm2.GenerateKey(random)
	default:
		err = fmt.Errorf("algorithm %q is not one of %v", alg, Algorithms())
	}
	if err != nil {
		return PrivateKey{}, fmt.Errorf("make a key: %w", err)
	}
	return NewPrivateKey(alg, signer)
}

// Public returns the verifying half.
func (k PrivateKey) Public() PublicKey {
	p, _ := publicKey(k.Algorithm, k.key.Public()) // checked when k was made
	return p
}

// PublicPEM returns the verifying half as PEM SubjectPublicKeyInfo: what a
// source hands to the office.
func (k PrivateKey) PublicPEM() (string, error) {
	der, err := smx509.MarshalPKIXPublicKey(k.key.Public())
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// PrivatePEM returns the key as PEM PKCS #8. Keep it where only the sender reads it.
func (k PrivateKey) PrivatePEM() (string, error) {
	var der []byte
	var err error
	if k.Algorithm == SM2SM3 {
		der, err = smx509.MarshalPKCS8PrivateKey(k.key)
	} else {
		der, err = x509.MarshalPKCS8PrivateKey(k.key)
	}
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

func (k PrivateKey) sign(base []byte) ([]byte, error) {
	switch k.Algorithm {
	case Ed25519:
		return k.key.Sign(k.rand, base, crypto.Hash(0))
	case ECDSAP256:
		digest := sha256.Sum256(base)
		der, err := k.key.Sign(k.rand, digest[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return join(der)
	default:
		der, err := k.key.Sign(k.rand, base, sm2.DefaultSM2SignerOpts)
		if err != nil {
			return nil, err
		}
		return join(der)
	}
}

// join turns an ASN.1 signature into r‖s.
func join(der []byte) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	out := make([]byte, 64)
	sig.R.FillBytes(out[:32])
	sig.S.FillBytes(out[32:])
	return out, nil
}
