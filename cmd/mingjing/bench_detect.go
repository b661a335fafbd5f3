package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"text/tabwriter"
	"time"

	"mingjing/internal/detect"
	"mingjing/internal/docket"
	"mingjing/internal/province"
	"mingjing/internal/store"
)

type benchDetectCmd struct {
	Seeds   []int64 `default:"1,2,3" help:"Of the simulated provinces."`
	Dockets int     `default:"3000" help:"How many transactions each has had."`
	Months  int     `default:"24" help:"In how many months."`
	Now     string  `default:"2026-11-25" help:"The day on which history ends."`
	After   int     `default:"0" help:"Look so many days later: what waits for something to be missing is due then."`
	Data    string  `placeholder:"DIR" help:"Instead: the findings that stand in this data folder, beside --truth."`
	Store   string  `placeholder:"DSN" env:"MINGJING_STORE" help:"With --data: postgres://… for PostgreSQL."`
	Truth   string  `placeholder:"FILE" help:"With --data: the list of planted cases; default: truth.json in the data folder."`
	JSON    bool    `help:"Print a line of JSON an indicator, with every miss and false alarm."`
}

// A detectReport is how an indicator did on one truth list.
type detectReport struct {
	Bench string `json:"bench"`
	Of    string `json:"of"` // the province's seed, or the truth file
	province.Score
}

// Run prints precision and recall of each indicator against what is planted.
func (c *benchDetectCmd) Run(ctx context.Context) error {
	var reports []detectReport
	add := func(of string, scores []province.Score) {
		for _, s := range scores {
			reports = append(reports, detectReport{"detect", of, s})
		}
	}
	if c.Data != "" {
		scores, err := c.stored(ctx)
		if err != nil {
			return err
		}
		add(c.Data, scores)
		return c.print(os.Stdout, reports)
	}
	now, err := time.ParseInLocation(time.DateOnly, c.Now, time.FixedZone("+08:00", 8*3600))
	if err != nil {
		return fmt.Errorf("bench detect: --now: %w; give a day such as 2026-11-25", err)
	}
	if c.Dockets < 1 || c.Months < province.LeastMonths {
		return fmt.Errorf("bench detect: give --dockets of at least 1 and --months of at least %d", province.LeastMonths)
	}
	for _, seed := range c.Seeds {
		fmt.Fprintf(os.Stderr, "seed %d: %d dockets\n", seed, c.Dockets)
		p := province.New(province.Options{Seed: seed, Dockets: c.Dockets, Months: c.Months, Now: now})
		truth, fired, err := simulated(ctx, p, now.AddDate(0, 0, c.After))
		if err != nil {
			return err
		}
		add(fmt.Sprint(seed), province.Judge(truth, fired, now.AddDate(0, 0, c.After)))
	}
	return c.print(os.Stdout, reports)
}

// figuresOf adds to an edition what it says of bodies over all dockets.
func figuresOf(p *province.Province, e detect.Edition, settings *detect.Settings) (detect.Edition, error) {
	all := make([]*docket.Docket, p.Dockets)
	for i := range all {
		d, err := p.Fold(p.Docket(i), p.Now)
		if err != nil {
			return e, err
		}
		all[i] = d
	}
	return e.WithFigures(all, settings), nil
}

// peerSample is how many dockets of a simulated province its edition of peers
// is made of, evenly taken: the first ones, which carry the cases, are no fair sample.
const peerSample = 400

// simulated folds and looks at every docket of a province, on all cores.
func simulated(ctx context.Context, p *province.Province, at time.Time) ([]province.Case, []province.Fired, error) {
	m := province.CentreMachine
	own, err := detect.ReadSettings(fmt.Appendf(nil, demoSettings, m.CPU, m.MAC, m.Disk))
	if err != nil {
		return nil, nil, err
	}
	var sample []*docket.Docket
	for i := 0; i < p.Dockets; i += max(1, p.Dockets/peerSample) {
		d, err := p.Fold(p.Docket(i), p.Now)
		if err != nil {
			return nil, nil, err
		}
		sample = append(sample, d)
	}
	settings := detect.DefaultSettings().With(own)
	peers, err := figuresOf(p, detect.MakeEdition(sample, int64(len(sample)), p.Now), settings)
	if err != nil {
		return nil, nil, err
	}
	env := detect.Env{At: at, Settings: settings, Peers: &peers}
	var (
		mu    sync.Mutex
		truth []province.Case
		fired []province.Fired
		errs  []error
		wg    sync.WaitGroup
		next  = make(chan int)
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				f := p.Docket(i)
				d, err := p.Fold(f, at)
				var found []detect.Finding
				if err == nil {
					own := env
					own.Likeness = f.Compared(ctx, d, at)
					found = detect.Evaluate(d, own)
				}
				mu.Lock()
				errs, truth = append(errs, err), append(truth, f.Truth...)
				for _, one := range found {
					switch one.State {
					case detect.Fired:
						fired = append(fired, province.Fired{Docket: one.Docket, Indicator: one.Indicator, Lot: one.Lot})
					case detect.Failed:
						errs = append(errs, fmt.Errorf("bench detect: docket %s: %s failed: %s", one.Docket, one.Indicator, one.Reason))
					}
				}
				mu.Unlock()
			}
		})
	}
	for i := 0; i < p.Dockets && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	wg.Wait()
	return truth, fired, errors.Join(append(errs, ctx.Err())...)
}

// stored compares what a data folder holds with a truth file: for records that
// came through the door, whoever sent them.
func (c *benchDetectCmd) stored(ctx context.Context) (scores []province.Score, err error) {
	path := c.Truth
	if path == "" {
		path = filepath.Join(c.Data, truthFile)
	}
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("bench detect: %w; give the list of planted cases by --truth", err)
	}
	var truth demoTruth
	if err := json.Unmarshal(text, &truth); err != nil {
		return nil, fmt.Errorf("bench detect: %s: %w", path, err)
	}
	dsn := c.Store
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(c.Data, "mingjing.db")
	}
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var fired []province.Fired
	for after := int64(0); ; {
		page, err := db.Findings(ctx, store.FindingFilter{State: string(detect.Fired), Oldest: true, After: after, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, f := range page {
			fired, after = append(fired, province.Fired{Docket: f.Docket, Indicator: f.Indicator, Lot: f.Lot}), f.Seq
		}
		if len(page) < 1000 {
			return province.Judge(truth.Cases, fired, time.Now()), nil
		}
	}
}

func (c *benchDetectCmd) print(w io.Writer, reports []detectReport) error {
	if c.JSON {
		out := json.NewEncoder(w)
		for _, r := range reports {
			if err := out.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "of\tindicator\tplanted\tfound\tlook-alikes\tmistaken\tother\tprecision\trecall\t")
	for _, r := range reports {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%.3f\t%.3f\t\n", r.Of, r.Indicator, r.Planted, r.Found, r.Alike, r.Mistaken, r.Other, r.Precision, r.Recall)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range reports {
		for _, x := range r.Wrong {
			what := "fired"
			if x.Miss {
				what = "missed"
			}
			fmt.Fprintf(w, "%s %s %s: docket %s lot %s %q\n", r.Of, r.Indicator, what, x.Docket, x.Lot, x.Case)
		}
	}
	return nil
}
