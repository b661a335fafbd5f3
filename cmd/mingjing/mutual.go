package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
)

// mutualFlags are a second listener, which asks every client for a certificate:
// for auditors, and for trading systems that are bound to one.
type mutualFlags struct {
	Address  string `name:"mtls-listen" placeholder:"HOST:PORT" env:"MINGJING_MTLS_LISTEN" help:"Listen here too, with TLS, for clients that show a certificate of --mtls-client-ca."`
	Cert     string `name:"mtls-cert" type:"existingfile" placeholder:"PEM" env:"MINGJING_MTLS_CERT" help:"Certificate of that listener, with its chain."`
	Key      string `name:"mtls-key" type:"existingfile" placeholder:"PEM" env:"MINGJING_MTLS_KEY" help:"Its key."`
	ClientCA string `name:"mtls-client-ca" type:"existingfile" placeholder:"PEM" env:"MINGJING_MTLS_CLIENT_CA" help:"Authorities whose certificates are taken from clients."`
}

// mutual opens the listener, nil when none is asked for.
func (f mutualFlags) mutual(ctx context.Context) (net.Listener, error) {
	if f.Address == "" {
		return nil, nil
	}
	if f.Cert == "" || f.Key == "" || f.ClientCA == "" {
		return nil, fmt.Errorf("--mtls-listen %s: give --mtls-cert, --mtls-key and --mtls-client-ca too", f.Address)
	}
	own, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, fmt.Errorf("--mtls-cert: %w", err)
	}
	text, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--mtls-client-ca %s: no certificate in it", f.ClientCA)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Address)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}), nil
}
