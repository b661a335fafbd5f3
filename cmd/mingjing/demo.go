package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/province"
)

type demoCmd struct {
	dataFlags
	serveFlags
	Seed    int64 `default:"1" help:"Same seed and start, same records."`
	Dockets int   `default:"50" help:"How many dockets the simulated systems send."`
}

// demoSettings tells D01 which machine is the simulated trading centre's own.
const demoSettings = `# Written by the demonstration: the machine of the simulated trading centres' own upload desk.
settings:
  - id: demo-centre-machine
    date: 2026-01-01
    indicator: D01
    class: construction
    source: demonstration
    own_machines:
      - {cpu: %s, mac: %s, disk: %s, note: simulated trading centre}
`

// Run starts the platform on the given data folder and sends dockets through
// the real door while it runs.
func (c *demoCmd) Run(ctx context.Context) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	m := province.CentreMachine
	settings := filepath.Join(c.Data, settingsFile)
	if _, err := os.Stat(settings); errors.Is(err, os.ErrNotExist) {
		if err := os.WriteFile(settings, fmt.Appendf(nil, demoSettings, m.CPU, m.MAC, m.Disk), 0o600); err != nil {
			return err
		}
	}
	c.PublicEvery = time.Second
	log := c.logger()
	if !c.Verbose {
		log = slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})) // what people read here is the accounts
	}
	h, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	h.demo = true
	systems := province.Systems(c.Seed)
	if err := h.registerDemo(ctx, systems); err != nil {
		return errors.Join(err, h.close())
	}
	err = h.serve(ctx, c.serveFlags, func(url string) {
		if err := c.fill(ctx, h, url, systems); err != nil && ctx.Err() == nil {
			h.log.Error("the demonstration stopped sending", "error", err)
		}
	})
	return errors.Join(err, h.close())
}

// registerDemo registers the simulated systems; their older records are
// history, by a dated window.
func (h *house) registerDemo(ctx context.Context, systems []province.System) error {
	now := time.Now()
	registry := h.registry(time.Now)
	for _, sys := range systems {
		key, err := signature.NewPrivateKey(signature.Ed25519, sys.Key)
		if err != nil {
			return err
		}
		pem, err := key.PublicPEM()
		if err != nil {
			return err
		}
		src := exchange.Source{
			Name: sys.Name, Kind: sys.Kind, Region: sys.Region, Platforms: []string{sys.Platform}, State: exchange.Active,
			Standards:     []exchange.Standard{{Version: "2.0", From: now.AddDate(-10, 0, 0)}, {Version: "FJ", From: now.AddDate(-10, 0, 0)}},
			Keys:          []exchange.Key{{ID: sys.KeyID(), Algorithm: signature.Ed25519, PublicPEM: pem, From: now.Add(-signature.Window)}},
			HistoryWindow: &exchange.HistoryWindow{From: now.AddDate(-2, 0, 0), To: now.Add(-province.HistoryBefore), GrantedUntil: now.AddDate(0, 0, 1)},
			RateLimit:     exchange.RateLimit{PerSecond: 1000, Burst: 1000},
		}
		if err := h.register(ctx, registry, src, ledger.Author{Kind: "person", ID: "office/demonstration"}, now); err != nil {
			return err
		}
	}
	return nil
}

// fill prints the accounts and where to look, then sends the dockets.
func (c *demoCmd) fill(ctx context.Context, h *house, url string, systems []province.System) error {
	if err := c.accounts(ctx, h, url); err != nil {
		return err
	}
	list, _ := province.Generate(c.Seed, c.Dockets, time.Now())
	start := time.Now()
	refused, err := province.Send(ctx, url, systems, list, func(sent, bad int) {
		fmt.Printf("\rsent %d of %d records, %d refused", sent, len(list), bad)
	})
	if err != nil {
		return err
	}
	fmt.Printf("\n%d dockets, %d records, %d refused, in %.1f s. Everything shown is invented.\n", c.Dockets, len(list), refused, time.Since(start).Seconds())
	return nil
}

func (c *demoCmd) accounts(ctx context.Context, h *house, url string) error {
	fmt.Printf("\n  look     %s/\n  dockets  %s/api/v1/dockets\n  API      %s/docs\n  verify   bin/mingjing verify --url %s\n           bin/mingjing verify --data %s --deep\n\n", url, url, url, url, c.Data)
	for _, r := range []disclose.Reader{
		{Audience: disclose.Auditor, ID: "demo-audit-office"},
		{Audience: disclose.Supervisor, ID: "demo-luoyang-supervisor", Regions: []string{"4103"}},
		{Audience: disclose.Administrator, ID: "demo-administrator"},
	} {
		token, err := h.issue(ctx, identity.Grant{Name: r.ID, Reader: r, Expires: time.Now().AddDate(0, 0, 7)})
		if err != nil {
			return err
		}
		fmt.Printf("  token    %s  (%s)\n", token, r.ID)
	}
	fmt.Println()
	return nil
}
