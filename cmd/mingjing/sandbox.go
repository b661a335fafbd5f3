package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"mingjing/internal/disclose"
	"mingjing/internal/exchange"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/sandbox"
	"mingjing/internal/store"
)

// A houseKind is what a data folder and its store are for; they never change.
type houseKind string

const (
	realHouse    houseKind = "real"
	sandboxHouse houseKind = "sandbox"
)

// houseMeta is where the store says what it is for.
const houseMeta = "house"

// claim marks a new store as of a kind, and refuses one of the other. A store
// without a mark that holds anything is from before there were sandboxes.
func claim(ctx context.Context, db *store.DB, kind houseKind) error {
	mark, err := db.Meta(ctx, houseMeta)
	if err != nil {
		return err
	}
	have := houseKind(mark)
	if have == "" {
		head, err := db.Head(ctx)
		if err != nil {
			return err
		}
		sources, err := db.SourceBodies(ctx)
		if err != nil {
			return err
		}
		if have = kind; head.Size > 0 || len(sources) > 0 {
			have = realHouse
		}
		if have == kind {
			return db.PutMeta(ctx, houseMeta, []byte(kind))
		}
	}
	switch {
	case have == kind:
		return nil
	case kind == sandboxHouse:
		return fmt.Errorf("%w (its store is a real house's)", sandbox.ErrNotSandbox)
	}
	return errSandboxData
}

// errSandboxData refuses a sandbox's data to every command but `sandbox`.
var errSandboxData = errors.New("沙箱数据不能用于正式平台 these are a sandbox's data: only `mingjing sandbox` opens them; give another --data (and --store)")

// refuseSandbox keeps real commands out of a sandbox's folder and log name.
func (f dataFlags) refuseSandbox() error {
	is, err := sandbox.Is(f.Data)
	if err != nil {
		return err
	}
	if is {
		return fmt.Errorf("%s: %w", f.Data, errSandboxData)
	}
	if strings.HasPrefix(f.Log, sandbox.LogPrefix) {
		return fmt.Errorf("log name %q: names that begin with %q are for sandboxes: choose another --log-name", f.Log, sandbox.LogPrefix)
	}
	return nil
}

// onlySandbox are settings of a sandbox that a real server knows, to refuse
// them with a reason.
type onlySandbox struct {
	Factor string `hidden:"" env:"MINGJING_FACTOR"`
	Unkind bool   `hidden:""`
}

func (o onlySandbox) refuse() error {
	if o.Factor != "" || o.Unkind {
		return errors.New("serve: 正式平台不得加速时间或开启为难模式 a real house keeps real time and is kind: --factor (MINGJING_FACTOR) and --unkind are for `mingjing sandbox`")
	}
	return nil
}

type sandboxCmd struct {
	Data      string  `required:"" placeholder:"DIR" help:"Data folder of the sandbox: an empty one, or one that it made."`
	Store     string  `placeholder:"DSN" env:"MINGJING_SANDBOX_STORE" help:"postgres://… for a PostgreSQL of its own; default: SQLite in the data folder."`
	Log       string  `name:"log-name" default:"sandbox.mingjing.local/log" env:"MINGJING_SANDBOX_LOG_NAME" help:"Name of the log; begins with 'sandbox.'."`
	Listen    string  `default:"127.0.0.1:8090" env:"MINGJING_SANDBOX_LISTEN" help:"Address."`
	PublicURL string  `name:"public-url" env:"MINGJING_SANDBOX_PUBLIC_URL" help:"Address that clients see when a proxy stands before the server."`
	Factor    float64 `help:"How many times faster its clock runs: 1440 (at first the default) makes a legal day a minute. Kept in the folder; another one holds from now on."`
	Start     string  `placeholder:"DATE" help:"What a new sandbox's clock shows first, such as 2026-01-05; default: now."`
	Unkind    bool    `help:"Treat vendors unkindly who do not say otherwise: 5 % of good requests are refused with 429 or 503, waits, small pages, other order."`
	Seed      int64   `default:"1" help:"Seed of the unkindness: the same seed and order of requests meet the same treatment."`
	Verbose   bool    `help:"Log every request."`
}

func (c *sandboxCmd) flags() dataFlags { return dataFlags{Data: c.Data, Store: c.Store, Log: c.Log} }

// Run starts a sandbox, a process of its own over data of its own.
func (c *sandboxCmd) Run(ctx context.Context) error {
	f := serveFlags{Listen: c.Listen, PublicURL: c.PublicURL, PublicEvery: time.Second, Verbose: c.Verbose}
	var start time.Time
	if c.Start != "" {
		var err error
		if start, err = time.ParseInLocation(time.DateOnly, c.Start, time.Local); err != nil {
			return fmt.Errorf("--start %q: write a day such as 2026-01-05", c.Start)
		}
	}
	if !strings.HasPrefix(c.Log, sandbox.LogPrefix) {
		return fmt.Errorf("log name %q: a sandbox's begins with %q, so that its receipts are taken for nobody else's", c.Log, sandbox.LogPrefix)
	}
	anchor, err := sandbox.Open(c.Data, c.Factor, start, time.Now())
	if err != nil {
		return err
	}
	f.EditionEvery = max(anchor.Takes(24*time.Hour), 30*time.Second)
	h, err := openSandbox(ctx, c.flags(), anchor, f.logger())
	if err != nil {
		return err
	}
	h.sandbox, err = sandbox.New(sandbox.Config{
		Anchor: anchor, Wall: time.Now, Store: h.db, LogName: c.Log, Unkind: sandbox.Profile{Unkind: c.Unkind, Seed: c.Seed}, Log: h.log,
		Register: h.registerVendor, Reader: identity.NewKeeper(h.db, time.Now).Reader,
	})
	if err != nil {
		return errors.Join(err, h.close())
	}
	fmt.Fprintf(h.out, "sandbox 沙箱: a legal day takes %s, unkind %v, seed %d; keys at POST /sandbox/v1/keys, guide at /docs/sandbox\n", anchor.Takes(24*time.Hour), c.Unkind, c.Seed)
	return errors.Join(h.serve(ctx, f, nil), h.close())
}

// openSandbox opens a sandbox's house. What a worker claims is its own as long
// as in a real house, by the real clock.
func openSandbox(ctx context.Context, f dataFlags, anchor sandbox.Anchor, log *slog.Logger) (*house, error) {
	clock := func() time.Time { return anchor.At(time.Now()) }
	return f.openAs(ctx, log, sandboxHouse, clock, time.Duration(float64(workLease)*anchor.Factor))
}

// openToVerify opens a folder of either kind: a sandbox can be verified like a
// real house.
func (f dataFlags) openToVerify(ctx context.Context, log *slog.Logger) (*house, error) {
	is, err := sandbox.Is(f.Data)
	if err != nil || !is {
		return f.open(ctx, log)
	}
	if _, err := os.Stat(f.Data); err != nil {
		return nil, err
	}
	anchor, err := sandbox.Open(f.Data, 0, time.Time{}, time.Now())
	if err != nil {
		return nil, err
	}
	return openSandbox(ctx, f, anchor, log)
}

// mostVendors bounds a register to which anybody may add.
const mostVendors = 5000

// registerVendor registers a vendor who asked for a key and gives it a token
// for its own dockets.
func (h *house) registerVendor(ctx context.Context, src exchange.Source) (string, error) {
	all, err := h.vendors.List(ctx)
	if err != nil {
		return "", err
	}
	if len(all) >= mostVendors {
		return "", fmt.Errorf("the sandbox has %d vendors, as many as it takes: begin a new data folder", len(all))
	}
	now := time.Now()
	if err := h.register(ctx, h.vendors, src, ledger.Author{Kind: "system", ID: "sandbox"}, now); err != nil {
		return "", err
	}
	return h.issue(ctx, identity.Grant{
		Name: src.Name, Expires: now.AddDate(0, 3, 0), Reader: disclose.Reader{Audience: disclose.Source, ID: src.Name, Origins: src.Platforms},
	})
}
