package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"sync"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/exchange/signature"
	"mingjing/internal/ledger"
	"mingjing/internal/province"
	"mingjing/internal/refold"
	"mingjing/internal/store"
)

type benchCmd struct {
	Boq       benchBoqCmd       `cmd:"" name:"boq" help:"Measure what bidders' unit prices have in common in contracts that are presumed honest."`
	Collusion benchCollusionCmd `cmd:"" help:"Measure how well prices alone tell tenders with a known cartel, on labelled files."`
	Copies    benchCopiesCmd    `cmd:"" help:"Plant copies in invented bids, look for them, and print precision and recall by kind."`
	Detect    benchDetectCmd    `cmd:"" help:"Compare what the indicators find with what is planted in simulated provinces, or in a data folder."`
	Door      benchDoorCmd      `cmd:"" help:"Send records through the real door as fast as it takes them."`
	Finding   benchFindingCmd   `cmd:"" help:"Measure the time from a record's acceptance to the finding that it causes, at a given rate."`
	Likeness  benchLikenessCmd  `cmd:"" help:"Write a corpus with planted copies, find all near-duplicates, and print time, memory and recall."`
	Lists     benchListsCmd     `cmd:"" help:"Fill a house with dockets and measure how long lists take while records come in."`
	Recompute benchRecomputeCmd `cmd:"" help:"Judge stored folds anew on all cores and print how long a million takes."`
	Search    benchSearchCmd    `cmd:"" help:"Fill a store with dockets and measure how long searches take."`
}

type benchFlags struct {
	dataFlags
	Writers    int    `default:"4" help:"Senders at once."`
	CPUProfile string `name:"cpuprofile" placeholder:"FILE" help:"Write a CPU profile of the run."`
}

type benchDoorCmd struct {
	benchFlags
	Seconds  float64 `default:"60" help:"How long."`
	Batch    int     `default:"500" help:"Records a batch, at most 1000."`
	NoWorker bool    `help:"Fold nothing meanwhile: the door and the log alone."`
}

type benchFindingCmd struct {
	benchFlags
	Seconds float64       `default:"20" help:"How long."`
	Batch   int           `default:"50" help:"Records a batch, at most 1000."`
	Rate    float64       `default:"1000" help:"Records a second, all senders together."`
	Wait    time.Duration `default:"30s" help:"How long after the last record to wait for its findings."`
}

// A benchReport is what a run prints, as one line of JSON. Milliseconds are
// quantiles over all batches, or over all findings that were planted.
type benchReport struct {
	Bench            string  `json:"bench"`
	Store            string  `json:"store"`
	Worker           bool    `json:"worker"`
	Writers          int     `json:"writers"`
	Batch            int     `json:"batch"`
	Records          int     `json:"records"`
	Seconds          float64 `json:"seconds"`
	RecordsPerSecond float64 `json:"records_per_second"`
	BatchP50         float64 `json:"batch_p50_ms"`
	BatchP99         float64 `json:"batch_p99_ms"`

	// Of findings that the records sent must cause: from the received time of
	// the record that completes one to the moment when it is stored.
	Planted    int     `json:"findings_planted"`
	Found      int     `json:"findings_stored"`
	FindingP50 float64 `json:"finding_p50_ms"`
	FindingP99 float64 `json:"finding_p99_ms"`
	Backlog    int64   `json:"backlog_codes"` // marked and not folded when the run ended
}

// Run sends without pause and prints what was taken.
func (c *benchDoorCmd) Run(ctx context.Context) error {
	b := &bench{flags: c.benchFlags, name: "door", seconds: c.Seconds, batch: c.Batch, noWorker: c.NoWorker, abreast: 200}
	return b.run(ctx)
}

// Run sends at a rate, waits for the findings and prints how long each took.
func (c *benchFindingCmd) Run(ctx context.Context) error {
	b := &bench{flags: c.benchFlags, name: "finding", seconds: c.Seconds, batch: c.Batch, rate: c.Rate, wait: c.Wait, abreast: 25}
	return b.run(ctx)
}

// A bench is one run: the whole house in this process, and senders that reach
// it over HTTP like anybody.
type bench struct {
	flags    benchFlags
	name     string
	seconds  float64
	batch    int
	rate     float64 // records a second; 0: as fast as they are taken
	wait     time.Duration
	noWorker bool
	before   func(ctx context.Context, h *house) error   // what is made ready; nil: nothing
	beside   func(ctx context.Context, url string) error // what is done while records come in; nil: nothing
	abreast  int                                         // dockets of one sender that live at the same time: a docket's records lie apart in the log, as in life

	house   *house
	watch   *watchedStore
	traffic *traffic
}

// benchPlatform is the platform code that the bench sends under.
var benchPlatform = province.Systems(0)[0].Platform

func (b *bench) run(ctx context.Context) (err error) {
	if b.batch < 1 || b.batch > 1000 || b.flags.Writers < 1 || b.seconds <= 0 {
		return errors.New("bench: give 1 to 1000 records a batch, one writer or more, and some seconds")
	}
	h, err := b.flags.open(ctx, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	b.house, b.watch = h, &watchedStore{DB: h.db, first: map[finding]time.Time{}}
	h.worker.Store = b.watch
	h.out, h.noWorker = io.Discard, b.noWorker
	if b.before != nil {
		if err := b.before(ctx, h); err != nil {
			return err
		}
	}
	head, err := h.db.Head(ctx)
	if err != nil {
		return err
	}
	signer, err := b.register(ctx)
	if err != nil {
		return err
	}
	if b.traffic, err = newTraffic(benchPlatform, head.Size); err != nil {
		return err
	}
	stop, err := profile(b.flags.CPUProfile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()

	serving, end := context.WithCancel(ctx)
	defer end()
	url, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- h.serve(serving, serveFlags{Listen: "127.0.0.1:0", PublicEvery: 10 * time.Minute, EditionEvery: time.Hour}, func(u string) { url <- u })
	}()
	var report *benchReport
	select {
	case err = <-ended:
		return errors.Join(errors.New("bench: the server ended before it listened"), err)
	case u := <-url:
		report, err = b.measure(ctx, u, signer)
	}
	end()
	if err = errors.Join(err, <-ended); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

// register makes the bench's own source. What it sends is history, years of it.
func (b *bench) register(ctx context.Context) (signature.Signer, error) {
	key, err := signature.GenerateKey(signature.Ed25519, rand.Reader)
	if err != nil {
		return signature.Signer{}, err
	}
	pem, err := key.PublicPEM()
	if err != nil {
		return signature.Signer{}, err
	}
	now := time.Now()
	id := "bench-" + newID()
	err = b.house.register(ctx, b.house.registry(time.Now), exchange.Source{
		Name: "bench", Kind: "province", Region: "410000", Platforms: []string{benchPlatform}, State: exchange.Active,
		Standards:     []exchange.Standard{{Version: "2.0", From: now.AddDate(-10, 0, 0)}},
		Keys:          []exchange.Key{{ID: id, Algorithm: signature.Ed25519, PublicPEM: pem, From: now.Add(-signature.Window)}},
		HistoryWindow: &exchange.HistoryWindow{From: now.AddDate(-20, 0, 0), To: now, GrantedUntil: now.AddDate(0, 0, 1)},
		RateLimit:     exchange.RateLimit{PerSecond: 1e6, Burst: 1e6},
	}, ledger.Author{Kind: "person", ID: "office/bench"}, now)
	return signature.Signer{KeyID: id, Key: key}, err
}

// measure lets the senders work and sums up.
func (b *bench) measure(ctx context.Context, url string, signer signature.Signer) (*benchReport, error) {
	sending, stop := context.WithTimeout(ctx, time.Duration(b.seconds*float64(time.Second)))
	defer stop()
	senders := make([]*benchSender, b.flags.Writers)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range senders {
		s := newBenchSender(b, url, signer, i, start)
		senders[i] = s
		wg.Go(func() { s.err = s.run(ctx, sending) })
	}
	if b.beside != nil {
		if err := b.beside(sending, url); err != nil && sending.Err() == nil {
			stop()
			wg.Wait()
			return nil, err
		}
	}
	wg.Wait()
	r := &benchReport{
		Bench: b.name, Store: b.house.db.Dialect(), Worker: !b.noWorker, Writers: b.flags.Writers, Batch: b.batch,
		Seconds: time.Since(start).Seconds(),
	}
	var batches []time.Duration
	planted := map[finding]time.Time{}
	for _, s := range senders {
		if s.err != nil {
			return nil, s.err
		}
		r.Records += s.accepted
		batches = append(batches, s.took...)
		for f, at := range s.planted {
			planted[f] = at
		}
	}
	r.RecordsPerSecond = float64(r.Records) / r.Seconds
	r.BatchP50, r.BatchP99 = quantiles(batches)
	b.watch.await(ctx, planted, b.wait)
	left, err := b.house.db.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	r.Backlog, r.Planted = left.Codes, len(planted)
	late := b.watch.latencies(planted)
	r.Found = len(late)
	r.FindingP50, r.FindingP99 = quantiles(late)
	return r, nil
}

// quantiles gives median and 99th percentile in milliseconds; 0 of nothing.
func quantiles(ds []time.Duration) (p50, p99 float64) {
	if len(ds) == 0 {
		return 0, 0
	}
	slices.Sort(ds)
	at := func(q float64) float64 {
		return float64(ds[min(len(ds)-1, int(q*float64(len(ds))))].Microseconds()) / 1000
	}
	return at(0.5), at(0.99)
}

func profile(file string) (stop func() error, err error) {
	if file == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Clean(file))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}

// A finding is one that a run waits for.
type finding struct{ docket, indicator string }

// A watchedStore is the worker's store, which notes when each finding was
// stored first.
type watchedStore struct {
	*store.DB
	mu    sync.Mutex
	first map[finding]time.Time
}

var _ refold.Store = (*watchedStore)(nil)

// SaveDocket implements refold.Store.
func (w *watchedStore) SaveDocket(ctx context.Context, d *store.DocketRow, fs []store.FindingRow, texts []store.SearchRow) (bool, error) {
	saved, err := w.DB.SaveDocket(ctx, d, fs, texts)
	if err != nil || !saved {
		return saved, err
	}
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range fs {
		f := finding{fs[i].Docket, fs[i].Indicator}
		if _, ok := w.first[f]; !ok {
			w.first[f] = now
		}
	}
	return true, nil
}

// await waits until all planted findings are stored, for some time at most.
func (w *watchedStore) await(ctx context.Context, planted map[finding]time.Time, limit time.Duration) {
	for end := time.Now().Add(limit); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		if len(w.latencies(planted)) == len(planted) {
			return
		}
	}
}

// latencies gives for each stored finding how long after its cause it was stored.
func (w *watchedStore) latencies(planted map[finding]time.Time) []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]time.Duration, 0, len(planted))
	for f, accepted := range planted {
		if at, ok := w.first[f]; ok {
			out = append(out, max(0, at.Sub(accepted)))
		}
	}
	return out
}
