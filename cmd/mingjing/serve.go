package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/disclose"
	"mingjing/internal/exchange"
	"mingjing/internal/feed"
	"mingjing/internal/identity"
	"mingjing/internal/ledger"
	"mingjing/internal/refold"
	"mingjing/internal/server"
	"mingjing/web"
)

type serveFlags struct {
	Listen       string        `default:"127.0.0.1:8080" env:"MINGJING_LISTEN" help:"Address."`
	PublicURL    string        `name:"public-url" env:"MINGJING_PUBLIC_URL" help:"Address that clients see when a proxy stands before the server."`
	PublicEvery  time.Duration `name:"public-every" default:"10m" help:"How often a checkpoint is shown to everybody."`
	Witness      []string      `sep:"none" placeholder:"URL,VKEY" help:"Witness to ask for cosignatures, each second."`
	EditionEvery time.Duration `name:"edition-every" default:"24h" help:"How often the peers' statistics are made anew."`
	Verbose      bool          `help:"Log every request."`
	fileFlags
	alikeFlags
	signInFlags
	Mutual mutualFlags `embed:"" prefix:"mtls-" envprefix:"MINGJING_MTLS_"`
	auditFlags
}

type serveCmd struct {
	dataFlags
	serveFlags
	onlySandbox
}

func (c *serveCmd) Run(ctx context.Context) error {
	if err := c.refuse(); err != nil {
		return err
	}
	log := c.logger()
	h, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	return errors.Join(h.serve(ctx, c.serveFlags, nil), h.close())
}

func (f serveFlags) logger() *slog.Logger {
	level := slog.LevelInfo
	if f.Verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// serve runs the platform until ctx ends: the publisher of checkpoints, the
// worker and the HTTP server. started is called with the address once it
// listens; it may be nil.
func (h *house) serve(ctx context.Context, f serveFlags, started func(url string)) error {
	witnesses, err := parseWitnesses(f.Witness)
	if err != nil {
		return err
	}
	publisher, err := h.ledger.StartPublisher(ctx, ledger.PublisherConfig{Witnesses: witnesses, PublicEvery: f.PublicEvery, Log: h.log})
	if err != nil {
		return err
	}
	if err := publisher.Publish(ctx); err != nil {
		return err
	}
	if h.files, err = openFiles(h.flags, h.db, h.keys, h.ledger, f.limits()); err != nil {
		return err
	}
	compare, err := h.comparison(ctx, f.alikeFlags)
	if err != nil {
		return err
	}
	s, base, err := h.server(f, publisher)
	if err != nil {
		return err
	}
	audit, err := h.auditPort(ctx, f, base)
	if err != nil {
		return err
	}
	defer audit.close()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Listen)
	if err != nil {
		return err
	}
	listeners := []net.Listener{l}
	mutual, err := f.Mutual.open(ctx, "mtls-")
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if mutual != nil {
		listeners = append(listeners, mutual)
		fmt.Fprintf(h.out, "client certificates at https://%s\n", mutual.Addr())
	}
	url := "http://" + l.Addr().String()
	if audit != nil {
		fmt.Fprintf(h.out, "auditors' port at https://%s\n", audit.listener.Addr())
	}
	fmt.Fprintf(h.out, "mingjing %s listening on %s (log %s, key %s)\n", version, url, h.flags.Log, h.vkey)
	if err := h.reindex(ctx); err != nil {
		return err
	}
	// The background work outlives the requests under way, so that what they
	// acknowledged is folded and published before the end.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { publisher.Run(background) })
	wg.Go(func() { h.keepEditions(background, f.EditionEvery) })
	wg.Go(func() { h.tidyFiles(background) })
	if compare != nil {
		wg.Go(func() { compare.Run(background) })
	}
	wg.Go(func() { h.journal.Run(background) })
	wg.Go(func() { h.tidySessions(background) })
	wg.Go(func() {
		if h.noWorker {
			return
		}
		if err := h.worker.Run(background); err != nil && background.Err() == nil {
			h.log.Error("the worker stopped", "error", err)
		}
	})
	if started != nil {
		go started(url)
	}
	serving, end := context.WithCancel(ctx) // with one port gone the house is not left half a house
	var auditErr error
	wg.Go(func() {
		auditErr = audit.serve(serving)
		end()
	})
	err = s.Serve(serving, listeners...)
	end()
	stop()
	wg.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	lastErr := publisher.Publish(last)
	if lastErr != nil && last.Err() != nil {
		// Too much came since the last checkpoint to be read back in the time
		// that a stop may take. Nothing is lost: the next start signs it.
		h.log.Warn("stopped before the last records were covered by a checkpoint: the next start signs one", "error", last.Err())
		lastErr = nil
	}
	return errors.Join(err, auditErr, lastErr)
}

func parseWitnesses(list []string) ([]*ledger.WitnessClient, error) {
	var out []*ledger.WitnessClient
	for _, w := range list {
		url, vkey, ok := strings.Cut(w, ",")
		if !ok {
			return nil, fmt.Errorf("witness %q: write URL,VKEY as the witness prints it", w)
		}
		client, err := ledger.NewWitnessClient(url, vkey)
		if err != nil {
			return nil, err
		}
		out = append(out, client)
	}
	return out, nil
}

// mapFile is the operator's own map in the data folder, GeoJSON with the review
// number (审图号) as its member "review".
const mapFile = "map.geo.json"

// server wires the HTTP side; the configuration is returned for those who serve
// a part of it elsewhere.
func (h *house) server(f serveFlags, publisher *ledger.Publisher) (*server.Server, server.Config, error) {
	fail := func(err error) (*server.Server, server.Config, error) { return nil, server.Config{}, err }
	accounts, err := h.accounts(f.signInFlags)
	if err != nil {
		return fail(err)
	}
	proxies, err := f.proxies()
	if err != nil {
		return fail(err)
	}
	registry, metrics := h.registry(time.Now), server.NewMetrics()
	h.vendors = registry
	h.journal = &exchange.Journal{Store: h.db, Clock: h.clock, Log: h.log}
	factor := 1.0
	around, admit := (func(http.Handler) http.Handler)(nil), (func(http.ResponseWriter, string) (int, int))(nil)
	if h.sandbox != nil {
		factor, around, admit = h.sandbox.Anchor.Factor, h.sandbox.Wrap, h.sandbox.Admit
	}
	name := map[string]string{"postgres": "PostgreSQL", "sqlite": "SQLite"}[h.db.Dialect()]
	reading := feed.New(feed.Config{Store: h.db, AsOf: h.worker.AsOf, Key: h.keys.PrivateKey("feed")})
	instructions := &refold.Instructions{Store: h.db, Ledger: h.ledger, Clock: h.clock, Stop: reading.Stopping()}
	console, built := web.Console()
	if !built {
		h.log.Warn("this program was compiled without its console: run `make build`")
	}
	outlines, err := os.ReadFile(filepath.Join(h.flags.Data, mapFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(err)
	}
	cfg := server.Config{
		Map:     outlines,
		Console: console,
		Feed:    reading, CursorKey: h.keys.PrivateKey("cursors"),
		Version: version, StoreName: name, LogName: h.flags.Log, Demo: h.demo, Progress: h.progress,
		Jurisdiction: h.offices, Sandbox: h.sandbox != nil, Clock: h.clock, Around: around,
		Store: h.db, Ledger: h.ledger, Readers: identity.NewKeeper(h.db, time.Now).Under(h.offices),
		Vendors:  vendors{h, registry, new(sync.Mutex)},
		Accounts: accounts, PublicURL: f.PublicURL, Proxies: proxies,
		Subjects: refold.Subjects{Store: h.db, Ledger: h.ledger},
		Periods:  h.settings.Table(), ExportDir: filepath.Join(h.flags.Data, "exports"), Settings: h.settings, Rules: h.rules, Edition: h.edition, Learned: h.learnt,
		Readings:     &refold.Readings{Store: h.db, Ledger: h.ledger},
		Objections:   refold.NewObjections(h.db, h.ledger, h.clock),
		Complaints:   &refold.Complaints{Store: h.db, Ledger: h.ledger, Clock: h.clock},
		Instructions: instructions,
		Supervision:  refold.Acts{Store: h.db, Ledger: h.ledger, Clock: h.clock},
		Files:        h.files, Likeness: h.likeness,
		Log: h.log, LogHandler: publisher.Handler(),
		Exchange: func(api huma.API, mux *http.ServeMux) error {
			if h.sandbox != nil {
				h.sandbox.Mount(mux)
			}
			return exchange.Mount(api, mux, exchange.Deps{
				Sources: registry, Catalogue: h.catalogue, Ledger: timed{metrics.Timed(h.ledger.Append)}, Receipts: exchange.LogReceipts{Log: h.ledger, Rows: h.db}, Quarantine: h.quarantine(), Feed: reading, Journal: h.journal,
				Clock: h.clock, Wall: time.Now, Admit: admit, NewID: newID, Log: h.log, PublicURL: f.PublicURL, Files: h.files, Instructions: instructions,
			})
		},
		LogState: func() server.LogState { return h.logState(publisher) },
		Metrics:  metrics,
		Checks: []server.Check{
			{Name: "keys", Do: func(context.Context) error { return h.keys.Healthy() }},
			{Name: "writable", Do: h.writable()},
		},
		MaxCheckpointAge: time.Duration(float64(max(3*f.PublicEvery, time.Minute)) * factor),
	}
	s, err := server.New(cfg)
	return s, cfg, err
}

func (h *house) logState(p *ledger.Publisher) server.LogState {
	c, at, _ := p.Published()
	state := server.LogState{Size: c.Size, At: at, Idle: c.Size == h.ledger.Size(), Halted: p.Halted()}
	for _, w := range p.State().Witnesses {
		state.Witnesses = append(state.Witnesses, server.Witness{Name: w.Name, Size: w.Size, At: w.At, OK: w.Err == nil})
	}
	return state
}

// probeEvery bounds how often readiness writes to the store, however often it
// is asked.
const probeEvery = 10 * time.Second

// tidySessions forgets sessions that ended long ago, now and each day.
func (h *house) tidySessions(ctx context.Context) {
	tick := time.NewTicker(24 * time.Hour)
	defer tick.Stop()
	for {
		if err := h.db.TidySessions(ctx, time.Now().Add(-identity.KeepEnded)); err != nil && ctx.Err() == nil {
			h.log.Error("old sessions could not be forgotten", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// writable says whether the store takes a write.
func (h *house) writable() func(context.Context) error {
	var mu sync.Mutex
	var at time.Time
	var last error
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(at) >= probeEvery {
			at, last = now, h.db.PutMeta(ctx, "readiness", []byte(now.UTC().Format(time.RFC3339)))
		}
		return last
	}
}

// reindex has every docket folded anew when this program would have it found by
// something else than the one that indexed it, as after a change of the
// disclosure table. Until then a hit is shown only if its view still holds what
// is searched for, but counts may be those of the older table.
func (h *house) reindex(ctx context.Context) error {
	const name = "search edition"
	have, err := h.db.Meta(ctx, name)
	if err != nil || string(have) == disclose.SearchEdition() {
		return err
	}
	if err := h.db.WakeDockets(ctx, nil, time.Now()); err != nil {
		return err
	}
	return h.db.PutMeta(ctx, name, []byte(disclose.SearchEdition()))
}
