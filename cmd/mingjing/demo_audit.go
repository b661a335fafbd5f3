package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"mingjing/internal/identity"
)

// auditFolder holds the demonstration's certificates of the auditors' port: of
// its authority, its server and its one auditor.
const auditFolder = "audit-port"

// auditCards makes the certificates of the auditors' port where one is asked for
// without any.
func (c *demoCmd) auditCards() error {
	if c.Audit.Address == "" || c.Audit.Cert != "" {
		return nil
	}
	dir := filepath.Join(c.Data, auditFolder)
	at := func(name string) string { return filepath.Join(dir, name) }
	c.Audit.Cert, c.Audit.Key, c.Audit.ClientCA = at("server.pem"), at("server.key"), at("authority.pem")
	if _, err := os.Stat(at("audit.key")); err == nil { // the last that is written
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(c.Audit.Address)
	if err != nil {
		return err
	}
	var above *x509.Certificate
	var by *ecdsa.PrivateKey
	for _, one := range []struct{ file, name string }{{"authority", "Mingjing demonstration authority"}, {"server", "Mingjing demonstration"}, {"audit", "沈计"}} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
		if err != nil {
			return err
		}
		card := &x509.Certificate{
			SerialNumber: serial, Subject: pkix.Name{CommonName: one.name, Organization: []string{"Mingjing demonstration"}}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, BasicConstraintsValid: true,
		}
		switch one.file {
		case "authority":
			card.IsCA, card.KeyUsage, card.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
			above, by = card, key
		case "server":
			card.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			card.DNSNames = []string{"localhost"}
			if ip := net.ParseIP(host); ip != nil {
				card.IPAddresses = []net.IP{ip}
			} else {
				card.DNSNames = append(card.DNSNames, host)
			}
		}
		raw, err := x509.CreateCertificate(rand.Reader, card, above, &key.PublicKey, by)
		if err != nil {
			return err
		}
		secret, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		err = errors.Join(
			os.WriteFile(at(one.file+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600),
			os.WriteFile(at(one.file+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
		if err != nil {
			return err
		}
		if one.file == "authority" {
			if above, err = x509.ParseCertificate(raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// bindAuditor binds the demonstration's certificate to its auditor.
func (c *demoCmd) bindAuditor(ctx context.Context, a *identity.Accounts) error {
	text, err := os.ReadFile(filepath.Join(c.Data, auditFolder, "audit.pem"))
	if errors.Is(err, os.ErrNotExist) || c.Audit.Address == "" {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := a.PersonNamed(ctx, "audit")
	if err != nil || len(p.Bindings) > 0 {
		return err
	}
	return a.BindCertificate(ctx, identity.By{Desk: "demonstration"}, p.ID, string(text))
}
