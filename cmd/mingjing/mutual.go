package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
)

// mutualFlags are a second listener, which asks every client for a certificate,
// for people and trading systems that are bound to one.
type mutualFlags struct {
	Address  string `name:"listen" placeholder:"HOST:PORT" env:"LISTEN" help:"Listen here too, with TLS, for clients that show a certificate of the authorities."`
	Cert     string `name:"cert" type:"existingfile" placeholder:"PEM" env:"CERT" help:"Certificate of that listener, with its chain."`
	Key      string `name:"key" type:"existingfile" placeholder:"PEM" env:"KEY" help:"Its key."`
	ClientCA string `name:"client-ca" type:"existingfile" placeholder:"PEM" env:"CLIENT_CA" help:"Authorities whose certificates are taken from clients."`
}

// open opens the listener, nil when none is asked for. prefix is that of its flags.
func (f mutualFlags) open(ctx context.Context, prefix string) (net.Listener, error) {
	if f.Address == "" {
		return nil, nil
	}
	if f.Cert == "" || f.Key == "" || f.ClientCA == "" {
		return nil, fmt.Errorf("--%[1]slisten %[2]s: give --%[1]scert, --%[1]skey and --%[1]sclient-ca too", prefix, f.Address)
	}
	own, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, fmt.Errorf("--%scert: %w", prefix, err)
	}
	text, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--%sclient-ca %s: no certificate in it", prefix, f.ClientCA)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Address)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}), nil
}
