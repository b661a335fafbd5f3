package main

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"mingjing/internal/learn"
	"mingjing/internal/learn/collusion"
)

type benchCollusionCmd struct {
	Data      string   `required:"" placeholder:"DIR" help:"Folder of labelled bids (.csv, .csv.gz) in the format of García Rodríguez et al. 2022; other files are passed over."`
	Splits    string   `placeholder:"DIR" help:"Folder of fixed splits NAME.splits.csv or .csv.gz (split, test_tender), NAME being a country in the file's name. Files without take splits of their own seeds."`
	Runs      int      `help:"Splits a file at most; 0: 50, or 20 for files of more than 1,000 tenders."`
	Protocols []string `enum:"split,firms,market" default:"split,firms,market" help:"Which protocols: split, firms, market."`
	JSON      bool     `name:"json" help:"One line of JSON a result instead of a table."`
}

// Run measures every file and prints mean and standard error, in per cent.
func (c *benchCollusionCmd) Run() error {
	start := time.Now()
	markets, err := c.markets()
	if err != nil {
		return err
	}
	var all []collusion.Result
	print := func(r collusion.Result) error {
		all = append(all, r)
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(r)
		}
		return nil
	}
	sets := []collusion.Set{collusion.Own, collusion.Position}
	for k, m := range markets {
		runs := c.Runs
		if runs <= 0 {
			runs = 50
			if len(m.Tenders) > 1000 {
				runs = 20
			}
		}
		splits, kind, err := c.splitsOf(m, runs)
		if err != nil {
			return err
		}
		for _, set := range sets {
			if slices.Contains(c.Protocols, "split") {
				r, err := collusion.BySplits(m, set, splits)
				if err != nil {
					return err
				}
				r.Splits = kind
				if err := print(r); err != nil {
					return err
				}
			}
			if slices.Contains(c.Protocols, "firms") {
				if r, ok, err := collusion.ByFirms(m, set, min(runs, 20)); err != nil {
					return err
				} else if ok {
					if err := print(r); err != nil {
						return err
					}
				}
			}
			if slices.Contains(c.Protocols, "market") && len(markets) > 1 {
				r, err := collusion.ByMarket(markets, k, set)
				if err != nil {
					return err
				}
				if err := print(r); err != nil {
					return err
				}
			}
		}
		fmt.Fprintf(os.Stderr, "%s: done after %s\n", m.Name, time.Since(start).Round(time.Second))
	}
	if c.JSON {
		return nil
	}
	return collusionTable(os.Stdout, all)
}

// markets reads the files of the folder, by name.
func (c *benchCollusionCmd) markets() ([]*collusion.Market, error) {
	entries, err := os.ReadDir(c.Data)
	if err != nil {
		return nil, err
	}
	var out []*collusion.Market
	for _, e := range entries {
		if name := strings.ToLower(e.Name()); e.IsDir() || !strings.HasSuffix(name, ".csv") && !strings.HasSuffix(name, ".csv.gz") {
			continue
		}
		err := readPlainOrGzip(filepath.Join(c.Data, e.Name()), func(r io.Reader) error {
			m, err := collusion.Read(e.Name(), r)
			if errors.Is(err, collusion.ErrFormat) {
				fmt.Fprintf(os.Stderr, "passed over: %v\n", err)
				return nil
			}
			if err == nil {
				out = append(out, m)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s holds no file with the columns Tender, Bid_value and Collusive_competitor", c.Data)
	}
	return out, nil
}

// splitsOf returns the fixed splits for a market, the first of them, or its own.
func (c *benchCollusionCmd) splitsOf(m *collusion.Market, runs int) ([][]string, string, error) {
	var best [][]string
	if c.Splits != "" {
		entries, err := os.ReadDir(c.Splits)
		if err != nil {
			return nil, "", err
		}
		// A file may be named by two countries or regions: the later in its name is the more special.
		slices.SortFunc(entries, func(a, b os.DirEntry) int {
			return cmp.Or(cmp.Compare(countryAt(m.Name, b.Name()), countryAt(m.Name, a.Name())), cmp.Compare(a.Name(), b.Name()))
		})
		for _, e := range entries {
			if e.IsDir() || countryAt(m.Name, e.Name()) < 0 {
				continue
			}
			var splits [][]string
			err := readPlainOrGzip(filepath.Join(c.Splits, e.Name()), func(r io.Reader) (err error) {
				splits, err = collusion.ReadSplits(e.Name(), r)
				return err
			})
			if err != nil {
				return nil, "", err
			}
			if m.Matches(splits) {
				best = splits
				break
			}
			fmt.Fprintf(os.Stderr, "%s are not splits of %s: they hold other tenders\n", e.Name(), m.Name)
		}
	}
	if best == nil {
		return m.OwnSplits(runs), "own", nil
	}
	return best[:min(runs, len(best))], "fixed", nil
}

// countryAt says where a file's name has the country that a file of splits is
// named by; −1 when it has not.
func countryAt(file, splits string) int {
	name, isSplits := strings.CutSuffix(strings.TrimSuffix(strings.ToLower(splits), ".gz"), ".csv")
	name = strings.TrimSuffix(name, ".splits")
	if !isSplits || name == "" {
		return -1
	}
	file = strings.ToLower(file)
	for _, also := range [][2]string{{"swiss", "switzerland"}, {"usa", "united states"}, {"us", "usa"}} {
		if name == also[0] && strings.Contains(file, also[1]) {
			name = also[1]
		}
	}
	return strings.Index(file, name)
}

// readPlainOrGzip opens a file, unpacking it when its name says so.
func readPlainOrGzip(path string, read func(io.Reader) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if !strings.HasSuffix(strings.ToLower(path), ".gz") {
		return read(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return read(z)
}

// collusionTable prints results by protocol, then file, and the means over the files.
func collusionTable(w io.Writer, all []collusion.Result) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, p := range []collusion.Protocol{collusion.Split, collusion.FirmDisjoint, collusion.LeaveOut} {
		for _, set := range []collusion.Set{collusion.Own, collusion.Position} {
			var balanced, auc []float64
			headed := false
			for _, r := range all {
				if r.Protocol != p || r.Set != set {
					continue
				}
				if !headed {
					headed = true
					fmt.Fprintf(t, "%s, %s\n", p, set)
					fmt.Fprintln(t, "file\ttenders\tpositive\truns\tbalanced accuracy\tprecision\trecall\tF1\tAUC\t")
				}
				fmt.Fprintf(t, "%s\t%d\t%d\t%d %s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.File, r.Tenders, r.Positive, r.Runs, r.Splits,
					percentOf(r.Balanced), percentOf(r.Precision), percentOf(r.Recall), percentOf(r.F1), percentOf(r.AUC), r.Note)
				if r.Runs > 0 {
					balanced, auc = append(balanced, r.Balanced.Mean), append(auc, r.AUC.Mean)
				}
			}
			switch {
			case len(balanced) > 0:
				fmt.Fprintf(t, "mean\t\t\t\t%.1f\t\t\t\t%.1f\t\n\n", 100*learn.MeanOf(balanced).Mean, 100*learn.MeanOf(auc).Mean)
			case headed:
				fmt.Fprintln(t)
			}
		}
	}
	return t.Flush()
}

func percentOf(m learn.Mean) string {
	if m.N == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f ± %.1f", 100*m.Mean, 100*m.Error)
}
