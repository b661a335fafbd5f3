package identity

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"mingjing/internal/store"
)

// certificateName is by what a certificate is known: its issuer and subject as
// they are signed, so that a renewed one is the same.
func (a *Accounts) certificateName(c *x509.Certificate) string {
	return a.cfg.Keys.PrivateName("client certificate", append(append([]byte(nil), c.RawIssuer...), c.RawSubject...))
}

// BindCertificate binds the subject of a client certificate (PEM) to a person:
// who shows one of that issuer and subject, which the listener has checked
// against the operator's authorities, may sign in as them. Only the certificate
// is read, never a key. Errors: ErrNotYours, ErrProof, ErrBinding,
// store.ErrNotFound.
func (a *Accounts) BindCertificate(ctx context.Context, by By, person, text string) error {
	if _, err := a.may(ctx, by, ActBind, person); err != nil {
		return err
	}
	c, err := readCertificate(text)
	if err != nil {
		return err
	}
	return a.bind(ctx, by, store.CredentialRow{Person: person, Kind: KindCertificate, Name: a.certificateName(c), Label: labelOf(c)})
}

func readCertificate(text string) (*x509.Certificate, error) {
	fail := func() error {
		return fmt.Errorf("%w: give one certificate in PEM, without its key / 请提供一个 PEM 格式的证书，不要包含私钥", ErrBinding)
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		return nil, fail()
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil || len(c.RawSubject) < 3 || c.Subject.String() == "" { // 30 00: an empty name is everybody's
		return nil, fail()
	}
	return c, nil
}

func labelOf(c *x509.Certificate) string {
	label := []rune(strings.ToValidUTF8(strings.ReplaceAll(c.Subject.String(), "\x00", ""), ""))
	return string(label[:min(len(label), 200)])
}

// SignInCertificate begins a session for who showed a client certificate that
// the listener has verified. It stands for the password alone. Errors:
// ErrRefused, *TooMany.
func (a *Accounts) SignInCertificate(ctx context.Context, c *x509.Certificate, v Visit) (cookie string, _ Identity, err error) {
	now := a.cfg.Clock()
	if c == nil {
		return "", Identity{}, ErrRefused
	}
	name := a.certificateName(c)
	if err := a.limits.take(v.IP, name, now); err != nil {
		return "", Identity{}, err
	}
	row, err := a.cfg.Store.CredentialNamed(ctx, KindCertificate, name)
	if err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	if row == nil {
		return "", Identity{}, ErrRefused
	}
	p, err := a.cfg.Store.Person(ctx, row.Person)
	if err != nil {
		return "", Identity{}, fmt.Errorf("identity: %w", err)
	}
	if p == nil {
		return "", Identity{}, ErrRefused
	}
	return a.beginBound(ctx, p, v, now)
}

// HoldsCertificate reports whether a client certificate that the listener has
// verified is bound to this person.
func (a *Accounts) HoldsCertificate(ctx context.Context, person string, c *x509.Certificate) (bool, error) {
	if c == nil || person == "" {
		return false, nil
	}
	row, err := a.cfg.Store.CredentialNamed(ctx, KindCertificate, a.certificateName(c))
	if err != nil {
		return false, fmt.Errorf("identity: %w", err)
	}
	return row != nil && row.Person == person, nil
}
