package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/province"
)

type benchRecomputeCmd struct {
	Dockets  int    `default:"1000000" help:"How many stored folds are read and judged."`
	Distinct int    `default:"400" help:"Of how many different ones, repeated from memory."`
	Least    int    `default:"20" help:"Fewest rows of a fold."`
	Most     int    `default:"80" help:"Most rows of a fold."`
	Bytes    int    `default:"0" help:"Most bytes of a stored fold; 0: as large as it is."`
	Words    bool   `help:"With sentences, evidence and digests of what is not found, which nobody keeps."`
	Seed     int64  `default:"1" help:"Of the simulated province."`
	Now      string `default:"2026-11-25" help:"The day on which history ends and all are judged."`

	CPUProfile string `name:"cpuprofile" placeholder:"FILE" help:"Write a CPU profile of the judging."`
}

// A recomputeReport is what a run measured, as one line of JSON.
type recomputeReport struct {
	Bench      string  `json:"bench"`
	Dockets    int     `json:"dockets"`
	Distinct   int     `json:"distinct"`
	Rows       int     `json:"rows_median"`
	Bytes      int     `json:"bytes_median"`
	BytesMost  int     `json:"bytes_most"`
	Indicators int     `json:"indicators"`
	Fired      int64   `json:"fired"`
	Cores      int     `json:"cores"`
	Seconds    float64 `json:"seconds"`
	CPU        float64 `json:"cpu_seconds"`
	PerSecond  float64 `json:"dockets_per_second"`
	CPUEach    float64 `json:"cpu_microseconds_a_docket"`
	Allocs     uint64  `json:"allocations_a_docket"`
	Allocated  uint64  `json:"bytes_allocated_a_docket"`
	Million    float64 `json:"seconds_for_a_million"`     // by the clock, of this run
	MillionCPU float64 `json:"cpu_seconds_for_a_million"` // of all cores together
	MiB        int64   `json:"peak_mib"`
}

// Run reads stored folds, asks every indicator about each, and prints how long
// it took. Stores, cards and texts are not in it.
func (c *benchRecomputeCmd) Run(ctx context.Context) error {
	now, err := time.ParseInLocation(time.DateOnly, c.Now, time.FixedZone("+08:00", 8*3600))
	if err != nil {
		return fmt.Errorf("bench recompute: --now: %w; give a day such as 2026-11-25", err)
	}
	if c.Dockets < 1 || c.Distinct < 1 || c.Least > c.Most {
		return errors.New("bench recompute: give --dockets and --distinct of at least 1, and --least not above --most")
	}
	bodies, peers, rows, err := c.folds(now)
	if err != nil {
		return err
	}
	env := detect.Env{At: now, Peers: peers, Terse: !c.Words}
	var (
		wg    sync.WaitGroup
		next  atomic.Int64
		fired atomic.Int64
		errs  = make([]error, runtime.GOMAXPROCS(0))
	)
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // little lives longer than its docket: collecting more seldom costs little memory
	stop, err := profile(c.CPUProfile)
	if err != nil {
		return err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	cpu, _ := spent()
	begin := time.Now()
	for w := range errs {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(c.Dockets) {
					return
				}
				n, err := judged(bodies[i%int64(len(bodies))], env)
				if err != nil {
					errs[w] = err
					return
				}
				fired.Add(n)
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	cpuEnd, peak := spent()
	runtime.ReadMemStats(&after)
	if err := errors.Join(append(errs, stop(), ctx.Err())...); err != nil {
		return err
	}
	n := uint64(c.Dockets) //nolint:gosec // above 0
	sizes := make([]int, len(bodies))
	for i, b := range bodies {
		sizes[i] = len(b)
	}
	slices.Sort(sizes)
	slices.Sort(rows)
	r := recomputeReport{
		Bench: "recompute", Dockets: c.Dockets, Distinct: len(bodies), Rows: rows[len(rows)/2], Bytes: sizes[len(sizes)/2], BytesMost: sizes[len(sizes)-1],
		Indicators: len(detect.Rules()), Fired: fired.Load(), Cores: runtime.GOMAXPROCS(0), Seconds: took.Seconds(), CPU: (cpuEnd - cpu).Seconds(),
		PerSecond: float64(c.Dockets) / took.Seconds(), CPUEach: (cpuEnd - cpu).Seconds() * 1e6 / float64(c.Dockets),
		Allocs: (after.Mallocs - before.Mallocs) / n, Allocated: (after.TotalAlloc - before.TotalAlloc) / n,
		Million: took.Seconds() * 1e6 / float64(c.Dockets), MillionCPU: (cpuEnd - cpu).Seconds() * 1e6 / float64(c.Dockets), MiB: peak >> 20,
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// judged decodes a stored fold, asks all indicators and counts what fired.
func judged(body []byte, env detect.Env) (fired int64, err error) {
	d, err := docket.Decode(body)
	if err != nil {
		return 0, err
	}
	for _, f := range detect.Evaluate(d, env) {
		switch f.State {
		case detect.Fired:
			fired++
		case detect.Failed:
			return 0, fmt.Errorf("bench recompute: docket %s: %s failed: %s", d.ID, f.Indicator, f.Reason)
		}
	}
	return fired, nil
}

// folds makes the stored folds of a simulated province that have the shape
// asked for, with how many rows each has, and an edition of peers of them.
func (c *benchRecomputeCmd) folds(now time.Time) (bodies [][]byte, peers *detect.Edition, rows []int, err error) {
	p := province.New(province.Options{Seed: c.Seed, Dockets: 20 * c.Distinct, Now: now})
	var ds []*docket.Docket
	for i := 0; i < p.Dockets && len(bodies) < c.Distinct; i++ {
		d, err := p.Fold(p.Docket(p.Dockets-1-i), now) // from the end: the first ones carry the planted cases
		if err != nil {
			return nil, nil, nil, err
		}
		body, err := d.Encode()
		if err != nil {
			return nil, nil, nil, err
		}
		if n := len(d.Live); n >= c.Least && n <= c.Most && (c.Bytes == 0 || len(body) <= c.Bytes) {
			ds, bodies, rows = append(ds, d), append(bodies, body), append(rows, n)
		}
	}
	if len(bodies) == 0 {
		return nil, nil, nil, fmt.Errorf("bench recompute: no fold of %d dockets has %d to %d rows and at most %d bytes", p.Dockets, c.Least, c.Most, c.Bytes)
	}
	e := detect.MakeEdition(ds, 1, now)
	return bodies, &e, rows, nil
}
