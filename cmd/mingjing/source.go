package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/ledger"
	"mingjing/internal/standard"
)

type sourceCmd struct {
	Add  sourceAddCmd  `cmd:"" help:"Register a trading system, or change its registration; the act is logged."`
	List sourceListCmd `cmd:"" help:"List the registered trading systems."`
}

type sourceAddCmd struct {
	dataFlags
	Name       string   `required:"" help:"Short unique name: a-z, 0-9, '.', '_', '-'."`
	Kind       string   `default:"city" help:"province, city, county, enterprise, property."`
	Region     string   `default:"410000" help:"GB/T 2260 code."`
	Platform   []string `required:"" help:"Platform codes whose records it owns."`
	Key        string   `type:"existingfile" placeholder:"PEM" help:"File with its public key."`
	KeyID      string   `help:"Id of the key; default NAME-1."`
	Algorithm  string   `default:"ed25519" enum:"ed25519,ecdsa-p256-sha256,sm2-sm3" help:"ed25519, ecdsa-p256-sha256 or sm2-sm3."`
	Standard   []string `default:"2.0,FJ" help:"Versions of the data standard it sends by."`
	EndKey     string   `placeholder:"ID" help:"End this key now; two may be in force at once."`
	History    string   `placeholder:"FROM/TO" help:"Dated history window, such as 2014-01-01/2018-06-30: timeliness rules do not apply to it."`
	Rate       float64  `help:"Requests a second; 0 is the door's default."`
	ClientCert string   `name:"client-cert" placeholder:"PEM" help:"File with the client certificate that it must show at --mtls-listen besides its signature; its issuer and subject count. 'none' takes the binding away."`
	Pause      bool     `help:"Register as paused."`
}

// standardBegins is the year in which the national data standard was issued.
var standardBegins = time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)

func (c *sourceAddCmd) Run(ctx context.Context) error {
	return c.use(ctx, func(h *house) error {
		now := time.Now()
		src := exchange.Source{
			Name: c.Name, Kind: c.Kind, Region: c.Region, Platforms: c.Platform, State: exchange.Active,
			RateLimit: exchange.RateLimit{PerSecond: c.Rate, Burst: int(c.Rate)},
		}
		for _, v := range c.Standard {
			src.Standards = append(src.Standards, exchange.Standard{Version: v, From: standardBegins})
		}
		if c.Pause {
			src.State = exchange.Paused
		}
		registry := h.registry(time.Now)
		if old, err := registry.Source(ctx, c.Name); err == nil {
			src.Keys, src.Certificate = old.Keys, old.Certificate
		} else if !errors.Is(err, exchange.ErrNoSource) {
			return err
		}
		if c.EndKey != "" {
			i := slices.IndexFunc(src.Keys, func(k exchange.Key) bool { return k.ID == c.EndKey })
			if i < 0 {
				return fmt.Errorf("source %s has no key %q: `mingjing source list` shows its keys", c.Name, c.EndKey)
			}
			src.Keys[i].To = now // kept, so that what it signed can still be verified
		}
		if c.Key != "" {
			public, err := os.ReadFile(c.Key)
			if err != nil {
				return err
			}
			id := c.KeyID
			if id == "" {
				id = fmt.Sprintf("%s-%d", c.Name, len(src.Keys)+1)
			}
			src.Keys = append(src.Keys, exchange.Key{ID: id, Algorithm: signature.Algorithm(c.Algorithm), PublicPEM: string(public), From: now.Add(-signature.Window)})
		}
		switch c.ClientCert {
		case "":
		case "none":
			src.Certificate = ""
		default:
			text, err := os.ReadFile(c.ClientCert)
			if err != nil {
				return err
			}
			block, _ := pem.Decode(text)
			if block == nil || block.Type != "CERTIFICATE" {
				return fmt.Errorf("--client-cert %s: no certificate in PEM", c.ClientCert)
			}
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return fmt.Errorf("--client-cert %s: %w", c.ClientCert, err)
			}
			src.Certificate = exchange.CertificateID(cert)
		}
		if c.History != "" {
			var err error
			if src.HistoryWindow, err = parseWindow(c.History, now); err != nil {
				return err
			}
		}
		return h.register(ctx, registry, src, ledger.Author{Kind: "person", ID: "office/command-line"}, now)
	})
}

func parseWindow(s string, now time.Time) (*exchange.HistoryWindow, error) {
	a, b, ok := strings.Cut(s, "/")
	from, err1 := time.ParseInLocation(time.DateOnly, a, now.Location())
	to, err2 := time.ParseInLocation(time.DateOnly, b, now.Location())
	if !ok || err1 != nil || err2 != nil {
		return nil, fmt.Errorf("history window %q: write FROM/TO, such as 2014-01-01/2018-06-30", s)
	}
	return &exchange.HistoryWindow{From: from, To: to.AddDate(0, 0, 1), GrantedUntil: now.AddDate(0, 1, 0)}, nil
}

// register keeps a source and appends the act to the log.
func (h *house) register(ctx context.Context, registry *exchange.Registry, src exchange.Source, by ledger.Author, now time.Time) error {
	if err := registry.Register(ctx, src); err != nil {
		return err
	}
	body, err := json.Marshal(src)
	if err != nil {
		return err
	}
	_, err = h.ledger.Append(ctx, ledger.Submission{Author: by, Drafts: []ledger.Draft{{Record: standard.Record{
		Origin: "mingjing", Dataset: "source", Op: standard.Update, Key: src.Name, Revision: strconv.FormatInt(now.UnixMilli(), 10),
		Fields: map[string]string{"NAME": src.Name, "ACT": "register", "KIND": src.Kind, "REGION": src.Region, "PLATFORMS": strings.Join(src.Platforms, ";"), "BODY": string(body)},
	}}}})
	return err
}

func (h *house) registry(clock func() time.Time) *exchange.Registry {
	return &exchange.Registry{Store: h.db, Clock: clock, Sandbox: h.kind == sandboxHouse}
}

type sourceListCmd struct {
	dataFlags
}

func (c *sourceListCmd) Run(ctx context.Context) error {
	return c.read(ctx, func(h *house) error {
		list, err := h.registry(time.Now).List(ctx)
		if err != nil {
			return err
		}
		for _, s := range list {
			line, err := json.Marshal(s)
			if err != nil {
				return err
			}
			fmt.Println(string(line))
		}
		return nil
	})
}
