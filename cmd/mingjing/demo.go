package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
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
	Seed    int64        `default:"1" help:"Same seed and start, same records."`
	Dockets int          `default:"3000" help:"How many transactions the province has had."`
	Months  int          `default:"24" help:"In how many months before now; at least 8."`
	in      atomic.Int64 // dockets of the history that are in
	Pace    int          `default:"1440" help:"How many further transactions a day come to life when history is in; 0: none."`
}

// truthFile holds what is planted in the demonstration, in its data folder.
const truthFile = "truth.json"

// A demoTruth is what the truth file says.
type demoTruth struct {
	Seed    int64           `json:"seed"`
	Dockets int             `json:"dockets"`
	Months  int             `json:"months"`
	Start   time.Time       `json:"start"` // the same start gives the same records
	Cases   []province.Case `json:"cases"` // what each indicator should say; of what is not listed nothing should fire
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
	if err := c.auditCards(); err != nil {
		return err
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
	p, err := c.province()
	if err != nil {
		return errors.Join(err, h.close())
	}
	if err := h.registerDemo(ctx, p, p.Now); err != nil {
		return errors.Join(err, h.close())
	}
	h.progress = func() (in, of int) { return int(c.in.Load()), p.Dockets }
	err = h.serve(ctx, c.serveFlags, func(url string) {
		if err := c.fill(ctx, h, url, p); err != nil && ctx.Err() == nil {
			h.log.Error("the demonstration stopped sending", "error", err)
		}
	})
	return errors.Join(err, h.close())
}

// province makes the province that the data folder holds, or a new one, and
// leaves word of it in the truth file: who starts again sees the same.
func (c *demoCmd) province() (*province.Province, error) {
	if c.Dockets < 1 || c.Months < province.LeastMonths || c.Pace < 0 {
		return nil, fmt.Errorf("demo: give --dockets of at least 1, --months of at least %d and a --pace that is not negative", province.LeastMonths)
	}
	path := filepath.Join(c.Data, truthFile)
	old := demoTruth{}
	switch text, err := os.ReadFile(path); {
	case err == nil:
		if err := json.Unmarshal(text, &old); err != nil {
			return nil, fmt.Errorf("demo: %s: %w; give another --data", path, err)
		}
		if old.Seed != c.Seed || old.Dockets != c.Dockets || old.Months != c.Months {
			return nil, fmt.Errorf("demo: %s holds the province of --seed %d --dockets %d --months %d; give these, or another --data", c.Data, old.Seed, old.Dockets, old.Months)
		}
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	default:
		old.Start = time.Now().Truncate(time.Second)
	}
	p := province.New(province.Options{Seed: c.Seed, Dockets: c.Dockets, Months: c.Months, Now: old.Start})
	text, err := json.MarshalIndent(demoTruth{Seed: c.Seed, Dockets: c.Dockets, Months: c.Months, Start: old.Start, Cases: p.Truth()}, "", " ")
	if err != nil {
		return nil, err
	}
	return p, os.WriteFile(path, append(text, '\n'), 0o600)
}

// registerDemo registers the simulated systems; their older records are
// history, by a dated window.
func (h *house) registerDemo(ctx context.Context, p *province.Province, until time.Time) error {
	now := time.Now()
	registry := h.registry(time.Now)
	for i, sys := range p.Systems {
		key, err := signature.NewPrivateKey(signature.Ed25519, sys.Key)
		if err != nil {
			return err
		}
		pem, err := key.PublicPEM()
		if err != nil {
			return err
		}
		from, to := p.Window(i)
		if until.After(p.Now) {
			to = until
		}
		src := exchange.Source{
			Name: sys.Name, Kind: sys.Kind, Region: sys.Region, Platforms: []string{sys.Platform}, State: exchange.Active,
			Standards:     []exchange.Standard{{Version: "2.0", From: now.AddDate(-10, 0, 0)}, {Version: "FJ", From: now.AddDate(-10, 0, 0)}, {Version: "MJ", From: now.AddDate(-10, 0, 0)}},
			Keys:          []exchange.Key{{ID: sys.KeyID(), Algorithm: signature.Ed25519, PublicPEM: pem, From: now.Add(-signature.Window)}},
			HistoryWindow: &exchange.HistoryWindow{From: from, To: to, GrantedUntil: now.AddDate(0, 0, 2)},
			RateLimit:     exchange.RateLimit{PerSecond: 1000, Burst: 1000},
		}
		if err := h.register(ctx, registry, src, ledger.Author{Kind: "person", ID: "office/demonstration"}, now); err != nil {
			return err
		}
	}
	return nil
}

// fill prints the accounts and where to look, sends the history, the youngest
// dockets first, and then lets the province live on.
func (c *demoCmd) fill(ctx context.Context, h *house, url string, p *province.Province) error {
	if err := c.accounts(ctx, h, url, p); err != nil {
		return err
	}
	sender, err := province.NewSender(url, p.Systems)
	if err != nil {
		return err
	}
	start, told := time.Now(), time.Time{}
	err = sender.SendHistory(ctx, p.History(), p.Now, func(dockets int) {
		c.in.Store(int64(dockets))
		if time.Since(told) < 200*time.Millisecond {
			return
		}
		told = time.Now()
		n := sender.Count()
		fmt.Printf("\rhistory: %d of %d dockets, %d records sent, %d refused", dockets, p.Dockets, n.Sent, n.Refused)
	})
	if err != nil {
		return err
	}
	if err := errors.Join(sender.Add(ctx, p.Registers()), sender.Flush(ctx)); err != nil { // what people look at came first
		return err
	}
	n := sender.Count()
	fmt.Printf("\n%d dockets, %d records, %d refused, in %.1f s. Everything shown is invented; what is planted stands in %s.\n",
		p.Dockets, n.Sent, n.Refused, time.Since(start).Seconds(), filepath.Join(c.Data, truthFile))
	go c.folded(ctx, h, start)
	return c.live(ctx, h, p, sender)
}

// folded says when the worker has caught up with the history, and has the first
// edition of the peers' statistics made.
func (c *demoCmd) folded(ctx context.Context, h *house, start time.Time) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if left, err := h.db.Backlog(ctx); err == nil && left.Codes == 0 {
			fmt.Printf("all of it is folded and looked at, %.1f s after the start\n", time.Since(start).Seconds())
			// Some indicators compare a lot with its peers: the first edition is of this history.
			if h.edition() == nil {
				if _, err := h.makeEdition(ctx, h.clock()); err != nil && ctx.Err() == nil {
					h.log.Error("no edition of the peers' statistics", "error", err)
				}
			}
			return
		}
	}
}

// live sends what happens from now on: what the dockets of the history and the
// further ones still have before them, each record at its time.
func (c *demoCmd) live(ctx context.Context, h *house, p *province.Province, sender *province.Sender) error {
	registered := time.Now()
	halts := new(province.Halts)
	var sending sync.Mutex // a system's records go in order
	send := func(ctx context.Context, list []province.Sending) error {
		sending.Lock()
		defer sending.Unlock()
		if err := sender.Add(ctx, list); err != nil {
			return err
		}
		return sender.Flush(ctx)
	}
	for i, sys := range p.Systems {
		client, err := sys.Client(sender.Base())
		if err != nil {
			return err
		}
		l := &province.Listener{Client: client, Manner: demoManner(i), Pause: 2 * time.Second, Halts: halts, Send: send}
		go func() {
			if err := l.Listen(ctx); err != nil && ctx.Err() == nil {
				h.log.Error("a simulated system takes no instructions any more", "source", sys.Name, "error", err)
			}
		}()
	}
	return p.Live(ctx, c.Pace, time.Now, func(list []province.Sending) error {
		if now := time.Now(); now.Sub(registered) > 12*time.Hour { // what further dockets did before today is history too
			if err := h.registerDemo(ctx, p, now.Add(-time.Hour)); err != nil {
				return err
			}
			registered = now
		}
		return send(ctx, halts.Pass(list))
	})
}

// demoManner is how a simulated system takes instructions: most obey, one of
// five says that it has them and does nothing, one of five says nothing.
func demoManner(i int) func(exchange.InstructionItem) province.Manner {
	manner := province.Obey
	switch i % 5 {
	case 4:
		manner = province.Slow
	case 0:
		manner = province.Silent
	}
	return func(exchange.InstructionItem) province.Manner { return manner }
}

func (c *demoCmd) accounts(ctx context.Context, h *house, url string, p *province.Province) error {
	people, err := c.people(ctx, h, p)
	if err != nil {
		return err
	}
	fmt.Printf("\n  console  %s/console/   sign in with one of these accounts:\n\n", url)
	for _, p := range people {
		titles := []string{}
		for _, post := range p.Posts {
			titles = append(titles, string(post.Role)+" "+post.Title)
		}
		fmt.Printf("  account  %-10s %s  (%s)\n", p.Username, p.Password, strings.Join(titles, "; "))
	}
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
