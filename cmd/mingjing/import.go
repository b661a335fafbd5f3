package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"mingjing/internal/exchange"
	"mingjing/internal/ledger"
	"mingjing/internal/ocds"
	"mingjing/internal/standard"
	"mingjing/internal/store"
)

type importCmd struct {
	Records importRecordsCmd `cmd:"" help:"Import NDJSON files in the door's form, as history."`
	OCDS    importOCDSCmd    `cmd:"" name:"ocds" help:"Import compiled OCDS 1.1 releases: JSON lines, packages, arrays."`
}

type importRecordsCmd struct {
	dataFlags
	Source   string   `required:"" help:"Registered source; an unknown name is registered with the platform codes found in the files."`
	Platform string   `help:"Platform code of records that name none."`
	Region   string   `default:"410000" help:"Region of a source registered by this import."`
	Files    []string `arg:"" type:"existingfile" help:"NDJSON files."`
}

// A recordsTally counts what an import did with records.
type recordsTally struct {
	Records   int `json:"records"`
	Accepted  int `json:"accepted"`
	Duplicate int `json:"duplicate"`
	Refused   int `json:"refused"`
	Defects   int `json:"defects"`
	Dockets   int `json:"dockets"`
}

func (c *importRecordsCmd) Run(ctx context.Context) error {
	return c.use(ctx, func(h *house) error {
		src, err := c.source(ctx, h)
		if err != nil {
			return err
		}
		intake := &exchange.Intake{Catalogue: h.catalogue, Ledger: h.ledger, Quarantine: h.quarantine(), Clock: time.Now}
		var tally recordsTally
		for _, file := range c.Files {
			if err := c.file(ctx, intake, src, file, &tally); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
		if err := h.settle(ctx); err != nil {
			return err
		}
		if tally.Dockets, err = h.countDockets(ctx); err != nil {
			return err
		}
		return printJSON(os.Stdout, tally, "")
	})
}

func (h *house) countDockets(ctx context.Context) (int, error) {
	n, err := h.db.CountDockets(ctx, store.DocketFilter{})
	return int(n), err
}

// source finds the source of the import, or registers it: whoever runs this
// command has the machine, and so is the office. What it imports is history.
func (c *importRecordsCmd) source(ctx context.Context, h *house) (*exchange.Source, error) {
	registry := h.registry(time.Now)
	now := time.Now()
	all := exchange.HistoryWindow{From: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), To: now.AddDate(1, 0, 0), GrantedUntil: now.AddDate(0, 0, 1)}
	src, err := registry.Source(ctx, c.Source)
	if err == nil {
		copied := *src
		copied.HistoryWindow = &all
		return &copied, nil
	}
	if !errors.Is(err, exchange.ErrNoSource) {
		return nil, err
	}
	platforms, err := c.platforms()
	if err != nil {
		return nil, err
	}
	others, err := registry.List(ctx)
	if err != nil {
		return nil, err
	}
	platforms = slices.DeleteFunc(platforms, func(p string) bool {
		return slices.ContainsFunc(others, func(o *exchange.Source) bool { return o.Owns(p) })
	})
	if len(platforms) == 0 {
		platforms = []string{c.fallback()}
	}
	made := exchange.Source{
		Name: c.Source, Kind: "history", Region: c.Region, Platforms: platforms, State: exchange.Active, HistoryWindow: &all,
	}
	if err := h.register(ctx, registry, made, ledger.Author{Kind: "person", ID: "office/command-line"}, now); err != nil {
		return nil, err
	}
	return &made, nil
}

// fallback is the platform code of records that name none.
func (c *importRecordsCmd) fallback() string {
	if c.Platform != "" {
		return c.Platform
	}
	return "import-" + c.Source
}

// platforms lists the platform codes that the files name.
func (c *importRecordsCmd) platforms() ([]string, error) {
	seen := map[string]bool{}
	if c.Platform != "" {
		seen[c.Platform] = true
	}
	for _, file := range c.Files {
		err := eachChunk(file, 1, func(chunk []byte) error {
			b, err := standard.DecodeNDJSON(chunk)
			if err != nil {
				return nil // the import itself will say so
			}
			if b.Origin != "" {
				seen[b.Origin] = true
			}
			for i := range b.Items {
				seen[c.originOf(&b.Items[i].Record, b.Origin)] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var out []string
	for p := range seen {
		out = append(out, p)
	}
	slices.Sort(out)
	return out, nil
}

// originOf is the platform code that a record of a file belongs to: its own,
// the file's, its PLATFORM_CODE field, or the fallback.
func (c *importRecordsCmd) originOf(r *standard.Record, file string) string {
	for _, p := range []string{r.Origin, file, r.Fields["PLATFORM_CODE"]} {
		if p != "" {
			return p
		}
	}
	return c.fallback()
}

func (c *importRecordsCmd) file(ctx context.Context, intake *exchange.Intake, src *exchange.Source, file string, tally *recordsTally) error {
	platform, n := "", 0
	return eachChunk(file, 500, func(chunk []byte) error {
		b, err := standard.DecodeNDJSON(chunk)
		if err != nil {
			return err
		}
		if b.Origin != "" {
			platform = b.Origin
		}
		for i := range b.Items {
			b.Items[i].Record.Origin = c.originOf(&b.Items[i].Record, platform)
		}
		answers, err := intake.Take(ctx, src, b, nil, false)
		if err != nil {
			return err
		}
		for i := range answers {
			a := &answers[i]
			n++
			tally.Records++
			tally.Defects += len(a.Defects)
			switch a.Status {
			case exchange.Accepted:
				tally.Accepted++
			case exchange.Duplicate:
				tally.Duplicate++
			default:
				tally.Refused++
				fmt.Fprintf(os.Stderr, "%s: record %d refused: %s\n", file, n, firstProblem(a.Problems))
			}
		}
		return nil
	})
}

func firstProblem(ps []exchange.RecordProblem) string {
	if len(ps) == 0 {
		return ""
	}
	return ps[0].Rule + " " + ps[0].Field + " " + ps[0].TextZH + " / " + ps[0].TextEN
}

// eachChunk hands over the lines of a file, at most n at a time.
func eachChunk(file string, n int, fn func([]byte) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	br := bufio.NewReaderSize(f, 1<<20)
	var chunk bytes.Buffer
	lines := 0
	for {
		line, err := br.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			chunk.Write(line)
			lines++
		}
		if lines > 0 && (lines == n || err == io.EOF) {
			if err := fn(bytes.Clone(chunk.Bytes())); err != nil {
				return err
			}
			chunk.Reset()
			lines = 0
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

type importOCDSCmd struct {
	dataFlags
	Files []string `arg:"" type:"existingfile" help:"Files of compiled releases."`
}

type ocdsTally struct {
	Releases  int `json:"releases"`
	Processes int `json:"processes"`
	Bids      int `json:"bids"`
	Dockets   int `json:"dockets"`
	Refused   int `json:"refused"`
}

func (c *importOCDSCmd) Run(ctx context.Context) error {
	return c.use(ctx, func(h *house) error {
		var tally ocdsTally
		processes := map[string]bool{}
		for _, file := range c.Files {
			if err := c.file(ctx, h, file, &tally, processes); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
		if err := h.settle(ctx); err != nil {
			return err
		}
		tally.Processes = len(processes)
		for ocid := range processes {
			d, err := h.docketOf(ctx, ocid)
			if err != nil {
				return err
			}
			if d == nil {
				continue
			}
			tally.Dockets++
			for _, lot := range d.Lots {
				tally.Bids += len(lot.Bids)
			}
		}
		return json.NewEncoder(os.Stdout).Encode(tally)
	})
}

func (c *importOCDSCmd) file(ctx context.Context, h *house, file string, tally *ocdsTally, processes map[string]bool) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	var drafts []ledger.Draft
	flush := func() error {
		if len(drafts) == 0 {
			return nil
		}
		_, err := h.ledger.Append(ctx, ledger.Submission{Author: ledger.Author{Kind: "person", ID: "office/command-line"}, History: true, Drafts: drafts})
		drafts = nil
		return err
	}
	err = ocds.Read(f, func(raw ocds.Raw) error {
		tally.Releases++
		var rec standard.Record
		err := raw.Err
		if err == nil {
			rec, err = ocds.Record(raw.Bytes)
		}
		if err != nil {
			tally.Refused++
			fmt.Fprintf(os.Stderr, "%s: release %d refused: %v\n", file, raw.Line, err)
			return nil
		}
		processes[rec.Key] = true
		codes, _ := rowCodes(nil, &rec)
		drafts = append(drafts, ledger.Draft{Record: rec, Standard: "ocds-1.1", Codes: codes})
		if len(drafts) == 100 {
			return flush()
		}
		return nil
	})
	return errors.Join(err, flush())
}
